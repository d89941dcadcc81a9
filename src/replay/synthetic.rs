//! A small synthetic outage for tests of sentences and figures, with round numbers.
//!
//! Ten users a second. Until 10:58 all are fast, until 11:00 one in ten is slow, until 12:55 three in ten are slow and
//! three fail, until 13:05 two in ten are slow, then all are fast. The older instances fill from 96 % to 99 %; the
//! roll-out starts at 12:45 in waves of 1, 2, 3 and 2, ten minutes apart, 65 s for each instance.

use crate::recording::{
    AGE_CLASSES, AGES_STEP_S, BUCKETS, Happening, Histograms, InstanceRow, InstanceSeries, InstanceState, LogEntry,
    Meta, PrerollSeries, PrerollServiceSeries, Recording, SampleSeries, ServiceRow, ServiceSeries, TICK_S, bucket_of,
};
use crate::scenario::{Scenario, Severity};

const SECONDS: usize = 11_700;
const INSTANCES: usize = 8;
const LIMIT_KIB: f64 = 2048.0 * 1024.0;
const SLOW_FROM: usize = 1680;
const BAD_FROM: usize = 1800;
const BAD_UNTIL: usize = 8700;
const WELL_FROM: usize = 9300;
const DRAIN_S: usize = 20;
const RESTART_S: usize = 65;
/// When each instance starts to drain.
const REPLACED: [usize; INSTANCES] = [8100, 8700, 8700, 9300, 9300, 9300, 9900, 9900];

/// The bundled scenario and the outage.
pub fn outage() -> (Scenario, Recording) {
    (Scenario::bundled(), recording(true))
}

/// The bundled scenario and a run in which users are not affected.
pub fn calm() -> (Scenario, Recording) {
    (Scenario::bundled(), recording(false))
}

fn recording(outage: bool) -> Recording {
    let ticks = SECONDS / TICK_S;
    let tick_ends = || (1..=ticks).map(|tick| tick * TICK_S - 1);
    let latency = |counts: fn(usize, bool) -> [u32; BUCKETS]| Histograms {
        counts: tick_ends().flat_map(|second| counts(second, outage)).collect(),
    };
    let mut instances = InstanceSeries::default();
    for second in tick_ends() {
        (0..INSTANCES).for_each(|index| instances.push(&instance(second, index, outage)));
    }
    let snapshots = 0..=SECONDS / AGES_STEP_S;
    Recording {
        meta: Meta {
            scenario: "checkout-outage-2024-08-15".to_owned(),
            seed: 1,
            from: Scenario::bundled().window.from,
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
            events: 0,
        },
        service: service(outage),
        instances,
        pools: Default::default(),
        dependencies: Default::default(),
        dependency_latency: Default::default(),
        cache: Default::default(),
        preroll: PrerollSeries::default(),
        preroll_service: PrerollServiceSeries::default(),
        samples: SampleSeries::default(),
        checkout_latency: latency(checkout_latency),
        gateway_latency: latency(|_, _| bucket(400, 50)),
        network_latency: latency(|_, _| bucket(20, 50)),
        request_latency: Histograms { counts: vec![0; ticks * INSTANCES * BUCKETS] },
        session_ages: snapshots
            .flat_map(|step| (0..INSTANCES).flat_map(move |index| ages(step * AGES_STEP_S, index, outage)))
            .collect(),
        log: if outage { log() } else { Vec::new() },
    }
}

fn bucket(duration_ms: u64, count: u32) -> [u32; BUCKETS] {
    let mut counts = [0; BUCKETS];
    counts[bucket_of(duration_ms * 1000)] = count;
    counts
}

fn checkout_latency(second: usize, outage: bool) -> [u32; BUCKETS] {
    let mut counts = bucket(900, 30);
    if outage && (BAD_FROM..BAD_UNTIL).contains(&second) {
        counts[bucket_of(12_000_000)] = 20;
    }
    counts
}

fn service(outage: bool) -> ServiceSeries {
    let mut series = ServiceSeries::default();
    for second in 0..SECONDS {
        let (fast, slow, failed) = match second {
            _ if !outage => (10, 0, 0),
            SLOW_FROM..BAD_FROM => (9, 1, 0),
            BAD_FROM..BAD_UNTIL => (4, 3, 3),
            BAD_UNTIL..WELL_FROM => (8, 2, 0),
            _ => (10, 0, 0),
        };
        series.push(&ServiceRow {
            arrivals: 10,
            fast,
            slow,
            failed_timed_out: failed,
            attempts: 10 + 2 * failed,
            retries: 2 * failed,
            waiting_users: if failed > 0 { 250 } else { 10 },
            ready_instances: 8,
            started_fast: fast,
            started_slow: slow,
            started_failed: failed,
            ..ServiceRow::default()
        });
    }
    series
}

fn instance(second: usize, index: usize, outage: bool) -> InstanceRow {
    let (replaced, younger) = (REPLACED[index], index >= 6);
    let harmed = (BAD_FROM..BAD_UNTIL).contains(&second);
    let since = second.saturating_sub(replaced);
    let state = match second {
        _ if !outage || second < replaced => InstanceState::InRotation,
        _ if since < DRAIN_S => InstanceState::Draining,
        _ if since < RESTART_S => InstanceState::Starting,
        _ => InstanceState::InRotation,
    };
    let fixed = !outage || (second >= replaced && since >= DRAIN_S);
    let heap_ratio = match () {
        () if fixed => 0.22,
        () if younger => 0.57,
        () => 0.96 + 0.03 * second as f64 / replaced as f64,
    };
    let collecting = harmed && !younger && !fixed;
    let kib = (heap_ratio * LIMIT_KIB) as u32;
    let completed = if state == InstanceState::InRotation { 6 } else { 0 };
    InstanceRow {
        heap_used_kib: kib,
        heap_peak_kib: kib,
        live_kib: kib,
        heap_after_gc_kib: kib,
        sessions_live: if collecting { 20 } else { 2 },
        sessions_leaked: if fixed { 0 } else { ((heap_ratio - 0.21) * 110_000.0) as u32 },
        gc_us: (TICK_S as f64 * 1e6 * if collecting { 0.66 } else { 0.05 }) as u32,
        cpu_us: (TICK_S as f64 * 0.5e6 * if collecting { 0.99 } else { 0.45 }) as u32,
        completed,
        completed_slow: if collecting { completed / 2 } else { 0 },
        release: u32::from(fixed),
        restarts: u32::from(outage && since >= RESTART_S),
        state: state.code(),
        ..InstanceRow::default()
    }
}

fn ages(second: usize, index: usize, outage: bool) -> [u32; AGE_CLASSES] {
    match index {
        _ if !outage || second > REPLACED[index] => [2, 0, 0, 0, 0, 0, 0],
        6.. => [600, 3000, 6000, 15_000, 15_000, 0, 0],
        _ => [600, 3000, 6000, 20_000, 15_000, 15_000, 25_000],
    }
}

fn log() -> Vec<LogEntry> {
    let of = |second: i64, instance: Option<u32>, what| LogEntry { at_ms: second * 1000, instance, what };
    let rule = || "PaymentCpuSaturation".to_owned();
    let (page, proposed) = (Severity::Page, Severity::Proposed);
    let mut log = vec![
        of(-36 * 3600, None, Happening::FaultyDeployed),
        of(-18 * 3600, Some(6), Happening::Rescheduled),
        of(-18 * 3600, Some(7), Happening::Rescheduled),
        of(
            360,
            None,
            Happening::AlertFiring { rule: "PaymentHeapFullSoon".to_owned(), severity: proposed, value_permille: 962 },
        ),
        of(1500, None, Happening::AlertPending { rule: rule(), severity: page }),
        of(1800, None, Happening::AlertFiring { rule: rule(), severity: page, value_permille: 951 }),
        of(8100, None, Happening::RolloutStarted { patch: true }),
    ];
    for (index, replaced) in REPLACED.into_iter().enumerate() {
        let at = replaced as i64;
        if index == 0 || REPLACED[index - 1] != replaced {
            log.push(of(at, None, Happening::WaveStarted { wave: (replaced as u32 - 8100) / 600 + 1 }));
        }
        log.push(of(at, Some(index as u32), Happening::Draining));
        log.push(of(at + DRAIN_S as i64, Some(index as u32), Happening::Starting));
        log.push(of(at + RESTART_S as i64, Some(index as u32), Happening::Ready));
    }
    log.push(of(9500, None, Happening::AlertResolved { rule: rule(), severity: page }));
    log.push(of(9965, None, Happening::RolloutFinished));
    log.push(of(10_560, None, Happening::Resolved { held_s: 1200 }));
    log.sort_by_key(|entry| entry.at_ms);
    log
}
