//! What would have helped most, in a few sentences for the end of the replay; simulated when it is reached.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::lab::{Answered, Lab, Purpose};
use super::{ACTUAL, trial_jobs};
use crate::compare::{Effort, Outcome, Trials, best_words, candidates};
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
    trials: Trials,
}

/// How sure it is stands where it can be looked into.
const EFFORT: Effort = Effort { seeds: 1, others: 0 };

impl Component for Best {
    type Message = Answered;
    type Properties = BestProps;

    fn create(ctx: &Context<Self>) -> Self {
        let BestProps { run, base } = ctx.props();
        let lab = Lab::new(ctx.link().callback(|answered| answered));
        let mut trials = Trials::new((**base).clone(), candidates(base), EFFORT);
        trials.take(ACTUAL, Outcome::new(&run.scenario, &run.recording));
        let (resting, jobs) = (lab.clone(), trial_jobs(&trials));
        let begin = Timeout::new(REST_MS, move || resting.ask(jobs, |_| true));
        Self { _begin: begin, _lab: lab, trials }
    }

    fn update(&mut self, _ctx: &Context<Self>, (purpose, outcome): Answered) -> bool {
        let Purpose::Trial(trial) = purpose else { return false };
        match outcome {
            Ok(outcome) => self.trials.take(trial, outcome),
            Err(_) => self.trials.give_up(trial),
        }
        // All at once: half a ranking would name another one.
        self.trials.wanted().is_empty()
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Some(actual) = self.trials.actual().filter(|_| self.trials.wanted().is_empty()) else {
            return html! { <p class="end-best">{ "What would have helped most is being simulated …" }</p> };
        };
        html! { <>{ for best_words(&ctx.props().base, actual, &self.trials.ranked()).into_iter().map(|line| html! { <p class="end-best">{ line }</p> }) }</> }
    }
}
