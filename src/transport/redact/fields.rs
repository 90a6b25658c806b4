//! Which members hold personal values or secrets, and of what kind, told from their names and from where they stand.

use super::sentences::is_mixed;
use crate::model::text::{digits, letters};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};

/// Words in a field name and the kind they mean; the first that fits counts.
const KINDS: &[(&str, &str)] = &[
    ("mail", "email"),
    ("phone", "phone"),
    ("mobile", "phone"),
    ("address", "address"),
    ("street", "address"),
    ("postal", "address"),
    ("locality", "address"),
    ("place", "address"),
    ("name", "name"),
    ("birth", "date"),
    ("death", "date"),
    ("date", "date"),
    ("identifier", "identifier"),
    ("number", "identifier"),
];
const OTHER: &str = "value";
/// What is asked for first of all.
const ASKED_FOR: &str = "identifier";

/// A number with fewer digits is a count, or a year.
const DIGITS_OF_IDS: usize = 5;
/// The name of a member with so many digits is an identifier: some write records as `{"77001122": {…}}`.
const DIGITS_OF_NAMES: usize = 6;
/// A number of a record with more digits before its point may be somebody's.
const DIGITS_OF_COUNTS: usize = 6;
/// A longer text names no member.
const LONGEST_NAME: usize = 64;
/// A shorter name of a hidden field is no sign within another name; what may stand behind one, besides a number.
const SHORTEST_WITHIN: usize = 5;
const LONGEST_SIGN: usize = 3;
/// A shorter text is nobody's name or number.
const SHORTEST_NAME: usize = 3;
/// A longer text is no query that is taken apart.
const LONGEST_QUERY: usize = 8 << 10;
/// Words that programs write for a truth, or for nothing.
const WORDS: &[&str] = &["true", "false", "yes", "no", "null", "none"];

/// What a standard has words of its own for: these are nobody's.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Codes, as they are written.
    pub codes: HashSet<String>,
    /// Members of records by all their names, in lower case; where there are none, no member counts as unknown.
    pub members: HashSet<String>,
    /// Those that hold objects.
    pub objects: HashSet<String>,
    /// Other names of members, with the name in the standard, in lower case.
    pub aliases: HashMap<String, String>,
    /// Members of messages, in lower case.
    pub messages: HashSet<String>,
}

/// The fields a profile hides.
#[derive(Debug)]
pub(super) struct Fields {
    names: Vec<String>,
    plain: HashSet<String>,
    /// Hidden where they hold plain text or a number, not where they hold an object with members of its own.
    as_text: HashSet<String>,
    /// Hidden only directly below a member of another name, lists passed over: `outer.inner`.
    below: HashSet<(String, String)>,
    /// Members that hold queries: whatever is asked for is hidden.
    queries: HashSet<String>,
    /// Members of queries that are no values.
    grammar: HashSet<String>,
    /// Members that hold records, in which members that the standard does not know are hidden, with the list of those
    /// that are shown all the same.
    records: HashMap<String, usize>,
    /// Members shown in such a member, lists passed over.
    shown: Vec<HashSet<String>>,
    /// Members that hold messages, in which objects that no message has are taken for records.
    messages: HashSet<String>,
    known: Known,
    /// The codes in lower case.
    codes: HashSet<String>,
}

/// Follows a name that is hidden as plain text only.
const AS_TEXT: &str = " as text";
/// Stands between the name of a member that holds a query, and those of members in it that are shown.
const BUT: &str = " but ";
/// Stands before the name of a member that holds records.
const UNKNOWN_IN: &str = "unknown in ";
/// Stands before the name of a member that holds a message.
const OBJECTS_UNKNOWN_IN: &str = "objects unknown in ";
/// Members that tell of a mistake: what their own members are called says nothing of persons.
const ERRORS: &[&str] = &[
    "cause",
    "detail",
    "details",
    "error",
    "errors",
    "exception",
    "exceptions",
    "fault",
    "invalidparams",
    "issue",
    "issues",
    "problem",
    "problems",
    "validationerrors",
    "violation",
    "violations",
    "warning",
    "warnings",
];
/// How names of members end that hold no words: what messages are told apart by, codes, addresses, times, counts.
const NO_WORDS: &[&str] = &[
    "at",
    "code",
    "codes",
    "count",
    "cursor",
    "date",
    "digest",
    "hash",
    "id",
    "ids",
    "number",
    "ref",
    "reference",
    "size",
    "time",
    "timestamp",
    "ts",
    "uri",
    "url",
    "version",
];
/// Words in the names of members that are ids of persons, of whom no message of the standard knows one.
const PERSONS: &[&str] =
    &["applicant", "beneficiary", "citizen", "individual", "national", "patient", "person", "resident", "subject"];
/// How names of members end whose numbers count something, beside those that hold no words.
const COUNTS: &[&str] =
    &["bytes", "duration", "elapsed", "epoch", "length", "limit", "millis", "offset", "seconds", "total", "uptime"];
/// Members that tell a time in a number.
const MOMENTS: &[&str] = &["created", "exp", "expires", "iat", "modified", "ms", "nbf", "now", "updated"];
/// What validators call the value that was wrong, beside the member that says where it stands.
const WRONG_VALUES: &[&str] =
    &["input", "received", "actual", "got", "found", "data", "instance", "provided", "argument", "entered", "default"];
/// Items of a list that are looked at for the name of a member.
const NAMES_IN_A_LIST: usize = 16;

/// What is known of a value from the members around it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Around {
    /// Its kind, where it is hidden.
    pub(super) kind: Option<&'static str>,
    part: Part,
    /// True where it is hidden for what it may be: codes and counts are shown.
    guessed: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Part {
    #[default]
    Message,
    /// A message whose objects are known.
    Envelope,
    /// A member of a message of which all but some members belong to a record; the list of those.
    Data(usize),
    Query,
    Record,
    /// What JSON-LD says of a record.
    Term,
}

/// What is to be done with a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Leaf {
    /// It is shown.
    Open,
    /// It is hidden where it stands.
    Here,
    /// It is hidden wherever it turns up.
    Everywhere(&'static str),
}

impl Around {
    /// A value that is hidden for certain.
    pub(super) fn hidden(kind: &'static str) -> Around {
        Around { kind: Some(kind), ..Around::default() }
    }

    /// What is known of what stands within a text: that it is hidden itself says nothing of each of its parts.
    pub(super) fn within(self) -> Around {
        Around { kind: None, guessed: false, ..self }
    }

    /// What stands in a record.
    pub(super) fn record() -> Around {
        Around { part: Part::Record, ..Around::default() }
    }

    /// True where a value may be hidden that stands here without a name.
    pub(super) fn hides(self) -> bool {
        self.kind.is_some() || !self.is_open()
    }

    /// True for what stands in a message and is no part of a query or a record.
    pub(super) fn is_open(self) -> bool {
        matches!(self.part, Part::Message | Part::Envelope)
    }
}

impl Fields {
    pub(super) fn new(names: &[String]) -> Fields {
        let pair = |name: &String| name.split_once('.').map(|(outer, inner)| (folded(outer), folded(inner)));
        let marks = |name: &str| name.ends_with(AS_TEXT) || name.contains(BUT) || name.contains(UNKNOWN_IN);
        let special = |name: &&String| marks(name);
        let listed = |members: &str| {
            let names = members.split(',').map(|name| folded(name.trim()));
            names.filter(|name| !name.is_empty()).collect::<HashSet<_>>()
        };
        let records = names.iter().filter_map(|name| name.strip_prefix(UNKNOWN_IN));
        let records: Vec<(&str, &str)> = records.map(|name| name.split_once(BUT).unwrap_or((name, ""))).collect();
        let others = names.iter().filter(|name| !name.starts_with(UNKNOWN_IN));
        let queries: Vec<(&str, &str)> = others.filter_map(|name| name.split_once(BUT)).collect();
        let grammar = queries.iter().flat_map(|(_, members)| members.split(',')).map(|name| folded(name.trim()));
        Fields {
            names: names.to_vec(),
            plain: names.iter().filter(|name| !special(name) && !name.contains('.')).map(|name| folded(name)).collect(),
            as_text: names.iter().filter_map(|name| name.strip_suffix(AS_TEXT)).map(folded).collect(),
            below: names.iter().filter_map(pair).collect(),
            grammar: grammar.collect(),
            queries: queries.iter().map(|(name, _)| folded(name)).collect(),
            records: records.iter().enumerate().map(|(at, (name, _))| (folded(name), at)).collect(),
            shown: records.iter().map(|(_, members)| listed(members)).collect(),
            messages: names.iter().filter_map(|name| name.strip_prefix(OBJECTS_UNKNOWN_IN)).map(folded).collect(),
            known: Known::default(),
            codes: HashSet::new(),
        }
    }

    pub(super) fn know(&mut self, known: Known) {
        self.codes = known.codes.iter().map(|code| code.to_lowercase()).collect();
        self.known = known;
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The kind of a hidden field; none when the field is not hidden.
    fn kind(&self, name: &str) -> Option<&'static str> {
        let own = folded(last(name));
        (self.plain.contains(&own) || self.has_a_word_around(name, &own)).then(|| kind_of(name))
    }

    /// True for the name of a hidden field with a word before it or a sign of its own behind it: `old_surname`, `surname_ar`.
    fn has_a_word_around(&self, name: &str, own: &str) -> bool {
        let known = || self.known.members.contains(&plain(name)) || self.is_of_messages(name);
        let behind = |rest: &str| rest.len() <= LONGEST_SIGN || rest.bytes().all(|byte| byte.is_ascii_digit());
        let around = |field: &String| {
            let long = field.len() >= SHORTEST_WITHIN;
            long && (own.ends_with(field.as_str()) || own.strip_prefix(field.as_str()).is_some_and(behind))
        };
        own.len() <= LONGEST_NAME && self.plain.iter().any(around) && !known()
    }

    /// True for a member that holds personal values wherever it stands, by a name that means nothing else; of any other
    /// that is hidden as text, only where `any`.
    pub(super) fn is_personal(&self, name: &str, any: bool) -> bool {
        let as_text = self.as_text.contains(&folded(last(name))) && (any || !self.known.objects.contains(&plain(name)));
        self.kind(name).is_some() || as_text
    }

    /// What is known of a document: in one that holds no message, also not in a wrapper, objects may be records.
    pub(super) fn around_all(&self, document: &Value) -> Around {
        let own = |(name, value): (&String, &Value)| value.is_object() && self.messages.contains(&folded(name));
        let holds = |value: &Value| value.as_object().is_some_and(|members| members.iter().any(own));
        let wraps = |value: &Value| value.as_object().is_some_and(|members| members.values().any(holds));
        let is_foreign = |value: &Value| value.is_object() && !holds(value) && !wraps(value);
        let foreign = match document {
            Value::Array(items) => !items.is_empty() && items.iter().all(is_foreign),
            other => is_foreign(other),
        };
        match foreign && !self.messages.is_empty() && !self.known.messages.is_empty() {
            true => Around { part: Part::Envelope, ..Around::default() },
            false => Around::default(),
        }
    }

    /// Whether a text in a member of this name may be said to people, although it has no blank.
    pub(super) fn may_hold_words(&self, name: &str) -> bool {
        let of_person = |folded: &str| PERSONS.iter().any(|word| folded.contains(word)) && !self.is_of_messages(name);
        let folded = folded(name);
        !NO_WORDS.iter().any(|end| folded.ends_with(end)) || of_person(&folded)
    }

    /// True for a member whose numbers, however large, count something or tell a time.
    pub(super) fn counts(&self, name: &str) -> bool {
        let folded = folded(name);
        self.is_of_messages(name)
            || folded.starts_with("total")
            || COUNTS.iter().any(|end| folded.ends_with(end))
            || MOMENTS.contains(&folded.as_str())
    }

    /// True for a member that messages of the standard have.
    pub(super) fn is_of_messages(&self, name: &str) -> bool {
        self.known.messages.contains(&plain(name))
    }

    /// True for a text that is a word of the standard, or of programs.
    pub(super) fn is_word(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.codes.contains(&text) || self.known.members.contains(&text) || WORDS.contains(&text.as_str())
    }

    /// The kind of a member by its own name, or by that of the member `parent` it stands in; `as_text` where it holds
    /// no members of its own.
    fn kind_below(&self, parent: &str, name: &str, as_text: bool) -> Option<&'static str> {
        let both = || (folded(last(parent)), folded(last(name)));
        self.kind(name)
            .or_else(|| (as_text && self.as_text.contains(&folded(last(name)))).then(|| kind_of(name)))
            .or_else(|| self.below.contains(&both()).then(|| kind_of(&format!("{parent}.{name}"))))
    }

    /// What is known of the values of a member, by its own name, that of the member `parent` it stands in, what is around,
    /// and the hidden field that is `named` beside it. `as_text` where it holds no members of its own.
    pub(super) fn member(
        &self,
        around: Around,
        (parent, name): (&str, &str),
        as_text: bool,
        named: Option<&'static str>,
    ) -> Around {
        let sure = |kind| Around { kind, guessed: false, ..around };
        if around.part == Part::Query {
            return self.asked(around, name, as_text, named);
        }
        if around.kind.is_some() && !around.guessed {
            return around;
        }
        let beside = || {
            let lower = name.to_ascii_lowercase();
            named.filter(|_| lower.contains("value") || as_text && WRONG_VALUES.contains(&lower.as_str()))
        };
        if let Some(kind) = self.kind_below(parent, name, as_text).or_else(beside) {
            return sure(Some(kind));
        }
        let folded = folded(name);
        match around.part {
            Part::Record | Part::Term => self.recorded(around, name, &plain(name), as_text),
            _ if self.queries.contains(&folded) => Around { kind: Some(ASKED_FOR), part: Part::Query, guessed: true },
            _ if self.records.contains_key(&folded) && !is_of_error(parent) => {
                Around { kind: as_text.then_some(OTHER), part: self.part_of(&folded), guessed: false }
            }
            Part::Data(list) if self.shown.get(list).is_some_and(|shown| shown.contains(&folded)) => around,
            Part::Data(_) => self.recorded(Around { part: Part::Record, ..around }, name, &plain(name), as_text),
            _ if self.messages.contains(&folded) => Around { part: Part::Envelope, ..around },
            Part::Envelope if !as_text && !self.known.messages.contains(&plain(name)) && !is_of_error(&folded) => {
                Around { part: Part::Record, ..around }
            }
            _ => around,
        }
    }

    fn part_of(&self, records: &str) -> Part {
        let list = self.records.get(records).copied().unwrap_or_default();
        match self.shown.get(list).is_none_or(HashSet::is_empty) || self.known.members.is_empty() {
            true => Part::Record,
            false => Part::Data(list),
        }
    }

    /// A member of a query: its names are those of members of records, which say what kind of value is asked for.
    fn asked(&self, around: Around, name: &str, as_text: bool, named: Option<&'static str>) -> Around {
        let last = plain(name.rsplit('.').next().unwrap_or(name));
        if self.grammar.contains(&folded(&last)) {
            return Around { kind: None, ..around };
        }
        let kind = match kind_of(&last) {
            OTHER if as_text && last.contains("value") => named.or(around.kind).unwrap_or(OTHER),
            OTHER if last.starts_with('$') || as_text && around.kind != Some(ASKED_FOR) => around.kind.unwrap_or(OTHER),
            kind => kind,
        };
        Around { kind: Some(kind), ..around }
    }

    /// A member of a record that no field of the profile names.
    fn recorded(&self, around: Around, name: &str, folded: &str, as_text: bool) -> Around {
        let known = &self.known;
        let part = if name.starts_with('@') && as_text { Part::Term } else { Part::Record };
        let around = Around { part, ..around };
        let hidden = |kind| Around { kind: Some(kind), guessed: false, ..around };
        if let Some(kind) = known.aliases.get(folded).and_then(|name| self.kind(name)) {
            return hidden(kind);
        }
        if as_text && known.objects.contains(folded) {
            return hidden(kind_of(folded));
        }
        let unknown = !known.members.is_empty() && !name.starts_with('@') && !known.members.contains(folded);
        match around.kind.is_none() && unknown {
            true => Around { kind: Some(kind_of(folded)), guessed: true, ..around },
            false => around,
        }
    }

    /// The kind of the hidden field an object names in a text, as `{attribute: birth_date, value: …}` does; validators
    /// name it by a path, in a text or as a list.
    pub(super) fn named_in(&self, members: &Map<String, Value>) -> Option<&'static str> {
        members.values().find_map(|value| match value {
            Value::String(text) => self.kind_at(text),
            Value::Array(items) => self.kind_at(items.iter().rev().take(NAMES_IN_A_LIST).find_map(Value::as_str)?),
            _ => None,
        })
    }

    /// The kind of the field that a path leads to, places in lists passed over.
    fn kind_at(&self, path: &str) -> Option<&'static str> {
        let mut parts = path.rsplit(['.', '/', '[', ']', '"', '\'']);
        let name = parts.find(|part| part.contains(|c: char| !c.is_ascii_digit()))?;
        if name.len() > LONGEST_NAME || name.contains(' ') {
            return None;
        }
        let folded = folded(name);
        let hides = self.plain.contains(&folded) || self.as_text.contains(&folded) && folded.len() < path.len();
        hides.then(|| kind_of(name))
    }

    /// What is to be done with a text.
    pub(super) fn text(&self, around: Around, text: &str) -> Leaf {
        let public = || self.known.codes.contains(text) || WORDS.contains(&text.to_ascii_lowercase().as_str());
        match around.kind {
            None if around.part == Part::Record => self.told(text),
            None if around.part == Part::Term && (has_run_of_digits(text) || text.contains(' ')) => {
                Leaf::Everywhere(OTHER)
            }
            None if matches!(around.part, Part::Data(_)) && !is_term(text) && !is_dated(text) && !public() => {
                Leaf::Everywhere(OTHER)
            }
            // A type and a value may have been swapped.
            None if around.part == Part::Query && !is_term(text) && !public() => Leaf::Everywhere(OTHER),
            None => Leaf::Open,
            Some(kind) if !around.guessed => Leaf::Everywhere(kind),
            Some(_) if public() => Leaf::Open,
            // As words these could be anything.
            Some(_) if self.known.members.contains(&plain(text)) => Leaf::Here,
            Some(OTHER) if text.bytes().all(|byte| byte.is_ascii_lowercase()) => Leaf::Here,
            Some(kind) => Leaf::Everywhere(kind),
        }
    }

    /// What is to be done with a text of a record in a member that the standard knows. A shifted row puts names and
    /// identifiers there, so that only what is nobody's is shown: codes, dates, small numbers.
    fn told(&self, text: &str) -> Leaf {
        let known = &self.known;
        let count = || digits(text) < DIGITS_OF_IDS && text.trim().parse::<f64>().is_ok();
        let nobodys = known.members.is_empty()
            || letters(text) < SHORTEST_NAME
            || self.codes.contains(&text.to_lowercase())
            || WORDS.contains(&text.to_ascii_lowercase().as_str())
            || count()
            || is_dated(text);
        match nobodys {
            true => Leaf::Open,
            // As words these could be anything.
            false if known.members.contains(&plain(text)) => Leaf::Here,
            false if text.bytes().all(|byte| byte.is_ascii_lowercase()) => Leaf::Here,
            false => Leaf::Everywhere(OTHER),
        }
    }

    /// What is to be done with a number.
    pub(super) fn number(&self, around: Around, number: &str) -> Leaf {
        let whole = || digits(number.split(['.', 'e', 'E']).next().unwrap_or(number));
        match around.kind {
            None if !around.is_open() && around.part != Part::Query && whole() > DIGITS_OF_COUNTS => {
                Leaf::Everywhere(OTHER)
            }
            None => Leaf::Open,
            Some(_) if around.guessed && digits(number) < DIGITS_OF_IDS => Leaf::Open,
            Some(kind) => Leaf::Everywhere(kind),
        }
    }

    /// The values to be learned from a text: itself, and what a query in a language of its own asks for.
    pub(super) fn values<'t>(&self, around: Around, text: &'t str) -> Vec<(&'static str, &'t str)> {
        let Leaf::Everywhere(kind) = self.text(around, text) else { return Vec::new() };
        let mut values = vec![(kind, text)];
        if around.part == Part::Query && text.len() <= LONGEST_QUERY {
            let parts =
                text.split(['"', '\'', ',', '\\', '(', ')', '{', '}', '[', ']', ':', '=', '<', '>', ' ', '\n', '\t']);
            let wanted = |part: &&str| digits(part) >= DIGITS_OF_IDS || quoted(text, part);
            let others = parts.map(str::trim).filter(|part| part.len() > 2 && *part != text).filter(wanted);
            let learned =
                |part: &'t str| matches!(self.text(around, part), Leaf::Everywhere(_)).then_some((kind, part));
            values.extend(others.filter_map(learned));
        }
        values
    }
}

/// True for the name of a member that tells of a mistake.
fn is_of_error(name: &str) -> bool {
    ERRORS.contains(&folded(name).as_str())
}

/// True where a part of a text stands in quotes there, or at the start or end of what does.
fn quoted(text: &str, part: &str) -> bool {
    let around = |quote: char| text.contains(&format!("{quote}{part}")) || text.contains(&format!("{part}{quote}"));
    around('"') || around('\'')
}

/// True for the name of a type, a member or an operation: no identifier and no name of a person.
fn is_term(text: &str) -> bool {
    !text.contains(char::is_whitespace) && digits(text) < DIGITS_OF_IDS
}

/// True for an object, and for a list that holds one.
pub(super) fn holds_members(value: &Value) -> bool {
    value.is_object() || value.as_array().is_some_and(|items| items.iter().any(holds_members))
}

fn has_run_of_digits(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|run| run.len() >= DIGITS_OF_IDS)
}

/// True for a date of our times, with or without a time, in any order and with any marks; also for one no calendar has.
pub(super) fn is_dated(text: &str) -> bool {
    let mut rest = text.trim();
    let mut years = 0;
    for part in 0..3 {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let value = number.parse::<u16>().unwrap_or(u16::MAX);
        match number.len() {
            1 | 2 if value < 40 => {}
            4 if (1850..2200).contains(&value) && part != 1 => years += 1,
            _ => return false,
        }
        rest = match after.strip_prefix(['-', '.', '/']) {
            Some(after) if part < 2 => after,
            None if part == 2 => after,
            _ => return false,
        };
    }
    let time = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | '+' | '-' | 'T' | 't' | 'Z' | 'z' | ' ');
    years == 1 && rest.len() <= 24 && rest.starts_with(['T', 't', ' ']) | rest.is_empty() && rest.chars().all(time)
}

/// True for the name of a member that is an identifier.
fn is_id(name: &str) -> bool {
    let many = digits(name) >= DIGITS_OF_NAMES && uuid::Uuid::try_parse(name).is_err() && !is_dated(name);
    many || is_mixed(name)
}

/// The kind of a value that stands in place of the name of a member: an identifier, an e-mail address.
pub(super) fn kind_of_key(name: &str) -> Option<&'static str> {
    match name.find('@').is_some_and(|at| at > 0) {
        true => Some("email"),
        false => is_id(name).then_some("identifier"),
    }
}

/// A name as it reads without prefix, case and marks: `spdci:Given_Name` and `givenName` are the same.
pub(super) fn folded(name: &str) -> String {
    let mut folded = plain(name);
    folded.retain(|c| !matches!(c, '_' | '-' | ' '));
    folded
}

/// The last part of a name that is a path or an address: `persons[0].surname`, `/person/surname`, `https://w3id.org/x#surname`.
pub(super) fn last(name: &str) -> &str {
    let mut parts = name.rsplit(['.', '/', '#', ':', '[', ']', '"', '\'']);
    let own = parts.find(|part| part.contains(|c: char| !c.is_ascii_digit()));
    own.unwrap_or(name).trim_start_matches(['$', '@'])
}

/// The name without its prefix, in lower case: `spdci:Given_Name` is `given_name`.
fn plain(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_lowercase()
}

/// The kind a field name or a kind itself means.
pub(super) fn kind_of(name: &str) -> &'static str {
    let name = plain(name);
    KINDS.iter().find(|(word, _)| name.contains(word)).map_or(OTHER, |(_, kind)| kind)
}

/// Every kind, as it stands in tokens.
pub(super) fn is_kind(word: &str) -> bool {
    word == OTHER || KINDS.iter().any(|(_, kind)| *kind == word)
}
