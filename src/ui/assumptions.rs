//! The section with facts, interpretations and assumptions, each with its reason.

use yew::prelude::*;

use super::run::Run;
use super::words;
use crate::replay::{Source, capitalised};
use crate::scenario::{Assumption, Fact, ParameterView, Scenario, Severity};

pub fn assumptions(run: &Run) -> Html {
    let scenario = &run.scenario;
    let parameters = scenario.parameters();
    html! {
        <section class="section" aria-labelledby="assumptions-title">
            <h2 id="assumptions-title">{ "Reported, read, assumed" }</h2>
            <div class="section-lead">
                <p>
                    { "The report states few facts. Everything else on this page is simulated from them, or assumed; \
                       each assumption has its reason." }
                </p>
            </div>
            <div class="trust">
                <div class="card trust-card">
                    <h3>{ "Facts of the report " }{ words::badge(Source::Reported) }</h3>
                    <ol class="facts">{ for scenario.facts.iter().map(fact) }</ol>
                </div>
                <div class="card trust-card">
                    <h3>{ "How the report is read " }{ words::badge(Source::Assumed) }</h3>
                    <ol class="facts">{ for scenario.readings.iter().map(assumption) }</ol>
                    <h3>{ "What is assumed beyond figures " }{ words::badge(Source::Assumed) }</h3>
                    <ol class="facts">{ for scenario.assumptions.iter().map(assumption) }</ol>
                </div>
            </div>
            <details class="card fold">
                <summary>
                    { format!("All {} parameters of the model, with value, range and reason ", parameters.len()) }
                    { words::badge(Source::Assumed) }
                </summary>
                <div class="table-scroll" tabindex="0" role="region" aria-label="Parameters">
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col">{ "Parameter" }</th>
                                <th scope="col">{ "Value" }</th>
                                <th scope="col">{ "Plausible range" }</th>
                                <th scope="col">{ "Reason" }</th>
                            </tr>
                        </thead>
                        <tbody>{ for parameters.iter().map(parameter) }</tbody>
                    </table>
                </div>
            </details>
            <details class="card fold">
                <summary>{ "Service level, alert rules and actions " }{ words::badge(Source::Assumed) }</summary>
                <dl class="reasons">{ for rules(scenario) }</dl>
            </details>
        </section>
    }
}

fn fact(fact: &Fact) -> Html {
    html! {
        <li id={format!("fact-{}", fact.id)}>
            <span class="ref">{ &fact.id }</span>
            <p>{ words::with_code(&fact.text) }</p>
        </li>
    }
}

fn assumption(assumption: &Assumption) -> Html {
    html! {
        <li>
            <span class="ref">{ &assumption.id }</span>
            <div>
                <p>{ words::with_code(&assumption.text) }</p>
                <p class="reason">
                    { words::with_code(&assumption.reason) }{ " " }
                    { for assumption.facts.iter().map(|fact| html! { <a href={format!("#fact-{fact}")}>{ fact }{ " " }</a> }) }
                </p>
            </div>
        </li>
    }
}

fn parameter(view: &ParameterView<'_>) -> Html {
    let range = view.range.map_or_else(|| "–".to_owned(), |[low, high]| format!("{low} to {high}"));
    html! {
        <tr>
            <th scope="row">{ view.name() }<span class="refs"><code>{ &view.path }</code></span></th>
            <td>{ format!("{} {}", view.value.replace('_', " "), view.unit) }</td>
            <td>{ range }</td>
            <td class="reason">{ words::with_code(view.reason) }</td>
        </tr>
    }
}

fn rules(scenario: &Scenario) -> Vec<Html> {
    let level = &scenario.service_level;
    let entry = |name: String, what: String, reason: &str| {
        html! { <div><dt>{ name }</dt><dd>{ what }</dd><dd class="reason">{ words::with_code(reason) }</dd></div> }
    };
    let mut entries = vec![
        entry(
            "Service level".to_owned(),
            format!(
                "{} of checkouts neither slow nor failed over {} days.",
                words::percent(level.objective_ratio),
                level.period_days
            ),
            &level.reason,
        ),
        entry(
            "Monitoring".to_owned(),
            format!("A scrape every {} s; every rule is evaluated at each.", scenario.monitor.scrape_interval_s),
            &scenario.monitor.reason,
        ),
    ];
    for rule in &scenario.monitor.rules {
        let severity = match rule.severity {
            Severity::Page => "pages somebody",
            Severity::Ticket => "opens a ticket",
            Severity::Proposed => "proposed: did not exist then",
        };
        entries.push(entry(rule.name.clone(), format!("{} ({severity})", rule.summary), &rule.reason));
    }
    for action in scenario.actions.iter().filter(|action| !action.reason.is_empty()) {
        let name = format!("Action: {}", action.name());
        let parts: Vec<String> = action.parts().iter().map(|(part, value)| format!("{part} {value}")).collect();
        entries.push(entry(name, format!("{}.", capitalised(&parts.join(", "))), &action.reason));
    }
    entries
}
