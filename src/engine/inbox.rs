//! What arrives at our listener, sorted: which kind of message, for which test, at which of its addresses.
//!
//! The listener keeps every arrival with its time before any matching; sorting happens here, afterwards, so that early,
//! late, duplicate and stray messages can be told apart.

use super::context::held;
use super::recognise::Recogniser;
use crate::model::exchange::Exchange;
use crate::profile::ast::{ListenerAnswer, Profile};
use crate::transport::arrivals::Arrival;
use crate::transport::listener::{Listener, ScriptedAnswer};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// One arrival, sorted.
#[derive(Debug)]
pub struct Letter {
    /// Number of the arrival.
    pub number: usize,
    /// Callback name, when it could be recognised.
    pub kind: Option<String>,
    /// Token of the test it belongs to.
    pub token: Option<String>,
    /// Which address of the test; none is the main one.
    pub at: Option<String>,
    /// What the product appended to our address.
    pub suffix: String,
    /// When.
    pub instant: Instant,
    /// The exchange in the ledger.
    pub exchange: Arc<Exchange>,
}

/// The sorted arrivals of a run.
pub struct Inbox {
    /// None where nobody listens: recorded traffic.
    listener: Option<Listener>,
    recogniser: Recogniser,
    refuse: Value,
    letters: Mutex<Vec<Arc<Letter>>>,
    ties: Mutex<HashMap<(usize, String), String>>,
    tests: Mutex<HashMap<String, String>>,
}

impl Inbox {
    /// Sorts what arrives at `listener`; `refuse` is the body of a refusal.
    pub fn new(listener: Option<Listener>, profile: &Arc<Profile>, refuse: Value) -> Inbox {
        Inbox {
            listener,
            recogniser: Recogniser(profile.clone()),
            refuse,
            letters: Mutex::default(),
            ties: Mutex::default(),
            tests: Mutex::default(),
        }
    }

    /// A callback address of a test.
    pub fn address(&self, token: &str, name: Option<&str>) -> String {
        self.listener.as_ref().map(|listener| listener.address_for(token, name)).unwrap_or_default()
    }

    /// An address at which nobody listens.
    pub fn dead_address(&self) -> String {
        self.listener.as_ref().map(Listener::dead_address).unwrap_or_default()
    }

    /// Says which test a token stands for.
    pub fn introduce(&self, token: &str, test: &str) {
        held(&self.tests).insert(token.to_owned(), test.to_owned());
    }

    /// Remembers that a message sent belongs to a test, so that an arrival at a foreign address finds its way.
    pub fn tie(&self, body: &Value, token: &str) {
        for tie in self.recogniser.ties(body) {
            held(&self.ties).insert(tie, token.to_owned());
        }
    }

    /// The test that sent what this arrival answers.
    fn tied(&self, body: &Value) -> Option<String> {
        self.recogniser.ties(body).iter().find_map(|tie| held(&self.ties).get(tie).cloned())
    }

    /// How the next arrival at an address is answered.
    pub fn script(&self, token: &str, at: Option<&str>, answer: &ListenerAnswer) {
        let answer = match answer {
            ListenerAnswer::Acknowledge => return,
            ListenerAnswer::Refuse => ScriptedAnswer { status: 200, body: Some(self.refuse.clone()) },
            ListenerAnswer::Status(status) => ScriptedAnswer { status: *status, body: None },
        };
        if let Some(listener) = &self.listener {
            listener.expect_answer(token, at, answer, 1);
        }
    }

    /// How many arrivals there were so far.
    pub fn count(&self) -> usize {
        self.listener.as_ref().map_or(0, |listener| listener.arrivals().len())
    }

    /// Whether more can arrive: not in recorded traffic.
    pub fn listens(&self) -> bool {
        self.listener.is_some()
    }

    /// Waits until there are more than `seen` arrivals.
    pub async fn more_than(&self, seen: usize) {
        let Some(listener) = &self.listener else { return std::future::pending().await };
        let mut count = listener.arrivals().subscribe();
        // The log outlives the wait, so it ends only with an arrival.
        let _ = count.wait_for(|count| *count > seen).await;
    }

    /// Sorts what came since the last call; `record` writes each into the ledger.
    pub fn sort(&self, record: &dyn Fn(Exchange) -> Arc<Exchange>) {
        let Some(listener) = &self.listener else { return };
        let mut letters = held(&self.letters);
        for arrival in listener.arrivals().since(letters.len()) {
            let letter = self.letter(&arrival, record);
            letters.push(Arc::new(letter));
        }
    }

    fn letter(&self, arrival: &Arrival, record: &dyn Fn(Exchange) -> Arc<Exchange>) -> Letter {
        let body = arrival.request.body.json().ok();
        let token = arrival.token.clone().or_else(|| body.and_then(|body| self.tied(body)));
        let kind = self.recogniser.callback(body, &arrival.request.path).map(|callback| callback.name.clone());
        let test = token.as_ref().and_then(|token| held(&self.tests).get(token).cloned());
        let exchange = record(arrival.exchange(0, kind.clone(), test));
        Letter {
            number: arrival.number,
            kind,
            token,
            at: arrival.name.clone(),
            suffix: arrival.suffix.clone(),
            instant: arrival.instant,
            exchange,
        }
    }

    /// The letters of a test, in the order of arrival.
    pub fn letters(&self, token: &str) -> Vec<Arc<Letter>> {
        held(&self.letters).iter().filter(|letter| letter.token.as_deref() == Some(token)).cloned().collect()
    }

    /// Arrivals that belong to no test.
    pub fn strays(&self) -> Vec<Arc<Letter>> {
        held(&self.letters).iter().filter(|letter| letter.token.is_none()).cloned().collect()
    }

    /// All letters.
    pub fn all(&self) -> Vec<Arc<Letter>> {
        held(&self.letters).clone()
    }

    /// The arrivals of a kind at a test's addresses, for sentences: body members, `path` and `at`.
    pub fn listing(&self, callback: &str, token: &str) -> Value {
        let of_kind = |letter: &&Arc<Letter>| letter.kind.as_deref() == Some(callback);
        let letters = self.letters(token);
        let listed = letters.iter().filter(of_kind).map(|letter| {
            let mut listed = json!({"path": letter.suffix, "at": letter.at.clone().unwrap_or_default()});
            if let (Some(into), Ok(Value::Object(body))) = (listed.as_object_mut(), letter.exchange.request.body.json())
            {
                into.extend(body.iter().map(|(name, value)| (name.clone(), value.clone())));
            }
            listed
        });
        Value::Array(listed.collect())
    }

    /// The address that products are told, without what tells tests apart.
    pub fn base_url(&self) -> Option<&str> {
        self.listener.as_ref().map(Listener::base_url)
    }

    /// Why nothing can be told from what is not among the arrivals: some were refused for limits of ours.
    pub fn overflow(&self) -> Option<String> {
        let refused = self.refused();
        let why = || {
            format!("{refused} message(s) beyond what our listener or this machine can keep were refused in this run")
        };
        (refused > 0).then(why)
    }

    /// Arrivals beyond the limits of the listener.
    pub fn refused(&self) -> usize {
        self.listener.as_ref().map_or(0, |listener| listener.arrivals().refused())
    }

    /// Stops listening.
    pub async fn close(&self) {
        if let Some(listener) = &self.listener {
            listener.stop().await;
        }
    }
}
