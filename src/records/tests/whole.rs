//! Whole files: whatever stands in them is judged, or it is told that it is not.

use super::{STANDARD, TODAY};
use crate::model::verdict::Conformance::{self, Conformant, Incomplete, NotConformant};
use crate::records::{Options, Table, check, class_of, find, outcome};
use crate::standard::Strictness;
use std::io::Write;

/// The verdict about a file, how many records were judged, and the rules that found more than a note.
fn checked(class: &str, text: &str) -> (Conformance, u64, Vec<String>) {
    let file = file(text);
    let (inputs, _) = find(&[file.path().to_owned()]);
    let options = Options::new(Strictness::Standard, TODAY);
    let checked = check(&STANDARD, class, &inputs, &options, &mut Vec::new()).expect("a class of the standard");
    let table = Table::new(&STANDARD, class).expect("a class of the standard");
    let outcome = outcome(&checked, class, &table, &[], "");
    let rules = checked.tally.rules.iter().filter(|(_, rule)| rule.fail + rule.warn > 0).map(|(id, _)| id.clone());
    (outcome.verdict, checked.tally.records, rules.collect())
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a file for the test");
    file.write_all(text.as_bytes()).expect("room");
    file
}

const GOOD: &str = r#"{"identifier":[{"identifier_type":"UIN","identifier_value":"1"}],"sex":"male"}"#;
const BAD: &str = r#"{"identifier":[{"identifier_type":"UIN","identifier_value":"2"}],"sex":"Q"}"#;

#[test]
fn documents_of_several_kinds_in_one_file_are_all_read() {
    let answer = |record: &str| {
        format!(r#"{{"header":{{"x":[1]}},"message":{{"search_response":[{{"data":{{"reg_records":[{record}]}}}}]}}}}"#)
    };
    let graph = |record: &str| format!(r#"{{"@context":{{}},"@graph":[{record}]}}"#);
    let with = |more: &str| format!("{},{more}}}", BAD.strip_suffix('}').expect("an object"));
    let acknowledged = r#"{"header":{},"message":{"ack_status":"ACK"}}"#;
    for text in [
        format!("[{GOOD}]\n{BAD}"),
        format!("{}\n{BAD}", answer(GOOD)),
        format!("{}\n{BAD}", graph(GOOD)),
        format!("{acknowledged}\n{}\n{BAD}", answer(GOOD)),
        format!("{}\n{}", answer(GOOD), with(r#""message":"x""#)),
        format!("{}\n{}", answer(GOOD), with(r#""message":{"text":"x"}"#)),
        format!("{}\n{}", graph(GOOD), with(r#""@graph":null"#)),
        format!("{}\n{}", graph(GOOD), with(r#""@graph":[]"#)),
        format!("{}\n{}", with(r#""@graph":null"#), GOOD),
        format!("{}\n{GOOD}", with(r#""message":"x""#)),
        format!("{GOOD}\n{}", graph(BAD)),
        format!("{GOOD}\n{}", answer(BAD)),
        format!("[{},{}]", answer(GOOD), answer(BAD)),
    ] {
        assert_eq!(checked("SRPerson", &text), (NotConformant, 2, vec!["CODE-UNKNOWN".into()]), "{text}");
    }
    let lone = with(r#""message":"x""#);
    assert_eq!(checked("SRPerson", &lone), (NotConformant, 1, vec!["CODE-UNKNOWN".into()]));
    assert_eq!(checked("SRPerson", &format!("{}\n{acknowledged}", answer(GOOD))), (Conformant, 1, vec![]));
    // Where records come first, and far more of them than is looked at to tell the layout, it is told that it is not read.
    let many = format!("{GOOD}\n").repeat(20_000);
    for text in [format!("{many}{}", graph(BAD)), format!("{many}{}", answer(BAD))] {
        assert_eq!(checked("SRPerson", &text).0, Incomplete);
    }
}

/// The verdict where the class is told from the file as well, and the class.
fn told_and_checked(text: &str) -> (String, Conformance, Vec<String>) {
    let file = file(text);
    let (inputs, _) = find(&[file.path().to_owned()]);
    let class = class_of(&STANDARD, &inputs[0], None).unwrap_or_else(|why| panic!("{why}: {text}"));
    let mut all = Vec::new();
    for threads in [1, 2] {
        let options = Options { told: true, threads, ..Options::new(Strictness::Standard, TODAY) };
        let checked = check(&STANDARD, &class, &inputs, &options, &mut Vec::new()).expect("a class of the standard");
        let table = Table::new(&STANDARD, &class).expect("a class of the standard");
        let outcome = outcome(&checked, &class, &table, &[], "");
        let rules = checked.tally.rules.iter().filter(|(_, rule)| rule.fail + rule.warn > 0).map(|(id, _)| id.clone());
        all.push((outcome.verdict, rules.collect::<Vec<_>>()));
    }
    assert_eq!(all[0], all[1], "{text}");
    let (verdict, rules) = all.swap_remove(0);
    (class, verdict, rules)
}

/// A context applies to all that is in its document (JSON-LD 1.1).
#[test]
fn the_context_of_a_document_is_that_of_its_records() {
    let address = |of: &str| format!("https://schema.spdci.org/{of}/v1/data");
    let graph = |context: &str, record: &str| format!(r#"{{"@context":{context},"@graph":[{record}]}}"#);
    let civil = format!("\"{}\"", address("extensions/crvs"));
    let born = r#"{"@type":"Person","name":{"surname":"A"},"parent1_identifier":5}"#;
    let fails = |rule: &str| (NotConformant, vec![rule.to_owned()]);
    let of = |text: &str| {
        let (class, verdict, rules) = told_and_checked(text);
        (class, (verdict, rules))
    };
    assert_eq!(of(&graph(&civil, born)), ("crvs CRVSPerson".into(), fails("TYPE")));
    assert_eq!(of(&format!("[{}]", graph(&civil, born))), ("crvs CRVSPerson".into(), fails("TYPE")));
    // Its prefixes count in it, and in no other document, wherever the bytes are cut.
    let own = r#"{"@type":"SRPerson","name":{"surname":"A"},"sr:sex":"zzz"}"#;
    let prefix = format!(r#"{{"sr":"{}"}}"#, address("core"));
    assert_eq!(of(&graph(&prefix, own)), ("SRPerson".into(), fails("CODE-UNKNOWN")));
    let blanks = " ".repeat(300_000);
    let around = graph(&prefix, &format!("{GOOD},{blanks}{GOOD}{blanks},{own}"));
    assert_eq!(of(&around), ("SRPerson".into(), fails("CODE-UNKNOWN")));
    let other = format!("{}{blanks}{}", graph(&prefix, GOOD), graph("{}", own));
    assert_eq!(of(&other), ("SRPerson".into(), (Conformant, vec![])));
    assert_eq!(of(&format!("{}\n{own}", graph(&prefix, GOOD))), ("SRPerson".into(), (Conformant, vec![])));
    // One that comes too late is told.
    let late = format!(r#"{{"@graph":[{own}],"@context":{prefix}}}"#);
    assert_eq!(of(&late), ("SRPerson".into(), (Incomplete, vec!["JSONLD-KEYWORD".into()])));
    // A record that says by it that it is of a related class is not judged by another.
    let working = r#"{"@type":"Member","employment_info":[5]}"#;
    let text = graph(&format!("\"{}\"", address("extensions/ess")), working);
    assert_eq!(checked("Member", &text), (Incomplete, 1, vec!["RECORD-OTHER-CLASS".into()]));
    let group = r#"{"@type":"Group","group_type":"2","member_list":[{"employment_info":[5]}]}"#;
    let text = graph(&format!("\"{}\"", address("extensions/ess")), group);
    assert_eq!(checked("Group", &text), (Incomplete, 1, vec!["OBJECT-OTHER-CLASS".into()]));
    assert_eq!(
        checked("Group", group),
        (Conformant, 1, vec![]),
        "somebody named the class, and the record says nothing"
    );
}

#[test]
fn members_of_a_related_class_never_pass_unseen() {
    let plain = r#"{"identifier":[{"identifier_type":"UIN","identifier_value":"1"}],"name":{"surname":"A"}}"#;
    let born = r#"{"identifier":[{"identifier_type":"UIN","identifier_value":"2"}],"parent1_identifier":5}"#;
    let fails = (NotConformant, vec!["TYPE".to_owned()]);
    for text in [format!("{plain}\n{born}\n"), format!("{born}\n{plain}\n"), format!("[{plain},{born}]")] {
        let (class, verdict, rules) = told_and_checked(&text);
        assert_eq!((class.as_str(), (verdict, rules)), ("crvs CRVSPerson", fails.clone()), "{text}");
    }
    // Behind those that are looked at nothing tells; whoever names the class decides.
    let late = format!("{}{born}\n", format!("{plain}\n").repeat(100));
    let (class, verdict, rules) = told_and_checked(&late);
    assert_eq!((class.as_str(), verdict), ("SRPerson", Incomplete));
    assert!(rules.contains(&"RECORD-CLASS-UNCLEAR".to_owned()), "{rules:?}");
    let (verdict, _, rules) = checked("SRPerson", &format!("{plain}\n{born}\n"));
    assert_eq!((verdict, rules), (Conformant, vec![]));
    let typed = r#"{"@type":"CRVS_Person","name":{"surname":"A"},"parent1_identifier":5}"#;
    assert_eq!(checked("SRPerson", typed), (Incomplete, 1, vec!["RECORD-OTHER-CLASS".into()]));
    let single = r#"{"@type":"Person","name":{"surname":"A"},"parent1_identifier":5}"#;
    let expected = ("Person".to_owned(), Incomplete, vec!["RECORD-CLASS-UNCLEAR".to_owned()]);
    assert_eq!(told_and_checked(single), expected);
}

/// A message that holds something else than records where they should be is not a message without records.
#[test]
fn records_that_stand_elsewhere_make_a_check_incomplete() {
    let message = |inner: &str| format!(r#"{{"header":{{"action":"on-search"}},"message":{inner}}}"#);
    let answer = |item: &str| message(&format!(r#"{{"transaction_id":"1","search_response":[{item}]}}"#));
    let good = format!(r#"{{"data":{{"reg_records":[{GOOD}]}}}}"#);
    let incomplete = (Incomplete, 1, vec!["RECORDS-ELSEWHERE".to_owned()]);
    for text in [
        answer(&format!(r#"{{"data":{{"Reg_Records":[{BAD}]}}}}"#)),
        answer(&format!(r#"{{"data":{{"records":[{BAD}]}}}}"#)),
        answer(&format!(r#"{{"data":[{BAD}]}}"#)),
        answer(&format!(r#"{{"reg_records":[{BAD}]}}"#)),
        message(&format!("[{BAD}]")),
        message(BAD),
        message(&format!(r#"{{"@included":[{BAD}],"search_response":[]}}"#)),
        format!(r#"{{"@graph":[],"@included":[{BAD}]}}"#),
        message(&format!(r#"{{"search_request":[{{"data":{{"reg_records":[{BAD}]}}}}]}}"#)),
        r#"{"header":{"is_msg_encrypted":true},"message":"eyJhbGciOi.AAAA"}"#.to_owned(),
        r#"{"header":{"is_msg_encrypted":true},"message":{"ciphertext":"AAAA"}}"#.to_owned(),
        r#"{"header":{},"message":{"header":{"alg":"x"},"ciphertext":"AAAA"}}"#.to_owned(),
    ] {
        assert_eq!(checked("SRPerson", &format!("{}\n{text}", answer(&good))), incomplete, "{text}");
        assert_eq!(checked("SRPerson", &format!("{text}\n{}", answer(&good))), incomplete, "{text}");
        assert_eq!(checked("SRPerson", &format!("[{},{text}]", answer(&good))), incomplete, "{text}");
    }
    let second = answer(&format!(r#"{good},{{"data":{{"records":[{BAD}]}}}}"#));
    assert_eq!(checked("SRPerson", &second), incomplete);
    // An answer that has none stays one.
    for text in [
        answer(r#"{"status":"rjct","status_reason_code":"rjct.x"}"#),
        answer(r#"{"data":{"version":"1","reg_records":[]},"pagination":{"total_count":0}}"#),
        answer(r#"{"data":null}"#),
        message(r#"{"search_response":[]}"#),
        message(r#"{"ack_status":"ERR","error":{"code":"x","message":"y"}}"#),
        message(r#"{"subscribe_response":[{"status":"succ","subscriptions":[{"code":"1"}]}]}"#),
        message(r#"{"search_request":[{"search_criteria":{"query":{"type":"UIN","value":"1"}}}]}"#),
        r#"{"@context":{"a":"b"},"@graph":[]}"#.to_owned(),
    ] {
        assert_eq!(checked("SRPerson", &format!("{}\n{text}", answer(&good))), (Conformant, 1, vec![]), "{text}");
    }
}

/// Where the first record is beyond what is read, the next one tells.
#[test]
fn a_record_that_cannot_be_read_does_not_end_a_check() {
    let large = r#"{"@type":"Group","poverty_score":1e400}"#;
    let bad = r#"{"@type":"Group","group_type":"zz"}"#;
    let expected = vec!["CODE-UNKNOWN".to_owned(), "RECORD-TOO-LARGE".to_owned()];
    assert_eq!(told_and_checked(&format!("{large}\n{bad}\n")), ("Group".to_owned(), NotConformant, expected));
}

/// More than is read at a time, so that documents lie across the bounds.
#[test]
fn documents_are_told_apart_wherever_the_bytes_are_cut() {
    let blanks = " ".repeat(700_000);
    let text = format!("{GOOD}{blanks}");
    let record = format!(r#"{{"note":"{blanks}","message":"x",{}"#, &BAD[1..]);
    let many = format!("[{text},{text}]\n{record}\n{record}{blanks}{{\"@graph\":[{text}]}}{BAD}");
    assert_eq!(checked("SRPerson", &many), (NotConformant, 6, vec!["CODE-UNKNOWN".into()]));
    let large = format!(r#"[{GOOD}]{{"note":"{}"}}"#, " ".repeat(9 << 20));
    let (verdict, records, rules) = checked("SRPerson", &large);
    assert_eq!((verdict, records, rules), (Incomplete, 1, vec!["RECORD-TOO-LARGE".into()]));
}

#[test]
fn what_is_not_judged_makes_a_check_incomplete() {
    let with = |more: &str| format!("{},{more}}}", GOOD.strip_suffix('}').expect("an object"));
    let keyword = with(r#""@included":[{"sex":"Q"}]"#);
    assert_eq!(checked("SRPerson", &keyword), (Incomplete, 1, vec!["JSONLD-KEYWORD".into()]));
    let group =
        format!(r#"{{"group_identifier":[{{"identifier_type":"X","identifier_value":"1"}}],"member_list":[{BAD}]}}"#);
    assert_eq!(checked("Group", &group), (Incomplete, 1, vec!["OBJECT-OTHER-CLASS".into()]));
    let inside = with(r#""name":{"@set":[{"surname":{"x":1}}]}"#);
    assert_eq!(checked("SRPerson", &inside), (NotConformant, 1, vec!["TYPE".into()]));
}

/// What two registries list otherwise is a mistake only in a record that says whose it is.
#[test]
fn a_code_of_another_domain_that_a_record_may_be_of_fails_nobody() {
    let status = |more: &str| {
        format!(
            r#"{{{more}"assistance_unit":"1","enrolment_date":"2024-01-01","benefits":[{{"benefit_type":"4","benefit_date":"2024-01-01"}}],"programme_identifier":[{{"programme_name":"A","programme_identifier":"B"}}],"enrolment_status":"Exited","member":{{"marital_status":"M"}}}}"#
        )
    };
    let said = |of: &str| status(&format!(r#""@context":"https://schema.spdci.org/extensions/{of}/v1/data","#));
    let told = |text: &str| {
        let (class, verdict, mut rules) = told_and_checked(text);
        rules.retain(|rule| rule.starts_with("CODE") || rule.starts_with("RECORD"));
        (class, verdict, rules)
    };
    let unclear = ("ibr Beneficiary".to_owned(), Incomplete, vec!["RECORD-CLASS-UNCLEAR".to_owned()]);
    assert_eq!(told(&status("")), unclear);
    assert_eq!(told(&said("ibr")), ("ibr Beneficiary".to_owned(), NotConformant, vec!["CODE-UNKNOWN".to_owned()]));
    assert_eq!(told(&said("ess")), ("ess Beneficiary".to_owned(), Conformant, vec![]));
    assert_eq!(checked("ibr Beneficiary", &status("")).0, NotConformant, "somebody named the class");
    // A message names the registry.
    let message = format!(
        r#"{{"message":{{"search_response":[{{"data":{{"reg_type":"ns:org:RegistryType:ESS","reg_record_type":"Beneficiary","reg_records":[{}]}}}}]}}}}"#,
        status("")
    );
    assert_eq!(told(&message), ("ess Beneficiary".to_owned(), Conformant, vec![]));
}

/// What is wrapped counts as what it is.
#[test]
fn what_stands_in_a_list_of_json_ld_is_there() {
    let person = |list: &str| format!(r#"{{"@type":"SRPerson","identifier":{list}}}"#);
    let entry = r#"{"identifier_type":"UIN","identifier_value":"1"}"#;
    for list in [format!(r#"{{"@list":[{entry}]}}"#), format!(r#"[{{"@set":[{entry}]}}]"#)] {
        assert_eq!(checked("SRPerson", &person(&list)), (Conformant, 1, vec![]), "{list}");
    }
}

#[test]
fn a_document_that_holds_records_is_not_told_to_be_one() {
    let told = |text: &str| {
        let file = file(text);
        class_of(&STANDARD, &find(&[file.path().to_owned()]).0[0], None)
    };
    assert_eq!(told(GOOD).as_deref(), Ok("SRPerson"));
    for text in [
        format!(r#"{{"count":1,"next":null,"results":[{BAD}]}}"#),
        format!(r#"{{"data":[{BAD}]}}"#),
        format!(r#"{{"@odata.context":"x","value":[{BAD}]}}"#),
        format!(r#"{{"name":"export","date":"2024","persons":[{BAD}]}}"#),
        r#"{"given_name":"A","surname":"B","sex":"Q","birth_date":"1990-13-01"}"#.into(),
        "first_name,last_name,dob\nA,B,1990-13-01\n".into(),
        "latitude,longitude,household_head,village\n1,2,A,B\n".into(),
    ] {
        assert!(told(&text).is_err(), "{text}: {:?}", told(&text));
        let (verdict, ..) = checked("Group", &text);
        assert_ne!(verdict, Conformant, "{text}");
    }
}

#[test]
fn what_an_earlier_model_holds_makes_a_check_incomplete() {
    let farmer = |name: &str| {
        format!(
            r#"{{"farmer_personal_details":{{"member_identifier":[{{"identifier_type":"UIN","identifier_value":"1"}}]}},"{name}":[{{"land_size":4,"unit":"1"}}]}}"#
        )
    };
    assert_eq!(checked("fr Farmer", &farmer("farm_details")), (Conformant, 1, vec![]));
    assert_eq!(checked("fr Farmer", &farmer("land_details")), (Incomplete, 1, vec!["EARLIER-NAME".into()]));
}

/// What these records are found to be, by all that is more than a note.
fn all_found(cases: &[(&str, &str, Conformance, &[&str])]) {
    for (class, text, verdict, rules) in cases {
        let (found, _, told) = checked(class, text);
        assert_eq!((found, told.iter().map(String::as_str).collect::<Vec<_>>()), (*verdict, rules.to_vec()), "{text}");
    }
}

/// Many systems write every name they have. Under most of them is nothing.
#[test]
fn names_with_nothing_in_them_tell_no_class() {
    let nothing = |names: &[&str]| {
        let values = ["null", "[]", "\"\"", "[{}]"];
        names.iter().zip(values.iter().cycle()).map(|(name, value)| format!(",\"{name}\":{value}")).collect::<String>()
    };
    let of_member =
        nothing(&["member_identifier", "demographic_info", "marital_status", "related_person", "occupation"]);
    let of_person = nothing(&["identifier", "name", "sex", "birth_date", "address", "phone_number"]);
    let person = format!(r#"{{"sex":"zzz","birth_date":"31.12.2004"{of_member}}}"#);
    let member = format!(r#"{{"marital_status":"zzz","language_code":"?"{}}}"#, of_person.replace("\"\"", "null"));
    let related = format!(r#"{{"related_person":[{{"relationship_type":"SPS","related_member":{member}}}]}}"#);
    let sound = format!(r#"{{"sex":"male"{}}}"#, of_member.replace("\"\"", "null"));
    all_found(&[
        (
            "dr PWDPerson",
            &format!(r#"{{"personal_details":{person}}}"#),
            NotConformant,
            &["CODE-UNKNOWN", "DT-FORMAT", "PD-SHAPE"],
        ),
        ("Member", &related, NotConformant, &["CODE-UNKNOWN", "LANG-FORMAT"]),
        ("Group", &format!(r#"{{"group_type":"1","member_list":[{person}]}}"#), Incomplete, &["OBJECT-OTHER-CLASS"]),
        ("SRPerson", &format!(r#"{{"name":{{"surname":"A"}},{}"#, &sound[1..]), Conformant, &[]),
        ("SRPerson", &format!("{GOOD}\n{person}"), NotConformant, &["CODE-UNKNOWN", "DT-FORMAT"]),
        ("Member", &person, Incomplete, &["RECORD-OTHER-CLASS"]),
    ]);
}

/// What another class knows as well is no sign of a class, whatever the type says.
#[test]
fn a_type_makes_nothing_of_its_class_that_is_all_of_another() {
    let person = r#""identifier":[5],"name":{"surname":"A"},"sex":"zzz","last_updated":"2024-01-01T00:00:00Z""#;
    let typed = format!(r#"{{"@type":"Member",{person}}}"#);
    let related = format!(r#"{{"related_person":[{{"relationship_type":"SPS","related_member":{typed}}}]}}"#);
    let own = format!(r#"{{"@type":"Member","member_identifier":[{{"identifier_value":"7"}}],{person}}}"#);
    let brief = r#"{"member_identifier":[5],"marital_status":"zzz","last_updated":"2024-01-01T00:00:00Z"}"#;
    let place = r#"{"@type":"Address","address_line_1":"x","name":"A","geo":{},"plus_code":"B","region":"C"}"#;
    all_found(&[
        ("Group", &format!(r#"{{"group_type":"1","member_list":[{typed}]}}"#), Incomplete, &["OBJECT-OTHER-CLASS"]),
        ("Member", &typed, Incomplete, &["RECORD-OTHER-CLASS"]),
        ("Member", &related, Incomplete, &["OBJECT-OTHER-CLASS"]),
        ("fr Farmer", &format!(r#"{{"farmer_personal_details":{typed}}}"#), Incomplete, &["OBJECT-OTHER-CLASS"]),
        ("SRPerson", &format!(r#"{{"@type":"SRPerson",{}"#, &brief[1..]), Incomplete, &["RECORD-OTHER-CLASS"]),
        ("Member", &own, Conformant, &[]),
        ("SRPerson", &format!(r#"{{"name":{{"surname":"A"}},"address":[{place}]}}"#), Conformant, &[]),
    ]);
}

/// A context inside a record is not followed, which is told where names have its prefixes.
#[test]
fn prefixes_that_an_object_gives_itself_make_a_check_incomplete() {
    let person = |context: &str| {
        format!(
            r#"{{"marital_status":"M","demographic_info":{{"@context":{context},"name":{{"surname":"A"}},"x:sex":"zzz","spdci:birth_date":"2000-01-01"}}}}"#
        )
    };
    let own = "https://schema.spdci.org/core/v1/data";
    let below =
        format!(r#"{{"related_person":[{{"@context":[{{"x":"{own}"}}],"related_member":{{"x:sex":"zzz"}}}}]}}"#);
    let whole = format!(r#"{{"@context":{{"x":"{own}"}},{}"#, &person(&format!(r#"{{"x":"{own}"}}"#))[1..]);
    let programme = format!(r#"{{"programme_identifier":[{{"@context":{{"x":"{own}"}},"x:programme_name":"A"}}]}}"#);
    all_found(&[
        ("Member", &person(&format!(r#"{{"x":"{own}"}}"#)), Incomplete, &["JSONLD-KEYWORD"]),
        ("Member", &below, Incomplete, &["JSONLD-KEYWORD"]),
        ("Member", &person(r#"{"x":"https://example.org/x"}"#), Conformant, &[]),
        ("Member", &person(&format!(r#"{{"spdci":"{own}","y":"{own}"}}"#)), Conformant, &[]),
        ("Member", &whole, NotConformant, &["CODE-UNKNOWN"]),
        ("ibr Beneficiary", &programme, Incomplete, &["JSONLD-KEYWORD", "R-BEN-03", "REQUIRED"]),
    ]);
}

/// A wrapper has the prefixes that any name may have, and what nothing is in lacks nothing.
#[test]
fn prefixed_wrappers_references_and_objects_of_nothing_are_what_they_are() {
    let programme = |of: &str| {
        let rest = r#""enrolment_date":"2020-01-01","enrolment_status":"2","status_change_date":"2021-01-01""#;
        format!(r#"{{"assistance_unit":"1","member":{{"marital_status":"M"}},{rest},"programme_identifier":[{of}]}}"#)
    };
    let good = r#"{"programme_name":"a","programme_identifier":"b"}"#;
    let beneficiary = "ibr Beneficiary";
    let benefits: &[&str] = &["REQUIRED"];
    for prefix in ["", "spdci:", "https://schema.spdci.org/core/v1/data#"] {
        let person =
            format!(r#"{{"demographic_info":{{"{prefix}person":{{"sex":"male","name":{{"surname":"A"}}}}}}}}"#);
        all_found(&[
            ("Member", &person, Conformant, &["WRAPPER"]),
            ("Member", &person.replace("male", "zzz"), NotConformant, &["CODE-UNKNOWN", "WRAPPER"]),
            (
                beneficiary,
                &programme(&format!(r#"{{"{prefix}programme":{good}}}"#)),
                Conformant,
                &["REQUIRED", "WRAPPER"],
            ),
        ]);
        let lacking = programme(&format!(r#"{{"{prefix}programme":{{"programme_name":"a"}}}}"#));
        assert_eq!(checked(beneficiary, &lacking).0, NotConformant, "{lacking}");
    }
    for nothing in ["{}", "null", r#"{"@type":"Programme"}"#, r#"{"programme_name":null,"programme_type":[]}"#] {
        all_found(&[
            (beneficiary, &programme(&format!("{good},{nothing}")), Conformant, benefits),
            (beneficiary, &programme(nothing), Conformant, benefits),
        ]);
    }
    for reference in [r#"{"@id":"x"}"#, r#"{"@id":"x","programme_name":null,"benefit":[{}]}"#] {
        all_found(&[(beneficiary, &programme(reference), Conformant, benefits)]);
    }
    assert_eq!(checked(beneficiary, &programme(r#"{"programme_type":"1"}"#)).0, NotConformant);
}
