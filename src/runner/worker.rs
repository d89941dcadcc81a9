//! Runs in a web worker: the page's side ([`WorkerRunner`]) and the worker's ([`serve`]), in one wasm program.
//!
//! Invariant: the page never simulates; it asks, and puts the pieces of recordings together. The worker looks at its messages
//! every few milliseconds, so that what is asked last is heard at once.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use js_sys::{Array, ArrayBuffer, Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, Event, MessageChannel, MessageEvent, MessagePort, Worker};

use super::desk::{Desk, Told};
use super::protocol::{self, Answer, Ask};
use super::{Finished, RunError, RunEvent};
use crate::recording::Recording;
use crate::scenario::{Release, Scenario};
use crate::units::UtcMs;

/// Name of the global function from static/boot.js that starts a worker and sends it the program.
const SPAWN: &str = "incidentReplayWorker";

/// What is told of an error event without a message: browsers send one when a policy, a missing file or an extension keeps a
/// worker from starting.
const UNTOLD: &str =
    "the browser did not start it; a policy of the site, a file that is missing or an extension may be why";

/// Longest time that the worker works without looking at its messages.
const SLICE_MS: f64 = 4.0;

/// A run that was asked for, as far as it has come.
struct Awaited {
    from: UtcMs,
    until: UtcMs,
    recording: Option<Recording>,
}

type AwaitedRuns = Rc<RefCell<BTreeMap<u32, Awaited>>>;

/// A worker that simulates for the page. Dropping it terminates the worker and its runs.
pub struct WorkerRunner {
    worker: Worker,
    id_last: u32,
    awaited: AwaitedRuns,
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

        let awaited = AwaitedRuns::default();
        let (report, runs) = (on_event.clone(), Rc::clone(&awaited));
        let on_message = Closure::new(move |event: MessageEvent| {
            match read_answer(&event.data(), &mut runs.borrow_mut()) {
                Ok(Some((id, news))) => Some((id, news)),
                Ok(None) => None,
                Err(error) => Some((0, RunEvent::Failed(error))),
            }
            .into_iter()
            .for_each(|(id, news)| report(id, news));
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
        Ok(Self { worker, id_last: 0, awaited, _on_message: on_message, on_error })
    }

    /// Asks for the whole run of a scenario, whose JSON is `text`, with the release it begins with. Returns the id that its
    /// events carry.
    ///
    /// # Errors
    /// The browser rejects the message.
    pub fn run(&mut self, scenario: &Scenario, text: &str, release: Release) -> Result<u32, RunError> {
        self.id_last += 1;
        let (id, until) = (self.id_last, scenario.window.until);
        self.awaited.borrow_mut().insert(id, Awaited { from: scenario.window.from, until, recording: None });
        let (scenario, seed) = (text.to_owned(), scenario.seed.to_string());
        self.ask(&Ask::Open { id, scenario, seed, release, keeps_snapshots: false })?;
        self.ask(&Ask::Advance { id, until })?;
        Ok(id)
    }

    /// Gives a run up.
    ///
    /// # Errors
    /// The browser rejects the message.
    pub fn close(&mut self, id: u32) -> Result<(), RunError> {
        self.awaited.borrow_mut().remove(&id);
        self.ask(&Ask::Close { id })
    }

    fn ask(&self, ask: &Ask) -> Result<(), RunError> {
        let message = JsValue::from_str(&protocol::to_json(ask));
        self.worker.post_message(&message).map_err(|error| RunError::Worker(describe(&error)))
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

/// Reads an answer, an array of the JSON text and, with a piece of a recording, its bytes. `None` for a run that was given up.
fn read_answer(data: &JsValue, awaited: &mut BTreeMap<u32, Awaited>) -> Result<Option<(u32, RunEvent)>, RunError> {
    let parts = data.dyn_ref::<Array>().ok_or_else(|| RunError::Protocol("an answer of another shape".to_owned()))?;
    let text = parts.get(0).as_string().ok_or_else(|| RunError::Protocol("an answer without text".to_owned()))?;
    let failed = |id, error| Ok(Some((id, RunEvent::Failed(error))));
    let (id, at, digest) = match protocol::from_json(&text)? {
        Answer::Piece { id, at, digest, .. } => (id, at, digest),
        Answer::Refused { id, why } | Answer::Failed { id, why } => return failed(id, RunError::Scenario(why)),
        Answer::Crashed { why } => return failed(0, RunError::Worker(why)),
    };
    let Some(run) = awaited.get_mut(&id) else { return Ok(None) };
    let piece = parts.get(1);
    let bytes = piece
        .dyn_ref::<ArrayBuffer>()
        .ok_or_else(|| RunError::Protocol("a piece of a recording without its bytes".to_owned()))?;
    let grown = Recording::add_piece(run.recording.take(), &Uint8Array::new(bytes).to_vec());
    let recording = grown.map_err(|error| RunError::Protocol(error.to_string()))?;
    if let Some(digest) = digest {
        awaited.remove(&id);
        return Ok(Some((id, RunEvent::Done(Box::new(Finished { recording, digest })))));
    }
    run.recording = Some(recording);
    let whole_s = run.until.seconds_since(run.from).max(1.0);
    Ok(Some((id, RunEvent::Progress((at.seconds_since(run.from) / whole_s).clamp(0.0, 1.0)))))
}

/// The scope of the worker that this program runs in; `None` on the page.
#[must_use]
pub fn scope() -> Option<DedicatedWorkerGlobalScope> {
    js_sys::global().dyn_into().ok()
}

/// The worker's side: works on runs, and listens in between, until the page terminates the worker.
pub fn serve(scope: DedicatedWorkerGlobalScope) {
    // Without this hook a panic would reach console and page as a bare "unreachable".
    std::panic::set_hook(Box::new(|info| {
        web_sys::console::error_1(&info.to_string().into());
        if let Some(port) = self::scope() {
            post(&port, (Answer::Crashed { why: info.to_string() }, None));
        }
    }));
    let desk = Rc::new(RefCell::new(Desk::default()));
    let turn = Turn::new(scope.clone(), Rc::clone(&desk));
    let port = scope.clone();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let text = event.data().as_string().unwrap_or_default();
        match protocol::from_json(&text) {
            Ok(ask) => {
                let answer = desk.borrow_mut().ask(ask);
                answer.into_iter().for_each(|answer| post(&port, (answer, None)));
                turn.come();
            }
            Err(error) => post(&port, (Answer::Failed { id: 0, why: error.to_string() }, None)),
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // Lives as long as the worker.
    on_message.forget();
}

/// The worker's turns: a slice of work each, with a look at the messages in between. A message to oneself comes back at once,
/// where a timer would wait.
#[derive(Clone)]
struct Turn {
    to_self: MessagePort,
    is_coming: Rc<Cell<bool>>,
}

impl Turn {
    fn new(port: DedicatedWorkerGlobalScope, desk: Rc<RefCell<Desk>>) -> Self {
        let channel = MessageChannel::new().expect("every browser with workers has channels");
        let turn = Self { to_self: channel.port2(), is_coming: Rc::default() };
        let again = turn.clone();
        let on_turn = Closure::<dyn FnMut()>::new(move || {
            again.is_coming.set(false);
            let now_ms = || port.performance().map_or(0.0, |clock| clock.now());
            let until_ms = now_ms() + SLICE_MS;
            let told = desk.borrow_mut().work(now_ms, until_ms);
            told.into_iter().for_each(|told| post(&port, told));
            if desk.borrow().has_work() {
                again.come();
            }
        });
        channel.port1().set_onmessage(Some(on_turn.as_ref().unchecked_ref()));
        // Lives as long as the worker.
        on_turn.forget();
        turn
    }

    /// Asks for the next turn.
    fn come(&self) {
        if !self.is_coming.replace(true) {
            // Fails only for messages that cannot be copied.
            let _ = self.to_self.post_message(&JsValue::NULL);
        }
    }
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
