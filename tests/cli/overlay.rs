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
    let changes: [(Change, &str, &str, &str); 9] = [
        (|g| drop(g.as_object_mut().unwrap().remove("group_identifier")), "REQUIRED", "/group_identifier", "annex 1"),
        (|g| g["group_identifier"] = Value::Null, "REQUIRED", "/group_identifier", "annex 1"),
        (|g| g["group_identifier"] = json!([{}]), "REQUIRED", "/group_identifier", "annex 1"),
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

/// Another name that only the country gives is none of the standard's.
#[test]
fn another_name_of_a_country_is_told_as_its_own() {
    let folder = folder();
    let own = "domain: social\nclasses:\n  Group: {properties: {ward: {is: text, aliases: {wards: N}}}}\n";
    folder.write("overlay/standards/exampleland2026/data/objects-more.yaml", own);
    let mut group = household();
    group["wards"] = json!("X");
    let (code, findings) = check(&folder, &[group], &PROFILE);
    let [found] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!((code, &found["rule"], &found["verdict"]), (1, &json!("PROP-ALIAS"), &json!("fail")));
    assert_eq!(found["source"], "National data profile of Exampleland 1.0.0");
    assert!(folder.read("out/report.html").contains("a rule that binds, of the standard or of National data profile"));
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

/// What `profile lint` says of the overlay with more files of data.
fn lint_with(files: &[(&str, &str)]) -> (i32, String) {
    let folder = folder();
    for (file, text) in files {
        folder.write(&format!("overlay/standards/exampleland2026/{file}"), text);
    }
    let ran = run(&folder, &["profile", "lint", "exampleland-social-registry", "--profiles", "overlay"]);
    (ran.code, format!("{}{}", ran.out, ran.err))
}

/// Every one of these stands in what was said, each behind its place; and nothing else does.
fn told_all(said: &str, wanted: &[(&str, usize, &str)]) {
    for (file, line, message) in wanted {
        let place = format!("{file}:{line}:");
        let told = said.lines().any(|said| said.contains(&place) && said.contains(message));
        assert!(told, "{place} {message} in\n{said}");
    }
    assert_eq!(said.matches(": error: ").count(), wanted.len(), "{said}");
}

#[test]
fn what_has_the_wrong_shape_is_told_and_not_passed_over() {
    let rules = "rules:
- {id: A, class: Group, kind: implies, then: place, force: N, expected: x}
- {id: B, class: Group, kind: order, first: registration_date, then: last_updated, strictly: maybe, force: N, expected: x}
- {id: C, class: Group, kind: any of, properties: [], force: N, expected: x}
- {id: D, class: Group, kind: number, value: group_size, at most: 0, when: [group_type], force: N, expected: x}
- {id: E, class: Group, kind: code table, code: poverty_score_type, value: group_type, table: [A, X], force: N, expected: x}
file rules:
- {id: F, class: Group, kind: resolves, reference: group_identifier, targets: [{class: Membr}], force: N, expected: x}
- {id: G, class: Group, kind: one per key, key: group_identifier, value: [], force: N, expected: x}
";
    let rules = rules.replace("code: poverty_score_type, value: group_type", "code: group_type, value: group_type");
    let (code, said) = lint_with(&[
        ("data/objects-a.yaml", "classes:\n- Group: {properties: {place: {required: N}}}\n"),
        ("data/objects-b.yaml", "classes:\n  Group:\n    properties:\n    - place: {required: N}\n"),
        ("data/objects-c.yaml", "classes:\n  Member:\n    properties:\n"),
        (
            "data/objects-d.yaml",
            "classes:\n  Address: {properties: {own: {is: [text]}, more: {is: text, seen as: [strng], aliases: [a]}}}\n",
        ),
        ("data/codes-a.yaml", "lists:\n- sex: {only: [male]}\n"),
        (
            "data/codes-b.yaml",
            "lists:\n  sex:\n    variants: [F]\n    patterns: [\"^F$\"]\n    closed: maybe\n    drop: [[other]]\n  own:\n    codes: {A: ''}\n",
        ),
        ("data/rules-a.yaml", "rules:\n  A: {class: Group}\n"),
        ("data/rules-b.yaml", &rules),
    ]);
    assert_eq!(code, 3, "{said}");
    told_all(
        &said,
        &[
            ("objects-a.yaml", 2, "`classes` must be a map of keys and values, this is a list"),
            ("objects-b.yaml", 4, "`properties` must be a map of keys and values, this is a list"),
            ("objects-c.yaml", 3, "`properties` must be a map of keys and values, this is nothing"),
            ("objects-d.yaml", 2, "`is` must be text, this is a list"),
            ("objects-d.yaml", 2, "`Address` has no member `own`"),
            ("objects-d.yaml", 2, "nothing is seen as `strng`"),
            ("objects-d.yaml", 2, "`aliases` must be a map of keys and values"),
            ("codes-a.yaml", 2, "`lists` must be a map of keys and values, this is a list"),
            ("codes-b.yaml", 3, "`variants` must be a map"),
            ("codes-b.yaml", 4, "`patterns` must be a map"),
            ("codes-b.yaml", 5, "`closed` must be yes or no"),
            ("codes-b.yaml", 6, "`drop` must be text or a list of texts"),
            ("codes-b.yaml", 8, "text for text, neither of them empty"),
            ("codes-b.yaml", 8, "`own` has no codes"),
            ("rules-a.yaml", 2, "`rules` must be a list, this is a map"),
            ("rules-b.yaml", 2, "`then` must be a map"),
            ("rules-b.yaml", 3, "`strictly` must be yes or no"),
            ("rules-b.yaml", 4, "the list is empty"),
            ("rules-b.yaml", 5, "`when` must be a map"),
            ("rules-b.yaml", 6, "`table` must be a map"),
            ("rules-b.yaml", 8, "`targets` must be a map"),
            ("rules-b.yaml", 9, "the list is empty"),
        ],
    );
}

#[test]
fn an_overlay_takes_nothing_away_but_codes() {
    let objects = "domain: social
record types: {Group: HomeVisit}
told by: {member_list: HomeVisit}
classes:
  Person:
    properties:
      birth_date: {is: text}
      death_date: text
      sex: {is: text}
      email: {many: either}
      birthdate: text
      nickname: {is: text, aliases: {birth_date: N, mobile_no: N}}
      home: {is: text, codes: sex, erratum: ED-999}
      registration_dtae: date
      Registration-Date: date
      'spdci:sex': text
      '@type': text
      residence: {is: text, aliases: {a.b: N}}
  Groop:
    properties: {group_identifier: {required: N}}
  Householder:
    extends: Person
    properties: {registration_date: text}
";
    let codes = "lists:
  sex: {closed: no}
  marital_status: {force: I, variants: {S: a code}, patterns: {\"[A-Z]?\": anything, \"^x$\": sound, \"[^?]+\": anything}}
  identifier_type: {closed: yes}
  Sex: {codes: {m: man}}
";
    let (code, said) = lint_with(&[("data/objects-x.yaml", objects), ("data/codes-x.yaml", codes)]);
    assert_eq!(code, 3, "{said}");
    told_all(
        &said,
        &[
            ("objects-x.yaml", 2, "`Group` tells records of `Group` already"),
            ("objects-x.yaml", 3, "`HomeVisit` has no member `member_list` to be told by"),
            ("objects-x.yaml", 3, "`member_list` tells records of `Group` already"),
            (
                "objects-x.yaml",
                7,
                "`birth_date` of `Person` would let pass what is refused without it: `text` takes more than `date`",
            ),
            ("objects-x.yaml", 8, "`death_date` of `Person` would let pass"),
            ("objects-x.yaml", 9, "`text` takes more than `sex`"),
            ("objects-x.yaml", 10, "one value or a list instead of a"),
            ("objects-x.yaml", 11, "`birthdate` is another name of `birth_date` in `Person`"),
            (
                "objects-x.yaml",
                12,
                "`birth_date` cannot be another name of `nickname`: it is a member of `Person` itself",
            ),
            ("objects-x.yaml", 13, "two things are said of what `home` is"),
            ("objects-x.yaml", 13, "there is no erratum `ED-999`"),
            ("objects-x.yaml", 19, "`Groop` is a new class that nothing names, and nearly called `Group`"),
            ("objects-x.yaml", 20, "`Groop` has no member `group_identifier`"),
            ("objects-x.yaml", 23, "`registration_date` of `Householder` would let pass"),
            (
                "objects-x.yaml",
                14,
                "`registration_dtae` is a new member of `Person`, and nearly called `registration_date`",
            ),
            (
                "objects-x.yaml",
                15,
                "`Registration-Date` is a new member of `Person`, and nearly called `registration_date`",
            ),
            ("objects-x.yaml", 16, "`spdci:sex` is no bare name"),
            ("objects-x.yaml", 17, "`@type` is no bare name"),
            ("objects-x.yaml", 18, "`a.b` is no bare name"),
            ("codes-x.yaml", 2, "`sex` is closed, and would let pass"),
            ("codes-x.yaml", 3, "`marital_status` is closed, and would let pass"),
            ("codes-x.yaml", 3, "`S` is the code `S` of `marital_status`"),
            ("codes-x.yaml", 3, "`[A-Z]?` lets anything pass"),
            ("codes-x.yaml", 3, "`[^?]+` lets anything pass"),
            ("codes-x.yaml", 5, "`Sex` is a new code list that no member has, and nearly called `sex`"),
            ("codes.yaml", 4, "told of in another file already"),
        ],
    );
    // What asks for more, or narrows, is what overlays are for.
    let narrower = "domain: social
classes:
  Person: {properties: {email: {many: no}, birth_date: {required: N}, nickname: {codes: sex}}}
  Group: {properties: {group_type: {codes: exampleland_kind}, group_typ: {is: text, new: yes}, group_size_2: count}}
  Visitor: {extends: Person, properties: {birth_date: {is: date, required: N}}}
";
    let own = "lists:\n  exampleland_kind: {codes: {'2': Household}}\n";
    let (code, said) = lint_with(&[("data/objects-x.yaml", narrower), ("data/codes-x.yaml", own)]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_member_is_told_of_in_one_file() {
    let files = [
        ("data/objects-b.yaml", "classes: {Group: {properties: {own: {is: text}}}}\n"),
        ("data/objects-c.yaml", "classes: {Group: {properties: {own: {is: date}}}}\n"),
    ];
    let (code, said) = lint_with(&files);
    assert_eq!(code, 3, "{said}");
    told_all(&said, &[("objects-c.yaml", 1, "`own` of `Group` is told of in another file already")]);
    // Neither does one mistake in a name bring others about files that are sound.
    let (_, said) = lint_with(&[("data/formats.yaml", "formats: []\n")]);
    assert!(said.contains("has no such file") && said.matches(": error: ").count() == 1, "{said}");
}

#[test]
fn rules_that_could_never_be_judged_are_refused() {
    let rules = "domain: social
rules:
- {id: A, class: Group, kind: order, first: group_size, then: today, force: N, expected: x}
- {id: B, class: Group, kind: number, value: member_list, at most: 0, force: N, expected: x}
- {id: C, class: Group, kind: number, value: registration_date, at most: 0, force: N, expected: x}
- {id: D, class: Group, kind: agree, properties: [group_type], force: N, expected: x}
- {id: E, class: Group, kind: together, properties: [group_type], force: N, expected: x}
- {id: F, class: Group, kind: number, value: entries of group_size, at most: 0, force: N, expected: x}
- {id: G, class: Group, kind: type, when: {member_list: presnt}, force: N, expected: x}
- {id: H, class: Member, kind: type, when: {self_id_disability: [maybe]}, force: N, expected: x}
- {id: I, class: Group, kind: span, from: group_size, to: today, at least: 1, force: N, expected: x}
- {id: J, class: Group, kind: type, erratum: ED-999, force: N, expected: x}
- {id: K, class: Group, kind: code table, code: member_list.marital_status, value: group_type, table: {2: [S]}, force: N, expected: x}
- {id: L, class: Group, kind: number, value: ward, at most: 3, force: N, expected: x}
- {id: M, class: Group, kind: span, from: ward, to: today, at most: 3, force: N, expected: x}
- {id: N, class: Group, kind: order, first: ward, then: today, force: N, expected: x}
- {id: O, class: Group, kind: number, value: rooms, at most: 3, force: N, expected: x}
- {id: P, class: Group, kind: code table, code: ward, value: rooms, table: {}, force: N, expected: x}
- {id: Q, class: Group, kind: number, value: group_size, at most: 3, when: {group_size: absent}, force: N, expected: x}
- {id: R, class: Group, kind: any of, each: member_list, properties: [.marital_status], when: {member_list: absent}, force: N, expected: x}
- {id: S, class: Group, kind: implies, then: {}, force: N, expected: x}
- {id: T, class: Group, kind: together, properties: [group_size, group_size], force: N, expected: x}
- {id: U, class: Group, kind: order, first: today, then: today, force: N, expected: x}
- {id: V, class: Group, kind: differ, values: ward, from: rooms, force: N, expected: x}
- {id: W, class: Group, kind: number, value: group_size, at least: 5, at most: 3, force: N, expected: x}
- {id: X, class: Group, kind: number, value: group_size, more than: 3, at most: 3, force: N, expected: x}
- {id: Y, class: Group, kind: span, from: registration_date, to: today, at least: 5, at most: 3, force: N, expected: x}
- {id: Z, class: Group, kind: any of, properties: [group_size, ward], when: {ward: absent}, force: N, expected: x}
file rules:
- {id: a, class: Group, kind: resolves, reference: group_identifier, targets: {}, force: N, expected: x}
";
    let (code, said) = lint_with(&[
        ("data/rules-x.yaml", rules),
        ("data/codes-x.yaml", "lists:\n  wards: {codes: {W1: One, W2: Two}}\n  rooms: {codes: {'1': One, '2': Two}}\n"),
        ("data/objects-x.yaml", "classes:\n  Group: {properties: {ward: {codes: wards}, rooms: {codes: rooms}}}\n"),
    ]);
    assert_eq!(code, 3, "{said}");
    told_all(
        &said,
        &[
            ("rules-x.yaml", 3, "a date and a number are in no order"),
            ("rules-x.yaml", 4, "`value` cannot be `member_list`, which holds objects"),
            ("rules-x.yaml", 5, "`value` cannot be `registration_date`, which holds dates"),
            ("rules-x.yaml", 6, "`agree` speaks of several values"),
            ("rules-x.yaml", 7, "`together` speaks of several values"),
            ("rules-x.yaml", 8, "`group_size` is one value"),
            ("rules-x.yaml", 9, "`member_list` holds objects"),
            ("rules-x.yaml", 10, "`maybe` can never stand here"),
            ("rules-x.yaml", 11, "`from` cannot be `group_size`, which holds numbers"),
            ("rules-x.yaml", 12, "there is no erratum `ED-999`"),
            ("rules-x.yaml", 13, "`code` cannot be `member_list.marital_status`, which may be several"),
            ("rules-x.yaml", 14, "`value` cannot be `ward`, which holds words of a code list"),
            ("rules-x.yaml", 15, "`from` cannot be `ward`, which holds words"),
            ("rules-x.yaml", 16, "`first` cannot be `ward`, which holds words"),
            ("rules-x.yaml", 18, "`table` has no codes"),
            ("rules-x.yaml", 19, "`when` wants `group_size` to be absent"),
            ("rules-x.yaml", 20, "`when` wants `member_list` to be absent"),
            ("rules-x.yaml", 21, "`then` has no conditions"),
            ("rules-x.yaml", 22, "`together` speaks of several values"),
            ("rules-x.yaml", 23, "the same day"),
            ("rules-x.yaml", 24, "lists that have none in common"),
            ("rules-x.yaml", 25, "no number keeps all of these bounds"),
            ("rules-x.yaml", 26, "no number keeps all of these bounds"),
            ("rules-x.yaml", 27, "`at least` is more than `at most`"),
            ("rules-x.yaml", 30, "`targets` names no class"),
        ],
    );
}

/// Yes and no are written in rules as everywhere else, and other spellings of a code are gone with it.
#[test]
fn yes_and_no_are_met_and_dropped_codes_are_gone() {
    let folder = folder();
    folder.write(
        "overlay/standards/exampleland2026/data/rules-x.yaml",
        "domain: social\nrules:\n- {id: EX-09, class: Group, each: member_list, kind: implies, when: {.self_id_disability: [yes]},\n   then: {.disability_info: present}, force: N, expected: x}\n",
    );
    folder.write("overlay/standards/exampleland2026/data/codes-x.yaml", "lists:\n  sex: {drop: [other]}\n");
    let mut record = household();
    record["member_list"][0]["self_id_disability"] = json!(true);
    record["member_list"][0]["demographic_info"]["sex"] = json!("others");
    let (code, findings) = check(&folder, &[household(), record.clone()], &PROFILE);
    let fails = findings.iter().filter(|found| found["verdict"] == "fail");
    let mut rules: Vec<&str> = fails.filter_map(|found| found["rule"].as_str()).collect();
    rules.sort_unstable();
    assert_eq!((code, rules), (1, vec!["CODE-UNKNOWN", "EX-09"]), "{findings:?}");
    let (code, findings) = check(&folder, &[record], &[]);
    assert!(code == 0 && findings.iter().all(|finding| finding["verdict"] != "fail"), "{findings:?}");
}

/// The order of a list is no matter: whatever a path leads to is judged.
#[test]
fn rules_judge_all_values_of_a_list() {
    let folder = folder();
    folder.write(
        "overlay/standards/exampleland2026/data/objects-x.yaml",
        "domain: social\nclasses:\n  Part: {properties: {n: count, a: {codes: exampleland_county}}}\n  Group: {properties: {parts: {is: Part, many: yes}, most: count}}\n",
    );
    let rules = "domain: social\nrules:\n- {id: X-1, class: Group, kind: number, value: parts.n, at most: most, force: N, expected: x}\n- {id: X-2, class: Group, kind: number, value: most, at least: parts.n, force: N, expected: x}\n- {id: X-3, class: Group, kind: code table, code: group_type, value: parts.a, table: {N: ['1'], S: ['2']}, force: N, expected: x}\n";
    folder.write("overlay/standards/exampleland2026/data/rules-x.yaml", rules);
    let judged = |parts: Value| {
        let mut record = household();
        (record["parts"], record["most"]) = (parts, json!(1));
        let (_, findings) = check(&folder, &[record], &PROFILE);
        findings
            .iter()
            .map(|found| format!("{} {}", found["rule"], found["pointer"]).replace('"', ""))
            .collect::<Vec<_>>()
    };
    let (few, many) = (json!({"n": 1, "a": "S"}), json!({"n": 2, "a": "N"}));
    assert_eq!(judged(json!([few, few])), [""; 0]);
    for (parts, at) in [(json!([many, few]), 0), (json!([few, many]), 1)] {
        let wanted = [format!("X-1 /parts/{at}/n"), "X-2 /most".to_owned(), format!("X-3 /parts/{at}/a")];
        let mut found = judged(parts);
        found.sort();
        assert_eq!(found, wanted);
    }
}

/// Of records that no line of the overlay speaks of nobody is told that it counts.
#[test]
fn an_overlay_that_says_nothing_of_a_class_is_told_to() {
    let folder = folder();
    folder.write(
        "overlay/standards/exampleland2026/data/codes.yaml",
        "lists: {exampleland_county: {codes: {N: North, S: South}}}\n",
    );
    let person = json!({"@type": "IBRPerson", "identifier": [{"identifier_type": "UIN", "identifier_value": "P1"}]});
    for (name, record, silent) in [("person", person, true), ("group", household(), false)] {
        folder.write("one.json", &record.to_string());
        let ran = run(&folder, &[&["check", "one.json", "--out", name], &PROFILE[..]].concat());
        let result: Value = serde_json::from_str(&folder.read(&format!("{name}/result.json"))).expect("JSON");
        assert_eq!(result["records"].get("overlays-silent").is_some(), silent, "{}{}", ran.out, ran.err);
        let page = folder.read(&format!("{name}/report.html"));
        for (text, there) in [("says nothing of records of class ibr IBRPerson", silent), ("counts here", !silent)] {
            assert!(
                ran.out.replace('\n', " ").contains(text) == there && page.contains(text) == there,
                "{text}: {}",
                ran.out
            );
        }
    }
}

/// A copy of the standard under another name is somebody's, whatever it says of itself.
#[test]
fn an_edition_that_is_not_built_in_is_told_with_the_verdict() {
    let folder = Folder::new();
    folder.copy("test-profiles/standards/dec2025", "own/standards/december2025");
    let profile = "dci-profile: 1\nid: social-registry-dci\nversion: 0.1.0\ntitle: Social Registry\ntests role: registry\nstage: draft\nstandard: {name: DCI Social Registry API, version: 1.0.0}\nedition: december2025\nextends: [{profile: social-registry}]\n";
    std::fs::create_dir(folder.file("own/social-registry-dci")).expect("a folder");
    folder.write("own/social-registry-dci/profile.yaml", profile);
    let own = ["--profiles", "own", "--profile", "social-registry-dci"];
    let (code, _) = check(&folder, &[household()], &own);
    assert_eq!(code, 0);
    let result: Value = serde_json::from_str(&folder.read("out/result.json")).expect("JSON");
    assert_eq!(result["profile"]["own-edition"], true);
    assert_eq!(result["profile"]["own"], json!({"extends": ["social-registry"]}));
    let page = folder.read("out/report.html");
    assert!(
        !page.contains("Declared conformant to DCI") && page.contains("The edition december2025 is none that"),
        "{page}"
    );
    let junit = folder.read("out/junit.xml");
    assert!(junit.contains("dci.own-edition") && junit.contains("dci.own-profile"), "{junit}");
    // The built-in one has nothing of it, with an overlay or without.
    for (profile, is_own) in [(&[][..], false), (&PROFILE[..], true)] {
        folder.copy("fixtures/overlay", "overlay");
        check(&folder, &[household()], profile);
        let result: Value = serde_json::from_str(&folder.read("out/result.json")).expect("JSON");
        assert!(result["profile"].get("own-edition").is_none(), "{result}");
        assert_eq!(result["profile"].get("own").is_some(), is_own);
    }
}

/// The one mistake is not lost among what follows from it.
#[test]
fn an_edition_that_does_not_say_what_it_adds_to_is_told_alone() {
    let folder = folder();
    folder.write("overlay/standards/exampleland2026/edition.yaml", "title: x\nversion: 1.0.0\n");
    let ran = run(&folder, &["profile", "lint", "exampleland-social-registry", "--profiles", "overlay"]);
    let said = format!("{}{}", ran.out, ran.err);
    assert!(ran.code == 3 && said.contains("says its `extends`") && said.matches("error: ").count() == 1, "{said}");
}

#[test]
fn what_acts_where_it_is_shown_is_refused_and_a_pattern_fits_whole_texts() {
    let folder = folder();
    let escape = "extends: dec2025\ntitle: \"a\\e[31mb\"\nversion: 1.0.0\n";
    folder.write("overlay/standards/exampleland2026/edition.yaml", escape);
    let ran = run(&folder, &["profile", "lint", "exampleland-social-registry", "--profiles", "overlay"]);
    let said = format!("{}{}", ran.out, ran.err);
    assert!(
        ran.code == 3 && said.contains("`a\\u001b[31mb` holds characters that act") && !said.contains('\u{1b}'),
        "{said}"
    );
    let folder = self::folder();
    folder.write(
        "overlay/standards/exampleland2026/data/codes-x.yaml",
        "lists:\n  assistance_unit: {patterns: {'[a-z]': a letter, '^10|11$': more of them}}\n",
    );
    for (kind, passes) in [("x", true), ("10", true), ("banana", false), ("100", false), ("211", false)] {
        let mut record = household();
        record["group_type"] = json!(kind);
        let (code, findings) = check(&folder, &[record], &PROFILE);
        assert_eq!(code, i32::from(!passes), "{kind} {findings:?}");
    }
}

/// What the standard alone refuses just so is no demand of the country, where that has spoken of the member as well.
#[test]
fn what_the_standard_refuses_is_told_as_its_own() {
    let folder = folder();
    let data = "overlay/standards/exampleland2026/data/";
    folder.write(
        &format!("{data}objects-x.yaml"),
        "domain: social\nclasses: {Person: {properties: {email: {many: no}}}, Group: {properties: {registration_date: {many: no}}}}\n",
    );
    folder.write(
        &format!("{data}codes-x.yaml"),
        "lists:\n  sex: {add: {diverse: Diverse}}\n  assistance_unit: {drop: ['1']}\n",
    );
    for (member, value, ours) in [
        ("registration_date", json!("31.12.2020"), false),
        ("registration_date", json!(["2020-12-31T00:00:00Z", "2021-12-31T00:00:00Z"]), true),
        ("group_type", json!("QQ"), false),
        ("group_type", json!("1"), true),
    ] {
        let mut record = household();
        record[member] = value.clone();
        let (code, findings) = check(&folder, &[record], &PROFILE);
        let fails: Vec<&Value> = findings.iter().filter(|finding| finding["verdict"] == "fail").collect();
        let [found] = fails.as_slice() else { panic!("{member} {value} {findings:?}") };
        assert_eq!((code, found["source"].to_string().contains("Exampleland")), (1, ours), "{found}");
    }
}
