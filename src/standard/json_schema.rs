//! A class of the data standard as JSON Schema (draft 2020-12), for tools that know nothing of this standard.
//!
//! A record that the schema accepts is written the plain way: it has no finding about its members, their types, codes and
//! formats. The schema is stricter than a check (labels, other spellings and wrappers are refused, which a check only
//! notes), and says nothing of rules between values. Members it does not know are accepted.

use super::Standard;
use super::formats::{Case, Format, Points, one_of};
use super::plain::{PlainClass, PlainProperty, PlainValue};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The dialect; formats must be asserted for dates on the calendar.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// A day of the calendar with a time without an offset, which no format of the dialect takes.
const LOCAL: &str = concat!(
    "^(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)",
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))",
    "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)",
    "[Tt][0-9:.]*$"
);

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
            definitions.insert(next.name.clone(), self.object_schema(&next));
        }
        definitions.insert(NOTHING.into(), nothing());
        Some(json!({
            "$schema": DIALECT,
            "title": first.name,
            "type": "object",
            "$ref": reference(&first.name),
            "$defs": definitions,
        }))
    }

    /// The members of an object. That it is one is said where it stands.
    fn object_schema(&self, class: &PlainClass) -> Value {
        let mut properties = Map::from_iter([("@type".to_owned(), kind(class))]);
        let mut required = Vec::new();
        for property in &class.properties {
            for name in &property.spellings {
                properties.insert(name.clone(), self.values_schema(property));
            }
            if property.required {
                let said = json!({"not": {"$ref": reference(NOTHING)}});
                let there = |name: &String| json!({"required": [name], "properties": {name: said}});
                required.push(json!({"anyOf": property.spellings.iter().map(there).collect::<Vec<_>>()}));
            }
        }
        match required.is_empty() {
            true => json!({"properties": properties}),
            false => json!({"properties": properties, "allOf": required}),
        }
    }

    /// One value, or a list, as the property has it. Keywords that speak of one type hold for that type alone.
    fn values_schema(&self, property: &PlainProperty) -> Value {
        let Some(one) = self.value_schema(property) else { return json!(true) };
        match (property.single, property.list) {
            (true, false) => one,
            (false, true) => json!({"type": ["array", "null"], "items": one}),
            _ => json!({"anyOf": [one, {"type": "array", "items": one}]}),
        }
    }

    /// A value or null, which stands for no value; `None` where anything may stand.
    fn value_schema(&self, property: &PlainProperty) -> Option<Value> {
        match &property.value {
            PlainValue::Any => None,
            PlainValue::Codes { codes, .. } => {
                let codes = codes.iter().map(|code| json!(code)).chain([Value::Null]);
                Some(json!({"enum": codes.collect::<Vec<_>>()}))
            }
            PlainValue::Format(_) => self.data.formats.get(property.of.first()?).map(scalar),
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
}

/// What stands for no value; no class is called so.
const NOTHING: &str = "(nothing)";

/// Null, blank text, a list of nothing else, and an object that says no more than what it is.
fn nothing() -> Value {
    let inner = json!({"$ref": reference(NOTHING)});
    json!({"anyOf": [
        {"type": "null"},
        {"type": "string", "pattern": r"^\s*$"},
        {"type": "array", "items": inner},
        {"type": "object", "properties": {"@type": true, "@context": true}, "additionalProperties": inner},
    ]})
}

fn reference(class: &str) -> String {
    format!("#/$defs/{class}")
}

/// The type of an object: as text or among others in a list, in words parted as the published classes part them.
fn kind(class: &PlainClass) -> Value {
    let letters: String = class.name.chars().map(|letter| format!("{letter}_*")).collect();
    let named = json!({"type": "string", "pattern": format!("(^|[:/#])_*{letters}$")});
    json!({"anyOf": [named, {"type": "array", "contains": named}, {"type": "null"}]})
}

/// The values of a format that have no finding, or null.
fn scalar(format: &Format) -> Value {
    let passes = |kind: &str| format.takes.iter().any(|(name, taken)| name == kind && taken.is_none());
    let fine = |value: Value| format.remarks(&value).is_empty();
    let mut types = Vec::new();
    let mut schema = Map::new();
    if passes("text") && text(format, &mut schema) {
        types.push("string");
    }
    if let Some((kind, within)) = number(format).filter(|_| passes("number")) {
        types.push(kind);
        if let Some((from, to)) = within {
            schema.insert("minimum".into(), from);
            schema.insert("maximum".into(), to);
        }
    }
    if passes("boolean") && fine(true.into()) && fine(false.into()) {
        types.push("boolean");
    }
    types.push("null");
    schema.insert("type".into(), json!(types));
    match format.shapes.as_slice() {
        [] => schema.into(),
        shapes => {
            let shape =
                |names: &Vec<String>| json!({"type": "object", "required": names, "maxProperties": names.len()});
            let each: Vec<Value> = [schema.into()].into_iter().chain(shapes.iter().map(shape)).collect();
            json!({"anyOf": each})
        }
    }
}

/// The kind of its numbers, and from where to where they go: also where they are told by how they are written.
fn number(format: &Format) -> Option<(&'static str, Option<(Value, Value)>)> {
    const FEW: u32 = 100;
    if format.otherwise.is_none() {
        let within = format.from.zip(format.to).map(|(from, to)| (json!(from), json!(to)));
        return Some((if format.whole.is_some() { "integer" } else { "number" }, within));
    }
    let fine = |number: &u32| format.remarks(&json!(number)).is_empty();
    let first = (0..FEW).find(fine)?;
    let last = (first..FEW).take_while(fine).last()?;
    Some(("integer", Some((json!(first), json!(last)))))
}

/// Texts of one of the patterns and none of the others; a blank text is no value. False where none has no finding.
fn text(format: &Format, schema: &mut Map<String, Value>) -> bool {
    let written = |case: &Case| {
        let pattern = portable(&among(case.pattern.as_str(), case.among.iter().flatten()));
        format!("(?:{})", between(&pattern, &format.ignore))
    };
    let joined = |cases: &mut dyn Iterator<Item = &Case>| cases.map(written).collect::<Vec<_>>().join("|");
    let pattern = match (&format.points, format.otherwise.is_some()) {
        (Some(points), _) => points.pattern(),
        (None, true) => joined(&mut format.cases.iter().filter(|case| case.remark.is_none())),
        (None, false) if format.asks_for_a_number() => return false,
        (None, false) => r"\S".into(),
    };
    if pattern.is_empty() {
        return false;
    }
    schema.insert("pattern".into(), json!(pattern));
    // The first case that fits decides.
    let passing = format.cases.iter().rposition(|case| case.remark.is_none()).unwrap_or(0);
    let before = format.cases.iter().take(passing).filter(|case| case.remark.is_some());
    let unless = joined(&mut before.chain(&format.also));
    if !unless.is_empty() {
        schema.insert("not".into(), json!({"type": "string", "pattern": unless}));
    }
    if format.calendar {
        let local = json!({"pattern": LOCAL});
        let dates = json!([{"not": {"type": "string"}}, {"format": "date"}, {"format": "date-time"}, local]);
        schema.insert("anyOf".into(), dates);
    }
    true
}

impl Points {
    /// A pattern of such a shape. That the last point is the first again no pattern can say.
    fn pattern(&self) -> String {
        let gap = r"[\s,]+";
        let degrees =
            |most: &str, below: &str| format!(r"[+-]?0*(?:{most}(?:\.0*)?|(?:{below})(?:\.[0-9]*)?|\.[0-9]+)");
        let point = [degrees("90", "[1-8]?[0-9]"), degrees("180", "1[0-7][0-9]|[1-9]?[0-9]")].join(gap);
        let most = self.most.map_or_else(String::new, |most| most.saturating_sub(1).to_string());
        let more = format!("(?:{gap}{point}){{{},{most}}}", self.least.saturating_sub(1));
        let radius = if self.radius { format!(r"{gap}\+?(?:[0-9]+\.?[0-9]*|\.[0-9]+)") } else { String::new() };
        format!(r"^[\s,]*{point}{more}{radius}[\s,]*$")
    }
}

/// A pattern whose first group captures one of these codes alone; as it is without codes.
fn among<'c>(pattern: &str, codes: impl Iterator<Item = &'c String>) -> String {
    let group = pattern.match_indices('(').map(|(at, _)| at).find(|at| pattern.get(at + 1..at + 2) != Some("?"));
    let parts = group.and_then(|start| Some((start, start + pattern.get(start..)?.find(')')?)));
    let around = parts.and_then(|(start, end)| pattern.get(..start).zip(pattern.get(end + 1..)));
    match around.zip(one_of(codes.map(String::as_str))) {
        Some(((before, behind), code)) => [before, &code, behind].concat(),
        None => pattern.to_owned(),
    }
}

/// A pattern between whose characters any of these may stand.
fn between(pattern: &str, ignored: &str) -> String {
    if ignored.is_empty() {
        return pattern.to_owned();
    }
    let escaped = ignored.chars().map(|sign| if sign == '-' { r"\-".to_owned() } else { sign.to_string() });
    let gap = format!("[{}]*", escaped.collect::<String>());
    let (mut text, mut letters) = (String::new(), pattern.chars().peekable());
    while let Some(letter) = letters.next() {
        match letter {
            '^' => text.extend(["^", &gap]),
            // What a group is, and how often something comes.
            '(' if letters.next_if_eq(&'?').is_some() => {
                text.extend(["(?".to_owned(), letters.next().into_iter().collect()])
            }
            '{' => text.extend([
                "{".to_owned(),
                letters.by_ref().take_while(|sign| *sign != '}').collect(),
                "}".to_owned(),
            ]),
            '(' | ')' | '|' | '?' | '*' | '+' | '$' => text.push(letter),
            '[' => text.push_str(&format!("(?:[{}]{gap})", class(&mut letters))),
            '\\' => text.push_str(&format!(r"(?:\{}{gap})", letters.next().unwrap_or_default())),
            other => text.push_str(&format!("(?:{other}{gap})")),
        }
    }
    text
}

/// A pattern without flags, which JSON Schema has not: for `(?i)` every letter stands in both cases instead, for `(?s)` every
/// character where any but a line break may stand.
fn portable(pattern: &str) -> String {
    if let Some(pattern) = pattern.strip_prefix("(?s)") {
        return any_sign(pattern);
    }
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

/// A pattern in which a dot stands for line breaks too.
fn any_sign(pattern: &str) -> String {
    let (mut text, mut letters) = (String::new(), pattern.chars());
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => text.extend([letter].into_iter().chain(letters.next())),
            '[' => text.push_str(&format!("[{}]", class(&mut letters))),
            '.' => text.push_str(r"[\s\S]"),
            other => text.push(other),
        }
    }
    text
}

/// The inside of a class of characters, up to the bracket that closes it.
fn class(letters: &mut impl Iterator<Item = char>) -> String {
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
    use super::{among, between, portable};
    use crate::standard::validator::Validator;
    use crate::standard::{Standard, Strictness};
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

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
            let text = standard.record_schema(class).unwrap().to_string();
            assert!(!text.contains("(?i") && !text.contains("(?s"), "{class}");
        }
        assert_eq!(portable(r"(?s)^.[.]\.{1,2}$"), r"^[\s\S][.]\.{1,2}$");
        assert_eq!(
            between(r"^\+[1-9]{7,14}(?:;e)?$", " -"),
            r"^[ \-]*(?:\+[ \-]*)(?:[1-9][ \-]*){7,14}(?:(?:;[ \-]*)(?:e[ \-]*))?$"
        );
        assert_eq!(among("^([A-Z]{3}) (x)$", ["EUR".to_owned(), "USD".to_owned()].iter()), "^(?:EUR|USD) (x)$");
    }

    /// What a check says nothing of, the schema accepts, and what a format has a finding for it refuses.
    #[test]
    fn schema_and_check_agree_about_the_plain_way() {
        let standard = Standard::built_in("dec2025").unwrap();
        let mut schemas: BTreeMap<String, Validator> = BTreeMap::new();
        let mut accepts = |class: &str, record: &Value| {
            let schema = || Validator::new(standard.record_schema(class).unwrap());
            schemas.entry(class.to_owned()).or_insert_with(schema).is_valid(record)
        };
        let mut records = 0;
        for line in include_str!("../../fixtures/records.ndjson").lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let (class, record) = (line["class"].as_str().unwrap(), &line["record"]);
            let found = standard.judge_record(class, record, Strictness::Strict);
            if found.iter().all(|found| found.rule == "CONTEXT-ABSENT") {
                assert!(accepts(class, record), "{class}: {record}");
                records += 1;
            }
        }
        assert!(records > 5, "{records}");
        let group = |name: &str, value: Value| ("Group", json!({name: value}));
        let person = |name: &str, value: Value| ("dr DRPerson", json!({name: value}));
        let shape = |name: &str, value: &str| ("GeoShape", json!({name: value}));
        let money = |value: Value| {
            ("ibr Benefit", json!({"benefit_type": "4", "benefit_date": "2024-01-01", "benefit_value": value}))
        };
        let week = |value: Value| ("ibr BenefitFrequency", json!({"wkst": value}));
        for (class, value) in [
            group("additional_attributes", json!([{"name": "a", "value": "1"}])),
            group("additional_attributes", json!({"key": "a", "value": "1"})),
            group("additional_attributes", json!([{"name": "a"}])),
            group("additional_attributes", json!(["a"])),
            person("@type", json!("DR_Person")),
            person("@type", json!("spdci:DRPerson")),
            person("@type", json!(["x:Y", "DR_Person"])),
            person("@type", json!("DRPersons")),
            person("phone_number", json!(["+1 (425) 555-1212", "+254700000001;ext=1"])),
            person("phone_number", json!(["(425) 555-1212"])),
            person("birth_date", json!("1995-09-21T11:20:00")),
            person("birth_date", json!("2000-02-29T11:20")),
            person("birth_date", json!("1900-02-29T11:20")),
            person("birth_date", json!("2023-04-31T11:20:00.5")),
            person("birth_date", json!("2023-04-30T25:20:00")),
            person("last_updated", json!("2023-04-30T11:20:00")),
            money(json!("USD 50")),
            money(json!("XTS5.25")),
            money(json!("QQQ 50")),
            money(json!("USD 50.123")),
            money(json!("JPY 5.5")),
            money(json!("50 USD")),
            money(json!(50)),
            week(json!(3)),
            week(json!("SU")),
            week(json!(7)),
            week(json!("su")),
            shape("circle", "1.5,2 30"),
            shape("circle", "91 2 30"),
            shape("box", "1 2 -3 179.5"),
            shape("box", "1 2 3"),
            shape("line", "1 2, 3 4, 5 -180"),
            shape("line", "1 2"),
            shape("polygon", "1 2 3 4 5 6 1 2"),
        ] {
            let found = standard.judge_record(class, &value, Strictness::Strict);
            let sound = found.iter().all(|found| ["CONTEXT-ABSENT", "R-ID-02"].contains(&&*found.rule));
            assert_eq!(accepts(class, &value), sound, "{class}: {value}: {found:?}");
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
