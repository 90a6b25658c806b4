//! Does a record satisfy a query? The engine's reading of the standard's query forms: identifier type and value,
//! predicate lists, expressions.
//!
//! A record need not show everything it was found by, and much of the grammar is open (ET-75, ET-76): where the record
//! or the standard leaves it open the answer is [`Truth::CannotTell`], never a guess. Which members carry an identifier is
//! told by the profile, not known here.

use super::values::{order, same, shown};
use serde_json::Value;
use std::cmp::Ordering;

/// Whether a record satisfies a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It does.
    Yes,
    /// It does not; why.
    No(String),
    /// The record or the standard does not say; why.
    CannotTell(String),
}

/// The members by which a record carries an identifier: names of the type and of the value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdentifierMembers {
    /// Member holding the type.
    pub kind: String,
    /// Member holding the value.
    pub value: String,
}

/// Judges one record. `query` is search criteria (`query_type`, `query`), subscribe criteria (`filter_type`, `filter`), or
/// a query by itself; its form decides where it contradicts the stated type (ET-72).
pub fn satisfies(record: &Value, query: &Value, identifiers: &IdentifierMembers) -> Truth {
    let query = query.get("query").or_else(|| query.get("filter")).unwrap_or(query);
    match query {
        Value::Array(entries) => all_entries(record, entries),
        Value::Object(members) => match (members.get("type"), members.get("value")) {
            (_, Some(value @ Value::Object(_))) => expression(record, inner(value)),
            (Some(kind), Some(value)) => identifier(record, kind, value, identifiers),
            _ => expression(record, query),
        },
        other => Truth::CannotTell(format!("{} is no query of the standard", shown(other))),
    }
}

/// `value.expression.query`, with either wrapper left out.
fn inner(value: &Value) -> &Value {
    let value = value.get("expression").unwrap_or(value);
    value.get("query").unwrap_or(value)
}

fn identifier(record: &Value, kind: &Value, value: &Value, names: &IdentifierMembers) -> Truth {
    let mut seen = Vec::new();
    let mut held = false;
    each_object(record, &mut |members| {
        let (Some(found_kind), Some(found)) = (members.get(&names.kind), members.get(&names.value)) else { return };
        if text_of(found_kind) == text_of(kind) {
            held |= text_of(found) == text_of(value);
        }
        seen.push(shown(found_kind));
    });
    if held {
        return Truth::Yes;
    }
    if seen.is_empty() {
        return Truth::CannotTell("the record carries no identifier".into());
    }
    Truth::No(format!(
        "no identifier of type {} with the value asked for; types present: {}",
        shown(kind),
        seen.join(", ")
    ))
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn each_object(value: &Value, visit: &mut dyn FnMut(&serde_json::Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            visit(members);
            members.values().for_each(|value| each_object(value, visit));
        }
        Value::Array(items) => items.iter().for_each(|value| each_object(value, visit)),
        _ => {}
    }
}

/// How several entries join is not defined (ET-75): only all of them holding is an answer.
fn all_entries(record: &Value, entries: &[Value]) -> Truth {
    let truths: Vec<Truth> = entries.iter().map(|entry| predicate(record, entry)).collect();
    match truths.as_slice() {
        [] => Truth::CannotTell("the predicate list is empty".into()),
        [only] => only.clone(),
        many if many.iter().all(|truth| *truth == Truth::Yes) => Truth::Yes,
        _ => Truth::CannotTell("how several predicate entries join is not defined (ET-75)".into()),
    }
}

fn predicate(record: &Value, entry: &Value) -> Truth {
    let Some(first) = entry.get("expression1") else {
        return Truth::CannotTell("a predicate entry has no expression1".into());
    };
    let left = clause(record, first);
    let Some(second) = entry.get("expression2").filter(|second| second.is_object()) else { return left };
    match entry.get("condition").and_then(Value::as_str) {
        Some("and") | None => and([left, clause(record, second)]),
        Some("or") => or([left, clause(record, second)]),
        Some(other) => Truth::CannotTell(format!("what condition `{other}` means is not defined (ET-75)")),
    }
}

fn clause(record: &Value, clause: &Value) -> Truth {
    let name = clause.get("attribute_name").and_then(Value::as_str);
    let operator = clause.get("operator").and_then(Value::as_str);
    match (name, operator, clause.get("attribute_value")) {
        (Some(name), Some(operator), Some(value)) => compare(record, name, operator, value),
        _ => Truth::CannotTell("a predicate clause lacks attribute_name, operator or attribute_value".into()),
    }
}

fn expression(record: &Value, query: &Value) -> Truth {
    let Some(members) = query.as_object().filter(|members| !members.is_empty()) else {
        return Truth::CannotTell("the expression is not an object of clauses".into());
    };
    and(members.iter().map(|(name, value)| match (name.as_str(), value) {
        ("$and", Value::Array(parts)) => and(parts.iter().map(|part| expression(record, part))),
        ("$or", Value::Array(parts)) => or(parts.iter().map(|part| expression(record, part))),
        (operator, _) if operator.starts_with('$') => {
            Truth::CannotTell(format!("operator {operator} is not published (ET-76)"))
        }
        (name, Value::Object(tests)) => and(tests.iter().map(|(operator, value)| match operator.as_str() {
            "$eq" => compare(record, name, "eq", value),
            "$lt" => compare(record, name, "lt", value),
            "$gt" => compare(record, name, "gt", value),
            "$lte" | "$le" => compare(record, name, "le", value),
            "$gte" | "$ge" => compare(record, name, "ge", value),
            "$in" => compare(record, name, "in", value),
            other => Truth::CannotTell(format!("operator {other} is not published (ET-76)")),
        })),
        (name, value) => compare(record, name, "eq", value),
    }))
}

fn and(truths: impl IntoIterator<Item = Truth>) -> Truth {
    let mut open = None;
    for truth in truths {
        match truth {
            Truth::No(why) => return Truth::No(why),
            Truth::CannotTell(why) => open = open.or(Some(why)),
            Truth::Yes => {}
        }
    }
    open.map_or(Truth::Yes, Truth::CannotTell)
}

fn or(truths: impl IntoIterator<Item = Truth>) -> Truth {
    let (mut open, mut no) = (None, None);
    for truth in truths {
        match truth {
            Truth::Yes => return Truth::Yes,
            Truth::CannotTell(why) => open = open.or(Some(why)),
            Truth::No(why) => no = no.or(Some(why)),
        }
    }
    open.map(Truth::CannotTell).or(no.map(Truth::No)).unwrap_or(Truth::CannotTell("nothing to choose from".into()))
}

/// One comparison. An attribute may stand at several places of a record (members of a group): one that holds suffices.
fn compare(record: &Value, name: &str, operator: &str, wanted: &Value) -> Truth {
    let found = attribute(record, name);
    if found.is_empty() {
        return Truth::CannotTell(format!("the record shows no `{name}`"));
    }
    or(found.iter().map(|value| test(value, operator, wanted, name)))
}

fn test(value: &Value, operator: &str, wanted: &Value, name: &str) -> Truth {
    let no = || Truth::No(format!("`{name}` is {}, which is not {operator} {}", shown(value), shown(wanted)));
    let ordered = |accept: fn(Ordering) -> bool| match order(value, wanted) {
        Some(found) if accept(found) => Truth::Yes,
        Some(_) => no(),
        None => Truth::CannotTell(format!("`{name}` is {}, which has no order with {}", shown(value), shown(wanted))),
    };
    match operator {
        "eq" if same(value, wanted) || order(value, wanted) == Some(Ordering::Equal) => Truth::Yes,
        "eq" if text_of(value).to_lowercase() == text_of(wanted).to_lowercase() => {
            Truth::CannotTell(format!("`{name}` differs from the value asked for only in case"))
        }
        "eq" => no(),
        "gt" => ordered(Ordering::is_gt),
        "ge" => ordered(Ordering::is_ge),
        "lt" => ordered(Ordering::is_lt),
        "le" => ordered(Ordering::is_le),
        "in" => match wanted {
            Value::Array(choices) => or(choices.iter().map(|choice| test(value, "eq", choice, name))),
            Value::String(list) => {
                or(list.split(',').map(|choice| test(value, "eq", &Value::from(choice.trim()), name)))
            }
            _ => Truth::CannotTell("`in` needs a list".into()),
        },
        other => Truth::CannotTell(format!("operator {other} is not published")),
    }
}

/// The values an attribute name stands for: where the dotted name leads from the top, or else wherever the record's own
/// dotted names end in it. Lists count by their items.
pub fn attribute<'r>(record: &'r Value, name: &str) -> Vec<&'r Value> {
    let wanted: Vec<&str> = name.split('.').collect();
    let mut found = Vec::new();
    collect(record, &mut Vec::new(), &wanted, &mut found);
    let shortest = found.iter().map(|(depth, _)| *depth).min();
    match shortest {
        Some(depth) if depth == wanted.len() => {
            found.into_iter().filter(|(d, _)| *d == depth).map(|(_, value)| value).collect()
        }
        _ => found.into_iter().map(|(_, value)| value).collect(),
    }
}

fn collect<'r>(value: &'r Value, path: &mut Vec<&'r str>, wanted: &[&str], into: &mut Vec<(usize, &'r Value)>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                path.push(key.rsplit(':').next().unwrap_or(key));
                collect(value, path, wanted, into);
                path.pop();
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, path, wanted, into)),
        leaf if !leaf.is_null() && path.ends_with(wanted) => into.push((path.len(), leaf)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record() -> Value {
        json!({
            "identifier": [{"identifier_type": "UIN", "identifier_value": "0071"}],
            "birth_date": "1985-05-20",
            "poverty_score": 9.5,
            "sex": "female",
            "demographic_info": {"name": {"surname": "Wanjiru"}},
        })
    }

    fn ask(query: Value) -> Truth {
        let names = IdentifierMembers { kind: "identifier_type".into(), value: "identifier_value".into() };
        satisfies(&record(), &query, &names)
    }

    fn clause(name: &str, operator: &str, value: Value) -> Value {
        json!({"attribute_name": name, "operator": operator, "attribute_value": value})
    }

    #[test]
    fn the_table_of_cases_made_by_hand() {
        let expr = |query: Value| json!({"query_type": "expression", "query": {"type": "x", "value": {"expression": {"collection": "Group", "query": query}}}});
        let pred = |first: Value| json!([{"seq_num": 1, "expression1": first}]);
        let both =
            |condition: &str, a: Value, b: Value| json!([{"expression1": a, "condition": condition, "expression2": b}]);
        let yes: Vec<Value> = vec![
            json!({"type": "UIN", "value": "0071"}),
            pred(clause("birth_date", "eq", json!("1985-05-20T00:00:00Z"))),
            pred(clause("birth_date", "ge", json!("1985-05-20"))),
            pred(clause("birth_date", "le", json!("1985-05-20"))),
            pred(clause("poverty_score", "lt", json!("10.2"))),
            pred(clause("surname", "eq", json!("Wanjiru"))),
            pred(clause("name.surname", "in", json!("Ali, Wanjiru"))),
            pred(clause("sex", "in", json!(["male", "female"]))),
            both("and", clause("sex", "eq", json!("female")), clause("poverty_score", "gt", json!(9))),
            both("or", clause("sex", "eq", json!("male")), clause("poverty_score", "gt", json!(9))),
            expr(json!({"$and": [{"poverty_score": {"$lt": 10}}, {"sex": {"$eq": "female"}}]})),
            expr(json!({"demographic_info.name.surname": {"$eq": "Wanjiru"}})),
        ];
        let no: Vec<Value> = vec![
            json!({"type": "UIN", "value": "0072"}),
            json!({"type": "NID", "value": "0071"}),
            pred(clause("birth_date", "gt", json!("1985-05-20"))),
            pred(clause("birth_date", "lt", json!("1985-05-20"))),
            pred(clause("poverty_score", "gt", json!(10.2))),
            both("and", clause("sex", "eq", json!("female")), clause("poverty_score", "gt", json!(10))),
            both("or", clause("sex", "eq", json!("male")), clause("poverty_score", "gt", json!(10))),
            expr(json!({"$and": [{"poverty_score": {"$lt": 5}}, {"sex": {"$eq": "female"}}]})),
        ];
        let open: Vec<Value> = vec![
            pred(clause("phone_number", "eq", json!("1"))),
            pred(clause("sex", "eq", json!("Female"))),
            both("not", clause("sex", "eq", json!("female")), clause("poverty_score", "gt", json!(10))),
            expr(json!({"$nor": []})),
            json!([]),
            json!(7),
        ];
        for query in yes {
            assert_eq!(ask(query.clone()), Truth::Yes, "{query}");
        }
        for query in no {
            assert!(matches!(ask(query.clone()), Truth::No(_)), "{query}");
        }
        for query in open {
            assert!(matches!(ask(query.clone()), Truth::CannotTell(_)), "{query}");
        }
    }

    #[test]
    fn a_record_without_identifiers_cannot_be_told() {
        let names = IdentifierMembers { kind: "identifier_type".into(), value: "identifier_value".into() };
        let truth = satisfies(&json!({"sex": "male"}), &json!({"type": "UIN", "value": "1"}), &names);
        assert!(matches!(truth, Truth::CannotTell(_)));
    }

    #[test]
    fn the_name_from_the_top_wins_over_deeper_ones() {
        let record = json!({"birth_date": "2000-01-01", "mother": {"birth_date": "1970-01-01"}});
        assert_eq!(attribute(&record, "birth_date"), [&json!("2000-01-01")]);
        let group = json!({"member_list": [{"a": {"sex": "male"}}, {"a": {"sex": "female"}}]});
        assert_eq!(attribute(&group, "sex").len(), 2);
    }
}
