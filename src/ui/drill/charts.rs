//! The service's dashboard: charts that end now, drawn anew every simulated minute.

use std::cell::RefCell;

use yew::prelude::*;

use crate::chart::{ChartKind, Palette, model, summary};
use crate::drill::{Debrief, Drill};
use crate::export::{Options, chart_image};
use crate::recording::Recording;
use crate::replay::TimeZone;
use crate::scenario::Scenario;
use crate::units::UtcMs;

/// The charts of the dashboard: what every service has.
const KINDS: [ChartKind; 2] = [ChartKind::Checkouts, ChartKind::Latency];
/// How often they are drawn.
const EVERY_S: u32 = 60;

/// Charts, as they were drawn last.
#[derive(Default)]
pub struct Charts(RefCell<Option<(Drawn, bool, Vec<AttrValue>)>>);

/// What was drawn.
#[derive(Clone, Copy, PartialEq)]
enum Drawn {
    /// The run up to a minute.
    UpTo(u32),
    /// The whole run, with a mark at a moment.
    Whole(Option<UtcMs>),
}

impl Charts {
    /// The charts of a drill that is under way.
    pub fn show(&self, drill: &Drill, dark: bool) -> Html {
        self.drawn(Drawn::UpTo(drill.now_s() / EVERY_S), dark, || {
            KINDS.map(|kind| image(kind, drill.shown(), drill.recording(), dark, None))
        })
    }

    /// The charts of the whole run, with what the trainee did, and a mark at a moment.
    pub fn whole(&self, drill: &Drill, recording: &Recording, at: Option<UtcMs>, dark: bool) -> Html {
        self.drawn(Drawn::Whole(at), dark, || {
            let scenario = Debrief::scenario(drill);
            KINDS.map(|kind| image(kind, &scenario, recording, dark, at))
        })
    }

    /// The values of the charts at a moment, with their names.
    pub fn values(&self, drill: &Drill, recording: &Recording, at: UtcMs) -> Vec<(String, String)> {
        let at_ms = (at.0 - drill.shown().window.from.0) as f64;
        let models = KINDS.map(|kind| model(kind, drill.shown(), recording));
        let values = models.iter().flat_map(|model| {
            model.legend.iter().enumerate().filter_map(|(index, entry)| {
                let value = model.caption_at(index, at_ms)?;
                Some((entry.label.clone(), model.unit.value(value)))
            })
        });
        values.collect()
    }

    fn drawn(&self, what: Drawn, dark: bool, draw: impl FnOnce() -> [AttrValue; KINDS.len()]) -> Html {
        let mut drawn = self.0.borrow_mut();
        let is_fresh = drawn.as_ref().is_some_and(|(at, was_dark, _)| (*at, *was_dark) == (what, dark));
        if !is_fresh {
            *drawn = Some((what, dark, draw().to_vec()));
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

fn image(kind: ChartKind, scenario: &Scenario, recording: &Recording, dark: bool, at: Option<UtcMs>) -> AttrValue {
    let model = model(kind, scenario, recording);
    let description = summary(&model, scenario, recording, TimeZone::Utc);
    let palette = if dark { &Palette::DARK } else { &Palette::LIGHT };
    let playhead_ms = at.map(|at| (at.0 - scenario.window.from.0) as f64);
    chart_image(&model, &description, &Options { palette, playhead_ms, ..Options::default() }).into()
}
