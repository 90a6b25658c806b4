//! Where in the bytes of a record something stands that is told by its pointer, and in which line. Everything asked of a
//! record is found in one pass over it: a record of eight megabytes may have a thousand findings and many more keys.

use super::scan;
use std::borrow::Cow;
use std::collections::HashMap;

/// Where what a pointer names stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Where it starts; what is missing would stand in the object or list that starts here.
    pub(super) at: usize,
    /// True where it is there.
    pub(super) exact: bool,
}

/// The places of JSON pointers. Of a name that stands twice the last one is meant, as in a tree.
pub(super) fn places(record: &[u8], pointers: &[&str]) -> Vec<Place> {
    let unescape = |part: &str| part.replace("~1", "/").replace("~0", "~");
    let parts = pointers.iter().map(|pointer| pointer.split('/').skip(1).map(unescape).collect()).collect();
    let mut walk = Walk { record, parts, found: vec![Place::default(); pointers.len()] };
    let all: Vec<usize> = (0..pointers.len()).collect();
    walk.value(scan::blank(record, 0), &all, 0);
    walk.found
}

struct Walk<'r> {
    record: &'r [u8],
    /// The names and positions of each pointer.
    parts: Vec<Vec<String>>,
    found: Vec<Place>,
}

impl Walk<'_> {
    /// A value that some pointers lead to by so many parts.
    fn value(&mut self, at: usize, wanted: &[usize], depth: usize) {
        let mut inside: HashMap<String, Vec<usize>> = HashMap::new();
        for number in wanted {
            let parts = self.parts.get(*number).map_or(&[][..], Vec::as_slice);
            if let Some(found) = self.found.get_mut(*number) {
                *found = Place { at, exact: parts.len() == depth };
            }
            if let Some(part) = parts.get(depth) {
                inside.entry(part.clone()).or_default().push(*number);
            }
        }
        if !inside.is_empty() {
            // Where the bytes are no JSON, what was found so far stands.
            let _ = self.inner(at, &inside, depth + 1);
        }
    }

    /// The members or items of a value, up to behind it.
    fn inner(&mut self, at: usize, inside: &HashMap<String, Vec<usize>>, depth: usize) -> Option<()> {
        let positions: HashMap<usize, &Vec<usize>> =
            inside.iter().filter_map(|(part, wanted)| Some((part.parse().ok()?, wanted))).collect();
        for (index, (name, at)) in Entries::of(self.record, at)?.enumerate() {
            let wanted = match &name {
                Some(name) => inside.get(name.as_ref()),
                None => positions.get(&index).copied(),
            };
            if let Some(wanted) = wanted {
                self.value(at, wanted, depth);
            }
        }
        Some(())
    }
}

/// The members of an object, or the items of a list: the name of each, and where its value starts. Where a name is no
/// text it ends.
pub(super) struct Entries<'r> {
    record: &'r [u8],
    /// The value before, or the bracket.
    at: usize,
    begun: bool,
    close: u8,
}

impl<'r> Entries<'r> {
    /// Those of the object or list that starts here.
    pub(super) fn of(record: &'r [u8], at: usize) -> Option<Entries<'r>> {
        let close = match record.get(at)? {
            b'{' => b'}',
            b'[' => b']',
            _ => return None,
        };
        Some(Entries { record, at, begun: false, close })
    }
}

impl<'r> Iterator for Entries<'r> {
    type Item = (Option<Cow<'r, str>>, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.record;
        let mut at = match self.begun {
            true => scan::blank(record, scan::value_loose(record, self.at)?),
            false => scan::blank(record, self.at + 1),
        };
        if self.begun && record.get(at) == Some(&b',') {
            at = scan::blank(record, at + 1);
        }
        if *record.get(at)? == self.close {
            return None;
        }
        let mut name = None;
        if self.close == b'}' {
            let end = scan::value_loose(record, at)?;
            name = Some(self::name(record, at, end)?);
            at = scan::blank(record, scan::blank(record, end) + 1);
        }
        (self.begun, self.at) = (true, at);
        Some((name, at))
    }
}

/// The name of a member that stands between two places.
fn name(record: &[u8], at: usize, end: usize) -> Option<Cow<'_, str>> {
    match scan::text(record, at).and_then(|text| std::str::from_utf8(text.plain()?).ok()) {
        Some(plain) => Some(Cow::Borrowed(plain)),
        None => serde_json::from_slice(record.get(at..end)?).ok().map(Cow::Owned),
    }
}

/// The line breaks of a record.
#[derive(Debug, Default)]
pub(super) struct Lines(Vec<usize>);

impl Lines {
    pub(super) fn of(record: &[u8]) -> Lines {
        Lines(memchr::memchr_iter(b'\n', record).collect())
    }

    /// True where the record is one line.
    pub(super) fn none(&self) -> bool {
        self.0.is_empty()
    }

    /// Lines before a place.
    pub(super) fn before(&self, at: usize) -> u64 {
        self.0.partition_point(|line_break| *line_break < at) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_found_in_bytes() {
        let text = br#"{"x": "}\"{", "a": [1, {"b~/c": [true, null]}], "a": [0, {"y": 1}]}"#;
        let pointers = ["/a/0", "/a/1/b~0~1c/1", "", "/a/1/y", "/x/y", "/none"];
        let found = places(text, &pointers);
        let starts = |at: usize, with: &str| text[found[at].at..].starts_with(with.as_bytes());
        assert!(starts(0, "0,") && starts(3, "1}]}") && starts(2, "{\"x\""));
        assert!(starts(1, "{\"y\"") && !found[1].exact, "the list that stands last has no such member");
        assert!(starts(4, "\"}") && starts(5, "{\"x\"") && !found[4].exact && !found[5].exact);
        let inner = places(br#" {"a": [1, {"b~/c": [true, null]}]}"#, &["/a/1/b~0~1c/1"]);
        assert_eq!(inner, [Place { at: 27, exact: true }]);
        assert_eq!(places(b"", &["", "/a"]), [Place { at: 0, exact: true }, Place::default()]);
    }

    #[test]
    fn lines_are_those_before_a_place() {
        let lines = Lines::of(b"{\n\"a\":\n1}");
        assert_eq!((lines.before(0), lines.before(2), lines.before(7), lines.none()), (0, 1, 2, false));
        assert!(Lines::of(b"{}").none());
    }
}
