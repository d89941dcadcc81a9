//! Saving files, and copying text and images to the clipboard.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use super::browser;

/// A text as a file.
///
/// # Errors
/// The browser cannot create the file.
pub fn text_blob(text: &str, media_type: &str) -> Result<Blob, String> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options)
        .map_err(|_| "the browser cannot make a file".to_owned())
}

/// Saves a file as a download.
///
/// # Errors
/// The browser cannot create the file.
pub fn save(name: &str, file: &Blob) -> Result<(), String> {
    let save = || -> Result<(), JsValue> {
        let url = Url::create_object_url_with_blob(file)?;
        let link: HtmlAnchorElement = browser::document().create_element("a")?.unchecked_into();
        link.set_href(&url);
        link.set_download(name);
        link.click();
        Url::revoke_object_url(&url)
    };
    save().map_err(|_| "the browser does not save files here".to_owned())
}

/// Copies text to the clipboard.
///
/// # Errors
/// There is no clipboard, or permission is denied.
pub async fn copy_text(text: &str) -> Result<(), String> {
    let clipboard = browser::window().navigator().clipboard();
    // Undefined on insecure origins, although its type says otherwise.
    if clipboard.is_undefined() {
        return Err(refused());
    }
    JsFuture::from(clipboard.write_text(text)).await.map(drop).map_err(|_| refused())
}

/// Copies an image to the clipboard.
///
/// # Errors
/// As [`copy_text`]; some browsers copy only text.
pub async fn copy_image(picture: &Blob) -> Result<(), String> {
    let clipboard = browser::window().navigator().clipboard();
    let write = || -> Result<js_sys::Promise, JsValue> {
        let item: Function = Reflect::get(&js_sys::global(), &"ClipboardItem".into())?.dyn_into()?;
        let types = Object::new();
        Reflect::set(&types, &picture.type_().into(), picture)?;
        let item = Reflect::construct(&item, &Array::of1(&types))?;
        Ok(clipboard.write(&Array::of1(&item)))
    };
    if clipboard.is_undefined() {
        return Err(refused());
    }
    let written = write().map_err(|_| refused())?;
    JsFuture::from(written).await.map(drop).map_err(|_| refused())
}

fn refused() -> String {
    "The browser does not let this page use the clipboard.".to_owned()
}
