//! The address bar: read at the start, updated when the page comes to rest, and followed when its hash changes.
//!
//! Invariant: the page only replaces the current history entry, so that the browser's Back leaves the page instead of
//! stepping through every moment.

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsValue;
use yew::Callback;

use super::browser;
use crate::chart::ChartKind;
use crate::replay::{Address, is_anchor};

/// The system diagram's name among the panels.
pub const SYSTEM_PANEL: &str = "system";

/// How long the address must stay the same before the bar shows it. Browsers refuse more than about 100 changes in half a
/// minute, and dragging the playhead makes that many.
const REST_MS: u32 = 250;

/// Reads the address bar, with a note for each ignored part.
pub fn read() -> (Address, Vec<String>) {
    let location = browser::window().location();
    let (query, hash) = (location.search().unwrap_or_default(), location.hash().unwrap_or_default());
    Address::read(&query, &hash, &panels())
}

/// The allowed names of `panel`.
pub fn panels() -> Vec<&'static str> {
    ChartKind::ALL.into_iter().map(ChartKind::id).chain([SYSTEM_PANEL]).collect()
}

/// The page's full address with another query and hash, to be shared.
pub fn absolute(address: &Address) -> String {
    format!("{}{address}", page())
}

/// The same for the address bar, with the parameters of others, which belong to whoever put them there.
pub fn shown(address: &Address) -> String {
    let (query, hash) = address.bar_parts();
    let with = |sign: &str, text: String| if text.is_empty() { text } else { format!("{sign}{text}") };
    format!("{}{}{}", page(), with("?", query), with("#", hash))
}

fn page() -> String {
    let here = browser::window().location().href().unwrap_or_default();
    here.split(['?', '#']).next().unwrap_or_default().to_owned()
}

/// The address of a file beside the page.
pub fn beside(file: &str) -> String {
    let page = absolute(&Address::default());
    let folder = page.rfind('/').map_or("", |slash| &page[..=slash]);
    format!("{folder}{file}")
}

/// Whether this page can be embedded in a frame: not when it is a single file or was opened from a disk.
pub fn can_be_framed() -> bool {
    let is_single_file = js_sys::Reflect::has(&browser::window(), &"incidentReplayBundle".into()).unwrap_or(false);
    !is_single_file && absolute(&Address::default()).starts_with("http")
}

/// Keeps the address bar up to date.
pub struct AddressBar {
    coming: Option<Timeout>,
    _on_change: EventListener,
}

impl AddressBar {
    /// Calls `on_change` when somebody else changes the hash, unless the hash is the id of a section.
    pub fn new(on_change: Callback<()>) -> Self {
        let listener = EventListener::new(&browser::window(), "hashchange", move |_| {
            if !is_anchor(&browser::window().location().hash().unwrap_or_default()) {
                on_change.emit(());
            }
        });
        Self { coming: None, _on_change: listener }
    }

    /// Shows an address, unless a later one follows within the delay.
    pub fn show(&mut self, address: &Address) {
        let (url, before) = (shown(address), browser::address());
        self.coming = Some(Timeout::new(REST_MS, move || {
            let window = browser::window();
            // A hash that somebody else has put there meanwhile is followed, not overwritten.
            if browser::address() != before || before == url {
                return;
            }
            if let Ok(history) = window.history() {
                // Fails where the page has no address of its own; then there is none to share either.
                let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&url));
            }
        }));
    }
}
