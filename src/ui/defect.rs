//! The defect: the faulty and the fixed session code side by side, from the files that the simulation runs, and the configuration of
//! other faults.

use std::rc::Rc;

use yew::prelude::*;

use super::code::{Line, compare, highlight};
use super::run::Run;
use super::words;
use crate::json;
use crate::model::session::{FAULTY_SOURCE, FIXED_SOURCE};
use crate::recording::LedgerRow;
use crate::replay::Source;
use crate::scenario::{FactKind, Fault, Scenario};

#[derive(Properties, PartialEq)]
pub struct DefectProps {
    pub run: Run,
}

#[component]
pub fn Defect(props: &DefectProps) -> Html {
    let wrong = use_memo(Rc::clone(&props.run.scenario), |scenario| what_was_wrong(scenario));
    let scenario = &props.run.scenario;
    let facts = &scenario.facts;
    let of_kind = |kind: FactKind| facts.iter().filter(move |fact| fact.kind == kind);
    let proofs = props.run.ledger.rows.iter().filter(|row| row.claim.counterfactual().is_some());
    html! {
        <section class="section" id="defect" tabindex="-1" aria-labelledby="defect-title">
            <h2 id="defect-title">{ if scenario.leaks_sessions() { "The defect" } else { "What was wrong" } }</h2>
            <div class="section-lead">
                { for of_kind(FactKind::Cause).chain(of_kind(FactKind::Fix)).map(|fact| html! {
                    <p>{ words::badge(Source::Reported) }{ " " }{ &fact.text }</p>
                }) }
                if scenario.leaks_sessions() {
                    <p>
                        { "The simulation runs these two files; there is no rate of leaking anywhere else. \
                           The lines that differ are marked." }
                    </p>
                }
            </div>
            { (*wrong).clone() }
            { for proofs.map(proof) }
        </section>
    }
}

/// What the simulation runs that was wrong: the code of both releases, and the configuration of each fault.
pub fn what_was_wrong(scenario: &Scenario) -> Html {
    let fault = |fault: &Fault| {
        let path = format!("faults.{}", fault.id);
        html! {
            <li>
                <p><strong>{ scenario.what_it_does(fault) }</strong></p>
                <p>{ words::badge(Source::Assumed) }{ " " }{ &fault.reason }</p>
                <figure class="code">
                    <figcaption><strong>{ "As it is configured" }</strong>{ " " }<code>{ &path }</code></figcaption>
                    <pre tabindex="0" aria-label={format!("Configuration, {path}")}><code>{ json::to_string_pretty(fault) }</code></pre>
                </figure>
            </li>
        }
    };
    html! {
        <>
            if scenario.leaks_sessions() {
                { releases() }
            }
            if !scenario.faults.is_empty() {
                <ul class="faults card" aria-label="Faults of the simulation">{ for scenario.faults.iter().map(fault) }</ul>
            }
        </>
    }
}

fn releases() -> Html {
    let (faulty, fixed) = compare(FAULTY_SOURCE, FIXED_SOURCE, &[("Faulty", "Fixed")]);
    html! {
        <div class="code-pair">
            { listing("Leaking release", "crates/simulation/src/model/session/faulty.rs", &faulty, "code-removed", "−") }
            { listing("Fixed release", "crates/simulation/src/model/session/fixed.rs", &fixed, "code-added", "+") }
        </div>
    }
}

fn listing(title: &str, path: &str, lines: &[Line], class: &'static str, sign: &'static str) -> Html {
    html! {
        <figure class="card code">
            <figcaption><strong>{ title.to_owned() }</strong>{ " " }<code>{ path.to_owned() }</code></figcaption>
            <pre tabindex="0" aria-label={format!("{title}, {path}")}><code>
                { for lines.iter().map(|line| html! {
                    <span class={classes!("code-line", line.changed.then_some(class))}>
                        <span class="code-number" aria-hidden="true">{ line.number }</span>
                        <span class="code-sign" aria-hidden="true">{ if line.changed { sign } else { " " } }</span>
                        if line.changed {
                            <mark>{ highlight(&line.text) }</mark>
                        } else {
                            { highlight(&line.text) }
                        }
                        { "\n" }
                    </span>
                }) }
            </code></pre>
        </figure>
    }
}

fn proof(row: &LedgerRow) -> Html {
    let value = row.value.map_or_else(|| "…".to_owned(), |value| row.claim.show(value));
    html! {
        <p class={classes!("proof", words::verdict_class(row.verdict))}>
            <strong class="proof-value">{ value }</strong>
            <span>
                { words::badge(Source::Simulated) }{ " " }{ &row.claim.text }{ " " }
                { format!("Expected: {}. ", row.claim.show_bounds(&row.claim.each_seed)) }
                <span class="verdict">
                    { words::verdict_sign(row.verdict) }{ " " }{ words::verdict_word(row.verdict) }
                </span>
            </span>
        </p>
    }
}
