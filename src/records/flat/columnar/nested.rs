//! A file with lists: each row is a whole record, written as the JSON it stands for.

use super::column::Cells;
use super::paths::{Begun, Paths};
use super::shape::{Column, Field, Node, Slot, shape};
use super::{Groups, Parquet};
use crate::model::verdict::{Force, Verdict};
use crate::records::chunks::Chunk;
use crate::records::finding::finding;
use crate::records::flat::cell::Reading;
use crate::records::flat::header::Setting;
use crate::records::flat::open::PARQUET;
use crate::records::flat::places::Flat;
use crate::records::flat::resolve::Resolver;
use crate::records::flat::rows::Flaw;
use crate::records::flat::write::Mark;
use crate::records::flat::{BLOCK, flawed, odd, wrong};
use crate::records::split::Span;
use std::io::{Error, Result};
use std::ops::Range;
use std::sync::Arc;

pub(in crate::records::flat) struct Nested {
    groups: Groups,
    fields: Vec<Field>,
    columns: Vec<Column>,
    paths: Paths,
    started: bool,
    partless: Arc<[(u32, String)]>,
    limit: usize,
    ended: bool,
    /// Why no more rows can be read: told once those before are given.
    broken: Option<Error>,
}

impl Nested {
    pub(in crate::records::flat) fn new(parquet: Parquet, setting: Setting<'_>) -> Result<Nested> {
        if setting.mapping.is_some() {
            let words = "its columns have lists, so each row is a whole record: a mapping does not speak of such files; leave \
                         --mapping out";
            return Err(wrong(words.into()));
        }
        let resolver = Resolver::new(setting.standard, setting.class, false);
        let mut resolver = resolver.ok_or_else(|| wrong("no such class".into()))?;
        let (mut fields, mut columns) = shape(&parquet.content, &mut resolver)?;
        let paths = Paths::take(&parquet.content, &mut fields, setting, &mut resolver)?;
        let parts = (0u32..).zip(&mut columns).filter_map(|(number, column)| Some((number, column.part.take()?)));
        let partless = parts.collect();
        let (groups, limit) = (Groups::new(parquet), setting.limit);
        Ok(Nested { groups, fields, columns, paths, started: false, partless, limit, ended: false, broken: None })
    }

    /// The next chunk, in the buffer given; `None` at the end.
    pub(in crate::records::flat) fn next(&mut self, mut data: Vec<u8>) -> Result<Option<Chunk>> {
        if let Some(error) = self.broken.take() {
            return Err(error);
        }
        if self.ended {
            return Ok(None);
        }
        data.clear();
        let mut chunk = Chunk { data, ..Chunk::default() };
        let first = !std::mem::replace(&mut self.started, true);
        let mut flat = Flat { partless: self.partless.clone(), ..self.paths.flat(first) };
        while chunk.data.len() < BLOCK && flat.taken < BLOCK as u64 * 4 {
            let (start, marked) = (chunk.data.len(), flat.marks.len());
            match self
                .groups
                .next()
                .and_then(|more| if more { self.record(&mut chunk, &mut flat).map(|()| true) } else { Ok(false) })
            {
                Ok(true) => flat.taken += self.groups.taken(),
                Ok(false) => self.ended = true,
                Err(error) => {
                    chunk.data.truncate(start);
                    flat.marks.truncate(marked);
                    (self.ended, self.broken) = (true, Some(error));
                }
            }
            if self.ended {
                break;
            }
        }
        chunk.flat = Some(Box::new(flat));
        Ok(Some(chunk))
    }

    fn record(&mut self, chunk: &mut Chunk, flat: &mut Flat) -> Result<()> {
        let (start, marked, line) = (chunk.data.len(), flat.marks.len(), self.groups.line);
        let (out, limit, text) = (&mut chunk.data, self.limit, Vec::new());
        let (cells, columns) = (&mut self.groups.columns, &mut self.columns);
        let begun = self.paths.begin(cells, line, out, flat);
        let too_large = begun == Some(Begun::TooLarge);
        let mut pen = Pen { cells, columns, out, flat, line, start, marked, limit, text, too_large };
        let written =
            begun.and_then(|begun| pen.members(&self.fields, begun != Begun::Members)).filter(|()| pen.is_at_a_row());
        let too_large = pen.too_large || pen.out.len() - start > limit;
        written.ok_or_else(|| {
            wrong(format!(
                "row {line} cannot be read: it is damaged, or its columns have lists of different lengths, or one of more \
                 items than a record may have"
            ))
        })?;
        if too_large {
            chunk.data.truncate(start);
            flat.marks.truncate(marked);
            flat.forget(start);
            flat.tell(flawed(line, Flaw::TooLarge, PARQUET), false);
            return Ok(());
        }
        chunk.spans.push(Span { start, end: chunk.data.len(), line });
        Ok(())
    }
}

/// Writes one row. What it does gives `None` where the file is damaged.
struct Pen<'p> {
    cells: &'p mut [Box<dyn Cells>],
    columns: &'p mut [Column],
    out: &'p mut Vec<u8>,
    flat: &'p mut Flat,
    line: u64,
    /// Where the record and its marks begin.
    start: usize,
    marked: usize,
    limit: usize,
    /// The text of a value.
    text: Vec<u8>,
    too_large: bool,
}

impl Pen<'_> {
    fn object(&mut self, fields: &[Field]) -> Option<()> {
        self.out.push(b'{');
        self.members(fields, true)
    }

    /// Writes what is in an object that is open; `first`: nothing is in it yet.
    fn members(&mut self, fields: &[Field], mut first: bool) -> Option<()> {
        for field in fields {
            let before = self.out.len();
            if !first {
                self.out.push(b',');
            }
            self.out.extend_from_slice(field.key.as_bytes());
            match self.slot(&field.slot)? {
                true => first = false,
                false => self.out.truncate(before),
            }
        }
        self.out.push(b'}');
        Some(())
    }

    /// Writes what stands in a slot; false where nothing does.
    fn slot(&mut self, slot: &Slot) -> Option<bool> {
        let Slot { present, node, columns } = slot;
        if self.defined(columns)? < *present {
            self.pass(columns)?;
            return Some(false);
        }
        match node {
            Node::Value => return self.value(columns.start),
            Node::Object(fields) => self.object(fields)?,
            Node::List { filled, level, item } => {
                self.entries(columns, (*filled, *level), [b'[', b']'], &mut |pen| pen.slot(item))?;
            }
            Node::Map { filled, level, value } => {
                self.entries(columns, (*filled, *level), [b'{', b'}'], &mut |pen| {
                    pen.text.clear();
                    pen.cells.get_mut(columns.start)?.next(&mut pen.text)?;
                    Reading::default().write(&pen.text, false, pen.out);
                    pen.out.push(b':');
                    pen.slot(value)
                })?;
            }
        }
        Some(true)
    }

    /// Writes the entries of a list between its brackets, each by `write`. Where one is null, so is what is written: the
    /// others keep their positions.
    fn entries(
        &mut self,
        columns: &Range<usize>,
        (filled, level): (i16, i16),
        [open, close]: [u8; 2],
        write: &mut dyn FnMut(&mut Self) -> Option<bool>,
    ) -> Option<()> {
        self.out.push(open);
        if self.defined(columns)? < filled {
            self.pass(columns)?;
        } else {
            loop {
                if !write(self)? {
                    self.out.extend_from_slice(b"null");
                }
                self.bound();
                if !self.goes_on(columns, level)? {
                    break;
                }
                self.out.push(b',');
            }
        }
        self.out.push(close);
        Some(())
    }

    /// The value of a column; false where it is blank.
    fn value(&mut self, number: usize) -> Option<bool> {
        self.text.clear();
        self.cells.get_mut(number)?.next(&mut self.text)?;
        let column = self.columns.get_mut(number)?;
        if column.reading.blank(&self.text) {
            return Some(false);
        }
        let at = u32::try_from(number).ok()?;
        let odd = column.odd.and_then(|odd| odd::told(odd, &column.reading, &self.text));
        if let Some((rule, expected, found)) = odd.filter(|_| !std::mem::replace(&mut column.told, true)) {
            let mut told = finding(self.line, rule, Force::I, Verdict::Warn, expected, found, PARQUET);
            told.column = at.checked_add(1);
            self.flat.tell(told, false);
        }
        let (line, lossy) = (self.line, odd.is_some());
        self.flat.doubtful |= lossy;
        let (moment, undeclared, unclear) = (false, false, false);
        self.flat.marks.push(Mark { at: self.out.len(), line, column: at, lossy, moment, undeclared, unclear });
        column.reading.write(&self.text, true, self.out);
        self.bound();
        Some(true)
    }

    /// Begins anew where the record is too large: the rest is read all the same, to come to the next row.
    fn bound(&mut self) {
        if self.out.len() - self.start > self.limit {
            self.too_large = true;
            self.out.truncate(self.start);
            self.flat.marks.truncate(self.marked);
        }
    }

    /// How far a place is there: its first column tells for all.
    fn defined(&mut self, columns: &Range<usize>) -> Option<i16> {
        self.cells.get_mut(columns.start)?.defined()
    }

    /// Passes over what is not there.
    fn pass(&mut self, columns: &Range<usize>) -> Option<()> {
        self.text.clear();
        self.cells.get_mut(columns.clone())?.iter_mut().try_for_each(|cells| cells.next(&mut self.text))?;
        self.text.is_empty().then_some(())
    }

    /// True where a list has another item: all of its columns must say the same.
    fn goes_on(&self, columns: &Range<usize>, level: i16) -> Option<bool> {
        let mut all = self.cells.get(columns.clone())?.iter().map(|cells| cells.goes_on());
        let first = all.next()?;
        (first <= level && all.all(|other| other == first)).then_some(first == level)
    }

    /// True where every column is at the start of a row.
    fn is_at_a_row(&self) -> bool {
        self.cells.iter().all(|cells| cells.goes_on() == 0)
    }
}
