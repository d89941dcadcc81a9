//! The sentences over the synthetic outage. Read a new snapshot aloud before you accept it.

use super::*;
use crate::replay::synthetic;

fn spoken(audience: Audience, clocks: &[&str]) -> String {
    let (scenario, recording) = synthetic::outage();
    let lines = clocks.iter().map(|clock| {
        let at = scenario.window.from.same_day_at(clock).expect("a time of day");
        format!("{clock} {}\n", now_sentence(&scenario, &recording, at, audience))
    });
    lines.collect()
}

const CLOCKS: [&str; 12] = [
    "10:30", "10:40", "10:59:30", "11:00:30", "11:05", "11:42", "12:30", "12:45:30", "13:00", "13:10", "13:20", "13:30",
];

#[test]
fn everyone_is_told_in_plain_words() {
    expect_test::expect![[r#"
        10:30 Checkout works: a typical user is through in less than a second. Six of eight instances are nearly out of memory, and no alert says so.
        10:40 Checkout works: a typical user is through in less than a second. Six of eight instances are nearly out of memory, and no alert says so.
        10:59:30 One user in ten waits more than 4 s. Six of eight instances are nearly out of memory. Nobody has been paged yet.
        11:00:30 Monitoring has paged the team. Six of eight instances are nearly out of memory; the two younger ones are fine. One user in six cannot complete the checkout, and one in five waits more than 4 s.
        11:05 Six of eight instances spend two thirds of their time clearing memory; the two younger ones are fine. Three users in ten cannot complete the checkout, and as many wait more than 4 s. Investigation started just now.
        11:42 Six of eight instances spend two thirds of their time clearing memory; the two younger ones are fine. Three users in ten cannot complete the checkout, and as many wait more than 4 s. Escalated to the backend team twelve minutes ago.
        12:30 Six of eight instances spend two thirds of their time clearing memory; the two younger ones are fine. Three users in ten cannot complete the checkout, and as many wait more than 4 s. Leak identified in session handling just now.
        12:45:30 The fixed release starts to roll out: one instance is restarting. Meanwhile three users in ten cannot complete the checkout, and as many wait more than 4 s.
        13:00 The fixed release runs on three of eight instances; the next wave follows. Meanwhile one user in five waits more than 4 s.
        13:10 The fixed release runs on six of eight instances; the next wave follows. Checkout works: a typical user is through in less than a second.
        13:20 All eight instances run the fixed release. The service level has held for ten minutes; after twenty minutes the incident is over.
        13:30 The incident is over. Checkout works: a typical user is through in less than a second. No session stays behind, so memory no longer fills up.
    "#]].assert_eq(&spoken(Audience::Executive, &CLOCKS));
}

#[test]
fn engineers_get_figures() {
    expect_test::expect![[r#"
        10:30 Heap after GC above 90 % on 6 of 8 instances (96.0 %): 5 % of the time in GC, CPU 45 %; the other 2: heap 57.0 %, 5 % of the time in GC, CPU 45 %. Last minute: 0.0 % slow, 0.0 % failed, p95 0.99 s; 10 users waiting. No alert is firing.
        10:40 Heap after GC above 90 % on 6 of 8 instances (96.2 %): 5 % of the time in GC, CPU 45 %; the other 2: heap 57.0 %, 5 % of the time in GC, CPU 45 %. Last minute: 0.0 % slow, 0.0 % failed, p95 0.99 s; 10 users waiting. No alert is firing.
        10:59:30 Heap after GC above 90 % on 6 of 8 instances (96.6–96.7 %): 5 % of the time in GC, CPU 45 %; the other 2: heap 57.0 %, 5 % of the time in GC, CPU 45 %. Last minute: 10.0 % slow, 0.0 % failed, p95 0.99 s; 10 users waiting. No alert is firing.
        11:00:30 Heap after GC above 90 % on 6 of 8 instances (96.6–96.7 %): 36 % of the time in GC, CPU 72 %; the other 2: heap 57.0 %, 5 % of the time in GC, CPU 45 %. Last minute: 20.0 % slow, 15.0 % failed, p95 14 s; 250 users waiting, 23 % of the attempts are retries. Firing: PaymentCpuSaturation. Gateway p50 0.38 s (±0.0 % against the baseline).
        11:05 Heap after GC above 90 % on 6 of 8 instances (96.7–96.8 %): 66 % of the time in GC, CPU 99 %; the other 2: heap 57.0 %, 5 % of the time in GC, CPU 45 %. Last minute: 30.0 % slow, 30.0 % failed, p95 14 s; 250 users waiting, 38 % of the attempts are retries. Firing: PaymentCpuSaturation. Gateway p50 0.38 s (±0.0 % against the baseline).
        11:42 Heap after GC above 90 % on 6 of 8 instances (97.4–97.6 %): 66 % of the time in GC, CPU 99 %; the other 2: heap 57.0 %, 5 % of the time in GC, CPU 45 %. Last minute: 30.0 % slow, 30.0 % failed, p95 14 s; 250 users waiting, 38 % of the attempts are retries. Firing: PaymentCpuSaturation. Gateway p50 0.38 s (±0.0 % against the baseline).
        12:30 Heap after GC above 90 % on 6 of 8 instances (98.3–98.7 %): 66 % of the time in GC, CPU 99 %; the other 2: heap 57.0 %, 5 % of the time in GC, CPU 45 %. Last minute: 30.0 % slow, 30.0 % failed, p95 14 s; 250 users waiting, 38 % of the attempts are retries. Firing: PaymentCpuSaturation. Gateway p50 0.38 s (±0.0 % against the baseline).
        12:45:30 Heap after GC above 90 % on 5 of 8 instances (98.6–98.8 %): 66 % of the time in GC, CPU 99 %; the other 2: heap 57.0 %, 5 % of the time in GC, CPU 45 %. Last minute: 30.0 % slow, 30.0 % failed, p95 14 s; 250 users waiting, 38 % of the attempts are retries. Firing: PaymentCpuSaturation. Wave 1: 0 of 8 on the fixed release, 1 restarting.
        13:00 Heap after GC above 90 % on 3 of 8 instances (98.9 %): 5 % of the time in GC, CPU 45 %; the other 5: heap 22.0–57.0 %, 5 % of the time in GC, CPU 45 %. Last minute: 20.0 % slow, 0.0 % failed, p95 0.99 s; 10 users waiting. Firing: PaymentCpuSaturation. Wave 2: 3 of 8 on the fixed release, 0 restarting.
        13:10 Heap after GC 22.0–57.0 %, 5 % of the time in GC, CPU 45 %. Last minute: 0.0 % slow, 0.0 % failed, p95 0.99 s; 10 users waiting. Wave 3: 6 of 8 on the fixed release, 0 restarting.
        13:20 Heap after GC 22.0 %, 5 % of the time in GC, CPU 45 %. Last minute: 0.0 % slow, 0.0 % failed, p95 0.99 s; 10 users waiting. SLO held for 10 of 20 min.
        13:30 Heap after GC 22.0 %, 5 % of the time in GC, CPU 45 %. Last minute: 0.0 % slow, 0.0 % failed, p95 0.99 s; 10 users waiting. The incident is over.
    "#]].assert_eq(&spoken(Audience::Engineer, &CLOCKS));
}

#[test]
fn trainers_get_questions_without_hindsight() {
    expect_test::expect![[r#"
        10:30 Users notice nothing and nobody has been paged. Heap after collection is 96 % on six instances and 57 % on two: who would tell you?
        10:40 Users notice nothing and nobody has been paged. Heap after collection is 96 % on six instances and 57 % on two: who would tell you?
        10:59:30 One user in ten waits more than 4 s. No alert has fired. Which chart moved before the users noticed?
        11:00:30 The page says: For three minutes, the ten-minute mean of the payment service's CPU has been above 70 %. It names what is scarce, not why. What else rose with it?
        11:05 CPU is at 86 %, and six instances spend 66 % of the time in collections. Which causes which? Users report time-outs: how would you check the network?
        11:42 Gateway and network are as fast as in the baseline (±0.0 % and ±0.0 %): the time is lost inside the service. Two instances are offered as many requests and stay fast: what sets them apart from the other six?
        12:30 What fills the memory is found: sessions hold 78 % of the live bytes on the older instances. What would help the users before a patch is ready?
        12:45:30 No instance is through yet: what would you look at first once one is?
        13:00 Fixed release: heap 22 %, 5 % of the time in collections. The rest: heap 82 %, 5 % of the time in collections. Would you go on with the next wave?
        13:10 Fixed release: heap 22 %, 5 % of the time in collections. The rest: heap 57 %, 5 % of the time in collections. Would you go on with the next wave?
        13:20 The service level has held for ten minutes; after twenty minutes the incident is over. Why not call it over as soon as the users are well?
        13:30 The incident is over. The proposed alert PaymentHeapFullSoon would have fired 24 min before the page: what else would have helped?
    "#]].assert_eq(&spoken(Audience::Trainer, &CLOCKS));
}

#[test]
fn a_run_without_harm_is_calm_to_the_end() {
    let (scenario, recording) = synthetic::calm();
    for minute in 0..=195 {
        let at = scenario.window.from.plus_s(f64::from(minute) * 60.0);
        assert_eq!(
            now_sentence(&scenario, &recording, at, Audience::Executive),
            "Checkout works: a typical user is through in less than a second."
        );
    }
}

#[test]
fn every_moment_has_a_sentence_without_gaps() {
    let (scenario, recording) = synthetic::outage();
    for tick in 0..=(195 * 12) {
        let at = scenario.window.from.plus_s(f64::from(tick) * 5.0);
        for audience in Audience::ALL {
            let sentence = now_sentence(&scenario, &recording, at, audience);
            let sound = !sentence.contains("  ") && !sentence.contains("NaN") && !sentence.contains("inf");
            let ends = sentence.ends_with(['.', '?']) && sentence.chars().next().is_some_and(char::is_uppercase);
            assert!(sound && ends && sentence.len() < 400, "{at} {audience:?}: {sentence:?}");
        }
    }
}
