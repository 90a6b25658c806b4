//! Any bytes as an exported file are read to an end in every layout, with the same findings on any number of threads; and
//! nothing is taken for a document of JSON that is none.
#![no_main]

use dci_conform::records::{Layout, Options};
use dci_conform_fuzz::{check, options};
use serde::de::IgnoredAny;
use serde_json::Deserializer;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for layout in [None, Some(Layout::Lines), Some(Layout::Document)] {
        let on = |threads| {
            let options = Options { threads, layout, ..options() };
            let (checked, findings) = check(bytes, "records.json", "SRPerson", &options);
            (checked.tally, findings)
        };
        assert_eq!(on(1), on(2), "{layout:?}");
    }
    let options = Options { layout: Some(Layout::Document), ..options() };
    let (checked, _) = check(bytes, "records.json", "SRPerson", &options);
    let told = ["JSON-SYNTAX", "UTF-8", "RECORD-TOO-LARGE"].iter().any(|rule| checked.tally.rules.contains_key(*rule));
    let read = !checked.files.is_empty() && checked.files.iter().all(|file| file.trouble.is_none());
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let packed = !text.trim_ascii_start().starts_with(b"{") && !text.trim_ascii_start().starts_with(b"[");
    if read && !told && !packed {
        let mut values = Deserializer::from_slice(text).into_iter::<IgnoredAny>();
        assert!(values.all(|value| value.is_ok()), "taken for JSON");
    }
});
