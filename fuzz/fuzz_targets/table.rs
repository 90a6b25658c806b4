//! Any mapping and any bytes as a table: read to the end or refused, without a crash, every byte of a table that is read
//! accounted for.
#![no_main]

use dci_conform::records::{self, Hidden, Mapping, Options};
use dci_conform::standard::{Standard, Strictness};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static STANDARD: LazyLock<Standard> = LazyLock::new(|| Standard::built_in("dec2025").expect("the standard is sound"));

fuzz_target!(|input: (&str, &[u8])| {
    let (mapping, table) = input;
    let mapping = Mapping::read("mapping.yaml", mapping).ok().filter(|mapping| mapping.check(&STANDARD, "Group").is_empty());
    let path = std::env::temp_dir().join(format!("dci-conform-fuzz-{}.csv", std::process::id()));
    std::fs::write(&path, table).expect("a file to read");
    let (inputs, _) = records::find(&[path]);
    let options = Options {
        strictness: Strictness::Strict,
        today: "2026-11-25".parse().expect("a day"),
        hidden: Hidden::default(),
        threads: 1,
        layout: Some(records::Layout::Rows),
        mapping: mapping.as_ref(),
        record_limit: 1 << 16,
        progress: None,
        stop: None,
    };
    let mut out = Vec::new();
    let checked = records::check(&STANDARD, "Group", &inputs, &options, &mut out).expect("memory takes everything");
    let file = &checked.files[0];
    assert!(file.trouble.is_some() || file.bytes >= table.len() as u64, "bytes are missing: {file:?}");
});
