//! One compiled schema. The only caller of the JSON Schema crate.
//!
//! The crate answers "valid or not" fast; only when it is not are the errors walked, and where a choice (`anyOf`,
//! `oneOf`) failed, the walk goes down the alternative that was meant, so that a finding names a member and not a choice.

use super::document::Document;
use super::pointer::escape;
use super::{Violation, words};
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Draft, PatternOptions, ValidationError};
use serde_json::Value;
use std::sync::Arc;

/// At most so many violations are reported for one value.
pub const MOST_VIOLATIONS: usize = 50;

/// A compiled schema, or why it is none.
#[derive(Debug)]
pub(super) struct Validator {
    compiled: Result<jsonschema::Validator, String>,
    document: Arc<Value>,
}

impl Validator {
    pub(super) fn new(document: impl Into<Arc<Value>>) -> Validator {
        let document = document.into();
        let compiled = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .with_pattern_options(PatternOptions::regex())
            .offline()
            .build(&document)
            .map_err(|error| error.masked().to_string());
        Validator { compiled, document }
    }

    /// Why the schema does not compile, if it does not.
    pub(super) fn defect(&self) -> Option<&str> {
        self.compiled.as_ref().err().map(String::as_str)
    }

    pub(super) fn is_valid(&self, value: &Value) -> bool {
        self.compiled.as_ref().is_ok_and(|validator| validator.is_valid(value))
    }

    /// Tells everything that breaks the schema, until the listener answers no.
    pub(super) fn each_miss(&self, value: &Value, tell: &mut dyn FnMut(Violation) -> bool) {
        let Ok(validator) = &self.compiled else { return };
        if !validator.is_valid(value) {
            validator.iter_errors(value).all(|error| self.descend(&error, value, tell));
        }
    }

    fn descend(&self, error: &ValidationError<'_>, root: &Value, tell: &mut dyn FnMut(Violation) -> bool) -> bool {
        match error.kind() {
            ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
                match self.meant(error, context, root) {
                    Some(branch) => branch.iter().all(|inner| self.descend(inner, root, tell)),
                    None => tell(violation(error)),
                }
            }
            _ => tell(violation(error)),
        }
    }

    /// The alternative that was meant: of the right shape, with the fewest members missing, named by a sibling of the
    /// value (`query_type`, `txn_type`), with the fewest errors.
    fn meant<'e, 'v>(
        &self,
        error: &ValidationError<'_>,
        context: &'e [Vec<ValidationError<'v>>],
        root: &Value,
    ) -> Option<&'e Vec<ValidationError<'v>>> {
        let place = error.instance_path().as_str();
        let siblings = place.rsplit_once('/').and_then(|(parent, _)| root.pointer(parent));
        let branches = self.document.pointer(error.schema_path().as_str());
        let named = |index: usize| {
            let branch = branches.and_then(|all| all.get(index));
            branch.is_some_and(|branch| Document(&self.document).is_for(branch, siblings))
        };
        let here = |branch: &[ValidationError<'_>], keyword: &str| {
            let at_root =
                |e: &&ValidationError<'_>| e.instance_path().as_str() == place && e.kind().keyword() == keyword;
            branch.iter().filter(at_root).count()
        };
        context
            .iter()
            .enumerate()
            .filter(|(_, branch)| !branch.is_empty())
            .min_by_key(|(index, branch)| {
                (here(branch, "type"), here(branch, "required"), !named(*index), branch.len(), *index)
            })
            .map(|(_, branch)| branch)
    }
}

fn violation(error: &ValidationError<'_>) -> Violation {
    let mut pointer = error.instance_path().as_str().to_owned();
    let instance = error.instance().as_ref();
    let mut found = words::found(instance);
    let expected = match error.kind() {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            pointer = format!("{pointer}/{}", escape(name));
            found = "nothing".into();
            format!("the member {name}")
        }
        ValidationErrorKind::Type { kind } => match kind {
            TypeKind::Single(one) => words::kind(one.as_str()).to_owned(),
            TypeKind::Multiple(set) => words::list(set.iter().map(|one| words::kind(one.as_str())), 9),
        },
        ValidationErrorKind::Enum { options } => match options.as_array().map(Vec::len) {
            Some(1) => words::options(options),
            _ => format!("one of {}", words::options(options)),
        },
        ValidationErrorKind::Constant { expected_value } => words::options(expected_value),
        ValidationErrorKind::Format { format } => words::format(format),
        ValidationErrorKind::Pattern { pattern } => format!("text matching {pattern}"),
        ValidationErrorKind::MaxLength { limit } => {
            found = format!("text of {} characters", instance.as_str().map_or(0, |text| text.chars().count()));
            format!("at most {limit} characters")
        }
        ValidationErrorKind::MinLength { limit } => format!("at least {limit} characters"),
        ValidationErrorKind::Maximum { limit } => format!("at most {limit}"),
        ValidationErrorKind::Minimum { limit } => format!("at least {limit}"),
        ValidationErrorKind::MinItems { limit } => format!("at least {limit} items"),
        ValidationErrorKind::MaxItems { limit } => format!("at most {limit} items"),
        ValidationErrorKind::OneOfMultipleValid { .. } => "exactly one of the shapes allowed here".into(),
        ValidationErrorKind::AnyOf { .. } | ValidationErrorKind::OneOfNotValid { .. } => {
            "one of the shapes allowed here".into()
        }
        _ => error.masked().to_string(),
    };
    Violation { pointer, keyword: error.kind().keyword().to_owned(), expected, found, erratum: None }
}
