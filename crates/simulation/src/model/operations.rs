//! The operators' side: probes, restarts, and the actions of the responders.

use super::config::{Config, us};
use super::instance::{Instance, Pause, Process};
use super::rollout::Rollout;
use super::session::SessionStore;
use super::{Response, Simulation, Timer};
use crate::recording::{Happening, LogEntry};
use crate::scenario::{Release, Scenario};

/// An instance that is not ordered yet.
pub(super) fn absent(config: &Config, scenario: &Scenario) -> Instance {
    let sessions = SessionStore::new(0, scenario.window_s() as i64);
    let mut instance = Instance::new(config, scenario.deployment.release.value, sessions);
    instance.process = Process::Absent;
    instance.in_rotation = false;
    instance
}

/// Schedules the actions of `scenario` that lie in the future, in place of those that were planned before.
pub(super) fn plan(simulation: &mut Simulation, scenario: &Scenario) {
    let responses = scenario.responses.clone();
    simulation.timers.retain(|timer| !matches!(timer, Timer::Respond(_)));
    let mut planned = Vec::new();
    for (rollout, patch) in [(&responses.patch, true), (&responses.rolling_restart, false)] {
        if let Some(rollout) = rollout {
            planned.push((rollout.at, Response::RollOut { rollout: simulation.rollouts.len() as u32 }));
            simulation.rollouts.push(Rollout::new(rollout, patch));
        }
    }
    planned.extend(responses.scale_out.as_ref().map(|action| (action.at, Response::ScaleOut)));
    planned.extend(responses.leak_off.as_ref().map(|action| (action.at, Response::LeakOff)));
    planned.extend(responses.shed.as_ref().map(|action| (action.at, Response::ShedFrom)));
    planned.extend(responses.shed.as_ref().map(|action| (action.until, Response::ShedUntil)));
    planned.extend(responses.heap_dump.as_ref().map(|action| (action.at, Response::HeapDump)));
    let is_start = simulation.now_us == 0;
    for (at, response) in planned {
        let at_us = simulation.lead_in_us + us(at.seconds_since(scenario.window.from));
        if at_us > simulation.now_us || is_start {
            // Actions come before everything else of their moment, so that it does not matter when they were planned.
            simulation.timers.push(super::key(at_us, response.rank()), Timer::Respond(response));
        }
    }
    simulation.responses = responses;
}

impl Response {
    /// Order among the actions of one moment; below the order of every other event.
    fn rank(self) -> u64 {
        match self {
            Self::RollOut { rollout } => 1 + u64::from(rollout.min(super::FIRST_ORDER as u32 - 8)),
            Self::ScaleOut => super::FIRST_ORDER - 5,
            Self::LeakOff => super::FIRST_ORDER - 4,
            Self::ShedUntil => super::FIRST_ORDER - 3,
            Self::ShedFrom => super::FIRST_ORDER - 2,
            Self::HeapDump => super::FIRST_ORDER - 1,
        }
    }
}

impl Simulation {
    /// Notes an entry of the event log.
    pub(super) fn note(&mut self, instance: Option<usize>, what: Happening) {
        let at_ms = self.window_us() / 1000;
        self.recording.log.push(LogEntry { at_ms, instance: instance.map(|i| i as u32), what });
    }

    pub(super) fn schedule_timer_within(&mut self, at_us: u64, timer: Timer) {
        if at_us <= self.end_us {
            self.schedule_timer(at_us, timer);
        }
    }

    pub(super) fn schedule_probes(&mut self) {
        let count = self.instances.len() as u64;
        for instance in 0..count {
            // Spread over the interval, as probes of different instances are.
            let first_us = self.config.probe_interval_us * (instance + 1) / count;
            self.schedule_timer_within(first_us, Timer::Probe { instance: instance as u32 });
        }
    }

    /// A readiness probe.
    pub(super) fn probe(&mut self, i: usize) {
        self.schedule_timer_within(self.now_us + self.config.probe_interval_us, Timer::Probe { instance: i as u32 });
        let instance = &mut self.instances[i];
        if instance.process != Process::Running {
            return;
        }
        let busy = instance.busy_threads >= self.config.worker_threads && instance.queue.len() > self.config.queue_over;
        instance.failed_probes = if busy { instance.failed_probes + 1 } else { 0 };
        if instance.in_rotation && instance.failed_probes >= self.config.failures_to_remove {
            instance.in_rotation = false;
            self.balancer.refresh(&self.instances);
            self.note(Some(i), Happening::LeftRotation);
        } else if !instance.in_rotation && !busy {
            instance.in_rotation = true;
            self.balancer.refresh(&self.instances);
            self.note(Some(i), Happening::JoinedRotation);
        }
    }

    /// Plans the rescheduling of instances that lies after the first event.
    pub(super) fn schedule_rescheduling(&mut self, scenario: &Scenario) {
        let before_us = us(scenario.instances.rescheduled_age_h.value * 3600.0);
        if before_us < self.lead_in_us && before_us > 0 {
            for i in (0..self.instances.len()).filter(|i| scenario.is_rescheduled(*i)) {
                self.schedule_timer_within(self.lead_in_us - before_us, Timer::Rescheduled { instance: i as u32 });
            }
        }
    }

    /// The node of an instance is replaced: the instance starts anew elsewhere.
    pub(super) fn rescheduled(&mut self, i: usize) {
        self.note(Some(i), Happening::Rescheduled);
        self.lose_requests(i);
        self.instances[i].advance(self.now_us);
        self.begin_startup(i);
        self.balancer.refresh(&self.instances);
    }

    pub(super) fn take_action(&mut self, response: Response) {
        let responses = self.responses.clone();
        match response {
            Response::RollOut { rollout } => self.start_rollout(rollout as usize),
            Response::ScaleOut => {
                let Some(action) = responses.scale_out else { return };
                self.note(None, Happening::ScaledOut { count: action.count });
                let absent = |i: &usize| self.instances[*i].process == Process::Absent;
                let ordered: Vec<usize> =
                    (0..self.instances.len()).filter(absent).take(action.count as usize).collect();
                ordered.into_iter().for_each(|i| self.begin_startup(i));
            }
            Response::LeakOff => {
                // A switch of the configuration: whatever starts later starts with it.
                self.leak_is_off = true;
                self.instances.iter_mut().for_each(|instance| instance.handling = Release::Fixed);
                self.note(None, Happening::LeakOff);
            }
            Response::ShedFrom => {
                self.balancer.shed_ratio = responses.shed.map_or(0.0, |shed| shed.ratio);
                self.note(None, Happening::SheddingStarted);
            }
            Response::ShedUntil => {
                self.balancer.shed_ratio = 0.0;
                self.note(None, Happening::SheddingStopped);
            }
            Response::HeapDump => {
                let Some(dump) = responses.heap_dump else { return };
                let i = dump.instance as usize - 1;
                if matches!(self.instances[i].process, Process::Running | Process::Draining) {
                    self.instances[i].advance(self.now_us);
                    self.instances[i].stop_for(Pause::HeapDump, self.now_us, us(dump.pause_s));
                    self.note(Some(i), Happening::HeapDump);
                    self.reschedule(i);
                }
            }
        }
    }

    /// The instance takes no new requests and restarts when it has finished what it has.
    pub(super) fn drain(&mut self, i: usize) {
        let instance = &mut self.instances[i];
        match instance.process {
            Process::Running => {}
            // It has nothing to finish: it comes back with the new release.
            Process::BackingOff => return self.begin_startup(i),
            Process::Starting if instance.release != instance.next_release => return self.begin_startup(i),
            _ => return,
        }
        instance.process = Process::Draining;
        instance.in_rotation = false;
        let life = instance.life;
        self.balancer.refresh(&self.instances);
        self.note(Some(i), Happening::Draining);
        if self.instances[i].in_flight() == 0 {
            return self.drained(i);
        }
        let timer = Timer::DrainOver { instance: i as u32, life };
        self.schedule_timer_within(self.now_us + self.config.drain_max_us, timer);
    }

    /// The grace period of a draining instance is over.
    pub(super) fn drain_over(&mut self, i: usize, life: u32) {
        if self.instances[i].life == life && self.instances[i].process == Process::Draining {
            self.lose_requests(i);
            self.drained(i);
        }
    }

    /// A draining instance is empty: it stops and starts anew.
    pub(super) fn drained(&mut self, i: usize) {
        self.instances[i].advance(self.now_us);
        self.begin_startup(i);
    }

    fn begin_startup(&mut self, i: usize) {
        let instance = &mut self.instances[i];
        if instance.process != Process::Absent {
            instance.work.restarts += 1;
        }
        instance.clear();
        instance.process = Process::Starting;
        instance.release = instance.next_release;
        instance.handling = if self.leak_is_off { Release::Fixed } else { instance.next_release };
        instance.heap_after_gc_bytes = self.config.heap_base_bytes;
        let life = instance.life;
        self.instance_events.set(i, super::NEVER);
        self.note(Some(i), Happening::Starting);
        let timer = Timer::StartupOver { instance: i as u32, life };
        self.schedule_timer_within(self.now_us + self.config.startup_us, timer);
    }

    /// The back-off after a kill is over.
    pub(super) fn backoff_over(&mut self, i: usize, life: u32) {
        if self.instances[i].life == life {
            self.begin_startup(i);
        }
    }

    /// The process is ready.
    pub(super) fn startup_over(&mut self, i: usize, life: u32) {
        let now_us = self.now_us;
        let instance = &mut self.instances[i];
        if instance.life != life {
            return;
        }
        instance.advance(now_us);
        instance.process = Process::Running;
        instance.in_rotation = true;
        instance.running_since_us = now_us;
        instance.cold_until_us = now_us + self.config.cold_us;
        self.balancer.refresh(&self.instances);
        self.note(Some(i), Happening::Ready);
        self.check_rollouts();
    }
}
