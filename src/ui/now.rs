//! The "now" sentence for the chosen audience.

use yew::prelude::*;

use super::browser;
use super::run::Run;
use crate::replay::{Audience, Command, IncidentStatus, Moment, View, ViewCommand, now_sentence};
use crate::units::UtcMs;

/// Time of the reader's for which a sentence stays while playing, at any speed.
const STANDS_MS: f64 = 8000.0;
/// Least time of the reader's between two looks at how things stand: a look costs some milliseconds.
const LOOK_MS: f64 = 500.0;

#[derive(Properties, PartialEq)]
pub struct NowProps {
    pub run: Run,
    pub at: UtcMs,
    pub playing: bool,
    pub view: View,
    /// Whether the time stands beside the sentence; the page has it in the player.
    #[prop_or(true)]
    pub with_clock: bool,
    pub on_command: Callback<Command>,
}

/// The sentence that stands while playing.
struct Standing {
    at: UtcMs,
    since_ms: f64,
    looked_ms: f64,
    /// The events that have passed, and how things stand.
    state: (usize, IncidentStatus),
}

#[component]
pub fn Now(props: &NowProps) -> Html {
    let standing = use_mut_ref(|| None);
    let at = if props.playing {
        stand(&mut standing.borrow_mut(), &props.run, props.at)
    } else {
        *standing.borrow_mut() = None;
        props.at
    };
    let reader = props.view.audience;
    let sentence = use_memo((props.run.clone(), at, reader), |(run, at, reader)| {
        now_sentence(&run.scenario, &run.recording, *at, *reader)
    });
    // Announced only while paused; during playback a screen reader would never finish.
    let live = if props.playing { "off" } else { "polite" };
    html! {
        <div class="now">
            if props.with_clock {
                <p class="now-time">
                    <time>{ props.view.time_zone.hh_mm(props.at) }</time>
                    <span>{ props.view.time_zone.label() }</span>
                </p>
            }
            // On the page it has a fixed height, and may have to be scrolled.
            <p class="now-sentence" aria-live={live} tabindex={(!props.with_clock).then_some("0")}>{ (*sentence).clone() }</p>
            <fieldset class="choice">
                <legend class="visually-hidden">{ "Who reads this" }</legend>
                { for Audience::ALL.into_iter().map(|choice| reader_choice(choice, reader, &props.on_command)) }
            </fieldset>
        </div>
    }
}

/// The moment that the sentence describes while playing. It changes at once when an event passes or things stand differently, so
/// that it never contradicts what is seen; else it stays until it could be read.
fn stand(standing: &mut Option<Standing>, run: &Run, at: UtcMs) -> UtcMs {
    let now_ms = browser::now_ms();
    let passed = run.scenario.timeline.iter().filter(|event| event.at <= at).count();
    if let Some(standing) = standing.as_ref()
        && standing.state.0 == passed
        && standing.at <= at
        && now_ms - standing.looked_ms < LOOK_MS
    {
        return standing.at;
    }
    let state = (passed, Moment::new(&run.scenario, &run.recording, at).status);
    match standing.as_mut() {
        Some(standing) if standing.state == state && standing.at <= at && now_ms - standing.since_ms < STANDS_MS => {
            standing.looked_ms = now_ms;
            standing.at
        }
        _ => {
            *standing = Some(Standing { at, since_ms: now_ms, looked_ms: now_ms, state });
            at
        }
    }
}

fn reader_choice(choice: Audience, chosen: Audience, on_command: &Callback<Command>) -> Html {
    let on_change = on_command.reform(move |_: Event| ViewCommand::SetAudience(choice).into());
    html! {
        <label class="choice-item">
            <input type="radio" name="reader" checked={choice == chosen} onchange={on_change} />
            <span>{ choice.label() }</span>
        </label>
    }
}
