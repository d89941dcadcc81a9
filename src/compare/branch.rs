//! Where a what-if leaves what happened: from there on it is another run, up to there the same.

use crate::scenario::{Scenario, When};
use crate::units::UtcMs;

/// The last moment up to which the run of `changed` is that of `base`, whose first page came at `detected`. `None` where they
/// differ from the beginning: in anything else than actions, or before the window.
#[must_use]
pub fn branches_at(base: &Scenario, changed: &Scenario, detected: Option<UtcMs>) -> Option<UtcMs> {
    let mut same = changed.clone();
    same.actions.clone_from(&base.actions);
    same.what_if.clone_from(&base.what_if);
    if same != *base {
        return None;
    }
    let differs = |one: &Scenario, other: &Scenario| {
        let is_same = |id: &str| one.action(id) == other.action(id);
        one.actions.iter().filter(|action| !is_same(&action.id)).map(|action| action.at).collect::<Vec<_>>()
    };
    let times = differs(base, changed).into_iter().chain(differs(changed, base));
    // Nobody does anything because of a page before there is one.
    let times = times.filter_map(|at| match at {
        When::At(at) => Some(at),
        When::AfterDetection(_) => detected,
    });
    // An action at a moment is among the first things that happen at it.
    let at = times.min().unwrap_or(base.window.until).plus_s(-1.0);
    (at > base.window.from).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Setting;

    fn at(clock: &str) -> UtcMs {
        Scenario::bundled().window.at_clock(clock).expect("a time")
    }

    fn branch(settings: &[&str]) -> Option<UtcMs> {
        let base = Scenario::bundled();
        let settings: Vec<Setting> = settings.iter().map(|text| text.parse().expect("a setting")).collect();
        let changed = base.with(&settings).expect("valid");
        branches_at(&base, &changed, Some(at("11:00")))
    }

    #[test]
    fn a_what_if_branches_before_the_first_action_that_differs() {
        let just_before = |clock: &str| Some(at(clock).plus_s(-1.0));
        assert_eq!(branch(&["actions.rolling_restart.at=11:32"]), just_before("11:32"));
        assert_eq!(branch(&["actions.patch.at=12:30"]), just_before("12:30"));
        assert_eq!(branch(&["actions.patch.at=13:15"]), just_before("12:45"), "it does not come when it came");
        assert_eq!(branch(&["actions.rolling_restart.at=detected + 15 min"]), just_before("11:00"));
        assert_eq!(branch(&["actions.rolling_restart.at=11:32", "actions.shed.at=11:20"]), just_before("11:20"));
    }

    #[test]
    fn what_differs_from_the_beginning_does_not_branch() {
        assert_eq!(branch(&["instances.count=9"]), None);
        let base = Scenario::bundled();
        assert_eq!(branches_at(&base, &base.with_seed(7), None), None, "other users");
        assert_eq!(branch(&["monitor.rules[3].severity=page"]), None);
    }
}
