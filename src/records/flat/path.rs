//! The name of a column read as a path into a record: `name.given_name`, `identifier[0].identifier_value`,
//! `identifier[UIN]`, `phone_number[]`, and the same as other systems write it (`a/0/b`, `a__0__b`, `x:a.b`).

/// Parts within each other that are followed; the data standard is not so deep.
const DEEPEST: usize = 40;

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

/// Reads a path; `None` where it is none. Prefixes of JSON-LD are dropped.
pub(super) fn parse(text: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    loop {
        let end = [".", "/", "__", "["].iter().filter_map(|mark| rest.find(mark)).min().unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        parts.push(member(name)?);
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
        rest = ["__", ".", "/"].iter().find_map(|mark| rest.strip_prefix(mark))?;
        if parts.len() > DEEPEST {
            return None;
        }
    }
}

fn member(name: &str) -> Option<Part> {
    let name = name.rsplit(':').next().unwrap_or(name).trim();
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

    #[test]
    fn paths_are_read_however_they_are_written() {
        let path = Some(vec![name("a_b"), Part::At(0), name("c_1")]);
        for text in ["a_b[0].c_1", "a_b.0.c_1", "a_b/0/c_1", "a_b__0__c_1", "x:a_b[0].x:c_1", " a_b[0].c_1 "] {
            assert_eq!(parse(text), path, "{text}");
        }
        assert_eq!(parse("ids[UIN 2]"), Some(vec![name("ids"), Part::Named("UIN 2".into())]));
        assert_eq!(parse("ids[].v"), Some(vec![name("ids"), Part::Each, name("v")]));
        assert_eq!(parse("a[0][1]"), Some(vec![name("a"), Part::At(0), Part::At(1)]));
    }

    #[test]
    fn what_is_no_path_is_refused() {
        let deep = "a.".repeat(1_000_000);
        for text in ["", ".", "a..b", "a.", "[0]", "0", "a[", "a[0", "a[0]b", "a[99999999999]", &deep] {
            assert_eq!(parse(text), None, "{}", text.chars().take(20).collect::<String>());
        }
    }
}
