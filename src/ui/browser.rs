//! What the page asks of the browser itself. Each may be refused (no storage in a private window, no full screen in a
//! frame): then the page does without.

use gloo::events::EventListener;
use web_sys::{Document, Element, HtmlElement, MediaQueryList, Storage, Window};

use crate::units::UtcMs;

/// The reader asked for less motion.
pub const REDUCED_MOTION: &str = "(prefers-reduced-motion: reduce)";
/// The reader's system is dark.
pub const DARK: &str = "(prefers-color-scheme: dark)";

const STORE_PREFIX: &str = "incident-replay.";

/// The window.
pub fn window() -> Window {
    gloo::utils::window()
}

/// The document.
pub fn document() -> Document {
    gloo::utils::document()
}

/// Sets an attribute of the root element, such as `data-theme`; removes it without a value.
pub fn set_root_attribute(name: &str, value: Option<&str>) {
    let Some(root) = document().document_element() else { return };
    // Names and values come from this program: the browser has nothing to refuse.
    let _ = match value {
        Some(value) => root.set_attribute(name, value),
        None => root.remove_attribute(name),
    };
}

/// Scrolls to an element of which less than its upper half can be seen.
pub fn show(id: &str) {
    let Some(element) = document().get_element_by_id(id) else { return };
    let rect = element.get_bounding_client_rect();
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0);
    if rect.top() + rect.height() / 2.0 > height {
        element.scroll_into_view();
    }
}

/// What the first meta element that a selector finds says.
pub fn meta(selector: &str) -> Option<String> {
    let element = document().query_selector(selector).ok().flatten()?;
    element.get_attribute("content").filter(|content| !content.is_empty())
}

/// Whether a media query holds now.
pub fn media(query: &str) -> bool {
    media_list(query).is_some_and(|list| list.matches())
}

/// Calls `on_change` with every change of a media query, until the listener is dropped.
pub fn watch_media(query: &str, on_change: impl Fn(bool) + 'static) -> Option<EventListener> {
    let list = media_list(query)?;
    let watched = list.clone();
    Some(EventListener::new(&watched, "change", move |_| on_change(list.matches())))
}

fn media_list(query: &str) -> Option<MediaQueryList> {
    window().match_media(query).ok().flatten()
}

/// What was stored under a name; storage may be switched off, and then throws.
pub fn stored(name: &str) -> Option<String> {
    storage()?.get_item(&format!("{STORE_PREFIX}{name}")).ok().flatten()
}

/// Stores a value under a name, where the browser allows it.
pub fn store(name: &str, value: &str) {
    if let Some(storage) = storage() {
        // A full or forbidden storage costs only the convenience.
        let _ = storage.set_item(&format!("{STORE_PREFIX}{name}"), value);
    }
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// Minutes to add to UTC for the reader's own clock at a moment.
pub fn local_offset_min(at: UtcMs) -> i32 {
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at.0 as f64));
    -date.get_timezone_offset() as i32
}

/// The page's address as it is now.
pub fn address() -> String {
    let location = window().location();
    location.href().unwrap_or_default()
}

/// Fills the screen with the page, or leaves full screen.
pub fn set_full_screen(on: bool) {
    let document = document();
    if on {
        if let Some(root) = document.document_element() {
            // Refused in frames without permission: the player then hears nothing and stays as it is.
            let _ = root.request_fullscreen();
        }
    } else if document.fullscreen_element().is_some() {
        document.exit_fullscreen();
    }
}

/// Scrolls the list, never the page, until `element` is in the part of it that is seen above `floor`.
pub fn scroll_into_list(list: &HtmlElement, element: &HtmlElement, floor: Option<&Element>) {
    let (frame, item) = (list.get_bounding_client_rect(), element.get_bounding_client_rect());
    let margin = 8.0;
    let floor = floor.map_or(f64::INFINITY, |floor| floor.get_bounding_client_rect().top());
    // Where hardly anything of the list is seen, there is nothing to keep it above.
    let bottom = if floor - frame.top() > item.height().min(frame.height() / 2.0) { floor } else { f64::INFINITY };
    let above = item.top() - frame.top() - margin;
    let below = item.bottom() - frame.bottom().min(bottom) + margin;
    let by = if above < 0.0 { above } else { below.max(0.0).min(above) };
    if by != 0.0 {
        list.set_scroll_top(list.scroll_top() + by as i32);
    }
}
