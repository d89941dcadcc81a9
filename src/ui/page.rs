//! The order of things on the page.

use std::fmt::Display;

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::assumptions::assumptions;
use super::browser;
use super::chart_grid::chart_grid;
use super::claims::claims;
use super::defect::Defect;
use super::figures::IncidentFigures;
use super::footer::footer;
use super::header::header;
use super::hero::Hero;
use super::now::Now;
use super::open::Opened;
use super::player::{Help, player_bar};
use super::playhead::PlayheadBus;
use super::preferences;
use super::run::Run;
use super::share::Share;
use super::system::SystemDiagram;
use super::timeline::Timeline;
use crate::chart::ChartKind;
use crate::replay::{Address, Command, Player};
use crate::units::UtcMs;

/// Charts that are mounted at a time.
const CHARTS_PER_PART: usize = 2;
/// Parts with charts.
const CHART_PARTS: usize = ChartKind::ALL.len().div_ceil(CHARTS_PER_PART);
/// Parts of the page that come after its top: story and player, the charts, the figures with the defect, the ledger with the
/// rest.
pub const PARTS: usize = 1 + CHART_PARTS + 2;

/// Something the reader should know.
#[derive(Clone, PartialEq)]
pub struct Note {
    kind: &'static str,
    title: AttrValue,
    /// One line per problem.
    lines: Vec<String>,
}

impl Note {
    /// Parts of something were not as they were asked for, one line each; none when there are no lines.
    pub fn warnings(title: &'static str, lines: Vec<String>) -> Option<Self> {
        (!lines.is_empty()).then_some(Self { kind: "warning", title: title.into(), lines })
    }

    /// Something came about.
    pub fn news(text: impl Into<AttrValue>) -> Self {
        Self { kind: "news", title: text.into(), lines: Vec::new() }
    }

    /// Something could not be done, and why.
    pub fn error(title: &str, why: impl Display) -> Self {
        Self {
            kind: "error",
            title: title.to_owned().into(),
            lines: why.to_string().lines().map(str::to_owned).collect(),
        }
    }
}

/// Properties of [`Page`].
#[derive(Properties, PartialEq)]
pub struct PageProps {
    /// What is shown.
    pub run: Run,
    /// The page's address, but for what the player knows.
    pub address: Address,
    /// The player, a few times a second while playing.
    pub player: Player,
    /// The playhead when it last stood still.
    pub described_ms: f64,
    /// The playhead, every frame.
    pub bus: PlayheadBus,
    /// How many of the [`PARTS`] are there. Only the full page asks.
    pub parts: usize,
    /// A scenario that is being simulated: its title and the share that is done.
    pub coming: Option<(AttrValue, f64)>,
    /// Something the reader should know.
    pub note: Option<Note>,
    /// What screen readers are told.
    pub announcement: AttrValue,
    /// Takes commands for the player.
    pub on_command: Callback<Command>,
    /// Takes opened files.
    pub on_opened: Callback<Opened>,
    /// The reader has read the note.
    pub on_note_read: Callback<()>,
}

/// The page.
#[component]
pub fn Page(props: &PageProps) -> Html {
    let (run, player, on_command) = (&props.run, &props.player, &props.on_command);
    let at = player.track.at(player.shown_position_ms());
    // Text follows the playhead second by second: finer steps could not be read.
    let at = UtcMs(at.0 - at.0.rem_euclid(1000));
    let dark = preferences::is_dark(player.view.theme);
    // Figures that count up need not do so several times a second.
    let figures_at = if player.playing { UtcMs(at.0 - at.0.rem_euclid(60_000)) } else { at };
    let described_at = player.track.at(props.described_ms);
    let charts = ChartKind::ALL.into_iter().take(props.parts.saturating_sub(1) * CHARTS_PER_PART).collect::<Vec<_>>();
    html! {
        <>
            <a class="skip" href="#player">{ "Go to the player" }</a>
            { header(run, &player.view, on_command, &props.on_opened, html! {
                <Share run={run.clone()} player={player.clone()} address={props.address.clone()}
                    on_command={on_command.clone()} />
            }) }
            if let Some((title, ratio)) = &props.coming {
                <div class="coming" role="status">
                    <span>{ format!("Simulating “{title}” …") }</span>
                    <progress max="1" value={ratio.to_string()} aria-label="Simulating the scenario"></progress>
                </div>
            }
            if let Some(note) = &props.note {
                { show_note(note, &props.on_note_read) }
            }
            <main class="page">
                <Hero run={run.clone()} playing={player.playing} at_start={player.position_ms == 0.0}
                    on_command={on_command.clone()} />
                <div class="stage">
                    <section id="picture" class="card picture" aria-labelledby="picture-title">
                        <h2 id="picture-title" class="visually-hidden">{ "The payment service at the playhead" }</h2>
                        <Now run={run.clone()} {at} playing={player.playing} view={player.view.clone()}
                            on_command={on_command.clone()} />
                        <SystemDiagram run={run.clone()} {at} {described_at} playing={player.playing}
                            speed={player.speed} {dark} selected={player.view.instance} time_zone={player.view.time_zone} bus={props.bus.clone()} on_command={on_command.clone()} />
                    </section>
                    if props.parts > 0 {
                        <Timeline run={run.clone()} {at} time_zone={player.view.time_zone} on_command={on_command.clone()} />
                    }
                    { chart_grid(&charts, run, &player.view, player.shown_position_ms(), &props.bus, on_command) }
                </div>
                if props.parts > 1 + CHART_PARTS {
                    <IncidentFigures run={run.clone()} at={figures_at} time_zone={player.view.time_zone} />
                    <Defect run={run.clone()} />
                }
                if props.parts == PARTS {
                    <RunSection run={run.clone()} render={claims as Render} />
                    <RunSection run={run.clone()} render={assumptions as Render} />
                }
            </main>
            if props.parts == PARTS {
                <RunSection run={run.clone()} render={footer as Render} />
            }
            if props.parts > 0 {
                { player_bar(run, player, &props.bus, on_command) }
            }
            <Help open={player.help_open} keys_on={player.keys_on} on_command={on_command.clone()} />
            <div class="visually-hidden" aria-live="polite">{ props.announcement.clone() }</div>
        </>
    }
}

/// What shows a run and nothing else.
type Render = fn(&Run) -> Html;

#[derive(Properties)]
struct RunSectionProps {
    run: Run,
    render: Render,
}

impl PartialEq for RunSectionProps {
    fn eq(&self, other: &Self) -> bool {
        self.run == other.run && std::ptr::fn_addr_eq(self.render, other.render)
    }
}

/// A part of the page that stands still while the playhead moves.
#[component]
fn RunSection(props: &RunSectionProps) -> Html {
    (props.render)(&props.run)
}

/// A note, with a button that closes it.
pub fn show_note(note: &Note, on_note_read: &Callback<()>) -> Html {
    let on_click = on_note_read.reform(|_: MouseEvent| ());
    let role = if note.kind == "error" { "alert" } else { "status" };
    html! {
        <div class={classes!("note", format!("note-{}", note.kind))} {role}>
            <div class="note-text">
                <p>{ note.title.clone() }</p>
                if !note.lines.is_empty() {
                    <ul>{ for note.lines.iter().map(|line| html! { <li>{ line }</li> }) }</ul>
                }
            </div>
            <button type="button" class="button" onclick={on_click}>{ "Close" }</button>
        </div>
    }
}

/// Brings an event into view in the list of events; the page itself does not move.
pub fn show_event(id: &str) {
    let document = browser::document();
    let find = |id: &str| document.get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let (Some(list), Some(event)) = (find("story-list"), find(&format!("event-{id}"))) {
        browser::scroll_into_list(&list, &event, document.get_element_by_id("player").as_ref());
    }
}
