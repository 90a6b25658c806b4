//! `questions.yaml`: claims, values and stimuli, and the names of each.

use super::folder::Folder;
use super::known::Known;
use super::{Reader, documents, json, place_row, words};
use crate::profile::ast::{ActionQuestion, Claim, Claimed, Condition, Probe, ValueQuestion};
use crate::source::yaml::Entry;
use crate::source::{Kind, Node, Place};

impl Reader<'_> {
    pub(super) fn questions(&mut self, folder: &Folder) {
        let (mut supports, mut values, mut actions) = (Vec::new(), Vec::new(), Vec::new());
        for document in documents(folder, "questions.yaml") {
            let node = &document.node;
            if node.kind == Kind::Null {
                continue;
            }
            node.check_keys("questions.yaml", &["supports", "values", "actions"], &mut self.wrong);
            for entry in self.entries(node, "supports") {
                let claim = self.claim(entry);
                place_row(&mut supports, document.generation, claim, |a, b| a.name == b.name);
            }
            for entry in self.entries(node, "values") {
                let value = self.value_question(entry);
                place_row(&mut values, document.generation, value, |a, b| a.name == b.name);
            }
            for entry in self.entries(node, "actions") {
                entry.value.check_keys("an action", &["ask"], &mut self.wrong);
                let ask = self.needed(&entry.value, "ask", "an action").unwrap_or_default();
                let action = ActionQuestion { name: entry.key.clone(), ask, place: entry.place.clone() };
                place_row(&mut actions, document.generation, action, |a, b| a.name == b.name);
            }
        }
        self.profile.supports = supports.into_iter().map(|(_, claim)| claim).collect();
        self.profile.values = values.into_iter().map(|(_, value)| value).collect();
        self.profile.actions = actions.into_iter().map(|(_, action)| action).collect();
    }

    fn claim(&mut self, entry: &Entry) -> Claim {
        let node = &entry.value;
        node.check_keys("a claim", &words::CLAIM, &mut self.wrong);
        let requirement = self.optional(node, "requirement");
        if let (Some(id), Some(at)) = (&requirement, node.get("requirement")) {
            self.known_requirement(id, &at.place);
        }
        let probe = node.get("probe").and_then(|probe| {
            probe.check_keys("a probe", &["send", "message"], &mut self.wrong);
            Some(Probe { send: self.needed(probe, "send", "a probe")?, message: self.optional(probe, "message") })
        });
        Claim {
            name: entry.key.clone(),
            ask: self.needed(node, "ask", "a claim").unwrap_or_default(),
            tier: self.word(node, "tier", &words::TIERS).unwrap_or_else(|| "core".into()),
            requirement,
            probe,
            assume: self.yes_or_no(node, "assume").unwrap_or(false),
            values: self.texts(node, "values").into_iter().map(|(value, _)| value).collect(),
            place: entry.place.clone(),
        }
    }

    fn value_question(&mut self, entry: &Entry) -> ValueQuestion {
        let node = &entry.value;
        node.check_keys("a value", &words::VALUE, &mut self.wrong);
        ValueQuestion {
            name: entry.key.clone(),
            ask: self.needed(node, "ask", "a value").unwrap_or_default(),
            example: node.get("example").map(json),
            default: node.get("default").map(json),
            personal: self.yes_or_no(node, "personal data").unwrap_or(false),
            optional: self.yes_or_no(node, "optional").unwrap_or(false),
            unlike: self.optional(node, "unlike"),
            learn: self.optional(node, "learn"),
            place: entry.place.clone(),
        }
    }

    /// Names in questions and endpoints that point forward: checked once everything is known.
    pub(super) fn check_questions(&mut self) {
        for claim in self.profile.supports.clone() {
            if let Some(probe) = claim.probe {
                self.known_endpoint(&probe.send, &claim.place);
                if let Some(message) = &probe.message {
                    self.known_message(message, &claim.place);
                }
            }
        }
        self.check_contained();
        for (claim, place) in std::mem::take(&mut self.claims_named) {
            self.known_claim(&claim, &place);
        }
        let values: Vec<String> = self.profile.values.iter().map(|value| value.name.clone()).collect();
        for value in self.profile.values.clone() {
            if let Some(unlike) = &value.unlike {
                self.known("value", unlike, &value.place, values.iter().map(String::as_str));
            }
            let Some(learn) = value.learn else { continue };
            let known: Vec<String> = self.facts.keys().cloned().collect();
            if !self.known("fragment", &learn, &value.place, known.iter().map(String::as_str)) {
                continue;
            }
            let Some(facts) = self.facts.get(&learn) else { continue };
            let (once, remembers) = (facts.once, facts.remembers.contains(&value.name));
            if !once {
                self.wrong
                    .error(value.place.clone(), format!("the fragment `{learn}` cannot be learnt from"))
                    .hint("give it `once: yes`");
            }
            if !remembers {
                self.wrong
                    .error(value.place.clone(), format!("the fragment `{learn}` does not remember `{}`", value.name))
                    .hint(format!("add `remember: {{{}: PATH}}` to one of its steps", value.name));
            }
        }
    }

    /// What conditions ask for must be among what a claim lists. A claim that does not say so itself lists what is asked for.
    fn check_contained(&mut self) {
        let asked = std::mem::take(&mut self.contained);
        let mut claims = std::mem::take(&mut self.profile.supports);
        for claim in &mut claims {
            let written = claim.values.clone();
            for (_, value, place) in asked.iter().filter(|(name, _, _)| *name == claim.name) {
                if !written.is_empty() {
                    self.known("value of the claim", value, place, written.iter().map(String::as_str));
                } else if !claim.values.contains(value) {
                    claim.values.push(value.clone());
                }
            }
        }
        self.profile.supports = claims;
    }

    pub(super) fn known_claim(&mut self, name: &str, place: &Place) -> bool {
        let known: Vec<String> = self.profile.supports.iter().map(|claim| claim.name.clone()).collect();
        self.known("claim", name, place, known.iter().map(String::as_str))
    }

    /// Names of values and actions, or beginnings of them that end at a dot.
    pub(super) fn needs(&mut self, node: &Node) -> Vec<String> {
        let needs = self.texts(node, "needs");
        let values = self.profile.values.iter().map(|value| value.name.clone());
        let names: Vec<String> = values.chain(self.profile.actions.iter().map(|action| action.name.clone())).collect();
        for (need, place) in &needs {
            let prefix = format!("{need}.");
            if !names.iter().any(|name| name == need || name.starts_with(&prefix)) {
                self.known("value or action", need, place, names.iter().map(String::as_str));
            }
        }
        needs.into_iter().map(|(need, _)| need).collect()
    }

    /// `supports.NAME`, `supports.NAME contains VALUE`, several of these with `or` between them, or a list of such.
    pub(super) fn conditions(&mut self, node: &Node, known: &mut Known) -> Vec<Condition> {
        let mut conditions = Vec::new();
        for (text, place) in self.texts(node, "when") {
            self.check_references(&text, &place, known);
            let words: Vec<&str> = text.split_whitespace().collect();
            let any: Option<Vec<Claimed>> = words.split(|word| *word == "or").map(claimed).collect();
            let Some(any) = any else {
                self.wrong
                    .error(place, "this is no condition on what the product supports")
                    .text(text)
                    .hint("`supports.NAME` or `supports.NAME contains VALUE`, also several with `or` between them");
                continue;
            };
            for Claimed { claim, contains } in &any {
                self.known_claim(claim, &place);
                if let Some(value) = contains.as_ref().filter(|value| !value.contains("${")) {
                    self.contained.push((claim.clone(), value.clone(), place.clone()));
                }
            }
            conditions.push(Condition { any });
        }
        conditions
    }
}

/// One claim of a condition.
fn claimed(words: &[&str]) -> Option<Claimed> {
    let (claim, contains) = match words {
        [claim] => (claim, None),
        [claim, "contains", value @ ..] if !value.is_empty() => (claim, Some(value.join(" "))),
        _ => return None,
    };
    Some(Claimed { claim: claim.strip_prefix("supports.")?.to_owned(), contains })
}
