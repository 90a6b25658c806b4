//! The mapping file of `check`: read, and held against the standard and the files before anything is judged.

use super::Failure;
use super::sources::usage;
use crate::records::{self, Input, Mapping};
use crate::source::{Diagnostics, Place};
use crate::standard::Standard;
use std::path::Path;

/// A mapping file is no larger.
const LARGEST: u64 = 4 << 20;

/// Reads a mapping file.
pub(super) fn load(path: &Path) -> Result<Mapping, Failure> {
    let shown = path.display().to_string();
    let fail = |message: String, hint: &str| {
        let mut wrong = Diagnostics::default();
        wrong.error(Place::file(&shown), message).hint(hint);
        usage(&wrong)
    };
    let size = std::fs::metadata(path).map(|file| file.len());
    match size {
        Ok(size) if size > LARGEST => {
            return Err(fail(format!("the file has {size} bytes; at most {LARGEST} are read"), ""));
        }
        Ok(_) => {}
        Err(error) => return Err(fail(format!("cannot read the mapping file: {error}"), "is the name right?")),
    }
    match std::fs::read(path).map(String::from_utf8) {
        Ok(Ok(text)) => Mapping::read(&shown, &text).map_err(|wrong| usage(&wrong)),
        Ok(Err(_)) => Err(fail("the file is not UTF-8 text".into(), "save it as UTF-8")),
        Err(error) => Err(fail(format!("cannot read the mapping file: {error}"), "check its permissions")),
    }
}

/// Everything the mapping names that the standard, the class or the files do not have, at once.
pub(super) fn check(mapping: &Mapping, standard: &Standard, class: &str, inputs: &[Input]) -> Result<(), Failure> {
    let mut wrong = mapping.check(standard, class);
    // What comes on standard input can be read only once.
    if inputs.iter().all(|input| input.size().is_some()) {
        let sheets = mapping.check_sheets(&records::sheets_of(inputs));
        // Without its sheet no column of a workbook is known.
        if sheets.has_errors() {
            wrong.extend(sheets);
            return Err(usage(&wrong));
        }
        wrong.extend(mapping.check_columns(standard, class, &records::columns_of(standard, inputs, mapping)));
    }
    if wrong.has_errors() { Err(usage(&wrong)) } else { Ok(()) }
}
