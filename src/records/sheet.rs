//! The findings once more, as a table for spreadsheets.

use super::parts::FINDINGS;
use crate::model::text::visible;
use serde_json::{Map, Value};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Error, Result, Write};
use std::path::Path;

/// The findings as a table, in the folder of the reports.
pub const SHEET: &str = "findings.csv";

const COLUMNS: [&str; 14] = [
    "file", "line", "record", "column", "key", "pointer", "rule", "verdict", "force", "expected", "found", "source",
    "erratum", "other",
];

/// Writes `findings.csv` from the `findings.ndjson` of a folder, finding by finding.
///
/// # Errors
/// Either file cannot be read or written.
pub fn sheet(folder: &Path) -> Result<()> {
    let from = BufReader::new(File::open(folder.join(FINDINGS))?);
    let mut to = BufWriter::new(File::create(folder.join(SHEET))?);
    // Without the mark a spreadsheet takes UTF-8 for the code page of its machine.
    to.write_all(b"\xEF\xBB\xBF")?;
    write(from, &mut to)?;
    to.flush()
}

fn write(from: impl BufRead, to: impl Write) -> Result<()> {
    let mut rows = csv::Writer::from_writer(to);
    rows.write_record(COLUMNS)?;
    for line in from.lines() {
        let finding: Map<String, Value> = serde_json::from_str(&line?).map_err(Error::other)?;
        rows.write_record(COLUMNS.map(|column| cell(finding.get(column).unwrap_or(&Value::Null))))?;
    }
    rows.flush()
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => plain(text),
        Value::Object(place) => {
            let part = |name: &str| place.get(name).map(cell).unwrap_or_default();
            format!("{}:{}", part("file"), part("line"))
        }
        other => other.to_string(),
    }
}

/// A text that a spreadsheet would take for a formula gets a quote mark in front, and what acts on a terminal is shown as
/// an escape: files and members may have any name.
fn plain(text: &str) -> String {
    let shown = visible(text);
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{shown}"),
        false => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_shown_as_an_escape() {
        assert_eq!(plain("c\u{1b}[31m\u{7}\u{9b}e\u{202e}gpj"), "c\\u001b[31m\\u0007\\u009be\\u202egpj");
        assert_eq!(plain("two\nlines, José"), "two\nlines, José");
    }

    #[test]
    fn a_finding_is_a_row_and_never_a_formula() {
        let findings = concat!(
            r#"{"file":"=1+1","key":"UIN …31","line":7,"record":3,"pointer":"/a,b","rule":"R","force":"N","verdict":"fail","#,
            r#""expected":"a \"date\"","found":"a number","source":"s","other":{"file":"b","line":9}}"#,
            "\n"
        );
        let mut out = Vec::new();
        write(findings.as_bytes(), &mut out).expect("memory can be written");
        let text = String::from_utf8(out).expect("UTF-8");
        let rows: Vec<&str> = text.lines().collect();
        assert_eq!(
            rows,
            [
                "file,line,record,column,key,pointer,rule,verdict,force,expected,found,source,erratum,other",
                "'=1+1,7,3,,UIN …31,\"/a,b\",R,fail,N,\"a \"\"date\"\"\",a number,s,,b:9",
            ]
        );
    }
}
