//! Any text is read or refused; what is read says the same once more in its canonical form.
#![no_main]

use dci_conform::profile::sentence::{self, Scope};
use dci_conform::source::Place;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match sentence::parse(text, Place::default(), &Scope::NONE) {
        Ok(first) => {
            let again = sentence::parse(&first.text, Place::default(), &Scope::NONE);
            assert_eq!(again.as_ref().ok(), Some(&first), "canonical text reads differently");
        }
        Err(problem) => assert!(problem.offset <= text.chars().count(), "the place lies outside the text"),
    }
    let _ = sentence::path(text, &Scope::NONE);
    let _ = sentence::reference::parts(text);
    let _ = sentence::reference::parse(text, &Scope::NONE);
});
