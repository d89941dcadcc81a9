//! The unit test of the alert rules, for `promtool test rules`: the recorded series, and when each alert fires.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Run;
use super::families::{FAMILIES, Family, Type};
use super::metrics::{self, Value};
use super::promql::{differs_for_s, duration, reads};
use super::rules::{self, annotations, labels};
use crate::recording::{Happening, Recording};
use crate::scenario::{AlertRule, Scenario};

/// promtool's format. It is written, never read back.
#[derive(Serialize)]
struct TestFile {
    rule_files: [&'static str; 1],
    evaluation_interval: String,
    tests: Vec<Test>,
}

#[derive(Serialize)]
struct Test {
    name: String,
    interval: String,
    input_series: Vec<Series>,
    alert_rule_test: Vec<Check>,
}

#[derive(Serialize)]
struct Series {
    series: String,
    values: String,
}

#[derive(Serialize)]
struct Check {
    eval_time: String,
    alertname: String,
    exp_alerts: Vec<Alert>,
}

#[derive(Serialize)]
struct Alert {
    exp_labels: BTreeMap<&'static str, String>,
    exp_annotations: BTreeMap<&'static str, String>,
}

/// The unit test, YAML: for each rule that fired in the run, its series from the start of the window until just after, no
/// alert at the scrape before and the alert at the scrape at which it fired. Time 0 is the start of the window.
///
/// A rule that is left out did not fire, or became pending so early that Prometheus would see it differently, since it
/// divides by a whole window of which the run has only a part.
#[must_use]
pub fn rule_tests_yaml(run: &Run<'_>) -> String {
    let interval_s = run.scenario.monitor.scrape_interval_s;
    let tests = run.scenario.monitor.rules.iter().filter_map(|rule| test(run, rule));
    rules::yaml(&TestFile {
        rule_files: [rules::FILE],
        evaluation_interval: duration(interval_s),
        tests: tests.collect(),
    })
}

fn test(run: &Run<'_>, rule: &AlertRule) -> Option<Test> {
    let Run { scenario, recording, .. } = run;
    let fires_s = fires_s(recording, rule)?;
    let interval_s = scenario.monitor.scrape_interval_s;
    if fires_s - rule.for_s < differs_for_s(&rule.when, scenario) {
        return None;
    }
    let check = |at_s: f64, exp_alerts| Check { eval_time: duration(at_s), alertname: rule.name.clone(), exp_alerts };
    let fired = Alert { exp_labels: labels(rule), exp_annotations: annotations(rule) };
    let before = (fires_s >= interval_s).then(|| check(fires_s - interval_s, Vec::new()));
    Some(Test {
        name: format!("{} fires {}", rule.name, recording.meta.from.plus_s(fires_s)),
        interval: duration(interval_s),
        input_series: input_series(scenario, recording, rule, fires_s + interval_s),
        alert_rule_test: before.into_iter().chain([check(fires_s, vec![fired])]).collect(),
    })
}

/// When the alert fires first, in seconds since the window began.
fn fires_s(recording: &Recording, rule: &AlertRule) -> Option<f64> {
    let fires = |what: &Happening| matches!(what, Happening::AlertFiring { rule: name, .. } if *name == rule.name);
    recording.first(fires).map(|at| at.seconds_since(recording.meta.from))
}

fn input_series(scenario: &Scenario, recording: &Recording, rule: &AlertRule, until_s: f64) -> Vec<Series> {
    let mut scrapes = metrics::scrapes(recording, &scenario.monitor);
    scrapes.retain(|second| *second as f64 <= until_s);
    let families = reads(&rule.when).iter().filter_map(|name| FAMILIES.iter().find(|family| family.name == *name));
    families
        .flat_map(|family| {
            metrics::series(recording, family, &scrapes).into_iter().map(|(labels, values)| Series {
                series: format!("{}{{{labels}}}", sample_name(family)),
                values: notation(&values),
            })
        })
        .collect()
}

fn sample_name(family: &Family) -> String {
    match family.kind {
        Type::Counter => format!("{}_total", family.name),
        Type::Gauge => family.name.to_owned(),
    }
}

/// Values in promtool's notation: `_` is a missing sample, `7+0x3` is four times 7.
fn notation(values: &[Option<Value>]) -> String {
    let mut words = Vec::new();
    let mut rest = values;
    while let Some(first) = rest.first() {
        let again = rest.iter().take_while(|value| *value == first).count();
        rest = &rest[again..];
        words.push(match (first, again) {
            (None, 1) => "_".to_owned(),
            (None, again) => format!("_x{again}"),
            (Some(value), 1) => value.to_string(),
            (Some(value), again) => format!("{value}+0x{}", again - 1),
        });
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_equal_values_are_written_short() {
        let whole = |value| Some(Value::Whole(value));
        let values = [None, None, whole(1), whole(2), whole(2), whole(2), None];
        assert_eq!(notation(&values), "_x2 1 2+0x2 _");
    }
}
