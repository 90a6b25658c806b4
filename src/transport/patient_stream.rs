//! A connection to the listener that cannot be held open for nothing: idle ones and dripping ones are cut.

use std::future::Future;
use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep};

/// A TCP connection with a limit on silence and on the time one request may take to come in.
pub(super) struct PatientStream {
    inner: TcpStream,
    limits: StreamLimits,
    silence: Pin<Box<Sleep>>,
    request_since: Option<Instant>,
    _place: OwnedSemaphorePermit,
}

/// How long a connection may be silent, and how long one request may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct StreamLimits {
    pub(super) silence: Duration,
    pub(super) request: Duration,
}

impl PatientStream {
    pub(super) fn new(inner: TcpStream, limits: StreamLimits, place: OwnedSemaphorePermit) -> PatientStream {
        PatientStream { inner, limits, silence: Box::pin(sleep(limits.silence)), request_since: None, _place: place }
    }

    fn too_slow(&self) -> bool {
        self.request_since.is_some_and(|since| since.elapsed() > self.limits.request)
    }
}

impl AsyncRead for PatientStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        if let Poll::Ready(result) = Pin::new(&mut self.inner).poll_read(cx, buffer) {
            let next = Instant::now() + self.limits.silence;
            self.silence.as_mut().reset(next);
            self.request_since.get_or_insert_with(Instant::now);
            return match self.too_slow() {
                true => Poll::Ready(Err(Error::from(ErrorKind::TimedOut))),
                false => Poll::Ready(result),
            };
        }
        ready!(self.silence.as_mut().poll(cx));
        Poll::Ready(Err(Error::from(ErrorKind::TimedOut)))
    }
}

impl AsyncWrite for PatientStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        self.request_since = None;
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
