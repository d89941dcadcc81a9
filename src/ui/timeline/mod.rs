//! The timeline: the reported events in step with the playhead, with evidence and hypotheses.

mod histogram;
mod item;
mod spark;
mod suspicions;

use yew::prelude::*;

use super::run::Run;
use super::words;
use crate::replay::{Command, Source, TimeZone};
use crate::units::UtcMs;
use item::{EventBody, EventPosition, TimelineItem};
use suspicions::suspicions;

#[derive(Properties, PartialEq)]
pub struct TimelineProps {
    pub run: Run,
    pub at: UtcMs,
    /// The event that was gone to, while the playhead is there.
    pub reached: Option<String>,
    pub time_zone: TimeZone,
    pub on_command: Callback<Command>,
}

/// Place of the present event: the one that was gone to, or the last at or before the playhead.
fn present(run: &Run, at: UtcMs, reached: Option<&String>) -> Option<usize> {
    let timeline = &run.scenario.timeline;
    let last = timeline.iter().rposition(|event| event.at <= at)?;
    let gone_to = timeline.iter().position(|event| Some(&event.id) == reached && event.at == timeline[last].at);
    Some(gone_to.unwrap_or(last))
}

/// The present event in a line, where the story is not beside the picture. The story tells it to screen readers.
pub fn present_event(run: &Run, at: UtcMs, reached: Option<&String>, time_zone: TimeZone) -> Html {
    let present = present(run, at, reached).map(|index| &run.scenario.timeline[index]);
    html! {
        <p class="present" aria-hidden="true">
            if let Some(event) = present {
                <time>{ time_zone.hh_mm(event.at) }</time>{ " " }<span>{ &event.title }</span>
            } else {
                <span>{ "Before the incident" }</span>
            }
        </p>
    }
}

#[component]
pub fn Timeline(props: &TimelineProps) -> Html {
    let timeline = &props.run.scenario.timeline;
    let current = present(&props.run, props.at, props.reached.as_ref());
    let when = |index: usize| match current {
        Some(current) if index == current => EventPosition::Current,
        Some(current) if index < current => EventPosition::Past,
        _ => EventPosition::Future,
    };
    html! {
        <section class="card story" aria-labelledby="story-title">
            <header class="story-head">
                <h2 id="story-title">{ "What happened" }</h2>
                <p>
                    { words::badge(Source::Reported) }{ " times " }
                    { words::badge(Source::Simulated) }{ " what could be seen" }
                </p>
            </header>
            <div class="story-scroll" id="story-list">
                <ol class="events">
                    { for timeline.iter().enumerate().map(|(index, event)| html! {
                        <TimelineItem key={event.id.clone()} run={props.run.clone()} {index} when={when(index)}
                            time_zone={props.time_zone} on_command={props.on_command.clone()} />
                    }) }
                </ol>
                { suspicions(&props.run, current.map_or(0, |current| current + 1)) }
            </div>
            // Below the lines, which so stay where they are.
            if let Some((index, event)) = current.and_then(|index| Some((index, timeline.get(index)?))) {
                // It scrolls where it is long, so that it can be focused.
                <div class="story-now" role="group" aria-label={event.title.clone()} tabindex="0">
                    <EventBody key={event.id.clone()} run={props.run.clone()} {index} time_zone={props.time_zone} is_apart=true />
                </div>
            }
        </section>
    }
}
