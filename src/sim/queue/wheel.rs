//! Deadlines that mostly never fire: a timing wheel whose buckets are sorted only when their time comes, after the
//! deadlines that no longer matter were dropped. Setting one is a push on a vector; cancelling costs nothing.

use super::{Key, NEVER, key, time_us};

/// Width of a bucket: 2^18 µs, about a quarter of a second.
const WIDTH_BITS: u32 = 18;
/// Buckets: they span 67 s; a later deadline waits in its bucket for another turn.
const BUCKETS: usize = 256;

/// A deadline of somebody. `stamp` tells whether it still matters: its owner compares it with its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Deadline {
    /// When.
    pub key: Key,
    /// Whose.
    pub owner: u32,
    /// Compared by the owner.
    pub stamp: u32,
}

/// Deadlines, earliest first.
#[derive(Clone, Debug)]
pub struct DeadlineWheel {
    buckets: Vec<Vec<Deadline>>,
    /// A bit per bucket that is not empty.
    occupied: [u64; BUCKETS / 64],
    /// Deadlines of the bucket that is open, latest first.
    due: Vec<Deadline>,
    /// Number of the open bucket, counted from time zero.
    open: u64,
    /// Key of the next deadline or, when no bucket is open, of the time at which the next bucket opens.
    head: Key,
}

impl Default for DeadlineWheel {
    fn default() -> Self {
        Self { buckets: vec![Vec::new(); BUCKETS], occupied: [0; BUCKETS / 64], due: Vec::new(), open: 0, head: NEVER }
    }
}

impl DeadlineWheel {
    /// Sets a deadline; not before the last one taken.
    #[inline]
    pub fn push(&mut self, deadline: Deadline) {
        let bucket = time_us(deadline.key) >> WIDTH_BITS;
        if bucket <= self.open {
            let at = self.due.partition_point(|other| other.key > deadline.key);
            self.due.insert(at, deadline);
            self.head = self.due[self.due.len() - 1].key;
        } else {
            let slot = bucket as usize % BUCKETS;
            self.buckets[slot].push(deadline);
            self.occupied[slot / 64] |= 1 << (slot % 64);
            if self.due.is_empty() {
                let turn = self.open + 1 + ((slot + BUCKETS - (self.open as usize + 1) % BUCKETS) % BUCKETS) as u64;
                self.head = self.head.min(key(turn << WIDTH_BITS, 0));
            }
        }
    }

    /// No deadline fires before this key.
    #[inline]
    #[must_use]
    pub fn first_key(&self) -> Key {
        self.head
    }

    /// Takes the deadline at [`Self::first_key`], or opens the next bucket and returns `None` when that is what is due
    /// there. A bucket that opens drops what is not `alive`.
    #[inline]
    pub fn pop(&mut self, alive: impl Fn(&Deadline) -> bool) -> Option<Deadline> {
        let taken = self.due.pop();
        if taken.is_none() && self.head != NEVER {
            self.open_bucket(time_us(self.head) >> WIDTH_BITS, alive);
        }
        self.head = match self.due.last() {
            Some(next) => next.key,
            None => self.next_bucket().map_or(NEVER, |bucket| key(bucket << WIDTH_BITS, 0)),
        };
        taken
    }

    fn open_bucket(&mut self, bucket: u64, alive: impl Fn(&Deadline) -> bool) {
        self.open = bucket;
        let slot = bucket as usize % BUCKETS;
        let due = &mut self.due;
        self.buckets[slot].retain(|deadline| {
            let now = time_us(deadline.key) >> WIDTH_BITS <= bucket;
            if now && alive(deadline) {
                due.push(*deadline);
            }
            !now
        });
        if self.buckets[slot].is_empty() {
            self.occupied[slot / 64] &= !(1 << (slot % 64));
        }
        due.sort_unstable_by(|a, b| b.cmp(a));
    }

    /// Number of the next bucket after the open one that holds anything.
    fn next_bucket(&self) -> Option<u64> {
        let start = (self.open as usize + 1) % BUCKETS;
        let mut passed = 0;
        while passed < BUCKETS {
            let slot = (start + passed) % BUCKETS;
            let rest = self.occupied[slot / 64] >> (slot % 64);
            if rest != 0 {
                passed += rest.trailing_zeros() as usize;
                return Some(self.open + 1 + passed as u64);
            }
            passed += 64 - slot % 64;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::TimerHeap;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn deadlines_come_in_the_order_of_a_heap(
            steps in prop::collection::vec((0_u64..200_000_000, 0_u32..4), 1..300),
        ) {
            let (mut wheel, mut heap) = (DeadlineWheel::default(), TimerHeap::default());
            let mut now = 0;
            for (order, (delay_us, pops)) in steps.iter().enumerate() {
                let deadline = Deadline { key: key(now + delay_us, order as u64), owner: order as u32, stamp: 0 };
                wheel.push(deadline);
                heap.push(deadline.key, deadline.owner);
                for _ in 0..*pops {
                    let expected = heap.pop();
                    let mut taken = None;
                    while taken.is_none() && wheel.first_key() != NEVER {
                        taken = wheel.pop(|_| true);
                    }
                    prop_assert_eq!(taken.map(|d| (d.key, d.owner)), expected);
                    now = expected.map_or(now, |(key, _)| time_us(key));
                }
            }
        }

        #[test]
        fn the_head_is_never_later_than_the_earliest_deadline(delays_us in prop::collection::vec(0_u64..300_000_000, 1..100)) {
            let mut wheel = DeadlineWheel::default();
            for (order, delay_us) in delays_us.iter().enumerate() {
                wheel.push(Deadline { key: key(*delay_us, order as u64), owner: 0, stamp: 0 });
            }
            let mut left: Vec<u64> = delays_us.clone();
            left.sort_unstable();
            while wheel.first_key() != NEVER {
                prop_assert!(time_us(wheel.first_key()) <= left[0]);
                if let Some(taken) = wheel.pop(|_| true) {
                    prop_assert_eq!(time_us(taken.key), left.remove(0));
                }
            }
            prop_assert!(left.is_empty());
        }
    }
}
