//! Credentials nobody told us of, known by how they are written: by their scheme, their name, the address they stand in.

use super::credentials::{is_of_many, is_secret_field};
use super::headers::address;
use super::vocabulary::{HIDDEN, SECRET};
use regex::{Captures, Regex};
use std::sync::LazyLock;

type Pattern = LazyLock<Option<Regex>>;

/// A JSON Web Token: three or more parts, the first an encoded object.
static JWT: Pattern = LazyLock::new(|| Regex::new(r"\bey[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_.~-]*").ok());
/// A private key as files write it, whole or up to where it was cut off.
static KEY: Pattern = LazyLock::new(|| {
    let line = |word: &str| format!("-----{word} [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----");
    let inside = r"[A-Za-z0-9+/=:,.%\s\\-]*";
    let (begin, end) = (line("BEGIN"), line("END"));
    Regex::new(&format!("{begin}{inside}?{end}|{begin}{inside}")).ok()
});
/// A private member of a key as JSON writes it.
static OF_KEY: Pattern =
    LazyLock::new(|| Regex::new(r#"(\b(?:d|dp|dq|k|p|q|qi)\\*["']\s*(?::|=>)\s*\\*["'])[A-Za-z0-9_/+=-]{12,}"#).ok());
/// Credentials that those who issue them begin alike, so that they are found where they were lost.
static ISSUED: Pattern = LazyLock::new(|| {
    let forms = [
        "(?:AKIA|ASIA)[A-Z0-9]{16}",
        "gh[oprsu]_[A-Za-z0-9]{20,}",
        "github_pat_[A-Za-z0-9_]{20,}",
        "glpat-[A-Za-z0-9_-]{16,}",
        "xox[abeprs]-[A-Za-z0-9-]{10,}",
        "(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,}",
        "AIza[A-Za-z0-9_-]{30,}",
        r"ya29\.[A-Za-z0-9_-]{10,}",
        "(?:npm|hf)_[A-Za-z0-9]{30,}",
        "hv[bs]\\.[A-Za-z0-9_-]{20,}",
    ];
    Regex::new(&format!(r"\b(?:{})", forms.join("|"))).ok()
});
/// Cookies as they stand in a message of HTTP, to the end of their line.
static COOKIES: Pattern = LazyLock::new(|| {
    Regex::new(r#"(?i)((?:set-)?cookie2?\\*["']?[ \t]*(?:=>|[:=])[ \t]*\\*["']?)[^\r\n"'<>\\=]+=[^\r\n"'<>\\]*"#).ok()
});
/// An address.
static ADDRESS: Pattern = LazyLock::new(|| Regex::new(r#"(?i)\b[a-z][a-z0-9+.-]*://[^\s"'<>?#]+"#).ok());
/// A scheme and what follows it.
static SCHEME: Pattern = LazyLock::new(|| {
    Regex::new(r#"(?i)\b(bearer|basic|negotiate|token|api-?key)((?:\s|%20|[+:=])+["']?)([A-Za-z0-9._~+/=-]{3,})"#).ok()
});
/// The scheme that shows what was made of a password.
static DIGEST: Pattern = LazyLock::new(|| Regex::new(r"(?i)\b(digest[ \t]+)[^\r\n]*\bresponse=[^\s,]+").ok());
/// The name of what follows, in a form, in broken JSON, in JSON within texts.
static NAMED: Pattern =
    LazyLock::new(|| Regex::new(r#"([\p{L}\p{M}\p{N}_.-]+)(\\*["']?\]?\s*(?:=>|[:=])\s*\\*["']?)"#).ok());
/// What ends a value without quotes.
const ENDS: &[char] = &['"', '\'', '&', ',', ';', '(', ')', '{', '}', '<', '>', '\\'];
/// A shorter value is a sign of something else.
const SHORTEST_VALUE: usize = 3;
/// A credential by its name, as it is given to a program.
static OPTION: Pattern =
    LazyLock::new(|| Regex::new(r#"(--[A-Za-z0-9_-]+)([ \t]+)([^\s"'&,;(){}-][^\s"'&,;(){}]{2,})"#).ok());
/// Who asks at an address, before its host.
static USER: Pattern = LazyLock::new(|| Regex::new(r#"(?i)\b([a-z][a-z0-9+.-]*://)[^\s"'<>/?#@]+@"#).ok());
/// What is asked at an address.
static QUERY: Pattern = LazyLock::new(|| Regex::new(r#"(?i)\b([a-z][a-z0-9+.-]*://[^\s"'<>?#]*\?)[^\s"'<>]+"#).ok());
/// What is asked at an address without its scheme.
static PATH_QUERY: Pattern = LazyLock::new(|| Regex::new(r#"(/[^\s"'<>?#]*\?)[^\s"'<>]*=[^\s"'<>]*"#).ok());
/// What an address hands on behind its `#`, as some logins do.
static FRAGMENT: Pattern = LazyLock::new(|| Regex::new(r#"(/[^\s"'<>#]*#)[^\s"'<>=]*=[^\s"'<>]*"#).ok());
/// What a refusal says in words.
static DESCRIPTION: Pattern = LazyLock::new(|| Regex::new(r#"(?i)\b(error_description=)"[^"]*""#).ok());

/// Words that follow a scheme or a name in a sentence and are no credential.
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
    "expired",
    "expected",
    "unknown",
    "absent",
    "not",
    "and",
    "was",
    "only",
    "for",
    "must",
    "null",
    "none",
    "true",
    "false",
    "undefined",
    "bearer",
    "basic",
];
/// No credential that is known by its beginning is shorter.
const SHORTEST_ISSUED: usize = 15;
/// A shorter text behind a word that sentences use is no credential.
const SHORTEST: usize = 8;

/// A text with credentials masked, and what is asked at addresses.
pub(super) fn mask(mut text: String, count: &mut usize) -> String {
    // Most texts are short words: what cannot match is not searched.
    let holds = |text: &str, any: &[char]| text.contains(any);
    if let Some(jwt) = JWT.as_ref().filter(|_| text.contains("ey") && text.contains('.')) {
        text = replace(jwt, text, count, |_| Some(SECRET.to_owned()));
    }
    for (pattern, sign) in [(&KEY, "-----BEGIN "), (&ISSUED, "")] {
        if let Some(pattern) = pattern.as_ref().filter(|_| text.len() >= SHORTEST_ISSUED && text.contains(sign)) {
            text = replace(pattern, text, count, |_| Some(SECRET.to_owned()));
        }
    }
    if let Some(key) = OF_KEY.as_ref().filter(|_| text.contains("kty")) {
        text = replace(key, text, count, |found| Some(part(found, 1).to_owned() + SECRET));
    }
    if let Some(cookies) = COOKIES.as_ref().filter(|_| text.contains("ookie") || text.contains("OOKIE")) {
        text = replace(cookies, text, count, |found| Some(part(found, 1).to_owned() + SECRET));
    }
    if let Some(pattern) = ADDRESS.as_ref().filter(|_| text.contains("://")) {
        text = replace(pattern, text, count, |found| {
            Some(address(part(found, 0))).filter(|shown| shown != part(found, 0))
        });
    }
    let by = |pattern: &'static Pattern, mask: &'static str, sign: char| (pattern, mask, sign);
    for (pattern, mask, sign) in [
        by(&USER, "(secret)@", '@'),
        by(&QUERY, HIDDEN, '?'),
        by(&PATH_QUERY, HIDDEN, '?'),
        by(&FRAGMENT, HIDDEN, '#'),
        by(&DIGEST, SECRET, '='),
        by(&DESCRIPTION, "\"(hidden)\"", '='),
    ] {
        if let Some(pattern) = pattern.as_ref().filter(|_| text.contains(sign)) {
            text = replace(pattern, text, count, |found| Some(part(found, 1).to_owned() + mask));
        }
    }
    let judged = |found: &Captures<'_>, is: fn(&str, &str, &str) -> bool| {
        let (name, between) = (part(found, 1), part(found, 2));
        is(name, between, part(found, 3)).then(|| format!("{name}{between}{SECRET}"))
    };
    if let Some(scheme) = SCHEME.as_ref().filter(|_| holds(&text, &[' ', '\t', '\n', '%', '+', ':', '='])) {
        text = replace(scheme, text, count, |found| judged(found, follows_a_scheme));
    }
    if let Some(named) = NAMED.as_ref().filter(|_| holds(&text, &[':', '='])) {
        text = without_named(named, text, count);
    }
    if let Some(option) = OPTION.as_ref().filter(|_| text.contains("--")) {
        text = replace(option, text, count, |found| judged(found, follows_an_option));
    }
    text
}

/// A text without the values that stand behind names of credentials. What stands behind any other name is looked at again,
/// since it may be a name itself.
fn without_named(named: &Regex, text: String, count: &mut usize) -> String {
    let (mut shown, mut after) = (String::new(), 0);
    for found in named.captures_iter(&text) {
        let Some(whole) = found.get(0).filter(|whole| whole.start() >= after) else { continue };
        let rest = text.get(whole.end()..).unwrap_or_default();
        let length = rest.find(|c: char| c.is_whitespace() || ENDS.contains(&c)).unwrap_or(rest.len());
        let value = rest.get(..length).unwrap_or_default();
        if value.chars().count() >= SHORTEST_VALUE && follows_a_name(part(&found, 1), part(&found, 2), value) {
            shown.push_str(text.get(after..whole.end()).unwrap_or_default());
            shown.push_str(SECRET);
            after = whole.end() + length;
            *count += 1;
        }
    }
    if after == 0 {
        return text;
    }
    shown.push_str(text.get(after..).unwrap_or_default());
    shown
}

fn part<'f>(found: &'f Captures<'_>, index: usize) -> &'f str {
    found.get(index).map_or("", |part| part.as_str())
}

/// False for a word of a sentence, as in "bearer token missing" or "basic checks".
fn follows_a_scheme(scheme: &str, between: &str, text: &str) -> bool {
    let scheme = scheme.to_ascii_lowercase();
    let letters = text.contains(|c: char| c.is_ascii_alphabetic());
    !is_word(text)
        && match scheme.as_str() {
            "bearer" => between.trim().is_empty() || is_encoded(text),
            "basic" | "negotiate" => is_encoded(text),
            _ => letters && text.len() >= SHORTEST && text.contains(|c: char| c.is_ascii_digit()),
        }
}

/// False for a word of a sentence, as in "token: expired".
fn follows_a_name(name: &str, between: &str, text: &str) -> bool {
    let name_of = name.to_ascii_lowercase();
    let written = between.contains(['=', '"', '\'']) || name_of.contains("pass") && name_of != "pass";
    let many = || is_of_many(name) && !text.bytes().all(|byte| byte.is_ascii_digit());
    !is_word(text) && (written || is_encoded(text)) && (is_secret_field(name) || many())
}

fn follows_an_option(name: &str, _: &str, text: &str) -> bool {
    is_secret_field(name) && !is_word(text)
}

fn is_word(text: &str) -> bool {
    WORDS.contains(&text.trim_end_matches(['.', '=', ':']).to_ascii_lowercase().as_str())
}

fn is_encoded(text: &str) -> bool {
    let mixed = text.chars().skip(1).any(|c| c.is_ascii_uppercase()) && text.chars().any(|c| c.is_ascii_lowercase());
    mixed || text.contains(|c: char| c.is_ascii_digit() || c == '=')
}

/// Replaces what `by` gives a replacement for; the text is copied only when something is found.
pub(super) fn replace(
    pattern: &Regex,
    text: String,
    count: &mut usize,
    by: impl Fn(&Captures<'_>) -> Option<String>,
) -> String {
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
