//! Any text in place of any file of a profile is read or refused. The first byte chooses the file.
#![no_main]

use dci_conform::profile::{self, StandardNames};
use dci_conform::source::Files;
use libfuzzer_sys::fuzz_target;

/// A standard in which every name exists.
struct Everything;

impl StandardNames for Everything {
    fn has_schema(&self, _: &str) -> bool {
        true
    }
    fn has_code_list(&self, _: &str) -> bool {
        true
    }
    fn has_class(&self, _: &str) -> bool {
        true
    }
    fn has_erratum(&self, _: &str) -> bool {
        true
    }
    fn schema_names(&self) -> Vec<String> {
        Vec::new()
    }
    fn code_list_names(&self) -> Vec<String> {
        Vec::new()
    }
    fn class_names(&self) -> Vec<String> {
        Vec::new()
    }
    fn erratum_names(&self) -> Vec<String> {
        Vec::new()
    }
}

fuzz_target!(|input: (u8, &str)| {
    let (which, text) = input;
    let mut files = profile::new::scaffold("fuzzed", "Fuzzed", "any", None);
    let index = usize::from(which) % files.len();
    files[index].1 = text.to_owned();
    let files = Files::from_texts(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let _ = profile::list(&files);
    if let Ok(loaded) = profile::load(&files, "fuzzed", &Everything) {
        let _ = profile::lint(&loaded.profile, &Everything);
        let _ = profile::doc::markdown(&loaded.profile);
    }
});
