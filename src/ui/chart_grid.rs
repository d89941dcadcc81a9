//! The charts, side by side.

use std::rc::Rc;

use yew::prelude::*;

use super::charts::ChartCard;
use super::playhead::PlayheadBus;
use super::run::Run;
use crate::chart::ChartKind;
use crate::replay::{Command, View};

/// Properties of [`ChartGrid`].
#[derive(Properties, PartialEq)]
pub struct ChartGridProps {
    /// What is shown.
    pub run: Run,
    /// Which charts.
    pub kinds: Vec<ChartKind>,
    /// How it is shown.
    pub view: View,
    /// The playhead, a few times a second.
    pub playhead_ms: f64,
    /// The playhead, every frame.
    pub bus: PlayheadBus,
    /// Takes commands for the player.
    pub on_command: Callback<Command>,
}

/// The charts.
#[component]
pub fn ChartGrid(props: &ChartGridProps) -> Html {
    html! {
        <section class="charts" aria-label="Charts">
            { for props.kinds.iter().map(|&kind| html! {
                <ChartCard key={kind.id()} {kind} scenario={Rc::clone(&props.run.scenario)}
                    recording={Rc::clone(&props.run.recording)} view={props.view.clone()}
                    playhead_ms={props.playhead_ms} bus={props.bus.clone()} on_command={props.on_command.clone()} />
            }) }
        </section>
    }
}
