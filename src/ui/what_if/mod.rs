//! What if: levers, the difference in words and as a table, the price of a minute, what would have helped most, and how sure it is.
//!
//! Invariant: what is tried is the page's run, reached by its address; this component holds only what it has computed beside it.

mod best;
mod curve;
mod lab;
mod levers;
mod ranking;

use std::rc::Rc;

use yew::prelude::*;

use super::download;
use super::run::Run;
use super::words;
use crate::compare::{
    Candidate, Difference, Outcome, Paired, PriceOfAMinute, Ranked, SEEDS_MAX, SEEDS_MIN, candidates, doubts, minutes,
    pairs, rank,
};
use crate::export::{comparison_csv, comparison_markdown};
use crate::replay::{Source, TimeZone};
use crate::scenario::{Scenario, Setting};
use crate::units::UtcMs;
pub use best::Best;
use curve::curve;
use lab::{Answered, Job, Lab, Purpose};
use levers::Levers;
use ranking::ranking;

/// Points of the curve.
const CURVE_POINTS: usize = 24;

#[derive(Properties, PartialEq)]
pub struct WhatIfProps {
    /// The run that is shown: a what-if, or what happened.
    pub run: Run,
    /// What happened; `None` while it comes.
    pub actual: Option<Run>,
    /// The scenario as it was written.
    pub base: Rc<Scenario>,
    /// What is changed of it in the run that is shown, or in the one that is on its way: where the levers stand.
    pub tried: Vec<Setting>,
    /// The completed share of a run that is on its way.
    pub coming: Option<f64>,
    /// The playhead, where it last stood still.
    pub now: UtcMs,
    pub time_zone: TimeZone,
    pub on_try: Callback<Vec<Setting>>,
}

pub enum Message {
    Answer(Answered),
    /// The comparison over many seeds is wanted.
    Seeds,
    /// The comparison that is shown is kept.
    Keep,
    /// Every pair is to be tried, too.
    Pairs,
    /// The comparison is copied as Markdown.
    Copy,
    Copied(Result<(), String>),
    /// The comparison is saved as CSV.
    Save,
    /// The kept one of this index is not wanted any more.
    Remove(usize),
}

/// A comparison that was kept.
struct Kept {
    name: String,
    settings: Vec<Setting>,
    difference: Difference,
}

pub struct WhatIf {
    lab: Lab,
    candidates: Rc<Vec<Candidate>>,
    outcomes: Vec<Option<Outcome>>,
    ranked: Rc<Vec<Ranked>>,
    /// The action whose time the curve varies.
    action: Option<String>,
    times: Vec<UtcMs>,
    points: Vec<Option<Outcome>>,
    /// Outcomes by seed, of what happened and of the what-if.
    by_seed: Vec<(u64, [Option<Outcome>; 2])>,
    seeds_wanted: bool,
    has_pairs: bool,
    kept: Vec<Kept>,
    /// What became of the last copy.
    told: Option<String>,
    trouble: Option<String>,
}

impl Component for WhatIf {
    type Message = Message;
    type Properties = WhatIfProps;

    fn create(ctx: &Context<Self>) -> Self {
        let lab = Lab::new(ctx.link().callback(Message::Answer));
        let mut made = Self {
            lab,
            candidates: Rc::default(),
            outcomes: Vec::new(),
            ranked: Rc::default(),
            action: None,
            times: Vec::new(),
            points: Vec::new(),
            by_seed: Vec::new(),
            seeds_wanted: false,
            has_pairs: false,
            kept: Vec::new(),
            told: None,
            trouble: None,
        };
        made.begin(ctx.props());
        made
    }

    fn changed(&mut self, ctx: &Context<Self>, before: &Self::Properties) -> bool {
        let props = ctx.props();
        if !Rc::ptr_eq(&props.base, &before.base) || props.run.scenario.seed != before.run.scenario.seed {
            self.kept.clear();
            self.begin(props);
        } else if props.run != before.run && props.run.digest != before.run.digest {
            // Another what-if: what was computed of the one before is outdated.
            self.seeds_wanted = false;
            self.by_seed.clear();
            self.lab.ask([], |purpose| matches!(purpose, Purpose::Seed { .. }));
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        let props = ctx.props();
        match message {
            Message::Answer((purpose, Ok(outcome))) => self.take(props, purpose, outcome),
            Message::Answer((_, Err(why))) => self.trouble = Some(why),
            Message::Seeds => {
                self.seeds_wanted = true;
                self.more_seeds(props);
            }
            Message::Keep => {
                if let Some(difference) = difference(props) {
                    let what_if = &props.run.scenario.what_if;
                    let (name, settings) = (what_if.to_string(), what_if.settings.clone());
                    self.kept.retain(|kept| kept.name != name);
                    self.kept.push(Kept { name, settings, difference });
                }
            }
            Message::Pairs => self.try_pairs(props),
            Message::Copy => {
                let Some(difference) = difference(props) else { return false };
                let [_, failed] = self.pairs();
                let failed = (failed.seeds() > 1).then_some(&failed);
                let text = comparison_markdown(&props.run.scenario, &difference, failed);
                ctx.link().send_future(async move { Message::Copied(download::copy_text(&text).await) });
                return false;
            }
            Message::Copied(outcome) => {
                self.told = Some(outcome.map_or_else(|why| format!("Not copied: {why}."), |()| "Copied.".to_owned()));
            }
            Message::Save => {
                let Some(difference) = difference(props) else { return false };
                let file = download::text_blob(&comparison_csv(&props.run.scenario, &difference), "text/csv");
                let saved = file.and_then(|file| download::save("what-if.csv", &file));
                self.told = saved.err().map(|why| format!("Not saved: {why}."));
            }
            Message::Remove(index) => {
                self.kept.remove(index);
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let settings = props.tried.clone();
        let detected = props.actual.as_ref().and_then(|run| run.recording.detected_at());
        let is_trying = !props.run.scenario.what_if.settings.is_empty();
        html! {
            <section id="what-if" class="card what-if" aria-labelledby="what-if-title">
                <header class="what-if-head">
                    <h2 id="what-if-title">{ "What if" }</h2>
                    { words::badge(Source::Simulated) }
                    <progress class={classes!("what-if-coming", props.coming.is_none().then_some("is-idle"))} max="1"
                        value={props.coming.unwrap_or(0.0).to_string()} aria-label="Simulating" aria-hidden={props.coming.is_none().then_some("true")}></progress>
                </header>
                <div class="what-if-parts">
                    <div class="what-if-answer">
                        { self.answer(ctx, is_trying) }
                        { self.kept(ctx) }
                    </div>
                    if let Some(action) = &self.action {
                        { curve(&props.base, action, (&self.price(), &self.times), self.chosen(props, action), props.time_zone, &props.on_try,
                            &props.tried) }
                    }
                    <Levers base={Rc::clone(&props.base)} candidates={Rc::clone(&self.candidates)} {settings} {detected} now={props.now}
                        time_zone={props.time_zone} on_try={props.on_try.clone()} />
                    { ranking(&self.ranked, self.candidates.len(), props.actual.as_ref().map(affected),
                        &props.tried, &props.on_try, (!self.has_pairs).then(|| ctx.link().callback(|_: MouseEvent| Message::Pairs))) }
                </div>
                if let Some(why) = &self.trouble {
                    <p class="what-if-trouble" role="alert">{ format!("Not everything could be computed: {why}") }</p>
                }
            </section>
        }
    }
}

impl WhatIf {
    /// Computes what belongs to the scenario, whatever is tried.
    fn begin(&mut self, props: &WhatIfProps) {
        let base = seeded(props);
        self.candidates = Rc::new(candidates(&base));
        self.has_pairs = false;
        self.outcomes = vec![None; self.candidates.len()];
        self.ranked = Rc::default();
        self.action = base.actions.iter().rev().find(|action| action.at.fixed().is_some()).map(|a| a.id.clone());
        let points = self.action.as_deref().map_or_else(Vec::new, |action| minutes(&base, action, CURVE_POINTS));
        self.times = points.iter().map(|(at, _)| *at).collect();
        self.points = vec![None; points.len()];
        self.by_seed.clear();
        self.seeds_wanted = false;
        self.trouble = None;
        let seed = base.seed;
        let job = |purpose, settings: &[Setting]| {
            let scenario = Rc::new(base.with(settings).ok()?);
            Some(Job { purpose, scenario, seed })
        };
        let ranking = self.candidates.iter().enumerate();
        let mut jobs: Vec<Job> =
            ranking.filter_map(|(index, one)| job(Purpose::Candidate(index), &one.settings)).collect();
        jobs.extend(
            points
                .iter()
                .enumerate()
                .filter_map(|(index, (_, setting))| job(Purpose::Minute(index), std::slice::from_ref(setting))),
        );
        self.lab.ask(jobs, |_| true);
    }

    /// Tries pairs beside what was tried alone.
    fn try_pairs(&mut self, props: &WhatIfProps) {
        let base = seeded(props);
        let pairs = pairs(&base, &self.candidates);
        let first = self.candidates.len();
        let jobs = pairs.iter().enumerate().filter_map(|(index, pair)| {
            let scenario = Rc::new(base.with(&pair.settings).ok()?);
            Some(Job { purpose: Purpose::Candidate(first + index), scenario, seed: base.seed })
        });
        self.lab.ask(jobs.collect::<Vec<_>>(), |_| false);
        self.outcomes.resize(first + pairs.len(), None);
        self.candidates = Rc::new(self.candidates.iter().cloned().chain(pairs).collect());
        self.has_pairs = true;
    }

    fn take(&mut self, props: &WhatIfProps, purpose: Purpose, outcome: Outcome) {
        match purpose {
            Purpose::Candidate(index) => {
                if let Some(place) = self.outcomes.get_mut(index) {
                    *place = Some(outcome);
                }
                let Some(actual) = &props.actual else { return };
                let actual = Outcome::new(&actual.scenario, &actual.recording);
                let tried = self.candidates.iter().cloned().zip(self.outcomes.iter().cloned());
                let tried = tried.filter_map(|(candidate, outcome)| Some((candidate, outcome?))).collect();
                self.ranked = Rc::new(rank(&actual, tried));
            }
            Purpose::Minute(index) => {
                if let Some(place) = self.points.get_mut(index) {
                    *place = Some(outcome);
                }
            }
            Purpose::Seed { seed, is_what_if } => {
                let place = match self.by_seed.iter_mut().find(|(known, _)| *known == seed) {
                    Some((_, place)) => place,
                    None => {
                        self.by_seed.push((seed, [None, None]));
                        &mut self.by_seed.last_mut().expect("it was pushed").1
                    }
                };
                place[usize::from(is_what_if)] = Some(outcome);
                self.more_seeds(props);
            }
        }
    }

    /// Asks for the next seeds, unless those that came are enough or are still on their way.
    fn more_seeds(&mut self, props: &WhatIfProps) {
        let asked = self.by_seed.len();
        let complete = self.by_seed.iter().filter(|(_, sides)| sides.iter().all(Option::is_some)).count();
        let [affected, failed] = self.pairs();
        let is_enough = affected.is_enough() && failed.is_enough();
        if !self.seeds_wanted || complete < asked || is_enough || complete >= SEEDS_MAX {
            return;
        }
        let seeds: Vec<u64> = (asked as u64 + 1..=(asked + SEEDS_MIN).min(SEEDS_MAX) as u64).collect();
        self.by_seed.extend(seeds.iter().map(|seed| (*seed, [None, None])));
        let (actual, what_if) = (Rc::new(seeded(props)), Rc::clone(&props.run.scenario));
        let jobs = seeds.into_iter().flat_map(|seed| {
            [(false, &actual), (true, &what_if)].map(|(is_what_if, scenario)| Job {
                purpose: Purpose::Seed { seed, is_what_if },
                scenario: Rc::clone(scenario),
                seed,
            })
        });
        self.lab.ask(jobs.collect::<Vec<_>>(), |_| false);
    }

    /// Affected and failed users over the seeds that have come.
    fn pairs(&self) -> [Paired; 2] {
        let [mut affected, mut failed] = [Paired::default(), Paired::default()];
        for (_, sides) in &self.by_seed {
            if let [Some(actual), Some(what_if)] = sides {
                affected.add(actual.affected() as f64, what_if.affected() as f64);
                failed.add(actual.failed as f64, what_if.failed as f64);
            }
        }
        [affected, failed]
    }

    fn price(&self) -> PriceOfAMinute {
        let points = self.times.iter().zip(&self.points);
        PriceOfAMinute { points: points.filter_map(|(at, outcome)| Some((*at, outcome.clone()?))).collect() }
    }

    /// The time that an action has in what is tried.
    fn chosen(&self, props: &WhatIfProps, action: &str) -> Option<UtcMs> {
        props.run.scenario.action(action).and_then(|action| action.at.fixed())
    }

    /// The answer: the difference, or what there is to try.
    fn answer(&self, ctx: &Context<Self>, is_trying: bool) -> Html {
        let props = ctx.props();
        if !is_trying {
            return html! {
                <p class="what-if-sentence" role="status">
                    { "Move a lever, or choose what would have helped. The same morning runs again, with the same users and the same luck." }
                </p>
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
                { table(&difference) }
                { self.sureness(ctx) }
                <p class="what-if-buttons">
                    <button type="button" class="button" onclick={back}>{ "Back to what happened" }</button>
                    <button type="button" class="button" onclick={ctx.link().callback(|_: MouseEvent| Message::Keep)}>{ "Keep for a comparison" }</button>
                    <button type="button" class="button" onclick={ctx.link().callback(|_: MouseEvent| Message::Copy)}>{ "Copy as Markdown" }</button>
                    <button type="button" class="button" onclick={ctx.link().callback(|_: MouseEvent| Message::Save)}>{ "Save as CSV" }</button>
                    <a class="button" href="#what-if-ranking">{ "What would have helped most" }</a>
                    <span role="status">{ self.told.clone() }</span>
                </p>
            </>
        }
    }

    /// How sure the difference is.
    fn sureness(&self, ctx: &Context<Self>) -> Html {
        let [affected, failed] = self.pairs();
        let is_enough = affected.is_enough() && failed.is_enough();
        let on_seeds = ctx.link().callback(|_: MouseEvent| Message::Seeds);
        if !self.seeds_wanted {
            return html! {
                <p class="what-if-sure">
                    { format!("One run of each, seed {}. ", ctx.props().run.scenario.seed) }
                    <button type="button" class="button" onclick={on_seeds}>{ "How sure is that?" }</button>
                </p>
            };
        }
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
                <p>{ format!("Over {} seeds, 95 % confidence{}", affected.seeds(), if is_enough { ":" } else { ", more are running:" }) }</p>
                <ul>{ line("affected", &affected) }{ line("failed", &failed) }</ul>
            </div>
        }
    }

    fn kept(&self, ctx: &Context<Self>) -> Html {
        if self.kept.is_empty() {
            return Html::default();
        }
        let row = |(index, kept): (usize, &Kept)| {
            let settings = kept.settings.clone();
            let on_load = ctx.props().on_try.reform(move |_: MouseEvent| settings.clone());
            let on_remove = ctx.link().callback(move |_: MouseEvent| Message::Remove(index));
            html! {
                <tr key={kept.name.clone()}>
                    <th scope="row"><button type="button" class="link" onclick={on_load}>{ &kept.name }</button></th>
                    <td>{ words::whole(kept.difference.users_spared()) }</td>
                    <td>{ words::whole(kept.difference.failures_spared()) }</td>
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
                        <tbody>{ for self.kept.iter().enumerate().map(row) }</tbody>
                    </table>
                </div>
            </div>
        }
    }
}

fn seeded(props: &WhatIfProps) -> Scenario {
    props.base.with_seed(props.run.scenario.seed)
}

fn affected(run: &Run) -> u64 {
    Outcome::new(&run.scenario, &run.recording).affected()
}

fn difference(props: &WhatIfProps) -> Option<Difference> {
    let outcome = |run: &Run| Outcome::new(&run.scenario, &run.recording);
    props.actual.as_ref().map(|actual| Difference { actual: outcome(actual), what_if: outcome(&props.run) })
}

fn table(difference: &Difference) -> Html {
    html! {
        <div class="table-scroll" tabindex="0" role="group" aria-label="The differences">
            <table class="what-if-table">
                <thead><tr><td></td><th scope="col">{ "As it happened" }</th><th scope="col">{ "What if" }</th><th scope="col">{ "Difference" }</th></tr></thead>
                <tbody>
                    { for difference.rows().iter().map(|row| html! {
                        <tr key={row.label.clone()}>
                            <th scope="row">{ &row.label }</th>
                            <td>{ &row.actual }</td>
                            <td>{ &row.what_if }</td>
                            <td class={match row.is_better { Some(true) => "is-better", Some(false) => "is-worse", None => "is-same" }}>
                                { match row.is_better { Some(true) => "▼ ", Some(false) => "▲ ", None => "" } }{ &row.difference }
                            </td>
                        </tr>
                    }) }
                </tbody>
            </table>
        </div>
    }
}
