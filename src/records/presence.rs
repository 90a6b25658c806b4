//! Which places of a record have a value, and which members the standard does not know: read from the tree of a record
//! that could not be proven. What is proven tells the same on the way.

use super::redact::named;
use super::table::{ObjectId, ObjectNode, PlaceId, Table, ValueNode};
pub(super) use crate::standard::says;
use crate::standard::{Keys, holds, is_keyword, keyed, plain, wrapped};
use serde_json::{Map, Value};

/// Objects within each other that are followed.
const DEEPEST: usize = 48;

impl Table {
    /// Adds the places that have a value, and the objects that are there, to `present`, and the paths of unknown members to `unknown`.
    pub(super) fn presence(&self, record: &Value, present: &mut Vec<PlaceId>, unknown: &mut Vec<String>) {
        if let Some(members) = record.as_object() {
            let of_record = self.own_names.of_record(record);
            let keys = Keys { names: &self.own_names, of_record: &of_record };
            let mut walk = Walk { table: self, keys, present, unknown };
            walk.present.push(self.visits(0));
            walk.object(members, 0, "", 0);
        }
    }
}

struct Walk<'w> {
    table: &'w Table,
    keys: Keys<'w>,
    present: &'w mut Vec<PlaceId>,
    unknown: &'w mut Vec<String>,
}

impl Walk<'_> {
    fn object(&mut self, members: &Map<String, Value>, id: ObjectId, path: &str, depth: usize) {
        let table = self.table;
        let Some(node) = table.objects.get(usize::from(id)).filter(|_| depth <= DEEPEST) else { return };
        let knows = |name: &str| {
            let wraps = |name: &str| node.wrappers.iter().any(|wrapper| wrapper == name);
            self.keys.own(name).is_some_and(|name| node.place(name).is_some() || wraps(name))
        };
        if keyed(members, knows) {
            // The keys may be somebody's.
            return;
        }
        for (key, value) in members.iter().filter(|(key, _)| !is_keyword(key)) {
            let own = self.keys.own(key);
            let name = own.unwrap_or(key);
            match own.and_then(|name| self.place(node, name, members)) {
                Some(place) => {
                    self.present.extend(says(value).then_some(place));
                    self.values(place, value, depth);
                }
                None => match node.wrappers.iter().any(|wrapper| wrapper == name).then(|| wrapped(value)).flatten() {
                    Some(Ok((Value::Object(inner), _))) => self.object(inner, id, path, depth + 1),
                    _ => self.unknown.push(match (path, named(name)) {
                        ("", name) => name.into_owned(),
                        (path, name) => format!("{path}.{name}"),
                    }),
                },
            }
        }
    }

    /// The place of a member by any name it is known by, but by one that is seen in place of its own only where that is not
    /// there.
    fn place(&self, node: &ObjectNode, name: &str, members: &Map<String, Value>) -> Option<PlaceId> {
        let place = node.place(name)?;
        let proper = |name: &str| node.place(name) == Some(place) && !node.is_instead(name);
        let there = |(key, value): (&String, &Value)| self.keys.own(key).is_some_and(proper) && holds(value);
        (!node.is_instead(name) || !members.iter().any(there)).then_some(place)
    }

    fn values(&mut self, place: PlaceId, value: &Value, depth: usize) {
        let table = self.table;
        let Some(property) = table.places.get(usize::from(place)) else { return };
        let ValueNode::Objects(nodes) = &property.value else { return };
        let value = plain(value);
        let single = std::slice::from_ref(value);
        for item in value.as_array().map_or(single, Vec::as_slice).iter().map(plain) {
            let Some(members) = item.as_object() else { continue };
            let known = |id: ObjectId| {
                let node = table.objects.get(usize::from(id));
                node.map_or(0, |node| {
                    let knows = |key: &str| self.keys.own(key).is_some_and(|name| node.place(name).is_some());
                    members.iter().filter(|(key, value)| knows(key) && says(value)).count()
                })
            };
            let meant = match nodes.as_slice() {
                [only] => Some(only),
                several => several.iter().rev().max_by_key(|(id, _)| known(*id)),
            };
            if let Some((id, _)) = meant {
                // An object in which nothing is, is not there: nothing can lack in it.
                self.present.extend(says(item).then(|| table.visits(*id)));
                self.object(members, *id, &property.path, depth + 1);
            }
        }
    }
}

impl ObjectNode {
    /// The place of a member, by any name it is known by.
    pub(super) fn place(&self, name: &str) -> Option<PlaceId> {
        let own = self.keys.iter().find(|known| &*known.text == name).map(|known| known.place);
        own.or_else(|| self.aliases.iter().find(|(known, _)| known == name).map(|(_, place)| *place))
    }

    fn is_instead(&self, name: &str) -> bool {
        self.instead.iter().any(|known| known == name)
    }
}
