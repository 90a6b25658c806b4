//! Recordings as the ledger a run writes: which exchange is which, and which bare messages belong together.

use super::recognise::Recogniser;
use super::session::Loaded;
use crate::model::exchange::{Answer, Body, Direction, Exchange, Request, Response, Seen};
use crate::profile::ast::Endpoint;
use crate::traffic::{Entry, Recorded, Recording, no_answer};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, SystemTime};

/// Memory that all bodies may cost once they are read; what comes later is not looked into.
const MOST_MEMORY: usize = 256 << 20;

/// Exchanges and bare messages at a time.
const MOST: usize = 20_000;

/// What recordings came to.
pub(super) struct Ledger {
    /// The exchanges of the product, in order.
    pub(super) exchanges: Vec<Exchange>,
    /// Where it answers, when that was recorded.
    pub(super) hosts: Vec<String>,
    /// Observations for people.
    pub(super) remarks: Vec<String>,
}

/// Puts recordings together. `hosts` are the product's, as far as the user says.
///
/// # Errors
/// Nothing in them is of this standard, or it cannot be told which host is the product's.
pub(super) fn ledger(loaded: &Loaded, recordings: Vec<Recording>, hosts: &[String]) -> Result<Ledger, String> {
    let mut sorter = Sorter {
        recogniser: Recogniser(loaded.profile.clone()),
        exchanges: Vec::new(),
        messages: Vec::new(),
        unknown: 0,
        asked: BTreeMap::new(),
    };
    for entry in recordings.into_iter().flat_map(|recording| recording.entries) {
        match entry {
            Entry::Exchange(recorded) => sorter.exchange(*recorded),
            Entry::Message { label, body } => sorter.messages.push((label, body)),
        }
    }
    if sorter.exchanges.len() + sorter.messages.len() > MOST {
        return Err(format!("more than {MOST} exchanges or messages at a time\nhelp: check them in parts"));
    }
    let elsewhere = sorter.keep_the_products(hosts)?;
    let mut exchanges: Vec<Exchange> = sorter.exchanges.into_iter().map(|(_, exchange)| exchange).collect();
    let bare = Bare::new(&sorter.recogniser, std::mem::take(&mut sorter.messages));
    let unknown = sorter.unknown + bare.unknown;
    exchanges.extend(bare.exchanges());
    exchanges.sort_by_key(|exchange| exchange.at);
    if exchanges.is_empty() {
        return Err(nothing(loaded, unknown, elsewhere));
    }
    limit_memory(&mut exchanges);
    let mut remarks = Vec::new();
    let counted = [(unknown, "of no kind this profile knows"), (elsewhere, "not of the product's host")];
    for (count, what) in counted.into_iter().filter(|(count, _)| *count > 0) {
        remarks.push(format!("{count} recorded exchange(s) or message(s) {what} were left out"));
    }
    if exchanges.iter().any(|exchange| exchange.seen == Seen::Redacted) {
        remarks.push("the recording is redacted: what rests on a value that was replaced or cut is not judged".into());
    }
    if exchanges.iter().any(|exchange| exchange.seen == Seen::Messages) {
        remarks
            .push("bare messages do not show their HTTP nor when they came: what rests on these is not judged".into());
    }
    remarks.extend(judge_requests(loaded, &mut exchanges));
    let hosts = if hosts.is_empty() { sorter.asked.into_keys().collect() } else { hosts.to_vec() };
    Ok(Ledger { exchanges, hosts, remarks })
}

struct Sorter {
    recogniser: Recogniser,
    /// With the host each went to.
    exchanges: Vec<(String, Exchange)>,
    messages: Vec<(String, Body)>,
    unknown: usize,
    /// Hosts that were asked something of the standard, and how often.
    asked: BTreeMap<String, usize>,
}

impl Sorter {
    fn exchange(&mut self, recorded: Recorded) {
        let Some((direction, name, sound)) = self.kind(&recorded) else {
            self.unknown += 1;
            return;
        };
        if direction == Direction::Sent && !recorded.host.is_empty() {
            *self.asked.entry(recorded.host.clone()).or_default() += 1;
        }
        let Recorded { label, host, request, answer, at, took, seen, .. } = recorded;
        let (test, notes) = (Some(label), Vec::new());
        self.exchanges
            .push((host, Exchange { number: 0, direction, name, test, sound, request, answer, at, took, notes, seen }));
    }

    /// Who opened an exchange, and what it is.
    fn kind(&self, recorded: &Recorded) -> Option<(Direction, Option<String>, bool)> {
        if let Some(known) = &recorded.known {
            return Some((known.direction, known.name.clone(), known.sound));
        }
        let request = &recorded.request;
        let body = request.body.json().ok();
        // Other traffic has paths that end alike: without a word of the standard in it a request is none of ours.
        let says = self.recogniser.says_something(body);
        let path = if says { request.path.as_str() } else { "" };
        if let Some(callback) = self.recogniser.callback(body, path) {
            return Some((Direction::Arrived, Some(callback.name.clone()), true));
        }
        let endpoint = self.recogniser.endpoint(&request.path)?;
        let posted = request.method.eq_ignore_ascii_case("POST");
        (says || (posted && self.recogniser.is_below_prefix(&request.path, endpoint)))
            .then(|| (Direction::Sent, Some(endpoint.name.clone()), true))
    }

    /// Leaves out what is about another product; gives how many exchanges that were.
    fn keep_the_products(&mut self, hosts: &[String]) -> Result<usize, String> {
        let named =
            || self.asked.iter().map(|(host, count)| format!("{host} ({count})")).collect::<Vec<_>>().join(", ");
        if hosts.is_empty() {
            return match self.asked.len() {
                0 | 1 => Ok(0),
                _ => Err(format!(
                    "requests of the standard go to several hosts: {}\nhelp: say which is the product's with --product-host",
                    named()
                )),
            };
        }
        if !self.asked.is_empty() && !self.asked.keys().any(|host| is_one_of(host, hosts)) {
            return Err(format!(
                "no request of the standard goes to {}\nhelp: the hosts asked are {}",
                hosts.join(" or "),
                named()
            ));
        }
        let before = self.exchanges.len();
        self.exchanges.retain(|(host, exchange)| {
            host.is_empty() || is_one_of(host, hosts) == (exchange.direction == Direction::Sent)
        });
        Ok(before - self.exchanges.len())
    }
}

/// Whether a host is among those named, with or without its port.
fn is_one_of(host: &str, named: &[String]) -> bool {
    let without_port = host.rsplit_once(':').map_or(host, |(name, _)| name);
    named.iter().any(|named| named.eq_ignore_ascii_case(host) || named.eq_ignore_ascii_case(without_port))
}

fn nothing(loaded: &Loaded, unknown: usize, elsewhere: usize) -> String {
    let paths: Vec<&str> = loaded.profile.endpoints.values().map(|endpoint| endpoint.path.as_str()).collect();
    let elsewhere = if elsewhere > 0 { format!(", {elsewhere} of another host") } else { String::new() };
    format!(
        "nothing in the recording is of this profile ({unknown} exchange(s) or message(s) of another kind{elsewhere})\n\
         help: record requests to {} with their bodies, and what the product sends to its peer",
        paths.join(", ")
    )
}

/// Bodies beyond what may be kept in memory are not looked into.
fn limit_memory(exchanges: &mut [Exchange]) {
    let mut left = MOST_MEMORY;
    let mut kept = |body: &mut Body| match left.checked_sub(body.weight()) {
        Some(rest) => left = rest,
        None => *body = Body::unread(body.bytes().to_vec()),
    };
    for exchange in exchanges {
        kept(&mut exchange.request.body);
        if let Answer::Response(response) = &mut exchange.answer {
            kept(&mut response.body);
        }
    }
}

/// Judges the requests of the product's peer by their schemas. A broken one is no fault of the product: it is told, and what
/// was answered to it is judged as the answer to a broken request.
fn judge_requests(loaded: &Loaded, exchanges: &mut [Exchange]) -> Vec<String> {
    let mut found: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let sent = |exchange: &&mut Exchange| exchange.direction == Direction::Sent && exchange.seen != Seen::Redacted;
    for exchange in exchanges.iter_mut().filter(sent) {
        let endpoint = exchange.name.as_ref().and_then(|name| loaded.profile.endpoints.get(name));
        let Some(schema) = endpoint.and_then(|endpoint| endpoint.request_schema.as_ref()) else { continue };
        let body = &exchange.request.body;
        let wrong = match body.json() {
            Ok(body) => {
                loaded.standard.judge(schema, body).and_then(|judgement| judgement.violations.into_iter().next())
            }
            // What we could not read says nothing of the request.
            Err(_) if body.bytes().is_empty() || body.beyond_us().is_some() => continue,
            Err(_) => None,
        };
        let what = match (&wrong, body.json()) {
            (None, Ok(_)) => continue,
            (Some(wrong), _) => format!("{}: {}", wrong.pointer, wrong.expected),
            (None, Err(_)) => "it is no JSON".to_owned(),
        };
        exchange.sound = false;
        let label = exchange.test.as_deref().unwrap_or_default();
        let first = found.entry(schema.clone()).or_insert_with(|| (0, format!("{label}, {what}")));
        first.0 += 1;
    }
    let remark = |(schema, (count, first))| {
        format!("{count} request(s) of the product's peer do not follow the schema {schema}; the first: {first}")
    };
    found.into_iter().map(remark).collect()
}

/// Whether a time is after another, as far as the other is written: a clock told in seconds or thousandths is behind one
/// that is told more finely.
fn is_after(time: SystemTime, other: SystemTime) -> bool {
    let since_1970 = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
    let other = since_1970(other);
    let step = [1_000_000_000, 1_000_000, 1_000, 1].into_iter().find(|step| other % step == 0).unwrap_or(1);
    since_1970(time) / step > other / step
}

/// Messages of which nothing but the text is known, in the order of their own times.
struct Bare<'a> {
    recogniser: &'a Recogniser,
    requests: Vec<Exchange>,
    callbacks: Vec<Exchange>,
    acknowledgements: Vec<Exchange>,
    /// Acknowledgements of which it cannot be told whose they are.
    alone: Vec<Exchange>,
    unknown: usize,
}

impl<'a> Bare<'a> {
    fn new(recogniser: &'a Recogniser, messages: Vec<(String, Body)>) -> Bare<'a> {
        let mut bare = Bare {
            recogniser,
            requests: vec![],
            callbacks: vec![],
            acknowledgements: vec![],
            alone: vec![],
            unknown: 0,
        };
        // A message without a time of its own follows the one before it.
        let mut last = SystemTime::UNIX_EPOCH;
        for (label, body) in messages {
            let Ok(json) = body.json() else {
                bare.unknown += 1;
                continue;
            };
            last = recogniser.dated(json).map_or(last, SystemTime::from);
            if let Some(callback) = recogniser.callback(Some(json), "") {
                let name = Some(callback.name.clone());
                bare.callbacks.push(message(label, Direction::Arrived, name, body, last));
            } else if recogniser.is_acknowledgement(json) {
                bare.acknowledgements.push(message(label, Direction::Sent, None, body, last));
            } else if let Some(Endpoint { name, .. }) = recogniser.request(json) {
                let name = Some(name.clone());
                bare.requests.push(message(label, Direction::Sent, name, body, last));
            } else {
                bare.unknown += 1;
            }
        }
        bare.requests.sort_by_key(|request| request.at);
        bare
    }

    /// Gives every acknowledgement to the request it answers, where that can be told.
    fn exchanges(mut self) -> Vec<Exchange> {
        let mut acknowledgements = std::mem::take(&mut self.acknowledgements);
        acknowledgements.sort_by_key(|acknowledgement| acknowledgement.at);
        let (callbacks, requests) = (self.tied(&self.callbacks), self.tied(&self.requests));
        let of_callback = |acknowledgement: &Exchange| {
            let callback = self.ties(acknowledgement).iter().find_map(|tie| *callbacks.get(tie)?)?;
            self.ties(self.callbacks.get(callback)?).iter().find_map(|tie| *requests.get(tie)?)
        };
        let (certain, open): (Vec<_>, Vec<_>) = acknowledgements
            .into_iter()
            .map(|acknowledgement| (of_callback(&acknowledgement), acknowledgement))
            .partition(|(request, _)| request.is_some());
        for (request, acknowledgement) in certain {
            self.give(request, acknowledgement);
        }
        let (mut next, mut waiting) = (0, BTreeSet::new());
        for (_, acknowledgement) in open {
            while let Some(request) =
                self.requests.get(next).filter(|request| !is_after(request.at, acknowledgement.at))
            {
                if request.response().is_none() {
                    waiting.insert(next);
                }
                next += 1;
            }
            let only = waiting.first().copied().filter(|_| waiting.len() == 1);
            only.inspect(|only| _ = waiting.remove(only));
            self.give(only, acknowledgement);
        }
        self.requests.extend(self.callbacks);
        self.requests.extend(self.alone);
        self.requests
    }

    /// Where each tie stands; none where it stands in several messages.
    fn tied(&self, messages: &[Exchange]) -> HashMap<(usize, String), Option<usize>> {
        let mut found = HashMap::new();
        for (index, message) in messages.iter().enumerate() {
            for tie in self.ties(message) {
                found.entry(tie).and_modify(|index| *index = None).or_insert(Some(index));
            }
        }
        found
    }

    fn ties(&self, message: &Exchange) -> Vec<(usize, String)> {
        message.request.body.json().map(|body| self.recogniser.ties(body)).unwrap_or_default()
    }

    fn give(&mut self, request: Option<usize>, acknowledgement: Exchange) {
        let body = acknowledgement.request.body.clone();
        let answer = Answer::Response(Response { body, ..Response::default() });
        match request.and_then(|index| self.requests.get_mut(index)).filter(|request| request.response().is_none()) {
            Some(request) => request.answer = answer,
            // Whose it is cannot be told: it is judged by itself.
            None => self.alone.push(Exchange { answer, request: Request::default(), ..acknowledgement }),
        }
    }
}

fn message(label: String, direction: Direction, name: Option<String>, body: Body, at: SystemTime) -> Exchange {
    Exchange {
        number: 0,
        direction,
        name,
        test: Some(label),
        sound: true,
        request: Request { body, ..Request::default() },
        answer: no_answer("the recording holds no answer"),
        at,
        took: Duration::ZERO,
        notes: Vec::new(),
        seen: Seen::Messages,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_told_in_whole_seconds_is_not_before_a_finer_one_of_the_same_second() {
        let at = |nanoseconds| SystemTime::UNIX_EPOCH + Duration::from_nanos(nanoseconds);
        assert!(!is_after(at(7_400_300_200), at(7_000_000_000)));
        assert!(!is_after(at(7_400_300_200), at(7_400_000_000)));
        assert!(!is_after(at(7_400_300_200), at(7_400_300_200)));
        assert!(is_after(at(8_000_000_000), at(7_000_000_000)));
        assert!(is_after(at(7_401_000_000), at(7_400_000_000)));
        assert!(is_after(at(7_400_300_201), at(7_400_300_200)));
    }
}
