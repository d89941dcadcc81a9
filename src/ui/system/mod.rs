//! The system diagram: users, load balancer, instances, gateway, and the requests between them at the playhead.
//!
//! Invariant: boxes are HTML, laid out by the style sheet; routes and dots are computed from their positions.

mod description;
mod details;
mod dots;
mod flow;
mod geometry;
mod groups;
mod instance;
mod legend;
mod look;
mod service;

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;

use super::browser::{self, ResolutionWatch};
use super::playhead::PlayheadBus;
use super::run::Run;
use super::{page, words};
use crate::replay::{Command, InstanceMoment, TimeZone, ViewCommand};
use crate::units::UtcMs;
use description::Description;
use details::details;
use dots::DotTrack;
use flow::Flow;
use geometry::{Boxes, Geometry, Rect};
use instance::instance_tile;
use legend::legend;
use service::{DependencyStatus, ServiceStatus};

#[derive(Properties, PartialEq)]
pub struct SystemDiagramProps {
    pub run: Run,
    pub at: UtcMs,
    /// Moment at which the playhead last stood still.
    pub described_at: UtcMs,
    pub playing: bool,
    pub speed: f64,
    pub dark: bool,
    pub selected: Option<usize>,
    pub time_zone: TimeZone,
    pub bus: PlayheadBus,
    pub on_command: Callback<Command>,
}

#[component]
pub fn SystemDiagram(props: &SystemDiagramProps) -> Html {
    let (run, at) = (&props.run, props.at);
    // States are recorded every few seconds and do not change in between.
    let step_ms = crate::recording::TICK_S as i64 * 1000;
    let at = UtcMs(at.0 - (at.0 - run.scenario.window.from.0).rem_euclid(step_ms));
    let statuses = use_memo((run.clone(), at), |(run, at)| InstanceMoment::all(&run.scenario, &run.recording, *at));
    let around = use_memo((run.clone(), at), |(run, at)| ServiceStatus::new(&run.scenario, &run.recording, *at));
    let track = use_memo(run.clone(), |run| DotTrack::new(&run.recording));

    let younger = statuses.iter().map(|status| run.recording.is_rescheduled(status.index));
    let groups = groups::groups(&younger.collect::<Vec<_>>());

    // A slow device leaves dots out while it plays, and the legend says so.
    let playing_every = use_state_eq(|| 1);
    let every = if props.playing { *playing_every } else { 1 };
    let on_fewer = {
        let playing_every = playing_every.setter();
        use_callback((), move |every, ()| playing_every.set(every))
    };

    let picture = use_node_ref();
    let geometry = use_state(|| Rc::new(Geometry::default()));
    let again = use_force_update();
    use_effect_with((), move |()| {
        let watch = ResolutionWatch::new(move || again.force_update());
        move || drop(watch)
    });
    {
        let (picture, geometry) = (picture.clone(), geometry.setter());
        use_effect_with(statuses.len(), move |_| {
            observe(&picture, move |boxes| geometry.set(Rc::new(Geometry::new(boxes))))
        });
    }

    let is_mounted = use_mut_ref(|| false);
    use_effect_with(props.selected, move |selected| {
        let before = *selected;
        // Whoever selects an instance is to see its details; a page that opens with some stays where it is.
        if is_mounted.replace(true) && selected.is_some() {
            page::show_details();
        }
        move || {
            // Details that go away give the focus back to their instance.
            if let Some(index) = before
                && browser::has_lost_focus()
            {
                browser::focus(&format!("[data-instance='{index}']"));
            }
        }
    });

    let on_select = props.on_command.reform(|index| ViewCommand::ToggleInstance(index).into());
    let tile = |position: usize, place: Option<[usize; 2]>| {
        let status = &statuses[position];
        instance_tile(status, place, props.playing, props.selected == Some(status.index), &on_select)
    };
    let selected = props.selected.and_then(|index| statuses.iter().find(|status| status.index == index));
    html! {
        <>
            <div class={classes!("picture-flow", geometry.is_vertical.then_some("is-vertical"))} ref={picture}>
                <Flow run={run.clone()} track={Rc::clone(&track)} geometry={(*geometry).clone()} speed={props.speed} dark={props.dark}
                    {every} {on_fewer} pixels_per_css={browser::window().device_pixel_ratio()} bus={props.bus.clone()} />
                { users(&run.scenario.incident.user, &around) }
                { balancer(&around, statuses.len()) }
                <ul class={classes!("instances", (!groups.is_empty()).then_some("is-grouped"))} aria-label="Instances">
                    if groups.is_empty() {
                        { for (0..statuses.len()).map(|position| tile(position, None)) }
                    }
                    { for groups.iter().map(|group| html! {
                        <>
                            { groups::name(group, &statuses) }
                            { for group.members.iter().enumerate().map(|(member, position)| tile(*position, Some(group.place(member)))) }
                        </>
                    }) }
                </ul>
                { dependencies(&around) }
            </div>
            if let Some(status) = selected {
                { details(run, status, at, props.time_zone, &props.on_command) }
            }
            { legend(&props.run.scenario, track.attempts_each(), every, dots::travel_ms(props.speed) / 1000.0) }
            <Description run={run.clone()} at={props.described_at} time_zone={props.time_zone} />
        </>
    }
}

fn users(called: &str, around: &ServiceStatus) -> Html {
    html! {
        <div class="node users" data-box="users">
            <strong>{ format!("{:.1}/s", around.arrivals_per_s) }</strong>
            <span>{ format!("{called}s") }</span>
            <span class="users-waiting">{ words::thousands(u64::from(around.waiting)) }{ " waiting" }</span>
        </div>
    }
}

fn balancer(around: &ServiceStatus, instances: usize) -> Html {
    html! {
        <div class="node balancer" data-box="balancer">
            <strong>{ "load balancer" }</strong>
            <span title="Mean of the last minute">{ format!("{} of {instances} in rotation", around.in_rotation_text()) }</span>
            // Its place is kept, so that nothing changes its size while playing.
            if around.rejected_per_s >= 0.05 {
                <span class="is-bad">{ format!("{:.1}/s refused", around.rejected_per_s) }</span>
            } else {
                <span class="is-none" aria-hidden="true">{ "0.0/s refused" }</span>
            }
        </div>
    }
}

/// What the service calls: one box, or several in a common place, to which the ways lead.
fn dependencies(around: &ServiceStatus) -> Html {
    match around.dependencies.as_slice() {
        [gateway] => dependency(gateway, true),
        several => html! {
            <div class="dependencies" data-box="gateway">
                { for several.iter().map(|one| dependency(one, false)) }
            </div>
        },
    }
}

fn dependency(status: &DependencyStatus, is_alone: bool) -> Html {
    let words = status.words();
    html! {
        <div class={classes!("node", "gateway", (words == "unchanged").then_some("is-good"))}
            data-box={is_alone.then_some("gateway")}>
            <strong>{ &status.word }</strong>
            if let Some(median_s) = status.p50_s[0] {
                <span>{ format!("{median_s:.2} s") }</span>
            }
            <span class={words.ends_with("fail").then_some("is-bad")}>{ words }</span>
        </div>
    }
}

/// Reports the layout of the boxes whenever the diagram changes its size; returns the clean-up function.
fn observe(picture: &NodeRef, on_boxes: impl Fn(Boxes) + 'static) -> Box<dyn FnOnce()> {
    let Some(element) = picture.cast::<Element>() else { return Box::new(|| ()) };
    let measured = element.clone();
    let closure = Closure::<dyn FnMut()>::new(move || on_boxes(measure(&measured)));
    let Ok(observer) = ResizeObserver::new(closure.as_ref().unchecked_ref()) else { return Box::new(|| ()) };
    observer.observe(&element);
    Box::new(move || {
        observer.disconnect();
        drop(closure);
    })
}

fn measure(picture: &Element) -> Boxes {
    let origin = picture.get_bounding_client_rect();
    let rect = |element: &Element| {
        let rect = element.get_bounding_client_rect();
        Rect {
            x: rect.left() - origin.left(),
            y: rect.top() - origin.top(),
            width: rect.width(),
            height: rect.height(),
        }
    };
    let all = |name: &str| -> Vec<Rect> {
        let Ok(found) = picture.query_selector_all(&format!("[data-box={name}]")) else { return Vec::new() };
        let elements = (0..found.length()).filter_map(|index| found.item(index)?.dyn_into::<Element>().ok());
        elements.map(|element| rect(&element)).collect()
    };
    let one = |name: &str| all(name).first().copied().unwrap_or_default();
    Boxes {
        size: (origin.width(), origin.height()),
        users: one("users"),
        balancer: one("balancer"),
        instances: all("instance"),
        gateway: one("gateway"),
    }
}
