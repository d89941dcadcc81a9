//! A seat at which runs are worked on: a web worker, or the page itself where the browser has none.

use std::rc::Rc;

use js_sys::{Array, ArrayBuffer, Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{Event, MessageEvent, Worker};

use super::RunError;
use super::desk::Told;
use super::protocol::{self, Ask};
use super::turns::Turns;

/// Name of the global function from static/boot.js that starts a worker and sends it the program. It gives none where the browser
/// has no workers.
const SPAWN: &str = "incidentReplayWorker";

/// What is told of an error event without a message: browsers send one when a policy, a missing file or an extension keeps a
/// worker from starting.
const UNTOLD: &str =
    "the browser did not start it; a policy of the site, a file that is missing or an extension may be why";

/// What a seat tells: an answer, or why it is of no use any more.
pub(super) type Hear = Rc<dyn Fn(Result<Told, RunError>)>;

/// A seat. Dropping it ends its runs.
pub(super) enum Seat {
    Worker(Box<WorkerSeat>),
    Page(Turns),
}

impl Seat {
    /// Starts a worker, or takes a seat on the page.
    pub(super) fn start(hear: Hear) -> Result<Self, RunError> {
        let spawn: Function = Reflect::get(&js_sys::global(), &SPAWN.into())
            .and_then(JsCast::dyn_into)
            .map_err(|_| RunError::Worker("the page does not say how to start it".to_owned()))?;
        let worker = spawn.call0(&JsValue::UNDEFINED).map_err(|error| RunError::Worker(describe(&error)))?;
        if worker.is_null() || worker.is_undefined() {
            return Ok(Self::Page(Turns::new(move |told| hear(Ok(told)))));
        }
        let worker = worker.dyn_into().map_err(|_| RunError::Worker("what the page started is none".to_owned()))?;
        Ok(Self::Worker(Box::new(WorkerSeat::listen(worker, hear))))
    }

    /// # Errors
    /// The browser rejects the message.
    pub(super) fn ask(&self, ask: Ask) -> Result<(), RunError> {
        match self {
            Self::Worker(seat) => {
                let message = JsValue::from_str(&protocol::to_json(ask));
                seat.worker.post_message(&message).map_err(|error| RunError::Worker(describe(&error)))
            }
            Self::Page(turns) => {
                turns.ask(ask);
                Ok(())
            }
        }
    }
}

/// A worker and what listens to it.
pub(super) struct WorkerSeat {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    on_error: Closure<dyn FnMut(Event)>,
}

impl WorkerSeat {
    fn listen(worker: Worker, hear: Hear) -> Self {
        let told = Rc::clone(&hear);
        let on_message = Closure::new(move |event: MessageEvent| told(read_answer(&event.data())));
        let on_error = Closure::new(move |event: Event| {
            event.prevent_default();
            // Only some of these events have a message, whatever their type says.
            let message = Reflect::get(&event, &"message".into()).ok().and_then(|message| message.as_string());
            let message = message.filter(|message| !message.is_empty()).unwrap_or_else(|| UNTOLD.to_owned());
            hear(Err(RunError::Worker(message)));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        // Not every browser has `onmessageerror` here. Fails only for events that cannot be listened for.
        let _ = worker.add_event_listener_with_callback("messageerror", on_error.as_ref().unchecked_ref());
        Self { worker, _on_message: on_message, on_error }
    }
}

impl Drop for WorkerSeat {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        let _ = self.worker.remove_event_listener_with_callback("messageerror", self.on_error.as_ref().unchecked_ref());
        self.worker.terminate();
    }
}

fn describe(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => format!("{error:?}"),
    }
}

/// Reads an answer: an array of the JSON text and, with a piece of a recording, its bytes.
fn read_answer(data: &JsValue) -> Result<Told, RunError> {
    let parts = data.dyn_ref::<Array>().ok_or_else(|| RunError::Protocol("an answer of another shape".to_owned()))?;
    let text = parts.get(0).as_string().ok_or_else(|| RunError::Protocol("an answer without text".to_owned()))?;
    let piece = parts.get(1);
    Ok((protocol::from_json(&text)?, piece.dyn_ref::<ArrayBuffer>().map(|bytes| Uint8Array::new(bytes).to_vec())))
}
