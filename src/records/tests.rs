mod whole;

use super::prove::Look;
use super::*;
use crate::standard::rules::Seen;
use crate::standard::rules::Ways;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::LazyLock;

static STANDARD: LazyLock<Standard> =
    LazyLock::new(|| Standard::built_in("dec2025").expect("the standard that is built in"));
static GROUP: LazyLock<Table> = LazyLock::new(|| Table::new(&STANDARD, "Group").expect("a class of the standard"));
static PERSON: LazyLock<Table> = LazyLock::new(|| Table::new(&STANDARD, "SRPerson").expect("a class of the standard"));

fn person(number: u32) -> Value {
    json!({
        "@type": "SRPerson",
        "identifier": [{"identifier_type": "UIN", "identifier_value": format!("00{number:05}")}],
        "name": {"surname": "Odhiambo", "given_name": "Zo\u{eb} \"Z\""},
        "sex": "female",
        "birth_date": "1984-02-29",
        "address": [{"address_line_1": "1 Mill Lane", "country_code": "KE", "postal_code": "00100"}],
        "phone_number": ["+254 700 000001"],
        "email": ["a.b@example.org"],
        "registration_date": "2024-03-01T10:00:00Z",
        "last_updated": "2024-03-02T10:00:00+03:00"
    })
}

fn group() -> Value {
    let member = |number: u32| {
        json!({
            "member_identifier": [{"identifier_type": "UIN", "identifier_value": format!("M{number:06}")}],
            "demographic_info": person(number),
            "marital_status": "M",
            "employment_status": "1",
            "is_disabled": false,
            "education_level": "6",
            "registration_date": "2024-03-01T10:00:00Z"
        })
    };
    json!({
        "group_identifier": [{"identifier_type": "UIN", "identifier_value": "G1"}],
        "group_type": "2",
        "place": {"name": "Kisumu", "geo": {"latitude": -0.1022, "longitude": 34.7617}},
        "place_address": 1,
        "poverty_score": 45.25,
        "poverty_score_type": "income-based",
        "group_head_info": member(1),
        "group_size": 2,
        "member_list": [member(1), member(2)],
        "registration_date": "2024-03-01T10:00:00Z"
    })
}

/// Invented records of every class, those that `sandbox data` makes, with a table for each class.
static INVENTED: LazyLock<Vec<(String, Table, Vec<Value>)>> = LazyLock::new(|| {
    let mut all: Vec<(String, Table, Vec<Value>)> = Vec::new();
    for line in include_str!("../../fixtures/records.ndjson").lines() {
        let mut line: Value = serde_json::from_str(line).expect("JSON");
        let class = line["class"].as_str().expect("a name").to_owned();
        let record = line["record"].take();
        match all.iter_mut().find(|(known, ..)| *known == class) {
            Some((.., records)) => records.push(record),
            None => {
                let table = Table::new(&STANDARD, &class).expect("a class of the standard");
                all.push((class, table, vec![record]));
            }
        }
    }
    all
});

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 25);

fn prover(table: &'static Table) -> Prover<'static> {
    Prover::new(table, &STANDARD, TODAY)
}

/// What the full evaluator says, through the same door as in a check.
fn explained(class: &str, table: &Table, record: &[u8]) -> Vec<Finding> {
    explained_by(class, table, record, true)
}

fn explained_by(class: &str, table: &Table, record: &[u8], rules: bool) -> Vec<Finding> {
    measure(class, table).explain(record, 1, rules).findings
}

fn measure<'m>(class: &'m str, table: &'m Table) -> Measure<'m> {
    static HIDDEN: LazyLock<Hidden> = LazyLock::new(|| {
        let fields = ["surname", "birth_date", "vendor_name"].map(str::to_owned).into();
        Hidden::new(&STANDARD, fields, Some(("identifier_type".into(), "identifier_value".into())))
    });
    Measure {
        standard: &STANDARD,
        class,
        table,
        strictness: Strictness::Standard,
        today: TODAY,
        hidden: &HIDDEN,
        told: true,
        context: None,
    }
}

/// However many findings a record has, all are told or it is told how many are not; those that fail come first.
#[test]
fn no_finding_is_dropped_in_silence() {
    let notes = |count: usize| (0..count).map(|number| (format!("vendor_{number}"), json!(1)));
    for (count, failing, left_out) in [(300, 300, 0), (1200, 900, 1102)] {
        let mut record = person(1);
        let members = record.as_object_mut().expect("an object");
        members.extend(notes(count));
        members.insert("registration_date".into(), vec![json!("31.01.1990"); failing].into());
        let found = explained("SRPerson", &PERSON, record.to_string().as_bytes());
        let of = |rule: &str| found.iter().filter(|finding| finding.rule == rule).count();
        assert_eq!((of("DT-FORMAT"), of("LIST-FOR-SCALAR")), (failing, 1));
        assert_eq!(of("PROP-UNKNOWN"), count - left_out);
        let told =
            found.iter().find(|finding| finding.rule == "FINDINGS-LEFT-OUT").map(|finding| finding.found.clone());
        assert_eq!(told.is_some_and(|told| told.starts_with(&format!("{left_out} more"))), left_out > 0);
    }
}

/// What was not judged decides about the verdict, however much is found beside it.
#[test]
fn what_was_not_judged_is_never_left_out() {
    let mut record = person(1);
    record["phone_number"] = vec![json!("0700"); 1100].into();
    record["zzz"] = json!(1);
    for (name, value, rule) in [
        ("@nest", json!({"sex": "Q"}), "JSONLD-KEYWORD"),
        ("person", json!([{"sex": "Q"}, {"sex": "Q"}]), "WRAPPER-LIST"),
        ("name", json!({"en": {"surname": 5}}), "OBJECT-OTHER-CLASS"),
    ] {
        let mut record = record.clone();
        drop(record.as_object_mut().expect("an object").shift_remove(name));
        record[name] = value;
        let found = explained("SRPerson", &PERSON, record.to_string().as_bytes());
        assert_eq!(found.iter().filter(|finding| finding.rule == rule).count(), 1, "{rule}");
        assert!(found.iter().any(|finding| finding.rule == "FINDINGS-LEFT-OUT"), "{rule}");
    }
}

/// What may show an object to be of another class is never told by its places alone.
#[test]
fn objects_of_another_class_are_left_to_the_full_evaluator() {
    for (pointer, value, rule, unknown) in [
        ("/place", json!({"address_line_1": "x", "locality": "y"}), "OBJECT-OTHER-CLASS", 2),
        ("/member_list", json!({"Canary One": {"marital_status": "Q"}}), "OBJECT-OTHER-CLASS", 0),
        (
            "/member_list/0/demographic_info",
            json!({"marital_status": "Q", "member_identifier": "x"}),
            "OBJECT-OTHER-CLASS",
            2,
        ),
        ("/member_list/0/demographic_info/name", json!({"fr": {"surname": "x"}}), "OBJECT-OTHER-CLASS", 0),
        ("/member_list/0/demographic_info/name", json!({"fr": "x"}), "PROP-UNKNOWN", 1),
        ("/member_list/0/@sex", json!("Q"), "PROP-UNKNOWN", 1),
    ] {
        let mut record = group();
        let (above, name) = pointer.rsplit_once('/').expect("a pointer");
        record.pointer_mut(above).expect("an object")[name] = value;
        let text = record.to_string();
        let mut prover = prover(&GROUP);
        prover.look(&text);
        let measure = measure("Group", &GROUP);
        let judged =
            measure.resolve(&prover, text.as_bytes(), 1).unwrap_or_else(|| measure.explain(text.as_bytes(), 1, true));
        assert!(judged.findings.iter().any(|finding| finding.rule == rule), "{pointer}: {:?}", judged.findings);
        assert!(!format!("{:?}{:?}", judged.findings, judged.unknown).contains("Canary"), "{pointer}");
        assert_eq!(judged.unknown.len(), unknown, "{pointer}: {:?}", judged.unknown);
    }
}

/// What of a record is compared with others.
fn pieces<'v, S: Seen<'v>>(table: &'static Table, seen: S, bytes: &[u8], tree: Option<&Value>) -> keys::Batch {
    let identifier = Some(("identifier_type".to_owned(), "identifier_value".to_owned()));
    let hidden = Hidden::new(&STANDARD, Default::default(), identifier);
    let plan = keys::Plan::new(&STANDARD, table, TODAY, &hidden, true);
    let mut batch = keys::Batch::default();
    let judged = tree.map(|tree| finding::Judged { key: hidden.key(tree), ..finding::Judged::default() });
    plan.gather(seen, keys::Spot { record: 7, line: 3, bytes, flat: None }, judged.as_ref(), &mut batch);
    batch
}

#[test]
fn what_is_compared_does_not_depend_on_how_a_record_was_read() {
    let text = serde_json::to_string_pretty(&group()).expect("JSON");
    let mut prover = prover(&GROUP);
    assert!(prover.certain(&text));
    let seen = pieces(&GROUP, prover.view(&text).root(), text.as_bytes(), None);
    let tree = group();
    let whole =
        pieces(&GROUP, STANDARD.seen("Group", &tree, &Ways::default()).expect("a class"), text.as_bytes(), Some(&tree));
    assert_eq!(seen, whole);
    assert!(seen.len() > 8, "{seen:?}");
}

#[test]
fn sound_records_are_proven() {
    let person = person(1).to_string();
    assert_eq!(explained("SRPerson", &PERSON, person.as_bytes()), []);
    assert!(prover(&PERSON).certain(&person));
    let pretty = serde_json::to_string_pretty(&super::tests::person(1)).expect("JSON");
    assert!(prover(&PERSON).certain(&pretty));
}

/// Additional attributes, amounts of money, shapes: records that use all of their class are proven as well.
#[test]
fn sound_records_of_every_class_are_proven() {
    for (class, table, records) in INVENTED.iter() {
        let mut prover = prover(table);
        for record in records {
            let text = record.to_string();
            let expected = match explained(class, table, text.as_bytes()).is_empty() {
                true => Look::Sound,
                false => Look::Regular { keeps_rules: true },
            };
            assert_eq!(prover.look(&text), expected, "{class}: {text}");
        }
    }
}

/// An object where no class is meant is looked into as far as its format does, and no further.
#[test]
fn values_of_any_shape_are_proven_where_their_format_takes_them() {
    let mut prover = prover(&GROUP);
    for (attributes, look) in [
        (r#"[{"name": "round", "value": "first"}, {"key": "size", "value": 1.5}]"#, Look::Sound),
        (r#"{"value": null, "name": "round"}"#, Look::Sound),
        (r#"[{"name": "round"}]"#, Look::Regular { keeps_rules: true }),
        (r#"[{"name": "round", "value": ["first"]}]"#, Look::Unsure),
        (r#"[["round"]]"#, Look::Unsure),
        (r#"["round"]"#, Look::Regular { keeps_rules: true }),
        (r#"[{"@value": "round"}]"#, Look::Unsure),
        (r#"[{"name": "round", "name": "round"}]"#, Look::Unsure),
        (r#"[{"name": "round", "value": 1e400}]"#, Look::Unsure),
        (r#"[{"name": "round", "value": tru}]"#, Look::Unsure),
        (r#"[{"name": "round", "value": 1}"#, Look::Unsure),
    ] {
        let mut text = group().to_string();
        text.truncate(text.len() - 1);
        assert_eq!(prover.look(&format!("{text}, \"additional_attributes\": {attributes}}}")), look, "{attributes}");
    }
}

/// Rules see no object in which nothing is, and both ways of reading a record keep to that.
#[test]
fn what_nothing_is_in_is_absent_for_rules() {
    let member = json!({"marital_status": "M", "address": {}});
    for (name, value, broken) in [
        ("place", json!({}), true),
        ("place", json!({"@type": "Place", "geo": {}}), true),
        ("place", json!({"name": "Kisumu"}), false),
        ("member_list", json!([{}, {"marital_status": null}]), false),
        ("member_list", json!([member, {}]), false),
        ("member_list", json!([member]), true),
        ("member_list", member.clone(), true),
    ] {
        let record = json!({"place_address": true, "place": {"name": "Kisumu"}, "group_size": 2});
        let Value::Object(mut members) = record else { unreachable!("an object") };
        members.insert(name.into(), value);
        let text = Value::Object(members).to_string();
        let look = prover(&GROUP).look(&text);
        assert_eq!((look == Look::Regular { keeps_rules: false }, look == Look::Unsure), (broken, false), "{text}");
        let found = explained("Group", &GROUP, text.as_bytes());
        assert_eq!(found.iter().any(|finding| ["R-GRP-06", "R-GRP-01"].contains(&&*finding.rule)), broken, "{text}");
    }
}

#[test]
fn a_sound_group_is_proven_with_all_rules_about_it() {
    let text = group().to_string();
    assert_eq!(explained("Group", &GROUP, text.as_bytes()), []);
    assert!(prover(&GROUP).certain(&text));
    let mut broken = group();
    broken["group_size"] = 3.into();
    assert!(!prover(&GROUP).certain(&broken.to_string()), "a rule is broken");
}

#[test]
fn what_is_proven_has_the_same_places_as_what_is_explained() {
    let text = person(1).to_string();
    let mut prover = prover(&PERSON);
    assert!(prover.certain(&text));
    let (mut present, mut unknown) = (Vec::new(), Vec::new());
    PERSON.presence(&person(1), &mut present, &mut unknown);
    let sorted = |mut places: Vec<u16>| {
        places.sort_unstable();
        places
    };
    assert_eq!(sorted(prover.present().to_vec()), sorted(present));
    assert!(unknown.is_empty());
}

/// Where nothing is in a list or an object, nothing is there.
#[test]
fn an_empty_list_or_object_is_no_value() {
    let nothing = [
        r#"{"identifier":[],"name":{},"address":[{}],"phone_number":[],"email":[""]}"#,
        r#"{"identifier":[{}],"name":{"given_name":" "},"address":[null],"phone_number":[null]}"#,
        r#"{"identifier":[{}],"name":{"given_name":null},"address":[{"@type":"Address"}],"phone_number":[null]}"#,
    ];
    let something = [
        r#"{"identifier":[{},{"identifier_value":"7"}],"name":{"given_name":"a"},"address":[{"@id":"urn:a"}],"phone_number":["1"]}"#,
        r#"{"identifier":[{"shoe_size":41}],"name":{"shoe_size":["41"]},"address":[{"a":null,"b":false}],"phone_number":[1]}"#,
    ];
    let mut prover = prover(&PERSON);
    for (texts, count) in [(&nothing[..], 0), (&something[..], 1)] {
        for text in texts {
            let (mut present, tree) = (Vec::new(), serde_json::from_str(text).expect("JSON"));
            PERSON.presence(&tree, &mut present, &mut Vec::new());
            let looked = prover.look(text);
            for name in ["identifier", "name", "address", "phone_number"] {
                let place = PERSON.places.iter().position(|place| place.path == name).expect("a place") as u16;
                let times = |places: &[u16]| places.iter().filter(|other| **other == place).count();
                assert_eq!(times(&present), count, "{name} in {text}");
                assert!(looked == Look::Unsure || times(prover.present()) == count, "{name} in {text}");
            }
        }
    }
}

#[test]
fn what_is_doubtful_is_told_by_its_places() {
    let changed = |pointer: &str, value: Value| {
        let mut record = group();
        *record.pointer_mut(pointer).expect("a place") = value;
        record
    };
    let mut twice = group().to_string();
    twice.insert_str(1, r#""vendor": 1, "vendor" : 2, "#);
    let cases = [
        (changed("/member_list/1/demographic_info/birth_date", "31.01.1990".into()).to_string(), true),
        (changed("/member_list/0/demographic_info/sex", "unheard-of".into()).to_string(), true),
        (
            changed("/member_list/0/demographic_info/name", json!({"surname": "A", "vendor": {"a": [1]}})).to_string(),
            true,
        ),
        (changed("/member_list/0/demographic_info/phone_number", "+254 700 000001".into()).to_string(), true),
        (changed("/group_size", json!([2, 3])).to_string(), true),
        (twice, false),
    ];
    let (beneficiary, table, records) =
        INVENTED.iter().find(|(class, ..)| class == "ibr Beneficiary").expect("records of the class");
    let mut lacking = records[0].clone();
    drop(lacking.as_object_mut().and_then(|members| members.shift_remove("enrolment_status")));
    let of_group = cases.into_iter().map(|(text, told)| ("Group", &*GROUP, text, told));
    for (class, table, text, told) in of_group.chain([(beneficiary.as_str(), table, lacking.to_string(), true)]) {
        let mut prover = prover(table);
        assert!(matches!(prover.look(&text), Look::Regular { .. }) || !told, "{text}");
        let by_places = measure(class, table).resolve(&prover, text.as_bytes(), 1).map(|judged| judged.findings);
        assert_eq!(by_places.is_some(), told, "{text}");
        if let Some(findings) = by_places {
            assert!(!findings.is_empty(), "{text}");
            assert_eq!(findings, explained_by(class, table, text.as_bytes(), false));
        }
    }
}

/// Values put where others stood.
fn odd_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop_oneof![Just(0), Just(1), Just(2), Just(-7), Just(9_007_199_254_740_993i64)].prop_map(Value::from),
        prop_oneof![Just(0.5), Just(1.0), Just(6.0), Just(100.02), Just(-0.0), Just(1e30)].prop_map(Value::from),
        prop_oneof![
            Just(""),
            Just(" "),
            Just("\u{3000}"),
            Just("x"),
            Just("male"),
            Just("Male"),
            Just("M"),
            Just("2"),
            Just("KE"),
            Just("2023-02-29"),
            Just("2024-02-29"),
            Just("02.05.2024"),
            Just("2024-04-12T00:00"),
            Just("2024-04-12T00:00:00Z"),
            Just("2024-04-12T09:00:00 AM"),
            Just("+1"),
            Just("+34612345678"),
            Just("a@b"),
            Just(" a"),
            Just("٢٠٢٤-٠١-٠١"),
            Just("8FW4V900+"),
            Just("true"),
            Just("45,2"),
            Just("\\u0041"),
            Just("Person"),
            Just("Member"),
            Just("N/A"),
            Just("spdci:male"),
            Just("a@b@c"),
        ]
        .prop_map(Value::from),
        Just(json!([])),
        Just(json!([null, ""])),
        Just(json!({})),
        Just(json!([{}])),
        Just(json!([{}, {"name": {"surname": "A"}}, {"sex": null}])),
        Just(json!([{"identifier_type": "MRN", "identifier_value": "7"}, {}])),
        Just(json!({"@type": "SRPerson", "name": {"surname": null}, "identifier": [{}]})),
        Just(json!("unknown")),
        Just(json!("SR_Person")),
        Just(json!({"@value": "male"})),
        Just(json!({"@value": null})),
        Just(json!({"@set": ["male"]})),
        Just(json!([{"@value": null}, null])),
        Just(json!(["M", null])),
        Just(json!({"identifier": [], "name": {"surname": "A"}, "sex": "male"})),
        Just(json!({"name": "round", "value": 1})),
        Just(json!([{"key": "round", "value": {"@value": "x"}}, ["x"], {"name": "round"}])),
        Just(json!("XOF 12.50")),
        Just(json!("USD 50")),
        Just(json!([{"identifier_type": "UIN", "identifier_value": "7"}])),
        Just(json!({"latitude": 1.5, "longitude": 2.5})),
        Just(json!({"latitude": 1.5})),
        Just(json!({"identifier": [], "member_identifier": []})),
        Just(json!({"sex": "male", "member_identifier": null, "marital_status": [], "demographic_info": {}})),
        Just(json!({"marital_status": "M", "identifier": null, "sex": null, "last_updated": "2024-04-12T00:00:00Z"})),
        Just(json!({"@context": {"x": "https://schema.spdci.org/core/v1/data"}, "x:sex": "Q"})),
    ]
}

fn odd_name() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("@id"),
        Just("@type"),
        Just("@context"),
        Just("@other"),
        Just("sex"),
        Just("gender"),
        Just("spdci:sex"),
        Just("schema:sex"),
        Just("@graph"),
        Just("identifier"),
        Just("identifier_value"),
        Just("name"),
        Just("is_disabled"),
        Just("self_id_disability"),
        Just("birth_date"),
        Just("related_person"),
        Just("unknown_one"),
        Just("vendor~1name"),
        Just("vendor_name"),
        Just("geographical_location"),
        Just("latitude"),
        Just("person"),
        Just("additional_attributes"),
    ]
}

#[derive(Clone, Debug)]
enum Change {
    Replace(usize, Value),
    Insert(usize, &'static str, Value),
    Remove(usize),
    Repeat(usize),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = prop_oneof![
        (any::<usize>(), odd_value()).prop_map(|(at, value)| Change::Replace(at, value)),
        (any::<usize>(), odd_name(), odd_value()).prop_map(|(at, name, value)| Change::Insert(at, name, value)),
        any::<usize>().prop_map(Change::Remove),
        any::<usize>().prop_map(Change::Repeat),
    ];
    proptest::collection::vec(change, 0..3)
}

/// All places of a value.
fn places(value: &Value, at: &str, into: &mut Vec<String>) {
    into.push(at.to_owned());
    match value {
        Value::Object(members) => members.iter().for_each(|(name, inner)| places(inner, &format!("{at}/{name}"), into)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, inner)| places(inner, &format!("{at}/{n}"), into))
        }
        _ => {}
    }
}

fn apply(record: &mut Value, change: &Change) {
    let mut all = Vec::new();
    places(record, "", &mut all);
    let place = |at: usize| all[at % all.len()].clone();
    match change {
        Change::Replace(at, value) => {
            if let Some(target) = record.pointer_mut(&place(*at)) {
                *target = value.clone();
            }
        }
        Change::Insert(at, name, value) => {
            if let Some(Value::Object(members)) = record.pointer_mut(&place(*at)) {
                members.insert((*name).to_owned(), value.clone());
            }
        }
        Change::Remove(at) => {
            let place = place(*at);
            let Some((above, name)) = place.rsplit_once('/') else { return };
            match record.pointer_mut(above) {
                Some(Value::Object(members)) => drop(members.shift_remove(name)),
                Some(Value::Array(items)) => drop(name.parse().ok().map(|n: usize| items.remove(n))),
                _ => {}
            }
        }
        Change::Repeat(at) => {
            if let Some(Value::Array(items)) = record.pointer_mut(&place(*at)) {
                items.extend(items.first().cloned());
            }
        }
    }
}

/// What is proven of a record, and seen in it, is what the full evaluator finds and sees.
fn agree(class: &str, table: &'static Table, record: &Value, pretty: bool) -> Result<(), TestCaseError> {
    let text = if pretty { serde_json::to_string_pretty(record).expect("JSON") } else { record.to_string() };
    let mut prover = prover(table);
    let look = prover.look(&text);
    if look == Look::Unsure {
        return Ok(());
    }
    let tree: Value = serde_json::from_str(&text).expect("JSON");
    let (mut present, mut proven) = (Vec::new(), prover.present().to_vec());
    table.presence(&tree, &mut present, &mut Vec::new());
    present.sort_unstable();
    proven.sort_unstable();
    prop_assert_eq!(proven, present, "{}", text);
    let bytes = text.as_bytes();
    let all = explained(class, table, bytes);
    let without_rules = explained_by(class, table, bytes, false);
    match look {
        Look::Sound => prop_assert_eq!(&all, &vec![]),
        Look::Regular { keeps_rules: true } => prop_assert_eq!(&all, &without_rules),
        _ if all.iter().any(|finding| [OTHER_CLASS, CLASS_UNCLEAR].contains(&finding.rule.as_str())) => {}
        _ => prop_assert_ne!(&all, &without_rules),
    }
    let measure = measure(class, table);
    if let Some(mut told) = measure.resolve(&prover, bytes, 1).filter(|_| look == Look::Regular { keeps_rules: true }) {
        let mut all = measure.explain(bytes, 1, false);
        all.tree = Value::Null;
        all.present.sort_unstable();
        told.present.sort_unstable();
        prop_assert_eq!(told, all, "{}", text);
    }
    let ways = Ways::default();
    let (view, whole) = (prover.view(&text), STANDARD.seen(class, &tree, &ways).expect("a class"));
    let judged = (look != Look::Sound).then_some(&tree);
    prop_assert_eq!(pieces(table, view.root(), bytes, judged), pieces(table, whole, bytes, Some(&tree)), "{}", text);
    Ok(())
}

/// Three thousand cases, or as many as `PROPTEST_CASES` says where that is more.
fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases.max(3000), failure_persistence: None, ..usual }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_proof_and_the_evaluator_agree(changes in changes(), whole in any::<bool>(), pretty in any::<bool>()) {
        let (class, table, mut record) =
            if whole { ("Group", &*GROUP, group()) } else { ("SRPerson", &*PERSON, person(1)) };
        changes.iter().for_each(|change| apply(&mut record, change));
        agree(class, table, &record, pretty)?;
    }

    #[test]
    fn they_agree_on_records_of_every_class(
        class in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), changes in changes(), pretty in any::<bool>()
    ) {
        let (class, table, records) = class.get(&INVENTED);
        let mut record = at.get(records).clone();
        changes.iter().for_each(|change| apply(&mut record, change));
        agree(class, table, &record, pretty)?;
    }

    #[test]
    fn bytes_of_any_kind_are_proven_only_where_they_are_sound(at in any::<usize>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut text = person(1).to_string().into_bytes();
        let at = at % text.len();
        if cut { text.truncate(at) } else { text[at] = byte }
        if std::str::from_utf8(&text).is_ok_and(|text| prover(&PERSON).certain(text)) {
            prop_assert_eq!(explained("SRPerson", &PERSON, &text), vec![]);
        }
    }
}
