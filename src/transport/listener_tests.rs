//! The listener on a free loopback port, called by our own client and by raw sockets.

use super::*;
use crate::model::exchange::Answer;
use crate::transport::{Client, ClientOptions, Outgoing};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

fn usual() -> ScriptedAnswer {
    ScriptedAnswer { status: 200, body: Some(json!({"message": {"id": "${new.id}", "at": ["${now}"], "n": 1}})) }
}

async fn start() -> Listener {
    Listener::start(ANY, None, usual()).await.unwrap()
}

async fn call(method: &str, url: &str, body: &str) -> Response {
    let mut headers = Headers::default();
    headers.push("content-type", "text/odd");
    let outgoing = Outgoing {
        method: method.into(),
        url: url.into(),
        headers,
        body: body.as_bytes().to_vec(),
        ..Outgoing::default()
    };
    match Client::new(ClientOptions::default()).unwrap().send(outgoing).await.answer {
        Answer::Response(response) => response,
        Answer::None(none) => panic!("no answer: {none:?}"),
    }
}

#[tokio::test]
async fn whatever_comes_is_kept_and_acknowledged() {
    let listener = start().await;
    let log = listener.arrivals();
    let (mut first, mut second) = (log.subscribe(), log.subscribe());
    let address = listener.address_for("t1", None);
    let named = listener.address_for("t1", Some("matching"));

    let answer = call("POST", &address, "{\"a\":1}").await;
    let again = call("PUT", &format!("{named}/on-search?x=1"), "not json").await;
    call("GET", &format!("{address}/registry/on-search"), "").await;
    call("POST", &format!("{}/elsewhere", listener.base_url()), "{}").await;
    call("POST", &format!("{}/cb/unknown", listener.base_url()), "{}").await;

    assert!(first.changed().await.is_ok() && second.changed().await.is_ok());
    let body = answer.body.json().unwrap();
    assert_ne!(body["message"]["id"], again.body.json().unwrap()["message"]["id"]);
    assert!(body["message"]["at"][0].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
    assert_eq!(answer.headers.get("content-type"), Some("application/json"));

    let all = log.since(0);
    let seen: Vec<_> = all
        .iter()
        .map(|a| (a.token.as_deref(), a.name.as_deref(), a.suffix.as_str(), a.request.method.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            (Some("t1"), None, "", "POST"),
            (Some("t1"), Some("matching"), "/on-search", "PUT"),
            (Some("t1"), None, "/registry/on-search", "GET"),
            (None, None, "", "POST"),
            (None, None, "", "POST"),
        ]
    );
    assert_eq!((log.len(), log.of("t1").len(), log.since(4).len(), log.since(99).len()), (5, 3, 1, 0));
    assert_eq!(all[1].request.path, "/cb/t1/matching/on-search?x=1");
    assert_eq!(all[0].response.body.json().unwrap(), body);
    assert_eq!(all[0].exchange(7, None, None).received().unwrap().json().unwrap(), &json!({"a": 1}));
}

#[tokio::test]
async fn answers_follow_their_script_and_then_the_usual() {
    let listener = start().await;
    let address = listener.address_for("t", None);
    let other = listener.address_for("t", Some("b"));
    listener.expect_answer("t", None, ScriptedAnswer { status: 500, body: None }, 2);
    listener.expect_answer("t", None, ScriptedAnswer { status: 200, body: Some(json!({"no": true})) }, 1);
    let mut statuses = Vec::new();
    for url in [&address, &other, &address, &address, &address] {
        statuses.push(call("POST", url, "{}").await);
    }
    assert_eq!(statuses.iter().map(|a| a.status).collect::<Vec<_>>(), [500, 200, 500, 200, 200]);
    assert!(statuses[0].body.bytes().is_empty());
    assert_eq!(statuses[3].body.json().unwrap(), &json!({"no": true}));
    assert!(statuses[4].body.json().unwrap().get("message").is_some());
}

#[tokio::test]
async fn a_taken_port_is_said_clearly() {
    let listener = start().await;
    let taken: SocketAddr = listener.base_url().trim_start_matches("http://").parse().unwrap();
    let error = Listener::start(taken, None, usual()).await.unwrap_err();
    assert!(matches!(error, TransportError::PortInUse { .. }) && error.to_string().contains("help:"));
}

#[tokio::test]
async fn at_the_dead_address_nobody_listens() {
    let listener = start().await;
    let outgoing = Outgoing { method: "POST".into(), url: listener.dead_address(), ..Outgoing::default() };
    let received = Client::new(ClientOptions::default()).unwrap().send(outgoing).await;
    let Answer::None(none) = received.answer else { panic!("answered") };
    assert!(none.detail.contains("refused"));
}

#[tokio::test]
async fn a_public_address_is_used_and_found_below_a_proxy_path() {
    let public = Some("https://example.org/hook/".to_owned());
    let listener = Listener::start(ANY, public, usual()).await.unwrap();
    assert_eq!(listener.address_for("t", None), "https://example.org/hook/cb/t");
    let addresses = listener.shared.addresses();
    assert_eq!(addresses.find("/hook/cb/t/on-search"), (Some("t".into()), None, "/on-search".into()));
    assert_eq!(addresses.find("/cb/t/").2, "/");
}

#[tokio::test]
async fn a_flood_is_refused_and_counted() {
    let limits = ArrivalLimits { arrivals: 2, body: 10, total: 100_000 };
    let listener = Listener::start_with(ANY, None, usual(), limits).await.unwrap();
    let address = listener.address_for("t", None);
    let large = call("POST", &address, "0123456789ABC").await;
    let fits = call("POST", &address, "0123456789").await;
    let one_too_many = call("POST", &address, "{}").await;
    assert_eq!([large.status, fits.status, one_too_many.status], [413, 200, 503]);
    let log = listener.arrivals();
    assert_eq!((log.len(), log.refused()), (2, 1));
    assert_eq!(log.since(0)[0].request.body.bytes(), b"0123456789");
    assert!(log.since(0)[0].notes[0].contains("more than 10 bytes"));

    let limits = ArrivalLimits { arrivals: 9, body: 1000, total: 300 };
    let listener = Listener::start_with(ANY, None, usual(), limits).await.unwrap();
    let address = listener.address_for("t", None);
    assert_eq!(call("POST", &address, &"x".repeat(900)).await.status, 503);
    assert_eq!((listener.arrivals().refused(), listener.arrivals().bytes_kept()), (1, 0));
    assert_eq!(call("POST", &address, "{}").await.status, 200);
}

#[tokio::test]
async fn a_sender_that_breaks_off_is_kept_with_what_it_sent() {
    let listener = start().await;
    let log = listener.arrivals();
    let mut news = log.subscribe();
    let address = listener.address_for("t", None);
    let host = address.trim_start_matches("http://").split('/').next().unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(b"POST /cb/t HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\nhalf").await.unwrap();
    stream.shutdown().await.unwrap();
    news.changed().await.unwrap();
    let arrival = log.since(0)[0].clone();
    assert_eq!((arrival.request.body.bytes(), arrival.token.as_deref()), (&b"half"[..], Some("t")));
    assert!(arrival.notes[0].contains("broke off"));
}

#[tokio::test]
async fn a_dripping_or_silent_connection_is_cut() {
    let socket = TcpListener::bind(ANY).await.unwrap();
    let to = socket.local_addr().unwrap();
    let places = Arc::new(Semaphore::new(2));
    let mut accepted = Vec::new();
    for limits in [
        StreamLimits { silence: Duration::from_millis(5), request: Duration::from_secs(60) },
        StreamLimits { silence: Duration::from_secs(60), request: Duration::ZERO },
    ] {
        let client = TcpStream::connect(to).await.unwrap();
        let place = places.clone().acquire_owned().await.unwrap();
        accepted.push((PatientStream::new(socket.accept().await.unwrap().0, limits, place), client));
    }
    let mut block = [0u8; 1];
    let (silent, _client) = &mut accepted[0];
    assert_eq!(silent.read(&mut block).await.unwrap_err().kind(), ErrorKind::TimedOut);
    let (dripping, client) = &mut accepted[1];
    client.write_all(b"ab").await.unwrap();
    let mut end = dripping.read(&mut block).await;
    if end.is_ok() {
        end = dripping.read(&mut block).await;
    }
    assert_eq!(end.unwrap_err().kind(), ErrorKind::TimedOut);
    drop(accepted);
    assert_eq!(places.available_permits(), 2);
}

#[tokio::test]
async fn after_stopping_nobody_answers() {
    let listener = start().await;
    let address = listener.address_for("t", None);
    listener.stop().await;
    listener.stop().await;
    let outgoing = Outgoing { method: "POST".into(), url: address, ..Outgoing::default() };
    let received = Client::new(ClientOptions::default()).unwrap().send(outgoing).await;
    assert!(matches!(received.answer, Answer::None(_)));
}
