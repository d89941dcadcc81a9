//! The steps of the response, which move together as in life: what comes earlier lets what follows come earlier.

use crate::scenario::{Scenario, Setting};
use crate::units::UtcMs;

/// A step of the reported response, from the detection to the last one that an action follows.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// The id of the reported event.
    pub id: String,
    pub title: String,
    /// When it was.
    pub reported_at: UtcMs,
}

/// The steps of a scenario's response. None where no action follows any.
#[must_use]
pub fn steps(scenario: &Scenario) -> Vec<Step> {
    let start = scenario.incident.start;
    let last = scenario.actions.iter().filter_map(|action| action.at.fixed()).filter(|at| *at >= start).max();
    let Some(last) = last else { return Vec::new() };
    scenario
        .timeline
        .iter()
        .filter(|event| (start..=last).contains(&event.at))
        .map(|event| Step { id: event.id.clone(), title: event.title.clone(), reported_at: event.at })
        .collect()
}

/// The times of the steps when some are moved: each keeps its distance from the one before, unless it was moved itself.
/// `moved` has the steps' ids with their new times.
#[must_use]
pub fn times(steps: &[Step], moved: &[(String, UtcMs)]) -> Vec<UtcMs> {
    let mut shift_s = 0.0;
    steps
        .iter()
        .map(|step| {
            let wanted = moved.iter().find(|(id, _)| *id == step.id).map(|(_, at)| *at);
            if let Some(at) = wanted {
                shift_s = at.seconds_since(step.reported_at);
            }
            step.reported_at.plus_s(shift_s)
        })
        .collect()
}

/// What moving steps changes of the scenario: every action at or after a step moves with it.
#[must_use]
pub fn moved(scenario: &Scenario, wanted: &[(String, UtcMs)]) -> Vec<Setting> {
    let steps = steps(scenario);
    let times = times(&steps, wanted);
    scenario
        .actions
        .iter()
        .filter_map(|action| {
            let at = action.at.fixed()?;
            let (step, time) = steps.iter().zip(&times).rev().find(|(step, _)| step.reported_at <= at)?;
            let shift_s = time.seconds_since(step.reported_at);
            (shift_s != 0.0)
                .then(|| Setting::new(&format!("actions.{}.at", action.id), &at.plus_s(shift_s).to_string()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(clock: &str) -> UtcMs {
        Scenario::bundled().window.at_clock(clock).expect("a time")
    }

    fn told(moves: &[(&str, &str)]) -> Vec<String> {
        let moves: Vec<(String, UtcMs)> = moves.iter().map(|(id, clock)| ((*id).to_owned(), at(clock))).collect();
        moved(&Scenario::bundled(), &moves)
            .iter()
            .map(|setting| format!("{}={}", setting.path, setting.value))
            .collect()
    }

    #[test]
    fn what_follows_a_step_moves_with_it() {
        let ids: Vec<String> = steps(&Scenario::bundled()).into_iter().map(|step| step.id).collect();
        assert_eq!(ids, ["detected", "investigation", "escalated", "identified", "patched"]);
        let clocks = |moves: &[(&str, &str)]| -> Vec<String> {
            let moves: Vec<(String, UtcMs)> = moves.iter().map(|(id, clock)| ((*id).to_owned(), at(clock))).collect();
            times(&steps(&Scenario::bundled()), &moves).into_iter().map(UtcMs::hh_mm).collect()
        };
        assert_eq!(clocks(&[("escalated", "11:10")]), ["11:00", "11:05", "11:10", "12:10", "12:25"]);
        assert_eq!(
            clocks(&[("escalated", "11:10"), ("patched", "12:45")]),
            ["11:00", "11:05", "11:10", "12:10", "12:45"],
            "a later step that is set by hand stays there"
        );
    }

    #[test]
    fn an_action_moves_with_the_step_before_it() {
        assert_eq!(told(&[("detected", "10:50")]), ["actions.patch.at=2024-08-15T12:35:00Z"]);
        assert_eq!(told(&[("identified", "11:30")]), ["actions.patch.at=2024-08-15T11:45:00Z"]);
        assert!(told(&[("escalated", "11:10"), ("patched", "12:45")]).is_empty());
        assert!(told(&[]).is_empty());
    }
}
