//! The course of both sides: of one run each, or over many seeds, with the middle run and the band that holds nine in ten.

use yew::prelude::*;

use crate::compare::{Outcome, STEP_S, bands};
use crate::replay::TimeZone;
use crate::ui::run::Run;
use crate::ui::words;

/// Size in units of the drawing.
const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 110.0;

/// Thousandths of users who failed, by the time at which they started. A run that is on its way has fewer steps.
pub fn course(run: &Run, actual: &[u16], what_if: &[u16], zone: TimeZone) -> Html {
    let line = |steps: &[u16]| steps.iter().map(|failed| [f64::from(*failed) / 1000.0; 3]).collect();
    chart(run, [line(actual), line(what_if)], zone, "Users who could not complete", "")
}

/// `sides`: outcomes of what happened and of the what-if, by seed.
pub fn course_over_seeds(run: &Run, sides: &[[&Outcome; 2]], zone: TimeZone) -> Html {
    let both = [0, 1].map(|side| bands(sides.iter().map(|sides| sides[side])));
    let title = format!("Users who could not complete, over {} seeds", sides.len());
    let how = format!(": the middle of {} seeds, and the band that nine in ten of them are in", sides.len());
    chart(run, both, zone, &title, &how)
}

/// Of each step the low end of the band, the middle and the high end, as shares.
fn chart(run: &Run, [actual, what_if]: [Vec<[f64; 3]>; 2], zone: TimeZone, title: &str, how: &str) -> Html {
    let highest = actual.iter().chain(&what_if).map(|[.., high]| *high).fold(0.01, f64::max);
    let from = run.scenario.window.from;
    let length_s = run.scenario.window_s();
    let place = |step: usize, ratio: f64| {
        let x = (step as f64 + 0.5) * STEP_S as f64 / length_s * WIDTH;
        format!("{x:.1} {:.1}", HEIGHT - ratio / highest * (HEIGHT - 6.0))
    };
    let draw = |band: &[[f64; 3]], class: &'static str| {
        let line = |of: usize| band.iter().enumerate().map(|(step, row)| place(step, row[of])).collect::<Vec<_>>();
        let back: Vec<String> = line(0).into_iter().rev().collect();
        html! {
            <g {class}>
                if !how.is_empty() {
                    <path class="band-area" d={format!("M{}L{}Z", line(2).join("L"), back.join("L"))} />
                }
                if !band.is_empty() {
                    <path class="band-middle" d={format!("M{}", line(1).join("L"))} />
                }
            </g>
        }
    };
    let until = run.scenario.window.until;
    let label = format!("{title}, from {} to {}", zone.hh_mm(from), zone.hh_mm(until));
    html! {
        <figure class="what-if-bands">
            <div class="curve-plot">
                <svg viewBox={format!("0 0 {WIDTH} {HEIGHT}")} preserveAspectRatio="none" role="img" aria-label={label}>
                    { draw(&actual, "band-actual") }
                    { draw(&what_if, "band-what-if") }
                </svg>
                <span class="curve-most">{ words::percent(highest) }</span>
                <span class="curve-from">{ zone.hh_mm(from) }</span>
                <span class="curve-until">{ zone.hh_mm(until) }</span>
            </div>
            <figcaption class="lever-note">
                { format!("Users who could not complete, by when they started{how}. Dashed, as it happened; in colour, what if.") }
            </figcaption>
        </figure>
    }
}
