//! How many events a run would take, before it is started; and the end of one that takes more all the same.

use super::SimulationError;
use super::traffic::expected_users;
use crate::engine::queue::{Line, NEVER, TimerHeap, Tournament, Wheel};
use crate::scenario::{PlanStep, Scenario, WINDOW_MAX_S};

/// Most events of a run. Some minutes of computing natively; the order of events fits its 28 bits with room to spare.
pub const EVENT_BUDGET: u64 = 40_000_000;

/// Most entries in the log of a run: twenty times what a restart loop of all instances leaves. More is no incident that
/// anybody reads, and would be hundreds of megabytes of text.
pub const LOG_BUDGET: usize = 100_000;

/// Sessions before the window are ten times cheaper than events.
const SESSIONS_PER_EVENT: f64 = 10.0;
/// Arrival, time-out, back-off and a pause of an attempt, besides the steps of its plan that take time.
const EVENTS_PER_ATTEMPT: f64 = 4.0;

/// Longest time before the window for which events are simulated, in seconds.
const LEAD_IN_MAX_S: f64 = 12.0 * 3600.0;

/// An upper estimate of the events of a run: every user uses every retry, and full heaps are collected all the time.
#[must_use]
pub fn estimated_events(scenario: &Scenario) -> u64 {
    let added: u32 = scenario.actions.iter().map(|action| action.deed.instances_added()).sum();
    estimated(scenario, f64::from(scenario.instances.count.value) + f64::from(added))
}

fn estimated(scenario: &Scenario, instances: f64) -> u64 {
    let window = &scenario.window;
    let attempts = 1.0 + f64::from(scenario.users.retries.value);
    let surges: f64 = scenario.faults.iter().map(|fault| fault.does.surge_factor().max(1.0)).product();
    let users = expected_users(&scenario.traffic, window.from, window.until) * surges;
    let operations = scenario.window_s() * (1.0 + instances / scenario.load_balancer.probe_interval_s.value);
    let before_h = scenario.deployment.faulty_age_h.value;
    let highest_per_s = scenario.traffic.peak_rate_per_s.value
        * (scenario.traffic.base_ratio.value + scenario.traffic.swing_ratio.value);
    let sessions = highest_per_s * before_h * 3600.0;
    let events = users * attempts * (EVENTS_PER_ATTEMPT + steps_that_take_time(&scenario.request_plan()))
        + operations
        + sessions / SESSIONS_PER_EVENT
        + instances * collections_of_a_full_heap(scenario);
    events.min(1e18) as u64
}

fn steps_that_take_time(plan: &[PlanStep]) -> f64 {
    let of = |step: &PlanStep| match step {
        PlanStep::Cpu(_) | PlanStep::Call(_) => 1.0,
        PlanStep::Acquire(_) | PlanStep::Release(_) => 0.0,
        PlanStep::ReadThroughCache(inner) => steps_that_take_time(inner),
    };
    plan.iter().map(of).sum()
}

/// How long before the window events may be simulated: half a day at most, as long as the run stays within half of its
/// budget and times fit their bits.
pub(super) fn lead_in_max_s(scenario: &Scenario) -> u64 {
    let window_s = scenario.window_s();
    // Whatever is done in the window: actions must not change what was before them.
    let events_per_s = estimated(scenario, f64::from(scenario.instances.count.value)) as f64 / window_s;
    let affordable_s = (EVENT_BUDGET / 2) as f64 / events_per_s - window_s;
    let longest_s = affordable_s.min(LEAD_IN_MAX_S).min(WINDOW_MAX_S - window_s).max(0.0);
    longest_s as u64 / 60 * 60
}

/// One collection after the other for the whole window. One that takes less than a microsecond is no event.
fn collections_of_a_full_heap(scenario: &Scenario) -> f64 {
    if !scenario.heap.enabled.value {
        return 0.0;
    }
    let pause_s = scenario.heap.pause_s_per_live_gib.value * scenario.heap.limit_mib.value / 1024.0;
    if pause_s < 1e-6 { 0.0 } else { scenario.window_s() / pause_s }
}

impl super::World {
    /// Whether the run has taken more events or log entries than any may, and so ended early: no estimate foresees everything.
    #[must_use]
    pub fn is_over_budget(&self) -> bool {
        self.over_budget().is_some()
    }

    #[must_use]
    pub fn over_budget(&self) -> Option<SimulationError> {
        let (events, entries) = (self.recording.meta.events, self.recording.log.len());
        if events > EVENT_BUDGET {
            Some(SimulationError::Budget { estimated: events })
        } else {
            (entries > LOG_BUDGET).then_some(SimulationError::Log { entries })
        }
    }

    /// Ends a run that is over budget: nothing happens any more.
    pub(super) fn end_over_budget(&mut self) {
        self.end_us = self.now_us;
        self.arrival_key = NEVER;
        self.instance_events = Tournament::new(self.instances.len());
        (self.replies, self.deadlines) = (Wheel::default(), Wheel::default());
        (self.timeouts, self.timers) = (Line::default(), TimerHeap::default());
    }
}

#[cfg(test)]
mod tests {
    use super::EVENT_BUDGET;
    use crate::model::{SimulationError, World};
    use crate::scenario::Scenario;

    /// Valid, and a storm: a heap without room, no back-off, no start-up.
    #[test]
    fn a_storm_of_kills_is_refused_instead_of_logged() {
        let mut scenario = Scenario::bundled();
        for (parameter, value) in [
            (&mut scenario.heap.limit_mib, 64.0),
            (&mut scenario.heap.base_live_mib, 63.9),
            (&mut scenario.restart.backoff_first_s, 0.0),
            (&mut scenario.restart.backoff_max_s, 0.0),
            (&mut scenario.restart.startup_s, 0.0),
        ] {
            parameter.value = value;
            parameter.range = [value, value.max(1.0)];
        }
        let refused = match scenario.validate() {
            Ok(()) => World::run(&scenario, 1).expect_err("a storm"),
            // The program's own bounds refuse it already.
            Err(error) => SimulationError::Scenario(error),
        };
        let refused = refused.to_string();
        assert!(refused.contains("log") || refused.contains("not allowed"), "{refused}");
    }

    #[test]
    fn a_log_that_exceeds_its_budget_ends_the_run() {
        let mut simulation = World::new(&Scenario::bundled(), 1).expect("valid");
        simulation.advance(60_000_000);
        (0..=super::LOG_BUDGET).for_each(|_| simulation.note(None, crate::recording::Happening::GcOverhead));
        simulation.advance(u64::MAX);
        assert!(simulation.is_done() && simulation.now_us() < 62_000_000, "{} us", simulation.now_us());
        assert!(matches!(simulation.complete(), Err(SimulationError::Log { .. })));
    }

    #[test]
    fn a_run_that_exceeds_the_budget_all_the_same_ends_at_the_next_second() {
        let mut simulation = World::new(&Scenario::bundled(), 1).expect("valid");
        simulation.advance(60_000_000);
        simulation.recording.meta.events = EVENT_BUDGET;
        simulation.advance(u64::MAX);
        assert!(simulation.is_done() && simulation.now_us() < 62_000_000, "{} us", simulation.now_us());
        let events = simulation.events();
        assert!(events < EVENT_BUDGET + 1000, "{events}");
        assert!(!simulation.step());
        assert_eq!(simulation.complete(), Err(SimulationError::Budget { estimated: events }));
    }
}
