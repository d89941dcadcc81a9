//! The routes between the boxes (SVG) and the requests on them (canvas), below the boxes.
//!
//! Invariant: the canvas depends only on the playhead's position and is redrawn when the bus publishes one; Yew renders none
//! of it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};
use yew::prelude::*;

use super::dots::{self, DotTrack, Leg};
use super::geometry::{Geometry, Point};
use super::look::{Colours, Look};
use crate::ui::browser;
use crate::ui::charts::context_2d;
use crate::ui::playhead::{Pace, PlayheadBus};
use crate::ui::run::Run;

/// Half of the width of the lane that dots spread over, in CSS pixels.
const LANE_HALF: f64 = 4.6;
/// Steps of opacity in which a dot fades out.
const OPACITY_STEPS: f64 = 8.0;
/// Longest mean time of a frame while every dot is drawn.
const FRAME_MS_MAX: f64 = 34.0;
/// Frames to look at before dots are left out.
const FRAMES: u32 = 20;
/// Fewest dots: one in so many.
const EVERY_MAX: u32 = 4;
/// Distance between the users' circle and the waiting users.
const CROWD_GAP: f64 = 5.0;
/// Distance between the waiting users and other boxes.
const CROWD_MARGIN: f64 = 4.0;

#[derive(Properties, PartialEq)]
pub struct FlowProps {
    pub run: Run,
    /// The sampled attempts.
    pub track: Rc<DotTrack>,
    /// Layout of the boxes.
    pub geometry: Rc<Geometry>,
    pub speed: f64,
    pub dark: bool,
    /// Of so many dots one is drawn.
    pub every: u32,
    /// Resolution of the screen.
    pub pixels_per_css: f64,
    /// Asks for fewer dots: the device is too slow for so many.
    pub on_fewer: Callback<u32>,
    pub bus: PlayheadBus,
}

/// Routes and requests.
#[component]
pub fn Flow(props: &FlowProps) -> Html {
    let canvas = use_node_ref();
    {
        let (canvas, run, track) = (canvas.clone(), props.run.clone(), Rc::clone(&props.track));
        let (geometry, bus) = (Rc::clone(&props.geometry), props.bus.clone());
        let on_fewer = props.on_fewer.clone();
        let dependencies =
            (run.clone(), Rc::clone(&geometry), props.speed, props.dark, props.every, props.pixels_per_css);
        use_effect_with(dependencies, move |(_, _, speed, _, every, _)| {
            let (travel_ms, every) = (dots::travel_ms(*speed), *every);
            let sheet = canvas.cast::<HtmlCanvasElement>();
            let sheet = sheet.and_then(|canvas| Sheet::new(&canvas, geometry.boxes.size, every));
            let told = bus.clone();
            let pulse = Pulse::default();
            let subscription = sheet.map(|sheet| {
                sheet.draw(&run, &track, &geometry, told.position_ms(), travel_ms);
                let draw = move |at_ms| {
                    sheet.draw(&run, &track, &geometry, at_ms, travel_ms);
                    if pulse.beat(at_ms) && every < EVERY_MAX {
                        on_fewer.emit(every * 2);
                    }
                };
                told.subscribe(Pace::Frame, Callback::from(draw))
            });
            move || drop(subscription)
        });
    }
    let (width, height) = props.geometry.boxes.size;
    let ways = props.geometry.inbound.iter().chain(&props.geometry.outbound);
    html! {
        <>
            <svg class="pipes" viewBox={format!("0 0 {width} {height}")} preserveAspectRatio="none" aria-hidden="true">
                { for ways.clone().map(|way| html! { <path class="pipe" d={way.path_data()} /> }) }
                { for ways.map(|way| html! { <path class="pipe-core" d={way.path_data()} /> }) }
            </svg>
            <canvas class="dots" ref={canvas} aria-hidden="true"></canvas>
        </>
    }
}

/// How fast frames follow each other while the playhead moves.
#[derive(Default)]
struct Pulse {
    at_ms: Cell<f64>,
    seen_ms: Cell<f64>,
    /// Frames, and how long they took together.
    frames: Cell<(u32, f64)>,
}

impl Pulse {
    /// Takes a frame; returns whether the device is too slow.
    fn beat(&self, at_ms: f64) -> bool {
        let now_ms = browser::now_ms();
        let (moved, took_ms) = (self.at_ms.replace(at_ms) < at_ms, now_ms - self.seen_ms.replace(now_ms));
        let (frames, all_ms) = self.frames.get();
        if moved && took_ms < 1000.0 {
            self.frames.set((frames + 1, all_ms + took_ms));
        }
        if frames < FRAMES {
            return false;
        }
        self.frames.take();
        all_ms / f64::from(frames) > FRAME_MS_MAX
    }
}

/// A canvas in CSS pixels, sharp on any screen.
struct Sheet {
    /// Of so many dots one is drawn.
    every: u32,
    context: CanvasRenderingContext2d,
    size: Point,
    pixels_per_css: f64,
    colours: Colours,
}

impl Sheet {
    fn new(canvas: &HtmlCanvasElement, size: Point, every: u32) -> Option<Self> {
        let pixels_per_css = browser::window().device_pixel_ratio().max(1.0);
        canvas.set_width((size.0 * pixels_per_css).round() as u32);
        canvas.set_height((size.1 * pixels_per_css).round() as u32);
        // The style sheet sets the canvas's size on the page to 100 %.
        let (context, colours) = (context_2d(canvas)?, Colours::of(canvas)?);
        Some(Self { every, context, size, pixels_per_css, colours })
    }

    fn draw(&self, run: &Run, track: &DotTrack, geometry: &Geometry, at_ms: f64, travel_ms: f64) {
        let context = &self.context;
        let scale = self.pixels_per_css;
        // Fails only for numbers that are not finite.
        let _ = context.set_transform(scale, 0.0, 0.0, scale, 0.0, 0.0);
        context.clear_rect(0.0, 0.0, self.size.0, self.size.1);
        self.crowd(run, geometry, at_ms);
        let mut alike: BTreeMap<(Look, u8), Vec<Point>> = BTreeMap::new();
        for dot in track.at(at_ms, travel_ms, self.every) {
            let (Leg::Inbound(instance) | Leg::Outbound(instance)) = dot.leg;
            let ways = if matches!(dot.leg, Leg::Inbound(_)) { &geometry.inbound } else { &geometry.outbound };
            let Some(((x, y), across)) = ways.get(instance).and_then(|way| way.at(dot.ratio)) else { continue };
            let aside = dot.lateral * LANE_HALF;
            let opacity = (dot.opacity * OPACITY_STEPS).round() as u8;
            alike
                .entry((Look::of(dot.outcome), opacity))
                .or_default()
                .push((x + across.0 * aside, y + across.1 * aside));
        }
        for ((look, opacity), places) in alike {
            context.set_global_alpha(f64::from(opacity) / OPACITY_STEPS * look.strength());
            self.colours.draw(context, look, &places);
        }
        context.set_global_alpha(1.0);
    }

    /// Draws the waiting users around the users' circle.
    fn crowd(&self, run: &Run, geometry: &Geometry, at_ms: f64) {
        let second = (at_ms / 1000.0) as usize;
        let waiting = &run.recording.service.waiting_users;
        let Some(count) = waiting.get(second.min(waiting.len().saturating_sub(1))) else { return };
        let boxes = &geometry.boxes;
        let (x, y) = boxes.users.middle();
        let inner = boxes.users.width.min(boxes.users.height) / 2.0 + CROWD_GAP;
        let to_balancer = ((boxes.balancer.x - x).max(boxes.balancer.y - y) - CROWD_MARGIN).max(inner);
        let outer = [x, y, self.size.0 - x, self.size.1 - y, to_balancer].into_iter().fold(f64::INFINITY, f64::min);
        if outer <= inner {
            return;
        }
        let count = (*count as usize).div_ceil(self.every as usize);
        let places: Vec<Point> = dots::crowd(count, inner, outer - 2.0).map(|(dx, dy)| (x + dx, y + dy)).collect();
        self.colours.draw(&self.context, Look::Waiting, &places);
    }
}
