//! The verbs that listen: `await`, `expect silence`, `repeat`.

use super::actor::{Actor, Halt};
use super::checks::Phase;
use super::evaluate::Eyes;
use super::inbox::Letter;
use super::judged::{Judged, Outcome};
use super::patience;
use super::sending::sentences;
use crate::model::duration::words;
use crate::model::exchange::Exchange;
use crate::profile::ast::{Await, Length, Sentence, Silence, Step};
use std::sync::Arc;
use std::time::{Duration, Instant};

impl Actor {
    pub(super) async fn wait_for(&mut self, step: &Step, wait: &Await) -> Result<(), Halt> {
        let sentence = format!("{} arrives within {}", wait.callback, name_of(&wait.within));
        if let Some(why) = self.baseless.clone() {
            return self.nothing_came(step, &sentence, Outcome::Unknown(why), "");
        }
        let limit = self.context.length(&wait.within);
        let letter = self.await_letter(&wait.callback, wait.at.as_deref(), &wait.where_, limit).await?;
        match letter {
            Some(letter) => {
                self.time(&letter);
                self.exchanges.push(letter.exchange.number);
                let judged = Judged { observed: 1, ..Judged::plain(Outcome::Holds, &sentence, "it arrived") };
                self.note_step(step, &sentence, judged, Some(&letter.exchange), true)?;
                self.conclude(step, Some(letter.exchange.clone()))
            }
            None if wait.optional => {
                let why = format!("no {} arrived, which is allowed", wait.callback);
                self.later_inconclusive(step, &why)
            }
            None => {
                let pending = match &wait.pending_if {
                    Some(fragment) => self.still_at_work(fragment).await?,
                    None => false,
                };
                let outcome = match (self.context.setup.inbox.overflow(), pending) {
                    (Some(why), _) => Outcome::Unknown(why),
                    (None, true) => Outcome::Unknown(format!(
                        "no {} came within {}, and the product says it is still at work: give it more time (--patience)",
                        wait.callback,
                        words(limit)
                    )),
                    (None, false) => Outcome::Misses,
                };
                let found = format!("nothing of that kind came within {}{}", words(limit), self.others_came());
                self.nothing_came(step, &sentence, outcome, &found)
            }
        }
    }

    /// Notes how long the product took, from what was sent or done last to the first message of a kind.
    fn time(&self, letter: &Letter) {
        let letters = self.context.setup.inbox.letters(&self.scope.token);
        let since = |other: &&Arc<Letter>| other.kind == letter.kind && other.instant >= self.since;
        let is_first = letters.iter().find(since).is_some_and(|first| first.number == letter.number);
        if let (true, Some(kind)) = (is_first, &letter.kind) {
            self.context.patience.took(kind, letter.instant - self.since);
        }
    }

    /// What else came to this test's addresses, for the finding.
    fn others_came(&self) -> String {
        let others = self.context.setup.inbox.letters(&self.scope.token).len();
        match others {
            0 => String::new(),
            n => format!("; {n} other message(s) came to this test's addresses"),
        }
    }

    async fn still_at_work(&mut self, fragment: &str) -> Result<bool, Halt> {
        let Some(fragment) = self.context.setup.profile.fragments.get(fragment).cloned() else { return Ok(false) };
        let mut asker = self.branch();
        asker.phase = Phase::Given;
        let walked = asker.walk(&fragment.steps).await;
        self.exchanges.extend(&asker.exchanges);
        match walked {
            Ok(()) => Ok(true),
            Err(Halt::Stopped) => Err(Halt::Stopped),
            Err(Halt::Inconclusive(_)) => Ok(false),
        }
    }

    fn nothing_came(&mut self, step: &Step, sentence: &str, outcome: Outcome, found: &str) -> Result<(), Halt> {
        let judged = Judged { at: "callback listener".into(), ..Judged::plain(outcome, sentence, found) };
        self.note_step(step, sentence, judged, None, true)?;
        self.later_inconclusive(step, "the message it speaks about did not come")?;
        // What follows builds on the message that did not come.
        self.baseless.get_or_insert_with(|| "the message before it did not come".to_owned());
        Ok(())
    }

    pub(super) fn later_inconclusive(&mut self, step: &Step, why: &str) -> Result<(), Halt> {
        if self.phase != Phase::Steps {
            return Ok(());
        }
        for tied in sentences(step) {
            let judged = Judged::plain(Outcome::Unknown(why.to_owned()), &tied.sentence.text, "");
            self.note(tied.requirement.clone(), &tied.key, &tied.sentence.text, judged, None, None)?;
        }
        Ok(())
    }

    /// The check a step is by itself: an arrival, a silence.
    fn note_step(
        &mut self,
        step: &Step,
        sentence: &str,
        judged: Judged,
        exchange: Option<&Exchange>,
        arrival: bool,
    ) -> Result<(), Halt> {
        let before = self.checks.list.len();
        self.note(step.requirement.clone(), &step.key, sentence, judged, exchange, None)?;
        for check in self.checks.list.iter_mut().skip(before) {
            check.arrival = arrival;
        }
        Ok(())
    }

    /// The first arrival of a kind not taken before, or none by the deadline.
    pub(super) async fn await_letter(
        &self,
        callback: &str,
        at: Option<&str>,
        conditions: &[Sentence],
        limit: Duration,
    ) -> Result<Option<Arc<Letter>>, Halt> {
        let deadline = tokio::time::Instant::now() + limit;
        loop {
            let seen = self.sort();
            if let Some(letter) = self.fitting(callback, Some(at), conditions, None, true) {
                return Ok(Some(letter));
            }
            let inbox = self.context.setup.inbox.clone();
            let more = tokio::time::timeout_at(deadline, inbox.more_than(seen));
            match self.context.setup.stop.unless(more).await {
                None => return Err(Halt::Stopped),
                // At the deadline one last look: a letter without a recognisable kind may be the one awaited.
                Some(Err(_)) => {
                    self.sort();
                    return Ok(self
                        .fitting(callback, Some(at), conditions, None, true)
                        .or_else(|| self.unrecognised(at)));
                }
                Some(Ok(())) => {}
            }
        }
    }

    pub(super) fn sort(&self) -> usize {
        let inbox = &self.context.setup.inbox;
        let seen = inbox.count();
        inbox.sort(&|exchange| self.context.record(exchange));
        seen
    }

    /// The first letter of the test that fits; `at` of `None` means any address, `Some(None)` the main one.
    fn fitting(
        &self,
        callback: &str,
        at: Option<Option<&str>>,
        conditions: &[Sentence],
        after: Option<Instant>,
        take: bool,
    ) -> Option<Arc<Letter>> {
        let mut taken = super::context::held(&self.taken);
        let letter = self.context.setup.inbox.letters(&self.scope.token).into_iter().find(|letter| {
            letter.kind.as_deref() == Some(callback)
                && at.is_none_or(|at| letter.at.as_deref() == at)
                && !taken.contains(&letter.number)
                && after.is_none_or(|after| letter.instant >= after)
                && Eyes { current: Some(&letter.exchange), scope: &self.scope, world: &*self.context }
                    .all_hold(conditions)
        })?;
        if take {
            taken.insert(letter.number);
        }
        Some(letter)
    }

    /// When nothing of a known kind came, what came without one counts.
    fn unrecognised(&self, at: Option<&str>) -> Option<Arc<Letter>> {
        let mut taken = super::context::held(&self.taken);
        let letters = self.context.setup.inbox.letters(&self.scope.token);
        let letter = letters
            .into_iter()
            .find(|letter| letter.kind.is_none() && letter.at.as_deref() == at && !taken.contains(&letter.number))?;
        taken.insert(letter.number);
        Some(letter)
    }

    pub(super) async fn silence(&mut self, step: &Step, silence: &Silence) -> Result<(), Halt> {
        let asked = self.context.length(&silence.length);
        let length = self.context.patience.silence(Some(&silence.callback), asked);
        let sentence = format!("no {} arrives for {}", silence.callback, name_of(&silence.length));
        if let Some(why) = self.baseless.clone() {
            return self.note_step(step, &sentence, Judged::plain(Outcome::Unknown(why), &sentence, ""), None, false);
        }
        let deadline = tokio::time::Instant::now() + length;
        let at = silence.at.as_ref().map(|at| match at.as_str() {
            "main" => None,
            other => Some(other),
        });
        let broken = loop {
            let seen = self.sort();
            if let Some(letter) = self.fitting(&silence.callback, at, &silence.where_, Some(self.since), false) {
                break Some(letter);
            }
            let inbox = self.context.setup.inbox.clone();
            let more = tokio::time::timeout_at(deadline, inbox.more_than(seen));
            match self.context.setup.stop.unless(more).await {
                None => return Err(Halt::Stopped),
                Some(Err(_)) => break None,
                Some(Ok(())) => {}
            }
        };
        let (outcome, found) = match (&broken, self.context.setup.inbox.overflow()) {
            (None, Some(why)) => (Outcome::Unknown(why), String::new()),
            // How much longer depends on what the product took, which is another each time.
            (None, None) => (Outcome::Holds, format!("silence for at least {}", words(asked.max(patience::LEAST)))),
            (Some(letter), _) => {
                (Outcome::Misses, format!("a {} came {} later", silence.callback, words(letter.instant - self.since)))
            }
        };
        let exchange = broken.map(|letter| letter.exchange.clone());
        if let Some(exchange) = &exchange {
            self.exchanges.push(exchange.number);
        }
        let judged = Judged { observed: 1, ..Judged::plain(outcome, &sentence, &found) };
        self.note_step(step, &sentence, judged, exchange.as_deref(), false)?;
        self.conclude(step, exchange)
    }

    pub(super) async fn repeat(
        &mut self,
        step: &Step,
        steps: &[Step],
        until: &[Sentence],
        every: &Length,
        within: &Length,
    ) -> Result<(), Halt> {
        if let Some(why) = self.baseless.clone() {
            let sentence = until.first().map_or("", |sentence| &sentence.text);
            let judged = Judged::plain(Outcome::Unknown(why), sentence, "");
            return self.note_step(step, sentence, judged, None, false);
        }
        let deadline = tokio::time::Instant::now() + self.context.length(within);
        let pause = self.context.length(every);
        let before = self.checks.list.len();
        loop {
            // Only the last round counts.
            self.checks.list.truncate(before);
            self.walk(steps).await?;
            let current = self.current.clone();
            let missing = until
                .iter()
                .map(|sentence| self.judge(sentence, current.as_deref()))
                .find(|j| j.outcome != Outcome::Holds);
            let Some(missing) = missing else {
                let sentence = until.iter().map(|sentence| sentence.text.as_str()).collect::<Vec<_>>().join(", ");
                let sentence = format!("{sentence} within {}", name_of(within));
                let judged = Judged { observed: 1, ..Judged::plain(Outcome::Holds, &sentence, "so it was") };
                self.note(step.requirement.clone(), &step.key, &sentence, judged, current.as_deref(), None)?;
                return self.conclude(step, current);
            };
            if tokio::time::Instant::now() + pause > deadline {
                let sentence = format!("{} within {}", missing.expected, name_of(within));
                let judged = Judged { expected: sentence.clone(), ..missing };
                self.note(step.requirement.clone(), &step.key, &sentence, judged, current.as_deref(), None)?;
                return self.conclude(step, current);
            }
            if self.context.setup.stop.unless(tokio::time::sleep(pause)).await.is_none() {
                return Err(Halt::Stopped);
            }
        }
    }
}

fn name_of(length: &Length) -> String {
    match length {
        Length::Named(name) => format!("the {name} deadline"),
        Length::Literal(length) => words(*length),
    }
}
