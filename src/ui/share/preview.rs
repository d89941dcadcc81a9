//! A preview of what is shared.
//!
//! Invariant: texts are displayed as text; nothing in a scenario becomes markup.

use web_sys::HtmlCanvasElement;
use yew::prelude::*;

use super::content::{Shared, Text};
use super::options::{Form, ShareOptions};
use crate::ui::{address_bar, browser};

/// Most lines of a text.
const LINES_MAX: usize = 60;
/// Most characters of a line.
const LINE_CHARS_MAX: usize = 400;

#[derive(Properties, PartialEq)]
pub struct PreviewProps {
    pub shared: Shared,
    pub options: ShareOptions,
    pub text: Option<Text>,
}

#[component]
pub fn Preview(props: &PreviewProps) -> Html {
    let (shared, options) = (&props.shared, &props.options);
    match options.form {
        Form::Link => link(shared),
        Form::Frame | Form::Element if !address_bar::can_be_framed() => html! {
            <p class="share-preview share-card">
                { "This page is a single file: documents embed the replay from where it is published." }
            </p>
        },
        Form::Frame | Form::Element => html! {
            <LiveFrame key={options.form.label()} address={address_bar::absolute(&shared.embed(options))} title={shared.title(options)} />
        },
        Form::Svg | Form::Png => html! { <Drawing shared={shared.clone()} options={options.clone()} /> },
        Form::Markdown | Form::Csv | Form::Json => {
            let text = props.text.as_ref().map_or("", |text| &text.text);
            html! {
                // Focusable, so that it can be scrolled with the keyboard.
                <pre class="share-preview share-text" tabindex="0" aria-label="Preview">{ beginning(text) }</pre>
            }
        }
    }
}

/// A link as chats show it. They read the page's meta tags without running it, so every moment has the same card.
fn link(shared: &Shared) -> Html {
    let tag = |name: &str| browser::meta(&format!("meta[property=\"og:{name}\"]"));
    let title = tag("title").unwrap_or_else(|| shared.run.scenario.title.clone());
    let picture = tag("image").and_then(|address| address.rsplit('/').next().map(str::to_owned));
    html! {
        <div class="share-preview share-card">
            if let Some(picture) = picture {
                <img src={address_bar::beside(&picture)} alt={tag("image:alt").unwrap_or_default()} width="1200" height="630" />
            }
            <strong>{ title }</strong>
            if let Some(description) = tag("description") {
                <p>{ description }</p>
            }
            <span>{ "The card that chats show. It is the same for every moment: say in words which one you mean." }</span>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct LiveFrameProps {
    address: String,
    title: String,
}

/// The embed itself, live.
#[component]
fn LiveFrame(props: &LiveFrameProps) -> Html {
    let LiveFrameProps { address, title } = props;
    html! {
        <iframe key={address.clone()} class="share-preview share-live" src={address.clone()} title={format!("Preview: {title}")}></iframe>
    }
}

#[derive(Properties, PartialEq)]
struct DrawingProps {
    shared: Shared,
    options: ShareOptions,
}

/// The image on a canvas, because the page's policy forbids images from data URLs.
#[component]
fn Drawing(props: &DrawingProps) -> Html {
    let canvas = use_node_ref();
    let picture = use_memo((props.shared.clone(), props.options.clone()), |(shared, options)| shared.picture(options));
    {
        let canvas = canvas.clone();
        use_effect_with(picture.clone(), move |picture| {
            if let Some(canvas) = canvas.cast::<HtmlCanvasElement>() {
                // Should drawing fail, the file can still be saved.
                let _ = picture.draw(&canvas);
            }
        });
    }
    html! { <canvas class="share-preview share-drawing" ref={canvas} role="img" aria-label={picture.summary().to_owned()}></canvas> }
}

/// The first lines of a text.
fn beginning(text: &str) -> String {
    let line = |line: &str| match line.char_indices().nth(LINE_CHARS_MAX) {
        Some((end, _)) => format!("{} …\n", &line[..end]),
        None => format!("{line}\n"),
    };
    let shown: String = text.lines().take(LINES_MAX).map(line).collect();
    if text.lines().nth(LINES_MAX).is_some() { format!("{shown}…\n") } else { shown }
}
