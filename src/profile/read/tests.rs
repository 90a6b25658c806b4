//! `tests/*.yaml` and `fragments.yaml`.

use super::folder::Folder;
use super::known::{Known, Stretch};
use super::steps::{each_step, each_tied};
use super::verbs::addresses_in;
use super::{Reader, documents, place_row, shared, words};
use crate::profile::ast::{Fragment, Test, Verb};
use crate::source::yaml::Entry;
use crate::source::{Kind, Node, Place};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What must be known about a fragment before any step is read.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub once: bool,
    pub arguments: Vec<String>,
    /// Names it remembers, those of fragments it uses included, with the place of its own.
    pub remembers: BTreeSet<String>,
    pub addresses: Vec<String>,
    own: Vec<(String, Place)>,
    uses: Vec<String>,
    place: Place,
}

impl Reader<'_> {
    /// What is known of fragments by name, before anything that may speak of them is read.
    pub(super) fn fragment_facts(&mut self, folder: &Folder) {
        let documents = documents(folder, "fragments.yaml");
        let entries = documents.flat_map(|document| document.node.entries().unwrap_or_default());
        self.facts = close(entries.map(|entry| (entry.key.clone(), facts(entry))).collect());
    }

    pub(super) fn fragments(&mut self, folder: &Folder) {
        let mut written: BTreeMap<String, &Entry> = BTreeMap::new();
        for document in documents(folder, "fragments.yaml") {
            for entry in self.entries_of(&document.node, "fragments.yaml") {
                written.insert(entry.key.clone(), entry);
            }
        }
        self.check_circles();
        for (name, entry) in written {
            let fragment = self.fragment(&name, entry);
            self.profile.fragments.insert(name, shared(fragment));
        }
    }

    fn fragment(&mut self, name: &str, entry: &Entry) -> Fragment {
        let node = &entry.value;
        node.check_keys("a fragment", &words::FRAGMENT, &mut self.wrong);
        let facts = self.facts.get(name).cloned().unwrap_or_default();
        let once = self.yes_or_no(node, "once").unwrap_or(false);
        let arguments: Vec<String> = self.texts(node, "arguments").into_iter().map(|(name, _)| name).collect();
        if once && !arguments.is_empty() {
            let place = node.get("arguments").map(|node| node.place.clone()).unwrap_or_default();
            self.wrong
                .error(place, "a fragment with `once: yes` takes no arguments")
                .hint("it runs once for all its users, so there is nothing they could vary");
        }
        let mut known = Known { in_test: true, arguments: arguments.clone(), ..Known::outside_tests() };
        known.all_remembered = facts.remembers.clone();
        if let Some(steps) = node.get("steps") {
            names_of_steps(steps, &mut known.all_steps);
        }
        let when = self.conditions(node);
        let needs = self.needs(node);
        let steps = self.steps(node.get("steps"), name, &mut known);
        if steps.is_empty() {
            self.wrong.error(entry.place.clone(), format!("the fragment `{name}` has no steps"));
        }
        Fragment { name: name.to_owned(), once, arguments, when, needs, steps, place: entry.place.clone() }
    }

    fn check_circles(&mut self) {
        for (name, facts) in &self.facts {
            let mut seen = BTreeSet::new();
            let mut open = facts.uses.clone();
            while let Some(used) = open.pop() {
                if used == *name {
                    let message = format!("the fragment `{name}` uses itself");
                    self.wrong.error(facts.place.clone(), message).hint("fragments may use others, never in a circle");
                    break;
                }
                if seen.insert(used.clone()) {
                    open.extend(self.facts.get(&used).map(|facts| facts.uses.clone()).unwrap_or_default());
                }
            }
        }
    }

    pub(super) fn tests(&mut self, folder: &Folder) {
        let mut rows: Vec<(usize, Test)> = Vec::new();
        for document in folder.documents.iter().filter(|document| document.path.starts_with("tests/")) {
            let node = &document.node;
            node.check_keys("a file of tests", &["topic", "tests"], &mut self.wrong);
            if node.entries().is_none() {
                continue;
            }
            let topic = self.needed(node, "topic", "a file of tests").unwrap_or_default();
            let Some(list) = node.get("tests") else {
                self.wrong
                    .error(node.place.clone(), "the file has no `tests`")
                    .hint("add `tests:` and a list of tests");
                continue;
            };
            for item in self.items_of(list, "`tests`") {
                let Some(test) = self.test(item, &topic) else { continue };
                let (id, place) = (test.id.clone(), test.place.clone());
                if !place_row(&mut rows, document.generation, test, |a, b| a.id == b.id) {
                    self.wrong
                        .error(place, format!("the test `{id}` is written twice"))
                        .hint("ids are unique and stable");
                }
            }
        }
        self.profile.tests = rows.into_iter().map(|(_, test)| Arc::new(test)).collect();
    }

    fn test(&mut self, node: &Node, topic: &str) -> Option<Test> {
        node.check_keys("a test", &words::TEST, &mut self.wrong);
        node.entries()?;
        let before = self.wrong.sorted().len();
        let id = self.needed(node, "id", "a test");
        if let Some(id) = id.as_deref().filter(|id| !super::looks_like_id(id)) {
            let place = node.get("id").map(|node| node.place.clone()).unwrap_or_default();
            self.wrong
                .error(place, format!("`{id}` cannot be the id of a test"))
                .hint("capitals, digits and hyphens, as in RG-SYNC-01");
        }
        let title = self.needed(node, "title", "a test").unwrap_or_default();
        let proves = self.proves(node);
        let for_each = self.for_each(node);
        let mut known = Known {
            in_test: true,
            part: Stretch::Around,
            proves: proves.clone(),
            each: for_each.clone(),
            ..Known::outside_tests()
        };
        for part in ["given", "steps", "finally"] {
            if let Some(steps) = node.get(part) {
                names_of_steps(steps, &mut known.all_steps);
                names_remembered(steps, &mut known.all_remembered);
            }
        }
        let when = self.conditions(node);
        let needs = self.needs(node);
        let given = self.steps(node.get("given"), "given", &mut known);
        known.part = Stretch::Steps;
        let steps = self.steps(node.get("steps"), "steps", &mut known);
        known.part = Stretch::Around;
        let finally = self.steps(node.get("finally"), "finally", &mut known);
        let test = Test {
            id: id?,
            title,
            topic: topic.to_owned(),
            proves,
            tier: self.word(node, "tier", &words::TIERS).unwrap_or_else(|| "core".into()),
            when,
            needs,
            shares: self.texts(node, "shares").into_iter().map(|(name, _)| name).collect(),
            writes: self.yes_or_no(node, "writes").unwrap_or(false),
            why: self.optional(node, "why").unwrap_or_default(),
            for_each,
            reviews: has_review(&steps),
            given,
            steps,
            finally,
            place: node.place.clone(),
        };
        if self.wrong.sorted().len() == before {
            self.check_test(&test, &known); // what is missing may stand in a line that could not be read
        }
        Some(test)
    }

    fn proves(&mut self, node: &Node) -> Vec<String> {
        let proves = self.texts(node, "proves");
        if proves.is_empty() {
            self.wrong.error(node.place.clone(), "the test proves no requirement").hint("add `proves: [REQUIREMENT]`");
        }
        for (id, place) in &proves {
            self.known_requirement(id, place);
        }
        proves.into_iter().map(|(id, _)| id).collect()
    }

    fn for_each(&mut self, node: &Node) -> Vec<(String, Vec<Value>)> {
        let mut found = Vec::new();
        let Some(each) = node.get("for each") else { return found };
        let entries = self.entries_of(each, "`for each`");
        if entries.is_empty() {
            self.wrong
                .error(each.place.clone(), "`for each` is empty")
                .hint("name what varies, as in `for each: {token: [missing, malformed]}`, or leave it out");
        }
        for entry in entries {
            let values = self.items_of(&entry.value, &format!("`for each: {}`", entry.key));
            if values.is_empty() {
                self.wrong.error(
                    entry.value.place.clone(),
                    format!("`for each` gives no values for `{}`: the test would never run", entry.key),
                );
            }
            found.push((entry.key.clone(), values.iter().map(Node::to_json).collect()));
        }
        found
    }

    /// What only shows when the whole test is read.
    fn check_test(&mut self, test: &Test, known: &Known) {
        let mut checks = 0;
        let mut failed_verb = false;
        each_step(&test.steps, &mut |step| {
            each_tied(step, &mut |_, _, _| checks += 1);
            checks += usize::from(match &step.verb {
                Verb::Await(found) => !found.optional,
                Verb::Silence(_) | Verb::Repeat { .. } => true,
                _ => !step.remember.is_empty() && step.requirement.is_some(),
            });
            failed_verb |= matches!(step.verb, Verb::NotRunHere { .. });
        });
        if checks == 0 && !failed_verb {
            self.wrong
                .error(
                    test.place.clone(),
                    format!("the test `{}` has no sentence in `steps`, so it could never fail", test.id),
                )
                .hint("add `expect` to a step of `steps`");
        }
        for id in test.proves.iter().filter(|id| !known.used.contains(*id) && self.requirement_index.contains_key(*id))
        {
            if checks > 0 {
                self.wrong
                    .error(
                        test.place.clone(),
                        format!("the test `{}` says it proves `{id}`, but no sentence belongs to it", test.id),
                    )
                    .hint("tie a sentence to it, or take it out of `proves`");
            }
        }
        self.check_unused_names(known, &Known::outside_tests());
    }

    /// Names remembered here (and not already in `outer`) that nothing uses.
    pub(super) fn check_unused_names(&mut self, known: &Known, outer: &Known) {
        for (name, place) in &known.remembered {
            let inherited = outer.remembered.contains_key(name);
            if let (Some(place), false, false) = (place, known.used.contains(name), inherited) {
                self.wrong
                    .error(place.clone(), format!("`{name}` is remembered and never used"))
                    .hint(format!("use it as `${{{name}}}`, or leave it out"));
            }
        }
    }

    /// Names a fragment remembers must be used by some test, some fragment, or be values of the questions.
    pub(super) fn check_unused(&mut self) {
        for (fragment, facts) in &self.facts {
            for (name, place) in &facts.own {
                let learnt = self.profile.values.iter().any(|value| value.name == *name);
                if !learnt && !self.used.contains(name) {
                    self.wrong
                        .error(
                            place.clone(),
                            format!("the fragment `{fragment}` remembers `{name}`, and nothing uses it"),
                        )
                        .hint("use it in a test, or leave it out");
                }
            }
        }
    }
}

fn has_review(steps: &[crate::profile::ast::Step]) -> bool {
    let mut found = false;
    each_step(steps, &mut |step| found |= matches!(step.verb, Verb::Review(_)));
    found
}

fn facts(entry: &Entry) -> Facts {
    let node = &entry.value;
    let arguments = node.get("arguments").and_then(Node::items).unwrap_or_default();
    let mut found = Facts {
        once: node.get("once").and_then(Node::yes_or_no).unwrap_or(false),
        arguments: arguments.iter().filter_map(Node::text).map(str::to_owned).collect(),
        place: entry.place.clone(),
        ..Facts::default()
    };
    if let Some(steps) = node.get("steps") {
        each_node(steps, &mut |step| {
            for remembered in step.get("remember").and_then(Node::entries).unwrap_or_default() {
                found.own.push((remembered.key.clone(), remembered.place.clone()));
                found.remembers.insert(remembered.key.clone());
            }
            found.uses.extend(step.get("use").and_then(Node::text).map(str::to_owned));
        });
        each_text(steps, &mut |text| found.addresses.extend(addresses_in(text)));
    }
    found
}

/// Adds to every fragment what the fragments it uses remember.
fn close(facts: BTreeMap<String, Facts>) -> BTreeMap<String, Facts> {
    let mut closed = facts.clone();
    for (name, fact) in &mut closed {
        let mut seen = BTreeSet::from([name.clone()]);
        let mut open = fact.uses.clone();
        while let Some(used) = open.pop() {
            if let (true, Some(other)) = (seen.insert(used.clone()), facts.get(&used)) {
                fact.remembers.extend(other.remembers.iter().cloned());
                fact.addresses.extend(other.addresses.iter().cloned());
                open.extend(other.uses.iter().cloned());
            }
        }
    }
    closed
}

fn names_of_steps(steps: &Node, into: &mut BTreeSet<String>) {
    each_node(steps, &mut |step| into.extend(step.get("as").and_then(Node::text).map(str::to_owned)));
}

fn names_remembered(steps: &Node, into: &mut BTreeSet<String>) {
    each_node(steps, &mut |step| {
        into.extend(
            step.get("remember").and_then(Node::entries).unwrap_or_default().iter().map(|entry| entry.key.clone()),
        );
    });
}

/// Calls for every step node of a list and of the lists inside it.
fn each_node<'n>(steps: &'n Node, call: &mut dyn FnMut(&'n Node)) {
    for step in steps.items().unwrap_or_default() {
        call(step);
        for inner in [step.get("repeat"), step.get("at once")].into_iter().flatten() {
            if let Some(steps) = inner.get("steps") {
                each_node(steps, call);
            }
            for branch in inner.get("branches").and_then(Node::items).unwrap_or_default() {
                each_node(branch, call);
            }
        }
    }
}

fn each_text<'n>(node: &'n Node, call: &mut dyn FnMut(&'n str)) {
    match &node.kind {
        Kind::Null => {}
        Kind::Scalar(scalar) => call(&scalar.text),
        Kind::List(items) => items.iter().for_each(|item| each_text(item, call)),
        Kind::Map(entries) => entries.iter().for_each(|entry| each_text(&entry.value, call)),
    }
}
