//! A record that is proven without a tree is JSON, and the full evaluator finds nothing in it; in one that is regular it
//! finds a broken rule where the proof did, and nowhere else. A check finds in it what the evaluator finds in the whole.
#![no_main]

use dci_conform::records::{Layout, Look, Options, Prover, Table};
use dci_conform::standard::{MOST_FINDINGS, RecordFinding, Strictness};
use dci_conform_fuzz::{STANDARD, TODAY, check_by, options};
use serde_json::Value;
use std::sync::LazyLock;

static TABLES: LazyLock<Vec<(&str, Table)>> = LazyLock::new(|| {
    let table = |class| (class, Table::new(&STANDARD, class).expect("a class of the standard"));
    ["Group", "SRPerson", "ibr Beneficiary", "dr PWDPerson", "fr Farmer", "ess Member"].map(table).into()
});

libfuzzer_sys::fuzz_target!(|text: &str| {
    for (class, table) in TABLES.iter() {
        let look = Prover::new(table, &STANDARD, TODAY).look(text);
        if look == Look::Unsure {
            continue;
        }
        let record = serde_json::from_str(text).expect("what is proven is JSON");
        let found = STANDARD.judge_record_on(class, &record, Strictness::Strict, TODAY);
        if found.len() == MOST_FINDINGS {
            // What a rule found may be among those that are left out.
            continue;
        }
        // Every rule between values is named so, and nothing else is.
        let (broken, other): (Vec<RecordFinding>, Vec<RecordFinding>) = found
            .into_iter()
            .filter(|found| found.rule != "CONTEXT-ABSENT")
            .partition(|found| found.rule.starts_with("R-"));
        match look {
            Look::Regular { keeps_rules } => {
                assert_eq!(keeps_rules, broken.is_empty(), "{class}: {broken:?}");
                same_in_a_check(class, table, text, &other);
            }
            _ => assert!(broken.is_empty() && other.is_empty(), "{class}: {broken:?} {other:?}"),
        }
    }
});

/// Findings about single values of a record are those of the evaluator, in the same order.
fn same_in_a_check(class: &str, table: &Table, text: &str, found: &[RecordFinding]) {
    let options = Options { layout: Some(Layout::Document), record_limit: 1 << 20, ..options() };
    let lines = check_by(text.as_bytes(), "record.json", class, table, &options);
    let lines: Vec<Value> = lines
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).expect("a finding is JSON"))
        .collect();
    if lines.iter().any(|line| line["rule"] == "RECORD-OTHER-CLASS") {
        return;
    }
    // What a check tells of a value hides what may be somebody's, and so it does with a member's name.
    let told = |line: &Value| ["rule", "expected"].map(|name| line[name].as_str().unwrap_or_default().to_owned());
    let told: Vec<[String; 2]> = lines.iter().map(told).filter(|[rule, _]| !rule.starts_with("R-")).collect();
    let of = |found: &RecordFinding| [&found.rule, &found.expected].map(|text| text.clone());
    let found: Vec<[String; 2]> = found.iter().map(of).collect();
    assert_eq!(told, found, "{class}: {text}");
}
