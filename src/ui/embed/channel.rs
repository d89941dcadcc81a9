//! The message channel between an embed and its host.
//!
//! Invariant: only messages from the parent window are read, and only from the origin that sent the first valid message.
//! Until then the host is sent nothing but the greeting and the height.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::EventListener;
use js_sys::Object;
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, Window};
use yew::Callback;

use super::super::browser;
use super::message::{HostMessage, is_start, message, read};
use crate::json;
use crate::replay::embedding::{Happening, Told};

/// Least time between two `timeupdate` events: at most four a second.
const TIME_UPDATE_MS: f64 = 250.0;

/// The channel to the parent window.
pub struct Channel {
    host: Window,
    origin: Rc<RefCell<Option<String>>>,
    told_ms: f64,
    _listener: EventListener,
}

impl Channel {
    /// Calls `on_start` when the host asks an embed that is out of sight to simulate. `None` when the page is not in a frame.
    pub fn await_start(on_start: impl Fn() + 'static) -> Option<EventListener> {
        let host = host()?;
        Some(EventListener::new(&browser::window(), "message", move |event| {
            let Some(event) = event.dyn_ref::<MessageEvent>() else { return };
            let is_host = event.source().is_some_and(|source| Object::is(&source, &host));
            if is_host && is_start(&event.data()) {
                on_start();
            }
        }))
    }

    /// Opens the channel: `on_request` receives the host's requests. `None` when the page is not in a frame.
    pub fn open(on_request: Callback<HostMessage>) -> Option<Self> {
        let (window, host) = (browser::window(), host()?);
        let origin = Rc::new(RefCell::new(None));
        let listener = {
            let (host, origin) = (host.clone(), Rc::clone(&origin));
            EventListener::new(&window, "message", move |event| {
                let Some(event) = event.dyn_ref::<MessageEvent>() else { return };
                let is_host = event.source().is_some_and(|source| Object::is(&source, &host));
                let is_known = origin.borrow().as_ref().is_none_or(|origin| *origin == event.origin());
                if let Some(request) = read(&event.data()).filter(|_| is_host && is_known) {
                    *origin.borrow_mut() = Some(event.origin());
                    on_request.emit(request);
                }
            })
        };
        Some(Self { host, origin, told_ms: f64::NEG_INFINITY, _listener: listener })
    }

    /// Announces the embed to any host, which may then send requests.
    pub fn greet(&self) {
        post(&self.host, &message(Told::Hello, &[]), "*");
    }

    /// Answers a request.
    pub fn answer(&self, id: &JsValue, outcome: Result<JsValue, String>) {
        let (key, value) = match outcome {
            Ok(value) => ("value", value),
            Err(error) => ("error", error.into()),
        };
        self.send(&message(Told::Answer, &[("id", id.clone()), (key, value)]));
    }

    /// Sends an event with the state after it.
    pub fn tell(&self, event: Happening, state: &JsValue, detail: JsValue) {
        let properties = [("event", event.name().into()), ("state", state.clone()), ("detail", detail)];
        self.send(&message(Told::Event, &properties));
    }

    /// Whether a `timeupdate` event is due.
    pub fn is_time_due(&mut self, now_ms: f64) -> bool {
        let is_due = now_ms - self.told_ms >= TIME_UPDATE_MS && self.origin.borrow().is_some();
        if is_due {
            self.told_ms = now_ms;
        }
        is_due
    }

    fn send(&self, message: &JsValue) {
        match self.origin.borrow().as_deref() {
            None => {}
            // Files and sandboxed frames have no origin to address.
            Some("null") => post(&self.host, message, "*"),
            Some(origin) => post(&self.host, message, origin),
        }
    }
}

/// Sends the preferred height to any host: it is not confidential.
pub fn post_height(height_px: f64) {
    let Some(host) = host() else { return };
    post(&host, &message(Told::Height, &[("height", height_px.into())]), "*");
    // The format that blogs and document tools understand.
    let text = serde_json::json!({ "context": "iframe.resize", "src": browser::address(), "height": height_px });
    post(&host, &json::to_string(&text).into(), "*");
}

/// Tells any host that the embed is there, and simulates when it is seen or asked.
pub fn post_waiting() {
    if let Some(host) = host() {
        post(&host, &message(Told::Waiting, &[]), "*");
    }
}

/// Reports to any host that the replay cannot be shown.
pub fn post_failed(error: &str) {
    if let Some(host) = host() {
        post(&host, &message(Told::Failed, &[("message", error.into())]), "*");
    }
}

/// The parent window.
fn host() -> Option<Window> {
    let window = browser::window();
    window.parent().ok().flatten().filter(|host| *host != window)
}

fn post(host: &Window, message: &JsValue, origin: &str) {
    // Fails only for values that cannot be cloned; there are none here.
    let _ = host.post_message(message, origin);
}
