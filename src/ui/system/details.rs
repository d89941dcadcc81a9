//! The details of the selected instance: figures, heap composition, session ages and log.

use yew::prelude::*;

use super::instance::bar;
use crate::recording::{AGE_BOUNDS_MIN, AGE_CLASSES, Happening, LogEntry};
use crate::replay::{Command, InstanceMoment, Scarce, TimeZone, ViewCommand};
use crate::ui::run::Run;
use crate::ui::words::{percent, thousands};
use crate::units::UtcMs;

/// Most entries of the log that are shown; the latest win.
const LOG_ROWS: usize = 6;

pub fn details(
    run: &Run,
    status: &InstanceMoment,
    at: UtcMs,
    time_zone: TimeZone,
    on_command: &Callback<Command>,
) -> Html {
    let on_close = on_command.reform(|_: MouseEvent| ViewCommand::SelectInstance(None).into());
    html! {
        <section class="details" aria-label={format!("Details of {}", status.name)}>
            <header class="details-head">
                <h3>{ &status.name }</h3>
                <p>{ head(status) }</p>
                <button type="button" class="button" onclick={on_close}>{ "Close" }</button>
            </header>
            <div class="details-body">
                <div class="details-heap">
                    { bar(status) }
                    <dl>{ for heap_rows(status).into_iter().map(row) }</dl>
                </div>
                <dl>{ for load_rows(status).into_iter().map(row) }</dl>
                if status.scarce == Scarce::Heap {
                    { ages(status) }
                }
                { log(run, status.index, at, time_zone) }
            </div>
        </section>
    }
}

fn head(status: &InstanceMoment) -> String {
    let release = status.release.as_ref().map_or(String::new(), |release| format!(", {release} release"));
    format!("{}{release}, up for {}", status.state_words(), status.age_words())
}

fn row((name, value): (String, String)) -> Html {
    html! { <div><dt>{ name }</dt><dd>{ value }</dd></div> }
}

fn heap_rows(status: &InstanceMoment) -> Vec<(String, String)> {
    let leaked: f64 = status.leaked_ratios.iter().sum();
    let mut rows: Vec<(String, String)> = Vec::new();
    for pool in &status.pools {
        let used = format!("{} of {}, {} never given back", pool.taken, pool.capacity, pool.lost);
        rows.extend([(pool.of.clone(), used), ("waiting for one".to_owned(), pool.waiting.to_string())]);
    }
    if !status.uses_heap {
        return rows;
    }
    rows.extend(named([
        ("live after collection", percent(status.heap_ratio)),
        ("garbage", percent(status.garbage_ratio)),
    ]));
    if status.scarce == Scarce::Heap {
        let share = format!("{} ({})", thousands(u64::from(status.sessions_leaked)), percent(leaked));
        rows.extend(named([("leaked sessions", share)]));
    }
    rows.extend(named([
        ("open sessions", thousands(u64::from(status.sessions_open))),
        ("base", percent(status.base_ratio)),
    ]));
    rows
}

fn named<const N: usize>(rows: [(&str, String); N]) -> impl Iterator<Item = (String, String)> {
    rows.map(|(name, value)| (name.to_owned(), value)).into_iter()
}

fn load_rows(status: &InstanceMoment) -> Vec<(String, String)> {
    named([
        ("CPU, last minute", percent(status.cpu_ratio)),
        ("of the time in GC", percent(status.gc_ratio)),
        ("threads busy", format!("{} of {}", status.threads[0], status.threads[1])),
        ("queue", format!("{} of {}", status.queue[0], status.queue[1])),
        ("turned away, last minute", thousands(status.rejected)),
        ("restarts", status.restarts.to_string()),
    ])
    .collect()
}

/// Name of an age class: "under 10 min", "1 h to 3 h", "over 24 h".
pub fn age_class(class: usize) -> String {
    let words = |minutes: u32| if minutes < 60 { format!("{minutes} min") } else { format!("{} h", minutes / 60) };
    match (class.checked_sub(1).map(|below| AGE_BOUNDS_MIN[below]), AGE_BOUNDS_MIN.get(class)) {
        (None, Some(until)) => format!("under {}", words(*until)),
        (Some(from), Some(until)) => format!("{} to {}", words(from), words(*until)),
        (Some(from), None) => format!("over {}", words(from)),
        (None, None) => String::new(),
    }
}

fn ages(status: &InstanceMoment) -> Html {
    let most = status.session_ages.iter().copied().max().unwrap_or(0).max(1);
    let bar = |class: usize| {
        let count = status.session_ages[class];
        let width = f64::from(count) / f64::from(most) * 100.0;
        html! {
            <tr>
                <th scope="row">{ age_class(class) }</th>
                <td class="bar-cell">
                    <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                        <rect class={format!("heap-leaked age-{class}")} width={format!("{width:.1}")} height="10" />
                    </svg>
                </td>
                <td>{ thousands(u64::from(count)) }</td>
            </tr>
        }
    };
    html! {
        <table class="bars">
            <caption>{ "Sessions by age" }</caption>
            <tbody>{ for (0..AGE_CLASSES).map(bar) }</tbody>
        </table>
    }
}

fn log(run: &Run, index: usize, at: UtcMs, time_zone: TimeZone) -> Html {
    let recording = &run.recording;
    let entries =
        recording.log.iter().filter(|entry| entry.instance == Some(index as u32) && recording.time_of(entry) <= at);
    let entries: Vec<(&LogEntry, String)> =
        entries.filter_map(|entry| words(&entry.what).map(|words| (entry, words))).collect();
    let latest = entries.iter().rev().take(LOG_ROWS);
    html! {
        <div class="details-log">
            <h4>{ "What it went through" }</h4>
            if entries.is_empty() {
                <p>{ "Nothing noteworthy so far." }</p>
            }
            <ol>
                { for latest.map(|(entry, words)| html! {
                    <li>
                        <time>{ moment(run, recording.time_of(entry), time_zone) }</time>
                        { " " }{ words }
                    </li>
                }) }
            </ol>
        </div>
    }
}

fn moment(run: &Run, at: UtcMs, time_zone: TimeZone) -> String {
    let clock = time_zone.hh_mm_ss(at);
    let before_h = run.scenario.window.from.seconds_since(at) / 3600.0;
    if before_h > 0.0 { format!("{before_h:.0} h before the replay:") } else { clock }
}

/// A log entry in words; `None` when it does not concern a single instance.
fn words(what: &Happening) -> Option<String> {
    let words = match what {
        Happening::Rescheduled => "rescheduled: started anew".to_owned(),
        Happening::GcOverhead => "more than half of the time in collections".to_owned(),
        Happening::GcRelief => "collections below half of the time again".to_owned(),
        Happening::LeftRotation => "probes failed: out of rotation".to_owned(),
        Happening::JoinedRotation => "probe succeeded: back in rotation".to_owned(),
        Happening::OutOfMemory { backoff_s } => format!("out of memory: killed, restart in {backoff_s} s"),
        Happening::NotAlive { backoff_s } => format!("liveness probes failed: killed, restart in {backoff_s} s"),
        Happening::Draining => "draining".to_owned(),
        Happening::Starting => "starting".to_owned(),
        Happening::Ready => "ready".to_owned(),
        Happening::Removed => "removed".to_owned(),
        Happening::Crashed { backoff_s } => format!("killed by a request, restart in {backoff_s} s"),
        Happening::FailedToStart { backoff_s } => format!("ended before it was ready, restart in {backoff_s} s"),
        Happening::Ejected { for_s } => format!("answers failed in a row: left out for {for_s} s"),
        Happening::TriedAgain => "tried again".to_owned(),
        Happening::HeapDump => "paused for a heap dump".to_owned(),
        Happening::AlertPending { rule, .. } => format!("{rule} pending"),
        Happening::AlertFiring { rule, .. } => format!("{rule} fires"),
        Happening::AlertResolved { rule, .. } => format!("{rule} resolved"),
        Happening::FaultyDeployed => "faulty release deployed".to_owned(),
        Happening::LeakOff => "leaking code path switched off".to_owned(),
        Happening::LeakOn => "leaking code path switched on again".to_owned(),
        Happening::RolloutStarted { .. }
        | Happening::WaveStarted { .. }
        | Happening::RolloutFinished
        | Happening::FaultBegan { .. }
        | Happening::FaultEnded { .. }
        | Happening::RollbackStarted
        | Happening::ScaledOut { .. }
        | Happening::ScaledIn { .. }
        | Happening::ReaperStarted { .. }
        | Happening::SessionsCapped { .. }
        | Happening::LimitChanged { .. }
        | Happening::FailedOver { .. }
        | Happening::ReleaseRollout { .. }
        | Happening::PolicyChanged { .. }
        | Happening::StatusUpdate { .. }
        | Happening::CacheWarmed { .. }
        | Happening::ActionRefused { .. }
        | Happening::SheddingStarted
        | Happening::SheddingStopped
        | Happening::Mitigated { .. }
        | Happening::Resolved { .. }
        | Happening::Reopened => return None,
    };
    Some(words)
}
