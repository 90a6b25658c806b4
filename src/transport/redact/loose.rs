//! Hidden values in what is almost JSON: cut off, malformed on purpose, too deep. Reads on whatever comes.

use super::fields::Fields;

type Kind = Option<&'static str>;

/// The values of hidden fields found in a text, with their kinds, in order.
pub(super) fn values(text: &str, fields: &Fields) -> Vec<(&'static str, String)> {
    let mut scan = Scan { fields, rest: text, outer: Vec::new(), member: None, name: None, found: Vec::new() };
    while scan.step() {}
    scan.found
}

struct Scan<'a> {
    fields: &'a Fields,
    rest: &'a str,
    /// The lists and objects around: kind, and name of the member they stand in.
    outer: Vec<(Kind, String)>,
    /// Kind of the member whose value comes next.
    member: Option<Kind>,
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
                let kind = self.kind_here();
                let name = self.name.take().unwrap_or_else(|| self.parent().to_owned());
                self.outer.push((kind, name));
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

    fn kind_here(&mut self) -> Kind {
        self.member.take().unwrap_or_else(|| self.outer_kind())
    }

    fn outer_kind(&self) -> Kind {
        self.outer.last().and_then(|(kind, _)| *kind)
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
            let own = self.fields.kind_below(self.parent(), &text, as_text);
            self.member = Some(self.outer_kind().or(own));
            self.name = Some(text);
        } else if let Some(kind) = self.kind_here() {
            self.found.push((kind, text));
        }
    }

    fn number(&mut self) {
        let end = self.rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '.' | 'e' | 'E' | '+')));
        let (number, rest) = self.rest.split_at_checked(end.unwrap_or(self.rest.len())).unwrap_or((self.rest, ""));
        self.rest = rest;
        if let Some(kind) = self.kind_here() {
            self.found.push((kind, number.to_owned()));
        }
    }
}

/// True where an object or a list begins.
fn trimmed_start_opens(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}
