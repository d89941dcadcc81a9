//! The levers: when, mitigation, prevention, and all parameters.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::compare::{Candidate, Source, Step, levers, moved, steps, times};
use crate::replay::TimeZone;
use crate::scenario::{Scenario, Setting};
use crate::units::UtcMs;

/// Parameters that are listed at a time.
const LISTED_MAX: usize = 12;

#[derive(Properties, PartialEq)]
pub struct LeversProps {
    /// The scenario as it was written.
    pub base: Rc<Scenario>,
    pub candidates: Rc<Vec<Candidate>>,
    /// What the levers stand at.
    pub settings: Vec<Setting>,
    /// The first page of what happened.
    pub detected: Option<UtcMs>,
    /// The playhead.
    pub now: UtcMs,
    pub time_zone: TimeZone,
    pub on_try: Callback<Vec<Setting>>,
}

#[component]
pub fn Levers(props: &LeversProps) -> Html {
    let of = |source: Source| props.candidates.iter().filter(move |candidate| candidate.source == source);
    html! {
        <div class="levers">
            <When ..props.clone() />
            <fieldset class="lever-group">
                <legend>{ "Mitigation" }</legend>
                <p class="lever-note">{ "Done by responders. At first as if it was decided 12 minutes after the page, and then prepared." }</p>
                { for of(Source::Mitigation).map(|candidate| lever(props, candidate)) }
            </fieldset>
            if of(Source::Prevention).next().is_some() {
                <fieldset class="lever-group">
                    <legend>{ "Prevention" }</legend>
                    <p class="lever-note">{ "Measures of the report and of this scenario, taken beforehand." }</p>
                    { for of(Source::Prevention).map(|candidate| lever(props, candidate)) }
                </fieldset>
            }
            <Parameters ..props.clone() />
        </div>
    }
}

impl Clone for LeversProps {
    fn clone(&self) -> Self {
        Self {
            base: Rc::clone(&self.base),
            candidates: Rc::clone(&self.candidates),
            settings: self.settings.clone(),
            detected: self.detected,
            now: self.now,
            time_zone: self.time_zone,
            on_try: self.on_try.clone(),
        }
    }
}

/// A candidate that is taken or not; a mitigation has a time, too.
fn lever(props: &LeversProps, candidate: &Candidate) -> Html {
    let is_held = levers::holds(&props.settings, candidate);
    let on_change = {
        let (settings, candidate) = (props.settings.clone(), candidate.clone());
        props.on_try.reform(move |event: Event| {
            let on = input(&event).is_some_and(|input| input.checked());
            if on { levers::taken(&settings, &candidate) } else { levers::dropped(&settings, &candidate) }
        })
    };
    let time = (is_held && candidate.source == Source::Mitigation)
        .then(|| levers::time_of(&props.base, &props.settings, &candidate.id, props.detected))
        .flatten();
    let path = format!("actions.{}.at", candidate.id);
    let at_playhead = (candidate.source == Source::Mitigation && props.now > props.base.window.from)
        .then(|| at_playhead(props, candidate, is_held));
    html! {
        <div key={candidate.id.clone()} class={classes!("lever", is_held.then_some("is-taken"))}>
            <div class="lever-line">
                <label class="lever-choice">
                    <input type="checkbox" checked={is_held} onchange={on_change} data-candidate={candidate.id.clone()} />
                    <span>{ &candidate.name }</span>
                </label>
                { at_playhead.unwrap_or_default() }
            </div>
            if let Some(at) = time {
                { time_slider(props, &candidate.name, at, {
                    let (base, settings) = (Rc::clone(&props.base), props.settings.clone());
                    props.on_try.reform(move |at: UtcMs| levers::set(&base, &settings, &path, &at.to_string()))
                }) }
            }
            <p class="lever-cost">{ &candidate.cost }</p>
        </div>
    }
}

/// A button that takes an action at the playhead: the run goes on from here in another way.
fn at_playhead(props: &LeversProps, candidate: &Candidate, is_held: bool) -> Html {
    let clock = props.time_zone.hh_mm(props.now);
    let on_click = {
        let (base, settings, candidate) = (Rc::clone(&props.base), props.settings.clone(), candidate.clone());
        let (path, now) = (format!("actions.{}.at", candidate.id), props.now);
        props.on_try.reform(move |_: MouseEvent| {
            let taken = if is_held { settings.clone() } else { levers::taken(&settings, &candidate) };
            levers::set(&base, &taken, &path, &now.to_string())
        })
    };
    // Begins with what is to be seen, for those who speak it.
    let label = format!("at {clock}, the playhead: {}", candidate.name);
    html! {
        <button type="button" class="lever-now" onclick={on_click} aria-label={label}>{ format!("at {clock}") }</button>
    }
}

/// A slider over the minutes from the start of the incident to the end of the window.
fn time_slider(props: &LeversProps, name: &str, at: UtcMs, on_move: Callback<UtcMs>) -> Html {
    let (start, until) = (props.base.incident.start, props.base.window.until);
    let minutes = |at: UtcMs| (at.seconds_since(start) / 60.0).round();
    let shown = props.time_zone.hh_mm(at);
    let oninput = move |event: InputEvent| {
        if let Some(minute) = input(&event).and_then(|input| input.value().parse::<f64>().ok()) {
            on_move.emit(start.plus_s(minute * 60.0));
        }
    };
    html! {
        <span class="lever-time">
            <input type="range" min="0" max={minutes(until).to_string()} step="1" value={minutes(at).to_string()}
                aria-label={format!("Time of: {name}")} aria-valuetext={shown.clone()} {oninput} />
            <output>{ shown }</output>
        </span>
    }
}

/// The steps of the response, which move together.
#[component]
fn When(props: &LeversProps) -> Html {
    // Which step was moved by hand is not in the settings: it matters only while the levers are moved.
    let by_hand = use_state(Vec::<(String, UtcMs)>::new);
    let steps = use_memo(Rc::clone(&props.base), |base| steps(base));
    if steps.is_empty() {
        return Html::default();
    }
    let by_hand_now: Vec<(String, UtcMs)> = if agrees(&props.base, &by_hand, &props.settings) {
        (*by_hand).clone()
    } else {
        as_last_step(&props.base, &steps, &props.settings)
    };
    let at = times(&steps, &by_hand_now);
    let row = |(index, (step, at)): (usize, (&Step, UtcMs))| {
        let on_move = {
            let (by_hand, base, settings) = (by_hand.clone(), Rc::clone(&props.base), props.settings.clone());
            let (id, moved_before, steps) = (step.id.clone(), by_hand_now.clone(), Rc::clone(&steps));
            props.on_try.reform(move |at: UtcMs| {
                let mut moves = moved_before.clone();
                moves.retain(|(known, _)| *known != id);
                // Not before the step that it follows.
                let earliest = index.checked_sub(1).map(|before| times(&steps, &moves)[before]);
                moves.push((id.clone(), earliest.map_or(at, |earliest| at.max(earliest))));
                by_hand.set(moves.clone());
                with_moves(&base, &settings, &moves)
            })
        };
        let shift = (at.seconds_since(step.reported_at) / 60.0).round();
        html! {
            <div key={step.id.clone()} class={classes!("lever", (shift != 0.0).then_some("is-taken"))}>
                <span class="lever-choice">{ &step.title }</span>
                { time_slider(props, &step.title, at, on_move) }
            </div>
        }
    };
    html! {
        <fieldset class="lever-group">
            <legend>{ "When" }</legend>
            <p class="lever-note">{ "What follows a step moves with it, unless it is set by hand. Only actions change the run." }</p>
            { for steps.iter().zip(at.iter().copied()).enumerate().map(row) }
        </fieldset>
    }
}

/// The settings with the actions where moved steps put them.
fn with_moves(base: &Scenario, settings: &[Setting], moves: &[(String, UtcMs)]) -> Vec<Setting> {
    let own: Vec<String> = base.actions.iter().map(|action| format!("actions.{}.at", action.id)).collect();
    let rest = settings.iter().filter(|setting| !own.contains(&setting.path)).cloned();
    rest.chain(moved(base, moves)).collect()
}

fn agrees(base: &Scenario, moves: &[(String, UtcMs)], settings: &[Setting]) -> bool {
    let paths = |settings: Vec<Setting>| -> Vec<(String, Option<UtcMs>)> {
        let own = base.actions.iter().map(|action| action.id.clone());
        own.map(|id| (id.clone(), levers::time_of(base, &settings, &id, None))).collect()
    };
    paths(settings.to_vec()) == paths(moved(base, moves))
}

/// Moves that explain the times of the actions: of the last step before each.
fn as_last_step(base: &Scenario, steps: &[Step], settings: &[Setting]) -> Vec<(String, UtcMs)> {
    let mut moves = Vec::new();
    for action in &base.actions {
        let (Some(own), Some(at)) = (action.at.fixed(), levers::time_of(base, settings, &action.id, None)) else {
            continue;
        };
        if let Some(step) = steps.iter().rev().find(|step| step.reported_at <= own) {
            moves.push((step.id.clone(), step.reported_at.plus_s(at.seconds_since(own))));
        }
    }
    moves
}

/// All parameters, searched by name.
#[component]
fn Parameters(props: &LeversProps) -> Html {
    let wanted = use_state(String::new);
    let on_search = {
        let wanted = wanted.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = input(&event) {
                wanted.set(input.value().to_lowercase());
            }
        })
    };
    let value_now = |path: &str| props.settings.iter().find(|setting| setting.path == path).map(|s| s.value.clone());
    let views = props.base.parameters();
    let numbers: Vec<_> = views.iter().filter(|view| view.number.is_some()).collect();
    let found: Vec<_> =
        numbers.iter().filter(|view| wanted.is_empty() || view.name().to_lowercase().contains(&*wanted)).collect();
    html! {
        <details class="lever-group lever-parameters">
            <summary>{ format!("All {} parameters", numbers.len()) }</summary>
            <input type="search" class="lever-search" placeholder="Search" aria-label="Search the parameters" oninput={on_search} />
            { for found.iter().take(LISTED_MAX).map(|view| {
                let changed = value_now(&view.path);
                let (base, settings, path) = (Rc::clone(&props.base), props.settings.clone(), view.path.clone());
                let onchange = props.on_try.reform(move |event: Event| {
                    let value = input(&event).map(|input| input.value()).unwrap_or_default();
                    levers::set(&base, &settings, &path, &value)
                });
                let [least, most] = view.range.unwrap_or([0.0, 0.0]);
                html! {
                    <label key={view.path.clone()} class={classes!("lever", "lever-number", changed.is_some().then_some("is-taken"))}
                        title={view.reason.to_owned()}>
                        <span>{ view.name() }</span>
                        <input type="number" min={least.to_string()} max={most.to_string()}
                            step={if view.is_whole { "1" } else { "any" }}
                            value={changed.unwrap_or_else(|| view.value.to_string())} {onchange} />
                        <small>{ format!("{} ({least} to {most})", view.unit) }</small>
                    </label>
                }
            }) }
            if found.len() > LISTED_MAX {
                <p class="lever-note">{ format!("{} more: search for them.", found.len() - LISTED_MAX) }</p>
            }
            if found.is_empty() {
                <p class="lever-note">{ "No parameter has such a name." }</p>
            }
        </details>
    }
}

fn input(event: &web_sys::Event) -> Option<HtmlInputElement> {
    event.target()?.dyn_into().ok()
}
