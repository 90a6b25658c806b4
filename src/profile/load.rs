//! The front door: which profiles there are, and one of them read whole.

use super::ast::Profile;
use super::names::StandardNames;
use super::read;
use crate::model::result::OwnProfile;
use crate::source::{Diagnostics, Files, Place, yaml};

/// What a list of profiles shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Id, such as `social-registry`.
    pub id: String,
    /// Version of the profile.
    pub version: String,
    /// Title for people.
    pub title: String,
    /// Role of the product under test.
    pub role: String,
    /// Edition of the standard.
    pub edition: String,
    /// Where that is written.
    pub edition_at: Place,
    /// `draft`, `pilot` or `stable`.
    pub stage: String,
}

/// A profile that can be used, and what deserves a look in it.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The profile.
    pub profile: Profile,
    /// Warnings; no errors.
    pub warnings: Diagnostics,
}

/// What a profile says of itself, without its tests: all that exported files are judged by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Id, such as `social-registry`.
    pub id: String,
    /// Version of the profile.
    pub version: String,
    /// Title for people.
    pub title: String,
    /// Name and version of the standard.
    pub standard: String,
    /// Edition of the standard.
    pub edition: String,
    /// `draft`, `pilot` or `stable`.
    pub stage: String,
    /// What a finding weighs unless asked for otherwise.
    pub strictness: String,
    /// Members whose values are hidden.
    pub hidden: Vec<String>,
    /// Members by which a record carries an identifier: type, value.
    pub identifiers: Option<(String, String)>,
    /// The same digest as of the whole profile.
    pub digest: String,
    /// What it takes over, where it is not built in; of what it replaces only what `profile.yaml` says.
    pub own: Option<OwnProfile>,
}

/// The profiles there are, those that only serve others left out. Reads `profile.yaml` files only.
///
/// # Errors
/// Every `profile.yaml` that cannot be read or lacks something, with its place.
pub fn list(files: &Files) -> Result<Vec<Summary>, Diagnostics> {
    let mut wrong = Diagnostics::default();
    let mut found = Vec::new();
    for id in read::ids(files) {
        let path = format!("{id}/profile.yaml");
        match yaml::parse(&files.shown(&path), files.text(&path).unwrap_or_default()) {
            Ok(node) => {
                node.check_visible(&mut wrong);
                let summary = read::summary(&node, &mut wrong);
                if let Some(entry) = node.get("id").filter(|_| summary.as_ref().is_some_and(|found| found.id != id)) {
                    let said = entry.text().unwrap_or_default();
                    wrong
                        .error(entry.place.clone(), format!("the id is `{said}`, the folder is called `{id}`"))
                        .hint("both must be the same");
                }
                found.extend(summary);
            }
            Err(problems) => wrong.extend(problems),
        }
    }
    match wrong.has_errors() {
        true => Err(wrong),
        false => Ok(found),
    }
}

/// Reads a profile and all it extends.
///
/// # Errors
/// Every mistake of every file, each with its place and what to do; an unknown id with a suggestion.
pub fn load(files: &Files, id: &str, names: &dyn StandardNames) -> Result<Loaded, Diagnostics> {
    let (profile, found) = read::read(files, id, names);
    match found.has_errors() {
        true => Err(found),
        false => Ok(Loaded { profile, warnings: found }),
    }
}

/// Reads what a profile says of itself: only `profile.yaml`, its own and those of what it extends. Reading tests and
/// messages takes most of the time that a check of a small file would take. Gives warnings beside it.
///
/// # Errors
/// Every mistake in what is read, each with its place; an unknown id with a suggestion.
pub fn identity(files: &Files, id: &str) -> Result<(Identity, Diagnostics), Diagnostics> {
    let (identity, found) = read::identity(files, id);
    match found.has_errors() {
        true => Err(found),
        false => Ok((identity, found)),
    }
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
