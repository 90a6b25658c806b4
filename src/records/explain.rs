//! The full evaluator: a record that is not certainly sound is read as a tree and judged member by member.

use super::finding::{Finding, Judged, finding};
use super::offsets::{Lines, places};
use super::redact::Hidden;
use super::table::Table;
use super::tree::{self, Oddity};
use super::{CLASS_UNCLEAR, OTHER_CLASS, TOO_LARGE, TWICE};
use crate::model::result::FINDINGS_LEFT_OUT;
use crate::model::verdict::{Force, Verdict};
use crate::standard::{RecordFinding, Standard, Strictness};
use jiff::civil::Date;
use serde_json::Value;

/// At most so many findings are kept of one record; the rest is one finding that says so.
const MOST_FINDINGS: usize = 1_000;

/// What a record is judged by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measure<'m> {
    pub(super) standard: &'m Standard,
    pub(super) class: &'m str,
    pub(super) table: &'m Table,
    pub(super) strictness: Strictness,
    pub(super) today: Date,
    pub(super) hidden: &'m Hidden,
    /// True where the class was told by the first records, and nobody named it.
    pub(super) told: bool,
    /// The context of the document that a record stands in, which applies to what is in it.
    pub(super) context: Option<&'m Value>,
}

impl Measure<'_> {
    /// Everything found in a record; `line` is its first line in its file. Without `rules` where none is broken.
    pub(super) fn explain(&self, record: &[u8], line: u64, rules: bool) -> Judged {
        let (mut value, oddities) = match tree::read(record) {
            Ok(read) => read,
            Err(wrong) => return Judged { findings: vec![unreadable(&wrong, line)], ..Judged::default() },
        };
        let mut judged = Judged { key: self.hidden.key(&value), ..Judged::default() };
        for oddity in &oddities {
            judged.findings.push(odd(oddity, line));
        }
        self.put_in_context(&mut value);
        // By the rules of a class that it is not of, it would fail or pass for nothing.
        if let Some(other) = value.is_object().then(|| self.standard.other_class(self.class, &value)).flatten() {
            judged.findings.push(self.of_another(other, line));
            number(record, &mut judged.findings);
            return judged;
        }
        if let Some(other) = self.standard.related_class(self.class, &value, self.told) {
            judged.findings.push(self.of_related(&other, line));
            number(record, &mut judged.findings);
            return judged;
        }
        let how = (rules.then_some(self.today), self.told);
        let (found, left_out) = self.standard.judge_by(self.class, &value, self.strictness, how, MOST_FINDINGS);
        for found in found {
            // Files hold plain JSON more often than JSON-LD: the context is a matter of the file, not of every record.
            if found.rule == "CONTEXT-ABSENT" {
                continue;
            }
            let seen = value.pointer(&found.pointer);
            judged.findings.push(self.finding(found, seen, line));
        }
        if left_out > 0 {
            let expected = format!("at most {MOST_FINDINGS} findings in a record");
            let found = format!("{left_out} more, which are not listed; those that fail come first");
            let (force, verdict) = (Force::I, Verdict::Pass);
            judged.findings.push(finding(line, FINDINGS_LEFT_OUT, force, verdict, &expected, &found, "this suite"));
        }
        number(record, &mut judged.findings);
        self.presence(&value, &mut judged);
        (judged.of_class, judged.tree) = (!value.is_null(), value);
        judged
    }

    /// A finding of the evaluator, with what the value was that it is about.
    pub(super) fn finding(&self, found: RecordFinding, seen: Option<&Value>, line: u64) -> Finding {
        let shown = self.hidden.found((self.standard, self.table), &found.pointer, seen, &found.found);
        Finding {
            line,
            record: None,
            column: None,
            file: None,
            found: shown.words,
            open: shown.open,
            pointer: found.pointer,
            rule: found.rule,
            force: found.force,
            verdict: found.verdict,
            expected: found.expected,
            source: found.source,
            erratum: found.erratum,
            other: None,
        }
    }

    /// Gives a record the context of its document, before its own.
    pub(super) fn put_in_context(&self, record: &mut Value) {
        let (Some(around), Some(members)) = (self.context, record.as_object_mut()) else { return };
        let mut all = Vec::new();
        for context in [Some(around.clone()), members.remove("@context")].into_iter().flatten() {
            match context {
                Value::Array(items) => all.extend(items),
                other => all.push(other),
            }
        }
        members.insert("@context".into(), Value::Array(all));
    }

    fn of_another(&self, other: Option<String>, line: u64) -> Finding {
        let other = other.map_or_else(|| "no member of any".into(), |other| format!("more members of {other}"));
        self.not_of_class(OTHER_CLASS, format!("{other}; it was not judged"), line)
    }

    fn of_related(&self, (other, says): &(String, bool), line: u64) -> Finding {
        let (rule, why) = match says {
            true => (OTHER_CLASS, "which it says that it is; it was not judged: check the files of each class alone"),
            false => (CLASS_UNCLEAR, "which it may be; it was not judged: say with --record which class is meant"),
        };
        self.not_of_class(rule, format!("more members of {other}, {why}"), line)
    }

    fn not_of_class(&self, rule: &str, found: String, line: u64) -> Finding {
        Finding {
            line,
            record: None,
            column: None,
            file: None,
            pointer: String::new(),
            rule: rule.into(),
            force: Force::I,
            verdict: Verdict::Warn,
            expected: format!("members of class {}", self.class),
            found,
            source: "this suite".into(),
            erratum: None,
            other: None,
            open: None,
        }
    }

    fn presence(&self, value: &Value, judged: &mut Judged) {
        self.table.presence(value, &mut judged.present, &mut judged.unknown);
    }
}

fn unreadable(wrong: &tree::Unreadable, line: u64) -> Finding {
    let (force, verdict) = if wrong.rule == TOO_LARGE { (Force::I, Verdict::Warn) } else { (Force::N, Verdict::Fail) };
    Finding {
        line: line + wrong.line,
        record: None,
        column: None,
        file: None,
        pointer: String::new(),
        rule: wrong.rule.to_owned(),
        force,
        verdict,
        expected: wrong.expected.to_owned(),
        found: wrong.found.clone(),
        source: "JSON (RFC 8259)".into(),
        erratum: None,
        other: None,
        open: None,
    }
}

fn odd(oddity: &Oddity, line: u64) -> Finding {
    let (rule, force, verdict, expected) = match oddity.kind {
        // JSON advises against it (RFC 8259, section 4), and no more.
        tree::Kind::Twice => (TWICE, Force::N, Verdict::Warn, "each name once in an object"),
        tree::Kind::Large => {
            ("NUMBER-PRECISION", Force::I, Verdict::Warn, "a number that every reader takes for the same (up to 2^53)")
        }
    };
    Finding {
        line,
        record: None,
        column: None,
        file: None,
        pointer: oddity.pointer.clone(),
        rule: rule.into(),
        force,
        verdict,
        expected: expected.into(),
        found: match oddity.kind {
            tree::Kind::Twice => "the name more than once; the last value was judged".into(),
            tree::Kind::Large => "a larger number".into(),
        },
        source: "JSON (RFC 8259)".into(),
        erratum: None,
        other: None,
        open: None,
    }
}

/// Gives findings of a record, which have the number of its first line, the lines of their own.
pub(super) fn number(record: &[u8], findings: &mut [Finding]) {
    let lines = Lines::of(record);
    if lines.none() || findings.is_empty() {
        return;
    }
    let pointers: Vec<&str> = findings.iter().map(|finding| finding.pointer.as_str()).collect();
    for (place, finding) in places(record, &pointers).into_iter().zip(findings) {
        finding.line += lines.before(place.at);
    }
}
