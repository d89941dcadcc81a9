//! What-ifs: directions and rough sizes over the bundled scenario, measures of every scenario, and what makes no sense.

use incident_replay::compare::{
    Difference, Effort, Outcome, Paired, PriceOfAMinute, Ranked, Trials, best_words, candidates, doubts, minutes,
    moved, pairs,
};
use incident_replay::export::{comparison_csv, comparison_markdown};
use incident_replay::model::World;
use incident_replay::scenario::catalogue::CATALOGUE;
use incident_replay::scenario::{Scenario, Setting};

fn scenario(file: &str) -> Scenario {
    let path = format!("{}/static/scenarios/{file}", env!("CARGO_MANIFEST_DIR"));
    Scenario::from_json(&std::fs::read_to_string(path).expect("a file")).unwrap_or_else(|error| panic!("{error}"))
}

fn outcome(scenario: &Scenario, seed: u64) -> Outcome {
    Outcome::new(scenario, &World::run(scenario, seed).expect("valid"))
}

fn with(scenario: &Scenario, settings: &[&str]) -> Scenario {
    let settings: Vec<Setting> = settings.iter().map(|text| text.parse().expect("a setting")).collect();
    scenario.with(&settings).unwrap_or_else(|error| panic!("{error}"))
}

/// Affected and failed in percent of the users who start between 11:00 and 13:30, as in `simulation-model.md`.
fn percents(scenario: &Scenario) -> [f64; 2] {
    let run = World::run(scenario, scenario.seed).expect("valid");
    let ended = run.started(run.span(scenario.incident.start, scenario.incident.end));
    [ended.affected_ratio(), ended.failed_ratio()].map(|ratio| ratio.expect("users") * 100.0)
}

/// Every row of "What-ifs the draft measured", by direction and rough size: the draft's shop was a larger one.
#[test]
fn what_ifs_go_the_way_that_the_draft_measured() {
    let actual = Scenario::bundled();
    let base = percents(&actual);
    assert!((58.0..62.0).contains(&base[0]) && (23.0..27.0).contains(&base[1]), "{base:?}");
    // Settings, then the least and most of affected and of failed users.
    let rows: [(&[&str], [f64; 2], [f64; 2]); 13] = [
        (&["actions.rolling_restart.at=11:15"], [4.0, 20.0], [0.2, 5.0]),
        (&["actions.rolling_restart.at=11:45"], [20.0, 40.0], [4.0, 15.0]),
        (&["actions.patch.at=11:30"], [12.0, 32.0], [2.0, 9.0]),
        (&["actions.scale_out.at=11:15", "actions.scale_out.by=4"], [20.0, 50.0], [4.0, 15.0]),
        (&["actions.leak_off.at=11:15"], [44.0, 60.0], [4.0, 22.0]),
        (&["actions.shed.at=11:15", "actions.shed.until=13:00"], [50.0, 75.0], [26.0, 40.0]),
        (&["actions.heap_dump.at=11:40"], [57.0, 62.0], [23.0, 27.0]),
        (&["instances.queue_length=100"], [62.0, 85.0], [30.0, 65.0]),
        (&["users.retries=5"], [60.0, 75.0], [18.0, 35.0]),
        (&["users.client_timeout_s=10"], [58.0, 75.0], [28.0, 45.0]),
        (&["load_balancer.policy=least_outstanding"], [40.0, 58.0], [15.0, 27.0]),
        (&["heap.limit_mib=960"], [0.0, 1.0], [0.0, 0.5]),
        (&["actions.patch=null"], [70.0, 95.0], [30.0, 50.0]),
    ];
    for (settings, affected, failed) in rows {
        let [a, f] = percents(&with(&actual, settings));
        let is_within = (affected[0]..=affected[1]).contains(&a) && (failed[0]..=failed[1]).contains(&f);
        assert!(is_within, "{settings:?}: {a:.1} / {f:.1} %, expected {affected:?} / {failed:?}");
    }
}

#[test]
fn every_measure_of_every_scenario_spares_users_or_says_that_it_harms() {
    for entry in CATALOGUE {
        let scenario = scenario(entry.file);
        assert!(!scenario.measures.is_empty(), "{}", entry.id);
        let actual = outcome(&scenario, scenario.seed);
        for measure in &scenario.measures {
            let changed = scenario.with(&measure.settings().expect("settings")).expect("valid");
            let spared = actual.affected() as i64 - outcome(&changed, scenario.seed).affected() as i64;
            // A time-out of the gateway that is shorter than its replies turns slow users into failed ones: the lesson of it.
            let harms = measure.id == "gateway_timeout";
            assert_eq!(spared < 0, harms, "{} {}: {spared}", entry.id, measure.id);
        }
    }
}

#[test]
fn the_reported_measures_prevent_the_bundled_incident() {
    let scenario = Scenario::bundled();
    let actual = outcome(&scenario, 20);
    for measure in &scenario.measures {
        let changed = scenario.with(&measure.settings().expect("settings")).expect("valid");
        let what_if = outcome(&changed, 20);
        assert!(what_if.failed * 100 < actual.failed, "{}: {}", measure.id, what_if.failed);
    }
    let alert = scenario.with(&scenario.measures[0].settings().expect("settings")).expect("valid");
    let paged = outcome(&alert, 20).detected_at.expect("a page");
    let earlier_h = actual.detected_at.expect("a page").seconds_since(paged) / 3600.0;
    assert!((3.0..4.0).contains(&earlier_h), "paged {earlier_h:.1} h earlier");
}

#[test]
fn no_difference_is_the_same_run_and_is_said_so() {
    let scenario = Scenario::bundled();
    let same = with(&scenario, &["actions.patch.at=12:45"]);
    let [a, b] = [&scenario, &same].map(|side| World::run(side, 20).expect("valid"));
    assert_eq!(a.digest(), b.digest());
    let difference = Difference { actual: Outcome::new(&scenario, &a), what_if: Outcome::new(&same, &b) };
    assert!(difference.sentence(&scenario).starts_with("Nothing changes"));
    assert!(difference.rows().iter().all(|row| row.is_better.is_none() && row.difference == "the same"));
}

#[test]
fn a_comparison_is_exported_with_what_it_changes() {
    let scenario = Scenario::bundled();
    let changed = with(&scenario, &["actions.patch.at=11:30"]);
    let difference = Difference { actual: outcome(&scenario, 20), what_if: outcome(&changed, 20) };
    let csv = comparison_csv(&changed, &difference);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("rows of one length");
    let failed = rows.iter().find(|row| &row[0] == "failed_count").expect("a row");
    assert_eq!(failed[1], difference.actual.failed.to_string());
    assert_eq!(failed[2], difference.what_if.failed.to_string());
    assert_eq!(&rows[0][3], "patch at 11:30 instead of 12:45");
    let markdown = comparison_markdown(&changed, &difference, None);
    assert!(markdown.starts_with("**What if: patch at 11:30 instead of 12:45.** "), "{markdown}");
    assert!(markdown.contains("| Users failed | "), "{markdown}");
}

#[test]
fn a_difference_is_known_better_than_either_side() {
    let scenario = Scenario::bundled();
    let changed = with(&scenario, &["actions.scale_out.at=11:15", "actions.scale_out.by=4"]);
    let mut pair = Paired::default();
    for seed in 1..=6 {
        pair.add(outcome(&scenario, seed).failed as f64, outcome(&changed, seed).failed as f64);
    }
    let [actual, what_if, spared] =
        [pair.actual(), pair.what_if(), pair.spared()].map(|interval| interval.expect("six seeds"));
    assert!(spared.excludes_zero() && spared.mean > 0.0);
    // Independent sides would differ by the root of the sum of squares.
    let apart = (actual.half_width * actual.half_width + what_if.half_width * what_if.half_width).sqrt();
    assert!(spared.half_width < 0.8 * apart, "{spared:?} {actual:?} {what_if:?}");
}

#[test]
fn what_makes_no_sense_is_said() {
    let scenario = Scenario::bundled();
    let told = |settings: &[&str]| {
        let changed = with(&scenario, settings);
        doubts(&scenario, &changed, &outcome(&changed, 20))
    };
    assert_eq!(
        told(&["actions.patch.at=10:40"]),
        ["Patch at 10:40: nobody is paged in this run, so somebody would have had to know."]
    );
    let early = told(&["actions.scale_out.at=10:45"]);
    assert!(early[0].starts_with("Scale out at 10:45 comes before the first page at 11:"), "{early:?}");
    let twice = told(&["actions.restart.at=11:15", "actions.restart_2.at=11:16"]);
    assert_eq!(twice, ["Not done: restart 2 at 11:16: another restart is under way."]);
    let nobody = told(&["actions.scale_in.at=11:15", "actions.scale_in.by=-8"]);
    assert_eq!(nobody, ["Not done: scale in at 11:15: nobody would be left: at least one instance stays."]);
    assert!(told(&["actions.rolling_restart.at=11:15"]).is_empty());
    assert!(told(&["actions.reap.at=10:30"]).is_empty(), "a reaper may always have run");
}

/// An earlier detection lets what follows come earlier.
#[test]
fn a_response_that_moves_as_a_whole_spares_users() {
    let scenario = Scenario::bundled();
    let at = |clock: &str| scenario.window.at_clock(clock).expect("a time");
    let changed = scenario.with(&moved(&scenario, &[("identified".to_owned(), at("11:30"))])).expect("valid");
    assert_eq!(changed.what_if.to_string(), "patch at 11:45 instead of 12:45");
    assert!(outcome(&changed, 20).failed * 2 < outcome(&scenario, 20).failed);
}

#[test]
fn the_later_the_patch_the_more_fail() {
    let scenario = Scenario::bundled();
    let points = minutes(&scenario, "patch", 6);
    let curve: Vec<_> = points
        .into_iter()
        .map(|at| {
            let setting = Setting::new("actions.patch.at", &at.to_string());
            (at, outcome(&scenario.with(&[setting]).expect("valid"), scenario.seed))
        })
        .collect();
    assert!(curve.windows(2).all(|two| two[0].1.failed <= two[1].1.failed), "{curve:?}");
    let curve = PriceOfAMinute { points: curve };
    let at = scenario.window.at_clock("12:45").expect("a time");
    let slope = curve.failed_per_minute(at).expect("points");
    assert!((100.0..500.0).contains(&slope), "{slope}");
}

/// Every candidate, tried once.
fn ranked(scenario: &Scenario) -> Vec<Ranked> {
    let mut trials = Trials::new(scenario.clone(), candidates(scenario), Effort { seeds: 1, others: 0 });
    for trial in trials.wanted() {
        let (changed, seed) = trials.scenario(trial).expect("a candidate is valid");
        trials.take(trial, outcome(&changed, seed));
    }
    trials.ranked()
}

#[test]
fn the_ranking_tells_what_helps_from_what_does_not() {
    for (file, helps, does_not) in [
        ("checkout-outage-2024-08-15.json", "rolling_restart", "fail_over"),
        ("training/connections.json", "switch", "scale_out"),
        ("training/slow-gateway.json", "fail_over", "rolling_restart"),
        ("training/costly-release.json", "switch", "fail_over"),
    ] {
        let scenario = scenario(file);
        let actual = outcome(&scenario, scenario.seed);
        let ranked = ranked(&scenario);
        assert!(ranked.windows(2).all(|two| two[0].users_spared >= two[1].users_spared));
        let share = |id: &str| {
            let found = ranked.iter().find(|ranked| ranked.candidate.id == id);
            found.map(|ranked| ranked.users_spared as f64 / actual.affected() as f64)
        };
        assert!(share(helps).expect(helps) > 0.5, "{file} {helps} {:?}", share(helps));
        assert!(share(does_not).is_none_or(|share| share < 0.1), "{file} {does_not} {:?}", share(does_not));
    }
}

#[test]
fn the_end_says_what_would_have_spared_most_and_what_speaks_against_a_restart() {
    let scenario = Scenario::bundled().with_seed(20);
    let actual = outcome(&scenario, 20);
    let words = best_words(&scenario, &actual, &ranked(&scenario));
    let [best, restart] = words.as_slice() else { panic!("{words:?}") };
    assert!(best.starts_with("Would have spared most: a guard that ends every session, 7"), "{best}");
    assert!(restart.starts_with("A restart of all instances at 11:15 would have spared 5"), "{restart}");
    assert!(restart.ends_with("evidence in memory is lost; the cause stays."), "{restart}");
    assert!(best_words(&scenario, &actual, &[]).is_empty());
}

#[test]
fn pairs_are_valid_in_every_scenario() {
    for entry in CATALOGUE {
        let scenario = scenario(entry.file);
        let singles = candidates(&scenario);
        let pairs = pairs(&scenario, &singles);
        assert!(pairs.len() > singles.len(), "{}", entry.id);
        for candidate in singles.iter().chain(&pairs) {
            assert!(!candidate.cost.is_empty() && !candidate.reason.is_empty(), "{}", candidate.id);
            scenario.with(&candidate.settings).unwrap_or_else(|error| panic!("{}: {error}", candidate.id));
        }
    }
}
