//! At most one pending event per entity: a winner tree, in which rescheduling costs one walk to the root.

use super::{Key, NEVER};

/// The next event of each of a fixed number of entities.
#[derive(Clone, Debug)]
pub struct Tournament {
    /// `nodes[1]` is the root, the leaves are the second half.
    nodes: Vec<(Key, u32)>,
    leaves: usize,
}

impl Tournament {
    /// For `entities`, none of which has an event yet.
    #[must_use]
    pub fn new(entities: usize) -> Self {
        let leaves = entities.max(1).next_power_of_two();
        let mut nodes = vec![(NEVER, 0); 2 * leaves];
        for (index, leaf) in nodes[leaves..].iter_mut().enumerate() {
            leaf.1 = index as u32;
        }
        Self { nodes, leaves }
    }

    /// Sets the next event of an entity; [`NEVER`] when it has none.
    #[inline]
    pub fn set(&mut self, entity: usize, key: Key) {
        let mut at = self.leaves + entity;
        let mut winner = (key, entity as u32);
        self.nodes[at] = winner;
        while at > 1 {
            // Keys differ unless both are `NEVER`: comparing them alone lets the compiler select without a branch.
            let rival = self.nodes[at ^ 1];
            winner = if rival.0 < winner.0 { rival } else { winner };
            at /= 2;
            self.nodes[at] = winner;
        }
    }

    /// The earliest event and its entity.
    #[inline]
    #[must_use]
    pub fn first(&self) -> (Key, usize) {
        let (key, entity) = self.nodes[1];
        (key, entity as usize)
    }

    /// Key of the earliest event.
    #[inline]
    #[must_use]
    pub fn first_key(&self) -> Key {
        self.nodes[1].0
    }
}
