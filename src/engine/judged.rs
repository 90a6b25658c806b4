//! What came of a sentence: it holds, it misses, it cannot be told, or it was not asked.

/// What came of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Holds,
    /// It does not.
    Misses,
    /// It cannot be told; why.
    Unknown(String),
    /// It was not asked: the guard before it never held; which.
    NotAsked(String),
}

/// A judged sentence.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What came of it.
    pub outcome: Outcome,
    /// What was asked, references resolved.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// JSON pointer, header name, or stage.
    pub at: String,
    /// Erratum that touched it.
    pub erratum: Option<String>,
    /// Errata under which something was accepted, with what was seen.
    pub accepted: Vec<(String, String)>,
    /// Values looked at.
    pub observed: usize,
    /// Ids of the tests in which what a review looked back on was sent.
    pub sent_in: Vec<String>,
    /// True where all of it was sent to prepare tests, by none of them alone.
    pub only_prepared: bool,
}

impl Judged {
    pub(super) fn new(
        outcome: Outcome,
        expected: impl Into<String>,
        found: impl Into<String>,
        at: impl Into<String>,
    ) -> Judged {
        let (expected, found, at) = (expected.into(), found.into(), at.into());
        Judged {
            outcome,
            expected,
            found,
            at,
            erratum: None,
            accepted: Vec::new(),
            observed: 1,
            sent_in: Vec::new(),
            only_prepared: false,
        }
    }

    pub(super) fn unknown(expected: &str, why: impl Into<String>) -> Judged {
        let why = why.into();
        Judged { observed: 0, ..Judged::new(Outcome::Unknown(why.clone()), expected, why, "") }
    }

    /// A sentence behind a guard that never held.
    pub(super) fn never(sentence: &str, condition: &str) -> Judged {
        let why = format!("not shown: it is asked only where \u{201c}{condition}\u{201d} holds, and that never held");
        Judged::plain(Outcome::NotAsked(why), sentence, "")
    }

    /// A judgement that was not made by looking at a value.
    pub(super) fn plain(outcome: Outcome, expected: &str, found: &str) -> Judged {
        let found = match &outcome {
            Outcome::Unknown(why) | Outcome::NotAsked(why) => why.clone(),
            _ => found.to_owned(),
        };
        Judged {
            outcome,
            expected: expected.to_owned(),
            found,
            at: String::new(),
            erratum: None,
            accepted: Vec::new(),
            observed: 0,
            sent_in: Vec::new(),
            only_prepared: false,
        }
    }
}
