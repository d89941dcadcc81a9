//! What a trainee can do: every kind of action, each with its preparation, its cost, and what it needs.
//!
//! Invariant: the offer tells nothing of the cause. What makes no sense is refused with a reason when it is tried, as in life.

use crate::scenario::{Action, Cap, Deed, KINDS, Kind, LimitKind, Release, Scale, Scenario, Shed, When, template};
use crate::units::UtcMs;

/// A release that has run for longer is not taken back: an assumption.
const TAKEN_BACK_WITHIN_H: f64 = 6.0;
/// How long requests are shed, in seconds, where the scenario says nothing: an assumption.
const SHED_S: f64 = 1200.0;
/// Share of the attempts that are shed: an assumption.
const SHED_RATIO: f64 = 0.25;

/// Something to do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Response {
    /// A patch of the stated cause is written, tested and rolled out.
    Patch,
    /// The release before is rolled out again.
    RollBack,
    Restart,
    ScaleOut,
    Shed,
    FewerRetries,
    FailOver,
    Balance,
    Reap,
    Cap,
    Warm,
    /// The suspected part is switched off by its flag.
    SwitchOff,
}

struct Words {
    response: Response,
    letter: char,
    id: &'static str,
    name: &'static str,
    /// The kind of action behind it.
    kind: &'static str,
    /// Minutes of preparation where those of the kind are about something else.
    preparation_min: Option<u32>,
}

const fn words(response: Response, letter: char, id: &'static str, kind: &'static str, name: &'static str) -> Words {
    Words { response, letter, id, name, kind, preparation_min: None }
}

const ALL: [Words; 12] = [
    words(Response::Patch, 'p', "patch", "roll_out", "Patch the stated cause"),
    Words {
        preparation_min: Some(5),
        ..words(Response::RollBack, 'b', "roll_back", "roll_out", "Roll back to the release before")
    },
    words(Response::Restart, 'r', "restart", "restart", "Restart every instance, in waves"),
    words(Response::ScaleOut, 's', "scale_out", "scale", "Start more instances"),
    words(Response::Shed, 'h', "shed", "shed", "Turn away one attempt in four for 20 minutes"),
    words(Response::FewerRetries, 'l', "fewer_retries", "limit", "Let clients try again less often"),
    words(Response::FailOver, 'f', "fail_over", "fail_over", "Fail over to another gateway"),
    words(Response::Balance, 'e', "balance", "balance", "Send requests to the least busy instance"),
    words(Response::Reap, 'i', "reap", "reap", "End sessions idle for 30 minutes"),
    words(Response::Cap, 'k', "cap", "cap", "Keep at most 40,000 sessions per instance"),
    words(Response::Warm, 'w', "warm", "warm", "Warm the cache"),
    words(Response::SwitchOff, 'o', "switch_off", "switch", "Switch the suspected part off by its flag"),
];

impl Response {
    fn words(self) -> &'static Words {
        ALL.iter().find(|words| words.response == self).unwrap_or(&ALL[0])
    }

    /// Every response.
    pub fn all() -> impl Iterator<Item = Self> {
        ALL.iter().map(|words| words.response)
    }

    /// Its letter in journals.
    #[must_use]
    pub fn letter(self) -> char {
        self.words().letter
    }

    /// Its name in commands: `fail_over`.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.words().id
    }

    /// Its name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.words().name
    }

    /// The response of this letter.
    #[must_use]
    pub fn of_letter(letter: char) -> Option<Self> {
        ALL.iter().find(|words| words.letter == letter).map(|words| words.response)
    }

    /// The response of this name in commands.
    #[must_use]
    pub fn of_id(id: &str) -> Option<Self> {
        ALL.iter().find(|words| words.id == id).map(|words| words.response)
    }

    /// The kind of action behind it, with what it costs.
    #[must_use]
    pub fn kind(self) -> &'static Kind {
        KINDS.iter().find(|kind| kind.name == self.words().kind).unwrap_or(&KINDS[0])
    }

    /// Minutes from the decision until it begins: an assumption.
    #[must_use]
    pub fn preparation_min(self) -> u32 {
        self.words().preparation_min.unwrap_or(self.kind().preparation_min)
    }

    /// Whether the cause must have been stated, with a look that speaks of it.
    #[must_use]
    pub fn needs_finding(self) -> bool {
        matches!(self, Self::Patch | Self::SwitchOff)
    }

    /// What can be done in a scenario. A cache and a flag are there or not before anything goes wrong; all else is always
    /// offered.
    #[must_use]
    pub fn offered(scenario: &Scenario) -> Vec<Self> {
        let has_flag = scenario.actions.iter().any(|action| matches!(action.deed, Deed::Switch(_)));
        ALL.iter()
            .map(|words| words.response)
            .filter(|response| match response {
                Self::Warm => scenario.cache.is_some(),
                Self::SwitchOff => has_flag,
                _ => true,
            })
            .collect()
    }

    /// The deed, as the scenario's own responders did it where they did; `None` where there is nothing to do it with.
    fn deed(self, scenario: &Scenario, at: UtcMs) -> Option<Deed> {
        let reported = responses(scenario).find(|action| self.is_of(action));
        if let Some(action) = reported {
            return Some(action.deed.clone());
        }
        match self {
            Self::ScaleOut => Some(Deed::Scale(Scale { by: scenario.instances.count.value.div_ceil(2) as i32 })),
            Self::Shed => Some(Deed::Shed(Shed { until: at.plus_s(SHED_S), ratio: SHED_RATIO })),
            Self::Cap => Some(Deed::Cap(Cap { sessions: 40_000 })),
            Self::SwitchOff => None,
            _ => template(scenario, self.words().kind).map(|action| action.deed),
        }
    }

    /// Whether an action of the scenario is this response.
    #[must_use]
    pub fn is_of(self, action: &Action) -> bool {
        match (&action.deed, self) {
            (Deed::RollOut(roll_out), Self::Patch | Self::RollBack) => roll_out.release == Release::Fixed,
            (Deed::Limit(limit), Self::FewerRetries) => limit.what == LimitKind::Retries,
            (Deed::Scale(scale), Self::ScaleOut) => scale.by > 0,
            (Deed::Switch(switch), Self::SwitchOff) => !switch.on,
            (Deed::RollOut(_) | Deed::Limit(_) | Deed::Scale(_) | Deed::Switch(_), _) => false,
            (deed, _) => deed.kind() == self.words().kind,
        }
    }

    /// The action in the run, which begins at `at`. `number` makes its name one of its own.
    pub(super) fn action(self, scenario: &Scenario, at: UtcMs, number: usize) -> Option<Action> {
        let id = format!("drill_{number}");
        Some(Action { id, at: When::At(at), deed: self.deed(scenario, at)?, reason: String::new() })
    }

    /// Why it is refused before it is prepared.
    pub(super) fn refusal(self, scenario: &Scenario, now: UtcMs) -> Option<String> {
        if self != Self::RollBack {
            return None;
        }
        let within = |at: UtcMs| now.seconds_since(at) <= TAKEN_BACK_WITHIN_H * 3600.0;
        let is_recent = |action: &Action| {
            matches!(action.deed, Deed::RollOut(_)) && action.at.fixed().is_some_and(|at| at <= now && within(at))
        };
        let is_young = scenario.deployment.faulty_age_h.value <= TAKEN_BACK_WITHIN_H;
        (!is_young && !scenario.actions.iter().any(is_recent)).then(|| {
            format!(
                "The release has run for more than {TAKEN_BACK_WITHIN_H} hours; what it has written since then cannot be read by the one before."
            )
        })
    }
}

/// What the responders of a scenario did once the incident had begun.
pub(super) fn responses(scenario: &Scenario) -> impl Iterator<Item = &Action> {
    scenario.actions.iter().filter(|action| is_response(scenario, action))
}

fn is_response(scenario: &Scenario, action: &Action) -> bool {
    action.at.fixed().is_none_or(|at| at >= scenario.incident.start)
}

/// The scenario without its responders: what a drill starts from.
pub(super) fn without_responders(scenario: &Scenario) -> Scenario {
    let mut base = scenario.clone();
    base.actions.retain(|action| !is_response(scenario, action));
    base
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_names_are_read_as_they_are_written() {
        let mut letters: Vec<char> = ALL.iter().map(|words| words.letter).collect();
        for words in &ALL {
            assert_eq!(Response::of_letter(words.letter), Some(words.response));
            assert_eq!(Response::of_id(words.id), Some(words.response));
            assert_eq!(words.response.kind().name, words.kind, "{}", words.id);
        }
        letters.sort_unstable();
        letters.dedup();
        assert_eq!(letters.len(), ALL.len());
    }

    #[test]
    fn the_patch_is_that_of_the_report() {
        let scenario = Scenario::bundled();
        let at = scenario.incident.start;
        let patch = Response::Patch.action(&scenario, at, 1).expect("a patch");
        assert_eq!(Some(&patch.deed), scenario.action("patch").map(|action| &action.deed));
        assert!(Response::RollBack.refusal(&scenario, at).expect("a reason").contains("6 hours"));
        assert!(without_responders(&scenario).actions.is_empty());
    }
}
