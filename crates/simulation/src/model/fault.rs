//! The faults of a scenario besides the leak: what is in effect at the moment, and what requests meet of it.
//!
//! Invariant: a fault changes what work costs, whether a call fails, who comes, or whether a process lives, and nothing else.
//! Its draws have a stream of their own, by attempt or user, so that a run without the fault has the same users with the same
//! luck.

use super::dispatch::Timer;
use super::instance::{Instance, Process};
use super::key;
use super::world::{FIRST_FAULT, World};
use crate::engine::random::{Purpose, Streams};
use crate::recording::Happening;
use crate::scenario::{CallOutcome, CpuCost, Crash, During, Effect, Fault, Release, SESSION_LEAK, Scenario};

/// The faults and which of them are in effect.
#[derive(Clone, Debug)]
pub(super) struct Faults {
    list: Vec<Fault>,
    /// The dependency that each is about: 0 for those that are about none.
    dependencies: Vec<usize>,
    /// Names of the pools.
    pools: Vec<String>,
    /// Whether the time of each has come and not passed.
    is_due: Vec<bool>,
    /// Whether a flag has switched it off.
    is_off: Vec<bool>,
    streams: Streams,
    /// Whether calls of each dependency go elsewhere, which requests have to look at as at a fault.
    left_behind: Vec<bool>,
    /// Whether nothing is in effect: what most runs are most of the time.
    pub quiet: bool,
    effects: Effects,
}

/// What all faults together do now.
#[derive(Clone, Debug)]
struct Effects {
    /// Of a release, or of any.
    costs: Vec<(Option<Release>, CpuCost)>,
    /// Of a release, or of any: the pool whose slots are kept, and after which calls.
    kept_slots: Vec<(Option<Release>, usize, CallOutcome)>,
    /// Of each dependency.
    calls: Vec<CallEffects>,
    /// Pools that open no new connection.
    refusing: Vec<usize>,
    /// Share of the cache that is left.
    cache_kept_ratio: f64,
    /// Of a release, or of any: what ends processes.
    crashes: Vec<(Option<Release>, Crash)>,
}

/// What faults do to the calls of a dependency.
#[derive(Clone, Copy, Debug)]
struct CallEffects {
    latency_factor: f64,
    capacity_factor: f64,
    /// Probability that a call does not fail.
    answered_ratio: f64,
}

impl Default for Effects {
    fn default() -> Self {
        Self {
            costs: Vec::new(),
            kept_slots: Vec::new(),
            calls: Vec::new(),
            refusing: Vec::new(),
            cache_kept_ratio: 1.0,
            crashes: Vec::new(),
        }
    }
}

/// Which draw of an entity's stream decides.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Draw {
    Cost,
    Answer,
    Survival,
}

impl Faults {
    pub fn new(scenario: &Scenario, seed: u64) -> Self {
        let list = scenario.faults.clone();
        let mut faults = Self {
            is_due: list.iter().map(|fault| matches!(fault.during, During::Release(_))).collect(),
            is_off: vec![false; list.len()],
            dependencies: list
                .iter()
                .map(|fault| match &fault.does {
                    Effect::Dependency(dependency) => scenario.concerned(dependency.dependency.as_ref()),
                    _ => 0,
                })
                .collect(),
            list,
            pools: scenario.pools.iter().map(|pool| pool.id.clone()).collect(),
            streams: Streams::new(seed, Purpose::Faults),
            left_behind: vec![false; scenario.dependencies.len() + 1],
            quiet: true,
            effects: Effects::default(),
        };
        faults.settle();
        faults
    }

    fn is_on(&self, index: usize) -> bool {
        self.is_due[index] && !self.is_off[index]
    }

    /// From now on calls of a dependency go elsewhere.
    pub fn leave_behind(&mut self, dependency: usize) {
        self.left_behind[dependency] = true;
        self.settle();
    }

    /// Sums up what is in effect.
    fn settle(&mut self) {
        let mut effects = Effects::default();
        let on: Vec<usize> = (0..self.list.len()).filter(|index| self.is_on(*index)).collect();
        self.quiet = on.is_empty() && !self.left_behind.contains(&true);
        let none = CallEffects { latency_factor: 1.0, capacity_factor: 1.0, answered_ratio: 1.0 };
        effects.calls = vec![none; self.left_behind.len()];
        for index in on {
            let fault = &self.list[index];
            let of = match fault.during {
                During::Release(release) => Some(release),
                During::Span(_) => None,
            };
            match &fault.does {
                Effect::CpuCost(cost) => {
                    effects.costs.push((of, cost.clone()));
                }
                Effect::Dependency(dependency) => {
                    let calls = &mut effects.calls[self.dependencies[index]];
                    calls.latency_factor *= dependency.latency_factor;
                    calls.answered_ratio *= 1.0 - dependency.error_ratio;
                    calls.capacity_factor *= dependency.capacity_factor;
                }
                Effect::Crash(crash) => effects.crashes.push((of, crash.clone())),
                Effect::SlotLeak(leak) => {
                    if let Some(pool) = self.pools.iter().position(|pool| *pool == leak.pool) {
                        effects.kept_slots.push((of, pool, leak.on));
                    }
                }
                Effect::Refuse(refuse) => {
                    effects.refusing.extend(self.pools.iter().position(|pool| *pool == refuse.pool));
                }
                Effect::CacheLoss(loss) => effects.cache_kept_ratio *= loss.kept_ratio,
                Effect::Surge(_) => {}
            }
        }
        self.effects = effects;
    }

    /// A number in (0, 1) of an attempt.
    fn draw(&self, entity: u64, which: Draw) -> f64 {
        let mut stream = self.streams.of(entity);
        (0..which as usize).for_each(|_| {
            stream.uniform();
        });
        stream.uniform()
    }

    /// By how much the CPU time of a request is multiplied.
    pub fn cpu_factor(&self, release: Release, entity: u64) -> f64 {
        let concerned = self.effects.costs.iter().filter(|(of, _)| of.is_none_or(|of| of == release));
        let draw = if self.effects.costs.is_empty() { 1.0 } else { self.draw(entity, Draw::Cost) };
        concerned.filter(|(_, cost)| draw < cost.requests_ratio).map(|(_, cost)| cost.factor).product()
    }

    /// The same on average, for the time before the window.
    pub fn mean_cpu_factor(&self, release: Release) -> f64 {
        let concerned = self.effects.costs.iter().filter(|(of, _)| *of == Some(release));
        concerned.map(|(_, cost)| 1.0 + cost.requests_ratio * (cost.factor - 1.0)).product()
    }

    /// By how much the time of a dependency is multiplied.
    pub fn latency_factor(&self, dependency: usize) -> f64 {
        self.effects.calls[dependency].latency_factor
    }

    /// The calls that a dependency works on at a time, of so many without faults.
    pub fn capacity(&self, dependency: usize, calls: u32) -> u32 {
        ((f64::from(calls) * self.effects.calls[dependency].capacity_factor) as u32).max(1)
    }

    /// The share of the cache for which there is room.
    pub fn cache_kept_ratio(&self) -> f64 {
        self.effects.cache_kept_ratio
    }

    /// Whether a pool opens no new connection.
    pub fn refuses(&self, pool: usize) -> bool {
        self.effects.refusing.contains(&pool)
    }

    /// Whether a dependency answers a call with an error.
    pub fn call_fails(&self, dependency: usize, entity: u64) -> bool {
        let answered_ratio = self.effects.calls[dependency].answered_ratio;
        // Calls of one attempt have their luck each for itself.
        answered_ratio < 1.0 && self.draw(entity ^ (dependency as u64) << 56, Draw::Answer) >= answered_ratio
    }

    /// Whether a slot of a pool is not given back after a call on an instance of a release.
    pub fn keeps_slot(&self, pool: usize, outcome: CallOutcome, release: Release) -> bool {
        let keeps = |(of, which, on): &(Option<Release>, usize, CallOutcome)| {
            *which == pool && *on == outcome && of.is_none_or(|of| of == release)
        };
        self.effects.kept_slots.iter().any(keeps)
    }

    /// Whether a request kills its process, which runs a release.
    pub fn kills(&self, entity: u64, release: Release) -> bool {
        let survived_ratio = self.survived_ratio(release, |crash| crash.requests_ratio);
        survived_ratio < 1.0 && self.draw(entity, Draw::Survival) >= survived_ratio
    }

    /// Whether a process that starts with a release ends before it is ready.
    pub fn kills_start(&self, instance: usize, life: u32, release: Release) -> bool {
        let survived_ratio = self.survived_ratio(release, |crash| crash.starts_ratio);
        let entity = 1 << 61 | (instance as u64) << 32 | u64::from(life);
        survived_ratio < 1.0 && self.draw(entity, Draw::Survival) >= survived_ratio
    }

    fn survived_ratio(&self, release: Release, ratio: fn(&Crash) -> f64) -> f64 {
        let concerned = self.effects.crashes.iter().filter(|(of, _)| of.is_none_or(|of| of == release));
        concerned.map(|(_, crash)| 1.0 - ratio(crash)).product()
    }

    /// The share of the users of a surge that come: those of the faults in effect, of those of all.
    pub fn traffic_factor(&self) -> f64 {
        let on = (0..self.list.len()).filter(|index| self.is_on(*index));
        on.map(|index| self.list[index].does.surge_factor()).product()
    }

    /// A number in (0, 1) of a user.
    pub fn draw_of_user(&self, number: u64) -> f64 {
        self.streams.of(number | 1 << 62).uniform()
    }

    pub fn index_of(&self, id: &str) -> Option<usize> {
        self.list.iter().position(|fault| fault.id == id)
    }

    pub fn is_switched_off(&self, index: usize) -> bool {
        self.is_off[index]
    }

    /// Whether a cause is still there: a fault in effect that is no trigger.
    pub fn remain(&self, instances: &[Instance]) -> bool {
        (0..self.list.len()).filter(|index| self.is_on(*index)).any(|index| match self.list[index].during {
            During::Release(release) => instances.iter().any(|i| i.process != Process::Absent && i.release == release),
            During::Span(_) => !matches!(self.list[index].does, Effect::Surge(_)),
        })
    }
}

impl World {
    /// Plans when faults begin and end.
    pub(super) fn schedule_faults(&mut self) {
        for index in 0..self.faults.list.len() {
            if let During::Span(span) = self.faults.list[index].during.clone() {
                for (at, begins) in [(span.from, true), (span.until, false)] {
                    let at_us = self.us_of(at).max(0) as u64;
                    if at_us <= self.end_us && span.from < span.until {
                        let timer = Timer::Fault { fault: index as u32, begins };
                        self.timers.push(key(at_us, FIRST_FAULT + 2 * index as u64 + u64::from(begins)), timer);
                    }
                }
            }
        }
    }

    /// The time of a fault begins or ends.
    pub(super) fn fault_due(&mut self, index: usize, begins: bool) {
        self.faults.is_due[index] = begins;
        self.note_fault(index, begins);
    }

    /// A flag switches a fault.
    pub(super) fn switch_fault(&mut self, index: usize, on: bool) {
        self.faults.is_off[index] = !on;
        self.note_fault(index, on);
    }

    fn note_fault(&mut self, index: usize, begins: bool) {
        self.faults.settle();
        self.settle_cache();
        (0..self.calls.len()).for_each(|dependency| self.start_calls(dependency));
        let fault = self.faults.list[index].id.clone();
        self.note(None, if begins { Happening::FaultBegan { fault } } else { Happening::FaultEnded { fault } });
    }

    /// Why a switch makes no sense now.
    pub(super) fn switch_refusal(&self, fault: &str, on: bool) -> Option<String> {
        let is_off = match self.faults.index_of(fault) {
            _ if fault == SESSION_LEAK => self.leak_is_off,
            Some(index) => self.faults.is_switched_off(index),
            None => return Some(format!("there is no fault {fault}")),
        };
        let what = fault.replace('_', " ");
        match (on, is_off) {
            (true, false) => Some(format!("the {what} is not switched off")),
            (false, true) => Some(format!("the {what} is switched off already")),
            _ => None,
        }
    }

    /// Whether a user who would come without a surge, or only by it, does come.
    pub(super) fn comes(&self, number: u64, by_surge: bool) -> bool {
        let factor = self.faults.traffic_factor();
        if by_surge {
            // Proposed at the rate of all surges together.
            let most = self.arrivals.surge_at(self.now_us);
            most > 0.0 && self.faults.draw_of_user(number) < (factor - 1.0).max(0.0) / most
        } else {
            factor >= 1.0 || self.faults.draw_of_user(number) < factor
        }
    }
}

/// By how much the surges of a scenario raise the traffic at a moment, at most: 0 without any.
pub(super) fn raised_by(scenario: &Scenario, at_s: f64) -> f64 {
    let at = scenario.window.from.plus_s(at_s);
    let on = scenario.faults.iter().filter(|fault| match &fault.during {
        During::Span(span) => span.from <= at && at < span.until,
        During::Release(_) => false,
    });
    let factor: f64 = on.map(|fault| fault.does.surge_factor().max(1.0)).product();
    factor - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_is_its_own() {
        let faults = Faults::new(&Scenario::bundled(), 1);
        assert!(faults.quiet);
        assert_ne!(faults.draw(7, Draw::Cost), faults.draw(7, Draw::Answer));
        assert_eq!(faults.draw(7, Draw::Answer), faults.draw(7, Draw::Answer));
    }
}
