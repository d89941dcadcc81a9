//! Faults: each harms as it would in life, and changes nothing but what it is about.

use incident_replay::model::World;
use incident_replay::recording::{CheckoutOutcomes, Happening, Recording, Span};
use incident_replay::scenario::{
    Action, CpuCost, Crash, Deed, DependencyFault, During, Effect, FailOver, Fault, FaultSpan, Limit, LimitKind, Pool,
    Refuse, Release, Restarts, RollOut, Scale, Scenario, Setting, Surge, Switch, When,
};

/// The shop without the leak.
fn shop() -> Scenario {
    let setting: Setting = "deployment.release=fixed".parse().expect("a setting");
    let mut scenario = Scenario::bundled().with(&[setting]).expect("valid");
    scenario.actions.clear();
    scenario
}

/// A fault from 11:00 to 12:00.
fn hour(does: Effect) -> Fault {
    let start = Scenario::bundled().incident.start;
    let span = FaultSpan { from: start, until: start.plus_s(3600.0) };
    Fault { id: "fault".to_owned(), during: During::Span(span), does, reason: String::new() }
}

fn at(minute: f64, deed: Deed) -> Action {
    let at = When::At(Scenario::bundled().incident.start.plus_s(60.0 * minute));
    Action { id: format!("at_{minute}"), at, deed, reason: String::new() }
}

fn run(faults: Vec<Fault>, actions: Vec<Action>) -> Recording {
    let mut scenario = shop();
    (scenario.faults, scenario.actions) = (faults, actions);
    scenario.validate().expect("valid");
    World::run(&scenario, 1).expect("valid")
}

/// Of those who start in minutes after 11:00.
fn between(recording: &Recording, from: f64, until: f64) -> CheckoutOutcomes {
    let start = Scenario::bundled().incident.start;
    recording.started(recording.span(start.plus_s(60.0 * from), start.plus_s(60.0 * until)))
}

fn affected(recording: &Recording, from: f64, until: f64) -> f64 {
    between(recording, from, until).affected_ratio().expect("users")
}

fn failed(recording: &Recording, from: f64, until: f64) -> f64 {
    between(recording, from, until).failed_ratio().expect("users")
}

fn cpu(recording: &Recording, minute: f64) -> f64 {
    let span = recording.before(Scenario::bundled().incident.start.plus_s(60.0 * minute), 300);
    recording.mean(span, |i| recording.cpu_ratio(span, i)).expect("instances")
}

fn gateway_p50_s(recording: &Recording, minute: f64) -> f64 {
    let span = recording.before(Scenario::bundled().incident.start.plus_s(60.0 * minute), 300);
    recording.quantile(&recording.gateway_latency, span, 0.5).expect("calls")
}

/// Before a fault nothing differs, to the last user.
fn same_before(recording: &Recording, calm: &Recording) {
    let before = Span { from: 0, until: 1790 };
    assert_eq!(recording.ended(before), calm.ended(before));
    assert_eq!(recording.arrivals(before), calm.arrivals(before));
}

#[test]
fn a_slow_dependency_holds_threads_and_eager_retries_make_it_worse() {
    let calm = run(Vec::new(), Vec::new());
    let slow = Effect::Dependency(DependencyFault {
        dependency: None,
        latency_factor: 30.0,
        error_ratio: 0.0,
        capacity_factor: 1.0,
    });
    let harmed = run(vec![hour(slow.clone())], Vec::new());
    same_before(&harmed, &calm);
    assert!(gateway_p50_s(&harmed, 30.0) > 10.0 * gateway_p50_s(&calm, 30.0));
    assert!(affected(&harmed, 5.0, 55.0) > 0.5, "{}", affected(&harmed, 5.0, 55.0));
    assert!(cpu(&harmed, 30.0) < 1.2 * cpu(&calm, 30.0), "waiting takes no CPU");
    assert!(affected(&harmed, 75.0, 120.0) < 0.02, "it is over when the dependency is well again");
    // Little's law: threads in use = requests per second × the time that each holds one.
    let threads = |recording: &Recording| {
        let of = |second: i64| {
            let at = recording.before(Scenario::bundled().incident.start.plus_s(second as f64), 60);
            (0..8).map(|i| f64::from(recording.gauge(&recording.instances.busy_threads, at, i))).sum::<f64>()
        };
        (600..3300).step_by(60).map(of).sum::<f64>() / 45.0
    };
    assert!(threads(&harmed) > 8.0 * threads(&calm), "{} {}", threads(&harmed), threads(&calm));
    // What a team may try: a restart and more CPU do not help, fewer retries take load off.
    let restart = Deed::Restart(Restarts { instances: Vec::new(), waves: vec![2], bake_s: 120.0 });
    let restarted = run(vec![hour(slow.clone())], vec![at(10.0, restart)]);
    assert!(affected(&restarted, 25.0, 55.0) > 0.9 * affected(&harmed, 25.0, 55.0), "the cause is elsewhere");
    let attempts = |recording: &Recording| recording.service.attempts.iter().map(|n| u64::from(*n)).sum::<u64>();
    let calmer =
        run(vec![hour(slow)], vec![at(10.0, Deed::Limit(Limit { what: LimitKind::Retries, pool: None, to: 0 }))]);
    assert!(attempts(&calmer) < attempts(&harmed));
}

#[test]
fn errors_of_a_dependency_fail_attempts_and_retries_save_some_users() {
    let errors = Effect::Dependency(DependencyFault {
        dependency: None,
        latency_factor: 1.0,
        error_ratio: 0.5,
        capacity_factor: 1.0,
    });
    let harmed = run(vec![hour(errors.clone())], Vec::new());
    // Three attempts, each of which fails every other time.
    let lost = failed(&harmed, 5.0, 50.0);
    assert!((lost - 0.125).abs() < 0.03, "{lost}");
    let without =
        run(vec![hour(errors)], vec![at(0.0, Deed::Limit(Limit { what: LimitKind::Retries, pool: None, to: 0 }))]);
    let lost = failed(&without, 5.0, 50.0);
    assert!((lost - 0.5).abs() < 0.03, "{lost}");
}

#[test]
fn a_surge_brings_as_many_more_users_and_is_no_cause() {
    let calm = run(Vec::new(), Vec::new());
    let busy = run(vec![hour(Effect::Surge(Surge { factor: 1.5 }))], Vec::new());
    same_before(&busy, &calm);
    let users = |recording: &Recording, from, until| {
        let start = Scenario::bundled().incident.start;
        recording.arrivals(recording.span(start.plus_s(60.0 * from), start.plus_s(60.0 * until))) as f64
    };
    let more = users(&busy, 0.0, 60.0) / users(&calm, 0.0, 60.0);
    assert!((more - 1.5).abs() < 0.02, "{more}");
    assert_eq!(users(&busy, 70.0, 120.0), users(&calm, 70.0, 120.0), "everybody else comes as before");
    let fewer = run(vec![hour(Effect::Surge(Surge { factor: 0.2 }))], Vec::new());
    let less = users(&fewer, 0.0, 60.0) / users(&calm, 0.0, 60.0);
    assert!((less - 0.2).abs() < 0.02, "{less}");
    let flood = run(vec![hour(Effect::Surge(Surge { factor: 3.0 }))], Vec::new());
    assert!(affected(&flood, 10.0, 55.0) > 0.5, "three times the traffic is too much");
    let scaled = run(vec![hour(Effect::Surge(Surge { factor: 3.0 }))], vec![at(0.0, Deed::Scale(Scale { by: 16 }))]);
    assert!(affected(&scaled, 10.0, 55.0) < 0.02, "three times the instances serve it");
}

#[test]
fn a_release_that_costs_more_cpu_saturates_and_rolling_it_back_helps() {
    let calm = run(Vec::new(), Vec::new());
    let cost = Effect::CpuCost(CpuCost { factor: 3.2, requests_ratio: 1.0 });
    let harmed = run(vec![hour(cost.clone())], Vec::new());
    same_before(&harmed, &calm);
    assert!(cpu(&harmed, 30.0) > 0.95 && cpu(&calm, 30.0) < 0.6, "{} {}", cpu(&harmed, 30.0), cpu(&calm, 30.0));
    assert!(affected(&harmed, 10.0, 55.0) > 0.3);
    let some = run(vec![hour(Effect::CpuCost(CpuCost { factor: 3.2, requests_ratio: 0.1 }))], Vec::new());
    assert!(cpu(&some, 30.0) > 1.1 * cpu(&calm, 30.0) && cpu(&some, 30.0) < 0.8 * cpu(&harmed, 30.0));
    // Bound to a release it goes with it, and more instances share it.
    let fault = Fault { during: During::Release(Release::Faulty), ..hour(cost) };
    let mut scenario = shop();
    scenario.faults = vec![fault];
    let costly = RollOut { release: Release::Faulty, waves: vec![8], bake_s: 0.0 };
    let back = RollOut { release: Release::Fixed, waves: vec![4], bake_s: 120.0 };
    scenario.session.size_kib.value = 2.0;
    scenario.actions = vec![at(0.0, Deed::RollOut(costly)), at(30.0, Deed::RollOut(back))];
    let recording = World::run(&scenario, 1).expect("valid");
    assert!(affected(&recording, 5.0, 25.0) > 0.3 && affected(&recording, 45.0, 120.0) < 0.02);
    scenario.actions.truncate(1);
    scenario.actions.push(at(30.0, Deed::Scale(Scale { by: 24 })));
    let scaled = World::run(&scenario, 1).expect("valid");
    assert!(affected(&scaled, 45.0, 120.0) < 0.1, "capacity helps, too: {}", affected(&scaled, 45.0, 120.0));
}

#[test]
fn requests_that_kill_restart_processes_until_a_flag_stops_them() {
    let crash = hour(Effect::Crash(Crash { requests_ratio: 0.002, starts_ratio: 0.0 }));
    let harmed = run(vec![crash.clone()], Vec::new());
    let crashes = |recording: &Recording| {
        recording.log.iter().filter(|entry| matches!(entry.what, Happening::Crashed { .. })).count()
    };
    assert!(crashes(&harmed) > 20, "{}", crashes(&harmed));
    assert!(failed(&harmed, 5.0, 55.0) > 0.02, "{}", failed(&harmed, 5.0, 55.0));
    let off = at(10.0, Deed::Switch(Switch { fault: "fault".to_owned(), on: false }));
    let stopped = run(vec![crash], vec![off]);
    let later = |entry: &&incident_replay::recording::LogEntry| {
        matches!(entry.what, Happening::Crashed { .. }) && entry.at_ms > 40 * 60_000
    };
    assert_eq!(stopped.log.iter().filter(later).count(), 0, "nothing crashes after the switch");
    assert!(crashes(&stopped) > 0);
}

#[test]
fn a_fault_is_noted_when_it_begins_and_ends() {
    let recording = run(vec![hour(Effect::Surge(Surge { factor: 1.1 }))], Vec::new());
    let start = Scenario::bundled().incident.start;
    let fault = || "fault".to_owned();
    assert_eq!(recording.first(|what| *what == Happening::FaultBegan { fault: fault() }), Some(start));
    assert_eq!(recording.first(|what| *what == Happening::FaultEnded { fault: fault() }), Some(start.plus_s(3600.0)));
}

#[test]
fn faults_are_checked_changed_by_links_and_told() {
    let mut scenario = shop();
    scenario.faults = vec![hour(Effect::Dependency(DependencyFault {
        dependency: None,
        latency_factor: 5.0,
        error_ratio: 0.1,
        capacity_factor: 1.0,
    }))];
    let scenario = Scenario::from_json(&scenario.to_json()).expect("it is read as it was written");
    let with = |text: &str| scenario.with(&[text.parse().expect("a setting")]);
    for (setting, told) in [
        ("faults.fault.latency_factor=9", "fault fault: latency × 9 instead of × 5"),
        ("faults.fault.until=11:30", "fault fault: until 11:30 instead of 12:00"),
        ("faults[0].does.dependency.error_ratio=0.2", "fault fault: errors 20 % instead of 10 %"),
        ("faults.fault=null", "no fault fault"),
    ] {
        assert_eq!(with(setting).expect(setting).what_if.to_string(), told);
    }
    for (setting, told) in [
        ("faults.fault.latency_factor=0", "faults[0].does.dependency.latency_factor: 0 is not allowed: 0.1 to 1000"),
        ("faults.other.factor=2", "faults.other.factor: does not exist: this scenario has fault"),
        ("faults.fault.reason=Breach", "faults.fault.reason: cannot be changed"),
        ("faults.fault.from=09:00", "faults[0].during.span.from: 2024-08-15T09:00:00Z is not allowed"),
        (
            "actions.switch.fault=nothing",
            "actions[0].do.switch.fault: nothing is no fault: expected one of fault, session_leak",
        ),
    ] {
        let error = with(setting).expect_err(setting).to_string();
        assert!(error.starts_with(told), "{error}");
    }
    let mut wrong = scenario.clone();
    wrong.faults[0].during = During::Release(Release::Fixed);
    let error = wrong.validate().expect_err("a dependency has no release").to_string();
    assert_eq!(
        error,
        "faults[0].during: must be a span: only cpu_cost, slot_leak and crash can be bound to a release, and to the one that runs \
         before the window only cpu_cost, crashes at the start, and slot_leak after calls that are not confirmed"
    );
}

/// Requests under way at a minute, all instances.
fn threads(recording: &Recording, minute: f64) -> f64 {
    let at = recording.before(Scenario::bundled().incident.start.plus_s(60.0 * minute), 60);
    recording.threads_ratio(at).expect("instances")
}

#[test]
fn a_dependency_that_takes_fewer_calls_at_a_time_lets_the_others_wait_there() {
    let with = |capacity: u32, faults: Vec<Fault>, actions: Vec<Action>| {
        let mut scenario = shop();
        scenario.gateway.capacity.value = capacity;
        (scenario.faults, scenario.actions) = (faults, actions);
        scenario.validate().expect("valid");
        World::run(&scenario, 1).expect("valid")
    };
    let calm = run(Vec::new(), Vec::new());
    // Some three calls are under way on average.
    let ample = with(60, Vec::new(), Vec::new());
    assert_eq!(ample.service, calm.service, "what is never reached changes nothing");
    let fewer = DependencyFault { dependency: None, latency_factor: 1.0, error_ratio: 0.0, capacity_factor: 0.034 };
    let harmed = with(60, vec![hour(Effect::Dependency(fewer.clone()))], Vec::new());
    same_before(&harmed, &calm);
    assert!(affected(&harmed, 5.0, 55.0) > 0.3, "{}", affected(&harmed, 5.0, 55.0));
    assert!(gateway_p50_s(&harmed, 30.0) > 3.0, "the time of a call is that of waiting and answer");
    assert!(threads(&harmed, 30.0) > 5.0 * threads(&calm, 30.0));
    assert!(affected(&harmed, 75.0, 120.0) < 0.02);
    // Calls that are answered: at most two at a time, each of which takes what it always takes.
    let answered = between(&harmed, 10.0, 50.0);
    let calls_per_s = (answered.fast + answered.slow) as f64 / 2400.0;
    assert!(calls_per_s < 2.0 / 0.25, "{calls_per_s}");
    let away = with(
        60,
        vec![hour(Effect::Dependency(fewer))],
        vec![at(20.0, Deed::FailOver(FailOver { dependency: None, latency_factor: 1.5 }))],
    );
    assert!(affected(&away, 25.0, 55.0) < 0.02, "the other has room");
    assert!((gateway_p50_s(&away, 40.0) / gateway_p50_s(&calm, 40.0) - 1.47).abs() < 0.1, "and is further away");
    assert!(away.log.iter().any(|entry| entry.what == Happening::FailedOver { dependency: None }));
}

#[test]
fn refused_connections_harm_as_fast_as_old_ones_end() {
    let pooled = |reuses: Option<u32>, actions: Vec<Action>| {
        let mut scenario = shop();
        scenario.pools = vec![Pool {
            id: "connections".to_owned(),
            of: "connections".to_owned(),
            capacity: 20,
            timeout_s: 5.0,
            reuses,
            reason: String::new(),
        }];
        scenario.faults = vec![hour(Effect::Refuse(Refuse { pool: "connections".to_owned() }))];
        scenario.actions = actions;
        scenario.validate().expect("valid");
        World::run(&scenario, 1).expect("valid")
    };
    let kept = pooled(None, Vec::new());
    same_before(&kept, &run(Vec::new(), Vec::new()));
    assert!(affected(&kept, 0.0, 60.0) < 0.05, "open connections live on");
    let churning = pooled(Some(600), Vec::new());
    let (soon, later) = (affected(&churning, 0.0, 5.0), affected(&churning, 40.0, 60.0));
    assert!(soon < 0.3 && later > 0.9, "{soon} {later}");
    // A new process has none.
    let restart = Deed::Restart(Restarts { instances: Vec::new(), waves: vec![8], bake_s: 60.0 });
    let restarted = pooled(None, vec![at(20.0, restart)]);
    assert!(affected(&restarted, 5.0, 19.0) < 0.05 && affected(&restarted, 25.0, 55.0) > 0.95);
    assert!(affected(&restarted, 65.0, 120.0) < 0.02, "it is over with the fault");
    let away = pooled(Some(600), vec![at(20.0, Deed::FailOver(FailOver { dependency: None, latency_factor: 1.0 }))]);
    assert!(affected(&away, 25.0, 55.0) < 0.02, "the other does not refuse");
}
