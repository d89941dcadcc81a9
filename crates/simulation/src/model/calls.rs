//! What the service depends on: the calls that each dependency works on at a time, and those that wait there.
//!
//! Invariant: a call waits only while as many as its dependency can take are under way; the time of a call ends at its
//! time-out, whether it waited or was worked on.

use std::collections::VecDeque;

use super::config::Config;
use super::dispatch::Timer;
use super::users::Phase;
use super::world::World;
use crate::engine::random::{Purpose, Streams};
use crate::recording::{DependencyRow, NONE};
use crate::scenario::{CallOutcome, UNLIMITED};

/// Calls of all instances that are counted since the run began.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CallCounts {
    pub ended: u64,
    pub failed: u64,
    pub timed_out: u64,
    pub ms: u64,
}

/// The calls of a dependency.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls {
    /// Whether it works on so many at a time only.
    pub are_limited: bool,
    /// Calls that it works on; not counted where nobody looks at calls.
    pub under_way: u32,
    /// Requests whose call waits, the oldest first.
    pub waiting: VecDeque<u32>,
    /// By how much the one that was failed over to is slower; `None` before.
    pub failed_over: Option<f64>,
    pub counts: CallCounts,
    /// What of the counts is in the recording.
    recorded: CallCounts,
}

impl Calls {
    pub fn all(config: &Config) -> Vec<Self> {
        let of = |are_limited| Self { are_limited, ..Self::default() };
        config.dependencies.iter().map(|dependency| of(dependency.capacity < UNLIMITED)).collect()
    }

    /// What is recorded of it; counts start anew.
    pub fn row(&mut self) -> DependencyRow {
        let (now, last) = (self.counts, std::mem::replace(&mut self.recorded, self.counts));
        DependencyRow {
            calls_ended: (now.ended - last.ended) as u32,
            calls_failed: (now.failed - last.failed) as u32,
            calls_timed_out: (now.timed_out - last.timed_out) as u32,
            calls_ms: (now.ms - last.ms) as u32,
            calls_under_way: self.under_way,
            calls_waiting: self.waiting.len() as u32,
        }
    }

    /// The window begins: rows count from here.
    pub fn begin_window(&mut self) {
        self.recorded = self.counts;
    }
}

/// The streams of the calls whose time is not drawn when the request starts.
pub(super) fn streams(seed: u64) -> Streams {
    Streams::new(seed, Purpose::Calls)
}

impl World {
    /// The instance calls. `draws` says that the time of the call is not drawn yet.
    #[inline(always)]
    pub(super) fn call(&mut self, request: u32, dependency: usize, draws: bool) {
        let (now_us, now_ms) = (self.now_us, self.window_ms());
        let entry = &mut self.requests[request];
        entry.phase = Phase::Calling;
        entry.called_us = now_us;
        if draws {
            self.draw_call(request, dependency);
        }
        let entry = &mut self.requests[request];
        if !self.faults.quiet {
            let failed_over = self.calls[dependency].failed_over;
            let factor = failed_over.unwrap_or_else(|| self.faults.latency_factor(dependency));
            entry.call_us = (entry.call_us as f64 * factor) as i64 as u64;
            entry.call_fails = failed_over.is_none() && self.faults.call_fails(dependency, entry.entity);
        }
        if entry.sample != NONE && dependency == 0 {
            self.recording.samples.gateway_ms[entry.sample as usize] = now_ms;
        }
        if self.calls_are_watched && !self.begin_watched_call(request, dependency) {
            return;
        }
        self.answer_call(request, self.config.dependencies[dependency].timeout_us);
    }

    /// The time of a call of which a request makes several.
    #[cold]
    fn draw_call(&mut self, request: u32, dependency: usize) {
        let config = self.config.dependencies[dependency];
        let entry = &mut self.requests[request];
        // A stream for each step of each attempt.
        let mut stream = self.call_streams.of(entry.entity << 8 | u64::from(entry.step));
        entry.dependency = dependency as u8;
        if dependency == 0 {
            let (gateway, network) = (self.config.gateway_median_us, self.config.network_median_us);
            entry.call_us = (stream.lognormal(self.config.gateway_sigma) * gateway) as i64 as u64;
            entry.network_us = (stream.lognormal(self.config.network_sigma) * network) as i64 as u64;
        } else {
            entry.call_us = (stream.lognormal(config.sigma) * config.median_us) as i64 as u64;
            entry.network_us = 0;
        }
    }

    /// Counts a call that begins; false where it has to wait.
    #[cold]
    fn begin_watched_call(&mut self, request: u32, dependency: usize) -> bool {
        let calls = &self.calls[dependency];
        if calls.are_limited && calls.under_way >= self.capacity(dependency) {
            let entry = &mut self.requests[request];
            entry.phase = Phase::AwaitingCall;
            let timer = Timer::CallTimeOut { request, attempt: entry.entity as u32, step: entry.step };
            self.calls[dependency].waiting.push_back(request);
            let timeout_us = self.config.dependencies[dependency].timeout_us;
            self.schedule_timer_within(self.now_us + timeout_us, timer);
            return false;
        }
        self.calls[dependency].under_way += 1;
        true
    }

    /// The call is worked on; it is given up after `left_us`.
    #[inline(always)]
    fn answer_call(&mut self, request: u32, left_us: u64) {
        let entry = &self.requests[request];
        let reply_us = self.now_us + (entry.call_us + entry.network_us).min(left_us);
        if reply_us <= self.end_us {
            let key = self.schedule(reply_us);
            self.replies.push(key, request);
        }
    }

    /// Calls that are worked on at a time.
    fn capacity(&self, dependency: usize) -> u32 {
        let capacity = self.config.dependencies[dependency].capacity;
        match self.calls[dependency].failed_over {
            None if !self.faults.quiet => self.faults.capacity(dependency, capacity),
            _ => capacity,
        }
    }

    /// A call is no longer worked on, where that means more than its answer.
    #[cold]
    pub(super) fn call_ended(&mut self, request: u32) {
        let entry = &self.requests[request];
        let dependency = usize::from(entry.dependency);
        let took_us = self.now_us - entry.called_us;
        let is_late = took_us >= self.config.dependencies[dependency].timeout_us;
        let fails = entry.call_fails;
        // Also of a process that has ended meanwhile: the cache is beside it.
        if !is_late && !fails {
            self.keep_answer(request);
        }
        self.count_ended(dependency, took_us, is_late, fails);
        self.calls[dependency].under_way -= 1;
        self.start_calls(dependency);
    }

    fn count_ended(&mut self, dependency: usize, took_us: u64, is_late: bool, fails: bool) {
        let counts = &mut self.calls[dependency].counts;
        counts.ended += 1;
        counts.ms += took_us / 1000;
        counts.timed_out += u64::from(is_late);
        counts.failed += u64::from(fails && !is_late);
    }

    /// Calls that wait are taken up, as far as there is room.
    pub(super) fn start_calls(&mut self, dependency: usize) {
        while self.calls[dependency].are_limited && self.calls[dependency].under_way < self.capacity(dependency) {
            let Some(request) = self.calls[dependency].waiting.pop_front() else { return };
            self.calls[dependency].under_way += 1;
            let entry = &mut self.requests[request];
            entry.phase = Phase::Calling;
            let waited_us = self.now_us - entry.called_us;
            self.answer_call(request, self.config.dependencies[dependency].timeout_us - waited_us);
        }
    }

    /// A call has waited until its time was up.
    pub(super) fn call_timed_out(&mut self, request: u32, attempt: u32, step: u8) {
        let entry = &self.requests[request];
        if entry.phase != Phase::AwaitingCall || entry.entity as u32 != attempt || entry.step != step {
            return;
        }
        let (i, dependency) = (entry.instance as usize, usize::from(entry.dependency));
        let took_us = self.now_us - entry.called_us;
        self.calls[dependency].waiting.retain(|waiting| *waiting != request);
        self.count_ended(dependency, took_us, true, false);
        self.count_call(request);
        self.instances[i].advance(self.now_us);
        self.call_failed(i, request, CallOutcome::TimedOut);
        self.reschedule(i);
    }
}
