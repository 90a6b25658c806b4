//! Which request a message that came later belongs to.

use super::recognise::Recogniser;
use crate::model::exchange::{Body, Direction, Exchange};
use crate::profile::ast::Profile;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

/// What ties messages of one transaction together: the kind of id, and its value.
type Tie = (usize, String);

/// More requests than this under one tie are not told apart by it.
const MOST_ALIKE: usize = 32;

/// The requests whose answer comes in a callback, by what ties messages together.
pub(super) struct Pairs {
    recogniser: Recogniser,
    /// By callback and tie.
    requests: HashMap<(String, Tie), Vec<Arc<Exchange>>>,
}

impl Pairs {
    /// Looks through all that was exchanged.
    pub(super) fn new(profile: &Arc<Profile>, exchanges: &[Arc<Exchange>]) -> Pairs {
        let recogniser = Recogniser(profile.clone());
        let mut requests: HashMap<_, Vec<Arc<Exchange>>> = HashMap::new();
        for exchange in exchanges.iter().filter(|exchange| exchange.direction == Direction::Sent) {
            let endpoint = exchange.name.as_ref().and_then(|name| profile.endpoints.get(name));
            let Some(callback) = endpoint.and_then(|endpoint| endpoint.callback.as_ref()) else { continue };
            let answer = exchange.response().map(|response| &response.body);
            let bodies = [Some(&exchange.request.body), answer];
            let mut ties: Vec<_> = bodies.into_iter().flatten().flat_map(|body| ties(&recogniser, body)).collect();
            ties.sort();
            ties.dedup();
            for tie in ties {
                requests.entry((callback.clone(), tie)).or_default().push(exchange.clone());
            }
        }
        Pairs { recogniser, requests }
    }

    /// The one request a callback belongs to: by the surest tie, and where several carry the same, by the next. None
    /// where none is known, and where it cannot be told which.
    pub(super) fn request_of(&self, callback: &Exchange) -> Option<Arc<Exchange>> {
        let name = callback.name.as_ref()?;
        let mut left: Vec<Arc<Exchange>> = Vec::new();
        for tie in ties(&self.recogniser, &callback.request.body) {
            let found = self.requests.get(&(name.clone(), tie)).filter(|found| found.len() <= MOST_ALIKE);
            let Some(found) = found else { continue };
            let narrowed: Vec<_> = match left.is_empty() {
                true => found.clone(),
                false => {
                    found.iter().filter(|one| left.iter().any(|other| other.number == one.number)).cloned().collect()
                }
            };
            match narrowed.as_slice() {
                [only] => return Some(only.clone()),
                [] => {}
                _ => left = narrowed,
            }
        }
        None
    }
}

/// How long at most the next callback is worth waiting for: what is left of `patience` for the youngest request that was
/// taken and whose callback has not come. None where none is due.
pub(super) fn due(profile: &Arc<Profile>, exchanges: &[Arc<Exchange>], patience: Duration) -> Option<Duration> {
    let recogniser = Recogniser(profile.clone());
    let came: HashSet<(&str, Tie)> = exchanges
        .iter()
        .filter(|exchange| exchange.direction == Direction::Arrived)
        .filter_map(|arrival| Some((arrival.name.as_deref()?, ties(&recogniser, &arrival.request.body))))
        .flat_map(|(name, ties)| ties.into_iter().map(move |tie| (name, tie)))
        .collect();
    let left = exchanges.iter().filter_map(|exchange| {
        let endpoint = profile.endpoints.get(exchange.name.as_ref()?)?;
        let (callback, answer) = (endpoint.callback.as_deref()?, exchange.response()?);
        let left = patience.checked_sub(exchange.at.elapsed().ok()?)?;
        let waits = exchange.direction == Direction::Sent
            && (200..300).contains(&answer.status)
            && !ties(&recogniser, &exchange.request.body).into_iter().any(|tie| came.contains(&(callback, tie)));
        waits.then_some(left)
    });
    left.max()
}

fn ties(recogniser: &Recogniser, body: &Body) -> Vec<Tie> {
    body.json().map(|body| recogniser.ties(body)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::session::Loaded;
    use crate::model::exchange::{Answer, Request, Response, Seen};
    use crate::source::Files;
    use crate::standard::Standard;
    use serde_json::{Value, json};
    use std::time::SystemTime;

    fn exchange(number: usize, direction: Direction, name: &str, request: &Value, answer: &Value) -> Arc<Exchange> {
        let body = |value: &Value| Body::new(value.to_string().into_bytes());
        Arc::new(Exchange {
            number,
            direction,
            name: Some(name.into()),
            test: None,
            sound: true,
            request: Request { body: body(request), ..Request::default() },
            answer: Answer::Response(Response { status: 200, body: body(answer), ..Response::default() }),
            at: SystemTime::UNIX_EPOCH,
            took: Duration::ZERO,
            notes: vec![],
            seen: Seen::Whole,
        })
    }

    fn profile() -> Arc<Profile> {
        let files = Files::embedded();
        let standard = Standard::load(&files, "dec2025").unwrap_or_else(|wrong| panic!("{wrong}"));
        let profile =
            crate::profile::load(&files, "social-registry", &standard).unwrap_or_else(|wrong| panic!("{wrong}"));
        Loaded { profile: Arc::new(profile.profile), standard: Arc::new(standard) }.profile
    }

    #[test]
    fn a_callback_finds_its_request_by_the_surest_tie_that_tells() {
        let profile = profile();
        let paths = [0, 1].map(|index| profile.correlate_by[index].text.rsplit('.').next().unwrap().to_owned());
        let carries = |first: &str, second: &str| json!({"message": {&paths[0]: first, &paths[1]: second}});
        let (asked, later) = profile
            .endpoints
            .values()
            .find_map(|endpoint| Some((endpoint.name.clone(), endpoint.callback.clone()?)))
            .unwrap();
        let sent = |number, first, second| {
            exchange(number, Direction::Sent, &asked, &carries(first, "-"), &carries("-", second))
        };
        let pairs =
            Pairs::new(&profile, &[sent(0, "t1", "c1"), sent(1, "t2", "c2"), sent(2, "t2", "c3"), sent(3, "t4", "c1")]);
        let of = |first: &str, second: &str, name: &str| {
            let callback = exchange(9, Direction::Arrived, name, &carries(first, second), &json!({}));
            pairs.request_of(&callback).map(|request| request.number)
        };
        assert_eq!(of("t1", "other", &later), Some(0), "the transaction tells");
        assert_eq!(of("other", "c2", &later), Some(1), "else the correlation");
        assert_eq!(of("t2", "c3", &later), Some(2), "which tells two of one transaction apart");
        assert_eq!(of("t2", "other", &later), None, "it cannot be told which");
        assert_eq!(of("other", "c1", &later), None);
        assert_eq!(of("other", "other", &later), None);
        assert_eq!(of("t1", "c1", "none"), None, "no endpoint is answered so");
    }

    #[test]
    fn a_callback_is_due_until_it_comes_or_patience_ends() {
        let profile = profile();
        let tie = profile.correlate_by[0].text.rsplit('.').next().unwrap().to_owned();
        let (asked, later) = profile
            .endpoints
            .values()
            .find_map(|endpoint| Some((endpoint.name.clone(), endpoint.callback.clone()?)))
            .unwrap();
        let sent = |id: &str, status, at| {
            let one = exchange(0, Direction::Sent, &asked, &json!({"message": {&tie: id}}), &json!({}));
            let answer = Answer::Response(Response { status, ..Response::default() });
            Arc::new(Exchange { at, answer, ..(*one).clone() })
        };
        let came = |id: &str| exchange(1, Direction::Arrived, &later, &json!({"message": {&tie: id}}), &json!({}));
        let (now, long) = (SystemTime::now(), Duration::from_secs(600));
        assert!(due(&profile, &[sent("t1", 200, now)], long).is_some_and(|left| left <= long));
        assert!(due(&profile, &[sent("t1", 202, now), came("t2")], long).is_some());
        assert_eq!(due(&profile, &[sent("t1", 202, now), came("t1")], long), None, "it came");
        assert_eq!(due(&profile, &[sent("t1", 401, now)], long), None, "it was turned away");
        assert_eq!(due(&profile, &[sent("t1", 200, now - 2 * long)], long), None, "too long ago");
    }
}
