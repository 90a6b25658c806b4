//! Any bytes as recorded traffic are read or refused.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(recording) = dci_conform::traffic::read("traffic.har", bytes) {
        assert_eq!(recording.bytes, bytes.len());
    }
});
