//! Any bytes as an exported file are read to an end, with the same findings on any number of threads.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| dci_conform_fuzz::read(bytes));
