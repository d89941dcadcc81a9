//! A button that opens a panel. The button, Escape, and moving the focus out close it.

use web_sys::HtmlElement;
use yew::prelude::*;

use super::seek::is_inside;

#[derive(Properties, PartialEq)]
pub struct MenuProps {
    /// Name of the button and the panel.
    pub label: AttrValue,
    /// Classes of the button.
    pub class: AttrValue,
    /// Content of the button.
    pub face: Html,
    /// Renders the panel while it is open.
    pub panel: Callback<(), Html>,
}

/// The button and its panel.
#[component]
pub fn Menu(props: &MenuProps) -> Html {
    let open = use_state(|| false);
    let (root, button) = (use_node_ref(), use_node_ref());
    let on_click = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let on_leave = {
        let (open, root) = (open.clone(), root.clone());
        Callback::from(move |event: FocusEvent| {
            if !is_inside(&root, event.related_target()) {
                open.set(false);
            }
        })
    };
    let on_key = {
        let (open, button) = (open.clone(), button.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" && *open {
                // Keeps the page's own Escape binding from closing something else.
                event.prevent_default();
                open.set(false);
                if let Some(button) = button.cast::<HtmlElement>() {
                    let _ = button.focus();
                }
            }
        })
    };
    html! {
        <div class="menu" ref={root} onfocusout={on_leave} onkeydown={on_key}>
            <button type="button" class={classes!("button", props.class.to_string())} ref={button}
                aria-expanded={open.to_string()} title={props.label.clone()} onclick={on_click}>
                <span class="visually-hidden">{ props.label.clone() }{ " " }</span>
                { props.face.clone() }
            </button>
            if *open {
                // Focusable, so that clicks beside its controls do not close it.
                <div class="menu-panel" tabindex="-1" role="group" aria-label={props.label.clone()}>
                    { props.panel.emit(()) }
                </div>
            }
        </div>
    }
}
