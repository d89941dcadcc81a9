//! The conditions of alert rules as PromQL over the exported metrics.
//!
//! Invariant: over the exported samples, an expression holds at exactly the scrapes at which the simulated monitor's
//! condition holds. Two exceptions: in the first window of a run the monitor divides by the time that has passed and
//! Prometheus by the whole window; Prometheus 3 leaves out the sample at the very start of a window.

use super::families::{
    CALLS_ENDED, CALLS_FAILED, CALLS_SECONDS, CALLS_TIMED_OUT, CPU_LIMIT, CPU_SECONDS, GC_SECONDS, HEAP_AFTER_GC,
    HEAP_LIMIT, OUTCOMES, POOL_SLOTS, POOL_SLOTS_TAKEN,
};
use crate::scenario::{Expression, Scenario, Signal};

/// The condition as PromQL, over several lines.
pub(super) fn expression(when: &Expression, scenario: &Scenario) -> String {
    match *when {
        Expression::Threshold { signal, window_s, above } => format!("{} > {above}", value(signal, window_s)),
        Expression::PredictLinear { signal, window_s, ahead_s, above } => {
            let range = format!("[{}:{}]", duration(window_s), duration(scenario.monitor.scrape_interval_s));
            format!("predict_linear(\n  {}{range},\n  {ahead_s}\n) > {above}", value(signal, window_s))
        }
        Expression::BurnRate { signal, long_window_s, short_window_s, factor } => {
            let objective = scenario.service_level.objective_ratio;
            let burns = |window_s| format!("{} > {factor} * (1 - {objective})", value(signal, window_s));
            format!("{}\nand\n{}", burns(long_window_s), burns(short_window_s))
        }
    }
}

/// Seconds at the beginning of a run in which Prometheus may evaluate an expression differently: it divides by a longer time
/// than has passed, or has no value where the simulated monitor assumes zero.
pub(super) fn differs_for_s(when: &Expression, scenario: &Scenario) -> f64 {
    match *when {
        Expression::Threshold {
            signal: Signal::CpuMeanRatio | Signal::CpuWorstRatio | Signal::GcWorstRatio,
            window_s,
            ..
        } => window_s,
        // The others are gauges, or ratios of two counters over the same window: they only need two scrapes.
        Expression::Threshold { .. } | Expression::PredictLinear { .. } | Expression::BurnRate { .. } => {
            scenario.monitor.scrape_interval_s
        }
    }
}

/// The metrics that an expression reads, without the `_total` of counters.
pub(super) fn reads(when: &Expression) -> &'static [&'static str] {
    let (Expression::Threshold { signal, .. }
    | Expression::PredictLinear { signal, .. }
    | Expression::BurnRate { signal, .. }) = when;
    match signal {
        Signal::CpuMeanRatio | Signal::CpuWorstRatio => &[CPU_SECONDS, CPU_LIMIT],
        Signal::GcWorstRatio => &[GC_SECONDS],
        Signal::HeapAfterGcWorstRatio => &[HEAP_AFTER_GC, HEAP_LIMIT],
        Signal::BadCheckoutsRatio | Signal::FailedCheckoutsRatio => &[OUTCOMES],
        Signal::PoolUseWorstRatio => &[POOL_SLOTS_TAKEN, POOL_SLOTS],
        Signal::DependencyErrorRatio => &[CALLS_FAILED, CALLS_TIMED_OUT, CALLS_ENDED],
        Signal::DependencyMeanS => &[CALLS_SECONDS, CALLS_ENDED],
    }
}

fn value(signal: Signal, window_s: f64) -> String {
    let window = duration(window_s);
    let cpu = |aggregate: &str| format!("{aggregate}(rate({CPU_SECONDS}_total[{window}]) / {CPU_LIMIT})");
    let share = |selector: &str| {
        format!("sum(rate({OUTCOMES}_total{{{selector}}}[{window}]))\n  / sum(rate({OUTCOMES}_total[{window}]))")
    };
    match signal {
        Signal::CpuMeanRatio => cpu("avg"),
        Signal::CpuWorstRatio => cpu("max"),
        Signal::GcWorstRatio => format!("max(rate({GC_SECONDS}_total[{window}]))"),
        Signal::HeapAfterGcWorstRatio => format!("max({HEAP_AFTER_GC} / {HEAP_LIMIT})"),
        Signal::BadCheckoutsRatio => share("outcome!=\"fast\""),
        Signal::FailedCheckoutsRatio => share("outcome=\"failed\""),
        Signal::PoolUseWorstRatio => format!("max({POOL_SLOTS_TAKEN} / {POOL_SLOTS})"),
        Signal::DependencyErrorRatio => format!(
            "max(\n  (rate({CALLS_FAILED}_total[{window}]) + rate({CALLS_TIMED_OUT}_total[{window}]))\n  / rate({CALLS_ENDED}_total[{window}])\n)"
        ),
        Signal::DependencyMeanS => {
            format!("max(rate({CALLS_SECONDS}_total[{window}]) / rate({CALLS_ENDED}_total[{window}]))")
        }
    }
}

/// A duration in Prometheus's notation: `1h30m`, `15s`, `500ms`, `0s`.
pub(super) fn duration(seconds: f64) -> String {
    let mut rest_ms = (seconds * 1000.0).round() as u64;
    if rest_ms == 0 {
        return "0s".to_owned();
    }
    let mut text = String::new();
    for (unit, unit_ms) in [("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)] {
        if rest_ms >= unit_ms {
            text.push_str(&format!("{}{unit}", rest_ms / unit_ms));
        }
        rest_ms %= unit_ms;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_prometheus_durations() {
        let shown = [0.0, 0.5, 15.0, 300.0, 3600.0, 5430.25, 86_400.0].map(duration);
        assert_eq!(shown, ["0s", "500ms", "15s", "5m", "1h", "1h30m30s250ms", "24h"]);
    }

    #[test]
    fn the_bundled_rules_read_well() {
        let scenario = Scenario::bundled();
        let rules = scenario.monitor.rules.iter();
        let shown: Vec<String> = rules.map(|rule| format!("{}\n", expression(&rule.when, &scenario))).collect();
        expect_test::expect![[r#"
            avg(rate(payment_cpu_seconds_total[10m]) / payment_cpu_limit_cores) > 0.7
            sum(rate(checkout_outcomes_total{outcome!="fast"}[1h]))
              / sum(rate(checkout_outcomes_total[1h])) > 14.4 * (1 - 0.99)
            and
            sum(rate(checkout_outcomes_total{outcome!="fast"}[5m]))
              / sum(rate(checkout_outcomes_total[5m])) > 14.4 * (1 - 0.99)
            sum(rate(checkout_outcomes_total{outcome="failed"}[5m]))
              / sum(rate(checkout_outcomes_total[5m])) > 0.05
            predict_linear(
              max(payment_heap_after_gc_bytes / payment_heap_limit_bytes)[30m:15s],
              14400
            ) > 0.95
        "#]]
        .assert_eq(&shown.concat());
    }
}
