//! The claims ledger: each claim beside its simulated value, its bounds and whether it holds.

use super::{Recording, value_of};
use crate::scenario::{Bounds, Claim, Measure, Release, Scenario};
use crate::units::UtcMs;

/// Whether a claim holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClaimVerdict {
    /// The value lies inside the bounds.
    Holds,
    /// The value lies outside the bounds, or the run has no such value.
    Fails,
    /// The claim needs a run with other session code, which is not available yet.
    NotRun,
}

/// One claim and its value.
#[derive(Clone, PartialEq, Debug)]
pub struct LedgerRow {
    pub claim: Claim,
    /// The simulated value: milliseconds since 1970 for a moment, else a number.
    pub value: Option<f64>,
    pub verdict: ClaimVerdict,
}

/// Every claim of a scenario, checked against a run.
#[derive(Clone, PartialEq, Debug)]
pub struct Ledger {
    /// In the order of the scenario.
    pub rows: Vec<LedgerRow>,
}

impl Ledger {
    /// Checks the claims of `scenario` against `recording`, and the claims about other session code against
    /// `counterfactual`.
    #[must_use]
    pub fn new(scenario: &Scenario, recording: &Recording, counterfactual: Option<&Recording>) -> Self {
        let rows = scenario.claims.iter().map(|claim| {
            let run = match claim.counterfactual() {
                None => Some(recording),
                Some(_) => counterfactual,
            };
            let value = run.and_then(|run| value_of(run, &claim.measure));
            let verdict = match (run, value) {
                (None, _) => ClaimVerdict::NotRun,
                (Some(_), Some(value)) if claim.each_seed.hold(value) => ClaimVerdict::Holds,
                _ => ClaimVerdict::Fails,
            };
            LedgerRow { claim: claim.clone(), value, verdict }
        });
        Self { rows: rows.collect() }
    }

    /// Whether every claim that was checked holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.rows.iter().all(|row| row.verdict != ClaimVerdict::Fails)
    }

    /// The row of a claim.
    #[must_use]
    pub fn row(&self, id: &str) -> Option<&LedgerRow> {
        self.rows.iter().find(|row| row.claim.id == id)
    }
}

impl Claim {
    /// The session code of the counterfactual run that this claim needs; `None` when it is measured in the run itself.
    #[must_use]
    pub fn counterfactual(&self) -> Option<Release> {
        match self.measure {
            Measure::AffectedRatio { release, .. } => release,
            _ => None,
        }
    }

    /// Formats a value of this claim's measure: `11:00:15`, `59.8 %`, `0`.
    #[must_use]
    pub fn show(&self, value: f64) -> String {
        if self.measure.is_time() {
            UtcMs(value as i64).hh_mm_ss()
        } else if self.measure.is_ratio() {
            format!("{:.1} %", value * 100.0)
        } else {
            format!("{value}")
        }
    }

    /// Formats bounds of this claim's measure: `57.0 % to 63.0 %`, `at most 1.0 %`.
    #[must_use]
    pub fn show_bounds(&self, bounds: &Bounds) -> String {
        match (bounds.min.map(|b| self.show(b.as_f64())), bounds.max.map(|b| self.show(b.as_f64()))) {
            (Some(min), Some(max)) if min == max => min,
            (Some(min), Some(max)) => format!("{min} to {max}"),
            (Some(min), None) => format!("at least {min}"),
            (None, Some(max)) => format!("at most {max}"),
            (None, None) => "any".to_owned(),
        }
    }
}
