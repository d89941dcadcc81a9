//! The preferred height of an embed, and how much of its content fits into its frame.
//!
//! Invariant: the preferred height depends only on width and content, never on the current height, so that a host that
//! follows it receives the same height again.

use gloo::events::EventListener;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::super::browser;
use super::channel::post_height;

/// Levels of detail, from most to least; see embed.css.
const LEVELS: [&str; 4] = ["full", "mid", "low", "tiny"];
/// Narrower embeds prefer less content: a document is not a phone to scroll through.
const NARROW_PX: f64 = 704.0;

/// Hook: reports the height when the width or `content` changes, and shows as much as fits the frame.
#[hook]
pub fn use_height<T: PartialEq + 'static>(root: &NodeRef, content: T) {
    let measured = root.clone();
    use_effect_with((), move |()| {
        let listener = EventListener::new(&browser::window(), "resize", move |_| fit(&measured));
        move || drop(listener)
    });
    let measured = root.clone();
    use_effect_with(content, move |_| fit(&measured));
}

fn fit(root: &NodeRef) {
    let Some(root) = root.cast::<HtmlElement>() else { return };
    let Some(body) = root.query_selector(".embed-body").ok().flatten() else { return };
    // Not laid out, as in a closed fold of the host: there is no height to tell.
    if root.get_bounding_client_rect().width() <= 0.0 {
        return;
    }
    let is_narrow = root.get_bounding_client_rect().width() < NARROW_PX;
    browser::set_root_attribute("data-embed", Some(if is_narrow { "mid" } else { "full" }));
    browser::set_root_attribute("data-embed-natural", Some(""));
    post_height(root.get_bounding_client_rect().height().ceil());
    browser::set_root_attribute("data-embed-natural", None);
    // Rounding may differ by half a pixel on each side.
    let fits = || body.scroll_height() <= body.client_height() + 1;
    let fitting = LEVELS.into_iter().find(|level| {
        browser::set_root_attribute("data-embed", Some(level));
        fits()
    });
    browser::set_root_attribute("data-embed-scrolls", fitting.is_none().then_some(""));
}
