//! What many seeds say of each row of a difference, and of the course of both sides.
//!
//! Both sides of a seed have the same users with the same luck: intervals are of the differences, seed by seed.

use super::difference::Difference;
use super::outcome::Outcome;
use super::seeds::Interval;

/// Of the row with this label: what is spared, as an interval in words; `None` where not every seed has a value.
pub type Certain = (&'static str, Option<String>);

/// How sure each row is, in the order of [`Difference::rows`], over at least two seeds.
#[must_use]
pub fn certainty(seeds: &[Difference]) -> Vec<Certain> {
    let Some(first) = seeds.first().filter(|_| seeds.len() > 1) else { return Vec::new() };
    let of_row = |(row, (label, unit, _)): (usize, (&'static str, Unit, Option<f64>))| {
        let values: Option<Vec<f64>> = seeds.iter().map(|seed| spared(seed)[row].2).collect();
        (label, values.and_then(|values| Interval::of(&values)).map(|interval| unit.words(interval)))
    };
    spared(first).into_iter().enumerate().map(of_row).collect()
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Unit {
    Count,
    Points,
    Minutes,
}

impl Unit {
    fn words(self, interval: Interval) -> String {
        if interval.mean.abs() < 0.5 && interval.half_width < 0.5 {
            return "the same".to_owned();
        }
        let positive = Interval { mean: interval.mean.abs(), ..interval };
        let (unit, [more, less]) = match self {
            Self::Count => ("", ["fewer", "more"]),
            Self::Points => (" points", ["less", "more"]),
            Self::Minutes => (" min", ["earlier", "later"]),
        };
        format!("{}{unit} {}", positive.shown(), if interval.mean >= 0.0 { more } else { less })
    }
}

/// What is spared in each row, actual less what-if.
fn spared(difference: &Difference) -> Vec<(&'static str, Unit, Option<f64>)> {
    let (a, b) = (&difference.actual, &difference.what_if);
    let of = |value: fn(&Outcome) -> Option<f64>| value(a).zip(value(b)).map(|(actual, what_if)| actual - what_if);
    let minutes = |value: fn(&Outcome) -> Option<f64>| of(value).map(|ms| ms / 60_000.0);
    vec![
        ("Users slow", Unit::Count, of(|outcome| Some(outcome.slow as f64))),
        ("Users failed", Unit::Count, of(|outcome| Some(outcome.failed as f64))),
        ("User-minutes lost", Unit::Count, of(|outcome| Some(outcome.user_minutes_lost))),
        ("Error budget burnt", Unit::Points, of(|outcome| outcome.budget_ratio.map(|ratio| 100.0 * ratio))),
        ("First page", Unit::Minutes, minutes(|outcome| outcome.detected_at.map(|at| at.0 as f64))),
        ("Mitigated", Unit::Minutes, minutes(|outcome| outcome.mitigated_at.map(|at| at.0 as f64))),
        ("Over", Unit::Minutes, minutes(|outcome| outcome.resolved_at.map(|at| at.0 as f64))),
        ("Processes killed", Unit::Count, of(|outcome| Some(outcome.kills as f64))),
    ]
}

/// The range of a share over many runs, by the time at which users started: of each step the 5 %, the 50 % and the 95 % quantile.
#[must_use]
pub fn bands<'a>(outcomes: impl Iterator<Item = &'a Outcome>) -> Vec<[f64; 3]> {
    let runs: Vec<&[u16]> = outcomes.map(|outcome| outcome.failed_per_mille.as_slice()).collect();
    let steps = runs.iter().map(|run| run.len()).min().unwrap_or(0);
    let of_step = |step: usize| {
        let mut values: Vec<f64> = runs.iter().map(|run| f64::from(run[step]) / 1000.0).collect();
        values.sort_by(f64::total_cmp);
        [0.05, 0.5, 0.95].map(|ratio| quantile(&values, ratio))
    };
    (0..steps).map(of_step).collect()
}

/// Between the values of a sorted series, in proportion.
fn quantile(sorted: &[f64], ratio: f64) -> f64 {
    let place = ratio * (sorted.len().saturating_sub(1)) as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    match (sorted.get(below), sorted.get(above)) {
        (Some(low), Some(high)) => low + (high - low) * (place - place.floor()),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::World;
    use crate::scenario::Scenario;

    fn outcome(failed_per_mille: Vec<u16>) -> Outcome {
        let scenario = Scenario::bundled();
        let recording = World::run(&scenario, scenario.seed).expect("valid");
        Outcome { failed_per_mille, ..Outcome::new(&scenario, &recording) }
    }

    #[test]
    fn rows_have_the_labels_of_the_table_and_intervals_of_what_is_spared() {
        let actual = Outcome { kills: 3, ..outcome(Vec::new()) };
        let seed = |fewer: u64, later_ms: i64| {
            let page = actual.detected_at.map(|at| crate::units::UtcMs(at.0 + later_ms));
            let what_if =
                Outcome { failed: actual.failed - fewer, detected_at: page, mitigated_at: None, ..actual.clone() };
            Difference { actual: actual.clone(), what_if }
        };
        let seeds = [seed(900, 120_000), seed(1000, 120_000), seed(1100, 120_000)];
        let certain = certainty(&seeds);
        let labels: Vec<String> = seeds[0].rows().into_iter().map(|row| row.label).collect();
        assert_eq!(certain.iter().map(|(label, _)| (*label).to_owned()).collect::<Vec<_>>(), labels);
        // Student's t of two degrees: 4.303 · 100 / √3.
        assert_eq!(certain[1].1.as_deref(), Some("1,000 ± 248 fewer"));
        assert_eq!(certain[4].1.as_deref(), Some("2 ± 0 min later"));
        assert_eq!(certain[0].1.as_deref(), Some("the same"));
        assert_eq!(certain[5].1, None, "not every seed is mitigated");
        assert!(certainty(&seeds[..1]).is_empty(), "one seed says nothing");
    }

    #[test]
    fn a_band_holds_the_middle_of_the_runs() {
        let runs: Vec<Outcome> = (0..=20).map(|run| outcome(vec![run * 10, 5])).collect();
        let bands = bands(runs.iter());
        assert_eq!(bands[1], [0.005; 3]);
        let [low, middle, high] = bands[0];
        assert!((low - 0.01).abs() < 1e-9 && (middle - 0.1).abs() < 1e-9 && (high - 0.19).abs() < 1e-9, "{bands:?}");
        assert!(super::bands([].into_iter()).is_empty());
    }

    #[test]
    fn the_course_of_a_run_is_that_of_its_users() {
        let scenario = Scenario::bundled();
        let recording = World::run(&scenario, scenario.seed).expect("valid");
        let outcome = Outcome::new(&scenario, &recording);
        assert_eq!(outcome.failed_per_mille.len(), 39);
        let calm = &outcome.failed_per_mille[..5];
        assert!(calm.iter().all(|share| *share < 20), "{calm:?}");
        assert!(outcome.failed_per_mille[20] > 200, "{:?}", outcome.failed_per_mille);
    }
}
