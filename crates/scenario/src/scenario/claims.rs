//! Claims: reported facts and properties of the model, each with its tolerance.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::Release;
use crate::units::UtcMs;

/// A statement about the incident with the bounds inside which the simulation must land.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Short name, such as `E1`.
    pub id: String,
    /// The reported facts that it checks, such as `F5`; empty for a property of the model alone.
    #[serde(default)]
    pub facts: Vec<String>,
    /// The statement.
    pub text: String,
    /// What is measured in the recording.
    pub measure: Measure,
    /// The reported value, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<Quantity>,
    /// Bounds for every seed.
    pub each_seed: Bounds,
    /// Bounds for the mean over the seeds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<Bounds>,
}

/// A value: a time where the measure is a time, else a number.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Quantity {
    /// A moment.
    Time(UtcMs),
    /// A ratio or a count.
    Number(f64),
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(QuantityVisitor)
    }
}

struct QuantityVisitor;

impl Visitor<'_> for QuantityVisitor {
    type Value = Quantity;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number or an RFC 3339 time in UTC")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Quantity, E> {
        text.parse().map(Quantity::Time).map_err(E::custom)
    }

    fn visit_f64<E>(self, number: f64) -> Result<Quantity, E> {
        Ok(Quantity::Number(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Quantity, E> {
        Ok(Quantity::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Quantity, E> {
        Ok(Quantity::Number(number as f64))
    }
}

impl Quantity {
    /// The value as a number: milliseconds since 1970 for a time.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Time(time) => time.0 as f64,
            Self::Number(number) => number,
        }
    }
}

/// Lowest and highest value that agrees with the claim; an absent bound does not restrict.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// Lowest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Quantity>,
    /// Highest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Quantity>,
}

impl Bounds {
    /// Whether `value` lies inside.
    #[must_use]
    pub fn hold(&self, value: f64) -> bool {
        self.min.is_none_or(|min| value >= min.as_f64()) && self.max.is_none_or(|max| value <= max.as_f64())
    }
}

/// What a claim measures in a recording.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Measure {
    /// When the first paging alert fires.
    DetectedAt,
    /// When the service level has held for the verification time.
    ResolvedAt,
    /// When the roll-out of the patch starts.
    PatchStartedAt,
    /// Slow or failed users ÷ users, among those who started in the time range.
    AffectedRatio {
        /// Start of the time range.
        from: UtcMs,
        /// End of the time range.
        until: UtcMs,
        /// Run the same seed with this session code from the beginning instead of the scenario's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        release: Option<Release>,
    },
    /// Failed users ÷ users, among those who started in the time range.
    FailedRatio {
        /// Start of the time range.
        from: UtcMs,
        /// End of the time range.
        until: UtcMs,
    },
    /// CPU time ÷ cores, mean of the instances, in the minute before.
    CpuMeanRatio {
        /// When.
        at: UtcMs,
    },
    /// Live bytes after collection ÷ limit, worst instance, in the minute before.
    HeapWorstRatio {
        /// When.
        at: UtcMs,
    },
    /// Relative change of the gateway's median time against an earlier moment (5 minutes from each).
    GatewayP50Change {
        /// When.
        at: UtcMs,
        /// The moment to compare with.
        baseline: UtcMs,
    },
    /// Relative change of the network's median round trip against an earlier moment (5 minutes from each).
    NetworkP50Change {
        /// When.
        at: UtcMs,
        /// The moment to compare with.
        baseline: UtcMs,
    },
    /// Bytes of sessions ÷ live bytes, mean of the instances that were not rescheduled.
    SessionShareRatio {
        /// When.
        at: UtcMs,
    },
    /// Live bytes after collection ÷ limit, worst of the rescheduled instances.
    YoungHeapRatio {
        /// When.
        at: UtcMs,
    },
    /// Requests of the rescheduled instances over the slow threshold ÷ all of theirs, in the 5 minutes before.
    YoungSlowRatio {
        /// When.
        at: UtcMs,
    },
    /// Slots of a pool that are taken ÷ capacity, in the instance and the pool that has the fewest left.
    PoolWorstRatio {
        /// When.
        at: UtcMs,
    },
    /// Worker threads in use ÷ all, every instance that runs.
    ThreadsRatio {
        /// When.
        at: UtcMs,
    },
    /// Retries ÷ attempts in the minute before.
    RetryRatio {
        /// When.
        at: UtcMs,
    },
    /// When an alert first fires, before the window too.
    AlertFiredAt {
        /// Name of the rule.
        rule: String,
    },
    /// Sessions leaked by the fixed release, all instances, at the end.
    FixedReleaseLeaked,
    /// Instances that do not run the fixed release, at the end.
    FaultyInstances,
}

impl Measure {
    /// Whether the value is a moment.
    #[must_use]
    pub fn is_time(&self) -> bool {
        matches!(self, Self::DetectedAt | Self::ResolvedAt | Self::PatchStartedAt | Self::AlertFiredAt { .. })
    }

    /// Whether the value is a share of one, shown in percent.
    #[must_use]
    pub fn is_ratio(&self) -> bool {
        !self.is_time() && !matches!(self, Self::FixedReleaseLeaked | Self::FaultyInstances)
    }
}

impl Claim {
    /// The session code of the counterfactual run that this claim needs; `None` when it is measured in the run itself.
    #[must_use]
    pub fn counterfactual(&self) -> Option<Release> {
        match self.measure {
            Measure::AffectedRatio { release, .. } => release,
            _ => None,
        }
    }

    /// Formats a value of this claim's measure: `11:00:15`, `59.8 %`, `0`.
    #[must_use]
    pub fn show(&self, value: f64) -> String {
        if self.measure.is_time() {
            UtcMs(value as i64).hh_mm_ss()
        } else if self.measure.is_ratio() {
            // With the sign of mathematics; a hyphen would be read as a dash. Not "−0.0".
            let tenths = (value * 1000.0).round();
            format!("{}{:.1} %", if tenths < 0.0 { "\u{2212}" } else { "" }, tenths.abs() / 10.0)
        } else {
            format!("{value}")
        }
    }

    /// Formats bounds of this claim's measure: `57.0 % to 63.0 %`, `at most 1.0 %`.
    #[must_use]
    pub fn show_bounds(&self, bounds: &Bounds) -> String {
        match (bounds.min.map(|b| self.show(b.as_f64())), bounds.max.map(|b| self.show(b.as_f64()))) {
            (Some(min), Some(max)) if min == max => min,
            (Some(min), Some(max)) => format!("{min} to {max}"),
            (Some(min), None) => format!("at least {min}"),
            (None, Some(max)) => format!("at most {max}"),
            (None, None) => "any".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn every_measure_is_read_as_it_was_written() {
        let (from, until, at, baseline) = (UtcMs(0), UtcMs(1000), UtcMs(2000), UtcMs(3000));
        for measure in [
            Measure::DetectedAt,
            Measure::ResolvedAt,
            Measure::PatchStartedAt,
            Measure::AffectedRatio { from, until, release: Some(Release::Fixed) },
            Measure::FailedRatio { from, until },
            Measure::CpuMeanRatio { at },
            Measure::HeapWorstRatio { at },
            Measure::GatewayP50Change { at, baseline },
            Measure::NetworkP50Change { at, baseline },
            Measure::SessionShareRatio { at },
            Measure::YoungHeapRatio { at },
            Measure::YoungSlowRatio { at },
            Measure::PoolWorstRatio { at },
            Measure::ThreadsRatio { at },
            Measure::RetryRatio { at },
            Measure::AlertFiredAt { rule: "HighCpu".to_owned() },
            Measure::FixedReleaseLeaked,
            Measure::FaultyInstances,
        ] {
            let text = serde_json::to_string(&measure).expect("it has only string keys");
            assert_eq!(json::from_str(&text), Ok(measure), "{text}");
        }
    }
}
