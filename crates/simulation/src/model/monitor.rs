//! The monitor: scrapes the service and evaluates the alert rules the way Prometheus does: a rule whose condition holds is
//! pending, and fires once it has held for its `for`.

use super::World;
use super::signals::{History, Sample};
use crate::recording::Happening;
use crate::scenario::{AlertRule, Scenario};

/// What an alert is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Inactive,
    Pending { since_us: i64 },
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

    /// Takes a sample and evaluates every rule. Tells what that changes, with the instance it concerns.
    pub fn scrape(&mut self, sample: Sample) -> Vec<(Option<u32>, Happening)> {
        let now_us = sample.at_us;
        self.history.push(sample);
        let mut told = Vec::new();
        self.look_at_overhead(&mut told);
        for index in 0..self.rules.len() {
            self.evaluate(index, now_us, &mut told);
        }
        told
    }

    fn evaluate(&mut self, index: usize, now_us: i64, told: &mut Vec<(Option<u32>, Happening)>) {
        let rule = &self.rules[index];
        let (holds, value) = self.history.evaluate(&rule.when);
        let (name, severity) = (rule.name.clone(), rule.severity);
        let for_us = super::us(rule.for_s) as i64;
        let state = &mut self.states[index];
        if !holds {
            if *state == State::Firing {
                told.push((None, Happening::AlertResolved { rule: name, severity }));
            }
            *state = State::Inactive;
            return;
        }
        if *state == State::Inactive {
            *state = State::Pending { since_us: now_us };
            told.push((None, Happening::AlertPending { rule: name.clone(), severity }));
        }
        if let State::Pending { since_us } = *state
            && now_us - since_us >= for_us
        {
            *state = State::Firing;
            let value_permille = (value * 1000.0) as i64;
            told.push((None, Happening::AlertFiring { rule: name, severity, value_permille }));
        }
    }

    /// Which instances began or ceased to spend more than half of their time in collections.
    fn look_at_overhead(&mut self, told: &mut Vec<(Option<u32>, Happening)>) {
        let shares = self.history.gc_shares(60);
        self.collecting.resize(shares.len().max(self.collecting.len()), false);
        for (i, share) in shares.into_iter().enumerate() {
            let (before, now) = (self.collecting[i], share > 0.5);
            if before != now && (now || share < 0.4) {
                self.collecting[i] = now;
                told.push((Some(i as u32), if now { Happening::GcOverhead } else { Happening::GcRelief }));
            }
        }
    }
}

impl World {
    /// Scrapes the instances, and notes what the rules say.
    pub(super) fn scrape(&mut self) {
        for instance in &mut self.instances {
            instance.advance(self.now_us);
        }
        let at_us = self.window_us();
        let mut sample = Sample::of(at_us, &self.instances, &self.config, self.verification.ended);
        sample.calls = self.calls.iter().map(|calls| calls.counts).collect();
        for (instance, what) in self.monitor.scrape(sample) {
            if what.is_page() {
                self.detected();
            }
            self.note(instance.map(|i| i as usize), what);
        }
    }
}
