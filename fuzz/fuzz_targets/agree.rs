//! A record that is proven without a tree is JSON, and the full evaluator finds nothing in it.
#![no_main]

use dci_conform::records::{Prover, Table};
use dci_conform::standard::Strictness;
use dci_conform_fuzz::{STANDARD, TODAY};
use std::sync::LazyLock;

static TABLES: LazyLock<Vec<(&str, Table)>> = LazyLock::new(|| {
    let table = |class| (class, Table::new(&STANDARD, class).expect("a class of the standard"));
    ["Group", "SRPerson"].map(table).into()
});

libfuzzer_sys::fuzz_target!(|text: &str| {
    for (class, table) in TABLES.iter() {
        if !Prover::new(table, &STANDARD, TODAY).certain(text) {
            continue;
        }
        let record = serde_json::from_str(text).expect("what is proven is JSON");
        let found = STANDARD.judge_record_on(class, &record, Strictness::Strict, TODAY);
        let found: Vec<_> = found.iter().filter(|found| found.rule != "CONTEXT-ABSENT").collect();
        assert!(found.is_empty(), "{class}: {found:?}");
    }
});
