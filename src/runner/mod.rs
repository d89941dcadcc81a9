//! Runs simulations, in a web worker on the page and in process elsewhere, behind one [`RunEvent`].
//!
//! Invariant: a run is the same wherever it is made: scenario and seed in, recording out.

pub mod local;
pub mod protocol;
#[cfg(feature = "ui")]
pub mod worker;

use crate::recording::Recording;

/// What a run tells while it is made.
#[derive(Clone, PartialEq, Debug)]
pub enum RunEvent {
    /// The share that is done, 0 to 1.
    Progress(f64),
    /// The run is complete.
    Done(Box<Finished>),
    /// There will be no recording.
    Failed(RunError),
}

/// A complete run.
#[derive(Clone, PartialEq, Debug)]
pub struct Finished {
    /// What it left behind.
    pub recording: Recording,
    /// Fingerprint of the recording.
    pub digest: String,
}

/// Why there is no recording.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RunError {
    /// The scenario was refused.
    #[error("the scenario cannot be simulated: {0}")]
    Scenario(String),
    /// The worker did not start, or ended.
    #[error("the simulation's worker failed: {0}")]
    Worker(String),
    /// A message was damaged or of another version.
    #[error("page and worker do not understand each other: {0}")]
    Protocol(String),
}
