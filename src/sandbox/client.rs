//! A small HTTP client for callbacks: one request, one answer, plain HTTP, everything bounded.

use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const CONNECT: Duration = Duration::from_secs(2);
const WHOLE: Duration = Duration::from_secs(10);
const ANSWER_LIMIT: usize = 64 * 1024;

/// What became of a delivery.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The receiver answered with this status and body.
    Answered(u16, Vec<u8>),
    /// Nobody answered.
    Unreachable,
}

/// A web address taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) authority: String,
    pub(crate) path: String,
}

/// Takes an http or https address apart; none when it is no such address.
pub(crate) fn parse_address(uri: &str) -> Option<Address> {
    let (scheme, rest) = uri.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    if !rest.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let split = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(split);
    let path = path.split('#').next().unwrap_or("");
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    let port_is_sound =
        authority.rsplit_once(':').is_none_or(|(_, port)| port.parse::<u16>().is_ok() || authority.ends_with(']'));
    if host.is_empty() || !port_is_sound || authority.contains('@') {
        return None;
    }
    let path = if path.starts_with('/') { path.to_string() } else { format!("/{path}") };
    Some(Address { authority: authority.to_string(), path })
}

/// Sends one JSON body.
pub(crate) async fn send(method: &str, address: &Address, body: &[u8]) -> Outcome {
    let exchange = async {
        let port_given = address.authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let target = if port_given { address.authority.clone() } else { format!("{}:80", address.authority) };
        let mut stream = tokio::time::timeout(CONNECT, TcpStream::connect(&target)).await.ok()?.ok()?;
        let _ = stream.set_nodelay(true);
        let mut bytes = format!(
            "{method} {} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            address.path,
            address.authority,
            body.len()
        )
        .into_bytes();
        bytes.extend_from_slice(body);
        stream.write_all(&bytes).await.ok()?;
        read_answer(&mut stream).await
    };
    match tokio::time::timeout(WHOLE, exchange).await {
        Ok(Some((status, body))) => Outcome::Answered(status, body),
        _ => Outcome::Unreachable,
    }
}

async fn read_answer(stream: &mut TcpStream) -> Option<(u16, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(answer) = parse_answer(&bytes, false) {
            return Some(answer);
        }
        if bytes.len() > ANSWER_LIMIT || !matches!(stream.read_buf(&mut bytes).await, Ok(read) if read > 0) {
            return parse_answer(&bytes, true);
        }
    }
}

/// Status and body once the answer is whole, or as far as it came when `ended`.
fn parse_answer(bytes: &[u8], ended: bool) -> Option<(u16, Vec<u8>)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(bytes.get(..end)?).into_owned();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let body = bytes.get(end + 4..)?;
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse::<usize>().ok());
    match length {
        Some(length) if body.len() >= length => Some((status, body.get(..length)?.to_vec())),
        _ if ended => Some((status, body.to_vec())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let address = parse_address("http://127.0.0.1:8080/a/b?c=d").expect("an address");
        assert_eq!((address.authority.as_str(), address.path.as_str()), ("127.0.0.1:8080", "/a/b?c=d"));
        assert_eq!(parse_address("https://host.example").map(|address| address.path), Some("/".into()));
        for wrong in
            ["", "not a uri", "ftp://x/", "http://", "http://a b/", "mailto:a@b", "http://h:port/", "/relative"]
        {
            assert_eq!(parse_address(wrong), None, "{wrong}");
        }
    }
}
