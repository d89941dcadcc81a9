//! The exports in real Prometheus: it accepts the rules, their unit test and the series, and a server with the series sees
//! every alert in the same minute as the simulated monitor.
//!
//! Needs `promtool` and `prometheus` (Debian package `prometheus`). Without them the tests count as ignored and say so; with
//! `INCIDENT_REPLAY_PROMETHEUS=required`, as `cargo xtask test` sets it, they fail.

#[path = "../hostile/mod.rs"]
mod hostile;
mod server;
mod tool;

use incident_replay::export::{Format, Options, RunRef, files};
use incident_replay::model::World;
use incident_replay::recording::{Happening, Ledger, Recording, quantile_s};
use incident_replay::scenario::{
    AlertRule, Dependency, DependencyFault, During, Effect, Expression, Fault, FaultSpan, PlanStep, Pool, Scenario,
    Setting, Signal,
};
use incident_replay::units::UtcMs;
use libtest_mimic::{Arguments, Failed, Trial};

use server::Server;
use tool::{Folder, promtool};

type Test = fn() -> Result<(), Failed>;

fn main() {
    let is_missing = !tool::is_installed();
    let is_required = std::env::var_os("INCIDENT_REPLAY_PROMETHEUS").is_some_and(|value| value == "required");
    if is_missing && !is_required {
        eprintln!(
            "\nSKIPPED: what Prometheus makes of the exports is not tested: promtool or prometheus is missing. As root, type:\n\n  \
             apt-get update && apt-get install -y --no-install-recommends prometheus\n"
        );
    }
    let tests: [(&str, Test); 8] = [
        ("the_rules_are_accepted", the_rules_are_accepted),
        ("the_unit_test_of_the_rules_passes", the_unit_test_of_the_rules_passes),
        ("the_unit_test_notices_other_rules", the_unit_test_notices_other_rules),
        ("names_and_types_pass_the_linter", names_and_types_pass_the_linter),
        ("hostile_text_stays_text_in_rules", hostile_text_stays_text_in_rules),
        ("numbers_as_large_as_a_scenario_allows_are_accepted", numbers_as_large_as_a_scenario_allows_are_accepted),
        ("a_server_sees_the_alerts_in_the_same_minute", a_server_sees_the_alerts_in_the_same_minute),
        ("a_server_has_the_figures_of_the_recording", a_server_has_the_figures_of_the_recording),
    ];
    let trials = tests.map(|(name, test)| Trial::test(name, test).with_ignored_flag(is_missing && !is_required));
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit();
}

fn run_of(scenario: &Scenario) -> Recording {
    World::run(scenario, scenario.seed).expect("the scenario runs")
}

/// The bundled scenario with another seed and other values.
fn what_if(seed: u64, settings: &[&str]) -> Scenario {
    let settings: Vec<Setting> = settings.iter().map(|text| text.parse().expect("a setting")).collect();
    let mut scenario = Scenario::bundled().with(&settings).expect("they make sense");
    scenario.seed = seed;
    scenario
}

/// The actual run, another seed, and what-ifs with other alert times.
fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::bundled(),
        what_if(3, &[]),
        what_if(7, &["responses.patch.at=11:15", "monitor.scrape_interval_s=30"]),
        with_every_signal(),
        with_parts(),
    ]
}

/// Rules over pools and dependencies, and faults that make them fire.
fn with_parts() -> Scenario {
    let mut scenario = Scenario::bundled();
    let reason = || "A test.".to_owned();
    scenario.pools = vec![Pool {
        id: "lock".to_owned(),
        of: "locks".to_owned(),
        capacity: 12,
        timeout_s: 5.0,
        reuses: None,
        reason: reason(),
    }];
    scenario.dependencies = vec![Dependency {
        id: "ledger".to_owned(),
        word: "ledger".to_owned(),
        median_s: 0.05,
        sigma: 0.4,
        timeout_s: 2.0,
        capacity: None,
        reason: reason(),
    }];
    scenario.plan = vec![
        PlanStep::Cpu(0.6),
        PlanStep::Call("gateway".to_owned()),
        PlanStep::Acquire("lock".to_owned()),
        PlanStep::Call("ledger".to_owned()),
        PlanStep::Release("lock".to_owned()),
        PlanStep::Cpu(0.4),
    ];
    for (id, from_s, latency_factor, error_ratio) in [("slow", 600.0, 25.0, 0.0), ("errors", 1500.0, 1.0, 0.2)] {
        let from = scenario.window.from.plus_s(from_s);
        scenario.faults.push(Fault {
            id: id.to_owned(),
            during: During::Span(FaultSpan { from, until: from.plus_s(600.0) }),
            does: Effect::Dependency(DependencyFault {
                dependency: Some("ledger".to_owned()),
                latency_factor,
                error_ratio,
                capacity_factor: 1.0,
            }),
            reason: reason(),
        });
    }
    let model = scenario.monitor.rules[0].clone();
    let threshold = |signal, window_s, above| Expression::Threshold { signal, window_s, above };
    for (name, when) in [
        ("Locks", threshold(Signal::PoolUseWorstRatio, 60.0, 0.3)),
        ("CallErrors", threshold(Signal::DependencyErrorRatio, 120.0, 0.1)),
        ("CallsSlow", threshold(Signal::DependencyMeanS, 120.0, 0.8)),
    ] {
        scenario.monitor.rules.push(AlertRule { name: name.to_owned(), when, for_s: 30.0, ..model.clone() });
    }
    scenario.validate().expect("it makes sense");
    let recording = run_of(&scenario);
    for name in ["Locks", "CallErrors", "CallsSlow"] {
        let fires = |what: &Happening| matches!(what, Happening::AlertFiring { rule, .. } if rule == name);
        assert!(recording.first(fires).is_some(), "{name} fires");
    }
    scenario
}

/// Rules over the signals and expressions that the bundled rules do not use.
fn with_every_signal() -> Scenario {
    let mut scenario = Scenario::bundled();
    let model = scenario.monitor.rules[0].clone();
    let threshold = |signal, window_s, above| Expression::Threshold { signal, window_s, above };
    for (name, when, for_s) in [
        ("CpuWorst", threshold(Signal::CpuWorstRatio, 120.0, 0.97), 90.0),
        ("GcWorst", threshold(Signal::GcWorstRatio, 600.0, 0.6), 0.0),
        // No whole number of scrapes.
        ("GcWorstOdd", threshold(Signal::GcWorstRatio, 100.0, 0.65), 40.0),
        ("HeapNow", threshold(Signal::HeapAfterGcWorstRatio, 60.0, 0.98), 60.0),
        ("BadNow", threshold(Signal::BadCheckoutsRatio, 300.0, 0.5), 600.0),
        (
            "FailedBurn",
            Expression::BurnRate {
                signal: Signal::FailedCheckoutsRatio,
                long_window_s: 1800.0,
                short_window_s: 120.0,
                factor: 6.0,
            },
            30.0,
        ),
    ] {
        scenario.monitor.rules.push(AlertRule { name: name.to_owned(), when, for_s, ..model.clone() });
    }
    scenario.validate().expect("it makes sense");
    scenario
}

fn exported(scenario: &Scenario, recording: &Recording, formats: &[Format]) -> Folder {
    let folder = Folder::new();
    let ledger = Ledger::new(scenario, recording, None);
    let run = RunRef { scenario, recording, ledger: &ledger };
    for file in formats.iter().flat_map(|format| files(*format, &run, &Options::default())) {
        folder.write(&file.path, &file.text);
    }
    folder
}

fn the_rules_are_accepted() -> Result<(), Failed> {
    let scenario = Scenario::bundled();
    let folder = exported(&scenario, &run_of(&scenario), &[Format::Rules]);
    let said = promtool(&folder, &["check", "rules", "rules.yml"])?;
    let rules = format!("{} rules found", scenario.monitor.rules.len());
    if said.contains(&rules) { Ok(()) } else { Err(format!("expected {rules}: {said}").into()) }
}

fn the_unit_test_of_the_rules_passes() -> Result<(), Failed> {
    for scenario in scenarios() {
        let folder = exported(&scenario, &run_of(&scenario), &[Format::Rules]);
        assert!(
            folder.read("rules.test.yml").contains("alertname: PaymentCpuSaturation"),
            "there is something to test"
        );
        promtool(&folder, &["test", "rules", "rules.test.yml"])?;
    }
    Ok(())
}

fn the_unit_test_notices_other_rules() -> Result<(), Failed> {
    let scenario = Scenario::bundled();
    let folder = exported(&scenario, &run_of(&scenario), &[Format::Rules]);
    promtool(&folder, &["test", "rules", "rules.test.yml"])?;
    let rules = folder.read("rules.yml");
    for (from, to) in [("> 0.7", "> 0.8"), ("> 0.95", "> 1.5"), ("for: 5m", "for: 6m"), ("[1h]", "[2m]")] {
        assert!(rules.contains(from), "{from}");
        folder.write("rules.yml", &rules.replace(from, to));
        if promtool(&folder, &["test", "rules", "rules.test.yml"]).is_ok() {
            return Err(format!("{from} was changed to {to}, and nobody noticed").into());
        }
    }
    Ok(())
}

/// The linter reads only the older text format, so one scrape is converted to it.
fn names_and_types_pass_the_linter() -> Result<(), Failed> {
    let scenario = Scenario::bundled();
    let recording = run_of(&scenario);
    let folder = exported(&scenario, &recording, &[Format::OpenMetrics]);
    let noon = recording.meta.from.same_day_at("12:00").expect("a time of day").0 / 1000;
    let mut counters = Vec::new();
    let text = folder.read("metrics.openmetrics.txt");
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("# TYPE ").and_then(|rest| rest.strip_suffix(" counter")) {
            counters.push(name);
        }
    }
    let mut scrape = String::new();
    for line in text.lines() {
        let mut words = line.splitn(4, ' ');
        let words = [words.next(), words.next(), words.next(), words.next()].map(Option::unwrap_or_default);
        match words {
            ["#", "UNIT" | "EOF", ..] => {}
            ["#", what, name, rest] => {
                let suffix = if counters.contains(&name) { "_total" } else { "" };
                scrape.push_str(&format!("# {what} {name}{suffix} {rest}\n"));
            }
            [name, value, at, ""] if at == noon.to_string() => scrape.push_str(&format!("{name} {value}\n")),
            _ => {}
        }
    }
    let said = tool::promtool_with(&folder, &["check", "metrics"], &scrape);
    let complaints: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n").into()) }
}

fn hostile_text_stays_text_in_rules() -> Result<(), Failed> {
    let (scenario, recording) = hostile::run();
    let folder = exported(&scenario, &recording, &[Format::Rules]);
    promtool(&folder, &["check", "rules", "rules.yml"])?;
    // Annotations are templates; rendered, they must give the original text.
    assert!(folder.read("rules.test.yml").contains("{{ query"), "the text is expected as it is");
    promtool(&folder, &["test", "rules", "rules.test.yml"])?;
    Ok(())
}

fn numbers_as_large_as_a_scenario_allows_are_accepted() -> Result<(), Failed> {
    let (scenario, recording) = hostile::huge();
    let folder = exported(&scenario, &recording, &[Format::Rules]);
    promtool(&folder, &["check", "rules", "rules.yml"])?;
    promtool(&folder, &["test", "rules", "rules.test.yml"])?;
    Ok(())
}

/// Starts a server with the blocks and rules of a run.
fn served(scenario: &Scenario, recording: &Recording) -> Result<Server, Failed> {
    let folder = exported(scenario, recording, &[Format::OpenMetrics, Format::Rules]);
    promtool(&folder, &["tsdb", "create-blocks-from", "openmetrics", "metrics.openmetrics.txt", "data"])?;
    Server::start(folder)
}

fn a_server_sees_the_alerts_in_the_same_minute() -> Result<(), Failed> {
    let mut fired = 0;
    for scenario in scenarios() {
        let recording = run_of(&scenario);
        let server = served(&scenario, &recording)?;
        let (from, until) = (first_row(&recording), recording.until());
        let rules = server.alert_rules()?;
        assert_eq!(rules.len(), scenario.monitor.rules.len(), "{rules:?}");
        for rule in rules {
            let holds = server.query_range(&rule.query, from, until, scenario.monitor.scrape_interval_s)?;
            let real = rule.first_firing(&holds, scenario.monitor.scrape_interval_s);
            let simulated =
                recording.first(|what| matches!(what, Happening::AlertFiring { rule: name, .. } if *name == rule.name));
            let second = |at: UtcMs| at.hh_mm_ss();
            let seed = scenario.seed;
            println!("seed {seed}, {}: {:?}, simulated {:?}", rule.name, real.map(second), simulated.map(second));
            let apart_s = real.zip(simulated).map(|(real, simulated)| real.seconds_since(simulated).abs());
            // Before the window the simulated monitor evaluates at every row, a minute apart.
            let is_before = simulated.is_some_and(|at| at < recording.meta.from);
            let allowed_s = if is_before { 60.0 } else { 59.0 };
            assert_eq!(real.is_some(), simulated.is_some(), "{} with seed {seed}", rule.name);
            assert!(apart_s.is_none_or(|apart_s| apart_s <= allowed_s), "{} with seed {seed}: {apart_s:?}", rule.name);
            fired += usize::from(real.is_some());
        }
    }
    assert_eq!(fired, 3 * 4 + 10 + 7, "every rule fires in every run");
    Ok(())
}

/// The end of the first row that was recorded.
fn first_row(recording: &Recording) -> UtcMs {
    let rows = recording.preroll_service.fast.len() as f64;
    recording.meta.from.plus_s(-(rows - 1.0).max(0.0) * f64::from(recording.meta.preroll_step_s))
}

fn a_server_has_the_figures_of_the_recording() -> Result<(), Failed> {
    let scenario = Scenario::bundled();
    let recording = run_of(&scenario);
    let server = served(&scenario, &recording)?;
    let (from, until) = (recording.meta.from, recording.until());
    let at = |clock: &str| from.same_day_at(clock).expect("a time of day");
    let outcomes = recording.ended(recording.span(from, until));
    // Counters have counted since the deployment.
    let before: u64 = recording.preroll_service.fast.iter().map(|fast| u64::from(*fast)).sum();
    let minute = recording.span(at("12:15").plus_s(-300.0), at("12:15"));
    let five_minutes = recording.checkout_latency.sum(minute.from / 5, minute.until / 5, 1);
    let p95_s = quantile_s(&five_minutes, 0.95).expect("checkouts were completed");
    let heap = recording.heap_after_gc_ratio(recording.before(at("12:30"), 60), 3);
    let cpu = recording.cpu_ratio(minute, 2);
    for (query, when, expected) in [
        ("sum(checkout_outcomes_total)", until, (outcomes.total() + before) as f64),
        ("checkout_outcomes_total{outcome=\"slow\"}", until, outcomes.slow as f64),
        ("sum(checkout_outcomes_total{outcome=\"failed\"})", until, outcomes.failed as f64),
        ("histogram_quantile(0.95, rate(checkout_duration_seconds_bucket[5m]))", at("12:15"), p95_s),
        ("payment_heap_after_gc_bytes{instance=\"payment-4\"} / payment_heap_limit_bytes", at("12:30"), heap),
        ("rate(payment_cpu_seconds_total{instance=\"payment-3\"}[5m]) / payment_cpu_limit_cores", at("12:15"), cpu),
        ("sum(payment_instance_state{state=\"in_rotation\"})", until, 8.0),
        ("count(payment_release_fixed == 1)", until, 8.0),
    ] {
        let value = server.query(query, when)?;
        assert!((value - expected).abs() <= 1e-9 * expected.abs(), "{query}: {value} instead of {expected}");
    }
    Ok(())
}
