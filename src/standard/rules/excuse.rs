//! What excuses an object from a rule before any of its values is compared: which of its properties are there, and which
//! codes stand in it or below it.
//!
//! Most rules speak of properties that most objects do not have, or of codes that few have. Excuses are found once, when
//! a table is made of the standard, and asked with a few bit masks for each object.

use super::{Amount, Condition, End, Kind, Operand, Path, Rule, Step, Test};

/// Where all of this is so, the rule is certainly not broken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Excuse {
    /// Absent: no member stands for them, or a null does.
    pub(crate) absent: Vec<Step>,
    /// There: [`super::Seen::members`] gives a value of them.
    pub(crate) present: Vec<Step>,
    /// There is at most one value of them.
    pub(crate) single: Vec<Step>,
    /// Nothing of this stands in the object or below it.
    pub(crate) nowhere: Vec<Sign>,
}

/// Values that a rule looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sign {
    /// The names of the properties on the way to them, the last one their own.
    pub(crate) steps: Vec<Step>,
    pub(crate) of: Sought,
    /// The code list in whose codes they are compared.
    pub(crate) list: Option<String>,
}

/// Which values are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sought {
    Any,
    OneOf(Vec<String>),
    NoneOf(Vec<String>),
    /// All but dates of these ages.
    Outside(Ages),
}

impl Sought {
    /// The ages that are not looked for.
    pub(crate) fn ages(&self) -> Option<Ages> {
        if let Sought::Outside(ages) = self { Some(*ages) } else { None }
    }
}

/// Full years that dates lie back, counted by the numbers of the years alone, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ages {
    least: i16,
    most: i16,
}

impl Ages {
    /// True where a text is a date of such an age in a year, or no date at all but for its beginning: whatever compares
    /// dates compares nothing then.
    pub(crate) fn hold(self, text: &[u8], year: i16) -> bool {
        let Some([digits @ .., b'-']) = text.first_chunk::<5>() else { return false };
        let of = |sum: i16, digit: &u8| digit.is_ascii_digit().then(|| sum * 10 + i16::from(digit - b'0'));
        let written = digits.iter().try_fold(0, of);
        written.is_some_and(|written| (self.least..=self.most).contains(&(year - written)))
    }
}

/// The excuses from a rule: each of them suffices. There may be none.
pub(super) fn excuses(each: Option<&Path>, when: &[Condition], kind: &Kind) -> Vec<Excuse> {
    let ground = Ground { each };
    let mut excuses: Vec<Option<Excuse>> = when.iter().map(|condition| ground.unmet(condition)).collect();
    excuses.push(each.map(|path| ground.without([path])));
    excuses.extend(ground.by_kind(kind));
    excuses.into_iter().flatten().collect()
}

/// What is known of the members of an object before any rule is judged on it.
pub(crate) trait Census {
    /// How many values stand under a property; `None` where it is absent.
    fn values(&self, step: &Step) -> Option<usize>;

    /// True where the object is certainly excused from a rule.
    fn excused(&self, rule: &Rule) -> bool {
        rule.excuses.iter().any(|excuse| {
            let count = |step: &Step| self.values(step).unwrap_or(0);
            excuse.absent.iter().all(|step| self.values(step).is_none())
                && excuse.present.iter().all(|step| count(step) > 0)
                && excuse.single.iter().all(|step| count(step) < 2)
                // Where the way to a sign has no first step, the sign is nowhere.
                && excuse.nowhere.iter().all(|sign| sign.steps.first().is_some_and(|step| count(step) == 0))
        })
    }
}

/// What paths start from: the object, or the entries at the end of a path from it.
#[derive(Clone, Copy)]
struct Ground<'r> {
    each: Option<&'r Path>,
}

impl Ground<'_> {
    /// All steps of a path from the object on.
    fn steps(self, path: &Path) -> Vec<Step> {
        let before = self.each.filter(|_| path.from_entry).map_or(&[][..], |each| &each.steps);
        before.iter().chain(&path.steps).cloned().collect()
    }

    /// The property of the object that a path is.
    fn property(self, path: &Path) -> Option<Step> {
        match self.steps(path).as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        }
    }

    /// None of these paths leads anywhere.
    fn without<'p>(self, paths: impl IntoIterator<Item = &'p Path>) -> Excuse {
        let mut excuse = Excuse::default();
        for path in paths {
            match self.property(path) {
                Some(property) => excuse.absent.push(property),
                None => excuse.nowhere.push(Sign { steps: self.steps(path), of: Sought::Any, list: None }),
            }
        }
        excuse
    }

    /// Each of these paths leads to a value.
    fn with<'p>(self, paths: impl IntoIterator<Item = &'p Path>) -> Option<Excuse> {
        let present = paths.into_iter().map(|path| self.property(path)).collect::<Option<_>>()?;
        Some(Excuse { present, ..Excuse::default() })
    }

    fn single(self, path: &Path) -> Option<Excuse> {
        Some(Excuse { single: vec![self.property(path)?], ..Excuse::default() })
    }

    fn nowhere(self, path: &Path, of: Sought) -> Excuse {
        let list = if let End::Codes(list) = &path.end { Some(list.clone()) } else { None };
        Excuse { nowhere: vec![Sign { steps: self.steps(path), of, list }], ..Excuse::default() }
    }

    /// The condition is not met, or cannot be told.
    fn unmet(self, condition: &Condition) -> Option<Excuse> {
        let path = &condition.path;
        match &condition.test {
            Test::Absent => self.with([path]),
            Test::Present => Some(self.without([path])),
            Test::OneOf(codes) => Some(self.nowhere(path, Sought::OneOf(codes.clone()))),
            Test::NoneOf(codes) => Some(self.nowhere(path, Sought::NoneOf(codes.clone()))),
        }
    }

    /// All conditions are met, or cannot be told.
    fn met(self, conditions: &[Condition]) -> Option<Excuse> {
        let mut all = Excuse::default();
        for condition in conditions {
            let path = &condition.path;
            let one = match &condition.test {
                Test::Present => self.with([path])?,
                Test::Absent => self.without([path]),
                Test::OneOf(codes) => self.nowhere(path, Sought::NoneOf(codes.clone())),
                Test::NoneOf(codes) => self.nowhere(path, Sought::OneOf(codes.clone())),
            };
            all.absent.extend(one.absent);
            all.present.extend(one.present);
            all.nowhere.extend(one.nowhere);
        }
        Some(all)
    }

    fn operand(self, operand: &Operand) -> Option<Excuse> {
        match operand {
            Operand::Today => None,
            Operand::Every(paths) | Operand::Earliest(paths) | Operand::Latest(paths) => Some(self.without(paths)),
        }
    }

    /// Every date of an operand is certainly of some age.
    fn aged(self, operand: &Operand, ages: Ages) -> Option<Excuse> {
        let (Operand::Every(paths) | Operand::Earliest(paths) | Operand::Latest(paths)) = operand else { return None };
        let sign = |path: &Path| Sign { steps: self.steps(path), of: Sought::Outside(ages), list: None };
        Some(Excuse { nowhere: paths.iter().map(sign).collect(), ..Excuse::default() })
    }

    fn amount(self, amount: &Amount) -> Option<Excuse> {
        match amount {
            Amount::Is(_) => None,
            Amount::Of(path) | Amount::Money(path) => Some(self.without([path])),
            // A list without a value in it has a length all the same.
            Amount::Entries(path) => self.property(path).map(|_| self.without([path])),
        }
    }

    fn by_kind(self, kind: &Kind) -> Vec<Option<Excuse>> {
        let without = |paths: &[Path]| Some(self.without(paths));
        match kind {
            Kind::Together(paths) => vec![without(paths), self.with(paths)],
            Kind::AnyOf(paths) => paths.iter().map(|path| self.with([path])).collect(),
            // Most dates are years away from the day of the run.
            Kind::Order { first, then: Operand::Today, .. } => {
                vec![self.operand(first), self.aged(first, Ages { least: 1, most: i16::MAX })]
            }
            Kind::Span { from, to: Operand::Today, at_least, at_most } => {
                let least = at_least.map_or(i16::MIN, |years| years.saturating_add(1));
                vec![self.operand(from), self.aged(from, Ages { least, most: at_most.unwrap_or(i16::MAX) })]
            }
            Kind::Order { first, then, .. } => vec![self.operand(first), self.operand(then)],
            Kind::Span { from, to, .. } => vec![self.operand(from), self.operand(to)],
            Kind::Number { value, bounds } => {
                let only = if let [(_, bound)] = bounds.as_slice() { self.amount(bound) } else { None };
                vec![self.amount(value), only]
            }
            Kind::Implies(then) => vec![self.met(then)],
            Kind::Agree(paths) => {
                let one = if let [path] = paths.as_slice() { self.single(path) } else { None };
                vec![without(paths), one]
            }
            Kind::Differ { values, from: others } | Kind::Member { values, among: others } => {
                vec![without(values), without(others)]
            }
            Kind::Twin { of, among, .. } => {
                vec![without(std::slice::from_ref(of)), without(std::slice::from_ref(among))]
            }
            Kind::Unique { entries, by, only, .. } => {
                vec![without(std::slice::from_ref(entries)), self.single(entries), self.unlisted(entries, by, only)]
            }
            // Corners say something without a point where it is known how wide they may be.
            Kind::Box { low, high, point, widest, .. } => {
                let point = (widest.is_none()).then_some(point);
                [low, high].into_iter().chain(point).map(|path| Some(self.without([path]))).collect()
            }
            Kind::CodeTable { code, value, .. } => vec![without(code), without(value)],
            // Judged with the type itself.
            Kind::Type => vec![Some(Excuse::default())],
        }
    }

    /// No key of the entries is one of those that are asked about alone.
    fn unlisted(self, entries: &Path, by: &[Path], only: &[String]) -> Option<Excuse> {
        let mut excuse = Excuse::default();
        for path in by {
            let End::Codes(list) = &path.end else { return None };
            let steps = self.steps(entries).into_iter().chain(path.steps.iter().cloned()).collect();
            excuse.nowhere.push(Sign { steps, of: Sought::OneOf(only.to_vec()), list: Some(list.clone()) });
        }
        Some(excuse).filter(|_| !only.is_empty())
    }
}
