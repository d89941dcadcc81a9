//! What happened, behind a what-if: one line of the actual run beside the same of the what-if, with what lies between them.
//!
//! Invariant: the line says the same of both runs, and its values are those of their charts.

use std::rc::Rc;

use super::ChartKind;
use super::model::{ChartModel, Series, Shape};
use super::palette::ColourToken;
use super::scales::Scale;

/// The line of the actual run.
#[derive(Clone, PartialEq, Debug)]
pub struct Ghost {
    /// What it shows: "affected", "p95", "highest of the older instances".
    pub name: String,
    /// The actual run.
    pub actual: Series,
    /// The what-if, for what lies between them.
    pub what_if: Series,
}

/// The chart of a what-if with what happened behind it. `actual` is the same chart of the actual run.
#[must_use]
pub fn with_ghost(model: ChartModel, actual: &ChartModel) -> ChartModel {
    let (Some((name, what_if)), Some((_, before))) = (line(&model), line(actual)) else { return model };
    let scale = both(model.scale, actual.scale);
    ChartModel { ghost: Some(Ghost { name, actual: before, what_if }), scale, ..model }
}

/// The line that says most: harm where outcomes are stacked, all that is stacked elsewhere, the slow quantile of a latency, else
/// the highest series of the first entry of the legend.
fn line(model: &ChartModel) -> Option<(String, Series)> {
    let is_stacked = |series: &&Series| model.legend[series.entry].shape == Shape::Stacked;
    let stacked: Vec<&Series> = model.series.iter().filter(is_stacked).collect();
    if model.kind == ChartKind::Checkouts {
        let is_harm =
            |series: &&Series| matches!(model.legend[series.entry].token, ColourToken::Bad | ColourToken::Warn);
        return Some(("affected".to_owned(), joined(stacked.into_iter().filter(is_harm), |a, b| a + b)?));
    }
    if !stacked.is_empty() {
        return Some(("all".to_owned(), joined(stacked.into_iter(), |a, b| a + b)?));
    }
    let entry = if model.kind == ChartKind::Latency { model.entry("latency/p95")? } else { 0 };
    let label = &model.legend.get(entry)?.label;
    let several = model.series_of(entry).count() > 1;
    let name = if several { format!("highest of {label}") } else { label.clone() };
    Some((name, joined(model.series_of(entry), f64::max)?))
}

/// Series on one time axis as one; a gap where all of them have one.
fn joined<'a>(mut series: impl Iterator<Item = &'a Series>, join: impl Fn(f64, f64) -> f64) -> Option<Series> {
    let first = series.next()?;
    let mut values = first.values.clone();
    for other in series.filter(|other| Rc::ptr_eq(&other.x_ms, &first.x_ms) || other.x_ms == first.x_ms) {
        for (value, more) in values.iter_mut().zip(&other.values) {
            *value = match (value.is_nan(), more.is_nan()) {
                (true, _) => *more,
                (_, true) => *value,
                _ => join(*value, *more),
            };
        }
    }
    Some(Series { instance: None, values, ..first.clone() })
}

/// The axis that holds the values of both.
fn both(a: Scale, b: Scale) -> Scale {
    let ([a_low, a_high], [b_low, b_high]) = (a.domain(), b.domain());
    match a {
        Scale::Linear { .. } => Scale::linear(a_low.min(b_low), a_high.max(b_high)),
        Scale::Log { .. } => Scale::log(a_low.min(b_low), a_high.max(b_high)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{ChartKind, model, synthetic};

    #[test]
    fn every_chart_has_a_line_of_what_happened_on_an_axis_that_holds_it() {
        let (scenario, actual) = (synthetic::scenario(), synthetic::recording());
        let mut milder = actual.clone();
        // Fewer users are harmed, and nothing queues.
        milder.service.started_failed.fill(0);
        milder.service.queued.fill(0);
        for kind in ChartKind::of(&scenario) {
            let [before, after] = [&actual, &milder].map(|recording| model(kind, &scenario, recording));
            let ghosted = with_ghost(after.clone(), &before);
            let ghost = ghosted.ghost.expect("every chart has one");
            assert_eq!(ghost.actual.x_ms.len(), ghost.actual.values.len());
            let ([low, high], highest) = (
                ghosted.scale.domain(),
                ghost.actual.values.iter().copied().filter(|v| !v.is_nan()).fold(0.0, f64::max),
            );
            assert!(high >= highest && low <= after.scale.domain()[0], "{}", kind.id());
        }
    }

    #[test]
    fn of_checkouts_it_is_the_affected_share() {
        let (scenario, recording) = (synthetic::scenario(), synthetic::recording());
        let model = model(ChartKind::Checkouts, &scenario, &recording);
        let ghost = with_ghost(model.clone(), &model).ghost.expect("a ghost");
        let at_ms = 60.0 * 60_000.0 + 30_000.0;
        assert_eq!(ghost.actual.value_at(at_ms), Some(0.375 + 0.25));
        assert_eq!(ghost.actual, ghost.what_if);
    }
}
