//! The claims ledger: each claim beside its simulated value, its bounds and whether it holds.

use super::measure::is_decided;
use super::{Recording, value_of};
use crate::scenario::{Claim, Scenario};

/// Whether a claim holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClaimVerdict {
    /// The value lies inside the bounds.
    Holds,
    /// The value lies outside the bounds, or the run has no such value.
    Fails,
    /// The claim needs a run with other session code, which is not available yet.
    NotRun,
    /// The run has not come to what the claim is about.
    Pending,
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
                (Some(run), _) if !is_decided(run, &claim.measure, scenario.window.until, value) => {
                    ClaimVerdict::Pending
                }
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
