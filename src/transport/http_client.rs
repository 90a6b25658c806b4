//! The bounded HTTP client. The only caller of the HTTP client library.
//!
//! One request out, one answer back, whatever the other side does: time, sizes and decompression are limited;
//! redirects are recorded and never followed; nothing is sent again unless the product asked for it with Retry-After
//! and the caller allows it. What the product did wrong is in the [`Answer`]; there is no error to handle.

use super::content;
use super::no_answer::{Hints, explain, late, no_answer};
use super::{Pace, TransportError};
use crate::model::duration::words;
use crate::model::exchange::{Answer, Body, Cut, Headers, NoAnswer, NoAnswerKind, Request, Response};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use std::fmt;
use std::net::IpAddr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};
use tokio::time::timeout_at;

/// No limit of time is longer; a clock could not count every length a file may name.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// What a body may have once the run has kept [`ClientOptions::max_kept`].
const SMALL_BODY: usize = 64 << 10;
/// How many values such a body may have to be read as JSON.
const SMALL_VALUES: usize = 4096;

/// The limits of a client.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// To open the connection, TLS included.
    pub connect_timeout: Duration,
    /// From an open connection to the status of the answer.
    pub first_byte_timeout: Duration,
    /// From sending to the end of the answer.
    pub total_timeout: Duration,
    /// Bytes of a body kept, after decompression.
    pub max_body: usize,
    /// Bytes of a body read, before decompression.
    pub max_encoded: usize,
    /// Bytes of header fields kept.
    pub max_header_bytes: usize,
    /// Memory of all bodies together, read as JSON; beyond it each body is cut at 64 KiB, so that a flood cannot fill it.
    pub max_kept: usize,
    /// Who we say we are.
    pub user_agent: String,
    /// How fast we may send; shared by all clients of a run.
    pub pace: Pace,
}

impl Default for ClientOptions {
    fn default() -> Self {
        ClientOptions {
            connect_timeout: Duration::from_secs(10),
            first_byte_timeout: Duration::from_secs(15),
            total_timeout: Duration::from_secs(30),
            max_body: 8 << 20,
            max_encoded: 8 << 20,
            max_header_bytes: 64 << 10,
            max_kept: 80 << 20,
            user_agent: concat!("dci-conform/", env!("CARGO_PKG_VERSION")).to_owned(),
            pace: Pace::default(),
        }
    }
}

/// A request to send.
#[derive(Clone, Default)]
pub struct Outgoing {
    /// HTTP method.
    pub method: String,
    /// Whole address.
    pub url: String,
    /// Header fields, sent as given, repeated names included.
    pub headers: Headers,
    /// Body; an empty one is none.
    pub body: Vec<u8>,
    /// Where the product answers 429 or 503 with Retry-After: how long we would wait to send once more. `None`: never.
    pub retry: Option<Duration>,
    /// Others wait for it: it is sent before what nobody waits for.
    pub hurry: bool,
}

/// Method and length only: the address may hold an identifier and the header fields hold credentials.
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outgoing({}, {} bytes)", self.method, self.body.len())
    }
}

/// What came of a request.
#[derive(Clone, Debug)]
pub struct Received {
    /// The answer, or why none came.
    pub answer: Answer,
    /// The request as sent, with the header fields the client added.
    pub sent: Request,
    /// When it was sent.
    pub at: SystemTime,
    /// The same, for measuring.
    pub instant: Instant,
    /// From sending to the end of the answer; waiting for a turn does not count.
    pub took: Duration,
    /// Observations for people.
    pub notes: Vec<String>,
}

/// Sends requests within limits. Cheap to share behind an `Arc`.
pub struct Client {
    options: ClientOptions,
    kept: AtomicUsize,
    /// Loopback without TLS: neither proxy nor certificates, which take time to load.
    bare: OnceLock<Result<reqwest::Client, String>>,
    /// Loopback with TLS.
    local: OnceLock<Result<reqwest::Client, String>>,
    /// Everything else: the proxy of the system and the certificates of the machine.
    world: OnceLock<Result<reqwest::Client, String>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Client {
    /// A client with these limits.
    ///
    /// # Errors
    /// The HTTP library cannot be set up at all. Certificates are read at first need; [`Client::prepare`] does it now.
    pub fn new(mut options: ClientOptions) -> Result<Client, TransportError> {
        for limit in [&mut options.connect_timeout, &mut options.first_byte_timeout, &mut options.total_timeout] {
            *limit = (*limit).min(LONGEST_WAIT);
        }
        let client = Client {
            options,
            kept: AtomicUsize::new(0),
            bare: OnceLock::new(),
            local: OnceLock::new(),
            world: OnceLock::new(),
        };
        client.prepare("http://127.0.0.1/")?;
        Ok(client)
    }

    /// Reads what the first request to an address would need (certificates, proxy settings), so that a fault of this
    /// machine is not told as a finding about the product.
    ///
    /// # Errors
    /// The address is no web address, or this machine's settings cannot be used.
    pub fn prepare(&self, url: &str) -> Result<(), TransportError> {
        let url = Url::parse(url).map_err(|error| TransportError::Client { reason: error.to_string() })?;
        self.library(&url).map(|_| ()).map_err(|reason| TransportError::Client { reason })
    }

    /// The limits of this client.
    pub fn options(&self) -> &ClientOptions {
        &self.options
    }

    /// True for an address that means this machine, wherever it is used.
    pub fn is_local(url: &str) -> bool {
        Url::parse(url).is_ok_and(|url| is_loopback(&url) || is_unspecified(&url))
    }

    /// True when requests to this address may go through the proxy of the system.
    pub fn may_use_proxy(url: &str) -> bool {
        Url::parse(url).is_ok_and(|url| !is_loopback(&url))
    }

    /// Sends one request and takes what comes.
    pub async fn send(&self, outgoing: Outgoing) -> Received {
        let first = self.attempt(&outgoing).await;
        let (Some(budget), Some((status, wait))) = (outgoing.retry, asked_to_wait(&first)) else { return first };
        let Some(wait) = wait.filter(|wait| *wait <= budget) else {
            let note =
                format!("answered {status} with a Retry-After longer than the {} left; not sent again", words(budget));
            return Received { notes: [first.notes, vec![note]].concat(), ..first };
        };
        tokio::time::sleep(wait).await;
        let mut second = self.attempt(&outgoing).await;
        second.notes.insert(0, format!("answered {status} with Retry-After; sent once more after {}", words(wait)));
        second
    }

    async fn attempt(&self, outgoing: &Outgoing) -> Received {
        let mut notes = Vec::new();
        let (sent, request) = self.build(outgoing, &mut notes);
        let _turn = self.options.pace.turn(outgoing.hurry).await;
        let (at, instant) = (SystemTime::now(), Instant::now());
        let answer = match request {
            Ok(request) => self.exchange(request, instant, &mut notes).await,
            Err(not_sent) => Answer::None(not_sent),
        };
        Received { answer, sent, at, instant, took: instant.elapsed(), notes }
    }

    fn build(
        &self,
        outgoing: &Outgoing,
        notes: &mut Vec<String>,
    ) -> (Request, Result<(reqwest::Client, reqwest::Request), NoAnswer>) {
        let mut sent = Request { method: outgoing.method.clone(), ..Request::default() };
        let refuse = |sent, words| (sent, Err(no_answer(NoAnswerKind::Connect, words)));
        let Ok(url) = Url::parse(&outgoing.url) else {
            return refuse(sent, "not sent: the address is no web address");
        };
        sent.path = path_of(&url);
        let Ok(method) = Method::from_bytes(outgoing.method.as_bytes()) else {
            return refuse(sent, "not sent: the method is no HTTP method");
        };
        let library = match self.library(&url) {
            Ok(library) => library.clone(),
            Err(reason) => {
                notes.push(format!("this machine's TLS or proxy settings cannot be used: {reason}"));
                return refuse(sent, "not sent: this machine's TLS or proxy settings cannot be used");
            }
        };
        let mut request = reqwest::Request::new(method, url);
        sent.headers = self.fill_headers(&outgoing.headers, request.headers_mut(), notes);
        if !outgoing.body.is_empty() {
            *request.body_mut() = Some(outgoing.body.clone().into());
        }
        sent.body = Body::new(outgoing.body.clone());
        (sent, Ok((library, request)))
    }

    fn fill_headers(&self, wanted: &Headers, into: &mut HeaderMap, notes: &mut Vec<String>) -> Headers {
        let mut all = wanted.clone();
        for (name, value) in [
            ("user-agent", self.options.user_agent.as_str()),
            ("accept", "application/json"),
            ("accept-encoding", "gzip"),
        ] {
            if all.get(name).is_none() {
                all.push(name, value);
            }
        }
        all.0.retain(|(name, value)| {
            match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value.as_bytes())) {
                (Ok(name), Ok(value)) => into.append(name, value),
                _ => {
                    notes.push("a header field that cannot be written in HTTP was left out of the request".to_owned());
                    return false;
                }
            };
            true
        });
        all
    }

    async fn exchange(
        &self,
        (library, request): (reqwest::Client, reqwest::Request),
        started: Instant,
        notes: &mut Vec<String>,
    ) -> Answer {
        let options = &self.options;
        let to_first_byte = (options.connect_timeout + options.first_byte_timeout).min(options.total_timeout);
        let arrived = timeout_at((started + to_first_byte).into(), library.execute(request)).await;
        let mut answer = match arrived {
            Err(_) => return Answer::None(late("no answer began", to_first_byte)),
            Ok(Err(error)) => {
                let hints = Hints { dns: error.is_dns(), connecting: error.is_connect(), timeout: error.is_timeout() };
                return Answer::None(explain(&error, hints, options.connect_timeout));
            }
            Ok(Ok(answer)) => answer,
        };
        let Some(headers) = self.take_headers(answer.headers()) else {
            let most = self.options.max_header_bytes;
            let words = format!("the header of the answer is larger than the suite reads: more than {most} bytes");
            return Answer::None(no_answer(NoAnswerKind::TooLarge, &words));
        };
        let response = Response { status: answer.status().as_u16(), headers, ..Response::default() };
        let (encoded, cut) = self.read_body(&mut answer, started).await;
        self.finish(response, encoded, cut, notes)
    }

    /// The header fields; none where they are too many to keep: with some left out, nothing true could be said of them.
    fn take_headers(&self, received: &HeaderMap) -> Option<Headers> {
        let mut headers = Headers::default();
        let mut room = self.options.max_header_bytes;
        for (name, value) in received {
            room = room.checked_sub(name.as_str().len() + value.len())?;
            headers.push(name.as_str(), String::from_utf8_lossy(value.as_bytes()));
        }
        Some(headers)
    }

    /// Reads up to the limit; whatever came before a fault is kept.
    ///
    /// What is beyond the limit is read and dropped until the answer ends or time is up: a large answer that ends is cut
    /// by us, one that never ends is not complete in time, by the product's own doing.
    async fn read_body(&self, answer: &mut reqwest::Response, started: Instant) -> (Vec<u8>, Option<Cut>) {
        let max = self.options.max_encoded;
        let announced = answer.content_length();
        let deadline = (started + self.options.total_timeout).into();
        let mut bytes: Vec<u8> = Vec::new();
        let mut got: usize = 0;
        let cut = loop {
            match timeout_at(deadline, answer.chunk()).await {
                Err(_) => {
                    let limit = words(self.options.total_timeout);
                    break Some(Cut::Product(format!("the answer was not complete within {limit}, after {got} bytes")));
                }
                Ok(Ok(None)) if got == bytes.len() => break None,
                Ok(Ok(None)) => {
                    break Some(Cut::Suite(format!("the answer is larger than the suite reads: {got} bytes")));
                }
                Ok(Ok(Some(chunk))) => {
                    let left = self.left().max(SMALL_BODY.saturating_sub(bytes.len()));
                    // Nothing more once something was left out.
                    let room = if got == bytes.len() { max.saturating_sub(got).min(left) } else { 0 };
                    let fitting = chunk.get(..room).unwrap_or(&chunk);
                    bytes.extend_from_slice(fitting);
                    self.kept.fetch_add(fitting.len(), Ordering::Relaxed);
                    got = got.saturating_add(chunk.len());
                }
                Ok(Err(_)) => {
                    break Some(Cut::Product(match announced {
                        Some(length) => {
                            format!(
                                "the connection ended after {got} of the {length} bytes that Content-Length announced"
                            )
                        }
                        None => format!("the connection ended within the body, after {got} bytes"),
                    }));
                }
            }
        };
        (bytes, cut)
    }

    fn finish(&self, mut response: Response, encoded: Vec<u8>, cut: Option<Cut>, notes: &mut Vec<String>) -> Answer {
        self.kept.fetch_sub(encoded.len(), Ordering::Relaxed);
        let max = self.options.max_body.min(self.left().max(SMALL_BODY));
        let decoded = content::decode(encoded, response.headers.get("content-encoding"), max);
        notes.extend(decoded.note);
        if (300..400).contains(&response.status) && response.headers.get("location").is_some() {
            notes.push(format!("answered {} with a redirect; redirects are not followed", response.status));
        }
        response.cut = cut.or(decoded.cut);
        response.body = Body::cut(decoded.bytes, response.cut.as_ref());
        let too_heavy = response.body.weight() > self.left() && response.body.values() > SMALL_VALUES;
        if response.cut.is_none() && too_heavy {
            response.body = Body::unread(response.body.bytes().to_vec());
        }
        self.kept.fetch_add(response.body.weight(), Ordering::Relaxed);
        Answer::Response(response)
    }

    /// How much memory is left for bodies.
    fn left(&self) -> usize {
        self.options.max_kept.saturating_sub(self.kept.load(Ordering::Relaxed))
    }

    fn library(&self, url: &Url) -> Result<&reqwest::Client, String> {
        let (slot, local, tls) = match (is_loopback(url), url.scheme() == "https") {
            (true, false) => (&self.bare, true, false),
            (true, true) => (&self.local, true, true),
            (false, _) => (&self.world, false, true),
        };
        let made = slot.get_or_init(|| self.make(local, tls).map_err(|error| innermost(&error)));
        made.as_ref().map_err(String::clone)
    }

    fn make(&self, local: bool, tls: bool) -> Result<reqwest::Client, reqwest::Error> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .http1_only()
            .connect_timeout(self.options.connect_timeout)
            // No connection serves twice: a server may close one after any answer, and a request written into it at that
            // moment would look dropped.
            .pool_max_idle_per_host(0);
        if local {
            builder = builder.no_proxy();
        }
        if !tls {
            builder = builder.tls_certs_only([]);
        }
        builder.build()
    }
}

fn is_loopback(url: &Url) -> bool {
    let local = url.host_str().is_some_and(|host| host.eq_ignore_ascii_case("localhost"));
    local || address_in(url).is_some_and(|address| address.is_loopback())
}

fn is_unspecified(url: &Url) -> bool {
    address_in(url).is_some_and(|address| address.is_unspecified())
}

fn address_in(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn path_of(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

fn innermost(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |&error| error.source())
        .take(16)
        .last()
        .map_or_else(String::new, ToString::to_string)
}

/// The status and the time asked for (none where it cannot be read), when the product asks to come back later.
fn asked_to_wait(received: &Received) -> Option<(u16, Option<Duration>)> {
    let Answer::Response(response) = &received.answer else { return None };
    let asked = response.headers.get("retry-after").filter(|_| matches!(response.status, 429 | 503))?;
    Some((response.status, retry_after(asked, SystemTime::now())))
}

/// Retry-After: seconds, or a date.
fn retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let then = jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp();
    Some(SystemTime::from(then).duration_since(now).unwrap_or_default())
}

#[cfg(test)]
#[path = "http_client_tests.rs"]
mod tests;
