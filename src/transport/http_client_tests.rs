//! The client against servers that misbehave, each a few raw lines on a loopback socket.

use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Reads one request, head and body.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut seen = Vec::new();
    let mut block = [0u8; 4096];
    loop {
        let text = String::from_utf8_lossy(&seen).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.to_lowercase().split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        match stream.read(&mut block).await {
            Ok(0) | Err(_) => return text,
            Ok(count) => seen.extend_from_slice(&block[..count]),
        }
    }
}

/// Answers each connection in turn with the next of these bytes, then closes it; gives the requests back.
async fn serve(answers: Vec<Vec<u8>>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/a?b=c", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let mut requests = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            requests.push(read_request(&mut stream).await);
            let _ = stream.write_all(&answer).await;
            let _ = stream.shutdown().await;
        }
        requests
    });
    (url, task)
}

fn http(head: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {head}\r\nconnection: close\r\n\r\n").into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

fn quick() -> ClientOptions {
    ClientOptions { max_body: 1000, max_encoded: 2000, ..ClientOptions::default() }
}

fn post(url: &str) -> Outgoing {
    let mut headers = Headers::default();
    headers.push("Authorization", "Bearer hush-hush-canary");
    headers.push("content-type", "application/json");
    Outgoing { method: "POST".into(), url: url.into(), headers, body: b"{\"a\":1}".to_vec(), ..Outgoing::default() }
}

async fn answered(answer: Vec<u8>, options: ClientOptions) -> Received {
    let (url, server) = serve(vec![answer]).await;
    let received = Client::new(options).unwrap().send(post(&url)).await;
    let requests = server.await.unwrap();
    assert!(requests[0].starts_with("POST /a?b=c HTTP/1.1\r\n"), "{requests:?}");
    assert!(!requests[0].to_lowercase().contains("referer"));
    received
}

fn response(received: &Received) -> &Response {
    match &received.answer {
        Answer::Response(response) => response,
        Answer::None(none) => panic!("no answer: {none:?}"),
    }
}

fn kind(received: &Received) -> NoAnswerKind {
    match &received.answer {
        Answer::None(none) => none.kind,
        Answer::Response(response) => panic!("answered {}", response.status),
    }
}

#[tokio::test]
async fn an_answer_comes_back_as_it_was() {
    let received = answered(http("200 OK\r\ncontent-length: 2\r\nX-One: 1\r\nx-one: 2", b"{}"), quick()).await;
    assert_eq!((response(&received).status, response(&received).body.bytes()), (200, &b"{}"[..]));
    assert_eq!(response(&received).headers.0.iter().filter(|(name, _)| name == "x-one").count(), 2);
    assert_eq!((received.sent.path.as_str(), received.sent.headers.get("accept-encoding")), ("/a?b=c", Some("gzip")));
    assert!(received.notes.is_empty() && response(&received).cut.is_none());
}

#[tokio::test]
async fn a_redirect_is_recorded_and_not_followed() {
    let received = answered(http("302 Found\r\nlocation: http://192.0.2.1/\r\ncontent-length: 0", b""), quick()).await;
    assert_eq!(response(&received).status, 302);
    assert!(received.notes[0].contains("not followed"));
}

#[tokio::test]
async fn a_length_that_promises_too_much_leaves_a_cut_body() {
    let received = answered(http("200 OK\r\ncontent-length: 50", b"{\"half\":"), quick()).await;
    assert_eq!(response(&received).body.bytes(), b"{\"half\":");
    assert!(response(&received).cut.as_ref().unwrap().why().contains("after 8 of the 50 bytes"));
}

#[tokio::test]
async fn a_flood_is_cut() {
    let received = answered(http("200 OK", &vec![b'x'; 100_000]), quick()).await;
    assert_eq!(response(&received).body.bytes().len(), 1000);
    assert_eq!(
        response(&received).cut,
        Some(Cut::Suite("the answer is larger than the suite reads: 100000 bytes".into())),
        "it was read to its end, so its size is known"
    );
}

#[tokio::test]
async fn an_answer_that_never_ends_is_the_products_own_doing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n{\"a\": \"").await.unwrap();
        while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
    });
    let options = ClientOptions { total_timeout: Duration::from_millis(500), ..quick() };
    let received = Client::new(options).unwrap().send(post(&url)).await;
    server.abort();
    let Some(Cut::Product(why)) = &response(&received).cut else { panic!("{received:?}") };
    assert!(why.contains("not complete within 500 ms"), "{why}");
    assert!(response(&received).body.bytes().len() <= 1000, "no more is kept than the limit");
}

#[tokio::test]
async fn a_gzip_bomb_is_cut() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![0; 1 << 20]).unwrap();
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 2000);
    let received = answered(http("200 OK\r\ncontent-encoding: gzip", &bomb), quick()).await;
    assert_eq!(response(&received).body.bytes().len(), 1000);
    assert!(response(&received).cut.as_ref().unwrap().why().contains("once decompressed"));
}

#[tokio::test]
async fn invalid_utf8_is_kept_as_it_came() {
    let received = answered(http("200 OK\r\ncontent-length: 2\r\nx-odd: \u{e9}", b"\xff\xfe"), quick()).await;
    assert_eq!(response(&received).body.bytes(), b"\xff\xfe");
    assert!(response(&received).body.json().is_err());
}

#[tokio::test]
async fn a_flood_of_header_fields_is_bounded() {
    let many = (0..90).map(|i| format!("x-{i}: {}\r\n", "y".repeat(1000))).collect::<String>();
    let received = answered(http(&format!("200 OK\r\n{many}content-length: 0"), b""), quick()).await;
    assert_eq!(kind(&received), NoAnswerKind::TooLarge, "with fields left out nothing true could be said of them");
    let more = (0..9000).map(|i| format!("x-{i}: y\r\n")).collect::<String>();
    let received = answered(http(&format!("200 OK\r\n{more}content-length: 0"), b""), quick()).await;
    assert_eq!(kind(&received), NoAnswerKind::TooLarge);
}

#[tokio::test]
async fn a_dropped_connection_is_told_from_garbage() {
    assert_eq!(kind(&answered(Vec::new(), quick()).await), NoAnswerKind::Closed);
    assert_eq!(kind(&answered(b"SSH-2.0-x\r\n\r\n".to_vec(), quick()).await), NoAnswerKind::Malformed);
}

#[tokio::test]
async fn nobody_listening_is_a_refused_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let received = Client::new(quick()).unwrap().send(post(&url)).await;
    assert_eq!(kind(&received), NoAnswerKind::Connect);
    let url = url.replace("http:", "https:").replace("127.0.0.1", "localhost");
    assert_eq!(kind(&Client::new(quick()).unwrap().send(post(&url)).await), NoAnswerKind::Connect);
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_a_tls_finding() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(&http("400 Bad Request", b"")).await.unwrap();
        stream.read_to_end(&mut Vec::new()).await.unwrap();
    });
    let received = Client::new(quick()).unwrap().send(post(&url)).await;
    assert_eq!(kind(&received), NoAnswerKind::Tls);
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let options = ClientOptions {
        connect_timeout: Duration::from_millis(25),
        first_byte_timeout: Duration::from_millis(25),
        ..quick()
    };
    let received = Client::new(options).unwrap().send(post(&url)).await;
    let Answer::None(none) = &received.answer else { panic!("answered") };
    assert_eq!((none.kind, none.detail.as_str()), (NoAnswerKind::Timeout, "no answer began within 50 ms"));
}

#[tokio::test]
async fn a_body_that_stalls_is_given_up_and_kept() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf").await.unwrap();
        std::future::pending::<()>().await;
    });
    let options = ClientOptions { total_timeout: Duration::from_millis(1500), ..quick() };
    let received = Client::new(options).unwrap().send(post(&url)).await;
    server.abort();
    assert_eq!(response(&received).body.bytes(), b"half");
    assert!(response(&received).cut.as_ref().unwrap().why().contains("not complete within 1.5 s"));
}

#[tokio::test]
async fn retry_after_is_obeyed_once_and_only_within_the_budget() {
    let busy = http("429 Too Many Requests\r\nretry-after: 0\r\ncontent-length: 0", b"");
    let later = http("503 Service Unavailable\r\nretry-after: 3600\r\ncontent-length: 0", b"");
    let fine = http("200 OK\r\ncontent-length: 0", b"");
    let client = Client::new(quick()).unwrap();
    let patient = |url: &str| Outgoing { retry: Some(Duration::from_secs(1)), ..post(url) };

    let (url, server) = serve(vec![busy.clone(), fine]).await;
    let received = client.send(patient(&url)).await;
    assert_eq!((response(&received).status, server.await.unwrap().len()), (200, 2));
    assert!(received.notes[0].contains("sent once more"));

    let (url, _server) = serve(vec![later]).await;
    let received = client.send(patient(&url)).await;
    assert_eq!(response(&received).status, 503);
    assert!(received.notes[0].contains("not sent again"));

    let (url, _server) = serve(vec![busy]).await;
    let received = client.send(post(&url)).await;
    assert_eq!((response(&received).status, received.notes.len()), (429, 0));
}

#[test]
fn retry_after_is_read_as_seconds_or_as_a_date() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_770);
    assert_eq!(retry_after("7", now), Some(Duration::from_secs(7)));
    assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), Some(Duration::from_secs(7)));
    assert_eq!(retry_after("soon", now), None);
}

#[tokio::test]
async fn memory_of_a_whole_run_is_bounded() {
    let options = ClientOptions { max_kept: 50, max_body: 1 << 20, max_encoded: 1 << 20, ..quick() };
    let client = Client::new(options).unwrap();
    let (url, _server) = serve(vec![http("200 OK", &vec![b'x'; 200_000])]).await;
    let received = client.send(post(&url)).await;
    assert_eq!(response(&received).body.bytes().len(), SMALL_BODY);
    assert!(response(&received).cut.is_some());
}

#[tokio::test]
async fn no_credential_shows_in_debug_output() {
    let (url, _server) = serve(vec![http("200 OK\r\nx-echo: hush-hush-canary", b"hush-hush-canary")]).await;
    let outgoing = post(&url);
    let before = format!("{outgoing:?}");
    let after = format!("{:?}", Client::new(quick()).unwrap().send(outgoing).await);
    assert!(!before.contains("hush") && !after.contains("hush"), "{before} {after}");
}

#[tokio::test]
async fn what_cannot_be_sent_is_said() {
    let client = Client::new(quick()).unwrap();
    for (method, url) in [("POST", "nonsense"), ("P OST", "http://127.0.0.1:1/")] {
        let outgoing = Outgoing { method: method.into(), url: url.into(), ..Outgoing::default() };
        assert_eq!(kind(&client.send(outgoing).await), NoAnswerKind::Connect);
    }
    assert!(client.prepare("nonsense").is_err());
    assert!(Client::may_use_proxy("https://example.org/") && !Client::may_use_proxy("http://[::1]:80/"));
}

/// A server may close its connection after any answer, without a word: the next request must not get lost in it.
#[tokio::test]
async fn a_connection_is_never_used_twice() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let mut open = Vec::new();
        for _ in 0..3 {
            let (mut stream, _) = listener.accept().await.unwrap();
            read_request(&mut stream).await;
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
            open.push(stream);
        }
    });
    let client = Client::new(quick()).unwrap();
    for _ in 0..3 {
        assert_eq!(response(&client.send(post(&url)).await).status, 200);
    }
    server.await.unwrap();
}
