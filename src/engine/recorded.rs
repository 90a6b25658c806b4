//! Recordings as the ledger a run writes: which exchange is which, and which bare messages belong together.

use super::bare::Bare;
use super::recognise::Recogniser;
use super::session::Loaded;
use super::sorter::{Sorter, plain_host};
use super::values::said;
use super::world::World;
use crate::model::exchange::{Answer, Body, Direction, Exchange, Seen};
use crate::traffic::{Entry, Recording};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::SystemTime;

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
pub(super) fn ledger(
    loaded: &Loaded,
    recordings: Vec<Recording>,
    hosts: &[String],
    world: &dyn World,
) -> Result<Ledger, String> {
    let mut sorter = Sorter::new(Recogniser(loaded.profile.clone()), world);
    let unread: usize = recordings.iter().map(|recording| recording.unread).sum();
    for entry in recordings.into_iter().flat_map(|recording| recording.entries) {
        match entry {
            Entry::Exchange(recorded) => sorter.add(*recorded),
            Entry::Message { label, body } => sorter.messages.push((label, body)),
        }
    }
    if sorter.exchanges.len() + sorter.messages.len() > MOST {
        return Err(format!("more than {MOST} exchanges or messages at a time\nhelp: check them in parts"));
    }
    let hosts: &[String] = &hosts.iter().map(|host| plain_host(host)).collect::<Vec<_>>();
    sorter.settle(hosts);
    sorter.take_what_was_called_back(hosts);
    let mut messages = std::mem::take(&mut sorter.messages);
    let again = only_once(&mut messages, messages_of(&sorter.exchanges));
    let elsewhere = sorter.keep_the_products(hosts)?;
    let mut exchanges = std::mem::take(&mut sorter.exchanges);
    let bare = Bare::new(&sorter.recogniser, messages);
    let unknown = sorter.unknown + bare.unknown;
    let (found, peers) = bare.exchanges();
    exchanges.extend(found);
    exchanges.sort_by_key(|exchange| exchange.at);
    let again = again + seen_once(&mut exchanges);
    if exchanges.is_empty() {
        return Err(nothing(loaded, unknown, elsewhere));
    }
    limit_memory(&mut exchanges);
    let mut remarks = Vec::new();
    let counted = [
        (unknown, "of no kind this profile knows were left out"),
        (elsewhere, "not of the product's host were left out"),
        (unread, "not built as the rest of the recording were left out"),
        (again, "recorded more than once are judged once"),
        (peers, "are or may be the peer's own acknowledgements and are not judged"),
    ];
    for (count, what) in counted.into_iter().filter(|(count, _)| *count > 0) {
        remarks.push(format!("{count} recorded exchange(s) or message(s) {what}"));
    }
    if exchanges.iter().any(|exchange| exchange.seen.is_redacted()) {
        remarks.push("the recording is redacted: what rests on a value that was replaced or cut is not judged".into());
    }
    if exchanges.iter().any(|exchange| exchange.seen.is_bare()) {
        remarks
            .push("bare messages do not show their HTTP nor when they came: what rests on these is not judged".into());
    }
    remarks.extend(judge_requests(loaded, &mut exchanges));
    let hosts = if hosts.is_empty() { sorter.asked.into_keys().collect() } else { hosts.to_vec() };
    Ok(Ledger { exchanges, hosts, remarks })
}

/// What exchanges say, in both directions. What was replaced in them before they came to us is nobody's message.
fn messages_of(exchanges: &[Exchange]) -> HashSet<String> {
    let whole = exchanges.iter().filter(|exchange| !exchange.seen.is_redacted());
    let bodies = whole.flat_map(|exchange| {
        [Some(&exchange.request.body), exchange.response().map(|answer| &answer.body)].into_iter().flatten()
    });
    bodies.filter(|body| !body.bytes().is_empty()).map(said).collect()
}

/// Leaves out messages that are there already, alone or in an exchange; gives how many.
fn only_once(messages: &mut Vec<(String, Body)>, mut seen: HashSet<String>) -> usize {
    let first: Vec<bool> = messages.iter().map(|(_, body)| seen.insert(said(body))).collect();
    keep(messages, first)
}

/// Leaves out exchanges that were recorded more than once: at both ends, twice in a file, or in our own evidence beside the
/// recording it was made from. The one of which more was seen stays, and where a message is labelled in two ways, both do: only
/// one of them may be as it should. Gives how many.
fn seen_once(exchanges: &mut Vec<Exchange>) -> usize {
    let thousandths = |at: SystemTime| at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
    let moment = |exchange: &Exchange| (exchange.direction, exchange.name.clone(), thousandths(exchange.at));
    let whole = exchanges.iter().filter(|exchange| !exchange.seen.is_redacted());
    let moments: HashSet<_> = whole.map(moment).collect();
    let label = |exchange: &Exchange| {
        let unseen = exchange.seen.is_bare() || exchange.seen == Seen::NoFields;
        let fields = match (exchange.direction, exchange.response()) {
            (Direction::Sent, Some(answer)) => &answer.headers,
            _ => &exchange.request.headers,
        };
        (!unseen || !fields.0.is_empty()).then(|| fields.get("content-type").map(str::to_ascii_lowercase))
    };
    let labels: Vec<_> = exchanges.iter().map(label).collect();
    let mut order: Vec<(usize, &Exchange)> = exchanges.iter().enumerate().collect();
    order.sort_by_key(|(at, exchange)| (labels.get(*at).is_none_or(Option::is_none), exchange.seen.is_redacted()));
    let mut seen: HashMap<_, HashSet<_>> = HashMap::new();
    let mut first = vec![true; exchanges.len()];
    for (at, exchange) in order {
        let (request, answer) = (&exchange.request, exchange.response());
        let told = answer.map(|answer| (answer.status, said(&answer.body)));
        let mine = exchange.seen.is_redacted() && moments.contains(&moment(exchange));
        // Where no body was recorded, one exchange looks like the other.
        let nothing = request.body.bytes().is_empty() && answer.is_none_or(|answer| answer.body.bytes().is_empty());
        let kind = (exchange.direction, exchange.name.as_deref(), &request.method);
        let mut is_first = || {
            let alike = seen.entry((kind, said(&request.body), told.clone())).or_default();
            let none = alike.is_empty();
            match labels.get(at).cloned().flatten() {
                Some(label) => alike.insert(Some(label)),
                // Of what was seen without its label, nothing more is to be judged.
                None => none && alike.insert(None),
            }
        };
        if let Some(first) = first.get_mut(at) {
            *first = !mine && (nothing || is_first());
        }
    }
    keep(exchanges, first)
}

/// Keeps what is marked; gives how many were not.
fn keep<T>(all: &mut Vec<T>, marked: Vec<bool>) -> usize {
    let before = all.len();
    let mut marked = marked.into_iter();
    all.retain(|_| marked.next().unwrap_or(true));
    before - all.len()
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
    let sent = |exchange: &&mut Exchange| exchange.direction == Direction::Sent && !exchange.seen.is_redacted();
    for exchange in exchanges.iter_mut().filter(sent) {
        let endpoint = exchange.name.as_ref().and_then(|name| loaded.profile.endpoints.get(name));
        let Some(schema) = endpoint.and_then(|endpoint| endpoint.request_schema.as_ref()) else { continue };
        let body = &exchange.request.body;
        // Published beside JSON for some endpoints, and not looked into here.
        if exchange.request.headers.say_form() {
            continue;
        }
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
        format!(
            "{count} request(s) of the product's peer do not follow the schema {schema}: what was answered to them is not \
             held to what a sound one is owed, unless they were taken; the first: {first}"
        )
    };
    found.into_iter().map(remark).collect()
}
