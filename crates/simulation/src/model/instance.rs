//! An instance: cores shared by the requests that compute, worker threads, a bounded queue, a heap with its collector and
//! the session store.
//!
//! Invariant: `advance` has been called for the present moment before anything that changes the pace of the work, and
//! `settle` is called after it.

use std::collections::VecDeque;

use super::config::{Config, WORK_BITS};
use super::outliers::Outlier;
use super::pool::{self, Pool};
use super::session::{Handling, SessionStore};
use crate::recording::BUCKETS;
use crate::scenario::Release;

/// Whether the process runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Process {
    /// Not ordered, or removed.
    Absent,
    /// Runs and takes requests when it is in rotation.
    Running,
    /// Finishes what it has, then restarts.
    Draining,
    /// Starting up.
    Starting,
    /// Killed; waits for its restart.
    BackingOff,
}

/// Why the instance stands still.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Pause {
    None,
    Collection,
    HeapDump,
}

/// What an instance has done since the window began.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Work {
    /// CPU time in thousandths of a core-microsecond.
    pub cpu_milli_us: u64,
    pub gc_us: u64,
    pub gc_count: u32,
    pub completed: u32,
    pub completed_slow: u32,
    pub rejected: u32,
    pub restarts: u32,
}

/// The liveness probe of an instance.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Liveness {
    /// Probes that failed in a row.
    pub failed: u32,
    pub probe: Probe,
    /// Requests that came before the probe and still wait.
    pub ahead: u32,
}

/// What becomes of the probe that was sent last.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Probe {
    #[default]
    Answered,
    /// It waits for a worker thread.
    Waiting,
    /// It is answered when the shared progress has come so far.
    Computing { finish: u64 },
}

/// A request that computes: when it is done, in units of the instance's shared progress.
#[derive(Clone, Copy, Debug)]
struct Job {
    finish: u64,
    request: u32,
}

/// What a microsecond brings while nothing changes.
#[derive(Clone, Copy, Debug, Default)]
struct Pace {
    /// Work for each computing request, in fixed point.
    progress: u64,
    /// CPU time in thousandths of a core-microsecond.
    cpu_milli: u64,
    /// 1 during a collection.
    collecting: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Instance {
    pub process: Process,
    /// Whether its readiness probes succeed.
    pub in_rotation: bool,
    /// What the load balancer has seen of it.
    pub outlier: Outlier,
    pub failed_probes: u32,
    /// Changes with every start, stop and kill, so that timers of an earlier life are known.
    pub life: u32,
    pub release: Release,
    /// The session code that runs; differs from the release's when the leak was switched off in place.
    pub handling: Handling,
    pub next_release: Release,
    /// It is removed when it has finished what it has.
    pub leaves: bool,
    pub running_since_us: u64,
    pub cold_until_us: u64,
    pub backoff_us: u64,
    pub busy_threads: u32,
    pub queue: VecDeque<u32>,
    pub pools: Vec<Pool>,
    pub sessions: SessionStore,
    pub allocated_bytes: u64,
    pub heap_after_gc_bytes: u64,
    pub heap_peak_bytes: u64,
    pub work: Work,
    /// What of the work is in the recording.
    pub recorded: Work,
    /// Arrival to end of the requests since the last row.
    pub latency: [u32; BUCKETS],
    pub liveness: Liveness,
    /// Collections in a row that took nearly all of the time and freed nearly nothing.
    pub futile_collections: u32,
    pub pause: Pause,
    pause_ends_us: u64,
    /// Work done for each computing request since the process started (fixed point): the clock of processor sharing.
    progress: u64,
    advanced_us: u64,
    pace: Pace,
    /// Latest to finish first, so that the next is at the end.
    jobs: Vec<Job>,
}

impl Instance {
    pub fn new(config: &Config, release: Release, handling: Handling, sessions: SessionStore) -> Self {
        Self {
            process: Process::Running,
            in_rotation: true,
            outlier: Outlier::default(),
            failed_probes: 0,
            life: 0,
            release,
            handling,
            next_release: release,
            leaves: false,
            running_since_us: 0,
            cold_until_us: 0,
            backoff_us: 0,
            busy_threads: 0,
            queue: VecDeque::with_capacity(config.queue_length.min(1024)),
            pools: pool::empty(config),
            sessions,
            allocated_bytes: 0,
            heap_after_gc_bytes: 0,
            heap_peak_bytes: 0,
            work: Work::default(),
            recorded: Work::default(),
            latency: [0; BUCKETS],
            liveness: Liveness::default(),
            futile_collections: 0,
            pause: Pause::None,
            pause_ends_us: 0,
            progress: 0,
            advanced_us: 0,
            pace: Pace::default(),
            jobs: Vec::with_capacity(config.worker_threads as usize),
        }
    }

    /// Whether the load balancer sends it attempts.
    #[inline]
    pub fn takes_requests(&self) -> bool {
        self.in_rotation && !self.outlier.is_ejected
    }

    /// Requests in the instance.
    #[inline]
    pub fn in_flight(&self) -> u64 {
        u64::from(self.busy_threads) + self.queue.len() as u64
    }

    /// Whether the load balancer may open one more request here: it keeps as many open as there are threads and places in the
    /// queue.
    #[inline]
    pub fn has_room(&self, config: &Config) -> bool {
        self.queue.len() < config.queue_length
    }

    /// Bytes that a collection cannot free. A request that waits has not been read yet: it takes none.
    #[inline]
    pub fn live_bytes(&self, config: &Config) -> u64 {
        if matches!(self.process, Process::Absent | Process::BackingOff) {
            return 0;
        }
        config.heap_base_bytes
            + self.sessions.open_count() * config.session_bytes
            + u64::from(self.busy_threads) * config.in_flight_bytes
    }

    /// Bytes in use: live ones and garbage.
    pub fn used_bytes(&self, config: &Config) -> u64 {
        (self.live_bytes(config) + self.allocated_bytes).min(config.heap_limit_bytes)
    }

    /// Accounts for the time since the last call: work done, CPU and collector time.
    #[inline]
    pub fn advance(&mut self, now_us: u64) {
        let elapsed_us = now_us - self.advanced_us;
        self.advanced_us = now_us;
        self.progress += elapsed_us * self.pace.progress;
        self.work.cpu_milli_us += elapsed_us * self.pace.cpu_milli;
        self.work.gc_us += elapsed_us * self.pace.collecting;
    }

    /// Adds a request that needs `work_us` of CPU time.
    #[inline]
    pub fn compute(&mut self, request: u32, work_us: u64) {
        let finish = self.progress + (work_us << WORK_BITS);
        let at = self.jobs.partition_point(|job| job.finish > finish);
        self.jobs.insert(at, Job { finish, request });
    }

    /// The shared progress at which `work_us` more of CPU time will have been done for each request.
    #[inline]
    pub fn progress_after(&self, work_us: u64) -> u64 {
        self.progress + (work_us << WORK_BITS)
    }

    /// Whether work that ends at `finish` is done; on an instance that computes nothing it takes next to no time.
    pub fn has_come_to(&self, finish: u64) -> bool {
        self.progress >= finish || (self.pause == Pause::None && self.jobs.is_empty())
    }

    /// Takes the request whose CPU phase ends now.
    #[inline]
    pub fn computed(&mut self) -> Option<u32> {
        self.jobs.pop().map(|job| job.request)
    }

    /// To be called when what goes on here has changed: sets the pace, and tells when something happens by itself, the end
    /// of the pause or of a CPU phase.
    #[inline]
    pub fn settle(&mut self, config: &Config) -> Option<u64> {
        if self.pause != Pause::None {
            // The collector works on all cores.
            let collecting = u64::from(self.pause == Pause::Collection);
            self.pace = Pace { progress: 0, cpu_milli: collecting * config.cores_milli, collecting };
            return Some(self.pause_ends_us);
        }
        let Some(next) = self.jobs.last() else {
            self.pace = Pace::default();
            return None;
        };
        let jobs = self.jobs.len();
        let cpu_milli = (jobs as u64 * 1000).min(config.cores_milli);
        self.pace = Pace { progress: config.rate_by_jobs[jobs], cpu_milli, collecting: 0 };
        let work = next.finish.saturating_sub(self.progress) as i64 as f64;
        // Rounded up to the next microsecond, like every end of work.
        Some(self.advanced_us + (work * config.us_per_work_by_jobs[jobs]) as i64 as u64 + 1)
    }

    /// Stops the instance for `pause_us`.
    pub fn stop_for(&mut self, pause: Pause, now_us: u64, pause_us: u64) {
        self.pause = pause;
        self.pause_ends_us = now_us + pause_us;
    }

    /// Ends a pause.
    pub fn resume(&mut self) {
        self.pause = Pause::None;
    }

    /// Allocates; tells whether the free heap is used up.
    #[inline]
    pub fn allocate(&mut self, config: &Config, bytes: u64) -> bool {
        self.allocated_bytes += bytes;
        self.is_full(config)
    }

    /// Whether the allocation since the last collection has used up the free heap.
    #[inline]
    pub fn is_full(&self, config: &Config) -> bool {
        self.live_bytes(config) + self.allocated_bytes >= config.heap_limit_bytes
    }

    /// Counts a collection that begins now and takes `pause_us`, and tells whether the collector gives up: too many in a row
    /// took nearly all of the time since the one before began and left nearly nothing free.
    pub fn is_futile(&mut self, config: &Config, now_us: u64, live_bytes: u64, pause_us: u64) -> bool {
        let Some(limit) = config.collector_limit else { return false };
        let since_last_us = now_us.saturating_sub(self.pause_ends_us) + pause_us;
        let time_ratio = pause_us as f64 / since_last_us.max(1) as f64;
        let free_ratio = 1.0 - live_bytes as f64 / config.heap_limit_bytes as f64;
        let is_one = time_ratio > limit.time_ratio && free_ratio < limit.free_ratio;
        self.futile_collections = if is_one { self.futile_collections + 1 } else { 0 };
        self.futile_collections >= limit.collections
    }

    /// The process ends: whatever it held is gone.
    pub fn clear(&mut self) {
        self.life += 1;
        self.jobs.clear();
        self.queue.clear();
        self.pools.fill(Pool::default());
        self.busy_threads = 0;
        self.sessions.clear();
        self.allocated_bytes = 0;
        self.heap_after_gc_bytes = 0;
        self.failed_probes = 0;
        self.liveness = Liveness::default();
        self.futile_collections = 0;
        self.in_rotation = false;
        self.outlier = Outlier::default();
        self.resume();
        self.pace = Pace::default();
    }
}
