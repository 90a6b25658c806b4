//! Who may call: the bearer token, and the endpoint that issues tokens to clients.

use super::faults::Fault;
use super::server::{Reply, Request};
use super::{Operation, Route, State, envelope};
use serde_json::json;
use std::time::{Duration, Instant};

const LIFETIME: Duration = Duration::from_secs(3600);
const MOST_TOKENS: usize = 1000;

/// Tokens issued, oldest first.
pub(crate) type Tokens = std::collections::VecDeque<(String, Instant)>;

impl State {
    /// True when the request may be served; otherwise what to answer.
    pub(crate) fn authorised(&self, route: Route, request: &Request) -> Result<(), Reply> {
        if self.token.is_none() && self.oauth_client.is_none() {
            return Ok(());
        }
        let given = request.header("authorization");
        if self.faults.has(Fault::OneEndpointOpen) && route.operation == Operation::Status {
            return Ok(());
        }
        let served = match given.map(|value| (value, value.split_once(' '))) {
            None => self.faults.has(Fault::NoTokenAccepted),
            Some((_, Some((scheme, token)))) if !token.trim().is_empty() => {
                let right_scheme = scheme.eq_ignore_ascii_case("bearer") || self.faults.has(Fault::AnySchemeAccepted);
                right_scheme && (self.is_valid(token.trim()) || self.faults.has(Fault::AnyTokenAccepted))
            }
            Some(_) => self.faults.has(Fault::MalformedTokenAccepted),
        };
        if served && self.faults.has(Fault::RightTokenRefused) && route.operation == Operation::Subscribe {
            return Err(self.http_error(403, "err.request.forbidden", "this client may not subscribe"));
        }
        if served {
            return Ok(());
        }
        let text = match given {
            Some(given) if self.faults.has(Fault::RefusalRepeatsToken) => {
                format!("the credential {given} is not valid")
            }
            _ => "a valid bearer token is needed".to_string(),
        };
        let mut reply = self.http_error(401, "err.request.unauthorized", &text);
        reply.headers.push(("www-authenticate", "Bearer".into()));
        Err(reply)
    }

    fn is_valid(&self, token: &str) -> bool {
        let issued = self.tokens.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let alike = |known: &str| self.faults.has(Fault::TokenBeginningCompared) && known.get(..8) == token.get(..8);
        self.token.as_deref().is_some_and(|known| known == token || alike(known))
            || issued.iter().any(|(known, until)| known == token && Instant::now() < *until)
    }

    /// `POST /oauth2/client/token`.
    pub(crate) fn issue_token(&self, request: &Request) -> Reply {
        let Some((client, secret)) = &self.oauth_client else {
            return self.http_error(404, "err.request.not_found", "there is no such path");
        };
        if !request
            .header("content-type")
            .unwrap_or("")
            .to_ascii_lowercase()
            .starts_with("application/x-www-form-urlencoded")
        {
            return self.http_error(415, "err.request.bad", "the token request must be form-encoded");
        }
        let form = String::from_utf8_lossy(&request.body).into_owned();
        let field = |name: &str| {
            form.split('&')
                .filter_map(|pair| pair.split_once('='))
                .find(|(key, _)| *key == name)
                .map(|(_, value)| decode(value))
        };
        if field("grant_type").as_deref() != Some("client_credentials") {
            return self.http_error(400, "err.request.bad", "grant_type must be client_credentials");
        }
        if field("client_id").as_deref() != Some(client) || field("client_secret").as_deref() != Some(secret) {
            return self.http_error(401, "err.request.unauthorized", "client_id or client_secret is not valid");
        }
        let token = format!("sandbox-{}", envelope::new_id());
        let mut tokens = self.tokens.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        tokens.push_back((token.clone(), Instant::now() + LIFETIME));
        if tokens.len() > MOST_TOKENS {
            tokens.pop_front();
        }
        let mut value =
            json!({"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME.as_secs().to_string()});
        self.tampered("token reply", &mut value);
        self.json_reply(200, &value)
    }
}

/// Undoes form encoding.
fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = tail
            .get(..2)
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        (rest, _) = match (first, hex) {
            (b'%', Some(byte)) => (tail.get(2..).unwrap_or_default(), bytes.push(byte)),
            (b'+', _) => (tail, bytes.push(b' ')),
            (byte, _) => (tail, bytes.push(*byte)),
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn form_values_are_decoded() {
        assert_eq!(super::decode("a%20b+c%2f"), "a b c/");
        assert_eq!(super::decode("100%"), "100%");
    }
}
