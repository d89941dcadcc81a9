//! The roll-out controller: instances are replaced wave by wave.

use super::dispatch::Timer;
use super::instance::Process;
use super::world::World;
use crate::recording::Happening;
use crate::scenario::Release;

/// A roll-out and how far it has come.
#[derive(Clone, Debug)]
pub(super) struct Rollout {
    /// The release that it brings; `None` for a restart.
    pub release: Option<Release>,
    /// Waves begun.
    pub wave: usize,
    waves: Vec<u32>,
    bake_us: u64,
    /// Instances to be replaced, the next one last.
    left: Vec<usize>,
    finished: bool,
}

impl Rollout {
    /// Of these instances, in their order.
    pub fn new(release: Option<Release>, instances: Vec<usize>, waves: Vec<u32>, bake_us: u64) -> Self {
        let left = instances.into_iter().rev().collect();
        Self { release, wave: 0, waves, bake_us, left, finished: false }
    }

    /// Whether it has begun and is not over.
    pub fn is_under_way(&self) -> bool {
        self.wave > 0 && !self.finished
    }
}

impl World {
    pub(super) fn start_rollout(&mut self, rollout: Rollout) {
        self.note(
            None,
            match rollout.release {
                Some(Release::Faulty) => Happening::RollbackStarted,
                Some(Release::Named(id)) => Happening::ReleaseRollout { release: id.as_str().to_owned() },
                release => Happening::RolloutStarted { patch: release.is_some() },
            },
        );
        if let Some(release) = rollout.release {
            // Whatever starts from now on starts the new release.
            self.target = release;
            self.instances.iter_mut().for_each(|instance| instance.next_release = release);
        }
        self.rollouts.push(rollout);
        self.next_wave(self.rollouts.len() - 1);
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
            let has_it = self.rollouts[index].release == Some(instance.release);
            if instance.process != Process::Absent && !has_it {
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
