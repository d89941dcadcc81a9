//! Parts of the page that are not needed at its start: each is fetched when it is first shown.
//!
//! The release build moves what only a part needs out of the program (`cargo xtask build`, which sets `cfg(split)`); the linker's
//! relocations tell what that is. In every other build a part is in the program, and is there at once.
//!
//! Invariant: a part that does not arrive is told where it would stand, and can be asked for again. The rest of the page works.

use std::future::Future;
use std::pin::Pin;

use gloo::timers::callback::Timeout;
use wasm_split_helpers::SplitLoaderError;
#[cfg(split)]
use wasm_split_helpers::wasm_split;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::browser;
use super::drill::{DrillPage, DrillPageProps, Facilitator, FacilitatorProps};
use super::icons::{Icon, icon};
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
    fn stand_in(&self, told: Html) -> Html;
}

/// Declares a part: the file it comes from, the function that it is reached by, its component with the properties, its name, and its
/// stand-in.
macro_rules! part {
    ($file:ident, $view:ident, $component:ty, $props:ty, $name:literal, |$own:ident, $told:ident| $stand_in:expr) => {
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

            fn stand_in(&self, $told: Html) -> Html {
                let $own = self;
                $stand_in
            }
        }
    };
}

part!(what_if, what_if, WhatIf, WhatIfProps, "What if", |_own, told| html! {
    <section id="what-if" class="card what-if">{ told }</section>
});
part!(drill, drill, DrillPage, DrillPageProps, "The drill", |_own, told| html! {
    <main id="drill" class="page drill"><h1>{ "Drill" }</h1>{ told }</main>
});
part!(drill, facilitator, Facilitator, FacilitatorProps, "The facilitator's page", |_own, told| html! {
    <main id="drill" class="page drill"><h1>{ "Facilitator" }</h1>{ told }</main>
});
part!(share, share_dialog, Dialog, DialogProps, "The Share dialog", |own, told| html! {
    <div class="part-over">
        { told }
        <button type="button" class="button icon" onclick={own.on_close.reform(|_: MouseEvent| ())} aria-label="Close">
            { icon(Icon::Close) }
        </button>
    </div>
});

#[derive(Properties, PartialEq)]
pub struct LazyProps<P: Part> {
    pub of: P,
    /// It is shown, or it is told why it is not.
    #[prop_or_default]
    pub on_settled: Callback<()>,
}

/// A part of the page.
pub struct Lazy<P: Part> {
    state: State<P>,
    is_settled: bool,
    /// Tells that it is late.
    _late: Timeout,
}

enum State<P> {
    Coming,
    Late,
    Here(View<P>),
    Lost,
}

pub enum Message<P: 'static> {
    Fetched(Result<View<P>, SplitLoaderError>),
    Late,
    Again,
}

/// Time after which it is told that a part has not arrived.
const LATE_MS: u32 = 10_000;

impl<P: Part> Component for Lazy<P> {
    type Message = Message<P>;
    type Properties = LazyProps<P>;

    fn create(ctx: &Context<Self>) -> Self {
        fetch(ctx);
        let link = ctx.link().clone();
        Self {
            state: State::Coming,
            is_settled: false,
            _late: Timeout::new(LATE_MS, move || link.send_message(Message::Late)),
        }
    }

    fn update(&mut self, ctx: &Context<Self>, message: Self::Message) -> bool {
        self.state = match message {
            Message::Fetched(Ok(view)) => State::Here(view),
            Message::Fetched(Err(_)) => State::Lost,
            Message::Late if matches!(self.state, State::Coming) => State::Late,
            Message::Late => return false,
            Message::Again => {
                // The button goes away; one of these is seen.
                browser::focus(".page-modes [aria-pressed=true]");
                browser::focus(".top-modes [aria-pressed=true]");
                fetch(ctx);
                State::Coming
            }
        };
        true
    }

    fn rendered(&mut self, ctx: &Context<Self>, _first: bool) {
        if !matches!(self.state, State::Coming) && !std::mem::replace(&mut self.is_settled, true) {
            ctx.props().on_settled.emit(());
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        match &self.state {
            State::Here(view) => view(&ctx.props().of),
            State::Coming => ctx.props().of.stand_in(html! {
                <p class="part-coming" role="status">{ format!("{} is on its way …", P::NAME) }</p>
            }),
            State::Late => ctx.props().of.stand_in(html! {
                <p class="part-coming" role="status">{ format!("{} has not arrived yet. It may still come.", P::NAME) }</p>
            }),
            State::Lost => ctx.props().of.stand_in(html! {
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
