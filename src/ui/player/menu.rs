//! A button that opens a panel. The button, Escape, a press outside, and moving the focus out close it, wherever the focus is:
//! Safari gives buttons none when they are pressed.

use gloo::events::{EventListener, EventListenerOptions, EventListenerPhase};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::seek::is_inside;
use crate::ui::browser;

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
    {
        let (is_open, open, root, button) = (*open, open.setter(), root.clone(), button.clone());
        use_effect_with(is_open, move |is_open| {
            let listeners = is_open.then(|| outside(&root, &button, &open));
            move || drop(listeners)
        });
    }
    html! {
        <div class="menu" ref={root} onfocusout={on_leave}>
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

/// Closes an open menu.
fn outside(root: &NodeRef, button: &NodeRef, open: &UseStateSetter<bool>) -> [EventListener; 2] {
    let document = browser::document();
    let (pressed, root) = (open.clone(), root.clone());
    let on_press = EventListener::new(&document, "pointerdown", move |event| {
        if !is_inside(&root, event.target()) {
            pressed.set(false);
        }
    });
    // Before the page's own Escape, which would close something else.
    let options = EventListenerOptions { phase: EventListenerPhase::Capture, passive: false };
    let (escaped, button) = (open.clone(), button.clone());
    let on_key = EventListener::new_with_options(&document, "keydown", options, move |event| {
        if event.dyn_ref::<KeyboardEvent>().is_some_and(|event| event.key() == "Escape") {
            event.prevent_default();
            escaped.set(false);
            if let Some(button) = button.cast::<HtmlElement>() {
                let _ = button.focus();
            }
        }
    });
    [on_press, on_key]
}
