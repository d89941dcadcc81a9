//! The code review: three versions of a handler, one of which forgets a session on one way out.
//!
//! Invariant: every version is compiled and run. What is told of it, which sessions it leaves open and when, is counted over plays
//! of a checkout with every way out, never written down.

mod desk;
mod east;
mod guarded;
mod north;
mod west;

pub use desk::{Answer, Desk, Order, Play, Reply};

/// A version of the handler.
#[derive(Clone, Copy, Debug)]
pub struct Version {
    /// Its name on the page.
    pub name: &'static str,
    /// Its source, as it is compiled.
    pub source: &'static str,
    checkout: fn(&mut Desk, &Order) -> Answer,
}

/// The three versions that are reviewed.
pub const VERSIONS: [Version; 3] = [
    Version { name: "north.rs", source: include_str!("north.rs"), checkout: north::checkout },
    Version { name: "east.rs", source: include_str!("east.rs"), checkout: east::checkout },
    Version { name: "west.rs", source: include_str!("west.rs"), checkout: west::checkout },
];

/// The same with a guard, with which no way out can forget the session.
pub const GUARDED: Version =
    Version { name: "guarded.rs", source: include_str!("guarded.rs"), checkout: guarded::checkout };

/// What a version left behind after many plays.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Left {
    /// Checkouts that were played.
    pub plays: u32,
    /// Sessions that are still open afterwards.
    pub sessions: u32,
    /// Checkouts that left one open, by how they ended and how many attempts they took.
    pub by_ending: Vec<(String, u32)>,
}

impl Version {
    /// Plays a checkout once; how it ended, and the sessions that are open afterwards.
    #[must_use]
    pub fn play(&self, play: &Play) -> (Answer, u32) {
        let mut desk = Desk::new(play.clone());
        let answer = (self.checkout)(&mut desk, &play.order);
        (answer, desk.open_sessions())
    }

    /// Plays every checkout there is: every order, stock, replies of the gateway and moment at which the client leaves.
    #[must_use]
    pub fn play_all(&self) -> Left {
        let mut left = Left::default();
        for play in Play::all() {
            let (answer, open) = self.play(&play);
            left.plays += 1;
            left.sessions += open;
            if open > 0 {
                let attempts = if open == 1 { "one more attempt".to_owned() } else { format!("{open} more attempts") };
                let ending = format!("{} after {attempts}", answer.words());
                match left.by_ending.iter_mut().find(|(known, _)| *known == ending) {
                    Some((_, count)) => *count += 1,
                    None => left.by_ending.push((ending, 1)),
                }
            }
        }
        left
    }
}

/// The index of the version that forgets, and the line of its source, from 1, on which it does: the one that opens a session
/// within its loop.
#[must_use]
pub fn fault() -> Option<(usize, usize)> {
    let index = VERSIONS.iter().position(|version| version.play_all().sessions > 0)?;
    let line = VERSIONS[index].source.lines().position(|line| line.trim() == "session = desk.open_session();")?;
    Some((index, line + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_version_forgets_sessions_on_one_way_out() {
        let left: Vec<Left> = VERSIONS.iter().map(Version::play_all).collect();
        assert_eq!(left.iter().map(|left| left.sessions > 0).collect::<Vec<_>>(), [false, true, false], "{left:?}");
        assert_eq!(GUARDED.play_all().sessions, 0);
        let (index, line) = fault().expect("one");
        assert_eq!(index, 1);
        assert!(line > 20, "{line}");
        // Only where an attempt followed a time-out.
        for play in Play::all() {
            let (_, open) = VERSIONS[index].play(&play);
            let retried = play.replies[0] == Reply::TimedOut
                && play.in_stock
                && play.order.items > 0
                && play.gone_before != Some(1);
            assert_eq!(open > 0, retried, "{play:?}");
        }
    }

    /// The other ways out are in order, so that the reviewer has one thing to find.
    #[test]
    fn only_what_is_sold_stays_set_aside() {
        for play in Play::all() {
            for version in VERSIONS.iter().chain([&GUARDED]) {
                let mut desk = Desk::new(play.clone());
                let answer = (version.checkout)(&mut desk, &play.order);
                let sold = if answer == Answer::Confirmed { play.order.items } else { 0 };
                assert_eq!(desk.reserved(), sold, "{}: {play:?}", version.name);
                let is_guarded = version.name == GUARDED.name;
                assert!(is_guarded || matches!(answer, Answer::Refused | Answer::TimedOut) || !desk.log().is_empty());
            }
        }
    }

    #[test]
    fn every_version_answers_alike() {
        for play in Play::all() {
            let answers: Vec<Answer> = VERSIONS.iter().chain([&GUARDED]).map(|version| version.play(&play).0).collect();
            assert!(answers.iter().all(|answer| *answer == answers[0]), "{play:?}: {answers:?}");
        }
    }

    #[test]
    fn every_version_is_of_a_size_that_is_reviewed() {
        for version in VERSIONS {
            let lines = version.source.lines().count();
            assert!((60..=100).contains(&lines), "{}: {lines}", version.name);
        }
    }
}
