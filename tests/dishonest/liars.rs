//! The dishonest servers. Each looks alive and does not do what it says.

use crate::raw::{Act, Asked, RawServer, post, send};
use dci_conform::sandbox::{self, Sandbox};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The credential that every one of them was given.
pub const TOKEN: &str = "token-of-the-dishonest";

/// A running dishonest server, with the honest registry some of them stand in front of.
pub struct Liar {
    pub server: RawServer,
    _behind: Option<Sandbox>,
}

async fn always(status: u16, body: Value) -> Liar {
    let server = RawServer::start(move |_| {
        let body = body.to_string().into_bytes();
        async move { Act::Answer { status, body } }
    })
    .await;
    Liar { server, _behind: None }
}

/// Always HTTP 200 with the same ERR acknowledgement.
pub async fn same_error() -> Liar {
    let message = json!({
        "ack_status": "ERR",
        "timestamp": "2026-01-01T00:00:00Z",
        "correlation_id": "0f1c1a9e-8a55-4a6e-9d36-1d2a4c5b6e7f",
        "error": {"code": "err.request.unauthorized", "message": "unauthorized"},
    });
    always(200, json!({"message": message})).await
}

/// Always HTTP 401, though the right credential is sent.
pub async fn always_unauthorised() -> Liar {
    always(401, json!({"errors": [{"code": "err.request.unauthorized", "message": "unauthorized"}]})).await
}

/// Always HTTP 404.
pub async fn never_there() -> Liar {
    always(404, json!({"errors": [{"code": "err.request.not_found", "message": "not found"}]})).await
}

/// Always an empty object.
pub async fn empty_object() -> Liar {
    always(200, json!({})).await
}

/// Acknowledges everything, and never calls back.
pub async fn acknowledges_only() -> Liar {
    let server = RawServer::start(|_| async { Act::json(&acknowledgement()) }).await;
    Liar { server, _behind: None }
}

/// Echoes every id of the request in a sound envelope, and always has the same record. It asks nobody who they are.
pub async fn echoes_ids() -> Liar {
    let record = known_person();
    let server = RawServer::start(move |asked| {
        let act = echo(&asked, &record);
        async move { act }
    })
    .await;
    Liar { server, _behind: None }
}

/// Answers later with the answer of the transaction before: the whole message (`false`), or the records alone, under the
/// ids of the transaction asked about (`true`). In one call it is an honest registry.
pub async fn swaps(records_only: bool) -> Liar {
    let before: Mutex<HashMap<String, Value>> = Mutex::default();
    proxy(move |own| {
        let kind = kind_of(&own);
        let earlier = before.lock().expect("no panic").insert(kind, own.clone());
        earlier.map(|earlier| if records_only { with_records_of(own, &earlier) } else { earlier }).into_iter().collect()
    })
    .await
}

/// Gives its first good answer on every path for ever, and posts its first callback of every kind for ever.
pub async fn replays() -> Liar {
    let (behind, door) = honest().await;
    let upstream = behind.base_url();
    let relay = Arc::new(Relay::new(&door));
    let answers: Arc<tokio::sync::Mutex<HashMap<String, Vec<u8>>>> = Arc::default();
    let callbacks: Arc<Mutex<HashMap<String, watch::Sender<Option<Value>>>>> = Arc::default();
    let server = RawServer::on(door, move |asked| {
        let (relay, upstream) = (relay.clone(), upstream.clone());
        let (answers, callbacks) = (answers.clone(), callbacks.clone());
        let first_of = move |path: &str| {
            let mut callbacks = callbacks.lock().expect("no panic");
            callbacks.entry(path.to_owned()).or_insert_with(|| watch::channel(None).0).clone()
        };
        async move {
            if let Some(to) = relay.home_of(&asked.path) {
                let body = asked.json();
                let first = first_of(&kind_of(&body));
                first.send_if_modified(|kept| kept.replace(kept.clone().unwrap_or_else(|| body.clone())).is_none());
                let replayed = first.borrow().clone().unwrap_or_default();
                post(&to, &replayed).await;
                return Act::json(&acknowledgement());
            }
            let mut answers = answers.lock().await;
            if let Some(first) = answers.get(&asked.path) {
                if let (Some(to), Some(kind)) = (asked.sender_uri(), callback_of(&asked.path)) {
                    let mut first = first_of(kind).subscribe();
                    tokio::spawn(async move {
                        let replayed = first.wait_for(Option::is_some).await.ok().and_then(|body| body.clone());
                        post(&to, &replayed.unwrap_or_default()).await;
                    });
                }
                return Act::Answer { status: 200, body: first.clone() };
            }
            let (status, body) = relay.forward(&upstream, &asked).await;
            if status == 200 {
                answers.insert(asked.path.clone(), body.clone());
            }
            Act::Answer { status, body }
        }
    });
    Liar { server, _behind: Some(behind) }
}

/// Honest, and of another habit: it sends a long answer in pages of three, each in a message of its own.
pub async fn pages_one_by_one() -> Liar {
    proxy(|own| {
        let items = own.pointer("/message/search_response").and_then(Value::as_array);
        let records = match items.map(Vec::as_slice) {
            Some([only]) => only.pointer("/data/reg_records").and_then(Value::as_array).cloned().unwrap_or_default(),
            _ => Vec::new(),
        };
        if records.len() <= 3 {
            return vec![own];
        }
        let page = |(number, page): (usize, &[Value])| {
            let mut message = own.clone();
            message["header"]["message_id"] = json!(format!("{}-{number}", new_id()));
            let item = &mut message["message"]["search_response"][0];
            item["data"]["reg_records"] = json!(page);
            item["pagination"] = json!({"page_size": 3, "page_number": number + 1, "total_count": records.len()});
            message
        };
        records.chunks(3).enumerate().map(page).collect()
    })
    .await
}

/// Honest, and of few words: what it refuses for want of a credential has no body, what it refuses for another reason no
/// JSON, and before it answers a search, ends a subscription or tells a state it says that it is at it. It takes no
/// subscription by a predicate.
pub async fn says_little() -> Liar {
    let pending = |own: &Value| {
        let mut word = own.clone();
        word["header"]["message_id"] = json!(new_id());
        word["header"]["status"] = json!("pdng");
        let message = word["message"].as_object_mut()?;
        if message.contains_key("subscription_status") {
            message.shift_remove("subscription_status");
            message.insert("status".into(), json!("rcvd"));
        } else if message.contains_key("txnstatus_response") {
            word.as_object_mut()?.shift_remove("message"); // a header is enough: ET-20
        } else {
            for item in message.get_mut("search_response").and_then(Value::as_array_mut)? {
                *item = json!({"reference_id": item["reference_id"], "timestamp": now(), "status": "pdng"});
            }
        }
        Some(word)
    };
    let brief = |(status, body): (u16, Vec<u8>)| match status {
        401 | 403 => (status, Vec::new()),
        400..500 => (status, b"no".to_vec()),
        _ => (status, body),
    };
    let picky = |mut own: Value| {
        let item = own.pointer_mut("/message/subscribe_response/0");
        let by_predicate = |item: &Value| item.pointer("/subscriptions/0/filter").is_some_and(Value::is_array);
        if let Some(item) = item.filter(|item| by_predicate(item)) {
            *item = json!({"reference_id": item["reference_id"], "timestamp": now(), "status": "rjct",
                "status_reason_code": "rjct.notify_details.invalid"});
            own["header"]["status"] = json!("rjct");
        }
        own
    };
    between(move |own| pending(&own).into_iter().chain([picky(own)]).collect(), brief).await
}

/// Encrypts whatever it found nobody for, and an outcome that nobody knows: what stands there no one can tell.
pub async fn hides_the_empty() -> Liar {
    let hide = |(status, body): (u16, Vec<u8>)| {
        let mut answer: Value = serde_json::from_slice(&body).unwrap_or_default();
        let text = answer.to_string();
        if text.contains("err.request.not_found") {
            answer = json!({"header": {"message_id": new_id(), "message_ts": now(), "action": "txn-on-status", "status": "succ"}});
        } else if answer["header"]["action"] != "on-search" || text.contains("identifier_value") {
            return (status, body);
        }
        answer["header"]["is_msg_encrypted"] = json!(true);
        answer["message"] = json!({"header": {"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": "k"}, "ciphertext": "AAAA",
            "encrypted_key": "AAAA", "tag": "AAAA", "iv": "AAAA"});
        (200, answer.to_string().into_bytes())
    };
    between(|own| vec![own], hide).await
}

/// An honest registry whose callbacks go through `change`, which gives the messages to send on.
async fn proxy(change: impl Fn(Value) -> Vec<Value> + Send + Sync + 'static) -> Liar {
    between(change, |answer| answer).await
}

/// An honest registry whose callbacks go through `change`, and its answers in the call through `reword`.
async fn between(
    change: impl Fn(Value) -> Vec<Value> + Send + Sync + 'static,
    reword: impl Fn((u16, Vec<u8>)) -> (u16, Vec<u8>) + Send + Sync + 'static,
) -> Liar {
    let (behind, door) = honest().await;
    let upstream = behind.base_url();
    let (relay, change, reword) = (Arc::new(Relay::new(&door)), Arc::new(change), Arc::new(reword));
    let server = RawServer::on(door, move |asked| {
        let (relay, change, reword) = (relay.clone(), change.clone(), reword.clone());
        let upstream = upstream.clone();
        async move {
            if let Some(to) = relay.home_of(&asked.path) {
                for changed in change(asked.json()) {
                    post(&to, &changed).await;
                }
                return Act::json(&acknowledgement());
            }
            let (status, body) = reword(relay.forward(&upstream, &asked).await);
            Act::Answer { status, body }
        }
    });
    Liar { server, _behind: Some(behind) }
}

async fn honest() -> (Sandbox, TcpListener) {
    let options = sandbox::Options { token: Some(TOKEN.into()), ..sandbox::Options::default() };
    let behind = sandbox::start(options).await.expect("the sandbox starts");
    (behind, TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port"))
}

/// Puts itself between registry and listener: the registry is told addresses of ours in place of those asked for.
struct Relay {
    own: String,
    homes: Mutex<Vec<String>>,
}

impl Relay {
    fn new(door: &TcpListener) -> Relay {
        let own = format!("http://{}/relay/", door.local_addr().expect("a bound listener"));
        Relay { own, homes: Mutex::default() }
    }

    /// The address that stands behind one of ours.
    fn home_of(&self, path: &str) -> Option<String> {
        let number: usize = path.strip_prefix("/relay/")?.split('/').next()?.parse().ok()?;
        self.homes.lock().expect("no panic").get(number).cloned()
    }

    async fn forward(&self, upstream: &str, asked: &Asked) -> (u16, Vec<u8>) {
        let mut body = asked.body.clone();
        if let Some(uri) = asked.sender_uri().filter(|uri| uri.starts_with("http://127.0.0.1:")) {
            let mut homes = self.homes.lock().expect("no panic");
            let number = homes.iter().position(|home| *home == uri).unwrap_or_else(|| {
                homes.push(uri.clone());
                homes.len() - 1
            });
            body = String::from_utf8_lossy(&body).replace(&uri, &format!("{}{number}", self.own)).into_bytes();
        }
        let kept = |name: &str| !matches!(name, "host" | "content-length" | "connection" | "accept-encoding");
        let fields: Vec<_> = asked.fields.iter().filter(|(name, _)| kept(name)).cloned().collect();
        let url = format!("{}{}", upstream.trim_end_matches('/'), asked.path);
        send(&asked.method, &url, &fields, &body).await.unwrap_or((502, Vec::new()))
    }
}

fn kind_of(callback: &Value) -> String {
    callback.pointer("/header/action").and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn callback_of(path: &str) -> Option<&'static str> {
    match path.strip_prefix("/registry/")? {
        "search" => Some("on-search"),
        "subscribe" => Some("on-subscribe"),
        "unsubscribe" => Some("on-unsubscribe"),
        "txn/status" => Some("txn-on-status"),
        _ => None,
    }
}

/// The records of another message under the ids of this one.
fn with_records_of(mut own: Value, other: &Value) -> Value {
    for pointer in ["/message/search_response", "/message/txnstatus_response/txn_status/search_response"] {
        let foreign = other.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
        let items = own.pointer_mut(pointer).and_then(Value::as_array_mut);
        for (item, foreign) in items.into_iter().flatten().zip(foreign) {
            for name in ["data", "pagination", "status"] {
                match foreign.get(name) {
                    Some(value) => item[name] = value.clone(),
                    None => drop(item.as_object_mut().and_then(|item| item.shift_remove(name))),
                }
            }
        }
    }
    own
}

fn known_person() -> Value {
    let people = sandbox::records("Person").expect("the sandbox has people");
    people.into_iter().find(|person| person.to_string().contains(crate::vendor::KNOWN)).expect("the known person")
}

fn now() -> String {
    format!("{:.3}", jiff::Timestamp::now())
}

fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

fn acknowledgement() -> Value {
    json!({"message": {"ack_status": "ACK", "timestamp": now(), "correlation_id": new_id()}})
}

fn echo(asked: &Asked, record: &Value) -> Act {
    let request = asked.json();
    let path = asked.path.strip_prefix("/registry/").unwrap_or("");
    let (path, sync) = path.strip_prefix("sync/").map_or((path, false), |path| (path, true));
    let correlation = new_id();
    let mut message = json!({"transaction_id": request["message"]["transaction_id"], "correlation_id": correlation});
    let action = match path {
        "search" => {
            message["search_response"] = results(&request["message"]["search_request"], record);
            "on-search"
        }
        "subscribe" => {
            let items = request["message"]["subscribe_request"].as_array().cloned().unwrap_or_default();
            let made = |item: &Value| {
                json!({"reference_id": item["reference_id"], "timestamp": now(), "status": "succ", "subscriptions": [
                    {"version": "1.0.0", "code": new_id(), "status": "subscribe", "timestamp": now()}]})
            };
            message["subscribe_response"] = items.iter().map(made).collect();
            "on-subscribe"
        }
        "unsubscribe" => {
            let codes = request["message"]["subscription_codes"].as_array().cloned().unwrap_or_default();
            message["timestamp"] = json!(now());
            message["status"] = json!("succ");
            message["subscription_status"] =
                codes.iter().map(|code| json!({"code": code, "status": "unsubscribe"})).collect();
            "on-unsubscribe"
        }
        "txn/status" => {
            let inner = &request["message"]["txnstatus_request"];
            message["txnstatus_response"] = json!({
                "txn_type": inner["txn_type"],
                "txn_status": {
                    "transaction_id": inner["attribute_value"],
                    "correlation_id": new_id(),
                    "search_response": results(&json!([{"reference_id": inner["reference_id"]}]), record),
                },
            });
            "txn-on-status"
        }
        _ => return Act::json(&json!({})),
    };
    let count = message["search_response"].as_array().map_or(1, Vec::len);
    let header = json!({
        "version": "1.0.0", "message_id": new_id(), "message_ts": now(), "action": action, "status": "succ",
        "total_count": count, "completed_count": count, "is_msg_encrypted": false,
        "sender_id": request["header"]["receiver_id"], "receiver_id": request["header"]["sender_id"],
    });
    let answer = json!({"header": header, "message": message});
    if sync {
        return Act::json(&answer);
    }
    if let Some(to) = asked.sender_uri() {
        tokio::spawn(async move { post(&to, &answer).await });
    }
    let acknowledged = json!({"ack_status": "ACK", "timestamp": now(), "correlation_id": correlation});
    Act::json(&json!({"message": acknowledged}))
}

/// The one record, for every request of a batch.
fn results(requests: &Value, record: &Value) -> Value {
    let one = |item: &Value| {
        let page = &item["search_criteria"]["pagination"];
        json!({
            "reference_id": item["reference_id"], "timestamp": now(), "status": "succ", "locale": "eng",
            "data": {"version": "1.0.0", "reg_type": "ns:org:RegistryType:Social", "reg_record_type": "Person",
                "reg_records": [record]},
            "pagination": {"page_size": page["page_size"].as_u64().unwrap_or(1),
                "page_number": page["page_number"].as_u64().unwrap_or(1), "total_count": 1},
        })
    };
    requests.as_array().cloned().unwrap_or_default().iter().map(one).collect()
}
