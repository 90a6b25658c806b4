//! Bearer tokens fetched with client credentials (OAuth 2.0), kept until shortly before they expire.
//!
//! The request is the one RFC 6749 describes, with the `timestamp` header field that the standard's token page asks
//! for (erratum ET-36); a lifetime is read as a number or as text.

use super::encoding::form_encoded;
use super::{Client, Outgoing, Received};
use crate::model::exchange::{Answer, Headers};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// A failure is given to all who ask within this time, so that a broken token endpoint is not asked by every test.
const FAILURE_KEPT: Duration = Duration::from_secs(30);
/// A token is replaced this long before it expires, or a tenth of its life if that is shorter.
const MARGIN: Duration = Duration::from_secs(30);
/// How long we wait when the token endpoint asks us to come back later.
const RETRY: Duration = Duration::from_secs(10);
/// A longer life is not believed, nor could a clock count every one a product may name.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 3600);

/// Where and how to fetch a token.
#[derive(Clone, Debug)]
pub struct TokenRequest {
    /// Address of the token endpoint.
    pub url: String,
    /// Client id.
    pub client_id: String,
    /// Client secret.
    pub secret: SecretString,
    /// Scope to ask for.
    pub scope: Option<String>,
}

/// Fetches tokens when needed; shared by all tests of a run.
#[derive(Debug)]
pub struct TokenSource {
    request: TokenRequest,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    current: Option<(SecretString, Option<Instant>)>,
    failed: Option<(Instant, String)>,
    all: Vec<SecretString>,
    fetches: Vec<Received>,
}

impl TokenSource {
    /// A source that has fetched nothing yet.
    pub fn new(request: TokenRequest) -> TokenSource {
        TokenSource { request, state: Mutex::default() }
    }

    /// A token that is still valid, fetched if there is none. Concurrent callers share one fetch.
    ///
    /// # Errors
    /// In words, why there is none.
    pub async fn token(&self, client: &Client) -> Result<SecretString, String> {
        let mut state = self.state.lock().await;
        let now = Instant::now();
        if let Some((token, until)) = &state.current
            && until.is_none_or(|until| now < until)
        {
            return Ok(token.clone());
        }
        if let Some((_, reason)) = state.failed.as_ref().filter(|(at, _)| now.duration_since(*at) < FAILURE_KEPT) {
            return Err(reason.clone());
        }
        let received = client.send(self.request.outgoing()).await;
        let read = read(&received);
        state.fetches.push(received);
        match read {
            Ok((token, lifetime)) => {
                state.failed = None;
                state.all.push(token.clone());
                state.current =
                    Some((token.clone(), lifetime.map(|life| Instant::now() + life - MARGIN.min(life / 10))));
                Ok(token)
            }
            Err(reason) => {
                state.failed = Some((Instant::now(), reason.clone()));
                Err(reason)
            }
        }
    }

    /// Every token ever fetched, for redaction.
    pub async fn secrets(&self) -> Vec<SecretString> {
        self.state.lock().await.all.clone()
    }

    /// The exchanges with the token endpoint, for evidence; each is given once.
    pub async fn take_fetches(&self) -> Vec<Received> {
        std::mem::take(&mut self.state.lock().await.fetches)
    }
}

impl TokenRequest {
    fn outgoing(&self) -> Outgoing {
        let mut form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            form_encoded(&self.client_id),
            form_encoded(self.secret.expose_secret())
        );
        if let Some(scope) = &self.scope {
            form.push_str(&format!("&scope={}", form_encoded(scope)));
        }
        let mut headers = Headers::default();
        headers.push("content-type", "application/x-www-form-urlencoded");
        headers.push("timestamp", format!("{:.3}", jiff::Timestamp::now()));
        let (method, url) = ("POST".to_owned(), self.url.clone());
        Outgoing { method, url, headers, body: form.into_bytes(), retry: Some(RETRY), ..Outgoing::default() }
    }
}

/// The token and its lifetime, or why there is none. The words hold nothing of the answer's body.
fn read(received: &Received) -> Result<(SecretString, Option<Duration>), String> {
    let response = match &received.answer {
        Answer::None(none) => return Err(format!("the token endpoint gave no answer: {}", none.detail)),
        Answer::Response(response) => response,
    };
    if !(200..300).contains(&response.status) {
        return Err(format!("the token endpoint answered {}; check client id, secret and scope", response.status));
    }
    let body = response.body.json().map_err(|_| "the answer of the token endpoint is not JSON".to_owned())?;
    let token = body.get("access_token").and_then(Value::as_str).unwrap_or("");
    if token.is_empty() || token.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("the answer of the token endpoint holds no usable access_token".to_owned());
    }
    let kind = body.get("token_type").and_then(Value::as_str).unwrap_or("bearer");
    if !kind.eq_ignore_ascii_case("bearer") {
        return Err("the token endpoint gave a token of another type than bearer".to_owned());
    }
    let lifetime = body.get("expires_in").and_then(|life| match life {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    });
    Ok((SecretString::from(token), lifetime.and_then(lifetime_of)))
}

fn lifetime_of(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok().map(|life| life.min(LONGEST_LIFE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::{ClientOptions, Listener, ScriptedAnswer};
    use serde_json::json;

    async fn endpoint(answers: &[(u16, Value)]) -> (Listener, TokenSource, Client) {
        let last = ScriptedAnswer { status: 500, body: None };
        let listener = Listener::start(([127, 0, 0, 1], 0).into(), None, last).await.unwrap();
        for (status, body) in answers {
            let answer = ScriptedAnswer { status: *status, body: Some(body.clone()) };
            listener.expect_answer("token", None, answer, 1);
        }
        let request = TokenRequest {
            url: listener.address_for("token", None),
            client_id: "me & you".into(),
            secret: SecretString::from("hush/hush"),
            scope: Some("registry.search".into()),
        };
        (listener, TokenSource::new(request), Client::new(ClientOptions::default()).unwrap())
    }

    #[tokio::test]
    async fn a_token_is_fetched_once_and_kept() {
        let answer = json!({"access_token": "one", "token_type": "Bearer", "expires_in": "3600"});
        let (listener, source, client) = endpoint(&[(200, answer)]).await;
        let (first, second) = tokio::join!(source.token(&client), source.token(&client));
        assert_eq!((first.unwrap().expose_secret(), second.unwrap().expose_secret()), ("one", "one"));
        let arrivals = listener.arrivals().since(0);
        assert_eq!(arrivals.len(), 1);
        let request = &arrivals[0].request;
        assert_eq!(
            request.body.text(),
            "grant_type=client_credentials&client_id=me+%26+you&client_secret=hush%2Fhush&scope=registry.search"
        );
        assert_eq!(request.headers.get("content-type"), Some("application/x-www-form-urlencoded"));
        assert!(request.headers.get("timestamp").unwrap().parse::<jiff::Timestamp>().is_ok());
        assert_eq!((source.secrets().await.len(), source.take_fetches().await.len()), (1, 1));
        assert!(!format!("{source:?}").contains("hush"));
    }

    #[tokio::test]
    async fn an_expired_token_is_replaced() {
        let short = json!({"access_token": "one", "expires_in": 0});
        let endless = json!({"access_token": "two", "expires_in": 1e18});
        let (_listener, source, client) = endpoint(&[(200, short), (200, endless)]).await;
        for expected in ["one", "two", "two"] {
            assert_eq!(source.token(&client).await.unwrap().expose_secret(), expected);
        }
    }

    #[tokio::test]
    async fn a_failure_is_said_and_not_repeated() {
        for (status, body, words) in [
            (401, json!({"error": "invalid_client"}), "answered 401"),
            (200, json!({"access_token": ""}), "no usable access_token"),
            (200, json!({"access_token": "a b"}), "no usable access_token"),
            (200, json!({"access_token": "a", "token_type": "mac"}), "another type"),
        ] {
            let (listener, source, client) = endpoint(&[(status, body)]).await;
            for _ in 0..2 {
                assert!(source.token(&client).await.unwrap_err().contains(words));
            }
            assert_eq!(listener.arrivals().len(), 1);
        }
    }
}
