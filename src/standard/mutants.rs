//! Broken requests, derived from a sound one by walking the schema along the message: one fault each, proven broken.

use super::document::Document;
use super::pointer::escape;
use super::validator::Validator;
use super::{Judgement, Violation};
use serde_json::{Value, json};

/// The kinds of fault, in the words of the profile language.
pub const FAULTS: [&str; 6] =
    ["missing required field", "wrong type", "outside enum", "malformed date-time", "text too long", "bad pattern"];

/// At most so many places of one message are broken, and none deeper than this.
const MOST_PLACES: usize = 2_000;
/// Items of one list looked at.
const MOST_ITEMS: usize = 100;
const DEEPEST: usize = 60;

/// A request with one fault.
#[derive(Clone, Debug, PartialEq)]
pub struct Mutant {
    /// One of [`FAULTS`].
    pub kind: String,
    /// Where, as a path of the profile language: `message.search_request[0].timestamp`.
    pub path: String,
    /// The whole broken message.
    pub body: Value,
    /// What the schema asks for there, in words.
    pub expected: String,
    /// The erratum that tolerates the fault: what the product does is then only observed.
    pub erratum: Option<String>,
}

/// A place of the message that a schema speaks about.
struct Site<'s> {
    pointer: String,
    path: String,
    required: bool,
    schemas: Vec<&'s Value>,
}

pub(super) fn derive(
    document: &Value,
    message: &Value,
    kinds: &[String],
    only_under: &[String],
    judge: &dyn Fn(&Value) -> Judgement,
) -> Vec<Mutant> {
    if !judge(message).violations.is_empty() {
        return Vec::new();
    }
    let mut walk = Walk { document: Document(document), root: message, only_under, sites: Vec::new() };
    walk.visit(vec![document], "", "", 0);
    let wanted = |site: &&Site<'_>| only_under.is_empty() || only_under.iter().any(|path| below(&site.path, path));
    let sites: Vec<&Site<'_>> = walk.sites.iter().filter(wanted).collect();
    let mut mutants = Vec::new();
    for kind in kinds {
        mutants.extend(sites.iter().filter_map(|site| break_site(kind, site, message, judge)));
    }
    mutants
}

struct Walk<'s> {
    document: Document<'s>,
    root: &'s Value,
    only_under: &'s [String],
    sites: Vec<Site<'s>>,
}

impl<'s> Walk<'s> {
    /// Visits the value at a pointer, which all the schemas given speak about.
    fn visit(&mut self, schemas: Vec<&'s Value>, pointer: &str, path: &str, depth: usize) {
        let Some(value) = self.root.pointer(pointer) else { return };
        let all = self.all_that_apply(schemas, value, pointer);
        match value {
            Value::Object(members) => {
                for name in members.keys() {
                    let inner: Vec<&Value> =
                        all.iter().filter_map(|schema| schema.get("properties")?.get(name)).collect();
                    let required = all.iter().any(|schema| requires(schema, name));
                    let path = if path.is_empty() { word(name) } else { format!("{path}.{}", word(name)) };
                    self.site(inner, required, format!("{pointer}/{}", escape(name)), path, depth);
                }
            }
            Value::Array(items) if !items.is_empty() => {
                let inner: Vec<&Value> = all.iter().filter_map(|schema| schema.get("items")).collect();
                for index in self.chosen(path, items.len()) {
                    self.site(inner.clone(), false, format!("{pointer}/{index}"), format!("{path}[{index}]"), depth);
                }
            }
            _ => {}
        }
    }

    /// The first item of a list stands for all; an item that `only under` names by its number is visited too.
    fn chosen(&self, path: &str, count: usize) -> Vec<usize> {
        let named = |index: &usize| self.only_under.iter().any(|wanted| below(wanted, &format!("{path}[{index}]")));
        (0..count.min(MOST_ITEMS)).filter(|index| *index == 0 || named(index)).collect()
    }

    fn site(&mut self, schemas: Vec<&'s Value>, required: bool, pointer: String, path: String, depth: usize) {
        if (schemas.is_empty() && !required) || depth >= DEEPEST || self.sites.len() >= MOST_PLACES {
            return;
        }
        let Some(value) = self.root.pointer(&pointer) else { return };
        let all = self.all_that_apply(schemas.clone(), value, &pointer);
        self.sites.push(Site { pointer: pointer.clone(), path: path.clone(), required, schemas: all });
        self.visit(schemas, &pointer, &path, depth + 1);
    }

    /// The schemas themselves and all they refer to, with one alternative of each choice: the one the value fits.
    fn all_that_apply(&self, schemas: Vec<&'s Value>, value: &Value, pointer: &str) -> Vec<&'s Value> {
        let mut all = Vec::new();
        let mut open = schemas;
        while let Some(schema) = open.pop() {
            if all.len() > 100 {
                break;
            }
            all.push(schema);
            open.extend(self.document.referred(schema));
            open.extend(schema.get("allOf").and_then(Value::as_array).into_iter().flatten());
            for choice in ["anyOf", "oneOf"] {
                let alternatives = schema.get(choice).and_then(Value::as_array);
                open.extend(alternatives.and_then(|all| self.fitting(all, value, pointer)));
            }
        }
        all
    }

    fn fitting(&self, alternatives: &'s [Value], value: &Value, pointer: &str) -> Option<&'s Value> {
        let siblings = pointer.rsplit_once('/').and_then(|(parent, _)| self.root.pointer(parent));
        let fits = |schema: &&Value| Validator::new(self.document.alone(schema)).is_valid(value);
        let named = alternatives.iter().filter(|schema| self.document.is_for(schema, siblings)).find(fits);
        named.or_else(|| alternatives.iter().find(fits))
    }
}

fn requires(schema: &Value, name: &str) -> bool {
    schema.get("required").and_then(Value::as_array).is_some_and(|names| names.iter().any(|n| n == name))
}

/// The first way of breaking a place that no erratum tolerates; else the first that one does.
fn break_site(kind: &str, site: &Site<'_>, message: &Value, judge: &dyn Fn(&Value) -> Judgement) -> Option<Mutant> {
    let mut tolerated = None;
    for replacement in replacements(kind, site, message)? {
        let Some(body) = replace(message, &site.pointer, replacement) else { continue };
        let judgement = judge(&body);
        let here = |violation: &Violation| violation.pointer.starts_with(&site.pointer);
        let mutant = |violation: &Violation, erratum: Option<String>| Mutant {
            kind: kind.to_owned(),
            path: site.path.clone(),
            body: body.clone(),
            expected: violation.expected.clone(),
            erratum,
        };
        if let Some(violation) = judgement.violations.iter().find(|violation| here(violation)) {
            return Some(mutant(violation, None));
        }
        let seen = judgement.observed.iter().find(|o| here(&o.violation) && o.violation.keyword != "note");
        if let (None, Some(seen)) = (&tolerated, seen) {
            tolerated = Some(mutant(&seen.violation, Some(seen.erratum.clone())));
        }
    }
    tolerated
}

/// What may stand in place of the value; `None` inside the list removes it, no list means the kind does not apply.
fn replacements(kind: &str, site: &Site<'_>, message: &Value) -> Option<Vec<Option<Value>>> {
    let says = |keyword: &str| site.schemas.iter().find_map(|schema| schema.get(keyword));
    let text = message.pointer(&site.pointer).and_then(Value::as_str);
    let some = |values: Vec<Value>| Some(values.into_iter().map(Some).collect());
    match kind {
        "missing required field" => site.required.then(|| vec![None]),
        "wrong type" => {
            says("type")?;
            some(vec![json!("wrong type"), json!(7), json!({}), json!([]), json!(true), Value::Null])
        }
        "outside enum" => says("enum").and_then(|_| some(vec![json!("no-such-value")])),
        "malformed date-time" => {
            let format = says("format")?.as_str()?;
            (format == "date-time").then(|| vec![Some(json!("not a date-time"))])
        }
        "text too long" => {
            let most = usize::try_from(says("maxLength")?.as_u64()?).ok().filter(|most| *most <= 1_000_000)?;
            let length = text?.chars().count();
            some(vec![json!(format!("{}{}", text?, "x".repeat((most + 1).saturating_sub(length))))])
        }
        "bad pattern" => {
            says("pattern")?;
            some(vec![json!("?!"), json!("0"), json!(""), json!(format!("{}?", text?))])
        }
        _ => None,
    }
}

fn replace(message: &Value, pointer: &str, with: Option<Value>) -> Option<Value> {
    let mut body = message.clone();
    match with {
        Some(value) => *body.pointer_mut(pointer)? = value,
        None => {
            let (parent, name) = pointer.rsplit_once('/')?;
            let name = name.replace("~1", "/").replace("~0", "~");
            body.pointer_mut(parent)?.as_object_mut()?.shift_remove(&name)?;
        }
    }
    Some(body)
}

/// A name as the profile language writes it in a path.
fn word(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') && !name.is_empty();
    if plain { name.to_owned() } else { format!("\"{name}\"") }
}

/// True when a path is the one given or lies below it; `[]` stands for any index, a leading `request.` for nothing.
fn below(path: &str, given: &str) -> bool {
    let given = given.strip_prefix("request.").unwrap_or(given);
    let mut rest = path;
    for (index, part) in given.split("[]").enumerate() {
        if index > 0 {
            let Some((inside, after)) = rest.strip_prefix('[').and_then(|r| r.split_once(']')) else { return false };
            if !inside.chars().all(|c| c.is_ascii_digit()) {
                return false;
            }
            rest = after;
        }
        let Some(after) = rest.strip_prefix(part) else { return false };
        rest = after;
    }
    rest.is_empty() || rest.starts_with('.') || rest.starts_with('[')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lie_below_paths() {
        assert!(below("message.search_request[0].timestamp", "message"));
        assert!(below("message.search_request[0].timestamp", "request.message.search_request[].timestamp"));
        assert!(below("message.search_request[0].timestamp", "message.search_request"));
        assert!(!below("message.search_request[0]", "message.search"));
        assert!(!below("message", "message.search_request[]"));
    }
}
