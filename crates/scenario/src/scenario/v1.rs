//! Version 1 of the format: `responses` with at most one action of each of six kinds, in place of `actions`.
//!
//! Files of that version, and links with paths such as `responses.patch.at`, go on working.

use serde::Deserialize;

use super::actions::{Action, Deed, Dump, Restarts, RollOut, Scale, Shed, Switch};
use super::{Release, SESSION_LEAK, When};
use crate::units::UtcMs;

/// Version of files with `responses`.
pub(super) const VERSION: u32 = 1;

/// The actions of version 1.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Responses {
    patch: Option<Patch>,
    rolling_restart: Option<Patch>,
    scale_out: Option<ScaleOut>,
    leak_off: Option<LeakOff>,
    shed: Option<ShedSpan>,
    heap_dump: Option<HeapDump>,
}

#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    at: UtcMs,
    waves: Vec<u32>,
    bake_s: f64,
    reason: String,
}

#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScaleOut {
    at: UtcMs,
    count: u32,
}

#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LeakOff {
    at: UtcMs,
}

#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ShedSpan {
    at: UtcMs,
    until: UtcMs,
    ratio: f64,
}

#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeapDump {
    at: UtcMs,
    instance: u32,
    pause_s: f64,
}

impl Responses {
    /// The same actions as a list; each is named as its field was.
    pub fn into_actions(self) -> Vec<Action> {
        let action = |id: &str, at: UtcMs, deed: Deed, reason: String| Action {
            id: id.to_owned(),
            at: When::At(at),
            deed,
            reason,
        };
        let mut actions = Vec::new();
        if let Some(Patch { at, waves, bake_s, reason }) = self.patch {
            let deed = Deed::RollOut(RollOut { release: Release::Fixed, waves, bake_s });
            actions.push(action("patch", at, deed, reason));
        }
        if let Some(Patch { at, waves, bake_s, reason }) = self.rolling_restart {
            let deed = Deed::Restart(Restarts { instances: Vec::new(), waves, bake_s });
            actions.push(action("rolling_restart", at, deed, reason));
        }
        if let Some(ScaleOut { at, count }) = self.scale_out {
            let by = i32::try_from(count).unwrap_or(i32::MAX);
            actions.push(action("scale_out", at, Deed::Scale(Scale { by }), String::new()));
        }
        if let Some(LeakOff { at }) = self.leak_off {
            let deed = Deed::Switch(Switch { fault: SESSION_LEAK.to_owned(), on: false });
            actions.push(action("leak_off", at, deed, String::new()));
        }
        if let Some(ShedSpan { at, until, ratio }) = self.shed {
            actions.push(action("shed", at, Deed::Shed(Shed { until, ratio }), String::new()));
        }
        if let Some(HeapDump { at, instance, pause_s }) = self.heap_dump {
            actions.push(action("heap_dump", at, Deed::Dump(Dump { instance, pause_s }), String::new()));
        }
        actions
    }
}

/// A path into the responses of version 1 as the same path into the actions; any other path as it is.
pub(super) fn path_now(path: &str) -> String {
    match path.strip_prefix("responses.") {
        Some("scale_out.count") => "actions.scale_out.by".to_owned(),
        Some(rest) => format!("actions.{rest}"),
        None => path.to_owned(),
    }
}
