//! Tables: a row a record, or several rows a record, each column a place in it.
//!
//! A header is compiled once ([`header`], [`plan`]). Every row is then written straight as the JSON it stands for
//! ([`write`]), and these bytes go to the same judge as any other record: what is found is the same by construction. Marks
//! beside the bytes lead back to row and column ([`places`]).

mod cell;
mod dates;
mod dialect;
mod encoding;
mod header;
mod join;
mod mapping;
mod path;
mod places;
mod plan;
mod resolve;
mod rows;
mod sort;
mod text;
mod write;

pub use mapping::Mapping;

pub(super) use header::Setting;
pub(super) use places::Flat;

use super::TOO_LARGE;
use super::chunks::Chunk;
use super::finding::Finding;
use super::inputs::fill;
use super::split::Span;
use crate::model::verdict::{Force, Verdict};
use header::{Compiler, Header, finding};
use join::Joined;
use rows::{Flaw, Flawed, Kin, Next, Row, RowSource};
use std::io::{Error, ErrorKind, Read, Result};
use text::Text;
use write::Pen;

/// Bytes of records in a chunk, and bytes of a file read for it at most.
const BLOCK: usize = 1 << 20;
/// Bytes looked at to tell the separator.
const HEAD: usize = 1 << 16;
/// Where rows of text are described.
const CSV: &str = "CSV (RFC 4180)";

/// Rows of text, decoded, behind whatever stands before the header.
struct Opened {
    rows: Text,
    /// True where the file starts with a byte-order mark.
    mark: bool,
}

fn open(from: Box<dyn Read + Send>, mapping: Option<&Mapping>, limit: usize) -> Result<Opened> {
    let mut from = mapping.map(|mapping| mapping.encoding).unwrap_or_default().utf8(from);
    let mut head = vec![0; HEAD];
    let read = fill(&mut from, &mut head)?;
    head.truncate(read);
    let mark = head.starts_with(b"\xEF\xBB\xBF");
    if mark {
        head.drain(..3);
    }
    if head.contains(&0) {
        let words = "it holds NUL bytes, so it is no text; is the file what its name says, and is it in UTF-8?";
        return Err(Error::new(ErrorKind::InvalidData, words));
    }
    let dialect = dialect::dialect(&head, mapping.and_then(|mapping| mapping.separator));
    head.drain(..dialect.announced);
    let line = 1 + u64::from(dialect.announced > 0);
    let before = dialect.announced + if mark { 3 } else { 0 };
    Ok(Opened { rows: Text::new(from, head, dialect.separator, line, limit).passed(before), mark })
}

/// The names of the columns of a table, and the line they stand at.
fn read_header(rows: &mut dyn RowSource) -> Result<(Vec<String>, u64)> {
    let mut row = Row::default();
    loop {
        match rows.next(&mut row)? {
            Next::Row if row.blank() => {}
            Next::Row => return Ok((header::names(&row), row.line)),
            Next::Flaw(Flawed { line, .. }) => {
                let words =
                    format!("the header in line {line} cannot be read: a quote is not closed, or it is too long");
                return Err(Error::new(ErrorKind::InvalidData, words));
            }
            Next::End => return Err(Error::new(ErrorKind::InvalidData, "it is empty")),
        }
    }
}

/// The names of the columns of a table, whose bytes these are.
pub(super) fn columns(from: Box<dyn Read + Send>, mapping: Option<&Mapping>) -> Result<Vec<String>> {
    Ok(read_header(&mut open(from, mapping, super::RECORD_LIMIT)?.rows)?.0)
}

/// Passes over a table whose rows were read already; the chunk only counts its bytes.
pub(super) fn pass(from: &mut dyn Read, mut data: Vec<u8>) -> Result<Option<Chunk>> {
    data.resize(BLOCK, 0);
    let taken = fill(from, &mut data)? as u64;
    data.clear();
    let flat = Some(Box::new(Flat { taken, ..Flat::default() }));
    Ok((taken > 0).then_some(Chunk { data, flat, ..Chunk::default() }))
}

/// A record that has what a header names, without values: enough to tell its class.
pub(super) fn sketch(columns: &[String], mapping: Option<&Mapping>) -> Vec<u8> {
    let first = |column: &String| {
        let path = mapping.and_then(|mapping| mapping.path_of(column, None)).unwrap_or(Some(column))?;
        match path::parse(path)?.into_iter().next()? {
            path::Part::Name(name) => Some(name),
            _ => None,
        }
    };
    let members = columns.iter().filter_map(first).map(|name| (name, serde_json::Value::Null)).collect();
    serde_json::Value::Object(members).to_string().into_bytes()
}

/// The records of a table, in chunks.
pub(super) struct Records {
    rows: Box<dyn RowSource>,
    header: Header,
    limit: usize,
    /// The rows of the record at hand; only the first `count` are in use.
    held: Vec<Row>,
    count: usize,
    /// The row that comes after them.
    ahead: Row,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Start,
    Rows,
    Ended,
}

/// A table whose header was read.
struct Table {
    rows: Text,
    names: Vec<String>,
    line: u64,
    mark: bool,
}

impl Table {
    fn new(from: Box<dyn Read + Send>, setting: Setting<'_>) -> Result<Table> {
        let Opened { mut rows, mark } = open(from, setting.mapping, setting.limit)?;
        let (names, line) = read_header(&mut rows)?;
        Ok(Table { rows, names, line, mark })
    }

    /// Where the key column is.
    fn key(&self, key: &str) -> Result<usize> {
        let found = self.names.iter().position(|name| name == key);
        found.ok_or_else(|| wrong(format!("it has no column `{key}`, which the mapping names as the key")))
    }
}

fn wrong(words: String) -> Error {
    Error::new(ErrorKind::InvalidData, words)
}

impl Records {
    /// The records of one table.
    pub(super) fn new(from: Box<dyn Read + Send>, setting: Setting<'_>) -> Result<Records> {
        let table = Table::new(from, setting)?;
        let mut compiler = Compiler::new(setting).ok_or_else(|| wrong("no such class".into()))?;
        let key = setting.mapping.and_then(|mapping| mapping.key.as_ref()).map(|key| key.name.as_str());
        let column = key.map(|key| table.key(key)).transpose()?;
        compiler.add(&table.names, table.line, None, key);
        let mut header = compiler.header().map_err(wrong)?;
        header.key = column;
        if table.mark {
            let (expected, found) = ("text without a byte-order mark", "one at the start");
            let mark = finding(1, "BYTE-ORDER-MARK", Force::I, Verdict::Pass, expected, found, CSV);
            header.findings.insert(0, mark);
        }
        Ok(Records::of(Box::new(table.rows), header, setting.limit))
    }

    /// The records of two tables that the mapping joins; `second` is the name of the one with the members.
    pub(super) fn joined(files: [Box<dyn Read + Send>; 2], second: &str, setting: Setting<'_>) -> Result<Records> {
        let mapping = setting.mapping.ok_or_else(|| wrong("no mapping joins it".into()))?;
        let mut compiler = Compiler::new(setting).ok_or_else(|| wrong("no such class".into()))?;
        let [groups, members] = files;
        let tables = [Table::new(groups, setting)?, Table::new(members, setting)?];
        let mut columns = [0, 0];
        for (sheet, (table, column)) in tables.iter().zip(&mut columns).enumerate() {
            let key = mapping.key_of(sheet).unwrap_or_default();
            *column = table.key(key)?;
            if sheet == 1 {
                compiler.second(second);
            }
            compiler.add(&table.names, table.line, Some(sheet), Some(key));
        }
        let header = compiler.header().map_err(wrong)?;
        let width = header.widths.first().copied().unwrap_or(0);
        let [groups, members] = tables;
        let rows = Joined::new([Box::new(groups.rows), Box::new(members.rows)], columns, width)?;
        Ok(Records::of(Box::new(rows), header, setting.limit))
    }

    fn of(rows: Box<dyn RowSource>, header: Header, limit: usize) -> Records {
        Records { rows, header, limit, held: Vec::new(), count: 0, ahead: Row::default(), state: State::Start }
    }

    /// The next chunk, in the buffer given; `None` at the end.
    pub(super) fn next(&mut self, mut data: Vec<u8>) -> Result<Option<Chunk>> {
        if self.state == State::Ended {
            return Ok(None);
        }
        data.clear();
        let first = self.header.widths.first().and_then(|first| u32::try_from(*first).ok()).unwrap_or(0);
        let second = self.header.second.clone().map(|file| (first, file));
        let mut flat = Flat { second, ..Flat::default() };
        if self.state == State::Start {
            flat.findings = std::mem::take(&mut self.header.findings);
            self.state = State::Rows;
        }
        flat.unknown = self.header.unknown.iter().map(|(_, name)| (name.clone(), 0)).collect();
        let mut chunk = Chunk { data, ..Chunk::default() };
        while chunk.data.len() < BLOCK && flat.taken < BLOCK as u64 * 4 {
            let next = self.rows.next(&mut self.ahead)?;
            flat.taken += self.rows.taken();
            match next {
                Next::Row => self.row(&mut chunk, &mut flat),
                Next::Flaw(found) => flat.tell(flawed(found.line, found.flaw), found.second),
                Next::End => {
                    self.record(&mut chunk, &mut flat);
                    self.state = State::Ended;
                    break;
                }
            }
        }
        chunk.flat = Some(Box::new(flat));
        Ok(Some(chunk))
    }

    /// Takes in the row ahead: it goes on with the record at hand, or ends it and starts another.
    fn row(&mut self, chunk: &mut Chunk, flat: &mut Flat) {
        if self.ahead.blank() {
            return;
        }
        self.shape(flat);
        let goes_on = self.count > 0 && self.goes_on();
        if !goes_on {
            self.record(chunk, flat);
        }
        if self.held.len() == self.count {
            self.held.push(Row::default());
        }
        if let Some(free) = self.held.get_mut(self.count) {
            std::mem::swap(free, &mut self.ahead);
            self.count += 1;
        }
        let held = self.held.iter().take(self.count).map(Row::size);
        if goes_on && held.sum::<usize>() > self.limit {
            let line = self.held.first().map_or(0, |row| row.line);
            flat.tell(flawed(line, Flaw::TooLarge), false);
            self.count = 0;
        }
    }

    /// True where the row ahead has no key of its own, or that of the record at hand.
    fn goes_on(&self) -> bool {
        match self.ahead.kin {
            Kin::Follows => return true,
            Kin::Orphan => return false,
            Kin::Alone => {}
        }
        let Some(key) = self.header.key else { return false };
        let own = self.ahead.cell(key);
        own.is_empty() || self.held.first().is_some_and(|first| first.cell(key) == own)
    }

    /// What is wrong with the row ahead as a row.
    fn shape(&self, flat: &mut Flat) {
        let row = &self.ahead;
        let width = self.header.widths.get(usize::from(row.second)).copied().unwrap_or(row.count);
        let before = if row.second { self.header.widths.first().copied().unwrap_or(0) } else { 0 };
        if row.count != width {
            let more = (width..row.count).any(|column| !row.cell(column).is_empty());
            // Cells beyond the header that are empty say nothing; cells that lack are absent values.
            let (force, verdict) = match more {
                true => (Force::N, Verdict::Fail),
                false if row.count > width => (Force::I, Verdict::Pass),
                false => (Force::I, Verdict::Warn),
            };
            let (expected, found) = (
                format!("{} cells, as in the header", width - before),
                format!("{} cells", row.count.saturating_sub(before)),
            );
            flat.tell(finding(row.line, "ROW-LENGTH", force, verdict, &expected, &found, CSV), row.second);
        }
        if row.kin == Kin::Orphan {
            let (expected, found) =
                ("a key that a row of the other file has", "another; judged as a record of its own");
            flat.tell(finding(row.line, "ROW-ORPHAN", Force::I, Verdict::Warn, expected, found, CSV), row.second);
        }
        let text = row.text.get(..row.size()).unwrap_or_default();
        if memchr::memchr(0, text).is_some() {
            let (expected, found) = ("text", "a NUL character");
            flat.tell(finding(row.line, "ROW-NUL", Force::N, Verdict::Fail, expected, found, CSV), row.second);
        }
        for ((column, _), (_, count)) in self.header.unknown.iter().zip(&mut flat.unknown) {
            *count += u64::from(!row.cell(*column).is_empty());
        }
    }

    /// Writes the record at hand, if there is one.
    fn record(&mut self, chunk: &mut Chunk, flat: &mut Flat) {
        let rows = self.held.get(..self.count).unwrap_or_default();
        self.count = 0;
        let Some(line) = rows.first().map(|row| row.line) else { return };
        self.header.differing(rows, flat);
        let (start, marked) = (chunk.data.len(), flat.marks.len());
        let mut pen = Pen { plan: &self.header.plan, out: &mut chunk.data, marks: &mut flat.marks, limit: self.limit };
        match pen.record(rows) {
            Ok(()) => chunk.spans.push(Span { start, end: chunk.data.len(), line }),
            Err(write::TooLarge) => {
                chunk.data.truncate(start);
                flat.marks.truncate(marked);
                flat.tell(flawed(line, Flaw::TooLarge), false);
            }
        }
    }
}

impl Header {
    /// Values of the record as a whole that a later row of it has otherwise: they would be lost.
    fn differing(&self, rows: &[Row], flat: &mut Flat) {
        let Some((first, later)) = rows.split_first() else { return };
        let repeats = |block: &&plan::Block| !matches!(block.repeat, plan::Repeat::Rows(_));
        for row in later {
            for block in self.plan.blocks.iter().filter(repeats) {
                for cell in self.plan.cells.get(block.cells.clone()).unwrap_or_default() {
                    let text = row.cell(cell.column);
                    if !cell.reading.blank(text) && text != first.cell(cell.column) {
                        let expected = "nothing, or the same as in the first row of the record";
                        let found = "another value; it was not read";
                        let mut told = finding(row.line, "ROW-DIFFERS", Force::I, Verdict::Warn, expected, found, CSV);
                        let before = if row.second { self.widths.first().copied().unwrap_or(0) } else { 0 };
                        told.column = u32::try_from(cell.column + 1 - before).ok();
                        flat.tell(told, row.second);
                    }
                }
            }
        }
    }
}

fn flawed(line: u64, flaw: Flaw) -> Finding {
    let (rule, force, verdict, expected, found) = match flaw {
        Flaw::OpenQuote => {
            let found = "one that is not; the row was not judged";
            ("ROW-QUOTE", Force::N, Verdict::Fail, "a quote that is closed", found)
        }
        // The limit is ours.
        Flaw::TooLarge => {
            (TOO_LARGE, Force::I, Verdict::Warn, "a record within the limit of the suite", "more; it was not judged")
        }
    };
    finding(line, rule, force, verdict, expected, found, CSV)
}
