//! Bodies that are no JSON, and pages: nothing tells which of their words are somebody's.

use super::vocabulary::HIDDEN;
use crate::model::text::digits;
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// A number with fewer digits is a count, a status or a line.
const DIGITS_OF_IDS: usize = 6;

/// A page, not a text with a tag in it.
static PAGE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)<(?:html|body)\b").ok());
/// A tag, and what stands behind it up to the next.
static PIECE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?s)<(/?)([A-Za-z!?][A-Za-z0-9!?-]*)[^<>]*>([^<]*)").ok());
/// Random ids, which are left as they are, and digits in groups.
static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let id = "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}";
    Regex::new(&format!(r"{id}|\+?\p{{Nd}}(?:[ ./:_'’–\x{{a0}}\x{{202f}}-]?\p{{Nd}})*")).ok()
});
/// An attribute that tells something to people.
static ATTRIBUTE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let names = "value|content|title|alt|label|placeholder|data-[a-z0-9-]+|aria-[a-z]+";
    Regex::new(&format!(r#"(?i)(\s(?:{names})\s*=\s*)("[^"]*"?|'[^']*'?|[^\s"'<>]+)"#)).ok()
});
/// Elements that name the page.
const TITLES: &[&str] = &["title", "h1", "h2", "h3", "center"];

/// A page with its titles and its tags; whatever else it says may name somebody.
pub(super) fn page(text: String) -> String {
    let begins = PAGE.as_ref().and_then(|page| page.find(&text)).map(|found| found.start());
    let (Some(begins), Some(piece)) = (begins, PIECE.as_ref()) else { return text };
    let (before, page) = text.split_at_checked(begins).unwrap_or((&text, ""));
    let shown = piece.replace_all(page, |found: &Captures<'_>| {
        let part = |index| found.get(index).map_or("", |part| part.as_str());
        let (whole, words, name) = (part(0), part(3), part(2).to_ascii_lowercase());
        let closes = part(1) == "/";
        // What comes behind the end of the page is not in it.
        let open = !closes && TITLES.contains(&name.as_str()) || closes && name == "html";
        let words = if open || words.trim().is_empty() { words } else { HIDDEN };
        let tag = whole.get(..whole.len() - part(3).len()).unwrap_or_default();
        let hidden = |found: &Captures<'_>| format!("{}\"{HIDDEN}\"", found.get(1).map_or("", |part| part.as_str()));
        match ATTRIBUTE.as_ref().filter(|_| tag.contains('=')) {
            Some(attribute) => format!("{}{words}", attribute.replace_all(tag, hidden)),
            None => format!("{tag}{words}"),
        }
    });
    format!("{before}{shown}")
}

/// A text without the numbers that may name somebody.
pub(super) fn without_numbers(text: String) -> String {
    let Some(number) = NUMBER.as_ref() else { return text };
    let shown = number.replace_all(&text, |found: &Captures<'_>| {
        let whole = found.get(0).map_or("", |whole| whole.as_str());
        match digits(whole) < DIGITS_OF_IDS || uuid::Uuid::try_parse(whole).is_ok() {
            true => whole.to_owned(),
            false => HIDDEN.to_owned(),
        }
    });
    shown.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_page_the_titles_are_shown() {
        let shown = |text: &str| page(text.to_owned());
        assert_eq!(
            shown(
                "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1>no Ada Okafor<p>x</p>\n</body></html>"
            ),
            "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1>(hidden)<p>(hidden)</p>\n</body></html>"
        );
        assert_eq!(shown("found \"<HTML><body>Hello Ada… (3 more)"), "found \"<HTML><body>(hidden)");
        assert_eq!(shown("a <b>word</b> in bold"), "a <b>word</b> in bold");
        assert_eq!(shown(&shown("<body>x y</body>")), "<body>(hidden)</body>");
    }

    #[test]
    fn numbers_of_many_digits_are_not_shown_but_ids_are() {
        let id = "eb93ed33-adf9-4829-829d-5491c499ffc0";
        assert_eq!(
            without_numbers(format!("{id} 502 for +48 600 700 800, 8501-0112, 12 of 34567")),
            format!("{id} 502 for (hidden), (hidden), 12 of 34567")
        );
    }
}
