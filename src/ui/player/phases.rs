//! The names of the phases below the seek bar.

use yew::prelude::*;

use crate::replay::IncidentPhase;
use crate::ui::placed::{set_em, set_percent, use_place};

/// Half of the width of a letter in names, in em: the names' halves must stand apart by this for every letter of both.
const HALF_LETTER_EM: f64 = 0.31;

/// The names of all phases, `present` among them. The present one is shown even where its segment is too short for it; names that it
/// would cover are left out.
pub fn phase_names(phases: &[IncidentPhase], present: Option<&str>, duration_ms: f64) -> Html {
    let is_present = |phase: &IncidentPhase| Some(phase.name.as_str()) == present;
    let present = phases.iter().find(|phase| is_present(phase));
    html! {
        <div class="seek-phases" aria-hidden="true">
            { for phases.iter().map(|phase| {
                let other = present.filter(|other| other.name != phase.name);
                let apart_ratio = other.map_or(1.0, |other| (middle_ms(other) - middle_ms(phase)).abs() / duration_ms);
                let letters = other.map_or(0, |other| other.name.chars().count() + phase.name.chars().count());
                html! {
                    <PhaseName key={phase.name.clone()} name={phase.name.to_lowercase()} is_present={is_present(phase)}
                        at_ratio={phase.from_ms / duration_ms} length_ratio={(phase.until_ms - phase.from_ms) / duration_ms}
                        {apart_ratio} needed_em={letters as f64 * HALF_LETTER_EM} />
                }
            }) }
        </div>
    }
}

fn middle_ms(phase: &IncidentPhase) -> f64 {
    f64::midpoint(phase.from_ms, phase.until_ms)
}

#[derive(Properties, PartialEq)]
struct PhaseNameProps {
    name: String,
    is_present: bool,
    at_ratio: f64,
    length_ratio: f64,
    /// Distance from the middle of the present phase's name, as a share of the bar.
    apart_ratio: f64,
    /// Least such distance at which the two do not touch.
    needed_em: f64,
}

#[component]
fn PhaseName(props: &PhaseNameProps) -> Html {
    let place = use_place(props.at_ratio, Some(props.length_ratio));
    {
        let place = place.clone();
        use_effect_with((props.apart_ratio, props.needed_em), move |(apart_ratio, needed_em)| {
            set_percent(&place, "--apart", *apart_ratio, 1.0);
            set_em(&place, "--needed", *needed_em);
        });
    }
    html! {
        <span class={classes!("phase-name", props.is_present.then_some("is-current"))} ref={place} aria-hidden="true">
            <span>{ &props.name }</span>
        </span>
    }
}
