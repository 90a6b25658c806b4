//! The official OpenAPI file as a JSON Schema, and which of its constraints our messages have broken.
//!
//! OpenAPI 3.0 differs from JSON Schema where the file needs it: members beside `$ref` count for nothing, and
//! `format: int32` is a constraint. Other formats are asserted too.

use dci_conform::source::yaml;
use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError, Validator};
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The official file.
pub struct Official {
    file: String,
    sha256: String,
    document: Value,
    validators: RefCell<BTreeMap<String, Validator>>,
    broken: RefCell<BTreeSet<String>>,
}

impl Official {
    pub fn read(folder: &Path, file: &str) -> Official {
        let text = std::fs::read_to_string(folder.join(file)).expect("the official file can be read");
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
        let sha256 = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let tree = yaml::parse(file, &text).unwrap_or_else(|wrong| panic!("{wrong}"));
        Official {
            file: file.to_owned(),
            sha256,
            document: convert(&tree.to_json()),
            validators: RefCell::default(),
            broken: RefCell::default(),
        }
    }

    pub fn file(&self) -> &str {
        &self.file
    }

    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Whether the official schema accepts the message; remembers the constraints that were broken.
    pub fn answer(&self, target: &str, message: &Value) -> bool {
        let mut validators = self.validators.borrow_mut();
        let validator = validators.entry(target.to_owned()).or_insert_with(|| self.compile(target));
        if validator.is_valid(message) {
            return true;
        }
        let mut broken = self.broken.borrow_mut();
        for error in validator.iter_errors(message) {
            note(&error, &mut broken);
        }
        false
    }

    fn compile(&self, target: &str) -> Validator {
        let mut root = self.document.as_object().cloned().unwrap_or_default();
        root.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
        root.insert("$ref".into(), json!(format!("#{}", pointer(target))));
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .offline()
            .build(&Value::Object(root))
            .unwrap_or_else(|error| panic!("{target}: {error}"))
    }

    /// How many constraints were broken at least once, of how many; and those that never were.
    pub fn hits(&self) -> (usize, usize, Vec<String>) {
        let mut all = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for target in self.validators.borrow().keys() {
            self.constraints(&pointer(target), &mut seen, &mut all);
        }
        let broken = self.broken.borrow();
        let missed: Vec<String> = all.iter().filter(|constraint| !broken.contains(*constraint)).cloned().collect();
        (all.len() - missed.len(), all.len(), missed)
    }

    /// Collects `location/keyword` (and the member, for `required`) of a schema and all it refers to.
    fn constraints(&self, at: &str, seen: &mut BTreeSet<String>, all: &mut BTreeSet<String>) {
        let Some(schema) = self.document.pointer(at).and_then(Value::as_object) else { return };
        if !seen.insert(at.to_owned()) {
            return;
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            return self.constraints(reference.trim_start_matches('#'), seen, all);
        }
        for keyword in ["type", "enum", "maxLength", "format", "pattern"] {
            if schema.contains_key(keyword) {
                all.insert(format!("{at}/{keyword}"));
            }
        }
        for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
            all.insert(format!("{at}/required/{}", name.as_str().unwrap_or_default()));
        }
        for (name, _) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            self.constraints(&format!("{at}/properties/{name}"), seen, all);
        }
        if schema.contains_key("items") {
            self.constraints(&format!("{at}/items"), seen, all);
        }
        for choice in ["allOf", "anyOf", "oneOf"] {
            for index in 0..schema.get(choice).and_then(Value::as_array).map_or(0, Vec::len) {
                self.constraints(&format!("{at}/{choice}/{index}"), seen, all);
            }
        }
    }
}

/// `/registry/search request`, `/registry/sync/search response`, or the name of a response component.
fn pointer(target: &str) -> String {
    let content = "content/application~1json/schema";
    match target.rsplit_once(' ') {
        Some((path, side)) => {
            let path = path.replace('/', "~1");
            let side = if side == "request" { "requestBody" } else { "responses/default" };
            format!("/paths/{path}/post/{side}/{content}")
        }
        None => format!("/components/responses/{target}/{content}"),
    }
}

fn note(error: &ValidationError<'_>, broken: &mut BTreeSet<String>) {
    let at = error.schema_path().as_str();
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let parent = at.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('/');
            broken.insert(format!("{parent}/{}", property.as_str().unwrap_or_default()));
        }
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            context.iter().flatten().for_each(|inner| note(inner, broken));
        }
        ValidationErrorKind::MultipleOf { .. }
        | ValidationErrorKind::Maximum { .. }
        | ValidationErrorKind::Minimum { .. } => {
            if let Some((parent, _)) = at.rsplit_once('/') {
                broken.insert(format!("{parent}/format"));
            }
        }
        _ => {
            broken.insert(at.to_owned());
        }
    }
}

fn convert(value: &Value) -> Value {
    match value {
        Value::Object(members) => match members.get("$ref") {
            Some(reference @ Value::String(_)) => json!({"$ref": reference}),
            _ => {
                let mut converted: Map<String, Value> =
                    members.iter().map(|(key, inner)| (key.clone(), convert(inner))).collect();
                if members.get("format") == Some(&json!("int32")) && members.get("type") == Some(&json!("number")) {
                    converted.insert("multipleOf".into(), json!(1));
                    converted.insert("minimum".into(), json!(i32::MIN));
                    converted.insert("maximum".into(), json!(i32::MAX));
                }
                if members.get("nullable") == Some(&json!(true)) {
                    let kind = members.get("type").cloned().unwrap_or_default();
                    converted.insert("type".into(), json!([kind, "null"]));
                }
                Value::Object(converted)
            }
        },
        Value::Array(items) => Value::Array(items.iter().map(convert).collect()),
        other => other.clone(),
    }
}
