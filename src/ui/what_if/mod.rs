//! What if: levers, the difference in words and as a table, the price of a minute, what would have helped most, and how sure it is.
//!
//! Invariant: what is tried is the page's run, reached by its address; this component holds only what it has computed beside it.

mod answer;
mod best;
mod course;
mod curve;
mod kept;
mod lab;
mod levers;
mod ranking;
mod sides;
mod table;

use std::rc::Rc;

use yew::prelude::*;

use super::download;
use super::run::Run;
use super::words;
use crate::compare::{
    Candidate, Difference, Effort, Outcome, PriceOfAMinute, Ranked, SEEDS_MIN, Series, Trial, Trials, Varied,
    candidates, minutes, pairs,
};
use crate::export::{Options, comparison_csv, comparison_markdown, comparison_svg};
use crate::replay::{KEPT_MAX, Source, TimeZone};
use crate::scenario::{Scenario, Setting};
use crate::units::UtcMs;
pub use best::Best;
use curve::Curve;
use kept::{Kept, kept_table};
use lab::{Answered, Job, Lab, Purpose};
use levers::Levers;
use ranking::ranking;
pub use sides::{Side, sides};

/// Points of the curve.
const CURVE_POINTS: usize = 24;
/// Seeds of the measures, and of as many others as people compare them with.
const EFFORT: Effort = Effort { seeds: SEEDS_MIN, others: 3 };
/// What happened, with the scenario's own seed.
const ACTUAL: Trial = Trial { candidate: None, round: 0 };

#[derive(Properties, PartialEq, Clone)]
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
    /// Its course so far.
    pub course: Rc<[u16]>,
    /// The playhead, where it last stood still.
    pub now: UtcMs,
    pub time_zone: TimeZone,
    pub on_try: Callback<Vec<Setting>>,
    /// The comparisons that are kept, as the changes of each.
    pub kept: Vec<Vec<Setting>>,
    pub on_keep: Callback<Vec<Vec<Setting>>>,
}

pub enum Message {
    Answer(Answered),
    /// The comparison over many seeds is wanted.
    Seeds,
    /// The comparison that is shown is kept.
    Keep,
    /// Every pair is to be tried, too.
    Pairs,
    /// The curve varies the time of another action.
    Vary(usize),
    /// The comparison is copied as Markdown.
    Copy,
    Copied(Result<(), String>),
    /// The comparison is saved as CSV.
    Save,
    /// The comparison is saved as a picture.
    SavePicture,
    /// The kept one with these changes is not wanted any more.
    Remove(Vec<Setting>),
}

pub struct WhatIf {
    lab: Lab,
    candidates: Rc<Vec<Candidate>>,
    trials: Trials,
    ranked: Vec<Ranked>,
    /// What the curve can vary the time of, and which it does.
    varied: Vec<Varied>,
    shown_varied: usize,
    times: Vec<UtcMs>,
    points: Vec<Option<Outcome>>,
    /// The comparison that is shown over many seeds, where somebody has asked for that.
    series: Option<Series>,
    has_pairs: bool,
    /// Of all comparisons that were kept so far.
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
            trials: Trials::new(seeded(ctx.props()), Vec::new(), EFFORT),
            ranked: Vec::new(),
            varied: Vec::new(),
            shown_varied: 0,
            times: Vec::new(),
            points: Vec::new(),
            series: None,
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
            self.begin(props);
        } else if props.run != before.run && props.run.digest != before.run.digest {
            // Another what-if: what was computed of the one before is outdated.
            self.series = None;
            self.lab.ask([], |purpose| matches!(purpose, Purpose::Seed { .. }));
        }
        if props.kept != before.kept {
            self.compute_kept(props);
        }
        // The run that a reader waits for has the processors.
        self.lab.hold(props.coming.is_some());
        true
    }

    fn update(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        let props = ctx.props();
        match message {
            Message::Answer((purpose, Ok(outcome))) => self.take(props, purpose, outcome),
            Message::Answer((purpose, Err(why))) => {
                self.trouble = Some(why);
                if let Purpose::Trial(trial) = purpose {
                    self.trials.give_up(trial);
                    self.more_trials(trial);
                }
            }
            Message::Seeds => {
                self.series = Some(Series::default());
                self.more_seeds(props);
            }
            Message::Keep => {
                let what_if = &props.run.scenario.what_if;
                let (name, settings) = (what_if.to_string(), what_if.settings.clone());
                if !props.kept.contains(&settings) && props.kept.len() < KEPT_MAX {
                    let outcome = Some(Outcome::new(&props.run.scenario, &props.run.recording));
                    self.kept.push(Kept { name, settings: settings.clone(), outcome });
                    props.on_keep.emit(props.kept.iter().cloned().chain([settings]).collect());
                }
            }
            Message::Pairs => self.try_pairs(props),
            Message::Vary(index) => {
                self.shown_varied = index;
                let jobs = self.vary(&seeded(props));
                self.lab.ask(jobs, |purpose| matches!(purpose, Purpose::Minute(_)));
            }
            Message::Copy => {
                let Some(difference) = difference(props) else { return false };
                let failed = self.series.as_ref().map(|series| series.pairs()[1].clone());
                let failed = failed.as_ref().filter(|failed| failed.seeds() > 1);
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
            Message::SavePicture => {
                let (Some(difference), Some(actual)) = (difference(props), &props.actual) else { return false };
                let side = |run: &Run| (Rc::clone(&run.scenario), Rc::clone(&run.recording));
                let [before, after] = [side(actual), side(&props.run)];
                let sentence = difference.sentence(&props.base);
                let text = comparison_svg((&before.0, &before.1), (&after.0, &after.1), &sentence, &Options::default());
                let saved =
                    download::text_blob(&text, "image/svg+xml").and_then(|file| download::save("what-if.svg", &file));
                self.told = saved.err().map(|why| format!("Not saved: {why}."));
            }
            Message::Remove(settings) => {
                props.on_keep.emit(props.kept.iter().filter(|kept| **kept != settings).cloned().collect());
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let settings = props.tried.clone();
        let detected = self.detected(props);
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
                    { self.curve(ctx) }
                    <Levers base={Rc::clone(&props.base)} candidates={Rc::clone(&self.candidates)} {settings} {detected} now={props.now}
                        time_zone={props.time_zone} on_try={props.on_try.clone()} />
                    { ranking(&props.base, &self.trials, &self.ranked, &props.tried, &props.on_try,
                        (!self.has_pairs).then(|| ctx.link().callback(|_: MouseEvent| Message::Pairs))) }
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
        self.trials = Trials::new(base.clone(), self.candidates.to_vec(), EFFORT);
        if let Some(actual) = &props.actual {
            self.trials.take(ACTUAL, Outcome::new(&actual.scenario, &actual.recording));
        }
        self.ranked = Vec::new();
        self.varied = Varied::all(&base, &self.candidates);
        self.shown_varied = 0;
        self.series = None;
        self.trouble = None;
        let mut jobs = trial_jobs(&self.trials);
        jobs.extend(self.vary(&base));
        self.lab.ask(jobs, |_| true);
        self.kept.clear();
        self.compute_kept(props);
    }

    /// Begins the curve of what is varied: the runs that it waits for.
    fn vary(&mut self, base: &Scenario) -> Vec<Job> {
        let varied = self.varied.get(self.shown_varied);
        self.times = varied.map_or_else(Vec::new, |varied| minutes(base, &varied.action, CURVE_POINTS));
        self.points = vec![None; self.times.len()];
        let job = |(index, at): (usize, &UtcMs)| {
            let scenario = Rc::new(base.with(&varied?.at(base, &[], *at)).ok()?);
            Some(Job { purpose: Purpose::Minute(index), scenario, seed: base.seed })
        };
        self.times.iter().enumerate().filter_map(job).collect()
    }

    /// Computes the comparisons that are kept and not computed yet, those of a link.
    fn compute_kept(&mut self, props: &WhatIfProps) {
        let base = seeded(props);
        for settings in &props.kept {
            if self.kept.iter().any(|known| known.settings == *settings) {
                continue;
            }
            match base.with(settings) {
                Ok(scenario) => {
                    let name = scenario.what_if.to_string();
                    let purpose = Purpose::Kept(self.kept.len());
                    self.kept.push(Kept { settings: settings.clone(), name, outcome: None });
                    self.lab.ask([Job { purpose, scenario: Rc::new(scenario), seed: base.seed }], |_| false);
                }
                Err(why) => self.trouble = Some(format!("a comparison of the link cannot be made: {why}")),
            }
        }
    }

    /// Tries pairs beside what was tried alone.
    fn try_pairs(&mut self, props: &WhatIfProps) {
        self.trials.add(pairs(&seeded(props), &self.candidates));
        self.has_pairs = true;
        // What is still asked for of the ranking is asked for again.
        self.lab.ask(trial_jobs(&self.trials), |purpose| matches!(purpose, Purpose::Trial(_)));
    }

    fn take(&mut self, props: &WhatIfProps, purpose: Purpose, outcome: Outcome) {
        match purpose {
            Purpose::Trial(trial) => {
                self.trials.take(trial, outcome);
                self.ranked = self.trials.ranked();
                self.more_trials(trial);
            }
            Purpose::Kept(index) => {
                if let Some(kept) = self.kept.get_mut(index) {
                    kept.outcome = Some(outcome);
                }
            }
            Purpose::Minute(index) => {
                if let Some(place) = self.points.get_mut(index) {
                    *place = Some(outcome);
                }
            }
            Purpose::Seed { seed, is_what_if } => {
                if let Some(series) = &mut self.series {
                    series.take(seed, is_what_if, outcome);
                }
                self.more_seeds(props);
            }
        }
    }

    /// When every candidate has been tried, asks how sure the order of those that count is.
    fn more_trials(&self, last: Trial) {
        let wanted = self.trials.wanted();
        if last.round == 0 && wanted.iter().all(|trial| trial.round > 0) {
            self.lab.ask(trial_jobs(&self.trials), |_| false);
        }
    }

    /// Asks for the next seeds of the series.
    fn more_seeds(&mut self, props: &WhatIfProps) {
        let seeds = self.series.as_mut().map_or_else(Vec::new, Series::more);
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

    fn price(&self) -> PriceOfAMinute {
        let points = self.times.iter().zip(&self.points);
        PriceOfAMinute { points: points.filter_map(|(at, outcome)| Some((*at, outcome.clone()?))).collect() }
    }

    fn curve(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let Some(varied) = self.varied.get(self.shown_varied) else { return Html::default() };
        let on_pick = {
            let (base, tried, varied) = (Rc::clone(&props.base), props.tried.clone(), varied.clone());
            props.on_try.reform(move |at: UtcMs| varied.at(&base, &tried, at))
        };
        let time_in = |scenario: &Scenario| scenario.action(&varied.action)?.at.in_run(self.detected(props));
        let curve = Curve {
            price: &self.price(),
            times: &self.times,
            own: time_in(&props.base),
            chosen: time_in(&props.run.scenario),
            zone: props.time_zone,
        };
        curve.show(&props.base, (&self.varied, self.shown_varied), &on_pick, &ctx.link().callback(Message::Vary))
    }

    fn detected(&self, props: &WhatIfProps) -> Option<UtcMs> {
        props.actual.as_ref().and_then(|run| run.recording.detected_at())
    }

    fn kept(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let known = |settings: &Vec<Setting>| self.kept.iter().find(|known| known.settings == *settings);
        let kept: Vec<&Kept> = props.kept.iter().filter_map(known).collect();
        let actual = props.actual.as_ref().map(|run| Outcome::new(&run.scenario, &run.recording));
        kept_table(&kept, actual.as_ref(), &props.on_try, &ctx.link().callback(Message::Remove))
    }
}

/// The runs that a ranking waits for.
fn trial_jobs(trials: &Trials) -> Vec<Job> {
    let job = |trial: Trial| {
        let (scenario, seed) = trials.scenario(trial).ok()?;
        Some(Job { purpose: Purpose::Trial(trial), scenario: Rc::new(scenario), seed })
    };
    trials.wanted().into_iter().filter_map(job).collect()
}

fn seeded(props: &WhatIfProps) -> Scenario {
    props.base.with_seed(props.run.scenario.seed)
}

fn difference(props: &WhatIfProps) -> Option<Difference> {
    let outcome = |run: &Run| Outcome::new(&run.scenario, &run.recording);
    props.actual.as_ref().map(|actual| Difference { actual: outcome(actual), what_if: outcome(&props.run) })
}
