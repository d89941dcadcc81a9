//! The story in one sentence, and the claims beside it.

use crate::recording::{Ledger, Recording, Verdict};
use crate::scenario::Scenario;

/// Which tile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TileKey {
    /// Users slow or failed.
    Affected,
    /// Users who could not complete.
    Failed,
    /// When it was detected.
    Detected,
    /// When it was over.
    Over,
}

/// A claim at the top of the page: the simulated value beside the reported one.
#[derive(Clone, PartialEq, Debug)]
pub struct Tile {
    /// Which.
    pub key: TileKey,
    /// Name of the claim in the ledger: "E2".
    pub claim: String,
    /// "slow or failed".
    pub label: String,
    /// The simulated value: "58.7 %", "11:00"; a dash when the run has none.
    pub simulated: String,
    /// The reported value: "60 %".
    pub reported: String,
    /// Whether the simulated value lies inside the claim's bounds.
    pub verdict: Verdict,
    /// The claim, its bounds and the exact value, for a tooltip.
    pub detail: String,
}

/// The story of the run in a sentence or two.
#[must_use]
pub fn headline(scenario: &Scenario, recording: &Recording) -> String {
    let _ = (scenario, recording);
    String::new()
}

/// The claims that the report gives a value for: affected, failed, detected, over. A scenario without one has no such tile.
#[must_use]
pub fn tiles(ledger: &Ledger) -> Vec<Tile> {
    let _ = ledger;
    Vec::new()
}
