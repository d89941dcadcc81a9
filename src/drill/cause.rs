//! Causes that a trainee may suspect, and which one a scenario has.
//!
//! Invariant: the list is the same in every drill, so that it tells nothing of the scenario.

use crate::scenario::{During, Effect, Scenario};

/// What may be wrong.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Cause {
    /// Sessions stay open after their transaction.
    Sessions,
    /// Connections are not given back.
    Connections,
    /// Requests need more CPU time than before.
    CostlyCode,
    /// What the service calls answers late or not at all.
    Dependency,
    /// The network between the service and what it calls.
    Network,
    /// More users than usual.
    Traffic,
    /// A cache that has lost what it knew.
    Cache,
    /// Requests that kill the process.
    Crashes,
    /// New connections are refused.
    Refused,
}

use Cause::{Cache, Connections, CostlyCode, Crashes, Dependency, Network, Refused, Sessions, Traffic};

/// A cause with its words.
struct Words {
    cause: Cause,
    /// In journals.
    letter: char,
    /// In commands.
    id: &'static str,
    /// For people.
    name: &'static str,
}

const ALL: [Words; 9] = [
    Words { cause: Sessions, letter: 's', id: "sessions", name: "sessions stay in memory" },
    Words { cause: Connections, letter: 'c', id: "connections", name: "connections are not given back" },
    Words { cause: CostlyCode, letter: 'p', id: "costly_code", name: "requests cost more CPU" },
    Words { cause: Dependency, letter: 'd', id: "dependency", name: "the gateway answers late or not at all" },
    Words { cause: Network, letter: 'n', id: "network", name: "the network loses or delays packets" },
    Words { cause: Traffic, letter: 't', id: "traffic", name: "more users than usual" },
    Words { cause: Cache, letter: 'k', id: "cache", name: "the cache has lost what it knew" },
    Words { cause: Crashes, letter: 'x', id: "crashes", name: "requests kill the process" },
    Words { cause: Refused, letter: 'r', id: "refused", name: "new connections are refused" },
];

impl Cause {
    /// Every cause, in the order shown.
    pub fn all() -> impl Iterator<Item = Self> {
        ALL.iter().map(|words| words.cause)
    }

    fn words(self) -> &'static Words {
        ALL.iter().find(|words| words.cause == self).unwrap_or(&ALL[0])
    }

    /// Its letter in journals.
    #[must_use]
    pub fn letter(self) -> char {
        self.words().letter
    }

    /// Its name in commands: `costly_code`.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.words().id
    }

    /// Its name for people: "requests cost more CPU".
    #[must_use]
    pub fn name(self) -> &'static str {
        self.words().name
    }

    /// The cause of this letter.
    #[must_use]
    pub fn of_letter(letter: char) -> Option<Self> {
        ALL.iter().find(|words| words.letter == letter).map(|words| words.cause)
    }

    /// The cause of this name in commands.
    #[must_use]
    pub fn of_id(id: &str) -> Option<Self> {
        ALL.iter().find(|words| words.id == id).map(|words| words.cause)
    }

    /// What is wrong in a scenario. A fault of a release is the cause where another fault, bound to a span of time, has
    /// triggered it; a surge is a cause only where there is nothing else.
    #[must_use]
    pub fn of(scenario: &Scenario) -> Option<Self> {
        if scenario.leaks_sessions() {
            return Some(Sessions);
        }
        let cause = |effect: &Effect| match effect {
            Effect::CpuCost(_) => CostlyCode,
            Effect::Dependency(_) => Dependency,
            Effect::Surge(_) => Traffic,
            Effect::Crash(_) => Crashes,
            Effect::SlotLeak(_) => Connections,
            Effect::Refuse(_) => Refused,
            Effect::CacheLoss(_) => Cache,
        };
        let in_release = scenario.faults.iter().filter(|fault| matches!(fault.during, During::Release(_)));
        let in_span = scenario.faults.iter().filter(|fault| matches!(fault.during, During::Span(_)));
        let found: Vec<Self> = in_release.chain(in_span).map(|fault| cause(&fault.does)).collect();
        found.iter().find(|cause| **cause != Traffic).or(found.first()).copied()
    }

    /// Whether a patch of the service can end it.
    #[must_use]
    pub fn is_in_code(self) -> bool {
        matches!(self, Sessions | Connections | CostlyCode | Crashes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_names_are_read_as_they_are_written() {
        for cause in Cause::all() {
            assert_eq!(Cause::of_letter(cause.letter()), Some(cause));
            assert_eq!(Cause::of_id(cause.id()), Some(cause));
        }
        let mut letters: Vec<char> = Cause::all().map(Cause::letter).collect();
        letters.sort_unstable();
        letters.dedup();
        assert_eq!(letters.len(), ALL.len());
    }

    #[test]
    fn the_bundled_incident_leaks_sessions() {
        assert_eq!(Cause::of(&Scenario::bundled()), Some(Sessions));
        assert!(Sessions.is_in_code() && !Dependency.is_in_code());
    }
}
