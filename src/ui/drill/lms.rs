//! A learning management system that has opened the page, by SCORM 1.2: what it is told, once, at the end.
//!
//! Invariant: only a window of the same origin above this one, or the one that opened it, is asked; where there is none, nothing
//! happens.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::ui::browser;

/// How many windows above are looked into, as SCORM asks for.
const WINDOWS_MAX: usize = 7;

/// The run-time of a learning management system.
pub struct Lms {
    api: JsValue,
    began_ms: f64,
    reported: bool,
}

impl Lms {
    /// Finds the run-time and begins.
    pub fn find() -> Option<Self> {
        let own: JsValue = browser::window().into();
        let opener =
            Reflect::get(&own, &"opener".into()).ok().filter(|opener| !opener.is_null() && !opener.is_undefined());
        let api = above(&own).or_else(|| opener.and_then(|opener| api_of(&opener).or_else(|| above(&opener))))?;
        let lms = Self { api, began_ms: browser::now_ms(), reported: false };
        lms.call("LMSInitialize", &[""]);
        Some(lms)
    }

    /// Tells that the drill is complete, with a score where there is one. Only the first time counts.
    pub fn report(&mut self, percent: Option<u32>, result: &str) {
        if std::mem::replace(&mut self.reported, true) {
            return;
        }
        if let Some(percent) = percent {
            self.set("cmi.core.score.min", "0");
            self.set("cmi.core.score.max", "100");
            self.set("cmi.core.score.raw", &percent.to_string());
        }
        self.set("cmi.core.lesson_status", "completed");
        self.set("cmi.core.session_time", &time_span(browser::now_ms() - self.began_ms));
        self.set("cmi.suspend_data", result);
        self.call("LMSCommit", &[""]);
        self.call("LMSFinish", &[""]);
    }

    fn set(&self, name: &str, value: &str) {
        self.call("LMSSetValue", &[name, value]);
    }

    /// Calls a function of the run-time. What it answers changes nothing here: there is nobody to tell.
    fn call(&self, name: &str, words: &[&str]) {
        let function = Reflect::get(&self.api, &name.into()).ok().and_then(|found| found.dyn_into::<Function>().ok());
        if let Some(function) = function {
            let words: Array = words.iter().map(|word| JsValue::from_str(word)).collect();
            let _answer = function.apply(&self.api, &words);
        }
    }
}

/// The run-time in a window; windows of another origin may not be looked into.
fn api_of(window: &JsValue) -> Option<JsValue> {
    Reflect::get(window, &"API".into()).ok().filter(JsValue::is_object)
}

/// The run-time in a window above another.
fn above(window: &JsValue) -> Option<JsValue> {
    let mut at = window.clone();
    for _ in 0..WINDOWS_MAX {
        let parent = Reflect::get(&at, &"parent".into()).ok().filter(JsValue::is_object)?;
        if parent == at {
            return None;
        }
        if let Some(api) = api_of(&parent) {
            return Some(api);
        }
        at = parent;
    }
    None
}

/// A time span of SCORM 1.2: `0001:05:09`.
fn time_span(ms: f64) -> String {
    let seconds = (ms.max(0.0) / 1000.0) as u64;
    format!("{:04}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_spans_are_those_of_scorm() {
        assert_eq!(
            [time_span(0.0), time_span(3_909_999.0), time_span(-1.0)],
            ["0000:00:00", "0001:05:09", "0000:00:00"]
        );
    }
}
