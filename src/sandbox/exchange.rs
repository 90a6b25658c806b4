//! One request from arrival to answer, and the callbacks that follow.

use super::client::{self, Address, Outcome, parse_address};
use super::data::Entity;
use super::envelope::{OWN_ID, Performed, Refusal, now};
use super::faults::Fault;
use super::server::{Reply, Request};
use super::subscribe::{Event, notifications};
use super::validate::{Breach, date_time, problems};
use super::{Delivery, Ids, Operation, Route, State, search, status, subscribe};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

const MOST_IDS: usize = 20_000;
const OLDEST_MESSAGE: i64 = 24 * 60 * 60;
const YOUNGEST_MESSAGE: i64 = 15 * 60;

/// Message ids seen, by sender.
#[derive(Debug, Default)]
pub(crate) struct Seen(BTreeMap<String, Ids>);

type Answered = (Reply, Vec<Delivery>);

/// Answers one request.
pub(crate) async fn answer(state: &Arc<State>, request: Request) -> Answered {
    let path = request.path.trim_start_matches('/').to_string();
    match path.as_str() {
        "oauth2/client/token" if request.method == "POST" => return (state.issue_token(&request), Vec::new()),
        "sandbox/change-person" | "sandbox/register-person" if request.method == "POST" => {
            return stimulus(state, &path, &request.body);
        }
        _ => {}
    }
    let below = path.strip_prefix(&state.prefix).map(|rest| rest.trim_start_matches('/'));
    let Some(route) = below.and_then(Route::of) else {
        return (state.http_error(404, "err.request.not_found", "there is no such path"), Vec::new());
    };
    let (mut reply, deliveries) = served(state, route, &request).await;
    if route == (Route { operation: Operation::Search, sync: true }) {
        state.hostile(&mut reply);
    }
    (reply, deliveries)
}

async fn served(state: &Arc<State>, route: Route, request: &Request) -> Answered {
    if request.method != "POST" {
        return (get(state, route, request), Vec::new());
    }
    let parsed: Option<Value> = serde_json::from_slice(&request.body).ok();
    if let Err(refusal) = state.authorised(route, request) {
        return unauthorised(state, route, refusal, parsed).await;
    }
    let media =
        request.header("content-type").unwrap_or("").split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    if media != "application/json" && !state.faults.has(Fault::ContentTypeNotChecked) {
        return (state.http_error(415, "err.request.bad", "the content type must be application/json"), Vec::new());
    }
    let Some(envelope) = parsed else {
        if state.faults.has(Fault::MalformedJsonAccepted) {
            return (accepted_empty(state, route, &Value::Null), Vec::new());
        }
        return refuse(state, route, &Value::Null, &Refusal::new("err.request.bad", "the body is not JSON"));
    };
    if !envelope["header"].is_object() || !envelope["message"].is_object() {
        if state.faults.has(Fault::NoEnvelopeAccepted) {
            return (accepted_empty(state, route, &envelope), Vec::new());
        }
        return refuse(state, route, &envelope, &Refusal::new("err.request.bad", "header and message must be objects"));
    }
    match check(state, route, &envelope) {
        Ok(lenient) => process(state, route, &envelope, lenient).await,
        Err(refusal) => refuse(state, route, &envelope, &refusal),
    }
}

fn get(state: &State, route: Route, request: &Request) -> Reply {
    let fault = state.faults.has(Fault::GetAnswered) && request.method == "GET" && route.operation == Operation::Search;
    if fault {
        let records = json!([state.registry().record(Entity::Person, 0, &state.faults)]);
        let item =
            json!({"reference_id": "get", "timestamp": now(), "status": "succ", "data": {"reg_records": records}});
        let message =
            json!({"transaction_id": "get", "correlation_id": state.correlation_id(), "search_response": [item]});
        let performed = Performed { message, total: 1, refused: 0 };
        return state.json_reply(200, &state.enveloped("sync/search reply", "on-search", &Value::Null, &performed));
    }
    let mut reply = state.http_error(405, "err.request.bad", "this path takes POST");
    reply.headers.push(("allow", "POST".into()));
    reply
}

async fn unauthorised(state: &Arc<State>, route: Route, refusal: Reply, parsed: Option<Value>) -> Answered {
    let envelope = parsed.unwrap_or_default();
    if state.faults.has(Fault::UnauthorisedAnsweredEmpty) {
        return (accepted_empty(state, route, &envelope), Vec::new());
    }
    if state.faults.has(Fault::RefusedYetProcessed) && !route.sync && check(state, route, &envelope).is_ok() {
        return (refusal, process(state, route, &envelope, false).await.1);
    }
    let subscribes = route.operation == Operation::Subscribe && state.faults.has(Fault::RefusedYetSubscribed);
    if subscribes && check(state, route, &envelope).is_ok() {
        process(state, route, &envelope, false).await;
    }
    (refusal, Vec::new())
}

/// The answer of a registry that accepts what it should refuse: success without content, and nothing follows.
fn accepted_empty(state: &State, route: Route, envelope: &Value) -> Reply {
    let correlation_id = state.correlation_id();
    if !route.sync {
        return state.json_reply(200, &state.acknowledgement(route, "ACK", &correlation_id, None));
    }
    let items = envelope["message"]["search_request"].as_array().map(Vec::as_slice).unwrap_or_default();
    let responses: Vec<Value> = items
        .iter()
        .map(|item| json!({"reference_id": item["reference_id"], "timestamp": now(), "status": "succ", "data": {"reg_records": []}}))
        .collect();
    let transaction_id = envelope["message"]["transaction_id"].as_str().unwrap_or("unknown");
    let message =
        json!({"transaction_id": transaction_id, "correlation_id": correlation_id, "search_response": responses});
    let performed = Performed { message, total: responses.len(), refused: 0 };
    state.json_reply(200, &state.enveloped(route.reply_kind(), route.operation.reply_action(), envelope, &performed))
}

fn refuse(state: &State, route: Route, envelope: &Value, refusal: &Refusal) -> Answered {
    if !route.sync {
        let value = state.acknowledgement(route, "ERR", &state.correlation_id(), Some(refusal));
        let status = if state.faults.has(Fault::ServerErrorOnClientMistake) { 500 } else { 400 };
        return (state.json_reply(status, &value), callback_after_refusal(state, route, envelope));
    }
    let reply = match refusal.header_code {
        Some(code) => {
            let status = if state.faults.has(Fault::ServerErrorOnClientMistake) { 500 } else { 200 };
            let mut value = state.header_refusal(route, envelope, code, &refusal.text);
            if state.faults.has(Fault::RefusalWithRecords) && route.operation == Operation::Search {
                let records = vec![state.registry().record(Entity::Person, 0, &state.faults)];
                let items = value["message"]["search_response"].as_array_mut().into_iter().flatten();
                items.for_each(|item| item["data"] = json!({"reg_records": records}));
            }
            state.json_reply(status, &value)
        }
        None => state.http_error(400, refusal.code, &refusal.text),
    };
    (reply, Vec::new())
}

fn callback_after_refusal(state: &State, route: Route, envelope: &Value) -> Vec<Delivery> {
    let address = envelope["header"]["sender_uri"].as_str().and_then(parse_address);
    let Some(address) = address.filter(|_| state.faults.has(Fault::CallbackAfterRefusal)) else { return Vec::new() };
    let transaction_id = envelope["message"]["transaction_id"].as_str().unwrap_or("unknown");
    let message =
        json!({"transaction_id": transaction_id, "correlation_id": state.correlation_id(), "search_response": []});
    let performed = Performed { message, total: 0, refused: 0 };
    let value = state.enveloped(route.reply_kind(), route.operation.reply_action(), envelope, &performed);
    vec![Delivery::new(route.reply_kind(), address, value.to_string().into_bytes())]
}

/// Checks a message as a whole; true when a breach of the schema was overlooked because of a fault.
fn check(state: &State, route: Route, envelope: &Value) -> Result<bool, Refusal> {
    let faults = &state.faults;
    let header = &envelope["header"];
    let operation = route.operation;
    if faults.has(Fault::SignatureDemanded) && !envelope["signature"].is_string() {
        return Err(Refusal::new("err.signature.missing", "the message is not signed"));
    }
    let found = problems(operation.action(), envelope, faults);
    if let Some(problem) = found.iter().find(|problem| !problem.overlooked(faults)) {
        let code = if problem.breach == Breach::Address { "err.sender_uri.invalid" } else { "err.request.bad" };
        return Err(Refusal::new(code, problem.text.clone()));
    }
    let version = header["version"].as_str().unwrap_or("1.0.0");
    if version != "1.0.0" && !faults.has(Fault::VersionNotChecked) {
        return Err(Refusal::new("err.version.not_supported", "this registry speaks version 1.0.0"));
    }
    let receiver = header["receiver_id"].as_str().unwrap_or_default();
    if !receiver.is_empty() && receiver != OWN_ID && !faults.has(Fault::ReceiverNotChecked) {
        return Err(Refusal::new("err.receiver_id.invalid", "the message is addressed to another system"));
    }
    if header["is_msg_encrypted"] == true {
        return Err(Refusal::new("err.encryption.invalid", "this registry does not take encrypted messages"));
    }
    let sender_uri = header["sender_uri"].as_str().unwrap_or_default();
    if !route.sync && parse_address(sender_uri).is_none() && !faults.has(Fault::SenderUriNotChecked) && found.is_empty()
    {
        return Err(Refusal::new("err.sender_uri.invalid", "sender_uri is needed for the callback"));
    }
    check_header(state, operation, envelope, found.is_empty())?;
    Ok(!found.is_empty())
}

/// The checks for which the callback header has codes.
fn check_header(state: &State, operation: Operation, envelope: &Value, sound: bool) -> Result<(), Refusal> {
    let faults = &state.faults;
    let header = &envelope["header"];
    if header["action"] != operation.action()
        && !faults.has(Fault::ActionNotChecked)
        && (sound || header["action"].is_string())
    {
        return Err(Refusal::of_header("rjct.action.invalid", "the action does not belong to this path"));
    }
    if let Some(time) =
        header["message_ts"].as_str().and_then(date_time).filter(|_| !faults.has(Fault::MessageAgeNotChecked))
    {
        let ahead = time.as_second() - jiff::Timestamp::now().as_second();
        if !(-OLDEST_MESSAGE..=YOUNGEST_MESSAGE).contains(&ahead) {
            return Err(Refusal::of_header("rjct.message_ts.invalid", "message_ts is too old or lies in the future"));
        }
    }
    let message = &envelope["message"];
    let length = |name: &str| message[name].as_array().map_or(0, Vec::len) as u64;
    let total = header["total_count"].as_f64().unwrap_or(-1.0);
    let counts = match operation {
        Operation::Search => vec![length("search_request")],
        Operation::Subscribe => vec![length("subscribe_request")],
        Operation::Unsubscribe => vec![1, length("subscription_codes")], // which of the two is meant is not written
        Operation::Status => vec![1],
    };
    if sound && !counts.iter().any(|count| *count as f64 == total) && !faults.has(Fault::TotalCountNotChecked) {
        return Err(Refusal::of_header("rjct.total_count.invalid", "total_count is not the number of requests"));
    }
    let (sender, id) = (header["sender_id"].as_str().unwrap_or_default(), header["message_id"].as_str());
    if let Some(id) = id.filter(|_| !faults.has(Fault::DuplicateMessageProcessed)) {
        let mut seen = state.seen.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if !seen.is_new(sender, id) {
            return Err(Refusal::of_header("rjct.message_id.duplicate", "this message_id has been used before"));
        }
    }
    Ok(())
}

impl Seen {
    /// Notes an id; false when it was known.
    fn is_new(&mut self, sender: &str, id: &str) -> bool {
        if self.0.len() > 1000 && !self.0.contains_key(sender) {
            self.0.clear(); // a thousand senders are no registry's neighbours: start afresh rather than grow
        }
        let (known, order) = self.0.entry(sender.to_string()).or_default();
        if !known.insert(id.to_string()) {
            return false;
        }
        order.push_back(id.to_string());
        if order.len() > MOST_IDS
            && let Some(oldest) = order.pop_front()
        {
            known.remove(&oldest);
        }
        true
    }
}

async fn process(state: &Arc<State>, route: Route, envelope: &Value, lenient: bool) -> Answered {
    let in_turn = route.sync && route.operation == Operation::Search && state.faults.has(Fault::CorrelationIdsInTurn);
    let correlation_id = match in_turn {
        true => format!("sandbox-{}", state.counter.fetch_add(1, Ordering::Relaxed) % 20),
        false => state.correlation_id(),
    };
    let performed = match route.operation {
        Operation::Search if route.sync => Ok(search::perform(state, envelope, &correlation_id, lenient)),
        Operation::Search => Ok(search_for_later(state, envelope, &correlation_id, lenient)),
        Operation::Subscribe => Ok(subscribe::subscribe(state, envelope, &correlation_id, lenient)),
        Operation::Unsubscribe => Ok(subscribe::unsubscribe(state, envelope, &correlation_id)),
        Operation::Status => status::perform(state, envelope, &correlation_id, lenient),
    };
    let mut performed = match performed {
        Ok(performed) => performed,
        Err(refusal) => return refuse(state, route, envelope, &refusal),
    };
    if route.operation == Operation::Status && state.faults.has(Fault::StatusTransactionIdChanged) {
        performed.message["transaction_id"] = json!(format!("other-{correlation_id}"));
    }
    state.record(route.operation, envelope, &performed.message);
    let action = route.operation.reply_action();
    let is_search = route.operation == Operation::Search;
    if route.sync || (is_search && state.faults.has(Fault::AckReplacedByResult)) {
        let kind = if route.sync { route.reply_kind() } else { "sync/search reply" };
        return (state.json_reply(200, &state.enveloped(kind, action, envelope, &performed)), Vec::new());
    }
    let is_status = route.operation == Operation::Status;
    if is_status && state.faults.has(Fault::StatusNotAcknowledged) {
        return (state.json_reply(200, &state.acknowledgement(route, "NACK", &correlation_id, None)), Vec::new());
    }
    let nack = if is_search { Fault::NackYetCallback } else { Fault::NackYetReport };
    let word = if state.faults.has(nack) { "NACK" } else { "ACK" };
    let reply = state.json_reply(200, &state.acknowledgement(route, word, &correlation_id, None));
    let deliveries = callbacks(state, route, envelope, performed);
    (reply, deliveries)
}

/// A search whose result is sent later, or what the faults make of the question.
fn search_for_later(state: &State, envelope: &Value, correlation_id: &str, lenient: bool) -> Performed {
    let faults = &state.faults;
    let mut asked = envelope.clone();
    let mut pages = Vec::new();
    for item in asked["message"]["search_request"].as_array_mut().into_iter().flatten() {
        let Some(criteria) = item.get_mut("search_criteria") else {
            pages.push(None);
            continue;
        };
        if criteria["query_type"] == "expression" && faults.has(Fault::CallbackExpressionIgnored) {
            criteria["query"] = json!({"value": {"expression": {"query": {"birth_date": {"$gt": "1850-01-01"}}}}});
        }
        let page = criteria["pagination"]["page_number"].as_i64().filter(|_| faults.has(Fault::CallbackPagesRepeat));
        pages.push(page);
        if page.is_some() {
            criteria["pagination"]["page_number"] = json!(1);
        }
    }
    let mut performed = search::perform(state, &asked, correlation_id, lenient);
    let items = performed.message["search_response"].as_array_mut().into_iter().flatten();
    for (item, page) in items.zip(pages) {
        if let (Some(page), Some(stated)) = (page, item.pointer_mut("/pagination/page_number")) {
            *stated = json!(page);
        }
    }
    performed
}

/// The callback of an async request, or what the faults make of it.
fn callbacks(state: &State, route: Route, envelope: &Value, mut performed: Performed) -> Vec<Delivery> {
    let faults = &state.faults;
    let kind = route.reply_kind();
    let is_search = route.operation == Operation::Search;
    let unreported = match route.operation {
        Operation::Search => faults.has(Fault::CallbackMissing) || lost_under_load(state),
        Operation::Unsubscribe => faults.has(Fault::UnsubscribeUnreported),
        Operation::Status => faults.has(Fault::StatusUnreported),
        Operation::Subscribe => false,
    };
    if unreported {
        return Vec::new();
    }
    let Some(address) = callback_address(state, envelope) else { return Vec::new() };
    let mut times = 1;
    let mut delay = Duration::ZERO;
    if is_search {
        spoil_search_callback(state, &mut performed);
        let batch = performed.total > 1 && faults.has(Fault::BatchCallbackTwice);
        times += usize::from(faults.has(Fault::CallbackTwice) || batch);
        delay = Duration::from_secs(if faults.has(Fault::CallbackLate) { 20 } else { 0 });
    }
    let build = |_| {
        let mut value = state.enveloped(kind, route.operation.reply_action(), envelope, &performed);
        if is_search && faults.has(Fault::CallbackOnlySaysReceived) {
            value["header"]["status"] = json!("rcvd");
        }
        Delivery { delay, ..Delivery::new(kind, address.clone(), value.to_string().into_bytes()) }
    };
    (0..times).map(build).collect()
}

fn callback_address(state: &State, envelope: &Value) -> Option<Address> {
    let header = &envelope["header"];
    let mut uri = header["sender_uri"].as_str()?.to_string();
    if state.faults.has(Fault::CallbackAddressRemembered) {
        let sender = header["sender_id"].as_str().unwrap_or_default().to_string();
        let mut first = state.first_addresses.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if first.len() < 1000 || first.contains_key(&sender) {
            uri = first.entry(sender).or_insert(uri).clone();
        }
    }
    let mut address = parse_address(&uri)?;
    if state.faults.has(Fault::CallbackToWrongPath) {
        address.path = "/lost".into();
    }
    Some(address)
}

fn lost_under_load(state: &State) -> bool {
    if !state.faults.has(Fault::CallbackLostUnderLoad) {
        return false;
    }
    let mut recent = state.recent.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    recent.retain(|moment| moment.elapsed() < Duration::from_secs(1));
    recent.push_back(Instant::now());
    recent.len() > 6
}

fn spoil_search_callback(state: &State, performed: &mut Performed) {
    let faults = &state.faults;
    let Some(items) = performed.message["search_response"].as_array_mut() else { return };
    if faults.has(Fault::CallbackOfOtherTransaction) {
        let own = items.first().map(|item| item["data"].clone()).filter(|data| !data.is_null());
        let mut previous = state.previous.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let (Some(item), Some(other)) = (items.first_mut(), previous.take()) {
            *item = json!({"reference_id": item["reference_id"], "timestamp": item["timestamp"], "status": "succ", "data": other});
        }
        *previous = own;
    }
    if faults.has(Fault::CallbackDropsRefusedItems) {
        items.retain(|item| item["status"] != "rjct");
    }
    for item in items.iter_mut() {
        if faults.has(Fault::CallbackOnlySaysReceived) {
            *item = json!({"reference_id": item["reference_id"], "timestamp": item["timestamp"], "status": "rcvd"});
        }
        if let Some(name) = item.pointer_mut("/data/reg_record_type").filter(|_| faults.has(Fault::CallbackMislabelled))
        {
            *name = json!(if *name == "Group" { "Person" } else { "Group" });
        }
        let records = item.pointer_mut("/data/reg_records").and_then(Value::as_array_mut);
        if let Some(records) = records.filter(|_| faults.has(Fault::CallbackRecordsCut)) {
            records.truncate(1);
        }
    }
}

/// Sends a message without keeping the caller waiting; more than can be borne are dropped.
pub(crate) fn deliver_later(state: &Arc<State>, delivery: Delivery) {
    let Ok(permit) = state.deliveries.clone().try_acquire_owned() else { return };
    let state = state.clone();
    let stopped = state.stopped.clone();
    tokio::spawn(super::until_stopped(stopped, async move {
        let _permit = permit;
        deliver(&state, delivery).await;
    }));
}

/// Sends a message; where nobody answers or the receiver fails (5xx), the same message again, twice.
async fn deliver(state: &State, mut delivery: Delivery) {
    let faults = &state.faults;
    if faults.has(Fault::CallbackToPathOfAnother) {
        let is_search = delivery.kind == "on-search callback";
        delivery.address.path += if is_search { "/on-subscribe" } else { "/on-search" };
    }
    if faults.has(Fault::CallbackCut) {
        delivery.body.pop();
    }
    if !delivery.delay.is_zero() {
        tokio::time::sleep(delivery.delay).await;
    }
    if faults.has(Fault::DeadAddressStopsCallbacks) && state.dead.load(Ordering::Relaxed) {
        return;
    }
    let method = if faults.has(Fault::CallbackWithPut) { "PUT" } else { "POST" };
    let half = delivery.body.get(..delivery.body.len() / 2).unwrap_or_default();
    for (fault, beside) in [(Fault::CallbackBrokenBeside, half), (Fault::CallbackEmptyBeside, b"{}")] {
        if faults.has(fault) {
            let _ = client::send(method, &delivery.address, beside).await;
        }
    }
    let pauses: &[u64] = if faults.has(Fault::CallbackNotRetried) { &[] } else { &[50, 100] };
    for pause in pauses.iter().map(Some).chain([None]) {
        match client::send(method, &delivery.address, &delivery.body).await {
            Outcome::Answered(status, _) if status >= 500 => {}
            Outcome::Answered(_, body) => {
                let refused =
                    serde_json::from_slice::<Value>(&body).is_ok_and(|answer| answer["message"]["ack_status"] == "ERR");
                if refused && faults.has(Fault::CallbackRepeatedAfterError) && delivery.kind == "on-search callback" {
                    for _ in 0..10 {
                        let _ = client::send(method, &delivery.address, &delivery.body).await;
                    }
                }
                return;
            }
            Outcome::Unreachable => state.dead.store(true, Ordering::Relaxed),
        }
        match pause {
            Some(pause) => tokio::time::sleep(Duration::from_millis(*pause)).await,
            None => return,
        }
    }
}

/// `POST /sandbox/change-person` and `/sandbox/register-person`: something happens, and subscribers hear of it.
fn stimulus(state: &State, path: &str, body: &[u8]) -> Answered {
    let asked: Value = serde_json::from_slice(body).unwrap_or_default();
    let mut current = state.registry.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let before = current.clone();
    let after = Arc::make_mut(&mut current);
    let now = now();
    let (person, kinds) = if path.ends_with("register-person") {
        if after.people.len() > 5000 {
            return (state.json_reply(400, &json!({"done": false, "reason": "the sandbox is full"})), Vec::new());
        }
        (after.register(&asked, &now), &["REGISTER", "NewHouseHoldMember"][..])
    } else {
        let (kind, value) = (asked["identifier_type"].as_str(), asked["identifier_value"].as_str());
        let fits = |index: &usize| {
            let known = after.identifiers(*index);
            known.iter().any(|(k, v)| kind.is_none_or(|kind| kind == *k) && value.is_none_or(|value| value == *v))
        };
        let Some(person) = (0..after.people.len()).find(fits) else {
            return (state.json_reply(404, &json!({"done": false, "reason": "no such person"})), Vec::new());
        };
        let number = state.counter.fetch_add(1, Ordering::Relaxed) + 1;
        after.change_address(person, &format!("{number} New Market Street"), &now);
        (person, &["REGISTER"][..])
    };
    let after = current.clone();
    drop(current);
    let events = kinds.iter().map(|&kind| Event { kind, person, before: &before, after: &after });
    let deliveries = events.flat_map(|event| notifications(state, &event)).collect();
    (state.json_reply(200, &json!({"done": true})), deliveries)
}
