//! Pools: what a request must hold one of while it calls the gateway, of which an instance has only so many.

use serde::{Deserialize, Serialize};

/// A pool of every instance, such as its connections to the gateway.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// Its name in links and texts, in lower-case letters, digits and underscores: `connections`.
    pub id: String,
    /// What it is a pool of, for people, in the plural: "connections to the gateway".
    pub of: String,
    /// Slots of each instance.
    pub capacity: u32,
    /// A request that has waited so long for a slot fails.
    pub timeout_s: f64,
    /// Calls after which a slot's connection is closed, and the next call opens a new one; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reuses: Option<u32>,
    /// Why it is assumed so.
    pub reason: String,
}

/// How a call of the gateway ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    /// It was answered.
    Confirmed,
    /// Its time was up.
    TimedOut,
    /// It was answered with an error.
    Failed,
}

/// New connections of a pool are refused, as with an expired certificate; those that are open live on.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Refuse {
    /// Of which pool.
    pub pool: String,
}

/// Slots of a pool are not given back.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SlotLeak {
    /// Of which pool.
    pub pool: String,
    /// After calls that ended so.
    pub on: CallOutcome,
}
