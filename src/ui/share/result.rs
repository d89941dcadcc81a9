//! The snippet with Copy and Download, and their status.

use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, HtmlTextAreaElement};
use yew::prelude::*;

use super::content::{Shared, Text};
use super::options::{Form, ShareOptions};
use crate::ui::download;

#[derive(Properties, PartialEq)]
pub struct ShareResultProps {
    pub shared: Shared,
    pub options: ShareOptions,
    pub text: Option<Text>,
}

#[component]
pub fn Outcome(props: &ShareResultProps) -> Html {
    let (shared, options, text) = (&props.shared, &props.options, &props.text);
    let said = use_state(AttrValue::default);
    {
        let said = said.setter();
        // The status no longer applies to the new text.
        use_effect_with(options.clone(), move |_| said.set(AttrValue::default()));
    }
    let field = use_node_ref();
    let is_snippet = matches!(options.form, Form::Link | Form::Frame | Form::Element);
    let snippet = text.as_ref().filter(|_| is_snippet).map(|text| text.text.trim_end().to_owned());
    let on_copy = {
        let (said, field, shared, options, text) =
            (said.setter(), field.clone(), shared.clone(), options.clone(), text.clone());
        Callback::from(move |_: MouseEvent| {
            let (said, field, shared, options, text) =
                (said.clone(), field.clone(), shared.clone(), options.clone(), text.clone());
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
                said.set(match (outcome, field.cast::<HtmlTextAreaElement>()) {
                    (Ok(()), _) => "Copied".into(),
                    (Err(error), Some(field)) => {
                        field.select();
                        format!("{error} The text is selected: copy it with the keyboard.").into()
                    }
                    (Err(error), None) => format!("{error} Download it instead.").into(),
                });
            });
        })
    };
    let on_save = {
        let (said, shared, options, text) = (said.setter(), shared.clone(), options.clone(), text.clone());
        Callback::from(move |_: MouseEvent| {
            let (said, shared, options, text) = (said.clone(), shared.clone(), options.clone(), text.clone());
            spawn_local(async move {
                let name = shared.file_name(&options);
                let saved = file(&shared, &options, text).await.and_then(|file| download::save(&name, &file));
                said.set(saved.map_or_else(AttrValue::from, |()| format!("Passed to the browser as {name}").into()));
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
                <p class="share-said" role="status">{ (*said).clone() }</p>
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
