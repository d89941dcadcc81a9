//! Runs of which only the outcome counts, a few at a time: the ranking, the price of a minute, other seeds.
//!
//! Invariant: every job is answered or given up; a worker that dies is replaced once for each.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use yew::Callback;

use crate::compare::{Outcome, Trial};
use crate::runner::runs::Runner;
use crate::runner::{RunError, RunEvent};
use crate::scenario::Scenario;
use crate::ui::browser;

/// What a job is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// A run of the ranking.
    Trial(Trial),
    /// The point of the curve of this index.
    Minute(usize),
    /// The kept comparison of this index.
    Kept(usize),
    /// This seed, of the what-if or of what happened.
    Seed { seed: u64, is_what_if: bool },
}

impl Purpose {
    /// Whether nobody asked for it: it waits for everything else.
    fn is_extra(self) -> bool {
        matches!(self, Self::Trial(Trial { round: 1.., .. }))
    }
}

/// A run whose outcome is wanted.
#[derive(Clone)]
pub struct Job {
    pub purpose: Purpose,
    pub scenario: Rc<Scenario>,
    pub seed: u64,
}

/// The answer to a job.
pub type Answered = (Purpose, Result<Outcome, String>);

/// The jobs of a page. Dropping it gives them up.
#[derive(Clone)]
pub struct Lab(Rc<RefCell<State>>);

struct State {
    runner: Option<Runner>,
    seats: usize,
    waiting: VecDeque<Job>,
    running: BTreeMap<u32, Job>,
    was_replaced: bool,
    /// Whether nothing more is started for now.
    is_held: bool,
    on_answer: Callback<Answered>,
}

/// How long a worker that nobody waits for any more is left alone: one that is ended while it starts has its files cancelled.
const LEFT_MS: u32 = 5000;

impl State {
    /// The job that has waited longest, of those that somebody waits for first.
    fn next(&mut self) -> Option<Job> {
        let wanted = self.waiting.iter().position(|job| !job.purpose.is_extra());
        self.waiting.remove(wanted.unwrap_or(0))
    }
}

impl Drop for State {
    fn drop(&mut self) {
        if let Some(runner) = self.runner.take() {
            gloo::timers::callback::Timeout::new(LEFT_MS, move || drop(runner)).forget();
        }
    }
}

impl Lab {
    pub fn new(on_answer: Callback<Answered>) -> Self {
        let seats = browser::concurrency().max(1);
        let (waiting, running) = (VecDeque::new(), BTreeMap::new());
        let (was_replaced, is_held) = (false, false);
        let state = State { runner: None, seats, waiting, running, was_replaced, is_held, on_answer };
        Self(Rc::new(RefCell::new(state)))
    }

    /// Starts nothing more while it is held: the processors are needed for something else.
    pub fn hold(&self, is_held: bool) {
        let was_held = std::mem::replace(&mut self.0.borrow_mut().is_held, is_held);
        if was_held && !is_held {
            self.go_on();
        }
    }

    /// Asks for the outcomes of some runs, in place of those with a purpose that `replaces` names.
    pub fn ask(&self, jobs: impl IntoIterator<Item = Job>, replaces: impl Fn(Purpose) -> bool) {
        let mut state = self.0.borrow_mut();
        state.waiting.retain(|job| !replaces(job.purpose));
        let outdated: Vec<u32> =
            state.running.iter().filter(|(_, job)| replaces(job.purpose)).map(|(id, _)| *id).collect();
        for id in outdated {
            state.running.remove(&id);
            if let Some(runner) = &mut state.runner {
                // A worker that takes no message is replaced when it is next asked.
                let _ = runner.close(id);
            }
        }
        state.waiting.extend(jobs);
        drop(state);
        self.go_on();
    }

    /// Starts what there are seats for; rests when there is nothing.
    fn go_on(&self) {
        let mut state = self.0.borrow_mut();
        if state.waiting.is_empty() && state.running.is_empty() {
            // Not from within the closure that the worker calls.
            let runner = state.runner.take();
            gloo::timers::callback::Timeout::new(0, move || drop(runner)).forget();
            return;
        }
        let mut failed = Vec::new();
        while !state.is_held
            && state.running.len() < state.seats
            && let Some(job) = state.next()
        {
            let runner = state.runner.take().unwrap_or_else(|| {
                let lab = Rc::downgrade(&self.0);
                Runner::new(state.seats, move |id, event| {
                    if let Some(state) = lab.upgrade() {
                        Self(state).hear(id, event);
                    }
                })
            });
            let runner = state.runner.insert(runner);
            match runner.outcome(&job.scenario, &job.scenario.to_json(), job.seed) {
                Ok(id) => {
                    state.running.insert(id, job);
                }
                Err(error) => failed.push((job.purpose, Err(error.to_string()))),
            }
        }
        let on_answer = state.on_answer.clone();
        drop(state);
        failed.into_iter().for_each(|answered| on_answer.emit(answered));
    }

    fn hear(&self, id: u32, event: RunEvent) {
        let mut state = self.0.borrow_mut();
        let on_answer = state.on_answer.clone();
        let answered: Vec<Answered> = match event {
            RunEvent::Outcome(outcome) => {
                state.running.remove(&id).map(|job| (job.purpose, Ok(*outcome))).into_iter().collect()
            }
            RunEvent::Failed(error @ (RunError::Worker(_) | RunError::Protocol(_))) => {
                let lost = std::mem::take(&mut state.running).into_values();
                // Not from within the closure that the worker calls.
                let runner = state.runner.take();
                gloo::timers::callback::Timeout::new(0, move || drop(runner)).forget();
                if std::mem::replace(&mut state.was_replaced, true) {
                    let lost = lost.chain(std::mem::take(&mut state.waiting));
                    lost.map(|job| (job.purpose, Err(error.to_string()))).collect()
                } else {
                    let mut again: VecDeque<Job> = lost.collect();
                    again.append(&mut state.waiting);
                    state.waiting = again;
                    Vec::new()
                }
            }
            RunEvent::Failed(error) => {
                state.running.remove(&id).map(|job| (job.purpose, Err(error.to_string()))).into_iter().collect()
            }
            RunEvent::Progress(_) | RunEvent::Done(_) => Vec::new(),
        };
        drop(state);
        answered.into_iter().for_each(|answered| on_answer.emit(answered));
        self.go_on();
    }
}
