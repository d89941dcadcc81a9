//! Runs simulations at desks, in slices: in a pool of web workers, or on the page where the browser has none. What becomes of
//! them is told as [`RunEvent`]s.
//!
//! Invariant: the result depends only on scenario and seed, not on where it runs.

pub mod desk;
pub mod pool;
pub mod protocol;
#[cfg(feature = "ui")]
pub mod runs;
#[cfg(feature = "ui")]
mod seat;
#[cfg(feature = "ui")]
mod turns;
#[cfg(feature = "ui")]
pub mod worker;

use crate::compare::Outcome;
use crate::recording::Recording;

/// Progress and result of a run.
#[derive(Clone, PartialEq, Debug)]
pub enum RunEvent {
    Progress(Progress),
    /// The run is complete.
    Done(Box<Finished>),
    /// A run of which only the outcome was asked for is complete.
    Outcome(Box<Outcome>),
    /// The run failed.
    Failed(RunError),
}

/// How far a run has come.
#[derive(Clone, PartialEq, Debug)]
pub struct Progress {
    /// The completed share, 0 to 1.
    pub ratio: f64,
    /// Its course so far: thousandths of users who failed, by the steps of [`Outcome::failed_per_mille`].
    pub course: Vec<u16>,
}

/// A complete run.
#[derive(Clone, PartialEq, Debug)]
pub struct Finished {
    pub recording: Recording,
    /// Digest of the recording.
    pub digest: String,
}

/// Why a run failed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RunError {
    /// The scenario was rejected.
    #[error("the scenario cannot be simulated: {0}")]
    Scenario(String),
    /// The worker did not start, ended, or does not answer.
    #[error("the simulation's worker failed: {0}")]
    Worker(String),
    /// A message was damaged or of another version.
    #[error("page and worker do not understand each other: {0}")]
    Protocol(String),
}
