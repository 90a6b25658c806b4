//! What names a person in a sentence and can be known for itself: e-mail addresses, telephone numbers, identifiers, in any
//! script.

use super::evidence::beginning;
use super::fields::is_dated;
use super::vocabulary::random_id;
use crate::model::text::{digits, plain_digits};
use regex::Regex;
use std::sync::LazyLock;

/// A number with fewer digits is a count, a status or a line.
const DIGITS_OF_IDS: usize = 7;
/// A blank between two groups of digits may also stand between two numbers: of so many digits together they are one.
const DIGITS_OF_PAIRS: usize = 9;
/// Groups that blanks stand between have so many digits.
const GROUPS: std::ops::RangeInclusive<usize> = 2..=6;
/// Letters that may stand before a number and its mark.
const PREFIX: usize = 5;
/// Digits and characters of an identifier of capitals and digits in turn, such as that of a tax payer.
const DIGITS_OF_MIXED: usize = 4;
const LENGTHS_OF_MIXED: std::ops::RangeInclusive<usize> = 9..=20;
/// A digest is no shorter.
const SHORTEST_SUM: usize = 16;
/// Of a text with more of them no further one is looked at.
const MOST: usize = 1_000;
/// A longer row of groups is no number.
const LONGEST: usize = 64;

static MAIL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let word = r"\p{Alphabetic}\p{M}\p{N}";
    Regex::new(&format!(r"[{word}._%+-]+@[{word}-]+(?:\.[{word}-]+)+")).ok()
});
/// Times, which are left as they are. They are looked for where a number begins.
static TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let day = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.,]+(?:Z|[+-][0-9:]+)?)?(?-u:\b)";
    Regex::new(&format!(r"^(?:{day}|[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:[.,][0-9]+)?)?(?-u:\b))")).ok()
});

/// The e-mail addresses and the numbers in a text that may be somebody's, with their kinds.
pub(super) fn values(text: &str) -> impl Iterator<Item = (&'static str, &str)> {
    let mails = MAIL.as_ref().filter(|_| text.contains('@')).into_iter().flat_map(|mail| mail.find_iter(text));
    let kind = |number: &str| if number.starts_with('+') { "phone" } else { "identifier" };
    let numbers = Numbers { text, at: 0 }.map(move |number| (kind(number), number));
    mails.map(|found| ("email", found.as_str())).take(MOST).chain(numbers.take(MOST))
}

/// A text without its e-mail addresses.
pub(super) fn without_mails(text: String, mask: &str) -> String {
    match MAIL.as_ref().filter(|_| text.contains('@')) {
        Some(mail) => mail.replace_all(&text, mask).into_owned(),
        None => text,
    }
}

/// True for a text that is the identifier of somebody by its form: capitals and digits in turn, with a letter behind digits. The
/// codes of programs have their digits at the end.
pub(super) fn is_mixed(text: &str) -> bool {
    let turns = || text.as_bytes().windows(2).any(|two| matches!(two, [b'0'..=b'9', b'A'..=b'Z']));
    let own = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
    LENGTHS_OF_MIXED.contains(&text.len())
        && text.bytes().all(own)
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && digits(text) >= DIGITS_OF_MIXED
        && turns()
}

/// The numbers of a text, from left to right: alone, with letters, in groups of digits with marks between them.
struct Numbers<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Iterator for Numbers<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        loop {
            let start = self.at + self.text.get(self.at..)?.find(char::is_alphanumeric)?;
            let rest = self.text.get(start..)?;
            let near = beginning(rest, LONGEST);
            let time = || TIME.as_ref().filter(|_| rest.starts_with(is_digit))?.find(near).map(|found| found.len());
            if let Some(length) = random_id(rest).or_else(time) {
                self.at = start + length;
                continue;
            }
            let length = candidate(rest);
            self.at = start + length;
            let number = rest.get(..length)?;
            if is_somebodys(number) {
                let signed = self.text.get(..start)?.ends_with('+') && number.starts_with(is_digit);
                return self.text.get(start - usize::from(signed)..self.at);
            }
        }
    }
}

fn is_digit(c: char) -> bool {
    crate::model::text::digit(c).is_some()
}

/// The letters and digits a text begins with.
fn first(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}

/// The length of what a text begins with and may be a number: a word, and groups of digits behind it, each after a mark.
fn candidate(text: &str) -> usize {
    let word = first(text);
    let mut length = word.len();
    let is_prefix = digits(word) == 0 && word.chars().nth(PREFIX).is_none() && word.is_ascii();
    let is_plain = word.chars().all(is_digit);
    if digits(word) == 0 && !is_prefix {
        return length;
    }
    let (mut before, mut groups) = (word, 1);
    while let Some(rest) = text.get(length..).filter(|_| length < LONGEST) {
        let marks = rest.len() - rest.trim_start_matches(is_mark).len();
        let mark = rest.get(..marks).unwrap_or_default();
        let group = first(rest.get(marks..).unwrap_or_default());
        let joins = match mark {
            "-" | "/" => true,
            _ if !is_plain => false,
            mark if mark.chars().any(char::is_whitespace) => {
                let fits = |group: &str| GROUPS.contains(&group.chars().count());
                mark.chars().count() <= 2 && !mark.contains([',', '.']) && fits(before) && fits(group)
            }
            "," => group.chars().nth(1).is_some(),
            mark => (1..=2).contains(&mark.chars().count()),
        };
        // A letter may check the number that it stands behind.
        let check = !mark.contains(char::is_whitespace) && groups > 1 && group.chars().count() == 1;
        let behind = is_prefix && groups == 1 && group.starts_with(is_digit);
        if !joins || group.is_empty() || !(check || behind || group.chars().all(is_digit)) {
            break;
        }
        (before, groups, length) = (group, groups + 1, length + marks + group.len());
    }
    length
}

/// True for what may stand between the digits of a number.
fn is_mark(c: char) -> bool {
    matches!(c, '.' | ',' | '-' | '/' | '_' | '\'' | '’' | '·' | '(' | ')' | '‐'..='―')
        || c.is_whitespace() && !c.is_control()
}

fn is_somebodys(number: &str) -> bool {
    let count = digits(number);
    if count < DIGITS_OF_IDS {
        return is_mixed(number);
    }
    let letters = number.chars().filter(|c| c.is_alphabetic()).count();
    let plain = plain_digits(number);
    let bare: String = plain.chars().filter(char::is_ascii_digit).collect();
    let is_pair = number.split(char::is_whitespace).count() == 2
        && number.chars().all(|c| is_digit(c) || c.is_whitespace())
        && count < DIGITS_OF_PAIRS;
    let machines = || is_machines(&plain) || is_dated(&plain) || is_sum(&plain) || letters == 0 && is_day(&bare);
    !is_pair && (count > letters || is_mixed(number)) && !machines()
}

/// True for the address of a machine, and for the version of a program: numbers with dots that are no groups of digits.
fn is_machines(number: &str) -> bool {
    let parts: Vec<&str> = number.split('.').collect();
    let numbers = parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    let of_address = |part: &&str| part.len() < 4 && part.parse::<u16>().is_ok_and(|part| part < 256);
    let groups = parts.get(1..).unwrap_or_default();
    let alike =
        groups.first().is_some_and(|first| first.len() > 1 && groups.iter().all(|group| group.len() == first.len()));
    numbers && (parts.len() == 4 && parts.iter().all(of_address) || parts.len() > 2 && !alike)
}

/// True for what is made by chance or from a text, such as a digest.
fn is_sum(text: &str) -> bool {
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() >= SHORTEST_SUM && text.bytes().all(hex) && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// True for a day of our times in digits alone, or one with a time of this century.
fn is_day(text: &str) -> bool {
    let of = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u16>().ok()).unwrap_or_default();
    let day = (1..=12).contains(&of(4, 6)) && (1..=31).contains(&of(6, 8));
    let time = of(8, 10) < 24 && of(10, 12) < 60 && of(12, 14) < 61;
    let years = match text.len() {
        8 => 1900..2100,
        14 | 17 => 2000..2100,
        _ => return false,
    };
    day && time && years.contains(&of(0, 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_addresses_of_persons_are_told_from_those_of_machines() {
        for (text, found) in [
            ("UIN 908172635 is unknown", vec!["908172635"]),
            ("SMS sent to +48 600 700 812.", vec!["+48 600 700 812"]),
            ("call 8501 0112 345, id KE-44006201H", vec!["8501 0112 345", "KE-44006201H"]),
            ("mail sent to ada@mail.example.org at once", vec!["ada@mail.example.org"]),
            ("at 2026-03-01T10:00:01.123Z, 2026-03-01 10:00:01 or 20260301101112, born 19850112", vec![]),
            ("eb93ed33-adf9-4829-829d-5491c499ffc0 of 10.0.0.12:5432 in 30000 ms, 12 of 345678", vec![]),
            ("sum 3f786850e387550fdab836ed7e6dc881de23001b of 0025795795358d15, 120.0.6099.109, 1.2", vec![]),
            ("HTTP 400 20001, line 12 345, at 10:00:01.123456789, 01.03.2026 10:00, 192.168.100.200", vec![]),
            ("ISO 27001, RFC 3339, SHA3-512, ED25519, ERR20001, E2E, 10.0.19045.3570, 1, 2, 3, 4, 5, 6, 7", vec![]),
        ] {
            assert_eq!(values(text).map(|(_, value)| value).collect::<Vec<_>>(), found, "{text}");
        }
    }

    /// As countries write them.
    #[test]
    fn numbers_of_persons_are_known_in_any_script_and_with_any_marks() {
        for number in [
            "123.456.789-09",
            "12.345.678-5",
            "12.345.678-K",
            "908.172.635",
            "908,172,635",
            "908–172–635",
            "908\u{a0}172\u{a0}635",
            "908'172'635",
            "9081_7263_5555",
            "0712 345678",
            "98765 43210",
            "07.12.34.56.78",
            "071) 234-5678",
            "+254(0)712-345678",
            "00254 712 345678",
            "123456 789012",
            "19850112-1234",
            "20010112345678",
            "٩٠٨١٧٢٦٣٥",
            "៩០៨១៧២៦៣៥",
            "९०८१७२६३५",
            "９０８１７２６３５",
            "+٢٥٤ ٧١٢ ٣٤٥",
            "AB123456C",
            "ABCDE1234F",
            "RSSMRA85T10A562S",
            "HEGG560427MVZRRL04",
            "MT84MALT011000012345MTLCAST001S",
            "иван.петров@пример.рф",
            "müller@bücher.de",
            "علي@مثال.com",
        ] {
            for text in [number.to_owned(), format!("id_{number}_x"), format!("({number}) is unknown, x={number}")] {
                let found = values(&text).find(|(_, value)| value.contains(number));
                assert!(found.is_some(), "{number} in {text}: {:?}", values(&text).collect::<Vec<_>>());
            }
        }
    }
}
