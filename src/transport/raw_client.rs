//! Requests written byte for byte, for what an HTTP library rightly refuses to send: a lying Content-Length, a broken
//! header, half a request. Plain TCP only.

use super::no_answer::{exhausted, is_ours, late, no_answer};
use super::{Client, Received};
use crate::model::exchange::{Answer, Body, Cut, Headers, NoAnswer, NoAnswerKind, Request, Response};
use std::io::ErrorKind;
use std::time::{Instant, SystemTime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout_at;

/// Answers to malformed requests are short; what comes is looked at anew with each block read.
const LARGEST: usize = 256 << 10;

/// Why reading ended.
enum End {
    Closed,
    Reset,
    Late,
    TooMuch,
    Complete,
}

impl Client {
    /// Sends these bytes to the host of an `http` address and reads one answer, within the limits of this client.
    pub async fn send_raw(&self, url: &str, bytes: &[u8]) -> Received {
        let sent = request_in(bytes);
        let _turn = self.options().pace.turn(false).await;
        let (at, instant) = (SystemTime::now(), Instant::now());
        let mut notes = Vec::new();
        let answer = match self.talk(url, bytes, instant, &mut notes).await {
            Ok(response) => Answer::Response(response),
            Err(none) => Answer::None(none),
        };
        Received { answer, sent, at, instant, took: instant.elapsed(), notes }
    }

    async fn talk(
        &self,
        url: &str,
        bytes: &[u8],
        start: Instant,
        notes: &mut Vec<String>,
    ) -> Result<Response, NoAnswer> {
        let options = self.options();
        let Some(host) = host_of(url) else {
            let words = "not sent: a request written byte for byte needs a plain http address";
            return Err(no_answer(NoAnswerKind::Connect, words));
        };
        let opened = timeout_at((start + options.connect_timeout).into(), TcpStream::connect(host)).await;
        let mut stream = match opened {
            Err(_) => return Err(late("the connection was not opened", options.connect_timeout)),
            Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => {
                let words = "the connection was refused: nothing listens at this address and port";
                return Err(no_answer(NoAnswerKind::Connect, words));
            }
            Ok(Err(error)) if is_ours(&error) => return Err(exhausted()),
            Ok(Err(_)) => return Err(no_answer(NoAnswerKind::Connect, "the connection could not be opened")),
            Ok(Ok(stream)) => stream,
        };
        let deadline = (start + options.total_timeout).into();
        // The product may well answer and close before it has read everything: reading goes on whatever writing did.
        if !matches!(timeout_at(deadline, stream.write_all(bytes)).await, Ok(Ok(()))) {
            notes.push("the connection was closed before the request was written".to_owned());
        }
        let most = options.max_header_bytes.saturating_add(options.max_encoded).min(LARGEST);
        let mut seen = Vec::new();
        let end = read(&mut stream, &mut seen, most, deadline).await;
        let Some((head, body)) = split_head(&seen) else {
            return Err(match end {
                End::Late => late("no whole answer came", options.total_timeout),
                End::TooMuch => {
                    let words = format!("the header of the answer is larger than the suite reads: {most} bytes");
                    no_answer(NoAnswerKind::TooLarge, &words)
                }
                End::Reset => no_answer(NoAnswerKind::Closed, "the connection was reset before an answer came"),
                _ if seen.is_empty() => {
                    no_answer(NoAnswerKind::Closed, "the connection was closed before an answer came")
                }
                _ => no_answer(NoAnswerKind::Malformed, "what came is not HTTP/1.1"),
            });
        };
        let Some((status, headers)) = read_head(head) else {
            return Err(no_answer(NoAnswerKind::Malformed, "what came is not HTTP/1.1"));
        };
        let cut = match end {
            End::Complete => None,
            End::Closed if body_end(&headers, status, body).is_none() && framed(&headers).is_none() => None,
            End::Closed | End::Reset => Some(Cut::Product("the connection ended within the body".to_owned())),
            End::Late => Some(Cut::Product("the answer was not complete in time".to_owned())),
            End::TooMuch => Some(Cut::Suite(format!("the answer is larger than the suite reads: {most} bytes"))),
        };
        let decoded =
            super::content::decode(body_of(&headers, body), headers.get("content-encoding"), options.max_body);
        notes.extend(decoded.note);
        let cut = cut.or(decoded.cut);
        Ok(Response { status, headers, body: Body::cut(decoded.bytes, cut.as_ref()), cut })
    }
}

async fn read(stream: &mut TcpStream, seen: &mut Vec<u8>, most: usize, deadline: tokio::time::Instant) -> End {
    let mut block = [0u8; 8192];
    loop {
        match timeout_at(deadline, stream.read(&mut block)).await {
            Err(_) => return End::Late,
            Ok(Err(_)) => return End::Reset,
            Ok(Ok(0)) => return End::Closed,
            Ok(Ok(count)) => seen.extend(block.iter().take(count.min(most.saturating_sub(seen.len())))),
        }
        // An interim answer (100 Continue) is not the answer.
        while let Some((head, rest)) = split_head(seen)
            && matches!(read_head(head), Some((100..=199, _)))
        {
            *seen = rest.to_vec();
        }
        if let Some((head, body)) = split_head(seen)
            && let Some((status, headers)) = read_head(head)
            && body_end(&headers, status, body).is_some()
        {
            return End::Complete;
        }
        if seen.len() >= most {
            return End::TooMuch;
        }
    }
}

/// How a body says where it ends.
enum Framing {
    Chunked,
    Length(usize),
}

fn framed(headers: &Headers) -> Option<Framing> {
    if headers.get("transfer-encoding").is_some_and(|coding| coding.to_ascii_lowercase().contains("chunked")) {
        return Some(Framing::Chunked);
    }
    headers.get("content-length").and_then(|length| length.trim().parse().ok()).map(Framing::Length)
}

/// The length of the body as it stands in what was read, once it is complete; none when only closing ends it.
fn body_end(headers: &Headers, status: u16, body: &[u8]) -> Option<usize> {
    match framed(headers) {
        _ if matches!(status, 204 | 304) => Some(0),
        Some(Framing::Length(length)) => (body.len() >= length).then_some(length),
        Some(Framing::Chunked) => unchunk(body).1.then_some(body.len()),
        None => None,
    }
}

fn body_of(headers: &Headers, body: &[u8]) -> Vec<u8> {
    match framed(headers) {
        Some(Framing::Chunked) => unchunk(body).0,
        Some(Framing::Length(length)) => body.get(..length).unwrap_or(body).to_vec(),
        None => body.to_vec(),
    }
}

/// The chunks put together, and whether the last one was there.
fn unchunk(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut whole = Vec::new();
    loop {
        let Some(end) = rest.windows(2).position(|pair| pair == b"\r\n") else { return (whole, false) };
        let line = String::from_utf8_lossy(rest.get(..end).unwrap_or_default());
        let Ok(size) = usize::from_str_radix(line.split(';').next().unwrap_or("").trim(), 16) else {
            return (whole, false);
        };
        if size == 0 {
            return (whole, true);
        }
        let data = rest.get(end + 2..).unwrap_or_default();
        whole.extend_from_slice(data.get(..size).unwrap_or(data));
        match size.checked_add(2).and_then(|after| data.get(after..)) {
            Some(next) => rest = next,
            None => return (whole, false),
        }
    }
}

fn split_head(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some((bytes.get(..end)?, bytes.get(end + 4..)?))
}

fn read_head(head: &[u8]) -> Option<(u16, Headers)> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.split("\r\n");
    let status = lines.next()?.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    Some((status, fields(lines)))
}

fn fields<'a>(lines: impl Iterator<Item = &'a str>) -> Headers {
    let field = |line: &str| line.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
    Headers(lines.filter_map(field).collect())
}

/// The request in the bytes, as far as there is one, for the record.
fn request_in(bytes: &[u8]) -> Request {
    let (head, body) = split_head(bytes).unwrap_or((bytes, &[]));
    let text = String::from_utf8_lossy(head);
    let mut lines = text.split("\r\n");
    let mut words = lines.next().unwrap_or("").split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    Request { method, path, headers: fields(lines), body: Body::new(body.to_vec()), host: String::new() }
}

/// Host and port of a plain `http` address.
fn host_of(url: &str) -> Option<String> {
    let scheme = url.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("http://"))?;
    let host = url.get(scheme.len()..)?.split(['/', '?', '#']).next().filter(|host| !host.is_empty())?;
    let after_brackets = host.rsplit(']').next().unwrap_or(host);
    Some(if after_brackets.contains(':') { host.to_owned() } else { format!("{host}:80") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::ClientOptions;
    use std::time::Duration;
    use tokio::net::TcpListener;

    async fn raw(bytes: &[u8], answer: &'static [u8], close: bool) -> Received {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/x", listener.local_addr().unwrap());
        let length = bytes.len();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.read_exact(&mut vec![0; length]).await.unwrap();
            stream.write_all(answer).await.unwrap();
            if !close {
                std::future::pending::<()>().await;
            }
        });
        let options = ClientOptions {
            total_timeout: Duration::from_millis(if close { 10_000 } else { 200 }),
            ..ClientOptions::default()
        };
        let received = Client::new(options).unwrap().send_raw(&url, bytes).await;
        server.abort();
        received
    }

    fn response(received: Received) -> Response {
        match received.answer {
            Answer::Response(response) => response,
            Answer::None(none) => panic!("{none:?}"),
        }
    }

    #[tokio::test]
    async fn bytes_go_out_as_they_are_and_an_answer_comes_back() {
        let bytes = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: nonsense\r\n\r\n{}";
        let received = raw(bytes, b"HTTP/1.1 400 Bad\r\ncontent-length: 2\r\nX-A: b\r\n\r\n{}extra", true).await;
        assert_eq!((received.sent.method.as_str(), received.sent.path.as_str()), ("POST", "/a"));
        assert_eq!(received.sent.headers.get("content-length"), Some("nonsense"));
        let answer = response(received);
        assert_eq!((answer.status, answer.body.bytes(), answer.headers.get("x-a")), (400, &b"{}"[..], Some("b")));
        assert_eq!(answer.cut, None);
    }

    #[tokio::test]
    async fn every_way_of_ending_a_body_is_read() {
        for (answer, body, cut) in [
            (
                &b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"[..],
                &b"abcde"[..],
                false,
            ),
            (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nabc", b"abc", true),
            (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nuntil the end", b"until the end", false),
            (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", b"half", true),
            (b"HTTP/1.1 204 No Content\r\n\r\n", b"", false),
        ] {
            let answer = response(raw(b"GET / HTTP/1.1\r\n\r\n", answer, true).await);
            assert_eq!((answer.body.bytes(), answer.cut.is_some()), (body, cut), "{answer:?}");
        }
    }

    #[tokio::test]
    async fn silence_garbage_and_tls_are_told() {
        let kind = |received: Received| match received.answer {
            Answer::None(none) => none.kind,
            Answer::Response(response) => panic!("{response:?}"),
        };
        assert_eq!(kind(raw(b"GET", b"", false).await), NoAnswerKind::Timeout);
        assert_eq!(kind(raw(b"GET", b"", true).await), NoAnswerKind::Closed);
        assert_eq!(kind(raw(b"GET", b"220 hello\r\n", true).await), NoAnswerKind::Malformed);
        let client = Client::new(ClientOptions::default()).unwrap();
        assert_eq!(kind(client.send_raw("https://127.0.0.1/", b"x").await), NoAnswerKind::Connect);
        assert_eq!(host_of("HTTP://[::1]/x").as_deref(), Some("[::1]:80"));
        assert_eq!(host_of("http://a:81?x").as_deref(), Some("a:81"));
    }
}
