//! A run on the page: scenario, recording, and values that are derived from them once.
//!
//! Invariant: runs are compared by identity, so that comparing properties of components is cheap.

use std::ops::Deref;
use std::rc::Rc;

use crate::recording::{Ledger, Recording};
use crate::replay::Track;
use crate::scenario::Scenario;

/// A scenario and its run; cheap to clone.
#[derive(Clone)]
pub struct Run(Rc<RunData>);

pub struct RunData {
    pub scenario: Rc<Scenario>,
    /// Runs to the end and returns the recording.
    pub recording: Rc<Recording>,
    /// Digest of the recording.
    pub digest: Rc<str>,
    /// Claims that need the counterfactual run are open until it is complete.
    pub ledger: Rc<Ledger>,
    pub track: Rc<Track>,
    /// Whether an address leads to it. None does to a scenario that was opened from a file.
    pub has_address: bool,
}

impl Run {
    /// A run whose counterfactual is not complete yet.
    #[must_use]
    pub fn new(scenario: Rc<Scenario>, recording: Recording, digest: String, has_address: bool) -> Self {
        let ledger = Rc::new(Ledger::new(&scenario, &recording, None));
        let track = Rc::new(Track::new(&scenario, Some(&recording)));
        let recording = Rc::new(recording);
        Self(Rc::new(RunData { scenario, recording, digest: digest.into(), ledger, track, has_address }))
    }

    /// The same run with all claims checked; `counterfactual` is the same seed with other session code.
    #[must_use]
    pub fn with_counterfactual(&self, counterfactual: &Recording) -> Self {
        Self(Rc::new(RunData {
            scenario: Rc::clone(&self.scenario),
            recording: Rc::clone(&self.recording),
            digest: Rc::clone(&self.digest),
            ledger: Rc::new(Ledger::new(&self.scenario, &self.recording, Some(counterfactual))),
            track: Rc::clone(&self.track),
            has_address: self.has_address,
        }))
    }
}

impl Deref for Run {
    type Target = RunData;

    fn deref(&self) -> &RunData {
        &self.0
    }
}

impl PartialEq for Run {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}
