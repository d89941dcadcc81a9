//! What stands on the seek bar: events as buttons, alerts and waves of the roll-out as ticks.

use yew::prelude::*;

use crate::replay::{Command, Marker, MarkerKind, TimeZone};
use crate::scenario::Severity;
use crate::ui::placed::use_place;
use crate::units::UtcMs;

/// Properties of [`EventMarker`].
#[derive(Properties, PartialEq)]
pub struct EventMarkerProps {
    /// The event.
    pub marker: Marker,
    /// Length of the track.
    pub duration_ms: f64,
    /// The event's moment.
    pub at: UtcMs,
    /// In which time zone it is shown.
    pub time_zone: TimeZone,
    /// Whether the playhead has passed it.
    pub passed: bool,
    /// Takes commands for the player.
    pub on_command: Callback<Command>,
}

/// An event on the seek bar.
#[component]
pub fn EventMarker(props: &EventMarkerProps) -> Html {
    let marker = &props.marker;
    let place = use_place(marker.at_ms / props.duration_ms, None);
    let id = marker.id.clone();
    let on_click = props.on_command.reform(move |_: MouseEvent| Command::SeekMarker(id.clone()));
    let label = format!("{} {}", props.time_zone.hh_mm(props.at), marker.title);
    html! {
        <button type="button" class={classes!("seek-marker", props.passed.then_some("is-passed"))} ref={place}
            onclick={on_click} aria-label={label.clone()}>
            <span class="seek-marker-label" aria-hidden="true">{ label }</span>
        </button>
    }
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
