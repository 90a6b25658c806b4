//! HAR 1.2: what browsers and proxies write. Only what is needed is read; cookies and timings are not.

use super::{Entry, Recorded, cut_short, no_answer, not_read, not_recorded};
use crate::model::exchange::{Answer, Body, Headers, Request, Response, Seen};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
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

struct HarEntry {
    started: String,
    time: Option<f64>,
    request: HarRequest,
    response: Option<HarResponse>,
}

/// What is needed of an entry, however it is built. What is not needed is passed over, to any depth.
#[derive(Default)]
struct Members {
    started: Option<Value>,
    time: Option<Value>,
    request: Option<Value>,
    response: Option<Value>,
}

impl Members {
    /// None where something is built otherwise.
    fn entry(self) -> Option<HarEntry> {
        let response = self.response.filter(|response| !response.is_null());
        Some(HarEntry {
            started: serde_json::from_value(self.started?).ok()?,
            time: self.time.and_then(|time| time.as_f64()),
            request: serde_json::from_value(self.request?).ok()?,
            response: response.map(serde_json::from_value).transpose().ok()?,
        })
    }
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
#[serde(rename_all = "camelCase")]
struct Content {
    text: Option<String>,
    encoding: Option<String>,
    size: Option<f64>,
    mime_type: Option<Value>,
    /// What a recorder says of a body that it left out.
    comment: Option<Value>,
    /// The file that the body is in, beside the recording.
    #[serde(rename = "_file")]
    file: Option<Value>,
}

impl Content {
    /// Whether nothing is here of a body that was left out, or is elsewhere.
    fn is_left_out(&self) -> bool {
        let says = |value: &Option<Value>| value.as_ref().and_then(Value::as_str).is_some_and(|text| !text.is_empty());
        self.text.as_ref().is_none_or(String::is_empty) && (says(&self.comment) || says(&self.file))
    }
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
                while let Some(members) = list.next_element::<Members>()? {
                    entries.0.push(members.entry());
                }
                Ok(entries)
            }
        }
        deserializer.deserialize_seq(Each)
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Members;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an entry")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Members::default();
                while let Some(name) = map.next_key::<String>()? {
                    match name.as_str() {
                        "startedDateTime" => members.started = Some(map.next_value()?),
                        "time" => members.time = Some(map.next_value()?),
                        "request" => members.request = Some(map.next_value()?),
                        "response" => members.response = Some(map.next_value()?),
                        _ => _ = map.next_value::<IgnoredAny>()?,
                    }
                }
                Ok(members)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Members, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Members::default())
            }

            fn visit_unit<E>(self) -> Result<Members, E> {
                Ok(Members::default())
            }

            fn visit_bool<E>(self, _: bool) -> Result<Members, E> {
                Ok(Members::default())
            }

            fn visit_f64<E>(self, _: f64) -> Result<Members, E> {
                Ok(Members::default())
            }

            fn visit_i64<E>(self, _: i64) -> Result<Members, E> {
                Ok(Members::default())
            }

            fn visit_u64<E>(self, _: u64) -> Result<Members, E> {
                Ok(Members::default())
            }

            fn visit_str<E>(self, _: &str) -> Result<Members, E> {
                Ok(Members::default())
            }
        }
        deserializer.deserialize_any(Any)
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
    let at: jiff::Timestamp = entry.started.trim().parse().ok()?;
    let (host, path) = address(&entry.request.url);
    let fields = headers(entry.request.headers, entry.request.post_data.as_ref());
    let sizes = [entry.request.body_size, length(&fields)];
    // A request may have none, and recorders that keep none write the same: there was none where a length says so.
    let unknown = !sizes.contains(&Some(0.0));
    let body = body(entry.request.post_data, &fields, &sizes, unknown, "the body of the request");
    let request = Request { method: entry.request.method, path, headers: fields, body, host };
    let took = entry.time.and_then(|milliseconds| Duration::try_from_secs_f64(milliseconds / 1000.0).ok());
    let answer = answer(entry.response);
    let fields_of_answer = match &answer {
        Answer::Response(response) => !response.headers.0.is_empty(),
        Answer::None(_) => true,
    };
    let seen = if fields_of_answer && !request.headers.0.is_empty() { Seen::Whole } else { Seen::NoFields };
    let (at, took) = (SystemTime::from(at), took.unwrap_or_default());
    Some(Recorded { label, known: None, request, answer, at, took, seen })
}

fn answer(response: Option<HarResponse>) -> Answer {
    let status = response.as_ref().and_then(|response| status(response.status.as_ref()?));
    let (Some(response), Some(status)) = (response, status) else {
        return no_answer("the recording holds no answer");
    };
    let fields = headers(response.headers, response.content.as_ref());
    let sizes = [response.body_size, length(&fields)];
    // Without a size it is not known whether there was a body at all, nor where it is only said that no text was kept.
    let is_known = |content: &Content| {
        content.size == Some(0.0) && (content.text.is_some() || sizes.contains(&Some(0.0)) || sizes == [None, None])
    };
    let unknown = !response.content.as_ref().is_some_and(is_known);
    let body = body(response.content, &fields, &sizes, unknown, "the body of the answer");
    Answer::Response(Response { status, headers: fields, body, cut: None })
}

/// What a proxy writes into its log where the client went away or was sent nothing: no answer anybody saw.
const NEVER_SENT: [u16; 2] = [444, 499];

/// A status of HTTP; some recorders write 0, a text or nothing where none came.
fn status(value: &Value) -> Option<u16> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    let status = (100.0..1000.0).contains(&number).then_some(number as u16);
    status.filter(|status| !NEVER_SENT.contains(status))
}

/// Host with port, and path. A query is left out: nothing of the standard travels in it, and what does may be personal.
pub(crate) fn address(url: &str) -> (String, String) {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let host = host.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
    let usual = match scheme.to_ascii_lowercase().as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => "",
    };
    let host = host.strip_suffix(usual).unwrap_or(&host);
    (host.strip_suffix('.').unwrap_or(host).to_owned(), path.to_owned())
}

/// The header fields listed. Some recorders list few of them, and tell what the content is beside it.
fn headers(fields: Option<Vec<Field>>, content: Option<&Content>) -> Headers {
    let fields = fields.into_iter().flatten();
    // Blanks around a value are none of it.
    let trimmed = |field: Field| Some((field.name, field.value?.trim_matches([' ', '\t']).to_owned()));
    let mut fields = Headers(fields.filter_map(trimmed).collect());
    let told = content.and_then(|content| content.mime_type.as_ref()?.as_str()).map(str::trim);
    let told = told.filter(|told| !told.is_empty());
    if let (false, None, Some(told)) = (fields.0.is_empty(), fields.get("content-type"), told) {
        fields.0.push(("content-type".into(), told.to_owned()));
    }
    fields
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
    if content.as_ref().is_some_and(Content::is_left_out) {
        return not_recorded(what);
    }
    let bytes = match content.and_then(|content| content.text) {
        Some(text) if is_base64 => match unpacked(&text) {
            Some(bytes) => bytes,
            None => return not_recorded(&format!("{what} in base64 that can be read")),
        },
        // Some write an empty text where they have none.
        Some(text) if text.is_empty() && unknown && !is_any_known(sizes, size) => return not_recorded(what),
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
    if is_redacted(&bytes) {
        return not_recorded(&format!("{what}, but a word in its place"));
    }
    // Whoever cuts a text that is JSON leaves something that is none. Sizes alone are told in many ways.
    match known < length && serde_json::from_slice::<IgnoredAny>(&bytes).is_err() {
        true => cut_short(bytes),
        false => Body::new(bytes),
    }
}

/// Whether anything is known of the length of a body; -1 says that it is not.
fn is_any_known(sizes: &[Option<f64>], size: Option<f64>) -> bool {
    sizes.iter().chain([&size]).flatten().any(|size| *size >= 0.0)
}

/// Base64 in either alphabet, with line breaks and without its end, as it is met with.
fn unpacked(text: &str) -> Option<Vec<u8>> {
    let usual = |byte: u8| match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    };
    let bytes: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).map(usual).collect();
    let end = bytes.iter().rposition(|byte| *byte != b'=').map_or(0, |last| last + 1);
    STANDARD_NO_PAD.decode(bytes.get(..end)?).ok()
}

/// Whether the content encoding of a body was not undone before it was recorded.
fn is_still_encoded(bytes: &[u8], fields: &Headers) -> bool {
    let encoding = fields.get("content-encoding").unwrap_or_default().trim();
    let none = encoding.is_empty() || encoding.eq_ignore_ascii_case("identity");
    // What was packed is no text, and shows as replaced or as control characters where it was written as one. JSON was not
    // packed, whatever characters stand in it.
    let is_none_of_text = |one: char| one == '\u{fffd}' || (one.is_control() && !matches!(one, '\t' | '\n' | '\r'));
    !none
        && std::str::from_utf8(bytes)
            .map_or(true, |text| text.contains(is_none_of_text) && serde_json::from_str::<IgnoredAny>(text).is_err())
}

/// Longest text that is taken for a word in the place of a body.
const LONGEST_WORD: usize = 100;

/// Whether the body was taken out before the recording was handed on, and a word put in its place, as in `[redacted]`.
fn is_redacted(bytes: &[u8]) -> bool {
    let says = |text: &str| text.to_ascii_lowercase().contains("redacted") && !text.contains(['{', '<']);
    bytes.len() <= LONGEST_WORD && std::str::from_utf8(bytes).is_ok_and(says)
}
