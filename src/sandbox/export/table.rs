//! Flat files: one row a record, a column for every place where a record of the class can have a value.
//!
//! A column is named by the path to its value: names joined by `.`, positions in `[n]` from 0. Context and type of a
//! record have no column.

use super::Class;
use super::defects::{Defect, Edit};
use super::places::after;
use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::ops::Range;

/// How many records are looked at to learn the columns.
const LOOKED_AT: u64 = 4_000;

/// The columns of a file, in the order in which records have them.
pub(super) struct Columns {
    names: Vec<Vec<u8>>,
    places: HashMap<Vec<u8>, usize>,
    /// For each column, and for the start of a record behind them: the one that came next last time.
    follows: Vec<usize>,
    /// Where the value of each column stands in the record at hand.
    cells: Vec<Range<usize>>,
}

/// True when a flat file can show a defect: another text in a cell, or an empty cell.
pub(super) fn shows(defect: &Defect) -> bool {
    let edits = defect.edits.iter().all(|edit| match edit {
        Edit::Set(_, json) => !json.starts_with(['{', '[']) && *json != "\"\"",
        Edit::Only(..) | Edit::Lacks(_) | Edit::Has(_) | Edit::Copy(..) | Edit::Lower(_) | Edit::Earlier(_) => true,
        Edit::Drop(pointer) => !pointer.contains('@'),
        _ => false,
    });
    // A cell has no type.
    edits && !defect.rule.starts_with("TYPE") && !defect.pointer.contains('@')
}

impl Columns {
    /// The columns of a class.
    pub(super) fn of(class: &'static Class, seed: u64) -> Columns {
        let mut names: Vec<Vec<u8>> = Vec::new();
        let mut record = Vec::new();
        let mut known = HashSet::new();
        for number in 0..LOOKED_AT {
            class.write(&mut record, seed, number, LOOKED_AT, 0);
            let mut next = 0;
            leaves(&record, &mut |path, _| {
                // A new column comes after the one before it in the record.
                match names.get(next..).and_then(|names| names.iter().position(|name| name == path)) {
                    Some(skipped) => next += skipped + 1,
                    // Lists of several kinds come in any order: the column is there, further in front.
                    None if known.contains(path) => {}
                    None => {
                        known.insert(path.to_vec());
                        names.insert(next, path.to_vec());
                        next += 1;
                    }
                }
            });
        }
        let places = names.iter().enumerate().map(|(index, name)| (name.clone(), index)).collect();
        let (follows, cells) = (vec![0; names.len() + 1], vec![0..0; names.len()]);
        Columns { names, places, follows, cells }
    }

    /// Writes the names of the columns.
    pub(super) fn header(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.names.join(&b','));
        out.push(b'\n');
    }

    /// True when there is a column for every value of a record.
    pub(super) fn hold(&self, record: &[u8]) -> bool {
        let mut all = true;
        leaves(record, &mut |path, _| all &= self.places.contains_key(path));
        all
    }

    /// Takes in a record; false where it has a value for which there is no column.
    pub(super) fn take(&mut self, record: &[u8]) -> bool {
        let Columns { names, places, follows, cells } = self;
        cells.fill(0..0);
        let (mut last, mut all) = (names.len(), true);
        leaves(record, &mut |path, value| {
            let next = follows.get(last).copied().filter(|next| names.get(*next).is_some_and(|name| name == path));
            match next.or_else(|| places.get(path).copied()) {
                Some(place) => {
                    cells[place] = value;
                    follows[last] = place;
                    last = place;
                }
                None => all = false,
            }
        });
        all
    }

    /// Writes the record that was taken in as a row.
    pub(super) fn row(&self, record: &[u8], out: &mut Vec<u8>) {
        for (index, cell) in self.cells.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            let cell = record.get(cell.clone()).unwrap_or_default();
            match cell.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n')) {
                true => {
                    out.push(b'"');
                    for byte in cell {
                        out.extend(std::iter::repeat_n(byte, 1 + usize::from(*byte == b'"')));
                    }
                    out.push(b'"');
                }
                false => out.extend_from_slice(cell),
            }
        }
        out.push(b'\n');
    }
}

/// Calls with the path of every value that has no parts, and where its text stands.
fn leaves(record: &[u8], tell: &mut impl FnMut(&[u8], Range<usize>)) {
    let mut path = Vec::new();
    walk(record, 0, &mut path, tell);
}

/// Walks through the value at `at`; gives its end.
fn walk(record: &[u8], at: usize, path: &mut Vec<u8>, tell: &mut impl FnMut(&[u8], Range<usize>)) -> Option<usize> {
    let object = match record.get(at)? {
        b'{' => true,
        b'[' => false,
        first => {
            let end = after(record, at)?;
            let quotes = usize::from(*first == b'"');
            tell(path, at + quotes..end - quotes);
            return Some(end);
        }
    };
    let (known, mut at, mut index) = (path.len(), at + 1, 0);
    while !matches!(record.get(at)?, b'}' | b']') {
        let mut skipped = false;
        if object {
            let end = after(record, at)?;
            let key = record.get(at + 1..end - 1)?;
            skipped = key.starts_with(b"@");
            if known > 0 {
                path.push(b'.');
            }
            path.extend_from_slice(key);
            at = end + 1;
        } else {
            // Writing to memory cannot fail.
            let _ = write!(path, "[{index}]");
        }
        at = if skipped { after(record, at)? } else { walk(record, at, path, tell)? };
        path.truncate(known);
        index += 1;
        if *record.get(at)? == b',' {
            at += 1;
        }
    }
    Some(at + 1)
}
