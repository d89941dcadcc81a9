//! The drill: an incident lived through without hindsight, as pure state.
//!
//! ```text
//! draw ──► scenario without its responders ──► world at the first page
//!             journal (look, act, think, update) ──► world at now ──► what is told
//!             at the end: runs without each act ──► debrief, score
//! ```
//!
//! Invariants: a drill is its draw and its journal; whoever re-runs both sees the same. Time passes only in the world, so
//! pauses and the speed of the page change nothing. What is told ends now, and nothing of it names the cause. The comparison
//! with others and the score do not exist before the trainee has written about two moments.

mod cause;
mod debrief;
mod draw;
mod journal;
mod look;
mod people;
mod policy;
mod response;
mod result;
pub mod review;
mod run;
mod score;
mod series;

pub use cause::Cause;
pub use debrief::{ActEffect, Came, Comparison, Debrief, MARKS, PolicyStep};
pub use draw::{DRAWN, Draw};
pub use journal::{ENTRIES_MAX, Entry, Expectation, Journal, JournalError, TEXT_CHARS_MAX, Thought, Update, Way, What};
pub use look::{Look, Seen};
pub use people::{Inject, Who, injects};
pub use policy::{POLICIES, Policy, PolicyAct, best_of, search};
pub use response::Response;
pub use result::{DrillResult, ResultError};
pub use run::{Drill, DrillError, Kind, Taken, Told};
pub use score::{Job, Score, Users, silence_s};
pub use series::Series;
