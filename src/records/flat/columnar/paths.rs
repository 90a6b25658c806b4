//! Columns of single values in a file with lists whose names are paths (`name.given_name`), or those of members in another
//! case or spelling: they are read as those of a table, and what they say is part of the record that the row is.

use super::column::Cells;
use super::file::Content;
use super::shape::{Field, Node};
use crate::records::flat::header::{Compiler, Header, Setting};
use crate::records::flat::open::PARQUET;
use crate::records::flat::places::Flat;
use crate::records::flat::resolve::Resolver;
use crate::records::flat::rows::{Odd, Row};
use crate::records::flat::unread::Unread;
use crate::records::flat::write::{Pen, TooLarge};
use crate::records::flat::{path, wrong};
use std::io::Result;
use std::ops::Range;

/// What is said of a column by its name stands at this line.
const HEADER: u64 = 1;

/// Such columns of a file.
pub(super) struct Paths {
    pub(super) header: Header,
    /// Their numbers, from 0, and what their values are, where that may matter.
    columns: Vec<(usize, Option<Odd>)>,
    /// Those of lists and structs by such a name, which are passed over.
    passed: Vec<Range<usize>>,
    row: Row,
    /// Columns of the wrong type that were told.
    told: Vec<u32>,
    limit: usize,
}

impl Paths {
    /// Takes them out of the fields of a row. Lists and structs by such a name are taken out as well where it leads somewhere,
    /// and told.
    pub(super) fn take(
        content: &Content,
        fields: &mut Vec<Field>,
        setting: Setting<'_>,
        resolver: &mut Resolver<'_>,
    ) -> Result<Paths> {
        let mut compiler = Compiler::new(setting).ok_or_else(|| wrong("no such class".into()))?;
        let (mut picked, mut passed, mut all) = (Vec::new(), Vec::new(), content.fields().iter());
        fields.retain(|field| {
            let name = all.next().map(|field| field.name()).unwrap_or_default();
            let (columns, single) = (&field.slot.columns, matches!(field.slot.node, Node::Value));
            let is_path = path::parse(name, setting.standard.names()).is_some_and(|parts| parts.len() > 1);
            let otherwise = !is_path && single && is_otherwise(name, content, resolver);
            if !is_path && !otherwise || (!single && resolver.resolve(name).is_err()) {
                return true;
            }
            picked.push((columns.start, name, single));
            passed.extend((!single).then(|| columns.clone()));
            false
        });
        compiler.pick(&picked, content.columns(), HEADER);
        let mut odd = content.odd()?;
        let single = picked.iter().filter(|(.., single)| *single);
        let columns = single.map(|(at, ..)| (*at, odd.get_mut(*at).and_then(Option::take))).collect();
        let header = compiler.compiled();
        Ok(Paths { header, columns, passed, row: Row::default(), told: Vec::new(), limit: setting.limit })
    }

    /// What every chunk has of them.
    pub(super) fn flat(&mut self, first: bool) -> Flat {
        let findings = if first { std::mem::take(&mut self.header.findings) } else { Vec::new() };
        let unknown = self.header.unknown.iter().map(|(_, name)| (name.clone(), 0)).collect();
        let (undeclared, places) = (self.header.undeclared.clone(), self.header.places.clone());
        let of_another = self.header.of_another.clone();
        Flat { findings, unknown, undeclared, places, of_another, ..Flat::default() }
    }

    /// Reads their cells of a row, and begins the record with what they say: an object that is not closed. `None` where one
    /// cannot be read.
    pub(super) fn begin(
        &mut self,
        cells: &mut [Box<dyn Cells>],
        line: u64,
        out: &mut Vec<u8>,
        flat: &mut Flat,
    ) -> Option<Begun> {
        if self.columns.is_empty() && self.passed.is_empty() {
            out.push(b'{');
            return Some(Begun::Empty);
        }
        let passed = self.read(cells, line)?;
        self.header.odd(&self.row, flat, PARQUET, &mut self.told);
        for ((column, _), (_, count)) in self.header.unknown.iter().zip(&mut flat.unknown) {
            *count += u64::from(!self.row.cell(*column).is_empty());
        }
        let start = out.len();
        self.header.unread(std::slice::from_ref(&self.row), start, flat);
        if passed {
            flat.unread.push(Unread { start, line, column: None });
        }
        let mut pen = Pen {
            plan: &self.header.plan,
            out,
            marks: &mut flat.marks,
            doubtful: &mut flat.doubtful,
            limit: self.limit,
        };
        let written = pen.record(std::slice::from_ref(&self.row));
        if let Err(TooLarge) = written {
            out.truncate(start);
            out.push(b'{');
            return Some(Begun::TooLarge);
        }
        out.pop();
        Some(if out.len() == start + 1 { Begun::Empty } else { Begun::Members })
    }

    /// Gives whether something stands in what is passed over.
    fn read(&mut self, cells: &mut [Box<dyn Cells>], line: u64) -> Option<bool> {
        let row = &mut self.row;
        row.text.clear();
        row.ends.clear();
        row.odd.clear();
        row.line = line;
        for (at, odd) in &self.columns {
            row.ends.resize(*at, row.text.len());
            let start = row.text.len();
            cells.get_mut(*at)?.next(&mut row.text)?;
            row.ends.push(row.text.len());
            row.odd.extend(
                (*odd).filter(|_| row.text.len() > start).map(|odd| (u32::try_from(*at).unwrap_or(u32::MAX), odd)),
            );
        }
        row.count = row.ends.len();
        let (mut nothing, mut something) = (Vec::new(), false);
        for column in self.passed.iter().cloned().flatten() {
            let cells = cells.get_mut(column)?;
            loop {
                nothing.clear();
                cells.next(&mut nothing)?;
                something |= !nothing.is_empty();
                if cells.goes_on() == 0 {
                    break;
                }
            }
        }
        Some(something)
    }
}

/// True for the name of a member in another case or spelling: a column is one of the whole file, and no member that somebody
/// gave one record. Beside a column of that member it is somebody's own.
fn is_otherwise(name: &str, content: &Content, resolver: &mut Resolver<'_>) -> bool {
    let meant = match resolver.resolve(name) {
        Ok(resolved) => resolved.spelled,
        Err(nowhere) => match nowhere.meant {
            Some(place) => place.first().map(str::to_owned),
            None => resolver.meant(name).map(|(_, resolved)| resolved.members),
        },
    };
    let meant = meant.and_then(|meant| meant.split('.').next().map(str::to_owned));
    meant.is_some_and(|meant| !content.fields().iter().any(|field| field.name() == meant))
}

/// What a record begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begun {
    Empty,
    Members,
    TooLarge,
}
