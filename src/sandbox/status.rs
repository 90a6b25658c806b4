//! What became of earlier transactions.

use super::envelope::{Performed, Refusal, new_id, now};
use super::faults::Fault;
use super::{Operation, State};
use serde_json::{Value, json};
use std::collections::{BTreeSet, VecDeque};

const MOST_TRANSACTIONS: usize = 2000;

/// A finished transaction.
#[derive(Clone, Debug)]
struct Transaction {
    operation: Operation,
    sender_id: String,
    /// The message of the response as computed, ids included.
    response: Value,
}

/// The latest transactions, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Log(VecDeque<Transaction>);

impl State {
    /// Remembers a response for later questions.
    pub(crate) fn record(&self, operation: Operation, request: &Value, response: &Value) {
        let sender_id = request["header"]["sender_id"].as_str().unwrap_or_default().to_string();
        let mut log = self.log.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        log.0.push_back(Transaction { operation, sender_id, response: response.clone() });
        if log.0.len() > MOST_TRANSACTIONS {
            log.0.pop_front();
        }
    }
}

/// Answers a question about a transaction. Only the sender's own transactions are known to the sender.
pub(crate) fn perform(
    state: &State,
    request: &Value,
    correlation_id: &str,
    lenient: bool,
) -> Result<Performed, Refusal> {
    let faults = &state.faults;
    let asked = &request["message"]["txnstatus_request"];
    let txn_type = asked["txn_type"].as_str().unwrap_or_default();
    let found = look_up(state, request, asked);
    let response = match found {
        Some(response) => response,
        None if lenient => {
            json!({"transaction_id": request["message"]["transaction_id"], "correlation_id": correlation_id,
            "search_response": []})
        }
        None => return Err(Refusal::new("err.request.not_found", "no such transaction is known")),
    };
    let mut status = json!({"txn_type": txn_type, "txn_status": response});
    if faults.has(Fault::StatusTypeWrong) {
        status["txn_type"] = json!("receipt");
    }
    if faults.has(Fault::StatusCorrelationIdChanged) {
        status["txn_status"]["correlation_id"] = json!(new_id());
    }
    for item in items(&mut status["txn_status"]) {
        if faults.has(Fault::StatusPageDataWrong) && item["pagination"].is_object() {
            let total = item["pagination"]["total_count"].as_u64().unwrap_or(0);
            item["pagination"] = json!({"page_size": 20, "page_number": 7, "total_count": total + 120});
        }
        if faults.has(Fault::StatusWithoutRecords) && item["data"].is_object() {
            item["data"]["reg_records"] = json!([]);
        }
        if faults.has(Fault::StatusPendingForever) {
            *item = json!({"reference_id": item["reference_id"], "timestamp": now(), "status": "pdng"});
        }
    }
    if faults.has(Fault::StatusHoldsOtherBeside)
        && let Some(list) = status["txn_status"].get_mut("search_response").and_then(Value::as_array_mut)
        && let Some(mut other) = list.first().cloned()
    {
        other["reference_id"] = json!(new_id());
        list.push(other);
    }
    if faults.has(Fault::StatusAsWord) {
        status["txn_status"] = json!("succ");
    }
    let message = json!({"transaction_id": request["message"]["transaction_id"], "correlation_id": correlation_id,
        "txnstatus_response": status});
    Ok(Performed { message, total: 1, refused: 0 })
}

fn items(response: &mut Value) -> impl Iterator<Item = &mut Value> {
    let name = if response["subscribe_response"].is_array() { "subscribe_response" } else { "search_response" };
    response.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten()
}

fn look_up(state: &State, request: &Value, asked: &Value) -> Option<Value> {
    let faults = &state.faults;
    let operation = match asked["txn_type"].as_str() {
        Some("search") => Operation::Search,
        Some("subscribe") => Operation::Subscribe,
        _ => return None, // this registry pays nothing out, so there are no receipts
    };
    let sender_id = request["header"]["sender_id"].as_str().unwrap_or_default();
    let log = state.log.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let own: Vec<&Transaction> = log
        .0
        .iter()
        .rev()
        .filter(|transaction| transaction.operation == operation && transaction.sender_id == sender_id)
        .collect();
    let value = &asked["attribute_value"];
    let wanted: BTreeSet<&str> = match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        value => value.as_str().into_iter().collect(),
    };
    let references = |transaction: &Transaction| -> BTreeSet<String> {
        let mut response = transaction.response.clone();
        items(&mut response).filter_map(|item| item["reference_id"].as_str().map(str::to_string)).collect()
    };
    let matches = |transaction: &Transaction| match asked["attribute_type"].as_str() {
        Some("transaction_id") => transaction.response["transaction_id"] == *value,
        Some("correlation_id") => {
            transaction.response["correlation_id"] == *value && !faults.has(Fault::StatusByCorrelationUnknown)
        }
        Some("reference_id_list") => {
            let known = references(transaction);
            let all = !wanted.is_empty() && wanted.iter().all(|reference| known.contains(*reference));
            all && !faults.has(Fault::StatusByReferenceUnknown)
        }
        _ => false,
    };
    let Some(position) = own.iter().position(|transaction| matches(transaction)) else {
        let unknown_is_served = faults.has(Fault::StatusOfUnknownTransaction);
        // Tests run side by side: the latest of all may be one that found nobody.
        let found_somebody = |transaction: &&&Transaction| {
            items(&mut transaction.response.clone()).any(|item| item["data"]["reg_records"][0].is_object())
        };
        return own.iter().find(found_somebody).filter(|_| unknown_is_served).map(|latest| latest.response.clone());
    };
    let chosen = if faults.has(Fault::StatusOfOtherTransaction) {
        own.get(position + 1).or(own.first())
    } else {
        own.get(position)
    };
    let mut response = chosen?.response.clone();
    if asked["attribute_type"] == "reference_id_list" {
        if faults.has(Fault::StatusByReferenceMisnamed) {
            response["transaction_id"] = json!(new_id());
        }
        let name = if operation == Operation::Search { "search_response" } else { "subscribe_response" };
        let list = response.get_mut(name).and_then(Value::as_array_mut);
        if let Some(list) = list.filter(|_| !faults.has(Fault::StatusOfOtherTransaction)) {
            list.retain(|item| item["reference_id"].as_str().is_some_and(|reference| wanted.contains(reference)));
        }
    }
    Some(response)
}
