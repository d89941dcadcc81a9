//! The legend of the system diagram.

use yew::prelude::*;

use crate::replay::Scarce;
use crate::scenario::Scenario;
use crate::ui::words;

/// `attempts_each`: attempts per dot. `every`: of so many dots one is drawn. `travel_s`: incident time of a dot to an instance.
pub fn legend(scenario: &Scenario, attempts_each: u32, every: u32, travel_s: f64) -> Html {
    let waiting = match every {
        1 => "stands everybody who waits".to_owned(),
        every => format!("stands one of {every} who wait, since this device is slow"),
    };
    let dots = format!(
        "Each is one in {} attempts, slowed down: the way to an instance takes {} of incident time here, in truth \
         next to none. Around the users {waiting}. Select an instance for its details.",
        attempts_each * every,
        words::duration(travel_s),
    );
    html! {
        <div class="legend">
            <ul class="legend-row" aria-label="Requests">
                <li>
                    { mark(html! { <circle class="mark-under-way" cx="6" cy="6" r="3.4" /> }) }
                    { "on its way" }
                </li>
                <li>
                    { mark(html! { <circle class="mark-fast" cx="6" cy="6" r="3.4" /> }) }
                    { "in time" }
                </li>
                <li>
                    { mark(html! { <path class="mark-slow" d="M6 1.5 10.5 6 6 10.5 1.5 6z" /> }) }
                    { "slow" }
                </li>
                <li>
                    { mark(html! { <path class="mark-failed" d="M2.5 2.5l7 7m0-7l-7 7" /> }) }
                    { "failed" }
                </li>
            </ul>
            { bars(scenario) }
            <details class="legend-note">
                <summary>{ "How to read it" }</summary>
                <p>{ dots }</p>
            </details>
        </div>
    }
}

/// What the bars of the instances show.
fn bars(scenario: &Scenario) -> Html {
    match Scarce::of(scenario) {
        Scarce::Heap => html! {
            <ul class="legend-row" aria-label="Heap">
                { swatch("heap-base", "base") }
                { swatch("heap-open", "open sessions, requests") }
                <li>
                    <svg class="swatch-ages" viewBox="0 0 28 12" width="28" height="12" aria-hidden="true">
                        { for (0..4).map(|step| html! {
                            <rect class={format!("heap-leaked age-{}", step * 2)} x={(step * 7).to_string()} width="7" height="12" />
                        }) }
                    </svg>
                    { "leaked sessions, stronger when older" }
                </li>
                { swatch("heap-garbage", "garbage") }
            </ul>
        },
        Scarce::Slots => html! {
            <ul class="legend-row" aria-label="Slots of the pool">
                { swatch("heap-leaked age-6", "slots never given back") }
                { swatch("heap-open", "in use") }
            </ul>
        },
        Scarce::Cpu => html! {
            <ul class="legend-row" aria-label="CPU">{ swatch("heap-open", "CPU time in use, last minute") }</ul>
        },
    }
}

fn mark(shape: Html) -> Html {
    html! { <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">{ shape }</svg> }
}

fn swatch(class: &'static str, label: &'static str) -> Html {
    html! {
        <li>
            { mark(html! { <rect {class} width="12" height="12" rx="2" /> }) }
            { label }
        </li>
    }
}
