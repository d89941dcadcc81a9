//! The service around the instances at a moment, as the system diagram shows it.
//!
//! Invariant: nothing after the moment is read, except in the first seconds of the window.

use crate::recording::Recording;
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
    /// Median time of the gateway over the last five minutes, and over the first five of the window.
    pub gateway_p50_s: [Option<f64>; 2],
}

impl ServiceStatus {
    pub fn new(recording: &Recording, at: UtcMs) -> Self {
        let minute = recording.before(at, RATE_S);
        let second = recording.second_of(at).saturating_sub(1);
        let gauge = |column: &[u32]| column.get(second).copied().unwrap_or(0);
        let rejected = &recording.service.rejected;
        let rejected = &rejected[minute.from.min(rejected.len())..minute.until.min(rejected.len())];
        let ready = &recording.service.ready_instances;
        let ready = &ready[minute.from.min(ready.len())..minute.until.min(ready.len())];
        let gateway = |at| recording.quantile(&recording.gateway_latency, recording.before(at, 300), 0.5);
        Self {
            arrivals_per_s: recording.arrivals(minute) as f64 / RATE_S as f64,
            waiting: gauge(&recording.service.waiting_users),
            in_rotation: ready.iter().sum::<u32>() as f64 / ready.len().max(1) as f64,
            rejected_per_s: f64::from(rejected.iter().sum::<u32>()) / RATE_S as f64,
            gateway_p50_s: [gateway(at), gateway(recording.meta.from)],
        }
    }

    /// "7.4", "8".
    pub fn in_rotation_text(&self) -> String {
        let tenths = (self.in_rotation * 10.0).round() / 10.0;
        format!("{tenths}")
    }

    /// Whether the gateway's median is within a tenth of its value at the start of the window.
    pub fn gateway_is_unchanged(&self) -> Option<bool> {
        let [now, then] = self.gateway_p50_s;
        let (now, then) = (now?, then?);
        Some((now / then - 1.0).abs() < 0.1)
    }
}
