//! Tells whether an object keeps a rule. What cannot be told for certain never counts as broken.

use super::compare::{Key, Size, Sized, any_same};
use super::moment::Moment;
use super::{Amount, Condition, End, Kind, Operand, Path, Relation, Rule, Seen, Step, Test};
use crate::standard::codes::CodeList;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// What became of a rule.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    Holds,
    /// Something the rule needs is absent, or cannot be told.
    Skipped,
    /// Where it is broken, and what was found there, in words that give no value of a person away.
    Broken {
        place: String,
        found: String,
    },
}

/// What rules are judged with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bench<'d> {
    pub(crate) codes: &'d BTreeMap<String, CodeList>,
    pub(crate) today: Date,
}

impl Bench<'_> {
    /// Judges a rule on an object of its class.
    pub(crate) fn judge<'v, S: Seen<'v>>(self, rule: &Rule, object: S) -> Outcome {
        let Some(each) = &rule.each else { return self.once(rule, object, object) };
        let mut outcome = Outcome::Skipped;
        for entry in each.values(object, object) {
            match self.once(rule, object, entry) {
                Outcome::Skipped => {}
                Outcome::Holds => outcome = Outcome::Holds,
                broken => return broken,
            }
        }
        outcome
    }

    fn once<'v, S: Seen<'v>>(self, rule: &Rule, object: S, entry: S) -> Outcome {
        let at = At { bench: self, object, entry };
        match rule.when.iter().all(|condition| at.met(condition) == Some(true)) {
            true => at.kind(&rule.kind).unwrap_or(Outcome::Skipped),
            false => Outcome::Skipped,
        }
    }

    /// Whether a condition is met; `None` where that cannot be told.
    pub(crate) fn met<'v, S: Seen<'v>>(self, condition: &Condition, object: S, entry: S) -> Option<bool> {
        At { bench: self, object, entry }.met(condition)
    }

    /// The canonical code of a value, or its text where it has no code; and whether that is certain.
    pub(super) fn code<'v, S: Seen<'v>>(self, end: &End, value: S) -> Option<(String, bool)> {
        let text = value.text()?;
        let End::Codes(list) = end else { return Some((text.into_owned(), true)) };
        match self.codes.get(list).and_then(|list| list.canonical(&text)) {
            Some(code) => Some((code.to_owned(), true)),
            None => Some((text.into_owned(), false)),
        }
    }

    /// What tells a value at the end of a path from others.
    pub(crate) fn key<'v, S: Seen<'v>>(self, path: &Path, value: S) -> Option<Key> {
        match &path.end {
            End::Objects(parts) if parts.is_empty() => None,
            End::Objects(parts) => {
                let part = |path: &Path| self.code(&path.end, *path.values(value, value).first()?);
                Some(Key(parts.iter().map(|path| Some(part(path)?.0)).collect::<Option<_>>()?))
            }
            end => Some(Key(vec![self.code(end, value)?.0])),
        }
    }

    /// The keys of all values of some paths, each with its value.
    pub(crate) fn keys<'v, S: Seen<'v>>(self, paths: &[Path], object: S, entry: S) -> Vec<(Key, S)> {
        let of = |path: &Path| -> Vec<(Key, S)> {
            let values = path.values(object, entry).into_iter();
            values.filter_map(|value| Some((self.key(path, value)?, value))).collect()
        };
        paths.iter().flat_map(of).collect()
    }

    /// Whether two objects are the same, by alternative keys: one that both have and share, else one that both have.
    fn twins<'v, S: Seen<'v>>(self, by: &[Path], one: S, other: S) -> Option<bool> {
        let keys = |path: &Path, of: S| -> Vec<Key> {
            self.keys(std::slice::from_ref(path), of, of).into_iter().map(|(key, _)| key).collect()
        };
        by.iter().filter_map(|path| any_same(&keys(path, one), &keys(path, other))).reduce(|sum, more| sum || more)
    }

    /// False when two values certainly differ.
    fn agree<'v, S: Seen<'v>>(self, one: (&Path, S), other: (&Path, S)) -> Option<bool> {
        let moment = |value: S| value.text().and_then(|text| Moment::read(&text));
        if let (Some(mine), Some(theirs)) = (moment(one.1), moment(other.1)) {
            return Some(mine.may_be(theirs));
        }
        if matches!(one.0.end, End::Objects(_)) {
            return self.key(one.0, one.1)?.same(&self.key(other.0, other.1)?);
        }
        let (mine, theirs) = (self.code(&one.0.end, one.1)?, self.code(&other.0.end, other.1)?);
        let truths = one.1.truth().is_some() && one.1.truth() == other.1.truth();
        match mine.0 == theirs.0 || truths {
            true => Some(true),
            false => (mine.1 && theirs.1).then_some(false),
        }
    }
}

/// A rule at work: on an object, and on an entry of it (the object again where the rule has no `each`).
#[derive(Clone, Copy)]
struct At<'d, S> {
    bench: Bench<'d>,
    object: S,
    entry: S,
}

fn broken(place: impl Into<String>, found: impl Into<String>) -> Option<Outcome> {
    Some(Outcome::Broken { place: place.into(), found: found.into() })
}

impl<'v, S: Seen<'v>> At<'_, S> {
    /// `None` where something needed is absent or uncertain.
    fn kind(self, kind: &Kind) -> Option<Outcome> {
        match kind {
            Kind::Together(paths) => self.together(paths),
            Kind::AnyOf(paths) => self.any_of(paths),
            Kind::Order { first, then, strictly } => self.order(first, then, *strictly),
            Kind::Span { from, to, at_least, at_most } => self.span(from, to, *at_least, *at_most),
            Kind::Number { value, bounds } => self.number(value, bounds),
            Kind::Implies(then) => self.implies(then),
            Kind::Agree(paths) => self.all_agree(paths),
            Kind::Differ { values, from } => self.differ(values, from),
            Kind::Member { values, among } => self.member(values, among),
            Kind::Twin { of, among, by, on } if on.is_empty() => self.has_twin(of, among, by),
            Kind::Twin { of, among, by, on } => self.twins_agree(of, among, by, on),
            Kind::Unique { entries, by, only, value } => self.unique(entries, by, only, value.as_ref()),
            Kind::Box { low, high, point, axes } => self.within([low, high, point], axes),
            Kind::CodeTable { code, value, table, tolerate } => self.code_table(code, value, table, tolerate),
            Kind::Type => None,
        }
    }

    fn values(self, path: &Path) -> Vec<S> {
        path.values(self.object, self.entry)
    }

    fn keys(self, paths: &[Path]) -> Vec<(Key, S)> {
        self.bench.keys(paths, self.object, self.entry)
    }

    fn due(self, path: &Path) -> String {
        path.due(self.object, self.entry)
    }

    /// Whether a condition is met; `None` where that cannot be told.
    fn met(self, condition: &Condition) -> Option<bool> {
        let values = self.values(&condition.path);
        match &condition.test {
            Test::Present => Some(!values.is_empty()),
            Test::Absent => Some(values.is_empty()),
            Test::OneOf(codes) => self.one_of(&condition.path, &values, codes),
            Test::NoneOf(codes) => self.one_of(&condition.path, &values, codes).map(|is| !is),
        }
    }

    fn one_of(self, path: &Path, values: &[S], wanted: &[String]) -> Option<bool> {
        let is = |value: &S| {
            let truth = value.truth().map(|truth| truth.to_string()).filter(|truth| wanted.contains(truth));
            let (code, known) = self.bench.code(&path.end, *value)?;
            match truth.is_some() || wanted.contains(&code) {
                true => Some(true),
                false => known.then_some(false),
            }
        };
        let found: Vec<Option<bool>> = values.iter().map(is).collect();
        match found.contains(&Some(true)) {
            true => Some(true),
            false => (!found.is_empty() && !found.contains(&None)).then_some(false),
        }
    }

    fn together(self, paths: &[Path]) -> Option<Outcome> {
        let (there, missing): (Vec<&Path>, Vec<&Path>) = paths.iter().partition(|path| !self.values(path).is_empty());
        let first = there.first()?;
        match missing.first() {
            Some(missing) => broken(self.due(missing), format!("{} without it", first.words())),
            None => Some(Outcome::Holds),
        }
    }

    fn any_of(self, paths: &[Path]) -> Option<Outcome> {
        match paths.iter().any(|path| !self.values(path).is_empty()) {
            true => Some(Outcome::Holds),
            false => {
                broken(if paths.iter().all(|path| path.from_entry) { self.entry } else { self.object }.place(), "none")
            }
        }
    }

    fn sizes(self, operand: &Operand) -> Vec<Sized<S>> {
        let read = |value: S| {
            let moment = value.text().and_then(|text| Moment::read(&text)).map(Size::Moment);
            let size = moment.or_else(|| value.number().map(Size::Number))?;
            Some(Sized { size, value: Some(value) })
        };
        let all = |paths: &[Path]| -> Vec<S> { paths.iter().flat_map(|path| self.values(path)).collect() };
        // One value that cannot be read makes the earliest uncertain, and so the whole.
        let whole = |paths: &[Path]| all(paths).into_iter().map(read).collect::<Option<Vec<_>>>().unwrap_or_default();
        let extreme = |paths: &[Path], first: bool| -> Vec<Sized<S>> {
            let beats = |one: &Sized<S>, other: &Sized<S>| one.size.certainly_after(other.size) != first;
            whole(paths)
                .into_iter()
                .reduce(|one, other| if beats(&one, &other) { one } else { other })
                .into_iter()
                .collect()
        };
        match operand {
            Operand::Today => vec![Sized { size: Size::Moment(Moment::Today(self.bench.today)), value: None }],
            Operand::Every(paths) => all(paths).into_iter().filter_map(read).collect(),
            Operand::Earliest(paths) => extreme(paths, true),
            Operand::Latest(paths) => extreme(paths, false),
        }
    }

    fn order(self, first: &Operand, then: &Operand, strictly: bool) -> Option<Outcome> {
        let (first, then) = (self.sizes(first), self.sizes(then));
        let mut compared = false;
        for one in &first {
            for other in then.iter().filter(|other| one.size.comparable(other.size)) {
                compared = true;
                if one.size.certainly_after(other.size) || (strictly && one.size.certainly_same(other.size)) {
                    let (at, found) = match (other.value, one.size) {
                        (Some(later), Size::Moment(_)) => (later, "an earlier date"),
                        (Some(later), Size::Number(_)) => (later, "a smaller number"),
                        (None, _) => (one.value?, "a date to come"),
                    };
                    let found = if one.size.certainly_after(other.size) { found } else { "the same" };
                    return broken(at.place(), found);
                }
            }
        }
        compared.then_some(Outcome::Holds)
    }

    fn span(self, from: &Operand, to: &Operand, at_least: Option<i16>, at_most: Option<i16>) -> Option<Outcome> {
        let (from, to) = (self.sizes(from), self.sizes(to));
        let mut compared = false;
        for one in &from {
            for other in &to {
                let (Size::Moment(start), Size::Moment(end)) = (one.size, other.size) else { continue };
                compared = true;
                let found = if at_least.is_some_and(|years| start.certainly_less_than_years_before(end, years)) {
                    "fewer years"
                } else if at_most.is_some_and(|years| start.certainly_years_before(end, years.saturating_add(1))) {
                    "more years"
                } else {
                    continue;
                };
                return broken(one.value.or(other.value)?.place(), found);
            }
        }
        compared.then_some(Outcome::Holds)
    }

    fn amount(self, amount: &Amount) -> Option<f64> {
        match amount {
            Amount::Is(number) => Some(*number),
            Amount::Of(path) => self.values(path).first()?.number(),
            Amount::Entries(path) => path.listed(self.object, self.entry).map(|count| count as f64),
        }
    }

    fn number(self, value: &Amount, bounds: &[(Relation, Amount)]) -> Option<Outcome> {
        let number = self.amount(value)?;
        let mut compared = false;
        for (relation, bound) in bounds {
            let Some(other) = self.amount(bound) else { continue };
            compared = true;
            let holds = match relation {
                Relation::Equal => number == other,
                Relation::AtLeast => number >= other,
                Relation::AtMost => number <= other,
                Relation::MoreThan => number > other,
            };
            if !holds {
                let size = if number > other { "a larger number" } else { "a smaller number" };
                let found = match (value, bound) {
                    (Amount::Entries(_), Amount::Is(_)) => format!("{number} entries"),
                    (Amount::Entries(_), Amount::Entries(_)) => format!("{number} entries, and {other}"),
                    (_, Amount::Entries(_)) => format!("{number}, and {other} entries"),
                    _ => size.to_owned(),
                };
                let place = match value {
                    Amount::Of(path) => self.values(path).first()?.place(),
                    Amount::Entries(path) => self.due(path),
                    Amount::Is(_) => self.object.place(),
                };
                return broken(place, found);
            }
        }
        compared.then_some(Outcome::Holds)
    }

    fn implies(self, then: &[Condition]) -> Option<Outcome> {
        let mut told = true;
        for condition in then {
            match self.met(condition) {
                Some(true) => {}
                None => told = false,
                Some(false) => {
                    let path = &condition.path;
                    return match (&condition.test, self.values(path).first()) {
                        (Test::Absent, Some(value)) => broken(value.place(), format!("{} is present", path.words())),
                        (_, Some(value)) => broken(value.place(), "another code"),
                        (_, None) => broken(self.due(path), format!("{} is absent", path.words())),
                    };
                }
            }
        }
        told.then_some(Outcome::Holds)
    }

    fn all_agree(self, paths: &[Path]) -> Option<Outcome> {
        let of = |path| self.values(path).into_iter().map(move |value| (path, value));
        let values: Vec<(&Path, S)> = paths.iter().flat_map(of).collect();
        let (first, rest) = values.split_first()?;
        let mut compared = false;
        for other in rest {
            match self.bench.agree(*first, *other) {
                Some(false) => return broken(other.1.place(), "another value"),
                Some(true) => compared = true,
                None => {}
            }
        }
        compared.then_some(Outcome::Holds)
    }

    fn differ(self, values: &[Path], from: &[Path]) -> Option<Outcome> {
        let (mine, theirs) = (self.keys(values), self.keys(from));
        let shared = mine.iter().find(|(key, _)| theirs.iter().any(|(other, _)| key == other));
        match shared {
            Some((_, value)) => broken(value.place(), "the same value"),
            None if mine.is_empty() || theirs.is_empty() => None,
            None => Some(Outcome::Holds),
        }
    }

    fn member(self, values: &[Path], among: &[Path]) -> Option<Outcome> {
        let plain = |keys: &[(Key, S)]| -> Vec<Key> { keys.iter().map(|(key, _)| key.clone()).collect() };
        let (mine, theirs) = (self.keys(values), self.keys(among));
        match any_same(&plain(&mine), &plain(&theirs))? {
            true => Some(Outcome::Holds),
            false => broken(mine.first()?.1.place(), "a value that is not there"),
        }
    }

    fn has_twin(self, of: &Path, among: &Path, by: &[Path]) -> Option<Outcome> {
        let others = self.values(among);
        let mut told = false;
        for one in self.values(of) {
            let found: Vec<Option<bool>> = others.iter().map(|other| self.bench.twins(by, one, *other)).collect();
            if found.contains(&Some(true)) {
                told = true;
            } else if !found.is_empty() && !found.contains(&None) {
                return broken(one.place(), "nothing of the same identity there");
            }
        }
        told.then_some(Outcome::Holds)
    }

    fn twins_agree(self, of: &Path, among: &Path, by: &[Path], on: &[Path]) -> Option<Outcome> {
        let others = self.values(among);
        let mut compared = false;
        for one in self.values(of) {
            for other in others.iter().filter(|other| self.bench.twins(by, one, **other) == Some(true)) {
                for path in on {
                    let (mine, theirs) = (path.values(one, one), path.values(*other, *other));
                    let ([mine], [theirs]) = (mine.as_slice(), theirs.as_slice()) else { continue };
                    match self.bench.agree((path, *mine), (path, *theirs)) {
                        Some(false) => return broken(theirs.place(), format!("another {}", path.words())),
                        Some(true) => compared = true,
                        None => {}
                    }
                }
            }
        }
        compared.then_some(Outcome::Holds)
    }

    fn unique(self, entries: &Path, by: &[Path], only: &[String], value: Option<&Path>) -> Option<Outcome> {
        let mut known: Vec<BTreeMap<Vec<String>, S>> = by.iter().map(|_| BTreeMap::new()).collect();
        let mut told = false;
        for entry in self.values(entries) {
            for (seen, path) in known.iter_mut().zip(by) {
                let keys = self.bench.keys(std::slice::from_ref(path), entry, entry).into_iter().map(|(key, _)| key.0);
                let wanted = |key: &Vec<String>| only.is_empty() || key.iter().any(|part| only.contains(part));
                // An entry that writes one key twice is not two entries.
                for key in keys.filter(wanted).collect::<BTreeSet<_>>() {
                    told = true;
                    match seen.get(&key) {
                        None => {
                            seen.insert(key, entry);
                        }
                        Some(before) => {
                            if let Some(found) = self.again(*before, entry, path, value) {
                                return Some(found);
                            }
                        }
                    }
                }
            }
        }
        told.then_some(Outcome::Holds)
    }

    /// What is wrong with two entries of one key.
    fn again(self, before: S, entry: S, by: &Path, value: Option<&Path>) -> Option<Outcome> {
        let Some(value) = value else { return broken(entry.place(), format!("the same {} again", by.words())) };
        let of = |entry: S| value.values(entry, entry).first().copied();
        let (one, other) = (of(before)?, of(entry)?);
        match self.bench.agree((value, one), (value, other))? {
            true => None,
            false => broken(other.place(), format!("another {} for the same {}", value.words(), by.words())),
        }
    }

    fn within(self, [low, high, point]: [&Path; 3], axes: &[Step; 2]) -> Option<Outcome> {
        let at = |path: &Path| {
            let object = *self.values(path).first()?;
            let axis = |step: &Step| {
                let mut found = None;
                object.members(step, &mut |value| found = found.or(value.number()));
                found
            };
            Some((axis(&axes[0])?, axis(&axes[1])?))
        };
        let (low, high, point_at) = (at(low)?, at(high)?, at(point)?);
        let margin = 1e-6;
        let inside = |low: f64, value: f64, high: f64| low - margin <= value && value <= high + margin;
        // Corners the wrong way round bound nothing.
        if low.0 > high.0 {
            return None;
        }
        // A box over the date line has its west east of its east.
        let across = low.1 > high.1;
        let around = across || inside(low.1, point_at.1, high.1);
        match inside(low.0, point_at.0, high.0) && around {
            true => Some(Outcome::Holds),
            false => broken(self.values(point).first()?.place(), "a point outside"),
        }
    }

    fn code_table(
        self,
        code: &[Path],
        value: &[Path],
        table: &[(String, Vec<String>)],
        tolerate: &[String],
    ) -> Option<Outcome> {
        let first = |paths: &[Path]| -> Option<(String, S)> {
            paths.iter().find_map(|path| {
                let value = *self.values(path).first()?;
                let (code, known) = self.bench.code(&path.end, value)?;
                known.then_some((code, value))
            })
        };
        let (code, (found, at)) = (first(code)?.0, first(value)?);
        let (allowed, _) = table.iter().find(|(_, codes)| codes.contains(&code))?;
        match *allowed == found || tolerate.contains(&found) {
            true => Some(Outcome::Holds),
            false => broken(at.place(), "a value that does not go with the code"),
        }
    }
}
