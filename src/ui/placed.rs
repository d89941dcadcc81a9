//! Elements positioned at a share of their parent's width. The page's policy forbids style attributes, but allows setting
//! custom properties through the CSS object model.

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

/// Sets a custom property of an element to a percentage of `whole`.
pub fn set_percent(element: &NodeRef, property: &str, part: f64, whole: f64) {
    if let Some(element) = element.get().and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        let percent = if whole > 0.0 { (part / whole * 100.0).clamp(0.0, 100.0) } else { 0.0 };
        // Fails only for invalid names; the names come from this program.
        let _ = element.style().set_property(property, &format!("{percent:.3}%"));
    }
}

/// Sets a custom property of an element to a multiple of its font size.
pub fn set_em(element: &NodeRef, property: &str, em: f64) {
    if let Some(element) = element.get().and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        let _ = element.style().set_property(property, &format!("{em:.2}em"));
    }
}

/// Sets the left edge of an element.
pub fn set_left(element: &NodeRef, length: &str) {
    if let Some(element) = element.get().and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        let _ = element.style().set_property("left", &format!("calc({length})"));
    }
}

/// Moves an element sideways by a percentage of its own width; cheaper in every frame than an inherited property.
pub fn shift_percent(element: &NodeRef, percent: f64) {
    if let Some(element) = element.get().and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        let _ = element.style().set_property("transform", &format!("translateX({percent:.3}%)"));
    }
}

/// Hook: a reference to an element whose `--at` (and `--length`) follow the given shares, 0 to 1.
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

#[derive(Properties, PartialEq)]
pub struct PlacedProps {
    pub class: Classes,
    /// Position of its left edge, 0 to 1.
    pub at_ratio: f64,
    /// Length, 0 to 1; from the style sheet when absent.
    #[prop_or_default]
    pub length_ratio: Option<f64>,
    /// Tooltip.
    #[prop_or_default]
    pub title: Option<AttrValue>,
    #[prop_or_default]
    pub children: Html,
}

/// A part of a bar that is hidden from screen readers.
#[component]
pub fn Placed(props: &PlacedProps) -> Html {
    let place = use_place(props.at_ratio, props.length_ratio);
    html! {
        <span class={props.class.clone()} ref={place} title={props.title.clone()} aria-hidden="true">
            { props.children.clone() }
        </span>
    }
}
