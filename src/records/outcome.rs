//! From counts to verdicts: one test for each rule that found something, one for the records as a whole, and the verdict.

use super::tally::{Example, RuleTally};
use super::{Checked, Table};
use crate::model::result::{
    Check, FileResult, FilesResult, FindingExample, Presence, RecordCounts, RuleResult, TestResult,
};
use crate::model::verdict::{Conformance, Force, Verdict};
use std::collections::BTreeMap;

/// Names and paths listed of each kind; all are counted.
const MOST_LISTED: usize = 200;
const TOPIC: &str = "Records against the data standard";

/// What a check comes to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Conformance,
    /// Why, most important first.
    pub reasons: Vec<String>,
    /// One test for the records as a whole, then one for each rule that found something.
    pub tests: Vec<TestResult>,
    /// The numbers.
    pub files: FilesResult,
}

/// Sums a check up. `reproduce` is the command that repeats it.
pub fn outcome(checked: &Checked, class: &str, table: &Table, reproduce: &str) -> Outcome {
    let tally = &checked.tally;
    let mut tests = vec![whole(checked, class, reproduce)];
    tests.extend(tally.rules.iter().map(|(id, rule)| of_rule(id, rule, reproduce)));
    let (verdict, reasons) = verdict(checked);
    let flawed = tally.failing + tally.warning + tally.noted;
    let files = FilesResult {
        files: checked
            .files
            .iter()
            .map(|file| FileResult {
                name: file.name.clone(),
                format: file.format.clone(),
                bytes: file.bytes,
                records: file.records,
                sha256: file.sha256.clone(),
                trouble: file.trouble.clone(),
            })
            .chain(checked.refused.iter().map(|refused| FileResult {
                name: refused.name.clone(),
                trouble: Some(refused.why.clone()),
                ..FileResult::default()
            }))
            .collect(),
        rules: tally.rules.iter().map(|(id, rule)| rule_result(id, rule)).collect(),
        records: RecordCounts {
            class: class.to_owned(),
            checked: tally.records,
            clean: tally.records.saturating_sub(flawed),
            with_findings: flawed,
            failing: tally.failing,
            warning: tally.warning,
        },
        completeness: listed(table.paths().zip(tally.present.iter().copied())),
        unknown: listed(tally.unknown.named.iter().map(|(path, count)| (path.as_str(), *count))),
        mapping: None,
    };
    Outcome { verdict, reasons, tests, files }
}

fn verdict(checked: &Checked) -> (Conformance, Vec<String>) {
    let tally = &checked.tally;
    let mut reasons = Vec::new();
    let failing: u64 = tally.rules.values().map(|rule| rule.fail).sum();
    if failing > 0 {
        let records = counted(tally.failing, "record has", "records have");
        reasons.push(format!("{records} a finding that the standard states as an error ({failing} findings in all)."));
    }
    let troubled = checked.refused.iter().map(|refused| (&refused.name, &refused.why));
    let troubled = troubled.chain(checked.files.iter().filter_map(|file| Some((&file.name, file.trouble.as_ref()?))));
    let troubled: Vec<String> = troubled.map(|(name, why)| format!("{name} was not read to its end: {why}.")).collect();
    let incomplete = !troubled.is_empty() || tally.records == 0;
    reasons.extend(troubled.into_iter().take(MOST_LISTED));
    if tally.records == 0 {
        reasons.push("No record was judged.".into());
    }
    let verdict = match (failing, incomplete) {
        (1.., _) => Conformance::NotConformant,
        (0, true) => Conformance::Incomplete,
        (0, false) => Conformance::Conformant,
    };
    (verdict, reasons)
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The test that something was judged at all, and to the end.
fn whole(checked: &Checked, class: &str, reproduce: &str) -> TestResult {
    let troubled = checked.refused.len() + checked.files.iter().filter(|file| file.trouble.is_some()).count();
    let verdict = if troubled > 0 || checked.tally.records == 0 { Verdict::Inconclusive } else { Verdict::Pass };
    let reason = match verdict {
        Verdict::Pass => String::new(),
        _ if troubled > 0 => format!("{troubled} of the files could not be read to the end"),
        _ => "there was no record to judge".into(),
    };
    TestResult {
        title: format!("Every file is read to its end, every record judged as {class}"),
        verdict,
        mandatory: true,
        reason,
        ..test("RECORDS", reproduce)
    }
}

fn test(id: &str, reproduce: &str) -> TestResult {
    TestResult {
        id: id.to_owned(),
        title: String::new(),
        why: String::new(),
        topic: TOPIC.into(),
        role: "files".into(),
        verdict: Verdict::Pass,
        mandatory: false,
        reason: String::new(),
        proves: Vec::new(),
        checks: Vec::new(),
        evidence: Vec::new(),
        duration_ms: 0,
        reproduce: reproduce.to_owned(),
    }
}

fn of_rule(id: &str, rule: &RuleTally, reproduce: &str) -> TestResult {
    let verdict = match (rule.fail, rule.warn) {
        (1.., _) => Verdict::Fail,
        (_, 1..) => Verdict::Warn,
        _ => Verdict::Pass,
    };
    let places = rule.places.named.len();
    let found = counted(rule.fail + rule.warn + rule.note, "finding", "findings");
    TestResult {
        title: format!("{id}: {}", rule.examples.first().map(|first| first.expected.as_str()).unwrap_or_default()),
        verdict,
        reason: format!("{found} at {}; all are in findings.ndjson", counted(places as u64, "place", "places")),
        checks: rule.examples.iter().map(|example| check(id, rule, example)).collect(),
        ..test(id, reproduce)
    }
}

fn check(id: &str, rule: &RuleTally, example: &Example) -> Check {
    let place = match example.column {
        Some(column) => format!("{}:{}:{column}", example.file, example.line),
        None => format!("{}:{}", example.file, example.line),
    };
    Check {
        sentence: format!(
            "{} follows {id} ({})",
            if example.pointer.is_empty() { "the record" } else { &example.pointer },
            example.source
        ),
        key: place.clone(),
        variant: None,
        requirement: None,
        force: rule.force,
        verdict: example.verdict,
        expected: example.expected.clone(),
        found: example.found.clone(),
        at: format!("{place} {}", example.pointer),
        erratum: example.erratum.clone(),
        evidence: None,
        observed: 1,
    }
}

fn rule_result(id: &str, rule: &RuleTally) -> RuleResult {
    let places: BTreeMap<String, u64> =
        rule.places.named.iter().take(MOST_LISTED).map(|(p, n)| (p.clone(), *n)).collect();
    RuleResult {
        id: id.to_owned(),
        force: rule.force.unwrap_or(Force::I),
        count: rule.fail + rule.warn + rule.note,
        failing: rule.fail,
        warning: rule.warn,
        places,
        examples: rule
            .examples
            .iter()
            .map(|example| FindingExample {
                file: example.file.clone(),
                line: example.line,
                column: example.column,
                pointer: example.pointer.clone(),
                key: example.key.clone(),
                expected: example.expected.clone(),
                found: example.found.clone(),
            })
            .collect(),
    }
}

/// What occurs at all, most frequent first, then by name.
fn listed<'p>(all: impl Iterator<Item = (&'p str, u64)>) -> Vec<Presence> {
    let mut listed: Vec<Presence> =
        all.filter(|(_, count)| *count > 0).map(|(path, count)| Presence { path: path.to_owned(), count }).collect();
    listed.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.path.cmp(&b.path)));
    listed.truncate(MOST_LISTED);
    listed
}
