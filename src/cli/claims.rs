//! `claims`: checks every claim over many seeds.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::progress::{bar, for_seeds};
use super::{Failure, Source, TextOrJson};
use crate::export::quantity;
use crate::model::{SimulationError, World};
use crate::recording::{ClaimVerdict, Ledger, LedgerRow};
use crate::scenario::Scenario;

#[derive(Args)]
pub(super) struct Claims {
    #[command(flatten)]
    source: Source,
    /// Number of seeds: 1, 2, 3 …
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    seeds: u64,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    format: TextOrJson,
}

struct Row<'a> {
    first: &'a LedgerRow,
    values: Vec<f64>,
    seeds_that_fail: Vec<u64>,
    mean: Option<f64>,
    holds: bool,
}

impl Claims {
    pub fn run(&self) -> Result<ExitCode, Failure> {
        let scenario = self.source.load()?;
        let seeds: Vec<u64> = (1..=self.seeds).collect();
        let ledgers = ledgers(&scenario, &seeds)?;
        let rows: Vec<Row> = (0..scenario.claims.len()).map(|index| over_seeds(&ledgers, &seeds, index)).collect();
        super::print(&match self.format {
            TextOrJson::Text => text(&rows, &seeds),
            TextOrJson::Json => crate::json::to_lines(&json!({
                "scenario": scenario.id,
                "seeds": seeds,
                "holds": rows.iter().all(|row| row.holds),
                "claims": rows.iter().map(to_json).collect::<Vec<_>>(),
            })),
        })?;
        Ok(if rows.iter().all(|row| row.holds) { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

fn ledgers(scenario: &Scenario, seeds: &[u64]) -> Result<Vec<Ledger>, Failure> {
    let counterfactual = scenario.claims.iter().find_map(|claim| claim.counterfactual());
    let fixed = counterfactual.map(|release| scenario.with_release(release));
    let bar = bar(seeds.len() as u64, "seeds");
    let ledgers = for_seeds(seeds, &bar, |seed| {
        let recording = World::run(scenario, seed)?;
        let counterfactual = fixed.as_ref().map(|fixed| World::run(fixed, seed)).transpose()?;
        Ok::<_, SimulationError>(Ledger::new(scenario, &recording, counterfactual.as_ref()))
    })?;
    bar.finish_and_clear();
    Ok(ledgers)
}

fn over_seeds<'a>(ledgers: &'a [Ledger], seeds: &[u64], index: usize) -> Row<'a> {
    let rows: Vec<&LedgerRow> = ledgers.iter().map(|ledger| &ledger.rows[index]).collect();
    let values: Vec<f64> = rows.iter().filter_map(|row| row.value).collect();
    let fails = rows.iter().zip(seeds).filter(|(row, _)| row.verdict != ClaimVerdict::Holds);
    let seeds_that_fail: Vec<u64> = fails.map(|(_, seed)| *seed).collect();
    let mean = (values.len() == rows.len()).then(|| values.iter().sum::<f64>() / values.len() as f64);
    let mean_holds = rows[0].claim.mean.is_none_or(|bounds| mean.is_some_and(|mean| bounds.hold(mean)));
    Row { first: rows[0], holds: seeds_that_fail.is_empty() && mean_holds, values, seeds_that_fail, mean }
}

fn text(rows: &[Row], seeds: &[u64]) -> String {
    let mut text = format!("{:<5} {:<6} {:>9} {:>9} {:>9}  {:<26} claim\n", "", "", "min", "mean", "max", "every seed");
    for row in rows {
        let claim = &row.first.claim;
        let show = |value: Option<f64>| value.map_or("–".to_owned(), |value| claim.show(value));
        let mut bounds = claim.show_bounds(&claim.each_seed);
        if let Some(mean) = &claim.mean {
            let _infallible = write!(bounds, "; mean {}", claim.show_bounds(mean));
        }
        let _infallible = writeln!(
            text,
            "{:<5} {:<6} {:>9} {:>9} {:>9}  {bounds:<26} {}",
            claim.id,
            if row.holds { "holds" } else { "FAILS" },
            show(row.values.iter().copied().reduce(f64::min)),
            show(row.mean),
            show(row.values.iter().copied().reduce(f64::max)),
            claim.text,
        );
        if !row.seeds_that_fail.is_empty() {
            let _infallible = writeln!(text, "      fails with --seed {:?}", row.seeds_that_fail);
        }
    }
    let held = rows.iter().filter(|row| row.holds).count();
    let _infallible = writeln!(text, "{held} of {} claims hold over {} seeds", rows.len(), seeds.len());
    text
}

fn to_json(row: &Row) -> Value {
    let value = |value: Option<f64>| value.map(|value| quantity(row.first, value));
    let claim = &row.first.claim;
    json!({
        "id": claim.id,
        "facts": claim.facts,
        "text": claim.text,
        "holds": row.holds,
        "min": value(row.values.iter().copied().reduce(f64::min)),
        "mean": value(row.mean),
        "max": value(row.values.iter().copied().reduce(f64::max)),
        "each_seed": claim.each_seed,
        "mean_bounds": claim.mean,
        "failing_seeds": row.seeds_that_fail,
    })
}
