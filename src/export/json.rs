//! The run as JSON: a summary with events and claims, and every series in columns.

use serde_json::{Map, Value, json};

use super::RunRef;
use crate::recording::{BOUNDS_MS, Histograms};
use crate::recording::{
    CacheSeries, ClaimVerdict, ColumnInfo, ColumnKind, DependencyMeta, DependencySeries, InstanceSeries, LedgerRow,
    PoolMeta, PoolSeries, PrerollSeries, Recording, ServiceSeries, TICK_S,
};
use crate::scenario::ParameterView;
use crate::units::UtcMs;

/// Identity of the run, users by outcome, times of detection and end, claims, assumptions and event log.
#[must_use]
pub fn summary_json(run: &RunRef<'_>) -> Value {
    let RunRef { scenario, recording, ledger } = run;
    let span = recording.span(scenario.incident.start, scenario.incident.end);
    let outcomes = recording.started(span);
    let time = |moment: Option<UtcMs>| moment.map(|moment| moment.to_string());
    json!({
        "scenario": scenario.id,
        "what_if": what_if(run),
        "seed": recording.meta.seed,
        "digest": recording.digest(),
        "events": recording.meta.events,
        "users": {
            "arrived": recording.arrivals(span),
            "fast": outcomes.fast,
            "slow": outcomes.slow,
            "failed": outcomes.failed,
        },
        "detected_at": time(recording.detected_at()),
        "resolved_at": time(recording.resolved_at()),
        "ledger": ledger.rows.iter().map(ledger_row).collect::<Vec<_>>(),
        "readings": scenario.readings,
        "assumptions": scenario.assumptions,
        "parameters": scenario.parameters().iter().map(parameter).collect::<Vec<_>>(),
        "log": recording.log.iter().map(|entry| json!({
            "at": recording.time_of(entry).to_string(),
            "instance": entry.instance.map(|i| recording.instance_name(i as usize)),
            "what": entry.what,
        })).collect::<Vec<_>>(),
    })
}

/// The changes of a what-if, in words; none for the scenario as it was written.
fn what_if(run: &RunRef<'_>) -> Vec<String> {
    run.scenario.what_if.changes.iter().map(ToString::to_string).collect()
}

fn parameter(parameter: &ParameterView<'_>) -> Value {
    json!({
        "path": parameter.path,
        "value": parameter.number.map_or_else(|| json!(parameter.value), |number| json!(number)),
        "unit": parameter.unit,
        "range": parameter.range,
        "reason": parameter.reason,
    })
}

fn ledger_row(row: &LedgerRow) -> Value {
    json!({
        "id": row.claim.id,
        "facts": row.claim.facts,
        "text": row.claim.text,
        "reported": row.claim.reported,
        "simulated": row.value.map(|value| quantity(row, value)),
        "min": row.claim.each_seed.min,
        "max": row.claim.each_seed.max,
        "verdict": verdict_word(row.verdict),
    })
}

/// A value of a claim in JSON: a time as text, a number as a number.
pub(crate) fn quantity(row: &LedgerRow, value: f64) -> Value {
    if row.claim.measure.is_time() { json!(UtcMs(value as i64).to_string()) } else { json!(value) }
}

pub(crate) fn verdict_word(verdict: ClaimVerdict) -> &'static str {
    match verdict {
        ClaimVerdict::Holds => "holds",
        ClaimVerdict::Fails => "fails",
        ClaimVerdict::NotRun => "not run",
        ClaimVerdict::Pending => "pending",
    }
}

/// Every series of the recording. A group has the time of its first row, the step between rows, and its columns; those of
/// the instances have a list per instance, those of histograms a list per bucket.
#[must_use]
pub fn series_json(run: &RunRef<'_>) -> Value {
    let recording = run.recording;
    let instances = recording.meta.instances as usize;
    let names: Vec<String> = (0..instances).map(|i| recording.instance_name(i)).collect();
    let from = |first_s: f64| recording.meta.from.plus_s(first_s).to_string();
    let step_s = recording.meta.preroll_step_s as usize;
    let before_s = (recording.preroll.sessions_leaked.len() / instances.max(1)).saturating_sub(1) * step_s;
    let histogram = |histograms: &Histograms| split(&histograms.counts, BOUNDS_MS.len() + 1);
    json!({
        "scenario": recording.meta.scenario,
        "what_if": what_if(run),
        "seed": recording.meta.seed,
        "service": {
            "first_row_at": from(1.0),
            "step_s": 1,
            "columns": columns(ServiceSeries::INFO, &recording.service.columns(), &|column| json!(column)),
        },
        "instances": {
            "first_row_at": from(TICK_S as f64),
            "step_s": TICK_S,
            "names": names,
            "columns": columns(InstanceSeries::INFO, &recording.instances.columns(), &|column| split(column, instances)),
        },
        "pools": pools(recording),
        "dependencies": dependencies(recording),
        "cache": recording.meta.cache_entries.map(|entries| json!({
            "first_row_at": from(1.0),
            "step_s": 1,
            "entries": entries,
            "columns": columns(CacheSeries::INFO, &recording.cache.columns(), &|column| json!(column)),
        })),
        "before_the_window": {
            "first_row_at": from(-(before_s as f64)),
            "step_s": step_s,
            "names": names,
            "columns": columns(PrerollSeries::INFO, &recording.preroll.columns(), &|column| split(column, instances)),
        },
        "latency": {
            "first_row_at": from(TICK_S as f64),
            "step_s": TICK_S,
            "upper_bounds_ms": BOUNDS_MS,
            "checkout": histogram(&recording.checkout_latency),
            "gateway": histogram(&recording.gateway_latency),
            "network": histogram(&recording.network_latency),
        },
    })
}

/// The pools by name, each with its columns, which have a list per instance.
fn pools(recording: &Recording) -> Value {
    let (instances, count) = (recording.meta.instances as usize, recording.meta.pools.len());
    let of = |(index, pool): (usize, &PoolMeta)| {
        let values = |column: &[u32]| {
            let own: Vec<u32> = column.iter().skip(index).step_by(count).copied().collect();
            split(&own, instances)
        };
        let columns = columns(PoolSeries::INFO, &recording.pools.columns(), &values);
        (pool.id.clone(), json!({"of": pool.of, "capacity": pool.capacity, "columns": columns}))
    };
    Value::Object(recording.meta.pools.iter().enumerate().map(of).collect())
}

/// The dependencies by name, each with its columns and the counts of its calls' times; empty where they are not recorded.
fn dependencies(recording: &Recording) -> Value {
    let count = recording.meta.dependencies.len();
    let of = |(index, dependency): (usize, &DependencyMeta)| {
        let own = |column: &[u32]| json!(column.iter().skip(index).step_by(count).collect::<Vec<_>>());
        let columns = columns(DependencySeries::INFO, &recording.dependencies.columns(), &own);
        (dependency.id.clone(), json!({"word": dependency.word, "columns": columns}))
    };
    Value::Object(recording.meta.dependencies.iter().enumerate().map(of).collect())
}

fn columns(info: &[ColumnInfo], columns: &[&Vec<u32>], values: &dyn Fn(&[u32]) -> Value) -> Value {
    let entry = |(info, column): (&ColumnInfo, &&Vec<u32>)| {
        let kind = match info.kind {
            ColumnKind::Count => "count",
            ColumnKind::Gauge => "gauge",
        };
        (info.name.to_owned(), json!({"kind": kind, "help": info.help, "values": values(column)}))
    };
    Value::Object(info.iter().zip(columns).map(entry).collect::<Map<String, Value>>())
}

/// Splits consecutive rows of `width` values into a list per column.
fn split(values: &[u32], width: usize) -> Value {
    let place = |place: usize| values.iter().skip(place).step_by(width).copied().collect::<Vec<u32>>();
    json!((0..width).map(place).collect::<Vec<_>>())
}
