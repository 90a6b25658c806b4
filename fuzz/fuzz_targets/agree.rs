//! A record that is proven without a tree has no finding.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    dci_conform_fuzz::agree(text);
});
