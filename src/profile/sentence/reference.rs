//! References: what `${...}` may hold, in messages, in sentences, anywhere a text is filled when a test runs.

use super::{Problem, Scope, path as parse_path};
use crate::model::duration;
use crate::profile::ast::{Path, Root};
use std::time::Duration;

/// What a reference stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Reference {
    /// `new.id`: unique, new in every run.
    NewId,
    /// `now`, `now + 5 minutes`, `now - 2 days`.
    Now {
        /// True for a moment before now.
        back: bool,
        /// How far.
        by: Duration,
    },
    /// `value.NAME`: a value of the vendor's file (a path inside it may follow the name, and [`CUT`] either).
    Value(Path),
    /// `each.NAME`: all after `each.`.
    Each(String),
    /// `param.NAME`: replaced at load; none is left afterwards.
    Param(String),
    /// `tool.NAME`: all after `tool.`.
    Tool(String),
    /// `copy`: number of a copy in `at once`.
    Copy,
    /// `argument.NAME`: all after `argument.`.
    Argument(String),
    /// `request.PATH`, `STEP.PATH`, `STEP.request.PATH`.
    Path(Path),
    /// A remembered name, as written; a path inside what was remembered may follow the name.
    Name(String),
}

/// First words of references: no step, argument or remembered name may be called so.
pub const RESERVED: [&str; 9] = ["new", "now", "value", "each", "param", "tool", "copy", "argument", "request"];

/// What may follow a value: all of its text but the last character, which is nearly the same and another.
pub const CUT: &str = " but its last character";

/// What is in a text: plain stretches and references in turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Plain text.
    Text(&'a str),
    /// The inside of `${...}`, blanks at both ends removed, and its offset in characters.
    Reference(&'a str, usize),
}

/// Splits a text into plain stretches and references.
///
/// # Errors
/// A `${` that is never closed.
pub fn parts(text: &str) -> Result<Vec<Part<'_>>, Problem> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut offset = 0;
    while let Some((before, after)) = rest.split_once("${") {
        if !before.is_empty() {
            found.push(Part::Text(before));
        }
        offset += before.chars().count();
        let Some((inside, tail)) = after.split_once('}') else {
            return Err(Problem::new("the reference is never closed", offset).hint("a reference ends with `}`"));
        };
        found.push(Part::Reference(inside.trim(), offset));
        offset += inside.chars().count() + 3;
        rest = tail;
    }
    if !rest.is_empty() {
        found.push(Part::Text(rest));
    }
    Ok(found)
}

/// Reads the inside of `${...}`.
///
/// # Errors
/// What is wrong with it.
pub fn parse(inside: &str, scope: &Scope<'_>) -> Result<Reference, Problem> {
    let (first, rest) = inside.split_once('.').map_or((inside, None), |(first, rest)| (first, Some(rest)));
    let named = || match rest {
        Some(rest) if !rest.is_empty() => Ok(rest.to_owned()),
        _ => Err(Problem::new(format!("`${{{inside}}}` needs a name"), 0).hint(format!("as in `${{{first}.NAME}}`"))),
    };
    match first {
        "new" if rest == Some("id") => Ok(Reference::NewId),
        "new" => Err(Problem::new(format!("unknown reference `${{{inside}}}`"), 0).hint("did you mean `${new.id}`?")),
        "copy" if rest.is_none() => Ok(Reference::Copy),
        "each" => named().map(Reference::Each),
        "param" => named().map(Reference::Param),
        "tool" => named().map(Reference::Tool),
        "argument" => named().map(Reference::Argument),
        "value" => {
            let whole = inside.strip_suffix(CUT).unwrap_or(inside);
            named().and_then(|_| parse_path(whole, scope)).map(Reference::Value)
        }
        _ if inside == "now"
            || inside.starts_with("now ")
            || inside.starts_with("now+")
            || inside.starts_with("now-") =>
        {
            now(inside)
        }
        "" => Err(Problem::new("the reference is empty", 0).hint("such as `${new.id}`")),
        _ => Ok(match is_path(inside, first, scope) {
            Some(path) => Reference::Path(path?),
            None => Reference::Name(inside.to_owned()),
        }),
    }
}

/// Paths in references start at the last request or at a named step.
fn is_path(inside: &str, first: &str, scope: &Scope<'_>) -> Option<Result<Path, Problem>> {
    let name = first.split('[').next().unwrap_or_default();
    if name != "request" && !(scope.is_step)(name) {
        return None;
    }
    Some(parse_path(inside, scope).and_then(|path| match path.root {
        Root::Request | Root::Step(_) | Root::StepRequest(_) | Root::StepStatus(_) => Ok(path),
        _ => Err(Problem::new(format!("`{inside}` cannot stand in a reference"), 0)),
    }))
}

fn now(inside: &str) -> Result<Reference, Problem> {
    let rest = inside.trim_start_matches("now").trim();
    if rest.is_empty() {
        return Ok(Reference::Now { back: false, by: Duration::ZERO });
    }
    let (back, length) = match (rest.strip_prefix('+'), rest.strip_prefix('-')) {
        (Some(length), _) => (false, duration::parse(length)),
        (_, Some(length)) => (true, duration::parse(length)),
        _ => (false, None),
    };
    match length {
        Some(by) => Ok(Reference::Now { back, by }),
        None => Err(Problem::new(format!("`${{{inside}}}` is no moment"), 0)
            .hint("`${now}`, `${now + 5 minutes}` or `${now - 2 days}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(inside: &str) -> Reference {
        let is_step = |name: &str| name == "first";
        let is_value = |name: &str| name == "known-person.value";
        parse(inside, &Scope { is_step: &is_step, is_value: &is_value, ..Scope::NONE }).unwrap()
    }

    #[test]
    fn reads_each_kind_of_reference() {
        assert_eq!(read("new.id"), Reference::NewId);
        assert_eq!(read("now"), Reference::Now { back: false, by: Duration::ZERO });
        assert_eq!(read("now - 2 days"), Reference::Now { back: true, by: Duration::from_secs(172_800) });
        assert_eq!(read("tool.callback-address.second"), Reference::Tool("callback-address.second".into()));
        assert_eq!(read("ticket"), Reference::Name("ticket".into()));
        assert_eq!(read("known-person.value"), Reference::Name("known-person.value".into()));
        assert!(
            matches!(read("first.request.header.x"), Reference::Path(p) if p.root == Root::StepRequest("first".into()))
        );
        assert!(matches!(read("request.message.x[0]"), Reference::Path(p) if p.root == Root::Request));
        assert!(
            matches!(read("value.known-person.value"), Reference::Value(p) if p.root == Root::Value("known-person.value".into()))
        );
    }

    #[test]
    fn splits_text_and_references() {
        assert_eq!(
            parts("a ${x} b${ y }").unwrap(),
            [Part::Text("a "), Part::Reference("x", 2), Part::Text(" b"), Part::Reference("y", 8)]
        );
        assert_eq!(parts("ü${x").unwrap_err().offset, 1);
    }

    #[test]
    fn refuses_what_is_none() {
        for wrong in ["new.uuid", "now + x", "each", "tool.", "", "value"] {
            assert!(parse(wrong, &Scope::NONE).is_err(), "{wrong}");
        }
    }
}
