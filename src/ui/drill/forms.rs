//! The fields of the drill's forms, read when they are sent.

use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

use crate::drill::{Cause, Expectation, Series, Thought, Update, Way, What};

/// Fields of forms.
#[derive(Clone, PartialEq, Default)]
pub struct Forms {
    pub cause: NodeRef,
    pub sureness: NodeRef,
    pub series: NodeRef,
    pub way: NodeRef,
    pub minutes: NodeRef,
    pub impact: NodeRef,
    pub state: NodeRef,
    pub next: NodeRef,
    pub moment: NodeRef,
    pub sentence: NodeRef,
    pub plan: NodeRef,
}

fn chosen(field: &NodeRef) -> String {
    field.cast::<HtmlSelectElement>().map(|select| select.value()).unwrap_or_default()
}

fn ticked(field: &NodeRef) -> bool {
    field.cast::<HtmlInputElement>().is_some_and(|input| input.checked())
}

fn written(field: &NodeRef) -> String {
    field.cast::<HtmlTextAreaElement>().map(|area| area.value().trim().to_owned()).unwrap_or_default()
}

impl Forms {
    /// The thought of the form.
    pub fn thought(&self) -> Option<What> {
        let series = Series::of_id(&chosen(&self.series));
        let expects = series.and_then(|series| {
            Some(Expectation {
                series,
                way: Way::parse(&chosen(&self.way))?,
                minutes: chosen(&self.minutes).parse().ok()?,
            })
        });
        Some(What::Think(Thought { cause: self.cause()?, sureness: chosen(&self.sureness).parse().ok()?, expects }))
    }

    /// The cause of the form.
    pub fn cause(&self) -> Option<Cause> {
        Cause::of_id(&chosen(&self.cause))
    }

    /// The status update of the form.
    pub fn update(&self) -> What {
        let next_min = chosen(&self.next).parse().ok().filter(|minutes| *minutes > 0);
        What::Update(Update { impact: ticked(&self.impact), state: ticked(&self.state), next_min })
    }

    /// A moment that is written about.
    pub fn mark(&self) -> Option<What> {
        Some(What::Mark(chosen(&self.moment).parse().ok()?, written(&self.sentence)))
    }

    /// The plan.
    pub fn plan(&self) -> What {
        What::Plan(written(&self.plan))
    }

    /// Empties the fields that are written in.
    pub fn clear(&self) {
        for field in [&self.sentence, &self.plan] {
            if let Some(area) = field.cast::<HtmlTextAreaElement>() {
                area.set_value("");
            }
        }
    }
}
