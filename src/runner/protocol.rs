//! The messages between page and worker, version 5: a JSON text, and with a piece of a recording its bytes.
//!
//! Invariant: an id names one run from its opening or its fork to its closing, and is never used again; every answer carries the
//! id of the run that it is about. Id 0 stands for the worker itself.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::RunError;
use crate::compare::Outcome;
use crate::json;
use crate::scenario::{Action, Release};
use crate::units::UtcMs;

/// Version of the messages. Page and worker are one program, but a cache may mix two releases.
pub const VERSION: u32 = 5;

/// What the page asks of the desk at which runs are worked on.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Ask {
    /// A run of a scenario, at its first event.
    Open {
        /// Name of the run in what follows.
        id: u32,
        /// The scenario, as JSON.
        scenario: String,
        /// Its seed, as text because JavaScript's numbers would round it.
        seed: String,
        /// The release from the beginning, in place of the scenario's.
        release: Release,
        /// Whether the run will be forked.
        keeps_snapshots: bool,
        tells: Tells,
    },
    /// It goes on up to a moment.
    Advance { id: u32, until: UtcMs },
    /// Something is done in it, now or later.
    Act { id: u32, action: Action },
    /// Another run, equal to one up to the snapshot before a moment, from which on it has these actions.
    Fork { id: u32, of: u32, at: UtcMs, actions: Vec<Action> },
    /// Nobody waits for it any more.
    Close { id: u32 },
}

/// What is told of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tells {
    /// Its recording, piece by piece.
    Recording,
    /// What came of it, at its end: a hundred runs are compared without their recordings.
    Outcome,
    /// Nothing: other runs are forked from it.
    Nothing,
}

/// What the desk answers.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Answer {
    /// The run has come to a moment; the bytes of what is new of its recording come with this message.
    Piece {
        id: u32,
        at: UtcMs,
        /// Whether that is as far as it was asked to go.
        is_there: bool,
        /// Digest of the recording, at the end of the window.
        digest: Option<String>,
    },
    /// What came of a run that has reached its end.
    Outcome { id: u32, outcome: Outcome },
    /// An action made no sense.
    Refused { id: u32, why: String },
    /// The run cannot be had.
    Failed { id: u32, why: String },
    /// The worker's program has ended by a fault of its own.
    Crashed { why: String },
}

/// A message with the version it was written by.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Versioned<T> {
    version: u32,
    message: T,
}

/// A message as text.
///
/// # Panics
/// Never: it has only string keys.
#[must_use]
pub fn to_json<T: Serialize>(message: T) -> String {
    json::to_string(&Versioned { version: VERSION, message })
}

/// Reads a message.
///
/// # Errors
/// The text is no message of this version.
pub fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, RunError> {
    let read: Versioned<T> = json::from_str(text).map_err(|error| RunError::Protocol(error.to_string()))?;
    match read.version {
        VERSION => Ok(read.message),
        other => Err(RunError::Protocol(format!("message of version {other}, expected {VERSION}; reload the page"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn messages_survive_the_way() {
        let (id, at) = (3, UtcMs(1_723_721_400_000));
        let actions = Scenario::bundled().actions;
        let (scenario, seed) = ("{\"a\": \"ü\"}".to_owned(), u64::MAX.to_string());
        for ask in [
            Ask::Open { id, scenario, seed, release: Release::Fixed, keeps_snapshots: true, tells: Tells::Outcome },
            Ask::Advance { id, until: at },
            Ask::Act { id, action: actions[0].clone() },
            Ask::Fork { id, of: 2, at, actions },
            Ask::Close { id },
        ] {
            assert_eq!(from_json(&to_json(&ask)), Ok(ask));
        }
        for answer in [
            Answer::Piece { id, at, is_there: true, digest: Some("00ff".to_owned()) },
            Answer::Outcome {
                id,
                outcome: Outcome {
                    failed_per_mille: vec![0, 250],
                    users: 9,
                    slow: 2,
                    failed: 1,
                    user_minutes_lost: 0.1,
                    budget_ratio: None,
                    detected_at: Some(at),
                    mitigated_at: None,
                    resolved_at: None,
                    kills: 0,
                    refused: vec!["patch at 11:00: no".to_owned()],
                },
            },
            Answer::Refused { id, why: "no".to_owned() },
            Answer::Failed { id, why: "no".to_owned() },
            Answer::Crashed { why: "index out of bounds".to_owned() },
        ] {
            assert_eq!(from_json(&to_json(&answer)), Ok(answer));
        }
    }

    #[test]
    fn other_versions_and_nonsense_are_refused() {
        let text = to_json(Ask::Close { id: 1 }).replace("\"version\":5", "\"version\":3");
        let refused = from_json::<Ask>(&text).expect_err("another version").to_string();
        assert!(refused.contains("version 3, expected 5"), "{refused}");
        assert!(from_json::<Answer>("{}").is_err());
        assert!(from_json::<Ask>("").is_err());
    }
}
