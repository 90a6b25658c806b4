//! Bare messages, of which nothing but the text is known: put in order by their own times, and to each other.

use super::recognise::Recogniser;
use crate::model::exchange::{Answer, Body, Direction, Exchange, Request, Response, Seen};
use crate::profile::ast::Endpoint;
use crate::traffic::no_answer;
use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, SystemTime};

/// Messages of which nothing but the text is known, in the order of their own times.
pub(super) struct Bare<'a> {
    recogniser: &'a Recogniser,
    requests: Vec<Exchange>,
    callbacks: Vec<Exchange>,
    acknowledgements: Vec<Exchange>,
    /// Acknowledgements of the product of which it cannot be told what they answer.
    alone: Vec<Exchange>,
    /// Messages that are none of this profile.
    pub(super) unknown: usize,
}

/// Whose an acknowledgement is.
enum Owner {
    /// It answers this request: it is the product's.
    Request(usize),
    /// It is the product's, and it cannot be told what it answers.
    Product,
    /// It answers what the product sent by itself, or may do so: it is the peer's for all we know.
    Peer,
}

impl<'a> Bare<'a> {
    pub(super) fn new(recogniser: &'a Recogniser, messages: Vec<(String, Body)>) -> Bare<'a> {
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
        bare.callbacks.sort_by_key(|callback| callback.at);
        bare
    }

    /// Gives every acknowledgement to the request it answers, where that can be told. The peer acknowledges too, what is
    /// sent to it: an acknowledgement that may be the peer's is nobody's. The number tells how many are left out so.
    pub(super) fn exchanges(mut self) -> (Vec<Exchange>, usize) {
        let mut acknowledgements = std::mem::take(&mut self.acknowledgements);
        acknowledgements.sort_by_key(|acknowledgement| acknowledgement.at);
        let (callbacks, requests) = (self.tied(&self.callbacks), self.tied(&self.requests));
        let of_callback = |acknowledgement: &Exchange| {
            let callback = self.ties(acknowledgement).iter().find_map(|tie| *callbacks.get(tie)?)?;
            let callback = self.callbacks.get(callback)?;
            // What is acknowledged after the callback may be the callback.
            let before = !is_after(acknowledgement.at, callback.at);
            self.ties(callback).iter().find_map(|tie| *requests.get(tie)?).filter(|_| before)
        };
        let (certain, open): (Vec<_>, Vec<_>) = acknowledgements
            .into_iter()
            .map(|acknowledgement| (of_callback(&acknowledgement), acknowledgement))
            .partition(|(request, _)| request.is_some());
        let mut waiting = Waiting::default();
        // The second that answers one request does not answer it.
        let (mut left, mut peers) = (Vec::new(), 0);
        for (request, acknowledgement) in certain {
            left.extend(self.give(request, acknowledgement));
        }
        left.extend(open.into_iter().map(|(_, acknowledgement)| acknowledgement));
        left.sort_by_key(|acknowledgement| acknowledgement.at);
        for acknowledgement in left {
            match waiting.owner(&self.requests, &self.callbacks, acknowledgement.at) {
                Owner::Request(request) => _ = self.give(Some(request), acknowledgement),
                Owner::Product => self.alone.push(alone(acknowledgement)),
                Owner::Peer => peers += 1,
            }
        }
        self.requests.extend(self.callbacks);
        self.requests.extend(self.alone);
        (self.requests, peers)
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

    /// The acknowledgement comes back where the request has one.
    fn give(&mut self, request: Option<usize>, acknowledgement: Exchange) -> Option<Exchange> {
        let request = request.and_then(|index| self.requests.get_mut(index));
        let Some(request) = request.filter(|request| request.response().is_none()) else {
            return Some(acknowledgement);
        };
        request.answer = answer(acknowledgement.request.body);
        None
    }
}

/// What waits for an acknowledgement as time goes on: requests for one of the product, callbacks for one of the peer.
#[derive(Default)]
struct Waiting {
    requests: BTreeSet<usize>,
    callbacks: BTreeSet<usize>,
    /// How many of each were looked at.
    seen: (usize, usize),
}

impl Waiting {
    fn owner(&mut self, requests: &[Exchange], callbacks: &[Exchange], at: SystemTime) -> Owner {
        let came = |message: &&Exchange| !is_after(message.at, at);
        while let Some(request) = requests.get(self.seen.0).filter(came) {
            if request.response().is_none() {
                self.requests.insert(self.seen.0);
            }
            self.seen.0 += 1;
        }
        while callbacks.get(self.seen.1).is_some_and(|callback| may_answer(at, callback.at)) {
            self.callbacks.insert(self.seen.1);
            self.seen.1 += 1;
        }
        match (self.requests.len(), self.callbacks.len()) {
            (1, 0) => self.requests.pop_first().map_or(Owner::Product, Owner::Request),
            (_, 0) => Owner::Product,
            (0, _) => {
                // Which of several is answered makes no difference to who answers.
                self.callbacks.pop_first();
                Owner::Peer
            }
            _ => Owner::Peer,
        }
    }
}

/// Whether what was said at a time may answer what was sent at another. Within a thousandth nothing comes and is answered;
/// within a second that is told no finer, it may be.
fn may_answer(time: SystemTime, sent: SystemTime) -> bool {
    let since_1970 = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let (one, other) = (since_1970(time), since_1970(sent));
    let coarse = one.subsec_nanos() == 0 || other.subsec_nanos() == 0;
    is_after(time, sent) || (coarse && one.as_secs() == other.as_secs())
}

fn answer(body: Body) -> Answer {
    Answer::Response(Response { body, ..Response::default() })
}

/// An acknowledgement by itself.
fn alone(acknowledgement: Exchange) -> Exchange {
    let answer = answer(acknowledgement.request.body);
    Exchange { answer, request: Request::default(), ..acknowledgement }
}

/// Whether a time is after another, as far as the other is written: a clock told in seconds or thousandths is behind one
/// that is told more finely.
fn is_after(time: SystemTime, other: SystemTime) -> bool {
    let since_1970 = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
    let other = since_1970(other);
    let step = [1_000_000_000, 1_000_000, 1_000, 1].into_iter().find(|step| other % step == 0).unwrap_or(1);
    since_1970(time) / step > other / step
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

    #[test]
    fn nothing_is_answered_within_a_thousandth_and_it_may_be_within_a_second() {
        let at = |milliseconds| SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds);
        assert!(
            may_answer(at(7_401), at(7_400)) && !may_answer(at(7_400), at(7_400)) && !may_answer(at(7_400), at(7_401))
        );
        assert!(
            may_answer(at(7_000), at(7_400)) && may_answer(at(7_400), at(7_000)) && !may_answer(at(6_000), at(7_400))
        );
    }
}
