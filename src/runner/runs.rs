//! The page's side of its runs: asks the seats of a pool, and puts the pieces of recordings together.
//!
//! Invariant: what is told of a run carries its id, and nothing is told of one that was given up.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::desk::Told;
use super::pool::Pool;
use super::protocol::{Answer, Ask, Tells};
use super::seat::{Hear, Seat};
use super::{Finished, Progress, RunError, RunEvent};
use crate::compare::Outcome;
use crate::recording::Recording;
use crate::scenario::{Release, Scenario};
use crate::units::UtcMs;

/// A run that was asked for, as far as it has come.
struct Awaited {
    from: UtcMs,
    until: UtcMs,
    recording: Option<Recording>,
}

/// The runs that are wanted, and where they are worked on.
struct Book {
    pool: Pool,
    awaited: BTreeMap<u32, Awaited>,
}

/// Runs that seats simulate for the page. Dropping it ends them.
pub struct Runner {
    seats: Vec<Seat>,
    book: Rc<RefCell<Book>>,
    id_last: u32,
    hear: Hear,
}

impl Runner {
    /// Runs at so many seats at most. `on_event` receives the events of every run with its id; id 0 stands for the seats themselves,
    /// which are of no use then.
    #[must_use]
    pub fn new(seats: usize, on_event: impl Fn(u32, RunEvent) + 'static) -> Self {
        let book = Rc::new(RefCell::new(Book { pool: Pool::new(seats), awaited: BTreeMap::new() }));
        let runs = Rc::clone(&book);
        let hear = move |told: Result<Told, RunError>| {
            let news = told.and_then(|told| runs.borrow_mut().receive(told));
            match news {
                Ok(Some((id, news))) => on_event(id, news),
                Ok(None) => {}
                Err(error) => on_event(0, RunEvent::Failed(error)),
            }
        };
        Self { seats: Vec::new(), book, id_last: 0, hear: Rc::new(hear) }
    }

    /// Asks for the whole run of a scenario, whose JSON is `text`, with the release it begins with; at the seat of another run, or
    /// wherever there is least to do. Returns the id that its events carry.
    ///
    /// # Errors
    /// static/boot.js is missing, or the browser cannot start a worker or rejects the message.
    pub fn run(
        &mut self,
        scenario: &Scenario,
        text: &str,
        release: Release,
        beside: Option<u32>,
    ) -> Result<u32, RunError> {
        self.open(scenario, text, (scenario.seed, release), beside, Tells::Recording)
    }

    /// Asks for a run of which nothing is told: others branch from it, until it is closed.
    ///
    /// # Errors
    /// As [`Runner::run`].
    pub fn trunk(&mut self, scenario: &Scenario, text: &str) -> Result<u32, RunError> {
        self.open(scenario, text, (scenario.seed, scenario.deployment.release.value), None, Tells::Nothing)
    }

    /// Asks for the whole run of a scenario that is that of the trunk `of` up to a moment, and then has other actions.
    ///
    /// # Errors
    /// As [`Runner::run`].
    pub fn branch(&mut self, scenario: &Scenario, of: u32, at: UtcMs) -> Result<u32, RunError> {
        self.id_last += 1;
        let (id, until) = (self.id_last, scenario.window.until);
        self.book.borrow_mut().place(id, Some(of), scenario);
        self.ask(id, Ask::Fork { id, of, at, actions: scenario.actions.clone() })?;
        self.ask(id, Ask::Advance { id, until })?;
        Ok(id)
    }

    /// Asks for what comes of a run with this seed, whole as it is.
    ///
    /// # Errors
    /// As [`Runner::run`].
    pub fn outcome(&mut self, scenario: &Scenario, text: &str, seed: u64) -> Result<u32, RunError> {
        self.open(scenario, text, (seed, scenario.deployment.release.value), None, Tells::Outcome)
    }

    fn open(
        &mut self,
        scenario: &Scenario,
        text: &str,
        (seed, release): (u64, Release),
        beside: Option<u32>,
        tells: Tells,
    ) -> Result<u32, RunError> {
        self.id_last += 1;
        let (id, until) = (self.id_last, scenario.window.until);
        let at = self.book.borrow_mut().place(id, beside, scenario);
        // Seats are taken in their order.
        if at >= self.seats.len() {
            self.seats.push(Seat::start(Rc::clone(&self.hear)).inspect_err(|_| self.book.borrow_mut().leave(id))?);
        }
        let (scenario, seed) = (text.to_owned(), seed.to_string());
        let keeps_snapshots = tells == Tells::Nothing;
        self.ask(id, Ask::Open { id, scenario, seed, release, keeps_snapshots, tells })?;
        self.ask(id, Ask::Advance { id, until })?;
        Ok(id)
    }

    /// Gives a run up.
    ///
    /// # Errors
    /// The browser rejects the message.
    pub fn close(&mut self, id: u32) -> Result<(), RunError> {
        let asked = self.ask(id, Ask::Close { id });
        self.book.borrow_mut().leave(id);
        asked
    }

    fn ask(&self, id: u32, ask: Ask) -> Result<(), RunError> {
        let at = self.book.borrow().pool.seat_of(id);
        at.and_then(|at| self.seats.get(at)).map_or(Ok(()), |seat| seat.ask(ask))
    }
}

impl Book {
    fn place(&mut self, id: u32, beside: Option<u32>, scenario: &Scenario) -> usize {
        let awaited = Awaited { from: scenario.window.from, until: scenario.window.until, recording: None };
        self.awaited.insert(id, awaited);
        self.pool.place(id, beside)
    }

    fn leave(&mut self, id: u32) {
        self.awaited.remove(&id);
        self.pool.leave(id);
    }

    /// What an answer means. `None` for a run that was given up.
    fn receive(&mut self, (answer, piece): Told) -> Result<Option<(u32, RunEvent)>, RunError> {
        let failed = |id, error| Ok(Some((id, RunEvent::Failed(error))));
        let (id, at, digest) = match answer {
            Answer::Piece { id, at, digest, .. } => (id, at, digest),
            Answer::Outcome { id, outcome } => {
                let was_wanted = self.awaited.contains_key(&id);
                self.leave(id);
                return Ok(was_wanted.then(|| (id, RunEvent::Outcome(Box::new(outcome)))));
            }
            Answer::Failed { id, why } => {
                self.leave(id);
                return failed(id, RunError::Scenario(why));
            }
            // The run goes on without the action.
            Answer::Refused { id, why } => return failed(id, RunError::Scenario(why)),
            Answer::Crashed { why } => return failed(0, RunError::Worker(why)),
        };
        let Some(run) = self.awaited.get_mut(&id) else { return Ok(None) };
        let piece = piece.ok_or_else(|| RunError::Protocol("a piece of a recording without its bytes".to_owned()))?;
        let grown = Recording::add_piece(run.recording.take(), &piece);
        let recording = grown.map_err(|error| RunError::Protocol(error.to_string()))?;
        if let Some(digest) = digest {
            self.leave(id);
            return Ok(Some((id, RunEvent::Done(Box::new(Finished { recording, digest })))));
        }
        let whole_s = run.until.seconds_since(run.from).max(1.0);
        let ratio = (at.seconds_since(run.from) / whole_s).clamp(0.0, 1.0);
        let course = Outcome::course_until(&recording, at);
        run.recording = Some(recording);
        Ok(Some((id, RunEvent::Progress(Progress { ratio, course }))))
    }
}
