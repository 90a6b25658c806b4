//! Invented export files against the standard as the program has it: two readings of one text, made apart.
//!
//! A clean record gives no finding at all, not even a note; a record with a seeded defect gives the finding the manifest
//! announces, at its pointer, wherever the standard as loaded has the class and the rule.

#![allow(clippy::print_stdout)] // the counts are what this test is run for

use dci_conform::sandbox::export::{self, CLASSES, Class, Defect, Format, Frequency, Options};
use dci_conform::source::Files;
use dci_conform::standard::{RecordFinding, Standard, Strictness};
use serde_json::Value;
use std::collections::BTreeSet;

const RECORDS: u64 = 60;

fn standard() -> Standard {
    Standard::load(&Files::embedded(), "dec2025").unwrap_or_else(|wrong| panic!("{wrong}"))
}

/// Records, and the line and pointer of each seeded defect.
fn written(class: &'static Class, defect: Option<&'static Defect>) -> (Vec<Vec<u8>>, Vec<(usize, String)>) {
    let (mut out, mut manifest) = (Vec::new(), Vec::new());
    let defect = defect.map(|defect| (defect, Frequency::Every(20)));
    let options = Options { class, count: RECORDS, format: Format::Ndjson, defect, seed: 3 };
    export::write(&options, &mut out, Some(&mut manifest)).expect("memory takes everything");
    let lines = |bytes: &[u8]| bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>();
    let seeded = lines(&manifest).into_iter().filter(|line| !line.is_empty()).map(|line| {
        let row: Value = serde_json::from_slice(&line).expect("the manifest is JSON");
        let number = row["line"].as_u64().and_then(|line| usize::try_from(line).ok()).expect("a line");
        (number, row["pointer"].as_str().expect("a pointer").to_owned())
    });
    let seeded = seeded.collect();
    (lines(&out).into_iter().filter(|line| !line.is_empty()).collect(), seeded)
}

/// What the standard calls a class.
fn name(class: &Class) -> String {
    format!("{} {}", class.domain, class.type_name)
}

fn judge(standard: &Standard, class: &Class, line: &[u8]) -> Option<Vec<RecordFinding>> {
    let record: Value = serde_json::from_slice(line).ok()?;
    Some(standard.judge_record(&name(class), &record, Strictness::Standard))
}

/// Classes of which the standard as loaded knows the objects.
fn classes(standard: &Standard) -> impl Iterator<Item = &'static Class> {
    CLASSES.iter().filter(|class| standard.has_class(&name(class)))
}

#[test]
fn a_clean_record_gives_no_finding_at_all() {
    let standard = standard();
    let mut judged = 0;
    for class in classes(&standard) {
        for line in written(class, None).0 {
            let findings = judge(&standard, class, &line).expect("a clean line is JSON");
            assert!(findings.is_empty(), "{}: {findings:#?}\n{}", class.name, String::from_utf8_lossy(&line));
            judged += 1;
        }
    }
    println!("{judged} clean records judged");
    assert!(judged >= 4 * RECORDS);
}

/// What judging one record as a tree does not find: rules between records, oddities that a tree hides, and rules of the
/// digest that the data standard does not have yet. Everything else must be found.
const NOT_BY_RECORD: [&str; 20] = [
    "benefits-twice",
    "birth-place-missing",
    "child-older-than-parent",
    "country-elsewhere",
    "currency-differs",
    "father-female",
    "group-identifier-of-another",
    "identifier-of-another",
    "key-twice",
    "member-identifier-of-another",
    "member-of-two-groups",
    "number-beyond-53-bits",
    "parent-by-marriage-number",
    "placeholder",
    "plus-code-elsewhere",
    "programme-missing",
    "programme-named-differently",
    "related-to-nobody",
    "relationship-one-sided",
    "unemployed-with-a-job",
];

#[test]
fn a_seeded_defect_is_found_where_the_manifest_says() {
    let standard = standard();
    let mut wrong = Vec::new();
    let (mut found, mut beyond) = (BTreeSet::new(), BTreeSet::new());
    for class in classes(&standard) {
        for defect in export::defects().filter(|defect| class.takes(defect)) {
            let (lines, seeded) = written(class, Some(defect));
            for (line, pointer) in seeded {
                let Some(findings) = judge(&standard, class, &lines[line - 1]) else { continue };
                match findings.iter().any(|finding| finding.rule == defect.rule) {
                    true => {
                        let here = findings.iter().any(|f| f.rule == defect.rule && f.pointer == pointer);
                        if !here {
                            wrong.push(format!("{} in {}: not at {pointer}: {findings:#?}", defect.name, class.name));
                        }
                        found.insert(defect.name);
                    }
                    false => {
                        if !NOT_BY_RECORD.contains(&defect.name) {
                            wrong.push(format!("{} in {}: not found: {findings:#?}", defect.name, class.name));
                        }
                        beyond.insert(defect.name);
                    }
                }
            }
        }
    }
    println!("{} kinds of defect found, {} judged elsewhere: {beyond:?}", found.len(), beyond.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(found.len() >= 50, "only {found:?}");
}
