//! Users and the requests made for them, in slots that are used again.

use super::session::SessionId;

/// A user from the first click to the outcome.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct User {
    pub started_us: u64,
    pub patience_until_us: u64,
    /// Number of the user in order of arrival: the name of their random streams.
    pub number: u64,
    /// Changes with every attempt and every user in the slot; what carries an older stamp no longer concerns the slot.
    pub stamp: u32,
    pub attempt: u32,
}

/// What a stamp is raised by between users; attempts count below it.
pub(super) const STAMP_PER_USER: u32 = 16;

/// A request in an instance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    pub user: u32,
    pub stamp: u32,
    pub instance: u32,
    pub phase: Phase,
    pub session: Option<SessionId>,
    pub arrived_us: u64,
    /// When the client gives this attempt up if nothing comes back.
    pub client_leaves_us: u64,
    pub gateway_called_us: u64,
    /// CPU time after the gateway's reply.
    pub work_after_us: u64,
    pub gateway_us: u64,
    pub network_us: u64,
    /// Row of the samples; `u32::MAX` when it is not sampled.
    pub sample: u32,
    pub attempt: u32,
    pub number: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    Free,
    Queued,
    BeforeGateway,
    AtGateway,
    AfterGateway,
    /// Its instance was killed while the gateway worked on it.
    Orphaned,
}

/// Values in numbered slots.
#[derive(Clone, Debug)]
pub(super) struct Slots<T> {
    values: Vec<T>,
    free: Vec<u32>,
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self { values: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slots<T> {
    /// A free slot filled by `fill`, which sees what was there before.
    #[inline]
    pub fn take(&mut self, fill: impl FnOnce(Option<&T>) -> T) -> u32 {
        if let Some(slot) = self.free.pop() {
            let value = fill(Some(&self.values[slot as usize]));
            self.values[slot as usize] = value;
            slot
        } else {
            self.values.push(fill(None));
            (self.values.len() - 1) as u32
        }
    }

    /// Gives a slot back.
    #[inline]
    pub fn release(&mut self, slot: u32) {
        self.free.push(slot);
    }

    /// Slots in use.
    pub fn used(&self) -> usize {
        self.values.len() - self.free.len()
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (u32, &mut T)> {
        self.values.iter_mut().enumerate().map(|(slot, value)| (slot as u32, value))
    }
}

impl<T> std::ops::Index<u32> for Slots<T> {
    type Output = T;
    #[inline]
    fn index(&self, slot: u32) -> &T {
        &self.values[slot as usize]
    }
}

impl<T> std::ops::IndexMut<u32> for Slots<T> {
    #[inline]
    fn index_mut(&mut self, slot: u32) -> &mut T {
        &mut self.values[slot as usize]
    }
}
