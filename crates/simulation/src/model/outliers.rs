//! Outlier ejection: the load balancer leaves out an instance whose attempts fail in a row, and tries it again later.
//!
//! Invariant: of the instances in rotation at most the allowed share is left out, or one where that is less.

use super::World;
use super::dispatch::Timer;
use super::users::Phase;
use crate::recording::Happening;

/// What the load balancer has seen of an instance.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outlier {
    /// Attempts that failed in a row.
    failed: u32,
    /// Ejections since an attempt succeeded.
    ejections: u32,
    pub is_ejected: bool,
}

impl World {
    /// The client of an attempt has its answer, or none.
    #[inline]
    pub(super) fn attempt_ended(&mut self, i: usize, is_good: bool) {
        if self.config.outliers.is_some() {
            self.look_at_outlier(i, is_good);
        }
    }

    #[cold]
    fn look_at_outlier(&mut self, i: usize, is_good: bool) {
        let Some(config) = self.config.outliers else { return };
        let outlier = &mut self.instances[i].outlier;
        if is_good {
            *outlier = Outlier { is_ejected: outlier.is_ejected, ..Outlier::default() };
            return;
        }
        outlier.failed += 1;
        let is_one = outlier.failed >= config.failures_to_eject && !outlier.is_ejected;
        if !is_one || !self.instances[i].in_rotation {
            return;
        }
        let in_rotation = self.instances.iter().filter(|instance| instance.in_rotation);
        let (all, out) =
            in_rotation.fold((0_u32, 0_u32), |(all, out), i| (all + 1, out + u32::from(i.outlier.is_ejected)));
        let most = ((f64::from(all) * config.ejected_max_ratio) as u32).max(1);
        if out >= most || all <= 1 {
            return;
        }
        let instance = &mut self.instances[i];
        instance.outlier.failed = 0;
        instance.outlier.ejections += 1;
        instance.outlier.is_ejected = true;
        let (times, life) = (u64::from(instance.outlier.ejections), instance.life);
        self.balancer.refresh(&self.instances);
        self.note(Some(i), Happening::Ejected { for_s: (config.ejection_us * times / 1_000_000) as u32 });
        let timer = Timer::EjectionOver { instance: i as u32, life };
        self.schedule_timer_within(self.now_us + config.ejection_us * times, timer);
    }

    /// An ejected instance is tried again.
    pub(super) fn ejection_over(&mut self, i: usize, life: u32) {
        let instance = &mut self.instances[i];
        // A process that was started anew meanwhile is ejected no longer.
        if instance.life != life || !instance.outlier.is_ejected {
            return;
        }
        instance.outlier.is_ejected = false;
        self.balancer.refresh(&self.instances);
        self.note(Some(i), Happening::TriedAgain);
    }

    /// The client of an attempt has given it up: the instance that has it did not answer in time.
    #[inline]
    pub(super) fn client_left(&mut self, slot: u32) {
        if self.config.outliers.is_some() {
            let stamp = self.users[slot].stamp;
            let is_it = |request: &&super::users::Request| {
                request.user == slot
                    && request.stamp == stamp
                    && !matches!(request.phase, Phase::Free | Phase::Orphaned)
            };
            let instance = self.requests.iter().find(is_it).map(|request| request.instance);
            if let Some(i) = instance {
                self.look_at_outlier(i as usize, false);
            }
        }
    }
}
