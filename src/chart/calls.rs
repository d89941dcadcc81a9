//! The calls of what the service depends on that did not succeed.

use std::rc::Rc;

use super::model::{ChartModel, Dash, LegendEntry, Series, Shape};
use super::palette::ColourToken;
use super::scales::Scale;
use super::{ChartKind, base, format::Unit, rolling};
use crate::recording::Recording;
use crate::scenario::Scenario;

/// Seconds over which shares are taken.
const WINDOW_S: usize = 60;

/// How each dependency is drawn, in the order of the scenario.
pub(super) const STYLES: [(ColourToken, Dash); 4] = [
    (ColourToken::Good, Dash::Solid),
    (ColourToken::Accent, Dash::Dashed),
    (ColourToken::Warn, Dash::Dotted),
    (ColourToken::Bad, Dash::Solid),
];

/// Share of the calls of the last minute that failed or timed out, a line for each dependency.
pub(super) fn calls(scenario: &Scenario, recording: &Recording) -> ChartModel {
    let dependencies = &recording.meta.dependencies;
    let ticks = if dependencies.is_empty() { 0 } else { recording.ticks() };
    let x_ms: Rc<[f64]> = rolling::read_ends_ms(ticks);
    let share = |dependency: usize, end_ms: f64| {
        let span = recording.before(recording.meta.from.plus_s(end_ms / 1000.0), WINDOW_S);
        recording.call_error_ratio(span, dependency).unwrap_or(f64::NAN)
    };
    let line = |(index, dependency): (usize, &crate::recording::DependencyMeta)| {
        let (token, dash) = STYLES[index % STYLES.len()];
        let values = x_ms.iter().map(|end_ms| share(index, *end_ms)).collect();
        let series =
            Series { name: dependency.word.clone(), entry: index, instance: None, x_ms: Rc::clone(&x_ms), values };
        let key = format!("{}/{}", ChartKind::Calls.id(), dependency.id);
        (series, LegendEntry { key, label: dependency.word.clone(), token, dash, shape: Shape::Line })
    };
    let (series, legend) = dependencies.iter().enumerate().map(line).unzip();
    ChartModel {
        subtitle: "share of the calls of the last minute that failed or timed out".to_owned(),
        series,
        legend,
        ..base(ChartKind::Calls, Unit::Percent, Scale::linear(0.0, 1.0), scenario, recording)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::World;
    use crate::scenario::{DependencyFault, During, Effect, Fault, FaultSpan};

    #[test]
    fn lines_are_the_readings() {
        let mut scenario = Scenario::bundled();
        scenario.deployment.leaks_sessions.value = false;
        let from = scenario.window.from;
        scenario.faults = vec![Fault {
            id: "errors".to_owned(),
            during: During::Span(FaultSpan { from: from.plus_s(600.0), until: from.plus_s(1200.0) }),
            does: Effect::Dependency(DependencyFault {
                dependency: None,
                latency_factor: 1.0,
                error_ratio: 0.4,
                capacity_factor: 1.0,
            }),
            reason: "assumed".to_owned(),
        }];
        let recording = World::run(&scenario, 1).expect("valid");
        let model = calls(&scenario, &recording);
        for (at_s, expected) in [(500.0, 0.0), (1000.0, 0.4), (1500.0, 0.0)] {
            let value = model.caption_at(0, at_s * 1000.0).expect("calls");
            assert!((value - expected).abs() < 0.03, "{at_s}: {value}");
        }
        assert_eq!(model.legend[0].label, scenario.incident.dependency);
    }
}
