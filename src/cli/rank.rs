//! `rank`: what would have helped most.

use std::fmt::Write as _;

use clap::Args;
use rayon::prelude::*;
use serde_json::{Value, json};

use super::progress::bar;
use super::{Failure, Source, TextOrJson, first_line};
use crate::compare::{Candidate, Outcome, Ranked, candidates, pairs, rank};
use crate::model::World;
use crate::scenario::Scenario;

#[derive(Args)]
pub(super) struct Rank {
    #[command(flatten)]
    source: Source,
    /// Also every pair that does not change the same
    #[arg(long)]
    pairs: bool,
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
        let actual = Outcome::new(&scenario, &World::run(&scenario, scenario.seed)?);
        let bar = bar(wanted.len() as u64, "candidates");
        let tried: Vec<(Candidate, Outcome)> = wanted
            .into_par_iter()
            .map(|candidate| {
                let outcome = outcome(&scenario, &candidate)?;
                bar.inc(1);
                Ok::<_, String>((candidate, outcome))
            })
            .collect::<Result<_, _>>()?;
        bar.finish_and_clear();
        let ranked = rank(&actual, tried);
        super::print(&match self.format {
            TextOrJson::Text => text(&scenario, &actual, &ranked),
            TextOrJson::Json => crate::json::to_lines(&to_json(&scenario, &actual, &ranked)),
        })
    }
}

fn outcome(scenario: &Scenario, candidate: &Candidate) -> Result<Outcome, String> {
    let told = |error: String| format!("{}: {}", candidate.id, first_line(&error));
    let changed = scenario.with(&candidate.settings).map_err(|error| told(error.to_string()))?;
    let recording = World::run(&changed, scenario.seed).map_err(|error| told(error.to_string()))?;
    Ok(Outcome::new(&changed, &recording))
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
    for Ranked { candidate, outcome, .. } in ranked {
        let _infallible = writeln!(
            text,
            "{:>9} {:>9}  {:<11} {:<34} {}",
            outcome.affected(),
            outcome.failed,
            candidate.source.word(),
            candidate.id,
            candidate.name
        );
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
        let Ranked { candidate, outcome, users_spared } = ranked;
        json!({
            "id": candidate.id,
            "name": candidate.name,
            "source": candidate.source.word(),
            "cost": candidate.cost,
            "reason": candidate.reason,
            "settings": candidate.settings.iter().map(|s| format!("{}={}", s.path, s.value)).collect::<Vec<_>>(),
            "users_spared": users_spared,
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
