//! The people of the sandbox registry: invented households of six countries, as records of the data standard.

use super::faults::{Fault, FaultSet};
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock};

/// One person with the household that person belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// Member record, the person record inside as `demographic_info`.
    pub(crate) member: Value,
    /// Index of the household.
    pub(crate) household: usize,
}

/// Everyone known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Registry {
    pub(crate) people: Vec<Person>,
    /// Group records without their members.
    pub(crate) households: Vec<Value>,
}

/// What kind of record is returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entity {
    Person,
    Member,
    Group,
}

static EVERYONE: LazyLock<Arc<Registry>> = LazyLock::new(|| Arc::new(read(include_str!("people.json"))));

/// The registry as every sandbox starts with it.
pub(crate) fn everyone() -> Arc<Registry> {
    EVERYONE.clone()
}

fn read(text: &str) -> Registry {
    let households: Vec<Value> = serde_json::from_str(text).unwrap_or_default(); // a test proves that it reads
    let mut registry = Registry::default();
    for (index, mut household) in households.into_iter().enumerate() {
        let members = household["members"].take();
        registry.households.push(household["group"].take());
        let members = members.as_array().cloned().unwrap_or_default();
        registry.people.extend(members.into_iter().map(|member| Person { member, household: index }));
    }
    registry
}

impl Entity {
    /// The entity a record type or response entity names, whatever prefix it carries.
    pub(crate) fn named(name: &str) -> Option<Entity> {
        let bare = name.rsplit([':', '/', '#']).next().unwrap_or(name);
        match bare {
            "Person" | "SRPerson" | "SR_Person" => Some(Entity::Person),
            "Member" => Some(Entity::Member),
            "Group" => Some(Entity::Group),
            _ => None,
        }
    }

    /// Its name in `reg_record_type`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Entity::Person => "Person",
            Entity::Member => "Member",
            Entity::Group => "Group",
        }
    }
}

impl Registry {
    /// Identifiers of a person: its own, and those as a member.
    pub(crate) fn identifiers(&self, person: usize) -> Vec<(&str, &str)> {
        let Some(person) = self.people.get(person) else { return Vec::new() };
        let own = &person.member["demographic_info"]["identifier"];
        [own, &person.member["member_identifier"]].into_iter().flat_map(pairs).collect()
    }

    /// Identifiers of a household.
    pub(crate) fn group_identifiers(&self, household: usize) -> Vec<(&str, &str)> {
        self.households.get(household).map(|group| pairs(&group["group_identifier"])).unwrap_or_default()
    }

    /// Indexes of the members of a household.
    pub(crate) fn members_of(&self, household: usize) -> impl Iterator<Item = usize> + '_ {
        self.people.iter().enumerate().filter(move |(_, person)| person.household == household).map(|(index, _)| index)
    }

    /// The record of one person, member or household (`index` counts people, or households for groups).
    pub(crate) fn record(&self, entity: Entity, index: usize, faults: &FaultSet) -> Value {
        let mut record = match entity {
            Entity::Person => self.people.get(index).map(|person| person.member["demographic_info"].clone()),
            Entity::Member => self.people.get(index).map(|person| person.member.clone()),
            Entity::Group => self.households.get(index).map(|group| self.group(group, index)),
        }
        .unwrap_or(Value::Null);
        spoil_record(&mut record, faults);
        record
    }

    fn group(&self, group: &Value, index: usize) -> Value {
        let mut record = group.clone();
        let members: Vec<Value> = self
            .members_of(index)
            .filter_map(|person| self.people.get(person))
            .map(|person| person.member.clone())
            .collect();
        record["group_head_info"] = members.first().cloned().unwrap_or(Value::Null);
        record["group_size"] = json!(members.len());
        record["member_list"] = Value::Array(members);
        record
    }

    /// Changes the address line of a person; false when there is no such person.
    pub(crate) fn change_address(&mut self, index: usize, line: &str, now: &str) -> bool {
        let Some(person) = self.people.get_mut(index) else { return false };
        let record = &mut person.member["demographic_info"];
        match record.pointer_mut("/address/0/address_line_1") {
            Some(place) => *place = json!(line),
            None => record["address"] = json!([{"address_line_1": line}]),
        }
        record["last_updated"] = json!(now);
        person.member["last_updated"] = json!(now);
        true
    }

    /// Adds a person to the first household; `attributes` are members of the person record.
    pub(crate) fn register(&mut self, attributes: &Value, now: &str) -> usize {
        let number = self.people.len() + 1;
        let mut person = json!({
            "identifier": [{"identifier_type": "UIN", "identifier_value": format!("KE-{:08}Z", 90_000_000 + number)}],
            "name": {"surname": "Odhiambo", "given_name": format!("Akinyi {number}")},
            "sex": "female", "birth_date": "2015-04-18", "registration_date": now, "last_updated": now,
        });
        for (name, value) in attributes.as_object().into_iter().flatten() {
            person[name.as_str()] = value.clone();
        }
        let member = json!({
            "member_identifier": [{"identifier_type": "SRID", "identifier_value": format!("M{number:05}")}],
            "demographic_info": person, "self_id_disability": false, "marital_status": "S",
            "registration_date": now, "last_updated": now,
        });
        self.people.push(Person { member, household: 0 });
        number - 1
    }
}

fn pairs(list: &Value) -> Vec<(&str, &str)> {
    let entries = list.as_array().map(Vec::as_slice).unwrap_or_default();
    entries.iter().filter_map(|id| Some((id["identifier_type"].as_str()?, id["identifier_value"].as_str()?))).collect()
}

/// Collects the texts below a record that tell something about a person.
pub(crate) fn collect_personal(value: &Value, name: &str, found: &mut std::collections::BTreeSet<String>) {
    const PERSONAL: [&str; 8] = [
        "identifier_value",
        "surname",
        "given_name",
        "maiden_name",
        "birth_date",
        "phone_number",
        "email",
        "address_line_1",
    ];
    match value {
        Value::Object(members) => members.iter().for_each(|(name, member)| collect_personal(member, name, found)),
        Value::Array(items) => items.iter().for_each(|item| collect_personal(item, name, found)),
        Value::String(text) if PERSONAL.contains(&name) => {
            found.insert(text.clone());
        }
        _ => {}
    }
}

/// Spoils one record as the faults say.
fn spoil_record(record: &mut Value, faults: &FaultSet) {
    if faults.is_empty() {
        return;
    }
    walk(record, faults);
}

fn walk(value: &mut Value, faults: &FaultSet) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, faults)),
        Value::Object(members) => {
            if faults.has(Fault::IdentifierMembersRenamed) && members.contains_key("identifier_value") {
                for (old, new) in [("identifier_type", "type"), ("identifier_value", "value")] {
                    if let Some(kept) = members.remove(old) {
                        members.insert(new.to_string(), kept);
                    }
                }
            }
            for (name, member) in members.iter_mut() {
                spoil_member(name, member, faults);
                walk(member, faults);
            }
        }
        _ => {}
    }
}

fn spoil_member(name: &str, value: &mut Value, faults: &FaultSet) {
    let text = value.as_str().unwrap_or_default().to_string();
    match name {
        "sex" if faults.has(Fault::SexCodeUnlisted) => *value = json!(if text == "male" { "M" } else { "F" }),
        "sex" if faults.has(Fault::SexAsNumber) => *value = json!(if text == "male" { 1 } else { 2 }),
        "sex" | "marital_status" | "education_level" if faults.has(Fault::EmptyCode) => *value = json!(""),
        "birth_date" if faults.has(Fault::DateWithDots) => {
            let parts: Vec<&str> = text.split('-').rev().collect();
            *value = json!(parts.join("."));
        }
        "birth_date" if faults.has(Fault::DateImpossible) => {
            *value = json!(format!("{}-02-30", text.get(..4).unwrap_or("1990")));
        }
        "identifier_value" if faults.has(Fault::IdentifierAsNumber) => {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            *value = json!(digits.parse::<u64>().unwrap_or(0));
        }
        "identifier_value" if faults.has(Fault::IdentifierPadded) => *value = json!(format!("{text}  ")),
        "name" if faults.has(Fault::NameAsText) && value.is_object() => {
            let part = |part: &str| value[part].as_str().unwrap_or_default().to_string();
            *value = json!(format!("{} {}", part("given_name"), part("surname")));
        }
        "phone_number" if faults.has(Fault::PhoneWithoutPlus) => {
            for number in value.as_array_mut().into_iter().flatten() {
                *number = json!(format!("0{}", number.as_str().unwrap_or_default().get(4..).unwrap_or_default()));
            }
        }
        "country_code" if faults.has(Fault::CountryAsName) => {
            let names =
                [("KEN", "Kenya"), ("PER", "Peru"), ("PHL", "Philippines"), ("BGD", "Bangladesh"), ("MAR", "Morocco")];
            *value = json!(names.iter().find(|(code, _)| *code == text).map_or("Moldova", |(_, name)| name));
        }
        "registration_date" | "last_updated" if faults.has(Fault::RegistrationWithoutZone) => {
            *value = json!(text.get(..19).unwrap_or(&text));
        }
        "self_id_disability" if faults.has(Fault::BooleanAsDigit) => *value = json!("2"),
        "poverty_score" if faults.has(Fault::DecimalComma) => *value = json!(value.to_string().replace('.', ",")),
        "latitude" if faults.has(Fault::LatitudeOutOfRange) => {
            *value = json!(value.as_f64().unwrap_or(0.0).abs() + 100.5);
        }
        "group_size" if faults.has(Fault::GroupSizeWrong) => *value = json!(value.as_u64().unwrap_or(0) + 1),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_people_read_and_are_as_promised() {
        let registry = everyone();
        assert_eq!((registry.people.len(), registry.households.len()), (60, 20));
        assert!(registry.people.iter().any(|person| person.member["demographic_info"]["sex"].is_null()));
        let personal = super::super::personal_values();
        assert!(personal.contains("Odhiambo") && personal.contains("1984-05-02") && !personal.contains("KEN"));
        let sizes = registry.households.iter().enumerate().map(|(index, _)| registry.members_of(index).count());
        for (size, household) in sizes.zip(&registry.households) {
            assert!(size >= 2, "whole-household-returned must be visible for everyone");
            assert_eq!(household["group_size"], json!(size));
        }
        assert!(registry.people.iter().any(|person| {
            person.member["demographic_info"]["name"]["surname"].as_str().is_some_and(|name| !name.is_ascii())
        }));
    }
}
