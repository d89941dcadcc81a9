//! Access to browser features. Any of them may be unavailable (no storage in a private window, no full screen in a frame);
//! the page then works without it.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement, MediaQueryList, Storage, Window};

use crate::units::UtcMs;

/// Media query: the reader prefers reduced motion.
pub const REDUCED_MOTION: &str = "(prefers-reduced-motion: reduce)";
/// Media query: the system uses a dark theme.
pub const DARK: &str = "(prefers-color-scheme: dark)";
pub const MORE_CONTRAST: &str = "(prefers-contrast: more)";

const STORE_PREFIX: &str = "incident-replay.";

pub fn window() -> Window {
    gloo::utils::window()
}

pub fn document() -> Document {
    gloo::utils::document()
}

/// Sets an attribute of the root element, such as `data-theme`; `None` removes it.
pub fn set_root_attribute(name: &str, value: Option<&str>) {
    let Some(root) = document().document_element() else { return };
    // Names and values come from this program and are valid.
    let _ = match value {
        Some(value) => root.set_attribute(name, value),
        None => root.remove_attribute(name),
    };
}

/// Whether the page is away from its top, by the reader or because the browser restored where the reader was.
pub fn is_scrolled() -> bool {
    window().scroll_y().is_ok_and(|px| px > 0.0)
}

/// Distance that a shown element keeps from what covers the page above it.
const SHOWN_MARGIN_PX: f64 = 8.0;

/// Scrolls the page until an element stands below `top` and, where there is room, above `bottom`. Whoever has scrolled past it
/// looks at something else, and is left there.
pub fn show_between(element: &Element, top: Option<&Element>, bottom: Option<&Element>) {
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0);
    let rect = element.get_bounding_client_rect();
    let from = top.map_or(0.0, |top| top.get_bounding_client_rect().bottom().max(0.0)) + SHOWN_MARGIN_PX;
    let until = bottom.map_or(height, |bottom| bottom.get_bounding_client_rect().top().min(height));
    let is_past = rect.top() + rect.height() / 2.0 < from;
    if !is_past && (rect.top() < from || rect.bottom() > until) {
        window().scroll_by_with_x_and_y(0.0, rect.top() - from);
    }
}

/// Content of the first meta element that matches a selector.
pub fn meta(selector: &str) -> Option<String> {
    let element = document().query_selector(selector).ok().flatten()?;
    element.get_attribute("content").filter(|content| !content.is_empty())
}

/// Milliseconds of the reader's time, since the page was loaded.
pub fn now_ms() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// Number of processors that the browser tells of; one at least.
pub fn concurrency() -> usize {
    // Browsers give whole numbers; those that tell none give NaN here.
    (window().navigator().hardware_concurrency() as usize).max(1)
}

/// Whether a media query matches now.
pub fn media(query: &str) -> bool {
    media_list(query).is_some_and(|list| list.matches())
}

/// Calls `on_change` for every change of a media query until the listener is dropped.
pub fn watch_media(query: &str, on_change: impl Fn(bool) + 'static) -> Option<EventListener> {
    let list = media_list(query)?;
    let watched = list.clone();
    Some(EventListener::new(&watched, "change", move |_| on_change(list.matches())))
}

/// Whether nothing has the focus, such as after what had it has gone away.
pub fn has_lost_focus() -> bool {
    let active = document().active_element();
    active.is_none() || active == document().body().map(Into::into)
}

/// Focuses the first element that the selector finds.
pub fn focus(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Whether the keyboard is Apple's, whose Option key types characters.
pub fn is_apple() -> bool {
    window().navigator().platform().is_ok_and(|platform| platform.starts_with("Mac") || platform.starts_with("iP"))
}

/// Calls `on_change` when the screen's resolution changes, which no other event tells where the size stays, until dropped.
pub struct ResolutionWatch(Rc<RefCell<Option<EventListener>>>);

impl ResolutionWatch {
    pub fn new(on_change: impl Fn() + 'static) -> Self {
        let listener = Rc::default();
        Self::arm(&listener, Rc::new(on_change));
        Self(listener)
    }

    /// A media query is about one resolution, so that each change needs another.
    fn arm(listener: &Rc<RefCell<Option<EventListener>>>, on_change: Rc<dyn Fn()>) {
        let again = Rc::downgrade(listener);
        let query = format!("(resolution: {}dppx)", window().device_pixel_ratio());
        let armed = watch_media(&query, move |_| {
            if let Some(listener) = again.upgrade() {
                Self::arm(&listener, Rc::clone(&on_change));
            }
            on_change();
        });
        // The listener that runs now must outlive its call.
        let before = listener.replace(armed);
        gloo::timers::callback::Timeout::new(0, move || drop(before)).forget();
    }
}

impl Drop for ResolutionWatch {
    fn drop(&mut self) {
        self.0.take();
    }
}

fn media_list(query: &str) -> Option<MediaQueryList> {
    window().match_media(query).ok().flatten()
}

/// The stored value of a name; `None` also when storage is disabled.
pub fn stored(name: &str) -> Option<String> {
    storage()?.get_item(&format!("{STORE_PREFIX}{name}")).ok().flatten()
}

/// Stores a value if the browser allows it.
pub fn store(name: &str, value: &str) {
    if let Some(storage) = storage() {
        // Without storage the preference is only lost on reload.
        let _ = storage.set_item(&format!("{STORE_PREFIX}{name}"), value);
    }
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// Offset of the browser's time zone from UTC at a moment, in minutes.
pub fn local_offset_min(at: UtcMs) -> i32 {
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at.0 as f64));
    -date.get_timezone_offset() as i32
}

/// The page's current address.
pub fn address() -> String {
    let location = window().location();
    location.href().unwrap_or_default()
}

/// Enters or leaves full screen.
pub fn set_full_screen(on: bool) {
    let document = document();
    if on {
        if let Some(root) = document.document_element() {
            // Fails in frames without permission; the player then stays as it is.
            let _ = root.request_fullscreen();
        }
    } else if document.fullscreen_element().is_some() {
        document.exit_fullscreen();
    }
}

/// Scrolls the list, not the page, until `element` is visible above `floor`.
pub fn scroll_into_list(list: &HtmlElement, element: &HtmlElement, floor: Option<&Element>) {
    let (frame, item) = (list.get_bounding_client_rect(), element.get_bounding_client_rect());
    let floor = floor.map_or(f64::INFINITY, |floor| floor.get_bounding_client_rect().top());
    // When hardly any of the list is visible, `floor` is ignored.
    let bottom = if floor - frame.top() > item.height().min(frame.height() / 2.0) { floor } else { f64::INFINITY };
    let above = item.top() - frame.top();
    let below = item.bottom() - frame.bottom().min(bottom);
    let by = if above < 0.0 { above } else { below.max(0.0).min(above) };
    if by != 0.0 {
        list.set_scroll_top(list.scroll_top() + by as i32);
    }
}
