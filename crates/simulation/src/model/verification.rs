//! Whether the incident is over: one definition, for log, page, figures, exports and claims.
//!
//! The service level is *missed* while more of the checkouts that ended within the last verification window were slow or
//! failed than the objective allows. Once the incident is detected (somebody was paged) and the level was missed, and has
//! then held for the verification time with no roll-out under way, the incident is *mitigated* if an instance still runs
//! session code that leaks, and *over* if none does. A level that is missed after that *reopens* it.
//!
//! Invariant: the incident is never over or mitigated while the level is missed.

use std::collections::VecDeque;

use super::us;
use crate::recording::{CheckoutOutcomes, Happening};
use crate::scenario::Scenario;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Status {
    /// Not detected, without harm so far, or not verified.
    Open,
    Mitigated,
    Over,
}

/// How the service level has held so far.
#[derive(Clone, Debug)]
pub(super) struct Verification {
    bad_ratio_max: f64,
    hold_us: u64,
    is_detected: bool,
    was_missed: bool,
    /// Since when the level has held; not before the incident was detected.
    held_since_us: u64,
    status: Status,
    /// Checkouts that have ended.
    pub ended: CheckoutOutcomes,
    /// The same at the end of each second of the verification window, the oldest first.
    ended_by_second: VecDeque<CheckoutOutcomes>,
    window_s: usize,
}

/// What verification must know of the service besides its checkouts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operation {
    pub is_rolling_out: bool,
    pub leaks: bool,
}

impl Verification {
    pub fn new(scenario: &Scenario) -> Self {
        let level = &scenario.service_level;
        let window_s = level.verification_window_s as usize;
        Self {
            bad_ratio_max: 1.0 - level.objective_ratio,
            hold_us: us(level.verification_s),
            is_detected: false,
            was_missed: false,
            held_since_us: 0,
            status: Status::Open,
            ended: CheckoutOutcomes::default(),
            ended_by_second: VecDeque::with_capacity(window_s + 1),
            window_s,
        }
    }

    /// Somebody was paged; only the first time counts.
    pub fn detected(&mut self, now_us: u64) {
        if !self.is_detected {
            self.is_detected = true;
            self.held_since_us = self.held_since_us.max(now_us);
        }
    }

    /// A second has passed, in which checkouts ended. Tells what that changes.
    pub fn look(&mut self, now_us: u64, ended: CheckoutOutcomes, operation: Operation) -> Option<Happening> {
        self.ended_by_second.push_back(self.ended);
        self.ended += ended;
        if self.ended_by_second.len() > self.window_s {
            self.ended_by_second.pop_front();
        }
        let in_window = self.ended - self.ended_by_second.front().copied().unwrap_or_default();
        if in_window.affected_ratio().is_some_and(|ratio| ratio > self.bad_ratio_max) {
            self.was_missed = true;
            self.held_since_us = now_us;
            let was_settled = std::mem::replace(&mut self.status, Status::Open) != Status::Open;
            return was_settled.then_some(Happening::Reopened);
        }
        let held_us = now_us - self.held_since_us;
        if !self.is_detected || !self.was_missed || operation.is_rolling_out || held_us < self.hold_us {
            return None;
        }
        let held_s = (held_us / us(1.0)) as u32;
        match (self.status, operation.leaks) {
            (Status::Open, true) => {
                self.status = Status::Mitigated;
                Some(Happening::Mitigated { held_s })
            }
            (Status::Open | Status::Mitigated, false) => {
                self.status = Status::Over;
                Some(Happening::Resolved { held_s })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALM: Operation = Operation { is_rolling_out: false, leaks: false };

    /// What is told at which second, when every second `bad` of a hundred checkouts are bad.
    fn told(
        paged_at_s: u64,
        seconds: u64,
        bad: impl Fn(u64) -> u64,
        how: impl Fn(u64) -> Operation,
    ) -> Vec<(u64, Happening)> {
        let mut verification = Verification::new(&Scenario::bundled());
        let mut told = Vec::new();
        for second in 1..=seconds {
            if second == paged_at_s {
                verification.detected(us(second as f64));
            }
            let slow = bad(second);
            let ended = CheckoutOutcomes { fast: 100 - slow, slow, failed: 0 };
            told.extend(verification.look(us(second as f64), ended, how(second)).map(|what| (second, what)));
        }
        told
    }

    #[test]
    fn without_harm_nothing_is_over() {
        assert_eq!(told(10, 4000, |_| 0, |_| CALM), []);
    }

    #[test]
    fn without_a_page_nothing_is_over() {
        assert_eq!(told(u64::MAX, 4000, |s| if s < 100 { 50 } else { 0 }, |_| CALM), []);
    }

    #[test]
    fn the_level_must_hold_and_a_relapse_reopens() {
        // The window of 300 s forgets the last bad second at 400 s and at 3300 s; verification takes 1200 s.
        let bad = |s| if s <= 100 || (2900..=3000).contains(&s) { 50 } else { 0 };
        let told = told(10, 5000, bad, |_| CALM);
        let [(over, _), (reopened, _), (again, _)] = told[..] else { panic!("{told:?}") };
        assert!(matches!(told[0].1, Happening::Resolved { held_s: 1200 }), "{told:?}");
        assert_eq!(told[1].1, Happening::Reopened);
        assert!(
            (1590..=1600).contains(&over) && (2900..2920).contains(&reopened) && (4490..=4500).contains(&again),
            "{told:?}"
        );
    }

    #[test]
    fn as_long_as_the_code_leaks_it_is_mitigated() {
        let bad = |s| if s <= 100 { 50 } else { 0 };
        let how = |s| Operation { is_rolling_out: (3000..3600).contains(&s), leaks: s < 3600 };
        let told = told(10, 5000, bad, how);
        assert!(
            matches!(told[..], [(_, Happening::Mitigated { held_s: 1200 }), (3600, Happening::Resolved { .. })]),
            "{told:?}"
        );
    }
}
