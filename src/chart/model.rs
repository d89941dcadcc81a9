//! The content of a chart, ready to be drawn, read out at a moment, or put into a table; independent of size and backend.
//!
//! Invariant: a model depends only on the scenario and the recording. Zoom, hidden series and selection belong to the
//! [`View`](crate::replay::View) and are applied when drawing, so that changing them rebuilds nothing.

use std::rc::Rc;

use super::format::Unit;
use super::ghost::Ghost;
use super::palette::ColourToken;
use super::scales::Scale;
use super::ticks;
use super::{ChartKind, cache, calls, cpu, gateway, latency, load, memory, outcomes, pools, sessions};
use crate::recording::Recording;
use crate::scenario::Scenario;
use crate::units::UtcMs;

/// A chart's content.
#[derive(Clone, PartialEq, Debug)]
pub struct ChartModel {
    pub kind: ChartKind,
    pub title: String,
    /// Measure, window and unit: "share of the users who started in each minute".
    pub subtitle: String,
    /// What a what-if changes of the scenario, as a line; images carry it.
    pub what_if: Option<String>,
    /// What the values are.
    pub unit: Unit,
    /// Zero of the time axis: the start of the window.
    pub origin: UtcMs,
    /// Start and end of the whole time axis, in milliseconds since `origin`.
    pub domain_ms: [f64; 2],
    /// The value axis.
    pub scale: Scale,
    /// Back to front.
    pub series: Vec<Series>,
    /// In the order shown; every series belongs to exactly one.
    pub legend: Vec<LegendEntry>,
    /// Horizontal lines: limits and alert levels.
    pub thresholds: Vec<Threshold>,
    /// Vertical lines: events of the reported timeline.
    pub events: Vec<EventLine>,
    /// When paging alerts were pending or firing.
    pub alerts: Vec<AlertBand>,
    /// What happened, behind a what-if.
    pub ghost: Option<Ghost>,
}

/// A line or area.
#[derive(Clone, PartialEq, Debug)]
pub struct Series {
    /// Name in the tooltip and the table.
    pub name: String,
    /// Index of its legend entry.
    pub entry: usize,
    /// Index of its instance.
    pub instance: Option<usize>,
    /// Milliseconds since the start of the window, ascending.
    pub x_ms: Rc<[f64]>,
    /// Values, as many as `x_ms`; NaN for a gap.
    pub values: Vec<f64>,
}

/// A legend entry: one series, or several that look the same.
#[derive(Clone, PartialEq, Debug)]
pub struct LegendEntry {
    /// Key for hiding it: `memory/older`.
    pub key: String,
    /// Name: "older instances".
    pub label: String,
    pub token: ColourToken,
    /// Distinguishes it without colour: the pattern of a line; an area that is not solid is striped.
    pub dash: Dash,
    pub shape: Shape,
}

/// How a series is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    Line,
    /// A line with the area below it.
    Area,
    /// Stacked areas; the first series lies at the bottom.
    Stacked,
}

/// The pattern of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dash {
    /// ————
    Solid,
    /// — — —
    Dashed,
    /// · · · ·
    Dotted,
    /// — · — ·
    DashDot,
}

impl Dash {
    /// Alternating lengths of strokes and gaps in CSS pixels; empty for a solid line.
    #[must_use]
    pub fn pattern(self) -> &'static [f64] {
        match self {
            Self::Solid => &[],
            Self::Dashed => &[6.0, 4.0],
            Self::Dotted => &[1.8, 3.2],
            Self::DashDot => &[8.0, 3.0, 2.0, 3.0],
        }
    }

    /// Name in class names.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Solid => "solid",
            Self::Dashed => "dashed",
            Self::Dotted => "dotted",
            Self::DashDot => "dashdot",
        }
    }
}

/// A horizontal line.
#[derive(Clone, PartialEq, Debug)]
pub struct Threshold {
    pub value: f64,
    /// Name: "slow", "limit".
    pub label: String,
    pub token: ColourToken,
}

/// A vertical line at an event.
#[derive(Clone, PartialEq, Debug)]
pub struct EventLine {
    /// Milliseconds since the start of the window.
    pub at_ms: f64,
    /// The event's id, as used in links.
    pub id: String,
    /// Headline.
    pub title: String,
}

/// The state of an alert.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum AlertState {
    /// Its condition holds, but not for long enough yet.
    Pending,
    /// Its condition has held for long enough.
    Firing,
}

/// A time range in which a paging alert was pending or firing.
#[derive(Clone, PartialEq, Debug)]
pub struct AlertBand {
    /// Start, in milliseconds since the start of the window.
    pub from_ms: f64,
    pub until_ms: f64,
    /// How far.
    pub state: AlertState,
    pub rules: Vec<String>,
}

/// The content of a chart.
#[must_use]
pub fn model(kind: ChartKind, scenario: &Scenario, recording: &Recording) -> ChartModel {
    match kind {
        ChartKind::Checkouts => outcomes::checkouts(scenario, recording),
        ChartKind::Pools => pools::pools(scenario, recording),
        ChartKind::Cache => cache::cache(scenario, recording),
        ChartKind::Calls => calls::calls(scenario, recording),
        ChartKind::Memory => memory::memory(scenario, recording),
        ChartKind::Deployment => memory::deployment(scenario, recording),
        ChartKind::Cpu => cpu::cpu(scenario, recording),
        ChartKind::Latency => latency::latency(scenario, recording),
        ChartKind::Gateway => gateway::gateway(scenario, recording),
        ChartKind::Sessions => sessions::sessions(scenario, recording),
        ChartKind::Queue => load::queue(scenario, recording),
        ChartKind::Retries => load::retries(scenario, recording),
    }
}

impl Series {
    /// The value at a moment: that of the nearest point, or of the earlier of two equally near ones. `None` in a gap and
    /// when the nearest point is further away than half of the local distance between points.
    #[must_use]
    pub fn value_at(&self, at_ms: f64) -> Option<f64> {
        let value = *self.values.get(self.index_at(at_ms)?)?;
        (!value.is_nan()).then_some(value)
    }

    /// Index of the point nearest to a moment.
    #[must_use]
    pub fn index_at(&self, at_ms: f64) -> Option<usize> {
        let after = self.x_ms.partition_point(|x| *x < at_ms);
        let last = self.x_ms.len().checked_sub(1)?;
        let index = match after {
            0 => 0,
            after if after > last => last,
            after if at_ms - self.x_ms[after - 1] <= self.x_ms[after] - at_ms => after - 1,
            after => after,
        };
        // Before the first and after the last point a value holds for one step, because a rate or share belongs to the time
        // around or before its point.
        let step = if last == 0 { f64::INFINITY } else { self.x_ms[index.max(1)] - self.x_ms[index.max(1) - 1] };
        ((self.x_ms[index] - at_ms).abs() <= step * 1.001).then_some(index)
    }
}

impl ChartModel {
    /// The series of an entry of the legend.
    pub fn series_of(&self, entry: usize) -> impl Iterator<Item = &Series> {
        self.series.iter().filter(move |series| series.entry == entry)
    }

    /// Index of the legend's entry with that key.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<usize> {
        self.legend.iter().position(|entry| entry.key == key)
    }

    /// The value of a legend entry at a moment; the highest where it has several series.
    #[must_use]
    pub fn caption_at(&self, entry: usize, at_ms: f64) -> Option<f64> {
        self.series_of(entry).filter_map(|series| series.value_at(at_ms)).reduce(f64::max)
    }

    /// The alert band at a moment.
    #[must_use]
    pub fn alert_at(&self, at_ms: f64) -> Option<&AlertBand> {
        self.alerts.iter().find(|band| (band.from_ms..band.until_ms).contains(&at_ms))
    }

    /// The event nearest to a moment, at most `within_ms` away.
    #[must_use]
    pub fn event_near(&self, at_ms: f64, within_ms: f64) -> Option<&EventLine> {
        let distance = |event: &EventLine| (event.at_ms - at_ms).abs();
        let nearest = self.events.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        (distance(nearest) <= within_ms).then_some(nearest)
    }

    /// The visible time range: the view's zoom, or the whole axis.
    #[must_use]
    pub fn range_ms(&self, view: &crate::replay::View) -> [f64; 2] {
        match view.zoom {
            Some(zoom) if self.kind.shows_window() => [zoom.from_ms, zoom.until_ms],
            _ => self.domain_ms,
        }
    }

    /// The moment of a position on the time axis.
    #[must_use]
    pub fn utc(&self, at_ms: f64) -> UtcMs {
        self.origin.plus_s(at_ms / 1000.0)
    }
}

/// A series in short: name in keys, name shown, colour, pattern, shape, values.
pub(super) type Column = (&'static str, &'static str, ColourToken, Dash, Shape, Vec<f64>);

/// Series on a common time axis, each with a legend entry. Columns are in drawing order, back to front; the legend lists
/// them front to back.
pub(super) fn columns<const N: usize>(
    chart: ChartKind,
    x_ms: &Rc<[f64]>,
    columns: [Column; N],
) -> (Vec<Series>, Vec<LegendEntry>) {
    let mut series = Vec::with_capacity(N);
    let mut legend = Vec::with_capacity(N);
    for (index, (id, label, token, dash, shape, values)) in columns.into_iter().enumerate() {
        let (name, x_ms) = (label.to_owned(), Rc::clone(x_ms));
        series.push(Series { name, entry: N - 1 - index, instance: None, x_ms, values });
        let key = format!("{}/{id}", chart.id());
        legend.push(LegendEntry { key, label: label.to_owned(), token, dash, shape });
    }
    legend.reverse();
    (series, legend)
}

/// A linear axis from zero that includes all values and ends on a round one.
pub(super) fn axis_from_zero<'a>(values: impl IntoIterator<Item = &'a f64>, at_least: f64) -> Scale {
    let highest = values.into_iter().copied().filter(|value| !value.is_nan()).fold(at_least, f64::max);
    // A little room above: a line on the edge would be invisible.
    Scale::linear(0.0, ticks::nice_end(highest * 1.03, 4))
}

/// A logarithmic axis that includes all values; its ends are 1, 2 or 5 times a power of ten.
pub(super) fn axis_in_decades<'a>(values: impl IntoIterator<Item = &'a f64>) -> Scale {
    let positive = values.into_iter().copied().filter(|value| *value > 0.0);
    let (low, high) =
        positive.fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), value| (low.min(value), high.max(value)));
    if high <= 0.0 {
        return Scale::log(0.1, 10.0);
    }
    let round = |value: f64, up: bool| {
        let power = libm::pow(10.0, libm::floor(libm::log10(value)));
        let steps = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power);
        let found = if up {
            steps.into_iter().find(|step| *step >= value * (1.0 - 1e-9))
        } else {
            steps.into_iter().rev().find(|step| *step <= value * (1.0 + 1e-9))
        };
        found.unwrap_or(value)
    };
    Scale::log(round(low, false), round(high, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(x_ms: &[f64], values: &[f64]) -> Series {
        Series { name: "s".into(), entry: 0, instance: None, x_ms: x_ms.into(), values: values.to_vec() }
    }

    #[test]
    fn a_moment_reads_the_nearest_point_and_the_earlier_of_two() {
        let series = series(&[30.0, 90.0, 150.0], &[1.0, 2.0, f64::NAN]);
        for (at_ms, value) in [(0.0, Some(1.0)), (59.0, Some(1.0)), (60.0, Some(1.0)), (61.0, Some(2.0)), (150.0, None)]
        {
            assert_eq!(series.value_at(at_ms), value, "{at_ms}");
        }
        assert_eq!(series.value_at(-40.0), None);
        assert_eq!(series.value_at(300.0), None);
    }

    #[test]
    fn a_series_of_one_point_or_none_can_be_read() {
        assert_eq!(series(&[5.0], &[3.0]).value_at(1e9), Some(3.0));
        assert_eq!(series(&[], &[]).value_at(0.0), None);
    }

    #[test]
    fn axes_hold_all_values_and_end_on_round_ones() {
        assert_eq!(axis_from_zero(&[1.0, f64::NAN, 93_400.0], 0.0).domain(), [0.0, 100_000.0]);
        assert_eq!(axis_from_zero(&[], 9.0).domain(), [0.0, 10.0]);
        let [low, high] = axis_in_decades(&[0.0, 0.012, 0.8]).domain();
        assert!((low - 0.01).abs() < 1e-12 && (high - 1.0).abs() < 1e-12);
        assert_eq!(axis_in_decades(&[]).domain(), [0.1, 10.0]);
    }
}
