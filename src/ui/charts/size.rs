//! Observes an element's size and the screen's resolution.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};
use yew::Callback;

use super::super::browser::ResolutionWatch;

/// Observes an element until dropped.
pub struct SizeWatch {
    observer: Option<ResizeObserver>,
    _callback: Closure<dyn FnMut()>,
    // Page zoom or another screen changes the resolution but not the size in CSS pixels.
    _resolution: ResolutionWatch,
}

impl SizeWatch {
    /// Calls `on_change` once at the beginning and after every change.
    pub fn new(element: &Element, on_change: Callback<()>) -> Self {
        let again = on_change.clone();
        let callback = Closure::<dyn FnMut()>::new(move || on_change.emit(()));
        let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            observer.observe(element);
        }
        let resolution = ResolutionWatch::new(move || again.emit(()));
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
