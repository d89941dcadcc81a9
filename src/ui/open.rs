//! Opens scenario files, by file dialog or drag and drop.
//!
//! Invariant: files are only read here; their content is validated where it is used.

use gloo::events::{EventListener, EventListenerOptions};
use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DragEvent, File, HtmlInputElement};
use yew::prelude::*;

use super::browser;
use super::icons::{Icon, icon};
use crate::plain::decoded;

/// Largest accepted file; scenarios have some tens of kilobytes.
const BYTES_MAX: f64 = 4_000_000.0;

/// An opened file.
#[derive(Clone, PartialEq, Debug)]
pub struct Opened {
    pub name: String,
    /// The content, or why it cannot be read.
    pub text: Result<String, String>,
}

/// Accepts files dropped anywhere on the page, until dropped itself.
pub struct Opener {
    _listeners: [EventListener; 2],
}

impl Opener {
    /// Starts listening.
    pub fn new(on_opened: Callback<Opened>) -> Option<Self> {
        let root = browser::document().document_element()?;
        let options = EventListenerOptions::enable_prevent_default();
        let over = EventListener::new_with_options(&root, "dragover", options, |event| {
            if event
                .dyn_ref::<DragEvent>()
                .is_some_and(|event| event.data_transfer().is_some_and(|data| has_files(&data)))
            {
                event.prevent_default();
            }
        });
        let dropped = EventListener::new_with_options(&root, "drop", options, move |event| {
            let files = event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer).and_then(|data| data.files());
            if let Some(file) = files.and_then(|files| files.get(0)) {
                event.prevent_default();
                read(file, on_opened.clone());
            }
        });
        Some(Self { _listeners: [over, dropped] })
    }
}

fn has_files(data: &web_sys::DataTransfer) -> bool {
    data.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files"))
}

fn read(file: File, on_opened: Callback<Opened>) {
    let name = file.name();
    if file.size() > BYTES_MAX {
        let text = Err(format!("it is larger than {} MB; a scenario is a small JSON file", BYTES_MAX / 1e6));
        return on_opened.emit(Opened { name, text });
    }
    spawn_local(async move {
        let text = match JsFuture::from(file.array_buffer()).await {
            Ok(bytes) => decoded(&Uint8Array::new(&bytes).to_vec()).map_err(|error| error.to_string()),
            Err(_) => Err("the browser could not read it".to_owned()),
        };
        on_opened.emit(Opened { name, text });
    });
}

#[derive(Properties, PartialEq)]
pub struct OpenButtonProps {
    pub on_opened: Callback<Opened>,
}

#[component]
pub fn OpenButton(props: &OpenButtonProps) -> Html {
    let input = use_node_ref();
    let on_click = {
        let input = input.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                input.click();
            }
        })
    };
    let on_change = {
        let (input, on_opened) = (input.clone(), props.on_opened.clone());
        Callback::from(move |_: Event| {
            let Some(input) = input.cast::<HtmlInputElement>() else { return };
            if let Some(file) = input.files().and_then(|files| files.get(0)) {
                read(file, on_opened.clone());
            }
            // So that the same file can be chosen again after editing.
            input.set_value("");
        })
    };
    html! {
        <>
            <button type="button" class="button open" onclick={on_click} aria-label="Open scenario…"
                title="Open a scenario file">
                { icon(Icon::Open) }
                <span class="open-label">{ "Open scenario…" }</span>
            </button>
            <input ref={input} type="file" accept=".json,application/json" hidden=true tabindex="-1"
                aria-label="Scenario file" onchange={on_change} />
        </>
    }
}
