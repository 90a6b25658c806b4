//! YAML as a tree of positioned nodes. The only caller of the YAML crate.
//!
//! A derive would stop at the first mistake and lose positions; a tree lets a reader collect every diagnostic. Scalars
//! keep the text as written, so that `1.10`, `no` and `012` never change meaning on the way.

use super::diagnostic::did_you_mean;
use super::{Diagnostics, Place};
use crate::model::text::{acts, visible};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_yaml::Spanned;
use std::fmt;
use std::sync::Arc;

/// Characters of a line that are quoted where it cannot be read.
const LONGEST_QUOTE: usize = 160;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it starts.
    pub place: Place,
    /// What it is.
    pub kind: Kind,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Nothing, `~` or `null`.
    Null,
    /// A single value.
    Scalar(Scalar),
    /// A list.
    List(Vec<Node>),
    /// Keys and values in the order written.
    Map(Vec<Entry>),
}

/// A single value: as written, and as JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar {
    /// The text: without quotes where it was quoted.
    pub text: String,
    /// The value: string where quoted, else number, boolean (`true` and `false` only) or string.
    pub value: Value,
}

/// One key with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub place: Place,
    /// The value.
    pub value: Node,
}

/// Reads one YAML document; an empty one reads as null.
///
/// # Errors
/// The first syntax error or duplicate key, with its place. (Syntax errors cannot be collected: the tree ends there.)
pub fn parse(path: &str, text: &str) -> Result<Node, Diagnostics> {
    let options = serde_yaml::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
        emit_comments: false, // else more than 32 lines of comment in a row are refused
    };
    let file: Arc<str> = path.into();
    if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        return Ok(Node { place: Place { file, line: 1, column: 1 }, kind: Kind::Null });
    }
    match serde_yaml::from_str_with_options::<Spanned<Raw>>(text, options) {
        Ok(raw) => Ok(position(raw, &file, text)),
        Err(error) => {
            let mut wrong = Diagnostics::default();
            let (line, column) = error.location().map_or((0, 0), |at| (at.line() as usize, at.column() as usize));
            let message = error.to_string();
            let message = message.lines().next().unwrap_or("not readable as YAML");
            let message = message.trim_start_matches("error: ");
            let message =
                message.split_once(": ").filter(|(at, _)| at.starts_with("line ")).map_or(message, |(_, m)| m);
            let message = message.split(", set DuplicateKeyPolicy").next().unwrap_or(message);
            wrong
                .error(Place { file, line, column }, format!("not readable as YAML: {message}"))
                .text(shortened(text.lines().nth(line.saturating_sub(1)).unwrap_or("").trim()))
                .hint("check indentation, quotes and colons near this place");
            Err(wrong)
        }
    }
}

/// A line as it is quoted: a document may be a single one.
fn shortened(line: &str) -> String {
    match line.char_indices().nth(LONGEST_QUOTE) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line.to_owned(),
    }
}

enum Raw {
    Null,
    Value(Value),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }
    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Value(Value::Bool(value)))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Value(value.into()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Value(value.into()))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Value(value.into()))
    }
    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Value(value.into()))
    }
    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }
    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(key) = entries.next_key::<Spanned<String>>()? {
            map.push((key, entries.next_value()?));
        }
        Ok(Raw::Map(map))
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

fn position(raw: Spanned<Raw>, file: &Arc<str>, text: &str) -> Node {
    let at = raw.referenced;
    let place = Place { file: file.clone(), line: at.line() as usize, column: at.column() as usize };
    let kind = match raw.value {
        Raw::Null => Kind::Null,
        Raw::Value(value) => Kind::Scalar(scalar(value, at.span().byte_offset(), at.span().byte_len(), text)),
        Raw::List(items) => Kind::List(items.into_iter().map(|item| position(item, file, text)).collect()),
        Raw::Map(entries) => Kind::Map(
            entries
                .into_iter()
                .map(|(key, value)| {
                    let at = key.referenced;
                    let place = Place { file: file.clone(), line: at.line() as usize, column: at.column() as usize };
                    Entry { key: key.value, place, value: position(value, file, text) }
                })
                .collect(),
        ),
    };
    Node { place, kind }
}

/// Numbers keep the text as written (`1.10` is not `1.1`); everything else already has it.
fn scalar(value: Value, offset: Option<u64>, length: Option<u64>, text: &str) -> Scalar {
    let written = match (offset, length) {
        (Some(offset), Some(length)) => text.get(offset as usize..(offset + length) as usize),
        _ => None,
    };
    let shown = match &value {
        Value::String(string) => string.clone(),
        other => written.map_or_else(|| other.to_string(), |written| written.trim().to_owned()),
    };
    Scalar { text: shown, value }
}

impl Node {
    /// Reports texts with characters that act where they are shown: they stand beside verdicts, on terminals and in reports.
    pub fn check_visible(&self, wrong: &mut Diagnostics) {
        let mut check = |text: &str, place: &Place| {
            if text.contains(acts) {
                wrong
                    .error(place.clone(), format!("`{}` holds characters that act where they are shown", visible(text)))
                    .hint("write what can be seen");
            }
        };
        match &self.kind {
            Kind::Null => {}
            Kind::Scalar(scalar) => check(&scalar.text, &self.place),
            Kind::List(items) => items.iter().for_each(|item| item.check_visible(wrong)),
            Kind::Map(entries) => {
                entries.iter().for_each(|entry| check(&entry.key, &entry.place));
                entries.iter().for_each(|entry| entry.value.check_visible(wrong));
            }
        }
    }

    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    /// The entries of a map.
    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.kind {
            Kind::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The items of a list.
    pub fn items(&self) -> Option<&[Node]> {
        match &self.kind {
            Kind::List(items) => Some(items),
            _ => None,
        }
    }

    /// The value under a key of a map.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry under a key of a map.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries()?.iter().find(|entry| entry.key == key)
    }

    /// What it is, for messages: "a list", "text", "nothing".
    pub fn what(&self) -> &'static str {
        match &self.kind {
            Kind::Null => "nothing",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a map of keys and values",
            Kind::Scalar(scalar) => match scalar.value {
                Value::Bool(_) => "true or false",
                Value::Number(_) => "a number",
                _ => "text",
            },
        }
    }

    /// The node as JSON, positions dropped.
    pub fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Scalar(scalar) => scalar.value.clone(),
            Kind::List(items) => Value::Array(items.iter().map(Node::to_json).collect()),
            Kind::Map(entries) => {
                Value::Object(entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect())
            }
        }
    }

    /// Reports every key of a map that is not in `known`, with a suggestion; reports a node that is no map.
    pub fn check_keys(&self, what: &str, known: &[&str], wrong: &mut Diagnostics) {
        self.check_each_key(what, known, |key| format!("unknown key `{key}` in {what}"), wrong);
    }

    /// The same where a key may be a secret in the wrong place: none is repeated.
    pub fn check_keys_unquoted(&self, what: &str, known: &[&str], wrong: &mut Diagnostics) {
        self.check_each_key(what, known, |_| format!("unknown key in {what}"), wrong);
    }

    fn check_each_key(&self, what: &str, known: &[&str], message: impl Fn(&str) -> String, wrong: &mut Diagnostics) {
        let Some(entries) = self.entries() else {
            wrong
                .error(self.place.clone(), format!("{what} must be a map of keys and values, this is {}", self.what()));
            return;
        };
        for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            wrong.error(entry.place.clone(), message(&entry.key)).hint(did_you_mean(&entry.key, known.iter().copied()));
        }
    }

    /// The entries of the map under a key; none where the key is not there. Whatever else stands there is reported: a reader
    /// that took it for nothing would lose what was meant.
    pub fn map_under<'n>(&'n self, key: &str, wrong: &mut Diagnostics) -> &'n [Entry] {
        self.under(key, "a map of keys and values", Node::entries, wrong).unwrap_or_default()
    }

    /// The items of the list under a key, as [`Node::map_under`].
    pub fn list_under<'n>(&'n self, key: &str, wrong: &mut Diagnostics) -> &'n [Node] {
        self.under(key, "a list", Node::items, wrong).unwrap_or_default()
    }

    /// The text under a key, as [`Node::map_under`].
    pub fn text_under<'n>(&'n self, key: &str, wrong: &mut Diagnostics) -> Option<&'n str> {
        self.under(key, "text", Node::text, wrong)
    }

    /// The text or the texts under a key, as [`Node::map_under`].
    pub fn texts_under(&self, key: &str, wrong: &mut Diagnostics) -> Vec<String> {
        self.under(key, "text or a list of texts", Node::texts, wrong).unwrap_or_default()
    }

    /// The answer under a key, as [`Node::map_under`].
    pub fn yes_under(&self, key: &str, wrong: &mut Diagnostics) -> Option<bool> {
        self.under(key, "yes or no", Node::yes_or_no, wrong)
    }

    fn under<'n, T>(
        &'n self,
        key: &str,
        due: &str,
        read: impl FnOnce(&'n Node) -> Option<T>,
        wrong: &mut Diagnostics,
    ) -> Option<T> {
        let node = self.get(key)?;
        let found = read(node);
        if found.is_none() {
            let message = format!("`{key}` must be {due}, this is {}", node.what());
            wrong.error(node.place.clone(), message).text(node.text().unwrap_or_default());
        }
        found
    }

    /// The texts of a list, or the one text; `None` where anything else stands there.
    pub fn texts(&self) -> Option<Vec<String>> {
        let text = |node: &Node| node.text().map(str::to_owned);
        match self.items() {
            Some(items) => items.iter().map(text).collect(),
            None => text(self).map(|text| vec![text]),
        }
    }

    /// Yes or no: `yes`, `no`, `true`, `false`, in any case; `None` for anything else.
    pub fn yes_or_no(&self) -> Option<bool> {
        match self.text()?.to_ascii_lowercase().as_str() {
            "yes" | "true" => Some(true),
            "no" | "false" => Some(false),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_may_be_as_long_as_they_like() {
        let text = format!("a:\n{}  b: 1\n", "  # a question to the vendor\n".repeat(500));
        let node = parse("long.yaml", &text).unwrap_or_else(|wrong| panic!("{wrong}"));
        assert_eq!(node.to_json(), serde_json::json!({"a": {"b": 1}}));
    }

    fn at(node: &Node) -> (usize, usize) {
        (node.place.line, node.place.column)
    }

    #[test]
    fn nodes_know_where_they_stand() {
        let tree = parse("t.yaml", "# c\n- id: SR-1\n  list: [status is 200, SR-2: a is b]\n").unwrap();
        let first = &tree.items().unwrap()[0];
        assert_eq!(at(first.get("id").unwrap()), (2, 7));
        let list = first.get("list").unwrap().items().unwrap();
        assert_eq!(at(&list[0]), (3, 10));
        assert_eq!(list[1].entries().unwrap()[0].key, "SR-2");
        assert_eq!(at(&list[1].entries().unwrap()[0].value), (3, 31));
    }

    #[test]
    fn scalars_keep_what_was_written() {
        let tree = parse("t.yaml", "a: 1.10\nb: no\nc: 012\nd: y\ne: '7'\nf: 1_000\ng: true\nh: ~\n").unwrap();
        let text = |key| tree.get(key).unwrap().text().unwrap_or("-").to_owned();
        assert_eq!(
            ["a", "b", "c", "d", "e", "f", "g", "h"].map(text),
            ["1.10", "no", "012", "y", "7", "1_000", "true", "-"]
        );
        assert_eq!(tree.get("b").unwrap().to_json(), serde_json::json!("no"));
        assert_eq!(tree.get("c").unwrap().to_json(), serde_json::json!("012"));
        assert_eq!(tree.get("e").unwrap().to_json(), serde_json::json!("7"));
        assert_eq!(tree.get("b").unwrap().yes_or_no(), Some(false));
    }

    #[test]
    fn a_duplicate_key_is_reported_where_it_stands() {
        let wrong = parse("t.yaml", "a: 1\na: 2\n").unwrap_err();
        assert_eq!(wrong.sorted()[0].place.to_string(), "t.yaml:2:1");
        assert!(wrong.to_string().contains("duplicate"), "{wrong}");
    }

    #[test]
    fn broken_yaml_is_reported_where_it_breaks() {
        let wrong = parse("t.yaml", "a: [1\nb: 2\n").unwrap_err();
        assert_eq!(wrong.sorted()[0].place.line, 2);
    }

    #[test]
    fn what_has_the_wrong_shape_is_reported_and_what_is_not_there_is_not() {
        let tree =
            parse("t.yaml", "map: [a]\nlist: {a: b}\ntext: [a]\ntexts: [a, [b]]\nyes: maybe\nnothing:\n").unwrap();
        let mut wrong = Diagnostics::default();
        assert!(tree.map_under("map", &mut wrong).is_empty() && tree.list_under("list", &mut wrong).is_empty());
        assert_eq!(tree.text_under("text", &mut wrong), None);
        assert!(tree.texts_under("texts", &mut wrong).is_empty() && tree.yes_under("yes", &mut wrong).is_none());
        assert!(tree.map_under("nothing", &mut wrong).is_empty());
        let found: Vec<String> = wrong.sorted().into_iter().map(|found| found.message.clone()).collect();
        assert_eq!(
            found,
            [
                "`map` must be a map of keys and values, this is a list",
                "`list` must be a list, this is a map of keys and values",
                "`text` must be text, this is a list",
                "`texts` must be text or a list of texts, this is a list",
                "`yes` must be yes or no, this is text",
                "`nothing` must be a map of keys and values, this is nothing",
            ]
        );
        let mut wrong = Diagnostics::default();
        assert!(tree.map_under("absent", &mut wrong).is_empty() && tree.yes_under("absent", &mut wrong).is_none());
        assert_eq!(tree.texts_under("yes", &mut wrong), ["maybe"]);
        assert!(wrong.is_empty());
    }

    #[test]
    fn unknown_keys_come_with_a_suggestion() {
        let tree = parse("t.yaml", "exepct: 1\nshould: 2\nzzzzzz: 3\n").unwrap();
        let mut wrong = Diagnostics::default();
        tree.check_keys("a step", &["expect", "should"], &mut wrong);
        let found = wrong.sorted();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].hint, "did you mean `expect`?");
    }
}
