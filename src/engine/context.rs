//! What all tests of a run share: the product's address, our listener, the clock, the ledger of exchanges, preparations.

use super::authorisation::Authorisation;
use super::counts::Counts;
use super::events::Listener as Hears;
use super::facts::{Facts, Standing};
use super::inbox::Inbox;
use super::patience::Patience;
use super::query::RecordMembers;
use super::scope::{Outside, Scope};
use super::stop::Stop;
use super::world::World;
use crate::implementation::{Action, Credentials};
use crate::model::exchange::Exchange;
use crate::profile::ast::{Length, Path, Profile};
use crate::standard::{Standard, Strictness};
use crate::transport::Client;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What a shared preparation came to.
#[derive(Debug)]
pub struct Prepared {
    /// Whether it held; else why not.
    pub held: Result<(), NotHeld>,
    /// What it remembered and the steps it named.
    pub scope: Scope,
    /// Numbers of its exchanges.
    pub exchanges: Vec<usize>,
}

/// What a run is made of.
pub struct Setup {
    /// The profile.
    pub profile: Arc<Profile>,
    /// The standard.
    pub standard: Arc<Standard>,
    /// Strictness for data records.
    pub strictness: Strictness,
    /// What is known of the product.
    pub facts: Facts,
    /// Address of the product, ending in `/`.
    pub base_url: String,
    /// Path prefix below it, without slashes at the ends.
    pub prefix: String,
    /// Where the product was looked for, if it answered at none of these paths.
    pub tried_in_vain: Vec<String>,
    /// Our id towards the product.
    pub sender_id: String,
    /// The product's id, if known.
    pub receiver_id: String,
    /// Credentials.
    pub authorisation: Authorisation,
    /// Stimuli of the vendor's file.
    pub actions: BTreeMap<String, Action>,
    /// Secrets of the vendor's file.
    pub credentials: Credentials,
    /// Deadlines by name, stretched already.
    pub deadlines: BTreeMap<String, Duration>,
    /// Sends requests.
    pub client: Client,
    /// Receives callbacks.
    pub inbox: Arc<Inbox>,
    /// Ends the run early.
    pub stop: Stop,
    /// Hears events.
    pub hears: Arc<dyn Hears>,
    /// May ask a person at the terminal; none in pipelines.
    pub operator: Option<Arc<dyn Operator>>,
    /// Ids of this run.
    pub ids: Ids,
    /// How long we would wait where the product answers 429 or 503 with Retry-After.
    pub retry_budget: Duration,
}

/// Why a preparation did not hold.
#[derive(Clone, Debug)]
pub struct NotHeld {
    /// In words.
    pub why: String,
    /// True when it could not be told, false when it was seen not to hold.
    pub unknown: bool,
}

/// Everything tests share.
pub struct Context {
    /// What the run is made of.
    pub setup: Setup,
    record_members: RecordMembers,
    hidden: HashSet<String>,
    ledger: Mutex<Vec<Arc<Exchange>>>,
    next: AtomicUsize,
    learned: Mutex<BTreeMap<String, Value>>,
    preparations: Mutex<HashMap<String, Arc<tokio::sync::OnceCell<Arc<Prepared>>>>>,
    locks: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    counts: Mutex<HashMap<String, Arc<Counts>>>,
    /// How long silence has to last.
    pub(super) patience: Patience,
    /// Personal values told, with the number of exchanges they were gathered from.
    personal: Mutex<(usize, Arc<Vec<String>>)>,
}

/// Asks a person to do something and waits until they say it is done.
pub trait Operator: Send + Sync {
    /// True when done, false when it cannot be done. Blocks.
    fn ask(&self, what: &str) -> bool;
}

/// New ids: unlike any other of this run (a counter) or of another (the nonce).
#[derive(Debug)]
pub struct Ids {
    space: uuid::Uuid,
    /// Recorded random part.
    pub nonce: String,
    next: AtomicU64,
}

impl Ids {
    /// Ids for one run.
    pub fn new(seed: u64, nonce: String) -> Ids {
        let space = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, format!("{seed}/{nonce}").as_bytes());
        Ids { space, nonce, next: AtomicU64::new(0) }
    }

    /// The next id.
    pub fn next(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        uuid::Uuid::new_v5(&self.space, &number.to_be_bytes()).to_string()
    }

    /// A token for a test's callback addresses: stable in the run, unguessable from outside.
    pub fn token(&self, test: &str) -> String {
        let id = uuid::Uuid::new_v5(&self.space, test.as_bytes()).simple().to_string();
        id[..16].to_owned()
    }
}

impl Context {
    /// A context at the start of a run.
    pub fn new(setup: Setup) -> Context {
        let (kind, value) = setup.profile.identifiers.clone().unwrap_or_default();
        let (own, others) = (setup.profile.identifiers_in.clone(), setup.profile.others.clone());
        let one = setup.profile.one_of_several.clone();
        let record_members = RecordMembers { kind, value, own, one, others };
        let hidden = setup.profile.hidden.iter().map(|name| plain(name)).collect();
        Context {
            setup,
            record_members,
            hidden,
            ledger: Mutex::default(),
            next: AtomicUsize::new(0),
            learned: Mutex::default(),
            preparations: Mutex::default(),
            locks: Mutex::default(),
            counts: Mutex::default(),
            patience: Patience::default(),
            personal: Mutex::default(),
        }
    }

    /// Writes an exchange into the ledger and gives it its number.
    pub fn record(&self, mut exchange: Exchange) -> Arc<Exchange> {
        exchange.number = self.next.fetch_add(1, Ordering::Relaxed);
        let exchange = Arc::new(exchange);
        held(&self.ledger).push(exchange.clone());
        exchange
    }

    /// Everything exchanged so far, in the order of completion.
    pub fn exchanges(&self) -> Vec<Arc<Exchange>> {
        let mut all = held(&self.ledger).clone();
        all.sort_by_key(|exchange| exchange.number);
        all
    }

    /// How long a named deadline is.
    pub fn length_named(&self, name: &str) -> Duration {
        self.setup.deadlines.get(name).copied().unwrap_or(Duration::from_secs(30))
    }

    /// How long a deadline is.
    pub fn length(&self, length: &Length) -> Duration {
        match length {
            Length::Literal(length) => *length,
            Length::Named(name) => self.length_named(name),
        }
    }

    /// Every secret of the run, tokens fetched on the way included.
    pub async fn secrets(&self) -> Vec<secrecy::SecretString> {
        let mut secrets = self.setup.credentials.secrets();
        secrets.extend(self.setup.authorisation.fetched().await);
        // Cut by one character as we show it on purpose, it is nearly as good.
        let cut: Vec<_> = secrets.iter().filter_map(super::authorisation::cut).collect();
        secrets.extend(cut);
        secrets
    }

    /// Keeps a value learned from the product.
    pub fn learn(&self, name: &str, value: Value) {
        held(&self.learned).insert(name.to_owned(), value);
    }

    /// Values learned from the product, for the report and for `init`.
    pub fn learned(&self) -> BTreeMap<String, Value> {
        held(&self.learned).clone()
    }

    /// The cell in which a shared preparation is made once.
    pub fn preparation(&self, key: &str) -> Arc<tokio::sync::OnceCell<Arc<Prepared>>> {
        held(&self.preparations).entry(key.to_owned()).or_default().clone()
    }

    /// All preparations that were made, by key.
    pub fn preparations(&self) -> BTreeMap<String, Arc<Prepared>> {
        let cells = held(&self.preparations);
        cells.iter().filter_map(|(key, cell)| Some((key.clone(), cell.get()?.clone()))).collect()
    }

    /// The lock of a thing tests share.
    pub fn lock(&self, thing: &str) -> Arc<tokio::sync::Mutex<()>> {
        held(&self.locks).entry(thing.to_owned()).or_default().clone()
    }

    /// The address of an endpoint or of a raw path.
    pub fn url(&self, endpoint: Option<&str>, raw: Option<&str>) -> String {
        let base = self.setup.base_url.trim_end_matches('/');
        match (endpoint, raw) {
            (Some(path), _) if !self.setup.prefix.is_empty() => {
                format!("{base}/{}/{}", self.setup.prefix, path.trim_start_matches('/'))
            }
            (Some(path), _) | (None, Some(path)) => format!("{base}/{}", path.trim_start_matches('/')),
            (None, None) => format!("{base}/"),
        }
    }
}

/// A lock whose data is used even after a panic elsewhere: the report must still be written.
pub(super) fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A member name without prefix and case.
fn plain(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_lowercase()
}

impl Outside for Context {
    fn new_id(&self) -> String {
        self.setup.ids.next()
    }

    fn now(&self) -> jiff::Timestamp {
        let now = jiff::Timestamp::now();
        now.round(jiff::Unit::Millisecond).unwrap_or(now)
    }

    fn value(&self, name: &str) -> Result<Value, String> {
        let known =
            |name: &str| self.setup.facts.values.get(name).cloned().or_else(|| held(&self.learned).get(name).cloned());
        let question = self.setup.profile.values.iter().find(|question| question.name == name);
        let ask = question.map_or("", |question| question.ask.as_str());
        let value = known(name).ok_or_else(|| format!("`values.{name}` is not given and was not learned: {ask}"))?;
        // The vendor's file was looked at: what was learned may be the same as what stands for another that was not given.
        match question
            .and_then(|question| question.unlike.as_deref())
            .filter(|other| known(other).as_ref() == Some(&value))
        {
            Some(other) => Err(format!("`values.{name}` is the same as `values.{other}`, give another one: {ask}")),
            None => Ok(value),
        }
    }

    fn may_do_without(&self, name: &str) -> bool {
        self.setup.profile.values.iter().any(|question| question.name == name && question.optional)
    }

    fn tool(&self, name: &str, token: &str) -> Option<String> {
        match name {
            "sender-id" => Some(self.setup.sender_id.clone()),
            "receiver-id" => Some(self.setup.receiver_id.clone()),
            "callback-address" => Some(self.setup.inbox.address(token, None)),
            "dead-address" => Some(self.setup.inbox.dead_address()),
            "run" => Some(self.setup.ids.nonce.clone()),
            other => other.strip_prefix("callback-address.").map(|name| self.setup.inbox.address(token, Some(name))),
        }
    }
}

impl World for Context {
    fn standard(&self) -> &Standard {
        &self.setup.standard
    }

    fn strictness(&self) -> Strictness {
        self.setup.strictness
    }

    fn record_members(&self) -> &RecordMembers {
        &self.record_members
    }

    fn is_hidden(&self, member: &str) -> bool {
        self.hidden.contains(&plain(member))
    }

    fn prepared(&self, fragment: &str) -> Result<bool, String> {
        let cell = held(&self.preparations).get(fragment).cloned();
        match cell.and_then(|cell| cell.get().cloned()) {
            None => Err(format!("`{fragment}` was not tried")),
            Some(prepared) => match &prepared.held {
                Err(not) if not.unknown => Err(not.why.clone()),
                held => Ok(held.is_ok()),
            },
        }
    }

    fn supports(&self, claim: &str) -> Result<Value, String> {
        match self.setup.facts.supports.get(claim) {
            Some(Standing::Yes | Standing::Answered) => Ok(true.into()),
            Some(Standing::No) => Ok(false.into()),
            Some(Standing::List(items)) => Ok(items.clone().into()),
            Some(Standing::Silent(question)) => Err(question.clone()),
            Some(Standing::Unasked) | None => Err(format!("`{claim}` is not known")),
        }
    }

    fn arrivals(&self, callback: &str, token: &str) -> Result<Value, String> {
        match self.setup.inbox.overflow() {
            Some(why) => Err(why),
            None => Ok(self.setup.inbox.listing(callback, token)),
        }
    }

    fn personal_values(&self) -> Arc<Vec<String>> {
        let mut known = held(&self.personal);
        let exchanges = held(&self.ledger).len();
        if known.0 != exchanges {
            *known = (exchanges, Arc::new(told(&self.exchanges(), &|name| self.is_hidden(name))));
        }
        known.1.clone()
    }

    fn counted(&self, path: &Path, value: &Value, message: Option<&Exchange>) -> usize {
        let known = held(&self.counts).get(&path.text).cloned();
        let counts = known.unwrap_or_else(|| {
            let recorded = self.setup.facts.recorded;
            let counts = Arc::new(Counts::new(&self.setup.profile, &self.exchanges(), path, recorded));
            held(&self.counts).insert(path.text.clone(), counts.clone());
            counts
        });
        counts.of(value, message)
    }
}

/// Texts of hidden fields in successful answers, each once; short ones could be anything.
fn told(exchanges: &[Arc<Exchange>], hidden: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut values = BTreeSet::new();
    for exchange in exchanges {
        let refused = exchange.response().is_none_or(|response| response.status >= 300);
        if let (false, Some(Ok(body))) = (refused, exchange.received().map(|body| body.json())) {
            gather(body, hidden, false, &mut values);
        }
    }
    values.into_iter().collect()
}

fn gather(value: &Value, hidden: &dyn Fn(&str) -> bool, inside: bool, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| gather(value, hidden, inside || hidden(name), into));
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, hidden, inside, into)),
        Value::String(text) if inside && text.chars().count() >= 5 && into.len() < 20_000 => {
            into.insert(text.clone());
        }
        _ => {}
    }
}
