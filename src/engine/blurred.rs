//! Sentences about messages that were redacted before they came to us: what cannot be known of them is not judged.
//!
//! Redaction keeps the shape of a message, and a token stands for the same value wherever it stands. So what rests on the
//! shape or on two values being equal is judged as ever; what rests on a value itself cannot be told.

use super::evaluate::Eyes;
use super::judged::{Judged, Outcome};
use super::paths::Spot;
use super::predicates::Doubt;
use crate::profile::ast::{Predicate, Type};
use crate::transport::redact::{Replaced, replaced};
use serde_json::Value;

impl Eyes<'_> {
    /// Why a judgement does not stand; `base` is what the pointer of the judgement leads into.
    pub(super) fn blurred(
        &self,
        base: Option<&Value>,
        spots: &[Spot<'_>],
        predicate: &Predicate,
        judged: &Judged,
    ) -> Option<String> {
        self.current.filter(|exchange| exchange.seen.is_redacted())?;
        let hides = spots.iter().filter_map(|spot| hidden_in(spot.value)).max()?;
        let at = base.and_then(|base| base.pointer(&judged.at));
        let misses = judged.outcome == Outcome::Misses;
        let stands = match predicate {
            Predicate::Present | Predicate::Absent => true,
            Predicate::Empty | Predicate::NotEmpty => true,
            Predicate::HasItems(..) | Predicate::AsManyItemsAs(_) | Predicate::NumberOfItems(_) => true,
            Predicate::IsA(Type::List | Type::Object) => true,
            Predicate::SameAs(_) | Predicate::NotSameAs(_) | Predicate::Unique(_) | Predicate::UniqueInRun => {
                hides == Replaced::ByToken
            }
            Predicate::SameItems(..) | Predicate::SharesNoItem(..) => hides == Replaced::ByToken,
            Predicate::NoPersonalData => misses,
            Predicate::MatchesSchema(_) => {
                misses
                    && !at.is_some_and(is_replaced)
                    && spots.iter().any(|spot| self.misses_anyway(spot, predicate, judged))
            }
            _ => false,
        };
        (!stands).then(|| "a value it rests on was redacted in the recording".to_owned())
    }

    /// Whether a miss stays where it is when every replaced value is of another type: then it rests on none of them.
    fn misses_anyway(&self, spot: &Spot<'_>, predicate: &Predicate, judged: &Judged) -> bool {
        match self.test(&as_numbers(spot.value), predicate) {
            Err(Doubt::Told(told)) => {
                told.outcome == Outcome::Misses && judged.at == format!("{}{}", spot.pointer, told.at)
            }
            _ => false,
        }
    }
}

fn is_replaced(value: &Value) -> bool {
    value.as_str().and_then(replaced).is_some()
}

/// Whether something stands in a value that looks the same in place of different values.
pub(super) fn looks_alike(value: &Value) -> bool {
    hidden_in(value).is_some_and(|replaced| replaced != Replaced::ByToken)
}

/// The worst replacement in a value.
fn hidden_in(value: &Value) -> Option<Replaced> {
    match value {
        Value::String(text) => replaced(text),
        Value::Array(items) => items.iter().filter_map(hidden_in).max(),
        Value::Object(members) => members.values().filter_map(hidden_in).max(),
        _ => None,
    }
}

/// A value with a number in place of every text that holds a replacement.
fn as_numbers(value: &Value) -> Value {
    match value {
        Value::String(text) if replaced(text).is_some() => 0.into(),
        Value::Array(items) => items.iter().map(as_numbers).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), as_numbers(value))).collect(),
        other => other.clone(),
    }
}
