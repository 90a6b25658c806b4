//! Which class records are told to be of, and which documents are told to be no records.

use super::standard;
use serde_json::{Value, json};

fn told(record_type: Option<&str>, record: Value) -> String {
    standard().told_class(record_type, &record, std::iter::empty()).unwrap_or_default()
}

/// Anything that has names is not a list of names.
#[test]
fn parts_of_records_are_not_told_by_members() {
    let person = json!({"given_name": "Ama", "surname": "Osei", "sex": "Q", "birth_date": "1990-13-01"});
    assert_eq!(told(None, person), "", "two of its members are those of a person, two are not");
    assert_eq!(told(None, json!({"given_name": "Ama", "surname": "Osei"})), "");
    assert_eq!(told(None, json!({"first_name": null, "last_name": null, "dob": null})), "");
    assert_eq!(told(None, json!({"latitude": 1, "longitude": 2, "household_head": "", "village": ""})), "");
    assert_eq!(told(None, json!({"@type": "Name", "surname": "Osei"})), "Name", "it says so");
    assert_eq!(told(None, json!({"programme_name": "a", "programme_identifier": "b"})), "ibr Programme");
}

#[test]
fn what_holds_records_further_down_is_told_to_be_none() {
    let person = json!({"identifier": [], "sex": "female", "birth_date": "1990-01-01"});
    assert_eq!(told(None, json!({"count": 2, "next": null, "results": [person]})), "");
    assert_eq!(told(None, json!({"data": [person]})), "");
    assert_eq!(told(None, json!({"@odata.context": "x", "value": [person]})), "");
    assert_eq!(told(None, json!({"name": "export", "date": "2024", "persons": [person]})), "");
    assert_eq!(told(None, json!({"identifier": [], "sex": "", "village": ""})), "SRPerson", "most are known");
    assert_eq!(told(None, json!({"identifier": [], "village": ""})), "", "half of them are not most");
}

#[test]
fn of_several_domains_with_records_of_a_type_that_of_the_context_or_the_members_is_meant() {
    let address = |of: &str| format!("https://schema.spdci.org/extensions/{of}/v1/data");
    let member = |more: Value| {
        let mut record = json!({"@type": "spdci:Member", "member_identifier": []});
        record.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        told(Some("spdci-extensions-dci:Member"), record)
    };
    assert_eq!(member(json!({})), "Member");
    assert_eq!(member(json!({"@context": {"spdci": address("ess")}})), "ess Member");
    assert_eq!(member(json!({"unemployment_reason": "1"})), "ess Member");
    assert_eq!(member(json!({"@context": address("ibr"), "unemployment_reason": "1"})), "ibr Member");
    assert_eq!(told(Some("Person"), json!({"@context": address("crvs"), "name": {}})), "crvs CRVSPerson");
    assert_eq!(told(Some("Person"), json!({"name": {}, "parent1_identifier": {}})), "crvs CRVSPerson");
    // What is the same above may differ below.
    let member = json!({"member_identifier": [], "unemployment_reason": "1"});
    let beneficiary = json!({"enrolment_status": "3", "programme_identifier": [], "member": member});
    assert_eq!(told(None, beneficiary), "ess Beneficiary");
    assert_eq!(told(None, json!({"enrolment_status": "3", "programme_identifier": []})), "ibr Beneficiary");
    // One record may lack what tells it, whether it says its type or the message does.
    let behind = std::iter::once(json!({"name": {}, "parent1_identifier": {}}));
    let first = json!({"name": {}});
    assert_eq!(standard().told_class(Some("Person"), &first, behind).as_deref(), Some("crvs CRVSPerson"));
}
