//! What came of a run: whom it harmed, and when it was noticed, mitigated and over.

use serde::{Deserialize, Serialize};

use crate::recording::{Happening, Recording, Span};
use crate::replay::{FigureKey, Figures, mitigated};
use crate::scenario::Scenario;
use crate::units::UtcMs;

/// Seconds of a step of a run's course.
pub const STEP_S: usize = 300;

/// What came of a run.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Outcome {
    /// Users who started in the simulated window and whose checkout ended in it.
    pub users: u64,
    /// Of these, completed slowly.
    pub slow: u64,
    /// Of these, not completed.
    pub failed: u64,
    /// Time that users waited beyond the baseline, in user-minutes.
    pub user_minutes_lost: f64,
    /// Share of the error budget that was burnt; `None` where there is none.
    pub budget_ratio: Option<f64>,
    /// The first page.
    pub detected_at: Option<UtcMs>,
    /// From when on the service level held.
    pub mitigated_at: Option<UtcMs>,
    /// When the incident was over: the level had held for the verification time, and the cause was gone.
    pub resolved_at: Option<UtcMs>,
    /// Processes killed in the window and before it.
    pub kills: u64,
    /// Of the users who started in each five minutes of the window, the thousandths whose checkout failed.
    pub failed_per_mille: Vec<u16>,
    /// Why planned actions were refused when their time came.
    pub refused: Vec<String>,
}

impl Outcome {
    /// That of a complete run.
    #[must_use]
    pub fn new(scenario: &Scenario, recording: &Recording) -> Self {
        let ended = recording.started(recording.span(recording.meta.from, recording.until()));
        let figures = Figures::new(scenario, recording, recording.until());
        let seconds = recording.meta.seconds as usize;
        let figure = |key| figures.get(key).and_then(|figure| figure.value);
        let is_kill = |what: &Happening| matches!(what, Happening::OutOfMemory { .. } | Happening::NotAlive { .. });
        let refused = recording.log.iter().filter_map(|entry| match &entry.what {
            Happening::ActionRefused { action, reason } => {
                Some(format!("{} at {}: {reason}", action.replace('_', " "), recording.time_of(entry).hh_mm()))
            }
            _ => None,
        });
        Self {
            failed_per_mille: course(recording, seconds),
            users: ended.total(),
            slow: ended.slow,
            failed: ended.failed,
            user_minutes_lost: figure(FigureKey::UserMinutesLost).unwrap_or(0.0),
            budget_ratio: figure(FigureKey::ErrorBudgetBurnt),
            detected_at: recording.detected_at(),
            mitigated_at: mitigated(recording).map(|(from, _)| from),
            resolved_at: recording.resolved_at(),
            kills: recording.log.iter().filter(|entry| is_kill(&entry.what)).count() as u64,
            refused: refused.collect(),
        }
    }

    /// The course of a run that has come to a moment: as [`Outcome::failed_per_mille`], up to the last step whose users have
    /// had five minutes to come to an end.
    #[must_use]
    pub fn course_until(recording: &Recording, at: UtcMs) -> Vec<u16> {
        let passed_s = at.seconds_since(recording.meta.from).max(0.0) as usize;
        course(recording, passed_s.saturating_sub(STEP_S) / STEP_S * STEP_S)
    }

    /// Users who were slow or failed.
    #[must_use]
    pub fn affected(&self) -> u64 {
        self.slow + self.failed
    }
}

/// Of the users who started in each step of the first seconds, the thousandths whose checkout failed.
fn course(recording: &Recording, seconds: usize) -> Vec<u16> {
    let step = |from: usize| {
        let started = recording.started(Span { from, until: (from + STEP_S).min(seconds) });
        (1000.0 * started.failed_ratio().unwrap_or(0.0)).round() as u16
    };
    (0..seconds).step_by(STEP_S).map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::World;

    #[test]
    fn the_course_of_a_run_on_its_way_is_the_beginning_of_its_course() {
        let scenario = Scenario::bundled();
        let mut world = World::new(&scenario, scenario.seed).expect("valid");
        let at = scenario.window.at_clock("12:13").expect("a time");
        world.advance_to(at);
        let so_far = Outcome::course_until(world.recording(), at);
        world.advance_to(scenario.window.until);
        let whole = Outcome::new(&scenario, world.recording()).failed_per_mille;
        // 10:30 to 12:05: those who started at 12:10 may still be waiting.
        assert_eq!(so_far.len(), 19);
        assert_eq!(so_far, whole[..19]);
        assert!(Outcome::course_until(world.recording(), scenario.window.from).is_empty());
    }
}
