//! What is compared: numbers and moments by size, values by what tells them from others.

use super::Seen;
use super::moment::Moment;
use smallvec::SmallVec;
use std::borrow::Cow;

/// A number or a moment, and the value it was read from (none for today).
pub(super) struct Sized<S> {
    pub(super) size: Size,
    pub(super) value: Option<S>,
}

#[derive(Clone, Copy)]
pub(super) enum Size {
    Number(f64),
    Moment(Moment),
}

/// What tells a value from others: its text, or the parts of an object. Codes are canonical where they are known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Identity<'k>(pub(super) SmallVec<[Cow<'k, str>; 2]>);

impl Identity<'_> {
    /// Same, other, or not to be compared: identifiers of two types say nothing about each other.
    pub(super) fn same(&self, other: &Identity<'_>) -> Option<bool> {
        let (mine, theirs) = (self.0.split_last(), other.0.split_last());
        let comparable = mine.map(|(_, before)| before) == theirs.map(|(_, before)| before);
        comparable.then(|| mine == theirs)
    }
}

/// Same if any two are; other if any two may be compared.
pub(super) fn any_same<'k, S>(mine: &[(Identity<'k>, S)], theirs: &[(Identity<'k>, S)]) -> Option<bool> {
    let pairs = mine.iter().flat_map(|(one, _)| theirs.iter().filter_map(|(other, _)| one.same(other)));
    pairs.reduce(|sum, more| sum || more)
}

impl Size {
    /// The moment or the number that a value says.
    pub(super) fn of<'v, S: Seen<'v>>(value: S) -> Option<Size> {
        let moment = value.text().and_then(|text| Moment::read(&text)).map(Size::Moment);
        moment.or_else(|| value.number().map(Size::Number))
    }

    pub(super) fn comparable(self, other: Size) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    pub(super) fn certainly_after(self, other: Size) -> bool {
        match (self, other) {
            (Size::Number(mine), Size::Number(theirs)) => mine > theirs,
            (Size::Moment(mine), Size::Moment(theirs)) => mine.certainly_after(theirs),
            _ => false,
        }
    }

    pub(super) fn certainly_same(self, other: Size) -> bool {
        match (self, other) {
            (Size::Number(mine), Size::Number(theirs)) => mine == theirs,
            (Size::Moment(mine), Size::Moment(theirs)) => mine.certainly_same(theirs),
            _ => false,
        }
    }
}
