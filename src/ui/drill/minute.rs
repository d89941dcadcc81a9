//! A minute of one's own run: the times of the debrief are buttons that show it.

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::html::Scope;
use yew::prelude::*;

use super::{DrillPage, Message, Over, Running};
use crate::drill::{Debrief, MARKS};
use crate::replay::{Audience, Source, now_sentence};
use crate::ui::browser;
use crate::ui::words;
use crate::units::UtcMs;

/// A minute that is shown, and what was pressed for it.
#[derive(Clone, PartialEq)]
pub struct Minute {
    pub at: UtcMs,
    pressed: Option<HtmlElement>,
}

impl Minute {
    /// Brings it into view, with the focus.
    pub fn show() {
        browser::focus("#drill-minute");
    }

    /// Leads back to what was pressed.
    pub fn leave(&self) {
        if let Some(pressed) = &self.pressed {
            let _ = pressed.focus();
        }
    }
}

/// A time, which shows its minute when it is pressed.
pub fn time(at: UtcMs, link: &Scope<DrillPage>) -> Html {
    let onclick = link.callback(move |event: MouseEvent| {
        let pressed = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        Message::Minute(Some(Minute { at, pressed }))
    });
    let clock = at.hh_mm();
    let says = format!("Show {clock} of your run");
    html! { <button type="button" class="drill-clock drill-to-minute" title={says} {onclick}>{ clock }</button> }
}

/// What the run was at in the minute that is shown.
pub fn minute(running: &Running, over: &Over, link: &Scope<DrillPage>) -> Html {
    let Some(shown) = &over.minute else { return Html::default() };
    let (drill, recording) = (&running.drill, &over.debrief.whole);
    let values = running.charts.values(drill, recording, shown.at);
    // What is said in words goes further than what was looked at, and therefore waits for the comparison.
    let sentence = (Debrief::marks(drill) >= MARKS).then(|| {
        let at = shown.at.min(recording.until());
        now_sentence(drill.full(), recording, at, Audience::Engineer)
    });
    html! {
        <div class="drill-minute" id="drill-minute" tabindex="-1" role="group" aria-label={format!("{} of your run", shown.at.hh_mm())}>
            <p><strong>{ format!("{} of your run ", shown.at.hh_mm()) }</strong>{ words::badge(Source::Simulated) }</p>
            <dl>
                { for values.into_iter().map(|(name, value)| html! { <div><dt>{ name }</dt><dd>{ value }</dd></div> }) }
            </dl>
            if let Some(sentence) = sentence {
                <p class="drill-minute-sentence">{ sentence }</p>
            }
            <button type="button" class="button drill-back" onclick={link.callback(|_: MouseEvent| Message::Minute(None))}>{ "Back to the sentence" }</button>
        </div>
    }
}
