//! The result of a run: columns of integers, histograms and an event log.
//!
//! Invariant: whatever is shown of a run comes from its recording, never from the simulation.

mod attempt;
mod columns;
mod encode;
mod histogram;
mod ledger;
mod log;
mod measure;
mod piece;
mod query;
mod state;

use serde::{Deserialize, Serialize};

pub use attempt::AttemptOutcome;
pub use columns::{
    CacheRow, CacheSeries, ColumnInfo, ColumnKind, DependencyRow, DependencySeries, InstanceRow, InstanceSeries,
    PoolRow, PoolSeries, PrerollRow, PrerollSeries, PrerollServiceRow, PrerollServiceSeries, SampleRow, SampleSeries,
    ServiceRow, ServiceSeries,
};
pub use encode::DecodeError;
pub use histogram::{BOUNDS_MS, BUCKETS, Histograms, bucket_of, quantile_s};
pub use ledger::{ClaimVerdict, Ledger, LedgerRow};
pub use log::{Happening, LogEntry};
pub use measure::value_of;
pub use piece::Sent;
pub use query::{CheckoutOutcomes, Span};
pub use state::InstanceState;

use crate::units::UtcMs;

/// Seconds between two rows of the instance series.
pub const TICK_S: usize = 5;
/// Seconds between two snapshots of the sessions by age.
pub const AGES_STEP_S: usize = 300;
/// Upper bounds of the age classes of sessions, in minutes; one more class holds older sessions.
pub const AGE_BOUNDS_MIN: [u32; 6] = [10, 60, 180, 720, 1080, 1440];
pub const AGE_CLASSES: usize = AGE_BOUNDS_MIN.len() + 1;

/// Stands for a missing value in columns of the samples.
pub const NONE: u32 = u32::MAX;

/// Header of a recording: the scenario's constants that readers need.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meta {
    pub scenario: String,
    pub seed: u64,
    /// Start of the window.
    pub from: UtcMs,
    /// What the instances are called, before their number.
    #[serde(default = "payment", skip_serializing_if = "is_payment")]
    pub instance: String,
    /// Seconds recorded so far; the window's length once the run is complete.
    pub seconds: u32,
    /// Number of instances, including those of a later scale-out.
    pub instances: u32,
    /// Instances at the start that were rescheduled after the deployment: `[first, end)`.
    pub rescheduled: [u32; 2],
    /// CPU cores of an instance, in thousandths.
    pub cores_milli: u32,
    /// Heap limit of an instance.
    pub heap_limit_kib: u32,
    /// Live bytes of an idle instance.
    pub heap_base_kib: u32,
    /// Bytes a session keeps alive.
    pub session_bytes: u32,
    /// Worker threads of an instance.
    pub worker_threads: u32,
    /// Places in the queue of an instance.
    pub queue_length: u32,
    /// The pools of every instance.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pools: Vec<PoolMeta>,
    /// The dependencies, the gateway first; none where calls are not recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<DependencyMeta>,
    /// Entries of the cache when it is full; none without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_entries: Option<u32>,
    /// Seconds between two rows before the window.
    pub preroll_step_s: u32,
    /// How long before the window the simulation of events began, in seconds; 0 when the integration was exact up to it.
    pub lead_in_s: u32,
    /// Events simulated.
    pub events: u64,
}

fn payment() -> String {
    "payment".to_owned()
}

fn is_payment(name: &String) -> bool {
    name == "payment"
}

/// A pool that every instance has.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolMeta {
    /// Its name, as in the scenario.
    pub id: String,
    /// What it is a pool of, in the plural.
    pub of: String,
    /// Slots at the start of the run.
    pub capacity: u32,
}

/// Something that the service calls.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DependencyMeta {
    /// Its name, as in the scenario.
    pub id: String,
    /// What it is called, after "the".
    pub word: String,
}

impl DependencyMeta {
    /// Those of a scenario, the gateway first.
    #[must_use]
    pub fn all(scenario: &crate::scenario::Scenario) -> Vec<Self> {
        let ids = std::iter::once(crate::scenario::GATEWAY)
            .chain(scenario.dependencies.iter().map(|dependency| dependency.id.as_str()));
        let words = scenario.dependency_words().into_iter();
        ids.zip(words).map(|(id, word)| Self { id: id.to_owned(), word: word.to_owned() }).collect()
    }
}

impl PoolMeta {
    /// What is recorded of a scenario's pool.
    #[must_use]
    pub fn of(pool: &crate::scenario::Pool) -> Self {
        Self { id: pool.id.clone(), of: pool.of.clone(), capacity: pool.capacity }
    }
}

/// A run.
#[derive(Clone, PartialEq, Debug)]
pub struct Recording {
    /// Header of a recording: the scenario's constants that readers need.
    pub meta: Meta,
    /// The service, a row a second.
    pub service: ServiceSeries,
    /// The instances, [`TICK_S`] apart: row = tick · instances + instance.
    pub instances: InstanceSeries,
    /// The pools of the instances, [`TICK_S`] apart: row = (tick · instances + instance) · pools + pool.
    pub pools: PoolSeries,
    /// The dependencies, [`TICK_S`] apart: row = tick · dependencies + dependency.
    pub dependencies: DependencySeries,
    /// Calls of the dependencies besides the gateway: row = tick · others + other.
    pub dependency_latency: Histograms,
    /// The cache, a row a second.
    pub cache: CacheSeries,
    /// The instances before the window, `meta.preroll_step_s` apart, ending at its start: row = step · instances + instance.
    pub preroll: PrerollSeries,
    /// The service before the window, as far apart and as long.
    pub preroll_service: PrerollServiceSeries,
    /// One attempt in eight.
    pub samples: SampleSeries,
    /// First click to confirmation of completed checkouts, a row per tick.
    pub checkout_latency: Histograms,
    /// Gateway calls, a row per tick.
    pub gateway_latency: Histograms,
    /// Network round trips to the gateway, a row per tick.
    pub network_latency: Histograms,
    /// Arrival to end of requests, a row per tick and instance: row = tick · instances + instance.
    pub request_latency: Histograms,
    /// Sessions by age, every [`AGES_STEP_S`]: (step · instances + instance) · AGE_CLASSES + class.
    pub session_ages: Vec<u32>,
    /// What happened, in order of time.
    pub log: Vec<LogEntry>,
}

/// Makes rows of `before` values rows of `after`, with zeros at their ends.
fn widen(column: &mut Vec<u32>, before: usize, after: usize) {
    let rows = column.chunks(before.max(1));
    *column = rows.flat_map(|row| row.iter().copied().chain(std::iter::repeat_n(0, after - before))).collect();
}

impl Recording {
    /// Makes room for `count` instances; those that are new have empty rows up to now.
    pub fn widen(&mut self, count: usize) {
        let before = self.meta.instances as usize;
        for column in self.instances.columns_mut() {
            widen(column, before, count);
        }
        for column in self.preroll.columns_mut() {
            widen(column, before, count);
        }
        let pools = self.meta.pools.len();
        for column in self.pools.columns_mut() {
            widen(column, before * pools, count * pools);
        }
        widen(&mut self.request_latency.counts, before * BUCKETS, count * BUCKETS);
        widen(&mut self.session_ages, before * AGE_CLASSES, count * AGE_CLASSES);
        self.meta.instances = count as u32;
    }

    /// Number of rows per instance in the instance series.
    #[must_use]
    pub fn ticks(&self) -> usize {
        self.instances.state.len() / (self.meta.instances as usize).max(1)
    }

    /// Row of the instance series.
    #[must_use]
    pub fn row(&self, tick: usize, instance: usize) -> usize {
        tick * self.meta.instances as usize + instance
    }

    /// The moment at which the recording ends.
    #[must_use]
    pub fn until(&self) -> UtcMs {
        self.meta.from.plus_s(f64::from(self.meta.seconds))
    }

    /// Seconds from the start of the window to `at`, clamped to the recording.
    #[must_use]
    pub fn second_of(&self, at: UtcMs) -> usize {
        let second = (at.0 - self.meta.from.0).div_euclid(1000);
        second.clamp(0, i64::from(self.meta.seconds)) as usize
    }

    /// The moment of a log entry.
    #[must_use]
    pub fn time_of(&self, entry: &LogEntry) -> UtcMs {
        UtcMs(self.meta.from.0 + entry.at_ms)
    }

    /// The moment of the first log entry that `wanted` accepts.
    pub fn first(&self, wanted: impl Fn(&Happening) -> bool) -> Option<UtcMs> {
        self.log.iter().find(|entry| wanted(&entry.what)).map(|entry| self.time_of(entry))
    }

    /// When the first paging alert fired.
    #[must_use]
    pub fn detected_at(&self) -> Option<UtcMs> {
        self.first(Happening::is_page)
    }

    /// When the incident was over: the service level had held for the verification time.
    #[must_use]
    pub fn resolved_at(&self) -> Option<UtcMs> {
        self.first(|what| matches!(what, Happening::Resolved { .. }))
    }

    /// The name of an instance: "payment-3".
    #[must_use]
    pub fn instance_name(&self, instance: usize) -> String {
        format!("{}-{}", self.meta.instance, instance + 1)
    }
}
