//! The unit test of the alert rules, for `promtool test rules`: the recorded series, and when each alert fires.

use std::collections::BTreeMap;

use serde::Serialize;

use super::RunRef;
use super::families::{FAMILIES, MetricType};
use super::metrics::{self, Value};
use super::parts;
use super::promql::{differs_for_s, duration, reads};
use super::rules::{self, annotations, labels};
use crate::recording::{Happening, Recording};
use crate::scenario::{AlertRule, Scenario};

/// promtool's format.
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

/// The unit test, YAML: for each rule that fired in the run, its series from as long before as it looks back until just
/// after, no alert at the scrape before and the alert at the scrape at which it fired.
///
/// Rules are left out when they did not fire, or when they became pending so early that Prometheus, dividing by a whole
/// window, would evaluate them differently.
#[must_use]
pub fn rule_tests_yaml(run: &RunRef<'_>) -> String {
    let interval_s = run.scenario.monitor.scrape_interval_s;
    let tests = run.scenario.monitor.rules.iter().filter_map(|rule| test(run, rule));
    rules::yaml(&TestFile {
        rule_files: [rules::FILE],
        evaluation_interval: duration(interval_s),
        tests: tests.collect(),
    })
}

fn test(run: &RunRef<'_>, rule: &AlertRule) -> Option<Test> {
    let RunRef { scenario, recording, .. } = run;
    let fires_s = fires_s(recording, rule)?;
    let interval_s = scenario.monitor.scrape_interval_s;
    let first_s = *metrics::scrapes(recording, &scenario.monitor).first()? as f64;
    if fires_s - rule.for_s - first_s < differs_for_s(&rule.when, scenario) {
        return None;
    }
    // Time 0: so long before the alert that nothing earlier matters.
    let history_s = rule.when.longest_window_s() + 2.0 * rule.for_s + 5.0 * f64::from(recording.meta.preroll_step_s);
    let from_s = ((fires_s - history_s) / 60.0).floor() * 60.0;
    let from_s = from_s.max(first_s);
    let check =
        |at_s: f64, exp_alerts| Check { eval_time: duration(at_s - from_s), alertname: rule.name.clone(), exp_alerts };
    let fired = Alert { exp_labels: labels(rule), exp_annotations: annotations(rule) };
    // A rule that looks at rows before the window, which are farther apart, may be seen by Prometheus within their distance.
    let looks_back = fires_s < rule.when.longest_window_s();
    let step_s = if looks_back { f64::from(recording.meta.preroll_step_s) } else { interval_s };
    let before = check(fires_s - 2.0 * step_s + interval_s, Vec::new());
    let fires_s = if looks_back { fires_s + step_s } else { fires_s };
    Some(Test {
        name: format!("{} fires {}", rule.name, recording.meta.from.plus_s(fires_s)),
        interval: duration(interval_s),
        input_series: input_series(scenario, recording, rule, from_s, fires_s + interval_s),
        alert_rule_test: vec![before, check(fires_s, vec![fired])],
    })
}

/// First firing of the alert, in seconds since the window began.
fn fires_s(recording: &Recording, rule: &AlertRule) -> Option<f64> {
    let fires = |what: &Happening| matches!(what, Happening::AlertFiring { rule: name, .. } if *name == rule.name);
    recording.first(fires).map(|at| at.seconds_since(recording.meta.from))
}

/// Samples at every scrape interval from `from_s` until `until_s`; between the rows before the window there are none.
fn input_series(
    scenario: &Scenario,
    recording: &Recording,
    rule: &AlertRule,
    from_s: f64,
    until_s: f64,
) -> Vec<Series> {
    let mut scrapes = metrics::scrapes(recording, &scenario.monitor);
    scrapes.retain(|second| (from_s..=until_s).contains(&(*second as f64)));
    let interval_s = (scenario.monitor.scrape_interval_s as i64).max(1);
    let slot = |second: i64| ((second - from_s as i64) / interval_s) as usize;
    let line = |name: &str, kind: MetricType, (labels, values): (String, Vec<Option<Value>>)| Series {
        series: format!("{}{{{labels}}}", sample_name(name, kind)),
        values: {
            let mut slots = vec![None; slot(until_s as i64) + 1];
            for (second, value) in scrapes.iter().zip(values) {
                slots[slot(*second)] = value;
            }
            notation(&slots)
        },
    };
    let read = reads(&rule.when);
    let usual = FAMILIES.iter().filter(|family| read.contains(&family.name)).flat_map(|family| {
        let series = metrics::series(recording, family, &scrapes);
        series.into_iter().map(move |series| (family.name, family.kind, series)).collect::<Vec<_>>()
    });
    let mut lines: Vec<Series> = usual.map(|(name, kind, series)| line(name, kind, series)).collect();
    for family in parts::families(recording).iter().filter(|family| read.contains(&family.name.as_str())) {
        lines.extend(family.series(&scrapes).into_iter().map(|series| line(&family.name, family.kind, series)));
    }
    lines
}

fn sample_name(name: &str, kind: MetricType) -> String {
    match kind {
        MetricType::Counter => format!("{name}_total"),
        MetricType::Gauge => name.to_owned(),
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
