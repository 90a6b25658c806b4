//! Which class a record is of, where nobody says: told by the message it stands in, by its type, or by its members.

use super::data::Data;
use super::meant::{fits, known_below, known_by, known_members, types};
use super::names::Keys;
use super::objects::{Class, Domain, bare, fold_type};
use super::record::plain;
use super::rules::{absent, says};
use serde_json::map::Entry;
use serde_json::{Map, Value};
use std::cmp::Ordering;

type Found<'d> = (&'d Domain, &'d Class);

/// So many members that only a class which extends the named one knows are no chance; one may be a member of somebody else.
const NO_CHANCE: usize = 2;

/// The class of records, by the first one and those behind it. Where neither they nor a message around them say a type, the
/// others may be of any class: then it is that of the first, or one of its family that all of them together tell.
pub(super) fn told_of_all(
    data: &Data,
    record_type: Option<&str>,
    first: &Value,
    behind: impl Iterator<Item = Value>,
) -> Option<String> {
    let all = || told(data, record_type, &joined(first, behind));
    if record_type.is_some() || !types(first).is_empty() {
        return all();
    }
    let alone = told(data, record_type, first)?;
    let akin = |all: &String| {
        let of = |name: &str| data.class(name).map(|(_, class)| class);
        of(all).zip(of(&alone)).is_some_and(|(one, other)| are_related(one, other))
    };
    Some(all().filter(akin).unwrap_or(alone))
}

/// The class of a record, as [`Data::class`] takes it. Several domains may have records of the type that the message says,
/// or a class of the name that its own type says: meant is that of the domain its context names, else the one that knows
/// most of its members, then of those below them, then the one that the types below them fit, and the default domain is asked
/// before the others.
fn told(data: &Data, record_type: Option<&str>, record: &Value) -> Option<String> {
    let types = types(record);
    let named = |(_, class): &Found<'_>| types.iter().any(|name| class.types.contains(&fold_type(name)));
    let of_record = data.names.of_record(record);
    let keys = Keys { names: &data.names, of_record: &of_record };
    let context = context(data, record);
    let meant = |(domain, class): &Found<'_>| {
        let below = known_below(domain, keys, class, record, 0);
        (in_context(domain, &context), known_by(keys, class, record, any), below)
    };
    let by_envelope = || {
        let record_type = bare(record_type?);
        let listed: Vec<_> = domains(data).filter_map(|domain| of_record_type(domain, record_type)).collect();
        // Other domains have records of a class by that name too, and no other type to give them in a message.
        let alike = |(domain, class): &Found<'_>| {
            let of_name = listed.iter().any(|(_, known)| known.name == class.name);
            let is_listed = listed.iter().any(|(known, _)| known.name == domain.name);
            of_name && !is_listed && domain.has_records_of(&class.name)
        };
        let all = listed.iter().copied().chain(domains(data).flat_map(classes).filter(alike));
        most(all.filter(|found| types.is_empty() || named(found)).collect(), meant)
    };
    let its_own = |(_, class): &Found<'_>| types.iter().any(|name| fold_type(&class.name) == fold_type(name));
    let by_type = || {
        let all = || domains(data).flat_map(classes);
        let usual = || domains(data).take(1).flat_map(classes);
        // A class that extends what the type names is meant only where the context says its domain, or where no context says
        // any and several members are known to it alone: a person with one member that only another registry knows is a
        // person, and the member its own.
        let said = all().filter(|(domain, _)| in_context(domain, &context)).filter(named);
        let whole = |(domain, class): &Found<'_>| domain.has_records_of(&class.name);
        let alone = |(_, class): &Found<'_>| {
            let elsewhere = |name: &str| usual().filter(whole).any(|(_, known)| known.named(name).is_some());
            let own = record.as_object().into_iter().flat_map(|members| members.keys()).filter_map(|key| keys.own(key));
            own.filter(|name| class.named(name).is_some() && !elsewhere(name)).count()
        };
        let unsaid = context.is_empty();
        let richer = all().filter(|found| unsaid && whole(found) && named(found) && alone(found) >= NO_CHANCE);
        let own = usual().filter(its_own).chain(usual().filter(named)).chain(all().filter(its_own)).chain(said);
        let own = own.chain(richer);
        most(own.collect(), meant).or_else(|| most(all().filter(named).collect(), meant))
    };
    // A document that holds records further down may have a member or two of the names of one.
    let members = own_names(record).count();
    let by_members = || by_members(data, keys, record, any, |known| 2 * known > members);
    let found = by_envelope().or_else(by_type).or_else(by_members)?;
    Some(name(found))
}

/// A record with the members that those of its type have beside its own, in the objects in it too: one record may lack all by
/// which its class is told from that of another domain.
fn joined(first: &Value, behind: impl Iterator<Item = Value>) -> Value {
    let mut joined = first.clone();
    let said: Vec<String> = types(first).into_iter().map(str::to_owned).collect();
    behind.filter(|record| types(record) == said).for_each(|record| join(&mut joined, record, 0));
    joined
}

/// Adds what one value has to another; what items of a list have goes to the first object in it.
fn join(into: &mut Value, from: Value, depth: usize) {
    const DEEPEST: usize = 8;
    match (into, from) {
        (Value::Object(members), Value::Object(more)) => {
            for (name, value) in more {
                match members.entry(name) {
                    Entry::Vacant(free) => drop(free.insert(value)),
                    Entry::Occupied(known) if known.key().starts_with('@') || depth >= DEEPEST => {}
                    Entry::Occupied(mut known) => join(known.get_mut(), value, depth + 1),
                }
            }
        }
        (Value::Array(items), Value::Array(more)) => {
            for item in more.into_iter().filter(Value::is_object) {
                match items.iter_mut().find(|known| known.is_object()) {
                    Some(known) => join(known, item, depth + 1),
                    None => items.push(item),
                }
            }
        }
        (into, from) if absent(into) => *into = from,
        _ => {}
    }
}

/// The other class that a record has more members of than of the one it is to be judged by; `Some(None)` where it has
/// none of any. `None` where it can be judged: its type says that it is of the class, or the other class is of the same
/// family and shares its members.
pub(super) fn other(data: &Data, class: &str, record: &Value) -> Option<Option<String>> {
    let found = data.class(class)?;
    match stranger(data, found, record) {
        Some(other) => Some(Some(other)),
        None => {
            let of_record = data.names.of_record(record);
            let keys = Keys { names: &data.names, of_record: &of_record };
            (known_by(keys, found.1, record, any) == 0).then_some(None)
        }
    }
}

/// The class of the same family that a record has more members of than of the one it is to be judged by, and may be of; and
/// whether it says so itself, by its type or its context. Where it says nothing it may be of either: that counts only where
/// the class was `told` by other records, and nobody named it.
pub(super) fn related(data: &Data, class: &str, record: &Value, told: bool) -> Option<(String, bool)> {
    let own = data.class(class)?;
    let of_record = data.names.of_record(record);
    let keys = Keys { names: &data.names, of_record: &of_record };
    let known = |(_, class): &Found<'_>| known_members(keys, class, record);
    let least = known(&own);
    if least == own_members(record).count() {
        return None;
    }
    let richer = domains(data).flat_map(classes).filter(|found| are_related(found.1, own.1) && known(found) > least);
    let richer = richer.filter(|(domain, class)| domain.has_records_of(&class.name));
    let context = context(data, record);
    let says = |found: &Found<'_>| says_rather(record, &context, *found, own);
    let may_be = |found: &Found<'_>| says(found) == Ordering::Greater || told && says(found) == Ordering::Equal;
    let other = most(richer.filter(may_be).collect(), |found| (says(found), known(found)))?;
    Some((name(other), says(&other) == Ordering::Greater))
}

/// The other domains that a record may be of, as [`related`] takes it, where they have records by the name of its class.
pub(super) fn may_be_of<'d>(data: &'d Data, class: &str, record: &Value, told: bool) -> Vec<&'d Domain> {
    let Some(own) = data.class(class) else { return Vec::new() };
    let context = context(data, record);
    let may_be = |domain: &&Domain| {
        let whole = domain.classes.get(&own.1.name).filter(|class| domain.has_records_of(&class.name));
        let says = whole.map(|class| says_rather(record, &context, (domain, class), own));
        domain.name != own.0.name && (says == Some(Ordering::Greater) || told && says == Some(Ordering::Equal))
    };
    domains(data).filter(may_be).collect()
}

/// The class by the same name, in one of these domains, that knows more members of an object than its own does.
pub(super) fn of_another_domain(data: &Data, others: &[&Domain], class: &Class, object: &Value) -> Option<String> {
    let of_record = data.names.of_record(object);
    let keys = Keys { names: &data.names, of_record: &of_record };
    let found = others.iter().filter_map(|domain| Some((*domain, domain.classes.get(&class.name)?)));
    let richer = |(_, other): &Found<'_>| known_members(keys, other, object) > known_members(keys, class, object);
    found.into_iter().find(richer).map(name)
}

/// Which of two classes a record says that it is of: by its type, else by its context. Less is the second.
fn says_rather(record: &Value, context: &[&str], one: Found<'_>, other: Found<'_>) -> Ordering {
    let typed = |(_, class): Found<'_>| types(record).iter().any(|name| class.types.contains(&fold_type(name)));
    let within = |(domain, _): Found<'_>| in_context(domain, context);
    typed(one).cmp(&typed(other)).then_with(|| within(one).cmp(&within(other)))
}

fn are_related(one: &Class, other: &Class) -> bool {
    family(one).any(|name| family(other).any(|known| known == name))
}

/// The other class that an object has more members of than of its own, by the same measure.
pub(super) fn stranger(data: &Data, (domain, class): Found<'_>, object: &Value) -> Option<String> {
    let of_record = data.names.of_record(object);
    let keys = Keys { names: &data.names, of_record: &of_record };
    // It may say itself what it is, by a wrapper of its class.
    let wrapped = has_wrapper(keys, class, object);
    (!wrapped).then(|| richer(data, (domain, class), keys, object)).flatten().map(name)
}

/// The other class of what stands beside a wrapper in an object, where it has more members of that than of its own.
pub(super) fn beside_wrapper<'d>(data: &'d Data, found: Found<'d>, object: &Value) -> Option<Found<'d>> {
    let of_record = data.names.of_record(object);
    let keys = Keys { names: &data.names, of_record: &of_record };
    has_wrapper(keys, found.1, object).then(|| richer(data, found, keys, object)).flatten()
}

/// The class of no relation that has more of the members of an object.
fn richer<'d>(data: &'d Data, (domain, class): Found<'d>, keys: Keys<'_>, object: &Value) -> Option<Found<'d>> {
    let known = known_members(keys, class, object);
    if known == own_members(object).count() {
        return None;
    }
    let typed = typed(keys, (domain, class), object);
    let stranger = |(_, other): &Found<'_>| {
        known_members(keys, other, object) > known && !are_related(other, class) && !typed(other)
    };
    let found = by_members(data, keys, object, says, |known| known > 0).filter(stranger)?;
    // Where the own domain has such a class too, that is meant.
    let own = classes(domain).filter(|(domain, class)| domain.has_records_of(&class.name)).filter(stranger);
    let own = most(own.collect(), |(_, class)| known_members(keys, class, object));
    let as_good = |(_, own): &Found<'_>| known_members(keys, own, object) >= known_members(keys, found.1, object);
    Some(own.filter(as_good).unwrap_or(found))
}

/// The other class that an object inside a record has more members of than of that of its place. A part of records, such as an
/// address, is meant only where it alone knows several under their own names: one may be a member of somebody else.
pub(super) fn stranger_inside(data: &Data, (domain, class): Found<'_>, object: &Value) -> Option<String> {
    let of_record = data.names.of_record(object);
    let keys = Keys { names: &data.names, of_record: &of_record };
    let known = known_members(keys, class, object);
    if known == own_members(object).count() {
        return None;
    }
    // What is no whole record has members that any may have, such as a name.
    let whole = || {
        let extends = |other: &Class| other.bases.contains(&class.name) && domain.has_records_of(&other.name);
        domain.has_records_of(&class.name) || domain.classes.values().any(extends)
    };
    let typed = typed(keys, (domain, class), object);
    let part = || {
        let names = || own_members(object).filter_map(|key| keys.own(key));
        let proper = |other: &Class| names().filter(|name| other.property(name).is_some()).count();
        let alone = |other: &Class| {
            let of_it = |name: &&str| other.property(name).is_some() && class.named(name).is_none();
            names().filter(of_it).count()
        };
        let meant = |(_, other): &Found<'_>| {
            alone(other) >= NO_CHANCE && proper(other) > known && !are_related(other, class) && !typed(other)
        };
        let wrapped = has_wrapper(keys, class, object);
        let found = classes(domain).filter(|found| !wrapped && meant(found));
        most(found.collect(), |(_, other)| proper(other)).map(name)
    };
    let of_record = || stranger(data, (domain, class), object);
    whole().then(of_record).flatten().or_else(part)
}

/// Tells whether an object says by its type that it is of its class, and not of another: what both know speaks for neither,
/// so it must have a member besides that the other does not know.
fn typed<'o>(keys: Keys<'o>, (domain, class): Found<'o>, object: &'o Value) -> impl Fn(&Class) -> bool + 'o {
    let typed = types(object).iter().any(|name| fits(name, class, domain));
    move |other| {
        let mut names = own_members(object).filter_map(|key| keys.own(key));
        typed && names.any(|name| class.named(name).is_some() && other.named(name).is_none())
    }
}

/// True for an object with a wrapper of its class, of which something else may be around what it is.
fn has_wrapper(keys: Keys<'_>, class: &Class, object: &Value) -> bool {
    let mut names = own_members(object).filter_map(|key| keys.own(key));
    names.any(|name| class.wrappers.iter().any(|wrapper| wrapper == name))
}

/// True for an object that has no member its class knows, but objects under keys of their own, as some write lists.
pub(crate) fn keyed(members: &Map<String, Value>, knows: impl Fn(&str) -> bool) -> bool {
    fn objects(value: &Value) -> impl Iterator<Item = &Map<String, Value>> {
        let value = plain(value);
        value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice).iter().filter_map(Value::as_object)
    }
    let own = || members.iter().filter(|(key, _)| !key.starts_with('@'));
    let of_class = |object: &Map<String, Value>| object.keys().any(|key| knows(key));
    // What holds nothing else than objects is no object of its class either.
    let all = || own().all(|(_, value)| objects(value).next().is_some());
    own().next().is_some()
        && !own().any(|(key, _)| knows(key))
        && (all() || own().any(|(_, value)| objects(value).any(of_class)))
}

/// Of the classes that a member of the record tells, the one that knows most of its members; the first of several, those that
/// editions add before the standard's own of the domain. Only classes of whole records are asked, and one is meant only where
/// it knows `enough` of those that `count`: a part of a record, or a document that holds records, has some of such names too.
fn by_members<'d>(
    data: &'d Data,
    keys: Keys<'_>,
    record: &Value,
    count: fn(&Value) -> bool,
    enough: impl Fn(usize) -> bool,
) -> Option<Found<'d>> {
    let members = record.as_object()?;
    let is = |member: &String, name: &String, inner: &Value| keys.own(name) == Some(member) && count(inner);
    let here = |(member, _): &&(String, String)| members.iter().any(|(name, inner)| is(member, name, inner));
    let told = |domain: &'d Domain| {
        let all = domain.told_by_added.iter().chain(&domain.told_by).filter(here);
        all.filter_map(|(_, class)| Some((domain, domain.classes.get(class)?))).collect::<Vec<_>>()
    };
    let candidates: Vec<Found<'d>> = domains(data).flat_map(told).collect();
    let whole = |domain: &'d Domain| classes(domain).filter(|(domain, class)| domain.has_records_of(&class.name));
    let usual = || domains(data).take(1).flat_map(whole).collect();
    let all = || domains(data).flat_map(whole).collect();
    let context = context(data, record);
    let meant = |(domain, class): &Found<'_>| {
        let below = known_below(domain, keys, class, record, 0);
        (known_by(keys, class, record, count), in_context(domain, &context), below)
    };
    let enough = |(_, class): &Found<'_>| enough(known_by(keys, class, record, count));
    let best = |found: Vec<Found<'d>>| most(found, meant).filter(enough);
    best(candidates).or_else(|| best(usual())).or_else(|| best(all()))
}

/// The names of the members that are no keywords of JSON-LD.
fn own_names(record: &Value) -> impl Iterator<Item = &str> {
    own(record, any)
}

/// The names of those in which something is: the others say nothing of what the record is.
fn own_members(record: &Value) -> impl Iterator<Item = &str> {
    own(record, says)
}

fn own(record: &Value, count: fn(&Value) -> bool) -> impl Iterator<Item = &str> {
    let members = record.as_object().into_iter().flatten();
    members.filter(move |(name, inner)| !name.starts_with('@') && count(inner)).map(|(name, _)| name.as_str())
}

/// What a member holds is no matter where its name says enough, as in the records by which the class of a file is told.
fn any(_: &Value) -> bool {
    true
}

/// The class of which something is most; the first of several.
fn most<'d, T: Ord>(found: Vec<Found<'d>>, of: impl Fn(&Found<'d>) -> T) -> Option<Found<'d>> {
    found.into_iter().rev().max_by_key(of)
}

/// What names a domain in the context of a record, which is read as a label and never fetched: what its type has as prefix or
/// address, else what names without a prefix or with one of the standard's own have, else any prefix. The classes of one domain
/// are published with prefixes for those of others that they extend.
fn context<'r>(data: &Data, record: &'r Value) -> Vec<&'r str> {
    let names = |address: &&str| domains(data).any(|domain| in_context(domain, &[address]));
    let items = match record.get("@context") {
        Some(Value::Array(items)) => items.as_slice(),
        Some(context) => std::slice::from_ref(context),
        None => &[],
    };
    let terms = || items.iter().filter_map(Value::as_object).flatten();
    let address = |term: &'r Value| term.get("@id").unwrap_or(term).as_str();
    // The last one counts, as in JSON-LD.
    let given = |prefix: &str| terms().rfind(|(name, _)| name.as_str() == prefix).and_then(|(_, term)| address(term));
    let of_type = |name: &'r str| match name.split_once(':') {
        Some((_, rest)) if rest.starts_with("//") => Some(name),
        Some((prefix, _)) => given(prefix),
        None => None,
    };
    let typed: Vec<&str> = types(record).into_iter().filter_map(of_type).filter(names).collect();
    if !typed.is_empty() {
        return typed;
    }
    let whole = items.iter().filter_map(Value::as_str).filter(names);
    let (own, others): (Vec<_>, Vec<_>) = terms()
        .filter_map(|(name, term)| Some((name == "@vocab" || data.names.has_own(name), address(term)?)))
        .filter(|(_, address)| names(address))
        .partition(|(own, _)| *own);
    let named: Vec<&str> = whole.chain(own.into_iter().map(|(_, address)| address)).collect();
    match named.is_empty() {
        true => others.into_iter().map(|(_, address)| address).collect(),
        false => named,
    }
}

/// Whether the context of a record names a domain.
fn in_context(domain: &Domain, context: &[&str]) -> bool {
    context.iter().any(|address| domain.contexts.iter().any(|part| address.contains(part.as_str())))
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

pub(super) fn name((domain, class): Found<'_>) -> String {
    match domain.default {
        true => class.name.clone(),
        false => format!("{} {}", domain.name, class.name),
    }
}
