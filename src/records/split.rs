//! Where records start and end in a stream that is one JSON document: a list of records, one record, or an envelope that
//! holds records at a place the standard names. Reads on as bytes come, keeps no more than the record at hand.

/// A record in a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Line of its first byte, counted from the start of the chunk.
    pub(super) line: u64,
}

/// Depth of the stack of names that is kept; records lie no deeper.
const DEEPEST: usize = 16;

/// Follows one document.
#[derive(Debug)]
pub(super) struct Splitter {
    /// Paths of members that hold records, list positions left out.
    places: Vec<Vec<String>>,
    stack: Vec<Level>,
    depth: usize,
    state: State,
    /// The name last read, and the text at hand.
    name: Vec<u8>,
    /// Depth at which the record at hand started, and its name where it is a member.
    record: Option<(usize, Vec<u8>)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Level {
    list: bool,
    name: Vec<u8>,
    records: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Value,
    Text,
    Escape,
}

impl Splitter {
    /// For a document whose records stand at these paths (`message.found.data.rows`; the empty path is the document
    /// itself), or are the items of the outermost list.
    pub(super) fn new(places: &[String]) -> Splitter {
        let parts = |path: &String| path.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let places = places.iter().map(parts).collect();
        Splitter { places, stack: Vec::new(), depth: 0, state: State::Value, name: Vec::new(), record: None }
    }

    /// Goes on through bytes; `tell` hears where a record starts and where it has ended.
    pub(super) fn go(&mut self, bytes: &[u8], from: usize, mut tell: impl FnMut(Edge)) {
        let mut at = from;
        while let Some(byte) = bytes.get(at) {
            match self.state {
                State::Text => match byte {
                    b'"' => self.state = State::Value,
                    b'\\' => self.state = State::Escape,
                    other if self.record.is_none() && self.name.len() < 128 => self.name.push(*other),
                    _ => {}
                },
                State::Escape => self.state = State::Text,
                State::Value => match byte {
                    b'"' => {
                        self.state = State::Text;
                        self.name.clear();
                    }
                    b'{' | b'[' => self.enter(*byte == b'[', at, &mut tell),
                    b'}' | b']' => self.leave(at, &mut tell),
                    _ => {}
                },
            }
            at += 1;
            // Inside a record and a text only a quote or a backslash matters.
            if self.record.is_some() && self.state == State::Text {
                at = super::scan::quote(bytes, at);
            }
        }
    }

    /// Forgets the record at hand: its bytes will come again from its start.
    pub(super) fn back(&mut self) {
        if let Some((depth, name)) = self.record.take() {
            self.depth = depth - 1;
            self.name = name;
            self.state = State::Value;
        }
    }

    /// True where the document is not closed yet.
    pub(super) fn inside(&self) -> bool {
        self.depth > 0 || self.state != State::Value
    }

    fn enter(&mut self, list: bool, at: usize, tell: &mut impl FnMut(Edge)) {
        self.depth += 1;
        if self.record.is_some() || self.stack.len() >= DEEPEST {
            return;
        }
        let above = self.stack.last();
        let name = if above.is_some_and(|level| !level.list) { std::mem::take(&mut self.name) } else { Vec::new() };
        let outermost = self.stack.is_empty() && list;
        let within = above.is_some_and(|level| level.records && level.list);
        let records = outermost || within || self.named(&name);
        if !list && records {
            self.record = Some((self.depth, name));
            tell(Edge::Start(at));
            return;
        }
        self.stack.push(Level { list, name, records });
    }

    fn leave(&mut self, at: usize, tell: &mut impl FnMut(Edge)) {
        if self.record.as_ref().is_some_and(|(depth, _)| *depth == self.depth) {
            self.record = None;
            tell(Edge::End(at + 1));
        } else if self.record.is_none() && self.stack.len() == self.depth {
            self.stack.pop();
        }
        self.depth = self.depth.saturating_sub(1);
    }

    /// True when a member of this name, here, holds records.
    fn named(&self, name: &[u8]) -> bool {
        let path = self.stack.iter().map(|level| level.name.as_slice()).chain([name]).filter(|name| !name.is_empty());
        self.places.iter().any(|place| place.iter().map(String::as_bytes).eq(path.clone()))
    }
}

/// Where a record starts, and the byte behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    Start(usize),
    End(usize),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(document: &str, size: usize) -> Vec<String> {
        let places = ["message.found.data.rows".to_owned(), "@graph".to_owned()];
        let mut splitter = Splitter::new(&places);
        let (mut found, mut start) = (Vec::new(), 0);
        let bytes = document.as_bytes();
        let mut from = 0;
        while from < bytes.len() {
            let end = (from + size).min(bytes.len());
            splitter.go(&bytes[..end], from, |edge| match edge {
                Edge::Start(at) => start = at,
                Edge::End(at) => found.push(document[start..at].to_owned()),
            });
            from = end;
        }
        found
    }

    #[test]
    fn lists_envelopes_and_graphs_are_split_alike_in_any_portions() {
        let cases = [
            (r#" [ {"a": "}"}, {"b": [{"c": 1}]} , 7 ]"#, vec![r#"{"a": "}"}"#, r#"{"b": [{"c": 1}]}"#]),
            (
                r#"{"message": {"found": [{"data": {"rows": [{"a": "\"]"}, [{"b": 2}]], "x": {}}}, {"data": {"rows": {"c": 3}}}]}}"#,
                vec![r#"{"a": "\"]"}"#, r#"{"b": 2}"#, r#"{"c": 3}"#],
            ),
            (r#"{"@context": {"x": 1}, "@graph": [{"a": 1}]}"#, vec![r#"{"a": 1}"#]),
            (r#"{"a": {"rows": [{"b": 1}]}}"#, vec![]),
            ("", vec![]),
        ];
        for (document, expected) in cases {
            for size in [1, 2, 7, 1000] {
                assert_eq!(records(document, size), expected, "{document} by {size}");
            }
        }
    }
}
