//! The operators' side: probes, restarts, and the actions of the responders.

use super::dispatch::Timer;
use super::instance::Process;
use super::session::handling;
use super::us;
use super::world::World;
use crate::recording::{Happening, LogEntry};
use crate::scenario::Scenario;

impl World {
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

    /// Begins the probes of an instance.
    pub(super) fn schedule_probes(&mut self, i: usize) {
        let instance = i as u32;
        let first_us = self.now_us + self.probe_phase_us(i, self.config.probe_interval_us);
        self.schedule_timer_within(first_us, Timer::Probe { instance });
        if let Some(liveness) = self.config.liveness {
            let first_us = self.now_us + self.probe_phase_us(i, liveness.period_us);
            self.schedule_timer_within(first_us, Timer::Liveness { instance });
        }
    }

    /// Spread over the interval, as probes of different instances are. Those of later instances go round again, so that
    /// they do not move those of the first.
    fn probe_phase_us(&self, i: usize, interval_us: u64) -> u64 {
        let count = u64::from(self.scenario.instances.count.value);
        interval_us * (i as u64 % count + 1) / count
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
        if self.instances[i].leaves {
            return self.remove(i);
        }
        self.begin_startup(i);
    }

    /// An instance is gone after a scale-in.
    pub(super) fn remove(&mut self, i: usize) {
        let instance = &mut self.instances[i];
        instance.advance(self.now_us);
        instance.clear();
        instance.leaves = false;
        instance.process = Process::Absent;
        self.instance_events.set(i, super::NEVER);
        self.balancer.refresh(&self.instances);
        self.note(Some(i), Happening::Removed);
        self.check_rollouts();
    }

    pub(super) fn begin_startup(&mut self, i: usize) {
        let instance = &mut self.instances[i];
        if instance.process != Process::Absent {
            instance.work.restarts += 1;
        }
        instance.clear();
        instance.process = Process::Starting;
        instance.release = instance.next_release;
        instance.handling = handling(&self.scenario, instance.next_release, self.leak_is_off);
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
        let release = instance.release;
        if !self.faults.quiet && self.faults.kills_start(i, life, release) {
            // It was never healthy, so that the back-off goes on growing.
            instance.running_since_us = now_us;
            return self.kill(i, |backoff_s| Happening::FailedToStart { backoff_s });
        }
        let instance = &mut self.instances[i];
        instance.process = Process::Running;
        instance.in_rotation = true;
        instance.running_since_us = now_us;
        instance.cold_until_us = now_us + self.config.cold_us;
        self.balancer.refresh(&self.instances);
        self.note(Some(i), Happening::Ready);
        self.check_rollouts();
    }
}
