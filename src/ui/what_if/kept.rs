//! Comparisons that are kept beside the one that is shown.

use yew::prelude::*;

use crate::compare::{Difference, Outcome};
use crate::scenario::Setting;
use crate::ui::words;

/// What was computed of a comparison that is, or was, kept.
pub struct Kept {
    pub settings: Vec<Setting>,
    pub name: String,
    /// `None` until it has come.
    pub outcome: Option<Outcome>,
}

/// A row for each, beside what happened; nothing without any.
pub fn kept_table(
    kept: &[&Kept],
    actual: Option<&Outcome>,
    on_try: &Callback<Vec<Setting>>,
    on_remove: &Callback<Vec<Setting>>,
) -> Html {
    if kept.is_empty() {
        return Html::default();
    }
    let row = |kept: &&Kept| {
        let [load, remove] = [kept.settings.clone(), kept.settings.clone()];
        let on_load = on_try.reform(move |_: MouseEvent| load.clone());
        let on_remove = on_remove.reform(move |_: MouseEvent| remove.clone());
        let sides = actual.cloned().zip(kept.outcome.clone());
        let difference = sides.map(|(actual, what_if)| Difference { actual, what_if });
        let shown = |of: fn(&Difference) -> i64| {
            difference.as_ref().map_or_else(|| "…".to_owned(), |difference| words::whole(of(difference)))
        };
        html! {
            <tr key={kept.name.clone()}>
                <th scope="row"><button type="button" class="link" onclick={on_load}>{ &kept.name }</button></th>
                <td>{ shown(Difference::users_spared) }</td>
                <td>{ shown(Difference::failures_spared) }</td>
                <td><button type="button" class="button icon" onclick={on_remove} aria-label={format!("Remove: {}", kept.name)}>{ "✕" }</button></td>
            </tr>
        }
    };
    html! {
        <div class="what-if-kept">
            <h3>{ "Kept" }</h3>
            <div class="table-scroll" tabindex="0" role="group" aria-label="Kept comparisons">
                <table>
                    <thead><tr><th scope="col">{ "What if" }</th><th scope="col">{ "Spared" }</th><th scope="col">{ "of these failed" }</th><td></td></tr></thead>
                    <tbody>{ for kept.iter().map(row) }</tbody>
                </table>
            </div>
        </div>
    }
}
