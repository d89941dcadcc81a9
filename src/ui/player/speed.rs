//! The choice of speed, in both units.

use yew::prelude::*;

use super::menu::Menu;
use crate::replay::{Command, SPEEDS};

/// Properties of [`SpeedMenu`].
#[derive(Properties, PartialEq)]
pub struct SpeedMenuProps {
    /// The speed.
    pub speed: f64,
    /// Takes commands for the player.
    pub on_command: Callback<Command>,
}

/// The menu.
#[component]
pub fn SpeedMenu(props: &SpeedMenuProps) -> Html {
    let face = html! {
        <>
            <strong>{ format!("{}×", props.speed) }</strong>{ " " }
            <span>{ per_second(props.speed) }</span>
        </>
    };
    html! {
        <Menu label="Speed" class="speed" {face}>
            <fieldset class="menu-group">
                <legend>{ "Speed" }</legend>
                { for SPEEDS.into_iter().map(|speed| choice(speed, props)) }
            </fieldset>
        </Menu>
    }
}

fn choice(speed: f64, props: &SpeedMenuProps) -> Html {
    let on_change = props.on_command.reform(move |_: Event| Command::SetSpeed(speed));
    html! {
        <label class="menu-item">
            <input type="radio" name="speed" checked={speed == props.speed} onchange={on_change} />
            <span>{ format!("{speed}×") }</span>
            <span class="menu-hint">{ per_second(speed) }</span>
        </label>
    }
}

/// "2 min/s", "15 s/s".
fn per_second(speed: f64) -> String {
    if speed < 1.0 { format!("{} s/s", speed * 60.0) } else { format!("{speed} min/s") }
}
