//! The attributes people are searched and sorted by: their names, where they stand in the records, how they compare.

use super::data::Registry;
use jiff::Timestamp;
use serde_json::Value;
use std::cmp::Ordering;

/// A value that can be compared with others of its kind.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand {
    Text(String),
    Number(f64),
    Date(String),
    Moment(Timestamp),
    Truth(bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Date,
    Moment,
    Truth,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Person,
    Member,
    Group,
}

/// An attribute the registry knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attribute {
    name: &'static str,
    scope: Scope,
    /// Where it stands below the record of its scope; lists on the way are entered.
    path: &'static [&'static str],
    kind: Kind,
}

const fn attribute(name: &'static str, scope: Scope, path: &'static [&'static str], kind: Kind) -> Attribute {
    Attribute { name, scope, path, kind }
}

#[rustfmt::skip]
static ATTRIBUTES: &[Attribute] = &[
    attribute("surname", Scope::Person, &["name", "surname"], Kind::Text),
    attribute("given_name", Scope::Person, &["name", "given_name"], Kind::Text),
    attribute("maiden_name", Scope::Person, &["name", "maiden_name"], Kind::Text),
    attribute("sex", Scope::Person, &["sex"], Kind::Text),
    attribute("birth_date", Scope::Person, &["birth_date"], Kind::Date),
    attribute("address_line_1", Scope::Person, &["address", "address_line_1"], Kind::Text),
    attribute("locality", Scope::Person, &["address", "locality"], Kind::Text),
    attribute("sub_region_code", Scope::Person, &["address", "sub_region_code"], Kind::Text),
    attribute("region_code", Scope::Person, &["address", "region_code"], Kind::Text),
    attribute("postal_code", Scope::Person, &["address", "postal_code"], Kind::Text),
    attribute("country_code", Scope::Person, &["address", "country_code"], Kind::Text),
    attribute("phone_number", Scope::Person, &["phone_number"], Kind::Text),
    attribute("email", Scope::Person, &["email"], Kind::Text),
    attribute("identifier_type", Scope::Person, &["identifier", "identifier_type"], Kind::Text),
    attribute("identifier_value", Scope::Person, &["identifier", "identifier_value"], Kind::Text),
    attribute("registration_date", Scope::Person, &["registration_date"], Kind::Moment),
    attribute("last_updated", Scope::Person, &["last_updated"], Kind::Moment),
    attribute("self_id_disability", Scope::Member, &["self_id_disability"], Kind::Truth),
    attribute("is_disabled", Scope::Member, &["self_id_disability"], Kind::Truth),
    attribute("disability_limitation_type", Scope::Member, &["disability_info", "disability_limitation_type"], Kind::Text),
    attribute("functional_severity", Scope::Member, &["disability_info", "functional_severity"], Kind::Text),
    attribute("relationship_type", Scope::Member, &["related_person", "relationship_type"], Kind::Text),
    attribute("marital_status", Scope::Member, &["marital_status"], Kind::Text),
    attribute("employment_status", Scope::Member, &["employment_status"], Kind::Text),
    attribute("occupation", Scope::Member, &["occupation"], Kind::Text),
    attribute("income_level", Scope::Member, &["income_level"], Kind::Text),
    attribute("language_code", Scope::Member, &["language_code"], Kind::Text),
    attribute("education_level", Scope::Member, &["education_level"], Kind::Text),
    attribute("poverty_score", Scope::Group, &["poverty_score"], Kind::Number),
    attribute("poverty_score_type", Scope::Group, &["poverty_score_type"], Kind::Text),
    attribute("group_size", Scope::Group, &["group_size"], Kind::Number),
    attribute("group_type", Scope::Group, &["group_type"], Kind::Text),
];

/// Names that may stand before the attribute's own in a dotted path, from the household inwards.
static CONTAINERS: &[&str] =
    &["reg_records", "group", "household", "member_list", "member", "person", "demographic_info"];

impl Attribute {
    /// The attribute a dotted path or a bare name means.
    pub(crate) fn named(path: &str) -> Option<Attribute> {
        let mut parts: Vec<&str> = path.split('.').map(|part| part.trim_end_matches("[]")).collect();
        let last = parts.pop()?;
        let found = ATTRIBUTES.iter().find(|attribute| attribute.name == last).copied();
        // What stands before must lead to it: `name.surname`, and not `member_identifier.surname`.
        let known = found.is_some_and(|found| {
            let mut way = CONTAINERS.iter().chain(found.path.split_last().map_or(&[][..], |(_, before)| before));
            parts.iter().all(|part| way.any(|step| step == part))
        });
        let group_wide = matches!(parts.as_slice(), ["group"] | ["household"]);
        match found {
            // The household has its own date of registration; everything else has one place only.
            Some(mut found) if group_wide && matches!(last, "registration_date" | "last_updated") => {
                found.scope = Scope::Group;
                Some(found)
            }
            found => found.filter(|_| known),
        }
    }

    /// Its values for one person.
    pub(crate) fn values(&self, registry: &Registry, person: usize) -> Vec<Operand> {
        let Some(found) = registry.people.get(person) else { return Vec::new() };
        let record = match self.scope {
            Scope::Person => &found.member["demographic_info"],
            Scope::Member => &found.member,
            Scope::Group => registry.households.get(found.household).unwrap_or(&Value::Null),
        };
        let mut values = Vec::new();
        collect(record, self.path, &mut |value| values.extend(self.operand(value)));
        values
    }

    /// A value of the request or of a record, as this attribute compares it; none when it cannot be such a value.
    pub(crate) fn operand(&self, value: &Value) -> Option<Operand> {
        let text = match value {
            Value::String(text) => text.trim().to_string(),
            Value::Number(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
            _ => return None,
        };
        match self.kind {
            Kind::Text => Some(Operand::Text(text)),
            Kind::Number => text.parse().ok().filter(|number: &f64| number.is_finite()).map(Operand::Number),
            Kind::Date => text
                .get(..10)
                .filter(|day| day.parse::<jiff::civil::Date>().is_ok())
                .map(|day| Operand::Date(day.into())),
            Kind::Moment => text.parse().or_else(|_| format!("{text}T00:00:00Z").parse()).ok().map(Operand::Moment),
            Kind::Truth => match text.to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" => Some(Operand::Truth(true)),
                "false" | "0" | "no" => Some(Operand::Truth(false)),
                _ => None,
            },
        }
    }
}

fn collect(value: &Value, path: &[&str], found: &mut dyn FnMut(&Value)) {
    match (value, path.split_first()) {
        (Value::Array(items), _) => items.iter().for_each(|item| collect(item, path, found)),
        (value, None) => found(value),
        (Value::Object(members), Some((first, rest))) => {
            if let Some(member) = members.get(*first) {
                collect(member, rest, found);
            }
        }
        _ => {}
    }
}

impl Operand {
    /// The order of two values of one kind.
    pub(crate) fn compare(&self, other: &Operand) -> Option<Ordering> {
        match (self, other) {
            (Operand::Text(left), Operand::Text(right)) => Some(left.cmp(right)),
            (Operand::Number(left), Operand::Number(right)) => left.partial_cmp(right),
            (Operand::Date(left), Operand::Date(right)) => Some(left.cmp(right)),
            (Operand::Moment(left), Operand::Moment(right)) => Some(left.cmp(right)),
            (Operand::Truth(left), Operand::Truth(right)) => Some(left.cmp(right)),
            _ => None,
        }
    }
}
