//! A record as a tree, with what a tree would hide: names that stand twice in an object, numbers that lose digits.

use super::{NO_TEXT, TOO_LARGE, grammar};
use crate::standard::push_escaped;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};
use std::cell::RefCell;
use std::fmt;

/// Integers beyond this are not the same in every reader.
const LARGEST: f64 = 9_007_199_254_740_992.0;
/// At most so many oddities of a record are told.
const MOST: usize = 1000;

/// Something a tree does not show.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Oddity {
    pub(super) pointer: String,
    pub(super) kind: Kind,
}

/// What is odd.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// A name stands twice.
    Twice,
    /// A number is larger than every reader can keep.
    Large,
}

/// A record that is no JSON.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Unreadable {
    pub(super) rule: &'static str,
    pub(super) expected: &'static str,
    /// Lines between the start of the record and the place.
    pub(super) line: u64,
    pub(super) found: String,
}

/// Reads a record; duplicate names keep the last value, as parsers do.
pub(super) fn read(record: &[u8]) -> Result<(Value, Vec<Oddity>), Unreadable> {
    let text = std::str::from_utf8(record).map_err(|error| {
        let before = record.get(..error.valid_up_to()).unwrap_or_default();
        Unreadable {
            rule: NO_TEXT,
            expected: "text in UTF-8",
            line: breaks(before),
            found: format!("a byte that is not, at byte {}", error.valid_up_to() + 1),
        }
    })?;
    let seen = RefCell::new(Seen::default());
    let mut json = serde_json::Deserializer::from_str(text);
    let value = Tree(&seen).deserialize(&mut json);
    let one = value.is_err() || json.end().is_ok();
    match value.and_then(|value| json.end().map(|()| value)) {
        Ok(value) => Ok((value, seen.into_inner().oddities)),
        // What is JSON and not read is beyond a limit of ours, and no fault: how deep things lie, how large a number is,
        // halves of characters.
        Err(error) if one && grammar::fits(record) => {
            let line = u64::try_from(error.line().saturating_sub(1)).unwrap_or(0);
            let found = format!("{}; it was not judged", plain(&error));
            Err(Unreadable { rule: TOO_LARGE, expected: "a record within the limits of the suite", line, found })
        }
        Err(error) => {
            // The words of the parser name what it wanted, never a value.
            let words = if error.is_eof() { "it ends too early".into() } else { plain(&error) };
            let line = u64::try_from(error.line().saturating_sub(1)).unwrap_or(0);
            Err(Unreadable { rule: "JSON-SYNTAX", expected: "one JSON object", line, found: words })
        }
    }
}

fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.find(" at line ").unwrap_or(text.len());
    let words = text.get(..end).unwrap_or_default();
    match words.contains('`') || words.contains('"') {
        true => format!("something else at column {}", error.column()),
        false => format!("{words} at column {}", error.column()),
    }
}

fn breaks(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(0)
}

/// What was told so far. Pointers are written from their ends, since most values have nothing to tell: whoever holds a
/// value puts its own step before those of what was told inside it.
#[derive(Default)]
struct Seen {
    oddities: Vec<Oddity>,
}

impl Seen {
    fn tell(&mut self, kind: Kind) {
        if self.oddities.len() < MOST {
            self.oddities.push(Oddity { pointer: String::new(), kind });
        }
    }

    /// What was told after so many others stands in a member or an item of this name.
    fn inside(&mut self, before: usize, name: &dyn Fn(&mut String)) {
        for oddity in self.oddities.iter_mut().skip(before) {
            let mut pointer = String::from("/");
            name(&mut pointer);
            pointer.push_str(&oddity.pointer);
            oddity.pointer = pointer;
        }
    }
}

#[derive(Clone, Copy)]
struct Tree<'s>(&'s RefCell<Seen>);

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value of JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        if value.unsigned_abs() > 1 << 53 {
            self.0.borrow_mut().tell(Kind::Large);
        }
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        if value > 1 << 53 {
            self.0.borrow_mut().tell(Kind::Large);
        }
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        if value.abs() > LARGEST {
            self.0.borrow_mut().tell(Kind::Large);
        }
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        loop {
            let before = self.0.borrow().oddities.len();
            let Some(item) = items.next_element_seed(self)? else { return Ok(Value::Array(list)) };
            self.0.borrow_mut().inside(before, &|pointer| pointer.push_str(&list.len().to_string()));
            list.push(item);
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let before = self.0.borrow().oddities.len();
            let entry = map.entry(name);
            if matches!(entry, Entry::Occupied(_)) {
                self.0.borrow_mut().tell(Kind::Twice);
            }
            let value = members.next_value_seed(self)?;
            self.0.borrow_mut().inside(before, &|pointer| push_escaped(pointer, entry.key()));
            match entry {
                Entry::Occupied(mut before) => drop(before.insert(value)),
                Entry::Vacant(free) => drop(free.insert(value)),
            }
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_tree_hides_is_told() {
        let (value, odd) = read(br#"{"a": [{"b": 1, "b": 2}], "n": 9007199254740993, "a": 3}"#).expect("JSON");
        assert_eq!(value["n"], serde_json::json!(9_007_199_254_740_993_u64));
        let odd: Vec<(&str, Kind)> = odd.iter().map(|oddity| (oddity.pointer.as_str(), oddity.kind)).collect();
        assert_eq!(odd, [("/a/0/b", Kind::Twice), ("/n", Kind::Large), ("/a", Kind::Twice)]);
    }

    #[test]
    fn what_is_no_json_says_where() {
        assert_eq!(read(b"{\n\"a\": }").expect_err("no JSON").line, 1);
        assert_eq!(read(b"{\"a\": \"\xff\"}").expect_err("no UTF-8").rule, "UTF-8");
        assert!(read(br#"{"a": 1} {"#).is_err());
        let deep = |count: usize| format!("{{\"a\": {}{}}}", "[".repeat(count), "]".repeat(count));
        for beyond in [&deep(200), &deep(5000), r#"{"a": 1e999}"#, r#"{"a": "\ud800"}"#] {
            assert_eq!(read(beyond.as_bytes()).expect_err("beyond a limit").rule, TOO_LARGE, "{beyond}");
        }
        assert_eq!(read(br#"{"a": 1"#).expect_err("half").found, "it ends too early");
    }
}
