//! Rules about a whole file of records: what of one record has to be compared with the others.
//!
//! Nothing is compared here. [`entries`] gives the pieces of one record, small enough to keep for a whole file; who
//! reads the file puts those with the same rule and key side by side.

use super::judge::Bench;
use super::path::along;
use super::traits::Trait;
use super::{Condition, End, Path, Paths, Seen};
use crate::model::verdict::Force;
use smallvec::SmallVec;
use std::sync::Arc;

/// The most rules about files, and the most marks of one: what is kept of an entry has room for no more.
pub(crate) const MOST_RULES: usize = 256;
/// See [`MOST_RULES`].
pub(crate) const MOST_MARKS: usize = 4;

/// Keys one rule takes from one object; more come from no export that means well.
const MOST_KEYS: usize = 10_000;

/// Bytes that are enough for most keys of an object, so that their text seldom has to grow.
const USUAL: usize = 64;

/// Stands between the parts of a key.
const BETWEEN: char = '\u{1f}';

/// One rule about a file.
#[derive(Debug)]
pub(crate) struct FileRule {
    /// Its place among all rules about files.
    pub(crate) number: u8,
    pub(crate) id: String,
    pub(crate) class: String,
    pub(crate) domain: Option<String>,
    pub(crate) force: Force,
    pub(crate) expected: String,
    /// Where the standard describes the class it speaks of.
    pub(crate) source: String,
    pub(crate) erratum: Option<String>,
    pub(crate) each: Option<Path>,
    pub(crate) when: Vec<Condition>,
    pub(crate) kind: FileKind,
}

#[derive(Debug)]
pub(crate) enum FileKind {
    /// A key belongs to one owner. Owners in different places are the same unless one of the marks tells them apart;
    /// without marks every owner is another.
    Unique { key: Vec<Paths>, owner: Owner, marks: Paths },
    /// The same key goes with the same value; of the value only its letters, where `letters` is set.
    OnePerKey { key: Vec<Paths>, value: Paths, letters: bool },
    /// What is referred to is in the file. Only for files that are declared complete.
    Resolves { reference: Paths, targets: Vec<Target> },
    /// What one says of another, the other says back: pairs of groups of codes that answer each other.
    Symmetry { subject: Paths, object: Paths, code: Paths, opposites: Vec<(Vec<String>, Vec<String>)> },
}

/// Who owns a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The record. The rule speaks of an object that is the record itself: inside another record it is a mere mention.
    Record,
    /// The object itself.
    Object,
}

/// Objects of a class that references may lead to, by any of these keys.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) class: String,
    pub(crate) keys: Paths,
}

/// What an entry is to its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// One occurrence of a key among equals.
    Occurrence,
    /// Something that must be found.
    Reference,
    /// Something that can be found.
    Target,
}

/// What has to be known of an entry beside its key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Detail<'e> {
    Nothing,
    /// What tells owners apart.
    Marks(&'e [Trait]),
    /// The value that must be the same for the same key.
    Value(Trait),
    /// The other end of a relation, and the code of it by its number in [`FileRule::code`].
    Toward(&'e str, u16),
}

/// A piece of a record to be compared with those of other records.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'e, S> {
    pub(crate) rule: &'e FileRule,
    pub(crate) role: Role,
    /// Compared as a whole. Holds identifiers: not for reports.
    pub(crate) key: &'e str,
    pub(crate) detail: Detail<'e>,
    /// The owner, none where it is the record.
    pub(crate) owner: Option<S>,
    /// Where the key, or what has it, stands.
    pub(crate) place: S,
}

impl FileRule {
    /// The code of this number, of those that have opposites.
    pub(crate) fn code(&self, number: u16) -> Option<&str> {
        self.codes().nth(usize::from(number)).map(String::as_str)
    }

    fn code_number(&self, code: &str) -> Option<u16> {
        self.codes().position(|known| known == code).and_then(|number| u16::try_from(number).ok())
    }

    fn codes(&self) -> impl Iterator<Item = &String> {
        let opposites = match &self.kind {
            FileKind::Symmetry { opposites, .. } => opposites.as_slice(),
            _ => &[],
        };
        opposites.iter().flat_map(|(one, other)| one.iter().chain(other))
    }

    /// Whether a code is answered by another; `None` when nothing is known of the first.
    pub(crate) fn answers(&self, code: &str, back: &str) -> Option<bool> {
        let FileKind::Symmetry { opposites, .. } = &self.kind else { return None };
        let has = |codes: &[String], code: &str| codes.iter().any(|known| known == code);
        let pairs = opposites.iter().flat_map(|(one, other)| [(one, other), (other, one)]);
        pairs.filter(|(one, _)| has(one, code)).map(|(_, other)| has(other, back)).reduce(|sum, more| sum || more)
    }

    /// True where the rule means something only in files that hold everything.
    pub(crate) fn needs_all(&self) -> bool {
        matches!(self.kind, FileKind::Resolves { .. })
    }
}

/// Gives every entry of a record, for all rules about files that speak of an object in it; of those that need a file
/// which is complete only where it is `complete`.
pub(crate) fn entries<'v, S: Seen<'v>>(
    bench: Bench<'_>,
    record: S,
    complete: bool,
    each: &mut dyn FnMut(Entry<'_, S>),
) {
    Walk { bench, complete, each, inside: Vec::new() }.object(record, true);
}

struct Walk<'w, 'd, 'v, S> {
    bench: Bench<'d>,
    complete: bool,
    each: &'w mut dyn FnMut(Entry<'_, S>),
    /// The rules that some object around this one takes as a reference: what lies there is no target.
    inside: Vec<&'v str>,
}

impl<'v, S: Seen<'v>> Walk<'_, '_, 'v, S> {
    fn object(&mut self, object: S, whole: bool) {
        let (depth, complete) = (self.inside.len(), self.complete);
        if let Some(applied) = object.applied() {
            for (rule, row) in applied.targets.iter().filter(|_| complete) {
                self.targets(rule, *row, object);
            }
            for rule in applied.file.iter().filter(|rule| complete || !rule.needs_all()) {
                self.of_object(rule, object, whole);
                if rule.needs_all() {
                    self.inside.push(&rule.id);
                }
            }
        }
        object.inner(&mut |inner| self.object(inner, false));
        self.inside.truncate(depth);
    }

    fn targets(&mut self, rule: &Arc<FileRule>, row: usize, object: S) {
        let FileKind::Resolves { targets, .. } = &rule.kind else { return };
        let Some(target) = targets.get(row).filter(|_| !self.inside.contains(&rule.id.as_str())) else { return };
        let keys = Keys::of(self.bench, &target.keys, object, object);
        for (key, place) in keys.iter() {
            self.tell(Entry { role: Role::Target, ..Entry::new(rule, key, place) });
        }
    }

    fn of_object(&mut self, rule: &FileRule, object: S, whole: bool) {
        let Some(each) = &rule.each else { return self.of_entry(rule, object, object, whole) };
        along(&each.steps, object, &mut |entry| self.of_entry(rule, object, entry, whole));
    }

    fn of_entry(&mut self, rule: &FileRule, object: S, entry: S, whole: bool) {
        let bench = self.bench;
        if !rule.when.iter().all(|condition| bench.met(condition, object, entry) == Some(true)) {
            return;
        }
        let keys = |paths: &[Path]| Keys::of(bench, paths, object, entry);
        match &rule.kind {
            FileKind::Unique { owner: Owner::Record, .. } if !whole => {}
            FileKind::Unique { key, owner, marks } => {
                let Some(parts) = all(key.iter().map(|paths| keys(paths)), |keys| !keys.is_empty()) else { return };
                let owner = (*owner == Owner::Object).then_some(object);
                let marks: SmallVec<[Trait; MOST_MARKS]> =
                    marks.iter().map(|path| Trait::mark(bench, path, object, entry)).collect();
                product(&parts, &mut |key, place| {
                    let place = if rule.each.is_some() { entry } else { place };
                    self.tell(Entry { owner, detail: Detail::Marks(&marks), ..Entry::new(rule, key, place) });
                });
            }
            FileKind::OnePerKey { key, value, letters } => {
                // An object with several keys does not say to which of them a value belongs.
                let single = |keys: &Keys<S>| keys.spans.len() == 1;
                let Some(parts) = all(key.iter().map(|paths| keys(paths)), single) else { return };
                product(&parts, &mut |key, _| {
                    Trait::each(bench, value, object, entry, *letters, &mut |value, place| {
                        self.tell(Entry { detail: Detail::Value(value), ..Entry::new(rule, key, place) });
                    });
                });
            }
            FileKind::Resolves { reference, .. } => {
                for (key, place) in keys(reference).iter() {
                    let place = if rule.each.is_some() { entry } else { place };
                    let owner = Some(entry);
                    self.tell(Entry { role: Role::Reference, owner, ..Entry::new(rule, key, place) });
                }
            }
            FileKind::Symmetry { subject, object: other, code, .. } => {
                let codes = keys(code);
                let Some((code, place)) = codes.iter().next() else { return };
                let Some(code) = rule.code_number(code) else { return };
                let others = keys(other);
                for (from, to, _) in pairs(&keys(subject), &others) {
                    let (owner, detail) = (Some(place), Detail::Toward(to, code));
                    self.tell(Entry { owner, detail, ..Entry::new(rule, from, place) });
                }
            }
        }
    }

    fn tell(&mut self, entry: Entry<'_, S>) {
        (self.each)(entry);
    }
}

impl<'e, S> Entry<'e, S> {
    fn new(rule: &'e FileRule, key: &'e str, place: S) -> Entry<'e, S> {
        Entry { rule, role: Role::Occurrence, key, detail: Detail::Nothing, owner: None, place }
    }
}

/// The keys of some values, one behind the other, each with its value.
pub(super) struct Keys<S> {
    text: String,
    spans: SmallVec<[(usize, usize, S); 2]>,
}

/// The keys of one rule: most have one or two parts.
type Parts<S> = SmallVec<[Keys<S>; 2]>;

/// All parts of a key, unless one of them will not do: what comes after it is not looked for.
fn all<S>(parts: impl Iterator<Item = Keys<S>>, will_do: impl Fn(&Keys<S>) -> bool) -> Option<Parts<S>> {
    parts.map(|keys| will_do(&keys).then_some(keys)).collect()
}

impl<S: Copy> Keys<S> {
    pub(super) fn of<'v>(bench: Bench<'_>, paths: &[Path], object: S, entry: S) -> Keys<S>
    where
        S: Seen<'v>,
    {
        let mut keys = Keys::new();
        for path in paths {
            along(&path.steps, if path.from_entry { entry } else { object }, &mut |value| {
                keys.add(bench, &path.end, value);
            });
        }
        keys
    }

    pub(super) fn new() -> Keys<S> {
        Keys { text: String::new(), spans: SmallVec::new() }
    }

    /// Adds the key of a value, where it has one.
    pub(super) fn add<'v>(&mut self, bench: Bench<'_>, end: &End, value: S)
    where
        S: Seen<'v>,
    {
        if self.text.capacity() == 0 {
            self.text.reserve(USUAL);
        }
        let start = self.text.len();
        if self.spans.len() < MOST_KEYS && written(bench, end, value, &mut self.text).is_some() {
            self.spans.push((start, self.text.len(), value));
        } else {
            self.text.truncate(start);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, S)> {
        self.spans.iter().map(|(start, end, value)| (self.text.get(*start..*end).unwrap_or_default(), *value))
    }
}

/// Writes what tells a value from others: its text, or the parts of an object. `None` where it has none.
fn written<'v, S: Seen<'v>>(bench: Bench<'_>, end: &End, value: S, into: &mut String) -> Option<()> {
    let End::Objects(parts) = end else {
        into.push_str(&bench.code(end, value)?.0);
        return Some(());
    };
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            into.push(BETWEEN);
        }
        let mut first = None;
        along(&part.steps, value, &mut |inner| first = first.or(Some(inner)));
        into.push_str(&bench.code(&part.end, first?)?.0);
    }
    (!parts.is_empty()).then_some(())
}

/// Every way of taking one key of each list, joined, with the place of the first.
fn product<S: Copy>(parts: &[Keys<S>], each: &mut dyn FnMut(&str, S)) {
    match parts {
        [] => {}
        [only] => only.iter().for_each(|(key, place)| each(key, place)),
        [first, rest @ ..] => {
            let mut left = MOST_KEYS;
            let mut joined = String::new();
            for (key, place) in first.iter() {
                product(rest, &mut |more, _| {
                    if left > 0 {
                        left -= 1;
                        joined.clear();
                        joined.extend([key, "\u{1f}", more]);
                        each(&joined, place);
                    }
                });
            }
        }
    }
}

/// Every key of one list with every other one of another list.
fn pairs<'k, S: Copy>(one: &'k Keys<S>, other: &'k Keys<S>) -> impl Iterator<Item = (&'k str, &'k str, S)> {
    let all = one.iter().flat_map(|(from, place)| other.iter().map(move |(to, _)| (from, to, place)));
    all.filter(|(from, to, _)| from != to).take(MOST_KEYS)
}
