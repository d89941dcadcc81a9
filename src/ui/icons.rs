//! Icons as inline SVG. They are decorative; their buttons have names.

use yew::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Icon {
    Play,
    Pause,
    Previous,
    Next,
    Expand,
    Shrink,
    More,
    Help,
    Open,
    Share,
    Close,
}

/// An icon in the current text colour.
pub fn icon(icon: Icon) -> Html {
    let filled = |d: &'static str| html! { <path class="icon-fill" {d} /> };
    let stroked = |d: &'static str| html! { <path class="icon-stroke" {d} /> };
    let shape = match icon {
        Icon::Play => filled("M6 3.6v12.8c0 .6.7 1 1.2.7l10.2-6.4c.5-.3.5-1 0-1.4L7.2 2.9C6.7 2.6 6 3 6 3.6z"),
        Icon::Pause => filled("M5 3h3.6v14H5zM11.4 3H15v14h-3.6z"),
        Icon::Previous => {
            filled("M4 4h2.2v12H4zM16 4.6v10.8c0 .5-.5.8-.9.5L7.4 10.5a.6.6 0 0 1 0-1l7.7-5.4c.4-.3.9 0 .9.5z")
        }
        Icon::Next => {
            filled("M13.8 4H16v12h-2.2zM4 4.6v10.8c0 .5.5.8.9.5l7.7-5.4a.6.6 0 0 0 0-1L4.9 4.1c-.4-.3-.9 0-.9.5z")
        }
        Icon::Expand => stroked("M3 7.5V3h4.5M12.5 3H17v4.5M17 12.5V17h-4.5M7.5 17H3v-4.5"),
        Icon::Shrink => stroked("M7.5 3v4.5H3M17 7.5h-4.5V3M12.5 17v-4.5H17M3 12.5h4.5V17"),
        Icon::More => filled(
            "M4 8.4a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2zm6 0a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2zm6 0a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2z",
        ),
        Icon::Share => stroked("M10 12.5V2.5M6.5 5.5 10 2.2l3.5 3.3M6 8.5H4v9h12v-9h-2"),
        Icon::Close => stroked("M5 5l10 10M15 5 5 15"),
        Icon::Open => stroked("M2.5 15.5v-11h5l2 2.2h8v8.8zM2.5 15.5l2.4-6h13.6"),
        Icon::Help => html! {
            <>
                <path class="icon-stroke" d="M7 7.4A3 3 0 1 1 11.5 10c-.9.6-1.5 1.1-1.5 2.2" />
                <circle class="icon-fill" cx="10" cy="15.4" r="1.2" />
            </>
        },
    };
    html! { <svg class="icon-shape" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">{ shape }</svg> }
}
