//! The messages between page and worker. Version 2: a JSON text, and beside a finished run its recording as bytes.
//!
//! Invariant: an id names one run; every answer carries the id of the run that was asked for.

use serde::{Deserialize, Serialize};

use super::RunError;
use crate::json;
use crate::scenario::Release;

/// Version of the messages. Page and worker are one program, but a cache may mix two of its releases.
pub const VERSION: u32 = 2;

/// The page asks for a run.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunRequest {
    /// Version of the message.
    pub version: u32,
    /// Name of the run.
    pub id: u32,
    /// Seed of the run. As text: JavaScript's numbers would round it.
    pub seed: String,
    /// The scenario, as JSON.
    pub scenario: String,
    /// The session code from the beginning, in place of the scenario's.
    pub release: Release,
}

/// The worker answers.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunResponse {
    /// Version of the message.
    pub version: u32,
    /// Name of the run.
    pub id: u32,
    /// What there is to say of it.
    #[serde(rename = "news")]
    pub body: ResponseBody,
}

/// What a worker says of a run.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseBody {
    /// The share that is done, 0 to 1.
    Progress(f64),
    /// It is complete: the recording's bytes come with this message.
    Done {
        /// Fingerprint of the recording.
        digest: String,
    },
    /// There will be no recording.
    Failed(String),
}

impl RunRequest {
    /// A question of this version.
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
    /// The text is no question of this version.
    pub fn from_json(text: &str) -> Result<Self, RunError> {
        let request: Self = json::from_str(text).map_err(|error| RunError::Protocol(error.to_string()))?;
        same_version(request.version).map(|()| request)
    }
}

impl RunResponse {
    /// An answer of this version.
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
    /// The text is no answer of this version.
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
