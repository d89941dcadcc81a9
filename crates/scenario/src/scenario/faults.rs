//! What goes wrong besides the leak of sessions: a list of faults, each bound to a span of time or to a release.
//!
//! Invariant: a fault is a cause, never a result. It changes how long work takes, whether calls fail, how many users come or
//! whether a process lives; latency and failures follow from that.

use serde::{Deserialize, Serialize};

use super::{CacheLoss, Refuse, Release, SlotLeak};
use crate::units::UtcMs;

/// Name of the leak of sessions among the faults, which the leaking release carries.
pub const SESSION_LEAK: &str = "session_leak";

/// A fault.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Its name in links and texts, in lower-case letters, digits and underscores: `slow_gateway`.
    pub id: String,
    /// When it is in effect.
    pub during: During,
    /// What it does.
    pub does: Effect,
    /// Why it is assumed so.
    pub reason: String,
}

/// When a fault is in effect, unless an action has switched it off.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum During {
    /// In a span of time.
    Span(FaultSpan),
    /// On instances that run a release, also before the window.
    Release(Release),
}

/// A span of time within the window.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FaultSpan {
    /// When it begins.
    pub from: UtcMs,
    /// When it ends.
    pub until: UtcMs,
}

/// What a fault does.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Requests need more CPU time.
    CpuCost(CpuCost),
    /// A dependency answers late, or with errors, or works on fewer calls at a time.
    Dependency(DependencyFault),
    /// More users come, or fewer. The trigger of an incident, never its cause.
    Surge(Surge),
    /// Requests, or starts, end the process.
    Crash(Crash),
    /// Slots of a pool are not given back after some calls.
    SlotLeak(SlotLeak),
    /// New connections of a pool are refused; those that are open live on.
    Refuse(Refuse),
    /// Entries of the cache are lost.
    CacheLoss(CacheLoss),
}

/// Requests need more CPU time.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CpuCost {
    /// CPU time of a request that is concerned, as a multiple of what it needs without the fault.
    pub factor: f64,
    /// Share of the requests that are concerned, 0 to 1.
    pub requests_ratio: f64,
}

/// A dependency answers late, or with errors, or works on fewer calls at a time.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DependencyFault {
    /// Which dependency; the gateway when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dependency: Option<String>,
    /// Time that it takes to answer, as a multiple of what it takes without the fault.
    pub latency_factor: f64,
    /// Share of the calls that it answers with an error, 0 to 1.
    pub error_ratio: f64,
    /// Calls that it works on at a time, as a multiple of those without the fault; at least one.
    #[serde(default = "unchanged", skip_serializing_if = "is_unchanged")]
    pub capacity_factor: f64,
}

fn unchanged() -> f64 {
    1.0
}

fn is_unchanged(factor: &f64) -> bool {
    *factor == 1.0
}

/// A change of the traffic.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Surge {
    /// Users who come, as a multiple of those who come without it.
    pub factor: f64,
}

/// Requests end the process that serves them, or processes end while they start.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Crash {
    /// Share of the requests that do, 0 to 1.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub requests_ratio: f64,
    /// Share of the starts after which the process ends before it is ready, 0 to 1.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub starts_ratio: f64,
}

fn is_zero(ratio: &f64) -> bool {
    *ratio == 0.0
}

impl Fault {
    /// Its name for people: "slow gateway".
    #[must_use]
    pub fn name(&self) -> String {
        self.id.replace('_', " ")
    }
}

impl Effect {
    /// By how much it multiplies the traffic.
    #[must_use]
    pub fn surge_factor(&self) -> f64 {
        match self {
            Self::Surge(surge) => surge.factor,
            _ => 1.0,
        }
    }

    /// The name of its kind, as in a scenario: `cpu_cost`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::CpuCost(_) => "cpu_cost",
            Self::Dependency(_) => "dependency",
            Self::Surge(_) => "surge",
            Self::Crash(_) => "crash",
            Self::SlotLeak(_) => "slot_leak",
            Self::Refuse(_) => "refuse",
            Self::CacheLoss(_) => "cache_loss",
        }
    }
}
