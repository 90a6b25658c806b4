//! Known contradictions of the standard, as data: what is accepted, what is only observed, where our schema corrects
//! the published one. Turns the bare misses of a schema into violations and observations.

use super::pointer::{Pattern, names_in};
use super::schemas::Schemas;
use super::validator::{MOST_VIOLATIONS, Validator};
use super::{Judgement, Observed, Violation, words};
use crate::source::diagnostic::did_you_mean;
use crate::source::{Diagnostics, Files, Node, yaml};
use serde_json::Value;
use std::collections::{BTreeSet, HashSet};

/// What the suite does about a contradiction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Only what the edition publishes is accepted.
    Published,
    /// Only what is evidently meant is accepted.
    Corrected,
    /// Either is accepted, without a finding.
    Both,
    /// Either is accepted, and the report names it.
    Observe,
    /// A failure.
    Fail,
}

const POLICIES: [(&str, Policy); 5] = [
    ("published", Policy::Published),
    ("corrected", Policy::Corrected),
    ("both", Policy::Both),
    ("observe", Policy::Observe),
    ("fail", Policy::Fail),
];

impl Policy {
    /// The word used in files and reports.
    pub fn word(self) -> &'static str {
        POLICIES.iter().find(|(_, policy)| *policy == self).map_or("", |(word, _)| word)
    }
}

/// One contradiction of the standard.
#[derive(Debug)]
pub struct Erratum {
    /// `ET-nn` for messages, `ED-nn` for data.
    pub id: String,
    /// What contradicts what.
    pub title: String,
    /// What the suite does about it.
    pub policy: Policy,
    /// The same in one sentence.
    pub accepts: String,
    tolerates: Vec<Place>,
    notes: Vec<Place>,
    corrects: Vec<Place>,
}

/// What an erratum says to people.
#[derive(Clone, Debug)]
pub struct Contradiction {
    /// `ET-nn` for messages, `ED-nn` for data.
    pub id: String,
    /// What contradicts what.
    pub title: String,
    /// What the suite accepts.
    pub accepts: String,
    /// True where either reading passes, and no finding says which it was.
    pub silent: bool,
}

/// Where an erratum speaks: schemas, places in the message, keywords, and conditions.
#[derive(Debug)]
struct Place {
    schemas: Vec<String>,
    at: Pattern,
    keywords: Vec<String>,
    when: Option<Validator>,
    message: Option<Validator>,
    says: String,
}

#[derive(Debug, Default)]
pub(super) struct Errata(Vec<Erratum>);

impl Errata {
    pub(super) fn load(files: &Files, root: &str, schemas: &Schemas, wrong: &mut Diagnostics) -> Errata {
        let path = format!("{root}errata.yaml");
        let Some(text) = files.text(&path) else { return Errata::default() };
        let tree = match yaml::parse(&files.shown(&path), text) {
            Ok(tree) => tree,
            Err(found) => {
                wrong.extend(found);
                return Errata::default();
            }
        };
        tree.check_keys("the errata", &["errata"], wrong);
        let rows = tree.get("errata").and_then(Node::items).unwrap_or_default();
        let errata: Vec<Erratum> = rows.iter().filter_map(|row| read(row, schemas, wrong)).collect();
        for (index, erratum) in errata.iter().enumerate() {
            if errata[..index].iter().any(|earlier| earlier.id == erratum.id) {
                wrong.error(tree.place.clone(), format!("the erratum {} is listed twice", erratum.id));
            }
        }
        Errata(errata)
    }

    /// Only what errata say to people: id, title and what is accepted. What is wrong with the file is left to
    /// [`Errata::load`] to tell.
    pub(super) fn words(files: &Files, root: &str) -> Vec<Contradiction> {
        let path = format!("{root}errata.yaml");
        let tree = files.text(&path).and_then(|text| yaml::parse(&files.shown(&path), text).ok());
        let rows = tree.as_ref().and_then(|tree| tree.get("errata")).and_then(Node::items).unwrap_or_default();
        let text = |row: &Node, name: &str| row.get(name).and_then(Node::text).unwrap_or_default().to_owned();
        let of = |row| Contradiction {
            id: text(row, "id"),
            title: text(row, "title"),
            accepts: text(row, "accepts"),
            silent: text(row, "policy") == Policy::Both.word(),
        };
        rows.iter().map(of).collect()
    }

    pub(super) fn get(&self, id: &str) -> Option<&Erratum> {
        self.0.iter().find(|erratum| erratum.id == id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Erratum> {
        self.0.iter()
    }

    /// Judges one value. However many misses an erratum tolerates, they never hide one that none does.
    pub(super) fn judge(&self, schema: &str, validator: &Validator, root: &Value) -> Judgement {
        let (mut violations, mut observed) = (BTreeSet::new(), BTreeSet::new());
        validator.each_miss(root, &mut |mut miss| {
            let speaks = |places: &[Place]| places.iter().any(|place| place.is_about(schema, root, &miss));
            if let Some(erratum) = self.0.iter().find(|erratum| speaks(&erratum.tolerates)) {
                if observed.len() < MOST_VIOLATIONS {
                    observed.insert(Observed { violation: miss, erratum: erratum.id.clone() });
                }
                return true;
            }
            miss.erratum = self.0.iter().find(|erratum| speaks(&erratum.corrects)).map(|erratum| erratum.id.clone());
            violations.insert(miss);
            violations.len() < MOST_VIOLATIONS
        });
        let mut judgement =
            Judgement { violations: violations.into_iter().collect(), observed: observed.into_iter().collect() };
        self.note(schema, root, &mut judgement);
        judgement
    }

    fn note(&self, schema: &str, root: &Value, judgement: &mut Judgement) {
        let mut names = HashSet::new();
        names_in(root, &mut names);
        for erratum in &self.0 {
            for place in erratum.notes.iter().filter(|place| place.is_for(schema) && place.at.may_be_in(&names)) {
                judgement
                    .observed
                    .extend(place.seen_in(root).map(|violation| Observed { violation, erratum: erratum.id.clone() }));
            }
        }
        judgement.observed.truncate(2 * MOST_VIOLATIONS);
    }
}

impl Place {
    fn is_for(&self, schema: &str) -> bool {
        self.schemas.is_empty() || self.schemas.iter().any(|name| name == schema)
    }

    fn is_about(&self, schema: &str, root: &Value, miss: &Violation) -> bool {
        let value = root.pointer(&miss.pointer);
        self.is_for(schema)
            && (self.keywords.is_empty() || self.keywords.contains(&miss.keyword))
            && self.at.matches(&miss.pointer)
            && self.when.as_ref().is_none_or(|when| value.is_some_and(|value| when.is_valid(value)))
            && self.message.as_ref().is_none_or(|message| message.is_valid(root))
    }

    fn seen_in<'v>(&'v self, root: &'v Value) -> impl Iterator<Item = Violation> + 'v {
        let open = self.message.as_ref().is_none_or(|message| message.is_valid(root));
        let places = if open { self.at.places(root) } else { Vec::new() };
        let wanted = |value: &Value| self.when.as_ref().is_none_or(|when| when.is_valid(value));
        places.into_iter().filter(move |(_, value)| wanted(value)).map(|(pointer, value)| Violation {
            pointer,
            keyword: "note".into(),
            expected: self.says.clone(),
            found: words::found(value),
            erratum: None,
        })
    }
}

fn read(row: &Node, schemas: &Schemas, wrong: &mut Diagnostics) -> Option<Erratum> {
    row.check_keys("an erratum", &["id", "title", "policy", "accepts", "tolerates", "notes", "corrects"], wrong);
    let mut text = |key: &str| match row.get(key).and_then(Node::text) {
        Some(text) => Some(text.to_owned()),
        None => {
            wrong.error(row.place.clone(), format!("an erratum needs `{key}`"));
            None
        }
    };
    let (id, title, accepts, policy) = (text("id")?, text("title")?, text("accepts")?, text("policy")?);
    let Some((_, policy)) = POLICIES.iter().find(|(word, _)| *word == policy) else {
        wrong
            .error(row.place.clone(), format!("`{policy}` is no policy"))
            .hint(did_you_mean(&policy, POLICIES.iter().map(|(word, _)| *word)));
        return None;
    };
    let mut places = |key: &str| -> Vec<Place> {
        let items = row.get(key).and_then(Node::items).unwrap_or_default();
        items.iter().filter_map(|item| read_place(item, schemas, wrong)).collect()
    };
    let (tolerates, notes, corrects) = (places("tolerates"), places("notes"), places("corrects"));
    Some(Erratum { id, title, policy: *policy, accepts, tolerates, notes, corrects })
}

fn read_place(item: &Node, schemas: &Schemas, wrong: &mut Diagnostics) -> Option<Place> {
    item.check_keys("a place of an erratum", &["schemas", "at", "keyword", "when", "message", "says"], wrong);
    let names = item.get("schemas").map(super::texts).unwrap_or_default();
    // Where no schema could be read it is not said of each that there is none.
    let read = schemas.names().next().is_some();
    for name in names.iter().filter(|name| read && schemas.find(name).is_none()) {
        wrong
            .error(item.place.clone(), format!("there is no schema `{name}`"))
            .hint(did_you_mean(name, schemas.names()));
    }
    let Some(at) = item.get("at").and_then(Node::text).and_then(Pattern::read) else {
        wrong
            .error(item.place.clone(), "a place of an erratum needs `at`, a JSON pointer pattern")
            .hint("such as /message/**/locale; `*` is any name or index, `**` any number of them");
        return None;
    };
    let mut condition = |key: &str| {
        let schema = item.get(key)?;
        let validator = Validator::new(schemas.condition(&schema.to_json()));
        if let Some(defect) = validator.defect() {
            wrong.error(schema.place.clone(), format!("`{key}` is no JSON Schema: {defect}"));
        }
        Some(validator)
    };
    Some(Place {
        when: condition("when"),
        message: condition("message"),
        schemas: names,
        at,
        keywords: item.get("keyword").map(super::texts).unwrap_or_default(),
        says: item.get("says").and_then(Node::text).unwrap_or_default().to_owned(),
    })
}
