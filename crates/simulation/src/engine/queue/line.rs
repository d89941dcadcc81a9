//! Events that all lie equally far ahead when they are scheduled, such as the clients' time-outs: they happen in the order of
//! scheduling, so a first-in first-out line holds them.

use std::collections::VecDeque;

use super::{Key, NEVER};

/// Events with a payload, earliest first.
#[derive(Clone, Debug)]
pub struct Line<T> {
    events: VecDeque<(Key, T)>,
    /// Key of the first event.
    head: Key,
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        Self { events: VecDeque::new(), head: NEVER }
    }
}

impl<T: Copy> Line<T> {
    /// Schedules an event; not before the last one scheduled.
    #[inline]
    pub fn push(&mut self, at: Key, payload: T) {
        debug_assert!(self.events.back().is_none_or(|last| last.0 < at), "a line keeps the order of scheduling");
        self.head = self.head.min(at);
        self.events.push_back((at, payload));
    }

    /// No event happens before this key.
    #[inline]
    #[must_use]
    pub fn first_key(&self) -> Key {
        self.head
    }

    /// Takes the first event, or `None` when it does not `matter`. What does not matter behind it is dropped.
    #[inline]
    pub fn pop(&mut self, matters: impl Fn(&T) -> bool) -> Option<T> {
        let (_, first) = self.events.pop_front()?;
        loop {
            match self.events.front() {
                Some((_, next)) if !matters(next) => drop(self.events.pop_front()),
                next => {
                    self.head = next.map_or(NEVER, |(at, _)| *at);
                    return matters(&first).then_some(first);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::key;
    use super::*;

    #[test]
    fn events_come_in_the_order_of_scheduling_without_those_that_do_not_matter() {
        let mut line = Line::default();
        for number in 0..10 {
            line.push(key(number, 0), number);
        }
        let is_odd = |number: &u64| number % 2 == 1;
        let mut taken = Vec::new();
        while line.first_key() != NEVER {
            let at = line.first_key();
            taken.extend(line.pop(is_odd).map(|number| (at, number)));
        }
        assert_eq!(taken, [1, 3, 5, 7, 9].map(|number| (key(number, 0), number)));
        line.push(key(11, 0), 11);
        assert_eq!(line.first_key(), key(11, 0));
    }
}
