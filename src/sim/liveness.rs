//! The liveness probe: an orchestrator asks each process whether it answers, and kills one that does not.
//!
//! The probe is a request like any other, without work of its own: it waits for the end of a pause, for its turn in the queue
//! and for a worker thread. Nothing else makes it fail.

use super::instance::{Pause, Process};
use super::{Simulation, Timer};
use crate::recording::Happening;

impl Simulation {
    pub(super) fn schedule_liveness(&mut self) {
        let Some(probe) = self.config.liveness else { return };
        let count = self.instances.len() as u64;
        for instance in 0..count {
            let first_us = probe.period_us * (instance + 1) / count;
            self.schedule_timer_within(first_us, Timer::Liveness { instance: instance as u32 });
        }
    }

    /// A probe is sent.
    pub(super) fn liveness_probe(&mut self, i: usize) {
        let Some(probe) = self.config.liveness else { return };
        self.schedule_timer_within(self.now_us + probe.period_us, Timer::Liveness { instance: i as u32 });
        let instance = &mut self.instances[i];
        if instance.process != Process::Running {
            return;
        }
        instance.liveness.is_waiting = true;
        instance.liveness.ahead = instance.queue.len() as u32;
        let life = instance.life;
        self.answer_liveness(i);
        let timer = Timer::LivenessOver { instance: i as u32, life };
        self.schedule_timer_within(self.now_us + probe.timeout_us, timer);
    }

    /// Answers a probe that waits, if the process can.
    #[inline]
    pub(super) fn answer_liveness(&mut self, i: usize) {
        let instance = &mut self.instances[i];
        let can = instance.pause == Pause::None
            && instance.liveness.ahead == 0
            && instance.busy_threads < self.config.worker_threads;
        if instance.liveness.is_waiting && can {
            instance.liveness = super::instance::Liveness::default();
        }
    }

    /// The time of a probe is up.
    pub(super) fn liveness_over(&mut self, i: usize, life: u32) {
        let Some(probe) = self.config.liveness else { return };
        let instance = &mut self.instances[i];
        if instance.life != life || instance.process != Process::Running || !instance.liveness.is_waiting {
            return;
        }
        instance.liveness.is_waiting = false;
        instance.liveness.failed += 1;
        if instance.liveness.failed >= probe.failures_to_restart {
            self.kill(i, |backoff_s| Happening::NotAlive { backoff_s });
        }
    }
}
