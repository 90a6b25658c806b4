//! Secrets in texts: those of the run in every spelling they may take, and whatever looks like a token.

use super::vocabulary::{HIDDEN, SECRET};
use crate::transport::encoding::{form_encoded, percent_encoded};
use regex::{Captures, Regex};
use secrecy::{ExposeSecret, SecretString};
use std::sync::LazyLock;

/// A shorter secret is masked only where it stands alone: it could be part of any word.
const SHORT: usize = 6;

/// A JSON Web Token: three or more parts, the first an encoded object.
static JWT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\bey[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_.-]*").ok());
/// A scheme and what follows it.
static SCHEME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b(bearer|basic)([ \t]+)([A-Za-z0-9._~+/=-]{3,})").ok());
/// A credential by its name, in a form or in broken JSON.
static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let pattern = r#"(?i)\b(access_token|refresh_token|id_token|client_secret|password|api_?key)(["']?\s*[:=]\s*["']?)([^\s"'&,;(){}]{3,})"#;
    Regex::new(pattern).ok()
});
/// Who asks at an address, before its host.
static USER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)\b([a-z][a-z0-9+.-]*://)[^\s"'<>/?#@]+@"#).ok());
/// What is asked at an address.
static QUERY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)\b([a-z][a-z0-9+.-]*://[^\s"'<>?#]*\?)[^\s"'<>]+"#).ok());
/// Words that follow a scheme in a sentence and are no credential.
const WORDS: &[&str] = &[
    "token",
    "tokens",
    "auth",
    "authentication",
    "authorization",
    "authorisation",
    "scheme",
    "header",
    "headers",
    "credential",
    "credentials",
    "realm",
    "error",
    "scope",
    "required",
    "missing",
    "invalid",
    "expected",
    "not",
    "and",
    "was",
    "only",
    "for",
];

/// The secrets of a run.
pub(super) struct Secrets {
    known: Option<Regex>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

impl Secrets {
    pub(super) fn new(secrets: &[SecretString]) -> Secrets {
        let mut spellings: Vec<String> = secrets.iter().flat_map(|secret| spellings(secret.expose_secret())).collect();
        spellings.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
        spellings.dedup();
        let pattern = spellings.iter().map(|text| literal(text)).collect::<Vec<_>>().join("|");
        let known = regex::RegexBuilder::new(&pattern).size_limit(usize::MAX).build().ok();
        Secrets { known: known.filter(|_| !spellings.is_empty()) }
    }

    /// The text with every secret masked, and how many there were.
    pub(super) fn mask(&self, text: &str) -> (String, usize) {
        let mut count = 0;
        let mut masked = text.to_owned();
        if let Some(known) = &self.known {
            masked = replace(known, masked, &mut count, |_| Some(SECRET.to_owned()));
        }
        // Most texts are short words: what cannot match is not searched.
        if let Some(jwt) = JWT.as_ref().filter(|_| masked.contains("ey") && masked.contains('.')) {
            masked = replace(jwt, masked, &mut count, |_| Some(SECRET.to_owned()));
        }
        for (pattern, mask) in [(&USER, "(secret)@"), (&QUERY, HIDDEN)] {
            if let Some(pattern) = pattern.as_ref().filter(|_| masked.contains("://")) {
                let before = |found: &Captures<'_>| found.get(1).map_or("", |part| part.as_str()).to_owned();
                masked = replace(pattern, masked, &mut count, |found| Some(before(found) + mask));
            }
        }
        let scheme = SCHEME.as_ref().filter(|_| masked.contains([' ', '\t']));
        let named = NAMED.as_ref().filter(|_| masked.contains([':', '=']));
        for pattern in [scheme, named].into_iter().flatten() {
            masked = replace(pattern, masked, &mut count, |found| {
                let part = |index| found.get(index).map_or("", |part| part.as_str());
                is_credential(part(1), part(3)).then(|| format!("{}{}{SECRET}", part(1), part(2)))
            });
        }
        (masked, count)
    }
}

/// False for a word of a sentence, as in "bearer token missing" or "basic checks".
fn is_credential(before: &str, text: &str) -> bool {
    let word = text.trim_end_matches(['.', '=', ':']).to_ascii_lowercase();
    let mixed = text.chars().skip(1).any(|c| c.is_ascii_uppercase()) && text.chars().any(|c| c.is_ascii_lowercase());
    let encoded = mixed || text.contains(|c: char| c.is_ascii_digit() || c == '=');
    !WORDS.contains(&word.as_str()) && (encoded || !before.eq_ignore_ascii_case("basic"))
}

/// Replaces what `by` gives a replacement for; the text is copied only when something is found.
fn replace(pattern: &Regex, text: String, count: &mut usize, by: impl Fn(&Captures<'_>) -> Option<String>) -> String {
    if !pattern.is_match(&text) {
        return text;
    }
    let replaced = pattern.replace_all(&text, |found: &Captures<'_>| match by(found) {
        Some(replacement) => {
            *count += 1;
            replacement
        }
        None => found.get(0).map_or_else(String::new, |whole| whole.as_str().to_owned()),
    });
    replaced.into_owned()
}

fn literal(text: &str) -> String {
    let escaped = regex::escape(text);
    match text.chars().count() < SHORT && text.chars().all(char::is_alphanumeric) {
        true => format!(r"\b{escaped}\b"),
        false => escaped,
    }
}

/// A secret as it may turn up: plain, line by line, in base64, in an address, in JSON.
fn spellings(secret: &str) -> Vec<String> {
    let secret = secret.trim();
    if secret.is_empty() {
        return Vec::new();
    }
    let mut all = vec![secret.to_owned(), percent_encoded(secret), json_escaped(secret)];
    all.push(form_encoded(secret));
    for (alphabet, padded) in [(STANDARD, true), (URL_SAFE, true)] {
        let encoded = base64(secret.as_bytes(), alphabet, padded);
        all.push(encoded.trim_end_matches('=').to_owned());
        all.push(encoded);
    }
    // The lines of a key may turn up alone.
    all.extend(secret.lines().map(str::trim).filter(|line| line.len() >= 16).map(str::to_owned));
    all
}

/// A text as it stands between the quotes of JSON.
pub(super) fn json_escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or(text).to_owned()
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn base64(bytes: &[u8], alphabet: &[u8; 64], padded: bool) -> String {
    let mut encoded = String::new();
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0u32, |bits, at| bits << 8 | group.get(at).copied().map_or(0, u32::from));
        for at in 0..4 {
            let six = (bits >> (18 - 6 * at) & 63) as usize;
            match alphabet.get(six).filter(|_| at <= group.len()) {
                Some(letter) => encoded.push(char::from(*letter)),
                None if padded => encoded.push('='),
                None => {}
            }
        }
    }
    encoded
}

/// Letters and digits written as `\uXXXX` put back as they read, so that spelling hides nothing.
pub(super) fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\\u") {
        let (before, escape) = rest.split_at_checked(at).unwrap_or((rest, ""));
        plain.push_str(before);
        let unit = |from: usize| escape.get(from..from + 4).and_then(|hex| u16::from_str_radix(hex, 16).ok());
        let pair = unit(2).into_iter().chain(unit(8).filter(|_| escape.get(6..8) == Some("\\u")));
        let (letter, length) = match char::decode_utf16(pair).next() {
            Some(Ok(letter)) if letter.is_alphanumeric() => (Some(letter), 6 * letter.len_utf16()),
            _ => (None, 2),
        };
        match letter {
            Some(letter) => plain.push(letter),
            None => plain.push_str("\\u"),
        }
        rest = escape.get(length..).unwrap_or("");
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_in_both_alphabets() {
        for (text, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            assert_eq!(base64(text.as_bytes(), STANDARD, true), encoded);
        }
        assert_eq!(base64(&[0xfb, 0xff], URL_SAFE, false), "-_8");
    }

    #[test]
    fn escapes_of_letters_are_read() {
        assert_eq!(unescaped(r"Jos\u00e9 \ud835\udc9c \u001b \u12"), "José 𝒜 \\u001b \\u12");
        assert_eq!(unescaped(r"\u00"), r"\u00");
        assert_eq!(unescaped(r"\ud835x"), r"\ud835x");
    }
}
