//! When an action happens: at a time, or after the detection.

use std::fmt;
use std::str::FromStr;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::plain::quoted;
use crate::units::UtcMs;

/// The word that times after the detection begin with.
const DETECTED: &str = "detected";
/// Names of units of time, with their seconds.
const UNITS: [(&str, f64); 3] = [("s", 1.0), ("min", 60.0), ("h", 3600.0)];

/// The time of an action. Reads and prints `2024-08-15T11:30:00Z` or `detected + 5 min`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum When {
    /// At this time.
    At(UtcMs),
    /// This many seconds after somebody is paged for the first time; never in a run in which nobody is.
    AfterDetection(f64),
}

impl When {
    /// The time, if it is one; an action after the detection has none before the run.
    #[must_use]
    pub fn fixed(self) -> Option<UtcMs> {
        match self {
            Self::At(at) => Some(at),
            Self::AfterDetection(_) => None,
        }
    }

    /// The time in a run that was detected at `detected`; `None` when it never comes.
    #[must_use]
    pub fn in_run(self, detected: Option<UtcMs>) -> Option<UtcMs> {
        match self {
            Self::At(at) => Some(at),
            Self::AfterDetection(seconds) => detected.map(|at| at.plus_s(seconds)),
        }
    }

    /// For people: "11:10", "11:10:05", "5 min after detection".
    #[must_use]
    pub fn spoken(self) -> String {
        match self {
            Self::At(at) if at.ms_of_day() % 60_000 == 0 => at.hh_mm(),
            Self::At(at) => at.hh_mm_ss(),
            Self::AfterDetection(0.0) => "detection".to_owned(),
            Self::AfterDetection(seconds) => format!("{} after detection", spoken(seconds)),
        }
    }

    /// A time after the detection: `detected`, `detected + 5 min`, `detected+90s`.
    pub(super) fn after_detection(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(DETECTED)?.trim_start();
        if rest.is_empty() {
            return Some(Self::AfterDetection(0.0));
        }
        // A plus sign in an address may have become a space on the way.
        let rest = rest.strip_prefix('+').unwrap_or(rest).trim();
        let split = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, unit) = rest.split_at(split);
        let (_, seconds) = UNITS.iter().find(|(name, _)| *name == unit.trim())?;
        let number: f64 = number.parse().ok()?;
        Some(Self::AfterDetection(number * seconds))
    }
}

/// The largest unit in which the number is whole: "5 min", "90 s".
fn spoken(seconds: f64) -> String {
    let (name, unit_s) =
        UNITS.iter().rev().find(|(_, unit_s)| seconds % unit_s == 0.0 && seconds >= *unit_s).unwrap_or(&UNITS[0]);
    format!("{} {name}", seconds / unit_s)
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(at) => at.fmt(f),
            Self::AfterDetection(0.0) => f.write_str(DETECTED),
            Self::AfterDetection(seconds) => write!(f, "{DETECTED} + {}", spoken(*seconds)),
        }
    }
}

/// The text is no time.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{} is not a time: write RFC 3339 in UTC, such as 2024-08-15T11:00:00Z, or detected + 5 min", quoted(.0))]
pub struct NoTime(String);

impl FromStr for When {
    type Err = NoTime;

    fn from_str(text: &str) -> Result<Self, NoTime> {
        let refused = || NoTime(text.to_owned());
        Self::after_detection(text).or_else(|| text.parse().ok().map(Self::At)).ok_or_else(refused)
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for When {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "When".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "Z$|^detected( *\\+? *[0-9.]+ *(s|min|h))?$",
            "description": "RFC 3339 in UTC, such as 2024-08-15T11:00:00Z, or a time after the detection, such as \
                            detected + 5 min",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_printed() {
        for (text, printed, spoken) in [
            ("2024-08-15T11:10:00Z", "2024-08-15T11:10:00Z", "11:10"),
            ("2024-08-15T11:10:05Z", "2024-08-15T11:10:05Z", "11:10:05"),
            ("detected", "detected", "detection"),
            ("detected + 5 min", "detected + 5 min", "5 min after detection"),
            ("detected+90s", "detected + 90 s", "90 s after detection"),
            ("detected 2h", "detected + 2 h", "2 h after detection"),
            ("detected + 0.5 min", "detected + 30 s", "30 s after detection"),
            ("detected + 0 s", "detected", "detection"),
        ] {
            let when: When = text.parse().expect(text);
            assert_eq!((when.to_string().as_str(), when.spoken().as_str()), (printed, spoken));
            assert_eq!(when.to_string().parse(), Ok(when));
        }
        for text in [
            "",
            "11:10",
            "detected + 5",
            "detected + x min",
            "detected - 5 min",
            "detected + 5 days",
            "detected + 1.2.3 s",
        ] {
            assert!(text.parse::<When>().is_err(), "{text}");
        }
    }
}
