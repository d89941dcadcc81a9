//! Which side of a comparison the stage shows: the what-if, or what happened.

use yew::prelude::*;

/// A side of a comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Side {
    #[default]
    WhatIf,
    Actual,
}

/// The choice between both. The charts always show both.
pub fn sides(shown: Side, on_side: &Callback<Side>) -> Html {
    let choice = |side: Side, words: &'static str| {
        let on_change = on_side.reform(move |_: Event| side);
        html! {
            <label class="choice-item">
                <input type="radio" name="side" checked={side == shown} onchange={on_change} />
                <span>{ words }</span>
            </label>
        }
    };
    html! {
        <fieldset class="choice sides">
            <legend class="visually-hidden">{ "What the picture shows" }</legend>
            { choice(Side::WhatIf, "What if") }
            { choice(Side::Actual, "As it happened") }
        </fieldset>
    }
}
