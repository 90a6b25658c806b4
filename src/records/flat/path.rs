//! The name of a column read as a path into a record: `name.given_name`, `identifier[0].identifier_value`,
//! `identifier[UIN]`, `phone_number[]`, and the same as other systems write it (`a/0/b`, `a__0__b`). Members may have the
//! prefixes and the addresses of the standard; with any other one a name is that of somebody else, and stays as it is.

use crate::standard::Names;
use std::borrow::Cow;

/// Parts within each other that are followed; the data standard is not so deep.
const DEEPEST: usize = 40;
/// Bytes of a path, at most.
const LONGEST: usize = 1024;

/// A part of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A member.
    Name(String),
    /// The item of a list at a position, from 0.
    At(u32),
    /// The entry of a list that has this name.
    Named(String),
    /// All items of a list, in one cell.
    Each,
}

/// Between the parts of a path.
const MARKS: [&str; 3] = ["__", ".", "/"];

/// Reads a path; `None` where it is none. Prefixes and addresses of the standard are dropped.
pub(super) fn parse(text: &str, names: &Names) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    if rest.len() > LONGEST {
        return None;
    }
    if is_address(rest) {
        rest = names.own(rest)?;
    }
    loop {
        let end = [".", "/", "__", "["].iter().filter_map(|mark| rest.find(mark)).min().unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        parts.push(member(name.trim(), names)?);
        rest = after;
        while let Some(inner) = rest.strip_prefix('[') {
            let (inner, after) = inner.split_once(']')?;
            parts.push(bracket(inner.trim())?);
            rest = after;
        }
        if rest.is_empty() {
            let starts_with_a_name = matches!(parts.first(), Some(Part::Name(_)));
            return (starts_with_a_name && parts.len() <= DEEPEST).then_some(parts);
        }
        rest = MARKS.iter().find_map(|mark| rest.strip_prefix(mark))?;
        if parts.len() > DEEPEST {
            return None;
        }
    }
}

/// True for a name, or a path, that somebody else has given a prefix or an address: what it says is nothing of the standard.
pub(super) fn is_of_others(text: &str, names: &Names) -> bool {
    match is_address(text) {
        true => names.own(text).is_none(),
        false => text.split_once(':').is_some_and(|(_, name)| !name.is_empty()) && names.own(text).is_none(),
    }
}

fn is_address(text: &str) -> bool {
    text.contains("://")
}

/// What a name that leads nowhere may have been meant for: itself without the marks around it and those that stand side by
/// side, then without what is said of it behind, then what stands behind each mark in it, the longest first.
pub(super) fn meant(text: &str) -> Vec<String> {
    if text.len() > LONGEST {
        return Vec::new();
    }
    let around = |letter: char| !letter.is_alphanumeric() && !matches!(letter, '_' | '[' | ']');
    let mut whole = unbracketed(text.trim()).trim_matches(around).to_owned();
    for (double, single) in [(".[", "["), ("..", "."), ("//", "/"), ("/.", "/"), ("./", "/")] {
        while whole.contains(double) {
            whole = whole.replace(double, single);
        }
    }
    let mut all = Vec::new();
    let mut rest = whole.as_str();
    while !rest.is_empty() && all.len() < DEEPEST {
        all.push(rest.to_owned());
        let behind = MARKS.iter().filter_map(|mark| rest.find(mark).map(|at| at + mark.len())).min();
        rest = behind.and_then(|at| rest.get(at..)).unwrap_or_default().trim_start_matches(around);
    }
    // A unit, a code or a help text: `sex (label)`.
    if let Some((head, _)) = whole.split_once(['(', ',', ';', '\n', '\r']) {
        all.insert(1, head.trim_end_matches(around).to_owned());
    }
    all
}

/// A name without the brackets in which databases write each part of it: `[a].[0].[b]`.
fn unbracketed(text: &str) -> Cow<'_, str> {
    if !text.starts_with('[') {
        return Cow::Borrowed(text);
    }
    let part = |part: &str| match part.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(inner) if !inner.bytes().all(|byte| byte.is_ascii_digit()) => inner.to_owned(),
        _ => part.to_owned(),
    };
    let mut depth = 0usize;
    let closes = |letter: char| {
        depth = (depth + usize::from(letter == '[')).saturating_sub(usize::from(letter == ']'));
        depth == 0
    };
    // One pair around all of it, or one around each part.
    match text.find(closes).is_some_and(|end| end + 1 == text.len()) {
        true => Cow::Owned(part(text)),
        false => Cow::Owned(text.split('.').map(part).collect::<Vec<_>>().join(".")),
    }
}

fn member(name: &str, names: &Names) -> Option<Part> {
    let name = names.own(name).unwrap_or(name);
    match name.bytes().all(|byte| byte.is_ascii_digit()) {
        true => name.parse().ok().map(Part::At),
        false => Some(Part::Name(name.to_owned())),
    }
}

fn bracket(inner: &str) -> Option<Part> {
    match inner.bytes().all(|byte| byte.is_ascii_digit()) {
        true if inner.is_empty() => Some(Part::Each),
        true => inner.parse().ok().map(Part::At),
        false => Some(Part::Named(inner.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> Part {
        Part::Name(name.into())
    }

    fn names() -> Names {
        Names::of(&["x"], &["example.org"])
    }

    fn parse(text: &str) -> Option<Vec<Part>> {
        super::parse(text, &names())
    }

    #[test]
    fn what_a_path_that_leads_nowhere_may_be_meant_for() {
        for (text, longest) in [
            (".a_b", "a_b"),
            ("$.a_b", "a_b"),
            ("/a_b", "a_b"),
            ("a_b:", "a_b"),
            ("a.[0].b", "a[0].b"),
            ("x.a", "x.a"),
            ("`a_b`", "a_b"),
            ("'a'", "a"),
            ("<a>", "a"),
            ("[a_b]", "a_b"),
            ("[a.b]", "a.b"),
            ("[a[0].b]", "a[0].b"),
            ("[a].[0].[b]", "a[0].b"),
            ("a/.id", "a/id"),
            ("a..id", "a.id"),
            ("a[]", "a[]"),
            ("@a", "a"),
            ("\u{200b}a", "a"),
        ] {
            assert_eq!(meant(text).first().map(String::as_str), Some(longest), "{text}");
        }
        assert_eq!(meant("x.y__a/b"), ["x.y__a/b", "y__a/b", "a/b", "b"]);
        for text in ["a (DD/MM)", "a (1", "a, ISO", "a\nhelp"] {
            assert_eq!(meant(text).get(1).map(String::as_str), Some("a"), "{text}");
        }
        assert!(is_of_others("y:a", &names()) && is_of_others("http://example.com/a", &names()));
        assert!(!is_of_others("x:a", &names()) && !is_of_others("a:", &names()) && !is_of_others("a.b", &names()));
        assert!(is_of_others("a.y:b", &names()), "at any step");
        assert!(meant(&"a.".repeat(LONGEST)).is_empty(), "no name is so long, and looking through it takes its square");
    }

    #[test]
    fn paths_are_read_however_they_are_written() {
        let path = Some(vec![name("a_b"), Part::At(0), name("c_1")]);
        for text in [
            "a_b[0].c_1",
            "a_b.0.c_1",
            "a_b/0/c_1",
            "a_b__0__c_1",
            "x:a_b[0].x:c_1",
            " a_b[0].c_1 ",
            "https://example.org/data/a_b[0].c_1",
        ] {
            assert_eq!(parse(text), path, "{text}");
        }
        assert_eq!(parse("a_b.y:c_1"), Some(vec![name("a_b"), name("y:c_1")]), "a member of somebody else");
        assert_eq!(parse("ids[UIN 2]"), Some(vec![name("ids"), Part::Named("UIN 2".into())]));
        assert_eq!(parse("ids[].v"), Some(vec![name("ids"), Part::Each, name("v")]));
        assert_eq!(parse("a[0][1]"), Some(vec![name("a"), Part::At(0), Part::At(1)]));
    }

    #[test]
    fn what_is_no_path_is_refused() {
        let deep = "a.".repeat(1_000_000);
        for text in
            ["", ".", "a..b", "a.", "[0]", "0", "a[", "a[0", "a[0]b", "a[99999999999]", "http://example.com/a", &deep]
        {
            assert_eq!(parse(text), None, "{}", text.chars().take(20).collect::<String>());
        }
    }
}
