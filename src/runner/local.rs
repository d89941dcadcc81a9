//! A run in the current process, simulated in chunks so that progress can be reported.
//!
//! Invariant: the chunks do not influence the result.

use super::{Finished, RunError};
use crate::model::World;
use crate::scenario::Scenario;
use crate::units::US_PER_S;

/// Simulated time of one chunk. A single long call would never leave the browser's baseline compiler.
const PIECE_US: u64 = 60 * US_PER_S;
/// Most progress reports of a run.
const PROGRESS_REPORTS: u64 = 20;

/// A run in progress.
pub struct LocalRun {
    simulation: World,
    reported: u64,
}

impl LocalRun {
    /// Starts a run.
    ///
    /// # Errors
    /// The scenario cannot be simulated.
    pub fn new(scenario: &Scenario, seed: u64) -> Result<Self, RunError> {
        let simulation = World::new(scenario, seed).map_err(|error| RunError::Scenario(error.to_string()))?;
        Ok(Self { simulation, reported: 0 })
    }

    /// Simulates the next chunk; returns false when the run is complete.
    pub fn step(&mut self) -> bool {
        if self.simulation.is_done() {
            return false;
        }
        let until_us = self.simulation.now_us().saturating_add(PIECE_US).min(self.simulation.end_us());
        self.simulation.advance(until_us);
        true
    }

    /// The completed share, when it has grown by a full step: at most [`PROGRESS_REPORTS`] times a run.
    pub fn new_progress(&mut self) -> Option<f64> {
        let (now_us, end_us) = (self.simulation.now_us(), self.simulation.end_us().max(1));
        let step = now_us * PROGRESS_REPORTS / end_us;
        let is_news = step > self.reported;
        self.reported = self.reported.max(step);
        is_news.then(|| now_us as f64 / end_us as f64)
    }

    /// Runs to the end and returns the recording.
    ///
    /// # Errors
    /// The run exceeded the budget of events.
    pub fn finish(mut self) -> Result<Finished, RunError> {
        while self.step() {}
        let recording = self.simulation.complete().map_err(|error| RunError::Scenario(error.to_string()))?;
        let digest = recording.digest();
        Ok(Finished { recording, digest })
    }
}

/// Runs a simulation to its end and reports progress.
///
/// # Errors
/// The scenario cannot be simulated.
pub fn run(scenario: &Scenario, seed: u64, mut on_progress: impl FnMut(f64)) -> Result<Finished, RunError> {
    let mut run = LocalRun::new(scenario, seed)?;
    while run.step() {
        if let Some(ratio) = run.new_progress() {
            on_progress(ratio);
        }
    }
    run.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_a_few_times_and_rises_to_one() {
        let mut scenario = Scenario::bundled();
        scenario.window.until = scenario.window.from.plus_s(1800.0);
        scenario.timeline.truncate(1);
        scenario.timeline[0].at = scenario.window.from;
        scenario.claims.clear();
        scenario.actions.clear();
        scenario.incident.start = scenario.window.from;
        scenario.incident.end = scenario.window.until;
        let mut told = Vec::new();
        let finished = run(&scenario, 7, |ratio| told.push(ratio)).expect("a valid scenario");
        assert!(told.len() <= PROGRESS_REPORTS as usize && told.is_sorted(), "{told:?}");
        assert_eq!(told.last(), Some(&1.0));
        assert_eq!(finished.digest, finished.recording.digest());
    }

    #[test]
    fn pieces_do_not_influence_the_result() {
        let scenario = Scenario::bundled();
        let mut whole = World::new(&scenario, 3).expect("a valid scenario");
        whole.advance(whole.end_us());
        let finished = run(&scenario, 3, |_| ()).expect("a valid scenario");
        assert_eq!(finished.digest, whole.into_recording().digest(), "seed 3");
    }
}
