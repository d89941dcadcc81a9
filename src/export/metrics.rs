//! Reads the metrics at each scrape from the recording.

use super::families::{Family, HistogramFamily, Member, Sampling, Subject, UnitConversion};
use crate::recording::{BOUNDS_MS, BUCKETS, InstanceSeries, PrerollServiceSeries, Recording, ServiceSeries, TICK_S};
use crate::scenario::Monitor;

/// A sample, exactly as recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Value {
    Whole(u64),
    Micros(u64),
    Millis(u64),
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (value, unit, digits) = match *self {
            Self::Whole(value) => return write!(f, "{value}"),
            Self::Micros(value) => (value, 1_000_000, 6),
            Self::Millis(value) => (value, 1000, 3),
        };
        let (whole, rest) = (value / unit, value % unit);
        if rest == 0 {
            return write!(f, "{whole}");
        }
        let rest = format!("{rest:0digits$}");
        write!(f, "{whole}.{}", rest.trim_end_matches('0'))
    }
}

/// Seconds since the window began at which the monitor scrapes; negative before it, as far apart as the rows are there.
pub(super) fn scrapes(recording: &Recording, monitor: &Monitor) -> Vec<i64> {
    let interval_s = (monitor.scrape_interval_s as usize).max(1);
    let step_s = i64::from(recording.meta.preroll_step_s.max(1));
    // The last row before the window is its start.
    let before = recording.preroll_service.fast.len().saturating_sub(1) as i64;
    let before = (1..=before).rev().map(|rows| -rows * step_s);
    before.chain((0..=i64::from(recording.meta.seconds)).step_by(interval_s)).collect()
}

/// The seconds for which a family has samples: the scrapes. Instances are recorded every [`TICK_S`], so a scrape between
/// two ticks shows the tick before it.
pub(super) fn sampled(subject: Subject, scrapes: &[i64]) -> Vec<i64> {
    let mut seconds = scrapes.to_vec();
    if subject == Subject::Instance {
        let within = seconds.iter_mut().filter(|second| **second > 0);
        within.for_each(|second| *second -= *second % TICK_S as i64);
        seconds.dedup();
    }
    seconds
}

/// A series of a family: its labels without the braces, and its value at each of `seconds` (`None` where there is none:
/// the instance does not exist yet, or nothing is recorded of the start of the window).
pub(super) fn series(recording: &Recording, family: &Family, seconds: &[i64]) -> Vec<(String, Vec<Option<Value>>)> {
    let mut found = Vec::new();
    for instance in instances(recording, family.subject) {
        for member in family.members {
            let values = values(recording, member, instance, seconds);
            let values = values.into_iter().map(|value| value.map(|value| family.scale.of(value))).collect();
            found.push((labels(recording, instance, member.labels), values));
        }
    }
    found
}

/// The instances of a family; `None` is the service as a whole.
pub(super) fn instances(recording: &Recording, subject: Subject) -> Vec<Option<usize>> {
    match subject {
        Subject::Service => vec![None],
        Subject::Instance => (0..recording.meta.instances as usize).map(Some).collect(),
    }
}

/// Labels without braces. Instance names and the constants above need no escaping.
pub(super) fn labels(recording: &Recording, instance: Option<usize>, more: &[(&str, &str)]) -> String {
    let instance = instance.map(|instance| format!("instance=\"{}\"", recording.instance_name(instance)));
    let more = more.iter().map(|(name, value)| format!("{name}=\"{value}\""));
    instance.into_iter().chain(more).collect::<Vec<_>>().join(",")
}

impl UnitConversion {
    fn of(self, value: u64) -> Value {
        match self {
            Self::One => Value::Whole(value),
            Self::MicrosToSeconds => Value::Micros(value),
            Self::KibToBytes => Value::Whole(value * 1024),
            Self::MilliToOne => Value::Millis(value),
        }
    }
}

fn values(recording: &Recording, member: &Member, instance: Option<usize>, seconds: &[i64]) -> Vec<Option<u64>> {
    let (column, step_s) = match instance {
        None => (service_column(recording, member.column), 1),
        Some(_) => (instance_column(recording, member.column), TICK_S),
    };
    let row = |index: usize| instance.map_or(index, |instance| recording.row(index, instance));
    let last_row = column
        .map_or(0, |column| column.len() / if instance.is_some() { recording.meta.instances as usize } else { 1 });
    let at = |index: usize| column.and_then(|column| column.get(row(index))).map(|value| u64::from(*value));
    let earlier = Earlier::of(recording, member.column, instance);
    // What was counted before the window goes on being counted.
    let (mut taken, mut sum) = (0, earlier.as_ref().map_or(0, |earlier| earlier.sum_until(0)));
    seconds
        .iter()
        .map(|second| {
            let Ok(second) = usize::try_from(*second) else {
                return match (member.sampling, &earlier) {
                    (Sampling::Constant, _) => constant(recording, member.column),
                    (Sampling::Sum, Some(earlier)) => Some(earlier.sum_until(*second)),
                    (Sampling::Last, Some(earlier)) => earlier.at(*second),
                    _ => None,
                };
            };
            let rows = (second / step_s).min(last_row);
            let since = std::mem::replace(&mut taken, rows)..rows;
            if let Some(instance) = instance
                && !exists(recording, rows, instance)
            {
                return None;
            }
            match member.sampling {
                Sampling::Sum => {
                    sum += since.filter_map(at).sum::<u64>();
                    Some(sum)
                }
                Sampling::Total => rows.checked_sub(1).map_or(Some(0), at),
                Sampling::Last if rows == 0 => earlier.as_ref().and_then(|earlier| earlier.at(0)),
                Sampling::Last => at(rows - 1),
                Sampling::Highest => since.filter_map(at).max(),
                Sampling::Is(value) => {
                    rows.checked_sub(1).and_then(at).map(|state| u64::from(state == u64::from(value)))
                }
                Sampling::Constant => constant(recording, member.column),
            }
        })
        .collect()
}

/// Whether an instance exists in the row before `rows`.
fn exists(recording: &Recording, rows: usize, instance: usize) -> bool {
    let row = recording.row(rows.saturating_sub(1), instance);
    recording.state_at_row(row).exists()
}

/// A column as it was recorded before the window.
struct Earlier<'a> {
    column: &'a [u32],
    /// Where the rows of the instance are: every `stride`th from `offset` on.
    stride: usize,
    offset: usize,
    /// What a unit of the column is in the unit of the window's.
    factor: u64,
    step_s: i64,
}

impl<'a> Earlier<'a> {
    /// `None` for what is not recorded there.
    fn of(recording: &'a Recording, name: &str, instance: Option<usize>) -> Option<Self> {
        let step_s = i64::from(recording.meta.preroll_step_s.max(1));
        let Some(instance) = instance else {
            let index = PrerollServiceSeries::INFO.iter().position(|info| info.name == name)?;
            let column = recording.preroll_service.columns().get(index).copied()?;
            return Some(Self { column, stride: 1, offset: 0, factor: 1, step_s });
        };
        let (column, factor) = match name {
            "heap_after_gc_kib" => (&recording.preroll.heap_after_gc_kib, 1),
            "sessions_leaked" => (&recording.preroll.sessions_leaked, 1),
            "cpu_us" => (&recording.preroll.cpu_ms, 1000),
            "gc_us" => (&recording.preroll.gc_ms, 1000),
            _ => return None,
        };
        // What is ordered later is not there yet.
        let is_there = exists(recording, 0, instance);
        let stride = recording.meta.instances as usize;
        is_there.then_some(Self { column, stride, offset: instance, factor, step_s })
    }

    /// The row that ends at a second, which is not positive; none before the first.
    fn row(&self, second: i64) -> Option<usize> {
        (self.column.len() / self.stride).checked_sub(1 + usize::try_from(-second / self.step_s).ok()?)
    }

    fn at(&self, second: i64) -> Option<u64> {
        let value = self.column.get(self.row(second)? * self.stride + self.offset)?;
        Some(u64::from(*value) * self.factor)
    }

    fn sum_until(&self, second: i64) -> u64 {
        let rows = self.row(second).map_or(0, |row| row + 1);
        let values = self.column.iter().skip(self.offset).step_by(self.stride).take(rows);
        values.map(|value| u64::from(*value)).sum::<u64>() * self.factor
    }
}

fn constant(recording: &Recording, name: &str) -> Option<u64> {
    match name {
        "cores_milli" => Some(u64::from(recording.meta.cores_milli)),
        "heap_limit_kib" => Some(u64::from(recording.meta.heap_limit_kib)),
        _ => None,
    }
}

fn service_column<'a>(recording: &'a Recording, name: &str) -> Option<&'a Vec<u32>> {
    let index = ServiceSeries::INFO.iter().position(|info| info.name == name)?;
    recording.service.columns().get(index).copied()
}

fn instance_column<'a>(recording: &'a Recording, name: &str) -> Option<&'a Vec<u32>> {
    let index = InstanceSeries::INFO.iter().position(|info| info.name == name)?;
    recording.instances.columns().get(index).copied()
}

/// The cumulative buckets of a histogram at each of `seconds`, counted since the window began; `None` while the instance
/// does not exist.
pub(super) fn buckets(
    recording: &Recording,
    family: &HistogramFamily,
    instance: Option<usize>,
    seconds: &[i64],
) -> Vec<Option<[u64; BUCKETS]>> {
    let rows = (family.rows)(recording);
    let (stride, offset) = instance.map_or((1, 0), |instance| (recording.meta.instances as usize, instance));
    let (mut taken, mut total) = (0, [0; BUCKETS]);
    seconds
        .iter()
        .map(|second| {
            let ticks = (usize::try_from(*second).ok()? / TICK_S).min(recording.ticks());
            let since = std::mem::replace(&mut taken, ticks);
            let counted = rows.sum(since * stride + offset, ticks * stride, stride);
            total.iter_mut().zip(counted).for_each(|(total, counted)| *total += counted);
            if let Some(instance) = instance
                && !exists(recording, ticks, instance)
            {
                return None;
            }
            let mut below = 0;
            Some(total.map(|count| {
                below += count;
                below
            }))
        })
        .collect()
}

/// Upper bound of a bucket in seconds, in OpenMetrics' notation: `0.005`, `1.0`, `+Inf`.
pub(super) fn bound(bucket: usize) -> String {
    BOUNDS_MS.get(bucket).map_or_else(|| "+Inf".to_owned(), |bound| format!("{:?}", f64::from(*bound) / 1000.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_exactly() {
        let shown =
            [Value::Whole(7), Value::Micros(1_500_000), Value::Micros(1), Value::Micros(2_000_000), Value::Millis(750)];
        assert_eq!(shown.map(|value| value.to_string()), ["7", "1.5", "0.000001", "2", "0.75"]);
        assert_eq!([0, 10, crate::recording::BUCKETS - 1].map(bound), ["0.005", "1.0", "+Inf"]);
    }

    #[test]
    fn a_scrape_between_two_ticks_shows_the_tick_before() {
        assert_eq!(sampled(Subject::Instance, &[0, 3, 6, 9, 12]), [0, 5, 10]);
        assert_eq!(sampled(Subject::Service, &[0, 3, 6]), [0, 3, 6]);
    }
}
