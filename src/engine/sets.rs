//! Sentences about whole collections: uniqueness, sameness, union, order.

use super::paths::{Resolve, walk};
use super::values::{key, number, order, shown};
use crate::profile::ast::Path;
use serde_json::Value;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Items known by what identifies them: key to a short rendering.
pub type Set = BTreeMap<String, String>;

/// What came of comparing collections.
pub type Compared = Result<(), Problem>;

/// Why a comparison did not hold, or could not be made.
#[derive(Debug, PartialEq, Eq)]
pub enum Problem {
    /// It does not hold: what was found.
    Misses(String),
    /// It cannot be told: why.
    Unknown(String),
}

/// Items as a list: what a path without `[]` found is one list, else the found values are the items.
pub fn items<'v>(found: &[&'v Value]) -> Vec<&'v Value> {
    match found {
        [Value::Array(items)] => items.iter().collect(),
        many => many.to_vec(),
    }
}

/// The set of items, each known by itself or by what `by` finds in it.
///
/// # Errors
/// An item in which `by` finds nothing: it cannot be told apart.
pub fn set(items: &[&Value], by: Option<&Path>, resolve: Resolve<'_>) -> Result<Set, Problem> {
    let mut set = Set::new();
    for item in items {
        let identity = match by {
            None => key(item),
            Some(path) => {
                let found = walk(item, &path.segments, resolve).map_err(Problem::Unknown)?;
                if found.is_empty() {
                    return Err(Problem::Unknown(format!("an item has no `{}` to know it by", path.text)));
                }
                let found: BTreeSet<String> = found.iter().map(|spot| key(spot.value)).collect();
                found.into_iter().collect::<Vec<_>>().join("+")
            }
        };
        set.insert(identity.clone(), by.map_or_else(|| shown(item), |_| super::values::shorten(&identity)));
    }
    Ok(set)
}

/// All different; the first repeated one is the finding.
pub fn unique(items: &[&Value]) -> Compared {
    let mut seen = BTreeSet::new();
    match items.iter().find(|item| !seen.insert(key(item))) {
        None => Ok(()),
        Some(twice) => Err(Problem::Misses(format!("{} stands there more than once", shown(twice)))),
    }
}

/// All known by something else; the first that is known as one before is the finding.
pub fn unique_by(items: &[&Value], by: &Path, resolve: Resolve<'_>) -> Compared {
    let mut seen = Set::new();
    for item in items {
        for (identity, shown) in set(&[item], Some(by), resolve)? {
            if seen.insert(identity, String::new()).is_some() {
                return Err(Problem::Misses(format!("two items are known by {shown}")));
            }
        }
    }
    Ok(())
}

/// The same items, order ignored.
pub fn same_items(left: &Set, right: &Set) -> Compared {
    let missing: Vec<_> =
        right.iter().filter(|(key, _)| !left.contains_key(*key)).map(|(_, item)| item.as_str()).collect();
    let extra: Vec<_> =
        left.iter().filter(|(key, _)| !right.contains_key(*key)).map(|(_, item)| item.as_str()).collect();
    if missing.is_empty() && extra.is_empty() {
        return Ok(());
    }
    Err(Problem::Misses(format!(
        "{} items here, {} there; {} only there{}, {} only here{}",
        left.len(),
        right.len(),
        missing.len(),
        first(&missing),
        extra.len(),
        first(&extra)
    )))
}

fn first(items: &[&str]) -> String {
    items.first().map_or(String::new(), |item| format!(" (such as {item})"))
}

/// No common item.
pub fn disjoint(left: &Set, right: &Set) -> Compared {
    let shared: Vec<_> =
        left.iter().filter(|(key, _)| right.contains_key(*key)).map(|(_, item)| item.as_str()).collect();
    match shared.is_empty() {
        true => Ok(()),
        false => Err(Problem::Misses(format!("{} items in common{}", shared.len(), first(&shared)))),
    }
}

/// In order by an attribute. Text may follow any usual collation: code points or without case.
pub fn sorted(items: &[&Value], attribute: &str, descending: bool) -> Compared {
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        match super::query::attribute(item, attribute).first() {
            Some(value) => values.push(*value),
            None => return Err(Problem::Unknown(format!("an item shows no `{attribute}`"))),
        }
    }
    let distinct: BTreeSet<String> = values.iter().map(|value| key(value)).collect();
    if distinct.len() < 2 {
        return Err(Problem::Unknown("fewer than two different values: no order to see".into()));
    }
    for (index, pair) in values.windows(2).enumerate() {
        let wrong = if descending { Ordering::Less } else { Ordering::Greater };
        let [left, right] = pair else { continue };
        if order(left, right) == Some(wrong)
            && caseless(left, right) != Some(Ordering::Equal)
            && caseless(left, right) == Some(wrong)
        {
            return Err(Problem::Misses(format!("item {index} has {}, the next {}", shown(left), shown(right))));
        }
        if order(left, right).is_none() {
            return Err(Problem::Unknown(format!("{} and {} have no order", shown(left), shown(right))));
        }
    }
    Ok(())
}

/// Order without regard to case; for anything but plain text the order itself.
fn caseless(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::String(l), Value::String(r)) if number(left).is_none() || number(right).is_none() => {
            match order(left, right) {
                Some(found) if super::values::moment(left).is_some() => Some(found),
                _ => Some(l.to_lowercase().cmp(&r.to_lowercase())),
            }
        }
        _ => order(left, right),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn none(text: &str) -> Result<Value, String> {
        Ok(text.into())
    }

    fn of(values: &Value) -> Set {
        let items: Vec<&Value> = values.as_array().unwrap().iter().collect();
        set(&items, None, &none).unwrap()
    }

    #[test]
    fn sets_compare_without_order() {
        assert_eq!(same_items(&of(&json!([1, 2])), &of(&json!([2, 1]))), Ok(()));
        assert!(matches!(same_items(&of(&json!([1])), &of(&json!([2]))), Err(Problem::Misses(_))));
        assert_eq!(disjoint(&of(&json!([1])), &of(&json!([2]))), Ok(()));
        assert!(disjoint(&of(&json!([1, 2])), &of(&json!([2]))).is_err());
    }

    #[test]
    fn order_is_judged_only_where_there_is_one() {
        let list = json!([{"d": "2001-01-01"}, {"d": "2002-01-01"}, {"d": "2002-01-01"}]);
        let items: Vec<&Value> = list.as_array().unwrap().iter().collect();
        assert_eq!(sorted(&items, "d", false), Ok(()));
        assert!(matches!(sorted(&items, "d", true), Err(Problem::Misses(_))));
        assert!(matches!(sorted(&items[1..], "d", true), Err(Problem::Unknown(_))));
        assert!(matches!(sorted(&items, "e", true), Err(Problem::Unknown(_))));
    }

    #[test]
    fn text_may_follow_either_collation() {
        for list in [json!([{"n": "Ba"}, {"n": "aa"}]), json!([{"n": "aa"}, {"n": "Ba"}])] {
            let items: Vec<&Value> = list.as_array().unwrap().iter().collect();
            assert_eq!(sorted(&items, "n", false), Ok(()), "{list}");
        }
    }

    #[test]
    fn a_repeated_item_is_found() {
        assert!(unique(&[&json!(1), &json!(2)]).is_ok());
        assert!(unique(&[&json!(1), &json!(1.0)]).is_err());
    }
}
