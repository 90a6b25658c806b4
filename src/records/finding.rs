//! What is found in a record, and how it is written.

use super::redact::{named, pointed};
use super::table::PlaceId;
use crate::model::text::{escape_json, needs_escapes};
use crate::model::verdict::{Force, Verdict};
use serde::Serialize;
use std::borrow::Cow;

/// One finding, redacted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The file, where it is another than the one that is read.
    #[serde(skip)]
    pub file: Option<String>,
    /// Line in the file, from 1.
    pub line: u64,
    /// Number of the record in the file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    /// Column of a table, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// JSON pointer into the record.
    pub pointer: String,
    /// Stable id of the rule.
    pub rule: String,
    /// N stated, D described, I inferred.
    pub force: Force,
    /// Fail, warn, or pass for a mere note, at the strictness asked for.
    pub verdict: Verdict,
    /// What is expected, in words.
    pub expected: String,
    /// What was found, in words, without personal values.
    pub found: String,
    /// The same with the value, where only its form is told because it may be somebody's: never written by itself.
    #[serde(skip)]
    pub(super) open: Option<String>,
    /// Where the standard says so.
    pub source: String,
    /// Erratum that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erratum: Option<String>,
    /// Where the other occurrence is, for findings between records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<Elsewhere>,
}

/// A finding about a row, a column or a stream: nothing of a record is behind it.
pub(super) fn finding(
    line: u64,
    rule: &str,
    force: Force,
    verdict: Verdict,
    expected: &str,
    found: &str,
    source: &str,
) -> Finding {
    Finding {
        file: None,
        line,
        record: None,
        column: None,
        pointer: String::new(),
        rule: rule.into(),
        force,
        verdict,
        expected: expected.into(),
        found: found.into(),
        source: source.into(),
        erratum: None,
        other: None,
        open: None,
    }
}

/// A place in another record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Elsewhere {
    /// The file.
    pub file: String,
    /// Line in it, from 1.
    pub line: u64,
    /// Number of the record in it, from 1.
    pub record: u64,
}

/// What came of one record.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Judged {
    /// What identifies the record, masked.
    pub(super) key: String,
    pub(super) findings: Vec<Finding>,
    /// Places that had a value.
    pub(super) present: Vec<PlaceId>,
    /// Paths of members the standard does not know, names that are identifiers hidden.
    pub(super) unknown: Vec<String>,
    /// True where it was judged as a record of its class: it is JSON, and none of another class.
    pub(super) of_class: bool,
    /// The record, where it was read as a whole and judged.
    pub(super) tree: serde_json::Value,
}

impl Judged {
    /// Hides names of members that are identifiers, once nothing is looked up by them any more.
    pub(super) fn hide_names(&mut self) {
        self.findings.iter_mut().for_each(Finding::hide_names);
    }
}

impl Finding {
    /// See [`Judged::hide_names`].
    pub(super) fn hide_names(&mut self) {
        if let Cow::Owned(shown) = pointed(&self.pointer) {
            self.pointer = shown;
        }
        // Words about a name start with it. A name is hidden whole, since an identifier may be written in groups.
        let quoted = self.found.strip_prefix('"').and_then(|rest| rest.rsplit_once('"'));
        if let Some((Cow::Owned(shown), rest)) = quoted.map(|(name, rest)| (named(name), rest)) {
            self.found = format!("\"{shown}\"{rest}");
        }
    }
}

/// A finding as one line of `findings.ndjson`.
#[derive(Serialize)]
struct Line<'f> {
    file: &'f str,
    key: &'f str,
    #[serde(flatten)]
    finding: &'f Finding,
}

/// Appends a finding as one line of JSON.
pub(super) fn append(out: &mut Vec<u8>, file: &str, key: &str, finding: &Finding) {
    // Texts and numbers alone: this cannot fail, and half a line is worse than none.
    let before = out.len();
    let file = finding.file.as_deref().unwrap_or(file);
    if serde_json::to_writer(&mut *out, &Line { file, key, finding }).is_err() {
        out.truncate(before);
        return;
    }
    if let Some(odd) =
        out.get(before..).and_then(|line| std::str::from_utf8(line).ok()).filter(|line| needs_escapes(line))
    {
        let line = escape_json(odd);
        out.truncate(before);
        out.extend_from_slice(line.as_bytes());
    }
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(found: &str, pointer: &str) -> Finding {
        let mut about = finding(1, "PROP-UNKNOWN", Force::I, Verdict::Pass, "", found, "");
        about.pointer = pointer.into();
        about.hide_names();
        about
    }

    #[test]
    fn a_name_that_is_an_identifier_in_groups_is_hidden_whole() {
        for (found, shown) in [
            ("\"123.456.789-09\"", "\"999.999.999-99\""),
            ("\"2345 6789 0123\"", "\"9999 9999 9999\""),
            ("\"Maria Lopez 1271828182845\"", "\"aaaa… aaaa… 9999…\""),
            ("\"he said \"12\" and 3456\" (41 characters)", "\"aa aaaa \"99\" aaa 9999\" (41 characters)"),
            ("\"indicator_2024\"", "\"indicator_2024\""),
            ("12 345 678 entries", "12 345 678 entries"),
        ] {
            assert_eq!(about(found, "").found, shown);
        }
        assert_eq!(about("\"x\"", "/a/123.456.789-09").pointer, "/a/999.999.999-99");
    }

    #[test]
    fn a_line_holds_no_character_that_acts_on_a_terminal() {
        let mut out = Vec::new();
        append(&mut out, "e\u{202e}gpj\u{9b}31m\u{1b}.ndjson", "", &about("José", ""));
        let line = String::from_utf8(out).expect("UTF-8");
        assert!(line.starts_with(r#"{"file":"e\u202egpj\u009b31m\u001b.ndjson""#) && line.contains("José"), "{line}");
        let read: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(read["file"], "e\u{202e}gpj\u{9b}31m\u{1b}.ndjson");
    }
}
