//! The worker's side: works on runs, and listens in between, until the page terminates it.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use super::desk::Told;
use super::protocol::{self, Answer};
use super::turns::Turns;

/// The scope of the worker that this program runs in; `None` on the page.
#[must_use]
pub fn scope() -> Option<DedicatedWorkerGlobalScope> {
    js_sys::global().dyn_into().ok()
}

/// Serves the page.
pub fn serve(scope: DedicatedWorkerGlobalScope) {
    // Without this hook a panic would reach console and page as a bare "unreachable".
    std::panic::set_hook(Box::new(|info| {
        web_sys::console::error_1(&info.to_string().into());
        if let Some(port) = self::scope() {
            post(&port, (Answer::Crashed { why: info.to_string() }, None));
        }
    }));
    let port = scope.clone();
    let turns = Turns::new(move |told| post(&port, told));
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let text = event.data().as_string().unwrap_or_default();
        match protocol::from_json(&text) {
            Ok(ask) => turns.ask(ask),
            Err(error) => turns.say(Some((Answer::Failed { id: 0, why: error.to_string() }, None))),
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // Lives as long as the worker.
    on_message.forget();
}

fn post(port: &DedicatedWorkerGlobalScope, (answer, piece): Told) {
    let message = Array::of1(&protocol::to_json(&answer).into());
    let sent = match piece {
        Some(piece) => {
            let bytes = Uint8Array::from(piece.as_slice()).buffer();
            message.push(&bytes);
            port.post_message_with_transfer(&message, &Array::of1(&bytes))
        }
        None => port.post_message(&message),
    };
    if let Err(error) = sent {
        // The page receives it as the worker's error event.
        wasm_bindgen::throw_val(error);
    }
}
