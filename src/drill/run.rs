//! A drill that is under way: a world at now, and what has been done in it.
//!
//! Invariant: the state is a function of scenario, seed and journal. [`Drill::replay`] of a journal comes to the same state as
//! the drill that wrote it.

use crate::model::{SimulationError, World};
use crate::recording::{Happening, Recording};
use crate::replay::{percent_fine, thousands};
use crate::scenario::{Action, Scenario, When};
use crate::units::UtcMs;

use super::look::see;
use super::people::injects;
use super::response::without_responders;
use super::{Cause, ENTRIES_MAX, Entry, Inject, Journal, Look, Response, Seen, TEXT_CHARS_MAX, What};

/// What a drill is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Nothing counts.
    Practice,
    /// The first attempt counts.
    Check,
}

/// A drill.
#[derive(Clone, Debug)]
pub struct Drill {
    /// With its responders, for the debrief alone.
    full: Scenario,
    /// Without them.
    base: Scenario,
    /// What charts may know of it.
    shown: Scenario,
    kind: Kind,
    cause: Option<Cause>,
    start: UtcMs,
    /// At the start, for runs that were otherwise.
    first: World,
    world: World,
    journal: Journal,
    taken: Vec<Taken>,
    stated: Option<Cause>,
    open: Vec<Cause>,
    looked: Vec<Look>,
    /// Patches of wrong causes, and when that is known, in seconds.
    futile: Vec<(u32, Cause)>,
    injects: Vec<Inject>,
    log_read: usize,
    ended_s: Option<u32>,
}

/// An action that was ordered.
#[derive(Clone, PartialEq, Debug)]
pub struct Taken {
    /// Index of the entry in the journal.
    pub entry: usize,
    /// What was chosen; `None` for a dump, which is a look.
    pub response: Option<Response>,
    pub action: Action,
}

/// What the trainee is told.
#[derive(Clone, PartialEq, Debug)]
pub enum Told {
    Seen(Seen),
    /// It is prepared, and begins then.
    Begins(Response, UtcMs),
    /// Something happened that responders hear of.
    Happened(UtcMs, String),
    Said(UtcMs, Inject),
    /// The drill is over.
    Ended(UtcMs),
}

/// Why something cannot be done.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum DrillError {
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Simulation(#[from] SimulationError),
}

fn refused<T>(reason: impl Into<String>) -> Result<T, DrillError> {
    Err(DrillError::Refused(reason.into()))
}

impl Drill {
    /// A drill about a scenario, at the page.
    ///
    /// # Errors
    /// The scenario cannot be simulated.
    pub fn new(scenario: &Scenario, seed: u64, kind: Kind) -> Result<Self, DrillError> {
        let base = without_responders(scenario);
        let mut world = World::new(&base, seed)?;
        let start = scenario.incident.start;
        world.advance_to(start);
        let cause = Cause::of(scenario);
        Ok(Self {
            full: scenario.clone(),
            shown: hidden(&base),
            kind,
            cause,
            start,
            first: world.fork(),
            log_read: world.recording().log.len(),
            world,
            base,
            journal: Journal::default(),
            taken: Vec::new(),
            stated: None,
            open: Cause::all().collect(),
            looked: Vec::new(),
            futile: Vec::new(),
            injects: injects(scenario, cause),
            ended_s: None,
        })
    }

    /// Runs a journal from the beginning.
    ///
    /// # Errors
    /// The scenario cannot be simulated, or an entry could not have been made: which one is told.
    pub fn replay(scenario: &Scenario, seed: u64, kind: Kind, journal: &Journal) -> Result<Self, DrillError> {
        let mut drill = Self::new(scenario, seed, kind)?;
        for (index, entry) in journal.0.iter().enumerate() {
            let told = |error: DrillError| DrillError::Refused(format!("entry {} of the journal: {error}", index + 1));
            if entry.at_s < drill.now_s() && !drill.is_over() {
                return Err(told(DrillError::Refused("comes before the look before it has ended".to_owned())));
            }
            drill.wait(entry.at_s - entry.at_s.min(drill.now_s()));
            drill.enter(entry.what.clone()).map_err(told)?;
        }
        Ok(drill)
    }

    /// What the pager says: the same words whatever the cause.
    #[must_use]
    pub fn page(&self) -> String {
        let recording = self.first.recording();
        let ended = recording.ended(recording.before(self.start, 300));
        let share = ended.affected_ratio().unwrap_or(0.0);
        let incident = &self.full.incident;
        format!(
            "{} UTC. {}: {}s are slow or fail. {} of the {} that ended in the last five minutes. You are on call.",
            self.start.hh_mm(),
            crate::replay::capitalised(&incident.service),
            incident.journey,
            percent_fine(share),
            thousands(ended.total())
        )
    }

    /// Seconds since the drill began.
    #[must_use]
    pub fn now_s(&self) -> u32 {
        self.now().seconds_since(self.start).max(0.0) as u32
    }

    /// The moment that the drill has come to.
    #[must_use]
    pub fn now(&self) -> UtcMs {
        self.world.now()
    }

    /// When it began.
    #[must_use]
    pub fn start(&self) -> UtcMs {
        self.start
    }

    /// When the simulated window ends, and the drill with it.
    #[must_use]
    pub fn until(&self) -> UtcMs {
        self.base.window.until
    }

    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Actions that were ordered, in order.
    #[must_use]
    pub fn taken(&self) -> &[Taken] {
        &self.taken
    }

    /// The run up to now.
    #[must_use]
    pub fn recording(&self) -> &Recording {
        self.world.recording()
    }

    /// The scenario without its responders, which is what is simulated.
    #[must_use]
    pub fn base(&self) -> &Scenario {
        &self.base
    }

    /// The scenario as charts may know it while the drill is under way: without name, story, faults and facts.
    #[must_use]
    pub fn shown(&self) -> &Scenario {
        &self.shown
    }

    /// The scenario with its responders: for the debrief.
    #[must_use]
    pub fn full(&self) -> &Scenario {
        &self.full
    }

    /// What is wrong: for the debrief.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        self.cause
    }

    /// The cause that the trainee has stated.
    #[must_use]
    pub fn stated(&self) -> Option<Cause> {
        self.stated
    }

    /// Causes that the trainee has not ruled out.
    #[must_use]
    pub fn open(&self) -> &[Cause] {
        &self.open
    }

    /// Whether it is over: the trainee ended it, or the window has.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.ended_s.is_some()
    }

    /// When it ended, in seconds since it began.
    #[must_use]
    pub fn ended_s(&self) -> Option<u32> {
        self.ended_s
    }

    /// The world at the start, for runs that were otherwise.
    #[must_use]
    pub fn first(&self) -> &World {
        &self.first
    }

    /// The run to the end of the window, with what was ordered.
    ///
    /// # Errors
    /// The run exceeded its budget.
    pub fn whole(&self) -> Result<Recording, DrillError> {
        let mut world = self.world.fork();
        world.advance(world.end_us());
        Ok(world.complete()?)
    }

    /// Lets time pass. Does nothing once the drill is over.
    pub fn wait(&mut self, seconds: u32) -> Vec<Told> {
        if self.is_over() || seconds == 0 {
            return Vec::new();
        }
        let from_s = self.now_s();
        let until = self.now().plus_s(f64::from(seconds)).min(self.until());
        self.world.advance_to(until);
        let until_s = self.now_s();
        let start = self.start;
        let at = move |at_s: u32| start.plus_s(f64::from(at_s));
        let passed = |at_s: u32| at_s > from_s && at_s <= until_s;
        let mut told = self.happened();
        let futile = self.futile.iter().filter(|(at_s, _)| passed(*at_s));
        told.extend(futile.map(|(at_s, cause)| {
            (at(*at_s), Told::Happened(at(*at_s), format!("The patch is ready, and changes nothing where it is tried out: {} it is not. It is not rolled out.", cause.name())))
        }));
        let said = self.injects.iter().filter(|inject| passed(inject.at_s));
        told.extend(said.map(|inject| (at(inject.at_s), Told::Said(at(inject.at_s), inject.clone()))));
        told.sort_by_key(|(at, _)| *at);
        let mut told: Vec<Told> = told.into_iter().map(|(_, told)| told).collect();
        if self.world.is_done() {
            self.ended_s = Some(until_s);
            told.push(Told::Ended(self.now()));
        }
        told
    }

    /// What the log says since it was read, of what responders hear of.
    fn happened(&mut self) -> Vec<(UtcMs, Told)> {
        let recording = self.world.recording();
        let new = &recording.log[self.log_read.min(recording.log.len())..];
        let told = new.iter().filter_map(|entry| {
            let at = recording.time_of(entry);
            Some((at, Told::Happened(at, self.heard(&entry.what)?)))
        });
        let told = told.collect();
        self.log_read = recording.log.len();
        told
    }

    /// What responders hear of an event: of what they ordered, and of whether it is over.
    fn heard(&self, what: &Happening) -> Option<String> {
        let text = match what {
            Happening::RolloutStarted { patch: true } => "The roll-out begins.",
            Happening::RolloutStarted { patch: false } => "The rolling restart begins.",
            Happening::RolloutFinished => "The roll-out or restart is complete.",
            Happening::ScaledOut { .. } => "More instances are starting.",
            Happening::SheddingStarted => "Requests are turned away.",
            Happening::SheddingStopped => "No more requests are turned away.",
            Happening::LimitChanged { .. } => "Clients have the new setting.",
            Happening::PolicyChanged { .. } => "The load balancer has its new policy.",
            Happening::ReleaseRollout { .. } => "The roll-out begins.",
            Happening::FailedOver { .. } => "Calls go to the other gateway.",
            Happening::CacheWarmed { .. } => "The cache is being loaded.",
            Happening::ReaperStarted { .. } => "Idle sessions are ended from now on.",
            Happening::SessionsCapped { .. } => "Sessions are capped from now on.",
            Happening::LeakOff => "The flag is off.",
            Happening::ActionRefused { reason, .. } => return Some(format!("It could not be done: {reason}.")),
            Happening::Mitigated { .. } | Happening::Resolved { .. } => "The service level holds again.",
            Happening::Reopened => "The service level is missed again.",
            _ => return None,
        };
        Some(text.to_owned())
    }

    /// Does something now.
    ///
    /// # Errors
    /// It makes no sense now; nothing has changed then.
    pub fn enter(&mut self, what: What) -> Result<Vec<Told>, DrillError> {
        self.check(&what)?;
        let at_s = self.ended_s.unwrap_or_else(|| self.now_s());
        let entry = self.journal.0.len();
        let mut told = Vec::new();
        match &what {
            What::Look(look) => {
                self.journal.0.push(Entry { at_s, what: what.clone() });
                return Ok(self.look(*look, entry));
            }
            What::Act(response) => told = self.act(*response, entry)?,
            What::State(cause) => self.stated = Some(*cause),
            What::RuleOut(cause) => self.open.retain(|open| open != cause),
            What::End => {
                self.ended_s = Some(at_s);
                told.push(Told::Ended(self.now()));
            }
            What::Think(_) | What::Update(_) | What::Heard(_) | What::Mark(..) | What::Plan(_) => {}
        }
        self.journal.0.push(Entry { at_s, what });
        Ok(told)
    }

    fn check(&self, what: &What) -> Result<(), DrillError> {
        if self.journal.0.len() >= ENTRIES_MAX {
            return refused(format!("a drill has at most {ENTRIES_MAX} entries"));
        }
        match what {
            What::Mark(at_s, text) => {
                let Some(ended_s) = self.ended_s else { return refused("moments are marked when the drill is over") };
                if *at_s > ended_s {
                    return refused("the moment lies after the end of the drill");
                }
                written(text)
            }
            What::Plan(text) if self.is_over() => written(text),
            What::Plan(_) => refused("plans are written when the drill is over"),
            _ if self.is_over() => refused("the drill is over"),
            What::Heard(text) => written(text),
            _ => Ok(()),
        }
    }

    fn look(&mut self, look: Look, entry: usize) -> Vec<Told> {
        if let Some(deed) = look.deed() {
            let id = format!("look_{}", entry + 1);
            let action = Action { id, at: When::At(self.now()), deed, reason: String::new() };
            // An instance that does not run is not dumped: the look shows what is there.
            if self.world.act(action.clone()).is_ok() {
                self.taken.push(Taken { entry, response: None, action });
            }
        }
        let mut told = self.wait(look.minutes() * 60);
        self.looked.push(look);
        let at = self.now();
        told.push(Told::Seen(see(look, &self.base, self.world.recording(), at)));
        told
    }

    fn act(&mut self, response: Response, entry: usize) -> Result<Vec<Told>, DrillError> {
        if !Response::offered(&self.full).contains(&response) {
            return refused("there is nothing to do it with");
        }
        if let Some(reason) = response.refusal(&self.base, self.now()) {
            return Err(DrillError::Refused(reason));
        }
        let at = self.now().plus_s(f64::from(response.preparation_min()) * 60.0);
        if response.needs_finding() {
            let Some(stated) = self.stated else { return refused("state the cause first: a patch of what?") };
            if !self.looked.iter().any(|look| look.speaks_of(stated)) {
                return refused(format!(
                    "nothing that you have looked at speaks of it: {}. Look where it would show",
                    stated.name()
                ));
            }
            let is_right = Some(stated) == self.cause && stated.is_in_code();
            if !is_right {
                self.futile.push((at.seconds_since(self.start) as u32, stated));
                return Ok(vec![Told::Begins(response, at)]);
            }
        }
        if at > self.until() {
            return refused("it would not be ready before the drill ends");
        }
        let Some(action) = response.action(&self.full, at, entry + 1) else {
            return refused("there is nothing to do it with");
        };
        self.world.act(action.clone()).map_err(|error| DrillError::Refused(error.reason))?;
        self.taken.push(Taken { entry, response: Some(response), action });
        Ok(vec![Told::Begins(response, at)])
    }
}

/// A scenario without everything that tells what is wrong in it, or what came of it.
fn hidden(base: &Scenario) -> Scenario {
    let mut shown = base.clone();
    shown.id = "drill".to_owned();
    shown.title = "Drill".to_owned();
    shown.timeline.clear();
    shown.facts.clear();
    shown.readings.clear();
    shown.claims.clear();
    shown.assumptions.clear();
    shown.measures.clear();
    shown.faults.clear();
    shown
}

fn written(text: &str) -> Result<(), DrillError> {
    match text.trim().chars().count() {
        0 => refused("a sentence is missing"),
        count if count > TEXT_CHARS_MAX => refused(format!("at most {TEXT_CHARS_MAX} characters")),
        _ => Ok(()),
    }
}
