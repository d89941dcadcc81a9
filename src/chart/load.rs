//! The load on the service: requests in flight and queued, attempts and retries.

use std::rc::Rc;

use super::model::{self, ChartModel, Dash, Shape, Threshold};
use super::palette::ColourToken;
use super::{ChartKind, base, format::Unit};
use crate::recording::Recording;
use crate::scenario::Scenario;

/// Gauges are averaged over this many seconds: single seconds flicker with every pause.
const GAUGE_S: usize = 15;
/// Rates are taken over this many seconds, at steps of [`RATE_STEP_S`].
const RATE_S: usize = 60;
const RATE_STEP_S: usize = 15;

/// Means over blocks of [`GAUGE_S`] seconds, placed at the end of each block. An incomplete last block is dropped.
fn means(column: &[u32]) -> Vec<f64> {
    let mean = |piece: &[u32]| piece.iter().map(|value| f64::from(*value)).sum::<f64>() / GAUGE_S as f64;
    column.chunks_exact(GAUGE_S).map(mean).collect()
}

fn ends(pieces: usize, step_s: usize) -> Rc<[f64]> {
    (1..=pieces).map(|piece| (piece * step_s * 1000) as f64).collect()
}

pub(super) fn queue(scenario: &Scenario, recording: &Recording) -> ChartModel {
    let service = &recording.service;
    let columns = [
        ("queued", "of these queued", ColourToken::Warn, Dash::Solid, Shape::Area, means(&service.queued)),
        (
            "in-flight",
            "requests in instances",
            ColourToken::Accent,
            Dash::Solid,
            Shape::Line,
            means(&service.in_flight),
        ),
        ("users", "users waiting", ColourToken::Bad, Dash::Dashed, Shape::Line, means(&service.waiting_users)),
    ];
    let scale = model::axis_from_zero(columns.iter().flat_map(|column| &column.5), 10.0);
    let (series, legend) = model::columns(ChartKind::Queue, &ends(service.queued.len() / GAUGE_S, GAUGE_S), columns);
    let threads = f64::from(scenario.instances.count.value * recording.meta.worker_threads);
    let worth_showing = threads <= scale.domain()[1];
    let threshold = Threshold { value: threads, label: format!("{threads} threads"), token: ColourToken::Ink2 };
    ChartModel {
        subtitle: format!("users and requests, mean of each {GAUGE_S} s"),
        series,
        legend,
        thresholds: worth_showing.then_some(threshold).into_iter().collect(),
        ..base(ChartKind::Queue, Unit::Count, scale, scenario, recording)
    }
}

pub(super) fn retries(scenario: &Scenario, recording: &Recording) -> ChartModel {
    let service = &recording.service;
    let retries = rates(&service.retries);
    let attempts = rates(&service.attempts);
    let first: Vec<f64> = attempts.iter().zip(&retries).map(|(all, retries)| all - retries).collect();
    let rejected = rates(&service.rejected);
    let scale = model::axis_from_zero(attempts.iter().chain(&rejected), 1.0);
    let columns = [
        ("first", "first attempts", ColourToken::Accent, Dash::Solid, Shape::Stacked, first),
        ("retries", "retries", ColourToken::Warn, Dash::Dashed, Shape::Stacked, retries),
        ("rejected", "rejected", ColourToken::Bad, Dash::Dashed, Shape::Line, rejected),
    ];
    let (series, legend) = model::columns(ChartKind::Retries, &ends(attempts.len(), RATE_STEP_S), columns);
    ChartModel {
        subtitle: "attempts per second in the last minute".to_owned(),
        series,
        legend,
        ..base(ChartKind::Retries, Unit::PerSecond, scale, scenario, recording)
    }
}

/// Events per second over rolling windows of [`RATE_S`]; near the start, over the first window.
fn rates(column: &[u32]) -> Vec<f64> {
    let mut before: Vec<u64> = Vec::with_capacity(column.len() + 1);
    before.push(0);
    for count in column {
        before.push(before[before.len() - 1] + u64::from(*count));
    }
    (1..=column.len() / RATE_STEP_S)
        .map(|step| {
            let until = (step * RATE_STEP_S).max(RATE_S).min(column.len());
            let from = until.saturating_sub(RATE_S);
            (before[until] - before[from]) as f64 / (until - from) as f64
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::synthetic::{recording, scenario};

    #[test]
    fn gauges_are_means_of_their_piece() {
        let mut recording = recording();
        recording.service.queued[..30].fill(0);
        recording.service.queued[15..20].fill(30);
        let model = queue(&scenario(), &recording);
        assert_eq!(model.caption_at(2, 15_000.0), Some(0.0));
        assert_eq!(model.caption_at(2, 30_000.0), Some(10.0));
    }

    #[test]
    fn first_attempts_and_retries_add_up_to_all_attempts() {
        let mut recording = recording();
        recording.service.attempts.fill(12);
        recording.service.retries.fill(3);
        let model = retries(&scenario(), &recording);
        for at_ms in [15_000.0, 60_000.0, 11_700_000.0] {
            assert_eq!(model.caption_at(2, at_ms), Some(9.0));
            assert_eq!(model.caption_at(1, at_ms), Some(3.0));
        }
    }
}
