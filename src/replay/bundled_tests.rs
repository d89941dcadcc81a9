//! The sentences and figures of the bundled scenario. They follow the calibration: after a change of the scenario or the
//! model, run the tests with `UPDATE_EXPECT=1` and read what they say before keeping it.

use std::sync::OnceLock;

use crate::recording::{Ledger, Recording};
use crate::replay::{Detail, Figures, Reader, Track, evidence, headline, now_sentence, tiles};
use crate::scenario::Scenario;
use crate::sim::Simulation;
use crate::units::UtcMs;

const CLOCKS: [&str; 10] = ["10:40", "11:00", "11:05", "11:30", "12:15", "12:30", "12:45", "13:00", "13:10", "13:30"];

fn run() -> &'static (Scenario, Recording) {
    static RUN: OnceLock<(Scenario, Recording)> = OnceLock::new();
    RUN.get_or_init(|| {
        let scenario = Scenario::bundled();
        println!("seed {}", scenario.seed);
        let recording = Simulation::run(&scenario, scenario.seed).expect("the bundled scenario runs");
        (scenario, recording)
    })
}

fn at(clock: &str) -> UtcMs {
    run().0.window.from.same_day_at(clock).expect("a time of day")
}

fn spoken(reader: Reader) -> String {
    let (scenario, recording) = run();
    CLOCKS.iter().map(|clock| format!("{clock} {}\n", now_sentence(scenario, recording, at(clock), reader))).collect()
}

#[test]
fn the_headline_and_the_tiles() {
    let (scenario, recording) = run();
    let ledger = Ledger::new(scenario, recording, None);
    let tiles = tiles(&ledger)
        .into_iter()
        .map(|tile| format!("{} {}, reported {}: {:?}\n", tile.simulated, tile.label, tile.reported, tile.verdict));
    let told = format!("{}\n{}", headline(scenario, recording), tiles.collect::<String>());
    expect_test::expect![[r#"
        A release of the payment service left sessions open until they filled the memory of six of eight instances. For two hours most users waited too long or failed, and one in four could not complete the checkout.
        60.1 % slow or failed, reported 60 %: Holds
        25.5 % could not complete, reported 25 %: Holds
        11:00 detected, UTC, reported 11:00: Holds
        13:30 over, UTC, reported 13:30: Holds
    "#]].assert_eq(&told);
}

#[test]
fn now_in_plain_words() {
    expect_test::expect![[r#"
        10:40 Checkout works: a typical user is through in less than a second. Six of eight instances are nearly out of memory, and no alert says so.
        11:00 Monitoring has called the team. Six of eight instances spend three fifths of their time clearing memory; the two younger ones are fine. One user in 15 waits more than 4 s.
        11:05 Six of eight instances spend two thirds of their time clearing memory; the two younger ones are fine. One user in eight cannot complete the checkout, and three in five wait more than 4 s. Just now: investigation starts.
        11:30 Six of eight instances spend four fifths of their time clearing memory; the two younger ones are fine. Three users in ten cannot complete the checkout, and two in five wait more than 4 s. Just now: escalated to the backend team.
        12:15 Six of eight instances spend nearly all of their time clearing memory; the two younger ones serve nine tenths of the requests and cannot keep up. Two users in five cannot complete the checkout, and as many wait more than 4 s. Three quarters of an hour ago: escalated to the backend team.
        12:30 Six of eight instances spend nearly all of their time clearing memory; the two younger ones serve nine tenths of the requests and cannot keep up. Two users in five cannot complete the checkout, and as many wait more than 4 s. Just now: leak identified in session handling.
        12:45 The fixed release starts to roll out. Meanwhile two users in five cannot complete the checkout, and as many wait more than 4 s.
        13:00 The fixed release runs on three of eight instances; the next wave follows. Meanwhile one user in 40 cannot complete the checkout, and one in four waits more than 4 s.
        13:10 The fixed release runs on six of eight instances; the next wave follows. Checkout works: a typical user is through in less than a second.
        13:30 The incident is over. Checkout works: a typical user is through in less than a second. No session stays behind, so memory no longer fills up.
    "#]].assert_eq(&spoken(Reader::Executive));
}

#[test]
fn now_for_engineers() {
    expect_test::expect![[r#"
        10:40 Heap after GC above 90 % on 6 of 8 instances (94.4–94.6 %): 38 % of the time in GC, CPU 70 %; the other 2: heap 52.3 %, 2 % of the time in GC, CPU 38 %. Last minute: 0.5 % slow, 0.0 % failed, p95 2.6 s; 13 users waiting. No alert is firing.
        11:00 Heap after GC above 90 % on 6 of 8 instances (96.2–96.4 %): 56 % of the time in GC, CPU 89 %; the other 2: heap 54.0–54.1 %, 3 % of the time in GC, CPU 35 %. Last minute: 6.1 % slow, 0.1 % failed, p95 4.8 s; 28 users waiting. Firing: PaymentCpuSaturation. Gateway p50 0.23 s (−0.4 % against the calm).
        11:05 Heap after GC above 90 % on 6 of 8 instances (96.7–97.2 %): 68 % of the time in GC, CPU 100 %; the other 2: heap 54.6–54.7 %, 4 % of the time in GC, CPU 55 %. Last minute: 61.4 % slow, 11.7 % failed, p95 29 s; 159 users waiting, 34 % of the attempts are retries. Firing: PaymentCpuSaturation. Gateway p50 0.23 s (−1.1 % against the calm).
        11:30 Heap after GC above 90 % on 6 of 8 instances (98.6–98.7 %): 84 % of the time in GC, CPU 100 %; the other 2: heap 59.0–59.1 %, 7 % of the time in GC, CPU 82 %. Last minute: 42.8 % slow, 27.5 % failed, p95 30 s; 176 users waiting, 48 % of the attempts are retries. Firing: PaymentCpuSaturation, CheckoutBudgetBurn, CheckoutFailures. Gateway p50 0.23 s (−0.7 % against the calm).
        12:15 Heap after GC above 90 % on 6 of 8 instances (99.7–99.8 %): 96 % of the time in GC, CPU 100 %; the other 2: heap 68.6–68.9 %, 12 % of the time in GC, CPU 98 %. Last minute: 40.8 % slow, 38.8 % failed, p95 27 s; 144 users waiting, 54 % of the attempts are retries. Firing: PaymentCpuSaturation, CheckoutBudgetBurn, CheckoutFailures. Gateway p50 0.23 s (−0.5 % against the calm).
        12:30 Heap after GC above 90 % on 6 of 8 instances (99.8–99.9 %): 98 % of the time in GC, CPU 100 %; the other 2: heap 72.0–72.4 %, 14 % of the time in GC, CPU 100 %. Last minute: 38.7 % slow, 43.2 % failed, p95 27 s; 142 users waiting, 56 % of the attempts are retries. Firing: PaymentCpuSaturation, CheckoutBudgetBurn, CheckoutFailures. Gateway p50 0.23 s (−0.2 % against the calm).
        12:45 Heap after GC above 90 % on 6 of 8 instances (99.9 %): 98 % of the time in GC, CPU 100 %; the other 2: heap 75.6 %, 17 % of the time in GC, CPU 98 %. Last minute: 41.5 % slow, 41.8 % failed, p95 26 s; 142 users waiting, 57 % of the attempts are retries. Firing: PaymentCpuSaturation, CheckoutBudgetBurn, CheckoutFailures. Wave 1: 0 of 8 on the fixed release, 0 restarting.
        13:00 Heap after GC above 90 % on 3 of 8 instances (100.0 %): 99 % of the time in GC, CPU 100 %; the other 5: heap 20.1–78.0 %, 6 % of the time in GC, CPU 62 %. Last minute: 24.4 % slow, 2.8 % failed, p95 9.9 s; 26 users waiting, 27 % of the attempts are retries. Firing: PaymentCpuSaturation, CheckoutBudgetBurn, CheckoutFailures. Wave 2: 3 of 8 on the fixed release, 0 restarting.
        13:10 Heap after GC 20.1–79.2 %, 3 % of the time in GC, CPU 37 %. Last minute: 0.0 % slow, 0.0 % failed, p95 1.7 s; 4 users waiting. Wave 3: 6 of 8 on the fixed release, 0 restarting.
        13:30 Heap after GC 20.1 %, 1 % of the time in GC, CPU 36 %. Last minute: 0.0 % slow, 0.0 % failed, p95 1.5 s; 5 users waiting. The incident is over.
    "#]].assert_eq(&spoken(Reader::Engineer));
}

#[test]
fn now_for_trainers() {
    expect_test::expect![[r#"
        10:40 Users notice nothing and nobody has been called. Heap after collection is 94 % on six instances and 52 % on two: who would tell you?
        11:00 The page says: For two minutes, the ten-minute mean of the payment service's CPU has been above 71 %. It names what is scarce, not why. What else rose with it?
        11:05 CPU is at 88 %, and six instances spend 68 % of the time in collections. Which causes which? Users report time-outs: how would you check the network?
        11:30 Gateway and network are as fast as in the calm (−0.7 % and −0.2 %): the time is lost inside the service. Two instances are offered as many requests and stay fast: what sets them apart from the other six?
        12:15 Gateway and network are as fast as in the calm (−0.5 % and +0.5 %): the time is lost inside the service. Two instances have memory left and serve 87 % of all requests: what sets them apart from the other six?
        12:30 What fills the memory is found: sessions hold 79 % of the live bytes on the older instances. What would help the users before a patch is ready?
        12:45 No instance is through yet: what would you look at first once one is?
        13:00 Fixed release: heap 20 %, 1 % of the time in collections. The rest: heap 91 %, 64 % of the time in collections. Would you go on with the next wave?
        13:10 Fixed release: heap 20 %, 1 % of the time in collections. The rest: heap 79 %, 9 % of the time in collections. Would you go on with the next wave?
        13:30 The incident is over. The proposed alert PaymentHeapFullSoon would have fired at least 24 min before the page: what else would have helped?
    "#]].assert_eq(&spoken(Reader::Trainer));
}

#[test]
fn the_evidence_of_every_event() {
    let (scenario, recording) = run();
    let mut told = String::new();
    for event in &scenario.timeline {
        told += &format!("{} {}\n", event.at.hh_mm(), event.title);
        for value in evidence(scenario, recording, event) {
            told += &match value.detail {
                Detail::Value => format!("  {} {} [{}]\n", value.label, value.shown, value.standing.word()),
                Detail::HeapHistogram(histogram) => format!("  {}\n", histogram.summary),
                Detail::Code => "  code\n".to_owned(),
            };
        }
    }
    expect_test::expect![[r#"
        11:00 Detected
          mean CPU 75 % [bad]
          worst CPU 93 % [bad]
          slow or failed 6.3 % [watch]
        11:05 Investigation starts
          mean CPU 88 % [bad]
          worst GC share 71 % [bad]
          fullest heap 97.2 % [bad]
          slow or failed 73.1 % [bad]
        11:30 Escalated to the backend team
          gateway p50 0.23 s (−0.6 %) [unchanged]
          network p50 16 ms (−0.5 %) [unchanged]
          checkout p95 30 s [bad]
          failed 27.5 % [bad]
        12:30 Leak identified in session handling
          sessions left open 642,159 [bad]
          held by sessions 79 % [bad]
          fullest heap 99.9 % [bad]
          emptiest heap 72.0 % [good]
          6 older instances, faulty release: sessions fill 79 % of the heap, half of them older than 12 h. 2 younger instances, faulty release: sessions fill 52 % of the heap, half of them older than 3 h.
          code
        12:45 Patch deployed
          on the fixed release 0 of 8 [watch]
          in rotation 5 of 8 [bad]
          slow or failed 83.3 % [bad]
          code
        13:30 Incident over
          slow or failed 0.0 % [good]
          fullest heap 20.1 % [good]
          worst GC share 1 % [good]
          on the fixed release 8 of 8 [good]
    "#]].assert_eq(&told);
}

#[test]
fn the_figures_at_the_end() {
    let (scenario, recording) = run();
    let figures = Figures::new(scenario, recording, recording.until());
    let rows = figures.rows.iter().map(|row| format!("{}: {} ({})\n", row.label, row.shown, row.source.word()));
    expect_test::expect![[r#"
        Time to detect: 0 min (reported)
        Time to detect: 4 min (simulated)
        Time to investigate: 5 min (reported)
        Time to escalate: 30 min (reported)
        Time to identify: 1 h 30 min (reported)
        Time to mitigate: 1 h 45 min (reported)
        Time to mitigate: 2 h 9 min (simulated)
        Time to resolve: 2 h 30 min (reported)
        Time to resolve: 2 h 29 min (simulated)
        Users affected so far: 72,478 (60.1 %) (simulated)
        Users failed so far: 30,702 (25.5 %) (simulated)
        Users so far: 120,633 (simulated)
        User-minutes lost: 15,994 (simulated)
        Error budget burnt: 33.6 % (assumed)
    "#]]
    .assert_eq(&rows.collect::<String>());
}

#[test]
fn the_run_is_on_the_track() {
    let (scenario, recording) = run();
    let track = Track::new(scenario, Some(recording));
    let phases = track.phases.iter().map(|phase| format!("{} {}\n", track.at(phase.from_ms).hh_mm(), phase.name));
    let markers = track.markers.iter().map(|marker| format!("{} {}\n", track.at(marker.at_ms).hh_mm(), marker.title));
    expect_test::expect![[r#"
        10:30 Calm
        11:00 Detection
        11:05 Investigation
        11:30 Diagnosis
        12:30 Fix
        12:45 Roll-out
        13:15 Verification
        13:30 After
        --
        10:35 Proposed alert: PaymentHeapFullSoon fires
        11:00 Detected
        11:00 Page: PaymentCpuSaturation fires
        11:05 Investigation starts
        11:08 Page: CheckoutBudgetBurn fires
        11:09 Ticket: CheckoutFailures fires
        11:30 Escalated to the backend team
        12:30 Leak identified in session handling
        12:45 Patch deployed
        12:45 Roll-out wave 1
        12:55 Roll-out wave 2
        13:05 Roll-out wave 3
        13:15 Roll-out wave 4
        13:30 Incident over
    "#]]
    .assert_eq(&phases.chain(["--\n".to_owned()]).chain(markers).collect::<String>());
}

#[test]
fn every_minute_has_a_sentence() {
    let (scenario, recording) = run();
    for minute in 0..=195 {
        let at = scenario.window.from.plus_s(f64::from(minute) * 60.0);
        for reader in Reader::ALL {
            let sentence = now_sentence(scenario, recording, at, reader);
            let sound = !sentence.contains("  ") && !sentence.contains("NaN") && !sentence.contains("inf");
            let ends = sentence.ends_with(['.', '?']) && sentence.chars().next().is_some_and(char::is_uppercase);
            assert!(sound && ends && sentence.len() < 450, "{at} {reader:?}: {sentence:?}");
        }
    }
}

/// A what-if is told by the same words.
#[test]
fn what_ifs_read_well_too() {
    let changes: [&[&str]; 6] = [
        &["deployment.release=fixed"],
        &["responses.patch.at=11:30"],
        &["responses.rolling_restart.at=11:15"],
        &["responses.patch=null"],
        &["responses.scale_out.at=11:15", "responses.scale_out.count=4"],
        &["instances.rescheduled=0"],
    ];
    let mut told = String::new();
    for settings in changes {
        let parsed: Vec<_> = settings.iter().map(|setting| setting.parse().expect("a setting")).collect();
        let scenario = Scenario::bundled().with(&parsed).expect("a valid what-if");
        let recording = Simulation::run(&scenario, scenario.seed).expect("it runs");
        told += &format!("{}: {}\n", settings.join(" "), headline(&scenario, &recording));
        for clock in ["11:20", "12:00", "13:40"] {
            let sentence = now_sentence(&scenario, &recording, at(clock), Reader::Executive);
            told += &format!("  {clock} {sentence}\n");
        }
        for event in &scenario.timeline {
            assert_eq!(evidence(&scenario, &recording, event).len(), event.evidence.len());
        }
    }
    expect_test::expect![[r#"
        deployment.release=fixed: No instance of the payment service ran out of memory. Users noticed next to nothing: 0.0 % waited too long or failed.
          11:20 Checkout works: a typical user is through in less than a second.
          12:00 Checkout works: a typical user is through in less than a second.
          13:40 Checkout works: a typical user is through in less than a second.
        responses.patch.at=11:30: A release of the payment service left sessions open until they filled the memory of six of eight instances. For 40 minutes most users waited too long or failed, and one in 20 could not complete the checkout.
          11:20 Six of eight instances spend three quarters of their time clearing memory; the two younger ones are fine. One user in five cannot complete the checkout, and half wait more than 4 s. 15 minutes ago: investigation starts.
          12:00 The fixed release runs on six of eight instances; the next wave follows. Checkout works: a typical user is through in less than a second.
          13:40 The incident is over. Checkout works: a typical user is through in less than a second. No session stays behind, so memory no longer fills up.
        responses.rolling_restart.at=11:15: A release of the payment service left sessions open until they filled the memory of six of eight instances. For 25 minutes most users waited too long or failed, and one in 40 could not complete the checkout.
          11:20 A rolling restart is through one of eight instances, on the same release; the next wave follows. Meanwhile one user in eight cannot complete the checkout, and half wait more than 4 s.
          12:00 Checkout works: a typical user is through in less than a second.
          13:40 The incident is over. Checkout works: a typical user is through in less than a second. No session stays behind, so memory no longer fills up.
        responses.patch=null: A release of the payment service left sessions open until they filled the memory of six of eight instances. For two and a half hours most users waited too long or failed, and two in five could not complete the checkout.
          11:20 Six of eight instances spend three quarters of their time clearing memory; the two younger ones are fine. One user in five cannot complete the checkout, and half wait more than 4 s. 15 minutes ago: investigation starts.
          12:00 Six of eight instances spend nine tenths of their time clearing memory; the two younger ones serve four fifths of the requests and cannot keep up. Two users in five cannot complete the checkout, and one in three waits more than 4 s. Half an hour ago: escalated to the backend team.
          13:40 Six of eight instances spend nearly all of their time clearing memory; the two younger ones serve nearly all of the requests and cannot keep up. Three users in five cannot complete the checkout, and one in three waits more than 4 s. An hour and a quarter ago: leak identified in session handling.
        responses.scale_out.at=11:15 responses.scale_out.count=4: A release of the payment service left sessions open until they filled the memory of six of eight instances. For 16 minutes most users waited too long or failed, and one in twelve could not complete the checkout.
          11:20 Six of twelve instances spend three quarters of their time clearing memory; the two younger ones are fine. One user in 15 cannot complete the checkout, and two in five wait more than 4 s. 15 minutes ago: investigation starts.
          12:00 Six of twelve instances spend nine tenths of their time clearing memory; the two younger ones are fine. One user in ten cannot complete the checkout, and one in three waits more than 4 s. Half an hour ago: escalated to the backend team.
          13:40 The incident is over. Checkout works: a typical user is through in less than a second. No session stays behind, so memory no longer fills up.
        instances.rescheduled=0: A release of the payment service left sessions open until they filled the memory of all eight instances. For two hours most users waited too long or failed, and two in three could not complete the checkout.
          11:20 All eight instances spend three quarters of their time clearing memory. Two users in three cannot complete the checkout, and one in three waits more than 4 s. 15 minutes ago: investigation starts.
          12:00 All eight instances spend nine tenths of their time clearing memory. Nearly every user cannot complete the checkout. Half an hour ago: escalated to the backend team.
          13:40 The incident is over. Checkout works: a typical user is through in less than a second. No session stays behind, so memory no longer fills up.
    "#]].assert_eq(&told);
}
