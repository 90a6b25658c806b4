//! The places of a record at which something may be found.

use crate::records::table::{ObjectId, PlaceId};

/// At most so many are kept of one record: where there are more, the full evaluator is as fast.
const MOST: usize = 100;

/// A place of a record that may have a finding.
#[derive(Clone, Copy, Debug)]
pub(in crate::records) struct Doubt {
    /// Where the value starts, or the object that lacks something.
    pub(in crate::records) at: usize,
    /// The object it is in, or that object itself.
    pub(in crate::records) object: ObjectId,
    pub(in crate::records) kind: Kind,
}

/// What may be found.
#[derive(Clone, Copy, Debug)]
pub(in crate::records) enum Kind {
    /// One value where there should be a list, or the other way round.
    Count,
    /// A value that no table decides on: of a member, or an item of its list.
    Value { item: bool },
    /// A member that the standard does not know, in an object at this place (none: the record itself); where the object
    /// and the name start.
    Unknown { within: Option<PlaceId>, name: (usize, usize) },
    /// Members that are demanded, by their bits.
    Missing { lacks: u64 },
}

/// Those of one record, in the order in which the evaluator meets them.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    list: Vec<Doubt>,
    /// True where they are not all, or do not tell all.
    pub(super) whole: bool,
}

impl Doubts {
    pub(super) fn clear(&mut self) {
        self.list.clear();
        self.whole = false;
    }

    pub(super) fn none(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn all(&self) -> Option<&[Doubt]> {
        (!self.whole).then_some(&self.list)
    }

    #[cold]
    pub(super) fn add(&mut self, at: usize, object: ObjectId, kind: Kind) {
        match self.list.len() < MOST {
            true => self.list.push(Doubt { at, object, kind }),
            false => self.whole = true,
        }
    }

    /// True where the object that starts here has another unknown member of this name, quotes included, as far as they are
    /// kept.
    pub(super) fn is_known(&self, bytes: &[u8], start: usize, name: &[u8]) -> bool {
        self.list.iter().any(|doubt| match doubt.kind {
            Kind::Unknown { name: (object, at), .. } => {
                object == start && bytes.get(at..).is_some_and(|rest| rest.starts_with(name))
            }
            _ => false,
        })
    }

    /// How many there are, to go back to.
    pub(super) fn fill(&self) -> (usize, bool) {
        (self.list.len(), self.whole)
    }

    /// Drops what was added since.
    pub(super) fn drop_to(&mut self, (length, whole): (usize, bool)) {
        self.list.truncate(length);
        self.whole = whole;
    }
}
