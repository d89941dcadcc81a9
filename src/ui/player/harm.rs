//! The area above the seek bar that shows the harm, minute by minute.

use yew::prelude::*;

use crate::recording::{Recording, Span};
use crate::ui::run::Run;

const STEP_S: usize = 60;
const HEIGHT: f64 = 100.0;

#[derive(Properties, PartialEq)]
pub struct HarmProps {
    pub run: Run,
    /// What happened, behind a what-if: an outline.
    pub ghost: Option<Run>,
}

/// The stacked area: slow on top of failed.
#[component]
pub fn Harm(props: &HarmProps) -> Html {
    let minutes = minutes(&props.run.recording);
    let affected: Vec<f64> = minutes.iter().map(|minute| minute[0]).collect();
    let failed: Vec<f64> = minutes.iter().map(|minute| minute[1]).collect();
    html! {
        <svg class="seek-harm" viewBox={format!("0 0 {} {HEIGHT}", minutes.len())} preserveAspectRatio="none"
            aria-hidden="true">
            <path class="harm-affected" d={area(&affected)} />
            <path class="harm-failed" d={area(&failed)} />
            if let Some(ghost) = &props.ghost {
                <path class="harm-ghost" d={area(&self::minutes(&ghost.recording).iter().map(|minute| minute[0]).collect::<Vec<_>>())} />
            }
        </svg>
    }
}

/// Shares of affected and of failed users among those who started in each minute.
fn minutes(recording: &Recording) -> Vec<[f64; 2]> {
    let seconds = recording.meta.seconds as usize;
    let minute = |from: usize| {
        let outcomes = recording.started(Span { from, until: (from + STEP_S).min(seconds) });
        [outcomes.affected_ratio().unwrap_or(0.0), outcomes.failed_ratio().unwrap_or(0.0)]
    };
    (0..seconds).step_by(STEP_S).map(minute).collect()
}

fn area(ratios: &[f64]) -> String {
    let mut data = format!("M0 {HEIGHT}");
    for (index, ratio) in ratios.iter().enumerate() {
        data.push_str(&format!("L{} {:.1}", index as f64 + 0.5, HEIGHT * (1.0 - ratio)));
    }
    data.push_str(&format!("L{} {HEIGHT}Z", ratios.len()));
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_stands_on_the_bar() {
        assert_eq!(area(&[0.0, 0.5]), "M0 100L0.5 100.0L1.5 50.0L2 100Z");
    }
}
