//! The native command line: arguments, commands, and errors on standard error.
//!
//! Invariant: every figure it prints comes from a recording or a ledger.

mod bundle;
mod calibrate;
mod claims;
mod export;
mod progress;
mod sensitivity;
mod simulate;
mod story;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::recording::{Ledger, Recording};
use crate::scenario::{BUNDLED, Scenario, Setting};
use crate::sim::Simulation;

/// Replays a payment outage by simulating it.
#[derive(Parser)]
#[command(
    name = "incident-replay",
    version,
    about,
    after_help = "Without SCENARIO the bundled checkout outage is run."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a scenario once and print its summary, its events and the claims ledger, or the recording as CSV
    Simulate(simulate::Simulate),
    /// Run a scenario with many seeds and check every claim; exits with 1 when one does not hold
    Claims(claims::Claims),
    /// Vary every parameter over its range, and tell what becomes of the incident and which claims break where
    Sensitivity(sensitivity::Sensitivity),
    /// Find the session size and deployment age that reproduce the report
    Calibrate(calibrate::Calibrate),
    /// Write files for a post-mortem: CSV, JSON, Markdown, SVG, OpenMetrics, Prometheus rules, Grafana annotations
    Export(export::Export),
    /// Write what the page shows without JavaScript: the story as HTML, and the charts as SVG
    Story(story::Story),
    /// Write the page as one HTML file that works from a disk and without a network
    Bundle(bundle::Bundle),
    /// Print the JSON Schema of scenarios
    Schema,
}

/// The scenario of a run.
#[derive(Args)]
struct Source {
    /// Scenario file; the bundled one when absent
    scenario: Option<PathBuf>,
    /// Change an assumption or an action; may be repeated: --set instances.count=12 --set responses.patch.at=11:30
    #[arg(long = "set", value_name = "PATH=VALUE")]
    settings: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
    /// The recording, RFC 4180
    Csv,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TextOrJson {
    /// For people
    Text,
    /// For programs
    Json,
}

/// An error of the command line; only its message is shown.
type Failure = Box<dyn std::error::Error>;

impl Source {
    /// The scenario as it was written.
    fn load_unchanged(&self) -> Result<Scenario, Failure> {
        match &self.scenario {
            None => Ok(Scenario::from_json(BUNDLED)?),
            Some(path) => read(path),
        }
    }

    /// The scenario with the settings, and with a seed if there is one.
    fn load_with_seed(&self, seed: Option<u64>) -> Result<Scenario, Failure> {
        let scenario = self.load()?;
        Ok(seed.map_or(scenario.clone(), |seed| scenario.with_seed(seed)))
    }

    fn load(&self) -> Result<Scenario, Failure> {
        let scenario = self.load_unchanged()?;
        let settings = self.settings.iter().map(|text| text.parse()).collect::<Result<Vec<Setting>, _>>()?;
        Ok(scenario.with(&settings)?)
    }
}

/// Largest scenario file that is read, a hundred times the bundled one.
const SCENARIO_BYTES_MAX: u64 = 4 << 20;

fn read(path: &Path) -> Result<Scenario, Failure> {
    let mut text = String::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(SCENARIO_BYTES_MAX + 1).read_to_string(&mut text));
    let length = read.map_err(|error| format!("{}: {error}", path.display()))?;
    if length as u64 > SCENARIO_BYTES_MAX {
        return Err(format!("{}: a scenario has at most {SCENARIO_BYTES_MAX} bytes", path.display()).into());
    }
    Scenario::from_json(&text).map_err(|error| {
        let lines: Vec<String> = error.to_string().lines().map(|line| format!("{}: {line}", path.display())).collect();
        lines.join("\n").into()
    })
}

/// Runs a scenario and checks its claims, including the counterfactual run that some claims need.
fn simulated(scenario: &Scenario, seed: u64) -> Result<(Recording, Ledger), Failure> {
    let recording = Simulation::run(scenario, seed)?;
    let counterfactual = match scenario.claims.iter().find_map(|claim| claim.counterfactual()) {
        Some(release) => Some(Simulation::run(&scenario.with_release(release), seed)?),
        None => None,
    };
    let ledger = Ledger::new(scenario, &recording, counterfactual.as_ref());
    Ok((recording, ledger))
}

/// Writes a file and creates its folder if needed.
fn save(path: &Path, text: &str) -> Result<(), Failure> {
    let written = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(path, text));
    written.map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Runs the command line of the process.
#[must_use]
pub fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Simulate(command) => command.run(),
        Command::Claims(command) => command.run(),
        Command::Calibrate(command) => command.run(),
        Command::Sensitivity(command) => command.run().map(|()| ExitCode::SUCCESS),
        Command::Export(command) => command.run(),
        Command::Story(command) => command.run(),
        Command::Bundle(command) => command.run(),
        Command::Schema => print(&(Scenario::json_schema() + "\n")).map(|()| ExitCode::SUCCESS),
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::from(2)
    })
}

/// Writes to standard output. A closed pipe (`| head`) is not an error.
///
/// # Errors
/// Writing failed, for instance because the disk is full.
fn print(text: &str) -> Result<(), Failure> {
    use std::io::{ErrorKind, Write};
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(format!("standard output: {error}").into()),
        _ => Ok(()),
    }
}
