//! The drill while it is under way: clock, dashboard, feed, and what can be looked at, done, thought and told.

use yew::html::Scope;
use yew::prelude::*;

use super::feed::feed;
use super::forms::Forms;
use super::{DrillPage, Message, Running};
use crate::drill::{Cause, Look, Response, Series, Way, What};

/// Questions that help to begin, in the order in which they narrow the search.
const HINTS: [&str; 4] = [
    "Is it everybody or some? Is it every instance?",
    "What changed before it began?",
    "Does the time pass in the service, or in what it calls?",
    "What would you expect to see if you were right, and where?",
];

pub fn desk(running: &Running, forms: &Forms, dark: bool, link: &Scope<DrillPage>) -> Html {
    let drill = &running.drill;
    html! {
        <>
            <h1 class="visually-hidden">{ "The drill" }</h1>
            { clock(running, link) }
            <div class="drill-desk">
                <div class="drill-column">
                    <section class="card drill-log" aria-labelledby="drill-log">
                        <h2 id="drill-log">{ "Pager and notes" }</h2>
                        { feed(&running.lines) }
                    </section>
                    <section class="card drill-seen" aria-labelledby="drill-service">
                        <h2 id="drill-service">{ "The service, up to now" }</h2>
                        { running.charts.show(drill, dark) }
                    </section>
                </div>
                <div class="drill-column">
                    <section class="card drill-looks" aria-labelledby="drill-look">
                        <h2 id="drill-look">{ "Look" }</h2>
                        <p class="drill-small">{ "Looking takes time, as in life." }</p>
                        <ul class="drill-buttons">
                            { for Look::all().map(|look| button(look.name(), &format!("{} min", look.minutes()), "", link.callback(move |_| Message::Do(What::Look(look))))) }
                        </ul>
                    </section>
                    { think(running, forms, link) }
                </div>
                <div class="drill-column">
                    <section class="card drill-acts" aria-labelledby="drill-act">
                        <h2 id="drill-act">{ "Act" }</h2>
                        <p class="drill-small">{ "An act begins once it is prepared. You can look on meanwhile." }</p>
                        <ul class="drill-buttons">
                            { for Response::offered(drill.base()).into_iter().map(|response| {
                                let cost = response.kind().cost;
                                button(response.name(), &format!("ready in {} min", response.preparation_min()), cost, link.callback(move |_| Message::Do(What::Act(response))))
                            }) }
                        </ul>
                    </section>
                    { tell(forms, link) }
                </div>
            </div>
        </>
    }
}

/// The options of a choice, of which the first is chosen until another is: browsers choose the one that is put in first, and Yew
/// begins at the end.
pub fn options(names: impl IntoIterator<Item = (String, String)>) -> impl Iterator<Item = Html> {
    names
        .into_iter()
        .enumerate()
        .map(|(index, (value, name))| html! { <option {value} selected={index == 0}>{ name }</option> })
}

fn owned((value, name): (&str, &str)) -> (String, String) {
    (value.to_owned(), name.to_owned())
}

fn button(name: &str, costs: &str, title: &str, onclick: Callback<MouseEvent>) -> Html {
    let title = (!title.is_empty()).then(|| title.to_owned());
    html! {
        <li><button type="button" class="button drill-button" {title} {onclick}><span>{ name }</span><small>{ costs }</small></button></li>
    }
}

fn clock(running: &Running, link: &Scope<DrillPage>) -> Html {
    let drill = &running.drill;
    let minutes = drill.now_s() / 60;
    let is_timed = running.speed().is_some();
    let paused = running.paused;
    html! {
        <header class="drill-bar">
            <p class="drill-time"><strong>{ drill.now().hh_mm_ss() }</strong>{ format!(" UTC, {minutes} min after the page") }</p>
            if running.is_again {
                <p class="drill-branch">{ "Another attempt" }{ if running.first.is_some() { ": the first result stays what it was." } else { "." } }</p>
            }
            <div class="drill-bar-buttons">
                if is_timed {
                    <button type="button" class="button drill-pause" aria-pressed={if paused { "true" } else { "false" }}
                        onclick={link.callback(move |_: MouseEvent| Message::Pause(!paused))}>{ if paused { "Go on" } else { "Pause" } }</button>
                }
                { for [1, 5, 15].map(|minutes| html! {
                    <button type="button" class="button" onclick={link.callback(move |_: MouseEvent| Message::Wait(minutes * 60))}>{ format!("Wait {minutes} min") }</button>
                }) }
                <button type="button" class="button" onclick={link.callback(|_: MouseEvent| Message::Do(What::End))}>{ "End the drill" }</button>
            </div>
        </header>
    }
}

fn think(running: &Running, forms: &Forms, link: &Scope<DrillPage>) -> Html {
    let drill = &running.drill;
    let with = |forms: &Forms, what: fn(&Forms) -> Option<What>| {
        let forms = forms.clone();
        link.batch_callback(move |_: MouseEvent| what(&forms).map(Message::Do))
    };
    html! {
        <section class="card drill-thoughts" aria-labelledby="drill-think">
            <h2 id="drill-think">{ "Think" }</h2>
            <p class="drill-small">{ "Never required, never counted: at the end each expectation stands beside what came." }</p>
            <div class="drill-fields">
                <label>{ "What is wrong" }
                    <select ref={forms.cause.clone()} class="drill-cause">
                        { for options(Cause::all().map(|cause| (cause.id().to_owned(), cause.name().to_owned()))) }
                    </select>
                </label>
                <label>{ "How sure" }
                    <select ref={forms.sureness.clone()}>
                        { for options([("1", "a guess"), ("2", "likely"), ("3", "sure")].map(owned)) }
                    </select>
                </label>
                <label>{ "You expect" }
                    <select ref={forms.series.clone()} class="drill-series">
                        { for options(std::iter::once(owned(("", "nothing in particular"))).chain(Series::all().map(|series| owned((series.id(), series.name()))))) }
                    </select>
                </label>
                <label>{ "to go" }
                    <select ref={forms.way.clone()} class="drill-way">
                        { for options([Way::Down, Way::Up, Way::Flat].map(|way| owned((way.word(), way.word())))) }
                    </select>
                </label>
                <label>{ "within" }
                    <select ref={forms.minutes.clone()}>
                        { for options([5, 10, 20, 40].map(|minutes| (minutes.to_string(), format!("{minutes} min")))) }
                    </select>
                </label>
            </div>
            <div class="drill-row">
                <button type="button" class="button drill-note" onclick={with(forms, Forms::thought)}>{ "Note the thought" }</button>
                <button type="button" class="button drill-state" onclick={with(forms, |forms| forms.cause().map(What::State))}>{ "State the cause" }</button>
                <button type="button" class="button drill-rule-out" onclick={with(forms, |forms| forms.cause().map(What::RuleOut))}>{ "Rule it out" }</button>
            </div>
            if let Some(stated) = drill.stated() {
                <p class="drill-small">{ format!("Stated: {}.", stated.name()) }</p>
            }
            if running.setup.guided {
                <h3>{ "Still open" }</h3>
                <ul class="drill-open">
                    { for Cause::all().map(|cause| {
                        let is_open = drill.open().contains(&cause);
                        html! { <li class={(!is_open).then_some("is-out")}>{ cause.name() }{ if is_open { "" } else { " (ruled out)" } }</li> }
                    }) }
                </ul>
                <h3>{ "Questions" }</h3>
                <ul class="drill-hints">{ for HINTS.map(|hint| html! { <li>{ hint }</li> }) }</ul>
            }
        </section>
    }
}

fn tell(forms: &Forms, link: &Scope<DrillPage>) -> Html {
    let onclick = {
        let forms = forms.clone();
        link.callback(move |_: MouseEvent| Message::Do(forms.update()))
    };
    html! {
        <section class="card drill-updates" aria-labelledby="drill-tell">
            <h2 id="drill-tell">{ "Tell" }</h2>
            <p class="drill-small">{ "A status update for users and colleagues. It says:" }</p>
            <div class="drill-fields">
                <label class="drill-tick"><input type="checkbox" ref={forms.impact.clone()} class="drill-impact" />{ " how many are affected" }</label>
                <label class="drill-tick"><input type="checkbox" ref={forms.state.clone()} class="drill-doing" />{ " what is being done" }</label>
                <label>{ "when the next one comes" }
                    <select ref={forms.next.clone()} class="drill-next">
                        { for options(std::iter::once(owned(("0", "not said"))).chain([10, 15, 30].map(|minutes| (minutes.to_string(), format!("in {minutes} min"))))) }
                    </select>
                </label>
            </div>
            <button type="button" class="button drill-send" {onclick}>{ "Send the update" }</button>
        </section>
    }
}
