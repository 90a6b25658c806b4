//! The shipped standard judges messages as the digest of the standard says.

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
