//! Finds the bytes at a JSON pointer in a record that we wrote ourselves: compact, well-formed, without escapes in keys.

use std::ops::Range;

/// Where a member or an item stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// The key with its quotes; empty for an item of a list and for the record itself.
    pub(super) key: Range<usize>,
    pub(super) value: Range<usize>,
}

impl Span {
    /// Key and value together.
    pub(super) fn whole(&self) -> Range<usize> {
        if self.key.is_empty() { self.value.clone() } else { self.key.start..self.value.end }
    }
}

/// What stands at a pointer (`/member_list/0/name`).
pub(super) fn find(record: &[u8], pointer: &str) -> Option<Span> {
    let end = after(record, 0)?;
    let mut span = Span { key: 0..0, value: 0..end };
    for step in pointer.split('/').skip(1) {
        span = inside(record, span.value.start, step)?;
    }
    Some(span)
}

/// The member or item of that name in the value that starts at `at`.
fn inside(record: &[u8], at: usize, step: &str) -> Option<Span> {
    let object = match record.get(at)? {
        b'{' => true,
        b'[' => false,
        _ => return None,
    };
    let wanted: Option<usize> = if object { None } else { step.parse().ok() };
    let mut at = at + 1;
    let mut index = 0;
    loop {
        if matches!(record.get(at)?, b'}' | b']') {
            return None;
        }
        let key = if object { at..after(record, at)? } else { at..at };
        let start = if object { key.end + 1 } else { at };
        let end = after(record, start)?;
        let named = record.get(key.start + 1..key.end.saturating_sub(1)) == Some(step.as_bytes());
        if (object && named) || (!object && wanted == Some(index)) {
            return Some(Span { key, value: start..end });
        }
        if *record.get(end)? != b',' {
            return None;
        }
        at = end + 1;
        index += 1;
    }
}

/// Where the value that starts at `at` ends.
pub(super) fn after(record: &[u8], at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut here = at;
    loop {
        match record.get(here)? {
            b'"' => {
                here += 1;
                while *record.get(here)? != b'"' {
                    here += if record.get(here)? == &b'\\' { 2 } else { 1 };
                }
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            _ if depth > 0 => {}
            _ => {
                // A number or a word: up to what cannot belong to it.
                while record.get(here + 1).is_some_and(|byte| !matches!(byte, b',' | b'}' | b']' | b'\n')) {
                    here += 1;
                }
            }
        }
        here += 1;
        if depth == 0 {
            return Some(here);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn finds_members_items_and_nothing_else() {
        let record = br#"{"a":1,"b":{"c":["x","y,]}",{"d":-2.5}]},"e":true}"#;
        let text =
            |pointer| find(record, pointer).map(|span| String::from_utf8_lossy(&record[span.value]).into_owned());
        assert_eq!(text("/a").as_deref(), Some("1"));
        assert_eq!(text("/b/c/1").as_deref(), Some("\"y,]}\""));
        assert_eq!(text("/b/c/2/d").as_deref(), Some("-2.5"));
        assert_eq!(text("/e").as_deref(), Some("true"));
        assert_eq!(text("").map(|all| all.len()), Some(record.len()));
        for nowhere in ["/f", "/a/b", "/b/c/3", "/b/c/x", "/b/d"] {
            assert_eq!(text(nowhere), None, "{nowhere}");
        }
    }
}
