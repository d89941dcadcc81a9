//! How high an embed would like to be, and how much of that it has.
//!
//! Invariant: the height that is told depends on the width and the content alone, never on the height there is: a host that
//! follows it gets the same height again.

use gloo::events::EventListener;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::super::browser;
use super::channel::post_height;

/// How much is shown, from everything to the least, see embed.css.
const LEVELS: [&str; 4] = ["full", "mid", "low", "tiny"];
/// Narrower than this an embed would like to show less: a document is no phone to be scrolled through.
const NARROW_PX: f64 = 704.0;

/// Tells the host the height with every change of the width and of `content`, and shows as much as the frame has room for.
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
    let is_narrow = root.get_bounding_client_rect().width() < NARROW_PX;
    browser::set_root_attribute("data-embed", Some(if is_narrow { "mid" } else { "full" }));
    browser::set_root_attribute("data-embed-natural", Some(""));
    post_height(root.get_bounding_client_rect().height().ceil());
    browser::set_root_attribute("data-embed-natural", None);
    // Half a pixel may be rounded up on one side and down on the other.
    let fits = || body.scroll_height() <= body.client_height() + 1;
    let fitting = LEVELS.into_iter().find(|level| {
        browser::set_root_attribute("data-embed", Some(level));
        fits()
    });
    browser::set_root_attribute("data-embed-scrolls", fitting.is_none().then_some(""));
}
