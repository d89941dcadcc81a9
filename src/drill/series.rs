//! Series of which a trainee can say where they will go.

use super::Way;
use crate::recording::Recording;
use crate::replay::evidence_at;
use crate::scenario::{Evidence, Scenario};
use crate::units::UtcMs;

/// A series.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Series {
    Affected,
    Failed,
    Cpu,
    Heap,
    Threads,
    Dependency,
    Retries,
}

/// A change of less than this share of the value before counts as flat.
const FLAT_RATIO: f64 = 0.1;
/// A change of a ratio by less than this counts as flat.
const FLAT: f64 = 0.02;

const ALL: [(Series, char, &str, &str, Evidence); 7] = [
    (Series::Affected, 'a', "affected", "users slow or failed", Evidence::AffectedRatio),
    (Series::Failed, 'f', "failed", "users failed", Evidence::FailedRatio),
    (Series::Cpu, 'c', "cpu", "mean CPU", Evidence::CpuMeanRatio),
    (Series::Heap, 'h', "heap", "fullest heap", Evidence::HeapWorstRatio),
    (Series::Threads, 't', "threads", "threads in use", Evidence::ThreadsRatio),
    (Series::Dependency, 'g', "dependency", "the gateway's median", Evidence::GatewayP50),
    (Series::Retries, 'r', "retries", "retries", Evidence::RetryRatio),
];

impl Series {
    /// Every series, in the order offered.
    pub fn all() -> impl Iterator<Item = Self> {
        ALL.iter().map(|row| row.0)
    }

    fn row(self) -> &'static (Self, char, &'static str, &'static str, Evidence) {
        ALL.iter().find(|row| row.0 == self).unwrap_or(&ALL[0])
    }

    /// Its letter in journals.
    #[must_use]
    pub fn letter(self) -> char {
        self.row().1
    }

    /// Its name in commands.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.row().2
    }

    /// Its name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().3
    }

    /// The series of this letter.
    #[must_use]
    pub fn of_letter(letter: char) -> Option<Self> {
        ALL.iter().find(|row| row.1 == letter).map(|row| row.0)
    }

    /// The series of this name in commands.
    #[must_use]
    pub fn of_id(id: &str) -> Option<Self> {
        ALL.iter().find(|row| row.2 == id).map(|row| row.0)
    }

    /// Its value at a moment, and as it is shown.
    #[must_use]
    pub fn at(self, scenario: &Scenario, recording: &Recording, at: UtcMs) -> (Option<f64>, String) {
        let value = evidence_at(scenario, recording, self.row().4, at);
        (value.value, value.shown)
    }
}

/// Where a series went.
#[must_use]
pub(super) fn way(before: f64, after: f64) -> Way {
    let change = after - before;
    if change.abs() < FLAT || change.abs() < FLAT_RATIO * before.abs() {
        Way::Flat
    } else if change > 0.0 {
        Way::Up
    } else {
        Way::Down
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_goes_up_or_down_when_it_is_felt() {
        assert_eq!(way(0.5, 0.9), Way::Up);
        assert_eq!(way(0.9, 0.5), Way::Down);
        assert_eq!(way(0.90, 0.95), Way::Flat);
        assert_eq!(way(0.0, 0.01), Way::Flat);
        for series in Series::all() {
            assert_eq!(Series::of_letter(series.letter()), Some(series));
            assert_eq!(Series::of_id(series.id()), Some(series));
        }
    }
}
