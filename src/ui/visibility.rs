//! Whether the page is visible: its tab is in front, and its frame, if any, is inside the window.

use std::cell::Cell;
use std::rc::Rc;

use gloo::events::EventListener;
use wasm_bindgen::prelude::*;
use web_sys::{IntersectionObserver, IntersectionObserverEntry};
use yew::Callback;

use super::browser;

/// Observes the page's visibility until dropped.
pub struct Visibility {
    observer: Option<IntersectionObserver>,
    _on_intersection: Closure<dyn FnMut(js_sys::Array)>,
    _on_tab: EventListener,
}

impl Visibility {
    /// Calls `on_change` whenever the page becomes visible or hidden.
    pub fn watch(on_change: Callback<bool>) -> Self {
        let in_window = Rc::new(Cell::new(true));
        let tell = {
            let in_window = Rc::clone(&in_window);
            move || on_change.emit(in_window.get() && !browser::document().hidden())
        };
        let on_intersection = {
            let tell = tell.clone();
            Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
                if let Ok(entry) = entries.pop().dyn_into::<IntersectionObserverEntry>() {
                    in_window.set(entry.is_intersecting());
                    tell();
                }
            })
        };
        let observer = IntersectionObserver::new(on_intersection.as_ref().unchecked_ref()).ok();
        // In a frame the browser compares with the top-level viewport, whatever the host's origin.
        if let (Some(observer), Some(body)) = (&observer, browser::document().body()) {
            observer.observe(&body);
        }
        let on_tab = EventListener::new(&browser::document(), "visibilitychange", move |_| tell());
        Self { observer, _on_intersection: on_intersection, _on_tab: on_tab }
    }
}

impl Drop for Visibility {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}
