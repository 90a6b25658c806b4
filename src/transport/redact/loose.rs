//! Hidden values in what is no JSON, or almost: cut off, malformed on purpose, too deep, quoted in a message of an error,
//! written as another language writes it, as XML or as a form. Reads on whatever comes.

mod markup;

use super::evidence::beginning;
use super::fields::{Around, Fields, Leaf, kind_of_key};
use super::secrets::unescaped;
use super::tables;
use crate::transport::encoding::percent_decoded;
use std::collections::HashSet;

/// A longer name, tag or header of a part is none.
const LONGEST: usize = 512;
/// Texts within texts that are looked into.
const DEEPEST: usize = 3;
/// Backslashes before a quote: more of them are none that a program writes.
const MOST_MARKS: usize = 64;
/// Lines of a block that are read.
const LINES: usize = 1_000;
/// What languages put around a value.
const WRAPPERS: &[&str] = &[
    "date",
    "datetime",
    "decimal",
    "float",
    "int",
    "integer",
    "just",
    "localdate",
    "long",
    "objectid",
    "option",
    "optional",
    "some",
    "str",
    "string",
    "text",
    "uuid",
    "value",
];
/// Quotes of other alphabets, and what closes each.
const QUOTES: &[(char, &[char])] = &[
    ('`', &['`', '\'']),
    ('“', &['”', '“', '"']),
    ('”', &['”', '"']),
    ('„', &['“', '”', '"']),
    ('‘', &['’']),
    ('«', &['»']),
    ('»', &['«']),
];
/// A text with so many digits is a value, not a word of a sentence.
const DIGITS: usize = 4;
/// Brackets as forms encode them.
const BRACKETS: &[(&str, &str)] = &[("%5B", "["), ("%5b", "["), ("%5D", "]"), ("%5d", "]")];
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
    // Forms of browsers and of many clients have the brackets of nested names encoded: `person%5Bsurname%5D=…`.
    let plain =
        text.contains("%5").then(|| BRACKETS.iter().fold(text.to_owned(), |text, (code, c)| text.replace(code, c)));
    let text = plain.as_deref().unwrap_or(text);
    read(text, fields, (around, parent), (whole, 0), &mut found);
    found.extend(tables::values(text, fields));
    found
}

/// True for a text that may hold members.
pub(super) fn may_hold_members(text: &str) -> bool {
    text.contains(['{', '=', ':', '<', '\n'])
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
        text,
        rest: text,
        outer: vec![Outer { around, name: parent.to_owned(), is_tag: false }],
        member: None,
        name: None,
        whole,
        depth,
        is_form,
        told: None,
        unclosed: HashSet::new(),
        found,
    };
    while scan.step() {}
}

struct Scan<'a> {
    fields: &'a Fields,
    text: &'a str,
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
    /// The name of a hidden member that an element of its own holds; the value stands in the next one.
    told: Option<String>,
    /// Quotes, by the backslashes before them, that close nothing any more: they are not looked for again.
    unclosed: HashSet<(char, usize)>,
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
                self.close();
                self.next_member(1);
            }
            ',' | '&' | '\n' if first != '\n' || self.member.is_none() => self.next_member(1),
            '<' => self.tag(),
            c if c.is_ascii_digit() || c == '-' => self.number(),
            c if c.is_alphabetic() || c == '_' => self.word(),
            c => match QUOTES.iter().find(|(opens, _)| *opens == c) {
                Some((_, closers)) => self.other_quote(c, closers),
                None => self.skip(c.len_utf8()),
            },
        }
        true
    }

    /// Leaves the list or object around.
    fn close(&mut self) {
        let bracket = self.outer.iter().rposition(|outer| !outer.is_tag).unwrap_or(0);
        self.outer.truncate(bracket.max(1));
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
        if marks > MOST_MARKS {
            return self.skip(marks);
        }
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
        self.quoted(text);
    }

    /// A text that stood in quotes: a name, where a sign for a value follows, else a value.
    fn quoted(&mut self, text: String) {
        match sign_behind(self.rest.trim_start())
            .filter(|behind| behind.sign != '=' || self.fields.is_personal(&text, true))
        {
            Some(behind) => {
                if behind.leaves {
                    self.close();
                }
                self.rest = behind.value;
                self.named(text);
                self.unwrap();
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

    /// A text in quotes of another alphabet, which may also stand alone.
    fn other_quote(&mut self, opens: char, closers: &[char]) {
        self.skip(opens.len_utf8());
        let near = beginning(self.rest, LONGEST);
        let Some(end) = near.find(closers) else { return };
        let (inner, after) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        let after = after.get(after.chars().next().map_or(0, char::len_utf8)..).unwrap_or("");
        if self.member.is_some() || self.around().hides() || sign_behind(after.trim_start()).is_some() {
            self.rest = after;
            self.quoted(inner.to_owned());
        }
    }

    /// Whether an apostrophe opens a text: in front of a name, or where a value is awaited.
    fn may_open(&mut self, marks: usize) -> bool {
        let inner = self.rest.get(marks + 1..).unwrap_or("");
        if self.unclosed.contains(&('\'', marks)) {
            return false;
        }
        let Some(end) = closing(inner, '\'', marks) else {
            self.unclosed.insert(('\'', marks));
            return false;
        };
        let names = || {
            let after = inner.get(end + marks + 1..).unwrap_or("").trim_start();
            end < LONGEST && sign_behind(after).is_some_and(|behind| behind.sign != '=')
        };
        self.member.is_some() || self.around().hides() || names()
    }

    /// What comes next is the value of a member of this name.
    fn named(&mut self, name: String) {
        let as_text = !self.rest.trim_start().starts_with(['{', '[']);
        if let Some(kind) = kind_of_key(&name) {
            self.found.push((kind, name.clone()));
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
        self.rest = after;
        let behind = sign_behind(after.trim_start_matches([' ', '\t'])).filter(|_| word.len() < LONGEST);
        let Some(Behind { sign, value, leaves }) = behind else {
            // In broken JSON a value may have lost its quotes.
            if self.member.is_some_and(Around::hides) || self.member.is_none() && self.around().kind.is_some() {
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
        if leaves {
            self.close();
        }
        let value = value.trim_start_matches([' ', '\t']);
        self.rest = value;
        let line = self.text.len() - text.len();
        self.named(word.to_owned());
        if self.unwrap() || self.rest.len() < value.len() {
            return;
        }
        let marker = value.split('\n').next().unwrap_or_default().trim_end();
        if sign == ':'
            && marker.len() < 4
            && marker.chars().all(|c| matches!(c, '|' | '>' | '-' | '+') || c.is_ascii_digit())
        {
            return self.block(line, marker);
        }
        // What is in brackets or in quotes is read as ever.
        let opens = |c: char| matches!(c, '{' | '[' | '"' | '\'' | '\\') || QUOTES.iter().any(|(opens, _)| *opens == c);
        if !value.starts_with(opens) {
            self.bare(sign, value);
        }
    }

    /// What a language puts around the value that comes next is passed over; true where the value was read with it.
    fn unwrap(&mut self) -> bool {
        let text = self.rest.trim_start_matches([' ', '\t', '&', '*', '(']);
        let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | '*'))).unwrap_or(0);
        let (wrapper, after) = text.split_at_checked(end.min(LONGEST)).unwrap_or(("", text));
        let last = wrapper.rsplit(['.', ':']).next().unwrap_or_default().to_ascii_lowercase();
        if self.member.is_none() || !WRAPPERS.contains(&last.as_str()) {
            return false;
        }
        // The length of a text may stand before it.
        let length = |text: &'a str| {
            let (length, text) = text.strip_prefix('(')?.split_once(')').filter(|(length, _)| length.len() < 8)?;
            length.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.trim_start_matches(' '))
        };
        let after = after.strip_prefix(')').unwrap_or(after);
        let Some(inner) = length(after).or_else(|| after.strip_prefix(['(', '[', '{'])) else { return false };
        self.rest = inner;
        if inner.starts_with(['"', '\'', '\\', '{', '[']) {
            return true;
        }
        let value = inner.split([')', ']', '}', '\r', '\n', '"']).next().unwrap_or_default();
        self.skip(value.len());
        let around = self.here();
        if !self.fields.is_word(value.trim()) {
            self.keep(around, value.trim());
        }
        true
    }

    /// A block as YAML writes it: the lines below a name that stand deeper than it, or behind dashes. `line` is where the
    /// name stands.
    fn block(&mut self, name: usize, marker: &str) {
        let depth = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
        let before = self.text.get(..name).unwrap_or_default();
        let indent = before.len() - before.trim_end_matches([' ', '\t', '-']).len();
        if !(before.len() == indent || before.get(..before.len() - indent).is_some_and(|text| text.ends_with('\n'))) {
            return;
        }
        let around = self.member.unwrap_or_default();
        self.skip(marker.len());
        for _ in 0..LINES {
            let Some(below) = self.rest.trim_start_matches([' ', '\t', '\r']).strip_prefix('\n') else { return };
            let line = below.split('\n').next().unwrap_or_default();
            let text = line.trim();
            let item = text.strip_prefix("- ").or_else(|| (text == "-").then_some(""));
            let deeper = depth(line) > indent || item.is_some() && depth(line) == indent;
            let value = item.unwrap_or(text).trim().trim_matches(['"', '\'']);
            let is_member = marker.is_empty() && (value.contains(": ") || value.ends_with(':'));
            if !text.is_empty() && (!deeper || is_member) {
                return;
            }
            self.rest = below.get(line.len()..).unwrap_or("");
            self.member = None;
            // In a sentence it may be what is wrong with the member.
            let written = value.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || c == '+');
            let sure = self.whole || !marker.is_empty() || written;
            if !value.is_empty() && sure && !self.fields.is_word(value) {
                self.keep(around, value);
            }
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
            '=' | '>' => self.whole || written || in_brackets || digits > 0,
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
}

/// What stands behind a name.
struct Behind<'a> {
    /// `:`, `=`, or `>` for an arrow.
    sign: char,
    value: &'a str,
    /// True where the bracket that the name stands in closes first.
    leaves: bool,
}

/// The sign behind a name, and the value: `:`, `=` and `=>`, the latter two also where the name stands in brackets.
fn sign_behind(text: &str) -> Option<Behind<'_>> {
    let inside = text.strip_prefix(']').map(|text| text.trim_start_matches([' ', '\t']));
    let (text, leaves) = inside.map_or((text, false), |text| (text, true));
    if let Some(value) = text.strip_prefix("=>") {
        return Some(Behind { sign: '>', value, leaves });
    }
    let sign = text.chars().next().filter(|sign| *sign == '=' || *sign == ':' && !leaves)?;
    let value = text.get(1..).unwrap_or("");
    let value = value.strip_prefix('=').filter(|rest| sign == ':' && !rest.starts_with('=')).unwrap_or(value);
    (!value.starts_with(['/', '='])).then_some(Behind { sign, value, leaves })
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
