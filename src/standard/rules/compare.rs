//! What is compared by size: numbers and moments.

use super::Seen;
use super::moment::Moment;

/// A number or a moment, and the value it was read from (none for today).
#[derive(Clone, Copy)]
pub(super) struct Sized<S> {
    pub(super) size: Size,
    pub(super) value: Option<S>,
}

#[derive(Clone, Copy)]
pub(super) enum Size {
    Number(f64),
    Moment(Moment),
}

impl Size {
    /// The moment or the number that a value says.
    pub(super) fn of<'v, S: Seen<'v>>(value: S) -> Option<Size> {
        Moment::of(value).map(Size::Moment).or_else(|| value.number().map(Size::Number))
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
