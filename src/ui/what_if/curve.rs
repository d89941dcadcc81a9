//! The price of a minute: failed and affected users over the time of an action.

use std::rc::Rc;

use yew::prelude::*;

use crate::compare::{Outcome, PriceOfAMinute, levers};
use crate::replay::TimeZone;
use crate::scenario::{Scenario, Setting};
use crate::ui::words;
use crate::units::UtcMs;

/// Size in units of the drawing.
const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 120.0;

pub fn curve(
    base: &Rc<Scenario>,
    action: &str,
    price: &PriceOfAMinute,
    chosen: Option<UtcMs>,
    zone: TimeZone,
    on_try: &Callback<Vec<Setting>>,
    settings: &[Setting],
) -> Html {
    let (Some((from, _)), Some((until, _))) = (price.points.first(), price.points.last()) else {
        return Html::default();
    };
    let length_s = until.seconds_since(*from).max(1.0);
    let highest = price.points.iter().map(|(_, outcome)| outcome.affected()).max().unwrap_or(1).max(1) as f64;
    let place = |at: UtcMs, users: u64| {
        let x = at.seconds_since(*from) / length_s * WIDTH;
        (x, HEIGHT - users as f64 / highest * (HEIGHT - 8.0))
    };
    let path = |users: &dyn Fn(&Outcome) -> u64| {
        let points = price.points.iter().enumerate().map(|(index, (at, outcome))| {
            let (x, y) = place(*at, users(outcome));
            format!("{}{x:.1} {y:.1}", if index == 0 { "M" } else { "L" })
        });
        points.collect::<String>()
    };
    let name = base.action(action).map(|action| action.name()).unwrap_or_default();
    let own = base.action(action).and_then(|action| action.at.fixed());
    let mark = |at: Option<UtcMs>, class: &'static str| {
        let Some(at) = at.filter(|at| (*from..=*until).contains(at)) else { return Html::default() };
        let (x, _) = place(at, 0);
        html! { <line {class} x1={x.to_string()} x2={x.to_string()} y1="0" y2={HEIGHT.to_string()} /> }
    };
    let around = chosen.or(own).unwrap_or(*until);
    // Only a press tries a time: the levers above are for the keyboard.
    let on_click = {
        let (base, settings, path) = (Rc::clone(base), settings.to_vec(), format!("actions.{action}.at"));
        let from = *from;
        on_try.reform(move |event: MouseEvent| {
            let target = event.current_target().and_then(|target| {
                use wasm_bindgen::JsCast;
                target.dyn_into::<web_sys::Element>().ok()
            });
            let ratio = target.map_or(0.0, |element| {
                let rect = element.get_bounding_client_rect();
                ((f64::from(event.client_x()) - rect.left()) / rect.width().max(1.0)).clamp(0.0, 1.0)
            });
            let at = from.plus_s((ratio * length_s / 60.0).round() * 60.0);
            levers::set(&base, &settings, &path, &at.to_string())
        })
    };
    html! {
        <section class="what-if-curve" aria-labelledby="what-if-curve-title">
            <h3 id="what-if-curve-title">{ "The price of a minute" }</h3>
            <p>{ price.sentence(base, around).unwrap_or_default() }</p>
            <div class="curve-plot">
                <svg viewBox={format!("0 0 {WIDTH} {HEIGHT}")} preserveAspectRatio="none" onclick={on_click} role="img"
                    aria-label={format!("Affected and failed users over the time of the {name}, from {} to {}", zone.hh_mm(*from), zone.hh_mm(*until))}>
                    <path class="curve-affected" d={format!("{}L{WIDTH} {HEIGHT}L0 {HEIGHT}Z", path(&Outcome::affected))} />
                    <path class="curve-failed" d={format!("{}L{WIDTH} {HEIGHT}L0 {HEIGHT}Z", path(&|outcome: &Outcome| outcome.failed))} />
                    { mark(own, "curve-own") }
                    { mark(chosen.filter(|at| Some(*at) != own), "curve-chosen") }
                </svg>
                <span class="curve-most">{ words::whole(highest as i64) }</span>
                <span class="curve-from">{ zone.hh_mm(*from) }</span>
                <span class="curve-until">{ zone.hh_mm(*until) }</span>
            </div>
            <p class="lever-note">
                { format!("Users affected (light) and failed (dark) over the time of the {name}; the dashed line is when it came.") }
            </p>
        </section>
    }
}
