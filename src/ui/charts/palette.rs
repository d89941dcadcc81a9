//! The page's colours, for the canvas.

use std::rc::Rc;

use yew::prelude::*;

use super::super::browser;
use crate::chart::Palette;
use crate::replay::Theme;

/// The current colours of the style sheet.
pub fn read() -> Rc<Palette> {
    let style = browser::document()
        .document_element()
        .and_then(|root| browser::window().get_computed_style(&root).ok().flatten());
    let property =
        |name: &str| style.as_ref().and_then(|style| style.get_property_value(name).ok()).unwrap_or_default();
    Rc::new(Palette::from_css(property))
}

/// Hook: the current colours, updated when the theme, the system's colour scheme or its contrast changes.
#[hook]
pub fn use_palette(theme: Theme) -> Rc<Palette> {
    let palette = use_state_eq(read);
    let followed = palette.clone();
    use_effect_with(theme, move |_| {
        followed.set(read());
        let listeners = [browser::DARK, browser::MORE_CONTRAST].map(|query| {
            let followed = followed.clone();
            browser::watch_media(query, move |_| followed.set(read()))
        });
        move || drop(listeners)
    });
    Rc::clone(&palette)
}
