//! The committed example report is of this profile: same contract, same tests.

use dci_conform::model::result::{RunResult, SCHEMA};
use dci_conform::profile;
use dci_conform::source::Files;
use dci_conform::standard::Standard;
use std::collections::BTreeSet;

#[test]
fn the_example_is_not_out_of_date() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/reports/example/");
    let text = std::fs::read_to_string(format!("{folder}result.json")).expect("the committed example");
    let example: RunResult = serde_json::from_str(&text).expect("a result");
    assert_eq!(example.schema, SCHEMA);
    let files = Files::embedded();
    let standard = Standard::load(&files, &example.profile.edition).expect("the edition of the example");
    let profile = profile::load(&files, &example.profile.id, &standard).expect("the profile of the example").profile;
    let mend = "write it again: cargo run -- demo --fault page-size-ignored --out reports/example";
    let shown: BTreeSet<&str> = example.tests.iter().filter_map(|test| test.id.split('/').next()).collect();
    let known: BTreeSet<&str> = profile.tests.iter().map(|test| test.id.as_str()).collect();
    assert_eq!(shown, known, "{mend}");
    let rows: BTreeSet<&str> = example.requirements.iter().map(|row| row.id.as_str()).collect();
    let known: BTreeSet<&str> = profile.requirements.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(rows, known, "{mend}");
    assert!(example.tests.iter().any(|test| test.verdict == dci_conform::model::verdict::Verdict::Fail));
    for name in ["report.html", "junit.xml"] {
        let text = std::fs::read_to_string(format!("{folder}{name}")).expect("the committed example");
        assert!(text.contains(&example.tests[0].id), "{name}: {mend}");
    }
}
