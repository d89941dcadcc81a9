//! What a scenario may say of a request and of the service besides the usual: steps, several dependencies, the order of the queue,
//! retries, ejection of outliers, releases of its own, starts that fail, no heap; and what monitoring sees of them.

use incident_replay::model::World;
use incident_replay::recording::{Happening, Recording, Span};
use incident_replay::scenario::{
    Action, AlertRule, CallOutcome, CpuCost, Crash, Deed, Dependency, DependencyFault, During, Effect, Expression,
    FailOver, Fault, FaultSpan, NamedRelease, PlanStep, Pool, QueueOrder, Release, RetryWait, RollOut, Scenario,
    Severity, Signal, SlotLeak, When,
};
use incident_replay::units::UtcMs;

/// The shop without the leak of sessions.
fn shop() -> Scenario {
    let mut scenario = Scenario::bundled();
    scenario.deployment.leaks_sessions.value = false;
    scenario.actions.clear();
    scenario
}

fn minute(minute: f64) -> UtcMs {
    Scenario::bundled().incident.start.plus_s(60.0 * minute)
}

fn during(from: f64, until: f64, does: Effect) -> Fault {
    let span = FaultSpan { from: minute(from), until: minute(until) };
    Fault { id: "fault".to_owned(), during: During::Span(span), does, reason: String::new() }
}

fn of_release(id: &str, release: Release, does: Effect) -> Fault {
    Fault { id: id.to_owned(), during: During::Release(release), does, reason: String::new() }
}

fn action(id: &str, at: f64, deed: Deed) -> Action {
    Action { id: id.to_owned(), at: When::At(minute(at)), deed, reason: String::new() }
}

fn run(scenario: &Scenario) -> Recording {
    scenario.validate().unwrap_or_else(|error| panic!("{error}"));
    World::run(scenario, 1).expect("valid")
}

fn span(recording: &Recording, from: f64, until: f64) -> Span {
    recording.span(minute(from), minute(until))
}

fn affected(recording: &Recording, from: f64, until: f64) -> f64 {
    recording.started(span(recording, from, until)).affected_ratio().expect("users")
}

fn count(recording: &Recording, wanted: impl Fn(&Happening) -> bool) -> usize {
    recording.log.iter().filter(|entry| wanted(&entry.what)).count()
}

fn ledger(capacity: Option<u32>) -> Dependency {
    Dependency {
        id: "ledger".to_owned(),
        word: "ledger".to_owned(),
        median_s: 0.05,
        sigma: 0.4,
        timeout_s: 2.0,
        capacity,
        reason: String::new(),
    }
}

/// Mean of a lognormal value with median 1.
fn mean_of(sigma: f64) -> f64 {
    libm::exp(sigma * sigma / 2.0)
}

fn call(id: &str) -> PlanStep {
    PlanStep::Call(id.to_owned())
}

/// The shop, which also writes each payment into a ledger.
fn with_ledger(capacity: Option<u32>) -> Scenario {
    let mut scenario = shop();
    scenario.dependencies = vec![ledger(capacity)];
    scenario.plan = vec![PlanStep::Cpu(0.6), call("gateway"), PlanStep::Cpu(0.2), call("ledger"), PlanStep::Cpu(0.2)];
    scenario
}

fn dependency_fault(dependency: &str, latency_factor: f64, error_ratio: f64) -> Effect {
    let dependency = Some(dependency.to_owned());
    Effect::Dependency(DependencyFault { dependency, latency_factor, error_ratio, capacity_factor: 1.0 })
}

#[test]
fn the_usual_plan_written_out_is_the_usual_run() {
    let usual = Scenario::bundled();
    let mut written = usual.clone();
    written.plan = usual.request_plan();
    assert_eq!(run(&usual).digest(), run(&written).digest());
}

#[test]
fn every_call_of_a_plan_takes_its_time_and_is_counted() {
    let scenario = with_ledger(None);
    let recording = run(&scenario);
    let words: Vec<&str> = recording.meta.dependencies.iter().map(|dependency| dependency.word.as_str()).collect();
    assert_eq!(words, [scenario.incident.dependency.as_str(), "ledger"]);
    let whole = span(&recording, -30.0, 180.0);
    let calls = |dependency| recording.dependency_sum(&recording.dependencies.calls_ended, whole, dependency);
    // A request calls both, but those under way at the end.
    assert!(calls(0).abs_diff(calls(1)) < 50 && calls(0) > 100_000, "{} {}", calls(0), calls(1));
    let counted: u64 = recording.call_buckets(whole, 1).iter().sum();
    assert_eq!(counted, calls(1));
    let mean_s = recording.dependency_sum(&recording.dependencies.calls_ms, whole, 1) as f64 / 1e3 / calls(1) as f64;
    let theory_s = 0.05 * mean_of(0.4);
    assert!((mean_s - theory_s).abs() < 0.001, "lognormal, less half of a rounded millisecond: {mean_s} {theory_s}");
    let p50 = |recording: &Recording| recording.quantile(&recording.checkout_latency, whole, 0.5).expect("checkouts");
    let slower_s = p50(&recording) - p50(&run(&shop()));
    assert!((0.02..0.12).contains(&slower_s), "{slower_s}");
    assert_eq!(Recording::decode(&recording.encode()).as_ref(), Ok(&recording));
}

#[test]
fn a_fault_of_one_dependency_is_not_one_of_the_other() {
    let mut scenario = with_ledger(None);
    scenario.faults = vec![during(10.0, 40.0, dependency_fault("ledger", 1.0, 0.3))];
    let recording = run(&scenario);
    let ratio = |dependency| recording.call_error_ratio(span(&recording, 12.0, 38.0), dependency).expect("calls");
    assert_eq!(ratio(0), 0.0);
    assert!((ratio(1) - 0.3).abs() < 0.02, "{}", ratio(1));
    // Retries mend most of it: nobody fails but who is unlucky each time.
    let [calm, harmed] = [affected(&recording, -20.0, 5.0), affected(&recording, 12.0, 38.0)];
    assert!(harmed > calm + 0.005, "{calm} {harmed}");
    assert!(recording.retry_ratio(span(&recording, 12.0, 38.0)).expect("attempts") > 0.2);
    let fail_over = FailOver { dependency: Some("ledger".to_owned()), latency_factor: 1.0 };
    scenario.actions = vec![action("away", 20.0, Deed::FailOver(fail_over))];
    let away = run(&scenario);
    assert_eq!(away.call_error_ratio(span(&away, 21.0, 38.0), 1), Some(0.0), "its faults are left behind");
    let wrong = FailOver { dependency: Some("mail".to_owned()), latency_factor: 1.0 };
    scenario.actions = vec![action("away", 20.0, Deed::FailOver(wrong))];
    let error = scenario.validate().expect_err("no such dependency").to_string();
    assert!(error.starts_with("actions[0].do.fail_over.dependency: mail is no dependency"), "{error}");
}

#[test]
fn calls_of_a_dependency_with_too_little_room_wait_there() {
    let mut scenario = with_ledger(Some(40));
    let free = run(&scenario);
    let waiting = |recording: &Recording| recording.dependencies.calls_waiting.iter().copied().max().unwrap_or(0);
    let under_way =
        |recording: &Recording| recording.dependencies.calls_under_way.iter().skip(1).step_by(2).copied().max();
    assert_eq!(waiting(&free), 0);
    // About 15 calls a second of 108 ms: one and a half at a time.
    scenario.dependencies[0].capacity = Some(1);
    scenario.dependencies[0].median_s = 0.1;
    let narrow = run(&scenario);
    assert!(waiting(&narrow) > 20 && under_way(&narrow) == Some(1), "{} {:?}", waiting(&narrow), under_way(&narrow));
    assert!(affected(&narrow, 60.0, 120.0) > 10.0 * affected(&free, 60.0, 120.0));
}

#[test]
fn a_slot_is_held_from_step_to_step() {
    let mut scenario = with_ledger(None);
    scenario.pools = vec![Pool {
        id: "lock".to_owned(),
        of: "locks".to_owned(),
        capacity: 12,
        timeout_s: 5.0,
        reuses: None,
        reason: String::new(),
    }];
    let slot = |step: fn(String) -> PlanStep| step("lock".to_owned());
    let around = |from: usize, until: usize| {
        let mut plan =
            vec![PlanStep::Cpu(0.6), call("gateway"), PlanStep::Cpu(0.2), call("ledger"), PlanStep::Cpu(0.2)];
        plan.insert(until, slot(PlanStep::Release));
        plan.insert(from, slot(PlanStep::Acquire));
        plan
    };
    let taken = |scenario: &Scenario| {
        let recording = run(scenario);
        assert!(recording.pools.slots_lost.iter().all(|lost| *lost == 0));
        recording.pools.slots_taken.iter().map(|taken| f64::from(*taken)).sum::<f64>()
            / recording.pools.slots_taken.len() as f64
    };
    scenario.plan = around(3, 4);
    let of_ledger = taken(&scenario);
    scenario.plan = around(1, 2);
    let of_gateway = taken(&scenario);
    scenario.plan = around(1, 4);
    let of_both = taken(&scenario);
    // Little's law: as many are held as requests come times how long each holds one.
    assert!(of_ledger < of_gateway && of_gateway < of_both, "{of_ledger} {of_gateway} {of_both}");
    let ratio = of_gateway / of_ledger;
    let gateway = &scenario.gateway;
    let mean_s = gateway.median_s.value * mean_of(gateway.sigma.value)
        + gateway.network_median_s.value * mean_of(gateway.network_sigma.value);
    let theory = mean_s / (0.05 * mean_of(0.4));
    assert!((ratio / theory - 1.0).abs() < 0.1, "{ratio} {theory}");
    // A slot that is not given back after a call of the ledger that failed is lost.
    scenario.faults = vec![
        during(10.0, 40.0, dependency_fault("ledger", 1.0, 0.02)),
        Fault {
            id: "leak".to_owned(),
            ..during(10.0, 40.0, Effect::SlotLeak(SlotLeak { pool: "lock".to_owned(), on: CallOutcome::Failed }))
        },
    ];
    let leaking = run(&scenario);
    assert!(leaking.pools.slots_lost.iter().copied().max() > Some(3));
}

#[test]
fn plans_that_make_no_sense_are_refused_with_their_place() {
    let mut scenario = with_ledger(None);
    scenario.pools = vec![Pool {
        id: "lock".to_owned(),
        of: "locks".to_owned(),
        capacity: 12,
        timeout_s: 5.0,
        reuses: None,
        reason: String::new(),
    }];
    let lock = || "lock".to_owned();
    for (plan, told) in [
        (vec![PlanStep::Cpu(0.5)], "plan: the shares of its cpu steps are 0.5 together: they must be 1"),
        (
            vec![PlanStep::Cpu(1.0), call("mail")],
            "plan[1].call: \"mail\" is no dependency: expected one of gateway, ledger",
        ),
        (vec![PlanStep::Cpu(1.0), PlanStep::Acquire(lock())], "plan: the slot of lock is never given back"),
        (vec![PlanStep::Release(lock()), PlanStep::Cpu(1.0)], "plan[0].release: no slot of \"lock\" is held here"),
        (
            vec![PlanStep::Acquire(lock()), PlanStep::Acquire(lock()), PlanStep::Release(lock()), PlanStep::Cpu(1.0)],
            "plan[1].acquire: a slot of lock is held already",
        ),
        (
            vec![PlanStep::Cpu(1.0), PlanStep::ReadThroughCache(vec![call("gateway")])],
            "plan[1].read_through_cache: the scenario has no cache",
        ),
    ] {
        scenario.plan = plan;
        let error = scenario.validate().expect_err(told).to_string();
        assert!(error.starts_with(told), "{error}");
    }
    scenario.plan.clear();
    scenario.dependencies.push(ledger(None));
    let error = scenario.validate().expect_err("twice").to_string();
    assert!(error.starts_with("dependencies[1].id: \"ledger\" is there already"), "{error}");
}

/// An hour in which requests cost more CPU than there is.
fn overloaded() -> Scenario {
    let mut scenario = shop();
    scenario.faults = vec![during(0.0, 60.0, Effect::CpuCost(CpuCost { factor: 3.0, requests_ratio: 1.0 }))];
    scenario
}

#[test]
fn the_last_come_are_served_better_under_overload_than_the_first() {
    let [first, last] = [QueueOrder::FirstInFirstOut, QueueOrder::LastInFirstOut].map(|order| {
        let mut scenario = overloaded();
        scenario.users.retries.value = 0;
        scenario.instances.worker_threads.range = [1, 64];
        scenario.instances.worker_threads.value = 4;
        // A queue in which those who wait have left by the time that it is their turn.
        scenario.instances.queue_length.range = [0, 1000];
        scenario.instances.queue_length.value = 1000;
        scenario.request.drops_queued_when_client_left.value = false;
        scenario.instances.queue_order.value = order;
        let recording = run(&scenario);
        let ended = recording.started(span(&recording, 20.0, 50.0));
        (ended.fast + ended.slow) as f64 / ended.total() as f64
    });
    assert!(last > first + 0.05, "{first} {last}");
    let mut calm = shop();
    calm.instances.queue_order.value = QueueOrder::LastInFirstOut;
    assert!(affected(&run(&calm), -20.0, 60.0) < 0.01, "without a queue its order does not matter");
}

#[test]
fn a_budget_of_retries_bounds_them() {
    let storm = |change: fn(&mut Scenario)| {
        let mut scenario = overloaded();
        scenario.users.retries.value = 4;
        scenario.users.retries.range = [0, 10];
        change(&mut scenario);
        let recording = run(&scenario);
        recording.retry_ratio(span(&recording, 20.0, 50.0)).expect("attempts")
    };
    let free = storm(|_| {});
    let bound = storm(|scenario| {
        scenario.retry_budget.enabled.value = true;
        scenario.retry_budget.paid_in_ratio.value = 0.1;
    });
    assert!(free > 0.4, "{free}");
    // A tenth of the first attempts: one retry in eleven attempts.
    assert!((0.05..0.1).contains(&bound), "{bound}");
    let none = storm(|scenario| {
        scenario.retry_budget.enabled.value = true;
        scenario.retry_budget.paid_in_ratio.value = 0.0;
        scenario.retry_budget.most.value = 0;
    });
    assert_eq!(none, 0.0);
}

#[test]
fn waits_before_retries_follow_their_kind() {
    // Users who come at once, fail at once and wait: when they come back tells how long.
    let attempts = |wait: RetryWait| {
        let mut scenario = shop();
        scenario.users.retry_wait.value = wait;
        scenario.users.retries.value = 3;
        scenario.users.retry_backoff_s.value = 10.0;
        scenario.users.retry_backoff_s.range = [0.5, 60.0];
        scenario.faults = vec![during(10.0, 40.0, dependency_fault("gateway", 1.0, 1.0))];
        let recording = run(&scenario);
        let all = recording.service.retries.iter().map(|count| u64::from(*count));
        let first = (2400..2410).map(|second| u64::from(recording.service.retries[second])).sum::<u64>();
        (all.sum::<u64>(), first)
    };
    let (fixed, fixed_early) = attempts(RetryWait::Fixed);
    let (doubling, _) = attempts(RetryWait::Doubling);
    let (_, jittered_early) = attempts(RetryWait::DoublingJittered);
    assert!(doubling < fixed, "with longer waits more lose their patience before: {doubling} {fixed}");
    assert!(
        fixed_early < jittered_early,
        "nobody comes back before a fixed wait is over: {fixed_early} {jittered_early}"
    );
}

#[test]
fn an_instance_that_fails_in_a_row_is_left_out_for_a_while() {
    let mut scenario = shop();
    // Only requests on the release of its own fail; one instance has it.
    let bad: Release = "bad".parse().expect("a name");
    scenario.releases = vec![NamedRelease { id: bad, word: "bad".to_owned(), reason: "A test.".to_owned() }];
    scenario.faults = vec![of_release("slow", bad, Effect::CpuCost(CpuCost { factor: 100.0, requests_ratio: 1.0 }))];
    let roll_out = RollOut { release: bad, waves: vec![1], bake_s: 80_000.0 };
    scenario.actions = vec![action("roll_out_1", 10.0, Deed::RollOut(roll_out))];
    let without = run(&scenario);
    scenario.outlier_ejection.enabled.value = true;
    let with = run(&scenario);
    assert!(count(&with, |what| matches!(what, Happening::Ejected { .. })) > 3);
    assert!(count(&with, |what| *what == Happening::TriedAgain) > 3);
    let [harmed, spared] = [&without, &with].map(|recording| affected(recording, 30.0, 120.0));
    assert!(harmed > 0.05 && spared < harmed / 3.0, "{harmed} {spared}");
    let instances: std::collections::BTreeSet<Option<u32>> = with
        .log
        .iter()
        .filter(|entry| matches!(entry.what, Happening::Ejected { .. }))
        .map(|entry| entry.instance)
        .collect();
    assert_eq!(instances.len(), 1, "only the one that fails: {instances:?}");
    assert_eq!(count(&run(&shop()), |what| matches!(what, Happening::Ejected { .. })), 0);
}

#[test]
fn releases_of_a_scenario_carry_their_own_faults() {
    let mut scenario = shop();
    let [dark, light]: [Release; 2] = ["dark_mode", "light_mode"].map(|name| name.parse().expect("a name"));
    let named = |id: Release, word: &str| NamedRelease { id, word: word.to_owned(), reason: "A test.".to_owned() };
    scenario.releases = vec![named(dark, "dark mode"), named(light, "light mode")];
    scenario.faults = vec![of_release("costly", dark, Effect::CpuCost(CpuCost { factor: 8.0, requests_ratio: 1.0 }))];
    let roll_out =
        |id: &str, at, release| action(id, at, Deed::RollOut(RollOut { release, waves: vec![4], bake_s: 60.0 }));
    scenario.actions = vec![roll_out("to_dark", 10.0, dark), roll_out("to_light", 60.0, light)];
    let recording = run(&scenario);
    let numbers = |at: f64| {
        let span = recording.before(minute(at), 60);
        (0..8).map(|i| recording.gauge(&recording.instances.release, span, i)).collect::<Vec<u32>>()
    };
    assert_eq!((numbers(5.0), numbers(50.0), numbers(90.0)), (vec![0; 8], vec![2; 8], vec![3; 8]));
    assert_eq!(scenario.release_word(scenario.release_of(2)), "dark mode");
    assert!(affected(&recording, 30.0, 55.0) > 0.2 && affected(&recording, 80.0, 120.0) < 0.02);
    assert!(count(&recording, |what| *what == Happening::ReleaseRollout { release: "dark_mode".to_owned() }) == 1);
    let text = scenario.to_json();
    assert_eq!(Scenario::from_json(&text).as_ref(), Ok(&scenario));
    let setting = "actions.to_dark.release=better".parse().expect("a setting");
    let error = scenario.with(&[setting]).expect_err("no such release").to_string();
    assert!(error.contains("is no release: expected one of faulty, fixed, dark_mode, light_mode"), "{error}");
}

#[test]
fn a_release_that_ends_at_every_start_never_comes_back() {
    let mut scenario = shop();
    let broken: Release = "broken".parse().expect("a name");
    scenario.releases = vec![NamedRelease { id: broken, word: "broken".to_owned(), reason: "A test.".to_owned() }];
    scenario.faults =
        vec![of_release("starts", broken, Effect::Crash(Crash { requests_ratio: 0.0, starts_ratio: 1.0 }))];
    let roll_out = |release, waves| Deed::RollOut(RollOut { release, waves, bake_s: 300.0 });
    scenario.actions = vec![
        action("roll_out", 10.0, roll_out(broken, vec![2])),
        action("roll_out_2", 40.0, roll_out(Release::Fixed, vec![8])),
    ];
    let recording = run(&scenario);
    let backoffs: Vec<u32> = recording
        .log
        .iter()
        .filter_map(|entry| match entry.what {
            Happening::FailedToStart { backoff_s } if entry.instance == Some(0) => Some(backoff_s),
            _ => None,
        })
        .collect();
    assert!(backoffs.len() > 3 && backoffs[1] == 2 * backoffs[0], "the back-off grows: {backoffs:?}");
    let ready = |at: f64| recording.service.ready_instances[recording.second_of(minute(at)) - 1];
    assert_eq!((ready(5.0), ready(12.0)), (8, 6));
    assert!(ready(35.0) == 0 && ready(60.0) == 8, "{} {}", ready(35.0), ready(60.0));
    assert!(affected(&recording, 30.0, 38.0) > 0.99);
}

#[test]
fn without_a_heap_there_is_no_memory_to_speak_of() {
    let mut scenario = Scenario::bundled();
    scenario.heap.enabled.value = false;
    let error = scenario.validate().expect_err("a rule looks at the heap").to_string();
    assert!(error.contains("looks at a heap: the scenario has none"), "{error}");
    scenario.monitor.rules.retain(|rule| !rule.when.signal().is_gauge());
    scenario.claims.clear();
    scenario.measures.clear();
    let recording = run(&scenario);
    assert!(affected(&recording, 0.0, 120.0) < 0.01, "sessions that take no memory harm nobody");
    assert!([&recording.instances.live_kib, &recording.instances.gc_us].iter().all(|c| c.iter().all(|v| *v == 0)));
    assert!(!scenario.uses_heap());
    let text = scenario.to_json();
    let mut value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    value.as_object_mut().expect("an object").remove("heap");
    let without = Scenario::from_json(&value.to_string()).expect("the heap may be left out");
    assert_eq!(run(&without).service, recording.service);
}

#[test]
fn rules_see_pools_and_dependencies() {
    let mut scenario = with_ledger(None);
    scenario.pools = vec![Pool {
        id: "lock".to_owned(),
        of: "locks".to_owned(),
        capacity: 4,
        timeout_s: 5.0,
        reuses: None,
        reason: String::new(),
    }];
    scenario.plan.insert(3, PlanStep::Acquire("lock".to_owned()));
    scenario.plan.insert(5, PlanStep::Release("lock".to_owned()));
    let threshold = |signal, above| Expression::Threshold { signal, window_s: 60.0, above };
    let rule = |name: &str, when| AlertRule {
        name: name.to_owned(),
        severity: Severity::Ticket,
        when,
        for_s: 60.0,
        summary: "It is so.".to_owned(),
        reason: "A test.".to_owned(),
    };
    scenario.monitor.rules = vec![
        rule("Errors", threshold(Signal::DependencyErrorRatio, 0.1)),
        rule("Slow", threshold(Signal::DependencyMeanS, 1.0)),
        rule("Locks", threshold(Signal::PoolUseWorstRatio, 0.6)),
        rule(
            "LocksSoon",
            Expression::PredictLinear {
                signal: Signal::PoolUseWorstRatio,
                window_s: 120.0,
                ahead_s: 600.0,
                above: 5.0,
            },
        ),
    ];
    scenario.claims.clear();
    let fired = |scenario: &Scenario| {
        let recording = run(scenario);
        let name = |what: &Happening| match what {
            Happening::AlertFiring { rule, .. } => Some(rule.clone()),
            _ => None,
        };
        recording.log.iter().filter_map(|entry| name(&entry.what)).collect::<Vec<String>>()
    };
    assert_eq!(fired(&scenario), Vec::<String>::new());
    scenario.faults = vec![during(10.0, 20.0, dependency_fault("ledger", 1.0, 0.3))];
    assert_eq!(fired(&scenario), ["Errors"]);
    scenario.faults = vec![during(10.0, 20.0, dependency_fault("ledger", 30.0, 0.0))];
    let slow = fired(&scenario);
    assert!(slow.contains(&"Slow".to_owned()) && slow.contains(&"Locks".to_owned()), "{slow:?}");
    scenario.pools.clear();
    scenario.plan.retain(|step| !matches!(step, PlanStep::Acquire(_) | PlanStep::Release(_)));
    let error = scenario.validate().expect_err("no pool").to_string();
    assert!(error.contains("monitor.rules[2].when: looks at a pool: the scenario has none"), "{error}");
}
