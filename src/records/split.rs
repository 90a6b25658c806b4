//! Where records start and end in a stream that is one JSON document: a list of records, one record, or an envelope that
//! holds records at a place the standard names. Reads on as bytes come, keeps no more than the record at hand.

use super::documents::{Documents, Kind};
use super::grammar::{Broken, Expect, Grammar, Part};

/// A record in a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Line of its first byte, counted from the start of the chunk.
    pub(super) line: u64,
}

/// Depth of the stack of names that is kept; what is deeper is taken for a part of the last one.
const DEEPEST: usize = 16;

/// Follows one document.
#[derive(Debug)]
pub(super) struct Splitter {
    /// Where records stand.
    documents: Documents,
    /// True where the outermost object at hand is a record.
    bare: bool,
    /// Whether the items of the outermost list at hand are documents; not known before the first one.
    answers: Option<bool>,
    /// True where the item at hand of such a list holds records.
    holding: bool,
    holder: Holder,
    /// True where it was taken for what holds records without knowing, and none was found in it yet.
    doubtful: bool,
    stack: Vec<Level>,
    depth: usize,
    state: State,
    /// The name last read, and the text at hand.
    name: Vec<u8>,
    /// The record at hand.
    record: Option<Open>,
    /// What stands around records is JSON so far; nothing once it was not, so that records behind are judged all the same.
    grammar: Option<Grammar>,
}

/// What is known of a document that holds records.
#[derive(Debug, Default)]
struct Holder {
    /// Its context came before them.
    context: bool,
    /// There is one.
    found: bool,
    encrypted: bool,
    /// What may be records and stands elsewhere was told.
    told: bool,
    /// The text at hand stands on the way to records.
    text: bool,
    /// An object has just started that may be records elsewhere, if anything is in it.
    object: bool,
}

/// A record that has started.
#[derive(Debug)]
struct Open {
    /// Depth of an object; none for a text, a number or a word where a record should be.
    depth: Option<usize>,
    /// The name read last before it, and what was expected.
    name: Vec<u8>,
    expect: Expect,
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
    /// For documents whose records stand at these paths, or are the items of the outermost list.
    pub(super) fn new(documents: &Documents) -> Splitter {
        Splitter {
            documents: documents.clone(),
            bare: false,
            answers: None,
            holding: false,
            holder: Holder::default(),
            doubtful: false,
            stack: Vec::new(),
            depth: 0,
            state: State::Value,
            name: Vec::new(),
            record: None,
            grammar: Some(Grammar::default()),
        }
    }

    /// Goes on through bytes; `tell` hears where a record starts and where it has ended. Gives the place of an object of
    /// which more must be seen to tell what it is: to be gone on from with more bytes, or with the place as `guess`, where
    /// there are no more.
    pub(super) fn go(
        &mut self,
        bytes: &[u8],
        from: usize,
        guess: Option<usize>,
        mut tell: impl FnMut(Edge),
    ) -> Option<usize> {
        let mut at = from;
        while let Some(byte) = bytes.get(at) {
            if self.record.as_ref().is_none_or(|record| record.depth.is_none()) {
                let opens = matches!(byte, b'{' | b'[') && self.state == State::Value;
                if opens && self.record.is_some() {
                    // Right behind a number or a word nothing starts: that is told before anything else.
                    self.around(*byte, at, &mut tell);
                }
                if opens && self.may_hold(*byte == b'[') {
                    let rest = bytes.get(at..).unwrap_or_default();
                    let kind = if *byte == b'[' { Kind::Record } else { self.documents.kind(rest) };
                    let open = matches!(kind, Kind::Open { .. });
                    if open && guess != Some(at) {
                        return Some(at);
                    }
                    self.document(kind, rest, at, &mut tell);
                }
                self.around(*byte, at, &mut tell);
            }
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
            if self.record.as_ref().is_some_and(|record| record.depth.is_some()) && self.state == State::Text {
                at = super::scan::quote(bytes, at);
            }
        }
        None
    }

    /// True where what starts here is a document, or an item of an outermost list that may be one: the first item tells.
    fn may_hold(&self, list: bool) -> bool {
        let item = || !list && self.depth == 1 && self.stack.first().is_some_and(|level| level.list);
        !self.documents.are_records() && (self.depth == 0 || item() && self.answers != Some(false))
    }

    /// A document starts.
    fn document(&mut self, kind: Kind, rest: &[u8], at: usize, tell: &mut impl FnMut(Edge)) {
        let (record, open) = (kind == Kind::Record, matches!(kind, Kind::Open { .. }));
        if self.depth == 0 {
            (self.bare, self.answers) = (record, None);
        } else {
            self.answers.get_or_insert(!record);
            self.holding = !record;
        }
        let context = if record { None } else { self.documents.context(rest) };
        self.doubtful = open;
        self.holder = Holder { context: context.is_some(), ..Holder::default() };
        tell(Edge::Document(context.map(|(from, to)| (at + from, at + to))));
    }

    /// Forgets the record at hand: its bytes will come again from its start.
    pub(super) fn back(&mut self) {
        if let Some(record) = self.record.take() {
            self.depth = record.depth.map_or(self.depth, |depth| depth - 1);
            self.name = record.name;
            self.state = State::Value;
            self.grammar.iter_mut().for_each(|grammar| grammar.back(record.expect));
        }
    }

    /// True while what stands around records is JSON.
    pub(super) fn sound(&self) -> bool {
        self.grammar.is_some()
    }

    /// True where the document is not closed yet.
    pub(super) fn inside(&self) -> bool {
        self.depth > 0 || self.state != State::Value
    }

    /// A byte that is not inside an object which is a record: what stands around records must be JSON, and a text, a number
    /// or a word in a list of records stands where a record should.
    fn around(&mut self, byte: u8, at: usize, tell: &mut impl FnMut(Edge)) {
        if self.holder.object && !byte.is_ascii_whitespace() {
            self.holder.object = false;
            if byte != b'}' {
                self.aside(at, tell);
            }
        }
        if byte == b'{' && self.state == State::Value && self.record.is_none() && self.stands_for_record() {
            // The object is looked at by others, and told when it is entered.
            return;
        }
        // `null` as an item of a list stands for a record, and as a member for none.
        let missing = byte == b'n' && self.stack.last().is_none_or(|level| !level.list);
        let Some(grammar) = &mut self.grammar else { return };
        let expect = grammar.expects();
        match grammar.byte(byte) {
            Ok(Part::Starts) if !missing && self.stands_for_record() => {
                (self.doubtful, self.holder.found) = (false, true);
                self.record = Some(Open { depth: None, name: self.name.clone(), expect });
                tell(Edge::Start(at));
            }
            Ok(Part::Ends) if self.record.take().is_some() => tell(Edge::End(at + 1)),
            Ok(Part::Behind) if self.record.take().is_some() => tell(Edge::End(at)),
            Ok(Part::Starts) => self.value(byte, at, tell),
            Ok(Part::Ends) if self.holder.text && !self.name.trim_ascii().is_empty() => self.aside(at, tell),
            Ok(_) => {}
            Err(why) => self.broken(at, why, tell),
        }
    }

    /// A value starts that is no record.
    fn value(&mut self, byte: u8, at: usize, tell: &mut impl FnMut(Edge)) {
        let path = || self.path();
        let context = byte != b'n' && self.holder.found && !self.holder.context && path().eq([&b"@context"[..]]);
        let object = byte == b'{' && self.documents.may_be_aside(path());
        let text = byte == b'"' && self.documents.lead_on(path());
        let encrypted = byte == b't' && self.documents.encrypted_at(path());
        (self.holder.text, self.holder.object) = (text, object);
        self.holder.encrypted |= encrypted;
        if context {
            self.holder.context = true;
            tell(Edge::Context(at));
        }
    }

    /// The path of a value that starts here.
    fn path(&self) -> impl Iterator<Item = &[u8]> + Clone {
        let member = self.stack.last().is_some_and(|level| !level.list);
        let name = if member { self.name.as_slice() } else { &[] };
        self.stack.iter().map(|level| level.name.as_slice()).chain([name]).filter(|name| !name.is_empty())
    }

    /// Something that may be records and stands elsewhere: that is told once.
    fn aside(&mut self, at: usize, tell: &mut impl FnMut(Edge)) {
        self.holder.text = false;
        if !std::mem::replace(&mut self.holder.told, true) {
            tell(Edge::Aside(at));
        }
    }

    /// The document is no JSON, or cannot be followed: that is told once.
    fn broken(&mut self, at: usize, why: Broken, tell: &mut impl FnMut(Edge)) {
        self.grammar = None;
        self.doubtful = false;
        self.record = self.record.take().filter(|record| record.depth.is_some());
        tell(Edge::Broken(at, why));
    }

    /// True where a value that starts here stands for a record.
    fn stands_for_record(&self) -> bool {
        let (name, within) = match self.stack.last() {
            Some(level) if !level.list => (self.name.as_slice(), false),
            Some(_) if self.holding && self.stack.len() == 1 => (&[][..], false),
            Some(level) => (&[][..], level.records),
            None => (&[][..], self.bare),
        };
        within || self.named(name)
    }

    fn enter(&mut self, list: bool, at: usize, tell: &mut impl FnMut(Edge)) {
        self.depth += 1;
        if self.record.is_some() {
            return;
        }
        let outermost = self.stack.is_empty() && list;
        let records = outermost || self.stands_for_record();
        if !list && records {
            let expect = match self.grammar.as_mut().map(Grammar::value) {
                Some(Ok(expect)) => expect,
                Some(Err(why)) => {
                    self.broken(at, why, tell);
                    Expect::Top
                }
                None => Expect::Top,
            };
            (self.doubtful, self.holder.found) = (false, true);
            self.record = Some(Open { depth: Some(self.depth), name: self.name.clone(), expect });
            tell(Edge::Start(at));
            return;
        }
        self.value(if list { b'[' } else { b'{' }, at, tell);
        if self.stack.len() >= DEEPEST {
            // No path leads on from here.
            if !list && self.documents.lead_on(self.path()) {
                self.aside(at, tell);
            }
            return;
        }
        let member = self.stack.last().is_some_and(|level| !level.list);
        let name = if member { std::mem::take(&mut self.name) } else { Vec::new() };
        self.stack.push(Level { list, name, records });
    }

    fn leave(&mut self, at: usize, tell: &mut impl FnMut(Edge)) {
        if self.record.as_ref().is_some_and(|record| record.depth == Some(self.depth)) {
            self.record = None;
            tell(Edge::End(at + 1));
        } else if self.record.is_none() && self.stack.len() == self.depth {
            self.stack.pop();
        }
        self.depth = self.depth.saturating_sub(1);
        let item = self.depth == 1 && std::mem::take(&mut self.holding);
        if self.depth == 0 || item {
            self.bare = false;
            if std::mem::take(&mut self.doubtful) {
                tell(Edge::Unread(at));
            }
            let Holder { found, encrypted, .. } = self.holder;
            if encrypted && !found {
                self.aside(at, tell);
            }
            self.holder = Holder::default();
        }
    }

    /// True when a member of this name, here, holds records.
    fn named(&self, name: &[u8]) -> bool {
        let path = self.stack.iter().map(|level| level.name.as_slice()).chain([name]).filter(|name| !name.is_empty());
        self.documents.stand_at(path)
    }
}

/// What is met on the way through documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    /// A document starts: where the context of the records in it is, from and to.
    Document(Option<(usize, usize)>),
    /// A record starts.
    Start(usize),
    /// The byte behind it.
    End(usize),
    /// The document is not followed any more.
    Broken(usize, Broken),
    /// One ends that was too large to tell whether it is a record, and in which none was found.
    Unread(usize),
    /// Something that may be records and stands elsewhere.
    Aside(usize),
    /// The context of a document behind records in it.
    Context(usize),
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::de::IgnoredAny;
    use serde_json::Value;

    /// The records of a document given in portions, and whether what stands around them is JSON. A record that is not
    /// whole at the end of a portion comes again from its start.
    fn split(document: &str, size: usize) -> (Vec<String>, bool) {
        let places = ["message.found.data.rows".to_owned(), "@graph".to_owned()];
        let mut splitter = Splitter::new(&Documents::new(&places, &[]));
        let (mut found, mut open) = (Vec::new(), None);
        let bytes = document.as_bytes();
        let (mut from, mut end, mut guess) = (0, 0, None);
        while end < bytes.len() || guess.is_some() {
            end = (end + size).min(bytes.len());
            let waits = splitter.go(&bytes[..end], from, guess, |edge| match edge {
                Edge::Start(at) => open = Some(at),
                Edge::End(at) => {
                    found.extend(open.take().map(|start| String::from_utf8_lossy(&bytes[start..at]).into_owned()));
                }
                Edge::Broken(..) => open = None,
                Edge::Document(_) | Edge::Unread(_) | Edge::Aside(_) | Edge::Context(_) => {}
            });
            guess = waits.filter(|_| end == bytes.len());
            let again = open.filter(|_| end < bytes.len()).inspect(|_| splitter.back());
            from = waits.or(again).unwrap_or(end);
        }
        (found, splitter.sound() && !splitter.inside())
    }

    proptest! {
        /// A document is JSON where what stands around its records is, and each of them.
        #[test]
        fn no_document_is_taken_for_json_that_is_none(
            graph in any::<bool>(),
            bits in proptest::collection::vec(prop_oneof![
                Just("{"), Just("}"), Just("["), Just("]"), Just(","), Just(":"), Just("\"a\""), Just("\"@graph\":"), Just("1"),
                Just("null"), Just(" "), Just("\u{e9}"), Just("\""), Just("\\"), Just("{\"a\":1}"), Just(",{}"), Just("x"),
            ], 0..12),
            size in 1..9usize,
        ) {
            let bits = bits.concat();
            let document = if graph { format!("{{\"@graph\":[{bits}]}}") } else { format!("[{bits}]") };
            let (records, sound) = split(&document, size);
            let json = |text: &str| serde_json::from_str::<IgnoredAny>(text).is_ok();
            let told = sound && records.iter().all(|record| json(record));
            // Lists and objects may follow each other.
            let all: Result<Vec<Value>, _> = serde_json::Deserializer::from_str(&document).into_iter().collect();
            let fine = all.is_ok_and(|all| all.iter().all(|value| value.is_array() || value.is_object()));
            prop_assert_eq!(told, fine, "{}: {:?}", &document, &records);
            prop_assert_eq!((&records, sound), (&split(&document, 1000).0, split(&document, 1000).1));
        }
    }

    /// What is told beside records, by the bytes at its place, in portions of any size.
    #[test]
    fn what_may_be_records_elsewhere_is_told_once_of_each_document() {
        let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let documents = Documents::new(&texts(&["message.found.data.rows", "@graph"]), &texts(&["header"]));
        let documents = documents.with(&texts(&["pages"]), "header.secret");
        let told = |document: &str, size: usize| {
            let mut splitter = Splitter::new(&documents);
            let (mut all, mut open) = (Vec::new(), None);
            let (mut from, mut end) = (0, 0);
            while end < document.len() {
                end = (end + size).min(document.len());
                let bytes = &document.as_bytes()[..end];
                let waits = splitter.go(bytes, from, None, |edge| match edge {
                    Edge::Start(at) => open = Some(at),
                    Edge::End(_) => open = None,
                    Edge::Aside(at) => all.push(format!("aside {at}")),
                    Edge::Context(at) => all.push(format!("context {at}")),
                    Edge::Document(Some((from, to))) => all.push(format!("in {}", &document[from..to])),
                    _ => {}
                });
                let again = open.filter(|_| end < document.len()).inspect(|_| splitter.back());
                from = waits.or(again).unwrap_or(end);
            }
            all
        };
        for (document, expected) in [
            (r#"{"message": {"found": [{"data": {"rows": [{"a": 1}]}, "pages": {"n": 1}}]}}"#, vec![]),
            (
                r#"{"header": {"secret": false}, "message": {"found": [{"status": "none"}, {"data": {"rows": []}}]}}"#,
                vec![],
            ),
            (r#"{"header": {"x": {}}, "message": {"found": [], "n": "none", "data": ["x"]}}"#, vec![]),
            (r#"{"message": {"found": [{"data": {"row": [{"a": 1}, {"a": 2}]}}]}}"#, vec!["aside 42"]),
            (r#"{"message": {"found": [], "x": { }, "row": [{}, { "a": 1}]}}"#, vec!["aside 50"]),
            (r#"{"@graph": [{}], "x": 1, "y": [1], "header": {"a": {"b": 1}}}"#, vec![]),
            (r#"{"@graph": [{}], "a": {"b": 1}, "c": [{"d": 1}]}"#, vec!["aside 23"]),
            (r#"{"message": [[[[[[[[[[[[[[[{"found": {"x": 1}}]]]]]]]]]]]]]]], "@graph": [{}]}"#, vec!["aside 27"]),
            (r#"{"message": "eyJ"} {"message": " "} {"message": "x"}"#, vec!["aside 16", "aside 50"]),
            (r#"{"header": {"secret": true}, "message": {"x": "eyJ"}}"#, vec!["aside 52"]),
            (r#"{"header": {"secret": true}, "message": {"found": [{"data": {"rows": [{}]}}]}}"#, vec![]),
            (
                r#"{"@context": {"x": "y"}, "@graph": [{}]} {"@graph": [{}], "@context": "z"}"#,
                vec![r#"in {"x": "y"}"#, "context 70"],
            ),
        ] {
            for size in [1, 2, 7, 1000] {
                assert_eq!(told(document, size), expected, "{document} by {size}");
            }
        }
    }

    #[test]
    fn lists_envelopes_and_graphs_are_split_alike_in_any_portions() {
        let cases = [
            (r#" [ {"a": "}"}, {"b": [{"c": 1}]} , 7 ]"#, vec![r#"{"a": "}"}"#, r#"{"b": [{"c": 1}]}"#, "7"]),
            (r#"["a\"]", null, [-1.5, {}]]"#, vec![r#""a\"]""#, "null", "-1.5", "{}"]),
            (r#"{"@graph": "x", "y": 5}"#, vec![r#""x""#]),
            (r#"{"@graph": null}"#, vec![]),
            (
                r#"{"message": {"found": [{"data": {"rows": true}}, {"data": {"rows": [{"a": "x"}], "n": 1}}]}}"#,
                vec!["true", r#"{"a": "x"}"#],
            ),
            (
                r#"{"message": {"found": [{"data": {"rows": [{"a": "\"]"}, [{"b": 2}]], "x": {}}}, {"data": {"rows": {"c": 3}}}]}}"#,
                vec![r#"{"a": "\"]"}"#, r#"{"b": 2}"#, r#"{"c": 3}"#],
            ),
            (r#"{"@context": {"x": 1}, "@graph": [{"a": 1}]}"#, vec![r#"{"a": 1}"#]),
            // A list of documents, told by the first one.
            (
                r#"[{"@graph": [{"a": 1}]}, {"message": {"found": [{"data": {"rows": [{"b": 2}]}}]}}, {"c": 3}]"#,
                vec![r#"{"a": 1}"#, r#"{"b": 2}"#, r#"{"c": 3}"#],
            ),
            (r#"[{"a": {"@graph": 1}}, {"@graph": [1]}]"#, vec![r#"{"a": {"@graph": 1}}"#, r#"{"@graph": [1]}"#]),
            (r#"{"a": {"rows": [{"b": 1}]}}"#, vec![r#"{"a": {"rows": [{"b": 1}]}}"#]),
            // Documents of several kinds in one file.
            (
                "[{\"a\": 1}]\n{\"b\": 2}\n{\"@graph\": [{\"c\": 3}]} {\"d\": {\"@graph\": [4]}, \"message\": \"}\"}[{}]",
                vec!["{\"a\": 1}", "{\"b\": 2}", "{\"c\": 3}", "{\"d\": {\"@graph\": [4]}, \"message\": \"}\"}", "{}"],
            ),
            // However deep lists are in lists.
            (
                r#"{"@graph": [[[[[[[[[[[[[[[[[[{"a": 1}, 7], {"b": 2}]]]]]]]]]]]]]]]]]}"#,
                vec![r#"{"a": 1}"#, "7", r#"{"b": 2}"#],
            ),
            ("", vec![]),
        ];
        for (document, expected) in cases {
            for size in [1, 2, 7, 1000] {
                let expected = expected.iter().map(|record| (*record).to_owned()).collect();
                assert_eq!(split(document, size), (expected, true), "{document} by {size}");
            }
        }
    }
}
