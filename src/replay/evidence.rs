//! What the responders could see at the minute of an event: values read from the recording, never typed in.

use crate::recording::{AGE_CLASSES, Recording};
use crate::scenario::{Evidence, Scenario, TimelineEvent};

/// How a value stands at that minute. Shown by colour and by a word or sign as well.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Beyond what is well: it does harm or is about to.
    Bad,
    /// Above the calm, not yet harmful.
    Raised,
    /// Unchanged against the calm, and that is the point.
    Flat,
    /// As it should be.
    Good,
}

impl Standing {
    /// The word shown or read out beside the value.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Bad => "bad",
            Self::Raised => "raised",
            Self::Flat => "unchanged",
            Self::Good => "good",
        }
    }
}

/// A value beside an event.
#[derive(Clone, PartialEq, Debug)]
pub struct EvidenceValue {
    /// Which.
    pub evidence: Evidence,
    /// Its name: "worst heap".
    pub label: String,
    /// The value; `None` when the run has none (or it is a picture).
    pub value: Option<f64>,
    /// The value as shown: "98.9 %".
    pub shown: String,
    /// How it is measured, for a tooltip: "in the minute before, worst instance".
    pub note: String,
    /// How it stands.
    pub standing: Standing,
    /// The value in each of the 30 minutes before, oldest first; NaN is a gap; empty for pictures.
    pub spark: Vec<f64>,
    /// What to draw.
    pub detail: Detail,
}

/// What an evidence value is drawn as.
#[derive(Clone, PartialEq, Debug)]
pub enum Detail {
    /// A value with its spark.
    Value,
    /// A heap histogram: sessions by age, for each group of instances.
    HeapHistogram(HeapHistogram),
    /// The session code, faulty and fixed.
    Code,
}

/// Sessions by age, for each group of instances.
#[derive(Clone, PartialEq, Debug)]
pub struct HeapHistogram {
    /// Names of the age classes, youngest first: "under 10 min".
    pub classes: Vec<String>,
    /// The groups, oldest instances first.
    pub groups: Vec<AgeGroup>,
    /// The whole in a sentence.
    pub summary: String,
}

/// Instances of the same release and start.
#[derive(Clone, PartialEq, Debug)]
pub struct AgeGroup {
    /// "6 older instances, faulty release".
    pub name: String,
    /// Indexes of the instances.
    pub instances: Vec<usize>,
    /// Sessions per instance (mean) by age class.
    pub sessions: [f64; AGE_CLASSES],
    /// Sessions per instance (mean), all classes.
    pub total: f64,
    /// Bytes that the sessions of an instance keep alive (mean) ÷ heap limit.
    pub heap_ratio: f64,
}

/// The evidence of an event, in the order of the scenario.
#[must_use]
pub fn evidence(scenario: &Scenario, recording: &Recording, event: &TimelineEvent) -> Vec<EvidenceValue> {
    let _ = (scenario, recording, event);
    Vec::new()
}
