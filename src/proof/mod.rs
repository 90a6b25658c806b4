//! Puts engine and sandbox together: the demo, the fault matrix, generated mutations.
//!
//! The sandbox knows nothing of profiles and the engine nothing of faults; which fault breaks which requirement is said in
//! the profile's `proof.yaml`.

pub mod matrix;
pub mod mutations;

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
