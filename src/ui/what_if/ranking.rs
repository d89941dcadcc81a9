//! What would have helped most: every candidate by the users it spares, as bars; a press tries it.

use yew::prelude::*;

use crate::compare::{Outcome, Ranked, Trials, best_measure, rivals};
use crate::scenario::{Scenario, Setting};
use crate::ui::words;

/// Candidates that are listed.
const LISTED_MAX: usize = 24;

pub fn ranking(
    base: &Scenario,
    trials: &Trials,
    ranked: &[Ranked],
    settings: &[Setting],
    on_try: &Callback<Vec<Setting>>,
    on_pairs: Option<Callback<MouseEvent>>,
) -> Html {
    let affected = trials.actual().map_or(1, Outcome::affected).max(1) as f64;
    let wanted = trials.wanted();
    let is_ranked = wanted.iter().all(|trial| trial.round > 0);
    let bar = |one: &Ranked| {
        let candidate = &one.candidate;
        let is_tried = settings.len() == candidate.settings.len()
            && candidate.settings.iter().all(|wanted| settings.contains(wanted));
        let wanted = candidate.settings.clone();
        let onclick = on_try.reform(move |_: MouseEvent| wanted.clone());
        let spared = words::whole(one.users_spared);
        let share = one.users_spared as f64 / affected;
        // A share of the width, in percent; harm goes the same way in another colour.
        let width = (share.abs().min(1.0) * 100.0).round();
        let told = match one.users_spared {
            0 => "spares nobody".to_owned(),
            spared_now if spared_now > 0 => format!("spares {spared} users ({:.0} %)", share * 100.0),
            harmed => format!("harms {} more", words::whole(-harmed)),
        };
        html! {
            <li key={candidate.id.clone()}>
                <button type="button" class={classes!("rank", is_tried.then_some("is-tried"), (one.users_spared < 0).then_some("is-harm"))}
                    {onclick} aria-pressed={if is_tried { "true" } else { "false" }} data-candidate={candidate.id.clone()}>
                    <span class="rank-name">{ &candidate.name }{ " " }<small>{ candidate.source.word() }</small></span>
                    <span class="rank-told">
                        { told }
                        if let Some(sure) = one.sure() {
                            <small class="rank-sure">{ format!("{} over {} seeds", sure.shown(), one.over_seeds.seeds()) }</small>
                        }
                    </span>
                    <svg class="rank-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                        <rect width="100" height="4" class="rank-rail" /><rect width={width.to_string()} height="4" class="rank-fill" />
                    </svg>
                    <span class="rank-cost">{ &candidate.cost }</span>
                    <span class="rank-source">{ &candidate.reason }</span>
                </button>
            </li>
        }
    };
    html! {
        <section id="what-if-ranking" class="what-if-ranking" aria-labelledby="what-if-ranking-title">
            <h3 id="what-if-ranking-title">{ "What would have helped most" }</h3>
            <p class="lever-note">
                if is_ranked {
                    { "By the users it spares a slow or failed attempt. A press tries it." }
                } else {
                    { format!("{} of {} simulated …", trials.tried(), trials.candidates().len()) }
                }
            </p>
            if let Some((actual, true)) = trials.actual().map(|actual| (actual, is_ranked)) {
                if let Some(best) = best_measure(base, actual, ranked) {
                    <p class="rank-best">{ best }</p>
                }
                if let Some(rivals) = rivals(ranked) {
                    <p class="rank-rivals">{ rivals }</p>
                }
            }
            <ol>{ for ranked.iter().take(LISTED_MAX).map(bar) }</ol>
            if ranked.len() > LISTED_MAX {
                <p class="lever-note">{ format!("{} more spare fewer.", ranked.len() - LISTED_MAX) }</p>
            }
            if let Some(onclick) = on_pairs {
                <button type="button" class="button rank-pairs" {onclick}>{ "Try pairs, too" }</button>
            }
        </section>
    }
}
