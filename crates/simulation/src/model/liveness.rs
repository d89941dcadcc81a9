//! The liveness probe: an orchestrator asks each process whether it answers, and kills one that does not.
//!
//! The probe is a request like any other, with little work: it waits for the end of a pause, for its turn in the queue and for a
//! worker thread, and shares the cores with the requests that compute. Nothing else makes it fail. What it takes from them is
//! neglected.

use super::World;
use super::dispatch::Timer;
use super::instance::{Pause, Probe, Process};
use crate::recording::Happening;
use crate::scenario::QueueOrder;

impl World {
    /// A probe is sent.
    pub(super) fn liveness_probe(&mut self, i: usize) {
        let Some(probe) = self.config.liveness else { return };
        self.schedule_timer_within(self.now_us + probe.period_us, Timer::Liveness { instance: i as u32 });
        let instance = &mut self.instances[i];
        if instance.process != Process::Running {
            return;
        }
        instance.advance(self.now_us);
        instance.liveness.probe = Probe::Waiting;
        instance.liveness.ahead = match self.config.queue_order {
            QueueOrder::FirstInFirstOut => instance.queue.len() as u32,
            QueueOrder::LastInFirstOut => 0,
        };
        let life = instance.life;
        self.begin_liveness(i);
        let timer = Timer::LivenessOver { instance: i as u32, life };
        self.schedule_timer_within(self.now_us + probe.timeout_us, timer);
    }

    /// A probe that waits takes a worker thread, if it can.
    #[inline]
    pub(super) fn begin_liveness(&mut self, i: usize) {
        let Some(probe) = self.config.liveness else { return };
        let instance = &mut self.instances[i];
        let can = instance.pause == Pause::None
            && instance.liveness.ahead == 0
            && instance.busy_threads < self.config.worker_threads;
        if instance.liveness.probe == Probe::Waiting && can {
            instance.liveness.probe = Probe::Computing { finish: instance.progress_after(probe.cpu_us) };
        }
    }

    /// The time of a probe is up.
    pub(super) fn liveness_over(&mut self, i: usize, life: u32) {
        let Some(probe) = self.config.liveness else { return };
        let instance = &mut self.instances[i];
        if instance.life != life || instance.process != Process::Running {
            return;
        }
        instance.advance(self.now_us);
        let is_answered = match std::mem::take(&mut instance.liveness.probe) {
            Probe::Answered => true,
            Probe::Waiting => false,
            Probe::Computing { finish } => instance.has_come_to(finish),
        };
        instance.liveness.failed = if is_answered { 0 } else { instance.liveness.failed + 1 };
        if instance.liveness.failed >= probe.failures_to_restart {
            self.kill(i, |backoff_s| Happening::NotAlive { backoff_s });
        }
    }
}
