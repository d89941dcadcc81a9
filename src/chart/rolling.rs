//! Rolling windows over a column, with running sums.
//!
//! Invariant: the window at tick `k` covers the last `length` ticks up to and including `k`; before there are that many, it
//! is the first `length` ticks, as in [`Recording::before`](crate::recording::Recording::before).

use std::rc::Rc;

use crate::recording::{BUCKETS, Histograms, TICK_S};

/// Ticks in a window of a minute.
pub const MINUTE_TICKS: usize = 60 / TICK_S;

/// Ticks between two windows that are read, the interval of a monitor's scrapes. Windows closer together share nearly all
/// their data and would only draw more noise.
pub const READ_TICKS: usize = 15 / TICK_S;

/// Ends of the windows that are read, in milliseconds since the start of the recording.
pub fn read_ends_ms(ticks: usize) -> Rc<[f64]> {
    (1..=ticks / READ_TICKS).map(|read| (read * READ_TICKS * TICK_S * 1000) as f64).collect()
}

/// Whether the window that ends with this tick is read.
pub fn is_read(tick: usize) -> bool {
    (tick + 1).is_multiple_of(READ_TICKS)
}

/// Sums of `value(tick)` over the window at every tick, `ticks` of them.
pub fn sums(ticks: usize, length: usize, value: impl Fn(usize) -> u32) -> Vec<u64> {
    let length = length.clamp(1, ticks.max(1));
    let mut sums = Vec::with_capacity(ticks);
    let mut sum: u64 = (0..length.min(ticks)).map(|tick| u64::from(value(tick))).sum();
    for tick in 0..ticks {
        if tick >= length {
            sum = sum + u64::from(value(tick)) - u64::from(value(tick - length));
        }
        sums.push(sum);
    }
    sums
}

/// Calls `visit(tick, counts)` with the bucket counts of the window at every tick.
pub fn histograms(rows: &Histograms, length: usize, mut visit: impl FnMut(usize, &[u64; BUCKETS])) {
    let ticks = rows.rows();
    let length = length.clamp(1, ticks.max(1));
    let row = |tick: usize| &rows.counts[tick * BUCKETS..(tick + 1) * BUCKETS];
    let mut sum = rows.sum(0, length, 1);
    for tick in 0..ticks {
        if tick >= length {
            for ((total, new), old) in sum.iter_mut().zip(row(tick)).zip(row(tick - length)) {
                *total = *total + u64::from(*new) - u64::from(*old);
            }
        }
        visit(tick, &sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sums_are_those_added_up_anew(values in prop::collection::vec(0u32..1000, 0..60), length in 1usize..20) {
            let rolling = sums(values.len(), length, |tick| values[tick]);
            prop_assert_eq!(rolling.len(), values.len());
            for (tick, sum) in rolling.iter().enumerate() {
                let end = (tick + 1).max(length).min(values.len());
                let window = &values[end.saturating_sub(length)..end];
                prop_assert_eq!(*sum, window.iter().map(|value| u64::from(*value)).sum::<u64>());
            }
        }

        #[test]
        fn histograms_are_those_added_up_anew(counts in prop::collection::vec(0u32..9, 0..40), length in 1usize..9) {
            let rows = counts.len();
            let spread = |tick: usize| (0..BUCKETS as u32).map(move |bucket| counts_at(tick, bucket));
            fn counts_at(tick: usize, bucket: u32) -> u32 { (tick as u32 * 7 + bucket * 3) % 11 }
            let histograms_all = Histograms { counts: (0..rows).flat_map(spread).collect() };
            let mut ticks = 0;
            histograms(&histograms_all, length, |tick, sum| {
                let end = (tick + 1).max(length).min(rows);
                assert_eq!(*sum, histograms_all.sum(end.saturating_sub(length), end, 1));
                ticks += 1;
            });
            prop_assert_eq!(ticks, rows);
        }
    }
}
