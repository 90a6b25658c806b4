//! `check`: exported files of every layout, good and bad.

use super::folder::Folder;
use super::{Ran, program, ran, run};
use serde_json::{Value, json};
use std::io::Write;

/// An invented person. The names and numbers must never be seen in what the program writes.
pub(super) fn person(number: u32, born: &str) -> Value {
    json!({
        "identifier": [{"identifier_type": "UIN", "identifier_value": format!("77{number:05}31")}],
        "name": {"surname": "Quilaqueo", "given_name": "Zarine"},
        "sex": "female",
        "birth_date": born,
        "registration_date": "2024-03-01T10:00:00Z"
    })
}

pub(super) fn lines(people: &[Value]) -> String {
    people.iter().map(|person| format!("{person}\n")).collect()
}

pub(super) fn check(folder: &Folder, arguments: &[&str]) -> Ran {
    let all: Vec<&str> = ["check", "--record", "SRPerson", "--out", "out"].iter().chain(arguments).copied().collect();
    run(folder, &all)
}

pub(super) fn result(folder: &Folder) -> Value {
    serde_json::from_str(&folder.read("out/result.json")).expect("result.json is JSON")
}

pub(super) fn findings(folder: &Folder) -> Vec<Value> {
    folder.read("out/findings.ndjson").lines().map(|line| serde_json::from_str(line).expect("a finding")).collect()
}

/// Line, rule and pointer of everything that fails.
pub(super) fn failures(folder: &Folder) -> Vec<(u64, String, String)> {
    of_verdicts(folder, &["fail"])
}

/// The same of everything with one of these verdicts.
fn of_verdicts(folder: &Folder, verdicts: &[&str]) -> Vec<(u64, String, String)> {
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    let wanted = findings(folder).into_iter().filter(|finding| verdicts.contains(&text(finding, "verdict").as_str()));
    wanted.map(|f| (f["line"].as_u64().unwrap_or(0), text(&f, "rule"), text(&f, "pointer"))).collect()
}

#[test]
fn findings_come_as_a_table_too() {
    let folder = Folder::new();
    folder.write("people.ndjson", &lines(&[person(1, "1990-01-31"), person(2, "31.02.1990")]));
    let ran = check(&folder, &["--findings-csv", "people.ndjson"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let table = folder.read("out/findings.csv");
    assert_eq!(table.lines().count(), findings(&folder).len() + 1, "{table}");
    assert!(table.contains("people.ndjson,2,2,,UIN …31,/birth_date,DT-FORMAT,fail,N,"), "{table}");
}

/// A reading that passes without a finding is told all the same, and a finding tells what it rests on.
#[test]
fn contradictions_of_the_standard_are_told() {
    let folder = Folder::new();
    let member = |language: Value, born: &str| json!({"member_identifier": "771", "demographic_info": person(1, born), "language_code": language});
    let members = [member(json!("spa"), "1990-01-31"), member(json!(["spa"]), "31.01.1990")];
    folder.write("members.ndjson", &lines(&members));
    let ran = run(&folder, &["check", "--record", "Member", "--out", "out", "members.ndjson"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let result = result(&folder);
    let seen = |id: &str| result["errata"].as_array()?.iter().find(|erratum| erratum["id"] == id)?["seen"].as_array();
    assert_eq!(seen("ED-35"), json!(["language_code: 2 values"]).as_array());
    assert_eq!(seen("ED-70"), json!(["decided 1 finding"]).as_array());
    assert_eq!(seen("ED-34"), None, "nobody has an address");
    let example = &result["rules"][0]["examples"][0];
    assert_eq!(example["erratum"], "ED-70");
    let (page, source) = (folder.read("out/report.html"), example["source"].as_str().expect("a source"));
    assert!(!source.is_empty() && page.contains(source));
    assert!(page.contains("language_code is a list on the page"), "the title of the erratum");
}

#[test]
fn sound_records_are_conformant() {
    let folder = Folder::new();
    folder.write("people.ndjson", &lines(&[person(1, "1990-01-31"), person(2, "1991-02-28")]));
    let ran = check(&folder, &["people.ndjson"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert_eq!(folder.read("out/findings.ndjson"), "");
    let result = result(&folder);
    assert_eq!(result["verdict"], "conformant");
    assert_eq!(result["records"]["checked"], 2);
    assert_eq!(result["files"][0]["records"], 2);
    assert_eq!(result["files"][0]["sha256"].as_str().map(str::len), Some(64));
    let present = |path: &str| {
        let all = result["completeness"].as_array().expect("a list");
        all.iter().find(|row| row["path"] == path).map(|row| row["count"].clone())
    };
    assert_eq!(present("birth_date"), Some(2.into()));
    assert_eq!(present("name.surname"), Some(2.into()));
    assert_eq!(present("email"), None);
}

#[test]
fn a_report_without_checksums_says_so() {
    let folder = Folder::new();
    folder.write("people.ndjson", &lines(&[person(1, "1990-01-31")]));
    assert_eq!(check(&folder, &["people.ndjson", "--no-checksum"]).code, 0);
    assert_eq!(result(&folder)["files"][0]["sha256"], "");
    assert!(folder.read("out/report.html").contains("does not tell which bytes were judged"));
    assert_eq!(check(&folder, &["people.ndjson", "--no-checksum", "--shard", "1/2"]).code, 3);
}

/// A rule that found nothing holds only where there was something to judge. Rare values in no code list may be somebody's.
#[test]
fn every_rule_has_a_verdict_and_every_member_a_share() {
    let folder = Folder::new();
    let mut people: Vec<Value> = (1..6).map(|number| person(number, "1990-01-31")).collect();
    people.iter_mut().take(3).for_each(|person| person["sex"] = "M".into());
    people[3]["sex"] = "Zarine".into();
    people[4]["name"].as_object_mut().expect("a name").shift_remove("given_name");
    folder.write("people.ndjson", &lines(&people));
    assert_eq!(check(&folder, &["people.ndjson"]).code, 1);
    let result = result(&folder);
    let tests = result["tests"].as_array().expect("tests");
    let verdict = |id: &str| {
        let test = tests.iter().find(|test| test["id"] == id);
        test.map_or(Value::Null, |test| test["verdict"].clone())
    };
    for (id, expected) in [("CODE-UNKNOWN", "fail"), ("DT-FORMAT", "pass"), ("PHONE-E164", "not-applicable")] {
        assert_eq!(verdict(id), expected, "{id}");
        assert_eq!(folder.read("out/junit.xml").matches(&format!("{id} ")).count().min(1), 1, "{id}");
    }
    let rows = result["completeness"].as_array().expect("a list");
    let given = rows.iter().find(|row| row["path"] == "name.given_name").expect("the row");
    assert_eq!((&given["count"], &given["of"]), (&json!(4), &json!(5)));
    let outside = json!([{"path": "sex", "count": 4, "values": [{"value": "text \"M\"", "count": 3}]}]);
    assert_eq!(result["outside"], outside);
}

/// One bad date and a name that stands twice, each at a line of its own, in every layout.
#[test]
fn the_same_records_give_the_same_findings_in_every_layout() {
    let folder = Folder::new();
    let twice =
        person(3, "1990-01-31").to_string().replacen("\"sex\":\"female\"", "\"sex\":\"male\",\"sex\":\"female\"", 1);
    let people = [person(1, "1990-01-31").to_string(), person(2, "31.01.1990").to_string(), twice];
    let expected =
        [(2, "DT-FORMAT".to_owned(), "/birth_date".to_owned()), (3, "DUPLICATE-KEY".to_owned(), "/sex".to_owned())];
    let ndjson = people.join("\n");
    let envelope = format!(
        "{{\"header\": {{}}, \"message\": {{\"search_response\": [{{\"data\": {{\"reg_records\": [{}]}}}}]}}}}",
        people.join(",\n")
    );
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(ndjson.as_bytes()).expect("in memory");
    let packed = packed.finish().expect("in memory");
    let zstd = ruzstd::encoding::compress_to_vec(ndjson.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    for (name, bytes) in [
        ("lines.ndjson", ndjson.clone().into_bytes()),
        ("windows.ndjson", format!("\u{feff}{}\r\n", people.join("\r\n")).into_bytes()),
        ("list.json", format!("[{}]", people.join(",\n")).into_bytes()),
        ("envelope.json", envelope.into_bytes()),
        ("graph.jsonld", format!("{{\"@context\": {{}}, \"@graph\": [{}]}}", people.join(",\n")).into_bytes()),
        ("no-such-name.bin", packed),
        ("no-such-name-either.bin", zstd),
    ] {
        std::fs::write(folder.file(name), bytes).expect("a file for the test");
        let ran = check(&folder, &[name]);
        assert_eq!(ran.code, 1, "{name}: {}{}", ran.out, ran.err);
        assert_eq!(of_verdicts(&folder, &["fail", "warn"]), expected, "{name}");
        let result = result(&folder);
        assert_eq!(result["records"]["checked"], 3, "{name}");
        let shadowed =
            result["reasons"][1].as_str().is_some_and(|why| why.starts_with("1 member stands more than once"));
        assert!(shadowed, "{name}: {}", result["reasons"]);
    }
}

/// What stands around records is judged too: no document is taken for JSON that is none, and no item is passed over.
#[test]
fn a_document_is_json_as_a_whole_and_every_item_a_record() {
    let folder = Folder::new();
    let [one, other] = [1, 2].map(|number| person(number, "1990-01-31").to_string());
    let envelope =
        |rows: &str| format!("{{\"message\": {{\"search_response\": [{{\"data\": {{\"reg_records\": {rows}}}}}]}}}}");
    let [syntax, kind] = ["JSON-SYNTAX", "TYPE"];
    for (document, line, rule, records) in [
        (format!("[{one}\n{other}]"), 2, syntax, 2),
        (format!("[{one},\n,{other}]"), 2, syntax, 2),
        (format!("[{one},\ngarbage,\n{other}]"), 2, syntax, 2),
        (format!("[{one},\n{other},\n]"), 3, syntax, 2),
        (format!("[{one},\n{other}}}"), 2, syntax, 2),
        (format!("[{one}]\n]"), 2, syntax, 1),
        (format!("[{one}]\nmore"), 2, syntax, 1),
        (format!("{{\"@graph\": [{one}]\n\"x\": 1}}"), 2, syntax, 1),
        (envelope(&format!("[{one}]")).replacen(':', "", 1), 1, syntax, 1),
        (format!("[{one},\n5,\n{other}]"), 2, kind, 3),
        (format!("[\nnull, {one}]"), 2, kind, 2),
        (envelope(&format!("[{one},\n\"text\"]")), 2, kind, 2),
        (envelope("\n7"), 2, kind, 1),
    ] {
        folder.write("all.json", &document);
        let ran = check(&folder, &["--input", "json", "all.json"]);
        assert_eq!(ran.code, 1, "{document}: {}{}", ran.out, ran.err);
        let failures = failures(&folder);
        assert_eq!(failures, [(line, rule.to_owned(), String::new())], "{document}");
        assert_eq!(ran.out.contains("A file as a whole breaks a rule"), rule == syntax, "{}", ran.out);
        assert_eq!(result(&folder)["records"]["checked"], records, "{document}");
    }
    folder.write("all.json", r#"[{"name": {"surname": null}}, {"sex": null}]"#);
    assert_eq!(check(&folder, &["all.json"]).code, 2, "what holds no value cannot be judged");
    folder.write("all.json", &format!("[{one}]\n[{other}]\n{}", envelope("null")));
    assert_eq!(check(&folder, &["all.json"]).code, 0, "documents that follow each other");
}

#[test]
fn several_lines_of_one_record_are_told_apart() {
    let folder = Folder::new();
    folder.write("one.json", &serde_json::to_string_pretty(&person(1, "31.01.1990")).expect("JSON"));
    let ran = check(&folder, &["one.json"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let text = folder.read("one.json");
    let line = text.lines().position(|line| line.contains("birth_date")).expect("it is there") + 1;
    assert_eq!(failures(&folder), [(line as u64, "DT-FORMAT".to_owned(), "/birth_date".to_owned())]);
}

#[test]
fn what_is_found_does_not_depend_on_the_number_of_threads() {
    let folder = Folder::new();
    let born = |n: u32| if matches!(n % 7, 0) { "1990-13-01" } else { "1990-01-31" };
    let people: Vec<Value> = (0..9000).map(|n| person(n, born(n))).collect();
    folder.write("people.ndjson", &lines(&people));
    let mut seen = Vec::new();
    for threads in ["1", "2", "5"] {
        assert_eq!(check(&folder, &["people.ndjson", "--threads", threads]).code, 1);
        seen.push(folder.read("out/findings.ndjson"));
    }
    assert_eq!(seen[0].lines().count(), 9000usize.div_ceil(7));
    assert!(seen.iter().all(|text| *text == seen[0]), "byte by byte the same");
}

#[test]
fn no_personal_value_is_written() {
    let folder = Folder::new();
    let mut bad = person(1, "31.01.1990");
    bad["name"]["surname"] = json!(["Quilaqueo", "Marilaf"]);
    bad["phone_number"] = json!(["0555 123456"]);
    bad["email"] = json!(["zarine.example.org"]);
    folder.write("people.ndjson", &lines(&[bad]));
    let ran = check(&folder, &["people.ndjson"]);
    assert_eq!(ran.code, 1);
    let mut written = format!("{}{}", ran.out, ran.err);
    for name in ["findings.ndjson", "result.json", "report.html", "junit.xml"] {
        written.push_str(&folder.read(&format!("out/{name}")));
    }
    for value in ["Quilaqueo", "Marilaf", "Zarine", "31.01.1990", "0555", "123456", "zarine", "770000131"] {
        assert!(!written.contains(value), "{value} was written");
    }
    assert!(written.contains("UIN …31"), "the record is named by the end of its identifier");
}

/// A row that is shifted, another name of a member, text where an object belongs, identifiers as names of members.
#[test]
fn no_personal_value_is_written_from_where_nobody_expects_it() {
    let folder = Folder::new();
    let mut bad = person(1, "1990-01-31");
    bad.as_object_mut().expect("an object").shift_remove("birth_date");
    for (name, value) in [
        ("birthdate", json!("1977-13-01")),
        ("deathDate", json!("1978-14-01")),
        ("identifiers", json!([{"type": "UIN", "value": ["88001122339"]}])),
        ("sex", json!("Zarine")),
        ("registration_date", json!("77001122335")),
        ("last_updated", json!("Quilaqueo")),
        ("address", json!(["Marilaf Lane 7"])),
        ("77001122336", json!({"a": 1})),
    ] {
        bad[name] = value;
    }
    let mut swapped = person(2, "1990-01-31");
    swapped["identifier"] = json!([{"identifier_type": "77001122334", "identifier_value": "PESEL"}]);
    swapped["sex"] = json!("Marilaf");
    let mut named = person(3, "1990-01-31");
    named["identifier"] = json!([{"identifier_type": "Zarine Quilaqueo", "identifier_value": "77001122337"}]);
    named["sex"] = json!("X");
    let records = [bad, swapped, named];
    folder.write("people.ndjson", &lines(&records));
    folder.write(
        "people.csv",
        "name.surname,sex,registration_date,identifier[UIN],77001122338\nZarine,Quilaqueo,77001122335,F,x\n",
    );
    let member =
        json!({"member_identifier": "771", "demographic_info": "Zarine Quilaqueo", "related_person": ["Marilaf"]});
    folder.write("members.ndjson", &lines(&[member]));
    for (class, name) in [("SRPerson", "people.ndjson"), ("SRPerson", "people.csv"), ("Member", "members.ndjson")] {
        let ran = run(&folder, &["check", "--record", class, "--findings-csv", "--out", "out", name]);
        assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
        let mut written = format!("{}{}", ran.out, ran.err);
        for name in ["findings.ndjson", "findings.csv", "result.json", "report.html", "junit.xml"] {
            written.push_str(&folder.read(&format!("out/{name}")));
        }
        for value in ["1977", "1978", "8800112", "7700112", "Zarine", "Quilaqueo", "Marilaf"] {
            assert!(!written.contains(value), "{value} of {name} was written");
        }
        let form = "text of the form";
        assert!(written.contains(form), "{name}: {written}");
    }
    folder.write("people.ndjson", &lines(&records));
    check(&folder, &["people.ndjson"]);
    let found = |rule: &str| -> Vec<String> {
        let all = findings(&folder).into_iter().filter(|finding| finding["rule"] == rule);
        all.map(|finding| format!("{} {}", finding["pointer"], finding["found"]).replace(['"', '\\'], "")).collect()
    };
    let sex = ["/sex text of the form aaaa…", "/sex text of the form aaaa…", "/sex text X"];
    assert_eq!(
        found("CODE-UNKNOWN").iter().filter(|found| found.starts_with("/sex")).collect::<Vec<_>>(),
        sex.iter().collect::<Vec<_>>()
    );
    assert!(found("PROP-UNKNOWN").contains(&"/9999… 9999…".to_owned()), "{:?}", found("PROP-UNKNOWN"));
    assert!(found("PROP-ALIAS").contains(&"/birthdate birthdate".to_owned()), "names of members are shown");
    let unknown = &result(&folder)["unknown"];
    assert_eq!(unknown[0]["path"], "9999…");
}

#[test]
fn bad_files_are_told_and_the_others_judged_all_the_same() {
    let folder = Folder::new();
    let good = lines(&[person(1, "1990-01-31")]);
    folder.write("good.ndjson", &good);
    folder.write("empty.json", "");
    folder.write("table.json", "a,b\n1,2\n");
    folder.write("cut.json", &format!("[{},", good.trim_end()));
    folder.write("nothing.json", "{\"message\": {}}");
    let ran = check(&folder, &["good.ndjson", "empty.json", "table.json", "cut.json", "nothing.json", "nowhere.json"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let result = result(&folder);
    let trouble = |name: &str| {
        let files = result["files"].as_array().expect("a list");
        files
            .iter()
            .find(|file| file["name"] == name)
            .and_then(|file| file["trouble"].as_str())
            .unwrap_or_default()
            .to_owned()
    };
    assert!(trouble("empty.json").contains("empty"));
    assert!(trouble("table.json").contains("no column of its first row"));
    assert!(trouble("nowhere.json").contains("is the name right"));
    assert_eq!(result["records"]["checked"], 2, "the record before the cut is judged too");
    let rules: Vec<String> = failures(&folder).into_iter().map(|(_, rule, _)| rule).collect();
    assert_eq!(rules, ["JSON-SYNTAX"], "a document without records is no mistake");
}

/// A quick look fails what fails, and is never a verdict otherwise.
#[test]
fn a_sample_is_no_verdict_but_a_failure_is_one() {
    let folder = Folder::new();
    let people: Vec<Value> =
        (1..=9).map(|number| person(number, if number < 5 { "1990-01-31" } else { "?" })).collect();
    folder.write("people.ndjson", &lines(&people));
    assert_eq!(check(&folder, &["--sample", "4", "people.ndjson"]).code, 2);
    let looked = result(&folder);
    assert_eq!(looked["records"]["checked"], 4);
    assert!(looked["reasons"][0].as_str().is_some_and(|why| why.contains("only the first 4 records")), "{looked}");
    assert_eq!(check(&folder, &["--sample", "6", "people.ndjson"]).code, 1);
    assert_eq!(failures(&folder).len(), 2);
    assert_eq!(check(&folder, &["--sample", "0", "people.ndjson"]).code, 3);
    // Where there are no more, all were judged.
    folder.write("people.ndjson", &lines(&people[..4]));
    for (most, code, said) in [("3", 2, 0), ("4", 0, 1), ("9", 0, 1)] {
        assert_eq!(check(&folder, &["--sample", most, "people.ndjson"]).code, code, "{most}");
        let told = result(&folder)["observations"].as_array().map(Vec::len);
        assert_eq!(told, Some(said), "{most}: {}", result(&folder)["observations"]);
    }
}

/// Judged by the class of another file, sound records would fail.
#[test]
fn files_of_different_classes_are_not_judged_as_one() {
    let folder = Folder::new();
    folder.write("people.ndjson", &lines(&[person(1, "1990-01-31")]));
    folder.write("groups.ndjson", &format!("{}\n", json!({"group_type": "0", "group_size": 1, "member_list": []})));
    let ran = run(&folder, &["check", "--out", "out", "people.ndjson", "groups.ndjson"]);
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    for part in ["different classes", "people.ndjson of ", "groups.ndjson of Group", "help: "] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
}

/// The limit is ours: the record is told, not judged, and nobody is blamed.
#[test]
fn a_record_beyond_our_limit_leaves_the_verdict_open() {
    let folder = Folder::new();
    let mut large = person(2, "1990-01-31");
    large["note"] = "x".repeat(9 << 20).into();
    folder.write("people.ndjson", &lines(&[person(1, "1990-01-31"), large, person(3, "1990-01-31")]));
    let ran = check(&folder, &["people.ndjson"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    let result = result(&folder);
    assert_eq!(result["records"]["checked"], 2);
    assert!(result["reasons"][0].as_str().is_some_and(|why| why.contains("1 record is beyond what the suite reads")));
    assert_eq!(findings(&folder)[0]["line"], 2);
}

#[test]
fn what_cannot_be_read_to_its_end_is_incomplete() {
    let folder = Folder::new();
    folder.write("good.ndjson", &lines(&[person(1, "1990-01-31")]));
    folder.write("empty.json", " \n");
    let ran = check(&folder, &["good.ndjson", "empty.json"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(folder.read("out/junit.xml").contains("<error"), "red where the exit code is not 0");
}

#[test]
fn broken_lines_hide_nothing_of_the_rest() {
    let folder = Folder::new();
    let sound = person(1, "1990-01-31").to_string();
    let mut bytes = format!("{sound}\n\n{{\"a\":\n{sound}\n{{\"b\": \"").into_bytes();
    bytes.extend_from_slice(b"\xff\"}\n");
    bytes.extend_from_slice(
        format!("{{\"birth_date\": \"1990-13-01\", \"n\": 9007199254740993}}\n[1]\n{sound}").as_bytes(),
    );
    std::fs::write(folder.file("people.ndjson"), bytes).expect("a file for the test");
    let ran = check(&folder, &["people.ndjson", "--input", "ndjson"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let expected: Vec<(u64, String, String)> =
        [(3, "JSON-SYNTAX", ""), (5, "UTF-8", ""), (6, "DT-FORMAT", "/birth_date"), (7, "TYPE", "")]
            .map(|(line, rule, pointer)| (line, rule.to_owned(), pointer.to_owned()))
            .into();
    assert_eq!(failures(&folder), expected);
    assert!(findings(&folder).iter().any(|finding| finding["rule"] == "NUMBER-PRECISION"));
    assert_eq!(result(&folder)["records"]["checked"], 7);
}

#[test]
fn mistakes_of_the_user_get_a_clear_message() {
    let folder = Folder::new();
    folder.write("people.ndjson", &lines(&[person(1, "1990-01-31")]));
    for (arguments, part) in [
        (vec!["check", "nowhere.json"], "nothing to check"),
        (vec!["check", "--record", "Persona", "people.ndjson"], "no record class `Persona`"),
        (vec!["check", "--strictness", "hard", "people.ndjson"], "lenient, standard or strict"),
        (vec!["check", "--input", "xml", "people.ndjson"], "ndjson, json, csv, tsv, xlsx or parquet"),
        (vec!["check", "--profile", "none", "people.ndjson"], "no profile `none`"),
        (vec!["check", "--findings-csv", "--out", "-", "people.ndjson"], "findings.csv is written into a folder"),
        (vec!["check", "/dev/null"], "neither a file nor a folder"),
    ] {
        let ran = run(&folder, &arguments);
        assert_eq!(ran.code, 3, "{arguments:?}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(part), "{arguments:?}: {}", ran.err);
        assert!(!folder.file("reports").exists(), "{arguments:?}: something was left");
    }
}

#[test]
fn the_class_is_told_from_the_first_record() {
    let folder = Folder::new();
    folder.write("groups.json", r#"[{"group_size": 1, "member_list": [{"marital_status": "X"}]}]"#);
    let ran = run(&folder, &["check", "--out", "out", "groups.json"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert_eq!(result(&folder)["records"]["class"], "Group");
    assert_eq!(failures(&folder), [(1, "CODE-UNKNOWN".to_owned(), "/member_list/0/marital_status".to_owned())]);
}

/// What is read of it to tell the class is judged like the rest.
#[test]
fn the_class_of_standard_input_is_told_as_well() {
    let folder = Folder::new();
    let born = |number| if number % 1000 == 7 { "31.01.1990" } else { "1990-01-31" };
    let people: Vec<Value> = (0..6000).map(|number| person(number, born(number))).collect();
    let text = lines(&people);
    assert!(text.len() > 1 << 20, "more than is looked at beforehand");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).expect("packed");
    for (input, name) in [(text.as_bytes().to_vec(), "plain"), (packed.finish().expect("packed"), "packed")] {
        let mut command = program(&folder, &["check", "-", "--out", "out"]);
        command.write_stdin(input);
        let ran = ran(command);
        assert_eq!(ran.code, 1, "{name}: {}{}", ran.out, ran.err);
        let result = result(&folder);
        assert_eq!((&result["records"]["checked"], &result["records"]["failing"]), (&json!(6000), &json!(6)), "{name}");
        let lines: Vec<u64> = failures(&folder).into_iter().map(|(line, ..)| line).collect();
        assert_eq!(lines, [8, 1008, 2008, 3008, 4008, 5008], "{name}");
        std::fs::remove_dir_all(folder.file("out")).expect("gone");
    }
}

#[test]
fn why_no_class_is_told_is_said_of_every_file() {
    let folder = Folder::new();
    folder.write("empty.ndjson", "");
    folder.write("cut.ndjson", "{\"identifier\": [");
    folder.write("other.ndjson", "{\"a\": 1}\n");
    let ran = run(&folder, &["check", "--out", "out", "empty.ndjson", "cut.ndjson", "other.ndjson"]);
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    for why in
        ["empty.ndjson: it is empty", "cut.ndjson: no whole record", "other.ndjson: its first record", "--record"]
    {
        assert!(ran.err.contains(why), "{why}: {}", ran.err);
    }
    // Where nothing can be read, whatever the class is, naming it would not help.
    std::fs::write(folder.file("utf16.csv"), b"\xFF\xFEi\0d\0").expect("a file for the test");
    std::fs::write(folder.file("packed.csv"), [0x8B, 0x02, 0x80, 0x61, 0x0B, 0x1F, 0x01, 0x03])
        .expect("a file for the test");
    let ran = run(&folder, &["check", "--out", "out", "empty.ndjson", "utf16.csv", "packed.csv"]);
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    for why in ["no file can be read", "utf16.csv: it is text in UTF-16", "packed.csv: it holds so many NUL"] {
        assert!(ran.err.contains(why), "{why}: {}", ran.err);
    }
    assert!(!ran.err.contains("--record"), "{}", ran.err);
}

#[test]
fn strictness_decides_what_a_finding_weighs() {
    let folder = Folder::new();
    folder.write("people.ndjson", &lines(&[person(1, "1990-01-31T09:00:00 AM")]));
    for (strictness, code) in [("lenient", 0), ("standard", 0), ("strict", 1)] {
        let ran = check(&folder, &["people.ndjson", "--strictness", strictness]);
        assert_eq!(ran.code, code, "{strictness}: {}{}", ran.out, ran.err);
        assert_eq!(findings(&folder)[0]["rule"], "DT-12H");
    }
}

#[test]
fn the_class_is_told_over_all_domains() {
    let told = |name: &str, text: &str| {
        let folder = Folder::new();
        folder.write(name, text);
        let ran = run(&folder, &["check", "--out", "out", name]);
        assert_ne!(ran.code, 3, "{}", ran.err);
        result(&folder)["records"]["class"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(told("a.ndjson", "{\"@type\": \"Farmer\", \"farm_details\": []}\n"), "fr Farmer");
    assert_eq!(
        told("b.csv", "member_identifier[UIN],enrolment_status,assistance_unit\n1,1,individual\n"),
        "ibr Beneficiary"
    );
    let records = json!([person(1, "1990-01-31")]);
    let answer = json!({"message": {"search_response": [
        {"data": {"reg_records": records, "reg_record_type": "spdci-extensions-dci:Person"}}
    ]}});
    assert_eq!(told("c.json", &answer.to_string()), "SRPerson");
}

/// Where nothing says which of two related classes is meant, whoever names it decides.
#[test]
fn a_record_that_may_be_of_a_related_class_is_judged_where_the_class_is_named() {
    let folder = Folder::new();
    let bare = |number: u32| {
        let mut person = person(number, "1990-01-31");
        drop(person.as_object_mut().and_then(|members| members.remove("@type")));
        person
    };
    let mut people: Vec<Value> = (0..110).map(bare).collect();
    people[105]["birth_place"] = json!(5);
    folder.write("people.ndjson", &lines(&people));
    let ran = run(&folder, &["check", "--out", "out", "people.ndjson"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    let reason = result(&folder)["reasons"][0].as_str().unwrap_or_default().to_owned();
    assert!(reason.starts_with("1 record has") && reason.contains("--record"), "{reason}");
    assert_eq!(findings(&folder)[0]["rule"], "RECORD-CLASS-UNCLEAR");
    assert_eq!(run(&folder, &["check", "--out", "out", "--record", "SRPerson", "people.ndjson"]).code, 0);
    assert_eq!(run(&folder, &["check", "--out", "out", "--record", "CRVSPerson", "people.ndjson"]).code, 1);
}

#[test]
fn records_of_another_class_are_not_judged() {
    let folder = Folder::new();
    let farmer = json!({"@type": "Farmer", "farm_details": [], "farmer_personal_details": {"marital_status": "M"}});
    let lines = format!("{}\n{farmer}\n{{\"shoe_size\": 41}}\n{{}}\n", person(1, "1990-01-31"));
    folder.write("mixed.ndjson", &lines);
    let ran = check(&folder, &["mixed.ndjson"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    let result = result(&folder);
    assert_eq!(result["verdict"], "incomplete");
    assert_eq!(result["reasons"][0], "3 records are of another class, as members show, and not judged.");
    let found: Vec<_> =
        findings(&folder).into_iter().map(|f| (f["line"].clone(), f["rule"].clone(), f["found"].clone())).collect();
    assert_eq!(
        found,
        [
            (2.into(), "RECORD-OTHER-CLASS".into(), "more members of fr Farmer; it was not judged".into()),
            (3.into(), "RECORD-OTHER-CLASS".into(), "no member of any; it was not judged".into()),
            (4.into(), "RECORD-OTHER-CLASS".into(), "no member of any; it was not judged".into()),
        ]
    );
}
