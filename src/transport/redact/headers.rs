//! Header fields: which are shown, and which carry credentials.
//!
//! Gateways invent fields for keys, sessions and people every day. So only those are shown that are known to hold none of
//! them; of all others the name is told, and that there was a value.

use super::Redactor;
use super::credentials::is_secret_field;
use super::fields::is_dated;
use super::sentences::{is_mixed, without_mails};
use super::vocabulary::{HIDDEN, SECRET};
use crate::model::exchange::Headers;
use crate::model::text::digits;
use crate::transport::encoding::percent_decoded;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;

/// Fields shown, as texts like any other; a name that ends in `-` stands for all that begin so.
const SHOWN: &[&str] = &[
    "accept",
    "accept-",
    "access-control-",
    "age",
    "allow",
    "alt-svc",
    "cache-control",
    "connection",
    "content-encoding",
    "content-language",
    "content-length",
    "content-location",
    "content-range",
    "content-security-policy",
    "content-type",
    "date",
    "expect",
    "expires",
    "host",
    "keep-alive",
    "last-modified",
    "location",
    "origin",
    "pragma",
    "range",
    "ratelimit-",
    "referer",
    "request-id",
    "retry-after",
    "sec-ch-",
    "sec-fetch-",
    "server",
    "strict-transport-security",
    "te",
    "timestamp",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "vary",
    "via",
    "www-authenticate",
    "x-content-type-options",
    "x-correlation-id",
    "x-frame-options",
    "x-powered-by",
    "x-ratelimit-",
    "x-request-id",
    ":authority",
    ":method",
    ":scheme",
    ":status",
];
/// Those of them that hold addresses, whose queries are nobody's business.
const ADDRESSES: &[&str] = &["content-location", "location", "referer"];

/// Fields that carry credentials and nothing else.
const CREDENTIALS: &[&str] = &["authorization", "proxy-authorization", "cookie", "set-cookie"];
/// Words in the name of a field that certainly carries one.
const CREDENTIAL_WORDS: &[&str] = &["token", "secret", "password", "api-key", "apikey"];
/// The same in the rest of a name that begins as shown ones do.
const WORDS_BEHIND: &[&str] = &["token", "secret", "password", "key", "session", "cookie", "jwt"];
/// Words in the name of a field that may carry one.
const LIKELY_WORDS: &[&str] = &[
    "auth",
    "session",
    "credential",
    "jwt",
    "csrf",
    "xsrf",
    "assertion",
    "access",
    "subscription-key",
    "functions-key",
    "app-key",
];

/// A shorter value in a field that carries credentials could be any word; it is masked in its field only.
const SHORTEST_SECRET: usize = 8;
/// A part of a path with fewer digits is no identifier.
const DIGITS_OF_IDS: usize = 6;
/// What stands before it in our own callback addresses, and how long it is there.
const OWN: &str = "cb";
const LENGTH_OF_OWN: usize = 16;
/// Capitals, small letters and digits, of each so many, that show a part of a path to be made by chance.
const MIXED: usize = 3;
/// A longer one is no credential.
const LONGEST_SECRET: usize = 8 << 10;

impl Redactor {
    /// Header fields: those that carry credentials and those nobody knows are masked whole, the others are texts.
    pub fn headers(&self, headers: &Headers) -> Headers {
        let redact = |(name, value): &(String, String)| {
            let folded = name.to_ascii_lowercase();
            let value = match value.as_str() {
                "" => String::new(),
                _ if carries_credentials(&folded) || is_likely(&folded) => self.counted(SECRET).to_owned(),
                _ if !is_shown(&folded) => self.counted(HIDDEN).to_owned(),
                value if ADDRESSES.contains(&folded.as_str()) => self.text(&address(value)),
                // Whom to write to about a program is said in some of them.
                value => self.text(&without_mails(value.to_owned(), HIDDEN)),
            };
            (self.text(name), value)
        };
        Headers(headers.0.iter().map(redact).collect())
    }
}

/// An address without what is asked in it, and without the numbers that name somebody in its path.
pub fn address(address: &str) -> String {
    let (before, query) = match address.split_once('?') {
        Some((before, query)) if !query.is_empty() => (before, true),
        _ => (address, false),
    };
    let (scheme, path) = before.split_once("://").unwrap_or(("", before));
    let mut parts = path.split('/');
    let mut before = parts.next().unwrap_or_default();
    let mut shown = before.to_owned();
    for part in parts {
        let own = before == OWN && is_own(part);
        let named = part.split_once('=').filter(|(name, value)| names_a_secret(name) && !value.is_empty());
        shown.push('/');
        match named {
            Some((name, _)) => shown.extend([name, "=", SECRET]),
            None if is_secret_field(before) && is_a_secret(part) || is_by_chance(part) => shown.push_str(SECRET),
            None if !own && is_somebodys(part) => shown.push_str(HIDDEN),
            None => shown.push_str(part),
        }
        before = part;
    }
    let scheme = if scheme.is_empty() { String::new() } else { format!("{scheme}://") };
    format!("{scheme}{shown}{}", if query { format!("?{HIDDEN}") } else { String::new() })
}

/// In a path `key` names no entry of a map.
fn names_a_secret(name: &str) -> bool {
    is_secret_field(name) || name.eq_ignore_ascii_case("key")
}

/// True for what the listener tells tests apart by: letters and digits made by chance.
fn is_own(part: &str) -> bool {
    part.len() == LENGTH_OF_OWN && part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// True for an identifier, which has more digits than letters and is no random id of a message, and for an e-mail address.
fn is_somebodys(part: &str) -> bool {
    let part = &*percent_decoded(part);
    let others = || uuid::Uuid::try_parse(part).is_ok() || is_dated(part);
    let digits = digits(part);
    digits >= DIGITS_OF_IDS && 2 * digits > part.chars().count() && !others()
        || part.find('@').is_some_and(|at| at > 0)
        || is_mixed(part)
}

/// True for what gives access to an address by being in it: letters of both kinds and digits, made by chance.
fn is_by_chance(part: &str) -> bool {
    let has = |of: fn(&u8) -> bool| part.bytes().filter(of).count() >= MIXED;
    part.len() >= LENGTH_OF_OWN
        && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
}

/// False for a step of a path such as `/token/refresh`.
fn is_a_secret(part: &str) -> bool {
    part.len() >= SHORTEST_SECRET && digits(part) > 0
}

fn is_shown(name: &str) -> bool {
    let begins = |shown: &&str| {
        let rest = name.strip_prefix(*shown).filter(|_| shown.ends_with('-'));
        rest.is_some_and(|rest| !WORDS_BEHIND.iter().any(|word| rest.contains(word)))
    };
    SHOWN.iter().any(|shown| name == *shown || begins(shown))
}

fn carries_credentials(name: &str) -> bool {
    CREDENTIALS.contains(&name) || !is_shown(name) && CREDENTIAL_WORDS.iter().any(|word| name.contains(word))
}

fn is_likely(name: &str) -> bool {
    !is_shown(name) && LIKELY_WORDS.iter().any(|word| name.contains(word))
}

/// The credentials in header fields, to be masked wherever else they turn up.
pub fn secrets_of(headers: &Headers) -> Vec<SecretString> {
    let mut secrets = Vec::new();
    for (name, value) in &headers.0 {
        let name = name.to_ascii_lowercase();
        let certain = carries_credentials(&name);
        if !certain && !is_likely(&name) {
            continue;
        }
        let long = |part: &&str| (SHORTEST_SECRET..LONGEST_SECRET).contains(&part.len()) && *part != SECRET;
        let parts = credentials_in(&name, value).into_iter().filter(long).filter(|part| certain || is_made_up(part));
        secrets.extend(parts.map(|part| SecretString::from(part.to_owned())));
        secrets.extend(password(value).filter(|password| long(&password.as_str())).map(SecretString::from));
    }
    secrets
}

/// The credentials in what is asked at an address, by their names.
pub fn secrets_asked(address: &str) -> Vec<SecretString> {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let pairs = query.split(['&', ';', '#']).filter_map(|pair| pair.split_once('='));
    let secret = |(name, value): &(&str, &str)| {
        is_secret_field(name) && (SHORTEST_SECRET..LONGEST_SECRET).contains(&value.len()) && *value != SECRET
    };
    pairs.filter(secret).map(|(_, value)| SecretString::from(value.to_owned())).collect()
}

/// The password in a field of the scheme Basic.
fn password(value: &str) -> Option<String> {
    let (scheme, encoded) = value.trim().split_once(' ')?;
    let encoded = Some(encoded.trim()).filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let both = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    both.split_once(':').map(|(_, password)| password.to_owned())
}

/// False for what may be a word, or an id by which messages are told apart.
fn is_made_up(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit()) && uuid::Uuid::try_parse(text).is_err()
}

/// The values of cookies, without names and attributes; of other fields all words.
fn credentials_in<'v>(name: &str, value: &'v str) -> Vec<&'v str> {
    let of_cookie = |pair: &'v str| pair.split_once('=').map(|(_, value)| value.trim());
    match name {
        "cookie" => value.split([';', '\n']).filter_map(of_cookie).collect(),
        "set-cookie" => value.lines().filter_map(|line| of_cookie(line.split(';').next()?)).collect(),
        _ => value.split([' ', ',', '"']).collect(),
    }
}
