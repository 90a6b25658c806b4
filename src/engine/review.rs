//! The verb `review`: looks back over everything that was exchanged, in a run or in a recording.

use super::actor::{Actor, Halt, PREPARATION};
use super::blurred::looks_alike;
use super::counts::Before;
use super::evaluate::Eyes;
use super::judged::{Judged, Outcome};
use super::pairing::Pairs;
use super::paths::{Spot, around, walk};
use super::scope::Now;
use super::sending::sentences;
use super::values::key;
use crate::model::exchange::{Direction, Exchange};
use crate::profile::ast::{Path, Predicate, Profile, Review, Says, Step, TiedSentence};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap, HashSet};
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
        let all: Vec<&Arc<Exchange>> =
            exchanges.iter().filter(|exchange| is_meant(profile, review, exchange)).collect();
        let meant = all.len();
        let mut chosen: Vec<&Arc<Exchange>> = Vec::new();
        for exchange in all {
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
            return self.later_inconclusive(step, &too_few(review, chosen.len(), meant));
        }
        for tied in sentences(step) {
            let mut judged: Vec<(&Arc<Exchange>, Judged)> = Vec::with_capacity(chosen.len());
            let mut repeated = self.repeated(tied, &chosen, &pairs);
            for exchange in &chosen {
                self.look_at(exchange, &pairs);
                let one = match &mut repeated {
                    Some(repeated) => repeated.remove(&exchange.number).unwrap_or_else(|| {
                        Judged::plain(Outcome::Unknown(NO_SUCH.into()), &tied.sentence.text, NO_SUCH)
                    }),
                    None => self.judge_one(step, tied, exchange),
                };
                judged.push((exchange, one));
            }
            self.scope.now = Now::Present;
            let (mut judged, exchange) = gathered(judged, &tied.sentence.text);
            if self.context.setup.facts.recorded {
                // No test sent it: what is named there is where it stands in the recording.
                (judged.sent_in, judged.only_prepared) = (Vec::new(), false);
            }
            if let Some(exchange) = &exchange {
                self.exchanges.push(exchange.number);
            }
            self.note(tied.requirement.clone(), &tied.key, &tied.sentence.text, judged, exchange.as_deref(), None)?;
        }
        Ok(())
    }

    /// Where a sentence asks for what no two of the messages may tell: what each of them tells again, in the order in which they
    /// came. The same message again is no other one. With names to know it by, of what came later only the messages about one
    /// request are compared, and what nobody acknowledged may be sent again: whether somebody did, bare messages do not show.
    fn repeated(
        &self,
        tied: &TiedSentence,
        chosen: &[&Arc<Exchange>],
        pairs: &Pairs,
    ) -> Option<HashMap<usize, Judged>> {
        let Says::That { path, predicate: Predicate::UniqueInReview(by), .. } = &tied.sentence.claim else {
            return None;
        };
        let none = |_: &str| Err(String::new());
        let mut in_time: Vec<&&Arc<Exchange>> = chosen.iter().collect();
        in_time.sort_by_key(|exchange| exchange.number);
        let mut before = Before::new(&self.context.setup.profile, self.context.setup.facts.recorded);
        let mut told: HashSet<(Option<usize>, String)> = HashSet::new();
        // Who asks again about the same is answered the same.
        let mut asked: HashSet<String> = HashSet::new();
        let about = |exchange: &Exchange| {
            let tie = self.context.setup.profile.correlate_by.first()?;
            let request = exchange.request.body.json().ok().filter(|_| exchange.direction == Direction::Sent)?;
            walk(request, &tie.segments, &none).ok()?.first().map(|spot| key(spot.value))
        };
        let mut judged = HashMap::new();
        for exchange in in_time {
            let again = before.had(exchange) || about(exchange).is_some_and(|about| !asked.insert(about));
            let for_one = !by.is_empty() && exchange.direction == Direction::Arrived;
            if again && !for_one {
                continue;
            }
            let request = match (for_one, exchange.seen.is_bare()) {
                (false, _) => None,
                (true, true) => continue,
                (true, false) => match pairs.request_of(exchange) {
                    None => continue,
                    request => request.map(|request| request.number),
                },
            };
            let Some(Ok(body)) = exchange.received().map(|body| body.json()) else { continue };
            let spots = walk(body, &path.segments, &none).unwrap_or_default();
            // What looks alike once it was hidden need not be.
            if for_one && exchange.seen.is_redacted() && spots.iter().any(|spot| looks_alike(spot.value)) {
                continue;
            }
            let of = |spot: &Spot<'_>, by: &Path| around(body, &spot.pointer, &by.segments, &none).cloned();
            let known_by = |spot: &Spot<'_>| match by.as_slice() {
                [] => key(spot.value),
                by => by
                    .iter()
                    .map(|by| of(spot, by).as_ref().map_or_else(String::new, key))
                    .collect::<Vec<_>>()
                    .join("+"),
            };
            let keys: Vec<_> = spots.iter().map(|spot| (request, known_by(spot))).collect();
            let twice = spots.iter().zip(&keys).find(|(_, key)| told.contains(*key)).map(|(spot, _)| spot);
            let one = match (twice, spots.first()) {
                (Some(twice), _) => {
                    let shown = match by.as_slice() {
                        [] => super::values::shown(twice.value),
                        // Of records nothing is said but that they are the same.
                        by => by
                            .iter()
                            .filter_map(|by| match of(twice, by)? {
                                Value::Array(_) | Value::Object(_) => Some(format!("the same {}", by.text)),
                                one => Some(super::values::shown(&one)),
                            })
                            .collect::<Vec<_>>()
                            .join(", "),
                    };
                    let found = format!("{shown}: told before");
                    Judged::new(Outcome::Misses, &tied.sentence.text, found, &twice.pointer)
                }
                (None, None) => continue,
                (None, Some(_)) => Judged::plain(Outcome::Holds, &tied.sentence.text, "told once"),
            };
            if !for_one || before.was_taken(exchange) {
                told.extend(keys);
            }
            if !again {
                judged.insert(exchange.number, one);
            }
        }
        Some(judged)
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
    fn judge_one(&self, step: &Step, tied: &TiedSentence, exchange: &Exchange) -> Judged {
        use crate::profile::ast::Expectation;
        let guard = step.expect.iter().chain(&step.should).find_map(|expectation| match expectation {
            Expectation::Guard { condition, then } if then.iter().any(|inner| inner.key == tied.key) => Some(condition),
            _ => None,
        });
        let eyes = Eyes { current: Some(exchange), scope: &self.scope, world: &*self.context };
        match guard {
            Some(condition) if !eyes.all_hold(condition) => {
                // A run knows what it sent; of what was recorded it may not be known what it belongs to.
                let unknown = match self.context.setup.facts.recorded {
                    true => eyes.unknown_of(condition),
                    false => None,
                };
                match unknown {
                    Some(why) => Judged::unknown(&tied.sentence.text, why),
                    None => Judged::plain(Outcome::NotAsked(GUARD.into()), &tied.sentence.text, ""),
                }
            }
            _ => self.judge(&tied.sentence, Some(exchange)),
        }
    }
}

/// Why a review has nothing to judge: of how many messages it could have been, and what they would have to be like.
fn too_few(review: &Review, chosen: usize, meant: usize) -> String {
    let needed = review.at_least;
    let such: Vec<&str> = review.where_.iter().map(|sentence| sentence.text.as_str()).collect();
    match meant > chosen && !such.is_empty() {
        true => format!(
            "{chosen} of {meant} message(s) of this kind are such as is judged here ({}), at least {needed} needed",
            such.join("; ")
        ),
        false => format!("{chosen} message(s) of this kind in the run, at least {needed} needed"),
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

/// What may be left out was, all through the run.
pub(super) const NOTHING_CAME: &str = "not shown: nothing of this kind came";

/// Marks an exchange for which a guard did not hold: it is passed over, unless it is so for all.
const GUARD: &str = "not shown: what it depends on never held in this run";

/// Nothing in a message is what a sentence about all of them together speaks about.
const NO_SUCH: &str = "nothing of this kind stands there, or it came again";

/// The judgements of one sentence on many exchanges as one: any miss decides; what cannot be told is passed over as long
/// as something could be, unless it could not because of a limit of ours: what we did not read may be the very message.
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
    let unread = all.iter().find(|(exchange, judged)| {
        matches!(judged.outcome, Outcome::Unknown(_))
            && exchange.received().is_some_and(|body| body.beyond_us().is_some())
    });
    if let (Some((exchange, judged)), true) = (unread, held > 0) {
        return (judged.clone(), Some(Arc::clone(exchange)));
    }
    if held > 0 {
        let erratum = accepted.first().map(|(id, _)| id.clone());
        let judged = Judged::plain(Outcome::Holds, text, &format!("holds in {held} of {count} messages"));
        return (Judged { observed: held, accepted, erratum, ..judged }, None);
    }
    match all.into_iter().next() {
        Some((exchange, judged)) => (judged, Some(exchange.clone())),
        None => (Judged::plain(Outcome::NotAsked(NOTHING_CAME.into()), text, ""), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::exchange::{Answer, Body, Cut, Request, Response, Seen};
    use std::time::{Duration, SystemTime};

    fn answered(body: Body) -> Arc<Exchange> {
        Arc::new(Exchange {
            number: 0,
            direction: Direction::Sent,
            name: None,
            test: None,
            sound: true,
            request: Request::default(),
            answer: Answer::Response(Response { status: 200, body, ..Response::default() }),
            at: SystemTime::UNIX_EPOCH,
            took: Duration::ZERO,
            notes: vec![],
            seen: Seen::Whole,
        })
    }

    #[test]
    fn what_was_too_large_to_read_is_not_passed_over() {
        let judged = |outcome| Judged::plain(outcome, "body is an object", "");
        let unknown = || judged(Outcome::Unknown("too large".into()));
        let (small, large) = (
            answered(Body::new(b"{}".to_vec())),
            answered(Body::cut(b"{\"header\": 7".to_vec(), Some(&Cut::Suite("too large".into())))),
        );
        let (told, _) = gathered(vec![(&small, judged(Outcome::Holds)), (&small, unknown())], "");
        assert_eq!(told.outcome, Outcome::Holds, "what cannot be told for another reason is");
        let (told, at) = gathered(vec![(&small, judged(Outcome::Holds)), (&large, unknown())], "");
        assert!(matches!(told.outcome, Outcome::Unknown(_)) && at.is_some_and(|at| Arc::ptr_eq(&at, &large)));
        let (told, _) = gathered(vec![(&small, judged(Outcome::Misses)), (&large, unknown())], "");
        assert_eq!(told.outcome, Outcome::Misses, "a miss is one all the same");
    }
}
