//! The scenario's parameters in the units of the simulation: microseconds, bytes, 2^-24 fixed-point rates.

use super::pool::PoolConfig;
use crate::scenario::{BalancerPolicy, PatienceShape, Release, Scenario};
use crate::units::{BYTES_PER_KIB, BYTES_PER_MIB, US_PER_S};

/// Bits after the point of work and of the rates at which it is done.
pub(super) const WORK_BITS: u32 = 24;

/// Parameters, which only actions change during a run.
#[derive(Clone, Debug)]
pub(super) struct Config {
    /// What the instances run at the start.
    pub release: Release,
    pub cores_milli: u64,
    pub worker_threads: u32,
    pub queue_length: usize,
    /// Work done per microsecond for each of `n` requests that share the cores, by `n`.
    pub rate_by_jobs: Vec<u64>,
    /// Its inverse: a division is slow where this one stands.
    pub us_per_work_by_jobs: Vec<f64>,
    pub cpu_us: f64,
    pub before_gateway_ratio: f64,
    pub allocation_before_bytes: u64,
    pub allocation_after_bytes: u64,
    pub in_flight_bytes: u64,
    pub drops_queued_when_client_left: bool,
    pub gateway_median_us: f64,
    pub gateway_sigma: f64,
    pub gateway_timeout_us: u64,
    pub gateway_capacity: u32,
    pub network_median_us: f64,
    pub network_sigma: f64,
    pub pools: Vec<PoolConfig>,
    /// Whether nothing comes between a request and its call.
    pub calls_at_once: bool,
    pub heap_limit_bytes: u64,
    pub heap_base_bytes: u64,
    pub pause_us_per_byte: f64,
    pub session_bytes: u64,
    pub patience_median_us: f64,
    pub patience_sigma: f64,
    pub patience: PatienceShape,
    pub client_timeout_us: u64,
    pub retries: u32,
    pub backoff_us: f64,
    pub slow_after_us: u64,
    pub probe_interval_us: u64,
    pub failures_to_remove: u32,
    pub queue_over: usize,
    pub policy: BalancerPolicy,
    pub backoff_first_us: u64,
    pub backoff_max_us: u64,
    pub backoff_reset_us: u64,
    pub startup_us: u64,
    pub cold_us: u64,
    pub cold_cpu_factor: f64,
    pub drain_max_us: u64,
    /// `None` when no such probe restarts the process.
    pub liveness: Option<LivenessProbe>,
    /// `None` when the collector never gives up.
    pub collector_limit: Option<CollectorLimit>,
}

/// A probe that restarts a process which does not answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct LivenessProbe {
    pub period_us: u64,
    pub timeout_us: u64,
    pub cpu_us: u64,
    pub failures_to_restart: u32,
}

/// When a collector gives up.
#[derive(Clone, Copy, Debug)]
pub(super) struct CollectorLimit {
    pub time_ratio: f64,
    pub free_ratio: f64,
    pub collections: u32,
}

/// Seconds as whole microseconds.
pub(super) fn us(seconds: f64) -> u64 {
    (seconds * US_PER_S as f64 + 0.5) as i64 as u64
}

impl Config {
    pub fn new(scenario: &Scenario) -> Self {
        let cores = scenario.instances.cores.value;
        let threads = scenario.instances.worker_threads.value;
        let mib = |value: f64| (value * BYTES_PER_MIB as f64) as i64 as u64;
        let before = scenario.request.cpu_before_gateway_ratio.value;
        let allocation_bytes = mib(scenario.request.allocation_mib.value);
        let allocation_before_bytes = (allocation_bytes as f64 * before) as i64 as u64;
        let rate = |jobs: u32| {
            let share = if jobs == 0 { 1.0 } else { (cores / f64::from(jobs)).min(1.0) };
            (share * (1_u64 << WORK_BITS) as f64) as i64 as u64
        };
        Self {
            release: scenario.deployment.release.value,
            cores_milli: (cores * 1000.0) as i64 as u64,
            worker_threads: threads,
            queue_length: scenario.instances.queue_length.value as usize,
            rate_by_jobs: (0..=threads).map(rate).collect(),
            us_per_work_by_jobs: (0..=threads).map(|jobs| 1.0 / rate(jobs).max(1) as f64).collect(),
            cpu_us: scenario.request.cpu_s.value * US_PER_S as f64,
            before_gateway_ratio: before,
            allocation_before_bytes,
            allocation_after_bytes: allocation_bytes - allocation_before_bytes,
            in_flight_bytes: mib(scenario.request.in_flight_mib.value),
            drops_queued_when_client_left: scenario.request.drops_queued_when_client_left.value,
            gateway_median_us: scenario.gateway.median_s.value * US_PER_S as f64,
            gateway_sigma: scenario.gateway.sigma.value,
            gateway_capacity: scenario.gateway.capacity.value,
            gateway_timeout_us: us(scenario.gateway.timeout_s.value),
            network_median_us: scenario.gateway.network_median_s.value * US_PER_S as f64,
            network_sigma: scenario.gateway.network_sigma.value,
            pools: PoolConfig::all(scenario),
            calls_at_once: scenario.pools.is_empty() && scenario.cache.is_none(),
            heap_limit_bytes: mib(scenario.heap.limit_mib.value),
            heap_base_bytes: mib(scenario.heap.base_live_mib.value),
            pause_us_per_byte: scenario.heap.pause_s_per_live_gib.value * US_PER_S as f64 / crate::units::BYTES_PER_GIB,
            session_bytes: (scenario.session.size_kib.value * BYTES_PER_KIB as f64) as i64 as u64,
            patience_median_us: scenario.users.patience_median_s.value * US_PER_S as f64,
            patience_sigma: scenario.users.patience_sigma.value,
            patience: scenario.users.patience.value,
            client_timeout_us: us(scenario.users.client_timeout_s.value),
            retries: scenario.users.retries.value,
            backoff_us: scenario.users.retry_backoff_s.value * US_PER_S as f64,
            slow_after_us: us(scenario.users.slow_after_s.value),
            probe_interval_us: us(scenario.load_balancer.probe_interval_s.value),
            failures_to_remove: scenario.load_balancer.failures_to_remove.value,
            queue_over: scenario.load_balancer.queue_over.value as usize,
            policy: scenario.load_balancer.policy.value,
            backoff_first_us: us(scenario.restart.backoff_first_s.value),
            backoff_max_us: us(scenario.restart.backoff_max_s.value),
            backoff_reset_us: us(scenario.restart.backoff_reset_s.value),
            startup_us: us(scenario.restart.startup_s.value),
            cold_us: us(scenario.restart.cold_s.value),
            cold_cpu_factor: scenario.restart.cold_cpu_factor.value,
            drain_max_us: us(scenario.restart.drain_max_s.value),
            liveness: scenario.liveness.enabled.value.then(|| LivenessProbe {
                period_us: us(scenario.liveness.period_s.value),
                timeout_us: us(scenario.liveness.timeout_s.value),
                cpu_us: us(scenario.liveness.cpu_s.value),
                failures_to_restart: scenario.liveness.failures_to_restart.value,
            }),
            collector_limit: scenario.collector_limit.enabled.value.then_some(CollectorLimit {
                time_ratio: scenario.collector_limit.time_ratio.value,
                free_ratio: scenario.collector_limit.free_ratio.value,
                collections: scenario.collector_limit.collections.value,
            }),
        }
    }
}
