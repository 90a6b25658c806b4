//! Named message schemas: read from `technical/*.yaml`, shared definitions once, a registry's file adds what differs.
//!
//! A definition is JSON Schema with one liberty: `$ref` names another definition by its plain name. The definitions
//! shared by all registries and those of one registry's file together make a scope; a name is looked up in the default
//! scope, or with the registry in front (`crvs search request`) in that registry's.

use super::validator::Validator;
use crate::source::diagnostic::did_you_mean;
use crate::source::{Diagnostics, Files, Node, Place, yaml};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// All named schemas of an edition.
#[derive(Debug, Default)]
pub(super) struct Schemas {
    scopes: Vec<Scope>,
    by_name: BTreeMap<String, Arc<Schema>>,
}

#[derive(Debug)]
struct Scope {
    registry: Option<String>,
    default: bool,
    definitions: Map<String, Value>,
}

/// One named schema; compiled when first used.
#[derive(Debug)]
pub(super) struct Schema {
    name: String,
    document: Arc<Value>,
    validator: OnceLock<Validator>,
}

/// A list of error-codes.yaml: name, and codes with their meaning.
pub(super) type CodeList = (String, Vec<(String, String)>);

struct File {
    registry: Option<String>,
    default: bool,
    definitions: Vec<(String, Value, Place)>,
}

impl Schemas {
    pub(super) fn load(files: &Files, root: &str, wrong: &mut Diagnostics) -> Schemas {
        let folder = format!("{root}technical/");
        let read: Vec<File> =
            files.below(&folder).filter_map(|(path, text)| read_file(&files.shown(path), text, wrong)).collect();
        let mut schemas = Schemas { scopes: scopes(&read, wrong), by_name: BTreeMap::new() };
        schemas.check_references(&read, wrong);
        if !wrong.has_errors() {
            schemas.name_all();
            schemas.check_that_all_compile(&read, wrong);
        }
        schemas
    }

    /// The schema of a name.
    pub(super) fn find(&self, name: &str) -> Option<&Schema> {
        self.by_name.get(name).map(Arc::as_ref)
    }

    /// All names, sorted.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// A schema written elsewhere (in an erratum), with the definitions of the default scope it names.
    pub(super) fn condition(&self, schema: &Value) -> Value {
        let scope = self.scopes.iter().find(|scope| scope.default);
        let mut definitions: Map<String, Value> = scope
            .map(|scope| scope.definitions.iter().map(|(name, schema)| (name.clone(), link(schema))).collect())
            .unwrap_or_default();
        definitions.insert("condition".into(), link(schema));
        document("condition", &definitions)
    }

    fn check_references(&self, files: &[File], wrong: &mut Diagnostics) {
        for file in files {
            let of_file = |scope: &&Scope| file.registry.is_none() || scope.registry == file.registry;
            for (name, schema, place) in &file.definitions {
                for scope in self.scopes.iter().filter(of_file) {
                    each_reference(schema, &mut |reference| {
                        if !scope.definitions.contains_key(reference) {
                            let whose = scope.registry.as_deref().map(|r| format!(" for the registry `{r}`"));
                            wrong
                                .error(
                                    place.clone(),
                                    format!(
                                        "`{name}` refers to `{reference}`, which is not defined{}",
                                        whose.unwrap_or_default()
                                    ),
                                )
                                .hint(did_you_mean(reference, scope.definitions.keys().map(String::as_str)));
                        }
                    });
                }
            }
        }
    }

    /// A schema that does not compile would find nothing wrong with anything: refused here, never met in a run.
    fn check_that_all_compile(&self, files: &[File], wrong: &mut Diagnostics) {
        let place = |name: &str| {
            let mut all = files.iter().flat_map(|file| &file.definitions);
            all.find(|(known, _, _)| known == name).map(|(_, _, place)| place.clone())
        };
        let mut told: Vec<&str> = Vec::new();
        let mut seen: Vec<*const Schema> = Vec::new();
        for schema in self.by_name.values() {
            // One schema may have two names.
            if seen.contains(&Arc::as_ptr(schema)) {
                continue;
            }
            seen.push(Arc::as_ptr(schema));
            // Compiled for a look only: a run uses few of them, and all of them together take much memory.
            let compiled = Validator::new(schema.document.clone());
            if let Some(defect) = compiled.defect().filter(|_| !told.contains(&schema.name())) {
                told.push(schema.name());
                let place = place(schema.name()).unwrap_or_default();
                wrong.error(place, format!("`{}` is no JSON Schema: {defect}", schema.name()));
            }
        }
    }

    fn name_all(&mut self) {
        for scope in &self.scopes {
            let linked: Map<String, Value> =
                scope.definitions.iter().map(|(name, schema)| (name.clone(), link(schema))).collect();
            for name in scope.definitions.keys() {
                let schema = Arc::new(Schema {
                    name: name.clone(),
                    document: Arc::new(document(name, &linked)),
                    validator: OnceLock::new(),
                });
                let mut add = |known_as: String| self.by_name.insert(known_as, schema.clone());
                if scope.default {
                    add(name.clone());
                }
                if let Some(registry) = &scope.registry {
                    add(format!("{registry} {name}"));
                }
            }
        }
    }
}

impl Schema {
    /// The name without a registry.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The schema and all it refers to, as one document.
    pub(super) fn document(&self) -> Value {
        Value::clone(&self.document)
    }

    /// The same, borrowed.
    pub(super) fn own_document(&self) -> &Value {
        &self.document
    }

    pub(super) fn validator(&self) -> &Validator {
        self.validator.get_or_init(|| Validator::new(self.document.clone()))
    }
}

fn read_file(shown: &str, text: &str, wrong: &mut Diagnostics) -> Option<File> {
    let tree = match yaml::parse(shown, text) {
        Ok(tree) => tree,
        Err(found) => {
            wrong.extend(found);
            return None;
        }
    };
    if tree.get("lists").is_some() {
        let lists = code_lists(&tree, wrong);
        let definitions = lists.into_iter().map(|((name, codes), place)| {
            let codes: Vec<String> = codes.into_iter().map(|(code, _)| code).collect();
            (name, json!({"type": "string", "enum": codes}), place)
        });
        return Some(File { registry: None, default: false, definitions: definitions.collect() });
    }
    tree.check_keys("a schema file", &["registry", "default", "definitions"], wrong);
    let definitions = tree.get("definitions").and_then(Node::entries).unwrap_or_default();
    for entry in definitions.iter().filter(|entry| !plain_name(&entry.key)) {
        wrong
            .error(entry.place.clone(), format!("`{}` is no name for a definition", entry.key))
            .hint("letters, digits, hyphens and single spaces");
    }
    Some(File {
        registry: tree.get("registry").and_then(Node::text).map(str::to_owned),
        default: tree.get("default").and_then(Node::yes_or_no).unwrap_or(false),
        definitions: definitions
            .iter()
            .map(|entry| (entry.key.clone(), entry.value.to_json(), entry.place.clone()))
            .collect(),
    })
}

/// The lists of an error-codes file.
pub(super) fn code_lists(tree: &Node, wrong: &mut Diagnostics) -> Vec<(CodeList, Place)> {
    tree.check_keys("an error code file", &["lists"], wrong);
    let mut lists = Vec::new();
    for list in tree.get("lists").and_then(Node::items).unwrap_or_default() {
        list.check_keys("a list of codes", &["name", "where", "codes"], wrong);
        let Some(name) = list.get("name").and_then(Node::text) else {
            wrong.error(list.place.clone(), "a list of codes needs a name");
            continue;
        };
        let mut codes = Vec::new();
        for code in list.get("codes").and_then(Node::items).unwrap_or_default() {
            code.check_keys("a code", &["code", "http", "meaning"], wrong);
            let text = |key| code.get(key).and_then(Node::text).unwrap_or_default().to_owned();
            codes.push((text("code"), text("meaning")));
        }
        lists.push(((name.to_owned(), codes), list.place.clone()));
    }
    lists
}

fn plain_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ' || c == '-')
}

fn scopes(files: &[File], wrong: &mut Diagnostics) -> Vec<Scope> {
    let mut shared = Map::new();
    for file in files.iter().filter(|file| file.registry.is_none()) {
        add_definitions(&mut shared, file, wrong);
    }
    let mut scopes: Vec<Scope> = Vec::new();
    for file in files.iter().filter(|file| file.registry.is_some()) {
        let mut definitions = shared.clone();
        for (name, schema, _) in &file.definitions {
            definitions.insert(name.clone(), schema.clone());
        }
        scopes.push(Scope { registry: file.registry.clone(), default: file.default, definitions });
    }
    if scopes.is_empty() {
        scopes.push(Scope { registry: None, default: true, definitions: shared });
    }
    scopes
}

fn add_definitions(to: &mut Map<String, Value>, file: &File, wrong: &mut Diagnostics) {
    for (name, schema, place) in &file.definitions {
        if to.insert(name.clone(), schema.clone()).is_some() {
            wrong.error(place.clone(), format!("`{name}` is defined in more than one shared file"));
        }
    }
}

fn each_reference(schema: &Value, tell: &mut dyn FnMut(&str)) {
    match schema {
        Value::Object(members) => {
            for (key, value) in members {
                match (key.as_str(), value) {
                    ("$ref", Value::String(name)) => tell(name),
                    _ => each_reference(value, tell),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| each_reference(item, tell)),
        _ => {}
    }
}

/// Plain names in `$ref` become references of JSON Schema.
fn link(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| match (key.as_str(), value) {
                ("$ref", Value::String(name)) => (key.clone(), Value::String(reference(name))),
                _ => (key.clone(), link(value)),
            })
            .collect(),
        Value::Array(items) => items.iter().map(link).collect(),
        other => other.clone(),
    }
}

fn reference(name: &str) -> String {
    format!("#/$defs/{}", name.replace(' ', "%20"))
}

/// A schema with the definitions it needs, and no others.
fn document(name: &str, definitions: &Map<String, Value>) -> Value {
    let mut needed: BTreeMap<String, Value> = BTreeMap::new();
    let mut open = vec![name.to_owned()];
    while let Some(next) = open.pop() {
        let Some(schema) = definitions.get(&next).filter(|_| !needed.contains_key(&next)) else { continue };
        each_reference(schema, &mut |reference| {
            open.push(reference.trim_start_matches("#/$defs/").replace("%20", " "));
        });
        needed.insert(next, schema.clone());
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": name,
        "$ref": reference(name),
        "$defs": needed,
    })
}
