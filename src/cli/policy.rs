//! `policy`: the best that could have been done in a drill, found by search.

use clap::Args;
use rayon::prelude::*;

use super::progress::bar;
use super::{Failure, TextOrJson};
use crate::drill::{Policy, search};
use crate::json;
use crate::scenario::Scenario;

#[derive(Args)]
pub(super) struct PolicyCommand {
    /// Scenario file, or - for standard input; all that drills draw from when absent
    scenario: Option<std::path::PathBuf>,
    /// Seed of the runs; the scenario's own when absent
    #[arg(long)]
    seed: Option<u64>,
    /// What to print; the page has the JSON of all in static/scenarios/policies.json
    #[arg(long, value_enum, default_value = "text")]
    format: TextOrJson,
}

impl PolicyCommand {
    pub fn run(&self) -> Result<(), Failure> {
        let scenarios = match &self.scenario {
            Some(path) => vec![super::read(path)?],
            None => drawn()?,
        };
        let bar = bar(scenarios.len() as u64, "scenarios");
        let found: Vec<Policy> = scenarios
            .par_iter()
            .map(|scenario| {
                let policy =
                    search(scenario, self.seed.unwrap_or(scenario.seed), || {}).map_err(|error| error.to_string());
                bar.inc(1);
                policy
            })
            .collect::<Result<_, String>>()?;
        bar.finish_and_clear();
        super::print(&match self.format {
            TextOrJson::Json => json::to_lines(&serde_json::to_value(&found)?),
            TextOrJson::Text => found.iter().map(text).collect::<Vec<String>>().join("\n"),
        })
    }
}

/// The scenarios that drills draw from besides the bundled one.
const TRAINING: [&str; 3] = [
    include_str!("../../static/scenarios/training/connections.json"),
    include_str!("../../static/scenarios/training/slow-gateway.json"),
    include_str!("../../static/scenarios/training/costly-release.json"),
];

/// The scenarios that drills draw from.
pub(super) fn drawn() -> Result<Vec<Scenario>, Failure> {
    let mut all = vec![Scenario::bundled()];
    for text in TRAINING {
        all.push(Scenario::from_json(text)?);
    }
    Ok(all)
}

fn text(policy: &Policy) -> String {
    let Policy { scenario, seed, acts, nothing, best, reason, .. } = policy;
    let acts: String = acts.iter().map(|act| format!("  {:>3} min  {}\n", act.after_min, act.act)).collect();
    format!(
        "{scenario}, seed {seed}: {nothing} users slow or failed under doing nothing, {best} under the best policy found\n{acts}  {reason}\n"
    )
}
