//! The metric families of parts that a scenario may have: pools, dependencies, a cache. They are made of the columns, and absent
//! where the part is.

use super::families::{MetricType, POOL_SLOTS, Subject};
use super::metrics::{self, Value};
use crate::recording::{
    CacheSeries, ColumnInfo, ColumnKind, DependencyMeta, DependencySeries, PoolMeta, PoolSeries, Recording, TICK_S,
};

/// A family of a part.
pub(super) struct PartFamily<'a> {
    /// Name without the `_total` of counters.
    pub name: String,
    pub kind: MetricType,
    /// Base unit, with which the name ends; empty for none.
    pub unit: &'static str,
    pub help: String,
    pub subject: Subject,
    rows: Rows<'a>,
    /// The labels of each series, and its row among the first of all.
    series: Vec<(String, usize)>,
}

/// Where the values are.
enum Rows<'a> {
    /// A column in which a series has every so many rows.
    Column { column: &'a [u32], stride: usize },
    /// One value of each series, by its row.
    Constant(Vec<u32>),
}

impl PartFamily<'_> {
    /// The series: labels without braces, and the value at each of `seconds`; `None` where nothing is recorded yet.
    pub fn series(&self, seconds: &[i64]) -> Vec<(String, Vec<Option<Value>>)> {
        self.series.iter().map(|(labels, offset)| (labels.clone(), self.values(*offset, seconds))).collect()
    }

    fn values(&self, offset: usize, seconds: &[i64]) -> Vec<Option<Value>> {
        let (column, stride) = match &self.rows {
            Rows::Constant(values) => {
                let value = Value::Whole(u64::from(values[offset]));
                return seconds.iter().map(|second| (*second > 0).then_some(value)).collect();
            }
            Rows::Column { column, stride } => (column, *stride),
        };
        let step_s = if self.subject == Subject::Instance { TICK_S } else { 1 };
        let rows = column.len() / stride;
        let at = |row: usize| u64::from(column[row * stride + offset]);
        let (mut summed, mut sum) = (0, 0);
        let value = |second: &i64| {
            let until = ((*second).max(0) as usize / step_s).min(rows);
            let value = match self.kind {
                MetricType::Counter => {
                    sum += (summed..until).map(at).sum::<u64>();
                    summed = until;
                    sum
                }
                MetricType::Gauge => at(until.checked_sub(1)?),
            };
            Some(if self.unit == "seconds" { Value::Millis(value) } else { Value::Whole(value) })
        };
        seconds.iter().map(value).collect()
    }
}

/// Every family of the parts that a run has, in the order of the export.
pub(super) fn families(recording: &Recording) -> Vec<PartFamily<'_>> {
    let mut families = pools(recording);
    let labels = |dependency: &DependencyMeta| metrics::labels(recording, None, &[("dependency", &dependency.id)]);
    let series: Vec<(String, usize)> = recording.meta.dependencies.iter().map(labels).zip(0..).collect();
    let columns = (DependencySeries::INFO, recording.dependencies.columns());
    families.extend(of_columns("payment_dependency", columns, Subject::Instance, &series));
    let columns = (CacheSeries::INFO, recording.cache.columns());
    families.extend(of_columns("payment_cache", columns, Subject::Service, &[(String::new(), 0)]));
    families
}

fn pools(recording: &Recording) -> Vec<PartFamily<'_>> {
    let pools = &recording.meta.pools;
    let each = (0..recording.meta.instances as usize).flat_map(|i| pools.iter().map(move |pool| (i, pool)));
    let labels =
        |(instance, pool): (usize, &PoolMeta)| metrics::labels(recording, Some(instance), &[("pool", &pool.id)]);
    let series: Vec<(String, usize)> = each.clone().map(labels).zip(0..).collect();
    if series.is_empty() {
        return Vec::new();
    }
    let slots = PartFamily {
        name: POOL_SLOTS.to_owned(),
        kind: MetricType::Gauge,
        unit: "",
        help: "Slots of the pool at the start of the run.".to_owned(),
        subject: Subject::Instance,
        rows: Rows::Constant(each.map(|(_, pool)| pool.capacity).collect()),
        series: series.clone(),
    };
    let columns = of_columns("payment_pool", (PoolSeries::INFO, recording.pools.columns()), Subject::Instance, &series);
    std::iter::once(slots).chain(columns).collect()
}

fn of_columns<'a>(
    part: &'static str,
    (info, columns): (&'static [ColumnInfo], Vec<&'a Vec<u32>>),
    subject: Subject,
    series: &[(String, usize)],
) -> Vec<PartFamily<'a>> {
    let of = |(info, column): (&ColumnInfo, &'a Vec<u32>)| {
        // Prometheus has no milliseconds.
        let bare = info.name.strip_suffix("_ms");
        let help = info.help.trim_end_matches(", in milliseconds");
        PartFamily {
            name: bare.map_or_else(|| format!("{part}_{}", info.name), |bare| format!("{part}_{bare}_seconds")),
            kind: if info.kind == ColumnKind::Count { MetricType::Counter } else { MetricType::Gauge },
            unit: if bare.is_some() { "seconds" } else { "" },
            help: format!("{}{}.", help[..1].to_uppercase(), &help[1..]),
            subject,
            rows: Rows::Column { column, stride: series.len() },
            series: series.to_vec(),
        }
    };
    info.iter().zip(columns).filter(|(_, column)| !column.is_empty()).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::World;
    use crate::scenario::{Cache, Dependency, PlanStep, Pool, Scenario};

    #[test]
    fn every_metric_of_a_part_is_documented_and_linted() {
        let mut scenario = Scenario::bundled();
        let reason = || "A test.".to_owned();
        scenario.cache = Some(Cache { of: "rates".to_owned(), entries: 100, hit_ratio: 0.5, reason: reason() });
        scenario.pools = vec![Pool {
            id: "lock".to_owned(),
            of: "locks".to_owned(),
            capacity: 40,
            timeout_s: 5.0,
            reuses: None,
            reason: reason(),
        }];
        scenario.dependencies = vec![Dependency {
            id: "ledger".to_owned(),
            word: "ledger".to_owned(),
            median_s: 0.05,
            sigma: 0.4,
            timeout_s: 2.0,
            capacity: None,
            reason: reason(),
        }];
        scenario.plan = scenario.request_plan();
        scenario.plan.push(PlanStep::Call("ledger".to_owned()));
        let recording = World::new(&scenario, 1).map(|mut world| {
            world.advance(60_000_000 + world.lead_in_us());
            world.into_recording()
        });
        let recording = recording.expect("valid");
        let families = families(&recording);
        let columns = PoolSeries::INFO.len() + DependencySeries::INFO.len() + CacheSeries::INFO.len();
        assert_eq!(families.len(), 1 + columns);
        let docs = include_str!("../../docs/exports.md");
        for family in &families {
            let total = if family.kind == MetricType::Counter { "_total" } else { "" };
            assert!(docs.contains(&format!("`{}{total}`", family.name)), "{}{total}", family.name);
            assert!(family.unit.is_empty() || family.name.ends_with(family.unit), "{}", family.name);
            assert!(family.series(&[0, 60]).iter().all(|(_, values)| values.len() == 2));
        }
        assert_eq!(super::families(&World::new(&Scenario::bundled(), 1).expect("valid").into_recording()).len(), 0);
    }
}
