//! Any bytes as a Parquet file are read to the end or refused.
#![no_main]

use dci_conform::records::{Layout, Options};
use dci_conform_fuzz::{check, options};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let options = Options { layout: Some(Layout::Columnar), ..options() };
    let (checked, _) = check(bytes, "records.parquet", "SRPerson", &options);
    let file = &checked.files[0];
    assert!(file.trouble.is_some() || file.bytes == bytes.len() as u64, "bytes are missing: {file:?}");
});
