//! Any bytes as an exported file are read to an end in every layout, with the same findings on any number of threads.
#![no_main]

use dci_conform::records::{Layout, Options};
use dci_conform_fuzz::{check, options};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for layout in [None, Some(Layout::Lines), Some(Layout::Document)] {
        let on = |threads| {
            let options = Options { threads, layout, ..options() };
            let (checked, findings) = check(bytes, "records.json", "SRPerson", &options);
            (checked.tally, findings)
        };
        assert_eq!(on(1), on(2), "{layout:?}");
    }
});
