//! Once a second: what has happened goes into the recording, the monitor scrapes, the verification looks at the service
//! level.

use super::calls::Calls;
use super::dispatch::Timer;
use super::instance::{Instance, Pause, Process};
use super::rollout::Rollout;
use super::session::Handling;
use super::verification::Operation;
use super::{Config, World, preroll};
use crate::recording::{
    AGE_BOUNDS_MIN, AGES_STEP_S, BUCKETS, CacheSeries, CheckoutOutcomes, DependencyMeta, DependencySeries, Histograms,
    InstanceRow, InstanceSeries, InstanceState, Meta, PoolMeta, PoolSeries, PrerollSeries, PrerollServiceSeries,
    Recording, SampleSeries, ServiceRow, ServiceSeries, TICK_S,
};
use crate::scenario::Scenario;

/// Latencies since the last tick.
#[derive(Clone, Debug)]
pub(super) struct Latencies {
    pub checkout: [u32; BUCKETS],
    pub gateway: [u32; BUCKETS],
    pub network: [u32; BUCKETS],
    /// Of each dependency besides the gateway.
    pub others: Vec<[u32; BUCKETS]>,
}

impl Latencies {
    pub fn new(config: &Config) -> Self {
        let (checkout, gateway, network) = ([0; BUCKETS], [0; BUCKETS], [0; BUCKETS]);
        Self { checkout, gateway, network, others: vec![[0; BUCKETS]; config.dependencies.len() - 1] }
    }
}

impl World {
    /// The window begins: from here on seconds are recorded, and rows count from here.
    pub(super) fn begin_window(&mut self) {
        for instance in &mut self.instances {
            instance.advance(self.now_us);
            instance.work.restarts = 0;
            instance.recorded = instance.work;
            instance.latency = [0; BUCKETS];
            instance.heap_peak_bytes = 0;
        }
        self.latencies = Latencies::new(&self.config);
        self.calls.iter_mut().for_each(Calls::begin_window);
        self.record_ages();
        self.scrape();
    }

    /// The next second's end, before everything else of its moment.
    pub(super) fn schedule_tick(&mut self) {
        self.timers.push(super::key(self.now_us + 1_000_000, 0), Timer::Tick);
    }

    /// A second is over.
    pub(super) fn tick(&mut self) {
        self.schedule_tick();
        let row = ServiceRow {
            waiting_users: self.users.used() as u32,
            in_flight: self.instances.iter().map(|i| i.in_flight() as u32).sum(),
            queued: self.instances.iter().map(|i| i.queue.len() as u32).sum(),
            ready_instances: self.balancer.ready() as u32,
            ..std::mem::take(&mut self.second)
        };
        let failed = [row.failed_rejected, row.failed_timed_out, row.failed_abandoned, row.failed_killed];
        let ended = CheckoutOutcomes {
            fast: u64::from(row.fast),
            slow: u64::from(row.slow),
            failed: failed.into_iter().map(u64::from).sum(),
        };
        if self.now_us <= self.lead_in_us {
            self.tick_before_window(&row, ended);
        } else {
            self.tick_in_window(&row, ended);
        }
        self.check_conservation();
        if self.is_over_budget() {
            self.end_over_budget();
        }
    }

    fn tick_in_window(&mut self, row: &ServiceRow, ended: CheckoutOutcomes) {
        self.recording.service.push(row);
        if let Some(cache) = &mut self.cache {
            self.recording.cache.push(&cache.row());
        }
        self.recording.meta.seconds += 1;
        let second = u64::from(self.recording.meta.seconds);
        if second.is_multiple_of(TICK_S as u64) {
            self.record_instances();
        }
        if second.is_multiple_of(AGES_STEP_S as u64) {
            self.record_ages();
        }
        self.verify(ended);
        if second.is_multiple_of(60) {
            self.reap();
        }
        if second.is_multiple_of(self.monitor.interval_s) {
            self.scrape();
        }
    }

    /// Before the window the monitor scrapes as often as the integration would.
    fn tick_before_window(&mut self, row: &ServiceRow, ended: CheckoutOutcomes) {
        let left_s = (self.lead_in_us - self.now_us) / 1_000_000;
        self.verify(ended);
        let since = &mut self.since_row;
        for (sum, more) in [
            (&mut since.arrivals, row.arrivals),
            (&mut since.fast, row.fast),
            (&mut since.slow, row.slow),
            (&mut since.failed_rejected, row.failed_rejected),
            (&mut since.failed_timed_out, row.failed_timed_out),
            (&mut since.failed_abandoned, row.failed_abandoned),
            (&mut since.failed_killed, row.failed_killed),
        ] {
            *sum += more;
        }
        if left_s.is_multiple_of(u64::from(self.recording.meta.preroll_step_s)) {
            for instance in &mut self.instances {
                instance.advance(self.now_us);
            }
            let since = std::mem::take(&mut self.since_row);
            let Recording { preroll, preroll_service, .. } = &mut self.recording;
            preroll::push_rows(preroll, preroll_service, &mut self.instances, &since);
            if left_s > 0 {
                self.scrape();
            }
        }
        if left_s == 0 {
            self.begin_window();
        }
    }

    fn record_instances(&mut self) {
        let (now_us, config) = (self.now_us, &self.config);
        for instance in &mut self.instances {
            instance.advance(now_us);
            let row = instance.row(config, &self.scenario);
            self.recording.instances.push(&row);
            for pool in &mut instance.pools {
                self.recording.pools.push(&pool.row());
            }
            self.recording.request_latency.counts.extend(std::mem::take(&mut instance.latency));
        }
        if self.scenario.watches_calls() {
            for calls in &mut self.calls {
                self.recording.dependencies.push(&calls.row());
            }
        }
        let latencies = std::mem::replace(&mut self.latencies, Latencies::new(&self.config));
        self.recording.dependency_latency.counts.extend(latencies.others.iter().flatten());
        self.recording.checkout_latency.counts.extend(latencies.checkout);
        self.recording.gateway_latency.counts.extend(latencies.gateway);
        self.recording.network_latency.counts.extend(latencies.network);
    }

    fn record_ages(&mut self) {
        let now_s = self.window_us() / 1_000_000;
        for instance in &self.instances {
            let ages: [u32; crate::recording::AGE_CLASSES] = instance.sessions.by_age(now_s, &AGE_BOUNDS_MIN);
            self.recording.session_ages.extend(ages);
        }
    }

    fn verify(&mut self, ended: CheckoutOutcomes) {
        let operation = Operation {
            is_rolling_out: self.rollouts.iter().any(Rollout::is_under_way),
            leaks: self.instances.iter().any(|i| i.process != Process::Absent && i.handling == Handling::Faulty)
                || self.faults.remain(&self.instances),
        };
        if let Some(what) = self.verification.look(self.now_us, ended, operation) {
            self.note(None, what);
        }
    }

    /// Slots are held by calls or lost; nobody waits beside a free one.
    fn check_pools(&self, instance: &Instance) {
        for (pool, config) in instance.pools.iter().zip(&self.config.pools) {
            debug_assert!(pool.lost <= pool.taken && pool.taken - pool.lost <= instance.busy_threads);
            debug_assert!(pool.waiting.is_empty() || pool.taken >= config.capacity);
            debug_assert!(pool.waiting.len() <= instance.busy_threads as usize);
        }
    }

    /// The conservation laws, checked at every second in debug builds.
    fn check_conservation(&self) {
        let statistics = &self.statistics;
        self.check_cache(&self.instances);
        debug_assert_eq!(statistics.users, statistics.outcomes + self.users.used() as u64, "users are conserved");
        for instance in &self.instances {
            self.check_pools(instance);
            debug_assert!(instance.busy_threads <= self.config.worker_threads);
            debug_assert!(
                instance.queue.len()
                    <= self.config.queue_length.max(self.scenario.instances.queue_length.value as usize)
            );
            let sessions = &instance.sessions;
            debug_assert_eq!(sessions.opened_count(), sessions.terminated_count() + sessions.open_count());
            debug_assert!(
                self.session_cap < u64::MAX || sessions.open_count() >= u64::from(instance.busy_threads),
                "a request under way has a session"
            );
            debug_assert!(
                matches!(instance.process, Process::Absent | Process::BackingOff)
                    || instance.live_bytes(&self.config) >= sessions.open_count() * self.config.session_bytes
            );
        }
    }
}

impl Instance {
    /// The row since the last call; counts start anew. An instance that is not there has an empty row.
    fn row(&mut self, config: &Config, scenario: &Scenario) -> InstanceRow {
        if self.process == Process::Absent && self.recorded.cpu_milli_us == self.work.cpu_milli_us {
            self.recorded = self.work;
            return InstanceRow::default();
        }
        let used = self.used_bytes(config);
        let (work, last) = (self.work, std::mem::replace(&mut self.recorded, self.work));
        let state = match self.process {
            Process::Absent => InstanceState::Absent,
            Process::Running if self.takes_requests() => InstanceState::InRotation,
            Process::Running => InstanceState::OutOfRotation,
            Process::Draining => InstanceState::Draining,
            Process::Starting => InstanceState::Starting,
            Process::BackingOff => InstanceState::WaitingToRestart,
        };
        let kib = |bytes: u64| (bytes / 1024) as u32;
        InstanceRow {
            heap_used_kib: kib(used),
            heap_peak_kib: kib(std::mem::take(&mut self.heap_peak_bytes).max(used)),
            live_kib: kib(self.live_bytes(config)),
            heap_after_gc_kib: kib(self.heap_after_gc_bytes),
            sessions_live: self.busy_threads,
            sessions_leaked: self.sessions.open_count().saturating_sub(u64::from(self.busy_threads)) as u32,
            gc_count: work.gc_count - last.gc_count,
            gc_us: (work.gc_us - last.gc_us) as u32,
            cpu_us: (work.cpu_milli_us / 1000 - last.cpu_milli_us / 1000) as u32,
            busy_threads: self.busy_threads,
            queued: self.queue.len() as u32,
            completed: work.completed - last.completed,
            completed_slow: work.completed_slow - last.completed_slow,
            rejected: work.rejected - last.rejected,
            release: scenario.release_number(self.release),
            restarts: work.restarts,
            state: state.code(),
            in_gc: u32::from(self.pause == Pause::Collection),
        }
    }
}

/// The recording of a run that has not begun, with room for all of it.
pub(super) fn empty_recording(scenario: &Scenario, config: &Config, seed: u64, instances: usize) -> Recording {
    let seconds = scenario.window_s() as usize;
    let count = scenario.instances.count.value;
    Recording {
        meta: Meta {
            scenario: scenario.id.clone(),
            seed,
            from: scenario.window.from,
            instance: scenario.incident.instance.clone(),
            seconds: 0,
            instances: instances as u32,
            rescheduled: [count - scenario.instances.rescheduled.value, count],
            cores_milli: config.cores_milli as u32,
            heap_limit_kib: (config.heap_limit_bytes / 1024) as u32,
            heap_base_kib: (config.heap_base_bytes / 1024) as u32,
            session_bytes: config.session_bytes as u32,
            worker_threads: config.worker_threads,
            queue_length: config.queue_length as u32,
            pools: scenario.pools.iter().map(PoolMeta::of).collect(),
            dependencies: match scenario.watches_calls() {
                true => DependencyMeta::all(scenario),
                false => Vec::new(),
            },
            cache_entries: scenario.cache.as_ref().map(|cache| cache.entries),
            preroll_step_s: preroll::record_step_s(scenario),
            lead_in_s: 0,
            events: 0,
        },
        service: ServiceSeries::with_capacity(seconds),
        instances: InstanceSeries::with_capacity(seconds / TICK_S * instances),
        pools: PoolSeries::default(),
        cache: CacheSeries::default(),
        dependencies: DependencySeries::default(),
        dependency_latency: Histograms::default(),
        preroll: PrerollSeries::default(),
        preroll_service: PrerollServiceSeries::default(),
        samples: SampleSeries::default(),
        checkout_latency: Histograms::default(),
        gateway_latency: Histograms::default(),
        network_latency: Histograms::default(),
        request_latency: Histograms::default(),
        session_ages: Vec::new(),
        log: Vec::new(),
    }
}
