//! Between the drill and its facilitator: two windows of the same browser, which nobody else hears.
//!
//! Invariant: the drill tells its draw, its journal and its clock, which say nothing of the cause; the facilitator's window finds out
//! by itself what that means.

use gloo::events::EventListener;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use web_sys::{BroadcastChannel, MessageEvent};
use yew::Callback;

const NAME: &str = "incident-replay.drill";

/// What one window tells the other.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// The drill is at this.
    State(State),
    /// The facilitator is there, and wants to know.
    Ask,
    /// The clock stops or goes on.
    Pause(bool),
    /// Somebody says something to the trainee.
    Say(String),
    /// Another attempt from this entry of the journal on.
    Restart(usize),
}

/// Where a drill is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct State {
    /// The result so far: kind, draw and journal.
    pub result: String,
    pub now_s: u32,
    pub paused: bool,
    pub over: bool,
}

/// A window's end of the channel.
pub struct Channel {
    channel: BroadcastChannel,
    _on_word: EventListener,
}

impl Channel {
    /// Opens it; `None` where the browser has none.
    pub fn open(on_word: Callback<Word>) -> Option<Self> {
        let channel = BroadcastChannel::new(NAME).ok()?;
        let listener = EventListener::new(&channel, "message", move |event| {
            let text = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
            // What cannot be read is of another version of the page.
            if let Some(word) = text.and_then(|text| serde_json::from_str(&text).ok()) {
                on_word.emit(word);
            }
        });
        Some(Self { channel, _on_word: listener })
    }

    /// Tells the other window something. Nobody may be there.
    pub fn tell(&self, word: &Word) {
        if let Ok(text) = serde_json::to_string(word) {
            let _unheard = self.channel.post_message(&text.into());
        }
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        let state = State { result: "p-0-0-0Lc".to_owned(), now_s: 120, paused: true, over: false };
        for word in [Word::State(state), Word::Ask, Word::Pause(false), Word::Say("?".to_owned()), Word::Restart(2)] {
            let text = serde_json::to_string(&word).expect("it has only string keys");
            assert_eq!(serde_json::from_str::<Word>(&text).expect("a word"), word);
        }
    }
}
