//! `sensitivity`: varies one parameter at a time over its range, and shows the effect on the incident and on the claims.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use rayon::prelude::*;

use super::progress::bar;
use super::{Failure, Source, first_line};
use crate::model::{SimulationError, World};
use crate::recording::{ClaimVerdict, Happening, Ledger, Recording};
use crate::scenario::{ParameterView, Scenario, Setting};
use crate::units::UtcMs;

#[derive(Args)]
pub(super) struct Sensitivity {
    #[command(flatten)]
    source: Source,
    /// Values tried of each parameter, spread evenly over its range; by ratio where the range spans a factor of 20 or more
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u64).range(2..=100))]
    points: u64,
    /// Number of seeds for each value: 1, 2, 3 …
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=1000))]
    seeds: u64,
    /// Only this parameter; may be repeated: --parameter session.size_kib
    #[arg(long = "parameter", value_name = "PATH")]
    parameters: Vec<String>,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// A row for each value, RFC 4180
    Csv,
    /// A table for each parameter
    Markdown,
}

/// The results for one value of a parameter.
struct Point {
    value: f64,
    is_own: bool,
    outcome: Result<Means, String>,
}

/// Means over the seeds.
struct Means {
    affected_ratio: f64,
    failed_ratio: f64,
    /// Of the seeds in which it was detected.
    detected_at: Option<UtcMs>,
    /// Processes killed within the window and before it.
    kills: f64,
    /// Ids of the claims that fail with any seed.
    broken: Vec<String>,
}

struct Parameter {
    path: String,
    unit: String,
    points: Vec<Point>,
}

impl Sensitivity {
    pub fn run(&self) -> Result<(), Failure> {
        let scenario = self.source.load()?;
        let views: Vec<ParameterView> =
            scenario.parameters().into_iter().filter(|view| view.number.is_some()).collect();
        for wanted in &self.parameters {
            if !views.iter().any(|view| view.path == *wanted) {
                let known: Vec<&str> = views.iter().map(|view| view.path.as_str()).collect();
                return Err(format!("--parameter {wanted}: expected one of {}", known.join(", ")).into());
            }
        }
        let wanted = |view: &&ParameterView| self.parameters.is_empty() || self.parameters.contains(&view.path);
        let chosen: Vec<&ParameterView> = views.iter().filter(wanted).collect();
        let jobs: Vec<(usize, f64)> = chosen
            .iter()
            .enumerate()
            .flat_map(|(index, view)| values(view, self.points as usize).into_iter().map(move |value| (index, value)))
            .collect();
        let bar = bar(jobs.len() as u64, "values");
        let points: Vec<(usize, Point)> = jobs
            .par_iter()
            .map(|(index, value)| {
                let view = chosen[*index];
                let outcome = self.try_value(&scenario, view, *value);
                bar.inc(1);
                (*index, Point { value: *value, is_own: view.number == Some(*value), outcome })
            })
            .collect();
        bar.finish_and_clear();
        let mut parameters: Vec<Parameter> = chosen
            .iter()
            .map(|view| Parameter { path: view.path.clone(), unit: view.unit.to_owned(), points: Vec::new() })
            .collect();
        for (index, point) in points {
            parameters[index].points.push(point);
        }
        super::print(&match self.format {
            Format::Text => text(&parameters),
            Format::Csv => csv(&parameters),
            Format::Markdown => markdown(&parameters, self.seeds),
        })
    }

    fn try_value(&self, scenario: &Scenario, view: &ParameterView, value: f64) -> Result<Means, String> {
        let setting = Setting { path: view.path.clone(), value: value.to_string() };
        let tried = scenario.with(&[setting]).map_err(|error| first_line(&error.to_string()))?;
        let fixed =
            tried.claims.iter().find_map(|claim| claim.counterfactual()).map(|release| tried.with_release(release));
        let mut runs = Vec::new();
        for seed in 1..=self.seeds {
            let run = || {
                let recording = World::run(&tried, seed)?;
                let fixed = fixed.as_ref().map(|fixed| World::run(fixed, seed)).transpose()?;
                let ledger = Ledger::new(&tried, &recording, fixed.as_ref());
                Ok::<_, SimulationError>((recording, ledger))
            };
            runs.push(run().map_err(|error| first_line(&error.to_string()))?);
        }
        Ok(means(&tried, &runs))
    }
}

/// Values over the plausible range of a parameter, including its own.
fn values(view: &ParameterView, points: usize) -> Vec<f64> {
    let (Some([low, high]), Some(own)) = (view.range, view.number) else { return Vec::new() };
    let is_whole = view.is_whole;
    let by_ratio = low > 0.0 && high / low >= 20.0;
    let mut values: Vec<f64> = (0..points)
        .map(|point| {
            let share = point as f64 / (points - 1) as f64;
            let value = if by_ratio { low * libm::pow(high / low, share) } else { low + (high - low) * share };
            // Three digits are enough here.
            if is_whole { value.round() } else { format!("{value:.2e}").parse().unwrap_or(value).clamp(low, high) }
        })
        .chain([own])
        .collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

fn means(scenario: &Scenario, runs: &[(Recording, Ledger)]) -> Means {
    let count = runs.len().max(1) as f64;
    let outcomes =
        |recording: &Recording| recording.started(recording.span(scenario.incident.start, scenario.incident.end));
    let mean = |value: &dyn Fn(&Recording) -> f64| runs.iter().map(|(run, _)| value(run)).sum::<f64>() / count;
    let detected: Vec<i64> = runs.iter().filter_map(|(run, _)| run.detected_at()).map(|at| at.0).collect();
    let is_kill = |what: &Happening| matches!(what, Happening::OutOfMemory { .. } | Happening::NotAlive { .. });
    let broken = scenario
        .claims
        .iter()
        .enumerate()
        .filter(|(index, _)| runs.iter().any(|(_, ledger)| ledger.rows[*index].verdict == ClaimVerdict::Fails));
    Means {
        affected_ratio: mean(&|run| outcomes(run).affected_ratio().unwrap_or(0.0)),
        failed_ratio: mean(&|run| outcomes(run).failed_ratio().unwrap_or(0.0)),
        detected_at: (!detected.is_empty()).then(|| UtcMs(detected.iter().sum::<i64>() / detected.len() as i64)),
        kills: mean(&|run| run.log.iter().filter(|entry| is_kill(&entry.what)).count() as f64),
        broken: broken.map(|(_, claim)| claim.id.clone()).collect(),
    }
}

/// The cells after the value: affected, failed, detected, kills, failing claims.
fn cells(point: &Point) -> [String; 5] {
    match &point.outcome {
        Err(reason) => [String::new(), String::new(), String::new(), String::new(), format!("refused: {reason}")],
        Ok(means) => [
            format!("{:.1} %", means.affected_ratio * 100.0),
            format!("{:.1} %", means.failed_ratio * 100.0),
            means.detected_at.map_or_else(|| "never".to_owned(), UtcMs::hh_mm),
            format!("{:.1}", means.kills),
            if means.broken.is_empty() { "all claims hold".to_owned() } else { means.broken.join(" ") },
        ],
    }
}

fn text(parameters: &[Parameter]) -> String {
    let mut text = String::new();
    for Parameter { path, unit, points } in parameters {
        let _infallible = writeln!(
            text,
            "{:<34} {:>9} {:>9} {:>9} {:>7}  claims that fail",
            format!("{path} ({unit})").replace(" ()", ""),
            "affected",
            "failed",
            "detected",
            "kills"
        );
        for point in points {
            let [affected, failed, detected, kills, broken] = cells(point);
            let mark = if point.is_own { "*" } else { " " };
            let _infallible = writeln!(
                text,
                "{:>33}{mark} {affected:>9} {failed:>9} {detected:>9} {kills:>7}  {broken}",
                point.value
            );
        }
        text.push('\n');
    }
    text + "* the scenario's own value; means over the seeds; a claim fails where it fails with any seed\n"
}

fn markdown(parameters: &[Parameter], seeds: u64) -> String {
    let mut text = format!(
        "Means over {seeds} seeds; **bold** is the scenario's own value. A claim is named where it fails with any seed. \
         Kills are of processes, in the window and before it.\n"
    );
    for Parameter { path, unit, points } in parameters {
        let _infallible = writeln!(
            text,
            "\n| `{path}` {unit} | affected | failed | detected | kills | claims that fail |\n|--:|--:|--:|--:|--:|---|"
        );
        for point in points {
            let value = if point.is_own { format!("**{}**", point.value) } else { point.value.to_string() };
            let _infallible =
                writeln!(text, "| {value} | {} |", cells(point).join(" | ").replace("all claims hold", ""));
        }
    }
    text
}

fn csv(parameters: &[Parameter]) -> String {
    let mut text =
        "parameter,unit,value,is_own_value,affected_ratio,failed_ratio,detected_at_utc,kills,claims_that_fail,refused\r\n"
            .to_owned();
    for Parameter { path, unit, points } in parameters {
        for point in points {
            let rest = match &point.outcome {
                Ok(means) => format!(
                    "{},{},{},{},{},",
                    means.affected_ratio,
                    means.failed_ratio,
                    means.detected_at.map_or_else(String::new, |at| at.to_string()),
                    means.kills,
                    means.broken.join(" ")
                ),
                Err(reason) => format!(",,,,,\"{}\"", reason.replace('"', "\"\"")),
            };
            let _infallible = write!(text, "{path},{unit},{},{},{rest}\r\n", point.value, point.is_own);
        }
    }
    text
}
