//! `drill`: the drill as text. Commands come in line by line, as JSON or as words; what is told goes out as JSON lines, or as
//! text on a terminal.

mod order;
mod telling;

use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;

use clap::Args;

use super::policy::drawn;
use super::{Failure, TextOrJson};
use crate::drill::{Comparison, Debrief, Draw, Drill, DrillResult, Kind, Score};
use crate::scenario::Scenario;
use order::Order;
use telling::Telling;

#[derive(Args)]
pub(super) struct DrillCommand {
    /// Number of the draw: which incident, which nobody tells, and which users; another each time when absent
    #[arg(long, value_parser = clap::value_parser!(u32).range(0..=i64::from(Draw::MAX)), conflicts_with_all = ["scenario", "score"])]
    draw: Option<u32>,
    /// A scenario file instead of a draw
    #[arg(long, conflicts_with = "score")]
    scenario: Option<PathBuf>,
    /// Seed of the run of a scenario file; that of the file when absent
    #[arg(long, requires = "scenario")]
    seed: Option<u64>,
    /// The first attempt counts: the score is shown at the end
    #[arg(long)]
    check: bool,
    /// Run a result again, and score it
    #[arg(long, value_name = "RESULT")]
    score: Option<String>,
    /// What to print; text on a terminal when absent
    #[arg(long, value_enum)]
    format: Option<TextOrJson>,
}

impl DrillCommand {
    pub fn run(&self) -> Result<(), Failure> {
        let is_text = self.format.map_or_else(|| std::io::stdout().is_terminal(), |format| format == TextOrJson::Text);
        let telling = Telling { is_text };
        if let Some(text) = &self.score {
            return score(text, &telling);
        }
        let kind = if self.check { Kind::Check } else { Kind::Practice };
        let (scenario, draw, seed) = self.drawn()?;
        let mut drill = Drill::new(&scenario, seed, kind)?;
        telling.page(&drill, draw)?;
        for line in std::io::stdin().lock().lines() {
            let line = line.map_err(|error| format!("standard input: {error}"))?;
            if line.trim().is_empty() {
                continue;
            }
            match Order::parse(&line) {
                Err(reason) => telling.refused(&drill, &reason)?,
                Ok(Order::Quit) => break,
                Ok(Order::Help) => telling.help(&drill)?,
                Ok(Order::Wait(seconds)) => telling.all(&drill.wait(seconds))?,
                Ok(Order::Do(what)) => match drill.enter(what) {
                    Ok(told) => telling.all(&told)?,
                    Err(error) => telling.refused(&drill, &error.to_string())?,
                },
            }
        }
        end(&drill, draw, &telling)
    }

    fn drawn(&self) -> Result<(Scenario, Option<Draw>, u64), Failure> {
        if let Some(path) = &self.scenario {
            let scenario = super::read(path)?;
            let seed = self.seed.unwrap_or(scenario.seed);
            return Ok((scenario, None, seed));
        }
        let draw = Draw(self.draw.unwrap_or_else(another));
        Ok((of_draw(draw)?, Some(draw), draw.seed()))
    }
}

/// A number that nobody has chosen.
#[allow(clippy::disallowed_methods, reason = "the command line may read the clock")]
fn another() -> u32 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    (since.as_nanos() % u128::from(Draw::MAX)) as u32
}

fn of_draw(draw: Draw) -> Result<Scenario, Failure> {
    let id = draw.scenario().id;
    let found = drawn()?.into_iter().find(|scenario| scenario.id == id);
    found.ok_or_else(|| format!("{id}: not in the catalogue").into())
}

/// What is shown once nobody orders anything more.
fn end(drill: &Drill, draw: Option<Draw>, telling: &Telling) -> Result<(), Failure> {
    if !drill.is_over() {
        return Ok(());
    }
    telling.debrief(drill, &Debrief::new(drill, drill.whole()?))?;
    if let Some(draw) = draw {
        telling.result(&DrillResult::of(drill, draw)?)?;
    }
    let score = Score::of(drill)?;
    match Comparison::new(drill, &score) {
        Some(comparison) => {
            telling.comparison(drill, &comparison)?;
            if drill.kind() == Kind::Check { telling.score(drill, &score) } else { Ok(()) }
        }
        None => telling.unwritten(drill),
    }
}

fn score(text: &str, telling: &Telling) -> Result<(), Failure> {
    let result: DrillResult = text.trim().parse()?;
    let drill = result.rerun(&of_draw(result.draw)?)?;
    if result.kind == Kind::Practice {
        return Err("a practice has no score: only a check has one".into());
    }
    telling.score(&drill, &Score::of(&drill)?)
}
