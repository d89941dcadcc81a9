//! The messages between page and worker, version 2: a JSON text, and with a finished run its recording as bytes.
//!
//! Invariant: an id identifies one run; every response carries the id of its request.

use serde::{Deserialize, Serialize};

use super::RunError;
use crate::json;
use crate::scenario::{Action, Release};
use crate::units::UtcMs;

/// Version of the messages. Page and worker are one program, but a cache may mix two releases.
pub const VERSION: u32 = 2;

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
    /// An action made no sense.
    Refused { id: u32, why: String },
    /// The run cannot be had.
    Failed { id: u32, why: String },
}

/// The page requests a run.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunRequest {
    pub version: u32,
    /// Id of the run.
    pub id: u32,
    /// Seed of the run, as text because JavaScript's numbers would round it.
    pub seed: String,
    /// The scenario, as JSON.
    pub scenario: String,
    /// The session code from the beginning, replacing the scenario's.
    pub release: Release,
}

/// A message from the worker.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunResponse {
    pub version: u32,
    /// Id of the run.
    pub id: u32,
    #[serde(rename = "news")]
    pub body: ResponseBody,
}

/// Progress or result of the run.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseBody {
    /// The completed share, 0 to 1.
    Progress(f64),
    /// The run is complete. The recording's bytes come with this message.
    Done {
        /// Digest of the recording.
        digest: String,
    },
    /// The run failed.
    Failed(String),
    /// The worker's program has ended by a fault of its own.
    Crashed(String),
}

impl RunRequest {
    /// A request of this version.
    #[must_use]
    pub fn new(id: u32, scenario: String, seed: u64, release: Release) -> Self {
        Self { version: VERSION, id, seed: seed.to_string(), scenario, release }
    }

    /// The message as text.
    ///
    /// # Panics
    /// Never: it has only string keys.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::to_string(self)
    }

    /// Reads a message.
    ///
    /// # Errors
    /// The text is not a request of this version.
    pub fn from_json(text: &str) -> Result<Self, RunError> {
        let request: Self = json::from_str(text).map_err(|error| RunError::Protocol(error.to_string()))?;
        same_version(request.version).map(|()| request)
    }
}

impl RunResponse {
    /// A response of this version.
    #[must_use]
    pub fn new(id: u32, body: ResponseBody) -> Self {
        Self { version: VERSION, id, body }
    }

    /// The message as text.
    ///
    /// # Panics
    /// Never: it has only string keys.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::to_string(self)
    }

    /// Reads a message.
    ///
    /// # Errors
    /// The text is not a response of this version.
    pub fn from_json(text: &str) -> Result<Self, RunError> {
        let response: Self = json::from_str(text).map_err(|error| RunError::Protocol(error.to_string()))?;
        same_version(response.version).map(|()| response)
    }
}

fn same_version(version: u32) -> Result<(), RunError> {
    if version == VERSION {
        return Ok(());
    }
    Err(RunError::Protocol(format!("message of version {version}, expected {VERSION}; reload the page")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_survive_the_way() {
        let request = RunRequest::new(3, "{\"a\": \"ü\"}".to_owned(), u64::MAX, Release::Fixed);
        assert_eq!(RunRequest::from_json(&request.to_json()), Ok(request));
    }

    #[test]
    fn answers_survive_the_way() {
        for body in [
            ResponseBody::Progress(0.25),
            ResponseBody::Done { digest: "00ff".to_owned() },
            ResponseBody::Failed("no".to_owned()),
            ResponseBody::Crashed("index out of bounds".to_owned()),
        ] {
            let response = RunResponse::new(9, body);
            assert_eq!(RunResponse::from_json(&response.to_json()), Ok(response));
        }
    }

    #[test]
    fn other_versions_and_nonsense_are_refused() {
        let mut request = RunRequest::new(1, String::new(), 7, Release::Faulty);
        request.version = 1;
        let refused = RunRequest::from_json(&request.to_json()).expect_err("another version").to_string();
        assert!(refused.contains("version 1, expected 2"), "{refused}");
        assert!(RunResponse::from_json("{}").is_err());
        assert!(RunRequest::from_json("").is_err());
    }
}
