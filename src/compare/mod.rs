//! What if: the same morning with something changed, beside what happened.
//!
//! Invariant: both sides are runs of the simulation with the same seed, so that the same users come with the same luck and the
//! difference is the effect of the change. Nothing is interpolated. Counts are of the users who started in the simulated window.

mod branch;
mod candidates;
mod certainty;
mod difference;
mod doubts;
pub mod levers;
mod minutes;
mod outcome;
mod ranking;
mod response;
mod seeds;

pub use branch::branches_at;
pub use candidates::{Candidate, Source, candidates, pairs};
pub use certainty::{Certain, bands, certainty};
pub use difference::{Difference, Row};
pub use doubts::doubts;
pub use minutes::{PriceOfAMinute, Varied, minutes};
pub use outcome::{Outcome, STEP_S};
pub use ranking::{Effort, Ranked, Trial, Trials, best_measure, best_words, rivals};
pub use response::{Step, moved, steps, times};
pub use seeds::{Interval, Paired, SEEDS_MAX, SEEDS_MIN, Series};
