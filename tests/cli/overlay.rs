//! A country's overlay: what it demands fails, and nothing else does.

use super::folder::Folder;
use super::run;
use serde_json::{Value, json};

const PROFILE: [&str; 4] = ["--profiles", "overlay", "--profile", "exampleland-social-registry"];

/// A folder with the overlay of the fixtures.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.copy("fixtures/overlay", "overlay");
    folder
}

/// A household that the standard and the overlay have nothing to say of.
fn household() -> Value {
    json!({
        "@type": "Group", "group_identifier": [{"identifier_type": "EXNID", "identifier_value": "H1"}],
        "group_type": "2", "county": "N", "visited_on": "2026-02-01", "group_size": 1,
        "member_list": [{
            "member_identifier": [{"identifier_type": "UIN", "identifier_value": "P1"}],
            "demographic_info": {"name": {"surname": "Odhiambo"}, "birth_date": "1990-01-31", "phone_number": "+254700900389"}
        }]
    })
}

/// Exit code and findings of a check of these records, by the overlay or by the standard alone.
fn check(folder: &Folder, records: &[Value], profile: &[&str]) -> (i32, Vec<Value>) {
    let lines: Vec<String> = records.iter().map(|record| format!("{record}\n")).collect();
    folder.write("groups.ndjson", &lines.concat());
    let ran = run(folder, &[&["check", "groups.ndjson", "--record", "Group", "--out", "out"], profile].concat());
    let findings = folder.read("out/findings.ndjson");
    (ran.code, findings.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect())
}

#[test]
fn what_a_country_adds_fails_and_the_standard_alone_says_nothing_of_it() {
    let folder = folder();
    let (code, findings) = check(&folder, &[household()], &PROFILE);
    assert!(code == 0 && findings.is_empty(), "{findings:?}");
    type Change = fn(&mut Value);
    let changes: [(Change, &str, &str, &str); 8] = [
        (|g| drop(g.as_object_mut().unwrap().remove("group_identifier")), "REQUIRED", "/group_identifier", "annex 1"),
        (|g| g["group_identifier"] = Value::Null, "REQUIRED", "/group_identifier", "annex 1"),
        (|g| g["county"] = json!("X"), "CODE-UNKNOWN", "/county", "National data profile of Exampleland 1.0.0"),
        (|g| g["visited_on"] = json!("01.02.2026"), "DT-FORMAT", "/visited_on", "annex 1"),
        (
            |g| g["member_list"][0]["demographic_info"]["phone_number"] = json!(["+254700900389", "+254700900390"]),
            "LIST-FOR-SCALAR",
            "/member_list/0/demographic_info/phone_number",
            "annex 1",
        ),
        (
            |g| g["group_identifier"][0]["identifier_type"] = json!("MRN"),
            "CODE-UNKNOWN",
            "/group_identifier/0/identifier_type",
            "National data profile of Exampleland 1.0.0",
        ),
        (|g| g["group_size"] = json!(31), "EX-01", "/group_size", "annex 3"),
        (
            |g| drop(g["member_list"][0]["demographic_info"].as_object_mut().unwrap().remove("birth_date")),
            "EX-02",
            "/member_list/0",
            "annex 3",
        ),
    ];
    for (change, rule, pointer, source) in changes {
        let mut record = household();
        change(&mut record);
        let (code, findings) = check(&folder, &[household_of("H0"), record.clone()], &PROFILE);
        let fails: Vec<&Value> = findings.iter().filter(|finding| finding["verdict"] == "fail").collect();
        let [found] = fails.as_slice() else { panic!("{rule}: {findings:?}") };
        assert_eq!(
            (code, &found["rule"], &found["pointer"], &found["line"]),
            (1, &json!(rule), &json!(pointer), &json!(2))
        );
        let told = found["source"].as_str().unwrap_or_default();
        assert!(told.contains(source) && told.contains("Exampleland"), "{rule}: {told}");
        let (code, alone) = check(&folder, &[record], &[]);
        assert!(code == 0 && alone.iter().all(|finding| finding["verdict"] != "fail"), "{rule}: {alone:?}");
    }
}

/// The same household under another number.
fn household_of(number: &str) -> Value {
    let mut group = household();
    group["group_identifier"][0]["identifier_value"] = json!(number);
    group["member_list"][0]["member_identifier"][0]["identifier_value"] = json!(format!("P{number}"));
    group
}

#[test]
fn a_rule_between_records_of_a_country_is_judged() {
    let folder = folder();
    let mut again = household_of("H1");
    again["group_type"] = json!("1");
    let strict = [&PROFILE[..], &["--strictness", "strict"]].concat();
    let (code, findings) = check(&folder, &[household_of("H0"), household_of("H1"), again.clone()], &strict);
    let found = findings.iter().find(|finding| finding["rule"] == "EX-03").unwrap_or_else(|| panic!("{findings:?}"));
    assert_eq!((code, &found["force"], &found["verdict"]), (1, &json!("D"), &json!("fail")));
    assert_eq!(found["source"], "National data profile of Exampleland, annex 3");
    let (_, findings) = check(&folder, &[household_of("H1"), again], &[]);
    assert!(findings.iter().all(|finding| finding["rule"] != "EX-03"), "{findings:?}");
}

/// A class of its own is told by a member, and by a record type, as those of the standard are.
#[test]
fn records_of_a_class_of_a_country_are_told_from_others() {
    let folder = folder();
    let visit = |day: &str| json!({"visit_number": "V1", "visited_on": day, "visitor": "Team 3"});
    let message = |visits: &[Value]| {
        json!({"message": {"search_response": [
            {"data": {"reg_record_type": "HOME_VISIT", "reg_records": visits}}
        ]}})
    };
    let sound = visit("2026-02-01");
    for (record, code) in [(&sound, 0), (&visit("1 February"), 1)] {
        for file in [record.clone(), message(std::slice::from_ref(record))] {
            folder.write("visits.json", &file.to_string());
            let ran = run(&folder, &[&["check", "visits.json", "--out", "out"], &PROFILE[..]].concat());
            assert!(ran.code == code && ran.out.contains("of class HomeVisit"), "{file}: {}{}", ran.out, ran.err);
            assert!(ran.out.contains("standard      National data profile of Exampleland, annex 1"), "{}", ran.out);
            let alone = run(&folder, &["check", "visits.json", "--out", "alone"]);
            assert_eq!(alone.code, 3, "{}{}", alone.out, alone.err);
        }
    }
}

#[test]
fn reports_name_the_overlay_beside_the_standard() {
    let folder = folder();
    check(&folder, &[household()], &PROFILE);
    let result: Value = serde_json::from_str(&folder.read("out/result.json")).expect("JSON");
    assert_eq!(result["profile"]["edition"], "dec2025");
    let overlay =
        json!([{"edition": "exampleland2026", "title": "National data profile of Exampleland", "version": "1.0.0"}]);
    assert_eq!(result["profile"]["overlays"], overlay);
    let page = folder.read("out/report.html");
    assert!(page.contains("edition December 2025, and National data profile of Exampleland 1.0.0"));
    assert!(page.contains("Beside the standard as published"));
    assert!(folder.read("out/junit.xml").contains("dec2025+exampleland2026@1.0.0"));
    let page = run(&folder, &["profile", "doc", "exampleland-social-registry", "--profiles", "overlay"]);
    assert_eq!(page.code, 0, "{}", page.err);
    for part in ["required (N)", "county", "EX-01", "EX-03", "EXNID", "National data profile of Exampleland 1.0.0"] {
        assert!(page.out.contains(part), "{part}");
    }
    let schema = run(&folder, &[&["profile", "schema", "--record", "Group"], &PROFILE[..2]].concat());
    assert_eq!(schema.code, 0, "{}", schema.err);
    let lint = run(&folder, &["profile", "lint", "--all", "--profiles", "overlay"]);
    assert!(lint.code == 0 && lint.out.contains("exampleland-social-registry: clean"), "{}{}", lint.out, lint.err);
}

#[test]
fn mistakes_in_an_overlay_are_told_with_their_place() {
    let folder = folder();
    let data = "overlay/standards/exampleland2026/data";
    let mistakes = [
        ("objects.yaml", "domain: social", "domain: socail", "there is no domain `socail`", "did you mean `social`?"),
        ("objects.yaml", "{required: N}", "{requird: N}", "unknown key `requird`", "did you mean `required`?"),
        (
            "objects.yaml",
            "county: {codes: exampleland_county}",
            "county: {many: yes}",
            "`Group` has no member `county`",
            "codes",
        ),
        (
            "objects.yaml",
            "exampleland_county",
            "exampleland_conty",
            "there is no code list `exampleland_conty`",
            "county",
        ),
        ("objects.yaml", "visit_number: HomeVisit", "visit_number: HomeVisits", "no class `HomeVisits`", "`HomeVisit`"),
        ("objects.yaml", "{visit_number: HomeVisit}", "{visitnumber: HomeVisit}", "`HomeVisit` has no member", ""),
        ("objects.yaml", "  Group:\n", "  Group:\n    extends: Group\n", "unknown key `extends`", "properties"),
        ("codes.yaml", "drop: [MRN", "drop: [MNR", "has no code `MNR`", "did you mean `MRN`?"),
        ("codes.yaml", "{EXNID:", "{UIN:", "has the code `UIN` already", ""),
        ("codes.yaml", "closed: yes", "codes: {A: B}", "unknown key `codes`", "drop"),
        ("rules.yaml", "id: EX-01", "id: R-ID-03", "`R-ID-03` is a rule of the standard", "an id of its own"),
        ("rules.yaml", "value: group_size", "value: group_sise", "has no property `group_sise`", "group_size"),
        ("../edition.yaml", "extends: dec2025", "extends: dec2052", "there is no edition `dec2052`", "dec2025"),
        ("../edition.yaml", "extends: dec2025", "extends: exampleland2026", "adds to itself", ""),
        ("../edition.yaml", "version: 1.0.0", "", "says its `version`", ""),
    ];
    for (file, from, to, message, hint) in mistakes {
        let path = format!("{data}/{file}");
        let sound = folder.read(&path);
        folder.write(&path, &sound.replacen(from, to, 1));
        let ran = run(&folder, &["profile", "lint", "exampleland-social-registry", "--profiles", "overlay"]);
        let said = format!("{}{}", ran.out, ran.err);
        assert!(ran.code == 3 && said.contains(message) && said.contains(hint), "{to}: {said}");
        folder.write(&path, &sound);
    }
    folder.write(&format!("{data}/formats.yaml"), "formats: []\n");
    let ran = run(&folder, &["profile", "lint", "exampleland-social-registry", "--profiles", "overlay"]);
    assert!(ran.code == 3 && format!("{}{}", ran.out, ran.err).contains("has no such file"), "{}{}", ran.out, ran.err);
}
