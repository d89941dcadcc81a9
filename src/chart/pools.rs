//! The pools of the instances: slots in use, and those that were never given back.

use std::rc::Rc;

use super::model::{self, ChartModel, Dash, Shape};
use super::palette::ColourToken;
use super::scales::Scale;
use super::{ChartKind, base, format::Unit};
use crate::recording::{Recording, TICK_S};
use crate::scenario::Scenario;

/// End of the value axis: a little above the capacity, so that full pools stay visible.
const HIGH_RATIO: f64 = 1.12;

/// Share of the capacity, of each instance its fullest pool.
pub(super) fn pools(scenario: &Scenario, recording: &Recording) -> ChartModel {
    let ticks = if recording.meta.pools.is_empty() { 0 } else { recording.ticks() };
    let x_ms: Rc<[f64]> = (1..=ticks).map(|tick| (tick * TICK_S * 1000) as f64).collect();
    let (taken, lost) = (&recording.pools.slots_taken, &recording.pools.slots_lost);
    let each =
        |column, over: fn(&[f64]) -> f64| (0..ticks).map(|tick| over(&ratios(recording, column, tick))).collect();
    let mean = |ratios: &[f64]| ratios.iter().sum::<f64>() / ratios.len() as f64;
    let worst = |ratios: &[f64]| ratios.iter().copied().fold(f64::NAN, f64::max);
    let columns = [
        ("lost", "never given back, mean", ColourToken::Bad, Dash::Solid, Shape::Area, each(lost, mean)),
        ("mean", "in use, mean", ColourToken::Accent, Dash::Solid, Shape::Line, each(taken, mean)),
        ("worst", "in use, fullest instance", ColourToken::Warn, Dash::Dashed, Shape::Line, each(taken, worst)),
    ];
    let (series, legend) = model::columns(ChartKind::Pools, &x_ms, columns);
    let of = recording.meta.pools.iter().map(|pool| format!("{} {}", pool.capacity, pool.of));
    ChartModel {
        subtitle: format!("share of the {} of an instance", of.collect::<Vec<_>>().join(" or ")),
        series,
        legend,
        ..base(ChartKind::Pools, Unit::Percent, Scale::linear(0.0, HIGH_RATIO), scenario, recording)
    }
}

/// Of each instance that runs at a tick: the ratio of its fullest pool.
fn ratios(recording: &Recording, column: &[u32], tick: usize) -> Vec<f64> {
    let pools = &recording.meta.pools;
    let runs = |instance: &usize| recording.state_at_row(recording.row(tick, *instance)).is_up();
    let fullest = |instance: usize| {
        let at = recording.row(tick, instance) * pools.len();
        let of = |(index, pool): (usize, &crate::recording::PoolMeta)| {
            f64::from(column[at + index]) / f64::from(pool.capacity.max(1))
        };
        pools.iter().enumerate().map(of).fold(0.0, f64::max)
    };
    (0..recording.meta.instances as usize).filter(runs).map(fullest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::World;
    use crate::scenario::{During, Effect, Fault, FaultSpan, Pool, SlotLeak};

    /// A small shop whose connections are kept after every call for a while.
    fn shop() -> Scenario {
        let mut scenario = Scenario::bundled();
        scenario.deployment.leaks_sessions.value = false;
        scenario.pools = vec![Pool {
            id: "connections".to_owned(),
            of: "connections".to_owned(),
            capacity: 10,
            timeout_s: 5.0,
            reuses: None,
            reason: String::new(),
        }];
        let from = scenario.window.from;
        scenario.faults = vec![Fault {
            id: "kept".to_owned(),
            during: During::Span(FaultSpan { from: from.plus_s(300.0), until: from.plus_s(600.0) }),
            does: Effect::SlotLeak(SlotLeak {
                pool: "connections".to_owned(),
                on: crate::scenario::CallOutcome::Confirmed,
            }),
            reason: String::new(),
        }];
        scenario
    }

    #[test]
    fn what_is_lost_stays_in_use() {
        let scenario = shop();
        let mut world = World::new(&scenario, 1).expect("valid");
        world.advance_to(scenario.window.from.plus_s(900.0));
        let model = pools(&scenario, world.recording());
        let value = |name: &str, at_ms| {
            let series = model.series.iter().find(|series| series.name == name).expect("a series");
            series.value_at(at_ms).expect("a value")
        };
        assert!(value("in use, mean", 240_000.0) < 0.3 && value("never given back, mean", 240_000.0) == 0.0);
        for at_ms in [600_000.0, 900_000.0] {
            assert_eq!(value("never given back, mean", at_ms), 1.0);
            assert_eq!(value("in use, mean", at_ms), 1.0);
        }
        assert_eq!(model.subtitle, "share of the 10 connections of an instance");
    }

    #[test]
    fn without_pools_it_is_empty() {
        let scenario = Scenario::bundled();
        let world = World::new(&scenario, 1).expect("valid");
        assert!(pools(&scenario, world.recording()).series.iter().all(|series| series.values.is_empty()));
    }
}
