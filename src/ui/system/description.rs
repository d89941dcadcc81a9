//! The text alternative of the system diagram, updated when the playhead stands still.

use yew::prelude::*;

use super::service::{DependencyStatus, ServiceStatus};
use crate::replay::{InstanceMoment, TimeZone};
use crate::ui::run::Run;
use crate::ui::words::{percent, thousands};
use crate::units::UtcMs;

#[derive(Properties, PartialEq)]
pub struct DescriptionProps {
    pub run: Run,
    /// Moment at which the playhead last stood still.
    pub at: UtcMs,
    pub time_zone: TimeZone,
}

/// A table for screen readers only.
#[component]
pub fn Description(props: &DescriptionProps) -> Html {
    let (run, at) = (&props.run, props.at);
    let around = ServiceStatus::new(&run.scenario, &run.recording, at);
    let statuses = InstanceMoment::all(&run.scenario, &run.recording, at);
    let caption = format!(
        "The {} at {} {}: {:.1} users per second start a {}, {} wait for an outcome, {} of {} instances were in rotation on \
         average over the last minute. It calls {}.",
        run.scenario.incident.service,
        props.time_zone.hh_mm(at),
        props.time_zone.label(),
        around.arrivals_per_s,
        run.scenario.incident.journey,
        thousands(u64::from(around.waiting)),
        around.in_rotation_text(),
        statuses.len(),
        around.dependencies.iter().map(called).collect::<Vec<_>>().join(", "),
    );
    html! {
        <div class="visually-hidden">
            <table>
                <caption>{ caption }</caption>
                <thead>
                    <tr>
                        { for ["Instance", "State", "Release", "Up for", "Live heap", "Time in GC", "CPU", "Threads",
                            "Queue", "Leaked sessions"]
                            .into_iter().map(|head| html! { <th scope="col">{ head }</th> }) }
                    </tr>
                </thead>
                <tbody>{ for statuses.iter().map(row) }</tbody>
            </table>
        </div>
    }
}

/// "the gateway (0.42 s, unchanged)".
fn called(status: &DependencyStatus) -> String {
    let median = status.p50_s[0].map_or_else(String::new, |median_s| format!("{median_s:.2} s, "));
    format!("the {} ({median}{})", status.word, status.words())
}

fn row(status: &InstanceMoment) -> Html {
    let cells = [
        status.state_words().to_owned(),
        status.release.clone().unwrap_or_else(|| "–".to_owned()),
        status.age_words(),
        percent(status.heap_ratio),
        percent(status.gc_ratio),
        percent(status.cpu_ratio),
        format!("{} of {}", status.threads[0], status.threads[1]),
        format!("{} of {}", status.queue[0], status.queue[1]),
        thousands(u64::from(status.sessions_leaked)),
    ];
    html! {
        <tr>
            <th scope="row">{ &status.name }</th>
            { for cells.into_iter().map(|cell| html! { <td>{ cell }</td> }) }
        </tr>
    }
}
