//! Which class a record is of, where nobody says: told by the message it stands in, by its type, or by its members.

use super::data::Data;
use super::objects::{Class, Domain, bare, fold_type};
use super::record::{fits, known_members, types};
use serde_json::Value;

type Found<'d> = (&'d Domain, &'d Class);

/// The class of a record, as [`Data::class`] takes it. Several domains may have a class of the name that its type says:
/// meant is that of the domain its context names, else the one that knows most of its members, and the default domain is
/// asked before the others.
pub(super) fn told(data: &Data, record_type: Option<&str>, record: &Value) -> Option<String> {
    let types = types(record);
    let named = |(_, class): &Found<'_>| types.iter().any(|name| class.types.contains(&fold_type(name)));
    let by_envelope = || {
        let record_type = bare(record_type?);
        domains(data)
            .filter_map(|domain| of_record_type(domain, record_type))
            .find(|found| types.is_empty() || named(found))
    };
    let its_own = |(_, class): &Found<'_>| types.iter().any(|name| fold_type(&class.name) == fold_type(name));
    let by_type = || {
        let all = || domains(data).flat_map(classes);
        let usual = || domains(data).take(1).flat_map(classes);
        // A class that extends what the type names is meant only where the context says its domain: a person with a member
        // that only another registry knows is a person, and the member its own.
        let said = all().filter(|(domain, _)| in_context(domain, record)).filter(named);
        let own = usual().filter(its_own).chain(usual().filter(named)).chain(all().filter(its_own)).chain(said);
        let meant = |(domain, class): &Found<'_>| (in_context(domain, record), known_members(class, record));
        most(own.collect(), meant).or_else(|| most(all().filter(named).collect(), meant))
    };
    let found = by_envelope().or_else(by_type).or_else(|| by_members(data, record))?;
    Some(name(found))
}

/// A record with the members that those of its type have beside its own: one record may lack all by which its class is
/// told from that of another domain. Where it says no type it stays as it is, since the others may be of any.
pub(super) fn joined(first: &Value, behind: impl Iterator<Item = Value>) -> Value {
    let mut joined = first.clone();
    let said = types(first);
    let Some(members) = joined.as_object_mut().filter(|_| !said.is_empty()) else { return joined };
    for record in behind.filter(|record| types(record) == said) {
        let Value::Object(more) = record else { continue };
        for (name, value) in more {
            members.entry(name).or_insert(value);
        }
    }
    joined
}

/// The other class that a record has more members of than of the one it is to be judged by; `Some(None)` where it has
/// none of any. `None` where it can be judged: its type says that it is of the class, or the other class is of the same
/// family and shares its members.
pub(super) fn other(data: &Data, class: &str, record: &Value) -> Option<Option<String>> {
    let (domain, class) = data.class(class)?;
    let known = known_members(class, record);
    let all = record.as_object().map_or(0, |members| members.keys().filter(|name| !name.starts_with('@')).count());
    let meant = || types(record).iter().any(|name| fits(name, class, domain));
    // No class has more of them, or it says itself what it is.
    if known > 0 && (known == all || meant()) {
        return None;
    }
    let stranger = |(_, other): &Found<'_>| {
        known_members(other, record) > known && !family(other).any(|name| family(class).any(|own| own == name))
    };
    match by_members(data, record).filter(stranger) {
        Some(found) => Some(Some(name(found))),
        None => (known == 0).then_some(None),
    }
}

/// Of the classes that a member of the record tells, the one that knows most of its members; the first of several.
fn by_members<'d>(data: &'d Data, record: &Value) -> Option<Found<'d>> {
    let members = record.as_object()?;
    let told = |domain: &'d Domain| {
        let mut told = domain.told_by.iter().filter(|(member, _)| members.keys().any(|name| bare(name) == member));
        told.next().and_then(|(_, class)| Some((domain, domain.classes.get(class)?)))
    };
    let candidates: Vec<Found<'d>> = domains(data).filter_map(told).collect();
    let usual = || domains(data).take(1).flat_map(classes);
    let meant = |(domain, class): &Found<'_>| (known_members(class, record), in_context(domain, record));
    let best = |found: Vec<Found<'d>>| most(found, meant).filter(|(_, class)| known_members(class, record) > 0);
    best(candidates).or_else(|| best(usual().collect())).or_else(|| best(domains(data).flat_map(classes).collect()))
}

/// The class of which something is most; the first of several.
fn most<'d, T: Ord>(found: Vec<Found<'d>>, of: impl Fn(&Found<'d>) -> T) -> Option<Found<'d>> {
    found.into_iter().rev().max_by_key(of)
}

/// Whether the context of a record names a domain. It is read as a label, and never fetched.
fn in_context(domain: &Domain, record: &Value) -> bool {
    let names = |text: &Value| {
        let text = text.as_str().unwrap_or_default();
        domain.contexts.iter().any(|part| text.contains(part.as_str()))
    };
    let within = |value: &Value| match value {
        Value::Object(terms) => terms.values().any(|term| names(term) || term.get("@id").is_some_and(names)),
        other => names(other),
    };
    match record.get("@context") {
        Some(Value::Array(items)) => items.iter().any(within),
        Some(context) => within(context),
        None => false,
    }
}

/// A class and those it extends.
fn family(class: &Class) -> impl Iterator<Item = &str> {
    class.bases.iter().chain([&class.name]).map(String::as_str)
}

fn domains(data: &Data) -> impl Iterator<Item = &Domain> {
    let usual = |domain: &&Domain| domain.default;
    data.domains.iter().filter(usual).chain(data.domains.iter().filter(move |domain| !usual(domain)))
}

fn classes(domain: &Domain) -> impl Iterator<Item = Found<'_>> {
    domain.classes.values().map(move |class| (domain, class))
}

fn of_record_type<'d>(domain: &'d Domain, record_type: &str) -> Option<Found<'d>> {
    Some((domain, domain.classes.get(domain.record_types.get(record_type)?)?))
}

fn name((domain, class): Found<'_>) -> String {
    match domain.default {
        true => class.name.clone(),
        false => format!("{} {}", domain.name, class.name),
    }
}
