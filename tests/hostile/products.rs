//! Products that are broken or mean harm: what each does about a request, down to the byte.

use crate::raw::{Act, Asked, post};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

/// What is planted wherever a product can put a text: it must act nowhere.
pub const POISON: &str =
    "\u{1b}[2J\u{1b}[31mred\u{1b}[0m\u{7}\u{9b}5A\u{202e}<script>alert(1)</script><img src=x onerror=alert(2)>]]>";

fn head(more: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{more}\r\n")
}

/// A whole answer whose connection is closed after it.
fn whole(more: &str, body: &[u8]) -> Vec<u8> {
    [head(&format!("{more}content-length: {}\r\n", body.len())).into_bytes(), body.to_vec()].concat()
}

/// A body without end.
pub fn endless_body() -> Act {
    Act::Endless {
        start: [head("").into_bytes(), b"{\"message\": \"".to_vec()].concat(),
        again: vec![b'x'; 64 << 10],
        pause: Duration::ZERO,
    }
}

/// Less than announced.
pub fn length_too_long() -> Act {
    Act::Bytes([head("content-length: 100000\r\n").into_bytes(), b"{\"message\": {}}".to_vec()].concat())
}

/// More than announced.
pub fn length_too_short() -> Act {
    Act::Bytes([head("content-length: 2\r\n").into_bytes(), b"{\"message\": {}}".to_vec()].concat())
}

/// Two lengths that differ.
pub fn two_lengths() -> Act {
    Act::Bytes(
        [head("content-length: 2\r\ncontent-length: 15\r\n").into_bytes(), b"{\"message\": {}}".to_vec()].concat(),
    )
}

/// Text that is none.
pub fn invalid_utf8() -> Act {
    Act::Bytes(whole("", b"{\"message\": {\"ack_status\": \"\xff\xfe\xc3\x28\"}}"))
}

/// Lists in lists.
pub fn deep_json() -> Act {
    let depth = 10_000;
    Act::Bytes(whole("", format!("{}{}", "[".repeat(depth), "]".repeat(depth)).as_bytes()))
}

/// A gigabyte in a megabyte.
pub fn gzip_bomb() -> Act {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&vec![b' '; 8 << 20]).expect("memory can be written to");
    let member = encoder.finish().expect("memory can be written to");
    Act::Large(Arc::new(whole("content-encoding: gzip\r\n", &member.repeat(128))))
}

/// To itself, for ever.
pub fn redirect_loop(asked: &Asked) -> Act {
    let head = format!("HTTP/1.1 307 Again\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", asked.path);
    Act::Bytes(head.into_bytes())
}

/// A header that comes in drops.
pub fn slow_head() -> Act {
    let drop = b"x-drop: 1\r\n".to_vec();
    Act::Endless { start: b"HTTP/1.1 200 OK\r\n".to_vec(), again: drop, pause: Duration::from_millis(20) }
}

/// A body that comes in drops.
pub fn slow_body() -> Act {
    Act::Endless { start: head("").into_bytes(), again: b" ".to_vec(), pause: Duration::from_millis(20) }
}

/// One provisional answer after another.
pub fn endless_provisional() -> Act {
    let again = b"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1000);
    Act::Endless { start: Vec::new(), again, pause: Duration::ZERO }
}

/// 100,000 header fields.
pub fn many_fields() -> Act {
    let fields: String = (0..100_000).map(|number| format!("x-field-{number}: {number}\r\n")).collect();
    Act::Large(Arc::new(whole(&fields, b"{}")))
}

/// One header field without end.
pub fn endless_field() -> Act {
    Act::Endless { start: b"HTTP/1.1 200 OK\r\nx-long: ".to_vec(), again: vec![b'x'; 64 << 10], pause: Duration::ZERO }
}

/// Bytes that are no HTTP.
pub fn no_http() -> Act {
    Act::Bytes(b"\x15\x03\x01\x00\x02\x02\x16 SSH-2.0-OpenSSH \x1b[31m\r\n\r\n".to_vec())
}

/// Small values, many of them: small to send, large to hold.
pub fn many_small_values() -> Act {
    let body = format!("{{\"message\": {{\"search_response\": [[]{}]}}}}", ",[]".repeat(2_600_000));
    Act::Large(Arc::new(whole("", body.as_bytes())))
}

/// A search result of 50 megabytes.
pub fn record_list() -> Act {
    let record = json!({
        "@type": "Person", "sex": "female", "birth_date": "1990-01-01",
        "identifier": [{"identifier_type": "UIN", "identifier_value": "KE-44006202H"}],
        "name": {"given_name": "Ann", "surname": "Other"},
    })
    .to_string();
    let records = vec![record.as_str(); (50 << 20) / record.len()].join(",");
    let body = format!(
        "{{\"header\": {{}}, \"message\": {{\"search_response\": [{{\"data\": {{\"reg_records\": [{records}]}}}}]}}}}"
    );
    Act::Large(Arc::new(whole("", body.as_bytes())))
}

/// Poison in every text: of the body, of the header fields, in callbacks.
pub fn poison(asked: &Asked) -> Act {
    let mut body = poisoned(&asked.json());
    body["header"]["status"] = json!("succ");
    body["message"]["search_response"] = json!([{
        "reference_id": POISON, "status": POISON, "status_reason_message": POISON,
        "data": {"reg_record_type": POISON, "reg_records": [{POISON: POISON, "birth_date": POISON, "sex": POISON}]},
    }]);
    body["message"]["ack_status"] = json!(if asked.path.contains("sync") { POISON } else { "ACK" });
    body["message"]["correlation_id"] = json!(POISON);
    if let Some(to) = asked.sender_uri().filter(|uri| uri.starts_with("http://127.0.0.1:")) {
        let body = body.clone();
        tokio::spawn(async move { post(&format!("{to}/<script>alert(3)</script>/on-search"), &body).await });
    }
    let field = "x-poison: \u{9b}31m<script>alert(4)</script>\r\n";
    Act::Bytes(whole(field, body.to_string().as_bytes()))
}

/// The request with every text replaced.
fn poisoned(request: &Value) -> Value {
    match request {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), poisoned(value))).collect(),
        Value::Array(items) => items.iter().map(poisoned).collect(),
        Value::String(_) => json!(POISON),
        Value::Null => json!({"header": {}, "message": {}}),
        other => other.clone(),
    }
}

/// Raw escape codes and markup instead of JSON.
pub fn markup() -> Act {
    Act::Bytes(whole("", format!("<html>{POISON}</html>").as_bytes()))
}

/// Acknowledges, and from then on never stops posting to our listener.
pub fn callback_flood(asked: &Asked, size: usize) -> Act {
    if let Some(to) = asked.sender_uri().filter(|uri| uri.starts_with("http://127.0.0.1:")) {
        let body = json!({
            "header": {"action": "on-search", "message_id": "the same", "status": "succ"},
            "message": {"search_response": [], "filling": "x".repeat(size)},
        });
        tokio::spawn(async move {
            loop {
                post(&to, &body).await;
                tokio::task::yield_now().await;
            }
        });
    }
    Act::json(&json!({"message": {
        "ack_status": "ACK", "timestamp": "2026-01-01T00:00:00Z", "correlation_id": uuid::Uuid::new_v4().to_string(),
    }}))
}
