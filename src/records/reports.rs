//! Reports of ours, where records are looked for or reports are to be written.

use super::parts::{ABOUT, CHUNKS, FINDINGS, KEYS, UNFINISHED};
use super::sheet::SHEET;
use serde::de::IgnoredAny;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// What a check or a run may write into a folder.
pub const OWN_FILES: [&str; 9] = [RESULT, "report.html", "junit.xml", FINDINGS, UNFINISHED, SHEET, ABOUT, CHUNKS, KEYS];
const RESULT: &str = "result.json";
/// How a result begins, and how what is known of a part does.
const MARKS: [(&str, &str); 2] = [(RESULT, "dci-conform/result/"), (ABOUT, "dci-conform/part/")];
/// How each line of findings begins, and each of chunks.
const FINDING: &[u8] = b"{\"file\":";
const CHUNK: &[u8] = b"{\"number\":";
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

/// True for a file that a check or a run wrote: by its name, by how it begins, since records may have any name, and by how it
/// goes on, since records may stand behind the first line of a report.
pub fn is_own(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str()).filter(|name| OWN_FILES.contains(name));
    let Some(name) = name else { return false };
    let mut beginning = Vec::new();
    let read = File::open(file).and_then(|file| file.take(BEGINNING).read_to_end(&mut beginning));
    read.is_ok()
        && begins_as_own(name, &beginning)
        && File::open(file).is_ok_and(|file| goes_on_as_own(name, BufReader::new(file)))
}

/// Whether all of it can be what we write: of what is read as records elsewhere, each line or the one document.
fn goes_on_as_own(name: &str, mut file: impl BufRead) -> bool {
    let mark = match name {
        FINDINGS | UNFINISHED => FINDING,
        CHUNKS => CHUNK,
        RESULT | ABOUT => return serde_json::from_reader::<_, IgnoredAny>(file).is_ok(),
        _ => return true,
    };
    let mut line = Vec::new();
    loop {
        line.clear();
        match file.read_until(b'\n', &mut line) {
            Ok(0) => return true,
            // The last one may be cut off.
            Ok(_) if line.starts_with(mark) || mark.starts_with(&line) => {}
            _ => return false,
        }
    }
}

/// Whether something of this name, one of [`OWN_FILES`], can be what we write under it.
fn begins_as_own(name: &str, beginning: &[u8]) -> bool {
    let starts = |with: &str| beginning.starts_with(with.as_bytes());
    match name {
        KEYS => beginning.is_empty() || std::str::from_utf8(beginning).is_err(),
        FINDINGS | UNFINISHED => beginning.is_empty() || beginning.starts_with(FINDING),
        CHUNKS => beginning.is_empty() || beginning.starts_with(CHUNK),
        SHEET => starts("\u{feff}file,line,record,"),
        _ if name.ends_with(".html") => starts("<!doctype html>"),
        _ if name.ends_with(".xml") => starts("<?xml "),
        _ => {
            let mark = MARKS.iter().find(|(marked, _)| *marked == name).map(|(_, mark)| mark.as_bytes());
            mark.is_some_and(|mark| memchr::memmem::find(beginning, mark).is_some())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_under_a_name_of_ours_are_no_report_of_ours() {
        for name in OWN_FILES {
            for records in ["{\"group_type\": \"9\"}\n", "[{\"group_type\": \"9\"}]", "group_type,place\n9,\n"] {
                assert!(!begins_as_own(name, records.as_bytes()), "{name}: {records}");
            }
        }
    }

    #[test]
    fn records_behind_a_report_of_ours_are_none_of_it() {
        const GROUP: &str = "{\"group_type\": \"9\"}\n";
        let own = |name: &str, text: &str| goes_on_as_own(name, text.as_bytes());
        for (name, report) in [
            (FINDINGS, "{\"file\":\"a\",\"line\":1}\n"),
            (UNFINISHED, "{\"file\":\"a\",\"line\":1}\n"),
            (CHUNKS, "{\"number\":1}\n"),
            (RESULT, "{\"schema\": \"dci-conform/result/1\",\n\"tests\": []}\n"),
            (ABOUT, "{\"schema\": \"dci-conform/part/1\"}"),
        ] {
            assert!(own(name, report), "{name}");
            assert!(!own(name, &format!("{report}{GROUP}")), "{name}");
        }
        assert!(own(UNFINISHED, "{\"file\":\"a\"}\n{\"fi") && own(FINDINGS, ""));
    }
}
