//! Whether a text is a web address we can use, checked before anything is sent.

use std::net::Ipv6Addr;

/// Checks an `http` or `https` address; says in words what is wrong with it, and what to do.
///
/// # Errors
/// What is wrong, and a hint.
pub fn check(text: &str) -> Result<(), (&'static str, String)> {
    let lower = text.to_ascii_lowercase();
    // First of all, since no hint may repeat them.
    if lower
        .split_once("://")
        .map_or(&*lower, |(_, rest)| rest)
        .split(['/', '?', '#'])
        .next()
        .unwrap_or("")
        .contains('@')
    {
        let hint = "put credentials under `authorisation`, by reference to an environment variable or a file";
        return Err(("holds credentials", hint.to_owned()));
    }
    let rest = lower.strip_prefix("http://").or_else(|| lower.strip_prefix("https://"));
    let Some(rest) = rest else {
        // Not repeated: it may be a credential in the wrong place.
        let hint = "write http:// or https:// in front of it";
        return Err(("is no http or https address", hint.to_owned()));
    };
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(("holds a blank or a control character", "remove it, or write it as %20".to_owned()));
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let (host, port) = split_port(authority);
    if host.is_empty() {
        return Err(("names no host", "write it as http://HOST:PORT/".to_owned()));
    }
    if host.starts_with('[') {
        let inner = host.trim_start_matches('[').trim_end_matches(']');
        if inner.parse::<Ipv6Addr>().is_err() {
            return Err(("holds an IPv6 address that cannot be read", "write it as http://[::1]:8080/".to_owned()));
        }
    }
    if port.is_some_and(|port| port.parse::<u16>().is_err() || port == "0") {
        return Err(("names a port that is no number from 1 to 65535", "write it as http://HOST:8080/".to_owned()));
    }
    Ok(())
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    let after_host = authority.rfind(']').map_or(0, |end| end + 1);
    match authority.get(after_host..).and_then(|tail| tail.find(':')) {
        Some(colon) => (
            authority.get(..after_host + colon).unwrap_or(""),
            authority.get(after_host + colon + 1..).filter(|port| !port.is_empty()),
        ),
        None => (authority, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_what_is_none() {
        for good in ["http://127.0.0.1:8080/", "https://example.org", "HTTP://a.b/c?d=e", "http://[::1]:80/x"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (bad, words) in [
            ("localhost:8080", "no http or https"),
            ("ftp://a/", "no http or https"),
            ("http://", "no host"),
            ("http://:80/", "no host"),
            ("http://a b/", "blank"),
            ("http://a:99999/", "port"),
            ("http://a:x/", "port"),
            ("http://me:pass@a/", "credentials"),
            ("me:pass@a", "credentials"),
            ("http://[:zz]/", "IPv6"),
        ] {
            assert!(check(bad).unwrap_err().0.contains(words), "{bad}");
        }
    }
}
