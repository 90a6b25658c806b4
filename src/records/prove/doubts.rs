//! The places of a record at which something may be found.

use crate::records::arena::Spot;
use crate::records::table::{ObjectId, PlaceId, Table};
use crate::standard::push_escaped;
use std::ops::Range;

/// At most so many are kept of one record: where there are more, the full evaluator is as fast.
const MOST: usize = 100;
/// No further step.
const NONE: u32 = u32::MAX;

/// A place of a record that may have a finding.
#[derive(Clone, Debug)]
pub(in crate::records) struct Doubt {
    /// The bytes of the value; only where it starts, where that is all that was known.
    pub(in crate::records) bytes: Range<usize>,
    /// The object it is in, or the object that lacks something.
    pub(in crate::records) object: ObjectId,
    pub(in crate::records) kind: Kind,
    /// The first step on the way to it from the record.
    first: u32,
}

/// What may be found.
#[derive(Clone, Debug)]
pub(in crate::records) enum Kind {
    /// One value of the member of this name where there should be a list, or the other way round.
    Count { key: u16 },
    /// A value of the member of this name that no table decides on.
    Value { key: u16 },
    /// A member that the standard does not know, in an object at this place (none: the record itself); where that object
    /// starts, and the name with its quotes.
    Unknown { within: Option<PlaceId>, start: usize, name: Range<usize> },
    /// Members that are demanded, by their bits.
    Missing { lacks: u64 },
}

/// From an object into one of its members.
#[derive(Clone, Copy, Debug)]
struct Step {
    place: PlaceId,
    key: u16,
    index: Option<u32>,
    /// The step behind it.
    next: u32,
}

/// Those of one record, in the order in which the evaluator meets them.
#[derive(Debug, Default)]
pub(in crate::records) struct Doubts {
    list: Vec<Doubt>,
    steps: Vec<Step>,
    /// True where they are not all, or do not tell all.
    pub(super) whole: bool,
}

/// How much there is, to go back to.
#[derive(Clone, Copy)]
pub(super) struct Fill {
    list: usize,
    steps: usize,
    whole: bool,
}

impl Doubts {
    pub(super) fn clear(&mut self) {
        self.list.clear();
        self.steps.clear();
        self.whole = false;
    }

    pub(super) fn count(&self) -> usize {
        self.list.len()
    }

    /// All of them; `None` where they do not tell all.
    pub(in crate::records) fn all(&self) -> Option<&[Doubt]> {
        (!self.whole).then_some(&self.list)
    }

    /// A doubt about an object, or about a member of it that is no property.
    #[cold]
    pub(super) fn add(&mut self, bytes: Range<usize>, object: ObjectId, kind: Kind) {
        match self.list.len() < MOST {
            true => self.list.push(Doubt { bytes, object, kind, first: NONE }),
            false => self.whole = true,
        }
    }

    /// A doubt about a value at a spot.
    #[cold]
    pub(super) fn add_at(&mut self, bytes: Range<usize>, object: ObjectId, kind: Kind, spot: Spot) {
        let before = self.list.len();
        self.add(bytes, object, kind);
        self.lead(before, spot);
    }

    /// What was added since there were so many stands inside what is at this spot.
    #[cold]
    pub(super) fn lead(&mut self, since: usize, spot: Spot) {
        let Spot { place, key, index, .. } = spot;
        for doubt in self.list.iter_mut().skip(since) {
            self.steps.push(Step { place, key, index, next: doubt.first });
            doubt.first = u32::try_from(self.steps.len() - 1).unwrap_or(NONE);
        }
    }

    /// The JSON pointer of what a doubt is about, but for the name of an unknown member.
    pub(in crate::records) fn pointer(&self, table: &Table, doubt: &Doubt) -> String {
        let mut pointer = String::new();
        let mut next = doubt.first;
        while let Some(step) = self.steps.get(next as usize) {
            pointer.push('/');
            push_escaped(&mut pointer, table.name(step.place, step.key));
            if let Some(index) = step.index {
                pointer.push('/');
                pointer.push_str(&index.to_string());
            }
            next = step.next;
        }
        pointer
    }

    /// True where the object that starts here has another unknown member of this name, as far as they are kept.
    pub(super) fn is_known(&self, bytes: &[u8], at: usize, name: &Range<usize>) -> bool {
        let written = |name: &Range<usize>| bytes.get(name.clone());
        self.list.iter().any(|doubt| match &doubt.kind {
            Kind::Unknown { start, name: known, .. } => *start == at && written(known) == written(name),
            _ => false,
        })
    }

    /// True where an unknown member that was added since there were so many holds objects or a list.
    #[cold]
    pub(super) fn hold_objects(&self, bytes: &[u8], since: usize) -> bool {
        let unknown = |doubt: &&Doubt| matches!(doubt.kind, Kind::Unknown { .. });
        let mut added = self.list.iter().skip(since).filter(unknown);
        added.any(|doubt| matches!(bytes.get(doubt.bytes.start), Some(b'{' | b'[')))
    }

    pub(super) fn fill(&self) -> Fill {
        Fill { list: self.list.len(), steps: self.steps.len(), whole: self.whole }
    }

    /// Drops what was added since.
    pub(super) fn drop_to(&mut self, fill: Fill) {
        self.list.truncate(fill.list);
        self.steps.truncate(fill.steps);
        self.whole = fill.whole;
    }
}
