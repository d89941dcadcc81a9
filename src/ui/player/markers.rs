//! What stands on the seek bar: events as buttons, alerts and waves of the roll-out as ticks.

use yew::prelude::*;

use crate::replay::{Command, Marker, MarkerKind, TimeZone};
use crate::scenario::Severity;
use crate::ui::placed::{set_percent, use_place};
use crate::units::UtcMs;

/// Properties of [`EventMarker`].
#[derive(Properties, PartialEq)]
pub struct EventMarkerProps {
    /// The event.
    pub marker: Marker,
    /// Length of the track.
    pub duration_ms: f64,
    /// Where the events before and after it stand on the track.
    pub neighbours_ms: [Option<f64>; 2],
    /// The event's moment.
    pub at: UtcMs,
    /// In which time zone it is shown.
    pub time_zone: TimeZone,
    /// Whether the playhead has passed it.
    pub passed: bool,
    /// Takes commands for the player.
    pub on_command: Callback<Command>,
}

/// An event on the seek bar: a dot at its moment, and a button over it that leaves close neighbours theirs.
#[component]
pub fn EventMarker(props: &EventMarkerProps) -> Html {
    let marker = &props.marker;
    let dot = use_place(marker.at_ms / props.duration_ms, None);
    let button = use_room(marker.at_ms, props.neighbours_ms, props.duration_ms);
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

/// A reference to an element that stands `--at` its moment and has room between `--from` and `--until`, half way to its
/// neighbours.
#[hook]
fn use_room(at_ms: f64, neighbours_ms: [Option<f64>; 2], duration_ms: f64) -> NodeRef {
    let element = use_node_ref();
    let placed = element.clone();
    use_effect_with((at_ms, neighbours_ms, duration_ms), move |(at_ms, neighbours_ms, duration_ms)| {
        set_percent(&placed, "--at", *at_ms, *duration_ms);
        for (property, neighbour_ms) in ["--from", "--until"].into_iter().zip(neighbours_ms) {
            if let Some(neighbour_ms) = neighbour_ms {
                set_percent(&placed, property, f64::midpoint(*at_ms, *neighbour_ms), *duration_ms);
            }
        }
    });
    element
}

/// Properties of [`Tick`].
#[derive(Properties, PartialEq)]
pub struct TickProps {
    /// What happened.
    pub marker: Marker,
    /// Length of the track.
    pub duration_ms: f64,
}

/// Something the run did. The charts and the details of instances tell it in words.
#[component]
pub fn Tick(props: &TickProps) -> Html {
    let place = use_place(props.marker.at_ms / props.duration_ms, None);
    let class = match props.marker.kind {
        MarkerKind::Alert(Severity::Page) => "tick-page",
        MarkerKind::Alert(_) => "tick-ticket",
        MarkerKind::Wave | MarkerKind::Event => "tick-wave",
    };
    html! { <i class={classes!("seek-tick", class)} ref={place} title={props.marker.title.clone()} aria-hidden="true"></i> }
}
