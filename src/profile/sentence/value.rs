//! Values in sentences: quoted text, numbers, yes and no, single words, references.

use crate::profile::ast::Operand;
use serde_json::{Number, Value};

/// Reads a value as written, quotes included.
pub(super) fn operand(raw: &str) -> Operand {
    for quote in ['"', '\''] {
        if let Some(inner) = raw.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return text(inner);
        }
    }
    match raw {
        "yes" | "true" => Operand::Literal(Value::Bool(true)),
        "no" | "false" => Operand::Literal(Value::Bool(false)),
        "null" => Operand::Literal(Value::Null),
        _ => number(raw).map_or_else(|| text(raw), |number| Operand::Literal(Value::Number(number))),
    }
}

/// Text, which may hold references.
pub(super) fn text(text: &str) -> Operand {
    match text.contains("${") {
        true => Operand::Reference(text.to_owned()),
        false => Operand::Literal(Value::String(text.to_owned())),
    }
}

/// `12`, `-3`, `1.5`; nothing else, so that `012` and `1.0.0` stay text.
pub(super) fn number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    let all_digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    if !all_digits(whole) || (whole.len() > 1 && whole.starts_with('0')) {
        return None;
    }
    match fraction {
        None => text.parse::<i64>().ok().map(Number::from),
        Some(fraction) if all_digits(fraction) => text.parse().ok().and_then(Number::from_f64),
        Some(_) => None,
    }
}
