//! Rules about a whole file of records: what of one record has to be compared with the others.
//!
//! Nothing is compared here. [`entries`] gives the pieces of one record, small enough to keep for a whole file; who
//! reads the file puts those with the same rule and key side by side.

use super::compare::Key;
use super::judge::Bench;
use super::{Condition, Path, Paths, Seen};
use crate::model::verdict::Force;
use std::sync::Arc;

/// One rule about a file.
#[derive(Debug)]
#[allow(dead_code)] // read by what compares the entries of a file
pub(crate) struct FileRule {
    pub(crate) id: String,
    pub(crate) class: String,
    pub(crate) domain: Option<String>,
    pub(crate) force: Force,
    pub(crate) expected: String,
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
    /// The record the object is in.
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

/// A piece of a record to be compared with those of other records.
#[derive(Debug)]
#[allow(dead_code)] // as for `FileRule`
pub(crate) struct Entry<'v> {
    pub(crate) rule: &'v FileRule,
    pub(crate) role: Role,
    /// Compared as a whole. Holds identifiers: not for reports.
    pub(crate) key: Vec<String>,
    /// The value that must be the same for the same key.
    pub(crate) value: Option<String>,
    /// The other end of a relation.
    pub(crate) toward: Option<Vec<String>>,
    /// What tells owners apart; absent ones tell nothing.
    pub(crate) marks: Vec<Option<String>>,
    /// Pointer of the owner, empty for the record.
    pub(crate) owner: String,
    /// Pointer of the key in the record.
    pub(crate) place: String,
}

impl FileRule {
    #[allow(dead_code)] // as for `FileRule`
    /// Whether a code is answered by another; `None` when nothing is known of the first.
    pub(crate) fn answers(&self, code: &str, back: &str) -> Option<bool> {
        let FileKind::Symmetry { opposites, .. } = &self.kind else { return None };
        let has = |codes: &[String], code: &str| codes.iter().any(|known| known == code);
        let pairs = opposites.iter().flat_map(|(one, other)| [(one, other), (other, one)]);
        pairs.filter(|(one, _)| has(one, code)).map(|(_, other)| has(other, back)).reduce(|sum, more| sum || more)
    }
}

/// Gives every entry of a record, for all rules about files that speak of an object in it.
pub(crate) fn entries<'v, S: Seen<'v>>(bench: Bench<'_>, record: S, each: &mut dyn FnMut(Entry<'v>)) {
    walk(bench, record, &mut Vec::new(), each);
}

/// `inside` holds the rules that some object around this one takes as a reference: what lies there is no target.
fn walk<'v, S: Seen<'v>>(bench: Bench<'_>, object: S, inside: &mut Vec<&'v str>, each: &mut dyn FnMut(Entry<'v>)) {
    let depth = inside.len();
    if let Some(applied) = object.applied() {
        for (rule, row) in &applied.targets {
            if !inside.contains(&rule.id.as_str()) {
                targets(bench, rule, *row, object, each);
            }
        }
        for rule in &applied.file {
            of_object(bench, rule, object, each);
            if matches!(rule.kind, FileKind::Resolves { .. }) {
                inside.push(&rule.id);
            }
        }
    }
    object.inner(&mut |inner| walk(bench, inner, inside, each));
    inside.truncate(depth);
}

fn targets<'v, S: Seen<'v>>(
    bench: Bench<'_>,
    rule: &'v Arc<FileRule>,
    row: usize,
    object: S,
    each: &mut dyn FnMut(Entry<'v>),
) {
    let FileKind::Resolves { targets, .. } = &rule.kind else { return };
    for (Key(key), value) in targets.get(row).map(|row| bench.keys(&row.keys, object, object)).unwrap_or_default() {
        each(Entry { role: Role::Target, ..Entry::new(rule, key, object.place(), value.place()) });
    }
}

fn of_object<'v, S: Seen<'v>>(bench: Bench<'_>, rule: &'v FileRule, object: S, each: &mut dyn FnMut(Entry<'v>)) {
    let starts = rule.each.as_ref().map_or_else(|| vec![object], |path| path.values(object, object).into_vec());
    let met = |entry: &S| rule.when.iter().all(|condition| bench.met(condition, object, *entry) == Some(true));
    for entry in starts.into_iter().filter(met) {
        let keys = |paths: &[Path]| bench.keys(paths, object, entry);
        match &rule.kind {
            FileKind::Unique { key, owner, marks } => {
                let owner = if *owner == Owner::Record { String::new() } else { object.place() };
                let mark = |path: &Path| keys(std::slice::from_ref(path)).first().map(|(key, _)| key.0.join(" "));
                let marks: Vec<Option<String>> = marks.iter().map(mark).collect();
                for (key, place) in product(key.iter().map(|paths| keys(paths)).collect()) {
                    each(Entry { marks: marks.clone(), ..Entry::new(rule, key, owner.clone(), place.place()) });
                }
            }
            FileKind::OnePerKey { key, value, letters } => {
                for (key, _) in product(key.iter().map(|paths| keys(paths)).collect()) {
                    for (value, place) in keys(value) {
                        let text = value.0.join(" ");
                        let text = if *letters { text.chars().filter(|c| c.is_alphabetic()).collect() } else { text };
                        let entry = Entry::new(rule, key.clone(), object.place(), place.place());
                        each(Entry { value: Some(text), ..entry });
                    }
                }
            }
            FileKind::Resolves { reference, .. } => {
                for (Key(key), value) in keys(reference) {
                    each(Entry { role: Role::Reference, ..Entry::new(rule, key, object.place(), value.place()) });
                }
            }
            FileKind::Symmetry { subject, object: other, code, .. } => {
                let Some((code, place)) = keys(code).into_iter().next() else { continue };
                for (Key(from), _) in keys(subject) {
                    for (Key(to), _) in keys(other) {
                        let entry = Entry::new(rule, from.clone(), object.place(), place.place());
                        each(Entry { toward: Some(to), value: Some(code.0.join(" ")), ..entry });
                    }
                }
            }
        }
    }
}

/// Every way of taking one key of each list, joined, with the place of the first.
fn product<S: Copy>(lists: Vec<Vec<(Key, S)>>) -> Vec<(Vec<String>, S)> {
    let mut lists = lists.into_iter();
    let first = lists.next().unwrap_or_default().into_iter().map(|(key, place)| (key.0, place)).collect();
    lists.fold(first, |joined: Vec<(Vec<String>, S)>, more| {
        let join = |(key, place): &(Vec<String>, S)| -> Vec<(Vec<String>, S)> {
            more.iter().map(|(other, _)| ([key.as_slice(), &other.0].concat(), *place)).collect()
        };
        joined.iter().flat_map(join).collect()
    })
}

impl<'v> Entry<'v> {
    fn new(rule: &'v FileRule, key: Vec<String>, owner: String, place: String) -> Entry<'v> {
        Entry { rule, role: Role::Occurrence, key, value: None, toward: None, marks: Vec::new(), owner, place }
    }
}
