//! Predicates about all that was found together.

use super::evaluate::Eyes;
use super::judged::{Judged, Outcome};
use super::paths::{Resolve, Spot};
use super::predicates::{Doubt, holds, is_empty};
use super::sets::{self, Problem};
use super::values::{number, same, shown};
use crate::profile::ast::{Path, Predicate};
use serde_json::Value;

impl Eyes<'_> {
    /// Sentences about all that was found together.
    pub(super) fn collection(&self, expected: &str, path: &Path, spots: &[Spot<'_>], predicate: &Predicate) -> Judged {
        let values: Vec<&Value> = spots.iter().map(|spot| spot.value).collect();
        let items = sets::items(&values);
        let at = spots.first().map_or("", |spot| spot.pointer.as_str()).to_owned();
        let counted = || format!("{} items", items.len());
        let resolve = |text: &str| self.scope.resolve(text, self.world);
        let compared = match predicate {
            Predicate::Empty => plain(values.iter().all(|value| is_empty(value)), || shown(values[0])),
            Predicate::NotEmpty => plain(values.iter().all(|value| !is_empty(value)), || shown(values[0])),
            Predicate::HasItems(comparison, wanted) => match self.operand(wanted) {
                Ok(wanted) => match (number(&wanted), listed(&values)) {
                    (Some(wanted), true) => {
                        plain(holds(*comparison, (items.len() as f64).partial_cmp(&wanted)), counted)
                    }
                    (_, false) => Err(Problem::Misses(format!("{}, which is no list", shown(values[0])))),
                    (None, _) => Err(Problem::Unknown(format!("{} is not a number", shown(&wanted)))),
                },
                Err(doubt) => Err(doubt.into()),
            },
            Predicate::AsManyItemsAs(other) => self
                .count(other)
                .and_then(|count| plain(items.len() == count, || format!("{} items against {count}", items.len()))),
            Predicate::NumberOfItems(other) => self.count(other).and_then(|count| {
                plain(values[0].as_f64() == Some(count as f64), || {
                    format!("{} where the list has {count} items", shown(values[0]))
                })
            }),
            Predicate::Unique(None) => sets::unique(&items),
            Predicate::Unique(Some(by)) => sets::unique_by(&items, by, &resolve),
            Predicate::UniqueInReview(_) => Err(Problem::Unknown("only a review looks at several messages".into())),
            Predicate::UniqueInRun => self.unique_in_run(path, &values),
            Predicate::SortedBy { attribute, descending } => match self.operand(attribute) {
                Ok(attribute) => sets::sorted(&items, attribute.as_str().unwrap_or_default(), *descending),
                Err(doubt) => Err(doubt.into()),
            },
            Predicate::SameItems(other, by) => self
                .sets(&items, std::slice::from_ref(other), by.as_ref(), &resolve)
                .and_then(|(left, right)| sets::same_items(&left, &merge(right))),
            Predicate::SharesNoItem(other, by) => self
                .sets(&items, std::slice::from_ref(other), by.as_ref(), &resolve)
                .and_then(|(left, right)| sets::disjoint(&left, &merge(right))),
            Predicate::UnionOf(others, by) => self
                .sets(&items, others, by.as_ref(), &resolve)
                .and_then(|(left, right)| sets::same_items(&left, &merge(right))),
            Predicate::IntersectionOf(others, by) => self
                .sets(&items, others, by.as_ref(), &resolve)
                .and_then(|(left, right)| sets::same_items(&left, &intersect(right))),
            Predicate::Contains(_) if spots.len() == 1 => return self.one(expected, &spots[0], predicate),
            Predicate::Contains(wanted) => match self.operand(wanted) {
                Ok(wanted) => plain(values.iter().any(|value| same(value, &wanted)), counted),
                Err(doubt) => Err(doubt.into()),
            },
            Predicate::Present => Ok(()),
            Predicate::Absent => Err(Problem::Misses(shown(values[0]))),
            _ => Err(Problem::Unknown("this sentence needs `every`".into())),
        };
        let judged = match compared {
            Ok(()) => Judged::new(Outcome::Holds, expected, counted(), at),
            Err(Problem::Misses(found)) => Judged::new(Outcome::Misses, expected, found, at),
            Err(Problem::Unknown(why)) => Judged::new(Outcome::Unknown(why.clone()), expected, why, at),
        };
        Judged { observed: items.len().max(1), ..judged }
    }

    fn unique_in_run(&self, path: &Path, values: &[&Value]) -> sets::Compared {
        let counted = values.iter().map(|value| (value, self.world.counted(path, value, self.current)));
        match counted.into_iter().find(|(_, count)| *count > 1) {
            None => Ok(()),
            Some((value, count)) => {
                Err(Problem::Misses(format!("{} stands in {count} messages of this run", shown(value))))
            }
        }
    }

    fn count(&self, path: &Path) -> Result<usize, Problem> {
        self.with_found(path, |found| match found {
            [] => Err(Doubt::Unknown(format!("`{}` finds nothing to count", path.text))),
            found => Ok(sets::items(found).len()),
        })
        .map_err(Problem::from)
    }

    fn sets(
        &self,
        items: &[&Value],
        others: &[Path],
        by: Option<&Path>,
        resolve: Resolve<'_>,
    ) -> Result<(sets::Set, Vec<sets::Set>), Problem> {
        let left = sets::set(items, by, resolve)?;
        let mut right = Vec::with_capacity(others.len());
        for other in others {
            right.push(self.with_found(other, |found| match found {
                [] => Err(Doubt::Unknown(format!("`{}` finds nothing to compare with", other.text))),
                found => sets::set(&sets::items(found), by, resolve).map_err(Doubt::from),
            })?);
        }
        Ok((left, right))
    }
}

fn plain(held: bool, found: impl FnOnce() -> String) -> sets::Compared {
    if held { Ok(()) } else { Err(Problem::Misses(found())) }
}

fn merge(sets: Vec<sets::Set>) -> sets::Set {
    sets.into_iter().flatten().collect()
}

fn intersect(sets: Vec<sets::Set>) -> sets::Set {
    let mut sets = sets.into_iter();
    let first = sets.next().unwrap_or_default();
    sets.fold(first, |kept, next| kept.into_iter().filter(|(key, _)| next.contains_key(key)).collect())
}

fn listed(values: &[&Value]) -> bool {
    values.len() != 1 || values[0].is_array()
}
