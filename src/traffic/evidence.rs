//! Our own evidence: the exchanges a run kept in its result, redacted and shortened.

use super::{Entry, Known, Recorded, cut_short, no_answer, not_read, not_recorded};
use crate::model::exchange::{Answer, Body, Cut, Direction, Headers, Request, Response, Seen};
use crate::model::result::{Evidence, SCHEMA};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

#[derive(Deserialize)]
struct Kept {
    schema: String,
    evidence: BTreeMap<String, Evidence>,
}

/// The exchanges of a result.
pub(super) fn entries(name: &str, text: &[u8]) -> Result<Vec<Entry>, String> {
    let kept: Kept = serde_json::from_slice(text).map_err(|error| not_read(&error))?;
    if kept.schema != SCHEMA {
        return Err(format!("it is a result of another version\nhelp: this version reads {SCHEMA}"));
    }
    if kept.evidence.is_empty() {
        return Err("it is a result without evidence\nhelp: give the result.json of `dci-conform run`".into());
    }
    let entry = |(id, evidence)| recorded(format!("{name}, {id}"), evidence).map(|one| Entry::Exchange(Box::new(one)));
    kept.evidence.into_iter().map(entry).collect()
}

fn recorded(label: String, evidence: Evidence) -> Result<Recorded, String> {
    let at: jiff::Timestamp = evidence.at.parse().map_err(|_| {
        format!("the time of {label} is no moment\nhelp: give the result.json as it was written, unchanged")
    })?;
    let direction = match evidence.direction.as_str() {
        "arrived" => Direction::Arrived,
        _ => Direction::Sent,
    };
    // Of a bare message nothing is known but what it says, when it was evidence as little as before.
    let is_bare = evidence.request_line.is_empty();
    let (method, path) = evidence.request_line.split_once(' ').unwrap_or((&evidence.request_line, ""));
    let request = Request {
        method: method.to_owned(),
        path: path.to_owned(),
        headers: Headers(evidence.request_headers),
        body: body(&evidence.request_body),
        host: String::new(),
    };
    let answer = match evidence.status {
        None if is_bare && !evidence.response_body.is_empty() => {
            Answer::Response(Response { body: body(&evidence.response_body), ..Response::default() })
        }
        None => no_answer(evidence.no_answer),
        // Why it was cut is not in the evidence, so nothing is held against the product.
        Some(status) => Answer::Response(Response {
            status,
            headers: Headers(evidence.response_headers),
            body: match evidence.no_answer.as_str() {
                "" => body(&evidence.response_body),
                why => cut(&evidence.response_body, why),
            },
            cut: None,
        }),
    };
    let known = Known { direction, name: Some(evidence.name).filter(|name| !name.is_empty()), sound: evidence.sound };
    Ok(Recorded {
        label,
        known: Some(known),
        request,
        answer,
        at: SystemTime::from(at),
        took: Duration::from_millis(evidence.took_ms),
        seen: if is_bare { Seen::RedactedMessages } else { Seen::Redacted },
    })
}

/// A body as it was kept. What was not kept cannot be judged.
fn body(text: &str) -> Body {
    if text.starts_with("(not kept") {
        return not_recorded("this body");
    }
    let (_, last) = text.rsplit_once('\n').unwrap_or(("", ""));
    match last.starts_with('…') && last.ends_with("more bytes are not kept") {
        true => cut_short(kept(text)),
        false => Body::new(text.as_bytes().to_vec()),
    }
}

fn cut(text: &str, why: &str) -> Body {
    Body::cut(kept(text), Some(&Cut::Suite(why.to_owned())))
}

/// A shortened body without the line that says so.
fn kept(text: &str) -> Vec<u8> {
    text.rsplit_once("\n…").map_or(text, |(kept, _)| kept).as_bytes().to_vec()
}
