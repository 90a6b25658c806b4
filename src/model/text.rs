//! Characters that act where a text is shown: on a terminal, in an editor, on the order of the text around them.

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

#[cfg(test)]
mod tests {
    use super::*;

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
