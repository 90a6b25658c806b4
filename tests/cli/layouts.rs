//! `check` on files that are laid out or packed in a way that is not quite sound.

use super::check::{check, failures, findings, lines, person, result};
use super::folder::Folder;
use super::run;
use serde_json::{Value, json};
use std::io::Write;

/// An archive in which something is wrong at its end, by the kind of the damage.
fn damaged(text: &str, kind: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    packed.write_all(text.as_bytes()).expect("packed");
    let mut bytes = packed.finish().expect("packed");
    match kind {
        "cut" => bytes.truncate(bytes.len() - 20),
        "sum" => bytes.iter_mut().rev().nth(7).into_iter().for_each(|byte| *byte ^= 1),
        "more" => bytes.extend(b"more"),
        _ => bytes.extend([0; 512]),
    }
    bytes
}

/// What was unpacked before the damage is judged, however little it is, and nothing of a record that is cut off.
#[test]
fn what_stands_before_the_damage_of_an_archive_is_judged() {
    let people: Vec<Value> =
        (0..40).map(|number| person(number, if number == 3 { "1990-13-01" } else { "1990-01-31" })).collect();
    let rows: String = (0..40)
        .map(|number| format!("9000001{number:02},1990-{}-01\n", if number == 3 { "13" } else { "01" }))
        .collect();
    let layouts = [
        ("a.ndjson.gz", lines(&people), 4),
        ("a.json.gz", json!(people).to_string(), 1),
        ("a.csv.gz", format!("identifier[UIN],birth_date\n{rows}"), 5),
    ];
    for (name, text, line) in layouts {
        // What is damaged decides nothing; what stands behind a sound archive makes it none the worse.
        let damage = "gzip archive is damaged";
        let kinds =
            [("cut", 39, 2, damage), ("sum", 40, 2, damage), ("more", 40, 1, "behind"), ("nothing", 40, 1, "behind")];
        for (kind, records, code, words) in kinds {
            let folder = Folder::new();
            std::fs::write(folder.file(name), damaged(&text, kind)).expect("a file for the test");
            let ran = check(&folder, &[name]);
            assert_eq!(ran.code, code, "{name} {kind}: {}{}", ran.out, ran.err);
            assert_eq!(ran.out.contains("decide nothing"), code == 2, "{name} {kind}: {}", ran.out);
            assert!(!ran.out.contains("Nothing was found"), "{name} {kind}: {}", ran.out);
            let result = result(&folder);
            let file = &result["files"][0];
            assert_eq!(file["records"], records, "{name} {kind}");
            assert!(file["trouble"].as_str().is_some_and(|why| why.contains(words)), "{name} {kind}: {file}");
            let told = failures(&folder);
            assert_eq!(told.len(), 1, "{name} {kind}: {told:?}");
            assert_eq!((told[0].0, told[0].1.as_str()), (line, "DT-FORMAT"), "{name} {kind}");
        }
    }
}

/// In JSON on one line the number of the record tells which is meant.
#[test]
fn records_on_one_line_are_told_by_their_numbers() {
    let folder = Folder::new();
    let people: Vec<Value> =
        (0..1200).map(|number| person(number, if number % 500 == 3 { "1990-13-01" } else { "1990-01-31" })).collect();
    folder.write("first.ndjson", &lines(&people[..3]));
    let mut another = people[700].clone();
    another["name"]["given_name"] = json!("Amaru");
    folder.write("people.json", &json!([people, vec![another]].concat()).to_string());
    for threads in ["1", "3"] {
        let ran = check(&folder, &["--threads", threads, "first.ndjson", "people.json"]);
        assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
        let found = findings(&folder);
        let told: Vec<u64> = found
            .iter()
            .filter(|found| found["rule"] == "DT-FORMAT")
            .filter_map(|found| found["record"].as_u64())
            .collect();
        assert_eq!(told, [4, 504, 1004]);
        let twice = found.iter().find(|found| found["other"]["record"] == 701).expect("who comes twice");
        assert_eq!((&twice["record"], &twice["other"]["line"]), (&json!(1201), &json!(1)), "{twice}");
        assert!(twice["found"].as_str().is_some_and(|words| words.contains("people.json:1 (record 701)")), "{twice}");
        let result = result(&folder);
        let rule = result["rules"].as_array().and_then(|rules| rules.iter().find(|rule| rule["id"] == "DT-FORMAT"));
        assert_eq!(rule.expect("the rule")["examples"][1]["record"], 504);
        let shown = "people.json:1 (record 504)";
        assert!(ran.out.contains(shown) && folder.read("out/report.html").contains(shown), "{}", ran.out);
    }
}

/// As a program writes that puts no line break between records.
#[test]
fn objects_side_by_side_in_a_line_are_records() {
    let folder = Folder::new();
    let text = format!(
        "{}{}  \r {}\n{}{}\n",
        person(1, "1990-01-31"),
        person(2, "1990-13-01"),
        person(3, "1990-01-31"),
        person(4, "}{"),
        person(5, "1990-13-01")
    );
    folder.write("people.json", &text);
    for more in [&[][..], &["--input", "json"], &["--input", "ndjson"]] {
        let ran = run(&folder, &[["check", "--out", "out", "people.json"].as_slice(), more].concat());
        assert_eq!(ran.code, 1, "{more:?}: {}{}", ran.out, ran.err);
        assert_eq!(result(&folder)["records"]["checked"], 5, "{more:?}");
        let told = failures(&folder).into_iter().map(|(line, ..)| line).collect::<Vec<_>>();
        assert_eq!(told, [1, 2, 2], "{more:?}");
    }
    // What is none of them is no JSON, and no limit of ours.
    folder.write("people.ndjson", &format!("{}\n{} 7\n", person(1, "1990-01-31"), person(2, "1990-01-31")));
    let ran = check(&folder, &["people.ndjson"]);
    assert_eq!((ran.code, failures(&folder)), (1, vec![(2, "JSON-SYNTAX".to_owned(), String::new())]), "{}", ran.out);
}

/// Lists, records and messages follow each other in any order, and lists in lists to any depth.
#[test]
fn a_line_may_be_a_list_of_records() {
    let sound = person(1, "1990-01-31");
    let broken = person(2, "1990-13-01");
    let deep = format!("{}{broken}{}", "[".repeat(20), "]".repeat(20));
    let graph = json!({"@graph": [sound]}).to_string();
    for (text, at) in [
        (format!("{sound}\n[{sound}, {broken}]\n"), 2),
        (format!("{sound}\n[]\n [ [{broken} ,{sound}], [] ]\r\n{sound}\n"), 3),
        (format!("[{broken}]\n{sound}\n"), 1),
        (format!("{sound}\n{deep}\n"), 2),
        (format!("{deep}\n"), 1),
        (format!("{graph}\n{{\"@graph\":{deep}}}\n"), 2),
    ] {
        let folder = Folder::new();
        folder.write("people.ndjson", &text);
        let ran = check(&folder, &["people.ndjson"]);
        assert_eq!(
            (ran.code, failures(&folder)),
            (1, vec![(at, "DT-FORMAT".to_owned(), "/birth_date".to_owned())]),
            "{text}"
        );
    }
    for broken in ["[{},]", "[{} {}]", "[", "[[{}]", "[{}]]", "[{}}"] {
        let folder = Folder::new();
        folder.write("people.ndjson", &format!("{sound}\n{broken}\n{sound}\n"));
        let ran = check(&folder, &["people.ndjson"]);
        let told: Vec<(u64, String)> = failures(&folder).into_iter().map(|(line, rule, _)| (line, rule)).collect();
        assert_eq!((ran.code, told), (1, vec![(2, "JSON-SYNTAX".to_owned())]), "{broken}");
    }
}

/// What stands beside the records of a document may be records that nobody looks at.
#[test]
fn what_stands_beside_the_records_of_a_document_is_told() {
    let (sound, broken) = (person(1, "1990-01-31"), person(2, "1990-13-01"));
    let mut node = broken.clone();
    node["@graph"] = json!([sound]);
    let message = |more: Value| {
        let mut message =
            json!({"header": {"x": {"y": 1}}, "message": {"search_response": [{"data": {"reg_records": [sound]}}]}});
        message.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        message
    };
    for (document, code) in [
        (node, 2),
        (json!({"@graph": [sound], "records": [broken]}), 2),
        (message(json!({"records": [broken]})), 2),
        (message(json!({"data": {"records": [broken]}})), 2),
        (message(json!({"status": "ok", "meta": {}, "pagination": {"page": 1}})), 0),
    ] {
        let folder = Folder::new();
        folder.write("people.json", &document.to_string());
        let ran = check(&folder, &["people.json"]);
        assert_eq!(ran.code, code, "{document}: {}{}", ran.out, ran.err);
        let told = findings(&folder).iter().any(|found| found["rule"] == "RECORDS-ELSEWHERE");
        assert_eq!(told, code == 2, "{document}");
    }
}
