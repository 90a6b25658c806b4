//! `check --exchange` on results that come again, on whom they are about, and on what tells them apart.

use super::recordings::*;
use serde_json::{Value, json};

/// A search for U-1 under each of these reference ids, acknowledged.
fn asked(id: &str, references: &[&str]) -> Value {
    entry(0, LATER, &search(id, references, 0), 200, &acknowledgement("ACK", &format!("c-{id}"), 0))
}

const ITEMS: &str = "/message/search_response";
const REQUESTS: &str = "/message/search_request";

/// The result with an identifier of this value in every record.
fn of(message: &Value, value: &str) -> Value {
    let mut message = message.clone();
    for item in message.pointer_mut(ITEMS).and_then(Value::as_array_mut).expect("items") {
        item["data"]["reg_records"][0]["identifier"] = json!([{"identifier_type": "UIN", "identifier_value": value}]);
    }
    message
}

/// The same result in another message.
fn renamed(message: &Value, id: &str, second: u32) -> Value {
    with(&with(message, "/header/message_id", json!(id)), "/header/message_ts", json!(at(second)))
}

fn paged(message: &Value, number: u32) -> Value {
    let page = json!({"page_number": number, "page_size": 1, "total_count": 1});
    with(message, &format!("{ITEMS}/0/pagination"), page)
}

#[test]
fn a_result_that_was_not_delivered_is_sent_again_and_one_that_was_is_not() {
    let results = |id: &str| [found(id, &["a"], 5), paged(&found(&format!("{id}-paged"), &["a"], 5), 1)];
    let ids = |id: &str| [id.to_owned(), format!("{id}-paged")];
    let again = |message: &Value, id: &str| renamed(message, &format!("again-{id}"), 65);
    let mut entries = Vec::new();
    for (id, status, answer) in [
        ("busy", 503, json!({})),
        ("moved", 307, json!({})),
        ("refused", 200, acknowledgement("ERR", "peer", 5)),
        ("unanswered", 0, json!({})),
    ] {
        for (id, result) in ids(id).iter().zip(results(id)) {
            entries.push(asked(id, &["a"]));
            entries.push(entry(5, CALLBACK, &result, status, &answer));
            entries.push(sent(65, &again(&result, id)));
        }
    }
    sound("not delivered", &entries);
    let mut bare = Vec::new();
    for (id, result) in ids("1").iter().zip(results("1")) {
        breaks(id, &[asked(id, &["a"]), sent(5, &result), sent(65, &again(&result, id))], &["RG-CB-02"]);
        bare.extend([search(id, &["a"], 0), acknowledgement("ACK", &format!("c-{id}"), 0)]);
        bare.extend([again(&result, id), result]);
    }
    // Nobody knows whether a bare message was taken.
    let lines: Vec<String> = bare.iter().map(Value::to_string).collect();
    let (code, bad, _) = judged(&[("all.ndjson", lines.join("\n"))], &[]);
    assert_eq!((code, bad), (2, Vec::new()), "bare");
}

#[test]
fn every_request_has_an_answer_of_its_own() {
    // Two searches of one transaction, and of two systems, whose ids are alike.
    let second = |id: &str, sender: &str| {
        let asked = with(&search(id, &["a"], 2), "/header/message_id", json!(format!("second-{id}")));
        let asked = with(&asked, "/header/sender_id", json!(sender));
        entry(2, LATER, &asked, 200, &acknowledgement("ACK", &format!("second-{id}"), 2))
    };
    let mut entries = Vec::new();
    for (id, sender) in [("1", "sp.example"), ("2", "sp2.example")] {
        let result = found(id, &["a"], 5);
        let other = renamed(&result, &format!("other-{id}"), 9);
        let other = with(&other, "/message/correlation_id", json!(format!("second-{id}")));
        let other = with(&other, "/header/receiver_id", json!(sender));
        entries.extend([asked(id, &["a"]), second(id, sender), sent(5, &result), sent(9, &other)]);
    }
    // What is told while others wait may be told again with them.
    let waits = with(&paged(&found("3", &["a", "b"], 5), 1), &format!("{ITEMS}/1/status"), json!("pdng"));
    let waits = with(&waits, &format!("{ITEMS}/1/data"), Value::Null);
    let rest = renamed(&found("3", &["b"], 9), "rest", 9);
    entries.extend([asked("3", &["a", "b"]), sent(5, &waits), sent(9, &rest)]);
    let first = with(&found("4", &["a"], 5), "/header/status", json!("pdng"));
    let both = renamed(&found("4", &["a", "b"], 9), "both", 9);
    entries.extend([asked("4", &["a", "b"]), sent(5, &first), sent(9, &both)]);
    // Who asks may bring a correlation along.
    let given = |id| with(&search(id, &["a"], 0), "/message/correlation_id", json!("given"));
    entries.extend(["5", "6"].map(|id| entry(0, LATER, &given(id), 200, &acknowledgement("ACK", "given", 0))));
    sound("each its own", &entries);
    let reused = entry(2, LATER, &search("2", &["a"], 2), 200, &acknowledgement("ACK", "c-1", 2));
    breaks("a correlation for two", &[asked("1", &["a"]), reused], &["RG-ID-04"]);
}

#[test]
fn whoever_is_found_is_who_was_asked_for_whatever_else_was_asked() {
    let criteria = |member: &str| format!("{REQUESTS}/0/search_criteria/{member}");
    let page = |id| with(&search(id, &["a"], 0), &criteria("pagination"), json!({"page_size": 10, "page_number": 1}));
    let slip = with(&search("3", &["a"], 0), "/header/total_count", json!("1"));
    let asked = [("1", search("1", &["a"], 0)), ("2", page("2")), ("3", slip)];
    let told = |id: &str, value: &str| of(&found(id, &["a"], 1), value);
    let each = |value: &str| -> Vec<Value> {
        asked.iter().map(|(id, asked)| entry(0, SYNC, asked, 200, &told(id, value))).collect()
    };
    let (_, bad, result) = judged(&[har(&each("U-2"))], &[]);
    assert_eq!(bad, ["fail RG-FIND-02"]);
    assert!(result["tests"].to_string().contains("first of 3 of 3 messages"), "{}", result["tests"]);

    let no_value = with(&search("4", &["a"], 0), &criteria("query"), json!({"type": "UIN"}));
    let entity = with(&search("5", &["a"], 0), &criteria("response_entity"), json!("Member"));
    // A household may be found by one of its people that it does not list.
    let head = json!({"identifier": [{"identifier_type": "UIN", "identifier_value": "U-2"}]});
    let group = json!({"@type": "Group", "group_size": 4, "group_head_info": head});
    let household = with(&found("6", &["a"], 1), &format!("{ITEMS}/0/data/reg_records/0"), group);
    let household = with(&household, &format!("{ITEMS}/0/data/reg_record_type"), json!("Group"));
    let mut entries = each("U-1");
    entries.extend([("4", no_value), ("5", entity)].map(|(id, asked)| entry(0, SYNC, &asked, 200, &told(id, "U-2"))));
    entries.push(entry(0, SYNC, &search("6", &["a"], 0), 200, &household));
    let (_, bad, _) = judged(&[har(&entries)], &[]);
    assert!(!bad.contains(&"fail RG-FIND-02".to_owned()), "{bad:?}");
    // Why nothing was judged is told.
    let (_, _, result) = judged(&[har(&in_the_call(&page("1"), &told("1", "U-1")))], &[]);
    let told = result["tests"].to_string();
    assert!(told.contains("0 of 1 message(s) of this kind are such as is judged here"), "{told}");
}

#[test]
fn an_answer_of_no_request_is_told_and_shows_nothing_of_one() {
    let foreign = sent(5, &found("9", &["a"], 5));
    let (code, bad, result) = judged(&[har(&[asked("1", &["a"]), foreign])], &[]);
    assert_eq!((code, bad), (2, Vec::new()));
    let told = result["observations"].to_string();
    assert!(told.contains("1 message(s) sent later belong to no request that was recorded"), "{told}");
    let tests = result["tests"].as_array().expect("tests");
    let verdict = tests.iter().find(|test| test["id"] == "RG-RUN-19").map(|test| test["verdict"].clone());
    assert_eq!(verdict, Some(json!("inconclusive")));
}

#[test]
fn what_other_registries_are_sent_is_none_of_this_one() {
    let pushed = json!({"header": answer_header("9", "notify", 8), "message": {"enrolled_updates": {}}});
    let pushed = entry(8, "https://reg.example/registry/sync/enrollment/updates", &pushed, 200, &json!({}));
    sound("beside a search", &[asked("1", &["a"]), pushed]);
}

#[test]
fn a_state_asked_for_by_its_correlation_is_that_ones() {
    let asked = json!({
        "reference_id": "r", "txn_type": "search", "attribute_type": "correlation_id", "attribute_value": "c-0"
    });
    let asked = json!({
        "header": request_header("1", "txn-status", 0), "message": {"transaction_id": "t-1", "txnstatus_request": asked}
    });
    let state = |correlation: &str| {
        let inner = with(&found("0", &["a"], 1)["message"], "/correlation_id", json!(correlation));
        let state = json!({"txn_type": "search", "txn_status": inner});
        let message = json!({"transaction_id": "t-1", "correlation_id": "c-1", "txnstatus_response": state});
        let told = json!({"header": answer_header("1", "txn-on-status", 1), "message": message});
        judged(&[har(&[entry(0, "https://reg.example/registry/sync/txn/status", &asked, 200, &told)])], &[]).1
    };
    assert_eq!(state("c-0"), [""; 0]);
    assert_eq!(state("c-7"), ["warn RG-TXN-07"]);
}
