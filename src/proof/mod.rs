//! Puts engine and sandbox together: the demo, the fault matrix, generated mutations.
//!
//! The sandbox knows nothing of profiles and the engine nothing of faults; which fault breaks which requirement is said in
//! the profile's `proof.yaml`.

pub mod matrix;
pub mod mutations;
pub mod survivors;

use crate::engine::events::{Listener as Hears, Quiet};
use crate::engine::plan::Selection;
use crate::engine::session::{Finished, Loaded, Options, SessionError, conduct};
use crate::engine::stop::Stop;
use crate::implementation::{self, Credentials, Implementation, Login};
use crate::sandbox::{self, Fault, Sandbox};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

/// What the demo's vendor would have written, with the address left open.
const DEMO: &str = include_str!("demo.yaml");
/// A token of no worth beyond this process.
const TOKEN: &str = "sandbox-token-of-the-demo";

/// Why a demo or proof run did not come about.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// The sandbox could not be started.
    #[error("cannot start the sandbox: {0}")]
    Sandbox(#[from] std::io::Error),
    /// The run could not be started.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The demo's own file is wrong: a fault of the suite.
    #[error("the demo's own implementation file is wrong:\n{0}")]
    Demo(String),
}

/// Changes to the sandbox of one run.
#[derive(Clone, Default)]
pub struct Change {
    /// Faults switched on.
    pub faults: Vec<Fault>,
    /// Applied to every JSON body the sandbox sends.
    pub tamper: Option<Tamper>,
}

/// A change of outgoing bodies: kind of answer, body.
pub type Tamper = Arc<dyn Fn(&str, &mut serde_json::Value) + Send + Sync>;

/// How to run against the sandbox.
#[derive(Clone)]
pub struct Conditions {
    /// Seed of choices and order.
    pub seed: u64,
    /// Factor on the demo's deadlines.
    pub patience: f64,
    /// Ends the run early.
    pub stop: Stop,
    /// Hears events.
    pub hears: Arc<dyn Hears>,
    /// Command that repeats the run.
    pub command: String,
    /// SHA-256 of the executable.
    pub digest: String,
    /// Which tests.
    pub selection: Selection,
}

impl Default for Conditions {
    fn default() -> Self {
        Conditions {
            seed: 1,
            patience: 1.0,
            stop: Stop::default(),
            hears: Arc::new(Quiet),
            command: "dci-conform demo".into(),
            digest: String::new(),
            selection: Selection::default(),
        }
    }
}

/// Starts a sandbox on a free loopback port and runs a profile against it.
///
/// # Errors
/// The sandbox or the run cannot be started.
pub async fn against_sandbox(loaded: &Loaded, change: Change, conditions: Conditions) -> Result<Finished, ProofError> {
    let sandbox = sandbox::start(sandbox::Options {
        token: Some(TOKEN.into()),
        faults: change.faults,
        tamper: change.tamper,
        ..sandbox::Options::default()
    })
    .await?;
    let implementation = demo_implementation(&sandbox)?;
    let credentials = Credentials {
        login: Login::Bearer(SecretString::from(TOKEN.to_owned())),
        action_headers: Vec::new(),
        signing_key: None,
    };
    let options = Options {
        jobs: 16,
        rate: None,
        patience: conditions.patience,
        time_limit: Duration::from_secs(120),
        seed: conditions.seed,
        listen: None,
        public_url: None,
        selection: conditions.selection,
        operator: None,
        hears: conditions.hears,
        stop: conditions.stop,
        command: conditions.command,
        digest: conditions.digest,
        look: false,
    };
    Ok(conduct(loaded, &implementation, credentials, options).await?)
}

fn demo_implementation(sandbox: &Sandbox) -> Result<Implementation, ProofError> {
    let text = DEMO.replace("http://sandbox", sandbox.base_url().trim_end_matches('/'));
    implementation::parse("demo.yaml", &text, None).map_err(|wrong| ProofError::Demo(wrong.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::result::RunResult;
    use crate::model::verdict::{RequirementVerdict, Verdict};
    use crate::profile;
    use crate::source::Files;
    use crate::standard::Standard;

    async fn run(only: &[&str], tamper: Option<Tamper>) -> RunResult {
        run_where(only, tamper, &[]).await
    }

    /// A run in which some values are others unless the vendor's file names them.
    async fn run_where(only: &[&str], tamper: Option<Tamper>, values: &[(&str, &str)]) -> RunResult {
        let files = Files::embedded();
        let standard = Standard::load(&files, "dec2025").unwrap_or_else(|wrong| panic!("{wrong}"));
        let mut profile = profile::load(&files, "social-registry", &standard).unwrap_or_else(|wrong| panic!("{wrong}"));
        for question in &mut profile.profile.values {
            let other = values.iter().find(|(name, _)| question.name == *name);
            question.default = other.map(|(_, value)| (*value).into()).or(question.default.take());
        }
        let loaded = Loaded { profile: Arc::new(profile.profile), standard: Arc::new(standard) };
        let only = only.iter().map(|id| (*id).to_owned()).collect();
        let conditions = Conditions {
            patience: 2.0,
            selection: Selection { only, ..Selection::default() },
            ..Conditions::default()
        };
        let change = Change { faults: Vec::new(), tamper };
        against_sandbox(&loaded, change, conditions).await.unwrap_or_else(|error| panic!("{error}")).result
    }

    fn verdict(result: &RunResult, id: &str) -> Verdict {
        result.tests.iter().find(|test| test.id == id).map(|test| test.verdict).unwrap_or_else(|| panic!("no {id}"))
    }

    fn requirement(result: &RunResult, id: &str) -> RequirementVerdict {
        result.requirements.iter().find(|row| row.id == id).map(|row| row.verdict).unwrap_or_else(|| panic!("no {id}"))
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn where_nothing_was_refused_nothing_is_shown_of_refusals() {
        let result = run(&["RG-SYNC-01", "RG-RUN-15", "RG-RUN-16", "RG-RUN-17"], None).await;
        assert_eq!(verdict(&result, "RG-SYNC-01"), Verdict::Pass);
        assert_eq!(verdict(&result, "RG-RUN-15"), Verdict::Pass, "about every answer, and there was one");
        for (test, row) in [("RG-RUN-16", "RG-ACK-03"), ("RG-RUN-17", "RG-HYG-05")] {
            assert_eq!(verdict(&result, test), Verdict::Inconclusive, "{test}");
            assert_eq!(requirement(&result, row), RequirementVerdict::NotShown, "{row}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn silence_about_an_event_nobody_subscribed_to_shows_nothing() {
        let test = "RG-EVENT-02";
        let of_unlike = |result: &RunResult| {
            let checks = result.tests.iter().find(|one| one.id == test).map(|one| one.checks.clone());
            let of = checks.unwrap_or_default().into_iter().find(|check| check.sentence.contains("notify[at=unlike]"));
            of.map(|check| check.verdict)
        };
        assert_eq!(of_unlike(&run(&[test], None).await), Some(Verdict::Pass));
        let unknown = run_where(&[test], None, &[("other-event-type", "no-such-event")]).await;
        assert_eq!(verdict(&unknown, test), Verdict::Pass, "the registry refused it and may");
        assert_eq!(of_unlike(&unknown), Some(Verdict::Inconclusive));
        let same = run_where(&[test], None, &[("other-event-type", "REGISTER")]).await;
        assert_eq!(verdict(&same, test), Verdict::Inconclusive, "it is no other: nothing can be shown of one");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_guard_that_never_held_shows_nothing_of_its_requirement() {
        let silent: Tamper = Arc::new(|_, body| {
            if let Some(header) = body.get_mut("header").and_then(serde_json::Value::as_object_mut) {
                header.shift_remove("is_msg_encrypted");
            }
        });
        let result = run(&["RG-SYNC-01", "RG-RUN-01"], Some(silent)).await;
        assert_eq!(verdict(&result, "RG-RUN-01"), Verdict::Pass, "the member is optional");
        assert_eq!(requirement(&result, "RG-ENV-01"), RequirementVerdict::Met);
        assert_eq!(requirement(&result, "RG-ENV-05"), RequirementVerdict::NotShown, "never a pass");
    }
}
