//! The footer: identity of the run, so that anyone can reproduce it, and what the page does not do.

use yew::prelude::*;

use super::browser;
use super::run::Run;
use super::words;
use crate::scenario::FactKind;

pub fn footer(run: &Run) -> Html {
    let meta = &run.recording.meta;
    let users: u64 = run.recording.service.arrivals.iter().map(|count| u64::from(*count)).sum();
    let again = format!("incident-replay simulate --seed {}", meta.seed);
    let licence = run.scenario.facts.iter().find(|fact| fact.kind == FactKind::Licence);
    html! {
        <footer class="foot">
            <dl class="foot-run">
                <div><dt>{ "Scenario" }</dt><dd>{ &meta.scenario }</dd></div>
                <div><dt>{ "Seed" }</dt><dd>{ meta.seed }</dd></div>
                <div><dt>{ "Shoppers simulated" }</dt><dd>{ words::thousands(users) }</dd></div>
                <div><dt>{ "Events simulated" }</dt><dd>{ words::thousands(meta.events) }</dd></div>
                <div><dt>{ "Digest of the recording" }</dt><dd><code>{ run.digest.to_string() }</code></dd></div>
                <div><dt>{ "The same run elsewhere" }</dt><dd><code>{ again }</code></dd></div>
            </dl>
            <p>
                { "Simulated in this browser. No cookies, no analytics, no request to anyone but the server this page came \
                   from. The theme and time zone you choose are kept in this browser." }
            </p>
            <p>
                { "The program is free software under the MIT licence. " }
                if let Some(licence) = licence { { &licence.text } }
            </p>
            <p class="print-address">{ browser::address() }</p>
        </footer>
    }
}
