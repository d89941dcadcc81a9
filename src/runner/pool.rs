//! Which seat of a pool works on which run. A seat is a worker, or the page itself.
//!
//! Invariant: a run stays at its seat, for its snapshots are there. Seats are taken only when those before are busy.

use std::collections::BTreeMap;

/// The seats of a pool and the runs at them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pool {
    seats: usize,
    at: BTreeMap<u32, usize>,
}

impl Pool {
    /// A pool of at most so many seats; of one at least.
    #[must_use]
    pub fn new(seats: usize) -> Self {
        Self { seats: seats.max(1), at: BTreeMap::new() }
    }

    /// The seat at which a new run is worked on: that of another run, or the first without any, or else the one with the fewest.
    pub fn place(&mut self, id: u32, beside: Option<u32>) -> usize {
        let seat = beside.and_then(|other| self.seat_of(other)).unwrap_or_else(|| self.least());
        self.at.insert(id, seat);
        seat
    }

    fn least(&self) -> usize {
        (0..self.seats).min_by_key(|seat| self.at.values().filter(|taken| *taken == seat).count()).unwrap_or(0)
    }

    /// The seat of a run.
    #[must_use]
    pub fn seat_of(&self, id: u32) -> Option<usize> {
        self.at.get(&id).copied()
    }

    /// A run that nobody waits for any more.
    pub fn leave(&mut self, id: u32) {
        self.at.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_go_to_idle_seats_first_and_then_to_the_least_loaded() {
        let mut pool = Pool::new(3);
        let seats: Vec<usize> = (1..=7).map(|id| pool.place(id, None)).collect();
        assert_eq!(seats, [0, 1, 2, 0, 1, 2, 0]);
        pool.leave(2);
        pool.leave(5);
        assert_eq!((pool.seat_of(2), pool.place(8, None)), (None, 1));
    }

    #[test]
    fn a_fork_is_worked_on_where_its_snapshots_are() {
        let mut pool = Pool::new(2);
        assert_eq!((pool.place(1, None), pool.place(2, None)), (0, 1));
        assert_eq!([pool.place(3, Some(2)), pool.place(4, Some(2)), pool.place(5, None)], [1, 1, 0]);
        // What it was forked from is gone.
        pool.leave(2);
        assert_eq!(pool.place(6, Some(2)), 0);
    }

    #[test]
    fn one_seat_is_enough() {
        let mut pool = Pool::new(0);
        assert_eq!([pool.place(1, None), pool.place(2, None)], [0, 0]);
    }
}
