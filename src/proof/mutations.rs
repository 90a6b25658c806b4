//! Generated mutations: every leaf of every kind of answer of the sandbox removed, retyped, emptied, put out of range,
//! repeated or swapped for a stale one. A mutation that no test notices is a survivor; each committed survivor has a reason.

use super::{Change, Conditions, ProofError, Tamper, against_sandbox};
use crate::engine::session::Loaded;
use crate::model::verdict::Verdict;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// What is done to a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Taken away.
    Remove,
    /// Given another type.
    Retype,
    /// Made empty.
    Empty,
    /// Put outside what it may be.
    OutOfRange,
    /// Its list item stands there twice.
    Repeat,
    /// Replaced by the value of the message before.
    Swap,
}

const OPERATIONS: [Operation; 6] =
    [Operation::Remove, Operation::Retype, Operation::Empty, Operation::OutOfRange, Operation::Repeat, Operation::Swap];

/// One mutation: a kind of answer, a leaf (list indexes as `*`), an operation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Mutation {
    /// Kind of answer.
    pub kind: String,
    /// JSON pointer with `*` for indexes.
    pub leaf: String,
    /// What is done.
    pub operation: Operation,
}

impl Operation {
    /// The word in names.
    pub fn word(self) -> &'static str {
        match self {
            Operation::Remove => "remove",
            Operation::Retype => "retype",
            Operation::Empty => "empty",
            Operation::OutOfRange => "out-of-range",
            Operation::Repeat => "repeat",
            Operation::Swap => "swap",
        }
    }
}

impl Mutation {
    /// A number that depends on the name alone, so that a sample stays the same when others come or go.
    pub fn number(&self) -> u64 {
        u64::from_str_radix(&crate::digest::hex(self.name().as_bytes())[..15], 16).unwrap_or(0)
    }

    /// The name by which a survivor is listed.
    pub fn name(&self) -> String {
        format!("{} {} {}", self.kind, self.operation.word(), self.leaf)
    }
}

/// What came of the mutations.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Mutated {
    /// How many there are in all.
    pub all: usize,
    /// How many were run.
    pub run: usize,
    /// Those that some test noticed.
    pub noticed: Vec<Mutation>,
    /// Those that no test noticed.
    pub survivors: Vec<Mutation>,
    /// Runs that did not come about.
    pub errors: Vec<String>,
}

/// Every mutation of what the fault-free sandbox answers.
///
/// # Errors
/// The fault-free run did not come about.
pub async fn all(loaded: &Loaded) -> Result<Vec<Mutation>, ProofError> {
    let seen: Arc<Mutex<BTreeSet<(String, String)>>> = Arc::default();
    let collecting: Tamper = {
        let seen = seen.clone();
        Arc::new(move |kind, body| {
            let mut found = BTreeSet::new();
            leaves(body, String::new(), &mut found);
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.extend(found.into_iter().map(|leaf| (kind.to_owned(), leaf)));
        })
    };
    against_sandbox(loaded, Change { faults: vec![], tamper: Some(collecting) }, Conditions::default()).await?;
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    let mutations = seen.iter().flat_map(|(kind, leaf)| {
        OPERATIONS
            .into_iter()
            .filter(|operation| *operation != Operation::Repeat || leaf.contains("/*"))
            .map(|operation| Mutation { kind: kind.clone(), leaf: leaf.clone(), operation })
    });
    Ok(mutations.collect())
}

/// Runs mutations; `tell` hears each with whether it was noticed.
pub async fn run(
    loaded: &Loaded,
    mutations: Vec<Mutation>,
    jobs: usize,
    tell: &(dyn Fn(&Mutation, bool) + Sync),
) -> Mutated {
    let slots = Arc::new(Semaphore::new(jobs.max(1)));
    let mut outcome = Mutated { all: mutations.len(), run: mutations.len(), ..Mutated::default() };
    let mut running = tokio::task::JoinSet::new();
    for mutation in mutations {
        let (loaded, slots) = (loaded.clone(), slots.clone());
        running.spawn(async move {
            let _slot = slots.acquire_owned().await;
            let noticed = noticed(&loaded, &mutation).await;
            (mutation, noticed)
        });
    }
    while let Some(Ok((mutation, noticed))) = running.join_next().await {
        match noticed {
            Ok(noticed) => {
                tell(&mutation, noticed);
                let list = if noticed { &mut outcome.noticed } else { &mut outcome.survivors };
                list.push(mutation);
            }
            Err(error) => outcome.errors.push(format!("{}: {error}", mutation.name())),
        }
    }
    outcome.noticed.sort();
    outcome.survivors.sort();
    outcome
}

async fn noticed(loaded: &Loaded, mutation: &Mutation) -> Result<bool, ProofError> {
    let stale: Mutex<BTreeMap<String, Value>> = Mutex::default();
    let wanted = mutation.clone();
    let tamper: Tamper = Arc::new(move |kind, body| {
        if kind == wanted.kind {
            let path: Vec<&str> = wanted.leaf.split('/').skip(1).collect();
            let mut stale = stale.lock().unwrap_or_else(PoisonError::into_inner);
            apply(body, &path, wanted.operation, &wanted.leaf, &mut stale);
        }
    });
    let conditions = Conditions { patience: 2.0, ..Conditions::default() };
    let result = against_sandbox(loaded, Change { faults: vec![], tamper: Some(tamper) }, conditions).await?.result;
    Ok(result.tests.iter().any(|test| !matches!(test.verdict, Verdict::Pass | Verdict::NotApplicable)))
}

/// Pointers of all leaves (values that hold no other), list indexes as `*`.
fn leaves(value: &Value, at: String, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.iter().for_each(|(name, value)| leaves(value, format!("{at}/{name}"), into));
        }
        Value::Array(items) if !items.is_empty() => items.iter().for_each(|item| leaves(item, format!("{at}/*"), into)),
        _ => {
            into.insert(at);
        }
    }
}

fn apply(value: &mut Value, path: &[&str], operation: Operation, leaf: &str, stale: &mut BTreeMap<String, Value>) {
    let Some((first, rest)) = path.split_first() else { return };
    match value {
        Value::Array(items) if *first == "*" => {
            let last_list = !rest.contains(&"*");
            if operation == Operation::Repeat && last_list {
                if let Some(item) = items.first().cloned() {
                    items.push(item);
                }
                return;
            }
            if rest.is_empty() {
                match operation {
                    Operation::Remove => items.clear(),
                    _ => items.iter_mut().for_each(|item| change(item, operation, leaf, stale)),
                }
                return;
            }
            items.iter_mut().for_each(|item| apply(item, rest, operation, leaf, stale));
        }
        Value::Object(members) if rest.is_empty() => match operation {
            Operation::Remove => {
                members.shift_remove(*first);
            }
            Operation::Repeat => {}
            _ => {
                if let Some(value) = members.get_mut(*first) {
                    change(value, operation, leaf, stale);
                }
            }
        },
        Value::Object(members) => {
            if let Some(inner) = members.get_mut(*first) {
                apply(inner, rest, operation, leaf, stale);
            }
        }
        _ => {}
    }
}

fn change(value: &mut Value, operation: Operation, leaf: &str, stale: &mut BTreeMap<String, Value>) {
    match operation {
        Operation::Retype => {
            *value = match value {
                Value::String(_) => 7.into(),
                Value::Number(_) | Value::Bool(_) => Value::String("seven".into()),
                _ => Value::String("seven".into()),
            };
        }
        Operation::Empty => *value = Value::String(String::new()),
        Operation::OutOfRange => {
            *value = match value {
                Value::Number(_) => (-987_654).into(),
                Value::Bool(flag) => (!*flag).into(),
                _ => Value::String("\u{2205}out-of-range".into()),
            };
        }
        Operation::Swap => {
            let before = stale.insert(leaf.to_owned(), value.clone());
            if let Some(before) = before {
                *value = before;
            }
        }
        Operation::Remove | Operation::Repeat => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn leaves_are_found_below_lists() {
        let mut found = BTreeSet::new();
        leaves(&json!({"a": [{"b": 1}, {"c": []}], "d": {}}), String::new(), &mut found);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["/a/*/b", "/a/*/c", "/d"]);
    }

    #[test]
    fn operations_change_every_place_of_a_leaf() {
        let of = |operation| {
            let mut body = json!({"a": [{"b": 1}, {"b": 2}]});
            apply(&mut body, &["a", "*", "b"], operation, "/a/*/b", &mut BTreeMap::new());
            body
        };
        assert_eq!(of(Operation::Remove), json!({"a": [{}, {}]}));
        assert_eq!(of(Operation::Retype), json!({"a": [{"b": "seven"}, {"b": "seven"}]}));
        assert_eq!(of(Operation::Repeat), json!({"a": [{"b": 1}, {"b": 2}, {"b": 1}]}));
        assert_eq!(of(Operation::Swap), json!({"a": [{"b": 1}, {"b": 1}]}));
    }
}
