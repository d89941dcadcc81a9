//! Actions of the responders: the patch of the report, and the actions that a what-if may add.

use serde::{Deserialize, Serialize};

use crate::units::UtcMs;

/// The actions of a run. An absent action does not happen.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Responses {
    /// The fixed release is rolled out in waves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<Patch>,
    /// The instances are restarted in waves, release unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rolling_restart: Option<Patch>,
    /// More instances are started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale_out: Option<ScaleOut>,
    /// The faulty code path is switched off without a restart; leaked sessions stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leak_off: Option<LeakOff>,
    /// The load balancer rejects a share of the requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shed: Option<Shed>,
    /// One instance is paused for a heap dump.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heap_dump: Option<HeapDump>,
}

/// A roll-out: instances leave the rotation, drain, restart and return, wave by wave.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// Start of the first wave.
    pub at: UtcMs,
    /// Instances in each wave; after the last, its size repeats until all are done.
    pub waves: Vec<u32>,
    /// From the start of a wave to the start of the next.
    pub bake_s: f64,
    /// Why these waves.
    pub reason: String,
}

/// Further instances of the running release.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScaleOut {
    /// When they are ordered; they are ready after the start-up time.
    pub at: UtcMs,
    /// How many.
    pub count: u32,
}

/// The session code is switched to terminate, in the running processes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LeakOff {
    /// When.
    pub at: UtcMs,
}

/// Load shedding.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Shed {
    /// From when.
    pub at: UtcMs,
    /// Until when.
    pub until: UtcMs,
    /// Share of the attempts that are rejected, 0 to 1.
    pub ratio: f64,
}

/// A heap dump of one instance.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HeapDump {
    /// When.
    pub at: UtcMs,
    /// Which instance, from 1.
    pub instance: u32,
    /// How long the instance is paused.
    pub pause_s: f64,
}
