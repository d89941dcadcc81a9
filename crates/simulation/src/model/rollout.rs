//! The roll-out controller: instances are replaced wave by wave.

use super::config::us;
use super::{Simulation, Timer};
use crate::recording::Happening;
use crate::scenario::{Patch, Release};

/// A roll-out and how far it has come.
#[derive(Clone, Debug)]
pub(super) struct Rollout {
    /// Whether it brings the fixed release; else it is a restart.
    pub patch: bool,
    /// Waves begun.
    pub wave: usize,
    waves: Vec<u32>,
    bake_us: u64,
    /// Instances to be replaced, the next one last.
    left: Vec<usize>,
    finished: bool,
}

impl Rollout {
    pub fn new(plan: &Patch, patch: bool) -> Self {
        let (waves, bake_us) = (plan.waves.clone(), us(plan.bake_s));
        Self { patch, wave: 0, waves, bake_us, left: Vec::new(), finished: false }
    }

    /// Whether it has begun and is not over.
    pub fn is_under_way(&self) -> bool {
        self.wave > 0 && !self.finished
    }
}

impl Simulation {
    pub(super) fn start_rollout(&mut self, index: usize) {
        let patch = self.rollouts[index].patch;
        self.rollouts[index].left = (0..self.instances.len()).rev().collect();
        self.note(None, Happening::RolloutStarted { patch });
        if patch {
            // Whatever starts from now on starts the new release.
            self.instances.iter_mut().for_each(|instance| instance.next_release = Release::Fixed);
        }
        self.next_wave(index);
    }

    /// The next wave begins.
    pub(super) fn next_wave(&mut self, index: usize) {
        let rollout = &mut self.rollouts[index];
        let size = rollout.waves.get(rollout.wave).or(rollout.waves.last()).copied().unwrap_or(1);
        rollout.wave += 1;
        let (wave, bake_us) = (rollout.wave as u32, rollout.bake_us);
        let mut chosen = Vec::new();
        while chosen.len() < size as usize
            && let Some(i) = self.rollouts[index].left.pop()
        {
            let instance = &self.instances[i];
            let has_it = self.rollouts[index].patch && instance.release == Release::Fixed;
            if instance.process != super::instance::Process::Absent && !has_it {
                chosen.push(i);
            }
        }
        if !chosen.is_empty() {
            self.note(None, Happening::WaveStarted { wave });
            chosen.into_iter().for_each(|i| self.drain(i));
        }
        if !self.rollouts[index].left.is_empty() {
            self.schedule_timer_within(self.now_us + bake_us, Timer::Wave { rollout: index as u32 });
        }
        self.check_rollouts();
    }

    /// Notes the end of roll-outs whose last instance has come back.
    pub(super) fn check_rollouts(&mut self) {
        use super::instance::Process;
        let busy = self.instances.iter().any(|i| matches!(i.process, Process::Draining | Process::Starting));
        for index in 0..self.rollouts.len() {
            let rollout = &mut self.rollouts[index];
            if rollout.wave > 0 && rollout.left.is_empty() && !rollout.finished && !busy {
                rollout.finished = true;
                self.note(None, Happening::RolloutFinished);
            }
        }
    }
}
