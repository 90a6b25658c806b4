//! The standard as loaded from `standards/EDITION/`: message schemas, error codes, errata, data objects and code lists;
//! judges one message or one record. Nothing about a registry is written here: it all comes from the files.
//!
//! [`Standard`] is read once in a run and shared by all threads. Only [`validator`] knows the JSON Schema crate.

mod document;
mod errata;
mod mutants;
mod pointer;
mod schemas;
mod validator;
mod words;

pub use errata::{Erratum, Policy};
pub use mutants::{FAULTS, Mutant};
pub use validator::MOST_VIOLATIONS;

use crate::source::{Diagnostics, Files, Place};
use errata::Errata;
use schemas::Schemas;
use serde_json::Value;

/// The standard of one edition.
#[derive(Debug)]
pub struct Standard {
    edition: String,
    schemas: Schemas,
    errata: Errata,
}

/// What a message schema says about one value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    /// What breaks the schema; empty when the value is sound.
    pub violations: Vec<Violation>,
    /// What an erratum decides: misses it tolerates, and readings it asks to note. Never a failure.
    pub observed: Vec<Observed>,
}

/// One place where a value breaks a schema.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// JSON pointer; for a missing member, the place where it should stand.
    pub pointer: String,
    /// Keyword of JSON Schema: `required`, `type`, `enum`, ...
    pub keyword: String,
    /// What the schema asks for there, in words.
    pub expected: String,
    /// What was there: its kind, and at most a short value (not redacted).
    pub found: String,
    /// The erratum by which our schema asks for more than the published one, if one does.
    pub erratum: Option<String>,
}

/// Something an erratum decides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Observed {
    /// Where, what was expected and what was found; `keyword` is `note` where the schema itself has nothing to say.
    pub violation: Violation,
    /// The erratum.
    pub erratum: String,
}

impl Standard {
    /// Reads an edition from the files below `standards/`.
    ///
    /// # Errors
    /// Everything wrong with the files, each with its place.
    pub fn load(files: &Files, edition: &str) -> Result<Standard, Diagnostics> {
        let mut wrong = Diagnostics::default();
        let root = format!("standards/{edition}/");
        if files.below(&root).next().is_none() {
            let known: Vec<&str> = editions(files);
            wrong
                .error(
                    Place::file(&files.shown("standards")),
                    format!("there is no edition `{edition}` of the standard"),
                )
                .hint(crate::source::diagnostic::did_you_mean(edition, known));
            return Err(wrong);
        }
        let schemas = Schemas::load(files, &root, &mut wrong);
        let errata = Errata::load(files, &root, &schemas, &mut wrong);
        match wrong.has_errors() {
            true => Err(wrong),
            false => Ok(Standard { edition: edition.to_owned(), schemas, errata }),
        }
    }

    /// The edition, such as `dec2025`.
    pub fn edition(&self) -> &str {
        &self.edition
    }

    /// True when there is a schema of this name.
    pub fn has_schema(&self, name: &str) -> bool {
        self.schemas.find(name).is_some()
    }

    /// The names of all schemas: plain for the default registry, with the registry in front for the others.
    pub fn schema_names(&self) -> impl Iterator<Item = &str> {
        self.schemas.names()
    }

    /// A schema as one self-contained JSON Schema document, for documentation and editors.
    pub fn schema_json(&self, name: &str) -> Option<Value> {
        self.schemas.find(name).map(|schema| schema.document())
    }

    /// Judges a value by a schema, errata applied; `None` when there is no such schema.
    pub fn judge(&self, schema: &str, value: &Value) -> Option<Judgement> {
        let found = self.schemas.find(schema)?;
        let misses = found.validator().misses(value);
        Some(self.errata.sort_out(found.name(), value, misses))
    }

    /// Broken variants of a sound message, one fault each: of the kinds asked for ([`FAULTS`]), at or below the paths
    /// given (everywhere when there are none), each proven broken by [`Standard::judge`] first. None at all when the
    /// message itself is not sound.
    pub fn mutants(&self, schema: &str, message: &Value, kinds: &[String], only_under: &[String]) -> Vec<Mutant> {
        match self.schemas.find(schema) {
            Some(found) => mutants::derive(found.own_document(), message, kinds, only_under, &|body| {
                self.judge(schema, body).unwrap_or_default()
            }),
            None => Vec::new(),
        }
    }

    /// The erratum of this id.
    pub fn erratum(&self, id: &str) -> Option<&Erratum> {
        self.errata.get(id)
    }

    /// All errata, in the order of the file.
    pub fn errata(&self) -> impl Iterator<Item = &Erratum> {
        self.errata.iter()
    }
}

fn editions(files: &Files) -> Vec<&str> {
    let mut names: Vec<&str> = files.below("standards/").filter_map(|(path, _)| path.split('/').nth(1)).collect();
    names.dedup();
    names
}

#[cfg(test)]
mod tests;
