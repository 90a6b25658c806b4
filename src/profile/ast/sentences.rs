//! Sentences, paths and predicates.

use super::Phrase;
use crate::source::Place;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

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

impl Sentence {
    /// The sentence that is a phrase and nothing else.
    pub fn of(phrase: Arc<Phrase>) -> Sentence {
        let place = phrase.parts.first().map(|part| part.place.clone()).unwrap_or_default();
        Sentence { text: phrase.name.clone(), place, claim: Says::Phrase(phrase) }
    }
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
    /// HTTP method of the request.
    Method,
    /// A header field of the answer (of the request, for an arrival).
    Http(String),
    /// Seconds the answer took.
    Time,
    /// Raw text of the body received.
    Text,
    /// JSON of the body received (also when the path starts directly with a member of it).
    Body,
    /// JSON of the body sent; for an arrival in a review, of the request it belongs to.
    Request,
    /// JSON of the body that was answered to that request.
    Answer,
    /// HTTP status of the answer to that request.
    AnswerStatus,
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
    /// `is unique [by PATH]`
    Unique(Option<Path>),
    /// `is unique in the run`
    UniqueInRun,
    /// `is unique in the review [by PATH and PATH]`
    UniqueInReview(Vec<Path>),
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
    /// `satisfies PATH [by PATH]`
    Satisfies(Path, Option<Path>),
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
