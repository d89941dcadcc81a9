//! The embed view: a line with the link to the full page, the requested panels, and the player.

use yew::prelude::*;

use super::super::address_bar::{self, SYSTEM_PANEL};
use super::super::chart_grid::chart_grid;
use super::super::now::Now;
use super::super::page::{PageProps, show_note, what_if};
use super::super::player::{Help, player_bar};
use super::super::preferences;
use super::super::run::Run;
use super::super::system::SystemDiagram;
use super::super::words;
use super::height::use_height;
use crate::chart::ChartKind;
use crate::compare::{Difference, Outcome};
use crate::replay::{Address, Controls, Source};
use crate::units::UtcMs;

/// The embed view, with the same properties as the page.
#[component]
pub fn EmbedPage(props: &PageProps) -> Html {
    let (run, player, address, on_command) = (&props.run, &props.player, &props.address, &props.on_command);
    let at = player.track.at(player.shown_position_ms());
    let at = UtcMs(at.0 - at.0.rem_euclid(1000));
    let kinds: Vec<ChartKind> = address.panels.iter().filter_map(|name| ChartKind::from_id(name)).collect();
    let with_system = kinds.is_empty() || address.panels.iter().any(|name| name == SYSTEM_PANEL);
    let ghost = props.ghost();
    let root = use_node_ref();
    let content = (address.panels.clone(), address.controls, props.note.is_some(), props.coming.is_some());
    use_height(&root, (content, player.view.instance, run.clone()));

    let controls = match address.controls {
        Controls::Auto => "controls-auto",
        Controls::Shown => "controls-shown",
        Controls::Hidden => "controls-hidden",
    };
    html! {
        <div ref={root} class={classes!("embed", controls, player.playing.then_some("is-playing"))}>
            <header class="embed-head">
                <h1 class="embed-title">{ &run.scenario.title }</h1>
                { way_out(&address.with_player(player)) }
            </header>
            { what_if(run, &address.with_player(player)) }
            if let Some(actual) = &ghost {
                <p class="embed-compare">{ words::badge(Source::Simulated) }{ " " }{ compared(actual, run) }</p>
            }
            if let Some(note) = &props.note {
                { show_note(note, &props.on_note_read) }
            }
            if let Some((title, ratio)) = &props.coming {
                <progress class="embed-coming" max="1" value={ratio.to_string()}
                    aria-label={format!("Simulating “{title}”")}></progress>
            }
            <main class="embed-body">
                if with_system {
                    <section class="picture" aria-label={format!("The {} at the playhead", run.scenario.incident.service)}>
                        <Now run={run.clone()} {at} playing={player.playing} view={player.view.clone()}
                            on_command={on_command.clone()} />
                        <SystemDiagram run={run.clone()} {at} described_at={player.track.at(props.described_ms)}
                            playing={player.playing} speed={player.speed} dark={preferences::is_dark(player.view.theme)}
                            selected={player.view.instance} time_zone={player.view.time_zone} bus={props.bus.clone()}
                            on_command={on_command.clone()} />
                    </section>
                }
                if !kinds.is_empty() {
                    <h2 class="visually-hidden">{ "Charts" }</h2>
                    { chart_grid(&kinds, run, ghost.as_ref(), player, &props.bus, on_command) }
                }
            </main>
            if address.controls != Controls::Hidden {
                { player_bar(run, ghost.as_ref(), player, &props.bus, on_command) }
            }
            <Help open={player.help_open} keys_on={player.keys_on} on_command={on_command.clone()} />
            <div class="visually-hidden" aria-live="polite">{ props.announcement.clone() }</div>
        </div>
    }
}

/// The difference between what happened and the what-if, in words.
fn compared(actual: &Run, what_if: &Run) -> String {
    let outcome = |run: &Run| Outcome::new(&run.scenario, &run.recording);
    Difference { actual: outcome(actual), what_if: outcome(what_if) }.sentence(&actual.scenario)
}

/// The link to the full page at the same moment.
fn way_out(here: &Address) -> Html {
    let href = address_bar::absolute(&here.full_page());
    html! {
        <a class="embed-link" {href} target="_blank" rel="noopener">
            <span class="embed-link-verb">{ "Open the " }</span>{ "full replay" }<span aria-hidden="true">{ " ↗" }</span>
        </a>
    }
}
