//! The sandbox without faults does what the standard says.

use super::*;

fn records(answer: &Answer, item: usize) -> Vec<Value> {
    answer.body["message"]["search_response"][item]["data"]["reg_records"].as_array().cloned().unwrap_or_default()
}

fn item(answer: &Answer, index: usize) -> &Value {
    &answer.body["message"]["search_response"][index]
}

#[tokio::test]
async fn sync_search_finds_the_person_and_echoes_the_ids() {
    let bench = Bench::new(&[]).await;
    let request = search("", &[by_identifier(&uin(4)), by_identifier("none-such")]);
    let answer = bench.post("registry/sync/search", &request).await;
    assert_eq!((answer.status, answer.content_type.as_str()), (200, "application/json"));
    let (header, message) = (&answer.body["header"], &answer.body["message"]);
    assert_eq!(header["action"], "on-search");
    assert_eq!(header["status"], "succ");
    assert_eq!((&header["total_count"], &header["completed_count"]), (&json!(2), &json!(2)));
    assert_eq!((&header["sender_id"], &header["receiver_id"]), (&json!("dci-sandbox-sr"), &json!("tester")));
    assert_ne!(header["message_id"], request["header"]["message_id"]);
    assert_eq!(message["transaction_id"], request["message"]["transaction_id"]);
    for index in 0..2 {
        assert_eq!(item(&answer, index)["reference_id"], request["message"]["search_request"][index]["reference_id"]);
        assert_eq!(item(&answer, index)["status"], "succ");
    }
    assert_eq!(records(&answer, 0).len(), 1);
    assert_eq!(records(&answer, 0)[0]["identifier"][0]["identifier_value"], json!(uin(4)));
    assert_eq!(item(&answer, 0)["data"]["reg_record_type"], "Person");
    assert_eq!(records(&answer, 1), [] as [Value; 0]);
}

#[tokio::test]
async fn entities_sort_and_pages() {
    let bench = Bench::new(&[]).await;
    let all = || by_predicate("birth_date", "ge", json!("1900-01-01"));
    let with = |mut criteria: Value, name: &str, value: Value| {
        criteria[name] = value;
        criteria
    };
    let page = |size: i64, number: i64| json!({"page_size": size, "page_number": number});
    let sorted = |order: &str| with(all(), "sort", json!([{"attribute_name": "birth_date", "sort_order": order}]));
    let request = search(
        "",
        &[
            with(all(), "pagination", page(25, 1)),
            with(all(), "pagination", page(25, 2)),
            with(all(), "pagination", page(25, 3)),
            with(all(), "pagination", page(25, 4)),
            all(),
            with(sorted("asc"), "pagination", page(100, 1)),
            with(sorted("desc"), "pagination", page(100, 1)),
            with(by_predicate("poverty_score", "lt", json!(10.2)), "response_entity", json!("Group")),
            with(by_identifier(&uin(0)), "response_entity", json!("Member")),
            with(by_identifier(&uin(0)), "reg_record_type", json!("SRPerson")),
        ],
    );
    let answer = bench.post("registry/sync/search", &request).await;
    let pages: Vec<_> = (0..4).map(|index| records(&answer, index)).collect();
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [25, 25, 9, 0]);
    let whole: Vec<Value> = pages.concat();
    assert!(whole.iter().all(|record| whole.iter().filter(|other| *other == record).count() == 1));
    assert_eq!(item(&answer, 1)["pagination"], json!({"page_size": 25, "page_number": 2, "total_count": 59}));
    assert_eq!(item(&answer, 3)["status"], "succ");
    assert_eq!(item(&answer, 4)["pagination"], json!({"page_size": 20, "page_number": 1, "total_count": 59}));
    let dates = |index: usize| -> Vec<String> {
        records(&answer, index)
            .iter()
            .map(|record| record["birth_date"].as_str().unwrap_or_default().to_string())
            .collect()
    };
    let (up, mut down) = (dates(5), dates(6));
    assert!(up.is_sorted() && up.len() == 59);
    down.reverse();
    assert_eq!(up, down);
    let groups = records(&answer, 7);
    assert!(groups.len() > 2 && groups.iter().all(|group| group["poverty_score"].as_f64() < Some(10.2)));
    assert!(
        groups.iter().all(|group| group["group_size"] == json!(group["member_list"].as_array().map_or(0, Vec::len)))
    );
    assert_eq!(item(&answer, 7)["data"]["reg_record_type"], "Group");
    assert_eq!(records(&answer, 8)[0]["demographic_info"]["identifier"][0]["identifier_value"], json!(uin(0)));
    assert_eq!(item(&answer, 9)["data"]["reg_record_type"], "SRPerson");
}

#[tokio::test]
async fn bad_items_are_refused_among_good_ones() {
    let bench = Bench::new(&[]).await;
    let with = |name: &str, value: Value| {
        let mut criteria = by_identifier(&uin(0));
        criteria[name] = value;
        criteria
    };
    let mut request = search(
        "",
        &[
            by_identifier(&uin(0)),
            by_predicate("shoe_size", "eq", json!("42")),
            with("sort", json!([{"attribute_name": "shoe_size"}])),
            with("pagination", json!({"page_size": 0})),
            with("pagination", json!({"page_size": 10, "page_number": 0})),
            with("pagination", json!({"page_size": 1.5})),
            with("pagination", json!({"page_size": 1_000_000})),
            by_identifier(&uin(1)),
            by_identifier(&uin(1)),
        ],
    );
    request["message"]["search_request"][7]["reference_id"] =
        request["message"]["search_request"][0]["reference_id"].clone();
    request["message"]["search_request"][8]["timestamp"] = json!("2125-01-01T00:00:00Z");
    let answer = bench.post("registry/sync/search", &request).await;
    let codes: Vec<&str> =
        (0..9).map(|index| item(&answer, index)["status_reason_code"].as_str().unwrap_or("succ")).collect();
    assert_eq!(
        codes,
        [
            "succ",
            "rjct.search_criteria.invalid",
            "rjct.sort.invalid",
            "rjct.pagination.invalid",
            "rjct.pagination.invalid",
            "rjct.pagination.invalid",
            "rjct.pagination.invalid",
            "rjct.reference_id.duplicate",
            "rjct.timestamp.invalid",
        ]
    );
    assert_eq!(answer.body["header"]["status"], "succ");
    assert_eq!(answer.body["header"]["completed_count"], 9);
    let only_bad =
        bench.post("registry/sync/search", &search("", &[by_predicate("shoe_size", "eq", json!("42"))])).await;
    assert_eq!(only_bad.body["header"]["status"], "rjct");
}

#[tokio::test]
async fn async_search_calls_back_once_with_the_same_result() {
    let bench = Bench::new(&[]).await;
    let request =
        search(&bench.callback_address("a"), &[by_identifier(&uin(7)), by_predicate("shoe_size", "eq", json!("1"))]);
    let answer = bench.post("registry/search", &request).await;
    assert_eq!((answer.status, &answer.body["message"]["ack_status"]), (200, &json!("ACK")));
    let callback = bench.arrival("/a").await;
    assert_eq!(callback["header"]["action"], "on-search");
    assert_eq!(callback["message"]["correlation_id"], answer.body["message"]["correlation_id"]);
    assert_eq!(callback["message"]["transaction_id"], request["message"]["transaction_id"]);
    assert_eq!(
        callback["message"]["search_response"][0]["data"]["reg_records"][0]["identifier"][0]["identifier_value"],
        json!(uin(7))
    );
    assert_eq!(callback["message"]["search_response"][1]["status"], "rjct");
    assert!(callback["message"]["search_response"][1].get("data").is_none());
    for (attribute, value) in [
        ("transaction_id", request["message"]["transaction_id"].clone()),
        ("correlation_id", answer.body["message"]["correlation_id"].clone()),
        ("reference_id_list", json!([request["message"]["search_request"][0]["reference_id"]])),
    ] {
        let status = bench.post("registry/sync/txn/status", &status_of("", attribute, value)).await;
        assert_eq!(status.body["header"]["action"], "txn-on-status", "{attribute}");
        let embedded = &status.body["message"]["txnstatus_response"]["txn_status"];
        assert_eq!(embedded["search_response"][0], callback["message"]["search_response"][0], "{attribute}");
    }
    let unknown = bench.post("registry/sync/txn/status", &status_of("", "transaction_id", json!("never"))).await;
    assert_eq!((unknown.status, &unknown.body["errors"][0]["code"]), (400, &json!("err.request.not_found")));
    let mut foreign = status_of("", "transaction_id", request["message"]["transaction_id"].clone());
    foreign["header"]["sender_id"] = json!("someone-else");
    assert_eq!(bench.post("registry/sync/txn/status", &foreign).await.status, 400);
    let asked = status_of(&bench.callback_address("s"), "transaction_id", request["message"]["transaction_id"].clone());
    assert_eq!(bench.post("registry/txn/status", &asked).await.body["message"]["ack_status"], "ACK");
    assert_eq!(bench.arrival("/s").await["message"]["txnstatus_response"]["txn_type"], "search");
    assert_eq!(bench.arrivals("/a", 1).await.len(), 1);
}

#[tokio::test]
async fn a_failing_listener_gets_the_same_message_again() {
    let bench = Bench::new(&[]).await;
    bench.next_statuses.lock().expect("not poisoned").extend([500, 503]);
    bench.post("registry/search", &search(&bench.callback_address("a"), &[by_identifier(&uin(7))])).await;
    let arrivals = bench.arrivals("/a", 3).await;
    assert_eq!(arrivals.len(), 3);
    assert!(arrivals.iter().all(|arrival| *arrival == arrivals[0]));
}

#[tokio::test]
async fn subscriptions_live_and_end() {
    let bench = Bench::new(&[]).await;
    let filter = |index: usize| json!({"type": "UIN", "value": uin(index)});
    let code = async |path: &str, index: usize| {
        let request = subscription(&bench.callback_address(path), "REGISTER", filter(index));
        let answer = bench.post("registry/subscribe", &request).await;
        let made = bench.arrivals(path, 1).await.into_iter().next_back().map(|(_, body)| body).unwrap_or_default();
        assert_eq!(made["message"]["correlation_id"], answer.body["message"]["correlation_id"]);
        let item = &made["message"]["subscribe_response"][0];
        assert_eq!(
            (&item["status"], &item["subscriptions"][0]["status"]),
            (&json!("succ"), &json!("subscribe")),
            "{made}"
        );
        assert_eq!(made["header"]["sender_id"], "dci-sandbox-sr");
        item["subscriptions"][0]["code"].as_str().expect("a code").to_string()
    };
    let (first, second) = (code("one", 3).await, code("two", 3).await);
    let _other = code("three", 9).await;
    assert_ne!(first, second);
    let change = json!({"identifier_type": "UIN", "identifier_value": uin(3)});
    assert_eq!(bench.post("sandbox/change-person", &change).await.status, 200);
    for path in ["one", "two"] {
        let arrivals = bench.arrivals(path, 2).await;
        let event = &arrivals[1].1["message"]["notify_event"][0]["data"];
        assert_eq!((&event["reg_event_type"], &event["reg_record_type"]), (&json!("REGISTER"), &json!("Person")));
        assert_eq!(event["reg_records"]["identifier"][0]["identifier_value"], json!(uin(3)));
        let line = event["reg_records"]["address"][0]["address_line_1"].as_str().expect("a line");
        assert!(line.ends_with("New Market Street"));
    }
    let end = unsubscription(&bench.callback_address("end"), &[&first]);
    bench.post("registry/unsubscribe", &end).await;
    let ended = bench.arrival("end").await;
    assert_eq!(ended["message"]["subscription_status"], json!([{"code": first, "status": "unsubscribe"}]));
    bench.post("sandbox/change-person", &change).await;
    assert_eq!(bench.arrivals("two", 3).await.len(), 3);
    assert_eq!(bench.arrivals("one", 2).await.len(), 2, "silence after unsubscribe, while the other arrived");
    assert_eq!(bench.arrivals("three", 1).await.len(), 1, "silence for another person");
}

#[tokio::test]
async fn bad_subscriptions_are_refused() {
    let bench = Bench::new(&[]).await;
    let known = || json!({"type": "UIN", "value": uin(3)});
    let address = bench.callback_address("s");
    let mut backwards = subscription(&address, "REGISTER", known());
    backwards["message"]["subscribe_request"][0]["subscribe_criteria"]["frequency"] =
        json!({"start_time": "2026-02-01T00:00:00Z", "end_time": "2026-01-01T00:00:00Z", "frequency": "0 0 0 * * ? *"});
    let mut odd_record = subscription(&address, "REGISTER", known());
    odd_record["message"]["subscribe_request"][0]["subscribe_criteria"]["notify_record_type"] = json!("Shoe");
    let table = [
        (subscription(&address, "REGISTER", known()), "succ"),
        (subscription(&address, "REGISTER", known()), "rjct.event.already_subscribed"),
        (subscription(&address, "Party", known()), "rjct.notify_types.invalid"),
        (subscription(&address, "REGISTER", json!({"type": "UIN", "value": "nobody"})), "rjct.person_id.invalid"),
        (backwards, "rjct.notify_details.invalid"),
        (odd_record, "rjct.notify_details.invalid"),
    ];
    for (number, (request, expected)) in table.iter().enumerate() {
        bench.post("registry/subscribe", request).await;
        let arrivals = bench.arrivals("/s", number + 1).await;
        let item = &arrivals[number].1["message"]["subscribe_response"][0];
        assert_eq!(item["status_reason_code"].as_str().unwrap_or("succ"), *expected);
    }
    let code = bench.arrival("/s").await["message"]["subscribe_response"][0]["subscriptions"][0]["code"].clone();
    let code = code.as_str().expect("a code");
    let address = bench.callback_address("u");
    let mut foreign = unsubscription(&address, &[code]);
    foreign["header"]["sender_id"] = json!("someone-else");
    let table = [
        (unsubscription(&address, &["never"]), "rjct.subscription_code.invalid"),
        (foreign, "rjct.requester.invalid"),
        (unsubscription(&address, &[code]), "succ"),
        (unsubscription(&address, &[code]), "rjct.event.already_unsubscribed"),
    ];
    for (number, (request, expected)) in table.iter().enumerate() {
        bench.post("registry/unsubscribe", request).await;
        let arrivals = bench.arrivals("/u", number + 1).await;
        assert_eq!(arrivals[number].1["message"]["status_reason_code"].as_str().unwrap_or("succ"), *expected);
    }
}

#[tokio::test]
async fn expired_subscriptions_are_silent() {
    let bench = Bench::new(&[]).await;
    let mut request = subscription(&bench.callback_address("old"), "REGISTER", json!({"type": "UIN", "value": uin(3)}));
    request["message"]["subscribe_request"][0]["subscribe_criteria"]["frequency"] =
        json!({"start_time": "2020-01-01T00:00:00Z", "end_time": "2020-02-01T00:00:00Z", "frequency": "0 0 0 * * ? *"});
    bench.post("registry/subscribe", &request).await;
    let running = subscription(&bench.callback_address("new"), "REGISTER", json!({"type": "UIN", "value": uin(3)}));
    bench.post("registry/subscribe", &running).await;
    bench.arrivals("/old", 1).await;
    bench.arrivals("/new", 1).await;
    bench.post("sandbox/change-person", &json!({"identifier_value": uin(3)})).await;
    assert_eq!(bench.arrivals("/new", 2).await.len(), 2);
    assert_eq!(bench.arrivals("/old", 1).await.len(), 1);
}

#[tokio::test]
async fn a_header_refusal_of_a_status_request_has_no_message() {
    let bench = Bench::new(&[Fault::NotifyTwice]).await; // any fault that has nothing to do with it
    let mut asked = status_of("", "transaction_id", json!("never"));
    asked["header"]["action"] = json!("search");
    let answer = bench.post("registry/sync/txn/status", &asked).await;
    assert_eq!(answer.body["header"]["status_reason_code"], "rjct.action.invalid");
    assert!(answer.body.get("message").is_none());
}

#[tokio::test]
async fn whole_messages_are_refused() {
    let bench = Bench::new(&[]).await;
    let address = bench.callback_address("r");
    let changed = |pointer: &str, value: Value| {
        let mut request = search(&address, &[by_identifier(&uin(0))]);
        *request.pointer_mut(pointer).expect(pointer) = value;
        request
    };
    let table = [
        (changed("/header/version", json!("9.9.9")), "err.version.not_supported", None),
        (changed("/header/receiver_id", json!("other")), "err.receiver_id.invalid", None),
        (changed("/header/sender_uri", json!("no address")), "err.sender_uri.invalid", None),
        (changed("/header/message_ts", json!("today")), "err.request.bad", None),
        (changed("/header", json!(1)), "err.request.bad", None),
        (changed("/message/transaction_id", json!("t".repeat(100))), "err.request.bad", None),
        (changed("/header/action", json!("subscribe")), "err.request.bad", Some("rjct.action.invalid")),
        (changed("/header/total_count", json!(2)), "err.request.bad", Some("rjct.total_count.invalid")),
        (
            changed("/header/message_ts", json!("2020-01-01T00:00:00Z")),
            "err.request.bad",
            Some("rjct.message_ts.invalid"),
        ),
    ];
    for (request, code, header_code) in table {
        let answer = bench.post("registry/search", &request).await;
        assert_eq!(answer.status, 400, "{code}");
        assert_eq!(answer.body["message"]["ack_status"], "ERR");
        assert_eq!(answer.body["message"]["error"]["code"], code);
        let answer = bench.post("registry/sync/search", &request).await;
        match header_code {
            None => assert_eq!((answer.status, &answer.body["errors"][0]["code"]), (400, &json!(code))),
            Some(code) => {
                assert_eq!((answer.status, &answer.body["header"]["status"]), (200, &json!("rjct")));
                assert_eq!(answer.body["header"]["status_reason_code"], code);
            }
        }
    }
    let twice = search(&address, &[by_identifier(&uin(0))]);
    assert_eq!(bench.post("registry/search", &twice).await.status, 200);
    assert_eq!(bench.post("registry/search", &twice).await.status, 400);
    let repeated = bench.post("registry/sync/search", &twice).await;
    assert_eq!(repeated.body["header"]["status_reason_code"], "rjct.message_id.duplicate");
    assert_eq!(bench.arrivals("/r", 1).await.len(), 1);
}

#[tokio::test]
async fn the_http_layer_is_minded() {
    let mut bench = Bench::new(&[]).await;
    let body = search("", &[by_identifier(&uin(0))]).to_string();
    let path = "registry/sync/search";
    assert_eq!(bench.send("GET", path, None, b"").await.status, 405);
    assert_eq!(bench.send("POST", path, Some("text/xml"), body.as_bytes()).await.status, 415);
    assert_eq!(bench.send("POST", "registry/nothing", Some("application/json"), body.as_bytes()).await.status, 404);
    assert_eq!(bench.send("POST", path, Some("application/json"), b"{\"header\":").await.status, 400);
    assert_eq!(bench.send("POST", path, Some("application/json"), &vec![b' '; 3 << 20]).await.status, 413);
    assert_eq!(bench.send("POST", path, Some("Application/JSON; charset=utf-8"), body.as_bytes()).await.status, 200);
    let deep = "[".repeat(100_000);
    assert_eq!(bench.send("POST", path, Some("application/json"), deep.as_bytes()).await.status, 400);
    assert_eq!(bench.raw(b"nonsense\r\n\r\n").await.status, 400);
    for bad in [None, Some("Bearer wrong"), Some("Bearer"), Some("Basic right-token"), Some("")] {
        bench.token = bad.map(str::to_string);
        for path in ["search", "subscribe", "unsubscribe", "txn/status", "sync/search", "sync/txn/status"] {
            let answer = bench.post(&format!("registry/{path}"), &search("", &[by_identifier(&uin(0))])).await;
            assert_eq!((answer.status, &answer.body["errors"][0]["code"]), (401, &json!("err.request.unauthorized")));
            assert!(!answer.body.to_string().contains(&uin(0)));
        }
    }
}

#[tokio::test]
async fn one_connection_serves_many_requests_plain_or_in_chunks() {
    let bench = Bench::with(Options::default()).await;
    let mut stream = TcpStream::connect(bench.sandbox.address()).await.expect("the sandbox listens");
    let body = search("", &[by_identifier(&uin(0))]).to_string();
    let head = "POST /registry/sync/search HTTP/1.1\r\nHost: s\r\nContent-Type: application/json\r\n";
    let mut both = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
    let other = search("", &[by_identifier(&uin(1))]).to_string();
    let (left, right) = other.split_at(40);
    both.push_str(&format!(
        "{head}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n{:x}\r\n{left}\r\n",
        left.len()
    ));
    both.push_str(&format!("{:X};x=y\r\n{right}\r\n0\r\n\r\n", right.len()));
    stream.write_all(both.as_bytes()).await.expect("the sandbox reads");
    let mut text = String::new();
    stream.read_to_string(&mut text).await.expect("an answer");
    assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 2);
    assert!(text.contains(&uin(0)) && text.contains(&uin(1)));
}

#[tokio::test]
async fn tokens_are_issued_to_the_client() {
    let client = Some(("client".to_string(), "s3cret/+".to_string()));
    let mut bench = Bench::with(Options { oauth_client: client, prefix: "sr/v1".into(), ..Options::default() }).await;
    let form = |text: &str| text.as_bytes().to_vec();
    let media = Some("application/x-www-form-urlencoded");
    let right = form("grant_type=client_credentials&client_id=client&client_secret=s3cret%2F%2B");
    let wrong = form("grant_type=client_credentials&client_id=client&client_secret=no");
    let grant = form("grant_type=password&client_id=client&client_secret=s3cret%2F%2B");
    assert_eq!(bench.send("POST", "oauth2/client/token", media, &wrong).await.status, 401);
    assert_eq!(bench.send("POST", "oauth2/client/token", media, &grant).await.status, 400);
    let answer = bench.send("POST", "oauth2/client/token", media, &right).await;
    assert_eq!((answer.status, &answer.body["token_type"]), (200, &json!("Bearer")));
    bench.token = answer.body["access_token"].as_str().map(|token| format!("Bearer {token}"));
    assert_eq!(bench.post("sr/v1/sync/search", &search("", &[by_identifier(&uin(0))])).await.status, 200);
}

#[tokio::test]
async fn tampering_reaches_every_kind() {
    let seen: Arc<Mutex<std::collections::BTreeSet<String>>> = Arc::default();
    let kept = seen.clone();
    let tamper = Arc::new(move |kind: &str, value: &mut Value| {
        kept.lock().expect("not poisoned").insert(kind.to_string());
        if kind == "sync/search reply" {
            value["tampered"] = json!(true);
        }
    });
    let client = Some(("client".to_string(), "secret".to_string()));
    let options =
        Options { tamper: Some(tamper), token: Some(TOKEN.into()), oauth_client: client, ..Options::default() };
    let bench = Bench::with(options).await;
    let address = bench.callback_address("t");
    let request = search(&address, &[by_identifier(&uin(0))]);
    bench.post("registry/search", &request).await;
    assert_eq!(bench.post("registry/sync/search", &search("", &[by_identifier(&uin(0))])).await.body["tampered"], true);
    let status = || status_of(&address, "transaction_id", request["message"]["transaction_id"].clone());
    bench.post("registry/sync/txn/status", &status()).await;
    bench.post("registry/txn/status", &status()).await;
    let wanted = subscription(&address, "REGISTER", json!({"type": "UIN", "value": uin(0)}));
    bench.post("registry/subscribe", &wanted).await;
    bench.post("sandbox/change-person", &json!({})).await;
    bench.post("sandbox/register-person", &json!({"sex": "male"})).await;
    bench.post("registry/unsubscribe", &unsubscription(&address, &["never"])).await;
    bench.post("registry/nothing", &json!({})).await;
    let form = b"grant_type=client_credentials&client_id=client&client_secret=secret";
    bench.send("POST", "oauth2/client/token", Some("application/x-www-form-urlencoded"), form).await;
    let kinds: std::collections::BTreeSet<String> = super::super::KINDS.iter().map(|kind| kind.to_string()).collect();
    assert_eq!(*seen.lock().expect("not poisoned"), kinds);
}

#[tokio::test]
async fn dropping_the_sandbox_ends_what_hangs() {
    let Bench { sandbox, .. } = &Bench::new(&[]).await;
    assert!(sandbox.base_url().ends_with('/'));
    let hanging = start(Options { faults: vec![Fault::AnswerHangs], ..Options::default() }).await.expect("a port");
    let mut stream = TcpStream::connect(hanging.address()).await.expect("it listens");
    let body = search("", &[by_identifier(&uin(0))]).to_string();
    let head = format!(
        "POST /registry/sync/search HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).await.expect("it reads");
    drop(hanging);
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await;
    assert!(ended.is_ok() && rest.is_empty());
}
