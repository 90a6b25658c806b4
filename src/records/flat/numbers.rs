//! Numbers as a file writes them (`1.234,5`), read into those of JSON.

use super::cell::is_number;

/// A declared way to write numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NumberFormat {
    /// Between groups of digits.
    grouping: Option<char>,
    /// Before the fraction.
    decimal: char,
}

impl NumberFormat {
    /// Reads a format, which is how `1234.5` or `1234` is written; `None` where it is something else.
    pub(super) fn new(example: &str) -> Option<NumberFormat> {
        let (grouping, rest) = example.strip_prefix('1')?.split_once("234")?;
        let decimal = if rest.is_empty() { "" } else { rest.strip_suffix('5')? };
        let mark = |text: &str| {
            let mut letters = text.chars();
            letters.next().filter(|mark| letters.next().is_none() && !mark.is_alphanumeric() && *mark != '-')
        };
        let format = NumberFormat {
            grouping: if grouping.is_empty() { None } else { Some(mark(grouping)?) },
            decimal: if rest.is_empty() { '.' } else { mark(decimal)? },
        };
        (format.grouping != Some(format.decimal)).then_some(format)
    }

    /// A number of this format as JSON writes it; `None` where the text is none.
    pub(super) fn read(&self, text: &[u8]) -> Option<String> {
        let text = std::str::from_utf8(text).ok()?;
        let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
        let (whole, fraction) = match digits.split_once(self.decimal) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (digits, None),
        };
        let bare = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let groups: Vec<&str> = whole.split(|letter| self.grouping.is_some_and(|mark| alike(mark, letter))).collect();
        if let [first, between @ .., last] = groups.as_slice() {
            // In India the groups before the last one have two digits.
            let fit = first.len() <= 3 && last.len() == 3 && between.iter().all(|group| matches!(group.len(), 2 | 3));
            if !fit && groups.len() > 1 {
                return None;
            }
        }
        if !groups.iter().copied().chain(fraction).all(bare) {
            return None;
        }
        let point = if fraction.is_some() { "." } else { "" };
        let number = format!("{sign}{}{point}{}", groups.concat(), fraction.unwrap_or_default());
        is_number(number.as_bytes()).then_some(number)
    }
}

impl NumberFormat {
    /// A text with one number of this format in it, the number as JSON writes it.
    pub(super) fn read_within(&self, text: &[u8]) -> Option<String> {
        let text = std::str::from_utf8(text).ok()?;
        let (before, number, behind) = parted(text)?;
        Some(format!("{before}{}{behind}", self.read(number.as_bytes())?))
    }
}

/// What stands before a number, the number in any way of writing, and what stands behind it; `None` where there is none.
pub(super) fn parted(text: &str) -> Option<(&str, &str, &str)> {
    let digit = |letter: char| letter.is_ascii_digit();
    let (first, last) = (text.find(digit)?, text.rfind(digit)?);
    let first = if text.get(..first)?.ends_with('-') { first - 1 } else { first };
    Some((text.get(..first)?, text.get(first..=last)?, text.get(last + 1..)?))
}

/// Blanks that do not end a line, and narrow ones, look like any other.
fn alike(mark: char, letter: char) -> bool {
    let blank = |letter| matches!(letter, ' ' | '\u{a0}' | '\u{202f}');
    mark == letter || blank(mark) && blank(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_declared() {
        let read = |format: &str, text: &str| NumberFormat::new(format).expect("a format").read(text.as_bytes());
        for (format, text, number) in [
            ("1234,5", "12,50", Some("12.50")),
            ("1234,5", "-3", Some("-3")),
            ("1234,5", "12.5", None),
            ("1234,5", "1,2,3", None),
            ("1.234,5", "1.234.567,8", Some("1234567.8")),
            ("1.234,5", "12.5", None),
            ("1 234,5", "12\u{202f}345,6", Some("12345.6")),
            ("1\u{a0}234", "12 345", Some("12345")),
            ("1,234.5", "1,23,456.5", Some("123456.5")),
            ("1,234.5", "1234.5", Some("1234.5")),
            ("1,234.5", "1234,567.5", None),
            ("1'234.5", "1'234", Some("1234")),
            ("1234,5", "", None),
            ("1234,5", "007", None),
            ("1234,5", "12,", None),
            ("1234,5", "12,5 kg", None),
        ] {
            assert_eq!(read(format, text).as_deref(), number, "{format} {text}");
        }
    }

    #[test]
    fn other_examples_are_refused() {
        for format in ["", "1", "1234.", "1a234", "1,234,5", "1--234,5", "2345,6", "1234,5,", "-1234,5"] {
            assert_eq!(NumberFormat::new(format), None, "{format}");
        }
    }
}
