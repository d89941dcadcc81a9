//! The address bar: read at the start, replaced once the reader comes to rest, followed when its hash is changed.
//!
//! Invariant: the page writes the address only by replacing it, so that the way back leads out of the page, not through
//! every moment that was looked at.

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsValue;
use yew::Callback;

use super::browser;
use crate::chart::ChartKind;
use crate::replay::{Address, is_anchor};

/// The system picture's name among the panels.
pub const SYSTEM_PANEL: &str = "system";

/// How long the address must stay the same before the bar shows it. Browsers refuse more than some 100 changes in half a
/// minute, and dragging the playhead makes that many.
const REST_MS: u32 = 250;

/// What the address bar says now, with a note for each part that was left out.
pub fn read() -> (Address, Vec<String>) {
    let location = browser::window().location();
    let (query, hash) = (location.search().unwrap_or_default(), location.hash().unwrap_or_default());
    Address::read(&query, &hash, &panels())
}

/// The names that `panel` takes.
pub fn panels() -> Vec<&'static str> {
    ChartKind::ALL.into_iter().map(ChartKind::id).chain([SYSTEM_PANEL]).collect()
}

/// The page's address as a whole, with another query and hash.
pub fn absolute(address: &Address) -> String {
    let location = browser::window().location();
    let here = location.href().unwrap_or_default();
    let page = here.split(['?', '#']).next().unwrap_or_default();
    format!("{page}{address}")
}

/// The address of a file beside the page.
pub fn beside(file: &str) -> String {
    let page = absolute(&Address::default());
    let folder = page.rfind('/').map_or("", |slash| &page[..=slash]);
    format!("{folder}{file}")
}

/// Whether other pages, and this one, can put this page into a frame: not when it is a single file or comes from a disk.
pub fn can_be_framed() -> bool {
    let is_single_file = js_sys::Reflect::has(&browser::window(), &"incidentReplayBundle".into()).unwrap_or(false);
    !is_single_file && absolute(&Address::default()).starts_with("http")
}

/// Keeps the address bar in step.
pub struct AddressBar {
    coming: Option<Timeout>,
    _on_change: EventListener,
}

impl AddressBar {
    /// From now on `on_change` hears of a hash that somebody else put there, unless it names a place of the page.
    pub fn new(on_change: Callback<()>) -> Self {
        let listener = EventListener::new(&browser::window(), "hashchange", move |_| {
            if !is_anchor(&browser::window().location().hash().unwrap_or_default()) {
                on_change.emit(());
            }
        });
        Self { coming: None, _on_change: listener }
    }

    /// Shows an address, unless a later one comes soon.
    pub fn show(&mut self, address: &Address) {
        let url = absolute(address);
        self.coming = Some(Timeout::new(REST_MS, move || {
            let window = browser::window();
            if window.location().href().is_ok_and(|here| here == url) {
                return;
            }
            if let Ok(history) = window.history() {
                // Refused where the page has no address of its own: then there is none to share either.
                let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&url));
            }
        }));
    }
}
