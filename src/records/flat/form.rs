//! Values that a country, or the program that saved a table, writes in its own way. How a table is written is in no
//! standard: where nobody has said it, such a value tells nothing of the product.

use super::cell;
use super::numbers::parted;
use crate::standard::Written;

/// Letters of a word for yes or no, at most.
const LONGEST_WORD: usize = 20;
/// Letters of a date, at most.
const LONGEST_DATE: usize = 40;
/// Letters of the longest of them.
const LONGEST_MARKER: usize = 6;
/// By which databases and programs say that there is no value, in small letters.
const MARKERS: [&str; 15] =
    ["null", "(null)", "<null>", "nil", "none", "na", "n/a", "n.a.", "#n/a", "<na>", "nan", "nat", "\\n", "-", "--"];

/// What of a mapping file says how such a value is written; `None` where it cannot be a matter of writing.
pub(super) fn said_by(written: Written, text: &str) -> Option<&'static str> {
    let trimmed = text.trim();
    match written {
        _ if trimmed.is_empty() => None,
        _ if trimmed.len() < text.len() => Some("blanks"),
        _ if is_marker(text) => Some("nulls"),
        Written::Date if is_date(text) => Some("date_format"),
        Written::Number if is_number(text) => Some("number_format"),
        Written::Boolean if is_word(text) || is_truth(text) => Some("booleans"),
        Written::Amount if is_amount(text) => Some("number_format"),
        Written::Text if is_whole_with_a_point(text) || is_power(text) => Some("values"),
        _ => None,
    }
}

/// True for a text that may stand for no value, or is a number that lost its last digits (`1.23457E+16`). Asked of every
/// text: the first letters tell of most that they are neither.
pub(super) fn is_unclear(cell: &[u8]) -> bool {
    match cell {
        [first, second, ..] if first.is_ascii_digit() && matches!(second, b'.' | b'e' | b'E') => {
            std::str::from_utf8(cell).is_ok_and(is_power)
        }
        [b'n' | b'N' | b'-' | b'#' | b'(' | b'<' | b'\\', ..] if cell.len() <= LONGEST_MARKER => {
            std::str::from_utf8(cell).is_ok_and(is_marker)
        }
        _ => false,
    }
}

/// True for what stands for no value, as databases and programs write it.
fn is_marker(text: &str) -> bool {
    MARKERS.iter().any(|marker| marker.eq_ignore_ascii_case(text))
}

/// True for a number of many digits as programs write it that keep the first ones.
fn is_power(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once(['e', 'E']).is_some_and(|(number, power)| {
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        whole.len() == 1 && digits(whole) && digits(fraction) && power.strip_prefix('+').is_some_and(digits)
    })
}

/// True for the numbers of yes and no as programs write them that took a column of gaps for fractions, or as Access does.
fn is_truth(text: &str) -> bool {
    matches!(text, "1.0" | "0.0" | "1,0" | "0,0" | "-1")
}

/// True for what may be a date, but does not start like those of the standard; where it does, for a day and a time with a
/// blank between them, as databases write moments by themselves.
fn is_date(text: &str) -> bool {
    let fits = |letter: char| letter.is_alphanumeric() || matches!(letter, ' ' | '/' | '.' | '-' | ',' | ':' | '+');
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let year = text.bytes().take_while(u8::is_ascii_digit).count();
    let standard = year >= 4 && text.as_bytes().get(year) == Some(&b'-');
    let written = match digits == text.len() {
        // The days since another one, or all of it; not the year alone.
        true => digits == 5 || digits == 8 && is_all_of_a_date(text),
        false => digits >= 4 && text.len() <= LONGEST_DATE && text.chars().all(fits),
    };
    written && (!standard || is_moment(text))
}

/// True for a day of the standard, a blank, and a time.
fn is_moment(text: &str) -> bool {
    text.split_once(' ').is_some_and(|(day, time)| {
        jiff::civil::Date::strptime("%Y-%m-%d", day).is_ok_and(|read| read.to_string() == day)
            && time.starts_with(|letter: char| letter.is_ascii_digit())
            && time.contains(':')
    })
}

/// True for eight digits that may be year, month and day, or day, month and year.
fn is_all_of_a_date(text: &str) -> bool {
    let at = |from: usize, most: u8| {
        text.get(from..from + 2).and_then(|two| two.parse::<u8>().ok()).is_some_and(|two| (1..=most).contains(&two))
    };
    at(4, 12) && at(6, 31) || at(0, 31) && at(2, 12)
}

/// True for digits with marks of any kind between them.
fn is_number(text: &str) -> bool {
    let fits = |letter: char| {
        letter.is_ascii_digit() || matches!(letter, ' ' | '\u{a0}' | '\u{202f}' | '.' | ',' | '\'' | '+' | '-' | '%')
    };
    text.chars().all(fits) && text.chars().any(|letter| letter.is_ascii_digit())
}

/// True for a unit in letters, and a number that JSON would not write so.
fn is_amount(text: &str) -> bool {
    parted(text).is_some_and(|(before, number, behind)| {
        let unit = format!("{before}{behind}");
        is_word(unit.trim()) && !unit.trim().is_empty() && is_number(number) && !cell::is_number(number.as_bytes())
    })
}

/// True for digits and a fraction of zeros: programs that take a column for numbers write `1.0` for the text `1`.
fn is_whole_with_a_point(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.')
        .is_some_and(|(whole, fraction)| digits(whole) && digits(fraction) && fraction.trim_matches('0').is_empty())
}

/// True for one short word.
fn is_word(text: &str) -> bool {
    text.chars().count() <= LONGEST_WORD && text.chars().all(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_of_writing_are_told_from_mistakes() {
        let cases = [
            (Written::Date, "31/12/1990", Some("date_format")),
            (Written::Date, "31.12.90", Some("date_format")),
            (Written::Date, "Dec 31, 1990 10:00 PM", Some("date_format")),
            (Written::Date, "19901231", Some("date_format")),
            (Written::Date, "31121990", Some("date_format")),
            (Written::Date, "33238", Some("date_format")),
            (Written::Date, "99999999", None),
            (Written::Date, "1234567890", None),
            (Written::Date, "1990/12/31", Some("date_format")),
            (Written::Date, " 1990-12-31", Some("blanks")),
            (Written::Date, "1990-13-31", None),
            (Written::Date, "1990", None),
            (Written::Date, "275760-09-13", None),
            (Written::Date, "1990-12-31 00:00:00", Some("date_format")),
            (Written::Date, "1990-12-31 10:00:00.5+05:30", Some("date_format")),
            (Written::Date, "1990-12-31 10:00 UTC", Some("date_format")),
            (Written::Date, "1990-13-31 10:00:00", None),
            (Written::Date, "1990-1-31 10:00:00", None),
            (Written::Date, "1990-12-31 late", None),
            (Written::Date, "1990-12-31T10:00", None),
            (Written::Date, "unknown", None),
            (Written::Date, "31/12/1990 <b>", None),
            (Written::Number, "1 234,50", Some("number_format")),
            (Written::Number, "007", Some("number_format")),
            (Written::Number, "12 kg", None),
            (Written::Number, ",", None),
            (Written::Boolean, "Oui", Some("booleans")),
            (Written::Boolean, "нет", Some("booleans")),
            (Written::Boolean, "2", None),
            (Written::Boolean, "1.0", Some("booleans")),
            (Written::Boolean, "-1", Some("booleans")),
            (Written::Boolean, "NULL", Some("nulls")),
            (Written::Number, "NaN", Some("nulls")),
            (Written::Number, "-", Some("nulls")),
            (Written::Date, "\\N", Some("nulls")),
            (Written::Text, "#N/A", Some("nulls")),
            (Written::Text, "nullable", None),
            (Written::Text, "31/12/1990", None),
            (Written::Text, "1.0", Some("values")),
            (Written::Text, "1.5", None),
            (Written::Text, "1.", None),
            (Written::Amount, "EUR 5,50", Some("number_format")),
            (Written::Amount, "1 000 USD", Some("number_format")),
            (Written::Amount, "QQQ 250", None),
            (Written::Amount, "5,50", None),
            (Written::Amount, "50 to 60", None),
            (Written::Text, "12 \u{a0}", Some("blanks")),
            (Written::Text, "   ", None),
            (Written::Text, "", None),
        ];
        for (written, text, said) in cases {
            assert_eq!(said_by(written, text), said, "{written:?} {text:?}");
        }
        assert_eq!(MARKERS.iter().map(|marker| marker.len()).max(), Some(LONGEST_MARKER));
        assert!(MARKERS.iter().all(|marker| is_unclear(marker.to_uppercase().as_bytes())));
        for (text, is) in [
            ("1.23457E+16", true),
            ("5e+20", true),
            ("5e20", false),
            ("1.5", false),
            ("12.5E+3", false),
            ("Nur", false),
        ] {
            assert_eq!(is_unclear(text.as_bytes()), is, "{text}");
        }
    }
}
