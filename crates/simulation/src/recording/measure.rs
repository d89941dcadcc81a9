//! The value of what a claim measures, from one recording.

use super::{Happening, Histograms, Recording, Span};
use crate::scenario::Measure;
use crate::units::UtcMs;

/// Seconds on each side of a moment at which a median is taken.
const MEDIAN_HALF_S: f64 = 300.0;

/// The value of `measure`: milliseconds since 1970 for a moment, else a number. `None` when the run has no such value, for
/// instance because the incident was never detected. The caller chooses the recording when the measure asks for another
/// release.
#[must_use]
pub fn value_of(recording: &Recording, measure: &Measure) -> Option<f64> {
    let minute = |at: UtcMs| recording.before(at, 60);
    let old = |instance: &usize| !recording.is_rescheduled(*instance);
    let young = |instance: &usize| recording.is_rescheduled(*instance);
    let time = |moment: Option<UtcMs>| moment.map(|moment| moment.0 as f64);
    match measure.clone() {
        Measure::DetectedAt => time(recording.detected_at()),
        Measure::ResolvedAt => time(recording.resolved_at()),
        Measure::PatchStartedAt => {
            time(recording.first(|what| matches!(what, Happening::RolloutStarted { patch: true })))
        }
        Measure::AffectedRatio { from, until, .. } => recording.started(recording.span(from, until)).affected_ratio(),
        Measure::FailedRatio { from, until } => recording.started(recording.span(from, until)).failed_ratio(),
        Measure::CpuMeanRatio { at } => recording.mean(minute(at), |i| recording.cpu_ratio(minute(at), i)),
        Measure::HeapWorstRatio { at } => recording.worst(minute(at), |i| recording.heap_after_gc_ratio(minute(at), i)),
        Measure::GatewayP50Change { at, baseline } => {
            median_change(recording, &recording.gateway_latency, at, baseline)
        }
        Measure::NetworkP50Change { at, baseline } => {
            median_change(recording, &recording.network_latency, at, baseline)
        }
        Measure::SessionShareRatio { at } => {
            let span = minute(at);
            let shares: Vec<f64> =
                recording.present(span).filter(old).map(|i| recording.session_share_ratio(span, i)).collect();
            (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
        }
        Measure::YoungHeapRatio { at } => {
            let span = minute(at);
            recording.present(span).filter(young).map(|i| recording.heap_after_gc_ratio(span, i)).reduce(f64::max)
        }
        Measure::YoungSlowRatio { at } => {
            let span = recording.before(at, 300);
            let (slow, all) = recording.present(span).filter(young).fold((0, 0), |(slow, all), i| {
                (
                    slow + recording.instance_sum(&recording.instances.completed_slow, span, i),
                    all + recording.instance_sum(&recording.instances.completed, span, i),
                )
            });
            (all > 0).then(|| slow as f64 / all as f64)
        }
        Measure::PoolWorstRatio { at } => recording.pool_worst_ratio(minute(at)),
        Measure::ThreadsRatio { at } => recording.threads_ratio(minute(at)),
        Measure::RetryRatio { at } => recording.retry_ratio(minute(at)),
        Measure::AlertFiredAt { rule } => {
            let fires = |what: &Happening| matches!(what, Happening::AlertFiring { rule: fired, .. } if *fired == rule);
            time(recording.first(fires))
        }
        Measure::FixedReleaseLeaked => {
            let span = recording.before(recording.until(), 60);
            let fixed = || recording.present(span).filter(|i| is_fixed(recording, span, *i));
            let leaked = |i| f64::from(recording.gauge(&recording.instances.sessions_leaked, span, i));
            // Without a fixed instance there is nothing to measure.
            fixed().next().map(|_| fixed().map(leaked).sum())
        }
        Measure::FaultyInstances => {
            let span = recording.before(recording.until(), 60);
            Some(recording.present(span).filter(|i| !is_fixed(recording, span, *i)).count() as f64)
        }
    }
}

/// Whether a run that may go on until `end` has come so far that what `measure` has as its value stays so.
pub(super) fn is_decided(recording: &Recording, measure: &Measure, end: UtcMs, value: Option<f64>) -> bool {
    let now = recording.until();
    let passed = |at: UtcMs| at <= now;
    now >= end
        || match measure {
            // What happened first has happened.
            Measure::DetectedAt | Measure::ResolvedAt | Measure::PatchStartedAt | Measure::AlertFiredAt { .. } => {
                value.is_some()
            }
            Measure::CpuMeanRatio { at }
            | Measure::HeapWorstRatio { at }
            | Measure::SessionShareRatio { at }
            | Measure::YoungHeapRatio { at }
            | Measure::YoungSlowRatio { at }
            | Measure::PoolWorstRatio { at }
            | Measure::ThreadsRatio { at }
            | Measure::RetryRatio { at } => passed(*at),
            Measure::GatewayP50Change { at, baseline } | Measure::NetworkP50Change { at, baseline } => {
                passed(at.plus_s(MEDIAN_HALF_S)) && passed(baseline.plus_s(MEDIAN_HALF_S))
            }
            // Users who started in the range may still be waiting after it.
            Measure::AffectedRatio { .. } | Measure::FailedRatio { .. } => false,
            Measure::FixedReleaseLeaked | Measure::FaultyInstances => false,
        }
}

fn is_fixed(recording: &Recording, span: Span, instance: usize) -> bool {
    recording.gauge(&recording.instances.release, span, instance) == 1
}

fn around(recording: &Recording, at: UtcMs) -> Span {
    recording.span(at.plus_s(-MEDIAN_HALF_S), at.plus_s(MEDIAN_HALF_S))
}

fn median_change(recording: &Recording, histograms: &Histograms, at: UtcMs, baseline: UtcMs) -> Option<f64> {
    let then = recording.quantile(histograms, around(recording, baseline), 0.5)?;
    let now = recording.quantile(histograms, around(recording, at), 0.5)?;
    (then > 0.0).then(|| now / then - 1.0)
}
