//! The payment gateway and the network to it. Both stay flat, which ruled them out as causes.

use super::model::{self, ChartModel, Dash, Shape};
use super::palette::ColourToken;
use super::{ChartKind, base, format::Unit, latency, rolling};
use crate::recording::Recording;
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
    let scale = model::axis_in_decades(columns.iter().flat_map(|column| &column.5));
    let (mut series, mut legend) = model::columns(ChartKind::Gateway, &x_ms, columns);
    let called = &scenario.incident.dependency;
    for name in series.iter_mut().map(|s| &mut s.name).chain(legend.iter_mut().map(|entry| &mut entry.label)) {
        *name = name.replace("gateway", called);
    }
    ChartModel {
        title: format!("{} and network", crate::replay::capitalised(called)),
        subtitle: "calls and round trips of the last minute; log scale".to_owned(),
        series,
        legend,
        ..base(ChartKind::Gateway, Unit::Seconds, scale, scenario, recording)
    }
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
