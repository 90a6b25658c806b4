//! What is said of comparing values, once for all rules: what tells objects apart, and what tells nobody apart.

use crate::source::diagnostic::did_you_mean;
use crate::source::{Diagnostics, Node};
use crate::standard::codes::CodeList;
use crate::standard::objects::Domain;
use crate::standard::texts;
use std::collections::BTreeMap;

/// What the files of rules say of comparing values, before any rule.
#[derive(Debug, Default)]
pub(super) struct Comparing {
    /// What tells objects of a class apart: the names of the parts, by class.
    pub(super) identities: BTreeMap<String, Vec<String>>,
    /// Values of the first part by which an object may belong to several, by class.
    pub(super) shared: BTreeMap<String, Vec<String>>,
    /// Codes that leave open what is meant, by code list.
    pub(super) open: BTreeMap<String, Vec<String>>,
}

impl Comparing {
    /// Reads it from all files, and reports what no class or code list has. Where an edition amends the standard it may have
    /// taken codes away.
    pub(super) fn read(
        trees: &[Node],
        domains: &[Domain],
        codes: &BTreeMap<String, CodeList>,
        amended: bool,
        wrong: &mut Diagnostics,
    ) -> Comparing {
        let entries = |key: &'static str| trees.iter().filter_map(move |tree| tree.get(key)?.entries()).flatten();
        let identities = identities(trees, domains, wrong);
        let mut comparing = Comparing { identities, ..Comparing::default() };
        for entry in entries("shared") {
            if !comparing.identities.contains_key(&entry.key) {
                let known = comparing.identities.keys().map(String::as_str);
                wrong
                    .error(entry.place.clone(), format!("`{}` has no entry under `identities`", entry.key))
                    .hint(did_you_mean(&entry.key, known));
            }
            comparing.shared.insert(entry.key.clone(), texts(&entry.value));
        }
        for entry in entries("open codes") {
            let open = texts(&entry.value);
            let Some(list) = codes.get(&entry.key) else {
                wrong
                    .error(entry.place.clone(), format!("there is no code list `{}`", entry.key))
                    .hint(did_you_mean(&entry.key, codes.keys().map(String::as_str)));
                continue;
            };
            for code in open.iter().filter(|code| !amended && !list.codes.iter().any(|(known, _)| known == *code)) {
                wrong.error(entry.place.clone(), format!("the code list `{}` has no code `{code}`", entry.key));
            }
            comparing.open.insert(entry.key.clone(), open);
        }
        comparing
    }
}

fn identities(trees: &[Node], domains: &[Domain], wrong: &mut Diagnostics) -> BTreeMap<String, Vec<String>> {
    let mut identities = BTreeMap::new();
    for entry in trees.iter().filter_map(|tree| tree.get("identities")?.entries()).flatten() {
        let parts = texts(&entry.value);
        let mut classes = domains.iter().filter_map(|domain| domain.classes.get(&entry.key)).peekable();
        if classes.peek().is_none() {
            let known = domains.iter().flat_map(|domain| domain.classes.keys().map(String::as_str));
            wrong
                .error(entry.place.clone(), format!("there is no class `{}`", entry.key))
                .hint(did_you_mean(&entry.key, known));
        }
        for class in classes {
            for part in parts.iter().filter(|part| class.property(part).is_none()) {
                wrong.error(entry.place.clone(), format!("`{}` has no property `{part}`", entry.key));
            }
        }
        identities.insert(entry.key.clone(), parts);
    }
    identities
}
