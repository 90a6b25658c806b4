//! What a run tells while it goes on. The engine tells; whoever listens decides what a person sees.

use crate::model::verdict::Verdict;

/// Something happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A question is being asked of the product before the plan is settled.
    Probing(String),
    /// The plan is settled: so many tests will run.
    Settled {
        /// Tests that will run.
        tests: usize,
    },
    /// A test finished.
    Finished {
        /// Instance id.
        id: String,
        /// Verdict.
        verdict: Verdict,
    },
    /// An operator is asked to do something.
    Asking(String),
}

/// Hears events. Called from several tasks at once.
pub trait Listener: Send + Sync {
    /// Hears one.
    fn on(&self, event: &Event);
}

/// Hears nothing.
pub struct Quiet;

impl Listener for Quiet {
    fn on(&self, _: &Event) {}
}
