//! Lines with defects, as each contestant tells them; and the two contestants written here.

use serde::de::IgnoredAny;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

#[derive(Debug, PartialEq, Eq)]
pub struct Lines(BTreeSet<u64>);

impl Lines {
    /// Of `findings.ndjson`.
    pub fn of_findings(path: &Path) -> Lines {
        let line = |text: &str| serde_json::from_str::<Value>(text).ok()?.get("line")?.as_u64();
        Lines(read(path).lines().filter_map(line).collect())
    }

    /// One number a line.
    pub fn listed(path: &Path) -> Lines {
        Lines(read(path).lines().filter_map(|text| text.parse().ok()).collect())
    }

    /// `fail: FILE (entry #7)`.
    pub fn of_entries(path: &Path) -> Lines {
        let entry = |text: &str| text.strip_prefix("fail: ")?.rsplit_once('#')?.1.strip_suffix(')')?.parse().ok();
        Lines(read(path).lines().filter_map(entry).collect())
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    pub fn difference(&self, other: &Lines) -> String {
        let first = self.0.symmetric_difference(&other.0).next().copied().unwrap_or(0);
        format!("{} here, {} there, the first at line {first}", self.0.len(), other.0.len())
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// Gives every line of a file to a listener, by the reader that suits all contestants.
fn each_line(path: &Path, mut each: impl FnMut(u64, &[u8])) {
    let mut file = BufReader::with_capacity(1 << 18, File::open(path).expect("the file is there"));
    let mut line = Vec::new();
    let mut number = 0;
    while file.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        number += 1;
        each(number, &line);
        line.clear();
    }
}

pub fn read_and_drop(path: &Path) {
    let mut sound = 0u64;
    each_line(path, |_, line| sound += u64::from(serde_json::from_slice::<IgnoredAny>(line).is_ok()));
    println!("{sound}");
}

pub fn judge(schema: &Path, path: &Path) {
    let schema: Value = serde_json::from_str(&read(schema)).expect("the schema is JSON");
    let validator = jsonschema::options().should_validate_formats(true).offline().build(&schema).expect("a schema");
    each_line(path, |number, line| {
        let value: Value = serde_json::from_slice(line).expect("the file is JSON");
        if validator.iter_errors(&value).count() > 0 {
            println!("{number}");
        }
    });
}
