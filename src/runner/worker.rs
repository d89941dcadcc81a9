//! Runs in a web worker: the page's side ([`WorkerRunner`]) and the worker's ([`serve`]), one wasm for both.
//!
//! Invariant: the page never simulates; it only asks, and decodes what comes back.

use js_sys::{Array, ArrayBuffer, Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, ErrorEvent, MessageEvent, Worker};

use super::local::Run;
use super::protocol::{Answer, Ask, News};
use super::{Finished, Report, RunError};
use crate::recording::Recording;
use crate::scenario::{Release, Scenario};

/// Where static/boot.js leaves the function that makes a worker and sends it the program.
const SPAWN: &str = "incidentReplayWorker";

/// A worker that simulates for the page. Dropping it ends the worker and what it is at.
pub struct WorkerRunner {
    worker: Worker,
    id_last: u32,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl WorkerRunner {
    /// Starts a worker; `on_report` hears of every run with its id. An id of 0 means the worker itself.
    ///
    /// # Errors
    /// The page does not say how, or the browser refuses it.
    pub fn start(on_report: impl Fn(u32, Report) + Clone + 'static) -> Result<Self, RunError> {
        let spawn: Function = Reflect::get(&js_sys::global(), &SPAWN.into())
            .and_then(JsCast::dyn_into)
            .map_err(|_| RunError::Worker("the page does not say how to start it".to_owned()))?;
        let worker = spawn.call0(&JsValue::UNDEFINED).map_err(|error| RunError::Worker(describe(&error)))?;
        let worker: Worker =
            worker.dyn_into().map_err(|_| RunError::Worker("what the page started is none".to_owned()))?;

        let report = on_report.clone();
        let on_message = Closure::new(move |event: MessageEvent| {
            let (id, news) = read_answer(&event.data()).unwrap_or_else(|error| (0, Report::Failed(error)));
            report(id, news);
        });
        let on_error = Closure::new(move |event: ErrorEvent| {
            event.prevent_default();
            on_report(0, Report::Failed(RunError::Worker(event.message())));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, id_last: 0, _on_message: on_message, _on_error: on_error })
    }

    /// Asks for a run of a scenario, given as JSON, with the release it is to begin with; after those that were asked for
    /// before. Returns the id under which its reports come.
    ///
    /// # Errors
    /// The browser does not pass the message on.
    pub fn run(&mut self, scenario: &str, seed: u64, release: Release) -> Result<u32, RunError> {
        self.id_last += 1;
        let ask = Ask::new(self.id_last, scenario.to_owned(), seed, release);
        self.worker
            .post_message(&JsValue::from_str(&ask.to_json()))
            .map_err(|error| RunError::Worker(describe(&error)))?;
        Ok(self.id_last)
    }
}

impl Drop for WorkerRunner {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

fn describe(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => format!("{error:?}"),
    }
}

/// An answer is an array: the JSON text, and for a finished run the recording's bytes.
fn read_answer(data: &JsValue) -> Result<(u32, Report), RunError> {
    let parts = data.dyn_ref::<Array>().ok_or_else(|| RunError::Protocol("an answer of another shape".to_owned()))?;
    let text = parts.get(0).as_string().ok_or_else(|| RunError::Protocol("an answer without text".to_owned()))?;
    let answer = Answer::from_json(&text)?;
    let report = match answer.news {
        News::Progress(ratio) => Report::Progress(ratio),
        News::Failed(message) => Report::Failed(RunError::Scenario(message)),
        News::Done { digest } => match decode(&parts.get(1)) {
            Ok(recording) => Report::Done(Box::new(Finished { recording, digest })),
            Err(error) => Report::Failed(error),
        },
    };
    Ok((answer.id, report))
}

fn decode(bytes: &JsValue) -> Result<Recording, RunError> {
    let buffer = bytes
        .dyn_ref::<ArrayBuffer>()
        .ok_or_else(|| RunError::Protocol("a finished run without its recording".to_owned()))?;
    Recording::decode(&Uint8Array::new(buffer).to_vec()).map_err(|error| RunError::Protocol(error.to_string()))
}

/// The worker this program runs in; `None` on the page.
#[must_use]
pub fn scope() -> Option<DedicatedWorkerGlobalScope> {
    js_sys::global().dyn_into().ok()
}

/// The worker's side: answers every question until the page ends the worker.
pub fn serve(scope: DedicatedWorkerGlobalScope) {
    // Without it a bug would reach the console as a bare "unreachable".
    std::panic::set_hook(Box::new(|info| web_sys::console::error_1(&info.to_string().into())));
    let port = scope.clone();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let text = event.data().as_string().unwrap_or_default();
        match Ask::from_json(&text) {
            Ok(ask) => answer(&port, &ask),
            Err(error) => post(&port, 0, News::Failed(error.to_string()), None),
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // It must live as long as the worker does.
    on_message.forget();
}

fn answer(port: &DedicatedWorkerGlobalScope, ask: &Ask) {
    match simulate(port, ask) {
        Ok(finished) => {
            let bytes = Uint8Array::from(finished.recording.encode().as_slice()).buffer();
            post(port, ask.id, News::Done { digest: finished.digest }, Some(&bytes));
        }
        Err(message) => post(port, ask.id, News::Failed(message), None),
    }
}

fn simulate(port: &DedicatedWorkerGlobalScope, ask: &Ask) -> Result<Finished, String> {
    let scenario = Scenario::from_json(&ask.scenario).map_err(|error| error.to_string())?.with_release(ask.release);
    let seed = ask.seed.parse().map_err(|_| format!("{:?} is no seed", ask.seed))?;
    let mut run = Run::new(&scenario, seed).map_err(|error| error.to_string())?;
    while run.step() {
        if let Some(ratio) = run.news() {
            post(port, ask.id, News::Progress(ratio), None);
        }
    }
    run.finish().map_err(|error| error.to_string())
}

fn post(port: &DedicatedWorkerGlobalScope, id: u32, news: News, bytes: Option<&ArrayBuffer>) {
    let message = Array::of1(&Answer::new(id, news).to_json().into());
    let sent = match bytes {
        Some(bytes) => {
            message.push(bytes);
            port.post_message_with_transfer(&message, &Array::of1(bytes))
        }
        None => port.post_message(&message),
    };
    if let Err(error) = sent {
        // The page hears of it through the worker's error event.
        wasm_bindgen::throw_val(error);
    }
}
