//! The callback listener: one HTTP server for the whole run that takes whatever comes and answers as scripted.
//!
//! Any path, method and content type is accepted and kept; judging is for others. It knows statuses and bodies and
//! nothing of the standard: what an acknowledgement looks like is given by the caller. Addresses are
//! `BASE/cb/TOKEN[/NAME]`, and whatever a sender appends to them is recorded.

use super::arrivals::{Arrival, ArrivalLimits, ArrivalLog};
use super::patient_stream::{PatientStream, StreamLimits};
use super::{TransportError, content};
use crate::model::exchange::{Body, Cut, Headers, Request, Response};
use axum::Router;
use axum::body::HttpBody;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;
use std::collections::{HashMap, HashSet, VecDeque};
use std::future::poll_fn;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;

/// Connections open at a time; more wait.
const CONNECTIONS: usize = 512;
/// How long open connections may take to finish when the listener stops.
const FAREWELL: Duration = Duration::from_millis(200);
/// How long to wait where this machine has no connection to give.
const STARVED: Duration = Duration::from_millis(100);
const STREAM: StreamLimits = StreamLimits { silence: Duration::from_secs(75), request: Duration::from_secs(60) };

/// What to answer: a status and, unless it is a bare one, a JSON body.
///
/// In the texts of the body `${new.id}` becomes a fresh identifier and `${now}` the time of the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct ScriptedAnswer {
    /// HTTP status.
    pub status: u16,
    /// Body.
    pub body: Option<Value>,
}

/// A running listener. Dropping it stops it.
#[derive(Debug)]
pub struct Listener {
    shared: Arc<Shared>,
    base: String,
    dead: TcpSocket,
    stop: Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
}

#[derive(Debug)]
struct Shared {
    log: Arc<ArrivalLog>,
    usual: ScriptedAnswer,
    addresses: Mutex<Addresses>,
}

#[derive(Debug, Default)]
struct Addresses {
    /// Names below each token.
    names: HashMap<String, HashSet<String>>,
    /// What the next arrivals at an address get, and how many of them.
    scripts: HashMap<(String, Option<String>), VecDeque<Script>>,
}

#[derive(Debug)]
struct Script {
    answer: ScriptedAnswer,
    left: usize,
}

impl Listener {
    /// Starts listening. `usual` answers every arrival for which nothing else is scripted; `public_url` is the address
    /// under which the product reaches us, where that is not the address we listen on.
    ///
    /// # Errors
    /// The address is in use or is none of this machine's.
    pub async fn start(
        listen: SocketAddr,
        public_url: Option<String>,
        usual: ScriptedAnswer,
    ) -> Result<Listener, TransportError> {
        Listener::start_with(listen, public_url, usual, ArrivalLimits::default()).await
    }

    /// As [`Listener::start`], with other limits.
    ///
    /// # Errors
    /// The address is in use or is none of this machine's.
    pub async fn start_with(
        listen: SocketAddr,
        public_url: Option<String>,
        usual: ScriptedAnswer,
        limits: ArrivalLimits,
    ) -> Result<Listener, TransportError> {
        let cannot = |error: std::io::Error| match error.kind() {
            ErrorKind::AddrInUse => TransportError::PortInUse { address: listen },
            _ => TransportError::Listen { address: listen, reason: error.to_string() },
        };
        let socket = TcpListener::bind(listen).await.map_err(cannot)?;
        let base = base_url(socket.local_addr().map_err(cannot)?, public_url);
        let dead = TcpSocket::new_v4().map_err(cannot)?;
        dead.bind(SocketAddr::from(([127, 0, 0, 1], 0))).map_err(cannot)?;
        let log = Arc::new(ArrivalLog::new(limits));
        let shared = Arc::new(Shared { log, usual, addresses: Mutex::default() });
        let app = Router::new().fallback(take).with_state(shared.clone());
        let (stop, stopped) = oneshot::channel::<()>();
        let door = Door { socket, places: Arc::new(Semaphore::new(CONNECTIONS)), log: shared.log.clone() };
        let task = tokio::spawn(async move {
            let until = async move { stopped.await.unwrap_or(()) };
            // Serving never fails by itself: errors of one connection end that connection.
            let _ = axum::serve(door, app).with_graceful_shutdown(until).await;
        });
        Ok(Listener { shared, base, dead, stop: Mutex::new(Some((stop, task))) })
    }

    /// The address of the listener as the product sees it, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.base
    }

    /// The address to give to the product for a token, and a name below it where a test has several.
    pub fn address_for(&self, token: &str, name: Option<&str>) -> String {
        let mut addresses = self.shared.addresses();
        let names = addresses.names.entry(token.to_owned()).or_default();
        match name {
            Some(name) => {
                names.insert(name.to_owned());
                format!("{}/cb/{token}/{name}", self.base)
            }
            None => format!("{}/cb/{token}", self.base),
        }
    }

    /// An address of this machine where nobody listens, for as long as the listener lives.
    pub fn dead_address(&self) -> String {
        // The port is taken and not listened on: connections are refused, and no other program can get it meanwhile.
        let port = self.dead.local_addr().map_or(1, |address| address.port());
        format!("http://127.0.0.1:{port}/nobody")
    }

    /// The next `times` arrivals at this very address get this answer; then the usual one, or what was scripted next.
    pub fn expect_answer(&self, token: &str, name: Option<&str>, answer: ScriptedAnswer, times: usize) {
        let key = (token.to_owned(), name.map(str::to_owned));
        self.shared.addresses().scripts.entry(key).or_default().push_back(Script { answer, left: times });
    }

    /// Everything that arrived.
    pub fn arrivals(&self) -> Arc<ArrivalLog> {
        self.shared.log.clone()
    }

    /// Stops listening; answers under way are finished if they do not take long.
    pub async fn stop(&self) {
        let running = self.stop.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((stop, task)) = running else { return };
        let _ = stop.send(());
        let abort = task.abort_handle();
        if tokio::time::timeout(FAREWELL, task).await.is_err() {
            abort.abort();
        }
    }
}

fn base_url(bound: SocketAddr, public_url: Option<String>) -> String {
    if let Some(url) = public_url {
        return url.trim_end_matches('/').to_owned();
    }
    match bound {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => format!("http://127.0.0.1:{}", v4.port()),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => format!("http://[::1]:{}", v6.port()),
        address => format!("http://{address}"),
    }
}

/// The way in: a bounded number of connections, each with its patience.
struct Door {
    socket: TcpListener,
    places: Arc<Semaphore>,
    log: Arc<ArrivalLog>,
}

impl Door {
    /// The next connection. Where this machine has none to give, the message behind it comes late or never by our own
    /// doing: it counts among those that were refused.
    async fn next(&self) -> (TcpStream, SocketAddr) {
        loop {
            match self.socket.accept().await {
                Ok(next) => return next,
                // One that was gone before it was taken.
                Err(error) if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => {}
                Err(_) => {
                    self.log.refuse();
                    tokio::time::sleep(STARVED).await;
                }
            }
        }
    }
}

impl axum::serve::Listener for Door {
    type Io = PatientStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (PatientStream, SocketAddr) {
        loop {
            let Ok(place) = self.places.clone().acquire_owned().await else {
                std::future::pending::<()>().await;
                continue;
            };
            let (stream, from) = self.next().await;
            // Small answers must not wait for more data to fill a packet; a failure only costs time.
            let _ = stream.set_nodelay(true);
            return (PatientStream::new(stream, STREAM, place), from);
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.socket.local_addr()
    }
}

/// Takes one message: keeps it, then answers.
async fn take(State(shared): State<Arc<Shared>>, incoming: axum::extract::Request) -> axum::response::Response {
    let (at, instant) = (SystemTime::now(), Instant::now());
    let (head, body) = incoming.into_parts();
    let headers = headers(&head.headers);
    let path = head.uri.path_and_query().map_or_else(|| head.uri.path().to_owned(), ToString::to_string);
    let log = &shared.log;
    let mut room = Room { log, bytes: 0, kept: false };
    if !room.claim(path.len() + headers.0.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>()) {
        return bare(StatusCode::SERVICE_UNAVAILABLE);
    }
    let Some((bytes, cut)) = read_body(body, &mut room).await else { return bare(StatusCode::SERVICE_UNAVAILABLE) };
    let read = bytes.len();
    let decoded = content::decode(bytes, headers.get("content-encoding"), log.limits().body);
    let cut = cut.or(decoded.cut);
    let body = Body::cut(decoded.bytes, cut.as_ref());
    if !room.claim(body.weight().saturating_sub(read)) {
        return bare(StatusCode::SERVICE_UNAVAILABLE);
    }
    let (token, name, suffix) = shared.addresses().find(head.uri.path());
    let too_large = matches!(cut, Some(Cut::Suite(_)));
    let (response, answer) = write(&shared.answer(token.as_deref(), name.as_deref(), too_large));
    let notes = [cut.map(|cut| cut.why().to_owned()), decoded.note].into_iter().flatten().collect();
    let request = Request { method: head.method.to_string(), path, headers, body, host: String::new() };
    let took = instant.elapsed();
    room.kept = log.push(Arrival { number: 0, at, instant, took, token, name, suffix, request, response, notes });
    match room.kept {
        true => answer,
        false => bare(StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// Room of the log claimed for one message; a message that is not kept in the end gives it back and is counted.
struct Room<'a> {
    log: &'a ArrivalLog,
    bytes: usize,
    kept: bool,
}

impl Room<'_> {
    fn claim(&mut self, bytes: usize) -> bool {
        let fits = self.log.reserve(bytes);
        self.bytes += if fits { bytes } else { 0 };
        fits
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        if !self.kept {
            self.log.release(self.bytes);
            self.log.refuse();
        }
    }
}

/// Reads a body up to the limit; `None` when the log has no room left. What came before a fault is kept.
async fn read_body(mut body: axum::body::Body, room: &mut Room<'_>) -> Option<(Vec<u8>, Option<Cut>)> {
    let max = room.log.limits().body;
    let mut bytes: Vec<u8> = Vec::new();
    loop {
        match poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            None => return Some((bytes, None)),
            Some(Err(_)) => {
                let note = format!("the sender broke off within the body, after {} bytes", bytes.len());
                return Some((bytes, Some(Cut::Product(note))));
            }
            Some(Ok(frame)) => {
                let Ok(data) = frame.into_data() else { continue };
                let fitting = max.saturating_sub(bytes.len()).min(data.len());
                if !room.claim(fitting) {
                    return None;
                }
                bytes.extend_from_slice(data.get(..fitting).unwrap_or_default());
                if fitting < data.len() {
                    let note = format!("the message is larger than the suite reads: more than {max} bytes");
                    return Some((bytes, Some(Cut::Suite(note))));
                }
            }
        }
    }
}

impl Shared {
    fn addresses(&self) -> MutexGuard<'_, Addresses> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, token: Option<&str>, name: Option<&str>, too_large: bool) -> ScriptedAnswer {
        if too_large {
            return ScriptedAnswer { status: StatusCode::PAYLOAD_TOO_LARGE.as_u16(), body: None };
        }
        token.and_then(|token| self.addresses().next_script(token, name)).unwrap_or_else(|| self.usual.clone())
    }
}

impl Addresses {
    /// Whose address a path is: token, name, and what was appended. A proxy may have put anything before it.
    fn find(&self, path: &str) -> (Option<String>, Option<String>, String) {
        let parts: Vec<&str> = path.split('/').collect();
        let found = parts.windows(2).enumerate().find_map(|(at, pair)| match pair {
            ["cb", token] => self.names.get_key_value(*token).map(|(token, names)| (at + 2, token, names)),
            _ => None,
        });
        let Some((after, token, names)) = found else { return (None, None, String::new()) };
        let name = parts.get(after).and_then(|part| names.get(*part)).cloned();
        let rest = parts.get(after + usize::from(name.is_some())..).unwrap_or_default();
        let suffix = rest.iter().map(|part| format!("/{part}")).collect();
        (Some(token.clone()), name, suffix)
    }

    fn next_script(&mut self, token: &str, name: Option<&str>) -> Option<ScriptedAnswer> {
        let queue = self.scripts.get_mut(&(token.to_owned(), name.map(str::to_owned)))?;
        while queue.front().is_some_and(|script| script.left == 0) {
            queue.pop_front();
        }
        let script = queue.front_mut()?;
        script.left -= 1;
        Some(script.answer.clone())
    }
}

fn headers(received: &HeaderMap) -> Headers {
    let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Headers(received.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect())
}

fn bare(status: StatusCode) -> axum::response::Response {
    let mut response = axum::response::Response::default();
    *response.status_mut() = status;
    response
}

/// The answer as recorded, and as sent.
fn write(scripted: &ScriptedAnswer) -> (Response, axum::response::Response) {
    let status = StatusCode::from_u16(scripted.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut recorded = Response { status: status.as_u16(), ..Response::default() };
    let mut sent = bare(status);
    if let Some(body) = &scripted.body {
        let bytes = fill(body).to_string().into_bytes();
        recorded.headers.push("content-type", "application/json");
        recorded.body = Body::new(bytes.clone());
        sent.headers_mut()
            .insert(axum::http::header::CONTENT_TYPE, axum::http::HeaderValue::from_static("application/json"));
        *sent.body_mut() = bytes.into();
    }
    (recorded, sent)
}

fn fill(template: &Value) -> Value {
    match template {
        Value::String(text) if text.contains("${") => text
            .replace("${new.id}", &uuid::Uuid::new_v4().to_string())
            .replace("${now}", &format!("{:.3}", jiff::Timestamp::now()))
            .into(),
        Value::Array(items) => items.iter().map(fill).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), fill(value))).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
#[path = "listener_tests.rs"]
mod tests;
