//! What was told and done, in order: the pager, evidence, people, and one's own acts.

use yew::prelude::*;

use crate::drill::{Told, What, Who};
use crate::units::UtcMs;

/// Who speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Voice {
    Pager,
    Own,
    Evidence,
    Person,
    Service,
    Refused,
}

/// A line of the feed.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    pub at: UtcMs,
    pub voice: Voice,
    pub text: String,
    /// Names and values of evidence.
    pub details: Vec<(String, String)>,
}

impl Line {
    pub fn new(at: UtcMs, voice: Voice, text: String) -> Self {
        Self { at, voice, text, details: Vec::new() }
    }

    /// For the live region.
    pub fn spoken(&self) -> String {
        let details: String = self.details.iter().map(|(name, value)| format!(" {name}: {value}.")).collect();
        format!("{} {}{details}", self.at.hh_mm(), self.text)
    }
}

/// Lines of what was told.
pub fn lines(told: &[Told]) -> Vec<Line> {
    told.iter()
        .map(|told| match told {
            Told::Seen(seen) => Line {
                details: seen.lines.clone(),
                ..Line::new(seen.at, Voice::Evidence, format!("{}:", seen.look.name()))
            },
            Told::Begins(response, at) => {
                let decided = at.plus_s(-60.0 * f64::from(response.preparation_min()));
                let words = format!("“{}” will begin at {}.", response.name(), at.hh_mm());
                let details = vec![("what it costs".to_owned(), response.kind().cost.to_owned())];
                Line { details, ..Line::new(decided, Voice::Service, words) }
            }
            Told::Happened(at, text) => Line::new(*at, Voice::Service, text.clone()),
            Told::Said(at, inject) => Line::new(*at, Voice::Person, format!("{}: {}", inject.who.name(), inject.text)),
            Told::Ended(at) => Line::new(*at, Voice::Service, "The drill is over.".to_owned()),
        })
        .collect()
}

/// A line of what the trainee did.
pub fn own(at: UtcMs, what: &What) -> Line {
    Line::new(at, Voice::Own, what_words(what))
}

/// What was done, in words.
pub fn what_words(what: &What) -> String {
    match what {
        What::Look(look) => format!("You look: {}.", look.name()),
        What::Act(response) => format!("You decide: {}.", response.name()),
        What::Think(thought) => {
            let sure = ["a guess", "likely", "sure"][usize::from(thought.sureness.clamp(1, 3)) - 1];
            let expects = thought.expects.map_or_else(String::new, |expected| {
                format!(
                    " You expect {} {} within {} minutes.",
                    expected.series.name(),
                    expected.way.word(),
                    expected.minutes
                )
            });
            format!("You think: {} ({sure}).{expects}", thought.cause.name())
        }
        What::State(cause) => format!("You state the cause: {}.", cause.name()),
        What::RuleOut(cause) => format!("You rule out: {}.", cause.name()),
        What::Update(update) => {
            let mut parts = Vec::new();
            if update.impact {
                parts.push("how many are affected".to_owned());
            }
            if update.state {
                parts.push("what is being done".to_owned());
            }
            if let Some(minutes) = update.next_min {
                parts.push(format!("that the next update comes in {minutes} minutes"));
            }
            if parts.is_empty() {
                "You send an update that says nothing.".to_owned()
            } else {
                format!("You send an update: {}.", parts.join(", "))
            }
        }
        What::Heard(text) => format!("{}: {text}", Who::Facilitator.name()),
        What::Mark(_, text) => format!("You write: {text}"),
        What::Plan(text) => format!("Your plan: {text}"),
        What::End => "You end the drill.".to_owned(),
    }
}

/// The feed, newest first.
pub fn feed(lines: &[Line]) -> Html {
    html! {
        <ol class="drill-feed" aria-label="What was told and done, newest first" tabindex="0">
            { for lines.iter().rev().enumerate().map(|(index, line)| html! {
                <li key={lines.len() - index} class={classes!("drill-line", voice_class(line.voice))}>
                    <span class="drill-clock">{ line.at.hh_mm() }</span>
                    <div class="drill-told">
                        <p>{ &line.text }</p>
                        if !line.details.is_empty() {
                            <dl>{ for line.details.iter().map(|(name, value)| html! { <div><dt>{ name }</dt><dd>{ value }</dd></div> }) }</dl>
                        }
                    </div>
                </li>
            }) }
        </ol>
    }
}

fn voice_class(voice: Voice) -> &'static str {
    match voice {
        Voice::Pager => "is-pager",
        Voice::Own => "is-own",
        Voice::Evidence => "is-evidence",
        Voice::Person => "is-person",
        Voice::Service => "is-service",
        Voice::Refused => "is-refused",
    }
}
