//! `check --exchange`: recorded traffic of every kind, good and bad. The traffic is recorded here, from the sandbox.

use super::canaries::{shown, survivors};
use super::folder::Folder;
use super::raw::{Act, Asked, RawServer, send};
use super::{Ran, run};
use dci_conform::sandbox;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A person of the sandbox.
const KNOWN: &str = "KE-44006202H";
/// What the peers show each other.
const TOKEN: &str = "token-that-nobody-may-see";

/// One exchange as it went over the wire.
#[derive(Clone)]
struct Wire {
    at: String,
    url: String,
    request: String,
    status: u16,
    answer: String,
}

fn now() -> String {
    jiff::Timestamp::now().to_string()
}

fn search(number: u32, value: &str, callback: &str) -> Value {
    json!({
        "signature": "",
        "header": {
            "version": "1.0.0", "message_id": format!("message-{number}"), "message_ts": now(), "action": "search",
            "sender_id": "a-programme", "sender_uri": callback, "receiver_id": "dci-sandbox-sr", "total_count": 1,
            "is_msg_encrypted": false
        },
        "message": {
            "transaction_id": format!("transaction-{number}"),
            "search_request": [{
                "reference_id": format!("reference-{number}"), "timestamp": now(), "locale": "eng",
                "search_criteria": {
                    "version": "1.0.0", "reg_type": "ns:org:RegistryType:Social", "query_type": "idtype-value",
                    "query": {"type": "UIN", "value": value}
                }
            }]
        }
    })
}

/// Two searches in one call and two answered later, against a sandbox with these faults.
fn recorded(faults: &[&str]) -> Vec<Wire> {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let all = sandbox::faults();
        let named = |name: &&str| all.iter().find(|fault| fault.name == *name).expect("a fault").fault;
        let faults = faults.iter().map(named).collect();
        let options = sandbox::Options { faults, token: Some(TOKEN.into()), ..sandbox::Options::default() };
        let product = sandbox::start(options).await.expect("a sandbox");
        let seen: Arc<Mutex<Vec<Wire>>> = Arc::default();
        let heard = seen.clone();
        let peer = RawServer::start(move |asked: Asked| {
            let acknowledgement =
                json!({"message": {"ack_status": "ACK", "timestamp": now(), "correlation_id": "peer-1"}}).to_string();
            heard.lock().expect("no panic").push(Wire {
                at: now(),
                url: format!("http://peer.example{}", asked.path),
                request: String::from_utf8_lossy(&asked.body).into_owned(),
                status: 200,
                answer: acknowledgement.clone(),
            });
            async move { Act::Answer { status: 200, body: acknowledgement.into_bytes() } }
        })
        .await;
        let fields = [("content-type", "application/json".to_owned()), ("authorization", format!("Bearer {TOKEN}"))];
        let fields = fields.map(|(name, value)| (name.to_owned(), value));
        let asked = [("sync/search", KNOWN), ("sync/search", "none"), ("search", KNOWN), ("search", "none")];
        for (number, (path, value)) in asked.into_iter().enumerate() {
            let before = seen.lock().expect("no panic").len();
            let body = search(number as u32, value, &format!("{}/callback", peer.base_url())).to_string();
            let (at, url) = (now(), format!("{}registry/{path}", product.base_url()));
            let (status, answer) = send("POST", &url, &fields, body.as_bytes()).await.expect("an answer");
            let answer = String::from_utf8_lossy(&answer).into_owned();
            let index = if path == "search" { before } else { seen.lock().expect("no panic").len() };
            seen.lock().expect("no panic").insert(index, Wire { at, url, request: body, status, answer });
            // The callback, where one is due, is waited for, so that the order is that of every recording.
            let due = before + 1 + usize::from(path == "search");
            for _ in 0..1500 {
                if seen.lock().expect("no panic").len() >= due {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        seen.lock().expect("no panic").clone()
    })
}

fn har(wires: &[Wire]) -> String {
    let entry = |wire: &Wire| {
        json!({
            "startedDateTime": wire.at, "time": 3,
            "request": {
                "method": "POST", "url": format!("{}?who={KNOWN}", wire.url), "bodySize": wire.request.len(),
                "headers": [{"name": "Authorization", "value": format!("Bearer {TOKEN}")}],
                "postData": {"mimeType": "application/json", "text": wire.request}
            },
            "response": {
                "status": wire.status, "headers": [{"name": "Content-Type", "value": "application/json"}],
                "content": {"size": wire.answer.len(), "text": wire.answer}
            }
        })
    };
    let noise = json!({
        "startedDateTime": now(), "request": {"method": "GET", "url": "https://news.example/search", "headers": []},
        "response": {"status": 404, "headers": [], "content": {"size": 5, "text": "<html"}}
    });
    let entries: Vec<Value> = std::iter::once(noise).chain(wires.iter().map(entry)).collect();
    json!({"log": {"version": "1.2", "entries": entries}}).to_string()
}

/// Every message in a file of its own, the names in no order.
fn messages(folder: &Folder, wires: &[Wire]) {
    std::fs::create_dir_all(folder.file("messages")).expect("a folder");
    for (index, wire) in wires.iter().enumerate() {
        folder.write(&format!("messages/{:02}-question.json", 50 - index), &wire.request);
        if !wire.url.contains("peer.example") {
            folder.write(&format!("messages/{:02}-answer.json", 50 - index), &wire.answer);
        }
    }
}

fn check(folder: &Folder, arguments: &[&str]) -> Ran {
    let all: Vec<&str> = ["check", "--exchange", "--out", "out"].iter().chain(arguments).copied().collect();
    run(folder, &all)
}

fn result(folder: &Folder) -> Value {
    serde_json::from_str(&folder.read("out/result.json")).expect("result.json is JSON")
}

fn with_verdict(result: &Value, verdict: &str) -> Vec<String> {
    let tests = result["tests"].as_array().expect("tests").iter().filter(|test| test["verdict"] == verdict);
    tests.map(|test| test["id"].as_str().unwrap_or_default().to_owned()).collect()
}

/// The requirement of the first failing check of a test, and what was said of it.
fn failing(result: &Value, id: &str) -> (String, String) {
    let test = result["tests"].as_array().expect("tests").iter().find(|test| test["id"] == id).expect("the test");
    let check = test["checks"].as_array().expect("checks").iter().find(|check| check["verdict"] == "fail");
    let check = check.unwrap_or_else(|| panic!("nothing fails in {id}"));
    let text = |name: &str| check[name].as_str().unwrap_or_default().to_owned();
    (text("requirement"), text("found"))
}

#[test]
fn sound_traffic_breaks_nothing_and_is_no_proof_of_the_rest() {
    let folder = Folder::new();
    folder.write("traffic.har", &har(&recorded(&[])));
    let ran = check(&folder, &["traffic.har"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    let result = result(&folder);
    assert_eq!(with_verdict(&result, "fail"), Vec::<String>::new(), "{}", ran.out);
    let passed = with_verdict(&result, "pass");
    for id in ["RG-RUN-01", "RG-RUN-02", "RG-RUN-03", "RG-RUN-09", "RG-RUN-11", "RG-RUN-12", "RG-RUN-14", "RG-RUN-19"] {
        assert!(passed.iter().any(|passed| passed == id), "{id} is not among {passed:?}\n{}", ran.out);
    }
    assert!(with_verdict(&result, "not-run").contains(&"RG-ASYNC-01".to_owned()));
    assert!(ran.out.contains("1 recorded exchange(s)"), "the noise is counted: {}", ran.out);
    assert!(result["reasons"][0].as_str().expect("a reason").contains("recording"), "{}", ran.out);
    // Nobody of the sandbox and no credential is seen in what was written.
    let mut texts = folder.files();
    texts.retain(|(name, _)| name.starts_with("out/"));
    texts.extend([("standard output".to_owned(), ran.out), ("standard error".to_owned(), ran.err)]);
    let found = survivors(&texts);
    assert!(found.is_empty(), "{}", shown(&found));
    assert!(texts.iter().all(|(_, text)| !text.contains(TOKEN)), "the token is seen");
}

#[test]
fn a_fault_is_found_where_a_live_run_finds_it() {
    for (fault, test, requirement, place) in [
        ("callback-correlation-id-differs", "RG-RUN-19", "RG-ID-03", "entry 5"),
        ("reply-transaction-id-changed", "RG-RUN-01", "RG-ID-01", "entry 2"),
        ("message-id-constant", "RG-RUN-03", "RG-ID-06", "entry 5"),
        ("action-of-request", "RG-RUN-03", "RG-ENV-03", "entry 5"),
        ("item-status-unlisted", "RG-RUN-02", "RG-MSG-01", "entry 2"),
        ("ack-timestamp-empty", "RG-RUN-09", "RG-ACK-01", "entry 4"),
        ("nack-yet-callback", "RG-RUN-19", "RG-CB-05", "entry 5"),
        ("date-with-dots", "RG-RUN-11", "RG-REC-01", "entry 2"),
    ] {
        let folder = Folder::new();
        folder.write("traffic.har", &har(&recorded(&[fault])));
        let ran = check(&folder, &["traffic.har", "--test", test]);
        assert_eq!(ran.code, 1, "{fault}: {}{}", ran.out, ran.err);
        let result = result(&folder);
        assert_eq!(with_verdict(&result, "fail"), [test], "{fault}");
        let (found, said) = failing(&result, test);
        assert_eq!(found, requirement, "{fault}");
        assert!(said.contains(place), "{fault}: {said}");
    }
}

#[test]
fn bare_messages_are_put_together_by_what_they_carry() {
    let folder = Folder::new();
    messages(&folder, &recorded(&[]));
    let ran = check(&folder, &["messages"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    let sound = result(&folder);
    assert_eq!(with_verdict(&sound, "fail"), Vec::<String>::new(), "{}", ran.out);
    let passed = with_verdict(&sound, "pass");
    assert!(["RG-RUN-03", "RG-RUN-09", "RG-RUN-12"].iter().all(|id| passed.iter().any(|one| one == id)), "{passed:?}");
    assert!(!passed.iter().any(|id| id == "RG-RUN-14"), "how messages travelled is not known");

    let folder = Folder::new();
    messages(&folder, &recorded(&["callback-correlation-id-differs"])[2..4]);
    let ran = check(&folder, &["messages"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert_eq!(failing(&result(&folder), "RG-RUN-19").0, "RG-ID-03");
}

#[test]
fn the_evidence_of_a_run_is_judged_as_far_as_it_goes() {
    for (fault, code, failed) in [(None, 2, None), (Some("item-status-unlisted"), 1, Some("RG-RUN-02"))] {
        let folder = Folder::new();
        let mut arguments =
            vec!["demo", "--out", "run", "--test", "RG-SYNC-*", "--test", "RG-ASYNC-01", "--test", "RG-RUN-*"];
        arguments.extend(fault.into_iter().flat_map(|fault| ["--fault", fault]));
        run(&folder, &arguments);
        let whole = folder.read("run/result.json");
        assert!(whole.contains(" --test 'RG-SYNC-*' --test 'RG-ASYNC-01' --test 'RG-RUN-*'\""), "what repeats the run");
        let ran = check(&folder, &["run/result.json"]);
        assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
        let result = result(&folder);
        let failing = with_verdict(&result, "fail");
        assert_eq!(failing.is_empty(), fault.is_none(), "{failing:?}");
        assert!(failed.is_none_or(|id| failing.iter().any(|one| one == id)), "{failing:?}");
        // Records hold what was redacted: nothing is said of them either way.
        assert!(with_verdict(&result, "inconclusive").iter().any(|id| id == "RG-RUN-11"), "{}", ran.out);
        assert!(ran.out.contains("redacted"), "{}", ran.out);
    }
}

#[test]
fn a_mistake_of_the_peer_is_told_and_not_held_against_the_product() {
    let folder = Folder::new();
    let mut wires = recorded(&[]);
    let mut request: Value = serde_json::from_str(&wires[0].request).expect("JSON");
    request["header"].as_object_mut().expect("an object").remove("message_id");
    wires[0].request = request.to_string();
    folder.write("traffic.har", &har(&wires));
    let ran = check(&folder, &["traffic.har"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("product's peer") && ran.out.contains("entry 2"), "{}", ran.out);
}

/// What is asked for and not found, what a gateway adds, what a record tells beside the standard.
#[test]
fn nothing_personal_survives_in_recorded_traffic() {
    let folder = Folder::new();
    let mut wires = recorded(&[]);
    for wire in &mut wires {
        wire.request = wire.request.replace("\"none\"", "\"QQ11qq\"");
        wire.answer = wire.answer.replace("\"sex\":", "\"national_id\": \"QQ12qq\", \"phone\": \"QQ13 qq\", \"sex\":");
    }
    let found = wires.iter().any(|wire| wire.answer.contains("QQ12qq"));
    assert!(found, "records were found");
    let mut entries: Value = serde_json::from_str(&har(&wires)).expect("JSON");
    for entry in entries["log"]["entries"].as_array_mut().expect("a list") {
        let fields = entry["request"]["headers"].as_array_mut().expect("a list");
        fields.push(json!({"name": "Ocp-Apim-Subscription-Key", "value": "QQ14qq-of-a-gateway"}));
        fields.push(json!({"name": "X-Session", "value": "QQ15qq-of-a-gateway"}));
        fields.push(json!({"name": "Referer", "value": "https://x.example/?sid=QQ16qq"}));
    }
    folder.write("traffic.har", &entries.to_string());
    let ran = check(&folder, &["traffic.har"]);
    assert_ne!(ran.code, 3, "{}{}", ran.out, ran.err);
    let mut written = format!("{}{}", ran.out, ran.err);
    for name in ["result.json", "report.html", "junit.xml"] {
        written.push_str(&folder.read(&format!("out/{name}")));
    }
    assert!(written.contains("Ocp-Apim-Subscription-Key") && written.contains("national_id"), "evidence is kept");
    let at = written.find("QQ1").map(|at| written.get(at.saturating_sub(200)..at + 20));
    assert_eq!(at, None);
}

#[test]
fn whose_traffic_it_is_must_be_clear() {
    let folder = Folder::new();
    let wires = recorded(&[]);
    let mut both = wires.clone();
    for wire in &wires {
        let other = wire.url.replace("peer.example", "127.0.0.1:1");
        both.push(Wire { url: other.replacen("127.0.0.1", "other.example", 1), ..wire.clone() });
    }
    folder.write("two.har", &har(&both));
    let unclear = check(&folder, &["two.har"]);
    assert_eq!(unclear.code, 3, "{}{}", unclear.out, unclear.err);
    assert!(unclear.err.contains("several hosts") && unclear.err.contains("--product-host"), "{}", unclear.err);
    let clear = check(&folder, &["two.har", "--product-host", "127.0.0.1", "--test", "RG-RUN-01"]);
    assert_eq!(clear.code, 2, "{}{}", clear.out, clear.err);
    assert!(with_verdict(&result(&folder), "pass").contains(&"RG-RUN-01".to_owned()), "{}", clear.out);
    let nobody = check(&folder, &["two.har", "--product-host", "nobody.example"]);
    assert_eq!(nobody.code, 3);
    assert!(nobody.err.contains("nobody.example") && nobody.err.contains("help: "), "{}", nobody.err);
}

#[test]
fn bad_input_is_one_clear_message() {
    let folder = Folder::new();
    let har = har(&recorded(&[])[..1]);
    folder.write("text.har", "this is no JSON");
    folder.write("empty.har", "{\"log\": {\"entries\": []}}");
    folder.write("truncated.har", &har[..har.len() / 2]);
    folder.write("other.json", "{\"a\": {\"b\": 1}}");
    folder.write("people.ndjson", "{\"identifier\": []}\n{\"identifier\": []}\n");
    folder.write("nothing", "");
    std::fs::create_dir_all(folder.file("folder")).expect("a folder");
    let large = std::fs::File::create(folder.file("large.har")).expect("a file");
    large.set_len(100 << 20).expect("a sparse file");
    for (name, says) in [
        ("text.har", "no JSON"),
        ("empty.har", "without entries"),
        ("truncated.har", "ends in the middle"),
        ("other.json", "nothing in the recording"),
        ("people.ndjson", "nothing in the recording"),
        ("nothing", "empty"),
        ("folder", "nothing to check"),
        ("large.har", "larger than 64 MiB"),
        ("missing.har", "is the name right"),
        ("/dev/zero", "neither a file nor a folder"),
    ] {
        let ran = check(&folder, &[name]);
        assert_eq!(ran.code, 3, "{name}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(says), "{name}: {}", ran.err);
        assert!(ran.err.lines().count() <= 3 && ran.out.is_empty(), "{name}: {}", ran.err);
        assert!(!folder.file("out").exists(), "{name} left a folder");
    }
    let none = check(&folder, &["empty.har", "--test", "RG-NONE"]);
    assert_eq!(none.code, 3);
    assert!(none.err.contains("RG-NONE"), "{}", none.err);
    folder.write("whole.har", &har);
    let as_records = run(&folder, &["check", "whole.har"]);
    assert!(as_records.code == 3 && as_records.err.contains("add --exchange"), "{}", as_records.err);
    let both = check(&folder, &["empty.har", "--record", "Group"]);
    assert_eq!(both.code, 3, "{}", both.err);
}
