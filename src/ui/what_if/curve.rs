//! The price of a minute: failed and affected users over the time of an action.

use wasm_bindgen::JsCast;
use yew::prelude::*;

use crate::compare::{Outcome, PriceOfAMinute, Varied};
use crate::replay::TimeZone;
use crate::scenario::Scenario;
use crate::ui::words;
use crate::units::UtcMs;

/// Size in units of the drawing.
const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 120.0;

/// The curve of what is varied.
pub struct Curve<'a> {
    pub price: &'a PriceOfAMinute,
    /// Of every point, also of those that are not simulated yet.
    pub times: &'a [UtcMs],
    /// When it came in what happened, and in what is tried.
    pub own: Option<UtcMs>,
    pub chosen: Option<UtcMs>,
    pub zone: TimeZone,
}

impl Curve<'_> {
    /// `varied`: what it could be, and which of them it is.
    pub fn show(
        &self,
        base: &Scenario,
        (varied, shown): (&[Varied], usize),
        on_pick: &Callback<UtcMs>,
        on_vary: &Callback<usize>,
    ) -> Html {
        let Self { price, times, own, chosen, zone } = *self;
        // The whole axis from the beginning: what is simulated grows on it.
        let (Some(from), Some(until)) = (times.first(), times.last()) else { return Html::default() };
        let is_complete = price.points.len() == times.len();
        let length_s = until.seconds_since(*from).max(1.0);
        let highest = price.points.iter().map(|(_, outcome)| outcome.affected()).max().unwrap_or(1).max(1) as f64;
        let place = |at: UtcMs, users: u64| {
            let x = at.seconds_since(*from) / length_s * WIDTH;
            (x, HEIGHT - users as f64 / highest * (HEIGHT - 8.0))
        };
        let area = |users: &dyn Fn(&Outcome) -> u64| {
            let places: Vec<(f64, f64)> = price.points.iter().map(|(at, outcome)| place(*at, users(outcome))).collect();
            let (Some(first), Some(last)) = (places.first(), places.last()) else { return String::new() };
            let line: String = places.iter().map(|(x, y)| format!("L{x:.1} {y:.1}")).collect();
            format!("M{:.1} {HEIGHT}{line}L{:.1} {HEIGHT}Z", first.0, last.0)
        };
        let name = varied.get(shown).map_or("", |varied| &varied.name);
        let mark = |at: Option<UtcMs>, class: &'static str| {
            let Some(at) = at.filter(|at| (*from..=*until).contains(at)) else { return Html::default() };
            let (x, _) = place(at, 0);
            html! { <line {class} x1={x.to_string()} x2={x.to_string()} y1="0" y2={HEIGHT.to_string()} /> }
        };
        let around = chosen.or(own).unwrap_or(*until);
        // Only a press tries a time: the levers above are for the keyboard.
        let on_click = {
            let from = *from;
            on_pick.reform(move |event: MouseEvent| {
                let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
                let plot = target.and_then(|target| target.closest("svg").ok().flatten());
                let ratio = plot.map_or(0.0, |element| {
                    let rect = element.get_bounding_client_rect();
                    ((f64::from(event.client_x()) - rect.left()) / rect.width().max(1.0)).clamp(0.0, 1.0)
                });
                from.plus_s((ratio * length_s / 60.0).round() * 60.0)
            })
        };
        let on_choose = on_vary.reform(|event: Event| {
            let select = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlSelectElement>().ok());
            select.and_then(|select| usize::try_from(select.selected_index()).ok()).unwrap_or(0)
        });
        html! {
            <section class="what-if-curve" aria-labelledby="what-if-curve-title">
                <h3 id="what-if-curve-title">{ "The price of a minute" }</h3>
                if varied.len() > 1 {
                    <label class="curve-of">
                        { "of: " }
                        <select onchange={on_choose}>
                            { for varied.iter().enumerate().map(|(index, varied)| html! { <option selected={index == shown}>{ &varied.name }</option> }) }
                        </select>
                    </label>
                }
                if is_complete {
                    <p>{ price.sentence(base, around).unwrap_or_default() }</p>
                } else {
                    // Half of the points would tell another slope.
                    <p>{ format!("{} of {} times simulated …", price.points.len(), times.len()) }</p>
                }
                <div class="curve-plot">
                    <svg viewBox={format!("0 0 {WIDTH} {HEIGHT}")} preserveAspectRatio="none" onclick={on_click} role="img"
                        aria-label={format!("Affected and failed users over the time of: {name}, from {} to {}", zone.hh_mm(*from), zone.hh_mm(*until))}>
                        <path class="curve-affected" d={area(&Outcome::affected)} />
                        <path class="curve-failed" d={area(&|outcome: &Outcome| outcome.failed)} />
                        { mark(own, "curve-own") }
                        { mark(chosen.filter(|at| Some(*at) != own), "curve-chosen") }
                    </svg>
                    <span class="curve-most">{ words::whole(highest as i64) }</span>
                    <span class="curve-from">{ zone.hh_mm(*from) }</span>
                    <span class="curve-until">{ zone.hh_mm(*until) }</span>
                </div>
                <p class="lever-note">
                    { format!("Users affected (light) and failed (dark) over the time of: {name}.") }
                    if own.is_some() {
                        { " The dashed line is when it came." }
                    }
                </p>
            </section>
        }
    }
}
