//! Keyboard events, and which kind of widget has the focus.

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};
use yew::Callback;

use super::browser;
use crate::replay::{Focus, KeyPress};

/// Calls `on_key` for every key that no widget has handled, until the listener is dropped.
pub fn listen(on_key: Callback<KeyboardEvent>) -> EventListener {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&browser::document(), "keydown", options, move |event| {
        if let Some(event) = event.dyn_ref::<KeyboardEvent>().filter(|event| !event.default_prevented()) {
            on_key.emit(event.clone());
        }
    })
}

/// The key press with the focused kind of widget; `key` is `event.key()`, `code` `event.code()`.
pub fn press<'a>(event: &KeyboardEvent, key: &'a str, code: &'a str) -> KeyPress<'a> {
    // On Apple's keyboards, Option types `[` and its like.
    let is_typed = event.alt_key()
        && !event.ctrl_key()
        && key.len() == 1
        && !key.starts_with(|character: char| character.is_ascii_alphanumeric())
        && browser::is_apple();
    KeyPress {
        key,
        code,
        composing: event.is_composing(),
        shift: event.shift_key(),
        alt: event.alt_key(),
        ctrl: event.ctrl_key(),
        meta: event.meta_key(),
        alt_graph: event.get_modifier_state("AltGraph") || is_typed,
        focus: focus(event),
    }
}

fn focus(event: &KeyboardEvent) -> Focus {
    let Some(element) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
        return Focus::Page;
    };
    let within = |selector: &str| element.closest(selector).ok().flatten().is_some();
    let kind = element.get_attribute("type").unwrap_or_default();
    match element.tag_name().to_ascii_lowercase().as_str() {
        "textarea" | "select" => Focus::Text,
        "input" => match kind.as_str() {
            "radio" => Focus::Group,
            "checkbox" | "button" | "file" => Focus::Button,
            "range" => Focus::Slider,
            _ => Focus::Text,
        },
        _ if within("[role=slider]") => Focus::Slider,
        _ if within("[role=radio], [role=tab]") => Focus::Group,
        _ if within("[data-keys=chart]") => Focus::Chart,
        "button" | "a" | "summary" => Focus::Button,
        _ if within("[contenteditable=true]") => Focus::Text,
        _ => Focus::Page,
    }
}
