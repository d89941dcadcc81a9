//! Marks on the seek bar: events as buttons, alerts and waves of the roll-out as ticks.

use std::rc::Rc;

use yew::prelude::*;

use crate::replay::{Command, Marker, MarkerKind, TimeZone};
use crate::scenario::Severity;
use crate::ui::placed::{set_left, use_place};
use crate::units::UtcMs;

/// Half the width of a button plus half a pixel, because browsers round positions differently.
const HALF: &str = "0.78125rem";

#[derive(Properties, PartialEq)]
pub struct EventMarkerProps {
    pub marker: Marker,
    /// Length of the track.
    pub duration_ms: f64,
    /// Its place among the events.
    pub index: usize,
    /// Positions of the events on the track, in order.
    pub events_ms: Rc<[f64]>,
    pub at: UtcMs,
    pub time_zone: TimeZone,
    pub passed: bool,
    pub on_command: Callback<Command>,
}

/// An event on the seek bar: a dot at its moment, and a button over it that does not cover close neighbours.
#[component]
pub fn EventMarker(props: &EventMarkerProps) -> Html {
    let marker = &props.marker;
    let dot = use_place(marker.at_ms / props.duration_ms, None);
    let button = use_room(props.index, &props.events_ms, props.duration_ms);
    let id = marker.id.clone();
    let on_click = props.on_command.reform(move |_: MouseEvent| Command::SeekMarker(id.clone()));
    let label = format!("{} {}", props.time_zone.hh_mm(props.at), marker.title);
    html! {
        <>
            <button type="button" class="seek-marker" ref={button} onclick={on_click} aria-label={label.clone()}>
                <span class="seek-marker-label" aria-hidden="true">{ label }</span>
            </button>
            <i class={classes!("seek-dot", props.passed.then_some("is-passed"))} ref={dot} aria-hidden="true"></i>
        </>
    }
}

/// Hook: a reference to an element centred at its moment, or shifted where a neighbour is close.
#[hook]
fn use_room(index: usize, events_ms: &Rc<[f64]>, duration_ms: f64) -> NodeRef {
    let element = use_node_ref();
    let placed = element.clone();
    let events: Vec<f64> = events_ms.iter().map(|event_ms| event_ms / duration_ms * 100.0).collect();
    use_effect_with((events, index), move |(events, index)| set_left(&placed, &middle(events, *index)));
    element
}

/// Position of the middle of an event's button, as a CSS length. Close neighbours share the space between them equally;
/// where even that is too little, buttons stand in a row. `events` are percentages of the bar.
fn middle(events: &[f64], index: usize) -> String {
    let Some(at) = events.get(index) else { return "0%".to_owned() };
    let mut middle = format!("{at:.3}%");
    if let Some(next) = events.get(index + 1) {
        middle = format!("min({middle}, {:.3}% - {HALF})", f64::midpoint(*at, *next));
    }
    if let Some(before) = index.checked_sub(1) {
        let from = f64::midpoint(events[before], *at);
        middle = format!("max({middle}, {from:.3}% + {HALF}, {} + 2 * {HALF})", self::middle(events, before));
    }
    middle
}

/// The class of a tick for an alert or wave. Charts and instance details describe them in words.
pub fn tick_class(kind: MarkerKind) -> &'static str {
    match kind {
        MarkerKind::Alert(Severity::Page) => "tick-page",
        MarkerKind::Alert(_) => "tick-ticket",
        MarkerKind::Wave | MarkerKind::Event => "tick-wave",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_events_give_way_to_each_other() {
        assert_eq!(middle(&[50.0], 0), "50.000%");
        assert_eq!(middle(&[10.0, 30.0], 0), "min(10.000%, 20.000% - 0.78125rem)");
        assert_eq!(
            middle(&[10.0, 30.0], 1),
            "max(30.000%, 20.000% + 0.78125rem, min(10.000%, 20.000% - 0.78125rem) + 2 * 0.78125rem)"
        );
        assert_ne!(middle(&[10.0, 10.0], 0), middle(&[10.0, 10.0], 1), "events of one moment stand side by side");
    }
}
