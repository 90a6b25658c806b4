//! The cells of a sheet as rows of text.

use super::book::{Book, TEXT, plain};
use super::dates::Shown;
use super::xml::{Event, Xml, attribute};
use super::zip::damaged;
use crate::records::flat::rows::{Flaw, Flawed, Next, Odd, Row, RowSource};
use std::io::{Read, Result};

/// Columns of a sheet, at most.
const COLUMNS: usize = 16_384;

/// The rows of a sheet.
pub(in crate::records::flat) struct Rows<R: Read> {
    xml: Xml<R>,
    book: Book,
    /// The number of the row at hand.
    line: u64,
    /// Columns of the header, once it was read.
    width: Option<usize>,
    limit: usize,
    taken: u64,
    value: Vec<u8>,
}

/// A cell as its tags tell it.
#[derive(Debug, Default)]
struct Cell {
    /// Its column, where it says so; from 0.
    column: Option<usize>,
    kind: String,
    style: usize,
    /// True where it has a value, which may be empty.
    valued: bool,
    formula: bool,
}

/// A tag inside a cell.
enum Inner {
    Value,
    Inline,
    Formula,
    Other,
}

impl<R: Read> Rows<R> {
    /// `taken` are the bytes of the workbook; a row has at most `limit` bytes.
    pub(super) fn new(part: R, book: Book, limit: usize, taken: u64) -> Rows<R> {
        Rows { xml: Xml::new(part), book, line: 0, width: None, limit, taken, value: Vec::new() }
    }

    /// The cells of a row that was started; false where it is larger than the limit.
    fn row(&mut self, row: &mut Row) -> Result<bool> {
        let mut whole = true;
        loop {
            let cell = match self.xml.next()? {
                Event::Start(tag) if tag.local_name().as_ref() == b"c" => Cell {
                    column: attribute(&tag, "r").as_deref().map(column).transpose()?,
                    kind: attribute(&tag, "t").unwrap_or_default(),
                    style: attribute(&tag, "s").and_then(|style| style.parse().ok()).unwrap_or(0),
                    ..Cell::default()
                },
                Event::End(tag) if tag.local_name().as_ref() == b"row" => return Ok(whole),
                Event::Eof => return Err(damaged("a sheet ends too early")),
                _ => continue,
            };
            let at = cell.column.unwrap_or(row.count);
            if at < row.count || at >= COLUMNS {
                return Err(damaged(&format!("the cells of row {} are not in order", self.line)));
            }
            let before = row.text.len();
            row.ends.resize(at, before);
            let odd = self.cell(cell, &mut row.text)?;
            row.odd.extend(odd.map(|odd| (u32::try_from(at).unwrap_or(u32::MAX), odd)));
            if row.text.len() > self.limit {
                whole = false;
                row.text.truncate(before);
            }
            row.ends.push(row.text.len());
            row.count = at + 1;
        }
    }

    /// Reads a cell that was started to its end, and appends its text.
    fn cell(&mut self, mut cell: Cell, out: &mut Vec<u8>) -> Result<Option<Odd>> {
        let mut value = std::mem::take(&mut self.value);
        value.clear();
        loop {
            let inner = match self.xml.next()? {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    b"v" => Inner::Value,
                    b"is" => Inner::Inline,
                    b"f" => Inner::Formula,
                    _ => Inner::Other,
                },
                Event::End(tag) if tag.local_name().as_ref() == b"c" => break,
                Event::Eof => return Err(damaged("a sheet ends too early")),
                _ => continue,
            };
            match inner {
                Inner::Value if cell.kind != "inlineStr" => self.xml.text(None, TEXT, &mut value)?,
                Inner::Inline => self.xml.text(Some(b"t"), TEXT, &mut value)?,
                _ => self.xml.text(None, TEXT, &mut Vec::new())?,
            }
            cell.formula |= matches!(inner, Inner::Formula);
            cell.valued |= matches!(inner, Inner::Value | Inner::Inline);
        }
        let odd = self.value(&cell, &mut value, out);
        self.value = value;
        odd
    }

    /// What a cell holds, as text.
    fn value(&self, cell: &Cell, value: &mut Vec<u8>, out: &mut Vec<u8>) -> Result<Option<Odd>> {
        if !cell.valued || (value.is_empty() && !matches!(cell.kind.as_str(), "str" | "inlineStr")) {
            return Ok(cell.formula.then_some(Odd::Formula));
        }
        match cell.kind.as_str() {
            "s" => {
                let index = std::str::from_utf8(value).ok().and_then(|index| index.trim().parse().ok());
                let text = index.and_then(|index| self.book.texts.get(index));
                let missing = || damaged(&format!("row {} refers to a text that is not there", self.line));
                out.extend_from_slice(text.ok_or_else(missing)?);
            }
            "b" => {
                out.extend_from_slice(match value.trim_ascii() {
                    b"1" => b"true",
                    b"0" => b"false",
                    other => other,
                });
                return Ok(Some(Odd::Truth));
            }
            "e" => return Ok(Some(Odd::Error)),
            "str" | "inlineStr" => {
                plain(value);
                out.extend_from_slice(value);
            }
            "d" => {
                out.extend_from_slice(value);
                return Ok(Some(Odd::Date));
            }
            _ => return Ok(self.number(cell.style, value, out)),
        }
        Ok(None)
    }

    fn number(&self, style: usize, value: &[u8], out: &mut Vec<u8>) -> Option<Odd> {
        let number = std::str::from_utf8(value).ok().and_then(|text| text.trim().parse::<f64>().ok());
        let Some(number) = number.filter(|number| number.is_finite()) else {
            out.extend_from_slice(value);
            return None;
        };
        let shown = self.book.styles.get(style).copied().unwrap_or_default();
        let text = shown.text(number, self.book.from_1904);
        let odd = if shown != Shown::Number && text.is_some() { Odd::Date } else { Odd::Number };
        let text = text.or_else(|| Shown::Number.text(number, false)).unwrap_or_default();
        out.extend(text.bytes());
        Some(odd)
    }

    /// Every row as wide as the header: a sheet leaves out cells that are empty, and keeps empty ones that have a colour.
    fn shape(&mut self, row: &mut Row) {
        while row.count > 0 && row.cell(row.count - 1).is_empty() {
            row.count -= 1;
        }
        row.ends.truncate(row.count);
        if row.count == 0 {
            return;
        }
        let width = *self.width.get_or_insert(row.count);
        if row.count < width {
            row.ends.resize(width, row.text.len());
            row.count = width;
        }
    }
}

impl<R: Read + Send> RowSource for Rows<R> {
    fn next(&mut self, row: &mut Row) -> Result<Next> {
        loop {
            match self.xml.next()? {
                Event::Start(tag) if tag.local_name().as_ref() == b"row" => {
                    // Rows are numbered from 1.
                    let told = attribute(&tag, "r").and_then(|line| line.parse().ok()).filter(|line| *line > 0);
                    self.line = told.unwrap_or(self.line.saturating_add(1));
                    break;
                }
                // Only at the end of the part its sum is known to be right.
                Event::Eof => return Ok(Next::End),
                _ => {}
            }
        }
        row.text.clear();
        row.ends.clear();
        row.odd.clear();
        (row.count, row.line, row.second) = (0, self.line, false);
        row.kin = Default::default();
        if !self.row(row)? {
            return Ok(Next::Flaw(Flawed { line: self.line, flaw: Flaw::TooLarge, second: false }));
        }
        self.shape(row);
        Ok(Next::Row)
    }

    fn taken(&mut self) -> u64 {
        std::mem::take(&mut self.taken)
    }
}

/// The column that a cell such as `AB12` is in, from 0.
fn column(name: &str) -> Result<usize> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.fold(0usize, |number, letter| {
        number.saturating_mul(26).saturating_add(usize::from(letter.to_ascii_uppercase() - b'A') + 1)
    });
    number.checked_sub(1).ok_or_else(|| damaged("a cell without a column"))
}

/// True where a sheet has a cell with something in it.
pub(super) fn filled(part: impl Read) -> Result<bool> {
    let mut xml = Xml::new(part);
    loop {
        match xml.next()? {
            Event::Start(tag) if matches!(tag.local_name().as_ref(), b"v" | b"is" | b"f") => return Ok(true),
            Event::End(tag) if tag.local_name().as_ref() == b"sheetData" => return Ok(false),
            Event::Eof => return Ok(false),
            _ => {}
        }
    }
}
