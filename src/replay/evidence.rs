//! The evidence beside an event: what the responders could see at that minute, always read from the recording.

use super::heap_histogram::{HeapHistogram, heap_histogram, running};
use super::instance::COLLECTING_RATIO;
use super::moment::{FULL_RATIO, calm_until_s};
use super::now::signed_percent;
use super::words::{percent, percent_fine, rounded, seconds, thousands};
use crate::recording::{Histograms, InstanceState, Recording};
use crate::scenario::{Evidence, Expression, Release, Scenario, Signal, TimelineEvent};
use crate::units::UtcMs;

/// Minutes in a sparkline.
const SPARK_MIN: usize = 30;
/// Medians of the gateway and the network are taken over five minutes, as the claims about them are.
const MEDIAN_WINDOW_S: usize = 300;
/// A median within this ratio of the baseline counts as unchanged.
const UNCHANGED_RATIO: f64 = 0.05;

/// Assessment of a value. It is shown by colour and by a word or sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Harmful, or about to be.
    Bad,
    /// Above the baseline, not yet harmful.
    Raised,
    /// Unchanged from the baseline, which is the point of showing it.
    Flat,
    /// Normal.
    Good,
    /// There is nothing to judge: nothing happened, or it is too early to tell.
    Unknown,
}

impl Standing {
    /// The word for it, shown or read out beside the value.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Bad => "bad",
            Self::Raised => "watch",
            Self::Flat => "unchanged",
            Self::Good => "good",
            Self::Unknown => "not known",
        }
    }
}

/// A value beside an event.
#[derive(Clone, PartialEq, Debug)]
pub struct EvidenceValue {
    pub evidence: Evidence,
    /// Its name: "worst heap".
    pub label: String,
    /// The value; `None` when the run has none, and for a histogram or code.
    pub value: Option<f64>,
    /// The value as shown: "98.9 %".
    pub shown: String,
    /// How it is measured, for a tooltip: "in the minute before, worst instance".
    pub note: String,
    pub standing: Standing,
    /// The value in each of the 30 minutes before, oldest first. NaN is a gap; empty for a histogram or code.
    pub spark: Vec<f64>,
    pub detail: Detail,
}

/// How an evidence value is drawn.
#[derive(Clone, PartialEq, Debug)]
pub enum Detail {
    /// A value with its sparkline.
    Value,
    /// A heap histogram: sessions by age, for each group of instances.
    HeapHistogram(HeapHistogram),
    /// The session code, leaking and fixed.
    Code,
}

/// The evidence of an event, in the order of the scenario. Nothing after the event's minute is read.
#[must_use]
pub fn evidence(scenario: &Scenario, recording: &Recording, event: &TimelineEvent) -> Vec<EvidenceValue> {
    event.evidence.iter().map(|evidence| evidence_at(scenario, recording, *evidence, event.at)).collect()
}

/// One value at a moment. Nothing after it is read.
#[must_use]
pub fn evidence_at(scenario: &Scenario, recording: &Recording, evidence: Evidence, at: UtcMs) -> EvidenceValue {
    let (label, how) = match evidence {
        Evidence::Code if !scenario.leaks_sessions() => ("what is wrong", "the faults that the simulation contains"),
        Evidence::FixedInstances if scenario.release_word(Release::Fixed) == "stable" => {
            ("on the stable release", "instances that run it")
        }
        _ => names(evidence),
    };
    let detail = match evidence {
        Evidence::HeapHistogram => Detail::HeapHistogram(heap_histogram(recording, at)),
        Evidence::Code => Detail::Code,
        _ => Detail::Value,
    };
    let calm_at = recording.meta.from.plus_s(calm_until_s(scenario) as f64);
    // Before its end nobody knows the baseline.
    let before = value(recording, evidence, calm_at).filter(|_| calm_at <= at);
    let now = value(recording, evidence, at);
    let shown = match (now, &detail) {
        (Some(now), _) => show(recording, evidence, now, before),
        (None, Detail::Value) => "no value".to_owned(),
        (None, _) => String::new(),
    };
    let note = match before.filter(|_| calm_at < at) {
        Some(before) => format!("{how}; {} at {} UTC", show(recording, evidence, before, None), calm_at.hh_mm()),
        None => how.to_owned(),
    };
    let minutes = (0..SPARK_MIN).rev().map(|back| at.plus_s(-60.0 * back as f64));
    let spark = minutes.map(|minute| value(recording, evidence, minute).unwrap_or(f64::NAN));
    EvidenceValue {
        evidence,
        label: match evidence {
            Evidence::GatewayP50 => format!("{} p50", scenario.incident.dependency),
            _ => label.to_owned(),
        },
        value: now,
        shown,
        note,
        standing: match now {
            Some(now) => standing(scenario, recording, evidence, now, before),
            None if detail == Detail::Value => Standing::Unknown,
            None => Standing::Flat,
        },
        spark: if detail == Detail::Value { spark.collect() } else { Vec::new() },
        detail,
    }
}

/// The label, and how the value is measured.
fn names(evidence: Evidence) -> (&'static str, &'static str) {
    match evidence {
        Evidence::CpuMeanRatio => ("mean CPU", "CPU of the minute before, mean of the instances"),
        Evidence::CpuWorstRatio => ("worst CPU", "CPU of the minute before, worst instance"),
        Evidence::GcWorstRatio => ("worst GC share", "share of the minute before in collections, worst instance"),
        Evidence::HeapWorstRatio => ("fullest heap", "live bytes after collection, fullest instance"),
        Evidence::HeapBestRatio => ("emptiest heap", "live bytes after collection, emptiest instance"),
        Evidence::AffectedRatio => ("slow or failed", "of the checkouts that ended in the minute before"),
        Evidence::FailedRatio => ("failed", "of the checkouts that ended in the minute before"),
        Evidence::GatewayP50 => ("gateway p50", "median time of its calls in the five minutes before"),
        Evidence::NetworkP50 => ("network p50", "median round trip in the five minutes before"),
        Evidence::CheckoutP95 => {
            ("checkout p95", "95th percentile from the first click to the confirmation in the minute before")
        }
        Evidence::LeakedSessions => ("sessions left open", "sessions whose transaction has ended, all instances"),
        Evidence::SessionShareRatio => {
            ("held by sessions", "share of the live bytes that sessions hold, mean of the older instances")
        }
        Evidence::PoolWorstRatio => ("fullest pool", "slots taken, in the instance with the fewest left"),
        Evidence::SlotsWaitedFor => ("waiting for a slot", "requests that wait for a slot of a pool, all instances"),
        Evidence::CacheHitRatio => ("answered by the cache", "of the calls of the minute before"),
        Evidence::ThreadsRatio => ("threads in use", "worker threads in use, instances that run"),
        Evidence::RetryRatio => ("retries", "of the attempts of the minute before"),
        Evidence::ReadyInstances => ("in rotation", "instances that take requests"),
        Evidence::FixedInstances => ("on the fixed release", "instances that run it"),
        Evidence::HeapHistogram => ("heap histogram", "sessions by age at the last snapshot"),
        Evidence::Code => ("the code, faulty and fixed", "the code that the simulation runs, leaking and fixed"),
    }
}

/// The value at a moment; `None` where there is none, and in the incomplete first minute of the window.
fn value(recording: &Recording, evidence: Evidence, at: UtcMs) -> Option<f64> {
    if at < recording.meta.from.plus_s(60.0) || at > recording.until() {
        return None;
    }
    let minute = recording.before(at, 60);
    let running = || running(recording, minute).into_iter();
    let heap = |instance| recording.heap_after_gc_ratio(minute, instance);
    let median = |of: &Histograms| recording.quantile(of, recording.before(at, MEDIAN_WINDOW_S), 0.5);
    match evidence {
        Evidence::CpuMeanRatio => recording.mean(minute, |i| recording.cpu_ratio(minute, i)),
        Evidence::CpuWorstRatio => recording.worst(minute, |i| recording.cpu_ratio(minute, i)),
        Evidence::GcWorstRatio => recording.worst(minute, |i| recording.gc_ratio(minute, i)),
        Evidence::HeapWorstRatio => running().map(heap).reduce(f64::max),
        Evidence::HeapBestRatio => running().map(heap).reduce(f64::min),
        Evidence::AffectedRatio => recording.ended(minute).affected_ratio(),
        Evidence::FailedRatio => recording.ended(minute).failed_ratio(),
        Evidence::GatewayP50 => median(&recording.gateway_latency),
        Evidence::NetworkP50 => median(&recording.network_latency),
        Evidence::CheckoutP95 => recording.quantile(&recording.checkout_latency, minute, 0.95),
        Evidence::LeakedSessions => {
            let leaked = |i| f64::from(recording.gauge(&recording.instances.sessions_leaked, minute, i));
            Some(recording.present(minute).map(leaked).sum())
        }
        Evidence::SessionShareRatio => {
            let older = running().filter(|i| !recording.is_rescheduled(*i));
            let shares: Vec<f64> = older.map(|i| recording.session_share_ratio(minute, i)).collect();
            (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
        }
        Evidence::PoolWorstRatio => recording.pool_worst_ratio(minute),
        Evidence::SlotsWaitedFor => {
            (!recording.meta.pools.is_empty()).then(|| recording.slots_waited_for(minute) as f64)
        }
        Evidence::CacheHitRatio => recording.cache_hit_ratio(minute),
        Evidence::ThreadsRatio => recording.threads_ratio(minute),
        Evidence::RetryRatio => recording.retry_ratio(minute),
        Evidence::ReadyInstances => {
            let is_ready = |i: &usize| recording.instance_state(minute, *i) == InstanceState::InRotation;
            Some(recording.present(minute).filter(is_ready).count() as f64)
        }
        Evidence::FixedInstances => {
            let is_fixed = |i: &usize| recording.gauge(&recording.instances.release, minute, *i) == 1;
            Some(recording.present(minute).filter(is_fixed).count() as f64)
        }
        Evidence::HeapHistogram | Evidence::Code => None,
    }
}

fn show(recording: &Recording, evidence: Evidence, value: f64, before: Option<f64>) -> String {
    match evidence {
        Evidence::CpuMeanRatio
        | Evidence::CpuWorstRatio
        | Evidence::GcWorstRatio
        | Evidence::SessionShareRatio
        | Evidence::CacheHitRatio
        | Evidence::PoolWorstRatio
        | Evidence::ThreadsRatio
        | Evidence::RetryRatio => percent(value),
        Evidence::HeapWorstRatio | Evidence::HeapBestRatio | Evidence::AffectedRatio | Evidence::FailedRatio => {
            percent_fine(value)
        }
        Evidence::GatewayP50 | Evidence::NetworkP50 => match before.filter(|before| *before > 0.0) {
            Some(before) => format!("{} ({})", seconds(value), signed_percent(value / before - 1.0)),
            None => seconds(value),
        },
        Evidence::CheckoutP95 => seconds(value),
        Evidence::LeakedSessions | Evidence::SlotsWaitedFor => thousands(rounded(value as u64)),
        Evidence::ReadyInstances | Evidence::FixedInstances => format!("{value} of {}", recording.meta.instances),
        Evidence::HeapHistogram | Evidence::Code => String::new(),
    }
}

fn standing(
    scenario: &Scenario,
    recording: &Recording,
    evidence: Evidence,
    value: f64,
    before: Option<f64>,
) -> Standing {
    let graded = |raised: f64, bad: f64| {
        if value > bad {
            Standing::Bad
        } else if value > raised {
            Standing::Raised
        } else {
            Standing::Good
        }
    };
    let calm = before.unwrap_or(value);
    let allowed = 1.0 - scenario.service_level.objective_ratio;
    let whole = f64::from(recording.meta.instances);
    match evidence {
        Evidence::CpuMeanRatio => graded(calm + 0.1, threshold(scenario, Signal::CpuMeanRatio).unwrap_or(0.8)),
        Evidence::CpuWorstRatio => graded(calm + 0.1, threshold(scenario, Signal::CpuWorstRatio).unwrap_or(0.9)),
        Evidence::GcWorstRatio => {
            graded(calm + 0.1, threshold(scenario, Signal::GcWorstRatio).unwrap_or(COLLECTING_RATIO))
        }
        Evidence::HeapWorstRatio | Evidence::HeapBestRatio => graded(0.75, FULL_RATIO),
        // At ten times the allowed ratio, a month's error budget lasts three days.
        Evidence::AffectedRatio | Evidence::FailedRatio => graded(allowed, 10.0 * allowed),
        Evidence::GatewayP50 | Evidence::NetworkP50 => match value / calm - 1.0 {
            change if change.abs() <= UNCHANGED_RATIO => Standing::Flat,
            change if change < 0.25 => Standing::Raised,
            _ => Standing::Bad,
        },
        Evidence::CheckoutP95 => graded(calm * 1.25, scenario.users.slow_after_s.value),
        Evidence::LeakedSessions => match value / calm.max(1.0) {
            _ if value == 0.0 => Standing::Good,
            grown if grown < 1.0 => Standing::Raised,
            _ => Standing::Bad,
        },
        Evidence::SessionShareRatio => graded(0.1, 0.5),
        Evidence::PoolWorstRatio => graded(0.75, 0.99),
        Evidence::SlotsWaitedFor => graded(0.0, whole),
        // The other way round: fewer hits are worse.
        Evidence::CacheHitRatio => match value / calm.max(0.001) {
            share if share >= 0.95 => Standing::Good,
            share if share >= 0.75 => Standing::Raised,
            _ => Standing::Bad,
        },
        Evidence::ThreadsRatio => graded(0.75, 0.95),
        Evidence::RetryRatio => graded(calm + 0.02, calm + 0.25),
        Evidence::ReadyInstances | Evidence::FixedInstances => match value / whole {
            share if share >= 1.0 => Standing::Good,
            share if share >= 0.75 || evidence == Evidence::FixedInstances => Standing::Raised,
            _ => Standing::Bad,
        },
        Evidence::HeapHistogram | Evidence::Code => Standing::Flat,
    }
}

/// The threshold of the scenario's alert rule for a signal.
fn threshold(scenario: &Scenario, wanted: Signal) -> Option<f64> {
    scenario.monitor.rules.iter().find_map(|rule| match rule.when {
        Expression::Threshold { signal, above, .. } if signal == wanted => Some(above),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::synthetic;

    fn told(id: &str) -> String {
        let (scenario, recording) = synthetic::outage();
        let event = scenario.timeline.iter().find(|event| event.id == id).expect("an event");
        let row = |value: EvidenceValue| {
            let spark: Vec<String> = value.spark.iter().step_by(10).map(|point| format!("{point:.2}")).collect();
            let picture = match value.detail {
                Detail::HeapHistogram(histogram) => {
                    let groups = histogram.groups.iter().map(|group| {
                        format!("\n  {} {:?} {:.0} {:.3}", group.name, group.sessions, group.total, group.heap_ratio)
                    });
                    format!("{} {}{}", histogram.summary, histogram.classes.join(" | "), groups.collect::<String>())
                }
                _ => String::new(),
            };
            format!(
                "{}: {} [{}] {} {}{picture}\n",
                value.label,
                value.shown,
                value.standing.word(),
                value.note,
                spark.join(" ")
            )
        };
        evidence(&scenario, &recording, event).into_iter().map(row).collect()
    }

    #[test]
    fn detection_shows_what_paged() {
        expect_test::expect![[r#"
            mean CPU: 45 % [good] CPU of the minute before, mean of the instances; 45 % at 10:40 UTC 0.45 0.45 0.45
            worst CPU: 45 % [good] CPU of the minute before, worst instance; 45 % at 10:40 UTC 0.45 0.45 0.45
            slow or failed: 10.0 % [watch] of the checkouts that ended in the minute before; 0.0 % at 10:40 UTC 0.00 0.00 0.00
        "#]].assert_eq(&told("detected"));
    }

    #[test]
    fn escalation_shows_that_gateway_and_network_are_unchanged() {
        expect_test::expect![[r#"
            gateway p50: 0.38 s (±0.0 %) [unchanged] median time of its calls in the five minutes before; 0.38 s at 10:40 UTC 0.38 0.38 0.38
            network p50: 18 ms (±0.0 %) [unchanged] median round trip in the five minutes before; 18 ms at 10:40 UTC 0.02 0.02 0.02
            checkout p95: 14 s [bad] 95th percentile from the first click to the confirmation in the minute before; 0.99 s at 10:40 UTC 14.38 14.38 14.38
            failed: 30.0 % [bad] of the checkouts that ended in the minute before; 0.0 % at 10:40 UTC 0.30 0.30 0.30
        "#]].assert_eq(&told("escalated"));
    }

    #[test]
    fn identification_shows_the_sessions_by_age() {
        expect_test::expect![[r#"
            sessions left open: 590,000 [bad] sessions whose transaction has ended, all instances; 576,000 at 10:40 UTC 586375.00 587711.00 589048.00
            held by sessions: 78 % [bad] share of the live bytes that sessions hold, mean of the older instances; 78 % at 10:40 UTC 0.78 0.78 0.78
            fullest heap: 98.7 % [bad] live bytes after collection, fullest instance; 96.2 % at 10:40 UTC 0.98 0.98 0.98
            emptiest heap: 57.0 % [good] live bytes after collection, emptiest instance; 57.0 % at 10:40 UTC 0.57 0.57 0.57
            heap histogram:  [unchanged] sessions by age at the last snapshot 6 older instances, leaking release: sessions fill 77 % of the heap, half of them older than 12 h. 2 younger instances, leaking release: sessions fill 36 % of the heap, half of them older than 3 h. under 10 min | 10 min to 1 h | 1–3 h | 3–12 h | 12–18 h | 18–24 h | over 24 h
              6 older instances, leaking release [600.0, 3000.0, 6000.0, 20000.0, 15000.0, 15000.0, 25000.000000000004] 84600 0.766
              2 younger instances, leaking release [600.0, 3000.0, 6000.0, 15000.0, 15000.0, 0.0, 0.0] 39600 0.359
            the code, faulty and fixed:  [unchanged] the code that the simulation runs, leaking and fixed 
        "#]].assert_eq(&told("identified"));
    }

    #[test]
    fn the_roll_out_is_followed() {
        expect_test::expect![[r#"
            on the fixed release: 0 of 8 [watch] instances that run it; 0 of 8 at 10:40 UTC 0.00 0.00 0.00
            in rotation: 8 of 8 [good] instances that take requests; 8 of 8 at 10:40 UTC 8.00 8.00 8.00
            slow or failed: 60.0 % [bad] of the checkouts that ended in the minute before; 0.0 % at 10:40 UTC 0.60 0.60 0.60
            the code, faulty and fixed:  [unchanged] the code that the simulation runs, leaking and fixed 
            slow or failed: 0.0 % [good] of the checkouts that ended in the minute before; 0.0 % at 10:40 UTC 0.20 0.00 0.00
            fullest heap: 22.0 % [good] live bytes after collection, fullest instance; 96.2 % at 10:40 UTC 0.99 0.57 0.22
            worst GC share: 5 % [good] share of the minute before in collections, worst instance; 5 % at 10:40 UTC 0.05 0.05 0.05
            on the fixed release: 8 of 8 [good] instances that run it; 0 of 8 at 10:40 UTC 3.00 6.00 8.00
        "#]].assert_eq(&(told("patched") + &told("resolved")));
    }

    #[test]
    fn sparks_have_gaps_before_the_recording() {
        let (mut scenario, recording) = synthetic::outage();
        scenario.timeline[0].at = recording.meta.from.plus_s(600.0);
        let values = evidence(&scenario, &recording, &scenario.timeline[0]);
        assert_eq!(values[0].spark.len(), SPARK_MIN);
        assert_eq!(values[0].spark.iter().filter(|point| point.is_nan()).count(), 20);
    }

    #[test]
    fn an_event_at_the_start_has_no_values_and_does_not_fail() {
        let (mut scenario, recording) = synthetic::outage();
        for event in &mut scenario.timeline {
            event.at = recording.meta.from;
        }
        for event in &scenario.timeline {
            assert!(evidence(&scenario, &recording, event).iter().all(|value| value.value.is_none()));
        }
    }
}
