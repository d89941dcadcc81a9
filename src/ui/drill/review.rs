//! Spot the bug: three versions of a handler; lines are marked, a reason is written, and then every version is run.

use std::collections::BTreeSet;

use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use crate::drill::review::{GUARDED, Left, VERSIONS, Version, fault};
use crate::replay::{Source, thousands};
use crate::ui::code::highlight;
use crate::ui::words;

/// Marked lines: version and number.
type Marked = BTreeSet<(usize, usize)>;

/// The exercise, folded until somebody wants it.
#[component]
pub fn Review() -> Html {
    let shown = use_state(|| 0_usize);
    let marked = use_state(Marked::new);
    let is_compared = use_state(|| false);
    let trouble = use_state(|| None::<&'static str>);
    let why = use_node_ref();
    let on_compare = {
        let (marked, is_compared, trouble, why) = (marked.clone(), is_compared.clone(), trouble.clone(), why.clone());
        Callback::from(move |_: MouseEvent| {
            let has_reason = why.cast::<HtmlTextAreaElement>().is_some_and(|area| !area.value().trim().is_empty());
            match (marked.is_empty(), has_reason) {
                (true, _) => trouble.set(Some("Mark the line that forgets a session.")),
                (false, false) => trouble.set(Some("Say why, in a sentence.")),
                (false, true) => {
                    trouble.set(None);
                    is_compared.set(true);
                }
            }
        })
    };
    let on_mark = {
        let marked = marked.clone();
        Callback::from(move |line: (usize, usize)| {
            let mut changed = (*marked).clone();
            if !changed.remove(&line) {
                changed.insert(line);
            }
            marked.set(changed);
        })
    };
    html! {
        <details class="card drill-review">
            <summary>{ "Spot the bug" }</summary>
            <p class="drill-small">
                { "Three teams wrote the same checkout. All three answer alike; one forgets a session on one way out. Mark the line that does, and say why. Then all three are run." }
            </p>
            <div class="drill-row" role="group" aria-label="Versions">
                { for VERSIONS.iter().enumerate().map(|(index, version)| {
                    let shown = shown.clone();
                    let pressed = if *shown == index { "true" } else { "false" };
                    html! { <button type="button" class="button" aria-pressed={pressed} onclick={Callback::from(move |_: MouseEvent| shown.set(index))}>{ version.name }</button> }
                }) }
            </div>
            { listing(*shown, &marked, *is_compared, &on_mark) }
            <label>{ "Why" }<textarea ref={why} class="drill-why" rows="2" /></label>
            <button type="button" class="button primary drill-run" onclick={on_compare}>{ "Run all three" }</button>
            <p role="status">{ (*trouble).unwrap_or_default() }</p>
            if *is_compared {
                { answer(&marked) }
            }
        </details>
    }
}

fn listing(index: usize, marked: &Marked, is_compared: bool, on_mark: &Callback<(usize, usize)>) -> Html {
    let version = &VERSIONS[index];
    let faulty = fault().filter(|_| is_compared);
    html! {
        <ol class="drill-code" key={version.name} aria-label={version.name}>
            { for version.source.lines().enumerate().map(|(line, text)| {
                let at = (index, line + 1);
                let is_marked = marked.contains(&at);
                let is_fault = faulty == Some(at);
                let onclick = on_mark.reform(move |_: MouseEvent| at);
                html! {
                    <li class={classes!(is_fault.then_some("is-fault"))}>
                        <button type="button" class="drill-code-line" aria-pressed={if is_marked { "true" } else { "false" }} {onclick}>
                            <span class="drill-code-number">{ line + 1 }</span><code>{ highlight(text) }</code>
                            if is_fault { <span class="drill-code-note">{ "the session before is forgotten" }</span> }
                        </button>
                    </li>
                }
            }) }
        </ol>
    }
}

fn answer(marked: &Marked) -> Html {
    let found = fault();
    let hit = found.is_some_and(|found| marked.contains(&found));
    let name = |index: usize| VERSIONS[index].name;
    html! {
        <section class="drill-answer" aria-labelledby="drill-answer">
            <h2 id="drill-answer">{ "What running them shows " }{ words::badge(Source::Simulated) }</h2>
            if let Some((index, line)) = found {
                <p><strong>{ if hit { "You marked it. " } else { "It is another line. " } }</strong>
                    { format!("{}, line {line}: another attempt opens a session, and the one before has no name any more, so that nothing can terminate it.", name(index)) }</p>
            }
            <div class="drill-scroll" tabindex="0" role="region" aria-label="Runs">
                <table class="drill-table">
                    <thead><tr>{ for ["version", "checkouts", "sessions left open", "when"].map(|name| html! { <th scope="col">{ name }</th> }) }</tr></thead>
                    <tbody>{ for VERSIONS.iter().chain([&GUARDED]).map(row) }</tbody>
                </table>
            </div>
            <p>{ "With a guard the question does not arise: a session ends when the value that stands for it does, on every way out, those nobody thought of included." }</p>
            <pre class="drill-guard" tabindex="0" aria-label={GUARDED.name}><code>{ for GUARDED.source.lines().map(|line| html! { <>{ highlight(line) }{ "\n" }</> }) }</code></pre>
        </section>
    }
}

fn row(version: &Version) -> Html {
    let Left { plays, sessions, by_ending } = version.play_all();
    let when: Vec<String> = by_ending.iter().map(|(ending, count)| format!("{ending} ({count})")).collect();
    html! {
        <tr>
            <th scope="row">{ version.name }</th>
            <td>{ thousands(plays.into()) }</td>
            <td>{ thousands(sessions.into()) }</td>
            <td>{ if when.is_empty() { "never".to_owned() } else { when.join(", ") } }</td>
        </tr>
    }
}
