//! What would have helped most: candidates in the order of the users they spare, and how sure that is.
//!
//! Invariant: an order is of one seed, that of the scenario, so that every number can be found again by trying its candidate. What
//! other seeds say stands beside it as an interval, and each seed has the same users with the same luck on all sides.

use std::collections::BTreeSet;

use super::candidates::{Candidate, Source, lowered};
use super::{Interval, Outcome, Paired};
use crate::replay::{nouns, percent_fine, rounded, thousands};
use crate::scenario::{Scenario, ScenarioError, When};

/// A candidate and what would have come of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Ranked {
    pub candidate: Candidate,
    pub outcome: Outcome,
    /// Users spared slow or failed checkouts; negative where more are harmed.
    pub users_spared: i64,
    /// Users slow or failed over all seeds that have come; a single one says nothing of how sure it is.
    pub over_seeds: Paired,
}

impl Ranked {
    /// Users spared over several seeds.
    #[must_use]
    pub fn sure(&self) -> Option<Interval> {
        self.over_seeds.spared().filter(|_| self.over_seeds.seeds() > 1)
    }
}

/// One run of a trial.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Trial {
    /// Index of the candidate; `None` is what happened.
    pub candidate: Option<usize>,
    /// Index of the seed: 0 is that of the scenario.
    pub round: usize,
}

/// How sure an order is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Effort {
    /// Seeds of what happened and of each candidate that counts; 1 is the scenario's own.
    pub seeds: usize,
    /// Candidates that count beside the measures of the scenario: so many of the best.
    pub others: usize,
}

/// Candidates under trial: the runs that are wanted, and what has come of them.
#[derive(Clone, Debug)]
pub struct Trials {
    base: Scenario,
    effort: Effort,
    candidates: Vec<Candidate>,
    /// By round.
    actual: Vec<Option<Outcome>>,
    /// By candidate and round.
    outcomes: Vec<Vec<Option<Outcome>>>,
    failed: BTreeSet<Trial>,
}

impl Trials {
    /// Of candidates of a scenario as it was written.
    #[must_use]
    pub fn new(base: Scenario, candidates: Vec<Candidate>, effort: Effort) -> Self {
        let actual = vec![None; effort.seeds.max(1)];
        let (outcomes, failed) = (Vec::new(), BTreeSet::new());
        let mut trials = Self { base, effort, candidates: Vec::new(), actual, outcomes, failed };
        trials.add(candidates);
        trials
    }

    /// Adds candidates, such as pairs of those that were tried.
    pub fn add(&mut self, candidates: Vec<Candidate>) {
        let rounds = self.actual.len();
        self.outcomes.extend(candidates.iter().map(|_| vec![None; rounds]));
        self.candidates.extend(candidates);
    }

    #[must_use]
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// The runs that are wanted now: first of what happened and of every candidate with the scenario's own seed; when all of
    /// these have come, with other seeds of those that count. None at the end.
    #[must_use]
    pub fn wanted(&self) -> Vec<Trial> {
        let first: Vec<Trial> = self.every().map(|candidate| Trial { candidate, round: 0 }).collect();
        let missing = |trials: Vec<Trial>| -> Vec<Trial> {
            let is_missing = |trial: &Trial| self.outcome(*trial).is_none() && !self.failed.contains(trial);
            trials.into_iter().filter(is_missing).collect()
        };
        let first = missing(first);
        if !first.is_empty() {
            return first;
        }
        let counting = self.counting();
        let rounds = 1..self.actual.len();
        missing(rounds.flat_map(|round| counting.iter().map(move |&candidate| Trial { candidate, round })).collect())
    }

    fn every(&self) -> impl Iterator<Item = Option<usize>> {
        std::iter::once(None).chain((0..self.candidates.len()).map(Some))
    }

    /// What happened, the measures, and the best of the others.
    fn counting(&self) -> Vec<Option<usize>> {
        let mut others: Vec<(u64, usize)> = self
            .candidates
            .iter()
            .enumerate()
            .filter(|(_, candidate)| candidate.source != Source::Prevention)
            .filter_map(|(index, _)| Some((self.outcomes[index][0].as_ref()?.affected(), index)))
            .collect();
        others.sort_unstable();
        let others = others.into_iter().take(self.effort.others).map(|(_, index)| index);
        let measures = (0..self.candidates.len()).filter(|index| self.candidates[*index].source == Source::Prevention);
        std::iter::once(None).chain(measures.chain(others).map(Some)).collect()
    }

    fn outcome(&self, trial: Trial) -> Option<&Outcome> {
        self.side(trial.candidate).get(trial.round).and_then(Option::as_ref)
    }

    fn side(&self, candidate: Option<usize>) -> &[Option<Outcome>] {
        candidate.map_or(&self.actual, |index| &self.outcomes[index])
    }

    /// The scenario of a trial, and its seed.
    ///
    /// # Errors
    /// The candidate makes no sense in this scenario.
    pub fn scenario(&self, trial: Trial) -> Result<(Scenario, u64), ScenarioError> {
        let settings = trial.candidate.map_or(&[][..], |index| &self.candidates[index].settings);
        Ok((self.base.with(settings)?, self.seed(trial.round)))
    }

    /// The scenario's own, then 1, 2, 3 … without it.
    fn seed(&self, round: usize) -> u64 {
        let others = (1..).filter(|seed| *seed != self.base.seed);
        std::iter::once(self.base.seed).chain(others).nth(round).unwrap_or(self.base.seed)
    }

    /// Takes what came of a trial.
    pub fn take(&mut self, trial: Trial, outcome: Outcome) {
        let side = match trial.candidate {
            None => Some(&mut self.actual),
            Some(index) => self.outcomes.get_mut(index),
        };
        if let Some(place) = side.and_then(|side| side.get_mut(trial.round)) {
            *place = Some(outcome);
        }
    }

    /// A run that failed is not wanted again. A candidate without its first is in no order.
    pub fn give_up(&mut self, trial: Trial) {
        self.failed.insert(trial);
    }

    /// What happened, with the scenario's own seed.
    #[must_use]
    pub fn actual(&self) -> Option<&Outcome> {
        self.actual[0].as_ref()
    }

    /// Number of candidates that have been tried.
    #[must_use]
    pub fn tried(&self) -> usize {
        self.outcomes.iter().filter(|rounds| rounds[0].is_some()).count()
    }

    /// Those that have been tried, most users spared first; equal ones by failures, then in their order.
    #[must_use]
    pub fn ranked(&self) -> Vec<Ranked> {
        let Some(actual) = self.actual() else { return Vec::new() };
        let one = |(candidate, rounds): (&Candidate, &Vec<Option<Outcome>>)| {
            let outcome = rounds[0].clone()?;
            let mut over_seeds = Paired::default();
            // Up to the first that is missing, so that two candidates are compared seed by seed.
            let both = self
                .actual
                .iter()
                .zip(rounds)
                .map_while(|(actual, what_if)| Some((actual.as_ref()?, what_if.as_ref()?)));
            both.for_each(|(actual, what_if)| over_seeds.add(actual.affected() as f64, what_if.affected() as f64));
            let users_spared = actual.affected() as i64 - outcome.affected() as i64;
            Some(Ranked { candidate: candidate.clone(), outcome, users_spared, over_seeds })
        };
        let mut ranked: Vec<Ranked> = self.candidates.iter().zip(&self.outcomes).filter_map(one).collect();
        ranked.sort_by_key(|ranked| (std::cmp::Reverse(ranked.users_spared), ranked.outcome.failed));
        ranked
    }
}

/// What the end of the replay says of a ranking: the measure that would have spared most, and what the usual first aid would
/// have done. None where nothing spares anybody.
#[must_use]
pub fn best_words(scenario: &Scenario, actual: &Outcome, ranked: &[Ranked]) -> Vec<String> {
    best_measure(scenario, actual, ranked).into_iter().chain(first_aid(scenario, actual, ranked)).collect()
}

/// The measure that would have spared most, how many, and, over several seeds, how sure that is: "Would have spared most: a guard
/// that ends every session, 72,100 users (100.0 %). Over 5 seeds 71,490 ± 732."
#[must_use]
pub fn best_measure(scenario: &Scenario, actual: &Outcome, ranked: &[Ranked]) -> Option<String> {
    let best = measures(ranked).next().filter(|one| one.users_spared > 0)?;
    let name = lowered(&best.candidate.name);
    let spared = users(scenario, best.users_spared);
    let words = format!("Would have spared most: {name}, {spared} ({}).", share(actual, best.users_spared));
    let sure = best.sure().map(|sure| format!(" Over {} seeds {}.", best.over_seeds.seeds(), sure.shown()));
    Some(words + &sure.unwrap_or_default())
}

/// What the other measures are beside the best one, seed by seed: which come as close as makes no difference, and how far ahead of
/// the next it is. None before several seeds have run, and where it has no rivals.
#[must_use]
pub fn rivals(ranked: &[Ranked]) -> Option<String> {
    let mut measures = measures(ranked);
    let best = measures.next().filter(|one| one.users_spared > 0)?;
    let sure = best.sure()?;
    let mut close = Vec::new();
    let mut ahead = None;
    for rival in measures {
        let Some(lead) = rival.over_seeds.against(&best.over_seeds).spared() else { continue };
        let name = lowered(&rival.candidate.name);
        if lead.mean.abs() + lead.half_width <= CLOSE_RATIO * sure.mean {
            close.push(name);
        } else if lead.excludes_zero() {
            ahead = Some(format!("It spares {} more than the next, {name}.", lead.shown()));
            break;
        } else {
            ahead = Some(format!(
                "These seeds do not tell whether it spares more than the next, {name}: {}.",
                lead.shown()
            ));
            break;
        }
    }
    let close = (!close.is_empty()).then(|| format!("As many, to a hundredth: {}.", close.join("; ")));
    let words: Vec<String> = close.into_iter().chain(ahead).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Differences up to this share of what is spared make no difference.
const CLOSE_RATIO: f64 = 0.01;

fn measures(ranked: &[Ranked]) -> impl Iterator<Item = &Ranked> {
    ranked.iter().filter(|one| one.candidate.source == Source::Prevention)
}

/// What a restart of all instances would have done, which most teams try first.
fn first_aid(scenario: &Scenario, actual: &Outcome, ranked: &[Ranked]) -> Option<String> {
    let restart = ranked.iter().find(|one| one.candidate.id == "rolling_restart")?;
    let done = scenario.with(&restart.candidate.settings).ok()?;
    let at = match done.action("rolling_restart")?.at {
        When::At(at) => Some(at),
        When::AfterDetection(seconds) => actual.detected_at.map(|at| at.plus_s(seconds)),
    };
    let at = at.map_or_else(String::new, |at| format!(" at {}", at.hh_mm()));
    Some(match restart.users_spared {
        0 => format!("A restart of all instances{at} would have spared nobody."),
        spared if spared > 0 => format!(
            "A restart of all instances{at} would have spared {} ({}). What speaks against it: {}",
            users(scenario, spared),
            share(actual, spared),
            lowered(&restart.candidate.cost)
        ),
        harmed => format!("A restart of all instances{at} would have harmed {} more.", users(scenario, harmed)),
    })
}

fn users(scenario: &Scenario, count: i64) -> String {
    let count = count.unsigned_abs();
    format!("{} {}", thousands(rounded(count)), nouns(count as usize, &scenario.incident.user))
}

fn share(actual: &Outcome, count: i64) -> String {
    percent_fine(count as f64 / actual.affected().max(1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::candidates;
    use crate::model::World;

    fn outcome(affected: u64) -> Outcome {
        let scenario = Scenario::bundled();
        let recording = World::run(&scenario, scenario.seed).expect("valid");
        Outcome { slow: 0, failed: affected, ..Outcome::new(&scenario, &recording) }
    }

    /// Every run that is wanted, with so many affected as `affected` says of candidate and round.
    fn run(trials: &mut Trials, plain: &Outcome, affected: impl Fn(Option<usize>, usize) -> u64) -> Vec<usize> {
        let mut waves = Vec::new();
        loop {
            let wave = trials.wanted();
            if wave.is_empty() {
                return waves;
            }
            waves.push(wave.len());
            for trial in wave {
                let affected = affected(trial.candidate, trial.round);
                trials.take(trial, Outcome { failed: affected, ..plain.clone() });
            }
        }
    }

    #[test]
    fn all_run_once_and_the_measures_and_the_best_of_the_others_with_more_seeds() {
        let base = Scenario::bundled();
        let candidates = candidates(&base);
        let measures = candidates.iter().filter(|one| one.source == Source::Prevention).count();
        let all = candidates.len();
        let mut trials = Trials::new(base.clone(), candidates, Effort { seeds: 5, others: 2 });
        let plain = outcome(0);
        // Every candidate spares a hundred more than the one before it.
        let affected = |candidate: Option<usize>, round: usize| {
            10_000 + 10 * round as u64 - candidate.map_or(0, |index| 100 * (index as u64 + 1))
        };
        assert_eq!(run(&mut trials, &plain, affected), [all + 1, 4 * (1 + measures + 2)]);
        let ranked = trials.ranked();
        assert_eq!(ranked.iter().map(|one| one.users_spared).max(), Some(100 * all as i64));
        assert!(ranked.windows(2).all(|two| two[0].users_spared >= two[1].users_spared));
        let sure: Vec<_> =
            ranked.iter().filter_map(|one| Some((one.candidate.source, one.sure()?.half_width))).collect();
        assert_eq!(sure.len(), measures + 2);
        assert!(sure.iter().all(|(_, half)| *half < 1e-9), "both sides of a seed have the same luck: {sure:?}");
        // Pairs are tried beside them.
        let pair = Candidate { source: Source::Pair, ..trials.candidates()[0].clone() };
        trials.add(vec![pair]);
        assert_eq!(trials.wanted().len(), 1);
    }

    #[test]
    fn the_best_measure_is_said_with_how_sure_it_is_and_what_comes_close() {
        let base = Scenario::bundled();
        let measures: Vec<Candidate> =
            candidates(&base).into_iter().filter(|one| one.source == Source::Prevention).take(2).collect();
        let names = measures.iter().map(|one| lowered(&one.name)).collect::<Vec<_>>();
        let plain = outcome(0);
        let told = |ahead: [u64; 3]| {
            let mut trials = Trials::new(base.clone(), measures.clone(), Effort { seeds: 3, others: 0 });
            run(&mut trials, &plain, |candidate, round| match candidate {
                None => 10_000,
                Some(0) => 5000 - ahead[round],
                Some(_) => 5000,
            });
            let ranked = trials.ranked();
            let best = best_measure(&base, &Outcome { failed: 10_000, ..plain.clone() }, &ranked);
            [best, rivals(&ranked)].map(|words| words.expect("it spares some"))
        };
        assert_eq!(
            told([1000, 1010, 990]),
            [
                format!("Would have spared most: {}, 6,000 users (60.0 %). Over 3 seeds 6,000 ± 25.", names[0]),
                format!("It spares 1,000 ± 25 more than the next, {}.", names[1])
            ]
        );
        assert_eq!(told([0, 1, 0])[1], format!("As many, to a hundredth: {}.", names[1]));
        assert!(told([1000, 0, 300])[1].starts_with("These seeds do not tell whether"));
    }

    #[test]
    fn what_failed_is_not_asked_for_again_and_is_in_no_order() {
        let base = Scenario::bundled();
        let mut trials = Trials::new(base.clone(), candidates(&base), Effort { seeds: 1, others: 0 });
        let all = trials.candidates().len();
        let plain = outcome(0);
        trials.give_up(Trial { candidate: Some(0), round: 0 });
        assert_eq!(run(&mut trials, &plain, |_, _| 5), [all]);
        assert_eq!((trials.tried(), trials.ranked().len()), (all - 1, all - 1));
    }

    #[test]
    fn the_seeds_are_the_scenarios_own_and_then_others() {
        let base = Scenario::bundled().with_seed(2);
        let trials = Trials::new(base, Vec::new(), Effort { seeds: 4, others: 0 });
        let seeds: Vec<u64> = (0..4).map(|round| trials.seed(round)).collect();
        assert_eq!(seeds, [2, 1, 3, 4]);
    }
}
