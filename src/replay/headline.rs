//! The headline of the page, and the tiles with reported and simulated values below it.

use super::instance::SATURATED_RATIO;
use super::moment::{FULL_RATIO, noticed_ratio};
use super::words::{capitalised, count, nouns, part_of, people, percent_fine, time_in_figures};
use crate::recording::{ClaimVerdict, Happening, InstanceState, Ledger, LedgerRow, Recording, Span, TICK_S};
use crate::scenario::{During, Effect, Fault, Measure, Quantity, Scenario};
use crate::units::UtcMs;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TileKey {
    /// Users slow or failed.
    Affected,
    /// Users who could not complete.
    Failed,
    /// When it was detected.
    Detected,
    /// When it was over.
    Over,
}

/// A tile at the top of the page: a claim's simulated value beside the reported one.
#[derive(Clone, PartialEq, Debug)]
pub struct Tile {
    pub key: TileKey,
    /// Id of the claim: "E2".
    pub claim: String,
    /// "slow or failed".
    pub label: String,
    /// The simulated value: "58.7 %", "11:00"; a dash when the run has none.
    pub simulated: String,
    /// The reported value: "60 %".
    pub reported: String,
    /// Whether the simulated value lies inside the claim's bounds.
    pub verdict: ClaimVerdict,
    /// The claim, its bounds and the exact value, for a tooltip.
    pub detail: String,
}

/// Below this ratio no percentage is said: it would be rounded to none.
const FEWEST_RATIO: f64 = 0.001;

/// Two sentences about the run: what filled how many instances, and what that did to how many users.
#[must_use]
pub fn headline(scenario: &Scenario, recording: &Recording) -> String {
    let service = &scenario.incident.service;
    let cause = match scenario.leaks_sessions() {
        true => {
            let (filled, whole) = filled(recording, scenario.incident.end);
            match filled {
                0 => format!("No instance of the {service} ran out of memory."),
                _ => format!(
                    "A release of the {service} left sessions open until they filled the memory of {}.",
                    part_of(filled, whole, "instance")
                ),
            }
        }
        false => cause(scenario, recording),
    };
    format!("{cause} {}", effect(scenario, recording))
}

/// Minutes after which harm is no longer that of its trigger.
const LONG_AFTER_MIN: usize = 15;

/// What went wrong, by the faults of the scenario, and how many instances it got to.
fn cause(scenario: &Scenario, recording: &Recording) -> String {
    let service = &scenario.incident.service;
    let carrier = |fault: &Fault| match fault.during {
        During::Release(_) => format!("A release of the {service}"),
        During::Span(_) => capitalised(&format!("the {service}")),
    };
    let some = |number: usize| part_of(number, concerned(recording, |_, _| true, scenario.incident.end), "instance");
    let sentence = |fault: &Fault| match &fault.does {
        Effect::SlotLeak(leak) => {
            let of = scenario.pool_of(&leak.pool);
            let pool = recording.meta.pools.iter().position(|pool| pool.id == leak.pool);
            let is_used_up = |tick, instance| pool.is_some_and(|pool| is_used_up(recording, tick, instance, pool));
            Some(match concerned(recording, is_used_up, scenario.incident.end) {
                0 => format!("No instance of the {service} ran out of {of}."),
                number => {
                    format!("{} did not give back its {of} until {} had none left.", carrier(fault), some(number))
                }
            })
        }
        Effect::CpuCost(cost) => {
            let is_saturated = |tick, instance| cpu_ratio(recording, tick, instance) > SATURATED_RATIO;
            Some(match concerned(recording, is_saturated, scenario.incident.end) {
                0 => format!("No instance of the {service} ran out of CPU time."),
                number => format!(
                    "{} needed {} times the CPU time for a request, and {} had none left.",
                    carrier(fault),
                    cost.factor,
                    some(number)
                ),
            })
        }
        Effect::Crash(_) => {
            let crashes = recording.log.iter().filter(|entry| matches!(entry.what, Happening::Crashed { .. })).count();
            Some(format!("Requests killed processes of the {service}: {}.", counted_times(crashes)))
        }
        Effect::Dependency(dependency) if dependency.latency_factor > 1.0 => Some(format!(
            "The {} took {} times as long to answer, and the worker threads of the {service} waited for it.",
            scenario.incident.dependency, dependency.latency_factor
        )),
        Effect::Dependency(dependency) => {
            let errors = percent_fine(dependency.error_ratio);
            let called = &scenario.incident.dependency;
            Some(format!("The {called} answered {errors} of the calls of the {service} with an error."))
        }
        Effect::CacheLoss(loss) => {
            let of = scenario.cache.as_ref().map_or("entries", |cache| cache.of.as_str());
            let lost = match loss.kept_ratio {
                0.0 => "all".to_owned(),
                kept => percent_fine(1.0 - kept),
            };
            let called = &scenario.incident.dependency;
            Some(format!("The cache of the {service} lost {lost} of its {of}, and the calls went to the {called}."))
        }
        Effect::Refuse(refuse) => {
            let of = scenario.pool_of(&refuse.pool);
            Some(format!("The {} refused new {of} of the {service}.", scenario.incident.dependency))
        }
        Effect::Surge(surge) => {
            let During::Span(span) = &fault.during else { return None };
            let users = nouns(2, &scenario.incident.user);
            let minutes = time_in_figures(span.until.seconds_since(span.from) / 60.0);
            let times = match surge.factor.fract() == 0.0 {
                true => capitalised(&count(surge.factor as usize)),
                false => surge.factor.to_string(),
            };
            let came = format!("{times} times as many {users} as usual came to the {service} for {minutes}");
            // Counted to the last minute in which many were harmed, up to the end of the incident.
            let harmed = |minute: &usize| {
                let from = span.until.plus_s(*minute as f64 * 60.0);
                let outcomes = recording.started(recording.span(from, from.plus_s(60.0)));
                outcomes.failed_ratio().is_some_and(|ratio| ratio > noticed_ratio(scenario))
            };
            let left = (scenario.incident.end.seconds_since(span.until) / 60.0).max(0.0) as usize;
            Some(match (0..left).rev().find(harmed) {
                Some(last) if last >= LONG_AFTER_MIN => {
                    format!("{came}; it went on failing for {} after that.", time_in_figures(last as f64))
                }
                _ => format!("{came}."),
            })
        }
    };
    // The mechanism rather than its trigger, whatever their order.
    let weight = |fault: &&Fault| match &fault.does {
        Effect::SlotLeak(_) => 0,
        Effect::CpuCost(_) | Effect::Crash(_) | Effect::Refuse(_) | Effect::CacheLoss(_) => 1,
        Effect::Dependency(_) => 2,
        Effect::Surge(_) => 3,
    };
    let told = scenario.faults.iter().min_by_key(weight).and_then(sentence);
    told.unwrap_or_else(|| format!("Nothing is wrong with the {service} in this run."))
}

fn counted_times(number: usize) -> String {
    if number == 1 { "once".to_owned() } else { format!("{number} times") }
}

/// Number of instances for which something was so, in some row until a moment.
fn concerned(recording: &Recording, is_so: impl Fn(usize, usize) -> bool, until: UtcMs) -> usize {
    let ticks = (recording.second_of(until) / TICK_S).min(recording.ticks());
    let runs = |tick, instance| {
        let state = recording.state_at_row(recording.row(tick, instance));
        matches!(state, InstanceState::InRotation | InstanceState::OutOfRotation)
    };
    let was_so = |i: &usize| (0..ticks).any(|tick| runs(tick, *i) && is_so(tick, *i));
    (0..recording.meta.instances as usize).filter(was_so).count()
}

/// Whether requests waited for a slot of a pool that has none left.
fn is_used_up(recording: &Recording, tick: usize, instance: usize, pool: usize) -> bool {
    let row = recording.row(tick, instance) * recording.meta.pools.len() + pool;
    recording.pools.slots_waited_for.get(row).is_some_and(|waiting| *waiting > 0)
}

/// CPU time of the minute that ends with a row.
fn cpu_ratio(recording: &Recording, tick: usize, instance: usize) -> f64 {
    let until = (tick + 1) * TICK_S;
    recording.cpu_ratio(Span { from: until.saturating_sub(60), until }, instance)
}

/// Number of instances that were nearly out of memory at some time until `until`, and number of instances at the start.
fn filled(recording: &Recording, until: UtcMs) -> (usize, usize) {
    let ticks = (recording.second_of(until) / TICK_S).min(recording.ticks());
    let limit_kib = f64::from(recording.meta.heap_limit_kib) * FULL_RATIO;
    let of = |wanted: &dyn Fn(usize) -> bool| (0..recording.meta.instances as usize).filter(|i| wanted(*i)).count();
    let columns = &recording.instances;
    let was_full = |i: usize| {
        (0..ticks).any(|tick| {
            let row = recording.row(tick, i);
            matches!(recording.state_at_row(row), InstanceState::InRotation | InstanceState::OutOfRotation)
                && f64::from(columns.heap_after_gc_kib[row]) > limit_kib
        })
    };
    (of(&was_full), of(&|i| recording.state_at_row(i).exists()))
}

fn effect(scenario: &Scenario, recording: &Recording) -> String {
    let journey = &scenario.incident.journey;
    let users = capitalised(&nouns(2, &scenario.incident.user));
    let outcomes = recording.started(recording.span(scenario.incident.start, scenario.incident.end));
    let Some(affected) = outcomes.affected_ratio() else {
        let (from, until) = (scenario.incident.start.hh_mm(), scenario.incident.end.hh_mm());
        return format!("No {} started a {journey} between {from} and {until}.", scenario.incident.user);
    };
    let failed = people(outcomes.failed_ratio().unwrap_or(0.0), &scenario.incident.user);
    let could_not = format!("could not complete the {journey}");
    match people(affected, &scenario.incident.user) {
        // Both shares are of the same population: users who started a checkout during the incident.
        Some(who) if affected > 1.0 - scenario.service_level.objective_ratio => {
            let failed =
                failed.map_or(String::new(), |failed| format!("; {}", failed.who_else(&who, &could_not, &could_not)));
            let (from, until) = (scenario.incident.start.hh_mm(), scenario.incident.end.hh_mm());
            let waited = "waited too long or failed";
            format!("Between {from} and {until} {}{failed}.", who.who(waited, waited))
        }
        _ if affected == 0.0 => format!("{users} noticed nothing: nobody waited too long or failed."),
        _ if affected < FEWEST_RATIO => {
            format!("{users} noticed next to nothing: fewer than one in 1,000 waited too long or failed.")
        }
        _ => format!("{users} noticed next to nothing: {} waited too long or failed.", percent_fine(affected)),
    }
}

/// The tiles: affected, failed, detected, over. A claim without a reported value has no tile.
#[must_use]
pub fn tiles(ledger: &Ledger) -> Vec<Tile> {
    [TileKey::Affected, TileKey::Failed, TileKey::Detected, TileKey::Over]
        .into_iter()
        .filter_map(|key| {
            let mut rows = ledger.rows.iter().filter(|row| key.is_measured_by(&row.claim.measure));
            rows.find_map(|row| tile(key, row))
        })
        .collect()
}

impl TileKey {
    fn is_measured_by(self, measure: &Measure) -> bool {
        match self {
            Self::Affected => matches!(measure, Measure::AffectedRatio { release: None, .. }),
            Self::Failed => matches!(measure, Measure::FailedRatio { .. }),
            Self::Detected => matches!(measure, Measure::DetectedAt),
            Self::Over => matches!(measure, Measure::ResolvedAt),
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Affected => "slow or failed",
            Self::Failed => "could not complete",
            Self::Detected => "detected, UTC",
            Self::Over => "over, UTC",
        }
    }
}

fn tile(key: TileKey, row: &LedgerRow) -> Option<Tile> {
    let claim = &row.claim;
    let reported = claim.reported?;
    let show = |value: f64| match claim.measure.is_time() {
        // To the nearest minute, like the report.
        true => UtcMs(value as i64).plus_s(30.0).hh_mm(),
        false => percent_fine(value),
    };
    let exact = row.value.map_or_else(|| "none in this run".to_owned(), |value| claim.show(value));
    Some(Tile {
        key,
        claim: claim.id.clone(),
        label: key.label().to_owned(),
        simulated: row.value.map_or_else(|| "–".to_owned(), show),
        reported: match reported {
            Quantity::Time(time) => time.hh_mm(),
            Quantity::Number(number) => format!("{} %", (number * 1000.0).round() / 10.0),
        },
        verdict: row.verdict,
        detail: format!("{} Simulated: {exact}; in agreement: {}.", claim.text, claim.show_bounds(&claim.each_seed)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::synthetic;

    #[test]
    fn the_story_is_counted_from_the_run() {
        let (scenario, recording) = synthetic::outage();
        expect_test::expect!["A release of the payment service left sessions open until they filled the memory of six of eight instances. Between 11:00 and 13:30 half of the users waited too long or failed; one in four could not complete the checkout."].assert_eq(&headline(&scenario, &recording));
    }

    #[test]
    fn a_run_without_harm_tells_so() {
        let (scenario, recording) = synthetic::calm();
        expect_test::expect!["No instance of the payment service ran out of memory. Users noticed nothing: nobody waited too long or failed."].assert_eq(&headline(&scenario, &recording));
    }

    #[test]
    fn claims_stand_beside_the_report() {
        let (scenario, recording) = synthetic::outage();
        let ledger = Ledger::new(&scenario, &recording, None);
        let rows = tiles(&ledger).into_iter().map(|tile| {
            let Tile { key, claim, label, simulated, reported, verdict, detail } = tile;
            format!("{key:?} {claim} {simulated} {label}, reported {reported} {verdict:?}: {detail}\n")
        });
        expect_test::expect![[r#"
            Affected E2 47.3 % slow or failed, reported 60 % Fails: 60 % of the users who start between 11:00 and 13:30 are affected: slow or failed. Simulated: 47.3 %; in agreement: 57.0 % to 63.0 %.
            Failed E3 23.0 % could not complete, reported 25 % Holds: 25 % of the same users cannot complete. Simulated: 23.0 %; in agreement: 22.0 % to 28.0 %.
            Detected E1 11:00 detected, UTC, reported 11:00 Holds: The first paging alert fires at 11:00. Simulated: 11:00:00; in agreement: 10:57:00 to 11:03:00.
            Over E7 13:26 over, UTC, reported 13:30 Fails: The incident ends at 13:30: the service level held for 20 minutes. Simulated: 13:26:00; in agreement: 13:27:00 to 13:33:00.
        "#]].assert_eq(&rows.collect::<String>());
    }

    #[test]
    fn what_did_not_happen_is_a_dash() {
        let (scenario, recording) = synthetic::calm();
        let tiles = tiles(&Ledger::new(&scenario, &recording, None));
        let shown = tiles.iter().map(|tile| (tile.simulated.as_str(), tile.verdict)).collect::<Vec<_>>();
        let fails = ClaimVerdict::Fails;
        assert_eq!(shown, [("0.0 %", fails), ("0.0 %", fails), ("–", fails), ("–", fails)]);
    }

    #[test]
    fn a_scenario_without_reported_values_has_no_tiles() {
        let (mut scenario, recording) = synthetic::calm();
        scenario.claims.clear();
        assert_eq!(tiles(&Ledger::new(&scenario, &recording, None)), []);
    }
}
