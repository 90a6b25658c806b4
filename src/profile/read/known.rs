//! What a test knows at a place: steps, remembered names, arguments; and the check of every `${...}` against it.

use super::Reader;
use crate::profile::ast::{Path, Phrase, Predicate, Root, Says, Segment};
use crate::profile::sentence::reference::{self, Part, Reference};
use crate::profile::sentence::{self, Problem, Scope};
use crate::source::diagnostic::{did_you_mean, nearest};
use crate::source::{Kind, Node, Place};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Addresses and names of ours that messages may use.
const TOOL: [&str; 4] = ["sender-id", "receiver-id", "callback-address", "dead-address"];

/// What a path may be alone.
const ROOTS: [&str; 4] = ["status", "method", "time", "sent"];

/// Which part of a test is read: what a miss there means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stretch {
    /// `steps`: sentences belong to requirements.
    Steps,
    /// `given`, `finally`, fragments: they do not.
    Around,
}

/// What is known at a place.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// Which part of a test.
    pub part: Stretch,
    /// Requirements the test proves.
    pub proves: Vec<String>,
    /// Names of steps so far.
    pub steps: BTreeSet<String>,
    /// All names of steps in the test, for those used too early.
    pub all_steps: BTreeSet<String>,
    /// Names remembered so far; the place is none where a fragment remembered it.
    pub remembered: BTreeMap<String, Option<Place>>,
    /// All names remembered in the test, for those used too early.
    pub all_remembered: BTreeSet<String>,
    /// Names used so far: remembered names and requirements.
    pub used: BTreeSet<String>,
    /// Values of `for each`, by name.
    pub each: Vec<(String, Vec<Value>)>,
    /// Arguments of a fragment.
    pub arguments: Vec<String>,
    /// Second addresses named so far.
    pub addresses: BTreeSet<String>,
    /// Inside `at once` with copies.
    pub copies: bool,
    /// False in templates and phrases, where names of a test are checked at each use instead.
    pub in_test: bool,
}

impl Known {
    /// Where there is no test: templates, phrases.
    pub(super) fn outside_tests() -> Known {
        Known {
            part: Stretch::Around,
            proves: Vec::new(),
            steps: BTreeSet::new(),
            all_steps: BTreeSet::new(),
            remembered: BTreeMap::new(),
            all_remembered: BTreeSet::new(),
            used: BTreeSet::new(),
            each: Vec::new(),
            arguments: Vec::new(),
            addresses: BTreeSet::new(),
            copies: false,
            in_test: false,
        }
    }

    /// The remembered name at the start of a reference: names may hold dots, and a path inside may follow.
    fn remembered_name(&self, written: &str) -> Option<String> {
        let cuts = written.char_indices().filter(|(_, c)| matches!(c, '.' | '[')).map(|(at, _)| at);
        let mut cuts: Vec<usize> = cuts.collect();
        cuts.push(written.len());
        let names = cuts.into_iter().rev().filter_map(|cut| written.get(..cut));
        names.into_iter().find(|name| self.remembered.contains_key(*name)).map(str::to_owned)
    }
}

impl Reader<'_> {
    /// Calls with the names a sentence may use here.
    pub(super) fn with_scope<T>(&self, known: &Known, call: impl FnOnce(&Scope<'_>) -> T) -> T {
        let is_step = |name: &str| known.steps.contains(name);
        let is_value = |name: &str| self.profile.values.iter().any(|value| value.name == name);
        call(&Scope { is_step: &is_step, is_value: &is_value, phrases: &self.profile.phrases })
    }

    /// Reads a path, reports what is wrong with it.
    pub(super) fn path(&mut self, text: &str, place: &Place, known: &mut Known) -> Option<Path> {
        match self.with_scope(known, |scope| sentence::path(text, scope)) {
            Ok(path) => {
                self.check_path(&path, place, known);
                self.check_references(text, place, known);
                Some(path)
            }
            Err(problem) => {
                self.problem(problem, text, place);
                None
            }
        }
    }

    /// A path to members of a message we send: `header.sender_uri`, without several places.
    pub(super) fn member_path(&mut self, text: &str, place: &Place, known: &mut Known) -> Option<Path> {
        let path = self.path(text, place, known)?;
        let several = sentence::finds_several(&path);
        if path.root != Root::Body || several || path.segments.is_empty() {
            self.wrong
                .error(place.clone(), format!("`{text}` names no single member of a message"))
                .hint("such as `header.NAME` or `message.LIST[0].NAME`");
            return None;
        }
        Some(path)
    }

    pub(super) fn problem(&mut self, problem: Problem, text: &str, place: &Place) {
        let at = self.inside(place, text, problem.offset);
        self.wrong.error(at, problem.message).text(text).hint(problem.hint);
    }

    /// Names in a path: steps used too early, claims, values, callbacks, fragments.
    pub(super) fn check_path(&mut self, path: &Path, place: &Place, known: &Known) {
        match &path.root {
            Root::Supports(name) => {
                self.known_claim(name, place);
            }
            Root::Value(name) => self.known_value(name, place),
            Root::Arrivals(name) => {
                self.known_callback(name, place);
            }
            Root::Prepared(name) => {
                let fragments: Vec<String> = self.facts.keys().cloned().collect();
                self.known("fragment", name, place, fragments.iter().map(String::as_str));
            }
            Root::Body => {
                self.check_nearly_root(path, place);
                if let Some(Segment::Member(first)) = path.segments.first()
                    && known.all_steps.contains(first)
                    && !known.steps.contains(first)
                    && path.text.starts_with(first.as_str())
                {
                    self.wrong
                        .error(place.clone(), format!("the step `{first}` is used before it has run"))
                        .text(&path.text)
                        .hint("move this below the step, or write `body.` before a member of that name");
                }
            }
            _ => {}
        }
    }

    /// A member at the top of a message, named nearly like what a path may start with, is hardly ever meant.
    fn check_nearly_root(&mut self, path: &Path, place: &Place) {
        let [Segment::Member(first)] = path.segments.as_slice() else { return };
        let near = nearest(first, ROOTS).filter(|near| near != first && path.text == *first);
        if let Some(near) = near {
            self.wrong
                .warning(place.clone(), format!("`{first}` is taken as a member of the message"))
                .text(&path.text)
                .hint(format!("did you mean `{near}`? Write `body.{first}` for the member"));
        }
    }

    fn known_value(&mut self, name: &str, place: &Place) {
        let prefix = format!("{name}.");
        let names: Vec<String> = self.profile.values.iter().map(|value| value.name.clone()).collect();
        let inside = |known: &String| name == known || name.starts_with(&format!("{known}."));
        if names.iter().any(inside) {
            return;
        }
        if let Some(longer) = names.iter().find(|known| known.starts_with(&prefix)) {
            let hint = format!("did you mean `{longer}`?");
            self.wrong.error(place.clone(), format!("unknown value: `{name}`")).hint(hint);
            return;
        }
        self.known("value", name, place, names.iter().map(String::as_str));
    }

    /// Every `${...}` in the texts of a tree.
    pub(super) fn check_references_below(&mut self, node: &Node, known: &Known) -> BTreeSet<String> {
        let mut scratch = known.clone();
        self.walk_references(node, &mut scratch);
        scratch.used
    }

    /// As [`Reader::check_references_below`], and notes what was used.
    pub(super) fn walk_references(&mut self, node: &Node, known: &mut Known) {
        match &node.kind {
            Kind::Null => {}
            Kind::Scalar(scalar) => self.check_references(&scalar.text, &node.place, known),
            Kind::List(items) => items.iter().for_each(|item| self.walk_references(item, known)),
            Kind::Map(entries) => entries.iter().for_each(|entry| self.walk_references(&entry.value, known)),
        }
    }

    /// Every `${...}` of a text.
    pub(super) fn check_references(&mut self, text: &str, place: &Place, known: &mut Known) {
        let parts = match reference::parts(text) {
            Ok(parts) => parts,
            Err(problem) => return self.problem(problem, text, place),
        };
        for part in parts {
            let Part::Reference(inside, offset) = part else { continue };
            let read = self.with_scope(known, |scope| reference::parse(inside, scope));
            let at = self.inside(place, text, offset);
            match read {
                Ok(found) => self.check_reference(&found, inside, text, &at, known),
                Err(problem) => {
                    self.wrong.error(at, problem.message).text(text).hint(problem.hint);
                }
            }
        }
    }

    fn check_reference(&mut self, found: &Reference, inside: &str, text: &str, at: &Place, known: &mut Known) {
        match found {
            Reference::NewId | Reference::Now { .. } => {}
            Reference::Value(path) => {
                if let Root::Value(name) = &path.root {
                    self.known_value(name, at);
                }
            }
            Reference::Tool(name) => self.check_tool(name, at, known),
            Reference::Param(name) => {
                self.wrong
                    .error(at.clone(), format!("the parameter `{name}` is given by no one"))
                    .text(text)
                    .hint("only a profile that others extend has parameters");
            }
            _ if !known.in_test => {}
            Reference::Path(path) => self.check_path(path, at, known),
            Reference::Copy if known.copies => {}
            Reference::Copy => {
                self.wrong.error(at.clone(), "`${copy}` stands outside `at once` with copies").text(text);
            }
            Reference::Each(name) => {
                let names: Vec<String> = known.each.iter().map(|(name, _)| name.clone()).collect();
                let first = names.iter().find(|known| name == *known || name.starts_with(&format!("{known}.")));
                if first.is_none() {
                    self.known("name of `for each`", name, at, names.iter().map(String::as_str));
                }
            }
            Reference::Argument(name) => {
                let names = known.arguments.clone();
                let first = names.iter().find(|known| name == *known || name.starts_with(&format!("{known}.")));
                if first.is_none() {
                    self.known("argument", name, at, names.iter().map(String::as_str));
                }
            }
            Reference::Name(name) => match known.remembered_name(name) {
                Some(used) => {
                    known.used.insert(used.clone());
                    self.used.insert(used);
                }
                None => self.unknown_name(inside, text, at, known),
            },
        }
    }

    fn unknown_name(&mut self, inside: &str, text: &str, at: &Place, known: &Known) {
        let first = inside.split(['.', '[']).next().unwrap_or_default();
        let too_early = known.all_remembered.contains(inside) || known.all_remembered.contains(first);
        let (message, hint) = if too_early {
            (
                format!("`${{{inside}}}` is used before it is remembered"),
                "move this below the step that remembers it".into(),
            )
        } else if known.all_steps.contains(first) {
            (format!("the step `{first}` is used before it has run"), "move this below the step".into())
        } else if self.profile.values.iter().any(|value| value.name == inside) {
            (format!("nothing is called `${{{inside}}}` here"), format!("did you mean `${{value.{inside}}}`?"))
        } else {
            let names = known.remembered.keys().chain(&known.steps).map(String::as_str);
            let names: Vec<&str> = names.chain(reference::RESERVED).collect();
            let hint = match nearest(first, names.iter().copied()) {
                Some(name) => format!("did you mean `{name}`?"),
                None => did_you_mean(inside, names),
            };
            (format!("nothing is called `${{{inside}}}` here"), hint)
        };
        self.wrong.error(at.clone(), message).text(text).hint(hint);
    }

    fn check_tool(&mut self, name: &str, at: &Place, known: &mut Known) {
        match name.strip_prefix("callback-address.") {
            Some(address) if !address.is_empty() => {
                known.addresses.insert(address.to_owned());
            }
            _ => {
                self.known("name of the tool", name, at, TOOL);
            }
        }
    }

    /// The names a template uses must be known where it is sent, save where `with` or `without` covers them.
    pub(super) fn check_template(&mut self, message: &str, covered: &[String], place: &Place, known: &mut Known) {
        let Some(body) = self.profile.messages.get(message).cloned() else { return };
        let mut texts = Vec::new();
        collect_texts(&body, String::new(), &mut texts);
        for (pointer, text) in texts {
            let hidden = |path: &String| {
                pointer == *path || pointer.starts_with(&format!("{path}.")) || pointer.starts_with(&format!("{path}["))
            };
            if covered.iter().any(hidden) || !text.contains("${") {
                continue;
            }
            self.check_elsewhere(&text, &format!("in the message `{message}` at {pointer}"), place, known);
        }
    }
}

impl Reader<'_> {
    /// The names a phrase uses must be known where it is used.
    pub(super) fn check_phrase(&mut self, phrase: &Phrase, place: &Place, known: &mut Known) {
        for part in &phrase.parts {
            let text = match &part.claim {
                Says::That { path, predicate: Predicate::Matches(_) | Predicate::DoesNotMatch(_), .. } => &path.text,
                _ => &part.text,
            };
            self.check_elsewhere(text, &format!("in the phrase `{}`", phrase.name), place, known);
        }
    }

    /// References of a text that is written elsewhere, reported at the place that uses it.
    fn check_elsewhere(&mut self, text: &str, whence: &str, place: &Place, known: &mut Known) {
        let before = std::mem::take(&mut self.wrong);
        self.check_references(text, place, known);
        let found = std::mem::replace(&mut self.wrong, before);
        for diagnostic in found.sorted() {
            let message = format!("{whence}: {}", diagnostic.message);
            self.wrong.error(place.clone(), message).text(&diagnostic.text).hint(&diagnostic.hint);
        }
    }
}

fn collect_texts(value: &Value, pointer: String, into: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => into.push((pointer, text.clone())),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect_texts(item, format!("{pointer}[{index}]"), into);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let inner = if pointer.is_empty() { name.clone() } else { format!("{pointer}.{name}") };
                collect_texts(member, inner, into);
            }
        }
        _ => {}
    }
}
