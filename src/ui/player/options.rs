//! What else the player can do: loop, stop at events, leave the keys alone.

use yew::prelude::*;

use super::menu::Menu;
use crate::replay::{Command, Phase, TimeRange};
use crate::ui::icons::{Icon, icon};

/// Properties of [`OptionsMenu`].
#[derive(Properties, PartialEq)]
pub struct OptionsMenuProps {
    /// The phase of the playhead.
    pub phase: Option<Phase>,
    /// The piece of time that the charts show.
    pub zoom: Option<TimeRange>,
    /// The piece of time that is played over and over.
    pub loop_range: Option<TimeRange>,
    /// Whether playing stops at each event.
    pub pause_at_markers: bool,
    /// Whether the keys work.
    pub keys_on: bool,
    /// Takes commands for the player.
    pub on_command: Callback<Command>,
}

/// The menu.
#[component]
pub fn OptionsMenu(props: &OptionsMenuProps) -> Html {
    let face = icon(Icon::More);
    let pause = props.pause_at_markers;
    let on_pause = props.on_command.reform(move |_: Event| Command::PauseAtMarkers(!pause));
    let keys = props.keys_on;
    let on_keys = props.on_command.reform(move |_: Event| Command::SetKeys(!keys));
    let on_full_screen = props.on_command.reform(|_: MouseEvent| Command::ToggleFullScreen);
    let on_help = props.on_command.reform(|_: MouseEvent| Command::Help(true));
    html! {
        <Menu label="More options" class="icon" {face}>
            <fieldset class="menu-group">
                <legend>{ "Loop" }</legend>
                { for loops(props).into_iter().map(|(name, range, chosen)| {
                    let on_change = props.on_command.reform(move |_: Event| {
                        Command::LoopRange(range.map(|range| (range.from_ms, range.until_ms)))
                    });
                    html! {
                        <label class="menu-item">
                            <input type="radio" name="loop" checked={chosen} onchange={on_change} />
                            <span>{ name }</span>
                        </label>
                    }
                }) }
            </fieldset>
            <fieldset class="menu-group">
                <legend>{ "While playing" }</legend>
                <label class="menu-item">
                    <input type="checkbox" checked={pause} onchange={on_pause} />
                    <span>{ "Pause at each event" }</span>
                </label>
                <label class="menu-item">
                    <input type="checkbox" checked={keys} onchange={on_keys} />
                    <span>{ "Keys" }</span>
                </label>
            </fieldset>
            <div class="menu-group narrow-only">
                <button type="button" class="button" onclick={on_full_screen}>{ "Full screen" }</button>
                <button type="button" class="button" onclick={on_help}>{ "Help: keys" }</button>
            </div>
        </Menu>
    }
}

/// The pieces that can be looped, and which one is.
fn loops(props: &OptionsMenuProps) -> Vec<(String, Option<TimeRange>, bool)> {
    let now = props.loop_range;
    let phase = props.phase.as_ref().map(|phase| {
        let range = TimeRange { from_ms: phase.from_ms, until_ms: phase.until_ms };
        (format!("This phase: {}", phase.name.to_ascii_lowercase()), Some(range), now == Some(range))
    });
    let zoom = props.zoom.map(|zoom| ("What the charts show".to_owned(), Some(zoom), now == Some(zoom)));
    let mut choices = vec![("Off".to_owned(), None, now.is_none())];
    choices.extend(phase);
    choices.extend(zoom);
    if choices.iter().all(|(_, _, chosen)| !chosen) {
        choices.push(("The marked piece".to_owned(), now, true));
    }
    choices
}
