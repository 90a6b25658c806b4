//! What a profile means, once read: plain typed data, positions kept where a message may need them.
//!
//! The language itself is described in `docs/profile-language.md`; names here follow it.

mod sentences;
mod steps;

pub use sentences::{
    Comparison, Expectation, Operand, Path, Pattern, Predicate, Root, Says, Segment, Sentence, TiedSentence, Type,
};
pub use steps::{Await, Length, ListenerAnswer, RefusedIn, Review, Send, SendBroken, Silence, Step, Verb};

use crate::model::verdict::{Force, Level};
use crate::source::Place;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// A profile with everything it extends taken in.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Id, such as `social-registry`.
    pub id: String,
    /// Version of the profile.
    pub version: String,
    /// Title for people.
    pub title: String,
    /// Role of the product under test.
    pub role: String,
    /// `draft`, `pilot` or `stable`.
    pub stage: String,
    /// Standard: name and version for people.
    pub standard: String,
    /// Edition: folder below `standards/`.
    pub edition: String,
    /// Strictness for data records: `lenient`, `standard`, `strict`.
    pub strictness: String,
    /// Fields whose values never leave the process.
    pub hidden: Vec<String>,
    /// Default lengths of the named deadlines.
    pub deadlines: BTreeMap<String, Duration>,
    /// Where a message, or the answer to it, carries what ties it to its transaction, the surest first: attributes an
    /// arrival to a test when its address does not, and to the request it belongs to in reviews.
    pub correlate_by: Vec<Path>,
    /// Where a message says what it is: compared with a callback's `action`.
    pub recognise_by: Option<Path>,
    /// What only an acknowledgement has: tells one among recorded messages.
    pub acknowledged_by: Option<Path>,
    /// Where a message says when it was sent: puts recorded messages in order.
    pub dated_by: Vec<Path>,
    /// Where a message names the system that sent it.
    pub sent_by: Option<Path>,
    /// Where a message names the system it is for.
    pub addressed_to: Option<Path>,
    /// Where a request names the address its answer is to be sent to later.
    pub called_back_at: Option<Path>,
    /// What holds of a message sent later after which nothing more of that answer is due.
    pub answered_when: Vec<Sentence>,
    /// What may be new in a message that is sent again because it was not acknowledged.
    pub sent_again_with: Vec<Path>,
    /// Members by which a record carries an identifier: type, value.
    pub identifiers: Option<(String, String)>,
    /// Members of a record in which its own identifiers stand, or those of the people it is made of.
    pub identifiers_in: Vec<String>,
    /// Of these the members in which only one of several people stands.
    pub one_of_several: Vec<String>,
    /// Members of a record whose content is about somebody else.
    pub others: Vec<String>,
    /// Requirement that every request gets a complete answer; a check of every `send`.
    pub answer_requirement: Option<String>,
    /// Message templates our listener answers with: acknowledge, refuse.
    pub listener_answers: Option<(String, String)>,
    /// Path prefixes in use, the standard's own first: tried in order where the vendor's file names none.
    pub prefixes: Vec<String>,
    /// What the product answers.
    pub endpoints: BTreeMap<String, Endpoint>,
    /// What the product sends to us.
    pub callbacks: BTreeMap<String, Callback>,
    /// Ends of the paths at which other registries are sent what looks like a callback.
    pub asked_elsewhere: Vec<String>,
    /// Requirements in file order.
    pub requirements: Vec<Requirement>,
    /// Claims (ICS), by name, in file order.
    pub supports: Vec<Claim>,
    /// Values (IXIT), in file order.
    pub values: Vec<ValueQuestion>,
    /// Stimuli.
    pub actions: Vec<ActionQuestion>,
    /// Phrases by name.
    pub phrases: BTreeMap<String, Arc<Phrase>>,
    /// Fragments by name.
    pub fragments: BTreeMap<String, Arc<Fragment>>,
    /// Message templates by name, `extends` resolved.
    pub messages: BTreeMap<String, Value>,
    /// Tests in file order.
    pub tests: Vec<Arc<Test>>,
    /// Which sandbox fault breaks which requirements, the one it is about first.
    pub proof: BTreeMap<String, Vec<String>>,
    /// Anchors of the standard and what became of each.
    pub anchors: Vec<Anchor>,
    /// SHA-256 over (path, SHA-256) of every file read, hex.
    pub digest: String,
    /// What it takes over and replaces, where it is not built in.
    pub own: Option<crate::model::result::OwnProfile>,
}

/// An address of the product.
#[derive(Clone, Debug, PartialEq)]
pub struct Endpoint {
    /// Name used in tests.
    pub name: String,
    /// Path below the prefix.
    pub path: String,
    /// Schema of the request body.
    pub request_schema: Option<String>,
    /// Schema of the answer.
    pub reply_schema: Option<String>,
    /// Claim that says whether the product offers it.
    pub claim: Option<String>,
    /// Dotted member of the request by which it is recognised where its path is not known.
    pub member: Option<String>,
    /// Callback in which the answer comes, where it comes later.
    pub callback: Option<String>,
    /// Where its requests go when the product does not offer it.
    pub otherwise: Option<Otherwise>,
}

/// The other way to ask the same, for a product that does not offer an endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Otherwise {
    /// The other endpoint. Where its answer comes later, in its callback, a step is judged on that.
    pub send: String,
    /// Phrases by which its acknowledgement tells that a callback will come.
    pub acknowledged: Vec<String>,
    /// Phrases by which a callback tells that it is the answer, and not word that it is to come.
    pub last: Vec<String>,
}

/// A kind of message the product sends to us.
#[derive(Clone, Debug, PartialEq)]
pub struct Callback {
    /// Name used in tests.
    pub name: String,
    /// Path the standard gives it, appended to `sender_uri` by some readings (ET-26).
    pub path: String,
    /// Schema of its body.
    pub schema: Option<String>,
    /// `header.action` it carries.
    pub action: String,
    /// Dotted member of the body by which it is recognised first: `message.search_response`.
    pub member: Option<String>,
}

/// One requirement.
#[derive(Clone, Debug, PartialEq)]
pub struct Requirement {
    /// Stable id.
    pub id: String,
    /// In our words.
    pub text: String,
    /// N, D or I.
    pub force: Force,
    /// Must or should.
    pub level: Level,
    /// Which of the standards: `technical`, `data`, `process`, `principles`.
    pub standard: String,
    /// Anchors.
    pub source: Vec<String>,
    /// Errata that touch it.
    pub errata: Vec<String>,
    /// Why no test can show it.
    pub not_covered: Option<String>,
    /// Where it is written.
    pub place: Place,
}

/// A claim of the ICS.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Name: `sync-search`.
    pub name: String,
    /// The question to the vendor.
    pub ask: String,
    /// `core` or `extended`.
    pub tier: String,
    /// Requirement it opens, if one.
    pub requirement: Option<String>,
    /// How to find out when the vendor does not say.
    pub probe: Option<Probe>,
    /// Taken as offered when the vendor does not say; the tests' own controls then decide whether it is shown.
    pub assume: bool,
    /// What may stand in a list that answers it; none where it is answered by yes or no.
    pub values: Vec<String>,
    /// Where it is written.
    pub place: Place,
}

/// A message that finds out whether a feature answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// Endpoint.
    pub send: String,
    /// Message template; an empty object is sent unless given.
    pub message: Option<String>,
}

/// A value of the IXIT.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueQuestion {
    /// Name: `known-person.value`.
    pub name: String,
    /// The question to the vendor.
    pub ask: String,
    /// Example for `init`.
    pub example: Option<Value>,
    /// Used when the vendor gives none.
    pub default: Option<Value>,
    /// True when reports must never show it.
    pub personal: bool,
    /// True when a message that would carry it goes without where the vendor gives none.
    pub optional: bool,
    /// Another value that this one must differ from: where both are the same, no answer of a product could be right.
    pub unlike: Option<String>,
    /// Fragment (once) that can learn it.
    pub learn: Option<String>,
    /// Where it is written.
    pub place: Place,
}

impl ValueQuestion {
    /// What an answer looks like.
    pub fn sample(&self) -> Option<&Value> {
        self.example.as_ref().or(self.default.as_ref())
    }
}

/// A stimulus.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionQuestion {
    /// Name: `change-person`.
    pub name: String,
    /// What to do, for the operator.
    pub ask: String,
    /// Where it is written.
    pub place: Place,
}

/// A named expectation.
#[derive(Clone, Debug, PartialEq)]
pub struct Phrase {
    /// Name, which is also how it is written.
    pub name: String,
    /// True for `any of`, false for `all of`.
    pub any: bool,
    /// The parts; none of them a phrase.
    pub parts: Vec<Sentence>,
    /// Erratum printed with every check that uses it.
    pub erratum: Option<String>,
    /// How a report words it.
    pub reads: Option<String>,
}

/// A named list of steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Fragment {
    /// Name.
    pub name: String,
    /// Runs once in a run; users share the outcome.
    pub once: bool,
    /// Names of arguments.
    pub arguments: Vec<String>,
    /// Condition on claims, as in a test; a `once` fragment whose condition does not hold did not hold.
    pub when: Vec<Condition>,
    /// Values it needs.
    pub needs: Vec<String>,
    /// The steps.
    pub steps: Vec<Step>,
    /// Where it is written.
    pub place: Place,
}

/// A condition on the ICS: one of these claims, at least.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The claims; one, unless written with `or`.
    pub any: Vec<Claimed>,
}

/// What must be claimed.
#[derive(Clone, Debug, PartialEq)]
pub struct Claimed {
    /// Claim name: `sync-search`.
    pub claim: String,
    /// For claims that are lists: the value the list must contain (`${each.NAME}` allowed).
    pub contains: Option<String>,
}

/// A test.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// Stable id.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// Topic: title of its file.
    pub topic: String,
    /// Requirements it proves.
    pub proves: Vec<String>,
    /// `core` or `extended`.
    pub tier: String,
    /// Conditions on the ICS, all of them.
    pub when: Vec<Condition>,
    /// Values and actions needed (names or prefixes of names).
    pub needs: Vec<String>,
    /// Things of the product it shares with other tests.
    pub shares: Vec<String>,
    /// Makes something in the product.
    pub writes: bool,
    /// Why it matters.
    pub why: String,
    /// Repetition: name and values; several are combined.
    pub for_each: Vec<(String, Vec<Value>)>,
    /// Preparation.
    pub given: Vec<Step>,
    /// The test proper.
    pub steps: Vec<Step>,
    /// Clean-up.
    pub finally: Vec<Step>,
    /// True when it reviews the whole run and therefore runs last.
    pub reviews: bool,
    /// Where it is written.
    pub place: Place,
}

/// An anchor of the standard's digest.
#[derive(Clone, Debug, PartialEq)]
pub struct Anchor {
    /// Such as `envelope.md#10`.
    pub id: String,
    /// Requirements that cover it.
    pub covered_by: Vec<String>,
    /// Why it cannot be tested here.
    pub not_testable: Option<String>,
    /// Why it is not about this profile.
    pub not_here: Option<String>,
    /// Where it is written.
    pub place: Place,
}
