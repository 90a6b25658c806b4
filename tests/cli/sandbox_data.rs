//! `sandbox data`: invented export files.

use super::folder::Folder;
use super::run;
use serde_json::Value;

#[test]
fn writes_records_and_says_where_the_mistakes_are() {
    let folder = Folder::new();
    let arguments = ["--record", "Group", "--count", "50", "--defect", "group-size-wrong", "--every", "20"];
    let files = ["--out", "groups.ndjson", "--manifest", "seeded.ndjson"];
    let all: Vec<&str> = ["sandbox", "data"].iter().chain(&arguments).chain(&files).copied().collect();
    let ran = run(&folder, &all);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert!(ran.err.contains("50 records, 2 with the defect"), "{}", ran.err);
    let text = folder.read("groups.ndjson");
    let groups: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(groups.len(), 50);
    let rows: Vec<Value> =
        folder.read("seeded.ndjson").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let seeded: Vec<u64> = rows.iter().filter_map(|row| row["line"].as_u64()).collect();
    assert_eq!(seeded, [20, 40]);
    for (line, group) in (1..).zip(&groups) {
        let right = group["group_size"] == group["member_list"].as_array().map_or(0, Vec::len);
        assert_eq!(right, !seeded.contains(&line), "line {line}");
    }
    // The same again, on standard output.
    let again = run(&folder, &["sandbox", "data", "--record", "Group", "--count", "19", "--out", "-"]);
    assert_eq!(again.code, 0);
    assert_eq!(again.out.lines().collect::<Vec<_>>(), text.lines().take(19).collect::<Vec<_>>());
}

#[test]
fn lists_defects_and_records() {
    let folder = Folder::new();
    let defects = run(&folder, &["sandbox", "data", "--list-defects"]);
    assert_eq!((defects.code, defects.err.as_str()), (0, ""));
    for part in ["group-size-wrong  R-GRP-01\n", "at \"/group_size\" in Group", " defects; "] {
        assert!(defects.out.contains(part), "{part}");
    }
    let records = run(&folder, &["sandbox", "data", "--list-records"]);
    assert_eq!(records.code, 0);
    assert!(records.out.contains("CRVSPerson"), "{}", records.out);
    assert!(folder.is_empty());
}
