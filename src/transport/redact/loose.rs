//! Hidden values in what is no JSON, or almost: cut off, malformed on purpose, too deep, quoted in a message of an error,
//! written as another language writes it, as XML or as a form. Reads on whatever comes.

use super::fields::{Around, Fields, Leaf, is_id, is_secret_field};
use super::secrets::unescaped;
use crate::transport::encoding::percent_decoded;

/// A longer name, tag or header of a part is none.
const LONGEST: usize = 512;
/// Texts within texts that are looked into.
const DEEPEST: usize = 3;
/// A text with so many digits is a value, not a word of a sentence.
const DIGITS: usize = 4;
/// Attributes of markup that hold names of fields, not values.
const NAMES: &[&str] = &["name", "id", "class", "type", "for", "content"];
/// What ends a value without quotes in a form, and on a line.
const ENDS_IN_A_FORM: &[char] =
    &['&', ';', ',', ' ', '\t', '\r', '\n', '<', '>', '"', '(', ')', '{', '}', '[', ']', '|', '\\'];
const ENDS_ON_A_LINE: &[char] = &['\r', '\n', ',', ';', '<', '>', '"', '{', '}', '[', ']', '|', '\\'];

/// The values of hidden fields found in a text, with their kinds, in order. `around` and `parent` tell where it stands;
/// it is `whole` where nothing is around it, so that it is data rather than a sentence.
pub(super) fn values(
    text: &str,
    fields: &Fields,
    (around, parent): (Around, &str),
    whole: bool,
) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    read(text, fields, (around, parent), (whole, 0), &mut found);
    found
}

/// True for a text that may hold members.
pub(super) fn may_hold_members(text: &str) -> bool {
    text.contains(['{', '=', ':', '<'])
}

fn read(
    text: &str,
    fields: &Fields,
    (around, parent): (Around, &str),
    (whole, depth): (bool, usize),
    found: &mut Vec<(&'static str, String)>,
) {
    let is_form = text.contains("form-data");
    let mut scan = Scan {
        fields,
        rest: text,
        outer: vec![Outer { around, name: parent.to_owned(), is_tag: false }],
        member: None,
        name: None,
        whole,
        depth,
        is_form,
        found,
    };
    while scan.step() {}
}

struct Scan<'a> {
    fields: &'a Fields,
    rest: &'a str,
    /// The lists, objects and elements around; the first stands for what is around the text.
    outer: Vec<Outer>,
    /// What is known of the member whose value comes next.
    member: Option<Around>,
    /// Its name.
    name: Option<String>,
    whole: bool,
    depth: usize,
    /// Parts of a form, each behind a header of its own.
    is_form: bool,
    found: &'a mut Vec<(&'static str, String)>,
}

/// What is known of the values in it, and the name of the member it stands in.
struct Outer {
    around: Around,
    name: String,
    is_tag: bool,
}

impl<'a> Scan<'a> {
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        match first {
            '"' | '\'' | '\\' => self.quote(),
            '{' | '[' => {
                let around = self.here();
                let name = self.name.take().unwrap_or_else(|| self.parent().to_owned());
                self.outer.push(Outer { around, name, is_tag: false });
                self.skip(1);
            }
            '}' | ']' => {
                let bracket = self.outer.iter().rposition(|outer| !outer.is_tag).unwrap_or(0);
                self.outer.truncate(bracket.max(1));
                self.next_member(1);
            }
            ',' | '&' | '\n' if first != '\n' || self.member.is_none() => self.next_member(1),
            '<' => self.tag(),
            c if c.is_ascii_digit() || c == '-' => self.number(),
            c if c.is_alphabetic() || c == '_' => self.word(),
            c => self.skip(c.len_utf8()),
        }
        true
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or("");
    }

    fn next_member(&mut self, bytes: usize) {
        (self.member, self.name) = (None, None);
        self.skip(bytes);
    }

    fn here(&mut self) -> Around {
        self.member.take().unwrap_or_else(|| self.around())
    }

    fn around(&self) -> Around {
        self.outer.last().map(|outer| outer.around).unwrap_or_default()
    }

    /// Name of the member the list or object around stands in.
    fn parent(&self) -> &str {
        self.outer.last().map_or("", |outer| outer.name.as_str())
    }

    fn keep(&mut self, around: Around, text: &str) {
        let values = self.fields.values(around, text);
        self.found.extend(values.into_iter().map(|(kind, value)| (kind, value.to_owned())));
    }

    /// A text in quotes; in JSON within a text they are behind backslashes.
    fn quote(&mut self) {
        let marks = self.rest.bytes().take_while(|byte| *byte == b'\\').count();
        let Some(quote) = self.rest.get(marks..).and_then(|rest| rest.chars().next()) else { return self.skip(marks) };
        if !matches!(quote, '"' | '\'') || quote == '\'' && !self.may_open(marks) {
            return self.skip(marks.max(1));
        }
        self.skip(marks + 1);
        let end = closing(self.rest, quote, marks).unwrap_or(self.rest.len());
        let (raw, after) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = after.get(marks + 1..).unwrap_or("");
        let from_json = || serde_json::from_str(&format!("\"{raw}\"")).ok();
        let text: String = Some(quote)
            .filter(|quote| *quote == '"' && marks == 0)
            .and_then(|_| from_json())
            .unwrap_or_else(|| unescaped(raw));
        let trimmed = self.rest.trim_start();
        match trimmed.strip_prefix("=>").or_else(|| trimmed.strip_prefix(':')) {
            Some(rest) => {
                self.rest = rest;
                self.named(text);
            }
            None => {
                let around = self.here();
                self.keep(around, &text);
                if self.depth < DEEPEST && may_hold_members(&text) {
                    let parent =
                        self.name.as_deref().unwrap_or_else(|| self.outer.last().map_or("", |outer| &outer.name));
                    read(&text, self.fields, (Around::default(), parent), (false, self.depth + 1), self.found);
                }
            }
        }
    }

    /// Whether an apostrophe opens a text: in front of a name, or where a value is awaited.
    fn may_open(&self, marks: usize) -> bool {
        let inner = self.rest.get(marks + 1..).unwrap_or("");
        let Some(end) = closing(inner, '\'', marks) else { return false };
        let names = || {
            let after = inner.get(end + marks + 1..).unwrap_or("").trim_start();
            end < LONGEST && (after.starts_with(':') || after.starts_with("=>"))
        };
        self.member.is_some() || self.around().hides() || names()
    }

    /// What comes next is the value of a member of this name.
    fn named(&mut self, name: String) {
        let as_text = !self.rest.trim_start().starts_with(['{', '[']);
        if is_id(&name) {
            self.found.push(("identifier", name.clone()));
        }
        self.member = Some(self.fields.member(self.around(), (self.parent(), &name), as_text, None));
        self.name = Some(name);
    }

    fn number(&mut self) {
        let end = self.rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '.' | 'e' | 'E' | '+')));
        let (number, rest) = self.rest.split_at_checked(end.unwrap_or(self.rest.len())).unwrap_or((self.rest, ""));
        self.rest = rest;
        let around = self.here();
        if let Leaf::Everywhere(kind) = self.fields.number(around, number) {
            self.found.push((kind, number.to_owned()));
        }
    }

    /// A word without quotes: the name of a member, where one stands behind it, else nothing.
    fn word(&mut self) {
        let text = self.rest;
        let end = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.')));
        let (word, after) = text.split_at_checked(end.unwrap_or(text.len())).unwrap_or((text, ""));
        let behind = after.trim_start_matches([' ', '\t']);
        let sign = behind.chars().next().filter(|sign| matches!(sign, ':' | '='));
        let value = behind.get(1..).unwrap_or("");
        self.rest = after;
        let Some(sign) = sign.filter(|_| word.len() < LONGEST && !value.starts_with(['/', '='])) else {
            // In broken JSON a value may have lost its quotes.
            if self.member.is_some_and(Around::hides) {
                let value = text.split(ENDS_ON_A_LINE).next().unwrap_or_default();
                self.rest = text;
                self.bare(':', value);
            }
            return;
        };
        if self.is_form && sign == '=' && matches!(word, "name" | "filename") {
            return self.part(word, value);
        }
        if !self.fields.is_personal(word, self.whole) {
            return;
        }
        let value = value.trim_start_matches([' ', '\t']);
        self.rest = value;
        let word = word.to_owned();
        self.named(word);
        // What is in brackets or in quotes is read as ever.
        if !value.starts_with(['{', '[', '"', '\'', '\\']) {
            self.bare(sign, value);
        }
    }

    /// A value without quotes behind the name of a member that is hidden. In a sentence it may be a word.
    fn bare(&mut self, sign: char, value: &str) {
        let ends = if sign == '=' { ENDS_IN_A_FORM } else { ENDS_ON_A_LINE };
        let value = value.split(ends).next().unwrap_or_default();
        self.skip(value.len());
        let around = self.here();
        let value = value.trim();
        let digits = value.bytes().filter(u8::is_ascii_digit).count();
        let written = value.starts_with(|c: char| c.is_uppercase() || !c.is_ascii() || matches!(c, '+' | '%'));
        let in_brackets = self.outer.len() > 1;
        let is_value = match sign {
            '=' => self.whole || written || in_brackets || digits > 0,
            _ => digits >= DIGITS || self.whole || in_brackets && written,
        };
        if !is_value || self.fields.is_word(value) {
            return;
        }
        self.keep(around, value);
        let decoded = percent_decoded(value);
        if sign == '=' && decoded != value {
            self.keep(around, &decoded);
        }
    }

    /// A part of a form: its name is told, its value stands behind a blank line.
    fn part(&mut self, word: &str, value: &'a str) {
        let Some((name, after)) = value.strip_prefix('"').and_then(|rest| rest.split_once('"')) else { return };
        self.rest = after;
        if word == "filename" {
            return self.found.push(("value", name.to_owned()));
        }
        let start = [("\r\n\r\n", "\r\n--"), ("\n\n", "\n--")].into_iter().find_map(|(blank, end)| {
            let at = after.find(blank).filter(|at| *at < LONGEST)?;
            after.get(at + blank.len()..)?.split(end).next()
        });
        let around = match is_secret_field(name) {
            true => Around::hidden("value"),
            false => self.fields.member(self.around(), ("", name), true, None),
        };
        if let Some(value) = start.filter(|_| around.hides() && !name.is_empty()) {
            self.keep(around, value.trim());
        }
    }

    /// A tag of markup: what stands behind it is the value of a member of its name.
    fn tag(&mut self) {
        let rest = self.rest.get(1..).unwrap_or("");
        let Some(end) = rest.find('>').filter(|end| *end < 8 * LONGEST) else { return self.skip(1) };
        let (tag, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let after = after.get(1..).unwrap_or("");
        let closes = tag.starts_with('/');
        let name_end = tag.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/')));
        let name = tag.get(..name_end.unwrap_or(tag.len())).unwrap_or(tag).trim_matches('/');
        if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return self.skip(1);
        }
        self.rest = after;
        (self.member, self.name) = (None, None);
        if closes {
            let own = self.outer.iter().rev().take_while(|outer| outer.is_tag).position(|outer| outer.name == name);
            if let Some(own) = own {
                self.outer.truncate((self.outer.len() - own - 1).max(1));
            }
            return;
        }
        self.attributes(tag);
        let text = after.split('<').next().unwrap_or_default();
        let holds_text = !text.trim().is_empty();
        let around = match is_secret_field(name) {
            true => Around::hidden("value"),
            false => self.fields.member(self.around(), (self.parent(), name), holds_text, None),
        };
        if !tag.ends_with('/') {
            self.outer.push(Outer { around, name: name.to_owned(), is_tag: true });
        }
        if holds_text && around.hides() {
            self.skip(text.len());
            self.keep(around, text.trim());
        }
    }

    fn attributes(&mut self, tag: &str) {
        let mut rest = tag;
        while let Some((before, after)) = rest.split_once('=') {
            let name = before.rsplit(char::is_whitespace).next().unwrap_or_default();
            let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''));
            let Some((value, more)) = quote.and_then(|quote| after.get(1..)?.split_once(quote)) else {
                rest = after;
                continue;
            };
            if !NAMES.contains(&name) && self.fields.is_personal(name, true) {
                self.keep(self.fields.member(Around::default(), ("", name), true, None), value);
            }
            rest = more;
        }
    }
}

/// Where a text in quotes ends: at the same quote behind as many backslashes, and behind no odd number of them in JSON.
fn closing(text: &str, quote: char, marks: usize) -> Option<usize> {
    let mut run = 0;
    for (at, c) in text.char_indices() {
        match c {
            '\\' => run += 1,
            c if c == quote && (marks == 0 && run % 2 == 0 || marks > 0 && run == marks) => {
                return Some(at - marks.min(run));
            }
            _ => run = 0,
        }
    }
    None
}
