//! Secrets in texts: those of the run in every spelling they may take, and whatever looks like one.

use super::digests::Digests;
use super::patterns;
use super::vocabulary::SECRET;
use crate::transport::encoding::{form_encoded, percent_encoded};
use regex::Regex;
use secrecy::{ExposeSecret, SecretString};

/// A shorter secret is masked only where it stands alone: it could be part of any word.
const SHORT: usize = 6;
/// Of a shorter secret other spellings could be any word, or any number.
const LONG: usize = 12;

/// The secrets of a run.
pub(super) struct Secrets {
    long: Digests,
    /// Those of a few letters, which come from the vendor's settings alone and are few.
    short: Option<Regex>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

impl Secrets {
    pub(super) fn new(secrets: &[SecretString]) -> Secrets {
        let (mut long, mut short) = (Digests::default(), Vec::new());
        for spelling in secrets.iter().flat_map(|secret| spellings(secret.expose_secret())) {
            if !long.take(&spelling) {
                short.push(spelling);
            }
        }
        long.ready();
        short.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
        short.dedup();
        let pattern = short.iter().map(|text| literal(text)).collect::<Vec<_>>().join("|");
        let known = regex::RegexBuilder::new(&pattern).size_limit(usize::MAX).build().ok();
        Secrets { long, short: known.filter(|_| !short.is_empty()) }
    }

    /// The text with every secret masked, and how many there were.
    pub(super) fn mask(&self, text: &str) -> (String, usize) {
        let found = self.long.find(text);
        let (mut masked, mut after, mut count) = (String::with_capacity(text.len()), 0, 0);
        for place in found {
            // Only by chance does a sum fit where no letter begins or ends.
            if let (Some(before), Some(_)) = (text.get(after..place.start), text.get(place.end..)) {
                masked.push_str(before);
                masked.push_str(SECRET);
                (after, count) = (place.end, count + 1);
            }
        }
        masked.push_str(text.get(after..).unwrap_or_default());
        if let Some(short) = &self.short {
            masked = patterns::replace(short, masked, &mut count, |_| Some(SECRET.to_owned()));
        }
        let masked = patterns::mask(masked, &mut count);
        (masked, count)
    }
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
    if secret.len() >= LONG {
        all.extend(spellings_of_programs(secret));
    }
    // The lines of a key may turn up alone.
    all.extend(secret.lines().map(str::trim).filter(|line| line.len() >= 16).map(str::to_owned));
    all
}

/// What programs make of a text that they hand on: its letters of one size, its bytes by their numbers, the part of it that
/// can be told where it stands within a longer text in base64, as behind the name of a user.
fn spellings_of_programs(secret: &str) -> Vec<String> {
    let by_bytes = |write: fn(u8) -> String| secret.bytes().map(write).collect::<String>();
    let mut all = vec![
        secret.to_lowercase(),
        secret.to_uppercase(),
        by_bytes(|byte| format!("{byte:02x}")),
        by_bytes(|byte| format!("{byte:02X}")),
        by_bytes(|byte| format!("%{byte:02x}")),
        by_bytes(|byte| format!("%{byte:02X}")),
        by_bytes(|byte| format!("\\x{byte:02x}")),
        secret.chars().map(|c| format!("&#{};", u32::from(c))).collect(),
    ];
    for alphabet in [STANDARD, URL_SAFE] {
        for before in 0..3 {
            let bytes = [&[0; 2][..before], secret.as_bytes()].concat();
            let encoded = base64(&bytes, alphabet, false);
            // Of a letter that holds bits of what stands before or behind nothing is known.
            let (start, end) = (before + usize::from(before > 0), bytes.len() * 8 / 6);
            all.extend(encoded.get(start..end).map(str::to_owned));
        }
    }
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
        // As a login writes the name of a user before a password, and a scheme before a token.
        let secret = "Zq9-SeCrEt-ToKeN";
        let secrets = Secrets::new(&[secret.into()]);
        for before in ["", "u", "me", "you", "Bearer "] {
            let encoded = base64(format!("{before}:{secret}\n").as_bytes(), STANDARD, true);
            assert!(secrets.mask(&encoded).0.contains(SECRET), "{encoded}");
        }
        for spelling in spellings_of_programs(secret).iter().take(8) {
            assert_eq!(secrets.mask(spelling).0, SECRET, "{spelling}");
        }
    }

    #[test]
    fn escapes_of_letters_are_read() {
        assert_eq!(unescaped(r"Jos\u00e9 \ud835\udc9c \u001b \u12"), "José 𝒜 \\u001b \\u12");
        assert_eq!(unescaped(r"\u00"), r"\u00");
        assert_eq!(unescaped(r"\ud835x"), r"\ud835x");
    }
}
