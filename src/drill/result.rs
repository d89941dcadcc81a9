//! The result of a drill as a text for links: kind, draw, what it claims, and the journal.
//!
//! `c-7k2-1d3f-0Lo.5kAr`: a check, draw 7k2, 1d3f users harmed, and the journal. Opening it runs the drill again.

use std::fmt;
use std::str::FromStr;

use crate::scenario::Scenario;

use super::score::harm;
use super::{Draw, Drill, DrillError, Journal, JournalError, Kind};

/// A result.
#[derive(Clone, PartialEq, Debug)]
pub struct DrillResult {
    pub kind: Kind,
    pub draw: Draw,
    /// Users who were slow or failed since the page, as the result claims.
    pub harmed: u64,
    pub journal: Journal,
}

/// Why a text is no result.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ResultError {
    #[error("a result begins with its kind (p or c), its draw and its users in base 36, separated by hyphens")]
    Form,
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl DrillResult {
    /// That of a drill.
    ///
    /// # Errors
    /// Its run exceeded the budget.
    pub fn of(drill: &Drill, draw: Draw) -> Result<Self, DrillError> {
        let actions: Vec<_> = drill.taken().iter().map(|taken| taken.action.clone()).collect();
        let harmed = harm(drill.first(), &actions, drill.start())?;
        Ok(Self { kind: drill.kind(), draw, harmed, journal: drill.journal().clone() })
    }

    /// Runs the drill again.
    ///
    /// # Errors
    /// An entry could not have been made, or the run does not come to what the result claims.
    pub fn rerun(&self, scenario: &Scenario) -> Result<Drill, DrillError> {
        let drill = Drill::replay(scenario, self.draw.seed(), self.kind, &self.journal)?;
        let again = Self::of(&drill, self.draw)?;
        if again.harmed != self.harmed {
            return Err(DrillError::Refused(format!(
                "this result claims {} users slow or failed, but its journal comes to {}: it was changed, or made by another version",
                self.harmed, again.harmed
            )));
        }
        Ok(drill)
    }
}

impl fmt::Display for DrillResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Practice => 'p',
            Kind::Check => 'c',
        };
        write!(
            f,
            "{kind}-{}-{}-{}",
            super::journal::base36(self.draw.0),
            super::journal::base36(self.harmed as u32),
            self.journal
        )
    }
}

impl FromStr for DrillResult {
    type Err = ResultError;

    fn from_str(text: &str) -> Result<Self, ResultError> {
        let mut parts = text.splitn(4, '-');
        let mut part = || parts.next().ok_or(ResultError::Form);
        let kind = match part()? {
            "p" => Kind::Practice,
            "c" => Kind::Check,
            _ => return Err(ResultError::Form),
        };
        let mut number = || part().and_then(|text| super::journal::of_base36(text).ok_or(ResultError::Form));
        let (draw, harmed) = (number()?, number()?);
        if draw > Draw::MAX {
            return Err(ResultError::Form);
        }
        Ok(Self { kind, draw: Draw(draw), harmed: harmed.into(), journal: part()?.parse()? })
    }
}
