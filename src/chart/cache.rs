//! The cache: the share of the calls that it answers, and how full it is.

use std::rc::Rc;

use super::model::{self, ChartModel, Dash, Shape};
use super::palette::ColourToken;
use super::scales::Scale;
use super::{ChartKind, base, format::Unit};
use crate::recording::{Recording, Span, TICK_S};
use crate::scenario::Scenario;

/// End of the value axis: a little above the whole, so that a full cache stays visible.
const HIGH_RATIO: f64 = 1.12;
/// Seconds over which hits are counted.
const WINDOW_S: usize = 60;

/// Shares of the calls of the minute before and of the entries.
pub(super) fn cache(scenario: &Scenario, recording: &Recording) -> ChartModel {
    let entries = recording.meta.cache_entries;
    let ticks = if entries.is_some() { recording.ticks() } else { 0 };
    let x_ms: Rc<[f64]> = (1..=ticks).map(|tick| (tick * TICK_S * 1000) as f64).collect();
    let ends = || (1..=ticks).map(|tick| tick * TICK_S);
    let minute = |until: usize| Span { from: until.saturating_sub(WINDOW_S), until };
    let hits = ends().map(|until| recording.cache_hit_ratio(minute(until)).unwrap_or(f64::NAN)).collect();
    let whole = f64::from(entries.unwrap_or(1).max(1));
    let filled = ends().map(|until| f64::from(recording.cache.filled[until - 1]) / whole).collect();
    let columns = [
        ("hits", "answered by the cache", ColourToken::Accent, Dash::Solid, Shape::Line, hits),
        ("filled", "entries there", ColourToken::Good, Dash::Dashed, Shape::Line, filled),
    ];
    let (series, legend) = model::columns(ChartKind::Cache, &x_ms, columns);
    let of = scenario.cache.as_ref().map_or("entries", |cache| cache.of.as_str());
    ChartModel {
        subtitle: format!("share of the calls, and of the {of}"),
        series,
        legend,
        ..base(ChartKind::Cache, Unit::Percent, Scale::linear(0.0, HIGH_RATIO), scenario, recording)
    }
}
