//! `result.json`: the whole result for machines, and the source of every other report. `docs/result.schema.json`
//! describes it.

use super::ReportError;
use crate::model::result::RunResult;
use crate::model::text::{escape_json, needs_escapes};

/// Pretty JSON in the order of the structure, with a line break at the end. What acts on a terminal is an escape.
pub(super) fn write(result: &RunResult) -> Result<Vec<u8>, ReportError> {
    let mut bytes = serde_json::to_vec_pretty(result)?;
    if let Some(text) = std::str::from_utf8(&bytes).ok().filter(|text| needs_escapes(text)) {
        bytes = escape_json(text).into_bytes();
    }
    bytes.push(b'\n');
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use serde_json::Value;
    use std::collections::BTreeSet;

    fn schema() -> Value {
        serde_json::from_str(include_str!("../../docs/result.schema.json")).expect("the schema is JSON")
    }

    fn as_value(result: &RunResult) -> Value {
        serde_json::from_slice(&write(result).expect("written")).expect("JSON")
    }

    /// Follows a `$ref` within the document.
    fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(reference) => root.pointer(reference.trim_start_matches('#')).expect("the reference leads somewhere"),
            None => schema,
        }
    }

    /// Walks a value beside its schema; both must name exactly the same members.
    fn compare(root: &Value, schema: &Value, value: &Value, place: &str, problems: &mut BTreeSet<String>) {
        let schema = resolve(root, schema);
        match value {
            Value::Object(members) if schema["properties"].is_object() => {
                let described = schema["properties"].as_object().expect("properties");
                for (name, member) in members {
                    match described.get(name) {
                        Some(inner) => compare(root, inner, member, &format!("{place}/{name}"), problems),
                        None => drop(problems.insert(format!("{place}/{name} is not in the schema"))),
                    }
                }
                for name in described.keys().filter(|name| !members.contains_key(*name)) {
                    problems.insert(format!("{place}/{name} is in the schema only"));
                }
            }
            Value::Object(members) => {
                for member in members.values() {
                    compare(root, &schema["additionalProperties"], member, &format!("{place}/*"), problems);
                }
            }
            Value::Array(items) if schema["items"].is_object() => {
                for item in items {
                    compare(root, &schema["items"], item, &format!("{place}/[]"), problems);
                }
            }
            _ => {}
        }
    }

    /// Every property in the schema, at any depth, says what it is.
    fn undescribed(schema: &Value, place: &str, found: &mut Vec<String>) {
        let Some(object) = schema.as_object() else { return };
        for (key, inner) in object {
            if key == "properties" {
                for (name, property) in inner.as_object().into_iter().flatten() {
                    if property["description"].as_str().is_none_or(str::is_empty) {
                        found.push(format!("{place}/{name}"));
                    }
                }
            }
            undescribed(inner, &format!("{place}/{key}"), found);
        }
    }

    #[test]
    fn the_samples_follow_the_published_schema() {
        let validator = jsonschema::validator_for(&schema()).expect("the schema compiles");
        for result in [sample::every_verdict(), sample::every_member(), sample::empty(), sample::hostile()] {
            let value = as_value(&result);
            let errors: Vec<String> =
                validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
            assert_eq!(errors, Vec::<String>::new());
        }
        let mut broken = as_value(&sample::empty());
        broken["verdict"] = "perfect".into();
        assert!(!validator.is_valid(&broken), "the schema can refuse");
    }

    #[test]
    fn the_schema_names_every_member_and_no_other() {
        let schema = schema();
        let mut problems = BTreeSet::new();
        compare(&schema, &schema, &as_value(&sample::every_member()), "", &mut problems);
        assert_eq!(problems, BTreeSet::new());
        let mut without = Vec::new();
        undescribed(&schema, "", &mut without);
        assert_eq!(without, Vec::<String>::new(), "members without a description");
    }

    #[test]
    fn what_is_written_reads_back_the_same() {
        let bytes = write(&sample::every_verdict()).expect("written");
        let back: RunResult = serde_json::from_slice(&bytes).expect("read");
        assert_eq!(bytes, write(&back).expect("written again"));
    }

    #[test]
    fn looks_like_this() {
        let text = String::from_utf8(write(&sample::small()).expect("written")).expect("UTF-8");
        insta::assert_snapshot!(text);
    }
}
