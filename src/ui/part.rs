//! Parts of the page that are not needed at its start: each is fetched when it is first shown.
//!
//! The release build moves what only a part needs out of the program (`cargo xtask build`, which sets `cfg(split)`); the linker's
//! relocations tell what that is. In every other build a part is in the program, and is there at once.
//!
//! Invariant: a part that does not arrive is told where it would stand, and can be asked for again. The rest of the page works.

use std::future::Future;
use std::pin::Pin;

use wasm_split_helpers::SplitLoaderError;
#[cfg(split)]
use wasm_split_helpers::wasm_split;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::drill::{DrillPage, DrillPageProps, Facilitator, FacilitatorProps};
use super::share::{Dialog, DialogProps};
use super::what_if::{WhatIf, WhatIfProps};

/// Renders a part.
type View<P> = fn(&P) -> Html;

type Fetching<P> = Pin<Box<dyn Future<Output = Result<View<P>, SplitLoaderError>>>>;

/// The properties of a part.
pub trait Part: Properties + Clone + 'static {
    /// Name in sentences.
    const NAME: &'static str;

    /// Fetches its code.
    fn fetch() -> Fetching<Self>;

    /// What stands in its place until then; `told` says why.
    fn stand_in(told: Html) -> Html;
}

/// Declares a part: the file it comes from, the function that it is reached by, its component with the properties, its name, and its
/// stand-in.
macro_rules! part {
    ($file:ident, $view:ident, $component:ty, $props:ty, $name:literal, |$told:ident| $stand_in:expr) => {
        #[cfg(split)]
        #[wasm_split($file, fallible)]
        fn $view() -> Result<View<$props>, SplitLoaderError> {
            Ok(|props| html! { <$component ..props.clone() /> })
        }

        #[cfg(not(split))]
        async fn $view() -> Result<View<$props>, SplitLoaderError> {
            Ok(|props| html! { <$component ..props.clone() /> })
        }

        impl Part for $props {
            const NAME: &'static str = $name;

            fn fetch() -> Fetching<Self> {
                Box::pin($view())
            }

            fn stand_in($told: Html) -> Html {
                $stand_in
            }
        }
    };
}

part!(what_if, what_if, WhatIf, WhatIfProps, "What if", |told| html! {
    <section id="what-if" class="card what-if">{ told }</section>
});
part!(drill, drill, DrillPage, DrillPageProps, "The drill", |told| html! {
    <main id="drill" class="page drill">{ told }</main>
});
part!(drill, facilitator, Facilitator, FacilitatorProps, "The facilitator's page", |told| html! {
    <main id="drill" class="page drill">{ told }</main>
});
part!(share, share_dialog, Dialog, DialogProps, "The dialog", |told| html! {
    <div class="part-over">{ told }</div>
});

#[derive(Properties, PartialEq)]
pub struct LazyProps<P: Part> {
    pub of: P,
}

/// A part of the page.
pub struct Lazy<P: Part> {
    state: State<P>,
}

enum State<P> {
    Coming,
    Here(View<P>),
    Lost,
}

pub enum Message<P: 'static> {
    Fetched(Result<View<P>, SplitLoaderError>),
    Again,
}

impl<P: Part> Component for Lazy<P> {
    type Message = Message<P>;
    type Properties = LazyProps<P>;

    fn create(ctx: &Context<Self>) -> Self {
        fetch(ctx);
        Self { state: State::Coming }
    }

    fn update(&mut self, ctx: &Context<Self>, message: Self::Message) -> bool {
        self.state = match message {
            Message::Fetched(Ok(view)) => State::Here(view),
            Message::Fetched(Err(_)) => State::Lost,
            Message::Again => {
                fetch(ctx);
                State::Coming
            }
        };
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        match &self.state {
            State::Here(view) => view(&ctx.props().of),
            State::Coming => P::stand_in(html! {
                <p class="part-coming" role="status">{ format!("{} is on its way …", P::NAME) }</p>
            }),
            State::Lost => P::stand_in(html! {
                <div class="note note-error" role="alert">
                    <p class="note-text">{ format!("{} did not arrive: no network, or a newer version of this page has replaced it. Try again, or reload the page.", P::NAME) }</p>
                    <button type="button" class="button" onclick={ctx.link().callback(|_| Message::Again)}>{ "Try again" }</button>
                </div>
            }),
        }
    }
}

fn fetch<P: Part>(ctx: &Context<Lazy<P>>) {
    let link = ctx.link().clone();
    spawn_local(async move { link.send_message(Message::Fetched(P::fetch().await)) });
}
