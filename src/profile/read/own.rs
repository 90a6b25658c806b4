//! What a profile that is not built in makes of those that are: nobody who reads a verdict by it should have to look for it.

use super::documents;
use super::folder::{Document, Folder};
use super::words::ABOUT;
use crate::model::result::OwnProfile;
use crate::source::{Files, Node};
use std::collections::BTreeMap;

/// Maps of `profile.yaml` whose entries are replaced one by one, and what one of them is called.
const MAPS: [(&str, &str); 3] = [("endpoints", "endpoint"), ("callbacks", "callback"), ("deadlines", "deadline")];
/// What it takes over and replaces; `None` for a built-in profile.
pub(super) fn own(folder: &Folder, id: &str) -> Option<OwnProfile> {
    if Files::has_built_in(id) {
        return None;
    }
    let whole = |document: &&Document| built_in(document) && document.node.get("parameters").is_none();
    let extends =
        documents(folder, "profile.yaml").filter(whole).filter_map(|document| document.node.get("id")?.text());
    let mut published: BTreeMap<String, &Node> = BTreeMap::new();
    let mut replaces = Vec::new();
    for document in &folder.documents {
        for (name, node) in parts(document) {
            if built_in(document) {
                published.insert(name, node);
            } else if published.get(&name).is_some_and(|before| before.to_json() != node.to_json()) {
                published.remove(&name);
                replaces.push(name);
            }
        }
    }
    Some(OwnProfile { extends: extends.map(str::to_owned).collect(), replaces })
}

fn built_in(document: &Document) -> bool {
    document.full.split_once('/').is_some_and(|(profile, _)| Files::has_built_in(profile))
}

/// Whatever of a file the entry of a child replaces, by kind and name.
fn parts(document: &Document) -> Vec<(String, &Node)> {
    let node = &document.node;
    match document.path.as_str() {
        "profile.yaml" => {
            let maps = MAPS.iter().flat_map(|(key, kind)| map(node.get(key), kind));
            // What it says of itself judges nothing, is added to, or is told of elsewhere.
            let other = |name: &str| !ABOUT.contains(&name) && !MAPS.iter().any(|(key, _)| *key == name);
            maps.chain(map(Some(node), "").into_iter().filter(|(name, _)| other(name))).collect()
        }
        "requirements.yaml" => rows(Some(node), "requirement"),
        "phrases.yaml" => map(Some(node), "phrase"),
        "fragments.yaml" => map(Some(node), "fragment"),
        "questions.yaml" => {
            let kinds = [("supports", "claim"), ("values", "value"), ("actions", "action")];
            kinds.iter().flat_map(|(key, kind)| map(node.get(key), kind)).collect()
        }
        path if path.starts_with("messages/") => map(Some(node), "message"),
        path if path.starts_with("tests/") => rows(node.get("tests"), "test"),
        _ => Vec::new(),
    }
}

/// The rows of a list by their ids.
fn rows<'n>(rows: Option<&'n Node>, kind: &str) -> Vec<(String, &'n Node)> {
    let rows = rows.and_then(Node::items).unwrap_or_default();
    rows.iter().filter_map(|row| Some((format!("{kind} {}", row.get("id")?.text()?), row))).collect()
}

/// The entries of a map by their keys.
fn map<'n>(map: Option<&'n Node>, kind: &str) -> Vec<(String, &'n Node)> {
    let entries = map.and_then(Node::entries).unwrap_or_default();
    entries.iter().map(|entry| (format!("{kind} {}", entry.key).trim().to_owned(), &entry.value)).collect()
}
