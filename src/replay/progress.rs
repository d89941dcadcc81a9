//! What the event log says up to a moment: pages, kills, the roll-out, the verification.

use super::instance::InstanceMoment;
use crate::recording::{Happening, Recording, Span};
use crate::scenario::{Scenario, Severity};
use crate::units::UtcMs;

/// Kills are mentioned for this long.
const KILLED_WINDOW_S: f64 = 600.0;

/// A roll-out or rolling restart that has begun.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RolloutMoment {
    /// True for the fixed release, false for a restart with the same release.
    pub patch: bool,
    /// When it began.
    pub started: UtcMs,
    /// The latest wave, from 1.
    pub wave: u32,
    /// Instances that are ready again.
    pub done: usize,
    /// Instances that are draining, starting or waiting to restart.
    pub under_way: usize,
    pub finished: bool,
}

pub(super) fn first_page(recording: &Recording, at: UtcMs) -> Option<(UtcMs, String)> {
    recording.log.iter().find_map(|entry| match &entry.what {
        Happening::AlertFiring { rule, severity: Severity::Page, .. } if recording.time_of(entry) <= at => {
            Some((recording.time_of(entry), rule.clone()))
        }
        _ => None,
    })
}

pub(super) fn firing(recording: &Recording, at: UtcMs, wanted: impl Fn(Severity) -> bool) -> Vec<String> {
    let mut firing: Vec<&str> = Vec::new();
    for entry in recording.log.iter().take_while(|entry| recording.time_of(entry) <= at) {
        match &entry.what {
            Happening::AlertFiring { rule, severity, .. } if wanted(*severity) => firing.push(rule),
            Happening::AlertResolved { rule, .. } => firing.retain(|name| name != rule),
            _ => {}
        }
    }
    firing.into_iter().map(str::to_owned).collect()
}

pub(super) fn killed(recording: &Recording, at: UtcMs) -> usize {
    let from = at.plus_s(-KILLED_WINDOW_S);
    let killed = recording.log.iter().filter(|entry| {
        let when = recording.time_of(entry);
        matches!(entry.what, Happening::OutOfMemory { .. }) && from < when && when <= at
    });
    let mut instances = Vec::new();
    killed.filter_map(|entry| entry.instance).for_each(|instance| include(&mut instances, instance));
    instances.len()
}

pub(super) fn rollout(recording: &Recording, at: UtcMs, instances: &[InstanceMoment]) -> Option<RolloutMoment> {
    let mut rollout: Option<RolloutMoment> = None;
    let mut through = Vec::new();
    for entry in recording.log.iter().take_while(|entry| recording.time_of(entry) <= at) {
        match (&entry.what, &mut rollout) {
            (Happening::RolloutStarted { patch }, _) => {
                through.clear();
                let started = recording.time_of(entry);
                rollout =
                    Some(RolloutMoment { patch: *patch, started, wave: 0, done: 0, under_way: 0, finished: false });
            }
            // Neither a patch nor a restart: what the sentences say of those is not true of it.
            (Happening::ReleaseRollout { .. } | Happening::RollbackStarted, _) => rollout = None,
            (Happening::WaveStarted { wave }, Some(rollout)) => rollout.wave = *wave,
            (Happening::RolloutFinished, Some(rollout)) => rollout.finished = true,
            (Happening::Ready, Some(_)) => {
                entry.instance.into_iter().for_each(|instance| include(&mut through, instance))
            }
            _ => {}
        }
    }
    let under_way = instances.iter().filter(|instance| instance.is_restarting()).count();
    let done = |rollout: &RolloutMoment| match rollout.patch {
        true => instances.iter().filter(|instance| instance.fixed && !instance.is_restarting()).count(),
        false => through.len(),
    };
    rollout.map(|rollout| RolloutMoment { done: done(&rollout), under_way, ..rollout })
}

/// Adds an instance to a short list unless it is there already.
fn include(instances: &mut Vec<u32>, instance: u32) {
    if !instances.contains(&instance) {
        instances.push(instance);
    }
}

/// Whether the incident is mitigated or over, according to the log up to a moment.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Settled {
    /// Neither mitigated nor over, or reopened since.
    No,
    /// The service level has held, but code that leaks still runs.
    Mitigated {
        /// When that was noted.
        at: UtcMs,
    },
    /// The service level has held, and no code that leaks is left.
    Over {
        /// When that was noted.
        at: UtcMs,
    },
}

/// Whether the incident is mitigated or over at a moment.
pub(super) fn settled(recording: &Recording, at: UtcMs) -> Settled {
    let entries = recording.log.iter().rev().filter(|entry| recording.time_of(entry) <= at);
    let states = entries.filter_map(|entry| match entry.what {
        Happening::Mitigated { .. } => Some(Settled::Mitigated { at: recording.time_of(entry) }),
        Happening::Resolved { .. } => Some(Settled::Over { at: recording.time_of(entry) }),
        Happening::Reopened => Some(Settled::No),
        _ => None,
    });
    states.into_iter().next().unwrap_or(Settled::No)
}

/// The moment from which on the service level held when the incident was first mitigated or over, and the moment at which
/// that was known.
pub(crate) fn mitigated(recording: &Recording) -> Option<(UtcMs, UtcMs)> {
    recording.log.iter().find_map(|entry| match entry.what {
        Happening::Mitigated { held_s } | Happening::Resolved { held_s } => {
            Some((recording.time_of(entry).plus_s(-f64::from(held_s)), recording.time_of(entry)))
        }
        _ => None,
    })
}

/// Seconds for which every verification window up to `at` has met the service level, counted from the detection at the
/// earliest.
pub(super) fn level_held_s(scenario: &Scenario, recording: &Recording, at: UtcMs) -> f64 {
    let Some(begun) = recording.detected_at().filter(|begun| *begun <= at) else { return 0.0 };
    let window_s = (scenario.service_level.verification_window_s as usize).max(1);
    let allowed_ratio = 1.0 - scenario.service_level.objective_ratio;
    let (first, now) = (recording.second_of(begun), recording.second_of(at));
    let bad_and_all = |from: usize, until: usize| {
        let ended = recording.ended(Span { from, until });
        (ended.slow + ended.failed, ended.total())
    };
    // The window moves back second by second with running sums; summing each window anew would take a hundred times as long.
    let (mut bad, mut all) = bad_and_all(now.saturating_sub(window_s), now);
    let mut until = now;
    while until > first && (all == 0 || bad as f64 / all as f64 <= allowed_ratio) {
        let leaving = bad_and_all(until - 1, until);
        let entering = match until.checked_sub(window_s + 1) {
            Some(second) => bad_and_all(second, second + 1),
            None => (0, 0),
        };
        bad = bad + entering.0 - leaving.0;
        all = all + entering.1 - leaving.1;
        until -= 1;
    }
    (now - until) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::synthetic;

    #[test]
    fn the_level_holds_from_the_last_bad_window_on() {
        let (scenario, recording) = synthetic::outage();
        let window_s = scenario.service_level.verification_window_s;
        let allowed = 1.0 - scenario.service_level.objective_ratio;
        for clock in ["12:40", "12:50", "13:05", "13:07", "13:12", "13:30"] {
            let at = scenario.window.from.same_day_at(clock).expect("a time of day");
            let first = recording.second_of(recording.detected_at().expect("a page"));
            let mut missed = (first + 1..=recording.second_of(at)).rev().filter(|until| {
                let ended = recording.ended(Span { from: until - window_s as usize, until: *until });
                ended.affected_ratio().is_some_and(|ratio| ratio > allowed)
            });
            let wanted = recording.second_of(at).saturating_sub(missed.next().unwrap_or(first));
            assert_eq!(level_held_s(&scenario, &recording, at), wanted as f64, "{clock}");
        }
    }
}
