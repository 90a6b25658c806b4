//! Parquet files. One without lists is a table: one column a column, fields of structs named by their paths. One with
//! lists in its columns has whole records as its rows.
//!
//! Memory is bounded by a page and a dictionary of each column, both looked up before a group of rows is read.

mod column;
mod file;
mod groups;
mod guard;
mod nested;
mod pages;
mod paths;
mod rows;
mod shape;
#[cfg(test)]
mod tests;
mod text;
mod thrift;

pub(super) use nested::Nested;
pub(super) use rows::Rows;

use super::spill::store;
use super::wrong;
use file::{Content, File, damaged};
use groups::Groups;
use std::io::{Read, Result};

/// The most cells: a few bytes can stand for any number of equal ones.
const CELLS: u64 = 16_000_000_000;

/// A file as far as its end, which tells what is in it.
pub(super) struct Parquet {
    file: File,
    content: Content,
    /// All rows, and all bytes they are made of.
    rows: u64,
    size: u64,
}

impl Parquet {
    /// The file whose bytes these are.
    pub(super) fn new(from: Box<dyn Read + Send>) -> Result<Parquet> {
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
        content.readable()?;
        Ok(Parquet { file, content, rows, size })
    }

    /// True where its rows are records and no rows of a table.
    pub(super) fn has_lists(&self) -> bool {
        self.content.list().is_some()
    }

    /// The names of the fields of a row.
    pub(super) fn fields(&self) -> Vec<String> {
        self.content.fields().iter().map(|field| field.name().to_owned()).collect()
    }
}
