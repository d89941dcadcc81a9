//! Releases: what instances run, by name. Two are in every scenario, and a scenario may name more.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Most bytes of the name of a release.
const NAME_MAX: usize = 24;

/// A release.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Release {
    /// The one with the fault: it leaves sessions open where the scenario says so, and carries the faults bound to it.
    Faulty,
    /// The one without.
    Fixed,
    /// One that the scenario names. It terminates its sessions, and carries the faults bound to it.
    Named(ReleaseId),
}

/// The name of a release, short enough to be copied like a number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ReleaseId {
    bytes: [u8; NAME_MAX],
    length: u8,
}

/// A release that a scenario names besides `faulty` and `fixed`. Its faults are those bound to it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NamedRelease {
    /// Its name in actions, faults and links, in lower-case letters, digits and underscores: `dark_mode`.
    pub id: Release,
    /// The word for it before "release": "dark mode".
    pub word: String,
    /// What it brings, and why it is assumed so.
    pub reason: String,
}

impl ReleaseId {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length as usize]).unwrap_or_default()
    }
}

impl fmt::Debug for ReleaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Release {
    /// Its name in scenarios: `faulty`, `fixed`, or that of one the scenario names.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Faulty => "faulty",
            Self::Fixed => "fixed",
            Self::Named(id) => id.as_str(),
        }
    }
}

impl std::str::FromStr for Release {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
        match text {
            "faulty" => Ok(Self::Faulty),
            "fixed" => Ok(Self::Fixed),
            name if !name.is_empty() && name.len() <= NAME_MAX && name.bytes().all(plain) => {
                let mut bytes = [0; NAME_MAX];
                bytes[..name.len()].copy_from_slice(name.as_bytes());
                Ok(Self::Named(ReleaseId { bytes, length: name.len() as u8 }))
            }
            other => Err(format!(
                "{other:?} is not allowed: faulty, fixed, or the name of one of the releases, 1 to {NAME_MAX} lower-case \
                 letters, digits and underscores"
            )),
        }
    }
}

impl Serialize for Release {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Release {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(ReleaseVisitor)
    }
}

struct ReleaseVisitor;

impl Visitor<'_> for ReleaseVisitor {
    type Value = Release;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("faulty, fixed, or the name of one of the releases")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Release, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Release {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Release".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^[a-z0-9_]{1,24}$",
            "description": "faulty, fixed, or the name of one of the scenario's releases",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_were_written() {
        for name in ["faulty", "fixed", "dark_mode", "v2", "abcdefghijklmnopqrstuvwx"] {
            let release: Release = name.parse().expect("a name");
            assert_eq!(release.as_str(), name);
            let text = serde_json::to_string(&release).expect("a string");
            assert_eq!(serde_json::from_str::<Release>(&text).expect("the same"), release);
        }
        for wrong in ["", "Faulty", "a-b", "ä", "abcdefghijklmnopqrstuvwxy"] {
            assert!(wrong.parse::<Release>().is_err(), "{wrong}");
        }
    }
}
