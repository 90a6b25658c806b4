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
    ] {
        assert_eq!(checked("SRPerson", &text), (NotConformant, 2, vec!["CODE-UNKNOWN".into()]), "{text}");
    }
    let lone = with(r#""message":"x""#);
    assert_eq!(checked("SRPerson", &lone), (NotConformant, 1, vec!["CODE-UNKNOWN".into()]));
    assert_eq!(checked("SRPerson", &format!("{}\n{acknowledged}", answer(GOOD))), (Conformant, 1, vec![]));
    // What is not read by the layout of the first document is told.
    for text in [format!("{GOOD}\n{}", graph(BAD)), format!("{GOOD}\n{}", answer(BAD))] {
        assert_eq!(checked("SRPerson", &text).0, Incomplete, "{text}");
    }
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
