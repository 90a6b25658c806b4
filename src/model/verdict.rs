//! Verdicts of sentences, tests, requirements and runs, and the rules by which they add up (design: "which verdict wins").

use serde::{Deserialize, Serialize};

/// What was found out about one sentence, one test, or one silence.
///
/// The order of the variants is the order in which they win: the worst of several verdicts is the smallest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// A requirement of level must did not hold.
    Fail,
    /// The suite itself failed; says nothing about the product.
    Error,
    /// Something needed could not be observed: a missing value, stimulus or precondition.
    Inconclusive,
    /// Left out of this run by the user or by a time limit.
    NotRun,
    /// Would be a failure, covered by an accepted waiver.
    Waived,
    /// A requirement of level should, or an inferred one, did not hold.
    Warn,
    /// Carried out, and everything held.
    Pass,
    /// The vendor declares the feature unsupported.
    NotApplicable,
}

impl Verdict {
    /// Every verdict, in the order in which counts are told.
    pub const ALL: [Verdict; 8] = [
        Verdict::Pass,
        Verdict::Warn,
        Verdict::Fail,
        Verdict::Inconclusive,
        Verdict::NotApplicable,
        Verdict::NotRun,
        Verdict::Error,
        Verdict::Waived,
    ];

    /// The word used in every report.
    pub const fn word(self) -> &'static str {
        match self {
            Verdict::Fail => "fail",
            Verdict::Error => "error",
            Verdict::Inconclusive => "inconclusive",
            Verdict::NotRun => "not-run",
            Verdict::Waived => "waived",
            Verdict::Warn => "warn",
            Verdict::Pass => "pass",
            Verdict::NotApplicable => "not-applicable",
        }
    }

    /// The worst of several; `None` for an empty selection, which must never read as a pass.
    pub fn worst(verdicts: impl IntoIterator<Item = Verdict>) -> Option<Verdict> {
        verdicts.into_iter().min()
    }
}

/// Where a requirement comes from: stated in the schema, described in prose, or inferred by us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Force {
    /// Normative: in the published schema, or a rule on a standards page.
    N,
    /// Described: what an operation is defined to do.
    D,
    /// Inferred: sound practice. Can warn, never fail.
    I,
}

impl Force {
    /// The letter used in profiles and reports.
    pub const fn letter(self) -> &'static str {
        match self {
            Force::N => "N",
            Force::D => "D",
            Force::I => "I",
        }
    }
}

/// How much a requirement binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A miss is a failure (unless the force is inferred).
    Must,
    /// A miss is a warning.
    Should,
}

/// What a miss of a requirement may do to a verdict: only a stated or described must can fail.
pub const fn miss(force: Force, level: Level) -> Verdict {
    match (force, level) {
        (Force::N | Force::D, Level::Must) => Verdict::Fail,
        _ => Verdict::Warn,
    }
}

/// The verdict on one requirement over all tests that prove it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequirementVerdict {
    /// Shown to hold by at least one sentence, and nowhere broken.
    Met,
    /// Broken in at least one sentence.
    NotMet,
    /// Nothing observed decides it.
    NotShown,
    /// The vendor declares the feature unsupported.
    NotApplicable,
}

impl RequirementVerdict {
    /// The word used in every report.
    pub const fn word(self) -> &'static str {
        match self {
            RequirementVerdict::Met => "met",
            RequirementVerdict::NotMet => "not-met",
            RequirementVerdict::NotShown => "not-shown",
            RequirementVerdict::NotApplicable => "not-applicable",
        }
    }
}

/// The verdict on the product for one profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conformance {
    /// Every mandatory test passed.
    Conformant,
    /// As above, save failures covered by accepted waivers.
    ConformantWithWaivers,
    /// At least one unwaived failure.
    NotConformant,
    /// No failure, but something mandatory could not be shown.
    Incomplete,
}

impl Conformance {
    /// The word used in every report.
    pub const fn word(self) -> &'static str {
        match self {
            Conformance::Conformant => "conformant",
            Conformance::ConformantWithWaivers => "conformant-with-waivers",
            Conformance::NotConformant => "not-conformant",
            Conformance::Incomplete => "incomplete",
        }
    }
}

/// How the process ends. Pipelines depend on these numbers: never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// 0: conformant, or with accepted waivers.
    Conformant,
    /// 1: not conformant.
    NotConformant,
    /// 2: something mandatory is inconclusive, not run or in error.
    Incomplete,
    /// 3: usage, configuration or input error; no verdict was issued.
    Usage,
    /// 4: a fault of the suite itself.
    Internal,
}

impl ExitStatus {
    /// The number the process ends with.
    pub const fn code(self) -> u8 {
        match self {
            ExitStatus::Conformant => 0,
            ExitStatus::NotConformant => 1,
            ExitStatus::Incomplete => 2,
            ExitStatus::Usage => 3,
            ExitStatus::Internal => 4,
        }
    }
}

impl From<Conformance> for ExitStatus {
    fn from(verdict: Conformance) -> Self {
        match verdict {
            Conformance::Conformant | Conformance::ConformantWithWaivers => ExitStatus::Conformant,
            Conformance::NotConformant => ExitStatus::NotConformant,
            Conformance::Incomplete => ExitStatus::Incomplete,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_verdict_wins_in_the_published_order() {
        let order = [
            Verdict::Fail,
            Verdict::Error,
            Verdict::Inconclusive,
            Verdict::NotRun,
            Verdict::Waived,
            Verdict::Warn,
            Verdict::Pass,
            Verdict::NotApplicable,
        ];
        for (i, worse) in order.iter().enumerate() {
            for better in &order[i..] {
                assert_eq!(Verdict::worst([*better, *worse]), Some(*worse));
            }
        }
        assert_eq!(Verdict::worst([]), None, "an empty selection is never a pass");
    }

    #[test]
    fn an_inferred_requirement_never_fails() {
        assert_eq!(miss(Force::I, Level::Must), Verdict::Warn);
        assert_eq!(miss(Force::N, Level::Should), Verdict::Warn);
        assert_eq!(miss(Force::D, Level::Must), Verdict::Fail);
    }
}
