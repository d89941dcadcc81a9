//! What was scraped, and the expressions of the alert rules over it.

use std::collections::VecDeque;

use super::calls::CallCounts;
use super::config::Config;
use super::instance::{Instance, Process};
use crate::recording::CheckoutOutcomes;
use crate::scenario::{AlertRule, Expression, Scenario, Signal};

/// One scrape. Counters only grow.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// Since the window began; negative before it.
    pub at_us: i64,
    pub cpu_milli_us: Vec<u64>,
    pub gc_us: Vec<u64>,
    pub present: Vec<bool>,
    /// Of the instances that are present; `None` when there are none.
    pub worst_heap_after_gc_ratio: Option<f64>,
    /// Slots that are not free ÷ slots, of the fullest pool; `None` without one.
    pub worst_pool_use_ratio: Option<f64>,
    /// Of each dependency; empty where calls are not recorded, and before the window.
    pub calls: Vec<CallCounts>,
    /// Checkouts that have ended.
    pub ended: CheckoutOutcomes,
}

impl Sample {
    /// The instances as they stand; they must have been advanced to the moment.
    pub fn of(at_us: i64, instances: &[Instance], config: &Config, ended: CheckoutOutcomes) -> Self {
        let of = |value: fn(&Instance) -> u64| instances.iter().map(value).collect::<Vec<u64>>();
        let is_present = |i: &Instance| i.process != Process::Absent;
        let heap = |i: &Instance| i.heap_after_gc_bytes as f64 / config.heap_limit_bytes as f64;
        let pools = |i: &Instance| {
            let of = |(pool, config): (&super::pool::Pool, &super::pool::PoolConfig)| {
                f64::from(pool.taken) / f64::from(config.slots.max(1))
            };
            i.pools.iter().zip(&config.pools).map(of).collect::<Vec<f64>>()
        };
        Self {
            at_us,
            cpu_milli_us: of(|i| i.work.cpu_milli_us),
            gc_us: of(|i| i.work.gc_us),
            present: instances.iter().map(is_present).collect(),
            worst_heap_after_gc_ratio: instances.iter().filter(|i| is_present(i)).map(heap).reduce(f64::max),
            worst_pool_use_ratio: instances.iter().filter(|i| is_present(i)).flat_map(pools).reduce(f64::max),
            calls: Vec::new(),
            ended,
        }
    }
}

/// The scrapes that the rules still look at.
#[derive(Clone, Debug)]
pub(super) struct History {
    samples: VecDeque<Sample>,
    keep_us: i64,
    cores_milli: u64,
    budget_ratio: f64,
}

/// Highest value for each call that ended between two scrapes, of all dependencies; `None` without a call.
fn worst_call(first: &Sample, last: &Sample, value: fn(CallCounts) -> f64) -> Option<f64> {
    let of = |(index, now): (usize, &CallCounts)| {
        let then = first.calls.get(index).copied().unwrap_or_default();
        let ended = now.ended - then.ended;
        (ended > 0).then(|| (value(*now) - value(then)) / ended as f64)
    };
    last.calls.iter().enumerate().filter_map(of).reduce(f64::max)
}

impl History {
    pub fn new(rules: &[AlertRule], scenario: &Scenario) -> Self {
        let longest_s = rules.iter().map(|rule| rule.when.longest_window_s()).fold(60.0, f64::max);
        Self {
            samples: VecDeque::new(),
            keep_us: (longest_s * 1e6) as i64,
            cores_milli: (scenario.instances.cores.value * 1000.0) as i64 as u64,
            budget_ratio: 1.0 - scenario.service_level.objective_ratio,
        }
    }

    pub fn push(&mut self, sample: Sample) {
        let oldest_us = sample.at_us - self.keep_us;
        self.samples.push_back(sample);
        // One from before the longest window stays, in which no other may be.
        while self.samples.get(1).is_some_and(|second| second.at_us <= oldest_us) {
            self.samples.pop_front();
        }
    }

    /// Whether the expression holds now, and its value. Like a query over a range, it needs two samples.
    pub fn evaluate(&self, expression: &Expression) -> (bool, f64) {
        let value = |signal, window_s| self.value(signal, window_s).unwrap_or(0.0);
        match *expression {
            Expression::Threshold { signal, window_s, above } => {
                let value = value(signal, window_s);
                (value > above, value)
            }
            Expression::PredictLinear { signal, window_s, ahead_s, above } => {
                let value = self.predict(signal, window_s, ahead_s).unwrap_or(0.0);
                (value > above, value)
            }
            Expression::BurnRate { signal, long_window_s, short_window_s, factor } => {
                let (long, short) = (value(signal, long_window_s), value(signal, short_window_s));
                let limit = factor * self.budget_ratio;
                (long > limit && short > limit, short / self.budget_ratio)
            }
        }
    }

    /// Samples of the last `window_s`, the oldest first; `None` when there are fewer than two.
    fn window(&self, window_s: f64) -> Option<impl Iterator<Item = &Sample>> {
        let from_us = self.samples.back()?.at_us - (window_s * 1e6) as i64;
        let first = self.samples.partition_point(|sample| sample.at_us < from_us);
        (self.samples.len() - first >= 2).then(|| self.samples.range(first..))
    }

    fn value(&self, signal: Signal, window_s: f64) -> Option<f64> {
        let mut window = self.window(window_s)?;
        let (first, last) = (window.next()?, self.samples.back()?);
        let elapsed_us = (last.at_us - first.at_us) as f64;
        let present = || (0..last.present.len()).filter(|i| last.present[*i]);
        // Instances that were ordered later are not in older samples.
        let grown = |now: &[u64], then: &[u64], i: usize| (now[i] - then.get(i).copied().unwrap_or(0)) as f64;
        let cpu = |i: usize| grown(&last.cpu_milli_us, &first.cpu_milli_us, i) / (elapsed_us * self.cores_milli as f64);
        let ended = last.ended - first.ended;
        match signal {
            Signal::CpuMeanRatio => Some(present().map(cpu).sum::<f64>() / present().count().max(1) as f64),
            Signal::CpuWorstRatio => present().map(cpu).reduce(f64::max),
            Signal::GcWorstRatio => {
                present().map(|i| grown(&last.gc_us, &first.gc_us, i) / elapsed_us).reduce(f64::max)
            }
            Signal::HeapAfterGcWorstRatio => last.worst_heap_after_gc_ratio,
            Signal::BadCheckoutsRatio => ended.affected_ratio(),
            Signal::FailedCheckoutsRatio => ended.failed_ratio(),
            Signal::PoolUseWorstRatio => last.worst_pool_use_ratio,
            Signal::DependencyErrorRatio => worst_call(first, last, |calls| (calls.failed + calls.timed_out) as f64),
            Signal::DependencyMeanS => worst_call(first, last, |calls| calls.ms as f64 / 1000.0),
        }
    }

    /// The line of least squares through a gauge over the window, `ahead_s` from now.
    fn predict(&self, signal: Signal, window_s: f64, ahead_s: f64) -> Option<f64> {
        let window = self.window(window_s)?;
        let now_us = self.samples.back()?.at_us as f64;
        let (mut n, mut sum_x, mut sum_y, mut sum_xx, mut sum_xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for sample in window {
            let x_s = (sample.at_us as f64 - now_us) / 1e6;
            let y = match signal {
                Signal::PoolUseWorstRatio => sample.worst_pool_use_ratio?,
                _ => sample.worst_heap_after_gc_ratio?,
            };
            n += 1.0;
            sum_x += x_s;
            sum_y += y;
            sum_xx += x_s * x_s;
            sum_xy += x_s * y;
        }
        let spread = n * sum_xx - sum_x * sum_x;
        if spread <= 0.0 {
            return None;
        }
        let slope = (n * sum_xy - sum_x * sum_y) / spread;
        Some((sum_y - slope * sum_x) / n + slope * ahead_s)
    }

    /// Share of the last `window_s` seconds that each instance spent in collections.
    pub fn gc_shares(&self, window_s: u32) -> Vec<f64> {
        let Some(mut window) = self.window(f64::from(window_s)) else { return Vec::new() };
        let (Some(first), Some(last)) = (window.next(), self.samples.back()) else { return Vec::new() };
        let elapsed_us = (last.at_us - first.at_us).max(1) as f64;
        last.gc_us.iter().zip(&first.gc_us).map(|(now, then)| (now - then) as f64 / elapsed_us).collect()
    }
}
