//! Every shipped rule holds, is broken and is skipped where it should; the files of cases are in fixtures/rules.

use super::Seen;
use super::digest::{Digest, Identity};
use super::file::{Detail, FileKind, Role, entries};
use super::judge::{Bench, Outcome};
use super::{Census, Json, Kind, Rule, Ways};
use crate::source::{Files, Node, yaml};
use crate::standard::names::Keys;
use crate::standard::objects::Domain;
use crate::standard::pointer::At;
use crate::standard::{Standard, Strictness, texts};
use jiff::civil::Date;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const CASES: &[(&str, &str)] = &[
    ("common", include_str!("../../../fixtures/rules/common.yaml")),
    ("crvs", include_str!("../../../fixtures/rules/crvs.yaml")),
    ("dr", include_str!("../../../fixtures/rules/dr.yaml")),
    ("ess", include_str!("../../../fixtures/rules/ess.yaml")),
    ("fr", include_str!("../../../fixtures/rules/fr.yaml")),
    ("ibr", include_str!("../../../fixtures/rules/ibr.yaml")),
    ("id", include_str!("../../../fixtures/rules/id.yaml")),
];

fn standard() -> &'static Standard {
    static SHIPPED: std::sync::OnceLock<Standard> = std::sync::OnceLock::new();
    SHIPPED.get_or_init(|| Standard::load(&Files::embedded(), "dec2025").unwrap_or_else(|wrong| panic!("{wrong}")))
}

fn today() -> Date {
    "2026-11-25".parse().unwrap()
}

/// What the rule of this id, in its nth row for the class, makes of an object.
fn outcome(domain: &str, class: &str, id: &str, row: usize, object: &Value) -> Outcome {
    let data = &standard().data;
    let (domain, class) = data.class(&format!("{domain} {class}")).unwrap_or_else(|| panic!("{domain} {class}"));
    let rule = class.applied.record.iter().filter(|rule| rule.id == id && class.name == rule.class).nth(row - 1);
    let rule = rule.unwrap_or_else(|| panic!("{id} {row} of {}", class.name));
    judged(rule, Json::new(object, class, domain, &At::Root, keys(domain)))
}

fn keys(domain: &Domain) -> Keys<'_> {
    Keys { names: &domain.names, of_record: &[] }
}

/// What a rule makes of an object. Whoever is excused breaks nothing.
fn judged(rule: &Rule, object: Json<'_>) -> Outcome {
    let outcome = Bench { codes: &standard().data.codes, today: today() }.judge(rule, object);
    let broken = matches!(outcome, Outcome::Broken { .. });
    assert!(!(broken && object.members_counted().excused(rule)), "{} is broken by one who is excused", rule.id);
    outcome
}

#[test]
fn every_rule_holds_is_broken_and_is_skipped() {
    let mut covered = BTreeSet::new();
    for (domain, text) in CASES {
        let cases = yaml::parse("fixtures/rules", text).unwrap();
        for case in cases.items().unwrap() {
            let keys = ["rule", "domain", "class", "row", "holds", "broken", "at", "skipped"];
            case.check_keys("a case", &keys, &mut Default::default());
            let domains = case.get("domain").map_or_else(|| vec![domain.to_string()], texts);
            for (domain, class) in
                domains.iter().flat_map(|d| texts(case.get("class").unwrap()).into_iter().map(move |c| (d, c)))
            {
                let text = |key: &str| case.get(key).and_then(Node::text);
                let (id, row) = (text("rule").unwrap(), text("row").map_or(1, |row| row.parse().unwrap()));
                let what = format!("{id} {row} of {domain} {class}");
                let of = |key: &str| outcome(domain, &class, id, row, &case.get(key).unwrap().to_json());
                assert_eq!(of("holds"), Outcome::Holds, "{what}");
                if text("skipped") != Some("never") {
                    assert_eq!(of("skipped"), Outcome::Skipped, "{what}");
                }
                match of("broken") {
                    Outcome::Broken { place, found } => {
                        assert_eq!(Some(place.as_str()), text("at"), "{what}: {found}");
                        let digits = found.chars().filter(char::is_ascii_digit).count();
                        assert!(!found.is_empty() && digits < 4, "{what} gives a value away: {found}");
                    }
                    other => panic!("{what}: {other:?}"),
                }
                covered.insert((domain.clone(), class, id.to_owned(), row));
            }
        }
    }
    let mut rows = BTreeSet::new();
    for rule in standard().data.rules.iter().filter(|rule| !matches!(rule.kind, Kind::Type)) {
        let domain = rule.domain.clone().unwrap_or_else(|| "common".into());
        let row = (1..).find(|row| !rows.contains(&(domain.clone(), rule.class.clone(), rule.id.clone(), *row)));
        rows.insert((domain, rule.class.clone(), rule.id.clone(), row.unwrap()));
    }
    let missing: Vec<_> = rows.difference(&covered).collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
}

#[test]
fn a_broken_rule_becomes_a_finding_with_its_id_and_place() {
    let person = json!({"@context": {}, "@type": "SRPerson", "person": {
        "identifier": [{"identifier_type": "UIN", "identifier_value": "a"}], "birth_date": "2031-01-01"}});
    let found = standard().judge_record_on("SRPerson", &person, Strictness::Strict, today());
    let hits: Vec<_> = found.iter().filter(|f| f.rule.starts_with("R-")).map(|f| (&*f.pointer, &*f.rule)).collect();
    assert_eq!(hits, [("/person/birth_date", "R-DT-01")], "a wrapper is seen through, once");
    assert!(found.iter().all(|f| !f.found.contains("2031") || !f.rule.starts_with("R-")));
    let later = standard().judge_record_on("SRPerson", &person, Strictness::Strict, "2032-01-01".parse().unwrap());
    assert!(later.iter().all(|f| !f.rule.starts_with("R-")), "{later:?}");
}

#[test]
fn mistakes_in_rules_are_all_reported_where_they_are() {
    let objects = "classes:\n  Part: {properties: {code: {codes: c}, size: text}}\n  Whole: {properties: {part: {is: Part, many: yes}}}\n";
    let rules = "identities: {Parts: [code]}
rules:
- {id: A, class: Hole, kind: together, properties: [part], force: I, expected: x}
- {id: B, class: Whole, kind: togehter, properties: [part], force: I, expected: x}
- {id: C, class: Whole, kind: together, properties: [part.sise, part.code.x], force: I, expected: x}
- {id: D, class: Whole, kind: implies, when: {part.code: [b]}, then: {part: there}, force: X, expected: x}
- {id: E, class: Whole, kind: differ, values: part, from: .part.code, force: I, expected: x}
- {id: F, class: Whole, kind: order, first: erliest part.size, then: today, force: I, expected: x, hint: y}
- {id: G, class: Whole, domain: ibr, kind: type, force: I}
- {id: H, class: Whole, kind: span, from: part.size, to: today, force: I, expected: x}
- {id: I, class: Part, kind: type, force: I, expected: x}
- {id: I, class: Part, kind: type, force: I, expected: x}
- {id: K, class: Part, kind: number, value: money of size, at least: 1, force: I, expected: x}
file rules:
- {id: J, class: Part, kind: unique in file, key: code, owner: me, force: I, expected: x}
shared: {Whole: [a]}
open codes: {c: [z], d: [a]}
";
    let files = Files::from_texts([
        ("standards/x/data/codes.yaml", "lists:\n  c: {codes: {a: A}}\n"),
        ("standards/x/data/formats.yaml", "formats:\n- {name: text, takes: {text: pass}}\n"),
        ("standards/x/data/objects.yaml", objects),
        ("standards/x/data/rules.yaml", rules),
    ]);
    let wrong = Standard::load(&files, "x").unwrap_err().to_string();
    for (line, part) in [
        (1, "no class `Parts`"),
        (3, "no class `Hole`"),
        (4, "did you mean `together`"),
        (5, "did you mean `size`"),
        (5, "`x` stands below a value that is no object"),
        (6, "no code `b`"),
        (6, "N, D or I, not `X`"),
        (7, "identities"),
        (7, "a leading dot needs `each`"),
        (8, "did you mean `earliest`"),
        (8, "unknown key `hint`"),
        (9, "no domain `ibr`"),
        (10, "`at least` or `at most`"),
        (12, "was there before"),
        (13, "`size` holds no amounts of money"),
        (15, "the owner is"),
        (16, "`Whole` has no entry under `identities`"),
        (17, "the code list `c` has no code `z`"),
        (17, "no code list `d`"),
    ] {
        let place = format!("rules.yaml:{line}:");
        let hit = wrong.split("standards/x").any(|found| found.contains(&place) && found.contains(part));
        assert!(hit, "{line} {part}\n{wrong}");
    }
}

#[test]
fn what_is_written_in_another_way_or_left_open_is_no_difference() {
    let twins = |head: Value, listed: Value| {
        let group = json!({
            "group_head_info": {"@id": "x", "demographic_info": head},
            "member_list": [{"@id": "x", "demographic_info": listed}]
        });
        matches!(outcome("common", "Group", "R-GRP-04", 1, &group), Outcome::Broken { .. })
    };
    let named = |surname: &str| json!({"name": {"surname": surname}});
    assert!(!twins(named("O'Brien"), named("O\u{2019}BRIEN")) && !twins(named("Jose\u{301}"), named("Jos\u{e9}")));
    assert!(twins(named("Quispe"), named("Mamani")));
    assert!(!twins(json!({"sex": "unknown"}), json!({"sex": "male"})));
    assert!(twins(json!({"sex": "other"}), json!({"sex": "male"})));
    let parents = |kind: &str| {
        let number = json!({"identifier_type": kind, "identifier_value": "44001"});
        let record = json!({"parent1_identifier": number, "parent2_identifier": number});
        outcome("crvs", "CRVSPerson", "R-ID-08", 1, &record)
    };
    assert_eq!(parents("MRN"), Outcome::Skipped, "both are known by the number of their marriage");
    assert!(matches!(parents("UIN"), Outcome::Broken { .. }));
}

/// Rule, role, key and the other end of a relation, its code, owner, place.
type Piece = (String, Role, Digest, Option<u16>, String, String);

/// The key that is made of an identifier, by its type and value, and of the words behind it.
fn key(words: &str) -> Digest {
    let mut words = words.split(' ');
    let [kind, value] = [words.next(), words.next()].map(Option::unwrap_or_default);
    words.map(Digest::of).fold(Identity::of(kind).and(value).whole, Digest::and)
}

fn file_entries(class: &str, record: &Value) -> Vec<Piece> {
    let mut found = Vec::new();
    let ways = Ways::default();
    let Some(seen) = standard().seen(class, record, &ways) else { return found };
    entries(standard().bench(today()), seen, true, &mut |entry| {
        let (key, code) = match entry.detail {
            Detail::Toward(toward, code) => (entry.key.and(toward), Some(code)),
            _ => (entry.key, None),
        };
        let owner = entry.owner.map(Seen::place).unwrap_or_default();
        found.push((entry.rule.id.clone(), entry.role, key, code, owner, entry.place.place()));
    });
    found
}

#[test]
fn the_pieces_of_a_record_that_a_file_compares() {
    let person = |id: &str| json!({"identifier": [{"identifier_type": "uin", "identifier_value": id}], "birth_date": "1990-01-01"});
    let record = json!({
        "group_identifier": [{"identifier_type": "UIN", "identifier_value": "g"}], "group_type": "household",
        "member_list": [{
            "member_identifier": [{"identifier_type": "UIN", "identifier_value": "m"}],
            "demographic_info": person("p"),
            "related_person": [{"relationship_type": "wife", "related_member": person("q")}]
        }]
    });
    let found = file_entries("Group", &record);
    let of = |id: &str| -> Vec<_> { found.iter().filter(|entry| entry.0 == id).collect() };
    let keys = |id: &str| -> Vec<Digest> { of(id).into_iter().map(|entry| entry.2).collect() };
    assert_eq!(keys("R-ID-04"), [key("UIN g"), key("UIN m")]);
    assert_eq!((of("R-ID-04")[0].4.as_str(), of("R-ID-04")[1].4.as_str()), ("", "/member_list/0"));
    assert_eq!(keys("R-ID-03"), [key("UIN p"), key("UIN q")]);
    assert_eq!(of("R-ID-03")[0].5, "/member_list/0/demographic_info/identifier/0");
    assert_eq!(keys("R-GRP-16"), [key("UIN m 2")]);
    let relation = of("R-REL-02");
    assert_eq!(relation[0].2, key("UIN m").and(key("UIN q")));
    let symmetry = standard().data.file_rules.iter().find(|rule| rule.id == "R-REL-02").unwrap();
    let FileKind::Symmetry { opposites, .. } = &symmetry.kind else { panic!("a rule of another kind") };
    assert_eq!(relation[0].3, opposites.number("WIFE"));
    let roles: Vec<_> = of("R-REL-01").into_iter().map(|entry| (entry.1, entry.2)).collect();
    assert!(roles.contains(&(Role::Reference, key("UIN q"))));
    assert!(roles.contains(&(Role::Target, key("UIN p"))) && roles.contains(&(Role::Target, key("UIN m"))));
    assert!(!roles.contains(&(Role::Target, key("UIN q"))), "a reference does not resolve itself");
    let answers = |code: &str, back: &str| symmetry.answers(opposites.number(code)?, opposites.number(back)?);
    assert_eq!(answers("WIFE", "HUSB"), Some(true));
    assert_eq!(answers("SPS", "PRN"), Some(false));
    assert_eq!(answers("FAMMEMB", "PRN"), None);
}

#[test]
fn symbols_stand_for_the_names_that_paths_use() {
    let symbols = &standard().data.symbols;
    assert!(symbols.get("member_list").is_some());
    assert_ne!(symbols.get("member_list"), symbols.get("group_size"));
    assert_eq!(symbols.get("no such name"), None);
}

/// Any JSON, made of the names and values rules look at, judged as every class: nothing panics, and nothing inferred
/// fails.
#[test]
fn rules_stand_any_record() {
    let data = &standard().data;
    let names: Vec<&str> = data
        .domains
        .iter()
        .flat_map(|d| d.classes.values())
        .flat_map(|c| &c.properties)
        .map(|p| p.name.as_str())
        .collect();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    fn value(names: &[&str], next: &mut dyn FnMut(usize) -> usize, depth: usize) -> Value {
        let texts = [
            "",
            "2024-02-30",
            "-9999-01-01",
            "9999-12-31",
            "9999-12-31T23:59:60Z",
            "0000-01-01",
            "é",
            "1",
            "UIN",
            "SELF",
            "PRN",
            "M",
            "true",
        ];
        match next(if depth == 0 { 5 } else { 9 }) {
            0 => Value::Null,
            1 => json!(next(2) == 0),
            2 => json!([0.0, -1.0, 1e308, 4.0][next(4)]),
            3 | 4 => json!(texts[next(texts.len())]),
            5 | 6 => (0..next(4)).map(|_| value(names, next, depth - 1)).collect(),
            _ => {
                let members =
                    (0..next(12)).map(|_| (names[next(names.len())].to_owned(), value(names, next, depth - 1)));
                Value::Object(members.collect())
            }
        }
    }
    for round in 0..120 {
        let record = value(&names, &mut next, 7);
        for domain in &data.domains {
            for class in domain.classes.keys().filter(|_| round % 3 == 0 || record.is_object()) {
                let name = format!("{} {class}", domain.name);
                let found = standard().judge_record_on(&name, &record, Strictness::Standard, today());
                assert!(
                    found.iter().all(|f| f.force != crate::model::verdict::Force::I
                        || f.verdict > crate::model::verdict::Verdict::Fail)
                );
                file_entries(&name, &record);
                let class = &domain.classes[class];
                for rule in &class.applied.record {
                    judged(rule, Json::new(&record, class, domain, &At::Root, keys(domain)));
                }
            }
        }
    }
}
