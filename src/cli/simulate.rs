//! `simulate`: one run, as text, JSON or CSV.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;
use serde_json::Value;

use super::{Failure, Format, Source, simulated};
use crate::export::{RunRef, recording_csv, summary_json, verdict_word};
use crate::json;
use crate::model::World;
use crate::scenario::ParameterView;

#[derive(Args)]
pub(super) struct Simulate {
    #[command(flatten)]
    source: Source,
    /// Seed of the run; the scenario's when absent
    #[arg(long)]
    seed: Option<u64>,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Simulate {
    pub fn run(&self) -> Result<ExitCode, Failure> {
        let scenario = self.source.load_with_seed(self.seed)?;
        if self.format == Format::Csv {
            super::print(&recording_csv(&scenario, &World::run(&scenario, scenario.seed)?, None))?;
            return Ok(ExitCode::SUCCESS);
        }
        let (recording, ledger) = simulated(&scenario, scenario.seed)?;
        let run = RunRef { scenario: &scenario, recording: &recording, ledger: &ledger };
        super::print(&match self.format {
            Format::Json => json::to_lines(&summary_json(&run)),
            _ => summary_text(&run),
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

fn summary_text(run: &RunRef<'_>) -> String {
    let RunRef { scenario, recording, ledger } = *run;
    let mut text = String::new();
    let span = recording.span(scenario.incident.start, scenario.incident.end);
    let (arrived, outcomes) = (recording.arrivals(span), recording.started(span));
    let percent = |ratio: Option<f64>| ratio.map_or("–".to_owned(), |ratio| format!("{:.1} %", ratio * 100.0));
    let time = |moment: Option<crate::units::UtcMs>| moment.map_or("never".to_owned(), |moment| moment.hh_mm_ss());
    let mut line = |label: &str, value: String| {
        let _infallible = writeln!(text, "{label:<22}{value}");
    };
    line("scenario", format!("{} ({})", scenario.title, scenario.id));
    if !scenario.what_if.is_empty() {
        line("what if", scenario.what_if.to_string());
    }
    line("seed", recording.meta.seed.to_string());
    line("events simulated", recording.meta.events.to_string());
    line("digest", recording.digest());
    let span = format!("{} to {} UTC", scenario.incident.start.hh_mm(), scenario.incident.end.hh_mm());
    line("users started", format!("{arrived}, {span}"));
    line(
        "  fast",
        format!(
            "{:>6}  {}",
            outcomes.fast,
            percent(outcomes.slow_ratio().zip(outcomes.failed_ratio()).map(|(slow, failed)| 1.0 - slow - failed))
        ),
    );
    line("  slow", format!("{:>6}  {}", outcomes.slow, percent(outcomes.slow_ratio())));
    line("  failed", format!("{:>6}  {}", outcomes.failed, percent(outcomes.failed_ratio())));
    line("detected (simulated)", time(recording.detected_at()));
    line("resolved (simulated)", time(recording.resolved_at()));
    text.push_str("\nevents\n");
    for entry in &recording.log {
        use crate::recording::Happening as H;
        // Probes and pending alerts would fill pages; they are in the JSON.
        if matches!(
            entry.what,
            H::LeftRotation | H::JoinedRotation | H::TriedAgain | H::AlertPending { .. } | H::GcOverhead | H::GcRelief
        ) {
            continue;
        }
        let instance = entry.instance.map_or(String::new(), |i| recording.instance_name(i as usize));
        let at = recording.time_of(entry);
        let day = if at < scenario.window.from { at.to_string()[..10].to_owned() } else { String::new() };
        let _infallible = writeln!(text, "  {day:<11}{}  {instance:<11} {}", at.hh_mm_ss(), describe(&entry.what));
    }
    text.push_str("\nclaims\n");
    for row in &ledger.rows {
        let value = row.value.map_or("–".to_owned(), |value| row.claim.show(value));
        let bounds = row.claim.show_bounds(&row.claim.each_seed);
        let _infallible = writeln!(
            text,
            "  {:<5} {:<8} {value:>9}  ({bounds})  {}",
            row.claim.id,
            verdict_word(row.verdict),
            row.claim.text
        );
    }
    text.push_str("\nreadings and assumptions\n");
    for each in scenario.readings.iter().chain(&scenario.assumptions) {
        let _infallible = writeln!(text, "  {:<5} {}\n        {}", each.id, each.text, each.reason);
    }
    text.push_str("\nparameters, each assumed: value (plausible range)\n");
    for ParameterView { path, value, unit, range, reason, .. } in scenario.parameters() {
        let range = range.map_or(String::new(), |[least, most]| format!(" ({least} to {most})"));
        let _infallible = writeln!(text, "  {path:<40} {value}{range} {unit}\n        {reason}");
    }
    text
}

fn describe(what: &crate::recording::Happening) -> String {
    match serde_json::to_value(what) {
        Ok(Value::String(name)) => name.replace('_', " "),
        Ok(Value::Object(map)) => map
            .iter()
            .map(|(name, fields)| {
                let fields = fields.as_object().into_iter().flatten();
                let fields: Vec<String> =
                    fields.map(|(key, value)| format!("{key} {}", value.to_string().trim_matches('"'))).collect();
                format!("{}: {}", name.replace('_', " "), fields.join(", "))
            })
            .collect::<Vec<_>>()
            .join(" "),
        Ok(other) => other.to_string(),
        Err(error) => error.to_string(),
    }
}
