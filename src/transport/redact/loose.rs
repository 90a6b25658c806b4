//! Hidden values in what is almost JSON: cut off, malformed on purpose, too deep. Reads on whatever comes.

use super::fields::{Around, Fields, Leaf};

/// The values of hidden fields found in a text, with their kinds, in order.
pub(super) fn values(text: &str, fields: &Fields) -> Vec<(&'static str, String)> {
    let mut scan = Scan { fields, rest: text, outer: Vec::new(), member: None, name: None, found: Vec::new() };
    while scan.step() {}
    scan.found
}

struct Scan<'a> {
    fields: &'a Fields,
    rest: &'a str,
    /// The lists and objects around: what is known of their values, and name of the member they stand in.
    outer: Vec<(Around, String)>,
    /// The same of the member whose value comes next.
    member: Option<Around>,
    /// Its name.
    name: Option<String>,
    found: Vec<(&'static str, String)>,
}

impl Scan<'_> {
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        match first {
            '"' => self.string(),
            '{' | '[' => {
                let around = self.here();
                let name = self.name.take().unwrap_or_else(|| self.parent().to_owned());
                self.outer.push((around, name));
                self.skip(1);
            }
            '}' | ']' => {
                self.outer.pop();
                (self.member, self.name) = (None, None);
                self.skip(1);
            }
            ',' => {
                (self.member, self.name) = (None, None);
                self.skip(1);
            }
            c if c.is_ascii_digit() || c == '-' => self.number(),
            c => self.skip(c.len_utf8()),
        }
        true
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or("");
    }

    fn here(&mut self) -> Around {
        self.member.take().unwrap_or_else(|| self.around())
    }

    fn around(&self) -> Around {
        self.outer.last().map(|(around, _)| *around).unwrap_or_default()
    }

    /// Name of the member the list or object around stands in.
    fn parent(&self) -> &str {
        self.outer.last().map_or("", |(_, name)| name)
    }

    fn string(&mut self) {
        self.skip(1);
        let mut escaped = false;
        let end = self.rest.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let end = end.unwrap_or(self.rest.len());
        let (raw, after) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = after.strip_prefix('"').unwrap_or(after);
        let text = serde_json::from_str(&format!("\"{raw}\"")).unwrap_or_else(|_| raw.to_owned());
        let trimmed = self.rest.trim_start();
        if let Some(rest) = trimmed.strip_prefix(':') {
            self.rest = rest;
            let as_text = !trimmed_start_opens(rest);
            self.member = Some(self.fields.member(self.around(), (self.parent(), &text), as_text, None));
            self.name = Some(text);
        } else {
            let around = self.here();
            let values = self.fields.values(around, &text);
            self.found.extend(values.into_iter().map(|(kind, value)| (kind, value.to_owned())));
        }
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
}

/// True where an object or a list begins.
fn trimmed_start_opens(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}
