//! The speed menu, in both units.

use yew::prelude::*;

use super::menu::Menu;
use crate::replay::{Command, SPEEDS};

pub fn speed_menu(speed: f64, on_command: &Callback<Command>) -> Html {
    let face = html! {
        <>
            <strong>{ format!("{speed}×") }</strong>{ " " }
            <span>{ per_second(speed) }</span>
        </>
    };
    let on_command = on_command.clone();
    let panel = Callback::from(move |()| {
        html! {
            <fieldset class="menu-group">
                <legend>{ "Speed" }</legend>
                { for SPEEDS.into_iter().map(|offered| choice(offered, offered == speed, &on_command)) }
            </fieldset>
        }
    });
    html! { <Menu label="Speed" class="speed" {face} {panel} /> }
}

fn choice(speed: f64, is_chosen: bool, on_command: &Callback<Command>) -> Html {
    let on_change = on_command.reform(move |_: Event| Command::SetSpeed(speed));
    html! {
        <label class="menu-item">
            <input type="radio" name="speed" checked={is_chosen} onchange={on_change} />
            <span>{ format!("{speed}×") }</span>
            <span class="menu-hint">{ per_second(speed) }</span>
        </label>
    }
}

/// "2 min/s", "15 s/s".
fn per_second(speed: f64) -> String {
    if speed < 1.0 { format!("{} s/s", speed * 60.0) } else { format!("{speed} min/s") }
}
