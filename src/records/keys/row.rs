//! One key of one record, in forty bytes.

use super::names::Number;
use std::cmp::Ordering;

/// Bytes of a row in a file.
pub(super) const SIZE: usize = 40;

/// Bits of a line, counted from the start of its chunk.
const LINE: u32 = 24;

/// What is kept of an entry while the other records are read. Rows are in order when those of one group stand together,
/// by role, then as they came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// The group: a hash of rule and key, in 126 bits; the last two are the role in it.
    pub(super) key: [u64; 2],
    /// What the kind of rule has to know beside the key.
    pub(super) detail: u64,
    /// Number of the record and line of the place.
    pub(super) at: At,
    what: u64,
}

/// The number of a record among all, and the line of a place in it, counted from the start of its chunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct At(pub(super) u64);

impl At {
    pub(super) fn new(record: u64, line: u64) -> At {
        At(record << LINE | line.min((1 << LINE) - 1))
    }

    pub(super) fn record(self) -> u64 {
        self.0 >> LINE
    }

    pub(super) fn line(self) -> u64 {
        self.0 & ((1 << LINE) - 1)
    }
}

/// What of a row is only for telling it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct What {
    /// Which entry of its record it is; the last number stands for all that follow.
    pub(super) ordinal: u16,
    /// Pointer and masked key, by number.
    pub(super) pointer: Number,
    pub(super) mask: Number,
    pub(super) rule: u8,
    /// The worst that was found in the record by itself.
    pub(super) worst: u8,
    /// Whether a table may have lost or altered what was meant.
    pub(super) doubt: Doubt,
}

/// Why a value of a table may be another one than was meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::records) enum Doubt {
    #[default]
    None,
    /// It is written as programs write what they take for a number, or for no value.
    Form,
    /// The type of its cell may have lost some of it.
    Type,
}

/// The last number of an entry.
pub(super) const MOST_ENTRIES: u16 = (1 << 14) - 1;
/// Pointers have 22 bits, masks 16.
pub(super) const MOST_POINTERS: usize = 1 << 22;
pub(super) const MOST_MASKS: usize = 1 << 16;

impl What {
    fn pack(self) -> u64 {
        u64::from(self.ordinal.min(MOST_ENTRIES)) << 50
            | u64::from(self.pointer & 0x3F_FFFF) << 28
            | u64::from(self.mask & 0xFFFF) << 12
            | u64::from(self.rule) << 4
            | u64::from(self.worst & 3) << 2
            | self.doubt as u64
    }
}

impl Row {
    pub(super) fn new(group: [u64; 2], role: u8, detail: u64, at: At, what: What) -> Row {
        Row { key: [group[0], group[1] & !3 | u64::from(role & 3)], detail, at, what: what.pack() }
    }

    pub(super) fn group(&self) -> [u64; 2] {
        [self.key[0], self.key[1] & !3]
    }

    pub(super) fn role(&self) -> u64 {
        self.key[1] & 3
    }

    pub(super) fn rule(&self) -> u8 {
        (self.what >> 4 & 0xFF) as u8
    }

    pub(super) fn doubt(&self) -> Doubt {
        match self.what & 3 {
            0 => Doubt::None,
            1 => Doubt::Form,
            _ => Doubt::Type,
        }
    }

    /// The same, as doubtful as another one at least.
    pub(super) fn doubted(self, other: Doubt) -> Row {
        Row { what: self.what & !3 | self.doubt().max(other) as u64, ..self }
    }

    pub(super) fn what(&self) -> What {
        What {
            ordinal: (self.what >> 50) as u16,
            pointer: (self.what >> 28 & 0x3F_FFFF) as u32,
            mask: (self.what >> 12 & 0xFFFF) as u32,
            rule: self.rule(),
            worst: (self.what >> 2 & 3) as u8,
            doubt: self.doubt(),
        }
    }

    /// The same with other numbers for its pointer and its mask.
    pub(super) fn renumbered(self, pointers: &[Number], masks: &[Number]) -> Row {
        let what = self.what();
        let of = |numbers: &[Number], old: Number| numbers.get(old as usize).copied().unwrap_or_default();
        let what = What { pointer: of(pointers, what.pointer), mask: of(masks, what.mask), ..what };
        Row { what: what.pack(), ..self }
    }

    pub(super) fn write(&self, into: &mut Vec<u8>) {
        for word in [self.key[0], self.key[1], self.detail, self.at.0, self.what] {
            into.extend_from_slice(&word.to_le_bytes());
        }
    }

    /// `None` where there are fewer bytes than a row has.
    pub(super) fn read(bytes: &[u8]) -> Option<Row> {
        let word = |at: usize| Some(u64::from_le_bytes(bytes.get(at * 8..at * 8 + 8)?.try_into().ok()?));
        Some(Row { key: [word(0)?, word(1)?], detail: word(2)?, at: At(word(3)?), what: word(4)? })
    }
}

impl Ord for Row {
    fn cmp(&self, other: &Row) -> Ordering {
        // The first word of the hashes decides nearly always.
        let behind = |row: &Row| (row.key[1], row.at.record(), row.what);
        self.key[0].cmp(&other.key[0]).then_with(|| behind(self).cmp(&behind(other)))
    }
}

impl PartialOrd for Row {
    fn partial_cmp(&self, other: &Row) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_what_was_put_into_it() {
        let doubt = Doubt::Type;
        let what = What { ordinal: MOST_ENTRIES, pointer: 0x3F_FFFF, mask: 0xFFFF, rule: 255, worst: 3, doubt };
        let row = Row::new([7, u64::MAX], 2, 9, At::new((1 << 40) - 1, 1 << 30), what);
        assert_eq!((row.what(), row.role(), row.group()), (what, 2, [7, !3]));
        assert_eq!((row.at.record(), row.at.line()), ((1 << 40) - 1, (1 << 24) - 1));
        let mut bytes = Vec::new();
        row.write(&mut bytes);
        assert_eq!((bytes.len(), Row::read(&bytes)), (SIZE, Some(row)));
        assert_eq!(Row::read(&bytes[1..]), None);
    }
}
