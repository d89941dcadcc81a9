//! At most one pending event per entity: a winner tree, in which rescheduling costs one walk to the root.

use super::{Key, NEVER, earlier};

/// The next event of each of a fixed number of entities.
#[derive(Clone, Debug)]
pub struct Tournament {
    /// Matches between two neighbours of a level; `matches[1]` is the final, whose winner is `matches[0][1]`, the leaves are
    /// the players of the second half.
    matches: Vec<[(Key, u32); 2]>,
}

impl Tournament {
    /// For `entities`, none of which has an event yet.
    #[must_use]
    pub fn new(entities: usize) -> Self {
        let leaves = entities.max(2).next_power_of_two();
        let mut matches = vec![[(NEVER, 0); 2]; leaves];
        for (index, players) in matches[leaves / 2..].iter_mut().enumerate() {
            *players = [(NEVER, 2 * index as u32), (NEVER, 2 * index as u32 + 1)];
        }
        Self { matches }
    }

    /// Makes room for `entities`, if there is none yet.
    pub fn grow(&mut self, entities: usize) {
        let leaves = self.matches.len();
        if entities <= leaves {
            return;
        }
        let players: Vec<(Key, u32)> = self.matches[leaves / 2..].iter().flatten().copied().collect();
        *self = Self::new(entities);
        players.into_iter().for_each(|(key, entity)| self.set(entity as usize, key));
    }

    /// Sets the next event of an entity; [`NEVER`] when it has none.
    #[inline]
    pub fn set(&mut self, entity: usize, key: Key) {
        let mut player = self.matches.len() + entity;
        let mut winner = (key, entity as u32);
        while player > 1 {
            let players = &mut self.matches[player / 2];
            players[player % 2] = winner;
            let rival = players[(player % 2) ^ 1];
            winner = earlier(rival, winner);
            player /= 2;
        }
        self.matches[0][1] = winner;
    }

    /// The earliest event and its entity.
    #[inline]
    #[must_use]
    pub fn first(&self) -> (Key, usize) {
        let (key, entity) = self.matches[0][1];
        (key, entity as usize)
    }

    /// Key of the earliest event.
    #[inline]
    #[must_use]
    pub fn first_key(&self) -> Key {
        self.matches[0][1].0
    }
}
