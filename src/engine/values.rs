//! Comparing and showing JSON values: one notion of sameness, of order, and of a short rendering, for all sentences.

use crate::model::exchange::Body;
use jiff::Timestamp;
use serde_json::Value;
use std::cmp::Ordering;

/// Longest rendering of a value in `expected` and `found`.
const SHOWN: usize = 160;

/// Same type and value; numbers by value, so that `1.0` is `1`.
pub fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| same(value, other)))
        }
        _ => left == right,
    }
}

/// A short rendering for reports.
pub fn shown(value: &Value) -> String {
    shorten(&value.to_string())
}

/// Cuts a text for reports, at a character boundary.
pub fn shorten(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}

/// A moment: RFC 3339 date-time with offset, or a date (its start in UTC).
pub fn moment(value: &Value) -> Option<Timestamp> {
    let text = value.as_str()?;
    text.parse::<Timestamp>().ok().or_else(|| {
        let date = text.parse::<jiff::civil::Date>().ok()?;
        date.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })
}

/// Order of two values as a query or a sort means it: numbers (also as text) by value, moments by time, else text.
/// `None` where they cannot be ordered.
pub fn order(left: &Value, right: &Value) -> Option<Ordering> {
    if let (Some(left), Some(right)) = (number(left), number(right)) {
        return left.partial_cmp(&right);
    }
    if let (Some(left), Some(right)) = (moment(left), moment(right)) {
        return Some(left.cmp(&right));
    }
    match (left, right) {
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

/// A number, also when written as text.
pub fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

/// A canonical text by which equal values are equal, for sets; members sorted, numbers by value.
pub fn key(value: &Value) -> String {
    fn write(value: &Value, into: &mut String) {
        match value {
            Value::Array(items) => {
                into.push('[');
                items.iter().for_each(|item| {
                    write(item, into);
                    into.push(',');
                });
                into.push(']');
            }
            Value::Object(members) => {
                let mut names: Vec<_> = members.iter().collect();
                names.sort_by_key(|(name, _)| name.as_str());
                into.push('{');
                for (name, value) in names {
                    into.push_str(&Value::from(name.as_str()).to_string());
                    into.push(':');
                    write(value, into);
                    into.push(',');
                }
                into.push('}');
            }
            Value::Number(number) => match number.as_f64() {
                Some(float) if float.fract() != 0.0 || number.is_f64() => into.push_str(&float.to_string()),
                _ => into.push_str(&number.to_string()),
            },
            other => into.push_str(&other.to_string()),
        }
    }
    let mut text = String::new();
    write(value, &mut text);
    text
}

/// What a message says, in a form that compares: how it is written, such as its blanks and the order of members, is none of it.
pub fn said(body: &Body) -> String {
    match body.json() {
        Ok(message) => crate::digest::hex(key(message).as_bytes()),
        Err(_) => crate::digest::hex(body.bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_compare_by_value_and_types_do_not_mix() {
        assert!(same(&json!(1), &json!(1.0)));
        assert!(!same(&json!("1"), &json!(1)));
        assert_eq!(key(&json!({"b": 1, "a": 2.0})), key(&json!({"a": 2, "b": 1.0})));
    }

    #[test]
    fn order_knows_numbers_moments_and_text() {
        assert_eq!(order(&json!(9.5), &json!("10.2")), Some(Ordering::Less));
        assert_eq!(order(&json!("2001-02-03"), &json!("2001-02-03T00:00:00Z")), Some(Ordering::Equal));
        assert_eq!(order(&json!("b"), &json!("a")), Some(Ordering::Greater));
        assert_eq!(order(&json!({}), &json!(1)), None);
    }

    #[test]
    fn long_values_are_cut_at_a_character() {
        let text = shorten(&"é".repeat(500));
        assert_eq!(text.chars().count(), SHOWN + 1);
    }
}
