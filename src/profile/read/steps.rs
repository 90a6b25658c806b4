//! Steps: exactly one verb, the companions every verb takes, names and what is remembered.

use super::Reader;
use super::known::{Known, Stretch};
use super::sentences::List;
use crate::profile::ast::{Expectation, Path, Step, Verb};
use crate::profile::sentence::{self, reference};
use crate::source::diagnostic::{did_you_mean, nearest};
use crate::source::yaml::Entry;
use crate::source::{Node, Place};

/// The verbs and the companions each takes besides the common ones.
pub(in crate::profile) const VERBS: [(&str, &[&str]); 11] = [
    (
        "send",
        &[
            "message",
            "with",
            "without",
            "authorisation",
            "content type",
            "method",
            "body",
            "same as",
            "headers",
            "sound",
            "or refused in",
            "where",
        ],
    ),
    ("await", &["within", "where", "at", "answer", "optional", "pending if"]),
    ("expect silence", &["for", "where", "at"]),
    ("ask", &["with"]),
    ("send broken", &["message", "with", "without", "faults", "only under", "at most", "or refused in", "where"]),
    ("repeat", &[]),
    ("use", &["with", "may fail"]),
    ("at once", &[]),
    ("review", &["of", "where", "at least"]),
    ("check files", &["each record", "all records", "examples"]),
    ("observe", &["within", "where"]),
];

/// Companions every verb takes.
pub(in crate::profile) const COMMON: [&str; 6] = ["as", "expect", "should", "remember", "when", "requirement"];

impl Reader<'_> {
    /// The steps of a list, with keys below `prefix`.
    pub(super) fn steps(&mut self, node: Option<&Node>, prefix: &str, known: &mut Known) -> Vec<Step> {
        let Some(node) = node else { return Vec::new() };
        let items = self.items_of(node, "steps").iter().enumerate();
        items.filter_map(|(index, item)| self.step(item, format!("{prefix}.{index}"), known)).collect()
    }

    fn step(&mut self, node: &Node, key: String, known: &mut Known) -> Option<Step> {
        let entries = node.entries();
        if entries.is_none() {
            self.wrong
                .error(node.place.clone(), format!("a step is a map with one verb, this is {}", node.what()))
                .hint("such as `- send: ENDPOINT`");
        }
        let (verb, companions) = self.verb_of(entries?, node)?;
        self.check_companions(node, verb, companions);
        let when = self.conditions(node, known);
        let read = self.verb(verb, node, &key, known);
        let name = self.step_name(node, known);
        let mut expect = self.expectations(node.get("expect"), List::Expect, &key, known);
        if verb.key == "check files" {
            for (list, part) in [("each record", "each"), ("all records", "all")] {
                let inner = format!("{key}.{part}");
                expect.extend(self.expectations(node.get(list), List::Expect, &inner, known));
            }
        }
        let should = self.expectations(node.get("should"), List::Should, &key, known);
        let remember = self.remember(node, known);
        let requirement = self.own_requirement(node, read.as_ref(), !remember.is_empty(), known);
        Some(Step { key, name, when, verb: read?, expect, should, remember, requirement, place: node.place.clone() })
    }

    /// The one verb of a step.
    fn verb_of<'n>(&mut self, entries: &'n [Entry], node: &Node) -> Option<(&'n Entry, &'static [&'static str])> {
        let known =
            |entry: &Entry| VERBS.iter().find(|(verb, _)| *verb == entry.key).map(|(_, companions)| *companions);
        let mut verbs = entries.iter().filter_map(|entry| known(entry).map(|companions| (entry, companions)));
        let first = verbs.next();
        if let (Some((first, _)), Some((second, _))) = (first, verbs.next()) {
            self.wrong
                .error(
                    second.place.clone(),
                    format!("a step has one verb, this has two: `{}` and `{}`", first.key, second.key),
                )
                .hint("make two steps of it");
        }
        if first.is_none() {
            let names = VERBS.iter().map(|(verb, _)| *verb);
            let mut unknown = entries.iter().filter(|entry| !is_companion(&entry.key));
            let near = unknown.clone().find(|entry| nearest(&entry.key, names.clone()).is_some());
            match near.or_else(|| unknown.next()) {
                Some(entry) => {
                    self.wrong
                        .error(entry.place.clone(), format!("unknown verb `{}`", entry.key))
                        .hint(did_you_mean(&entry.key, names));
                }
                None => {
                    self.wrong.error(node.place.clone(), "the step has no verb").hint(did_you_mean("", names));
                }
            }
        }
        first
    }

    fn check_companions(&mut self, node: &Node, verb: &Entry, companions: &[&str]) {
        for entry in node.entries().unwrap_or_default() {
            let key = entry.key.as_str();
            let verbs = VERBS.iter().any(|(other, _)| *other == key);
            if verbs || companions.contains(&key) || COMMON.contains(&key) {
                continue;
            }
            let message = match is_companion(key) {
                true => format!("`{key}` does not go with `{}`", verb.key),
                false => format!("unknown key `{key}` in a step with `{}`", verb.key),
            };
            let known = companions.iter().chain(&COMMON).copied();
            self.wrong.error(entry.place.clone(), message).hint(did_you_mean(key, known));
        }
    }

    fn step_name(&mut self, node: &Node, known: &mut Known) -> Option<String> {
        let name = self.optional(node, "as")?;
        let place = node.get("as").map(|node| node.place.clone()).unwrap_or_default();
        self.check_new_name("step", &name, &place);
        if !name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_') {
            self.wrong
                .error(place.clone(), format!("`{name}` cannot be the name of a step"))
                .hint("one word of letters, digits and hyphens, since paths start with it");
        }
        if !known.steps.insert(name.clone()) {
            self.wrong.error(place, format!("two steps are called `{name}`")).hint("choose another name");
        }
        Some(name)
    }

    fn check_new_name(&mut self, what: &str, name: &str, place: &Place) {
        if reference::RESERVED.contains(&name) || (what == "step" && sentence::ROOTS.contains(&name)) {
            self.wrong
                .error(place.clone(), format!("a {what} cannot be called `{name}`: the word has a meaning of its own"))
                .hint("choose another name");
        }
    }

    fn remember(&mut self, node: &Node, known: &mut Known) -> Vec<(String, Path)> {
        let mut found = Vec::new();
        for entry in self.entries(node, "remember") {
            self.check_new_name("remembered name", &entry.key, &entry.place);
            let Some(text) = self.text(&entry.value, "the path to remember") else { continue };
            if let Some(path) = self.path(&text, &entry.value.place, known) {
                found.push((entry.key.clone(), path));
            }
            known.remembered.insert(entry.key.clone(), Some(entry.place.clone()));
        }
        found
    }

    /// The requirement of an arrival, a silence, a repetition or a remembered thing.
    fn own_requirement(
        &mut self,
        node: &Node,
        verb: Option<&Verb>,
        remembers: bool,
        known: &mut Known,
    ) -> Option<String> {
        let is_check = match verb {
            Some(Verb::Await(found)) => !found.optional,
            Some(Verb::Silence(_) | Verb::Repeat { .. }) => true,
            _ => false,
        } || remembers;
        let named = self.optional(node, "requirement");
        let place = node.get("requirement").map_or_else(|| node.place.clone(), |node| node.place.clone());
        if let Some(id) = named {
            if known.part == Stretch::Around {
                self.wrong
                    .error(place, format!("no requirement belongs here, this names `{id}`"))
                    .hint("`given`, `finally` and fragments prove nothing; a requirement is proven in `steps`");
                return None;
            }
            let optional_await = matches!(verb, Some(Verb::Await(_) | Verb::NotRunHere { .. }));
            if !is_check && !optional_await {
                self.wrong
                    .error(
                        place.clone(),
                        "`requirement` stands for an arrival, a silence, a repetition or what is remembered",
                    )
                    .hint("sentences name theirs themselves: `REQUIREMENT: sentence`");
            }
            self.proven_here(&id, &place, &known.proves);
            known.used.insert(id.clone());
            return Some(id);
        }
        if known.part == Stretch::Around || !is_check {
            return None;
        }
        match known.proves.as_slice() {
            [only] => {
                known.used.insert(only.clone());
                Some(only.clone())
            }
            [] => None,
            several => {
                let hint = format!("add `requirement:` with one of {}", several.join(", "));
                let message = match verb {
                    Some(Verb::Await(_)) => "it is not said which requirement it breaks when nothing arrives",
                    Some(Verb::Silence(_)) => "it is not said which requirement it breaks when something arrives",
                    Some(Verb::Repeat { .. }) => "it is not said which requirement it breaks when `until` never holds",
                    _ => "it is not said which requirement it breaks when there is nothing to remember",
                };
                self.wrong.error(place, message).hint(hint);
                None
            }
        }
    }
}

fn is_companion(key: &str) -> bool {
    COMMON.contains(&key) || VERBS.iter().any(|(_, companions)| companions.contains(&key))
}

/// Calls for every step of a list and of the lists inside it.
pub(in crate::profile) fn each_step<'s>(steps: &'s [Step], call: &mut dyn FnMut(&'s Step)) {
    for step in steps {
        call(step);
        match &step.verb {
            Verb::Repeat { steps, .. } => each_step(steps, call),
            Verb::AtOnce { branches, .. } => branches.iter().for_each(|branch| each_step(branch, call)),
            _ => {}
        }
    }
}

/// Calls for every sentence that belongs to a step itself, with its requirement; `must` is true under `expect`.
pub(in crate::profile) fn each_tied<'s>(
    step: &'s Step,
    call: &mut dyn FnMut(&'s crate::profile::ast::TiedSentence, &'s [crate::profile::ast::Sentence], bool),
) {
    for (list, must) in [(&step.expect, true), (&step.should, false)] {
        for expectation in list {
            match expectation {
                Expectation::Sentence(tied) => call(tied, &[], must),
                Expectation::Guard { condition, then } => then.iter().for_each(|tied| call(tied, condition, must)),
            }
        }
    }
}
