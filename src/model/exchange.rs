//! One message and its answer as seen on the wire, whichever side spoke first.
//!
//! Bytes are kept as received until the run ends; every judgement is made on them. Nothing here is redacted: an
//! [`Exchange`] never leaves the process. What leaves is [`crate::model::result::Evidence`].

use serde::de::IgnoredAny;
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

    /// Whether the body is said to be a form with parts.
    pub fn say_form(&self) -> bool {
        self.get("content-type").is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("multipart/"))
    }

    /// Adds a field at the end.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }
}

/// A body with more values than this is not read as JSON: small values cost far more memory than they have bytes.
const MOST_VALUES: usize = 500_000;
/// What is kept of a body that is nothing but blanks.
const BLANKS: usize = 1 << 10;
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
    /// More came than stands here.
    left_out: bool,
    /// All that came before the limit is blanks.
    blank: bool,
    json: OnceLock<Result<Value, NotRead>>,
}

/// Why there is no JSON to look into.
struct NotRead {
    why: String,
    /// It may be JSON all the same: a limit of ours kept us from reading it.
    ours: bool,
}

/// Why a body is incomplete, and by whose doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The product's: the connection ended early, the compression is broken, time ran out.
    Product(String),
    /// Ours: it is more than the suite reads, and may be right in every way.
    Suite(String),
}

impl Cut {
    /// The reason, in words.
    pub fn why(&self) -> &str {
        match self {
            Cut::Product(why) | Cut::Suite(why) => why,
        }
    }
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
        Body { shared: Arc::new(Content { bytes, ..Content::default() }) }
    }

    /// A body that was cut off and is larger than this cannot be read, and its beginning tells all there is to tell.
    pub const LARGE: usize = 1 << 20;

    /// What came of a body that may have been cut: the bytes, or the beginning of them where more cannot be read anyway.
    pub fn cut(bytes: Vec<u8>, cut: Option<&Cut>) -> Self {
        match cut {
            Some(Cut::Suite(why)) => {
                let not_read = seen(&bytes, false, why);
                Body::beginning(bytes, true, not_read)
            }
            Some(Cut::Product(why)) if bytes.len() > Self::LARGE => {
                Body::beginning(bytes, true, NotRead { why: why.clone(), ours: false })
            }
            _ => Body::new(bytes),
        }
    }

    /// Keeps the beginning of a whole body that came when the run had no memory left to read it.
    pub fn unread(bytes: Vec<u8>) -> Self {
        let why = format!(
            "the answers of this run hold more than the suite keeps; this one ({} bytes) was not read",
            bytes.len()
        );
        let not_read = seen(&bytes, true, &why);
        let left_out = bytes.len() > Self::LARGE;
        Body::beginning(bytes, left_out, not_read)
    }

    fn beginning(mut bytes: Vec<u8>, left_out: bool, not_read: NotRead) -> Self {
        let blank = bytes.trim_ascii().is_empty();
        // Blanks hold nothing to show or to hide, and a product may send them with every answer.
        let kept = if blank { BLANKS } else { Self::LARGE };
        let left_out = left_out || bytes.len() > kept;
        bytes.truncate(kept);
        bytes.shrink_to_fit();
        Body { shared: Arc::new(Content { bytes, left_out, blank, json: OnceLock::from(Err(not_read)) }) }
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

    /// The body as JSON, or why it is none (empty, invalid, beyond a limit of ours).
    pub fn json(&self) -> Result<&Value, &str> {
        self.parsed().as_ref().map_err(|not_read| not_read.why.as_str())
    }

    /// Why the body was not read although it may well be JSON: a limit of ours. Nothing can be told about its content.
    pub fn beyond_us(&self) -> Option<&str> {
        self.parsed().as_ref().err().filter(|not_read| not_read.ours).map(|not_read| not_read.why.as_str())
    }

    /// Where a name stands twice in one object, the JSON pointer of the second of the first such pair. What we judge is the
    /// last value of a name, and other readers may take the first.
    pub fn named_twice(&self) -> Option<String> {
        self.json().ok().and_then(|_| super::twice::first(&self.shared.bytes))
    }

    /// False where only the beginning of what came was kept.
    pub fn is_whole(&self) -> bool {
        !self.shared.left_out
    }

    /// A body beyond our limits in which nothing had come when they were reached.
    pub fn is_blank(&self) -> bool {
        self.shared.blank
    }

    fn parsed(&self) -> &Result<Value, NotRead> {
        self.shared.json.get_or_init(|| {
            let bytes = &self.shared.bytes;
            if bytes.is_empty() {
                return Err(NotRead { why: "the body is empty".to_owned(), ours: false });
            }
            if self.values() > MOST_VALUES {
                return Err(seen(
                    bytes,
                    true,
                    &format!("the body holds more than {MOST_VALUES} values and was not read"),
                ));
            }
            // An error of the reader's own is none of the text's.
            serde_json::from_slice(bytes).map_err(|error| seen(bytes, true, limit(&error)))
        })
    }
}

/// Which limit of the reader a sound text is beyond.
fn limit(error: &serde_json::Error) -> &'static str {
    let said = error.to_string();
    let starts = |words: &[&str]| words.iter().any(|words| said.starts_with(words));
    if starts(&["number out of range"]) {
        "the body holds a number larger than the suite reads, and was not read"
    } else if starts(&["recursion limit exceeded"]) {
        "the body is nested deeper than 128 levels and was not read"
    } else {
        // The grammar allows it, and what it means nobody can tell (RFC 8259, section 8.2).
        "the body holds half a surrogate pair, which stands for no character, and was not read"
    }
}

/// What a body shows that is not read into memory: no JSON, or nothing for the reason given.
fn seen(bytes: &[u8], whole: bool, why: &str) -> NotRead {
    // A reader that passes over a text does not look whether it is UTF-8. A character cut in two is no fault.
    if std::str::from_utf8(bytes).is_err_and(|error| whole || error.error_len().is_some()) {
        return NotRead { why: "the body is not JSON: it is not UTF-8".to_owned(), ours: false };
    }
    match serde_json::from_slice::<IgnoredAny>(bytes) {
        Err(error) if whole || !error.is_eof() => not_json(&error),
        _ => NotRead { why: why.to_owned(), ours: true },
    }
}

fn not_json(error: &serde_json::Error) -> NotRead {
    NotRead { why: format!("the body is not JSON: {error}"), ours: false }
}

/// What came back, or why nothing did.
#[derive(Clone, Debug)]
pub enum Answer {
    /// An HTTP response, possibly cut off at a limit (see [`Response::cut`]).
    Response(Response),
    /// No usable response.
    None(NoAnswer),
}

/// Why no response came: a finding about the product, but for the kinds that are ours.
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
    /// What came is not HTTP.
    Malformed,
    /// The header of the answer is larger than the suite reads: a limit of ours.
    TooLarge,
    /// The request was not sent: this machine has no more connections to give.
    Exhausted,
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
    pub cut: Option<Cut>,
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
    /// Host and port it went to; empty where that is not known.
    pub host: String,
}

/// How much of an exchange can be known. What was not seen is never judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Seen {
    /// All of it, as it was on the wire.
    #[default]
    Whole,
    /// All of it but the header fields, which the recording leaves out.
    NoFields,
    /// Personal values were replaced before it came to us.
    Redacted,
    /// The bare messages: neither their HTTP nor when they came.
    Messages,
    /// The bare messages, in which personal values were replaced before they came to us.
    RedactedMessages,
}

impl Seen {
    /// Whether values were replaced before they came to us.
    pub fn is_redacted(self) -> bool {
        matches!(self, Seen::Redacted | Seen::RedactedMessages)
    }

    /// Whether nothing but the messages is known: neither their HTTP nor when they came.
    pub fn is_bare(self) -> bool {
        matches!(self, Seen::Messages | Seen::RedactedMessages)
    }
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
    /// How much of it can be known.
    pub seen: Seen,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_by_us(text: &str) -> Body {
        Body::cut(text.as_bytes().to_vec(), Some(&Cut::Suite("too large".into())))
    }

    #[test]
    fn the_beginning_of_an_honest_answer_tells_nothing() {
        for text in ["{\"a\": [1, 2", "{\"a\": \"half a te", "[tru", "  \n", "{}"] {
            assert_eq!(cut_by_us(text).beyond_us(), Some("too large"), "{text}");
        }
        let deep = "[".repeat(1000);
        assert_eq!(cut_by_us(&deep).beyond_us(), Some("too large"), "no recursion on the way");
        assert!(cut_by_us(" \n ").is_blank() && !cut_by_us(" {").is_blank());
    }

    #[test]
    fn what_no_json_begins_with_is_none_whatever_follows() {
        for text in ["<html>", "{\"a\": 1} and more", "{'a'", "\0\0", "{\"a\" 1"] {
            assert_eq!(cut_by_us(text).beyond_us(), None, "{text}");
            assert!(cut_by_us(text).json().unwrap_err().contains("not JSON"), "{text}");
        }
    }

    #[test]
    fn what_is_no_utf8_is_no_json_whatever_the_reader_passes_over() {
        let broken = Body::new(b"{\"a\": \"\xff\"}".to_vec());
        assert!(broken.beyond_us().is_none() && broken.json().unwrap_err().contains("UTF-8"));
        let ours = Some(Cut::Suite("too large".into()));
        let halved = Body::cut(b"{\"a\": \"\xc3".to_vec(), ours.as_ref());
        assert_eq!(halved.beyond_us(), Some("too large"), "the other half was cut off");
    }

    #[test]
    fn depth_alone_is_no_fault() {
        let deep = |closed: usize| Body::new(["[".repeat(1000), "]".repeat(closed)].concat().into_bytes());
        assert!(deep(1000).beyond_us().is_some_and(|why| why.contains("128 levels")));
        assert!(deep(999).beyond_us().is_none() && deep(999).json().unwrap_err().contains("not JSON"));
    }

    #[test]
    fn a_number_beyond_the_reader_is_told_as_one() {
        let large = Body::new(format!("{{\"a\": 1{}}}", "0".repeat(400)).into_bytes());
        assert!(large.beyond_us().is_some_and(|why| why.contains("a number larger")));
    }

    #[test]
    fn half_a_surrogate_pair_is_told_as_one() {
        for half in ["\\ud800", "\\udc00", "\\ud800x", "\\ud800\\ud800"] {
            let body = Body::new(format!("{{\"a\": \"{half}\"}}").into_bytes());
            assert!(
                body.beyond_us().is_some_and(|why| why.contains("half a surrogate pair")),
                "{half}: {:?}",
                body.json()
            );
        }
    }

    #[test]
    fn what_the_product_broke_off_is_no_json() {
        let cut = Cut::Product("the connection ended".into());
        let large = Body::cut([b"{\"a\": \"".to_vec(), vec![b'x'; Body::LARGE]].concat(), Some(&cut));
        assert_eq!((large.beyond_us(), large.json(), large.is_whole()), (None, Err("the connection ended"), false));
        assert!(Body::cut(b"{\"a\": ".to_vec(), Some(&cut)).beyond_us().is_none());
    }

    #[test]
    fn a_whole_body_too_large_for_memory_is_still_seen_to_be_none() {
        assert!(Body::unread(b"[1, 2]".to_vec()).beyond_us().is_some());
        assert!(Body::unread(b"[1, 2".to_vec()).beyond_us().is_none());
        let many = |end: &str| Body::new(format!("[1{}{end}", ",1".repeat(MOST_VALUES)).into_bytes());
        assert!(many("]").beyond_us().is_some_and(|why| why.contains("values")));
        assert!(many("").beyond_us().is_none());
    }
}
