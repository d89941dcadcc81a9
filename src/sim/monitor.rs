//! The monitor: scrapes the service and evaluates the alert rules the way Prometheus does: a rule whose condition holds is
//! pending, and fires once it has held for its `for`.

use super::Simulation;
use super::instance::{Instance, Process};
use super::signals::{History, Sample};
use crate::recording::Happening;
use crate::scenario::{AlertRule, Scenario, Severity};

/// What an alert is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Inactive,
    Pending { since_us: u64 },
    Firing,
}

/// The rules, what was scraped, and what the alerts are doing.
#[derive(Clone, Debug)]
pub(super) struct Monitor {
    pub interval_s: u64,
    rules: Vec<AlertRule>,
    states: Vec<State>,
    history: History,
    collecting: Vec<bool>,
}

impl Monitor {
    pub fn new(scenario: &Scenario) -> Self {
        let rules = scenario.monitor.rules.clone();
        Self {
            interval_s: scenario.monitor.scrape_interval_s as u64,
            states: vec![State::Inactive; rules.len()],
            history: History::new(&rules, scenario),
            rules,
            collecting: Vec::new(),
        }
    }
}

impl Simulation {
    /// Scrapes, and evaluates every rule.
    pub(super) fn scrape(&mut self) {
        for instance in &mut self.instances {
            instance.advance(self.now_us);
        }
        let (config, instances) = (&self.config, &self.instances);
        let of = |value: fn(&Instance) -> u64| instances.iter().map(value).collect::<Vec<u64>>();
        let present = || instances.iter().filter(|i| i.process != Process::Absent);
        let heap = |i: &Instance| i.heap_after_gc_bytes as f64 / config.heap_limit_bytes as f64;
        self.monitor.history.push(Sample {
            at_us: self.now_us,
            cpu_milli_us: of(|i| i.work.cpu_milli_us),
            gc_us: of(|i| i.work.gc_us),
            present: instances.iter().map(|i| i.process != Process::Absent).collect(),
            worst_heap_after_gc_ratio: present().map(heap).reduce(f64::max),
            ended: self.verification.ended,
        });
        self.note_overhead();
        for index in 0..self.monitor.rules.len() {
            self.evaluate(index);
        }
    }

    fn evaluate(&mut self, index: usize) {
        let rule = &self.monitor.rules[index];
        let (holds, value) = self.monitor.history.evaluate(&rule.when);
        let (name, severity) = (rule.name.clone(), rule.severity);
        let for_us = super::us(rule.for_s);
        let now_us = self.now_us;
        let mut state = self.monitor.states[index];
        if !holds {
            if state == State::Firing {
                self.note(None, Happening::AlertResolved { rule: name, severity });
            }
            state = State::Inactive;
        } else {
            if state == State::Inactive {
                state = State::Pending { since_us: now_us };
                self.note(None, Happening::AlertPending { rule: name.clone(), severity });
            }
            if let State::Pending { since_us } = state
                && now_us - since_us >= for_us
            {
                state = State::Firing;
                let value_permille = (value * 1000.0) as i64;
                if severity == Severity::Page {
                    self.verification.detected(now_us);
                }
                self.note(None, Happening::AlertFiring { rule: name, severity, value_permille });
            }
        }
        self.monitor.states[index] = state;
    }

    /// Notes which instances began or ceased to spend more than half of their time in collections.
    fn note_overhead(&mut self) {
        let shares = self.monitor.history.gc_shares(60);
        self.monitor.collecting.resize(shares.len(), false);
        for (i, share) in shares.into_iter().enumerate() {
            let (before, now) = (self.monitor.collecting[i], share > 0.5);
            if before != now && (now || share < 0.4) {
                self.monitor.collecting[i] = now;
                self.note(Some(i), if now { Happening::GcOverhead } else { Happening::GcRelief });
            }
        }
    }
}
