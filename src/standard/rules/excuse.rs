//! What excuses an object from a rule before anything of it is looked at: which of its properties have a value.
//!
//! Most rules speak of properties that most objects do not have. An excuse is found when the rules are read, and asked
//! with two bit masks for each object.

use super::{Amount, Condition, Kind, Operand, Path, Rule, Symbol, Test};

/// Where all of `absent` are absent and all of `present` have a value, the rule is certainly not broken.
///
/// A property is absent when no member stands for it, or a null does; it has a value when [`super::Seen::members`] gives
/// one. An empty list is neither.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Excuse {
    pub(crate) absent: Vec<Symbol>,
    pub(crate) present: Vec<Symbol>,
}

impl Rule {
    /// Each of them suffices. There may be none.
    pub(crate) fn excuses(&self) -> Vec<Excuse> {
        let ground = Ground { by_entry: self.each.is_some() };
        let mut excuses: Vec<Option<Excuse>> = self.when.iter().map(|condition| ground.unmet(condition)).collect();
        excuses.extend(self.each.as_ref().map(|path| ground.without([path])));
        excuses.extend(ground.by_kind(&self.kind));
        excuses.into_iter().flatten().collect()
    }
}

/// What paths start from.
#[derive(Clone, Copy)]
struct Ground {
    /// True where a path may start at an entry of the object instead: of those nothing is known.
    by_entry: bool,
}

impl Ground {
    fn start(self, path: &Path) -> Option<Symbol> {
        let from_object = !(self.by_entry && path.from_entry);
        path.steps.first().filter(|_| from_object).map(|step| step.symbol)
    }

    /// None of these paths leads anywhere.
    fn without<'p>(self, paths: impl IntoIterator<Item = &'p Path>) -> Option<Excuse> {
        let absent = paths.into_iter().map(|path| self.start(path)).collect::<Option<_>>()?;
        Some(Excuse { absent, ..Excuse::default() })
    }

    /// Each of these paths leads to a value.
    fn with<'p>(self, paths: impl IntoIterator<Item = &'p Path>) -> Option<Excuse> {
        let start = |path: &Path| self.start(path).filter(|_| path.steps.len() == 1);
        let present = paths.into_iter().map(start).collect::<Option<_>>()?;
        Some(Excuse { present, ..Excuse::default() })
    }

    /// The condition is not met, or cannot be told.
    fn unmet(self, condition: &Condition) -> Option<Excuse> {
        match condition.test {
            Test::Absent => self.with([&condition.path]),
            Test::Present | Test::OneOf(_) | Test::NoneOf(_) => self.without([&condition.path]),
        }
    }

    /// All conditions are met, or cannot be told.
    fn met(self, conditions: &[Condition]) -> Option<Excuse> {
        let mut all = Excuse::default();
        for condition in conditions {
            let one = match condition.test {
                Test::Present => self.with([&condition.path])?,
                Test::Absent | Test::OneOf(_) | Test::NoneOf(_) => self.without([&condition.path])?,
            };
            all.absent.extend(one.absent);
            all.present.extend(one.present);
        }
        Some(all)
    }

    fn operand(self, operand: &Operand) -> Option<Excuse> {
        match operand {
            Operand::Today => None,
            Operand::Every(paths) | Operand::Earliest(paths) | Operand::Latest(paths) => self.without(paths),
        }
    }

    fn amount(self, amount: &Amount) -> Option<Excuse> {
        match amount {
            Amount::Is(_) => None,
            Amount::Of(path) | Amount::Entries(path) => self.without([path]),
        }
    }

    fn by_kind(self, kind: &Kind) -> Vec<Option<Excuse>> {
        match kind {
            Kind::Together(paths) => vec![self.without(paths), self.with(paths)],
            Kind::AnyOf(paths) => paths.iter().map(|path| self.with([path])).collect(),
            Kind::Order { first, then, .. } => vec![self.operand(first), self.operand(then)],
            Kind::Span { from, to, .. } => vec![self.operand(from), self.operand(to)],
            Kind::Number { value, bounds } => {
                let only = if let [(_, bound)] = bounds.as_slice() { self.amount(bound) } else { None };
                vec![self.amount(value), only]
            }
            Kind::Implies(then) => vec![self.met(then)],
            Kind::Agree(paths) => vec![self.without(paths)],
            Kind::Differ { values, from: others } | Kind::Member { values, among: others } => {
                vec![self.without(values), self.without(others)]
            }
            Kind::Twin { of, among, .. } => vec![self.without([of]), self.without([among])],
            Kind::Unique { entries, .. } => vec![self.without([entries])],
            Kind::Box { low, high, point, .. } => [low, high, point].map(|path| self.without([path])).into(),
            Kind::CodeTable { code, value, .. } => vec![self.without(code), self.without(value)],
            // Judged with the type itself.
            Kind::Type => vec![Some(Excuse::default())],
        }
    }
}
