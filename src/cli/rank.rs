//! `rank`: what would have helped most.

use std::fmt::Write as _;

use clap::Args;
use rayon::prelude::*;
use serde_json::{Value, json};

use super::progress::bar;
use super::{Failure, Source, TextOrJson, first_line};
use crate::compare::{Effort, Outcome, Ranked, Trial, Trials, best_measure, candidates, pairs, rivals};
use crate::model::World;
use crate::scenario::Scenario;

#[derive(Args)]
pub(super) struct Rank {
    #[command(flatten)]
    source: Source,
    /// Also every pair that does not change the same
    #[arg(long)]
    pairs: bool,
    /// Seeds of every candidate, the scenario's own first: more say how sure the order is
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    seeds: u32,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    format: TextOrJson,
}

impl Rank {
    pub fn run(&self) -> Result<(), Failure> {
        let scenario = self.source.load()?;
        let mut wanted = candidates(&scenario);
        if self.pairs {
            wanted.extend(pairs(&scenario, &wanted));
        }
        let effort = Effort { seeds: self.seeds as usize, others: usize::MAX };
        let mut trials = Trials::new(scenario.clone(), wanted, effort);
        let bar = bar((trials.candidates().len() as u64 + 1) * u64::from(self.seeds), "runs");
        loop {
            let wave = trials.wanted();
            if wave.is_empty() {
                break;
            }
            let came: Vec<(Trial, Outcome)> = wave
                .into_par_iter()
                .map(|trial| {
                    let outcome = outcome(&trials, trial)?;
                    bar.inc(1);
                    Ok::<_, String>((trial, outcome))
                })
                .collect::<Result<_, _>>()?;
            came.into_iter().for_each(|(trial, outcome)| trials.take(trial, outcome));
        }
        bar.finish_and_clear();
        let ranked = trials.ranked();
        let Some(actual) = trials.actual() else { return Err("nothing was simulated".into()) };
        super::print(&match self.format {
            TextOrJson::Text => text(&scenario, actual, &ranked),
            TextOrJson::Json => crate::json::to_lines(&to_json(&scenario, actual, &ranked)),
        })
    }
}

fn outcome(trials: &Trials, trial: Trial) -> Result<Outcome, String> {
    let told = |error: String| {
        let id = trial.candidate.map_or("what happened", |index| &trials.candidates()[index].id);
        format!("{id}: {}", first_line(&error))
    };
    let (scenario, seed) = trials.scenario(trial).map_err(|error| told(error.to_string()))?;
    let recording = World::run(&scenario, seed).map_err(|error| told(error.to_string()))?;
    Ok(Outcome::new(&scenario, &recording))
}

fn text(scenario: &Scenario, actual: &Outcome, ranked: &[Ranked]) -> String {
    let mut text = format!(
        "{:>9} {:>9}  {:<11} {:<34} what\n{:>9} {:>9}\n",
        "affected",
        "failed",
        "",
        "id",
        actual.affected(),
        actual.failed
    );
    for one in ranked {
        let (candidate, outcome) = (&one.candidate, &one.outcome);
        let sure = one.sure().map_or_else(String::new, |sure| format!("; spares {}", sure.shown()));
        let _infallible = writeln!(
            text,
            "{:>9} {:>9}  {:<11} {:<34} {}{sure}",
            outcome.affected(),
            outcome.failed,
            candidate.source.word(),
            candidate.id,
            candidate.name
        );
    }
    for words in best_measure(scenario, actual, ranked).into_iter().chain(rivals(ranked)) {
        let _infallible = writeln!(text, "{words}");
    }
    let _infallible = writeln!(
        text,
        "simulated, seed {}, users who started between {} and {} UTC; the first line is what happened",
        scenario.seed,
        scenario.window.from.hh_mm(),
        scenario.window.until.hh_mm()
    );
    text
}

fn to_json(scenario: &Scenario, actual: &Outcome, ranked: &[Ranked]) -> Value {
    let one = |ranked: &Ranked| {
        let Ranked { candidate, outcome, users_spared, .. } = ranked;
        let sure = ranked
            .sure()
            .map(|sure| json!({"mean": sure.mean, "half_width": sure.half_width, "seeds": ranked.over_seeds.seeds()}));
        json!({
            "id": candidate.id,
            "name": candidate.name,
            "source": candidate.source.word(),
            "cost": candidate.cost,
            "reason": candidate.reason,
            "settings": candidate.settings.iter().map(|s| format!("{}={}", s.path, s.value)).collect::<Vec<_>>(),
            "users_spared": users_spared,
            "users_spared_over_seeds": sure,
            "outcome": outcome,
        })
    };
    json!({
        "scenario": scenario.id,
        "seed": scenario.seed,
        "actual": actual,
        "ranked": ranked.iter().map(one).collect::<Vec<_>>(),
    })
}
