//! The series as OpenMetrics text 1.0 with timestamps, for `promtool tsdb create-blocks-from openmetrics`.

use std::fmt::Write as _;

use super::RunRef;
use super::families::{FAMILIES, Family, HISTOGRAMS, HistogramFamily, MetricType, Subject};
use super::metrics;
use crate::recording::{CacheSeries, ColumnKind, PoolSeries, Recording, TICK_S};

/// Every metric, a sample at each scrape of the scenario's monitor. Counters begin with zero at the deployment,
/// those that are recorded within the window alone at its start.
/// Histograms have no sum, since none is recorded, and hence, as the standard demands, no count: the bucket `+Inf` is it.
#[must_use]
pub fn openmetrics(run: &RunRef<'_>) -> String {
    let mut text = String::new();
    let scrapes = metrics::scrapes(run.recording, &run.scenario.monitor);
    for family in FAMILIES {
        write_family(&mut text, run.recording, family, &scrapes);
    }
    write_pools(&mut text, run.recording, &scrapes);
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

/// The pools: gauges, and time-outs as a counter; nothing for a run without pools.
fn write_pools(text: &mut String, recording: &Recording, scrapes: &[i64]) {
    let pools = &recording.meta.pools;
    let seconds = metrics::sampled(Subject::Instance, scrapes);
    for (info, column) in PoolSeries::INFO.iter().zip(recording.pools.columns()).filter(|_| !pools.is_empty()) {
        let is_count = info.kind == ColumnKind::Count;
        let (kind, suffix) = if is_count { ("counter", "_total") } else { ("gauge", "") };
        let name = format!("payment_pool_{}", info.name);
        write_head(text, &name, kind, "", &format!("{}{}.", info.help[..1].to_uppercase(), &info.help[1..]));
        for (instance, (index, pool)) in
            (0..recording.meta.instances as usize).flat_map(|i| pools.iter().enumerate().map(move |p| (i, p)))
        {
            let at = |tick: usize| column[recording.row(tick, instance) * pools.len() + index];
            let labels = metrics::labels(recording, Some(instance), &[("pool", &pool.id)]);
            for second in &seconds {
                let ticks = (*second).max(0) as usize / TICK_S;
                let value = match is_count {
                    true => (0..ticks.min(recording.ticks())).map(|tick| u64::from(at(tick))).sum(),
                    false if ticks == 0 || ticks > recording.ticks() => continue,
                    false => u64::from(at(ticks - 1)),
                };
                let _ = writeln!(text, "{name}{suffix}{{{labels}}} {value} {}", timestamp(recording, *second));
            }
        }
    }
}

/// The cache: a gauge, and what it answered as counters; nothing for a run without one.
fn write_cache(text: &mut String, recording: &Recording, scrapes: &[i64]) {
    let seconds = metrics::sampled(Subject::Service, scrapes);
    for (info, column) in
        CacheSeries::INFO.iter().zip(recording.cache.columns()).filter(|(_, column)| !column.is_empty())
    {
        let is_count = info.kind == ColumnKind::Count;
        let (kind, suffix) = if is_count { ("counter", "_total") } else { ("gauge", "") };
        let name = format!("payment_cache_{}", info.name);
        write_head(text, &name, kind, "", &format!("{}{}.", info.help[..1].to_uppercase(), &info.help[1..]));
        for second in &seconds {
            let rows = ((*second).max(0) as usize).min(column.len());
            let value = match is_count {
                true => column[..rows].iter().map(|value| u64::from(*value)).sum(),
                false if rows == 0 => continue,
                false => u64::from(column[rows - 1]),
            };
            let _ = writeln!(text, "{name}{suffix} {value} {}", timestamp(recording, *second));
        }
    }
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
