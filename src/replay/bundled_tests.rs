//! Sentences and figures of the bundled scenario. They depend on the calibration: after a change of the scenario or the
//! model, run the tests with `UPDATE_EXPECT=1` and read the new sentences before you keep them.

use std::sync::OnceLock;

use crate::model::World;
use crate::recording::{Ledger, Recording};
use crate::replay::{Audience, Detail, Figures, Track, evidence, headline, now_sentence, tiles};
use crate::scenario::Scenario;
use crate::units::UtcMs;

const CLOCKS: [&str; 10] = ["10:40", "11:00", "11:05", "11:30", "12:15", "12:30", "12:45", "13:00", "13:10", "13:30"];

fn run() -> &'static (Scenario, Recording) {
    static RUN: OnceLock<(Scenario, Recording)> = OnceLock::new();
    RUN.get_or_init(|| {
        let scenario = Scenario::bundled();
        println!("seed {}", scenario.seed);
        let recording = World::run(&scenario, scenario.seed).expect("the bundled scenario runs");
        (scenario, recording)
    })
}

fn at(clock: &str) -> UtcMs {
    run().0.window.from.same_day_at(clock).expect("a time of day")
}

fn spoken(audience: Audience) -> String {
    let (scenario, recording) = run();
    CLOCKS.iter().map(|clock| format!("{clock} {}\n", now_sentence(scenario, recording, at(clock), audience))).collect()
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
        A release of the payment service left sessions open until they filled the memory of six of eight instances. Between 11:00 and 13:30 three users in five waited too long or failed; one in four could not complete the checkout.
        59.5 % slow or failed, reported 60 %: Holds
        25.0 % could not complete, reported 25 %: Holds
        11:00 detected, UTC, reported 11:00: Holds
        13:30 over, UTC, reported 13:30: Holds
    "#]].assert_eq(&told);
}

#[test]
fn now_in_plain_words() {
    expect_test::expect![[r#"
        10:40 Checkout works: a typical user is through in less than a second. Six of eight instances are nearly out of memory, and no alert says so.
        11:00 Monitoring has paged the team. Six of eight instances spend three fifths of their time clearing memory; the two younger ones are fine. One user in six waits more than 4 s.
        11:05 Six of eight instances spend two thirds of their time clearing memory; the two younger ones are fine. One user in ten cannot complete the checkout, and three in five wait more than 4 s. Investigation started just now.
        11:30 Six of eight instances spend four fifths of their time clearing memory; the two younger ones are fine. Three users in ten cannot complete the checkout, and half wait more than 4 s. Escalated to the backend team just now.
        12:15 Six of eight instances spend nearly all of their time clearing memory; the two younger ones complete nine tenths of all requests and are slowing down. One user in three cannot complete the checkout, and as many wait more than 4 s. Escalated to the backend team three quarters of an hour ago.
        12:30 Six of eight instances spend nearly all of their time clearing memory; the two younger ones complete nine tenths of all requests and are slowing down. Two users in five cannot complete the checkout, and as many wait more than 4 s. Leak identified in session handling just now.
        12:45 The fixed release starts to roll out. Meanwhile two users in five cannot complete the checkout, and as many wait more than 4 s.
        13:00 The fixed release runs on three of eight instances; the next wave follows. Meanwhile one user in 30 cannot complete the checkout, and three in ten wait more than 4 s.
        13:10 The fixed release runs on six of eight instances; the next wave follows. Checkout works: a typical user is through in less than a second.
        13:30 All eight instances run the fixed release. The service level has held for the twenty minutes after which the incident is over.
    "#]].assert_eq(&spoken(Audience::Executive));
}

#[test]
fn now_for_engineers() {
    expect_test::expect![[r#"
        10:40 Heap after GC above 90 % on 6 of 8 instances (94.4–94.6 %): 39 % of the time in GC, CPU 73 %; the other 2: heap 52.2 %, 2 % of the time in GC, CPU 37 %. Last minute: 0.7 % slow, 0.0 % failed, p95 2.4 s; 16 users waiting. No alert is firing.
        11:00 Heap after GC above 90 % on 6 of 8 instances (96.2–96.3 %): 58 % of the time in GC, CPU 92 %; the other 2: heap 54.0 %, 3 % of the time in GC, CPU 37 %. Last minute: 15.3 % slow, 0.2 % failed, p95 7.2 s; 30 users waiting. Firing: PaymentCpuSaturation. Gateway p50 0.23 s (+0.7 % against the baseline).
        11:05 Heap after GC above 90 % on 6 of 8 instances (97.0–97.2 %): 68 % of the time in GC, CPU 100 %; the other 2: heap 54.6 %, 5 % of the time in GC, CPU 59 %. Last minute: 59.1 % slow, 10.8 % failed, p95 29 s; 159 users waiting, 34 % of the attempts are retries. Firing: PaymentCpuSaturation. Gateway p50 0.24 s (+1.3 % against the baseline).
        11:30 Heap after GC above 90 % on 6 of 8 instances (98.6–98.7 %): 83 % of the time in GC, CPU 100 %; the other 2: heap 59.0–59.1 %, 7 % of the time in GC, CPU 81 %. Last minute: 45.6 % slow, 29.0 % failed, p95 31 s; 189 users waiting, 51 % of the attempts are retries. Firing: PaymentCpuSaturation, CheckoutFailures, CheckoutBudgetBurn. Gateway p50 0.23 s (+0.1 % against the baseline).
        12:15 Heap after GC above 90 % on 6 of 8 instances (99.7 %): 96 % of the time in GC, CPU 100 %; the other 2: heap 68.5 %, 12 % of the time in GC, CPU 90 %. Last minute: 34.9 % slow, 36.1 % failed, p95 18 s; 140 users waiting, 54 % of the attempts are retries. Firing: PaymentCpuSaturation, CheckoutFailures, CheckoutBudgetBurn. Gateway p50 0.23 s (±0.0 % against the baseline).
        12:30 Heap after GC above 90 % on 6 of 8 instances (99.8–99.9 %): 98 % of the time in GC, CPU 100 %; the other 2: heap 72.2–72.3 %, 15 % of the time in GC, CPU 100 %. Last minute: 43.0 % slow, 41.9 % failed, p95 22 s; 145 users waiting, 57 % of the attempts are retries. Firing: PaymentCpuSaturation, CheckoutFailures, CheckoutBudgetBurn. Gateway p50 0.23 s (−0.4 % against the baseline).
        12:45 Heap after GC above 90 % on 6 of 8 instances (99.9 %): 99 % of the time in GC, CPU 100 %; the other 2: heap 75.5–75.6 %, 17 % of the time in GC, CPU 99 %. Last minute: 38.7 % slow, 39.7 % failed, p95 19 s; 140 users waiting, 55 % of the attempts are retries. Firing: PaymentCpuSaturation, CheckoutFailures, CheckoutBudgetBurn. Wave 1: 0 of 8 on the fixed release, 0 restarting.
        13:00 Heap after GC above 90 % on 3 of 8 instances (100.0 %): 99 % of the time in GC, CPU 100 %; the other 5: heap 20.1–77.9 %, 5 % of the time in GC, CPU 58 %. Last minute: 28.7 % slow, 3.4 % failed, p95 12 s; 36 users waiting, 30 % of the attempts are retries. Firing: PaymentCpuSaturation, CheckoutBudgetBurn. Wave 2: 3 of 8 on the fixed release, 0 restarting.
        13:10 Heap after GC 20.1–79.1 %, 2 % of the time in GC, CPU 36 %. Last minute: 0.0 % slow, 0.0 % failed, p95 1.6 s; 6 users waiting. Wave 3: 6 of 8 on the fixed release, 0 restarting.
        13:30 Heap after GC 20.1 %, 1 % of the time in GC, CPU 34 %. Last minute: 0.0 % slow, 0.0 % failed, p95 1.5 s; 2 users waiting. SLO held for 20 of 20 min.
    "#]].assert_eq(&spoken(Audience::Engineer));
}

#[test]
fn now_for_trainers() {
    expect_test::expect![[r#"
        10:40 Users notice nothing and nobody has been paged. Heap after collection is 94 % on six instances and 52 % on two: who would tell you?
        11:00 The page says: For three minutes, the ten-minute mean of the payment service's CPU has been above 70 %. It names what is scarce, not why. What else rose with it?
        11:05 CPU is at 90 %, and six instances spend 68 % of the time in collections. Which causes which? Users report time-outs: how would you check the network?
        11:30 Gateway and network are as fast as in the baseline (+0.1 % and +0.3 %): the time is lost inside the service. Two instances are offered as many requests and stay fast: what sets them apart from the other six?
        12:15 Gateway and network are as fast as in the baseline (±0.0 % and +0.2 %): the time is lost inside the service. Two instances have memory left and serve 87 % of all requests: what sets them apart from the other six?
        12:30 What fills the memory is found: sessions hold 79 % of the live bytes on the older instances. What would help the users before a patch is ready?
        12:45 No instance is through yet: what would you look at first once one is?
        13:00 Fixed release: heap 20 %, 1 % of the time in collections. The rest: heap 91 %, 64 % of the time in collections. Would you go on with the next wave?
        13:10 Fixed release: heap 20 %, 1 % of the time in collections. The rest: heap 79 %, 8 % of the time in collections. Would you go on with the next wave?
        13:30 The service level has held for the twenty minutes after which the incident is over. Why not call it over as soon as the users are well?
    "#]].assert_eq(&spoken(Audience::Trainer));
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
          mean CPU 78 % [bad]
          worst CPU 98 % [bad]
          slow or failed 15.6 % [bad]
        11:05 Investigation started
          mean CPU 90 % [bad]
          worst GC share 69 % [bad]
          fullest heap 97.2 % [bad]
          slow or failed 70.0 % [bad]
        11:30 Escalated to the backend team
          gateway p50 0.23 s (±0.0 %) [unchanged]
          network p50 12 ms (+0.2 %) [unchanged]
          checkout p95 31 s [bad]
          failed 29.0 % [bad]
        12:30 Leak identified in session handling
          sessions left open 642,000 [bad]
          held by sessions 79 % [bad]
          fullest heap 99.9 % [bad]
          emptiest heap 72.2 % [good]
          6 older instances, leaking release: sessions fill 79 % of the heap, half of them older than 12 h. 2 younger instances, leaking release: sessions fill 52 % of the heap, half of them older than 3 h.
          code
        12:45 Roll-out of the patch started
          on the fixed release 0 of 8 [watch]
          in rotation 7 of 8 [watch]
          slow or failed 78.4 % [bad]
          code
        13:30 Incident declared over
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
        Time to detect: 9 min (simulated)
        Time to investigate: 5 min (reported)
        Time to escalate: 30 min (reported)
        Time to identify: 1 h 30 min (reported)
        Time to mitigate: 1 h 45 min (reported)
        Time to mitigate: 2 h 10 min (simulated)
        Time to resolve: 2 h 30 min (reported)
        Time to resolve: 2 h 30 min (simulated)
        Users affected so far: 71,600 (59.5 %) (simulated)
        Users failed so far: 30,000 (25.0 %) (simulated)
        Users so far: 120,000 (simulated)
        User-minutes lost: 15,900 (simulated)
        Error budget burnt: 33.2 % (assumed)
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
        10:30 Baseline
        11:00 Detection
        11:05 Investigation
        11:30 Diagnosis
        12:30 Fix
        12:45 Roll-out
        13:15 Verification
        13:30 After
        --
        11:00 Detected
        11:00 Page: PaymentCpuSaturation fires
        11:05 Investigation started
        11:10 Ticket: CheckoutFailures fires
        11:12 Page: CheckoutBudgetBurn fires
        11:30 Escalated to the backend team
        12:30 Leak identified in session handling
        12:45 Roll-out of the patch started
        12:45 Roll-out wave 1
        12:55 Roll-out wave 2
        13:05 Roll-out wave 3
        13:15 Roll-out wave 4
        13:30 Incident declared over
    "#]]
    .assert_eq(&phases.chain(["--\n".to_owned()]).chain(markers).collect::<String>());
}

#[test]
fn every_minute_has_a_sentence() {
    let (scenario, recording) = run();
    for minute in 0..=195 {
        let at = scenario.window.from.plus_s(f64::from(minute) * 60.0);
        for audience in Audience::ALL {
            let sentence = now_sentence(scenario, recording, at, audience);
            let sound = !sentence.contains("  ") && !sentence.contains("NaN") && !sentence.contains("inf");
            let ends = sentence.ends_with(['.', '?']) && sentence.chars().next().is_some_and(char::is_uppercase);
            assert!(sound && ends && sentence.len() < 450, "{at} {audience:?}: {sentence:?}");
        }
    }
}

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
        let recording = World::run(&scenario, scenario.seed).expect("it runs");
        told += &format!("{}: {}\n", settings.join(" "), headline(&scenario, &recording));
        for clock in ["11:20", "12:00", "13:40"] {
            let sentence = now_sentence(&scenario, &recording, at(clock), Audience::Executive);
            told += &format!("  {clock} {sentence}\n");
        }
        for event in &scenario.timeline {
            assert_eq!(evidence(&scenario, &recording, event).len(), event.evidence.len());
        }
    }
    expect_test::expect![[r#"
        deployment.release=fixed: No instance of the payment service ran out of memory. Users noticed next to nothing: fewer than one in 1,000 waited too long or failed.
          11:20 Checkout works: a typical user is through in less than a second.
          12:00 Checkout works: a typical user is through in less than a second.
          13:40 Checkout works: a typical user is through in less than a second.
        responses.patch.at=11:30: A release of the payment service left sessions open until they filled the memory of six of eight instances. Between 11:00 and 13:30 one user in five waited too long or failed; one in 20 could not complete the checkout.
          11:20 Six of eight instances spend four fifths of their time clearing memory; the two younger ones are fine. One user in five cannot complete the checkout, and half wait more than 4 s. Investigation started 15 minutes ago.
          12:00 The fixed release runs on six of eight instances; the next wave follows. Checkout works: a typical user is through in less than a second.
          13:40 The incident is over. Checkout works: a typical user is through in less than a second. No session stays behind, so memory no longer fills up.
        responses.rolling_restart.at=11:15: A release of the payment service left sessions open until they filled the memory of six of eight instances. Between 11:00 and 13:30 one user in eight waited too long or failed; one in 40 could not complete the checkout.
          11:20 A rolling restart is through one of eight instances, on the same release; the next wave follows. Meanwhile one user in six cannot complete the checkout, and two in five wait more than 4 s.
          12:00 Checkout works: a typical user is through in less than a second.
          13:40 The incident is over. Checkout works: a typical user is through in less than a second. No session stays behind, so memory no longer fills up.
        responses.patch=null: A release of the payment service left sessions open until they filled the memory of six of eight instances. Between 11:00 and 13:30 four users in five waited too long or failed; two in five could not complete the checkout.
          11:20 Six of eight instances spend four fifths of their time clearing memory; the two younger ones are fine. One user in five cannot complete the checkout, and half wait more than 4 s. Investigation started 15 minutes ago.
          12:00 Six of eight instances spend nine tenths of their time clearing memory; the two younger ones complete four fifths of all requests and are slowing down. Two users in five cannot complete the checkout, and as many wait more than 4 s. Escalated to the backend team half an hour ago.
          13:40 Six of eight instances spend nearly all of their time clearing memory; the two younger ones complete nearly all of all requests and are slowing down. Three users in five cannot complete the checkout, and two in five wait more than 4 s. Leak identified in session handling an hour and a quarter ago.
        responses.scale_out.at=11:15 responses.scale_out.count=4: A release of the payment service left sessions open until they filled the memory of six of eight instances. Between 11:00 and 13:30 two users in five waited too long or failed; one in twelve could not complete the checkout.
          11:20 Six of twelve instances spend four fifths of their time clearing memory; the two younger ones are fine. One user in 20 cannot complete the checkout, and two in five wait more than 4 s. Investigation started 15 minutes ago.
          12:00 Six of twelve instances spend nine tenths of their time clearing memory; the two younger ones are fine. One user in eight cannot complete the checkout, and three in ten wait more than 4 s. Escalated to the backend team half an hour ago.
          13:40 The incident is over. Checkout works: a typical user is through in less than a second. No session stays behind, so memory no longer fills up.
        instances.rescheduled=0: A release of the payment service left sessions open until they filled the memory of all eight instances. Between 11:00 and 13:30 four users in five waited too long or failed; two in three could not complete the checkout.
          11:20 All eight instances spend three quarters of their time clearing memory. Three users in five cannot complete the checkout, and one in three waits more than 4 s. Investigation started 15 minutes ago.
          12:00 All eight instances spend nine tenths of their time clearing memory. Nearly every user cannot complete the checkout. Escalated to the backend team half an hour ago.
          13:40 The incident is over. Checkout works: a typical user is through in less than a second. No session stays behind, so memory no longer fills up.
    "#]].assert_eq(&told);
}
