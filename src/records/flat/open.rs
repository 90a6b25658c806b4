//! A table as far as its header: what kind of file it is, its rows, and the names of its columns.

#[cfg(feature = "parquet")]
use super::columnar::{Nested, Parquet, Rows};
use super::header::{Columns, Setting, names};
use super::mapping::Mapping;
use super::rows::{Flawed, Next, Row, RowSource};
use super::text::Text;
use super::{Chunked, Records, TYPE, dialect, wrong, xlsx};
use crate::model::verdict::{Force, Verdict};
use crate::records::RECORD_LIMIT;
use crate::records::SHEETS;
use crate::records::detect::{self, NotRecords};
use crate::records::finding::{Finding, finding};
use crate::records::inputs::fill;
use crate::records::redact::named;
use std::io::{Cursor, Error, Read, Result};

/// Bytes looked at to tell the separator.
const HEAD: usize = 1 << 16;
/// Where rows of text are described.
pub(super) const CSV: &str = "CSV (RFC 4180)";
/// Where the rows of a workbook are described.
const XLSX: &str = "XLSX (ISO/IEC 29500)";

/// Where the rows of a Parquet file are described.
#[cfg(feature = "parquet")]
pub(super) const PARQUET: &str = "Apache Parquet format";

#[cfg(feature = "parquet")]
const PARQUET_MAGIC: [u8; 4] = *b"PAR1";

/// Rows as far as they were opened.
struct Opened {
    rows: Box<dyn RowSource>,
    findings: Vec<Finding>,
    /// Where such rows are described.
    source: &'static str,
    /// The sheet that is read of a workbook that has several.
    sheet: Option<String>,
}

/// Which table: of two that are joined the first (0) or the second (1).
pub(super) type Side = Option<usize>;

/// The first bytes of a file, and all of it.
fn headed(mut from: Box<dyn Read + Send>) -> Result<([u8; 4], Box<dyn Read + Send>)> {
    let mut head = [0; 4];
    let read = fill(&mut from, &mut head)?;
    Ok((head, Box::new(Cursor::new(head.get(..read).unwrap_or_default().to_vec()).chain(from))))
}

/// The records of a table, or of a Parquet file whose rows are whole records.
pub(in crate::records) fn records(from: Box<dyn Read + Send>, setting: Setting<'_>) -> Result<Chunked> {
    let (head, whole) = headed(from)?;
    #[cfg(feature = "parquet")]
    if head == PARQUET_MAGIC {
        let file = Parquet::new(whole)?;
        if file.has_lists() {
            let mut nested = Nested::new(file, setting)?;
            return Ok(Box::new(move |buffer| nested.next(buffer)));
        }
        let mut records = Records::new(Table::of(parquet(file, setting.limit)?)?, setting)?;
        return Ok(Box::new(move |buffer| records.next(buffer)));
    }
    let opened = opened(head, whole, setting.mapping, None, setting.limit)?;
    let mut records = Records::new(Table::of(opened)?, setting)?;
    Ok(Box::new(move |buffer| records.next(buffer)))
}

/// Opens a table.
fn open(from: Box<dyn Read + Send>, mapping: Option<&Mapping>, side: Side, limit: usize) -> Result<Opened> {
    let (head, whole) = headed(from)?;
    opened(head, whole, mapping, side, limit)
}

/// Which kind of table it is its first bytes tell.
fn opened(
    head: [u8; 4],
    whole: Box<dyn Read + Send>,
    mapping: Option<&Mapping>,
    side: Side,
    limit: usize,
) -> Result<Opened> {
    match head {
        [b'P', b'K', 3, 4] => workbook(whole, mapping, side, limit),
        #[cfg(feature = "parquet")]
        PARQUET_MAGIC => parquet(Parquet::new(whole)?, limit),
        _ => text(whole, mapping, limit),
    }
}

#[cfg(feature = "parquet")]
fn parquet(parquet: Parquet, limit: usize) -> Result<Opened> {
    Ok(Opened { rows: Box::new(Rows::new(parquet, limit)?), findings: Vec::new(), source: PARQUET, sheet: None })
}

fn workbook(from: Box<dyn Read + Send>, mapping: Option<&Mapping>, side: Side, limit: usize) -> Result<Opened> {
    let named = mapping.and_then(|mapping| mapping.worksheet(side));
    let read_elsewhere = mapping.and_then(|mapping| mapping.worksheet(side.map(|side| 1 - side.min(1))));
    let (rows, sheet, others) = xlsx::open(from, named, limit)?;
    let others: Vec<String> = others.into_iter().filter(|name| Some(name.as_str()) != read_elsewhere).collect();
    let mut findings = Vec::new();
    if !others.is_empty() {
        let (expected, found) = ("one sheet, or the name of one in a mapping", others_in_words(&others));
        // Whoever names a sheet knows of the others.
        let verdict = if named.is_some() { Verdict::Pass } else { Verdict::Warn };
        findings.push(finding(1, SHEETS, Force::I, verdict, expected, &found, XLSX));
    }
    let sheet = (!findings.is_empty()).then_some(sheet);
    Ok(Opened { rows: Box::new(rows), findings, source: XLSX, sheet })
}

fn others_in_words(others: &[String]) -> String {
    const SHOWN: usize = 10;
    let names: Vec<String> = others.iter().take(SHOWN).map(|name| format!("{:?}", named(name))).collect();
    let more = others.len().checked_sub(SHOWN).filter(|more| *more > 0);
    let more = more.map_or_else(String::new, |more| format!(" and {more} more"));
    format!("other sheets with cells, which were not read: {}{more}", names.join(", "))
}

/// Rows of text, decoded, behind whatever stands before the header.
fn text(from: Box<dyn Read + Send>, mapping: Option<&Mapping>, limit: usize) -> Result<Opened> {
    let mut from = mapping.map(|mapping| mapping.encoding).unwrap_or_default().utf8(from);
    let mut head = vec![0; HEAD];
    let read = fill(&mut from, &mut head)?;
    head.truncate(read);
    let mark = head.starts_with(b"\xEF\xBB\xBF");
    if mark {
        head.drain(..3);
    }
    if detect::no_text(&head) {
        return Err(wrong(NotRecords::Binary.to_string()));
    }
    let dialect = dialect::dialect(&head, mapping.and_then(|mapping| mapping.separator));
    head.drain(..dialect.announced);
    let line = 1 + u64::from(dialect.announced > 0);
    let before = dialect.announced + if mark { 3 } else { 0 };
    let rows = Text::new(from, head, dialect.separator, line, limit).passed(before);
    let mut findings = Vec::new();
    if mark {
        let (expected, found) = ("text without a byte-order mark", "one at the start");
        findings.push(finding(1, "BYTE-ORDER-MARK", Force::I, Verdict::Pass, expected, found, CSV));
    }
    Ok(Opened { rows: Box::new(rows), findings, source: CSV, sheet: None })
}

/// The names of the columns of a table, and the line they stand at.
fn read_header(rows: &mut dyn RowSource) -> Result<(Vec<String>, u64)> {
    let mut row = Row::default();
    loop {
        match rows.next(&mut row)? {
            Next::Row if row.blank() => {}
            Next::Row => return Ok((names(&row), row.line)),
            Next::Flaw(Flawed { line, .. }) => {
                let words =
                    format!("the header in line {line} cannot be read: a quote is not closed, or it is too long");
                return Err(wrong(words));
            }
            Next::End => return Err(wrong("it is empty".into())),
        }
    }
}

/// The names of the columns of a table, whose bytes these are.
pub(in crate::records) fn columns(
    from: Box<dyn Read + Send>,
    mapping: Option<&Mapping>,
    side: Side,
) -> Result<Vec<String>> {
    first_row(from, mapping, side).map(|(columns, _)| columns)
}

/// The names of the columns of a table, whose bytes these are, and the type that its first row says.
pub(in crate::records) fn first_row(
    from: Box<dyn Read + Send>,
    mapping: Option<&Mapping>,
    side: Side,
) -> Result<(Vec<String>, Option<String>)> {
    let (head, whole) = headed(from)?;
    let opened = match head {
        #[cfg(feature = "parquet")]
        PARQUET_MAGIC if side.is_none() => {
            let file = Parquet::new(whole)?;
            if file.has_lists() {
                return Ok((file.fields(), None));
            }
            parquet(file, RECORD_LIMIT)?
        }
        _ => opened(head, whole, mapping, side, RECORD_LIMIT)?,
    };
    let mut rows = opened.rows;
    let (columns, _) = read_header(&mut *rows)?;
    let kind = kind(&columns, &mut *rows, mapping, side);
    Ok((columns, kind))
}

/// The type that the row behind the header says.
fn kind(columns: &[String], rows: &mut dyn RowSource, mapping: Option<&Mapping>, side: Side) -> Option<String> {
    let is_type = |column: &String| {
        let declared = mapping.and_then(|mapping| mapping.path_of(column, side));
        declared.unwrap_or(Some(column)) == Some(TYPE)
    };
    let column = columns.iter().position(is_type)?;
    let mut row = Row::default();
    while let Ok(Next::Row) = rows.next(&mut row) {
        if !row.blank() {
            let kind = String::from_utf8_lossy(row.cell(column)).trim().to_owned();
            return (!kind.is_empty()).then_some(kind);
        }
    }
    None
}

/// A table whose header was read.
pub(super) struct Table {
    pub(super) rows: Box<dyn RowSource>,
    pub(super) names: Vec<String>,
    pub(super) line: u64,
    /// What was found before the header.
    pub(super) findings: Vec<Finding>,
    pub(super) source: &'static str,
    sheet: Option<String>,
}

impl Table {
    pub(super) fn new(from: Box<dyn Read + Send>, setting: Setting<'_>, side: Side) -> Result<Table> {
        Table::of(open(from, setting.mapping, side, setting.limit)?)
    }

    fn of(opened: Opened) -> Result<Table> {
        let Opened { mut rows, findings, source, sheet } = opened;
        let (names, line) = read_header(&mut *rows)?;
        Ok(Table { rows, names, line, findings, source, sheet })
    }

    /// Why nothing can be read by the header: it may be that of another sheet than the one that is meant.
    pub(super) fn unread(&self, words: String) -> Error {
        wrong(match &self.sheet {
            Some(sheet) => {
                let sheet = named(sheet);
                format!("{words}. Of its sheets {sheet:?} was read; `sheet` in a mapping file names another one")
            }
            None => words,
        })
    }

    /// Its columns; `sheet` tells which of two files it is, `key` the name of its key column.
    pub(super) fn columns<'t>(&'t self, sheet: Option<usize>, key: Option<&'t str>) -> Columns<'t> {
        // The names of a Parquet file are in its schema.
        let certain = !matches!(self.source, CSV | XLSX);
        Columns { names: &self.names, line: self.line, sheet, key, certain }
    }

    /// Where the key column is.
    pub(super) fn key(&self, key: &str) -> Result<usize> {
        let found = self.names.iter().position(|name| name == key);
        found.ok_or_else(|| wrong(format!("it has no column `{key}`, which the mapping names as the key")))
    }
}
