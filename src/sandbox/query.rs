//! The meaning of a query: read from the request into a tree of tests, then asked of each person.
//!
//! A conjunction holds when one and the same person satisfies all of it. A household is found when one of its members is.

use super::attributes::{Attribute, Operand};
use super::data::Registry;
use super::faults::{Fault, FaultSet};
use serde_json::Value;
use std::cmp::Ordering;

/// Why a query cannot be evaluated, in words without personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unclear(pub(crate) String);

/// A query, read.
#[derive(Clone, Debug)]
pub(crate) enum Query {
    /// Everyone whose own or household identifier this is.
    Identifier {
        kind: String,
        value: String,
    },
    Condition(Node),
}

/// A condition on one person.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Test(Test),
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    /// Holds for everyone.
    Everyone,
}

/// One comparison.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    attribute: Attribute,
    operator: Operator,
    /// The value, or the values of `in`.
    operands: Vec<Operand>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Eq,
    Gt,
    Ge,
    Lt,
    Le,
}

/// Reads a query; `query_type` is a hint only, the shape decides where the two disagree.
pub(crate) fn read(query_type: &str, query: &Value, faults: &FaultSet) -> Result<Query, Unclear> {
    if let Value::Array(entries) = query {
        return Reader { faults, from_expression: false }.predicates(entries).map(Query::Condition);
    }
    if query_type == "idtype-value" {
        let text = |name: &str| match &query[name] {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        return match (text("type"), text("value")) {
            (Some(kind), Some(value)) if !kind.is_empty() && !value.is_empty() => Ok(Query::Identifier { kind, value }),
            _ => Err(Unclear("a query by identifier needs a type and a value".into())),
        };
    }
    if query_type != "expression" {
        return Err(Unclear("this kind of query needs a list of predicates".into()));
    }
    let value = &query["value"];
    let expression = if value["expression"].is_object() { &value["expression"] } else { value };
    let clauses = if expression["query"].is_object() { &expression["query"] } else { expression };
    Reader { faults, from_expression: true }.clauses(clauses).map(Query::Condition)
}

struct Reader<'a> {
    faults: &'a FaultSet,
    from_expression: bool,
}

impl Reader<'_> {
    fn predicates(&self, entries: &[Value]) -> Result<Node, Unclear> {
        if entries.is_empty() {
            return Err(Unclear("the list of predicates is empty".into()));
        }
        entries.iter().map(|entry| self.predicate(entry)).collect::<Result<_, _>>().map(Node::All)
    }

    fn predicate(&self, entry: &Value) -> Result<Node, Unclear> {
        let first = self.comparison(&entry["expression1"])?;
        if entry["expression2"].is_null() || self.faults.has(Fault::SecondExpressionIgnored) {
            return Ok(first);
        }
        let second = self.comparison(&entry["expression2"])?;
        match entry["condition"].as_str().unwrap_or("and") {
            "and" if self.faults.has(Fault::AndAsOr) => Ok(Node::Any(vec![first, second])),
            "and" => Ok(Node::All(vec![first, second])),
            "or" => Ok(Node::Any(vec![first, second])),
            "not" => Ok(Node::All(vec![first, Node::Not(Box::new(second))])),
            _ => Err(Unclear("the condition is not one of and, or, not".into())),
        }
    }

    fn comparison(&self, expression: &Value) -> Result<Node, Unclear> {
        let name = expression["attribute_name"].as_str().unwrap_or_default();
        let operator = expression["operator"].as_str().unwrap_or_default();
        self.test(name, operator, &expression["attribute_value"])
    }

    /// `{"$and": [...]}`, `{path: {"$eq": value}}`, `{path: value}`, or several of these in one object.
    fn clauses(&self, query: &Value) -> Result<Node, Unclear> {
        let Some(members) = query.as_object().filter(|members| !members.is_empty()) else {
            return Err(Unclear("the expression holds no clause".into()));
        };
        let mut nodes = Vec::new();
        for (name, value) in members {
            match (name.as_str(), value) {
                ("$and", Value::Array(items)) if !items.is_empty() => {
                    let take = if self.faults.has(Fault::ExpressionSecondClauseIgnored) { 1 } else { items.len() };
                    let read: Result<_, _> = items.iter().take(take).map(|item| self.clauses(item)).collect();
                    nodes.push(Node::All(read?));
                }
                ("$or", Value::Array(items)) if !items.is_empty() => {
                    let read: Result<_, _> = items.iter().map(|item| self.clauses(item)).collect();
                    nodes.push(Node::Any(read?));
                }
                ("collection", Value::String(_)) => {}
                (name, _) if name.starts_with('$') => {
                    return Err(Unclear("the expression uses an operator that is not supported".into()));
                }
                (path, Value::Object(tests)) if !tests.is_empty() => {
                    for (operator, operand) in tests {
                        let operator = operator.strip_prefix('$').unwrap_or(operator);
                        nodes.push(self.test(path, operator, operand)?);
                    }
                }
                (path, value) => nodes.push(self.test(path, "eq", value)?),
            }
        }
        Ok(Node::All(nodes))
    }

    fn test(&self, path: &str, operator: &str, value: &Value) -> Result<Node, Unclear> {
        let Some(attribute) = Attribute::named(path) else {
            return match self.faults.has(Fault::UnknownAttributeMatchesAll) {
                true => Ok(Node::Everyone),
                false => Err(Unclear("the query names an attribute this registry does not know".into())),
            };
        };
        let values: Vec<Value> = match (operator, value) {
            ("in", Value::Array(items)) => items.clone(),
            ("in", Value::String(text)) => text.split(',').map(|part| Value::from(part.trim())).collect(),
            (_, value) => vec![value.clone()],
        };
        let operands: Vec<Operand> = values.iter().filter_map(|value| attribute.operand(value)).collect();
        if operands.len() != values.len() || operands.is_empty() {
            return Err(Unclear("a value in the query is not of the attribute's kind".into()));
        }
        let operator = self.operator(operator)?;
        Ok(Node::Test(Test { attribute, operator, operands }))
    }

    fn operator(&self, name: &str) -> Result<Operator, Unclear> {
        let right = match name {
            "eq" | "in" => Operator::Eq,
            "gt" => Operator::Gt,
            "ge" | "gte" => Operator::Ge,
            "lt" => Operator::Lt,
            "le" | "lte" => Operator::Le,
            _ => return Err(Unclear("the query uses an operator that is not supported".into())),
        };
        let wrong: &[(Fault, Operator, Operator)] = if self.from_expression {
            &[
                (Fault::ExpressionEqualAsAtLeast, Operator::Eq, Operator::Ge),
                (Fault::ExpressionLtInclusive, Operator::Lt, Operator::Le),
                (Fault::ExpressionGtInverted, Operator::Gt, Operator::Lt),
            ]
        } else {
            &[
                (Fault::GeAsGt, Operator::Ge, Operator::Gt),
                (Fault::LeAsLt, Operator::Le, Operator::Lt),
                (Fault::GtAsGe, Operator::Gt, Operator::Ge),
                (Fault::LtAsLe, Operator::Lt, Operator::Le),
                (Fault::GtAndLtExchanged, Operator::Gt, Operator::Lt),
                (Fault::GtAndLtExchanged, Operator::Lt, Operator::Gt),
            ]
        };
        let spoiled = wrong.iter().find(|(fault, from, _)| *from == right && self.faults.has(*fault));
        Ok(spoiled.map_or(right, |(_, _, to)| *to))
    }
}

impl Query {
    /// Everyone it is true of, in the order of registration.
    pub(crate) fn matches(&self, registry: &Registry, faults: &FaultSet) -> Vec<usize> {
        match self {
            Query::Identifier { kind, value } => find_identifier(registry, kind, value, faults),
            Query::Condition(node) => {
                (0..registry.people.len()).filter(|&person| node.holds(registry, person, faults)).collect()
            }
        }
    }

    /// True when the identifier asked for is a household's.
    pub(crate) fn names_a_household(&self, registry: &Registry) -> bool {
        let Query::Identifier { kind, value } = self else { return false };
        (0..registry.households.len())
            .any(|household| registry.group_identifiers(household).iter().any(|(k, v)| k == kind && v == value))
    }
}

fn find_identifier(registry: &Registry, kind: &str, value: &str, faults: &FaultSet) -> Vec<usize> {
    if faults.has(Fault::KnownPersonNotFound) {
        return Vec::new();
    }
    let same = |(known_kind, known): &(&str, &str)| {
        let kind_fits = faults.has(Fault::IdentifierTypeIgnored) || *known_kind == kind;
        let value_fits = *known == value
            || (faults.has(Fault::EqualityIgnoresCase) && known.to_lowercase() == value.to_lowercase())
            || (faults.has(Fault::IdentifierPrefixMatches) && known.starts_with(value));
        kind_fits && value_fits
    };
    let mut found: Vec<usize> = (0..registry.people.len())
        .filter(|&person| {
            let household = registry.people.get(person).map_or(0, |person| person.household);
            registry.identifiers(person).iter().any(same) || registry.group_identifiers(household).iter().any(same)
        })
        .collect();
    if found.is_empty() && faults.has(Fault::UnknownPersonNearest) {
        found.extend((0..registry.people.len()).max_by_key(|&person| nearness(registry, person, value)));
    }
    if faults.has(Fault::WholeHouseholdReturned) {
        let households: Vec<usize> =
            found.iter().filter_map(|&person| registry.people.get(person)).map(|person| person.household).collect();
        found = households.iter().flat_map(|&household| registry.members_of(household)).collect();
        found.dedup();
    }
    found
}

fn nearness(registry: &Registry, person: usize, value: &str) -> usize {
    let common = |known: &str| known.bytes().zip(value.bytes()).filter(|(left, right)| left == right).count();
    registry.identifiers(person).iter().map(|(_, known)| common(known)).max().unwrap_or(0)
}

impl Node {
    fn holds(&self, registry: &Registry, person: usize, faults: &FaultSet) -> bool {
        match self {
            Node::Everyone => true,
            Node::Not(node) => !node.holds(registry, person, faults),
            Node::Any(nodes) => nodes.iter().any(|node| node.holds(registry, person, faults)),
            Node::All(nodes) if nodes.len() > 1 && faults.has(Fault::ConjunctionAcrossHousehold) => {
                let household = registry.people.get(person).map_or(0, |person| person.household);
                let someone =
                    |node: &Node| registry.members_of(household).any(|other| node.holds(registry, other, faults));
                nodes.iter().any(|node| node.holds(registry, person, faults)) && nodes.iter().all(someone)
            }
            Node::All(nodes) => nodes.iter().all(|node| node.holds(registry, person, faults)),
            Node::Test(test) => {
                let values = test.attribute.values(registry, person);
                values
                    .iter()
                    .any(|value| test.operands.iter().any(|operand| test.operator.holds(value, operand, faults)))
            }
        }
    }
}

impl Operator {
    fn holds(self, value: &Operand, operand: &Operand, faults: &FaultSet) -> bool {
        if self == Operator::Eq && lax_equality(value, operand, faults) {
            return true;
        }
        let order = match (value, operand) {
            (Operand::Number(left), Operand::Number(right)) if faults.has(Fault::NumbersComparedAsText) => {
                Some(left.to_string().cmp(&right.to_string()))
            }
            (Operand::Date(left), Operand::Date(right)) if faults.has(Fault::DatesComparedByYear) => {
                Some(left.get(..4).cmp(&right.get(..4)))
            }
            (value, operand) => value.compare(operand),
        };
        match self {
            Operator::Eq => order == Some(Ordering::Equal),
            Operator::Gt => order == Some(Ordering::Greater),
            Operator::Ge => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
            Operator::Lt => order == Some(Ordering::Less),
            Operator::Le => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        }
    }
}

/// The ways in which faults take unequal values for equal.
fn lax_equality(value: &Operand, operand: &Operand, faults: &FaultSet) -> bool {
    match (value, operand) {
        (Operand::Text(left), Operand::Text(right)) => {
            (faults.has(Fault::EqualityIgnoresCase) && left.to_lowercase() == right.to_lowercase())
                || (faults.has(Fault::EqualityAsContains) && left.contains(right.as_str()))
        }
        (Operand::Number(left), Operand::Number(right)) => {
            faults.has(Fault::NumberEqualityRounded) && (left.round() - right.round()).abs() < 0.5
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::data;
    use super::*;
    use serde_json::json;

    fn count(query_type: &str, query: Value, faults: &[Fault]) -> Option<usize> {
        let faults = FaultSet::new(faults);
        let query = read(query_type, &query, &faults).ok()?;
        Some(query.matches(&data::everyone(), &faults).len())
    }

    fn one(name: &str, operator: &str, value: Value) -> Value {
        json!([{"expression1": {"attribute_name": name, "operator": operator, "attribute_value": value}}])
    }

    fn both(condition: &str, first: (&str, &str, Value), second: (&str, &str, Value)) -> Value {
        let part = |(name, operator, value): (&str, &str, Value)| json!({"attribute_name": name, "operator": operator, "attribute_value": value});
        json!([{"seq_num": 1, "expression1": part(first), "condition": condition, "expression2": part(second)}])
    }

    fn clause(query: Value) -> Value {
        json!({"type": "ns:org:QueryType:expression", "value": {"expression": {"collection": "Group", "query": query}}})
    }

    #[test]
    fn predicates_mean_what_they_say() {
        // Counted by hand (and once by a script) in people.json.
        let table: Vec<(Value, Option<usize>)> = vec![
            (one("birth_date", "eq", json!("1984-05-02")), Some(2)),
            (one("demographic_info.birth_date", "eq", json!("1984-05-02")), Some(2)),
            (one("birth_date", "le", json!("1949-02-02")), Some(1)),
            (one("birth_date", "lt", json!("1949-02-02")), Some(0)),
            (one("birth_date", "ge", json!("2020-07-17")), Some(1)),
            (one("birth_date", "gt", json!("2020-07-17")), Some(0)),
            (one("birth_date", "gt", json!("1800-01-01")), Some(59)),
            (one("surname", "eq", json!("Odhiambo")), Some(4)),
            (one("surname", "eq", json!("odhiambo")), Some(0)),
            (one("name.surname", "eq", json!("Aït Lahcen")), Some(3)),
            (one("poverty_score", "lt", json!(10.2)), Some(19)),
            (one("poverty_score", "eq", json!(9.5)), Some(3)),
            (one("poverty_score", "eq", json!("9.5")), Some(3)),
            (one("group_size", "ge", json!(4)), Some(24)),
            (one("country_code", "in", json!(["KEN", "MDA"])), Some(19)),
            (one("country_code", "in", json!("KEN, MDA")), Some(19)),
            (one("self_id_disability", "eq", json!(true)), Some(9)),
            (both("and", ("marital_status", "eq", json!("W")), ("sex", "eq", json!("female"))), Some(4)),
            (both("or", ("marital_status", "eq", json!("W")), ("marital_status", "eq", json!("D"))), Some(6)),
            (both("not", ("marital_status", "eq", json!("W")), ("country_code", "eq", json!("KEN"))), Some(3)),
            (one("shoe_size", "eq", json!(42)), None),
            (one("shoe.birth_date", "eq", json!("1984-05-02")), None),
            (one("birth_date", "like", json!("1984")), None),
            (one("birth_date", "eq", json!("someday")), None),
            (json!([]), None),
        ];
        for (query, expected) in table {
            assert_eq!(count("predicate", query.clone(), &[]), expected, "{query}");
        }
        let several = json!([one("sex", "eq", json!("male"))[0], one("country_code", "eq", json!("MDA"))[0]]);
        assert_eq!(count("predicate", several.clone(), &[]), Some(5));
        assert_eq!(count("expression", several, &[]), Some(5), "the shape decides");
    }

    #[test]
    fn expressions_mean_what_they_say() {
        let table: Vec<(Value, Option<usize>)> = vec![
            (clause(json!({"$and": [{"birth_date": {"$eq": "1984-05-02"}}]})), Some(2)),
            (clause(json!({"birth_date": {"$lt": "1949-02-02"}})), Some(0)),
            (clause(json!({"birth_date": {"$gt": "2020-07-16"}})), Some(1)),
            (clause(json!({"$and": [{"sex": {"$eq": "male"}}, {"country_code": {"$eq": "MDA"}}]})), Some(5)),
            (clause(json!({"poverty_score": {"$gt": 9.5, "$lt": 10.2}})), Some(4)),
            (json!({"value": {"query": {"surname": "Odhiambo"}}}), Some(4)),
            (clause(json!({"$nor": [{"sex": {"$eq": "male"}}]})), None),
            (clause(json!({})), None),
            (clause(json!({"birth_date": {"$regex": "1984"}})), None),
        ];
        for (query, expected) in table {
            assert_eq!(count("expression", query.clone(), &[]), expected, "{query}");
        }
    }

    #[test]
    fn identifiers_find_their_person_alone() {
        let known = data::everyone().people[5].member["demographic_info"]["identifier"][0]["identifier_value"].clone();
        let by = |kind: &str, value: &Value| json!({"type": kind, "value": value});
        assert_eq!(count("idtype-value", by("UIN", &known), &[]), Some(1));
        assert_eq!(count("idtype-value", by("NID", &known), &[]), Some(0));
        assert_eq!(count("idtype-value", by("UIN", &json!("none-such")), &[]), Some(0));
        assert_eq!(count("idtype-value", by("HHID", &json!("H-KE-1000")), &[]), Some(3));
        assert_eq!(count("idtype-value", by("SRID", &json!("M00006")), &[]), Some(1));
        assert_eq!(count("idtype-value", json!({"type": "UIN"}), &[]), None);
        assert_eq!(count("idtype-value", by("NID", &known), &[Fault::IdentifierTypeIgnored]), Some(1));
        assert_eq!(count("idtype-value", by("UIN", &json!("none-such")), &[Fault::UnknownPersonNearest]), Some(1));
        assert!(count("idtype-value", by("UIN", &known), &[Fault::WholeHouseholdReturned]) > Some(1));
        assert_eq!(count("idtype-value", by("UIN", &known), &[Fault::KnownPersonNotFound]), Some(0));
    }

    #[test]
    fn every_fault_of_meaning_changes_some_answer() {
        let date = |operator: &str, day: &str| one("birth_date", operator, json!(day));
        let widow = || both("and", ("marital_status", "eq", json!("W")), ("sex", "eq", json!("male")));
        let table: Vec<(Fault, &str, Value)> = vec![
            (Fault::GeAsGt, "predicate", date("ge", "1984-05-02")),
            (Fault::LeAsLt, "predicate", date("le", "1984-05-02")),
            (Fault::GtAsGe, "predicate", date("gt", "1984-05-02")),
            (Fault::LtAsLe, "predicate", date("lt", "1984-05-02")),
            (Fault::GtAndLtExchanged, "predicate", date("lt", "1984-05-02")),
            (Fault::NumbersComparedAsText, "predicate", one("poverty_score", "lt", json!(10.2))),
            (Fault::NumberEqualityRounded, "predicate", one("poverty_score", "eq", json!(10.2))),
            (Fault::DatesComparedByYear, "predicate", date("eq", "2014-09-03")),
            (Fault::AndAsOr, "predicate", widow()),
            (Fault::SecondExpressionIgnored, "predicate", widow()),
            (Fault::ConjunctionAcrossHousehold, "predicate", widow()),
            (Fault::EqualityIgnoresCase, "predicate", one("surname", "eq", json!("ODHIAMBO"))),
            (Fault::EqualityAsContains, "predicate", one("surname", "eq", json!("Odhiam"))),
            (Fault::UnknownAttributeMatchesAll, "predicate", one("shoe_size", "eq", json!(42))),
            (Fault::ExpressionEqualAsAtLeast, "expression", clause(json!({"birth_date": {"$eq": "1984-05-02"}}))),
            (Fault::ExpressionLtInclusive, "expression", clause(json!({"birth_date": {"$lt": "1984-05-02"}}))),
            (Fault::ExpressionGtInverted, "expression", clause(json!({"birth_date": {"$gt": "1984-05-02"}}))),
            (
                Fault::ExpressionSecondClauseIgnored,
                "expression",
                clause(json!({"$and": [{"sex": {"$eq": "male"}}, {"country_code": {"$eq": "MDA"}}]})),
            ),
        ];
        for (fault, query_type, query) in table {
            assert_ne!(count(query_type, query.clone(), &[]), count(query_type, query, &[fault]), "{fault:?}");
        }
    }
}
