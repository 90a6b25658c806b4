//! Two readings of a query, made apart from each other: the engine's (`engine::query`) and the sandbox's own evaluator.
//!
//! Queries are generated from what the sandbox's records hold: names as they stand there, values as they stand there and
//! values near them. Wherever the engine says yes, the sandbox must return the record; wherever it says no, it must not.
//! "Cannot tell" is no disagreement; how often it is said is counted, printed, and must stay a minority.
//!
//! A name that stands for several things in a kind of record (`identifier_value` of a household and of its members) has no
//! single reading; the engine is content with any of them. Such pairs of query and kind of record are left out, and
//! counted too.

#![allow(clippy::print_stdout)] // the counts are what this test is run for

use dci_conform::engine::query::{RecordMembers, Truth, satisfies};
use dci_conform::profile;
use dci_conform::sandbox;
use dci_conform::source::Files;
use dci_conform::standard::Standard;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

const ENTITIES: [&str; 3] = ["Person", "Member", "Group"];
const QUERIES: u32 = 500; // of each kind of record

/// What the profile says of records, as a run uses it.
fn members() -> RecordMembers {
    let files = Files::embedded();
    let standard = Standard::load(&files, "dec2025").unwrap_or_else(|wrong| panic!("{wrong}"));
    let loaded = profile::load(&files, "social-registry", &standard).unwrap_or_else(|wrong| panic!("{wrong}"));
    let (kind, value) = loaded.profile.identifiers.expect("the profile says how records carry identifiers");
    let (own, one) = (loaded.profile.identifiers_in, loaded.profile.one_of_several);
    RecordMembers { kind, value, own, one, others: loaded.profile.others }
}

fn records(entity: &str) -> Vec<Value> {
    sandbox::records(entity).expect("the sandbox has these records")
}

/// Every dotted name that leads to a value in some record of a kind, with the values found there.
fn vocabulary(entity: &str) -> BTreeMap<String, Vec<Value>> {
    fn walk(value: &Value, path: &str, found: &mut BTreeMap<String, BTreeSet<String>>) {
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| {
                walk(value, &if path.is_empty() { name.clone() } else { format!("{path}.{name}") }, found);
            }),
            Value::Array(items) => items.iter().for_each(|item| walk(item, path, found)),
            Value::Null => {}
            leaf => {
                // The whole name, and the bare last part of it.
                let bare = path.rsplit('.').next().unwrap_or(path);
                for name in [path, bare] {
                    found.entry(name.to_owned()).or_default().insert(leaf.to_string());
                }
            }
        }
    }
    let mut found = BTreeMap::new();
    records(entity).iter().for_each(|record| walk(record, "", &mut found));
    let read = |texts: BTreeSet<String>| texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
    found.into_iter().map(|(name, texts)| (name, read(texts))).collect()
}

/// Names that lead to several things in records of a kind: by different ways down from the record or a part of it.
fn ambiguous(entity: &str, names: &BTreeSet<String>, others: &[String]) -> BTreeSet<String> {
    fn ways(value: &Value, path: &[String], others: &[String], found: &mut BTreeSet<Vec<String>>) {
        match value {
            Value::Object(members) => {
                for (name, value) in members.iter().filter(|(name, _)| !others.contains(name)) {
                    ways(value, &[path, std::slice::from_ref(name)].concat(), others, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| ways(item, path, others, found)),
            _ => {
                found.insert(path.to_vec());
            }
        }
    }
    let mut all = BTreeSet::new();
    records(entity).iter().for_each(|record| ways(record, &[], others, &mut all));
    let several = |name: &&String| {
        let wanted: Vec<String> = name.split('.').map(str::to_owned).collect();
        let ends = all.iter().filter(|way| way.ends_with(&wanted)).map(|way| &way[1..]);
        ends.collect::<BTreeSet<_>>().len() > 1
    };
    names.iter().filter(several).cloned().collect()
}

/// The attribute names in a query.
fn names(query: &Value, found: &mut BTreeSet<String>) {
    match query {
        Value::Object(members) => {
            for (key, value) in members {
                match (key.as_str(), value) {
                    ("attribute_name", Value::String(name)) => drop(found.insert(name.clone())),
                    (key, Value::Object(_)) => drop(found.insert(key.to_owned())),
                    _ => {}
                }
                names(value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, found)),
        _ => {}
    }
}

/// A value as it stands, or one that is nearly it.
fn nearly(value: Value) -> BoxedStrategy<Value> {
    let mut near = vec![value.clone(), value.clone(), value.clone()];
    match &value {
        Value::String(text) => {
            near.extend([
                json!(text.to_uppercase()),
                json!(text.to_lowercase()),
                json!(format!("{text}x")),
                json!(format!("0{text}")),
                json!(text.chars().take(4).collect::<String>()),
                json!("none-such"),
            ]);
            if let Some(date) = text.get(..10).and_then(|day| day.parse::<jiff::civil::Date>().ok()) {
                near.push(json!(date.to_string()));
                near.push(json!(format!("{date}T00:00:00Z")));
                near.push(json!(format!("{date}T23:30:00-05:00")));
                near.extend(date.tomorrow().ok().map(|day| json!(day.to_string())));
                near.extend(date.yesterday().ok().map(|day| json!(day.to_string())));
            }
            near.extend(text.parse::<f64>().ok().map(Value::from));
        }
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or_default();
            near.extend([json!(number + 0.1), json!(number - 1.0), json!(number.to_string()), json!(-number)]);
        }
        Value::Bool(flag) => near.extend([json!(!flag), json!(flag.to_string())]),
        _ => {}
    }
    select(near).boxed()
}

/// A comparison: name, operator, value.
type Clause = (String, &'static str, Value);

fn clause(entity: &str) -> BoxedStrategy<Clause> {
    let vocabulary: Vec<(String, Vec<Value>)> = vocabulary(entity).into_iter().collect();
    let operator = select(vec!["eq", "eq", "gt", "ge", "lt", "le", "in"]);
    (select(vocabulary), operator)
        .prop_flat_map(|((name, values), operator)| {
            let value = match operator {
                "in" => {
                    proptest::collection::vec(select(values).prop_flat_map(nearly), 1..4).prop_map(Value::from).boxed()
                }
                _ => select(values).prop_flat_map(nearly).boxed(),
            };
            (Just(name), Just(operator), value)
        })
        .boxed()
}

fn expression(entity: &str, depth: u32) -> BoxedStrategy<Value> {
    let leaf = clause(entity).prop_map(|(name, operator, value)| match operator {
        "ge" => json!({ name: {"$gte": value} }),
        "le" => json!({ name: {"$lte": value} }),
        other => json!({ name: {format!("${other}"): value} }),
    });
    leaf.prop_recursive(depth, 6, 3, |inner| {
        (select(vec!["$and", "$or"]), proptest::collection::vec(inner, 1..4))
            .prop_map(|(operator, parts)| json!({ operator: parts }))
    })
    .boxed()
}

/// Pairs of identifier type and value in records of a kind.
fn identifiers(entity: &str, names: &RecordMembers) -> Vec<(Value, Value)> {
    fn walk(value: &Value, names: &RecordMembers, found: &mut Vec<(Value, Value)>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get(&names.kind).cloned().zip(members.get(&names.value).cloned()));
                members.values().for_each(|value| walk(value, names, found));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, names, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    records(entity).iter().for_each(|record| walk(record, names, &mut found));
    found
}

/// A query type with its query.
fn query(entity: &str, members: &RecordMembers) -> BoxedStrategy<(&'static str, Value)> {
    let part = |(name, operator, value): Clause| json!({"attribute_name": name, "operator": operator, "attribute_value": value});
    let one = clause(entity).prop_map(move |first| ("predicate", json!([{"seq_num": 1, "expression1": part(first)}])));
    let conditions = select(vec!["and", "and", "or", "not"]);
    let two = (clause(entity), conditions, clause(entity)).prop_map(move |(first, condition, second)| {
        let entry =
            json!({"seq_num": 1, "expression1": part(first), "condition": condition, "expression2": part(second)});
        ("predicate", json!([entry]))
    });
    let expression = expression(entity, 2).prop_map(|query| {
        ("expression", json!({"type": "x", "value": {"expression": {"collection": "Group", "query": query}}}))
    });
    let known = identifiers(entity, members);
    let near = select(known.clone()).prop_flat_map(|(kind, value)| (Just(kind), nearly(value)));
    let mixed = (select(known.clone()), select(known)).prop_map(|((kind, _), (_, value))| (kind, value));
    let identifier = prop_oneof![5 => near, 1 => mixed]
        .prop_map(|(kind, value)| ("idtype-value", json!({"type": kind, "value": value})));
    prop_oneof![4 => one, 3 => two, 3 => expression, 2 => identifier].boxed()
}

/// How often the engine said what.
#[derive(Default)]
struct Count {
    yes: usize,
    no: usize,
    cannot_tell: usize,
    not_understood: usize,
    ambiguous: usize,
}

/// Compares the two on queries about one kind of record.
fn compare(entity: &'static str, members: &RecordMembers) -> BTreeMap<&'static str, Count> {
    let records = records(entity);
    let ambiguous = ambiguous(entity, &vocabulary(entity).into_keys().collect(), &members.others);
    let counts: RefCell<BTreeMap<&str, Count>> = RefCell::default();
    let config = Config { cases: QUERIES, failure_persistence: None, max_shrink_iters: 2000, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let told = TestRunner::new_with_rng(config, rng).run(&query(entity, members), |(query_type, query)| {
        let mut counts = counts.borrow_mut();
        let count = counts.entry(query_type).or_default();
        let mut named = BTreeSet::new();
        names(&query, &mut named);
        if !named.is_disjoint(&ambiguous) {
            count.ambiguous += 1;
            return Ok(());
        }
        let Some(found) = sandbox::matching(query_type, &query, entity) else {
            count.not_understood += 1;
            return Ok(());
        };
        for record in &records {
            let returned = found.contains(record);
            match satisfies(record, &query, members) {
                Truth::Yes => {
                    count.yes += 1;
                    prop_assert!(returned, "{entity}: the engine says yes, the sandbox leaves it out: {record}");
                }
                Truth::No(why) => {
                    count.no += 1;
                    prop_assert!(!returned, "{entity}: the engine says no ({why}), the sandbox returns {record}");
                }
                Truth::CannotTell(_) => count.cannot_tell += 1,
            }
        }
        Ok(())
    });
    if let Err(disagreement) = told {
        panic!("{disagreement}");
    }
    counts.into_inner()
}

#[test]
fn the_engine_and_the_sandbox_read_queries_alike() {
    let members = members();
    let (mut told, mut open) = (0, 0);
    for entity in ENTITIES {
        for (query_type, count) in compare(entity, &members) {
            println!(
                "{entity:<8}{query_type:<14} yes {:>6}, no {:>7}, cannot tell {:>6}; queries refused {}, of several meanings {}",
                count.yes, count.no, count.cannot_tell, count.not_understood, count.ambiguous
            );
            assert!(count.yes > 0 && count.no > 0, "{entity} {query_type}: both yes and no must be said somewhere");
            told += count.yes + count.no;
            open += count.cannot_tell;
        }
    }
    let share = 100 * open / (told + open).max(1);
    println!(
        "{QUERIES} queries for each kind of record; the engine could not tell {share} % of {} answers",
        told + open
    );
    assert!(share < 50, "the engine tells too little: {share} %");
}
