//! What is doubtful about a what-if: actions that came before anybody could know, and those that were refused.

use super::Outcome;
use crate::scenario::{Deed, Scenario};

/// A line for each doubt about `changed`, whose run came to `outcome`; none for a sound one.
#[must_use]
pub fn doubts(scenario: &Scenario, changed: &Scenario, outcome: &Outcome) -> Vec<String> {
    let mut doubts: Vec<String> = outcome.refused.iter().map(|refused| format!("Not done: {refused}.")).collect();
    for action in &changed.actions {
        // What the scenario itself does early, such as the release that begins it, is no answer to a page.
        let is_changed = scenario.action(&action.id) != Some(action);
        let Some(at) = action.at.fixed().filter(|_| is_changed && is_answer(&action.deed)) else { continue };
        match outcome.detected_at {
            Some(paged) if at < paged => doubts.push(format!(
                "{} at {} comes before the first page at {}: somebody would have had to know.",
                crate::replay::capitalised(&action.name()),
                at.hh_mm(),
                paged.hh_mm()
            )),
            None => doubts.push(format!(
                "{} at {}: nobody is paged in this run, so somebody would have had to know.",
                crate::replay::capitalised(&action.name()),
                at.hh_mm()
            )),
            Some(_) => {}
        }
    }
    doubts
}

/// Whether it is done because of an incident; the others may be a standing rule.
fn is_answer(deed: &Deed) -> bool {
    !matches!(deed, Deed::Reap(_) | Deed::Cap(_) | Deed::Limit(_) | Deed::Balance(_) | Deed::Warm(_) | Deed::Note(_))
}
