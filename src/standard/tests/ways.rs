//! Ways of writing that must neither fail what is sound nor let pass what is not.

use super::standard;
use crate::model::verdict::Verdict::{self, Fail, Pass, Warn};
use crate::standard::Strictness;
use serde_json::{Value, json};

/// Everything found, with the notes.
fn all(class: &str, record: &Value) -> Vec<(String, String, Verdict)> {
    assert!(standard().has_class(class), "{class}");
    let found = standard().judge_record(class, record, Strictness::Standard);
    found.into_iter().filter(|f| f.rule != "CONTEXT-ABSENT").map(|f| (f.pointer, f.rule, f.verdict)).collect()
}

/// What fails and what warns.
fn found(class: &str, record: &Value) -> Vec<(String, String, Verdict)> {
    all(class, record).into_iter().filter(|(.., verdict)| *verdict != Pass).collect()
}

fn one(pointer: &str, rule: &str, verdict: Verdict) -> Vec<(String, String, Verdict)> {
    vec![(pointer.to_owned(), rule.to_owned(), verdict)]
}

fn id() -> Value {
    json!([{"identifier_type": "UIN", "identifier_value": "1"}])
}

#[test]
fn a_slash_ends_a_prefix_in_an_address_only() {
    for value in ["N/A", "x/A", "Single/A", "see https://x.org /A"] {
        let member = json!({"marital_status": value});
        assert_eq!(found("Member", &member), one("/marital_status", "CODE-UNKNOWN", Fail), "{value}");
    }
    assert_eq!(found("Person", &json!({"sex": "male/female"})), one("/sex", "CODE-UNKNOWN", Fail));
    assert_eq!(found("Address", &json!({"country_code": "US/CA"})), one("/country_code", "CODE-UNKNOWN", Fail));
    let list = standard().code_list("marital_status").expect("a list");
    let own = ["https://schema.spdci.org/core/v1/code/A", "http://schema.spdci.org/extensions/core/v1/code#A"];
    for value in ["A", "spdci:A", "category:A", ":A", "urn:x:A", "a.b:c_d-e:A"].into_iter().chain(own) {
        assert_eq!(found("Member", &json!({"marital_status": value})), [], "{value}");
        assert_eq!(list.canonical(value), Some("A"), "{value}");
    }
    assert_eq!(list.canonical("N/A"), None, "rules see the same");
}

#[test]
fn what_stands_before_a_code_is_a_prefix_or_the_value_is_no_code() {
    let list = standard().code_list("marital_status").expect("a list");
    for value in [
        "D:A",
        "married:A",
        "Never Married:A",
        "1:A",
        "12:30:A",
        "x:1:A",
        "Divorced: A",
        "x: A",
        "x y:A",
        "x/y:A",
        "x::A",
        "http://x.org/c#A",
        "https://x.org/code/A",
        "https://schema.spdci.org/code:A",
        "x://schema.spdci.org/A",
    ] {
        let member = json!({"marital_status": value});
        assert_eq!(found("Member", &member), one("/marital_status", "CODE-UNKNOWN", Fail), "{value}");
        assert_eq!(list.canonical(value), None, "{value}");
    }
    assert_eq!(found("Person", &json!({"sex": "female:male"})), one("/sex", "CODE-UNKNOWN", Fail));
    assert_eq!(found("Person", &json!({"sex": "spdci:Female"})), [], "as in official examples");
}

/// A type of somebody else is none of the standard's own, whatever its last part.
#[test]
fn types_of_identifiers_in_other_namespaces_are_other_types() {
    let rules = |person: &Value| -> Vec<String> {
        let today = "2026-03-01".parse().expect("a day");
        let found = standard().judge_record_on("crvs CRVSPerson", person, Strictness::Strict, today);
        found
            .into_iter()
            .map(|found| found.rule)
            .filter(|rule| rule.starts_with("R-ID-") || rule.starts_with("CODE"))
            .collect()
    };
    let of = |kind: &str, value: &str| json!({"identifier_type": kind, "identifier_value": value});
    for (one, other) in
        [("urn:ke:uin", "urn:ug:uin"), ("https://id.gov.ke/UIN", "https://id.gov.ug/UIN"), ("ke:UIN", "UIN")]
    {
        let person = json!({"birth_date": "1990-01-01", "identifier": [of(one, "1"), of(other, "2")]});
        assert!(rules(&person).iter().all(|rule| rule == "CODE-UNLISTED"), "{one}: {:?}", rules(&person));
        let parents = json!({"parent1_identifier": of(one, "1"), "parent2_identifier": of(other, "1")});
        assert!(!rules(&parents).contains(&"R-ID-08".to_owned()), "{one}");
    }
    let same =
        json!({"parent1_identifier": of("urn:hospital:mrn", "1"), "parent2_identifier": of("urn:hospital:mrn", "1")});
    assert!(rules(&same).contains(&"R-ID-08".to_owned()), "no number of a marriage: {:?}", rules(&same));
    for own in ["spdci:UIN", "identifier:UIN", "https://schema.spdci.org/core/v1/code/UIN"] {
        let person = json!({"birth_date": "1990-01-01", "identifier": [of(own, "1"), of("UIN", "2")]});
        assert_eq!(rules(&person), ["R-ID-06"], "{own}");
    }
}

#[test]
fn what_stands_under_the_name_of_an_earlier_model_is_not_passed() {
    let farmer = json!({"farmer_personal_details": {"member_identifier": id()}, "land_details": [{"land_size": "x"}]});
    assert_eq!(found("fr Farmer", &farmer), one("/land_details", "EARLIER-NAME", Warn));
    assert_eq!(found("fr Farmer", &json!({"land_details": [{}], "farm_info": ""})), [], "nothing is in it");
    let activities =
        json!({"mixed_farming": true, "crop_details": [{"crop_type": "1"}], "animal_details": [{"type": "1"}]});
    let rules: Vec<_> = found("fr FarmingActivities", &activities).into_iter().map(|(_, rule, _)| rule).collect();
    assert_eq!(rules, ["EARLIER-NAME", "EARLIER-NAME"], "it is there, so R-FR-04 asks for nothing");
    assert_eq!(found("Address", &json!({"country": "Kenya"})), one("/country", "PROP-ALIAS", Warn), "a name, no code");
    assert!(found("Address", &json!({"country": {}})).contains(&("/country".into(), "TYPE".into(), Fail)));
}

#[test]
fn labels_pass_with_the_apostrophes_and_dashes_of_a_keyboard() {
    let programme =
        |label: &str| json!({"programme_name": "a", "programme_identifier": "b", "contribution_type": label});
    for label in ["Contributory \u{2013} mandatory", "Contributory - mandatory", "contributory \u{2014} mandatory"] {
        assert_eq!(found("ibr Programme", &programme(label)), [], "{label}");
    }
    for label in ["Living in relatives\u{2019} home", "Living in relatives' home"] {
        assert_eq!(found("dr PWDPerson", &json!({"housing_type": label})), [], "{label}");
    }
    assert_eq!(
        found("ibr Programme", &programme("Contributory mandatory")),
        one("/contribution_type", "CODE-UNKNOWN", Fail)
    );
}

#[test]
fn what_is_demanded_is_not_there_where_it_says_nothing() {
    for nothing in [json!(null), json!(""), json!([]), json!([null]), json!([" "]), json!({"@value": null})] {
        let programme = json!({"programme_name": nothing, "programme_identifier": "P", "programme_type": "1"});
        assert_eq!(found("ibr Programme", &programme), one("/programme_name", "REQUIRED", Fail), "{nothing}");
    }
    let programme = json!({"programme_name": [null, "a"], "programme_identifier": {"@value": "P"}});
    assert_eq!(found("ibr Programme", &programme), []);
}

#[test]
fn names_with_the_prefix_of_somebody_else_are_extensions() {
    let foreign = json!({
        "@context": {"schema": "https://schema.org/", "peru": "https://example.org/peru/"}, "identifier": id(), "sex": "male",
        "schema:name": "Jo Doe", "https://example.org/hr#address": "Main St", "phone/email": 7, "peru:sex": "H"
    });
    let unknown: Vec<_> = all("SRPerson", &foreign);
    assert!(unknown.iter().all(|(_, rule, _)| rule == "PROP-UNKNOWN"), "{unknown:?}");
    assert_eq!(unknown.len(), 4);
    let address = "https://schema.spdci.org/core/v1/data";
    for context in [json!({"dci": address}), json!([{"dci": {"@id": format!("{address}/"), "@prefix": true}}])] {
        let own = json!({"@context": context, "identifier": id(), "dci:sex": "Q"});
        assert_eq!(found("SRPerson", &own), one("/dci:sex", "CODE-UNKNOWN", Fail), "the context says whose it is");
        let born = json!({"@context": context, "dci:birth_date": "1990-05-01", "dci:death_date": "1980-01-01"});
        let rules: Vec<_> = all("SRPerson", &born).into_iter().map(|(_, rule, _)| rule).collect();
        assert!(rules.contains(&"R-DT-02".to_owned()), "rules see it too: {rules:?}");
    }
    for key in ["sex", "spdci:sex", "spdcicore:sex", "common:sex", "https://schema.spdci.org/core/v1/data/sex"] {
        assert_eq!(found("SRPerson", &json!({key: "Q"})).len(), 1, "{key}");
    }
}

#[test]
fn a_name_seen_in_place_of_the_proper_one_is_another_member_beside_it() {
    let identifier = json!([{"identifier_type": "UIN", "identifier_value": "1", "name": "Ministry"}]);
    assert_eq!(found("SRPerson", &json!({"identifier": identifier})), []);
    assert_eq!(found("SRPerson", &json!({"identifier": id(), "sex": "female", "gender": "non-binary"})), []);
    let instead = json!({"identifier": id(), "sex": "", "gender": "non-binary"});
    let rules: Vec<_> = found("SRPerson", &instead).into_iter().map(|(_, rule, _)| rule).collect();
    assert_eq!(rules, ["PROP-ALIAS", "CODE-UNKNOWN"]);
    let instead = json!([{"name": "UIN", "identifier": "1"}]);
    let at = |found: Vec<(String, String, Verdict)>| found.into_iter().map(|(_, rule, _)| rule).collect::<Vec<_>>();
    assert_eq!(at(found("SRPerson", &json!({"identifier": instead}))), ["PROP-ALIAS", "PROP-ALIAS"]);
    assert_eq!(found("Address", &json!({"city": "Tema"})), one("/city", "PROP-ALIAS", Warn));
    assert_eq!(found("Address", &json!({"locality": "Tema", "city": 7})), []);
    // Another spelling is the same member.
    let twice = json!({"identifier": id(), "last_updated": "2024-01-01T00:00:00Z", "last_update": "soon"});
    assert_eq!(found("SRPerson", &twice), one("/last_update", "DT-FORMAT", Fail));
    // Both names of this one are official.
    let both = json!({"member_identifier": id(), "self_id_disability": true, "is_disabled": "x"});
    assert_eq!(found("Member", &both), one("/is_disabled", "BOOLEAN-VALUE", Fail));
    // Rules do not see it either.
    let dates = json!({"identifier": id(), "birth_date": "1990-05-01", "birthDate": "2999-01-01"});
    assert_eq!(all("SRPerson", &dates), one("/birthDate", "PROP-UNKNOWN", Pass));
}

#[test]
fn a_wrapper_holds_one_object_or_is_told() {
    let member = |person: Value| json!({"member_identifier": id(), "demographic_info": {"person": person}});
    let wrapped = |at: &str, rest: (&str, &str)| {
        let warned = one("/demographic_info/person", "WRAPPER", Warn);
        warned
            .into_iter()
            .chain(one(&format!("/demographic_info/person{at}{}", rest.0), rest.1, Fail))
            .collect::<Vec<_>>()
    };
    let broken = json!({"sex": "zzz", "identifier": id()});
    assert_eq!(found("Member", &member(broken.clone())), wrapped("", ("/sex", "CODE-UNKNOWN")));
    assert_eq!(found("Member", &member(json!([broken]))), wrapped("/0", ("/sex", "CODE-UNKNOWN")));
    assert_eq!(found("Member", &member(json!([null, broken]))), wrapped("/1", ("/sex", "CODE-UNKNOWN")));
    let several = found("Member", &member(json!([broken, broken])));
    assert_eq!(several, one("/demographic_info/person", "WRAPPER-LIST", Warn), "which of them is meant nobody knows");
    // Rules see what is in it, and what is demanded is there, or is not asked for.
    let dates = member(json!([{"identifier": id(), "birth_date": "1990-05-01", "death_date": "1980-01-01"}]));
    assert!(all("Member", &dates).iter().any(|(_, rule, _)| rule == "R-DT-02"));
    let demanded = |programme: Value| {
        let record = json!({"programme_identifier": {"programme": programme}});
        let all = found("ibr Beneficiary", &record).into_iter();
        all.filter(|(at, rule, _)| rule == "REQUIRED" && at.starts_with("/programme"))
            .map(|(at, ..)| at)
            .collect::<Vec<_>>()
    };
    let whole = json!({"programme_name": "a", "programme_identifier": "b"});
    for programme in [whole.clone(), json!([whole]), json!([whole, whole])] {
        assert_eq!(demanded(programme), Vec::<String>::new());
    }
    let half = json!([{"programme_name": "a"}]);
    assert_eq!(demanded(half), ["/programme_identifier/programme/0/programme_identifier"]);
}

#[test]
fn of_several_classes_the_one_that_the_values_fit_is_meant() {
    let help = |caregiver: Value| json!({"caregiver": caregiver});
    let person = help(json!({"id": "77", "identifier": id()}));
    assert_eq!(found("dr HumanAssistance", &person), [], "a person with a member of its own");
    let brief = help(json!({"id": "77", "name": "Ama"}));
    assert_eq!(found("dr HumanAssistance", &brief), one("/caregiver", "CAREGIVER-SHAPE", Warn));
}

/// A wrong value under a name that one class alone knows is a wrong value, and no sign of the other class.
#[test]
fn what_is_wrong_makes_no_object_one_of_another_class() {
    for (class, name, value) in [
        ("dr PWDPerson", "personal_details", json!({"member_identifier": "M1"})),
        ("dr PWDPerson", "personal_details", json!({"name": {"surname": "a"}, "member_identifier": "M1"})),
        ("dr PWDPerson", "personal_details", json!({"demographic_info": "Ama"})),
        ("RelatedPerson", "related_member", json!({"identifier": "UIN:5"})),
        ("RelatedPerson", "related_member", json!({"name": "Ama"})),
        ("Place", "geo", json!({"plus_code": "zz"})),
    ] {
        let found = found(class, &json!({name: value}));
        assert!(found.iter().any(|(_, rule, verdict)| rule == "TYPE" && *verdict == Fail), "{value}: {found:?}");
        assert!(found.iter().all(|(_, rule, _)| rule != "OBJECT-OTHER-CLASS"), "{value}: {found:?}");
    }
}

/// What the other class of a place knows may be somebody's own, or that of the standard.
#[test]
fn members_of_two_classes_in_one_object_fail_nobody_and_never_pass_unseen() {
    let programme = json!({"programme_name": "x", "programme_identifier": "y"});
    for (class, name, value, (wrong, bad)) in [
        (
            "dr PWDPerson",
            "personal_details",
            json!({"member_identifier": id(), "marital_status": "M", "sex": "male", "birth_date": "1990-01-01"}),
            ("birth_date", json!("99")),
        ),
        (
            "dr PWDPerson",
            "personal_details",
            json!({"identifier": id(), "name": {"surname": "a"}, "sex": "male", "marital_status": "M"}),
            ("marital_status", json!("zz")),
        ),
        (
            "RelatedPerson",
            "related_member",
            json!({"@type": "Member", "member_identifier": id(), "sex": "male"}),
            ("sex", json!("zz")),
        ),
        ("Place", "geo", json!({"latitude": 1, "longitude": 2, "plus_code": {}}), ("plus_code", json!(true))),
        (
            "ibr Beneficiary",
            "programme_identifier",
            json!({"programme": programme, "enrolment_date": "2024-05-02", "enrolment_status": "1"}),
            ("enrolment_date", json!("02.05.2024")),
        ),
    ] {
        let told = |value: &Value| {
            let found = found(class, &json!({name: value}));
            assert!(found.iter().all(|(.., verdict)| *verdict != Fail), "{value}: {found:?}");
            found
                .iter()
                .filter(|(_, rule, _)| rule == "OBJECT-OTHER-CLASS")
                .map(|(at, ..)| at.clone())
                .collect::<Vec<_>>()
        };
        let mut broken = value.clone();
        broken[wrong] = bad;
        assert_eq!((told(&value), told(&broken)), (vec![], vec![format!("/{name}")]), "{value}");
    }
}

/// The official example of a beneficiary has its programme in the member.
#[test]
fn members_in_another_place_than_their_own_never_pass_unseen() {
    let programme = json!({"programme_name": "x", "programme_identifier": "y"});
    let enrolment = |date: &str| json!({"programme": programme, "enrolment_date": date});
    for (class, name, sound, broken) in [
        ("ibr Member", "programme_identifier", enrolment("2024-05-02"), enrolment("02.05.2024")),
        ("dr PWDPerson", "human_assistance", json!([{"type": "mobility"}]), json!([{"type": "zz", "frequency": "9"}])),
        ("fr FarmInfo", "crop_production", json!([{"season": "x"}]), json!({"end_use": "zz"})),
    ] {
        let told = |value: &Value| found(class, &json!({name: value, "registration_date": "2024-01-01T00:00:00Z"}));
        assert_eq!(told(&broken), one(&format!("/{name}"), "OBJECT-OTHER-CLASS", Warn), "{broken}");
        assert_eq!(told(&sound), [], "{sound}");
    }
    let own = json!({"member_identifier": id(), "address": {"colour": 1, "size": 2, "locality": 3}});
    assert_eq!(found("Member", &own), [], "somebody's own");
}

#[test]
fn what_json_ld_wraps_is_judged_or_told() {
    let name = json!({"identifier": id(), "name": {"@set": [{"surname": {"x": 1}}]}});
    assert_eq!(found("SRPerson", &name), one("/name/@set/0/surname", "TYPE", Fail));
    let farms = json!([{"@set": [{"unit": {"@value": "99"}}]}]);
    let told = one("/farm_details/0/@set/0/unit/@value", "CODE-UNKNOWN", Fail);
    assert_eq!(found("fr Farmer", &json!({"farm_type": "1", "farm_details": farms})), told);
    let addresses = json!({"@list": [{"country_code": "KE"}, {"country_code": {"@value": "Kenya"}}]});
    assert_eq!(found("SRPerson", &json!({"identifier": id(), "address": addresses})).len(), 1);
    let graph = json!({"identifier": id(), "name": {"@graph": [{"surname": 7}, {"given_name": []}]}});
    assert_eq!(found("SRPerson", &graph).len(), 1, "two names in place of one");
    for keyword in ["@graph", "@included", "@reverse", "@nest"] {
        let record = json!({"identifier": id(), keyword: [{"sex": "Q"}]});
        assert_eq!(found("SRPerson", &record), one(&format!("/{keyword}"), "JSONLD-KEYWORD", Warn));
    }
    // Nothing hides behind a value that is none.
    let hidden = json!({"identifier": id(), "name": {"@value": null, "surname": 7, "given_name": {}}});
    assert_eq!(found("SRPerson", &hidden), one("/name/given_name", "TYPE", Fail));
    let rules =
        json!({"identifier": id(), "birth_date": {"@value": "1990-05-01"}, "death_date": {"@set": ["1980-01-01"]}});
    assert!(all("SRPerson", &rules).iter().any(|(_, rule, _)| rule == "R-DT-02"));
}

#[test]
fn a_machine_may_have_its_source_for_its_type() {
    let farmer = |kind: Value| json!({"machineries_details": [{"type": kind, "count": 1}]});
    let at = "/machineries_details/0/type";
    assert_eq!(found("fr Farmer", &farmer(json!("5"))), one(at, "SOURCE-AS-TYPE", Warn));
    for both in [json!(["31", "5"]), json!(["5", "31"])] {
        let warned = found("fr Farmer", &farmer(both));
        assert!(warned.iter().all(|(_, rule, verdict)| rule == "SOURCE-AS-TYPE" && *verdict == Warn), "{warned:?}");
        assert_eq!(warned.len(), 1);
    }
    assert_eq!(found("fr Farmer", &farmer(json!("38"))), one(at, "CODE-UNKNOWN", Fail));
    assert_eq!(found("fr Farmer", &farmer(json!(["31", "32"]))), one(at, "LIST-FOR-SCALAR", Fail));
}

#[test]
fn a_person_with_a_member_more_is_no_caregiver_in_brief() {
    let with = |caregiver: Value| json!({"human_assistance": [{"caregiver": caregiver, "relationship": "SIS"}]});
    let person = json!({"id": "7", "name": {"surname": "Osei"}, "identifier": id()});
    assert_eq!(found("dr DisabilitySupport", &with(person)), []);
    let brief = json!({"id": "7", "name": "A. O.", "identifier": "12345"});
    let at = "/human_assistance/0/caregiver";
    assert_eq!(found("dr DisabilitySupport", &with(brief)), one(at, "CAREGIVER-SHAPE", Warn));
}

#[test]
fn labels_of_every_table_that_a_page_offers_are_labels() {
    for label in ["Employer in corporation", "dependent  contractor", "Permanent employee"] {
        assert_eq!(found("Member", &json!({"employment_status": label})), [], "{label}");
    }
    for label in ["A lot difficulty", " severe impairment or difficulty ", "Complete impairment  or difficulty"] {
        let details = json!({"impairment_type": "1", "impairment_level": label});
        assert_eq!(found("dr DisabilityDetails", &details), [], "{label}");
    }
}

#[test]
fn a_whole_number_has_no_fraction_however_it_is_written() {
    let read = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    for text in [
        r#"{"self_id_disability": 1.0, "education_level": 6.0}"#,
        r#"{"self_id_disability": 0e0, "education_level": 60e-1}"#,
    ] {
        assert_eq!(found("Member", &read(text)), [], "{text}");
    }
    assert_eq!(found("ibr BenefitFrequency", &read(r#"{"wkst": 1.0}"#)), []);
    assert_eq!(found("Member", &read(r#"{"education_level": 6.5}"#)), one("/education_level", "CODE-UNKNOWN", Fail));
    assert_eq!(found("Member", &json!({"marital_status": ["M", null]})), [], "null is no value");
    assert_eq!(all("Member", &json!({"marital_status": ["M", null]})).len(), 1);
    assert_eq!(
        found("Member", &json!({"marital_status": ["M", "S"]})),
        one("/marital_status", "LIST-FOR-SCALAR", Fail)
    );
}

#[test]
fn what_cannot_be_an_address_is_no_unusual_one() {
    let person = |email: &str| json!({"identifier": id(), "email": [email]});
    for wrong in ["@", "a@", "@b.org", "john@@example.org", "a@b@c.org", "a b@x.org", "a@x..org", "a@x .org", "a@[x y]"]
    {
        assert_eq!(found("SRPerson", &person(wrong)), one("/email/0", "EMAIL-FORMAT", Fail), "{wrong}");
    }
    for unusual in [
        "a@localhost",
        "jürgen@example.org",
        "a@exämple.org",
        "\"a b\"@x.org",
        "\"a@b\"@x.org",
        "a(office)@x.org",
        "a@x.org (office)",
        "a@[192.0.2.1]",
        " a@x.org ",
        "a_b@under_score.org",
    ] {
        let notes = all("SRPerson", &person(unusual));
        assert_eq!(notes, one("/email/0", "EMAIL-UNUSUAL", Pass), "{unusual}");
    }
}

#[test]
fn a_point_on_a_location_is_a_point() {
    let place = |geo: Value| json!({"name": "Tema", "geo": geo});
    let code = json!({"@type": "GeoLocation", "plus_code": {"global_code": "9G8F+6X"}});
    assert_eq!(found("Place", &place(code)), one("/geo/plus_code/global_code", "PLUSCODE-FORMAT", Fail));
    assert_eq!(found("Place", &place(json!({"plus_code": {"global_code": 7}}))).len(), 1);
    assert_eq!(all("Place", &place(json!({"latitude": 5.5, "longitude": 0.5}))), [], "GeoCoordinates as ever");
    let address = |geo: Value| json!({"locality": "Tema", "geo_location": geo});
    let notes = all("Address", &address(json!({"latitude": 5.5, "longitude": 0.5})));
    assert_eq!(notes, one("/geo_location/plus_code", "GEO-POINT", Pass));
    let half = found("Address", &address(json!({"latitude": 10})));
    assert_eq!(half, one("/geo_location/longitude", "R-GEO-01", Fail));
}

#[test]
fn an_object_of_another_class_than_its_place_is_told() {
    let person = json!({"identifier": id(), "name": {"surname": 5}, "sex": "Q"});
    let group = json!({"group_identifier": id(), "member_list": [person]});
    assert_eq!(found("Group", &group), one("/member_list/0", "OBJECT-OTHER-CLASS", Warn));
    let member = json!({"member_identifier": id(), "shoe_size": 42, "name": "Ama", "marital_status": "M"});
    assert_eq!(
        found("Group", &json!({"group_identifier": id(), "member_list": [member]})),
        [],
        "a member with its own"
    );
    let programme =
        json!({"programme": {"programme_name": "x", "programme_identifier": "y"}, "enrolment_date": "2024-04-12"});
    let rules = all("ibr Beneficiary", &json!({"programme_identifier": [programme]}));
    assert!(rules.iter().all(|(_, rule, _)| rule != "OBJECT-OTHER-CLASS"), "official samples write it so: {rules:?}");
    assert_eq!(found("Group", &json!({"group_identifier": id(), "address": {"line": "x", "name": "y"}})), []);
}

#[test]
fn rules_ask_for_what_is_certain_only() {
    let group =
        |size: u64, members: Value| json!({"group_identifier": id(), "group_size": size, "member_list": members});
    let member = json!({"member_identifier": id()});
    assert_eq!(found("Group", &group(1, json!([member, null]))), [], "null is no entry");
    assert_eq!(found("Group", &group(2, json!([]))), [], "an empty list is not complete");
    assert_eq!(found("Group", &group(2, json!([member]))), one("/group_size", "R-GRP-01", Warn));
    for (size, words) in [(2, "2, and 1 entries"), (85_010_112_345, "a larger number, and 1 entries")] {
        let judged = standard().judge_record("Group", &group(size, json!([member])), Strictness::Standard);
        assert!(
            judged.iter().any(|found| found.rule == "R-GRP-01" && found.found == words),
            "somebody's number: {judged:?}"
        );
    }
    let mut beneficiary = json!({
        "assistance_unit": "1", "enrolment_date": "2024-01-01", "enrolment_status": "1", "member": {"member_identifier": id()},
        "benefits": [{"benefit_type": "1", "benefit_date": "2024-01-01", "benefit_value": "USD 5"}],
        "programme_identifier": [{"@id": "https://example.org/p/1"}]
    });
    assert_eq!(found("ibr Beneficiary", &beneficiary), [], "a reference has its name elsewhere");
    beneficiary["programme_identifier"] = json!([{"programme_name": "x"}]);
    assert!(found("ibr Beneficiary", &beneficiary).iter().any(|(_, rule, _)| rule == "R-BEN-03"));
    let farmer = |own: &str| json!({"farm_type": own, "farm_details": [{"farm_type": "5"}, {"farm_type": "2"}]});
    assert_eq!(found("fr Farmer", &farmer("2")), []);
    let different = found("fr Farmer", &farmer("1"));
    assert_eq!(different.len(), 1, "{different:?}");
    assert_eq!((different[0].1.as_str(), different[0].2), ("FARM-TYPE", Warn));
}

/// What stands in another place than it should, or in another form, is told: nobody has judged it.
#[test]
fn an_object_of_another_class_than_its_place_is_for_is_told() {
    let address = json!({"locality": ["a", "b"], "country_code": "QQQ"});
    let member = json!({"member_identifier": id(), "demographic_info": {"sex": "Q"}, "marital_status": "ZZ"});
    let people = json!({"M1": {"marital_status": "X"}, "ann@mail.example": [{"marital_status": "Q"}]});
    let family = |wrapped: Value| json!({"household_member": wrapped});
    let told = |class: &str, name: &str, value: Value| {
        let all = found(class, &json!({name: value}));
        all.into_iter()
            .filter(|(.., verdict)| *verdict == Warn)
            .map(|(at, rule, _)| format!("{at} {rule}"))
            .collect::<Vec<_>>()
    };
    for (class, name, value, expected) in [
        ("crvs CRVSPerson", "birth_place", address.clone(), "/birth_place OBJECT-OTHER-CLASS"),
        ("fr FarmInfo", "location", json!({"address_line_1": "x", "locality": "y"}), "/location OBJECT-OTHER-CLASS"),
        ("dr HumanAssistance", "caregiver", member.clone(), "/caregiver OBJECT-OTHER-CLASS"),
        ("Group", "member_list", people.clone(), "/member_list OBJECT-OTHER-CLASS"),
        ("Group", "member_list", json!([people]), "/member_list/0 OBJECT-OTHER-CLASS"),
        ("SRPerson", "name", json!({"fr": {"a": "x"}, "ar": {"b": "y"}}), "/name OBJECT-OTHER-CLASS"),
        ("SRPerson", "identifier", json!({"UIN": {"value": "1"}}), "/identifier OBJECT-OTHER-CLASS"),
    ] {
        assert_eq!(told(class, name, value), [expected], "{class}");
    }
    let inside = json!({"sex": "Q", "birth_date": "x", "name": {"surname": "a"}});
    let expected = ["/member_list/0/household_member WRAPPER", "/member_list/0/household_member OBJECT-OTHER-CLASS"];
    assert_eq!(told("Group", "member_list", json!([family(inside)])), expected);
    // Members of somebody's own are no object of another class.
    for (class, name, value) in [
        ("SRPerson", "address", json!([{"line": "x", "name": "y"}])),
        ("SRPerson", "address", json!([{"line": "x", "more": {"a": 1}}])),
        ("crvs CRVSPerson", "birth_place", json!({"name": "x", "locality": "y"})),
        ("dr HumanAssistance", "caregiver", json!({"name": {"surname": "a"}, "level": {"sex": 1}})),
        ("SRPerson", "name", json!({"@type": "Name"})),
    ] {
        assert_eq!(told(class, name, value.clone()), Vec::<String>::new(), "{class} {value}");
    }
    let found = standard().judge_record(
        "fr Farmer",
        &json!({"farmer_personal_details": {"identifier": id(), "sex": "male"}}),
        Strictness::Standard,
    );
    let words: Vec<&str> = found.iter().filter(|f| f.rule == "OBJECT-OTHER-CLASS").map(|f| f.found.as_str()).collect();
    assert_eq!(words, ["more members of fr FRPerson; they were not judged"], "of its own domain");
}

/// The keys of an object that stands for a list may be somebody's, and are not told.
#[test]
fn keys_that_are_somebodys_own_are_not_told() {
    let people = json!({"member_list": {"Canary One": {"marital_status": "X"}, "KE-1": {"marital_status": "Q"}}});
    let all = standard().judge_record("Group", &people, Strictness::Standard);
    assert!(
        !format!("{all:?}").contains("Canary") && all.iter().any(|found| found.rule == "OBJECT-OTHER-CLASS"),
        "{all:?}"
    );
}

/// What is absent may stand in what was not judged: then it fails nobody.
#[test]
fn what_may_stand_in_what_was_not_judged_is_not_missed() {
    let verdicts = |class: &str, record: &Value| {
        let today = jiff::civil::date(2026, 3, 1);
        let (found, _) = standard().judge_by(class, record, Strictness::Strict, (Some(today), false), 100);
        let found = found.into_iter().filter(|f| f.rule == "REQUIRED" || f.rule.starts_with("R-"));
        found.map(|f| (f.pointer, f.verdict)).collect::<Vec<_>>()
    };
    let two = json!([{"programme_name": "x"}, {"programme_name": "y"}]);
    let beneficiary = |programme: Value| {
        json!({"assistance_unit": "2", "group": {"group_type": "2"}, "enrolment_date": "2024-01-05", "enrolment_status": "1",
            "benefits": [{"benefit_type": "4", "benefit_date": "2024-02-01"}], "programme_identifier": programme})
    };
    let told = verdicts("ibr Beneficiary", &beneficiary(json!([{"programme": two}])));
    assert!(!told.is_empty() && told.iter().all(|(_, verdict)| *verdict == Warn), "{told:?}");
    assert!(verdicts("ibr Beneficiary", &beneficiary(json!([{}]))).iter().any(|(_, verdict)| *verdict == Fail));
    let other = json!({"enrolment_status": "1", "enrolment_date": "2024-01-01", "assistance_unit": "1"});
    let told = verdicts("ibr Beneficiary", &beneficiary(json!([other])));
    assert!(told.len() > 1 && told.iter().all(|(_, verdict)| *verdict == Warn), "{told:?}");
    for (inside, verdict) in [(json!({"programme_name": "x"}), Warn), (json!({}), Fail)] {
        let programme = json!({"programme_identifier": "1", "@nest": inside});
        let told = verdicts("ibr Programme", &programme);
        assert!(told.contains(&("/programme_name".to_owned(), verdict)), "{told:?}");
    }
}

#[test]
fn keywords_of_json_ld_and_what_only_looks_like_them() {
    for nothing in [json!({}), json!([]), json!(""), json!([{}]), json!({"a": {}})] {
        for key in ["@nest", "@reverse", "@included"] {
            assert_eq!(all("SRPerson", &json!({"identifier": id(), key: nothing})), [], "{key} {nothing}");
        }
    }
    assert_eq!(
        found("SRPerson", &json!({"identifier": id(), "@nest": {"sex": "Q"}})),
        one("/@nest", "JSONLD-KEYWORD", Warn)
    );
    let attributes =
        json!({"identifier": id(), "@sex": "F", "@version": 1, "name": {"surname": "a", "@birth_date": "x"}});
    let expected = [one("/@sex", "PROP-UNKNOWN", Pass), one("/name/@birth_date", "PROP-UNKNOWN", Pass)].concat();
    let mut told = all("SRPerson", &attributes);
    told.sort();
    assert_eq!(told, expected);
    // As a processor writes a list, and as people do.
    for list in ["@list", "@set"] {
        for value in [json!({list: ["a@b.example", "c@d.example"]}), json!([{list: ["a@b.example", "c@d.example"]}])] {
            assert_eq!(all("SRPerson", &json!({"identifier": id(), "email": value})), [], "{value}");
        }
        let members = json!([{list: [{"marital_status": "X"}, {"marital_status": "M"}]}]);
        let told = found("Group", &json!({"group_size": 2, "member_list": members}));
        assert_eq!(told.iter().map(|(_, rule, _)| rule.as_str()).collect::<Vec<_>>(), ["CODE-UNKNOWN"]);
    }
}

/// An official sample writes a person where a member has its demographic information.
#[test]
fn the_person_of_a_member_is_judged_under_the_name_of_a_sample() {
    for (name, value) in
        [("group_head_info", json!({"person": {"sex": "Q"}})), ("member_list", json!([{"person": {"sex": "Q"}}]))]
    {
        let told = found("Group", &json!({name: value}));
        let rules: Vec<_> = told.iter().map(|(_, rule, verdict)| (rule.as_str(), *verdict)).collect();
        assert_eq!(rules, [("PROP-ALIAS", Warn), ("CODE-UNKNOWN", Fail)], "{name}");
    }
}
