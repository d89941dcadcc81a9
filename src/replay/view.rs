//! The view: what is selected and how it is shown.
//!
//! Invariant: charts and series are named by key; a key that no longer exists selects nothing.

use std::collections::BTreeSet;

use super::{TimeRange, ZOOM_LENGTH_MS_MIN};
use crate::units::UtcMs;

/// The audience of the sentences.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Audience {
    /// What happened, to how many users, and what is being done; no jargon.
    #[default]
    Executive,
    /// The figures that an engineer on call looks at.
    Engineer,
    /// What can be seen at that minute and what to ask, without hindsight.
    Trainer,
}

impl Audience {
    pub const ALL: [Self; 3] = [Self::Executive, Self::Engineer, Self::Trainer];

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Executive => "Plain",
            Self::Engineer => "Engineer",
            Self::Trainer => "Trainer",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TimeZone {
    #[default]
    Utc,
    /// The reader's own time zone.
    Local {
        /// Minutes to add to UTC, as the browser reports them for the start of the run.
        offset_min: i32,
        /// When clocks are changed during the run, and the offset from then on.
        change: Option<(UtcMs, i32)>,
    },
}

impl TimeZone {
    /// A zone whose clocks are not changed.
    #[must_use]
    pub fn fixed(offset_min: i32) -> Self {
        Self::Local { offset_min, change: None }
    }

    /// Minutes to add to UTC at a moment.
    #[must_use]
    pub fn offset_min(self, at: UtcMs) -> i32 {
        match self {
            Self::Utc => 0,
            Self::Local { change: Some((from, offset_min)), .. } if at >= from => offset_min,
            Self::Local { offset_min, .. } => offset_min,
        }
    }

    /// The local time of this zone, as if it were UTC.
    #[must_use]
    pub fn shift(self, at: UtcMs) -> UtcMs {
        UtcMs(at.0.saturating_add(i64::from(self.offset_min(at)) * 60_000))
    }

    /// `HH:MM` on a clock of this zone; in an hour that comes twice, with the offset: `02:15 (UTC+2)`.
    #[must_use]
    pub fn hh_mm(self, at: UtcMs) -> String {
        self.shift(at).hh_mm() + &self.offset_told(at)
    }

    /// `HH:MM:SS` on a clock of this zone, with the offset in an hour that comes twice.
    #[must_use]
    pub fn hh_mm_ss(self, at: UtcMs) -> String {
        self.shift(at).hh_mm_ss() + &self.offset_told(at)
    }

    fn offset_told(self, at: UtcMs) -> String {
        let Self::Local { offset_min, change: Some((from, later_min)) } = self else { return String::new() };
        // The clock shows the same from the first time on, put back, until it has caught up.
        let twice_ms = i64::from(offset_min - later_min) * 60_000;
        if (at.0 - from.0).abs() > twice_ms || at.0 - from.0 == twice_ms {
            return String::new();
        }
        let offset = self.offset_min(at);
        let minutes = if offset % 60 == 0 { String::new() } else { format!(":{:02}", offset.abs() % 60) };
        format!(" (UTC{}{}{minutes})", if offset < 0 { '−' } else { '+' }, offset.abs() / 60)
    }

    /// The name shown after a time: "UTC", "local time".
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Utc => "UTC",
            Self::Local { .. } => "local time",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Theme {
    /// As set in the reader's operating system.
    #[default]
    System,
    Light,
    Dark,
}

/// The view: what is selected and how it is shown.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct View {
    /// The time range of the charts; `None` is the whole window.
    pub zoom: Option<TimeRange>,
    /// Keys of the hidden series: "memory/payment-3".
    pub hidden_series: BTreeSet<String>,
    /// Index of the instance whose details are shown.
    pub instance: Option<usize>,
    /// Key of the chart that has the focus.
    pub focused_chart: Option<String>,
    /// Keys of the charts whose data table is open.
    pub open_tables: BTreeSet<String>,
    /// The audience of the sentences.
    pub audience: Audience,
    pub time_zone: TimeZone,
    pub theme: Theme,
}

/// Changes of the view.
#[derive(Clone, PartialEq, Debug)]
pub enum ViewCommand {
    /// Show this time range in the charts; the ends may come in either order.
    Zoom {
        /// One end, in milliseconds since the start of the window.
        from_ms: f64,
        until_ms: f64,
    },
    /// Show twice as much time around the same middle, as far as the window allows.
    ZoomOut,
    /// Switch a series on or off.
    ToggleSeries(String),
    /// Switch all series on.
    ShowAllSeries,
    /// Show the details of an instance; the same one again shows none.
    ToggleInstance(usize),
    /// Show the details of an instance, or none.
    SelectInstance(Option<usize>),
    /// Focus a chart, or none.
    FocusChart(Option<String>),
    /// Open or close the data table of a chart.
    SetTable {
        chart: String,
        open: bool,
    },
    /// The audience of the sentences.
    SetAudience(Audience),
    SetTimeZone(TimeZone),
    SetTheme(Theme),
}

impl View {
    /// Whether a series is shown.
    #[must_use]
    pub fn is_shown(&self, series: &str) -> bool {
        !self.hidden_series.contains(series)
    }

    /// The time range of the charts on a track of this length.
    #[must_use]
    pub fn range(&self, duration_ms: f64) -> TimeRange {
        self.zoom.unwrap_or(TimeRange { from_ms: 0.0, until_ms: duration_ms })
    }

    /// Applies a change.
    #[must_use]
    pub(super) fn reduced(&self, command: ViewCommand, duration_ms: f64) -> Self {
        let mut view = self.clone();
        match command {
            ViewCommand::Zoom { from_ms, until_ms } => view.zoom_to(from_ms, until_ms, duration_ms),
            ViewCommand::ZoomOut => {
                if let Some(zoom) = self.zoom {
                    // At the edge of the window the range is shifted, not shortened.
                    let length_ms = (2.0 * zoom.length_ms()).min(duration_ms);
                    let from_ms = (zoom.from_ms - zoom.length_ms() / 2.0).clamp(0.0, duration_ms - length_ms);
                    view.zoom_to(from_ms, from_ms + length_ms, duration_ms);
                }
            }
            ViewCommand::ToggleSeries(key) => {
                if !view.hidden_series.remove(&key) {
                    view.hidden_series.insert(key);
                }
            }
            ViewCommand::ShowAllSeries => view.hidden_series.clear(),
            ViewCommand::ToggleInstance(index) => {
                view.instance = (self.instance != Some(index)).then_some(index);
            }
            ViewCommand::SelectInstance(instance) => view.instance = instance,
            ViewCommand::FocusChart(chart) => view.focused_chart = chart,
            ViewCommand::SetTable { chart, open: true } => {
                view.open_tables.insert(chart);
            }
            ViewCommand::SetTable { chart, open: false } => {
                view.open_tables.remove(&chart);
            }
            ViewCommand::SetAudience(reader) => view.audience = reader,
            ViewCommand::SetTimeZone(time_zone) => view.time_zone = time_zone,
            ViewCommand::SetTheme(theme) => view.theme = theme,
        }
        view
    }

    fn zoom_to(&mut self, from_ms: f64, until_ms: f64, duration_ms: f64) {
        let Some(range) = TimeRange::within(from_ms, until_ms, duration_ms, ZOOM_LENGTH_MS_MIN) else { return };
        let whole = range.from_ms <= 0.0 && range.until_ms >= duration_ms;
        self.zoom = (!whole).then_some(range);
    }
}
