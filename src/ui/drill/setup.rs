//! Before a drill: one sentence, two buttons, and what can be set.

use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::html::Scope;
use yew::prelude::*;

use super::{DrillPage, Message};
use crate::drill::Kind;

/// How long a drill lasts on the reader's clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Length {
    Minutes10,
    Minutes15,
    Minutes30,
    Minutes60,
    /// Time passes only by what one does.
    Untimed,
}

const LENGTHS: [(Length, &str, &str); 5] = [
    (Length::Minutes10, "10", "10 minutes: a first drill"),
    (Length::Minutes15, "15", "15 minutes"),
    (Length::Minutes30, "30", "30 minutes"),
    (Length::Minutes60, "60", "60 minutes"),
    (Length::Untimed, "untimed", "as long as you like"),
];

impl Length {
    /// The reader's minutes; `None` when untimed.
    pub fn minutes(self) -> Option<u32> {
        match self {
            Self::Minutes10 => Some(10),
            Self::Minutes15 => Some(15),
            Self::Minutes30 => Some(30),
            Self::Minutes60 => Some(60),
            Self::Untimed => None,
        }
    }

    fn id(self) -> &'static str {
        LENGTHS.iter().find(|row| row.0 == self).map_or("10", |row| row.1)
    }

    fn of_id(id: &str) -> Option<Self> {
        LENGTHS.iter().find(|row| row.1 == id).map(|row| row.0)
    }
}

/// What a drill is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Setup {
    pub kind: Kind,
    pub length: Length,
    /// Hints, and the list of causes that are still open.
    pub guided: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self { kind: Kind::Practice, length: Length::Minutes10, guided: true }
    }
}

impl Setup {
    /// For storage: `practice,15,guided`.
    pub fn id(self) -> String {
        let kind = if self.kind == Kind::Check { "check" } else { "practice" };
        format!("{kind},{},{}", self.length.id(), if self.guided { "guided" } else { "plain" })
    }

    pub fn of_id(id: &str) -> Option<Self> {
        let mut parts = id.split(',');
        let kind = match parts.next()? {
            "check" => Kind::Check,
            "practice" => Kind::Practice,
            _ => return None,
        };
        Some(Self { kind, length: Length::of_id(parts.next()?)?, guided: parts.next()? == "guided" })
    }
}

pub fn setup(setup: Setup, loading: bool, is_stored: bool, is_asked: bool, link: &Scope<DrillPage>) -> Html {
    let begin = |kind: Kind| {
        link.batch_callback(move |_: MouseEvent| {
            vec![Message::Set(Setup { kind, ..setup }), Message::Begin { goes_on: false }]
        })
    };
    let on_length = link.batch_callback(move |event: Event| {
        let select = event.target()?.dyn_into::<HtmlSelectElement>().ok()?;
        Some(Message::Set(Setup { length: Length::of_id(&select.value())?, ..setup }))
    });
    let on_guided = link.callback(move |_: Event| Message::Set(Setup { guided: !setup.guided, ..setup }));
    html! {
        <section class="card drill-setup" aria-labelledby="drill-title">
            <p class="drill-pager"><span class="drill-pager-label">{ "11:00 UTC · Page" }</span>
                { "Payment service: checkouts are slow or fail. You are on call." }</p>
            <h1 id="drill-title">{ "What do you do first?" }</h1>
            <p class="drill-lead">
                { "Look, act and say what you think; everything you do goes into a running simulation, and nothing after now can be seen." }
            </p>
            <div class="drill-begin">
                <button type="button" class="button primary" disabled={loading} onclick={begin(Kind::Practice)}>{ "Practise" }</button>
                <button type="button" class="button" disabled={loading} onclick={begin(Kind::Check)}>{ "Take the check" }</button>
                if is_stored {
                    <button type="button" class="button" disabled={loading} onclick={link.callback(|_: MouseEvent| Message::Begin { goes_on: true })}>
                        { "Go on where you left" }
                    </button>
                }
            </div>
            <p class="drill-small">
                { "A practice has no score and can be rewound. In a check the first attempt counts. As long as you like means that the clock moves only when you act; the score is the same. One of several incidents is drawn; the page does not say which." }
                if is_asked { { " This link has chosen the draw, the same for everybody who opens it." } }
            </p>
            <div class="drill-choices">
                <label>{ "It lasts " }
                    <select class="drill-length" onchange={on_length}>
                        { for LENGTHS.map(|(length, id, name)| html! { <option value={id} selected={length == setup.length}>{ name }</option> }) }
                    </select>
                </label>
                <label><input type="checkbox" class="drill-guided" checked={setup.guided} onchange={on_guided} />{ " Hints, and a list of causes to rule out" }</label>
            </div>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_again() {
        for kind in [Kind::Practice, Kind::Check] {
            for (length, _, _) in LENGTHS {
                for guided in [true, false] {
                    let setup = Setup { kind, length, guided };
                    assert_eq!(Setup::of_id(&setup.id()), Some(setup));
                }
            }
        }
        assert_eq!(Setup::of_id("other"), None);
    }
}
