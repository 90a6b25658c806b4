//! What may be found in a record that is sound but for some places, told by those places alone: no tree of it is built, and
//! what is sound is not judged again. Exports with members of their own have such a place in every record.

use super::explain::{Measure, number};
use super::finding::Judged;
use super::offsets::Entries;
use super::presence;
use super::prove::{Doubt, Doubts, Kind, Prover};
use super::redact::named;
use super::scan;
use super::tree;
use crate::standard::{Doubt as Asked, Doubtful, RecordFinding, push_escaped};
use serde_json::{Map, Value};
use std::ops::Range;

/// More findings are told by the full evaluator, which says how many it leaves out.
const MOST_FINDINGS: usize = 500;

/// A doubt with what the evaluator needs of it.
struct Place<'p> {
    doubt: &'p Doubt,
    pointer: String,
    /// The name of the member, where it is about one.
    name: &'p str,
    /// The value there; null for an object that lacks something, and for an object or list that the standard does not know.
    value: Value,
}

impl Measure<'_> {
    /// Everything found in a record that the prover has just seen, and that breaks no rule; `None` where the full
    /// evaluator has to look.
    pub(super) fn resolve(&self, prover: &Prover<'_>, record: &[u8], line: u64) -> Option<Judged> {
        let doubts = prover.doubts();
        let places = doubts.all()?.iter().map(|doubt| self.place(doubts, doubt, record));
        let places: Vec<Place<'_>> = places.collect::<Option<_>>()?;
        // What it holds may stand in another class.
        let holds = |place: &Place<'_>| {
            let unknown = matches!(place.doubt.kind, Kind::Unknown { .. }) && place.value.is_null();
            unknown && self.table.of_classes.contains(place.name)
        };
        if places.iter().any(holds) || self.may_be_another(record, &places) {
            return None;
        }
        let mut judged = Judged { key: self.hidden.key_in(record), of_class: true, ..Judged::default() };
        for found in self.found(&places)? {
            let of_value = |place: &&Place<'_>| !place.value.is_null() && place.pointer == found.pointer;
            let seen = places.iter().find(of_value).map(|place| &place.value);
            judged.findings.push(self.finding(found, seen, line));
        }
        number(record, &mut judged.findings);
        judged.present = prover.present().to_vec();
        judged.unknown = places.iter().filter_map(|place| self.unknown(place)).collect();
        Some(judged)
    }

    fn place<'p>(&'p self, doubts: &Doubts, doubt: &'p Doubt, record: &'p [u8]) -> Option<Place<'p>> {
        let mut pointer = doubts.pointer(self.table, doubt);
        let node = self.table.objects.get(usize::from(doubt.object))?;
        let name = match &doubt.kind {
            Kind::Missing { .. } => return Some(Place { doubt, pointer, name: "", value: Value::Null }),
            Kind::Count { key } | Kind::Value { key } => &*node.keys.get(usize::from(*key))?.text,
            Kind::Unknown { name, .. } => {
                let name = std::str::from_utf8(record.get(name.start + 1..name.end - 1)?).ok()?;
                pointer.push('/');
                push_escaped(&mut pointer, name);
                if matches!(record.get(doubt.bytes.start), Some(b'{' | b'[')) {
                    // Nothing of it is told, however large it is.
                    return Some(Place { doubt, pointer, name, value: Value::Null });
                }
                name
            }
        };
        let value = value(record, doubt.bytes.clone())?;
        Some(Place { doubt, pointer, name, value })
    }

    fn found(&self, places: &[Place<'_>]) -> Option<Vec<RecordFinding>> {
        let asked = places.iter().map(|Place { doubt, pointer, name, value }| {
            let node = self.table.objects.get(usize::from(doubt.object))?;
            let doubt = match doubt.kind {
                Kind::Count { .. } => Asked::Count(name, value),
                Kind::Value { .. } => Asked::Value(name, value),
                Kind::Unknown { .. } => Asked::Unknown(name),
                Kind::Missing { lacks } => Asked::Missing(self.table.names(node, lacks).collect()),
            };
            Some(Doubtful { class: &node.class, pointer, doubt })
        });
        let asked: Vec<Doubtful<'_>> = asked.collect::<Option<_>>()?;
        self.standard.judge_doubts(self.class, &asked, self.strictness, MOST_FINDINGS)
    }

    /// True where a record, or an object in it, has members that may be those of another class.
    fn may_be_another(&self, record: &[u8], places: &[Place<'_>]) -> bool {
        let foreign = |place: &Place<'_>| matches!(place.doubt.kind, Kind::Unknown { within: None, .. });
        let whole = || {
            let mut whole = members(record, scan::blank(record, 0));
            self.put_in_context(&mut whole);
            whole
        };
        // Most members that the standard does not know are members of no class.
        let of_classes = |place: &Place<'_>| self.table.of_classes.contains(place.name);
        let record_is = || {
            let whole = whole();
            self.standard.other_class(self.class, &whole).is_some()
                || self.standard.related_class(self.class, &whole, self.told).is_some()
        };
        let object_is = |place: &Place<'_>| {
            let Kind::Unknown { within: Some(_), start, .. } = place.doubt.kind else { return false };
            let node = self.table.objects.get(usize::from(place.doubt.object));
            let node = node.filter(|_| of_classes(place));
            node.is_some_and(|node| {
                let object = members(record, start);
                let related = || {
                    self.standard
                        .related_class_inside(self.class, &node.class, (&whole(), &object), self.told)
                        .is_some()
                };
                self.standard.other_class_inside(self.class, &node.class, &object).is_some() || related()
            })
        };
        (places.iter().any(|place| foreign(place) && of_classes(place)) && record_is()) || places.iter().any(object_is)
    }

    /// The path of a member that the standard does not know.
    fn unknown(&self, place: &Place<'_>) -> Option<String> {
        let Kind::Unknown { within, .. } = &place.doubt.kind else { return None };
        let within = within.and_then(|within| self.table.places.get(usize::from(within)));
        let name = named(place.name);
        Some(within.map_or_else(|| name.to_string(), |within| format!("{}.{name}", within.path)))
    }
}

/// The members of an object that starts here by their names; of what they hold only its type and its context are read, and
/// whether it is nothing.
fn members(record: &[u8], start: usize) -> Value {
    let entries = Entries::of(record, start);
    let named = entries.into_iter().flatten().filter_map(|(name, at)| {
        let name = name?.into_owned();
        let value = match name.as_str() {
            "@type" | "@context" => value(record, at..at)?,
            _ if says(record, at) => Value::Bool(true),
            _ => Value::Null,
        };
        Some((name, value))
    });
    let names: Map<String, Value> = named.collect();
    Value::Object(names)
}

/// Whether there is something in a value that starts here, mostly told by its first bytes: see [`presence::says`].
fn says(record: &[u8], at: usize) -> bool {
    match record.get(at) {
        Some(b'n') => false,
        Some(b'{' | b'[') => Entries::of(record, at)
            .into_iter()
            .flatten()
            .any(|(name, at)| !matches!(name.as_deref(), Some("@type" | "@context")) && says(record, at)),
        Some(b'"') => {
            scan::text(record, at).is_some_and(|text| text.says_something())
                || value(record, at..at).is_some_and(|text| presence::says(&text))
        }
        _ => true,
    }
}

/// A value by itself, of which at least the start is known; `None` where there is more to say of it than what it is.
fn value(record: &[u8], bytes: Range<usize>) -> Option<Value> {
    let end = if bytes.is_empty() { scan::value_loose(record, bytes.start)? } else { bytes.end };
    let (value, oddities) = tree::read(record.get(bytes.start..end)?).ok()?;
    oddities.is_empty().then_some(value)
}
