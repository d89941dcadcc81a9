//! From the deployment of the faulty release to the window, where only the leak matters: integrated, not simulated.

use super::config::Config;
use super::instance::Instance;
use super::random::{Purpose, Stream};
use super::session::{self, SessionStore, Transaction};
use super::traffic::rate_per_s;
use crate::recording::{Happening, LogEntry, PREROLL_STEP_S, PrerollRow, PrerollSeries};
use crate::scenario::Scenario;

/// Seconds of traffic that are taken together.
const STEP_S: i64 = 60;

/// The instances as they stand at the start of the window, and what was recorded on the way.
pub(super) struct Preroll {
    pub instances: Vec<Instance>,
    pub series: PrerollSeries,
    pub log: Vec<LogEntry>,
}

/// Runs the session code for every checkout from the deployment to the window. Only the code decides what stays.
/// `spare` instances are not ordered yet: their rows are empty.
pub(super) fn run(scenario: &Scenario, config: &Config, seed: u64, spare: usize) -> Preroll {
    let count = scenario.instances.count.value as usize;
    let window_s = scenario.window_s() as i64;
    let seconds_before = |hours: f64| -((hours * 3600.0) as i64);
    let deployed_s = seconds_before(scenario.deployment.faulty_age_h.value);
    let rescheduled_s = seconds_before(scenario.instances.rescheduled_age_h.value);
    let release = scenario.deployment.release.value;
    let share = |i: usize| {
        let spread = scenario.session.spread_ratio.value * Stream::new(seed, Purpose::Share, i as u64).normal();
        (1.0 + spread).max(0.0) / count as f64
    };
    let new = |_| Instance::new(config, release, SessionStore::new(deployed_s, window_s));
    let mut instances: Vec<Instance> = (0..count).map(new).collect();
    let mut log = vec![LogEntry { at_ms: deployed_s * 1000, instance: None, what: Happening::FaultyDeployed }];
    let mut series = PrerollSeries::default();
    let shares: Vec<f64> = (0..count).map(share).collect();
    let mut expected = vec![0.0_f64; count];

    let mut at_s = deployed_s;
    while at_s < 0 {
        // Whole minutes before the window, whatever the age.
        let step_s = if at_s.rem_euclid(STEP_S) == 0 { STEP_S } else { STEP_S - at_s.rem_euclid(STEP_S) };
        let middle = scenario.window.from.plus_s(at_s as f64 + step_s as f64 / 2.0);
        let checkouts = rate_per_s(&scenario.traffic, middle) * step_s as f64;
        for (i, instance) in instances.iter_mut().enumerate() {
            expected[i] += checkouts * shares[i];
            let whole = expected[i] as i64;
            expected[i] -= whole as f64;
            for _ in 0..whole {
                let opened = session::begin(release, &mut instance.sessions, at_s);
                session::end(release, &mut instance.sessions, opened, Transaction::Confirmed);
            }
            if instance.live_bytes(config) >= config.heap_limit_bytes {
                instance.sessions.clear();
                let what = Happening::OutOfMemory { backoff_s: (config.backoff_first_us / 1_000_000) as u32 };
                log.push(LogEntry { at_ms: at_s * 1000, instance: Some(i as u32), what });
            }
            // After the last step before it, also when that is the last of all.
            if scenario.is_rescheduled(i) && at_s < rescheduled_s && rescheduled_s <= at_s + step_s {
                instance.sessions.clear();
                let at_ms = rescheduled_s * 1000;
                log.push(LogEntry { at_ms, instance: Some(i as u32), what: Happening::Rescheduled });
            }
        }
        at_s += step_s;
        if at_s % PREROLL_STEP_S as i64 == 0 {
            for instance in &instances {
                series.push(&PrerollRow {
                    heap_after_gc_kib: (instance.live_bytes(config) / 1024) as u32,
                    sessions_leaked: instance.sessions.open_count() as u32,
                });
            }
            (0..spare).for_each(|_| series.push(&PrerollRow::default()));
        }
    }
    for instance in &mut instances {
        instance.heap_after_gc_bytes = instance.live_bytes(config);
    }
    Preroll { instances, series, log }
}
