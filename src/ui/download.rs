//! Saving files, and copying text and images to the clipboard.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use super::browser;

/// How long the address of a saved file stays valid.
const KEPT_MS: u32 = 60_000;

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

/// Asks the browser to save a file as a download. Whether it does, nobody tells: a frame without `allow-downloads` saves nothing.
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
        // Safari begins to read it only after the click.
        Timeout::new(KEPT_MS, move || drop(Url::revoke_object_url(&url))).forget();
        Ok(())
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

/// Copies an image to the clipboard. The clipboard gets the promise of it, within the event that the reader caused: some
/// browsers refuse one that comes later.
///
/// # Errors
/// As [`copy_text`]; some browsers copy only text. Also when the image cannot be made.
pub fn copy_image(
    picture: impl Future<Output = Result<Blob, String>> + 'static,
) -> impl Future<Output = Result<(), String>> {
    let clipboard = browser::window().navigator().clipboard();
    let failure = Rc::new(RefCell::new(None));
    let told = Rc::clone(&failure);
    let picture = future_to_promise(async move {
        picture.await.map(JsValue::from).map_err(|error| {
            *told.borrow_mut() = Some(error);
            JsValue::UNDEFINED
        })
    });
    let write = || -> Result<js_sys::Promise, JsValue> {
        let item: Function = Reflect::get(&js_sys::global(), &"ClipboardItem".into())?.dyn_into()?;
        let types = Object::new();
        Reflect::set(&types, &"image/png".into(), &picture)?;
        let item = Reflect::construct(&item, &Array::of1(&types))?;
        Ok(clipboard.write(&Array::of1(&item)))
    };
    let written = if clipboard.is_undefined() { Err(refused()) } else { write().map_err(|_| refused()) };
    async move {
        let written = JsFuture::from(written?).await.map(drop);
        // Why there is no picture says more than that it was not copied.
        written.map_err(|_| failure.take().unwrap_or_else(refused))
    }
}

fn refused() -> String {
    "The browser does not let this page use the clipboard.".to_owned()
}
