//! `check` between records: duplicates, parts of a check and their merging, limits of memory.

use super::folder::Folder;
use super::{Ran, run};
use serde_json::{Value, json};

fn check(folder: &Folder, out: &str, arguments: &[&str]) -> Ran {
    let all: Vec<&str> = ["check", "--out", out].iter().chain(arguments).copied().collect();
    run(folder, &all)
}

fn findings(folder: &Folder) -> Vec<Value> {
    folder.read("out/findings.ndjson").lines().map(|line| serde_json::from_str(line).expect("a finding")).collect()
}

fn person(number: &str, name: &str) -> Value {
    json!({
        "identifier": [{"identifier_type": "UIN", "identifier_value": number}],
        "name": {"surname": "Quilaqueo", "given_name": name},
        "birth_date": "1990-01-31"
    })
}

fn lines(records: &[Value]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect()
}

/// What of a result must be the same however a check was done.
fn sum(folder: &Folder, out: &str) -> Value {
    let mut result: Value = serde_json::from_str(&folder.read(&format!("{out}/result.json"))).expect("JSON");
    for name in ["started", "finished"] {
        result[name] = Value::Null;
    }
    result
}

#[test]
fn an_identifier_of_two_people_is_found_where_it_comes_again() {
    let folder = Folder::new();
    folder.write("a.ndjson", &lines(&[person("770000131", "Zarine"), person("770000231", "Amaru")]));
    folder.write("b.json", &json!([person("770000131", "ZARINE"), person("770000231", "Nayra")]).to_string());
    let ran = check(&folder, "out", &["--record", "SRPerson", "a.ndjson", "b.json"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let found = findings(&folder);
    assert_eq!(found.len(), 1, "capitals make nobody another: {found:#?}");
    for (member, value) in [
        ("rule", json!("R-ID-03")),
        ("file", json!("b.json")),
        ("pointer", json!("/identifier/0")),
        ("verdict", json!("warn")),
        ("key", json!("UIN …31")),
        ("other", json!({"file": "a.ndjson", "line": 2, "record": 2})),
        ("record", json!(2)),
    ] {
        assert_eq!(found[0][member], value, "{member}: {found:#?}");
    }
    let written =
        folder.read("out/findings.ndjson") + &folder.read("out/result.json") + &folder.read("out/report.html");
    // Digests have any four digits; no digest has a hyphen.
    for value in ["Amaru", "Nayra", "770000231", "1990-"] {
        assert!(!written.contains(value), "{value} was written");
    }
    let result = sum(&folder, "out");
    assert_eq!(result["records"]["warning"], 1);
    assert_eq!(result["records"]["clean"], 3);
    assert_eq!(result["rules"][0]["id"], "R-ID-03");
    let strict = check(&folder, "out", &["--record", "SRPerson", "--strictness", "strict", "a.ndjson", "b.json"]);
    assert_eq!(strict.code, 1, "what is described fails where it is strict");
}

#[test]
fn nobody_is_another_by_a_way_of_writing_or_a_number_that_several_have() {
    let folder = Folder::new();
    let of = |identifier: &str, surname: &str, sex: &str| {
        let mut record = person(identifier, "Amaru");
        record["name"]["surname"] = surname.into();
        record["sex"] = sex.into();
        record
    };
    let marriage = |mut record: Value, kind: &str| {
        let number = json!({"identifier_type": kind, "identifier_value": "44001"});
        record["identifier"].as_array_mut().expect("a list").push(number);
        record
    };
    let same = [
        of("1", "Jos\u{e9}", "male"),
        of("1", "JOSE\u{301}", "unknown"),
        of("2", "O'Brien", "unknown"),
        of("2", "O\u{2019}Brien", "female"),
        of("3", "Da Silva", "male"),
        of("3", "Da-Silva", "male"),
        marriage(of("4", "Quispe", "male"), "MRN"),
        marriage(of("5", "Mamani", "female"), "MRN"),
        marriage(of("6", "Condori", "male"), "mobile"),
        marriage(of("7", "Huanca", "female"), "MOBILE"),
    ];
    folder.write("same.ndjson", &lines(&same));
    let ran = check(&folder, "out", &["--record", "SRPerson", "--strictness", "strict", "same.ndjson"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let between = |folder: &Folder| -> Vec<Value> {
        findings(folder)
            .into_iter()
            .filter(|finding| finding["rule"].as_str().is_some_and(|id| id.starts_with("R-")))
            .collect()
    };
    assert_eq!(between(&folder), Vec::<Value>::new());
    let other = [
        of("1", "Jose", "male"),
        of("1", "Jos\u{e9}", "male"),
        of("2", "Quispe", "other"),
        of("2", "Quispe", "male"),
        marriage(of("4", "Quispe", "male"), "NID"),
        marriage(of("5", "Mamani", "female"), "NID"),
    ];
    folder.write("other.ndjson", &lines(&other));
    assert_eq!(check(&folder, "out", &["--record", "SRPerson", "--strictness", "strict", "other.ndjson"]).code, 1);
    let found: Vec<Value> = between(&folder).iter().map(|finding| finding["line"].clone()).collect();
    assert_eq!(found, [2, 4, 6].map(Value::from), "{:#?}", between(&folder));
}

#[test]
fn references_are_judged_only_in_files_that_hold_everything() {
    let folder = Folder::new();
    let related = json!([{"relationship_type": "SPS", "related_member": {"identifier": [
        {"identifier_type": "NID", "identifier_value": "5550001"}, {"identifier_type": "UIN", "identifier_value": "770000231"}
    ]}}]);
    let member = |number: &str, related: &Value| json!({"member_identifier": [{"identifier_type": "UIN", "identifier_value": number}], "related_person": related});
    let rules = |folder: &Folder| -> Vec<String> {
        findings(folder).iter().map(|finding| finding["rule"].as_str().unwrap_or_default().to_owned()).collect()
    };
    folder.write("one.ndjson", &lines(&[member("770000131", &related)]));
    folder.write("both.ndjson", &lines(&[member("770000131", &related), member("770000231", &json!([]))]));
    let not_tested = |folder: &Folder| sum(folder, "out")["not-tested"].to_string().contains("R-REL-01");
    assert_eq!(check(&folder, "out", &["--record", "Member", "one.ndjson"]).code, 0);
    assert!(!rules(&folder).contains(&"R-REL-01".to_owned()) && not_tested(&folder));
    assert_eq!(check(&folder, "out", &["--record", "Member", "--complete", "one.ndjson"]).code, 0);
    assert!(rules(&folder).contains(&"R-REL-01".to_owned()) && !not_tested(&folder));
    assert_eq!(check(&folder, "out", &["--record", "Member", "--complete", "both.ndjson"]).code, 0);
    assert!(!rules(&folder).contains(&"R-REL-01".to_owned()), "one identifier of two is enough");
    assert_eq!(check(&folder, "out", &["--record", "Member", "--complete", "one.ndjson", "none.ndjson"]).code, 2);
    assert!(!rules(&folder).contains(&"R-REL-01".to_owned()) && not_tested(&folder), "a file is missing");
}

/// A file of many chunks with mistakes in and between its records.
fn households(folder: &Folder, format: &str) -> &'static str {
    let data = ["sandbox", "data", "--record", "Group", "--count", "900", "--every", "7"];
    let defect = ["--defect", "member-identifier-of-another", "--format", format, "--out", "households"];
    let ran = run(folder, &[data.as_slice(), &defect].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    "households"
}

#[test]
fn threads_and_memory_make_no_difference() {
    let folder = Folder::new();
    let file = households(&folder, "ndjson");
    let whole = ["--record", "Group", "--complete", "--today", "2026-11-25", file];
    check(&folder, "whole", &[whole.as_slice(), &["--threads", "2"]].concat());
    let (text, result) = (folder.read("whole/findings.ndjson"), sum(&folder, "whole"));
    assert!(text.contains("R-ID-04"), "{text}");
    for more in [["--threads", "1"], ["--threads", "5"], ["--memory", "1M"]] {
        check(&folder, "other", &[whole.as_slice(), &more].concat());
        assert_eq!(folder.read("other/findings.ndjson"), text, "{more:?}");
        assert_eq!(sum(&folder, "other"), result, "{more:?}");
    }
}

/// A temporary folder that is not there stands for one that is full.
#[cfg(unix)]
#[test]
fn where_keys_cannot_be_kept_records_are_judged_one_by_one() {
    let folder = Folder::new();
    let numbers =
        |n: u32| (0..6).map(move |k| json!({"identifier_type": "UIN", "identifier_value": format!("7{n:06}{k}")}));
    let mut people = vec![person("0", "Zarine"); 3000];
    for (n, one) in (0..).zip(&mut people) {
        one["identifier"] = numbers(n).collect();
    }
    people[7]["birth_date"] = json!("no date");
    people[9] = people[8].clone();
    people[9]["name"]["given_name"] = json!("Amaru");
    folder.write("a.ndjson", &lines(&people));
    let nowhere = |more: &[&str]| {
        let all = [&["check", "--record", "SRPerson", "--memory", "1M", "a.ndjson", "--out"], more].concat();
        let mut program = super::program(&folder, &all);
        program.env("TMPDIR", folder.file("nowhere"));
        super::ran(program)
    };
    let ran = nowhere(&["out"]);
    assert_eq!(ran.code, 1, "what was found in records decides: {}{}", ran.out, ran.err);
    let result: Value = serde_json::from_str(&folder.read("out/result.json")).expect("JSON");
    assert!(result["reasons"].to_string().contains("TMPDIR"), "{}", result["reasons"]);
    let rule = |id: &str| result["tests"].as_array().expect("tests").iter().find(|test| test["id"] == id).cloned();
    assert_eq!(rule("R-ID-03").expect("asked")["verdict"], "not-run");
    assert!(findings(&folder).iter().all(|found| found["rule"] != "R-ID-03"), "what was kept is let go of");
    people[7]["birth_date"] = json!("1990-01-31");
    folder.write("a.ndjson", &lines(&people));
    let ran = nowhere(&["out"]);
    assert_eq!(ran.code, 2, "nothing was found, and not all was judged: {}{}", ran.out, ran.err);
    let ran = nowhere(&["part", "--shard", "1/1"]);
    assert!(ran.code == 3 && ran.err.contains("TMPDIR"), "a part is of no use without: {}{}", ran.out, ran.err);
}

#[test]
fn parts_put_together_are_the_whole() {
    let folder = Folder::new();
    let file = households(&folder, "json");
    let whole = ["--record", "Group", "--complete", "--today", "2026-11-25", file];
    check(&folder, "whole", &whole);
    for part in 1..=4 {
        let (out, part) = (format!("part{part}"), format!("{part}/4"));
        let ran = check(&folder, &out, &[whole.as_slice(), &["--shard", &part]].concat());
        assert_eq!(ran.code, 2, "a part is no verdict: {}{}", ran.out, ran.err);
        let kept = std::fs::read(folder.file(&format!("{out}/part.keys"))).expect("the keys");
        assert_eq!(kept.len() % 40, 0);
    }
    let merged = run(&folder, &["report", "merge", "part3", "part1", "part4", "part2", "--out", "merged"]);
    let text = folder.read("whole/findings.ndjson");
    assert!(text.contains("R-ID-04"), "{text}");
    assert_eq!(folder.read("merged/findings.ndjson"), text, "{}{}", merged.out, merged.err);
    assert_eq!(sum(&folder, "merged"), sum(&folder, "whole"));
}

/// What a table was translated by is part of what the parts have in common, and of the report of the whole.
#[test]
fn what_is_found_between_rows_of_a_table_names_the_rows() {
    let folder = Folder::new();
    let of = "member_list.demographic_info.";
    folder.write(
        "table.csv",
        &format!(
            "code,group_type,{of}name.surname,{of}identifier[UIN]\nk1,2,Achterberg,1\nk1,2,Oyelaran,2\nk2,2,Bjorken,3\n\
             k2,2,Tavish,2\n"
        ),
    );
    folder.write("map.yaml", "record: Group\nkey: code\ncolumns: {code: ~}\n");
    check(&folder, "out", &["--mapping", "map.yaml", "table.csv"]);
    let all = findings(&folder);
    let found = all.iter().find(|found| found["rule"] == "R-ID-03").expect("one number of two");
    assert_eq!((&found["line"], &found["other"]["line"]), (&Value::from(5), &Value::from(3)), "{found}");
}

#[test]
fn parts_of_a_table_are_merged_with_their_mapping() {
    let folder = Folder::new();
    folder.write("people.csv", "code,born\n900000171,31/01/1990\n");
    folder.write(
        "map.yaml",
        "record: SRPerson\ndate_format: DD/MM/YYYY\ncolumns: {code: 'identifier[UIN]', born: birth_date}\n",
    );
    let arguments = ["--today", "2026-11-25", "--input", "csv", "--mapping", "map.yaml", "people.csv"];
    let part = |out: &str, part: &str| check(&folder, out, &[arguments.as_slice(), &["--shard", part]].concat());
    assert_eq!(check(&folder, "whole", &arguments).code, 0);
    assert_eq!((part("one", "1/2").code, part("two", "2/2").code), (2, 2));
    let merged = run(&folder, &["report", "merge", "one", "two", "--out", "merged"]);
    assert_eq!(merged.code, 0, "{}{}", merged.out, merged.err);
    assert_eq!(sum(&folder, "merged"), sum(&folder, "whole"));
    assert_eq!(sum(&folder, "merged")["mapping"]["settings"]["date_format"], "DD/MM/YYYY");
    assert!(folder.read("merged/report.html").contains("map.yaml"));
    let command = sum(&folder, "merged")["tests"][0]["reproduce"].as_str().unwrap_or_default().to_owned();
    assert!(command.contains(" --input csv --today 2026-11-25 "), "{command}");
    // The same name, and another text in it.
    folder.write(
        "map.yaml",
        "record: SRPerson\ndate_format: MM/DD/YYYY\ncolumns: {code: 'identifier[UIN]', born: birth_date}\n",
    );
    part("two", "2/2");
    let ran = run(&folder, &["report", "merge", "one", "two", "--out", "merged"]);
    assert!(ran.code == 3 && ran.err.contains("two was made with another mapping"), "{}", ran.err);
}

#[test]
fn what_parts_observed_is_in_the_whole() {
    let folder = Folder::new();
    std::fs::create_dir(folder.file("all")).expect("a folder");
    folder.write("all/a.ndjson", &lines(&[person("770000131", "Zarine")]));
    check(&folder, "all/earlier", &["--record", "SRPerson", "all/a.ndjson"]);
    let part = |out: &str, part: &str| check(&folder, out, &["--record", "SRPerson", "--shard", part, "all"]);
    assert_eq!((part("one", "1/2").code, part("two", "2/2").code), (2, 2));
    let merged = run(&folder, &["report", "merge", "one", "two", "--out", "merged"]);
    assert_eq!(merged.code, 0, "{}{}", merged.out, merged.err);
    check(&folder, "whole", &["--record", "SRPerson", "all"]);
    assert_eq!(sum(&folder, "merged"), sum(&folder, "whole"));
    let observed = sum(&folder, "merged")["observations"].to_string();
    assert!(observed.contains("all/earlier/result.json"), "{observed}");
}

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let folder = Folder::new();
    folder.write("a.ndjson", &lines(&[person("770000131", "Zarine")]));
    folder.write("b.ndjson", &lines(&[person("770000231", "Amaru")]));
    let part = |out: &str, arguments: &[&str]| {
        let ran = check(&folder, out, &[["--record", "SRPerson"].as_slice(), arguments].concat());
        assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    };
    part("one", &["--shard", "1/2", "a.ndjson"]);
    part("two", &["--shard", "2/2", "a.ndjson"]);
    part("three", &["--shard", "2/3", "a.ndjson"]);
    part("strict", &["--shard", "2/2", "--strictness", "strict", "a.ndjson"]);
    part("later", &["--shard", "2/2", "--today", "2031-01-01", "a.ndjson"]);
    folder.write("a.ndjson", &lines(&[person("770000331", "Nayra")]));
    part("changed", &["--shard", "2/2", "a.ndjson"]);
    // What is cut off on its way, at the end of a line as well.
    let broken = ["part.chunks.ndjson", "part.keys", "findings.ndjson"];
    for name in broken {
        part(&format!("without {name}"), &["--shard", "1/2", "a.ndjson"]);
        let changed = if name == "findings.ndjson" { "{}\n" } else { "" };
        std::fs::write(folder.file(&format!("without {name}/{name}")), changed).expect("a file for the test");
    }
    for (parts, words) in [
        (vec!["one"], "missing: 2"),
        (vec!["one", "one", "two"], "more than once"),
        (vec!["one", "three"], "others are of"),
        (vec!["one", "strict"], "strictness"),
        (vec!["one", "later"], "another day for --today"),
        (vec!["one", "changed"], "a.ndjson is not the same"),
        (vec!["without part.chunks.ndjson", "changed"], "part.chunks.ndjson: it is not what the part wrote"),
        (vec!["without part.keys", "changed"], "part.keys: it is not what the part wrote"),
        (vec!["without findings.ndjson", "changed"], "findings.ndjson: it is not what the part wrote"),
        (vec!["one", "nowhere"], "nowhere"),
    ] {
        let ran = run(&folder, &[vec!["report", "merge", "--out", "merged"], parts.clone()].concat());
        assert_eq!(ran.code, 3, "{parts:?}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(words), "{parts:?}: {}", ran.err);
        assert!(!folder.file("merged/result.json").exists(), "{parts:?}");
    }
    // What was stopped has no hash of its files, which does not make others of them.
    let about = folder.read("changed/part.json").replace("\"interrupted\":false", "\"interrupted\":true");
    folder.write("changed/part.json", &about);
    let stopped = run(&folder, &["report", "merge", "one", "changed", "--out", "merged"]);
    assert!(stopped.code == 3 && stopped.err.contains("changed was stopped before its end"), "{}", stopped.err);
    let over = run(&folder, &["report", "merge", "one", "two", "--out", "one"]);
    assert!(over.code == 3 && over.err.contains("written over"), "{}", over.err);
    assert_eq!(run(&folder, &["report", "merge", "one", "two", "--out", "merged"]).code, 0);
    for (arguments, words) in [(["--shard", "3/2"], "is no part"), (["--memory", "12"], "no amount of memory")] {
        let ran = check(&folder, "out", &[arguments.as_slice(), &["a.ndjson"]].concat());
        assert!(ran.code == 3 && ran.err.contains(words), "{}", ran.err);
    }
}
