//! The steps of a request: where it goes when a step is done.
//!
//! Invariant: a request is at one step of the plan at a time; the slots that it holds are those taken by steps before it and not
//! given back since. A plan ends with [`Op::End`].

use super::World;
use super::serving::Start;
use super::session::Transaction;
use super::users::Phase;
use crate::scenario::{CallOutcome, PlanStep, Scenario};

/// A step of the plan, with names looked up.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Op {
    /// It computes for a share of the CPU time that is left.
    Cpu { of_left: f64, allocation_bytes: u64 },
    /// It takes a slot of a pool.
    Acquire { pool: u8 },
    /// It gives the slot back.
    Release { pool: u8 },
    /// It calls a dependency. The time of a first call, if it is of the gateway, is drawn when the request
    /// starts.
    Call { dependency: u8, draws: bool },
    /// It looks into the cache; with what it needs it goes on behind the steps that would get it.
    LookUp { behind: u8 },
    /// It is done.
    End,
}

/// The plan of a scenario as a list without nesting.
pub(super) fn compile(scenario: &Scenario, allocation_bytes: u64) -> Vec<Op> {
    let mut compiler = Compiler { scenario, ops: Vec::new(), left: 1.0, allocation_bytes, has_called: false };
    compiler.add(&scenario.request_plan());
    // What rounding left over belongs to the last CPU step.
    let last = compiler.ops.iter_mut().rev().find(|op| matches!(op, Op::Cpu { .. }));
    if let Some(Op::Cpu { of_left, allocation_bytes }) = last {
        *of_left = 1.0;
        *allocation_bytes += compiler.allocation_bytes;
    }
    compiler.ops.push(Op::End);
    compiler.ops
}

struct Compiler<'a> {
    scenario: &'a Scenario,
    ops: Vec<Op>,
    /// Share of the CPU time that is left.
    left: f64,
    /// Bytes that are left to be allocated.
    allocation_bytes: u64,
    has_called: bool,
}

impl Compiler<'_> {
    fn add(&mut self, steps: &[PlanStep]) {
        let pool = |id: &String| self.scenario.pools.iter().position(|pool| pool.id == *id).unwrap_or(0) as u8;
        for step in steps {
            match step {
                PlanStep::Cpu(share) => {
                    let of_left = if self.left > 0.0 { (share / self.left).min(1.0) } else { 0.0 };
                    let bytes = (self.allocation_bytes as f64 * of_left) as i64 as u64;
                    self.left -= share;
                    self.allocation_bytes -= bytes;
                    self.ops.push(Op::Cpu { of_left, allocation_bytes: bytes });
                }
                PlanStep::Acquire(id) => self.ops.push(Op::Acquire { pool: pool(id) }),
                PlanStep::Release(id) => self.ops.push(Op::Release { pool: pool(id) }),
                PlanStep::Call(id) => {
                    let dependency = self.scenario.dependency_index(id).unwrap_or(0) as u8;
                    let draws = dependency > 0 || self.has_called;
                    self.has_called = true;
                    self.ops.push(Op::Call { dependency, draws });
                }
                PlanStep::ReadThroughCache(inner) => {
                    let at = self.ops.len();
                    self.ops.push(Op::LookUp { behind: 0 });
                    self.add(inner);
                    self.ops[at] = Op::LookUp { behind: self.ops.len() as u8 };
                }
            }
        }
    }
}

impl World {
    /// A request goes on with the step that it is at, and with further ones that take no time. The instance's clock stands at
    /// the present moment; the caller reschedules it.
    pub(super) fn go_on(&mut self, i: usize, request: u32) {
        // No longer that of a call: nobody will answer it.
        self.requests[request].phase = Phase::Computing;
        loop {
            match self.config.plan[self.requests[request].step as usize] {
                Op::Cpu { of_left, allocation_bytes } => {
                    return self.compute_part(i, request, of_left, allocation_bytes);
                }
                Op::Call { dependency, draws } => return self.call(request, dependency as usize, draws),
                Op::End => return self.finish(i, request, Transaction::Confirmed),
                Op::Acquire { pool } => {
                    if self.acquire(i, pool as usize, request) == Start::Stopped {
                        return;
                    }
                }
                Op::Release { pool } => {
                    if !self.put_back(i, pool as usize, request, CallOutcome::Confirmed) {
                        return;
                    }
                }
                Op::LookUp { behind } => {
                    if self.look_up(request) {
                        self.requests[request].step = behind;
                        continue;
                    }
                }
            }
            self.requests[request].step += 1;
        }
    }

    /// A CPU step is over: mostly a call follows, or the end.
    #[inline(always)]
    pub(super) fn computed(&mut self, i: usize, request: u32) {
        let entry = &mut self.requests[request];
        entry.step += 1;
        match self.config.plan[entry.step as usize] {
            Op::Call { dependency, draws: false } => self.call(request, dependency as usize, false),
            Op::End => self.finish(i, request, Transaction::Confirmed),
            _ => self.go_on_slowly(i, request),
        }
    }

    /// A call is answered: mostly a CPU step follows.
    #[inline(always)]
    pub(super) fn answered(&mut self, i: usize, request: u32) {
        let entry = &mut self.requests[request];
        entry.step += 1;
        match self.config.plan[entry.step as usize] {
            Op::Cpu { of_left, allocation_bytes } => self.compute_part(i, request, of_left, allocation_bytes),
            _ => self.go_on_slowly(i, request),
        }
    }

    /// Apart from the ways that most requests go, which stay short.
    #[cold]
    #[inline(never)]
    pub(super) fn go_on_slowly(&mut self, i: usize, request: u32) {
        self.go_on(i, request);
    }

    /// It computes for a part of its CPU time.
    #[inline(always)]
    pub(super) fn compute_part(&mut self, i: usize, request: u32, of_left: f64, allocation_bytes: u64) {
        let entry = &mut self.requests[request];
        let work_us = entry.cpu_left_us * of_left;
        entry.cpu_left_us -= work_us;
        entry.phase = Phase::Computing;
        self.instances[i].compute(request, work_us as i64 as u64);
        self.allocate(i, allocation_bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_plan_is_cpu_call_cpu() {
        let scenario = Scenario::bundled();
        let share = scenario.request.cpu_before_gateway_ratio.value;
        let [first, call, last, end] = compile(&scenario, 1000).try_into().expect("four steps");
        assert_eq!(first, Op::Cpu { of_left: share, allocation_bytes: (1000.0 * share) as u64 });
        assert_eq!(call, Op::Call { dependency: 0, draws: false });
        assert_eq!(last, Op::Cpu { of_left: 1.0, allocation_bytes: 1000 - (1000.0 * share) as u64 });
        assert_eq!(end, Op::End);
    }

    #[test]
    fn nesting_is_taken_out() {
        let mut scenario = Scenario::bundled();
        let call = || PlanStep::Call("gateway".to_owned());
        scenario.plan = vec![
            PlanStep::Cpu(0.25),
            PlanStep::ReadThroughCache(vec![call()]),
            PlanStep::Cpu(0.5),
            call(),
            PlanStep::Cpu(0.25),
        ];
        let expected = [
            Op::Cpu { of_left: 0.25, allocation_bytes: 250 },
            Op::LookUp { behind: 3 },
            Op::Call { dependency: 0, draws: false },
            Op::Cpu { of_left: 0.5 / 0.75, allocation_bytes: 500 },
            Op::Call { dependency: 0, draws: true },
            Op::Cpu { of_left: 1.0, allocation_bytes: 250 },
            Op::End,
        ];
        assert_eq!(compile(&scenario, 1000), expected);
    }
}
