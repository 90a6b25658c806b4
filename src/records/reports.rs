//! Reports of ours, where records are looked for or reports are to be written.

use super::parts::{ABOUT, CHUNKS, FINDINGS, KEYS};
use super::sheet::SHEET;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// What a check or a run may write into a folder.
pub const OWN_FILES: [&str; 8] = [RESULT, "report.html", "junit.xml", FINDINGS, SHEET, ABOUT, CHUNKS, KEYS];
const RESULT: &str = "result.json";
/// How a result begins, and how what is known of a part does.
const MARKS: [(&str, &str); 2] = [(RESULT, "dci-conform/result/"), (ABOUT, "dci-conform/part/")];
/// Bytes in which it stands.
const BEGINNING: u64 = 256;

/// True for a folder that holds a report of ours.
pub fn is_of_reports(folder: &Path) -> bool {
    MARKS.iter().any(|(name, mark)| {
        let mut beginning = Vec::new();
        let read = File::open(folder.join(name)).and_then(|file| file.take(BEGINNING).read_to_end(&mut beginning));
        read.is_ok() && memchr::memmem::find(&beginning, mark.as_bytes()).is_some()
    })
}

/// True for a file that a check or a run writes, by its name.
pub(super) fn is_own(file: &Path) -> bool {
    file.file_name().and_then(|name| name.to_str()).is_some_and(|name| OWN_FILES.contains(&name))
}
