//! `demo`: the main job with no product and no network, judged and reported to the end.

use super::folder::Folder;
use super::run;
use serde_json::Value;

fn result(folder: &Folder, name: &str) -> Value {
    serde_json::from_str(&folder.read(name)).expect("result.json is JSON")
}

fn validator() -> jsonschema::Validator {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/result.schema.json")).expect("the schema");
    jsonschema::validator_for(&serde_json::from_str(&text).expect("JSON")).expect("the schema compiles")
}

fn follows_the_schema(result: &Value) {
    let errors: Vec<String> =
        validator().iter_errors(result).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "result.json does not follow its schema:\n{}", errors.join("\n"));
}

/// Tests whose verdict is not a pass, in words.
fn open_tests(result: &Value) -> String {
    let tests = result["tests"].as_array().map(Vec::as_slice).unwrap_or_default();
    let open = tests.iter().filter(|test| !matches!(test["verdict"].as_str(), Some("pass" | "not-applicable")));
    open.map(|test| format!("{} {}: {}\n", test["id"], test["verdict"], test["reason"])).collect()
}

#[test]
fn the_sandbox_without_faults_is_conformant() {
    let folder = Folder::new();
    let demo = run(&folder, &["demo", "--out", "reports/first"]);
    let result = result(&folder, "reports/first/result.json");
    assert_eq!(result["verdict"], "conformant", "{}", open_tests(&result));
    assert_eq!(demo.code, 0, "{}{}", demo.out, demo.err);
    follows_the_schema(&result);
    assert!(result["scheme-owner"].is_null(), "nobody stands behind a scheme yet");
    for name in ["result.json", "report.html", "junit.xml"] {
        assert!(demo.out.contains(&format!("reports/first/{name}")), "the path of {name} is printed:\n{}", demo.out);
    }
    let html = folder.read("reports/first/report.html");
    assert!(html.starts_with("<!doctype html>") || html.starts_with("<!DOCTYPE html>"));
    for outside in ["src=\"http", "href=\"http", "url(http", "@import"] {
        assert!(!html.contains(outside), "the report fetches something: {outside}");
    }
    let junit = folder.read("reports/first/junit.xml");
    assert!(junit.contains("<testsuites") && !junit.contains("<failure") && !junit.contains("<error"), "red in JUnit");
    for word in ["certified", "official DCI"] {
        assert!(!demo.out.contains(word) && !html.contains(word), "no text may claim {word:?}");
    }
}

#[test]
fn a_fault_is_found_and_its_requirement_named() {
    let folder = Folder::new();
    let demo = run(&folder, &["demo", "--fault", "reply-transaction-id-changed", "--out", "reports"]);
    assert_eq!(demo.code, 1, "{}{}", demo.out, demo.err);
    assert!(demo.out.contains("RG-ID-01"), "the summary names the requirement:\n{}", demo.out);
    assert!(demo.out.contains("dci-conform demo --fault reply-transaction-id-changed"), "and how to repeat it");
    let result = result(&folder, "reports/result.json");
    follows_the_schema(&result);
    assert_eq!(result["verdict"], "not-conformant");
    let requirements = result["requirements"].as_array().expect("rows");
    let row = requirements.iter().find(|row| row["id"] == "RG-ID-01").expect("the row");
    assert_eq!(row["verdict"], "not-met");
    assert!(folder.read("reports/junit.xml").contains("<failure"));
    assert!(folder.read("reports/report.html").contains("RG-ID-01"));
}

#[test]
fn the_result_alone_goes_to_standard_output() {
    let folder = Folder::new();
    let demo = run(&folder, &["demo", "--fault", "header-missing", "--format", "json", "--out", "-"]);
    assert_eq!(demo.code, 1, "{}", demo.err);
    let result: Value = serde_json::from_str(&demo.out).expect("nothing but JSON on standard output");
    follows_the_schema(&result);
    assert!(folder.is_empty(), "nothing is written to disk");
}

#[test]
fn a_printed_line_repeats_the_failure() {
    // A test that sends, and one that looks back on what others sent.
    for (fault, id) in [("page-size-ignored", ""), ("sex-code-unlisted", "RG-RUN-")] {
        repeated(fault, id);
    }
}

fn repeated(fault: &str, id: &str) {
    let folder = Folder::new();
    run(&folder, &["demo", "--fault", fault, "--out", "reports"]);
    let first = result(&folder, "reports/result.json");
    let is_meant =
        |test: &&Value| test["verdict"] == "fail" && test["id"].as_str().is_some_and(|own| own.starts_with(id));
    let failed = first["tests"].as_array().expect("tests").iter().find(is_meant);
    let failed = failed.unwrap_or_else(|| panic!("nothing failed:\n{}", open_tests(&first)));
    let line = failed["reproduce"].as_str().expect("a command");
    assert!(line.starts_with("dci-conform demo "), "{line}");
    let words: Vec<String> = line.split_whitespace().skip(1).map(|word| word.trim_matches('\'').to_owned()).collect();
    let mut again: Vec<&str> = words.iter().map(String::as_str).collect();
    again.extend(["--out", "again"]);
    let repeated = run(&folder, &again);
    assert_eq!(repeated.code, 1, "{line}\n{}{}", repeated.out, repeated.err);
    let second = result(&folder, "again/result.json");
    let same = second["tests"].as_array().expect("tests").iter().find(|test| test["id"] == failed["id"]);
    assert_eq!(same.map(|test| &test["verdict"]), Some(&Value::from("fail")), "{line}");
}
