//! The load balancer: which instance takes the next attempt.

use super::instance::Instance;
use crate::scenario::BalancerPolicy;

/// The instances in rotation and whose turn it is. The balancer also keeps the limit of open requests of an instance
/// ([`Instance::has_room`]): an attempt beyond it is refused at once, even while the process stands still.
#[derive(Clone, Debug)]
pub(super) struct Balancer {
    pub policy: BalancerPolicy,
    rotation: Vec<u32>,
    turn: usize,
    /// Share of the attempts turned away; 0 when nothing is shed.
    pub shed_ratio: f64,
}

impl Balancer {
    pub fn new(policy: BalancerPolicy, instances: &[Instance]) -> Self {
        let mut balancer = Self { policy, rotation: Vec::new(), turn: 0, shed_ratio: 0.0 };
        balancer.refresh(instances);
        balancer
    }

    /// Takes over which instances are in rotation.
    pub fn refresh(&mut self, instances: &[Instance]) {
        self.rotation.clear();
        self.rotation.extend((0..instances.len() as u32).filter(|i| instances[*i as usize].takes_requests()));
        if self.turn >= self.rotation.len() {
            self.turn = 0;
        }
    }

    /// Instances in rotation.
    pub fn ready(&self) -> usize {
        self.rotation.len()
    }

    /// The instance for the next attempt; `None` when none is in rotation.
    #[inline]
    pub fn choose(&mut self, instances: &[Instance]) -> Option<usize> {
        match self.policy {
            BalancerPolicy::RoundRobin => {
                let chosen = *self.rotation.get(self.turn)?;
                self.turn = if self.turn + 1 == self.rotation.len() { 0 } else { self.turn + 1 };
                Some(chosen as usize)
            }
            BalancerPolicy::LeastOutstanding => {
                // In turn among equals: otherwise the first instances would serve whatever all could.
                let count = self.rotation.len();
                let in_turn = (0..count).map(|step| (self.turn + step) % count);
                let chosen = in_turn.min_by_key(|at| instances[self.rotation[*at] as usize].in_flight())?;
                self.turn = (chosen + 1) % count;
                Some(self.rotation[chosen] as usize)
            }
        }
    }
}
