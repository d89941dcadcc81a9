//! What happens next: each kind of event in the cheapest structure that keeps its order.
//!
//! Invariant: an event's [`Key`] holds its time and the order in which it was scheduled, so that equal times are first in,
//! first out, whichever structure holds them.

mod heap;
mod line;
mod tournament;
mod wheel;

pub use heap::TimerHeap;
pub use line::Line;
pub use tournament::Tournament;
pub use wheel::Wheel;

use std::hint::select_unpredictable;

const ORDER_BITS: u32 = 28;

/// Time in microseconds and order of scheduling, packed so that one integer comparison orders events. Times reach to 19
/// hours, orders to 268 million.
pub type Key = u64;

/// Later than every event.
pub const NEVER: Key = u64::MAX;

/// Packs a time and an order.
#[inline]
#[must_use]
pub fn key(time_us: u64, order: u64) -> Key {
    (time_us << ORDER_BITS) | (order & ((1 << ORDER_BITS) - 1))
}

/// The earlier of two events, chosen without a branch, which nothing could predict. The second when both are [`NEVER`].
#[inline]
#[must_use]
pub fn earlier<T: Copy>(one: (Key, T), other: (Key, T)) -> (Key, T) {
    let is_one = one.0 < other.0;
    (select_unpredictable(is_one, one.0, other.0), select_unpredictable(is_one, one.1, other.1))
}

/// The time of a key in microseconds.
#[inline]
#[must_use]
pub fn time_us(key: Key) -> u64 {
    key >> ORDER_BITS
}
