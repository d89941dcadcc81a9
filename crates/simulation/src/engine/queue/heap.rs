//! Events at arbitrary times that are seldom cancelled: a heap with four children per node.

use super::{Key, NEVER};

/// Events with a payload, earliest first.
#[derive(Clone, Debug)]
pub struct TimerHeap<T> {
    nodes: Vec<(Key, T)>,
}

impl<T> Default for TimerHeap<T> {
    fn default() -> Self {
        Self { nodes: Vec::new() }
    }
}

impl<T: Copy> TimerHeap<T> {
    /// Adds an event.
    #[inline]
    pub fn push(&mut self, key: Key, payload: T) {
        let mut at = self.nodes.len();
        self.nodes.push((key, payload));
        while at > 0 {
            let parent = (at - 1) / 4;
            if self.nodes[parent].0 <= key {
                break;
            }
            self.nodes[at] = self.nodes[parent];
            at = parent;
        }
        self.nodes[at] = (key, payload);
    }

    /// Keeps the events whose payload is wanted. Seldom called: it builds the heap anew.
    pub fn retain(&mut self, wanted: impl Fn(&T) -> bool) {
        for (key, payload) in std::mem::take(&mut self.nodes) {
            if wanted(&payload) {
                self.push(key, payload);
            }
        }
    }

    /// Key of the earliest event.
    #[inline]
    #[must_use]
    pub fn first_key(&self) -> Key {
        self.nodes.first().map_or(NEVER, |node| node.0)
    }

    /// Takes the earliest event.
    #[inline]
    pub fn pop(&mut self) -> Option<(Key, T)> {
        let last = self.nodes.pop()?;
        let Some(&first) = self.nodes.first() else { return Some(last) };
        let length = self.nodes.len();
        let mut at = 0;
        loop {
            let child = 4 * at + 1;
            if child >= length {
                break;
            }
            let mut least = child;
            for other in child + 1..(child + 4).min(length) {
                if self.nodes[other].0 < self.nodes[least].0 {
                    least = other;
                }
            }
            if self.nodes[least].0 >= last.0 {
                break;
            }
            self.nodes[at] = self.nodes[least];
            at = least;
        }
        self.nodes[at] = last;
        Some(first)
    }
}
