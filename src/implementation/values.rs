//! Values the vendor lends to the tests, by dotted name.
//!
//! `known-person.type: UIN` and `known-person: {type: UIN}` mean the same. A value may itself be a map (a whole query),
//! so the tree is kept as written and a name finds its way through it: nothing has to be guessed.

use crate::source::{Kind, Node, Place};
use serde_json::Value;

/// What a value is read as: what its example is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ValueKind {
    /// Text as it is written: identifiers are texts, also where they look like numbers.
    Text,
    /// A whole number, in quotes or not.
    Count,
    /// Whatever stands there.
    #[default]
    Any,
}

impl ValueKind {
    /// The kind of an example.
    pub fn of(example: Option<&Value>) -> ValueKind {
        match example {
            Some(Value::String(_)) => ValueKind::Text,
            Some(Value::Number(_)) => ValueKind::Count,
            _ => ValueKind::Any,
        }
    }

    /// In words, for messages.
    pub(super) fn words(self) -> &'static str {
        match self {
            ValueKind::Text => "text",
            ValueKind::Count => "a whole number",
            ValueKind::Any => "anything",
        }
    }

    fn read(self, node: &Node) -> Option<Value> {
        match self {
            ValueKind::Text => node.text().map(Value::from),
            ValueKind::Count => node.text()?.trim().parse::<u64>().ok().map(Value::from),
            ValueKind::Any => Some(node.to_json()),
        }
    }
}

/// The `values` of the file.
#[derive(Clone, Debug, Default)]
pub struct Values(Option<Node>);

impl Values {
    pub(super) fn new(node: &Node) -> Values {
        Values(Some(node.clone()))
    }

    /// The value of a name, when the file gives one that can be read as this.
    pub fn get(&self, name: &str, kind: ValueKind) -> Option<Value> {
        kind.read(self.node(name)?)
    }

    /// Where the value of a name stands.
    pub fn place(&self, name: &str) -> Option<&Place> {
        self.node(name).map(|node| &node.place)
    }

    fn node(&self, name: &str) -> Option<&Node> {
        find(self.0.as_ref()?, name)
    }

    /// Where a value stands that cannot be read as what it should be.
    pub(super) fn misread(&self, name: &str, kind: ValueKind) -> Option<&Place> {
        self.node(name).filter(|node| kind.read(node).is_none()).map(|node| &node.place)
    }

    /// The names that lead to nothing the profile knows, with their places.
    pub(super) fn unknown(&self, known: &[String]) -> Vec<(String, &Place)> {
        let mut found = Vec::new();
        if let Some(node) = &self.0 {
            unknown_below(node, "", known, &mut found);
        }
        found
    }
}

fn find<'a>(node: &'a Node, name: &str) -> Option<&'a Node> {
    node.entries()?.iter().find_map(|entry| {
        let rest = name.strip_prefix(entry.key.as_str())?;
        match rest.strip_prefix('.') {
            _ if rest.is_empty() => Some(&entry.value).filter(|node| node.kind != Kind::Null),
            Some(rest) => find(&entry.value, rest),
            None => None,
        }
    })
}

fn unknown_below<'a>(node: &'a Node, above: &str, known: &[String], found: &mut Vec<(String, &'a Place)>) {
    for entry in node.entries().unwrap_or_default() {
        let name = format!("{above}{}", entry.key);
        let below = format!("{name}.");
        if known.contains(&name) {
            continue;
        }
        match known.iter().any(|known| known.starts_with(&below)) && entry.value.entries().is_some() {
            true => unknown_below(&entry.value, &below, known, found),
            false => found.push((name, &entry.place)),
        }
    }
}
