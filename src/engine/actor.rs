//! One test being run: its names, its exchanges, its checks, step by step.

use super::checks::{Checks, Phase};
use super::context::{Context, NotHeld, Prepared};
use super::evaluate::Eyes;
use super::judged::{Judged, Outcome};
use super::scope::Scope;
use crate::model::exchange::Exchange;
use crate::profile::ast::{Condition, Expectation, Step, Test, Verb};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// What the name of a fragment that runs once for all its users stands behind, where the name of a test is due.
pub(super) const PREPARATION: &str = "preparation: ";

/// Why a list of steps ended before its end.
#[derive(Clone, Debug)]
pub(super) enum Halt {
    /// A precondition did not hold, or something needed is missing: the test is inconclusive.
    Inconclusive(NotHeld),
    /// The run was stopped.
    Stopped,
}

pub(super) type Walk<'a> = Pin<Box<dyn Future<Output = Result<(), Halt>> + Send + 'a>>;

/// A test being run. Branches of `at once` are actors of their own that share arrivals taken.
pub(super) struct Actor {
    pub(super) context: Arc<Context>,
    /// Id of the test instance, or of the preparation.
    pub(super) id: String,
    /// The only requirement of the test, when there is just one.
    pub(super) only: Option<String>,
    pub(super) variant: Option<String>,
    pub(super) scope: Scope,
    pub(super) phase: Phase,
    /// Others wait for it to end: preparations, and tests that share a thing with others.
    pub(super) hurried: bool,
    pub(super) checks: Checks,
    /// Numbers of exchanges in the order they came about.
    pub(super) exchanges: Vec<usize>,
    /// Numbers of arrivals taken by an `await`.
    pub(super) taken: Arc<Mutex<BTreeSet<usize>>>,
    /// Why later waits have nothing to build on, once a sentence of a `send` missed.
    pub(super) baseless: Option<String>,
    /// The moment of the last `send` or `ask`.
    pub(super) since: Instant,
    /// The last exchange a sentence may speak about.
    pub(super) current: Option<Arc<Exchange>>,
}

impl Actor {
    pub(super) fn new(context: Arc<Context>, id: &str, each: BTreeMap<String, Value>) -> Actor {
        let token = context.setup.ids.token(id);
        context.setup.inbox.introduce(&token, id);
        Actor {
            context,
            id: id.to_owned(),
            only: None,
            variant: None,
            scope: Scope { token, each, ..Scope::default() },
            phase: Phase::Given,
            hurried: false,
            checks: Checks::default(),
            exchanges: Vec::new(),
            taken: Arc::default(),
            baseless: None,
            since: Instant::now(),
            current: None,
        }
    }

    pub(super) fn for_test(context: Arc<Context>, id: &str, test: &Test, each: BTreeMap<String, Value>) -> Actor {
        let only = match test.proves.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        };
        Actor { only, hurried: !test.shares.is_empty(), ..Actor::new(context, id, each) }
    }

    /// An actor that goes on from here by itself.
    pub(super) fn branch(&self) -> Actor {
        Actor {
            context: self.context.clone(),
            id: self.id.clone(),
            only: self.only.clone(),
            variant: self.variant.clone(),
            scope: self.scope.clone(),
            phase: self.phase,
            hurried: self.hurried,
            checks: Checks::default(),
            exchanges: Vec::new(),
            taken: self.taken.clone(),
            baseless: self.baseless.clone(),
            since: self.since,
            current: self.current.clone(),
        }
    }

    /// Runs steps in order.
    pub(super) fn walk<'a>(&'a mut self, steps: &'a [Step]) -> Walk<'a> {
        Box::pin(async move {
            for (index, step) in steps.iter().enumerate() {
                if self.context.setup.stop.stopped() {
                    return Err(Halt::Stopped);
                }
                if !self.applies(&step.when) {
                    continue;
                }
                if matches!(step.verb, Verb::Send(_) | Verb::Ask { .. } | Verb::SendBroken(_)) {
                    self.script_answers(&steps[index + 1..]);
                }
                self.step(step).await?;
            }
            Ok(())
        })
    }

    fn applies(&self, conditions: &[Condition]) -> bool {
        let fill = |wanted: &str| Some(self.scope.resolve(wanted, &*self.context).ok()?.as_str()?.to_owned());
        conditions.iter().all(|condition| self.context.setup.facts.holds(condition, fill).is_ok())
    }

    async fn step(&mut self, step: &Step) -> Result<(), Halt> {
        match &step.verb {
            Verb::Send(send) => self.send(step, send).await,
            Verb::Await(wait) => self.wait_for(step, wait).await,
            Verb::Silence(silence) => self.silence(step, silence).await,
            Verb::Ask { action, with } => self.ask(action, with).await,
            Verb::SendBroken(broken) => self.send_broken(step, broken).await,
            Verb::Repeat { steps, until, every, within } => self.repeat(step, steps, until, every, within).await,
            Verb::Use { fragment, with, may_fail } => self.use_fragment(step, fragment, with, *may_fail).await,
            Verb::AtOnce { branches, copies } => self.at_once(step, branches, *copies).await,
            Verb::Review(review) => self.review(step, review),
            Verb::NotRunHere { verb } => {
                self.inconclusive(format!("this version of the suite reads `{verb}` and does not run it"))
            }
        }
    }

    /// Judges the sentences of a step on an exchange, keeps what it remembers.
    pub(super) fn conclude(&mut self, step: &Step, exchange: Option<Arc<Exchange>>) -> Result<(), Halt> {
        self.current.clone_from(&exchange);
        if let (Some(name), Some(exchange)) = (&step.name, &exchange) {
            self.scope.steps.insert(name.clone(), exchange.clone());
        }
        for expectation in step.expect.iter().chain(&step.should) {
            self.expectation(expectation, exchange.as_deref())?;
        }
        self.remember(step, exchange.as_deref())
    }

    fn expectation(&mut self, expectation: &Expectation, exchange: Option<&Exchange>) -> Result<(), Halt> {
        match expectation {
            Expectation::Sentence(tied) => {
                let judged = self.judge(&tied.sentence, exchange);
                self.note(tied.requirement.clone(), &tied.key, &tied.sentence.text, judged, exchange, None)
            }
            Expectation::Guard { condition, then } => {
                let open = condition
                    .iter()
                    .map(|sentence| self.judge(sentence, exchange))
                    .find(|j| j.outcome != Outcome::Holds)
                    .filter(|_| !exchange.is_some_and(too_fast));
                for tied in then {
                    let judged = match &open {
                        None => self.judge(&tied.sentence, exchange),
                        Some(open) => Judged::never(&tied.sentence.text, &open.expected),
                    };
                    self.note(tied.requirement.clone(), &tied.key, &tied.sentence.text, judged, exchange, None)?;
                }
                Ok(())
            }
        }
    }

    pub(super) fn judge(&self, sentence: &crate::profile::ast::Sentence, exchange: Option<&Exchange>) -> Judged {
        let judged = Eyes { current: exchange, scope: &self.scope, world: &*self.context }.judge(sentence);
        match exchange.filter(|exchange| self.unauthorised(exchange)) {
            Some(_) if judged.outcome != Outcome::Holds || self.phase == Phase::Steps => {
                let why = if self.context.setup.facts.recorded { CREDENTIAL_UNKNOWN } else { NO_CREDENTIAL };
                Judged { outcome: Outcome::Unknown(why.into()), found: why.into(), ..judged }
            }
            _ if exchange.is_some_and(too_fast) => {
                Judged { outcome: Outcome::Unknown(TOO_FAST.into()), found: TOO_FAST.into(), ..judged }
            }
            _ => judged,
        }
    }

    /// The product wants a credential and the vendor's file has none: nothing can be told.
    fn unauthorised(&self, exchange: &Exchange) -> bool {
        !self.context.setup.facts.credential
            && exchange.direction == crate::model::exchange::Direction::Sent
            && exchange.response().is_some_and(|response| matches!(response.status, 401 | 403))
    }

    /// Keeps a judged sentence: as a check in `steps`, as a condition in `given`, not at all in `finally`.
    pub(super) fn note(
        &mut self,
        requirement: Option<String>,
        key: &str,
        sentence: &str,
        judged: Judged,
        exchange: Option<&Exchange>,
        variant: Option<String>,
    ) -> Result<(), Halt> {
        match self.phase {
            Phase::Finally => Ok(()),
            Phase::Given => match &judged.outcome {
                Outcome::Holds | Outcome::NotAsked(_) => Ok(()),
                Outcome::Misses => {
                    let why = format!("{}: found {}", judged.expected, judged.found);
                    Err(Halt::Inconclusive(NotHeld { why, unknown: false }))
                }
                Outcome::Unknown(why) => Err(Halt::Inconclusive(NotHeld { why: why.clone(), unknown: true })),
            },
            Phase::Steps => {
                let requirement = requirement.or_else(|| self.only.clone());
                self.checks.push(requirement, key, sentence, judged, exchange.map(|exchange| exchange.number), variant);
                Ok(())
            }
        }
    }

    fn remember(&mut self, step: &Step, exchange: Option<&Exchange>) -> Result<(), Halt> {
        for (index, (name, path)) in step.remember.iter().enumerate() {
            let found = Eyes { current: exchange, scope: &self.scope, world: &*self.context }.find(path);
            let many = path.segments.iter().any(|segment| matches!(segment, crate::profile::ast::Segment::Each));
            let problem = match found {
                Ok(found) if many && !found.is_empty() => {
                    self.scope.remembered.insert(name.clone(), Value::Array(found));
                    continue;
                }
                Ok(found) => match found.into_iter().next() {
                    Some(value) => {
                        self.scope.remembered.insert(name.clone(), value);
                        continue;
                    }
                    None => Outcome::Misses,
                },
                Err(why) => Outcome::Unknown(why),
            };
            let sentence = format!("{} is present", path.text);
            let judged = Judged::plain(problem, &sentence, "nothing stands there");
            let key = format!("{}/remember.{index}", step.key);
            self.note(step.requirement.clone(), &key, &sentence, judged, exchange, None)?;
        }
        Ok(())
    }

    async fn use_fragment(
        &mut self,
        step: &Step,
        name: &str,
        with: &[(String, Value)],
        may_fail: bool,
    ) -> Result<(), Halt> {
        let Some(fragment) = self.context.setup.profile.fragments.get(name).cloned() else {
            return self.inconclusive(format!("there is no fragment `{name}`"));
        };
        if fragment.once {
            let prepared = prepare(&self.context, name).await?;
            self.exchanges.extend(&prepared.exchanges);
            self.scope.absorb(&prepared.scope);
            if let Err(not) = &prepared.held
                && !may_fail
            {
                let why = format!("preparation \u{201c}{name}\u{201d} did not hold: {}", not.why);
                return self.halt(NotHeld { why, unknown: not.unknown });
            }
            return self.conclude(step, self.current.clone());
        }
        let mut arguments = BTreeMap::new();
        for (name, value) in with {
            match self.scope.fill(value, &*self.context) {
                Ok(value) => arguments.insert(name.clone(), value),
                Err(why) => return self.inconclusive(why),
            };
        }
        let outer = std::mem::replace(&mut self.scope.arguments, arguments);
        let walked = self.walk(&fragment.steps).await;
        self.scope.arguments = outer;
        match walked {
            Err(Halt::Inconclusive(_)) if may_fail => Ok(()),
            Err(halt) => Err(halt),
            Ok(()) => self.conclude(step, self.current.clone()),
        }
    }

    async fn at_once(&mut self, step: &Step, branches: &[Vec<Step>], copies: usize) -> Result<(), Halt> {
        let mut running = tokio::task::JoinSet::new();
        let copied = branches.len() == 1 && copies > 0;
        let count = if copied { copies } else { branches.len() };
        for number in 0..count {
            let steps = branches[if copied { 0 } else { number }].clone();
            let mut actor = self.branch();
            actor.scope.copy = Some(number + 1);
            running.spawn(async move {
                let walked = actor.walk(&steps).await;
                (number, actor, walked)
            });
        }
        let mut done = Vec::with_capacity(count);
        while let Some(joined) = running.join_next().await {
            match joined {
                Ok(finished) => done.push(finished),
                Err(error) => return self.inconclusive(format!("a branch of the suite failed: {error}")),
            }
        }
        done.sort_by_key(|(number, ..)| *number);
        let mut halted = Ok(());
        for (_, actor, walked) in done {
            self.exchanges.extend(&actor.exchanges);
            self.checks.absorb(actor.checks);
            if !copied {
                self.scope.absorb(&actor.scope);
            }
            self.baseless = self.baseless.take().or(actor.baseless);
            halted = halted.and(walked);
        }
        halted?;
        self.conclude(step, self.current.clone())
    }

    pub(super) fn inconclusive(&self, why: String) -> Result<(), Halt> {
        self.halt(NotHeld { why, unknown: true })
    }

    fn halt(&self, not: NotHeld) -> Result<(), Halt> {
        match self.phase {
            Phase::Finally => Ok(()),
            _ => Err(Halt::Inconclusive(not)),
        }
    }
}

/// What is said when the product wants a credential and none is configured.
pub(super) const NO_CREDENTIAL: &str =
    "the product asks for a credential and none is configured: set `authorisation` in the implementation file";

/// What is said of an answer by which the product asks for fewer requests at a time: whatever was asked was not looked at.
pub(super) const TOO_FAST: &str =
    "the product answered 429, too many requests at a time: ask it more slowly (--rate 5, or less)";

/// Whether the product turned a request of ours away because there were too many.
pub(super) fn too_fast(exchange: &Exchange) -> bool {
    exchange.direction == crate::model::exchange::Direction::Sent
        && exchange.response().is_some_and(|response| response.status == 429)
}

/// What is said of an answer to a request that was turned away before it was recorded.
const CREDENTIAL_UNKNOWN: &str =
    "it was turned away for its credential, and which one was the right one was not recorded";

/// Makes a shared preparation, or waits for it while another test makes it.
pub(super) async fn prepare(context: &Arc<Context>, name: &str) -> Result<Arc<Prepared>, Halt> {
    let cell = context.preparation(name);
    let prepared = cell.get_or_init(|| make(context.clone(), name.to_owned())).await.clone();
    if context.setup.stop.stopped() && prepared.held.is_err() {
        return Err(Halt::Stopped);
    }
    Ok(prepared)
}

fn make(context: Arc<Context>, name: String) -> Pin<Box<dyn Future<Output = Arc<Prepared>> + Send>> {
    Box::pin(async move {
        let mut actor = Actor::new(context.clone(), &format!("{PREPARATION}{name}"), BTreeMap::new());
        actor.hurried = true;
        let held = match context.setup.profile.fragments.get(&name).cloned() {
            None => Err(NotHeld { why: format!("there is no fragment `{name}`"), unknown: true }),
            Some(fragment) if !actor.applies(&fragment.when) => {
                Err(NotHeld { why: "the feature it needs is not offered".into(), unknown: false })
            }
            Some(fragment) => match super::run::needed(&context, &fragment.needs).await {
                Err(why) => Err(NotHeld { why, unknown: true }),
                Ok(()) => match actor.walk(&fragment.steps).await {
                    Ok(()) => Ok(()),
                    Err(Halt::Inconclusive(not)) => Err(not),
                    Err(Halt::Stopped) => Err(NotHeld { why: "the run was stopped".into(), unknown: true }),
                },
            },
        };
        Arc::new(Prepared { held, scope: actor.scope, exchanges: actor.exchanges })
    })
}
