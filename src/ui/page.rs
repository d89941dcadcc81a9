//! The layout of the page.

use std::fmt::Display;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::address_bar;
use super::assumptions::assumptions;
use super::browser;
use super::chart_grid::chart_grid;
use super::claims::claims;
use super::defect::Defect;
use super::end_card::EndCard;
use super::figures::IncidentFigures;
use super::footer::footer;
use super::header::{header, modes};
use super::hero::Hero;
use super::now::Now;
use super::open::Opened;
use super::part::Lazy;
use super::player::{Help, player_bar};
use super::playhead::PlayheadBus;
use super::preferences;
use super::run::Run;
use super::share::Share;
use super::system::SystemDiagram;
use super::timeline::{Timeline, present_event};
use super::what_if::{Side, WhatIfProps, sides};
use crate::chart::ChartKind;
use crate::replay::{ADDRESS_VERSION, Address, Command, Mode, Player};
use crate::scenario::{Scenario, Setting};
use crate::units::UtcMs;

/// Charts that are mounted in one part.
const CHARTS_PER_PART: usize = 2;
const CHART_PARTS: usize = ChartKind::ALL.len().div_ceil(CHARTS_PER_PART);
/// Number of parts after the top of the page: timeline and player, the charts, figures with defect, ledger with the rest.
pub const PARTS: usize = 1 + CHART_PARTS + 2;

/// A message to the reader.
#[derive(Clone, PartialEq)]
pub struct Note {
    kind: &'static str,
    title: AttrValue,
    /// One line per problem.
    lines: Vec<String>,
}

impl Note {
    /// A warning with one line per problem; `None` when there are no lines.
    pub fn warnings(title: &'static str, lines: Vec<String>) -> Option<Self> {
        (!lines.is_empty()).then_some(Self { kind: "warning", title: title.into(), lines })
    }

    /// A success message.
    pub fn news(text: impl Into<AttrValue>) -> Self {
        Self { kind: "news", title: text.into(), lines: Vec::new() }
    }

    /// An error message with its reason.
    pub fn error(title: &str, why: impl Display) -> Self {
        Self {
            kind: "error",
            title: title.to_owned().into(),
            lines: why.to_string().lines().map(str::to_owned).collect(),
        }
    }
}

#[derive(Properties, PartialEq)]
pub struct PageProps {
    pub run: Run,
    /// What happened: the run itself, or what lies behind a what-if; `None` while it comes.
    pub actual: Option<Run>,
    /// What is shown, as it was written.
    pub base: Rc<Scenario>,
    /// What is changed of it in what is shown, or in what is on its way.
    pub tried: Vec<Setting>,
    /// The page's address, except for the player's state.
    pub address: Address,
    /// Updated a few times a second while playing.
    pub player: Player,
    /// Position at which the playhead last stood still.
    pub described_ms: f64,
    pub bus: PlayheadBus,
    /// Number of mounted [`PARTS`]; used by the full page only.
    pub parts: usize,
    /// Title and progress of a scenario that is being simulated.
    pub coming: Option<(AttrValue, f64)>,
    /// Its course so far: thousandths of users who failed, by the time at which they started.
    pub course: Rc<[u16]>,
    /// A message to the reader.
    pub note: Option<Note>,
    /// Text of the live region.
    pub announcement: AttrValue,
    pub on_command: Callback<Command>,
    pub on_opened: Callback<Opened>,
    /// Something is to be tried, in place of what was.
    pub on_try: Callback<Vec<Setting>>,
    /// Comparisons are kept, in place of those that were.
    pub on_keep: Callback<Vec<Vec<Setting>>>,
    pub on_mode: Callback<Mode>,
    /// The part of the mode is there, or it is told why it is not.
    pub on_part: Callback<()>,
    /// The note was dismissed.
    pub on_note_read: Callback<()>,
}

impl PageProps {
    /// What happened, where a what-if is shown in its place.
    pub fn ghost(&self) -> Option<Run> {
        let is_what_if = !self.run.scenario.what_if.settings.is_empty();
        self.actual.clone().filter(|_| is_what_if)
    }
}

#[component]
pub fn Page(props: &PageProps) -> Html {
    let (run, player, on_command) = (&props.run, &props.player, &props.on_command);
    let at = player.track.at(player.shown_position_ms());
    // Text follows the playhead in steps of a second: finer steps could not be read.
    let at = UtcMs(at.0 - at.0.rem_euclid(1000));
    let dark = preferences::is_dark(player.view.theme);
    // Figures are updated every minute while playing.
    let figures_at = if player.playing { UtcMs(at.0 - at.0.rem_euclid(60_000)) } else { at };
    let described_at = player.track.at(props.described_ms);
    let charts = ChartKind::of(&run.scenario)
        .into_iter()
        .take(props.parts.saturating_sub(1) * CHARTS_PER_PART)
        .collect::<Vec<_>>();
    let is_trying = props.address.mode == Mode::WhatIf;
    let ghost = props.ghost();
    let side = use_state(Side::default);
    // The picture, its sentence and the present event are one unit: all of them are of the side that is chosen.
    let staged = ghost.as_ref().filter(|_| *side == Side::Actual).unwrap_or(run);
    html! {
        <>
            <a class="skip" href="#player">{ "Go to the player" }</a>
            { header(run, &player.view, props.address.mode, &props.on_mode, on_command, &props.on_opened, html! {
                <Share run={run.clone()} actual={ghost.clone()} player={player.clone()} address={props.address.clone()}
                    on_command={on_command.clone()} />
            }) }
            if let Some((title, ratio)) = props.coming.as_ref().filter(|_| !is_trying) {
                <div class="coming" role="status">
                    <span>{ format!("Simulating “{title}” …") }</span>
                    <progress max="1" value={ratio.to_string()} aria-label="Simulating the scenario"></progress>
                </div>
            }
            if let Some(note) = &props.note {
                { show_note(note, &props.on_note_read) }
            }
            if !is_trying {
                { what_if(run, &props.address) }
            }
            <main class="page">
                { modes("page-modes", props.address.mode, &props.on_mode) }
                <Hero run={run.clone()} playing={player.playing} at_start={player.position_ms == 0.0}
                    on_command={on_command.clone()} />
                <div class="stage">
                    <section id="picture" class={classes!("card", "picture", player.is_resting().then_some("is-told"))} aria-labelledby="picture-title">
                        <h2 id="picture-title" class="visually-hidden">{ format!("The {} at the playhead", run.scenario.incident.service) }</h2>
                        if ghost.is_some() {
                            { sides(*side, &Callback::from({ let side = side.setter(); move |chosen| side.set(chosen) })) }
                        }
                        <Now run={staged.clone()} {at} playing={player.playing} view={player.view.clone()} with_clock=false
                            on_command={on_command.clone()} />
                        { present_event(staged, at, player.reached.as_ref(), player.view.time_zone) }
                        if player.is_at_end() && !player.playing {
                            <EndCard run={run.clone()} base={Rc::clone(&props.base)} on_command={on_command.clone()} on_mode={props.on_mode.clone()} />
                        }
                        <SystemDiagram run={staged.clone()} {at} {described_at} playing={player.playing}
                            speed={player.speed} {dark} selected={player.view.instance} time_zone={player.view.time_zone} bus={props.bus.clone()} on_command={on_command.clone()} />
                    </section>
                    if props.parts > 0 {
                        <Timeline run={run.clone()} {at} reached={player.reached.clone()} time_zone={player.view.time_zone} on_command={on_command.clone()} />
                    }
                </div>
                if is_trying {
                    <Lazy<WhatIfProps> on_settled={props.on_part.clone()} of={WhatIfProps { run: run.clone(), actual: props.actual.clone(), base: Rc::clone(&props.base), tried: props.tried.clone(),
                        coming: props.coming.as_ref().map(|(_, ratio)| *ratio), course: Rc::clone(&props.course), now: described_at, time_zone: player.view.time_zone,
                        on_try: props.on_try.clone(), kept: props.address.kept.clone(), on_keep: props.on_keep.clone() }} />
                }
                { chart_grid(&charts, run, ghost.as_ref(), player, &props.bus, on_command) }
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
                { player_bar(run, ghost.as_ref(), player, &props.bus, on_command) }
            }
            <Help open={player.help_open} keys_on={player.keys_on} on_command={on_command.clone()} />
            <div class="visually-hidden" aria-live="polite">{ props.announcement.clone() }</div>
        </>
    }
}

/// What a what-if changes, and the way back; nothing for the scenario as it was written.
pub fn what_if(run: &Run, address: &Address) -> Html {
    let Some(line) = run.scenario.what_if.line() else { return Html::default() };
    let reported = Address { seed: None, changes: Vec::new(), ..address.clone() };
    let href = address_bar::shown(&reported);
    // An address without a hash would load the page again.
    let href = if href.contains('#') { href } else { format!("{href}#v={ADDRESS_VERSION}") };
    html! {
        <aside class="note note-what-if" aria-label="What if">
            <div class="note-text">
                <p><strong>{ line }</strong></p>
                <p class="note-more">
                    { "This is not the incident as it was reported: reported figures stand beside another run." }
                </p>
            </div>
            <a class="button" {href}>{ "Back to the reported incident" }</a>
        </aside>
    }
}

/// Renders a run.
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

/// A section that depends only on the run, so that it is not rendered while the playhead moves.
#[component]
fn RunSection(props: &RunSectionProps) -> Html {
    (props.render)(&props.run)
}

/// A note, with a button that closes it.
pub fn show_note(note: &Note, on_note_read: &Callback<()>) -> Html {
    let on_click = on_note_read.reform(|_: MouseEvent| {
        // The button goes away.
        browser::focus("#player .play");
    });
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

/// Scrolls until the stage, the picture with its sentence and event, is between header and player, unless the reader is further down.
pub fn show_stage() {
    let document = browser::document();
    let top = document.query_selector(".top").ok().flatten();
    if let Some(picture) = document.get_element_by_id("picture") {
        browser::show_between(&picture, top.as_ref(), document.get_element_by_id("player").as_ref());
    }
}

/// Scrolls until the details of an instance are between header and player; an embed never moves its reader.
pub fn show_details() {
    let document = browser::document();
    let find = |at: &str| document.query_selector(at).ok().flatten();
    let is_embed = document.document_element().is_some_and(|root| root.has_attribute("data-embed"));
    if let Some(details) = find(".details").filter(|_| !is_embed) {
        browser::show_between(&details, find(".top").as_ref(), find("#player").as_ref());
    }
}

/// Scrolls to the levers, below the header.
pub fn show_what_if() {
    if let Some(section) = browser::document().get_element_by_id("what-if") {
        section.scroll_into_view();
    }
}

/// Scrolls the list of events, not the page, to the line of an event, and what it has to say to its beginning.
pub fn show_event(id: &str) {
    let document = browser::document();
    let find = |at: &str| {
        let found = document.query_selector(at).ok().flatten();
        found.and_then(|element| element.dyn_into::<HtmlElement>().ok())
    };
    if let (Some(list), Some(event)) = (find("#story-list"), find(&format!("#event-{id} .event-line"))) {
        browser::scroll_into_list(&list, &event, document.get_element_by_id("player").as_ref());
        if let Some(now) = find(".story-now") {
            now.set_scroll_top(0);
        }
    }
}
