//! What the service depends on: the calls it works on at a time, and those that wait there.
//!
//! Invariant: a call waits only while as many as it can take are under way; the time of a call ends at its time-out, whether it
//! waited or was worked on.

use std::collections::VecDeque;

use super::config::Config;
use super::dispatch::Timer;
use super::users::Phase;
use super::world::World;
use crate::recording::NONE;
use crate::scenario::{CallOutcome, UNLIMITED};

/// The calls of all instances.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls {
    /// Whether it works on so many at a time only.
    pub are_limited: bool,
    /// Whether the end of a call means more than its answer: another may begin, or a cache keeps it.
    pub are_watched: bool,
    /// Calls that it works on.
    pub under_way: u32,
    /// Requests whose call waits, the oldest first.
    pub waiting: VecDeque<u32>,
    /// By how much the one that was failed over to is slower; `None` before.
    pub failed_over: Option<f64>,
}

impl Calls {
    pub fn new(config: &Config, has_cache: bool) -> Self {
        let are_limited = config.gateway_capacity < UNLIMITED;
        Self { are_limited, are_watched: are_limited || has_cache, ..Self::default() }
    }
}

impl World {
    /// The instance calls.
    #[inline(always)]
    pub(super) fn call_gateway(&mut self, request: u32) {
        let (now_us, now_ms) = (self.now_us, self.window_ms());
        let entry = &mut self.requests[request];
        entry.phase = Phase::AtGateway;
        entry.gateway_called_us = now_us;
        if !self.faults.quiet {
            let factor = self.calls.failed_over.unwrap_or_else(|| self.faults.latency_factor());
            entry.gateway_us = (entry.gateway_us as f64 * factor) as i64 as u64;
            entry.call_fails = self.calls.failed_over.is_none() && self.faults.call_fails(entry.entity);
        }
        if entry.sample != NONE {
            self.recording.samples.gateway_ms[entry.sample as usize] = now_ms;
        }
        if self.calls.are_limited {
            if self.calls.under_way >= self.gateway_capacity() {
                let entry = &mut self.requests[request];
                entry.phase = Phase::AwaitingCall;
                let timer = Timer::CallTimeOut { request, attempt: entry.entity as u32 };
                self.calls.waiting.push_back(request);
                return self.schedule_timer_within(now_us + self.config.gateway_timeout_us, timer);
            }
            self.calls.under_way += 1;
        }
        self.answer_call(request, self.config.gateway_timeout_us);
    }

    /// The call is worked on; it is given up after `left_us`.
    #[inline]
    fn answer_call(&mut self, request: u32, left_us: u64) {
        let entry = &self.requests[request];
        let reply_us = self.now_us + (entry.gateway_us + entry.network_us).min(left_us);
        if reply_us <= self.end_us {
            let key = self.schedule(reply_us);
            self.replies.push(key, request);
        }
    }

    /// Calls that are worked on at a time.
    fn gateway_capacity(&self) -> u32 {
        match self.calls.failed_over {
            None if !self.faults.quiet => self.faults.capacity(self.config.gateway_capacity),
            _ => self.config.gateway_capacity,
        }
    }

    /// A call is no longer worked on, where that means more than its answer.
    #[cold]
    pub(super) fn call_ended(&mut self, request: u32) {
        let entry = &self.requests[request];
        let is_answered = !entry.call_fails && self.now_us - entry.gateway_called_us < self.config.gateway_timeout_us;
        // Also of a process that has ended meanwhile: the cache is beside it.
        if is_answered {
            self.keep_answer(request);
        }
        if self.calls.are_limited {
            self.calls.under_way -= 1;
            self.start_calls();
        }
    }

    /// Calls that wait are taken up, as far as there is room.
    pub(super) fn start_calls(&mut self) {
        while self.calls.are_limited && self.calls.under_way < self.gateway_capacity() {
            let Some(request) = self.calls.waiting.pop_front() else { return };
            self.calls.under_way += 1;
            let entry = &mut self.requests[request];
            entry.phase = Phase::AtGateway;
            let waited_us = self.now_us - entry.gateway_called_us;
            self.answer_call(request, self.config.gateway_timeout_us - waited_us);
        }
    }

    /// A call has waited until its time was up.
    pub(super) fn call_timed_out(&mut self, request: u32, attempt: u32) {
        let entry = &self.requests[request];
        if entry.phase != Phase::AwaitingCall || entry.entity as u32 != attempt {
            return;
        }
        let i = entry.instance as usize;
        self.calls.waiting.retain(|waiting| *waiting != request);
        self.count_call(request);
        self.instances[i].advance(self.now_us);
        self.call_over(i, request, CallOutcome::TimedOut);
        self.fail(i, request);
        self.reschedule(i);
    }
}
