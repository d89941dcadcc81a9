//! Calibration: which session size and deployment age make detection and failures come out as reported.
//!
//! For each age tried, the session size is bisected until the mean detection falls on the reported minute; the age is
//! bisected until the mean share of failed users is the reported one. A larger session fills the heap earlier; an older
//! deployment with the same heap leaks more slowly, so that fewer users fail. Nothing else of the scenario is touched.
//!
//! A scenario whose own values are good enough is its own result: calibrating once more changes nothing.

use super::{SimulationError, World};
use crate::recording::value_of;
use crate::scenario::{Measure, Quantity, Scenario, Setting};

/// Halvings of the session size for one age.
const SIZE_STEPS: u32 = 10;
/// Halvings of the age.
const AGE_STEPS: u32 = 7;
/// Farthest that the mean detection may be from the reported one.
const DETECTION_OFF_S_MAX: f64 = 20.0;
/// Farthest that the mean share of failed users may be from the reported one.
const FAILED_OFF_RATIO_MAX: f64 = 0.003;
/// Farthest that the mean share of affected users may be from the reported one. Nothing is fitted to it: it comes out.
const AFFECTED_OFF_RATIO_MAX: f64 = 0.01;

/// What one try gave, means over the seeds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct CalibrationStep {
    /// Session size tried.
    pub session_kib: f64,
    /// Deployment age tried.
    pub age_h: f64,
    /// Seconds from the reported detection to the simulated one; the end of the window where there was none.
    pub detection_late_s: f64,
    /// Affected users ÷ all.
    pub affected_ratio: f64,
    /// Failed users ÷ all.
    pub failed_ratio: f64,
}

/// The result.
#[derive(Clone, Debug)]
pub struct Calibration {
    /// The best step: what was found.
    pub found: CalibrationStep,
    /// The scenario with the found values.
    pub scenario: Scenario,
    /// Whether detection, failed and affected users come out as reported.
    pub is_reached: bool,
}

/// Finds session size and deployment age for the `seeds`; `each` sees every step. `run_all` runs the scenario with every
/// seed, on as many cores as the caller has.
///
/// # Errors
/// As [`World::new`], for a scenario along the way.
pub fn calibrate(
    scenario: &Scenario,
    seeds: &[u64],
    run_all: impl Fn(&Scenario, &[u64], &Probe) -> Result<Vec<[f64; 3]>, SimulationError>,
    mut each: impl FnMut(&CalibrationStep),
) -> Result<Calibration, SimulationError> {
    let probe = Probe::new(scenario);
    let mut attempt = |tried: Scenario| {
        let runs = run_all(&tried, seeds, &probe)?;
        let mean = |index: usize| runs.iter().map(|run| run[index]).sum::<f64>() / runs.len().max(1) as f64;
        let found = CalibrationStep {
            session_kib: tried.session.size_kib.value,
            age_h: tried.deployment.faulty_age_h.value,
            detection_late_s: mean(0),
            affected_ratio: mean(1),
            failed_ratio: mean(2),
        };
        each(&found);
        let is_reached =
            probe.off(&found) <= 1.0 && (found.affected_ratio - probe.affected_ratio).abs() <= AFFECTED_OFF_RATIO_MAX;
        Ok::<_, SimulationError>(Calibration { found, scenario: tried, is_reached })
    };
    let mut best = attempt(scenario.clone())?;
    if best.is_reached {
        return Ok(best);
    }
    // A bracket around the present age first: the plausible range spans two orders of magnitude.
    let [youngest_h, oldest_h] = scenario.deployment.faulty_age_h.range;
    let mut youngest_h = youngest_h.max(scenario.deployment.faulty_age_h.value / 1.6);
    let mut oldest_h = oldest_h.min(scenario.deployment.faulty_age_h.value * 1.6);
    let young_ratio = scenario.instances.rescheduled_age_h.value / scenario.deployment.faulty_age_h.value;
    for _ in 0..AGE_STEPS {
        // Rounded to quarters of an hour: nobody would believe more.
        let age_h = (((youngest_h + oldest_h) / 2.0) * 4.0 + 0.5) as i64 as f64 / 4.0;
        let [mut smallest_kib, mut largest_kib] = sizes_around_full(scenario, age_h);
        let mut failed_ratio = 0.0;
        for _ in 0..SIZE_STEPS {
            let session_kib = (((smallest_kib + largest_kib) / 2.0) * 1000.0) as i64 as f64 / 1000.0;
            let settings = [
                setting("session.size_kib", session_kib),
                setting("deployment.faulty_age_h", age_h),
                setting("instances.rescheduled_age_h", (age_h * young_ratio * 100.0 + 0.5) as i64 as f64 / 100.0),
            ];
            let tried = attempt(scenario.with(&settings)?)?;
            let late_s = tried.found.detection_late_s;
            failed_ratio = tried.found.failed_ratio;
            if probe.off(&tried.found) < probe.off(&best.found) {
                best = tried;
            }
            if late_s.abs() <= DETECTION_OFF_S_MAX {
                break;
            }
            if late_s > 0.0 {
                smallest_kib = session_kib;
            } else {
                largest_kib = session_kib;
            }
        }
        if (failed_ratio - probe.failed_ratio).abs() <= FAILED_OFF_RATIO_MAX {
            break;
        }
        if failed_ratio > probe.failed_ratio {
            youngest_h = age_h;
        } else {
            oldest_h = age_h;
        }
    }
    Ok(best)
}

/// Sizes with which the oldest heaps are nearly or just full when the incident is detected; a larger session would have
/// had the instances killed before.
fn sizes_around_full(scenario: &Scenario, age_h: f64) -> [f64; 2] {
    let detected = scenario.incident.start;
    let deployed = scenario.window.from.plus_s(-age_h * 3600.0);
    let users = super::expected_users(&scenario.traffic, deployed, detected);
    let sessions = users / f64::from(scenario.instances.count.value);
    let full_kib = (scenario.heap.limit_mib.value - scenario.heap.base_live_mib.value) * 1024.0 / sessions.max(1.0);
    let [low, high] = scenario.session.size_kib.range;
    [0.85, 1.01].map(|share| (full_kib * share).clamp(low, high))
}

fn setting(path: &str, value: f64) -> Setting {
    Setting { path: path.to_owned(), value: value.to_string() }
}

/// What calibration looks at in a run.
#[derive(Clone, Debug)]
pub struct Probe {
    detected_ms: f64,
    affected_ratio: f64,
    failed_ratio: f64,
    affected: Measure,
    failed: Measure,
}

impl Probe {
    /// The targets are the reported values of the scenario's claims; where it has none, its incident's start, 60 and 25 %.
    #[must_use]
    pub fn new(scenario: &Scenario) -> Self {
        let incident = &scenario.incident;
        let reported = |wanted: fn(&Measure) -> bool| {
            let claim =
                scenario.claims.iter().find(|claim| wanted(&claim.measure) && claim.counterfactual().is_none())?;
            claim.reported.map(|reported| (claim.measure.clone(), reported.as_f64()))
        };
        let affected = Measure::AffectedRatio { from: incident.start, until: incident.end, release: None };
        let failed = Measure::FailedRatio { from: incident.start, until: incident.end };
        let (affected, affected_ratio) =
            reported(|m| matches!(m, Measure::AffectedRatio { .. })).unwrap_or((affected, 0.60));
        let (failed, failed_ratio) = reported(|m| matches!(m, Measure::FailedRatio { .. })).unwrap_or((failed, 0.25));
        Self {
            detected_ms: reported(|m| matches!(m, Measure::DetectedAt))
                .map_or(Quantity::Time(incident.start).as_f64(), |(_, at)| at),
            affected_ratio,
            failed_ratio,
            affected,
            failed,
        }
    }

    /// How far a step is off in what is fitted; 1 and less is good enough.
    fn off(&self, step: &CalibrationStep) -> f64 {
        let failed_off_ratio = (step.failed_ratio - self.failed_ratio).abs();
        (step.detection_late_s.abs() / DETECTION_OFF_S_MAX).max(failed_off_ratio / FAILED_OFF_RATIO_MAX)
    }

    /// Detection after the reported one in seconds, affected and failed users ÷ all, of one run.
    ///
    /// # Errors
    /// As [`World::new`].
    pub fn run(&self, scenario: &Scenario, seed: u64) -> Result<[f64; 3], SimulationError> {
        let recording = World::run(scenario, seed)?;
        let value = |measure: &Measure| value_of(&recording, measure).unwrap_or(0.0);
        let detected_ms = value_of(&recording, &Measure::DetectedAt).unwrap_or(recording.until().0 as f64);
        Ok([(detected_ms - self.detected_ms) / 1000.0, value(&self.affected), value(&self.failed)])
    }
}
