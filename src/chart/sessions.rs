//! Sessions of all instances: open, and leaked.

use std::rc::Rc;

use super::model::{self, ChartModel, Dash, Shape};
use super::palette::ColourToken;
use super::{ChartKind, base, format::Unit};
use crate::recording::{Recording, TICK_S};
use crate::scenario::Scenario;

pub(super) fn sessions(scenario: &Scenario, recording: &Recording) -> ChartModel {
    let (ticks, instances) = (recording.ticks(), recording.meta.instances as usize);
    let x_ms: Rc<[f64]> = (1..=ticks).map(|tick| (tick * TICK_S * 1000) as f64).collect();
    let total = |column: &[u32]| -> Vec<f64> {
        column.chunks_exact(instances.max(1)).map(|row| row.iter().map(|count| f64::from(*count)).sum()).collect()
    };
    let columns = [
        ("live", "live", ColourToken::Accent, Dash::Dashed, Shape::Line, total(&recording.instances.sessions_live)),
        ("leaked", "leaked", ColourToken::Bad, Dash::Solid, Shape::Area, total(&recording.instances.sessions_leaked)),
    ];
    let scale = model::axis_from_zero(columns.iter().flat_map(|column| &column.5), 10.0);
    let (series, legend) = model::columns(ChartKind::Sessions, &x_ms, columns);
    ChartModel {
        subtitle: "in all instances: under way, and never ended".to_owned(),
        series,
        legend,
        ..base(ChartKind::Sessions, Unit::Count, scale, scenario, recording)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::synthetic::{recording, scenario};

    #[test]
    fn sessions_of_all_instances_are_added() {
        let recording = recording();
        let model = sessions(&scenario(), &recording);
        let rows = recording.row(719, 0)..recording.row(720, 0);
        let leaked: u32 = recording.instances.sessions_leaked[rows].iter().sum();
        assert_eq!(model.caption_at(0, 3_600_000.0), Some(f64::from(leaked)));
    }
}
