//! The seek bar: a slider over a segment for each phase, with the events on it.
//!
//! Invariant: the thumb follows the bus; Yew renders only values and words.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};
use yew::prelude::*;

use super::grip::{Grip, Press};
use super::harm::Harm;
use super::markers::{EventMarker, tick_class};
use super::phases::phase_names;
use crate::replay::{Command, IncidentPhase, MarkerKind, Player, command_for_key};
use crate::ui::placed::{Placed, set_percent, shift_percent};
use crate::ui::playhead::{Pace, PlayheadBus};
use crate::ui::run::Run;

/// Smaller movements than a step are not drawn: on a wide screen half of a pixel.
const STEPS_PER_PERCENT: f64 = 20.0;

#[derive(Properties, PartialEq)]
pub struct SeekBarProps {
    pub run: Run,
    /// What happened, behind a what-if.
    pub ghost: Option<Run>,
    pub player: Player,
    pub bus: PlayheadBus,
    pub on_command: Callback<Command>,
}

#[component]
pub fn SeekBar(props: &SeekBarProps) -> Html {
    let player = &props.player;
    let (track, duration_ms) = (&player.track, player.duration_ms());
    let (bar, playhead, fill) = (use_node_ref(), use_node_ref(), use_node_ref());
    let slider = use_node_ref();
    let hovered_ms = use_state(|| None::<f64>);
    let grip = use_state_eq(Grip::default);

    {
        let (playhead, fill, bus) = (playhead.clone(), fill.clone(), props.bus.clone());
        use_effect_with(duration_ms, move |duration_ms| {
            let duration_ms = duration_ms.max(1.0);
            let shown = Cell::new(f64::NAN);
            let move_to = move |at_ms: f64| {
                let percent = (at_ms / duration_ms * 100.0 * STEPS_PER_PERCENT).round() / STEPS_PER_PERCENT;
                if shown.replace(percent) != percent {
                    shift_percent(&playhead, percent);
                    shift_percent(&fill, percent - 100.0);
                }
            };
            move_to(bus.position_ms());
            let subscription = bus.subscribe(Pace::Frame, Callback::from(move_to));
            move || drop(subscription)
        });
    }
    {
        let bar = bar.clone();
        use_effect_with((*hovered_ms, duration_ms), move |(hovered_ms, duration_ms)| {
            if let Some(hovered_ms) = hovered_ms {
                set_percent(&bar, "--hover", *hovered_ms, *duration_ms);
            }
        });
    }

    let ms_of = {
        let slider = slider.clone();
        move |event: &PointerEvent| -> Option<f64> {
            let rect = slider.cast::<Element>()?.get_bounding_client_rect();
            let ratio = (f64::from(event.client_x()) - rect.left()) / rect.width();
            ratio.is_finite().then(|| ratio.clamp(0.0, 1.0) * duration_ms)
        }
    };
    let seek = {
        let (ms_of, on_command) = (ms_of.clone(), props.on_command.clone());
        move |event: &PointerEvent| {
            if let Some(ms) = ms_of(event) {
                on_command.emit(Command::Seek { ms });
            }
        }
    };
    // What holds the bar is known at once, not only when it is rendered again.
    let held = use_mut_ref(Grip::default);
    let take = {
        let (held, grip) = (Rc::clone(&held), grip.setter());
        move |change: &dyn Fn(&mut Grip) -> bool| {
            let seeks = change(&mut held.borrow_mut());
            grip.set(*held.borrow());
            seeks
        }
    };
    let on_down = {
        let (seek, take, slider) = (seek.clone(), take.clone(), slider.clone());
        Callback::from(move |event: PointerEvent| {
            if event.button() != 0 || !event.is_primary() {
                return;
            }
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let is_within =
                |at: &str| target.as_ref().is_some_and(|target| target.closest(at).ok().flatten().is_some());
            let press = match event.pointer_type().as_str() {
                _ if is_within(".seek-marker") => Press::OnMarker,
                _ if !is_within(".seek-slider") => return,
                "touch" => Press::Finger,
                _ => Press::Mouse,
            };
            if press != Press::OnMarker {
                if let Some(slider) = slider.cast::<web_sys::HtmlElement>() {
                    let _ = slider.focus();
                }
                event.prevent_default();
            }
            let (pointer, x_px) = (event.pointer_id(), f64::from(event.client_x()));
            if take(&|grip| grip.press(pointer, x_px, press)) {
                hold(&slider, pointer);
                seek(&event);
            }
        })
    };
    let on_move = {
        let (hovered_ms, seek, take, held, slider) =
            (hovered_ms.clone(), seek.clone(), take.clone(), Rc::clone(&held), slider.clone());
        Callback::from(move |event: PointerEvent| {
            hovered_ms.set(ms_of(&event));
            let (pointer, x_px) = (event.pointer_id(), f64::from(event.client_x()));
            let was_held = held.borrow().is_held();
            if event.buttons() == 0 {
                // Released where nobody heard of it.
                take(&|grip| {
                    grip.lose(pointer);
                    false
                });
            } else if take(&|grip| grip.shift(pointer, x_px)) {
                if !was_held {
                    hold(&slider, pointer);
                }
                seek(&event);
            }
        })
    };
    let on_up = {
        let take = take.clone();
        Callback::from(move |event: PointerEvent| {
            if take(&|grip| grip.release(event.pointer_id())) {
                seek(&event);
            }
        })
    };
    let captor = slider.clone();
    let on_lost = Callback::from(move |event: PointerEvent| {
        // A finger belongs to what it touched first, until the bar itself holds it.
        if captor.cast::<Element>().is_some_and(|slider| slider.has_pointer_capture(event.pointer_id())) {
            return;
        }
        take(&|grip| {
            grip.lose(event.pointer_id());
            false
        });
    });
    let on_leave = {
        let hovered_ms = hovered_ms.clone();
        Callback::from(move |_: PointerEvent| hovered_ms.set(None))
    };
    let on_key = slider_keys(&props.on_command);

    let phase = player.phase().map(|phase| phase.name.clone());
    let length_ratio = |phase: &IncidentPhase| (phase.until_ms - phase.from_ms) / duration_ms;
    let events = track.markers.iter().filter(|marker| marker.kind == MarkerKind::Event);
    let events_ms: Rc<[f64]> = events.map(|marker| marker.at_ms).collect();
    html! {
        <div class={classes!("seek", grip.is_held().then_some("is-dragging"))} ref={bar} onpointerdown={on_down} onpointermove={on_move}
            onpointerup={on_up} onpointercancel={on_lost.clone()} onlostpointercapture={on_lost} onpointerleave={on_leave}>
            <Harm run={props.run.clone()} ghost={props.ghost.clone()} />
            <div class="seek-slider" role="slider" tabindex="0" ref={slider} aria-label="Time of the incident"
                aria-orientation="horizontal" aria-valuemin="0" aria-valuemax={seconds(duration_ms)}
                aria-valuenow={seconds(player.position_ms)} aria-valuetext={player.value_text()}
                onkeydown={on_key}>
                <div class="seek-rail">
                    { for track.phases.iter().map(|phase| html! {
                        <Placed key={phase.name.clone()} class="segment" at_ratio={phase.from_ms / duration_ms}
                            length_ratio={Some(length_ratio(phase))} />
                    }) }
                    // Covers all segments; the gaps between them stay visible.
                    <div class="seek-fill" ref={fill}></div>
                    if let Some(range) = player.loop_range {
                        <Placed class="loop-band" at_ratio={range.from_ms / duration_ms}
                            length_ratio={Some(range.length_ms() / duration_ms)} />
                    }
                </div>
                <div class="seek-playhead" ref={playhead}><div class="seek-thumb"></div></div>
            </div>
            <div class="seek-markers" role="group" aria-label="Events">
                { for track.markers.iter().map(|marker| match marker.kind {
                    MarkerKind::Event => html! {
                        <EventMarker key={marker.id.clone()} marker={marker.clone()} {duration_ms}
                            index={track.events().position(|event| event.id == marker.id).unwrap_or_default()}
                            events_ms={Rc::clone(&events_ms)} at={track.at(marker.at_ms)} time_zone={player.view.time_zone}
                            passed={marker.at_ms <= player.position_ms} on_command={props.on_command.clone()} />
                    },
                    MarkerKind::Alert(_) | MarkerKind::Wave => html! {
                        <Placed key={marker.id.clone()} class={classes!("seek-tick", tick_class(marker.kind))}
                            at_ratio={marker.at_ms / duration_ms} title={Some(AttrValue::from(marker.title.clone()))} />
                    },
                }) }
            </div>
            { phase_names(&track.phases, phase.as_deref(), duration_ms) }
            if let Some(hovered_ms) = *hovered_ms {
                <div class="seek-hover" aria-hidden="true">
                    <span>{ player.view.time_zone.hh_mm(track.at(hovered_ms)) }</span>
                </div>
            }
        </div>
    }
}

/// Keeps a pointer with the bar, also beyond its ends.
fn hold(slider: &NodeRef, pointer: i32) {
    if let Some(slider) = slider.cast::<Element>() {
        // Fails only when the pointer or the element is gone.
        let _ = slider.set_pointer_capture(pointer);
    }
}

fn seconds(ms: f64) -> String {
    format!("{:.0}", ms / 1000.0)
}

/// The slider maps its keys to the same commands as the key bindings, and page up and down to ten minutes.
fn slider_keys(on_command: &Callback<Command>) -> Callback<KeyboardEvent> {
    let on_command = on_command.clone();
    Callback::from(move |event: KeyboardEvent| {
        if event.alt_key() || event.ctrl_key() || event.meta_key() {
            return;
        }
        let command = match event.key().as_str() {
            key @ ("ArrowLeft" | "ArrowRight" | "Home" | "End") => command_for_key(key, event.shift_key()),
            "ArrowDown" => command_for_key("ArrowLeft", event.shift_key()),
            "ArrowUp" => command_for_key("ArrowRight", event.shift_key()),
            "PageDown" => command_for_key("ArrowLeft", true),
            "PageUp" => command_for_key("ArrowRight", true),
            _ => None,
        };
        if let Some(command) = command {
            event.prevent_default();
            on_command.emit(command);
        }
    })
}

/// Whether an element lies inside another, for focus that moves within a menu.
pub fn is_inside(outer: &NodeRef, inner: Option<web_sys::EventTarget>) -> bool {
    let inner = inner.and_then(|target| target.dyn_into::<web_sys::Node>().ok());
    outer.get().is_some_and(|outer| outer.contains(inner.as_ref()))
}
