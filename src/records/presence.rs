//! Which places of a record have a value, and which members the standard does not know: read from the tree of a record
//! that could not be proven. What is proven tells the same on the way.

use super::table::{ObjectId, ObjectNode, PlaceId, Table, ValueNode};
use serde_json::{Map, Value};

/// Objects within each other that are followed.
const DEEPEST: usize = 48;

impl Table {
    /// Adds the places that have a value, and the objects that are there, to `present`, and the paths of unknown members to `unknown`.
    pub(super) fn presence(&self, record: &Value, present: &mut Vec<PlaceId>, unknown: &mut Vec<String>) {
        if let Some(members) = record.as_object() {
            let mut walk = Walk { table: self, present, unknown };
            walk.present.push(self.visits(0));
            walk.object(members, 0, "", 0);
        }
    }
}

struct Walk<'w> {
    table: &'w Table,
    present: &'w mut Vec<PlaceId>,
    unknown: &'w mut Vec<String>,
}

impl Walk<'_> {
    fn object(&mut self, members: &Map<String, Value>, id: ObjectId, path: &str, depth: usize) {
        let table = self.table;
        let Some(node) = table.objects.get(usize::from(id)).filter(|_| depth <= DEEPEST) else { return };
        for (key, value) in members.iter().filter(|(key, _)| !key.starts_with('@')) {
            let name = bare(key);
            match node.place(name) {
                Some(place) if !absent(value) => {
                    self.present.push(place);
                    self.values(place, value, depth);
                }
                Some(_) => {}
                None => match value.as_object().filter(|_| node.wrappers.iter().any(|wrapper| wrapper == name)) {
                    Some(inner) => self.object(inner, id, path, depth + 1),
                    None => self.unknown.push(if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }),
                },
            }
        }
    }

    fn values(&mut self, place: PlaceId, value: &Value, depth: usize) {
        let table = self.table;
        let Some(property) = table.places.get(usize::from(place)) else { return };
        let ValueNode::Objects(nodes) = &property.value else { return };
        let single = std::slice::from_ref(value);
        for item in value.as_array().map_or(single, Vec::as_slice) {
            let Some(members) = item.as_object() else { continue };
            let known = |id: ObjectId| {
                let node = table.objects.get(usize::from(id));
                node.map_or(0, |node| members.keys().filter(|key| node.place(bare(key)).is_some()).count())
            };
            let meant = match nodes.as_slice() {
                [only] => Some(only),
                several => several.iter().rev().max_by_key(|(id, _)| known(*id)),
            };
            if let Some((id, _)) = meant {
                self.present.push(table.visits(*id));
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
}

fn bare(name: &str) -> &str {
    let before = name.bytes().rposition(|byte| matches!(byte, b':' | b'/' | b'#'));
    before.and_then(|at| name.get(at + 1..)).unwrap_or(name)
}

fn absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}
