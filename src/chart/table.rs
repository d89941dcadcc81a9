//! A chart as a table of a readable length: a row per minute, fewer when more time is visible.

use super::model::ChartModel;
use super::readout;
use crate::replay::View;

/// Most rows of a table.
const ROWS_MAX: usize = 240;
const STEPS_MS: [f64; 6] = [60_000.0, 300_000.0, 600_000.0, 1_800_000.0, 3_600_000.0, 21_600_000.0];
const ZOOMED_STEPS_MS: [f64; 3] = [5000.0, 15_000.0, 30_000.0];

/// A chart as a table.
#[derive(Clone, PartialEq, Debug)]
pub struct Table {
    /// The time with its zone, then every series with its unit.
    pub headings: Vec<String>,
    /// Time and values; "–" where there is none.
    pub rows: Vec<Vec<String>>,
}

/// The table of a chart in a view, without hidden series.
#[must_use]
pub fn table(model: &ChartModel, view: &View) -> Table {
    let shown: Vec<_> = model.series.iter().filter(|series| view.is_shown(&model.legend[series.entry].key)).collect();
    let unit = model.unit.heading();
    let heading = |name: &str| if unit.is_empty() { name.to_owned() } else { format!("{name} ({unit})") };
    let headings = std::iter::once(format!("Time ({})", view.time_zone.label()))
        .chain(shown.iter().map(|series| heading(&series.name)))
        .chain(model.ghost.iter().map(|ghost| heading(&format!("{}, as it happened", ghost.name))))
        .collect();
    let row = |at_ms: f64| {
        let value = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| model.unit.number(value));
        std::iter::once(readout::time(model, view.time_zone, at_ms))
            .chain(shown.iter().map(|series| value(series.value_at(at_ms))))
            .chain(model.ghost.iter().map(|ghost| value(ghost.actual.value_at(at_ms))))
            .collect()
    };
    Table { headings, rows: times(model, view).into_iter().map(row).collect() }
}

/// The times of the rows. They are points of the chart, so that a row shows measured values.
fn times(model: &ChartModel, view: &View) -> Vec<f64> {
    let [from_ms, until_ms] = model.range_ms(view);
    let Some(points) = model.series.first().map(|series| &series.x_ms) else { return Vec::new() };
    let length = until_ms - from_ms;
    let steps =
        if length <= 1_200_000.0 { ZOOMED_STEPS_MS.iter().chain(&STEPS_MS) } else { STEPS_MS.iter().chain(&[]) };
    let step = steps.copied().find(|step| length / step <= ROWS_MAX as f64).unwrap_or(length / ROWS_MAX as f64);
    let shown = || points.iter().copied().filter(|at_ms| (from_ms..=until_ms).contains(at_ms));
    // Whole minutes where the chart has points there, otherwise its points.
    let whole = shown().any(|at_ms| at_ms % step == 0.0);
    let mut times: Vec<f64> = Vec::new();
    for at_ms in shown().filter(|at_ms| !whole || at_ms % step == 0.0) {
        if times.last().is_none_or(|last| at_ms - last >= step * 0.999) {
            times.push(at_ms);
        }
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{ChartKind, model, synthetic};
    use crate::replay::TimeRange;

    #[test]
    fn a_table_has_a_row_a_minute_and_a_column_a_series() {
        let (scenario, recording) = (synthetic::scenario(), synthetic::recording());
        for kind in ChartKind::of(&scenario) {
            let model = model(kind, &scenario, &recording);
            let table = table(&model, &View::default());
            assert_eq!(table.headings.len(), 1 + model.series.len());
            assert!(table.rows.iter().all(|row| row.len() == table.headings.len()));
            if kind.shows_window() {
                assert_eq!(table.rows.len(), 195, "{}", kind.id());
            } else {
                assert!((20..=ROWS_MAX).contains(&table.rows.len()), "{}", table.rows.len());
            }
        }
    }

    #[test]
    fn a_row_shows_measured_values_with_the_unit_in_the_heading() {
        let model = model(ChartKind::Checkouts, &synthetic::scenario(), &synthetic::recording());
        let table = table(&model, &View::default());
        assert_eq!(table.headings, ["Time (UTC)", "failed (%)", "slow (%)", "fast (%)"]);
        assert_eq!(table.rows[0], ["10:30:30", "0.0", "0.0", "100.0"]);
        assert_eq!(table.rows[60], ["11:30:30", "25.0", "37.5", "37.5"]);
    }

    #[test]
    fn a_short_piece_has_finer_rows() {
        let model = model(ChartKind::Memory, &synthetic::scenario(), &synthetic::recording());
        let zoom = Some(TimeRange { from_ms: 600_000.0, until_ms: 900_000.0 });
        let table = table(&model, &View { zoom, ..View::default() });
        assert_eq!(table.rows.len(), 61);
        assert_eq!(table.rows[1][0], "10:40:05");
    }
}
