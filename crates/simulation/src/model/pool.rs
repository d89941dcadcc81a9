//! Pools: a request takes a slot where its plan says so, and waits for one, with its worker thread, when all are taken.
//!
//! Invariant: slots taken are those of requests that hold one and those that were never given back; a request waits only for a pool
//! none of whose slots is free.

use std::collections::VecDeque;

use super::config::{Config, us};
use super::dispatch::Timer;
use super::plan::Op;
use super::serving::Start;
use super::users::Phase;
use super::world::World;
use crate::recording::PoolRow;
use crate::scenario::{CallOutcome, Scenario};

/// Capacity and patience of a pool.
#[derive(Clone, Copy, Debug)]
pub(super) struct PoolConfig {
    pub capacity: u32,
    /// Slots at the start of the run, of which shares are taken.
    pub slots: u32,
    pub timeout_us: u64,
    /// Uses after which a connection is closed.
    pub reuses: Option<u32>,
    /// What its slots are for: the dependency that is called next after one was taken.
    pub dependency: usize,
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
    pub fn all(scenario: &Scenario, plan: &[Op]) -> Vec<Self> {
        let of = |(index, pool): (usize, &crate::scenario::Pool)| Self {
            capacity: pool.capacity,
            slots: pool.capacity,
            timeout_us: us(pool.timeout_s),
            reuses: pool.reuses,
            dependency: called_with(plan, index),
        };
        scenario.pools.iter().enumerate().map(of).collect()
    }
}

/// The dependency that is called next after a slot of a pool was taken; the gateway when none is.
fn called_with(plan: &[Op], pool: usize) -> usize {
    let taken = plan.iter().skip_while(|op| !matches!(op, Op::Acquire { pool: taken } if usize::from(*taken) == pool));
    let called = taken.into_iter().find_map(|op| match op {
        Op::Call { dependency, .. } => Some(usize::from(*dependency)),
        _ => None,
    });
    called.unwrap_or(0)
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
    /// A request takes a slot of a pool, or waits for one, or fails because a new connection is refused.
    pub(super) fn acquire(&mut self, i: usize, index: usize, request: u32) -> Start {
        let (pool, config) = (&mut self.instances[i].pools[index], self.config.pools[index]);
        if pool.has_room(config) {
            return self.take_slot(i, index, request);
        }
        pool.waiting.push_back(request);
        let entry = &mut self.requests[request];
        entry.phase = Phase::AwaitingSlot;
        let timer = Timer::SlotTimeOut { request, pool: index as u32, attempt: entry.entity as u32, step: entry.step };
        self.schedule_timer_within(self.now_us + config.timeout_us, timer);
        Start::Stopped
    }

    /// Takes a slot that is free, with an open connection or a new one. Where a new one is refused the request has failed.
    fn take_slot(&mut self, i: usize, index: usize, request: u32) -> Start {
        let pool = &mut self.instances[i].pools[index];
        let stays = || self.calls[self.config.pools[index].dependency].failed_over.is_none();
        if pool.idle > 0 {
            pool.idle -= 1;
        } else if !self.faults.quiet && stays() && self.faults.refuses(index) {
            if self.put_all_back(i, request, None) {
                self.fail(i, request);
            }
            return Start::Stopped;
        }
        self.instances[i].pools[index].taken += 1;
        self.requests[request].slots |= 1 << index;
        Start::GoesOn
    }

    /// A request has waited for a slot for as long as it may.
    pub(super) fn slot_timed_out(&mut self, request: u32, index: usize, attempt: u32, step: u8) {
        let entry = &self.requests[request];
        if entry.phase != Phase::AwaitingSlot || entry.step != step || entry.entity as u32 != attempt {
            return;
        }
        let i = entry.instance as usize;
        self.instances[i].advance(self.now_us);
        let pool = &mut self.instances[i].pools[index];
        pool.timed_out += 1;
        pool.waiting.retain(|waiting| *waiting != request);
        if self.put_all_back(i, request, None) {
            self.fail(i, request);
        }
        self.reschedule(i);
    }

    /// A request gives back whatever it holds; after a call that ended so, but for what a fault keeps. False where the process
    /// has ended by what others did with the slots: the request is gone with it.
    pub(super) fn put_all_back(&mut self, i: usize, request: u32, outcome: Option<CallOutcome>) -> bool {
        (0..self.config.pools.len()).all(|index| {
            let holds = self.requests[request].slots & (1 << index) != 0;
            match outcome {
                _ if !holds => true,
                Some(outcome) => self.put_back(i, index, request, outcome),
                None => {
                    self.requests[request].slots &= !(1 << index);
                    self.give_back(i, index)
                }
            }
        })
    }

    /// A request gives a slot back after a call that ended so, unless a fault keeps it. False where the process has ended.
    pub(super) fn put_back(&mut self, i: usize, index: usize, request: u32, outcome: CallOutcome) -> bool {
        self.requests[request].slots &= !(1 << index);
        if !self.faults.quiet && self.faults.keeps_slot(index, outcome, self.instances[i].release) {
            self.instances[i].pools[index].lost += 1;
            return true;
        }
        self.give_back(i, index)
    }

    /// A slot is free: whoever has waited longest takes it, and goes on. False where that has ended the process.
    fn give_back(&mut self, i: usize, index: usize) -> bool {
        let life = self.instances[i].life;
        let reuses = self.config.pools[index].reuses;
        let pool = &mut self.instances[i].pools[index];
        pool.taken -= 1;
        pool.uses += 1;
        if reuses.is_none_or(|reuses| !pool.uses.is_multiple_of(reuses)) {
            pool.idle += 1;
        }
        self.hand_out(i, index);
        self.instances[i].life == life
    }

    /// Requests that wait take what is free, and go on.
    pub(super) fn hand_out(&mut self, i: usize, index: usize) {
        let config = self.config.pools[index];
        while self.instances[i].pools[index].has_room(config) {
            let Some(request) = self.instances[i].pools[index].waiting.pop_front() else { return };
            self.requests[request].phase = Phase::Computing;
            if self.take_slot(i, index, request) == Start::GoesOn {
                self.requests[request].step += 1;
                self.go_on(i, request);
            }
        }
    }
}
