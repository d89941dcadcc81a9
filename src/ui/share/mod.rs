//! The Share button and its dialog: links, embeds, images and data.
//!
//! Invariant: the dialog keeps the moment at which it was opened, whatever the player does meanwhile.

mod content;
mod form;
mod options;
mod preview;
mod result;

use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement};
use yew::prelude::*;

use super::icons::{Icon, icon};
use super::part::Lazy;
use super::run::Run;
use crate::chart::ChartKind;
use crate::replay::{Address, Command, Controls, Player};
use content::Shared;
use form::{extent_choice, form_choice, look};
use options::{Extent, Form, ShareOptions};
use preview::Preview;
use result::Outcome;

/// Length of the suggested range when nothing is zoomed or looped.
const PIECE_MS: f64 = 15.0 * 60_000.0;

#[derive(Properties, PartialEq)]
pub struct ShareProps {
    pub run: Run,
    /// What happened, behind a what-if.
    pub actual: Option<Run>,
    pub player: Player,
    /// The page's address, except for the player's state.
    pub address: Address,
    pub on_command: Callback<Command>,
}

#[component]
pub fn Share(props: &ShareProps) -> Html {
    let shared = use_state(|| None::<Shared>);
    let button = use_node_ref();
    let on_open = {
        let (shared, on_command) = (shared.clone(), props.on_command.clone());
        let (run, actual, player) = (props.run.clone(), props.actual.clone(), props.player.clone());
        let address = props.address.with_player(&player);
        Callback::from(move |_: MouseEvent| {
            on_command.emit(Command::Pause);
            let (run, actual) = (run.clone(), actual.clone());
            shared.set(Some(Shared { run, actual, player: player.clone(), address: address.clone() }));
        })
    };
    let on_close = {
        let (shared, button) = (shared.clone(), button.clone());
        Callback::from(move |()| {
            shared.set(None);
            // The dialog is removed as a whole, so its focus is returned here.
            if let Some(button) = button.cast::<HtmlElement>() {
                let _ = button.focus();
            }
        })
    };
    html! {
        <>
            <button type="button" class="button share-button" ref={button} onclick={on_open} aria-haspopup="dialog"
                title="Share this moment">
                { icon(Icon::Share) }
                <span class="share-label">{ "Share" }</span>
            </button>
            if let Some(shared) = &*shared {
                <Lazy<DialogProps> of={DialogProps { shared: shared.clone(), on_close }} />
            }
        </>
    }
}

#[derive(Properties, PartialEq, Clone)]
pub struct DialogProps {
    shared: Shared,
    pub on_close: Callback<()>,
}

#[component]
pub fn Dialog(props: &DialogProps) -> Html {
    let shared = &props.shared;
    let options = use_state(|| first_choice(shared));
    let dialog = use_node_ref();
    {
        let dialog = dialog.clone();
        use_effect_with((), move |()| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                // Fails only when the dialog is open already or gone.
                let _ = dialog.show_modal();
            }
        });
    }
    let on_change = {
        let options = options.clone();
        Callback::from(move |changed| options.set(changed))
    };
    let on_close = props.on_close.reform(|_: Event| ());
    let on_click = props.on_close.reform(|_: MouseEvent| ());
    // Keys inside the dialog must not reach the player.
    let on_key = Callback::from(|event: KeyboardEvent| event.stop_propagation());
    let on_backdrop = {
        let (dialog, on_close) = (dialog.clone(), props.on_close.clone());
        Callback::from(move |event: MouseEvent| {
            // A click on the backdrop has the dialog itself as its target.
            let is_backdrop = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok()) == dialog.get();
            if is_backdrop {
                on_close.emit(());
            }
        })
    };
    let text = use_memo((shared.clone(), (*options).clone()), |(shared, options)| shared.text(options));
    html! {
        <dialog class="share" ref={dialog} aria-labelledby="share-title" onclose={on_close} onkeydown={on_key}
            onmousedown={on_backdrop}>
            <div class="share-frame">
                <div class="share-head">
                    <h2 id="share-title">{ "Share" }</h2>
                    { extent_choice(shared, &options, &on_change) }
                    <button type="button" class="button icon share-close" onclick={on_click} aria-label="Close">
                        { icon(Icon::Close) }
                    </button>
                </div>
                { form_choice(&options, &on_change) }
                <section class="share-result" aria-label={options.form.label()}>
                    if options.form.needs_address() && !shared.run.has_address {
                        { no_address() }
                    } else {
                        { look(&props.shared, &options, &on_change) }
                        <Preview shared={shared.clone()} options={(*options).clone()} text={(*text).clone()} />
                        <Outcome shared={shared.clone()} options={(*options).clone()} text={(*text).clone()} />
                    }
                </section>
            </div>
        </dialog>
    }
}

/// What stands in place of a link to a run that no address leads to.
fn no_address() -> Html {
    html! {
        <div class="share-none">
            <p><strong>{ "This run was opened from a file: no address leads to it." }</strong></p>
            <p>
                { "Share it as a picture, a table or a document; they are in the other forms. For a page that others can play, \
                   make a single file:" }
            </p>
            <pre><code>{ "incident-replay bundle replay.html --scenario FILE" }</code></pre>
        </div>
    }
}

/// Initial options: a link to the moment. The range is the loop or zoom, else the minutes around the playhead.
fn first_choice(shared: &Shared) -> ShareOptions {
    let player = &shared.player;
    let piece = player.loop_range.or(player.view.zoom);
    let start_ms = player.position_ms.min(player.duration_ms() - PIECE_MS).max(0.0);
    let piece_ms = piece
        .map_or([start_ms, (start_ms + PIECE_MS).min(player.duration_ms())], |piece| [piece.from_ms, piece.until_ms]);
    ShareOptions {
        form: Form::Link,
        variant: None,
        compares: shared.actual.is_some(),
        extent: Extent::Moment,
        piece_ms,
        panel: String::new(),
        chart: player.view.focused_chart.as_deref().and_then(ChartKind::from_id).unwrap_or(ChartKind::Checkouts),
        theme: shared.address.theme,
        controls: Controls::Auto,
    }
}
