//! What would have helped most, in a few sentences for the end of the replay; simulated when it is reached.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::lab::{Answered, Job, Lab, Purpose};
use crate::compare::{Candidate, Outcome, best_words, candidates, rank};
use crate::scenario::Scenario;
use crate::ui::run::Run;

/// Whoever plays again at once wants no ranking.
const REST_MS: u32 = 1000;

#[derive(Properties, PartialEq)]
pub struct BestProps {
    /// What happened.
    pub run: Run,
    /// Its scenario as it was written.
    pub base: Rc<Scenario>,
}

/// The candidates and what came of each.
pub struct Best {
    /// Begins when the page has rested at the end for a moment.
    _begin: Timeout,
    /// Ends the runs when this goes away.
    _lab: Lab,
    candidates: Vec<Candidate>,
    outcomes: Vec<Option<Outcome>>,
}

impl Component for Best {
    type Message = Answered;
    type Properties = BestProps;

    fn create(ctx: &Context<Self>) -> Self {
        let base = &ctx.props().base;
        let candidates = candidates(base);
        let lab = Lab::new(ctx.link().callback(|answered| answered));
        let jobs = candidates.iter().enumerate().filter_map(|(index, candidate)| {
            let scenario = Rc::new(base.with(&candidate.settings).ok()?);
            Some(Job { purpose: Purpose::Candidate(index), scenario, seed: base.seed })
        });
        let jobs: Vec<Job> = jobs.collect();
        let resting = lab.clone();
        let begin = Timeout::new(REST_MS, move || resting.ask(jobs, |_| true));
        Self { _begin: begin, _lab: lab, outcomes: vec![None; candidates.len()], candidates }
    }

    fn update(&mut self, _ctx: &Context<Self>, (purpose, outcome): Answered) -> bool {
        if let (Purpose::Candidate(index), Ok(outcome)) = (purpose, outcome) {
            self.outcomes[index] = Some(outcome);
        }
        self.outcomes.iter().all(Option::is_some)
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let BestProps { run, base } = ctx.props();
        // All at once: half a ranking would name another one.
        let Some(outcomes) = self.outcomes.iter().cloned().collect::<Option<Vec<Outcome>>>() else {
            return html! { <p class="end-best">{ "What would have helped most is being simulated …" }</p> };
        };
        let actual = Outcome::new(&run.scenario, &run.recording);
        let ranked = rank(&actual, self.candidates.iter().cloned().zip(outcomes).collect());
        html! { <>{ for best_words(base, &actual, &ranked).into_iter().map(|line| html! { <p class="end-best">{ line }</p> }) }</> }
    }
}
