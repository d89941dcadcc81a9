//! `sweep`: one value of the scenario over a range, a row for each value and seed. The rows of all shards are those of the whole, so
//! that the jobs of a cluster can share the work.

use std::fmt::Write as _;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use rayon::prelude::*;
use serde_json::json;

use super::progress::bar;
use super::{Failure, Source, first_line};
use crate::compare::Outcome;
use crate::model::World;
use crate::scenario::{Scenario, Setting};
use crate::units::UtcMs;

/// Most rows of a sweep.
const ROWS_MAX: usize = 1_000_000;

#[derive(Args)]
pub(super) struct Sweep {
    /// The value's path, as after --set: actions.patch.at, instances.count
    path: String,
    /// The values: FROM..TO/STEP, numbers or times: 11:00..12:45/5min, 8..16/1
    range: String,
    #[command(flatten)]
    source: Source,
    /// Number of seeds for each value: 1, 2, 3 …; the scenario's own when absent
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    seeds: Option<u64>,
    /// Only a part of the rows: I/N, I from 1. All parts in order are the whole; the first has the header
    #[arg(long, default_value = "1/1", value_name = "I/N")]
    shard: Shard,
    /// What to print
    #[arg(long, value_enum, default_value = "csv")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A row for each value and seed, RFC 4180
    Csv,
    /// A JSON object for each, on a line of its own
    Json,
}

/// A part of the rows.
#[derive(Clone, Copy, Debug)]
struct Shard {
    index: usize,
    count: usize,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = || "expected I/N with I from 1 to N, such as 3/10".to_owned();
        let (index, count) = text.split_once('/').ok_or_else(wanted)?;
        let (index, count): (usize, usize) =
            index.parse().ok().zip(count.parse().ok()).filter(|(i, n)| (1..=*n).contains(i)).ok_or_else(wanted)?;
        Ok(Self { index, count })
    }
}

impl Shard {
    /// Its part of so many rows: parts differ in length by one at most.
    fn of(self, rows: usize) -> std::ops::Range<usize> {
        rows * (self.index - 1) / self.count..rows * self.index / self.count
    }
}

impl Sweep {
    pub fn run(&self) -> Result<(), Failure> {
        let scenario = self.source.load()?;
        let values = values(&scenario, &self.range)?;
        let seeds: Vec<u64> = self.seeds.map_or_else(|| vec![scenario.seed], |seeds| (1..=seeds).collect());
        let rows: Vec<(&String, u64)> =
            values.iter().flat_map(|value| seeds.iter().map(move |seed| (value, *seed))).collect();
        if rows.len() > ROWS_MAX {
            return Err(format!("{}: {} rows, at most {ROWS_MAX}", self.range, rows.len()).into());
        }
        // A path that does not exist is an error of the whole, not of each row.
        if let Some(first) = values.first() {
            scenario.with(&[Setting::new(&self.path, first)])?;
        }
        let mine = &rows[self.shard.of(rows.len())];
        let bar = bar(mine.len() as u64, "runs");
        let lines: Vec<String> = mine
            .par_iter()
            .map(|(value, seed)| {
                let outcome = run(&scenario, &self.path, value, *seed);
                bar.inc(1);
                match self.format {
                    Format::Csv => csv(value, *seed, &outcome),
                    Format::Json => {
                        let (outcome, refused) = (outcome.as_ref().ok(), outcome.as_ref().err());
                        json!({"path": self.path, "value": value, "seed": seed, "outcome": outcome, "refused": refused})
                            .to_string()
                            + "\n"
                    }
                }
            })
            .collect();
        bar.finish_and_clear();
        let header = (self.format == Format::Csv && self.shard.index == 1).then(|| HEADER.to_owned());
        super::print(&header.into_iter().chain(lines).collect::<String>())
    }
}

const HEADER: &str = "value,seed,users,slow,failed,user_minutes_lost,budget_ratio,detected_at_utc,mitigated_at_utc,\
                      resolved_at_utc,kills,refused\r\n";

fn run(scenario: &Scenario, path: &str, value: &str, seed: u64) -> Result<Outcome, String> {
    let told = |error: &dyn std::fmt::Display| first_line(&error.to_string());
    let changed = scenario.with(&[Setting::new(path, value)]).map_err(|error| told(&error))?;
    let recording = World::run(&changed, seed).map_err(|error| told(&error))?;
    Ok(Outcome::new(&changed, &recording))
}

fn csv(value: &str, seed: u64, outcome: &Result<Outcome, String>) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut line = format!("{value},{seed},");
    match outcome {
        Ok(o) => {
            let time = |at: Option<UtcMs>| at.map_or_else(String::new, |at| at.to_string());
            let refused = if o.refused.is_empty() { String::new() } else { quoted(&o.refused.join("; ")) };
            let _infallible = write!(
                line,
                "{},{},{},{:.1},{},{},{},{},{},{refused}\r\n",
                o.users,
                o.slow,
                o.failed,
                o.user_minutes_lost,
                o.budget_ratio.map_or_else(String::new, |ratio| ratio.to_string()),
                time(o.detected_at),
                time(o.mitigated_at),
                time(o.resolved_at),
                o.kills,
            );
        }
        Err(reason) => {
            let _infallible = write!(line, ",,,,,,,,,{}\r\n", quoted(reason));
        }
    }
    line
}

/// The values of `FROM..TO/STEP`, both ends included where the steps meet them.
fn values(scenario: &Scenario, range: &str) -> Result<Vec<String>, Failure> {
    let wanted = || format!("{range}: expected FROM..TO/STEP, such as 8..16/1 or 11:00..12:45/5min");
    let (ends, step) = range.rsplit_once('/').ok_or_else(wanted)?;
    let (from, to) = ends.split_once("..").ok_or_else(wanted)?;
    let window = &scenario.window;
    let times = window.at_clock(from.trim()).zip(window.at_clock(to.trim()));
    if let (Some((from, to)), Some(step_s)) = (times, seconds(step.trim())) {
        let count = steps(to.seconds_since(from), step_s).ok_or_else(wanted)?;
        return Ok((0..=count).map(|n| from.plus_s(n as f64 * step_s).to_string()).collect());
    }
    let numbers: Option<Vec<f64>> = [from, to, step].iter().map(|text| text.trim().parse().ok()).collect();
    let Some([from, to, step]) = numbers.as_deref() else { return Err(wanted().into()) };
    let count = steps(to - from, *step).ok_or_else(wanted)?;
    // Twelve digits hide what binary fractions leave over.
    let rounded = |value: f64| format!("{value:.12}").parse::<f64>().map_or(value, |rounded| rounded);
    Ok((0..=count).map(|n| rounded(from + n as f64 * step).to_string()).collect())
}

/// Whole steps in a distance; `None` for a step that leads nowhere, or for more of them than a sweep has rows.
fn steps(distance: f64, step: f64) -> Option<usize> {
    let count = (distance / step + 1e-9).floor();
    (step > 0.0 && (0.0..ROWS_MAX as f64).contains(&count)).then_some(count as usize)
}

/// Seconds of "5min", "300 s", "1 h".
fn seconds(text: &str) -> Option<f64> {
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(split);
    let unit_s = match unit.trim() {
        "s" => 1.0,
        "min" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    number.trim().parse::<f64>().ok().map(|number| number * unit_s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_with_both_ends() {
        let scenario = Scenario::bundled();
        let told = |range: &str| values(&scenario, range).map_err(|error| error.to_string());
        assert_eq!(told("8..10/1"), Ok(["8", "9", "10"].map(str::to_owned).to_vec()));
        assert_eq!(told("0.1..0.3/0.1"), Ok(["0.1", "0.2", "0.3"].map(str::to_owned).to_vec()));
        assert_eq!(told("11:00..11:10/5min").map(|values| values.len()), Ok(3));
        for wrong in ["8", "8..10", "10..8/1", "8..10/0", "8..10/-1", "11:00..12:00/5", "a..b/c", "0..1/1e-30"] {
            assert!(told(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn shards_share_every_row_once() {
        for (rows, count) in [(10, 3), (2, 5), (0, 4), (7, 7), (1000, 6)] {
            let parts: Vec<usize> = (1..=count).flat_map(|index| Shard { index, count }.of(rows)).collect();
            assert_eq!(parts, (0..rows).collect::<Vec<_>>(), "{rows} in {count}");
        }
        for wrong in ["0/3", "4/3", "1", "a/b", "1/0"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
