//! What a message is and what it belongs to, told by the conventions of a profile alone.

use super::paths::walk;
use super::values::{key, moment};
use crate::profile::ast::{Callback, Endpoint, Path, Profile, Segment};
use serde_json::Value;
use std::sync::Arc;

/// The conventions of a profile.
#[derive(Clone)]
pub(super) struct Recogniser(pub(super) Arc<Profile>);

/// What something may have been meant as.
#[derive(Default)]
pub(super) struct Meant {
    /// Messages.
    pub(super) whole: Vec<Value>,
    /// Parts of messages, each where it belongs.
    pub(super) parts: Vec<Value>,
    /// What is wrapped into one member of something else, as messages and as parts: it may be anything, so that only what it
    /// is tied to tells what it is.
    pub(super) wrapped: Vec<Value>,
}

impl Meant {
    /// Messages and parts.
    pub(super) fn all(&self) -> impl Iterator<Item = &Value> {
        self.whole.iter().chain(&self.parts)
    }

    /// All that may be tied to a request.
    pub(super) fn tied(&self) -> impl Iterator<Item = &Value> {
        self.all().chain(&self.wrapped)
    }
}

impl Recogniser {
    /// A callback: by a member of the body, else by what the message says it is, else by the end of the path.
    pub(super) fn callback(&self, body: Option<&Value>, path: &str) -> Option<&Callback> {
        let all = || self.0.callbacks.values();
        all()
            .find(|callback| has(body, callback.member.as_deref()))
            .or_else(|| all().find(|callback| self.says(body, &callback.action)))
            .or_else(|| longest(all().map(|callback| (callback, &callback.path)), path))
    }

    fn says(&self, body: Option<&Value>, action: &str) -> bool {
        let said = self.0.recognise_by.as_ref().zip(body).and_then(|(path, body)| found(path, body));
        said == Some(key(&action.into()))
    }

    /// Whether a message says what it is, whatever that may be.
    pub(super) fn says_something(&self, body: Option<&Value>) -> bool {
        self.0.recognise_by.as_ref().zip(body).is_some_and(|(path, body)| found(path, body).is_some())
    }

    /// The endpoint a request went to.
    pub(super) fn endpoint(&self, path: &str) -> Option<&Endpoint> {
        longest(self.0.endpoints.values().map(|endpoint| (endpoint, &endpoint.path)), path)
    }

    /// Whether a path is one at which another registry is asked.
    pub(super) fn is_asked_elsewhere(&self, path: &str) -> bool {
        self.0.asked_elsewhere.iter().any(|end| self.is_below_prefix(path, end))
    }

    /// Whether a path is that of an endpoint or a callback below one of the prefixes in use.
    pub(super) fn is_below_prefix(&self, path: &str, end: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.0.prefixes.iter().any(|prefix| path.ends_with(&format!("/{prefix}/{end}")))
    }

    /// The callback published for a path below one of the prefixes in use, whatever is sent there.
    pub(super) fn published_for(&self, path: &str) -> Option<&Callback> {
        self.callback(None, path).filter(|callback| self.is_below_prefix(path, &callback.path))
    }

    /// The callback in which a request of this name is answered, where its answer comes later.
    pub(super) fn answered_in(&self, name: Option<&String>) -> Option<&Callback> {
        self.0.callbacks.get(self.0.endpoints.get(name?)?.callback.as_ref()?)
    }

    /// The endpoint a bare request was for. It does not show whether the answer was to come in the call or later: it
    /// is read as the one answered later, since requests and answers have the same form either way.
    pub(super) fn request(&self, body: &Value) -> Option<&Endpoint> {
        let mut fitting: Vec<_> =
            self.0.endpoints.values().filter(|endpoint| has(Some(body), endpoint.member.as_deref())).collect();
        fitting.sort_by_key(|endpoint| endpoint.callback.is_none());
        fitting.first().copied()
    }

    /// Whether a message is an acknowledgement.
    pub(super) fn is_acknowledgement(&self, body: &Value) -> bool {
        self.0.acknowledged_by.as_ref().is_some_and(|path| found(path, body).is_some())
    }

    /// What ties a message to its transaction, the surest first; the number tells ids of different kinds apart.
    pub(super) fn ties(&self, body: &Value) -> Vec<(usize, String)> {
        let paths = self.0.correlate_by.iter().enumerate();
        paths.filter_map(|(number, path)| Some((number, found(path, body)?))).collect()
    }

    /// The system that sent a message, as it says.
    pub(super) fn sender(&self, body: &Value) -> Option<String> {
        text_at(self.0.sent_by.as_ref()?, body)
    }

    /// The system a message is for, as it says.
    pub(super) fn receiver(&self, body: &Value) -> Option<String> {
        text_at(self.0.addressed_to.as_ref()?, body)
    }

    /// Where a request wants its answer sent later.
    pub(super) fn called_back_at(&self, body: &Value) -> Option<String> {
        text_at(self.0.called_back_at.as_ref()?, body)
    }

    /// What something that is no message as it should be may have been meant as: itself, the items of a list, what a text
    /// holds; each of these as the part of a message that ties it, without what goes around it; and what is wrapped into the
    /// only member of one. Nothing where it says nothing at all.
    pub(super) fn meant_as(&self, body: &Value) -> Meant {
        let read = |body: &Value| match body.as_str().map(serde_json::from_str) {
            Some(Ok(read)) => read,
            _ => body.clone(),
        };
        let each = |body: &Value| match read(body) {
            Value::Array(items) => items,
            one => vec![one],
        };
        let says = |one: &Value| one.as_object().is_some_and(|members| !members.is_empty());
        let whole: Vec<Value> = each(body).into_iter().filter(says).collect();
        let only = |one: &Value| one.as_object().filter(|members| members.len() == 1)?.values().next().cloned();
        let inside: Vec<Value> = whole.iter().filter_map(only).flat_map(|one| each(&one)).filter(says).collect();
        let part = self.0.correlate_by.first().and_then(|path| match path.segments.first()? {
            Segment::Member(name) => Some(name),
            _ => None,
        });
        let placed = |one: &Value| Some(Value::Object([(part?.clone(), one.clone())].into_iter().collect()));
        let wrapped = inside.iter().filter_map(placed).chain(inside.iter().cloned()).collect();
        Meant { parts: whole.iter().filter_map(placed).collect(), wrapped, whole }
    }

    /// Whether a message has a mark of the standard: it says what it is, when it was sent, or what it belongs to.
    pub(super) fn is_marked(&self, body: &Value) -> bool {
        self.says_something(Some(body)) || self.dated(body).is_some() || !self.ties(body).is_empty()
    }

    /// When a message says it was sent.
    pub(super) fn dated(&self, body: &Value) -> Option<jiff::Timestamp> {
        let none = |_: &str| Err(String::new());
        self.0
            .dated_by
            .iter()
            .find_map(|path| walk(body, &path.segments, &none).ok()?.first().and_then(|s| moment(s.value)))
    }
}

/// Whether a dotted member is there.
fn has(body: Option<&Value>, member: Option<&str>) -> bool {
    let (Some(member), Some(body)) = (member, body) else { return false };
    member.split('.').try_fold(body, |value, name| value.get(name)).is_some()
}

/// That whose path is the end of this one; of several the longest.
fn longest<'a, T>(all: impl Iterator<Item = (&'a T, &'a String)>, path: &str) -> Option<&'a T> {
    let path = path.trim_end_matches('/');
    let fitting = all.filter(|(_, end)| path.ends_with(&format!("/{end}")));
    fitting.max_by_key(|(_, end)| end.len()).map(|(found, _)| found)
}

/// What stands at a path of a message, in a form that compares.
fn found(path: &Path, body: &Value) -> Option<String> {
    let none = |_: &str| Err(String::new());
    walk(body, &path.segments, &none).ok()?.first().map(|spot| key(spot.value))
}

/// The text that stands at a path of a message, unless it is empty.
fn text_at(path: &Path, body: &Value) -> Option<String> {
    let none = |_: &str| Err(String::new());
    let spots = walk(body, &path.segments, &none).ok()?;
    spots.first().and_then(|spot| spot.value.as_str()).filter(|text| !text.is_empty()).map(str::to_owned)
}
