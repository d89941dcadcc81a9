//! Whether an element is in view; whether the page is: its tab is in front, and its frame, if any, is inside the window.

use std::cell::Cell;
use std::rc::Rc;

use gloo::events::EventListener;
use wasm_bindgen::prelude::*;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};
use yew::prelude::*;

use super::browser;

/// Observes whether an element is inside the window until dropped.
pub struct InView {
    observer: Option<IntersectionObserver>,
    _on_intersection: Closure<dyn FnMut(js_sys::Array)>,
}

impl InView {
    /// Calls `on_change` soon with how it is, and whenever the element comes into view or leaves it; `margin` is what counts as
    /// window around it, as in CSS. In a frame the browser compares with the top-level viewport, whatever the host's origin.
    pub fn watch(element: &Element, margin: &str, on_change: impl Fn(bool) + 'static) -> Self {
        let on_intersection = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
            if let Ok(entry) = entries.pop().dyn_into::<IntersectionObserverEntry>() {
                on_change(entry.is_intersecting());
            }
        });
        let options = IntersectionObserverInit::new();
        options.set_root_margin(margin);
        let observer = IntersectionObserver::new_with_options(on_intersection.as_ref().unchecked_ref(), &options).ok();
        if let Some(observer) = &observer {
            observer.observe(element);
        }
        Self { observer, _on_intersection: on_intersection }
    }
}

impl Drop for InView {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}

/// Observes the page's visibility until dropped.
pub struct Visibility {
    _frame: Option<InView>,
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
        let frame = {
            let tell = tell.clone();
            browser::document().body().map(|body| {
                InView::watch(&body, "0px", move |is_seen| {
                    in_window.set(is_seen);
                    tell();
                })
            })
        };
        let on_tab = EventListener::new(&browser::document(), "visibilitychange", move |_| tell());
        Self { _frame: frame, _on_tab: on_tab }
    }
}

/// Hook: whether an element is in view, or nearly. True until it is known.
#[hook]
pub fn use_in_view(element: &NodeRef) -> bool {
    let is_seen = use_state_eq(|| true);
    let (element, set) = (element.clone(), is_seen.setter());
    use_effect_with((), move |()| {
        let watched =
            element.cast::<Element>().map(|element| InView::watch(&element, "10%", move |seen| set.set(seen)));
        move || drop(watched)
    });
    *is_seen
}
