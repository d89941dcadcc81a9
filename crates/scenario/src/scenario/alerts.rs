//! Alert rules in Prometheus's terms: an expression over scraped series, `for`, a severity.

use serde::{Deserialize, Serialize};

/// The simulated monitoring.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Monitor {
    /// Time between two scrapes; rules are evaluated at each.
    pub scrape_interval_s: f64,
    /// The reason.
    pub reason: String,
    /// The rules.
    pub rules: Vec<AlertRule>,
}

/// One rule.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AlertRule {
    /// Name in CamelCase.
    pub name: String,
    /// Severity of the alert.
    pub severity: Severity,
    /// The condition.
    pub when: Expression,
    /// How long it must hold before the alert fires.
    pub for_s: f64,
    /// What the alert means, in a sentence.
    pub summary: String,
    /// Why this rule.
    pub reason: String,
}

/// How urgent an alert is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Pages somebody at once.
    Page,
    /// Opens a ticket for working hours.
    Ticket,
    /// The rule did not exist at the time; it shows when it would have fired.
    Proposed,
}

/// The condition of a rule.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Expression {
    /// The signal over the window before the scrape is above the value.
    Threshold {
        /// The signal.
        signal: Signal,
        /// Length of the window.
        window_s: f64,
        /// The value it must exceed.
        above: f64,
    },
    /// The straight line through the last scrapes (least squares) is above the value `ahead_s` from now.
    PredictLinear {
        /// The signal; must be a gauge.
        signal: Signal,
        /// Length of the window of the least-squares line.
        window_s: f64,
        /// How far ahead.
        ahead_s: f64,
        /// The value it must exceed.
        above: f64,
    },
    /// The error budget burns faster than `factor` over both windows.
    BurnRate {
        /// The signal; must be a ratio of bad events.
        signal: Signal,
        /// The long window shows that a significant part of the budget is spent.
        long_window_s: f64,
        /// The short window shows that the problem persists.
        short_window_s: f64,
        /// Multiple of the allowed rate.
        factor: f64,
    },
}

impl Expression {
    /// The signal it looks at.
    #[must_use]
    pub fn signal(&self) -> Signal {
        match *self {
            Self::Threshold { signal, .. } | Self::PredictLinear { signal, .. } | Self::BurnRate { signal, .. } => {
                signal
            }
        }
    }

    /// How far back it looks, in seconds.
    #[must_use]
    pub fn longest_window_s(&self) -> f64 {
        match *self {
            Self::Threshold { window_s, .. } | Self::PredictLinear { window_s, .. } => window_s,
            Self::BurnRate { long_window_s, short_window_s, .. } => long_window_s.max(short_window_s),
        }
    }
}

/// A series that rules may look at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// CPU time over the window ÷ cores × window, mean of the running instances.
    CpuMeanRatio,
    /// The same, of the worst instance.
    CpuWorstRatio,
    /// Share of the window spent in GC pauses, worst instance.
    GcWorstRatio,
    /// Live bytes after the last collection ÷ heap limit, worst instance (a gauge).
    HeapAfterGcWorstRatio,
    /// Slow or failed checkouts ÷ all that ended in the window.
    BadCheckoutsRatio,
    /// Failed checkouts ÷ all that ended in the window.
    FailedCheckoutsRatio,
    /// Slots of a pool that are not free ÷ its slots, worst pool of the worst instance (a gauge).
    PoolUseWorstRatio,
    /// Calls that were answered with an error or timed out ÷ all that ended in the window, worst dependency.
    DependencyErrorRatio,
    /// Mean time of the calls that ended in the window, in seconds, worst dependency.
    DependencyMeanS,
}

impl Signal {
    /// Whether it is an instant value rather than a rate over a window.
    #[must_use]
    pub fn is_gauge(self) -> bool {
        matches!(self, Self::HeapAfterGcWorstRatio | Self::PoolUseWorstRatio)
    }

    /// Whether it is a time in seconds; the others are ratios.
    #[must_use]
    pub fn is_time(self) -> bool {
        matches!(self, Self::DependencyMeanS)
    }

    /// Whether it is a ratio of bad events, so that an error budget applies.
    #[must_use]
    pub fn is_bad_ratio(self) -> bool {
        matches!(self, Self::BadCheckoutsRatio | Self::FailedCheckoutsRatio)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn every_condition_is_read_as_it_was_written() {
        let signal = Signal::HeapAfterGcWorstRatio;
        for condition in [
            Expression::Threshold { signal, window_s: 60.0, above: 0.9 },
            Expression::PredictLinear { signal, window_s: 3600.0, ahead_s: 7200.0, above: 0.95 },
            Expression::BurnRate { signal, long_window_s: 3600.0, short_window_s: 300.0, factor: 14.4 },
        ] {
            let text = serde_json::to_string(&condition).expect("it has only string keys");
            assert_eq!(json::from_str(&text), Ok(condition), "{text}");
        }
    }
}
