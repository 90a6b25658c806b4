//! The personal values of a run and their tokens, and finding them in any text in linear time.
//!
//! Values are kept in a tree of segments (a run of letters and digits, or one other character), so that a value is
//! found at word boundaries only, the longest first, with one walk per segment of the text however many values there
//! are.

use super::fields::is_kind;
use super::secrets::json_escaped;
use crate::model::text::{digit, is_unspaced, letters, plain_digits};
use crate::transport::encoding::{form_encoded, percent_encoded};
use std::borrow::Cow;
use std::collections::HashMap;

/// What stands for a secret.
pub(super) const SECRET: &str = "(secret)";
/// What stands for a hidden value that has no token.
pub(super) const HIDDEN: &str = "(hidden)";
/// Shorter values are hidden in their fields only: as words they could be anything.
pub(super) const SHORTEST: usize = 3;
/// A value is recognised by its first so many segments.
const DEPTH: usize = 64;
/// Long values that begin alike; more are not told apart.
const TAILS: usize = 16;
/// Values and bytes learned at most; beyond it values are hidden in their fields only.
const MOST: usize = 200_000;
const MOST_BYTES: usize = 64 << 20;
/// Nodes of the tree at most: values of many marks take one for each.
const MOST_NODES: usize = 3_000_000;
/// Digits of a number that is known again whatever marks are between them.
const SHORTEST_NUMBER: usize = 7;
const LONGEST_NUMBER: usize = 24;
/// What stands where a text was cut, and bytes before it that may be the beginning of a value.
const CUT: char = '…';
const LONGEST_CUT: usize = 64;
/// Values that are compared with such a beginning.
const MOST_COMPARED: usize = 20_000;
/// Groups such a number is written in, and what stands between them.
const GROUPS: usize = 8;
const MARKS: &[char] = &[' ', '-', '.', '/', ',', '_', '\'', '’', '–', '\u{a0}', '\u{202f}'];

#[derive(Debug)]
pub(super) struct Vocabulary {
    tokens: HashMap<String, String>,
    counters: HashMap<&'static str, usize>,
    nodes: Vec<Node>,
    /// The digits of values that are nothing but numbers, to be found whatever marks are between them.
    numbers: HashMap<String, String>,
    bytes: usize,
    full: bool,
}

#[derive(Debug, Default)]
struct Node {
    next: HashMap<Box<str>, usize>,
    end: Option<End>,
}

/// A value ends here.
#[derive(Debug)]
struct End {
    token: String,
    /// Also where the text writes it in lower case. Not so for a single word such as the name Will.
    in_lower_case: bool,
    /// For values longer than the tree is deep: the whole of each.
    tails: Vec<String>,
    long: bool,
}

impl Default for Vocabulary {
    fn default() -> Self {
        Vocabulary {
            tokens: HashMap::new(),
            counters: HashMap::new(),
            nodes: vec![Node::default()],
            numbers: HashMap::new(),
            bytes: 0,
            full: false,
        }
    }
}

impl Vocabulary {
    /// True when there were more values than can be kept.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// The token of a value.
    pub(super) fn token(&self, value: &str) -> Option<&str> {
        self.tokens.get(value).map(String::as_str)
    }

    /// Gives a value its token, unless it has one.
    pub(super) fn learn(&mut self, kind: &'static str, value: &str) {
        if value.trim().is_empty() || looks_like_a_token(value) || self.tokens.contains_key(value) {
            return;
        }
        let bytes = self.bytes.saturating_add(value.len());
        if self.tokens.len() >= MOST || bytes > MOST_BYTES || self.nodes.len() > MOST_NODES {
            self.full = true;
            return;
        }
        self.bytes += value.len();
        let counter = self.counters.entry(kind).or_default();
        *counter += 1;
        let token = format!("{kind}-{counter}");
        self.tokens.insert(value.to_owned(), token.clone());
        let trimmed = value.trim();
        if letters(trimmed) < SHORTEST {
            return;
        }
        self.plant(trimmed, &token);
        let encoded = [percent_encoded(trimmed), form_encoded(trimmed), json_escaped(trimmed), in_markup(trimmed)];
        for spelling in encoded.into_iter().filter(|spelling| spelling != trimmed) {
            self.plant(&spelling, &token);
        }
        for digits in numbers(trimmed) {
            self.numbers.entry(digits).or_insert_with(|| token.clone());
        }
    }

    fn plant(&mut self, value: &str, token: &str) {
        let mut at = 0;
        let mut segments = Segments(value);
        for segment in segments.by_ref().take(DEPTH) {
            let fresh = self.nodes.len();
            let Some(node) = self.nodes.get_mut(at) else { return };
            at = *node.next.entry(lower(segment).into()).or_insert(fresh);
            if at == fresh {
                self.nodes.push(Node::default());
            }
        }
        let long = !segments.0.is_empty();
        let single_word = value.chars().all(char::is_alphabetic) && value != value.to_lowercase();
        let Some(node) = self.nodes.get_mut(at) else { return };
        let end = node.end.get_or_insert_with(|| End {
            token: token.to_owned(),
            in_lower_case: false,
            tails: Vec::new(),
            long,
        });
        end.in_lower_case |= !single_word;
        end.long |= long;
        if long && end.tails.len() < TAILS {
            end.tails.push(value.to_owned());
        }
    }

    /// The text with every value replaced by its token, and how many there were.
    pub(super) fn replace(&self, text: &str) -> (String, usize) {
        let mut replaced = String::with_capacity(text.len());
        let mut count = 0;
        let mut rest = text;
        let cut = text.find(CUT);
        while !rest.is_empty() {
            let left = cut.and_then(|cut| cut.checked_sub(text.len() - rest.len()));
            let length = if let Some(length) = self.placeholder(rest) {
                replaced.push_str(rest.get(..length).unwrap_or(""));
                length
            } else if let Some(left) = left.filter(|left| self.is_beginning(rest.get(..*left).unwrap_or(""))) {
                replaced.push_str(HIDDEN);
                count += 1;
                left
            } else {
                let id = random_id(rest).unwrap_or(0);
                let found = longest(self.find(rest), self.number(rest));
                match found.filter(|(length, _)| *length >= id) {
                    Some((length, token)) => {
                        replaced.push_str(token);
                        count += 1;
                        length
                    }
                    // A value that stands inside a random id stands there by chance.
                    None => {
                        let length = id.max(Segments(rest).next().unwrap_or(rest).len());
                        replaced.push_str(rest.get(..length).unwrap_or(rest));
                        length
                    }
                }
            };
            rest = rest.get(length..).unwrap_or("");
        }
        (replaced, count)
    }

    /// True for the beginning of a value, where the rest of it was cut off.
    fn is_beginning(&self, text: &str) -> bool {
        let Some(mut node) = self.nodes.first().filter(|_| (SHORTEST..LONGEST_CUT).contains(&text.len())) else {
            return false;
        };
        let written = text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        let mut segments = Segments(text);
        while let Some(segment) = segments.next() {
            let known = lower(segment);
            if segments.0.is_empty() {
                let alone = segment.len() == text.len();
                return match alone {
                    true if !written || segment.chars().count() <= SHORTEST => false,
                    // Too many to be looked at for each text.
                    _ if node.next.len() > MOST_COMPARED => true,
                    _ => node.next.keys().any(|key| key.starts_with(&*known)),
                };
            }
            let Some(next) = node.next.get(&*known).and_then(|next| self.nodes.get(*next)) else { return false };
            node = next;
        }
        false
    }

    /// True when a text is nothing but a mask, or a token given to a value.
    pub(super) fn is_placeholder(&self, text: &str) -> bool {
        self.placeholder(text) == Some(text.len())
    }

    /// The length of the token or mask a text begins with.
    fn placeholder(&self, text: &str) -> Option<usize> {
        if text.starts_with('(') {
            return [SECRET, HIDDEN].iter().find(|mask| text.starts_with(**mask)).map(|mask| mask.len());
        }
        let (kind, number, length) = token_shape(text)?;
        (number <= self.counters.get(kind).copied().unwrap_or(0)).then_some(length)
    }

    /// The longest value that stands at the start of a text: its length there, and its token.
    fn find(&self, text: &str) -> Option<(usize, &str)> {
        let mut found = None;
        let mut length = 0;
        let mut node = self.nodes.first()?;
        for segment in Segments(text) {
            let Some(next) = node.next.get(&*lower(segment)) else { break };
            if length > 0 && self.placeholder(text.get(length..).unwrap_or("")).is_some() {
                break;
            }
            node = self.nodes.get(*next)?;
            length += segment.len();
            found = node.end.as_ref().and_then(|end| self.ends(end, text, length)).or(found);
        }
        found
    }

    /// The longest number that stands at the start of a text, with other marks between its digits: its length there, and
    /// its token.
    fn number(&self, text: &str) -> Option<(usize, &str)> {
        let (mut found, mut digits, mut length) = (None, String::new(), 0);
        for _ in 0..GROUPS {
            let rest = text.get(length..).filter(|_| !self.numbers.is_empty())?;
            let end = rest.find(|c: char| digit(c).is_none()).unwrap_or(rest.len());
            let (group, after) = rest.split_at_checked(end)?;
            let next = after.chars().next();
            // A time may follow a date.
            if group.is_empty()
                || digits.len() + group.chars().count() > LONGEST_NUMBER
                || next.is_some_and(|c| c.is_alphanumeric() && c != 'T')
            {
                break;
            }
            digits.push_str(&plain_digits(group));
            length += end;
            found = self.numbers.get(&digits).map(|token| (length, token.as_str())).or(found);
            let Some(mark) = next.filter(|c| MARKS.contains(c)) else { break };
            length += mark.len_utf8();
        }
        found
    }

    fn ends<'a>(&'a self, end: &'a End, text: &str, length: usize) -> Option<(usize, &'a str)> {
        let matched = text.get(..length)?;
        if !end.in_lower_case && matched == matched.to_lowercase() && !self.tokens.contains_key(matched) {
            return None;
        }
        if let Some(token) = self.token(matched) {
            return Some((length, token));
        }
        if end.long {
            // What begins like a long personal value and goes on differently is hidden to its end, to be safe.
            let whole = end.tails.iter().find(|tail| text.starts_with(tail.as_str()));
            return Some((
                whole.map_or(text.len(), String::len),
                whole.and_then(|w| self.token(w)).unwrap_or(&end.token),
            ));
        }
        Some((length, &end.token))
    }
}

/// The longer of two places that begin alike.
fn longest<'f>(one: Option<(usize, &'f str)>, other: Option<(usize, &'f str)>) -> Option<(usize, &'f str)> {
    match (one, other) {
        (Some(one), Some(other)) if other.0 > one.0 => Some(other),
        (one, other) => one.or(other),
    }
}

/// The digits of a value that is nothing but a number; of a date in every order they may be written in.
fn numbers(value: &str) -> Vec<String> {
    let value = &*plain_digits(value);
    let plain = |c: char| c.is_ascii_digit() || MARKS.contains(&c) || matches!(c, '+' | '(' | ')');
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    if !value.chars().all(plain) || !(SHORTEST_NUMBER..=LONGEST_NUMBER).contains(&digits.len()) {
        return Vec::new();
    }
    let day = value.parse::<jiff::civil::Date>().ok().filter(|_| value.len() == 10);
    let orders = day.iter().flat_map(|day| [day.strftime("%d%m%Y").to_string(), day.strftime("%m%d%Y").to_string()]);
    let orders: Vec<String> = orders.collect();
    [vec![digits], orders].concat()
}

/// A value in the shape of a token cannot be told from one.
fn looks_like_a_token(value: &str) -> bool {
    value == SECRET || value == HIDDEN || token_shape(value).is_some_and(|(_, _, length)| length == value.len())
}

/// What stands in a text in place of what was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Replaced {
    /// The token of a value: the same token always means the same value.
    ByToken,
    /// A mask: nothing is known of what was there.
    ByMask,
}

/// Whether a text that was redacted earlier holds something in place of a value; the mask counts where it holds both.
pub fn replaced(text: &str) -> Option<Replaced> {
    if text.contains(SECRET) || text.contains(HIDDEN) {
        return Some(Replaced::ByMask);
    }
    let mut rest = text;
    while let Some(segment) = Segments(rest).next() {
        if token_shape(rest).is_some() {
            return Some(Replaced::ByToken);
        }
        rest = rest.get(segment.len()..).unwrap_or("");
    }
    None
}

/// Kind, number and length of what a text begins with, when that has the shape of a token.
fn token_shape(text: &str) -> Option<(&str, usize, usize)> {
    let mut segments = Segments(text);
    let kind = segments.next().filter(|kind| is_kind(kind))?;
    segments.next().filter(|dash| *dash == "-")?;
    let digits =
        segments.next().filter(|digits| !digits.starts_with('0') && digits.bytes().all(|d| d.is_ascii_digit()))?;
    Some((kind, digits.parse().ok()?, kind.len() + 1 + digits.len()))
}

/// The length of the UUID a text begins with, and of letters and digits right behind it.
pub(super) fn random_id(text: &str) -> Option<usize> {
    const PARTS: [usize; 9] = [8, 1, 4, 1, 4, 1, 4, 1, 12];
    let mut segments = Segments(text);
    let (mut length, last) = (0, PARTS.len() - 1);
    for (number, part) in PARTS.iter().enumerate() {
        let segment = segments.next()?;
        let own = segment.get(..*part).filter(|_| segment.len() == *part || number == last)?;
        let form = if *part == 1 { own == "-" } else { own.bytes().all(|byte| byte.is_ascii_hexdigit()) };
        length += segment.len();
        form.then_some(())?;
    }
    Some(length)
}

fn lower(segment: &str) -> Cow<'_, str> {
    match segment.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        true => Cow::Borrowed(segment),
        false => Cow::Owned(segment.to_lowercase()),
    }
}

/// A value as a web page may write it.
fn in_markup(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// A text cut into runs of letters and digits, and other characters one by one: so are letters of scripts that write no blanks
/// between words.
struct Segments<'a>(&'a str);

impl<'a> Iterator for Segments<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let first = self.0.chars().next()?;
        let joins = |c: char| c.is_alphanumeric() && !is_unspaced(c);
        let end = match joins(first) {
            true => self.0.find(|c: char| !joins(c)).unwrap_or(self.0.len()),
            false => first.len_utf8(),
        };
        let (segment, rest) = self.0.split_at_checked(end)?;
        self.0 = rest;
        Some(segment)
    }
}
