//! A record that is proven without a tree is JSON, and the full evaluator finds nothing in it; in one that is regular it
//! finds a broken rule where the proof did, and nowhere else.
#![no_main]

use dci_conform::records::{Look, Prover, Table};
use dci_conform::standard::{MOST_FINDINGS, RecordFinding, Strictness};
use dci_conform_fuzz::{STANDARD, TODAY};
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
        let (broken, other): (Vec<RecordFinding>, Vec<RecordFinding>) =
            found.into_iter().filter(|found| found.rule != "CONTEXT-ABSENT").partition(|found| found.rule.starts_with("R-"));
        match look {
            Look::Regular { keeps_rules } => assert_eq!(keeps_rules, broken.is_empty(), "{class}: {broken:?}"),
            _ => assert!(broken.is_empty() && other.is_empty(), "{class}: {broken:?} {other:?}"),
        }
    }
});
