//! Redaction: what leaves the process holds no secret and no personal value.
//!
//! A [`Redactor`] is made at the end of a run. First it learns, from all exchanges in the order of the plan, the values
//! of the fields a profile hides; then it replaces them wherever they turn up, by numbered tokens such as
//! `identifier-3`: equal values get equal tokens, so a reader can still follow who is who, and nothing can be derived
//! from a token. Secrets become `(secret)`.

mod credentials;
mod digests;
mod dumps;
mod evidence;
mod fields;
mod foreign;
mod headers;
mod loose;
mod patterns;
mod secrets;
mod sentences;
mod tables;
mod vocabulary;

use crate::model::exchange::{Body, Exchange};
use crate::model::result::Redactions;
use crate::model::text::visible;
use credentials::is_secret_in;
pub use fields::Known;
use fields::{Around, Fields, Leaf, holds_members, kind_of_key};
pub use headers::{address, secrets_asked, secrets_of};
use secrecy::SecretString;
use secrets::Secrets;
use serde_json::Value;
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use vocabulary::{HIDDEN, SECRET, Vocabulary};
pub use vocabulary::{Replaced, replaced};

/// Documents within texts within texts that are read.
const DEEPEST: usize = 4;
/// A number with fewer digits in a pointer is a place in a list.
const SHORTEST_ID: usize = 6;
/// Ids of messages that are kept, and how long one is.
const MOST_IDS: usize = 100_000;
const LONGEST_ID: usize = 128;
/// A shorter credential could be any word; it is masked in its member only.
const SHORTEST_SECRET: usize = 8;

/// Replaces personal values by tokens and masks secrets.
#[derive(Debug)]
pub struct Redactor {
    fields: Fields,
    secrets: Secrets,
    vocabulary: Vocabulary,
    /// Numbers by which messages are told apart: where a sentence repeats one of them, it names nobody.
    ids: HashSet<String>,
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
            ids: HashSet::new(),
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
        let bodies = [Some(&exchange.request.body), exchange.response().map(|response| &response.body)];
        // What tells messages apart comes first: it may stand in a sentence, or as what is asked for, before.
        for message in bodies.iter().flatten().filter_map(|body| body.json().ok()) {
            self.learn_ids("", message);
        }
        bodies.into_iter().flatten().for_each(|body| self.learn_body(body));
    }

    /// Learns the ids of messages, which are nobody's, with each part of them that a sentence may repeat.
    fn learn_ids(&mut self, name: &str, value: &Value) {
        match value {
            Value::String(text) if text.len() < LONGEST_ID && self.ids.len() < MOST_IDS && self.is_id(name, text) => {
                self.ids.extend(sentences::values(text).map(|(_, number)| number.to_owned()));
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn_ids(name, item)),
            Value::Object(members) => members.iter().for_each(|(name, value)| self.learn_ids(name, value)),
            _ => {}
        }
    }

    fn is_id(&self, name: &str, text: &str) -> bool {
        self.fields.is_of_messages(name) && !self.fields.may_hold_words(name) && !text.contains(char::is_whitespace)
    }

    /// Learns a value that is personal by itself; `kind` is a field name or a kind such as `identifier`.
    pub fn learn_value(&mut self, kind: &str, value: &Value) {
        self.learn_json(value, Around::hidden(fields::kind_of(kind)), "", 0);
    }

    fn learn_body(&mut self, body: &Body) {
        match body.json() {
            Ok(value) => self.learn_json(value, self.fields.around_all(value), "", 0),
            // Broken or cut off JSON holds personal values all the same, and so does what is none.
            Err(_) => {
                let text = body.text();
                self.learn_loosely(&text, (Around::default(), ""), true);
                if evidence::is_foreign(&text) {
                    self.learn_sentence(evidence::beginning(&text, evidence::WINDOW));
                }
            }
        }
    }

    fn learn_loosely(&mut self, text: &str, place: (Around, &str), whole: bool) {
        for (kind, value) in loose::values(evidence::beginning(text, evidence::WINDOW), &self.fields, place, whole) {
            self.vocabulary.learn(kind, &value);
        }
    }

    /// `parent` is the name of the member that `value` stands in, lists passed over; `depth` counts the texts around.
    fn learn_json(&mut self, value: &Value, around: Around, parent: &str, depth: usize) {
        match value {
            Value::String(text) => {
                for (kind, value) in self.fields.values(around, text) {
                    self.vocabulary.learn(kind, value);
                }
                if around.is_open() && self.fields.text(around, text) == Leaf::Open {
                    self.learn_open(parent, text);
                }
                match within(text) {
                    Some(inner) if depth < DEEPEST => self.learn_json(&inner, around.within(), parent, depth + 1),
                    None if loose::may_hold_members(text) => {
                        self.learn_loosely(text, (Around::default(), parent), false)
                    }
                    _ => {}
                }
            }
            Value::Number(number) => {
                let number = number.to_string();
                match self.fields.number(around, &number) {
                    Leaf::Everywhere(kind) => self.vocabulary.learn(kind, &number),
                    _ if around.is_open() && !self.fields.counts(parent) => self.learn_open(parent, whole(&number)),
                    _ => {}
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn_json(item, around, parent, depth)),
            Value::Object(members) => {
                let named = self.fields.named_in(members);
                for (name, value) in members {
                    let names = || (!around.is_open() && holds_members(value) && name.contains(' ')).then_some("name");
                    if let Some(kind) = kind_of_key(name).or_else(names) {
                        self.vocabulary.learn(kind, name);
                    }
                    if is_secret_in(members, name) {
                        self.learn_secret(value);
                        continue;
                    }
                    let inner = self.fields.member(around, (parent, name), !holds_members(value), named);
                    self.learn_json(value, inner, name, depth);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// A text of a message that hides nothing by its name: an id, or a sentence, which may be of one word.
    fn learn_open(&mut self, name: &str, text: &str) {
        let is_word = !text.contains(char::is_whitespace);
        let is_none = is_word && (!self.fields.may_hold_words(name) || text.contains("://"));
        if !is_none {
            self.learn_sentence(evidence::beginning(text, evidence::WINDOW));
        }
    }

    fn learn_sentence(&mut self, text: &str) {
        for (kind, value) in sentences::values(text) {
            if !self.ids.contains(value) {
                self.vocabulary.learn(kind, value);
            }
        }
    }

    /// A credential may turn up in a text again, where it is told by a token like any value.
    fn learn_secret(&mut self, value: &Value) {
        match value {
            Value::String(text) if text.len() >= SHORTEST_SECRET && text.contains(|c: char| c.is_ascii_digit()) => {
                self.vocabulary.learn("value", text);
            }
            Value::Number(number) => {
                let number = number.to_string();
                if number.len() >= SHORTEST_SECRET {
                    self.vocabulary.learn("value", &number);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn_secret(item)),
            Value::Object(members) => members.values().for_each(|value| self.learn_secret(value)),
            _ => {}
        }
    }

    /// A JSON value with personal values and secrets replaced, by field and wherever else they turn up.
    pub fn json(&self, value: &Value) -> Value {
        self.redact_json(value, self.fields.around_all(value), "", 0)
    }

    fn redact_json(&self, value: &Value, around: Around, parent: &str, depth: usize) -> Value {
        match value {
            Value::String(text) => match self.fields.text(around, text) {
                Leaf::Open => self.redact_text(text, around, parent, depth).into(),
                Leaf::Here | Leaf::Everywhere(_) => self.hidden(text).into(),
            },
            Value::Number(number) => {
                let text = number.to_string();
                let plain = Some(whole(&text)).filter(|plain| plain.len() >= SHORTEST_ID);
                let token = || self.vocabulary.token(&text).or_else(|| self.vocabulary.token(plain?));
                match (self.fields.number(around, &text), token()) {
                    (Leaf::Here | Leaf::Everywhere(_), _) => self.hidden(&text).into(),
                    (Leaf::Open, Some(token)) if text.len() >= vocabulary::SHORTEST => self.counted(token).into(),
                    (Leaf::Open, _) => value.clone(),
                }
            }
            Value::Array(items) => items.iter().map(|item| self.redact_json(item, around, parent, depth)).collect(),
            Value::Object(members) => {
                let named = self.fields.named_in(members);
                let redact = |(name, value): (&String, &Value)| {
                    let value = match value {
                        _ if is_secret_in(members, name) && says(value) => self.counted(SECRET).into(),
                        _ => {
                            let inner = self.fields.member(around, (parent, name), !holds_members(value), named);
                            self.redact_json(value, inner, name, depth)
                        }
                    };
                    (self.words(name), value)
                };
                members.iter().map(redact).collect()
            }
            Value::Null | Value::Bool(_) => value.clone(),
        }
    }

    /// A text, and where it is a document of its own its members as such.
    fn redact_text(&self, text: &str, around: Around, parent: &str, depth: usize) -> String {
        let Some(inner) = within(text) else { return self.words(text) };
        if depth >= DEEPEST {
            return self.counted(HIDDEN).to_owned();
        }
        let shown = self.redact_json(&inner, around.within(), parent, depth + 1);
        if shown == inner { text.to_owned() } else { shown.to_string() }
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
        visible(&self.words(text).replace("\r\n", "\n"))
    }

    /// A pointer into a message, its names as they stand in the message that is shown; other places are texts.
    pub fn pointer(&self, at: &str) -> String {
        if !at.starts_with('/') {
            return self.text(at);
        }
        let is_place = |part: &str| part.len() < SHORTEST_ID && part.bytes().all(|byte| byte.is_ascii_digit());
        let redact = |part: &str| match is_place(part) {
            true => part.to_owned(),
            false => self.text(&part.replace("~1", "/").replace("~0", "~")).replace('~', "~0").replace('/', "~1"),
        };
        at.split('/').map(redact).collect::<Vec<_>>().join("/")
    }

    fn words(&self, text: &str) -> String {
        let (text, masked) = self.secrets.mask(&secrets::unescaped(text));
        let (text, replaced) = self.vocabulary.replace(&text);
        let mut quoted = 0;
        let text = dumps::hidden(text, &mut quoted);
        self.count.fetch_add(masked + replaced + quoted, Ordering::Relaxed);
        foreign::page(text)
    }

    /// What was done so far, for the result.
    pub fn redactions(&self) -> Redactions {
        Redactions { count: self.count.load(Ordering::Relaxed), fields: self.fields.names().to_vec() }
    }
}

/// The digits of a number before its point: `908172635.0` and `-908172635` are written for `908172635`.
fn whole(number: &str) -> &str {
    let number = number.trim_start_matches('-');
    number.split('.').next().unwrap_or(number)
}

/// The document a text is, where it is one: some write JSON into JSON.
fn within(text: &str) -> Option<Value> {
    let trimmed = text.trim();
    let may = trimmed.len() <= evidence::WINDOW && trimmed.starts_with(['{', '[', '"']);
    let read = may.then(|| serde_json::from_str::<Value>(trimmed).ok()).flatten();
    read.filter(|value| value.is_object() || value.is_array() || value.is_string())
}

/// False for what holds no credential.
fn says(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => items.iter().any(says),
        Value::Object(members) => members.values().any(says),
        Value::Number(_) => true,
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_foreign;
