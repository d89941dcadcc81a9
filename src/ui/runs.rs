//! Asks the worker for the runs of a scenario: the run itself first, so that the page appears at once, then the same seed
//! with the session code that a claim needs.
//!
//! Invariant: news is told of the scenario that was asked for last, of no other.

use std::cell::RefCell;
use std::rc::Rc;

use yew::Callback;

use super::run::Run;
use crate::runner::worker::WorkerRunner;
use crate::runner::{Report, RunError};
use crate::scenario::Scenario;

/// What there is to tell of the scenario that was asked for last.
#[derive(Clone, PartialEq)]
pub enum News {
    /// The share of the run that is done, 0 to 1.
    Progress(f64),
    /// There is a run.
    Ready(Run),
    /// The run has got its counterfactual.
    Completed(Run),
    /// There will be no run; what was shown stays.
    Failed(RunError),
}

/// The runs of the page.
#[derive(Clone, Default)]
pub struct Runs(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    worker: Option<WorkerRunner>,
    listener: Callback<News>,
    asked: Option<Asked>,
}

struct Asked {
    scenario: Rc<Scenario>,
    id: u32,
    counterfactual_id: Option<u32>,
    run: Option<Run>,
}

impl PartialEq for Runs {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Runs {
    /// From now on `listener` hears the news, and nobody else.
    pub fn tell(&self, listener: Callback<News>) {
        self.0.borrow_mut().listener = listener;
    }

    /// Asks for the runs of a scenario, given also as the JSON it was read from; what was asked for before is given up.
    ///
    /// # Errors
    /// There is no worker to be had.
    pub fn ask(&self, scenario: Rc<Scenario>, text: &str) -> Result<(), RunError> {
        let counterfactual = scenario.claims.iter().find_map(crate::scenario::Claim::counterfactual);
        let mut state = self.0.borrow_mut();
        if state.asked.is_some() {
            // Ends what it is at.
            state.worker = None;
            state.asked = None;
        }
        if state.worker.is_none() {
            let runs = self.clone();
            state.worker = Some(WorkerRunner::start(move |id, report| runs.hear(id, report))?);
        }
        let Some(worker) = state.worker.as_mut() else { return Ok(()) };
        let id = worker.run(text, scenario.seed, scenario.deployment.release.value)?;
        let counterfactual_id = counterfactual.map(|release| worker.run(text, scenario.seed, release)).transpose()?;
        state.asked = Some(Asked { scenario, id, counterfactual_id, run: None });
        Ok(())
    }

    fn hear(&self, id: u32, report: Report) {
        let mut state = self.0.borrow_mut();
        let Some(news) = state.asked.as_mut().and_then(|asked| asked.hear(id, report)) else { return };
        if matches!(news, News::Completed(_) | News::Failed(_)) {
            state.asked = None;
        }
        if matches!(news, News::Failed(RunError::Worker(_) | RunError::Protocol(_))) {
            state.worker = None;
        }
        let listener = state.listener.clone();
        // The listener may ask for the next run.
        drop(state);
        listener.emit(news);
    }
}

impl Asked {
    fn hear(&mut self, id: u32, report: Report) -> Option<News> {
        let is_counterfactual = self.counterfactual_id == Some(id);
        // Id 0 is the worker itself.
        if id != 0 && id != self.id && !is_counterfactual {
            return None;
        }
        match report {
            Report::Failed(error) => Some(News::Failed(error)),
            Report::Progress(ratio) => (id == self.id).then_some(News::Progress(ratio)),
            Report::Done(finished) if is_counterfactual => {
                self.run.as_ref().map(|run| News::Completed(run.with_counterfactual(&finished.recording)))
            }
            Report::Done(finished) => {
                let run = Run::new(Rc::clone(&self.scenario), finished.recording, finished.digest);
                self.run = Some(run.clone());
                Some(News::Ready(run))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::{Finished, local};

    const RUN: u32 = 3;
    const COUNTERFACTUAL: u32 = 4;

    fn asked() -> Asked {
        let scenario = Rc::new(Scenario::bundled());
        Asked { scenario, id: RUN, counterfactual_id: Some(COUNTERFACTUAL), run: None }
    }

    fn done() -> Report {
        let scenario = Scenario::bundled();
        let Finished { recording, digest } = local::run(&scenario, scenario.seed, |_| ()).expect("it is tested");
        Report::Done(Box::new(Finished { recording, digest }))
    }

    fn name(news: Option<News>) -> &'static str {
        match news {
            None => "nothing",
            Some(News::Progress(_)) => "progress",
            Some(News::Ready(_)) => "ready",
            Some(News::Completed(_)) => "completed",
            Some(News::Failed(_)) => "failed",
        }
    }

    #[test]
    fn the_run_comes_first_and_its_counterfactual_completes_it() {
        let mut asked = asked();
        assert_eq!(name(asked.hear(RUN, Report::Progress(0.5))), "progress");
        assert_eq!(name(asked.hear(RUN, done())), "ready");
        assert_eq!(name(asked.hear(COUNTERFACTUAL, Report::Progress(0.5))), "nothing");
        assert_eq!(name(asked.hear(COUNTERFACTUAL, done())), "completed");
    }

    #[test]
    fn what_was_given_up_is_not_told() {
        let mut asked = asked();
        assert_eq!(name(asked.hear(RUN - 1, Report::Progress(0.5))), "nothing");
        assert_eq!(name(asked.hear(RUN - 1, Report::Failed(RunError::Scenario("late".to_owned())))), "nothing");
    }

    #[test]
    fn a_broken_worker_fails_whatever_was_asked() {
        let error = RunError::Worker("gone".to_owned());
        assert!(asked().hear(0, Report::Failed(error.clone())) == Some(News::Failed(error)));
    }
}
