//! The values of a chart at one moment, for the tooltip, captions and the live region.

use super::model::{AlertState, ChartModel, Dash, LegendEntry, Shape};
use super::palette::ColourToken;
use crate::replay::{TimeZone, View};

/// A legend entry with more series than this is read out as a range.
const SINGLE_MAX: usize = 10;
/// Events within this distance, in pixels, are named.
const EVENT_NEAR_PX: f64 = 6.0;

/// One line of a readout.
#[derive(Clone, PartialEq, Debug)]
pub struct ReadoutRow {
    /// Name of the series or group.
    pub name: String,
    /// The value with its unit; "–" where there is none.
    pub value: String,
    pub token: ColourToken,
    pub dash: Dash,
    pub shape: Shape,
}

/// The values of a chart at a moment.
#[derive(Clone, PartialEq, Debug)]
pub struct Readout {
    /// `11:42:15`; with the date on the chart since the deployment.
    pub time: String,
    /// A row for each visible series.
    pub rows: Vec<ReadoutRow>,
    /// "PaymentCpuSaturation firing".
    pub alert: Option<String>,
    /// The event at that moment.
    pub event: Option<String>,
}

/// The readout of a chart at a moment; `ms_per_px` is the time per pixel.
#[must_use]
pub fn readout(model: &ChartModel, view: &View, at_ms: f64, ms_per_px: f64) -> Readout {
    let mut rows = Vec::new();
    for (index, entry) in model.legend.iter().enumerate() {
        if view.is_shown(&entry.key) {
            rows_of(model, index, entry, at_ms, &mut rows);
        }
    }
    rows.extend(model.ghost.as_ref().map(|ghost| ReadoutRow {
        name: format!("{}, as it happened", ghost.name),
        value: ghost.actual.value_at(at_ms).map_or_else(|| "–".to_owned(), |value| model.unit.value(value)),
        token: ColourToken::Ink2,
        dash: Dash::Dashed,
        shape: Shape::Line,
    }));
    let alert = model.alert_at(at_ms).map(|band| {
        let state = if band.state == AlertState::Firing { "firing" } else { "pending" };
        format!("{} {state}", band.rules.join(", "))
    });
    let event = model.event_near(at_ms, EVENT_NEAR_PX * ms_per_px).map(|event| event.title.clone());
    Readout { time: time(model, view.time_zone, at_ms), rows, alert, event }
}

fn rows_of(model: &ChartModel, index: usize, entry: &LegendEntry, at_ms: f64, rows: &mut Vec<ReadoutRow>) {
    let row = |name: &str, value: String| ReadoutRow {
        name: name.to_owned(),
        value,
        token: entry.token,
        dash: entry.dash,
        shape: entry.shape,
    };
    let show = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| model.unit.value(value));
    let series: Vec<_> = model.series_of(index).collect();
    if series.len() <= SINGLE_MAX {
        rows.extend(series.iter().map(|series| row(&series.name, show(series.value_at(at_ms)))));
        return;
    }
    let values = || series.iter().filter_map(|series| series.value_at(at_ms));
    let range = match (values().reduce(f64::min), values().reduce(f64::max)) {
        (Some(low), Some(high)) => format!("{} to {}", model.unit.value(low), model.unit.value(high)),
        _ => show(None),
    };
    rows.push(row(&entry.label, range));
}

/// The time of a moment as a chart shows it.
#[must_use]
pub fn time(model: &ChartModel, zone: TimeZone, at_ms: f64) -> String {
    let at = model.utc(at_ms);
    if model.kind.shows_window() {
        zone.hh_mm_ss(at)
    } else {
        format!("{} {}", super::ticks::day_label(zone.shift(at)), zone.hh_mm(at))
    }
}

impl Readout {
    /// The readout as a sentence, for the live region.
    #[must_use]
    pub fn spoken(&self) -> String {
        let rows = self.rows.iter().map(|row| format!("{} {}", row.name, row.value));
        let notes = [&self.alert, &self.event].into_iter().flatten().cloned();
        format!("{}: {}", self.time, rows.chain(notes).collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{ChartKind, model, synthetic};

    #[test]
    fn a_readout_says_all_that_is_shown() {
        let model = model(ChartKind::Checkouts, &synthetic::scenario(), &synthetic::recording());
        let mut view = View::default();
        let at_ms = 45.5 * 60_000.0;
        assert_eq!(
            readout(&model, &view, at_ms, 1000.0).spoken(),
            "11:15:30: fast 37.5 %, slow 37.5 %, failed 25.0 %, PaymentCpuSaturation firing"
        );
        view.hidden_series.insert("checkouts/slow".into());
        view.time_zone = TimeZone::fixed(120);
        assert_eq!(
            readout(&model, &view, at_ms, 1000.0).spoken(),
            "13:15:30: fast 37.5 %, failed 25.0 %, PaymentCpuSaturation firing"
        );
    }

    #[test]
    fn an_event_is_named_where_it_is() {
        let model = model(ChartKind::Checkouts, &synthetic::scenario(), &synthetic::recording());
        let event = |at_ms: f64| readout(&model, &View::default(), at_ms, 10_000.0).event;
        assert_eq!(event(1_830_000.0).as_deref(), Some("Detected"));
        assert_eq!(event(1_000_000.0), None);
    }

    #[test]
    fn many_instances_are_read_as_a_range() {
        let mut model = model(ChartKind::Memory, &synthetic::scenario(), &synthetic::recording());
        let series = model.series[0].clone();
        model.series.extend(std::iter::repeat_n(series, 10));
        let rows = readout(&model, &View::default(), 3_600_000.0, 1000.0).rows;
        assert_eq!(rows.len(), 3);
        assert!(rows[0].value.contains(" to "), "{}", rows[0].value);
    }
}
