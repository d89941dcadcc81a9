//! The scenario's parameters in the units of the simulation: microseconds, bytes, 2^-24 fixed-point rates.

use super::plan::{self, Op};
use super::pool::PoolConfig;
use crate::scenario::{BalancerPolicy, PatienceShape, QueueOrder, Release, RetryWait, Scenario, UNLIMITED};
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
    /// What a request allocates in all its steps together.
    pub allocation_bytes: u64,
    pub plan: Vec<Op>,
    /// Median time of all calls of a request together.
    pub called_median_us: f64,
    pub in_flight_bytes: u64,
    pub drops_queued_when_client_left: bool,
    pub gateway_median_us: f64,
    pub gateway_sigma: f64,
    pub network_median_us: f64,
    pub network_sigma: f64,
    /// What is called: the gateway, then the others.
    pub dependencies: Vec<DependencyConfig>,
    pub pools: Vec<PoolConfig>,
    pub heap_limit_bytes: u64,
    pub heap_base_bytes: u64,
    pub pause_us_per_byte: f64,
    pub session_bytes: u64,
    pub patience_median_us: f64,
    pub patience_sigma: f64,
    pub patience: PatienceShape,
    pub client_timeout_us: u64,
    pub retries: u32,
    pub retry_wait: RetryWait,
    pub backoff_us: f64,
    /// `None` when retries have no budget.
    pub retry_budget: Option<RetryBudget>,
    pub queue_order: QueueOrder,
    /// `None` when the load balancer ejects nobody.
    pub outliers: Option<OutlierEjection>,
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

/// Something that is called.
#[derive(Clone, Copy, Debug)]
pub(super) struct DependencyConfig {
    pub median_us: f64,
    pub sigma: f64,
    pub timeout_us: u64,
    pub capacity: u32,
}

/// The retries that clients may make together.
#[derive(Clone, Copy, Debug)]
pub(super) struct RetryBudget {
    pub paid_in_ratio: f64,
    pub most: f64,
}

/// When the load balancer leaves an instance out.
#[derive(Clone, Copy, Debug)]
pub(super) struct OutlierEjection {
    pub failures_to_eject: u32,
    pub ejection_us: u64,
    pub ejected_max_ratio: f64,
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

/// The usual calls first: the sum of one is itself.
fn called_median_us(scenario: &Scenario) -> f64 {
    let gateway = &scenario.gateway;
    let usual = gateway.median_s.value * US_PER_S as f64 + gateway.network_median_s.value * US_PER_S as f64;
    if scenario.plan.is_empty() {
        return usual;
    }
    let dependencies = DependencyConfig::all(scenario);
    let ops = plan::compile(scenario, 0);
    let called = ops.iter().filter_map(|op| match op {
        Op::Call { dependency, .. } => Some(dependencies[*dependency as usize].median_us),
        _ => None,
    });
    called.sum()
}

impl DependencyConfig {
    fn all(scenario: &Scenario) -> Vec<Self> {
        let gateway = Self {
            median_us: (scenario.gateway.median_s.value + scenario.gateway.network_median_s.value) * US_PER_S as f64,
            sigma: scenario.gateway.sigma.value,
            timeout_us: us(scenario.gateway.timeout_s.value),
            capacity: scenario.gateway.capacity.value,
        };
        let others = scenario.dependencies.iter().map(|dependency| Self {
            median_us: dependency.median_s * US_PER_S as f64,
            sigma: dependency.sigma,
            timeout_us: us(dependency.timeout_s),
            capacity: dependency.capacity.unwrap_or(UNLIMITED),
        });
        std::iter::once(gateway).chain(others).collect()
    }
}

impl Config {
    pub fn new(scenario: &Scenario) -> Self {
        let cores = scenario.instances.cores.value;
        let threads = scenario.instances.worker_threads.value;
        let mib = |value: f64| (value * BYTES_PER_MIB as f64) as i64 as u64;
        // Without a heap nothing takes memory, and nothing is ever full.
        let has_heap = scenario.heap.enabled.value;
        let of_heap = |bytes: u64| if has_heap { bytes } else { 0 };
        let allocation_bytes = of_heap(mib(scenario.request.allocation_mib.value));
        let plan = plan::compile(scenario, allocation_bytes);
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
            allocation_bytes,
            in_flight_bytes: of_heap(mib(scenario.request.in_flight_mib.value)),
            drops_queued_when_client_left: scenario.request.drops_queued_when_client_left.value,
            gateway_median_us: scenario.gateway.median_s.value * US_PER_S as f64,
            gateway_sigma: scenario.gateway.sigma.value,
            network_median_us: scenario.gateway.network_median_s.value * US_PER_S as f64,
            network_sigma: scenario.gateway.network_sigma.value,
            called_median_us: called_median_us(scenario),
            dependencies: DependencyConfig::all(scenario),
            pools: PoolConfig::all(scenario, &plan),
            plan,
            heap_limit_bytes: mib(scenario.heap.limit_mib.value),
            heap_base_bytes: of_heap(mib(scenario.heap.base_live_mib.value)),
            pause_us_per_byte: scenario.heap.pause_s_per_live_gib.value * US_PER_S as f64 / crate::units::BYTES_PER_GIB,
            session_bytes: of_heap((scenario.session.size_kib.value * BYTES_PER_KIB as f64) as i64 as u64),
            patience_median_us: scenario.users.patience_median_s.value * US_PER_S as f64,
            patience_sigma: scenario.users.patience_sigma.value,
            patience: scenario.users.patience.value,
            client_timeout_us: us(scenario.users.client_timeout_s.value),
            retries: scenario.users.retries.value,
            retry_wait: scenario.users.retry_wait.value,
            retry_budget: scenario.retry_budget.enabled.value.then_some(RetryBudget {
                paid_in_ratio: scenario.retry_budget.paid_in_ratio.value,
                most: f64::from(scenario.retry_budget.most.value),
            }),
            queue_order: scenario.instances.queue_order.value,
            outliers: scenario.outlier_ejection.enabled.value.then(|| OutlierEjection {
                failures_to_eject: scenario.outlier_ejection.failures_to_eject.value,
                ejection_us: us(scenario.outlier_ejection.ejection_s.value),
                ejected_max_ratio: scenario.outlier_ejection.ejected_max_ratio.value,
            }),
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
