//! One sentence per chart, computed from its data, as text alternative and summary.

use super::ChartKind;
use super::model::{ChartModel, Series};
use crate::recording::Recording;
use crate::replay::TimeZone;
use crate::scenario::Scenario;

/// A quantity that varies by less than this factor counts as unchanged.
const FLAT_FACTOR: f64 = 1.25;

#[must_use]
pub fn summary(model: &ChartModel, scenario: &Scenario, recording: &Recording, zone: TimeZone) -> String {
    let writer = SummaryWriter { model, zone };
    let sentence = match model.kind {
        ChartKind::Checkouts => writer.checkouts(scenario, recording),
        ChartKind::Pools => writer.pools(),
        ChartKind::Cache => writer.cache(),
        ChartKind::Calls => writer.calls(),
        ChartKind::Memory => writer.memory(),
        ChartKind::Deployment => writer.deployment(),
        ChartKind::Cpu => writer.cpu(),
        ChartKind::Latency => writer.latency(),
        ChartKind::Sessions => writer.sessions(),
        ChartKind::Gateway => writer.gateway(),
        ChartKind::Queue => writer.queue(),
        ChartKind::Retries => writer.retries(),
    };
    bound(&sentence.unwrap_or_else(|| "Nothing was recorded for this chart.".to_owned()))
}

/// Puts no-break spaces between numbers and their units.
fn bound(sentence: &str) -> String {
    const UNITS: [&str; 8] = ["%", "ms", "s", "k", "M", "/s", "h", "GiB"];
    let mut text = String::with_capacity(sentence.len() + 16);
    for word in sentence.split(' ') {
        let follows_number = text.ends_with(|letter: char| letter.is_ascii_digit());
        let is_unit = UNITS.contains(&word.trim_end_matches([',', '.', ';', ':', ')']));
        if !text.is_empty() {
            text.push(if follows_number && is_unit { '\u{a0}' } else { ' ' });
        }
        text.push_str(word);
    }
    text
}

/// A value and its time.
#[derive(Clone, Copy)]
struct Peak {
    value: f64,
    at_ms: f64,
}

struct SummaryWriter<'a> {
    model: &'a ChartModel,
    zone: TimeZone,
}

impl SummaryWriter<'_> {
    fn checkouts(&self, scenario: &Scenario, recording: &Recording) -> Option<String> {
        let (start, end) = (scenario.incident.start, scenario.incident.end);
        let outcomes = recording.started(recording.span(start, end));
        let total = outcomes.total() as f64;
        let share = |count: u64| self.model.unit.value(count as f64 / total);
        let fast = self.model.series.iter().find(|series| series.name == "fast")?;
        let worst = lowest(fast)?;
        (total > 0.0).then(|| {
            format!(
                "Of the users who started between {} and {}, {} were served fast, {} slowly and {} not at all; in the worst \
                 minute, {}, {} were slow or failed.",
                self.zone.hh_mm(start),
                self.zone.hh_mm(end),
                share(outcomes.fast),
                share(outcomes.slow),
                share(outcomes.failed),
                // A minute's value is placed at its middle; the minute is named by its start.
                self.time(worst.at_ms - 30_000.0),
                self.value(1.0 - worst.value),
            )
        })
    }

    fn pools(&self) -> Option<String> {
        let (mean, lost) = (highest(self.named("in use, mean")?)?, highest(self.named("never given back, mean")?)?);
        let never = match lost.value > 0.0 {
            true => format!("up to {} were never given back ({})", self.value(lost.value), self.time(lost.at_ms)),
            false => "all were given back".to_owned(),
        };
        let used = self.value(mean.value);
        Some(format!(
            "Up to {used} of the slots are in use, mean of the instances ({}); {never}.",
            self.time(mean.at_ms)
        ))
    }

    fn cache(&self) -> Option<String> {
        let hits = self.named("answered by the cache")?;
        let (most, least) = (highest(hits)?, lowest(hits)?);
        Some(format!(
            "The cache answers between {} ({}) and {} ({}) of the calls.",
            self.value(least.value),
            self.time(least.at_ms),
            self.value(most.value),
            self.time(most.at_ms)
        ))
    }

    fn calls(&self) -> Option<String> {
        let peaks = (0..self.model.legend.len()).filter_map(|entry| {
            let peak = self.entry_peak(entry)?;
            let word = &self.model.legend[entry].label;
            Some(match peak.value > 0.0 {
                true => format!("{} of those of the {word} ({})", self.value(peak.value), self.time(peak.at_ms)),
                false => format!("none of those of the {word}"),
            })
        });
        let peaks: Vec<String> = peaks.collect();
        (!peaks.is_empty())
            .then(|| format!("Calls that failed or timed out in a minute, at most: {}.", peaks.join(", ")))
    }

    fn memory(&self) -> Option<String> {
        let peaks: Vec<String> = (0..self.model.legend.len())
            .filter_map(|entry| {
                let peak = self.entry_peak(entry)?;
                Some(format!("{} reach {} ({})", self.instances(entry), self.value(peak.value), self.time(peak.at_ms)))
            })
            .collect();
        let end = self.model.series.iter().filter_map(last).map(|peak| peak.value).reduce(f64::max)?;
        Some(format!(
            "{} of the heap limit after collection; at the end the fullest is at {}.",
            sentence(&peaks),
            self.value(end)
        ))
    }

    fn deployment(&self) -> Option<String> {
        let begin = self.model.domain_ms[0];
        let levels: Vec<String> = (0..self.model.legend.len())
            .filter_map(|entry| {
                let level = self.model.caption_at(entry, 0.0)?;
                Some(format!("{} to {}", self.instances(entry), self.value(level)))
            })
            .collect();
        let first = self.model.series.iter().filter_map(|series| series.value_at(begin)).reduce(f64::max);
        let from = first.map_or_else(String::new, |value| format!(" from {}", self.value(value)));
        let hours = -begin / 3_600_000.0;
        Some(format!(
            "In the {hours:.0} h before {} the heaps filled{from}: {} of the limit.",
            self.time(0.0),
            join(&levels)
        ))
    }

    fn cpu(&self) -> Option<String> {
        let cpu = self.named("CPU, mean")?;
        let rise = |series| {
            let (first, peak) = (first(series)?, highest(series)?);
            let (from, to) = (self.value(first.value), self.value(peak.value));
            Some((from != to).then(|| format!("from {from} to {to} ({})", self.time(peak.at_ms))).ok_or(from))
        };
        let Some(gc) = self.named("in GC, mean") else {
            return Some(match rise(cpu)? {
                Ok(cpu) => format!("Mean CPU rises {cpu}."),
                Err(cpu) => format!("Mean CPU stays at {cpu}."),
            });
        };
        Some(match (rise(cpu)?, rise(gc)?) {
            (Ok(cpu), Ok(gc)) => format!("Mean CPU rises {cpu}; mean time in garbage collection {gc}."),
            (Ok(cpu), Err(gc)) => format!("Mean CPU rises {cpu}; mean time in garbage collection stays at {gc}."),
            (Err(cpu), Ok(gc)) => format!("Mean CPU stays at {cpu}; mean time in garbage collection rises {gc}."),
            (Err(cpu), Err(gc)) => format!("Mean CPU stays at {cpu}, mean time in garbage collection at {gc}."),
        })
    }

    fn latency(&self) -> Option<String> {
        let (p50, p95) = (self.named("p50")?, self.named("p95")?);
        let (p50_peak, p95_peak) = (highest(p50)?, highest(p95)?);
        let limit = self.model.thresholds.first()?.value;
        let over = |index: &usize| p95.values[*index] > limit;
        let crossings = (0..p95.values.len()).find(over).zip((0..p95.values.len()).rev().find(over));
        let crossed = match crossings {
            Some((from, until)) => format!(
                "the 95th percentile is over {} first at {} and last at {}",
                self.model.unit.tick(limit),
                self.time(p95.x_ms[from]),
                self.time(p95.x_ms[until])
            ),
            None => format!("the 95th percentile is never over {}", self.model.unit.tick(limit)),
        };
        Some(format!(
            "The median goes from {} to {} at most ({}), the 95th percentile from {} to {} ({}); {crossed}.",
            self.value(first(p50)?.value),
            self.value(p50_peak.value),
            self.time(p50_peak.at_ms),
            self.value(first(p95)?.value),
            self.value(p95_peak.value),
            self.time(p95_peak.at_ms)
        ))
    }

    fn sessions(&self) -> Option<String> {
        let (leaked, live) = (self.named("leaked")?, self.named("live")?);
        let peak = highest(leaked)?;
        if peak.value == 0.0 {
            return Some(match highest(live)?.value {
                0.0 => "No session was opened.".to_owned(),
                most => format!("No session is left behind; at most {} are under way.", self.value(most)),
            });
        }
        Some(format!(
            "Up to {} sessions are left behind ({}), beside at most {} under way; at the end {} are left behind.",
            self.value(peak.value),
            self.time(peak.at_ms),
            self.value(highest(live)?.value),
            self.value(last(leaked)?.value)
        ))
    }

    fn gateway(&self) -> Option<String> {
        let [gateway, network] = ["gateway/gateway-p50", "gateway/network-p50"].map(|key| self.keyed(key));
        let (gateway, network) = (gateway?, network?);
        let (gateway_low, gateway_high) = (lowest(gateway)?.value, highest(gateway)?.value);
        let (network_low, network_high) = (lowest(network)?.value, highest(network)?.value);
        let is_flat = gateway_high <= gateway_low * FLAT_FACTOR && network_high <= network_low * FLAT_FACTOR;
        Some(format!(
            "{}: the median {} call takes {}, the median network round trip {}.",
            if is_flat { "Flat throughout" } else { "Not flat" },
            gateway.name.trim_end_matches(" p50"),
            self.span(gateway_low, gateway_high),
            self.span(network_low, network_high)
        ))
    }

    fn queue(&self) -> Option<String> {
        let (users, inside, queued) =
            (self.named("users waiting")?, self.named("requests in instances")?, self.named("of these queued")?);
        let peak = highest(users)?;
        if peak.value == 0.0 {
            return Some("No user waits at any time.".to_owned());
        }
        Some(format!(
            "Up to {} users wait at once ({}); up to {} requests are in the instances, up to {} of them queued.",
            self.rounded(peak.value),
            self.time(peak.at_ms),
            self.rounded(highest(inside)?.value),
            self.rounded(highest(queued)?.value)
        ))
    }

    fn retries(&self) -> Option<String> {
        let (first_attempts, retries, rejected) =
            (self.named("first attempts")?, self.named("retries")?, self.named("rejected")?);
        let peak = highest(retries)?;
        if peak.value == 0.0 {
            let most = highest(first_attempts)?;
            return Some(match most.value {
                0.0 => "Nobody attempts anything.".to_owned(),
                value => {
                    format!("Nobody retries; first attempts reach {} ({}).", self.value(value), self.time(most.at_ms))
                }
            });
        }
        let beside = first_attempts.value_at(peak.at_ms)?;
        Some(format!(
            "Retries reach {} ({}), on top of {} first attempts; up to {} attempts are rejected.",
            self.value(peak.value),
            self.time(peak.at_ms),
            self.value(beside),
            self.value(highest(rejected)?.value)
        ))
    }

    /// The instances of an entry of the legend: "6 older instances".
    fn instances(&self, entry: usize) -> String {
        format!("the {} instances", self.model.legend[entry].label.trim_end_matches(" instances"))
    }

    fn entry_peak(&self, entry: usize) -> Option<Peak> {
        self.model.series_of(entry).filter_map(highest).reduce(|a, b| if b.value > a.value { b } else { a })
    }

    fn named(&self, name: &str) -> Option<&Series> {
        self.model.series.iter().find(|series| series.name == name)
    }

    fn keyed(&self, key: &str) -> Option<&Series> {
        let entry = self.model.legend.iter().position(|entry| entry.key == key)?;
        self.model.series_of(entry).next()
    }

    fn value(&self, value: f64) -> String {
        self.model.unit.value(value)
    }

    /// "408 ms to 420 ms", or one of them where both read the same.
    fn span(&self, low: f64, high: f64) -> String {
        let (low, high) = (self.value(low), self.value(high));
        if low == high { low } else { format!("{low} to {high}") }
    }

    fn rounded(&self, value: f64) -> String {
        self.model.unit.value(value.round())
    }

    fn time(&self, at_ms: f64) -> String {
        self.zone.hh_mm(self.model.utc(at_ms))
    }
}

fn peaks(series: &Series) -> impl DoubleEndedIterator<Item = Peak> {
    let points = series.x_ms.iter().zip(&series.values);
    points.map(|(at_ms, value)| Peak { value: *value, at_ms: *at_ms }).filter(|peak| !peak.value.is_nan())
}

fn highest(series: &Series) -> Option<Peak> {
    peaks(series).reduce(|a, b| if b.value > a.value { b } else { a })
}

fn lowest(series: &Series) -> Option<Peak> {
    peaks(series).reduce(|a, b| if b.value < a.value { b } else { a })
}

fn first(series: &Series) -> Option<Peak> {
    peaks(series).next()
}

fn last(series: &Series) -> Option<Peak> {
    peaks(series).next_back()
}

fn join(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// Joins the parts and capitalises the first letter.
fn sentence(parts: &[String]) -> String {
    let mut text = join(parts);
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{model, synthetic};

    #[track_caller]
    fn check(kind: ChartKind, expect: &str) {
        let (scenario, recording) = (synthetic::scenario(), synthetic::recording());
        let model = model(kind, &scenario, &recording);
        let text = summary(&model, &scenario, &recording, TimeZone::Utc);
        assert_eq!(text.replace('\u{a0}', " "), expect);
    }

    #[test]
    fn sentences_say_what_the_data_say() {
        check(
            ChartKind::Checkouts,
            "Of the users who started between 11:00 and 13:30, 50.0 % were served fast, 30.0 % slowly and 20.0 % not at \
             all; in the worst minute, 11:00, 62.5 % were slow or failed.",
        );
        check(
            ChartKind::Memory,
            "The 6 older instances reach 99.0 % (12:49) and the 2 rescheduled instances reach 66.0 % (12:51) of the heap \
             limit after collection; at the end the fullest is at 21.0 %.",
        );
        check(
            ChartKind::Deployment,
            "In the 36 h before 10:30 the heaps filled from 21.0 %: the 6 older instances to 93.0 % and the 2 rescheduled \
             instances to 57.0 % of the limit.",
        );
        check(
            ChartKind::Gateway,
            "Flat throughout: the median gateway call takes 408 ms, the median network round trip 16.2 ms.",
        );
        check(
            ChartKind::Queue,
            "Up to 300 users wait at once (11:00); up to 180 requests are in the instances, up to 24 of them queued.",
        );
        check(
            ChartKind::Retries,
            "Retries reach 4.0 /s (11:01), on top of 8.0 /s first attempts; up to 2.0 /s attempts are rejected.",
        );
    }

    #[test]
    fn units_stay_with_their_numbers() {
        assert_eq!(bound("from 4.1 % to 2 h (11:00), a 3 s b"), "from 4.1\u{a0}% to 2\u{a0}h (11:00), a 3\u{a0}s b");
    }

    #[test]
    fn times_follow_the_zone() {
        let (scenario, recording) = (synthetic::scenario(), synthetic::recording());
        let model = model(ChartKind::Queue, &scenario, &recording);
        let zone = TimeZone::fixed(120);
        assert!(summary(&model, &scenario, &recording, zone).contains("(13:00)"));
    }

    #[test]
    fn an_empty_recording_is_said_to_be_empty() {
        let (scenario, mut recording) = (synthetic::scenario(), synthetic::recording());
        recording.service = crate::recording::ServiceSeries::default();
        recording.meta.seconds = 0;
        let model = model(ChartKind::Checkouts, &scenario, &recording);
        let text = summary(&model, &scenario, &recording, TimeZone::Utc);
        assert_eq!(text, "Nothing was recorded for this chart.");
    }
}
