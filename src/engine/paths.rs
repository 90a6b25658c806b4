//! Following a path into a JSON value: every value found, with the JSON pointer that leads to it.

use crate::profile::ast::{Operand, Segment};
use serde_json::Value;

/// A value found, and where.
#[derive(Clone, Debug)]
pub struct Spot<'v> {
    /// JSON pointer from the start of the walk.
    pub pointer: String,
    /// The value.
    pub value: &'v Value,
}

/// Most values a path may find: a hostile message must not blow up the walk.
const MOST: usize = 100_000;

/// Resolves the `${...}` in a path or an operand; an error is the reason it cannot.
pub type Resolve<'r> = &'r dyn Fn(&str) -> Result<Value, String>;

/// Follows `segments` from `start`.
///
/// # Errors
/// A reference in the path that has no value yet.
pub fn walk<'v>(start: &'v Value, segments: &[Segment], resolve: Resolve<'_>) -> Result<Vec<Spot<'v>>, String> {
    let mut spots = vec![Spot { pointer: String::new(), value: start }];
    for segment in segments {
        let mut next = Vec::new();
        for spot in &spots {
            step(spot, segment, resolve, &mut next)?;
            if next.len() >= MOST {
                next.truncate(MOST);
                break;
            }
        }
        spots = next;
    }
    Ok(spots)
}

fn step<'v>(spot: &Spot<'v>, segment: &Segment, resolve: Resolve<'_>, into: &mut Vec<Spot<'v>>) -> Result<(), String> {
    match segment {
        Segment::Member(name) if name.contains("${") => {
            let mut found = vec![spot.clone()];
            for name in dynamic(name, resolve)?.split('.') {
                found = found.iter().filter_map(|spot| member(spot, name)).collect();
            }
            into.extend(found);
        }
        Segment::Member(name) => into.extend(member(spot, name)),
        Segment::Each => {
            if let Value::Array(items) = spot.value {
                into.extend(items.iter().enumerate().map(|(index, value)| item(spot, index, value)));
            }
        }
        Segment::Index(index) => into.extend(spot.value.get(index).map(|value| item(spot, *index, value))),
        Segment::Last => {
            if let Value::Array(items) = spot.value {
                into.extend(items.last().map(|value| item(spot, items.len() - 1, value)));
            }
        }
        Segment::Select { name, value } => {
            let wanted = operand(value, resolve)?;
            if let Value::Array(items) = spot.value {
                let matching = items
                    .iter()
                    .enumerate()
                    .filter(|(_, item)| item.get(name).is_some_and(|found| super::values::same(found, &wanted)));
                into.extend(matching.map(|(index, value)| item(spot, index, value)));
            }
        }
        Segment::Descendants(name) => {
            let name = if name.contains("${") { dynamic(name, resolve)? } else { name.clone() };
            let last = name.rsplit('.').next().unwrap_or(&name);
            descend(&spot.pointer, spot.value, last, into);
        }
    }
    Ok(())
}

fn member<'v>(spot: &Spot<'v>, name: &str) -> Option<Spot<'v>> {
    spot.value.as_object()?.get(name).map(|value| Spot { pointer: below(&spot.pointer, name), value })
}

fn item<'v>(spot: &Spot<'v>, index: usize, value: &'v Value) -> Spot<'v> {
    Spot { pointer: format!("{}/{index}", spot.pointer), value }
}

/// Every member of that name at any depth, in document order; what is found is searched too.
fn descend<'v>(pointer: &str, value: &'v Value, name: &str, into: &mut Vec<Spot<'v>>) {
    if into.len() >= MOST {
        return;
    }
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let pointer = below(pointer, key);
                // As the data standard reads records: names of linked data may have a prefix.
                if super::query::plain(key) == name {
                    into.push(Spot { pointer: pointer.clone(), value });
                }
                descend(&pointer, value, name, into);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                descend(&format!("{pointer}/{index}"), value, name, into);
            }
        }
        _ => {}
    }
}

/// The nearest thing that a path inside an item finds from a place: in what stands there, else in what that stands in.
pub fn around<'v>(start: &'v Value, pointer: &str, inside: &[Segment], resolve: Resolve<'_>) -> Option<&'v Value> {
    let found = |at: &str| walk(start.pointer(at)?, inside, resolve).ok()?.first().map(|spot| spot.value);
    let mut at = pointer;
    loop {
        match found(at) {
            Some(value) => return Some(value),
            None => at = at.rsplit_once('/')?.0,
        }
    }
}

/// A pointer one member deeper, escaped as RFC 6901 asks.
pub fn below(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn dynamic(name: &str, resolve: Resolve<'_>) -> Result<String, String> {
    match resolve(name)? {
        Value::String(text) => Ok(text),
        other => Ok(other.to_string()),
    }
}

/// The value of an operand.
///
/// # Errors
/// A reference that has no value yet.
pub fn operand(operand: &Operand, resolve: Resolve<'_>) -> Result<Value, String> {
    match operand {
        Operand::Literal(value) => Ok(value.clone()),
        Operand::Reference(text) => resolve(text),
    }
}

/// Sets the value at a path of members and indexes, making objects on the way; false where the path does not fit.
pub fn set(target: &mut Value, segments: &[Segment], value: Value) -> bool {
    let Some((first, rest)) = segments.split_first() else {
        *target = value;
        return true;
    };
    let next = match first {
        Segment::Member(name) => {
            if target.is_null() {
                *target = Value::Object(serde_json::Map::new());
            }
            match target {
                Value::Object(members) => members.entry(name.clone()).or_insert(Value::Null),
                _ => return false,
            }
        }
        Segment::Index(index) => match target {
            Value::Array(items) => match items.get_mut(*index) {
                Some(item) => item,
                None => return false,
            },
            _ => return false,
        },
        Segment::Last => match target {
            Value::Array(items) => match items.last_mut() {
                Some(item) => item,
                None => return false,
            },
            _ => return false,
        },
        _ => return false,
    };
    set(next, rest, value)
}

/// Removes what stands at a path of members and indexes; false where nothing stood there.
pub fn remove(target: &mut Value, segments: &[Segment]) -> bool {
    match segments {
        [] => false,
        [Segment::Member(name)] => target.as_object_mut().is_some_and(|members| members.shift_remove(name).is_some()),
        [Segment::Index(index)] => match target {
            Value::Array(items) if *index < items.len() => {
                items.remove(*index);
                true
            }
            _ => false,
        },
        [Segment::Member(name), rest @ ..] => target.get_mut(name).is_some_and(|inner| remove(inner, rest)),
        [Segment::Index(index), rest @ ..] => target.get_mut(index).is_some_and(|inner| remove(inner, rest)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(start: &Value, segments: &[Segment]) -> Vec<String> {
        let none: Resolve<'_> = &|text| Ok(Value::from(text.replace("${x}", "d.e")));
        walk(start, segments, none).unwrap().into_iter().map(|spot| spot.pointer).collect()
    }

    #[test]
    fn finds_members_items_selections_and_descendants() {
        let value = json!({"a": [{"n": "x", "v": 1}, {"n": "y", "v": {"v": 2}}], "d": {"e": 1}});
        let a = Segment::Member("a".into());
        assert_eq!(found(&value, &[a.clone(), Segment::Each]), ["/a/0", "/a/1"]);
        assert_eq!(found(&value, &[a.clone(), Segment::Last]), ["/a/1"]);
        let select = Segment::Select { name: "n".into(), value: Operand::Literal(json!("y")) };
        assert_eq!(found(&value, &[a, select]), ["/a/1"]);
        assert_eq!(found(&value, &[Segment::Descendants("v".into())]), ["/a/0/v", "/a/1/v", "/a/1/v/v"]);
        assert_eq!(found(&value, &[Segment::Member("${x}".into())]), ["/d/e"]);
        assert_eq!(found(&value, &[Segment::Descendants("${x}".into())]), ["/d/e"]);
        assert!(found(&value, &[Segment::Member("zz".into()), Segment::Each]).is_empty());
    }

    #[test]
    fn what_stands_around_a_place_is_found_from_the_inside() {
        let value = json!({"id": 1, "l": [{"id": 2, "r": [{"n": 3}]}, {"r": [{"n": 4}]}]});
        let none: Resolve<'_> = &|_| Err(String::new());
        let id = |at: &str| around(&value, at, &[Segment::Member("id".into())], none).cloned();
        assert_eq!(id("/l/0/r/0"), Some(json!(2)));
        assert_eq!(id("/l/1/r/0"), Some(json!(1)), "the one further out");
        assert_eq!(around(&value, "/l/0", &[Segment::Member("zz".into())], none), None);
    }

    #[test]
    fn names_of_linked_data_are_found_at_any_depth() {
        let value = json!({"dci:identifier": [{"dci:n": 1}], "n": 2});
        assert_eq!(found(&value, &[Segment::Descendants("n".into())]), ["/dci:identifier/0/dci:n", "/n"]);
    }

    #[test]
    fn sets_and_removes_below_lists() {
        let mut value = json!({"a": [{"b": 1}]});
        let path =
            [Segment::Member("a".into()), Segment::Index(0), Segment::Member("c".into()), Segment::Member("d".into())];
        assert!(set(&mut value, &path, json!(2)));
        assert_eq!(value, json!({"a": [{"b": 1, "c": {"d": 2}}]}));
        assert!(remove(&mut value, &path[..3]));
        assert_eq!(value, json!({"a": [{"b": 1}]}));
        assert!(!remove(&mut value, &path));
    }
}
