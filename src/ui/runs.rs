//! Requests a scenario's runs: first the run itself, which the page waits for, then the counterfactual, the same seed with the
//! session code that a claim needs. A what-if that differs in its actions alone branches from what happened, which is kept for that
//! as a trunk.
//!
//! Invariant: events are passed on only for the scenario that was requested last, and every request ends: a worker that dies
//! or does not answer is replaced once, and told the second time.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use yew::Callback;

use super::browser;
use super::run::Run;
use crate::compare::branches_at;
use crate::runner::runs::Runner;
use crate::runner::{Progress, RunError, RunEvent};
use crate::scenario::Scenario;
use crate::units::UtcMs;

/// Progress and results of the scenario that was requested last.
#[derive(Clone, PartialEq)]
pub enum RunsEvent {
    /// How far the run has come.
    Progress(Progress),
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
    /// Whether the worker ends when nothing is pending.
    rests: bool,
    runner: Option<Runner>,
    listener: Callback<RunsEvent>,
    pending: Option<Pending>,
    /// What was pending of the run that is shown when another was requested: its counterfactual.
    interrupted: Option<Wanted>,
    silence: Option<Timeout>,
    trunk: Option<Trunk>,
}

/// What happened, as a run at the runner that others branch from.
struct Trunk {
    scenario: Rc<Scenario>,
    detected: Option<UtcMs>,
    id: u32,
}

/// What was requested.
struct Wanted {
    scenario: Rc<Scenario>,
    /// The scenario as JSON.
    text: Rc<str>,
    has_address: bool,
    /// The run, where it is complete and only its counterfactual is missing.
    run: Option<Run>,
}

struct Pending {
    wanted: Wanted,
    id: u32,
    counterfactual_id: Option<u32>,
    /// Whether it branches from the trunk.
    is_branch: bool,
    /// Whether the worker was replaced for it.
    is_second_try: bool,
}

/// Longest time without an answer.
const SILENCE_MS: u32 = 6000;
/// Time for answers that came while the page itself stood still, as in a tab that was frozen.
const GRACE_MS: u32 = 1500;

impl RunsState {
    fn end_runner(&mut self) {
        self.runner = None;
        self.trunk = None;
    }
}

impl PartialEq for Runs {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Runs {
    /// Runs whose worker ends when they are complete, and is started again for the next.
    pub fn that_rest() -> Self {
        let runs = Self::default();
        runs.0.borrow_mut().rests = true;
        runs
    }

    /// Sends all further events to `listener`, in place of the one before.
    pub fn set_listener(&self, listener: Callback<RunsEvent>) {
        self.0.borrow_mut().listener = listener;
    }

    /// Requests the runs of a scenario, whose JSON is `text`, and to which an address leads or none. Runs that are still pending
    /// are cancelled.
    ///
    /// # Errors
    /// The browser cannot start a worker or does not pass the message on.
    pub fn request(&self, scenario: Rc<Scenario>, text: &str, has_address: bool) -> Result<(), RunError> {
        self.give_up();
        self.start(Wanted { scenario, text: text.into(), has_address, run: None }, false)
    }

    /// Keeps what happened, whose first page came at `detected`, so that what is tried next branches from it.
    pub fn keep_trunk(&self, actual: &Rc<Scenario>, detected: Option<UtcMs>) {
        let mut state = self.0.borrow_mut();
        let RunsState { runner: Some(runner), trunk, .. } = &mut *state else { return };
        if trunk.as_ref().is_some_and(|trunk| *trunk.scenario == **actual) {
            return;
        }
        // A runner that takes no message is replaced with the next request; a what-if without a trunk is run whole.
        if let Some(old) = trunk.take() {
            let _ = runner.close(old.id);
        }
        let id = runner.trunk(actual, &actual.to_json()).ok();
        *trunk = id.map(|id| Trunk { scenario: Rc::clone(actual), detected, id });
    }

    /// Gives up the run that was requested last; the one that is shown goes on to be completed.
    pub fn cancel(&self) {
        self.give_up();
        self.resume();
    }

    fn give_up(&self) {
        let mut state = self.0.borrow_mut();
        if let Some(pending) = state.pending.take() {
            let ids = [Some(pending.id), pending.counterfactual_id];
            let is_closed = |id| state.runner.as_mut().is_none_or(|runner| runner.close(id).is_ok());
            if !ids.into_iter().flatten().all(is_closed) {
                // Without it its runs end, too.
                state.end_runner();
            }
            if pending.wanted.run.is_some() {
                state.interrupted = Some(pending.wanted);
            }
        }
    }

    /// Goes on with what the last request interrupted.
    fn resume(&self) {
        let interrupted = self.0.borrow_mut().interrupted.take();
        if let Some(wanted) = interrupted {
            // Claims that need the counterfactual stay open if this fails.
            let _ = self.start(wanted, false);
        }
    }

    fn start(&self, wanted: Wanted, is_second_try: bool) -> Result<(), RunError> {
        let Wanted { scenario, text, .. } = &wanted;
        let counterfactual = scenario.claims.iter().find_map(crate::scenario::Claim::counterfactual);
        let mut state = self.0.borrow_mut();
        let seats = if state.rests { 1 } else { browser::concurrency() };
        let RunsState { runner, trunk, .. } = &mut *state;
        let runner = runner.get_or_insert_with(|| {
            let runs = self.clone();
            Runner::new(seats, move |id, report| runs.receive(id, report))
        });
        let branch = trunk.as_ref().filter(|_| !is_second_try);
        let branch = branch.and_then(|trunk| Some((trunk.id, branches_at(&trunk.scenario, scenario, trunk.detected)?)));
        // The newest is worked on first. The page needs a processor of its own meanwhile.
        let beside = branch.map(|(of, _)| of).filter(|_| seats <= 2);
        let counterfactual_id =
            counterfactual.map(|release| runner.run(scenario, text, release, beside)).transpose()?;
        let id = match branch {
            Some((of, at)) => runner.branch(scenario, of, at)?,
            None => {
                let beside = counterfactual_id.filter(|_| seats <= 2);
                runner.run(scenario, text, scenario.deployment.release.value, beside)?
            }
        };
        state.pending = Some(Pending { wanted, id, counterfactual_id, is_branch: branch.is_some(), is_second_try });
        drop(state);
        self.listen(SILENCE_MS, true);
        Ok(())
    }

    /// Takes long silence for the worker's end.
    fn listen(&self, ms: u32, has_grace: bool) {
        let runs = self.clone();
        let silence = Timeout::new(ms, move || {
            if has_grace {
                runs.listen(GRACE_MS, false);
            } else {
                runs.receive(0, RunEvent::Failed(RunError::Worker("it does not answer".to_owned())));
            }
        });
        let mut state = self.0.borrow_mut();
        state.silence = state.pending.is_some().then_some(silence);
    }

    fn receive(&self, id: u32, report: RunEvent) {
        let mut state = self.0.borrow_mut();
        if matches!(report, RunEvent::Failed(RunError::Worker(_) | RunError::Protocol(_))) {
            // Whether or not anything is pending: the next request starts another.
            state.end_runner();
            if let Some(first) = state.pending.take_if(|pending| !pending.is_second_try) {
                drop(state);
                if let Err(error) = self.start(first.wanted, true) {
                    self.tell(RunsEvent::Failed(error));
                }
                return;
            }
        }
        let is_lost =
            |pending: &mut Pending| pending.is_branch && pending.id == id && matches!(report, RunEvent::Failed(_));
        if let Some(lost) = state.pending.take_if(is_lost) {
            // What it was to branch from is not there. It is run whole.
            state.trunk = None;
            drop(state);
            if let Err(error) = self.start(lost.wanted, true) {
                self.tell(RunsEvent::Failed(error));
            }
            return;
        }
        let news = state.pending.as_mut().and_then(|pending| pending.receive(id, report));
        if matches!(news, Some(RunsEvent::Completed(_) | RunsEvent::Failed(_))) {
            state.pending = None;
        }
        if matches!(news, Some(RunsEvent::Ready(_))) {
            state.interrupted = None;
        }
        if state.rests && state.pending.is_none() {
            // Not from within the closure that the worker calls.
            state.trunk = None;
            let runner = state.runner.take();
            Timeout::new(0, move || drop(runner)).forget();
        }
        drop(state);
        self.listen(SILENCE_MS, true);
        let has_failed = matches!(news, Some(RunsEvent::Failed(_)));
        news.into_iter().for_each(|news| self.tell(news));
        // Unless the listener has requested another run.
        if has_failed && self.0.borrow().pending.is_none() {
            self.resume();
        }
    }

    /// The listener may request the next run.
    fn tell(&self, news: RunsEvent) {
        let listener = self.0.borrow().listener.clone();
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
            // Nobody asks for one here.
            RunEvent::Outcome(_) => None,
            RunEvent::Progress(_) | RunEvent::Done(_) if id == self.id && self.wanted.run.is_some() => None,
            RunEvent::Progress(progress) => (id == self.id).then_some(RunsEvent::Progress(progress)),
            RunEvent::Done(finished) if is_counterfactual => {
                self.wanted.run.as_ref().map(|run| RunsEvent::Completed(run.with_counterfactual(&finished.recording)))
            }
            RunEvent::Done(finished) => {
                let Wanted { scenario, has_address, .. } = &self.wanted;
                let run = Run::new(Rc::clone(scenario), finished.recording, finished.digest, *has_address);
                self.wanted.run = Some(run.clone());
                Some(RunsEvent::Ready(run))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::World;
    use crate::runner::Finished;

    const RUN: u32 = 3;
    const COUNTERFACTUAL: u32 = 4;

    fn pending() -> Pending {
        let scenario = Rc::new(Scenario::bundled());
        let wanted = Wanted { scenario, text: "".into(), has_address: true, run: None };
        Pending { wanted, id: RUN, counterfactual_id: Some(COUNTERFACTUAL), is_branch: false, is_second_try: false }
    }

    fn half() -> RunEvent {
        RunEvent::Progress(Progress { ratio: 0.5, course: vec![0] })
    }

    fn done() -> RunEvent {
        let scenario = Scenario::bundled();
        let recording = World::run(&scenario, scenario.seed).expect("it is tested");
        let digest = recording.digest();
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
        assert_eq!(name(pending.receive(RUN, half())), "progress");
        assert_eq!(name(pending.receive(RUN, done())), "ready");
        assert_eq!(name(pending.receive(COUNTERFACTUAL, half())), "nothing");
        assert_eq!(name(pending.receive(COUNTERFACTUAL, done())), "completed");
    }

    #[test]
    fn what_was_given_up_is_not_told() {
        let mut pending = pending();
        assert_eq!(name(pending.receive(RUN - 1, half())), "nothing");
        assert_eq!(name(pending.receive(RUN - 1, RunEvent::Failed(RunError::Scenario("late".to_owned())))), "nothing");
    }

    #[test]
    fn a_broken_worker_fails_whatever_was_asked() {
        let error = RunError::Worker("gone".to_owned());
        assert!(pending().receive(0, RunEvent::Failed(error.clone())) == Some(RunsEvent::Failed(error)));
    }
}
