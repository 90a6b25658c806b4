//! A file without lists as the rows of a table: first the names of its columns, then its rows by their numbers from 1.

use super::{Groups, Parquet, damaged};
use crate::records::flat::rows::{Flaw, Flawed, Next, Odd, Row, RowSource};
use crate::records::flat::wrong;
use std::io::Result;

pub(in crate::records::flat) struct Rows {
    groups: Groups,
    limit: usize,
    names: bool,
    /// What the values of each column are, where that may matter.
    odd: Vec<Option<Odd>>,
}

impl Rows {
    pub(in crate::records::flat) fn new(parquet: Parquet, limit: usize) -> Result<Rows> {
        if let Some(list) = parquet.content.list() {
            let name = parquet.content.name(list);
            return Err(wrong(format!(
                "its column {name:?} is a list, and files that are joined have none; write a column for each value \
                 (a[0].b), or leave the mapping out where each row is a whole record"
            )));
        }
        let odd = parquet.content.odd()?;
        Ok(Rows { groups: Groups::new(parquet), limit, names: true, odd })
    }

    fn row(&mut self, row: &mut Row) -> Result<Next> {
        let (mut too_large, line) = (false, self.groups.line);
        let Groups { columns, parquet, .. } = &mut self.groups;
        for (number, (cells, odd)) in columns.iter_mut().zip(&self.odd).enumerate() {
            let start = row.text.len();
            cells.next(&mut row.text).ok_or_else(|| {
                let name = parquet.content.name(number);
                damaged(&format!("row {line} of column {name:?} cannot be read"))
            })?;
            if row.text.len() > start
                && let Some(odd) = odd
            {
                row.odd.push((u32::try_from(number).unwrap_or(u32::MAX), *odd));
            }
            row.ends.push(row.text.len());
            if row.text.len() > self.limit {
                too_large = true;
                row.text.clear();
            }
        }
        row.count = row.ends.len();
        match too_large {
            true => Ok(Next::Flaw(Flawed { line, flaw: Flaw::TooLarge, second: false })),
            false => Ok(Next::Row),
        }
    }
}

impl RowSource for Rows {
    fn next(&mut self, row: &mut Row) -> Result<Next> {
        row.text.clear();
        row.ends.clear();
        row.odd.clear();
        (row.line, row.kin, row.second) = (self.groups.line.max(1), Default::default(), false);
        if std::mem::take(&mut self.names) {
            let content = &self.groups.parquet.content;
            for number in 0..content.columns() {
                row.text.extend_from_slice(content.name(number).as_bytes());
                row.ends.push(row.text.len());
            }
            row.count = row.ends.len();
            return Ok(Next::Row);
        }
        if !self.groups.next()? {
            return Ok(Next::End);
        }
        row.line = self.groups.line;
        self.row(row)
    }

    fn taken(&mut self) -> u64 {
        self.groups.taken()
    }
}
