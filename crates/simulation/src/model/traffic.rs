//! When users arrive: a non-homogeneous Poisson process that follows the hour of the day.

use super::config::us;
use super::fault;
use crate::engine::random::{Purpose, Stream};
use crate::scenario::{Scenario, Traffic};
use crate::units::UtcMs;

/// Seconds for which the rate is taken as constant.
const STEP_S: u64 = 10;

/// The rate at a moment, per second: `peak · (base + swing · cos(2π (h − peak_hour) / 24))`, h the hour of the day.
#[must_use]
pub fn rate_per_s(traffic: &Traffic, at: UtcMs) -> f64 {
    let hour = at.ms_of_day() as f64 / 3_600_000.0;
    let angle = std::f64::consts::TAU * (hour - traffic.peak_hour.value) / 24.0;
    traffic.peak_rate_per_s.value * (traffic.base_ratio.value + traffic.swing_ratio.value * libm::cos(angle))
}

/// Users expected from `from` until `until`.
#[must_use]
pub fn expected_users(traffic: &Traffic, from: UtcMs, until: UtcMs) -> f64 {
    let (mut sum, mut at) = (0.0, from);
    while at < until {
        let step_s = until.seconds_since(at).min(60.0);
        sum += rate_per_s(traffic, at.plus_s(step_s / 2.0)) * step_s;
        at = at.plus_s(step_s);
    }
    sum
}

/// The arrivals of a run, by thinning a process of the highest rate. Those before the window have a stream of their own, so
/// that the window has the same users however long events are simulated before it.
#[derive(Clone, Debug)]
pub(super) struct Arrivals {
    stream: Stream,
    /// The stream of the window, while it has not begun.
    of_window: Option<Stream>,
    window_us: u64,
    mean_gap_us: f64,
    /// Share of the proposals that are users, per step.
    accept_ratio: Vec<f64>,
    proposed_us: u64,
    surge: Option<Box<SurgeArrivals>>,
    /// Whether the arrival that was told last is one of a surge.
    by_surge: bool,
}

/// Users who come only because of a surge: a process of its own, so that all others come as they would without.
#[derive(Clone, Debug)]
struct SurgeArrivals {
    stream: Stream,
    mean_gap_us: f64,
    /// By how much the traffic is raised, per step.
    raised: Vec<f64>,
    /// The same times the traffic, as a share of its highest.
    accept_ratio: Vec<f64>,
    proposed_us: u64,
    /// The next arrivals of both processes.
    next_us: u64,
    next_other_us: Option<u64>,
}

impl Arrivals {
    /// The arrivals from `lead_in_s` before the window on.
    pub fn new(scenario: &Scenario, seed: u64, lead_in_s: u64) -> Self {
        let traffic = &scenario.traffic;
        let highest = traffic.peak_rate_per_s.value * (traffic.base_ratio.value + traffic.swing_ratio.value);
        let steps = (lead_in_s + us(scenario.window_s()) / 1_000_000) / STEP_S + 1;
        let first = scenario.window.from.plus_s(-(lead_in_s as f64));
        let middle = |step: u64| first.plus_s((step * STEP_S + STEP_S / 2) as f64);
        let accept_ratio: Vec<f64> = (0..steps).map(|step| rate_per_s(traffic, middle(step)) / highest).collect();
        let of_window = Stream::new(seed, Purpose::Arrivals, 0);
        let before = (lead_in_s > 0).then(|| Stream::new(seed, Purpose::Arrivals, 1));
        Self {
            of_window: before.is_some().then(|| of_window.clone()),
            stream: before.unwrap_or(of_window),
            window_us: us(lead_in_s as f64),
            // A shop without traffic proposes its first user after the end.
            mean_gap_us: if highest > 0.0 { 1e6 / highest } else { 1e15 },
            surge: SurgeArrivals::new(scenario, seed, lead_in_s, &accept_ratio, highest).map(Box::new),
            accept_ratio,
            proposed_us: 0,
            by_surge: false,
        }
    }

    /// Whether the arrival that was told last is one of a surge.
    #[inline]
    pub fn is_by_surge(&self) -> bool {
        self.by_surge
    }

    /// By how much surges raise the traffic at a moment, at most.
    pub fn surge_at(&self, at_us: u64) -> f64 {
        let step = (at_us / (STEP_S * 1_000_000)) as usize;
        self.surge.as_ref().and_then(|surge| surge.raised.get(step)).copied().unwrap_or(0.0)
    }

    /// Time of the next arrival; later than the window when there is none.
    #[inline]
    pub fn next_us(&mut self) -> u64 {
        if self.surge.is_none() { self.next_of_others_us() } else { self.next_of_both_us() }
    }

    fn next_of_both_us(&mut self) -> u64 {
        let waiting = self.surge.as_ref().and_then(|surge| surge.next_other_us);
        let other_us = waiting.unwrap_or_else(|| self.next_of_others_us());
        let surge = self.surge.as_mut().expect("there is one");
        self.by_surge = surge.next_us < other_us;
        surge.next_other_us = self.by_surge.then_some(other_us);
        if self.by_surge {
            let next_us = surge.next_us;
            surge.propose();
            next_us
        } else {
            other_us
        }
    }

    fn next_of_others_us(&mut self) -> u64 {
        loop {
            self.proposed_us += (self.stream.exponential() * self.mean_gap_us + 0.5) as i64 as u64;
            if self.of_window.is_some() && self.proposed_us >= self.window_us {
                self.stream = self.of_window.take().expect("it is there");
                self.proposed_us = self.window_us;
                continue;
            }
            let step = (self.proposed_us / (STEP_S * 1_000_000)) as usize;
            let Some(accept_ratio) = self.accept_ratio.get(step) else { return self.proposed_us };
            if self.stream.uniform() < *accept_ratio {
                return self.proposed_us;
            }
        }
    }
}

impl SurgeArrivals {
    /// `None` in a scenario without surges.
    fn new(scenario: &Scenario, seed: u64, lead_in_s: u64, traffic_ratio: &[f64], highest: f64) -> Option<Self> {
        let at_s = |step: usize| (step as u64 * STEP_S + STEP_S / 2) as f64 - lead_in_s as f64;
        let raised: Vec<f64> = (0..traffic_ratio.len()).map(|step| fault::raised_by(scenario, at_s(step))).collect();
        let most = raised.iter().copied().fold(0.0, f64::max);
        if most <= 0.0 || highest <= 0.0 {
            return None;
        }
        let accept_ratio = raised.iter().zip(traffic_ratio).map(|(raised, ratio)| raised * ratio / most).collect();
        let mut surge = Self {
            stream: Stream::new(seed, Purpose::Arrivals, 2),
            mean_gap_us: 1e6 / (highest * most),
            raised,
            accept_ratio,
            proposed_us: 0,
            next_us: 0,
            next_other_us: None,
        };
        surge.propose();
        Some(surge)
    }

    fn propose(&mut self) {
        loop {
            self.proposed_us += (self.stream.exponential() * self.mean_gap_us + 0.5) as i64 as u64;
            let step = (self.proposed_us / (STEP_S * 1_000_000)) as usize;
            let accepted = self.accept_ratio.get(step).is_none_or(|ratio| self.stream.uniform() < *ratio);
            if accepted {
                self.next_us = self.proposed_us;
                return;
            }
        }
    }
}
