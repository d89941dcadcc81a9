//! The grid of charts.

use std::rc::Rc;

use yew::prelude::*;

use super::charts::ChartCard;
use super::playhead::PlayheadBus;
use super::run::Run;
use crate::chart::ChartKind;
use crate::replay::{Command, View};

pub fn chart_grid(
    kinds: &[ChartKind],
    run: &Run,
    ghost: Option<&Run>,
    view: &View,
    playhead_ms: f64,
    bus: &PlayheadBus,
    on_command: &Callback<Command>,
) -> Html {
    html! {
        <section class="charts" aria-label="Charts">
            { for kinds.iter().map(|&kind| html! {
                <ChartCard key={kind.id()} {kind} scenario={Rc::clone(&run.scenario)}
                    recording={Rc::clone(&run.recording)} ghost={ghost.cloned()} view={view.clone()}
                    {playhead_ms} bus={bus.clone()} on_command={on_command.clone()} />
            }) }
        </section>
    }
}
