//! The incident: facts and their interpretation, the timeline with its evidence, the phases.

use serde::{Deserialize, Serialize};

use crate::units::UtcMs;

/// Time and scope of the incident.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Incident {
    /// Reported start.
    pub start: UtcMs,
    /// Reported end.
    pub end: UtcMs,
    /// The service that failed.
    pub service: String,
    /// The user journey that failed.
    pub journey: String,
    /// Who asks the service, in the singular: "user".
    #[serde(default = "user", skip_serializing_if = "is_user")]
    pub user: String,
    /// What its instances are called, before their number: "payment" for payment-1, payment-2 ….
    #[serde(default = "payment", skip_serializing_if = "is_payment")]
    pub instance: String,
    /// What each request calls outside of the service, after "the": "gateway".
    #[serde(default = "gateway", skip_serializing_if = "is_gateway")]
    pub dependency: String,
}

fn user() -> String {
    "user".to_owned()
}

fn is_user(name: &String) -> bool {
    name == "user"
}

fn payment() -> String {
    "payment".to_owned()
}

fn is_payment(name: &String) -> bool {
    name == "payment"
}

fn gateway() -> String {
    "gateway".to_owned()
}

fn is_gateway(name: &String) -> bool {
    name == "gateway"
}

/// The time that is simulated event by event.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Start.
    pub from: UtcMs,
    /// End.
    pub until: UtcMs,
}

impl Window {
    /// The moment in the window at which a clock shows `HH:MM` or `HH:MM:SS`. Outside of the window it is the moment on the
    /// day on which the window begins; `None` when the text is no time.
    #[must_use]
    pub fn at_clock(&self, text: &str) -> Option<UtcMs> {
        let at = self.from.same_day_at(text)?;
        let next_day = at.plus_s(86_400.0);
        Some(if at < self.from && next_day <= self.until { next_day } else { at })
    }
}

/// One fact of the report.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Short name, such as `F3`.
    pub id: String,
    /// What kind of fact it is.
    pub kind: FactKind,
    /// The fact.
    pub text: String,
}

/// What a fact is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// Scope.
    Scope,
    /// When.
    Time,
    /// How many.
    Impact,
    /// A moment of the response.
    Timeline,
    /// The reason.
    Cause,
    /// The fix.
    Fix,
    /// Measures against a recurrence.
    Prevention,
    /// Terms of the report itself.
    Licence,
}

/// An interpretation of something the report leaves open, or an assumption that is not a single figure.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Assumption {
    /// Short name, such as `A1`.
    pub id: String,
    /// What is assumed.
    pub text: String,
    /// The reason.
    pub reason: String,
    /// The facts that it interprets, such as `F3`.
    #[serde(default)]
    pub facts: Vec<String>,
}

/// A moment of the reported timeline.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TimelineEvent {
    /// Short name, used in links: `escalated`.
    pub id: String,
    /// When.
    pub at: UtcMs,
    /// Headline in the past tense, read also before a time: "Escalated" becomes "Escalated twelve minutes ago".
    pub title: String,
    /// The fact that reports it.
    pub fact: String,
    /// What it meant at that minute, without hindsight.
    pub text: String,
    /// Values of the run that the responders could see at that minute.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// Hypotheses at this event, with their verdicts.
    #[serde(default)]
    pub hypotheses: Vec<Hypothesis>,
    /// The phase of the incident that starts here: "investigation".
    pub phase: String,
}

/// A value shown beside an event, read from the recording at the event's minute.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Mean CPU of the instances.
    CpuMeanRatio,
    /// CPU of the worst instance.
    CpuWorstRatio,
    /// Share of time in GC pauses, worst instance.
    GcWorstRatio,
    /// Heap of the worst instance.
    HeapWorstRatio,
    /// Heap of the best instance.
    HeapBestRatio,
    /// Slow or failed among the users of that minute.
    AffectedRatio,
    /// Failed among the users of that minute.
    FailedRatio,
    /// Median time of the gateway.
    GatewayP50,
    /// Median network round trip to it.
    NetworkP50,
    /// 95th percentile of the time to confirmation.
    CheckoutP95,
    /// Sessions open although their transaction has ended.
    LeakedSessions,
    /// Share of the heap that sessions hold on the old instances.
    SessionShareRatio,
    /// Slots of a pool that are taken, in the instance and the pool that has the fewest left.
    PoolWorstRatio,
    /// Requests that wait for a slot of a pool, all instances.
    SlotsWaitedFor,
    /// Calls that the cache answers.
    CacheHitRatio,
    /// Worker threads in use, all instances.
    ThreadsRatio,
    /// Retries among the attempts.
    RetryRatio,
    /// Instances in rotation.
    ReadyInstances,
    /// Instances on the fixed release.
    FixedInstances,
    /// Sessions by age and release, as a heap histogram.
    HeapHistogram,
    /// What is wrong: the session code, faulty and fixed, or the faults of the scenario.
    Code,
}

/// A hypothesis of the responders.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Hypothesis {
    /// The suspected cause.
    pub suspect: String,
    /// The verdict at this event.
    pub verdict: HypothesisVerdict,
    /// The reason.
    pub because: String,
}

/// The verdict on a hypothesis.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HypothesisVerdict {
    /// Under investigation from now on.
    Opened,
    /// Not the cause.
    RuledOut,
    /// The cause.
    Confirmed,
}

/// The service level the incident is measured against. An assumption: the report gives none.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ServiceLevel {
    /// Share of checkouts that must be neither slow nor failed.
    pub objective_ratio: f64,
    /// Over how many days the error budget counts.
    pub period_days: u32,
    /// How long the service level must hold after a fix before the incident is called over.
    pub verification_s: f64,
    /// Window over which it is evaluated meanwhile.
    pub verification_window_s: f64,
    /// The reason.
    pub reason: String,
}
