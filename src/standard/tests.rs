//! The shipped standard judges messages as the digest of the standard says.

mod domains;
mod told;
mod ways;

use super::*;
use serde_json::json;

fn standard() -> &'static Standard {
    static SHIPPED: std::sync::OnceLock<Standard> = std::sync::OnceLock::new();
    SHIPPED.get_or_init(|| Standard::load(&Files::embedded(), "dec2025").unwrap_or_else(|wrong| panic!("{wrong}")))
}

fn search(query_type: &str, query: Value) -> Value {
    json!({
        "signature": "",
        "header": {"message_id": "m1", "message_ts": "2025-12-01T10:00:00Z", "action": "search",
                   "sender_id": "a", "total_count": 1},
        "message": {"transaction_id": "t1", "search_request": [{
            "reference_id": "r1", "timestamp": "2025-12-01T10:00:00Z",
            "search_criteria": {"query_type": query_type, "query": query}
        }]}
    })
}

fn places(judgement: &Judgement) -> Vec<(String, String)> {
    judgement.violations.iter().map(|v| (v.pointer.clone(), v.keyword.clone())).collect()
}

fn judge(schema: &str, value: &Value) -> Judgement {
    standard().judge(schema, value).unwrap()
}

#[test]
fn every_shipped_schema_compiles() {
    for name in standard().schema_names() {
        assert_eq!(standard().schemas.find(name).unwrap().validator().defect(), None, "{name}");
    }
}

#[test]
fn the_names_profiles_use_are_there() {
    for name in [
        "search request",
        "on-search callback",
        "search callback",
        "sync search reply",
        "notify callback",
        "txn on-status callback",
        "acknowledgement",
        "http error",
        "request header",
        "encrypted message",
        "unsubscribe response message",
        "social search request",
    ] {
        assert!(standard().has_schema(name), "{name}");
    }
    assert_eq!(standard().judge("no such schema", &json!({})), None);
}

#[test]
fn a_sound_request_is_sound_and_a_broken_one_is_broken_where_it_is() {
    let sound = search("idtype-value", json!({"type": "UIN", "value": "1"}));
    assert_eq!(judge("search request", &sound), Judgement::default());
    let mut broken = sound;
    broken["header"]["message_ts"] = json!("yesterday");
    broken["header"]["action"] = json!("find");
    broken["message"]["search_request"][0].as_object_mut().unwrap().remove("timestamp");
    let found = judge("search request", &broken);
    assert_eq!(
        places(&found),
        [
            ("/header/action".into(), "enum".into()),
            ("/header/message_ts".into(), "format".into()),
            ("/message/search_request/0/timestamp".into(), "required".into()),
        ]
    );
    assert_eq!(found.violations[2].found, "nothing");
}

#[test]
fn a_failed_choice_is_explained_by_the_alternative_that_was_meant() {
    let predicate = search(
        "predicate",
        json!([{"expression1": {"attribute_name": "a", "operator": "is", "attribute_value": "x"}}]),
    );
    let at = "/message/search_request/0/search_criteria/query";
    assert_eq!(places(&judge("search request", &predicate)), [(format!("{at}/0/expression1/operator"), "enum".into())]);
    let by_id = search("idtype-value", json!({"type": "UIN", "value": []}));
    let found = judge("search request", &by_id);
    assert_eq!(places(&found), [(format!("{at}/value"), "type".into())]);
    assert!(found.violations[0].expected.contains("text"), "{found:?}");
    let expression = search("expression", json!({"type": "x", "value": []}));
    assert_eq!(judge("search request", &expression).violations[0].expected, "an object");
}

#[test]
fn errata_turn_misses_into_observations() {
    let mut message = search(
        "expression",
        json!([{"expression1": {"attribute_name": "a", "operator": "in", "attribute_value": [1]}}]),
    );
    message["message"]["search_request"][0]["locale"] = json!("en");
    let found = judge("search request", &message);
    assert_eq!(found.violations, []);
    let ids: Vec<&str> = found.observed.iter().map(|o| o.erratum.as_str()).collect();
    assert_eq!(ids, ["ET-15", "ET-13", "ET-72"]);
    message["message"]["search_request"][0]["locale"] = json!("EN/GB");
    assert_eq!(judge("search request", &message).violations.len(), 1);
}

#[test]
fn a_missing_message_is_a_violation_unless_refused() {
    let header = |status: &str| json!({"header": {"message_id": "m", "message_ts": "2025-12-01T10:00:00Z", "action": "on-search", "status": status}});
    let found = judge("sync search reply", &header("succ"));
    assert_eq!(places(&found), [("/message".into(), "required".into())]);
    assert_eq!(found.violations[0].erratum.as_deref(), Some("ET-20"));
    let refused = judge("sync search reply", &header("rjct"));
    assert_eq!((refused.violations.len(), refused.observed[0].erratum.as_str()), (0, "ET-20"));
    assert_eq!(judge("acknowledgement", &json!({})).violations[0].erratum.as_deref(), Some("ET-23"));
}

#[test]
fn either_header_is_accepted_on_subscribe() {
    let body = |header: Value| json!({"header": header, "message": {"transaction_id": "t", "correlation_id": "c", "subscribe_response": []}});
    let stamp = "2025-12-01T10:00:00Z";
    let union = json!({"message_id": "m", "message_ts": stamp, "action": "on-subscribe", "sender_id": "a", "total_count": 1, "status": "succ"});
    assert_eq!(judge("on-subscribe callback", &body(union)), Judgement::default());
    let callback = json!({"message_id": "m", "message_ts": stamp, "action": "on-subscribe", "status": "succ"});
    let found = judge("on-subscribe callback", &body(callback));
    assert_eq!((found.violations.len(), found.observed[0].erratum.as_str()), (0, "ET-19"));
    let neither = json!({"message_id": "m", "message_ts": stamp, "action": "on-subscribe"});
    assert!(!judge("on-subscribe callback", &body(neither)).violations.is_empty());
}

#[test]
fn hostile_values_are_bounded() {
    let items: Vec<Value> = (0..5000).map(|_| json!({})).collect();
    let found =
        judge("search response message", &json!({"transaction_id": "x".repeat(100_000), "search_response": items}));
    assert_eq!(found.violations.len(), MOST_VIOLATIONS);
    assert!(found.violations.iter().all(|v| v.found.len() < 200));
    for odd in [json!(null), json!([]), json!("x"), json!({"header": 1, "message": []})] {
        assert!(!judge("search request", &odd).violations.is_empty(), "{odd}");
    }
}

#[test]
fn a_broken_standard_is_reported_where_it_is_broken() {
    let files = Files::from_texts([
        ("standards/x/technical/a.yaml", "definitions:\n  one: {$ref: tow}\n  two: {type: string}\n"),
        ("standards/x/errata.yaml", "errata:\n- {id: ET-1, title: t, policy: observed, accepts: a}\n"),
    ]);
    let text = Standard::load(&files, "x").unwrap_err().to_string();
    assert!(text.contains("a.yaml:2:3") && text.contains("did you mean `two`?"), "{text}");
    assert!(text.contains("`observed` is no policy") && text.contains("did you mean `observe`?"), "{text}");
    let files2 = Files::from_texts([("standards/x/technical/a.yaml", "definitions:\n  one: {type: strnig}\n")]);
    assert!(
        Standard::load(&files2, "x").unwrap_err().to_string().contains("a.yaml:2:3: error: `one` is no JSON Schema")
    );
    assert!(Standard::load(&files, "y").unwrap_err().to_string().contains("no edition `y`"));
}

fn all_faults() -> Vec<String> {
    FAULTS.iter().map(|fault| (*fault).to_owned()).collect()
}

#[test]
fn mutants_break_every_member_the_schema_speaks_about() {
    let mut message = search("idtype-value", json!({"type": "UIN", "value": "1"}));
    message["message"]["search_request"][0]["locale"] = json!("eng");
    message["message"]["search_request"][0]["search_criteria"]["response_entity"] = json!("Group");
    let mutants = standard().mutants("search request", &message, &all_faults(), &[]);
    let of = |kind: &str| -> Vec<&str> { mutants.iter().filter(|m| m.kind == kind).map(|m| m.path.as_str()).collect() };
    let item = "message.search_request[0]";
    assert_eq!(
        of("missing required field"),
        [
            "header",
            "header.message_id",
            "header.message_ts",
            "header.action",
            "header.sender_id",
            "header.total_count",
            "message",
            "message.transaction_id",
            "message.search_request",
            &format!("{item}.reference_id"),
            &format!("{item}.timestamp"),
            &format!("{item}.search_criteria"),
            &format!("{item}.search_criteria.query_type"),
            &format!("{item}.search_criteria.query"),
        ]
    );
    assert_eq!(
        of("outside enum"),
        [
            "header.action",
            &format!("{item}.search_criteria.query_type"),
            &format!("{item}.search_criteria.response_entity")
        ]
    );
    assert_eq!(of("malformed date-time"), ["header.message_ts", &format!("{item}.timestamp")]);
    assert_eq!(of("text too long"), ["message.transaction_id"]);
    assert_eq!(of("bad pattern"), [format!("{item}.locale")]);
    assert!(of("wrong type").contains(&format!("{item}.search_criteria.query.value").as_str()));
    let tolerated: Vec<_> =
        mutants.iter().filter(|m| m.erratum.is_some()).map(|m| (m.path.as_str(), m.erratum.as_deref())).collect();
    assert_eq!(tolerated, [(format!("{item}.search_criteria.response_entity").as_str(), Some("ET-54"))]);
    for mutant in &mutants {
        let judged = judge("search request", &mutant.body);
        assert_eq!(judged.violations.is_empty(), mutant.erratum.is_some(), "{} {}", mutant.kind, mutant.path);
    }
    let again = standard().mutants("search request", &message, &all_faults(), &[]);
    assert_eq!(mutants, again);
}

#[test]
fn mutants_stay_below_the_paths_given_and_need_a_sound_message() {
    let message = search(
        "predicate",
        json!([{"expression1": {"attribute_name": "a", "operator": "eq", "attribute_value": "x"}}]),
    );
    let only = ["message.search_request[].search_criteria.query".to_owned()];
    let mutants = standard().mutants("search request", &message, &all_faults(), &only);
    assert!(
        mutants.iter().all(|m| m.path.starts_with("message.search_request[0].search_criteria.query")),
        "{mutants:?}"
    );
    assert!(mutants.iter().any(|m| m.kind == "outside enum" && m.path.ends_with("query[0].expression1.operator")));
    let mut broken = message;
    broken["header"] = json!(1);
    assert_eq!(standard().mutants("search request", &broken, &all_faults(), &[]), []);
}

fn group() -> Value {
    let person = |id: &str, sex: &str| {
        json!({
            "@type": "Member",
            "member_identifier": [{"identifier_type": "UIN", "identifier_value": id}],
            "demographic_info": {
                "@type": "SRPerson",
                "identifier": [{"identifier_type": "UIN", "identifier_value": id}],
                "name": {"surname": "Osei", "given_name": "Ama"}, "sex": sex, "birth_date": "1990-02-28",
                "address": [{"locality": "Tema", "country_code": "GH"}], "phone_number": ["+233 20 123 4567"],
                "registration_date": "2024-01-01T08:00:00Z"
            },
            "disability_info": [{"disability_limitation_type": "VIS_SS", "functional_severity": "2"}],
            "related_person": [{"relationship_type": "SPS", "related_member": {"name": {"given_name": "Kofi"}, "sex": "male"}}],
            "marital_status": "M", "employment_status": "1", "education_level": "3", "language_code": "eng"
        })
    };
    json!({
        "@context": {}, "@type": "Group",
        "group_identifier": [{"identifier_type": "UIN", "identifier_value": "G1"}],
        "group_type": "2", "group_size": 2, "place_address": true, "poverty_score": 41.5, "poverty_score_type": "PMT",
        "place": {"name": "Tema", "geo": {"latitude": 5.67, "longitude": -0.01}},
        "group_head_info": person("1", "female"),
        "member_list": [person("1", "female"), person("2", "male")],
        "registration_date": "2024-01-01T08:00:00Z"
    })
}

fn findings(record: &Value, strictness: Strictness) -> Vec<(String, String, crate::model::verdict::Verdict)> {
    let found = standard().judge_record("Group", record, strictness);
    found.into_iter().map(|f| (f.pointer, f.rule, f.verdict)).collect()
}

#[test]
fn a_canonical_record_has_no_findings_at_any_strictness() {
    for strictness in [Strictness::Lenient, Strictness::Standard, Strictness::Strict] {
        assert_eq!(findings(&group(), strictness), [], "{}", strictness.word());
    }
    for class in ["Group", "Member", "Person", "SRPerson", "social Group", "common Person"] {
        assert!(standard().has_class(class), "{class}");
    }
    assert!(!standard().has_class("Beneficiary"));
}

/// One change to the canonical record, and what each strictness makes of it.
#[test]
fn each_deviation_is_found_where_it_is_and_weighed_by_strictness() {
    use crate::model::verdict::Verdict::{self, Fail, Pass, Warn};
    let head = "/group_head_info/demographic_info";
    let cases: Vec<(String, Value, &str, [Verdict; 3])> = vec![
        (format!("{head}/birth_date"), json!("02.05.2024"), "DT-FORMAT", [Fail, Fail, Fail]),
        (format!("{head}/birth_date"), json!("2023-02-29"), "DT-CALENDAR", [Fail, Fail, Fail]),
        (format!("{head}/birth_date"), json!(1990), "TYPE", [Fail, Fail, Fail]),
        (format!("{head}/sex"), json!("robot"), "CODE-UNKNOWN", [Fail, Fail, Fail]),
        (format!("{head}/sex"), json!("Male"), "VALUE-CASE", [Pass, Pass, Warn]),
        (format!("{head}/sex"), json!(["male", "female"]), "LIST-FOR-SCALAR", [Fail, Fail, Fail]),
        (format!("{head}/registration_date"), json!("2024-01-01T08:00:00"), "DT-NO-OFFSET", [Pass, Warn, Fail]),
        (format!("{head}/registration_date"), json!("2024-01-01"), "DT-DATE-ONLY", [Pass, Pass, Warn]),
        (format!("{head}/registration_date"), json!(""), "EMPTY-STRING", [Pass, Pass, Warn]),
        (format!("{head}/phone_number/0"), json!("020 123"), "PHONE-E164", [Pass, Warn, Fail]),
        (format!("{head}/address/0"), json!("12 High Street"), "TYPE", [Warn, Fail, Fail]),
        (format!("{head}/address/0/country_code"), json!("Ghana"), "CODE-UNKNOWN", [Fail, Fail, Fail]),
        (format!("{head}/address/0/country_code"), json!("XX"), "VALUE-VARIANT", [Pass, Pass, Warn]),
        (format!("{head}/identifier/0/identifier_value"), json!(12), "TYPE", [Fail, Fail, Fail]),
        (format!("{head}/identifier/0/identifier_type"), json!("NID"), "CODE-UNLISTED", [Pass, Pass, Warn]),
        (format!("{head}/@type"), json!("DR_Person"), "R-GRP-15", [Pass, Warn, Fail]),
        (format!("{head}/@type"), json!("spdci:sr_person"), "TYPE-SPELLING", [Pass, Pass, Warn]),
        (format!("{head}/@type"), json!(" "), "EMPTY-STRING", [Pass, Pass, Warn]),
        ("/group_head_info/language_code".into(), json!("spdci:eng"), "KEY-PREFIXED", [Pass, Pass, Warn]),
        ("/group_head_info/language_code".into(), json!("spdci:English"), "LANG-FORMAT", [Fail, Fail, Fail]),
        ("/group_head_info/language_code".into(), json!(1), "CODE-PLACEHOLDER", [Pass, Pass, Warn]),
        ("/group_head_info/language_code".into(), json!("zzz"), "LANG-FORMAT", [Fail, Fail, Fail]),
        ("/group_head_info/language_code".into(), json!("zz"), "LANG-FORMAT", [Fail, Fail, Fail]),
        ("/group_head_info/language_code".into(), json!("jp"), "LANG-FORMAT", [Fail, Fail, Fail]),
        ("/group_head_info/language_code".into(), json!("xx-YY"), "LANG-FORMAT", [Fail, Fail, Fail]),
        ("/group_head_info/language_code".into(), json!("spdci:zzz"), "LANG-FORMAT", [Fail, Fail, Fail]),
        ("/group_head_info/language_code".into(), json!("ger"), "LANG-OTHER", [Pass, Pass, Warn]),
        ("/group_head_info/language_code".into(), json!("ber"), "LANG-OTHER", [Pass, Pass, Warn]),
        ("/group_head_info/language_code".into(), json!("mol"), "LANG-OTHER", [Pass, Pass, Warn]),
        ("/group_head_info/language_code".into(), json!("qaa"), "LANG-OTHER", [Pass, Pass, Warn]),
        ("/group_head_info/language_code".into(), json!("Eng"), "LANG-TAG", [Pass, Pass, Warn]),
        ("/group_head_info/language_code".into(), json!("pt-BR"), "LANG-TAG", [Pass, Pass, Warn]),
        ("/group_head_info/language_code".into(), json!("iw"), "LANG-TAG", [Pass, Pass, Warn]),
        ("/group_head_info/language_code".into(), json!("en-x-foo"), "LANG-TAG", [Pass, Pass, Warn]),
        ("/group_head_info/language_code".into(), json!("ar-u-nu-latn"), "LANG-TAG", [Pass, Pass, Warn]),
        ("/group_head_info/language_code".into(), json!("i-klingon"), "LANG-TAG", [Pass, Pass, Warn]),
        ("/group_head_info/marital_status".into(), json!("married"), "VALUE-LABEL", [Pass, Pass, Warn]),
        ("/group_head_info/language_code".into(), json!("en"), "LANG-TWO-LETTERS", [Pass, Pass, Warn]),
        (
            "/group_head_info/disability_info/0/functional_severity".into(),
            json!(3),
            "TYPE-NUMBER-FOR-TEXT",
            [Pass, Pass, Warn],
        ),
        ("/group_size".into(), json!(3), "R-GRP-01", [Pass, Warn, Fail]),
        ("/group_size".into(), json!("2"), "TYPE-STRING-NUMBER", [Pass, Pass, Warn]),
        ("/group_size".into(), json!("two"), "NUMBER-FORMAT", [Fail, Fail, Fail]),
        ("/poverty_score".into(), json!({}), "TYPE", [Fail, Fail, Fail]),
        ("/place/geo/latitude".into(), json!(100.02), "RANGE", [Fail, Fail, Fail]),
        ("/place/geo/latitude".into(), Value::Null, "R-GEO-01", [Fail, Fail, Fail]),
        ("/place_address".into(), json!("2"), "BOOLEAN-VALUE", [Fail, Fail, Fail]),
        (
            "/group_identifier".into(),
            json!({"identifier_type": "UIN", "identifier_value": "1"}),
            "SCALAR-FOR-LIST",
            [Pass, Pass, Warn],
        ),
        (
            "/group_identifier/0".into(),
            json!({"type": "UIN", "identifier_value": "1"}),
            "PROP-ALIAS",
            [Warn, Fail, Fail],
        ),
        ("/group_head_info/demographic_info".into(), json!({"gender": "male"}), "PROP-ALIAS", [Pass, Warn, Fail]),
        ("/group_head_info/demographic_info".into(), json!({"person": {"sex": "male"}}), "WRAPPER", [Pass, Warn, Fail]),
        ("/group_head_info/demographic_info".into(), json!({"spdci:sex": "male"}), "KEY-PREFIXED", [Pass, Pass, Warn]),
        ("/group_head_info/demographic_info".into(), json!({"shoe_size": 42}), "PROP-UNKNOWN", [Pass, Pass, Pass]),
    ];
    for (pointer, value, rule, verdicts) in cases {
        let mut record = group();
        *record.pointer_mut(&pointer).unwrap() = value.clone();
        for (strictness, verdict) in
            [Strictness::Lenient, Strictness::Standard, Strictness::Strict].into_iter().zip(verdicts)
        {
            let found = findings(&record, strictness);
            let hit = found.iter().any(|(at, id, v)| at.starts_with(&pointer) && id == rule && *v == verdict);
            assert!(hit, "{pointer} {value} {rule} {}: {found:?}", strictness.word());
            let worse = found.iter().filter(|(_, id, v)| id != rule && *v < verdict.min(Warn)).count();
            assert_eq!(worse, 0, "{pointer} {value} {}: {found:?}", strictness.word());
        }
    }
}

#[test]
fn equivalent_ways_of_writing_pass() {
    use crate::model::verdict::Verdict;
    let mut record = group();
    record["group_head_info"]["is_disabled"] = json!(0);
    record["geographical_location"] = record["place"].take();
    record["group_type"] = json!("spdci:2");
    record["group_size"] = json!({"@value": 2});
    record["http://schema.spdci.org/x/last_updated"] = json!("2024-01-01T08:00:00Z");
    record["additional_attributes"] = json!([{"name": "a", "value": 1}, {"key": "b", "value": 2}]);
    record["address"] = json!([{"locality": "x"}]);
    let found = findings(&record, Strictness::Standard);
    assert!(found.iter().all(|(_, _, verdict)| *verdict == Verdict::Pass), "{found:?}");
}

/// The published classes part the words of their names, or give none.
#[test]
fn a_type_as_published_or_none_at_all_is_silent() {
    let file = "https://schema.spdci.org/extensions/social/v1/data/SRPerson.jsonld";
    for written in
        [json!("SRPerson"), json!("SR_Person"), json!("spdci:SR_Person"), json!(file), json!(null), json!([null])]
    {
        let mut record = group();
        record["group_head_info"]["demographic_info"]["@type"] = written.clone();
        let found = findings(&record, Strictness::Strict);
        assert!(!found.iter().any(|(at, ..)| at.ends_with("/@type")), "{written}: {found:?}");
    }
}

#[test]
fn odd_records_are_judged_and_bounded() {
    use crate::model::verdict::Verdict;
    for odd in [json!(null), json!([]), json!("x"), json!(1)] {
        assert!(
            standard().judge_record("Person", &odd, Strictness::Lenient).iter().any(|f| f.verdict == Verdict::Fail)
        );
    }
    let many: Vec<Value> = (0..5000).map(|_| json!("x")).collect();
    let found = standard().judge_record("Group", &json!({"member_list": many}), Strictness::Standard);
    assert_eq!(found.len(), MOST_FINDINGS);
    let mut deep = json!({});
    for _ in 0..120 {
        deep = json!({"contained_in_place": deep});
    }
    assert!(standard().judge_record("Place", &deep, Strictness::Standard).len() < 5);
}

#[test]
fn code_lists_of_both_standards_are_there() {
    assert!(standard().code_list("sex").unwrap().accepts(&json!("female")));
    assert!(standard().code_list("country").unwrap().accepts(&json!("NO")));
    assert!(standard().code_list("country").unwrap().accepts(&json!("KEN")));
    let reasons = standard().code_list("search reason code").unwrap();
    assert!(reasons.accepts(&json!("rjct.filter.invalid")));
    assert!(!reasons.accepts(&json!("query or filter")), "a meaning is no label");
    assert_eq!(standard().code_list("relationship_type").unwrap().codes.len(), 107);
}

#[test]
fn every_erratum_named_by_the_data_standard_exists() {
    for (path, text) in Files::embedded().below("standards/dec2025/") {
        for id in text
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
            .filter(|w| w.starts_with("ET-") || w.starts_with("ED-"))
        {
            assert!(standard().erratum(id).is_some(), "{path} names {id}");
        }
    }
}

#[test]
fn a_registry_and_a_domain_overlay_what_is_shared() {
    let files = Files::from_texts([
        (
            "standards/x/technical/a.yaml",
            "definitions:\n  message: {properties: {kind: {$ref: kind}}}\n  kind: {type: string}\n",
        ),
        ("standards/x/technical/b.yaml", "registry: one\ndefault: yes\ndefinitions:\n  kind: {enum: [a]}\n"),
        ("standards/x/technical/c.yaml", "registry: two\ndefinitions:\n  kind: {enum: [b]}\n"),
        (
            "standards/x/data/formats.yaml",
            "formats:\n- {name: text, takes: {text: pass}}\n- {name: count, takes: {number: pass}}\n",
        ),
        (
            "standards/x/data/objects-a.yaml",
            "classes:\n  Part: {properties: {p: text}}\n  Whole: {properties: {part: Part}}\n",
        ),
        (
            "standards/x/data/objects-b.yaml",
            "domain: one\ndefault: yes\nclasses:\n  Part: {extends: Part, properties: {q: count}}\n",
        ),
    ]);
    let standard = Standard::load(&files, "x").unwrap_or_else(|wrong| panic!("{wrong}"));
    let sound = |name: &str, kind: &str| standard.judge(name, &json!({"kind": kind})).unwrap().violations.is_empty();
    assert!(sound("message", "a") && !sound("message", "b") && sound("two message", "b") && !sound("two message", "a"));
    let rules = |class: &str| -> Vec<String> {
        let found =
            standard.judge_record(class, &json!({"@context": "", "part": {"p": "x", "q": "y"}}), Strictness::Standard);
        found.into_iter().map(|f| f.rule).collect()
    };
    assert_eq!(rules("Whole"), ["TYPE"]);
    assert_eq!(rules("common Whole"), ["PROP-UNKNOWN"]);
}

#[test]
fn the_class_of_a_record_is_told_by_its_type_or_its_members() {
    let classes = ["Person", "Member", "Group"].map(str::to_owned);
    let of = |record: Value| standard().class_of(&classes, &record).map(str::to_owned);
    assert_eq!(of(json!({"@type": "spdci:Group"})).as_deref(), Some("Group"));
    assert_eq!(of(json!({"@type": "SR_Person"})).as_deref(), Some("Person"));
    assert_eq!(of(group()).as_deref(), Some("Group"));
    assert_eq!(of(json!({"group_size": 1, "member_list": [], "registration_date": "x"})).as_deref(), Some("Group"));
    assert_eq!(of(json!({"@type": "Beneficiary", "marital_status": "M"})).as_deref(), Some("Member"));
    assert_eq!(of(json!({"type": "object"})), None);
    assert_eq!(of(json!("x")), None);
}

#[test]
fn what_is_tolerated_never_hides_what_is_not() {
    use crate::model::verdict::Verdict;
    let item = |locale: &str, status: &str| json!({"reference_id": "r", "timestamp": "2025-12-01T10:00:00Z", "status": status, "locale": locale});
    let mut items: Vec<Value> = (0..3000).map(|_| item("en", "succ")).collect();
    items.push(item("eng", "done"));
    let message = json!({"transaction_id": "t", "correlation_id": "c", "search_response": items});
    let found = judge("search response message", &message);
    assert_eq!(places(&found), [("/search_response/3000/status".into(), "enum".into())]);
    assert_eq!(found.observed.len(), MOST_VIOLATIONS);
    let mut members: Vec<Value> = (0..3000).map(|_| json!({"shoe_size": 1})).collect();
    members.push(json!({"marital_status": "?"}));
    let found = standard().judge_record("Group", &json!({"member_list": members}), Strictness::Standard);
    assert_eq!(found.len(), MOST_FINDINGS);
    assert!(found.iter().any(|f| f.verdict == Verdict::Fail && f.pointer == "/member_list/3000/marital_status"));
    // Nor do warnings hide that something was not judged, whatever the reason.
    for (unjudged, rule) in
        [(json!({"@nest": {"land_size": "?"}}), "JSONLD-KEYWORD"), (json!({"land_type": "?"}), "EARLIER-NAME")]
    {
        let label = || json!({"farm_type": "Commercial estates"});
        let farms: Vec<Value> = (0..3000).map(|_| label()).chain([unjudged]).collect();
        let found = standard().judge_record("fr Farmer", &json!({"farm_details": farms}), Strictness::Strict);
        assert_eq!(found.len(), MOST_FINDINGS);
        assert!(found.iter().any(|f| f.rule == rule), "{rule} is lost");
    }
}
