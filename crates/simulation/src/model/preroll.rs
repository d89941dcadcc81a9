//! From the deployment of the faulty release to the first simulated event: integrated, not simulated.
//!
//! The integration opens and ends one session for every checkout, which is exact as long as every checkout is served: only the
//! session code decides what stays. It stops where that ceases to be sure, at [`EXACT_UTILISATION_MAX`] of the busiest
//! instance, or at the start of the window; from there on every event is simulated. `tests/lead_in.rs` compares both ways.

use super::budget;
use super::budget::LOG_BUDGET;
use super::config::Config;
use super::fault::Faults;
use super::instance::Instance;
use super::monitor::Monitor;
use super::session::{self, SessionStore};
use super::signals::Sample;
use super::traffic::rate_per_s;
use super::verification::Verification;
use crate::engine::random::{Purpose, Stream};
use crate::recording::{Happening, LogEntry, PrerollRow, PrerollSeries, PrerollServiceRow, PrerollServiceSeries};
use crate::scenario::Scenario;

/// Seconds of traffic that are taken together.
pub(super) const STEP_S: i64 = 60;

/// Utilisation up to which an instance serves everybody: requests and collections take this share of its time at most. Above
/// it bursts fill the queue of an instance, attempts are refused and sent again, and the traffic is no longer the arrivals.
const EXACT_UTILISATION_MAX: f64 = 0.75;

/// The instances as they stand when the simulation of events begins, and what was recorded on the way.
pub(super) struct Preroll {
    pub instances: Vec<Instance>,
    pub monitor: Monitor,
    pub verification: Verification,
    pub series: PrerollSeries,
    pub service: PrerollServiceSeries,
    pub log: Vec<LogEntry>,
    /// How long before the window the simulation of events begins.
    pub lead_in_s: u64,
}

/// Runs the session code for every checkout from the deployment on. `lead_in_s` says how long before the window the simulation of events begins; left out, the integration decides.
pub(super) fn run(scenario: &Scenario, config: &Config, seed: u64, lead_in_s: Option<u64>) -> Preroll {
    let count = scenario.instances.count.value as usize;
    let window_s = scenario.window_s() as i64;
    let seconds_before = |hours: f64| -((hours * 3600.0) as i64);
    let deployed_s = seconds_before(scenario.deployment.faulty_age_h.value);
    let rescheduled_s = seconds_before(scenario.instances.rescheduled_age_h.value);
    let release = scenario.deployment.release.value;
    let record_s = i64::from(record_step_s(scenario));
    let lead_in_max_s = lead_in_s.unwrap_or_else(|| budget::lead_in_max_s(scenario)) as i64;
    let handling = session::handling(scenario, release, false);
    let new = |_| Instance::new(config, release, handling, SessionStore::new(deployed_s, window_s));
    let shares = shares(scenario, seed);
    // What requests cost on average, faults of the release included.
    let cpu_us = config.cpu_us * Faults::new(scenario, seed).mean_cpu_factor(release);
    let mut expected = vec![0.0_f64; count];
    let mut preroll = Preroll {
        instances: (0..count).map(new).collect(),
        monitor: Monitor::new(scenario),
        verification: Verification::new(scenario),
        series: PrerollSeries::default(),
        service: PrerollServiceSeries::default(),
        log: vec![LogEntry { at_ms: deployed_s * 1000, instance: None, what: Happening::FaultyDeployed }],
        lead_in_s: 0,
    };

    let mut at_s = deployed_s;
    let mut served_since_row = 0;
    // A log beyond its budget ends the run anyway.
    while at_s < 0 && preroll.log.len() <= LOG_BUDGET {
        // Whole minutes before the window, whatever the age.
        let step_s = if at_s.rem_euclid(STEP_S) == 0 { STEP_S } else { STEP_S - at_s.rem_euclid(STEP_S) };
        let middle = scenario.window.from.plus_s(at_s as f64 + step_s as f64 / 2.0);
        let rate = rate_per_s(&scenario.traffic, middle);
        let busiest = || {
            let use_of =
                |(instance, share): (&Instance, &f64)| Load::of(instance, config, cpu_us, rate * share).utilisation;
            preroll.instances.iter().zip(&shares).map(use_of).fold(0.0, f64::max)
        };
        let is_due = lead_in_s.is_some() || busiest() > EXACT_UTILISATION_MAX;
        if step_s == STEP_S && -at_s <= lead_in_max_s && is_due {
            preroll.lead_in_s = -at_s as u64;
            break;
        }
        for (i, instance) in preroll.instances.iter_mut().enumerate() {
            let load = Load::of(instance, config, cpu_us, rate * shares[i]);
            expected[i] += rate * step_s as f64 * shares[i];
            let whole = expected[i] as i64;
            expected[i] -= whole as f64;
            session::serve(instance.handling, &mut instance.sessions, at_s, whole.max(0) as u64);
            instance.work.cpu_milli_us += (load.cpu_milli * step_s as f64 * 1e6) as u64;
            instance.work.gc_us += (load.gc_ratio * step_s as f64 * 1e6) as u64;
            served_since_row += whole as u32;
            preroll.verification.ended.fast += whole as u64;
            if instance.live_bytes(config) + load.in_flight_bytes >= config.heap_limit_bytes {
                instance.sessions.clear();
                let what = Happening::OutOfMemory { backoff_s: (config.backoff_first_us / 1_000_000) as u32 };
                preroll.log.push(LogEntry { at_ms: at_s * 1000, instance: Some(i as u32), what });
            }
            // After the last step before it, also when that is the last of all.
            if scenario.is_rescheduled(i) && at_s < rescheduled_s && rescheduled_s <= at_s + step_s {
                instance.sessions.clear();
                let at_ms = rescheduled_s * 1000;
                preroll.log.push(LogEntry { at_ms, instance: Some(i as u32), what: Happening::Rescheduled });
            }
            instance.heap_after_gc_bytes = instance.live_bytes(config);
        }
        at_s += step_s;
        if at_s % record_s == 0 {
            let served = std::mem::take(&mut served_since_row);
            let row = PrerollServiceRow { arrivals: served, fast: served, ..PrerollServiceRow::default() };
            push_rows(&mut preroll.series, &mut preroll.service, &mut preroll.instances, &row);
            // The window begins with a scrape of its own.
            if at_s < 0 {
                let sample = Sample::of(at_s * 1_000_000, &preroll.instances, config, preroll.verification.ended);
                for (instance, what) in preroll.monitor.scrape(sample) {
                    if what.is_page() {
                        preroll.verification.detected(0);
                    }
                    preroll.log.push(LogEntry { at_ms: at_s * 1000, instance, what });
                }
            }
        }
    }
    preroll
}

/// Seconds between two rows before the window: a minute for two days, ten for more.
pub(super) fn record_step_s(scenario: &Scenario) -> u32 {
    if scenario.deployment.faulty_age_h.value <= 48.0 { 60 } else { 600 }
}

/// The part of the traffic that each instance gets before the window; together they are all of it.
fn shares(scenario: &Scenario, seed: u64) -> Vec<f64> {
    let spread = scenario.session.spread_ratio.value;
    let raw = |i| (1.0 + spread * Stream::new(seed, Purpose::Share, i).normal()).max(0.0);
    let raw: Vec<f64> = (0..u64::from(scenario.instances.count.value)).map(raw).collect();
    let sum: f64 = raw.iter().sum();
    raw.iter().map(|share| if sum > 0.0 { share / sum } else { 1.0 / raw.len() as f64 }).collect()
}

/// What requests at a rate make of an instance on average, from the same work, allocation and pauses as in the simulation.
struct Load {
    /// Share of the time that requests and collections take.
    utilisation: f64,
    /// CPU use in thousandths of a core, collections included.
    cpu_milli: f64,
    /// Share of the time in collections.
    gc_ratio: f64,
    in_flight_bytes: u64,
}

impl Load {
    fn of(instance: &Instance, config: &Config, cpu_us: f64, rate_per_s: f64) -> Self {
        let cores = config.cores_milli as f64 / 1000.0;
        let held_s = (cpu_us + config.called_median_us) / 1e6;
        let in_flight_bytes = (rate_per_s * held_s * config.in_flight_bytes as f64) as u64;
        let live_bytes = instance.live_bytes(config) + in_flight_bytes;
        let free_bytes = config.heap_limit_bytes.saturating_sub(live_bytes).max(1) as f64;
        let allocated = rate_per_s * config.allocation_bytes as f64;
        let gc_ratio = (allocated / free_bytes * config.pause_us_per_byte * live_bytes as f64 / 1e6).min(1.0);
        let busy_ratio = rate_per_s * cpu_us / 1e6 / cores;
        let cpu_milli = ((busy_ratio + gc_ratio) * config.cores_milli as f64).min(config.cores_milli as f64);
        Self { utilisation: busy_ratio + gc_ratio, cpu_milli, gc_ratio, in_flight_bytes }
    }
}

/// Records the instances as they stand, and what became of users since the last row.
pub(super) fn push_rows(
    series: &mut PrerollSeries,
    service: &mut PrerollServiceSeries,
    instances: &mut [Instance],
    row: &PrerollServiceRow,
) {
    for instance in instances {
        let (work, last) = (instance.work, std::mem::replace(&mut instance.recorded, instance.work));
        series.push(&PrerollRow {
            heap_after_gc_kib: (instance.heap_after_gc_bytes / 1024) as u32,
            sessions_leaked: instance.sessions.open_count().saturating_sub(u64::from(instance.busy_threads)) as u32,
            cpu_ms: (work.cpu_milli_us / 1_000_000 - last.cpu_milli_us / 1_000_000) as u32,
            gc_ms: (work.gc_us / 1000 - last.gc_us / 1000) as u32,
        });
    }
    service.push(row);
}
