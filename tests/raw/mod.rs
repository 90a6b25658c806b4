//! A raw HTTP server for tests that need a product behaving badly: it reads a request and then does what the test says,
//! down to the single byte. It keeps to no rule of HTTP by itself and shares no code with the sandbox.

#![allow(dead_code)] // each test file uses its own part

use serde_json::Value;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// A request larger than this is not read.
const LARGEST: usize = 4 << 20;

/// A request.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub fields: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Asked {
    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Where the sender of a DCI message wants the answer to go.
    pub fn sender_uri(&self) -> Option<String> {
        self.json().pointer("/header/sender_uri").and_then(Value::as_str).map(str::to_owned)
    }
}

/// What the server does about a request.
#[derive(Clone, Debug)]
pub enum Act {
    /// A sound HTTP answer; the connection stays open.
    Answer { status: u16, body: Vec<u8> },
    /// These bytes, then the connection is closed.
    Bytes(Vec<u8>),
    /// These bytes, shared because they are many, then the connection is closed.
    Large(Arc<Vec<u8>>),
    /// The first bytes, then the second again and again until the other side goes away.
    Endless { start: Vec<u8>, again: Vec<u8>, pause: Duration },
    /// Nothing at all; the connection stays open.
    Hang,
    /// Nothing at all; the connection is closed.
    Drop,
}

impl Act {
    /// HTTP 200 with a JSON body.
    pub fn json(body: &Value) -> Act {
        Act::Answer { status: 200, body: body.to_string().into_bytes() }
    }
}

type Handler = dyn Fn(Asked) -> Pin<Box<dyn Future<Output = Act> + Send>> + Send + Sync;

/// A running server; it ends when dropped.
pub struct RawServer {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl RawServer {
    /// Listens on a free port and lets `handler` decide about every request.
    pub async fn start<F, A>(handler: F) -> RawServer
    where
        F: Fn(Asked) -> A + Send + Sync + 'static,
        A: Future<Output = Act> + Send + 'static,
    {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        RawServer::on(listener, handler)
    }

    /// The same on a listener made before, for handlers that need to know the address.
    pub fn on<F, A>(listener: TcpListener, handler: F) -> RawServer
    where
        F: Fn(Asked) -> A + Send + Sync + 'static,
        A: Future<Output = Act> + Send + 'static,
    {
        let address = listener.local_addr().expect("a bound listener");
        let handler: Arc<Handler> = Arc::new(move |asked| Box::pin(handler(asked)));
        let accepting = tokio::spawn(async move {
            // Connections live in the set and end with it.
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                while open.try_join_next().is_some() {}
                open.spawn(serve(stream, handler.clone()));
            }
        });
        RawServer { address, accepting }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn serve(mut stream: TcpStream, handler: Arc<Handler>) {
    let _ = stream.set_nodelay(true);
    let mut rest = Vec::new();
    while let Some(asked) = read_request(&mut stream, &mut rest).await {
        match handler(asked).await {
            Act::Answer { status, body } => {
                let head = format!(
                    "HTTP/1.1 {status} Whatever\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                );
                if stream.write_all(&[head.into_bytes(), body].concat()).await.is_err() {
                    return;
                }
            }
            Act::Bytes(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
                return;
            }
            Act::Large(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
                return;
            }
            Act::Endless { start, again, pause } => {
                let mut sent = stream.write_all(&start).await;
                while sent.is_ok() {
                    if !pause.is_zero() {
                        tokio::time::sleep(pause).await;
                    }
                    sent = stream.write_all(&again).await;
                }
                return;
            }
            Act::Hang => {
                // Until the other side has had enough.
                let _ = stream.read(&mut [0; 1]).await;
                return;
            }
            Act::Drop => return,
        }
    }
}

/// Head and body of the next request; none at the end of the connection.
async fn read_request(stream: &mut TcpStream, rest: &mut Vec<u8>) -> Option<Asked> {
    let end = loop {
        if let Some(end) = rest.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if rest.len() > LARGEST || stream.read_buf(rest).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&rest[..end]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ').map(str::to_owned);
    let (method, path) = (first.next()?, first.next()?);
    let fields: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = fields.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let whole = end + 4 + length.unwrap_or(0usize);
    while rest.len() < whole {
        if whole > LARGEST || stream.read_buf(rest).await.ok()? == 0 {
            return None;
        }
    }
    let body = rest[end + 4..whole].to_vec();
    rest.drain(..whole);
    Some(Asked { method, path, fields, body })
}

/// Sends one request with a connection of its own; status and body of the answer.
pub async fn send(method: &str, url: &str, fields: &[(String, String)], body: &[u8]) -> Option<(u16, Vec<u8>)> {
    let (host, path) = url.strip_prefix("http://")?.split_once('/')?;
    let mut stream = TcpStream::connect(host).await.ok()?;
    let mut head = format!("{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    for (name, value) in fields {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    stream.write_all(&[head.as_bytes(), body].concat()).await.ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.ok()?;
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let status = String::from_utf8_lossy(&bytes[..end]).split(' ').nth(1)?.parse().ok()?;
    Some((status, bytes.split_off(end + 4)))
}

/// Posts a JSON message, whatever comes of it.
pub async fn post(url: &str, body: &Value) {
    let fields = [("content-type".to_owned(), "application/json".to_owned())];
    let _ = send("POST", url, &fields, body.to_string().as_bytes()).await;
}
