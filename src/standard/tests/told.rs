//! Which class records are told to be of, and which documents are told to be no records.

use super::standard;
use crate::source::Files;
use crate::standard::Standard;
use crate::standard::validator::Validator;
use serde_json::{Value, json};

fn told(record_type: Option<&str>, record: Value) -> String {
    standard().told_class(record_type, &record, std::iter::empty()).unwrap_or_default()
}

/// What is told by a record and those behind it.
fn told_of(record_type: Option<&str>, first: Value, behind: &[Value]) -> String {
    standard().told_class(record_type, &first, behind.iter().cloned()).unwrap_or_default()
}

#[test]
fn the_order_of_records_without_a_type_tells_no_class() {
    let plain = json!({"identifier": [], "name": {}, "sex": "male"});
    let born = json!({"identifier": [], "name": {}, "parent1_identifier": {}});
    assert_eq!(told_of(None, plain.clone(), std::slice::from_ref(&born)), "crvs CRVSPerson");
    assert_eq!(told_of(None, born, std::slice::from_ref(&plain)), "crvs CRVSPerson");
    let group = json!({"group_identifier": [], "member_list": [], "group_type": "", "place": {}});
    assert_eq!(told_of(None, plain.clone(), &[group]), "SRPerson", "a record of another class tells nothing");
    assert_eq!(told_of(None, plain, &[json!({"@type": "CRVSPerson", "birth_place": {}})]), "SRPerson", "it has a type");
    // In the objects of a record it is the same.
    let group = |member: Value| json!({"group_identifier": [], "member_list": [{"member_identifier": []}, member]});
    let (plain, working) = (group(json!({"marital_status": "1"})), group(json!({"employment_info": []})));
    assert_eq!(told_of(None, plain.clone(), std::slice::from_ref(&working)), "ess Group");
    assert_eq!(told_of(None, working, &[plain]), "ess Group");
    let typed = |more: Value| json!({"@type": "Group", "member_list": [more]});
    assert_eq!(told_of(None, typed(json!(null)), &[typed(json!({"unemployment_reason": "1"}))]), "ess Group");
}

#[test]
fn a_class_that_extends_the_named_one_is_meant_where_several_members_are_its_own() {
    let born = |context: Value| {
        told(
            None,
            json!({"@context": context, "@type": "Person", "name": {}, "marriage_date": [], "parent1_identifier": {}}),
        )
    };
    assert_eq!(born(json!({"@vocab": "https://schema.spdci.org/common/v1"})), "crvs CRVSPerson");
    assert_eq!(born(json!(null)), "crvs CRVSPerson");
    assert_eq!(born(json!("https://schema.spdci.org/extensions/social/v1/data")), "Person", "another domain is said");
    let known = json!({"@type": "Person", "name": {}, "identifier": [], "shoe_size": 1, "hat_size": 2});
    assert_eq!(told(None, known), "Person");
    let usual = json!({"@type": "Person", "name": {}, "identifier": [], "marital_status": "1", "birth_place": "Accra"});
    assert_eq!(told(None, usual), "Person", "the social registry knows a marital status as well");
}

#[test]
fn types_below_tell_the_domain_where_nothing_else_does() {
    let group = |of: &str| {
        let member = json!({"@type": "Member", "member_identifier": [], "demographic_info": {"@type": of, "name": {}}});
        json!({"@type": "Group", "group_identifier": [], "member_list": [member]})
    };
    for (of, class) in
        [("FR_Person", "fr Group"), ("spdci:DRPerson", "dr Group"), ("SR_Person", "Group"), ("x", "Group")]
    {
        assert_eq!(told(None, group(of)), class, "{of}");
    }
    assert_eq!(told_of(None, group("x"), &[group("FRPerson")]), "Group", "the first type of an object counts");
}

/// The classes of one domain are published with prefixes for those of others.
#[test]
fn the_prefix_of_a_type_tells_its_domain() {
    let address = |of: &str| format!("https://schema.spdci.org/extensions/{of}/v1/data");
    let of = |context: Value, kind: Value| {
        told(None, json!({"@context": context, "@type": kind, "enrolment_status": "3", "programme_identifier": []}))
    };
    let both = json!({"spdci": address("ess"), "spdciIBR": {"@id": address("ibr")}});
    assert_eq!(of(both.clone(), json!("spdci:beneficiary")), "ess Beneficiary");
    assert_eq!(of(both.clone(), json!("spdciIBR:Beneficiary")), "ibr Beneficiary");
    assert_eq!(of(both.clone(), json!(null)), "ess Beneficiary", "the standard's own prefix before others");
    assert_eq!(of(json!([both, {"spdci": address("ibr")}]), json!("spdci:Beneficiary")), "ibr Beneficiary", "the last");
    let other = json!({"spdci": "https://schema.spdci.org/core/v1/data", "x": address("ess")});
    assert_eq!(of(other, json!("spdci:Beneficiary")), "ess Beneficiary");
    let vocabulary = json!({"@vocab": address("ess"), "x": address("ibr")});
    assert_eq!(of(vocabulary, json!("Beneficiary")), "ess Beneficiary");
    assert_eq!(of(json!(null), json!(format!("{}/Beneficiary.jsonld", address("ess")))), "ess Beneficiary");
    // One type of earlier pages is that of two classes.
    let disabled = json!({"@type": "spdci:DR_Person", "disability_status": "1", "personal_details": {}});
    assert_eq!(told(None, disabled), "dr PWDPerson");
    assert_eq!(told(None, json!({"@type": "DR_Person", "identifier": [], "name": {}})), "dr DRPerson");
}

#[test]
fn a_record_type_is_that_of_any_domain_which_has_records_of_its_class() {
    let context = json!("https://schema.spdci.org/extensions/ess/v1/data");
    let group = |of: &str| {
        let member = json!({"member_identifier": [], "demographic_info": {"@type": of}});
        json!({"@type": "Group", "group_identifier": [], "member_list": [member]})
    };
    for (of, class) in
        [("FR_Person", "fr Group"), ("DR_Person", "dr Group"), ("ESSPerson", "ess Group"), ("x", "Group")]
    {
        assert_eq!(told(Some("spdci:Group"), group(of)), class, "{of}");
    }
    let said = |record_type: &str, more: Value| {
        let mut record = json!({"@context": context});
        record.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        told(Some(record_type), record)
    };
    assert_eq!(said("Group", group("x")), "ess Group");
    assert_eq!(said("Beneficiary", json!({"enrolment_status": "3"})), "ess Beneficiary");
    assert_eq!(told(Some("Beneficiary"), json!({"enrolment_status": "3"})), "ibr Beneficiary");
    // A person with the number of the household is one of the usual domain.
    let listed = json!({"group_type": "", "group_identifier": [], "identifier": [], "name": {}, "sex": ""});
    assert_eq!(told(None, listed), "SRPerson");
}

#[test]
fn a_record_that_may_be_of_a_related_class_is_told() {
    let related = |class: &str, record: Value, told: bool| standard().related_class(class, &record, told);
    let address = |of: &str| format!("https://schema.spdci.org/extensions/{of}/v1/data");
    let crvs = |says: bool| Some(("crvs CRVSPerson".to_owned(), says));
    let born = |more: Value| {
        let mut record = json!({"identifier": [1], "name": {}, "parent1_identifier": 1});
        record.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        record
    };
    for told in [true, false] {
        // It says so itself.
        assert_eq!(related("SRPerson", born(json!({"@type": "CRVS_Person"})), told), crvs(true));
        assert_eq!(related("Person", born(json!({"@type": "Person", "@context": address("crvs")})), told), crvs(true));
        let working = json!({"@context": address("ess"), "@type": "Member", "employment_info": [1]});
        assert_eq!(related("Member", working, told), Some(("ess Member".into(), true)));
        // It says that it is what it is judged by, or is judged by the class that has most of its members.
        assert_eq!(related("SRPerson", born(json!({"@type": "SR_Person"})), told), None);
        assert_eq!(related("Person", born(json!({"@type": "Person", "@context": address("social")})), told), None);
        assert_eq!(related("crvs CRVSPerson", born(json!({})), told), None);
        assert_eq!(related("SRPerson", json!({"identifier": [], "shoe_size": 1}), told), None);
    }
    // It says nothing: that is no matter where somebody named the class.
    assert_eq!(related("SRPerson", born(json!({})), true), crvs(false));
    assert_eq!(related("Person", born(json!({"@type": "Person"})), true), crvs(false));
    assert_eq!(related("SRPerson", born(json!({})), false), None);
    // What nothing is in is of no class.
    assert_eq!(related("SRPerson", born(json!({"parent1_identifier": {}})), true), None);
    assert_eq!(related("SRPerson", born(json!({"@type": "CRVS_Person", "parent1_identifier": null})), false), None);
    // Inside a record of a class that another domain has by the same name.
    let inside = |record: Value, told: bool| {
        standard().related_class_inside("Group", "Member", (&record, &json!({"employment_info": [1]})), told)
    };
    let said = json!({"@context": address("ess"), "@type": "Group"});
    assert_eq!(inside(said.clone(), false).as_deref(), Some("ess Member"));
    assert_eq!(inside(json!({"@type": "Group"}), true).as_deref(), Some("ess Member"));
    assert_eq!(inside(json!({"@type": "Group"}), false), None);
    assert_eq!(inside(json!({"@context": address("social")}), true), None);
}

/// A system that writes the names of two classes into every record fills those of one.
#[test]
fn of_several_classes_the_one_is_meant_whose_members_say_something() {
    let classes = ["Member", "SRPerson"].map(str::to_owned);
    let of = |record: Value| standard().class_of(&classes, &record).map(str::to_owned);
    let names =
        |sex: Value| json!({"sex": sex, "member_identifier": null, "demographic_info": {}, "marital_status": ""});
    assert_eq!(of(names(json!("male"))).as_deref(), Some("SRPerson"));
    assert_eq!(of(names(json!(null))).as_deref(), Some("Member"));
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

/// The standard as a country adds to it.
fn amended() -> Standard {
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/overlay"));
    let files = Files::from_folder(folder).unwrap_or_else(|wrong| panic!("{wrong}"));
    Standard::load_data(&files, "exampleland2026").unwrap_or_else(|wrong| panic!("{wrong}"))
}

#[test]
fn what_a_country_adds_takes_no_record_from_a_class_that_knows_more_of_it() {
    let standard = amended();
    let told = |record: Value| standard.told_class(None, &record, std::iter::empty()).unwrap_or_default();
    let group = |more: Value| {
        let mut group = json!({"group_type": "1", "group_size": 1, "member_list": [{"marital_status": "S"}]});
        group.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        told(group)
    };
    assert_eq!(group(json!({})), "Group");
    assert_eq!(group(json!({"visit_number": "1"})), "Group", "the number of the last visit to the household");
    assert_eq!(group(json!({"visit_number": "1", "county": "N"})), "Group");
    assert_eq!(told(json!({"visit_number": "1", "visited_on": "2026-02-01", "visitor": "Team 3"})), "HomeVisit");
    assert_eq!(
        told(json!({"visit_number": "1", "visited_on": "", "member_list": []})),
        "HomeVisit",
        "of equals the country's own"
    );
    for (class, spoken_of) in [("Group", true), ("HomeVisit", true), ("fr Group", true), ("Name", false), ("x", false)]
    {
        assert_eq!(standard.adds_to(class), spoken_of, "{class}");
    }
}

#[test]
fn the_schema_of_a_mandatory_list_takes_no_list_of_nothing() {
    let schema = Validator::new(amended().record_schema("Group").expect("a class"));
    assert_eq!(schema.defect(), None);
    let valid = |value: Value| schema.is_valid(&json!({"group_identifier": value}));
    assert!(valid(json!([{"identifier_type": "UIN", "identifier_value": "1"}])));
    assert!(valid(json!([{}, {"identifier_value": "1"}])));
    for nothing in
        [json!(null), json!([]), json!([{}]), json!([null]), json!([{"@type": "Identifier", "identifier_value": null}])]
    {
        assert!(!valid(nothing.clone()), "{nothing}");
    }
}
