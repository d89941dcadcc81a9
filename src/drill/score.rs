//! What a check comes to: a vector, each part with its reason.
//!
//! Invariant: it depends on the journal alone, never on speed, pauses or the untimed mode. Every number is a run's: nothing is
//! judged.

use serde::Serialize;

use crate::model::World;
use crate::scenario::Action;
use crate::units::UtcMs;

use super::{Cause, Drill, DrillError, Taken, What, best_of};

/// An act without which fewer users would have been harmed counts as unneeded harm from this share of those harmed under
/// doing nothing on: less is chance.
const FELT_RATIO: f64 = 0.005;

/// A run that the score needs: actions from the start on.
#[derive(Clone, PartialEq, Debug)]
pub struct Job(pub Vec<Action>);

/// Harm to users.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Users {
    /// Slow or failed since the page when nobody does anything.
    pub nothing: u64,
    /// With what the trainee did.
    pub trainee: u64,
    /// With the best policy found; `None` for a scenario for which none was searched.
    pub best: Option<u64>,
}

impl Users {
    /// (N − T) ÷ (N − B): 0 is doing nothing, 1 the best found, negative is harm done; `None` without a best that is better
    /// than nothing.
    #[must_use]
    pub fn ratio(self) -> Option<f64> {
        let spared = |harmed: u64| self.nothing as f64 - harmed as f64;
        self.best.map(spared).filter(|most| *most > 0.0).map(|most| spared(self.trainee) / most)
    }

    /// What a learning management system is told, 0 to 100.
    #[must_use]
    pub fn percent(self) -> u32 {
        (self.ratio().unwrap_or(0.0).clamp(0.0, 1.0) * 100.0).round() as u32
    }
}

/// The score of a drill.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Score {
    pub users: Users,
    /// Acts that were preceded by a look that tells some of the open causes from others, and all acts.
    pub looked_before: [usize; 2],
    /// The longest time without a status update, in seconds.
    pub silence_s: u32,
    /// Updates that say impact, state and the time of the next one, and all updates.
    pub updates_complete: [usize; 2],
    /// Users that each act spared, by its entry in the journal; negative: harmed.
    pub acts: Vec<(usize, i64)>,
}

/// Users who started since `start` and were slow or failed, in a run with these actions.
pub(super) fn harm(first: &World, actions: &[Action], start: UtcMs) -> Result<u64, DrillError> {
    let mut world = first.fork();
    for action in actions {
        world.act(action.clone()).map_err(|error| DrillError::Refused(error.reason))?;
    }
    world.advance(world.end_us());
    let recording = world.complete()?;
    let ended = recording.started(recording.span(start, recording.until()));
    Ok(ended.slow + ended.failed)
}

impl Job {
    /// Users harmed in the run.
    ///
    /// # Errors
    /// The run exceeded its budget.
    pub fn run(&self, drill: &Drill) -> Result<u64, DrillError> {
        harm(drill.first(), &self.0, drill.start())
    }
}

impl Score {
    /// The runs that the score of a drill needs, in order: nothing, everything, the best, and all but one act each.
    #[must_use]
    pub fn jobs(drill: &Drill) -> Vec<Job> {
        let taken = drill.taken();
        let actions = |kept: &dyn Fn(usize) -> bool| {
            Job(taken
                .iter()
                .enumerate()
                .filter(|(index, _)| kept(*index))
                .map(|(_, taken)| taken.action.clone())
                .collect())
        };
        let best = best_of(&drill.full().id).map(|policy| Job(policy.actions(drill.full())));
        let mut jobs = vec![Job(Vec::new()), actions(&|_| true)];
        jobs.extend(best);
        jobs.extend((0..taken.len()).map(|left_out| actions(&|index| index != left_out)));
        jobs
    }

    /// From what came of [`Score::jobs`]; `None` when results are missing.
    #[must_use]
    pub fn new(drill: &Drill, harmed: &[u64]) -> Option<Self> {
        let taken = drill.taken();
        let has_best = best_of(&drill.full().id).is_some();
        let [nothing, trainee, rest @ ..] = harmed else { return None };
        let (best, without) = if has_best { rest.split_at_checked(1)? } else { (&[][..], rest) };
        if without.len() != taken.len() {
            return None;
        }
        let acts = taken.iter().zip(without).map(|(taken, without)| (taken.entry, *without as i64 - *trainee as i64));
        let users = Users { nothing: *nothing, trainee: *trainee, best: best.first().copied() };
        let (complete, updates) = updates(drill);
        Some(Self {
            users,
            looked_before: looked_before(drill),
            silence_s: silence_s(drill)[1],
            updates_complete: [complete, updates],
            acts: acts.collect(),
        })
    }

    /// Runs everything that the score of a drill needs.
    ///
    /// # Errors
    /// A run exceeded its budget.
    pub fn of(drill: &Drill) -> Result<Self, DrillError> {
        let harmed = Self::jobs(drill).iter().map(|job| job.run(drill)).collect::<Result<Vec<u64>, _>>()?;
        Self::new(drill, &harmed).ok_or_else(|| DrillError::Refused("a run is missing".to_owned()))
    }

    /// Acts that harmed more than chance would, with their users: what was done needlessly.
    #[must_use]
    pub fn unneeded(&self) -> Vec<(usize, u64)> {
        let felt = self.users.nothing as f64 * FELT_RATIO;
        let harmed = self.acts.iter().filter(|(_, spared)| (*spared as f64) < -felt);
        harmed.map(|(entry, spared)| (*entry, spared.unsigned_abs())).collect()
    }
}

/// Acts that were preceded by a look which separates causes that were still open, since the act before; and all acts.
fn looked_before(drill: &Drill) -> [usize; 2] {
    let mut open: Vec<Cause> = Cause::all().collect();
    let (mut separated, mut counts) = (false, [0, 0]);
    let is_act =
        |entry: usize| drill.taken().iter().any(|taken: &Taken| taken.entry == entry && taken.response.is_some());
    for (index, entry) in drill.journal().0.iter().enumerate() {
        match &entry.what {
            What::Look(look) => separated |= look.separates(&open),
            What::RuleOut(cause) => open.retain(|open| open != cause),
            What::Act(response) if is_act(index) || response.needs_finding() => {
                counts[0] += usize::from(separated);
                counts[1] += 1;
                separated = false;
            }
            _ => {}
        }
    }
    counts
}

/// The longest time from one update to the next, from the start to the end: when it began, and how long it was, in seconds.
#[must_use]
pub fn silence_s(drill: &Drill) -> [u32; 2] {
    let is_update = |what: &What| matches!(what, What::Update(_));
    let updates = drill.journal().0.iter().filter(|entry| is_update(&entry.what)).map(|entry| entry.at_s);
    let end = drill.ended_s().unwrap_or_else(|| drill.now_s());
    let moments: Vec<u32> = std::iter::once(0).chain(updates).chain(std::iter::once(end)).collect();
    let silences = moments.windows(2).map(|two| [two[0], two[1].saturating_sub(two[0])]);
    // Of several that are as long, the first.
    silences.rev().max_by_key(|[_, length_s]| *length_s).unwrap_or_default()
}

fn updates(drill: &Drill) -> (usize, usize) {
    let updates = drill.journal().0.iter().filter_map(|entry| match entry.what {
        What::Update(update) => Some(update.is_complete()),
        _ => None,
    });
    updates.fold((0, 0), |(complete, all), is_complete| (complete + usize::from(is_complete), all + 1))
}
