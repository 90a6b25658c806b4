//! `check --exchange`: whose a recorded message is, and what is no less the product's because it is broken.

use super::folder::Folder;
use super::recordings::{
    CALLBACK, LATER, SYNC, acknowledgement, answer_header, breaks, encrypted, entry, found, har, in_the_call, judged,
    request_header, search, sent, sound, with,
};
use super::run;
use serde_json::{Value, json};

/// A search to be answered later, and its acknowledgement.
fn asked() -> Value {
    entry(0, LATER, &search("1", &["a"], 0), 200, &acknowledgement("ACK", "c-1", 0))
}

/// Something posted to an address, as text.
fn posted(url: &str, text: &str) -> Value {
    let entry = entry(5, url, &json!({}), 200, &acknowledgement("ACK", "peer", 5));
    with(&with(&entry, "/request/postData/text", json!(text)), "/request/bodySize", json!(text.len()))
}

/// A file for each message.
fn files(messages: &[Value]) -> Vec<(&'static str, String)> {
    let names = ["1.json", "2.json", "3.json", "4.json"];
    names.into_iter().zip(messages.iter().map(Value::to_string)).collect()
}

#[test]
fn a_recording_that_could_not_be_read_is_named_in_the_report() {
    let whole = in_the_call(&search("1", &["a"], 0), &found("1", &["a"], 1));
    let text = har(&whole).1;
    let half = text.get(..text.len() / 2).expect("ASCII").to_owned();
    let folder = Folder::new();
    std::fs::create_dir_all(folder.file("in")).expect("a folder");
    folder.write("in/a.har", &text);
    folder.write("in/b.har", &half);
    let ran = run(&folder, &["check", "--exchange", "--out", "out", "in"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    for name in ["out/result.json", "out/report.html"] {
        let text = folder.read(name);
        assert!(text.contains("b.har: it ends in the middle of JSON") && text.contains("not judged"), "{name}");
    }
}

#[test]
fn what_a_recorder_writes_in_other_ways_is_read() {
    let answered = |changes: &[(&str, Value)]| {
        let whole = entry(0, SYNC, &search("1", &["a"], 0), 200, &found("1", &["a"], 1));
        changes.iter().fold(whole, |entry, (place, value)| with(&entry, &format!("/response/{place}"), value.clone()))
    };
    let json = json!([{"name": "Content-Type", "value": " application/json\t"}]);
    sound("blanks around a field", &[answered(&[("headers", json)])]);
    // Unpacked by the recorder, and a character that could not be read long before.
    let packed =
        json!([{"name": "Content-Type", "value": "application/json"}, {"name": "Content-Encoding", "value": "gzip"}]);
    let mut unlisted = with(&found("1", &["a"], 1), "/header/status", json!("weird"));
    unlisted["header"]["status_reason_message"] = json!("Jos\u{fffd}");
    breaks(
        "in the clear",
        &[answered(&[("headers", packed), ("content/text", json!(unlisted.to_string()))])],
        &["RG-ENV-01"],
    );
}
