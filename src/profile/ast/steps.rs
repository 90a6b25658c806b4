//! Steps and their verbs.

use super::{Condition, Expectation, Path, Sentence};
use crate::source::Place;
use serde_json::Value;
use std::time::Duration;

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Key that is stable while the test is: `steps.2`, `given.0`, `steps.3.copies.1`, or `FRAGMENT.0` inside a fragment.
    pub key: String,
    /// Name given with `as`.
    pub name: Option<String>,
    /// Condition on the ICS; a step whose condition does not hold is left out.
    pub when: Vec<Condition>,
    /// The verb and its own companions.
    pub verb: Verb,
    /// Must sentences, in order.
    pub expect: Vec<Expectation>,
    /// Should sentences, in order.
    pub should: Vec<Expectation>,
    /// Names to remember, with the path each is taken from.
    pub remember: Vec<(String, Path)>,
    /// Requirement of the step itself (arrival, silence, remember), when it has one.
    pub requirement: Option<String>,
    /// Where it is written.
    pub place: Place,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
pub enum Verb {
    /// Sends a message and looks at the answer.
    Send(Send),
    /// Waits for a message from the product.
    Await(Await),
    /// Wants no such message.
    Silence(Silence),
    /// Asks for a stimulus.
    Ask {
        /// Action name.
        action: String,
        /// Arguments of the action.
        with: Vec<(String, Value)>,
    },
    /// Sends derived broken requests.
    SendBroken(SendBroken),
    /// Repeats steps until sentences hold.
    Repeat {
        /// The steps.
        steps: Vec<Step>,
        /// Sentences that end the repetition, about the last exchange of the steps.
        until: Vec<Sentence>,
        /// Pause between rounds, a deadline name or a length.
        every: Length,
        /// When to give up.
        within: Length,
    },
    /// Runs a fragment.
    Use {
        /// Fragment name.
        fragment: String,
        /// Arguments.
        with: Vec<(String, Value)>,
        /// A fragment that did not hold leaves the test running.
        may_fail: bool,
    },
    /// Runs copies or branches concurrently, each with its own names.
    AtOnce {
        /// The branches; copies are equal branches.
        branches: Vec<Vec<Step>>,
        /// Number of copies when `branches` holds one list to copy.
        copies: usize,
    },
    /// Judges recorded exchanges.
    Review(Review),
    /// A verb this version reads and does not run: `check files`, `observe`.
    NotRunHere {
        /// The verb as written.
        verb: String,
    },
}

/// A length of time: a named deadline or a literal (literals only in `every`).
#[derive(Clone, Debug, PartialEq)]
pub enum Length {
    /// `callback`, `quiet`, ...
    Named(String),
    /// `50ms`.
    Literal(Duration),
}

/// Where and what to send.
#[derive(Clone, Debug, PartialEq)]
pub struct Send {
    /// Endpoint name; none when `raw_path` is given.
    pub endpoint: Option<String>,
    /// Path below the base address for odd cases.
    pub raw_path: Option<String>,
    /// HTTP method; POST unless given.
    pub method: String,
    /// Message template.
    pub message: Option<String>,
    /// Raw body instead of a message; may hold references.
    pub raw_body: Option<String>,
    /// Send the same bytes as that step did.
    pub same_as: Option<String>,
    /// Members to set, by path, after the template is filled.
    pub with: Vec<(Path, Value)>,
    /// Members to remove.
    pub without: Vec<Path>,
    /// `valid`, `missing`, `malformed`, `wrong`, `wrong scheme`; may hold `${each...}`.
    pub authorisation: String,
    /// Content type; `application/json` unless given.
    pub content_type: Option<String>,
    /// Further header fields.
    pub headers: Vec<(String, String)>,
    /// False when the request is broken on purpose (anything but the plain message, with valid authorisation).
    pub sound: bool,
    /// Where a refusal may also come when the request was acknowledged.
    pub or_refused_in: Option<RefusedIn>,
}

/// The callback in which a refusal may come.
#[derive(Clone, Debug, PartialEq)]
pub struct RefusedIn {
    /// Callback name.
    pub callback: String,
    /// Conditions on it; one that does not satisfy them is no word on the matter yet.
    pub where_: Vec<Sentence>,
}

/// What to wait for.
#[derive(Clone, Debug, PartialEq)]
pub struct Await {
    /// Callback name.
    pub callback: String,
    /// How long.
    pub within: Length,
    /// Further conditions on the arrival.
    pub where_: Vec<Sentence>,
    /// Which of the test's addresses; the main one unless given.
    pub at: Option<String>,
    /// What we answer.
    pub answer: ListenerAnswer,
    /// Nothing arriving is no miss.
    pub optional: bool,
    /// Fragment asked at the deadline: when it holds, the product says it is still at work, and that is inconclusive.
    pub pending_if: Option<String>,
}

/// What our listener answers.
#[derive(Clone, Debug, PartialEq)]
pub enum ListenerAnswer {
    /// HTTP 200 with ack_status ACK.
    Acknowledge,
    /// HTTP 200 with ack_status ERR.
    Refuse,
    /// A bare HTTP status.
    Status(u16),
}

/// What must not arrive.
#[derive(Clone, Debug, PartialEq)]
pub struct Silence {
    /// Callback name.
    pub callback: String,
    /// How long.
    pub length: Length,
    /// Further conditions.
    pub where_: Vec<Sentence>,
    /// Which of the test's addresses; any of them unless given.
    pub at: Option<String>,
}

/// Derived broken requests.
#[derive(Clone, Debug, PartialEq)]
pub struct SendBroken {
    /// Endpoint name.
    pub endpoint: String,
    /// Message template.
    pub message: String,
    /// Members to set first.
    pub with: Vec<(Path, Value)>,
    /// Members to remove first.
    pub without: Vec<Path>,
    /// Kinds of fault.
    pub faults: Vec<String>,
    /// Only below these paths.
    pub only_under: Vec<Path>,
    /// At most so many, spread evenly; all unless given.
    pub at_most: Option<usize>,
    /// Where a refusal may also come when the request was acknowledged.
    pub or_refused_in: Option<RefusedIn>,
}

/// Which exchanges to judge.
#[derive(Clone, Debug, PartialEq)]
pub struct Review {
    /// Answers to what we sent.
    pub replies: bool,
    /// What arrived.
    pub callbacks: bool,
    /// Endpoint or callback names; all when empty.
    pub of: Vec<String>,
    /// Conditions on each.
    pub where_: Vec<Sentence>,
    /// Fewer is inconclusive.
    pub at_least: usize,
}
