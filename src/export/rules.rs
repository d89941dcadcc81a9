//! The alert rules of a scenario as a Prometheus rules file.

use std::collections::BTreeMap;

use serde::Serialize;

use super::promql::{duration, expression};
use super::text::{plain, template};
use crate::scenario::{AlertRule, Scenario, Severity};

/// File name, to which the unit test refers.
pub(super) const FILE: &str = "rules.yml";

/// Prometheus's format.
#[derive(Serialize)]
struct RulesFile {
    groups: Vec<Group>,
}

#[derive(Serialize)]
struct Group {
    name: String,
    interval: String,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
struct Rule {
    alert: String,
    expr: String,
    #[serde(rename = "for")]
    hold: String,
    labels: BTreeMap<&'static str, String>,
    annotations: BTreeMap<&'static str, String>,
}

/// The rules file as YAML. Like the simulated monitor, Prometheus evaluates the rules at the scrape interval.
#[must_use]
pub fn rules_yaml(scenario: &Scenario) -> String {
    let monitor = &scenario.monitor;
    let rule = |rule: &AlertRule| Rule {
        alert: rule.name.clone(),
        expr: expression(&rule.when, scenario),
        hold: duration(rule.for_s),
        labels: labels(rule),
        annotations: annotations(rule).into_iter().map(|(name, text)| (name, template(&text))).collect(),
    };
    let what_if = scenario.what_if.line().map_or_else(String::new, |line| format!("# {}\n", plain(&line)));
    what_if
        + &yaml(&RulesFile {
            groups: vec![Group {
                name: scenario.id.clone(),
                interval: duration(monitor.scrape_interval_s),
                rules: monitor.rules.iter().map(rule).collect(),
            }],
        })
}

/// The labels that a rule adds to its alert.
pub(super) fn labels(rule: &AlertRule) -> BTreeMap<&'static str, String> {
    let severity = match rule.severity {
        Severity::Page => "page",
        Severity::Ticket => "ticket",
        Severity::Proposed => "proposed",
    };
    BTreeMap::from([("severity", severity.to_owned())])
}

/// The annotations that receivers of an alert see.
pub(super) fn annotations(rule: &AlertRule) -> BTreeMap<&'static str, String> {
    BTreeMap::from([("summary", plain(&rule.summary)), ("description", plain(&rule.reason))])
}

/// Readable YAML, with long texts as blocks.
pub(super) fn yaml(value: &impl Serialize) -> String {
    let options = serde_saphyr::ser_options! { folded_wrap_chars: 110 };
    serde_saphyr::to_string_with_options(value, options).expect("these types have only string keys")
}
