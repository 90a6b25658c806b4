//! The other way a question goes, where the product does not offer the endpoint it is written for.

use super::actor::{Actor, Halt};
use super::evaluate::Eyes;
use crate::model::exchange::Exchange;
use crate::profile::ast::{Otherwise, Send, Sentence, Step};
use std::sync::Arc;

impl Actor {
    /// The other way a request goes, where the product does not offer the endpoint it is written for.
    pub(super) fn otherwise(&self, send: &Send) -> Option<Otherwise> {
        let endpoint = self.context.setup.profile.endpoints.get(send.endpoint.as_ref()?)?;
        let claim = endpoint.claim.as_ref()?;
        endpoint.otherwise.clone().filter(|_| !self.context.setup.facts.offers(claim))
    }

    /// Judges the sentences of a step whose request went the other way: on the callback that follows, where there the answer
    /// comes later and the request was taken.
    pub(super) async fn conclude_otherwise(
        &mut self,
        step: &Step,
        exchange: Arc<Exchange>,
        otherwise: &Otherwise,
    ) -> Result<(), Halt> {
        let profile = self.context.setup.profile.clone();
        let callback = profile.endpoints.get(&otherwise.send).and_then(|endpoint| endpoint.callback.as_deref());
        let phrases = |names: &[String]| -> Vec<Sentence> {
            let known = names.iter().filter_map(|name| profile.phrases.get(name));
            known.map(|phrase| Sentence::of(phrase.clone())).collect()
        };
        let taken = Eyes { current: Some(&exchange), scope: &self.scope, world: &*self.context }
            .all_hold(&phrases(&otherwise.acknowledged));
        let Some(callback) = callback.filter(|_| taken) else { return self.conclude(step, Some(exchange)) };
        let limit = self.context.length_named("callback");
        match self.await_letter(callback, None, &phrases(&otherwise.last), limit).await? {
            Some(letter) => {
                self.exchanges.push(letter.exchange.number);
                self.conclude(step, Some(letter.exchange.clone()))
            }
            None => self.nothing_to_send(step, format!("no {callback} with the answer came")),
        }
    }
}
