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

impl User {
    /// Name of the random streams of the present attempt.
    #[inline]
    pub fn attempt_entity(&self) -> u64 {
        self.number * ATTEMPTS_PER_USER + u64::from(self.attempt)
    }
}

/// More than the attempts of a user, with which their streams are numbered.
const ATTEMPTS_PER_USER: u64 = 16;

/// What a stamp is raised by between users; attempts count below it.
pub(super) const STAMPS_PER_USER: u32 = 32;

/// Something that will happen to a user unless it no longer matters by then.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Deadline {
    user: u32,
    /// The user's stamp when it was set; of its low bits, [`RETRY`] and [`PATIENCE`] tell what will happen.
    stamp: u32,
}

/// Bit of the deadlines that begin the next attempt.
const RETRY: u32 = STAMPS_PER_USER / 2;
/// Low bits of the deadlines of patience, which outlast attempts.
const PATIENCE: u32 = STAMPS_PER_USER - 1;

/// What a deadline does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Due {
    /// The client gives the attempt up.
    TimeOut,
    /// The back-off before the next attempt is over.
    Retry,
    /// The user gives the checkout up.
    PatienceOver,
}

impl Deadline {
    #[inline]
    pub fn new(slot: u32, user: &User, due: Due) -> Self {
        let stamp = match due {
            Due::TimeOut => user.stamp,
            Due::Retry => user.stamp | RETRY,
            Due::PatienceOver => user.stamp | PATIENCE,
        };
        Self { user: slot, stamp }
    }

    /// Slot of the user.
    #[inline]
    pub fn user(self) -> u32 {
        self.user
    }

    #[inline]
    pub fn due(self) -> Due {
        match self.stamp % STAMPS_PER_USER {
            PATIENCE => Due::PatienceOver,
            low if low & RETRY != 0 => Due::Retry,
            _ => Due::TimeOut,
        }
    }

    /// Whether somebody still waits for it.
    #[inline]
    pub fn matters(self, users: &Slots<User>) -> bool {
        let stamp = users[self.user].stamp;
        let of_same_user = stamp / STAMPS_PER_USER == self.stamp / STAMPS_PER_USER;
        let of_same_attempt = stamp % (STAMPS_PER_USER / 2) == self.stamp % (STAMPS_PER_USER / 2);
        of_same_user && (of_same_attempt || self.stamp % STAMPS_PER_USER == PATIENCE)
    }
}

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
    /// When the call that is under way began.
    pub called_us: u64,
    /// CPU time of the steps to come.
    pub cpu_left_us: f64,
    /// Where in the plan it is.
    pub step: u8,
    /// What it calls, or called last.
    pub dependency: u8,
    /// Pools of which it has a slot, a bit each.
    pub slots: u8,
    /// How long what it calls takes.
    pub call_us: u64,
    pub network_us: u64,
    /// Whether the call is answered with an error.
    pub call_fails: bool,
    /// Whether the answer of its call is kept in the cache.
    pub fills_cache: bool,
    /// Name of the random streams of the attempt.
    pub entity: u64,
    /// Row of the samples; `u32::MAX` when it is not sampled.
    pub sample: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    Free,
    Queued,
    Computing,
    /// It waits for a slot of a pool.
    AwaitingSlot,
    /// It waits at a dependency, which works on as many calls as it can.
    AwaitingCall,
    Calling,
    /// Its instance was killed while a dependency worked on its call.
    Orphaned,
}

impl Phase {
    /// Whether a worker thread of the instance holds the request.
    pub fn is_served(self) -> bool {
        !matches!(self, Self::Free | Self::Queued | Self::Orphaned)
    }
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

    /// Every slot, in use or not.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.values.iter()
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
