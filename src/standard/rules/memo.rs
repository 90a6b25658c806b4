//! What rules found out about a value, for the next rule that asks: most of a record is asked about by several.

use super::digest::Identity;
use super::moment::Moment;
use super::traits::Trait;
use std::cell::Cell;

/// Of one value. It outlives the record: what was found out about another one is forgotten.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    record: Cell<u64>,
    moment: Cell<Option<Option<Moment>>>,
    /// By the parts of this number.
    identity: Cell<Option<(u16, Option<Identity>)>>,
    value: Cell<Option<Trait>>,
    place: Cell<Option<u32>>,
}

impl Memo {
    /// The value is one of this record.
    pub(crate) fn of_record(&self, record: u64) {
        if self.record.replace(record) != record {
            self.moment.set(None);
            self.identity.set(None);
            self.value.set(None);
            self.place.set(None);
        }
    }

    pub(super) fn moment(&self, read: impl FnOnce() -> Option<Moment>) -> Option<Moment> {
        known(&self.moment, read)
    }

    /// `number` is that of the parts it is told by.
    pub(super) fn identity(&self, number: u16, tell: impl FnOnce() -> Option<Identity>) -> Option<Identity> {
        match self.identity.get() {
            Some((known, identity)) if known == number => identity,
            _ => {
                let identity = tell();
                self.identity.set(Some((number, identity)));
                identity
            }
        }
    }

    /// A number by which its place is known.
    pub(crate) fn place(&self, find: impl FnOnce() -> u32) -> u32 {
        known(&self.place, find)
    }

    pub(super) fn value(&self, tell: impl FnOnce() -> Trait) -> Trait {
        known(&self.value, tell)
    }
}

fn known<T: Copy>(cell: &Cell<Option<T>>, find: impl FnOnce() -> T) -> T {
    cell.get().unwrap_or_else(|| {
        let found = find();
        cell.set(Some(found));
        found
    })
}
