//! From YAML trees to the typed profile. Every mistake is noted and reading goes on, so that one run shows them all.

mod anchors;
mod folder;
mod header;
mod known;
mod own;
mod questions;
mod sentences;
mod steps;
mod tables;
mod templates;
mod tests;
mod verbs;

#[cfg(test)]
mod mistakes;

pub(super) use folder::ids;
pub(super) use header::summary;
pub(super) use steps::{COMMON, VERBS, each_step, each_tied};
pub(super) use verbs::{AUTHORISATIONS, FAULTS};
pub(super) mod words;

use super::ast::Profile;
use super::load::Identity;
use super::names::{NoNames, StandardNames};
use crate::digest;
use crate::source::diagnostic::did_you_mean;
use crate::source::{Diagnostics, Files, Kind, Node, Place};
use folder::{Document, Folder};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Reads a profile; the diagnostics hold everything found, errors and warnings.
pub(super) fn read(files: &Files, id: &str, names: &dyn StandardNames) -> (Profile, Diagnostics) {
    let mut wrong = Diagnostics::default();
    let folder = folder::gather(files, id, &mut wrong);
    let mut reader = Reader::new(files, names, wrong);
    // Without all it extends a profile lacks most of what it names: the one mistake would be lost among them.
    if !folder.documents.is_empty() && !folder.is_part() {
        reader.given.clone_from(&folder.given);
        reader.check_files(&folder);
        reader.header(&folder, id);
        reader.requirements(&folder);
        reader.questions(&folder);
        reader.fragment_facts(&folder);
        reader.phrases(&folder);
        reader.messages(&folder);
        reader.fragments(&folder);
        reader.tests(&folder);
        reader.proof(&folder);
        reader.anchors(&folder);
        reader.check_questions();
        reader.check_conventions(&folder);
        reader.check_unused();
        reader.profile.digest = digest_of(files, &folder);
        reader.profile.own = own::own(&folder, id);
    }
    (reader.profile, reader.wrong)
}

/// Reads what a profile says of itself. Its other files count for the digest and are not looked into.
pub(super) fn identity(files: &Files, id: &str) -> (Identity, Diagnostics) {
    let mut wrong = Diagnostics::default();
    let folder = folder::gather_headers(files, id, &mut wrong);
    let mut reader = Reader::new(files, &NoNames, wrong);
    if !folder.documents.is_empty() {
        reader.identity(&folder, id);
        reader.profile.digest = digest_of(files, &folder);
        reader.profile.own = own::own(&folder, id);
    }
    let Profile { id, version, title, standard, edition, stage, strictness, hidden, identifiers, digest, own, .. } =
        reader.profile;
    let identity =
        Identity { id, version, title, standard, edition, stage, strictness, hidden, identifiers, digest, own };
    (identity, reader.wrong)
}

/// SHA-256 over the files that make a profile.
fn digest_of(files: &Files, folder: &Folder) -> String {
    digest::of_files(
        folder
            .documents
            .iter()
            .filter_map(|document| files.text(&document.full).map(|text| (document.full.as_str(), text.as_bytes()))),
    )
}

/// What is being read, and what was found so far.
struct Reader<'a> {
    profile: Profile,
    wrong: Diagnostics,
    names: &'a dyn StandardNames,
    files: &'a Files,
    /// Facts about fragments, known before any step is read.
    facts: BTreeMap<String, tests::Facts>,
    /// Names remembered that some test or fragment used.
    used: BTreeSet<String>,
    /// Claims that endpoints name, checked once the questions are read.
    claims_named: Vec<(String, Place)>,
    /// Claims, what conditions ask of their lists, and where; checked once everything is read.
    contained: Vec<(String, String, Place)>,
    /// What was given to profiles that others extend, and where: what is wrong with it is no mistake of their files.
    given: Vec<(String, Place)>,
    /// Where each requirement stands in the list.
    requirement_index: BTreeMap<String, usize>,
}

impl<'a> Reader<'a> {
    fn new(files: &'a Files, names: &'a dyn StandardNames, wrong: Diagnostics) -> Reader<'a> {
        Reader {
            profile: empty_profile(),
            wrong,
            names,
            files,
            facts: BTreeMap::new(),
            used: BTreeSet::new(),
            claims_named: Vec::new(),
            contained: Vec::new(),
            given: Vec::new(),
            requirement_index: BTreeMap::new(),
        }
    }

    /// Files the language knows nothing about are probably misspelt.
    fn check_files(&mut self, folder: &Folder) {
        const KNOWN: [&str; 9] = [
            "profile.yaml",
            "requirements.yaml",
            "questions.yaml",
            "phrases.yaml",
            "fragments.yaml",
            "anchors.yaml",
            "proof.yaml",
            "survivors.yaml",
            "messages/NAME.yaml",
        ];
        for document in &folder.documents {
            let path = document.path.as_str();
            if KNOWN.contains(&path) || path.starts_with("messages/") || path.starts_with("tests/") {
                continue;
            }
            let place = Place { line: 0, column: 0, ..document.node.place.clone() };
            self.wrong
                .warning(place, format!("`{path}` is no file of a profile and was not read"))
                .hint(did_you_mean(path, KNOWN));
        }
    }

    /// A text that is required at this node.
    fn text(&mut self, node: &Node, what: &str) -> Option<String> {
        match node.text().filter(|text| !text.trim().is_empty()) {
            Some(text) => Some(text.to_owned()),
            None => {
                let found = if node.text().is_some() { "empty" } else { node.what() };
                self.wrong.error(node.place.clone(), format!("{what} must be text, this is {found}"));
                None
            }
        }
    }

    /// The text under a key that must be there.
    fn needed(&mut self, map: &Node, key: &str, what: &str) -> Option<String> {
        match map.get(key) {
            Some(node) => self.text(node, &format!("`{key}`")),
            None => {
                self.wrong.error(map.place.clone(), format!("{what} has no `{key}`")).hint(format!("add `{key}: ...`"));
                None
            }
        }
    }

    /// The text under a key that may be missing.
    fn optional(&mut self, map: &Node, key: &str) -> Option<String> {
        let node = map.get(key).filter(|node| node.kind != Kind::Null)?;
        self.text(node, &format!("`{key}`"))
    }

    /// Texts of a list, or a single text, each with its place.
    fn texts(&mut self, map: &Node, key: &str) -> Vec<(String, Place)> {
        match map.get(key) {
            None => Vec::new(),
            Some(node) => self.texts_of(node, key),
        }
    }

    fn texts_of(&mut self, node: &Node, key: &str) -> Vec<(String, Place)> {
        let items = match &node.kind {
            Kind::Null => &[],
            Kind::List(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        let what = format!("an item of `{key}`");
        items.iter().filter_map(|item| self.text(item, &what).map(|text| (text, item.place.clone()))).collect()
    }

    fn yes_or_no(&mut self, map: &Node, key: &str) -> Option<bool> {
        let node = map.get(key)?;
        let found = node.yes_or_no();
        if found.is_none() {
            self.wrong
                .error(node.place.clone(), format!("`{key}` is yes or no, this is {}", shown(node)))
                .hint("write `yes` or `no`");
        }
        found
    }

    fn count(&mut self, map: &Node, key: &str) -> Option<usize> {
        let node = map.get(key)?;
        let found = node.text().and_then(|text| text.parse().ok());
        if found.is_none() {
            self.wrong.error(node.place.clone(), format!("`{key}` is a whole number, this is {}", shown(node)));
        }
        found
    }

    /// The text under a key, one of a few words.
    fn word(&mut self, map: &Node, key: &str, known: &[&str]) -> Option<String> {
        let text = self.optional(map, key)?;
        let place = map.get(key).map(|node| node.place.clone()).unwrap_or_default();
        self.known(&format!("`{key}`"), &text, &place, known.iter().copied()).then_some(text)
    }

    /// Reports a name that is not known, with a suggestion.
    fn known<'n>(&mut self, what: &str, name: &str, place: &Place, known: impl IntoIterator<Item = &'n str>) -> bool {
        let known: Vec<&str> = known.into_iter().collect();
        if known.contains(&name) {
            return true;
        }
        self.wrong.error(place.clone(), format!("unknown {what}: `{name}`")).hint(did_you_mean(name, known));
        false
    }

    fn known_requirement(&mut self, id: &str, place: &Place) -> bool {
        if self.requirement_index.contains_key(id) {
            return true;
        }
        let hint = did_you_mean(id, self.requirement_index.keys().map(String::as_str));
        self.wrong.error(place.clone(), format!("unknown requirement: `{id}`")).hint(hint);
        false
    }

    fn known_endpoint(&mut self, name: &str, place: &Place) -> bool {
        let known: Vec<String> = self.profile.endpoints.keys().cloned().collect();
        self.known("endpoint", name, place, known.iter().map(String::as_str))
    }

    fn known_callback(&mut self, name: &str, place: &Place) -> bool {
        let known: Vec<String> = self.profile.callbacks.keys().cloned().collect();
        self.known("callback", name, place, known.iter().map(String::as_str))
    }

    fn known_message(&mut self, name: &str, place: &Place) -> bool {
        let known: Vec<String> = self.profile.messages.keys().cloned().collect();
        self.known("message", name, place, known.iter().map(String::as_str))
    }

    fn known_schema(&mut self, name: &str, place: &Place) {
        if !self.names.has_schema(name) {
            let known = self.names.schema_names();
            self.known("schema", name, place, known.iter().map(String::as_str));
        }
    }

    fn known_erratum(&mut self, id: &str, place: &Place) {
        if !self.names.has_erratum(id) {
            let known = self.names.erratum_names();
            self.known("erratum", id, place, known.iter().map(String::as_str));
        }
    }

    /// The place inside a text, when it can be found again in the file; else the place of the text.
    fn inside(&self, place: &Place, text: &str, offset: usize) -> Place {
        let shown_root = self.files.shown("");
        let path = place.file.strip_prefix(shown_root.as_str()).unwrap_or(&place.file);
        let line = self.files.text(path).and_then(|all| all.lines().nth(place.line.saturating_sub(1)));
        let Some(line) = line else { return place.clone() };
        let rest: String = line.chars().skip(place.column.saturating_sub(1)).collect();
        let quote = usize::from(rest.starts_with(['"', '\'']));
        let start: String = text.chars().take(offset.max(1)).collect();
        let written: String = rest.chars().skip(quote).take(offset.max(1)).collect();
        match start == written {
            true => Place { column: place.column + quote + offset, ..place.clone() },
            false => place.clone(),
        }
    }
}

/// Entries of all documents of one name, with the generation they belong to.
fn documents<'f>(folder: &'f Folder, path: &'f str) -> impl Iterator<Item = &'f Document> {
    folder.documents.iter().filter(move |document| document.path == path)
}

/// Puts a row into a list: replaces an equally named row of a parent, reports one of the same profile.
fn place_row<T>(rows: &mut Vec<(usize, T)>, generation: usize, row: T, same: impl Fn(&T, &T) -> bool) -> bool {
    match rows.iter_mut().find(|(_, other)| same(other, &row)) {
        Some((seen, _)) if *seen == generation => false,
        Some(found) => {
            *found = (generation, row);
            true
        }
        None => {
            rows.push((generation, row));
            true
        }
    }
}

/// A node for messages: its text, or what it is.
fn shown(node: &Node) -> String {
    node.text().map_or_else(|| node.what().to_owned(), |text| format!("`{text}`"))
}

/// True for ids such as `RG-ENV-01`: capitals, digits and at least one hyphen.
fn looks_like_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.contains('-')
        && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-')
}

fn empty_profile() -> Profile {
    let none = String::new;
    Profile {
        id: none(),
        version: none(),
        title: none(),
        role: none(),
        stage: none(),
        standard: none(),
        edition: none(),
        strictness: "standard".into(),
        hidden: Vec::new(),
        deadlines: BTreeMap::new(),
        correlate_by: Vec::new(),
        recognise_by: None,
        acknowledged_by: None,
        dated_by: Vec::new(),
        sent_by: None,
        addressed_to: None,
        called_back_at: None,
        answered_when: Vec::new(),
        sent_again_with: Vec::new(),
        identifiers: None,
        identifiers_in: Vec::new(),
        one_of_several: Vec::new(),
        others: Vec::new(),
        answer_requirement: None,
        listener_answers: None,
        prefixes: Vec::new(),
        endpoints: BTreeMap::new(),
        callbacks: BTreeMap::new(),
        asked_elsewhere: Vec::new(),
        requirements: Vec::new(),
        supports: Vec::new(),
        values: Vec::new(),
        actions: Vec::new(),
        phrases: BTreeMap::new(),
        fragments: BTreeMap::new(),
        messages: BTreeMap::new(),
        tests: Vec::new(),
        proof: BTreeMap::new(),
        anchors: Vec::new(),
        digest: none(),
        own: None,
    }
}

/// The value of a node in JSON; a helper name that reads well where many are collected.
fn json(node: &Node) -> Value {
    node.to_json()
}

/// Shared, since plans hold many copies.
fn shared<T>(value: T) -> Arc<T> {
    Arc::new(value)
}
