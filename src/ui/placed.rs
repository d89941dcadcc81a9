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

/// Properties of [`Placed`].
#[derive(Properties, PartialEq)]
pub struct PlacedProps {
    /// Its classes.
    pub class: Classes,
    /// Where its left edge stands, 0 to 1.
    pub at_ratio: f64,
    /// How long it is, 0 to 1; by its style sheet when absent.
    #[prop_or_default]
    pub length_ratio: Option<f64>,
    /// What a pointer on it is told.
    #[prop_or_default]
    pub title: Option<AttrValue>,
    /// What is in it.
    #[prop_or_default]
    pub children: Html,
}

/// A piece of a bar that says nothing of its own to screen readers.
#[component]
pub fn Placed(props: &PlacedProps) -> Html {
    let place = use_place(props.at_ratio, props.length_ratio);
    html! {
        <span class={props.class.clone()} ref={place} title={props.title.clone()} aria-hidden="true">
            { props.children.clone() }
        </span>
    }
}
