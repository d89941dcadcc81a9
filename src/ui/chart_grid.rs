//! The grid of charts.

use std::rc::Rc;

use yew::prelude::*;

use super::charts::ChartCard;
use super::playhead::PlayheadBus;
use super::run::Run;
use crate::chart::ChartKind;
use crate::replay::{Command, Player};

pub fn chart_grid(
    kinds: &[ChartKind],
    run: &Run,
    ghost: Option<&Run>,
    player: &Player,
    bus: &PlayheadBus,
    on_command: &Callback<Command>,
) -> Html {
    html! {
        <section class={classes!("charts", player.playing.then_some("is-playing"))} aria-labelledby="charts-title">
            <h2 id="charts-title" class="visually-hidden">{ "Charts" }</h2>
            { for kinds.iter().map(|&kind| html! {
                <ChartCard key={kind.id()} {kind} scenario={Rc::clone(&run.scenario)}
                    recording={Rc::clone(&run.recording)} ghost={ghost.cloned()} view={player.view.clone()}
                    bus={bus.clone()} on_command={on_command.clone()} />
            }) }
        </section>
    }
}
