//! The service's dashboard: charts that end now, drawn anew every simulated minute.

use std::cell::RefCell;

use yew::prelude::*;

use crate::chart::{ChartKind, Palette, model, summary};
use crate::drill::{Debrief, Drill};
use crate::export::{Options, chart_image};
use crate::recording::Recording;
use crate::replay::TimeZone;
use crate::scenario::Scenario;

/// The charts of the dashboard: what every service has.
const KINDS: [ChartKind; 2] = [ChartKind::Checkouts, ChartKind::Latency];
/// How often they are drawn.
const EVERY_S: u32 = 60;

/// Charts, as they were drawn last.
#[derive(Default)]
pub struct Charts(RefCell<Option<(u32, bool, Vec<AttrValue>)>>);

impl Charts {
    /// The charts of a drill that is under way.
    pub fn show(&self, drill: &Drill, dark: bool) -> Html {
        self.drawn(drill.now_s() / EVERY_S, dark, || {
            KINDS.map(|kind| image(kind, drill.shown(), drill.recording(), dark))
        })
    }

    /// The charts of the whole run, with what the trainee did.
    pub fn whole(&self, drill: &Drill, recording: &Recording, dark: bool) -> Html {
        // They stay as they are: no minute has this number.
        self.drawn(u32::MAX, dark, || {
            let scenario = Debrief::scenario(drill);
            KINDS.map(|kind| image(kind, &scenario, recording, dark))
        })
    }

    fn drawn(&self, minute: u32, dark: bool, draw: impl FnOnce() -> [AttrValue; KINDS.len()]) -> Html {
        let mut drawn = self.0.borrow_mut();
        let is_fresh = drawn.as_ref().is_some_and(|(at, was_dark, _)| (*at, *was_dark) == (minute, dark));
        if !is_fresh {
            *drawn = Some((minute, dark, draw().to_vec()));
        }
        let images = drawn.as_ref().map(|(_, _, images)| images.clone()).unwrap_or_default();
        figures(images)
    }
}

fn figures(images: Vec<AttrValue>) -> Html {
    html! {
        <div class="drill-charts">
            { for images.into_iter().map(|image| html! { <figure class="drill-chart">{ Html::from_html_unchecked(image) }</figure> }) }
        </div>
    }
}

fn image(kind: ChartKind, scenario: &Scenario, recording: &Recording, dark: bool) -> AttrValue {
    let model = model(kind, scenario, recording);
    let description = summary(&model, scenario, recording, TimeZone::Utc);
    let palette = if dark { &Palette::DARK } else { &Palette::LIGHT };
    chart_image(&model, &description, &Options { palette, ..Options::default() }).into()
}
