//! The answer: the difference in words, as a picture and as a table, and how sure it is.

use yew::prelude::*;

use super::course::{course, course_over_seeds};
use super::table::table;
use super::{Message, WhatIf, WhatIfProps, difference};
use crate::compare::{Outcome, Paired, Series, certainty, doubts};
use crate::ui::run::Run;

impl WhatIf {
    /// The answer: the difference, or what there is to try.
    pub(super) fn answer(&self, ctx: &Context<Self>, is_trying: bool) -> Html {
        let props = ctx.props();
        if !is_trying {
            return html! {
                <>
                    <p class="what-if-sentence" role="status">
                        { "Move a lever, or choose what would have helped. The same morning runs again, with the same users and the same luck." }
                    </p>
                    { self.course(props) }
                </>
            };
        }
        let Some(difference) = difference(props) else {
            return html! { <p class="what-if-sentence">{ "What happened is being simulated …" }</p> };
        };
        let doubts = doubts(&props.base, &props.run.scenario, &difference.what_if);
        let back = props.on_try.reform(|_: MouseEvent| Vec::new());
        html! {
            <>
                <p class="what-if-change">{ props.run.scenario.what_if.to_string() }</p>
                <p class="what-if-sentence" role="status">{ difference.sentence(&props.base) }</p>
                if !doubts.is_empty() {
                    <ul class="what-if-doubts">{ for doubts.iter().map(|doubt| html! { <li>{ doubt }</li> }) }</ul>
                }
                { self.course(props) }
                { table(&difference, &certainty(&self.series.as_ref().map_or_else(Vec::new, Series::differences))) }
                { self.sureness(ctx) }
                <p class="what-if-buttons">
                    <button type="button" class="button" onclick={back}>{ "Back to what happened" }</button>
                    <button type="button" class="button" onclick={ctx.link().callback(|_: MouseEvent| Message::Keep)}>{ "Keep for a comparison" }</button>
                    <button type="button" class="button" onclick={ctx.link().callback(|_: MouseEvent| Message::Copy)}>{ "Copy as Markdown" }</button>
                    <button type="button" class="button" onclick={ctx.link().callback(|_: MouseEvent| Message::Save)}>{ "Save as CSV" }</button>
                    <button type="button" class="button" onclick={ctx.link().callback(|_: MouseEvent| Message::SavePicture)}>{ "Save as SVG" }</button>
                    <a class="button" href="#what-if-ranking">{ "What would have helped most" }</a>
                    <span role="status">{ self.told.clone() }</span>
                </p>
            </>
        }
    }

    /// The course of both sides: of a run that is on its way as far as it has come, and over many seeds once they have run.
    fn course(&self, props: &WhatIfProps) -> Html {
        let Some(actual) = &props.actual else { return Html::default() };
        let of = |run: &Run| Outcome::new(&run.scenario, &run.recording).failed_per_mille;
        let is_settled = props.coming.is_none();
        let sides = self.series.as_ref().map_or_else(Vec::new, Series::sides);
        if sides.len() > 1 && is_settled {
            return course_over_seeds(&props.run, &sides, props.time_zone);
        }
        let what_if = match (is_settled, props.run.scenario.what_if.settings.is_empty()) {
            (false, _) => props.course.to_vec(),
            (true, true) => Vec::new(),
            (true, false) => of(&props.run),
        };
        course(&props.run, &of(actual), &what_if, props.time_zone)
    }

    /// How sure the difference is.
    fn sureness(&self, ctx: &Context<Self>) -> Html {
        let Some(series) = &self.series else {
            let on_seeds = ctx.link().callback(|_: MouseEvent| Message::Seeds);
            return html! {
                <p class="what-if-sure">
                    { format!("One run of each, seed {}. ", ctx.props().run.scenario.seed) }
                    <button type="button" class="button" onclick={on_seeds}>{ "How sure is that?" }</button>
                </p>
            };
        };
        let [affected, failed] = series.pairs();
        let line = |what: &str, pair: &Paired| {
            let Some(((spared, actual), what_if)) = pair.spared().zip(pair.actual()).zip(pair.what_if()) else {
                return Html::default();
            };
            html! {
                <li>
                    <b>{ format!("{} fewer {what}", spared.shown()) }</b>
                    { format!("; each side alone {} and {}", actual.shown(), what_if.shown()) }
                </li>
            }
        };
        html! {
            <div class="what-if-sure" role="status">
                <p>{ format!("Over {} seeds, 95 % confidence{}", affected.seeds(), if series.is_enough() { ":" } else { ", more are running:" }) }</p>
                <ul>{ line("affected", &affected) }{ line("failed", &failed) }</ul>
            </div>
        }
    }
}
