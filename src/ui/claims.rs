//! The claims ledger: every claim with its simulated value, its bounds and its verdict.

use yew::prelude::*;

use super::run::Run;
use super::words;
use crate::recording::{ClaimVerdict, LedgerRow};
use crate::replay::Source;

pub fn claims(run: &Run) -> Html {
    let rows = &run.ledger.rows;
    let holding = rows.iter().filter(|row| row.verdict == ClaimVerdict::Holds).count();
    html! {
        <section class="section" aria-labelledby="claims-title">
            <h2 id="claims-title">{ "Claims, checked" }</h2>
            <div class="section-lead">
                <p>
                    { format!("{holding} of {} claims hold in this run. ", rows.len()) }
                    { "A claim is a statement of the report, or a property the model must have, with the bounds inside \
                       which the simulation must land." }
                </p>
            </div>
            <div class="table-scroll card" tabindex="0" role="region" aria-label="Table of claims">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">{ "Claim" }</th>
                            <th scope="col">{ words::badge(Source::Reported) }</th>
                            <th scope="col">{ words::badge(Source::Simulated) }</th>
                            <th scope="col">{ "Expected" }</th>
                            <th scope="col">{ "Verdict" }</th>
                        </tr>
                    </thead>
                    <tbody>{ for rows.iter().map(show) }</tbody>
                </table>
            </div>
        </section>
    }
}

fn show(row: &LedgerRow) -> Html {
    let claim = &row.claim;
    let reported = claim.reported.map_or_else(|| "–".to_owned(), |value| claim.show(value.as_f64()));
    let simulated = row.value.map_or_else(|| "–".to_owned(), |value| claim.show(value));
    html! {
        <tr id={format!("claim-{}", claim.id)}>
            <th scope="row">
                { &claim.text }
                <span class="refs">
                    <span>{ &claim.id }</span>
                    { for claim.facts.iter().map(|fact| html! { <a href={format!("#fact-{fact}")}>{ fact }</a> }) }
                </span>
            </th>
            <td>{ reported }</td>
            <td><strong>{ simulated }</strong></td>
            <td>{ claim.show_bounds(&claim.each_seed) }</td>
            <td class={classes!("verdict-cell", words::verdict_class(row.verdict))}>
                <span class="verdict">{ words::verdict_sign(row.verdict) }{ " " }{ words::verdict_word(row.verdict) }</span>
            </td>
        </tr>
    }
}
