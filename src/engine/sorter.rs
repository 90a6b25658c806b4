//! Recorded exchanges sorted: which of them are of the standard, who opened each, and which are the product's.

use super::evaluate::Eyes;
use super::recognise::Recogniser;
use super::scope::Scope;
use super::world::World;
use crate::model::exchange::{Body, Direction, Exchange};
use crate::traffic::{Recorded, address};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What ties messages together: the kind of id, and its value.
type Tie = (usize, String);

/// Exchanges as they are sorted.
pub(super) struct Sorter<'w> {
    world: &'w dyn World,
    pub(super) recogniser: Recogniser,
    pub(super) exchanges: Vec<Exchange>,
    /// What was posted and shows by nothing in it what it is.
    pub(super) strange: Vec<Exchange>,
    pub(super) messages: Vec<(String, Body)>,
    /// How many exchanges are none of this profile.
    pub(super) unknown: usize,
    /// Hosts that were asked something of the standard, and how often.
    pub(super) asked: BTreeMap<String, usize>,
    /// Where exactly: host and path.
    addresses: HashSet<(String, String)>,
}

/// The answers that are to come at one address: by name of the callback, and by what they are tied with.
#[derive(Default)]
struct Awaited {
    names: BTreeSet<String>,
    tied: HashMap<Tie, BTreeSet<String>>,
}

/// What an exchange is.
type Kind = (Direction, Option<String>, bool);

impl<'w> Sorter<'w> {
    pub(super) fn new(recogniser: Recogniser, world: &'w dyn World) -> Sorter<'w> {
        Sorter {
            world,
            recogniser,
            exchanges: Vec::new(),
            strange: Vec::new(),
            messages: Vec::new(),
            unknown: 0,
            asked: BTreeMap::new(),
            addresses: HashSet::new(),
        }
    }

    /// Adds an exchange, as far as it shows what it is.
    pub(super) fn add(&mut self, recorded: Recorded) {
        let kind = self.kind(&recorded);
        let says_nothing = !is_post(&recorded.request.method) || recorded.request.body.bytes().is_empty();
        if kind.is_none() && says_nothing {
            self.unknown += 1;
            return;
        }
        let is_strange = kind.is_none();
        let (direction, name, sound) = kind.unwrap_or((Direction::Arrived, None, true));
        let Recorded { label, request, answer, at, took, seen, .. } = recorded;
        let (test, notes) = (Some(label), Vec::new());
        let exchange = Exchange { number: 0, direction, name, test, sound, request, answer, at, took, notes, seen };
        if is_strange {
            self.strange.push(exchange);
            return;
        }
        let (host, path) = (&exchange.request.host, &exchange.request.path);
        if direction == Direction::Sent && !host.is_empty() {
            *self.asked.entry(host.clone()).or_default() += 1;
            self.addresses.insert((host.clone(), path.clone()));
        }
        self.exchanges.push(exchange);
    }

    /// Who opened an exchange, and what it is.
    fn kind(&self, recorded: &Recorded) -> Option<Kind> {
        if let Some(known) = &recorded.known {
            return Some((known.direction, known.name.clone(), known.sound));
        }
        let request = &recorded.request;
        if self.recogniser.is_asked_elsewhere(&request.path) {
            return None;
        }
        let body = request.body.json().ok();
        let posted = is_post(&request.method);
        // Other traffic has paths that end alike: without a word of the standard in it a request is none of ours, unless it
        // was posted to a whole path as the standard publishes it.
        let says = self.recogniser.says_something(body);
        let path = if says { request.path.as_str() } else { "" };
        let published = || self.recogniser.published_for(&request.path).filter(|_| posted);
        if let Some(callback) = self.recogniser.callback(body, path).or_else(published) {
            return Some((Direction::Arrived, Some(callback.name.clone()), true));
        }
        let endpoint = self.recogniser.endpoint(&request.path)?;
        (says || (posted && self.recogniser.is_below_prefix(&request.path, &endpoint.path)))
            .then(|| (Direction::Sent, Some(endpoint.name.clone()), true))
    }

    /// What the peer sent to an endpoint of the product is a request, whatever it says of itself: a mistake of the peer's, and
    /// no callback. Whose the host is, is known from the other requests, or from the user.
    pub(super) fn settle(&mut self, hosts: &[String]) {
        let is_the_products = |host: &str| match (hosts.is_empty(), self.asked.is_empty()) {
            (false, _) => is_one_of(host, hosts),
            (true, false) => self.asked.contains_key(host),
            (true, true) => true,
        };
        let mut asked = Vec::new();
        let arrived = self.exchanges.iter_mut().filter(|exchange| exchange.direction == Direction::Arrived);
        for exchange in arrived {
            let (host, path) = (&exchange.request.host, &exchange.request.path);
            if host.is_empty() || !is_the_products(host) {
                continue;
            }
            let Some(endpoint) = self.recogniser.endpoint(path) else { continue };
            let below = self.recogniser.is_below_prefix(path, &endpoint.path);
            if below || self.addresses.contains(&(host.clone(), path.clone())) {
                exchange.direction = Direction::Sent;
                exchange.name = Some(endpoint.name.clone());
                asked.push(host.clone());
            }
        }
        for host in asked {
            *self.asked.entry(host).or_default() += 1;
        }
    }

    /// What is posted to the very address a request named for its answer, while that answer is not whole, is the answer,
    /// however broken. Where several products were asked it cannot be told which of them it is from.
    pub(super) fn take_what_was_called_back(&mut self, hosts: &[String]) {
        let strange = std::mem::take(&mut self.strange);
        let of_one = match hosts.is_empty() {
            true => self.asked.len() == 1,
            false => self.asked.keys().all(|host| is_one_of(host, hosts)),
        };
        let awaited = if of_one { self.awaited() } else { HashMap::new() };
        for mut exchange in strange {
            match self.called_back(&awaited, &exchange) {
                Some(name) => {
                    exchange.name = Some(name);
                    self.exchanges.push(exchange);
                }
                None => self.unknown += 1,
            }
        }
    }

    /// Whether nothing more of an answer is due after this message.
    fn ends_its_answer(&self, exchange: &Exchange) -> bool {
        let eyes = Eyes { current: Some(exchange), scope: &Scope::default(), world: self.world };
        eyes.all_hold(&self.recogniser.0.answered_when)
    }

    /// Where answers that are not there were to be sent, by host and path. A first word or a first page is not the whole.
    fn awaited(&self) -> HashMap<(String, String), Awaited> {
        let mut came: HashSet<(&str, Tie)> = HashSet::new();
        let arrived = self.exchanges.iter().filter(|exchange| exchange.direction == Direction::Arrived);
        for exchange in arrived.filter(|exchange| self.ends_its_answer(exchange)) {
            let name = exchange.name.as_deref().unwrap_or_default();
            came.extend(self.ties(exchange).into_iter().map(|tie| (name, tie)));
        }
        let mut awaited: HashMap<_, Awaited> = HashMap::new();
        for exchange in self.exchanges.iter().filter(|exchange| exchange.direction == Direction::Sent) {
            let Some(callback) = self.recogniser.answered_in(exchange.name.as_ref()) else { continue };
            let body = exchange.request.body.json().ok();
            let Some(named) = body.and_then(|body| self.recogniser.called_back_at(body)) else { continue };
            let ties = self.ties(exchange);
            if ties.iter().any(|tie| came.contains(&(callback.name.as_str(), tie.clone()))) {
                continue;
            }
            let (host, path) = address(&named);
            let there = awaited.entry((host, path.trim_end_matches('/').to_owned())).or_default();
            there.names.insert(callback.name.clone());
            for tie in ties {
                there.tied.entry(tie).or_default().insert(callback.name.clone());
            }
        }
        awaited
    }

    /// The callback that something posted must be, if it can be told.
    fn called_back(&self, awaited: &HashMap<(String, String), Awaited>, exchange: &Exchange) -> Option<String> {
        let body = exchange.request.body.json().ok();
        let meant = body.map(|body| self.recogniser.meant_as(body)).unwrap_or_default();
        if meant.all().any(|one| self.recogniser.is_acknowledgement(one) || self.recogniser.request(one).is_some()) {
            return None;
        }
        let (host, path) = (&exchange.request.host, exchange.request.path.trim_end_matches('/'));
        let at = |path: &str| awaited.get(&(host.clone(), path.to_owned()));
        // Some add the path of the callback to the address.
        let added = self.recogniser.0.callbacks.values().find(|callback| {
            let before = path.strip_suffix(&callback.path).and_then(|before| before.strip_suffix('/'));
            before.and_then(at).is_some_and(|there| there.names.contains(&callback.name))
        });
        let before =
            added.and_then(|callback| path.strip_suffix(&callback.path)).map(|path| path.trim_end_matches('/'));
        let there = at(before.unwrap_or(path))?;
        let tied = meant.tied().flat_map(|one| self.recogniser.ties(one)).find_map(|tie| there.tied.get(&tie));
        // Another message in JSON is nobody's business; what is no JSON, or says nothing, is no other message.
        let is_a_part = |part: &Value| self.recogniser.callback(Some(part), "").is_some();
        let says = meant.whole.iter().any(|one| self.recogniser.is_marked(one)) || meant.parts.iter().any(is_a_part);
        if !(says || tied.is_some() || meant.whole.is_empty()) {
            return None;
        }
        if let Some(callback) = added {
            return Some(callback.name.clone());
        }
        let part = meant.parts.iter().find_map(|part| self.recogniser.callback(Some(part), ""));
        let part = part.map(|callback| &callback.name).filter(|name| there.names.contains(*name));
        let names = tied.unwrap_or(&there.names);
        part.or_else(|| names.first().filter(|_| names.len() == 1)).cloned()
    }

    /// What ties an exchange to others: of its request, and of its answer where it was asked.
    fn ties(&self, exchange: &Exchange) -> Vec<Tie> {
        let answer = exchange.response().filter(|_| exchange.direction == Direction::Sent);
        let bodies = [Some(&exchange.request.body), answer.map(|answer| &answer.body)];
        let read = bodies.into_iter().flatten().filter_map(|body| body.json().ok());
        read.flat_map(|body| self.recogniser.ties(body)).collect()
    }

    /// The systems a request was for, or was answered by, as the messages say.
    fn systems_asked(&self, exchange: &Exchange) -> Vec<String> {
        let asked = exchange.request.body.json().ok().and_then(|body| self.recogniser.receiver(body));
        let answer = exchange.response().and_then(|answer| answer.body.json().ok());
        asked.into_iter().chain(answer.and_then(|body| self.recogniser.sender(body))).collect()
    }

    /// Leaves out what is about another product; gives how many exchanges that were.
    pub(super) fn keep_the_products(&mut self, hosts: &[String]) -> Result<usize, String> {
        let named =
            || self.asked.iter().map(|(host, count)| format!("{host} ({count})")).collect::<Vec<_>>().join(", ");
        if hosts.is_empty() && self.asked.len() > 1 {
            return Err(format!(
                "requests of the standard go to several hosts: {}\nhelp: say which is the product's with --product-host",
                named()
            ));
        }
        if !hosts.is_empty() && !self.asked.is_empty() && !self.asked.keys().any(|host| is_one_of(host, hosts)) {
            return Err(format!(
                "no request of the standard goes to {}\nhelp: the hosts asked are {}",
                hosts.join(" or "),
                named()
            ));
        }
        let before = self.exchanges.len();
        let kept = self.are_the_products(hosts);
        let mut kept = kept.into_iter();
        self.exchanges.retain(|_| kept.next().unwrap_or(true));
        Ok(before - self.exchanges.len())
    }

    /// Which exchanges are the product's. What arrives at its own host is what others send to it, where it is a client itself;
    /// unless both are behind one name: then it belongs to a request, or nothing is sent anywhere else.
    fn are_the_products(&self, hosts: &[String]) -> Vec<bool> {
        let is_named = |host: &str| hosts.is_empty() || is_one_of(host, hosts);
        // With its port: on one machine a host has many.
        let is_its_own =
            |host: &str| (self.asked.contains_key(host) && is_named(host)) || hosts.iter().any(|own| own == host);
        let is_of =
            |exchange: &&Exchange, direction| exchange.direction == direction && !exchange.request.host.is_empty();
        let sent = self.exchanges.iter().filter(|exchange| is_of(exchange, Direction::Sent));
        let asked: Vec<&Exchange> = sent.filter(|exchange| is_named(&exchange.request.host)).collect();
        let later = asked.iter().any(|exchange| self.recogniser.answered_in(exchange.name.as_ref()).is_some());
        let mut arrived = self.exchanges.iter().filter(|exchange| is_of(exchange, Direction::Arrived));
        let one_name = later && arrived.all(|exchange| is_its_own(&exchange.request.host));
        let ties: HashSet<Tie> = asked.iter().flat_map(|exchange| self.ties(exchange)).collect();
        let others = Others::new(self, &is_named);
        let is_the_products = |exchange: &Exchange| match (exchange.request.host.as_str(), exchange.direction) {
            ("", _) => true,
            (host, Direction::Sent) => is_named(host),
            (host, Direction::Arrived) => {
                let is_tied = self.ties(exchange).iter().any(|tie| ties.contains(tie));
                (!is_its_own(host) || one_name || is_tied) && !others.sent(self, exchange, &ties)
            }
        };
        self.exchanges.iter().map(is_the_products).collect()
    }
}

/// What is known of the products that were asked beside the one meant.
struct Others {
    ties: HashSet<Tie>,
    /// Systems that were asked there, or answered there, and nowhere else.
    systems: HashSet<String>,
}

impl Others {
    fn new(sorter: &Sorter<'_>, is_the_products: &dyn Fn(&str) -> bool) -> Others {
        let mut others = Others { ties: HashSet::new(), systems: HashSet::new() };
        let mut own = HashSet::new();
        for exchange in sorter.exchanges.iter().filter(|exchange| exchange.direction == Direction::Sent) {
            let systems = sorter.systems_asked(exchange);
            match exchange.request.host.is_empty() || is_the_products(&exchange.request.host) {
                true => own.extend(systems),
                false => {
                    others.ties.extend(sorter.ties(exchange));
                    others.systems.extend(systems);
                }
            }
        }
        others.systems.retain(|system| !own.contains(system));
        others
    }

    /// Whether another product sent this: more of what ties it leads to what the other was asked than to what the one meant was,
    /// or nothing does and it names the other.
    fn sent(&self, sorter: &Sorter<'_>, exchange: &Exchange, own: &HashSet<Tie>) -> bool {
        let ties = sorter.ties(exchange);
        let count = |known: &HashSet<Tie>| ties.iter().filter(|tie| known.contains(tie)).count();
        match (count(&self.ties), count(own)) {
            (0, 0) => {
                let named = exchange.request.body.json().ok().and_then(|body| sorter.recogniser.sender(body));
                named.is_some_and(|named| self.systems.contains(&named))
            }
            (others, own) => others > own,
        }
    }
}

fn is_post(method: &str) -> bool {
    method.eq_ignore_ascii_case("POST")
}

/// A host as recordings are read: in small letters, without the dot that may end a name.
pub(super) fn plain_host(host: &str) -> String {
    let host = host.to_ascii_lowercase();
    match host.rsplit_once(':') {
        Some((name, port)) => format!("{}:{port}", name.trim_end_matches('.')),
        None => host.trim_end_matches('.').to_owned(),
    }
}

/// Whether a host is among those named, with or without its port. The usual one is none of an address.
fn is_one_of(host: &str, named: &[String]) -> bool {
    let without_port = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let usual = |named: &str| [":443", ":80"].iter().any(|port| named.strip_suffix(port) == Some(host));
    named.iter().any(|named| named == host || named == without_port || usual(named))
}
