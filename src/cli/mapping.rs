//! The mapping file of `check`: read, and held against the standard and the files before anything is judged.

use super::Failure;
use super::sources::usage;
use crate::records::{self, Input, Mapping};
use crate::source::files::read_at_most;
use crate::source::{Diagnostics, Place};
use crate::standard::Standard;
use std::io::ErrorKind;
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
    match read_at_most(LARGEST, path).map(|bytes| bytes.map(String::from_utf8)) {
        Ok(Some(Ok(text))) => Mapping::read(&shown, &text).map_err(|wrong| usage(&wrong)),
        Ok(Some(Err(_))) => Err(fail("the file is not UTF-8 text".into(), "save it as UTF-8")),
        Ok(None) => Err(fail(format!("the file has more than {LARGEST} bytes; it is not read"), "")),
        Err(error) => {
            let hint = match error.kind() {
                ErrorKind::NotFound => "is the name right?",
                _ => "check its permissions",
            };
            Err(fail(format!("cannot read the mapping file: {error}"), hint))
        }
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
