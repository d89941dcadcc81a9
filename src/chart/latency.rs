//! Time from the first click to the confirmation: quantiles over rolling windows of a minute, from histograms.
//!
//! Invariant: a quantile comes from the summed bucket counts of its window, never from other quantiles or averages.

use super::model::{self, ChartModel, Dash, Shape, Threshold};
use super::palette::ColourToken;
use super::rolling::{self, MINUTE_TICKS, READ_TICKS};
use super::{ChartKind, base, format::Unit};
use crate::recording::{Histograms, Recording, quantile_s};
use crate::scenario::Scenario;

/// Quantiles of rolling windows in seconds, a vector per quantile; NaN where nothing was measured.
pub(super) fn quantiles<const N: usize>(histograms: &Histograms, wanted: [f64; N]) -> [Vec<f64>; N] {
    let mut found = wanted.map(|_| Vec::with_capacity(histograms.rows() / READ_TICKS));
    rolling::histograms(histograms, MINUTE_TICKS, |tick, counts| {
        for (values, q) in found.iter_mut().zip(wanted).filter(|_| rolling::is_read(tick)) {
            values.push(quantile_s(counts, q).unwrap_or(f64::NAN));
        }
    });
    found
}

pub(super) fn latency(scenario: &Scenario, recording: &Recording) -> ChartModel {
    let x_ms = rolling::read_ends_ms(recording.checkout_latency.rows());
    let [p50, p95, p99] = quantiles(&recording.checkout_latency, [0.5, 0.95, 0.99]);
    let columns = [
        ("p99", "p99", ColourToken::Bad, Dash::Dotted, Shape::Line, p99),
        ("p95", "p95", ColourToken::Warn, Dash::Dashed, Shape::Line, p95),
        ("p50", "p50", ColourToken::Accent, Dash::Solid, Shape::Line, p50),
    ];
    let slow_s = scenario.users.slow_after_s.value;
    let scale = model::axis_in_decades(columns.iter().flat_map(|column| &column.5).chain([&slow_s]));
    let (series, legend) = model::columns(ChartKind::Latency, &x_ms, columns);
    ChartModel {
        subtitle: "of checkouts completed in the last minute; log scale".to_owned(),
        series,
        legend,
        thresholds: vec![Threshold {
            value: slow_s,
            label: format!("slow from {}", Unit::Seconds.tick(slow_s)),
            token: ColourToken::Warn,
        }],
        ..base(ChartKind::Latency, Unit::Seconds, scale, scenario, recording)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::scales::Scale;
    use crate::chart::synthetic::{recording, scenario};

    #[test]
    fn quantiles_are_those_of_the_readings() {
        let (scenario, recording) = (scenario(), recording());
        let model = latency(&scenario, &recording);
        for second in [15, 60, 1800, 1830, 5000, 11_700] {
            let span = recording.before(scenario.window.from.plus_s(f64::from(second)), 60);
            for (entry, q) in [0.5, 0.95, 0.99].into_iter().enumerate() {
                let value = model.caption_at(entry, f64::from(second) * 1000.0);
                assert_eq!(value, recording.quantile(&recording.checkout_latency, span, q), "{q} at {second} s");
            }
        }
    }

    #[test]
    fn the_axis_is_logarithmic_and_holds_the_threshold() {
        let model = latency(&scenario(), &recording());
        let Scale::Log { low, high } = model.scale else { panic!("{:?}", model.scale) };
        assert!(low <= 1.0 && high >= 4.0);
        assert_eq!(model.thresholds[0].label, "slow from 4 s");
    }

    #[test]
    fn a_minute_without_checkouts_is_a_gap() {
        let mut recording = recording();
        let buckets = crate::recording::BUCKETS;
        recording.checkout_latency.counts[100 * buckets..130 * buckets].fill(0);
        let model = latency(&scenario(), &recording);
        assert_eq!(model.caption_at(0, 125.0 * 5000.0), None);
        assert!(model.caption_at(0, 95.0 * 5000.0).is_some());
    }
}
