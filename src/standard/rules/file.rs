//! Rules about a whole file of records: what of one record has to be compared with the others.
//!
//! Nothing is compared here. [`entries`] gives the pieces of one record, small enough to keep for a whole file; who
//! reads the file puts those with the same rule and key side by side.

use super::digest::Digest;
use super::judge::Bench;
use super::opposites::Opposites;
use super::traits::Trait;
use super::{Condition, Only, Path, Paths, Seen};
use crate::model::verdict::Force;
use smallvec::SmallVec;
use std::sync::Arc;

/// The most rules about files, and the most marks of one: what is kept of an entry has room for no more.
pub(crate) const MOST_RULES: usize = 256;
/// See [`MOST_RULES`].
pub(crate) const MOST_MARKS: usize = 4;

/// Keys one rule takes from one object; more come from no export that means well.
const MOST_KEYS: usize = 10_000;

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
    /// Where the standard describes the class it speaks of, or who else says so.
    pub(crate) source: String,
    /// True where an edition adds it to the standard.
    pub(crate) added: bool,
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
    /// What one says of another, the other says back.
    Symmetry { subject: Paths, object: Paths, code: Paths, opposites: Opposites },
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
    /// The other end of a relation, and the code of it by its number among the opposites.
    Toward(Digest, u16),
}

/// A piece of a record to be compared with those of other records.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'e, S> {
    pub(crate) rule: &'e FileRule,
    pub(crate) role: Role,
    pub(crate) key: Digest,
    pub(crate) detail: Detail<'e>,
    /// The owner, none where it is the record.
    pub(crate) owner: Option<S>,
    /// Where the key, or what has it, stands.
    pub(crate) place: S,
}

impl FileRule {
    /// Whether a code of a relation is answered by another one, by their numbers.
    pub(crate) fn answers(&self, code: u16, back: u16) -> Option<bool> {
        match &self.kind {
            FileKind::Symmetry { opposites, .. } => opposites.answers(code, back),
            _ => None,
        }
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
        object.inner(&mut |inner| {
            if !inner.alone() {
                self.object(inner, false);
            }
        });
        self.inside.truncate(depth);
    }

    fn targets(&mut self, rule: &Arc<FileRule>, row: usize, object: S) {
        let FileKind::Resolves { targets, .. } = &rule.kind else { return };
        let Some(target) = targets.get(row).filter(|_| !self.inside.contains(&rule.id.as_str())) else { return };
        for (key, place) in keys(self.bench, &target.keys, object, object) {
            self.tell(Entry { role: Role::Target, ..Entry::new(rule, key, place) });
        }
    }

    fn of_object(&mut self, rule: &FileRule, object: S, whole: bool) {
        let Some(each) = &rule.each else { return self.of_entry(rule, object, object, whole) };
        object.along(&each.steps, &mut |entry| self.of_entry(rule, object, entry, whole));
    }

    fn of_entry(&mut self, rule: &FileRule, object: S, entry: S, whole: bool) {
        let bench = self.bench;
        if !rule.when.iter().all(|condition| bench.met(condition, object, entry) == Some(true)) {
            return;
        }
        let keys = |paths: &[Path]| keys(bench, paths, object, entry);
        match &rule.kind {
            FileKind::Unique { owner: Owner::Record, .. } if !whole => {}
            FileKind::Unique { key, owner, marks } => {
                let owner = (*owner == Owner::Object).then_some(object);
                let mut told = None;
                each_key(bench, key, object, entry, &mut |key, place| {
                    let told = told.get_or_insert_with(|| Trait::marks(bench, marks, object, entry));
                    let told = told.get(..marks.len()).unwrap_or(told);
                    // Owners of whom nothing is known are apart from nobody.
                    if marks.is_empty() || told.iter().any(|mark| *mark != Trait::NONE) {
                        let place = if rule.each.is_some() { entry } else { place };
                        self.tell(Entry { owner, detail: Detail::Marks(told), ..Entry::new(rule, key, place) });
                    }
                });
            }
            FileKind::OnePerKey { key, value, letters } => {
                // An object with several keys does not say to which of them a value belongs.
                let Some(key) = only_key(bench, key, object, entry) else { return };
                Trait::each(bench, value, object, entry, *letters, &mut |value, place| {
                    self.tell(Entry { detail: Detail::Value(value), ..Entry::new(rule, key, place) });
                });
            }
            FileKind::Resolves { reference, .. } => {
                for (key, place) in keys(reference) {
                    let place = if rule.each.is_some() { entry } else { place };
                    let owner = Some(entry);
                    self.tell(Entry { role: Role::Reference, owner, ..Entry::new(rule, key, place) });
                }
            }
            FileKind::Symmetry { subject, object: other, code, opposites } => {
                let Some((code, place)) = self.statement(opposites, code, object, entry) else { return };
                let others = keys(other);
                for (from, to) in pairs(&keys(subject), &others) {
                    let (owner, detail) = (Some(place), Detail::Toward(to, code));
                    self.tell(Entry { owner, detail, ..Entry::new(rule, from, place) });
                }
            }
        }
    }

    /// What is said of a relation: the number of its code, and where it stands.
    fn statement(&self, opposites: &Opposites, paths: &[Path], object: S, entry: S) -> Option<(u16, S)> {
        let first = paths.iter().find_map(|path| Some((path, path.first(object, entry)?)));
        let (path, place) = first?;
        Some((opposites.number(&self.bench.code(&path.end, place)?.0)?, place))
    }

    fn tell(&mut self, entry: Entry<'_, S>) {
        (self.each)(entry);
    }
}

impl<'e, S> Entry<'e, S> {
    fn new(rule: &'e FileRule, key: Digest, place: S) -> Entry<'e, S> {
        Entry { rule, role: Role::Occurrence, key, detail: Detail::Nothing, owner: None, place }
    }
}

/// The keys of some values, each with its value.
type Keys<S> = SmallVec<[(Digest, S); 2]>;

/// The keys of the values at the ends of some paths, where they have one.
fn keys<'v, S: Seen<'v>>(bench: Bench<'_>, paths: &[Path], object: S, entry: S) -> Keys<S> {
    let mut keys = Keys::new();
    each_of(bench, paths, object, entry, &mut |key, value| keys.push((key, value)));
    keys
}

/// Gives the keys of the values at the ends of some paths, each with its value.
fn each_of<'v, S: Seen<'v>>(bench: Bench<'_>, paths: &[Path], object: S, entry: S, each: &mut dyn FnMut(Digest, S)) {
    let mut count = 0;
    for path in paths {
        path.each(object, entry, &mut |value| {
            if count < MOST_KEYS
                && let Some(identity) = bench.identity(&path.end, value)
            {
                count += 1;
                each(identity.whole, value);
            }
        });
    }
}

/// Gives every key: every way of taking one value of each part, with the place of the first.
fn each_key<'v, S: Seen<'v>>(bench: Bench<'_>, parts: &[Paths], object: S, entry: S, each: &mut dyn FnMut(Digest, S)) {
    match parts {
        [] => {}
        [only] => each_of(bench, only, object, entry, each),
        [first, rest @ ..] => {
            let mut behind = Keys::new();
            each_key(bench, rest, object, entry, &mut |key, place| behind.push((key, place)));
            let first = keys(bench, first, object, entry);
            let all =
                first.iter().flat_map(|(key, place)| behind.iter().map(move |(more, _)| (key.and(*more), *place)));
            all.take(MOST_KEYS).for_each(|(key, place)| each(key, place));
        }
    }
}

/// The key of an object that has one.
fn only_key<'v, S: Seen<'v>>(bench: Bench<'_>, parts: &[Paths], object: S, entry: S) -> Option<Digest> {
    // Mostly there is nothing to make a key of.
    if parts.iter().any(|paths| paths.iter().all(|path| path.first(object, entry).is_none())) {
        return None;
    }
    match Only::of(|each| each_key(bench, parts, object, entry, &mut |key, _| each(key))) {
        Only::One(key) => Some(key),
        _ => None,
    }
}

/// Every key of one list with every other one of another list.
fn pairs<S: Copy>(one: &[(Digest, S)], other: &[(Digest, S)]) -> impl Iterator<Item = (Digest, Digest)> {
    let all = one.iter().flat_map(|(from, _)| other.iter().map(move |(to, _)| (*from, *to)));
    all.filter(|(from, to)| from != to).take(MOST_KEYS)
}
