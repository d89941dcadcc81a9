//! Exports of a run: files for post-mortem documents, Prometheus and Grafana.
//!
//! Invariant: a file depends only on the scenario, the recording and the [`Options`]. Text of the scenario appears as text,
//! never as markup, formula or template.
//!
//! The command line calls [`files`]. The Share dialog, which shows one format at a time, calls [`chart_svg`],
//! [`post_mortem`], [`recording_csv`], [`timeline_csv`] or [`summary_json`] itself, so that the page need not contain the
//! rest.

mod annotations;
mod csv;
mod drill;
mod events;
mod families;
mod json;
mod link;
mod markdown;
mod metrics;
mod openmetrics;
mod parts;
mod promql;
mod rule_tests;
mod rules;
mod svg;
mod text;

use crate::chart::{ChartKind, Palette};
use crate::recording::{Ledger, Recording};
use crate::replay::TimeRange;
use crate::scenario::Scenario;
use crate::units::UtcMs;

pub use annotations::annotations_json;
pub use csv::{comparison_csv, recording_csv, timeline_csv};
pub use drill::{drill_json, drill_markdown};
pub use events::{Event, EventKind, events};
pub use json::{series_json, summary_json};
pub use link::{BaseUrl, NotABaseUrl};
pub use markdown::{comparison_markdown, moment_markdown, post_mortem, timeline_markdown};
pub use openmetrics::openmetrics;
pub use rule_tests::rule_tests_yaml;
pub use rules::rules_yaml;
pub use svg::{CHART_HEIGHT_PX, CHART_WIDTH_PX, chart_image, chart_svg, comparison_svg};
pub use text::html;

#[cfg(feature = "cli")]
pub(crate) use json::{quantity, verdict_word};
#[cfg(feature = "cli")]
pub(crate) use text::push_html;

/// Borrows what exports read of a run.
#[derive(Clone, Copy, Debug)]
pub struct RunRef<'a> {
    pub scenario: &'a Scenario,
    /// The run.
    pub recording: &'a Recording,
    pub ledger: &'a Ledger,
}

/// A kind of export.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Format {
    /// The recording and the timeline as RFC 4180 tables
    Csv,
    /// Summary, events and claims; and every series in columns
    Json,
    /// A post-mortem document
    Markdown,
    /// The charts as pictures
    Svg,
    /// The series for `promtool tsdb create-blocks-from openmetrics`
    #[cfg_attr(feature = "cli", value(name = "openmetrics"))]
    OpenMetrics,
    /// The alert rules for Prometheus, with their unit test for `promtool test rules`
    Rules,
    /// The events as Grafana annotations
    Annotations,
}

impl Format {
    /// Every format, in the order of the documentation.
    pub const ALL: [Self; 7] =
        [Self::Csv, Self::Json, Self::Markdown, Self::Svg, Self::OpenMetrics, Self::Rules, Self::Annotations];
}

/// What an export covers and how it looks.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// The address of the published replay; without it there are no links.
    pub base_url: Option<BaseUrl>,
    /// The range that tables, images and annotations cover; the whole window when absent. The document, the OpenMetrics text
    /// (whose counters begin with the window) and the rules always cover the whole run.
    pub range: Option<TimeRange>,
    /// Position of the playhead's mark in images, in milliseconds since the start of the window.
    pub playhead_ms: Option<f64>,
    /// Colours of images.
    pub palette: &'a Palette,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { base_url: None, range: None, playhead_ms: None, palette: &Palette::LIGHT }
    }
}

impl Options<'_> {
    /// The first and last moment that the export covers.
    fn covered(&self, scenario: &Scenario) -> [UtcMs; 2] {
        let from = scenario.window.from;
        match self.range {
            None => [from, scenario.window.until],
            Some(range) => [from.plus_s(range.from_ms / 1000.0), from.plus_s(range.until_ms / 1000.0)],
        }
    }
}

/// A file to save.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// Path in the export folder, with `/`.
    pub path: String,
    /// Media type, for downloads.
    pub media_type: &'static str,
    /// Content.
    pub text: String,
}

/// Folder of the images, beside the document.
const CHARTS: &str = "charts";

/// The files of a format. Equal runs and options give equal files.
#[must_use]
pub fn files(format: Format, run: &RunRef<'_>, options: &Options<'_>) -> Vec<File> {
    let file = |path: &str, media_type, text| File { path: path.to_owned(), media_type, text };
    match format {
        Format::Csv => vec![
            file("recording.csv", "text/csv", recording_csv(run.scenario, run.recording, options.range)),
            file("timeline.csv", "text/csv", timeline_csv(run, options)),
        ],
        Format::Json => vec![
            file("summary.json", "application/json", crate::json::to_lines(&summary_json(run))),
            file("series.json", "application/json", crate::json::to_string(&series_json(run)) + "\n"),
        ],
        Format::Markdown => vec![file("post-mortem.md", "text/markdown", post_mortem(run, options, Some(CHARTS)))],
        Format::Svg => {
            let picture = |kind| file(&chart_path(kind), "image/svg+xml", chart_svg(kind, run, options));
            ChartKind::of(run.scenario).into_iter().map(picture).collect()
        }
        Format::OpenMetrics => {
            vec![file("metrics.openmetrics.txt", "application/openmetrics-text; version=1.0.0", openmetrics(run))]
        }
        Format::Rules => vec![
            file(rules::FILE, "application/yaml", rules_yaml(run.scenario)),
            file("rules.test.yml", "application/yaml", rule_tests_yaml(run)),
        ],
        Format::Annotations => {
            vec![file("annotations.json", "application/json", crate::json::to_lines(&annotations_json(run, options)))]
        }
    }
}

/// Path of a chart in the export folder.
fn chart_path(kind: ChartKind) -> String {
    format!("{CHARTS}/{}.svg", kind.id())
}
