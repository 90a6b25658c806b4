//! What exported files look like beyond their records, read from `data/exports.yaml`: where records stand in saved messages
//! and other documents, and which entries of lists a column of a table may name.

use super::formats::Format;
use super::objects::Domain;
use crate::source::diagnostic::did_you_mean;
use crate::source::{Diagnostics, Files, Node, yaml};
use std::collections::BTreeMap;

/// Entries that a column names by what stands in one of their members: `identifier[UIN]` is the value of the entry whose
/// key is UIN.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedEntry {
    /// The class or the format of the list's entries.
    pub of: String,
    /// The member that holds the name.
    pub key: String,
    /// The member that holds the value.
    pub value: String,
}

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct Exports {
    /// Paths of members where records stand, positions in lists left out.
    pub(super) record_places: Vec<String>,
    /// Members that stand beside the first step of such a path.
    pub(super) beside_records: Vec<String>,
    /// Members of a message that stand beside the way to records and hold objects that are none.
    pub(super) no_records: Vec<String>,
    /// The path of the member that says `true` of an encrypted message.
    pub(super) encrypted: String,
    pub(super) record_type: String,
    pub(super) registry_type: String,
    pub(super) named_entries: Vec<NamedEntry>,
}

/// Reads the file; nothing where the edition has none.
pub(super) fn load(
    files: &Files,
    root: &str,
    formats: &BTreeMap<String, Format>,
    domains: &[Domain],
    wrong: &mut Diagnostics,
) -> Exports {
    let path = format!("{root}data/exports.yaml");
    let Some(text) = files.text(&path) else { return Exports::default() };
    let tree = match yaml::parse(&files.shown(&path), text) {
        Ok(tree) => tree,
        Err(found) => {
            wrong.extend(found);
            return Exports::default();
        }
    };
    tree.check_keys(
        "the exports",
        &[
            "records at",
            "beside records",
            "no records in",
            "encrypted at",
            "record type at",
            "registry type at",
            "named entries",
        ],
        wrong,
    );
    let entries = tree.get("named entries").and_then(Node::items).unwrap_or_default();
    let known = || formats.keys().chain(domains.iter().flat_map(|domain| domain.classes.keys())).map(String::as_str);
    let mut named_entries = Vec::new();
    for node in entries {
        node.check_keys("a named entry", &["of", "key", "value"], wrong);
        let text = |key: &str| node.get(key).and_then(Node::text).unwrap_or_default().to_owned();
        let entry = NamedEntry { of: text("of"), key: text("key"), value: text("value") };
        if !known().any(|name| name == entry.of) {
            wrong
                .error(node.place.clone(), format!("`{}` is neither a format nor a class", entry.of))
                .hint(did_you_mean(&entry.of, known()));
        }
        if entry.key.is_empty() || entry.value.is_empty() {
            wrong.error(
                node.place.clone(),
                "a named entry has `key` and `value`, the members of its name and its value",
            );
        }
        named_entries.push(entry);
    }
    Exports {
        record_places: tree.get("records at").map(super::texts).unwrap_or_default(),
        beside_records: tree.get("beside records").map(super::texts).unwrap_or_default(),
        no_records: tree.get("no records in").map(super::texts).unwrap_or_default(),
        encrypted: tree.get("encrypted at").and_then(Node::text).unwrap_or_default().to_owned(),
        record_type: tree.get("record type at").and_then(Node::text).unwrap_or_default().to_owned(),
        registry_type: tree.get("registry type at").and_then(Node::text).unwrap_or_default().to_owned(),
        named_entries,
    }
}
