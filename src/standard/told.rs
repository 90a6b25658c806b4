//! Which class a record is of, where nobody says: told by the message it stands in, by its type, or by its members.

use super::data::Data;
use super::meant::{fits, known_below, known_members, types};
use super::names::Keys;
use super::objects::{Class, Domain, bare, fold_type};
use serde_json::Value;

type Found<'d> = (&'d Domain, &'d Class);

/// The class of a record, as [`Data::class`] takes it. Several domains may have records of the type that the message says,
/// or a class of the name that its own type says: meant is that of the domain its context names, else the one that knows
/// most of its members, then of those below them, and the default domain is asked before the others.
pub(super) fn told(data: &Data, record_type: Option<&str>, record: &Value) -> Option<String> {
    let types = types(record);
    let named = |(_, class): &Found<'_>| types.iter().any(|name| class.types.contains(&fold_type(name)));
    let of_record = data.names.of_record(record);
    let keys = Keys { names: &data.names, of_record: &of_record };
    let meant = |(domain, class): &Found<'_>| {
        let below = known_below(domain, keys, class, record, 0);
        (in_context(domain, record), known_members(keys, class, record), below)
    };
    let by_envelope = || {
        let record_type = bare(record_type?);
        let all = domains(data).filter_map(|domain| of_record_type(domain, record_type));
        most(all.filter(|found| types.is_empty() || named(found)).collect(), meant)
    };
    let its_own = |(_, class): &Found<'_>| types.iter().any(|name| fold_type(&class.name) == fold_type(name));
    let by_type = || {
        let all = || domains(data).flat_map(classes);
        let usual = || domains(data).take(1).flat_map(classes);
        // A class that extends what the type names is meant only where the context says its domain: a person with a member
        // that only another registry knows is a person, and the member its own.
        let said = all().filter(|(domain, _)| in_context(domain, record)).filter(named);
        let own = usual().filter(its_own).chain(usual().filter(named)).chain(all().filter(its_own)).chain(said);
        most(own.collect(), meant).or_else(|| most(all().filter(named).collect(), meant))
    };
    // A document that holds records further down may have a member or two of the names of one.
    let members = own_members(record).count();
    let by_members = || by_members(data, keys, record, |known| 2 * known > members);
    let found = by_envelope().or_else(by_type).or_else(by_members)?;
    Some(name(found))
}

/// A record with the members that those of its type have beside its own: one record may lack all by which its class is
/// told from that of another domain. Where neither it nor a message around it says a type it stays as it is, since the
/// others may be of any.
pub(super) fn joined(record_type: Option<&str>, first: &Value, behind: impl Iterator<Item = Value>) -> Value {
    let mut joined = first.clone();
    let said = types(first);
    let typed = record_type.is_some() || !said.is_empty();
    let Some(members) = joined.as_object_mut().filter(|_| typed) else { return joined };
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
    let found = data.class(class)?;
    match stranger(data, found, record) {
        Some(other) => Some(Some(other)),
        None => (known(data, found, record) == 0).then_some(None),
    }
}

/// The other class that an object has more members of than of its own, by the same measure.
pub(super) fn stranger(data: &Data, (domain, class): Found<'_>, object: &Value) -> Option<String> {
    let known = known(data, (domain, class), object);
    let typed = || types(object).iter().any(|name| fits(name, class, domain));
    let wrapped = || own_members(object).any(|name| class.wrappers.iter().any(|wrapper| wrapper == name));
    // No class has more of them, or it says itself what it is: by its type, or by a wrapper of its class.
    if known > 0 && (known == own_members(object).count() || typed()) || wrapped() {
        return None;
    }
    let of_record = data.names.of_record(object);
    let keys = Keys { names: &data.names, of_record: &of_record };
    let stranger = |(_, other): &Found<'_>| {
        known_members(keys, other, object) > known && !family(other).any(|name| family(class).any(|own| own == name))
    };
    by_members(data, keys, object, |known| known > 0).filter(stranger).map(name)
}

/// How many members of an object its class knows.
fn known(data: &Data, (_, class): Found<'_>, object: &Value) -> usize {
    let of_record = data.names.of_record(object);
    known_members(Keys { names: &data.names, of_record: &of_record }, class, object)
}

/// Of the classes that a member of the record tells, the one that knows most of its members; the first of several. Only
/// classes of whole records are asked, and one is meant only where it knows `enough` members: a part of a record, or a
/// document that holds records, has some of such names too.
fn by_members<'d>(data: &'d Data, keys: Keys<'_>, record: &Value, enough: impl Fn(usize) -> bool) -> Option<Found<'d>> {
    let members = record.as_object()?;
    let told = |domain: &'d Domain| {
        let mut told =
            domain.told_by.iter().filter(|(member, _)| members.keys().any(|name| keys.own(name) == Some(member)));
        told.next().and_then(|(_, class)| Some((domain, domain.classes.get(class)?)))
    };
    let candidates: Vec<Found<'d>> = domains(data).filter_map(told).collect();
    let whole = |domain: &'d Domain| classes(domain).filter(|(domain, class)| domain.has_records_of(&class.name));
    let usual = || domains(data).take(1).flat_map(whole).collect();
    let all = || domains(data).flat_map(whole).collect();
    let meant = |(domain, class): &Found<'_>| {
        let below = known_below(domain, keys, class, record, 0);
        (known_members(keys, class, record), in_context(domain, record), below)
    };
    let best =
        |found: Vec<Found<'d>>| most(found, meant).filter(|(_, class)| enough(known_members(keys, class, record)));
    best(candidates).or_else(|| best(usual())).or_else(|| best(all()))
}

/// The names of the members that are no keywords of JSON-LD.
fn own_members(record: &Value) -> impl Iterator<Item = &str> {
    record
        .as_object()
        .into_iter()
        .flat_map(|members| members.keys().map(String::as_str))
        .filter(|n| !n.starts_with('@'))
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
