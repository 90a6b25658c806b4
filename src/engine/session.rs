//! One whole run: from a profile and a vendor's file to a finished result.

use super::authorisation::Authorisation;
use super::context::{Context, Ids, Operator, Setup};
use super::events::Listener as Hears;
use super::facts::Facts;
use super::finish::{About, finish};
use super::inbox::Inbox;
use super::plan::{Plan, Selection};
use super::run::{probe, run};
use super::stop::Stop;
use crate::implementation::{Credentials, Implementation};
use crate::model::duration::words;
use crate::model::exchange::{Answer, Headers, NoAnswerKind};
use crate::model::result::RunResult;
use crate::profile::ast::Profile;
use crate::standard::{Standard, Strictness};
use crate::transport::redact::address;
use crate::transport::{Client, ClientOptions, Listener, Outgoing, Pace, ScriptedAnswer, TransportError};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// A profile with the standard it speaks of.
#[derive(Clone)]
pub struct Loaded {
    /// The profile.
    pub profile: Arc<Profile>,
    /// The standard of its edition.
    pub standard: Arc<Standard>,
}

/// How to run.
#[derive(Clone)]
pub struct Options {
    /// Most requests under way at a time.
    pub jobs: usize,
    /// Most requests per second.
    pub rate: Option<u32>,
    /// Factor on all deadlines.
    pub patience: f64,
    /// The run is stopped after this time.
    pub time_limit: Duration,
    /// Seed of choices and order.
    pub seed: u64,
    /// Where to listen, when the command line says.
    pub listen: Option<SocketAddr>,
    /// Where the product reaches us, when the command line says.
    pub public_url: Option<String>,
    /// Which tests.
    pub selection: Selection,
    /// A person at a terminal.
    pub operator: Option<Arc<dyn Operator>>,
    /// Hears events.
    pub hears: Arc<dyn Hears>,
    /// Ends the run early.
    pub stop: Stop,
    /// Command that repeats the run, without `--test`.
    pub command: String,
    /// SHA-256 of the executable, hex.
    pub digest: String,
    /// Learn what can be learned even if no test asks for it.
    pub look: bool,
}

/// Why no run came about. Everything the product does wrong is in the result instead.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// Our own side of the wire.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The product cannot be reached at all.
    #[error("cannot reach {url}: {detail}\nhelp: {remedy}")]
    Unreachable {
        /// The address.
        url: String,
        /// What happened.
        detail: String,
        /// What to do.
        remedy: String,
    },
    /// The token could not be fetched.
    #[error("cannot get a token: {0}\nhelp: check `authorisation.oauth2` in the implementation file")]
    Token(String),
}

/// What a run leaves besides its result.
pub struct Finished {
    /// The result.
    pub result: RunResult,
    /// Values learned from the product, for `init`.
    pub learned: BTreeMap<String, Value>,
    /// How claims stand.
    pub facts: Facts,
    /// The path prefix that answered; none where nothing did.
    pub prefix: Option<String>,
}

/// The static review: a plan, and nothing sent.
pub fn plan(loaded: &Loaded, implementation: &Implementation, selection: &Selection) -> Plan {
    Plan::make(&loaded.profile, &Facts::declared(&loaded.profile, implementation), selection)
}

/// Runs a profile against a product.
///
/// # Errors
/// The product cannot be reached, our listener cannot be opened, a token cannot be fetched.
pub async fn conduct(
    loaded: &Loaded,
    implementation: &Implementation,
    credentials: Credentials,
    options: Options,
) -> Result<Finished, SessionError> {
    let started = now();
    let mut context = prepare(loaded, implementation, credentials, &options).await?;
    let limit = tokio::spawn({
        let (stop, time) = (options.stop.clone(), options.time_limit);
        async move {
            tokio::time::sleep(time).await;
            stop.stop();
        }
    });
    context.setup.facts = probe(&context).await;
    let context = Arc::new(context);
    let mut selection = options.selection.clone();
    selection.production |= implementation.production;
    if options.look {
        look(&context).await;
    }
    let ended = run(context.clone(), &selection).await;
    limit.abort();
    context.setup.inbox.close().await;
    let about = About {
        version: env!("CARGO_PKG_VERSION").into(),
        digest: options.digest.clone(),
        product: implementation.product.clone(),
        settings: settings(&context, implementation, &options),
        seed: options.seed,
        started,
        finished: now(),
        command: format!("{} --seed {}", options.command, options.seed),
        only: options.selection.only.clone(),
        production: implementation.production,
        reachable: reachable(&context.setup.base_url, context.setup.inbox.base_url()),
        secrets: context.secrets().await,
        remarks: Vec::new(),
        named_only: false,
    };
    let result = finish(&context, ended, &about);
    Ok(Finished {
        result,
        learned: context.learned(),
        facts: context.setup.facts.clone(),
        prefix: context.setup.tried_in_vain.is_empty().then(|| context.setup.prefix.clone()),
    })
}

/// Learns what can be learned from the product; what cannot stays a question.
async fn look(context: &Arc<Context>) {
    for question in &context.setup.profile.values {
        if question.learn.is_some() {
            let _ = super::run::needed(context, std::slice::from_ref(&question.name)).await;
        }
    }
}

pub(super) fn now() -> String {
    let now = jiff::Timestamp::now();
    now.round(jiff::Unit::Millisecond).unwrap_or(now).to_string()
}

async fn prepare(
    loaded: &Loaded,
    implementation: &Implementation,
    credentials: Credentials,
    options: &Options,
) -> Result<Context, SessionError> {
    let profile = &loaded.profile;
    let deadlines = deadlines(profile, implementation, options.patience);
    let http = deadlines.get("http").copied().unwrap_or(Duration::from_secs(15));
    let client = Client::new(ClientOptions {
        connect_timeout: http,
        first_byte_timeout: http,
        total_timeout: http.saturating_mul(2),
        pace: Pace::new(options.rate, Some(options.jobs)),
        ..ClientOptions::default()
    })?;
    client.prepare(&implementation.base_url)?;
    let listen = options.listen.or(implementation.callback.listen.as_ref().map(|listen| listen.value));
    let public = options.public_url.clone().or_else(|| implementation.callback.public_url.clone());
    let (acknowledge, refuse) = answers(profile);
    let usual = ScriptedAnswer { status: 200, body: Some(acknowledge) };
    let listener = Listener::start(listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 0))), public, usual).await?;
    let inbox = Inbox::new(Some(listener), profile, refuse);
    let authorisation = Authorisation::new(&credentials.login);
    authorisation.value(&client).await.map_err(SessionError::Token)?;
    let nonce = uuid::Uuid::new_v4().simple().to_string();
    let mut context = Context::new(Setup {
        profile: profile.clone(),
        standard: loaded.standard.clone(),
        strictness: Strictness::read(&profile.strictness).unwrap_or(Strictness::Standard),
        facts: Facts::declared(profile, implementation),
        base_url: implementation.base_url.clone(),
        prefix: implementation.prefix.clone().unwrap_or_default(),
        tried_in_vain: Vec::new(),
        sender_id: implementation.sender_id.clone(),
        receiver_id: implementation.receiver_id.clone().unwrap_or_default(),
        authorisation,
        actions: implementation.actions.iter().map(|(name, action)| (name.clone(), action.value.clone())).collect(),
        credentials,
        deadlines,
        client,
        inbox: Arc::new(inbox),
        stop: options.stop.clone(),
        hears: options.hears.clone(),
        operator: options.operator.clone(),
        ids: Ids::new(options.seed, nonce),
        retry_budget: Duration::from_secs(60).mul_f64(options.patience.clamp(0.01, 100.0)),
    });
    find_prefix(&mut context, implementation).await?;
    Ok(context)
}

/// Deadlines of the vendor's file over those of the profile, stretched.
fn deadlines(profile: &Profile, implementation: &Implementation, patience: f64) -> BTreeMap<String, Duration> {
    let mut deadlines = profile.deadlines.clone();
    deadlines.extend(implementation.deadlines.iter().map(|(name, length)| (name.clone(), length.value)));
    deadlines.values_mut().for_each(|length| *length = length.mul_f64(patience.clamp(0.01, 100.0)));
    deadlines
}

/// Bodies our listener answers with.
fn answers(profile: &Profile) -> (Value, Value) {
    let template = |name: &str| profile.messages.get(name).cloned().unwrap_or_else(|| json!({}));
    match &profile.listener_answers {
        Some((acknowledge, refuse)) => (template(acknowledge), template(refuse)),
        None => (json!({}), json!({})),
    }
}

/// The prefixes to try below an address. It may be whole as it is, and is so most likely where it ends with one of them.
fn prefixes(address: &str, in_use: &[String]) -> Vec<String> {
    let address = address.trim_end_matches('/');
    let whole = in_use.iter().any(|prefix| address.ends_with(&format!("/{prefix}")));
    let bare = || std::iter::once(String::new());
    match whole {
        true => bare().chain(in_use.iter().cloned()).collect(),
        false => in_use.iter().cloned().chain(bare()).collect(),
    }
}

/// Where the paths of the standard begin: as the vendor's file says, else the first prefix in use that answers. Finds
/// out on the way whether the product can be reached at all.
async fn find_prefix(context: &mut Context, implementation: &Implementation) -> Result<(), SessionError> {
    let known = implementation.prefix.is_some();
    let prefixes = match &implementation.prefix {
        Some(prefix) => vec![prefix.clone()],
        None => prefixes(&context.setup.base_url, &context.setup.profile.prefixes),
    };
    let probes: Vec<String> = context
        .setup
        .profile
        .supports
        .iter()
        .filter_map(|claim| claim.probe.as_ref())
        .filter_map(|probe| context.setup.profile.endpoints.get(&probe.send))
        .map(|endpoint| endpoint.path.clone())
        .take(2)
        .collect();
    let mut tried = Vec::new();
    for prefix in &prefixes {
        context.setup.prefix.clone_from(prefix);
        for path in &probes {
            if reach(context, path).await? || known {
                return Ok(());
            }
            tried.push(path_of(&context.url(Some(path), None)));
        }
    }
    context.setup.prefix = prefixes.into_iter().next().unwrap_or_default();
    context.setup.tried_in_vain = tried;
    Ok(())
}

/// What of an address the product itself is asked for.
fn path_of(url: &str) -> String {
    let path = url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map(|(_, path)| path);
    format!("/{}", path.unwrap_or_default())
}

/// Whether something answers at a path.
async fn reach(context: &Context, path: &str) -> Result<bool, SessionError> {
    let url = context.url(Some(path), None);
    let mut headers = Headers::default();
    headers.push("Content-Type", "application/json");
    let outgoing =
        Outgoing { method: "POST".into(), url: url.clone(), headers, body: b"{}".to_vec(), ..Outgoing::default() };
    let Some(received) = context.setup.stop.unless(context.setup.client.send(outgoing)).await else { return Ok(false) };
    match received.answer {
        Answer::Response(response) => Ok(!matches!(response.status, 404 | 405 | 501)),
        Answer::None(none) => {
            let remedy = match none.kind {
                NoAnswerKind::Exhausted => "this is no fault of the product",
                NoAnswerKind::Connect => "check the address and the port, and that the product is running",
                NoAnswerKind::Dns => "check the name in the address; it could not be found",
                NoAnswerKind::Tls => {
                    "check that the address rightly begins with https, and that this machine knows the authority of the certificate"
                }
                // Slow, broken or silent is a finding about the product.
                _ => return Ok(true),
            };
            Err(SessionError::Unreachable {
                url: address(&context.setup.base_url),
                detail: none.detail,
                remedy: remedy.into(),
            })
        }
    }
}

fn settings(context: &Context, implementation: &Implementation, options: &Options) -> BTreeMap<String, String> {
    let mut settings = BTreeMap::new();
    for (name, length) in &context.setup.deadlines {
        settings.insert(format!("deadline {name}"), words(*length));
    }
    // As everywhere in a report: what gives access by standing in a path is not shown.
    let prefix = address(&format!("/{}", context.setup.prefix));
    let prefix = if context.setup.prefix.is_empty() { "none" } else { prefix.trim_start_matches('/') };
    let how = match (implementation.prefix.is_some(), context.setup.tried_in_vain.is_empty()) {
        (true, _) => "",
        (false, true) => " (found by asking)",
        (false, false) => " (guessed: nothing of the standard was found at any path tried)",
    };
    settings.insert("path prefix".into(), format!("{prefix}{how}"));
    settings.insert("authorisation".into(), implementation.authorisation.kind().into());
    settings.insert("jobs".into(), options.jobs.to_string());
    settings.insert("patience".into(), options.patience.to_string());
    if let Some(rate) = options.rate {
        settings.insert("rate per second".into(), rate.to_string());
    }
    settings
}

/// Whether a callback that never comes is the product's doing: the address it was told reaches us, as far as we know. One of
/// this machine alone (where we listen when nothing else is said) does so from here only; any other is somebody's word.
fn reachable(base_url: &str, told: Option<&str>) -> bool {
    Client::is_local(base_url) || told.is_some_and(|told| !Client::is_local(told))
}

#[cfg(test)]
mod tests {
    use super::{path_of, prefixes, reachable};

    #[test]
    fn an_address_may_be_whole_as_it_is() {
        let in_use = ["registry", "dci/sr"].map(str::to_owned);
        assert_eq!(prefixes("http://127.0.0.1:8080/", &in_use), ["registry", "dci/sr", ""]);
        assert_eq!(prefixes("http://127.0.0.1:8080/dci/sr/", &in_use), ["", "registry", "dci/sr"]);
        assert_eq!(prefixes("http://127.0.0.1:8080/register", &[]), [""]);
        assert_eq!(path_of("http://127.0.0.1:8080/registry/sync/search"), "/registry/sync/search");
    }

    #[test]
    fn an_address_of_this_machine_reaches_us_from_here_only() {
        let (here, elsewhere) = ("http://127.0.0.1:8080/", "https://registry.example.org/");
        for (product, told, blamed) in [
            (here, "http://127.0.0.1:9000", true),
            (here, "https://tester.example.org", true),
            (elsewhere, "https://tester.example.org", true),
            (elsewhere, "http://192.0.2.1:9000", true),
            (elsewhere, "http://127.0.0.1:9000", false),
            (elsewhere, "http://[::1]:9000", false),
            (elsewhere, "http://localhost:9000", false),
            ("http://127.example.org/", "http://0.0.0.0:9000", false),
        ] {
            assert_eq!(reachable(product, Some(told)), blamed, "{product} {told}");
        }
        assert!(!reachable(elsewhere, None));
    }
}
