//! From outcomes to the finished result: verdicts add up, evidence gets its numbers in plan order, everything is redacted.

use super::checks::RawCheck;
use super::context::Context;
use super::inbox::Letter;
use super::judged::Outcome;
use super::known::known;
use super::plan::{Fate, Planned};
use super::run::{Ended, Outcomes};
use crate::model::duration::words;
use crate::model::exchange::{Answer, Body, Direction, Exchange, Response};
use crate::model::result::{
    Check, Counts, ErratumNote, ImplementationInfo, NotTested, Product, ProfileInfo, RequirementResult, RunResult,
    SCHEMA, TestResult, Tool,
};
use crate::model::verdict::{Conformance, RequirementVerdict, Verdict};
use crate::profile::ast::{Profile, Requirement};
use crate::standard::Standard;
use crate::transport::redact::{Redactor, address};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Most lines of a kind in lists of remarks.
const MOST: usize = 8;

/// What the result says of the run besides what was observed.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// Version of the suite.
    pub version: String,
    /// SHA-256 of the executable, hex.
    pub digest: String,
    /// What the vendor says of the product.
    pub product: Product,
    /// Public settings.
    pub settings: BTreeMap<String, String>,
    /// The seed.
    pub seed: u64,
    /// Start of the run.
    pub started: String,
    /// End of the run.
    pub finished: String,
    /// Command that repeats the run, without `--test`.
    pub command: String,
    /// What was selected with `--test`.
    pub only: Vec<String>,
    /// Bodies are not kept: the product is in production.
    pub production: bool,
    /// A callback that never comes is the product's: it runs on this machine, or was told an address that reaches us.
    pub reachable: bool,
    /// Secrets that must not appear anywhere.
    pub secrets: Vec<secrecy::SecretString>,
    /// Observations from before the run.
    pub remarks: Vec<String>,
    /// Only exchanges that a test names are kept as evidence: the others are in the recording.
    pub named_only: bool,
}

/// Finishes a run.
pub fn finish(context: &Context, mut ended: Ended, about: &About) -> RunResult {
    if context.setup.inbox.count() == 0 && !about.reachable {
        excuse_silence(&mut ended);
    }
    let profile = &context.setup.profile;
    let rows: HashMap<&str, &Requirement> = profile.requirements.iter().map(|row| (row.id.as_str(), row)).collect();
    let exchanges = context.exchanges();
    let in_vain =
        Some(&context.setup.tried_in_vain).filter(|tried| !tried.is_empty()).map(|tried| nothing_there(tried));
    if let Some(why) = in_vain.as_ref().filter(|_| !exchanges.iter().any(|exchange| understood(exchange))) {
        excuse_absence(&mut ended, why);
    }
    let (names, order) = numbered(&ended, &exchanges);
    let redactor = redactor(context, &exchanges, &order, about);
    let mut tests = Vec::with_capacity(ended.plan.tests.len());
    for (planned, outcome) in ended.plan.tests.iter().zip(&ended.outcomes) {
        tests.push(test_result(profile, &rows, planned, outcome.as_ref(), &names, &redactor, about));
    }
    let requirements = requirement_results(profile, &tests);
    let named: BTreeSet<usize> = ended.outcomes.iter().flatten().flat_map(|of| of.exchanges.iter().copied()).collect();
    let evidence = order
        .iter()
        .filter(|number| !about.named_only || named.contains(number))
        .filter_map(|number| exchanges.get(*number))
        .map(|exchange| (names[&exchange.number].clone(), redactor.evidence(exchange)))
        .collect();
    let interrupted = context.setup.stop.stopped();
    let (verdict, mut reasons) = conclude(&tests, interrupted);
    if let Some(why) = in_vain.filter(|_| verdict == Conformance::Incomplete) {
        reasons.insert(0, redactor.text(&why));
    }
    if let Some(why) = never_answered(context, &exchanges) {
        reasons.insert(0, redactor.text(&why));
    }
    if answers_anybody(context, &exchanges) {
        reasons.push(ANYBODY.into());
    }
    RunResult {
        schema: SCHEMA.into(),
        tool: Tool { name: "dci-conform".into(), version: about.version.clone(), digest: about.digest.clone() },
        profile: profile_info(profile, &context.setup.standard),
        implementation: ImplementationInfo {
            product: about.product.clone(),
            base_url: address(&context.setup.base_url),
            answers: context.setup.facts.answers(),
            settings: about.settings.clone(),
        },
        scheme_owner: None,
        started: about.started.clone(),
        finished: about.finished.clone(),
        seed: about.seed,
        nonce: context.setup.ids.nonce.clone(),
        interrupted,
        verdict,
        reasons,
        counts: counts(&tests, &requirements, &exchanges),
        not_tested: not_tested(&ended, &tests),
        errata: errata(context, &ended, &redactor),
        observations: about
            .remarks
            .iter()
            .map(|remark| redactor.text(remark))
            .chain(observations(context, &exchanges, &redactor))
            .collect(),
        repeat: format!("{}{}", about.command, selected(&about.only)),
        checked: None,
        requirements,
        tests,
        evidence,
        redactions: redactor.redactions(),
    }
}

/// When nothing ever reached our listener and nobody said it can be reached, silence says nothing about the product.
fn excuse_silence(ended: &mut Ended) {
    let why = "nothing reached our callback address in the whole run: set `callback.public-url` (or --callback-url) to an \
               address the product can reach, and `callback.listen` to where we listen";
    for check in ended.outcomes.iter_mut().flatten().flat_map(|outcome| &mut outcome.checks) {
        if check.arrival && check.judged.outcome == Outcome::Misses {
            check.judged.outcome = Outcome::Unknown(why.into());
            check.judged.found = why.into();
        }
    }
}

/// Where the paths were guessed, and nobody was ever there, nothing that came says anything about the product.
fn excuse_absence(ended: &mut Ended, why: &str) {
    for outcomes in ended.outcomes.iter_mut().flatten() {
        for check in &mut outcomes.checks {
            if matches!(check.judged.outcome, Outcome::Holds | Outcome::Misses) {
                check.judged.outcome = Outcome::Unknown(why.into());
                check.judged.found = why.into();
            }
        }
        if let Some((Verdict::Inconclusive, reason)) = &mut outcomes.ended {
            *reason = why.into();
        }
    }
}

/// Whether this shows that somebody is there who understands: a request taken and answered in JSON, or a message of theirs.
fn understood(exchange: &Exchange) -> bool {
    match exchange.direction {
        Direction::Arrived => exchange.name.is_some(),
        Direction::Sent => {
            let answered = |response: &Response| (200..300).contains(&response.status) && response.body.json().is_ok();
            !is_action(exchange) && exchange.response().is_some_and(answered)
        }
    }
}

/// Whether it made something happen, at whatever address the vendor named for that.
fn is_action(exchange: &Exchange) -> bool {
    exchange.name.as_deref().is_some_and(|name| name.starts_with("action "))
}

/// Where not one request was answered, all that is open is so for this one reason.
fn never_answered(context: &Context, exchanges: &[Arc<Exchange>]) -> Option<String> {
    let mut asked = exchanges.iter().filter(|exchange| !is_action(exchange)).peekable();
    let Answer::None(first) = &asked.peek().filter(|_| !context.setup.facts.recorded)?.answer else { return None };
    let why = format!(
        "not one request was answered in the whole run (the first: {}): check the address and the port, and whether it \
         rightly begins with http or https",
        first.detail
    );
    asked.all(|exchange| matches!(exchange.answer, Answer::None(_))).then_some(why)
}

/// What stands beside any verdict on a product that asks nobody who they are: no test says so where no credential is configured.
const ANYBODY: &str = "no credential was sent in the whole run, and the product answered all the same: it may answer anybody. Whom it \
                       turns away was not tested; name the credential it asks for under `authorisation` in the implementation file";

fn answers_anybody(context: &Context, exchanges: &[Arc<Exchange>]) -> bool {
    let facts = &context.setup.facts;
    let answered =
        |exchange: &Arc<Exchange>| exchange.direction == Direction::Sent && exchange.sound && understood(exchange);
    !facts.credential && !facts.recorded && exchanges.iter().any(answered)
}

/// The commonest reason of all why nothing was shown, and the one a vendor mends fastest.
fn nothing_there(tried: &[String]) -> String {
    format!(
        "the address answers, but nothing of the standard is at any path tried ({}): check the address, or say where it \
         is with `paths: {{prefix: …}}` in the implementation file",
        tried.join(", ")
    )
}

/// Evidence ids in the order of the plan; what belongs to no test comes last.
fn numbered(ended: &Ended, exchanges: &[Arc<Exchange>]) -> (HashMap<usize, String>, Vec<usize>) {
    let mut order = Vec::with_capacity(exchanges.len());
    let mut seen = BTreeSet::new();
    let of_tests = ended.outcomes.iter().flatten().flat_map(|outcome| outcome.exchanges.iter().copied());
    for number in of_tests.chain(exchanges.iter().map(|exchange| exchange.number)) {
        if seen.insert(number) {
            order.push(number);
        }
    }
    let names = order.iter().enumerate().map(|(index, number)| (*number, format!("E{:04}", index + 1))).collect();
    (names, order)
}

fn redactor(context: &Context, exchanges: &[Arc<Exchange>], order: &[usize], about: &About) -> Redactor {
    let mut redactor = Redactor::new(&context.setup.profile.hidden, &about.secrets);
    redactor.know(known(&context.setup.standard));
    if about.production {
        redactor.keep_no_bodies();
    }
    for question in context.setup.profile.values.iter().filter(|question| question.personal) {
        if let Some(value) = context.setup.facts.values.get(&question.name) {
            redactor.learn_value("identifier", value);
        }
    }
    for number in order {
        if let Some(exchange) = exchanges.get(*number) {
            redactor.learn(exchange);
        }
    }
    redactor
}

/// The verdict of a test and why.
pub(super) fn verdict_of(profile: &Profile, planned: &Planned, outcomes: Option<&Outcomes>) -> (Verdict, String) {
    match (&planned.fate, outcomes) {
        (Fate::NotApplicable(why), _) => (Verdict::NotApplicable, why.clone()),
        (Fate::NotRun(why), _) => (Verdict::NotRun, why.clone()),
        (Fate::Waits(claims), _) => (Verdict::NotRun, format!("not probed: {}", claims.join(", "))),
        (Fate::Missing { why, question }, _) => (Verdict::Inconclusive, format!("{why}: {question}")),
        (Fate::Runs, None) => (Verdict::Error, "the suite failed in this test; please report it".into()),
        (Fate::Runs, Some(outcomes)) => judged(profile, planned, outcomes),
    }
}

fn judged(profile: &Profile, planned: &Planned, outcomes: &Outcomes) -> (Verdict, String) {
    let row = |check: &RawCheck| {
        check.requirement.as_ref().and_then(|id| profile.requirements.iter().find(|row| row.id == *id))
    };
    let binding = |check: &RawCheck| {
        row(check).is_none_or(|row| crate::model::verdict::miss(row.force, row.level) == Verdict::Fail)
    };
    let verdicts: Vec<(Verdict, &RawCheck)> =
        outcomes.checks.iter().map(|check| (check.verdict(row(check)), check)).collect();
    let first = |wanted: Verdict| verdicts.iter().find(|(verdict, _)| *verdict == wanted).map(|(_, check)| *check);
    for verdict in [Verdict::Fail, Verdict::Error] {
        if let Some(check) = first(verdict) {
            return (verdict, format!("{}: found {}", check.judged.expected, check.judged.found));
        }
    }
    if let Some((verdict, why)) = &outcomes.ended {
        return (*verdict, why.clone());
    }
    let asked = |check: &RawCheck| !matches!(check.judged.outcome, Outcome::NotAsked(_));
    let open =
        verdicts.iter().find(|(verdict, check)| *verdict == Verdict::Inconclusive && binding(check) && asked(check));
    if let Some((_, check)) = open {
        return (Verdict::Inconclusive, check.open().to_owned());
    }
    if let Some(check) = first(Verdict::Warn) {
        return (Verdict::Warn, format!("{}: found {}", check.judged.expected, check.judged.found));
    }
    // That an answer came is a check of every request, and shows nothing of what the test is about.
    let proven = |check: &RawCheck| check.requirement.as_ref().is_none_or(|id| planned.test.proves.contains(id));
    let shown = verdicts.iter().any(|(verdict, check)| *verdict == Verdict::Pass && proven(check));
    match (shown, first(Verdict::Inconclusive)) {
        (true, _) => (Verdict::Pass, String::new()),
        // All of it is about what a product may leave out, and it did: neither held against it nor counted for it.
        (false, Some(_)) if verdicts.iter().all(|(_, check)| check.left_out()) => {
            (Verdict::NotApplicable, "nothing of this kind came, and none need come".into())
        }
        (false, Some(check)) => (Verdict::Inconclusive, check.open().to_owned()),
        (false, None) => (Verdict::Inconclusive, "nothing was judged".into()),
    }
}

fn test_result(
    profile: &Profile,
    rows: &HashMap<&str, &Requirement>,
    planned: &Planned,
    outcomes: Option<&Outcomes>,
    names: &HashMap<usize, String>,
    redactor: &Redactor,
    about: &About,
) -> TestResult {
    let (verdict, reason) = verdict_of(profile, planned, outcomes);
    let mut checks = Vec::new();
    for raw in outcomes.map(|outcomes| outcomes.checks.as_slice()).unwrap_or_default() {
        let row = raw.requirement.as_ref().and_then(|id| rows.get(id.as_str()).copied());
        checks.push(Check {
            sentence: raw.sentence.clone(),
            key: raw.key.clone(),
            variant: raw.variant.clone(),
            requirement: raw.requirement.clone(),
            force: row.map(|row| row.force),
            verdict: raw.verdict(row),
            expected: redactor.text(&raw.judged.expected),
            found: redactor.text(&raw.judged.found),
            at: redactor.pointer(&raw.judged.at),
            erratum: raw.judged.erratum.clone(),
            evidence: raw.exchange.and_then(|number| names.get(&number).cloned()),
            observed: raw.judged.observed,
        });
    }
    let variant = checks.iter().find(|check| check.verdict == Verdict::Fail).and_then(|check| check.variant.clone());
    let own = variant.map_or_else(|| planned.id.clone(), |variant| format!("{}/{variant}", planned.id));
    let missed = || outcomes.iter().flat_map(|of| &of.checks).filter(|raw| raw.judged.outcome == Outcome::Misses);
    // A review alone has nothing to look back on; what was sent in no test needs the whole run.
    let before: BTreeSet<&String> = missed().flat_map(|raw| &raw.judged.sent_in).collect();
    let whole = before.is_empty() && missed().any(|raw| raw.judged.only_prepared);
    let own = Some(&own).filter(|_| !whole);
    let selection = selected(before.into_iter().chain(own));
    TestResult {
        id: planned.id.clone(),
        title: titled(planned),
        why: planned.test.why.clone(),
        topic: planned.test.topic.clone(),
        role: profile.role.clone(),
        verdict,
        mandatory: planned.mandatory,
        reason: redactor.text(&reason),
        proves: planned.test.proves.clone(),
        checks,
        evidence: outcomes
            .map(|outcomes| outcomes.exchanges.iter().filter_map(|number| names.get(number).cloned()).collect())
            .unwrap_or_default(),
        duration_ms: outcomes.map_or(0, |outcomes| u64::try_from(outcomes.took.as_millis()).unwrap_or(u64::MAX)),
        reproduce: format!("{}{selection}", about.command),
    }
}

/// How a command line selects tests.
fn selected<'t>(tests: impl IntoIterator<Item = &'t String>) -> String {
    tests.into_iter().map(|id| format!(" --test '{}'", id.replace('\'', "'\\''"))).collect()
}

fn titled(planned: &Planned) -> String {
    let values: Vec<_> =
        planned.each.values().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect();
    match values.is_empty() {
        true => planned.test.title.clone(),
        false => format!("{} ({})", planned.test.title, values.join(", ")),
    }
}

fn requirement_results(profile: &Profile, tests: &[TestResult]) -> Vec<RequirementResult> {
    let result = |row: &Requirement| {
        let mut of_row: Vec<&TestResult> = tests.iter().filter(|test| test.proves.contains(&row.id)).collect();
        // No test is about it alone where every request checks it: that an answer comes at all.
        if of_row.is_empty() {
            let checks =
                |test: &&TestResult| test.checks.iter().any(|check| check.requirement.as_ref() == Some(&row.id));
            of_row = tests.iter().filter(checks).collect();
        }
        let verdicts: Vec<Verdict> = of_row
            .iter()
            .flat_map(|test| &test.checks)
            .filter(|check| check.requirement.as_deref() == Some(row.id.as_str()))
            .map(|check| check.verdict)
            .collect();
        let verdict = if verdicts.iter().any(|verdict| matches!(verdict, Verdict::Fail | Verdict::Warn)) {
            RequirementVerdict::NotMet
        } else if verdicts.contains(&Verdict::Pass) {
            RequirementVerdict::Met
        } else if !of_row.is_empty() && of_row.iter().all(|test| test.verdict == Verdict::NotApplicable) {
            RequirementVerdict::NotApplicable
        } else {
            RequirementVerdict::NotShown
        };
        RequirementResult {
            id: row.id.clone(),
            level: row.level,
            force: row.force,
            standard: row.standard.clone(),
            source: row.source.clone(),
            text: row.text.clone(),
            verdict,
            tests: of_row.iter().map(|test| test.id.clone()).collect(),
            not_covered: row.not_covered.clone(),
        }
    };
    profile.requirements.iter().map(result).collect()
}

/// The verdict on the product: no failure and nothing mandatory left open.
fn conclude(tests: &[TestResult], interrupted: bool) -> (Conformance, Vec<String>) {
    let of = |wanted: Verdict, mandatory: bool| -> Vec<&TestResult> {
        tests.iter().filter(|test| test.verdict == wanted && (!mandatory || test.mandatory)).collect()
    };
    let mut reasons = Vec::new();
    let mut say = |tests: &[&TestResult], what: &str| {
        if !tests.is_empty() {
            let ids: Vec<_> = tests.iter().take(MOST).map(|test| test.id.as_str()).collect();
            let more = if tests.len() > MOST { format!(" and {} more", tests.len() - MOST) } else { String::new() };
            let what = if tests.len() == 1 {
                what.replace("(s)", "").replace("were", "was")
            } else {
                what.replace("(s)", "s")
            };
            reasons.push(format!("{} {what}: {}{more}", tests.len(), ids.join(", ")));
        }
    };
    let failed = of(Verdict::Fail, false);
    say(&failed, "test(s) failed");
    let mut open = 0;
    for (verdict, what) in [
        (Verdict::Error, "mandatory test(s) ended in an error of the suite"),
        (Verdict::Inconclusive, "mandatory test(s) could not be decided"),
        (Verdict::NotRun, "mandatory test(s) were not run"),
    ] {
        let found = of(verdict, true);
        open += found.len();
        say(&found, what);
    }
    let shown = tests.iter().any(|test| matches!(test.verdict, Verdict::Pass | Verdict::Warn));
    if interrupted {
        reasons.push("the run was stopped before its end".into());
    }
    let verdict = if !failed.is_empty() {
        Conformance::NotConformant
    } else if open > 0 || interrupted || !shown {
        if !shown {
            reasons.push("no test passed, so nothing was shown".into());
        }
        Conformance::Incomplete
    } else {
        reasons.push("every mandatory test passed".into());
        Conformance::Conformant
    };
    (verdict, reasons)
}

fn counts(tests: &[TestResult], requirements: &[RequirementResult], exchanges: &[Arc<Exchange>]) -> Counts {
    let mut counts = Counts::default();
    for verdict in Verdict::ALL {
        counts.tests.insert(verdict.word().into(), tests.iter().filter(|test| test.verdict == verdict).count());
    }
    for verdict in [
        RequirementVerdict::Met,
        RequirementVerdict::NotMet,
        RequirementVerdict::NotShown,
        RequirementVerdict::NotApplicable,
    ] {
        let count = requirements.iter().filter(|row| row.verdict == verdict).count();
        counts.requirements.insert(verdict.word().into(), count);
    }
    let arrived = exchanges.iter().filter(|e| e.direction == Direction::Arrived).count();
    counts.messages.insert("received".into(), arrived);
    counts.messages.insert("sent".into(), exchanges.len() - arrived);
    counts
}

/// What was not shown, tests with the same reason together, named by their topics.
fn not_tested(ended: &Ended, tests: &[TestResult]) -> Vec<NotTested> {
    let mut grouped: Vec<(String, Option<String>, Vec<&TestResult>)> = Vec::new();
    for (planned, test) in ended.plan.tests.iter().zip(tests) {
        let (why, question) = match (&planned.fate, test.verdict) {
            (Fate::Missing { why, question }, _) => (why.clone(), Some(question.clone())),
            (_, Verdict::Inconclusive | Verdict::NotApplicable | Verdict::NotRun | Verdict::Error) => {
                (test.reason.clone(), None)
            }
            _ => continue,
        };
        match grouped.iter_mut().find(|(known, ..)| *known == why) {
            Some((.., tests)) => tests.push(test),
            None => grouped.push((why, question, vec![test])),
        }
    }
    grouped.into_iter().map(|(why, question, tests)| NotTested { what: topics(&tests), why, question }).collect()
}

/// One test by its title, several by their topics.
fn topics(tests: &[&TestResult]) -> String {
    match tests {
        [only] => format!("{} ({})", only.title, only.id),
        many => {
            let mut topics: Vec<&str> = Vec::new();
            for test in many {
                if !topics.contains(&test.topic.as_str()) {
                    topics.push(&test.topic);
                }
            }
            format!("{} tests of: {}", many.len(), topics.join("; "))
        }
    }
}

fn errata(context: &Context, ended: &Ended, redactor: &Redactor) -> Vec<ErratumNote> {
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for check in ended.outcomes.iter().flatten().flat_map(|outcome| &outcome.checks) {
        for (id, what) in &check.judged.accepted {
            seen.entry(id.clone()).or_default().insert(redactor.text(what));
        }
    }
    let note = |(id, seen): (String, BTreeSet<String>)| {
        let erratum = context.setup.standard.erratum(&id);
        ErratumNote {
            title: erratum.map_or(String::new(), |erratum| erratum.title.clone()),
            policy: erratum.map_or(String::new(), |erratum| erratum.accepts.clone()),
            seen: seen.into_iter().take(MOST).collect(),
            id,
        }
    };
    seen.into_iter().map(note).collect()
}

fn observations(context: &Context, exchanges: &[Arc<Exchange>], redactor: &Redactor) -> Vec<String> {
    let mut remarks = Vec::new();
    let letters = context.setup.inbox.all();
    let ours: Vec<_> = letters.iter().filter(|letter| letter.token.is_some()).collect();
    let appended: Vec<_> = ours.iter().filter(|letter| !letter.suffix.is_empty()).collect();
    let published = |letter: &Letter| {
        let callback = letter.kind.as_ref().and_then(|kind| context.setup.profile.callbacks.get(kind));
        callback.is_some_and(|callback| letter.suffix.trim_end_matches('/').ends_with(&format!("/{}", callback.path)))
    };
    let as_published = appended.iter().filter(|letter| published(letter)).count();
    if !ours.is_empty() {
        remarks.push(format!(
            "callbacks came to the address given in {} case(s), with a path appended in {as_published} (erratum ET-26)",
            ours.len() - appended.len()
        ));
    }
    if as_published < appended.len() {
        remarks.push(format!(
            "{} message(s) came to an address given with another path appended than the one published for them: elsewhere \
             they would have been lost",
            appended.len() - as_published
        ));
    }
    remarks.extend(short_silence(context));
    let strays = context.setup.inbox.strays().len();
    if strays > 0 {
        remarks.push(format!("{strays} message(s) reached our listener that belong to no test"));
    }
    let refused = context.setup.inbox.refused();
    if refused > 0 {
        remarks.push(format!(
            "{refused} message(s) beyond the limits of our listener or of this machine were not taken at once"
        ));
    }
    let twice: Vec<String> =
        exchanges.iter().filter_map(|exchange| exchange.received().and_then(Body::named_twice)).collect();
    if let Some(first) = twice.first() {
        remarks.push(redactor.text(&format!(
            "{} message(s) of the product name a member twice in one object, the first at {first}: the last value was judged, and \
             other readers may take another (RFC 8259, section 4)",
            twice.len()
        )));
    }
    let mut notes: BTreeMap<&str, usize> = BTreeMap::new();
    for note in exchanges.iter().flat_map(|exchange| &exchange.notes) {
        *notes.entry(note).or_insert(0) += 1;
    }
    for (note, count) in notes.into_iter().take(MOST) {
        remarks.push(redactor.text(&format!("{note} ({count} time(s))")));
    }
    remarks
}

/// That what comes late may have gone unheard: where silence was listened for less long than the profile has it.
fn short_silence(context: &Context) -> Option<String> {
    let name = "quiet";
    let (listened, usual) = (context.setup.deadlines.get(name)?, context.setup.profile.deadlines.get(name)?);
    (listened < usual && context.setup.inbox.listens()).then(|| {
        format!(
            "the deadline `{name}` was {}, where the profile has {}: what a product sends later than that, and should not send, \
             was not heard",
            words(*listened),
            words(*usual)
        )
    })
}

fn profile_info(profile: &Profile, standard: &Standard) -> ProfileInfo {
    ProfileInfo {
        id: profile.id.clone(),
        version: profile.version.clone(),
        title: profile.title.clone(),
        standard: profile.standard.clone(),
        edition: standard.base_edition().to_owned(),
        overlays: standard.overlays().to_vec(),
        role: profile.role.clone(),
        stage: profile.stage.clone(),
        digest: profile.digest.clone(),
        standard_digest: String::new(),
        altered: Vec::new(),
        own: profile.own.clone(),
        own_edition: false,
        strictness: profile.strictness.clone(),
    }
}
