//! A run as the page holds it: the scenario, what its run left behind, and what is worked out from both only once.
//!
//! Invariant: a run equals itself alone, so that comparing the properties of components costs nothing.

use std::ops::Deref;
use std::rc::Rc;

use crate::recording::{Ledger, Recording};
use crate::replay::Track;
use crate::scenario::Scenario;

/// A scenario and its run; cheap to clone.
#[derive(Clone)]
pub struct Run(Rc<RunData>);

/// What a run consists of.
pub struct RunData {
    /// What was simulated.
    pub scenario: Rc<Scenario>,
    /// What the run left behind.
    pub recording: Rc<Recording>,
    /// Fingerprint of the recording.
    pub digest: Rc<str>,
    /// Every claim beside its simulated value; those about another session code are open until that run has been made.
    pub ledger: Rc<Ledger>,
    /// Length, phases and markers.
    pub track: Rc<Track>,
}

impl Run {
    /// A run whose counterfactual has not been made yet.
    #[must_use]
    pub fn new(scenario: Rc<Scenario>, recording: Recording, digest: String) -> Self {
        let ledger = Rc::new(Ledger::new(&scenario, &recording, None));
        let track = Rc::new(Track::new(&scenario, Some(&recording)));
        let recording = Rc::new(recording);
        Self(Rc::new(RunData { scenario, recording, digest: digest.into(), ledger, track }))
    }

    /// The same run, its claims checked against the counterfactual too: the same seed with other session code.
    #[must_use]
    pub fn with_counterfactual(&self, counterfactual: &Recording) -> Self {
        Self(Rc::new(RunData {
            scenario: Rc::clone(&self.scenario),
            recording: Rc::clone(&self.recording),
            digest: Rc::clone(&self.digest),
            ledger: Rc::new(Ledger::new(&self.scenario, &self.recording, Some(counterfactual))),
            track: Rc::clone(&self.track),
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
