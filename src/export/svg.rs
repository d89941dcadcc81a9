//! Charts as SVG files.

use super::{Options, RunRef};
use crate::chart::{ChartKind, ChartModel, ImageOptions, model, summary, svg, with_ghost};
use crate::recording::Recording;
use crate::replay::{TimeZone, View};
use crate::scenario::Scenario;

/// Width of a chart in CSS pixels. Its text stays legible when a phone scales it down.
pub const CHART_WIDTH_PX: u16 = 440;
/// Height of a chart in CSS pixels.
pub const CHART_HEIGHT_PX: u16 = 290;

/// A chart with title, legend and description in the range of the options, and with the playhead if the options have one.
#[must_use]
pub fn chart_svg(kind: ChartKind, run: &RunRef<'_>, options: &Options<'_>) -> String {
    let model = model(kind, run.scenario, run.recording);
    let description = summary(&model, run.scenario, run.recording, TimeZone::Utc);
    chart_image(&model, &description, options)
}

/// The checkouts of a what-if, with what happened dashed and the difference shaded; `sentence` says it in words, the title what is
/// changed.
#[must_use]
pub fn comparison_svg(
    (actual, happened): (&Scenario, &Recording),
    (changed, what_if): (&Scenario, &Recording),
    sentence: &str,
    options: &Options<'_>,
) -> String {
    let before = model(ChartKind::Checkouts, actual, happened);
    let compared = with_ghost(model(ChartKind::Checkouts, changed, what_if), &before);
    chart_image(&compared, sentence, options)
}

/// The same for a given model and description.
#[must_use]
pub fn chart_image(model: &ChartModel, description: &str, options: &Options<'_>) -> String {
    let look = ImageOptions {
        width_px: f64::from(CHART_WIDTH_PX),
        height_px: f64::from(CHART_HEIGHT_PX),
        palette: options.palette,
        with_head: true,
        playhead_ms: options.playhead_ms,
        description,
    };
    svg(model, &View { zoom: options.range, ..View::default() }, &look)
}
