//! CPU time and the share of time in collections, mean and worst instance, over rolling windows of a minute.

use super::model::{self, ChartModel, Dash, Shape, Threshold};
use super::palette::ColourToken;
use super::rolling::{self, MINUTE_TICKS, READ_TICKS};
use super::scales::Scale;
use super::{ChartKind, base, format::Unit};
use crate::recording::{Recording, TICK_S};
use crate::scenario::{Expression, Scenario, Severity, Signal};

/// End of the value axis: all of the CPU, plus a little room.
const HIGHEST_RATIO: f64 = 1.06;

/// Mean and worst over the instances that exist at each tick; NaN where there is none.
struct MeanAndWorst {
    mean: Vec<f64>,
    worst: Vec<f64>,
}

fn mean_and_worst(recording: &Recording, column: &[u32], full_us: f64) -> MeanAndWorst {
    let (ticks, instances) = (recording.ticks(), recording.meta.instances as usize);
    let reads = ticks / READ_TICKS;
    let mut sum = vec![0.0; reads];
    let mut count = vec![0.0; reads];
    let mut worst = vec![f64::NAN; reads];
    for instance in 0..instances {
        let sums = rolling::sums(ticks, MINUTE_TICKS, |tick| column[recording.row(tick, instance)]);
        for (tick, used_us) in sums.into_iter().enumerate().filter(|(tick, _)| rolling::is_read(*tick)) {
            let read = tick / READ_TICKS;
            // As in `Recording::before`, the last tick of the window decides which instances exist.
            let last = tick.max(MINUTE_TICKS.min(ticks) - 1);
            if !recording.state_at_row(recording.row(last, instance)).exists() {
                continue;
            }
            let ratio = used_us as f64 / full_us;
            sum[read] += ratio;
            count[read] += 1.0;
            worst[read] = f64::max(worst[read], ratio);
        }
    }
    // 0 ÷ 0 is NaN: no instance, no mean.
    MeanAndWorst { mean: sum.into_iter().zip(count).map(|(sum, count)| sum / count).collect(), worst }
}

pub(super) fn cpu(scenario: &Scenario, recording: &Recording) -> ChartModel {
    let window_us = (MINUTE_TICKS * TICK_S) as f64 * 1e6;
    let cores = f64::from(recording.meta.cores_milli) / 1000.0;
    let cpu = mean_and_worst(recording, &recording.instances.cpu_us, (window_us * cores).max(1.0));
    let gc = mean_and_worst(recording, &recording.instances.gc_us, window_us);
    let x_ms = rolling::read_ends_ms(recording.ticks());
    let columns = [
        ("gc-worst", "in GC, worst", ColourToken::Bad, Dash::Dotted, Shape::Line, gc.worst),
        ("gc-mean", "in GC, mean", ColourToken::Bad, Dash::Solid, Shape::Area, gc.mean),
        ("worst", "CPU, worst", ColourToken::Accent, Dash::Dashed, Shape::Line, cpu.worst),
        ("mean", "CPU, mean", ColourToken::Accent, Dash::Solid, Shape::Line, cpu.mean),
    ];
    let (mut series, mut legend) = model::columns(ChartKind::Cpu, &x_ms, columns);
    let mut title = ChartKind::Cpu.title();
    if !scenario.uses_heap() {
        // Drawn first, and last in the legend.
        series.drain(..2);
        legend.truncate(2);
        title = "CPU";
    }
    ChartModel {
        title: title.to_owned(),
        subtitle: "share of the last minute, mean and worst instance".to_owned(),
        series,
        legend,
        thresholds: page_levels(scenario),
        ..base(ChartKind::Cpu, Unit::Percent, Scale::linear(0.0, HIGHEST_RATIO), scenario, recording)
    }
}

/// CPU thresholds of the paging alert rules, as far as they can be reached.
fn page_levels(scenario: &Scenario) -> Vec<Threshold> {
    let level = |rule: &crate::scenario::AlertRule| match rule.when {
        Expression::Threshold { signal: Signal::CpuMeanRatio | Signal::CpuWorstRatio, above, .. }
            if rule.severity == Severity::Page && (0.0..=HIGHEST_RATIO).contains(&above) =>
        {
            Some(Threshold {
                value: above,
                label: format!("pages above {}", Unit::Percent.tick(above)),
                token: ColourToken::Ink2,
            })
        }
        _ => None,
    };
    scenario.monitor.rules.iter().filter_map(level).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::synthetic::{recording, scenario};
    use crate::recording::InstanceState;

    #[test]
    fn values_are_those_of_the_readings() {
        let (scenario, recording) = (scenario(), recording());
        let model = cpu(&scenario, &recording);
        for second in [15, 30, 60, 75, 1800, 4995, 8145, 11_700] {
            let span = recording.before(scenario.window.from.plus_s(f64::from(second)), 60);
            let expected = [
                recording.mean(span, |i| recording.cpu_ratio(span, i)),
                recording.worst(span, |i| recording.cpu_ratio(span, i)),
                recording.mean(span, |i| recording.gc_ratio(span, i)),
                recording.worst(span, |i| recording.gc_ratio(span, i)),
            ];
            for (entry, expected) in expected.into_iter().enumerate() {
                let value = model.caption_at(entry, f64::from(second) * 1000.0).unwrap();
                assert!((value - expected.unwrap()).abs() < 1e-9, "entry {entry} at {second} s");
            }
        }
    }

    #[test]
    fn the_level_of_the_paging_rule_is_drawn() {
        let mut scenario = scenario();
        let signal = Signal::CpuWorstRatio;
        scenario.monitor.rules[0].severity = Severity::Page;
        scenario.monitor.rules[0].when = Expression::Threshold { signal, window_s: 300.0, above: 0.94 };
        let threshold = &cpu(&scenario, &recording()).thresholds[0];
        assert_eq!((threshold.value, threshold.label.as_str()), (0.94, "pages above 94 %"));
    }

    #[test]
    fn absent_instances_do_not_count() {
        let mut recording = recording();
        recording.instances.state.fill(InstanceState::Absent.code());
        let model = cpu(&scenario(), &recording);
        assert_eq!(model.caption_at(0, 3_600_000.0), None);
    }
}
