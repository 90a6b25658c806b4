//! Parquet files as rows: one column a column, fields of structs named by their paths. Lists in columns are not read: a
//! table has columns for their values, as any other export.
//!
//! Memory is bounded by a page and a dictionary of each column, both looked up before a group of rows is read.

mod column;
mod file;
mod guard;
mod pages;
#[cfg(test)]
mod tests;
mod text;
mod thrift;

use super::rows::{Flaw, Flawed, Next, Odd, Row, RowSource};
use super::spill::store;
use super::wrong;
use column::Cells;
use file::{Content, File, damaged};
use std::io::{Read, Result};

/// The most bytes that all columns hold at once.
const HELD: u64 = 1 << 30;
/// The most cells: a few bytes can stand for any number of equal ones.
const CELLS: u64 = 16_000_000_000;

/// The rows of a file: first the names of its columns, then its rows by their numbers from 1.
pub(super) struct Rows {
    file: File,
    content: Content,
    limit: usize,
    names: bool,
    group: usize,
    /// Rows left in the group at hand.
    left: u64,
    line: u64,
    columns: Vec<Box<dyn Cells>>,
    /// What is to be told of each column, once.
    odd: Vec<Option<Odd>>,
    /// All rows, and all bytes they are made of.
    rows: u64,
    size: u64,
    /// Bytes that were said to be taken in.
    told: u64,
}

/// The rows of the file whose bytes these are.
pub(super) fn open(from: Box<dyn Read + Send>, limit: usize) -> Result<Rows> {
    let (bytes, size) = store(from)?;
    let file = File::new(bytes, size);
    let content = file.content()?;
    if content.columns() == 0 {
        return Err(wrong("it is empty: it has no column".into()));
    }
    if (0..content.columns()).all(|column| content.name(column).is_empty()) {
        return Err(wrong("no column of it has a name".into()));
    }
    let rows = content.rows().ok_or_else(|| damaged("its groups do not have the rows it says"))?;
    if rows.checked_mul(content.columns() as u64).is_none_or(|cells| cells > CELLS) {
        return Err(wrong(format!("it says it has more than {CELLS} cells; export it in parts")));
    }
    let odd = content.odd()?;
    let (columns, group) = (Vec::new(), 0);
    Ok(Rows { file, content, limit, names: true, group, left: 0, line: 0, columns, odd, rows, size, told: 0 })
}

impl Rows {
    /// Goes on to the next group that has rows; false at the end.
    fn next_group(&mut self) -> Result<bool> {
        // The old ones go before the new ones come.
        self.columns.clear();
        while self.group < self.content.groups() {
            let (chunks, rows) = (self.content.chunks(self.group), self.content.rows_of(self.group));
            self.group += 1;
            // Also of a group that says it has no rows: it may not have values either.
            let held: Vec<u64> = chunks.iter().map(|chunk| self.file.survey(chunk, rows)).collect::<Result<_>>()?;
            if held.iter().sum::<u64>() > HELD {
                let words = format!("its pages take more than {HELD} bytes at once; write it with smaller pages");
                return Err(wrong(words));
            }
            if rows > 0 {
                let open = |(chunk, held)| column::cells(&self.file, chunk, rows, held);
                self.columns = chunks.iter().zip(held).map(open).collect::<Result<_>>()?;
                self.left = rows;
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn row(&mut self, row: &mut Row) -> Result<Next> {
        let mut too_large = false;
        for (number, (cells, odd)) in self.columns.iter_mut().zip(&mut self.odd).enumerate() {
            let start = row.text.len();
            cells.next(&mut row.text).ok_or_else(|| {
                let name = self.content.name(number);
                damaged(&format!("row {} of column {name:?} cannot be read", self.line))
            })?;
            if row.text.len() > start
                && let Some(odd) = odd.take()
            {
                row.odd.push((u32::try_from(number).unwrap_or(u32::MAX), odd));
            }
            row.ends.push(row.text.len());
            if row.text.len() > self.limit {
                too_large = true;
                row.text.clear();
            }
        }
        row.count = row.ends.len();
        match too_large {
            true => Ok(Next::Flaw(Flawed { line: self.line, flaw: Flaw::TooLarge, second: false })),
            false => Ok(Next::Row),
        }
    }
}

impl RowSource for Rows {
    fn next(&mut self, row: &mut Row) -> Result<Next> {
        row.text.clear();
        row.ends.clear();
        row.odd.clear();
        (row.line, row.kin, row.second) = (self.line.max(1), Default::default(), false);
        if std::mem::take(&mut self.names) {
            for number in 0..self.content.columns() {
                row.text.extend_from_slice(self.content.name(number).as_bytes());
                row.ends.push(row.text.len());
            }
            row.count = row.ends.len();
            return Ok(Next::Row);
        }
        if self.left == 0 && !self.next_group()? {
            return Ok(Next::End);
        }
        self.left -= 1;
        self.line += 1;
        row.line = self.line;
        self.row(row)
    }

    /// The share of the file that the rows until now are.
    fn taken(&mut self) -> u64 {
        let part = u128::from(self.size) * u128::from(self.line) / u128::from(self.rows.max(1));
        let now = u64::try_from(part).unwrap_or(self.size);
        now - std::mem::replace(&mut self.told, now)
    }
}
