//! The fault matrix: every fault is noticed, every sentence can be missed, and nothing is blamed that a fault does not
//! break. Expectations are derived from what tests prove and faults break, never kept from an earlier run.

use super::{Change, Conditions, ProofError, against_sandbox};
use crate::engine::session::Loaded;
use crate::model::result::{RunResult, TestResult};
use crate::model::verdict::{Conformance, Verdict};
use crate::profile::ast::{Expectation, Fragment, Profile, Step, Verb};
use crate::sandbox::{Fault, FaultInfo};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// A sentence of a profile: test id and key.
pub type SentenceId = (String, String);

/// What the matrix shows.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Matrix {
    /// One row per fault.
    pub rows: Vec<Row>,
    /// Problems of the fault-free run: tests that did not pass, with the reason.
    pub fault_free: Vec<String>,
    /// Sentences that no fault made miss.
    pub unproven_sentences: Vec<String>,
    /// Tests that no fault made fail or warn.
    pub unproven_tests: Vec<String>,
    /// Other defects: faults without a row in `proof.yaml`, rows without a fault.
    pub defects: Vec<String>,
    /// Tests of the profile.
    pub tests: usize,
    /// Sentences of the profile.
    pub sentences: usize,
}

/// One fault.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Row {
    /// Fault.
    pub fault: String,
    /// Requirements it breaks by its own account.
    pub breaks: Vec<String>,
    /// Whether a sentence of the first of them missed.
    pub noticed: bool,
    /// Verdict of the run.
    pub verdict: String,
    /// Tests that failed or warned.
    pub failed: Vec<String>,
    /// Tests that became inconclusive.
    pub inconclusive: usize,
    /// Tests that failed, though in no sentence of a requirement the fault breaks.
    pub unexplained: Vec<String>,
    /// Why the run itself did not come about.
    pub error: Option<String>,
    /// True of a run made again alone, since the first, made beside others, was not as it should be.
    pub again: bool,
}

impl Row {
    /// True when the fault is noticed, and blames nothing that it does not break.
    pub fn holds(&self) -> bool {
        self.noticed && self.unexplained.is_empty() && self.error.is_none()
    }
}

impl Matrix {
    /// True when the profile is proven.
    pub fn holds(&self) -> bool {
        self.rows_hold() && self.unproven_sentences.is_empty() && self.unproven_tests.is_empty()
    }

    /// True when the faults looked at are noticed as `proof.yaml` says, and the sandbox passes without one.
    pub fn rows_hold(&self) -> bool {
        self.fault_free.is_empty() && self.defects.is_empty() && self.rows.iter().all(Row::holds)
    }

    /// How many faults were noticed.
    pub fn noticed(&self) -> usize {
        self.rows.iter().filter(|row| row.noticed).count()
    }
}

/// Runs the matrix; `tell` hears each row as it is done.
///
/// # Errors
/// The fault-free run did not come about.
pub async fn prove(
    loaded: &Loaded,
    faults: &[&'static FaultInfo],
    jobs: usize,
    tell: &(dyn Fn(&Row) + Sync),
) -> Result<Matrix, ProofError> {
    let profile = &loaded.profile;
    let sentences = sentences(profile);
    let mut matrix = Matrix { tests: profile.tests.len(), sentences: sentences.len(), ..Matrix::default() };
    let free = against_sandbox(loaded, Change::default(), conditions(SHARED)).await?.result;
    matrix.fault_free = free_of_faults(&free);
    let slots = Arc::new(Semaphore::new(jobs.max(1)));
    let mut running = tokio::task::JoinSet::new();
    for info in faults {
        let (loaded, slots, info) = (loaded.clone(), slots.clone(), *info);
        running.spawn(async move {
            let _slot = slots.acquire_owned().await;
            (info, run_with(&loaded, info.fault, SHARED).await)
        });
    }
    let mut seen = Seen::default();
    let mut doubtful = Vec::new();
    while let Some(Ok((info, outcome))) = running.join_next().await {
        let row = row_of(profile, info, &outcome);
        if row.holds() {
            seen.collect(&outcome);
            tell(&row);
            matrix.rows.push(row);
        } else {
            // What it showed, and not the whole run: of a profile that is not sound there are hundreds.
            let mut shown = Seen::default();
            shown.collect(&outcome);
            doubtful.push((info, row, shown));
        }
    }
    // What a busy machine did to a run does not happen again when it has the machine to itself; what the profile does, does.
    let again = doubtful.len() <= MOST_AGAIN;
    for (info, mut row, shown) in doubtful {
        if again {
            let outcome = run_with(loaded, info.fault, ALONE).await;
            row = Row { again: true, ..row_of(profile, info, &outcome) };
            seen.collect(&outcome);
        } else {
            seen.missed.extend(shown.missed);
            seen.failed.extend(shown.failed);
        }
        tell(&row);
        matrix.rows.push(row);
    }
    let Seen { missed, failed } = seen;
    let order: BTreeMap<&str, usize> = faults.iter().enumerate().map(|(index, info)| (info.name, index)).collect();
    matrix.rows.sort_by_key(|row| order.get(row.fault.as_str()).copied());
    matrix.unproven_sentences = sentences
        .iter()
        .filter(|(id, _)| !missed.contains(*id))
        .map(|((test, key), text)| format!("{test} {key}: {text}"))
        .collect();
    matrix.unproven_tests =
        profile.tests.iter().map(|test| test.id.clone()).filter(|id| !failed.contains(id)).collect();
    matrix.defects = defects(profile, faults);
    Ok(matrix)
}

/// Many sandboxes share the processors: a deadline missed for want of them would blame the wrong side.
const SHARED: f64 = 2.0;
/// How many times as long everything may take in a run that is alone.
const ALONE: f64 = 4.0;
/// So many runs are made again at most: more of them are no accident.
const MOST_AGAIN: usize = 10;

fn conditions(patience: f64) -> Conditions {
    Conditions { patience, ..Conditions::default() }
}

async fn run_with(loaded: &Loaded, fault: Fault, patience: f64) -> Result<RunResult, ProofError> {
    let change = Change { faults: vec![fault], tamper: None };
    Ok(against_sandbox(loaded, change, conditions(patience)).await?.result)
}

fn row_of(profile: &Profile, info: &FaultInfo, outcome: &Result<RunResult, ProofError>) -> Row {
    let breaks = profile.proof.get(info.name).cloned().unwrap_or_default();
    match outcome {
        Err(error) => Row { fault: info.name.into(), breaks, error: Some(error.to_string()), ..Row::default() },
        Ok(result) => row(info.name, breaks, result),
    }
}

/// What runs with faults showed.
#[derive(Default)]
struct Seen {
    /// Sentences that missed.
    missed: BTreeSet<SentenceId>,
    /// Tests that failed or warned.
    failed: BTreeSet<String>,
}

impl Seen {
    fn collect(&mut self, outcome: &Result<RunResult, ProofError>) {
        let Ok(result) = outcome else { return };
        for test in &result.tests {
            if bad(test.verdict) {
                self.failed.insert(base(test).to_owned());
            }
            for check in test.checks.iter().filter(|check| bad(check.verdict)) {
                self.missed.insert((base(test).to_owned(), check.key.clone()));
            }
        }
    }
}

/// On the fault-free sandbox everything passes, and each test shows every requirement it says it proves: what is asked only
/// behind a guard that never holds there is proven by nobody.
fn free_of_faults(result: &RunResult) -> Vec<String> {
    let mut problems: Vec<String> = result
        .tests
        .iter()
        .filter(|test| !matches!(test.verdict, Verdict::Pass | Verdict::NotApplicable))
        .map(|test| format!("{} is {}: {}", test.id, test.verdict.word(), test.reason))
        .collect();
    for test in result.tests.iter().filter(|test| test.verdict == Verdict::Pass) {
        for requirement in test.proves.iter().filter(|requirement| !shows(test, requirement)) {
            problems.push(format!("{} passes and shows nothing of {requirement}", test.id));
        }
    }
    if result.verdict != Conformance::Conformant {
        problems.push(format!("the verdict is {}", result.verdict.word()));
    }
    problems
}

fn shows(test: &TestResult, requirement: &str) -> bool {
    test.checks.iter().any(|check| check.requirement.as_deref() == Some(requirement) && check.verdict == Verdict::Pass)
}

/// The id of a test without the values of `for each`.
fn base(test: &TestResult) -> &str {
    test.id.split('/').next().unwrap_or(&test.id)
}

fn bad(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Fail | Verdict::Warn)
}

fn row(fault: &str, breaks: Vec<String>, result: &RunResult) -> Row {
    let misses = |test: &TestResult, wanted: &[String]| {
        test.checks
            .iter()
            .filter(|check| bad(check.verdict))
            .any(|check| check.requirement.as_ref().is_some_and(|requirement| wanted.contains(requirement)))
    };
    let first: Vec<String> = breaks.iter().take(1).cloned().collect();
    let failed: Vec<&TestResult> = result.tests.iter().filter(|test| bad(test.verdict)).collect();
    let unexplained = failed.iter().filter(|test| !misses(test, &breaks)).map(|test| {
        let rows: BTreeSet<&str> = test
            .checks
            .iter()
            .filter(|check| bad(check.verdict))
            .filter_map(|check| check.requirement.as_deref())
            .collect();
        format!("{} ({})", test.id, rows.into_iter().collect::<Vec<_>>().join(", "))
    });
    Row {
        fault: fault.into(),
        noticed: result.tests.iter().any(|test| misses(test, &first)),
        verdict: result.verdict.word().into(),
        failed: failed.iter().map(|test| test.id.clone()).collect(),
        inconclusive: result.tests.iter().filter(|test| test.verdict == Verdict::Inconclusive).count(),
        unexplained: unexplained.collect(),
        error: None,
        again: false,
        breaks,
    }
}

fn defects(profile: &Profile, faults: &[&'static FaultInfo]) -> Vec<String> {
    let unmapped = faults
        .iter()
        .filter(|info| !profile.proof.contains_key(info.name))
        .map(|info| format!("fault `{}` has no row in proof.yaml", info.name));
    let unknown = profile
        .proof
        .keys()
        .filter(|name| Fault::by_name(name).is_none())
        .map(|name| format!("proof.yaml names the fault `{name}`, which the sandbox does not have"));
    unmapped.chain(unknown).collect()
}

/// Every sentence of the tests proper, with its text. Arrivals and silences are sentences too.
pub fn sentences(profile: &Profile) -> BTreeMap<SentenceId, String> {
    let mut found = BTreeMap::new();
    for test in &profile.tests {
        walk(profile, &test.id, &test.steps, &mut found);
    }
    found
}

fn walk(profile: &Profile, test: &str, steps: &[Step], found: &mut BTreeMap<SentenceId, String>) {
    let mut add = |key: &str, text: String| {
        found.insert((test.to_owned(), key.to_owned()), text);
    };
    for step in steps {
        for expectation in step.expect.iter().chain(&step.should) {
            match expectation {
                Expectation::Sentence(tied) => add(&tied.key, tied.sentence.text.clone()),
                Expectation::Guard { then, .. } => {
                    then.iter().for_each(|tied| add(&tied.key, tied.sentence.text.clone()));
                }
            }
        }
        match &step.verb {
            Verb::Await(wait) if !wait.optional => add(&step.key, format!("{} arrives", wait.callback)),
            Verb::Silence(silence) => add(&step.key, format!("no {} arrives", silence.callback)),
            _ => {}
        }
    }
    for step in steps {
        match &step.verb {
            Verb::Repeat { steps, .. } => walk(profile, test, steps, found),
            Verb::AtOnce { branches, .. } => branches.iter().for_each(|steps| walk(profile, test, steps, found)),
            Verb::Use { fragment, .. } => {
                if let Some(fragment) =
                    profile.fragments.get(fragment).filter(|fragment: &&Arc<Fragment>| !fragment.once)
                {
                    walk(profile, test, &fragment.steps, found);
                }
            }
            _ => {}
        }
    }
}
