//! `check --exchange`: whose a recorded message is, and what is no less the product's because it is broken.

use super::folder::Folder;
use super::recordings::{
    CALLBACK, LATER, SYNC, acknowledgement, answer_header, at, breaks, encrypted, entry, found, har, in_the_call,
    judged, request_header, search, sent, sound, with,
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
fn an_acknowledgement_of_no_one_request_is_judged_by_itself() {
    let empty = |id| with(&acknowledgement("ACK", id, 2), "/message/timestamp", json!(""));
    let two = [search("1", &["a"], 0), search("2", &["a"], 1)];
    let whole = [acknowledgement("ACK", "c-1", 2), acknowledgement("ACK", "c-2", 3)];
    let (code, bad, _) = judged(&files(&[&two[..], &whole].concat()), &[]);
    assert_eq!((code, bad), (2, Vec::new()));
    let broken = ["fail RG-ACK-01".to_owned()];
    let (code, bad, result) = judged(&files(&[&two[..], &[empty("c-1"), empty("c-2")]].concat()), &[]);
    assert_eq!((code, bad.as_slice()), (1, &broken[..]));
    // And once more, from the report of that.
    let (code, bad, _) = judged(&[("result.json", result.to_string())], &[]);
    assert_eq!((code, bad.as_slice()), (1, &broken[..]));
    let (code, bad, _) = judged(&files(&[empty("c-1")]), &[]);
    assert_eq!((code, bad.as_slice()), (1, &broken[..]));
}

#[test]
fn the_report_of_bare_messages_says_no_more_than_they_did() {
    let unlisted = with(&found("1", &["a"], 5), "/header/status", json!("weird"));
    let messages = [search("1", &["a"], 0), acknowledgement("ACK", "c-1", 0), unlisted];
    let (code, bad, result) = judged(&files(&messages), &[]);
    assert_eq!((code, bad.as_slice()), (1, &["fail RG-ENV-01".to_owned()][..]));
    let (code, again, result) = judged(&[("result.json", result.to_string())], &[]);
    assert_eq!((code, &again), (1, &bad));
    let told = |id: &str| {
        let mut checks = result["tests"]
            .as_array()
            .expect("tests")
            .iter()
            .flat_map(|test| test["checks"].as_array().cloned().unwrap_or_default());
        checks.find(|check| check["requirement"] == id).expect("the requirement")["verdict"].clone()
    };
    assert_eq!(told("RG-ENV-09"), "inconclusive", "when it came is not known");
    assert_eq!(told("RG-ID-03"), "pass", "the acknowledgement is kept");
}

#[test]
fn a_callback_is_one_however_broken_where_it_was_sent_says_so() {
    for url in ["https://sp.example/registry/on-search", CALLBACK, "https://sp.example/cb/on-search"] {
        breaks(url, &[asked(), posted(url, "{\"header\": oops")], &["RG-ENV-01", "RG-HYG-03"]);
    }
    let published = "https://sp.example/registry/on-search";
    let nothing = &["RG-ENV-01", "RG-ENV-03", "RG-ID-06", "RG-MSG-02"];
    breaks("an empty object", &[asked(), posted(published, "{}")], nothing);
    let refused = with(&json!({"header": answer_header("1", "search", 5)}), "/header/status", json!("rjct"));
    breaks("the action of the request", &[asked(), sent(5, &refused)], &["RG-ENV-03"]);
    let unnamed = with(&encrypted("1", "on-search", 5), "/header/action", Value::Null);
    breaks("no action", &[asked(), sent(5, &unnamed)], &["RG-ENV-01", "RG-ENV-03"]);
}

#[test]
fn an_answer_without_its_envelope_is_one_where_it_was_called_for() {
    let answer = found("1", &["a"], 5);
    let posts = [
        answer["message"].to_string(),
        json!([answer]).to_string(),
        json!(answer.to_string()).to_string(),
        json!(answer["message"].to_string()).to_string(),
        json!({"transaction_id": "t-1", "result": []}).to_string(),
        json!({"data": answer["message"]}).to_string(),
        json!({"payload": answer.to_string()}).to_string(),
        "{}".to_owned(),
    ];
    let entries: Vec<Value> = posts.iter().map(|text| posted(CALLBACK, text)).chain([asked()]).collect();
    let (_, bad, result) = judged(&[har(&entries)], &[]);
    for requirement in ["fail RG-ENV-01", "fail RG-HYG-03", "fail RG-MSG-02"] {
        assert!(bad.contains(&requirement.to_owned()), "{requirement}: {bad:?}");
    }
    let told = result["observations"].to_string();
    assert!(!told.contains("left out"), "{told}");
}

#[test]
fn what_follows_a_first_word_or_a_first_page_is_of_the_answer() {
    let answer = found("1", &["a"], 3);
    let pending =
        with(&answer, "/message/search_response/0", json!({"reference_id": "a", "timestamp": at(3), "status": "pdng"}));
    let pending = with(&pending, "/header/status", json!("pdng"));
    let page = json!({"page_size": 1, "page_number": 1, "total_count": 2});
    let first = with(&answer, "/message/search_response/0/pagination", page);
    for (what, before) in [("a word", pending), ("a page", first)] {
        let entries = [asked(), sent(3, &before), posted(CALLBACK, "{\"header\": {")];
        breaks(what, &entries, &["RG-ENV-01", "RG-HYG-03"]);
    }
    let half = with(&answer, "/header/meta", json!({"x": "HALF"})).to_string().replace("HALF", "\\ud800");
    let (code, bad, result) = judged(&[har(&[asked(), posted(CALLBACK, &half)])], &[]);
    assert_eq!((code, bad), (2, Vec::new()), "it could not be read");
    let told = result.to_string();
    assert!(!told.contains("of no kind") && told.contains("half a surrogate pair, which"), "{told}");
}

#[test]
fn what_else_is_sent_to_an_address_is_left_out() {
    let left_out = |what: &str, entries: &[Value]| {
        let (code, bad, result) = judged(&[har(entries)], &[]);
        assert_eq!((code, bad), (2, Vec::new()), "{what}");
        assert!(result["observations"].to_string().contains("1 recorded exchange(s)"), "{what}");
    };
    left_out("another message", &[asked(), posted(CALLBACK, "{\"event\": \"ping\"}")]);
    left_out("of another transaction", &[asked(), posted(CALLBACK, "{\"transaction_id\": \"paid\", \"amount\": 5}")]);
    left_out("another address", &[asked(), posted("https://sp.example/else", "oops")]);
    left_out("the answer is there", &[asked(), sent(4, &found("1", &["a"], 4)), posted(CALLBACK, "oops")]);
    left_out(
        "nothing was to come",
        &[in_the_call(&search("1", &["a"], 0), &found("1", &["a"], 1)), vec![posted(CALLBACK, "oops")]].concat(),
    );
    let second = with(&asked(), "/request/url", json!("https://other.example/registry/search"));
    let entries = [asked(), second, posted(CALLBACK, "oops")];
    let (code, bad, _) = judged(&[har(&entries)], &["--product-host", "reg.example"]);
    assert_eq!((code, bad), (2, Vec::new()), "it may be the other product's");
}

#[test]
fn an_id_is_told_apart_between_two_systems() {
    let told = |second, receiver: &str| with(&encrypted("1", "notify", second), "/header/receiver_id", json!(receiver));
    let elsewhere =
        |second, message: &Value| with(&sent(second, message), "/request/url", json!("https://sp2.example/cb"));
    sound("two receivers", &[sent(5, &told(5, "sp.example")), elsewhere(6, &told(6, "sp2.example"))]);
    sound("behind one name", &[sent(5, &told(5, "sp.example")), sent(6, &told(6, "sp2.example"))]);
    breaks("one receiver", &[sent(5, &told(5, "sp.example")), sent(6, &told(6, "sp.example"))], &["RG-ID-06"]);
    let unnamed = |second| with(&told(second, ""), "/header/receiver_id", Value::Null);
    sound("two hosts", &[sent(5, &unnamed(5)), elsewhere(6, &unnamed(6))]);
    breaks("one host", &[sent(5, &unnamed(5)), sent(6, &unnamed(6))], &["RG-ID-06"]);

    let counted = |message: &Value| with(message, "/header/message_id", json!("1"));
    let (first, other) =
        (search("1", &["a"], 0), with(&search("2", &["a"], 2), "/header/sender_id", json!("sp2.example")));
    let answers = [counted(&found("1", &["a"], 1)), counted(&found("2", &["a"], 3))];
    let to = |receiver: &str| with(&answers[1], "/header/receiver_id", json!(receiver));
    sound("two that ask", &[entry(0, SYNC, &first, 200, &answers[0]), entry(2, SYNC, &other, 200, &to("sp2.example"))]);
    let again = with(&other, "/header/sender_id", json!("sp.example"));
    breaks(
        "one that asks",
        &[entry(0, SYNC, &first, 200, &answers[0]), entry(2, SYNC, &again, 200, &to("sp.example"))],
        &["RG-ID-06"],
    );
}

#[test]
fn what_was_not_acknowledged_may_be_sent_again_with_another_time_and_signature() {
    let callback = with(&found("1", &["a"], 5), "/signature", json!("created=1"));
    let again = with(&with(&callback, "/signature", json!("created=61")), "/header/message_ts", json!(at(65)));
    let failed = entry(5, CALLBACK, &callback, 503, &json!({}));
    sound("after a failure", &[asked(), failed.clone(), sent(65, &again)]);
    for (what, answer) in [("refused", acknowledgement("ERR", "peer", 5)), ("no answer to it", json!("maintenance"))] {
        sound(what, &[asked(), entry(5, CALLBACK, &callback, 200, &answer), sent(65, &again)]);
    }
    breaks("after ACK", &[asked(), sent(5, &callback), sent(65, &again)], &["RG-CB-02", "RG-ID-06"]);
    let other = with(&again, "/message/search_response/0/status", json!("rjct"));
    breaks("another message", &[asked(), failed, sent(65, &other)], &["RG-ID-06"]);
}

#[test]
fn a_callback_is_for_whoever_asked() {
    let unnamed = |id: &str| {
        let callback = with(&found(id, &["a"], 5), "/header/message_id", json!("1"));
        with(&callback, "/header/receiver_id", Value::Null)
    };
    let second = |sender: &str| {
        let asked = with(&search("2", &["a"], 2), "/header/sender_id", json!(sender));
        entry(2, LATER, &asked, 200, &acknowledgement("ACK", "c-2", 2))
    };
    let callbacks = [sent(5, &unnamed("1")), sent(6, &unnamed("2"))];
    let both = |sender| [&[asked(), second(sender)][..], &callbacks].concat();
    sound("two behind one host", &both("sp2.example"));
    breaks("one", &both("sp.example"), &["RG-ID-06"]);
}

#[test]
fn a_form_with_parts_is_not_looked_into() {
    let mut form =
        posted("https://sp.example/registry/on-search", "--x\r\nContent-Disposition: form-data\r\n\r\n--x--");
    form["request"]["headers"] = json!([{"name": "Content-Type", "value": "multipart/form-data; boundary=x"}]);
    sound("a form", &[asked(), form]);
}

#[test]
fn a_callback_of_a_transaction_of_our_tests_is_one_only_where_they_ran() {
    let asked = asked();
    let mut broken = with(&found("1", &["a"], 5), "/header/status", json!("weird"));
    broken["message"]["transaction_id"] = json!("dci-conform-retry-1");
    breaks("of another request", &[asked.clone(), sent(5, &broken)], &["RG-ENV-01", "RG-ID-01"]);
    let unknown = with(&broken, "/message/correlation_id", json!("x"));
    breaks("of no request", &[asked, sent(5, &unknown)], &["RG-ENV-01"]);
}

#[test]
fn what_another_product_sends_is_not_the_ones_that_is_named() {
    let of_the_other = |value: &Value, id: &str| {
        let named = with(value, "/request/url", json!("https://other.example:443/registry/search"));
        let asked = with(&search(id, &["a"], 0), "/header/receiver_id", json!("other.example"));
        with(&named, "/request/postData/text", json!(asked.to_string()))
    };
    let acknowledged = entry(0, LATER, &Value::Null, 200, &acknowledgement("ACK", "c-9", 0));
    let second = of_the_other(&acknowledged, "9");
    let from = |sender: &str, message: &Value| {
        let unlisted = with(message, "/header/status", json!("weird"));
        sent(5, &with(&unlisted, "/header/sender_id", json!(sender)))
    };
    let broken = [from("other.example", &found("9", &["a"], 5)), from("other.example", &encrypted("8", "notify", 5))];
    let entries = [&[asked(), second, sent(5, &found("1", &["a"], 5))][..], &broken].concat();
    for named in ["reg.example", "reg.example:443", "REG.example."] {
        let (code, bad, result) = judged(&[har(&entries)], &["--product-host", named]);
        assert_eq!((code, bad), (2, Vec::new()), "{named}");
        assert!(result["observations"].to_string().contains("3 recorded exchange(s)"), "{}", result["observations"]);
    }
    let (code, bad, _) = judged(&[har(&entries)], &["--product-host", "other.example"]);
    assert_eq!((code, bad), (1, vec!["fail RG-ENV-01".to_owned()]));
}

#[test]
fn what_is_sent_to_the_product_is_not_the_products() {
    let unlisted = |id: &str| with(&found(id, &["a"], 5), "/header/status", json!("weird"));
    let at = |url: &str, message: &Value| with(&sent(5, message), "/request/url", json!(url));
    // One machine, two ports: the callback is the product's, whatever the host is called.
    let here = with(&asked(), "/request/url", json!("http://localhost:8080/registry/search"));
    let entries = [here, at("http://localhost:9090/cb", &unlisted("1"))];
    for arguments in [&[][..], &["--product-host", "localhost"], &["--product-host", "localhost:8080"]] {
        let (code, bad, _) = judged(&[har(&entries)], arguments);
        assert_eq!((code, bad.as_slice()), (1, &["fail RG-ENV-01".to_owned()][..]), "{arguments:?}");
    }
    // The product as a client of another registry: what that answers is not the product's.
    let answered = in_the_call(&search("1", &["a"], 0), &found("1", &["a"], 1));
    let foreign = at("https://reg.example/cb/on-search", &unlisted("9"));
    let called = [asked(), sent(5, &found("1", &["a"], 5)), foreign.clone()];
    for entries in [&[answered, vec![foreign]].concat()[..], &called] {
        for arguments in [&[][..], &["--product-host", "reg.example"]] {
            let (code, bad, result) = judged(&[har(entries)], arguments);
            assert_eq!((code, bad), (2, Vec::new()), "{arguments:?}");
            assert!(result["observations"].to_string().contains("not of the product's host"), "{result}");
        }
    }
    // Both behind one name: it belongs to a request, or there is nobody else it could be from.
    for id in ["1", "9"] {
        let entries = [asked(), at("https://reg.example/sp/on-search", &unlisted(id))];
        for arguments in [&[][..], &["--product-host", "reg.example"]] {
            let (code, bad, _) = judged(&[har(&entries)], arguments);
            assert!(code == 1 && bad.contains(&"fail RG-ENV-01".to_owned()), "{id}, {arguments:?}: {bad:?}");
        }
    }
}

#[test]
fn what_stands_for_a_message_and_is_none_is_found_beside_a_refusal() {
    let refused = with(&json!({"header": answer_header("1", "on-search", 5)}), "/header/status", json!("rjct"));
    let beside = |message: Value| {
        let mut refused = refused.clone();
        refused["message"] = message;
        refused
    };
    for message in [json!("nothing"), json!(["nothing"]), json!(5), json!(false), Value::Null] {
        let answered = in_the_call(&search("1", &["a"], 0), &beside(message.clone()));
        breaks(&format!("{message} in the call"), &answered, &["RG-MSG-01"]);
        breaks(&format!("{message} later"), &[sent(5, &beside(message))], &["RG-MSG-02"]);
    }
    sound("none in the call", &in_the_call(&search("1", &["a"], 0), &refused));
    sound("none later", &[sent(5, &refused)]);
}

#[test]
fn which_header_reports_a_subscription_is_noted() {
    let reported = encrypted("1", "on-subscribe", 5);
    let callback = judged(&[har(&[sent(5, &reported)])], &[]);
    let header = with(&request_header("1", "on-subscribe", 5), "/is_msg_encrypted", json!(true));
    let request = judged(&[har(&[sent(5, &with(&reported, "/header", header))])], &[]);
    let mut both = reported;
    both["header"]["total_count"] = json!(1);
    let both = judged(&[har(&[sent(5, &both)])], &[]);
    for ((code, bad, result), noted) in [(callback, true), (request, true), (both, false)] {
        assert_eq!((code, bad), (2, Vec::new()));
        assert_eq!(result["errata"].to_string().contains("ET-19"), noted, "{}", result["errata"]);
    }
}

#[test]
fn an_id_copied_from_the_request_is_noted_later_as_well() {
    let copied = with(&found("1", &["a"], 5), "/header/message_id", json!("asked-1"));
    let (code, bad, _) = judged(&[har(&[asked(), sent(5, &copied)])], &[]);
    assert_eq!((code, bad), (2, vec!["warn RG-ID-05".to_owned()]));
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
    // A report of ours beside them is no recording that could not be read.
    std::fs::remove_file(folder.file("in/b.har")).expect("it is there");
    for name in ["report.html", "junit.xml"] {
        folder.write(&format!("in/{name}"), &folder.read(&format!("out/{name}")));
    }
    let ran = run(&folder, &["check", "--exchange", "--out", "again", "in"]);
    assert!(ran.code == 2 && !ran.out.contains("not read"), "{}{}", ran.out, ran.err);
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
