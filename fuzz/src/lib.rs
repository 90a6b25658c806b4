//! What is done with one input of the targets about exported files, the same under cargo-fuzz and under `plain`.

use dci_conform::records::{self, Hidden, Layout, Options, Prover, Table};
use dci_conform::standard::{Standard, Strictness};
use jiff::civil::{Date, date};
use std::sync::LazyLock;

static STANDARD: LazyLock<Standard> = LazyLock::new(|| Standard::built_in("dec2025").expect("the built-in standard"));
static TABLES: LazyLock<Vec<(&str, Table)>> = LazyLock::new(|| {
    let table = |class| (class, Table::new(&STANDARD, class).expect("a class of the standard"));
    ["Group", "SRPerson"].map(table).into()
});
const TODAY: Date = date(2026, 11, 25);
/// Small, so that its bound is met.
const RECORD_LIMIT: usize = 4096;

/// What is proven without a tree is JSON, and has no finding: true where it was proven for a class.
pub fn agree(text: &str) -> bool {
    let mut proven = false;
    for (class, table) in TABLES.iter() {
        if !Prover::new(table, &STANDARD, TODAY).certain(text) {
            continue;
        }
        proven = true;
        let record = serde_json::from_str(text).expect("what is proven is JSON");
        let found = STANDARD.judge_record_on(class, &record, Strictness::Strict, TODAY);
        let found: Vec<_> = found.iter().filter(|found| found.rule != "CONTEXT-ABSENT").collect();
        assert!(found.is_empty(), "{class}: {found:?}\n{text}");
    }
    proven
}

/// Any bytes as a file, in every layout: read to an end, and with the same findings on any number of threads.
pub fn read(bytes: &[u8]) {
    let path = std::env::temp_dir().join(format!("dci-fuzz-{}", std::process::id()));
    std::fs::write(&path, bytes).expect("the temporary folder can be written");
    let (inputs, _) = records::find(std::slice::from_ref(&path));
    for layout in [None, Some(Layout::Lines), Some(Layout::Document)] {
        let check = |threads| {
            let options = Options {
                strictness: Strictness::Standard,
                today: TODAY,
                hidden: Hidden::default(),
                threads,
                layout,
                record_limit: RECORD_LIMIT,
                progress: None,
                stop: None,
            };
            let mut findings = Vec::new();
            let checked = records::check(&STANDARD, "SRPerson", &inputs, &options, &mut findings);
            (checked.expect("memory can be written").tally, findings)
        };
        assert_eq!(check(1), check(2), "{layout:?}");
    }
    let _ = std::fs::remove_file(&path);
}
