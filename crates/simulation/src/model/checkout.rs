//! The user's side: first click, attempts, time-outs, retries, patience, outcome.

use super::World;
use super::users::{Deadline, Due, Phase, Request, STAMPS_PER_USER, User};
use crate::recording::{NONE, SampleRow, bucket_of};
use crate::scenario::PatienceShape;

/// Numbers of users who start before the window; far above those of the window.
const FIRST_BEFORE_WINDOW: u64 = 1 << 40;

/// Numbers of users who come by a surge.
const FIRST_BY_SURGE: u64 = 1 << 41;

/// Why a user failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Failure {
    Rejected,
    TimedOut,
    Abandoned,
    Killed,
}

impl World {
    /// A user clicks.
    #[inline]
    pub(super) fn arrive(&mut self) {
        let by_surge = self.arrivals.is_by_surge();
        self.schedule_arrival();
        // Users of the window have the same numbers, and so the same random numbers, whatever came before it.
        let number = if by_surge {
            self.users_by_surge += 1;
            FIRST_BY_SURGE + self.users_by_surge
        } else if self.now_us > self.lead_in_us || self.lead_in_us == 0 {
            self.users_arrived += 1;
            self.users_arrived - 1
        } else {
            self.users_before_window += 1;
            FIRST_BEFORE_WINDOW + self.users_before_window
        };
        if (by_surge || !self.faults.quiet) && !self.comes(number, by_surge) {
            return;
        }
        self.statistics.users += 1;
        self.second.arrivals += 1;
        let mut stream = self.streams.patience.of(number);
        let patience_us = self.config.patience_median_us
            * match self.config.patience {
                PatienceShape::Lognormal => stream.lognormal(self.config.patience_sigma),
                PatienceShape::Exponential => stream.exponential() / std::f64::consts::LN_2,
            };
        let started_us = self.now_us;
        // Nobody waits for eleven days.
        let patience_until_us = started_us + patience_us.min(1e12) as i64 as u64;
        let slot = self.users.take(|before| User {
            started_us,
            patience_until_us,
            number,
            stamp: before.map_or(0, |user| user.stamp),
            attempt: 0,
        });
        self.send(slot);
    }

    /// The client sends an attempt.
    #[inline]
    fn send(&mut self, slot: u32) {
        self.second.attempts += 1;
        let user = self.users[slot];
        let is_shed = |ratio: f64| self.streams.shedding.of(user.attempt_entity()).uniform() < ratio;
        if self.balancer.shed_ratio > 0.0 && is_shed(self.balancer.shed_ratio) {
            return self.turned_away(slot, NONE);
        }
        let Some(i) = self.balancer.choose(&self.instances) else {
            return self.turned_away(slot, NONE);
        };
        self.statistics.offered += 1;
        if let Some(budget) = self.config.retry_budget
            && user.attempt == 0
        {
            self.retry_tokens = (self.retry_tokens + budget.paid_in_ratio).min(budget.most);
        }
        if self.instances[i].busy_threads >= self.config.worker_threads {
            self.statistics.waited += 1;
            if !self.instances[i].has_room(&self.config) {
                self.instances[i].work.rejected += 1;
                self.attempt_ended(i, false);
                return self.turned_away(slot, i as u32);
            }
        }
        let timeout_us = self.now_us + self.config.client_timeout_us;
        if timeout_us >= user.patience_until_us {
            self.await_patience(slot);
        } else if timeout_us <= self.end_us {
            let key = self.schedule(timeout_us);
            self.timeouts.push(key, Deadline::new(slot, &user, Due::TimeOut));
        }
        let (now_us, sample) = (self.now_us, self.sample(&user, i as u32, 2));
        let request = self.requests.take(|_| Request {
            user: slot,
            stamp: user.stamp,
            instance: i as u32,
            phase: Phase::Queued,
            session: None,
            arrived_us: now_us,
            client_leaves_us: timeout_us.min(user.patience_until_us),
            called_us: 0,
            cpu_left_us: 0.0,
            step: 0,
            dependency: 0,
            slots: 0,
            call_us: 0,
            network_us: 0,
            call_fails: false,
            fills_cache: false,
            entity: user.attempt_entity(),
            sample,
        });
        self.admit(i, request);
    }

    /// The queue is full, no instance is in rotation, or the attempt is shed.
    fn turned_away(&mut self, slot: u32, instance: u32) {
        self.second.rejected += 1;
        let user = self.users[slot];
        self.sample(&user, instance, 3);
        self.attempt_failed(slot, Failure::Rejected);
    }

    fn sample(&mut self, user: &User, instance: u32, outcome: u32) -> u32 {
        // By a multiplicative hash: every eighth attempt in turn would all go to the same instance.
        if user.attempt_entity().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 61 != 0 {
            return NONE;
        }
        if self.now_us < self.lead_in_us {
            return NONE;
        }
        let now_ms = self.window_ms();
        self.recording.samples.push(&SampleRow {
            sent_ms: now_ms,
            admitted_ms: NONE,
            gateway_ms: NONE,
            reply_ms: NONE,
            ended_ms: now_ms,
            instance,
            outcome,
        });
        (self.recording.samples.sent_ms.len() - 1) as u32
    }

    /// The present attempt has failed for its client: try again or give up.
    pub(super) fn attempt_failed(&mut self, slot: u32, failure: Failure) {
        let user = &self.users[slot];
        if user.attempt >= self.config.retries || (self.config.retry_budget.is_some() && !self.may_retry()) {
            return self.failed(slot, failure);
        }
        let user = &mut self.users[slot];
        user.attempt += 1;
        user.stamp += 1;
        let user = *user;
        let draw = self.streams.backoff.of(user.attempt_entity()).uniform();
        let at_us = self.now_us + (self.config.backoff_us * self.wait_factor(user.attempt, draw)) as i64 as u64;
        if at_us >= user.patience_until_us {
            self.await_patience(slot);
        } else if at_us <= self.end_us {
            let key = self.schedule(at_us);
            self.deadlines.push(key, Deadline::new(slot, &user, Due::Retry));
        }
    }

    /// The user's patience ends before their client does anything more. Only then is its end an event: it mostly never comes.
    #[inline]
    fn await_patience(&mut self, slot: u32) {
        let user = self.users[slot];
        if user.patience_until_us <= self.end_us {
            let key = self.schedule(user.patience_until_us);
            self.deadlines.push(key, Deadline::new(slot, &user, Due::PatienceOver));
        }
    }

    /// What a user or their client waited for has come, unless it no longer matters.
    #[inline]
    pub(super) fn deadline(&mut self, deadline: Deadline) {
        if !deadline.matters(&self.users) {
            return;
        }
        let slot = deadline.user();
        match deadline.due() {
            Due::PatienceOver => self.failed(slot, Failure::Abandoned),
            Due::TimeOut => {
                self.client_left(slot);
                self.attempt_failed(slot, Failure::TimedOut);
            }
            Due::Retry => {
                self.second.retries += 1;
                self.send(slot);
            }
        }
    }

    /// The service has answered.
    #[inline(always)]
    pub(super) fn confirmed(&mut self, slot: u32) {
        let started_us = self.users[slot].started_us;
        let took_us = self.now_us - started_us;
        let row = self.row_of(started_us);
        self.latencies.checkout[bucket_of(took_us)] += 1;
        if took_us > self.config.slow_after_us {
            self.second.slow += 1;
            count_in(&mut self.recording.service.started_slow, &mut self.second.started_slow, row);
        } else {
            self.second.fast += 1;
            count_in(&mut self.recording.service.started_fast, &mut self.second.started_fast, row);
        }
        self.gone(slot);
    }

    fn failed(&mut self, slot: u32, failure: Failure) {
        let count = match failure {
            Failure::Rejected => &mut self.second.failed_rejected,
            Failure::TimedOut => &mut self.second.failed_timed_out,
            Failure::Abandoned => &mut self.second.failed_abandoned,
            Failure::Killed => &mut self.second.failed_killed,
        };
        *count += 1;
        let row = self.row_of(self.users[slot].started_us);
        count_in(&mut self.recording.service.started_failed, &mut self.second.started_failed, row);
        self.gone(slot);
    }

    /// The second of the window in which a user started; `None` before it.
    #[inline]
    fn row_of(&self, started_us: u64) -> Option<usize> {
        started_us.checked_sub(self.lead_in_us).map(|since_us| (since_us / 1_000_000) as usize)
    }

    fn gone(&mut self, slot: u32) {
        self.statistics.outcomes += 1;
        // Until the slot is taken again no stamp of this user matches.
        self.users[slot].stamp = (self.users[slot].stamp / STAMPS_PER_USER + 1) * STAMPS_PER_USER;
        self.users.release(slot);
    }
}

/// Counts in a second: in the recording when it is over, else in the row that is being filled.
#[inline]
fn count_in(column: &mut [u32], filling: &mut u32, row: Option<usize>) {
    if let Some(row) = row {
        *column.get_mut(row).unwrap_or(filling) += 1;
    }
}
