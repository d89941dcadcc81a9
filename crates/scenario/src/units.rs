//! Time as integers: wall-clock milliseconds in UTC, and microseconds since the simulation began.
//!
//! Invariant: nothing here reads a clock. A time is always an argument.

use std::fmt;
use std::str::FromStr;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// Microseconds in a second.
pub const US_PER_S: u64 = 1_000_000;
/// Bytes in a KiB.
pub const BYTES_PER_KIB: u64 = 1024;
/// Bytes in a MiB.
pub const BYTES_PER_MIB: u64 = 1024 * 1024;
/// Bytes in a GiB.
pub const BYTES_PER_GIB: f64 = 1024.0 * 1024.0 * 1024.0;

const MS_PER_DAY: i64 = 86_400_000;

/// A moment in UTC, in milliseconds since 1970-01-01. Reads and prints RFC 3339.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct UtcMs(pub i64);

impl UtcMs {
    /// The time `seconds` later (earlier when negative), to the millisecond.
    #[must_use]
    pub fn plus_s(self, seconds: f64) -> Self {
        Self(self.0.saturating_add((seconds * 1000.0).round() as i64))
    }

    /// Seconds from `earlier` to this time; negative when it lies before.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> f64 {
        (self.0 - earlier.0) as f64 / 1000.0
    }

    /// Milliseconds since the UTC midnight before it, 0 ..= 86,399,999.
    #[must_use]
    pub fn ms_of_day(self) -> i64 {
        self.0.rem_euclid(MS_PER_DAY)
    }

    /// The day: "2024-08-15".
    #[must_use]
    pub fn date(self) -> String {
        let text = self.to_string();
        text.split('T').next().unwrap_or_default().to_owned()
    }

    /// `HH:MM` of the UTC day.
    #[must_use]
    pub fn hh_mm(self) -> String {
        let minutes = self.ms_of_day() / 60_000;
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    }

    /// `HH:MM:SS` of the UTC day.
    #[must_use]
    pub fn hh_mm_ss(self) -> String {
        format!("{}:{:02}", self.hh_mm(), self.ms_of_day() / 1000 % 60)
    }

    /// The moment on the same UTC day at `HH:MM` or `HH:MM:SS`; `None` when `text` is neither.
    #[must_use]
    pub fn same_day_at(self, text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let mut next = |max: i64, optional: bool| match parts.next() {
            Some(part) if part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()) => {
                part.parse::<i64>().ok().filter(|value| *value <= max)
            }
            None if optional => Some(0),
            _ => None,
        };
        let (hours, minutes, seconds) = (next(23, false)?, next(59, false)?, next(59, true)?);
        if parts.next().is_some() {
            return None;
        }
        let midnight = self.0 - self.ms_of_day();
        Some(Self(midnight + ((hours * 60 + minutes) * 60 + seconds) * 1000))
    }
}

impl fmt::Display for UtcMs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .ok()
            .and_then(|moment| moment.format(&Rfc3339).ok());
        match text {
            Some(text) => f.write_str(&text),
            None => write!(f, "{} ms since 1970", self.0),
        }
    }
}

/// The error of `UtcMs::from_str`: the text is not an RFC 3339 time in UTC.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0:?} is not a time: write RFC 3339 in UTC, such as 2024-08-15T11:00:00Z")]
pub struct NotUtc(pub String);

impl FromStr for UtcMs {
    type Err = NotUtc;

    fn from_str(text: &str) -> Result<Self, NotUtc> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| NotUtc(text.to_owned()))?;
        if moment.offset() != UtcOffset::UTC {
            return Err(NotUtc(text.to_owned()));
        }
        Ok(Self((moment.unix_timestamp_nanos() / 1_000_000) as i64))
    }
}

impl Serialize for UtcMs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UtcMs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for UtcMs {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "UtcTime".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "format": "date-time",
            "pattern": "Z$",
            "description": "RFC 3339 in UTC, such as 2024-08-15T11:00:00Z",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utc_times_print_as_they_were_read() {
        for text in ["2024-08-15T11:00:00Z", "2024-08-15T11:00:00.25Z", "1999-12-31T23:59:59Z"] {
            assert_eq!(text.parse::<UtcMs>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn other_zones_and_nonsense_are_refused() {
        for text in ["2024-08-15T11:00:00+02:00", "11:00", "2024-08-15", ""] {
            assert_eq!(text.parse::<UtcMs>(), Err(NotUtc(text.to_owned())));
        }
    }

    #[test]
    fn a_time_of_day_is_taken_on_the_same_day() {
        let noon: UtcMs = "2024-08-15T12:00:00Z".parse().unwrap();
        assert_eq!(noon.same_day_at("11:30").unwrap().to_string(), "2024-08-15T11:30:00Z");
        assert_eq!(noon.same_day_at("11:30:05").unwrap().hh_mm_ss(), "11:30:05");
        for text in ["24:00", "11:60", "1:30", "11", "11:30:05:1", "a1:30", ""] {
            assert_eq!(noon.same_day_at(text), None, "{text}");
        }
    }
}
