//! Workbooks (XLSX): one of their sheets as rows.
//!
//! Read with an XML reader alone, since no reader of workbooks at hand bounds what it takes: memory must not hang on
//! what a file says of itself. It is bounded by the texts that cells share (512 MiB), and beside them by one row.

mod book;
mod dates;
mod sheet;
#[cfg(test)]
mod tests;
mod xml;
mod zip;

use super::spill::store;
use super::wrong;
use book::{Book, Sheet};
use std::io::{Read, Result};
use zip::Archive;

/// The rows of the sheet that is named, else of the first one with cells; its name, and those of the other sheets with cells.
pub(super) fn open(
    from: Box<dyn Read + Send>,
    named: Option<&str>,
    limit: usize,
) -> Result<(sheet::Rows<impl Read + Send + use<>>, String, Vec<String>)> {
    let (file, size) = store(from)?;
    let mut archive = Archive::new(file)?;
    let book = Book::new(&mut archive)?;
    let mut filled: Vec<Sheet> = Vec::new();
    for sheet in &book.sheets {
        // What cannot be read is not empty, as far as anybody knows.
        if archive.part(&sheet.part).and_then(sheet::filled).unwrap_or(true) {
            filled.push(sheet.clone());
        }
    }
    let chosen = match named {
        None => filled.iter().find(|sheet| sheet.plain).or(filled.first()).cloned(),
        Some(name) => {
            let sheet = book.sheets.iter().find(|sheet| sheet.name == name);
            let names = || book.sheets.iter().map(|sheet| format!("`{}`", sheet.name)).collect::<Vec<_>>().join(", ");
            Some(sheet.cloned().ok_or_else(|| wrong(format!("it has no sheet `{name}`, only {}", names())))?)
        }
    };
    let chosen = chosen.ok_or_else(|| wrong("it is empty: no sheet has a cell".into()))?;
    let others = filled.into_iter().filter(|sheet| *sheet != chosen).map(|sheet| sheet.name).collect();
    let part = archive.last_part(&chosen.part)?;
    Ok((sheet::Rows::new(part, book, limit, size), chosen.name, others))
}

/// The names of all sheets.
pub(in crate::records) fn sheets(from: Box<dyn Read + Send>) -> Result<Vec<String>> {
    let mut archive = Archive::new(store(from)?.0)?;
    Ok(Book::new(&mut archive)?.sheets.into_iter().map(|sheet| sheet.name).collect())
}
