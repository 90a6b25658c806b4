//! A JSON Schema of the YAML files, for completion and hints in editors. The reader says more and says it better; this
//! only knows keys, kinds and the words of short lists. Both take their keys from the same tables.

use super::read::{AUTHORISATIONS, COMMON, FAULTS, VERBS, words};
use super::sentence::PREDICATES;
use serde_json::{Map, Value, json};

/// The kinds of file, as [`schema_of`] and the definitions of [`schema`] call them.
pub const KINDS: [&str; 9] =
    ["profile", "requirements", "questions", "phrases", "fragments", "messages", "tests", "anchors", "proof"];

/// One schema for all files: any of the kinds; each kind is also at `#/$defs/KIND`.
pub fn schema() -> Value {
    let kinds: Vec<Value> = KINDS.iter().map(|kind| reference(kind)).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "dci-conform profile language, version 1",
        "anyOf": kinds,
        "$defs": definitions(),
    })
}

/// The schema of one kind of file; `None` for an unknown kind.
pub fn schema_of(kind: &str) -> Option<Value> {
    KINDS.contains(&kind).then(|| {
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": format!("dci-conform profile language, version 1: {kind}"),
            "$ref": format!("#/$defs/{kind}"),
            "$defs": definitions(),
        })
    })
}

fn definitions() -> Value {
    let mut all = Map::new();
    let mut add = |name: &str, value: Value| {
        all.insert(name.to_owned(), value);
    };
    add("text", json!({"type": ["string", "number", "boolean"]}));
    add("texts", json!({"anyOf": [reference("text"), {"type": "array", "items": reference("text")}]}));
    add("yes or no", json!({"enum": ["yes", "no", true, false]}));
    add("sentence", sentence());
    add("sentences", json!({"anyOf": [reference("sentence"), {"type": "array", "items": reference("sentence")}]}));
    add("steps", json!({"type": "array", "items": reference("step")}));
    add("step", step());
    add("profile", profile());
    add("requirements", list(closed(&words::REQUIREMENT, &["id", "text", "force", "level", "standard"])));
    add("questions", questions());
    add("phrases", named(closed(&words::PHRASE, &[])));
    add("fragments", named(closed(&words::FRAGMENT, &["steps"])));
    add("messages", named(closed(&words::MESSAGE, &[])));
    add(
        "tests",
        json!({
            "type": "object", "required": ["topic", "tests"], "additionalProperties": false,
            "properties": {"topic": reference("text"), "tests": list(closed(&words::TEST, &["id", "title", "proves", "steps"]))},
        }),
    );
    add("anchors", list(closed(&words::ANCHOR, &["id"])));
    add(
        "proof",
        json!({
            "type": "object", "additionalProperties": false, "properties": {"faults": named(reference("texts"))},
        }),
    );
    Value::Object(all)
}

fn sentence() -> Value {
    let predicates = PREDICATES.join("; ");
    json!({
        "description": format!("[REQUIREMENT: ] [every] PATH PREDICATE, or a phrase. Predicates: {predicates}"),
        "anyOf": [
            {"type": "string"},
            {"type": "object", "minProperties": 1, "maxProperties": 1, "patternProperties": {"^[A-Z][A-Z0-9-]*$": {"type": "string"}}, "additionalProperties": false},
            {"type": "object", "required": ["if", "then"], "additionalProperties": false,
             "properties": {"if": reference("sentences"), "then": reference("sentences")}},
        ],
    })
}

/// A step: exactly one verb; each verb with its companions.
fn step() -> Value {
    let steps = VERBS.iter().map(|(verb, companions)| {
        let mut properties = Map::new();
        properties.insert((*verb).to_owned(), json!({}));
        for key in companions.iter().chain(&COMMON) {
            properties.insert((*key).to_owned(), value_of(key));
        }
        json!({"type": "object", "required": [verb], "properties": properties, "additionalProperties": false})
    });
    json!({"oneOf": steps.collect::<Vec<_>>()})
}

fn profile() -> Value {
    let mut schema = closed(&words::profile(), &["dci-profile", "id", "version", "title"]);
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert("dci-profile".into(), json!({"const": 1}));
        properties.insert("tests role".into(), json!({"enum": words::ROLES}));
        properties.insert("stage".into(), json!({"enum": words::STAGES}));
        properties.insert("standard".into(), closed(&["name", "version", "source"], &["name"]));
        properties.insert("strictness".into(), json!({"enum": words::STRICTNESS}));
        properties.insert("deadlines".into(), named(reference("text")));
        properties.insert("endpoints".into(), named(closed(&words::ENDPOINT, &["path"])));
        properties.insert("callbacks".into(), named(closed(&words::CALLBACK, &["path", "action"])));
    }
    schema
}

fn questions() -> Value {
    json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "supports": named(closed(&words::CLAIM, &["ask"])),
            "values": named(closed(&words::VALUE, &["ask"])),
            "actions": named(closed(&["ask"], &["ask"])),
        },
    })
}

/// What stands under a key, wherever the key occurs.
fn value_of(key: &str) -> Value {
    match key {
        "expect" | "should" | "where" | "any of" | "all of" | "each record" | "all records" | "answered when" => {
            reference("sentences")
        }
        "given" | "steps" | "finally" => reference("steps"),
        "proves" | "when" | "needs" | "shares" | "source" | "errata" | "covered by" | "of" | "without"
        | "only under" | "languages" | "parameters" | "arguments" | "correlate by" | "dated by" | "acknowledged"
        | "final" => reference("texts"),
        "writes" | "once" | "sound" | "optional" | "may fail" | "personal data" => reference("yes or no"),
        "remember" | "headers" => named(reference("text")),
        "for each" => named(json!({"type": "array", "minItems": 1})),
        "with" | "tiers" | "privacy" => json!({"type": "object"}),
        "faults" => json!({"type": "array", "items": {"enum": FAULTS}}),
        "authorisation" => json!({"anyOf": [{"enum": AUTHORISATIONS}, {"type": "string", "pattern": "\\$\\{"}]}),
        "force" => json!({"enum": ["N", "D", "I"]}),
        "level" => json!({"enum": ["must", "should"]}),
        "tier" => json!({"enum": words::TIERS}),
        "at most" | "at least" | "examples" => json!({"type": "integer", "minimum": 0}),
        "otherwise" => closed(&words::OTHERWISE, &["send"]),
        "probe" => closed(&["send", "message"], &["send", "message"]),
        "answer" => json!({"anyOf": [{"enum": ["acknowledge", "refuse"]}, closed(&["status"], &["status"])]}),
        "body" | "example" | "default" | "extends" | "standard" => json!({}),
        _ => reference("text"),
    }
}

fn closed(keys: &[&str], required: &[&str]) -> Value {
    let properties: Map<String, Value> = keys.iter().map(|key| ((*key).to_owned(), value_of(key))).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn named(value: Value) -> Value {
    json!({"type": "object", "additionalProperties": value})
}

fn list(value: Value) -> Value {
    json!({"type": "array", "items": value})
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/$defs/{}", name.replace(' ', "%20"))})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere() {
        fn walk(value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Object(members) => {
                    if let Some(Value::String(target)) = members.get("$ref") {
                        found.push(target.trim_start_matches("#/$defs/").replace("%20", " "));
                    }
                    members.values().for_each(|member| walk(member, found));
                }
                Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
                _ => {}
            }
        }
        let schema = schema();
        let mut found = Vec::new();
        walk(&schema, &mut found);
        assert!(found.len() > 20);
        for name in found {
            assert!(schema["$defs"].get(&name).is_some(), "{name}");
        }
    }

    #[test]
    fn each_kind_of_file_has_a_schema_and_each_verb_a_step() {
        assert!(KINDS.iter().all(|kind| schema_of(kind).is_some()));
        assert_eq!(schema_of("nothing"), None);
        let steps = schema();
        assert_eq!(steps["$defs"]["step"]["oneOf"].as_array().unwrap().len(), VERBS.len());
    }
}
