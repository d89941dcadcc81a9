//! What responders do: a list of actions, each at its time, any number of each kind.

use serde::{Deserialize, Serialize};

use super::{BalancerPolicy, Release, Warm, When};
use crate::units::UtcMs;

/// An action of the responders.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Its name in links and texts, in lower-case letters, digits and underscores: `patch`, `restart_2`.
    pub id: String,
    /// When it begins.
    pub at: When,
    /// What is done.
    #[serde(rename = "do")]
    pub deed: Deed,
    /// Why it is done so, where that is assumed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// What is done.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// A release is rolled out: instances leave the rotation, drain, start with it and return, wave by wave.
    RollOut(RollOut),
    /// Instances are restarted with the release they run, wave by wave.
    Restart(Restarts),
    /// Instances are started, or drained and removed.
    Scale(Scale),
    /// A fault is switched off or on by a flag, in the running processes; what it has done so far stays.
    Switch(Switch),
    /// The load balancer turns away a share of the attempts.
    Shed(Shed),
    /// One instance is paused for a heap dump.
    Dump(Dump),
    /// From now on sessions that are idle for longer are terminated.
    Reap(Reap),
    /// From now on an instance keeps at most so many sessions and terminates the oldest beyond it.
    Cap(Cap),
    /// A limit of the service or its clients is changed, in the running processes.
    Limit(Limit),
    /// The load balancer changes its policy.
    Balance(Balance),
    /// Calls go to another instance of what the service depends on; its faults are left behind.
    FailOver(FailOver),
    /// Entries are loaded into the cache.
    Warm(Warm),
    /// A status update. It has no effect.
    Note(Note),
}

/// A roll-out of a release.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RollOut {
    /// The release that the instances run afterwards.
    pub release: Release,
    /// Instances in each wave; after the last, its size repeats until all are done.
    pub waves: Vec<u32>,
    /// From the start of a wave to the start of the next.
    pub bake_s: f64,
}

/// Restarts, wave by wave.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Restarts {
    /// Which instances, from 1; all when empty.
    #[serde(default)]
    pub instances: Vec<u32>,
    /// Instances in each wave; after the last, its size repeats until all are done.
    pub waves: Vec<u32>,
    /// From the start of a wave to the start of the next.
    pub bake_s: f64,
}

/// A change of the number of instances.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// Instances added, ready after the start-up time; negative: instances removed, the last ones first.
    pub by: i32,
}

/// A fault that a flag switches.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// Which fault: the id of one of the scenario's, or `session_leak`.
    pub fault: String,
    /// Whether it is in effect afterwards.
    pub on: bool,
}

/// Load shedding.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Shed {
    /// Until when.
    pub until: UtcMs,
    /// Share of the attempts that are turned away, 0 to 1.
    pub ratio: f64,
}

/// A heap dump.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Dump {
    /// Of which instance, from 1.
    pub instance: u32,
    /// How long the instance is paused.
    pub pause_s: f64,
}

/// An idle reaper, which looks at the sessions once a minute.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Reap {
    /// Sessions that are idle for longer are terminated.
    pub idle_s: f64,
}

/// A cap on the sessions of an instance.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// Sessions that an instance keeps at most.
    pub sessions: u32,
}

/// A change of a limit.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Which limit.
    pub what: LimitKind,
    /// Which pool, of `pool_slots`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool: Option<String>,
    /// Its value afterwards.
    pub to: u32,
}

/// Limits that can be changed in a running service.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LimitKind {
    /// Places in the queue of each instance.
    QueueLength,
    /// Attempts of a client after its first.
    Retries,
    /// Slots of a pool of each instance.
    PoolSlots,
}

/// A change of the load balancer's policy.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Balance {
    /// The policy afterwards.
    pub policy: BalancerPolicy,
}

/// A fail-over of what the service calls.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FailOver {
    /// Which dependency; the gateway when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dependency: Option<String>,
    /// Time that the other takes to answer, as a multiple of that of the first without faults.
    pub latency_factor: f64,
}

/// A status update.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// What is said.
    pub text: String,
}

impl Deed {
    /// Instances that it adds.
    #[must_use]
    pub fn instances_added(&self) -> u32 {
        match self {
            Self::Scale(Scale { by }) => by.max(&0).unsigned_abs(),
            _ => 0,
        }
    }

    /// The name of its kind, as in a scenario: `roll_out`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::RollOut(_) => "roll_out",
            Self::Restart(_) => "restart",
            Self::Scale(_) => "scale",
            Self::Switch(_) => "switch",
            Self::Shed(_) => "shed",
            Self::Dump(_) => "dump",
            Self::Reap(_) => "reap",
            Self::Cap(_) => "cap",
            Self::Limit(_) => "limit",
            Self::Balance(_) => "balance",
            Self::FailOver(_) => "fail_over",
            Self::Warm(_) => "warm",
            Self::Note(_) => "note",
        }
    }
}

impl Action {
    /// Its name for people: "rolling restart".
    #[must_use]
    pub fn name(&self) -> String {
        self.id.replace('_', " ")
    }

    /// Name and value of each of its parts, for people: "at", "11:10".
    #[must_use]
    pub fn parts(&self) -> Vec<(&'static str, String)> {
        super::what_if::fields(self)
    }
}

/// What is to be known of a kind of action before one takes it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Kind {
    /// Its name in scenarios: `roll_out`.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub what: &'static str,
    /// What it costs and risks, in a sentence.
    pub cost: &'static str,
    /// What must be so for it to be possible.
    pub needs: &'static str,
    /// Minutes that a team needs to prepare it: an assumption.
    pub preparation_min: u32,
}

/// Every kind of action.
pub const KINDS: [Kind; 13] = [
    Kind {
        name: "roll_out",
        what: "Brings a release to every instance, wave by wave.",
        cost: "Each wave takes instances out of the rotation while they drain and start; a wrong release harms the faster the larger the waves are.",
        needs: "a release to roll out, and no other roll-out of it under way",
        preparation_min: 15,
    },
    Kind {
        name: "restart",
        what: "Restarts instances with the release they run, wave by wave; what they kept in memory is gone.",
        cost: "Capacity is missing during each wave, and evidence in memory is lost; the cause stays.",
        needs: "a running instance, and no other restart under way",
        preparation_min: 3,
    },
    Kind {
        name: "scale",
        what: "Starts instances, or drains and removes the last ones.",
        cost: "Instances cost money and take the start-up time; those that are sick stay sick.",
        needs: "room for the instances, or more instances than are removed",
        preparation_min: 3,
    },
    Kind {
        name: "switch",
        what: "Switches a fault off or on by a flag in the running processes.",
        cost: "It needs a flag that was built in before; what the fault has done so far stays.",
        needs: "the fault in the other state",
        preparation_min: 2,
    },
    Kind {
        name: "shed",
        what: "Turns away a share of the attempts at the load balancer.",
        cost: "Users who are turned away fail or try again; the others may be served faster.",
        needs: "no other shedding under way",
        preparation_min: 2,
    },
    Kind {
        name: "dump",
        what: "Writes the heap of one instance to a file.",
        cost: "The instance stands still meanwhile.",
        needs: "an instance that runs",
        preparation_min: 2,
    },
    Kind {
        name: "reap",
        what: "Terminates sessions that are idle for longer than a time, from now on.",
        cost: "Users who come back after that time must begin anew.",
        needs: "nothing",
        preparation_min: 20,
    },
    Kind {
        name: "cap",
        what: "Lets an instance keep only so many sessions; the oldest beyond it are terminated.",
        cost: "With a cap that is too low, sessions in use are lost.",
        needs: "nothing",
        preparation_min: 20,
    },
    Kind {
        name: "limit",
        what: "Changes a limit of the service or its clients in the running processes.",
        cost: "A longer queue makes requests wait that their clients have given up; more retries add load when there is too much.",
        needs: "another value than the present one",
        preparation_min: 5,
    },
    Kind {
        name: "balance",
        what: "Changes how the load balancer chooses an instance.",
        cost: "An instance that fails fast may draw the traffic of all others.",
        needs: "another policy than the present one",
        preparation_min: 5,
    },
    Kind {
        name: "fail_over",
        what: "Sends all further calls to another instance of what the service depends on.",
        cost: "The other may be further away, and has to bear the load; what was under way is not moved.",
        needs: "no fail-over of it before",
        preparation_min: 10,
    },
    Kind {
        name: "warm",
        what: "Loads into the cache what is missing there, from elsewhere than what the service depends on.",
        cost: "What is loaded may be out of date, and somebody has to have a copy of it.",
        needs: "a cache with room, and no other loading under way",
        preparation_min: 5,
    },
    Kind {
        name: "note",
        what: "Tells users and colleagues how things stand.",
        cost: "A minute of somebody's attention.",
        needs: "nothing",
        preparation_min: 1,
    },
];

/// What is to be known of the kind of a deed.
///
/// # Panics
/// Never: a test finds every kind in the table.
#[must_use]
pub fn kind_of(deed: &Deed) -> &'static Kind {
    KINDS.iter().find(|kind| kind.name == deed.kind()).expect("every kind is in the table")
}
