//! The help dialog with the key bindings.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

use crate::replay::{Command, help};

#[derive(Properties, PartialEq)]
pub struct HelpProps {
    pub open: bool,
    pub keys_on: bool,
    pub on_command: Callback<Command>,
}

/// The dialog. The browser keeps the focus inside and gives it back.
#[component]
pub fn Help(props: &HelpProps) -> Html {
    let dialog = use_node_ref();
    {
        let dialog = dialog.clone();
        use_effect_with(props.open, move |open| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                if *open && !dialog.open() {
                    // Fails only when the dialog is open already or gone.
                    let _ = dialog.show_modal();
                } else if !*open && dialog.open() {
                    dialog.close();
                }
            }
        });
    }
    let on_close = props.on_command.reform(|_: Event| Command::Help(false));
    let on_click = props.on_command.reform(|_: MouseEvent| Command::Help(false));
    let keys_on = props.keys_on;
    let on_keys = props.on_command.reform(move |_: Event| Command::SetKeys(!keys_on));
    html! {
        <dialog class="help" ref={dialog} aria-labelledby="help-title" onclose={on_close}>
            <h2 id="help-title">{ "Keys" }</h2>
            <table class="table">
                <thead class="visually-hidden">
                    <tr><th scope="col">{ "Key" }</th><th scope="col">{ "What it does" }</th></tr>
                </thead>
                <tbody>
                    { for help().into_iter().map(|row| html! {
                        <tr>
                            <th scope="row"><kbd>{ row.keys }</kbd></th>
                            <td>{ row.description }</td>
                        </tr>
                    }) }
                </tbody>
            </table>
            <p>
                { "A minute of the incident is a second at 1×. In the charts, drag to zoom and double-click to zoom out. \
                   A focused button, slider or field keeps its own keys." }
            </p>
            <label class="menu-item">
                <input type="checkbox" checked={props.keys_on} onchange={on_keys} />
                <span>{ "Use these keys" }</span>
            </label>
            <button type="button" class="button primary" onclick={on_click}>{ "Close" }</button>
        </dialog>
    }
}
