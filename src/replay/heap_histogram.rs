//! The heap histogram: age of the sessions that fill the heaps, by group of instances.
//!
//! Invariant: groups are formed by what the run did to the instances (release, start), never by index.

use super::words::{nouns, percent};
use crate::recording::{AGE_BOUNDS_MIN, AGE_CLASSES, Recording, Span};
use crate::units::UtcMs;

/// Sessions by age, for each group of instances.
#[derive(Clone, PartialEq, Debug)]
pub struct HeapHistogram {
    /// Names of the age classes, youngest first: "under 10 min".
    pub classes: Vec<String>,
    /// Oldest instances first.
    pub groups: Vec<AgeGroup>,
    /// The histogram in one sentence.
    pub summary: String,
}

/// Instances of the same release and start.
#[derive(Clone, PartialEq, Debug)]
pub struct AgeGroup {
    /// "6 older instances, leaking release".
    pub name: String,
    /// Indexes of the instances.
    pub instances: Vec<usize>,
    /// Sessions per instance (mean) by age class.
    pub sessions: [f64; AGE_CLASSES],
    /// Sessions per instance (mean), all classes.
    pub total: f64,
    /// Bytes that the sessions of an instance keep alive (mean) ÷ heap limit.
    pub heap_ratio: f64,
}

/// The histogram at a moment: the instances running then, with the last session snapshot before it.
pub(super) fn heap_histogram(recording: &Recording, at: UtcMs) -> HeapHistogram {
    let minute = recording.before(at, 60);
    let fixed = |i: &usize| recording.gauge(&recording.instances.release, minute, *i) == 1;
    let restarted = |i: &usize| recording.gauge(&recording.instances.restarts, minute, *i) > 0;
    let younger = |i: &usize| recording.is_rescheduled(*i);
    let all = running(recording, minute);
    let alike = !all.iter().any(|i| younger(i) || restarted(i));
    let of = |wanted: &dyn Fn(&usize) -> bool, age: &str, release: &str| {
        let instances: Vec<usize> = all.iter().copied().filter(|i| wanted(i)).collect();
        let age = if alike { "" } else { age };
        let number = instances.len();
        let name = format!("{number} {age}{}, {release} release", nouns(number, "instance"));
        (number > 0).then(|| group(recording, minute, name, instances))
    };
    let groups = [
        of(&|i| !fixed(i) && !restarted(i) && !younger(i), "older ", "leaking"),
        of(&|i| !fixed(i) && !restarted(i) && younger(i), "younger ", "leaking"),
        of(&|i| !fixed(i) && restarted(i), "restarted ", "leaking"),
        of(&|i| fixed(i), "", "fixed"),
    ];
    let groups: Vec<AgeGroup> = groups.into_iter().flatten().collect();
    HeapHistogram { classes: class_names(), summary: summary(&groups), groups }
}

fn group(recording: &Recording, span: Span, name: String, instances: Vec<usize>) -> AgeGroup {
    let mut sessions = [0.0; AGE_CLASSES];
    for instance in &instances {
        for (sum, count) in sessions.iter_mut().zip(recording.session_ages(span, *instance)) {
            *sum += f64::from(count) / instances.len() as f64;
        }
    }
    let total: f64 = sessions.iter().sum();
    let limit_bytes = f64::from(recording.meta.heap_limit_kib.max(1)) * 1024.0;
    let heap_ratio = total * f64::from(recording.meta.session_bytes) / limit_bytes;
    AgeGroup { name, instances, sessions, total, heap_ratio }
}

/// "6 older instances, faulty release: sessions fill 79 % of the heap, half of them older than 12 h."
fn summary(groups: &[AgeGroup]) -> String {
    let clause = |group: &AgeGroup| {
        let age = half_older_than(group).map_or(String::new(), |age| format!(", half of them older than {age}"));
        format!("{}: sessions fill {} of the heap{age}.", group.name, percent(group.heap_ratio))
    };
    groups.iter().map(clause).collect::<Vec<_>>().join(" ")
}

/// The highest class bound that at least half of the sessions are older than.
fn half_older_than(group: &AgeGroup) -> Option<String> {
    let older = |class: usize| group.sessions[class + 1..].iter().sum::<f64>();
    let passed =
        (0..AGE_BOUNDS_MIN.len()).rev().find(|class| older(*class) >= 0.5 * group.total && group.total >= 1.0)?;
    Some(minutes(AGE_BOUNDS_MIN[passed]))
}

fn class_names() -> Vec<String> {
    let first = format!("under {}", minutes(AGE_BOUNDS_MIN[0]));
    let between = AGE_BOUNDS_MIN.windows(2).map(|pair| match (pair[0] % 60, pair[1] % 60) {
        (0, 0) => format!("{}–{} h", pair[0] / 60, pair[1] / 60),
        _ => format!("{} to {}", minutes(pair[0]), minutes(pair[1])),
    });
    let last = format!("over {}", minutes(AGE_BOUNDS_MIN[AGE_BOUNDS_MIN.len() - 1]));
    std::iter::once(first).chain(between).chain([last]).collect()
}

fn minutes(number: u32) -> String {
    if number.is_multiple_of(60) { format!("{} h", number / 60) } else { format!("{number} min") }
}

/// Instances whose process runs at the end of the span.
pub(super) fn running(recording: &Recording, span: Span) -> Vec<usize> {
    recording.present(span).filter(|i| recording.instance_state(span, *i).is_up()).collect()
}
