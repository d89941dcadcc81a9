//! The series as OpenMetrics text 1.0 with timestamps, for `promtool tsdb create-blocks-from openmetrics`.

use std::fmt::Write as _;

use super::RunRef;
use super::families::{FAMILIES, Family, HISTOGRAMS, HistogramFamily, MetricType, POOL_SLOTS, Subject};
use super::metrics::{self, Value};
use crate::recording::{
    CacheSeries, ColumnInfo, ColumnKind, DependencyMeta, DependencySeries, PoolMeta, PoolSeries, Recording, TICK_S,
};

/// Every metric, a sample at each scrape of the scenario's monitor. Counters begin with zero at the deployment,
/// those that are recorded within the window alone at its start.
/// Histograms have no sum, since none is recorded, and hence, as the standard demands, no count: the bucket `+Inf` is it.
#[must_use]
pub fn openmetrics(run: &RunRef<'_>) -> String {
    let mut text = String::new();
    let scrapes = metrics::scrapes(run.recording, &run.scenario.monitor);
    for family in FAMILIES.iter().filter(|family| family.is_of(run.scenario)) {
        write_family(&mut text, run.recording, family, &scrapes);
    }
    write_pools(&mut text, run.recording, &scrapes);
    write_dependencies(&mut text, run.recording, &scrapes);
    write_cache(&mut text, run.recording, &scrapes);
    for family in HISTOGRAMS {
        write_histogram(&mut text, run.recording, family, &scrapes);
    }
    write_info(&mut text, run);
    text.push_str("# EOF\n");
    text
}

/// Which run the samples belong to.
fn write_info(text: &mut String, run: &RunRef<'_>) {
    write_head(
        text,
        "incident_replay_run_info",
        "gauge",
        "",
        "The simulated run, and what it changes of the scenario.",
    );
    let what_if = run.scenario.what_if.to_string().replace('\\', "\\\\").replace('"', "\\\"").replace('\n', " ");
    let (scenario, seed) = (&run.scenario.id, run.recording.meta.seed);
    let at = timestamp(run.recording, 0);
    let _ = writeln!(
        text,
        "incident_replay_run_info{{scenario=\"{scenario}\",seed=\"{seed}\",what_if=\"{what_if}\"}} 1 {at}"
    );
}

// Writing to a string cannot fail, so the results are dropped.

fn write_head(text: &mut String, name: &str, kind: &str, unit: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    if !unit.is_empty() {
        let _ = writeln!(text, "# UNIT {name} {unit}");
    }
}

fn write_family(text: &mut String, recording: &Recording, family: &Family, scrapes: &[i64]) {
    let (kind, suffix) = match family.kind {
        MetricType::Counter => ("counter", "_total"),
        MetricType::Gauge => ("gauge", ""),
    };
    write_head(text, family.name, kind, family.unit, family.help);
    let seconds = metrics::sampled(family.subject, scrapes);
    for (labels, values) in metrics::series(recording, family, &seconds) {
        let labels = if labels.is_empty() { labels } else { format!("{{{labels}}}") };
        for (second, value) in seconds.iter().zip(values) {
            if let Some(value) = value {
                let _ = writeln!(text, "{}{suffix}{labels} {value} {}", family.name, timestamp(recording, *second));
            }
        }
    }
}

/// The columns of a part that a scenario may have: gauges, and counts as counters.
struct Part<'a> {
    /// Name of the families before those of the columns.
    name: &'static str,
    info: &'static [ColumnInfo],
    columns: Vec<&'a Vec<u32>>,
    /// Seconds between two rows.
    step_s: usize,
    /// Rows of one series: every so many.
    stride: usize,
    /// The labels of each series, and its row among the first of all.
    series: Vec<(String, usize)>,
}

fn write_part(text: &mut String, recording: &Recording, part: &Part<'_>, scrapes: &[i64]) {
    let subject = if part.step_s == TICK_S { Subject::Instance } else { Subject::Service };
    let seconds = metrics::sampled(subject, scrapes);
    for (info, column) in part.info.iter().zip(&part.columns).filter(|(_, column)| !column.is_empty()) {
        let is_count = info.kind == ColumnKind::Count;
        let (kind, suffix) = if is_count { ("counter", "_total") } else { ("gauge", "") };
        // Prometheus has no milliseconds.
        let (column_name, is_time) = match info.name.strip_suffix("_ms") {
            Some(bare) => (format!("{bare}_seconds"), true),
            None => (info.name.to_owned(), false),
        };
        let name = format!("{}_{column_name}", part.name);
        let help = info.help.trim_end_matches(", in milliseconds");
        let help = format!("{}{}.", help[..1].to_uppercase(), &help[1..]);
        write_head(text, &name, kind, if is_time { "seconds" } else { "" }, &help);
        for (labels, offset) in &part.series {
            let rows = column.len() / part.stride;
            let at = |row: usize| u64::from(column[row * part.stride + offset]);
            let labels = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
            let (mut summed, mut sum) = (0, 0);
            for second in &seconds {
                let until = ((*second).max(0) as usize / part.step_s).min(rows);
                let value = match is_count {
                    true => {
                        sum += (summed..until).map(at).sum::<u64>();
                        summed = until;
                        sum
                    }
                    false if until == 0 => continue,
                    false => at(until - 1),
                };
                let value = if is_time { Value::Millis(value) } else { Value::Whole(value) };
                let _ = writeln!(text, "{name}{suffix}{labels} {value} {}", timestamp(recording, *second));
            }
        }
    }
}

/// The pools, and how many slots each has; nothing for a run without pools.
fn write_pools(text: &mut String, recording: &Recording, scrapes: &[i64]) {
    let pools = &recording.meta.pools;
    if pools.is_empty() {
        return;
    }
    let instances = recording.meta.instances as usize;
    let each = (0..instances).flat_map(|i| pools.iter().map(move |pool| (i, pool)));
    let labels =
        |(instance, pool): (usize, &PoolMeta)| metrics::labels(recording, Some(instance), &[("pool", &pool.id)]);
    write_head(text, POOL_SLOTS, "gauge", "", "Slots of the pool at the start of the run.");
    let seconds = metrics::sampled(Subject::Instance, scrapes);
    for (instance, pool) in each.clone() {
        let labels = labels((instance, pool));
        for second in seconds.iter().filter(|second| **second > 0) {
            let at = timestamp(recording, *second);
            let _ = writeln!(text, "{POOL_SLOTS}{{{labels}}} {} {at}", pool.capacity);
        }
    }
    let part = Part {
        name: "payment_pool",
        info: PoolSeries::INFO,
        columns: recording.pools.columns(),
        step_s: TICK_S,
        stride: instances * pools.len(),
        series: each.map(labels).zip(0..).collect(),
    };
    write_part(text, recording, &part, scrapes);
}

/// The calls of each dependency; nothing where they are not recorded.
fn write_dependencies(text: &mut String, recording: &Recording, scrapes: &[i64]) {
    let labels = |dependency: &DependencyMeta| metrics::labels(recording, None, &[("dependency", &dependency.id)]);
    let part = Part {
        name: "payment_dependency",
        info: DependencySeries::INFO,
        columns: recording.dependencies.columns(),
        step_s: TICK_S,
        stride: recording.meta.dependencies.len(),
        series: recording.meta.dependencies.iter().map(labels).zip(0..).collect(),
    };
    write_part(text, recording, &part, scrapes);
}

/// The cache; nothing for a run without one.
fn write_cache(text: &mut String, recording: &Recording, scrapes: &[i64]) {
    let part = Part {
        name: "payment_cache",
        info: CacheSeries::INFO,
        columns: recording.cache.columns(),
        step_s: 1,
        stride: 1,
        series: vec![(String::new(), 0)],
    };
    write_part(text, recording, &part, scrapes);
}

fn write_histogram(text: &mut String, recording: &Recording, family: &HistogramFamily, scrapes: &[i64]) {
    write_head(text, family.name, "histogram", "seconds", family.help);
    // Histograms are recorded per tick, those of the service too.
    let seconds = metrics::sampled(Subject::Instance, scrapes);
    for instance in metrics::instances(recording, family.subject) {
        let rows = metrics::buckets(recording, family, instance, &seconds);
        for (second, buckets) in seconds.iter().zip(rows) {
            for (bucket, count) in buckets.into_iter().flatten().enumerate() {
                let labels = metrics::labels(recording, instance, &[("le", &metrics::bound(bucket))]);
                let at = timestamp(recording, *second);
                let _ = writeln!(text, "{}_bucket{{{labels}}} {count} {at}", family.name);
            }
        }
    }
}

/// Seconds since 1970. The window begins on a full second.
fn timestamp(recording: &Recording, second: i64) -> i64 {
    recording.meta.from.0.div_euclid(1000) + second
}
