//! The "now" sentence for the chosen audience.

use yew::prelude::*;

use super::run::Run;
use crate::replay::{Audience, Command, View, ViewCommand, now_sentence};
use crate::units::UtcMs;

/// Incident time for which a sentence stays while playing, so that it can be read at 1×.
const STANDS_MS: i64 = 180_000;

#[derive(Properties, PartialEq)]
pub struct NowProps {
    pub run: Run,
    pub at: UtcMs,
    pub playing: bool,
    pub view: View,
    pub on_command: Callback<Command>,
}

#[component]
pub fn Now(props: &NowProps) -> Html {
    let at = if props.playing { standing(&props.run, props.at) } else { props.at };
    let reader = props.view.audience;
    let sentence = use_memo((props.run.clone(), at, reader), |(run, at, reader)| {
        now_sentence(&run.scenario, &run.recording, *at, *reader)
    });
    // Announced only while paused; during playback a screen reader would never finish.
    let live = if props.playing { "off" } else { "polite" };
    html! {
        <div class="now">
            <p class="now-time">
                <time>{ props.view.time_zone.hh_mm(at) }</time>
                <span>{ props.view.time_zone.label() }</span>
            </p>
            <p class="now-sentence" aria-live={live}>{ (*sentence).clone() }</p>
            <fieldset class="choice">
                <legend class="visually-hidden">{ "Who reads this" }</legend>
                { for Audience::ALL.into_iter().map(|choice| reader_choice(choice, reader, &props.on_command)) }
            </fieldset>
        </div>
    }
}

/// The moment that the sentence describes while playing: the last step of the grid or the last event, whichever is later.
fn standing(run: &Run, at: UtcMs) -> UtcMs {
    let from = run.scenario.window.from;
    let stepped = UtcMs(at.0 - (at.0 - from.0).rem_euclid(STANDS_MS));
    let event = run.scenario.timeline.iter().rev().map(|event| event.at).find(|event_at| *event_at <= at);
    event.map_or(stepped, |event_at| event_at.max(stepped))
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
