//! Tables as RFC 4180 CSV: CRLF line ends, RFC 3339 times in UTC, units in column names.

use super::text::{cell, plain};
use super::{Options, RunRef, events};
use crate::compare::{Difference, Outcome};
use crate::recording::{
    CacheSeries, ColumnInfo, ColumnKind, DependencySeries, InstanceSeries, PoolSeries, Recording, ServiceSeries, TICK_S,
};
use crate::replay::TimeRange;
use crate::scenario::Scenario;
use crate::units::UtcMs;

/// A comparison: a row for each figure, of what happened and of a what-if, which the last column tells in its first row.
#[must_use]
pub fn comparison_csv(changed: &Scenario, difference: &Difference) -> String {
    let [actual, what_if] = [&difference.actual, &difference.what_if].map(figures);
    let mut table = "figure,actual,what_if,changes\r\n".to_owned();
    for (index, ((name, actual), (_, what_if))) in actual.into_iter().zip(what_if).enumerate() {
        let changes = if index == 0 { quoted_cell(&changed.what_if.to_string()) } else { String::new() };
        table.push_str(&format!("{name},{actual},{what_if},{changes}\r\n"));
    }
    table
}

fn quoted_cell(text: &str) -> String {
    format!("\"{}\"", cell(&plain(text)).replace('"', "\"\""))
}

fn figures(outcome: &Outcome) -> [(&'static str, String); 9] {
    let time = |at: Option<UtcMs>| at.map_or_else(String::new, |at| at.to_string());
    [
        ("users_count", outcome.users.to_string()),
        ("slow_count", outcome.slow.to_string()),
        ("failed_count", outcome.failed.to_string()),
        ("lost_user_minutes", format!("{:.1}", outcome.user_minutes_lost)),
        ("error_budget_ratio", outcome.budget_ratio.map_or_else(String::new, |ratio| ratio.to_string())),
        ("detected_at_utc", time(outcome.detected_at)),
        ("mitigated_at_utc", time(outcome.mitigated_at)),
        ("resolved_at_utc", time(outcome.resolved_at)),
        ("killed_count", outcome.kills.to_string()),
    ]
}

/// The recording: a row per second for the service; every fifth row also has the instances and their pools, in columns of
/// their own. A row
/// carries the time at which its second ends. A range selects the rows whose second lies inside it. A what-if has one more
/// column, whose first row tells it.
#[must_use]
pub fn recording_csv(scenario: &Scenario, recording: &Recording, range: Option<TimeRange>) -> String {
    let name = |name: &str, kind: ColumnKind| match kind {
        ColumnKind::Count if !name.ends_with("_us") && !name.ends_with("_ms") => format!("{name}_count"),
        _ => name.to_owned(),
    };
    let mut table = String::new();
    let mut header = vec!["time_utc".to_owned()];
    header.extend(ServiceSeries::INFO.iter().map(|info| name(info.name, info.kind)));
    let cached = if recording.meta.cache_entries.is_some() { CacheSeries::INFO } else { &[] };
    header.extend(cached.iter().map(|info| format!("cache_{}", name(info.name, info.kind))));
    let dependencies = &recording.meta.dependencies;
    for dependency in dependencies {
        let of = |info: &ColumnInfo| format!("{}_{}", dependency.id, name(info.name, info.kind));
        header.extend(DependencySeries::INFO.iter().map(of));
    }
    for i in 0..recording.meta.instances as usize {
        let instance = recording.instance_name(i).replace('-', "_");
        header.extend(InstanceSeries::INFO.iter().map(|info| format!("{instance}_{}", name(info.name, info.kind))));
        for pool in &recording.meta.pools {
            let of = |info: &ColumnInfo| format!("{instance}_{}_{}", pool.id, name(info.name, info.kind));
            header.extend(PoolSeries::INFO.iter().map(of));
        }
    }
    let mut what_if = (!scenario.what_if.is_empty()).then(|| scenario.what_if.to_string());
    let is_what_if = what_if.is_some();
    header.extend(is_what_if.then(|| "what_if".to_owned()));
    push_row(&mut table, &header);
    let (service, instances, pools) =
        (recording.service.columns(), recording.instances.columns(), recording.pools.columns());
    for second in seconds(recording, range) {
        let end = second + 1;
        let mut row = vec![recording.meta.from.plus_s(end as f64).to_string()];
        row.extend(service.iter().map(|column| column[second].to_string()));
        if !cached.is_empty() {
            row.extend(recording.cache.columns().iter().map(|column| column[second].to_string()));
        }
        let tick = end.is_multiple_of(TICK_S).then(|| end / TICK_S - 1).filter(|tick| *tick < recording.ticks());
        for dependency in 0..dependencies.len() {
            let at = |tick| tick * dependencies.len() + dependency;
            let columns = recording.dependencies.columns();
            row.extend(columns.iter().map(|column| tick.map_or(String::new(), |tick| column[at(tick)].to_string())));
        }
        for i in 0..recording.meta.instances as usize {
            row.extend(
                instances
                    .iter()
                    .map(|column| tick.map_or(String::new(), |tick| column[recording.row(tick, i)].to_string())),
            );
            for pool in 0..recording.meta.pools.len() {
                let at = |tick| recording.row(tick, i) * recording.meta.pools.len() + pool;
                row.extend(pools.iter().map(|column| tick.map_or(String::new(), |tick| column[at(tick)].to_string())));
            }
        }
        row.extend(is_what_if.then(|| cell(&what_if.take().unwrap_or_default())));
        push_row(&mut table, &row);
    }
    table
}

fn seconds(recording: &Recording, range: Option<TimeRange>) -> std::ops::Range<usize> {
    let all = recording.meta.seconds as usize;
    match range {
        None => 0..all,
        Some(range) => ((range.from_ms / 1000.0) as usize).min(all)..((range.until_ms / 1000.0) as usize).min(all),
    }
}

/// The events in order of time: start, end (empty for a moment), source, kind, title, text, and a link to the replay when
/// there is a base address. Begins with a byte-order mark.
#[must_use]
pub fn timeline_csv(run: &RunRef<'_>, options: &Options<'_>) -> String {
    // Titles and texts may have any letters, and spreadsheets take a file without this mark for another encoding.
    let mut table = String::from("\u{feff}");
    push_row(&mut table, &["time_utc", "until_utc", "source", "kind", "title", "text", "link"].map(str::to_owned));
    let range = options.covered(run.scenario);
    let everything = options.range.is_none();
    for event in events(run).into_iter().filter(|event| everything || event.begins_within(range)) {
        let link = options.base_url.as_ref().and_then(|base| base.at(run.scenario, event.at));
        push_row(
            &mut table,
            &[
                event.at.to_string(),
                event.until.map_or_else(String::new, |until| until.to_string()),
                event.source.word().to_owned(),
                event.kind.id().to_owned(),
                cell(&plain(&event.title)),
                cell(&plain(&event.text)),
                link.unwrap_or_default(),
            ],
        );
    }
    table
}

/// Appends a row of a table. The `csv` crate writes the same, but would add 16.6 kB of brotli to the page's 385.
fn push_row(table: &mut String, cells: &[String]) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            table.push(',');
        }
        if cell.contains(['"', ',', '\r', '\n']) {
            table.push('"');
            table.push_str(&cell.replace('"', "\"\""));
            table.push('"');
        } else {
            table.push_str(cell);
        }
    }
    table.push_str("\r\n");
}
