//! Scenarios: the incident's facts, the model's parameters, alert rules, actions and claims.
//!
//! Invariant: a `Scenario` from [`Scenario::from_json`] or [`Scenario::with`] is valid; every other module relies on it.

mod actions;
mod alerts;
mod cache;
pub mod catalogue;
mod choices;
mod claims;
mod faults;
mod incident;
mod measures;
mod names;
mod parameter;
mod people;
mod plan;
mod pools;
mod releases;
mod set;
mod system;
mod v1;
mod validate;
mod what_if;
mod when;

use serde::{Deserialize, Serialize};

use crate::json;
use crate::plain::{harmless, quoted};
use crate::units::UtcMs;

pub use actions::{
    Action, Balance, Cap, Deed, Dump, FailOver, KINDS, Kind, Limit, LimitKind, Note, Reap, Restarts, RollOut, Scale,
    Shed, Switch, kind_of,
};
pub use alerts::{AlertRule, Expression, Monitor, Severity, Signal};
pub use cache::{Cache, CacheLoss, Warm};
pub use choices::{BalancerPolicy, PatienceShape, QueueOrder, RetryWait};
pub use claims::{Bounds, Claim, Measure, Quantity};
pub use faults::{CpuCost, Crash, DependencyFault, During, Effect, Fault, FaultSpan, SESSION_LEAK, Surge};
pub use incident::{
    Assumption, Evidence, Fact, FactKind, Hypothesis, HypothesisVerdict, Incident, ServiceLevel, TimelineEvent, Window,
};
pub use measures::PreventiveMeasure;
pub use parameter::{Choice, Number, Parameter, ParameterView};
pub use people::{DrillPeople, WrongLead};
pub use plan::{Dependency, GATEWAY, PlanStep};
pub use pools::{CallOutcome, Pool, Refuse, SlotLeak};
pub use releases::{NamedRelease, Release, ReleaseId};
pub use set::{PARTS, Setting, template};
pub use system::{
    CollectorLimit, Deployment, Gateway, Heap, Instances, LivenessProbe, LoadBalancer, OutlierEjection, Request,
    Restart, RetryBudget, Sessions, Traffic, UNLIMITED, Users,
};
pub use validate::WINDOW_MAX_S;
pub use what_if::{Change, WhatIf};
pub use when::When;

/// Version of the scenario format this program reads and writes.
pub const VERSION: u32 = 2;

/// The scenario that the page shows when no other is asked for.
pub const BUNDLED: &str = include_str!("../../../../static/scenarios/checkout-outage-2024-08-15.json");

/// A scenario.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Address of the JSON Schema, for editors.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Version of the format: 2. Files of version 1 are read, too.
    pub version: u32,
    /// Name used in addresses: lower-case letters, digits and hyphens.
    pub id: String,
    /// Headline.
    pub title: String,
    /// Seed of the run that is shown.
    pub seed: u64,
    /// Time and scope of the incident.
    pub incident: Incident,
    /// The time that is simulated event by event.
    pub window: Window,
    /// The facts of the report.
    pub facts: Vec<Fact>,
    /// Interpretations of what the report leaves open.
    pub readings: Vec<Assumption>,
    /// The reported timeline.
    pub timeline: Vec<TimelineEvent>,
    /// The service level.
    pub service_level: ServiceLevel,
    /// Traffic.
    pub traffic: Traffic,
    /// The instances.
    pub instances: Instances,
    /// The work of one request.
    pub request: Request,
    /// The external gateway.
    pub gateway: Gateway,
    /// What else the service calls.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<Dependency>,
    /// What a request does, step by step; CPU, the gateway with a slot of every pool, and CPU when absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plan: Vec<PlanStep>,
    /// What a request must hold while it calls the gateway, if anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pools: Vec<Pool>,
    /// A cache of what the gateway answers, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<Cache>,
    /// Heap and collector; memory plays no part when absent.
    #[serde(default)]
    pub heap: Heap,
    /// Session store.
    pub session: Sessions,
    /// Releases.
    pub deployment: Deployment,
    /// Releases besides `faulty` and `fixed`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub releases: Vec<NamedRelease>,
    /// Users and clients.
    pub users: Users,
    /// A budget of retries; none when absent.
    #[serde(default)]
    pub retry_budget: RetryBudget,
    /// Load balancer.
    pub load_balancer: LoadBalancer,
    /// Outlier ejection; off when absent.
    #[serde(default)]
    pub outlier_ejection: OutlierEjection,
    /// Costs of a restart.
    pub restart: Restart,
    /// Liveness probes, which restart a process that does not answer; off when absent.
    #[serde(default)]
    pub liveness: LivenessProbe,
    /// The limit at which a collector gives up; off when absent.
    #[serde(default)]
    pub collector_limit: CollectorLimit,
    /// Alert rules.
    pub monitor: Monitor,
    /// What goes wrong besides the leak of sessions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// What the responders do, in any order; at one moment in this order.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// The actions of a file of version 1.
    #[serde(default, skip_serializing)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    responses: Option<v1::Responses>,
    /// Measures that prevent an incident like this one, or make it smaller.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<PreventiveMeasure>,
    /// What people say during a drill; some usual moments when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drill: Option<DrillPeople>,
    /// The claims to check.
    pub claims: Vec<Claim>,
    /// Assumptions that are not single figures.
    pub assumptions: Vec<Assumption>,
    /// What a what-if changed; not part of the file.
    #[serde(skip)]
    pub what_if: WhatIf,
}

/// Why a scenario is invalid.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The text is not JSON, or does not have the shape of a scenario.
    #[error("{}line {line}, column {column}: {}", prefix(path), harmless(message))]
    Syntax {
        /// Where in the document: `timeline[3].at`; empty at the root.
        path: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong and what is allowed.
        message: String,
    },
    /// The values do not make sense; one entry per problem, never empty.
    #[error("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Invalid {
        /// All problems found.
        problems: Vec<Problem>,
    },
    /// A `path=value` that cannot be applied.
    #[error("{}{}", prefix(path), harmless(message))]
    Setting {
        /// The path as given.
        path: String,
        /// What is wrong and what is allowed.
        message: String,
    },
}

/// A problem with a scenario's values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Where: `timeline[3].at`.
    pub path: String,
    /// Line and column in the text it came from, from 1, when it came from a text.
    pub position: Option<(usize, usize)>,
    /// What is wrong and what is allowed.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", prefix(&self.path))?;
        if let Some((line, column)) = self.position {
            write!(f, "line {line}, column {column}: ")?;
        }
        f.write_str(&harmless(&self.message))
    }
}

/// Names of fields and values in messages may come from anybody.
fn prefix(path: &str) -> String {
    if matches!(path, "" | "." | "?") { String::new() } else { format!("{}: ", quoted(path)) }
}

impl Scenario {
    /// Reads and validates a scenario.
    ///
    /// # Errors
    /// The text is not JSON, has unknown fields or wrong types ([`ScenarioError::Syntax`], with path, line and column), or
    /// its values make no sense ([`ScenarioError::Invalid`], every problem with its path, line and column).
    pub fn from_json(text: &str) -> Result<Self, ScenarioError> {
        // Some editors write a byte-order mark at the start.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut scenario: Self = json::from_str(text).map_err(|refusal| ScenarioError::Syntax {
            path: refusal.path,
            line: refusal.position.0,
            column: refusal.position.1,
            message: refusal.message,
        })?;
        let mut problems = scenario.migrate();
        problems.extend(validate::problems(&scenario));
        problems.extend(people::problems(&scenario));
        if problems.is_empty() {
            // They are checked by making their changes, so the rest must be valid.
            problems.extend(measures::problems(&scenario));
        }
        for problem in &mut problems {
            problem.position = json::steps(&problem.path).map(|path| json::position_of(text, &path));
        }
        if problems.is_empty() { Ok(scenario) } else { Err(ScenarioError::Invalid { problems }) }
    }

    /// Brings what was read from a file of version 1 to the present one. Tells what does not fit its version.
    fn migrate(&mut self) -> Vec<Problem> {
        let refused = |path: &str, message: &str| {
            vec![Problem { path: path.to_owned(), position: None, message: message.to_owned() }]
        };
        match (self.version, self.responses.take()) {
            (v1::VERSION, _) if !self.actions.is_empty() => {
                refused("actions", "is not allowed in version 1: write version 2")
            }
            (v1::VERSION, responses) => {
                self.version = VERSION;
                self.actions = responses.map_or_else(Vec::new, v1::Responses::into_actions);
                Vec::new()
            }
            (_, Some(_)) => refused("responses", "is of version 1: write actions"),
            (_, None) => Vec::new(),
        }
    }

    /// Whether the values of an action make sense in this scenario.
    ///
    /// # Errors
    /// What is wrong and what is allowed, of the first value that makes none.
    pub fn check_action(&self, action: &Action) -> Result<(), String> {
        match validate::action_problems(self, action).first() {
            Some(problem) => Err(problem.to_string()),
            None => Ok(()),
        }
    }

    /// The action of this name.
    #[must_use]
    pub fn action(&self, id: &str) -> Option<&Action> {
        self.actions.iter().find(|action| action.id == id)
    }

    /// The scenario that comes with the program.
    ///
    /// # Panics
    /// Never in a released program: a test reads the bundled file.
    #[must_use]
    pub fn bundled() -> Self {
        Self::from_json(BUNDLED).expect("the bundled scenario is tested")
    }

    /// The scenario as indented JSON, as [`Scenario::from_json`] reads it.
    ///
    /// # Panics
    /// Never: every key of a scenario is a string.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::to_string_pretty(self)
    }

    /// This scenario with other session code from the beginning.
    #[must_use]
    pub fn with_release(&self, release: Release) -> Self {
        let mut other = self.clone();
        // The scenario is valid with any release.
        other.deployment.release.value = release;
        other
    }

    /// This scenario with some values changed: a what-if.
    ///
    /// # Errors
    /// A path that does not exist or that a what-if may not change, a value of the wrong type, or values that make no sense.
    pub fn with(&self, settings: &[Setting]) -> Result<Self, ScenarioError> {
        set::apply(self, settings)
    }

    /// This scenario with another seed: a what-if, too.
    #[must_use]
    pub fn with_seed(&self, seed: u64) -> Self {
        let mut other = Self { seed, ..self.clone() };
        other.what_if = self.what_if.and(self, &other, &[]);
        other
    }

    /// Checks the values of a scenario that was built in code.
    ///
    /// # Errors
    /// [`ScenarioError::Invalid`] with every problem and its path.
    pub fn validate(&self) -> Result<(), ScenarioError> {
        let problems = validate::problems(self);
        if problems.is_empty() { Ok(()) } else { Err(ScenarioError::Invalid { problems }) }
    }

    /// Every parameter with its path, reason and range, in the order of the file.
    #[must_use]
    pub fn parameters(&self) -> Vec<ParameterView<'_>> {
        [
            self.traffic.views(),
            self.instances.views(),
            self.request.views(),
            self.gateway.views(),
            self.heap.views(),
            self.session.views(),
            self.deployment.views(),
            self.users.views(),
            self.retry_budget.views(),
            self.load_balancer.views(),
            self.outlier_ejection.views(),
            self.restart.views(),
            self.liveness.views(),
            self.collector_limit.views(),
        ]
        .concat()
    }

    /// When the release with the fault was deployed.
    #[must_use]
    pub fn deployed_at(&self) -> UtcMs {
        self.window.from.plus_s(-self.deployment.faulty_age_h.value * 3600.0)
    }

    /// When some instances were rescheduled, and so started anew.
    #[must_use]
    pub fn rescheduled_at(&self) -> UtcMs {
        self.window.from.plus_s(-self.instances.rescheduled_age_h.value * 3600.0)
    }

    /// Instances that were rescheduled after the deployment: the last ones.
    #[must_use]
    pub fn is_rescheduled(&self, instance: usize) -> bool {
        let (count, young) = (self.instances.count.value as usize, self.instances.rescheduled.value as usize);
        instance < count && instance + young >= count
    }

    /// Length of the window in seconds.
    #[must_use]
    pub fn window_s(&self) -> f64 {
        self.window.until.seconds_since(self.window.from)
    }

    /// The JSON Schema of the format, draft 2020-12, from these types.
    ///
    /// # Panics
    /// Never: a schema is always JSON.
    #[cfg(feature = "schema")]
    #[must_use]
    pub fn json_schema() -> String {
        let schema = schemars::schema_for!(Self);
        serde_json::to_string_pretty(&schema).expect("a schema is JSON")
    }
}
