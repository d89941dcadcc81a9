//! The routes between the boxes (SVG) and the requests on them (canvas), below the boxes.
//!
//! Invariant: the canvas depends only on the playhead's position and is redrawn when the bus publishes one; Yew renders none
//! of it.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};
use yew::prelude::*;

use super::dots::{self, DotTrack, Leg};
use super::geometry::{Geometry, Point};
use crate::recording::AttemptOutcome;
use crate::ui::browser;
use crate::ui::playhead::PlayheadBus;
use crate::ui::run::Run;

/// Half of the width of the lane that dots spread over, in CSS pixels.
const LANE_HALF: f64 = 4.6;
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
    pub bus: PlayheadBus,
}

/// Routes and requests.
#[component]
pub fn Flow(props: &FlowProps) -> Html {
    let canvas = use_node_ref();
    {
        let (canvas, run, track) = (canvas.clone(), props.run.clone(), Rc::clone(&props.track));
        let (geometry, bus) = (Rc::clone(&props.geometry), props.bus.clone());
        let dependencies = (run.clone(), Rc::clone(&geometry), props.speed, props.dark);
        use_effect_with(dependencies, move |(_, _, speed, _)| {
            let travel_ms = dots::travel_ms(*speed);
            let sheet = canvas.cast::<HtmlCanvasElement>().and_then(|canvas| Sheet::new(&canvas, geometry.boxes.size));
            let told = bus.clone();
            let subscription = sheet.map(|sheet| {
                let draw = move |at_ms| sheet.draw(&run, &track, &geometry, at_ms, travel_ms);
                draw(told.position_ms());
                told.subscribe(Callback::from(draw))
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

/// A canvas in CSS pixels, sharp on any screen.
struct Sheet {
    context: CanvasRenderingContext2d,
    size: Point,
    pixels_per_css: f64,
    colours: Colours,
}

struct Colours {
    under_way: String,
    fast: String,
    slow: String,
    failed: String,
    waiting: String,
}

/// What goes well, or is not known yet, is paler than what does not.
fn strength(outcome: Option<AttemptOutcome>) -> f64 {
    match outcome {
        None | Some(AttemptOutcome::Fast) => 0.6,
        _ => 1.0,
    }
}

impl Sheet {
    fn new(canvas: &HtmlCanvasElement, size: Point) -> Option<Self> {
        let pixels_per_css = browser::window().device_pixel_ratio().max(1.0);
        canvas.set_width((size.0 * pixels_per_css).round() as u32);
        canvas.set_height((size.1 * pixels_per_css).round() as u32);
        // The style sheet sets the canvas's size on the page to 100 %.
        let context = canvas.get_context("2d").ok().flatten()?.dyn_into::<CanvasRenderingContext2d>().ok()?;
        let style = browser::window().get_computed_style(canvas).ok().flatten()?;
        let token =
            |name: &str| style.get_property_value(name).map(|value| value.trim().to_owned()).unwrap_or_default();
        let colours = Colours {
            under_way: token("--ink-2"),
            fast: token("--good"),
            slow: token("--warn"),
            failed: token("--bad"),
            waiting: token("--warn"),
        };
        Some(Self { context, size, pixels_per_css, colours })
    }

    fn draw(&self, run: &Run, track: &DotTrack, geometry: &Geometry, at_ms: f64, travel_ms: f64) {
        let context = &self.context;
        let scale = self.pixels_per_css;
        // Fails only for numbers that are not finite.
        let _ = context.set_transform(scale, 0.0, 0.0, scale, 0.0, 0.0);
        context.clear_rect(0.0, 0.0, self.size.0, self.size.1);
        self.crowd(run, geometry, at_ms);
        for dot in track.at(at_ms, travel_ms) {
            let (Leg::Inbound(instance) | Leg::Outbound(instance)) = dot.leg;
            let ways = if matches!(dot.leg, Leg::Inbound(_)) { &geometry.inbound } else { &geometry.outbound };
            let Some(((x, y), across)) = ways.get(instance).and_then(|way| way.at(dot.ratio)) else { continue };
            let aside = dot.lateral * LANE_HALF;
            context.set_global_alpha(dot.opacity * strength(dot.outcome));
            self.mark((x + across.0 * aside, y + across.1 * aside), dot.outcome);
        }
        context.set_global_alpha(1.0);
    }

    /// Draws a shape for the outcome, in addition to its colour.
    fn mark(&self, (x, y): Point, outcome: Option<AttemptOutcome>) {
        let context = &self.context;
        context.begin_path();
        match outcome {
            None | Some(AttemptOutcome::Fast) => {
                let colours = &self.colours;
                let colour = if outcome.is_none() { &colours.under_way } else { &colours.fast };
                context.set_fill_style_str(colour);
                let _ = context.arc(x, y, 2.7, 0.0, std::f64::consts::TAU);
                context.fill();
            }
            Some(AttemptOutcome::Slow) => {
                context.set_fill_style_str(&self.colours.slow);
                context.move_to(x, y - 3.8);
                context.line_to(x + 3.8, y);
                context.line_to(x, y + 3.8);
                context.line_to(x - 3.8, y);
                context.fill();
            }
            Some(AttemptOutcome::Failed | AttemptOutcome::Rejected) => {
                context.set_stroke_style_str(&self.colours.failed);
                context.set_line_width(2.0);
                for side in [-1.0, 1.0] {
                    context.move_to(x - 2.8, y - 2.8 * side);
                    context.line_to(x + 2.8, y + 2.8 * side);
                }
                context.stroke();
            }
        }
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
        self.context.set_fill_style_str(&self.colours.waiting);
        self.context.begin_path();
        for (dx, dy) in dots::crowd(*count as usize, inner, outer - 2.0) {
            self.context.move_to(x + dx, y + dy);
            let _ = self.context.arc(x + dx, y + dy, 1.8, 0.0, std::f64::consts::TAU);
        }
        self.context.fill();
    }
}
