//! The named options of a scenario.

use serde::{Deserialize, Serialize};

/// How long users wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PatienceShape {
    /// Lognormal with the given median and sigma.
    Lognormal,
    /// Exponential with the given median; the assumption of the Erlang-A formulas.
    Exponential,
}

/// Which of the requests that wait in an instance is taken next.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum QueueOrder {
    /// The one that has waited longest.
    FirstInFirstOut,
    /// The one that came last: whoever has waited long has mostly left.
    LastInFirstOut,
}

/// How long a client waits before it tries again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RetryWait {
    /// The back-off, the same each time.
    Fixed,
    /// The back-off times a random factor of 0.5 to 1.5.
    Jittered,
    /// The back-off, doubled with every further attempt.
    Doubling,
    /// The same, times a random factor of 0 to 1: no two clients come back together.
    DoublingJittered,
}

/// How the load balancer chooses an instance.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BalancerPolicy {
    /// One after the other.
    RoundRobin,
    /// The instance with the fewest requests in it; the first of those.
    LeastOutstanding,
}
