//! Tells when an element's size or the screen's resolution changes.

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};
use yew::Callback;

use super::super::browser;

/// Watches an element until it is dropped.
pub struct SizeWatch {
    observer: Option<ResizeObserver>,
    _callback: Closure<dyn FnMut()>,
    // A zoom of the page or a move to another screen changes the resolution, not the size in CSS pixels.
    _resolution: EventListener,
}

impl SizeWatch {
    /// Calls `on_change` after every change, and once at the beginning.
    pub fn new(element: &Element, on_change: Callback<()>) -> Self {
        let again = on_change.clone();
        let callback = Closure::<dyn FnMut()>::new(move || on_change.emit(()));
        let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            observer.observe(element);
        }
        let resolution = EventListener::new(&browser::window(), "resize", move |_| again.emit(()));
        Self { observer, _callback: callback, _resolution: resolution }
    }
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}
