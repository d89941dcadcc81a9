//! One event of the timeline, with what the responders could see at that minute.

use yew::prelude::*;

use super::histogram::histogram;
use super::spark::spark;
use crate::replay::{Command, Detail, EvidenceValue, Standing, TimeZone, evidence};
use crate::scenario::{Hypothesis, HypothesisVerdict};
use crate::ui::run::Run;

/// Position of an event relative to the playhead.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EventPosition {
    /// Passed, with a later event passed too.
    Past,
    /// The last event that has passed.
    Current,
    /// Still to come.
    Future,
}

#[derive(Properties, PartialEq)]
pub struct TimelineItemProps {
    pub run: Run,
    pub index: usize,
    pub when: EventPosition,
    pub time_zone: TimeZone,
    pub on_command: Callback<Command>,
}

#[component]
pub fn TimelineItem(props: &TimelineItemProps) -> Html {
    // What the present one has to say stands by itself; the others say it when somebody opens them.
    let opened = use_state(|| false);
    let Some(event) = props.run.scenario.timeline.get(props.index) else { return Html::default() };
    let is_current = props.when == EventPosition::Current;
    let on_open = {
        let opened = opened.clone();
        Callback::from(move |_: MouseEvent| opened.set(!*opened))
    };
    let id = event.id.clone();
    let on_click = props.on_command.reform(move |_: MouseEvent| Command::SeekMarker(id.clone()));
    let (class, current) = match props.when {
        EventPosition::Past => ("is-past", None),
        EventPosition::Current => ("is-current", Some("step")),
        EventPosition::Future => ("is-future", None),
    };
    html! {
        <li id={format!("event-{}", event.id)} class={classes!("event", class, (*opened && !is_current).then_some("is-open"))} aria-current={current}>
            <div class="event-line">
                <button type="button" class="event-head" onclick={on_click}>
                    <time>{ props.time_zone.hh_mm(event.at) }</time>
                    <span class="event-title">{ &event.title }</span>
                </button>
                if !is_current {
                    <button type="button" class="event-more" aria-expanded={opened.to_string()} onclick={on_open}
                        aria-label={format!("Details of {}", event.title)}>
                        <span aria-hidden="true">{ if *opened { "−" } else { "+" } }</span>
                    </button>
                }
            </div>
            // What is closed on the screen is printed.
            <EventBody run={props.run.clone()} index={props.index} time_zone={props.time_zone} />
        </li>
    }
}

#[derive(Properties, PartialEq)]
pub struct EventBodyProps {
    pub run: Run,
    pub index: usize,
    pub time_zone: TimeZone,
    /// Its line is elsewhere.
    #[prop_or_default]
    pub is_apart: bool,
}

/// What an event has to say.
#[component]
pub fn EventBody(props: &EventBodyProps) -> Html {
    let run = &props.run;
    let values = use_memo((run.clone(), props.index), |(run, index)| {
        let event = run.scenario.timeline.get(*index);
        event.map(|event| evidence(&run.scenario, &run.recording, event)).unwrap_or_default()
    });
    let Some(event) = run.scenario.timeline.get(props.index) else { return Html::default() };
    html! {
        <div class="event-body">
            <p>
                if props.is_apart {
                    <strong class="event-present"><time>{ props.time_zone.hh_mm(event.at) }</time></strong>{ " " }
                }
                { &event.text }
            </p>
            if values.iter().any(|value| value.detail == Detail::Value) {
                <p class="chips-when">{ format!("Seen at {}:", props.time_zone.hh_mm(event.at)) }</p>
            }
            if !values.is_empty() {
                <ul class="chips" aria-label="What could be seen at that minute">{ for values.iter().map(chip) }</ul>
            }
            { for values.iter().filter_map(picture) }
            if !event.hypotheses.is_empty() {
                <ul class="hypotheses" aria-label="Suspicions">{ for event.hypotheses.iter().map(hypothesis) }</ul>
            }
        </div>
    }
}

fn chip(value: &EvidenceValue) -> Html {
    match value.detail {
        Detail::Value => html! {
            <li class={classes!("chip", standing_class(value.standing))} title={value.note.clone()}>
                { spark(&value.spark) }
                <span class="chip-label">{ &value.label }</span>{ " " }
                <strong>{ &value.shown }</strong>
                <span class="visually-hidden">{ format!(" ({})", value.standing.word()) }</span>
            </li>
        },
        Detail::Code => html! {
            <li class="chip chip-link"><a href="#defect">{ &value.label }</a></li>
        },
        Detail::HeapHistogram(_) => Html::default(),
    }
}

fn picture(value: &EvidenceValue) -> Option<Html> {
    match &value.detail {
        Detail::HeapHistogram(histogram) => Some(self::histogram(histogram)),
        Detail::Value | Detail::Code => None,
    }
}

fn standing_class(standing: Standing) -> &'static str {
    match standing {
        Standing::Bad => "is-bad",
        Standing::Raised => "is-raised",
        Standing::Flat => "is-flat",
        Standing::Good => "is-good",
        Standing::Unknown => "is-unknown",
    }
}

fn hypothesis(hypothesis: &Hypothesis) -> Html {
    let (class, sign, word) = verdict(hypothesis.verdict);
    html! {
        <li class={classes!("hypothesis", class)}>
            <span class="hypothesis-sign" aria-hidden="true">{ sign }</span>
            <p>
                <strong>{ &hypothesis.suspect }</strong>{ " " }<span class="hypothesis-verdict">{ word }</span>
                <span class="hypothesis-because">{ &hypothesis.because }</span>
            </p>
        </li>
    }
}

/// Class, sign and word of a hypothesis's verdict.
pub fn verdict(verdict: HypothesisVerdict) -> (&'static str, &'static str, &'static str) {
    match verdict {
        HypothesisVerdict::Opened => ("is-opened", "?", "suspected"),
        HypothesisVerdict::RuledOut => ("is-ruled-out", "✗", "ruled out"),
        HypothesisVerdict::Confirmed => ("is-confirmed", "✓", "confirmed"),
    }
}
