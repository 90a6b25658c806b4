//! Values of persons never leave the process. Of a hidden member only the form of its value is told; of any other, too,
//! where the value is not short of harm by itself: a shifted row puts names and identifiers into members that hide nothing.

use super::offsets::Entries;
use super::scan;
use super::table::{ObjectId, PlaceNode, Table, ValueNode};
use crate::model::text::{digit, digits, letters};
use crate::standard::{Standard, push_escaped};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

/// Which members hold personal data, how a record names whom it is about, and what is nobody's.
#[derive(Clone, Debug, Default)]
pub struct Hidden {
    /// Members whose values are hidden, whatever other name a record gives them.
    fields: BTreeSet<String>,
    /// Members by which a record carries an identifier: its type and its value.
    pub(super) identifier: Option<(String, String)>,
    /// Types of identifiers.
    types: HashSet<String>,
    /// Codes of the standard, of any list.
    codes: HashSet<String>,
}

/// Objects and lists within each other in which a key is looked for: deeper ones are not the record's own.
pub(super) const DEEPEST: usize = 4;
/// A shorter text is nobody's name or number.
const LONGEST_SHOWN: usize = 2;
/// A number with more digits may be somebody's.
const MOST_DIGITS: usize = 6;
/// The name of a member with so many digits is an identifier, not a name.
const DIGITS_OF_IDS: usize = 6;
/// Digits and letters of an identifier of capitals and digits in turn.
const DIGITS_OF_MIXED: usize = 4;
const SHORTEST_MIXED: usize = 9;
/// A word with digits that is so long is no code.
const SHORTEST_TOKEN: usize = 20;
/// Words that programs write for a truth, or for nothing.
const WORDS: [&str; 8] = ["true", "false", "yes", "no", "null", "none", "nil", "n/a"];

/// What was found, in words that may be shown.
pub(super) struct Shown {
    pub(super) words: String,
    /// The words themselves, where they say more and the member hides nothing: for values that are met often.
    pub(super) open: Option<String>,
}

impl Hidden {
    /// Hides members of these names; records are named by their identifiers.
    pub fn new(standard: &Standard, fields: BTreeSet<String>, identifier: Option<(String, String)>) -> Hidden {
        let codes = |name: &str| {
            let list = standard.code_list(name);
            list.into_iter().flat_map(|list| &list.codes).map(|(code, _)| code.clone()).collect::<Vec<_>>()
        };
        let types = identifier.iter().flat_map(|(kind, _)| standard.lists_of(kind)).flat_map(codes).collect();
        let all = standard.codes().map(str::to_owned).collect();
        Hidden { fields, identifier, types, codes: all }
    }

    /// The first identifier of a record: its type, and its value but for the last two characters hidden.
    pub(super) fn key(&self, record: &Value) -> String {
        let Some((kind, value)) = &self.identifier else { return String::new() };
        find(record, kind, value, 0).map(|(kind, value)| self.masked(&kind, &value)).unwrap_or_default()
    }

    /// The same of a record by its bytes, in which no name stands twice in an object.
    pub(super) fn key_in(&self, record: &[u8]) -> String {
        let Some((kind, value)) = &self.identifier else { return String::new() };
        let found = find_in(record, scan::blank(record, 0), kind, value, 0);
        found.map(|(kind, value)| self.masked(&kind, &value)).unwrap_or_default()
    }

    /// An identifier: its type, by its form where it is none that the standard knows (type and value may have been
    /// swapped), and its value but for the last two characters hidden.
    pub(super) fn masked(&self, kind: &str, value: &str) -> String {
        let tail = value.char_indices().rev().nth(1).map_or(0, |(at, _)| at);
        let tail = value.chars().nth(5).and_then(|_| value.get(tail..)).unwrap_or_default();
        let kind = kind.trim();
        let kind = if self.types.contains(kind) { Cow::Borrowed(kind) } else { shape(kind).into() };
        let gap = if kind.is_empty() { "" } else { " " };
        [&*kind, gap, "…", tail].concat().trim_end().to_owned()
    }

    /// What was found, in words: `words` as they are, or the form of the value where it may be personal.
    pub(super) fn found(
        &self,
        (standard, table): (&Standard, &Table),
        pointer: &str,
        value: Option<&Value>,
        words: &str,
    ) -> Shown {
        let shown = |words: String| Shown { words, open: None };
        // Words about a name start with it.
        let (is_text, is_number) = (words.starts_with("text \""), words.starts_with("number "));
        if !is_text && !is_number {
            return shown(words.to_owned());
        }
        let places = table.leads(pointer);
        let personal = pointer.split('/').any(|part| self.fields.contains(bare(part)))
            || places.iter().any(|place| self.fields.contains(place.name()));
        let inside = value.and_then(|value| value.get("@value")).or(value);
        let form = match inside {
            Some(Value::String(text)) => format!("text of the form \"{}\"", shape(text)),
            Some(Value::Number(_)) if personal => "a number".to_owned(),
            Some(Value::Number(number)) => format!("a number of the form {}", shape(&number.to_string())),
            _ => "a value that is not shown".to_owned(),
        };
        let place = places.last().copied();
        match inside {
            _ if personal => shown(form),
            Some(Value::Number(number)) if digits(&number.to_string()) <= MOST_DIGITS => shown(words.to_owned()),
            Some(Value::String(text)) if self.is_nobodys(standard, table, place, pointer, text) => {
                shown(words.to_owned())
            }
            Some(Value::String(text)) if is_somebodys(text) => shown(form),
            Some(Value::Number(_)) => shown(form),
            _ => Shown { words: form, open: Some(words.to_owned()) },
        }
    }

    /// True for a text that tells nothing of a person wherever it stands: a code, a word of programs, a day that no
    /// calendar has, the name of a class.
    fn is_nobodys(
        &self,
        standard: &Standard,
        table: &Table,
        place: Option<&PlaceNode>,
        pointer: &str,
        text: &str,
    ) -> bool {
        let spelled = || match place.map(|place| &place.value) {
            Some(ValueNode::Codes(list)) => {
                let list = table.codes.get(usize::from(*list)).and_then(|set| standard.code_list(&set.list));
                list.is_some_and(|list| list.accepts(&Value::from(text)))
            }
            Some(ValueNode::Scalar(_)) => is_no_day(text),
            _ => pointer.ends_with("/@type") && !text.contains(char::is_whitespace) && digits(text) < DIGITS_OF_IDS,
        };
        letters(text) <= LONGEST_SHOWN
            || self.codes.contains(text)
            || WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
            || spelled()
    }
}

impl Table {
    /// The places that a pointer leads through, as far as the standard knows them, under whatever names.
    fn leads(&self, pointer: &str) -> Vec<&PlaceNode> {
        let mut nodes: Vec<ObjectId> = vec![0];
        let mut places = Vec::new();
        for part in pointer.split('/').skip(1).filter(|part| !part.starts_with('@')) {
            let name = part.rsplit([':', '#']).next().unwrap_or(part);
            let of = |id: &ObjectId| self.objects.get(usize::from(*id));
            let found = nodes.iter().filter_map(of).find_map(|node| node.place(name));
            let Some(place) = found.and_then(|place| self.places.get(usize::from(place))) else {
                let wraps = nodes.iter().filter_map(of).any(|node| node.wrappers.iter().any(|known| known == name));
                if wraps || !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()) {
                    continue;
                }
                return Vec::new();
            };
            nodes = match &place.value {
                ValueNode::Objects(objects) => objects.iter().map(|(id, _)| *id).collect(),
                _ => Vec::new(),
            };
            places.push(place);
        }
        places
    }
}

impl PlaceNode {
    /// The name of the property in the standard.
    fn name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }
}

/// True for what is written like a date of our times that does not exist: other digits in its form may be somebody's.
fn is_no_day(text: &str) -> bool {
    let number = |from, to| {
        let part: Option<&str> = text.get(from..to).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        part.and_then(|part| part.parse::<u16>().ok())
    };
    let gaps = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
    let near = matches!((number(0, 4), number(5, 7), number(8, 10)), (Some(1850..=2199), Some(..20), Some(..40)));
    gaps && near && text.parse::<jiff::civil::Date>().is_err()
}

/// The name of a member, by its form where it is an identifier or an e-mail address: some write records as `{"77001122": {…}}`.
pub(in crate::records) fn named(name: &str) -> Cow<'_, str> {
    let address = name.find('@').is_some_and(|at| at > 0);
    match digits(name) < DIGITS_OF_IDS && !address {
        true => Cow::Borrowed(name),
        false => Cow::Owned(shape(name)),
    }
}

/// The same of every name in a pointer.
pub(super) fn pointed(pointer: &str) -> Cow<'_, str> {
    if digits(pointer) < DIGITS_OF_IDS && !pointer.contains('@') {
        return Cow::Borrowed(pointer);
    }
    let unescape = |part: &str| part.replace("~1", "/").replace("~0", "~");
    let mut shown = String::with_capacity(pointer.len());
    for part in pointer.split('/').skip(1) {
        shown.push('/');
        push_escaped(&mut shown, &named(&unescape(part)));
    }
    Cow::Owned(shown)
}

/// True for a text that names somebody by its form, however many records have it: a head's number stands in all of a
/// household. It has more digits than a code, is an e-mail address, is of capitals and digits in turn, or a long word as those of
/// tokens are.
fn is_somebodys(text: &str) -> bool {
    let digits = digits(text);
    let turns = || text.as_bytes().windows(2).any(|two| matches!(two, [b'0'..=b'9', b'A'..=b'Z']));
    let capitals = || text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    digits > MOST_DIGITS
        || text.find('@').is_some_and(|at| at > 0)
        || digits >= DIGITS_OF_MIXED && text.len() >= SHORTEST_MIXED && capitals() && turns()
        || digits > 0 && text.len() >= SHORTEST_TOKEN && !text.contains(char::is_whitespace)
}

fn bare(name: &str) -> &str {
    name.rsplit([':', '#']).next().unwrap_or(name)
}

/// The type and the value of the first identifier.
fn find(value: &Value, kind: &str, name: &str, depth: usize) -> Option<(String, String)> {
    match value {
        _ if depth > DEEPEST => None,
        Value::Object(members) => {
            let own = members.get(name).and_then(Value::as_str).map(|text| {
                let kind = members.get(kind).and_then(Value::as_str).unwrap_or_default();
                (kind.to_owned(), text.to_owned())
            });
            // What JSON-LD says of the record is not in it.
            let mut inside = members.iter().filter(|(name, _)| !name.starts_with('@'));
            own.or_else(|| inside.find_map(|(_, inner)| find(inner, kind, name, depth + 1)))
        }
        Value::Array(items) => items.iter().find_map(|inner| find(inner, kind, name, depth + 1)),
        _ => None,
    }
}

fn find_in(record: &[u8], at: usize, kind: &str, name: &str, depth: usize) -> Option<(String, String)> {
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
    let own = text(name).map(|value| (text(kind).unwrap_or_default(), value));
    let mut open = inside.iter().filter(|(name, _)| name.as_ref().is_some_and(|name| !name.starts_with('@')));
    own.or_else(|| open.find_map(|(_, at)| find_in(record, *at, kind, name, depth + 1)))
}

/// A text with every digit as 9 and every letter as a; longer runs are cut, so that a name shows no length.
pub(super) fn shape(text: &str) -> String {
    let mut shape = String::new();
    let mut run = 0usize;
    let mut last = '\0';
    for c in text.chars().take(60) {
        let c = match c {
            c if digit(c).is_some() => '9',
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
    shape
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::sync::LazyLock;

    static STANDARD: LazyLock<Standard> =
        LazyLock::new(|| Standard::built_in("dec2025").expect("the standard that is built in"));
    static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(&STANDARD, "Group").expect("a class"));
    static HIDDEN: LazyLock<Hidden> = LazyLock::new(|| {
        let fields = ["birth_date", "identifier_value", "group_identifier"].map(str::to_owned).into();
        Hidden::new(&STANDARD, fields, Some(("identifier_type".into(), "identifier_value".into())))
    });

    fn shown(pointer: &str, value: Value) -> String {
        let words = match &value {
            Value::String(text) => format!("text \"{text}\""),
            other => format!("number {other}"),
        };
        HIDDEN.found((&STANDARD, &TABLE), pointer, Some(&value), &words).words
    }

    #[test]
    fn hidden_members_are_hidden_under_any_name() {
        let form = "text of the form \"9999-99-99\"";
        let person = "/member_list/0/demographic_info";
        for name in ["birth_date", "birthdate", "date_of_birth", "spdci:birthDate", "person/birthDate"] {
            assert_eq!(shown(&format!("{person}/{name}"), json!("1977-13-01")), form, "{name}");
        }
        for pointer in ["identifier/0/value", "identifiers/0/identifier", "identifiers/value"] {
            assert_eq!(shown(&format!("{person}/{pointer}"), json!(77)), "a number", "{pointer}");
        }
        assert_eq!(shown("/household_identifier", json!("UIN:77001122341")), "text of the form \"aaa:9999…\"");
        assert_eq!(shown("/registration_date", json!("2024-13-01")), "text \"2024-13-01\"", "of no person");
    }

    /// A shifted row, and text where an object belongs.
    #[test]
    fn what_may_be_somebodys_is_not_shown_in_any_member() {
        let person = "/member_list/0/demographic_info";
        for (pointer, value, words) in [
            (&*format!("{person}/sex"), json!("Kowalska"), "text of the form \"aaaa…\""),
            (&*format!("{person}/sex"), json!("M"), "text \"M\""),
            (&*format!("{person}/sex"), json!("MALE"), "text \"MALE\""),
            (&*format!("{person}/registration_date"), json!("77001122335"), "text of the form \"9999…\""),
            (
                &*format!("{person}/registration_date"),
                json!("1977-01-01 10:00"),
                "text of the form \"9999-99-99 99:99\"",
            ),
            ("/member_list/0", json!("Zuzanna Kowalska"), "text of the form \"aaaa… aaaa…\""),
            ("/group_head_info", json!("Zuzanna"), "text of the form \"aaaa…\""),
            (&*format!("{person}/registration_date"), json!("0712-34-56"), "text of the form \"9999-99-99\""),
            (&*format!("{person}/registration_date"), json!("2001-01-99"), "text of the form \"9999-99-99\""),
            (&*format!("{person}/registration_date"), json!("2001-13-31"), "text \"2001-13-31\""),
            ("/place/address_line", json!(77_001_122_343_u64), "a number of the form 9999…"),
            ("/group_size", json!(-12), "number -12"),
            ("/place_address", json!("Yes"), "text \"Yes\""),
            ("/nowhere/sex", json!("Kowalska"), "text of the form \"aaaa…\""),
            ("/@type", json!("Household"), "text \"Household\""),
            ("/@type", json!("Zuzanna Kowalska"), "text of the form \"aaaa… aaaa…\""),
            ("/group_head_info", json!({"@value": "Zuzanna"}), "text of the form \"aaaa…\""),
        ] {
            let told = match &value {
                Value::Object(_) => HIDDEN.found((&STANDARD, &TABLE), pointer, Some(&value), "text \"Zuzanna\"").words,
                _ => shown(pointer, value),
            };
            assert_eq!(told, words, "{pointer}");
        }
        let about = |words: &str| HIDDEN.found((&STANDARD, &TABLE), "/birthDate", None, words).words;
        assert_eq!(about("\"birthDate\""), "\"birthDate\"", "the name of a member is no value");
        assert_eq!(about("text \"1977\""), "a value that is not shown");
    }

    /// What is met often is listed as it stands, but not what is somebody's by its form.
    #[test]
    fn what_names_somebody_by_its_form_is_never_open() {
        let open = |text: &str| {
            let words = format!("text \"{text}\"");
            HIDDEN.found((&STANDARD, &TABLE), "/member_list/0/demographic_info/sex", Some(&json!(text)), &words).open
        };
        for text in [
            "ZQ908172635",
            "٩٠٨١٧٢٦٣٥",
            "ada@mail.example.org",
            "0712 345 678",
            "AB123456C",
            "-1.292066,36.821946",
            "ghp_abcdefghijklmnopqrst0",
        ] {
            assert_eq!(open(text), None, "{text}");
        }
        for text in ["Femelle", "KE047001", "ISCED2011_3", "not known to us at all"] {
            assert!(open(text).is_some(), "{text}");
        }
        assert_eq!(shown("/member_list/0/demographic_info/sex", json!("王伟")), "text of the form \"aa\"");
    }

    #[test]
    fn a_record_is_named_by_the_end_of_its_identifier() {
        let key = |kind: &str, value: &str| {
            HIDDEN.key(&json!({"ids": [{"identifier_type": kind, "identifier_value": value}]}))
        };
        assert_eq!(key("UIN", "12345678"), "UIN …78");
        assert_eq!(key("UIN", "12"), "UIN …");
        assert_eq!(key("77001122334", "PESEL"), "9999… …", "type and value swapped");
        assert_eq!(key("Zuzanna Kowalska", "12345678"), "aaaa… aaaa… …78");
        let bytes = br#"{"identifier_type": "77001122334", "identifier_value": "PESEL"}"#;
        assert_eq!(HIDDEN.key_in(bytes), "9999… …");
    }

    #[test]
    fn names_that_are_identifiers_are_told_by_their_form() {
        assert_eq!(named("indicator_2024"), "indicator_2024");
        assert_eq!((&*named("77001122336"), &*named("٩٠٨١٧٢٦٣٥")), ("9999…", "9999…"));
        assert_eq!((&*named("ann.lee@mail.example"), &*named("@type")), ("aaa.aaa@aaaa.aaaa…", "@type"));
        assert_eq!(pointed("/a/b@c.d/@type"), "/a/a@a.a/@type");
        assert_eq!(pointed("/77001122336/a~1b/12/x~077001122336"), "/9999…/a~1b/12/a~09999…");
        assert_eq!(pointed("/member_list/12/name"), "/member_list/12/name");
    }
}
