//! The event loop: whose event is next, and who takes it.

use super::world::World;
use crate::engine::queue::{Key, NEVER, earlier, key, time_us};

/// A timer of the operators.
#[derive(Clone, Copy, Debug)]
pub(super) enum Timer {
    Tick,
    Probe { instance: u32 },
    DrainOver { instance: u32, life: u32 },
    BackoffOver { instance: u32, life: u32 },
    StartupOver { instance: u32, life: u32 },
    Wave { rollout: u32 },
    Liveness { instance: u32 },
    LivenessOver { instance: u32, life: u32 },
    Rescheduled { instance: u32 },
    EjectionOver { instance: u32, life: u32 },
    Act { action: u32 },
    ActOver { action: u32 },
    Fault { fault: u32, begins: bool },
    CallTimeOut { request: u32, attempt: u32, step: u8 },
    SlotTimeOut { request: u32, pool: u32, attempt: u32, step: u8 },
}

/// Where the next event comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Source {
    Arrival,
    Instance,
    Reply,
    TimeOut,
    Deadline,
    Timer,
}

impl World {
    /// The least of the heads of the queues, and whose it is; found without a branch.
    #[inline]
    pub(super) fn next(&self) -> (Key, Source) {
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
    pub(super) fn take(&mut self, next: Key, source: Source) -> bool {
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
                self.call_replied(request);
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
    pub(super) fn begin_event(&mut self, next: Key) {
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
            Timer::EjectionOver { instance, life } => self.ejection_over(instance as usize, life),
            Timer::Rescheduled { instance } => self.rescheduled(instance as usize),
            Timer::Act { action } => self.act_planned(action as usize),
            Timer::CallTimeOut { request, attempt, step } => self.call_timed_out(request, attempt, step),
            Timer::SlotTimeOut { request, pool, attempt, step } => {
                self.slot_timed_out(request, pool as usize, attempt, step);
            }
            Timer::Fault { fault, begins } => self.fault_due(fault as usize, begins),
            Timer::ActOver { action } => self.action_over(action as usize),
        }
    }

    /// Key of something scheduled now for `at_us`.
    #[inline]
    pub(super) fn schedule(&mut self, at_us: u64) -> Key {
        self.order += 1;
        key(at_us, self.order)
    }

    #[inline]
    pub(super) fn schedule_timer(&mut self, at_us: u64, timer: Timer) {
        let key = self.schedule(at_us);
        self.timers.push(key, timer);
    }

    pub(super) fn schedule_arrival(&mut self) {
        let at_us = self.arrivals.next_us();
        // Beyond the window nothing is packed into a key: it might not fit.
        self.arrival_key = if at_us <= self.end_us { self.schedule(at_us) } else { NEVER };
    }

    /// Sets when instance `i` next does something by itself. Its clock must stand at the present moment.
    #[inline]
    pub(super) fn reschedule(&mut self, i: usize) {
        let next = match self.instances[i].settle(&self.config) {
            Some(at_us) if at_us <= self.end_us => self.schedule(at_us),
            _ => NEVER,
        };
        self.instance_events.set(i, next);
    }
}
