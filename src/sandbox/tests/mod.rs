//! Loopback tests: a tiny client and a listener for callbacks, and what both need.

mod behaviour;
mod every_fault;

use super::server::{Manner, Reply};
use super::{Delivery, Fault, Options, Sandbox, start};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(super) const TOKEN: &str = "right-token";

/// What came back for a request.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) head: String,
    /// The body where it is JSON, else a description of what it is.
    pub(super) body: Value,
}

/// A sandbox, a listener and a client between them.
pub(super) struct Bench {
    pub(super) sandbox: Sandbox,
    listener: std::net::SocketAddr,
    arrivals: Arc<Mutex<Vec<(String, Value)>>>,
    /// HTTP statuses the listener answers next; 200 with ACK afterwards.
    pub(super) next_statuses: Arc<Mutex<Vec<u16>>>,
    refuse_all: Arc<AtomicU16>,
    pub(super) patience: Duration,
    /// How long to watch where nothing should come.
    pub(super) silence: Duration,
    pub(super) token: Option<String>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Bench {
    pub(super) async fn new(faults: &[Fault]) -> Bench {
        Bench::with(Options { faults: faults.to_vec(), token: Some(TOKEN.into()), ..Options::default() }).await
    }

    pub(super) async fn with(options: Options) -> Bench {
        let sandbox = start(options).await.expect("a loopback port");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
        let address = listener.local_addr().expect("an address");
        let arrivals: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
        let next_statuses: Arc<Mutex<Vec<u16>>> = Arc::default();
        let refuse_all = Arc::new(AtomicU16::new(0));
        let kept = (arrivals.clone(), next_statuses.clone(), refuse_all.clone());
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let kept = kept.clone();
                tokio::spawn(super::server::serve(
                    stream,
                    move |request| {
                        let body = serde_json::from_slice(&request.body).unwrap_or(json!("not JSON"));
                        let arrival = (format!("{} {}", request.method, request.path), body);
                        kept.0.lock().expect("not poisoned").push(arrival);
                        let mut statuses = kept.1.lock().expect("not poisoned");
                        let status = if statuses.is_empty() { 200 } else { statuses.remove(0) };
                        let word = if kept.2.load(Ordering::Relaxed) == 0 { "ACK" } else { "ERR" };
                        let body = json!({"message": {"ack_status": word, "timestamp": "2026-01-01T00:00:00Z", "correlation_id": "l"}});
                        let body = body.to_string().into_bytes();
                        let reply = Reply { status, headers: Vec::new(), body, manner: Manner::Right };
                        async move { (reply, Vec::<Delivery>::new()) }
                    },
                    |_| {},
                ));
            }
        });
        let (patience, silence) = (Duration::from_secs(5), Duration::from_millis(30));
        let token = Some(format!("Bearer {TOKEN}"));
        Bench { sandbox, listener: address, arrivals, next_statuses, refuse_all, patience, silence, token, accepting }
    }

    pub(super) fn refuse_callbacks(&self) {
        self.refuse_all.store(1, Ordering::Relaxed);
    }

    pub(super) fn callback_address(&self, path: &str) -> String {
        format!("http://{}/{path}", self.listener)
    }

    /// Arrivals at a path, waiting until there are at least that many or patience ends.
    pub(super) async fn arrivals(&self, path: &str, at_least: usize) -> Vec<(String, Value)> {
        self.arrivals_within(path, at_least, self.patience).await
    }

    pub(super) async fn arrivals_within(&self, path: &str, at_least: usize, within: Duration) -> Vec<(String, Value)> {
        let until = tokio::time::Instant::now() + within;
        loop {
            let all = self.arrivals.lock().expect("not poisoned").clone();
            let here: Vec<_> = all.into_iter().filter(|(at, _)| at.ends_with(path)).collect();
            if here.len() >= at_least || tokio::time::Instant::now() > until {
                return here;
            }
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    }

    /// The body of the first arrival at a path.
    pub(super) async fn arrival(&self, path: &str) -> Value {
        self.arrivals(path, 1).await.first().map(|(_, body)| body.clone()).unwrap_or_default()
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some("application/json"), body.to_string().as_bytes()).await
    }

    pub(super) async fn send(&self, method: &str, path: &str, content_type: Option<&str>, body: &[u8]) -> Answer {
        let mut head = format!(
            "{method} /{path} HTTP/1.1\r\nhost: sandbox\r\nconnection: close\r\ncontent-length: {}\r\n",
            body.len()
        );
        for (name, value) in [("authorization", self.token.as_deref()), ("content-type", content_type)] {
            if let Some(value) = value {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(body);
        self.raw(&bytes).await
    }

    /// Writes bytes and reads what comes back, within patience and four megabytes.
    pub(super) async fn raw(&self, bytes: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.sandbox.address()).await.expect("the sandbox listens");
        stream.write_all(bytes).await.expect("the sandbox reads");
        let mut received = Vec::new();
        let read = async {
            let mut block = vec![0; 64 * 1024];
            while let Ok(count) = stream.read(&mut block).await {
                received.extend_from_slice(block.get(..count).unwrap_or_default());
                if count == 0 || received.len() > 4_000_000 {
                    return;
                }
            }
        };
        let in_time = tokio::time::timeout(self.patience, read).await.is_ok();
        parse(&received, in_time)
    }
}

fn parse(received: &[u8], in_time: bool) -> Answer {
    let end = received.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(received.len());
    let head = String::from_utf8_lossy(received.get(..end).unwrap_or_default()).into_owned();
    let body = received.get(end + 4..).unwrap_or_default();
    let field = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_string()).next()
    };
    let length: Option<usize> = field("content-length").and_then(|text| text.parse().ok());
    let body = match length {
        _ if !in_time => json!("<not in time>"),
        _ if body.len() > 3_000_000 => json!("<too much>"),
        Some(length) if length != body.len() => json!("<length is wrong>"),
        None if received.is_empty() => json!("<no answer>"),
        _ if field("content-encoding").is_some() => json!("<packed>"),
        _ => serde_json::from_slice(body).unwrap_or_else(|_| json!("<not JSON>")),
    };
    let status = head.split(' ').nth(1).and_then(|text| text.parse().ok()).unwrap_or(0);
    Answer { status, content_type: field("content-type").unwrap_or_default(), head, body }
}

/// A new id of the test.
pub(super) fn id(kind: &str) -> String {
    format!("{kind}-{}", super::envelope::new_id())
}

pub(super) fn header(action: &str, sender_uri: &str, total: usize) -> Value {
    json!({"version": "1.0.0", "message_id": id("message"), "message_ts": super::envelope::now(), "action": action,
        "sender_id": "tester", "sender_uri": sender_uri, "receiver_id": "dci-sandbox-sr", "total_count": total})
}

/// A search with one item per criteria.
pub(super) fn search(sender_uri: &str, criteria: &[Value]) -> Value {
    let items: Vec<Value> = criteria
        .iter()
        .map(|criteria| json!({"reference_id": id("reference"), "timestamp": super::envelope::now(), "search_criteria": criteria}))
        .collect();
    json!({"signature": "", "header": header("search", sender_uri, items.len()),
        "message": {"transaction_id": id("transaction"), "search_request": items}})
}

pub(super) fn by_identifier(value: &str) -> Value {
    json!({"query_type": "idtype-value", "query": {"type": "UIN", "value": value}})
}

pub(super) fn by_predicate(name: &str, operator: &str, value: Value) -> Value {
    json!({"query_type": "predicate", "query":
        [{"expression1": {"attribute_name": name, "operator": operator, "attribute_value": value}}]})
}

/// UIN of the person at an index.
pub(super) fn uin(index: usize) -> String {
    let registry = super::data::everyone();
    let person = registry.people.get(index).expect("a person");
    person.member["demographic_info"]["identifier"][0]["identifier_value"].as_str().expect("an identifier").to_string()
}

pub(super) fn subscription(sender_uri: &str, event: &str, filter: Value) -> Value {
    json!({"header": header("subscribe", sender_uri, 1), "message": {"transaction_id": id("transaction"), "subscribe_request": [
        {"reference_id": id("reference"), "timestamp": super::envelope::now(), "subscribe_criteria":
            {"reg_event_type": event, "filter_type": "idtype-value", "filter": filter, "notify_record_type": "Person"}}]}})
}

pub(super) fn unsubscription(sender_uri: &str, codes: &[&str]) -> Value {
    json!({"header": header("unsubscribe", sender_uri, 1), "message": {"transaction_id": id("transaction"),
        "timestamp": super::envelope::now(), "subscription_codes": codes}})
}

pub(super) fn status_of(sender_uri: &str, attribute: &str, value: Value) -> Value {
    status_of_type(sender_uri, "search", attribute, value)
}

pub(super) fn status_of_type(sender_uri: &str, txn_type: &str, attribute: &str, value: Value) -> Value {
    json!({"header": header("txn-status", sender_uri, 1), "message": {"transaction_id": id("transaction"), "txnstatus_request":
        {"reference_id": id("reference"), "txn_type": txn_type, "attribute_type": attribute, "attribute_value": value}}})
}
