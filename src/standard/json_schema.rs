//! A class of the data standard as JSON Schema (draft 2020-12), for tools that know nothing of this standard.
//!
//! A record that the schema accepts is written the plain way: it has no finding about its members, their types, codes and
//! formats. The schema is stricter than a check (labels, other spellings and wrappers are refused, which a check only
//! notes), and says nothing of rules between values. Members it does not know are accepted.

use super::Standard;
use super::plain::{PlainClass, PlainFormat, PlainProperty, PlainText, PlainValue};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The dialect; formats must be asserted for dates on the calendar.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

impl Standard {
    /// JSON Schema for records of a class (`Group`, or `ibr Beneficiary`); `None` when there is no such class.
    pub fn record_schema(&self, class: &str) -> Option<Value> {
        let domain = class.split_once(' ').map(|(domain, _)| domain);
        let find = |name: &str| match domain.filter(|_| !name.contains(' ')) {
            Some(domain) => self.plain_class(&format!("{domain} {name}")),
            None => self.plain_class(name),
        };
        let first = find(class)?;
        let mut definitions: BTreeMap<String, Value> = BTreeMap::new();
        let mut waiting = vec![first.clone()];
        while let Some(next) = waiting.pop() {
            if definitions.contains_key(&next.name) {
                continue;
            }
            for property in &next.properties {
                if let PlainValue::Classes(names) = &property.value {
                    waiting.extend(names.iter().filter_map(|name| find(name)));
                }
            }
            definitions.insert(next.name.clone(), object(&next));
        }
        Some(json!({
            "$schema": DIALECT,
            "title": first.name,
            "type": "object",
            "$ref": reference(&first.name),
            "$defs": definitions,
        }))
    }
}

fn reference(class: &str) -> String {
    format!("#/$defs/{class}")
}

/// The members of an object. That it is one is said where it stands.
fn object(class: &PlainClass) -> Value {
    let kind = format!("(^|[:/#]){}$", class.name);
    let mut properties = Map::from_iter([("@type".to_owned(), json!({"type": "string", "pattern": kind}))]);
    let mut required = Vec::new();
    for property in &class.properties {
        for name in &property.spellings {
            properties.insert(name.clone(), values(property));
        }
        if property.required {
            let there = |name: &String| json!({"required": [name], "properties": {name: {"not": {"type": "null"}}}});
            required.push(json!({"anyOf": property.spellings.iter().map(there).collect::<Vec<_>>()}));
        }
    }
    match required.is_empty() {
        true => json!({"properties": properties}),
        false => json!({"properties": properties, "allOf": required}),
    }
}

/// One value, or a list, as the property has it. Keywords that speak of one type hold for that type alone.
fn values(property: &PlainProperty) -> Value {
    let one = value(&property.value);
    let Some(one) = one else { return json!(true) };
    match (property.single, property.list) {
        (true, false) => one,
        (false, true) => json!({"type": ["array", "null"], "items": one}),
        _ => json!({"anyOf": [one, {"type": "array", "items": one}]}),
    }
}

/// A value or null, which stands for no value; `None` where anything may stand.
fn value(value: &PlainValue) -> Option<Value> {
    match value {
        PlainValue::Any => None,
        PlainValue::Codes { codes, .. } => {
            let codes = codes.iter().map(|code| json!(code)).chain([Value::Null]);
            Some(json!({"enum": codes.collect::<Vec<_>>()}))
        }
        PlainValue::Format(format) => Some(scalar(format)),
        PlainValue::Classes(names) => match names.as_slice() {
            [] => None,
            [only] => Some(json!({"type": ["object", "null"], "$ref": reference(only)})),
            several => {
                let each: Vec<Value> = several.iter().map(|name| json!({"$ref": reference(name)})).collect();
                Some(json!({"type": ["object", "null"], "anyOf": each}))
            }
        },
    }
}

fn scalar(format: &PlainFormat) -> Value {
    let mut types = Vec::new();
    let mut schema = Map::new();
    if let Some(plain) = &format.text {
        types.push("string");
        text(plain, &mut schema);
    }
    if let Some(number) = format.number {
        types.push(if number.whole || number.binary { "integer" } else { "number" });
        let within = if number.binary { Some((0.0, 1.0)) } else { number.within };
        if let Some((from, to)) = within {
            schema.insert("minimum".into(), json!(from));
            schema.insert("maximum".into(), json!(to));
        }
    }
    if format.boolean {
        types.push("boolean");
    }
    types.push("null");
    schema.insert("type".into(), json!(types));
    schema.into()
}

/// Texts of one of the patterns and none of the others; a blank text is no value.
fn text(text: &PlainText, schema: &mut Map<String, Value>) {
    let any_of = |patterns: &[String]| {
        let each: Vec<String> = patterns.iter().map(|pattern| format!("(?:{})", portable(pattern))).collect();
        each.join("|")
    };
    schema
        .insert("pattern".into(), json!(if text.patterns.is_empty() { r"\S".into() } else { any_of(&text.patterns) }));
    if !text.unless.is_empty() {
        schema.insert("not".into(), json!({"type": "string", "pattern": any_of(&text.unless)}));
    }
    if text.calendar {
        let dates = json!([{"not": {"type": "string"}}, {"format": "date"}, {"format": "date-time"}]);
        schema.insert("anyOf".into(), dates);
    }
}

/// A pattern without the flag `(?i)`, which JSON Schema has not: every letter stands in both cases instead.
fn portable(pattern: &str) -> String {
    let Some(pattern) = pattern.strip_prefix("(?i)") else { return pattern.to_owned() };
    let mut text = String::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => text.extend([letter].into_iter().chain(letters.next())),
            '[' => {
                let class = class(&mut letters);
                let (not, class) = class.strip_prefix('^').map_or(("", class.as_str()), |rest| ("^", rest));
                text.push_str(&format!("[{not}{}{}]", cased(class, false), cased(class, true)));
            }
            letter if letter.is_ascii_alphabetic() => {
                text.extend(['[', letter.to_ascii_lowercase(), letter.to_ascii_uppercase(), ']']);
            }
            other => text.push(other),
        }
    }
    text
}

/// The inside of a class of characters, up to the bracket that closes it.
fn class(letters: &mut std::str::Chars<'_>) -> String {
    let mut inside = String::new();
    while let Some(letter) = letters.next().filter(|letter| *letter != ']') {
        inside.push(letter);
        if letter == '\\' {
            inside.extend(letters.next());
        }
    }
    inside
}

/// Its letters in one case; what is escaped stays as it is.
fn cased(class: &str, upper: bool) -> String {
    let mut escaped = false;
    let fold = |letter: char| {
        let keep = escaped;
        escaped = !keep && letter == '\\';
        match upper {
            _ if keep => letter,
            true => letter.to_ascii_uppercase(),
            false => letter.to_ascii_lowercase(),
        }
    };
    class.chars().map(fold).collect()
}

#[cfg(test)]
mod tests {
    use super::portable;
    use crate::standard::Standard;
    use crate::standard::validator::Validator;
    use serde_json::{Value, json};

    fn person() -> Value {
        json!({
            "@type": "SRPerson", "identifier": [{"identifier_type": "UIN", "identifier_value": "1"}],
            "name": {"surname": "A", "given_name": "B"}, "sex": "female", "birth_date": "1984-02-29",
            "phone_number": ["+254700000001"], "email": null, "registration_date": "2024-03-01T10:00:00Z", "unknown": 1
        })
    }

    #[test]
    fn what_the_plain_way_allows_is_accepted_and_nothing_else() {
        let standard = Standard::built_in("dec2025").unwrap();
        let schema = Validator::new(standard.record_schema("SRPerson").unwrap());
        assert_eq!(schema.defect(), None);
        assert!(schema.is_valid(&person()));
        for (place, value) in [
            ("/@type", json!("Group")),
            ("/identifier/0/identifier_value", json!(" 1")),
            ("/sex", json!("Female")),
            ("/birth_date", json!("2023-02-29")),
            ("/birth_date", json!("29.02.1984")),
            ("/birth_date", json!(1984)),
            ("/name", json!("A B")),
            ("/phone_number/0", json!("0700")),
            ("/registration_date", json!("2024-03-01")),
        ] {
            let mut broken = person();
            *broken.pointer_mut(place).unwrap() = value;
            assert!(!schema.is_valid(&broken), "{place}");
        }
        assert!(standard.record_schema("Nobody").is_none());
    }

    #[test]
    fn patterns_need_no_flags() {
        assert_eq!(portable("^a[B]$"), "^a[B]$");
        assert_eq!(portable(r"(?i)^a\d[^2-9c-f\]\S]b$"), r"^[aA]\d[^2-9c-f\]\S2-9C-F\]\S][bB]$");
        let standard = Standard::built_in("dec2025").unwrap();
        for class in standard.class_names() {
            assert!(!standard.record_schema(class).unwrap().to_string().contains("(?i"), "{class}");
        }
    }

    #[test]
    fn every_class_has_a_sound_schema() {
        let standard = Standard::built_in("dec2025").unwrap();
        for class in standard.class_names() {
            let schema = Validator::new(standard.record_schema(class).unwrap());
            assert_eq!(schema.defect(), None, "{class}");
            assert!(!schema.is_valid(&json!("text")), "{class}");
        }
    }
}
