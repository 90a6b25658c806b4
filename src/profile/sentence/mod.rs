//! The sentence grammar: `[every] PATH PREDICATE`, read once, at load.
//!
//! Recursive descent over tokens, by hand: the grammar is a list of English phrases, and every mistake must say where
//! in the text it stands and what was probably meant.

mod path;
mod predicate;
pub mod reference;
mod token;
mod value;

pub use path::{ROOTS, finds_several};
pub use predicate::{PREDICATES, speaks_of_all};

use crate::profile::ast::{Path, Phrase, Root, Says, Sentence};
use crate::source::Place;
use crate::source::diagnostic::nearest;
use std::collections::BTreeMap;
use std::sync::Arc;
use token::{Kind, Token};

/// What is wrong with a sentence, and where in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// Where, in characters from the start of the text.
    pub offset: usize,
    /// What to do.
    pub hint: String,
}

impl Problem {
    pub(crate) fn new(message: impl Into<String>, offset: usize) -> Problem {
        Problem { message: message.into(), offset, hint: String::new() }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Problem {
        self.hint = hint.into();
        self
    }
}

/// What a sentence may speak about by name.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// True for a step named with `as` before this place.
    pub is_step: &'a dyn Fn(&str) -> bool,
    /// True for the full name of a value of the questions.
    pub is_value: &'a dyn Fn(&str) -> bool,
    /// Phrases.
    pub phrases: &'a BTreeMap<String, Arc<Phrase>>,
}

impl Scope<'_> {
    /// Nothing known: for paths and sentences outside tests.
    pub const NONE: Scope<'static> = Scope { is_step: &|_| false, is_value: &|_| false, phrases: &BTreeMap::new() };
}

/// Nobody reads a longer sentence aloud; the bound also keeps the search for what was meant short.
const LONGEST: usize = 1000;

/// Reads a sentence.
///
/// # Errors
/// What is wrong, where in the text, and what was probably meant.
pub fn parse(text: &str, place: Place, scope: &Scope<'_>) -> Result<Sentence, Problem> {
    if text.chars().nth(LONGEST).is_some() {
        return Err(Problem::new(format!("the sentence has more than {LONGEST} characters"), 0)
            .hint("make several sentences of it, or a phrase"));
    }
    let tokens = token::tokens(text)?;
    let canonical = token::canonical(&tokens);
    if let Some(phrase) = scope.phrases.get(&canonical) {
        return Ok(Sentence { text: canonical, claim: Says::Phrase(phrase.clone()), place });
    }
    let claim = that(&tokens, scope).map_err(|problem| maybe_phrase(problem, &canonical, scope))?;
    if let Some(name) = misspelt_phrase(&claim, &canonical, scope) {
        return Err(Problem::new("this is nearly a phrase, and no sentence about a message", 0)
            .hint(format!("did you mean the phrase `{name}`?")));
    }
    Ok(Sentence { text: canonical, claim, place })
}

/// Reads a path.
///
/// # Errors
/// What is wrong, and where in the text.
pub fn path(text: &str, scope: &Scope<'_>) -> Result<Path, Problem> {
    let tokens = token::tokens(text)?;
    match tokens.as_slice() {
        [only] if only.kind != Kind::Comma => path::parse(&only.raw, only.offset, scope),
        [] => Err(Problem::new("the path is empty", 0)),
        [_, second, ..] => {
            Err(Problem::new("a path is one word", second.offset).hint("write names with blanks in double quotes"))
        }
        [_] => Err(Problem::new("a path starts with a name", 0)),
    }
}

/// One blank between words: how names of phrases are compared with sentences.
///
/// # Errors
/// A quote or reference that is not closed.
pub fn canonical(text: &str) -> Result<String, Problem> {
    token::tokens(text).map(|tokens| token::canonical(&tokens))
}

fn that(tokens: &[Token], scope: &Scope<'_>) -> Result<Says, Problem> {
    let mut words = predicate::Words::new(tokens);
    if words.at_end() {
        return Err(Problem::new("the sentence is empty", 0).hint("such as `status is 200`"));
    }
    let every = words.take("every");
    let path_at = words.offset();
    let path = words.path(scope)?;
    if words.at_end() {
        return Err(Problem::new(format!("`{}` is followed by no predicate", path.text), words.offset()).hint(
            "such as `is present`; in a list in brackets a comma ends the sentence, so quote it or write the list with dashes",
        ));
    }
    let predicate = predicate::parse(&mut words, scope)?;
    let several = finds_several(&path);
    if every && !several {
        return Err(Problem::new(format!("`every` before a path that finds one value: `{}`", path.text), path_at)
            .hint("leave out `every`, or write `[]` where each item is meant"));
    }
    if several && !every && !speaks_of_all(&predicate) {
        return Err(Problem::new(format!("`{}` may find several values", path.text), path_at)
            .hint("write `every` before it, or `[0]`, `[last]` or `[name=VALUE]` to choose one"));
    }
    Ok(Says::That { every, path, predicate })
}

/// A text that fails to parse and is nearly a phrase probably is that phrase.
fn maybe_phrase(mut problem: Problem, canonical: &str, scope: &Scope<'_>) -> Problem {
    if let Some(name) = nearest(canonical, scope.phrases.keys().map(String::as_str)) {
        problem.hint = format!("did you mean the phrase `{name}`?");
    }
    problem
}

/// `it is refusd` would read as the member `it` with the value `refusd`: a slip that must not go unnoticed.
fn misspelt_phrase<'a>(claim: &Says, canonical: &str, scope: &'a Scope<'_>) -> Option<&'a str> {
    match claim {
        Says::That { path, .. } if path.root == Root::Body && path.segments.len() == 1 => {
            nearest(canonical, scope.phrases.keys().map(String::as_str))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
