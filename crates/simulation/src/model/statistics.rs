//! Counts that are not shown: for the check against queueing theory and for the conservation laws.

/// Counts since the window began.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Statistics {
    /// Attempts that reached an instance.
    pub offered: u64,
    /// Attempts that had to wait for a worker thread.
    pub waited: u64,
    /// Attempts whose client left before a worker thread took them.
    pub left_queue: u64,
    /// Time from arrival at the instance to a worker thread or to leaving, all attempts.
    pub wait_us: u64,
    /// Users who had an outcome.
    pub outcomes: u64,
    /// Users who arrived.
    pub users: u64,
}
