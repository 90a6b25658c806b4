//! How often an id stands in what the product said, told apart by the system it was said to.

use super::pairing::Pairs;
use super::paths::walk;
use super::recognise::Recogniser;
use super::values::{key, said};
use crate::model::exchange::{Body, Direction, Exchange, Response};
use crate::profile::ast::{Path, Profile};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What was counted at one path.
#[derive(Default)]
pub(super) struct Counts {
    /// By system and by key of the value.
    often: HashMap<(String, String), usize>,
    /// The system each exchange was with, by number. Empty in a run, which has one system: us.
    systems: HashMap<usize, String>,
}

impl Counts {
    /// Counts each value at a path of the messages received.
    pub(super) fn new(profile: &Arc<Profile>, exchanges: &[Arc<Exchange>], path: &Path, recorded: bool) -> Counts {
        let none = |_: &str| Err(String::new());
        let systems = if recorded { systems(profile, exchanges) } else { HashMap::new() };
        let mut counts = Counts { systems, ..Counts::default() };
        let mut before = Before::new(profile, recorded);
        for exchange in exchanges.iter().filter(|exchange| exchange.sound) {
            if before.had(exchange) {
                continue;
            }
            let Some(Ok(body)) = exchange.received().map(|body| body.json()) else { continue };
            let Ok(spots) = walk(body, &path.segments, &none) else { continue };
            let to = counts.system(exchange);
            for spot in spots {
                *counts.often.entry((to.clone(), key(spot.value))).or_insert(0) += 1;
            }
        }
        counts
    }

    /// How often a value was told to the system that a message is for.
    pub(super) fn of(&self, value: &Value, message: Option<&Exchange>) -> usize {
        let to = message.map(|message| self.system(message)).unwrap_or_default();
        self.often.get(&(to, key(value))).copied().unwrap_or(0)
    }

    fn system(&self, exchange: &Exchange) -> String {
        self.systems.get(&exchange.number).cloned().unwrap_or_default()
    }
}

/// The messages that were there before. The same message again is not another one: what the product answers again to the same
/// request, and what it sends again because we refused it. Who refused what before is not always to be seen in traffic that was
/// recorded, so that there nothing that came again counts, and nothing that came again renewed after it was not acknowledged.
pub(super) struct Before<'p> {
    profile: &'p Profile,
    recorded: bool,
    seen: HashSet<(String, Option<String>)>,
    /// What was not acknowledged, without what may be new in it when it is sent again.
    unacknowledged: HashSet<String>,
}

impl<'p> Before<'p> {
    pub(super) fn new(profile: &'p Profile, recorded: bool) -> Before<'p> {
        Before { profile, recorded, seen: HashSet::new(), unacknowledged: HashSet::new() }
    }

    /// Whether a message was there before.
    pub(super) fn had(&mut self, exchange: &Exchange) -> bool {
        let request = &exchange.request.body;
        if exchange.direction == Direction::Sent {
            return !self.seen.insert((said(request), exchange.response().map(|answer| said(&answer.body))));
        }
        let (whole, kept) = ((said(request), None), self.kept(request));
        let again = self.seen.contains(&whole) || self.unacknowledged.contains(&kept);
        let refused = !self.was_taken(exchange);
        if self.recorded || refused {
            self.seen.insert(whole);
        }
        if refused {
            self.unacknowledged.insert(kept);
        }
        again
    }

    /// Whether what the product sent was acknowledged, as far as was seen.
    pub(super) fn was_taken(&self, exchange: &Exchange) -> bool {
        let takes = |answer: &Response| (200..300).contains(&answer.status) && !self.refuses(&answer.body);
        exchange.response().is_some_and(takes)
    }

    /// Whether an answer says something else than an acknowledgement does, or cannot be read. One that says nothing takes
    /// what was sent.
    fn refuses(&self, body: &Body) -> bool {
        let (Some(path), Some((acknowledge, _))) = (&self.profile.acknowledged_by, &self.profile.listener_answers)
        else {
            return false;
        };
        let none = |_: &str| Err(String::new());
        let said = |message: &Value| Some(key(walk(message, &path.segments, &none).ok()?.first()?.value));
        let ours = self.profile.messages.get(acknowledge).and_then(said);
        match body.json() {
            Ok(message) => said(message) != ours,
            Err(_) => body.beyond_us().is_some() || !body.bytes().is_empty(),
        }
    }

    /// What stays of a message that is sent again.
    fn kept(&self, body: &Body) -> String {
        let Ok(message) = body.json() else { return said(body) };
        let mut message = message.clone();
        for path in &self.profile.sent_again_with {
            super::paths::remove(&mut message, &path.segments);
        }
        key(&message)
    }
}

/// The system each exchange was with: who asked, else whom the message names, else the host it went to; or whoever alone asked
/// for what goes there.
fn systems(profile: &Arc<Profile>, exchanges: &[Arc<Exchange>]) -> HashMap<usize, String> {
    let recogniser = Recogniser(profile.clone());
    let pairs = Pairs::new(profile, exchanges);
    let asked = |exchange: &Arc<Exchange>| match exchange.direction {
        Direction::Sent => recogniser.sender(exchange.request.body.json().ok()?),
        Direction::Arrived => recogniser.sender(pairs.request_of(exchange)?.request.body.json().ok()?),
    };
    let askers: Vec<Option<String>> = exchanges.iter().map(asked).collect();
    let mut hosts: HashMap<&str, Option<&String>> = HashMap::new();
    for (exchange, asker) in exchanges.iter().zip(&askers).filter(|(one, _)| one.direction == Direction::Arrived) {
        let Some(asker) = asker else { continue };
        let known = hosts.entry(&exchange.request.host).or_insert(Some(asker));
        *known = known.filter(|known| *known == asker);
    }
    let named = |exchange: &Exchange| recogniser.receiver(exchange.received()?.json().ok()?);
    let alone = |exchange: &Exchange| hosts.get(exchange.request.host.as_str()).copied().flatten().cloned();
    let system = |(exchange, asker): (&Arc<Exchange>, &Option<String>)| {
        let told = asker.clone().or_else(|| named(exchange)).or_else(|| alone(exchange));
        (exchange.number, told.unwrap_or_else(|| exchange.request.host.clone()))
    };
    exchanges.iter().zip(&askers).map(system).collect()
}
