//! Tables: a row a record, or several rows a record, each column a place in it.
//!
//! A header is compiled once ([`header`], [`plan`]). Every row is then written straight as the JSON it stands for
//! ([`write`]), and these bytes go to the same judge as any other record: what is found is the same by construction. Marks
//! beside the bytes lead back to row and column ([`places`]).

mod cell;
#[cfg(feature = "parquet")]
mod columnar;
mod dates;
mod dialect;
mod encoding;
mod form;
mod header;
mod join;
mod mapping;
mod numbers;
mod odd;
mod open;
mod path;
mod places;
mod plan;
mod quotes;
mod resolve;
mod rows;
mod sort;
mod spill;
mod text;
mod unread;
mod write;
mod xlsx;

pub use mapping::Mapping;

pub(super) use header::{CONVENTION, Setting};
pub(super) use open::{columns, first_row, records};
pub(super) use places::Flat;
pub(super) use xlsx::sheets;

use super::chunks::Chunk;
use super::finding::{Finding, finding};
use super::inputs::fill;
use super::split::Span;
use super::{ROW_BEYOND, ROW_DIFFERS, ROW_QUOTE, ROW_TWIN, TOO_LARGE};
use crate::model::verdict::{Force, Verdict};
use crate::standard::Standard;
use header::{Compiler, Header};
use join::Joined;
use open::Table;
use rows::{Flaw, Kin, Next, Row, RowSource};
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::io::{Error, ErrorKind, Read, Result};
use unread::Unread;
use write::Pen;

/// The column in which records say what they are.
const TYPE: &str = "@type";
/// Keys of records that are remembered, at most: those that come again are told, since their rows do not stand together.
const MOST_KEYS: usize = 1 << 20;
/// Bytes of records in a chunk, and bytes of a file read for it at most.
const BLOCK: usize = 1 << 20;

/// Gives chunks of records one after the other, each in the buffer given; `None` at the end.
pub(super) type Chunked = Box<dyn FnMut(Vec<u8>) -> Result<Option<Chunk>>>;

/// Passes over a table whose rows were read already; the chunk only counts its bytes.
pub(super) fn pass(from: &mut dyn Read, mut data: Vec<u8>) -> Result<Option<Chunk>> {
    data.resize(BLOCK, 0);
    let taken = fill(from, &mut data)? as u64;
    data.clear();
    let flat = Some(Box::new(Flat { taken, ..Flat::default() }));
    Ok((taken > 0).then_some(Chunk { data, flat, ..Chunk::default() }))
}

/// A record that has what a header names, without values but for the type that the first row says: enough to tell its class.
/// As columns are read, a name in capitals is that of the member.
pub(super) fn sketch(
    standard: &Standard,
    columns: &[String],
    kind: Option<String>,
    mapping: Option<&Mapping>,
) -> Vec<u8> {
    let known: HashSet<&str> = standard.members_of_records().collect();
    let meant = |name: String| {
        let small = name.to_ascii_lowercase();
        if !known.contains(name.as_str()) && known.contains(small.as_str()) { small } else { name }
    };
    let first = |column: &String| {
        let path = mapping.and_then(|mapping| mapping.path_of(column, None)).unwrap_or(Some(column))?;
        match path::parse(path, standard.names())?.into_iter().next()? {
            path::Part::Name(name) => Some(name),
            _ => None,
        }
    };
    let members = columns.iter().filter_map(first).map(|name| (meant(name), serde_json::Value::Null));
    let kind = kind.map(|kind| (TYPE.to_owned(), kind.into()));
    let members = members.filter(|(name, _)| name != TYPE).chain(kind).collect();
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
    /// Bytes of their cells.
    size: usize,
    /// The row that comes after them.
    ahead: Row,
    state: State,
    /// Where such rows are described.
    source: &'static str,
    /// Columns of the wrong type that were told.
    told: Vec<u32>,
    /// True where a row that may be of the record at hand cannot be read; of that to come.
    torn: [bool; 2],
    /// Why no more rows can be read: told once those before are given.
    broken: Option<Error>,
    /// The hashes of the keys of records, where rows are not put in order by them.
    seen: HashSet<u64>,
    hasher: RandomState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Start,
    Rows,
    Ended,
}

fn wrong(words: String) -> Error {
    Error::new(ErrorKind::InvalidData, words)
}

impl Records {
    /// The records of one table.
    fn new(table: Table, setting: Setting<'_>) -> Result<Records> {
        let mut compiler = Compiler::new(setting).ok_or_else(|| wrong("no such class".into()))?;
        let key = setting.mapping.and_then(|mapping| mapping.key.as_ref()).map(|key| key.name.as_str());
        let column = key.map(|key| table.key(key)).transpose()?.map(|column| compiler.key(column));
        compiler.add(table.columns(None, key));
        let mut header = compiler.header().map_err(|words| table.unread(words))?;
        header.key = column;
        header.findings.splice(0..0, table.findings);
        Ok(Records::of(table.rows, header, setting.limit, table.source))
    }

    /// The records of two tables that the mapping joins; `second` is the name of the one with the members.
    pub(super) fn joined(files: [Box<dyn Read + Send>; 2], second: &str, setting: Setting<'_>) -> Result<Records> {
        let mapping = setting.mapping.ok_or_else(|| wrong("no mapping joins it".into()))?;
        let mut compiler = Compiler::new(setting).ok_or_else(|| wrong("no such class".into()))?;
        let [groups, members] = files;
        let mut tables = [Table::new(groups, setting, Some(0))?, Table::new(members, setting, Some(1))?];
        let (mut columns, mut found) = ([0, 0], Vec::new());
        for (sheet, (table, column)) in tables.iter_mut().zip(&mut columns).enumerate() {
            let key = mapping.key_of(sheet).unwrap_or_default();
            *column = table.key(key)?;
            let file = (sheet == 1).then(|| second.to_owned());
            found.extend(table.findings.drain(..).map(|finding| Finding { file: file.clone(), ..finding }));
            if sheet == 1 {
                compiler.second(second);
            }
            compiler.add(table.columns(Some(sheet), Some(key)));
        }
        let keys = columns.map(|column| compiler.key(column));
        let mut header = compiler.header().map_err(wrong)?;
        header.findings.splice(0..0, found);
        let width = header.widths.first().copied().unwrap_or(0);
        let [groups, members] = tables;
        let source = groups.source;
        let rows = Joined::new([groups.rows, members.rows], keys, width)?;
        Ok(Records::of(Box::new(rows), header, setting.limit, source))
    }

    fn of(rows: Box<dyn RowSource>, header: Header, limit: usize, source: &'static str) -> Records {
        Records {
            rows,
            header,
            limit,
            held: Vec::new(),
            count: 0,
            size: 0,
            ahead: Row::default(),
            state: State::Start,
            source,
            told: Vec::new(),
            torn: [false; 2],
            broken: None,
            seen: HashSet::new(),
            hasher: RandomState::new(),
        }
    }

    /// The next chunk, in the buffer given; `None` at the end.
    pub(super) fn next(&mut self, mut data: Vec<u8>) -> Result<Option<Chunk>> {
        if let Some(error) = self.broken.take() {
            return Err(error);
        }
        if self.state == State::Ended {
            return Ok(None);
        }
        data.clear();
        let first = self.header.widths.first().and_then(|first| u32::try_from(*first).ok()).unwrap_or(0);
        let second = self.header.second.clone().map(|file| (first, file));
        let mut flat = Flat {
            by_rows: self.header.key.is_some() && second.is_none(),
            second,
            partless: self.header.partless.clone(),
            of_another: self.header.of_another.clone(),
            undeclared: self.header.undeclared.clone(),
            places: self.header.places.clone(),
            left_out: self.header.left_out.clone(),
            text: self.source == open::CSV,
            ..Flat::default()
        };
        if self.state == State::Start {
            flat.findings = std::mem::take(&mut self.header.findings);
            self.state = State::Rows;
        }
        flat.unknown = self.header.unknown.iter().map(|(_, name)| (name.clone(), 0)).collect();
        let mut chunk = Chunk { data, ..Chunk::default() };
        while chunk.data.len() < BLOCK && flat.taken < BLOCK as u64 * 4 {
            let next = self.rows.next(&mut self.ahead).unwrap_or_else(|error| {
                self.broken = Some(error);
                Next::End
            });
            flat.taken += self.rows.taken();
            match next {
                Next::Row => self.row(&mut chunk, &mut flat),
                Next::Flaw(found) => {
                    self.torn = [true; 2];
                    flat.tell(flawed(found.line, found.flaw, self.source), found.second);
                }
                Next::End => {
                    // Where rows cannot be read, some of the record at hand may be among them.
                    match self.broken.is_some() && self.header.key.is_some() {
                        true => self.count = 0,
                        false => self.record(&mut chunk, &mut flat),
                    }
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
        if self.header.repeats(&self.ahead) {
            let (expected, found) = ("the header once", "it again; it was not read as a record");
            let told = finding(self.ahead.line, "ROW-HEADER", Force::I, Verdict::Warn, expected, found, self.source);
            return flat.tell(told, self.ahead.second);
        }
        let alone = self.header.second.is_none();
        if alone {
            self.ahead.kin = Kin::Alone;
        }
        let goes_on = self.count > 0 && self.goes_on();
        if alone && !goes_on && self.comes_again() {
            self.ahead.kin = Kin::Twin;
        }
        self.shape(flat);
        if !goes_on {
            self.record(chunk, flat);
            // Rows that are joined are in another order than those that could not be read.
            self.torn[0] = self.torn[1];
        }
        self.torn[1] &= self.header.second.is_some();
        if self.held.len() == self.count {
            self.held.push(Row::default());
        }
        self.size = self.ahead.size() + if goes_on { self.size } else { 0 };
        if let Some(free) = self.held.get_mut(self.count) {
            std::mem::swap(free, &mut self.ahead);
            self.count += 1;
        }
        if goes_on && self.size > self.limit {
            let line = self.held.first().map_or(0, |row| row.line);
            flat.tell(flawed(line, Flaw::TooLarge, self.source), false);
            self.count = 0;
        }
    }

    /// True where the row ahead has no key of its own, or that of the record at hand.
    fn goes_on(&self) -> bool {
        match self.ahead.kin {
            Kin::Follows => return true,
            Kin::Orphan | Kin::Twin => return false,
            Kin::Alone => {}
        }
        let Some(key) = &self.header.key else { return false };
        let own = key.of(&self.ahead);
        own.is_empty() || self.held.first().is_some_and(|first| key.of(first) == own)
    }

    /// True where the row ahead starts a record, by a key that an earlier one had.
    fn comes_again(&mut self) -> bool {
        let Some(key) = &self.header.key else { return false };
        let own = key.of(&self.ahead);
        if own.is_empty() {
            return false;
        }
        let hash = self.hasher.hash_one(own);
        self.seen.contains(&hash) || self.seen.len() < MOST_KEYS && !self.seen.insert(hash)
    }

    /// What is wrong with the row ahead as a row.
    fn shape(&mut self, flat: &mut Flat) {
        let row = &self.ahead;
        let width = self.header.widths.get(usize::from(row.second)).copied().unwrap_or(row.count);
        let before = if row.second { self.header.widths.first().copied().unwrap_or(0) } else { 0 };
        let more = self.header.is_beyond(row);
        if row.count != width || more {
            // Cells beyond the header that are empty say nothing; cells that lack are absent values.
            let (rule, verdict, what) = match more {
                true if row.count <= width => {
                    (ROW_BEYOND, Verdict::Warn, " with values; those under no name were not read")
                }
                true => (ROW_BEYOND, Verdict::Warn, " with values; those beyond the header were not read"),
                false if row.count > width => ("ROW-LENGTH", Verdict::Pass, ""),
                false => ("ROW-LENGTH", Verdict::Warn, ""),
            };
            let (expected, found) = (
                format!("{} cells, as in the header", width - before),
                format!("{} cells{what}", row.count.saturating_sub(before)),
            );
            flat.tell(finding(row.line, rule, Force::I, verdict, &expected, &found, self.source), row.second);
        }
        if row.kin == Kin::Orphan {
            let (expected, found) =
                ("a key that a row of the other file has", "another; judged as a record of its own");
            flat.tell(
                finding(row.line, "ROW-ORPHAN", Force::I, Verdict::Warn, expected, found, self.source),
                row.second,
            );
        }
        if row.kin == Kin::Twin {
            let (expected, found) = match self.header.second {
                Some(_) => ("a key of its own", "that of another row of the same file, and the same members"),
                None => ("rows of one key that stand together", "a key that other rows have further up"),
            };
            flat.tell(finding(row.line, ROW_TWIN, Force::I, Verdict::Warn, expected, found, self.source), row.second);
        }
        let text = row.text.get(..row.size()).unwrap_or_default();
        if memchr::memchr(0, text).is_some() {
            let (expected, found) = ("text", "a NUL character");
            flat.tell(finding(row.line, "ROW-NUL", Force::I, Verdict::Warn, expected, found, self.source), row.second);
        }
        self.header.odd(row, flat, self.source, &mut self.told);
        for ((column, _), (_, count)) in self.header.unknown.iter().zip(&mut flat.unknown) {
            *count += u64::from(!row.cell(*column).is_empty());
        }
    }

    /// Writes the record at hand, if there is one.
    fn record(&mut self, chunk: &mut Chunk, flat: &mut Flat) {
        let rows = self.held.get(..self.count).unwrap_or_default();
        self.count = 0;
        let Some(line) = rows.first().map(|row| row.line) else { return };
        let (start, marked) = (chunk.data.len(), flat.marks.len());
        self.header.unread(rows, start, flat);
        self.header.differing(rows, start, flat, self.source);
        if self.torn[0] && (self.header.key.is_some() || self.header.second.is_some()) {
            flat.unread.push(Unread { start, line, column: None });
        }
        let mut pen = Pen {
            plan: &self.header.plan,
            out: &mut chunk.data,
            marks: &mut flat.marks,
            doubtful: &mut flat.doubtful,
            limit: self.limit,
        };
        match pen.record(rows) {
            Ok(()) => chunk.spans.push(Span { start, end: chunk.data.len(), line }),
            Err(write::TooLarge) => {
                chunk.data.truncate(start);
                flat.marks.truncate(marked);
                flat.forget(start);
                flat.tell(flawed(line, Flaw::TooLarge, self.source), false);
            }
        }
    }
}

impl Header {
    /// True for a row that is the header once more, as where files are put behind each other.
    fn repeats(&self, row: &Row) -> bool {
        let first = self.widths.first().copied().unwrap_or(0);
        let (from, to) = if row.second { (first, self.names.len()) } else { (0, first) };
        let names = self.names.get(from..to).unwrap_or_default();
        let is = |(column, name): (usize, &String)| {
            let cell = row.cell(column);
            cell == name.as_bytes()
                || cell.len() > name.len() && std::str::from_utf8(cell).is_ok_and(|cell| bare(cell) == bare(name))
        };
        !names.is_empty() && (from..).zip(names).all(is)
    }

    /// Values of the record as a whole that a later row of it has otherwise: they would be lost.
    fn differing(&self, rows: &[Row], start: usize, flat: &mut Flat, source: &str) {
        let Some((first, later)) = rows.split_first() else { return };
        let repeats = |block: &&plan::Block| !matches!(block.repeat, plan::Repeat::Rows(_));
        for row in later {
            for block in self.plan.blocks.iter().filter(repeats) {
                for cell in self.plan.cells.get(block.cells.clone()).unwrap_or_default() {
                    let text = row.cell(cell.column);
                    let lost = || !cell.reading.of_another && !cell.reading.same(text, first.cell(cell.column));
                    if !cell.reading.blank(text) && lost() {
                        let expected = "nothing, or the same as in the first row of the record";
                        let found = "another value; it was not read";
                        let mut told = finding(row.line, ROW_DIFFERS, Force::I, Verdict::Warn, expected, found, source);
                        let before = if row.second { self.widths.first().copied().unwrap_or(0) } else { 0 };
                        told.column = u32::try_from(cell.column + 1 - before).ok();
                        flat.unread.push(Unread { start, line: row.line, column: Some(cell.column) });
                        flat.tell(told, row.second);
                    }
                }
            }
        }
    }
}

/// The name of a column as it is compared: without blanks around it, and the mark at the start of a file.
fn bare(name: &str) -> &str {
    name.trim_start_matches('\u{feff}').trim()
}

fn flawed(line: u64, flaw: Flaw, source: &str) -> Finding {
    let (rule, force, verdict, expected, found) = match flaw {
        Flaw::OpenQuote => {
            let found = "one that is not, or in a row beyond the limit of the suite; the row was not judged";
            (ROW_QUOTE, Force::I, Verdict::Warn, "a quote that is closed", found)
        }
        Flaw::BehindQuote => {
            let expected = "a quote that is closed, and a separator or the end of the row behind it";
            (ROW_QUOTE, Force::I, Verdict::Warn, expected, "something else behind it; the row was not judged")
        }
        // The limit is ours.
        Flaw::TooLarge => {
            (TOO_LARGE, Force::I, Verdict::Warn, "a record within the limit of the suite", "more; it was not judged")
        }
    };
    finding(line, rule, force, verdict, expected, found, source)
}
