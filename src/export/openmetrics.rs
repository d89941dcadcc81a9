//! The series as OpenMetrics text 1.0 with timestamps, for `promtool tsdb create-blocks-from openmetrics`.

use std::fmt::Write as _;

use super::RunRef;
use super::families::{FAMILIES, Family, HISTOGRAMS, HistogramFamily, MetricType, Subject};
use super::metrics::{self, Value};
use super::parts::{self, PartFamily};
use crate::recording::Recording;

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
    for family in parts::families(run.recording) {
        write_part(&mut text, run.recording, &family, &scrapes);
    }
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
    let (kind, suffix) = words(family.kind);
    write_head(text, family.name, kind, family.unit, family.help);
    let seconds = metrics::sampled(family.subject, scrapes);
    let series = metrics::series(recording, family, &seconds);
    write_series(text, recording, &format!("{}{suffix}", family.name), series, &seconds);
}

fn write_part(text: &mut String, recording: &Recording, family: &PartFamily<'_>, scrapes: &[i64]) {
    let (kind, suffix) = words(family.kind);
    write_head(text, &family.name, kind, family.unit, &family.help);
    let seconds = metrics::sampled(family.subject, scrapes);
    write_series(text, recording, &format!("{}{suffix}", family.name), family.series(&seconds), &seconds);
}

/// A type in OpenMetrics' words, and what is added to the names of its samples.
fn words(kind: MetricType) -> (&'static str, &'static str) {
    match kind {
        MetricType::Counter => ("counter", "_total"),
        MetricType::Gauge => ("gauge", ""),
    }
}

fn write_series(
    text: &mut String,
    recording: &Recording,
    name: &str,
    series: Vec<(String, Vec<Option<Value>>)>,
    seconds: &[i64],
) {
    for (labels, values) in series {
        let labels = if labels.is_empty() { labels } else { format!("{{{labels}}}") };
        for (second, value) in seconds.iter().zip(values) {
            if let Some(value) = value {
                let _ = writeln!(text, "{name}{labels} {value} {}", timestamp(recording, *second));
            }
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
