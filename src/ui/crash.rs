//! Tells a panic of the page: what happened, a way to go on, and a report that can be copied.
//!
//! Invariant: the page never ends in silence. The box stands outside of what the app renders, and static/boot.js makes it
//! without the app, which nobody may call any more.

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// Name of the global function in static/boot.js that shows the box and tells the host of an embed.
const SHOW: &str = "incidentReplayCrashed";

/// Tells every panic from now on.
pub fn tell_panics() {
    // Yew would replace any other hook by its own.
    yew::set_custom_panic_hook(Box::new(|info| {
        let message = info.to_string();
        web_sys::console::error_1(&message.as_str().into());
        let show = Reflect::get(&js_sys::global(), &SHOW.into()).and_then(JsCast::dyn_into::<Function>);
        if let Ok(show) = show {
            // There is nobody left to tell if this fails.
            let _ = show.call2(&JsValue::UNDEFINED, &message.into(), &env!("CARGO_PKG_VERSION").into());
        }
    }));
}
