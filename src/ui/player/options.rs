//! The options menu: loop, pause at events, key bindings.

use yew::prelude::*;

use super::menu::Menu;
use crate::replay::{Command, Player, TimeRange};
use crate::ui::icons::{Icon, icon};

pub fn options_menu(player: &Player, on_command: &Callback<Command>) -> Html {
    let (player, on_command) = (player.clone(), on_command.clone());
    let panel = Callback::from(move |()| panel(&player, &on_command));
    html! { <Menu label="More options" class="icon" face={icon(Icon::More)} {panel} /> }
}

fn panel(player: &Player, on_command: &Callback<Command>) -> Html {
    let pause = player.pause_at_markers;
    let on_pause = on_command.reform(move |_: Event| Command::PauseAtMarkers(!pause));
    let keys = player.keys_on;
    let on_keys = on_command.reform(move |_: Event| Command::SetKeys(!keys));
    let on_full_screen = on_command.reform(|_: MouseEvent| Command::ToggleFullScreen);
    let on_help = on_command.reform(|_: MouseEvent| Command::Help(true));
    html! {
        <>
            <fieldset class="menu-group">
                <legend>{ "Loop" }</legend>
                { for loops(player).into_iter().map(|(name, range, chosen)| {
                    let on_change = on_command.reform(move |_: Event| {
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
        </>
    }
}

/// The ranges that can be looped, and whether each is.
fn loops(player: &Player) -> Vec<(String, Option<TimeRange>, bool)> {
    let now = player.loop_range;
    let phase = player.phase().map(|phase| {
        let range = TimeRange { from_ms: phase.from_ms, until_ms: phase.until_ms };
        (format!("This phase: {}", phase.name.to_ascii_lowercase()), Some(range), now == Some(range))
    });
    let zoom = player.view.zoom.map(|zoom| ("What the charts show".to_owned(), Some(zoom), now == Some(zoom)));
    let mut choices = vec![("Off".to_owned(), None, now.is_none())];
    choices.extend(phase);
    choices.extend(zoom);
    if choices.iter().all(|(_, _, chosen)| !chosen) {
        choices.push(("The marked piece".to_owned(), now, true));
    }
    choices
}
