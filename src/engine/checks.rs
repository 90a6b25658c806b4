//! The checks of a test as they come about; verdicts follow from the force and level of their requirements.

use super::judged::{Judged, Outcome};
use crate::model::verdict::{Verdict, miss};
use crate::profile::ast::Requirement;

/// Which part of a test is running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Preparation: a miss makes the test inconclusive.
    Given,
    /// The test proper.
    Steps,
    /// Clean-up: changes no verdict.
    Finally,
}

/// One judged sentence with what belongs to it.
#[derive(Clone, Debug)]
pub struct RawCheck {
    /// Requirement.
    pub requirement: Option<String>,
    /// Stable key within the test.
    pub key: String,
    /// As written.
    pub sentence: String,
    /// Fault and place of a derived request.
    pub variant: Option<String>,
    /// The judgement.
    pub judged: Judged,
    /// Number of the exchange judged.
    pub exchange: Option<usize>,
    /// True when it says that an expected message never arrived: without any arrival in the run that may be our network.
    pub arrival: bool,
}

impl RawCheck {
    /// The verdict, given the requirement it belongs to.
    pub fn verdict(&self, requirement: Option<&Requirement>) -> Verdict {
        match &self.judged.outcome {
            Outcome::Holds => Verdict::Pass,
            Outcome::Unknown(_) | Outcome::NotAsked(_) => Verdict::Inconclusive,
            Outcome::Misses => requirement.map_or(Verdict::Error, |row| miss(row.force, row.level)),
        }
    }

    /// About messages that a product need not send, and sends none of.
    pub fn left_out(&self) -> bool {
        matches!(&self.judged.outcome, Outcome::NotAsked(why) if why == super::review::NOTHING_CAME)
    }

    /// Why it is open, where it is; else what was found.
    pub fn open(&self) -> &str {
        match &self.judged.outcome {
            Outcome::Unknown(why) | Outcome::NotAsked(why) => why,
            _ => &self.judged.found,
        }
    }
}

/// The checks of a test.
#[derive(Clone, Debug, Default)]
pub struct Checks {
    /// In the order judged.
    pub list: Vec<RawCheck>,
}

impl Checks {
    /// Adds one.
    pub fn push(
        &mut self,
        requirement: Option<String>,
        key: &str,
        sentence: &str,
        judged: Judged,
        exchange: Option<usize>,
        variant: Option<String>,
    ) {
        self.list.push(RawCheck {
            requirement,
            key: key.to_owned(),
            sentence: sentence.to_owned(),
            variant,
            judged,
            exchange,
            arrival: false,
        });
    }

    /// Adds those of a branch.
    pub fn absorb(&mut self, other: Checks) {
        self.list.extend(other.list);
    }

    /// Whether any sentence missed since `from`.
    pub fn missed_since(&self, from: usize) -> Option<&RawCheck> {
        self.list.iter().skip(from).find(|check| check.judged.outcome == Outcome::Misses)
    }
}
