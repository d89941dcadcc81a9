//! The payment gateway and the network to it, and what else the service calls. In the bundled incident they stay flat, which ruled
//! them out as causes.

use std::rc::Rc;

use super::model::{self, ChartModel, Dash, LegendEntry, Series, Shape};
use super::palette::ColourToken;
use super::{ChartKind, base, format::Unit, latency, rolling};
use crate::recording::{Recording, quantile_s};
use crate::scenario::Scenario;

/// Medians and 95th percentiles over rolling windows of a minute. The axis is logarithmic, because network and gateway times
/// differ by a factor of thirty.
pub(super) fn gateway(scenario: &Scenario, recording: &Recording) -> ChartModel {
    let x_ms = rolling::read_ends_ms(recording.gateway_latency.rows());
    let [gateway_p50, gateway_p95] = latency::quantiles(&recording.gateway_latency, [0.5, 0.95]);
    let [network_p50, network_p95] = latency::quantiles(&recording.network_latency, [0.5, 0.95]);
    let columns = [
        ("gateway-p95", "gateway p95", ColourToken::Good, Dash::Dashed, Shape::Line, gateway_p95),
        ("gateway-p50", "gateway p50", ColourToken::Good, Dash::Solid, Shape::Line, gateway_p50),
        ("network-p95", "network p95", ColourToken::Accent, Dash::Dotted, Shape::Line, network_p95),
        ("network-p50", "network p50", ColourToken::Accent, Dash::Solid, Shape::Line, network_p50),
    ];
    let others: Vec<Vec<f64>> = (1..recording.meta.dependencies.len()).map(|index| p95(recording, index)).collect();
    let scale = model::axis_in_decades(columns.iter().flat_map(|column| &column.5).chain(others.iter().flatten()));
    let (mut series, mut legend) = model::columns(ChartKind::Gateway, &x_ms, columns);
    let called = &scenario.incident.dependency;
    for name in series.iter_mut().map(|s| &mut s.name).chain(legend.iter_mut().map(|entry| &mut entry.label)) {
        *name = name.replace("gateway", called);
    }
    for (index, values) in others.into_iter().enumerate() {
        let dependency = &recording.meta.dependencies[index + 1];
        let label = format!("{} p95", dependency.word);
        let entry = legend.len();
        let (token, dash) = super::calls::STYLES[(index + 2) % super::calls::STYLES.len()];
        series.push(Series { name: label.clone(), entry, instance: None, x_ms: Rc::clone(&x_ms), values });
        let key = format!("{}/{}", ChartKind::Gateway.id(), dependency.id);
        legend.push(LegendEntry { key, label, token, dash, shape: Shape::Line });
    }
    let words: Vec<&str> = scenario.dependency_words();
    let called = words.join(", ");
    let called = &called;
    ChartModel {
        title: format!("{} and network", crate::replay::capitalised(called)),
        subtitle: "calls and round trips of the last minute; log scale".to_owned(),
        series,
        legend,
        ..base(ChartKind::Gateway, Unit::Seconds, scale, scenario, recording)
    }
}

/// 95th percentile of the calls of a dependency besides the gateway, over rolling windows of a minute.
fn p95(recording: &Recording, dependency: usize) -> Vec<f64> {
    let ends = rolling::read_ends_ms(recording.gateway_latency.rows());
    let of = |end_ms: &f64| {
        let span = recording.before(recording.meta.from.plus_s(end_ms / 1000.0), 60);
        quantile_s(&recording.call_buckets(span, dependency), 0.95).unwrap_or(f64::NAN)
    };
    ends.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::synthetic::{recording, scenario};

    #[test]
    fn both_are_on_one_axis() {
        let (scenario, recording) = (scenario(), recording());
        let model = gateway(&scenario, &recording);
        let span = recording.before(scenario.window.from.plus_s(600.0), 60);
        assert_eq!(model.caption_at(2, 600_000.0), recording.quantile(&recording.gateway_latency, span, 0.5));
        assert_eq!(model.caption_at(0, 600_000.0), recording.quantile(&recording.network_latency, span, 0.5));
        let [low, high] = model.scale.domain();
        assert!(low <= 0.025 && high >= 0.5);
    }
}
