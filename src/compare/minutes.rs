//! The price of a minute: what would have come of an action at every minute at which it could have been taken.

use super::candidates::{Candidate, Source, lowered};
use super::{Outcome, levers};
use crate::replay::{nouns, rounded, thousands};
use crate::scenario::{Scenario, Setting};
use crate::units::UtcMs;

/// Times at which an action could have been taken, from the start of the incident to its end, `points` at least two of them,
/// each a whole minute; the scenario's own time of the action is among them.
#[must_use]
pub fn minutes(scenario: &Scenario, action: &str, points: usize) -> Vec<UtcMs> {
    let (start, end) = (scenario.incident.start, scenario.incident.end.min(scenario.window.until));
    let last = points.saturating_sub(1).max(1);
    let minute = |at: UtcMs| UtcMs(at.0.div_euclid(60_000) * 60_000);
    let mut times: Vec<UtcMs> =
        (0..=last).map(|n| minute(start.plus_s(end.seconds_since(start) * n as f64 / last as f64))).collect();
    times.extend(scenario.action(action).and_then(|action| action.at.fixed()));
    times.sort_unstable();
    times.dedup();
    times
}

/// Something whose time can be varied: an action of the scenario, or one that responders could have taken.
#[derive(Clone, PartialEq, Debug)]
pub struct Varied {
    /// Id of the action.
    pub action: String,
    pub name: String,
    /// What else it takes; nothing for an action of the scenario.
    settings: Vec<Setting>,
}

impl Varied {
    /// Everything whose time can be varied: the actions of the scenario that have one, the last first, then the mitigations.
    #[must_use]
    pub fn all(scenario: &Scenario, candidates: &[Candidate]) -> Vec<Self> {
        let own = scenario.actions.iter().rev().filter(|action| action.at.fixed().is_some());
        let own = own.map(|action| Self { action: action.id.clone(), name: action.name(), settings: Vec::new() });
        let mitigations = candidates.iter().filter(|candidate| candidate.source == Source::Mitigation);
        let mitigations = mitigations.map(|candidate| Self {
            action: candidate.id.clone(),
            name: lowered(&candidate.name),
            settings: candidate.settings.clone(),
        });
        own.chain(mitigations).collect()
    }

    /// `settings` with this at a moment, beside whatever else they change.
    #[must_use]
    pub fn at(&self, scenario: &Scenario, settings: &[Setting], at: UtcMs) -> Vec<Setting> {
        let mut settings = settings.to_vec();
        for wanted in &self.settings {
            if !settings.iter().any(|setting| setting.path == wanted.path) {
                settings.push(wanted.clone());
            }
        }
        levers::set(scenario, &settings, &format!("actions.{}.at", self.action), &at.to_string())
    }
}

/// The curve of the outcomes over the time of an action.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PriceOfAMinute {
    /// In order of time.
    pub points: Vec<(UtcMs, Outcome)>,
}

impl PriceOfAMinute {
    /// Failed users per minute of delay around a moment: the slope from the point before it to the point after it. `None`
    /// where there are not two points.
    #[must_use]
    pub fn failed_per_minute(&self, at: UtcMs) -> Option<f64> {
        if self.points.len() < 2 {
            return None;
        }
        let after = self.points.partition_point(|(time, _)| *time <= at).clamp(1, self.points.len() - 1);
        let before = after.checked_sub(if self.points[after - 1].0 == at && after >= 2 { 2 } else { 1 })?;
        let [(from, less), (until, more)] = [&self.points[before], &self.points[after]];
        let minutes = until.seconds_since(*from) / 60.0;
        (minutes > 0.0).then(|| (more.failed as f64 - less.failed as f64) / minutes)
    }

    /// The slope in words: "Around 12:45 UTC each minute costs about 210 failed checkouts."
    #[must_use]
    pub fn sentence(&self, scenario: &Scenario, at: UtcMs) -> Option<String> {
        let slope = self.failed_per_minute(at)?;
        let count = rounded(slope.abs().round() as u64);
        let journeys = nouns(count as usize, &scenario.incident.journey);
        let clock = at.hh_mm();
        Some(match count {
            0 => format!("Around {clock} UTC a minute makes no difference."),
            count if slope > 0.0 => {
                format!("Around {clock} UTC each minute costs about {} failed {journeys}.", thousands(count))
            }
            count => {
                format!("Around {clock} UTC each minute later spares about {} failed {journeys}.", thousands(count))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_varied_beside_whatever_else_is_tried() {
        let scenario = Scenario::bundled();
        let all = Varied::all(&scenario, &super::super::candidates(&scenario));
        let ids: Vec<&str> = all.iter().map(|varied| varied.action.as_str()).collect();
        assert_eq!(ids[0], "patch", "{ids:?}");
        assert!(
            ids.contains(&"rolling_restart") && ids.contains(&"scale_out") && !ids.contains(&"memory_alert"),
            "{ids:?}"
        );
        let at = scenario.window.at_clock("11:40").expect("a time");
        let tried: Vec<Setting> = vec!["actions.scale_out.by=9".parse().expect("a setting")];
        let of = |id: &str| all.iter().find(|varied| varied.action == id).expect(id);
        let shown =
            |settings: Vec<Setting>| settings.iter().map(|s| format!("{}={}", s.path, s.value)).collect::<Vec<_>>();
        assert_eq!(
            shown(of("scale_out").at(&scenario, &tried, at)),
            ["actions.scale_out.by=9", "actions.scale_out.at=2024-08-15T11:40:00Z"]
        );
        assert_eq!(
            shown(of("patch").at(&scenario, &tried, at)),
            ["actions.scale_out.by=9", "actions.patch.at=2024-08-15T11:40:00Z"]
        );
        for varied in &all {
            let changed = scenario.with(&varied.at(&scenario, &[], at)).expect("valid");
            assert_eq!(
                changed.action(&varied.action).and_then(|action| action.at.fixed()),
                Some(at),
                "{}",
                varied.action
            );
        }
    }

    #[test]
    fn the_times_hold_the_scenarios_own_and_both_ends() {
        let scenario = Scenario::bundled();
        let times: Vec<String> = minutes(&scenario, "patch", 24).into_iter().map(UtcMs::hh_mm).collect();
        assert!((24..=25).contains(&times.len()));
        for clock in ["11:00", "12:45", "13:30"] {
            assert!(times.iter().any(|time| time == clock), "{clock} {times:?}");
        }
    }

    #[test]
    fn the_slope_is_that_around_the_moment() {
        let scenario = Scenario::bundled();
        let at = |clock: &str| scenario.window.at_clock(clock).expect("a time");
        assert_eq!(PriceOfAMinute::default().failed_per_minute(at("11:00")), None);
        let outcome = |failed| Outcome {
            failed_per_mille: Vec::new(),
            users: 1,
            slow: 0,
            failed,
            user_minutes_lost: 0.0,
            budget_ratio: None,
            detected_at: None,
            mitigated_at: None,
            resolved_at: None,
            kills: 0,
            refused: Vec::new(),
        };
        let points = [("11:00", 100), ("11:10", 200), ("11:20", 500), ("11:30", 500)];
        let curve = PriceOfAMinute { points: points.map(|(clock, failed)| (at(clock), outcome(failed))).to_vec() };
        let first = PriceOfAMinute { points: curve.points[..1].to_vec() };
        assert_eq!(first.failed_per_minute(at("11:00")), None, "one point has no slope");
        let slope = |clock| curve.failed_per_minute(at(clock)).expect("points");
        assert_eq!([slope("11:00"), slope("11:05"), slope("11:10"), slope("11:15")], [10.0, 10.0, 20.0, 30.0]);
        assert_eq!(slope("11:30"), 0.0);
        assert_eq!(
            curve.sentence(&scenario, at("11:15")).as_deref(),
            Some("Around 11:15 UTC each minute costs about 30 failed checkouts.")
        );
    }
}
