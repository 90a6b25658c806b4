//! The body of a message as lines of a page, with the judged places marked.

use super::super::text::{shorten, thousands, visible};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Longest text of one line; longer ones say how much is missing.
const LONGEST_LINE: usize = 2_000;
/// Lines kept at the beginning of a body that is cut.
const HEAD: usize = 40;
/// Lines kept before and after a mark in a body that is cut.
const AROUND: usize = 12;

/// A place in a body and what to say about it.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    /// JSON pointer.
    pub(super) pointer: String,
    /// What to write at the end of the line.
    pub(super) note: String,
}

/// Lines of the same kind, in order. Text is safe to show but not escaped.
#[derive(Debug, Serialize)]
pub(super) struct Segment {
    /// The lines, each with its line break.
    text: String,
    /// Note at a marked line; none for lines that are not marked.
    note: Option<String>,
    /// True when the lines stand far from every mark, so that paper can do without them.
    far: bool,
    /// True when the text only says what was left out here.
    left_out: bool,
}

impl Segment {
    /// What the segment takes in the page, escaped.
    pub(super) fn cost(&self) -> usize {
        40 + super::cost(&self.text) + self.note.as_deref().map_or(0, super::cost)
    }
}

struct Line {
    text: String,
    note: Option<String>,
}

/// A body as segments. JSON is laid out one member a line; anything else is shown as it is. At most `most` lines, and
/// never fewer than those around the marks.
pub(super) fn segments(body: &str, marks: &[Mark], most: usize) -> Vec<Segment> {
    let lines = match serde_json::from_str::<Value>(body) {
        Ok(value) => json_lines(&value, marks),
        Err(_) => body.lines().map(|line| Line { text: shorten(&visible(line), LONGEST_LINE), note: None }).collect(),
    };
    join(&lines, most)
}

fn json_lines(value: &Value, marks: &[Mark]) -> Vec<Line> {
    let mut notes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for mark in marks {
        let (place, missing) = nearest(value, &mark.pointer);
        let note = match missing {
            None => mark.note.clone(),
            Some(rest) => format!("{} is missing; {}", visible(rest.trim_start_matches('/')), mark.note),
        };
        let at_place = notes.entry(place.to_owned()).or_default();
        if !at_place.contains(&note) {
            at_place.push(note);
        }
    }
    let mut layout = Layout { lines: Vec::new(), notes, pointer: String::new() };
    layout.value(value, 0, "", "");
    layout.lines
}

/// The longest beginning of a pointer that leads somewhere, and the rest that does not.
fn nearest<'a>(value: &Value, pointer: &'a str) -> (&'a str, Option<&'a str>) {
    let mut end = pointer.len();
    loop {
        let (place, rest) = pointer.split_at(end);
        if value.pointer(place).is_some() {
            return (place, (!rest.is_empty()).then_some(rest));
        }
        match place.rfind('/') {
            Some(shorter) => end = shorter,
            None => return ("", Some(pointer)),
        }
    }
}

/// Lays out a value line by line, remembering where it is.
struct Layout {
    lines: Vec<Line>,
    notes: BTreeMap<String, Vec<String>>,
    pointer: String,
}

impl Layout {
    fn value(&mut self, value: &Value, depth: usize, name: &str, comma: &str) {
        match value {
            Value::Object(members) if !members.is_empty() => {
                self.push(depth, format!("{name}{{"), true);
                for (number, (key, member)) in members.iter().enumerate() {
                    let comma = if number + 1 == members.len() { "" } else { "," };
                    self.member(&key.replace('~', "~0").replace('/', "~1"), |layout| {
                        layout.value(member, depth + 1, &format!("{}: ", quoted(key)), comma);
                    });
                }
                self.push(depth, format!("}}{comma}"), false);
            }
            Value::Array(items) if !items.is_empty() => {
                self.push(depth, format!("{name}["), true);
                for (number, item) in items.iter().enumerate() {
                    let comma = if number + 1 == items.len() { "" } else { "," };
                    self.member(&number.to_string(), |layout| layout.value(item, depth + 1, "", comma));
                }
                self.push(depth, format!("]{comma}"), false);
            }
            Value::String(text) => self.push(depth, format!("{name}{}{comma}", quoted(text)), true),
            other => self.push(depth, format!("{name}{other}{comma}"), true),
        }
    }

    fn member(&mut self, token: &str, inner: impl FnOnce(&mut Self)) {
        let before = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(token);
        inner(self);
        self.pointer.truncate(before);
    }

    /// Adds a line; `opens` is true for the line that a pointer to this value means.
    fn push(&mut self, depth: usize, text: String, opens: bool) {
        let note = if opens { self.notes.get(&self.pointer).map(|notes| notes.join(" | ")) } else { None };
        self.lines.push(Line { text: format!("{}{text}", "  ".repeat(depth.min(40))), note });
    }
}

/// A JSON string, shortened, with nothing in it that could act on the page.
fn quoted(text: &str) -> String {
    let json = Value::String(shorten(text, LONGEST_LINE)).to_string();
    visible(&json)
}

/// Joins lines to segments. Lines far from the beginning and from every mark are left out of a body longer than `most`;
/// of a shorter one they are shown, but not printed on paper.
fn join(lines: &[Line], most: usize) -> Vec<Segment> {
    let near = near(lines);
    let cut = lines.len() > most;
    let mut segments: Vec<Segment> = Vec::new();
    let mut left_out = 0;
    for (line, near) in lines.iter().zip(near) {
        if cut && !near {
            left_out += 1;
            continue;
        }
        say_left_out(&mut segments, &mut left_out);
        match segments.last_mut() {
            Some(last) if line.note.is_none() && last.note.is_none() && last.far != near && !last.left_out => {
                last.text.push_str(&line.text);
                last.text.push('\n');
            }
            _ => {
                let text = format!("{}\n", line.text);
                segments.push(Segment { text, note: line.note.clone(), far: !near, left_out: false });
            }
        }
    }
    say_left_out(&mut segments, &mut left_out);
    segments
}

/// For each line, whether it stands at the beginning or around a mark.
fn near(lines: &[Line]) -> Vec<bool> {
    let mut near: Vec<bool> = (0..lines.len()).map(|number| number < HEAD).collect();
    for (number, _) in lines.iter().enumerate().filter(|(_, line)| line.note.is_some()) {
        let last = (number + AROUND).min(lines.len() - 1);
        if let Some(around) = near.get_mut(number.saturating_sub(AROUND)..=last) {
            around.fill(true);
        }
    }
    near
}

fn say_left_out(segments: &mut Vec<Segment>, left_out: &mut usize) {
    if *left_out > 0 {
        let text = format!("… {} lines left out here; result.json has them …\n", thousands(*left_out));
        segments.push(Segment { text, note: None, far: false, left_out: true });
        *left_out = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(body: &str, pointer: &str) -> String {
        let marks = [Mark { pointer: pointer.into(), note: "T1".into() }];
        let show = |s: Segment| match s.note {
            Some(note) => format!(">{}<{note}\n", s.text.trim_end()),
            None => s.text,
        };
        segments(body, &marks, 1000).into_iter().map(show).collect()
    }

    #[test]
    fn the_place_is_marked() {
        let body = r#"{"a":{"b/c":[1,{"d":"x"}]},"e":{}}"#;
        assert_eq!(
            marked(body, "/a/b~1c/1/d"),
            "{\n  \"a\": {\n    \"b/c\": [\n      1,\n      {\n>        \"d\": \"x\"<T1\n      }\n    ]\n  },\n  \"e\": {}\n}\n"
        );
        assert!(marked(body, "/a/b~1c").contains(">    \"b/c\": [<T1\n"));
        assert!(marked(body, "").starts_with(">{<T1\n"));
    }

    #[test]
    fn a_missing_member_marks_what_should_hold_it() {
        assert!(marked(r#"{"a":{"b":1}}"#, "/a/x/y").contains(">  \"a\": {<x/y is missing; T1\n"));
        assert!(marked(r#"{"a":1}"#, "/x").starts_with(">{<x is missing; T1\n"));
        assert!(marked("7", "no pointer").starts_with(">7<no pointer is missing; T1\n"));
    }

    #[test]
    fn a_large_body_keeps_its_beginning_and_its_marks() {
        let body = serde_json::to_string(&(0..100_000).collect::<Vec<_>>()).expect("JSON");
        let marks = [Mark { pointer: "/50000".into(), note: "T1".into() }];
        let all = segments(&body, &marks, 400);
        let text: String = all.iter().map(|s| s.text.as_str()).collect();
        assert_eq!(all.iter().filter(|s| s.note.is_some()).count(), 1);
        assert_eq!(all.iter().filter(|s| s.left_out).count(), 2);
        assert!(text.contains("\n  49990,") && text.contains("\n  50010,") && !text.contains("\n  60000,"));
        assert!(text.lines().count() < 80);
    }

    #[test]
    fn long_and_hostile_lines_are_tamed() {
        let body = serde_json::json!({ "k\u{202e}": "\u{1b}[31m".to_owned() + &"x".repeat(1_000_000) }).to_string();
        let text: String = segments(&body, &[], 400).iter().map(|s| s.text.as_str()).collect();
        assert!(text.len() < 3_000 && text.contains("\\u001b[31mxxx") && text.contains("k\\u202e"));
        assert!(text.contains("more characters"));
        let text: String = segments("not \u{0} json", &[], 400).iter().map(|s| s.text.as_str()).collect();
        assert_eq!(text, "not \\u0000 json\n");
        assert!(segments("", &[], 400).is_empty());
    }

    #[test]
    fn deep_nesting_is_shown_as_text() {
        let body = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        assert_eq!(segments(&body, &[], 400).len(), 1);
    }
}
