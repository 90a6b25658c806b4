//! What names a person in a sentence and can be known for itself: e-mail addresses, telephone numbers, identifiers.

use super::fields::is_dated;
use regex::Regex;
use std::sync::LazyLock;

/// A number with fewer digits is a count, a status or a line.
const DIGITS_OF_IDS: usize = 7;
/// A digest is no shorter.
const SHORTEST_SUM: usize = 16;
/// Of a text with more of them no further one is looked at.
const MOST: usize = 1_000;

static MAIL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}").ok());
/// Random ids, sums, times and addresses of machines, which are left as they are, and numbers: alone, with a few letters,
/// in groups.
static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let forms = [
        "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}",
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.,]+(?:Z|[+-][0-9:]+)?)?",
        r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?::[0-9]{1,5})?",
        r"\+[0-9](?:[ ()/.-]{0,2}[0-9])+",
        r"[0-9]{2,5}(?: [0-9]{2,5}){2,}",
        r"\b(?:[A-Za-z]{1,5}[-:/]?)?[0-9][0-9A-Za-z]*(?:[/-][0-9]+)*",
    ];
    Regex::new(&forms.join("|")).ok()
});

/// The e-mail addresses and the numbers in a text that may be somebody's, with their kinds.
pub(super) fn values(text: &str) -> impl Iterator<Item = (&'static str, &str)> {
    let mails = MAIL.as_ref().filter(|_| text.contains('@')).into_iter().flat_map(|mail| mail.find_iter(text));
    let numbers = NUMBER.as_ref().filter(|_| text.bytes().any(|byte| byte.is_ascii_digit()));
    let numbers = numbers.into_iter().flat_map(|number| number.find_iter(text)).map(|found| found.as_str());
    let kind = |number: &str| if number.starts_with('+') { "phone" } else { "identifier" };
    let numbers = numbers.filter(|number| is_somebodys(number)).map(move |number| (kind(number), number));
    mails.map(|found| ("email", found.as_str())).take(MOST).chain(numbers.take(MOST))
}

/// A text without its e-mail addresses.
pub(super) fn without_mails(text: String, mask: &str) -> String {
    match MAIL.as_ref().filter(|_| text.contains('@')) {
        Some(mail) => mail.replace_all(&text, mask).into_owned(),
        None => text,
    }
}

fn is_somebodys(number: &str) -> bool {
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let machine = number.split(['.', ':']).count() > 3 && !number.starts_with('+');
    digits >= DIGITS_OF_IDS
        && 2 * digits > number.len()
        && !machine
        && !is_dated(number)
        && !is_sum(number)
        && !is_day(number)
        && uuid::Uuid::try_parse(number).is_err()
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
    let years = match text.len() {
        8 => 1900..2100,
        14 | 17 => 2000..2100,
        _ => return false,
    };
    text.bytes().all(|byte| byte.is_ascii_digit()) && day && years.contains(&of(0, 4))
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
        ] {
            assert_eq!(values(text).map(|(_, value)| value).collect::<Vec<_>>(), found, "{text}");
        }
    }
}
