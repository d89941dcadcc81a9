//! Elements that stand at a share of their parent's width. The page's policy forbids style attributes; a custom property
//! set through the CSS object model is not one.

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

/// Sets a custom property of an element to a percentage of `whole`.
pub fn set_percent(element: &NodeRef, property: &str, part: f64, whole: f64) {
    if let Some(element) = element.get().and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        let percent = if whole > 0.0 { (part / whole * 100.0).clamp(0.0, 100.0) } else { 0.0 };
        // Only an invalid name is refused, and the names are this program's.
        let _ = element.style().set_property(property, &format!("{percent:.3}%"));
    }
}

/// Sets where the left edge of an element stands.
pub fn set_left(element: &NodeRef, length: &str) {
    if let Some(element) = element.get().and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        let _ = element.style().set_property("left", &format!("calc({length})"));
    }
}

/// Moves an element sideways by a percentage of its own width; cheaper with every frame than a property that others
/// inherit.
pub fn shift_percent(element: &NodeRef, percent: f64) {
    if let Some(element) = element.get().and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        let _ = element.style().set_property("transform", &format!("translateX({percent:.3}%)"));
    }
}

/// A reference to an element whose `--at` (and `--length`) follow the given shares, 0 to 1.
#[hook]
pub fn use_place(at_ratio: f64, length_ratio: Option<f64>) -> NodeRef {
    let element = use_node_ref();
    let placed = element.clone();
    use_effect_with((at_ratio, length_ratio), move |(at_ratio, length_ratio)| {
        set_percent(&placed, "--at", *at_ratio, 1.0);
        if let Some(length_ratio) = length_ratio {
            set_percent(&placed, "--length", *length_ratio, 1.0);
        }
    });
    element
}
