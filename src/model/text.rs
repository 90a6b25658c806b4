//! Characters that act where a text is shown: on a terminal, in an editor, on the order of the text around them.

use std::borrow::Cow;

/// True for characters that act: controls but for line breaks and tabs, direction overrides, embeddings and isolates,
/// invisible joiners of lines, the byte order mark and the two that are no characters at all.
pub fn acts(c: char) -> bool {
    let hidden = matches!(
        c,
        '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{200b}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}'
            | '\u{e0000}'..='\u{e007f}'
    );
    hidden || c.is_control() && !matches!(c, '\n' | '\t')
}

/// A text with the characters that act written as escapes such as `\\u001b`.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match acts(c) {
            true => shown.push_str(&format!("\\u{:04x}", u32::from(c))),
            false => shown.push(c),
        }
    }
    shown
}

/// True where a document of JSON holds characters that act as they are: only those beyond the first 32 can.
pub fn needs_escapes(json: &str) -> bool {
    // One look at each byte: most documents hold few letters beyond ASCII.
    json.bytes().any(|byte| byte >= 0x7f) && json.contains(acts)
}

/// A document of JSON in which characters that act are escapes, so that it says the same.
pub fn escape_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        match acts(c) {
            true => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| shown.push_str(&format!("\\u{unit:04x}"))),
            false => shown.push(c),
        }
    }
    shown
}

/// The zeros of all scripts but the first, in order; the other digits follow each of them.
const ZEROS: [u32; 65] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50,
    0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50,
    0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136,
    0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0,
    0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0,
];

/// The number a digit of any script stands for.
pub fn digit(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.to_digit(10).map(|digit| digit as u8);
    }
    let code = u32::from(c);
    let zero = ZEROS.get(ZEROS.partition_point(|zero| *zero <= code).checked_sub(1)?)?;
    u8::try_from(code - zero).ok().filter(|digit| *digit < 10)
}

/// How many digits of any script a text has.
pub fn digits(text: &str) -> usize {
    match text.is_ascii() {
        true => text.bytes().filter(u8::is_ascii_digit).count(),
        false => text.chars().filter(|c| digit(*c).is_some()).count(),
    }
}

/// A text with the digits of the first script in place of those of any other.
pub fn plain_digits(text: &str) -> Cow<'_, str> {
    let plain = |c: char| digit(c).map_or(c, |digit| char::from(b'0' + digit));
    match text.is_ascii() {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.chars().map(plain).collect()),
    }
}

/// True for letters of scripts that write no blanks between words.
pub fn is_unspaced(c: char) -> bool {
    let code = u32::from(c);
    matches!(code, 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3040..=0x30FF | 0x3400..=0x9FFF)
        || matches!(code, 0xF900..=0xFAFF | 0xFF66..=0xFF9D | 0x2_0000..=0x3_FFFF)
}

/// How many letters of an alphabet a text takes: a sign for a syllable or a word counts as two.
pub fn letters(text: &str) -> usize {
    let signs = |c: char| matches!(u32::from(c), 0x1200..=0x137F | 0x3040..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF);
    text.chars().map(|c| 1 + usize::from(signs(c))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_any_script_are_digits() {
        assert_eq!(plain_digits("٩٠٨-៩០៨ ९०८ ９０８ 𝟗x½Ⅷ"), "908-908 908 908 9x½Ⅷ");
        assert_eq!((digits("٩٠٨a1"), digits("a1b2"), digits("½Ⅷ")), (4, 2, 0));
        assert!(ZEROS.is_sorted());
        assert_eq!((letters("Jo"), letters("王伟"), letters("김철"), letters("M")), (2, 4, 4, 1));
    }

    #[test]
    fn json_says_the_same_with_escapes() {
        let value = serde_json::json!({"a\u{7f}": "\u{9b}31m \u{202e}x \u{e0041} José\n\u{1b}"});
        let json = serde_json::to_string_pretty(&value).expect("JSON");
        assert!(needs_escapes(&json));
        let escaped = escape_json(&json);
        assert!(!escaped.contains(acts) && escaped.contains("José"), "{escaped}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).expect("JSON"), value);
        assert!(!needs_escapes("{\"a\": \"Jos\u{e9}\\u001b\"}\n\t"));
    }
}
