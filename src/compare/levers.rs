//! The levers of a what-if: how they lie with some settings, and the settings after one is moved.
//!
//! Invariant: the settings are the only state. What a link holds is what the levers show.

use super::Candidate;
use crate::scenario::{Scenario, Setting};
use crate::units::UtcMs;

/// Whether settings take a candidate: they have a value for all that it changes, and the same one but for times.
#[must_use]
pub fn holds(settings: &[Setting], candidate: &Candidate) -> bool {
    candidate.settings.iter().all(|wanted| {
        let found = settings.iter().find(|setting| setting.path == wanted.path);
        found.is_some_and(|found| found.value == wanted.value || is_time(&wanted.path))
    })
}

/// The settings with a candidate taken, in place of what they had there.
#[must_use]
pub fn taken(settings: &[Setting], candidate: &Candidate) -> Vec<Setting> {
    let paths: Vec<&str> = candidate.settings.iter().map(|setting| setting.path.as_str()).collect();
    let rest = settings.iter().filter(|setting| !paths.contains(&setting.path.as_str()));
    rest.cloned().chain(candidate.settings.iter().cloned()).collect()
}

/// The settings without a candidate.
#[must_use]
pub fn dropped(settings: &[Setting], candidate: &Candidate) -> Vec<Setting> {
    // An action that is added goes with all of its fields.
    let action = |path: &str| path.strip_prefix("actions.").and_then(|rest| rest.split('.').next()).map(str::to_owned);
    let actions: Vec<String> =
        candidate.settings.iter().filter(|s| is_time(&s.path)).filter_map(|s| action(&s.path)).collect();
    let is_its = |setting: &&Setting| {
        candidate.settings.iter().any(|own| own.path == setting.path)
            || action(&setting.path).is_some_and(|id| actions.contains(&id))
    };
    settings.iter().filter(|setting| !is_its(setting)).cloned().collect()
}

/// The settings with one value set; without it where it is the scenario's own.
#[must_use]
pub fn set(scenario: &Scenario, settings: &[Setting], path: &str, value: &str) -> Vec<Setting> {
    let rest = settings.iter().filter(|setting| setting.path != path).cloned();
    let changed: Vec<Setting> = rest.clone().chain([Setting::new(path, value)]).collect();
    let is_own = scenario.with(&[Setting::new(path, value)]).is_ok_and(|with| with.what_if.is_empty());
    if is_own { rest.collect() } else { changed }
}

/// When the settings take an action, where they say a time of the clock.
#[must_use]
pub fn time_of(scenario: &Scenario, settings: &[Setting], action: &str, detected: Option<UtcMs>) -> Option<UtcMs> {
    let path = format!("actions.{action}.at");
    let value = &settings.iter().find(|setting| setting.path == path)?.value;
    let changed = scenario.with(&[Setting::new(&path, value)]).ok()?;
    changed.action(action)?.at.in_run(detected)
}

fn is_time(path: &str) -> bool {
    path.starts_with("actions.") && path.ends_with(".at")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::candidates;

    fn candidate(id: &str) -> Candidate {
        candidates(&Scenario::bundled()).into_iter().find(|candidate| candidate.id == id).expect(id)
    }

    #[test]
    fn what_is_taken_is_held_until_it_is_dropped() {
        let (restart, scale) = (candidate("rolling_restart"), candidate("scale_out"));
        let both = taken(&taken(&[], &restart), &scale);
        assert!(holds(&both, &restart) && holds(&both, &scale));
        let moved = set(&Scenario::bundled(), &both, "actions.scale_out.at", "2024-08-15T11:40:00Z");
        assert!(holds(&moved, &scale), "at another time it is the same lever");
        let fields = set(&Scenario::bundled(), &moved, "actions.scale_out.by", "2");
        assert!(!holds(&fields, &scale), "two instances are another lever");
        assert_eq!(dropped(&moved, &scale), taken(&[], &restart));
        assert!(dropped(&fields, &scale).iter().all(|setting| !setting.path.contains("scale_out")));
    }

    #[test]
    fn a_value_of_the_scenario_is_no_change() {
        let scenario = Scenario::bundled();
        let changed = set(&scenario, &[], "instances.count", "12");
        assert_eq!(changed.len(), 1);
        assert!(set(&scenario, &changed, "instances.count", "8").is_empty());
        assert!(set(&scenario, &[], "actions.patch.at", "12:45").is_empty());
    }

    #[test]
    fn the_time_of_an_action_is_that_of_the_settings() {
        let scenario = Scenario::bundled();
        let settings = taken(&[], &candidate("rolling_restart"));
        let page = scenario.window.at_clock("11:00");
        assert_eq!(time_of(&scenario, &settings, "rolling_restart", page), scenario.window.at_clock("11:15"));
        assert_eq!(time_of(&scenario, &[], "rolling_restart", page), None);
    }
}
