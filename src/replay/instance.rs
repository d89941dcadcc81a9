//! An instance at one moment: one reading for picture, sentences and details.
//!
//! Invariant: nothing after the moment is read, except in the first seconds of the window.

use super::moment::{SLOW_WINDOW_S, WINDOW_S};
use crate::recording::{AGE_CLASSES, Happening, InstanceState, PoolMeta, Recording, Span, TICK_S};
use crate::scenario::Scenario;
use crate::units::UtcMs;

/// From this ratio of live bytes after collection to the limit on an instance counts as nearly full: the collector runs ten times as
/// often as on an empty heap.
pub const NEARLY_FULL_RATIO: f64 = 0.9;
/// Share of time in collections above which the collector counts as holding an instance up.
pub const COLLECTING_RATIO: f64 = 0.5;
/// From this ratio on all of the CPU, or all worker threads, count as in use.
pub const SATURATED_RATIO: f64 = 0.95;
/// An instance is fine while its share of slow requests is at most this.
const FINE_SLOW_RATIO_MAX: f64 = 0.05;
/// Share of time in collections above which an instance counts as tight.
const GC_FELT: f64 = 0.25;

/// Health of an instance, for its colour; never shown by colour alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Health {
    Good,
    /// Little free heap, noticeable collections, or overload.
    Tight,
    /// Most of its time goes into collections.
    Stalled,
    /// Not in rotation.
    Out,
}

/// What the picture of an instance shows: what runs out in the scenario.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scarce {
    /// The heap, which sessions fill.
    Heap,
    /// The slots of a pool.
    Slots,
    /// CPU time.
    Cpu,
}

impl Scarce {
    /// What the instances of a scenario show.
    #[must_use]
    pub fn of(scenario: &Scenario) -> Self {
        match (scenario.leaks_sessions(), scenario.pools.is_empty()) {
            (true, _) => Self::Heap,
            (false, false) => Self::Slots,
            (false, true) => Self::Cpu,
        }
    }
}

/// A pool of an instance at a moment.
#[derive(Clone, PartialEq, Debug)]
pub struct PoolMoment {
    /// What it is a pool of.
    pub of: String,
    pub capacity: u32,
    /// Slots in use, those never given back included.
    pub taken: u32,
    /// Slots never given back.
    pub lost: u32,
    /// Requests that wait for one.
    pub waiting: u32,
}

/// An instance at a moment: what the picture draws and the sentences speak of. Heap ratios are shares of its limit and add up to
/// the heap in use. Rates and shares of time are those of the last minute.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub struct InstanceMoment {
    pub index: usize,
    pub name: String,
    pub state: InstanceState,
    /// Rescheduled before the window and not restarted since.
    pub younger: bool,
    pub fixed: bool,
    /// The word for its release; `None` where it does not matter.
    pub release: Option<String>,
    /// Whether memory plays a part.
    pub uses_heap: bool,
    pub scarce: Scarce,
    /// Its pools, in the order of the scenario.
    pub pools: Vec<PoolMoment>,
    /// Hours since its process started.
    pub age_h: f64,
    /// Restarts since the window began.
    pub restarts: u32,
    /// Live bytes after the last collection.
    pub heap_ratio: f64,
    /// Base: code, caches and pools.
    pub base_ratio: f64,
    /// Open sessions, and the memory of requests.
    pub open_ratio: f64,
    /// Leaked sessions by age class, youngest first.
    pub leaked_ratios: [f64; AGE_CLASSES],
    pub garbage_ratio: f64,
    pub sessions_open: u32,
    pub sessions_leaked: u32,
    /// All sessions by age, youngest first, at the last snapshot.
    pub session_ages: [u32; AGE_CLASSES],
    /// Share of the last minute in collections.
    pub gc_ratio: f64,
    /// Share of the CPU used in the last minute, collections included.
    pub cpu_ratio: f64,
    /// Whether a collection is under way.
    pub in_gc: bool,
    /// Worker threads in use, and all.
    pub threads: [u32; 2],
    /// Queued requests, and length of the queue.
    pub queue: [u32; 2],
    /// Requests rejected by the full queue in the last minute.
    pub rejected: u64,
    /// Requests finished in the last five minutes.
    pub completed: u64,
    /// Requests over the slow threshold ÷ all, in the last five minutes; `None` without requests.
    pub slow_ratio: Option<f64>,
}

impl InstanceMoment {
    /// An instance at a moment.
    #[must_use]
    pub fn new(scenario: &Scenario, recording: &Recording, at: UtcMs, index: usize) -> Self {
        let (now, minute) = (recording.before(at, TICK_S), recording.before(at, WINDOW_S));
        let five = recording.before(at, SLOW_WINDOW_S);
        let (columns, meta) = (&recording.instances, &recording.meta);
        let gauge = |column: &[u32]| recording.gauge(column, now, index);
        let limit_kib = f64::from(meta.heap_limit_kib.max(1));
        let session_ratio = f64::from(meta.session_bytes) / 1024.0 / limit_kib;
        let live_ratio = f64::from(gauge(&columns.live_kib)) / limit_kib;
        let used_ratio = f64::from(gauge(&columns.heap_used_kib)) / limit_kib;
        let base_ratio = (f64::from(meta.heap_base_kib) / limit_kib).min(live_ratio);
        let leaked = gauge(&columns.sessions_leaked);
        let leaked_ratio = (f64::from(leaked) * session_ratio).min(live_ratio - base_ratio);
        let session_ages = recording.session_ages(now, index);
        let fixed = gauge(&columns.release) == 1;
        let completed = recording.instance_sum(&columns.completed, five, index);
        let slow = recording.instance_sum(&columns.completed_slow, five, index);
        Self {
            index,
            name: recording.instance_name(index),
            state: recording.instance_state(now, index),
            younger: recording.is_rescheduled(index) && gauge(&columns.restarts) == 0 && !fixed,
            fixed,
            release: scenario
                .releases_matter()
                .then(|| scenario.release_word(scenario.release_of(gauge(&columns.release))).to_owned()),
            uses_heap: scenario.uses_heap(),
            scarce: Scarce::of(scenario),
            pools: pools(recording, now, index),
            age_h: age_h(scenario, recording, at, index),
            restarts: gauge(&columns.restarts),
            heap_ratio: recording.heap_after_gc_ratio(now, index),
            base_ratio,
            open_ratio: (live_ratio - base_ratio - leaked_ratio).max(0.0),
            leaked_ratios: split(leaked_ratio, &session_ages),
            garbage_ratio: (used_ratio - live_ratio).max(0.0),
            sessions_open: gauge(&columns.sessions_live),
            sessions_leaked: leaked,
            session_ages,
            gc_ratio: recording.gc_ratio(minute, index).min(1.0),
            cpu_ratio: recording.cpu_ratio(minute, index).min(1.0),
            in_gc: gauge(&columns.in_gc) == 1,
            threads: [gauge(&columns.busy_threads), meta.worker_threads],
            queue: [gauge(&columns.queued), meta.queue_length],
            rejected: recording.instance_sum(&columns.rejected, minute, index),
            completed,
            slow_ratio: (completed > 0).then(|| slow as f64 / completed as f64),
        }
    }

    /// Every instance that exists at a moment.
    #[must_use]
    pub fn all(scenario: &Scenario, recording: &Recording, at: UtcMs) -> Vec<Self> {
        (0..recording.meta.instances as usize)
            .map(|index| Self::new(scenario, recording, at, index))
            .filter(|status| status.state.exists())
            .collect()
    }

    /// Its health, for its colour.
    #[must_use]
    pub fn health(&self) -> Health {
        if self.state != InstanceState::InRotation {
            Health::Out
        } else if self.gc_ratio > COLLECTING_RATIO || self.fullest_pool().is_some_and(|pool| pool.waiting > 0) {
            Health::Stalled
        } else if self.heap_ratio > NEARLY_FULL_RATIO || self.gc_ratio > GC_FELT || self.is_overloaded() {
            Health::Tight
        } else {
            Health::Good
        }
    }

    /// Whether it is overloaded: no CPU is left, or requests were rejected in the last minute.
    #[must_use]
    pub fn is_overloaded(&self) -> bool {
        self.cpu_ratio > SATURATED_RATIO || self.rejected > 0
    }

    /// Whether it drains, starts or waits to restart.
    #[must_use]
    pub fn is_restarting(&self) -> bool {
        self.state.is_restarting()
    }

    /// Whether the heap is nearly full.
    #[must_use]
    pub fn is_full(&self) -> bool {
        !self.is_restarting() && self.heap_ratio > NEARLY_FULL_RATIO
    }

    /// Whether collections take most of its time.
    #[must_use]
    pub fn is_collecting(&self) -> bool {
        !self.is_restarting() && self.gc_ratio > COLLECTING_RATIO
    }

    /// Whether requests take all the CPU there is.
    #[must_use]
    pub fn is_saturated(&self) -> bool {
        !self.is_restarting() && self.cpu_ratio > SATURATED_RATIO
    }

    /// Index of a pool for whose slots requests wait.
    #[must_use]
    pub fn exhausted(&self) -> Option<usize> {
        self.pools.iter().position(|pool| pool.waiting > 0).filter(|_| !self.is_restarting())
    }

    /// Worker threads in use ÷ all.
    #[must_use]
    pub fn threads_ratio(&self) -> f64 {
        f64::from(self.threads[0]) / f64::from(self.threads[1].max(1))
    }

    /// Whether all worker threads are in use.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !self.is_restarting() && self.threads_ratio() > SATURATED_RATIO
    }

    /// Whether it serves requests in time.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        self.state == InstanceState::InRotation
            && !self.is_full()
            && !self.is_collecting()
            && self.exhausted().is_none()
            && self.slow_ratio.is_none_or(|ratio| ratio <= FINE_SLOW_RATIO_MAX)
    }

    /// Whether a process is up, so that heap and threads are meaningful.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.state.is_up()
    }

    /// The state in words.
    #[must_use]
    pub fn state_words(&self) -> &'static str {
        match self.state {
            InstanceState::Absent => "absent",
            InstanceState::InRotation => "in rotation",
            InstanceState::OutOfRotation => "out of rotation",
            InstanceState::Draining => "draining",
            InstanceState::Starting => "starting",
            InstanceState::WaitingToRestart => "waiting to restart",
        }
    }

    /// The pool that most requests wait for, else the one with the fewest slots left.
    #[must_use]
    pub fn fullest_pool(&self) -> Option<&PoolMoment> {
        let use_of = |pool: &&PoolMoment| (pool.waiting, pool.taken * 1000 / pool.capacity.max(1));
        self.pools.iter().max_by_key(use_of)
    }

    /// Uptime of the process: "36 h", "12 min".
    #[must_use]
    pub fn age_words(&self) -> String {
        if self.age_h >= 1.5 { format!("{:.0} h", self.age_h) } else { format!("{:.0} min", self.age_h * 60.0) }
    }
}

fn pools(recording: &Recording, now: Span, index: usize) -> Vec<PoolMoment> {
    let columns = &recording.pools;
    let of = |(pool, meta): (usize, &PoolMeta)| {
        let gauge = |column: &[u32]| recording.pool_gauge(column, now, index, pool);
        PoolMoment {
            of: meta.of.clone(),
            capacity: meta.capacity,
            taken: gauge(&columns.slots_taken),
            lost: gauge(&columns.slots_lost),
            waiting: gauge(&columns.slots_waited_for),
        }
    };
    recording.meta.pools.iter().enumerate().map(of).collect()
}

/// Hours since the process started: at its last start in the window, else at its rescheduling, else at the deployment.
fn age_h(scenario: &Scenario, recording: &Recording, at: UtcMs, index: usize) -> f64 {
    let started = recording.log.iter().rev().find(|entry| {
        entry.instance == Some(index as u32) && entry.what == Happening::Starting && recording.time_of(entry) <= at
    });
    let since = match started {
        Some(entry) => recording.time_of(entry),
        None if recording.is_rescheduled(index) => scenario.rescheduled_at(),
        None => scenario.deployed_at(),
    };
    at.seconds_since(since).max(0.0) / 3600.0
}

/// Splits the leaked sessions' share of the heap by the ages at the last snapshot.
fn split(leaked_ratio: f64, ages: &[u32; AGE_CLASSES]) -> [f64; AGE_CLASSES] {
    let all: f64 = ages.iter().map(|count| f64::from(*count)).sum();
    if all > 0.0 {
        return ages.map(|count| leaked_ratio * f64::from(count) / all);
    }
    let mut youngest = [0.0; AGE_CLASSES];
    youngest[0] = leaked_ratio;
    youngest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::World;

    fn statuses(hh_mm: &str) -> Vec<InstanceMoment> {
        let scenario = Scenario::bundled();
        let recording = World::run(&scenario, scenario.seed).expect("the bundled scenario is tested");
        let at = scenario.window.from.same_day_at(hh_mm).expect("a time of day");
        InstanceMoment::all(&scenario, &recording, at)
    }

    #[test]
    fn parts_of_the_heap_add_up_to_what_is_in_use() {
        let all = statuses("12:00");
        assert_eq!(all.len(), Scenario::bundled().instances.count.value as usize);
        for status in all {
            let leaked: f64 = status.leaked_ratios.iter().sum();
            let used = status.base_ratio + status.open_ratio + leaked + status.garbage_ratio;
            assert!((0.3..=1.001).contains(&used), "{}: {used}", status.name);
        }
    }

    #[test]
    fn old_instances_stall_and_young_ones_do_not() {
        let all = statuses("11:30");
        let (old, young) = (&all[0], &all[all.len() - 1]);
        assert!(matches!(old.health(), Health::Stalled | Health::Out), "{old:?}");
        assert_eq!(young.health(), Health::Good, "{young:?}");
        assert!(old.age_h > young.age_h && old.sessions_leaked > young.sessions_leaked);
    }

    #[test]
    fn after_the_roll_out_every_instance_is_new() {
        for status in statuses("13:40") {
            assert!(status.fixed && status.restarts == 1 && status.age_h < 1.0, "{status:?}");
            assert_eq!(status.age_words(), format!("{:.0} min", status.age_h * 60.0));
        }
    }

    #[test]
    fn leaked_sessions_are_split_by_their_ages() {
        let mut ages = [0; AGE_CLASSES];
        assert_eq!(split(0.4, &ages)[0], 0.4);
        (ages[1], ages[3]) = (1, 3);
        assert_eq!(split(0.4, &ages)[..4], [0.0, 0.1, 0.0, 0.30000000000000004]);
    }
}
