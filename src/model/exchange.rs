//! One message and its answer as seen on the wire, whichever side spoke first.
//!
//! Bytes are kept as received until the run ends; every judgement is made on them. Nothing here is redacted: an
//! [`Exchange`] never leaves the process. What leaves is [`crate::model::result::Evidence`].

use serde_json::Value;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

/// Who opened the exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The suite sent the request, the product answered.
    Sent,
    /// The product sent the request (a callback or a notification), the suite answered.
    Arrived,
}

/// Header fields in the order seen; names compare without case.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(pub Vec<(String, String)>);

/// Names only: values hold credentials, and a debug print may end in a log.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl Headers {
    /// The first value of a field, by name without regard to case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Adds a field at the end.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }
}

/// A body with more values than this is not read as JSON: small values cost far more memory than they have bytes.
const MOST_VALUES: usize = 500_000;
/// What one value costs in memory, roughly.
const VALUE: usize = 80;

/// The bytes of a message body, with the JSON in them if they are JSON.
#[derive(Clone, Default)]
pub struct Body {
    // Shared: a callback stands in the log of arrivals and in the ledger, and is read once for both.
    shared: Arc<Content>,
}

#[derive(Default)]
struct Content {
    bytes: Vec<u8>,
    json: OnceLock<Result<Value, String>>,
}

/// The length only: bodies hold personal data, and a debug print may end in a log.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.shared.bytes.len())
    }
}

impl Body {
    /// Keeps the bytes; JSON is read when first asked for.
    pub fn new(bytes: Vec<u8>) -> Self {
        Body { shared: Arc::new(Content { bytes, json: OnceLock::new() }) }
    }

    /// A body that was cut off and is larger than this cannot be read, and its beginning tells all there is to tell.
    pub const LARGE: usize = 1 << 20;

    /// Keeps the beginning of a body that is too large, or too late in a flood, to be read as JSON.
    pub fn unread(mut bytes: Vec<u8>) -> Self {
        bytes.truncate(Self::LARGE);
        bytes.shrink_to_fit();
        let json = OnceLock::from(Err("the body is too large to be read".to_owned()));
        Body { shared: Arc::new(Content { bytes, json }) }
    }

    /// How many values the body may hold, at most, were it JSON.
    pub fn values(&self) -> usize {
        1 + self.shared.bytes.iter().filter(|byte| matches!(byte, b',' | b'[' | b'{' | b':')).count()
    }

    /// What the body may cost in memory once it is read, roughly.
    pub fn weight(&self) -> usize {
        let read = match self.shared.json.get() {
            Some(Err(_)) => 0,
            _ if self.values() > MOST_VALUES => 0,
            _ => self.shared.bytes.len() + self.values() * VALUE,
        };
        self.shared.bytes.len() + read
    }

    /// The bytes as received.
    pub fn bytes(&self) -> &[u8] {
        &self.shared.bytes
    }

    /// The body as text, invalid UTF-8 replaced.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.shared.bytes)
    }

    /// The body as JSON, or why it is none (empty, invalid, deeper than the reader's limit of 128 levels).
    pub fn json(&self) -> Result<&Value, &str> {
        let parsed = self.shared.json.get_or_init(|| {
            if self.shared.bytes.is_empty() {
                return Err("the body is empty".to_owned());
            }
            if self.values() > MOST_VALUES {
                return Err(format!("the body holds more than {MOST_VALUES} values and is not read"));
            }
            serde_json::from_slice(&self.shared.bytes).map_err(|error| format!("the body is not JSON: {error}"))
        });
        parsed.as_ref().map_err(String::as_str)
    }
}

/// What came back, or why nothing did.
#[derive(Clone, Debug)]
pub enum Answer {
    /// An HTTP response, possibly cut off at a limit (see [`Response::cut`]).
    Response(Response),
    /// No usable response.
    None(NoAnswer),
}

/// Why no response came. A finding about the product, not an error of the suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoAnswer {
    /// Which stage gave up.
    pub kind: NoAnswerKind,
    /// One sentence for people, without addresses or secrets.
    pub detail: String,
}

/// The stage at which an answer failed to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoAnswerKind {
    /// The connection could not be opened.
    Connect,
    /// TLS could not be agreed.
    Tls,
    /// The name could not be resolved.
    Dns,
    /// Nothing came in time.
    Timeout,
    /// The connection was closed or reset before an answer was complete.
    Closed,
    /// What came is not HTTP, or breaks a limit before a status could be read.
    Malformed,
    /// The run was stopped (time limit or Ctrl-C) before the answer came.
    Stopped,
}

/// An HTTP response as received.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// HTTP status code.
    pub status: u16,
    /// Header fields as received.
    pub headers: Headers,
    /// Body after content decoding, bounded.
    pub body: Body,
    /// Why the body is incomplete, when it is: a size limit, a lying length, a broken compression.
    pub cut: Option<String>,
    /// True when a limit of ours cut the body.
    pub beyond_limit: bool,
}

impl Response {
    /// True when nothing is wrong with the body but that it is larger than a limit of ours: what was read of it is the
    /// beginning of a message. Endless blanks are none.
    pub fn only_too_large(&self) -> bool {
        let first = self.body.bytes().iter().find(|byte| !byte.is_ascii_whitespace());
        self.beyond_limit && matches!(first, Some(b'{' | b'['))
    }
}

/// A request as sent or received.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// HTTP method.
    pub method: String,
    /// Path with query, without host.
    pub path: String,
    /// Header fields.
    pub headers: Headers,
    /// Body.
    pub body: Body,
}

/// One request and its answer.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Number in the order of completion within the run; refers to the exchange everywhere in memory.
    pub number: usize,
    /// Who opened it.
    pub direction: Direction,
    /// The endpoint or callback name of the profile (`sync/search`, `on-search`), if recognised.
    pub name: Option<String>,
    /// The test instance it belongs to, if it could be attributed.
    pub test: Option<String>,
    /// False when the request was broken on purpose.
    pub sound: bool,
    /// The request.
    pub request: Request,
    /// The answer.
    pub answer: Answer,
    /// When the request was sent or arrived.
    pub at: SystemTime,
    /// From sending to the end of the answer.
    pub took: Duration,
    /// Observations of the transport, for people: a redirect not followed, a retry after 429.
    pub notes: Vec<String>,
}

impl Exchange {
    /// The message that came from the product: the response body of what we sent, the request body of what arrived.
    pub fn received(&self) -> Option<&Body> {
        match (self.direction, &self.answer) {
            (Direction::Arrived, _) => Some(&self.request.body),
            (Direction::Sent, Answer::Response(response)) => Some(&response.body),
            (Direction::Sent, Answer::None(_)) => None,
        }
    }

    /// The response, if one came.
    pub fn response(&self) -> Option<&Response> {
        match &self.answer {
            Answer::Response(response) => Some(response),
            Answer::None(_) => None,
        }
    }
}
