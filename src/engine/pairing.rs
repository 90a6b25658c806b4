//! Which request a message that came later belongs to.

use super::recognise::Recogniser;
use crate::model::exchange::{Body, Direction, Exchange};
use crate::profile::ast::Profile;
use std::collections::HashMap;
use std::sync::Arc;

/// The requests whose answer comes in a callback, by what ties messages together.
pub(super) struct Pairs {
    recogniser: Recogniser,
    /// By callback, kind of tie and value.
    requests: HashMap<(String, (usize, String)), Vec<Arc<Exchange>>>,
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
            let Some(found) = self.requests.get(&(name.clone(), tie)) else { continue };
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

fn ties(recogniser: &Recogniser, body: &Body) -> Vec<(usize, String)> {
    body.json().map(|body| recogniser.ties(body)).unwrap_or_default()
}
