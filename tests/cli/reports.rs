//! `check` among reports: what an earlier one left, what lies in a folder, what goes to standard output.

use super::check::{check, lines, person, result};
use super::folder::Folder;
use super::run;

/// Reports of another check beside the new one would tell of other records.
#[test]
fn what_an_earlier_check_wrote_is_gone() {
    let folder = Folder::new();
    folder.write("good.ndjson", &lines(&[person(1, "1990-01-31")]));
    folder.write("bad.ndjson", &lines(&[person(2, "1990-13-31")]));
    let there = |name: &str| folder.file(&format!("out/{name}")).exists();
    assert_eq!(check(&folder, &["--findings-csv", "bad.ndjson"]).code, 1);
    folder.write("out/mine.txt", "");
    assert!(["report.html", "junit.xml", "findings.csv"].iter().all(|name| there(name)));
    assert_eq!(check(&folder, &["--format", "json", "good.ndjson"]).code, 0);
    assert!(there("result.json") && there("mine.txt"));
    assert!(!["report.html", "junit.xml", "findings.csv"].iter().any(|name| there(name)));
    // Where no report comes about the old one is not taken for it.
    let ran = check(&folder, &["--mapping", "none.yaml", "bad.ndjson"]);
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    assert!(!there("result.json") && there("mine.txt"));
    // A file of that name that is to be checked stays.
    assert_eq!(check(&folder, &["bad.ndjson"]).code, 1);
    let ran = check(&folder, &["out/findings.ndjson"]);
    assert!(ran.code == 3 && ran.err.contains("would be written over"), "{}{}", ran.out, ran.err);
    assert!(there("findings.ndjson"));
}

#[test]
fn reports_of_ours_in_a_folder_are_no_records() {
    let folder = Folder::new();
    folder.write("people.ndjson", &lines(&[person(1, "1990-01-31")]));
    for round in 0..2 {
        let ran = run(&folder, &["check", "--record", "SRPerson", "."]);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        assert_eq!(ran.err.contains("reports of dci-conform are no records"), round > 0, "{}", ran.err);
        let inside = run(&folder, &["check", "--record", "SRPerson", "--out", "out", "."]);
        assert_eq!(inside.code, 0, "{}{}", inside.out, inside.err);
        let result = result(&folder);
        assert_eq!(result["files"].as_array().map(Vec::len), Some(1), "{}", result["files"]);
        assert!(result["observations"][0].as_str().is_some_and(|text| text.contains("./reports/")), "{result}");
    }
    std::fs::remove_file(folder.file("people.ndjson")).expect("there");
    let ran = run(&folder, &["check", "."]);
    assert!(ran.code == 3 && ran.err.contains("were left out"), "{}", ran.err);
    let ran = run(&folder, &["check", "--record", "SRPerson", "reports"]);
    assert!(ran.code == 3 && ran.err.contains("were left out"), "{}", ran.err);
    std::fs::create_dir(folder.file("empty")).expect("a folder");
    let ran = run(&folder, &["check", "empty"]);
    assert!(ran.code == 3 && ran.err.contains("no file is in the folder"), "{}", ran.err);
}

/// One format at a time, and not another one than was asked for.
#[test]
fn standard_output_gets_the_format_that_is_asked_for() {
    let folder = Folder::new();
    folder.write("people.ndjson", &lines(&[person(1, "1990-01-31")]));
    let to_output = |more: &[&str]| {
        run(&folder, &[["check", "--record", "SRPerson", "people.ndjson", "--out", "-"].as_slice(), more].concat())
    };
    for (more, start) in [
        (&[][..], "{"),
        (&["--format", "json"], "{"),
        (&["--format", "html"], "<!doctype html>"),
        (&["--format", "junit"], "<?xml"),
    ] {
        let ran = to_output(more);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.out.to_ascii_lowercase().starts_with(start), "{more:?}: {}", ran.out.get(..80).unwrap_or_default());
    }
    let ran = to_output(&["--format", "html,json"]);
    assert!(ran.code == 3 && ran.err.contains("one format"), "{}", ran.err);
}
