//! `phrases.yaml` and `messages/*.yaml`.

use super::folder::Folder;
use super::known::Known;
use super::{Reader, documents, json, shared, words};
use crate::profile::ast::{Phrase, Says};
use crate::profile::sentence;
use crate::source::yaml::Entry;
use crate::source::{Kind, Node, Place};
use serde_json::Value;
use std::collections::BTreeMap;

/// Templates above templates: more than this is no sensible message.
const DEEPEST: usize = 16;

/// A message as written, before `extends` is resolved.
struct Template {
    generation: usize,
    extends: Option<(String, Place)>,
    body: Value,
}

impl Reader<'_> {
    pub(super) fn phrases(&mut self, folder: &Folder) {
        let mut found = BTreeMap::new();
        let written: Vec<&Entry> =
            documents(folder, "phrases.yaml").flat_map(|d| d.node.entries().unwrap_or_default()).collect();
        for document in documents(folder, "phrases.yaml") {
            self.entries_of(&document.node, "phrases.yaml");
        }
        let names: Vec<&str> = written.iter().map(|entry| entry.key.as_str()).collect();
        for entry in &written {
            let phrase = self.phrase(entry, &names);
            found.insert(phrase.name.clone(), shared(phrase));
        }
        self.profile.phrases = found;
    }

    fn phrase(&mut self, entry: &Entry, names: &[&str]) -> Phrase {
        let node = &entry.value;
        node.check_keys("a phrase", &words::PHRASE, &mut self.wrong);
        let name = match sentence::canonical(&entry.key) {
            Ok(name) => name,
            Err(problem) => {
                self.wrong.error(entry.place.clone(), problem.message).text(&entry.key).hint(problem.hint);
                entry.key.clone()
            }
        };
        let list = match (node.get("any of"), node.get("all of")) {
            (Some(list), None) | (None, Some(list)) => Some(list),
            (Some(_), Some(second)) => {
                self.wrong.error(second.place.clone(), "a phrase is either `any of` or `all of`, not both");
                None
            }
            (None, None) => {
                self.wrong
                    .error(entry.place.clone(), format!("the phrase `{name}` says nothing"))
                    .hint("add `all of: [...]`");
                None
            }
        };
        let known = Known::outside_tests();
        let mut parts = Vec::new();
        for item in list.map(|list| self.items_of(list, "the sentences of a phrase")).unwrap_or_default() {
            if let Some(text) =
                item.text().and_then(|text| sentence::canonical(text).ok()).filter(|t| names.contains(&t.as_str()))
            {
                self.wrong
                    .error(item.place.clone(), "phrases do not nest")
                    .text(text)
                    .hint("write its sentences here instead");
                continue;
            }
            parts.extend(self.sentence(item, &known).filter(|part| !matches!(part.claim, Says::Phrase(_))));
        }
        if list.is_some_and(|list| list.items().is_some_and(<[Node]>::is_empty)) {
            self.wrong.error(entry.place.clone(), format!("the phrase `{name}` says nothing"));
        }
        let erratum = self.optional(node, "erratum");
        if let (Some(id), Some(at)) = (&erratum, node.get("erratum")) {
            self.known_erratum(id, &at.place);
        }
        Phrase { name, any: node.get("any of").is_some(), parts, erratum, reads: self.optional(node, "reads") }
    }

    pub(super) fn messages(&mut self, folder: &Folder) {
        let mut found: BTreeMap<String, Template> = BTreeMap::new();
        for document in folder.documents.iter().filter(|document| document.path.starts_with("messages/")) {
            for entry in self.entries_of(&document.node, "a file of messages") {
                let template = self.template(entry, document.generation);
                match found.get_mut(&entry.key) {
                    Some(older) if older.generation == template.generation => {
                        self.wrong.error(entry.place.clone(), format!("the message `{}` is written twice", entry.key));
                    }
                    Some(older) => {
                        merge(&mut older.body, template.body);
                        older.generation = template.generation;
                        older.extends = template.extends.or(older.extends.take());
                    }
                    None => {
                        found.insert(entry.key.clone(), template);
                    }
                }
            }
        }
        let names: Vec<&str> = found.keys().map(String::as_str).collect();
        for template in found.values() {
            if let Some((name, place)) = &template.extends {
                self.known("message", name, place, names.iter().copied());
            }
        }
        for name in found.keys() {
            let body = self.resolve(name, &found);
            self.profile.messages.insert(name.clone(), body);
        }
    }

    fn template(&mut self, entry: &Entry, generation: usize) -> Template {
        let node = &entry.value;
        node.check_keys("a message", &words::MESSAGE, &mut self.wrong);
        if let Some(name) = self.optional(node, "endpoint") {
            let place = node.get("endpoint").map(|node| node.place.clone()).unwrap_or_default();
            let known: Vec<String> =
                self.profile.endpoints.keys().chain(self.profile.callbacks.keys()).cloned().collect();
            self.known("endpoint or callback", &name, &place, known.iter().map(String::as_str));
        }
        if node.get("body").is_none() && node.get("extends").is_none() {
            self.wrong.error(entry.place.clone(), format!("the message `{}` has no `body`", entry.key));
        }
        let body = node.get("body").filter(|body| body.kind != Kind::Null);
        if let Some(body) = body {
            self.entries_of(body, "`body`");
            self.check_references_below(body, &Known::outside_tests());
        }
        let extends = self.optional(node, "extends");
        let at = node.get("extends").map(|node| node.place.clone()).unwrap_or_default();
        Template { generation, extends: extends.map(|name| (name, at)), body: body.map_or(Value::Null, json) }
    }

    /// The body with everything it extends below it; a circle is reported once and cut.
    fn resolve(&mut self, name: &str, all: &BTreeMap<String, Template>) -> Value {
        let mut chain: Vec<&Template> = Vec::new();
        let mut seen = vec![name];
        let mut next = all.get(name);
        while let Some(template) = next {
            chain.push(template);
            next = match &template.extends {
                Some((parent, place)) if seen.contains(&parent.as_str()) => {
                    if parent == name {
                        let message = format!("the message `{name}` extends itself: {}", seen.join(" > "));
                        self.wrong.error(place.clone(), message);
                    }
                    None
                }
                Some((_, place)) if seen.len() >= DEEPEST => {
                    self.wrong.error(place.clone(), format!("more than {DEEPEST} messages extend each other"));
                    None
                }
                Some((parent, _)) => {
                    seen.push(parent);
                    all.get(parent)
                }
                None => None,
            };
        }
        let mut body = Value::Null;
        for template in chain.into_iter().rev() {
            merge(&mut body, template.body.clone());
        }
        body
    }
}

/// Objects are merged member by member, everything else is replaced; an absent body changes nothing.
fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                match into.get_mut(&key) {
                    Some(old @ Value::Object(_)) if value.is_object() => merge(old, value),
                    _ => {
                        into.insert(key, value);
                    }
                }
            }
        }
        (_, Value::Null) => {}
        (into, from) => *into = from,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn objects_merge_and_lists_are_replaced() {
        let mut body = json!({"a": {"b": 1, "c": [1, 2]}, "d": 1});
        merge(&mut body, json!({"a": {"c": [3], "e": null}}));
        assert_eq!(body, json!({"a": {"b": 1, "c": [3], "e": null}, "d": 1}));
    }
}
