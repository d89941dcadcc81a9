//! How sure a difference is: the same comparison over many seeds.
//!
//! Both sides of a seed have the same users with the same luck, so the difference varies far less than either side.

use super::{Difference, Outcome};
use crate::replay::thousands;

/// Fewest seeds of an interval that ends a series.
pub const SEEDS_MIN: usize = 5;
/// Most seeds of a series.
pub const SEEDS_MAX: usize = 40;

/// An interval that holds the mean with a confidence of 95 %, by Student's t.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Interval {
    pub mean: f64,
    /// Half of its width; infinite for a single value.
    pub half_width: f64,
}

impl Interval {
    /// Of independent values; `None` without any.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        let count = values.len() as f64;
        let mean = (!values.is_empty()).then(|| values.iter().sum::<f64>() / count)?;
        if values.len() == 1 {
            return Some(Self { mean, half_width: f64::INFINITY });
        }
        let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (count - 1.0);
        Some(Self { mean, half_width: t_975(values.len() - 1) * libm::sqrt(variance / count) })
    }

    /// "12,345 ± 210", or the mean alone of a single value.
    #[must_use]
    pub fn shown(&self) -> String {
        let whole = |value: f64| {
            format!("{}{}", if value < 0.0 { "\u{2212}" } else { "" }, thousands(value.abs().round() as u64))
        };
        if self.half_width.is_finite() {
            format!("{} ± {}", whole(self.mean), whole(self.half_width))
        } else {
            whole(self.mean)
        }
    }

    /// Whether the interval leaves no doubt on which side of zero the mean lies.
    #[must_use]
    pub fn excludes_zero(&self) -> bool {
        self.mean.abs() > self.half_width
    }
}

/// A measure of both sides over the same seeds.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Paired {
    actual: Vec<f64>,
    what_if: Vec<f64>,
}

impl Paired {
    /// Adds the values of a seed.
    pub fn add(&mut self, actual: f64, what_if: f64) {
        self.actual.push(actual);
        self.what_if.push(what_if);
    }

    /// The what-if of this beside the what-if of another, over the same seeds in the same order.
    #[must_use]
    pub fn against(&self, other: &Self) -> Self {
        let seeds = self.seeds().min(other.seeds());
        Self { actual: self.what_if[..seeds].to_vec(), what_if: other.what_if[..seeds].to_vec() }
    }

    /// Number of seeds.
    #[must_use]
    pub fn seeds(&self) -> usize {
        self.actual.len()
    }

    #[must_use]
    pub fn actual(&self) -> Option<Interval> {
        Interval::of(&self.actual)
    }

    #[must_use]
    pub fn what_if(&self) -> Option<Interval> {
        Interval::of(&self.what_if)
    }

    /// What is spared: actual less what-if, seed by seed.
    #[must_use]
    pub fn spared(&self) -> Option<Interval> {
        let spared: Vec<f64> =
            self.actual.iter().zip(&self.what_if).map(|(actual, what_if)| actual - what_if).collect();
        Interval::of(&spared)
    }

    /// Whether more seeds would tell nothing new: the difference is known to a twentieth of itself, or to a thousandth of
    /// what happened.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        let Some((spared, actual)) = self.spared().zip(self.actual()) else { return false };
        let is_narrow = spared.half_width <= 0.05 * spared.mean.abs() || spared.half_width <= 0.001 * actual.mean.abs();
        self.seeds() >= SEEDS_MAX || (self.seeds() >= SEEDS_MIN && is_narrow)
    }
}

/// A comparison over many seeds: 1, 2, 3 … until it is known well enough.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Series {
    /// Outcomes of what happened and of the what-if, by seed.
    by_seed: Vec<(u64, [Option<Outcome>; 2])>,
}

impl Series {
    /// The seeds that are wanted next. None while some are still on their way, and at the end.
    pub fn more(&mut self) -> Vec<u64> {
        let asked = self.by_seed.len();
        if self.sides().len() < asked || self.is_enough() {
            return Vec::new();
        }
        let seeds: Vec<u64> = (asked as u64 + 1..=(asked + SEEDS_MIN).min(SEEDS_MAX) as u64).collect();
        self.by_seed.extend(seeds.iter().map(|seed| (*seed, [None, None])));
        seeds
    }

    /// Takes what came of one side of a seed that was asked for.
    pub fn take(&mut self, seed: u64, is_what_if: bool, outcome: Outcome) {
        if let Some((_, sides)) = self.by_seed.iter_mut().find(|(known, _)| *known == seed) {
            sides[usize::from(is_what_if)] = Some(outcome);
        }
    }

    /// Affected and failed users over the seeds that have come.
    #[must_use]
    pub fn pairs(&self) -> [Paired; 2] {
        let [mut affected, mut failed] = [Paired::default(), Paired::default()];
        for [actual, what_if] in self.sides() {
            affected.add(actual.affected() as f64, what_if.affected() as f64);
            failed.add(actual.failed as f64, what_if.failed as f64);
        }
        [affected, failed]
    }

    /// Whether more seeds would tell nothing new.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.pairs().iter().all(Paired::is_enough)
    }

    /// Both sides of each seed that has come.
    #[must_use]
    pub fn sides(&self) -> Vec<[&Outcome; 2]> {
        let seeds = self.by_seed.iter();
        seeds.filter_map(|(_, [actual, what_if])| Some([actual.as_ref()?, what_if.as_ref()?])).collect()
    }

    /// The difference in each seed that has come.
    #[must_use]
    pub fn differences(&self) -> Vec<Difference> {
        let of = |[actual, what_if]: [&Outcome; 2]| Difference { actual: actual.clone(), what_if: what_if.clone() };
        self.sides().into_iter().map(of).collect()
    }
}

/// The 97.5 % quantile of Student's t.
fn t_975(degrees: usize) -> f64 {
    const T: [f64; 30] = [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ];
    match degrees {
        0 => f64::INFINITY,
        // Between 2.042 and 1.960, to a hundredth.
        degrees => T.get(degrees - 1).copied().unwrap_or(1.96 + 2.5 / degrees as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_that_of_a_textbook() {
        let interval = Interval::of(&[4.0, 6.0, 8.0]).expect("values");
        assert_eq!(interval.mean, 6.0);
        assert!((interval.half_width - 4.303 * 2.0 / libm::sqrt(3.0)).abs() < 1e-9);
        assert_eq!(Interval::of(&[3.0]).map(|one| one.half_width), Some(f64::INFINITY));
        assert_eq!(Interval::of(&[]), None);
        assert!((t_975(60) - 2.0).abs() < 0.01 && (t_975(120) - 1.98).abs() < 0.01);
    }

    #[test]
    fn what_both_sides_share_does_not_widen_the_difference() {
        let mut pair = Paired::default();
        for seed in 0..6 {
            let luck = f64::from(seed) * 1000.0;
            pair.add(50_000.0 + luck, 20_000.0 + luck + f64::from(seed % 2) * 10.0);
        }
        let [actual, spared] = [pair.actual(), pair.spared()].map(|interval| interval.expect("six seeds"));
        assert!(spared.half_width < actual.half_width / 50.0, "{spared:?} {actual:?}");
        assert!(pair.is_enough() && spared.excludes_zero());
    }

    #[test]
    fn a_series_asks_for_seeds_until_the_difference_is_known() {
        let scenario = crate::scenario::Scenario::bundled();
        let plain = Outcome::new(&scenario, &crate::model::World::run(&scenario, 1).expect("valid"));
        let of = |failed: u64| Outcome { slow: 0, failed, ..plain.clone() };
        // What differs by the same in every seed is known after the first seeds; what does not, never.
        for (spread, asked) in [(0, SEEDS_MIN), (900, SEEDS_MAX)] {
            let mut series = Series::default();
            let mut all = 0;
            loop {
                let seeds = series.more();
                if seeds.is_empty() {
                    break;
                }
                assert!(series.more().is_empty(), "those that were asked for are on their way");
                all += seeds.len();
                for seed in seeds {
                    series.take(seed, true, of(4000 + spread * (seed % 2)));
                    series.take(seed, false, of(5000 + seed));
                }
            }
            assert_eq!((all, series.differences().len()), (asked, asked));
            assert!(series.is_enough());
        }
    }

    #[test]
    fn a_doubtful_difference_needs_more_seeds_but_not_for_ever() {
        let mut pair = Paired::default();
        for seed in 0..SEEDS_MAX {
            assert!(!pair.is_enough(), "after {seed}");
            pair.add(1000.0, 1000.0 + if seed % 2 == 0 { 90.0 } else { -80.0 });
        }
        assert!(pair.is_enough());
    }
}
