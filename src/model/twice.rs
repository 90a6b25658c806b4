//! Names that stand twice in one object. JSON allows it and leaves open which one counts (RFC 8259, section 4): a reader
//! that keeps the first sees another message than one that keeps the last, as ours does.

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::HashSet;
use std::fmt;

/// The JSON pointer of the first member whose name another one of the same object has; `None` where there is none, or the
/// text cannot be read.
pub(super) fn first(json: &[u8]) -> Option<String> {
    let mut seen = Seen::default();
    let mut reader = serde_json::Deserializer::from_slice(json);
    // Whether it is JSON at all is told elsewhere.
    let _ = Walk(&mut seen).deserialize(&mut reader);
    seen.twice
}

#[derive(Default)]
struct Seen {
    pointer: String,
    twice: Option<String>,
}

impl Seen {
    /// Goes on inside a member or an item.
    fn within<T>(&mut self, step: &str, read: impl FnOnce(&mut Seen) -> T) -> T {
        let before = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
        let read = read(self);
        self.pointer.truncate(before);
        read
    }
}

struct Walk<'s>(&'s mut Seen);

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut index = 0_usize;
        while self.0.within(&index.to_string(), |seen| items.next_element_seed(Walk(seen)))?.is_some() {
            index += 1;
        }
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            self.0.within(&name, |seen| {
                if names.contains(&name) && seen.twice.is_none() {
                    seen.twice = Some(seen.pointer.clone());
                }
                members.next_value_seed(Walk(seen))
            })?;
            names.insert(name);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_name_that_stands_twice_is_found_wherever_it_is() {
        for (json, found) in [
            (r#"{"a": 1, "b": {"a": 1}, "c": [{"a": 1}, {"a": 2}]}"#, None),
            (r#"{"a": 1, "a": 1}"#, Some("/a")),
            (r#"{"a": 1, "\u0061": 2, "b": 1, "b": 1}"#, Some("/a")),
            (r#"{"m": [null, {"x/y": true, "z": {}, "x/y": 1.5}]}"#, Some("/m/1/x~1y")),
            (r#"[{"a": "text", "a"#, None),
            (r#"{"a": 1, "a": "#, Some("/a")),
        ] {
            assert_eq!(first(json.as_bytes()).as_deref(), found, "{json}");
        }
        assert_eq!(first("[".repeat(100_000).as_bytes()), None);
    }
}
