//! Text from outside made safe to show. Every writer passes what a product or its vendor said through one of these.

use crate::model::text::{acts, visible as escaped};

/// Text for a terminal or an XML file: escape sequences and control characters are gone, line breaks and tabs stay.
pub(super) fn plain(text: &str) -> String {
    let stripped = anstream::adapter::strip_str(text).to_string();
    stripped.chars().filter(|c| !acts(*c)).collect()
}

/// [`plain`] text on one line, runs of blanks made one, cut at `most` characters.
pub(super) fn one_line(text: &str, most: usize) -> String {
    let plain = plain(text);
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    shorten(&line, most)
}

/// At most `most` characters, with a note of how many were left out.
pub(super) fn shorten(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((cut, _)) => {
            let (kept, rest) = text.split_at(cut);
            format!("{kept}… ({} more characters)", thousands(rest.chars().count()))
        }
    }
}

/// Text for a page, where nothing may act but everything should be seen: control and hidden characters are written
/// as `\u001b`, line breaks and tabs stay.
pub(super) fn visible(text: &str) -> String {
    escaped(&text.replace('\r', ""))
}

/// `12,345`.
pub(super) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_cannot_act_on_a_terminal() {
        assert_eq!(plain("a\u{1b}[31mred\u{1b}[0m b\u{0}\u{7}\u{9b}c\u{202e}d\r\n\te"), "ared bcd\n\te");
        assert_eq!(plain("\u{1b}]8;;http://evil\u{7}link"), "link");
        assert_eq!(plain("Éléonore زينب"), "Éléonore زينب");
    }

    #[test]
    fn visible_text_shows_what_was_hidden() {
        assert_eq!(visible("a\u{1b}[31m\u{0}\u{202e}b"), "a\\u001b[31m\\u0000\\u202eb");
    }

    #[test]
    fn long_text_says_what_is_missing() {
        assert_eq!(shorten("زينب", 4), "زينب");
        assert_eq!(shorten("زينب زينب", 4), "زينب… (5 more characters)");
        assert_eq!(one_line(" a \n b\t c ", 10), "a b c");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(thousands(12), "12");
    }
}
