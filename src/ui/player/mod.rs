//! The player bar: play, events, time, the seek bar with the harm above it, speed and options.

mod grip;
mod harm;
mod help;
mod markers;
mod menu;
mod options;
mod phases;
mod seek;
mod speed;

use yew::prelude::*;

use super::icons::{Icon, icon};
use super::playhead::PlayheadBus;
use super::run::Run;
use crate::replay::{Command, Player, TimeZone};
pub use help::Help;
pub use menu::Menu;
use options::options_menu;
use seek::SeekBar;
use speed::speed_menu;

pub fn player_bar(
    run: &Run,
    ghost: Option<&Run>,
    player: &Player,
    bus: &PlayheadBus,
    on_command: &Callback<Command>,
) -> Html {
    let send = |command: Command| on_command.reform(move |_: MouseEvent| command.clone());
    let (play_icon, play_label) = if player.playing { (Icon::Pause, "Pause") } else { (Icon::Play, "Play") };
    let full_screen_label = if player.full_screen { "Leave full screen" } else { "Full screen" };
    html! {
        <section class="player" id="player" tabindex="-1" aria-label="Player">
            <div class="player-buttons">
                <button type="button" class="button icon" onclick={send(Command::PreviousEvent)}
                    aria-label="Previous event" title="Previous event ([)">
                    { icon(Icon::Previous) }
                </button>
                <button type="button" class="button icon primary play" onclick={send(Command::Toggle)}
                    aria-label={play_label} title={format!("{play_label} (space)")}>
                    { icon(play_icon) }
                </button>
                <button type="button" class="button icon" onclick={send(Command::NextEvent)}
                    aria-label="Next event" title="Next event (])">
                    { icon(Icon::Next) }
                </button>
            </div>
            { clock(player) }
            <SeekBar run={run.clone()} ghost={ghost.cloned()} player={player.clone()} bus={bus.clone()} on_command={on_command.clone()} />
            <div class="player-settings">
                { speed_menu(player.speed, on_command) }
                { options_menu(player, on_command) }
                <button type="button" class="button icon wide-only" onclick={send(Command::ToggleFullScreen)}
                    aria-label={full_screen_label} title={format!("{full_screen_label} (f)")}>
                    { icon(if player.full_screen { Icon::Shrink } else { Icon::Expand }) }
                </button>
                <button type="button" class="button icon wide-only" onclick={send(Command::ToggleHelp)}
                    aria-label="Help: keys" title="Help: keys (?)">
                    { icon(Icon::Help) }
                </button>
            </div>
        </section>
    }
}

fn clock(player: &Player) -> Html {
    let zone = player.view.time_zone;
    let at = player.track.at(player.shown_position_ms());
    // "11:42 UTC, 42 minutes in, diagnosis": the clock is shown large, the rest below.
    let words = player.track.aria_value_text(at, zone);
    let place = words.split(", ").nth(1).unwrap_or_default().to_owned();
    let phase = player.track.phase_at(player.shown_position_ms()).map(|phase| phase.name.to_ascii_lowercase());
    html! {
        <p class="clock" aria-hidden="true">
            <strong>{ zone.hh_mm(at) }<small>{ if zone == TimeZone::Utc { "UTC" } else { "local" } }</small></strong>
            <span class="clock-place">{ place }</span>
            <span class="clock-phase">{ phase }</span>
        </p>
    }
}
