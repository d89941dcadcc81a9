//! The debrief: one's own trace and expectations first, the comparison once two moments have been written about.
//!
//! Invariant: [`Comparison`] cannot be made before that, so that it is nowhere. It states what came of what, and never what
//! anybody should have done.

use crate::recording::Recording;
use crate::scenario::{Scenario, TimelineEvent};
use crate::units::UtcMs;

use super::response::responses;
use super::series::way;
use super::{Cause, Drill, Expectation, Response, Score, Thought, Way, What, best_of};

/// Moments that are written about before the comparison is shown.
pub const MARKS: usize = 2;

/// What can be shown of a drill that is over.
#[derive(Clone, PartialEq, Debug)]
pub struct Debrief {
    /// The run to the end of the window.
    pub whole: Recording,
    /// Expectations beside what came.
    pub came: Vec<Came>,
}

/// An expectation, and what came.
#[derive(Clone, PartialEq, Debug)]
pub struct Came {
    /// When it was said.
    pub at: UtcMs,
    pub thought: Thought,
    pub expected: Expectation,
    /// When it was to be seen.
    pub until: UtcMs,
    /// The value when it was said, and as it was when it was to be seen.
    pub shown: [String; 2],
    /// Where it went; `None` where there are no values.
    pub way: Option<Way>,
}

/// What is shown after one's own sentences.
#[derive(Clone, PartialEq, Debug)]
pub struct Comparison {
    pub cause: Option<Cause>,
    /// Whether the stated cause was the cause; `None` when none was stated.
    pub found: Option<bool>,
    /// What the responders of the scenario did: when, and its title.
    pub reported: Vec<(UtcMs, String)>,
    /// The best policy found.
    pub best: Vec<PolicyStep>,
    /// Its reason.
    pub best_reason: String,
    /// What each of one's acts did.
    pub acts: Vec<ActEffect>,
}

/// An act of the best policy found.
#[derive(Clone, PartialEq, Debug)]
pub struct PolicyStep {
    /// When it takes effect.
    pub at: UtcMs,
    pub response: Response,
}

/// What an act did: the difference to the same run without it.
#[derive(Clone, PartialEq, Debug)]
pub struct ActEffect {
    /// Index of the entry in the journal.
    pub entry: usize,
    /// When it took effect.
    pub at: UtcMs,
    pub name: String,
    /// Users spared; negative: harmed.
    pub users_spared: i64,
}

impl Debrief {
    /// That of a drill that is over, with its run to the end of the window.
    #[must_use]
    pub fn new(drill: &Drill, whole: Recording) -> Self {
        let came = drill.journal().0.iter().filter_map(|entry| {
            let What::Think(thought) = entry.what else { return None };
            let expected = thought.expects?;
            let at = drill.start().plus_s(f64::from(entry.at_s));
            let until = at.plus_s(f64::from(expected.minutes) * 60.0).min(whole.until());
            let (before, shown_before) = expected.series.at(drill.base(), &whole, at);
            let (after, shown_after) = expected.series.at(drill.base(), &whole, until);
            let way = before.zip(after).map(|(before, after)| way(before, after));
            Some(Came { at, thought, expected, until, shown: [shown_before, shown_after], way })
        });
        Self { came: came.collect(), whole }
    }

    /// The scenario for charts of the whole run: its events are what the trainee did.
    #[must_use]
    pub fn scenario(drill: &Drill) -> Scenario {
        let mut scenario = drill.shown().clone();
        let own = drill.journal().0.iter().enumerate().filter_map(|(index, entry)| {
            let title = match &entry.what {
                What::Look(look) => look.name().to_owned(),
                What::Act(response) => response.name().to_owned(),
                What::State(cause) => format!("Stated: {}", cause.name()),
                _ => return None,
            };
            Some(TimelineEvent {
                id: format!("own_{index}"),
                at: drill.start().plus_s(f64::from(entry.at_s)),
                text: title.clone(),
                title,
                fact: String::new(),
                evidence: Vec::new(),
                hypotheses: Vec::new(),
                phase: String::new(),
            })
        });
        scenario.timeline = own.collect();
        scenario
    }

    /// The minute of a run, from the start of the drill on, in which most checkouts were slow or failed.
    #[must_use]
    pub fn worst_minute(drill: &Drill, whole: &Recording) -> UtcMs {
        let minutes = (whole.until().0 - drill.start().0).max(0) / 60_000;
        let harm = |minute: &i64| {
            let from = UtcMs(drill.start().0 + minute * 60_000);
            let ended = whole.started(whole.span(from, from.plus_s(60.0)));
            ended.slow + ended.failed
        };
        // Of several that are as bad, the first.
        let worst = (0..minutes).rev().max_by_key(harm).unwrap_or(0);
        UtcMs(drill.start().0 + worst * 60_000)
    }

    /// Moments that the trainee has written about.
    #[must_use]
    pub fn marks(drill: &Drill) -> usize {
        drill.journal().0.iter().filter(|entry| matches!(entry.what, What::Mark(..))).count()
    }
}

impl Comparison {
    /// That of a drill; `None` before two moments have been written about.
    #[must_use]
    pub fn new(drill: &Drill, score: &Score) -> Option<Self> {
        if !drill.is_over() || Debrief::marks(drill) < MARKS {
            return None;
        }
        let full = drill.full();
        let policy = best_of(&full.id);
        let reported = full.timeline.iter().map(|event| (event.at, event.title.clone()));
        // What the timeline does not tell of what was done.
        let is_told = |at: UtcMs| full.timeline.iter().any(|event| event.at == at);
        let silent = responses(full).filter_map(|action| Some((action.at.in_run(Some(drill.start()))?, action.name())));
        let reported = reported.chain(silent.filter(|(at, _)| !is_told(*at)));
        let mut reported: Vec<(UtcMs, String)> = reported.collect();
        reported.sort_by_key(|(at, _)| *at);
        let steps = policy.iter().flat_map(|policy| &policy.acts).filter_map(|act| {
            Some(PolicyStep { at: drill.start().plus_s(f64::from(act.after_min) * 60.0), response: act.response()? })
        });
        let acts = drill.taken().iter().zip(&score.acts).map(|(taken, (_, spared))| ActEffect {
            entry: taken.entry,
            at: taken.action.at.fixed().unwrap_or(drill.start()),
            name: taken.response.map_or("Dump of an instance", Response::name).to_owned(),
            users_spared: *spared,
        });
        Some(Self {
            cause: drill.cause(),
            found: drill.stated().map(|stated| Some(stated) == drill.cause()),
            reported,
            best: steps.collect(),
            best_reason: policy.as_ref().map(|policy| policy.reason.clone()).unwrap_or_default(),
            acts: acts.collect(),
        })
    }
}
