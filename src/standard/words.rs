//! Schemas and values in words, for people who do not read JSON Schema.

use serde_json::Value;

/// What a value is, with at most a short piece of it: `text "abc"`, `list of 3 items`.
pub(super) fn found(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(yes) => format!("{yes}"),
        Value::Number(number) => format!("number {number}"),
        Value::String(text) => format!("text {}", quoted(text)),
        Value::Array(items) => match items.len() {
            0 => "an empty list".into(),
            1 => "a list of 1 item".into(),
            n => format!("a list of {n} items"),
        },
        Value::Object(members) => match members.len() {
            0 => "an empty object".into(),
            1 => "an object with 1 member".into(),
            n => format!("an object with {n} members"),
        },
    }
}

/// A text in quotes, cut after 40 characters.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((cut, _)) => format!("\"{}…\" ({} characters)", &text[..cut], text.chars().count()),
        None => format!("\"{text}\""),
    }
}

/// A JSON Schema type as people say it.
pub(super) fn kind(name: &str) -> &str {
    match name {
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "an object",
        other => other,
    }
}

/// A format as people say it.
pub(super) fn format(name: &str) -> String {
    match name {
        "date-time" => "a date-time with offset (RFC 3339), such as 2025-12-01T09:30:00Z".into(),
        "uri" => "an absolute web address (URI)".into(),
        other => format!("text in the format {other}"),
    }
}

/// `a, b or c`; long lists are cut after `most`.
pub(super) fn list<'a>(words: impl IntoIterator<Item = &'a str>, most: usize) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        all if all.len() > most => format!("{} … ({} in all)", all[..most].join(", "), all.len()),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// The values of an `enum`.
pub(super) fn options(values: &Value) -> String {
    let words: Vec<String> = match values {
        Value::Array(values) => values.iter().map(plain).collect(),
        other => vec![plain(other)],
    };
    list(words.iter().map(String::as_str), 20)
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_named_and_cut_short() {
        assert_eq!(found(&json!(12)), "number 12");
        assert_eq!(found(&json!([])), "an empty list");
        assert_eq!(found(&json!({"a": 1, "b": 2})), "an object with 2 members");
        let long = found(&json!("é".repeat(100)));
        assert!(long.contains("100 characters") && long.chars().count() < 70, "{long}");
    }

    #[test]
    fn lists_read_as_people_write_them() {
        assert_eq!(list(["a"], 9), "a");
        assert_eq!(list(["a", "b", "c"], 9), "a, b or c");
        assert_eq!(list(["a", "b", "c"], 2), "a, b … (3 in all)");
    }
}
