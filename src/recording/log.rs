//! The event log: what happened when, for readers and for the story.

use serde::{Deserialize, Serialize};

use crate::scenario::Severity;

/// One entry.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogEntry {
    /// Milliseconds since the window began; negative before it.
    pub at_ms: i64,
    /// Index of the instance it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<u32>,
    /// What happened.
    pub what: Happening,
}

/// What happened.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// The faulty release was deployed.
    FaultyDeployed,
    /// The instance was rescheduled before the window.
    Rescheduled,
    /// The condition of an alert began to hold.
    AlertPending {
        /// Name of the rule.
        rule: String,
        /// Who hears of it.
        severity: Severity,
    },
    /// An alert fires.
    AlertFiring {
        /// Name of the rule.
        rule: String,
        /// Who hears of it.
        severity: Severity,
        /// Value of its expression, in thousandths.
        value_permille: i64,
    },
    /// The condition of an alert no longer holds.
    AlertResolved {
        /// Name of the rule.
        rule: String,
        /// Who hears of it.
        severity: Severity,
    },
    /// The instance spends more than half of its time in collections (over a minute).
    GcOverhead,
    /// It no longer does.
    GcRelief,
    /// Readiness probes failed: the instance left the rotation.
    LeftRotation,
    /// A probe succeeded: it is back.
    JoinedRotation,
    /// Live bytes reached the heap limit: the system killed the process.
    OutOfMemory {
        /// Wait before it is started again.
        backoff_s: u32,
    },
    /// The roll-out of the patch or a rolling restart begins.
    RolloutStarted {
        /// Whether it brings the fixed release.
        patch: bool,
    },
    /// A wave of it begins.
    WaveStarted {
        /// From 1.
        wave: u32,
    },
    /// The instance takes no new requests and finishes what it has.
    Draining,
    /// The process starts.
    Starting,
    /// The process is ready.
    Ready,
    /// All instances are through.
    RolloutFinished,
    /// More instances were ordered.
    ScaledOut {
        /// How many.
        count: u32,
    },
    /// The faulty code path was switched off.
    LeakOff,
    /// The load balancer begins to turn requests away.
    SheddingStarted,
    /// It stops doing so.
    SheddingStopped,
    /// The instance stands still for a heap dump.
    HeapDump,
    /// The service level has held for the verification, but an instance still runs code that leaks.
    Mitigated {
        /// How long it has held.
        held_s: u32,
    },
    /// The service level has held for the verification, and no code that leaks is left: the incident is over.
    Resolved {
        /// How long it has held.
        held_s: u32,
    },
    /// The service level was missed again after the incident was mitigated or over.
    Reopened,
    /// Liveness probes failed: the process was killed and waits for its restart.
    NotAlive {
        /// How long it waits.
        backoff_s: u32,
    },
}

impl Happening {
    /// Whether an alert fires that pages somebody.
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
