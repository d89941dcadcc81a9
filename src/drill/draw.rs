//! Which incident a drill is about: a number that tells nobody.

use crate::scenario::catalogue::{CATALOGUE, Entry};

/// The scenarios that a drill draws from, by their place in the catalogue's order: all begin with users who are slow or fail.
pub const DRAWN: [&str; 4] =
    ["checkout-outage-2024-08-15", "training-connections", "training-slow-gateway", "training-costly-release"];

/// A draw. Equal numbers are equal drills, so that a class begins with the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Draw(pub u32);

impl Draw {
    /// Largest number of a draw: five digits in base 36.
    pub const MAX: u32 = 60_466_175;

    /// Mixes the number, so that neighbours have nothing in common (the finalizer of SplitMix64).
    fn mixed(self) -> u64 {
        let mut z = u64::from(self.0).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// The scenario, by its name in the catalogue.
    #[must_use]
    pub fn scenario(self) -> &'static Entry {
        let id = DRAWN[(self.mixed() % DRAWN.len() as u64) as usize];
        CATALOGUE.iter().find(|entry| entry.id == id).unwrap_or(&CATALOGUE[0])
    }

    /// The seed of the run: above all that the page shows by itself, so that nobody has seen it.
    #[must_use]
    pub fn seed(self) -> u64 {
        1000 + (self.mixed() >> 32) % 1_000_000
    }

    /// The first draw from a number on that is about a scenario.
    #[must_use]
    pub fn of(scenario: &str, from: u32) -> Option<Self> {
        (from..from.saturating_add(1000)).map(Self).find(|draw| draw.scenario().id == scenario)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_incident_is_drawn_about_as_often() {
        for id in DRAWN {
            let count = (0..4000).filter(|number| Draw(*number).scenario().id == id).count();
            assert!((900..1100).contains(&count), "{id}: {count}");
            assert_eq!(Draw::of(id, 5).map(|draw| draw.scenario().id), Some(id));
        }
        assert_eq!(Draw::of("other", 0), None);
    }
}
