//! Tells whether an object keeps a rule. What cannot be told for certain never counts as broken.

use super::compare::{Size, Sized};
use super::digest::{Digest, Identity, any_same};
use super::moment::Moment;
use super::{Amount, Condition, Few, Kind, Only, Operand, Path, Relation, Rule, Seen, Step, Test};
use crate::standard::codes::CodeList;
use crate::standard::formats::money;
use jiff::civil::Date;
use std::borrow::Cow;
use std::collections::BTreeMap;

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

impl<'d> Bench<'d> {
    /// Judges a rule on an object of its class.
    pub(crate) fn judge<'v: 'd, S: Seen<'v>>(self, rule: &Rule, object: S) -> Outcome {
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

    fn once<'v: 'd, S: Seen<'v>>(self, rule: &Rule, object: S, entry: S) -> Outcome {
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

impl<'d, 'v: 'd, S: Seen<'v>> At<'d, S> {
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
            Kind::Box { low, high, point, axes, widest } => self.within([low, high, point], axes, *widest),
            Kind::CodeTable { code, value, table, tolerate } => self.code_table(code, value, table, tolerate),
            Kind::Type => None,
        }
    }

    fn values(self, path: &Path) -> Few<S> {
        path.values(self.object, self.entry)
    }

    fn first(self, path: &Path) -> Option<S> {
        path.first(self.object, self.entry)
    }

    fn leads(self, path: &Path) -> Option<bool> {
        path.leads(self.object, self.entry)
    }

    fn identities(self, paths: &[Path]) -> Few<(Identity, S)> {
        self.bench.identities(paths, self.object, self.entry)
    }

    fn due(self, path: &Path) -> String {
        path.due(self.object, self.entry)
    }

    /// Whether a condition is met; `None` where that cannot be told.
    fn met(self, condition: &Condition) -> Option<bool> {
        let path = &condition.path;
        match &condition.test {
            Test::Present => self.leads(path),
            Test::Absent => self.leads(path).map(|there| !there),
            Test::OneOf(codes) => self.one_of(path, codes),
            Test::NoneOf(codes) => self.one_of(path, codes).map(|is| !is),
        }
    }

    /// Whether a value at the end of a path is one of these codes; `None` where there is no value.
    fn one_of(self, path: &Path, wanted: &[String]) -> Option<bool> {
        let (mut found, mut any, mut told) = (false, false, true);
        path.each(self.object, self.entry, &mut |value| {
            any = true;
            match self.is_one(path, value, wanted) {
                Some(is) => found |= is,
                None => told = false,
            }
        });
        match found {
            true => Some(true),
            false => (any && told).then_some(false),
        }
    }

    fn is_one(self, path: &Path, value: S, wanted: &[String]) -> Option<bool> {
        let (code, known) = self.bench.code(&path.end, value)?;
        let truth = value.truth().map(|truth| if truth { "true" } else { "false" });
        match wanted.iter().any(|wanted| *wanted == code || Some(wanted.as_str()) == truth) {
            true => Some(true),
            false => known.then_some(false),
        }
    }

    fn together(self, paths: &[Path]) -> Option<Outcome> {
        let there = |path: &&Path| self.first(path).is_some();
        let first = paths.iter().find(there)?;
        match paths.iter().find(|path| !there(path)) {
            Some(missing) if self.leads(missing).is_none() => None,
            Some(missing) => broken(self.due(missing), format!("{} without it", first.words())),
            None => Some(Outcome::Holds),
        }
    }

    fn any_of(self, paths: &[Path]) -> Option<Outcome> {
        match paths.iter().any(|path| self.first(path).is_some()) {
            true => Some(Outcome::Holds),
            false if paths.iter().any(|path| self.leads(path).is_none()) => None,
            false => {
                broken(if paths.iter().all(|path| path.from_entry) { self.entry } else { self.object }.place(), "none")
            }
        }
    }

    /// Gives the dates and numbers of an operand, until the listener has found something.
    fn sizes<F>(self, operand: &Operand, each: &mut dyn FnMut(Sized<S>) -> Option<F>) -> Option<F> {
        let (paths, first) = match operand {
            Operand::Today => {
                return each(Sized { size: Size::Moment(Moment::Today(self.bench.today)), value: None });
            }
            Operand::Every(paths) => {
                let mut found = None;
                self.each_size(paths, &mut |size| {
                    if found.is_none() {
                        found = size.and_then(&mut *each);
                    }
                });
                return found;
            }
            Operand::Earliest(paths) => (paths, true),
            Operand::Latest(paths) => (paths, false),
        };
        // One value that cannot be read makes the earliest uncertain, and so the whole.
        let (mut utmost, mut unread): (Option<Sized<S>>, bool) = (None, false);
        self.each_size(paths, &mut |size| match (size, utmost) {
            (None, _) => unread = true,
            (Some(size), Some(before)) if before.size.certainly_after(size.size) == first => utmost = Some(size),
            (Some(size), None) => utmost = Some(size),
            _ => {}
        });
        utmost.filter(|_| !unread).and_then(each)
    }

    fn each_size(self, paths: &[Path], each: &mut dyn FnMut(Option<Sized<S>>)) {
        for path in paths {
            path.each(self.object, self.entry, &mut |value| {
                each(Size::of(value).map(|size| Sized { size, value: Some(value) }));
            });
        }
    }

    fn order(self, first: &Operand, then: &Operand, strictly: bool) -> Option<Outcome> {
        let mut compared = false;
        let found = self.sizes(first, &mut |one| {
            self.sizes(then, &mut |other| {
                if !one.size.comparable(other.size) {
                    return None;
                }
                compared = true;
                let after = one.size.certainly_after(other.size);
                if !(after || strictly && one.size.certainly_same(other.size)) {
                    return None;
                }
                let (at, found) = match (other.value, one.size) {
                    (Some(later), Size::Moment(_)) => (later, "an earlier date"),
                    (Some(later), Size::Number(_)) => (later, "a smaller number"),
                    (None, _) => (one.value?, "a date to come"),
                };
                broken(at.place(), if after { found } else { "the same" })
            })
        });
        found.or(compared.then_some(Outcome::Holds))
    }

    fn span(self, from: &Operand, to: &Operand, at_least: Option<i16>, at_most: Option<i16>) -> Option<Outcome> {
        let mut compared = false;
        let found = self.sizes(from, &mut |one| {
            self.sizes(to, &mut |other| {
                let (Size::Moment(start), Size::Moment(end)) = (one.size, other.size) else { return None };
                compared = true;
                let found = if at_least.is_some_and(|years| start.certainly_less_than_years_before(end, years)) {
                    "fewer years"
                } else if at_most.is_some_and(|years| start.certainly_years_before(end, years.saturating_add(1))) {
                    "more years"
                } else {
                    return None;
                };
                broken(one.value.or(other.value)?.place(), found)
            })
        });
        found.or(compared.then_some(Outcome::Holds))
    }

    /// Gives the numbers that an amount stands for, each with its place where it has one: a list on the way has several.
    fn amounts(self, amount: &Amount, each: &mut dyn FnMut(f64, Option<S>)) {
        match amount {
            Amount::Is(number) => each(*number, None),
            Amount::Of(path) => path.each(self.object, self.entry, &mut |value| {
                if let Some(number) = value.number() {
                    each(number, Some(value));
                }
            }),
            Amount::Money(path) => path.each(self.object, self.entry, &mut |value| {
                if let Some(number) = value.text().and_then(|text| money(&text)) {
                    each(number, Some(value));
                }
            }),
            Amount::Entries(path) => {
                if let Some(count) = path.listed(self.object, self.entry) {
                    each(count as f64, None);
                }
            }
        }
    }

    fn number(self, value: &Amount, bounds: &[(Relation, Amount)]) -> Option<Outcome> {
        let (mut compared, mut found) = (false, None);
        self.amounts(value, &mut |number, at| {
            for (relation, bound) in bounds {
                self.amounts(bound, &mut |other, _| {
                    compared = true;
                    let holds = match relation {
                        Relation::Equal => number == other,
                        Relation::AtLeast => number >= other,
                        Relation::AtMost => number <= other,
                        Relation::MoreThan => number > other,
                    };
                    if !holds && found.is_none() {
                        found = broken(self.number_at(value, at), out_of_bounds((value, number), (bound, other)));
                    }
                });
            }
        });
        found.or(compared.then_some(Outcome::Holds))
    }

    fn number_at(self, value: &Amount, at: Option<S>) -> String {
        match value {
            Amount::Entries(path) => self.due(path),
            Amount::Of(_) | Amount::Money(_) | Amount::Is(_) => at.unwrap_or(self.object).place(),
        }
    }

    fn implies(self, then: &[Condition]) -> Option<Outcome> {
        let mut told = true;
        for condition in then {
            match self.met(condition) {
                Some(true) => {}
                None => told = false,
                Some(false) => {
                    let path = &condition.path;
                    return match (&condition.test, self.first(path)) {
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
        let values: Few<(&Path, S)> = paths.iter().flat_map(of).collect();
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
        let mine = self.identities(values);
        if mine.is_empty() {
            return None;
        }
        let (mut compared, mut shared) = (false, mine.len());
        for path in from {
            self.bench.each_identity(path, self.object, self.entry, &mut |theirs, _| {
                compared = true;
                shared = mine.iter().take(shared).position(|(mine, _)| *mine == theirs).unwrap_or(shared);
            });
        }
        match mine.get(shared) {
            Some((_, value)) => broken(value.place(), "the same value"),
            None => compared.then_some(Outcome::Holds),
        }
    }

    fn member(self, values: &[Path], among: &[Path]) -> Option<Outcome> {
        let (mine, theirs) = (self.identities(values), self.identities(among));
        match any_same(&mine, &theirs)? {
            true => Some(Outcome::Holds),
            false => broken(mine.first()?.1.place(), "a value that is not there"),
        }
    }

    fn has_twin(self, of: &Path, among: &Path, by: &[Path]) -> Option<Outcome> {
        let others = self.values(among);
        let mut told = false;
        for one in self.values(of) {
            let marks = self.bench.marks(by, one);
            let mut certain = !others.is_empty();
            let same = others.iter().any(|other| {
                let same = self.bench.twins(by, &marks, *other);
                certain &= same.is_some();
                same == Some(true)
            });
            if same {
                told = true;
            } else if certain {
                return broken(one.place(), "nothing of the same identity there");
            }
        }
        told.then_some(Outcome::Holds)
    }

    fn twins_agree(self, of: &Path, among: &Path, by: &[Path], on: &[Path]) -> Option<Outcome> {
        let others = self.values(among);
        let mut compared = false;
        for one in self.values(of) {
            let marks = self.bench.marks(by, one);
            for other in others.iter().filter(|other| self.bench.twins(by, &marks, **other) == Some(true)) {
                for path in on {
                    let (mine, theirs) = (path.only(one, one), path.only(*other, *other));
                    let (Only::One(mine), Only::One(theirs)) = (mine, theirs) else { continue };
                    match self.bench.agree((path, mine), (path, theirs)) {
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
        let entries = self.values(entries);
        let wanted = |key: &Identity| only.is_empty() || only.iter().any(|code| Digest::of(code) == key.whole);
        let mut told = false;
        let mut found: Option<(usize, Outcome)> = None;
        for path in by {
            let mut keys: Few<(Identity, usize)> = Few::new();
            for (number, entry) in entries.iter().enumerate() {
                let all = self.bench.identities(std::slice::from_ref(path), *entry, *entry);
                keys.extend(all.into_iter().map(|(key, _)| (key, number)).filter(|(key, _)| wanted(key)));
            }
            told |= !keys.is_empty();
            // An entry that writes one key twice is not two entries.
            keys.sort_unstable();
            keys.dedup();
            for same in keys.chunk_by(|(one, _), (other, _)| one == other) {
                let Some(((_, before), again)) = same.split_first() else { continue };
                for (_, number) in again {
                    if found.as_ref().is_none_or(|(first, _)| number < first) {
                        let broken = self.again(entries[*before], entries[*number], path, value);
                        found = broken.map(|broken| (*number, broken)).or(found);
                    }
                }
            }
        }
        found.map(|(_, broken)| broken).or(told.then_some(Outcome::Holds))
    }

    /// What is wrong with two entries of one key.
    fn again(self, before: S, entry: S, by: &Path, value: Option<&Path>) -> Option<Outcome> {
        let Some(value) = value else { return broken(entry.place(), format!("the same {} again", by.words())) };
        let of = |entry: S| value.first(entry, entry);
        let (one, other) = (of(before)?, of(entry)?);
        match self.bench.agree((value, one), (value, other))? {
            true => None,
            false => broken(other.place(), format!("another {} for the same {}", value.words(), by.words())),
        }
    }

    fn within(self, [low, high, point]: [&Path; 3], axes: &[Step; 2], widest: Option<f64>) -> Option<Outcome> {
        let at = |path: &Path| {
            let object = self.first(path)?;
            let axis = |step: &Step| {
                let mut found = None;
                object.members(step, &mut |value| found = found.or(value.number()));
                found
            };
            Some((axis(&axes[0])?, axis(&axes[1])?))
        };
        let (west, east) = (at(low)?, at(high)?);
        // A box over the date line has its west east of its east; one that would go around all the earth has its corners
        // the wrong way round.
        let across = west.1 > east.1;
        if across && widest.is_some_and(|widest| 360.0 - (west.1 - east.1) > widest) {
            return broken(self.first(low)?.place(), "a corner east of the other");
        }
        let (point_at, margin) = (at(point)?, 1e-6);
        let inside = |low: f64, value: f64, high: f64| low - margin <= value && value <= high + margin;
        // Corners the wrong way round bound nothing.
        if west.0 > east.0 {
            return None;
        }
        let around = match across {
            true => point_at.1 >= west.1 - margin || point_at.1 <= east.1 + margin,
            false => inside(west.1, point_at.1, east.1),
        };
        match inside(west.0, point_at.0, east.0) && around {
            true => Some(Outcome::Holds),
            false => broken(self.first(point)?.place(), "a point outside"),
        }
    }

    fn code_table(
        self,
        code: &[Path],
        value: &[Path],
        table: &[(String, Vec<String>)],
        tolerate: &[String],
    ) -> Option<Outcome> {
        let known = |paths: &[Path]| -> Few<(Cow<'d, str>, S)> {
            let of = |path: &Path| {
                let mut all = Few::new();
                path.each(self.object, self.entry, &mut |value| {
                    all.extend(
                        self.bench.code(&path.end, value).filter(|(_, known)| *known).map(|(code, _)| (code, value)),
                    );
                });
                all
            };
            paths.iter().map(of).find(|all| !all.is_empty()).unwrap_or_default()
        };
        let codes = known(code);
        let goes = |(_, row): &&(String, Vec<String>)| row.iter().any(|own| codes.iter().any(|(code, _)| code == own));
        let allowed: Few<&str> = table.iter().filter(goes).map(|(value, _)| value.as_str()).collect();
        let values = if allowed.is_empty() { Few::new() } else { known(value) };
        let fits = |found: &str| allowed.contains(&found) || tolerate.iter().any(|known| known == found);
        match values.iter().find(|(found, _)| !fits(found)) {
            Some((_, at)) => broken(at.place(), "a value that does not go with the code"),
            None => (!values.is_empty()).then_some(Outcome::Holds),
        }
    }
}

/// What is told of a number that is out of its bounds: no more of it than is nobody's.
fn out_of_bounds((value, number): (&Amount, f64), (bound, other): (&Amount, f64)) -> String {
    let size = if number > other { "a larger number" } else { "a smaller number" };
    let told = told(number);
    match (value, bound) {
        (Amount::Entries(_), Amount::Is(_)) => format!("{number} entries"),
        (Amount::Entries(_), Amount::Entries(_)) => format!("{number} entries, and {other}"),
        (_, Amount::Entries(_)) => format!("{}, and {other} entries", told.as_deref().unwrap_or(size)),
        _ => size.to_owned(),
    }
}

/// A number where it is a count: one with more digits may be somebody's, and is not told.
fn told(number: f64) -> Option<String> {
    const MOST_DIGITS: usize = 6;
    let told = number.to_string();
    (told.bytes().filter(u8::is_ascii_digit).count() <= MOST_DIGITS).then_some(told)
}
