//! The best that could have been done, found by search over everything a trainee can do.
//!
//! The search is greedy: of all acts at all times tried, the one that spares most is kept, then the next beside it, until none
//! spares more than the threshold. Times are the earliest possible and some minutes later. It is a lower bound of what is
//! possible, and says so by its name: the best *found*.

use serde::{Deserialize, Serialize};

use crate::model::World;
use crate::replay::thousands;
use crate::scenario::{Action, Scenario};
use crate::units::UtcMs;

use super::score::harm;
use super::{Cause, Drill, DrillError, Kind, Look, Response};

/// The policies found for the scenarios that are drawn, as `incident-replay policy` writes them.
pub const POLICIES: &str = include_str!("../../static/scenarios/policies.json");

/// Minutes after the earliest time at which an act is tried, too.
const LATER_MIN: [u32; 4] = [0, 5, 15, 30];
/// Most acts of a policy.
const ACTS_MAX: usize = 3;
/// An act that spares less than this share of those harmed under doing nothing is left out.
const WORTH_RATIO: f64 = 0.005;

/// A policy, and what comes of it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    pub scenario: String,
    /// Digest of the run in which nobody does anything: a policy is that of one version of scenario and simulation.
    pub digest: String,
    /// Seed of the runs in which it was found.
    pub seed: u64,
    pub acts: Vec<PolicyAct>,
    /// Users slow or failed since the page, under doing nothing.
    pub nothing: u64,
    /// The same under the policy.
    pub best: u64,
    /// Why, in a sentence.
    pub reason: String,
}

/// An act of a policy.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyAct {
    /// Minutes from the page until it takes effect.
    pub after_min: u32,
    /// Its name in commands.
    pub act: String,
}

impl PolicyAct {
    /// What is done.
    #[must_use]
    pub fn response(&self) -> Option<Response> {
        Response::of_id(&self.act)
    }

    fn action(&self, scenario: &Scenario, number: usize) -> Option<Action> {
        let at = scenario.incident.start.plus_s(f64::from(self.after_min) * 60.0);
        self.response()?.action(scenario, at, number)
    }
}

/// The policy that was found for a scenario, if it is one of those that are drawn.
#[must_use]
pub fn best_of(scenario: &str) -> Option<Policy> {
    let all: Vec<Policy> = serde_json::from_str(POLICIES).ok()?;
    all.into_iter().find(|policy| policy.scenario == scenario)
}

impl Policy {
    /// The actions of its acts.
    #[must_use]
    pub fn actions(&self, scenario: &Scenario) -> Vec<Action> {
        self.acts.iter().enumerate().filter_map(|(index, act)| act.action(scenario, index + 1)).collect()
    }
}

/// Minutes from the page until a response can take effect; `None` where it cannot.
fn earliest_min(response: Response, scenario: &Scenario, cause: Option<Cause>, start: UtcMs) -> Option<u32> {
    if response.refusal(scenario, start).is_some() {
        return None;
    }
    if !response.needs_finding() {
        return Some(response.preparation_min());
    }
    let cause = cause.filter(|cause| cause.is_in_code())?;
    let looked = Look::all().filter(|look| look.speaks_of(cause)).map(Look::minutes).min()?;
    Some(looked + response.preparation_min())
}

/// Searches for the policy that harms fewest users. `tried` is told of every run.
///
/// # Errors
/// The scenario cannot be simulated.
pub fn search(scenario: &Scenario, seed: u64, mut tried: impl FnMut()) -> Result<Policy, DrillError> {
    let drill = Drill::new(scenario, seed, Kind::Practice)?;
    let (start, first) = (drill.start(), drill.first());
    let mut run = |acts: &[PolicyAct]| -> Result<u64, DrillError> {
        tried();
        let actions: Vec<Action> =
            acts.iter().enumerate().filter_map(|(index, act)| act.action(scenario, index + 1)).collect();
        harm(first, &actions, start)
    };
    let nothing = run(&[])?;
    let worth = (nothing as f64 * WORTH_RATIO).ceil() as u64;
    let minutes = |response| earliest_min(response, drill.base(), drill.cause(), start);
    let possible: Vec<PolicyAct> = Response::offered(scenario)
        .into_iter()
        .filter_map(|response| Some((response, minutes(response)?)))
        .flat_map(|(response, earliest)| {
            LATER_MIN.map(|later| PolicyAct { after_min: earliest + later, act: response.id().to_owned() })
        })
        .collect();
    let (mut acts, mut best) = (Vec::<PolicyAct>::new(), nothing);
    while acts.len() < ACTS_MAX {
        let mut found: Option<(u64, Vec<PolicyAct>)> = None;
        for act in &possible {
            if acts.iter().any(|kept| kept.act == act.act) {
                continue;
            }
            let mut with = acts.clone();
            with.push(act.clone());
            let harmed = run(&with)?;
            if found.as_ref().is_none_or(|(least, _)| harmed < *least) {
                found = Some((harmed, with));
            }
        }
        match found {
            Some((harmed, with)) if harmed + worth < best => (best, acts) = (harmed, with),
            _ => break,
        }
    }
    // What was of use first may be of none beside what came later.
    let mut index = 0;
    while index < acts.len() {
        let mut without = acts.clone();
        without.remove(index);
        let harmed = run(&without)?;
        if harmed <= best + worth {
            (best, acts, index) = (harmed, without, 0);
        } else {
            index += 1;
        }
    }
    acts.sort_by_key(|act| act.after_min);
    let mut policy = Policy {
        scenario: scenario.id.clone(),
        digest: nothing_digest(&drill)?,
        seed,
        acts,
        nothing,
        best,
        reason: String::new(),
    };
    policy.reason = reason(&policy, &mut run)?;
    Ok(policy)
}

/// Digest of the run in which nobody does anything.
fn nothing_digest(drill: &Drill) -> Result<String, DrillError> {
    let mut world: World = drill.first().fork();
    world.advance(world.end_us());
    Ok(world.complete()?.digest())
}

/// What each act spares beside the others, in a sentence.
fn reason(
    policy: &Policy,
    run: &mut impl FnMut(&[PolicyAct]) -> Result<u64, DrillError>,
) -> Result<String, DrillError> {
    let mut parts = Vec::new();
    for (index, act) in policy.acts.iter().enumerate() {
        let others: Vec<PolicyAct> =
            policy.acts.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, act)| act.clone()).collect();
        let spared = run(&others)? as i64 - policy.best as i64;
        let name = act.response().map_or("", Response::name);
        let spared = thousands(spared.unsigned_abs());
        parts.push(format!("“{name}” after {} minutes spares {spared} beside the rest", act.after_min));
    }
    if parts.is_empty() {
        return Ok("Nothing that can be done spares more than doing nothing.".to_owned());
    }
    let all = thousands(policy.nothing - policy.best.min(policy.nothing));
    let mut text = format!("Together they spare {all} of {} users: ", thousands(policy.nothing));
    text.push_str(&parts.join("; "));
    text.push('.');
    Ok(text)
}
