//! A card with a chart: heading, legend with current values, plot, summary and table.

use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};
use yew::prelude::*;

use super::super::browser;
use super::super::download;
use super::super::playhead::PlayheadBus;
use super::super::run::Run;
use super::super::visibility::use_in_view;
use super::by_identity::ByIdentity;
use super::data_table::DataTable;
use super::legend::Legend;
use super::palette::use_palette;
use super::plot::Plot;
use crate::chart::{ChartKind, ChartModel, ImageOptions, Palette, model, summary, svg, with_ghost};
use crate::recording::Recording;
use crate::replay::{Command, View, ViewCommand};
use crate::scenario::Scenario;

/// Size of an exported chart in CSS pixels.
const EXPORT_PX: (f64, f64) = (760.0, 340.0);
/// Size of a printed chart.
const PRINT_PX: (f64, f64) = (360.0, 210.0);

#[derive(Properties)]
pub struct ChartCardProps {
    pub kind: ChartKind,
    pub scenario: Rc<Scenario>,
    /// Runs to the end and returns the recording.
    pub recording: Rc<Recording>,
    /// What happened, behind a what-if.
    pub ghost: Option<Run>,
    pub view: View,
    pub bus: PlayheadBus,
    pub on_command: Callback<Command>,
}

impl PartialEq for ChartCardProps {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
            // Compared by identity, because recordings are large.
            && Rc::ptr_eq(&self.scenario, &other.scenario)
            && Rc::ptr_eq(&self.recording, &other.recording)
            && self.ghost == other.ghost
            && self.view == other.view
            && self.bus == other.bus
            && self.on_command == other.on_command
    }
}

/// What a chart is drawn from.
#[derive(Clone, PartialEq)]
struct Source {
    scenario: ByIdentity<Scenario>,
    recording: ByIdentity<Recording>,
    /// What happened, behind a what-if.
    ghost: Option<Run>,
}

impl Source {
    /// Whether it is another run of the same incident.
    fn is_alike(&self, other: &Self) -> bool {
        self.scenario.id == other.scenario.id && self.scenario.window == other.scenario.window
    }
}

/// How long a chart that nobody sees goes on with the run before: while a lever is moved, what is seen comes first.
const SETTLES_MS: u32 = 120;

/// Hook: the source, at once where the chart is seen, and soon where it is not.
#[hook]
fn use_settled(source: Source, is_seen: bool) -> Source {
    let taken = use_mut_ref(|| source.clone());
    let update = use_force_update();
    if is_seen || !taken.borrow().is_alike(&source) {
        *taken.borrow_mut() = source.clone();
    }
    let shown = taken.borrow().clone();
    use_effect_with((source, shown.clone()), move |(source, shown)| {
        let timeout = (source != shown).then(|| {
            let source = source.clone();
            Timeout::new(SETTLES_MS, move || {
                *taken.borrow_mut() = source;
                update.force_update();
            })
        });
        move || drop(timeout)
    });
    shown
}

#[component]
pub fn ChartCard(props: &ChartCardProps) -> Html {
    let card = use_node_ref();
    let is_seen = use_in_view(&card);
    let source = Source {
        scenario: ByIdentity(Rc::clone(&props.scenario)),
        recording: ByIdentity(Rc::clone(&props.recording)),
        ghost: props.ghost.clone(),
    };
    let Source { scenario, recording, ghost } = use_settled(source, is_seen);
    let source = (props.kind, scenario.clone(), recording.clone(), ghost);
    let model = use_memo(source, |(kind, scenario, recording, ghost)| {
        let shown = model(*kind, scenario, recording);
        match ghost {
            Some(actual) => with_ghost(shown, &model(*kind, &actual.scenario, &actual.recording)),
            None => shown,
        }
    });
    let model = ByIdentity(model);
    let zone = props.view.time_zone;
    let described = (model.clone(), scenario, recording, zone);
    let summary = use_memo(described, |(model, scenario, recording, zone)| summary(model, scenario, recording, *zone));
    let palette = use_palette(props.view.theme);
    let printed = use_print(&model, &props.view, &summary, &props.bus);

    let key = props.kind.id();
    let id = |part: &str| format!("chart-{key}-{part}");
    let table_open = props.view.open_tables.contains(key);
    let is_zoomed = props.kind.shows_window() && props.view.zoom.is_some();
    let on_table = props
        .on_command
        .reform(move |_: MouseEvent| ViewCommand::SetTable { chart: key.to_owned(), open: !table_open }.into());
    {
        // A table that goes away, by a key of its own, gives the focus back to the plot.
        let card = card.clone();
        use_effect_with(table_open, move |is_open| {
            let was_open = *is_open;
            move || {
                if was_open && browser::has_lost_focus() {
                    focus_plot(&card);
                }
            }
        });
    }
    let on_reset = {
        let (on_command, card) = (props.on_command.clone(), card.clone());
        Callback::from(move |_: MouseEvent| {
            // The button disappears.
            focus_plot(&card);
            on_command.emit(Command::ResetZoom);
        })
    };
    let on_save = {
        let (model, view, summary) = (model.clone(), props.view.clone(), Rc::clone(&summary));
        Callback::from(move |_: MouseEvent| {
            let text = as_svg(&model, &view, &summary, EXPORT_PX, None);
            let file = download::text_blob(&text, "image/svg+xml");
            if let Err(error) = file.and_then(|file| download::save(&format!("{key}.svg"), &file)) {
                gloo::console::error!(error);
            }
        })
    };
    let onfocusin = focus_callback(&props.on_command, Some(key));
    let onfocusout = leave_callback(&props.on_command, &card);
    html! {
        <article ref={card} class={classes!("card", "chart", format!("chart-{key}"), (!is_seen).then_some("is-unseen"))}
            aria-labelledby={id("title")} {onfocusin} {onfocusout}>
            <header class="chart-head">
                <h3 id={id("title")}>{ &model.title }</h3>
                <div class="chart-tools">
                    <button type="button" class="chart-tool" aria-pressed={if table_open { "true" } else { "false" }}
                        aria-controls={table_open.then(|| id("table"))} aria-label={format!("Table of {}", model.title)}
                        onclick={on_table}>{ "Table" }</button>
                    <button type="button" class="chart-tool" aria-label={format!("Save {} as SVG", model.title)}
                        onclick={on_save}>{ "SVG" }</button>
                </div>
                <p class="chart-subtitle">{ &model.subtitle }</p>
                if is_zoomed {
                    <button type="button" class="chart-tool chart-reset" aria-label={format!("Reset zoom of {}", model.title)}
                        onclick={on_reset}>{ "Reset zoom" }</button>
                }
            </header>
            <Legend model={model.clone()} view={props.view.clone()} bus={props.bus.clone()} {is_seen}
                on_command={props.on_command.clone()} />
            <div class="chart-body">
                <Plot model={model.clone()} view={props.view.clone()} palette={palette} bus={props.bus.clone()}
                    described_by={format!("{} {}", id("summary"), id("keys"))} on_command={props.on_command.clone()} />
                // In place of the plot, so that the rest of the page does not move.
                if table_open {
                    <DataTable model={model.clone()} view={props.view.clone()} id={id("table")} />
                }
            </div>
            <div class="chart-print" aria-hidden="true" ref={printed}></div>
            <p class="chart-summary" id={id("summary")}>{ (*summary).clone() }</p>
            <p class="visually-hidden" id={id("keys")}>
                { "Arrow keys move the cursor, Enter moves the playhead there, plus and minus zoom." }
            </p>
        </article>
    }
}

/// Moves the focus to the plot of a card.
fn focus_plot(card: &NodeRef) {
    let plot = card.cast::<Element>().and_then(|card| card.query_selector(".chart-plot").ok().flatten());
    if let Some(plot) = plot.and_then(|plot| plot.dyn_into::<HtmlElement>().ok()) {
        let _ = plot.focus();
    }
}

fn as_svg(
    model: &ChartModel,
    view: &View,
    summary: &str,
    (width_px, height_px): (f64, f64),
    playhead_ms: Option<f64>,
) -> String {
    let options = ImageOptions {
        width_px,
        height_px,
        palette: &Palette::LIGHT,
        with_head: true,
        playhead_ms,
        description: summary,
    };
    svg(model, view, &options)
}

fn focus_callback(on_command: &Callback<Command>, chart: Option<&'static str>) -> Callback<FocusEvent> {
    on_command.reform(move |_: FocusEvent| ViewCommand::FocusChart(chart.map(str::to_owned)).into())
}

/// Unfocuses the chart when the focus moves outside it.
fn leave_callback(on_command: &Callback<Command>, card: &NodeRef) -> Callback<FocusEvent> {
    let (on_command, card) = (on_command.clone(), card.clone());
    Callback::from(move |event: FocusEvent| {
        let next = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
        if !card.get().is_some_and(|card| card.contains(next.as_ref())) {
            on_command.emit(ViewCommand::FocusChart(None).into());
        }
    })
}

/// What the printed chart depends on, beside the playhead.
type Printed = (ByIdentity<ChartModel>, View, Rc<String>);

/// An element with the chart as SVG while the page is printed: a bitmap in the screen's colours would print badly.
#[hook]
fn use_print(model: &ByIdentity<ChartModel>, view: &View, summary: &Rc<String>, bus: &PlayheadBus) -> NodeRef {
    let element = use_node_ref();
    let latest = use_mut_ref(|| None::<Printed>);
    *latest.borrow_mut() = Some((model.clone(), view.clone(), Rc::clone(summary)));
    let (target, bus) = (element.clone(), bus.clone());
    use_effect_with((), move |()| {
        let show = move |is_printing: bool| {
            let Some(element) = target.cast::<Element>() else { return };
            let latest = latest.borrow();
            let Some((model, view, summary)) = latest.as_ref().filter(|_| is_printing) else {
                return element.set_inner_html("");
            };
            element.set_inner_html(&as_svg(model, view, summary, PRINT_PX, Some(bus.position_ms())));
        };
        let (before, after) = (show.clone(), show.clone());
        let window = browser::window();
        let listeners = [
            Some(EventListener::new(&window, "beforeprint", move |_| before(true))),
            Some(EventListener::new(&window, "afterprint", move |_| after(false))),
            browser::watch_media("print", show),
        ];
        move || drop(listeners)
    });
    element
}
