use super::*;
use crate::sandbox::export::pen::digits;
use serde_json::Value;
use std::collections::BTreeSet;

fn options(class: &str, count: u64) -> Options {
    let class = Class::named(class).expect("a class");
    Options { class, count, format: Format::Ndjson, defect: None, seed: 7 }
}

fn written(options: &Options) -> (Vec<u8>, Vec<Value>, Summary) {
    let (mut out, mut manifest) = (Vec::new(), Vec::new());
    let summary = write(options, &mut out, Some(&mut manifest)).expect("memory takes everything");
    let lines = manifest.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    (out, lines.map(|line| serde_json::from_slice(line).expect("the manifest is JSON")).collect(), summary)
}

fn records(out: &[u8]) -> Vec<Value> {
    let lines = out.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).expect("a line is JSON")).collect()
}

#[test]
fn every_class_is_json_without_empty_parts_and_the_same_for_a_seed() {
    for class in &CLASSES {
        let options = options(class.name, 300);
        let (out, manifest, summary) = written(&options);
        assert_eq!((manifest.len(), summary.records, summary.defects), (0, 300, 0));
        assert_eq!(summary.bytes, out.len() as u64);
        assert_eq!(out, written(&options).0, "{}", class.name);
        assert_ne!(out, written(&Options { seed: 8, ..options }).0, "{}", class.name);
        let text = String::from_utf8(out.clone()).expect("UTF-8");
        for bad in ["null", "\"\"", "[]", "{}", "},]", ",,"] {
            assert!(!text.contains(bad), "{}: {bad}", class.name);
        }
        for record in records(&out) {
            assert_eq!(record["@type"], class.type_name);
        }
        let full = Class::named(&class.full()).expect("as `check` names it");
        assert_eq!(full.name, class.name);
    }
}

/// All values of identifiers of a kind of member, with whose they are: the value and the birth date or nothing.
fn identifiers<'v>(value: &'v Value, key: &str, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(members) => {
            for (name, inner) in
                members.iter().filter(|(name, _)| !matches!(name.as_str(), "related_member" | "group_head_info"))
            {
                if name == key {
                    let items = inner.as_array().expect("a list");
                    found.extend(items.iter().filter_map(|item| item["identifier_value"].as_str()));
                }
                identifiers(inner, key, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| identifiers(item, key, found)),
        _ => {}
    }
}

#[test]
fn identifiers_are_unique() {
    for class in CLASSES.iter().filter(|class| class.name != "Farmer") {
        let records = records(&written(&options(class.name, 2_000)).0);
        for key in ["identifier", "member_identifier", "group_identifier"] {
            let mut found = Vec::new();
            records.iter().for_each(|record| identifiers(record, key, &mut found));
            let distinct: BTreeSet<&str> = found.iter().copied().collect();
            assert_eq!(distinct.len(), found.len(), "{} {key}", class.name);
        }
    }
}

#[test]
fn groups_are_consistent() {
    let out = written(&options("Group", 2_000)).0;
    for group in records(&out) {
        let members = group["member_list"].as_array().expect("a list");
        assert_eq!(group["group_size"], members.len());
        let (head, first) = (&group["group_head_info"], &members[0]);
        assert_eq!(head["member_identifier"], first["member_identifier"]);
        for key in ["name", "sex", "birth_date"] {
            assert_eq!(head["demographic_info"][key], first["demographic_info"][key]);
        }
        let own = |member: &Value| member["demographic_info"]["identifier"][0]["identifier_value"].clone();
        let related = |member: &Value| member["related_person"].as_array().cloned().unwrap_or_default();
        for member in members {
            for relation in related(member) {
                let other = &relation["related_member"]["identifier"][0]["identifier_value"];
                let other = members.iter().find(|member| own(member) == *other).expect("a relative in the group");
                let back = related(other)
                    .into_iter()
                    .any(|back| back["related_member"]["identifier"][0]["identifier_value"] == own(member));
                assert!(back, "a relationship has two sides");
                if ["HUSB", "WIFE"].contains(&relation["relationship_type"].as_str().unwrap_or_default()) {
                    assert_eq!((&member["marital_status"], &other["marital_status"]), (&"M".into(), &"M".into()));
                }
            }
        }
        let placed = group["place_address"].as_bool().expect("yes or no");
        assert_eq!((group.get("place").is_some(), group.get("address").is_some()), (placed, !placed));
        assert_eq!(group.get("poverty_score").is_some(), group.get("poverty_score_type").is_some());
    }
    let mean = out.len() / 2_000;
    assert!((1_600..2_600).contains(&mean), "a group has {mean} bytes in the mean");
}

#[test]
fn members_are_related_within_the_file() {
    for count in [1, 2, 3, 4, 5, 41] {
        let records = records(&written(&options("Member", count)).0);
        let own = |member: &Value| member["demographic_info"]["identifier"][0]["identifier_value"].clone();
        let known: Vec<Value> = records.iter().map(own).collect();
        for member in &records {
            for relation in member["related_person"].as_array().into_iter().flatten() {
                assert!(known.contains(&relation["related_member"]["identifier"][0]["identifier_value"]));
            }
        }
    }
}

#[test]
fn names_of_defects_are_unique_and_each_has_a_class() {
    let names: BTreeSet<&str> = defects().map(|defect| defect.name).collect();
    assert_eq!(names.len(), defects().count());
    assert!(names.len() >= 60);
    for defect in defects() {
        assert!(!defect.classes().is_empty(), "{} applies to no class", defect.name);
    }
}

/// True when something stands at the pointer, or where the last step of it would be a member that is missing.
fn found(record: &Value, pointer: &str) -> bool {
    let parent = pointer.rsplit_once('/').map(|(parent, _)| parent);
    record.pointer(pointer).is_some() || parent.is_some_and(|parent| record.pointer(parent).is_some())
}

#[test]
fn manifests_tell_exactly_which_records_differ_and_where() {
    for class in &CLASSES {
        let clean = written(&options(class.name, 120)).0;
        for defect in defects().filter(|defect| class.takes(defect)) {
            let spoilt = Options { defect: Some((defect, Frequency::Every(40))), ..options(class.name, 120) };
            let (out, manifest, summary) = written(&spoilt);
            let (clean, out): (Vec<&[u8]>, Vec<&[u8]>) =
                (clean.split(|byte| *byte == b'\n').collect(), out.split(|byte| *byte == b'\n').collect());
            let name = format!("{} {}", defect.name, class.name);
            assert!(summary.defects >= 1 && summary.defects as usize == manifest.len(), "{name}: {summary:?}");
            let lines: BTreeSet<usize> =
                manifest.iter().filter_map(|row| row["line"].as_u64()).map(|line| line as usize).collect();
            for (index, (clean, line)) in clean.iter().zip(&out).enumerate() {
                assert_eq!(clean != line, lines.contains(&(index + 1)), "{name}: line {}", index + 1);
            }
            for row in &manifest {
                assert_eq!((row["rule"].as_str(), row["defect"].as_str()), (Some(defect.rule), Some(defect.name)));
                let line = out[row["line"].as_u64().expect("a line") as usize - 1];
                let pointer = row["pointer"].as_str().expect("a pointer");
                match serde_json::from_slice::<Value>(line) {
                    Ok(record) => assert!(found(&record, pointer), "{name}: nothing at {pointer}"),
                    Err(_) => assert!(["JSON-SYNTAX", "UTF-8"].contains(&defect.rule), "{name}"),
                }
                if ["JSON-SYNTAX", "UTF-8"].contains(&defect.rule) {
                    assert!(serde_json::from_slice::<Value>(line).is_err(), "{name}");
                }
            }
        }
    }
}

#[test]
fn defects_do_what_they_say() {
    let first = |name: &str, class: &str| {
        let defect = Defect::named(name).expect("a defect");
        let spoilt = Options { defect: Some((defect, Frequency::Every(20))), ..options(class, 200) };
        let (out, manifest, _) = written(&spoilt);
        let (all, line) = (records(&out), manifest[0]["line"].as_u64().expect("a line") as usize);
        (all[..line].to_vec(), manifest[0]["pointer"].as_str().expect("a pointer").to_owned())
    };
    let at = |name: &str, class: &str| {
        let (records, pointer) = first(name, class);
        records.last().and_then(|record| record.pointer(&pointer)).cloned().unwrap_or_default()
    };
    assert_eq!(at("date-not-on-calendar", "Person"), "1984-02-30");
    assert!(at("identifier-as-number", "IDPerson").is_u64());
    assert!(at("one-for-list", "Farmer").is_object());
    assert!(at("list-of-two-for-one", "Member").is_array());
    assert_eq!(at("programme-name-missing", "Beneficiary"), Value::Null);
    assert_eq!(at("score-without-type", "Group"), Value::Null);
    assert_eq!(at("group-size-wrong", "Group"), 40);
    let (records, pointer) = first("identifier-of-another", "Person");
    let (last, before) = records.split_last().expect("records");
    let value = last.pointer(&pointer).expect("an identifier");
    assert_eq!(before.iter().filter(|record| record.pointer(&pointer) == Some(value)).count(), 1);
}

#[test]
fn defects_come_as_often_as_asked() {
    let defect = Defect::named("sex-unknown").expect("a defect");
    let count =
        |frequency| written(&Options { defect: Some((defect, frequency)), ..options("Person", 2_000) }).2.defects;
    assert_eq!(count(Frequency::Every(1)), 2_000);
    assert_eq!(count(Frequency::Every(7)), 2_000 / 7);
    assert_eq!(count(Frequency::Rate(0.0)), 0);
    assert_eq!(count(Frequency::Rate(1.0)), 2_000);
    assert!((140..260).contains(&count(Frequency::Rate(0.1))));
}

#[test]
fn a_list_holds_the_same_records_line_by_line() {
    let defect = Some((Defect::named("sex-unknown").expect("a defect"), Frequency::Every(3)));
    let lines = written(&Options { defect, ..options("IDPerson", 20) });
    let list = written(&Options { format: Format::Json, defect, ..options("IDPerson", 20) });
    assert_eq!(serde_json::from_slice::<Value>(&list.0).expect("a list"), Value::Array(records(&lines.0)));
    assert_eq!(lines.1, list.1);
    let none = written(&Options { format: Format::Json, ..options("Group", 0) }).0;
    assert_eq!(none, b"[]\n");
    let cut = Some((Defect::named("line-cut").expect("a defect"), Frequency::Every(3)));
    let refused = Options { format: Format::Json, defect: cut, ..options("Group", 3) };
    assert!(matches!(refused.check(), Err(ExportError::NotInFormat("line-cut"))));
}

#[test]
fn a_table_holds_every_value_in_a_column_of_its_own() {
    for class in ["Group", "Member", "CRVSPerson", "PWD"] {
        let records = records(&written(&options(class, 150)).0);
        let table =
            String::from_utf8(written(&Options { format: Format::Csv, ..options(class, 150) }).0).expect("UTF-8");
        let mut rows = table.lines();
        let columns: Vec<&str> = rows.next().expect("a header").split(',').collect();
        assert_eq!(columns.iter().collect::<BTreeSet<_>>().len(), columns.len());
        for (record, row) in records.iter().zip(rows) {
            let (mut cells, mut quoted) = (vec![String::new()], false);
            for c in row.chars() {
                match c {
                    '"' => quoted = !quoted,
                    ',' if !quoted => cells.push(String::new()),
                    c => cells.last_mut().expect("a cell").push(c),
                }
            }
            assert_eq!(cells.len(), columns.len());
            let mut filled = 0;
            for (column, cell) in columns.iter().zip(&cells).filter(|(_, cell)| !cell.is_empty()) {
                let pointer = format!("/{}", column.replace('[', "/").replace(']', "").replace('.', "/"));
                let value = record.pointer(&pointer).unwrap_or_else(|| panic!("{class}: {column}"));
                let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                if !value.is_f64() {
                    assert_eq!(&shown, cell, "{column}");
                }
                filled += 1;
            }
            assert_eq!(filled, leaves(record), "{class}");
        }
    }
}

fn leaves(value: &Value) -> usize {
    match value {
        Value::Object(members) => {
            members.iter().filter(|(key, _)| !key.starts_with('@')).map(|(_, inner)| leaves(inner)).sum()
        }
        Value::Array(items) => items.iter().map(leaves).sum(),
        _ => 1,
    }
}

#[test]
fn what_cannot_be_is_refused_with_the_remedy() {
    let defect = Defect::named("programme-name-missing").expect("a defect");
    let refused = Options { defect: Some((defect, Frequency::Every(1))), ..options("Group", 1) };
    let message = refused.check().expect_err("a group has no programme").to_string();
    assert!(message.contains("Beneficiary"), "{message}");
}

#[test]
fn plus_codes_and_numbers_are_as_published() {
    let code = |latitude: i64, longitude: i64| {
        let mut out = Vec::new();
        common::open_location_code(&mut out, latitude, longitude);
        String::from_utf8(out).expect("ASCII")
    };
    // 8FW4V900+ is latitude 48.85 to 48.90, longitude 2.35 to 2.40.
    assert!(code(488_600_000, 23_600_000).starts_with("8FW4V9"));
    assert_eq!(code(488_500_000, 23_500_000), "8FW4V922+22");
    let shown = |number, width| {
        let mut out = Vec::new();
        digits(&mut out, number, width);
        String::from_utf8(out).expect("ASCII")
    };
    assert_eq!([shown(0, 1), shown(7, 3), shown(1234, 2)], ["0", "007", "1234"]);
}
