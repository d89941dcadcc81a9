//! A synthetic recording for tests, with round numbers.
//!
//! 10:30–11:00 all fast; 11:00–13:00 of eight users a second three fast, three slow, two failed; then all fast. Older
//! instances rise from 90 % to 99 % of the heap until their restart, a minute each from 12:45 on.

use crate::recording::{
    AGE_CLASSES, BUCKETS, Histograms, InstanceRow, InstanceSeries, InstanceState, LogEntry, Meta, PrerollRow,
    PrerollSeries, PrerollServiceSeries, Recording, SampleSeries, ServiceRow, ServiceSeries, TICK_S, bucket_of,
};
use crate::scenario::{Scenario, Severity};

const SECONDS: usize = 11_700;
const INSTANCES: usize = 8;
const LIMIT_KIB: f64 = 2048.0 * 1024.0;

pub fn scenario() -> Scenario {
    Scenario::bundled()
}

/// Entries of the log.
pub mod log {
    use super::{LogEntry, Severity};
    use crate::recording::Happening;

    fn entry(second: i64, what: Happening) -> LogEntry {
        LogEntry { at_ms: second * 1000, instance: None, what }
    }

    pub fn pending(second: i64, rule: &str, severity: Severity) -> LogEntry {
        entry(second, Happening::AlertPending { rule: rule.into(), severity })
    }

    pub fn firing(second: i64, rule: &str, severity: Severity) -> LogEntry {
        entry(second, Happening::AlertFiring { rule: rule.into(), severity, value_permille: 950 })
    }

    pub fn resolved(second: i64, rule: &str, severity: Severity) -> LogEntry {
        entry(second, Happening::AlertResolved { rule: rule.into(), severity })
    }

    pub fn all() -> Vec<LogEntry> {
        let rule = "PaymentCpuSaturation";
        let mut log = vec![entry(-36 * 3600, Happening::FaultyDeployed)];
        log.extend([6, 7].map(|instance| LogEntry {
            at_ms: -18 * 3_600_000,
            instance: Some(instance),
            what: Happening::Rescheduled,
        }));
        log.push(pending(1500, rule, Severity::Page));
        log.push(firing(1800, rule, Severity::Page));
        log.push(resolved(9000, rule, Severity::Page));
        log
    }
}

fn is_bad(second: usize) -> bool {
    (1800..9000).contains(&second)
}

fn service() -> ServiceSeries {
    let mut series = ServiceSeries::default();
    for second in 0..SECONDS {
        let (fast, slow, failed) = if is_bad(second) { (3, 3, 2) } else { (8, 0, 0) };
        series.push(&ServiceRow {
            arrivals: 8,
            fast,
            slow,
            failed_timed_out: failed,
            attempts: 8 + 2 * failed,
            retries: 2 * failed,
            rejected: failed,
            waiting_users: if is_bad(second) { 300 } else { 9 },
            in_flight: if is_bad(second) { 180 } else { 8 },
            queued: if is_bad(second) { 24 } else { 0 },
            ready_instances: 8,
            started_fast: fast,
            started_slow: slow,
            started_failed: failed,
            ..ServiceRow::default()
        });
    }
    series
}

fn instances() -> InstanceSeries {
    let mut series = InstanceSeries::default();
    for tick in 0..SECONDS / TICK_S {
        let second = (tick + 1) * TICK_S;
        for instance in 0..INSTANCES {
            let restart = 8100 + 60 * instance..8160 + 60 * instance;
            let is_new = second >= restart.end;
            let is_starting = restart.contains(&second);
            let state = if is_starting { InstanceState::Starting } else { InstanceState::InRotation };
            let rise = second as f64 / restart.start as f64;
            let heap = match (is_new, instance < 6) {
                (true, _) => 0.21,
                (false, true) => 0.90 + 0.09 * rise,
                (false, false) => 0.55 + 0.11 * rise,
            };
            let is_hot = is_bad(second) && !is_new && instance < 6;
            let kib = (heap * LIMIT_KIB) as u32;
            series.push(&InstanceRow {
                heap_used_kib: kib,
                heap_peak_kib: kib,
                live_kib: kib,
                heap_after_gc_kib: kib,
                sessions_live: 10 + instance as u32,
                sessions_leaked: if is_new { 0 } else { (60_000.0 * heap) as u32 },
                gc_count: 3,
                gc_us: if is_hot { 3_400_000 } else { 200_000 } + 1000 * instance as u32,
                cpu_us: if is_hot { 2_480_000 } else { 1_100_000 } + 1000 * instance as u32,
                busy_threads: 5,
                completed: 5,
                release: u32::from(is_new),
                state: state.code(),
                ..InstanceRow::default()
            });
        }
    }
    series
}

fn preroll() -> PrerollSeries {
    let mut series = PrerollSeries::default();
    for step in 0..=216 {
        for instance in 0..INSTANCES {
            let hours = f64::from(step) / 6.0;
            let age = if instance >= 6 && hours >= 18.0 { hours - 18.0 } else { hours };
            let heap = 0.21 + 0.72 * age / 36.0;
            series.push(&PrerollRow {
                heap_after_gc_kib: (heap * LIMIT_KIB) as u32,
                sessions_leaked: (60_000.0 * heap) as u32,
                ..PrerollRow::default()
            });
        }
    }
    series
}

/// `well` and `bad`: durations in milliseconds and their counts, per tick of calm and of harm.
fn histograms(well: &[(u64, u32)], bad: &[(u64, u32)], width: usize) -> Histograms {
    let mut counts = Vec::new();
    for tick in 0..SECONDS / TICK_S {
        for _ in 0..width {
            let mut row = [0; BUCKETS];
            for (duration_ms, count) in if is_bad(tick * TICK_S) { bad } else { well } {
                row[bucket_of(*duration_ms * 1000)] = *count;
            }
            counts.extend(row);
        }
    }
    Histograms { counts }
}

pub fn recording() -> Recording {
    let scenario = scenario();
    Recording {
        meta: Meta {
            scenario: scenario.id.clone(),
            seed: 7,
            from: scenario.window.from,
            seconds: SECONDS as u32,
            instances: INSTANCES as u32,
            rescheduled: [6, 8],
            cores_milli: 500,
            heap_limit_kib: LIMIT_KIB as u32,
            heap_base_kib: 420 * 1024,
            session_bytes: 19 * 1024,
            worker_threads: 24,
            queue_length: 4,
            instance: "payment".to_owned(),
            pools: Vec::new(),
            dependencies: Vec::new(),
            cache_entries: None,
            preroll_step_s: 600,
            lead_in_s: 0,
            events: 1,
        },
        service: service(),
        instances: instances(),
        pools: Default::default(),
        dependencies: Default::default(),
        dependency_latency: Default::default(),
        cache: Default::default(),
        preroll: preroll(),
        preroll_service: PrerollServiceSeries::default(),
        samples: SampleSeries::default(),
        // 0.75–1 s, 1–2.5 s; in the incident up to 15–30 s.
        checkout_latency: histograms(&[(900, 36), (2000, 4)], &[(900, 10), (7000, 10), (28_000, 10)], 1),
        gateway_latency: histograms(&[(400, 30), (700, 8)], &[(400, 30), (700, 8)], 1),
        network_latency: histograms(&[(8, 10), (20, 28)], &[(8, 10), (20, 28)], 1),
        request_latency: histograms(&[(900, 5)], &[(7000, 5)], INSTANCES),
        session_ages: vec![0; 40 * INSTANCES * AGE_CLASSES],
        log: log::all(),
    }
}
