use super::*;
use serde_json::json;

fn wrong(text: &[u8]) -> String {
    read("x", text).unwrap_err()
}

#[test]
fn what_is_no_recording_is_told_in_one_message() {
    for (text, says) in [
        (&b""[..], "empty"),
        (b" \n", "empty"),
        (b"hello", "no JSON"),
        (b"{\"log\": {\"entries\": [", "ends in the middle"),
        (b"{\"header\": {}} {\"header\"", "ends in the middle"),
        (b"{\"a\": 1} nonsense", "no JSON"),
        (b"[1]", "list"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"{\"log\": {}}", "without entries"),
        (b"{\"log\": {\"entries\": []}}", "without entries"),
        (b"{\"log\": {\"entries\": [{}]}}", "not built"),
        (b"{\"schema\": \"other\", \"evidence\": {}}", "another version"),
    ] {
        let message = wrong(text);
        assert!(message.contains(says) && message.contains("help: "), "{message}");
    }
    let deep = format!("{{\"a\": {}", "[".repeat(100_000));
    assert!(wrong(deep.as_bytes()).contains("no JSON") || wrong(deep.as_bytes()).contains("middle"));
}

#[test]
fn no_more_is_read_than_is_allowed() {
    let endless = std::io::repeat(b' ').take(MOST_BYTES * 4);
    assert!(read("x", endless).unwrap_err().contains("64 MiB"));
}

#[test]
fn a_har_entry_is_read_with_its_body_in_either_form() {
    let har = json!({"log": {"entries": [
        {"startedDateTime": "2026-01-02T03:04:05.006+02:00", "time": 12.5,
         "request": {"method": "POST", "url": "https://u:p@Example.org:8443/a/b?who=me", "headers": [],
                     "postData": {"mimeType": "application/json", "text": "{\"q\": 1}"}},
         "response": {"status": 200, "headers": [{"name": "X", "value": "y"}],
                      "content": {"size": 8, "encoding": "base64", "text": "eyJhIjogMX0="}}},
        {"startedDateTime": "2026-01-02T03:04:06Z", "time": null,
         "request": {"method": "POST", "url": "/c", "headers": [], "bodySize": 7},
         "response": {"status": 0, "headers": [], "content": {}}},
        {"startedDateTime": "2026-01-02T03:04:06Z",
         "request": {"method": "POST", "url": "/c", "headers": []},
         "response": {"status": 200, "headers": [], "content": {"size": -1}}},
    ]}});
    let recording = read("t.har", har.to_string().as_bytes()).unwrap();
    let exchanges: Vec<&Recorded> = recording
        .entries
        .iter()
        .map(|entry| match entry {
            Entry::Exchange(exchange) => &**exchange,
            Entry::Message { .. } => panic!("no message"),
        })
        .collect();
    let first = exchanges[0];
    assert_eq!((first.label.as_str(), first.request.host.as_str()), ("t.har, entry 1", "example.org:8443"));
    assert_eq!((first.request.path.as_str(), first.request.body.text().as_ref()), ("/a/b", "{\"q\": 1}"));
    assert_eq!(first.took, Duration::from_micros(12_500));
    let Answer::Response(response) = &first.answer else { panic!("an answer") };
    assert_eq!((response.body.text().as_ref(), response.headers.get("x")), ("{\"a\": 1}", Some("y")));
    assert!(exchanges[1].request.body.beyond_us().is_some(), "there was one, and it is not here");
    assert!(matches!(exchanges[1].answer, Answer::None(_)));
    let Answer::Response(unknown) = &exchanges[2].answer else { panic!("an answer") };
    assert!(unknown.body.beyond_us().is_some(), "it may have been anything");
}

#[test]
fn messages_are_kept_byte_for_byte() {
    let recording = read("m", &b"\xEF\xBB\xBF{\"a\":  1}\n\n{\"b\": 2}\n"[..]).unwrap();
    let found: Vec<(String, String)> = recording
        .entries
        .iter()
        .map(|entry| match entry {
            Entry::Message { label, body } => (label.clone(), body.text().into_owned()),
            Entry::Exchange(_) => panic!("no exchange"),
        })
        .collect();
    let wanted = [("m, message 1", "{\"a\":  1}"), ("m, message 2", "{\"b\": 2}")];
    assert_eq!(found, wanted.map(|(label, body)| (label.to_owned(), body.to_owned())));
}

/// A HAR file of one entry, whose answer has this content, and beside it this member.
fn har_with(content: &serde_json::Value, beside: &str) -> String {
    let entry = json!({
        "startedDateTime": "2026-01-02T03:04:06Z", "request": {"method": "POST", "url": "/c", "headers": []},
        "response": {"status": 200, "headers": [], "content": content}
    });
    let entry = entry.to_string();
    format!("{{\"log\": {{\"entries\": [{{{beside}, {}]}}}}", entry.trim_start_matches('{'))
}

fn answered(har: &str) -> Body {
    let recording = read("t.har", har.as_bytes()).unwrap();
    let Some(Entry::Exchange(exchange)) = recording.entries.into_iter().next() else { panic!("an exchange") };
    let Answer::Response(response) = exchange.answer else { panic!("an answer") };
    response.body
}

#[test]
fn base64_is_read_as_recorders_write_it() {
    let text = "{\"a\": \"??>>\"}";
    for base64 in ["eyJhIjogIj8/Pj4ifQ==", "eyJhIjog\r\nIj8/Pj4i\nfQ==\n", "eyJhIjogIj8_Pj4ifQ", "eyJhIjogIj8/Pj4ifQ"] {
        let body = answered(&har_with(&json!({"size": 13, "encoding": "base64", "text": base64}), "\"x\": 1"));
        assert_eq!(body.text(), text, "{base64:?}");
    }
    let body = answered(&har_with(&json!({"size": 13, "encoding": "base64", "text": "eyJ*"}), "\"x\": 1"));
    assert!(body.beyond_us().is_some_and(|why| why.contains("base64")), "{:?}", body.beyond_us());
}

#[test]
fn what_is_not_needed_of_an_entry_loses_nothing() {
    let deep = ["{\"a\": ".repeat(1000), "1".into(), "}".repeat(1000)].concat();
    for beside in [format!("\"_initiator\": {deep}"), "\"cache\": {\"x\": 1e999}".into(), "\"time\": \"12\"".into()] {
        let body = answered(&har_with(&json!({"size": 2, "text": "{}"}), &beside));
        assert_eq!(body.text(), "{}", "{}", &beside[..12]);
    }
    let needed =
        har_with(&json!({"size": 2, "text": "{}", "x": 1}), "\"x\": 1").replace("\"x\":1", &format!("\"x\":{deep}"));
    assert!(wrong(needed.as_bytes()).contains("128 levels"), "{}", wrong(needed.as_bytes()));
}
