//! An exchange as it is stored: redacted, bounded, readable.

use super::headers::address;
use super::vocabulary::HIDDEN;
use super::{Redactor, foreign, sentences};
use crate::model::exchange::{Answer, Body, Direction, Exchange, Headers};
use crate::model::result::Evidence;
use crate::model::text::visible;

/// Bytes of a body kept as evidence.
const BODY: usize = 64 << 10;
/// Bytes of a body looked at: what is kept of it, and enough beyond that no value is cut in two within.
pub(super) const WINDOW: usize = 1 << 20;
/// Bytes of one header field, a path or a note kept as evidence.
const FIELD: usize = 2 << 10;
/// Header fields and notes kept as evidence.
const FIELDS: usize = 64;

impl Redactor {
    /// An exchange as it may leave the process.
    pub fn evidence(&self, exchange: &Exchange) -> Evidence {
        let request = &exchange.request;
        let (status, no_answer) = match &exchange.answer {
            Answer::Response(response) => {
                // Of a bare message it is not known how it was answered.
                (
                    Some(response.status).filter(|_| !exchange.seen.is_bare()),
                    response.cut.as_ref().map_or(String::new(), |cut| cut.why().to_owned()),
                )
            }
            Answer::None(none) => (None, none.detail.clone()),
        };
        let response = exchange.response();
        let direction = match exchange.direction {
            Direction::Sent => "sent",
            Direction::Arrived => "arrived",
        };
        Evidence {
            direction: direction.to_owned(),
            name: exchange.name.clone().unwrap_or_default(),
            sound: exchange.sound,
            at: jiff::Timestamp::try_from(exchange.at).map(|at| format!("{at:.3}")).unwrap_or_default(),
            took_ms: u64::try_from(exchange.took.as_millis()).unwrap_or(u64::MAX),
            request_line: self.short(format!("{} {}", request.method, address(&request.path)).trim()),
            request_headers: self.fields_kept(&request.headers),
            request_body: self.body(&request.body),
            status,
            response_headers: response.map(|response| self.fields_kept(&response.headers)).unwrap_or_default(),
            response_body: response.map(|response| self.body(&response.body)).unwrap_or_default(),
            no_answer: self.short(&no_answer),
            notes: exchange.notes.iter().take(FIELDS).map(|note| self.short(note)).collect(),
        }
    }

    fn short(&self, text: &str) -> String {
        bounded(self.text(text), FIELD)
    }

    fn fields_kept(&self, headers: &Headers) -> Vec<(String, String)> {
        let mut kept: Vec<_> = self
            .headers(headers)
            .0
            .into_iter()
            .take(FIELDS)
            .map(|(name, value)| (bounded(name, FIELD), bounded(value, FIELD)))
            .collect();
        if let Some(more) = headers.0.len().checked_sub(FIELDS).filter(|more| *more > 0) {
            kept.push(("…".to_owned(), format!("{more} more header fields are not kept")));
        }
        kept
    }

    /// A text redacted, as far as it may be kept. A value may be cut in two at the end of the window, which is therefore
    /// left out even where redaction made the text short.
    fn window(&self, text: &str) -> String {
        let window = beginning(text, WINDOW);
        if window.len() == text.len() {
            return self.text(text);
        }
        let mut shown = self.text(window);
        shown.truncate(beginning(&shown, shown.len() / 2).len());
        shown.push_str(&format!("\n… {} more bytes are not kept", text.len() - window.len()));
        shown
    }

    fn body(&self, body: &Body) -> String {
        if body.bytes().is_empty() {
            return String::new();
        }
        if !self.bodies {
            return "(not kept)".to_owned();
        }
        let shown = match body.json() {
            Ok(value) => serde_json::to_string_pretty(&self.json(value)).map(|text| visible(&text)).unwrap_or_default(),
            Err(_) if self.vocabulary.is_full() => {
                return "(not kept: the run holds more personal values than can be found in a text)".to_owned();
            }
            Err(_) => {
                let text = body.text();
                let shown = self.window(&text);
                // In what is no JSON nothing tells what a number is.
                if is_foreign(&text) {
                    foreign::without_numbers(sentences::without_mails(shown, HIDDEN))
                } else {
                    shown
                }
            }
        };
        bounded(shown, BODY)
    }
}

/// True for what is no JSON, not even a broken one.
pub(super) fn is_foreign(text: &str) -> bool {
    !text.trim_start().starts_with(['{', '['])
}

/// The beginning of a text, at most `most` bytes.
pub(super) fn beginning(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

/// Redacted text is cut, never text cut and then redacted: half a value would not be recognised.
fn bounded(mut text: String, most: usize) -> String {
    let left = text.len().saturating_sub(most);
    if left > 0 {
        let mut end = most;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push_str(&format!("\n… {left} more bytes are not kept"));
    }
    text
}
