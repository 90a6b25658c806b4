//! HAR 1.2: what browsers and proxies write. Only what is needed is read; cookies and timings are not.

use super::{Entry, Recorded, no_answer, not_read, not_recorded};
use crate::model::exchange::{Answer, Body, Headers, Request, Response, Seen};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use std::time::{Duration, SystemTime};

#[derive(Deserialize)]
struct Har {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    #[serde(default)]
    entries: Vec<HarEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HarEntry {
    started_date_time: String,
    time: Option<f64>,
    request: HarRequest,
    response: HarResponse,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HarRequest {
    method: String,
    url: String,
    #[serde(default)]
    headers: Vec<Field>,
    post_data: Option<Content>,
    body_size: Option<f64>,
}

#[derive(Deserialize)]
struct HarResponse {
    #[serde(default)]
    status: f64,
    #[serde(default)]
    headers: Vec<Field>,
    content: Option<Content>,
}

#[derive(Deserialize)]
struct Field {
    name: String,
    value: String,
}

#[derive(Deserialize)]
struct Content {
    text: Option<String>,
    encoding: Option<String>,
    size: Option<f64>,
}

/// The entries of a HAR file.
pub(super) fn entries(name: &str, text: &[u8]) -> Result<Vec<Entry>, String> {
    let har: Har = serde_json::from_slice(text).map_err(|error| not_read(&error))?;
    let entries = har.log.entries;
    if entries.is_empty() {
        return Err("it is a HAR file without entries\nhelp: export it again with the exchanges in it".into());
    }
    let width = entries.len().to_string().len();
    let entry = |(index, entry): (usize, HarEntry)| {
        let label = format!("{name}, entry {:0width$}", index + 1);
        recorded(label, entry).map(|recorded| Entry::Exchange(Box::new(recorded)))
    };
    entries.into_iter().enumerate().map(entry).collect()
}

fn recorded(label: String, entry: HarEntry) -> Result<Recorded, String> {
    let at: jiff::Timestamp = entry.started_date_time.trim().parse().map_err(|_| {
        format!("the startedDateTime of {label} is no moment\nhelp: it is written as 2026-01-31T10:00:00.000Z")
    })?;
    let (host, path) = address(&entry.request.url);
    let there = entry.request.body_size.is_some_and(|size| size > 0.0);
    let request = Request {
        method: entry.request.method,
        path,
        headers: headers(entry.request.headers),
        body: body(entry.request.post_data, there, "the body of the request"),
    };
    let took = entry.time.and_then(|milliseconds| Duration::try_from_secs_f64(milliseconds / 1000.0).ok());
    let answer = answer(entry.response);
    let (at, took) = (SystemTime::from(at), took.unwrap_or_default());
    Ok(Recorded { label, known: None, host, request, answer, at, took, seen: Seen::Whole })
}

fn answer(response: HarResponse) -> Answer {
    if !(100.0..1000.0).contains(&response.status) {
        return no_answer("the recording holds no answer");
    }
    // Without a size it is not known whether there was a body at all.
    let there = response.content.as_ref().is_none_or(|content| content.size != Some(0.0));
    Answer::Response(Response {
        status: response.status as u16,
        headers: headers(response.headers),
        body: body(response.content, there, "the body of the answer"),
        cut: None,
    })
}

/// Host with port, and path. A query is left out: nothing of the standard travels in it, and what does may be personal.
fn address(url: &str) -> (String, String) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let host = host.rsplit('@').next().unwrap_or_default();
    (host.to_ascii_lowercase(), path.to_owned())
}

fn headers(fields: Vec<Field>) -> Headers {
    Headers(fields.into_iter().map(|field| (field.name, field.value)).collect())
}

fn body(content: Option<Content>, there: bool, what: &str) -> Body {
    let encoded = content.as_ref().and_then(|content| content.encoding.clone()).unwrap_or_default();
    match content.and_then(|content| content.text) {
        Some(text) if encoded.eq_ignore_ascii_case("base64") => {
            STANDARD.decode(text.trim()).map_or_else(|_| not_recorded(what), Body::new)
        }
        Some(text) => Body::new(text.into_bytes()),
        None if there => not_recorded(what),
        None => Body::default(),
    }
}
