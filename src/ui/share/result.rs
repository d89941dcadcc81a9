//! The snippet with Copy and Download, and their status.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, HtmlTextAreaElement};
use yew::prelude::*;

use super::content::{Shared, Text};
use super::options::{Form, ShareOptions};
use crate::ui::{download, words};

#[derive(Properties, PartialEq)]
pub struct ShareResultProps {
    pub shared: Shared,
    pub options: ShareOptions,
    pub text: Option<Text>,
}

#[component]
pub fn Outcome(props: &ShareResultProps) -> Html {
    let (shared, options, text) = (&props.shared, &props.options, &props.text);
    // What is said, and whether it is good news.
    let said = use_mut_ref(String::new);
    let status = use_state(|| (AttrValue::default(), true));
    let say = {
        let (said, status) = (Rc::clone(&said), status.setter());
        move |text: Result<String, String>| {
            let is_good = text.is_ok();
            let text = words::again(&said.borrow(), text.unwrap_or_else(|error| error));
            said.replace(text.clone());
            status.set((text.into(), is_good));
        }
    };
    {
        let say = say.clone();
        // The status no longer applies to the new text.
        use_effect_with(options.clone(), move |_| say(Ok(String::new())));
    }
    let field = use_node_ref();
    let is_snippet = matches!(options.form, Form::Link | Form::Frame | Form::Element);
    let snippet = text.as_ref().filter(|_| is_snippet).map(|text| text.text.trim_end().to_owned());
    let on_copy = {
        let (say, field, shared, options, text) =
            (say.clone(), field.clone(), shared.clone(), options.clone(), text.clone());
        Callback::from(move |_: MouseEvent| {
            let (say, field, shared, options, text) =
                (say.clone(), field.clone(), shared.clone(), options.clone(), text.clone());
            // Begun at once: some browsers allow it only within the click.
            let picture = text.is_none().then(|| {
                let picture = shared.picture(&options);
                download::copy_image(async move { picture.png_blob().await })
            });
            spawn_local(async move {
                let outcome = match text {
                    Some(text) => download::copy_text(text.text.trim_end()).await,
                    None => match picture {
                        Some(copied) => copied.await,
                        None => Err("The browser does not let this page use the clipboard.".to_owned()),
                    },
                };
                say(match (outcome, field.cast::<HtmlTextAreaElement>()) {
                    (Ok(()), _) => Ok("Copied".to_owned()),
                    (Err(error), Some(field)) => {
                        field.select();
                        Err(format!("{error} The text is selected: copy it with the keyboard."))
                    }
                    (Err(error), None) => Err(format!("{error} Download it instead.")),
                });
            });
        })
    };
    let on_save = {
        let (say, shared, options, text) = (say, shared.clone(), options.clone(), text.clone());
        Callback::from(move |_: MouseEvent| {
            let (say, shared, options, text) = (say.clone(), shared.clone(), options.clone(), text.clone());
            spawn_local(async move {
                let name = shared.file_name(&options);
                let saved = file(&shared, &options, text).await.and_then(|file| download::save(&name, &file));
                say(saved.map(|()| format!("Passed to the browser as {name}")));
            });
        })
    };
    html! {
        <>
            if let Some(snippet) = snippet {
                <textarea class="share-snippet" ref={field} readonly=true spellcheck="false" aria-label="Text to copy"
                    rows={snippet.lines().count().min(8).to_string()} value={snippet.clone()} />
            }
            <div class="share-actions">
                <button type="button" class="button primary" onclick={on_copy}>{ "Copy" }</button>
                <button type="button" class="button" onclick={on_save}>{ "Download" }</button>
                <p class={classes!("share-said", (!status.1).then_some("is-bad"))} role="status">{ status.0.clone() }</p>
                if !is_snippet {
                    <p class="share-file">{ shared.file_name(options) }{ size(text.as_ref()) }</p>
                }
            </div>
        </>
    }
}

async fn file(shared: &Shared, options: &ShareOptions, text: Option<Text>) -> Result<Blob, String> {
    match text {
        Some(text) => download::text_blob(text.saved.as_ref().unwrap_or(&text.text), text.media_type),
        None => shared.picture(options).png_blob().await,
    }
}

/// ", 12 kB"; empty where the size is not known in advance.
fn size(text: Option<&Text>) -> String {
    text.map_or(String::new(), |text| format!(", {} kB", text.text.len().div_ceil(1000)))
}
