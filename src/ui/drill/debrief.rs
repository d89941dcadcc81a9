//! The debrief, in its order: one's own trace and expectations, two sentences, and only then the comparison.

use yew::html::Scope;
use yew::prelude::*;

use super::desk::options;
use super::feed::what_words;
use super::forms::Forms;
use super::minute::{minute, time};
use super::{DrillPage, Message, Over, Running, SaveAs, link as result_link, text_chars_max};
use crate::drill::{Came, Comparison, Debrief, Drill, Kind, MARKS, Score, What, silence_s};
use crate::recording::Recording;
use crate::replay::{Source, thousands};
use crate::ui::defect::what_was_wrong;
use crate::ui::words;

pub fn debrief(running: &Running, forms: &Forms, told: Option<&str>, dark: bool, link: &Scope<DrillPage>) -> Html {
    let Some(over) = &running.over else {
        return html! { <p class="card drill-wait">{ "The drill is over." }</p> };
    };
    let drill = &running.drill;
    let marks = Debrief::marks(drill);
    html! {
        <div class="drill-debrief">
            <section class="card" aria-labelledby="drill-own">
                <h1 id="drill-own">{ "What you saw and did" }</h1>
                { running.charts.whole(drill, &over.debrief.whole, over.minute.as_ref().map(|minute| minute.at), dark) }
                { minute(running, over, link) }
                { trace(running, link) }
            </section>
            { expectations(&over.debrief.came, link) }
            { sentences(running, marks, forms, link) }
            if marks >= MARKS {
                { comparison(running, over, forms, link) }
            }
            { result(running, over, told, link) }
        </div>
    }
}

fn trace(running: &Running, link: &Scope<DrillPage>) -> Html {
    let drill = &running.drill;
    let own =
        drill.journal().0.iter().enumerate().filter(|(_, entry)| !matches!(entry.what, What::Mark(..) | What::Plan(_)));
    html! {
        <ol class="drill-trace">
            { for own.map(|(index, entry)| {
                let at = drill.start().plus_s(f64::from(entry.at_s));
                let is_decision = matches!(entry.what, What::Act(_) | What::Look(_) | What::State(_));
                html! {
                    <li>
                        { time(at, link) }
                        <span>{ what_words(&entry.what) }</span>
                        if is_decision {
                            <button type="button" class="button drill-rewind" onclick={link.callback(move |_: MouseEvent| Message::Rewind(index))}
                                aria-label={format!("Try another way from {} on", at.hh_mm())}>{ "Try another way" }</button>
                        }
                    </li>
                }
            }) }
        </ol>
    }
}

fn expectations(came: &[Came], link: &Scope<DrillPage>) -> Html {
    if came.is_empty() {
        return Html::default();
    }
    html! {
        <section class="card" aria-labelledby="drill-came">
            <h2 id="drill-came">{ "What you expected, and what came" }</h2>
            <table class="drill-table">
                <thead><tr><th>{ "at" }</th><th>{ "you expected" }</th><th>{ "by" }</th><th>{ "it went" }</th><th>{ "from, to" }</th></tr></thead>
                <tbody>{ for came.iter().map(|came| html! {
                    <tr>
                        <td>{ time(came.at, link) }</td>
                        <td>{ format!("{} {}", came.expected.series.name(), came.expected.way.word()) }</td>
                        <td>{ time(came.until, link) }</td>
                        <td>{ came.way.map_or("not known", |way| way.word()) }</td>
                        <td>{ format!("{}, {}", came.shown[0], came.shown[1]) }</td>
                    </tr>
                }) }</tbody>
            </table>
        </section>
    }
}

fn sentences(running: &Running, marks: usize, forms: &Forms, link: &Scope<DrillPage>) -> Html {
    let drill = &running.drill;
    let onclick = {
        let forms = forms.clone();
        link.batch_callback(move |_: MouseEvent| forms.mark().map(Message::Do))
    };
    let written = drill.journal().0.iter().filter_map(|entry| match &entry.what {
        What::Mark(at_s, text) => Some((drill.start().plus_s(f64::from(*at_s)), text.clone())),
        _ => None,
    });
    let moments = moments(drill);
    html! {
        <section class="card drill-sentences" aria-labelledby="drill-write">
            <h2 id="drill-write">{ "Two moments, in your own words" }</h2>
            <p class="drill-small">{ "Choose a moment that mattered, and write a sentence about it: what you saw, what you took it for, what surprised you. What others did is shown once there are two." }</p>
            <ul class="drill-written">{ for written.map(|(at, text)| html! { <li>{ time(at, link) }{ " " }{ text }</li> }) }</ul>
            if marks < MARKS {
                <div class="drill-fields">
                    <label>{ "The moment" }
                        <select ref={forms.moment.clone()} class="drill-moment">
                            { for options(moments.into_iter().map(|(at_s, name)| (at_s.to_string(), name))) }
                        </select>
                    </label>
                    <label>{ "Your sentence" }<textarea ref={forms.sentence.clone()} class="drill-sentence" rows="2" maxlength={text_chars_max()} /></label>
                </div>
                <button type="button" class="button primary drill-mark" {onclick}>{ format!("Keep sentence {} of {MARKS}", marks + 1) }</button>
            }
        </section>
    }
}

/// Moments that can be marked: the page, one's own acts, and the end.
fn moments(drill: &Drill) -> Vec<(u32, String)> {
    let name = |at_s: u32, words: &str| (at_s, format!("{} {words}", drill.start().plus_s(f64::from(at_s)).hh_mm()));
    let mut all = vec![name(0, "The page.")];
    let own = drill.journal().0.iter().filter(|entry| !matches!(entry.what, What::Mark(..) | What::Plan(_)));
    all.extend(own.map(|entry| name(entry.at_s, &what_words(&entry.what))));
    all
}

fn comparison(running: &Running, over: &Over, forms: &Forms, link: &Scope<DrillPage>) -> Html {
    let Some(comparison) = &over.comparison else {
        let ratio = over.harmed.len() as f64 / over.jobs.len().max(1) as f64;
        return html! { <p class="card drill-wait">{ "Running it again without each of your acts … " }<progress max="1" value={ratio.to_string()} aria-label="Runs"></progress></p> };
    };
    let drill = &running.drill;
    let score = over.shown_score(running);
    html! {
        <>
            <section class="card drill-comparison" aria-labelledby="drill-compare">
                <h2 id="drill-compare">{ &drill.full().title }</h2>
                <p class="drill-cause-told">
                    { format!("The cause: {}.", comparison.cause.map_or("not known", |cause| cause.name())) }
                    { match comparison.found { Some(true) => " You stated it.", Some(false) => " You stated another.", None => " You stated none." } }
                </p>
                <div class="drill-columns">
                    { acts(comparison, link) }
                    { others(comparison, link) }
                </div>
                <section class="drill-fault" aria-labelledby="drill-fault">
                    <h3 id="drill-fault">{ "What was wrong" }</h3>
                    { what_was_wrong(drill.full()) }
                    <p><a href={super::replay_of(drill)}>{ "The incident as it was reported, minute by minute" }</a></p>
                </section>
            </section>
            { score.map(|score| vector(drill, score, &over.debrief.whole, link)).unwrap_or_default() }
            { plan(drill, forms, link) }
        </>
    }
}

fn acts(comparison: &Comparison, link: &Scope<DrillPage>) -> Html {
    html! {
        <section aria-labelledby="drill-effects">
            <h3 id="drill-effects">{ "What each of your acts did " }{ words::badge(Source::Simulated) }</h3>
            if comparison.acts.is_empty() {
                <p>{ "Nothing was done." }</p>
            }
            <ul class="drill-effects">{ for comparison.acts.iter().map(|act| html! {
                <li>{ time(act.at, link) }{ format!(" {}: ", act.name) }<strong>{ spared(act.users_spared) }</strong></li>
            }) }</ul>
            <p class="drill-small">{ "The difference to the same run without it: the same users with the same luck." }</p>
        </section>
    }
}

fn spared(users: i64) -> String {
    let count = thousands(users.unsigned_abs());
    match users {
        0 => "changed nothing for users".to_owned(),
        1.. => format!("spared {count} users"),
        _ => format!("harmed {count} users"),
    }
}

fn others(comparison: &Comparison, link: &Scope<DrillPage>) -> Html {
    html! {
        <>
            <section aria-labelledby="drill-reported">
                <h3 id="drill-reported">{ "What the responders did " }{ words::badge(Source::Reported) }</h3>
                <ul>{ for comparison.reported.iter().map(|(at, title)| html! { <li>{ time(*at, link) }{ " " }{ title }</li> }) }</ul>
            </section>
            <section aria-labelledby="drill-best">
                <h3 id="drill-best">{ "The best that was found by search " }{ words::badge(Source::Simulated) }</h3>
                <ul>{ for comparison.best.iter().map(|step| html! { <li>{ time(step.at, link) }{ " " }{ step.response.name() }</li> }) }</ul>
                <p class="drill-small">{ &comparison.best_reason }</p>
            </section>
        </>
    }
}

fn vector(drill: &Drill, score: &Score, whole: &Recording, link: &Scope<DrillPage>) -> Html {
    let users = score.users;
    let best = users.best.map_or_else(String::new, |best| format!(", {} under the best found", thousands(best)));
    let unneeded: Vec<Html> = score
        .unneeded()
        .into_iter()
        .filter_map(|(entry, users)| {
            let entry = drill.journal().0.get(entry)?;
            let says = format!(" {} {} users were harmed by it. ", what_words(&entry.what), thousands(users));
            Some(html! { <>{ time(drill.start().plus_s(f64::from(entry.at_s)), link) }{ says }</> })
        })
        .collect();
    let minutes = score.silence_s / 60;
    let silent = drill.start().plus_s(f64::from(silence_s(drill)[0]));
    let worst = Debrief::worst_minute(drill, whole);
    html! {
        <section class="card drill-score" aria-labelledby="drill-score">
            <h2 id="drill-score">{ "The check" }</h2>
            <dl>
                <div><dt>{ "Users" }</dt><dd><strong>{ format!("{} of 100", users.percent()) }</strong>
                    { format!(" {} slow or failed, {} under doing nothing{best}. 0 is doing nothing, 100 the best found. The worst minute: ", thousands(users.trainee), thousands(users.nothing)) }{ time(worst, link) }</dd></div>
                <div><dt>{ "Evidence" }</dt><dd><strong>{ format!("{} of {}", score.looked_before[0], score.looked_before[1]) }</strong>
                    { " acts came after a look that tells open causes apart." }</dd></div>
                <div><dt>{ "Communication" }</dt><dd><strong>{ format!("{minutes} min") }</strong>
                    { " was the longest time without an update, from " }{ time(silent, link) }{ format!(" on; {} of {} updates said impact, state and when the next one comes.", score.updates_complete[0], score.updates_complete[1]) }</dd></div>
                <div><dt>{ "Unneeded harm" }</dt><dd>{ if unneeded.is_empty() { html! { "None: no act did more harm than chance would." } } else { html! { { for unneeded } } } }</dd></div>
            </dl>
        </section>
    }
}

fn plan(drill: &Drill, forms: &Forms, link: &Scope<DrillPage>) -> Html {
    let plans = drill.journal().0.iter().filter_map(|entry| match &entry.what {
        What::Plan(text) => Some(text.clone()),
        _ => None,
    });
    let plans: Vec<String> = plans.collect();
    let onclick = {
        let forms = forms.clone();
        link.callback(move |_: MouseEvent| Message::Do(forms.plan()))
    };
    html! {
        <section class="card drill-plan" aria-labelledby="drill-plan">
            <h2 id="drill-plan">{ "When …, I will …" }</h2>
            if plans.is_empty() {
                <label>{ "One line for the next page" }<textarea ref={forms.plan.clone()} class="drill-plan-text" rows="2" maxlength={text_chars_max()} placeholder="When …, I will …" /></label>
                <button type="button" class="button" {onclick}>{ "Keep it" }</button>
            } else {
                { for plans.iter().map(|plan| html! { <blockquote>{ plan }</blockquote> }) }
            }
        </section>
    }
}

fn result(running: &Running, over: &Over, told: Option<&str>, link: &Scope<DrillPage>) -> Html {
    let is_ready = over.score.is_some();
    let first = running.first.as_ref().map(|first| thousands(first.harmed));
    html! {
        <section class="card drill-result" aria-labelledby="drill-result">
            <h2 id="drill-result">{ "Keep it" }</h2>
            if let Some(first) = first {
                <p class="drill-small">{ format!("This is another attempt. In the first, {first} users were slow or failed; that result stays what it was.") }</p>
            }
            <p class="drill-small">{ "The link runs the drill again and shows the same. It holds no name." }
                if running.drill.kind() == Kind::Practice { { " A practice has no score." } }
            </p>
            <div class="drill-row">
                <button type="button" class="button drill-copy" disabled={!is_ready} onclick={link.callback(|_: MouseEvent| Message::CopyResult)}>{ "Copy the link" }</button>
                <button type="button" class="button" disabled={!is_ready} onclick={link.callback(|_: MouseEvent| Message::Save(SaveAs::Markdown))}>{ "Markdown" }</button>
                <button type="button" class="button" disabled={!is_ready} onclick={link.callback(|_: MouseEvent| Message::Save(SaveAs::Json))}>{ "JSON" }</button>
                <button type="button" class="button drill-again" onclick={link.callback(|_: MouseEvent| Message::Again)}>{ "Another drill" }</button>
            </div>
            if is_ready {
                <details><summary>{ "The link as text" }</summary><p class="drill-link">{ result_link(running).unwrap_or_default() }</p></details>
            }
            if let Some(told) = told {
                <p role="status">{ told.to_owned() }</p>
            }
        </section>
    }
}
