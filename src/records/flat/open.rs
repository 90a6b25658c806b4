//! A table as far as its header: what kind of file it is, its rows, and the names of its columns.

#[cfg(feature = "parquet")]
use super::columnar;
use super::header::{Setting, names};
use super::mapping::Mapping;
use super::rows::{Flawed, Next, Row, RowSource};
use super::text::Text;
use super::{dialect, wrong, xlsx};
use crate::model::verdict::{Force, Verdict};
use crate::records::finding::{Finding, finding};
use crate::records::inputs::fill;
use std::io::{Cursor, Read, Result};

/// Bytes looked at to tell the separator.
const HEAD: usize = 1 << 16;
/// Where rows of text are described.
const CSV: &str = "CSV (RFC 4180)";
/// Where the rows of a workbook are described.
const XLSX: &str = "XLSX (ISO/IEC 29500)";

/// Where the rows of a Parquet file are described.
#[cfg(feature = "parquet")]
const PARQUET: &str = "Apache Parquet format";

/// Rows as far as they were opened.
struct Opened {
    rows: Box<dyn RowSource>,
    findings: Vec<Finding>,
    /// Where such rows are described.
    source: &'static str,
}

/// Which table: of two that are joined the first (0) or the second (1).
pub(super) type Side = Option<usize>;

/// Opens a table. Which kind it is its first bytes tell.
fn open(mut from: Box<dyn Read + Send>, mapping: Option<&Mapping>, side: Side, limit: usize) -> Result<Opened> {
    let mut head = [0; 4];
    let read = fill(&mut from, &mut head)?;
    let whole = Box::new(Cursor::new(head.get(..read).unwrap_or_default().to_vec()).chain(from));
    match head {
        [b'P', b'K', 3, 4] => workbook(whole, mapping, side, limit),
        #[cfg(feature = "parquet")]
        [b'P', b'A', b'R', b'1'] => {
            let rows = Box::new(columnar::open(whole, limit)?);
            Ok(Opened { rows, findings: Vec::new(), source: PARQUET })
        }
        _ => text(whole, mapping, limit),
    }
}

fn workbook(from: Box<dyn Read + Send>, mapping: Option<&Mapping>, side: Side, limit: usize) -> Result<Opened> {
    let named = mapping.and_then(|mapping| mapping.worksheet(side));
    let read_elsewhere = mapping.and_then(|mapping| mapping.worksheet(side.map(|side| 1 - side.min(1))));
    let (rows, others) = xlsx::open(from, named, limit)?;
    let others: Vec<String> = others.into_iter().filter(|name| Some(name.as_str()) != read_elsewhere).collect();
    let mut findings = Vec::new();
    if !others.is_empty() {
        let (expected, found) = ("one sheet, or the name of one in a mapping", others_in_words(&others));
        findings.push(finding(1, "XLSX-SHEET", Force::I, Verdict::Warn, expected, &found, XLSX));
    }
    Ok(Opened { rows: Box::new(rows), findings, source: XLSX })
}

fn others_in_words(others: &[String]) -> String {
    const SHOWN: usize = 10;
    let names: Vec<String> = others.iter().take(SHOWN).map(|name| format!("{name:?}")).collect();
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
    if head.contains(&0) {
        let words = "it holds NUL bytes, so it is no text; is the file what its name says, and is it in UTF-8?";
        return Err(wrong(words.into()));
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
    Ok(Opened { rows: Box::new(rows), findings, source: CSV })
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
    Ok(read_header(&mut *open(from, mapping, side, crate::records::RECORD_LIMIT)?.rows)?.0)
}

/// A table whose header was read.
pub(super) struct Table {
    pub(super) rows: Box<dyn RowSource>,
    pub(super) names: Vec<String>,
    pub(super) line: u64,
    /// What was found before the header.
    pub(super) findings: Vec<Finding>,
    pub(super) source: &'static str,
}

impl Table {
    pub(super) fn new(from: Box<dyn Read + Send>, setting: Setting<'_>, side: Side) -> Result<Table> {
        let Opened { mut rows, findings, source } = open(from, setting.mapping, side, setting.limit)?;
        let (names, line) = read_header(&mut *rows)?;
        Ok(Table { rows, names, line, findings, source })
    }

    /// Where the key column is.
    pub(super) fn key(&self, key: &str) -> Result<usize> {
        let found = self.names.iter().position(|name| name == key);
        found.ok_or_else(|| wrong(format!("it has no column `{key}`, which the mapping names as the key")))
    }
}
