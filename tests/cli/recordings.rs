//! `check --exchange` on recordings written by hand: what is no fault of the product, and what is one.

use super::folder::Folder;
use super::run;
use serde_json::{Value, json};

/// When everything here happens.
pub(super) fn at(second: u32) -> String {
    format!("2026-03-01T10:{:02}:{:02}.000Z", second / 60, second % 60)
}

pub(super) fn request_header(id: &str, action: &str, second: u32) -> Value {
    json!({
        "version": "1.0.0", "message_id": format!("asked-{id}"), "message_ts": at(second), "action": action,
        "sender_id": "sp.example", "sender_uri": "https://sp.example/cb", "receiver_id": "reg.example", "total_count": 1,
        "is_msg_encrypted": false
    })
}

pub(super) fn answer_header(id: &str, action: &str, second: u32) -> Value {
    json!({
        "version": "1.0.0", "message_id": format!("told-{id}"), "message_ts": at(second), "action": action,
        "status": "succ", "sender_id": "reg.example", "receiver_id": "sp.example", "is_msg_encrypted": false
    })
}

/// A search for one person under each of these reference ids.
pub(super) fn search(id: &str, references: &[&str], second: u32) -> Value {
    let item = |reference: &&str| {
        json!({
            "reference_id": reference, "timestamp": at(second), "search_criteria": {
                "reg_type": "ns:org:RegistryType:Social", "query_type": "idtype-value",
                "query": {"type": "UIN", "value": "U-1"}
            }
        })
    };
    let items: Vec<Value> = references.iter().map(item).collect();
    let mut header = request_header(id, "search", second);
    header["total_count"] = json!(items.len());
    json!({"header": header, "message": {"transaction_id": format!("t-{id}"), "search_request": items}})
}

/// A person for each of these reference ids.
pub(super) fn found(id: &str, references: &[&str], second: u32) -> Value {
    let item = |reference: &&str| {
        let person = json!({"@type": "SRPerson", "birth_date": "1985-03-01", "sex": "female"});
        json!({
            "reference_id": reference, "timestamp": at(second), "status": "succ",
            "data": {"reg_record_type": "SRPerson", "reg_records": [person]}
        })
    };
    let items: Vec<Value> = references.iter().map(item).collect();
    let ids = json!({
        "transaction_id": format!("t-{id}"), "correlation_id": format!("c-{id}"), "search_response": items
    });
    json!({"header": answer_header(id, "on-search", second), "message": ids})
}

pub(super) fn acknowledgement(status: &str, correlation: &str, second: u32) -> Value {
    json!({"message": {"ack_status": status, "timestamp": at(second), "correlation_id": correlation}})
}

pub(super) fn encrypted(id: &str, action: &str, second: u32) -> Value {
    let mut header = answer_header(id, action, second);
    header["is_msg_encrypted"] = json!(true);
    let key = json!({"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": "k"});
    json!({
        "header": header,
        "message": {"header": key, "ciphertext": "a", "encrypted_key": "b", "tag": "c", "iv": "d"}
    })
}

/// A message with another value at one place; without the member there where the value is null.
pub(super) fn with(message: &Value, place: &str, value: Value) -> Value {
    let mut message = message.clone();
    let (parent, member) = place.rsplit_once('/').expect("a pointer");
    if let (Some(there), false) = (message.pointer_mut(place), value.is_null()) {
        *there = value;
        return message;
    }
    let parent = message.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    match value {
        Value::Null => drop(parent.remove(member)),
        value => drop(parent.insert(member.to_owned(), value)),
    }
    message
}

/// One exchange of a HAR file.
pub(super) fn entry(second: u32, url: &str, request: &Value, status: u16, answer: &Value) -> Value {
    let (request, answer) = (request.to_string(), answer.to_string());
    let headers = json!([{"name": "Content-Type", "value": "application/json"}]);
    json!({
        "startedDateTime": at(second), "time": 50,
        "request": {
            "method": "POST", "url": url, "headers": headers, "bodySize": request.len(),
            "postData": {"mimeType": "application/json", "text": request}
        },
        "response": {
            "status": status, "headers": headers, "bodySize": answer.len(),
            "content": {"mimeType": "application/json", "size": answer.len(), "text": answer}
        }
    })
}

pub(super) const SYNC: &str = "https://reg.example/registry/sync/search";
pub(super) const LATER: &str = "https://reg.example/registry/search";
pub(super) const CALLBACK: &str = "https://sp.example/cb";

/// A search in one call and its answer.
pub(super) fn in_the_call(request: &Value, answer: &Value) -> Vec<Value> {
    vec![entry(0, SYNC, request, 200, answer)]
}

/// What the product sends by itself, and the peer takes.
pub(super) fn sent(second: u32, message: &Value) -> Value {
    entry(second, CALLBACK, message, 200, &acknowledgement("ACK", &format!("peer-{second}"), second))
}

/// What a recording comes to: the exit status, and the requirements that failed or warned, as `fail RG-ID-01`.
pub(super) fn judged(files: &[(&str, String)], arguments: &[&str]) -> (i32, Vec<String>, Value) {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.file("in")).expect("a folder");
    for (name, text) in files {
        folder.write(&format!("in/{name}"), text);
    }
    let all: Vec<&str> = ["check", "--exchange", "--out", "out", "in"].iter().chain(arguments).copied().collect();
    let ran = run(&folder, &all);
    assert!(ran.code < 3, "{}{}", ran.out, ran.err);
    let result: Value = serde_json::from_str(&folder.read("out/result.json")).expect("result.json is JSON");
    let tests = result["tests"].as_array().expect("tests").iter();
    let checks = tests.flat_map(|test| test["checks"].as_array().cloned().unwrap_or_default());
    let bad = checks.filter(|check| check["verdict"] == "fail" || check["verdict"] == "warn");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut bad: Vec<String> =
        bad.map(|check| format!("{} {}", text(&check["verdict"]), text(&check["requirement"]))).collect();
    bad.sort();
    bad.dedup();
    (ran.code, bad, result)
}

pub(super) fn har(entries: &[Value]) -> (&'static str, String) {
    ("traffic.har", json!({"log": {"version": "1.2", "entries": entries}}).to_string())
}

/// Nothing is held against the product, and nothing is warned of.
pub(super) fn sound(what: &str, entries: &[Value]) {
    let (code, bad, _) = judged(&[har(entries)], &[]);
    assert_eq!((code, bad), (2, Vec::new()), "{what}");
}

/// These requirements fail, and no others.
pub(super) fn breaks(what: &str, entries: &[Value], requirements: &[&str]) {
    let (code, bad, _) = judged(&[har(entries)], &[]);
    let failed: Vec<&str> = bad.iter().filter_map(|bad| bad.strip_prefix("fail ")).collect();
    assert_eq!((code, failed.as_slice()), (1, requirements), "{what}");
}

fn state_asked() -> Value {
    let asked = json!({
        "reference_id": "r", "txn_type": "search", "attribute_type": "transaction_id", "attribute_value": "t-0"
    });
    let message = json!({"transaction_id": "t-1", "txnstatus_request": asked});
    json!({"header": request_header("1", "txn-status", 0), "message": message})
}

const STATE: &str = "https://reg.example/registry/sync/txn/status";

const ACTIONS: [&str; 5] = ["on-search", "on-subscribe", "on-unsubscribe", "notify", "txn-on-status"];

#[test]
fn what_is_encrypted_is_not_read_as_if_it_were_clear() {
    let messages = ACTIONS.map(|action| encrypted(action, action, 5));
    let mut entries: Vec<Value> = messages.iter().map(|message| sent(5, message)).collect();
    entries.push(entry(0, SYNC, &search("1", &["a"], 0), 200, &encrypted("1", "on-search", 1)));
    entries.push(entry(0, STATE, &state_asked(), 200, &encrypted("2", "txn-on-status", 1)));
    sound("encrypted", &entries);
    let broken: Vec<Value> =
        messages.iter().map(|message| sent(5, &with(message, "/message/tag", Value::Null))).collect();
    breaks("without a tag", &broken, &["RG-MSG-02", "RG-MSG-03", "RG-MSG-04", "RG-MSG-05", "RG-MSG-07"]);
    for flag in [json!(false), Value::Null] {
        let unflagged = |message: &Value| with(message, "/header/is_msg_encrypted", flag.clone());
        for message in &messages {
            breaks(
                &format!("{flag}, {}", message["header"]["action"]),
                &[sent(5, &unflagged(message))],
                &["RG-ENV-05"],
            );
        }
        let answered = unflagged(&encrypted("1", "on-search", 1));
        breaks(&format!("{flag} in the call"), &in_the_call(&search("1", &["a"], 0), &answered), &["RG-ENV-05"]);
        let state = unflagged(&encrypted("2", "txn-on-status", 1));
        breaks(&format!("{flag}, a state"), &[entry(0, STATE, &state_asked(), 200, &state)], &["RG-ENV-05"]);
    }
    // A member of that name beside what is clear encrypts nothing.
    let named = with(&found("1", &["a"], 1), "/message/ciphertext", json!("AES"));
    sound("a member of that name", &in_the_call(&search("1", &["a"], 0), &named));
}

#[test]
fn what_can_be_read_is_judged_whatever_is_encrypted_beside_it() {
    let members = encrypted("1", "on-search", 1);
    let both = |id| {
        let broken = with(&found(id, &["a"], 1), "/message/search_response/0/status", json!("fine"));
        let both = ["header", "ciphertext", "encrypted_key", "tag", "iv"].iter().fold(broken, |both, name| {
            let place = format!("/message/{name}");
            with(&both, &place, members.pointer(&place).cloned().unwrap_or_default())
        });
        with(&both, "/header/is_msg_encrypted", json!(true))
    };
    let entries = [entry(0, SYNC, &search("1", &["a"], 0), 200, &both("1")), sent(1, &both("2"))];
    breaks("in the call and later", &entries, &["RG-MSG-01", "RG-MSG-02"]);
}

#[test]
fn a_state_is_that_of_the_transaction_asked_for_whatever_its_header_says() {
    let told = |id: &str, kind: &str, of: &str| {
        let status = json!({"txn_type": kind, "txn_status": found(of, &["r"], 1)["message"]});
        let message = json!({"transaction_id": "t-1", "correlation_id": "c-1", "txnstatus_response": status});
        json!({"header": answer_header(id, "txn-on-status", 1), "message": message})
    };
    let state = |answer: &Value| entry(0, STATE, &state_asked(), 200, answer);
    let pending =
        |answer: &Value, message: Value| with(&with(answer, "/header/status", json!("pdng")), "/message", message);
    let alone = pending(&found("1", &["a"], 1), Value::Null);
    let good = [
        state(&told("2", "search", "0")),
        state(&told("3", "on-search", "0")),
        state(&pending(&told("4", "search", "0"), Value::Null)),
        entry(0, SYNC, &search("1", &["a"], 0), 200, &alone),
    ];
    let (code, bad, result) = judged(&[har(&good)], &[]);
    assert_eq!((code, bad), (2, Vec::new()));
    let errata = result["errata"].to_string();
    assert!(errata.contains("ET-04") && errata.contains("ET-20"), "{errata}");
    let broken = json!({"transaction_id": "other", "txnstatus_response": {"txn_type": "search", "txn_status": 7}});
    let bad = [
        state(&told("5", "search", "9")),
        state(&told("6", "subscribe", "0")),
        state(&pending(&told("7", "search", "0"), broken)),
    ];
    breaks("another, of another type, and pending", &bad, &["RG-ID-01", "RG-MSG-06", "RG-TXN-01", "RG-TXN-02"]);
    let url = "https://reg.example/registry/txn/status";
    let later = entry(0, url, &state_asked(), 200, &acknowledgement("ACK", "c-1", 0));
    breaks("later", &[later, sent(1, &told("8", "subscribe", "9"))], &["RG-TXN-01", "RG-TXN-02"]);
}

#[test]
fn a_page_in_the_call_is_the_one_asked_for() {
    let asked = |id| {
        let page = json!({"page_size": 1, "page_number": 1});
        let asked = with(&search(id, &["a"], 0), "/message/search_request/0/search_criteria/pagination", page);
        move |answer: &Value| entry(0, SYNC, &asked, 200, answer)
    };
    let page = |id, number: u32| {
        let page = json!({"page_size": 1, "page_number": number, "total_count": 2});
        with(&found(id, &["a"], 1), "/message/search_response/0/pagination", page)
    };
    sound("that page", &[asked("1")(&page("1", 1))]);
    let mut large = page("2", 1);
    let records = large["message"]["search_response"][0]["data"]["reg_records"].as_array_mut().expect("records");
    records.push(with(&records[0], "/birth_date", json!("1990-01-02")));
    let (_, bad, result) = judged(&[har(&[asked("1")(&page("1", 7)), asked("2")(&large)])], &[]);
    assert_eq!(bad, ["fail RG-PAGE-01", "fail RG-PAGE-02"]);
    let told = result["tests"].to_string();
    assert!(told.contains("--test 'RG-RUN-26'") && !told.contains("--test 'traffic.har"), "a recording has no tests");
}

#[test]
fn a_subscription_made_has_a_code_and_is_one() {
    let made = |id: &str, code: &str, status: &str| {
        let subscriptions = json!([{"code": code, "status": status, "timestamp": at(5)}]);
        let one = json!({"reference_id": "r", "timestamp": at(5), "status": "succ", "subscriptions": subscriptions});
        let message = json!({"transaction_id": "t-1", "correlation_id": "c-1", "subscribe_response": [one]});
        json!({"header": answer_header(id, "on-subscribe", 5), "message": message})
    };
    sound("one", &[sent(5, &made("1", "s", "subscribe"))]);
    let none = with(&made("1", "s", "subscribe"), "/message/subscribe_response/0/subscriptions", json!([]));
    breaks(
        "no code, and an end",
        &[sent(5, &none), sent(5, &made("2", "s", "unsubscribe"))],
        &["RG-SUB-02", "RG-SUB-03"],
    );
}

#[test]
fn an_encrypted_message_with_a_protected_header_is_noted() {
    let usual = |message: &Value| {
        let protected = with(message, "/message/protected", json!("eyJhbGciOiJSU0EtT0FFUC0yNTYifQ"));
        with(&protected, "/message/header", Value::Null)
    };
    let mut entries: Vec<Value> = ACTIONS.iter().map(|action| sent(5, &usual(&encrypted(action, action, 5)))).collect();
    entries.push(entry(0, SYNC, &search("1", &["a"], 0), 200, &usual(&encrypted("1", "on-search", 1))));
    let (code, bad, result) = judged(&[har(&entries)], &[]);
    assert_eq!((code, bad), (2, Vec::new()));
    assert!(result["errata"].to_string().contains("ET-80"), "{}", result["errata"]);
    let neither = with(&encrypted("1", "on-search", 5), "/message/header", Value::Null);
    breaks("neither header", &[sent(5, &neither)], &["RG-MSG-02"]);
}

/// A notification of events with these records.
fn events(records: &[Value]) -> Value {
    let event = |records: &Value| {
        let data = json!({"reg_event_type": "REGISTER", "reg_record_type": "SRPerson", "reg_records": records});
        json!({"reference_id": "n", "timestamp": at(5), "data": data})
    };
    let events: Vec<Value> = records.iter().map(event).collect();
    let header = with(&answer_header("1", "notify", 5), "/total_count", json!(events.len()));
    json!({"header": header, "message": {"transaction_id": "t-n", "notify_event": events}})
}

#[test]
fn every_record_of_every_event_is_judged_whether_listed_or_not() {
    let good = json!({"@type": "SRPerson", "birth_date": "1985-03-01", "sex": "female"});
    let bad = with(&good, "/birth_date", json!("12/01/1985"));
    let event = "/message/notify_event";
    for (records, place) in [
        (vec![json!([bad])], format!("{event}/0/data/reg_records/0/birth_date")),
        (vec![json!([good, bad])], format!("{event}/0/data/reg_records/1/birth_date")),
        (vec![json!([good]), bad.clone()], format!("{event}/1/data/reg_records/birth_date")),
        (vec![bad.clone(), json!([good])], format!("{event}/0/data/reg_records/birth_date")),
        (vec![good.clone(), bad.clone()], format!("{event}/1/data/reg_records/birth_date")),
    ] {
        let (_, bad, result) = judged(&[har(&[sent(5, &events(&records))])], &[]);
        assert_eq!(bad, ["fail RG-REC-01"], "{records:?}");
        assert!(result["tests"].to_string().contains(&format!("\"at\":\"{place}\"")), "{place}");
    }
    sound("listed or not", &[sent(5, &events(&[json!([good, good]), good.clone()]))]);
}

#[test]
fn a_header_is_enough_where_the_answer_is_refused_or_pending() {
    let headers = |statuses: &[&str]| -> Vec<Value> {
        let each = statuses.iter().flat_map(|status| {
            ["on-search", "notify", "txn-on-status"].map(|action| {
                let header = json!({"header": answer_header(&format!("{action}-{status}"), action, 5)});
                sent(5, &with(&header, "/header/status", json!(status)))
            })
        });
        each.collect()
    };
    sound("refused or pending", &headers(&["rjct", "pdng"]));
    breaks("done or received", &headers(&["succ", "rcvd"]), &["RG-MSG-02", "RG-MSG-05", "RG-MSG-07"]);
}

#[test]
fn a_callback_without_its_ids_is_judged_all_the_same() {
    let asked = entry(0, LATER, &search("1", &["a"], 0), 200, &acknowledgement("ACK", "c-1", 0));
    let answer = found("1", &["a"], 5);
    sound("whole", &[asked.clone(), sent(5, &answer)]);
    let without = with(&answer, "/message/transaction_id", Value::Null);
    breaks("without a transaction", &[asked.clone(), sent(5, &without)], &["RG-ID-01", "RG-MSG-02"]);
    let header = with(&json!({"header": answer["header"]}), "/header/status", Value::Null);
    breaks("a header without a status", &[asked, sent(5, &header)], &["RG-ENV-01", "RG-MSG-02"]);
}

#[test]
fn a_failure_of_the_server_is_a_must_only_where_the_client_made_a_mistake() {
    let asked = search("1", &["a"], 0);
    let failed = json!({"errors": [{"code": "500", "message": "later"}]});
    let (code, bad, _) = judged(&[har(&[entry(0, SYNC, &asked, 500, &failed)])], &[]);
    assert_eq!((code, bad), (2, vec!["warn RG-OP-07".to_owned()]));
    let mistaken = with(&asked, "/message/search_request", json!("none"));
    breaks("a mistake", &[entry(0, SYNC, &mistaken, 500, &failed)], &["RG-HYG-01"]);
}

#[test]
fn a_refusal_in_plain_words_holds_nobodys_data() {
    let mut refused = entry(0, SYNC, &search("1", &["a"], 0), 404, &json!(null));
    refused["response"]["content"] = json!({"mimeType": "text/plain", "size": 7, "text": "no such"});
    let mut empty = with(&refused, "/response/status", json!(401));
    empty["response"]["content"] = json!({"mimeType": "", "size": 0, "text": ""});
    empty["response"]["bodySize"] = json!(0);
    let (code, bad, result) = judged(&[har(&[refused, empty])], &[]);
    assert_eq!((code, bad), (2, Vec::new()));
    assert!(!result.to_string().contains("implementation file"), "nobody wrote one");
}

#[test]
fn who_asks_twice_under_one_reference_id_is_answered_so() {
    let (asked, answer) = (search("1", &["a", "a"], 0), found("1", &["a", "a"], 1));
    sound("asked twice", &in_the_call(&asked, &answer));
    let (again, later) = (search("2", &["a", "a"], 10), found("2", &["a", "a"], 15));
    sound("later", &[entry(10, LATER, &again, 200, &acknowledgement("ACK", "c-2", 10)), sent(15, &later)]);
    breaks("asked once", &in_the_call(&search("1", &["a", "b"], 0), &answer), &["RG-ID-02"]);
}

#[test]
fn a_person_with_a_member_of_its_own_stays_a_person() {
    let person = "/message/search_response/0/data/reg_records/0";
    let (asked, answer) = (search("1", &["a"], 0), found("1", &["a"], 1));
    sound("a person", &in_the_call(&asked, &with(&answer, &format!("{person}/group_size"), json!(4))));
    let group = with(&answer, person, json!({"@type": "Group", "group_size": 4}));
    breaks("a group", &in_the_call(&asked, &group), &["SR-REC-01"]);
}

#[test]
fn every_successful_answer_in_the_call_is_judged() {
    let (asked, answer) = (search("1", &["a"], 0), found("1", &["a"], 1));
    let without = |place: &str| in_the_call(&asked, &with(&answer, place, Value::Null));
    breaks("no result", &without("/message/search_response"), &["RG-MSG-01"]);
    breaks("an empty message", &in_the_call(&asked, &with(&answer, "/message", json!({}))), &["RG-MSG-01"]);
    let acknowledged = in_the_call(&asked, &acknowledgement("ACK", "c-1", 1));
    breaks("an acknowledgement", &acknowledged, &["RG-ENV-01", "RG-ENV-03", "RG-ID-06", "RG-MSG-01"]);
    let unlisted = with(&answer, "/header/status", json!("done"));
    breaks("accepted", &[entry(0, SYNC, &asked, 202, &unlisted)], &["RG-ENV-01"]);
    breaks("created", &[entry(0, LATER, &asked, 201, &json!({"a": 1}))], &["RG-ACK-01"]);
    let refused = acknowledgement("ERR", "c-1", 1);
    let (code, bad, _) = judged(&[har(&in_the_call(&asked, &refused))], &[]);
    assert_eq!((code, bad), (2, vec!["warn RG-ACK-02".to_owned()]), "a refusal may be told so");
    let both = with(&without_header(&answer), "/message/ack_status", json!("ERR"));
    breaks("a result that says ERR", &in_the_call(&asked, &both), &["RG-ENV-01", "RG-ENV-03", "RG-ENV-04", "RG-ID-06"]);
    for status in [203, 204, 206] {
        let mut empty = entry(0, SYNC, &asked, status, &json!(null));
        empty["response"]["content"] = json!({"mimeType": "", "size": 0, "text": ""});
        empty["response"]["bodySize"] = json!(0);
        breaks(&format!("{status}, empty"), &[empty], &["RG-HYG-03"]);
    }
    for kind in ["application/jsonfoo", "application/json-seq"] {
        let mut labelled = entry(0, SYNC, &asked, 200, &answer);
        labelled["response"]["headers"] = json!([{"name": "Content-Type", "value": kind}]);
        breaks(kind, &[labelled], &["RG-HYG-02"]);
    }
}

/// An answer without its header.
fn without_header(answer: &Value) -> Value {
    with(answer, "/header", Value::Null)
}

#[test]
fn who_takes_a_broken_request_owes_it_a_whole_answer() {
    let asked = with(&search("1", &["a"], 0), "/header/total_count", json!("1"));
    let answer = found("1", &["a"], 1);
    sound("a whole one", &in_the_call(&asked, &answer));
    let unlisted = with(&answer, "/header/status", json!("done"));
    breaks("a broken one", &in_the_call(&asked, &unlisted), &["RG-ENV-01"]);
    let fine = with(&answer, "/message/search_response/0/status", json!("fine"));
    let bare = &["RG-ENV-01", "RG-ENV-02", "RG-ENV-03", "RG-ID-06"];
    breaks("without its envelope", &in_the_call(&asked, &answer["message"]), bare);
    let foreign = with(&answer, "/message/search_response/0/reference_id", json!("x"));
    let other = with(&foreign, "/header/message_id", json!("told-2"));
    let entries = [in_the_call(&asked, &fine), in_the_call(&asked, &other)].concat();
    breaks("an unlisted word, and a foreign reference", &entries, &["RG-ID-02", "RG-MSG-01"]);
    let acknowledged = |asked: &Value| entry(0, LATER, asked, 200, &acknowledgement("ACK", "c-1", 0));
    let later = with(&with(&foreign, "/message/correlation_id", json!("c-9")), "/header/message_ts", json!(at(5)));
    breaks("later", &[acknowledged(&asked), sent(5, &later)], &["RG-ID-02", "RG-ID-03"]);
    // What the request had wrong itself need not come back.
    let numbered = with(&asked, "/message/search_request/0/reference_id", json!(7));
    sound("a broken reference", &[acknowledged(&numbered), sent(5, &found("1", &["7"], 5))]);
    let (_, bad, result) = judged(&[har(&in_the_call(&asked, &json!({"message": {}})))], &[]);
    assert_eq!(bad, Vec::<String>::new());
    assert!(result["observations"].to_string().contains("not held to what"), "{}", result["observations"]);
}

#[test]
fn an_item_under_a_reference_id_of_nobody_is_found() {
    let (asked, answer) = (search("1", &["a", "b"], 0), found("1", &["a", "x"], 5));
    breaks("in the call", &in_the_call(&asked, &answer), &["RG-ID-02"]);
    let acknowledged = entry(0, LATER, &asked, 200, &acknowledgement("ACK", "c-1", 0));
    breaks("one too many", &[acknowledged.clone(), sent(5, &found("1", &["a", "b", "x"], 5))], &["RG-ID-02"]);
    sound("one alone", &[acknowledged.clone(), sent(5, &found("1", &["b"], 5))]);
    let mut twice = found("1", &["a", "a"], 5);
    let items = twice["message"]["search_response"].as_array_mut().expect("items");
    items.iter_mut().for_each(|item| *item = with(&with(item, "/data", Value::Null), "/status", json!("rjct")));
    breaks("twice, without a record", &[acknowledged, sent(5, &twice)], &["RG-ID-02"]);
}

#[test]
fn the_peers_own_acknowledgements_are_not_the_products() {
    let asked = ("1.json", search("1", &["a"], 0).to_string());
    let answered = ("3.json", found("1", &["a"], 5).to_string());
    let event = encrypted("2", "notify", 20);
    for status in ["ACK", "NACK", "ERR"] {
        let peers = ("4.json", acknowledgement(status, "peer", 21).to_string());
        let (code, bad, result) = judged(&[asked.clone(), answered.clone(), peers.clone()], &[]);
        assert_eq!((code, bad), (2, Vec::new()), "{status} to a callback");
        assert!(result["observations"].to_string().contains("may be the peer's"), "{}", result["observations"]);
        let event = ("5.json", event.to_string());
        let (code, bad, _) = judged(&[asked.clone(), answered.clone(), event, peers], &[]);
        assert_eq!((code, bad), (2, Vec::new()), "{status} to an event");
    }
    // What came before the callback is the product's; so is what carries its correlation.
    for correlation in ["c-1", "other"] {
        let nack = ("2.json", acknowledgement("NACK", correlation, 1).to_string());
        let (code, bad, _) = judged(&[asked.clone(), nack, answered.clone()], &[]);
        assert!(code == 1 && bad.contains(&"fail RG-CB-05".to_owned()), "{correlation}: {bad:?}");
    }
}

#[test]
fn what_the_peer_sends_to_an_endpoint_is_a_request_whatever_it_says() {
    let refused = json!({"errors": [{"code": "err.request.bad", "message": "no"}]});
    let good = entry(0, SYNC, &search("1", &["a"], 0), 200, &found("1", &["a"], 1));
    for (action, url) in [("on-search", LATER), ("notify", SYNC)] {
        let mistaken = with(&search("2", &["a"], 10), "/header/action", json!(action));
        let mistaken = entry(10, url, &mistaken, 400, &refused);
        sound(action, &[good.clone(), mistaken.clone()]);
        let (_, bad, result) = judged(&[har(&[mistaken])], &[]);
        assert_eq!(bad, Vec::<String>::new(), "{action}, alone");
        assert!(result["observations"].to_string().contains("the product's peer"), "{}", result["observations"]);
    }
}

/// The exchange with other values in its answer, as a recorder may write them.
fn recorded_as(changes: &[(&str, Value)]) -> Value {
    let whole = entry(0, SYNC, &search("1", &["a"], 0), 200, &found("1", &["a"], 1));
    changes.iter().fold(whole, |entry, (place, value)| with(&entry, &format!("/response/{place}"), value.clone()))
}

#[test]
fn a_body_that_was_recorded_in_part_is_not_judged_as_a_whole() {
    let text = found("1", &["a"], 1).to_string();
    let packed = json!("H4sIAAAAAAAAA6tWSlSyUjCsBQCHU+CqCgAAAA==");
    let encoding =
        json!([{"name": "Content-Type", "value": "application/json"}, {"name": "Content-Encoding", "value": "gzip"}]);
    let brotli = with(&encoding, "/1/value", json!("br"));
    let length =
        json!([{"name": "Content-Type", "value": "application/json"}, {"name": "Content-Length", "value": "900"}]);
    for (what, changes) in [
        ("cut short", vec![("content/text", json!(&text[..200]))]),
        ("packed", vec![("headers", encoding), ("content/encoding", json!("base64")), ("content/text", packed)]),
        ("empty though it has a size", vec![("content/text", json!(""))]),
        ("without a text, with a size on the wire", vec![("content", json!({"size": 0}))]),
        (
            "without a text, with a length",
            vec![("headers", length), ("content", json!({"size": 0})), ("bodySize", json!(0))],
        ),
        ("without header fields", vec![("headers", json!([]))]),
        (
            "empty, of no known length",
            vec![("content/text", json!("")), ("content/size", json!(-1)), ("bodySize", json!(-1))],
        ),
        ("of no size on the wire", vec![("content", json!({"size": 0})), ("bodySize", json!(-1))]),
        (
            "left out",
            vec![("content", json!({"size": 0, "text": "", "comment": "not included"})), ("bodySize", json!(0))],
        ),
        (
            "packed and written as text",
            vec![("headers", brotli), ("content/text", json!("\u{1b}\u{d3}\u{2}\u{c0}m\u{84}"))],
        ),
        ("taken out", vec![("content/text", json!("[redacted]"))]),
        (
            "taken out, and measured again",
            vec![("content", json!({"size": 25, "text": "application/json redacted"})), ("bodySize", json!(25))],
        ),
        ("of few fields", vec![("headers", json!([{"name": "date", "value": "today"}]))]),
        ("of nobody's status", vec![("status", json!(499)), ("content/text", json!("gone"))]),
    ] {
        sound(what, &[recorded_as(&changes)]);
    }
    let html = [("headers", json!([{"name": "date", "value": "x"}])), ("content/mimeType", json!("text/html"))];
    breaks("of another type", &[recorded_as(&html)], &["RG-HYG-02"]);
    let asked = entry(0, LATER, &search("1", &["a"], 0), 200, &acknowledgement("ACK", "c-1", 0));
    let mut callback = entry(5, "https://sp.example/registry/on-search", &json!({}), 200, &json!({}));
    for (size, content) in [
        (json!(-1), Value::Null),
        (Value::Null, json!({"mimeType": "application/json"})),
        (json!(-1), json!({"text": "", "_file": "a.json"})),
        (json!(0), json!({"comment": "Request bodies are not included."})),
    ] {
        callback["request"]["postData"] = content;
        callback["request"]["bodySize"] = size;
        sound("a callback", &[asked.clone(), callback.clone()]);
    }
    callback["request"]["postData"] = Value::Null;
    breaks("an empty callback", &[asked, callback], &["RG-HYG-03"]);
    let halved = vec![("content/text", json!("<html>")), ("content/size", json!(6)), ("bodySize", json!(6))];
    breaks("no JSON, and whole", &[recorded_as(&halved)], &["RG-HYG-03"]);
    let empty = vec![("content/text", json!("")), ("content/size", json!(0)), ("bodySize", json!(-1))];
    breaks("empty", &[recorded_as(&empty)], &["RG-HYG-03"]);
}

#[test]
fn one_message_seen_twice_is_one_message() {
    let (asked, answer) = (search("1", &["a"], 0), found("1", &["a"], 1));
    let both = [entry(0, SYNC, &asked, 200, &answer), entry(40, SYNC, &asked, 200, &answer)];
    sound("asked again and answered alike", &both);
    let echo = |answer: &Value| with(answer, "/header/message_id", json!("asked-1"));
    let later = with(&echo(&answer), "/header/message_ts", json!(at(3)));
    let (code, bad, _) =
        judged(&[har(&[entry(0, SYNC, &asked, 200, &echo(&answer)), entry(2, SYNC, &asked, 200, &later)])], &[]);
    assert_eq!((code, bad), (2, vec!["warn RG-ID-05".to_owned()]), "the id of the request, which came twice");
    let other = with(&found("2", &["a"], 11), "/header/message_id", json!("told-1"));
    let third = entry(10, SYNC, &search("2", &["a"], 10), 200, &other);
    breaks("another answer", &[both[0].clone(), third], &["RG-ID-06"]);

    let acknowledged = entry(0, LATER, &asked, 200, &acknowledgement("ACK", "c-1", 0));
    let callback = found("1", &["a"], 5);
    let refused = entry(5, CALLBACK, &callback, 200, &acknowledgement("ERR", "peer", 5));
    sound("sent again after a refusal", &[acknowledged.clone(), refused, sent(65, &callback)]);

    // One of two ways to label it is wrong, in any order; without its label it is no other.
    let text = with(&both[0], "/response/headers", json!([{"name": "Content-Type", "value": "text/plain"}]));
    breaks("labelled otherwise", &[both[0].clone(), text.clone()], &["RG-HYG-02"]);
    breaks("and before", &[text.clone(), both[1].clone()], &["RG-HYG-02"]);
    let bare = with(&with(&both[0], "/response/headers", json!([])), "/request/headers", json!([]));
    breaks("seen with its fields later", &[bare, text], &["RG-HYG-02"]);

    // Both ends of one exchange, and our own report of it.
    let entries = [acknowledged, sent(5, &callback)];
    let (_, _, result) = judged(&[har(&entries)], &[]);
    let at_the_other_end = entries.clone().map(|entry| with(&entry, "/time", json!(49)));
    let files = [har(&entries), ("other.har", har(&at_the_other_end).1), ("result.json", result.to_string())];
    let (code, bad, result) = judged(&files, &[]);
    assert_eq!((code, bad), (2, Vec::new()));
    assert!(result["observations"].to_string().contains("recorded more than once"), "{}", result["observations"]);

    // However it is written.
    let indented = serde_json::to_string_pretty(&callback).expect("JSON");
    let proxied = with(&entries[1], "/request/postData/text", json!(indented));
    sound("as a proxy writes it", &[entries[0].clone(), entries[1].clone(), proxied]);
    let texts = |messages: &[&Value]| -> Vec<(&'static str, String)> {
        ["1.json", "2.json", "3.json"].into_iter().zip(messages.iter().map(|message| format!("{message:#}"))).collect()
    };
    let told = |files: &[(&'static str, String)]| {
        let (code, bad, result) = judged(files, &[]);
        assert!(result["observations"].to_string().contains("recorded more than once"), "{}", result["observations"]);
        (code, bad)
    };
    // The messages of a HAR file beside it.
    let in_the_call = [har(&in_the_call(&asked, &answer)), texts(&[&answer]).remove(0)];
    assert_eq!(told(&in_the_call), (2, Vec::new()));
    let foreign = with(&callback, "/message/search_response/0/reference_id", json!("x"));
    let mut files = vec![har(&[entries[0].clone(), sent(5, &foreign)])];
    files.extend(texts(&[&asked, &acknowledgement("ACK", "c-1", 0)]));
    assert_eq!(told(&files), (1, vec!["fail RG-ID-02".to_owned()]));
}

#[test]
fn an_entry_that_is_built_otherwise_loses_none_of_the_others() {
    let good = entry(0, SYNC, &search("1", &["a"], 0), 200, &found("1", &["a"], 1));
    let with_port = with(&good, "/request/url", json!("https://reg.example:443/registry/sync/search"));
    let no_moment = with(&good, "/startedDateTime", json!("yesterday"));
    let aborted = with(&good, "/response", Value::Null);
    let (code, bad, result) = judged(&[har(&[good, with_port, no_moment, aborted, json!(1)])], &[]);
    assert_eq!((code, bad), (2, Vec::new()));
    let told = result["observations"].to_string();
    assert!(told.contains("2 recorded exchange(s) or message(s) not built"), "{told}");
}

#[test]
fn nothing_is_reported_after_a_refusal_and_a_signature_is_a_text() {
    let signed = with(&found("1", &["a"], 1), "/signature", json!(5));
    breaks("a signature", &in_the_call(&search("1", &["a"], 0), &signed), &["RG-ENV-01"]);
    let message = json!({
        "transaction_id": "t-1", "correlation_id": "c-1", "timestamp": at(5), "status": "succ",
        "subscription_status": [{"code": "s", "status": "unsubscribe"}]
    });
    let ended = json!({"header": answer_header("1", "on-unsubscribe", 5), "message": message});
    let asked = json!({
        "header": request_header("1", "unsubscribe", 0),
        "message": {"transaction_id": "t-1", "timestamp": at(0), "subscription_codes": ["s"]}
    });
    let url = "https://reg.example/registry/unsubscribe";
    let answered = |status| entry(0, url, &asked, 200, &acknowledgement(status, "c-1", 0));
    let misspelt = with(&ended, "/message/timesatmp", json!(at(5)));
    let (_, bad, result) = judged(&[har(&[answered("ACK"), sent(5, &misspelt)])], &[]);
    assert!(bad.is_empty() && result["errata"].to_string().contains("ET-02"), "after ACK: {bad:?}");
    breaks("after NACK", &[answered("NACK"), sent(5, &ended)], &["RG-CB-05"]);
    let named = "/message/subscription_status/0";
    for (what, value) in [("code", json!("other")), ("status", json!("subscribe"))] {
        let other = with(&ended, &format!("{named}/{what}"), value);
        breaks(what, &[answered("ACK"), sent(5, &other)], &["RG-SUB-14"]);
    }
}
