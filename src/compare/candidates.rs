//! What could have been done: the scenario's measures, what responders can do, and the same response earlier.
//!
//! Invariant: none is written for one incident. They come from the scenario's parts, and what a scenario does not allow is no
//! candidate.

use crate::scenario::{BalancerPolicy, Effect, KINDS, Scenario, Setting, When};
use crate::units::UtcMs;

/// Responders are assumed to decide on something this long after the page, in minutes; its preparation comes after that.
const DECIDED_AFTER_MIN: u32 = 12;

/// Where a candidate comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// A measure of the scenario.
    Prevention,
    /// Something that responders can do.
    Mitigation,
    /// What was done, earlier.
    Response,
    /// Two of these.
    Pair,
}

impl Source {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Prevention => "prevention",
            Self::Mitigation => "mitigation",
            Self::Response => "response",
            Self::Pair => "pair",
        }
    }
}

/// Something that could have been done.
#[derive(Clone, PartialEq, Debug)]
pub struct Candidate {
    /// Name in commands: `memory_alert`, `rolling_restart`, `memory_alert+rolling_restart`.
    pub id: String,
    pub name: String,
    pub source: Source,
    /// What it costs and risks, in a sentence.
    pub cost: String,
    /// What it stands for: why these changes, or when it is done.
    pub reason: String,
    pub settings: Vec<Setting>,
}

/// Everything that a scenario lets one try, in the order shown.
#[must_use]
pub fn candidates(scenario: &Scenario) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = scenario
        .measures
        .iter()
        .filter_map(|measure| {
            Some(Candidate {
                id: measure.id.clone(),
                name: measure.name.clone(),
                source: Source::Prevention,
                cost: measure.cost.clone(),
                reason: measure.reason.clone(),
                settings: measure.settings().ok()?,
            })
        })
        .collect();
    found.extend(mitigations(scenario));
    found.extend(sooner(scenario));
    // What a scenario refuses cannot be tried.
    found.retain(|candidate| scenario.with(&candidate.settings).is_ok());
    found
}

/// Something that responders can do: the kind of action, its id, and what differs from the defaults of its kind.
struct Possible {
    kind: &'static str,
    id: String,
    name: String,
    field: Option<(&'static str, String)>,
    /// What it costs, where that of its kind is about more than this.
    cost: Option<&'static str>,
}

impl Possible {
    fn new(kind: &'static str, id: &str, name: impl Into<String>) -> Self {
        Self { kind, id: id.to_owned(), name: name.into(), field: None, cost: None }
    }

    fn with(self, field: &'static str, value: String) -> Self {
        Self { field: Some((field, value)), ..self }
    }

    fn at_the_cost_of(self, cost: &'static str) -> Self {
        Self { cost: Some(cost), ..self }
    }

    fn candidate(self) -> Option<Candidate> {
        let Self { kind, id, name, field, cost } = self;
        let kind = KINDS.iter().find(|known| known.name == kind)?;
        let prepared_min = kind.preparation_min;
        let at = When::AfterDetection(f64::from(DECIDED_AFTER_MIN + prepared_min) * 60.0);
        let at = Setting::new(&format!("actions.{id}.at"), &at.to_string());
        let field = field.map(|(field, value)| Setting::new(&format!("actions.{id}.{field}"), &value));
        Some(Candidate {
            cost: cost.unwrap_or(kind.cost).to_owned(),
            reason: format!(
                "Decided {DECIDED_AFTER_MIN} minutes after the first page and prepared in {prepared_min}; both are assumed."
            ),
            settings: std::iter::once(at).chain(field).collect(),
            source: Source::Mitigation,
            id,
            name,
        })
    }
}

fn mitigations(scenario: &Scenario) -> Vec<Candidate> {
    let half = scenario.instances.count.value.div_ceil(2);
    let dependency = &scenario.incident.dependency;
    let mut possible = vec![
        Possible::new("restart", "rolling_restart", "Restart of every instance, in waves"),
        Possible::new("scale", "scale_out", format!("{half} more instances")).with("by", half.to_string()),
        Possible::new("shed", "shed", "Turn away one attempt in four"),
        Possible::new("fail_over", "fail_over", format!("Another {dependency}")),
    ];
    if scenario.leaks_sessions() {
        possible.push(Possible::new("switch", "leak_off", "Switch the leak off by a flag"));
        possible.push(Possible::new("reap", "reap", "End sessions idle for 30 minutes"));
    }
    if scenario.users.retries.value > 0 {
        let no_more = Possible::new("limit", "limit", "Clients try again no more");
        possible.push(no_more.at_the_cost_of("Users whose second attempt would have succeeded see an error."));
    }
    if scenario.load_balancer.policy.value == BalancerPolicy::RoundRobin {
        possible.push(Possible::new("balance", "balance", "Requests to the least busy instance"));
    }
    if scenario.cache.is_some() {
        possible.push(Possible::new("warm", "warm", "Warm the cache"));
    }
    // A flag reaches what the service's own code does.
    let in_code = scenario.faults.iter().filter(|fault| matches!(fault.does, Effect::CpuCost(_) | Effect::SlotLeak(_)));
    possible.extend(in_code.enumerate().map(|(index, fault)| {
        let id = if index == 0 { "switch".to_owned() } else { format!("switch_{}", index + 1) };
        Possible::new("switch", &id, format!("Switch off: {}", fault.name())).with("fault", fault.id.clone())
    }));
    // What the responders did anyway is no candidate: moving it is a response that comes earlier.
    let was_done = |one: &Possible| {
        let is_there = scenario.actions.iter().any(|action| action.deed.kind() == one.kind);
        scenario.action(&one.id).is_some() || (is_there && matches!(one.kind, "restart" | "scale"))
    };
    possible.into_iter().filter(|one| !was_done(one)).filter_map(Possible::candidate).collect()
}

/// What was done after the start, in half of the time.
fn sooner(scenario: &Scenario) -> Option<Candidate> {
    let start = scenario.incident.start;
    let half = |at: UtcMs| start.plus_s((at.seconds_since(start) / 2.0 / 60.0).round() * 60.0);
    let settings: Vec<Setting> = scenario
        .actions
        .iter()
        .filter_map(|action| Some((action, action.at.fixed().filter(|at| *at > start)?)))
        .map(|(action, at)| Setting::new(&format!("actions.{}.at", action.id), &half(at).to_string()))
        .collect();
    (!settings.is_empty()).then(|| Candidate {
        id: "half_the_time".to_owned(),
        name: "The same response in half the time".to_owned(),
        source: Source::Response,
        cost: "Practice, runbooks and people on call who know the service.".to_owned(),
        reason: format!("Every action comes at half of its distance from {} UTC.", start.hh_mm()),
        settings,
    })
}

/// Two candidates at a time, where they do not change the same.
#[must_use]
pub fn pairs(scenario: &Scenario, singles: &[Candidate]) -> Vec<Candidate> {
    let clash = |a: &Candidate, b: &Candidate| {
        a.settings.iter().any(|one| b.settings.iter().any(|other| one.path == other.path))
    };
    let mut found = Vec::new();
    for (index, a) in singles.iter().enumerate() {
        for b in &singles[index + 1..] {
            let settings = [a.settings.clone(), b.settings.clone()].concat();
            if clash(a, b) || scenario.with(&settings).is_err() {
                continue;
            }
            found.push(Candidate {
                id: format!("{}+{}", a.id, b.id),
                name: format!("{} + {}", a.name, lowered(&b.name)),
                source: Source::Pair,
                cost: format!("{} {}", a.cost, b.cost),
                reason: format!("{} {}", a.reason, b.reason),
                settings,
            });
        }
    }
    found
}

/// With a small first letter, unless it begins with an abbreviation.
pub(super) fn lowered(name: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(letters).collect(),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bundled_measure_and_the_usual_actions_are_candidates() {
        let scenario = Scenario::bundled();
        let ids: Vec<String> = candidates(&scenario).into_iter().map(|candidate| candidate.id).collect();
        for id in scenario.measures.iter().map(|measure| measure.id.as_str()).chain([
            "rolling_restart",
            "scale_out",
            "shed",
            "leak_off",
            "half_the_time",
        ]) {
            assert!(ids.iter().any(|known| known == id), "{id} is missing of {ids:?}");
        }
    }

    #[test]
    fn pairs_do_not_change_the_same_twice() {
        let scenario = Scenario::bundled();
        let singles = candidates(&scenario);
        let pairs = pairs(&scenario, &singles);
        assert!(pairs.iter().any(|pair| pair.id == "memory_alert+rolling_restart"));
        assert!(!pairs.iter().any(|pair| pair.id == "session_guard+review"), "both are the fixed release");
        for pair in &pairs {
            let mut paths: Vec<&str> = pair.settings.iter().map(|setting| setting.path.as_str()).collect();
            paths.sort_unstable();
            assert!(paths.windows(2).all(|two| two[0] != two[1]), "{}", pair.id);
        }
    }
}
