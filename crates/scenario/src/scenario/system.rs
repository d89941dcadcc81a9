//! The parameters of the model: traffic, instances, requests, memory, users and operations.

use serde::{Deserialize, Serialize};

use super::parameter::{Choice, Parameter, ParameterView};

/// Defines a group of parameters, how to read it, and how to list them with their paths and the program's limits.
macro_rules! parameter_group {
    (
        $(#[$group_doc:meta])* $group:ident at $path:literal {
            $( $(#[$doc:meta])* $field:ident : $type:ident in $low:literal ..= $high:literal, )*
        }
        $( choices { $( $(#[$choice_doc:meta])* $choice:ident : $choice_type:ty, )* } )?
    ) => {
        $(#[$group_doc])*
        #[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub struct $group {
            $( $(#[$doc])* pub $field: Parameter<$type>, )*
            $( $( $(#[$choice_doc])* pub $choice: Choice<$choice_type>, )* )?
        }



        impl $group {
            pub(super) fn views(&self) -> Vec<ParameterView<'_>> {
                vec![
                    $( self.$field.view(format!("{}.{}", $path, stringify!($field)), [$low as f64, $high as f64]), )*
                    $( $( self.$choice.view(format!("{}.{}", $path, stringify!($choice))), )* )?
                ]
            }
        }
    };
}

parameter_group! {
    /// How many checkouts start per second: `peak_rate_per_s · (base + swing · sin(2π(h − peak_hour + 6) / 24))`.
    Traffic at "traffic" {
        /// Checkouts started per second at the daily peak.
        peak_rate_per_s: f64 in 0.01 ..= 2000,
        /// Share of the peak that does not depend on the hour.
        base_ratio: f64 in 0 ..= 1,
        /// Share of the peak that follows the hour of the day.
        swing_ratio: f64 in 0 ..= 1,
        /// Hour of the day (UTC) of the peak.
        peak_hour: f64 in 0 ..= 24,
    }
}

parameter_group! {
    /// The instances of the payment service.
    Instances at "instances" {
        /// How many there are.
        count: u32 in 1 ..= 64,
        /// CPU cores of each (a quota: may be a fraction).
        cores: f64 in 0.1 ..= 128,
        /// Worker threads of each.
        worker_threads: u32 in 1 ..= 512,
        /// Requests that may wait for a worker thread; one more is rejected.
        queue_length: u32 in 0 ..= 100_000,
        /// Instances that were rescheduled, and so restarted, after the deployment.
        rescheduled: u32 in 0 ..= 64,
        /// How long before the window they were rescheduled.
        rescheduled_age_h: f64 in 0 ..= 720,
    }
    choices {
        /// Which of the requests that wait is taken next.
        #[serde(default = "first_in_first_out")]
        queue_order: super::QueueOrder,
    }
}

parameter_group! {
    /// The work of one request.
    Request at "request" {
        /// Mean CPU time of a request, exponentially distributed.
        cpu_s: f64 in 0.0001 ..= 60,
        /// Share of that CPU time before the gateway call.
        cpu_before_gateway_ratio: f64 in 0 ..= 1,
        /// Garbage a request allocates.
        allocation_mib: f64 in 0 ..= 1024,
        /// Memory a request holds while it is in an instance.
        in_flight_mib: f64 in 0 ..= 1024,
    }
    choices {
        /// Whether a queued request is dropped when its turn comes and its client has left.
        drops_queued_when_client_left: bool,
    }
}

parameter_group! {
    /// The external payment gateway and the network to it. The incident affects neither.
    Gateway at "gateway" {
        /// Median time of the gateway itself (lognormal).
        median_s: f64 in 0 ..= 60,
        /// Standard deviation of its logarithm.
        sigma: f64 in 0 ..= 3,
        /// The call times out after this time.
        timeout_s: f64 in 0.1 ..= 600,
        /// Calls that it works on at a time; further ones wait there, first in, first out.
        #[serde(default = "unlimited")]
        capacity: u32 in 1 ..= 1_000_000,
        /// Median network round trip to it (lognormal).
        network_median_s: f64 in 0 ..= 10,
        /// Standard deviation of the logarithm of the round trip.
        network_sigma: f64 in 0 ..= 3,
    }
}

parameter_group! {
    /// The heap of an instance and its garbage collector.
    Heap at "heap" {
        /// Heap limit.
        limit_mib: f64 in 16 ..= 1_048_576,
        /// Live bytes of an idle instance without sessions.
        base_live_mib: f64 in 0 ..= 1_048_576,
        /// Stop-the-world pause per GiB of live bytes; 0 switches the collector's cost off.
        pause_s_per_live_gib: f64 in 0 ..= 60,
    }
    choices {
        /// Whether memory is simulated. Without it requests and sessions take none, and nothing is ever collected.
        #[serde(default = "has_heap")]
        enabled: bool,
    }
}

parameter_group! {
    /// The session store, and how unevenly the leak is distributed over the instances.
    Sessions at "session" {
        /// Bytes that one session keeps alive.
        size_kib: f64 in 0 ..= 10_240,
        /// Standard deviation of an instance's share of the sessions before the window.
        spread_ratio: f64 in 0 ..= 0.5,
    }
}

parameter_group! {
    /// The releases and their age.
    Deployment at "deployment" {
        /// How long before the window the release with the fault was deployed.
        faulty_age_h: f64 in 0 ..= 720,
    }
    choices {
        /// The release that the service runs until a roll-out replaces it.
        release: super::Release,
        /// Whether the faulty release leaves the session of a confirmed payment open. Without it the release has only the
        /// faults that are bound to it.
        #[serde(default = "leaks_sessions")]
        leaks_sessions: bool,
    }
}

parameter_group! {
    /// Users and their clients.
    Users at "users" {
        /// Median patience, from the first click.
        patience_median_s: f64 in 0.1 ..= 100_000,
        /// Standard deviation of the logarithm of the patience (lognormal only).
        patience_sigma: f64 in 0 ..= 3,
        /// A client gives up an attempt after this time.
        client_timeout_s: f64 in 0.1 ..= 100_000,
        /// Further attempts after the first.
        retries: u32 in 0 ..= 10,
        /// Mean wait before a retry, times a uniform factor of 0.5 to 1.5.
        retry_backoff_s: f64 in 0.001 ..= 3600,
        /// A checkout that takes longer than this counts as slow.
        slow_after_s: f64 in 0.01 ..= 3600,
    }
    choices {
        /// Shape of the patience.
        patience: super::PatienceShape,
        /// How long a client waits before it tries again.
        #[serde(default = "jittered")]
        retry_wait: super::RetryWait,
    }
}

parameter_group! {
    /// A budget of retries, which all clients share: a client that finds it empty gives up.
    RetryBudget at "retry_budget" {
        /// Retries that every first attempt pays in.
        paid_in_ratio: f64 in 0 ..= 10,
        /// Retries that the budget holds at most, and at the start.
        most: u32 in 0 ..= 1_000_000,
    }
    choices {
        /// Whether there is such a budget.
        enabled: bool,
    }
}

parameter_group! {
    /// Outlier ejection: the load balancer leaves out an instance whose answers fail in a row, whatever its probes say.
    OutlierEjection at "outlier_ejection" {
        /// Attempts that must fail in a row: rejected, timed out, or answered with an error.
        failures_to_eject: u32 in 1 ..= 1_000_000,
        /// How long an instance is left out the first time; it is as many times as long as it was ejected in a row.
        ejection_s: f64 in 0.1 ..= 3600,
        /// Share of the instances that may be left out at a time; one may always be.
        ejected_max_ratio: f64 in 0 ..= 1,
    }
    choices {
        /// Whether the load balancer does so.
        enabled: bool,
    }
}

parameter_group! {
    /// The load balancer and the readiness probes.
    LoadBalancer at "load_balancer" {
        /// Time between two probes of an instance.
        probe_interval_s: f64 in 0.1 ..= 3600,
        /// Probes that must fail in a row before an instance leaves the rotation.
        failures_to_remove: u32 in 1 ..= 1_000_000,
        /// A probe fails when all threads are busy and more than this many requests wait.
        queue_over: u32 in 0 ..= 100_000,
    }
    choices {
        /// How an instance is chosen.
        policy: super::BalancerPolicy,
    }
}

parameter_group! {
    /// Costs of a restart.
    Restart at "restart" {
        /// First back-off after the system killed an instance; it doubles with each kill.
        backoff_first_s: f64 in 0 ..= 3600,
        /// Longest back-off.
        backoff_max_s: f64 in 0 ..= 36_000,
        /// Healthy time after which the back-off starts anew.
        backoff_reset_s: f64 in 0 ..= 36_000,
        /// From start to ready.
        startup_s: f64 in 0 ..= 3600,
        /// How long the code runs cold after that.
        cold_s: f64 in 0 ..= 3600,
        /// CPU time of a request on cold code, relative to warm code.
        cold_cpu_factor: f64 in 1 ..= 100,
        /// How long a draining instance may finish its requests before it is stopped.
        drain_max_s: f64 in 0 ..= 3600,
    }
}

parameter_group! {
    /// A liveness probe: it restarts a process that does not answer in time.
    LivenessProbe at "liveness" {
        /// Time between two probes of an instance.
        period_s: f64 in 0.1 ..= 3600,
        /// A probe without an answer fails after this time.
        timeout_s: f64 in 0.01 ..= 600,
        /// CPU time that it takes to answer.
        cpu_s: f64 in 0 ..= 60,
        /// Probes that must fail in a row before the process is killed.
        failures_to_restart: u32 in 1 ..= 1_000_000,
    }
    choices {
        /// Whether there is such a probe.
        enabled: bool,
    }
}

parameter_group! {
    /// A collector that gives up: the process ends when collections take nearly all of the time and free nearly nothing.
    CollectorLimit at "collector_limit" {
        /// Share of the time that collections must exceed.
        time_ratio: f64 in 0 ..= 1,
        /// Share of the heap below which what they leave free counts as nearly nothing.
        free_ratio: f64 in 0 ..= 1,
        /// Collections in a row of which both must be true.
        collections: u32 in 1 ..= 1_000_000,
    }
    choices {
        /// Whether the collector has such a limit.
        enabled: bool,
    }
}

/// Calls at a time that no limit is known of.
pub const UNLIMITED: u32 = 1_000_000;

fn unlimited() -> Parameter<u32> {
    Parameter::new(UNLIMITED, "calls", [1, UNLIMITED], "No limit of it is known.")
}

/// What the faulty release does unless a scenario says otherwise.
fn leaks_sessions() -> Choice<bool> {
    Choice { value: true, reason: "The faulty release is the one that leaves sessions open.".to_owned() }
}

/// What each of these choices is where a scenario says nothing of it.
fn first_in_first_out() -> Choice<super::QueueOrder> {
    Choice { value: super::QueueOrder::FirstInFirstOut, reason: USUAL.to_owned() }
}

fn jittered() -> Choice<super::RetryWait> {
    Choice { value: super::RetryWait::Jittered, reason: USUAL.to_owned() }
}

fn has_heap() -> Choice<bool> {
    Choice { value: true, reason: USUAL.to_owned() }
}

/// Reason shown for a choice that the scenario does not contain.
const USUAL: &str = "Not mentioned in the scenario: as usual.";

/// Reason shown for a group that the scenario does not contain.
const ABSENT: &str = "Not mentioned in the scenario: off.";

impl Default for LivenessProbe {
    fn default() -> Self {
        Self {
            period_s: Parameter::new(10.0, "s", [1.0, 60.0], ABSENT),
            timeout_s: Parameter::new(1.0, "s", [0.1, 60.0], ABSENT),
            cpu_s: Parameter::new(0.005, "s", [0.0, 0.1], ABSENT),
            failures_to_restart: Parameter::new(3, "probes", [1, 10], ABSENT),
            enabled: Choice { value: false, reason: ABSENT.to_owned() },
        }
    }
}

impl Default for Heap {
    fn default() -> Self {
        Self {
            limit_mib: Parameter::new(1024.0, "MiB", [16.0, 1_048_576.0], ABSENT),
            base_live_mib: Parameter::new(0.0, "MiB", [0.0, 1_048_576.0], ABSENT),
            pause_s_per_live_gib: Parameter::new(0.0, "s/GiB", [0.0, 60.0], ABSENT),
            enabled: Choice { value: false, reason: ABSENT.to_owned() },
        }
    }
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self {
            paid_in_ratio: Parameter::new(0.2, "ratio", [0.0, 1.0], ABSENT),
            most: Parameter::new(100, "retries", [0, 10_000], ABSENT),
            enabled: Choice { value: false, reason: ABSENT.to_owned() },
        }
    }
}

impl Default for OutlierEjection {
    fn default() -> Self {
        Self {
            failures_to_eject: Parameter::new(5, "attempts", [1, 1000], ABSENT),
            ejection_s: Parameter::new(30.0, "s", [1.0, 600.0], ABSENT),
            ejected_max_ratio: Parameter::new(0.1, "ratio", [0.0, 1.0], ABSENT),
            enabled: Choice { value: false, reason: ABSENT.to_owned() },
        }
    }
}

impl Default for CollectorLimit {
    fn default() -> Self {
        Self {
            time_ratio: Parameter::new(0.98, "ratio", [0.5, 1.0], ABSENT),
            free_ratio: Parameter::new(0.02, "ratio", [0.0, 0.2], ABSENT),
            collections: Parameter::new(5, "collections", [1, 100], ABSENT),
            enabled: Choice { value: false, reason: ABSENT.to_owned() },
        }
    }
}
