//! Flat files: one row a record, a column for every place where a record of the class can have a value.
//!
//! A column is named by the path to its value: names joined by `.`, positions in `[n]` from 0. Context and type of a
//! record have no column.

use super::Class;
use super::defects::{Defect, Edit};
use super::places::after;
use std::collections::{HashMap, HashSet};

/// How many records are looked at to learn the columns.
const LOOKED_AT: u64 = 4_000;

/// The columns of a file, in the order in which records have them.
pub(super) struct Columns {
    names: Vec<String>,
    places: HashMap<String, usize>,
    cells: Vec<Vec<u8>>,
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
        let mut columns = Columns { names: Vec::new(), places: HashMap::new(), cells: Vec::new() };
        let mut record = Vec::new();
        let mut known = HashSet::new();
        for number in 0..LOOKED_AT {
            class.write(&mut record, seed, number, LOOKED_AT, 0);
            let mut next = 0;
            leaves(&record, &mut |path, _| {
                // A new column comes after the one before it in the record.
                match columns.names.get(next..).and_then(|names| names.iter().position(|name| name == path)) {
                    Some(skipped) => next += skipped + 1,
                    // Lists of several kinds come in any order: the column is there, further in front.
                    None if known.contains(path) => {}
                    None => {
                        known.insert(path.to_owned());
                        columns.names.insert(next, path.to_owned());
                        next += 1;
                    }
                }
            });
        }
        columns.places = columns.names.iter().enumerate().map(|(index, name)| (name.clone(), index)).collect();
        columns.cells = vec![Vec::new(); columns.names.len()];
        columns
    }

    /// Writes the names of the columns.
    pub(super) fn header(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.names.join(",").as_bytes());
        out.push(b'\n');
    }

    /// True when there is a column for every value of a record.
    pub(super) fn hold(&self, record: &[u8]) -> bool {
        let mut all = true;
        leaves(record, &mut |path, _| all &= self.places.contains_key(path));
        all
    }

    /// Writes a record as a row.
    pub(super) fn row(&mut self, record: &[u8], out: &mut Vec<u8>) {
        self.cells.iter_mut().for_each(Vec::clear);
        leaves(record, &mut |path, value| {
            if let Some(cell) = self.places.get(path).and_then(|place| self.cells.get_mut(*place)) {
                cell.extend_from_slice(value);
            }
        });
        for (index, cell) in self.cells.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
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

/// Calls with the path and the text of every value that has no parts.
fn leaves(record: &[u8], tell: &mut impl FnMut(&str, &[u8])) {
    let mut path = String::new();
    walk(record, 0, &mut path, tell);
}

/// Walks through the value at `at`; gives its end.
fn walk(record: &[u8], at: usize, path: &mut String, tell: &mut impl FnMut(&str, &[u8])) -> Option<usize> {
    let object = match record.get(at)? {
        b'{' => true,
        b'[' => false,
        first => {
            let end = after(record, at)?;
            let quotes = usize::from(*first == b'"');
            tell(path, record.get(at + quotes..end - quotes)?);
            return Some(end);
        }
    };
    let (known, mut at, mut index) = (path.len(), at + 1, 0);
    while !matches!(record.get(at)?, b'}' | b']') {
        let mut skipped = false;
        if object {
            let end = after(record, at)?;
            let key = std::str::from_utf8(record.get(at + 1..end - 1)?).ok()?;
            skipped = key.starts_with('@');
            if known > 0 {
                path.push('.');
            }
            path.push_str(key);
            at = end + 1;
        } else {
            path.push('[');
            path.push_str(&index.to_string());
            path.push(']');
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
