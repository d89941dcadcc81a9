//! The events of an incident: the reported timeline, and what happened in the run.

use super::RunRef;
use crate::recording::{Happening, LogEntry, Recording};
use crate::replay::{Source, alert_words, capitalised};
use crate::scenario::{Expression, LimitKind, Release, Scenario};
use crate::units::UtcMs;

/// The kind of an event. Its name is used as a tag.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EventKind {
    /// What a what-if changes, at the start of the window.
    WhatIf,
    /// From the reported start to the reported end.
    Incident,
    /// A moment of the reported timeline.
    Timeline,
    /// An alert, from when it fires until its condition no longer holds.
    Alert,
    /// An event of the instances or an action of the responders.
    Operation,
    /// The deployment of a release, or a wave of it.
    Deployment,
}

impl EventKind {
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::WhatIf => "what-if",
            Self::Incident => "incident",
            Self::Timeline => "timeline",
            Self::Alert => "alert",
            Self::Operation => "operation",
            Self::Deployment => "deployment",
        }
    }
}

impl Event {
    /// Whether it begins in a time range. What a what-if changes belongs into each.
    pub(super) fn begins_within(&self, [from, until]: [UtcMs; 2]) -> bool {
        self.kind == EventKind::WhatIf || (from <= self.at && self.at <= until)
    }

    /// Whether it lasts into a time range, or begins there.
    pub(super) fn is_within(&self, [from, until]: [UtcMs; 2]) -> bool {
        self.kind == EventKind::WhatIf || (self.at <= until && self.until.unwrap_or(self.at) >= from)
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    /// The time, or the start.
    pub at: UtcMs,
    /// The end of an event that lasts.
    pub until: Option<UtcMs>,
    pub kind: EventKind,
    /// Whether it is reported, simulated or assumed.
    pub source: Source,
    /// What happened, in a few words. May contain text of the scenario.
    pub title: String,
    /// More detail, in a sentence; may be empty. May contain text of the scenario.
    pub text: String,
}

/// Every event, in order of time; at equal times, reported events come first. Probes, pending alerts and the steps of single
/// restarts are left out: they are in the log of the JSON.
#[must_use]
pub fn events(run: &RunRef<'_>) -> Vec<Event> {
    let RunRef { scenario, recording, .. } = run;
    let incident = Event {
        at: scenario.incident.start,
        until: Some(scenario.incident.end),
        kind: EventKind::Incident,
        source: Source::Reported,
        title: scenario.title.clone(),
        text: String::new(),
    };
    let reported = scenario.timeline.iter().map(|event| Event {
        at: event.at,
        until: None,
        kind: EventKind::Timeline,
        source: Source::Reported,
        title: event.title.clone(),
        text: event.text.clone(),
    });
    let what_if = scenario.what_if.line().map(|line| Event {
        at: scenario.window.from,
        until: None,
        kind: EventKind::WhatIf,
        source: Source::Assumed,
        title: line,
        text: "This run is not the incident as it was reported.".to_owned(),
    });
    let happened =
        recording.log.iter().enumerate().filter_map(|(index, entry)| happened(scenario, recording, index, entry));
    let mut events: Vec<Event> =
        what_if.into_iter().chain(std::iter::once(incident)).chain(reported).chain(happened).collect();
    // Stable: equal times keep the order above.
    events.sort_by_key(|event| event.at);
    events
}

fn happened(scenario: &Scenario, recording: &Recording, index: usize, entry: &LogEntry) -> Option<Event> {
    use EventKind::{Alert, Deployment, Operation};
    let instance = entry.instance.map_or_else(|| "An instance".to_owned(), |i| recording.instance_name(i as usize));
    let later = |wanted: &dyn Fn(&Happening) -> bool| {
        let rest = recording.log.iter().skip(index + 1);
        rest.clone().find(|entry| wanted(&entry.what)).map_or(recording.until(), |entry| recording.time_of(entry))
    };
    let mut until = None;
    let mut text = String::new();
    let (kind, title) = match &entry.what {
        Happening::FaultyDeployed => match scenario.deployment.release.value {
            Release::Faulty => (Deployment, "The release with the fault is deployed".to_owned()),
            Release::Fixed | Release::Named(_) => (Deployment, "The release is deployed".to_owned()),
        },
        Happening::Rescheduled => (Operation, format!("{instance} is rescheduled and starts anew")),
        Happening::AlertFiring { rule, severity, value_permille } => {
            until = Some(later(&|what| matches!(what, Happening::AlertResolved { rule: other, .. } if other == rule)));
            text = alert_text(scenario, rule, *value_permille);
            (Alert, format!("{} fires", alert_words(rule, *severity)))
        }
        Happening::OutOfMemory { backoff_s } => {
            (Operation, format!("{instance} is out of memory, killed, and started again after {backoff_s} s"))
        }
        Happening::NotAlive { backoff_s } => (
            Operation,
            format!("{instance} does not answer its liveness probe, is killed, and started again after {backoff_s} s"),
        ),
        Happening::RolloutStarted { patch: true } => (Deployment, "The roll-out of the patch begins".to_owned()),
        Happening::RolloutStarted { patch: false } => (Deployment, "A rolling restart begins".to_owned()),
        Happening::WaveStarted { wave } => (Deployment, format!("Wave {wave} of the roll-out begins")),
        Happening::RolloutFinished => (Deployment, "All instances are through the roll-out".to_owned()),
        Happening::RollbackStarted => (Deployment, "The roll-out of the faulty release begins".to_owned()),
        Happening::ScaledOut { count } => (Operation, format!("{count} more instances are ordered")),
        Happening::ScaledIn { count } => (Operation, format!("{count} instances are removed")),
        Happening::LeakOff => (Operation, "The leaking code path is switched off".to_owned()),
        Happening::LeakOn => (Operation, "The leaking code path is switched on again".to_owned()),
        Happening::ReaperStarted { idle_s } => {
            (Operation, format!("Sessions idle for more than {} min are terminated from now on", idle_s / 60))
        }
        Happening::SessionsCapped { sessions } => {
            (Operation, format!("An instance keeps at most {sessions} sessions from now on"))
        }
        Happening::CacheWarmed { takes_s } => {
            (Operation, format!("The cache is loaded, within {} min", takes_s.div_ceil(60)))
        }
        Happening::FailedOver { dependency } => {
            let word = scenario.dependency_word(scenario.concerned(dependency.as_ref()));
            (Operation, format!("Calls go to another {word} from now on"))
        }
        Happening::ReleaseRollout { release } => {
            let word = release.parse().map_or(release.as_str(), |release| scenario.release_word(release));
            (Deployment, format!("The roll-out of the {word} release begins"))
        }
        Happening::FailedToStart { backoff_s } => {
            (Operation, format!("{instance} ends before it is ready, and is started again after {backoff_s} s"))
        }
        Happening::Ejected { for_s } => {
            (Operation, format!("The load balancer leaves {instance} out for {for_s} s: its answers failed in a row"))
        }
        Happening::LimitChanged { limit, to } => {
            let what = match limit {
                LimitKind::QueueLength => "The queue of an instance has",
                LimitKind::Retries => "Clients may retry",
                LimitKind::PoolSlots => "A pool of an instance has",
            };
            let unit = match limit {
                LimitKind::QueueLength => "places from now on",
                LimitKind::Retries => "times from now on",
                LimitKind::PoolSlots => "slots from now on",
            };
            (Operation, format!("{what} {to} {unit}"))
        }
        Happening::PolicyChanged { least_outstanding: true } => {
            (Operation, "The load balancer prefers the instance with the fewest requests from now on".to_owned())
        }
        Happening::PolicyChanged { least_outstanding: false } => {
            (Operation, "The load balancer takes one instance after the other from now on".to_owned())
        }
        Happening::FaultBegan { fault } => (Operation, format!("Fault begins: {}", fault.replace('_', " "))),
        Happening::FaultEnded { fault } => (Operation, format!("Fault ends: {}", fault.replace('_', " "))),
        Happening::Crashed { backoff_s } => {
            (Operation, format!("{instance} is killed by a request, and started again after {backoff_s} s"))
        }
        Happening::StatusUpdate { text: said } => {
            text = said.clone();
            (Operation, "Status update".to_owned())
        }
        Happening::ActionRefused { action, reason } => {
            text = capitalised(reason) + ".";
            (Operation, format!("Not done: {}", action.replace('_', " ")))
        }
        Happening::SheddingStarted => {
            until = Some(later(&|what| matches!(what, Happening::SheddingStopped)));
            (Operation, "The load balancer turns requests away".to_owned())
        }
        Happening::HeapDump => (Operation, format!("{instance} is paused for a heap dump")),
        Happening::Mitigated { .. } => {
            (Operation, "The service level has held: mitigated, the leak is still there".to_owned())
        }
        Happening::Resolved { .. } => (Operation, "The service level has held: the incident is over".to_owned()),
        Happening::Reopened => (Operation, "The service level is missed again: the incident is reopened".to_owned()),
        Happening::AlertPending { .. }
        | Happening::AlertResolved { .. }
        | Happening::GcOverhead
        | Happening::GcRelief
        | Happening::LeftRotation
        | Happening::JoinedRotation
        | Happening::TriedAgain
        | Happening::Draining
        | Happening::Removed
        | Happening::Starting
        | Happening::Ready
        | Happening::SheddingStopped => return None,
    };
    let at = recording.time_of(entry);
    // Deployment and rescheduling before the window are parameters of the scenario.
    let is_given = matches!(entry.what, Happening::FaultyDeployed | Happening::Rescheduled);
    let source = if is_given { Source::Assumed } else { Source::Simulated };
    Some(Event { at, until, kind, source, title, text })
}

/// The rule's summary and the value of its expression when it fired.
fn alert_text(scenario: &Scenario, name: &str, value_permille: i64) -> String {
    let Some(rule) = scenario.monitor.rules.iter().find(|rule| rule.name == name) else { return String::new() };
    let value = value_permille as f64 / 1000.0;
    match rule.when {
        Expression::BurnRate { .. } => format!("{} It burns {value:.1} times as fast as allowed.", rule.summary),
        Expression::Threshold { signal, .. } if signal.is_time() => format!("{} Value: {value:.2} s.", rule.summary),
        Expression::Threshold { .. } => format!("{} Value: {:.1} %.", rule.summary, value * 100.0),
        Expression::PredictLinear { .. } => format!("{} Forecast: {:.1} %.", rule.summary, value * 100.0),
    }
}
