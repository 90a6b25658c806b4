//! Rules that could be read and would never be judged, or be broken whatever a record says: they are reported instead, since
//! nobody would see by a green report that they ask for nothing.

use super::read::Reader;
use super::{Amount, Condition, Kind, Operand, Path, Relation, Test};
use crate::source::Node;

impl Reader<'_> {
    /// Reports what of a rule leaves nothing to judge, or nothing that could be right.
    pub(super) fn check_sense(&mut self, each: Option<&Path>, when: &[Condition], kind: &Kind) {
        match kind {
            Kind::Order { first: Operand::Today, then: Operand::Today, .. } => {
                self.vain("`first` and `then` are the same day".into(), "the rule would never be broken");
            }
            Kind::Span { at_least: Some(least), at_most: Some(most), .. } if least > most => {
                self.vain("`at least` is more than `at most`".into(), "whatever stands there would break the rule");
            }
            Kind::Number { bounds, .. } if excludes(bounds) => {
                self.vain("no number keeps all of these bounds".into(), "whatever stands there would break the rule");
            }
            Kind::Implies(_) if self.row.get("then").and_then(Node::entries).is_some_and(<[_]>::is_empty) => {
                self.vain("`then` has no conditions".into(), "the rule would never be broken");
            }
            _ => {}
        }
        let needed: Vec<&Path> = each.into_iter().chain(needed(kind)).collect();
        let absent = when.iter().filter(|condition| matches!(condition.test, Test::Absent));
        for Condition { path, .. } in absent {
            if needed.iter().any(|needed| path.from_entry == needed.from_entry && needed.steps.starts_with(&path.steps))
            {
                let message =
                    format!("`when` wants `{}` to be absent, and that is what the rule looks at", path.words());
                self.vain(message, "the rule would never be judged");
            }
        }
    }

    fn vain(&mut self, message: String, hint: &str) {
        self.error(self.row.place.clone(), (message, hint.into()));
    }
}

fn only(paths: &[Path]) -> Option<&Path> {
    if let [path] = paths { Some(path) } else { None }
}

fn amount(amount: &Amount) -> Option<&Path> {
    match amount {
        Amount::Of(path) | Amount::Money(path) => Some(path),
        Amount::Is(_) | Amount::Entries(_) => None,
    }
}

/// The paths without which a rule of this kind has nothing to judge.
fn needed(kind: &Kind) -> Vec<&Path> {
    match kind {
        Kind::Number { value, bounds } => {
            // Of several bounds those that are there are kept.
            let bound = if let [(_, bound)] = bounds.as_slice() { amount(bound) } else { None };
            amount(value).into_iter().chain(bound).collect()
        }
        Kind::Order { first, then, .. } => [first, then].into_iter().filter_map(|one| only(one.paths())).collect(),
        Kind::Span { from, to, .. } => [from, to].into_iter().filter_map(|one| only(one.paths())).collect(),
        Kind::Differ { values, from } => [values, from].into_iter().filter_map(|paths| only(paths)).collect(),
        Kind::CodeTable { code, value, .. } => [code, value].into_iter().filter_map(|paths| only(paths)).collect(),
        Kind::Twin { of, .. } => vec![of],
        Kind::Unique { entries, .. } => vec![entries],
        Kind::Box { low, high, point, .. } => vec![low, high, point],
        Kind::Together(_) | Kind::AnyOf(_) | Kind::Agree(_) | Kind::Member { .. } | Kind::Implies(_) | Kind::Type => {
            Vec::new()
        }
    }
}

/// True where no number keeps those of the bounds that are numbers themselves.
fn excludes(bounds: &[(Relation, Amount)]) -> bool {
    let fixed = |of: &[Relation]| {
        let bounds = bounds.iter().filter(|(relation, _)| of.contains(relation));
        bounds.filter_map(|(_, amount)| if let Amount::Is(number) = amount { Some(*number) } else { None }).collect()
    };
    let upper: Vec<f64> = fixed(&[Relation::Equal, Relation::AtMost]);
    let lower: Vec<f64> = fixed(&[Relation::Equal, Relation::AtLeast]);
    let above: Vec<f64> = fixed(&[Relation::MoreThan]);
    upper.iter().any(|most| lower.iter().any(|least| least > most) || above.iter().any(|least| least >= most))
}
