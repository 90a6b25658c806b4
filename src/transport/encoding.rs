//! How a text is written in an address and in a form.

/// A text as it may stand in an address: everything but letters, digits and `-._~` as `%XX`.
pub(super) fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        match byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            true => encoded.push(char::from(byte)),
            false => encoded.push_str(&format!("%{byte:02X}")),
        }
        encoded
    })
}

/// A text as it may stand in a form: blanks as `+`.
pub(super) fn form_encoded(text: &str) -> String {
    percent_encoded(text).replace("%20", "+")
}

/// A text as a form writes it, read back; what is no encoding stays.
pub(super) fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex.filter(|_| *first == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(if *first == b'+' { b' ' } else { *first }));
        rest = byte.map_or(after, |_| after.get(2..).unwrap_or_default());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_plain_is_written_as_bytes() {
        assert_eq!(percent_encoded("a b/é~"), "a%20b%2F%C3%A9~");
        assert_eq!(form_encoded("a b+c"), "a+b%2Bc");
        assert_eq!(percent_decoded("a+b%2Bc%C3%A9%zz%4"), "a b+cé%zz%4");
    }
}
