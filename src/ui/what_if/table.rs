//! The differences as a table.

use yew::prelude::*;

use crate::compare::{Certain, Difference};

/// `certain`: of each row what many seeds say, where they ran.
pub fn table(difference: &Difference, certain: &[Certain]) -> Html {
    let of_row = |label: &str| {
        let found = certain.iter().find(|(of, _)| *of == label);
        found.map(|(_, words)| words.clone().unwrap_or_else(|| "not in every seed".to_owned()))
    };
    html! {
        <div class="table-scroll" tabindex="0" role="group" aria-label="The differences">
            <table class="what-if-table">
                <thead><tr><td></td><th scope="col">{ "As it happened" }</th><th scope="col">{ "What if" }</th><th scope="col">{ "Difference" }</th>
                    if !certain.is_empty() {
                        <th scope="col">{ "Over the seeds" }</th>
                    }
                </tr></thead>
                <tbody>
                    { for difference.rows().iter().map(|row| html! {
                        <tr key={row.label.clone()}>
                            <th scope="row">{ &row.label }</th>
                            <td>{ &row.actual }</td>
                            <td>{ &row.what_if }</td>
                            <td class={match row.is_better { Some(true) => "is-better", Some(false) => "is-worse", None => "is-same" }}>
                                { match row.is_better { Some(true) => "▼ ", Some(false) => "▲ ", None => "" } }{ &row.difference }
                            </td>
                            if !certain.is_empty() {
                                <td class="is-same">{ of_row(&row.label).unwrap_or_default() }</td>
                            }
                        </tr>
                    }) }
                </tbody>
            </table>
        </div>
    }
}
