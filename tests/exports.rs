//! Invented export files against the standard as the program has it: two readings of one text, made apart.
//!
//! A clean record gives no finding at all, not even a note; a record with a seeded defect gives the finding the manifest
//! announces, at its pointer, wherever the standard as loaded has the class and the rule.

#![allow(clippy::print_stdout)] // the counts are what this test is run for

use dci_conform::records;
use dci_conform::sandbox::export::{self, CLASSES, Class, Defect, Format, Frequency, Options};
use dci_conform::source::Files;
use dci_conform::standard::{RecordFinding, Standard, Strictness};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Write;

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

/// What no rule of the data standard finds yet. Everything else must be found.
const NOT_FOUND: [&str; 9] = [
    "birth-place-missing",
    "child-older-than-parent",
    "country-elsewhere",
    "father-female",
    "parent-by-marriage-number",
    "placeholder",
    "plus-code-elsewhere",
    "programme-missing",
    "unemployed-with-a-job",
];

/// Mistakes that another, sound record gives a finding of as well: whoever is contradicted, or refers to whom is not there
/// any more.
const SEEN_FROM_BOTH_SIDES: [&str; 2] = ["identifier-of-another", "relationship-one-sided"];

/// Rule, line and pointer of everything found in a file that is declared complete.
fn checked(standard: &Standard, class: &Class, bytes: &[u8]) -> BTreeSet<(String, usize, String)> {
    let mut file = tempfile::NamedTempFile::new().expect("a file for the test");
    file.write_all(bytes).expect("room");
    let (inputs, _) = records::find(&[file.path().to_owned()]);
    let options = records::Options { complete: true, ..records::Options::new(Strictness::Standard, today()) };
    let mut out = Vec::new();
    records::check(standard, &name(class), &inputs, &options, &mut out).expect("a class of the standard");
    let rows = out.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let finding = |line: &[u8]| {
        let row: Value = serde_json::from_slice(line).expect("a finding is JSON");
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        (text("rule"), usize::try_from(row["line"].as_u64().unwrap_or(0)).unwrap_or(0), text("pointer"))
    };
    rows.map(finding).collect()
}

fn today() -> jiff::civil::Date {
    jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::UTC).date()
}

#[test]
fn a_seeded_defect_is_found_where_the_manifest_says() {
    let standard = standard();
    let mut wrong = Vec::new();
    let (mut found, mut beyond, mut between) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for class in classes(&standard) {
        for defect in export::defects().filter(|defect| class.takes(defect)) {
            let (lines, seeded) = written(class, Some(defect));
            let mut whole_file = None;
            for (line, pointer) in seeded {
                let Some(findings) = judge(&standard, class, &lines[line - 1]) else { continue };
                let mut of: Vec<String> =
                    findings.into_iter().filter(|f| f.rule == defect.rule).map(|f| f.pointer).collect();
                if of.is_empty() && !NOT_FOUND.contains(&defect.name) {
                    // Nothing is wrong with the record by itself.
                    let all = whole_file.get_or_insert_with(|| checked(&standard, class, &lines.join(&b'\n')));
                    let here = all.iter().filter(|(rule, at, _)| rule == defect.rule && *at == line);
                    of.extend(here.map(|(_, _, pointer)| pointer.clone()));
                    between.insert(defect.name);
                }
                if of.is_empty() {
                    if !NOT_FOUND.contains(&defect.name) {
                        wrong.push(format!("{} in {}: not found at line {line}", defect.name, class.name));
                    }
                    beyond.insert(defect.name);
                } else {
                    if !of.contains(&pointer) {
                        wrong.push(format!("{} in {}: not at {pointer}: {of:#?}", defect.name, class.name));
                    }
                    found.insert(defect.name);
                }
            }
            // Between records nothing else is found than what was seeded.
            let lines: BTreeSet<usize> = written(class, Some(defect)).1.into_iter().map(|(line, _)| line).collect();
            let others = whole_file.iter().flatten().filter(|(_, at, _)| !lines.contains(at));
            let others = others.filter(|_| !SEEN_FROM_BOTH_SIDES.contains(&defect.name));
            wrong.extend(others.map(|other| format!("{} in {}: {other:?} was not seeded", defect.name, class.name)));
        }
    }
    println!("{} kinds of defect found, by the whole file {between:?}, {} not: {beyond:?}", found.len(), beyond.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(found.len() >= 60, "only {found:?}");
    let listed: BTreeSet<_> = NOT_FOUND.into_iter().collect();
    assert_eq!(beyond, listed, "the list is of what is not found");
}

/// Rules between records see nothing in files without a mistake, whatever the class.
#[test]
fn a_clean_file_gives_no_finding_at_all() {
    let standard = standard();
    for class in classes(&standard) {
        let mut bytes = Vec::new();
        let options = Options { class, count: 600, format: Format::Ndjson, defect: None, seed: 5 };
        export::write(&options, &mut bytes, None).expect("memory takes everything");
        let found = checked(&standard, class, &bytes);
        assert!(found.is_empty(), "{}: {found:#?}", class.name);
    }
}
