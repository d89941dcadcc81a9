//! `cargo bench --bench simulation`: time of a full incident, and the queueing workloads W0 and W1 on the simulation's own
//! queue structures beside NeXosim, interleaved in one run; the ratios are what counts on a noisy machine.
//!
//! W0: Poisson arrivals 50/s, 64 servers, exponential service of 1.2 s, first come first served, a time-out of 10 s that is
//! cancelled when service starts, three hours from empty. W1: the same at 60/s, where many time out. An event is an arrival,
//! a start or end of service, or a time-out that fires.
//!
//! What was tried for the incident, one after the other, with what each gave. Milliseconds are the least of twenty runs or
//! more of the whole incident, interleaved with the version before, on two shared cores that were not always quiet; M are
//! million instructions (callgrind), of which every run takes equally many.
//!
//! | step | ms | M |
//! |---|---|---|
//! | all timers in one 4-ary heap, time-outs and patience in a wheel, `libm` for every draw | 74.9 | 537 |
//! | replies and retries in wheels, time-outs in a line, the next event as the least of the heads, buckets by table | 68.5 | 508 |
//! | ziggurat for exponential and normal draws, a table for `exp` | 62.4 | 499 |
//! | running sums for the service level and the alert rules, instead of sums over their windows | 60.0 | 470 |
//! | `select_unpredictable` in the tournament and among the heads: the compiler had made branches of them | 56.0 | 470 |
//! | tables by reference instead of behind a lazy lock, seeds mixed once per purpose | 56.0 | 460 |
//! | patience is an event only when it ends before the client's next step: a push less for most users | 53.5 | 438 |
//! | an instance's pace as three numbers instead of a branch per state, no copies of requests | 49.3 | 442 |
//!
//! The last one simulates 3 % more events than the ones before, since the scenario was calibrated anew. Without effect:
//! pairs of siblings in the tournament (kept, they are simpler), the tick as a head of its own (it is a timer now), a branch
//! for the most frequent source instead of a jump table. Slower, by a twentieth, though it takes 2 % fewer instructions: a
//! tournament of eights instead of pairs. Not tried: draws made in advance, which would have to be kept per user.
//!
//! In the browser (`cargo xtask bench-simulation`), where the whole takes half as long again once it is compiled for good:
//! optimised for size it is a tenth slower than for speed and a quarter smaller, which the page prefers; forcing the small
//! functions inline changes nothing there.

mod nexosim_station;
mod own_station;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use incident_replay::model::World;
use incident_replay::scenario::Scenario;

/// Counters of a workload; they must be equal for both engines.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    arrived: u64,
    started: u64,
    served: u64,
    timed_out: u64,
}

impl Counts {
    fn events(self) -> u64 {
        self.arrived + self.started + self.served + self.timed_out
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Workload {
    name: &'static str,
    rate_per_s: f64,
}

const SERVERS: usize = 64;
const SERVICE_S: f64 = 1.2;
const TIMEOUT_S: u64 = 10;
const LENGTH_S: u64 = 3 * 3600;
const SEED: u64 = 7;
const WORKLOADS: [Workload; 2] = [Workload { name: "W0", rate_per_s: 50.0 }, Workload { name: "W1", rate_per_s: 60.0 }];
/// Rounds of the interleaved comparison, of which the median ratio is printed.
const ROUNDS: usize = 7;

fn incident(criterion: &mut Criterion) {
    let scenario = Scenario::bundled();
    let events = World::run(&scenario, scenario.seed).expect("valid").meta.events;
    let mut group = criterion.benchmark_group("incident");
    group.throughput(Throughput::Elements(events));
    group.bench_function("full run, 10:30 to 13:45", |bencher| {
        bencher.iter(|| World::run(black_box(&scenario), scenario.seed).expect("valid"));
    });
    let mut at_escalation = World::new(&scenario, scenario.seed).expect("valid");
    at_escalation.advance(3_600_000_000);
    group.finish();
    // Without a throughput: only a part of the events is simulated again.
    let mut group = criterion.benchmark_group("what-if");
    group.bench_function("continued from 11:30", |bencher| {
        bencher.iter(|| {
            let mut simulation = at_escalation.clone();
            simulation.advance(simulation.end_us());
            simulation.into_recording()
        });
    });
    group.finish();
}

fn workloads(criterion: &mut Criterion) {
    for workload in WORKLOADS {
        let counts = own_station::run(workload);
        let mut group = criterion.benchmark_group(workload.name);
        group.throughput(Throughput::Elements(counts.events())).sample_size(10);
        group.bench_function("own queue", |bencher| bencher.iter(|| own_station::run(black_box(workload))));
        group.finish();
    }
}

/// Alternates the engines, so that changes of the machine's speed affect both.
#[allow(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn compare() {
    println!("\ninterleaved, {ROUNDS} rounds, medians");
    for workload in WORKLOADS {
        let (mut own, mut theirs) = (Vec::new(), Vec::new());
        let mut counts = Counts::default();
        for _ in 0..ROUNDS {
            let started = Instant::now();
            counts = own_station::run(workload);
            own.push(started.elapsed());
            let started = Instant::now();
            let other = nexosim_station::run(workload);
            theirs.push(started.elapsed());
            assert_eq!(counts, other, "both engines do the same work");
        }
        let mut ratios: Vec<f64> =
            own.iter().zip(&theirs).map(|(own, theirs)| theirs.as_secs_f64() / own.as_secs_f64()).collect();
        ratios.sort_by(f64::total_cmp);
        let rate = |times: &mut Vec<Duration>| {
            times.sort();
            counts.events() as f64 / times[ROUNDS / 2].as_secs_f64() / 1e6
        };
        println!(
            "{}: {:.2} M events; own queue {:.1} M events/s, NeXosim {:.2} M events/s, ratio {:.1} ({:.1} to {:.1})",
            workload.name,
            counts.events() as f64 / 1e6,
            rate(&mut own),
            rate(&mut theirs),
            ratios[ROUNDS / 2],
            ratios[0],
            ratios[ROUNDS - 1],
        );
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    incident(&mut criterion);
    workloads(&mut criterion);
    criterion.final_summary();
    // `cargo test --benches` only checks that everything runs.
    if !std::env::args().any(|argument| argument == "--test") {
        compare();
    }
}
