//! The verbs that speak to the product: `send`, `send broken`, `ask`.

use super::actor::{Actor, Halt, TOO_FAST, too_fast};
use super::checks::Phase;
use super::context::Ids;
use super::inbox::Letter;
use super::judged::{Judged, Outcome};
use super::paths;
use crate::implementation::{Action, HeaderText, HttpAction};
use crate::model::exchange::{Answer, Cut, Direction, Exchange, Headers, NoAnswerKind, Seen};
use crate::profile::ast::{Expectation, ListenerAnswer, Path, RefusedIn, Send, SendBroken, Step, TiedSentence, Verb};
use crate::standard::Mutant;
use crate::transport::Outgoing;
use secrecy::ExposeSecret;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

const JSON: &str = "application/json";

/// A request ready to go.
struct Ready {
    name: Option<String>,
    outgoing: Outgoing,
    sound: bool,
}

impl Actor {
    pub(super) async fn send(&mut self, step: &Step, send: &Send) -> Result<(), Halt> {
        let ready = match self.ready(send).await {
            Ok(ready) => ready,
            Err(_) if self.phase == Phase::Finally => return Ok(()),
            Err(why) => return self.nothing_to_send(step, why),
        };
        let exchange = self.exchange(ready).await?;
        self.answered(step, &exchange)?;
        let too_fast = too_fast(&exchange);
        let before = self.checks.list.len();
        // What was never sent has no consequences.
        if let Answer::None(none) = &exchange.answer
            && none.kind == NoAnswerKind::Exhausted
        {
            self.baseless.get_or_insert_with(|| none.detail.clone());
        }
        match (&send.or_refused_in, self.otherwise(send)) {
            (Some(refused_in), _) => self.conclude_here_or_in(step, exchange, refused_in).await?,
            (None, Some(otherwise)) => self.conclude_otherwise(step, exchange, &otherwise).await?,
            (None, None) => self.conclude(step, Some(exchange))?,
        }
        if too_fast {
            self.baseless = Some(TOO_FAST.into());
        } else if let Some(missed) = self.checks.missed_since(before) {
            self.baseless =
                Some(format!("the request before it was not answered as expected: {}", missed.judged.expected));
        }
        Ok(())
    }

    /// A request that could not be made, because a name in it has no value: nothing can be told.
    pub(super) fn nothing_to_send(&mut self, step: &Step, why: String) -> Result<(), Halt> {
        if self.phase == Phase::Given {
            return self.inconclusive(why);
        }
        for tied in sentences(step) {
            let judged = Judged::plain(Outcome::Unknown(why.clone()), &tied.sentence.text, "");
            self.note(tied.requirement.clone(), &tied.key, &tied.sentence.text, judged, None, None)?;
        }
        self.baseless = Some(why);
        Ok(())
    }

    /// That an answer comes at all is a check of its own.
    fn answered(&mut self, step: &Step, exchange: &Exchange) -> Result<(), Halt> {
        let Some(requirement) = self.context.setup.profile.answer_requirement.clone() else { return Ok(()) };
        let ours = |why: &str| (Outcome::Unknown(format!("{why}; {SHORTER}")), String::new());
        let (outcome, found) = match &exchange.answer {
            Answer::None(none) if none.kind == NoAnswerKind::TooLarge => ours(&none.detail),
            Answer::None(none) if none.kind == NoAnswerKind::Exhausted => {
                (Outcome::Unknown(none.detail.clone()), String::new())
            }
            Answer::None(none) => (Outcome::Misses, none.detail.clone()),
            Answer::Response(response) => match &response.cut {
                // Whatever follows so many blanks, no reader waits for it.
                Some(Cut::Suite(why)) if response.body.is_blank() => {
                    (Outcome::Misses, format!("nothing but blanks; {why}"))
                }
                Some(Cut::Suite(why)) => ours(why),
                Some(Cut::Product(why)) => (Outcome::Misses, why.clone()),
                None => (Outcome::Holds, format!("HTTP {}", response.status)),
            },
        };
        let judged = Judged { at: "answer".into(), observed: 1, ..Judged::plain(outcome, ANSWERED, &found) };
        self.note(Some(requirement), &format!("{}/answer", step.key), ANSWERED, judged, Some(exchange), None)
    }

    async fn ready(&self, send: &Send) -> Result<Ready, String> {
        if let Some(name) = &send.same_as {
            return self.again(send, name).await;
        }
        let context = &self.context;
        let body = match (&send.raw_body, &send.message) {
            (Some(raw), _) => match self.scope.resolve(raw, &**context)? {
                Value::String(text) => text.into_bytes(),
                other => other.to_string().into_bytes(),
            },
            (None, Some(_)) => {
                let message = self.message(send.message.as_deref(), &send.with, &send.without)?;
                context.setup.inbox.tie(&message, &self.scope.token);
                message.to_string().into_bytes()
            }
            (None, None) => Vec::new(),
        };
        let name = self.otherwise(send).map(|otherwise| otherwise.send).or_else(|| send.endpoint.clone());
        let path = name.as_ref().and_then(|name| context.setup.profile.endpoints.get(name)).map(|e| e.path.as_str());
        let mut headers = Headers::default();
        if !body.is_empty() {
            headers.push("Content-Type", send.content_type.clone().unwrap_or_else(|| JSON.to_owned()));
        }
        self.authorise(&mut headers, &send.authorisation).await?;
        for (name, value) in &send.headers {
            let value = self.scope.resolve(value, &**context)?;
            headers.push(name.clone(), value.as_str().unwrap_or_default());
        }
        let outgoing = Outgoing {
            method: send.method.clone(),
            url: context.url(path, send.raw_path.as_deref()),
            headers,
            body,
            retry: Some(context.setup.retry_budget),
            ..Outgoing::default()
        };
        Ok(Ready { name, outgoing, sound: send.sound })
    }

    /// The same bytes as an earlier step.
    async fn again(&self, send: &Send, name: &str) -> Result<Ready, String> {
        let earlier = self.scope.steps.get(name).ok_or_else(|| format!("step `{name}` did not come to pass"))?;
        let endpoint = earlier.name.clone();
        let path =
            endpoint.as_ref().and_then(|name| self.context.setup.profile.endpoints.get(name)).map(|e| e.path.as_str());
        let mut headers = Headers::default();
        headers.push("Content-Type", JSON);
        self.authorise(&mut headers, &send.authorisation).await?;
        let outgoing = Outgoing {
            method: earlier.request.method.clone(),
            url: self.context.url(path, None),
            headers,
            body: earlier.request.body.bytes().to_vec(),
            ..Outgoing::default()
        };
        Ok(Ready { name: endpoint, outgoing, sound: false })
    }

    /// A template filled, then edited.
    fn message(&self, template: Option<&str>, with: &[(Path, Value)], without: &[Path]) -> Result<Value, String> {
        let name = template.unwrap_or_default();
        let template =
            self.context.setup.profile.messages.get(name).ok_or_else(|| format!("there is no message `{name}`"))?;
        let mut message = self.scope.fill(template, &*self.context)?;
        for (path, value) in with {
            let value = self.scope.fill(value, &*self.context)?;
            if !paths::set(&mut message, &path.segments, value) {
                return Err(format!("`{}` does not fit into message `{name}`", path.text));
            }
        }
        for path in without {
            paths::remove(&mut message, &path.segments);
        }
        Ok(message)
    }

    /// The way we show ourselves: with the vendor's credential, or wrongly on purpose.
    async fn authorise(&self, headers: &mut Headers, how: &str) -> Result<(), String> {
        let how = self.scope.resolve(how, &*self.context)?;
        let setup = &self.context.setup;
        setup.authorisation.show(how.as_str().unwrap_or_default(), &setup.client, headers).await;
        Ok(())
    }

    /// Sends, and writes the exchange into the ledger.
    async fn exchange(&mut self, ready: Ready) -> Result<Arc<Exchange>, Halt> {
        self.since = Instant::now();
        let context = self.context.clone();
        let outgoing = Outgoing { hurry: self.hurried, ..ready.outgoing };
        let Some(received) = context.setup.stop.unless(context.setup.client.send(outgoing)).await else {
            return Err(Halt::Stopped);
        };
        let exchange = context.record(Exchange {
            number: 0,
            direction: Direction::Sent,
            name: ready.name,
            test: Some(self.id.clone()),
            sound: ready.sound && self.phase != Phase::Finally,
            request: received.sent,
            answer: received.answer,
            at: received.at,
            took: received.took,
            notes: received.notes,
            seen: Seen::Whole,
        });
        self.exchanges.push(exchange.number);
        self.scope.last_sent = Some(exchange.clone());
        Ok(exchange)
    }

    /// Tells the listener beforehand how to answer what the next waits expect: a callback may come before we wait for it.
    pub(super) fn script_answers(&self, following: &[Step]) {
        for step in following {
            match &step.verb {
                Verb::Send(_) | Verb::Ask { .. } => return,
                Verb::Await(wait) if wait.answer != ListenerAnswer::Acknowledge => {
                    self.context.setup.inbox.script(&self.scope.token, wait.at.as_deref(), &wait.answer);
                }
                _ => {}
            }
        }
    }

    /// Sends every request derived from the schema with one fault, as many at a time as the pace allows.
    pub(super) async fn send_broken(&mut self, step: &Step, broken: &SendBroken) -> Result<(), Halt> {
        let endpoint = self.context.setup.profile.endpoints.get(&broken.endpoint).cloned();
        let schema = endpoint.as_ref().and_then(|endpoint| endpoint.request_schema.clone()).unwrap_or_default();
        let message = match self.message(Some(&broken.message), &broken.with, &broken.without) {
            Ok(message) => message,
            Err(why) => return self.inconclusive(why),
        };
        let under: Vec<String> = broken.only_under.iter().map(|path| path.text.clone()).collect();
        let mut mutants = self.context.setup.standard.mutants(&schema, &message, &broken.faults, &under);
        if let Some(variant) = &self.variant {
            mutants.retain(|mutant| variant_of(mutant) == *variant);
        } else if let Some(most) = broken.at_most.filter(|most| *most > 0 && *most < mutants.len()) {
            let step = mutants.len().div_ceil(most);
            mutants = mutants.into_iter().step_by(step).collect();
        }
        if mutants.is_empty() {
            if let Some(variant) = &self.variant {
                return self.inconclusive(format!("no broken request of schema `{schema}` is called `{variant}`"));
            }
            return self.inconclusive(format!("no broken request can be derived from schema `{schema}`"));
        }
        let mut running = tokio::task::JoinSet::new();
        for (number, mutant) in mutants.into_iter().enumerate() {
            let mut actor = self.branch();
            let (step, broken, template) = (step.clone(), broken.clone(), message.clone());
            running.spawn(async move {
                let walked = actor.one_broken(&step, &broken, &template, mutant, number).await;
                (number, actor, walked)
            });
        }
        let mut done = Vec::new();
        while let Some(Ok(finished)) = running.join_next().await {
            done.push(finished);
        }
        done.sort_by_key(|(number, ..)| *number);
        for (_, actor, walked) in done {
            self.exchanges.extend(&actor.exchanges);
            self.checks.absorb(actor.checks);
            walked?;
        }
        Ok(())
    }

    /// Judges the sentences of a step on the answer and, where they miss there, on the callback that follows. The step's
    /// name then stands for that callback.
    async fn conclude_here_or_in(
        &mut self,
        step: &Step,
        exchange: Arc<Exchange>,
        refused_in: &RefusedIn,
    ) -> Result<(), Halt> {
        let mut about = exchange.clone();
        if sentences(step).iter().any(|tied| self.judge(&tied.sentence, Some(&exchange)).outcome == Outcome::Misses)
            && let Some(letter) = self.await_refusal(refused_in).await?
        {
            about = letter.exchange.clone();
            self.exchanges.push(about.number);
        }
        self.conclude(step, Some(about))
    }

    /// The callback in which a refusal may come.
    async fn await_refusal(&self, refused_in: &RefusedIn) -> Result<Option<Arc<Letter>>, Halt> {
        let limit = self.context.length_named("callback");
        self.await_letter(&refused_in.callback, None, &refused_in.where_, limit).await
    }

    async fn one_broken(
        &mut self,
        step: &Step,
        broken: &SendBroken,
        template: &Value,
        mutant: Mutant,
        number: usize,
    ) -> Result<(), Halt> {
        let variant = variant_of(&mutant);
        // A token of its own: a late callback of one broken request must not count for another.
        let old_token = self.scope.token.clone();
        self.scope.token = self.context.setup.ids.token(&format!("{}#{}#{number}", self.id, step.key));
        self.context.setup.inbox.introduce(&self.scope.token, &self.id);
        let body = self.renew(mutant.body, template, &old_token);
        self.context.setup.inbox.tie(&body, &self.scope.token);
        let mut headers = Headers::default();
        headers.push("Content-Type", JSON);
        if let Err(why) = self.authorise(&mut headers, "valid").await {
            return self.inconclusive(why);
        }
        let path = self.context.setup.profile.endpoints.get(&broken.endpoint).map(|endpoint| endpoint.path.clone());
        let url = self.context.url(path.as_deref(), None);
        let retry = Some(self.context.setup.retry_budget);
        let outgoing = Outgoing {
            method: "POST".into(),
            url,
            headers,
            body: body.to_string().into_bytes(),
            retry,
            ..Outgoing::default()
        };
        let exchange = self.exchange(Ready { name: Some(broken.endpoint.clone()), outgoing, sound: false }).await?;
        let mut letter = None;
        for tied in sentences(step) {
            let mut judged = self.judge(&tied.sentence, Some(&exchange));
            let mut about = exchange.clone();
            if judged.outcome != Outcome::Holds
                && let Some(refused_in) = &broken.or_refused_in
            {
                if letter.is_none() {
                    letter = Some(self.await_refusal(refused_in).await?);
                }
                if let Some(Some(letter)) = &letter {
                    let again = self.judge(&tied.sentence, Some(&letter.exchange));
                    if again.outcome == Outcome::Holds {
                        (judged, about) = (again, letter.exchange.clone());
                        self.exchanges.push(about.number);
                    }
                }
            }
            if let (Some(erratum), Outcome::Misses) = (&mutant.erratum, &judged.outcome) {
                judged.accepted.push((erratum.clone(), format!("{variant}: {}", judged.found)));
                judged.erratum = Some(erratum.clone());
                judged.outcome = Outcome::Holds;
                judged.found = format!("accepted, which erratum {erratum} tolerates");
            }
            judged.expected = format!("{} (broken on purpose: {})", judged.expected, mutant.expected);
            self.note(
                tied.requirement.clone(),
                &tied.key,
                &tied.sentence.text,
                judged,
                Some(&about),
                Some(variant.clone()),
            )?;
        }
        Ok(())
    }

    /// Ids the suite made up for the template become new ones in each broken request, and its callback address the
    /// request's own, so that it is refused for its one fault only.
    fn renew(&self, body: Value, template: &Value, old_token: &str) -> Value {
        let mut fresh = HashMap::new();
        collect_ids(template, &mut fresh, &self.context.setup.ids);
        replace(body, &fresh, (old_token, &self.scope.token))
    }

    pub(super) async fn ask(&mut self, action: &str, with: &[(String, Value)]) -> Result<(), Halt> {
        if let Some(why) = self.baseless.clone() {
            return match self.phase {
                Phase::Steps => Ok(()),
                _ => self.inconclusive(why),
            };
        }
        let Some(configured) = self.context.setup.actions.get(action).cloned() else {
            let ask = self.context.setup.profile.actions.iter().find(|known| known.name == action);
            let ask = ask.map_or("", |known| known.ask.as_str());
            return self
                .inconclusive(format!("no way to make it happen: `actions.{action}` is not configured ({ask})"));
        };
        self.since = Instant::now();
        let arguments =
            with.iter().filter_map(|(name, value)| Some((name.clone(), self.scope.fill(value, &*self.context).ok()?)));
        let arguments: Vec<_> = arguments.collect();
        let outer = self.scope.arguments.clone();
        self.scope.arguments.extend(arguments);
        let done = self.act(action, &configured).await;
        self.scope.arguments = outer;
        match done {
            Ok(()) => Ok(()),
            Err(why) => self.inconclusive(format!("action `{action}` did not succeed: {why}")),
        }
    }

    async fn act(&mut self, name: &str, action: &Action) -> Result<(), String> {
        match action {
            Action::Http(request) => self.stimulate(name, request).await,
            Action::Command(words) => self.command(words).await,
            Action::Operator(text) => {
                let Some(operator) = self.context.setup.operator.clone() else {
                    return Err("it needs a person at a terminal".into());
                };
                let text = text.clone();
                self.context.setup.hears.on(&super::events::Event::Asking(text.clone()));
                let asked = tokio::task::spawn_blocking(move || operator.ask(&text));
                match self.context.setup.stop.unless(asked).await {
                    Some(Ok(true)) => Ok(()),
                    _ => Err("the operator did not do it".into()),
                }
            }
        }
    }

    /// A stimulus by HTTP; a path without host is below the product's address.
    async fn stimulate(&mut self, name: &str, action: &HttpAction) -> Result<(), String> {
        let text = |text: &str| {
            let value = self.scope.resolve(text, &*self.context)?;
            Ok::<_, String>(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        };
        let mut headers = Headers::default();
        for (field, value) in &action.headers {
            let value = match value {
                HeaderText::Plain(value) => text(value)?,
                HeaderText::Secret(_) => match self.context.setup.credentials.action_header(name, field) {
                    Some(secret) => secret.expose_secret().to_owned(),
                    None => return Err(format!("its header field `{field}` has no value")),
                },
            };
            headers.push(field.clone(), value);
        }
        let body = match &action.body {
            Some(body) => {
                headers.push("Content-Type", JSON);
                self.scope.fill(body, &*self.context)?.to_string().into_bytes()
            }
            None => Vec::new(),
        };
        let url = text(&action.url)?;
        let url = if url.contains("://") { url } else { self.context.url(None, Some(&url)) };
        let outgoing = Outgoing { method: action.method.clone(), url, headers, body, ..Outgoing::default() };
        let ready = Ready { name: Some(format!("action {name}")), outgoing, sound: false };
        let last = self.scope.last_sent.clone();
        let exchange = self.exchange(ready).await.map_err(|_| "the run was stopped".to_owned())?;
        self.scope.last_sent = last;
        match exchange.response() {
            Some(response) if (200..300).contains(&response.status) => Ok(()),
            Some(response) => Err(format!("it was answered with HTTP {}", response.status)),
            None => Err("no answer came".into()),
        }
    }

    async fn command(&self, words: &[String]) -> Result<(), String> {
        let mut resolved = Vec::with_capacity(words.len());
        for word in words {
            let value = self.scope.resolve(word, &*self.context)?;
            resolved.push(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        }
        let (program, arguments) = resolved.split_first().ok_or("the command is empty")?;
        let mut command = tokio::process::Command::new(program);
        command.args(arguments).kill_on_drop(true);
        command
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null());
        let limit = self.context.length_named("operator").max(Duration::from_secs(1));
        match tokio::time::timeout(limit, command.status()).await {
            Err(_) => Err("it did not end in time".into()),
            Ok(Err(error)) => Err(format!("it could not be started: {error}")),
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => Err(format!("it ended with {status}")),
        }
    }
}

/// What to do where an answer is beyond a limit of ours.
const SHORTER: &str = "test data with fewer or shorter records would show it";
const ANSWERED: &str = "the request gets a complete answer";

fn variant_of(mutant: &Mutant) -> String {
    format!("{}/{}", mutant.kind.replace(' ', "-"), mutant.path)
}

/// All sentences of a step, guards opened.
pub(super) fn sentences(step: &Step) -> Vec<&TiedSentence> {
    step.expect
        .iter()
        .chain(&step.should)
        .flat_map(|expectation| match expectation {
            Expectation::Sentence(tied) => vec![tied],
            Expectation::Guard { then, .. } => then.iter().collect(),
        })
        .collect()
}

fn collect_ids(value: &Value, fresh: &mut HashMap<String, String>, ids: &Ids) {
    match value {
        Value::String(text) if uuid::Uuid::try_parse(text).is_ok() => {
            fresh.entry(text.clone()).or_insert_with(|| ids.next());
        }
        Value::Array(items) => items.iter().for_each(|item| collect_ids(item, fresh, ids)),
        Value::Object(members) => members.values().for_each(|value| collect_ids(value, fresh, ids)),
        _ => {}
    }
}

fn replace(value: Value, fresh: &HashMap<String, String>, token: (&str, &str)) -> Value {
    match value {
        Value::String(text) => match fresh.get(&text) {
            Some(id) => Value::String(id.clone()),
            None => Value::String(text.replace(token.0, token.1)),
        },
        Value::Array(items) => Value::Array(items.into_iter().map(|item| replace(item, fresh, token)).collect()),
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(name, value)| (name, replace(value, fresh, token))).collect())
        }
        other => other,
    }
}
