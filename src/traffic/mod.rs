//! Recorded traffic: reads recordings of every kind into what was seen, without knowing what any of it means.
//!
//! Told by content, never by name: a HAR file, the result of an earlier run, or messages one after the other. Reading is
//! bounded; what a recording leaves out stays left out.

mod evidence;
mod har;

pub(crate) use har::address;

use crate::model::exchange::{Answer, Body, Cut, Direction, NoAnswer, NoAnswerKind, Request, Seen};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::io::Read;
use std::time::{Duration, SystemTime};

/// Bytes of one recording that are read; a larger one is refused.
pub const MOST_BYTES: u64 = 64 << 20;

/// One recording.
#[derive(Debug)]
pub struct Recording {
    /// The name as given.
    pub name: String,
    /// What it is, for people.
    pub kind: &'static str,
    /// Its bytes.
    pub bytes: usize,
    /// SHA-256, hex.
    pub sha256: String,
    /// What it holds, in its order.
    pub entries: Vec<Entry>,
    /// Things in it that are not built as they should be, and are left out.
    pub unread: usize,
}

/// One thing in a recording.
#[derive(Debug)]
pub enum Entry {
    /// A request and what came back.
    Exchange(Box<Recorded>),
    /// A message by itself.
    Message {
        /// Where it is in the recording.
        label: String,
        /// The message.
        body: Body,
    },
}

/// A request and what came back, as recorded.
#[derive(Debug)]
pub struct Recorded {
    /// Where it is in the recording.
    pub label: String,
    /// What the recorder knew of it.
    pub known: Option<Known>,
    /// The request.
    pub request: Request,
    /// The answer.
    pub answer: Answer,
    /// When the request was sent.
    pub at: SystemTime,
    /// From there to the end of the answer.
    pub took: Duration,
    /// How much of it can be known.
    pub seen: Seen,
}

/// What a run of ours knew of an exchange it kept.
#[derive(Clone, Debug)]
pub struct Known {
    /// Who opened it.
    pub direction: Direction,
    /// Endpoint or callback, if it was recognised.
    pub name: Option<String>,
    /// Whether the request was in order.
    pub sound: bool,
}

/// Tells the kinds of recording apart.
#[derive(Deserialize)]
struct Peek {
    log: Option<IgnoredAny>,
    schema: Option<IgnoredAny>,
    evidence: Option<IgnoredAny>,
}

/// Reads a recording.
///
/// # Errors
/// What is wrong with it and what to do, without its name.
pub fn read(name: &str, from: impl Read) -> Result<Recording, String> {
    let mut bytes = Vec::new();
    from.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("{error}\nhelp: is it a file, and may it be read?"))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!(
            "larger than {} MiB, more than is read of a recording\nhelp: record less at a time, or export only the \
             exchanges with the product",
            MOST_BYTES >> 20
        ));
    }
    let sha256 = crate::digest::hex(&bytes);
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let label = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let (kind, entries, unread) = entries(label, text)?;
    Ok(Recording { name: name.to_owned(), kind, bytes: bytes.len(), sha256, entries, unread })
}

/// Whether something begins as a HAR file does.
pub fn is_har(from: impl Read) -> bool {
    let mut beginning = Vec::new();
    let read = from.take(256).read_to_end(&mut beginning);
    let text = beginning.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&beginning);
    let plain: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    read.is_ok() && plain.starts_with(b"{\"log\":{")
}

const KINDS: &str = "help: give a HAR file, the result.json of a run, or messages of the standard as JSON";

/// The kind of a recording, what it holds, and how much of it could not be read.
fn entries(name: &str, text: &[u8]) -> Result<(&'static str, Vec<Entry>, usize), String> {
    match text.trim_ascii_start() {
        [] => return Err(format!("it is empty\n{KINDS}")),
        [0x1F, 0x8B, ..] => return Err("it is packed with gzip\nhelp: unpack it first".into()),
        [b'{', ..] => {}
        [b'[', ..] => return Err("it is a JSON list\nhelp: write one message a line, or one a file".into()),
        _ => return Err(format!("it is no JSON: no object begins it\n{KINDS}")),
    }
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<Peek>();
    let peek = match values.next() {
        Some(Ok(peek)) => peek,
        Some(Err(error)) => return Err(not_read(&error)),
        None => return Err(format!("it is empty\n{KINDS}")),
    };
    if peek.log.is_some() {
        return har::entries(name, text).map(|(entries, unread)| ("HAR", entries, unread));
    }
    if peek.schema.is_some() && peek.evidence.is_some() {
        return evidence::entries(name, text).map(|entries| ("evidence of a run", entries, 0));
    }
    messages(name, text).map(|entries| ("messages", entries, 0))
}

/// Messages one after the other, each kept byte for byte.
fn messages(name: &str, text: &[u8]) -> Result<Vec<Entry>, String> {
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<IgnoredAny>();
    let mut spans = Vec::new();
    let mut start = 0;
    while let Some(value) = values.next() {
        value.map_err(|error| not_read(&error))?;
        spans.push(start..values.byte_offset());
        start = values.byte_offset();
    }
    let width = spans.len().to_string().len();
    let message = |(index, span): (usize, &std::ops::Range<usize>)| {
        let label = match spans.len() {
            1 => name.to_owned(),
            _ => format!("{name}, message {:0width$}", index + 1),
        };
        let body = Body::new(text.get(span.clone()).unwrap_or_default().trim_ascii().to_vec());
        Entry::Message { label, body }
    };
    Ok(spans.iter().enumerate().map(message).collect())
}

/// What is wrong with JSON, in words of ours: those of the reader may quote what the file holds.
fn not_read(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let place = format!("line {}, column {}", error.line(), error.column());
    // Limits of the reader are no faults of the file.
    let told = error.to_string();
    if ["recursion limit", "number out of range"].iter().any(|limit| told.starts_with(limit)) {
        return format!(
            "it is nested deeper than 128 levels, or holds a number larger than is read ({place})\nhelp: record without it"
        );
    }
    match error.classify() {
        Category::Eof => format!("it ends in the middle of JSON ({place})\nhelp: is the file complete?"),
        Category::Data => format!("it is not built as such a file should be ({place})\n{KINDS}"),
        Category::Syntax | Category::Io => format!("it is no JSON ({place})\n{KINDS}"),
    }
}

/// A body that is not in the recording although there was one.
fn not_recorded(what: &str) -> Body {
    Body::cut(Vec::new(), Some(&Cut::Suite(format!("the recording does not hold {what}"))))
}

/// A body of which only the beginning is in the recording.
fn cut_short(bytes: Vec<u8>) -> Body {
    Body::cut(bytes, Some(&Cut::Suite("the recording holds only the beginning of it".into())))
}

/// No answer was recorded: that says nothing of the product.
pub fn no_answer(why: impl Into<String>) -> Answer {
    Answer::None(NoAnswer { kind: NoAnswerKind::Stopped, detail: why.into() })
}

#[cfg(test)]
mod tests;
