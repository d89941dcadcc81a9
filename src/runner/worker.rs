//! Runs in a web worker: the page's side ([`WorkerRunner`]) and the worker's ([`serve`]), in one wasm program.
//!
//! Invariant: the page never simulates; it sends requests and decodes responses.

use js_sys::{Array, ArrayBuffer, Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, Event, MessageEvent, Worker};

use super::local::LocalRun;
use super::protocol::{ResponseBody, RunRequest, RunResponse};
use super::{Finished, RunError, RunEvent};
use crate::recording::Recording;
use crate::scenario::{Release, Scenario};

/// Name of the global function from static/boot.js that starts a worker and sends it the program.
const SPAWN: &str = "incidentReplayWorker";

/// What is told of an error event without a message: browsers send one when a policy, a missing file or an extension keeps a
/// worker from starting.
const UNTOLD: &str =
    "the browser did not start it; a policy of the site, a file that is missing or an extension may be why";

/// A worker that simulates for the page. Dropping it terminates the worker and its run.
pub struct WorkerRunner {
    worker: Worker,
    id_last: u32,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    on_error: Closure<dyn FnMut(Event)>,
}

impl WorkerRunner {
    /// Starts a worker. `on_event` receives the events of every run with its id; id 0 stands for the worker itself.
    ///
    /// # Errors
    /// static/boot.js is missing, or the browser cannot start a worker.
    pub fn start(on_event: impl Fn(u32, RunEvent) + Clone + 'static) -> Result<Self, RunError> {
        let spawn: Function = Reflect::get(&js_sys::global(), &SPAWN.into())
            .and_then(JsCast::dyn_into)
            .map_err(|_| RunError::Worker("the page does not say how to start it".to_owned()))?;
        let worker = spawn.call0(&JsValue::UNDEFINED).map_err(|error| RunError::Worker(describe(&error)))?;
        let worker: Worker =
            worker.dyn_into().map_err(|_| RunError::Worker("what the page started is none".to_owned()))?;

        let report = on_event.clone();
        let on_message = Closure::new(move |event: MessageEvent| {
            let (id, body) = read_response(&event.data()).unwrap_or_else(|error| (0, RunEvent::Failed(error)));
            report(id, body);
        });
        let on_error = Closure::new(move |event: Event| {
            event.prevent_default();
            // Only some of these events have a message, whatever their type says.
            let message = Reflect::get(&event, &"message".into()).ok().and_then(|message| message.as_string());
            let message = message.filter(|message| !message.is_empty()).unwrap_or_else(|| UNTOLD.to_owned());
            on_event(0, RunEvent::Failed(RunError::Worker(message)));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        // Not every browser has `onmessageerror` here. Fails only for events that cannot be listened for.
        let _ = worker.add_event_listener_with_callback("messageerror", on_error.as_ref().unchecked_ref());
        Ok(Self { worker, id_last: 0, _on_message: on_message, on_error })
    }

    /// Requests a run of a scenario, given as JSON, with the release it begins with. Requests are served in order. Returns
    /// the id that its events carry.
    ///
    /// # Errors
    /// The browser rejects the message.
    pub fn run(&mut self, scenario: &str, seed: u64, release: Release) -> Result<u32, RunError> {
        self.id_last += 1;
        let request = RunRequest::new(self.id_last, scenario.to_owned(), seed, release);
        self.worker
            .post_message(&JsValue::from_str(&request.to_json()))
            .map_err(|error| RunError::Worker(describe(&error)))?;
        Ok(self.id_last)
    }
}

impl Drop for WorkerRunner {
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

/// Decodes a response: an array of the JSON text and, for a finished run, the recording's bytes.
fn read_response(data: &JsValue) -> Result<(u32, RunEvent), RunError> {
    let parts = data.dyn_ref::<Array>().ok_or_else(|| RunError::Protocol("an answer of another shape".to_owned()))?;
    let text = parts.get(0).as_string().ok_or_else(|| RunError::Protocol("an answer without text".to_owned()))?;
    let response = RunResponse::from_json(&text)?;
    let report = match response.body {
        ResponseBody::Progress(ratio) => RunEvent::Progress(ratio),
        ResponseBody::Failed(message) => RunEvent::Failed(RunError::Scenario(message)),
        ResponseBody::Crashed(message) => RunEvent::Failed(RunError::Worker(message)),
        ResponseBody::Done { digest } => match decode(&parts.get(1)) {
            Ok(recording) => RunEvent::Done(Box::new(Finished { recording, digest })),
            Err(error) => RunEvent::Failed(error),
        },
    };
    Ok((response.id, report))
}

fn decode(bytes: &JsValue) -> Result<Recording, RunError> {
    let buffer = bytes
        .dyn_ref::<ArrayBuffer>()
        .ok_or_else(|| RunError::Protocol("a finished run without its recording".to_owned()))?;
    Recording::decode(&Uint8Array::new(buffer).to_vec()).map_err(|error| RunError::Protocol(error.to_string()))
}

/// The scope of the worker that this program runs in; `None` on the page.
#[must_use]
pub fn scope() -> Option<DedicatedWorkerGlobalScope> {
    js_sys::global().dyn_into().ok()
}

/// The worker's side: serves requests until the page terminates the worker.
pub fn serve(scope: DedicatedWorkerGlobalScope) {
    // Without this hook a panic would reach console and page as a bare "unreachable".
    std::panic::set_hook(Box::new(|info| {
        web_sys::console::error_1(&info.to_string().into());
        if let Some(port) = self::scope() {
            post(&port, 0, ResponseBody::Crashed(info.to_string()), None);
        }
    }));
    let port = scope.clone();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let text = event.data().as_string().unwrap_or_default();
        match RunRequest::from_json(&text) {
            Ok(request) => response(&port, &request),
            Err(error) => post(&port, 0, ResponseBody::Failed(error.to_string()), None),
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // Lives as long as the worker.
    on_message.forget();
}

fn response(port: &DedicatedWorkerGlobalScope, request: &RunRequest) {
    match simulate(port, request) {
        Ok(finished) => {
            let bytes = Uint8Array::from(finished.recording.encode().as_slice()).buffer();
            post(port, request.id, ResponseBody::Done { digest: finished.digest }, Some(&bytes));
        }
        Err(message) => post(port, request.id, ResponseBody::Failed(message), None),
    }
}

fn simulate(port: &DedicatedWorkerGlobalScope, request: &RunRequest) -> Result<Finished, String> {
    let scenario =
        Scenario::from_json(&request.scenario).map_err(|error| error.to_string())?.with_release(request.release);
    let seed = request.seed.parse().map_err(|_| format!("{:?} is no seed", request.seed))?;
    // The page takes silence for a worker that has died.
    post(port, request.id, ResponseBody::Progress(0.0), None);
    let mut run = LocalRun::new(&scenario, seed).map_err(|error| error.to_string())?;
    while run.step() {
        if let Some(ratio) = run.new_progress() {
            post(port, request.id, ResponseBody::Progress(ratio), None);
        }
    }
    run.finish().map_err(|error| error.to_string())
}

fn post(port: &DedicatedWorkerGlobalScope, id: u32, body: ResponseBody, bytes: Option<&ArrayBuffer>) {
    let message = Array::of1(&RunResponse::new(id, body).to_json().into());
    let sent = match bytes {
        Some(bytes) => {
            message.push(bytes);
            port.post_message_with_transfer(&message, &Array::of1(bytes))
        }
        None => port.post_message(&message),
    };
    if let Err(error) = sent {
        // The page receives it as the worker's error event.
        wasm_bindgen::throw_val(error);
    }
}
