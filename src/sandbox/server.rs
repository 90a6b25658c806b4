//! A small HTTP/1.1 server, our own so that an answer can also be sent wrongly on purpose.
//!
//! It reads one request at a time within fixed bounds, hands it over and writes the reply as its [`Manner`] says.

use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const HEAD_LIMIT: usize = 32 * 1024;
/// Largest body taken.
pub(crate) const BODY_LIMIT: usize = 2 * 1024 * 1024;
const IDLE: Duration = Duration::from_secs(60);
const WHOLE_REQUEST: Duration = Duration::from_secs(20);

/// A request as received.
#[derive(Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path without the query part.
    pub(crate) path: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    close: bool,
}

impl Request {
    /// A header field; names compare without case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// How a reply is put on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As it should be.
    #[default]
    Right,
    /// Closes the connection instead.
    Drop,
    /// Keeps the connection open and silent.
    Hang,
    /// A body without end.
    Flood,
    /// A byte now and then.
    Trickle,
    /// Declares more bytes than follow.
    LengthTooLong,
    /// Declares half of the bytes.
    LengthTooShort,
}

/// A reply to be sent.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) manner: Manner,
}

/// What reading a request came to.
enum Read {
    Request(Request),
    Refuse(u16, &'static str),
    End,
}

/// Serves one connection until it ends. `answer` makes the reply; `sent` is called once the reply is on the wire.
pub(crate) async fn serve<A, F, S>(mut stream: TcpStream, answer: A, sent: S)
where
    A: Fn(Request) -> F,
    F: Future<Output = (Reply, Vec<crate::sandbox::Delivery>)>,
    S: Fn(Vec<crate::sandbox::Delivery>),
{
    let _ = stream.set_nodelay(true);
    let mut buffer = Vec::new();
    loop {
        let read = match tokio::time::timeout(IDLE, first_bytes(&mut stream, &mut buffer)).await {
            Ok(true) => tokio::time::timeout(WHOLE_REQUEST, read_request(&mut stream, &mut buffer)).await,
            _ => return,
        };
        let (reply, deliveries, close) = match read {
            Ok(Read::Request(request)) => {
                let close = request.close;
                let (reply, deliveries) = answer(request).await;
                (reply, deliveries, close)
            }
            Ok(Read::Refuse(status, why)) => (bare(status, why), Vec::new(), true),
            Err(_) => (bare(408, "the request took too long"), Vec::new(), true),
            Ok(Read::End) => return,
        };
        let close = close || reply.manner != Manner::Right;
        let written = write_reply(&mut stream, &reply, close).await;
        sent(deliveries);
        if written.is_err() {
            return;
        }
        if close {
            linger(&mut stream).await;
            return;
        }
    }
}

fn bare(status: u16, why: &str) -> Reply {
    let body = serde_json::json!({"errors": [{"code": "err.request.bad", "message": why}]}).to_string().into_bytes();
    Reply { status, headers: vec![("content-type", "application/json".into())], body, manner: Manner::Right }
}

async fn first_bytes(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> bool {
    !buffer.is_empty() || more(stream, buffer).await
}

async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Read {
    let head_end = loop {
        if let Some(at) = find(buffer, b"\r\n\r\n") {
            break at;
        }
        if buffer.len() > HEAD_LIMIT {
            return Read::Refuse(431, "the header fields are too large");
        }
        if !more(stream, buffer).await {
            return Read::End;
        }
    };
    let head: Vec<u8> = buffer.drain(..head_end + 4).collect();
    let Some(mut request) = parse_head(&String::from_utf8_lossy(&head)) else {
        return Read::Refuse(400, "this is not an HTTP/1.1 request");
    };
    let chunked = request.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
    let declared = match request.header("content-length").map(|text| text.trim().parse::<usize>()) {
        None => None,
        Some(Ok(length)) => Some(length),
        Some(Err(_)) => return Read::Refuse(400, "content-length is not a number"),
    };
    if declared.is_some_and(|length| length > BODY_LIMIT) {
        return Read::Refuse(413, "the body is too large");
    }
    let expects = request.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue"));
    if expects && stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.is_err() {
        return Read::End;
    }
    if chunked {
        return read_chunks(stream, buffer, request).await;
    }
    let length = declared.unwrap_or(0);
    while buffer.len() < length {
        if !more(stream, buffer).await {
            return Read::End;
        }
    }
    request.body = buffer.drain(..length).collect();
    Read::Request(request)
}

async fn read_chunks(stream: &mut TcpStream, buffer: &mut Vec<u8>, mut request: Request) -> Read {
    loop {
        let line_end = loop {
            if let Some(at) = find(buffer, b"\r\n") {
                break at;
            }
            if buffer.len() > HEAD_LIMIT {
                return Read::Refuse(400, "a chunk has no length");
            }
            if !more(stream, buffer).await {
                return Read::End;
            }
        };
        let line: Vec<u8> = buffer.drain(..line_end + 2).collect();
        let text = String::from_utf8_lossy(&line);
        let size = usize::from_str_radix(text.trim().split(';').next().unwrap_or("").trim(), 16);
        let Ok(size) = size else { return Read::Refuse(400, "a chunk has no length") };
        if size > BODY_LIMIT || request.body.len() + size > BODY_LIMIT {
            return Read::Refuse(413, "the body is too large");
        }
        while buffer.len() < size + 2 {
            if !more(stream, buffer).await {
                return Read::End;
            }
        }
        request.body.extend(buffer.drain(..size));
        buffer.drain(..2);
        if size == 0 {
            return Read::Request(request);
        }
    }
}

async fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> bool {
    buffer.reserve(8 * 1024);
    matches!(stream.read_buf(buffer).await, Ok(read) if read > 0)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn parse_head(head: &str) -> Option<Request> {
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target, version) = (first.next()?, first.next()?, first.next()?);
    if !version.starts_with("HTTP/1.") || method.is_empty() || first.next().is_some() {
        return None;
    }
    let path = target.split('?').next().unwrap_or("").to_string();
    let mut headers = Vec::new();
    for line in lines.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':')?;
        headers.push((name.trim().to_string(), value.trim().to_string()));
    }
    let mut request = Request { method: method.to_string(), path, headers, body: Vec::new(), close: false };
    let connection = request.header("connection").unwrap_or("").to_ascii_lowercase();
    request.close = connection.contains("close") || (version == "HTTP/1.0" && !connection.contains("keep-alive"));
    Some(request)
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        431 => "Request Header Fields Too Large",
        _ => "Internal Server Error",
    }
}

async fn write_reply(stream: &mut TcpStream, reply: &Reply, close: bool) -> std::io::Result<()> {
    let mut head = format!("HTTP/1.1 {} {}\r\n", reply.status, reason(reply.status));
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if close {
        head.push_str("connection: close\r\n");
    }
    let length = match reply.manner {
        Manner::LengthTooLong => Some(reply.body.len() + 500),
        Manner::LengthTooShort => Some(reply.body.len() / 2),
        Manner::Flood => None,
        _ => Some(reply.body.len()),
    };
    match length {
        Some(length) => head.push_str(&format!("content-length: {length}\r\n\r\n")),
        None => head.push_str("\r\n"),
    }
    match reply.manner {
        Manner::Drop => Ok(()),
        Manner::Hang => {
            let mut waste = [0; 256]; // silent until the other side gives up or the sandbox is dropped
            while stream.read(&mut waste).await? > 0 {}
            Ok(())
        }
        Manner::Flood => {
            stream.write_all(head.as_bytes()).await?;
            let block = vec![b' '; 64 * 1024];
            loop {
                stream.write_all(&block).await?;
            }
        }
        Manner::Trickle => {
            stream.write_all(head.as_bytes()).await?;
            for byte in &reply.body {
                stream.write_all(std::slice::from_ref(byte)).await?;
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
            Ok(())
        }
        Manner::Right | Manner::LengthTooLong | Manner::LengthTooShort => {
            let mut bytes = head.into_bytes();
            bytes.extend_from_slice(&reply.body);
            stream.write_all(&bytes).await?;
            stream.flush().await
        }
    }
}

/// Lets the other side read the reply before the connection goes: closing with unread bytes would reset it.
async fn linger(stream: &mut TcpStream) {
    let _ = stream.shutdown().await;
    let drain = async {
        let mut waste = vec![0_u8; 16 * 1024];
        let mut total = 0;
        while let Ok(read) = stream.read(&mut waste).await {
            total += read;
            if read == 0 || total > 4 * BODY_LIMIT {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(Duration::from_millis(500), drain).await;
}
