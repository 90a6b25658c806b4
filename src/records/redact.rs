//! Values of persons never leave the process: of a hidden member only the shape of its value is told.

use super::offsets::Entries;
use super::scan;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Which members hold personal data, and how a record names whom it is about.
#[derive(Clone, Debug, Default)]
pub struct Hidden {
    /// Members whose values are hidden.
    pub fields: BTreeSet<String>,
    /// Members by which a record carries an identifier: its type and its value.
    pub identifier: Option<(String, String)>,
}

/// Objects and lists within each other in which a key is looked for: deeper ones are not the record's own.
pub(super) const DEEPEST: usize = 4;

impl Hidden {
    /// The first identifier of a record: its type, and its value but for the last two characters hidden.
    pub(super) fn key(&self, record: &Value) -> String {
        let Some((kind, value)) = &self.identifier else { return String::new() };
        find(record, kind, value, 0).unwrap_or_default()
    }

    /// The same of a record by its bytes, in which no name stands twice in an object.
    pub(super) fn key_in(&self, record: &[u8]) -> String {
        let Some((kind, value)) = &self.identifier else { return String::new() };
        find_in(record, scan::blank(record, 0), kind, value, 0).unwrap_or_default()
    }

    /// What was found, in words: `words` as they are, or the shape of the value where it is personal.
    pub(super) fn found(&self, pointer: &str, value: Option<&Value>, words: &str) -> String {
        let personal = pointer.split('/').any(|part| self.fields.contains(bare(part)));
        match value {
            Some(Value::String(text)) if personal => format!("text of the form {}", shape(text)),
            Some(Value::Number(_)) if personal => "a number".into(),
            _ if personal && words.contains('"') => "a value that is not shown".into(),
            _ => words.to_owned(),
        }
    }
}

fn bare(name: &str) -> &str {
    name.rsplit([':', '#']).next().unwrap_or(name)
}

/// An identifier: its type, and its value but for the last two characters hidden.
pub(super) fn masked(kind: &str, value: &str) -> String {
    let tail = value.char_indices().rev().nth(1).map_or(0, |(at, _)| at);
    let tail = value.chars().nth(5).and_then(|_| value.get(tail..)).unwrap_or_default();
    let kind = kind.trim();
    let gap = if kind.is_empty() { "" } else { " " };
    [kind, gap, "…", tail].concat().trim_end().to_owned()
}

fn find(value: &Value, kind: &str, name: &str, depth: usize) -> Option<String> {
    match value {
        _ if depth > DEEPEST => None,
        Value::Object(members) => {
            let own = members.get(name).and_then(Value::as_str).map(|text| {
                let kind = members.get(kind).and_then(Value::as_str).unwrap_or_default();
                masked(kind, text)
            });
            // What JSON-LD says of the record is not in it.
            let mut inside = members.iter().filter(|(name, _)| !name.starts_with('@'));
            own.or_else(|| inside.find_map(|(_, inner)| find(inner, kind, name, depth + 1)))
        }
        Value::Array(items) => items.iter().find_map(|inner| find(inner, kind, name, depth + 1)),
        _ => None,
    }
}

fn find_in(record: &[u8], at: usize, kind: &str, name: &str, depth: usize) -> Option<String> {
    let mut entries = Entries::of(record, at).filter(|_| depth <= DEEPEST)?;
    if record.get(at) == Some(&b'[') {
        // A hostile list has millions of items: they are not kept.
        return entries.find_map(|(_, at)| find_in(record, at, kind, name, depth + 1));
    }
    let inside: Vec<(Option<Cow<'_, str>>, usize)> = entries.collect();
    let text = |wanted: &str| {
        let (_, at) = inside.iter().find(|(name, _)| name.as_deref() == Some(wanted))?;
        serde_json::from_slice::<String>(record.get(*at..scan::text(record, *at)?.end)?).ok()
    };
    let own = text(name).map(|value| masked(&text(kind).unwrap_or_default(), &value));
    let mut open = inside.iter().filter(|(name, _)| name.as_ref().is_some_and(|name| !name.starts_with('@')));
    own.or_else(|| open.find_map(|(_, at)| find_in(record, *at, kind, name, depth + 1)))
}

/// A text with every digit as 9 and every letter as a; longer runs are cut, so that a name shows no length.
fn shape(text: &str) -> String {
    let mut shape = String::new();
    let mut run = 0usize;
    let mut last = '\0';
    for c in text.chars().take(60) {
        let c = match c {
            c if c.is_ascii_digit() => '9',
            c if c.is_alphanumeric() => 'a',
            c if c.is_control() => '?',
            c => c,
        };
        run = if c == last { run + 1 } else { 1 };
        last = c;
        match run {
            0..=4 => shape.push(c),
            5 => shape.push('…'),
            _ => {}
        }
    }
    format!("\"{shape}\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn personal_values_are_shapes() {
        let hidden = Hidden { fields: ["born".to_owned()].into(), identifier: Some(("type".into(), "value".into())) };
        assert_eq!(
            hidden.found("/a/born", Some(&json!("02.05.2004")), "\"02.05.2004\""),
            "text of the form \"99.99.9999\""
        );
        assert_eq!(hidden.found("/a/sex", Some(&json!("x")), "\"x\""), "\"x\"");
        assert_eq!(hidden.key(&json!({"ids": [{"type": "UIN", "value": "12345678"}]})), "UIN …78");
        assert_eq!(hidden.key(&json!({"ids": [{"type": "UIN", "value": "12"}]})), "UIN …");
    }
}
