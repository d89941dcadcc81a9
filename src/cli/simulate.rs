//! `simulate`: one run, as text, JSON or CSV.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::{Failure, Format, Source};
use crate::recording::{InstanceSeries, Kind, Ledger, LedgerRow, Outcomes, Recording, ServiceSeries, TICK_S, Verdict};
use crate::scenario::{Release, Scenario, Setting};
use crate::sim::Simulation;

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
        let scenario = self.source.load()?;
        let seed = self.seed.unwrap_or(scenario.seed);
        let recording = Simulation::run(&scenario, seed)?;
        if self.format == Format::Csv {
            super::print(&csv(&recording)?);
            return Ok(ExitCode::SUCCESS);
        }
        let counterfactual = match scenario.claims.iter().find_map(|claim| claim.counterfactual()) {
            Some(release) => Some(Simulation::run(&with_release(&scenario, release)?, seed)?),
            None => None,
        };
        let ledger = Ledger::new(&scenario, &recording, counterfactual.as_ref());
        super::print(&match self.format {
            Format::Json => format!("{:#}\n", summary_json(&scenario, &recording, &ledger)),
            _ => summary_text(&scenario, &recording, &ledger),
        });
        Ok(ExitCode::SUCCESS)
    }
}

/// The scenario with another session code from the beginning.
pub(super) fn with_release(scenario: &Scenario, release: Release) -> Result<Scenario, Failure> {
    let value = match release {
        Release::Faulty => "faulty",
        Release::Fixed => "fixed",
    };
    let setting = Setting { path: "deployment.release".to_owned(), value: value.to_owned() };
    Ok(scenario.with(&[setting])?)
}

fn users(scenario: &Scenario, recording: &Recording) -> (u64, Outcomes) {
    let span = recording.span(scenario.incident.start, scenario.incident.end);
    (recording.arrivals(span), recording.started(span))
}

fn summary_json(scenario: &Scenario, recording: &Recording, ledger: &Ledger) -> Value {
    let (arrived, outcomes) = users(scenario, recording);
    let time = |moment: Option<crate::units::UtcMs>| moment.map(|moment| moment.to_string());
    json!({
        "scenario": scenario.id,
        "seed": recording.meta.seed,
        "digest": recording.digest(),
        "events": recording.meta.events,
        "users": {"arrived": arrived, "fast": outcomes.fast, "slow": outcomes.slow, "failed": outcomes.failed},
        "detected_at": time(recording.detected_at()),
        "resolved_at": time(recording.resolved_at()),
        "ledger": ledger.rows.iter().map(ledger_json).collect::<Vec<_>>(),
        "log": recording.log.iter().map(|entry| json!({
            "at": recording.time_of(entry).to_string(),
            "instance": entry.instance.map(|i| Recording::instance_name(i as usize)),
            "what": entry.what,
        })).collect::<Vec<_>>(),
    })
}

fn ledger_json(row: &LedgerRow) -> Value {
    json!({
        "id": row.claim.id,
        "facts": row.claim.facts,
        "text": row.claim.text,
        "reported": row.claim.reported,
        "simulated": row.value.map(|value| quantity(row, value)),
        "min": row.claim.each_seed.min,
        "max": row.claim.each_seed.max,
        "verdict": verdict(row.verdict),
    })
}

/// A value of a claim for programs: a time as text, a number as it is.
pub(super) fn quantity(row: &LedgerRow, value: f64) -> Value {
    if row.claim.measure.is_time() { json!(crate::units::UtcMs(value as i64).to_string()) } else { json!(value) }
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "holds",
        Verdict::Fails => "fails",
        Verdict::NotRun => "not run",
    }
}

fn summary_text(scenario: &Scenario, recording: &Recording, ledger: &Ledger) -> String {
    let mut text = String::new();
    let (arrived, outcomes) = users(scenario, recording);
    let percent = |ratio: Option<f64>| ratio.map_or("–".to_owned(), |ratio| format!("{:.1} %", ratio * 100.0));
    let time = |moment: Option<crate::units::UtcMs>| moment.map_or("never".to_owned(), |moment| moment.hh_mm_ss());
    let mut line = |label: &str, value: String| {
        let _infallible = writeln!(text, "{label:<22}{value}");
    };
    line("scenario", format!("{} ({})", scenario.title, scenario.id));
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
        // Probe flips and pendings fill pages; they are in the JSON.
        if matches!(
            entry.what,
            H::LeftRotation | H::JoinedRotation | H::AlertPending { .. } | H::GcOverhead | H::GcRelief
        ) {
            continue;
        }
        let instance = entry.instance.map_or(String::new(), |i| Recording::instance_name(i as usize));
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
            verdict(row.verdict),
            row.claim.text
        );
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

/// The recording as CSV: a row a second of the service; every fifth second also the instances, in columns of their own.
fn csv(recording: &Recording) -> Result<String, Failure> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let name = |name: &str, kind: Kind| match kind {
        Kind::Count if !name.ends_with("_us") => format!("{name}_count"),
        _ => name.to_owned(),
    };
    let mut header = vec!["time_utc".to_owned()];
    header.extend(ServiceSeries::INFO.iter().map(|info| name(info.name, info.kind)));
    for i in 0..recording.meta.instances as usize {
        let instance = Recording::instance_name(i).replace('-', "_");
        header.extend(InstanceSeries::INFO.iter().map(|info| format!("{instance}_{}", name(info.name, info.kind))));
    }
    writer.write_record(&header)?;
    let (service, instances) = (recording.service.columns(), recording.instances.columns());
    for second in 0..recording.meta.seconds as usize {
        let end = second + 1;
        let mut row = vec![recording.meta.from.plus_s(end as f64).to_string()];
        row.extend(service.iter().map(|column| column[second].to_string()));
        for i in 0..recording.meta.instances as usize {
            let tick = end.is_multiple_of(TICK_S).then(|| end / TICK_S - 1).filter(|tick| *tick < recording.ticks());
            row.extend(
                instances
                    .iter()
                    .map(|column| tick.map_or(String::new(), |tick| column[recording.row(tick, i)].to_string())),
            );
        }
        writer.write_record(&row)?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}
