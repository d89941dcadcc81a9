//! The charts as pictures, light and dark.

use super::{CHARTS, Run};
use crate::chart::{ChartKind, Palette, model, summary};
use crate::export::{Options, chart_picture};
use crate::replay::TimeZone;

/// A chart in both themes.
pub(super) struct Chart {
    /// Path beside the page.
    pub light: String,
    /// The same in dark colours.
    pub dark: String,
    /// What the chart shows, in a sentence.
    pub summary: String,
    svgs: [String; 2],
}

impl Chart {
    /// Paths and contents.
    pub fn into_files(self) -> [(String, String); 2] {
        let [light, dark] = self.svgs;
        [(self.light, light), (self.dark, dark)]
    }
}

/// Every chart, in the order of the page.
pub(super) fn all(run: &Run<'_>) -> Vec<Chart> {
    ChartKind::ALL.into_iter().map(|kind| chart(run, kind)).collect()
}

fn chart(run: &Run<'_>, kind: ChartKind) -> Chart {
    let model = model(kind, run.scenario, run.recording);
    let summary = summary(&model, run.scenario, run.recording, TimeZone::Utc);
    Chart {
        light: format!("{CHARTS}/{}.svg", kind.id()),
        dark: format!("{CHARTS}/{}-dark.svg", kind.id()),
        svgs: [&Palette::LIGHT, &Palette::DARK]
            .map(|palette| chart_picture(&model, &summary, &Options { palette, ..Options::default() })),
        summary: format!("{}. {summary}", model.title),
    }
}
