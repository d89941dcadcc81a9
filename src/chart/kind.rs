//! The charts, with their names in addresses.

use crate::scenario::Scenario;

/// A chart of the page.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ChartKind {
    /// Share of users by outcome, for the minute in which they started.
    Checkouts,
    /// Slots of the pools, in use and never given back.
    Pools,
    /// What the cache answers, and how full it is.
    Cache,
    /// Heap after collection of every instance.
    Memory,
    /// CPU time and the part of it that goes into garbage collection.
    Cpu,
    /// Time from the first click to the confirmation.
    Latency,
    /// Sessions under way and left behind.
    Sessions,
    /// The gateway and the network to it.
    Gateway,
    /// Calls that did not succeed.
    Calls,
    /// Requests in the instances and in their queues.
    Queue,
    /// Attempts per second, retries among them.
    Retries,
    /// Memory since the faulty release was deployed.
    Deployment,
}

impl ChartKind {
    /// Every chart, in the order of the page.
    pub const ALL: [Self; 12] = [
        Self::Checkouts,
        Self::Pools,
        Self::Cache,
        Self::Memory,
        Self::Cpu,
        Self::Latency,
        Self::Sessions,
        Self::Gateway,
        Self::Calls,
        Self::Queue,
        Self::Retries,
        Self::Deployment,
    ];

    /// The charts that say something of a scenario, in the order of the page: without pools there is none of them, without
    /// a heap none of memory, and where no release leaks none of sessions.
    #[must_use]
    pub fn of(scenario: &Scenario) -> Vec<Self> {
        let says = |kind: &Self| match kind {
            Self::Pools => !scenario.pools.is_empty(),
            Self::Cache => scenario.cache.is_some(),
            Self::Calls => scenario.watches_calls(),
            Self::Memory => scenario.uses_heap(),
            Self::Sessions | Self::Deployment => scenario.leaks_sessions(),
            _ => true,
        };
        Self::ALL.into_iter().filter(says).collect()
    }

    /// Name in addresses (`panel=memory,latency`) and element ids.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Checkouts => "checkouts",
            Self::Pools => "pools",
            Self::Cache => "cache",
            Self::Memory => "memory",
            Self::Cpu => "cpu",
            Self::Latency => "latency",
            Self::Sessions => "sessions",
            Self::Gateway => "gateway",
            Self::Calls => "calls",
            Self::Queue => "queue",
            Self::Retries => "retries",
            Self::Deployment => "deployment",
        }
    }

    /// The chart of that name.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }

    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Checkouts => "Checkouts by outcome",
            Self::Pools => "Pools of the instances",
            Self::Cache => "The cache",
            Self::Memory => "Heap after collection",
            Self::Cpu => "CPU and garbage collection",
            Self::Latency => "Time to confirmation",
            Self::Sessions => "Sessions",
            Self::Gateway => "Gateway and network",
            Self::Calls => "Calls that did not succeed",
            Self::Queue => "Requests in the service",
            Self::Retries => "Attempts and retries",
            Self::Deployment => "Heap since the deployment",
        }
    }

    /// Whether its time axis is the window, so that it zooms together with the other charts.
    #[must_use]
    pub fn shows_window(self) -> bool {
        self != Self::Deployment
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_list_every_chart() {
        let names = ChartKind::ALL.map(|kind| format!("`{}`", kind.id())).join(", ");
        assert!(include_str!("../../docs/embedding.md").contains(&names), "docs/embedding.md lacks {names}");
    }

    #[test]
    fn names_lead_back_to_their_chart() {
        for kind in ChartKind::ALL {
            assert_eq!(ChartKind::from_id(kind.id()), Some(kind));
        }
        assert_eq!(ChartKind::from_id("disk"), None);
    }
}
