//! How a sampled attempt ended, and the codes by which the column `outcome` of the samples records it.

/// How an attempt ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AttemptOutcome {
    /// Answered in time.
    Fast,
    /// Answered slowly.
    Slow,
    /// The client got no answer: it had left, or the instance was killed.
    Failed,
    /// Rejected by a full queue, by shedding, or because no instance was in rotation.
    Rejected,
}

impl AttemptOutcome {
    /// Every outcome, in the order of the codes.
    pub const ALL: [Self; 4] = [Self::Fast, Self::Slow, Self::Failed, Self::Rejected];

    /// The outcome with this code; `None` above 3.
    #[must_use]
    pub fn from_code(code: u32) -> Option<Self> {
        Self::ALL.get(code as usize).copied()
    }
}
