//! Messages of the social registry, written from our own knowledge: every member filled, and the bare minimum; and the
//! single edits that are made to each.

use super::corpus::apply;
use serde_json::{Map, Value, json};

const STAMP: &str = "2025-12-01T09:30:00Z";

fn request(action: &str, message: Value) -> Value {
    json!({"signature": "", "header": {
        "version": "1.0.0", "message_id": "m-1", "message_ts": STAMP, "action": action, "sender_id": "sp.example",
        "sender_uri": "https://sp.example.org/callback", "receiver_id": "sr.example", "total_count": 1,
        "is_msg_encrypted": false, "meta": {"note": "x"}}, "message": message})
}

fn callback(action: &str, message: Value) -> Value {
    json!({"signature": "", "header": {
        "version": "1.0.0", "message_id": "m-2", "message_ts": STAMP, "action": action, "status": "rjct",
        "status_reason_code": "rjct.errors.too_many", "status_reason_message": "all items failed", "total_count": 2,
        "completed_count": 2, "sender_id": "sr.example", "receiver_id": "sp.example", "is_msg_encrypted": false,
        "meta": {}}, "message": message})
}

fn done(mut body: Value) -> Value {
    body["header"]["status"] = json!("succ");
    for name in ["status_reason_code", "status_reason_message"] {
        body["header"].as_object_mut().map(|header| header.shift_remove(name));
    }
    body
}

fn search(query_type: &str, query: Value) -> Value {
    json!({"transaction_id": "t-1", "search_request": [{
        "reference_id": "r-1", "timestamp": STAMP, "locale": "eng",
        "search_criteria": {
            "version": "1.0.0", "reg_type": "social", "reg_record_type": "SRPerson", "query_type": query_type,
            "response_entity": "Group", "query": query, "sort": [{"attribute_name": "birth_date", "sort_order": "asc"}],
            "pagination": {"page_size": 10, "page_number": 1}, "consent": {"ts": STAMP}, "authorize": {"ts": STAMP}}}]})
}

fn search_response() -> Value {
    json!({"transaction_id": "t-1", "correlation_id": "c-1", "search_response": [{
        "reference_id": "r-1", "timestamp": STAMP, "status": "succ",
        "status_reason_code": "rjct.filter.invalid", "status_reason_message": "see the query",
        "data": {"version": "1.0.0", "reg_type": "social", "reg_record_type": "Group",
                 "reg_records": [{"group_size": 2}]},
        "pagination": {"page_size": 10, "page_number": 1, "total_count": 1}, "locale": "eng"}]})
}

fn frequency() -> Value {
    json!({"start_time": STAMP, "end_time": "2026-12-01T09:30:00+01:00", "frequency": "0 0 6 * * ? *"})
}

fn predicates() -> Value {
    let expression =
        |name: &str, value: Value| json!({"attribute_name": name, "operator": "gt", "attribute_value": value});
    json!([{"seq_num": 1, "expression1": expression("poverty_score", json!(12.5)), "condition": "and",
            "expression2": expression("region_code", json!("R1"))}])
}

fn subscribe() -> Value {
    json!({"transaction_id": "t-2", "subscribe_request": [{
        "reference_id": "r-1", "timestamp": STAMP, "locale": "eng",
        "subscribe_criteria": {
            "version": "1.0.0", "reg_type": "social", "reg_event_type": "REGISTER", "frequency": frequency(),
            "filter_type": "predicate", "filter": predicates(), "notify_record_type": "Group", "authorize": {}}}]})
}

fn subscribe_response() -> Value {
    json!({"transaction_id": "t-2", "correlation_id": "c-2", "subscribe_response": [{
        "reference_id": "r-1", "timestamp": STAMP, "status": "succ",
        "status_reason_code": "rjct.notify_types.invalid", "status_reason_message": "no such event",
        "subscriptions": [{
            "version": "1.0.0", "code": "s-1", "status": "subscribe", "timestamp": STAMP, "reg_type": "social",
            "reg_event_type": "REGISTER", "frequency": frequency(), "filter_type": "idtype-value",
            "filter": {"type": "UIN", "value": "1001"}, "notify_record_type": "Group", "locale": "eng"}],
        "pagination": {"page_size": 10, "page_number": 1, "total_count": 1}, "locale": "eng"}]})
}

fn unsubscribe() -> Value {
    json!({"transaction_id": "t-3", "timestamp": STAMP, "subscription_codes": ["s-1", "s-2"]})
}

fn unsubscribe_response() -> Value {
    json!({"transaction_id": "t-3", "correlation_id": "c-3", "timestamp": STAMP, "status": "succ",
           "status_reason_code": "rjct.subscription_code.invalid", "status_reason_message": "unknown",
           "subscription_status": [{"code": "s-1", "status": "unsubscribe"}]})
}

fn notify() -> Value {
    json!({"transaction_id": "t-4", "notify_event": [{
        "reference_id": "r-1", "timestamp": STAMP, "locale": "eng",
        "data": {"version": "1.0.0", "reg_type": "social", "reg_event_type": "REGISTER", "reg_record_type": "Group",
                 "reg_records": {"group_size": 2}}}]})
}

fn status_request(attribute_type: &str, value: Value) -> Value {
    json!({"transaction_id": "t-5", "txnstatus_request": {
        "reference_id": "r-1", "txn_type": "search", "attribute_type": attribute_type, "attribute_value": value,
        "locale": "eng"}})
}

fn status_response(txn_type: &str, status: Value) -> Value {
    json!({"transaction_id": "t-5", "correlation_id": "c-5",
           "txnstatus_response": {"txn_type": txn_type, "txn_status": status}})
}

fn encrypted() -> Value {
    json!({"header": {"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": "k-1"}, "ciphertext": "YQ", "encrypted_key": "Yg",
           "tag": "Yw", "iv": "ZA"})
}

fn acknowledgement(status: &str) -> Value {
    json!({"message": {"ack_status": status, "timestamp": STAMP, "correlation_id": "c-1",
                       "error": {"code": "err.request.bad", "message": "not readable"}}})
}

/// Only the members the standard requires.
fn bare_search() -> Value {
    json!({"header": {"message_id": "m", "message_ts": STAMP, "action": "search", "sender_id": "a", "total_count": 1},
           "message": {"transaction_id": "t", "search_request": [{"reference_id": "r", "timestamp": STAMP,
               "search_criteria": {"query_type": "idtype-value", "query": {"type": "UIN", "value": "1"}}}]}})
}

/// Name, our schema, the official schema (path and side, or component), message.
pub fn bases() -> Vec<(&'static str, &'static str, &'static str, Value)> {
    let by_id = || search("idtype-value", json!({"type": "UIN", "value": "1001"}));
    let expression =
        || search("expression", json!({"type": "x", "value": {"expression": {"query": {"a": {"$eq": 1}}}}}));
    let union = |mut body: Value| {
        body["header"]["sender_uri"] = json!("https://sr.example.org/");
        body
    };
    let receipt = json!({"transaction_id": "t-1", "receipt_information": {"beneficiaries": [{"a": 1}]}});
    let closed = |mut body: Value| {
        body["header"]["is_msg_encrypted"] = json!(true);
        body["message"] = encrypted();
        body
    };
    vec![
        ("search by identifier", "search request", "/registry/search request", request("search", by_id())),
        ("search by expression", "search request", "/registry/search request", request("search", expression())),
        (
            "search by predicates",
            "search request",
            "/registry/search request",
            request("search", search("predicate", predicates())),
        ),
        ("bare search", "search request", "/registry/search request", bare_search()),
        ("encrypted search", "search request", "/registry/search request", closed(request("search", json!({})))),
        (
            "search result",
            "on-search callback",
            "/registry/on-search request",
            callback("on-search", search_response()),
        ),
        ("subscribe", "subscribe request", "/registry/subscribe request", request("subscribe", subscribe())),
        (
            "subscribed",
            "on-subscribe callback",
            "/registry/on-subscribe request",
            union(callback("on-subscribe", subscribe_response())),
        ),
        (
            "subscribed, callback header",
            "on-subscribe callback",
            "/registry/on-subscribe request",
            done(callback(
                "on-subscribe",
                json!({"transaction_id": "t", "correlation_id": "c", "subscribe_response": []}),
            )),
        ),
        (
            "subscribed, request header",
            "on-subscribe callback",
            "/registry/on-subscribe request",
            request("on-subscribe", json!({"transaction_id": "t", "correlation_id": "c", "subscribe_response": []})),
        ),
        ("notification", "notify callback", "/registry/notify request", done(callback("notify", notify()))),
        ("unsubscribe", "unsubscribe request", "/registry/unsubscribe request", request("unsubscribe", unsubscribe())),
        (
            "unsubscribed",
            "on-unsubscribe callback",
            "/registry/on-unsubscribe request",
            union(callback("on-unsubscribe", unsubscribe_response())),
        ),
        (
            "status by transaction",
            "txn status request",
            "/registry/txn/status request",
            request("txn-status", status_request("transaction_id", json!("t-1"))),
        ),
        (
            "status by references",
            "txn status request",
            "/registry/txn/status request",
            request("txn-status", status_request("reference_id_list", json!(["r-1", "r-2"]))),
        ),
        (
            "status of a search",
            "txn on-status callback",
            "/registry/txn/on-status request",
            done(callback("txn-on-status", status_response("search", search_response()))),
        ),
        (
            "status of a receipt",
            "txn on-status callback",
            "/registry/txn/on-status request",
            done(callback("txn-on-status", status_response("receipt", receipt))),
        ),
        (
            "status of a subscription",
            "txn on-status callback",
            "/registry/txn/on-status request",
            done(callback("txn-on-status", status_response("subscribe", subscribe_response()))),
        ),
        ("sync search", "sync search request", "/registry/sync/search request", request("search", by_id())),
        (
            "sync search answer",
            "sync search reply",
            "/registry/sync/search response",
            done(callback("on-search", search_response())),
        ),
        (
            "encrypted answer",
            "sync search reply",
            "/registry/sync/search response",
            closed(done(callback("on-search", json!({})))),
        ),
        (
            "sync status",
            "sync txn status request",
            "/registry/sync/txn/status request",
            request("txn-status", status_request("correlation_id", json!("c-1"))),
        ),
        (
            "sync status answer",
            "sync txn status reply",
            "/registry/sync/txn/status response",
            done(callback("txn-on-status", status_response("search", search_response()))),
        ),
        ("accepted", "acknowledgement", "Response", acknowledgement("ACK")),
        ("not processable", "acknowledgement", "Response", acknowledgement("ERR")),
        ("refusal", "http error", "HttpErrorResponse", json!({"errors": [{"code": "401", "message": "no token"}]})),
    ]
}

/// What is put in place of every value.
pub fn edits() -> Map<String, Value> {
    let edits = json!({
        "text": "no-such-value", "empty text": "", "2 letters": "en", "3 letters": "eng", "upper case": "ENG",
        "100 characters": "x".repeat(100), "99 characters": "x".repeat(99), "1000 characters": "x".repeat(1000),
        "day": "2025-12-01", "no offset": "2025-12-01T09:30:00", "no such day": "2025-02-30T09:30:00Z",
        "graphql": "graphql", "whole number": 7, "fraction": 7.5, "negative": -1, "too large": 2_147_483_648_u64,
        "yes": true, "null": null, "object": {}, "list": [], "list of text": ["x"], "list of numbers": [1],
        "list of objects": [{}],
    });
    edits.as_object().cloned().unwrap_or_default()
}

/// Every place of a message with every edit, and the message as it is.
pub fn variants(message: &Value, edits: &Map<String, Value>) -> Vec<(String, String, Value)> {
    let mut places = Vec::new();
    collect(message, String::new(), &mut places);
    let mut variants = vec![(String::new(), "as is".to_owned(), message.clone())];
    for place in places {
        let names = std::iter::once("remove").chain(edits.keys().map(String::as_str));
        for name in names {
            if let Some(edited) = apply(message, &place, name, edits) {
                variants.push((place.clone(), name.to_owned(), edited));
            }
        }
    }
    variants
}

fn collect(value: &Value, at: String, places: &mut Vec<String>) {
    places.push(at.clone());
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, inner)| collect(inner, format!("{at}/{name}"), places))
        }
        Value::Array(items) => items.iter().take(1).for_each(|inner| collect(inner, format!("{at}/0"), places)),
        _ => {}
    }
}
