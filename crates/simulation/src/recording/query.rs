//! Queries on a recording at a moment or over a span. Monitoring, claims, evidence and captions all use these.

use super::{AGE_CLASSES, AGES_STEP_S, BUCKETS, Histograms, InstanceState, Recording, TICK_S, quantile_s};
use crate::units::UtcMs;

/// A span of the recording, in whole seconds since the window began.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    /// First second.
    pub from: usize,
    /// One past the last second.
    pub until: usize,
}

impl Span {
    fn ticks(self) -> std::ops::Range<usize> {
        self.from / TICK_S..self.until.div_ceil(TICK_S)
    }
}

/// How checkouts ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CheckoutOutcomes {
    /// Completed in time.
    pub fast: u64,
    /// Completed slowly.
    pub slow: u64,
    /// Not completed.
    pub failed: u64,
}

impl std::ops::AddAssign for CheckoutOutcomes {
    fn add_assign(&mut self, other: Self) {
        self.fast += other.fast;
        self.slow += other.slow;
        self.failed += other.failed;
    }
}

impl std::ops::Sub for CheckoutOutcomes {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { fast: self.fast - other.fast, slow: self.slow - other.slow, failed: self.failed - other.failed }
    }
}

impl CheckoutOutcomes {
    #[must_use]
    pub fn total(self) -> u64 {
        self.fast + self.slow + self.failed
    }

    /// Slow or failed ÷ all; `None` when there were none.
    #[must_use]
    pub fn affected_ratio(self) -> Option<f64> {
        ratio(self.slow + self.failed, self.total())
    }

    /// Slow ÷ all; `None` when there were none.
    #[must_use]
    pub fn slow_ratio(self) -> Option<f64> {
        ratio(self.slow, self.total())
    }

    /// Failed ÷ all; `None` when there were none.
    #[must_use]
    pub fn failed_ratio(self) -> Option<f64> {
        ratio(self.failed, self.total())
    }
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn sum(column: &[u32], span: Span) -> u64 {
    column[span.from.min(column.len())..span.until.min(column.len())].iter().map(|value| u64::from(*value)).sum()
}

impl Recording {
    /// The seconds from `from` to `until`, clamped to the recording.
    #[must_use]
    pub fn span(&self, from: UtcMs, until: UtcMs) -> Span {
        Span { from: self.second_of(from), until: self.second_of(until) }
    }

    /// The `length_s` seconds that end at `at`, or as many as there are since the window began. Within its first minute, for
    /// which nothing was recorded before, the whole of it as far as it is recorded.
    #[must_use]
    pub fn before(&self, at: UtcMs, length_s: usize) -> Span {
        const FIRST_S: usize = 60;
        let until = self.second_of(at).max(length_s.min(FIRST_S).min(self.meta.seconds as usize));
        Span { from: until.saturating_sub(length_s), until }
    }

    /// Outcomes of the users who *started* in these seconds.
    #[must_use]
    pub fn started(&self, span: Span) -> CheckoutOutcomes {
        let service = &self.service;
        CheckoutOutcomes {
            fast: sum(&service.started_fast, span),
            slow: sum(&service.started_slow, span),
            failed: sum(&service.started_failed, span),
        }
    }

    /// Outcomes of the checkouts that *ended* in these seconds.
    #[must_use]
    pub fn ended(&self, span: Span) -> CheckoutOutcomes {
        let s = &self.service;
        let failed = [&s.failed_rejected, &s.failed_timed_out, &s.failed_abandoned, &s.failed_killed];
        CheckoutOutcomes {
            fast: sum(&s.fast, span),
            slow: sum(&s.slow, span),
            failed: failed.iter().map(|column| sum(column, span)).sum(),
        }
    }

    /// Users who started in these seconds.
    #[must_use]
    pub fn arrivals(&self, span: Span) -> u64 {
        sum(&self.service.arrivals, span)
    }

    /// Sum of a column of the instance series over the ticks of the span, for one instance.
    #[must_use]
    pub fn instance_sum(&self, column: &[u32], span: Span, instance: usize) -> u64 {
        span.ticks()
            .take_while(|tick| *tick < self.ticks())
            .map(|tick| u64::from(column[self.row(tick, instance)]))
            .sum()
    }

    /// Instances that exist at the end of the span.
    pub fn present(&self, span: Span) -> impl Iterator<Item = usize> {
        (0..self.meta.instances as usize).filter(move |instance| self.instance_state(span, *instance).exists())
    }

    /// State of one instance at the end of the span.
    #[must_use]
    pub fn instance_state(&self, span: Span, instance: usize) -> InstanceState {
        InstanceState::from_code(self.gauge(&self.instances.state, span, instance)).unwrap_or_default()
    }

    /// State of an instance in a row of the instance series; absent where there is no such row or no such state.
    #[must_use]
    pub fn state_at_row(&self, row: usize) -> InstanceState {
        let code = self.instances.state.get(row).copied();
        code.and_then(InstanceState::from_code).unwrap_or_default()
    }

    /// CPU time ÷ cores of one instance, collections included.
    #[must_use]
    pub fn cpu_ratio(&self, span: Span, instance: usize) -> f64 {
        let seconds = (span.ticks().len() * TICK_S) as f64;
        let cores = f64::from(self.meta.cores_milli) / 1000.0;
        self.instance_sum(&self.instances.cpu_us, span, instance) as f64 / (seconds * cores * 1e6).max(1.0)
    }

    /// Share of the time one instance spent in collections.
    #[must_use]
    pub fn gc_ratio(&self, span: Span, instance: usize) -> f64 {
        let seconds = (span.ticks().len() * TICK_S) as f64;
        self.instance_sum(&self.instances.gc_us, span, instance) as f64 / (seconds * 1e6).max(1.0)
    }

    /// Mean of a value over the instances that exist; `None` when none does.
    pub fn mean(&self, span: Span, value: impl Fn(usize) -> f64) -> Option<f64> {
        let values: Vec<f64> = self.present(span).map(value).collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    }

    /// Highest value over the instances that exist; `None` when none does.
    pub fn worst(&self, span: Span, value: impl Fn(usize) -> f64) -> Option<f64> {
        self.present(span).map(value).reduce(f64::max)
    }

    /// Lowest value over the instances that exist; `None` when none does.
    pub fn best(&self, span: Span, value: impl Fn(usize) -> f64) -> Option<f64> {
        self.present(span).map(value).reduce(f64::min)
    }

    /// A gauge of one instance at the end of the span.
    #[must_use]
    pub fn gauge(&self, column: &[u32], span: Span, instance: usize) -> u32 {
        let tick = (span.until / TICK_S).saturating_sub(1).min(self.ticks().saturating_sub(1));
        column.get(self.row(tick, instance)).copied().unwrap_or(0)
    }

    /// Live bytes after collection ÷ limit at the end of the span, one instance.
    #[must_use]
    pub fn heap_after_gc_ratio(&self, span: Span, instance: usize) -> f64 {
        let kib = self.gauge(&self.instances.heap_after_gc_kib, span, instance);
        f64::from(kib) / f64::from(self.meta.heap_limit_kib.max(1))
    }

    /// A gauge of a pool of one instance at the end of the span.
    #[must_use]
    pub fn pool_gauge(&self, column: &[u32], span: Span, instance: usize, pool: usize) -> u32 {
        let tick = (span.until / TICK_S).saturating_sub(1).min(self.ticks().saturating_sub(1));
        column.get(self.row(tick, instance) * self.meta.pools.len() + pool).copied().unwrap_or(0)
    }

    /// Slots taken ÷ capacity at the end of the span, one pool of one instance.
    #[must_use]
    pub fn pool_ratio(&self, span: Span, instance: usize, pool: usize) -> f64 {
        let taken = self.pool_gauge(&self.pools.slots_taken, span, instance, pool);
        f64::from(taken) / f64::from(self.meta.pools[pool].capacity.max(1))
    }

    /// The same of the instance and the pool with the fewest slots left; `None` without a pool or an instance.
    #[must_use]
    pub fn pool_worst_ratio(&self, span: Span) -> Option<f64> {
        let pools = 0..self.meta.pools.len();
        let of = |instance| pools.clone().map(move |pool| self.pool_ratio(span, instance, pool));
        self.present(span).flat_map(of).reduce(f64::max)
    }

    /// Calls that the cache answered ÷ all that looked there; `None` without a cache or a call.
    #[must_use]
    pub fn cache_hit_ratio(&self, span: Span) -> Option<f64> {
        let [hits, misses] = [&self.cache.hits, &self.cache.misses].map(|column| sum(column, span));
        (hits + misses > 0).then(|| hits as f64 / (hits + misses) as f64)
    }

    /// Sum of a column of the dependency series over the ticks of the span, for one dependency.
    #[must_use]
    pub fn dependency_sum(&self, column: &[u32], span: Span, dependency: usize) -> u64 {
        let count = self.meta.dependencies.len();
        let at = |tick: usize| column.get(tick * count + dependency).map(|value| u64::from(*value));
        span.ticks().filter_map(at).sum()
    }

    /// Calls of a dependency that failed or timed out ÷ all that ended; `None` without a call.
    #[must_use]
    pub fn call_error_ratio(&self, span: Span, dependency: usize) -> Option<f64> {
        let of = |column| self.dependency_sum(column, span, dependency);
        let calls = &self.dependencies;
        ratio(of(&calls.calls_failed) + of(&calls.calls_timed_out), of(&calls.calls_ended))
    }

    /// Bucket counts of the calls of a dependency over the span.
    #[must_use]
    pub fn call_buckets(&self, span: Span, dependency: usize) -> [u64; BUCKETS] {
        let (ticks, others) = (span.ticks(), self.meta.dependencies.len().saturating_sub(1));
        match dependency.checked_sub(1) {
            None => self.gateway_latency.sum(ticks.start, ticks.end, 1),
            Some(other) => self.dependency_latency.sum(ticks.start * others + other, ticks.end * others, others),
        }
    }

    /// Requests that wait for a slot of a pool at the end of the span, all instances.
    #[must_use]
    pub fn slots_waited_for(&self, span: Span) -> u64 {
        let pools = 0..self.meta.pools.len();
        let of = |instance| {
            let waiting = |pool| u64::from(self.pool_gauge(&self.pools.slots_waited_for, span, instance, pool));
            pools.clone().map(waiting).sum::<u64>()
        };
        self.present(span).map(of).sum()
    }

    /// Worker threads in use ÷ all at the end of the span, every instance that runs.
    #[must_use]
    pub fn threads_ratio(&self, span: Span) -> Option<f64> {
        let runs = |instance: &usize| !self.instance_state(span, *instance).is_restarting();
        let busy = |instance| u64::from(self.gauge(&self.instances.busy_threads, span, instance));
        let running: Vec<u64> = self.present(span).filter(runs).map(busy).collect();
        ratio(running.iter().sum(), running.len() as u64 * u64::from(self.meta.worker_threads))
    }

    /// Retries ÷ attempts; `None` without attempts.
    #[must_use]
    pub fn retry_ratio(&self, span: Span) -> Option<f64> {
        ratio(sum(&self.service.retries, span), sum(&self.service.attempts, span))
    }

    /// Bytes of sessions ÷ live bytes at the end of the span, one instance.
    #[must_use]
    pub fn session_share_ratio(&self, span: Span, instance: usize) -> f64 {
        let leaked = self.gauge(&self.instances.sessions_leaked, span, instance);
        let open = self.gauge(&self.instances.sessions_live, span, instance);
        let session_bytes = f64::from(leaked + open) * f64::from(self.meta.session_bytes);
        let live_bytes = f64::from(self.gauge(&self.instances.live_kib, span, instance)) * 1024.0;
        if live_bytes > 0.0 { session_bytes / live_bytes } else { 0.0 }
    }

    /// Whether the instance was rescheduled after the deployment, so that it has leaked for less time.
    #[must_use]
    pub fn is_rescheduled(&self, instance: usize) -> bool {
        (self.meta.rescheduled[0]..self.meta.rescheduled[1]).contains(&(instance as u32))
    }

    /// A quantile of a latency over the span, in seconds; `None` when nothing was measured.
    #[must_use]
    pub fn quantile(&self, histograms: &Histograms, span: Span, q: f64) -> Option<f64> {
        let ticks = span.ticks();
        quantile_s(&histograms.sum(ticks.start, ticks.end, 1), q)
    }

    /// Bucket counts of a latency of one instance over the span.
    #[must_use]
    pub fn request_buckets(&self, span: Span, instance: usize) -> [u64; BUCKETS] {
        let (ticks, stride) = (span.ticks(), self.meta.instances as usize);
        self.request_latency.sum(ticks.start * stride + instance, ticks.end * stride, stride)
    }

    /// Sessions of one instance by age at the last snapshot before the end of the span.
    #[must_use]
    pub fn session_ages(&self, span: Span, instance: usize) -> [u32; AGE_CLASSES] {
        let mut ages = [0; AGE_CLASSES];
        let at = self.row(span.until / AGES_STEP_S, instance) * AGE_CLASSES;
        if let Some(found) = self.session_ages.get(at..at + AGE_CLASSES) {
            ages.copy_from_slice(found);
        }
        ages
    }
}
