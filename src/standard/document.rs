//! Reading a schema document: following references, and finding the alternative of a choice that is meant.

use serde_json::Value;

/// Reads one schema document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Document<'d>(pub(super) &'d Value);

impl<'d> Document<'d> {
    /// The schema a `$ref` names.
    pub(super) fn referred(self, schema: &Value) -> Option<&'d Value> {
        let reference = schema.get("$ref")?.as_str()?;
        self.0.pointer(&reference.trim_start_matches('#').replace("%20", " "))
    }

    /// True when the alternative says by `x-for` that it is meant for one of the texts beside the value, such as the
    /// `query_type` beside a `query`.
    pub(super) fn is_for(self, alternative: &Value, siblings: Option<&Value>) -> bool {
        let names = alternative.get("x-for").or_else(|| self.referred(alternative)?.get("x-for"));
        let Some(names) = names.and_then(Value::as_array) else { return false };
        siblings.and_then(Value::as_object).is_some_and(|members| members.values().any(|value| names.contains(value)))
    }

    /// A schema taken out of the document, with all definitions beside it.
    pub(super) fn alone(self, schema: &Value) -> Value {
        serde_json::json!({"allOf": [schema], "$defs": self.0.get("$defs")})
    }
}
