//! The named options of a scenario.

use serde::{Deserialize, Serialize};

/// The session code of a release.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Release {
    /// Does not terminate the session after the transaction.
    Faulty,
    /// Terminates the session after every outcome.
    Fixed,
}

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
