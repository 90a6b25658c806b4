//! JSON pointers, and patterns over them: `*` stands for any one name or index, `**` for any number of them.

use serde_json::Value;

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

/// A member name as a segment of a JSON pointer.
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
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
    fn patterns_find_values_in_a_fixed_order() {
        let value = json!({"a": [{"locale": "x"}, {"locale": "y"}], "locale": "z"});
        let found: Vec<String> = Pattern::read("/**/locale").unwrap().places(&value).into_iter().map(|p| p.0).collect();
        assert_eq!(found, ["/locale", "/a/0/locale", "/a/1/locale"]);
    }
}
