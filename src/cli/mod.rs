//! The native command line: arguments, commands, and errors on standard error.
//!
//! Invariant: every figure it prints comes from a recording or a ledger.

mod bundle;
mod calibrate;
mod claims;
mod compare;
mod drill;
mod export;
mod policy;
mod progress;
mod rank;
mod scorm;
mod sensitivity;
mod simulate;
mod story;
mod sweep;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::model::World;
use crate::plain;
use crate::recording::{Ledger, Recording};
use crate::scenario::{BUNDLED, Scenario, Setting};

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
    /// Set a what-if beside what happened: whom it would have spared, and how sure that is
    Compare(compare::Compare),
    /// What would have helped most: every measure and action of the scenario, by the users it spares
    Rank(rank::Rank),
    /// One value over a range, a row for each value and seed; in shards for a cluster
    Sweep(sweep::Sweep),
    /// Vary every parameter over its range, and tell what becomes of the incident and which claims break where
    Sensitivity(sensitivity::Sensitivity),
    /// Find the session size and deployment age that reproduce the report
    Calibrate(calibrate::Calibrate),
    /// Live through an incident without hindsight: commands in, what is told out; or run a result again and score it
    Drill(drill::DrillCommand),
    /// The best that could have been done in a drill, found by search over everything a trainee can do
    Policy(policy::PolicyCommand),
    /// Write files for a post-mortem: CSV, JSON, Markdown, SVG, OpenMetrics, Prometheus rules, Grafana annotations
    Export(export::Export),
    /// Write what the page shows without JavaScript: the story as HTML, and the charts as SVG
    Story(story::Story),
    /// Write the page as one HTML file that works from a disk and without a network
    Bundle(bundle::Bundle),
    /// Write the page as a SCORM 1.2 package, which opens with the drill
    Scorm(scorm::Scorm),
    /// Print the JSON Schema of scenarios
    Schema,
}

/// The scenario of a run.
#[derive(Args)]
struct Source {
    /// Scenario file, or - for standard input; the bundled one when absent
    scenario: Option<PathBuf>,
    /// Change an assumption or an action; may be repeated: --set instances.count=12 --set actions.patch.at=11:30
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

/// Reads a scenario from a file, or from standard input where the path is `-`.
fn read(path: &Path) -> Result<Scenario, Failure> {
    let is_input = path == Path::new("-");
    let name = if is_input { "standard input".to_owned() } else { path.display().to_string() };
    let input: Box<dyn Read> = if is_input {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(std::fs::File::open(path).map_err(|error| format!("{name}: {error}"))?)
    };
    let mut bytes = Vec::new();
    input.take(SCENARIO_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|error| format!("{name}: {error}"))?;
    if bytes.len() as u64 > SCENARIO_BYTES_MAX {
        return Err(format!("{name}: a scenario has at most {SCENARIO_BYTES_MAX} bytes").into());
    }
    let text = plain::decoded(&bytes).map_err(|error| format!("{name}: {error}"))?;
    Scenario::from_json(&text).map_err(|error| {
        let lines: Vec<String> = error.to_string().lines().map(|line| format!("{name}: {line}")).collect();
        lines.join("\n").into()
    })
}

/// Runs a scenario and checks its claims, including the counterfactual run that some claims need.
fn simulated(scenario: &Scenario, seed: u64) -> Result<(Recording, Ledger), Failure> {
    let recording = World::run(scenario, seed)?;
    let counterfactual = match scenario.claims.iter().find_map(|claim| claim.counterfactual()) {
        Some(release) => Some(World::run(&scenario.with_release(release), seed)?),
        None => None,
    };
    let ledger = Ledger::new(scenario, &recording, counterfactual.as_ref());
    Ok((recording, ledger))
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// Writes a file and creates its folder if needed. The file is whole or absent: it gets its name when it is complete.
fn save(path: &Path, text: &str) -> Result<(), Failure> {
    let write = || -> std::io::Result<()> {
        // Devices and pipes cannot be replaced, only written to.
        if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            return std::fs::write(path, text);
        }
        path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let part = PathBuf::from(name);
        let moved = std::fs::write(&part, text).and_then(|()| std::fs::rename(&part, path));
        if moved.is_err() {
            // Nothing of it is left behind.
            let _absent = std::fs::remove_file(&part);
        }
        moved
    };
    write().map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Runs the command line of the process.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // Help and version, which are no errors, go to standard output.
        Err(error) if !error.use_stderr() => {
            let printed = print(&error.render().to_string());
            return printed.map_or(ExitCode::from(2), |()| ExitCode::SUCCESS);
        }
        Err(error) => {
            let lines: Vec<String> = error.render().to_string().trim_end().lines().map(plain::harmless).collect();
            tell(&lines.join("\n"));
            return ExitCode::from(2);
        }
    };
    let result = match arguments.command {
        Command::Simulate(command) => command.run(),
        Command::Claims(command) => command.run(),
        Command::Calibrate(command) => command.run(),
        Command::Sensitivity(command) => command.run().map(|()| ExitCode::SUCCESS),
        Command::Compare(command) => command.run().map(|()| ExitCode::SUCCESS),
        Command::Rank(command) => command.run().map(|()| ExitCode::SUCCESS),
        Command::Sweep(command) => command.run().map(|()| ExitCode::SUCCESS),
        Command::Drill(command) => command.run().map(|()| ExitCode::SUCCESS),
        Command::Policy(command) => command.run().map(|()| ExitCode::SUCCESS),
        Command::Export(command) => command.run(),
        Command::Story(command) => command.run(),
        Command::Bundle(command) => command.run(),
        Command::Scorm(command) => command.run().map(|()| ExitCode::SUCCESS),
        Command::Schema => print(&(Scenario::json_schema() + "\n")).map(|()| ExitCode::SUCCESS),
    };
    result.unwrap_or_else(|error| {
        let lines: Vec<String> = error.to_string().lines().map(plain::harmless).collect();
        tell(&format!("error: {}", lines.join("\n")));
        ExitCode::from(2)
    })
}

/// Writes a line to standard error. There is nobody to tell when that fails.
fn tell(line: &str) {
    use std::io::Write;
    let _untold = writeln!(std::io::stderr().lock(), "{line}");
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
