//! Pools: what a request must hold one of while it calls the gateway. Where all are taken requests wait with their threads, and
//! where they are never given back the service stops.

use incident_replay::model::World;
use incident_replay::recording::{Recording, Span};
use incident_replay::scenario::{
    Action, CallOutcome, Deed, DependencyFault, During, Effect, Fault, FaultSpan, Limit, LimitKind, Pool, Release,
    Restarts, Scenario, Setting, SlotLeak, When,
};
use incident_replay::units::UtcMs;

fn pool(id: &str, capacity: u32, timeout_s: f64) -> Pool {
    Pool { id: id.to_owned(), of: format!("{id}s"), capacity, timeout_s, reuses: None, reason: String::new() }
}

/// The shop without the leak of sessions.
fn shop(pools: Vec<Pool>) -> Scenario {
    let mut scenario = Scenario::bundled();
    scenario.deployment.leaks_sessions.value = false;
    scenario.actions.clear();
    scenario.pools = pools;
    scenario
}

fn minute(minute: f64) -> UtcMs {
    Scenario::bundled().incident.start.plus_s(60.0 * minute)
}

fn fault(id: &str, [from, until]: [f64; 2], does: Effect) -> Fault {
    let span = FaultSpan { from: minute(from), until: minute(until) };
    Fault { id: id.to_owned(), during: During::Span(span), does, reason: String::new() }
}

fn leak(on: CallOutcome) -> Effect {
    Effect::SlotLeak(SlotLeak { pool: "slot".to_owned(), on })
}

fn run(scenario: &Scenario) -> Recording {
    scenario.validate().expect("valid");
    World::run(scenario, 1).expect("valid")
}

fn affected(recording: &Recording, from: f64, until: f64) -> f64 {
    recording.started(recording.span(minute(from), minute(until))).affected_ratio().expect("users")
}

fn at(recording: &Recording, when: f64) -> Span {
    recording.before(minute(when), 60)
}

/// Sum over the instances.
fn all(recording: &Recording, column: &[u32], when: f64) -> u32 {
    recording.present(at(recording, when)).map(|i| recording.pool_gauge(column, at(recording, when), i, 0)).sum()
}

#[test]
fn a_pool_that_is_large_enough_changes_nothing() {
    let without = run(&shop(Vec::new()));
    let with = run(&shop(vec![pool("slot", 1000, 5.0)]));
    assert_eq!((&with.service, &with.log), (&without.service, &without.log));
    assert_eq!(with.meta.pools.len(), 1);
    assert_eq!(with.pools.slots_taken.len(), with.instances.state.len());
    assert!(with.pools.slots_lost.iter().chain(&with.pools.slots_waited_for).all(|count| *count == 0));
    // Little's law: slots in use = calls per second × the time of a call.
    let ticks = 600..2000;
    let used = |tick: usize| (0..8).map(|i| f64::from(with.pools.slots_taken[with.row(tick, i)])).sum::<f64>();
    let mean = ticks.clone().map(used).sum::<f64>() / ticks.len() as f64;
    let span = Span { from: ticks.start * 5, until: ticks.end * 5 };
    let attempts: u32 = with.service.attempts[span.from..span.until].iter().sum();
    // Medians of gateway and network × e^(σ² ÷ 2), the mean of a lognormal time ÷ its median.
    let call_s = 0.22 * 1.1331 + 0.012 * 1.0202;
    let expected = f64::from(attempts) / (span.until - span.from) as f64 * call_s;
    assert!((mean / expected - 1.0).abs() < 0.05, "{mean} {expected}");
}

#[test]
fn a_pool_that_is_too_small_makes_requests_wait_with_their_threads() {
    // One slot serves four calls a second; each instance has nearly two requests in a second.
    let slow = Effect::Dependency(DependencyFault {
        dependency: None,
        latency_factor: 4.0,
        error_ratio: 0.0,
        capacity_factor: 1.0,
    });
    let mut scenario = shop(vec![pool("slot", 1, 5.0)]);
    assert!(affected(&run(&scenario), 0.0, 60.0) < 0.02, "enough without the fault");
    scenario.faults = vec![fault("slow", [0.0, 60.0], slow)];
    let harmed = run(&scenario);
    assert!(affected(&harmed, 5.0, 60.0) > 0.3);
    assert!(all(&harmed, &harmed.pools.slots_waited_for, 30.0) > 20);
    assert!(harmed.pools.slot_timeouts.iter().sum::<u32>() > 100, "nobody waits longer than allowed");
    assert!(affected(&harmed, 75.0, 120.0) < 0.02, "it is over with the fault");
    scenario.pools[0].capacity = 10;
    assert!(affected(&run(&scenario), 5.0, 60.0) < 0.02, "a larger pool would have prevented it");
    scenario.pools[0].capacity = 1;
    let raise = Limit { what: LimitKind::PoolSlots, pool: Some("slot".to_owned()), to: 10 };
    scenario.actions = vec![Action {
        id: "raise".to_owned(),
        at: When::At(minute(30.0)),
        deed: Deed::Limit(raise),
        reason: String::new(),
    }];
    assert!(affected(&run(&scenario), 33.0, 60.0) < 0.05, "and so would one that is raised");
}

#[test]
fn slots_that_are_never_given_back_stop_the_service_until_processes_start_anew() {
    let mut scenario = shop(vec![pool("slot", 6, 5.0)]);
    scenario.faults = vec![fault("kept", [0.0, 10.0], leak(CallOutcome::Confirmed))];
    let harmed = run(&scenario);
    assert_eq!(all(&harmed, &harmed.pools.slots_lost, -1.0), 0);
    assert_eq!(all(&harmed, &harmed.pools.slots_lost, 20.0), 48, "all six of all eight instances");
    assert_eq!(all(&harmed, &harmed.pools.slots_taken, 120.0), 48, "nothing gives them back");
    assert!(affected(&harmed, 20.0, 120.0) > 0.99);
    let restart = Deed::Restart(Restarts { instances: Vec::new(), waves: vec![2], bake_s: 60.0 });
    scenario.actions =
        vec![Action { id: "restart".to_owned(), at: When::At(minute(20.0)), deed: restart, reason: String::new() }];
    let restarted = run(&scenario);
    assert_eq!(all(&restarted, &restarted.pools.slots_lost, 60.0), 0);
    assert!(affected(&restarted, 40.0, 120.0) < 0.01);
}

#[test]
fn slots_are_lost_as_often_as_calls_end_so_and_only_on_that_release() {
    let errors = Effect::Dependency(DependencyFault {
        dependency: None,
        latency_factor: 1.0,
        error_ratio: 0.01,
        capacity_factor: 1.0,
    });
    let mut scenario = shop(vec![pool("slot", 10_000, 5.0)]);
    scenario.faults = vec![
        fault("errors", [0.0, 120.0], errors),
        Fault {
            id: "kept".to_owned(),
            during: During::Release(Release::Faulty),
            does: leak(CallOutcome::Failed),
            reason: String::new(),
        },
    ];
    let harmed = run(&scenario);
    let lost = f64::from(all(&harmed, &harmed.pools.slots_lost, 120.0));
    let span = harmed.span(minute(0.0), minute(120.0));
    let attempts: u32 = harmed.service.attempts[span.from..span.until].iter().sum();
    assert!((lost / f64::from(attempts) / 0.01 - 1.0).abs() < 0.1, "{lost} of {attempts}");
    let fixed = run(&scenario.with_release(Release::Fixed));
    assert_eq!(all(&fixed, &fixed.pools.slots_lost, 120.0), 0);
    scenario.faults[1].does = leak(CallOutcome::TimedOut);
    let other = run(&scenario);
    assert_eq!(all(&other, &other.pools.slots_lost, 120.0), 0, "errors are no time-outs");
}

#[test]
fn runs_with_pools_are_continued_and_forked_and_encoded_like_others() {
    let mut scenario = shop(vec![pool("slot", 2, 1.0), pool("file", 3, 2.0)]);
    scenario.faults = vec![fault("kept", [0.0, 20.0], leak(CallOutcome::Confirmed))];
    let whole = run(&scenario);
    let mut world = World::new(&scenario, 1).expect("valid");
    for until in [-5.0, 3.0, 11.0] {
        world.advance_to(minute(until));
    }
    let mut fork = world.fork();
    for world in [&mut world, &mut fork] {
        world.advance(world.end_us());
    }
    assert_eq!(world.into_recording().digest(), whole.digest());
    assert_eq!(fork.into_recording(), whole);
    assert_eq!(Recording::decode(&whole.encode()).as_ref(), Ok(&whole));
}

#[test]
fn pools_are_checked_and_changed_by_links() {
    let mut scenario = shop(vec![pool("slot", 6, 5.0)]);
    let with = |setting: &str| scenario.with(&[setting.parse::<Setting>().expect("a setting")]);
    let changed = with("pools.slot.capacity=20").expect("valid");
    assert_eq!(changed.pools[0].capacity, 20);
    assert_eq!(changed.what_if.to_string(), "slots: per instance 20 instead of 6");
    for (setting, told) in [
        ("pools.slot.capacity=0", "pools[0].capacity: 0 is not allowed: 1 to 10000"),
        ("pools.other.capacity=2", "pools.other.capacity: does not exist: this scenario has slot"),
        ("pools.slot.of=Breach", "pools.slot.of: cannot be changed"),
    ] {
        let error = with(setting).expect_err(setting).to_string();
        assert!(error.starts_with(told), "{error}");
    }
    scenario.faults = vec![fault("kept", [0.0, 20.0], leak(CallOutcome::Confirmed))];
    scenario.pools[0].id = "other".to_owned();
    let error = scenario.validate().expect_err("no such pool").to_string();
    assert_eq!(error, "faults[0].does.slot_leak.pool: slot is no pool: expected one of other");
}
