//! The keys of records, as rows: one batch for each chunk, made by whoever judges it.

use super::names::{Names, Number};
use super::pointers::Pointers;
use super::row::{At, Doubt, MOST_MASKS, MOST_POINTERS, Row, What};
use crate::model::verdict::Verdict;
use crate::records::finding::Judged;
use crate::records::flat::Flat;
use crate::records::offsets::{self, Lines};
use crate::records::redact::{DEEPEST, Hidden};
use crate::records::scan;
use crate::records::table::Table;
use crate::standard::Standard;
use crate::standard::rules::digest::Digest;
use crate::standard::rules::file::{Detail, Entry, FileRule, Role, entries};
use crate::standard::rules::judge::Bench;
use crate::standard::rules::{Seen, Step};
use jiff::civil::Date;

/// What is compared at all.
#[derive(Clone, Debug)]
pub(in crate::records) struct Plan<'p> {
    bench: Bench<'p>,
    /// True where the files are declared to hold everything.
    pub(super) complete: bool,
    /// False where no rule speaks of anything in a record of the class.
    active: bool,
    /// Members by which a record carries an identifier: its type and its value.
    identifier: Option<(Option<Step>, Step)>,
    hidden: &'p Hidden,
}

/// The rows of the records of one chunk.
#[derive(Debug)]
pub(in crate::records) struct Batch {
    pub(super) rows: Vec<Row>,
    pub(super) pointers: Names,
    pub(super) masks: Names,
    places: Pointers,
    /// True where something could not be read, so that what it held is not known.
    pub(in crate::records) unread: bool,
}

/// Where a record stands.
#[derive(Clone, Copy, Debug)]
pub(in crate::records) struct Spot<'s> {
    /// Its number among all records.
    pub(in crate::records) record: u64,
    /// Its first line, counted from the start of its chunk.
    pub(in crate::records) line: u64,
    pub(in crate::records) bytes: &'s [u8],
    /// The table it comes from and where it starts in its chunk, where some values of that may be others than were meant, or
    /// stand in other rows than it starts in.
    pub(in crate::records) flat: Option<(&'s Flat, usize)>,
}

impl Spot<'_> {
    /// Whether what is compared by a key may be another than was meant; `at` is where it stands, but for a key that stands
    /// anywhere in the record.
    fn doubt(&self, anywhere: bool, at: usize) -> Doubt {
        let Some((flat, start)) = self.flat.filter(|(flat, _)| flat.doubtful) else { return Doubt::None };
        let end = self.bytes.len();
        let within = if anywhere { 0..end } else { at..scan::value_loose(self.bytes, at).unwrap_or(end) };
        flat.doubt(start + within.start..start + within.end)
    }

    /// Lines from the start of the record to what stands here: those of its text, or the rows of its table.
    fn lines(&self, lines: &Lines, at: usize) -> u64 {
        match self.flat {
            Some((flat, start)) => flat.line(start + at).map_or(0, |line| line.saturating_sub(self.line)),
            None => lines.before(at),
        }
    }
}

impl Default for Batch {
    fn default() -> Batch {
        let (pointers, masks) = (Names::new(MOST_POINTERS), Names::new(MOST_MASKS));
        Batch { rows: Vec::new(), pointers, masks, places: Pointers::default(), unread: false }
    }
}

#[cfg(test)]
impl PartialEq for Batch {
    fn eq(&self, other: &Batch) -> bool {
        let names = self.pointers == other.pointers && self.masks == other.masks;
        self.rows == other.rows && names && self.unread == other.unread
    }
}

impl Batch {
    /// How many rows.
    #[cfg(test)]
    pub(in crate::records) fn len(&self) -> usize {
        self.rows.len()
    }
}

impl<'p> Plan<'p> {
    pub(in crate::records) fn new(
        standard: &'p Standard,
        table: &Table,
        today: Date,
        hidden: &'p Hidden,
        complete: bool,
    ) -> Plan<'p> {
        let active = table.objects.iter().any(|object| !object.applied.file.is_empty());
        let step = |name: &String| standard.step(name);
        let identifier = hidden.identifier.as_ref().and_then(|(kind, value)| Some((step(kind), step(value)?)));
        Plan { bench: standard.bench(today), complete, active, identifier, hidden }
    }

    /// Adds the rows of a record. `judged` is what came of it, where it was not proven sound.
    pub(in crate::records) fn gather<'v, S: Seen<'v>>(
        &self,
        record: S,
        spot: Spot<'_>,
        judged: Option<&Judged>,
        batch: &mut Batch,
    ) {
        if !self.active {
            return;
        }
        let worst = judged.map_or(0, worst);
        let lines = Lines::of(spot.bytes);
        // Rows whose lines are not known yet, with their pointers.
        let mut later: Vec<(usize, String, bool)> = Vec::new();
        let mut ordinal = 0u16;
        let mut mask = None;
        let Batch { rows, pointers, masks, places, .. } = batch;
        entries(self.bench, record, self.complete, &mut |entry| {
            let mask = *mask.get_or_insert_with(|| match judged {
                Some(judged) => masks.number(&judged.key).unwrap_or_default(),
                None => self.mask(record, masks),
            });
            let pointer = places.of(entry.place, pointers).number;
            let anywhere = matches!(entry.detail, Detail::Value(_) | Detail::Toward(..));
            let line = match entry.place.offset() {
                _ if lines.none() && spot.flat.is_none() => 0,
                Some(at) => spot.lines(&lines, at),
                None => {
                    later.push((rows.len(), entry.place.place(), anywhere));
                    0
                }
            };
            let doubt = entry.place.offset().map_or(Doubt::None, |at| spot.doubt(anywhere, at));
            let owner = match (entry.detail, entry.owner) {
                // Told by these instead.
                (Detail::Marks([_, ..]) | Detail::Value(_), _) | (_, None) => 0,
                (_, Some(owner)) => places.of(owner, pointers).hash,
            };
            let what = What { ordinal, pointer, mask, rule: entry.rule.number, worst, doubt };
            rows.push(row(&entry, owner, At::new(spot.record, spot.line + line), what));
            ordinal = ordinal.saturating_add(1);
        });
        let pointers: Vec<&str> = later.iter().map(|(_, pointer, _)| pointer.as_str()).collect();
        let found = offsets::places(spot.bytes, &pointers);
        for ((row, _, anywhere), place) in later.iter().zip(found) {
            if let Some(row) = rows.get_mut(*row) {
                *row = row.doubted(spot.doubt(*anywhere, place.at));
                row.at = At::new(spot.record, spot.line + spot.lines(&lines, place.at));
            }
        }
    }

    /// The first identifier of a proven record, masked.
    fn mask<'v, S: Seen<'v>>(&self, record: S, masks: &mut Names) -> Number {
        let Some((kind, value)) = &self.identifier else { return 0 };
        let found = first(record, value, 0).and_then(|(object, value)| {
            let mut word = None;
            kind.iter().for_each(|kind| object.members(kind, &mut |kind| word = word.take().or(kind.text())));
            Some(self.hidden.masked(word.as_deref().unwrap_or_default(), &value.text()?))
        });
        found.and_then(|text| masks.number(&text)).unwrap_or_default()
    }
}

/// The first object that has a member, and that member, as the key of a tree is found. `depth` is that of the object.
fn first<'v, S: Seen<'v>>(object: S, step: &Step, depth: usize) -> Option<(S, S)> {
    let mut found = None;
    if depth > DEEPEST {
        return None;
    }
    object.members(step, &mut |value| found = found.or(Some((object, value))));
    if found.is_none() {
        object.inner(&mut |inner| {
            if found.is_none() {
                found = first(inner, step, depth + 1 + usize::from(inner.listed_item()));
            }
        });
    }
    found
}

/// Nothing, or the worst verdict: the smaller, the worse.
fn worst(judged: &Judged) -> u8 {
    let worst = judged.findings.iter().map(|finding| finding.verdict).min();
    worst.map_or(0, rank)
}

/// A verdict of a finding in two bits.
pub(super) fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Fail => 1,
        Verdict::Warn => 2,
        _ => 3,
    }
}

/// `owner` is the hash of where the owner stands.
fn row<'v, S: Seen<'v>>(entry: &Entry<'_, S>, owner: u64, at: At, what: What) -> Row {
    let rule = entry.rule;
    match entry.detail {
        Detail::Toward(toward, code) => {
            let (both, role) = match entry.key < toward {
                true => (entry.key.and(toward), FORTH),
                false => (toward.and(entry.key), BACK),
            };
            Row::new(group(rule, both), role, owner & !0xFFFF | u64::from(code), at, what)
        }
        Detail::Value(value) => Row::new(group(rule, entry.key), 0, value.bits(), at, what),
        Detail::Marks(marks) => {
            let short = marks.iter().fold(0, |all, mark| all << 16 | u64::from(mark.short()));
            let detail = if marks.is_empty() { owner } else { short };
            Row::new(group(rule, entry.key), 0, detail, at, what)
        }
        Detail::Nothing => {
            let role = if entry.role == Role::Target { TARGET } else { REFERENCE };
            Row::new(group(rule, entry.key), role, owner, at, what)
        }
    }
}

/// What can be found stands before what must be.
pub(super) const TARGET: u8 = 0;
pub(super) const REFERENCE: u8 = 1;
/// The two directions of a relation.
pub(super) const FORTH: u8 = 0;
pub(super) const BACK: u8 = 1;

/// What rows to be compared have in common.
pub(super) fn group(rule: &FileRule, key: Digest) -> [u64; 2] {
    // A key is a hash already: one bit that differs is enough to tell those of two rules apart.
    let rule = (u64::from(rule.number) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    key.words().map(|word| word ^ rule)
}
