//! Heap after collection ÷ limit, a line per instance: within the window, and back to the faulty deployment.
//!
//! Instances are grouped by when they started: older, rescheduled after the deployment, added in the window. While an
//! instance has no process its line has a gap.

use std::rc::Rc;

use super::model::{ChartModel, Dash, EventLine, LegendEntry, Series, Shape, Threshold};
use super::palette::ColourToken;
use super::scales::Scale;
use super::{ChartKind, base, format::Unit, rolling::MINUTE_TICKS};
use crate::recording::{Happening, Recording, TICK_S};
use crate::scenario::Scenario;

/// End of the value axis: a little above the limit, so that full heaps stay visible and the limit's label does not touch the
/// alerts.
const HIGH_RATIO: f64 = 1.12;

/// Groups of instances, in the order of the legend.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Group {
    Older,
    Rescheduled,
    Added,
}

impl Group {
    const ALL: [Self; 3] = [Self::Older, Self::Rescheduled, Self::Added];

    fn of(scenario: &Scenario, recording: &Recording, instance: usize) -> Self {
        if instance >= scenario.instances.count.value as usize {
            Self::Added
        } else if recording.is_rescheduled(instance) {
            Self::Rescheduled
        } else {
            Self::Older
        }
    }

    fn entry(self, kind: ChartKind, count: usize) -> LegendEntry {
        let (id, token, dash) = match self {
            Self::Older => ("older", ColourToken::Bad, Dash::Solid),
            Self::Rescheduled => ("rescheduled", ColourToken::Good, Dash::Dashed),
            Self::Added => ("added", ColourToken::Accent, Dash::DashDot),
        };
        LegendEntry {
            key: format!("{}/{id}", kind.id()),
            label: format!("{count} {id}"),
            token,
            dash,
            shape: Shape::Line,
        }
    }
}

/// The legend, and the index of each instance's entry in it.
fn legend(kind: ChartKind, scenario: &Scenario, recording: &Recording) -> (Vec<usize>, Vec<LegendEntry>) {
    let instances = 0..recording.meta.instances as usize;
    let groups: Vec<Group> = instances.map(|instance| Group::of(scenario, recording, instance)).collect();
    let count = |group: Group| groups.iter().filter(|other| **other == group).count();
    let present: Vec<Group> = Group::ALL.into_iter().filter(|group| count(*group) > 0).collect();
    let entry_of = |group: &Group| present.iter().position(|other| other == group).unwrap_or(0);
    let mut legend: Vec<LegendEntry> = present.iter().map(|group| group.entry(kind, count(*group))).collect();
    if let [all] = legend.as_mut_slice() {
        // Older than none.
        all.label = format!("{} instances", groups.len());
    }
    (groups.iter().map(entry_of).collect(), legend)
}

/// Heap after collection at a tick ÷ limit; NaN without a process.
fn ratio(recording: &Recording, tick: usize, instance: usize) -> f64 {
    let row = recording.row(tick, instance);
    if !recording.state_at_row(row).is_up() {
        return f64::NAN;
    }
    f64::from(recording.instances.heap_after_gc_kib[row]) / limit_kib(recording)
}

fn limit_kib(recording: &Recording) -> f64 {
    f64::from(recording.meta.heap_limit_kib.max(1))
}

fn limit(recording: &Recording) -> Threshold {
    let gib = f64::from(recording.meta.heap_limit_kib) / 1024.0 / 1024.0;
    let size =
        if gib >= 1.0 { format!("{} GiB", (gib * 10.0).round() / 10.0) } else { format!("{:.0} MiB", gib * 1024.0) };
    Threshold { value: 1.0, label: format!("limit {size}"), token: ColourToken::Bad }
}

pub(super) fn memory(scenario: &Scenario, recording: &Recording) -> ChartModel {
    let kind = ChartKind::Memory;
    let (entry_of, legend) = legend(kind, scenario, recording);
    let ticks = recording.ticks();
    let x_ms: Rc<[f64]> = (1..=ticks).map(|tick| (tick * TICK_S * 1000) as f64).collect();
    let series = entry_of.into_iter().enumerate().map(|(instance, entry)| Series {
        name: recording.instance_name(instance),
        entry,
        instance: Some(instance),
        x_ms: x_ms.clone(),
        values: (0..ticks).map(|tick| ratio(recording, tick, instance)).collect(),
    });
    ChartModel {
        subtitle: "share of the limit, per instance".to_owned(),
        series: series.collect(),
        legend,
        thresholds: vec![limit(recording)],
        ..base(kind, Unit::Percent, Scale::linear(0.0, HIGH_RATIO), scenario, recording)
    }
}

/// Every ten minutes before the window, every minute inside it.
pub(super) fn deployment(scenario: &Scenario, recording: &Recording) -> ChartModel {
    let kind = ChartKind::Deployment;
    let (entry_of, legend) = legend(kind, scenario, recording);
    let instances = recording.meta.instances as usize;
    let steps = recording.preroll.heap_after_gc_kib.len() / instances.max(1);
    let step_s = recording.meta.preroll_step_s as usize;
    let before_ms = |step: usize| -(((steps - 1 - step) * step_s * 1000) as f64);
    let minutes = recording.ticks() / MINUTE_TICKS;
    let x_ms: Rc<[f64]> =
        (0..steps).map(before_ms).chain((1..=minutes).map(|minute| minute as f64 * 60_000.0)).collect();
    let value_before = |step: usize, instance: usize| match Group::of(scenario, recording, instance) {
        Group::Added => f64::NAN,
        _ => f64::from(recording.preroll.heap_after_gc_kib[step * instances + instance]) / limit_kib(recording),
    };
    let series = entry_of.into_iter().enumerate().map(|(instance, entry)| Series {
        name: recording.instance_name(instance),
        entry,
        instance: Some(instance),
        x_ms: x_ms.clone(),
        values: (0..steps)
            .map(|step| value_before(step, instance))
            .chain((1..=minutes).map(|minute| ratio(recording, minute * MINUTE_TICKS - 1, instance)))
            .collect(),
    });
    let window = base(kind, Unit::Percent, Scale::linear(0.0, HIGH_RATIO), scenario, recording);
    let deployed_ms = scenario.deployed_at().seconds_since(scenario.window.from) * 1000.0;
    let start_ms = x_ms.first().copied().unwrap_or(0.0).min(deployed_ms).min(0.0);
    ChartModel {
        subtitle: "share of the limit since the leaking release, per instance".to_owned(),
        domain_ms: [start_ms, window.domain_ms[1]],
        series: series.collect(),
        legend,
        thresholds: vec![limit(recording)],
        // The events of the incident lie too close together on this axis: only the first is drawn.
        events: origins(recording).into_iter().chain(window.events.iter().take(1).cloned()).collect(),
        ..window
    }
}

/// What happened before the window.
fn origins(recording: &Recording) -> Vec<EventLine> {
    let first = |wanted: &dyn Fn(&Happening) -> bool| recording.log.iter().find(|entry| wanted(&entry.what));
    let line =
        |id: &str, title: &str, at_ms: i64| EventLine { at_ms: at_ms as f64, id: id.into(), title: title.into() };
    let deployed = first(&|what| matches!(what, Happening::FaultyDeployed));
    let rescheduled = first(&|what| matches!(what, Happening::Rescheduled));
    let count = recording.log.iter().filter(|entry| entry.what == Happening::Rescheduled).count();
    deployed
        .map(|entry| line("deployed", "Leaking release deployed", entry.at_ms))
        .into_iter()
        .chain(rescheduled.map(|entry| line("rescheduled", &format!("{count} rescheduled"), entry.at_ms)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::synthetic::{recording, scenario};

    #[test]
    fn older_and_rescheduled_instances_are_told_apart_without_colour() {
        let model = memory(&scenario(), &recording());
        assert_eq!(
            model.legend.iter().map(|entry| entry.label.as_str()).collect::<Vec<_>>(),
            ["6 older", "2 rescheduled"]
        );
        assert_ne!(model.legend[0].dash, model.legend[1].dash);
        assert_eq!(model.series.iter().filter(|series| series.entry == 1).count(), 2);
    }

    #[test]
    fn values_are_those_at_the_end_of_the_tick() {
        let (scenario, recording) = (scenario(), recording());
        let model = memory(&scenario, &recording);
        let at = scenario.window.from.plus_s(3600.0);
        let expected = recording.heap_after_gc_ratio(recording.before(at, 60), 2);
        assert_eq!(model.series[2].value_at(3_600_000.0), Some(expected));
    }

    #[test]
    fn without_a_process_there_is_a_gap() {
        let model = memory(&scenario(), &recording());
        // The synthetic roll-out restarts payment-1 from 8100 s to 8160 s.
        assert_eq!(model.series[0].value_at(8_130_000.0), None);
        assert!(model.series[0].value_at(8_200_000.0).is_some_and(|value| value < 0.3));
    }

    #[test]
    fn the_deployment_chart_reaches_back_and_on() {
        let model = deployment(&scenario(), &recording());
        assert_eq!(model.domain_ms, [-36.0 * 3_600_000.0, 11_700_000.0]);
        let series = &model.series[0];
        assert!(series.value_at(-35.0 * 3_600_000.0).unwrap() < 0.3);
        assert!(series.value_at(0.0).unwrap() > 0.9);
        assert_eq!(model.events[0].id, "deployed");
        assert!(series.x_ms.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
