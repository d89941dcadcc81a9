//! The simulation as a whole: reproducible, conserving users, continued from a snapshot, and rejecting invalid scenarios.

use incident_replay::model::{EVENT_BUDGET, SimulationError, World};
use incident_replay::recording::{Happening, Ledger, Recording, Span};
use incident_replay::scenario::{Scenario, Setting};
use proptest::prelude::*;

/// The digest of the bundled scenario and seed. `tests/wasm.rs` expects the same in the browser.
const DIGEST: &str = include_str!("digest.txt");

fn bundled(settings: &[&str]) -> Scenario {
    let settings: Vec<Setting> = settings.iter().map(|text| text.parse().expect("a setting")).collect();
    Scenario::bundled().with(&settings).unwrap_or_else(|error| panic!("{error}"))
}

fn run(settings: &[&str], seed: u64) -> Recording {
    World::run(&bundled(settings), seed).expect("valid")
}

#[test]
fn the_digest_is_the_one_of_every_platform() {
    let recording = run(&[], Scenario::bundled().seed);
    assert_eq!(
        recording.digest(),
        DIGEST.trim(),
        "if the model was meant to change, write the new digest to tests/digest.txt"
    );
}

#[test]
fn runs_in_one_process_do_not_influence_each_other() {
    let [first, other] = [1, 2].map(|seed| run(&[], seed).digest());
    let [other_again, first_again] = [2, 1].map(|seed| run(&[], seed).digest());
    assert_eq!((&first, &other), (&first_again, &other_again));
    assert_ne!(first, other);
}

#[test]
fn stepping_and_chunks_give_the_same_run() {
    let scenario = bundled(&[]);
    let whole = World::run(&scenario, 3).expect("valid").digest();
    let mut stepped = World::new(&scenario, 3).expect("valid");
    while stepped.step() {}
    assert!(stepped.is_done());
    assert_eq!(stepped.recording().digest(), whole);
    let mut chunked = World::new(&scenario, 3).expect("valid");
    while !chunked.is_done() {
        chunked.advance(chunked.now_us() + 777_777);
    }
    assert_eq!(chunked.into_recording().digest(), whole);
}

#[test]
fn a_what_if_continued_from_a_snapshot_equals_a_full_run() {
    let actual = bundled(&[]);
    let what_ifs: [&[&str]; 7] = [
        &["responses.patch.at=11:45"],
        &["responses.rolling_restart.at=11:30"],
        &["responses.scale_out.at=11:30", "responses.scale_out.count=4"],
        &["responses.leak_off.at=11:30"],
        &["responses.shed.at=11:40", "responses.shed.until=13:00"],
        &["responses.heap_dump.at=11:30:05", "responses.heap_dump.instance=2"],
        &["responses.patch.at=13:00"],
    ];
    let mut snapshot = World::new(&actual, 5).expect("valid");
    snapshot.advance(snapshot.lead_in_us() + 3_600_000_000);
    for settings in what_ifs {
        let what_if = bundled(settings);
        let mut continued = snapshot.fork();
        continued.plan(&what_if.actions);
        continued.advance(continued.end_us());
        let full = World::run(&what_if, 5).expect("valid");
        assert_eq!(continued.recording().digest(), full.digest(), "{settings:?}");
    }
}

#[test]
fn a_recording_survives_its_bytes() {
    let recording = run(&[], 4);
    let bytes = recording.encode();
    assert_eq!(Recording::decode(&bytes).expect("its own bytes"), recording);
    for cut in [0, 7, 8, 11, 300, bytes.len() / 2, bytes.len() - 1] {
        assert!(Recording::decode(&bytes[..cut]).is_err(), "cut at {cut}");
    }
}

#[test]
fn every_user_has_one_outcome() {
    let recording = run(&[], 6);
    let service = &recording.service;
    let (mut arrived, mut ended) = (0, 0);
    for second in 0..recording.meta.seconds as usize {
        let span = Span { from: second, until: second + 1 };
        arrived += recording.arrivals(span);
        ended += recording.ended(span).total();
        assert_eq!(arrived, ended + u64::from(service.waiting_users[second]), "second {second}");
    }
    let all = Span { from: 0, until: recording.meta.seconds as usize };
    assert_eq!(recording.started(all), recording.ended(all), "outcomes by start and by end are the same users");
}

#[test]
fn the_leak_is_the_only_cause() {
    let scenario = bundled(&["deployment.release=fixed"]);
    let recording = World::run(&scenario, 7).expect("valid");
    assert_eq!(recording.detected_at(), None, "nobody is called");
    assert!(recording.instances.sessions_leaked.iter().all(|leaked| *leaked == 0));
}

#[test]
fn the_bundled_claims_hold_for_the_bundled_seed() {
    let scenario = bundled(&[]);
    let recording = World::run(&scenario, scenario.seed).expect("valid");
    let fixed = World::run(&bundled(&["deployment.release=fixed"]), scenario.seed).expect("valid");
    let ledger = Ledger::new(&scenario, &recording, Some(&fixed));
    for row in &ledger.rows {
        println!("{} {:?} {:?}", row.claim.id, row.verdict, row.value.map(|value| row.claim.show(value)));
    }
    assert!(ledger.holds());
}

#[test]
fn the_reported_order_of_events_comes_out_of_the_run() {
    let recording = run(&[], Scenario::bundled().seed);
    let at = |wanted: fn(&Happening) -> bool| recording.first(wanted).expect("it happens");
    let deployed = at(|what| matches!(what, Happening::FaultyDeployed));
    let fired = recording.detected_at().expect("detected");
    let patched = at(|what| matches!(what, Happening::RolloutStarted { patch: true }));
    let finished = at(|what| matches!(what, Happening::RolloutFinished));
    let resolved = recording.resolved_at().expect("resolved");
    assert!(deployed < fired && fired < patched && patched < finished && finished < resolved);
    assert!(recording.log.windows(2).all(|pair| pair[0].at_ms <= pair[1].at_ms), "the log is in order");
}

/// Affected, slow and failed users ÷ all of the incident, means over some seeds.
fn harm(settings: &[&str]) -> [f64; 3] {
    const SEEDS: u64 = 3;
    let scenario = bundled(settings);
    let runs = std::thread::scope(|scope| {
        let run = |seed| {
            let scenario = &scenario;
            scope.spawn(move || World::run(scenario, seed).expect("valid"))
        };
        let threads: Vec<_> = (1..=SEEDS).map(run).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect::<Vec<Recording>>()
    });
    let mut sums = [0.0; 3];
    for recording in runs {
        let outcomes = recording.started(recording.span(scenario.incident.start, scenario.incident.end));
        let ratios = [outcomes.affected_ratio(), outcomes.slow_ratio(), outcomes.failed_ratio()];
        for (sum, ratio) in sums.iter_mut().zip(ratios) {
            *sum += ratio.expect("users") / SEEDS as f64;
        }
    }
    sums
}

/// The directions that the model's specification requires.
#[test]
fn what_ifs_teach_what_they_should() {
    let [affected, slow, failed] = harm(&[]);
    let restart = harm(&["responses.rolling_restart.at=11:15"]);
    let late_restart = harm(&["responses.rolling_restart.at=11:45"]);
    assert!(restart[0] < 0.35 * affected && restart[2] < 0.25 * failed, "mitigate first: {restart:?}");
    assert!(restart[0] < late_restart[0] && late_restart[0] < 0.7 * affected, "delay costs: {late_restart:?}");
    let patch = harm(&["responses.patch.at=11:30"]);
    assert!(patch[0] < 0.5 * affected && patch[2] < 0.5 * failed, "{patch:?}");
    let more = harm(&["responses.scale_out.at=11:15", "responses.scale_out.count=4"]);
    assert!(more[0] < affected && more[0] > restart[0], "old instances stay sick: {more:?}");
    let leak_off = harm(&["responses.leak_off.at=11:15"]);
    assert!(leak_off[0] > 0.8 * affected && leak_off[2] < failed, "heaps are not freed: {leak_off:?}");
    let shed = harm(&["responses.shed.at=11:15", "responses.shed.until=13:00", "responses.shed.ratio=0.25"]);
    assert!(shed[1] < slow && shed[2] > failed, "fewer slow, more refused: {shed:?}");
    let dump = harm(&["responses.heap_dump.at=11:15"]);
    assert!((dump[0] - affected).abs() < 0.02 && (dump[2] - failed).abs() < 0.01, "evidence is nearly free: {dump:?}");
    let queue = harm(&["instances.queue_length=100"]);
    assert!(queue[0] > affected + 0.05 && queue[2] > failed + 0.05, "longer queues hurt: {queue:?}");
    let retries = harm(&["users.retries=5"]);
    assert!(retries[0] > affected + 0.05, "retries amplify: {retries:?}");
    let hasty = harm(&["users.client_timeout_s=10"]);
    assert!(hasty[2] > failed + 0.02, "wasted work: {hasty:?}");
    let balanced = harm(&["load_balancer.policy=least_outstanding"]);
    assert!(balanced[0] < affected - 0.05, "a later onset: {balanced:?}");
    assert!(harm(&["heap.limit_mib=960"])[0] < 0.01, "a larger heap postpones");
    let never = harm(&["responses.patch=null"]);
    assert!(never[0] > affected + 0.1 && never[2] > failed + 0.05, "{never:?}");
}

/// Instances at the end that do not run the fixed release.
fn faulty_at_end(recording: &Recording) -> usize {
    let last = recording.meta.instances as usize;
    let release = &recording.instances.release;
    release[release.len() - last..].iter().filter(|release| **release == 0).count()
}

#[test]
fn a_roll_out_reaches_instances_that_are_starting() {
    for settings in [
        &["responses.rolling_restart.at=12:44", "responses.rolling_restart.waves=[8]", "responses.patch.waves=[8]"][..],
        &["responses.scale_out.at=12:44:30", "responses.scale_out.count=4", "responses.patch.waves=[12]"],
    ] {
        let recording = run(settings, 1);
        assert!(recording.first(|what| matches!(what, Happening::RolloutFinished)).is_some());
        assert_eq!(faulty_at_end(&recording), 0, "{settings:?}");
    }
}

#[test]
fn what_is_switched_off_stays_off_through_restarts() {
    let settings = ["responses.leak_off.at=11:15", "responses.rolling_restart.at=11:30", "responses.patch=null"];
    let recording = run(&settings, 1);
    let leaked = &recording.instances.sessions_leaked;
    assert!(leaked[leaked.len() - 8..].iter().all(|leaked| *leaked == 0), "no heap fills again");
}

#[test]
fn the_incident_is_over_when_it_was_detected_and_the_level_has_held() {
    let recording = run(&["heap.limit_mib=960"], 1);
    assert_eq!((recording.detected_at(), recording.resolved_at()), (None, None), "nothing to be over");
    let restarted = run(&["responses.patch=null", "responses.rolling_restart.at=11:15"], 1);
    assert_eq!(restarted.resolved_at(), None, "the leak is still there");
    let mitigated = restarted.first(|what| matches!(what, Happening::Mitigated { .. })).expect("a restart mitigates");
    let start = bundled(&[]).incident.start;
    assert!(mitigated > start.plus_s(2700.0) && mitigated < start.plus_s(4500.0), "{mitigated}");
}

/// Regression test for runs that were called over while users were affected.
#[test]
fn no_run_is_over_while_users_are_affected() {
    let what_ifs: [&[&str]; 6] = [
        &["load_balancer.policy=least_outstanding", "monitor.rules[3].severity=page"],
        &["responses.scale_out.at=11:15", "responses.scale_out.count=12"],
        &["responses.rolling_restart.at=11:15", "responses.patch=null", "session.size_kib=30"],
        &["responses.leak_off.at=11:00"],
        &["liveness.enabled=true"],
        &[],
    ];
    let mut reopened = 0;
    for settings in what_ifs {
        for seed in 1..=2 {
            let recording = run(settings, seed);
            let allowed = 1.0 - bundled(settings).service_level.objective_ratio;
            let mut settled_since: Option<usize> = None;
            let mut entries = recording.log.iter().peekable();
            for second in 1..=recording.meta.seconds as usize {
                while let Some(entry) = entries.next_if(|entry| entry.at_ms <= second as i64 * 1000) {
                    match entry.what {
                        Happening::Resolved { held_s } | Happening::Mitigated { held_s } => {
                            assert!(held_s >= 1200, "{settings:?}: {entry:?}");
                            settled_since = Some(second);
                        }
                        Happening::Reopened => {
                            assert!(settled_since.take().is_some(), "{settings:?}: reopened what was not closed");
                            reopened += 1;
                        }
                        _ => {}
                    }
                }
                let window = Span { from: second.saturating_sub(300), until: second };
                let missed = recording.ended(window).affected_ratio().is_some_and(|ratio| ratio > allowed);
                assert!(!(missed && settled_since.is_some()), "{settings:?} seed {seed}: second {second}");
            }
        }
    }
    assert!(reopened > 0, "a relapse is among them");
}

/// Killed early, all processes come back with empty heaps; killed into the retries of everybody, they are killed again.
#[test]
fn a_liveness_probe_makes_another_incident() {
    let scenario = bundled(&["liveness.enabled=true"]);
    let [affected, _, _] = harm(&[]);
    let mut kills = Vec::new();
    for seed in 1..=3 {
        let recording = World::run(&scenario, seed).expect("valid");
        let outcomes = recording.started(recording.span(scenario.incident.start, scenario.incident.end));
        let with_probe = outcomes.affected_ratio().expect("users");
        assert!((with_probe - affected).abs() > 0.2, "seed {seed}: {with_probe}");
        kills.push(recording.log.iter().filter(|entry| matches!(entry.what, Happening::NotAlive { .. })).count());
    }
    assert!(kills.iter().all(|kills| *kills >= 6), "every older process is killed: {kills:?}");
    let healthy = run(&["liveness.enabled=true", "deployment.release=fixed"], 1);
    assert!(
        !healthy.log.iter().any(|entry| matches!(entry.what, Happening::NotAlive { .. })),
        "a healthy service answers"
    );
}

#[test]
fn a_collector_with_a_limit_gives_up_on_a_full_heap_only() {
    let [affected, _, _] = harm(&[]);
    let settings = ["collector_limit.enabled=true"];
    assert!(harm(&settings)[0] < affected, "processes that end free their heaps");
    let killed = |recording: &Recording| {
        recording.log.iter().filter(|entry| matches!(entry.what, Happening::OutOfMemory { .. })).count()
    };
    assert!(killed(&run(&settings, 1)) > 0);
    assert_eq!(killed(&run(&["collector_limit.enabled=true", "deployment.release=fixed"], 1)), 0);
}

/// More leak, less heap, an older deployment, more traffic, fewer instances: once a fault is strong enough for harm, a
/// stronger one never does none, unless kills, which free heaps, are in the log.
#[test]
fn there_are_no_cliffs_but_those_that_kills_explain() {
    // From the weakest to the strongest, over the whole range.
    let sweeps = [
        ("session.size_kib", false),
        ("deployment.faulty_age_h", false),
        ("heap.limit_mib", true),
        ("traffic.peak_rate_per_s", false),
        ("instances.count", true),
    ];
    for (path, less_is_worse) in sweeps {
        let mut harmful = None;
        for value in swept(path, less_is_worse) {
            let setting = format!("{path}={value}");
            let younger = format!("instances.rescheduled_age_h={}", value.min(11.0));
            let settings = match path {
                "instances.count" => vec![setting.as_str(), "instances.rescheduled=2"],
                "deployment.faulty_age_h" => vec![setting.as_str(), &younger],
                _ => vec![setting.as_str()],
            };
            let scenario = bundled(&settings);
            let recording = match World::run(&scenario, 1) {
                Ok(recording) => recording,
                // Traffic at the end of its range.
                Err(SimulationError::Budget { .. }) => continue,
                Err(error) => panic!("{setting}: {error}"),
            };
            let span = recording.span(scenario.incident.start, scenario.incident.end);
            let affected = recording.started(span).affected_ratio().expect("users");
            let explained = recording.log.iter().any(|entry| matches!(entry.what, Happening::OutOfMemory { .. }));
            if affected > 0.4 {
                harmful.get_or_insert(value);
            }
            if let Some(harmful) = harmful {
                assert!(affected > 0.4 || explained, "{setting}: {affected}, though {harmful} harms");
            }
        }
        assert!(harmful.is_some(), "{path}");
    }
}

/// Twenty values over the range of a parameter and twenty from its bundled value on, from the weakest fault to the strongest.
fn swept(path: &str, less_is_worse: bool) -> Vec<f64> {
    const POINTS: i32 = 20;
    let scenario = serde_json::to_value(Scenario::bundled()).expect("JSON");
    let parameter = path.split('.').fold(&scenario, |node, name| &node[name]);
    let number = |value: &serde_json::Value| value.as_f64().expect("a number");
    let bundled = number(&parameter["value"]);
    let [low, high] = [number(&parameter["range"][0]), number(&parameter["range"][1])];
    let strongest = if less_is_worse { low } else { high };
    let rounded = |value: f64| if path == "instances.count" { value.round() } else { (value * 100.0).round() / 100.0 };
    let mut values: Vec<f64> = [(low, high), (bundled, strongest)]
        .into_iter()
        .flat_map(|(from, until)| {
            (0..POINTS).map(move |point| from * libm::pow(until / from, f64::from(point) / f64::from(POINTS - 1)))
        })
        .map(|value| rounded(value).clamp(low, high))
        .collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    if less_is_worse {
        values.reverse();
    }
    values
}

#[test]
fn the_heaps_are_recorded_back_to_the_deployment_whatever_its_age() {
    for age_h in ["22.5", "22.51", "22.3333", "7"] {
        let age = format!("deployment.faulty_age_h={age_h}");
        let recording = run(&[&age, "instances.rescheduled_age_h=5", "session.size_kib=2"], 1);
        let rows = recording.preroll.sessions_leaked.len() / 8;
        let expected = (age_h.parse::<f64>().expect("a number") * 60.0) as usize;
        assert!(rows.abs_diff(expected) <= 1, "{age_h} h: {rows} rows");
    }
    let recording = run(&["instances.rescheduled_age_h=0"], 1);
    let rescheduled = |entry: &&incident_replay::recording::LogEntry| matches!(entry.what, Happening::Rescheduled);
    assert_eq!(recording.log.iter().filter(rescheduled).count(), 2, "also at the last moment");
}

#[test]
fn memory_is_not_up_without_the_leak() {
    let scenario = bundled(&["deployment.release=fixed"]);
    let recording = World::run(&scenario, 1).expect("valid");
    let ledger = Ledger::new(&scenario, &recording, Some(&recording));
    let value = |id: &str| ledger.rows.iter().find(|row| row.claim.id == id).expect("a claim").value;
    assert!(value("E4b").is_some_and(|ratio| ratio < 0.5), "{:?}", value("E4b"));
    assert!(value("E4a").is_some_and(|ratio| ratio < 0.8));
}

#[test]
fn absurd_runs_are_refused_with_a_figure() {
    let mut scenario = Scenario::bundled();
    scenario.traffic.peak_rate_per_s.range = [0.01, 2000.0];
    scenario.traffic.peak_rate_per_s.value = 2000.0;
    match World::new(&scenario, 1) {
        Err(SimulationError::Budget { estimated }) => assert!(estimated > EVENT_BUDGET),
        other => panic!("{:?}", other.map(|_| "ran")),
    }
    scenario.traffic.peak_rate_per_s.value = f64::NAN;
    let error = World::new(&scenario, 1).map(|_| ()).expect_err("no number");
    assert!(error.to_string().starts_with("traffic.peak_rate_per_s: NaN is not allowed"), "{error}");

    // A heap with no room and a collector that is nearly free would collect for every few bytes.
    let mut scenario = Scenario::bundled();
    scenario.heap.pause_s_per_live_gib.range = [0.0, 1.0];
    scenario.heap.pause_s_per_live_gib.value = 0.000_003;
    assert!(matches!(World::new(&scenario, 1), Err(SimulationError::Budget { .. })));
}

/// Invalid and extreme values.
fn any_value() -> impl Strategy<Value = String> {
    let number = prop_oneof![any::<f64>().prop_map(|x| x.to_string()), any::<i64>().prop_map(|x| x.to_string())];
    let extreme =
        prop::sample::select(vec!["-1", "0", "1e12", "1e308", "-1e308", "1e-300", "4294967296", "NaN", "inf"]);
    let odd = prop::sample::select(vec![
        "",
        "null",
        "[]",
        "{}",
        "true",
        "\"\u{0}\"",
        "25:99",
        "2024-08-15T11:00:00Z",
        "=",
        "fixed",
    ]);
    prop_oneof![number, extreme.prop_map(str::to_owned), odd.prop_map(str::to_owned)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_value_at_any_path_is_taken_or_refused_with_a_path(at in any::<prop::sample::Index>(), value in any_value()) {
        let scenario = Scenario::bundled();
        let mut paths: Vec<String> = scenario.parameters().iter().map(|parameter| parameter.path.clone()).collect();
        paths.extend([
            "seed", "window.from", "window.until", "incident.start", "incident.end", "timeline[2].at", "timeline[0]", "actions", "responses",
            "actions.patch", "actions.patch.at", "responses.patch.waves", "actions.patch.bake_s", "responses.shed.ratio",
            "actions.dump.instance", "responses.scale_out.count", "actions[0].do.roll_out.waves[1]", "actions.cap.sessions",
            "actions.limit.to", "actions.reap.idle_s", "actions.restart_2.instances", "monitor.rules[0].for_s", "monitor.scrape_interval_s",
            "service_level.objective_ratio", "service_level.verification_s", "claims[0].each_seed.min", "instances", "users",
            "instances.count.range", "instances.count.unit", "heap.limit_mib.range[0]",
        ].map(str::to_owned));
        let path = &paths[at.index(paths.len())];
        let setting = Setting { path: path.clone(), value };
        match scenario.with(&[setting]) {
            // An accepted scenario can be started, or is rejected with its number of events.
            Ok(changed) => drop(World::new(&changed, 1).map(|mut simulation| (0..1000).all(|_| simulation.step()))),
            Err(error) => {
                let text = error.to_string();
                // The path of the value, or of another that no longer fits it.
                let is_path = |start: &str| start.starts_with(|letter: char| letter.is_ascii_lowercase()) && !start.contains(' ');
                prop_assert!(text.lines().all(|line| line.split_once(": ").is_some_and(|(start, _)| is_path(start))), "{path}: {text}");
            }
        }
    }
}
