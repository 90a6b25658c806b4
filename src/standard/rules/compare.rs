//! What is compared: numbers and moments by size, values by what tells them from others.

use super::moment::Moment;

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key(pub(crate) Vec<String>);

impl Key {
    /// Same, other, or not to be compared: identifiers of two types say nothing about each other.
    pub(super) fn same(&self, other: &Key) -> Option<bool> {
        let before_last = |key: &Key| key.0.split_last().map(|(_, before)| before.to_vec());
        (before_last(self) == before_last(other)).then(|| self == other)
    }
}

/// Same if any two are; other if any two may be compared.
pub(super) fn any_same(mine: &[Key], theirs: &[Key]) -> Option<bool> {
    let pairs = mine.iter().flat_map(|one| theirs.iter().filter_map(|other| one.same(other)));
    pairs.reduce(|sum, more| sum || more)
}

impl Size {
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
