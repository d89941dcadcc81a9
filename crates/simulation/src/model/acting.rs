//! The responders' actions: planned for a moment or taken now, and refused with a reason where they make no sense.
//!
//! Invariant: an action that is taken now and the same action in the plan of a run from the beginning have the same effect. A
//! planned action that makes no sense when its time comes is noted in the log as refused.

use super::dispatch::Timer;
use super::instance::{Instance, Pause, Process};
use super::rollout::Rollout;
use super::session::{SessionStore, handling};
use super::world::{ACTIONS_MAX, FIRST_ACTION, FIRST_ORDER, World};
use super::{Refused, key, us};
use crate::recording::Happening;
use crate::scenario::{
    Action, BalancerPolicy, Deed, Limit, LimitKind, Restarts, RollOut, SESSION_LEAK, Scale, Scenario, When,
};

/// Most instances that a run may come to.
const INSTANCES_MAX: usize = 256;

/// The actions of a run, those of the past included.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    actions: Vec<Action>,
    /// Actions after the detection, which is still to come.
    waiting: Vec<usize>,
    /// When the shedding that is under way ends.
    shedding_until_us: Option<u64>,
}

impl World {
    /// Plans actions that lie in the future, in place of those that were planned before: the way into a what-if that differs
    /// from now on only. Actions that lie in the past are passed over.
    pub fn plan(&mut self, actions: &[Action]) {
        self.timers.retain(|timer| !matches!(timer, Timer::Act { .. }));
        self.plan.waiting.clear();
        for action in actions {
            let index = self.plan.actions.len();
            match self.begins_us(action) {
                None => self.plan.waiting.push(index),
                // Before its first event a run has no past: what lies there happens at once.
                Some(at_us) if at_us >= self.now_us as i64 || self.now_us == 0 => {
                    self.schedule_action(at_us.max(0) as u64, index);
                }
                Some(_) => continue,
            }
            self.plan.actions.push(action.clone());
        }
    }

    /// Takes an action: now, or at its time if that lies ahead.
    ///
    /// # Errors
    /// Its time has passed, its values make no sense, or it makes none at this moment. Nothing has changed then.
    pub fn act(&mut self, action: Action) -> Result<(), Refused> {
        let refused = |reason: String| Refused { action: action.id.clone(), reason };
        Scenario::check_action(&self.scenario, &action).map_err(&refused)?;
        if self.plan.actions.len() >= ACTIONS_MAX {
            return Err(refused(format!("too many: at most {ACTIONS_MAX} actions")));
        }
        let index = self.plan.actions.len();
        match self.begins_us(&action) {
            None => self.plan.waiting.push(index),
            Some(at_us) if at_us < self.now_us as i64 => {
                return Err(refused(format!("its time has passed: it is {}", self.now().hh_mm_ss())));
            }
            Some(at_us) if at_us > self.end_us as i64 => {
                return Err(refused("lies after the end of the window".to_owned()));
            }
            Some(at_us) if at_us == self.now_us as i64 => {
                // What was planned for this moment comes first, as it would in a plan.
                self.run_before(key(self.now_us, FIRST_ORDER));
                self.refusal(&action.deed).map_or(Ok(()), |reason| Err(refused(reason)))?;
                self.recording.meta.events += 1;
                self.plan.actions.push(action);
                self.take_action(index);
                return Ok(());
            }
            Some(at_us) => self.schedule_action(at_us as u64, index),
        }
        self.plan.actions.push(action);
        Ok(())
    }

    /// When an action begins; `None` while nobody knows.
    fn begins_us(&self, action: &Action) -> Option<i64> {
        match action.at {
            When::At(at) => Some(self.us_of(at)),
            // An alert may have paged somebody before the first event, when nothing can be done yet.
            When::AfterDetection(seconds) => {
                self.detected_us.map(|detected_us| (detected_us + us(seconds) as i64).max(0))
            }
        }
    }

    fn schedule_action(&mut self, at_us: u64, index: usize) {
        if at_us <= self.end_us {
            let order = (FIRST_ACTION + index as u64).min(FIRST_ORDER - 1);
            self.timers.push(key(at_us, order), Timer::Act { action: index as u32 });
        }
    }

    /// Somebody was paged; only the first time counts.
    pub(super) fn detected(&mut self) {
        self.verification.detected(self.now_us);
        if self.detected_us.is_some() {
            return;
        }
        self.detected_us = Some(self.now_us as i64);
        for index in std::mem::take(&mut self.plan.waiting) {
            if let Some(at_us) = self.begins_us(&self.plan.actions[index]) {
                self.schedule_action(at_us as u64, index);
            }
        }
    }

    /// The time of a planned action has come.
    pub(super) fn act_planned(&mut self, index: usize) {
        match self.refusal(&self.plan.actions[index].deed) {
            None => self.take_action(index),
            Some(reason) => {
                let action = self.plan.actions[index].id.clone();
                self.note(None, Happening::ActionRefused { action, reason });
            }
        }
    }

    /// Why a deed makes no sense now; `None` when it does.
    fn refusal(&self, deed: &Deed) -> Option<String> {
        let because = |is_so: bool, reason: &str| is_so.then(|| reason.to_owned());
        let there = self.instances.iter().filter(|instance| instance.process != Process::Absent).count();
        match deed {
            Deed::RollOut(roll_out) => because(
                self.rollouts.iter().any(|known| known.release == Some(roll_out.release) && known.is_under_way()),
                "a roll-out of this release is under way",
            )
            .or_else(|| {
                let has_it = |i: &Instance| i.process == Process::Absent || i.release == roll_out.release;
                because(self.instances.iter().all(has_it), "every instance runs this release already")
            }),
            Deed::Restart(restarts) => because(
                self.rollouts.iter().any(|known| known.release.is_none() && known.is_under_way()),
                "another restart is under way",
            )
            .or_else(|| because(self.restarted(restarts).is_empty(), "none of these instances is there")),
            Deed::Scale(Scale { by }) if *by > 0 => {
                because(there + *by as usize > INSTANCES_MAX, "there would be more than 256 instances")
            }
            Deed::Scale(Scale { by }) => {
                because(by.unsigned_abs() as usize >= there, "nobody would be left: at least one instance stays")
            }
            Deed::Switch(switch) => self.switch_refusal(&switch.fault, switch.on),
            Deed::Shed(shed) => because(self.plan.shedding_until_us.is_some(), "requests are shed already")
                .or_else(|| because(self.us_of(shed.until) <= self.now_us as i64, "its end has passed")),
            Deed::Dump(dump) => {
                let instance = self.instances.get(dump.instance as usize - 1);
                let runs = |i: &Instance| matches!(i.process, Process::Running | Process::Draining);
                because(!instance.is_some_and(runs), "the instance does not run").or_else(|| {
                    because(instance.is_some_and(|i| i.pause == Pause::HeapDump), "a dump of it is under way")
                })
            }
            Deed::Limit(limit) => because(self.limit(limit) == u64::from(limit.to), "it is so already"),
            Deed::Balance(balance) => because(self.balancer.policy == balance.policy, "it does so already"),
            Deed::Warm(_) => self.cache.as_ref().and_then(|cache| cache.warm_refusal()).map(str::to_owned),
            Deed::FailOver(fail_over) => {
                let dependency = self.scenario.concerned(fail_over.dependency.as_ref());
                because(self.calls[dependency].failed_over.is_some(), "it was failed over already")
            }
            Deed::Reap(_) | Deed::Cap(_) | Deed::Note(_) => None,
        }
    }

    fn limit(&self, limit: &Limit) -> u64 {
        match limit.what {
            LimitKind::QueueLength => self.config.queue_length as u64,
            LimitKind::Retries => u64::from(self.config.retries),
            LimitKind::PoolSlots => self.pool_of(limit).map_or(0, |index| self.config.pools[index].capacity.into()),
        }
    }

    /// Which pool a limit is of.
    fn pool_of(&self, limit: &Limit) -> Option<usize> {
        self.scenario.pools.iter().position(|pool| Some(&pool.id) == limit.pool.as_ref())
    }

    /// The instances that a restart is about: those that are there.
    fn restarted(&self, restarts: &Restarts) -> Vec<usize> {
        let wanted = |i: &usize| restarts.instances.is_empty() || restarts.instances.contains(&(*i as u32 + 1));
        let is_there = |i: &usize| self.instances[*i].process != Process::Absent;
        (0..self.instances.len()).filter(wanted).filter(is_there).collect()
    }

    /// Does what was found to make sense.
    fn take_action(&mut self, index: usize) {
        let action = self.plan.actions[index].clone();
        match action.deed {
            Deed::RollOut(RollOut { release, waves, bake_s }) => {
                let all = (0..self.instances.len()).collect();
                self.start_rollout(Rollout::new(Some(release), all, waves, us(bake_s)));
            }
            Deed::Restart(restarts) => {
                let which = self.restarted(&restarts);
                self.start_rollout(Rollout::new(None, which, restarts.waves, us(restarts.bake_s)));
            }
            Deed::Scale(Scale { by }) if by > 0 => self.scale_out(by as usize),
            Deed::Scale(Scale { by }) => self.scale_in(by.unsigned_abs() as usize),
            Deed::Switch(switch) if switch.fault != SESSION_LEAK => {
                if let Some(index) = self.faults.index_of(&switch.fault) {
                    self.switch_fault(index, switch.on);
                }
            }
            Deed::Switch(switch) => {
                // A switch of the configuration: whatever starts later starts with it.
                self.leak_is_off = !switch.on;
                for instance in &mut self.instances {
                    instance.handling = handling(&self.scenario, instance.release, self.leak_is_off);
                }
                self.note(None, if switch.on { Happening::LeakOn } else { Happening::LeakOff });
            }
            Deed::Shed(shed) => {
                self.balancer.shed_ratio = shed.ratio;
                let until_us = self.us_of(shed.until).max(0) as u64;
                self.plan.shedding_until_us = Some(until_us);
                self.note(None, Happening::SheddingStarted);
                if until_us <= self.end_us {
                    // Before any action of its moment: another shedding may follow.
                    self.timers.push(key(until_us, FIRST_ACTION - 1), Timer::ActOver { action: index as u32 });
                }
            }
            Deed::Dump(dump) => {
                let i = dump.instance as usize - 1;
                self.instances[i].advance(self.now_us);
                self.instances[i].stop_for(Pause::HeapDump, self.now_us, us(dump.pause_s));
                self.note(Some(i), Happening::HeapDump);
                self.reschedule(i);
            }
            Deed::Reap(reap) => {
                self.reap_idle_s = Some(reap.idle_s as i64);
                self.note(None, Happening::ReaperStarted { idle_s: reap.idle_s as u32 });
                self.reap();
            }
            Deed::Cap(cap) => {
                self.session_cap = u64::from(cap.sessions);
                self.note(None, Happening::SessionsCapped { sessions: cap.sessions });
                for instance in &mut self.instances {
                    instance.sessions.keep_newest(self.session_cap);
                }
            }
            Deed::Limit(limit) => {
                match limit.what {
                    LimitKind::QueueLength => self.config.queue_length = limit.to as usize,
                    LimitKind::Retries => self.config.retries = limit.to,
                    LimitKind::PoolSlots => {
                        if let Some(index) = self.pool_of(&limit) {
                            self.config.pools[index].capacity = limit.to;
                            (0..self.instances.len()).for_each(|i| self.hand_out(i, index));
                        }
                    }
                }
                self.note(None, Happening::LimitChanged { limit: limit.what, to: limit.to });
            }
            Deed::Balance(balance) => {
                self.balancer.policy = balance.policy;
                let least_outstanding = balance.policy == BalancerPolicy::LeastOutstanding;
                self.note(None, Happening::PolicyChanged { least_outstanding });
            }
            Deed::Warm(warm) => {
                if let Some(cache) = &mut self.cache {
                    cache.warm(warm.takes_s);
                }
                self.note(None, Happening::CacheWarmed { takes_s: warm.takes_s as u32 });
            }
            Deed::FailOver(fail_over) => {
                let dependency = self.scenario.concerned(fail_over.dependency.as_ref());
                self.calls[dependency].failed_over = Some(fail_over.latency_factor);
                self.faults.leave_behind(dependency);
                self.note(None, Happening::FailedOver { dependency: fail_over.dependency });
                self.start_calls(dependency);
            }
            Deed::Note(note) => self.note(None, Happening::StatusUpdate { text: note.text }),
        }
    }

    /// The end of an action that lasts.
    pub(super) fn action_over(&mut self, _index: usize) {
        self.balancer.shed_ratio = 0.0;
        self.plan.shedding_until_us = None;
        self.note(None, Happening::SheddingStopped);
    }

    /// Terminates the sessions that are idle for longer than the reaper allows.
    pub(super) fn reap(&mut self) {
        let Some(idle_s) = self.reap_idle_s else { return };
        let before_s = self.window_us().div_euclid(1_000_000) - idle_s;
        for (i, instance) in self.instances.iter_mut().enumerate() {
            let here =
                self.requests.iter().filter(|request| request.instance as usize == i && request.phase.is_served());
            instance.sessions.terminate_before(before_s, here.filter_map(|request| request.session));
        }
    }

    fn scale_out(&mut self, count: usize) {
        self.note(None, Happening::ScaledOut { count: count as u32 });
        let mut ordered: Vec<usize> =
            (0..self.instances.len()).filter(|i| self.instances[*i].process == Process::Absent).take(count).collect();
        while ordered.len() < count {
            ordered.push(self.add_instance());
        }
        for i in ordered {
            self.instances[i].next_release = self.target;
            self.begin_startup(i);
        }
    }

    /// Makes room for one more instance, which is not started yet.
    fn add_instance(&mut self) -> usize {
        let i = self.instances.len();
        let from_s = self.window_us().div_euclid(1_000_000);
        let mut instance = Instance::new(
            &self.config,
            self.target,
            handling(&self.scenario, self.target, self.leak_is_off),
            SessionStore::new(from_s, self.scenario.window_s() as i64),
        );
        instance.process = Process::Absent;
        instance.in_rotation = false;
        instance.advance(self.now_us);
        instance.work = Default::default();
        self.instances.push(instance);
        self.instance_events.grow(self.instances.len());
        self.recording.widen(self.instances.len());
        self.schedule_probes(i);
        i
    }

    /// Drains the last instances and removes them.
    fn scale_in(&mut self, count: usize) {
        self.note(None, Happening::ScaledIn { count: count as u32 });
        let there = |i: &usize| self.instances[*i].process != Process::Absent && !self.instances[*i].leaves;
        let leaving: Vec<usize> = (0..self.instances.len()).rev().filter(there).take(count).collect();
        for i in leaving {
            self.instances[i].leaves = true;
            match self.instances[i].process {
                Process::Running => self.drain(i),
                Process::BackingOff | Process::Starting => self.remove(i),
                Process::Draining | Process::Absent => {}
            }
        }
    }
}
