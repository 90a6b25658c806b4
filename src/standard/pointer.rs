//! JSON pointers, and patterns over them: `*` stands for any one name or index, `**` for any number of them.

use serde_json::Value;
use std::collections::HashSet;
use std::fmt::Write;

/// Where a value stands, by borrowed steps from the root: most values have no finding, and need no text of a pointer.
#[derive(Clone, Copy, Debug)]
pub(in crate::standard) enum At<'a> {
    Root,
    /// A member, by its name as written.
    Name(&'a At<'a>, &'a str),
    Item(&'a At<'a>, usize),
    /// A place that was found by its pointer.
    Told(&'a str),
}

impl At<'_> {
    /// The place as a JSON pointer.
    pub(in crate::standard) fn pointer(&self) -> String {
        let mut pointer = String::new();
        self.write(&mut pointer);
        pointer
    }

    /// Adds the pointer.
    pub(in crate::standard) fn write(&self, into: &mut String) {
        match self {
            At::Root => {}
            At::Name(above, name) => {
                above.write(into);
                into.push('/');
                push_escaped(into, name);
            }
            At::Item(above, index) => {
                above.write(into);
                // Writing to a text cannot fail.
                let _ = write!(into, "/{index}");
            }
            At::Told(pointer) => into.push_str(pointer),
        }
    }
}

/// At most so many places are looked at for one pattern in one value.
const MOST_PLACES: usize = 10_000;

/// A pattern such as `/message/**/locale`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<String>);

impl Pattern {
    /// Reads a pattern; `None` unless it is empty or starts with `/`.
    pub(super) fn read(text: &str) -> Option<Pattern> {
        match text.strip_prefix('/') {
            None if text.is_empty() => Some(Pattern(Vec::new())),
            None => None,
            Some(rest) => Some(Pattern(rest.split('/').map(unescape).collect())),
        }
    }

    /// True when a JSON pointer is one of those the pattern stands for.
    pub(super) fn matches(&self, pointer: &str) -> bool {
        let segments: Vec<String> = pointer.split('/').skip(1).map(unescape).collect();
        matches(&self.0, &segments)
    }

    /// False when a name the pattern needs is nowhere in the value: saves the walk.
    pub(super) fn may_be_in(&self, names: &HashSet<&str>) -> bool {
        let literal = |name: &&String| *name != "*" && *name != "**" && name.parse::<usize>().is_err();
        self.0.iter().filter(literal).all(|name| names.contains(name.as_str()))
    }

    /// The values in `root` the pattern stands for, with their pointers, the shallower first.
    pub(super) fn places<'v>(&self, root: &'v Value) -> Vec<(String, &'v Value)> {
        let mut found = Vec::new();
        collect(&self.0, root, &mut String::new(), &mut found);
        found
    }
}

fn matches(pattern: &[String], segments: &[String]) -> bool {
    match (pattern, segments) {
        ([], rest) => rest.is_empty(),
        ([any, tail @ ..], _) if any == "**" => (0..=segments.len()).any(|n| matches(tail, &segments[n..])),
        ([head, tail @ ..], [segment, rest @ ..]) => (head == "*" || head == segment) && matches(tail, rest),
        (_, []) => false,
    }
}

fn collect<'v>(pattern: &[String], value: &'v Value, at: &mut String, found: &mut Vec<(String, &'v Value)>) {
    if found.len() >= MOST_PLACES {
        return;
    }
    let Some((head, tail)) = pattern.split_first() else {
        found.push((at.clone(), value));
        return;
    };
    if head == "**" {
        collect(tail, value, at, found);
    }
    let deeper = if head == "**" { pattern } else { tail };
    let wanted = |name: &str| head == "*" || head == "**" || head == name;
    match value {
        Value::Object(members) => {
            for (name, inner) in members.iter().filter(|(name, _)| wanted(name)) {
                step(&escape(name), deeper, inner, at, found);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate().filter(|(index, _)| wanted(&index.to_string())) {
                step(&index.to_string(), deeper, inner, at, found);
            }
        }
        _ => {}
    }
}

fn step<'v>(name: &str, pattern: &[String], value: &'v Value, at: &mut String, found: &mut Vec<(String, &'v Value)>) {
    let length = at.len();
    at.push('/');
    at.push_str(name);
    collect(pattern, value, at, found);
    at.truncate(length);
}

/// The names of all members in a value, at any depth.
pub(super) fn names_in<'v>(value: &'v Value, names: &mut HashSet<&'v str>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, inner)| {
            names.insert(name);
            names_in(inner, names);
        }),
        Value::Array(items) => items.iter().for_each(|item| names_in(item, names)),
        _ => {}
    }
}

/// A member name as a segment of a JSON pointer.
pub(super) fn escape(name: &str) -> String {
    let mut segment = String::with_capacity(name.len());
    push_escaped(&mut segment, name);
    segment
}

/// Writes a member name as a segment of a JSON pointer.
pub(crate) fn push_escaped(into: &mut String, name: &str) {
    if !name.bytes().any(|byte| matches!(byte, b'~' | b'/')) {
        return into.push_str(name);
    }
    for c in name.chars() {
        match c {
            '~' => into.push_str("~0"),
            '/' => into.push_str("~1"),
            other => into.push(other),
        }
    }
}

fn unescape(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn patterns_match_pointers() {
        let pattern = |text| Pattern::read(text).unwrap();
        assert!(pattern("/message/*/locale").matches("/message/0/locale"));
        assert!(!pattern("/message/*/locale").matches("/message/locale"));
        assert!(pattern("/**/locale").matches("/locale"));
        assert!(pattern("/**/locale").matches("/a/0/locale"));
        assert!(!pattern("/**/locale").matches("/a/locale/b"));
        assert!(pattern("").matches(""));
        assert!(pattern("/a~1b").matches("/a~1b"));
        assert_eq!(Pattern::read("locale"), None);
    }

    #[test]
    fn a_pattern_is_skipped_only_when_a_name_is_missing() {
        let value = json!({"a": [{"locale": "x"}]});
        let mut names = HashSet::new();
        names_in(&value, &mut names);
        assert!(Pattern::read("/**/locale").is_some_and(|pattern| pattern.may_be_in(&names)));
        assert!(Pattern::read("/a/0/*").is_some_and(|pattern| pattern.may_be_in(&names)));
        assert!(!Pattern::read("/**/query").is_some_and(|pattern| pattern.may_be_in(&names)));
    }

    #[test]
    fn patterns_find_values_in_a_fixed_order() {
        let value = json!({"a": [{"locale": "x"}, {"locale": "y"}], "locale": "z"});
        let found: Vec<String> = Pattern::read("/**/locale").unwrap().places(&value).into_iter().map(|p| p.0).collect();
        assert_eq!(found, ["/locale", "/a/0/locale", "/a/1/locale"]);
    }
}
