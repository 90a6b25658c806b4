//! The official sample answers of the social registry against our schemas and rules: what each finding comes from.
//!
//! Runs where `DCI_OFFICIAL_DIR` names the folder of the official files; elsewhere it says so and passes. Every finding must
//! have one of the causes listed here, all of which are deviations of the samples from the official schemas themselves
//! (docs/official-mocks.md); a finding without a cause would be a mistake of ours.

#![allow(clippy::print_stdout)] // the counts are what this test is run for

use dci_conform::model::verdict::Verdict;
use dci_conform::source::{Files, yaml};
use dci_conform::standard::{Standard, Strictness};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

fn samples() -> Option<Vec<(String, Value)>> {
    let folder = PathBuf::from(std::env::var_os("DCI_OFFICIAL_DIR")?).join("samples/social");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the samples are there").map(|entry| entry.expect("a file").path()).collect();
    files.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().ends_with("res.json")));
    files.sort();
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).expect("a sample can be read");
        let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        (name, serde_json::from_str(&text).expect("a sample is JSON"))
    };
    Some(files.iter().map(read).collect())
}

/// The answer to a search of the official mock server.
fn mock() -> Option<Value> {
    let file = PathBuf::from(std::env::var_os("DCI_OFFICIAL_DIR")?).join("mocks/mockoon-sr.json");
    let mock: Value = serde_json::from_str(&std::fs::read_to_string(file).ok()?).ok()?;
    let search = mock["routes"].as_array()?.iter().find(|route| route["endpoint"] == "sr/sync/search")?;
    serde_json::from_str(search["responses"][0]["body"].as_str()?).ok()
}

/// Where findings are expected, with their cause: all are deviations from the official schemas or from the data standard.
const CAUSES: &[(&str, &str)] = &[
    ("/header/action", "the action of the request (ET-33)"),
    ("/header/total_count", "a number as text (ET-61)"),
    ("/header/completed_count", "empty text for a number (ET-61)"),
    ("/header/meta", "empty text for an object"),
    ("/header/status_reason_code", "empty text for a code"),
    ("/message/search_response/*/status_reason_code", "empty text for a code"),
    ("/message/search_response/*/locale", "empty text or null for a language (ET-15 tolerates two letters)"),
    ("/message/search_response/*/timestamp", "null or empty text for a moment"),
    ("/message/search_response/*/pagination", "null for an object"),
    ("/message/search_response/*/pagination/total_count", "a number as text"),
    ("/message/transaction_id", "a number for text (ET-43)"),
    ("/header", "no header at all (ET-56)"),
    ("record CODE-UNKNOWN sex", "a letter for a word (ED-60)"),
    ("record CODE-UNKNOWN education_level", "a word outside the list"),
    ("record CODE-UNKNOWN occupation", "a word outside the list"),
    ("record CODE-UNKNOWN marital_status", "a word outside the list"),
    ("record TYPE member_identifier", "text for an identifier (ED-38)"),
];

/// List indexes as `*`.
fn general(pointer: &str) -> String {
    let part = |part: &str| if part.parse::<usize>().is_ok() { "*".to_owned() } else { part.to_owned() };
    pointer.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[test]
fn every_finding_on_an_official_sample_has_a_cause() {
    let Some(samples) = samples() else {
        println!("DCI_OFFICIAL_DIR is not set: nothing was compared");
        return;
    };
    let standard = Standard::load(&Files::embedded(), "dec2025").unwrap_or_else(|wrong| panic!("{wrong}"));
    let mut without_cause = Vec::new();
    let mut unexplained = |place: &str, found: &str, file: &str| {
        if !CAUSES.iter().any(|(known, _)| *known == place) {
            without_cause.push(format!("{file}: {place}: {found}"));
        }
    };
    let (mut findings, mut accepted): (BTreeMap<String, usize>, BTreeMap<String, usize>) = Default::default();
    let mock = mock().map(|body| ("the mock's sync/search".to_owned(), body));
    for (name, sample) in samples.iter().chain(&mock) {
        let judgement = standard.judge("on-search callback", sample).expect("the schema exists");
        println!("{name}: {} findings, {} accepted", judgement.violations.len(), judgement.observed.len());
        for violation in &judgement.violations {
            let place = general(&violation.pointer);
            unexplained(&place, &violation.found, name);
            let what = format!("{place} ({})", violation.expected);
            *findings.entry(what).or_default() += 1;
        }
        for observed in &judgement.observed {
            let what = format!("{} {}", observed.erratum, general(&observed.violation.pointer));
            *accepted.entry(what).or_default() += 1;
        }
        let classes = ["Group".to_owned(), "Member".to_owned(), "Person".to_owned()];
        let items = sample["message"]["search_response"].as_array().into_iter().flatten();
        for record in items.flat_map(|item| item["data"]["reg_records"].as_array().into_iter().flatten()) {
            let Some(class) = standard.class_of(&classes, record) else {
                *findings.entry("record of no class".into()).or_default() += 1;
                continue;
            };
            for finding in standard.judge_record(class, record, Strictness::Standard) {
                let what = format!("{} {} ({})", finding.rule, general(&finding.pointer), finding.found);
                let member = finding.pointer.rsplit('/').next().unwrap_or_default();
                if finding.verdict == Verdict::Fail {
                    unexplained(&format!("record {} {member}", finding.rule), &finding.found, name);
                }
                match finding.verdict {
                    Verdict::Fail => *findings.entry(format!("record: {what}")).or_default() += 1,
                    Verdict::Warn => *accepted.entry(format!("record warns: {what}")).or_default() += 1,
                    _ => {
                        let erratum = finding.erratum.clone().unwrap_or_default();
                        *accepted.entry(format!("record notes: {erratum} {what}")).or_default() += 1;
                    }
                }
            }
        }
    }
    println!("\nfindings");
    findings.iter().for_each(|(what, count)| println!("{count:>4}  {what}"));
    println!("\naccepted, warned or noted");
    accepted.iter().for_each(|(what, count)| println!("{count:>4}  {what}"));
    assert!(without_cause.is_empty(), "findings without a known cause:\n{}", without_cause.join("\n"));
}

/// Where findings are expected in the example records of the other registries, with their cause.
const EXAMPLE_CAUSES: &[(&str, &str)] = &[
    ("TYPE identifier", "text for an identifier (ED-38)"),
    ("TYPE member_identifier", "text for an identifier (ED-38)"),
    ("CODE-UNKNOWN sex", "a letter for a word (ED-60)"),
    ("CODE-UNKNOWN education_level", "a word outside the list"),
    ("CODE-UNKNOWN occupation", "a word outside the list"),
    ("DT-FORMAT birth_date", "day.month.year (ED-70)"),
    ("DT-FORMAT registration_date", "day.month.year (ED-70)"),
];

/// The example records of a published document: below `reg_records`, inside schemas, examples and lists.
fn examples(node: &Value, inside: bool, records: &mut Vec<Value>) {
    match node {
        Value::Array(items) => items.iter().for_each(|item| examples(item, inside, records)),
        Value::Object(members) if inside => {
            let nested: Vec<&Value> =
                ["example", "xample", "items"].iter().filter_map(|key| members.get(*key)).collect();
            match nested.is_empty() {
                true => records.push(node.clone()),
                false => nested.into_iter().for_each(|value| examples(value, true, records)),
            }
        }
        Value::Object(members) => {
            members.iter().for_each(|(key, value)| examples(value, key == "reg_records", records));
        }
        _ => {}
    }
}

#[test]
fn every_finding_on_an_example_record_of_another_registry_has_a_cause() {
    let Some(folder) = std::env::var_os("DCI_OFFICIAL_DIR").map(PathBuf::from) else {
        println!("DCI_OFFICIAL_DIR is not set: nothing was compared");
        return;
    };
    let standard = Standard::load(&Files::embedded(), "dec2025").unwrap_or_else(|wrong| panic!("{wrong}"));
    let registries: [(&str, &[&str]); 4] = [
        ("crvs", &["CRVSPerson", "Member"]),
        ("dr", &["PWDPerson", "DisabilitySupport"]),
        ("fr", &["Farmer", "Member"]),
        ("ibr", &["Beneficiary", "Member"]),
    ];
    let mut without_cause = Vec::new();
    let mut judged = 0;
    for (domain, classes) in registries {
        let file = folder.join(format!("openapi-2025-12/{domain}_api_v1.0.0.yaml"));
        let text = std::fs::read_to_string(&file).expect("the document can be read");
        let document = yaml::parse(&file.to_string_lossy(), &text).unwrap_or_else(|wrong| panic!("{wrong}")).to_json();
        let mut records = Vec::new();
        examples(&document, false, &mut records);
        let classes: Vec<String> = classes.iter().map(|class| format!("{domain} {class}")).collect();
        for record in records {
            // A reference to another example is no record.
            let Some(class) = standard.class_of(&classes, &record) else { continue };
            judged += 1;
            for finding in standard.judge_record(class, &record, Strictness::Standard) {
                let member = finding.pointer.rsplit(['/', ':']).next().unwrap_or_default();
                let place = format!("{} {member}", finding.rule);
                println!(
                    "{:?} {class} {} {} ({})",
                    finding.verdict,
                    finding.rule,
                    general(&finding.pointer),
                    finding.found
                );
                if finding.verdict == Verdict::Fail && !EXAMPLE_CAUSES.iter().any(|(known, _)| *known == place) {
                    without_cause.push(format!("{place}: {} at {}", finding.found, finding.pointer));
                }
            }
        }
    }
    println!("{judged} records");
    assert!(judged >= 4, "at least one record of each registry");
    assert!(without_cause.is_empty(), "findings without a known cause:\n{}", without_cause.join("\n"));
}
