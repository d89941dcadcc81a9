//! The service around the instances at a moment, as the system diagram shows it.
//!
//! Invariant: nothing after the moment is read, except in the first seconds of the window.

use crate::recording::{Recording, quantile_s};
use crate::scenario::Scenario;
use crate::units::UtcMs;

/// Seconds over which rates are taken.
const RATE_S: usize = 60;

/// The service around the instances at a moment.
#[derive(Clone, PartialEq, Debug)]
pub struct ServiceStatus {
    /// Checkouts started per second, over the last minute.
    pub arrivals_per_s: f64,
    /// Users between first click and outcome.
    pub waiting: u32,
    /// Instances in rotation, mean of the last minute: readiness takes them out and back several times a minute.
    pub in_rotation: f64,
    /// Attempts rejected per second, over the last minute.
    pub rejected_per_s: f64,
    /// What is called: the gateway, then the others.
    pub dependencies: Vec<DependencyStatus>,
}

/// Something that the service calls, at a moment.
#[derive(Clone, PartialEq, Debug)]
pub struct DependencyStatus {
    pub word: String,
    /// Median time of its calls over the last five minutes, and over the first five of the window.
    pub p50_s: [Option<f64>; 2],
    /// Calls that failed or timed out ÷ all, over the last five minutes; `None` where calls are not recorded.
    pub error_ratio: Option<f64>,
}

/// Seconds over which calls are looked at.
const CALLS_S: usize = 300;

impl DependencyStatus {
    fn all(scenario: &Scenario, recording: &Recording, at: UtcMs) -> Vec<Self> {
        let span = |at| recording.before(at, CALLS_S);
        let of = |(index, word): (usize, &str)| Self {
            word: word.to_owned(),
            p50_s: [at, recording.meta.from].map(|at| quantile_s(&recording.call_buckets(span(at), index), 0.5)),
            error_ratio: recording.call_error_ratio(span(at), index),
        };
        scenario.dependency_words().into_iter().enumerate().map(of).collect()
    }

    /// "unchanged": the median is within a tenth of its value at the start of the window, and calls succeed.
    pub fn words(&self) -> String {
        if let Some(ratio) = self.error_ratio.filter(|ratio| *ratio >= ERRORS_TOLD) {
            return format!("{:.0} % fail", ratio * 100.0);
        }
        let [Some(now), Some(then)] = self.p50_s else { return "no calls".to_owned() };
        if (now / then - 1.0).abs() < 0.1 { "unchanged".to_owned() } else { "changed".to_owned() }
    }
}

/// Share of failed calls from which it is told.
const ERRORS_TOLD: f64 = 0.01;

impl ServiceStatus {
    pub fn new(scenario: &Scenario, recording: &Recording, at: UtcMs) -> Self {
        let minute = recording.before(at, RATE_S);
        let second = recording.second_of(at).saturating_sub(1);
        let gauge = |column: &[u32]| column.get(second).copied().unwrap_or(0);
        let rejected = &recording.service.rejected;
        let rejected = &rejected[minute.from.min(rejected.len())..minute.until.min(rejected.len())];
        let ready = &recording.service.ready_instances;
        let ready = &ready[minute.from.min(ready.len())..minute.until.min(ready.len())];
        Self {
            arrivals_per_s: recording.arrivals(minute) as f64 / RATE_S as f64,
            waiting: gauge(&recording.service.waiting_users),
            in_rotation: ready.iter().sum::<u32>() as f64 / ready.len().max(1) as f64,
            rejected_per_s: f64::from(rejected.iter().sum::<u32>()) / RATE_S as f64,
            dependencies: DependencyStatus::all(scenario, recording, at),
        }
    }

    /// "7.4", "8".
    pub fn in_rotation_text(&self) -> String {
        let tenths = (self.in_rotation * 10.0).round() / 10.0;
        format!("{tenths}")
    }
}
