//! Recorded traffic judged: the reviews of a profile over what was recorded, with no system and no network.

use super::authorisation::Authorisation;
use super::context::{Context, Ids, Setup};
use super::events::Quiet;
use super::facts::{Facts, Standing};
use super::finish::{About, finish};
use super::inbox::Inbox;
use super::pairing::Pairs;
use super::plan::Selection;
use super::recorded::ledger;
use super::run::run;
use super::session::{Loaded, SessionError, now};
use super::stop::Stop;
use crate::implementation::{Credentials, Login};
use crate::model::exchange::{Answer, Direction, Exchange};
use crate::model::result::{Product, RunResult};
use crate::model::verdict::Conformance;
use crate::profile::ast::{Profile, ValueQuestion};
use crate::standard::Strictness;
use crate::traffic::Recording;
use crate::transport::redact::{secrets_asked, secrets_of};
use crate::transport::{Client, ClientOptions};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

/// How to judge recordings.
#[derive(Clone, Debug, Default)]
pub struct ReplayOptions {
    /// Hosts of the product; learned from the recording when empty.
    pub hosts: Vec<String>,
    /// Only these tests; all that look back when empty.
    pub only: Vec<String>,
    /// Command that repeats it.
    pub command: String,
    /// SHA-256 of the executable, hex.
    pub digest: String,
    /// Recordings that could not be read, each with the reason: told beside what the others came to.
    pub unread: Vec<String>,
    /// Ends it early.
    pub stop: Stop,
}

/// Why recordings could not be judged.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// What they hold.
    #[error("{0}")]
    Recording(String),
    /// Our own side.
    #[error(transparent)]
    Session(#[from] SessionError),
}

/// Judges recordings by the tests of a profile that look back over what was exchanged; all others need a running system.
///
/// # Errors
/// Nothing in the recordings can be judged.
pub async fn replay(
    loaded: &Loaded,
    recordings: Vec<Recording>,
    options: &ReplayOptions,
) -> Result<RunResult, ReplayError> {
    let started = now();
    let settings = recordings.iter().map(described).collect();
    let names: Vec<&str> = recordings.iter().take(NAMED).map(|recording| recording.name.as_str()).collect();
    let names = names.join(", ");
    // What belongs together is told by sentences as well, before it is known who was asked.
    let world = Context::new(setup(loaded, &[], names.clone(), &options.stop)?);
    let mut ledger = ledger(loaded, recordings, &options.hosts, &world).map_err(ReplayError::Recording)?;
    let mut remarks = unread(&options.unread);
    remarks.append(&mut ledger.remarks);
    let context = Arc::new(Context::new(setup(loaded, &ledger.hosts, names, &options.stop)?));
    let mut secrets = Vec::new();
    for exchange in ledger.exchanges {
        secrets.extend(shown_in(&exchange));
        context.record(exchange);
    }
    remarks.extend(of_no_request(&loaded.profile, &context.exchanges()));
    let selection = Selection { only: options.only.clone(), production: false, recorded: true };
    let ended = run(context.clone(), &selection).await;
    let about = About {
        version: env!("CARGO_PKG_VERSION").into(),
        digest: options.digest.clone(),
        product: Product::default(),
        settings,
        seed: 0,
        started,
        finished: now(),
        command: options.command.clone(),
        only: options.only.clone(),
        production: false,
        reachable: true,
        secrets,
        remarks,
        named_only: true,
    };
    let mut result = finish(&context, ended, &about);
    result.profile.title = format!("{}: recorded traffic", result.profile.title);
    // The vendor declared nothing, and nothing was probed.
    result.implementation.answers.clear();
    if result.verdict == Conformance::Incomplete && !result.interrupted {
        result.reasons.insert(0, WHY_INCOMPLETE.into());
    }
    Ok(result)
}

/// Recordings named where an address would stand.
const NAMED: usize = 5;
/// Recordings that were not read, named in a report.
const UNREAD: usize = 20;
const WHY_INCOMPLETE: &str =
    "nothing recorded breaks a must, and a recording alone cannot show the rest: `dci-conform run` asks the product";

fn described(recording: &Recording) -> (String, String) {
    let what = format!(
        "{}, {} entries, {} bytes, SHA-256 {}",
        recording.kind,
        recording.entries.len(),
        recording.bytes,
        recording.sha256
    );
    (format!("recording {}", recording.name), what)
}

/// What was given and could not be read, as observations: whoever reads the report alone must not take it for judged.
fn unread(all: &[String]) -> Vec<String> {
    let first =
        |told: &String| format!("not read, and therefore not judged: {}", told.lines().next().unwrap_or_default());
    let mut told: Vec<String> = all.iter().take(UNREAD).map(first).collect();
    if let Some(more) = all.len().checked_sub(UNREAD).filter(|more| *more > 0) {
        told.push(format!("not read, and therefore not judged: {more} more"));
    }
    told
}

/// Answers that came later and belong to no one request: an observation, since nothing about their request is judged.
fn of_no_request(profile: &Arc<Profile>, exchanges: &[Arc<Exchange>]) -> Option<String> {
    let pairs = Pairs::new(profile, exchanges);
    let answers: HashSet<&String> = profile.endpoints.values().filter_map(|one| one.callback.as_ref()).collect();
    let is_answer = |one: &&Arc<Exchange>| {
        one.direction == Direction::Arrived && one.name.as_ref().is_some_and(|name| answers.contains(name))
    };
    let alone: Vec<_> = exchanges.iter().filter(is_answer).filter(|one| pairs.request_of(one).is_none()).collect();
    let first = alone.first()?.test.as_deref().unwrap_or_default();
    Some(format!(
        "{} message(s) sent later belong to no request that was recorded, or it cannot be told to which: what is said of \
         their request is not judged; the first: {first}",
        alone.len()
    ))
}

/// Credentials the peers showed each other: they must not appear anywhere.
fn shown_in(exchange: &Exchange) -> Vec<secrecy::SecretString> {
    let mut secrets = secrets_of(&exchange.request.headers);
    secrets.extend(secrets_asked(&exchange.request.path));
    if let Answer::Response(response) = &exchange.answer {
        secrets.extend(secrets_of(&response.headers));
    }
    secrets
}

/// What a run is made of, where nobody is asked and nobody calls.
fn setup(loaded: &Loaded, hosts: &[String], names: String, stop: &Stop) -> Result<Setup, SessionError> {
    let profile = &loaded.profile;
    Ok(Setup {
        profile: profile.clone(),
        standard: loaded.standard.clone(),
        strictness: Strictness::read(&profile.strictness).unwrap_or(Strictness::Standard),
        facts: facts(loaded),
        // Where no address was recorded, what was read stands in its place.
        base_url: if hosts.is_empty() { names } else { hosts.join(", ") },
        prefix: String::new(),
        tried_in_vain: Vec::new(),
        sender_id: String::new(),
        receiver_id: String::new(),
        authorisation: Authorisation::new(&Login::None),
        actions: BTreeMap::new(),
        credentials: Credentials { login: Login::None, action_headers: Vec::new(), signing_key: None },
        deadlines: BTreeMap::new(),
        client: Client::new(ClientOptions::default())?,
        inbox: Arc::new(Inbox::new(None, profile, serde_json::Value::Null)),
        stop: stop.clone(),
        hears: Arc::new(Quiet),
        operator: None,
        ids: Ids::new(0, String::new()),
        retry_budget: Duration::ZERO,
    })
}

/// Whatever was recorded was offered, and whatever had to happen for it has happened.
fn facts(loaded: &Loaded) -> Facts {
    let profile = &loaded.profile;
    let value = |value: &ValueQuestion| Some((value.name.clone(), value.default.clone()?));
    Facts {
        supports: profile.supports.iter().map(|claim| (claim.name.clone(), Standing::Answered)).collect(),
        values: profile.values.iter().filter_map(value).collect(),
        actions: profile.actions.iter().map(|action| action.name.clone()).collect(),
        credential: false,
        recorded: true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::scope::Outside;
    use super::*;
    use crate::model::verdict::Verdict;
    use crate::source::Files;
    use crate::standard::Standard;

    fn loaded() -> Loaded {
        let files = Files::embedded();
        let standard = Standard::load(&files, "dec2025").unwrap_or_else(|wrong| panic!("{wrong}"));
        let profile =
            crate::profile::load(&files, "social-registry", &standard).unwrap_or_else(|wrong| panic!("{wrong}"));
        Loaded { profile: Arc::new(profile.profile), standard: Arc::new(standard) }
    }

    /// What was learned of the product, and what the profile has for something else.
    #[tokio::test]
    async fn a_value_that_is_the_same_as_one_it_must_differ_from_is_none() {
        let (name, other) = ("known-person.other-type", "known-person.type");
        let context = Context::new(setup(&loaded(), &[], String::new(), &Stop::default()).expect("a client"));
        let own = context.value(name).expect("a default");
        context.learn(other, "UIN".into());
        assert_eq!(context.value(name), Ok(own.clone()));
        context.learn(other, own);
        assert!(context.value(name).is_err_and(|why| why.contains("is the same as `values.known-person.type`")));
        assert!(context.value(other).is_ok());
    }

    #[tokio::test]
    async fn a_replay_that_is_stopped_is_told_and_decides_nothing() {
        let loaded = loaded();
        let text = r#"{"log": {"entries": [{"startedDateTime": "2026-01-01T00:00:00Z", "time": 1,
            "request": {"method": "POST", "url": "http://127.0.0.1/registry/sync/search", "headers": [], "postData": {"text": "{}"}},
            "response": {"status": 200, "headers": [], "content": {"text": "{}"}}}]}}"#;
        let recording = crate::traffic::read("a.har", text.as_bytes()).expect("a recording");
        let options = ReplayOptions::default();
        options.stop.stop();
        let result = replay(&loaded, vec![recording], &options).await.expect("a result");
        assert!(result.interrupted && result.verdict == Conformance::Incomplete, "{:?}", result.reasons);
        assert!(result.tests.iter().all(|test| test.verdict == Verdict::NotRun), "{:?}", result.counts);
        assert!(!result.reasons.iter().any(|reason| reason == WHY_INCOMPLETE), "{:?}", result.reasons);
    }
}
