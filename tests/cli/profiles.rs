//! `profile …` and `explain`: for authors who write no Rust.

use super::folder::Folder;
use super::{program, ran, run};

/// Replaces the first `from` in a file and gives line and column of `token` in what now stands there.
fn break_file(folder: &Folder, path: &str, from: &str, to: &str, token: &str) -> String {
    let text = folder.read(path);
    let start = text.find(from).unwrap_or_else(|| panic!("{path} has no {from:?}"));
    folder.write(path, &text.replacen(from, to, 1));
    let offset = start + to.find(token).expect("the token stands in the new text");
    let text = folder.read(path);
    let before = &text[..offset];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("{path}:{line}:{column}: error: ")
}

#[test]
fn five_mistakes_in_one_profile_are_each_placed_with_a_suggestion() {
    let folder = Folder::new();
    folder.copy("test-profiles", "own");
    let clean = run(&folder, &["profile", "lint", "--all", "--profiles", "own"]);
    assert_eq!(clean.code, 0, "the copy is clean at first: {}{}", clean.out, clean.err);
    let file = "own/base/tests/search.yaml";
    let expected = [
        (break_file(&folder, file, "- send: sync/search", "- sned: sync/search", "sned"), "did you mean `send`?"),
        (
            break_file(&folder, file, "message: search for nobody", "message: serch for nobody", "serch"),
            "did you mean `search for nobody`?",
        ),
        (break_file(&folder, file, "proves: [RG-ID-01]", "proves: [RG-ID-O1]", "RG-ID-O1"), "did you mean `RG-ID-01`?"),
        (
            break_file(&folder, file, "- use: a sync search works", "- use: a sync serch works", "a sync serch"),
            "did you mean `a sync search works`?",
        ),
        (break_file(&folder, "own/base/requirements.yaml", "force: D", "force: X", "X"), "did you mean `N`?"),
    ];
    let lint = run(&folder, &["profile", "lint", "--all", "--profiles", "own"]);
    assert_eq!(lint.code, 3, "{}{}", lint.out, lint.err);
    for (place, hint) in &expected {
        let at = lint.out.find(place.as_str()).unwrap_or_else(|| panic!("no {place:?} in\n{}", lint.out));
        let finding = lint.out[at..].split("own/").nth(1).unwrap_or_default();
        assert!(finding.contains(hint), "{place} lacks {hint:?}:\n{finding}");
    }
}

#[test]
fn a_misspelt_sentence_is_placed_within_its_line() {
    let folder = Folder::new();
    folder.copy("test-profiles", "own");
    let file = "own/base/tests/search.yaml";
    let place = break_file(&folder, file, "RG-OP-01: status is 200", "RG-OP-01: status iz 200", "iz");
    let lint = run(&folder, &["profile", "lint", "social-registry", "--profiles", "own"]);
    assert_eq!(lint.code, 3);
    assert!(lint.out.contains(&place) && lint.out.contains("help: "), "no {place}\n{}", lint.out);
    let run_too = run(&folder, &["demo", "--profiles", "own", "--out", "reports"]);
    assert_eq!(run_too.code, 3, "a broken profile is not run");
    assert!(run_too.err.contains(&place), "{}", run_too.err);
    assert!(!folder.file("reports").exists());
}

#[test]
fn the_built_in_profiles_are_clean() {
    let lint = run(&Folder::new(), &["profile", "lint", "--all"]);
    assert_eq!(lint.code, 0, "{}{}", lint.out, lint.err);
    for line in lint.out.lines() {
        assert!(line.contains(": clean ("), "no warnings either: {line}");
    }
}

#[test]
fn list_show_and_doc_tell_what_a_profile_holds() {
    let folder = Folder::new();
    let list = run(&folder, &["profile", "list"]);
    assert!(list.code == 0 && list.out.lines().any(|line| line.starts_with("social-registry ")), "{}", list.out);
    let show = run(&folder, &["profile", "show", "social-registry"]);
    for part in ["claims\n", "values\n", "actions\n", "tests\n", "RG-SYNC-01", "known-person.value", "digest "] {
        assert!(show.out.contains(part), "profile show lacks {part:?}");
    }
    let doc = run(&folder, &["profile", "doc", "social-registry"]);
    assert!(doc.code == 0 && doc.out.starts_with("# ") && doc.out.contains("RG-SYNC-01"), "profile doc");
    for part in [
        "### Domain social (classes need no domain in front)",
        "**Beneficiary** (data standard, integrated beneficiary registry, DO.IBR.04)",
        "| enrolment_status | code of enrolment_status | one, required (D) | enrollment_status (I) | ED-03, ED-30 |",
        "| support_status | CD.DR.05 | 0 Needed or 1 Received | fail |",
        "| R-GRP-01 | Group | D |",
    ] {
        assert!(doc.out.contains(part), "profile doc lacks {part:?}");
    }
    for shared in ["**Identifier**", "**BenefitFrequency**"] {
        assert_eq!(doc.out.matches(shared).count(), 1, "a shared class is shown once");
    }
    assert!(folder.is_empty());
}

#[test]
fn explain_knows_requirements_tests_and_errata() {
    let folder = Folder::new();
    for (id, part) in [("RG-ID-01", "Shown by:"), ("RG-SYNC-01", "Steps:"), ("ET-26", "what the suite does:")] {
        let explained = run(&folder, &["explain", id]);
        assert!(explained.code == 0 && explained.out.contains(part), "{id}: {}{}", explained.out, explained.err);
    }
}

#[test]
fn the_schema_for_editors_is_json() {
    let schema = run(&Folder::new(), &["profile", "schema"]);
    let value: serde_json::Value = serde_json::from_str(&schema.out).expect("JSON");
    assert!(jsonschema::validator_for(&value).is_ok(), "the schema compiles");
}

#[test]
fn a_new_profile_loads_as_it_is() {
    let folder = Folder::new();
    let new = run(&folder, &["profile", "new", "lamp-registry", "--out", "own"]);
    assert_eq!(new.code, 0, "{}", new.err);
    let lint = run(&folder, &["profile", "lint", "lamp-registry", "--profiles", "own"]);
    assert_eq!(lint.code, 0, "{}{}", lint.out, lint.err);
    let again = run(&folder, &["profile", "new", "lamp-registry", "--out", "own"]);
    assert!(again.code == 3 && again.err.contains("exists already"), "{}", again.err);
}

#[test]
fn a_variable_without_a_value_names_no_folder() {
    let folder = Folder::new();
    let listed = |value: &str| {
        let mut command = program(&folder, &["profile", "list"]);
        command.env("DCI_PROFILES", value);
        ran(command)
    };
    let ran = listed("");
    assert!(ran.code == 0 && ran.out.contains("social-registry"), "{}{}", ran.out, ran.err);
    assert_eq!(listed("nowhere").code, 3, "it is read");
}
