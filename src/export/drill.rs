//! The result of a drill as files: Markdown for people, JSON for programs.
//!
//! Invariant: the comparison and the score are in them only where they are shown: after two sentences, the score of a check.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::text::markdown;
use crate::drill::{Cause, Comparison, Debrief, Drill, Kind, Score, What};
use crate::replay::thousands;

/// The result as Markdown.
#[must_use]
pub fn drill_markdown(
    drill: &Drill,
    debrief: &Debrief,
    comparison: Option<&Comparison>,
    score: Option<&Score>,
) -> String {
    let kind = if drill.kind() == Kind::Check { "check" } else { "practice" };
    let mut text = format!("# Drill ({kind})\n\n{}\n\n## What was done\n\n", markdown(&drill.page()));
    let at = |at_s: u32| drill.start().plus_s(f64::from(at_s)).hh_mm();
    let mut line = |words: String| {
        let _infallible = writeln!(text, "{words}");
    };
    for entry in &drill.journal().0 {
        if let Some(words) = words(&entry.what) {
            line(format!("- {} {}", at(entry.at_s), markdown(&words)));
        }
    }
    if !debrief.came.is_empty() {
        line("\n## What was expected, and what came\n".to_owned());
        line("| at | expected | by | it went |\n|---|---|---|---|".to_owned());
        for came in &debrief.came {
            let way = came.way.map_or("not known", |way| way.word());
            line(format!(
                "| {} | {} {} | {} | {way} |",
                came.at.hh_mm(),
                came.expected.series.name(),
                came.expected.way.word(),
                came.until.hh_mm()
            ));
        }
    }
    line("\n## In the trainee’s words\n".to_owned());
    for entry in &drill.journal().0 {
        match &entry.what {
            What::Mark(at_s, words) => line(format!("- {} {}", at(*at_s), markdown(words))),
            What::Plan(words) => line(format!("- {}", markdown(words))),
            _ => {}
        }
    }
    if let Some(comparison) = comparison {
        line(format!(
            "\n## The comparison\n\n{}. The cause: {}.\n",
            markdown(&drill.full().title),
            comparison.cause.map_or("not known", Cause::name)
        ));
        for act in &comparison.acts {
            let verb = if act.users_spared < 0 { "harmed" } else { "spared" };
            line(format!(
                "- {} {}: {verb} {} users (simulated)",
                act.at.hh_mm(),
                markdown(&act.name),
                thousands(act.users_spared.unsigned_abs())
            ));
        }
        line(format!("\nThe best found: {}", markdown(&comparison.best_reason)));
    }
    if let Some(score) = score {
        let users = score.users;
        line(format!(
            "\n## The check\n\n- Users: {} of 100; {} slow or failed, {} under doing nothing",
            users.percent(),
            thousands(users.trainee),
            thousands(users.nothing)
        ));
        line(format!(
            "- Evidence: {} of {} acts after a look that tells open causes apart",
            score.looked_before[0], score.looked_before[1]
        ));
        line(format!(
            "- Communication: at most {} minutes without an update; {} of {} updates complete",
            score.silence_s / 60,
            score.updates_complete[0],
            score.updates_complete[1]
        ));
        line(format!("- Unneeded harm: {} acts", score.unneeded().len()));
    }
    text
}

/// What was done while the drill was under way; `None` for what was written afterwards.
fn words(what: &What) -> Option<String> {
    Some(match what {
        What::Look(look) => format!("looked: {}", look.name()),
        What::Act(response) => format!("decided: {}", response.name()),
        What::Think(thought) => format!("thought: {}", thought.cause.name()),
        What::State(cause) => format!("stated the cause: {}", cause.name()),
        What::RuleOut(cause) => format!("ruled out: {}", cause.name()),
        What::Update(update) => format!("sent an update{}", if update.is_complete() { "" } else { ", not complete" }),
        What::Heard(text) => format!("heard from the facilitator: {}", markdown(text)),
        What::End => "ended the drill".to_owned(),
        What::Mark(..) | What::Plan(_) => return None,
    })
}

/// The result as JSON.
#[must_use]
pub fn drill_json(drill: &Drill, debrief: &Debrief, comparison: Option<&Comparison>, score: Option<&Score>) -> String {
    let came: Vec<Value> = debrief
        .came
        .iter()
        .map(|came| {
            json!({
                "at": came.at.hh_mm(), "by": came.until.hh_mm(), "series": came.expected.series.id(),
                "expected": came.expected.way.word(), "came": came.way.map(|way| way.word()), "values": came.shown,
            })
        })
        .collect();
    let compared = comparison.map(|comparison| {
        let acts: Vec<Value> = comparison
            .acts
            .iter()
            .map(|act| json!({"at": act.at.hh_mm(), "name": act.name, "users_spared": act.users_spared}))
            .collect();
        json!({"scenario": drill.full().id, "cause": comparison.cause.map(Cause::id), "found": comparison.found, "acts": acts, "best": comparison.best_reason})
    });
    let score = score.map(|score| {
        json!({
            "users": score.users, "percent": score.users.percent(), "looked_before": score.looked_before,
            "silence_s": score.silence_s, "updates_complete": score.updates_complete, "unneeded": score.unneeded(),
        })
    });
    let kind = if drill.kind() == Kind::Check { "check" } else { "practice" };
    crate::json::to_lines(&json!({
        "kind": kind, "journal": drill.journal().to_string(), "expectations": came, "comparison": compared, "score": score,
    }))
}
