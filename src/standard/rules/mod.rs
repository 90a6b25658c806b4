//! Rules about a record that go beyond single values: a small fixed set of kinds, read from `data/rules*.yaml`.
//!
//! A rule speaks of an object of one class by paths of property names. Judging sees records only through [`Seen`], so
//! the same rules run over a JSON tree and over any other representation. [`read`] turns the files into rules, [`judge`]
//! tells whether one holds, [`file`] tells what of a record must be compared with the other records of its file.

pub(crate) mod compare;
mod comparing;
pub(crate) mod digest;
mod excuse;
pub(crate) mod file;
mod identity;
pub(crate) mod judge;
mod lacking;
mod memo;
mod moment;
mod opposites;
mod parts;
mod path;
mod read;
mod seen;
mod sorts;
mod traits;
mod vain;

pub(crate) use excuse::{Ages, Census, Excuse, Sign, Sought};
pub(crate) use memo::Memo;
pub(super) use read::{Rules, Words, load};
pub(crate) use seen::{Json, Ways};
pub(super) use seen::{absent, count};
pub(crate) use seen::{holds, says};
pub(crate) use traits::Trait;

use crate::model::verdict::Force;
use file::FileRule;
use smallvec::SmallVec;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The number of a property name, the same for the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Symbol(pub(crate) u16);

/// The names that paths of rules use, each with its number.
#[derive(Debug, Default)]
pub(crate) struct Symbols(BTreeMap<String, Symbol>);

impl Symbols {
    /// The number of a name, if a path uses it.
    pub(crate) fn get(&self, name: &str) -> Option<Symbol> {
        self.0.get(name).copied()
    }

    /// `None` when there are more names than numbers.
    fn intern(&mut self, name: &str) -> Option<Symbol> {
        if let Some(known) = self.0.get(name) {
            return Some(*known);
        }
        let symbol = Symbol(u16::try_from(self.0.len()).ok()?);
        self.0.insert(name.to_owned(), symbol);
        Some(symbol)
    }
}

/// One step of a path: a property by its canonical name, or `@id`, `@type`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) name: String,
    pub(crate) symbol: Symbol,
}

/// The way from an object to values; lists on the way are walked.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    /// Starts at the entry of `each`, not at the object (written with a leading dot).
    pub(crate) from_entry: bool,
    pub(crate) steps: Vec<Step>,
    pub(crate) end: End,
    /// Codes at its end that leave open what is meant: they are no other value than any.
    pub(crate) open: Vec<String>,
}

/// What stands at the end of a path, as far as comparing needs to know.
#[derive(Clone, Debug)]
pub(crate) enum End {
    Plain,
    /// Codes of this list.
    Codes(String),
    Objects(Telling),
}

/// What tells objects of a class from each other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Telling {
    /// None: they cannot be compared.
    pub(crate) parts: Vec<Path>,
    /// Values of the first part by which an object may belong to several: it tells nobody from anybody.
    pub(crate) shared: Vec<String>,
    /// The number of the class whose parts these are.
    pub(crate) number: u16,
}

/// A list that is short as a rule: it takes memory of its own only when it is not.
pub(crate) type Few<T> = SmallVec<[T; 4]>;

/// Several paths: all their values.
pub(crate) type Paths = Vec<Path>;

/// One rule about an object.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) class: String,
    pub(crate) domain: Option<String>,
    pub(crate) force: Force,
    pub(crate) expected: String,
    /// Who says so, where that is not the standard.
    pub(crate) source: Option<String>,
    pub(crate) erratum: Option<String>,
    /// Judged once for every one of these, by paths with a leading dot.
    pub(crate) each: Option<Path>,
    /// Judged only where all of these are met.
    pub(crate) when: Vec<Condition>,
    pub(crate) kind: Kind,
    /// What excuses an object from it.
    pub(crate) excuses: Vec<Excuse>,
}

/// Something that is so, is not so, or cannot be told.
#[derive(Debug)]
pub(crate) struct Condition {
    pub(crate) path: Path,
    pub(crate) test: Test,
}

#[derive(Debug)]
pub(crate) enum Test {
    Present,
    Absent,
    /// One value at least is one of these.
    OneOf(Vec<String>),
    /// There are values, and none is one of these.
    NoneOf(Vec<String>),
}

#[derive(Debug)]
pub(crate) enum Kind {
    /// All of these, or none.
    Together(Paths),
    /// At least one of these.
    AnyOf(Paths),
    /// Nothing of `first` comes after anything of `then`: dates or numbers.
    Order { first: Operand, then: Operand, strictly: bool },
    /// Full years from one date to another.
    Span { from: Operand, to: Operand, at_least: Option<i16>, at_most: Option<i16> },
    /// A number against others.
    Number { value: Amount, bounds: Vec<(Relation, Amount)> },
    /// What must be so, given `when`.
    Implies(Vec<Condition>),
    /// All values that are there are the same.
    Agree(Paths),
    /// No value of one is a value of the other.
    Differ { values: Paths, from: Paths },
    /// A value of one is a value of the other.
    Member { values: Paths, among: Paths },
    /// Each of `of` has a twin in `among`, told by the keys `by`; where `on` is given, the twins agree on it instead.
    Twin { of: Path, among: Path, by: Paths, on: Paths },
    /// No two entries share a key (of those in `only`, where given); with `value`: none with another value.
    Unique { entries: Path, by: Paths, only: Vec<String>, value: Option<Path> },
    /// A point lies between two corners, by two coordinates; the second goes around the earth, by which the box is at most
    /// so wide where it crosses the end of the numbers.
    Box { low: Path, high: Path, point: Path, axes: [Step; 2], widest: Option<f64> },
    /// The object's `@type` fits its class; judged with the type itself.
    Type,
    /// A code allows one value only: pairs of that value and its codes. Values in `tolerate` go with every code.
    CodeTable { code: Paths, value: Paths, table: Vec<(String, Vec<String>)>, tolerate: Vec<String> },
}

impl Rule {
    /// True where it may be broken because something is absent, or fewer are there, than it looks for.
    pub(crate) fn may_miss(&self) -> bool {
        let listed = |amount: &Amount| matches!(amount, Amount::Entries(_));
        self.when.iter().any(|condition| matches!(condition.test, Test::Absent))
            || match &self.kind {
                Kind::Together(_) | Kind::AnyOf(_) | Kind::Implies(_) | Kind::Member { .. } => true,
                Kind::Twin { on, .. } => on.is_empty(),
                Kind::Number { value, bounds } => listed(value) || bounds.iter().any(|(_, bound)| listed(bound)),
                _ => false,
            }
    }
}

/// Dates or numbers to put in order.
#[derive(Debug)]
pub(crate) enum Operand {
    /// The day of the run.
    Today,
    Every(Paths),
    Earliest(Paths),
    Latest(Paths),
}

/// A number: given, the value of a property, that of an amount of money without its currency, or how many entries a list has.
#[derive(Debug)]
pub(crate) enum Amount {
    Is(f64),
    Of(Path),
    Money(Path),
    Entries(Path),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Equal,
    AtLeast,
    AtMost,
    MoreThan,
}

/// The rules that apply to objects of one class.
#[derive(Clone, Debug, Default)]
pub(crate) struct Applied {
    pub(crate) record: Vec<Arc<Rule>>,
    pub(crate) file: Vec<Arc<FileRule>>,
    /// File rules that take objects of this class as what references resolve to: the rule, and which row of it.
    pub(crate) targets: Vec<(Arc<FileRule>, usize)>,
}

/// What stands at the end of some steps, where one thing is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Only<S> {
    Nothing,
    One(S),
    Several,
}

impl<S> Only<S> {
    /// Of what is given one by one.
    pub(crate) fn of(values: impl FnOnce(&mut dyn FnMut(S))) -> Only<S> {
        let mut only = Only::Nothing;
        values(&mut |value| {
            only = match only {
                Only::Nothing => Only::One(value),
                _ => Only::Several,
            }
        });
        only
    }
}

/// A value of a record as rules see it.
///
/// Names are canonical: aliases, prefixes and legacy wrappers are resolved by the implementation.
pub(crate) trait Seen<'v>: Copy {
    /// The values under a property: list items one by one; absent, null and blank ones are left out, and objects in which
    /// nothing is.
    fn members(self, step: &Step, each: &mut dyn FnMut(Self));
    /// True where something stands under a name of an earlier model of the property: it is there, and no rule can look at it.
    fn unread(self, _step: &Step) -> bool {
        false
    }
    /// The values at the end of some steps; lists on the way are walked.
    fn along(self, steps: &[Step], each: &mut dyn FnMut(Self)) {
        match steps {
            [] => each(self),
            [last] => self.members(last, each),
            [step, rest @ ..] => self.members(step, &mut |inner| inner.along(rest, each)),
        }
    }
    /// The first value at the end of some steps.
    fn first_along(self, steps: &[Step]) -> Option<Self> {
        let mut first = None;
        self.along(steps, &mut |value| first = first.or(Some(value)));
        first
    }
    /// The value at the end of some steps, if there is one only.
    fn only_along(self, steps: &[Step]) -> Only<Self> {
        Only::of(|each| self.along(steps, each))
    }
    /// The text of a text, number or boolean.
    fn text(self) -> Option<Cow<'v, str>>;
    /// True where the text is known to be a code of this list, as written there. Looking it up tells the same.
    fn is_code_of(self, _list: &str) -> bool {
        false
    }
    /// The number, also one written as text.
    fn number(self) -> Option<f64>;
    /// True or false, in the ways it may be written.
    fn truth(self) -> Option<bool>;
    /// How many items the lists under a property have, absent ones aside; a value in place of a list is one. `None` where
    /// there is neither, or an object in which nothing is among them: whether it is an item nobody knows.
    fn listed(self, step: &Step) -> Option<usize>;
    /// Adds its JSON pointer from the root of the record.
    fn point(self, into: &mut String);
    /// Where it starts in the bytes of the record, where that is known.
    fn offset(self) -> Option<usize> {
        None
    }
    /// What it stands in, and which step leads from there to it: a number that the same step has in every record of the
    /// same class. `None` for the record itself, and where that is not known.
    fn above(self) -> Option<(Self, u64)> {
        None
    }
    /// True where it is known to be an item of a list.
    fn listed_item(self) -> bool {
        false
    }
    /// What was found out about it before, where that is kept.
    fn memo(self) -> Option<&'v Memo> {
        None
    }
    /// JSON pointer from the root of the record.
    fn place(self) -> String {
        let mut pointer = String::new();
        self.point(&mut pointer);
        pointer
    }
    /// The rules that apply to it, when it is an object of a known class.
    fn applied(self) -> Option<&'v Applied>;
    /// True where certainly no rule about files speaks of it, nor of anything inside it.
    fn alone(self) -> bool {
        false
    }
    /// The objects right inside it, of known classes.
    fn inner(self, each: &mut dyn FnMut(Self));
}

#[cfg(test)]
mod tests;
