//! The hypotheses up to the playhead, with their verdicts.

use yew::prelude::*;

use super::item::verdict;
use crate::scenario::HypothesisVerdict;
use crate::ui::run::Run;

/// The list of hypotheses after the first `passed` events.
pub fn suspicions(run: &Run, passed: usize) -> Html {
    let mut board: Vec<(&str, HypothesisVerdict)> = Vec::new();
    for hypothesis in run.scenario.timeline.iter().take(passed).flat_map(|event| &event.hypotheses) {
        match board.iter_mut().find(|(suspect, _)| *suspect == hypothesis.suspect) {
            Some((_, found)) => *found = hypothesis.verdict,
            None => board.push((&hypothesis.suspect, hypothesis.verdict)),
        }
    }
    if board.is_empty() {
        return Html::default();
    }
    html! {
        <div class="board">
            <h3>{ "Suspicions so far" }</h3>
            <ul>
                { for board.into_iter().map(|(suspect, found)| {
                    let (class, sign, word) = verdict(found);
                    html! {
                        <li class={classes!("suspicion", class)}>
                            <span class="hypothesis-sign" aria-hidden="true">{ sign }</span>
                            <span class="suspicion-name">{ suspect.to_owned() }</span>
                            <span class="hypothesis-verdict">{ word }</span>
                        </li>
                    }
                }) }
            </ul>
        </div>
    }
}
