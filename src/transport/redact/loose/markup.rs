//! Markup and parts of forms, in which a header, a tag or an attribute names the value.

use super::{LONGEST, Outer, Scan};
use crate::transport::redact::credentials::is_secret_field;
use crate::transport::redact::evidence::beginning;
use crate::transport::redact::fields::Around;

/// Attributes of markup that hold names of fields, not values.
const NAMES: &[&str] = &["name", "id", "class", "type", "for", "key", "field", "property", "column"];
/// Attributes that hold the value of the field which one of those names.
const VALUES: &[&str] = &["value", "content"];
/// Open elements among which one that closes is looked for.
const DEEPEST: usize = 256;
/// A text that is read as it stands.
const LITERAL: &str = "<![CDATA[";

impl<'a> Scan<'a> {
    /// A part of a form: its name is told, its value stands behind a blank line.
    pub(super) fn part(&mut self, word: &str, value: &'a str) {
        let quoted = value.strip_prefix('"').and_then(|rest| Some((rest, beginning(rest, LONGEST).find('"')?)));
        let Some((name, after)) = quoted.and_then(|(rest, end)| Some((rest.get(..end)?, rest.get(end + 1..)?))) else {
            return;
        };
        self.rest = after;
        if word == "filename" {
            return self.found.push(("value", name.to_owned()));
        }
        let around = match is_secret_field(name) {
            true => Around::hidden("value"),
            false => self.fields.member(self.around(), ("", name), true, None),
        };
        if !around.hides() || name.is_empty() {
            return;
        }
        let near = beginning(after, LONGEST);
        let start = [("\r\n\r\n", "\r\n--"), ("\n\n", "\n--")].into_iter().find_map(|(blank, end)| {
            let start = near.find(blank)? + blank.len();
            let value = after.get(start..)?.split(end).next()?;
            Some((value, after.get(start + value.len()..)?))
        });
        if let Some((value, rest)) = start {
            self.keep(around, value.trim());
            self.rest = rest;
        }
    }

    /// A tag of markup: what stands behind it is the value of a member of its name, or of one it names.
    pub(super) fn tag(&mut self) {
        let rest = self.rest.get(1..).unwrap_or("");
        // What begins another tag ends none.
        let near = beginning(rest, 8 * LONGEST);
        let Some(end) = near.find(['>', '<']).filter(|end| near.get(*end..).is_some_and(|at| at.starts_with('>')))
        else {
            return self.skip(1);
        };
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
            let open = self.outer.iter().rev().take(DEEPEST).take_while(|outer| outer.is_tag);
            if let Some(own) = open.enumerate().find_map(|(at, outer)| (outer.name == name).then_some(at)) {
                self.outer.truncate((self.outer.len() - own - 1).max(1));
            }
            return;
        }
        let named = self.attributes(tag);
        let literal = after.trim_start().strip_prefix(LITERAL);
        let text = after.split('<').next().unwrap_or_default();
        let holds_text = literal.is_some() || !text.trim().is_empty();
        let told = if holds_text { self.told.take() } else { None };
        let member = named.or(told.as_deref()).unwrap_or(name);
        let around = match is_secret_field(member) {
            true => Around::hidden("value"),
            false => self.fields.member(self.around(), (self.parent(), member), holds_text, None),
        };
        if !tag.ends_with('/') {
            self.outer.push(Outer { around, name: name.to_owned(), is_tag: true });
        }
        if holds_text && around.hides() {
            let (text, rest) = match literal {
                Some(literal) => literal.split_once("]]>").unwrap_or((literal, "")),
                None => (text, after.get(text.len()..).unwrap_or("")),
            };
            self.rest = rest;
            self.keep(around, text.trim());
        } else if holds_text && told.is_none() && text.len() < LONGEST && self.fields.is_personal(text.trim(), true) {
            self.told = Some(text.trim().to_owned());
        }
    }

    /// Keeps what attributes hold, and gives the name of a hidden field that one of them tells.
    fn attributes(&mut self, tag: &'a str) -> Option<&'a str> {
        let (mut named, mut beside) = (None, None);
        let mut rest = tag;
        while let Some((before, after)) = rest.split_once('=') {
            let name = before.rsplit(char::is_whitespace).next().unwrap_or_default();
            let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''));
            let Some((value, more)) = quote.and_then(|quote| after.get(1..)?.split_once(quote)) else {
                rest = after;
                continue;
            };
            match name {
                _ if NAMES.contains(&name) => {
                    named = named.or_else(|| Some(value).filter(|value| self.fields.is_personal(value, true)));
                }
                _ if VALUES.contains(&name) => beside = beside.or(Some(value)),
                _ if self.fields.is_personal(name, true) => {
                    self.keep(self.fields.member(Around::default(), ("", name), true, None), value);
                }
                _ => {}
            }
            rest = more;
        }
        if let (Some(name), Some(value)) = (named, beside) {
            self.keep(self.fields.member(Around::default(), ("", name), true, None), value);
        }
        named
    }
}
