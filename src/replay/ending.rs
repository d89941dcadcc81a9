//! What is left to say when the replay is over: the cause, the harm in absolute numbers, and when it could have been known.

use super::headline::headline;
use super::phases::alert_words;
use super::words::{capitalised, nouns, percent_fine, thousands, time_in_figures};
use crate::recording::{Happening, Recording};
use crate::scenario::{Scenario, Severity};

/// The end of a replay in sentences, all of them read from the run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ending {
    /// What went wrong, and what it did.
    pub cause: String,
    /// Users affected and lost, in absolute numbers.
    pub harm: String,
    /// When it could first have been known; `None` where no rule fires before the first page.
    pub known: Option<String>,
}

impl Ending {
    /// The ending of a run that is complete.
    #[must_use]
    pub fn new(scenario: &Scenario, recording: &Recording) -> Self {
        Self { cause: headline(scenario, recording), harm: harm(scenario, recording), known: known(recording) }
    }
}

/// Users affected and lost during the incident, in numbers.
fn harm(scenario: &Scenario, recording: &Recording) -> String {
    let outcomes = recording.started(recording.span(scenario.incident.start, scenario.incident.end));
    let (affected, total) = (outcomes.slow + outcomes.failed, outcomes.total().max(1));
    let users = nouns(2, &scenario.incident.user);
    let share = |number: u64| percent_fine(number as f64 / total as f64);
    if affected == 0 {
        return format!("None of {} {users} was slow or failed.", thousands(total));
    }
    let lost = match outcomes.failed {
        0 => "none of them failed".to_owned(),
        failed => format!("{} of them failed ({} of all)", thousands(failed), share(failed)),
    };
    format!(
        "{} of {} {users} were slow or failed ({}); {lost}.",
        thousands(affected),
        thousands(total),
        share(affected)
    )
}

/// The first rule that fires, if nobody was paged by it.
fn known(recording: &Recording) -> Option<String> {
    let first = recording.log.iter().find_map(|entry| match &entry.what {
        Happening::AlertFiring { rule, severity, .. } => Some((recording.time_of(entry), rule, *severity)),
        _ => None,
    })?;
    let (at, rule, severity) = first;
    if severity == Severity::Page {
        return None;
    }
    let earlier = recording
        .detected_at()
        .map(|paged| format!(", {} before the first page", time_in_figures(paged.seconds_since(at) / 60.0)));
    let day = if at.date() == recording.meta.from.date() { String::new() } else { format!(" of {}", at.date()) };
    let could = if severity == Severity::Proposed { "would have fired" } else { "fired" };
    Some(format!(
        "{} {could} at {} UTC{day}{}.",
        capitalised(&alert_words(rule, severity)),
        at.hh_mm(),
        earlier.unwrap_or_default()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::World;

    #[test]
    fn the_ending_is_that_of_the_run() {
        let scenario = Scenario::bundled();
        let recording = World::run(&scenario, scenario.seed).expect("it is tested");
        let ending = Ending::new(&scenario, &recording);
        assert_eq!(ending.cause, headline(&scenario, &recording));
        let known = ending.known.expect("a proposed rule fires before the page");
        assert!(known.contains(" before the first page."), "{known}");
        assert!(
            ending.harm.contains(" users were slow or failed (") && ending.harm.contains(" of them failed ("),
            "{}",
            ending.harm
        );
    }

    #[test]
    fn without_the_leak_nobody_is_lost() {
        let scenario = Scenario::bundled().with_release(crate::scenario::Release::Fixed);
        let recording = World::run(&scenario, scenario.seed).expect("it is tested");
        let ending = Ending::new(&scenario, &recording);
        assert!(ending.harm.ends_with("; none of them failed."), "{}", ending.harm);
        assert_eq!(ending.known, None);
    }
}
