//! From the boot screen to the page: shows progress until the first run is complete, or why there is none.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::net::http::Request;
use gloo::timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;
use yew::Callback;

use super::address_bar;
use super::app::{App, AppProps};
use super::browser;
use super::crash;
use super::embed::{Channel, post_failed, post_waiting};
use super::preferences;
use super::runs::{Runs, RunsEvent};
use super::visibility::Visibility;
use crate::replay::Address;
use crate::runner::RunError;
use crate::scenario::catalogue::{self, Entry};
use crate::scenario::{BUNDLED, Scenario, Setting};

/// Starts the page: simulates the scenario that its address asks for and mounts the app when the run is complete.
pub fn mount() {
    crash::tell_panics();
    let (address, mut notes) = address_bar::read();
    preferences::show_theme(address.theme.unwrap_or_else(preferences::theme));
    let (own, own_text, refused) = carried_scenario();
    notes.extend(refused);
    let other = address.scenario.as_deref().filter(|id| *id != own.id).and_then(catalogue::find);
    let Some(entry) = other.filter(|_| address_bar::can_be_framed()) else {
        return begin(own, own_text, address, notes);
    };
    spawn_local(async move {
        match load(entry).await {
            Ok((other, text)) => begin(other, text, address, notes),
            Err(why) => {
                notes.push(format!(
                    "The scenario “{}” could not be loaded ({why}). This is “{}” instead.",
                    entry.id, own.id
                ));
                begin(own, own_text, Address { scenario: None, ..address }, notes);
            }
        }
    });
}

/// A scenario that comes with the page, and its text.
pub async fn load(entry: &Entry) -> Result<(Scenario, Rc<str>), String> {
    let address = address_bar::beside(&format!("scenarios/{}", entry.file));
    let answer = Request::get(&address).send().await.map_err(|error| error.to_string())?;
    if !answer.ok() {
        return Err(format!("the server answered {}", answer.status()));
    }
    let text = answer.text().await.map_err(|error| error.to_string())?;
    let scenario = Scenario::from_json(&text).map_err(|error| error.to_string())?;
    Ok((scenario, text.into()))
}

/// Simulates a scenario with what the address changes of it.
fn begin(own: Scenario, own_text: Rc<str>, mut address: Address, mut notes: Vec<String>) {
    if let Some(wanted) = address.scenario.take_if(|id| *id != own.id) {
        notes.push(format!("There is no scenario “{wanted}” here. This is “{}” instead.", own.id));
    }
    // What the file changes, unless its address says otherwise.
    let carried = carried_changes().into_iter();
    let carried: Vec<Setting> =
        carried.filter(|setting| address.changes.iter().all(|change| change.path != setting.path)).collect();
    address.changes.splice(0..0, carried);
    let (scenario, changes, refused) = address.scenario(&own);
    address.changes = changes;
    notes.extend(refused);
    let text = if address.changes.is_empty() { own_text.clone() } else { scenario.to_json().into() };
    let is_embed = address.embed;
    let begin = move || {
        say("Simulating the incident …");
        start(DefaultScenario { scenario: Rc::new(own), text: own_text }, Rc::new(scenario), &text, address, notes);
    };
    if is_embed { when_seen(begin) } else { begin() }
}

/// Time after which an embed that has not been seen tells its host that it waits.
const WAITING_MS: u32 = 1000;

/// Begins when the embed is seen, or when its host asks for it: a page may have a dozen, and most are out of sight.
fn when_seen(begin: impl FnOnce() + 'static) {
    // Both listeners live until the first of them begins.
    let listeners = Rc::new(RefCell::new((None, None)));
    let begin = {
        let (begin, listeners) = (Cell::new(Some(begin)), Rc::clone(&listeners));
        Rc::new(move || {
            if let Some(begin) = begin.take() {
                let listeners = Rc::clone(&listeners);
                // Not from within a listener, which is dropped.
                Timeout::new(0, move || drop(listeners.take())).forget();
                begin();
            }
        })
    };
    let on_start = Rc::clone(&begin);
    let visibility = Visibility::watch(Callback::from(move |seen| if seen { begin() } else { post_waiting() }));
    // A frame that is not laid out at all is told nothing of its visibility.
    let waiting = Rc::downgrade(&listeners);
    Timeout::new(WAITING_MS, move || {
        if waiting.upgrade().is_some_and(|listeners| listeners.borrow().0.is_some()) {
            post_waiting();
        }
    })
    .forget();
    let channel = Channel::await_start(move || on_start());
    *listeners.borrow_mut() = (Some(visibility), channel);
}

/// The scenario that the page shows without an address, and its JSON text.
#[derive(Clone)]
struct DefaultScenario {
    scenario: Rc<Scenario>,
    text: Rc<str>,
}

/// Simulates and shows a scenario: the default one, or that with the address's changes.
fn start(own: DefaultScenario, scenario: Rc<Scenario>, text: &str, address: Address, notes: Vec<String>) {
    // What is complete needs no worker; a page with a dozen embeds would keep a dozen.
    let runs = if address.embed { Runs::that_rest() } else { Runs::default() };
    let listened = runs.clone();
    runs.set_listener(Callback::from(move |news| match news {
        RunsEvent::Progress(so_far) => progress(so_far.ratio),
        RunsEvent::Ready(run) => {
            let Some(root) = browser::document().get_element_by_id("app") else { return };
            let (own, address, notes) = (Rc::clone(&own.scenario), address.clone(), notes.clone());
            let props = AppProps { own, first: run, runs: listened.clone(), address, notes };
            yew::Renderer::<App>::with_root_and_props(root, props).render();
        }
        RunsEvent::Completed(_) => {}
        // A link may contain a what-if that cannot be simulated; the page is shown without it.
        RunsEvent::Failed(error @ RunError::Scenario(_)) if !address.changes.is_empty() || address.seed.is_some() => {
            let notes = [notes.clone(), vec![format!("The what-if of the link is left out: {error}.")]].concat();
            let address = Address { changes: Vec::new(), seed: None, ..address.clone() };
            start(own.clone(), Rc::clone(&own.scenario), &own.text, address, notes);
        }
        RunsEvent::Failed(error) => failed(&error),
    }));
    if let Err(error) = runs.request(scenario, text, true) {
        // Deferred until static/boot.js has finished, which would otherwise overwrite the message.
        Timeout::new(0, move || failed(&error)).forget();
    }
}

/// The scenario that `incident-replay bundle` put into the page, else the bundled one; with its text, and a note when the
/// former is invalid.
fn carried_scenario() -> (Scenario, Rc<str>, Option<String>) {
    let Some(text) = element("bundle-scenario").and_then(|data| data.text_content()) else {
        return (Scenario::bundled(), BUNDLED.into(), None);
    };
    match Scenario::from_json(&text) {
        Ok(scenario) => (scenario, text.into(), None),
        Err(error) => {
            let own = Scenario::bundled();
            let note = format!("The scenario in this file cannot be shown ({error}). This is “{}” instead.", own.id);
            (own, BUNDLED.into(), Some(note))
        }
    }
}

/// The changes that `incident-replay bundle --set` put into the page.
fn carried_changes() -> Vec<Setting> {
    let text = element("bundle-changes").and_then(|data| data.text_content()).unwrap_or_default();
    let settings: Vec<String> = serde_json::from_str(&text).unwrap_or_default();
    settings.iter().filter_map(|setting| setting.parse().ok()).collect()
}

fn element(id: &str) -> Option<Element> {
    browser::document().get_element_by_id(id)
}

fn say(text: &str) {
    if let Some(message) = element("boot-message") {
        message.set_text_content(Some(text));
    }
}

fn progress(ratio: f64) {
    if let Some(bar) = element("boot-progress") {
        let _ = bar.set_attribute("value", &ratio.to_string());
        let _ = bar.set_attribute("aria-label", "Simulating the incident");
    }
}

fn failed(error: &RunError) {
    if let Some(bar) = element("boot-progress") {
        bar.remove();
    }
    if let Some(message) = element("boot-message") {
        let _ = message.set_attribute("role", "alert");
    }
    say(&format!(
        "The replay cannot be shown: {error}. Reload the page to try again; the story below stands without it."
    ));
    post_failed(&error.to_string());
    browser::set_root_attribute("data-story", None);
    browser::set_root_attribute("data-boot", Some("failed"));
    browser::set_root_attribute("data-replay", Some("failed"));
}
