//! Does a record satisfy a query? The engine's reading of the standard's query forms: identifier type and value,
//! predicate lists, expressions.
//!
//! A record need not show everything it was found by, and much of the grammar is open (ET-75, ET-76): where the record
//! or the standard leaves it open the answer is [`Truth::CannotTell`], never a guess. Which members carry an identifier is
//! told by the profile, not known here.

use super::values::{moment, number, shown};
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

/// What the profile says of members of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordMembers {
    /// Member holding the type of an identifier.
    pub kind: String,
    /// Member holding the value of an identifier.
    pub value: String,
    /// Members in which the record's own identifiers stand, or those of the people it is made of. None: anywhere.
    pub own: Vec<String>,
    /// Of these the members in which only one of several people stands.
    pub one: Vec<String>,
    /// Members whose content is about somebody else, such as a relative: never looked into.
    pub others: Vec<String>,
}

/// Judges one record. `query` is search criteria (`query_type`, `query`), subscribe criteria (`filter_type`, `filter`), or
/// a query by itself; its form decides where it contradicts the stated type (ET-72).
pub fn satisfies(record: &Value, query: &Value, members: &RecordMembers) -> Truth {
    let query = query.get("query").or_else(|| query.get("filter")).unwrap_or(query);
    let reader = Reader { record, members };
    match query {
        Value::Array(entries) => reader.all_entries(entries),
        Value::Object(parts) => match (parts.get("type"), parts.get("value")) {
            (_, Some(value @ Value::Object(_))) => reader.expression(inner(value)).truth,
            (Some(kind), Some(value)) => reader.identifier(kind, value),
            _ => reader.expression(query).truth,
        },
        other => Truth::CannotTell(format!("{} is no query of the standard", shown(other))),
    }
}

/// `value.expression.query`, with either wrapper left out.
fn inner(value: &Value) -> &Value {
    let value = value.get("expression").unwrap_or(value);
    value.get("query").unwrap_or(value)
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What came of a part of a query.
struct Part {
    truth: Truth,
    /// It holds at one place of the record and not at another, as for one member of a household.
    for_some: bool,
}

impl From<Truth> for Part {
    fn from(truth: Truth) -> Part {
        Part { truth, for_some: false }
    }
}

fn open(why: impl Into<String>) -> Part {
    Truth::CannotTell(why.into()).into()
}

/// Two parts that hold for some member each may hold for different ones, and nothing says whether that counts.
fn and(parts: impl IntoIterator<Item = Part>) -> Part {
    let (mut doubt, mut for_some) = (None, 0);
    for part in parts {
        match part.truth {
            Truth::No(_) => return part,
            Truth::CannotTell(why) => doubt = doubt.or(Some(why)),
            Truth::Yes => for_some += usize::from(part.for_some),
        }
    }
    match (doubt, for_some) {
        (Some(why), _) => open(why),
        (None, 0 | 1) => Part { truth: Truth::Yes, for_some: for_some == 1 },
        (None, _) => open("each condition holds somewhere in the record, perhaps not for the same person"),
    }
}

fn or(parts: impl IntoIterator<Item = Part>) -> Part {
    let (mut some, mut doubt, mut no) = (false, None, None);
    for part in parts {
        match part.truth {
            Truth::Yes if !part.for_some => return part,
            Truth::Yes => some = true,
            Truth::CannotTell(why) => doubt = doubt.or(Some(why)),
            Truth::No(why) => no = no.or(Some(why)),
        }
    }
    match (some, doubt, no) {
        (true, ..) => Part { truth: Truth::Yes, for_some: true },
        (_, Some(why), _) => open(why),
        (_, None, Some(why)) => Truth::No(why).into(),
        (_, None, None) => open("nothing to choose from"),
    }
}

/// What the identifiers of a record say of the one asked for.
#[derive(Default)]
struct Identifiers {
    /// There are some.
    seen: bool,
    /// One is of the type asked for.
    of_that_kind: bool,
    /// One is the one asked for.
    held: bool,
}

impl Identifiers {
    fn truth(&self, kind: &Value) -> Truth {
        match (self.held, self.of_that_kind, self.seen) {
            (true, ..) => Truth::Yes,
            (_, true, _) => {
                Truth::No(format!("its identifiers of type {} have other values than the one asked for", shown(kind)))
            }
            (.., true) => Truth::CannotTell(format!("the record shows no identifier of type {}", shown(kind))),
            _ => Truth::CannotTell("the record carries no identifier".into()),
        }
    }
}

/// Every object of a value, with what stands in the members entered.
fn each_object(value: &Value, enter: &dyn Fn(&str) -> bool, visit: &mut dyn FnMut(&serde_json::Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            visit(members);
            let entered = members.iter().filter(|(name, _)| enter(plain(name)));
            entered.for_each(|(_, value)| each_object(value, enter, visit));
        }
        Value::Array(items) => items.iter().for_each(|value| each_object(value, enter, visit)),
        _ => {}
    }
}

/// A member by its name, with or without a prefix.
fn member<'r>(members: &'r serde_json::Map<String, Value>, name: &str) -> Option<&'r Value> {
    members.get(name).or_else(|| members.iter().find(|(key, _)| plain(key) == name).map(|(_, value)| value))
}

/// One record, being read.
struct Reader<'r> {
    record: &'r Value,
    members: &'r RecordMembers,
}

impl Reader<'_> {
    fn identifier(&self, kind: &Value, value: &Value) -> Truth {
        let own = |name: &str| self.members.own.is_empty() || self.members.own.iter().any(|own| own == name);
        let anywhere = |name: &str| !self.members.others.iter().any(|other| other == name);
        let found = self.identifiers(kind, value, &|name| own(name) && anywhere(name));
        if found.of_that_kind && !found.held {
            // The head of a household is not whoever it was found by.
            let one = |name: &str| self.members.one.iter().any(|one| one == name);
            let others = self.identifiers(kind, value, &|name| own(name) && anywhere(name) && !one(name));
            if !others.of_that_kind {
                return Truth::CannotTell(format!("one of its people has an identifier of type {}", shown(kind)));
            }
        }
        if found.seen {
            return found.truth(kind);
        }
        // An identifier somewhere else may be that of a husband, of a mother, of whoever entered the record.
        match self.identifiers(kind, value, &anywhere) {
            Identifiers { held: true, .. } => {
                Truth::CannotTell("the identifier stands where it may be somebody else's than the record's".into())
            }
            Identifiers { seen: true, .. } => {
                Truth::CannotTell("no identifier stands where the record's own would".into())
            }
            none => none.truth(kind),
        }
    }

    /// What the identifiers in the members entered say.
    fn identifiers(&self, kind: &Value, value: &Value, enter: &dyn Fn(&str) -> bool) -> Identifiers {
        let mut found = Identifiers::default();
        each_object(self.record, enter, &mut |members| {
            let (Some(its_kind), Some(its_value)) =
                (member(members, &self.members.kind), member(members, &self.members.value))
            else {
                return;
            };
            found.seen = true;
            if text_of(its_kind) == text_of(kind) {
                let (its, asked) = (text_of(its_value), text_of(value));
                found.held |= its == asked;
                // Where it is masked, or differs in blanks around it alone, nobody can tell whose it is.
                found.of_that_kind |= its == asked || (!its.contains('*') && its.trim() != asked.trim());
            }
        });
        found
    }

    /// How several entries join is not defined (ET-75): only all of them holding is an answer.
    fn all_entries(&self, entries: &[Value]) -> Truth {
        let joined = "how several predicate entries join is not defined (ET-75)";
        match entries {
            [] => Truth::CannotTell("the predicate list is empty".into()),
            [only] => self.predicate(only).truth,
            many => match and(many.iter().map(|entry| self.predicate(entry))).truth {
                Truth::No(_) => Truth::CannotTell(joined.into()),
                truth => truth,
            },
        }
    }

    fn predicate(&self, entry: &Value) -> Part {
        let Some(first) = entry.get("expression1") else {
            return open("a predicate entry has no expression1");
        };
        let left = self.clause(first);
        let Some(second) = entry.get("expression2").filter(|second| second.is_object()) else { return left };
        match entry.get("condition").and_then(Value::as_str) {
            Some("and") | None => and([left, self.clause(second)]),
            Some("or") => or([left, self.clause(second)]),
            Some(other) => open(format!("what condition `{other}` means is not defined (ET-75)")),
        }
    }

    fn clause(&self, clause: &Value) -> Part {
        let name = clause.get("attribute_name").and_then(Value::as_str);
        let operator = clause.get("operator").and_then(Value::as_str);
        match (name, operator, clause.get("attribute_value")) {
            (Some(name), Some(operator), Some(value)) => self.compare(name, operator, value),
            _ => open("a predicate clause lacks attribute_name, operator or attribute_value"),
        }
    }

    fn expression(&self, query: &Value) -> Part {
        let Some(members) = query.as_object().filter(|members| !members.is_empty()) else {
            return open("the expression is not an object of clauses");
        };
        and(members.iter().map(|(name, value)| match (name.as_str(), value) {
            ("$and", Value::Array(parts)) => and(parts.iter().map(|part| self.expression(part))),
            ("$or", Value::Array(parts)) => or(parts.iter().map(|part| self.expression(part))),
            (operator, _) if operator.starts_with('$') => open(format!("operator {operator} is not published (ET-76)")),
            (name, Value::Object(tests)) => and(tests.iter().map(|(operator, value)| match operator.as_str() {
                "$eq" => self.compare(name, "eq", value),
                "$lt" => self.compare(name, "lt", value),
                "$gt" => self.compare(name, "gt", value),
                "$lte" | "$le" => self.compare(name, "le", value),
                "$gte" | "$ge" => self.compare(name, "ge", value),
                "$in" => self.compare(name, "in", value),
                other => open(format!("operator {other} is not published (ET-76)")),
            })),
            (name, value) => self.compare(name, "eq", value),
        }))
    }

    /// One comparison. An attribute may stand at several places of a record (members of a group): one that holds suffices,
    /// unless the record's own and one further inside disagree.
    fn compare(&self, name: &str, operator: &str, wanted: &Value) -> Part {
        let wanted_path: Vec<&str> = name.split('.').collect();
        let mut places = Vec::new();
        let look = Look { wanted: &wanted_path, others: &self.members.others };
        look.collect(self.record, &mut Vec::new(), false, &mut places);
        let (own, inside): (Vec<_>, Vec<_>) = places.into_iter().partition(|place| place.depth == wanted_path.len());
        let held = |places: &[Place]| {
            let truths: Vec<Truth> = places.iter().map(|place| test(place.value, operator, wanted, name)).collect();
            let for_some =
                places.iter().any(|place| place.of_several) || truths.iter().any(|truth| *truth != Truth::Yes);
            or(truths.into_iter().map(|truth| Part { for_some, truth }))
        };
        match (own.as_slice(), inside.as_slice()) {
            ([], []) => open(format!("the record shows no `{name}`")),
            (places, []) | ([], places) => held(places),
            (own, inside) => {
                let (own, inside) = (held(own), held(inside));
                match std::mem::discriminant(&own.truth) == std::mem::discriminant(&inside.truth) {
                    true => Part { for_some: own.for_some || inside.for_some, ..own },
                    false => open(format!("the record shows several `{name}`, of itself and of parts, that disagree")),
                }
            }
        }
    }
}

fn test(value: &Value, operator: &str, wanted: &Value, name: &str) -> Truth {
    let accepts: fn(&Ordering) -> bool = match operator {
        "eq" => |order| order.is_eq(),
        "gt" => |order| order.is_gt(),
        "ge" => |order| order.is_ge(),
        "lt" => |order| order.is_lt(),
        "le" => |order| order.is_le(),
        "in" => {
            let eq = |choice: &Value| Part::from(test(value, "eq", choice, name));
            return match wanted {
                Value::Array(choices) => or(choices.iter().map(eq)).truth,
                Value::String(list) => or(list.split(',').map(|choice| eq(&choice.trim().into()))).truth,
                _ => Truth::CannotTell("`in` needs a list".into()),
            };
        }
        other => return Truth::CannotTell(format!("operator {other} is not published")),
    };
    let readings = readings(value, wanted);
    match readings.iter().filter(|order| accepts(order)).count() {
        0 if !readings.is_empty() => {
            Truth::No(format!("`{name}` is {}, which is not {operator} {}", shown(value), shown(wanted)))
        }
        n if n == readings.len() && n > 0 => Truth::Yes,
        _ => Truth::CannotTell(format!(
            "`{name}` is {}; whether that is {operator} {} depends on how such values are compared",
            shown(value),
            shown(wanted)
        )),
    }
}

/// Every order of two values that a fair reading gives: the standard does not say how text, codes and days are compared.
/// Empty where there is none.
fn readings(value: &Value, wanted: &Value) -> Vec<Ordering> {
    const EITHER: [Ordering; 2] = [Ordering::Less, Ordering::Greater];
    let texts = (text_of(value), text_of(wanted));
    if let (Value::Number(_), Some(left), Some(right)) = (value, number(value), number(wanted)) {
        return left.partial_cmp(&right).into_iter().collect();
    }
    if let (Value::Bool(left), Value::Bool(right)) = (value, wanted) {
        return vec![left.cmp(right)];
    }
    if value.is_string() && texts.0 == texts.1 {
        return vec![Ordering::Equal];
    }
    if let (Some(left), Some(right)) = (moment(value), moment(wanted)) {
        let mut found = vec![left.cmp(&right)];
        if is_day(&texts.0) != is_day(&texts.1) {
            // A day against a moment: the start of the day, or the day the moment is written with.
            found.extend(texts.0.get(..10).zip(texts.1.get(..10)).map(|(left, right)| left.cmp(right)));
        }
        return found;
    }
    let folded = (texts.0.to_lowercase(), texts.1.to_lowercase());
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match value.is_string() && (wanted.is_string() || wanted.is_number()) {
        false if folded.0 == folded.1 => Vec::new(),
        true if folded.0 == folded.1 || (plain(&texts.0) && plain(&texts.1)) || number(value).is_some() => {
            let numbers = number(value).zip(number(wanted)).and_then(|(left, right)| left.partial_cmp(&right));
            [texts.0.cmp(&texts.1), folded.0.cmp(&folded.1)].into_iter().chain(numbers).collect()
        }
        // Different in any reading; which comes first is a matter of language, or of nothing at all.
        _ => EITHER.to_vec(),
    }
}

fn is_day(text: &str) -> bool {
    text.len() == 10
}

/// The values an attribute name stands for: where the dotted name leads from the top, or else wherever the record's own
/// dotted names end in it. Lists count by their items.
pub fn attribute<'r>(record: &'r Value, name: &str) -> Vec<&'r Value> {
    let wanted: Vec<&str> = name.split('.').collect();
    let mut found = Vec::new();
    Look { wanted: &wanted, others: &[] }.collect(record, &mut Vec::new(), false, &mut found);
    let from_the_top = found.iter().any(|place| place.depth == wanted.len());
    found.retain(|place| !from_the_top || place.depth == wanted.len());
    found.into_iter().map(|place| place.value).collect()
}

/// Where a value with the name looked for stands.
struct Place<'r> {
    depth: usize,
    /// In one of several objects of a list, as a member of a household is.
    of_several: bool,
    value: &'r Value,
}

/// A name being looked for, and members that are not looked into.
struct Look<'a> {
    wanted: &'a [&'a str],
    others: &'a [String],
}

impl Look<'_> {
    fn collect<'r>(&self, value: &'r Value, path: &mut Vec<&'r str>, of_several: bool, into: &mut Vec<Place<'r>>) {
        match value {
            Value::Object(members) => {
                for (key, value) in members {
                    let key = plain(key);
                    if !self.others.iter().any(|other| other == key) {
                        path.push(key);
                        self.collect(value, path, of_several, into);
                        path.pop();
                    }
                }
            }
            Value::Array(items) => {
                let several = items.iter().filter(|item| item.is_object()).count() > 1;
                items.iter().for_each(|item| self.collect(item, path, of_several || several, into));
            }
            leaf if !leaf.is_null() && path.ends_with(self.wanted) => {
                into.push(Place { depth: path.len(), of_several, value: leaf });
            }
            _ => {}
        }
    }
}

/// A member's name without its prefix.
pub fn plain(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
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

    fn members() -> RecordMembers {
        RecordMembers {
            kind: "identifier_type".into(),
            value: "identifier_value".into(),
            own: ["identifier", "member_list", "demographic_info", "head"].map(str::to_owned).into(),
            one: vec!["head".into()],
            others: vec!["related_member".into()],
        }
    }

    fn ask(query: Value) -> Truth {
        satisfies(&record(), &query, &members())
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
            pred(clause("birth_date", "gt", json!("1985-05-20"))),
            pred(clause("birth_date", "lt", json!("1985-05-20"))),
            pred(clause("poverty_score", "gt", json!(10.2))),
            both("and", clause("sex", "eq", json!("female")), clause("poverty_score", "gt", json!(10))),
            both("or", clause("sex", "eq", json!("male")), clause("poverty_score", "gt", json!(10))),
            expr(json!({"$and": [{"poverty_score": {"$lt": 5}}, {"sex": {"$eq": "female"}}]})),
        ];
        let open: Vec<Value> = vec![
            json!({"type": "NID", "value": "0071"}),
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
        let truth = satisfies(&json!({"sex": "male"}), &json!({"type": "UIN", "value": "1"}), &members());
        assert!(matches!(truth, Truth::CannotTell(_)));
    }

    #[test]
    fn an_identifier_counts_where_the_records_own_stand() {
        let of = |kind: &str, value: &str| json!([{"identifier_type": kind, "identifier_value": value}]);
        let truth = |record: Value| satisfies(&record, &json!({"type": "UIN", "value": "1"}), &members());
        let husband = |own: Value| json!({"identifier": own, "x_spouse": {"identifier": of("UIN", "1")}});
        assert!(matches!(truth(husband(of("UIN", "2"))), Truth::No(_)), "hers has another value");
        assert!(matches!(truth(husband(of("BRN", "1"))), Truth::CannotTell(_)), "hers is of another type");
        assert!(matches!(truth(husband(json!([]))), Truth::CannotTell(_)), "whose it is cannot be told");
        assert_eq!(truth(json!({"member_list": [{"demographic_info": {"identifier": of("UIN", "1")}}]})), Truth::Yes);
        for value in ["***1", " 1"] {
            assert!(matches!(truth(json!({"identifier": of("UIN", value)})), Truth::CannotTell(_)), "{value}");
        }
        let household = |members: Value| truth(json!({"head": {"identifier": of("UIN", "2")}, "member_list": members}));
        assert!(matches!(household(json!([])), Truth::CannotTell(_)), "whom it was found by it need not list");
        assert_eq!(household(json!([{"identifier": of("UIN", "1")}])), Truth::Yes);
        assert!(matches!(household(json!([{"identifier": of("UIN", "3")}])), Truth::No(_)));
        let linked = json!({"a:identifier": [{"a:identifier_type": "UIN", "a:identifier_value": "1"}]});
        assert_eq!(truth(linked), Truth::Yes, "names of linked data have prefixes");
    }

    #[test]
    fn the_name_from_the_top_wins_over_deeper_ones() {
        let record = json!({"birth_date": "2000-01-01", "mother": {"birth_date": "1970-01-01"}});
        assert_eq!(attribute(&record, "birth_date"), [&json!("2000-01-01")]);
        let group = json!({"member_list": [{"a": {"sex": "male"}}, {"a": {"sex": "female"}}]});
        assert_eq!(attribute(&group, "sex").len(), 2);
    }

    #[test]
    fn a_relatives_data_is_not_the_records_own() {
        let child = json!({
            "identifier": [{"identifier_type": "UIN", "identifier_value": "2"}],
            "related_person": [{"related_member": {"identifier": [{"identifier_type": "UIN", "identifier_value": "1"}]}}],
        });
        let truth = |value: &str| satisfies(&child, &json!({"type": "UIN", "value": value}), &members());
        assert_eq!(truth("2"), Truth::Yes);
        assert!(matches!(truth("1"), Truth::No(_)));
    }

    #[test]
    fn conditions_on_a_household_may_hold_for_different_people() {
        let group = json!({"poverty_score": 5, "member_list": [
            {"sex": "male", "birth_date": "1980-01-01"}, {"sex": "female", "birth_date": "2010-01-01"},
        ]});
        let truth = |query: Value| satisfies(&group, &query, &members());
        let both = |a, b| json!([{"expression1": a, "condition": "and", "expression2": b}]);
        let male = || clause("sex", "eq", json!("male"));
        assert_eq!(truth(json!([{"expression1": male()}])), Truth::Yes);
        assert_eq!(truth(both(male(), clause("poverty_score", "eq", json!(5)))), Truth::Yes);
        let perhaps = truth(both(male(), clause("birth_date", "gt", json!("2000-01-01"))));
        assert!(matches!(perhaps, Truth::CannotTell(_)), "{perhaps:?}");
        assert!(matches!(truth(both(male(), clause("birth_date", "gt", json!("2020-01-01")))), Truth::No(_)));
    }

    #[test]
    fn only_what_every_fair_reading_says_is_said() {
        let told = |value: Value, operator: &str, wanted: Value| test(&value, operator, &wanted, "x");
        let day = || json!("1985-05-20");
        assert_eq!(told(day(), "eq", json!("1985-05-20T00:00:00Z")), Truth::Yes);
        assert_eq!(told(day(), "lt", json!("1985-05-21T12:00:00Z")), Truth::Yes);
        assert!(matches!(told(day(), "gt", json!("1985-05-21T12:00:00Z")), Truth::No(_)));
        assert!(matches!(told(json!("1985-05-20T12:00:00Z"), "eq", day()), Truth::CannotTell(_)));
        assert!(matches!(told(json!("00100"), "eq", json!("100")), Truth::CannotTell(_)));
        assert!(matches!(told(json!("9"), "lt", json!("10")), Truth::CannotTell(_)));
        assert!(matches!(told(json!("A\u{ef}t"), "gt", json!("Ali")), Truth::CannotTell(_)));
        assert!(matches!(told(json!("A\u{ef}t"), "eq", json!("Ali")), Truth::No(_)));
        assert!(matches!(told(json!(true), "eq", json!("true")), Truth::CannotTell(_)));
        assert!(matches!(told(json!(9.5), "eq", json!("much")), Truth::No(_)));
        assert_eq!(told(json!("Ali"), "lt", json!("Wanjiru")), Truth::Yes);
    }
}
