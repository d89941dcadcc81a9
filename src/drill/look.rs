//! What can be looked at, what it costs, and what it shows.
//!
//! Invariant: a look reads the recording, which ends now. It is offered in every drill and worded alike in each, and it names
//! no cause.

use crate::recording::{AGES_STEP_S, Happening, NONE, Recording, Span};
use crate::replay::{InstanceMoment, evidence_at, nouns, percent_fine, thousands};
use crate::scenario::{Deed, Evidence, Scenario};
use crate::units::UtcMs;

use super::Cause;
use Cause::{Cache, Connections, CostlyCode, Crashes, Dependency, Network, Refused, Sessions, Traffic};

/// Lines of the log that a look shows.
const LOG_LINES: usize = 8;

/// Somewhere to look.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Look {
    /// The service's dashboard.
    Service,
    /// The dashboards of the instances.
    Instances,
    Logs,
    /// Sampled requests, step by step.
    Traces,
    /// What the service calls, and the network to it.
    Dependency,
    /// Releases and changes.
    Changes,
    /// Sessions by age.
    Sessions,
    /// Connections in use.
    Connections,
    ThreadDump,
    HeapDump,
}

struct Words {
    look: Look,
    letter: char,
    id: &'static str,
    name: &'static str,
    /// Minutes that it takes: an assumption.
    minutes: u32,
    /// Causes it speaks of, for or against.
    about: &'static [Cause],
}

const ALL: [Words; 10] = [
    Words {
        look: Look::Service,
        letter: 'o',
        id: "service",
        name: "Dashboard of the service",
        minutes: 1,
        about: &[Traffic],
    },
    Words {
        look: Look::Instances,
        letter: 'i',
        id: "instances",
        name: "Dashboards by instance",
        minutes: 2,
        about: &[Sessions, CostlyCode, Crashes],
    },
    Words {
        look: Look::Logs,
        letter: 'l',
        id: "logs",
        name: "Logs",
        minutes: 3,
        about: &[Crashes, Refused, Dependency],
    },
    Words {
        look: Look::Traces,
        letter: 't',
        id: "traces",
        name: "Traces of sampled requests",
        minutes: 4,
        about: &[Dependency, Connections, CostlyCode],
    },
    Words {
        look: Look::Dependency,
        letter: 'd',
        id: "dependency",
        name: "Checks of gateway and network",
        minutes: 2,
        about: &[Dependency, Network],
    },
    Words {
        look: Look::Changes,
        letter: 'c',
        id: "changes",
        name: "Recent changes",
        minutes: 2,
        about: &[CostlyCode, Traffic],
    },
    Words {
        look: Look::Sessions,
        letter: 's',
        id: "sessions",
        name: "Sessions by age",
        minutes: 3,
        about: &[Sessions],
    },
    Words {
        look: Look::Connections,
        letter: 'n',
        id: "connections",
        name: "Connections in use",
        minutes: 2,
        about: &[Connections, Refused],
    },
    Words {
        look: Look::ThreadDump,
        letter: 'h',
        id: "thread_dump",
        name: "Thread dump of one instance",
        minutes: 4,
        about: &[Connections, Dependency, CostlyCode],
    },
    Words {
        look: Look::HeapDump,
        letter: 'm',
        id: "heap_dump",
        name: "Heap dump of one instance",
        minutes: 10,
        about: &[Sessions, Cache],
    },
];

/// What a look showed.
#[derive(Clone, PartialEq, Debug)]
pub struct Seen {
    pub look: Look,
    /// When it was complete.
    pub at: UtcMs,
    /// Name and value of what is seen, in order.
    pub lines: Vec<(String, String)>,
}

impl Look {
    /// Every look, in the order offered.
    pub fn all() -> impl Iterator<Item = Self> {
        ALL.iter().map(|words| words.look)
    }

    fn words(self) -> &'static Words {
        ALL.iter().find(|words| words.look == self).unwrap_or(&ALL[0])
    }

    /// Its letter in journals.
    #[must_use]
    pub fn letter(self) -> char {
        self.words().letter
    }

    /// Its name in commands: `heap_dump`.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.words().id
    }

    /// Its name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.words().name
    }

    /// Minutes that it takes: an assumption.
    #[must_use]
    pub fn minutes(self) -> u32 {
        self.words().minutes
    }

    /// The look of this letter.
    #[must_use]
    pub fn of_letter(letter: char) -> Option<Self> {
        ALL.iter().find(|words| words.letter == letter).map(|words| words.look)
    }

    /// The look of this name in commands.
    #[must_use]
    pub fn of_id(id: &str) -> Option<Self> {
        ALL.iter().find(|words| words.id == id).map(|words| words.look)
    }

    /// Whether it speaks of a cause, for or against.
    #[must_use]
    pub fn speaks_of(self, cause: Cause) -> bool {
        self.words().about.contains(&cause)
    }

    /// Whether it tells some of these causes from others of them.
    #[must_use]
    pub fn separates(self, open: &[Cause]) -> bool {
        let spoken = open.iter().filter(|cause| self.speaks_of(**cause)).count();
        spoken > 0 && spoken < open.len()
    }

    /// What it does to the service: a dump pauses an instance. The second instance, as the first is the one that is patched
    /// first.
    pub(super) fn deed(self) -> Option<Deed> {
        let pause_s = match self {
            Self::ThreadDump => 2.0,
            Self::HeapDump => 20.0,
            _ => return None,
        };
        Some(Deed::Dump(crate::scenario::Dump { instance: 2, pause_s }))
    }
}

/// What a look shows at a moment, which is the end of the recording.
pub(super) fn see(look: Look, scenario: &Scenario, recording: &Recording, at: UtcMs) -> Seen {
    let values = |wanted: &[Evidence]| -> Vec<(String, String)> {
        wanted
            .iter()
            .map(|evidence| evidence_at(scenario, recording, *evidence, at))
            .map(|value| (value.label, value.shown))
            .collect()
    };
    let lines = match look {
        Look::Service => {
            let mut lines = traffic(recording, at);
            lines.extend(values(&[
                Evidence::AffectedRatio,
                Evidence::FailedRatio,
                Evidence::CheckoutP95,
                Evidence::RetryRatio,
                Evidence::ReadyInstances,
                Evidence::CpuMeanRatio,
            ]));
            lines
        }
        Look::Instances => InstanceMoment::all(scenario, recording, at).iter().map(instance).collect(),
        Look::Logs => logs(scenario, recording, at),
        Look::Traces => traces(scenario, recording, at),
        Look::Dependency => values(&[Evidence::GatewayP50, Evidence::NetworkP50]),
        Look::Changes => changes(scenario, recording),
        Look::Sessions => sessions(scenario, recording, at),
        Look::Connections => connections(scenario, recording, at),
        Look::ThreadDump => threads(scenario, recording, at),
        Look::HeapDump => heap(scenario, recording, at),
    };
    Seen { look, at, lines }
}

fn line(name: impl Into<String>, value: impl Into<String>) -> (String, String) {
    (name.into(), value.into())
}

/// The ten minutes before a moment.
fn lately(recording: &Recording, at: UtcMs) -> Span {
    recording.before(at, 600)
}

fn traffic(recording: &Recording, at: UtcMs) -> Vec<(String, String)> {
    let a_minute = |span: Span| recording.arrivals(span) as f64 / ((span.until - span.from).max(1) as f64 / 60.0);
    let (now, before) =
        (a_minute(recording.before(at, 300)), a_minute(recording.before(recording.meta.from.plus_s(900.0), 900)));
    let shown =
        format!("{} a minute, {} at {}", now.round(), before.round(), recording.meta.from.plus_s(900.0).hh_mm());
    vec![line("users who come", shown)]
}

fn instance(instance: &InstanceMoment) -> (String, String) {
    let InstanceMoment { cpu_ratio, gc_ratio, heap_ratio, threads, queue, .. } = instance;
    let shown = format!(
        "{}; CPU {}, GC {}, heap {}, threads {} of {}, {} queued",
        instance.state_words(),
        percent_fine(*cpu_ratio),
        percent_fine(*gc_ratio),
        percent_fine(*heap_ratio),
        threads[0],
        threads[1],
        queue[0]
    );
    line(instance.name.clone(), shown)
}

fn logs(scenario: &Scenario, recording: &Recording, at: UtcMs) -> Vec<(String, String)> {
    let span = lately(recording, at);
    let sum = |column: &[u32]| -> u64 {
        column[span.from.min(column.len())..span.until.min(column.len())].iter().map(|value| u64::from(*value)).sum()
    };
    let service = &recording.service;
    let counts = [
        ("ERROR client timed out", sum(&service.failed_timed_out)),
        ("ERROR client gave up", sum(&service.failed_abandoned)),
        ("WARN  request rejected: queue full", sum(&service.rejected)),
        ("WARN  reply to a client that had left", sum(&service.wasted)),
    ];
    let mut lines: Vec<_> =
        counts.iter().map(|(name, number)| line(*name, format!("{} in ten minutes", thousands(*number)))).collect();
    let since_ms = (span.from as i64) * 1000;
    let told = recording
        .log
        .iter()
        .filter(|entry| entry.at_ms >= since_ms && entry.at_ms <= recording.second_of(at) as i64 * 1000);
    let events = told.filter_map(|entry| Some((entry, log_words(&entry.what)?)));
    let events: Vec<_> = events.collect();
    lines.extend(events.iter().rev().take(LOG_LINES).rev().map(|(entry, words)| {
        let clock = recording.time_of(entry).hh_mm_ss();
        let name = entry
            .instance
            .map_or_else(|| scenario.incident.service.clone(), |index| recording.instance_name(index as usize));
        line(format!("{clock} {name}"), *words)
    }));
    lines
}

/// What a log says of an event; `None` of those that only the simulation knows.
fn log_words(what: &Happening) -> Option<&'static str> {
    Some(match what {
        Happening::GcOverhead => "WARN  more than half of the time in collections",
        Happening::LeftRotation => "WARN  readiness probe failed",
        Happening::JoinedRotation => "INFO  readiness probe succeeded",
        Happening::OutOfMemory { .. } => "ERROR process killed: out of memory",
        Happening::NotAlive { .. } => "ERROR process killed: liveness probe failed",
        Happening::Crashed { .. } => "ERROR process ended by a request",
        Happening::FailedToStart { .. } => "ERROR process ended before it was ready",
        Happening::Ejected { .. } => "WARN  answers failed in a row: left out by the load balancer",
        Happening::Starting => "INFO  process starts",
        _ => return None,
    })
}

fn traces(scenario: &Scenario, recording: &Recording, at: UtcMs) -> Vec<(String, String)> {
    let samples = &recording.samples;
    let until = recording.second_of(at) as u32 * 1000;
    let rows: Vec<usize> = (0..samples.sent_ms.len())
        .filter(|row| {
            samples.ended_ms[*row] != NONE
                && samples.ended_ms[*row] <= until
                && samples.ended_ms[*row] + 300_000 > until
        })
        .collect();
    let median = |value: &dyn Fn(usize) -> Option<u32>| {
        let mut values: Vec<u32> = rows.iter().filter_map(|row| value(*row)).collect();
        values.sort_unstable();
        values
            .get(values.len() / 2)
            .map_or_else(|| "no sample".to_owned(), |ms| format!("{:.2} s", f64::from(*ms) / 1000.0))
    };
    let known = |ms: u32| (ms != NONE).then_some(ms);
    let between = |from: &[u32], to: &[u32], row: usize| Some(known(to[row])?.saturating_sub(known(from[row])?));
    let unanswered = rows.iter().filter(|row| samples.gateway_ms[**row] == NONE).count();
    let lines = vec![
        line("requests followed", format!("{} of the last five minutes", rows.len())),
        line(
            "queued until a thread is free, median",
            median(&|row| between(&samples.sent_ms, &samples.admitted_ms, row)),
        ),
        line(
            format!("from there to the call of the {}, median", scenario.incident.dependency),
            median(&|row| between(&samples.admitted_ms, &samples.gateway_ms, row)),
        ),
        line(
            format!("the {} answers after, median", scenario.incident.dependency),
            median(&|row| between(&samples.gateway_ms, &samples.reply_ms, row)),
        ),
        line("from the answer to the end, median", median(&|row| between(&samples.reply_ms, &samples.ended_ms, row))),
        line(format!("never called the {}", scenario.incident.dependency), format!("{unanswered} of them")),
    ];
    lines
}

fn changes(scenario: &Scenario, recording: &Recording) -> Vec<(String, String)> {
    let hours = scenario.deployment.faulty_age_h.value;
    let from = recording.meta.from.plus_s(-hours * 3600.0);
    let mut lines = vec![line(from.hh_mm(), format!("the day before: release of the {}", scenario.incident.service))];
    let roll_outs = recording.log.iter().filter_map(|entry| {
        let words = match entry.what {
            Happening::RolloutStarted { patch: true } => "roll-out of a release begins",
            Happening::RolloutStarted { patch: false } => "rolling restart begins",
            Happening::RollbackStarted => "roll-out of a release begins",
            Happening::ScaledOut { .. } => "instances are added",
            Happening::LimitChanged { .. } => "a limit is changed",
            Happening::PolicyChanged { .. } => "the load balancer's policy is changed",
            Happening::ReleaseRollout { .. } => "roll-out of a release begins",
            Happening::FailedOver { .. } => "calls go to another gateway",
            _ => return None,
        };
        Some(line(recording.time_of(entry).hh_mm(), words))
    });
    lines.extend(roll_outs);
    lines
}

fn sessions(scenario: &Scenario, recording: &Recording, at: UtcMs) -> Vec<(String, String)> {
    let of = |instance: &InstanceMoment| {
        let old: u32 = instance.session_ages[1..].iter().sum();
        let all: u32 = instance.session_ages.iter().sum();
        line(
            instance.name.clone(),
            format!("{} open, {} of them for more than ten minutes", thousands(all.into()), thousands(old.into())),
        )
    };
    let mut lines: Vec<_> = InstanceMoment::all(scenario, recording, at).iter().map(of).collect();
    lines.push(line("counted", format!("every {} minutes", AGES_STEP_S / 60)));
    lines
}

fn connections(scenario: &Scenario, recording: &Recording, at: UtcMs) -> Vec<(String, String)> {
    let of = |instance: &InstanceMoment| {
        let [taken, capacity, waiting] = instance.pools.first().map_or_else(
            // Without a limit of its own each thread has its connection.
            || [instance.threads[0].min(instance.threads[1]), instance.threads[1], 0],
            |pool| [pool.taken, pool.capacity, pool.waiting],
        );
        line(
            instance.name.clone(),
            format!("{taken} of {capacity} in use, {waiting} {} wait", nouns(waiting as usize, "request")),
        )
    };
    InstanceMoment::all(scenario, recording, at).iter().map(of).collect()
}

fn threads(scenario: &Scenario, recording: &Recording, at: UtcMs) -> Vec<(String, String)> {
    let Some(instance) = InstanceMoment::all(scenario, recording, at).into_iter().nth(1) else { return Vec::new() };
    let waiting: u32 = instance.pools.iter().map(|pool| pool.waiting).sum();
    let busy = instance.threads[0];
    // Of requests under way, as the traces of this instance have them.
    let samples = &recording.samples;
    let now = recording.second_of(at) as u32 * 1000;
    let here = |row: &usize| {
        samples.instance[*row] == instance.index as u32
            && samples.admitted_ms[*row] != NONE
            && samples.admitted_ms[*row] <= now
    };
    let is_under_way =
        |row: &usize| samples.ended_ms[*row] == NONE || samples.ended_ms[*row] > now.saturating_sub(30_000);
    let rows: Vec<usize> = (0..samples.sent_ms.len()).filter(here).filter(is_under_way).collect();
    let time = |from: u32, to: u32| f64::from(if to == NONE { now } else { to.min(now) }.saturating_sub(from.min(now)));
    let in_call: f64 = rows
        .iter()
        .filter(|row| samples.gateway_ms[**row] != NONE)
        .map(|row| time(samples.gateway_ms[*row], samples.reply_ms[*row]))
        .sum();
    let all: f64 = rows.iter().map(|row| time(samples.admitted_ms[*row], samples.ended_ms[*row])).sum();
    let called = if all > 0.0 { (in_call / all).clamp(0.0, 1.0) } else { 0.0 };
    let in_call = ((f64::from(busy - waiting.min(busy))) * called).round() as u32;
    vec![
        line("instance", instance.name.clone()),
        line("threads in use", format!("{busy} of {}", instance.threads[1])),
        line("wait for a connection", waiting.min(busy).to_string()),
        line(format!("wait for the {}", scenario.incident.dependency), in_call.to_string()),
        line("compute, or wait for CPU", (busy - waiting.min(busy) - in_call).to_string()),
    ]
}

fn heap(scenario: &Scenario, recording: &Recording, at: UtcMs) -> Vec<(String, String)> {
    let Some(instance) = InstanceMoment::all(scenario, recording, at).into_iter().nth(1) else { return Vec::new() };
    let old: u32 = instance.session_ages[1..].iter().sum();
    let leaked: f64 = instance.leaked_ratios.iter().sum();
    vec![
        line("instance", instance.name.clone()),
        line("code, caches and pools", percent_fine(instance.base_ratio)),
        line("objects of sessions that have ended", percent_fine(leaked)),
        line("objects of sessions and requests under way", percent_fine(instance.open_ratio)),
        line("garbage", percent_fine(instance.garbage_ratio)),
        line("sessions older than ten minutes", thousands(old.into())),
    ]
}
