//! The text of a cell as a value of JSON. A cell has no type: what the property usually holds decides, and a text that
//! cannot be that stays a text, so that the rule about types finds it.

use super::dates::DateFormat;
use super::form;
use super::numbers::NumberFormat;
use super::rows::Row;
use crate::standard::Written;
use std::collections::HashMap;
use std::sync::Arc;

/// How the cells of a column are read.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    pub(super) written: Written,
    /// True where a cell holds a list.
    pub(super) list: bool,
    /// True where it is a member of another class than that of its object, whose values nobody looks at there.
    pub(super) of_another: bool,
    /// What a text stands for.
    pub(super) values: HashMap<Vec<u8>, Vec<u8>>,
    pub(super) words: Arc<Words>,
}

/// What is agreed on for all columns.
#[derive(Clone, Debug)]
pub(super) struct Words {
    /// Texts that stand for no value.
    pub(super) nulls: Vec<Vec<u8>>,
    pub(super) yes: Vec<Vec<u8>>,
    pub(super) no: Vec<Vec<u8>>,
    /// Between the values of a list in one cell.
    pub(super) between: u8,
    pub(super) dates: Option<DateFormat>,
    pub(super) numbers: Option<NumberFormat>,
    /// True where blanks around a value are none of it.
    pub(super) cut: bool,
    /// True where somebody has said how values are written.
    pub(super) declared: bool,
}

impl Default for Words {
    fn default() -> Words {
        let (nulls, yes, no) = (Vec::new(), Vec::new(), Vec::new());
        Words { nulls, yes, no, between: b'|', dates: None, numbers: None, cut: false, declared: false }
    }
}

impl Words {
    fn cut<'c>(&self, cell: &'c [u8]) -> &'c [u8] {
        match self.cut {
            false => cell,
            true => std::str::from_utf8(cell).map_or(cell.trim_ascii(), |text| text.trim().as_bytes()),
        }
    }

    /// True where a cell holds no value.
    fn blank(&self, cell: &[u8]) -> bool {
        let cell = self.cut(cell);
        cell.is_empty() || self.nulls.iter().any(|null| null == cell)
    }
}

/// A column by which rows belong together.
#[derive(Clone, Debug, Default)]
pub(super) struct Key {
    /// From 0.
    pub(super) column: usize,
    pub(super) words: Arc<Words>,
}

impl Key {
    /// The key of a row; empty where it has none.
    pub(super) fn of<'r>(&self, row: &'r Row) -> &'r [u8] {
        let cell = row.cell(self.column);
        if self.words.blank(cell) { &[] } else { self.words.cut(cell) }
    }
}

impl Reading {
    /// True where a cell holds no value.
    pub(super) fn blank(&self, cell: &[u8]) -> bool {
        self.words.blank(cell)
    }

    /// True for a text that may stand for another one, or for none, where nobody has said so.
    pub(super) fn is_unclear(&self, cell: &[u8]) -> bool {
        !self.words.declared && self.written == Written::Text && !self.of_another && form::is_unclear(cell)
    }

    /// True where two cells hold the same.
    pub(super) fn same(&self, cell: &[u8], other: &[u8]) -> bool {
        self.words.cut(cell) == self.words.cut(other)
    }

    /// The parts of a cell that holds several values.
    pub(super) fn parts<'c>(&self, cell: &'c [u8]) -> impl Iterator<Item = &'c [u8]> {
        let between = self.words.between;
        cell.split(move |byte| *byte == between)
    }

    /// Writes a cell that is not blank; `typed` where it is a number by its type, and no text. Gives false where it should
    /// hold a number, and holds none in the way that is declared.
    pub(super) fn write(&self, cell: &[u8], typed: bool, out: &mut Vec<u8>) -> bool {
        if !self.list {
            return self.value(cell, typed, out);
        }
        let mut as_declared = true;
        out.push(b'[');
        for (index, part) in self.parts(cell).filter(|part| !self.blank(part)).enumerate() {
            if index > 0 {
                out.push(b',');
            }
            as_declared &= self.value(part, typed, out);
        }
        out.push(b']');
        as_declared
    }

    fn value(&self, cell: &[u8], typed: bool, out: &mut Vec<u8>) -> bool {
        let cell = self.words.cut(cell);
        let translated = self.values.get(cell);
        let cell = translated.map_or(cell, Vec::as_slice);
        match self.written {
            Written::Number => {
                // What a type or the mapping itself makes a number needs no reading.
                let declared = self.words.numbers.as_ref().filter(|_| !(typed || translated.is_some()));
                match declared.map(|numbers| numbers.read(cell)) {
                    Some(Some(number)) => out.extend_from_slice(number.as_bytes()),
                    None if is_number(cell) => out.extend_from_slice(cell),
                    None => text(cell, out),
                    Some(None) => {
                        text(cell, out);
                        return false;
                    }
                }
            }
            Written::Boolean => match self.boolean(cell) {
                Some(true) => out.extend_from_slice(b"true"),
                Some(false) => out.extend_from_slice(b"false"),
                None => text(cell, out),
            },
            Written::Date => match self.words.dates.as_ref().and_then(|dates| dates.read(cell)) {
                Some(date) => text(date.as_bytes(), out),
                None => text(cell, out),
            },
            Written::Amount => {
                let declared = self.words.numbers.as_ref().filter(|_| translated.is_none());
                match declared.and_then(|numbers| numbers.read_within(cell)) {
                    Some(amount) => text(amount.as_bytes(), out),
                    None => text(cell, out),
                }
            }
            Written::Text => text(cell, out),
        }
        true
    }

    fn boolean(&self, cell: &[u8]) -> Option<bool> {
        let among = |words: &[Vec<u8>]| words.iter().any(|word| word == cell);
        match cell {
            // What is declared goes before the convention: `1` is no where a questionnaire has it so.
            _ if among(&self.words.yes) => Some(true),
            _ if among(&self.words.no) => Some(false),
            b"1" => Some(true),
            b"0" => Some(false),
            _ if cell.eq_ignore_ascii_case(b"true") => Some(true),
            _ if cell.eq_ignore_ascii_case(b"false") => Some(false),
            _ => None,
        }
    }
}

/// Writes a text with its quotes. Bytes that are no UTF-8 stay: the judge finds them.
fn text(cell: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    let special = |byte: u8| (byte < 0x20) | (byte == b'"') | (byte == b'\\');
    // All bytes at once, since few cells have one.
    if !cell.iter().fold(false, |found, byte| found | special(*byte)) {
        out.extend_from_slice(cell);
        return out.push(b'"');
    }
    for byte in cell {
        match byte {
            b'"' | b'\\' => out.extend([b'\\', *byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(*byte),
        }
    }
    out.push(b'"');
}

/// True for what JSON takes for a number.
pub(super) fn is_number(cell: &[u8]) -> bool {
    let digits = |from: &[u8]| from.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut rest = cell.strip_prefix(b"-").unwrap_or(cell);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest.starts_with(b"0")) {
        return false;
    }
    rest = rest.get(whole..).unwrap_or_default();
    if let Some(fraction) = rest.strip_prefix(b".") {
        let count = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = fraction.get(count..).unwrap_or_default();
    }
    if let Some(power) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) {
        let power = power.strip_prefix(b"+").or_else(|| power.strip_prefix(b"-")).unwrap_or(power);
        return !power.is_empty() && digits(power) == power.len();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(reading: &Reading, cell: &str) -> String {
        let mut out = Vec::new();
        reading.write(cell.as_bytes(), false, &mut out);
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn a_cell_becomes_what_its_property_holds() {
        let words = Words { yes: vec![b"Oui".to_vec()], dates: DateFormat::new("DD/MM/YYYY"), ..Words::default() };
        let of = |written| Reading { written, words: Arc::new(words.clone()), ..Reading::default() };
        assert_eq!(written(&of(Written::Number), "-1.50"), "-1.50");
        assert_eq!(written(&of(Written::Number), "007"), "\"007\"");
        assert_eq!(written(&of(Written::Number), "1,5"), "\"1,5\"");
        assert_eq!(written(&of(Written::Boolean), "TRUE"), "true");
        assert_eq!(written(&of(Written::Boolean), "0"), "false");
        assert_eq!(written(&of(Written::Boolean), "Oui"), "true");
        assert_eq!(written(&of(Written::Boolean), "Yes"), "\"Yes\"");
        assert_eq!(written(&of(Written::Date), "31/01/1990"), "\"1990-01-31\"");
        assert_eq!(written(&of(Written::Date), "1990-01-31"), "\"1990-01-31\"");
        assert_eq!(written(&of(Written::Text), "31/01/1990"), "\"31/01/1990\"");
        assert_eq!(written(&of(Written::Text), " a "), "\" a \"");
        let otherwise = Words { yes: vec![b"0".to_vec()], no: vec![b"1".to_vec(), b"true".to_vec()], ..words.clone() };
        let declared = Reading { written: Written::Boolean, words: Arc::new(otherwise), ..Reading::default() };
        assert_eq!(
            ["0", "1", "true", "false"].map(|cell| written(&declared, cell)),
            ["true", "false", "false", "false"]
        );
        let words = Words { cut: true, numbers: NumberFormat::new("1.234,5"), ..words };
        let of = |written| Reading { written, words: Arc::new(words.clone()), ..Reading::default() };
        assert_eq!(written(&of(Written::Text), " a \u{a0}"), "\"a\"");
        assert_eq!(written(&of(Written::Date), "31/01/1990\t"), "\"1990-01-31\"");
        assert_eq!(written(&of(Written::Number), " 1.234,50"), "1234.50");
        assert_eq!(written(&of(Written::Number), "12.5"), "\"12.5\"");
        let mut out = Vec::new();
        let number = Reading { values: [(b"none".to_vec(), b"0.5".to_vec())].into(), ..of(Written::Number) };
        assert!(number.write(b"1.234,5", false, &mut out) && number.write(b"none", false, &mut out));
        assert!(!number.write(b"12.5", false, &mut out), "not as it is declared");
        assert!(number.write(b"12.5", true, &mut out), "a number by its type");
        assert_eq!(String::from_utf8_lossy(&out), r#"1234.50.5"12.5"12.5"#);
        assert_eq!(written(&of(Written::Amount), "EUR 1.234,50"), "\"EUR 1234.50\"");
        assert_eq!(written(&of(Written::Amount), "-5,5 EUR"), "\"-5.5 EUR\"");
        assert_eq!(written(&of(Written::Amount), "EUR 5.50"), "\"EUR 5.50\"", "as the standard has it");
        assert!(of(Written::Text).blank(b"  ") && !Reading::default().blank(b"  "));
        let list = Reading { list: true, ..of(Written::Text) };
        assert_eq!(written(&list, "+1|+2||\"3\""), r#"["+1","+2","\"3\""]"#);
    }

    proptest! {
        #[test]
        fn numbers_are_those_of_json(text in "-?[0-9.eE+-]{0,12}") {
            let json = serde_json::from_str::<serde_json::Number>(&text).is_ok();
            // A number too large for a float is still one.
            prop_assert!(is_number(text.as_bytes()) == json || text.contains(['e', 'E']));
            prop_assert!(!json || is_number(text.as_bytes()));
        }

        #[test]
        fn any_text_comes_back(cell in "\\PC*|[\\x00-\\x7f]*") {
            let json = written(&Reading::default(), &cell);
            prop_assert_eq!(serde_json::from_str::<String>(&json).expect("JSON"), cell);
        }
    }
}
