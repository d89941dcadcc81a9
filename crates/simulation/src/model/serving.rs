//! The instance's side: queue, worker thread, the steps of the plan, answer; allocation and collection; running out of memory.

use super::World;
use super::checkout::Failure;
use super::config::us;
use super::dispatch::Timer;
use super::instance::{Pause, Probe, Process};
use super::plan::Op;
use super::session::{self, Transaction};
use super::users::Phase;
use crate::engine::queue::NEVER;
use crate::recording::{Happening, NONE, bucket_of};
use crate::scenario::{CallOutcome, QueueOrder};

/// Whether a request goes on at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Start {
    GoesOn,
    /// It waits, or has failed.
    Stopped,
}

impl World {
    /// A request reaches an instance that has room for it.
    #[inline]
    pub(super) fn admit(&mut self, i: usize, request: u32) {
        self.instances[i].advance(self.now_us);
        if self.instances[i].busy_threads < self.config.worker_threads {
            self.start(i, request);
            self.reschedule(i);
        } else {
            let instance = &mut self.instances[i];
            instance.queue.push_back(request);
            // Where the last is taken first, a probe that waits is overtaken.
            instance.liveness.ahead += u32::from(self.config.queue_order == QueueOrder::LastInFirstOut);
        }
    }

    /// A worker thread takes a request.
    #[inline]
    fn start(&mut self, i: usize, request: u32) {
        let (now_us, now_s, now_ms) = (self.now_us, self.window_us().div_euclid(1_000_000), self.window_ms());
        let config = &self.config;
        let instance = &mut self.instances[i];
        instance.busy_threads += 1;
        let entry = &mut self.requests[request];
        self.statistics.wait_us += now_us - entry.arrived_us;
        entry.phase = Phase::Computing;
        entry.session = Some(session::begin(instance.handling, &mut instance.sessions, now_s));
        if instance.sessions.open_count() > self.session_cap {
            instance.sessions.keep_newest(self.session_cap);
        }
        let mut stream = self.streams.service.of(entry.entity);
        let cold = if now_us < instance.cold_until_us { config.cold_cpu_factor } else { 1.0 };
        let mut cpu_us = stream.exponential() * config.cpu_us * cold;
        if !self.faults.quiet {
            cpu_us *= self.faults.cpu_factor(instance.release, entry.entity);
        }
        entry.cpu_left_us = cpu_us;
        entry.call_us = (stream.lognormal(config.gateway_sigma) * config.gateway_median_us) as i64 as u64;
        entry.network_us = (stream.lognormal(config.network_sigma) * config.network_median_us) as i64 as u64;
        if entry.sample != NONE {
            self.recording.samples.admitted_ms[entry.sample as usize] = now_ms;
        }
        match self.config.plan[0] {
            Op::Cpu { of_left, allocation_bytes } => self.compute_part(i, request, of_left, allocation_bytes),
            _ => self.go_on_slowly(i, request),
        }
    }

    /// Something happens in instance `i` by itself: a pause ends, or a CPU phase does.
    #[inline]
    pub(super) fn instance_event(&mut self, i: usize) {
        let now_us = self.now_us;
        let instance = &mut self.instances[i];
        instance.advance(now_us);
        match instance.pause {
            Pause::None => {
                if let Some(request) = instance.computed() {
                    if !self.faults.quiet && self.is_killed_by(i, request) {
                        self.kill(i, |backoff_s| Happening::Crashed { backoff_s });
                        return;
                    }
                    self.computed(i, request);
                }
            }
            _ => {
                instance.resume();
                self.allocate(i, 0);
                self.begin_liveness(i);
            }
        }
        self.reschedule(i);
    }

    /// A call is answered, or its time is up.
    #[inline]
    pub(super) fn call_replied(&mut self, request: u32) {
        if self.calls_are_watched {
            self.call_ended(request);
        }
        let entry = &mut self.requests[request];
        if entry.phase == Phase::Orphaned {
            entry.phase = Phase::Free;
            return self.requests.release(request);
        }
        let timeout_us = self.config.dependencies[entry.dependency as usize].timeout_us;
        let is_late = self.now_us - entry.called_us >= timeout_us;
        let (i, fails) = (entry.instance as usize, is_late || entry.call_fails);
        self.count_call(request);
        self.instances[i].advance(self.now_us);
        if fails {
            self.call_failed(i, request, if is_late { CallOutcome::TimedOut } else { CallOutcome::Failed });
        } else {
            self.answered(i, request);
        }
        self.reschedule(i);
    }

    /// Whether what a request computed ends the process.
    #[cold]
    #[inline(never)]
    fn is_killed_by(&self, i: usize, request: u32) -> bool {
        self.faults.kills(self.requests[request].entity, self.instances[i].release)
    }

    /// Counts a call that is over.
    #[inline(always)]
    pub(super) fn count_call(&mut self, request: u32) {
        let now_ms = self.window_ms();
        let entry = &self.requests[request];
        let took = bucket_of(self.now_us - entry.called_us);
        if entry.dependency > 0 {
            self.latencies.others[usize::from(entry.dependency) - 1][took] += 1;
            return;
        }
        self.latencies.gateway[took] += 1;
        self.latencies.network[bucket_of(entry.network_us)] += 1;
        if entry.sample != NONE {
            self.recording.samples.reply_ms[entry.sample as usize] = now_ms;
        }
    }

    /// A call was not answered as it should have been: what the request holds is given back, and it fails.
    #[inline(never)]
    pub(super) fn call_failed(&mut self, i: usize, request: u32, outcome: CallOutcome) {
        // No longer that of a call: nobody will answer it again.
        self.requests[request].phase = Phase::Computing;
        if self.put_all_back(i, request, Some(outcome)) {
            self.fail(i, request);
        }
    }

    /// A request ends without an answer: apart from the ways that most requests go, which stay short.
    #[inline(never)]
    pub(super) fn fail(&mut self, i: usize, request: u32) {
        self.finish(i, request, Transaction::TimedOut);
    }

    /// The request is done: the session code runs, the answer goes out, the thread takes the next.
    #[inline(always)]
    pub(super) fn finish(&mut self, i: usize, request: u32, transaction: Transaction) {
        let (now_us, now_ms) = (self.now_us, self.window_ms());
        let entry = &mut self.requests[request];
        entry.phase = Phase::Free;
        let (user, session, sample) = (entry.user, entry.session, entry.sample);
        let took_us = now_us - entry.arrived_us;
        let client_waits = self.users[user].stamp == entry.stamp;
        self.requests.release(request);
        let instance = &mut self.instances[i];
        instance.busy_threads -= 1;
        if let Some(session) = session {
            session::end(instance.handling, &mut instance.sessions, session, transaction);
        }
        instance.work.completed += 1;
        instance.work.completed_slow += u32::from(took_us > self.config.slow_after_us);
        instance.latency[bucket_of(took_us)] += 1;
        if sample != NONE {
            let row = sample as usize;
            self.recording.samples.ended_ms[row] = now_ms;
            if client_waits && transaction == Transaction::Confirmed {
                let slow = now_us - self.users[user].started_us > self.config.slow_after_us;
                self.recording.samples.outcome[row] = u32::from(slow);
            }
        }
        match (client_waits, transaction) {
            (true, Transaction::Confirmed) => {
                self.attempt_ended(i, true);
                self.confirmed(user);
            }
            (true, Transaction::TimedOut) => {
                self.attempt_ended(i, false);
                self.attempt_failed(user, Failure::TimedOut);
            }
            (false, _) => self.second.wasted += 1,
        }
        self.start_queued(i);
        if self.instances[i].liveness.probe == Probe::Waiting {
            self.begin_liveness(i);
        }
        if self.instances[i].process == Process::Draining && self.instances[i].in_flight() == 0 {
            self.drained(i);
        }
    }

    /// Free threads take what waits.
    #[inline]
    fn start_queued(&mut self, i: usize) {
        while self.instances[i].busy_threads < self.config.worker_threads {
            let queue = &mut self.instances[i].queue;
            let next = match self.config.queue_order {
                QueueOrder::FirstInFirstOut => queue.pop_front(),
                QueueOrder::LastInFirstOut => queue.pop_back(),
            };
            let Some(request) = next else { return };
            let liveness = &mut self.instances[i].liveness;
            liveness.ahead = liveness.ahead.saturating_sub(1);
            let entry = &self.requests[request];
            if self.config.drops_queued_when_client_left && self.users[entry.user].stamp != entry.stamp {
                self.statistics.left_queue += 1;
                self.statistics.wait_us += entry.client_leaves_us - entry.arrived_us;
                self.requests[request].phase = Phase::Free;
                self.requests.release(request);
                continue;
            }
            self.start(i, request);
        }
    }

    /// Allocates, and collects when the free heap is used up. The collector's pause is proportional to what is live, the
    /// time between collections to what is free: nothing else makes the collector expensive.
    #[inline]
    pub(super) fn allocate(&mut self, i: usize, bytes: u64) {
        let config = &self.config;
        let instance = &mut self.instances[i];
        if !instance.allocate(config, bytes) || instance.pause != Pause::None {
            return;
        }
        let live_bytes = instance.live_bytes(config);
        instance.heap_peak_bytes = config.heap_limit_bytes;
        instance.heap_after_gc_bytes = live_bytes;
        if live_bytes >= config.heap_limit_bytes {
            return self.kill(i, |backoff_s| Happening::OutOfMemory { backoff_s });
        }
        let pause_us = (config.pause_us_per_byte * live_bytes as f64) as i64 as u64;
        if pause_us == 0 {
            // A collector that costs nothing: what it would have done as often as needed is done.
            instance.allocated_bytes = 0;
            return;
        }
        if instance.is_futile(config, self.now_us, live_bytes, pause_us) {
            return self.kill(i, |backoff_s| Happening::OutOfMemory { backoff_s });
        }
        // A request allocates many small pieces. What did not fit is allocated after the collection, and may need another.
        instance.allocated_bytes -= config.heap_limit_bytes - live_bytes;
        instance.work.gc_count += 1;
        instance.stop_for(Pause::Collection, self.now_us, pause_us);
    }

    /// The process is killed, or ends by itself; what it held is lost, and it is started again after a back-off. `why` is given
    /// the back-off in seconds.
    pub(super) fn kill(&mut self, i: usize, why: impl FnOnce(u32) -> Happening) {
        let now_us = self.now_us;
        let config = &self.config;
        let instance = &mut self.instances[i];
        let healthy_us = now_us.saturating_sub(instance.running_since_us);
        let again = instance.backoff_us > 0 && healthy_us < config.backoff_reset_us;
        let backoff_us = if again { instance.backoff_us * 2 } else { config.backoff_first_us };
        instance.backoff_us = backoff_us.min(config.backoff_max_us);
        let backoff_us = instance.backoff_us;
        let backoff_s = (backoff_us / us(1.0)) as u32;
        self.lose_requests(i);
        self.instances[i].clear();
        self.instances[i].process = Process::BackingOff;
        let life = self.instances[i].life;
        self.instance_events.set(i, NEVER);
        self.balancer.refresh(&self.instances);
        self.note(Some(i), why(backoff_s));
        self.schedule_timer_within(now_us + backoff_us, Timer::BackoffOver { instance: i as u32, life });
    }

    /// The process ends with requests in it: their clients see a broken connection.
    pub(super) fn lose_requests(&mut self, i: usize) {
        let mut broken = Vec::new();
        for (slot, request) in self.requests.iter_mut() {
            if request.instance as usize != i || matches!(request.phase, Phase::Free | Phase::Orphaned) {
                continue;
            }
            broken.push((slot, request.phase, request.user, request.stamp));
        }
        if broken.iter().any(|(_, phase, ..)| *phase == Phase::AwaitingCall) {
            let gone = |slot: &u32| broken.iter().any(|(broken, ..)| broken == slot);
            self.calls.iter_mut().for_each(|calls| calls.waiting.retain(|request| !gone(request)));
        }
        for (slot, phase, user, stamp) in broken {
            if phase == Phase::Calling {
                self.requests[slot].phase = Phase::Orphaned;
            } else {
                self.requests[slot].phase = Phase::Free;
                self.requests.release(slot);
            }
            if self.users[user].stamp == stamp {
                self.attempt_failed(user, Failure::Killed);
            }
        }
    }
}
