//! Any mapping and any bytes as a table: read to the end or refused, and every byte of a table that is read accounted for.
//! What stands before the first byte 0 is the mapping, where there is one.
#![no_main]

use dci_conform::records::{Layout, Mapping, Options};
use dci_conform_fuzz::{STANDARD, check, options};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let end = input.iter().position(|byte| *byte == 0);
    let table = &input[end.map_or(0, |end| end + 1)..];
    let mapping = std::str::from_utf8(&input[..end.unwrap_or(0)]).ok();
    let mapping = mapping.and_then(|text| Mapping::read("mapping.yaml", text).ok());
    let mapping = mapping.filter(|mapping| mapping.check(&STANDARD, "Group").is_empty());
    let options = Options { layout: Some(Layout::Rows), mapping: mapping.as_ref(), ..options() };
    let (checked, _) = check(table, "table.csv", "Group", &options);
    let file = &checked.files[0];
    assert!(file.trouble.is_some() || file.bytes >= table.len() as u64, "bytes are missing: {file:?}");
});
