//! The charts as images.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::{CHARTS, RunRef};
use crate::chart::{ChartKind, Palette, model, summary};
use crate::export::{Options, chart_image};
use crate::replay::TimeZone;

/// Where the images of charts go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ImagePlacement {
    /// Files beside the page, in both themes.
    Files,
    /// Inline in the page, in light colours only to save bytes.
    Inline,
}

/// A chart of the story.
pub(super) struct Chart {
    /// Address of the image in light colours.
    pub light: String,
    /// Address of the image in dark colours.
    pub dark: Option<String>,
    pub summary: String,
    files: Vec<(String, String)>,
}

impl Chart {
    /// Paths and contents of the image files.
    pub fn into_files(self) -> Vec<(String, String)> {
        self.files
    }
}

/// Every chart, in the order of the page.
pub(super) fn all(run: &RunRef<'_>, pictures: ImagePlacement) -> Vec<Chart> {
    ChartKind::of(run.scenario).into_iter().map(|kind| chart(run, kind, pictures)).collect()
}

fn chart(run: &RunRef<'_>, kind: ChartKind, pictures: ImagePlacement) -> Chart {
    let model = model(kind, run.scenario, run.recording);
    let summary = summary(&model, run.scenario, run.recording, TimeZone::Utc);
    let light = chart_image(&model, &summary, &Options { palette: &Palette::LIGHT, ..Options::default() });
    let summary_of_picture = format!("{}. {summary}", model.title);
    match pictures {
        ImagePlacement::Inline => Chart {
            light: format!("data:image/svg+xml;base64,{}", BASE64.encode(light)),
            dark: None,
            summary: summary_of_picture,
            files: Vec::new(),
        },
        ImagePlacement::Files => {
            let path = |theme: &str| format!("{CHARTS}/{}{theme}.svg", kind.id());
            let dark = chart_image(&model, &summary, &Options { palette: &Palette::DARK, ..Options::default() });
            Chart {
                light: path(""),
                dark: Some(path("-dark")),
                summary: summary_of_picture,
                files: vec![(path(""), light), (path("-dark"), dark)],
            }
        }
    }
}
