//! The event log of a run.

use serde::{Deserialize, Serialize};

use crate::scenario::{LimitKind, Severity};

/// One entry.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogEntry {
    /// Milliseconds since the window began; negative before it.
    pub at_ms: i64,
    /// Index of the instance; `None` for events of the whole service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<u32>,
    pub what: Happening,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// The faulty release was deployed.
    FaultyDeployed,
    /// The instance was rescheduled before the window.
    Rescheduled,
    /// The condition of an alert began to hold.
    AlertPending {
        rule: String,
        severity: Severity,
    },
    /// An alert fires.
    AlertFiring {
        rule: String,
        severity: Severity,
        /// Value of its expression, in thousandths.
        value_permille: i64,
    },
    /// The condition of an alert no longer holds.
    AlertResolved {
        rule: String,
        severity: Severity,
    },
    /// The instance spends more than half of its time in collections (over a minute).
    GcOverhead,
    /// The share fell below one half again.
    GcRelief,
    /// Readiness probes failed: the instance left the rotation.
    LeftRotation,
    /// A readiness probe succeeded: the instance joined the rotation.
    JoinedRotation,
    /// Live bytes reached the heap limit: the system killed the process.
    OutOfMemory {
        /// Seconds until the process is started again.
        backoff_s: u32,
    },
    /// The roll-out of the patch or a rolling restart begins.
    RolloutStarted {
        /// True for the fixed release, false for a restart with the same release.
        patch: bool,
    },
    /// The roll-out of a release that the scenario names begins.
    ReleaseRollout {
        release: String,
    },
    /// A wave of the roll-out begins.
    WaveStarted {
        /// From 1.
        wave: u32,
    },
    /// The instance takes no new requests and finishes what it has.
    Draining,
    Starting,
    Ready,
    /// Every instance has been replaced or restarted.
    RolloutFinished,
    /// The roll-out of the leaking release begins: a patch is taken back.
    RollbackStarted,
    /// More instances were ordered.
    ScaledOut {
        count: u32,
    },
    /// Instances are removed.
    ScaledIn {
        count: u32,
    },
    /// The instance is gone.
    Removed,
    /// The faulty code path was switched off.
    LeakOff,
    /// The faulty code path was switched on again.
    LeakOn,
    /// From now on idle sessions are terminated.
    ReaperStarted {
        /// Seconds after which a session counts as idle.
        idle_s: u32,
    },
    /// From now on an instance keeps at most so many sessions.
    SessionsCapped {
        sessions: u32,
    },
    /// A limit was changed.
    LimitChanged {
        limit: LimitKind,
        to: u32,
    },
    /// The load balancer changed its policy.
    PolicyChanged {
        /// True for the instance with the fewest requests, false for one after the other.
        least_outstanding: bool,
    },
    /// Calls go to another instance of what the service depends on.
    FailedOver {
        /// Which dependency; the gateway when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dependency: Option<String>,
    },
    /// Entries are loaded into the cache from now on.
    CacheWarmed {
        /// How long it takes.
        takes_s: u32,
    },
    /// A fault of the scenario takes effect.
    FaultBegan {
        fault: String,
    },
    /// A fault of the scenario is in effect no longer.
    FaultEnded {
        fault: String,
    },
    /// A request killed the process.
    Crashed {
        /// Seconds until the process is started again.
        backoff_s: u32,
    },
    /// The process ended before it was ready.
    FailedToStart {
        /// Seconds until the process is started again.
        backoff_s: u32,
    },
    /// Attempts failed in a row: the load balancer leaves the instance out.
    Ejected {
        /// For so many seconds.
        for_s: u32,
    },
    /// The load balancer tries an ejected instance again.
    TriedAgain,
    /// Users and colleagues were told how things stand.
    StatusUpdate {
        text: String,
    },
    /// A planned action made no sense when its time came.
    ActionRefused {
        action: String,
        reason: String,
    },
    /// The load balancer begins to reject a share of the attempts.
    SheddingStarted,
    /// The load balancer stops rejecting.
    SheddingStopped,
    /// The instance is paused for a heap dump.
    HeapDump,
    /// The service level has held for the verification, but an instance still runs code that leaks.
    Mitigated {
        /// Seconds for which it has held.
        held_s: u32,
    },
    /// The service level has held for the verification, and no code that leaks is left: the incident is over.
    Resolved {
        /// Seconds for which it has held.
        held_s: u32,
    },
    /// The service level was missed again after the incident was mitigated or over.
    Reopened,
    /// Liveness probes failed: the process was killed and waits for its restart.
    NotAlive {
        /// Seconds until the restart.
        backoff_s: u32,
    },
}

impl Happening {
    /// Whether this is a paging alert that fires.
    #[must_use]
    pub fn is_page(&self) -> bool {
        matches!(self, Self::AlertFiring { severity: Severity::Page, .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn every_happening_is_read_as_it_was_written() {
        let (rule, severity) = (String::from("HighCpu"), Severity::Page);
        for what in [
            Happening::FaultyDeployed,
            Happening::Rescheduled,
            Happening::AlertPending { rule: rule.clone(), severity },
            Happening::AlertFiring { rule: rule.clone(), severity, value_permille: -1 },
            Happening::AlertResolved { rule, severity },
            Happening::GcOverhead,
            Happening::GcRelief,
            Happening::LeftRotation,
            Happening::JoinedRotation,
            Happening::OutOfMemory { backoff_s: 10 },
            Happening::RolloutStarted { patch: true },
            Happening::WaveStarted { wave: 2 },
            Happening::Draining,
            Happening::Starting,
            Happening::Ready,
            Happening::RolloutFinished,
            Happening::ScaledOut { count: 2 },
            Happening::RollbackStarted,
            Happening::ScaledIn { count: 2 },
            Happening::Removed,
            Happening::LeakOn,
            Happening::ReaperStarted { idle_s: 1800 },
            Happening::SessionsCapped { sessions: 9 },
            Happening::LimitChanged { limit: LimitKind::Retries, to: 0 },
            Happening::FailedOver { dependency: None },
            Happening::FailedOver { dependency: Some("ledger".to_owned()) },
            Happening::ReleaseRollout { release: "dark_mode".to_owned() },
            Happening::FailedToStart { backoff_s: 10 },
            Happening::Ejected { for_s: 30 },
            Happening::TriedAgain,
            Happening::PolicyChanged { least_outstanding: true },
            Happening::FaultBegan { fault: "f".to_owned() },
            Happening::FaultEnded { fault: "f".to_owned() },
            Happening::Crashed { backoff_s: 10 },
            Happening::StatusUpdate { text: "We are on it.".to_owned() },
            Happening::ActionRefused { action: "restart".to_owned(), reason: "no".to_owned() },
            Happening::LeakOff,
            Happening::SheddingStarted,
            Happening::SheddingStopped,
            Happening::HeapDump,
            Happening::Mitigated { held_s: 1200 },
            Happening::Resolved { held_s: 1200 },
            Happening::Reopened,
            Happening::NotAlive { backoff_s: 10 },
        ] {
            let entry = LogEntry { at_ms: -1, instance: Some(3), what };
            let text = serde_json::to_string(&entry).expect("it has only string keys");
            assert_eq!(json::from_str(&text), Ok(entry), "{text}");
        }
    }
}
