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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_plain_is_written_as_bytes() {
        assert_eq!(percent_encoded("a b/é~"), "a%20b%2F%C3%A9~");
        assert_eq!(form_encoded("a b+c"), "a+b%2Bc");
    }
}
