//! The world: what is done in it over time, and that runs come to the same end whole, continued and forked.

use incident_replay::model::World;
use incident_replay::recording::{Happening, Recording, Span};
use incident_replay::scenario::{
    Action, Balance, BalancerPolicy, Cache, CacheLoss, CallOutcome, Cap, CpuCost, Crash, Deed, Dependency,
    DependencyFault, Dump, During, Effect, FailOver, Fault, FaultSpan, KINDS, Limit, LimitKind, Note, PlanStep, Pool,
    QueueOrder, Reap, Refuse, Release, Restarts, RetryWait, RollOut, SESSION_LEAK, Scale, Scenario, Shed, SlotLeak,
    Surge, Switch, UNLIMITED, Warm, When, kind_of,
};
use incident_replay::units::UtcMs;
use proptest::prelude::*;

/// Random scenarios inside the program's limits, small enough to run by the hundred.
fn any_scenario() -> impl Strategy<Value = (Scenario, u64)> {
    let shop = (0.5_f64..60.0, 1_u32..7, 0.1_f64..4.0, 1_u32..40, 0_u32..30, 0_u32..3);
    let request = (0.001_f64..2.0, 0.0_f64..=1.0, 0.0_f64..200.0, 0.0_f64..20.0, any::<bool>());
    // A collector that costs nothing, or enough for the budget of events.
    let pause = prop_oneof![Just(0.0), 0.05_f64..5.0];
    let heap = (64.0_f64..3000.0, 0.01_f64..0.99, pause, 0.0_f64..400.0, 0.0_f64..30.0);
    let users = (0.2_f64..200.0, 0.0_f64..2.0, 0.2_f64..60.0, 0_u32..8, 0.01_f64..20.0, any::<bool>());
    let operations = (0.5_f64..30.0, 1_u32..5, 0_u32..20, 0.0_f64..60.0, 0.0_f64..90.0, 1.0_f64..5.0);
    let actions = prop::collection::vec((0_u32..1200, 0_u8..24), 0..6);
    let faults = prop::collection::vec((0_u32..1200, 0_u32..600, 0_u8..11), 0..3);
    (shop, request, heap, users, operations, (actions, faults), any::<u64>()).prop_map(build)
}

type Shop = (f64, u32, f64, u32, u32, u32);
type Work = (f64, f64, f64, f64, bool);
type Memory = (f64, f64, f64, f64, f64);
type People = (f64, f64, f64, u32, f64, bool);
type Operations = (f64, u32, u32, f64, f64, f64);
type Actions = (Vec<(u32, u8)>, Vec<(u32, u32, u8)>);

fn effect(kind: u8) -> Effect {
    match kind {
        0 => Effect::CpuCost(CpuCost { factor: 2.0, requests_ratio: 0.5 }),
        1 => Effect::Dependency(DependencyFault {
            dependency: None,
            latency_factor: 8.0,
            error_ratio: 0.2,
            capacity_factor: 1.0,
        }),
        2 => Effect::Surge(Surge { factor: 1.5 }),
        3 => Effect::Surge(Surge { factor: 0.3 }),
        4 => Effect::Crash(Crash { requests_ratio: 0.001, starts_ratio: 0.05 }),
        6 => Effect::SlotLeak(SlotLeak { pool: "slot".to_owned(), on: CallOutcome::Confirmed }),
        8 => Effect::Dependency(DependencyFault {
            dependency: None,
            latency_factor: 1.0,
            error_ratio: 0.0,
            capacity_factor: 0.2,
        }),
        9 => Effect::Refuse(Refuse { pool: "slot".to_owned() }),
        7 => Effect::SlotLeak(SlotLeak { pool: "slot".to_owned(), on: CallOutcome::TimedOut }),
        10 => Effect::CacheLoss(CacheLoss { kept_ratio: 0.3 }),
        _ => Effect::CpuCost(CpuCost { factor: 1.5, requests_ratio: 1.0 }),
    }
}

/// A deed of each kind, some of them twice.
fn deed(kind: u8, until: UtcMs) -> Deed {
    let (waves, bake_s) = (vec![1, 2], 60.0);
    match kind {
        0 | 1 => Deed::RollOut(RollOut { release: Release::Fixed, waves, bake_s }),
        2 => Deed::RollOut(RollOut { release: Release::Faulty, waves, bake_s }),
        3 | 4 => Deed::Restart(Restarts { instances: Vec::new(), waves, bake_s }),
        5 => Deed::Restart(Restarts { instances: vec![1, 3], waves: vec![2], bake_s: 0.0 }),
        6 | 7 => Deed::Scale(Scale { by: 2 }),
        8 | 9 => Deed::Scale(Scale { by: -1 }),
        10 => Deed::Switch(Switch { fault: SESSION_LEAK.to_owned(), on: false }),
        11 => Deed::Switch(Switch { fault: SESSION_LEAK.to_owned(), on: true }),
        12 => Deed::Shed(Shed { until, ratio: 0.4 }),
        13 => Deed::Dump(Dump { instance: 1, pause_s: 45.0 }),
        14 => Deed::Reap(Reap { idle_s: 600.0 }),
        15 => Deed::Cap(Cap { sessions: 50 }),
        16 => Deed::Limit(Limit { what: LimitKind::QueueLength, pool: None, to: 3 }),
        17 => Deed::Limit(Limit { what: LimitKind::Retries, pool: None, to: 1 }),
        18 => Deed::Balance(Balance { policy: BalancerPolicy::LeastOutstanding }),
        23 => Deed::Warm(Warm { takes_s: 200.0 }),
        22 => Deed::FailOver(FailOver { dependency: None, latency_factor: 1.5 }),
        21 => Deed::Limit(Limit { what: LimitKind::PoolSlots, pool: Some("slot".to_owned()), to: 3 }),
        19 => Deed::Note(Note { text: "We are on it.".to_owned() }),
        _ => Deed::Restart(Restarts { instances: Vec::new(), waves: vec![3], bake_s: 30.0 }),
    }
}

fn build(
    (shop, request, heap, users, operations, actions, seed): (Shop, Work, Memory, People, Operations, Actions, u64),
) -> (Scenario, u64) {
    use incident_replay::scenario::PatienceShape;
    let mut s = Scenario::bundled();
    macro_rules! set {
        ($($group:ident . $field:ident = $value:expr;)*) => { $( {
            let value = $value;
            s.$group.$field.value = value;
            s.$group.$field.range = [value, value];
        } )* };
    }
    set! {
        traffic.peak_rate_per_s = shop.0;
        instances.count = shop.1;
        instances.cores = shop.2;
        instances.worker_threads = shop.3;
        instances.queue_length = shop.4;
        instances.rescheduled = shop.5.min(shop.1);
        request.cpu_s = request.0;
        request.cpu_before_gateway_ratio = request.1;
        request.allocation_mib = request.2;
        request.in_flight_mib = request.3;
        heap.limit_mib = heap.0;
        heap.base_live_mib = heap.0 * heap.1;
        heap.pause_s_per_live_gib = heap.2;
        session.size_kib = heap.3;
        deployment.faulty_age_h = heap.4;
        gateway.capacity = if seed % 3 == 0 { 1 + shop.1 * 2 } else { UNLIMITED };
        instances.rescheduled_age_h = heap.4 / 2.0;
        users.patience_median_s = users.0;
        users.patience_sigma = users.1;
        users.client_timeout_s = users.2;
        users.retries = users.3;
        users.retry_backoff_s = users.4;
        load_balancer.probe_interval_s = operations.0;
        load_balancer.failures_to_remove = operations.1;
        load_balancer.queue_over = operations.2;
        restart.drain_max_s = operations.3;
        restart.startup_s = operations.4;
        restart.cold_cpu_factor = operations.5;
    }
    s.request.drops_queued_when_client_left.value = request.4;
    s.users.patience.value = if users.5 { PatienceShape::Exponential } else { PatienceShape::Lognormal };
    s.load_balancer.policy.value = if users.5 { BalancerPolicy::LeastOutstanding } else { BalancerPolicy::RoundRobin };
    s.window.until = s.window.from.plus_s(1200.0);
    s.incident.start = s.window.from;
    s.incident.end = s.window.until;
    s.timeline.truncate(1);
    s.timeline[0].at = s.window.from;
    s.claims.clear();
    // Every other scenario has pools, unless a fault or an action needs one.
    let needs_pool = actions.0.iter().any(|(_, kind)| *kind == 21) || actions.1.iter().any(|(_, _, kind)| *kind >= 6);
    if needs_pool || seed % 2 == 0 {
        let pool = |id: &str, capacity, timeout_s| Pool {
            id: id.to_owned(),
            of: format!("{id}s"),
            capacity,
            timeout_s,
            reuses: Some(20),
            reason: String::new(),
        };
        s.pools = vec![pool("slot", 1 + shop.3 / 4, users.2), pool("file", 2 + shop.4, 3.0)];
    }
    // The same for a cache.
    let needs_cache = actions.0.iter().any(|(_, kind)| *kind == 23) || actions.1.iter().any(|(_, _, kind)| *kind == 10);
    s.cache = (needs_cache || seed % 5 == 0).then(|| Cache {
        of: "prices".to_owned(),
        entries: 50 + shop.4,
        hit_ratio: 0.7,
        reason: String::new(),
    });
    // Parts that few have, each in another share of the scenarios.
    s.instances.queue_order.value =
        if seed % 4 == 1 { QueueOrder::LastInFirstOut } else { QueueOrder::FirstInFirstOut };
    s.outlier_ejection.enabled.value = seed % 4 == 2;
    s.retry_budget.enabled.value = seed % 4 == 3;
    s.heap.enabled.value = seed % 7 != 0;
    s.users.retry_wait.value =
        [RetryWait::Fixed, RetryWait::Jittered, RetryWait::Doubling, RetryWait::DoublingJittered]
            [(seed / 4 % 4) as usize];
    if !s.heap.enabled.value {
        s.monitor.rules.retain(|rule| !rule.when.signal().is_gauge());
    }
    if seed % 3 == 1 {
        let dependency = |id: &str, capacity| Dependency {
            id: id.to_owned(),
            word: id.to_owned(),
            median_s: 0.05,
            sigma: 0.5,
            timeout_s: 2.0,
            capacity,
            reason: String::new(),
        };
        s.dependencies = vec![dependency("ledger", Some(4)), dependency("mail", None)];
        let step = |id: &str| PlanStep::Call(id.to_owned());
        let (pool, mut plan) = (s.pools.first().map(|pool| pool.id.clone()), vec![step("ledger"), PlanStep::Cpu(0.25)]);
        plan.extend(pool.clone().map(PlanStep::Acquire));
        match s.cache {
            Some(_) => plan.push(PlanStep::ReadThroughCache(vec![step("gateway"), step("mail")])),
            None => plan.push(step("gateway")),
        }
        plan.push(PlanStep::Cpu(0.5));
        plan.extend(pool.map(PlanStep::Release));
        plan.extend([step("gateway"), PlanStep::Cpu(0.25)]);
        s.plan = plan;
    }
    let at = |second: u32| s.window.from.plus_s(f64::from(second));
    let (actions, faults) = actions;
    s.faults = faults
        .into_iter()
        .enumerate()
        .map(|(index, (from, length, kind))| Fault {
            id: format!("fault_{index}"),
            during: match kind {
                5 | 7 => During::Release(Release::Faulty),
                _ => During::Span(FaultSpan { from: at(from), until: at((from + length).min(1200)) }),
            },
            does: effect(kind),
            reason: String::new(),
        })
        .collect();
    s.actions = actions
        .into_iter()
        .enumerate()
        .map(|(index, (second, kind))| Action {
            id: format!("action_{index}"),
            at: if kind == 20 { When::AfterDetection(f64::from(second)) } else { When::At(at(second)) },
            deed: deed(kind, s.window.until),
            reason: String::new(),
        })
        .collect();
    (s, seed)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Debug builds check the conservation laws at every tick inside the simulation.
    #[test]
    fn random_scenarios_neither_panic_nor_lose_anybody((scenario, seed) in any_scenario()) {
        let mut simulation = match World::new(&scenario, seed) {
            Ok(simulation) => simulation,
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        };
        simulation.advance(simulation.lead_in_us());
        let waiting_at_start = simulation.statistics().users - simulation.statistics().outcomes;
        simulation.advance(simulation.end_us());
        prop_assert!(simulation.is_done());
        let waiting = simulation.statistics().users - simulation.statistics().outcomes;
        let recording = simulation.into_recording();
        let all = Span { from: 0, until: recording.meta.seconds as usize };
        let ended = recording.ended(all).total();
        let left = u64::from(*recording.service.waiting_users.last().expect("rows"));
        prop_assert_eq!(recording.arrivals(all) + waiting_at_start, ended + left);
        prop_assert_eq!(waiting, u64::from(*recording.service.waiting_users.last().expect("rows")));
        prop_assert_eq!(Recording::decode(&recording.encode()).map(|r| r.digest()), Ok(recording.digest()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whole, in pieces with actions taken as they come, and forked from any moment.
    #[test]
    fn runs_with_equal_actions_have_equal_digests(
        (scenario, seed) in any_scenario(),
        cuts in prop::collection::vec(0_u32..1200, 0..5),
    ) {
        let mut full = World::new(&scenario, seed).expect("a valid scenario");
        let start = full.now();
        full.advance(full.end_us());
        let digest = full.recording().digest();

        // The same actions, of which the first run knows nothing before their time.
        let mut quiet = scenario.clone();
        quiet.actions.clear();
        let mut world = World::new(&quiet, seed).expect("a valid scenario");
        let mut acted = scenario.actions.clone();
        acted.sort_by_key(|action| action.at.fixed().unwrap_or(start));
        let mut cuts: Vec<UtcMs> = cuts.into_iter().map(|s| scenario.window.from.plus_s(f64::from(s))).collect();
        cuts.sort_unstable();
        for action in acted {
            let at = action.at.fixed().unwrap_or(start);
            while let Some(cut) = cuts.first().copied().filter(|cut| *cut <= at) {
                cuts.remove(0);
                world.advance_to(cut);
                // What another branch does from here on does not reach this one.
                let mut other = world.fork();
                let _ = other.act(Action { id: "other".to_owned(), at: When::At(other.now()), deed: deed(3, scenario.window.until), reason: String::new() });
                other.advance(other.end_us());
                world = world.fork();
            }
            world.advance_to(at);
            match world.act(action.clone()) {
                Ok(()) => {}
                // The plan notes what it could not do; nothing else differs.
                Err(refused) => {
                    let was_noted = |entry: &&incident_replay::recording::LogEntry| matches!(
                        &entry.what,
                        Happening::ActionRefused { action: id, reason } if *id == action.id && refused.reason == *reason
                    );
                    prop_assert!(full.recording().log.iter().any(|entry| was_noted(&entry)), "{refused}");
                }
            }
        }
        world.advance(world.end_us());
        let noted = |recording: &Recording| {
            let mut recording = recording.clone();
            let before = recording.log.len();
            recording.log.retain(|entry| !matches!(entry.what, Happening::ActionRefused { .. }));
            recording.meta.events -= (before - recording.log.len()) as u64;
            recording.digest()
        };
        prop_assert_eq!(noted(world.recording()), noted(full.recording()));
        let mut pieces = World::new(&scenario, seed).expect("a valid scenario");
        while !pieces.is_done() {
            pieces.advance(pieces.now_us() + 97_777_777);
            pieces = pieces.fork();
        }
        prop_assert_eq!(pieces.recording().digest(), digest);
    }
}

fn action(id: &str, minute: f64, deed: Deed) -> Action {
    let at = When::At(Scenario::bundled().window.from.plus_s(minute * 60.0));
    Action { id: id.to_owned(), at, deed, reason: String::new() }
}

/// The bundled morning with further actions.
fn morning(actions: Vec<Action>) -> Recording {
    let mut scenario = Scenario::bundled();
    scenario.actions.extend(actions);
    World::run(&scenario, 1).expect("valid")
}

fn harm(recording: &Recording) -> [f64; 2] {
    let scenario = Scenario::bundled();
    let outcomes = recording.started(recording.span(scenario.incident.start, scenario.incident.end));
    [outcomes.affected_ratio().expect("users"), outcomes.failed_ratio().expect("users")]
}

#[test]
fn every_kind_of_action_declares_what_is_to_be_known_of_it() {
    let deeds: Vec<Deed> = (0..24).map(|kind| deed(kind, Scenario::bundled().window.until)).collect();
    let docs = include_str!("../docs/actions.md");
    for kind in KINDS {
        let row =
            format!("| `{}` | {} | {} | {} | {} | ", kind.name, kind.what, kind.cost, kind.needs, kind.preparation_min);
        assert!(docs.contains(&row), "docs/actions.md lacks {row}");
        assert!(deeds.iter().any(|deed| kind_of(deed) == &kind), "{} is never tried", kind.name);
        assert!(kind.what.ends_with('.') && kind.cost.ends_with('.') && !kind.needs.ends_with('.'), "{kind:?}");
    }
    assert!(deeds.iter().all(|deed| KINDS.iter().filter(|kind| kind.name == deed.kind()).count() == 1));
}

/// Directions: what helps, what harms, and what changes nothing.
#[test]
fn actions_help_or_harm_as_they_would_in_life() {
    let [affected, failed] = harm(&morning(Vec::new()));
    let all = |waves| Deed::Restart(Restarts { instances: Vec::new(), waves, bake_s: 600.0 });
    let one = Deed::Restart(Restarts { instances: vec![1], waves: vec![1], bake_s: 0.0 });
    let [some_affected, _] = harm(&morning(vec![action("one", 45.0, one)]));
    let [all_affected, _] = harm(&morning(vec![action("all", 45.0, all(vec![1, 2, 3, 2]))]));
    assert!(all_affected < 0.3 * affected && all_affected < some_affected && some_affected < affected);
    let again = [0.0, 40.0, 80.0].map(|later| action(&format!("restart_{later}"), 45.0 + later, all(vec![2])));
    assert!(harm(&morning(again.to_vec()))[0] < 0.3 * affected, "periodic restarts keep the heaps empty");
    let fewer = morning(vec![action("fewer", 15.0, Deed::Scale(Scale { by: -2 }))]);
    assert!(harm(&fewer)[1] > 1.3 * failed, "two instances fewer");
    assert_eq!(fewer.log.iter().filter(|entry| entry.what == Happening::Removed).count(), 2);
    let reaped = morning(vec![action("reap", 30.0, Deed::Reap(Reap { idle_s: 1800.0 }))]);
    assert!(harm(&reaped)[0] < 0.1 * affected, "sessions that nobody uses are what fills the heaps");
    let capped = morning(vec![action("cap", 30.0, Deed::Cap(Cap { sessions: 10_000 }))]);
    assert!(harm(&capped)[0] < 0.1 * affected);
    let ends = capped.instances.sessions_leaked.chunks(8).next_back().expect("rows");
    assert!(ends.iter().all(|leaked| *leaked <= 10_000), "{ends:?}");
    let queue = Deed::Limit(Limit { what: LimitKind::QueueLength, pool: None, to: 100 });
    assert!(harm(&morning(vec![action("queue", 30.0, queue)]))[0] > affected, "longer queues hurt");
    let off = Deed::Limit(Limit { what: LimitKind::Retries, pool: None, to: 0 });
    let [fewer_slow, more_failed] = harm(&morning(vec![action("retries", 30.0, off)]));
    assert!(fewer_slow < affected && more_failed > failed, "without retries fewer wait and more fail");
    let balance = Deed::Balance(Balance { policy: BalancerPolicy::LeastOutstanding });
    assert!(harm(&morning(vec![action("balance", 0.0, balance)]))[0] < affected, "the younger ones take more");
    let back = |on| Deed::Switch(Switch { fault: SESSION_LEAK.to_owned(), on });
    let [off, on_again] = [
        morning(vec![action("off", 0.0, back(false))]),
        morning(vec![action("off", 0.0, back(false)), action("on", 15.0, back(true))]),
    ];
    assert!(harm(&off)[0] < harm(&on_again)[0] && harm(&on_again)[0] < affected);
    let note = action("note", 40.0, Deed::Note(Note { text: "We are on it.".to_owned() }));
    assert_eq!(harm(&morning(vec![note])), [affected, failed], "words change nothing");
}

#[test]
fn a_patch_after_the_detection_follows_it() {
    let mut scenario = Scenario::bundled();
    scenario.actions[0].at = When::AfterDetection(300.0);
    let recording = World::run(&scenario, 1).expect("valid");
    let begun = recording.first(|what| matches!(what, Happening::RolloutStarted { patch: true })).expect("it begins");
    assert_eq!(begun, recording.detected_at().expect("paged").plus_s(300.0));
    // The memory alert of the report's measures would have fired hours before: it is patched before anybody notices.
    let rule = scenario.monitor.rules.iter_mut().find(|rule| rule.name == "PaymentHeapFullSoon").expect("there");
    rule.severity = incident_replay::scenario::Severity::Page;
    let earlier = World::run(&scenario, 1).expect("valid");
    assert!(harm(&earlier)[0] < 0.01, "{:?}", harm(&earlier));
    scenario.deployment.release.value = Release::Fixed;
    let calm = World::run(&scenario, 1).expect("valid");
    assert_eq!(calm.first(|what| matches!(what, Happening::RolloutStarted { .. })), None, "nobody is ever paged");
}

#[test]
fn what_makes_no_sense_is_refused_with_a_reason_and_changes_nothing() {
    let scenario = Scenario::bundled();
    let mut world = World::new(&scenario, 1).expect("valid");
    world.advance_to(scenario.window.from.plus_s(2700.0));
    let before = world.recording().digest();
    let until = scenario.window.until;
    let restart = |instances| Deed::Restart(Restarts { instances, waves: vec![1], bake_s: 600.0 });
    for (minute, deed, reason) in [
        (44.0, restart(Vec::new()), "its time has passed: it is 11:15:00"),
        (45.0, restart(vec![9]), "none of these instances is there"),
        (45.0, Deed::Scale(Scale { by: -8 }), "nobody would be left: at least one instance stays"),
        (45.0, Deed::Scale(Scale { by: 0 }), "do.scale.by: 0 changes nothing"),
        (45.0, Deed::Dump(Dump { instance: 9, pause_s: 60.0 }), "do.dump.instance: 9 is not allowed: 1 to 8"),
        (45.0, deed(2, until), "every instance runs this release already"),
        (45.0, deed(11, until), "the session leak is not switched off"),
        (45.0, Deed::Limit(Limit { what: LimitKind::Retries, pool: None, to: 2 }), "it is so already"),
        (45.0, Deed::Balance(Balance { policy: BalancerPolicy::RoundRobin }), "it does so already"),
        (
            45.0,
            Deed::Shed(Shed { until: scenario.window.from, ratio: 0.5 }),
            "do.shed.until: 2024-08-15T10:30:00Z is not allowed",
        ),
    ] {
        let refused = world.act(action("x", minute, deed)).expect_err(reason).to_string();
        assert!(refused.starts_with(&format!("x: {reason}")), "{refused}");
    }
    assert_eq!(world.recording().digest(), before);
    for (first, again, reason) in [
        (restart(Vec::new()), restart(vec![1]), "another restart is under way"),
        (deed(0, until), deed(0, until), "a roll-out of this release is under way"),
        (deed(10, until), deed(10, until), "the session leak is switched off already"),
        (deed(12, until), deed(12, until), "requests are shed already"),
        (deed(13, until), deed(13, until), "a dump of it is under way"),
    ] {
        let mut world = world.fork();
        world.act(action("first", 45.0, first)).expect("it makes sense");
        let refused = world.act(action("again", 45.0, again)).expect_err(reason);
        assert_eq!(refused.reason, reason);
    }
    // In a plan it is noted.
    let planned = morning(vec![action("a", 45.0, deed(10, until)), action("b", 46.0, deed(10, until))]);
    let noted = Happening::ActionRefused {
        action: "b".to_owned(),
        reason: "the session leak is switched off already".to_owned(),
    };
    assert!(planned.log.iter().any(|entry| entry.what == noted));
}
