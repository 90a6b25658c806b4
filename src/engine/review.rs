//! The verb `review`: looks back over everything that was exchanged, in a run or in a recording.

use super::actor::{Actor, Halt, PREPARATION};
use super::evaluate::Eyes;
use super::judged::{Judged, Outcome};
use super::pairing::Pairs;
use super::scope::Now;
use super::sending::sentences;
use crate::model::exchange::{Direction, Exchange};
use crate::profile::ast::{Profile, Review, Step};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Examples of places listed when a review misses more than once.
const EXAMPLES: usize = 5;

impl Actor {
    /// Judges what was exchanged in the whole run, message by message.
    pub(super) fn review(&mut self, step: &Step, review: &Review) -> Result<(), Halt> {
        self.sort();
        let exchanges = self.context.exchanges();
        let profile = &self.context.setup.profile;
        let pairs = Pairs::new(profile, &exchanges);
        let meant: Vec<&Arc<Exchange>> =
            exchanges.iter().filter(|exchange| is_meant(profile, review, exchange)).collect();
        let mut chosen: Vec<&Arc<Exchange>> = Vec::new();
        for exchange in meant {
            self.look_at(exchange, &pairs);
            let eyes = Eyes { current: Some(exchange), scope: &self.scope, world: &*self.context };
            if eyes.all_hold(&review.where_) {
                chosen.push(exchange);
            }
        }
        // Tests run at the same time: by their names, the order is that of every run.
        chosen.sort_by_key(|exchange| (exchange.test.as_deref(), exchange.number));
        self.scope.now = Now::Present;
        if chosen.len() < review.at_least {
            let why =
                format!("{} message(s) of this kind in the run, at least {} needed", chosen.len(), review.at_least);
            return self.later_inconclusive(step, &why);
        }
        for tied in sentences(step) {
            let mut judged: Vec<(&Arc<Exchange>, Judged)> = Vec::with_capacity(chosen.len());
            for exchange in &chosen {
                self.look_at(exchange, &pairs);
                judged.push((exchange, self.judge_one(step, tied, exchange)));
            }
            self.scope.now = Now::Present;
            let (judged, exchange) = gathered(judged, &tied.sentence.text);
            if let Some(exchange) = &exchange {
                self.exchanges.push(exchange.number);
            }
            self.note(tied.requirement.clone(), &tied.key, &tied.sentence.text, judged, exchange.as_deref(), None)?;
        }
        Ok(())
    }

    /// What `request`, `answer` and `${now}` mean for the message reviewed: those of the message, not of this test.
    fn look_at(&mut self, exchange: &Arc<Exchange>, pairs: &Pairs) {
        self.scope.last_sent = match exchange.direction {
            Direction::Sent => Some(Arc::clone(exchange)),
            Direction::Arrived => pairs.request_of(exchange),
        };
        self.scope.now = match exchange.seen.is_bare() {
            true => Now::Unknown,
            false => Now::At(exchange.at),
        };
    }

    /// One sentence of a review on one exchange; guards are opened for each exchange by itself.
    fn judge_one(&self, step: &Step, tied: &crate::profile::ast::TiedSentence, exchange: &Exchange) -> Judged {
        use crate::profile::ast::Expectation;
        let guard = step.expect.iter().chain(&step.should).find_map(|expectation| match expectation {
            Expectation::Guard { condition, then } if then.iter().any(|inner| inner.key == tied.key) => Some(condition),
            _ => None,
        });
        let eyes = Eyes { current: Some(exchange), scope: &self.scope, world: &*self.context };
        match guard {
            Some(condition) if !eyes.all_hold(condition) => {
                Judged::plain(Outcome::NotAsked(GUARD.into()), &tied.sentence.text, "")
            }
            _ => self.judge(&tied.sentence, Some(exchange)),
        }
    }
}

/// Whether a review is about exchanges of this kind at all.
fn is_meant(profile: &Profile, review: &Review, exchange: &Exchange) -> bool {
    let kind = match exchange.direction {
        Direction::Sent => review.replies && !exchange.name.as_deref().is_some_and(|name| name.starts_with("action ")),
        // What does not show what it is may be anybody's, unless it came to the address that one of the tests gave.
        Direction::Arrived => review.callbacks && (exchange.name.is_some() || exchange.test.is_some()),
    };
    kind && (review.of.is_empty()
        || match &exchange.name {
            Some(name) => review.of.contains(name),
            None => {
                exchange.direction == Direction::Sent && exchange.seen.is_bare() && whatever_it_answers(profile, review)
            }
        })
}

/// Whether a review is about an acknowledgement of which it is not known what it answers: one request or another, of those
/// that are answered later.
fn whatever_it_answers(profile: &Profile, review: &Review) -> bool {
    let mut later = profile.endpoints.values().filter(|endpoint| endpoint.callback.is_some()).peekable();
    later.peek().is_some() && later.all(|endpoint| review.of.contains(&endpoint.name))
}

/// Marks an exchange for which a guard did not hold: it is passed over, unless it is so for all.
const GUARD: &str = "not shown: what it depends on never held in this run";

/// The judgements of one sentence on many exchanges as one: any miss decides; what cannot be told is passed over as long
/// as something could be.
fn gathered(all: Vec<(&Arc<Exchange>, Judged)>, text: &str) -> (Judged, Option<Arc<Exchange>>) {
    let count = all.len();
    let misses: Vec<_> = all.iter().filter(|(_, judged)| judged.outcome == Outcome::Misses).collect();
    let accepted: Vec<_> = all.iter().flat_map(|(_, judged)| judged.accepted.clone()).take(20).collect();
    let held = all.iter().filter(|(_, judged)| judged.outcome == Outcome::Holds).count();
    if let Some((exchange, first)) = misses.first() {
        let tests: BTreeSet<_> =
            misses.iter().filter_map(|(exchange, _)| exchange.test.as_deref()).take(EXAMPLES).collect();
        let tests: Vec<_> = tests.into_iter().collect();
        let found = match misses.len() {
            1 => format!("{} (1 of {count} messages; sent in {})", first.found, tests.join(", ")),
            n => format!("{} (first of {n} of {count} messages; sent in {})", first.found, tests.join(", ")),
        };
        // A preparation cannot be asked for by its name; the tests that use it can.
        let is_test = |name: &&str| !name.starts_with(PREPARATION);
        let sent_in: BTreeSet<&str> =
            misses.iter().filter_map(|(of, _)| of.test.as_deref()).filter(is_test).take(EXAMPLES).collect();
        let only_prepared = sent_in.is_empty() && !tests.is_empty();
        let sent_in = sent_in.into_iter().map(str::to_owned).collect();
        let judged = Judged { found, observed: count, accepted, sent_in, only_prepared, ..first.clone() };
        return (judged, Some(Arc::clone(exchange)));
    }
    if held > 0 {
        let erratum = accepted.first().map(|(id, _)| id.clone());
        let judged = Judged::plain(Outcome::Holds, text, &format!("holds in {held} of {count} messages"));
        return (Judged { observed: held, accepted, erratum, ..judged }, None);
    }
    match all.into_iter().next() {
        Some((exchange, judged)) => (judged, Some(exchange.clone())),
        None => (Judged::plain(Outcome::NotAsked("not shown: nothing of this kind came".into()), text, ""), None),
    }
}
