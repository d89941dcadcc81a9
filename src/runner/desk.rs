//! The desk at which runs are worked on: opened, advanced, acted in, forked and closed, in slices, so that whoever asks is heard
//! in between. The same in a worker and, where there is none, on the page.
//!
//! Invariant: what was asked for last is worked on first; what was closed is worked on no more. How the work is cut into slices
//! does not influence a recording. Time is an argument.

use std::collections::BTreeMap;

use super::protocol::{Answer, Ask, Tells};
use crate::compare::Outcome;
use crate::model::World;
use crate::recording::Sent;
use crate::scenario::{Release, Scenario};
use crate::units::UtcMs;

/// Simulated time of a step. A single long call would never leave the browser's baseline compiler, and could not be left.
const STEP_S: f64 = 60.0;
/// Simulated time between two snapshots, from which a run can be forked.
const SNAPSHOT_S: f64 = 300.0;
/// Memory of the recordings in the snapshots of a run. Each holds its own, so they grow with the square of the window: three
/// hours of eight instances need 56 MB every ten minutes and twice that every five.
const SNAPSHOTS_BYTES_MAX: usize = 64 << 20;
/// Least time between two pieces of a run that is not at its target.
const PIECE_MS: f64 = 40.0;

/// A run at the desk.
struct Opened {
    world: World,
    /// How far it is to be advanced.
    target: UtcMs,
    /// When it was asked for: the newest come first.
    age: u64,
    /// Whether its target is reached and told.
    is_told: bool,
    sent: Sent,
    /// Snapshots, in order of time; none of a run that nobody forks.
    snapshots: Vec<World>,
    /// Simulated time between two of them.
    snapshot_s: f64,
    keeps_snapshots: bool,
    /// Whether its recording is told; else what came of it, or nothing.
    is_recorded: bool,
    /// The scenario, where only what came of the run is told.
    scored: Option<Scenario>,
    told_ms: f64,
}

/// The desk.
#[derive(Default)]
pub struct Desk {
    runs: BTreeMap<u32, Opened>,
    asked: u64,
}

/// An answer, with the bytes of a piece of a recording where it has one.
pub type Told = (Answer, Option<Vec<u8>>);

impl Desk {
    /// Takes a request. What can be answered at once is.
    pub fn ask(&mut self, ask: Ask) -> Option<Answer> {
        self.asked += 1;
        match ask {
            Ask::Open { id, scenario, seed, release, keeps_snapshots, tells } => {
                let opened = open(&scenario, &seed, release);
                match opened {
                    Ok((scenario, world)) => {
                        let scored = (tells == Tells::Outcome).then_some(scenario);
                        self.insert(id, world, keeps_snapshots, tells == Tells::Recording, scored);
                        None
                    }
                    Err(why) => Some(Answer::Failed { id, why }),
                }
            }
            Ask::Advance { id, until } => {
                let age = self.asked;
                let Some(run) = self.runs.get_mut(&id) else { return Some(unknown(id)) };
                (run.target, run.age, run.is_told) = (until, age, false);
                None
            }
            Ask::Act { id, action } => {
                let Some(run) = self.runs.get_mut(&id) else { return Some(unknown(id)) };
                match run.world.act(action) {
                    Ok(()) => {
                        run.is_told = false;
                        None
                    }
                    Err(refused) => Some(Answer::Refused { id, why: refused.to_string() }),
                }
            }
            Ask::Fork { id, of, at, actions } => {
                let Some(run) = self.runs.get(&of) else { return Some(unknown(of)) };
                let Some(from) = run.snapshots.iter().rev().find(|world| world.now() <= at) else {
                    return Some(Answer::Failed { id, why: format!("run {of} has no snapshot up to {at}") });
                };
                let mut world = from.fork();
                world.plan(&actions);
                self.insert(id, world, false, true, None);
                None
            }
            Ask::Close { id } => {
                self.runs.remove(&id);
                None
            }
        }
    }

    fn insert(&mut self, id: u32, world: World, keeps_snapshots: bool, is_recorded: bool, scored: Option<Scenario>) {
        let run = Opened {
            target: world.now(),
            age: self.asked,
            is_told: true,
            sent: Sent::default(),
            snapshots: if keeps_snapshots { vec![world.fork()] } else { Vec::new() },
            snapshot_s: SNAPSHOT_S,
            keeps_snapshots,
            is_recorded,
            scored,
            told_ms: f64::NEG_INFINITY,
            world,
        };
        self.runs.insert(id, run);
    }

    /// Whether there is work.
    #[must_use]
    pub fn has_work(&self) -> bool {
        self.runs.values().any(|run| !run.is_told)
    }

    /// Works on what was asked for last until `now_ms` has passed `until_ms`, or something is to be told.
    pub fn work(&mut self, now_ms: impl Fn() -> f64, until_ms: f64) -> Option<Told> {
        loop {
            let (id, run) = self.runs.iter_mut().filter(|(_, run)| !run.is_told).max_by_key(|(_, run)| run.age)?;
            let id = *id;
            if run.world.now() < run.target && !run.world.is_done() {
                run.step();
            }
            let is_there = run.world.is_done() || run.world.now() >= run.target;
            if let Some(scenario) = run.scored.as_ref().filter(|_| run.world.is_done()) {
                let error = run.world.over_budget();
                let outcome = Outcome::new(scenario, run.world.recording());
                self.runs.remove(&id);
                return Some(match error {
                    Some(error) => (Answer::Failed { id, why: error.to_string() }, None),
                    None => (Answer::Outcome { id, outcome }, None),
                });
            }
            if !run.is_recorded {
                // It rests where it was asked to stop before its end.
                run.is_told = is_there;
            } else if is_there || now_ms() - run.told_ms >= PIECE_MS {
                run.told_ms = now_ms();
                run.is_told = is_there;
                let is_done = run.world.is_done();
                if let Some(error) = is_done.then(|| run.world.over_budget()).flatten() {
                    return Some((Answer::Failed { id, why: error.to_string() }, None));
                }
                let piece = run.world.recording().piece(&mut run.sent);
                let digest = is_done.then(|| run.world.recording().digest());
                let at = run.world.now();
                if is_done && !run.keeps_snapshots {
                    // Nothing more can come of it.
                    self.runs.remove(&id);
                }
                return Some((Answer::Piece { id, at, is_there, digest }, Some(piece)));
            }
            if now_ms() >= until_ms {
                return None;
            }
        }
    }
}

impl Opened {
    fn step(&mut self) {
        let now = self.world.now();
        let mut until = now.plus_s(STEP_S).min(self.target);
        if self.keeps_snapshots {
            let last = self.snapshots.last().map_or(now, World::now);
            // Snapshots are taken at their time, so that a fork finds them where it looks.
            until = until.min(last.plus_s(self.snapshot_s)).max(now.plus_s(1.0));
        }
        self.world.advance_to(until);
        if self.keeps_snapshots
            && self.snapshots.last().is_none_or(|last| self.world.now().seconds_since(last.now()) >= self.snapshot_s)
        {
            self.snapshots.push(self.world.fork());
            self.thin_out(SNAPSHOTS_BYTES_MAX);
        }
    }

    /// Keeps every second snapshot where all of them would take too much memory, and takes the next ones as far apart. The first
    /// one stays.
    fn thin_out(&mut self, bytes_max: usize) {
        let bytes =
            |snapshots: &[World]| -> usize { snapshots.iter().map(|world| world.recording().columns_bytes()).sum() };
        while self.snapshots.len() > 2 && bytes(&self.snapshots) > bytes_max {
            let mut index = 0;
            self.snapshots.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.snapshot_s *= 2.0;
        }
    }
}

fn open(text: &str, seed: &str, release: Release) -> Result<(Scenario, World), String> {
    let scenario = Scenario::from_json(text).map_err(|error| error.to_string())?.with_release(release);
    let seed = seed.parse().map_err(|_| format!("{seed:?} is no seed"))?;
    let world = World::new(&scenario, seed).map_err(|error| error.to_string())?;
    Ok((scenario, world))
}

fn unknown(id: u32) -> Answer {
    Answer::Failed { id, why: format!("there is no run {id}") }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::compare::branches_at;
    use crate::recording::Recording;
    use crate::scenario::{BUNDLED, Setting};

    fn open(id: u32, keeps_snapshots: bool) -> Ask {
        let (scenario, seed) = (BUNDLED.to_owned(), "20".to_owned());
        Ask::Open { id, scenario, seed, release: Release::Faulty, keeps_snapshots, tells: Tells::Recording }
    }

    fn end() -> UtcMs {
        Scenario::bundled().window.until
    }

    /// Works in slices of five milliseconds on a clock that each look moves by one; gathers what is told.
    fn work(desk: &mut Desk, slices: usize) -> Vec<Told> {
        let clock = Cell::new(0.0);
        let now = || {
            clock.set(clock.get() + 1.0);
            clock.get()
        };
        let mut told = Vec::new();
        for _ in 0..slices {
            let until = clock.get() + 5.0;
            told.extend(desk.work(now, until));
        }
        told
    }

    fn gathered(told: &[Told], id: u32) -> (Option<Recording>, Option<String>) {
        let (mut recording, mut found) = (None, None);
        for (answer, piece) in told {
            if let (Answer::Piece { id: of, digest, .. }, Some(piece)) = (answer, piece)
                && *of == id
            {
                recording = Some(Recording::add_piece(recording.take(), piece).expect("it follows"));
                found = digest.clone().or(found);
            }
        }
        (recording, found)
    }

    #[test]
    fn a_run_comes_in_pieces_and_to_the_same_end() {
        let mut desk = Desk::default();
        assert_eq!(desk.ask(open(1, true)), None);
        assert_eq!(desk.ask(Ask::Advance { id: 1, until: end() }), None);
        let told = work(&mut desk, 400);
        assert!(!desk.has_work() && told.len() > 3, "{}", told.len());
        let (recording, digest) = gathered(&told, 1);
        let whole = World::run(&Scenario::bundled(), 20).expect("valid");
        assert_eq!(digest, Some(whole.digest()));
        assert!(recording == Some(whole));
    }

    #[test]
    fn of_a_run_that_is_only_scored_the_outcome_is_told() {
        let mut desk = Desk::default();
        let (scenario, seed) = (BUNDLED.to_owned(), "20".to_owned());
        desk.ask(Ask::Open {
            id: 1,
            scenario,
            seed,
            release: Release::Faulty,
            keeps_snapshots: false,
            tells: Tells::Outcome,
        });
        desk.ask(Ask::Advance { id: 1, until: end() });
        let told = work(&mut desk, 400);
        let scenario = Scenario::bundled();
        let outcome = Outcome::new(&scenario, &World::run(&scenario, 20).expect("valid"));
        assert_eq!(told, [(Answer::Outcome { id: 1, outcome }, None)]);
        assert!(!desk.has_work());
    }

    #[test]
    fn the_newest_comes_first_and_what_is_closed_never() {
        let mut desk = Desk::default();
        for id in [1, 2, 3] {
            desk.ask(open(id, false));
            desk.ask(Ask::Advance { id, until: end() });
        }
        desk.ask(Ask::Close { id: 2 });
        let order: Vec<u32> = work(&mut desk, 1200)
            .iter()
            .filter_map(|(answer, _)| match answer {
                Answer::Piece { id, is_there: true, .. } => Some(*id),
                _ => None,
            })
            .collect();
        assert_eq!(order, [3, 1]);
        // A wish that is renewed is the newest.
        desk.ask(open(4, false));
        desk.ask(open(5, false));
        desk.ask(Ask::Advance { id: 5, until: end() });
        desk.ask(Ask::Advance { id: 4, until: end() });
        let first = work(&mut desk, 40);
        assert!(first.iter().all(|(answer, _)| matches!(answer, Answer::Piece { id: 4, .. })), "{}", first.len());
    }

    #[test]
    fn a_fork_begins_at_the_snapshot_before_its_change_and_equals_a_run_with_it() {
        let mut desk = Desk::default();
        desk.ask(open(1, true));
        desk.ask(Ask::Advance { id: 1, until: end() });
        work(&mut desk, 400);
        let setting: Setting = "actions.rolling_restart.at=11:32".parse().expect("a setting");
        let changed = Scenario::bundled().with(&[setting]).expect("valid");
        let at = changed.window.from.same_day_at("11:32").expect("a time");
        assert_eq!(desk.ask(Ask::Fork { id: 2, of: 1, at, actions: changed.actions.clone() }), None);
        desk.ask(Ask::Advance { id: 2, until: end() });
        let (recording, digest) = gathered(&work(&mut desk, 400), 2);
        let whole = World::run(&changed, 20).expect("valid");
        // The snapshot has counted the same events.
        assert_eq!(recording.map(|recording| recording.digest()), Some(whole.digest()));
        assert_eq!(digest, Some(whole.digest()));
    }

    #[test]
    fn whatever_is_done_a_fork_equals_the_whole_run() {
        for (file, settings) in [
            // On a snapshot's time, moved from one, taken away from one, in answer to a page, several at a time.
            ("checkout-outage-2024-08-15.json", "actions.rolling_restart.at=11:30"),
            ("checkout-outage-2024-08-15.json", "actions.patch.at=12:50"),
            ("checkout-outage-2024-08-15.json", "actions.patch.at=13:20"),
            ("checkout-outage-2024-08-15.json", "actions.shed.at=detected + 14 min"),
            (
                "checkout-outage-2024-08-15.json",
                "actions.scale_out.at=11:10; actions.scale_out.by=4; actions.reap.at=11:35",
            ),
            ("checkout-outage-2024-08-15.json", "actions.leak_off.at=12:00; actions.patch.at=12:00"),
            ("training/slow-gateway.json", "actions.fail_over.at=detected + 15 min"),
            ("training/costly-release.json", "actions.switch.at=detected + 4 min"),
            ("training/connections.json", "actions.rolling_restart.at=detected + 15 min"),
        ] {
            let text = std::fs::read_to_string(format!("static/scenarios/{file}")).expect("a scenario");
            let base = Scenario::from_json(&text).expect("valid");
            let settings: Vec<Setting> =
                settings.split("; ").map(|setting| setting.parse().expect("a setting")).collect();
            let changed = base.with(&settings).expect("valid");
            let happened = World::run(&base, base.seed).expect("valid");
            let at = branches_at(&base, &changed, happened.detected_at()).expect("it branches");
            let mut desk = Desk::default();
            let (scenario, seed) = (text, base.seed.to_string());
            let release = base.deployment.release.value;
            desk.ask(Ask::Open { id: 1, scenario, seed, release, keeps_snapshots: true, tells: Tells::Nothing });
            desk.ask(Ask::Advance { id: 1, until: base.window.until });
            assert!(work(&mut desk, 2000).is_empty(), "nothing is told of what is only forked");
            assert_eq!(desk.ask(Ask::Fork { id: 2, of: 1, at, actions: changed.actions.clone() }), None, "{file}");
            desk.ask(Ask::Advance { id: 2, until: base.window.until });
            let (_, digest) = gathered(&work(&mut desk, 2000), 2);
            let whole = World::run(&changed, base.seed).expect("valid").digest();
            assert_eq!(digest, Some(whole), "{file} {}", changed.what_if);
        }
    }

    #[test]
    fn snapshots_are_thinned_out_where_they_take_too_much_memory() {
        let mut desk = Desk::default();
        desk.ask(open(1, true));
        desk.ask(Ask::Advance { id: 1, until: end() });
        work(&mut desk, 400);
        let run = desk.runs.get_mut(&1).expect("it is open");
        let (count, first) = (run.snapshots.len(), run.snapshots[0].now());
        let whole = run.world.recording().columns_bytes();
        let bytes =
            |run: &Opened| -> usize { run.snapshots.iter().map(|world| world.recording().columns_bytes()).sum() };
        assert!(
            count > 12 && bytes(run) <= SNAPSHOTS_BYTES_MAX,
            "{count} of {} bytes, the whole has {whole}",
            bytes(run)
        );
        run.thin_out(whole * 4);
        assert!((3..count / 2).contains(&run.snapshots.len()), "{} of {count}", run.snapshots.len());
        assert!(run.snapshot_s > SNAPSHOT_S && run.snapshots[0].now() == first);
        assert!(bytes(run) <= whole * 4, "{} bytes, a whole recording has {whole}", bytes(run));
        // A fork begins further back and comes to the same.
        let setting: Setting = "actions.rolling_restart.at=12:01".parse().expect("a setting");
        let changed = Scenario::bundled().with(&[setting]).expect("valid");
        let at = changed.window.at_clock("12:00").expect("a time");
        assert_eq!(desk.ask(Ask::Fork { id: 2, of: 1, at, actions: changed.actions.clone() }), None);
        desk.ask(Ask::Advance { id: 2, until: end() });
        let (_, digest) = gathered(&work(&mut desk, 400), 2);
        assert_eq!(digest, Some(World::run(&changed, 20).expect("valid").digest()));
    }

    #[test]
    fn what_cannot_be_done_is_answered() {
        let mut desk = Desk::default();
        assert!(matches!(desk.ask(Ask::Advance { id: 9, until: end() }), Some(Answer::Failed { id: 9, .. })));
        let mut broken = open(1, false);
        if let Ask::Open { scenario, .. } = &mut broken {
            scenario.truncate(100);
        }
        assert!(matches!(desk.ask(broken), Some(Answer::Failed { id: 1, .. })));
        desk.ask(open(2, false));
        let at = end();
        assert!(matches!(
            desk.ask(Ask::Fork { id: 3, of: 2, at, actions: Vec::new() }),
            Some(Answer::Failed { id: 3, .. })
        ));
        let late = || Scenario::bundled().actions[0].clone();
        desk.ask(open(4, true));
        for id in [2, 4] {
            desk.ask(Ask::Advance { id, until: end() });
        }
        work(&mut desk, 800);
        assert!(matches!(desk.ask(Ask::Act { id: 4, action: late() }), Some(Answer::Refused { id: 4, .. })));
        assert!(
            matches!(desk.ask(Ask::Act { id: 2, action: late() }), Some(Answer::Failed { id: 2, .. })),
            "it has ended"
        );
        assert!(!desk.has_work());
    }
}
