//! Redaction: what leaves the process holds no secret and no personal value.
//!
//! A [`Redactor`] is made at the end of a run. First it learns, from all exchanges in the order of the plan, the values
//! of the fields a profile hides; then it replaces them wherever they turn up, by numbered tokens such as
//! `identifier-3`: equal values get equal tokens, so a reader can still follow who is who, and nothing can be derived
//! from a token. Secrets become `(secret)`.

mod evidence;
mod fields;
mod headers;
mod loose;
mod secrets;
mod vocabulary;

use crate::model::exchange::{Answer, Body, Exchange};
use crate::model::result::Redactions;
pub use fields::Known;
use fields::{Around, Fields, Leaf, holds_members, is_secret_field};
pub use headers::secrets_of;
use secrecy::SecretString;
use secrets::Secrets;
use serde_json::Value;
use std::sync::atomic::{AtomicUsize, Ordering};
use vocabulary::{HIDDEN, SECRET, Vocabulary};
pub use vocabulary::{Replaced, replaced};

/// Replaces personal values by tokens and masks secrets.
#[derive(Debug)]
pub struct Redactor {
    fields: Fields,
    secrets: Secrets,
    vocabulary: Vocabulary,
    bodies: bool,
    count: AtomicUsize,
}

impl Redactor {
    /// Hides the values of these fields and all of these secrets.
    pub fn new(hidden_fields: &[String], secrets: &[SecretString]) -> Redactor {
        Redactor {
            fields: Fields::new(hidden_fields),
            secrets: Secrets::new(secrets),
            vocabulary: Vocabulary::default(),
            bodies: true,
            count: AtomicUsize::new(0),
        }
    }

    /// Tells it what is nobody's, and which members of records are none of the standard.
    pub fn know(&mut self, known: Known) {
        self.fields.know(known);
    }

    /// From now on no message body is kept as evidence.
    pub fn keep_no_bodies(&mut self) {
        self.bodies = false;
    }

    /// Learns the values of hidden fields in both messages of an exchange.
    pub fn learn(&mut self, exchange: &Exchange) {
        self.learn_body(&exchange.request.body);
        if let Answer::Response(response) = &exchange.answer {
            self.learn_body(&response.body);
        }
    }

    /// Learns a value that is personal by itself; `kind` is a field name or a kind such as `identifier`.
    pub fn learn_value(&mut self, kind: &str, value: &Value) {
        self.learn_json(value, Around::hidden(fields::kind_of(kind)), "");
    }

    fn learn_body(&mut self, body: &Body) {
        match body.json() {
            Ok(value) => self.learn_json(value, Around::default(), ""),
            // Broken or cut off JSON holds personal values all the same.
            Err(_) => {
                for (kind, value) in loose::values(evidence::beginning(&body.text(), evidence::WINDOW), &self.fields) {
                    self.vocabulary.learn(kind, &value);
                }
            }
        }
    }

    /// `parent` is the name of the member that `value` stands in, lists passed over.
    fn learn_json(&mut self, value: &Value, around: Around, parent: &str) {
        match value {
            Value::String(text) => {
                for (kind, value) in self.fields.values(around, text) {
                    self.vocabulary.learn(kind, value);
                }
            }
            Value::Number(number) => {
                let number = number.to_string();
                if let Leaf::Everywhere(kind) = self.fields.number(around, &number) {
                    self.vocabulary.learn(kind, &number);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn_json(item, around, parent)),
            Value::Object(members) => {
                let named = self.fields.named_in(members);
                for (name, value) in members {
                    let inner = self.fields.member(around, (parent, name), !holds_members(value), named);
                    self.learn_json(value, inner, name);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// A JSON value with personal values and secrets replaced, by field and wherever else they turn up.
    pub fn json(&self, value: &Value) -> Value {
        self.redact_json(value, Around::default(), "")
    }

    fn redact_json(&self, value: &Value, around: Around, parent: &str) -> Value {
        match value {
            Value::String(text) => match self.fields.text(around, text) {
                Leaf::Open => self.words(text).into(),
                Leaf::Here | Leaf::Everywhere(_) => self.hidden(text).into(),
            },
            Value::Number(number) => {
                let text = number.to_string();
                match (self.fields.number(around, &text), self.vocabulary.token(&text)) {
                    (Leaf::Here | Leaf::Everywhere(_), _) => self.hidden(&text).into(),
                    (Leaf::Open, Some(token)) if text.len() >= vocabulary::SHORTEST => self.counted(token).into(),
                    (Leaf::Open, _) => value.clone(),
                }
            }
            Value::Array(items) => items.iter().map(|item| self.redact_json(item, around, parent)).collect(),
            Value::Object(members) => {
                let named = self.fields.named_in(members);
                let redact = |(name, value): (&String, &Value)| {
                    let value = match value {
                        Value::String(text) if is_secret_field(name) && !text.is_empty() => self.counted(SECRET).into(),
                        _ => {
                            let inner = self.fields.member(around, (parent, name), !holds_members(value), named);
                            self.redact_json(value, inner, name)
                        }
                    };
                    (self.words(name), value)
                };
                members.iter().map(redact).collect()
            }
            Value::Null | Value::Bool(_) => value.clone(),
        }
    }

    /// The token of a hidden value; a value never learned is hidden without one.
    fn hidden(&self, text: &str) -> String {
        if text.is_empty() || self.vocabulary.is_placeholder(text) {
            return text.to_owned();
        }
        self.counted(self.vocabulary.token(text).unwrap_or(HIDDEN)).to_owned()
    }

    fn counted<'a>(&self, token: &'a str) -> &'a str {
        self.count.fetch_add(1, Ordering::Relaxed);
        token
    }

    /// A text for people: values and secrets replaced, control characters shown as escapes.
    pub fn text(&self, text: &str) -> String {
        visible(&self.words(text))
    }

    fn words(&self, text: &str) -> String {
        let (text, masked) = self.secrets.mask(&secrets::unescaped(text));
        let (text, replaced) = self.vocabulary.replace(&text);
        self.count.fetch_add(masked + replaced, Ordering::Relaxed);
        text
    }

    /// What was done so far, for the result.
    pub fn redactions(&self) -> Redactions {
        Redactions { count: self.count.load(Ordering::Relaxed), fields: self.fields.names().to_vec() }
    }
}

/// Characters that could act on a terminal or turn a line around are shown as escapes.
fn visible(text: &str) -> String {
    let acts = |c: char| {
        (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let text = text.replace("\r\n", "\n");
    if !text.contains(acts) {
        return text;
    }
    text.chars().fold(String::with_capacity(text.len()), |mut shown, c| {
        match acts(c) {
            true => shown.push_str(&format!("\\u{:04x}", u32::from(c))),
            false => shown.push(c),
        }
        shown
    })
}

#[cfg(test)]
mod tests;
