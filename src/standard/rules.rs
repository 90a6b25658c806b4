//! Rules about one record that go beyond single values: a small fixed set of kinds, read from `data/rules.yaml`.

use super::formats::number;
use super::objects::{Class, Domain, Shape, bare};
use crate::model::verdict::Force;
use crate::source::diagnostic::did_you_mean;
use crate::source::{Diagnostics, Files, Node, yaml};
use serde_json::{Map, Value};

#[derive(Debug)]
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) class: String,
    pub(super) force: Force,
    pub(super) expected: String,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// All of these, or none.
    AllPresent(Vec<String>),
    /// The number is the length of the list.
    Count { number: String, list: String },
    /// A switch says which of two properties is present.
    Implies { switch: String, yes: String, no: String },
    /// A point lies between two corners.
    Box { corners: [String; 2], point: String },
    /// The object's `@type` fits its class; judged with the type itself.
    Type,
}

const KINDS: [&str; 5] = ["all present", "count", "implies", "box", "type"];

impl Rule {
    /// True for a rule about `@type`, which is judged with the type itself.
    pub(super) fn is_type(&self) -> bool {
        matches!(self.kind, Kind::Type)
    }

    /// Where the rule is broken and by what; `None` when it holds or something it needs is absent.
    pub(super) fn broken(
        &self,
        class: &Class,
        object: &Map<String, Value>,
        domain: &Domain,
    ) -> Option<(String, String)> {
        let get = |path: &str| lookup(path, class, object, domain);
        match &self.kind {
            Kind::AllPresent(names) => {
                let missing: Vec<&String> = names.iter().filter(|name| get(name).is_none()).collect();
                let first = missing.first().filter(|_| missing.len() < names.len())?;
                Some(((*first).clone(), "only one of them".into()))
            }
            Kind::Count { number: name, list } => {
                let (counted, items) = (number(get(name)?)?, get(list)?.as_array()?.len());
                (counted != items as f64).then(|| (name.clone(), format!("{counted}, and {items} entries")))
            }
            Kind::Implies { switch, yes, no } => {
                let on = truth(get(switch)?)?;
                let wanted = if on { yes } else { no };
                get(wanted).is_none().then(|| (wanted.clone(), format!("{switch} is {on}, and {wanted} is absent")))
            }
            Kind::Box { corners: [low, high], point } => {
                let (low, high, at) = (place(get(low)?)?, place(get(high)?)?, place(get(point)?)?);
                let margin = 1e-6;
                let inside = |low: f64, value: f64, high: f64| low - margin <= value && value <= high + margin;
                // A box over the date line has its west east of its east.
                let across = low.1 > high.1;
                let longitude = across || inside(low.1, at.1, high.1);
                let ok = low.0 <= high.0 && inside(low.0, at.0, high.0) && longitude;
                (!ok).then(|| (point.clone(), "a point outside".into()))
            }
            Kind::Type => None,
        }
    }
}

/// The value under a property, by its name, an alias or a prefixed name; a dotted path goes into objects.
fn lookup<'v>(path: &str, class: &Class, object: &'v Map<String, Value>, domain: &Domain) -> Option<&'v Value> {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let property = class.property(name)?;
    let is_it = |key: &str| bare(key) == name || property.aliases.iter().any(|alias| alias.name == bare(key));
    let value = object.iter().find(|(key, value)| is_it(key) && !absent(value)).map(|(_, value)| value)?;
    let Some(rest) = rest else { return Some(value) };
    let Shape::Is(names) = &property.shape else { return None };
    lookup(rest, domain.classes.get(names.first()?)?, value.as_object()?, domain)
}

/// Null, empty and blank text all mean absent.
pub(super) fn absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(yes) => Some(*yes),
        Value::Number(number) => Some(number.as_f64()? != 0.0),
        Value::String(text) => match text.as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn place(value: &Value) -> Option<(f64, f64)> {
    let get = |names: [&str; 2]| names.iter().find_map(|name| value.get(name)).and_then(number);
    Some((get(["latitude", "lat"])?, get(["longitude", "lng"])?))
}

/// Reads `data/rules.yaml`.
pub(super) fn load(files: &Files, root: &str, domains: &[Domain], wrong: &mut Diagnostics) -> Vec<Rule> {
    let path = format!("{root}data/rules.yaml");
    let Some(text) = files.text(&path) else { return Vec::new() };
    match yaml::parse(&files.shown(&path), text) {
        Ok(tree) => {
            tree.check_keys("the rules", &["rules"], wrong);
            let rows = tree.get("rules").and_then(Node::items).unwrap_or_default();
            rows.iter().filter_map(|row| read(row, domains, wrong)).collect()
        }
        Err(found) => {
            wrong.extend(found);
            Vec::new()
        }
    }
}

fn read(row: &Node, domains: &[Domain], wrong: &mut Diagnostics) -> Option<Rule> {
    let known = [
        "id",
        "class",
        "kind",
        "force",
        "expected",
        "properties",
        "number",
        "list",
        "switch",
        "yes",
        "no",
        "corners",
        "point",
    ];
    row.check_keys("a rule", &known, wrong);
    let mut need = |key: &str| {
        let text = row.get(key).and_then(Node::text).map(str::to_owned);
        if text.is_none() {
            wrong.error(row.place.clone(), format!("a rule of this kind needs `{key}`"));
        }
        text
    };
    let (id, class, expected) = (need("id")?, need("class")?, need("expected")?);
    let (kind, force) = (need("kind")?, need("force")?);
    let kind = match kind.as_str() {
        "all present" => Kind::AllPresent(row.get("properties").map(super::texts).unwrap_or_default()),
        "count" => Kind::Count { number: need("number")?, list: need("list")? },
        "implies" => Kind::Implies { switch: need("switch")?, yes: need("yes")?, no: need("no")? },
        "box" => {
            let corners = row.get("corners").map(super::texts).unwrap_or_default();
            let corners = <[String; 2]>::try_from(corners).ok();
            match corners {
                Some(corners) => Kind::Box { corners, point: need("point")? },
                None => {
                    wrong.error(row.place.clone(), "a box needs two corners");
                    return None;
                }
            }
        }
        "type" => Kind::Type,
        other => {
            wrong.error(row.place.clone(), format!("`{other}` is no kind of rule")).hint(did_you_mean(other, KINDS));
            return None;
        }
    };
    if !domains.iter().any(|domain| domain.classes.contains_key(&class)) {
        wrong.error(row.place.clone(), format!("there is no class `{class}`"));
    }
    let Some(force) = super::read_force(&force) else {
        wrong.error(row.place.clone(), format!("the force of a rule is N, D or I, not `{force}`"));
        return None;
    };
    Some(Rule { id, class, force, expected, kind })
}
