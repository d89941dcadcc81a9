//! The cache: it answers what it keeps, fills by what it missed, and its loss harms only where the gateway cannot take the calls.

use incident_replay::chart::{ChartKind, model, summary};
use incident_replay::export::{Format, Options, RunRef, files};
use incident_replay::model::World;
use incident_replay::recording::{Happening, Ledger, Recording, Span};
use incident_replay::replay::{TimeZone, headline};
use incident_replay::scenario::{
    Action, Cache, CacheLoss, Deed, During, Effect, Fault, FaultSpan, Scenario, Setting, UNLIMITED, Warm, When,
};

/// A quarter of an hour of the shop's 11:00, without the leak, with a cache of so many entries.
fn shop(entries: u32, capacity: u32) -> Scenario {
    let setting: Setting = "deployment.release=fixed".parse().expect("a setting");
    let mut scenario = Scenario::bundled().with(&[setting]).expect("valid");
    scenario.actions.clear();
    scenario.gateway.capacity.value = capacity;
    scenario.cache = Some(Cache { of: "exchange rates".to_owned(), entries, hit_ratio: 0.8, reason: String::new() });
    scenario
}

/// From 11:00 for so long.
fn loss(kept_ratio: f64, seconds: f64) -> Fault {
    let start = Scenario::bundled().incident.start;
    let span = FaultSpan { from: start, until: start.plus_s(seconds) };
    let does = Effect::CacheLoss(CacheLoss { kept_ratio });
    Fault { id: "emptied".to_owned(), during: During::Span(span), does, reason: String::new() }
}

fn run(scenario: &Scenario) -> Recording {
    scenario.validate().expect("valid");
    World::run(scenario, 1).expect("valid")
}

/// Minutes after 11:00.
fn span(recording: &Recording, from: f64, until: f64) -> Span {
    let start = Scenario::bundled().incident.start;
    recording.span(start.plus_s(60.0 * from), start.plus_s(60.0 * until))
}

fn hits(recording: &Recording, from: f64, until: f64) -> f64 {
    recording.cache_hit_ratio(span(recording, from, until)).expect("calls")
}

fn affected(recording: &Recording, from: f64, until: f64) -> f64 {
    recording.started(span(recording, from, until)).affected_ratio().expect("users")
}

#[test]
fn a_full_cache_answers_its_share_and_the_rest_is_called() {
    let recording = run(&shop(2000, UNLIMITED));
    assert!((hits(&recording, -30.0, 150.0) - 0.8).abs() < 0.01);
    assert!(recording.cache.filled.iter().all(|filled| *filled == 2000), "no entry is lost by itself");
    let sum = |column: &[u32]| column.iter().map(|count| u64::from(*count)).sum::<u64>();
    let calls: u64 = recording.gateway_latency.counts.iter().map(|count| u64::from(*count)).sum();
    let misses = sum(&recording.cache.misses);
    assert!(misses.abs_diff(calls) < 100, "a miss is a call: {misses} {calls}");
    let mut without = shop(2000, UNLIMITED);
    without.cache = None;
    let without = run(&without);
    assert_eq!(without.service.arrivals, recording.service.arrivals, "the same users");
}

#[test]
fn an_empty_cache_fills_by_its_misses_as_theory_says() {
    let entries = 5000;
    let mut scenario = shop(entries, UNLIMITED);
    let calm = run(&scenario);
    scenario.faults = vec![loss(0.0, 1.0)];
    let recording = run(&scenario);
    let begins = span(&recording, 0.0, 1.0).from;
    assert_eq!(recording.service.arrivals[..begins], calm.service.arrivals[..begins]);
    assert_eq!(recording.cache.hits[..begins], calm.cache.hits[..begins], "nothing changes before it");
    // Each call that the full cache would have answered, and this one does not, brings an entry:
    // filled = entries · (1 − exp(−calls · hit ratio ÷ entries)).
    let mut calls = 0.0;
    for (second, minute) in (begins + 1..begins + 5400).zip(0..) {
        calls += f64::from(recording.cache.hits[second] + recording.cache.misses[second]);
        if minute % 600 == 599 {
            let expected = f64::from(entries) * (1.0 - libm::exp(-calls * 0.8 / f64::from(entries)));
            let filled = f64::from(recording.cache.filled[second]);
            // Within the noise of draws, and what is under way.
            assert!((filled / expected - 1.0).abs() < 0.05, "after {minute} s: {filled} of {expected}");
        }
    }
    assert!(affected(&recording, 0.0, 60.0) < 0.02, "a gateway with room bears it");
}

#[test]
fn the_calls_of_an_empty_cache_swamp_a_gateway_without_room_and_loading_ends_it() {
    let mut scenario = shop(20_000, 2);
    let calm = run(&scenario);
    assert!(affected(&calm, 0.0, 120.0) < 0.02, "with the cache two calls at a time are enough");
    scenario.faults = vec![loss(0.0, 1.0)];
    let swamped = run(&scenario);
    assert!(affected(&swamped, 5.0, 30.0) > 0.3, "{}", affected(&swamped, 5.0, 30.0));
    let at = When::At(scenario.incident.start.plus_s(600.0));
    let warm = Deed::Warm(Warm { takes_s: 300.0 });
    scenario.actions = vec![Action { id: "warm".to_owned(), at, deed: warm, reason: String::new() }];
    let warmed = run(&scenario);
    assert!(affected(&warmed, 20.0, 60.0) < 0.02, "{}", affected(&warmed, 20.0, 60.0));
    assert!(affected(&swamped, 20.0, 40.0) > affected(&warmed, 20.0, 40.0) + 0.2, "it does not end by itself so soon");
    assert!((hits(&warmed, 20.0, 60.0) - 0.8).abs() < 0.02);
    assert!(warmed.log.iter().any(|entry| entry.what == Happening::CacheWarmed { takes_s: 300 }));
}

#[test]
fn half_a_cache_answers_half_as_much_while_it_lasts() {
    let mut scenario = shop(500, UNLIMITED);
    scenario.faults = vec![loss(0.5, 3600.0)];
    let recording = run(&scenario);
    assert!((hits(&recording, 0.0, 60.0) - 0.4).abs() < 0.02, "{}", hits(&recording, 0.0, 60.0));
    assert!((hits(&recording, 90.0, 150.0) - 0.8).abs() < 0.02, "it fills again");
}

#[test]
fn what_is_about_a_cache_needs_one() {
    let mut scenario = Scenario::bundled();
    scenario.faults = vec![loss(0.0, 60.0)];
    let at = When::At(scenario.incident.start);
    let warm = Deed::Warm(Warm { takes_s: 300.0 });
    scenario.actions.push(Action { id: "warm".to_owned(), at, deed: warm, reason: String::new() });
    let refused = scenario.validate().expect_err("no cache").to_string();
    assert!(refused.matches("the scenario has no cache").count() == 2, "{refused}");
    // A full one has no room.
    let mut scenario = shop(100, UNLIMITED);
    scenario.actions =
        vec![Action { id: "warm".to_owned(), at, deed: Deed::Warm(Warm { takes_s: 9.0 }), reason: String::new() }];
    let reason = "there is no room in the cache for more".to_owned();
    let refused = Happening::ActionRefused { action: "warm".to_owned(), reason };
    assert!(run(&scenario).log.iter().any(|entry| entry.what == refused));
    let halved = scenario.with(&["cache.hit_ratio=0.4".parse().expect("a setting")]).expect("valid");
    assert!((hits(&run(&halved), 0.0, 60.0) - 0.4).abs() < 0.02);
    assert!(halved.what_if.to_string().ends_with("cache: hits when full 40 % instead of 80 %"));
    assert!(scenario.with(&["cache.of=secrets".parse().expect("a setting")]).is_err());
}

#[test]
fn it_is_in_chart_summary_headline_and_exports() {
    let mut scenario = shop(2000, UNLIMITED);
    scenario.deployment.leaks_sessions.value = false;
    scenario.faults = vec![loss(0.0, 1.0)];
    let recording = run(&scenario);
    assert_eq!(Recording::decode(&recording.encode()).as_ref(), Ok(&recording));
    assert!(ChartKind::of(&scenario).contains(&ChartKind::Cache));
    assert!(!ChartKind::of(&Scenario::bundled()).contains(&ChartKind::Cache));
    let chart = model(ChartKind::Cache, &scenario, &recording);
    let text = summary(&chart, &scenario, &recording, TimeZone::Utc);
    assert!(text.starts_with("The cache answers between "), "{text}");
    assert!(
        headline(&scenario, &recording).contains("lost all of its exchange rates"),
        "{}",
        headline(&scenario, &recording)
    );
    let ledger = Ledger::new(&scenario, &recording, None);
    let run = RunRef { scenario: &scenario, recording: &recording, ledger: &ledger };
    let written: String = Format::ALL
        .into_iter()
        .flat_map(|format| files(format, &run, &Options::default()))
        .map(|file| file.text)
        .collect();
    for name in ["cache_hits", "payment_cache_hits_total ", "payment_cache_filled ", "\"entries\":2000"] {
        assert!(written.contains(name), "{name}");
    }
}
