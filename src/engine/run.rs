//! The way of a run: probe, settle the plan, run every test, review, hand everything over to be finished.

use super::actor::{Actor, Halt, prepare};
use super::checks::{Phase, RawCheck};
use super::context::{Context, NotHeld};
use super::events::Event;
use super::facts::{Facts, Standing};
use super::finish;
use super::pairing;
use super::plan::{Fate, Plan, Planned, Selection};
use super::scope::Scope;
use crate::model::exchange::{Answer, Direction, Exchange, Headers, NoAnswerKind, Seen};
use crate::model::verdict::Verdict;
use crate::profile::ast::Claim;
use crate::transport::Outgoing;
use serde_json::json;
use std::sync::Arc;
use std::time::Instant;

/// What came of one test instance.
#[derive(Clone, Debug)]
pub struct Outcomes {
    /// Checks in the order judged.
    pub checks: Vec<RawCheck>,
    /// Numbers of its exchanges, in order, each once.
    pub exchanges: Vec<usize>,
    /// A verdict that needs no checks: why the test did not come to its end.
    pub ended: Option<(Verdict, String)>,
    /// How long it took.
    pub took: std::time::Duration,
}

/// A run that has ended, not yet redacted.
pub struct Ended {
    /// The settled plan.
    pub plan: Plan,
    /// One for each planned test, in the same order; none where it did not run.
    pub outcomes: Vec<Option<Outcomes>>,
}

/// Finds out how claims stand that the vendor does not declare: one request each, which changes nothing.
pub async fn probe(context: &Context) -> Facts {
    let mut facts = context.setup.facts.clone();
    for claim in &context.setup.profile.supports {
        if facts.supports.get(&claim.name) != Some(&Standing::Unasked) {
            continue;
        }
        if context.setup.stop.stopped() {
            break;
        }
        context.setup.hears.on(&Event::Probing(claim.name.clone()));
        let standing = match answers(context, claim).await {
            true => Standing::Answered,
            false => Standing::Silent(claim.ask.clone()),
        };
        facts.supports.insert(claim.name.clone(), standing);
    }
    facts
}

async fn answers(context: &Context, claim: &Claim) -> bool {
    let Some(probe) = &claim.probe else { return false };
    let Some(endpoint) = context.setup.profile.endpoints.get(&probe.send) else { return false };
    let template = probe.message.as_ref().and_then(|name| context.setup.profile.messages.get(name));
    let scope = Scope { token: context.setup.ids.token("probe"), ..Scope::default() };
    let body = template.and_then(|template| scope.fill(template, context).ok()).unwrap_or_else(|| json!({}));
    let mut headers = Headers::default();
    headers.push("Content-Type", "application/json");
    context.setup.authorisation.show("valid", &context.setup.client, &mut headers).await;
    let outgoing = Outgoing {
        method: "POST".into(),
        url: context.url(Some(&endpoint.path), None),
        headers,
        body: body.to_string().into_bytes(),
        retry: Some(context.setup.retry_budget),
        ..Outgoing::default()
    };
    let Some(received) = context.setup.stop.unless(context.setup.client.send(outgoing)).await else { return false };
    let answered = match &received.answer {
        // Whether it answers is still to be seen.
        Answer::None(none) => none.kind == NoAnswerKind::Exhausted,
        Answer::Response(response) => !matches!(response.status, 404 | 405 | 501),
    };
    context.record(Exchange {
        number: 0,
        direction: Direction::Sent,
        name: Some(probe.send.clone()),
        test: Some(format!("probe: {}", claim.name)),
        sound: false,
        request: received.sent,
        answer: received.answer,
        at: received.at,
        took: received.took,
        notes: received.notes,
        seen: Seen::Whole,
    });
    answered
}

/// Makes sure that values which can be learned from the product are known.
///
/// # Errors
/// The question of the first value that stays unknown.
pub(super) async fn needed(context: &Arc<Context>, needs: &[String]) -> Result<(), String> {
    let profile = context.setup.profile.clone();
    for need in needs {
        let covers =
            |name: &str| name == need || name.strip_prefix(need.as_str()).is_some_and(|rest| rest.starts_with('.'));
        for question in profile.values.iter().filter(|question| covers(&question.name)) {
            if super::scope::Outside::value(&**context, &question.name).is_ok() {
                continue;
            }
            let Some(fragment) = &question.learn else {
                return Err(format!("`values.{}` is not given: {}", question.name, question.ask));
            };
            let prepared = prepare(context, fragment).await.map_err(|_| "the run was stopped".to_owned())?;
            match prepared.scope.remembered.get(&question.name) {
                Some(value) => context.learn(&question.name, value.clone()),
                None => {
                    let why = prepared.held.as_ref().err().map_or("it found nothing", |not| not.why.as_str());
                    return Err(format!(
                        "`values.{}` is not given and could not be learned ({why}): {}",
                        question.name, question.ask
                    ));
                }
            }
        }
    }
    Ok(())
}

/// Runs a settled plan to its end, whatever happens on the way.
pub async fn run(context: Arc<Context>, selection: &Selection) -> Ended {
    let plan = Plan::make(&context.setup.profile, &context.setup.facts, selection);
    context.setup.hears.on(&Event::Settled { tests: plan.running() });
    let mut outcomes: Vec<Option<Outcomes>> = vec![None; plan.tests.len()];
    let runs = |planned: &Planned, reviews: bool| planned.fate == Fate::Runs && planned.test.reviews == reviews;
    for reviews in [false, true] {
        if reviews && plan.tests.iter().any(|planned| runs(planned, true)) {
            let _ = context.setup.stop.unless(last_callbacks(&context)).await;
        }
        let mut running = tokio::task::JoinSet::new();
        for (index, planned) in plan.tests.iter().enumerate() {
            if runs(planned, reviews) {
                let (context, planned) = (context.clone(), planned.clone());
                running.spawn(async move { (index, test(context, planned).await) });
            }
        }
        while let Some(joined) = running.join_next_with_id().await {
            match joined {
                Ok((_, (index, outcome))) => outcomes[index] = Some(outcome),
                // A panic in a test is a fault of the suite; the test stays without an outcome and becomes an error.
                Err(_) => continue,
            }
        }
    }
    context.setup.inbox.sort(&|exchange| context.record(exchange));
    Ended { plan, outcomes }
}

/// Waits for the callbacks to what was sent last, by clean-up above all: a review looks at all that came in the run.
async fn last_callbacks(context: &Context) {
    let inbox = &context.setup.inbox;
    while inbox.listens() {
        let seen = inbox.count();
        inbox.sort(&|exchange| context.record(exchange));
        let patience = context.patience.silence(None, context.length_named("quiet"));
        let Some(left) = pairing::due(&context.setup.profile, &context.exchanges(), patience) else { return };
        let _ = tokio::time::timeout(left, inbox.more_than(seen)).await;
    }
}

async fn test(context: Arc<Context>, planned: Planned) -> Outcomes {
    let mut guards = Vec::new();
    let mut things = planned.test.shares.clone();
    things.sort();
    for thing in things {
        guards.push(context.lock(&thing).lock_owned().await);
    }
    let started = Instant::now();
    let mut actor = Actor::for_test(context.clone(), &planned.id, &planned.test, planned.each.clone());
    actor.variant.clone_from(&planned.variant);
    let ended = perform(&mut actor, &planned).await;
    drop(guards);
    let mut seen = std::collections::BTreeSet::new();
    actor.exchanges.retain(|number| seen.insert(*number));
    let outcomes = Outcomes { checks: actor.checks.list, exchanges: actor.exchanges, ended, took: started.elapsed() };
    let verdict = finish::verdict_of(&context.setup.profile, &planned, Some(&outcomes)).0;
    context.setup.hears.on(&Event::Finished { id: planned.id.clone(), verdict });
    outcomes
}

async fn perform(actor: &mut Actor, planned: &Planned) -> Option<(Verdict, String)> {
    let context = actor.context.clone();
    if context.setup.stop.stopped() {
        return Some((Verdict::NotRun, STOPPED.into()));
    }
    if let Err(why) = needed(&context, &planned.test.needs).await {
        return Some((Verdict::Inconclusive, why));
    }
    actor.phase = Phase::Given;
    let mut ended = halted(actor.walk(&planned.test.given).await, "precondition not met");
    if ended.is_none() {
        actor.phase = Phase::Steps;
        actor.baseless = None;
        ended = halted(actor.walk(&planned.test.steps).await, "");
    }
    if !planned.test.finally.is_empty() && !context.setup.stop.stopped() {
        actor.phase = Phase::Finally;
        actor.baseless = None;
        // Clean-up changes no verdict, whatever comes of it.
        let _ = actor.walk(&planned.test.finally).await;
    }
    ended
}

const STOPPED: &str = "the run was stopped before this test came to its end";

fn halted(walked: Result<(), Halt>, prefix: &str) -> Option<(Verdict, String)> {
    match walked {
        Ok(()) => None,
        Err(Halt::Stopped) => Some((Verdict::NotRun, STOPPED.into())),
        Err(Halt::Inconclusive(NotHeld { why, .. })) if prefix.is_empty() => Some((Verdict::Inconclusive, why)),
        Err(Halt::Inconclusive(NotHeld { why, .. })) => Some((Verdict::Inconclusive, format!("{prefix}: {why}"))),
    }
}
