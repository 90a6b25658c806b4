//! HAR 1.2: what browsers and proxies write. Only what is needed is read; cookies and timings are not.

use super::{Entry, Recorded, cut_short, no_answer, not_read, not_recorded};
use crate::model::exchange::{Answer, Body, Headers, Request, Response, Seen};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::Value;
use std::time::{Duration, SystemTime};

#[derive(Deserialize)]
struct Har {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    #[serde(default)]
    entries: Entries,
}

/// The entries, each read by itself: one that is built otherwise is none of ours more often than not.
#[derive(Default)]
struct Entries(Vec<Option<HarEntry>>);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HarEntry {
    started_date_time: String,
    time: Option<f64>,
    request: HarRequest,
    response: Option<HarResponse>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HarRequest {
    method: String,
    url: String,
    headers: Option<Vec<Field>>,
    post_data: Option<Content>,
    body_size: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HarResponse {
    status: Option<Value>,
    headers: Option<Vec<Field>>,
    content: Option<Content>,
    body_size: Option<f64>,
}

#[derive(Deserialize)]
struct Field {
    name: String,
    value: Option<String>,
}

#[derive(Deserialize)]
struct Content {
    text: Option<String>,
    encoding: Option<String>,
    size: Option<f64>,
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Entries, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Entries;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a list of entries")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Entries, A::Error> {
                let mut entries = Entries::default();
                while let Some(entry) = list.next_element::<Value>()? {
                    entries.0.push(serde_json::from_value(entry).ok());
                }
                Ok(entries)
            }
        }
        deserializer.deserialize_seq(Each)
    }
}

/// The entries of a HAR file, and how many of it could not be read.
pub(super) fn entries(name: &str, text: &[u8]) -> Result<(Vec<Entry>, usize), String> {
    let har: Har = serde_json::from_slice(text).map_err(|error| not_read(&error))?;
    let entries = har.log.entries.0;
    let count = entries.len();
    if count == 0 {
        return Err("it is a HAR file without entries\nhelp: export it again with the exchanges in it".into());
    }
    let width = count.to_string().len();
    let label = |index: usize| format!("{name}, entry {:0width$}", index + 1);
    let read = entries.into_iter().enumerate().filter_map(|(index, entry)| recorded(label(index), entry?));
    let read: Vec<Entry> = read.map(|recorded| Entry::Exchange(Box::new(recorded))).collect();
    match read.len() {
        0 => Err("its entries are not built as those of a HAR file should be\nhelp: each needs startedDateTime, as \
                  2026-01-31T10:00:00.000Z, and request with method and url"
            .into()),
        some => Ok((read, count - some)),
    }
}

/// None where the entry does not say when it was.
fn recorded(label: String, entry: HarEntry) -> Option<Recorded> {
    let at: jiff::Timestamp = entry.started_date_time.trim().parse().ok()?;
    let (host, path) = address(&entry.request.url);
    let fields = headers(entry.request.headers);
    let sizes = [entry.request.body_size, length(&fields)];
    let body = body(entry.request.post_data, &fields, &sizes, false, "the body of the request");
    let request = Request { method: entry.request.method, path, headers: fields, body };
    let took = entry.time.and_then(|milliseconds| Duration::try_from_secs_f64(milliseconds / 1000.0).ok());
    let answer = answer(entry.response);
    let fields_of_answer = match &answer {
        Answer::Response(response) => !response.headers.0.is_empty(),
        Answer::None(_) => true,
    };
    let seen = if fields_of_answer && !request.headers.0.is_empty() { Seen::Whole } else { Seen::NoFields };
    let (at, took) = (SystemTime::from(at), took.unwrap_or_default());
    Some(Recorded { label, known: None, host, request, answer, at, took, seen })
}

fn answer(response: Option<HarResponse>) -> Answer {
    let status = response.as_ref().and_then(|response| status(response.status.as_ref()?));
    let (Some(response), Some(status)) = (response, status) else {
        return no_answer("the recording holds no answer");
    };
    let fields = headers(response.headers);
    // Without a size it is not known whether there was a body at all.
    let unknown = response.content.as_ref().is_none_or(|content| content.size != Some(0.0));
    let sizes = [response.body_size, length(&fields)];
    let body = body(response.content, &fields, &sizes, unknown, "the body of the answer");
    Answer::Response(Response { status, headers: fields, body, cut: None })
}

/// A status of HTTP; some recorders write 0, a text or nothing where none came.
fn status(value: &Value) -> Option<u16> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    (100.0..1000.0).contains(&number).then_some(number as u16)
}

/// Host with port, and path. A query is left out: nothing of the standard travels in it, and what does may be personal.
fn address(url: &str) -> (String, String) {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let host = host.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
    let usual = match scheme.to_ascii_lowercase().as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => "",
    };
    (host.strip_suffix(usual).map_or(host.clone(), str::to_owned), path.to_owned())
}

fn headers(fields: Option<Vec<Field>>) -> Headers {
    let fields = fields.into_iter().flatten();
    Headers(fields.filter_map(|field| Some((field.name, field.value?))).collect())
}

fn length(fields: &Headers) -> Option<f64> {
    fields.get("content-length")?.trim().parse().ok()
}

/// A body as far as it was recorded; `sizes` are what is known of its length, and `unknown` says that it may be there although
/// none is.
fn body(content: Option<Content>, fields: &Headers, sizes: &[Option<f64>], unknown: bool, what: &str) -> Body {
    let size = content.as_ref().and_then(|content| content.size);
    let length = sizes.iter().chain([&size]).flatten().fold(0.0, |most: f64, size| most.max(*size));
    let encoded = content.as_ref().and_then(|content| content.encoding.as_deref()).unwrap_or_default();
    let is_base64 = encoded.eq_ignore_ascii_case("base64");
    let bytes = match content.and_then(|content| content.text) {
        Some(text) if is_base64 => match STANDARD.decode(text.trim()) {
            Ok(bytes) => bytes,
            Err(_) => return not_recorded(what),
        },
        Some(text) => text.into_bytes(),
        None if unknown => return not_recorded(what),
        None => Vec::new(),
    };
    let known = bytes.len() as f64;
    if bytes.is_empty() && length > 0.0 {
        return not_recorded(what);
    }
    if is_still_encoded(&bytes, fields) {
        return not_recorded(&format!("{what} in the clear, but as it was packed for the way"));
    }
    // Whoever cuts a text that is JSON leaves something that is none. Sizes alone are told in many ways.
    match known < length && serde_json::from_slice::<IgnoredAny>(&bytes).is_err() {
        true => cut_short(bytes),
        false => Body::new(bytes),
    }
}

/// Whether the content encoding of a body was not undone before it was recorded.
fn is_still_encoded(bytes: &[u8], fields: &Headers) -> bool {
    let encoding = fields.get("content-encoding").unwrap_or_default().trim();
    let none = encoding.is_empty() || encoding.eq_ignore_ascii_case("identity");
    // What was packed is no text, and shows as replaced characters where it was written as one.
    !none && std::str::from_utf8(bytes).map_or(true, |text| text.contains(['\u{fffd}', '\u{1f}']))
}
