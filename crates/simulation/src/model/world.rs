//! A run: a world that goes on as far as one asks, and in which one acts.

use std::sync::Arc;

use super::acting::Plan;
use super::balancer::Balancer;
use super::cache::Cache;
use super::calls::{self, Calls};
use super::config::{Config, us};
use super::dispatch::Timer;
use super::fault::Faults;
use super::instance::Instance;
use super::monitor::Monitor;
use super::rollout::Rollout;
use super::tick::Latencies;
use super::traffic::Arrivals;
use super::users::{Deadline, Request, Slots, User};
use super::verification::Verification;
use super::{EVENT_BUDGET, SimulationError, Statistics, estimated_events, preroll, tick};
use crate::engine::queue::{Key, Line, NEVER, TimerHeap, Tournament, Wheel, key};
use crate::engine::random::{Purpose, Streams};
use crate::recording::{PrerollServiceRow, Recording, ServiceRow};
use crate::scenario::{Release, Scenario};
use crate::units::UtcMs;

/// Most actions of a run.
pub(super) const ACTIONS_MAX: usize = 2000;
/// Order of the first fault that begins or ends; before it is the second's tick.
pub(super) const FIRST_FAULT: u64 = 1;
/// Order of the first action. Before it are the beginnings and ends of faults and the ends of actions.
pub(super) const FIRST_ACTION: u64 = FIRST_FAULT + 2002;
/// Order of the first scheduled event. Actions come before everything else of their moment, so that it does not matter when
/// they were planned.
pub(super) const FIRST_ORDER: u64 = FIRST_ACTION + ACTIONS_MAX as u64;

/// The random streams of users and attempts.
#[derive(Clone, Debug)]
pub(super) struct UserStreams {
    pub patience: Streams,
    pub service: Streams,
    pub backoff: Streams,
    pub shedding: Streams,
}

impl UserStreams {
    fn new(seed: u64) -> Self {
        let streams = |purpose| Streams::new(seed, purpose);
        Self {
            patience: streams(Purpose::Patience),
            service: streams(Purpose::Service),
            backoff: streams(Purpose::Backoff),
            shedding: streams(Purpose::Shedding),
        }
    }
}

/// A run in progress. [`World::advance`] and [`World::act`] are the only ways in which time passes and things happen.
#[derive(Clone, Debug)]
pub struct World {
    pub(super) scenario: Arc<Scenario>,
    pub(super) config: Config,
    pub(super) streams: UserStreams,
    pub(super) plan: Plan,
    pub(super) faults: Faults,
    /// Of each dependency.
    pub(super) calls: Vec<Calls>,
    /// Whether the end of a call means more than its answer: it is recorded, another may begin, or a cache keeps it.
    pub(super) calls_are_watched: bool,
    pub(super) call_streams: Streams,
    /// Retries that are left in the budget.
    pub(super) retry_tokens: f64,
    /// Of a scenario that has one.
    pub(super) cache: Option<Cache>,
    pub(super) now_us: u64,
    /// When the window begins: how long events are simulated before it.
    pub(super) lead_in_us: u64,
    pub(super) end_us: u64,
    /// Order of the next scheduled event.
    pub(super) order: u64,
    pub(super) arrivals: Arrivals,
    pub(super) arrival_key: Key,
    pub(super) users_arrived: u64,
    pub(super) users_before_window: u64,
    pub(super) users_by_surge: u64,
    pub(super) users: Slots<User>,
    pub(super) requests: Slots<Request>,
    pub(super) instances: Vec<Instance>,
    pub(super) instance_events: Tournament,
    /// Replies of the gateway, by request.
    pub(super) replies: Wheel<u32, 14>,
    /// Time-outs of the clients.
    pub(super) timeouts: Line<Deadline>,
    /// Patience and back-off of the users.
    pub(super) deadlines: Wheel<Deadline, 18>,
    pub(super) timers: TimerHeap<Timer>,
    pub(super) balancer: Balancer,
    /// Whether the responders switched the session code over in place.
    pub(super) leak_is_off: bool,
    /// The release that whatever starts from now on starts with.
    pub(super) target: Release,
    /// Seconds after which the reaper terminates an idle session.
    pub(super) reap_idle_s: Option<i64>,
    /// Sessions that an instance keeps at most.
    pub(super) session_cap: u64,
    /// When somebody was paged for the first time.
    pub(super) detected_us: Option<i64>,
    pub(super) rollouts: Vec<Rollout>,
    pub(super) monitor: Monitor,
    pub(super) verification: Verification,
    /// The service's row of the second that is under way.
    pub(super) second: ServiceRow,
    /// What became of users since the last row before the window.
    pub(super) since_row: PrerollServiceRow,
    pub(super) latencies: Latencies,
    pub(super) statistics: Statistics,
    pub(super) recording: Recording,
}

impl World {
    /// A run of `scenario` at its first event: at the start of its window, or before it where the integration of what came
    /// before ceases to be exact.
    ///
    /// # Errors
    /// The scenario is invalid, or the run would exceed [`EVENT_BUDGET`].
    pub fn new(scenario: &Scenario, seed: u64) -> Result<Self, SimulationError> {
        Self::begin(scenario, seed, None)
    }

    /// The same with `lead_in_s` (whole minutes, at most the age of the deployment) of simulated events before the window,
    /// whatever the integration would say: to compare both.
    ///
    /// # Errors
    /// As [`World::new`].
    pub fn with_lead_in(scenario: &Scenario, seed: u64, lead_in_s: u64) -> Result<Self, SimulationError> {
        Self::begin(scenario, seed, Some(lead_in_s))
    }

    fn begin(scenario: &Scenario, seed: u64, lead_in_s: Option<u64>) -> Result<Self, SimulationError> {
        scenario.validate()?;
        let estimated = estimated_events(scenario);
        if estimated > EVENT_BUDGET {
            return Err(SimulationError::Budget { estimated });
        }
        let config = Config::new(scenario);
        let preroll = preroll::run(scenario, &config, seed, lead_in_s);
        let count = preroll.instances.len();
        let mut recording = tick::empty_recording(scenario, &config, seed, count);
        recording.preroll = preroll.series;
        recording.preroll_service = preroll.service;
        recording.log = preroll.log;
        recording.meta.lead_in_s = preroll.lead_in_s as u32;
        let lead_in_us = us(preroll.lead_in_s as f64);
        // An alert may have paged somebody before the first event.
        let paged_ms = recording.log.iter().find(|entry| entry.what.is_page()).map(|entry| entry.at_ms);
        let cache = Cache::of(scenario, seed);
        let latencies = Latencies::new(&config);
        let mut world = Self {
            scenario: Arc::new(scenario.clone()),
            target: config.release,
            reap_idle_s: None,
            session_cap: u64::MAX,
            detected_us: paged_ms.map(|at_ms| lead_in_us as i64 + at_ms * 1000),
            balancer: Balancer::new(config.policy, &preroll.instances),
            monitor: preroll.monitor,
            verification: preroll.verification,
            arrivals: Arrivals::new(scenario, seed, preroll.lead_in_s),
            streams: UserStreams::new(seed),
            plan: Plan::default(),
            faults: Faults::new(scenario, seed),
            calls: Calls::all(&config),
            calls_are_watched: scenario.watches_calls() || cache.is_some(),
            call_streams: calls::streams(seed),
            retry_tokens: config.retry_budget.map_or(0.0, |budget| budget.most),
            config,
            cache,
            now_us: 0,
            lead_in_us,
            end_us: lead_in_us + us(scenario.window_s()),
            order: FIRST_ORDER,
            arrival_key: NEVER,
            users_arrived: 0,
            users_before_window: 0,
            users_by_surge: 0,
            users: Slots::default(),
            requests: Slots::default(),
            instance_events: Tournament::new(count),
            instances: preroll.instances,
            replies: Wheel::default(),
            timeouts: Line::default(),
            deadlines: Wheel::default(),
            timers: TimerHeap::default(),
            leak_is_off: false,
            rollouts: Vec::new(),
            second: ServiceRow::default(),
            since_row: PrerollServiceRow::default(),
            latencies,
            statistics: Statistics::default(),
            recording,
        };
        world.schedule_tick();
        world.schedule_arrival();
        (0..count).for_each(|i| world.schedule_probes(i));
        if lead_in_us == 0 {
            world.begin_window();
        }
        world.schedule_faults();
        world.plan(&scenario.actions);
        world.schedule_rescheduling(scenario);
        Ok(world)
    }

    /// The same world once more: what is done in one from now on does not reach the other. With equal actions both come to
    /// the same end, and to that of a run that had these actions from the beginning.
    #[must_use]
    pub fn fork(&self) -> Self {
        self.clone()
    }

    /// Runs a complete simulation.
    ///
    /// # Errors
    /// As [`World::new`].
    pub fn run(scenario: &Scenario, seed: u64) -> Result<Recording, SimulationError> {
        let mut world = Self::new(scenario, seed)?;
        world.advance(world.end_us());
        world.complete()
    }

    /// Microseconds since the first event was possible; the window begins [`World::lead_in_us`] after that.
    #[must_use]
    pub fn now_us(&self) -> u64 {
        self.now_us
    }

    /// Microseconds for which events are simulated before the window.
    #[must_use]
    pub fn lead_in_us(&self) -> u64 {
        self.lead_in_us
    }

    /// Microseconds since the window began; negative before it.
    #[inline]
    pub(super) fn window_us(&self) -> i64 {
        self.now_us as i64 - self.lead_in_us as i64
    }

    /// Milliseconds since the window began, of what is recorded only within it.
    #[inline]
    pub(super) fn window_ms(&self) -> u32 {
        (self.window_us() / 1000) as u32
    }

    /// Microseconds from the first possible event to the end of the window.
    #[must_use]
    pub fn end_us(&self) -> u64 {
        self.end_us
    }

    /// Whether the end of the window is reached.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.now_us >= self.end_us
    }

    /// Events simulated so far.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.recording.meta.events
    }

    /// What has been recorded so far: whole seconds up to now.
    #[must_use]
    pub fn recording(&self) -> &Recording {
        &self.recording
    }

    /// The recording of the run.
    #[must_use]
    pub fn into_recording(self) -> Recording {
        self.recording
    }

    /// The recording of a run that has reached its end.
    ///
    /// # Errors
    /// It took more than [`EVENT_BUDGET`] or [`LOG_BUDGET`] and ended early.
    pub fn complete(self) -> Result<Recording, SimulationError> {
        match self.over_budget() {
            Some(error) => Err(error),
            None => Ok(self.recording),
        }
    }

    /// Counts that are not shown but checked: against theory and for conservation.
    #[must_use]
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// Simulates the next event; false at the end of the window.
    pub fn step(&mut self) -> bool {
        let end = key(self.end_us + 1, 0);
        loop {
            let (next, source) = self.next();
            if next >= end {
                break;
            }
            if self.take(next, source) {
                return true;
            }
        }
        self.now_us = self.end_us;
        false
    }

    /// Simulates every event before `until_us` and the second that ends there, so that an action of that moment may follow;
    /// at the end of the window, every event. Does nothing for a time that has passed.
    pub fn advance(&mut self, until_us: u64) {
        let until_us = until_us.min(self.end_us);
        let limit = if until_us == self.end_us { key(until_us + 1, 0) } else { key(until_us, FIRST_ACTION) };
        self.run_before(limit);
        // The end comes earlier for a run that is over budget.
        self.now_us = self.now_us.max(until_us.min(self.end_us));
    }

    /// Simulates every event before a key.
    pub(super) fn run_before(&mut self, limit: Key) {
        loop {
            let (next, source) = self.next();
            if next >= limit {
                break;
            }
            self.take(next, source);
        }
    }

    /// The moment that the world has come to.
    #[must_use]
    pub fn now(&self) -> UtcMs {
        self.time_of(self.now_us)
    }

    /// The time of a moment of the run, to the millisecond.
    pub(super) fn time_of(&self, at_us: u64) -> UtcMs {
        UtcMs(self.scenario.window.from.0 + (at_us as i64 - self.lead_in_us as i64).div_euclid(1000))
    }

    /// Microseconds from the first possible event to a time; negative before it.
    pub(super) fn us_of(&self, at: UtcMs) -> i64 {
        self.lead_in_us as i64 + (at.0 - self.scenario.window.from.0) * 1000
    }

    /// [`World::advance`] to a time.
    pub fn advance_to(&mut self, until: UtcMs) {
        self.advance(self.us_of(until).max(0) as u64);
    }
}
