//! The legend: a button for each entry with its value at the playhead, which shows and hides its series.

use gloo::events::EventListener;
use yew::prelude::*;

use super::super::browser;
use super::super::playhead::{Pace, PlayheadBus};
use super::by_identity::ByIdentity;
use crate::chart::{ChartModel, ColourToken, Dash, Shape};
use crate::replay::{Command, View, ViewCommand};

#[derive(Properties, PartialEq)]
pub struct LegendProps {
    pub model: ByIdentity<ChartModel>,
    pub view: View,
    pub bus: PlayheadBus,
    /// Whether it is in view.
    pub is_seen: bool,
    pub on_command: Callback<Command>,
}

#[component]
pub fn Legend(LegendProps { model, view, bus, is_seen, on_command }: &LegendProps) -> Html {
    let playhead_ms = use_reading(bus, *is_seen);
    html! {
        <div class="chart-legend" role="group" aria-label={format!("Series of {}", model.title)}>
            { for model.legend.iter().enumerate().map(|(index, entry)| {
                let value = model.caption_at(index, playhead_ms);
                let value = value.map_or_else(|| "–".to_owned(), |value| model.unit.value(value));
                let key = entry.key.clone();
                let onclick = on_command.reform(move |_: MouseEvent| ViewCommand::ToggleSeries(key.clone()).into());
                let pressed = if view.is_shown(&entry.key) { "true" } else { "false" };
                html! {
                    <button key={entry.key.clone()} type="button" class="chart-key"
                        aria-pressed={pressed} {onclick}>
                        { swatch(entry.token, entry.dash, entry.shape) }
                        <span class="chart-key-label">{ &entry.label }</span>
                        { " " }
                        <b class="chart-key-value">{ value }</b>
                    </button>
                }
            }) }
            if let Some(ghost) = &model.ghost {
                <span class="chart-key chart-key-ghost">
                    { swatch(ColourToken::Ink2, Dash::Dashed, Shape::Line) }
                    <span class="chart-key-label">{ format!("{}, as it happened", ghost.name) }</span>
                </span>
            }
        </div>
    }
}

/// The playhead as it is read. While playing it stands still out of view: nobody reads it there, and a slow device has enough
/// to do.
#[hook]
fn use_reading(bus: &PlayheadBus, is_seen: bool) -> f64 {
    let at_ms = use_state_eq(|| bus.position_ms());
    let (bus, set) = (bus.clone(), at_ms.setter());
    use_effect_with(is_seen, move |is_seen| {
        let read = {
            let bus = bus.clone();
            move || set.set(bus.position_ms())
        };
        read();
        let (printed, is_seen) = (read.clone(), *is_seen);
        let on_print = EventListener::new(&browser::window(), "beforeprint", move |_| printed());
        let published = bus.clone();
        let subscription = bus.subscribe(
            Pace::Reading,
            Callback::from(move |_| {
                if is_seen || !published.is_playing() {
                    read();
                }
            }),
        );
        move || drop((on_print, subscription))
    });
    *at_ms
}

/// A sample of a line or area.
pub fn swatch(token: ColourToken, dash: Dash, shape: Shape) -> Html {
    let class = classes!("chart-swatch", format!("ink-{}", token.id()));
    if shape == Shape::Line {
        let pattern = dash.pattern().iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
        let pattern = (!pattern.is_empty()).then_some(pattern);
        return html! {
            <svg {class} viewBox="0 0 18 10" aria-hidden="true">
                <line x1="0" y1="5" x2="18" y2="5" stroke="currentColor" stroke-width="2" stroke-dasharray={pattern} />
            </svg>
        };
    }
    html! {
        <svg {class} viewBox="0 0 18 10" aria-hidden="true">
            <rect x="0" y="0" width="18" height="10" fill="currentColor" fill-opacity="0.26" />
            <rect x="0" y="0" width="18" height="2" fill="currentColor" />
            if dash != Dash::Solid {
                <path d="M4.5 2v8M9 2v8M13.5 2v8" stroke="currentColor" stroke-width="1" stroke-opacity="0.6" />
            }
        </svg>
    }
}
