//! The sandbox: an independent Social Registry, right by default and wrong on demand.
//!
//! It is its own reading of the standard and shares no code with the engine, so that the two can be set against each other.
//! A request goes through `exchange::answer`: route, authorisation, content type, JSON, checks (`validate`), then the operation
//! (`search`, `subscribe`, `status`), the envelope around it (`envelope`) and, for async requests, the callback.

mod attributes;
mod auth;
mod client;
mod data;
mod envelope;
mod exchange;
pub mod export;
pub mod faults;
mod hostile;
mod query;
mod search;
mod server;
mod status;
mod subscribe;
#[cfg(test)]
mod tests;
mod validate;

pub use faults::{Fault, FaultInfo, faults};

use client::Address;
use faults::FaultSet;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

/// Every kind of JSON body the sandbox sends, as given to [`Options::tamper`].
pub const KINDS: &[&str] = &[
    "sync/search reply",
    "sync/txn/status reply",
    "search acknowledgement",
    "subscribe acknowledgement",
    "unsubscribe acknowledgement",
    "txn/status acknowledgement",
    "on-search callback",
    "on-subscribe callback",
    "on-unsubscribe callback",
    "txn/on-status callback",
    "notify callback",
    "http error",
    "token reply",
];

/// Changes a body of the given kind just before it is written.
pub type Tamper = dyn Fn(&str, &mut Value) + Send + Sync;

/// How a sandbox is started.
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Path prefix of the registry's own paths, without slashes at the ends.
    pub prefix: String,
    /// A bearer token that is accepted; with neither this nor `oauth_client` no token is asked for.
    pub token: Option<String>,
    /// Client id and secret for `POST /oauth2/client/token`.
    pub oauth_client: Option<(String, String)>,
    /// Faults switched on.
    pub faults: Vec<Fault>,
    /// Called with the kind (one of [`KINDS`]) and the body of everything sent.
    pub tamper: Option<Arc<Tamper>>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            prefix: "registry".into(),
            token: None,
            oauth_client: None,
            faults: Vec::new(),
            tamper: None,
        }
    }
}

/// A running sandbox; dropping it ends everything it does.
pub struct Sandbox {
    address: SocketAddr,
    accepting: tokio::task::JoinHandle<()>,
    _stop: watch::Sender<()>,
}

impl Sandbox {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Base address, without the prefix: `http://127.0.0.1:1234/`.
    pub fn base_url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Runs until the process ends.
    pub async fn wait(mut self) {
        let _ = (&mut self.accepting).await;
    }
}

const MOST_CONNECTIONS: usize = 512;
const MOST_DELIVERIES: usize = 1024;

/// Everything a sandbox knows and is told.
pub(crate) struct State {
    prefix: String,
    token: Option<String>,
    oauth_client: Option<(String, String)>,
    faults: FaultSet,
    tamper: Option<Arc<Tamper>>,
    registry: Mutex<Arc<data::Registry>>,
    log: Mutex<status::Log>,
    subscriptions: Mutex<Vec<subscribe::Subscription>>,
    tokens: Mutex<auth::Tokens>,
    seen: Mutex<exchange::Seen>,
    deliveries: Arc<Semaphore>,
    stopped: watch::Receiver<()>,
    // What single faults need to remember.
    counter: AtomicU64,
    kept_message_id: Mutex<Option<String>>,
    first_addresses: Mutex<BTreeMap<String, String>>,
    recent: Mutex<VecDeque<Instant>>,
    previous: Mutex<Option<Value>>,
    dead: AtomicBool,
}

impl State {
    fn new(options: Options, stopped: watch::Receiver<()>) -> State {
        State {
            prefix: options.prefix.trim_matches('/').to_string(),
            token: options.token,
            oauth_client: options.oauth_client,
            faults: FaultSet::new(&options.faults),
            tamper: options.tamper,
            registry: Mutex::new(data::everyone()),
            log: Mutex::default(),
            subscriptions: Mutex::default(),
            tokens: Mutex::default(),
            seen: Mutex::default(),
            deliveries: Arc::new(Semaphore::new(MOST_DELIVERIES)),
            stopped,
            counter: AtomicU64::new(0),
            kept_message_id: Mutex::default(),
            first_addresses: Mutex::default(),
            recent: Mutex::default(),
            previous: Mutex::default(),
            dead: AtomicBool::new(false),
        }
    }

    /// The people as they are now.
    fn registry(&self) -> Arc<data::Registry> {
        self.registry.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }
}

/// What a caller asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Search,
    Subscribe,
    Unsubscribe,
    Status,
}

/// A path of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    operation: Operation,
    sync: bool,
}

impl Route {
    /// The route below the prefix.
    fn of(path: &str) -> Option<Route> {
        let (operation, sync) = match path {
            "search" => (Operation::Search, false),
            "subscribe" => (Operation::Subscribe, false),
            "unsubscribe" => (Operation::Unsubscribe, false),
            "txn/status" => (Operation::Status, false),
            "sync/search" => (Operation::Search, true),
            "sync/txn/status" => (Operation::Status, true),
            _ => return None,
        };
        Some(Route { operation, sync })
    }

    fn reply_kind(self) -> &'static str {
        match (self.sync, self.operation) {
            (true, Operation::Status) => "sync/txn/status reply",
            (true, _) => "sync/search reply",
            (false, Operation::Search) => "on-search callback",
            (false, Operation::Subscribe) => "on-subscribe callback",
            (false, Operation::Unsubscribe) => "on-unsubscribe callback",
            (false, Operation::Status) => "txn/on-status callback",
        }
    }

    fn acknowledgement_kind(self) -> &'static str {
        match self.operation {
            Operation::Search => "search acknowledgement",
            Operation::Subscribe => "subscribe acknowledgement",
            Operation::Unsubscribe => "unsubscribe acknowledgement",
            Operation::Status => "txn/status acknowledgement",
        }
    }
}

impl Operation {
    fn action(self) -> &'static str {
        match self {
            Operation::Search => "search",
            Operation::Subscribe => "subscribe",
            Operation::Unsubscribe => "unsubscribe",
            Operation::Status => "txn-status",
        }
    }

    fn reply_action(self) -> &'static str {
        match self {
            Operation::Search => "on-search",
            Operation::Subscribe => "on-subscribe",
            Operation::Unsubscribe => "on-unsubscribe",
            Operation::Status => "txn-on-status",
        }
    }
}

/// A message to be posted to someone's listener.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    kind: &'static str,
    address: Address,
    body: Vec<u8>,
    delay: Duration,
}

impl Delivery {
    fn new(kind: &'static str, address: Address, body: Vec<u8>) -> Delivery {
        Delivery { kind, address, body, delay: Duration::ZERO }
    }
}

/// Starts a sandbox on the caller's runtime.
pub async fn start(options: Options) -> std::io::Result<Sandbox> {
    let listener = TcpListener::bind(options.listen).await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = watch::channel(());
    let state = Arc::new(State::new(options, stopped.clone()));
    let accepting = tokio::spawn(until_stopped(stopped, accept(listener, state)));
    Ok(Sandbox { address, accepting, _stop: stop })
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    let connections = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let Ok(permit) = connections.clone().acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(20)).await; // out of file descriptors: wait for some to close
            continue;
        };
        let state = state.clone();
        let stopped = state.stopped.clone();
        tokio::spawn(until_stopped(stopped, async move {
            let _permit = permit;
            let sent = |deliveries: Vec<Delivery>| {
                deliveries.into_iter().for_each(|delivery| exchange::deliver_later(&state, delivery))
            };
            server::serve(stream, |request| exchange::answer(&state, request), sent).await;
        }));
    }
}

/// The records of every person, member or household, as the fault-free sandbox returns them.
///
/// `entity` is `Person`, `Member` or `Group`; none for anything else.
pub fn records(entity: &str) -> Option<Vec<Value>> {
    let (entity, registry) = (data::Entity::named(entity)?, data::everyone());
    let all = if entity == data::Entity::Group { registry.households.len() } else { registry.people.len() };
    Some((0..all).map(|index| registry.record(entity, index, &FaultSet::default())).collect())
}

/// The records that satisfy a query by the sandbox's own reading, in the order of [`records`]; none where the query is not
/// understood. This is how the engine's reading of a query is compared with the sandbox's.
pub fn matching(query_type: &str, query: &Value, entity: &str) -> Option<Vec<Value>> {
    let (entity, registry, faults) = (data::Entity::named(entity)?, data::everyone(), FaultSet::default());
    let people = query::read(query_type, query, &faults).ok()?.matches(&registry, &faults);
    let found = if entity == data::Entity::Group { search::households(&registry, &people) } else { people };
    Some(found.into_iter().map(|index| registry.record(entity, index, &faults)).collect())
}

/// Every personal value the sandbox holds (names, identifiers, birth dates, phones, emails, address lines), for tests that
/// look for them where they must not be.
pub fn personal_values() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    data::everyone().people.iter().for_each(|person| data::collect_personal(&person.member, "", &mut found));
    found
}

/// Runs a task until it ends or the sandbox is dropped.
async fn until_stopped(mut stopped: watch::Receiver<()>, task: impl Future<Output = ()>) {
    tokio::select! {
        _ = stopped.changed() => {}
        () = task => {}
    }
}

/// Message ids seen, per sender; the oldest are forgotten.
type Ids = (BTreeSet<String>, VecDeque<String>);
