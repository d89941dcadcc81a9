//! The scenarios that come with the page: each keeps its own claims over twenty seeds. The three of training differ in what
//! helps, as their causes do; in the public ones, what is not fitted follows.

use incident_replay::export::{Format, Options, RunRef, files};
use incident_replay::model::World;
use incident_replay::recording::{ClaimVerdict, Happening, Ledger, Recording};
use incident_replay::replay::{Audience, headline, now_sentence};
use incident_replay::scenario::catalogue::CATALOGUE;
use incident_replay::scenario::{Action, Deed, Release, Restarts, RollOut, Scale, Scenario, Setting, When};
use incident_replay::units::UtcMs;

const SEEDS: u64 = 20;

fn scenario(file: &str) -> Scenario {
    let path = format!("{}/static/scenarios/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    Scenario::from_json(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every scenario of the catalogue but the one that other tests look at.
fn others() -> Vec<Scenario> {
    CATALOGUE[1..].iter().map(|entry| scenario(entry.file)).collect()
}

/// Those of training.
fn training() -> Vec<Scenario> {
    others().into_iter().filter(|scenario| scenario.id.starts_with("training-")).collect()
}

#[test]
fn the_catalogue_names_what_is_there() {
    for entry in CATALOGUE {
        let found = scenario(entry.file);
        assert_eq!((found.id.as_str(), found.title.as_str()), (entry.id, entry.title));
    }
    assert_eq!(CATALOGUE[0].id, Scenario::bundled().id);
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/index.html")).expect("the page");
    assert!(
        page.contains(&format!("data-scenario=\"{}\"", CATALOGUE[0].id)),
        "the story in the page is that of the first"
    );
    for folder in ["training", "public"] {
        let path = format!("{}/static/scenarios/{folder}", env!("CARGO_MANIFEST_DIR"));
        let files = std::fs::read_dir(path).expect("a folder").count();
        assert_eq!(files, CATALOGUE.iter().filter(|entry| entry.file.starts_with(folder)).count());
    }
}

#[test]
fn every_claim_holds_over_twenty_seeds() {
    for scenario in others() {
        for seed in 1..=SEEDS {
            let run = World::run(&scenario, seed).expect("valid");
            let other = World::run(&scenario.with_release(Release::Fixed), seed).expect("valid");
            for row in Ledger::new(&scenario, &run, Some(&other)).rows {
                let value = row.value.map(|value| row.claim.show(value));
                assert_eq!(row.verdict, ClaimVerdict::Holds, "{} seed {seed} {} {value:?}", scenario.id, row.claim.id);
            }
        }
    }
}

#[test]
fn all_three_begin_with_the_same_page() {
    for scenario in training() {
        let run = World::run(&scenario, scenario.seed).expect("valid");
        let page = run.log.iter().find(|entry| entry.what.is_page()).expect("a page");
        let Happening::AlertFiring { rule, .. } = &page.what else { panic!("{page:?}") };
        assert_eq!(rule, "CheckoutsSlowOrFailed", "{}", scenario.id);
        let clock = run.time_of(page).hh_mm();
        assert!(("10:57".."11:03").contains(&clock.as_str()), "{} {clock}", scenario.id);
    }
}

/// Share of the users who started in a span and failed, or were slow.
fn affected(run: &Recording, [from, until]: [&str; 2]) -> f64 {
    let at = |clock: &str| run.meta.from.same_day_at(clock).expect("a time");
    run.started(run.span(at(from), at(until))).affected_ratio().expect("users")
}

fn with(scenario: &Scenario, deeds: Vec<Deed>) -> Recording {
    let at: UtcMs = scenario.window.from.same_day_at("11:12").expect("a time");
    // The release of the scenario is no response; everything after the page is.
    let kept =
        scenario.actions.iter().filter(|action| action.at.fixed().is_some_and(|when| when < scenario.incident.start));
    let mut changed = scenario.clone();
    changed.actions = kept.cloned().collect();
    for (index, deed) in deeds.into_iter().enumerate() {
        changed.actions.push(Action { id: format!("try_{index}"), at: When::At(at), deed, reason: String::new() });
    }
    World::run(&changed, 1).expect("valid")
}

#[test]
fn what_helps_depends_on_the_cause() {
    let restart = || Deed::Restart(Restarts { instances: Vec::new(), waves: vec![2], bake_s: 60.0 });
    let roll_out = || Deed::RollOut(RollOut { release: Release::Fixed, waves: vec![2], bake_s: 60.0 });
    let scale = || Deed::Scale(Scale { by: 8 });
    let [connections, slow, costly]: [Scenario; 3] = training().try_into().expect("three");
    let (soon, later) = (["11:19", "11:22"], ["11:35", "11:45"]);

    let nothing = |scenario| affected(&with(scenario, Vec::new()), later);
    assert!(nothing(&connections) > 0.95 && nothing(&slow) > 0.7 && nothing(&costly) > 0.7);

    // Connections: new processes have theirs, until they have lost them, too. The fix keeps them.
    let restarted = with(&connections, vec![restart()]);
    assert!(affected(&restarted, soon) < 0.5 && affected(&restarted, later) > 0.9);
    let scaled = with(&connections, vec![scale()]);
    assert!(affected(&scaled, soon) < 0.8 && affected(&scaled, later) > 0.9);
    assert!(affected(&with(&connections, vec![roll_out()]), later) < 0.1);

    // A slow gateway: neither new processes nor another release; more threads take more of the waiting.
    let slow_after = |deed: Deed| affected(&with(&slow, vec![deed]), later);
    let unhelped = nothing(&slow);
    assert!(slow_after(restart()) > unhelped - 0.1);
    let refused = with(&slow, vec![roll_out()]);
    assert!(refused.log.iter().any(|entry| matches!(&entry.what, Happening::ActionRefused { .. })));
    let failed = |run: &Recording| {
        let at = |clock: &str| run.meta.from.same_day_at(clock).expect("a time");
        run.started(run.span(at(later[0]), at(later[1]))).failed_ratio().expect("users")
    };
    assert!(failed(&with(&slow, vec![scale()])) < failed(&with(&slow, Vec::new())));

    // A costly release: the roll-back helps at once, twice the CPU as well, the same processes anew do not.
    let costly_after = |deed: Deed| affected(&with(&costly, vec![deed]), later);
    assert!(costly_after(restart()) > 0.7);
    assert!(costly_after(scale()) < 0.2);
    assert!(costly_after(roll_out()) < 0.05);
}

#[test]
fn an_overload_outlasts_its_cause_until_the_load_is_taken_off() {
    let scenario = scenario("public/dynamodb-2015-09-20.json");
    let with = |changes: &[&str]| {
        let settings: Vec<Setting> = changes.iter().map(|change| change.parse().expect("a setting")).collect();
        World::run(&scenario.with(&settings).expect("valid"), 1).expect("valid")
    };
    let morning = ["10:00", "12:00"];
    assert!(affected(&with(&[]), morning) > 0.7, "hours after three minutes of cause");
    assert!(affected(&with(&["faults.network_blip=null"]), morning) < 0.02, "without them there is nothing");
    // Retries keep it up, capacity would have ended it, and so would the pause.
    assert!(affected(&with(&["users.retries=2"]), morning) < 0.02);
    assert!(affected(&with(&["actions.capacity.at=09:40"]), morning) < 0.05);
    let early = with(&["actions.pause.at=09:40", "actions.pause.until=10:00", "actions.capacity=null"]);
    assert!(affected(&early, ["10:05", "12:00"]) < 0.05);
}

#[test]
fn pools_are_in_every_export_of_the_series() {
    let scenario = scenario("training/connections.json");
    let run = World::run(&scenario, scenario.seed).expect("valid");
    let ledger = Ledger::new(&scenario, &run, None);
    let run = RunRef { scenario: &scenario, recording: &run, ledger: &ledger };
    let text = |format, name: &str| {
        let files = files(format, &run, &Options::default());
        files.into_iter().find(|file| file.path == name).expect("a file").text
    };
    let table = text(Format::Csv, "recording.csv");
    let mut lines = table.lines();
    let heads: Vec<&str> = lines.next().expect("a head").split(',').collect();
    let place = heads.iter().position(|head| *head == "payment_3_connections_slots_lost").expect("a column");
    assert!(lines.clone().all(|line| line.split(',').count() == heads.len()));
    let at = |clock: &str| lines.clone().find(|line| line.contains(clock)).and_then(|line| line.split(',').nth(place));
    assert_eq!((at("T10:40:00Z"), at("T11:40:00Z")), (Some("0"), Some("12")));
    let series: serde_json::Value = serde_json::from_str(&text(Format::Json, "series.json")).expect("JSON");
    let lost = &series["pools"]["connections"]["columns"]["slots_lost"]["values"][2];
    assert_eq!(lost[70 * 12 - 1], 12, "11:40 is the 840th row");
    let metrics = text(Format::OpenMetrics, "metrics.openmetrics.txt");
    assert!(metrics.contains("payment_pool_slots_lost{instance=\"payment-3\",pool=\"connections\"} 12 "));
    assert!(metrics.contains("# TYPE payment_pool_slot_timeouts counter"));
}

#[test]
fn each_has_its_own_headline_sentences_and_files() {
    let mut told = Vec::new();
    for scenario in others() {
        let run = World::run(&scenario, scenario.seed).expect("valid");
        told.push(headline(&scenario, &run));
        for minute in 0..=(scenario.window_s() / 60.0) as u32 {
            let at = scenario.window.from.plus_s(f64::from(minute) * 60.0);
            for audience in [Audience::Executive, Audience::Engineer, Audience::Trainer] {
                let sentence = now_sentence(&scenario, &run, at, audience);
                let foreign = ["leak", "session", "memory no longer"];
                assert!(!sentence.is_empty() && foreign.iter().all(|word| !sentence.contains(word)), "{at} {sentence}");
            }
        }
        let ledger = Ledger::new(&scenario, &run, None);
        let run = RunRef { scenario: &scenario, recording: &run, ledger: &ledger };
        for format in Format::ALL {
            assert!(files(format, &run, &Options::default()).iter().all(|file| !file.text.is_empty()), "{format:?}");
        }
    }
    expect_test::expect![[r#"
        The edge proxy needed 17 times the CPU time for a request, and all ten instances had none left. Between 13:42 and 14:09 nine visitors in ten waited too long or failed; three in four could not complete the request.
        Eight times as many storage servers as usual came to the metadata service for 3 min; it went on failing for 4 h 30 min after that. Between 09:19 and 14:10 three storage servers in five waited too long or failed; two in five could not complete the membership request.
        A release of the payment service did not give back its connections to the gateway until all eight instances had none left. Between 11:00 and 12:40 two users in three waited too long or failed; three in five could not complete the checkout.
        The gateway took 30 times as long to answer, and the worker threads of the payment service waited for it. Between 11:00 and 12:35 two users in three waited too long or failed; one in ten could not complete the checkout.
        A release of the payment service needed 5 times the CPU time for a request, and all ten instances had none left. Between 11:00 and 12:17 two users in three waited too long or failed; three in ten could not complete the checkout."#]].assert_eq(&told.join("\n"));
}
