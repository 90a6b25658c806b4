//! What is known of the product before a test runs: claims of the vendor, answers to probes, values, actions.

use crate::implementation::{AUTHORISATION, Answer, Authorisation, Implementation, ValueKind};
use crate::profile::ast::{Condition, Profile};
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

    /// How a condition stands: `Ok(true)` when the vendor claims it outright, `Ok(false)` when it merely answered.
    ///
    /// # Errors
    /// Why the test it guards does not run.
    pub fn holds(&self, condition: &Condition, wanted: Option<&str>) -> Result<bool, Closed> {
        let standing = self.supports.get(&condition.claim).cloned().unwrap_or(Standing::Unasked);
        match (standing, wanted) {
            (Standing::Yes, _) => Ok(true),
            (Standing::Answered, _) => Ok(false),
            (Standing::List(items), None) if !items.is_empty() => Ok(true),
            (Standing::List(items), Some(wanted)) if items.iter().any(|item| item == wanted) => Ok(true),
            (Standing::List(_), wanted) => Err(Closed::No(match wanted {
                Some(wanted) => format!("the vendor's list of `{}` leaves out {wanted}", condition.claim),
                None => format!("the vendor's list of `{}` is empty", condition.claim),
            })),
            (Standing::No, _) => Err(Closed::No(format!("the vendor declares `{}` unsupported", condition.claim))),
            (Standing::Silent(question), _) => Err(Closed::Silent(question)),
            (Standing::Unasked, _) => Err(Closed::Unasked(condition.claim.clone())),
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
    /// Not declared and silent; the question.
    Silent(String),
    /// To be probed: the claim.
    Unasked(String),
}
