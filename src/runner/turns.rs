//! A desk at work: a slice at a time, with a look at the messages in between. The same in a worker and, where the browser has
//! none, on the page.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use web_sys::{MessageChannel, MessagePort, Performance};

use super::desk::{Desk, Told};
use super::protocol::Ask;

/// Longest time at work without a look at the messages.
const SLICE_MS: f64 = 4.0;

/// A desk and its turns. A message to oneself comes back at once, where a timer would wait. Dropping it ends the work.
pub(super) struct Turns {
    desk: Rc<RefCell<Desk>>,
    /// What can be told without work.
    said: Rc<RefCell<VecDeque<Told>>>,
    to_self: MessagePort,
    is_coming: Rc<Cell<bool>>,
    from_self: MessagePort,
    _on_turn: Closure<dyn FnMut()>,
}

impl Turns {
    /// `tell` is called once a turn at most, never while something is asked.
    pub(super) fn new(tell: impl Fn(Told) + 'static) -> Self {
        let channel = MessageChannel::new().expect("every browser with WebAssembly has channels");
        let (to_self, from_self) = (channel.port2(), channel.port1());
        let desk: Rc<RefCell<Desk>> = Rc::default();
        let said: Rc<RefCell<VecDeque<Told>>> = Rc::default();
        let is_coming: Rc<Cell<bool>> = Rc::default();
        let (at_desk, to_say, comes) = (Rc::clone(&desk), Rc::clone(&said), Rc::clone(&is_coming));
        let again = to_self.clone();
        let on_turn = Closure::<dyn FnMut()>::new(move || {
            comes.set(false);
            let next = to_say.borrow_mut().pop_front();
            let told = next.or_else(|| {
                let clock = clock();
                let now_ms = || clock.as_ref().map_or(0.0, Performance::now);
                let until_ms = now_ms() + SLICE_MS;
                at_desk.borrow_mut().work(now_ms, until_ms)
            });
            if at_desk.borrow().has_work() || !to_say.borrow().is_empty() {
                come(&comes, &again);
            }
            // Last: what is told may be the end of this desk.
            told.into_iter().for_each(&tell);
        });
        from_self.set_onmessage(Some(on_turn.as_ref().unchecked_ref()));
        Self { desk, said, to_self, is_coming, from_self, _on_turn: on_turn }
    }

    /// Asks the desk for something.
    pub(super) fn ask(&self, ask: Ask) {
        let answer = self.desk.borrow_mut().ask(ask);
        self.say(answer.map(|answer| (answer, None)));
    }

    /// Tells something in one of the next turns.
    pub(super) fn say(&self, told: Option<Told>) {
        self.said.borrow_mut().extend(told);
        come(&self.is_coming, &self.to_self);
    }
}

impl Drop for Turns {
    fn drop(&mut self) {
        self.from_self.set_onmessage(None);
        self.from_self.close();
    }
}

/// Asks for the next turn.
fn come(is_coming: &Cell<bool>, to_self: &MessagePort) {
    if !is_coming.replace(true) {
        // Fails only for messages that cannot be copied.
        let _ = to_self.post_message(&JsValue::NULL);
    }
}

fn clock() -> Option<Performance> {
    Reflect::get(&js_sys::global(), &"performance".into()).ok()?.dyn_into().ok()
}
