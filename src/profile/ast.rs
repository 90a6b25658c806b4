//! What a profile means, once read: plain typed data, positions kept where a message may need them.
//!
//! The language itself is described in `docs/profile-language.md`; names here follow it.

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
    /// Where a message carries what ties it to its transaction: attributes an arrival to a test when its address does not.
    pub correlate_by: Option<Path>,
    /// Where a message says what it is: compared with a callback's `action`.
    pub recognise_by: Option<Path>,
    /// Members by which a record carries an identifier: type, value.
    pub identifiers: Option<(String, String)>,
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
    /// Fragment (once) that can learn it.
    pub learn: Option<String>,
    /// Where it is written.
    pub place: Place,
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

/// A condition on the ICS.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
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
    pub or_refused_in: Option<String>,
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

/// A sentence of `expect` or `should`, or a guard over several.
#[allow(clippy::large_enum_variant)] // a profile holds a few thousand; boxes would only be in the way
#[derive(Clone, Debug, PartialEq)]
pub enum Expectation {
    /// A plain sentence.
    Sentence(TiedSentence),
    /// `if` and `then`.
    Guard {
        /// All must hold.
        condition: Vec<Sentence>,
        /// Judged when they do.
        then: Vec<TiedSentence>,
    },
}

/// A sentence and the requirement it belongs to (none in `given`).
#[derive(Clone, Debug, PartialEq)]
pub struct TiedSentence {
    /// Requirement.
    pub requirement: Option<String>,
    /// The sentence.
    pub sentence: Sentence,
    /// Stable key within the test: step key, then index: `steps.2/3`, `steps.2/should.0`, `steps.2/4.then.0`.
    pub key: String,
}

/// A parsed sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct Sentence {
    /// As written, blanks normalised: the canonical form.
    pub text: String,
    /// What it says.
    pub claim: Says,
    /// Where it is written.
    pub place: Place,
}

/// What a sentence says.
#[allow(clippy::large_enum_variant)] // a profile holds a few thousand; boxes would only be in the way
#[derive(Clone, Debug, PartialEq)]
pub enum Says {
    /// A path and a predicate.
    That {
        /// Each found value by itself.
        every: bool,
        /// What it speaks about.
        path: Path,
        /// What must hold.
        predicate: Predicate,
    },
    /// A phrase.
    Phrase(Arc<Phrase>),
}

/// A path into an exchange or into what the run knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// As written.
    pub text: String,
    /// Where it starts.
    pub root: Root,
    /// Where it goes.
    pub segments: Vec<Segment>,
}

/// Where a path starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// HTTP status of the answer.
    Status,
    /// A header field of the answer (of the request, for an arrival).
    Http(String),
    /// Seconds the answer took.
    Time,
    /// Raw text of the body received.
    Text,
    /// JSON of the body received (also when the path starts directly with a member of it).
    Body,
    /// JSON of the body sent.
    Request,
    /// A named step: its body received. `NAME.request...` is [`Root::StepRequest`]; `NAME.status` is [`Root::StepStatus`].
    Step(String),
    /// JSON of the body sent in a named step.
    StepRequest(String),
    /// HTTP status of a named step.
    StepStatus(String),
    /// Whether a fragment held.
    Prepared(String),
    /// A claim of the ICS.
    Supports(String),
    /// A value of the IXIT.
    Value(String),
    /// All arrivals of a kind at this test's addresses: a list of `{path, at, body members...}`.
    Arrivals(String),
    /// `sound` or `broken`.
    Sent,
    /// Name of the endpoint or callback.
    EndpointName,
    /// Relative to an item (in `by` and `is sorted by`).
    Item,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq)]
pub enum Segment {
    /// `.name`; may hold `${...}`, and then several dotted names
    Member(String),
    /// `[]`
    Each,
    /// `[3]`
    Index(usize),
    /// `[last]`
    Last,
    /// `[name=value]`
    Select {
        /// Member of the item.
        name: String,
        /// Value it must have.
        value: Operand,
    },
    /// `.**.name`: every member of that name below, at any depth; may hold `${...}` (the last dotted name counts).
    Descendants(String),
}

/// A value in a sentence: literal, or text with references resolved when the test runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A literal.
    Literal(Value),
    /// Text holding `${...}`.
    Reference(String),
}

/// What must hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// `is present`
    Present,
    /// `is absent`
    Absent,
    /// `is empty`
    Empty,
    /// `is not empty`
    NotEmpty,
    /// `is VALUE`
    Is(Operand),
    /// `is not VALUE`
    IsNot(Operand),
    /// `is one of ...`
    OneOf(Vec<Operand>),
    /// `is not one of ...`
    NotOneOf(Vec<Operand>),
    /// `is a TYPE`
    IsA(Type),
    /// `is at least N` and relatives
    Compare(Comparison, Operand),
    /// `is before MOMENT`
    Before(Operand),
    /// `is after MOMENT`
    After(Operand),
    /// `is within LENGTH of MOMENT`
    Within(Duration, Operand),
    /// `is the same as PATH`
    SameAs(Path),
    /// `is not the same as PATH`
    NotSameAs(Path),
    /// `is unique`
    Unique,
    /// `is unique in the run`
    UniqueInRun,
    /// `has [at least | at most] N items`
    HasItems(Comparison, Operand),
    /// `has as many items as PATH`
    AsManyItemsAs(Path),
    /// `is the number of items of PATH`
    NumberOfItems(Path),
    /// `contains VALUE`
    Contains(Operand),
    /// `starts with VALUE`
    StartsWith(Operand),
    /// `ends with VALUE`
    EndsWith(Operand),
    /// `matches /REGEX/`
    Matches(Pattern),
    /// `does not match /REGEX/`
    DoesNotMatch(Pattern),
    /// `matches schema NAME`
    MatchesSchema(String),
    /// `is in code list NAME`
    InCodeList(String),
    /// `follows the data standard [closely] as A or B`
    FollowsDataStandard {
        /// Warnings count too.
        closely: bool,
        /// Record classes, any of them.
        classes: Vec<String>,
    },
    /// `is sorted by ATTRIBUTE ascending`
    SortedBy {
        /// Attribute name or path inside an item.
        attribute: Operand,
        /// Direction.
        descending: bool,
    },
    /// `has the same items as PATH [by PATH]`
    SameItems(Path, Option<Path>),
    /// `shares no item with PATH [by PATH]`
    SharesNoItem(Path, Option<Path>),
    /// `is the union of PATH and PATH [by PATH]`
    UnionOf(Vec<Path>, Option<Path>),
    /// `is the intersection of PATH and PATH [by PATH]`
    IntersectionOf(Vec<Path>, Option<Path>),
    /// `satisfies PATH`
    Satisfies(Path),
    /// `is a client error`
    ClientError,
    /// `holds no personal data`
    NoPersonalData,
}

/// Kinds of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Type {
    Text,
    Number,
    WholeNumber,
    List,
    Object,
    YesOrNo,
    Date,
    DateTime,
    Uuid,
    WebAddress,
    HttpsAddress,
    LanguageTag,
}

/// Comparisons of numbers and counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Comparison {
    AtLeast,
    AtMost,
    MoreThan,
    LessThan,
    Exactly,
}

/// A compiled regular expression that compares by its text.
#[derive(Clone, Debug)]
pub struct Pattern(pub regex::Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
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
