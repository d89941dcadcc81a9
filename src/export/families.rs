//! The metric families: the Prometheus names of the recording's columns.
//!
//! Invariant: every column of the recording is in a family here or listed in [`LEFT_OUT`] with the reason.

use crate::recording::{Histograms, InstanceState, Recording};
use crate::scenario::Scenario;

pub(super) const OUTCOMES: &str = "checkout_outcomes";
pub(super) const CPU_SECONDS: &str = "payment_cpu_seconds";
pub(super) const CPU_LIMIT: &str = "payment_cpu_limit_cores";
pub(super) const GC_SECONDS: &str = "payment_gc_pause_seconds";
pub(super) const HEAP_AFTER_GC: &str = "payment_heap_after_gc_bytes";
pub(super) const HEAP_LIMIT: &str = "payment_heap_limit_bytes";
pub(super) const POOL_SLOTS: &str = "payment_pool_slots";
pub(super) const POOL_SLOTS_TAKEN: &str = "payment_pool_slots_taken";
pub(super) const CALLS_ENDED: &str = "payment_dependency_calls_ended";
pub(super) const CALLS_FAILED: &str = "payment_dependency_calls_failed";
pub(super) const CALLS_TIMED_OUT: &str = "payment_dependency_calls_timed_out";
pub(super) const CALLS_SECONDS: &str = "payment_dependency_calls_seconds";

/// Type of a metric family.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum MetricType {
    Counter,
    Gauge,
}

/// Whether a family has one series or one for each instance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Subject {
    Service,
    Instance,
}

/// How a sample is read from a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sampling {
    /// Sum of the rows since the window began.
    Sum,
    /// The last row, of a column that is cumulative already.
    Total,
    /// The last row.
    Last,
    /// The highest row since the sample before.
    Highest,
    /// 1 when the last row is this value, else 0.
    Is(u32),
    /// A constant of the run; the column's name is that of the constant.
    Constant,
}

/// Conversion from a column's unit to Prometheus's base unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum UnitConversion {
    One,
    MicrosToSeconds,
    KibToBytes,
    MilliToOne,
}

/// A series of a family.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub column: &'static str,
    pub sampling: Sampling,
    pub labels: &'static [(&'static str, &'static str)],
}

/// A metric family of counters or gauges.
#[derive(Clone, Copy, Debug)]
pub(super) struct Family {
    /// Name without the `_total` of counters.
    pub name: &'static str,
    pub kind: MetricType,
    /// Base unit, with which the name ends; empty for none.
    pub unit: &'static str,
    pub help: &'static str,
    pub subject: Subject,
    pub scale: UnitConversion,
    pub members: &'static [Member],
}

impl Family {
    /// Whether it says something of a scenario: without a heap there is none of memory and collections.
    pub fn is_of(&self, scenario: &Scenario) -> bool {
        scenario.uses_heap() || !["_heap_", "_gc_"].iter().any(|part| self.name.contains(part))
    }
}

/// A family of histograms.
pub(super) struct HistogramFamily {
    pub name: &'static str,
    pub help: &'static str,
    pub subject: Subject,
    pub rows: fn(&Recording) -> &Histograms,
}

const fn one(column: &'static str, sampling: Sampling) -> Member {
    Member { column, sampling, labels: &[] }
}

const fn family(
    name: &'static str,
    kind: MetricType,
    subject: Subject,
    help: &'static str,
    members: &'static [Member],
) -> Family {
    Family { name, kind, unit: "", help, subject, scale: UnitConversion::One, members }
}

const fn measured(family: Family, unit: &'static str, scale: UnitConversion) -> Family {
    Family { unit, scale, ..family }
}

const fn counted(column: &'static str, labels: &'static [(&'static str, &'static str)]) -> Member {
    Member { column, sampling: Sampling::Sum, labels }
}

const fn state(state: InstanceState, labels: &'static [(&'static str, &'static str)]) -> Member {
    Member { column: "state", sampling: Sampling::Is(state.code()), labels }
}

use MetricType::{Counter, Gauge};
use Subject::{Instance, Service};

/// Every family of counters and gauges, in the order of the export.
pub(super) const FAMILIES: &[Family] = &[
    family("checkout_started", Counter, Service, "Users who started a checkout.", &[one("arrivals", Sampling::Sum)]),
    family(
        OUTCOMES,
        Counter,
        Service,
        "Checkouts that ended, by outcome as the user saw it.",
        &[
            counted("fast", &[("outcome", "fast")]),
            counted("slow", &[("outcome", "slow")]),
            counted("failed_rejected", &[("outcome", "failed"), ("reason", "rejected")]),
            counted("failed_timed_out", &[("outcome", "failed"), ("reason", "timed_out")]),
            counted("failed_abandoned", &[("outcome", "failed"), ("reason", "abandoned")]),
            counted("failed_killed", &[("outcome", "failed"), ("reason", "killed")]),
        ],
    ),
    family(
        "checkout_attempts",
        Counter,
        Service,
        "Attempts sent to the load balancer.",
        &[one("attempts", Sampling::Sum)],
    ),
    family("checkout_retries", Counter, Service, "Attempts that were retries.", &[one("retries", Sampling::Sum)]),
    family(
        "checkout_attempts_rejected",
        Counter,
        Service,
        "Attempts rejected: queue full, shed or no instance in rotation.",
        &[one("rejected", Sampling::Sum)],
    ),
    family(
        "checkout_requests_wasted",
        Counter,
        Service,
        "Requests finished although their client had left.",
        &[one("wasted", Sampling::Sum)],
    ),
    family(
        "checkout_users_waiting",
        Gauge,
        Service,
        "Users between first click and outcome.",
        &[one("waiting_users", Sampling::Last)],
    ),
    measured(
        family(
            CPU_SECONDS,
            Counter,
            Instance,
            "CPU time, collections included, over all cores.",
            &[one("cpu_us", Sampling::Sum)],
        ),
        "seconds",
        UnitConversion::MicrosToSeconds,
    ),
    measured(
        family(CPU_LIMIT, Gauge, Instance, "CPU quota.", &[one("cores_milli", Sampling::Constant)]),
        "cores",
        UnitConversion::MilliToOne,
    ),
    measured(
        family(GC_SECONDS, Counter, Instance, "Time in collections.", &[one("gc_us", Sampling::Sum)]),
        "seconds",
        UnitConversion::MicrosToSeconds,
    ),
    family("payment_gc_collections", Counter, Instance, "Collections.", &[one("gc_count", Sampling::Sum)]),
    family(
        "payment_gc_running",
        Gauge,
        Instance,
        "1 while a collection is under way.",
        &[one("in_gc", Sampling::Last)],
    ),
    measured(
        family(
            "payment_heap_used_bytes",
            Gauge,
            Instance,
            "Heap in use: live bytes and garbage.",
            &[one("heap_used_kib", Sampling::Last)],
        ),
        "bytes",
        UnitConversion::KibToBytes,
    ),
    measured(
        family(
            "payment_heap_peak_bytes",
            Gauge,
            Instance,
            "Highest heap in use since the sample before.",
            &[one("heap_peak_kib", Sampling::Highest)],
        ),
        "bytes",
        UnitConversion::KibToBytes,
    ),
    measured(
        family("payment_heap_live_bytes", Gauge, Instance, "Live bytes.", &[one("live_kib", Sampling::Last)]),
        "bytes",
        UnitConversion::KibToBytes,
    ),
    measured(
        family(
            HEAP_AFTER_GC,
            Gauge,
            Instance,
            "Live bytes after the last collection.",
            &[one("heap_after_gc_kib", Sampling::Last)],
        ),
        "bytes",
        UnitConversion::KibToBytes,
    ),
    measured(
        family(HEAP_LIMIT, Gauge, Instance, "Heap limit.", &[one("heap_limit_kib", Sampling::Constant)]),
        "bytes",
        UnitConversion::KibToBytes,
    ),
    family(
        "payment_sessions",
        Gauge,
        Instance,
        "Open sessions: live while their transaction is under way, leaked once it has ended.",
        &[
            Member { column: "sessions_live", sampling: Sampling::Last, labels: &[("state", "live")] },
            Member { column: "sessions_leaked", sampling: Sampling::Last, labels: &[("state", "leaked")] },
        ],
    ),
    family(
        "payment_worker_threads_busy",
        Gauge,
        Instance,
        "Worker threads in use.",
        &[one("busy_threads", Sampling::Last)],
    ),
    family(
        "payment_requests_queued",
        Gauge,
        Instance,
        "Requests waiting for a worker thread.",
        &[one("queued", Sampling::Last)],
    ),
    family("payment_requests_completed", Counter, Instance, "Requests finished.", &[one("completed", Sampling::Sum)]),
    family(
        "payment_requests_slow",
        Counter,
        Instance,
        "Requests finished later than the slow threshold after their arrival.",
        &[one("completed_slow", Sampling::Sum)],
    ),
    family(
        "payment_requests_rejected",
        Counter,
        Instance,
        "Requests turned away by the full queue.",
        &[one("rejected", Sampling::Sum)],
    ),
    family("payment_release_fixed", Gauge, Instance, "1 on the fixed release.", &[one("release", Sampling::Is(1))]),
    family(
        "payment_restarts",
        Counter,
        Instance,
        "Restarts since the window began.",
        &[one("restarts", Sampling::Total)],
    ),
    family(
        "payment_instance_state",
        Gauge,
        Instance,
        "1 for the state that the instance is in, 0 for the others.",
        &[
            state(InstanceState::InRotation, &[("state", "in_rotation")]),
            state(InstanceState::OutOfRotation, &[("state", "out_of_rotation")]),
            state(InstanceState::Draining, &[("state", "draining")]),
            state(InstanceState::Starting, &[("state", "starting")]),
            state(InstanceState::WaitingToRestart, &[("state", "waiting_to_restart")]),
        ],
    ),
];

/// Every family of histograms.
pub(super) const HISTOGRAMS: &[HistogramFamily] = &[
    HistogramFamily {
        name: "checkout_duration_seconds",
        help: "First click to confirmation of completed checkouts.",
        subject: Service,
        rows: |recording| &recording.checkout_latency,
    },
    HistogramFamily {
        name: "payment_gateway_duration_seconds",
        help: "Calls of the external gateway.",
        subject: Service,
        rows: |recording| &recording.gateway_latency,
    },
    HistogramFamily {
        name: "payment_gateway_round_trip_seconds",
        help: "Network round trips to the external gateway.",
        subject: Service,
        rows: |recording| &recording.network_latency,
    },
    HistogramFamily {
        name: "payment_request_duration_seconds",
        help: "Arrival to end of requests.",
        subject: Instance,
        rows: |recording| &recording.request_latency,
    },
];

/// Columns of the service that are not exported as metrics, with the reason.
#[cfg(test)]
const LEFT_OUT: &[(&str, &str)] = &[
    ("in_flight", "sum(payment_worker_threads_busy + payment_requests_queued)"),
    ("queued", "sum(payment_requests_queued)"),
    ("ready_instances", "sum(payment_instance_state{state=\"in_rotation\"})"),
    ("started_fast", "counted at the start of the checkout, when no monitoring could know the outcome"),
    ("started_slow", "as started_fast"),
    ("started_failed", "as started_fast"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::{InstanceSeries, ServiceSeries};

    #[test]
    fn every_column_is_a_metric_or_left_out_with_a_reason() {
        let has = |subject: Subject, name: &str| {
            FAMILIES
                .iter()
                .any(|family| family.subject == subject && family.members.iter().any(|member| member.column == name))
        };
        for info in ServiceSeries::INFO {
            let left_out = LEFT_OUT.iter().any(|(name, why)| *name == info.name && !why.is_empty());
            assert!(has(Service, info.name) != left_out, "{}", info.name);
        }
        for info in InstanceSeries::INFO {
            assert!(has(Instance, info.name), "{}", info.name);
        }
    }

    #[test]
    fn names_follow_the_conventions() {
        let mut names: Vec<&str> = FAMILIES.iter().map(|family| family.name).collect();
        names.extend(HISTOGRAMS.iter().map(|family| family.name));
        for name in &names {
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{name}");
            assert!(!name.ends_with("_total"), "{name}: the writer adds it");
        }
        for family in FAMILIES {
            assert!(family.unit.is_empty() || family.name.ends_with(&format!("_{}", family.unit)), "{}", family.name);
            assert_eq!(family.unit.is_empty(), family.scale == UnitConversion::One, "{}", family.name);
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FAMILIES.len() + HISTOGRAMS.len(), "names are unique");
    }

    #[test]
    fn every_metric_is_documented() {
        let docs = include_str!("../../docs/exports.md");
        let counter = |family: &Family| if family.kind == Counter { "_total" } else { "" };
        let names = FAMILIES.iter().map(|family| format!("{}{}", family.name, counter(family)));
        for name in names.chain(HISTOGRAMS.iter().map(|family| family.name.to_owned())) {
            assert!(docs.contains(&format!("`{name}`")), "{name}");
        }
    }
}
