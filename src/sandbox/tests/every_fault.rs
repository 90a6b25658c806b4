//! Every fault shows: what a client sees of the faulty sandbox differs from what it sees of the right one.
//!
//! For each area a script of requests is run, and everything received is written down with ids numbered in the order of
//! their appearance and the present time blanked out. The same script against the right sandbox gives the same transcript
//! every time, which is tested too; with a fault it must give another.

use super::super::faults::faults;
use super::*;
use std::collections::BTreeMap;

/// Ids and times of a transcript made comparable.
#[derive(Default)]
struct Transcript {
    ids: BTreeMap<String, usize>,
    lines: Vec<String>,
}

impl Transcript {
    fn answer(&mut self, what: &str, answer: &Answer) {
        let body = self.normal(None, &answer.body);
        self.lines.push(format!("{what}: {} {} {body}", answer.status, answer.content_type));
    }

    fn arrivals(&mut self, what: &str, arrivals: &[(String, Value)]) {
        for (at, body) in arrivals {
            let body = self.normal(None, body);
            self.lines.push(format!("{what} at {at}: {body}"));
        }
        self.lines.push(format!("{what}: {} arrivals", arrivals.len()));
    }

    fn normal(&mut self, name: Option<&str>, value: &Value) -> Value {
        match value {
            Value::Object(members) => {
                members.iter().map(|(name, member)| (name.clone(), self.normal(Some(name), member))).collect()
            }
            Value::Array(items) => items.iter().map(|item| self.normal(None, item)).collect(),
            Value::String(text) if text.len() >= 36 && text.matches('-').count() >= 4 && !text.contains(' ') => {
                let next = self.ids.len();
                json!(format!("id {} of {}", self.ids.entry(text.clone()).or_insert(next), text.len()))
            }
            Value::String(text) if matches!(name, Some("message_ts" | "timestamp" | "last_updated")) => {
                let moment = super::super::validate::date_time(text);
                let recent = moment.is_some_and(|moment| moment.as_second() > jiff::Timestamp::now().as_second() - 600);
                if recent { json!("now") } else { value.clone() }
            }
            other => other.clone(),
        }
    }
}

fn people(extra: Value) -> Value {
    let mut criteria = by_predicate("birth_date", "ge", json!("1900-01-01"));
    for (name, value) in extra.as_object().into_iter().flatten() {
        criteria[name] = value.clone();
    }
    criteria
}

/// Searches for every meaning and every way of paging, in one batch each.
async fn searching(bench: &Bench, transcript: &mut Transcript) {
    let clause = |query: Value| json!({"query_type": "expression", "query": {"type": "x", "value": {"expression": {"collection": "Group", "query": query}}}});
    let two = |condition: &str| {
        let part =
            |name: &str, value: &str| json!({"attribute_name": name, "operator": "eq", "attribute_value": value});
        json!({"query_type": "predicate", "query": [{"expression1": part("marital_status", "W"), "condition": condition, "expression2": part("sex", "male")}]})
    };
    let with_group = |mut criteria: Value| {
        criteria["response_entity"] = json!("Group");
        criteria
    };
    let meaning = [
        by_identifier(&uin(5)),
        by_identifier("none-such"),
        by_identifier(uin(5).get(..10).unwrap_or_default()),
        json!({"query_type": "idtype-value", "query": {"type": "NID", "value": uin(5)}}),
        with_group(by_identifier(&uin(5))),
        by_predicate("birth_date", "ge", json!("2015-03-05")),
        by_predicate("birth_date", "gt", json!("2015-03-05")),
        by_predicate("birth_date", "le", json!("1958-04-21")),
        by_predicate("birth_date", "lt", json!("1958-04-21")),
        by_predicate("birth_date", "eq", json!("2014-09-03")),
        by_predicate("surname", "eq", json!("odhiambo")),
        by_predicate("surname", "eq", json!("Odhiam")),
        by_predicate("shoe_size", "eq", json!("42")),
        with_group(by_predicate("poverty_score", "lt", json!(10.2))),
        with_group(by_predicate("poverty_score", "eq", json!(10.2))),
        two("and"),
        clause(json!({"birth_date": {"$eq": "1984-05-02"}})),
        clause(json!({"birth_date": {"$lt": "1958-04-21"}})),
        clause(json!({"birth_date": {"$gt": "2015-03-05"}})),
        clause(json!({"$and": [{"sex": {"$eq": "male"}}, {"country_code": {"$eq": "MDA"}}]})),
    ];
    transcript.answer("meaning", &bench.post("registry/sync/search", &search("", &meaning)).await);
}

async fn paging(bench: &Bench, transcript: &mut Transcript) {
    let page = |size: i64, number: i64| json!({"pagination": {"page_size": size, "page_number": number}});
    let sorted = |name: &str, order: &str, number: i64| {
        people(
            json!({"sort": [{"attribute_name": name, "sort_order": order}], "pagination": {"page_size": 8, "page_number": number}}),
        )
    };
    let items = [
        people(page(8, 1)),
        people(page(8, 2)),
        people(page(8, 3)),
        people(page(8, 8)),
        people(page(8, 9)),
        people(page(0, 1)),
        sorted("birth_date", "asc", 1),
        sorted("birth_date", "desc", 2),
        sorted("shoe_size", "asc", 1),
        people(
            json!({"sort": [{"attribute_name": "sex"}, {"attribute_name": "birth_date"}], "pagination": {"page_size": 8}}),
        ),
    ];
    transcript.answer("pages", &bench.post("registry/sync/search", &search("", &items)).await);
}

async fn records(bench: &Bench, transcript: &mut Transcript) {
    let of = |name: &str| {
        let mut criteria = by_identifier(&uin(2));
        criteria["reg_record_type"] = json!(name);
        criteria
    };
    let answer = bench.post("registry/sync/search", &search("", &[of("Person"), of("Member"), of("Group")])).await;
    transcript.answer("records", &answer);
}

/// A batch in both ways, a refusal, and the status of the batch.
async fn envelopes(bench: &Bench, transcript: &mut Transcript) {
    let bad = by_predicate("shoe_size", "eq", json!("42"));
    let batch = || [by_identifier(&uin(1)), by_identifier(&uin(2)), bad.clone()];
    let mut request = search("", &batch());
    request["message"]["transaction_id"] = json!(format!("long-{}-{}", id("t"), id("t")));
    transcript.normal(None, &request);
    transcript.answer("sync", &bench.post("registry/sync/search", &request).await);
    let request = search(&bench.callback_address("env"), &batch());
    transcript.normal(None, &request);
    transcript.answer("ack", &bench.post("registry/search", &request).await);
    transcript.arrivals("callback", &bench.arrivals("/env", 1).await);
    transcript.answer("refused", &bench.post("registry/search", &json!({"header": {}, "message": {}})).await);
    let status = status_of("", "transaction_id", request["message"]["transaction_id"].clone());
    transcript.normal(None, &status);
    transcript.answer("status", &bench.post("registry/sync/txn/status", &status).await);
}

async fn calling_back(bench: &Bench, transcript: &mut Transcript) {
    let mut ask = async |path: &str, person: usize, arrivals: usize| {
        let mut criteria = by_identifier(&uin(person));
        criteria["pagination"] = json!({"page_size": 5});
        let bad = by_predicate("shoe_size", "eq", json!("42"));
        let old = json!({"expression": {"collection": "Person", "query": {"birth_date": {"$lt": "1958-04-21"}}}});
        let old = json!({"query_type": "expression", "query": {"type": "x", "value": old}});
        let later = people(json!({"pagination": {"page_size": 4, "page_number": 2}}));
        let request = search(&bench.callback_address(path), &[criteria, people(json!({})), bad, old, later]);
        transcript.normal(None, &request);
        transcript.answer(path, &bench.post("registry/search", &request).await);
        transcript.arrivals(path, &bench.arrivals(path, arrivals).await);
    };
    ask("first", 1, 1).await;
    ask("second", 2, 1).await;
    bench.next_statuses.lock().expect("not poisoned").push(500);
    ask("failing", 3, 2).await;
    let dead = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address"); // closed again
    let request = search(&format!("http://{dead}/dead"), &[by_identifier(&uin(1))]);
    transcript.answer("dead", &bench.post("registry/search", &request).await);
    tokio::time::sleep(Duration::from_millis(60)).await;
    let mut ask = async |path: &str, person: usize, arrivals: usize| {
        let request = search(&bench.callback_address(path), &[by_identifier(&uin(person))]);
        transcript.answer(path, &bench.post("registry/search", &request).await);
        transcript.arrivals(path, &bench.arrivals(path, arrivals).await);
    };
    ask("after-dead", 4, 1).await;
    let mut refused = search(&bench.callback_address("refused"), &[by_identifier(&uin(5))]);
    refused["header"]["version"] = json!("9.9.9");
    transcript.answer("refused", &bench.post("registry/search", &refused).await);
    bench.refuse_callbacks();
    let request = search(&bench.callback_address("err"), &[by_identifier(&uin(5))]);
    transcript.answer("err", &bench.post("registry/search", &request).await);
    transcript.arrivals("err", &bench.arrivals("/err", 1).await);
    tokio::time::sleep(Duration::from_millis(120)).await; // repeats, if there are any
    for path in ["/first", "/err", "/refused"] {
        transcript.arrivals(path, &bench.arrivals(path, 0).await);
    }
}

/// Eight searches at once, each with a callback.
async fn load(bench: &Bench, transcript: &mut Transcript) {
    let ask = || async {
        bench.post("registry/search", &search(&bench.callback_address("load"), &[by_identifier(&uin(1))])).await;
    };
    tokio::join!(ask(), ask(), ask(), ask(), ask(), ask(), ask(), ask());
    let arrivals = bench.arrivals("/load", 8).await.len();
    transcript.lines.push(format!("arrived: {arrivals}"));
}

async fn subscribing(bench: &Bench, transcript: &mut Transcript) {
    let filter = |index: usize| json!({"type": "UIN", "value": uin(index)});
    let mut codes = Vec::new();
    let mut expired = subscription(&bench.callback_address("sub-expired"), "REGISTER", filter(3));
    let mut backwards = subscription(&bench.callback_address("sub-backwards"), "REGISTER", filter(3));
    let frequency =
        |start: &str, end: &str| json!({"start_time": start, "end_time": end, "frequency": "0 0 0 * * ? *"});
    expired["message"]["subscribe_request"][0]["subscribe_criteria"]["frequency"] =
        frequency("2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z");
    backwards["message"]["subscribe_request"][0]["subscribe_criteria"]["frequency"] =
        frequency("2040-01-02T00:00:00Z", "2040-01-01T00:00:00Z");
    let of_nine = by_predicate("identifier_value", "eq", json!(uin(9)))["query"].clone();
    let mut aside = subscription(&bench.callback_address("sub-aside"), "REGISTER", of_nine);
    aside["message"]["subscribe_request"][0]["subscribe_criteria"]["filter_type"] = json!("predicate");
    let requests = [
        ("sub-one", subscription(&bench.callback_address("sub-one"), "REGISTER", filter(3))),
        ("sub-again", subscription(&bench.callback_address("sub-one"), "REGISTER", filter(3))),
        ("sub-two", subscription(&bench.callback_address("sub-two"), "REGISTER", filter(3))),
        ("sub-other", subscription(&bench.callback_address("sub-other"), "REGISTER", filter(9))),
        ("sub-party", subscription(&bench.callback_address("sub-party"), "Party", filter(3))),
        (
            "sub-nobody",
            subscription(&bench.callback_address("sub-nobody"), "REGISTER", json!({"type": "UIN", "value": "nobody"})),
        ),
        ("sub-unlike", subscription(&bench.callback_address("sub-unlike"), "NewHouseHoldMember", filter(3))),
        ("sub-aside", aside),
        ("sub-expired", expired),
        ("sub-backwards", backwards),
    ];
    for (path, request) in &requests {
        transcript.normal(None, request);
        transcript.answer(path, &bench.post("registry/subscribe", request).await);
        let (at, number) = if *path == "sub-again" { ("sub-one", 2) } else { (*path, 1) };
        let arrivals = bench.arrivals(at, number).await;
        let made = arrivals.last().map(|(_, body)| body.clone()).unwrap_or_default();
        codes.push(
            made["message"]["subscribe_response"][0]["subscriptions"][0]["code"].as_str().unwrap_or("none").to_string(),
        );
        transcript.arrivals(path, &arrivals);
    }
    let change = json!({"identifier_value": uin(3)});
    bench.post("sandbox/change-person", &change).await;
    transcript.arrivals("notified", &bench.arrivals("sub-two", 2).await);
    let one = codes.first().cloned().unwrap_or_default();
    let mut foreign = unsubscription(&bench.callback_address("end-foreign"), &[&one]);
    foreign["header"]["sender_id"] = json!("someone-else");
    for (path, request) in [
        ("end-foreign", foreign),
        ("end-unknown", unsubscription(&bench.callback_address("end-unknown"), &["never"])),
        ("end-one", unsubscription(&bench.callback_address("end-one"), &[&one])),
        ("end-twice", unsubscription(&bench.callback_address("end-twice"), &[&one])),
    ] {
        transcript.answer(path, &bench.post("registry/unsubscribe", &request).await);
        transcript.arrivals(path, &bench.arrivals(path, 1).await);
    }
    bench.post("sandbox/change-person", &change).await;
    bench.arrivals("sub-two", 3).await;
    let silent = [("sub-other", 2), ("sub-unlike", 2), ("sub-aside", 2), ("sub-expired", 2)];
    for (path, too_many) in [("sub-one", 4), ("sub-two", 4)].into_iter().chain(silent) {
        transcript.arrivals(path, &bench.arrivals_within(path, too_many, bench.silence).await);
    }
}

async fn statuses(bench: &Bench, transcript: &mut Transcript) {
    let requests = [search("", &[by_identifier(&uin(1))]), search("", &[by_identifier(&uin(2))])];
    let mut correlation = Value::Null;
    for request in &requests {
        let answer = bench.post("registry/sync/search", request).await;
        correlation = answer.body["message"]["correlation_id"].clone();
    }
    let message = &requests[1]["message"];
    for (attribute, value) in [
        ("transaction_id", message["transaction_id"].clone()),
        ("correlation_id", correlation),
        ("reference_id_list", json!([message["search_request"][0]["reference_id"]])),
        ("transaction_id", json!("never")),
    ] {
        transcript.answer(attribute, &bench.post("registry/sync/txn/status", &status_of("", attribute, value)).await);
    }
    let later = status_of(&bench.callback_address("status"), "transaction_id", message["transaction_id"].clone());
    transcript.answer("later", &bench.post("registry/txn/status", &later).await);
    transcript.arrivals("later", &bench.arrivals("/status", 1).await);
}

async fn broken_requests(bench: &Bench, transcript: &mut Transcript) {
    let item = "/message/search_request/0";
    let changes = [
        ("/header/message_id", Value::Null, true),
        (item, json!({"timestamp": "2026-01-01T00:00:00Z", "search_criteria": by_identifier("x")}), true),
        ("/header/sender_id", json!(1), true),
        ("/message/search_request/0/search_criteria/query_type", json!("graph"), true),
        ("/message/search_request/0/timestamp", json!("today"), true),
        ("/message/search_request/1/timestamp", json!("today"), true),
        ("/message/transaction_id", json!("t".repeat(100)), true),
        ("/message/search_request/0/locale", json!("EN"), true),
        ("/header/action", json!("subscribe"), true),
        ("/header/version", json!("9.9.9"), true),
        ("/header/receiver_id", json!("other"), true),
        ("/header/sender_uri", json!("no address"), false),
        ("/header/total_count", json!(7), true),
        ("/header/message_ts", json!("2011-01-01T00:00:00Z"), true),
        ("/header/extra", json!(1), true),
    ];
    let fresh = || {
        let mut request = search(&bench.callback_address("broken"), &[by_identifier(&uin(0)), by_identifier(&uin(1))]);
        request["message"]["search_request"][0]["locale"] = json!("eng");
        request["header"]["extra"] = Value::Null;
        request
    };
    for (pointer, value, sync) in changes {
        let mut request = fresh();
        if let Some(place) = request.pointer_mut(pointer) {
            *place = value;
        }
        let path = if sync { "registry/sync/search" } else { "registry/search" };
        transcript.answer(pointer, &bench.post(path, &request).await);
    }
    let mut unsigned = fresh();
    unsigned.as_object_mut().map(|envelope| envelope.remove("signature"));
    transcript.answer("unsigned", &bench.post("registry/sync/search", &unsigned).await);
    transcript.answer("again", &bench.post("registry/sync/search", &unsigned).await);
    let mut shared = fresh();
    shared["message"]["search_request"][1]["reference_id"] =
        shared["message"]["search_request"][0]["reference_id"].clone();
    transcript.answer("shared", &bench.post("registry/sync/search", &shared).await);
    let mixed = search("", &[by_identifier(&uin(0)), by_predicate("shoe_size", "eq", json!("42"))]);
    transcript.answer("mixed", &bench.post("registry/sync/search", &mixed).await);
    let json_type = Some("application/json");
    transcript.answer("malformed", &bench.send("POST", "registry/search", json_type, b"{").await);
    transcript.answer("no envelope", &bench.post("registry/search", &json!([1])).await);
    transcript.answer("get", &bench.send("GET", "registry/sync/search", None, b"").await);
    let sound = fresh().to_string();
    transcript.answer("xml", &bench.send("POST", "registry/sync/search", Some("text/xml"), sound.as_bytes()).await);
}

async fn authorisation(bench: &mut Bench, transcript: &mut Transcript) {
    let right = "Bearer right-token";
    let wrong = [Some("Bearer wrong"), Some("Bearer right-toke"), Some("Basic right-token"), Some("Bearer")];
    for token in [None].into_iter().chain(wrong).chain([Some(right)]) {
        bench.token = token.map(str::to_string);
        for path in ["sync/search", "search", "subscribe", "sync/txn/status"] {
            let request = search(&bench.callback_address("auth"), &[by_identifier(&uin(0))]);
            transcript.answer(path, &bench.post(&format!("registry/{path}"), &request).await);
        }
    }
    bench.token = None;
    let filter = json!({"type": "UIN", "value": uin(3)});
    let keyless = subscription(&bench.callback_address("auth-sub"), "REGISTER", filter);
    transcript.answer("keyless", &bench.post("registry/subscribe", &keyless).await);
    bench.post("sandbox/change-person", &json!({"identifier_value": uin(3)})).await;
    transcript.arrivals("auth", &bench.arrivals("/auth", 1).await);
    let told = bench.arrivals_within("auth-sub", 1, bench.silence).await.len();
    transcript.lines.push(format!("told: {told}"));
    let arrivals = bench.arrivals_within("/auth", 2, bench.silence).await.len();
    transcript.lines.push(format!("arrivals: {arrivals}"));
}

async fn hygiene(bench: &Bench, transcript: &mut Transcript) {
    transcript.answer("right", &bench.post("registry/sync/search", &search("", &[by_identifier(&uin(0))])).await);
    transcript.answer("wrong", &bench.post("registry/search", &json!({})).await);
    transcript.answer("wrong", &bench.post("registry/sync/txn/status", &json!({})).await);
}

/// What is seen of a sandbox with these faults, by the scripts of an area.
async fn observe(area: &str, faults: &[Fault], patience: Duration) -> Vec<String> {
    let mut bench = Bench::new(faults).await;
    bench.patience = patience;
    bench.silence = if faults.is_empty() { Duration::from_millis(30) } else { patience };
    let mut transcript = Transcript::default();
    match area {
        "ids" | "envelope-and-acknowledgement" => envelopes(&bench, &mut transcript).await,
        "query-meaning" => searching(&bench, &mut transcript).await,
        "sort-and-paging" => paging(&bench, &mut transcript).await,
        "records-and-codes" => records(&bench, &mut transcript).await,
        "callbacks" if faults.contains(&Fault::CallbackLostUnderLoad) => load(&bench, &mut transcript).await,
        "callbacks" => calling_back(&bench, &mut transcript).await,
        "subscriptions" => subscribing(&bench, &mut transcript).await,
        "transaction-status" => statuses(&bench, &mut transcript).await,
        "request-checks" => broken_requests(&bench, &mut transcript).await,
        "authorisation" => authorisation(&mut bench, &mut transcript).await,
        _ => hygiene(&bench, &mut transcript).await,
    }
    transcript.lines
}

const LONG: Duration = Duration::from_secs(5);
/// Enough to see what comes at once; a fault that keeps something from coming is seen by its absence.
const SHORT: Duration = Duration::from_millis(300);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_shows() {
    let mut right: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut running = tokio::task::JoinSet::new();
    let mut hidden = Vec::new();
    for info in faults() {
        if !right.contains_key(info.area) {
            right.insert(info.area, observe(info.area, &[], LONG).await);
        }
        while running.len() >= 20 {
            hidden.extend(running.join_next().await.and_then(Result::ok).flatten());
        }
        // The faults with a script of their own are compared with what that script must see.
        let expected = match info.fault {
            Fault::CallbackLostUnderLoad => vec!["arrived: 8".to_string()],
            _ => right.get(info.area).cloned().unwrap_or_default(),
        };
        running.spawn(async move {
            let seen = observe(info.area, &[info.fault], SHORT).await;
            if std::env::var_os("SANDBOX_SHOW").is_some() {
                show(info.name, &expected, &seen);
            }
            (seen == expected).then_some(info.name)
        });
    }
    while let Some(result) = running.join_next().await {
        hidden.extend(result.expect("no script panics"));
    }
    assert_eq!(hidden, [] as [&str; 0], "these faults do not show");
}

#[allow(clippy::print_stderr)]
fn show(name: &str, expected: &[String], seen: &[String]) {
    let differing = seen.iter().filter(|line| !expected.contains(line));
    let text: String = differing.map(|line| line.chars().take(400).collect::<String>() + "\n").collect();
    eprintln!("== {name}: {} lines for {}\n{text}", seen.len(), expected.len());
}

#[tokio::test]
async fn the_right_sandbox_always_says_the_same() {
    for area in ["ids", "query-meaning", "sort-and-paging", "subscriptions", "transaction-status", "request-checks"] {
        let (first, second) = (observe(area, &[], LONG).await, observe(area, &[], LONG).await);
        for (first, second) in first.iter().zip(&second) {
            assert_eq!(first, second, "{area}");
        }
        assert_eq!(first.len(), second.len(), "{area}");
    }
}
