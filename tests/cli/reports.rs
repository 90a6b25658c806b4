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
    for wrong in [
        ["--mapping", "none.yaml", "bad.ndjson"].as_slice(),
        &["nowhere.ndjson"],
        &["--profile", "none", "bad.ndjson"],
        &["--format", "none", "bad.ndjson"],
        &["--memory", "none", "bad.ndjson"],
    ] {
        assert_eq!(check(&folder, &["good.ndjson"]).code, 0);
        let ran = check(&folder, wrong);
        assert_eq!(ran.code, 3, "{wrong:?}: {}{}", ran.out, ran.err);
        assert!(!there("result.json") && !there("report.html") && there("mine.txt"), "{wrong:?}");
    }
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
    for two in [&["--format", "html,json"][..], &["--format", "html", "--format", "junit"]] {
        let ran = to_output(two);
        assert!(ran.code == 3 && ran.err.contains("one format"), "{two:?}: {}", ran.err);
    }
}

/// What is left out is ours to its end.
#[test]
fn records_behind_a_report_of_ours_are_judged() {
    let folder = Folder::new();
    folder.write("good.ndjson", &lines(&[person(1, "1990-01-31")]));
    let wrong = lines(&[person(2, "1990-13-31")]);
    assert_eq!(check(&folder, &["good.ndjson"]).code, 0);
    let report = folder.read("out/result.json");
    std::fs::create_dir(folder.file("in")).expect("a folder");
    for (name, text) in [("result.json", format!("{report}{wrong}")), ("findings.ndjson", wrong.clone())] {
        folder.write("in/good.ndjson", &lines(&[person(1, "1990-01-31")]));
        folder.write("in/result.json", &report);
        let findings = if name == "result.json" { "" } else { "{\"file\":\"good.ndjson\",\"line\":1}\n" };
        folder.write(&format!("in/{name}"), &format!("{findings}{text}"));
        let ran = run(&folder, &["check", "--record", "SRPerson", "--out", "judged", "in"]);
        assert_eq!(ran.code, 1, "{name}: {}{}", ran.out, ran.err);
    }
}

/// A result that is nowhere else and cannot be written is no success.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_told() {
    let folder = Folder::new();
    folder.write("people.ndjson", &lines(&[person(1, "1990-01-31")]));
    let check = ["check", "--record", "SRPerson", "people.ndjson", "--out", "-"];
    let (list, errors) = (["profile", "list"], ["sandbox", "--list-faults"]);
    for arguments in [&check[..], &list, &errors] {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("there on Linux");
        let mut program = std::process::Command::new(crate::path_of_program());
        let ran = program.args(arguments).current_dir(folder.path()).stdout(full).output().expect("it runs");
        assert_eq!(ran.status.code(), Some(3), "{arguments:?}");
        let told = String::from_utf8_lossy(&ran.stderr);
        assert!(told.contains("standard output") && told.contains("written"), "{told}");
    }
}

/// Linked folders are folders; what has two names is read once, or records would be duplicates of themselves.
#[cfg(unix)]
#[test]
fn links_are_followed_and_nothing_is_read_twice() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    for name in ["all", "elsewhere"] {
        std::fs::create_dir(folder.file(name)).expect("a folder");
    }
    folder.write("all/good.ndjson", &lines(&[person(1, "1990-01-31")]));
    folder.write("elsewhere/bad.ndjson", &lines(&[person(2, "1990-13-31")]));
    symlink("good.ndjson", folder.file("all/more.ndjson")).expect("a link");
    symlink("..", folder.file("all/up")).expect("a link");
    let ran = check(&folder, &["all"]);
    assert_eq!(ran.code, 1, "the folder above has the other file: {}{}", ran.out, ran.err);
    let result = result(&folder);
    assert_eq!(result["records"]["checked"], 2);
    let observed = result["observations"][0].as_str().unwrap_or_default();
    assert!(observed.contains("all/more.ndjson") && observed.contains("all/up/all"), "{observed}");
}

/// What makes the judgement another one than that by the published standard is seen at a glance, in every report.
#[test]
fn whatever_weakens_the_judgement_is_told_with_the_verdict() {
    let folder = Folder::new();
    folder.copy("test-profiles/standards", "own/standards");
    let strictness = "own/standards/dec2025/data/strictness.yaml";
    let weaker = folder.read(strictness).replace("N: fail", "N: note");
    folder.write(strictness, &weaker);
    folder.write("people.csv", "code,born,more\n900000171,yesterday,x\n");
    folder.write("map.yaml", "nulls: [yesterday]\ncolumns: {code: 'identifier[UIN]', born: birth_date, more: ~}\n");
    let mut digests = std::collections::BTreeSet::new();
    let cases: [(&[&str], &[&str]); 4] = [
        (&["--profiles", "own"], &["altered copy", "1 file, such as", "strictness.yaml"]),
        (&["--strictness", "lenient"], &["Strictness is lenient"]),
        (
            &["--mapping", "map.yaml"],
            &["mapping file map.yaml", "1 column is left out", "for no value stands yesterday"],
        ),
        (&[], &[]),
    ];
    for (more, told) in cases {
        let ran = check(&folder, &[more, &["people.csv"]].concat());
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in told {
            assert!(plain(&ran.out).contains(word), "{more:?}: {}{}", ran.out, ran.err);
            assert!(plain(&folder.read("out/report.html")).contains(word), "{more:?}");
        }
        let properties = folder.read("out/junit.xml");
        assert_eq!(properties.contains("dci.altered"), more.contains(&"own"), "{more:?}");
        assert_eq!(properties.contains("dci.mapping"), more.contains(&"map.yaml"), "{more:?}");
        assert!(properties.contains("dci.strictness"));
        digests.insert(result(&folder)["profile"]["standard-digest"].as_str().unwrap_or_default().to_owned());
    }
    assert_eq!(digests.len(), 2, "the altered standard has another digest");
}
