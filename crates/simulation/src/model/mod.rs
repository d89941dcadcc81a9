//! The simulation: a discrete-event model of the payment service, its users and its operators.
//!
//! ```text
//! user → load balancer → instance: queue → thread → CPU → gateway → CPU → done
//!                                  heap ← sessions, garbage → collector stops everything
//! ```
//!
//! Invariants: time is an integer and comes from the events alone; randomness comes from the seed; the same scenario and
//! seed give the same recording on every platform; latency, time-outs and failures are never computed by a formula, they
//! follow from queues, shared cores and pauses.

mod balancer;
mod budget;
mod calibrate;
mod checkout;
mod config;
mod instance;
mod liveness;
mod monitor;
mod operations;
mod preroll;
mod rollout;
mod serving;
pub mod session;
mod signals;
mod statistics;
mod tick;
mod traffic;
mod users;
mod verification;

use crate::engine::queue::{Key, Line, NEVER, TimerHeap, Tournament, Wheel, earlier, key, time_us};
use crate::engine::random::{Purpose, Streams};
use balancer::Balancer;
pub use budget::{EVENT_BUDGET, LOG_BUDGET, estimated_events};
pub use calibrate::{Calibration, CalibrationStep, Probe, calibrate};
use config::{Config, us};
use instance::Instance;
use monitor::Monitor;
use rollout::Rollout;
pub use statistics::Statistics;
use tick::Latencies;
use traffic::Arrivals;
pub use traffic::{expected_users, rate_per_s};
use users::{Deadline, Request, Slots, User};
use verification::Verification;

use crate::recording::{PrerollServiceRow, Recording, ServiceRow};
use crate::scenario::{Responses, Scenario, ScenarioError};

/// Why a simulation was refused.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum SimulationError {
    /// The scenario makes no sense.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// The run would take too long.
    #[error(
        "the run would take {estimated} events or more: at most {EVENT_BUDGET} are allowed; lower traffic.peak_rate_per_s, users.retries or the window, or raise heap.pause_s_per_live_gib"
    )]
    Budget {
        /// Events the scenario is expected to take.
        estimated: u64,
    },
    /// The run would log too much.
    #[error(
        "the run's log has {entries} entries: at most {LOG_BUDGET} are allowed; processes that are killed all the time need a larger heap.limit_mib or longer restart.backoff_first_s and restart.startup_s"
    )]
    Log {
        /// Entries when the run was ended.
        entries: usize,
    },
    /// A snapshot cannot be continued with so many more instances.
    #[error(
        "responses.scale_out.count: {ordered} is not allowed here: this run was started with room for {room}; run it from the start"
    )]
    NoRoom {
        /// Instances ordered.
        ordered: usize,
        /// Instances it has room for.
        room: usize,
    },
}

/// Orders below this one are those of the responders' actions.
const FIRST_ORDER: u64 = 64;

/// A timer of the operators.
#[derive(Clone, Copy, Debug)]
enum Timer {
    Tick,
    Probe { instance: u32 },
    DrainOver { instance: u32, life: u32 },
    BackoffOver { instance: u32, life: u32 },
    StartupOver { instance: u32, life: u32 },
    Wave { rollout: u32 },
    Liveness { instance: u32 },
    LivenessOver { instance: u32, life: u32 },
    Rescheduled { instance: u32 },
    Respond(Response),
}

/// An action of the responders.
#[derive(Clone, Copy, Debug)]
enum Response {
    RollOut { rollout: u32 },
    ScaleOut,
    LeakOff,
    ShedFrom,
    ShedUntil,
    HeapDump,
}

/// The random streams of users and attempts.
#[derive(Clone, Debug)]
struct UserStreams {
    patience: Streams,
    service: Streams,
    backoff: Streams,
    shedding: Streams,
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

/// Where the next event comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Source {
    Arrival,
    Instance,
    Reply,
    TimeOut,
    Deadline,
    Timer,
}

/// A run in progress. Cloning it takes a snapshot from which it can be continued.
#[derive(Clone, Debug)]
pub struct Simulation {
    config: Config,
    streams: UserStreams,
    responses: Responses,
    now_us: u64,
    /// When the window begins: how long events are simulated before it.
    lead_in_us: u64,
    end_us: u64,
    /// Order of the next scheduled event.
    order: u64,
    arrivals: Arrivals,
    arrival_key: Key,
    users_arrived: u64,
    users_before_window: u64,
    users: Slots<User>,
    requests: Slots<Request>,
    instances: Vec<Instance>,
    instance_events: Tournament,
    /// Replies of the gateway, by request.
    replies: Wheel<u32, 14>,
    /// Time-outs of the clients.
    timeouts: Line<Deadline>,
    /// Patience and back-off of the users.
    deadlines: Wheel<Deadline, 18>,
    timers: TimerHeap<Timer>,
    balancer: Balancer,
    /// Whether the responders switched the session code over in place.
    leak_is_off: bool,
    rollouts: Vec<Rollout>,
    monitor: Monitor,
    verification: Verification,
    /// The service's row of the second that is under way.
    second: ServiceRow,
    /// What became of users since the last row before the window.
    since_row: PrerollServiceRow,
    latencies: Latencies,
    statistics: Statistics,
    recording: Recording,
}

impl Simulation {
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
    /// As [`Simulation::new`].
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
        let spare = scenario.responses.scale_out.as_ref().map_or(0, |more| more.count as usize);
        let mut preroll = preroll::run(scenario, &config, seed, spare, lead_in_s);
        let count = preroll.instances.len() + spare;
        for _ in 0..spare {
            preroll.instances.push(operations::absent(&config, scenario));
        }
        let mut recording = tick::empty_recording(scenario, &config, seed, count);
        recording.preroll = preroll.series;
        recording.preroll_service = preroll.service;
        recording.log = preroll.log;
        recording.meta.lead_in_s = preroll.lead_in_s as u32;
        let lead_in_us = us(preroll.lead_in_s as f64);
        let mut simulation = Self {
            balancer: Balancer::new(config.policy, &preroll.instances),
            monitor: preroll.monitor,
            verification: preroll.verification,
            arrivals: Arrivals::new(scenario, seed, preroll.lead_in_s),
            config,
            streams: UserStreams::new(seed),
            responses: Responses::default(),
            now_us: 0,
            lead_in_us,
            end_us: lead_in_us + us(scenario.window_s()),
            order: FIRST_ORDER,
            arrival_key: NEVER,
            users_arrived: 0,
            users_before_window: 0,
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
            latencies: Latencies::default(),
            statistics: Statistics::default(),
            recording,
        };
        simulation.schedule_tick();
        simulation.schedule_arrival();
        simulation.schedule_probes();
        simulation.schedule_liveness();
        if lead_in_us == 0 {
            simulation.begin_window();
        }
        operations::plan(&mut simulation, scenario);
        simulation.schedule_rescheduling(scenario);
        Ok(simulation)
    }

    /// Takes over the responses of `scenario` that lie in the future of this run: the way into a what-if that differs from
    /// now on only. The continued run equals a full run with these responses.
    ///
    /// # Errors
    /// More instances are ordered than this run was started with room for: the columns of its recording are laid out.
    pub fn respond(&mut self, scenario: &Scenario) -> Result<(), SimulationError> {
        let absent = self.instances.iter().filter(|i| i.process == instance::Process::Absent).count();
        let ordered = scenario.responses.scale_out.as_ref().map_or(0, |more| more.count as usize);
        if ordered > absent {
            return Err(SimulationError::NoRoom { ordered, room: absent });
        }
        operations::plan(self, scenario);
        Ok(())
    }

    /// Runs a complete simulation.
    ///
    /// # Errors
    /// As [`Simulation::new`].
    pub fn run(scenario: &Scenario, seed: u64) -> Result<Recording, SimulationError> {
        let mut simulation = Self::new(scenario, seed)?;
        simulation.run_until(simulation.end_us());
        simulation.complete()
    }

    /// Microseconds since the first event was possible; the window begins [`Simulation::lead_in_us`] after that.
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
    fn window_us(&self) -> i64 {
        self.now_us as i64 - self.lead_in_us as i64
    }

    /// Milliseconds since the window began, of what is recorded only within it.
    #[inline]
    fn window_ms(&self) -> u32 {
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

    /// Simulates every event up to and including `until_us`, not beyond the end of the window.
    pub fn run_until(&mut self, until_us: u64) {
        let until_us = until_us.min(self.end_us);
        let limit = key(until_us + 1, 0);
        loop {
            let (next, source) = self.next();
            if next >= limit {
                break;
            }
            self.take(next, source);
        }
        // The end comes earlier for a run that is over budget.
        self.now_us = self.now_us.max(until_us.min(self.end_us));
    }

    /// The least of the heads of the queues, and whose it is; found without a branch.
    #[inline]
    fn next(&self) -> (Key, Source) {
        let heads = [
            (self.arrival_key, Source::Arrival),
            (self.replies.first_key(), Source::Reply),
            (self.timeouts.first_key(), Source::TimeOut),
            (self.deadlines.first_key(), Source::Deadline),
            (self.timers.first_key(), Source::Timer),
        ];
        let mut least = (self.instance_events.first_key(), Source::Instance);
        for head in heads {
            least = earlier(head, least);
        }
        least
    }

    /// Takes what is next; false when that was only the housekeeping of a queue, which may lie behind the present.
    #[inline]
    fn take(&mut self, next: Key, source: Source) -> bool {
        match source {
            Source::Instance => {
                self.begin_event(next);
                let (_, instance) = self.instance_events.first();
                self.instance_event(instance);
            }
            Source::Arrival => {
                self.begin_event(next);
                self.arrive();
            }
            Source::Reply => {
                let Some(request) = self.replies.pop(|_| true) else { return false };
                self.begin_event(next);
                self.gateway_replied(request);
            }
            Source::TimeOut => {
                let Some(deadline) = self.timeouts.pop(|deadline| deadline.matters(&self.users)) else { return false };
                self.begin_event(next);
                self.deadline(deadline);
            }
            Source::Deadline => {
                let Some(deadline) = self.deadlines.pop(|deadline| deadline.matters(&self.users)) else { return false };
                self.begin_event(next);
                self.deadline(deadline);
            }
            Source::Timer => {
                let Some((_, timer)) = self.timers.pop() else { return false };
                self.begin_event(next);
                self.timer(timer);
            }
        }
        true
    }

    #[inline]
    fn begin_event(&mut self, next: Key) {
        debug_assert!(time_us(next) >= self.now_us, "an event in the past: {} < {}", time_us(next), self.now_us);
        self.now_us = time_us(next);
        self.recording.meta.events += 1;
    }

    #[inline]
    fn timer(&mut self, timer: Timer) {
        match timer {
            Timer::Tick => self.tick(),
            Timer::Probe { instance } => self.probe(instance as usize),
            Timer::DrainOver { instance, life } => self.drain_over(instance as usize, life),
            Timer::BackoffOver { instance, life } => self.backoff_over(instance as usize, life),
            Timer::StartupOver { instance, life } => self.startup_over(instance as usize, life),
            Timer::Wave { rollout } => self.next_wave(rollout as usize),
            Timer::Liveness { instance } => self.liveness_probe(instance as usize),
            Timer::LivenessOver { instance, life } => self.liveness_over(instance as usize, life),
            Timer::Rescheduled { instance } => self.rescheduled(instance as usize),
            Timer::Respond(response) => self.take_action(response),
        }
    }

    /// Key of something scheduled now for `at_us`.
    #[inline]
    fn schedule(&mut self, at_us: u64) -> Key {
        self.order += 1;
        key(at_us, self.order)
    }

    #[inline]
    fn schedule_timer(&mut self, at_us: u64, timer: Timer) {
        let key = self.schedule(at_us);
        self.timers.push(key, timer);
    }

    fn schedule_arrival(&mut self) {
        let at_us = self.arrivals.next_us();
        // Beyond the window nothing is packed into a key: it might not fit.
        self.arrival_key = if at_us <= self.end_us { self.schedule(at_us) } else { NEVER };
    }

    /// Sets when instance `i` next does something by itself. Its clock must stand at the present moment.
    #[inline]
    fn reschedule(&mut self, i: usize) {
        let next = match self.instances[i].settle(&self.config) {
            Some(at_us) if at_us <= self.end_us => self.schedule(at_us),
            _ => NEVER,
        };
        self.instance_events.set(i, next);
    }
}
