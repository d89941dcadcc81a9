//! The top of the page: headline, tiles and the Play button.

use yew::prelude::*;

use super::browser;
use super::icons::{Icon, icon};
use super::run::Run;
use super::words;
use crate::replay::{Command, Source, Tile, headline, tiles};

#[derive(Properties, PartialEq)]
pub struct HeroProps {
    pub run: Run,
    pub playing: bool,
    pub at_start: bool,
    pub on_command: Callback<Command>,
}

#[component]
pub fn Hero(props: &HeroProps) -> Html {
    let sentence = use_memo(props.run.clone(), |run| headline(&run.scenario, &run.recording));
    let tiles = use_memo(props.run.clone(), |run| tiles(&run.ledger));
    let on_click = props.on_command.reform(|_: MouseEvent| Command::Toggle);
    let (shape, label) = match (props.playing, props.at_start) {
        (true, _) => (Icon::Pause, "Pause"),
        (false, true) => (Icon::Play, "Play the incident"),
        (false, false) => (Icon::Play, "Play on"),
    };
    let on_tour = props.on_command.reform(|_: MouseEvent| Command::Tour);
    // Where nothing may move by itself, each press tells the next event.
    let tour = if browser::media(browser::REDUCED_MOTION) { "Tell it event by event" } else { "Tell it in a minute" };
    html! {
        // Once it has begun, a line of figures: the room is the stage's.
        <section class={classes!("hero", (!props.at_start || props.playing).then_some("is-line"))}
            aria-label="The incident in short">
            <div class="hero-story">
                <h1>{ (*sentence).clone() }</h1>
                <button type="button" class="button primary hero-play" onclick={on_click}>
                    { icon(shape) }
                    { label }
                </button>
                <button type="button" class="button hero-tour" onclick={on_tour}>{ tour }</button>
                <p class="hero-note">
                    { length_words(&props.run) }<br />
                    { words::badge(Source::Simulated) }{ " in this browser, beside the " }
                    { words::badge(Source::Reported) }{ " values. " }
                    <span class="hero-good">{ "✓" }</span>{ " inside the bounds of the claim." }
                </p>
            </div>
            <ul class="tiles" aria-label="Simulated beside reported">
                { for tiles.iter().map(show_tile) }
            </ul>
        </section>
    }
}

/// Length of the incident and of its playback.
fn length_words(run: &Run) -> String {
    let minutes = run.track.duration_ms / 60_000.0;
    format!(
        "{} to {} UTC, minute by minute: {} at 1×",
        run.scenario.window.from.hh_mm(),
        run.scenario.window.until.hh_mm(),
        words::duration(minutes),
    )
}

fn show_tile(tile: &Tile) -> Html {
    html! {
        <li class={classes!("tile", words::verdict_class(tile.verdict))} title={tile.detail.clone()}>
            <a href={format!("#claim-{}", tile.claim)}>
                <span class="tile-value">{ &tile.simulated }</span>
                <span class="tile-label">{ &tile.label }</span>
                <span class="tile-reported">
                    { "reported " }{ &tile.reported }{ " " }
                    <span class="verdict">
                        <span aria-hidden="true">{ words::verdict_sign(tile.verdict) }</span>
                        <span class="visually-hidden">{ words::verdict_word(tile.verdict) }</span>
                    </span>
                </span>
            </a>
        </li>
    }
}
