//! Requests a scenario's runs from the worker: first the run itself, which the page waits for, then the counterfactual, the
//! same seed with the session code that a claim needs.
//!
//! Invariant: events are passed on only for the scenario that was requested last.

use std::cell::RefCell;
use std::rc::Rc;

use yew::Callback;

use super::run::Run;
use crate::runner::worker::WorkerRunner;
use crate::runner::{RunError, RunEvent};
use crate::scenario::Scenario;

/// Progress and results of the scenario that was requested last.
#[derive(Clone, PartialEq)]
pub enum RunsEvent {
    /// The share of the run that is done, 0 to 1.
    Progress(f64),
    /// The run is complete; its counterfactual is still missing.
    Ready(Run),
    /// The counterfactual is complete too.
    Completed(Run),
    /// The run failed; the page keeps what it shows.
    Failed(RunError),
}

/// The runs of the page.
#[derive(Clone, Default)]
pub struct Runs(Rc<RefCell<RunsState>>);

#[derive(Default)]
struct RunsState {
    worker: Option<WorkerRunner>,
    listener: Callback<RunsEvent>,
    pending: Option<Pending>,
}

struct Pending {
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
    /// Sends all further events to `listener`, in place of the one before.
    pub fn set_listener(&self, listener: Callback<RunsEvent>) {
        self.0.borrow_mut().listener = listener;
    }

    /// Requests the runs of a scenario, whose JSON is `text`. Runs that are still pending are cancelled.
    ///
    /// # Errors
    /// The browser cannot start a worker or does not pass the message on.
    pub fn request(&self, scenario: Rc<Scenario>, text: &str) -> Result<(), RunError> {
        let counterfactual = scenario.claims.iter().find_map(crate::scenario::Claim::counterfactual);
        let mut state = self.0.borrow_mut();
        if state.pending.is_some() {
            // Dropping the worker ends its run.
            state.worker = None;
            state.pending = None;
        }
        if state.worker.is_none() {
            let runs = self.clone();
            state.worker = Some(WorkerRunner::start(move |id, report| runs.receive(id, report))?);
        }
        let Some(worker) = state.worker.as_mut() else { return Ok(()) };
        let id = worker.run(text, scenario.seed, scenario.deployment.release.value)?;
        let counterfactual_id = counterfactual.map(|release| worker.run(text, scenario.seed, release)).transpose()?;
        state.pending = Some(Pending { scenario, id, counterfactual_id, run: None });
        Ok(())
    }

    fn receive(&self, id: u32, report: RunEvent) {
        let mut state = self.0.borrow_mut();
        let Some(news) = state.pending.as_mut().and_then(|pending| pending.receive(id, report)) else { return };
        if matches!(news, RunsEvent::Completed(_) | RunsEvent::Failed(_)) {
            state.pending = None;
        }
        if matches!(news, RunsEvent::Failed(RunError::Worker(_) | RunError::Protocol(_))) {
            state.worker = None;
        }
        let listener = state.listener.clone();
        // The listener may request the next run.
        drop(state);
        listener.emit(news);
    }
}

impl Pending {
    fn receive(&mut self, id: u32, report: RunEvent) -> Option<RunsEvent> {
        let is_counterfactual = self.counterfactual_id == Some(id);
        // Id 0 is the worker itself.
        if id != 0 && id != self.id && !is_counterfactual {
            return None;
        }
        match report {
            RunEvent::Failed(error) => Some(RunsEvent::Failed(error)),
            RunEvent::Progress(ratio) => (id == self.id).then_some(RunsEvent::Progress(ratio)),
            RunEvent::Done(finished) if is_counterfactual => {
                self.run.as_ref().map(|run| RunsEvent::Completed(run.with_counterfactual(&finished.recording)))
            }
            RunEvent::Done(finished) => {
                let run = Run::new(Rc::clone(&self.scenario), finished.recording, finished.digest);
                self.run = Some(run.clone());
                Some(RunsEvent::Ready(run))
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

    fn pending() -> Pending {
        let scenario = Rc::new(Scenario::bundled());
        Pending { scenario, id: RUN, counterfactual_id: Some(COUNTERFACTUAL), run: None }
    }

    fn done() -> RunEvent {
        let scenario = Scenario::bundled();
        let Finished { recording, digest } = local::run(&scenario, scenario.seed, |_| ()).expect("it is tested");
        RunEvent::Done(Box::new(Finished { recording, digest }))
    }

    fn name(news: Option<RunsEvent>) -> &'static str {
        match news {
            None => "nothing",
            Some(RunsEvent::Progress(_)) => "progress",
            Some(RunsEvent::Ready(_)) => "ready",
            Some(RunsEvent::Completed(_)) => "completed",
            Some(RunsEvent::Failed(_)) => "failed",
        }
    }

    #[test]
    fn the_run_comes_first_and_its_counterfactual_completes_it() {
        let mut pending = pending();
        assert_eq!(name(pending.receive(RUN, RunEvent::Progress(0.5))), "progress");
        assert_eq!(name(pending.receive(RUN, done())), "ready");
        assert_eq!(name(pending.receive(COUNTERFACTUAL, RunEvent::Progress(0.5))), "nothing");
        assert_eq!(name(pending.receive(COUNTERFACTUAL, done())), "completed");
    }

    #[test]
    fn what_was_given_up_is_not_told() {
        let mut pending = pending();
        assert_eq!(name(pending.receive(RUN - 1, RunEvent::Progress(0.5))), "nothing");
        assert_eq!(name(pending.receive(RUN - 1, RunEvent::Failed(RunError::Scenario("late".to_owned())))), "nothing");
    }

    #[test]
    fn a_broken_worker_fails_whatever_was_asked() {
        let error = RunError::Worker("gone".to_owned());
        assert!(pending().receive(0, RunEvent::Failed(error.clone())) == Some(RunsEvent::Failed(error)));
    }
}
