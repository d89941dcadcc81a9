//! Retries: how long a client waits before the next attempt, and the budget of retries that all clients share.
//!
//! Invariant: with a budget there are never more retries than it held at the start and first attempts have paid in.

use super::World;
use crate::scenario::RetryWait;

impl World {
    /// Takes a retry out of the budget; false when it is empty.
    pub(super) fn may_retry(&mut self) -> bool {
        let may = self.retry_tokens >= 1.0;
        self.retry_tokens -= if may { 1.0 } else { 0.0 };
        may
    }

    /// The wait before attempt number `attempt` (the second is 1) as a multiple of the back-off; `draw` is uniform in (0, 1).
    #[inline]
    pub(super) fn wait_factor(&self, attempt: u32, draw: f64) -> f64 {
        let doubled = || f64::from(1_u32 << (attempt - 1).min(16));
        match self.config.retry_wait {
            RetryWait::Jittered => 0.5 + draw,
            RetryWait::Fixed => 1.0,
            RetryWait::Doubling => doubled(),
            RetryWait::DoublingJittered => doubled() * draw,
        }
    }
}
