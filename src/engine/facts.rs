//! What is known of the product before a test runs: claims of the vendor, answers to probes, values, actions.

use crate::implementation::{AUTHORISATION, Answer, Authorisation, Implementation, ValueKind};
use crate::profile::ast::{Claimed, Condition, Profile};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How a claim stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The vendor says yes.
    Yes,
    /// The vendor says no.
    No,
    /// The vendor lists what is supported.
    List(Vec<String>),
    /// Not declared, and it answered when probed (or is taken as offered until a test shows otherwise).
    Answered,
    /// Not declared, and it did not answer; the question the vendor must answer.
    Silent(String),
    /// Not declared and not yet probed.
    Unasked,
}

/// Everything known of the product.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Claims by name.
    pub supports: BTreeMap<String, Standing>,
    /// Values given by the vendor, then defaults of the profile.
    pub values: BTreeMap<String, Value>,
    /// Names of configured actions.
    pub actions: BTreeSet<String>,
    /// Whether the vendor's file configures a credential.
    pub credential: bool,
    /// Whether what is judged was recorded: then nobody wrote a vendor's file, and what credential was shown is not known.
    pub recorded: bool,
}

impl Facts {
    /// What the vendor's file says, before any probe.
    pub fn declared(profile: &Profile, implementation: &Implementation) -> Facts {
        let mut facts = Facts { credential: implementation.authorisation != Authorisation::None, ..Facts::default() };
        for claim in &profile.supports {
            let standing = match implementation.supports.get(&claim.name).map(|answer| &answer.value) {
                Some(Answer::Yes) => Standing::Yes,
                Some(Answer::No) => Standing::No,
                Some(Answer::List(items)) => Standing::List(items.clone()),
                // The engine answers this one by itself.
                None if claim.name == AUTHORISATION && facts.credential => Standing::Yes,
                None if claim.assume => Standing::Answered,
                None if claim.probe.is_some() => Standing::Unasked,
                None => Standing::Silent(claim.ask.clone()),
            };
            facts.supports.insert(claim.name.clone(), standing);
        }
        for question in &profile.values {
            let given = implementation.values.get(&question.name, ValueKind::of(question.sample()));
            if let Some(value) = given.or_else(|| question.default.clone()) {
                facts.values.insert(question.name.clone(), value);
            }
        }
        facts.actions = implementation.actions.keys().cloned().collect();
        facts
    }

    /// How a condition stands: `Ok(true)` when the vendor claims it outright, `Ok(false)` when it merely answered. `fill`
    /// completes the value a list must contain.
    ///
    /// # Errors
    /// Why the test it guards does not run.
    pub fn holds(&self, condition: &Condition, fill: impl Fn(&str) -> Option<String>) -> Result<bool, Closed> {
        let one = |claimed: &Claimed| self.claimed(claimed, claimed.contains.as_deref().and_then(&fill).as_deref());
        let stand: Vec<_> = condition.any.iter().map(one).collect();
        // Of several one is enough: the best of them counts.
        let best = |stand: &Result<bool, Closed>| match stand {
            Ok(outright) => usize::from(!outright),
            Err(Closed::Unasked(_)) => 2,
            Err(Closed::Silent { .. }) => 3,
            Err(Closed::No(_)) => 4,
        };
        let unasked: Vec<String> = stand
            .iter()
            .filter_map(|stand| match stand {
                Err(Closed::Unasked(claims)) => Some(claims.clone()),
                _ => None,
            })
            .flatten()
            .collect();
        let refused: Vec<&str> = stand
            .iter()
            .filter_map(|stand| match stand {
                Err(Closed::No(why)) => Some(why.as_str()),
                _ => None,
            })
            .collect();
        match stand.iter().min_by_key(|stand| best(stand)).cloned() {
            Some(Err(Closed::Unasked(_))) => Err(Closed::Unasked(unasked)),
            Some(Err(Closed::No(_))) => Err(Closed::No(refused.join(", and "))),
            Some(stand) => stand,
            None => Ok(false),
        }
    }

    /// Whether the product offers what a claim stands for, claimed or shown.
    pub fn offers(&self, claim: &str) -> bool {
        self.claimed(&Claimed { claim: claim.to_owned(), contains: None }, None).is_ok()
    }

    fn claimed(&self, claimed: &Claimed, wanted: Option<&str>) -> Result<bool, Closed> {
        let claim = &claimed.claim;
        let standing = self.supports.get(claim).cloned().unwrap_or(Standing::Unasked);
        match (standing, wanted) {
            (Standing::Yes, _) => Ok(true),
            (Standing::Answered, _) => Ok(false),
            (Standing::List(items), None) if !items.is_empty() => Ok(true),
            (Standing::List(items), Some(wanted)) if items.iter().any(|item| item == wanted) => Ok(true),
            (Standing::List(_), wanted) => Err(Closed::No(match wanted {
                Some(wanted) => format!("the vendor's list of `{claim}` leaves out {wanted}"),
                None => format!("the vendor's list of `{claim}` is empty"),
            })),
            (Standing::No, _) => Err(Closed::No(format!("the vendor declares `{claim}` unsupported"))),
            (Standing::Silent(question), _) => Err(Closed::Silent { claim: claim.clone(), question }),
            (Standing::Unasked, _) => Err(Closed::Unasked(vec![claim.clone()])),
        }
    }

    /// The answers in words, for the report.
    pub fn answers(&self) -> BTreeMap<String, String> {
        let word = |standing: &Standing| match standing {
            Standing::Yes => "yes".to_owned(),
            Standing::No => "no".to_owned(),
            Standing::List(items) => items.join(", "),
            Standing::Answered => "not declared; answered when probed".to_owned(),
            Standing::Silent(_) => "not declared; not shown".to_owned(),
            Standing::Unasked => "not declared; to be probed".to_owned(),
        };
        self.supports.iter().map(|(name, standing)| (name.clone(), word(standing))).collect()
    }
}

/// Why a condition does not open its test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closed {
    /// Declared unsupported.
    No(String),
    /// Not declared and silent.
    Silent {
        /// The claim.
        claim: String,
        /// The question the vendor must answer.
        question: String,
    },
    /// To be probed: the claims.
    Unasked(Vec<String>),
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The facts of some claims, and how a condition that one of them holds stands.
    fn any(claims: &[(&str, Standing)]) -> Result<bool, Closed> {
        let supports = claims.iter().map(|(name, standing)| ((*name).to_owned(), standing.clone())).collect();
        let claimed = |(name, _): &(&str, Standing)| Claimed { claim: (*name).to_owned(), contains: None };
        let condition = Condition { any: claims.iter().map(claimed).collect() };
        Facts { supports, ..Facts::default() }.holds(&condition, |text| Some(text.to_owned()))
    }

    #[test]
    fn of_several_claims_the_best_one_counts() {
        let silent = || Standing::Silent("Does it?".into());
        assert_eq!(any(&[("a", Standing::No), ("b", Standing::Yes)]), Ok(true));
        assert_eq!(any(&[("a", Standing::Answered), ("b", Standing::No)]), Ok(false));
        assert_eq!(any(&[("a", Standing::Answered), ("b", Standing::Yes)]), Ok(true));
        let unasked = any(&[("a", Standing::Unasked), ("b", Standing::No), ("c", Standing::Unasked)]);
        assert_eq!(unasked, Err(Closed::Unasked(vec!["a".into(), "c".into()])));
        let open = Closed::Silent { claim: "b".into(), question: "Does it?".into() };
        assert_eq!(any(&[("a", Standing::No), ("b", silent())]), Err(open));
        let no = "the vendor declares `a` unsupported, and the vendor declares `b` unsupported";
        assert_eq!(any(&[("a", Standing::No), ("b", Standing::No)]), Err(Closed::No(no.into())));
    }
}
