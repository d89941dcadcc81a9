//! Pools: a request holds a slot of each while it calls the gateway, and waits for one, with its worker thread, when all are
//! taken.
//!
//! Invariant: slots taken are those of calls under way and those that were never given back; a request waits only for a pool
//! none of whose slots is free.

use std::collections::VecDeque;

use super::config::{Config, us};
use super::dispatch::Timer;
use super::users::Phase;
use super::world::World;
use crate::recording::PoolRow;
use crate::scenario::{CallOutcome, Scenario};

/// Capacity and patience of a pool.
#[derive(Clone, Copy, Debug)]
pub(super) struct PoolConfig {
    pub capacity: u32,
    pub timeout_us: u64,
    /// Uses after which a connection is closed.
    pub reuses: Option<u32>,
}

/// A pool of one instance.
#[derive(Clone, Debug, Default)]
pub(super) struct Pool {
    /// Slots taken, those that were never given back included.
    pub taken: u32,
    /// Slots that were never given back.
    pub lost: u32,
    /// Open connections that nobody uses.
    idle: u32,
    /// Slots given back, of which every so many closes its connection.
    uses: u32,
    /// Requests that wait, the oldest first.
    pub waiting: VecDeque<u32>,
    /// Requests whose time to wait was up since the last row.
    pub timed_out: u32,
}

impl PoolConfig {
    pub fn all(scenario: &Scenario) -> Vec<Self> {
        let of = |pool: &crate::scenario::Pool| Self {
            capacity: pool.capacity,
            timeout_us: us(pool.timeout_s),
            reuses: pool.reuses,
        };
        scenario.pools.iter().map(of).collect()
    }
}

impl Pool {
    /// What is recorded of it; counts start anew.
    pub fn row(&mut self) -> PoolRow {
        PoolRow {
            slots_taken: self.taken,
            slots_lost: self.lost,
            slots_waited_for: self.waiting.len() as u32,
            slot_timeouts: std::mem::take(&mut self.timed_out),
        }
    }

    fn has_room(&self, config: PoolConfig) -> bool {
        self.taken < config.capacity
    }
}

/// The pools of a process that has just started.
pub(super) fn empty(config: &Config) -> Vec<Pool> {
    vec![Pool::default(); config.pools.len()]
}

impl World {
    /// A request takes the slots it has not got yet, one pool after the other, and calls the gateway when it has them all.
    pub(super) fn take_slots(&mut self, i: usize, request: u32) {
        let held = self.requests[request].slots as usize;
        for index in held..self.config.pools.len() {
            let (pool, config) = (&mut self.instances[i].pools[index], self.config.pools[index]);
            if pool.has_room(config) {
                match self.take_slot(i, index, request) {
                    true => continue,
                    false => return,
                }
            }
            pool.waiting.push_back(request);
            let entry = &mut self.requests[request];
            entry.phase = Phase::AwaitingSlot;
            let timer = Timer::SlotTimeOut { request, pool: index as u32, attempt: entry.entity as u32 };
            self.schedule_timer_within(self.now_us + config.timeout_us, timer);
            return;
        }
        self.call_with_slots(request);
    }

    /// Calls the gateway: apart from the way of a request without pools, which stays short.
    #[inline(never)]
    fn call_with_slots(&mut self, request: u32) {
        self.call_gateway(request);
    }

    /// Takes a slot that is free, with an open connection or a new one; false where a new one is refused, so that the request
    /// has failed.
    fn take_slot(&mut self, i: usize, index: usize, request: u32) -> bool {
        let pool = &mut self.instances[i].pools[index];
        if pool.idle > 0 {
            pool.idle -= 1;
        } else if !self.faults.quiet && self.calls.failed_over.is_none() && self.faults.refuses(index) {
            let held = std::mem::take(&mut self.requests[request].slots) as usize;
            (0..held).for_each(|held| self.give_back(i, held));
            self.fail(i, request);
            return false;
        }
        self.instances[i].pools[index].taken += 1;
        self.requests[request].slots = index as u8 + 1;
        true
    }

    /// A request has waited for a slot for as long as it may.
    pub(super) fn slot_timed_out(&mut self, request: u32, index: usize, attempt: u32) {
        let entry = &self.requests[request];
        let waits_for_it = entry.phase == Phase::AwaitingSlot && entry.slots as usize == index;
        if !waits_for_it || entry.entity as u32 != attempt {
            return;
        }
        let i = entry.instance as usize;
        self.instances[i].advance(self.now_us);
        let pool = &mut self.instances[i].pools[index];
        pool.timed_out += 1;
        pool.waiting.retain(|waiting| *waiting != request);
        let held = self.requests[request].slots as usize;
        (0..held).for_each(|held| self.give_back(i, held));
        self.fail(i, request);
        self.reschedule(i);
    }

    /// A call is over: its slots are given back, but for those that a fault keeps.
    pub(super) fn call_over(&mut self, i: usize, request: u32, outcome: CallOutcome) {
        let held = std::mem::take(&mut self.requests[request].slots) as usize;
        for index in 0..held {
            if !self.faults.quiet && self.faults.keeps_slot(index, outcome, self.instances[i].release) {
                self.instances[i].pools[index].lost += 1;
            } else {
                self.give_back(i, index);
            }
        }
    }

    /// A slot is free: whoever has waited longest takes it.
    fn give_back(&mut self, i: usize, index: usize) {
        let reuses = self.config.pools[index].reuses;
        let pool = &mut self.instances[i].pools[index];
        pool.taken -= 1;
        pool.uses += 1;
        if reuses.is_none_or(|reuses| !pool.uses.is_multiple_of(reuses)) {
            pool.idle += 1;
        }
        self.hand_out(i, index);
    }

    /// Requests that wait take what is free.
    pub(super) fn hand_out(&mut self, i: usize, index: usize) {
        let config = self.config.pools[index];
        while self.instances[i].pools[index].has_room(config) {
            let Some(request) = self.instances[i].pools[index].waiting.pop_front() else { return };
            self.requests[request].phase = Phase::BeforeGateway;
            if self.take_slot(i, index, request) {
                self.take_slots(i, request);
            }
        }
    }
}
