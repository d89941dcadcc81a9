//! The end card: what is left to say, over the picture, when the playhead has reached the end.

use std::rc::Rc;

use yew::prelude::*;

use super::header::drills_are_here;
use super::icons::{Icon, icon};
use super::run::Run;
use super::what_if::Best;
use super::words;
use crate::replay::{Command, Ending, Mode, Source};
use crate::scenario::Scenario;

#[derive(Properties, PartialEq)]
pub struct EndCardProps {
    pub run: Run,
    /// The scenario as it was written.
    pub base: Rc<Scenario>,
    pub on_command: Callback<Command>,
    pub on_mode: Callback<Mode>,
}

/// It is there until the playhead leaves the end, or somebody closes it to see the picture.
#[component]
pub fn EndCard(props: &EndCardProps) -> Html {
    let closed = use_state(|| false);
    let ending = use_memo(props.run.clone(), |run| Ending::new(&run.scenario, &run.recording));
    if *closed {
        return Html::default();
    }
    let on_play = props.on_command.reform(|_: MouseEvent| Command::Play);
    let on_tour = props.on_command.reform(|_: MouseEvent| Command::Tour);
    let on_what_if = props.on_mode.reform(|_: MouseEvent| Mode::WhatIf);
    let on_drill = props.on_mode.reform(|_: MouseEvent| Mode::Drill);
    let on_close = {
        let closed = closed.clone();
        Callback::from(move |_: MouseEvent| closed.set(true))
    };
    html! {
        <section class="end-card" aria-labelledby="end-title">
            <header>
                <h3 id="end-title">{ "In the end" }</h3>
                { words::badge(Source::Simulated) }
                <button type="button" class="button icon" onclick={on_close} aria-label="Show the picture">{ "✕" }</button>
            </header>
            <p class="end-cause">{ &ending.cause }</p>
            <p>{ &ending.harm }</p>
            if let Some(known) = &ending.known {
                <p>{ known }</p>
            }
            if props.run.scenario.what_if.is_empty() {
                <Best run={props.run.clone()} base={Rc::clone(&props.base)} />
            }
            <p class="end-buttons">
                <button type="button" class="button primary" onclick={on_play}>{ icon(Icon::Play) }{ "Play again" }</button>
                <button type="button" class="button" onclick={on_tour}>{ "Tell it in a minute" }</button>
                <button type="button" class="button" onclick={on_what_if}>{ "What if" }</button>
                if drills_are_here() {
                    <button type="button" class="button" onclick={on_drill}>{ "Drill" }</button>
                }
                <a class="button" href="#defect">{ "The defect and its fix" }</a>
            </p>
        </section>
    }
}
