//! Which class among several an object is of: told by its type, or by its members.

use super::data::Data;
use super::names::Keys;
use super::objects::{Class, Domain, Shape, bare_type, fold_type};
use super::record::plain;
use super::rules::{absent, says};
use serde_json::Value;
use std::cmp::Reverse;

/// The class a record belongs to among several: the one its `@type` names, else the one that knows most of its members with
/// something in them, then most of their names (the first of equals); `None` when there is nothing to tell by.
pub(super) fn class_of<'c>(data: &Data, classes: &'c [String], record: &Value) -> Option<&'c str> {
    let known = |name: &&String| data.class(name).is_some();
    let classes: Vec<&String> = classes.iter().filter(known).collect();
    let typed = |name: &&&String| {
        data.class(name).is_some_and(|(domain, class)| types(record).iter().any(|written| fits(written, class, domain)))
    };
    let of_record = data.names.of_record(record);
    let keys = Keys { names: &data.names, of_record: &of_record };
    let members = |name: &&&String| {
        let class = data.class(name).map(|(_, class)| class);
        class.map_or((0, 0), |class| (known_members(keys, class, record), known_by(keys, class, record, |_| true)))
    };
    let by_members = || classes.iter().rev().filter(|name| members(name).1 > 0).max_by_key(members);
    classes.iter().find(typed).or_else(by_members).map(|name| name.as_str())
}

/// How many members of a value the class knows. Those in which nothing is say nothing of what the value is: many systems
/// write every name they have.
pub(super) fn known_members(keys: Keys<'_>, class: &Class, value: &Value) -> usize {
    known_by(keys, class, value, says)
}

/// How many members that count are known to the class.
pub(super) fn known_by(keys: Keys<'_>, class: &Class, value: &Value, count: fn(&Value) -> bool) -> usize {
    let knows = |key: &str| keys.own(key).is_some_and(|name| class.named(name).is_some());
    value.as_object().map_or(0, |members| members.iter().filter(|(key, inner)| knows(key) && count(inner)).count())
}

/// The types a value gives itself.
pub(super) fn types(value: &Value) -> Vec<&str> {
    match value.get("@type") {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        Some(other) => other.as_str().into_iter().collect(),
        None => Vec::new(),
    }
}

/// True when a type is another spelling of the class, of what it extends, or of a class that extends it.
pub(super) fn fits(written: &str, class: &Class, domain: &Domain) -> bool {
    // The usual spelling, without a look at all others: a class passes under its own name.
    if bare_type(written) == class.name {
        return true;
    }
    let folded = fold_type(written);
    let narrower = || domain.classes.values().find(|known| fold_type(&known.name) == folded);
    class.types.contains(&folded) || narrower().is_some_and(|known| known.types.contains(&fold_type(&class.name)))
}

/// The class among several that is meant: the one its type names, else the one of which most members have the kind of value
/// that they should, or are known to no other, and then fewest another kind. The first is the usual one.
pub(super) fn meant<'d>(domain: &'d Domain, keys: Keys<'_>, names: &[String], value: &Value) -> Option<&'d Class> {
    if let [only] = names {
        return domain.classes.get(only);
    }
    let classes: Vec<&Class> = names.iter().filter_map(|name| domain.classes.get(name)).collect();
    let its_own = |class: &&&Class| types(value).iter().any(|written| fold_type(written) == fold_type(&class.name));
    let typed = |class: &&&Class| types(value).iter().any(|written| fits(written, class, domain));
    // Where something speaks for the usual class, what only another one knows and has otherwise may be somebody's own.
    let usual = classes.first().filter(|usual| known_members(keys, usual, value) > 0);
    let alone = |class: &Class, name: &str| {
        let may_be = usual.is_none_or(|usual| usual.name == class.name);
        may_be && classes.iter().all(|other| other.name == class.name || other.named(name).is_none())
    };
    // Where as many fit, what is known beyond them does not fit, and speaks against the class.
    let members = |class: &&&Class| {
        let fitting = fitting_members(domain, keys, class, value, |name| alone(class, name));
        (fitting, Reverse(known_members(keys, class, value)))
    };
    let by_type = || classes.iter().find(its_own).or_else(|| classes.iter().find(typed));
    by_type().or_else(|| classes.iter().rev().max_by_key(members)).copied()
}

/// What speaks for a class in what stands below an object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Below {
    /// Members that are known to it, and those of the objects below that are known to theirs.
    known: usize,
    /// Objects below that say a type which fits their place.
    typed: usize,
}

/// What speaks for a class in its members and in the objects below it. Of a list some items say enough.
pub(super) fn known_below(domain: &Domain, keys: Keys<'_>, class: &Class, value: &Value, depth: usize) -> Below {
    const DEEPEST: usize = 6;
    const ITEMS: usize = 20;
    let mut found = Below::default();
    for (key, inner) in value.as_object().into_iter().flatten() {
        let Some(property) = keys.own(key).and_then(|name| class.named(name)) else { continue };
        found.known += 1;
        let Shape::Is(names) = &property.shape else { continue };
        let inner = plain(inner);
        let items = inner.as_array().map_or(std::slice::from_ref(inner), Vec::as_slice).iter().map(plain).take(ITEMS);
        for item in items.filter(|item| depth < DEEPEST && item.is_object()) {
            let Some(class) = meant(domain, keys, names, item) else { continue };
            let below = known_below(domain, keys, class, item, depth + 1);
            let typed = types(item).iter().any(|written| fits(written, class, domain));
            found.known += below.known;
            found.typed += below.typed + usize::from(typed);
        }
    }
    found
}

/// How many members of a value are known to the class and say something, and are objects where it has objects, and none where
/// it has none; whatever they are, where it `alone` knows them.
fn fitting_members(
    domain: &Domain,
    keys: Keys<'_>,
    class: &Class,
    value: &Value,
    alone: impl Fn(&str) -> bool,
) -> usize {
    let fits = |(key, inner): &(&String, &Value)| {
        let named = keys.own(key).and_then(|name| Some((name, class.named(name)?)));
        let Some((name, property)) = named else { return false };
        if alone(name) {
            return true;
        }
        let objects = match &property.shape {
            Shape::Any => return true,
            Shape::Codes(_) => false,
            Shape::Is(names) => names.first().is_some_and(|name| domain.classes.contains_key(name)),
        };
        let inner = plain(inner);
        let mut items = inner.as_array().map_or(std::slice::from_ref(inner), Vec::as_slice).iter().map(plain);
        items.all(|item| absent(item) || item.is_object() == objects)
    };
    value.as_object().map_or(0, |members| members.iter().filter(|(_, inner)| says(inner)).filter(fits).count())
}
