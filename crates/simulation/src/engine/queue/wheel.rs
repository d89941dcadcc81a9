//! Events at arbitrary times, many of which no longer matter when their time comes: a timing wheel whose buckets are sorted
//! only then, after those events were dropped. Scheduling one is a push on a vector; cancelling costs nothing.

use super::{Key, NEVER, key, time_us};

/// Buckets; what lies further ahead than they span waits in its bucket for another turn.
const BUCKETS: usize = 256;

/// Events with a payload, earliest first. A bucket is 2^`WIDTH_BITS` µs wide.
#[derive(Clone, Debug)]
pub struct Wheel<T, const WIDTH_BITS: u32> {
    buckets: Vec<Vec<(Key, T)>>,
    /// A bit per bucket that is not empty.
    occupied: [u64; BUCKETS / 64],
    /// Events of the bucket that is open, latest first.
    due: Vec<(Key, T)>,
    /// Number of the open bucket, counted from time zero.
    open: u64,
    /// Key of the next event or, when no bucket is open, of the time at which the next bucket opens.
    head: Key,
}

impl<T: Copy, const WIDTH_BITS: u32> Default for Wheel<T, WIDTH_BITS> {
    fn default() -> Self {
        Self { buckets: vec![Vec::new(); BUCKETS], occupied: [0; BUCKETS / 64], due: Vec::new(), open: 0, head: NEVER }
    }
}

impl<T: Copy, const WIDTH_BITS: u32> Wheel<T, WIDTH_BITS> {
    /// Schedules an event; not before the last one taken.
    #[inline]
    pub fn push(&mut self, at: Key, payload: T) {
        let bucket = time_us(at) >> WIDTH_BITS;
        if bucket <= self.open {
            let place = self.due.partition_point(|other| other.0 > at);
            self.due.insert(place, (at, payload));
            self.head = self.due[self.due.len() - 1].0;
        } else {
            let slot = bucket as usize % BUCKETS;
            self.buckets[slot].push((at, payload));
            self.occupied[slot / 64] |= 1 << (slot % 64);
            if self.due.is_empty() {
                let ahead = slot.wrapping_sub(self.open as usize + 1) % BUCKETS;
                self.head = self.head.min(key((self.open + 1 + ahead as u64) << WIDTH_BITS, 0));
            }
        }
    }

    /// No event happens before this key.
    #[inline]
    #[must_use]
    pub fn first_key(&self) -> Key {
        self.head
    }

    /// Takes the event at [`Self::first_key`], or opens the next bucket and returns `None` when that is what is due
    /// there. A bucket that opens drops what does not `matter`.
    #[inline]
    pub fn pop(&mut self, matters: impl Fn(&T) -> bool) -> Option<T> {
        let taken = self.due.pop();
        if taken.is_none() && self.head != NEVER {
            self.open_bucket(time_us(self.head) >> WIDTH_BITS, matters);
        }
        self.head = match self.due.last() {
            Some(next) => next.0,
            None => self.next_bucket().map_or(NEVER, |bucket| key(bucket << WIDTH_BITS, 0)),
        };
        taken.map(|(_, payload)| payload)
    }

    fn open_bucket(&mut self, bucket: u64, matters: impl Fn(&T) -> bool) {
        self.open = bucket;
        let slot = bucket as usize % BUCKETS;
        let due = &mut self.due;
        self.buckets[slot].retain(|event| {
            let now = time_us(event.0) >> WIDTH_BITS <= bucket;
            if now && matters(&event.1) {
                due.push(*event);
            }
            !now
        });
        if self.buckets[slot].is_empty() {
            self.occupied[slot / 64] &= !(1 << (slot % 64));
        }
        due.sort_unstable_by_key(|event| std::cmp::Reverse(event.0));
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

    type Deadlines = Wheel<u32, 18>;

    proptest! {
        #[test]
        fn events_come_in_the_order_of_a_heap(
            steps in prop::collection::vec((0_u64..200_000_000, 0_u32..4), 1..300),
        ) {
            let (mut wheel, mut heap) = (Deadlines::default(), TimerHeap::default());
            let mut now = 0;
            for (order, (delay_us, pops)) in steps.iter().enumerate() {
                let at = key(now + delay_us, order as u64);
                wheel.push(at, order as u32);
                heap.push(at, order as u32);
                for _ in 0..*pops {
                    let expected = heap.pop();
                    let mut taken = None;
                    while taken.is_none() && wheel.first_key() != NEVER {
                        let first = wheel.first_key();
                        taken = wheel.pop(|_| true).map(|payload| (first, payload));
                    }
                    prop_assert_eq!(taken, expected);
                    now = expected.map_or(now, |(key, _)| time_us(key));
                }
            }
        }

        #[test]
        fn the_head_is_never_later_than_the_earliest_event(delays_us in prop::collection::vec(0_u64..300_000_000, 1..100)) {
            let mut wheel = Deadlines::default();
            for (order, delay_us) in delays_us.iter().enumerate() {
                wheel.push(key(*delay_us, order as u64), 0);
            }
            let mut left: Vec<u64> = delays_us.clone();
            left.sort_unstable();
            while wheel.first_key() != NEVER {
                prop_assert!(time_us(wheel.first_key()) <= left[0]);
                let first = wheel.first_key();
                if wheel.pop(|_| true).is_some() {
                    prop_assert_eq!(time_us(first), left.remove(0));
                }
            }
            prop_assert!(left.is_empty());
        }
    }
}
