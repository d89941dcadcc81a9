//! A cache beside the service: answers of what it depends on, which it keeps.

use serde::{Deserialize, Serialize};

/// A cache that all instances share, full when the run begins.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Cache {
    /// What it keeps, for people, in the plural: "exchange rates".
    pub of: String,
    /// Entries when it is full.
    pub entries: u32,
    /// Share of the calls that it answers when it is full, 0 to 1; the others must go to what the service depends on.
    pub hit_ratio: f64,
    /// Why it is assumed so.
    pub reason: String,
}

/// Entries of the cache are lost.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CacheLoss {
    /// Share of the entries that are left when it begins, and for which there is room while it lasts, 0 to 1.
    pub kept_ratio: f64,
}

/// Entries are loaded into the cache.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Warm {
    /// How long it takes to load what is missing when it begins.
    pub takes_s: f64,
}
