//! A recording that grows is read as far as it has come: what is said of a minute needs nothing that comes after it.

use incident_replay::chart::{ChartKind, model, summary};
use incident_replay::export::{Format, Options, RunRef, files};
use incident_replay::model::World;
use incident_replay::recording::{ClaimVerdict, Ledger, LedgerRow, Recording};
use incident_replay::replay::{
    Audience, FigureKey, Figures, Moment, TimeZone, evidence, headline, markers, now_sentence, phases, tiles,
};
use incident_replay::scenario::Scenario;
use incident_replay::units::UtcMs;

/// Minutes of the window at which the run is looked at: before, at and after everything that happens.
const MINUTES: [i32; 14] = [0, 1, 2, 5, 12, 27, 30, 31, 60, 90, 121, 136, 181, 195];

/// The run as it has come to each of the minutes, and at its end.
fn grown() -> (Scenario, Vec<(UtcMs, Recording)>) {
    let scenario = Scenario::bundled();
    let mut world = World::new(&scenario, scenario.seed).expect("valid");
    let mut stages = Vec::new();
    for minute in MINUTES {
        let at = scenario.window.from.plus_s(f64::from(minute) * 60.0);
        world.advance_to(at);
        stages.push((at, world.recording().clone()));
    }
    (scenario, stages)
}

#[test]
fn what_is_said_of_a_minute_needs_nothing_that_comes_after_it() {
    let (scenario, stages) = grown();
    let (_, whole) = stages.last().expect("stages");
    // Before its end the first minute of a finished run is read whole: there is none before it.
    for (at, recording) in &stages[1..] {
        assert_eq!(recording.until(), *at);
        for audience in [Audience::Executive, Audience::Engineer, Audience::Trainer] {
            let said = |recording| now_sentence(&scenario, recording, *at, audience);
            assert_eq!(said(recording), said(whole), "{at} {audience:?}");
        }
        assert_eq!(Moment::new(&scenario, recording, *at), Moment::new(&scenario, whole, *at), "{at}");
        let times = |recording| {
            let rows = Figures::new(&scenario, recording, *at).rows;
            rows.into_iter().filter(|row| row.key <= FigureKey::TimeToResolve).collect::<Vec<_>>()
        };
        assert_eq!(times(recording), times(whole), "{at}");
        for event in scenario.timeline.iter().filter(|event| event.at <= *at) {
            assert_eq!(evidence(&scenario, recording, event), evidence(&scenario, whole, event), "{at} {}", event.id);
        }
    }
}

#[test]
fn a_claim_is_decided_when_what_it_is_about_has_happened_and_stays_so() {
    let (scenario, stages) = grown();
    let ledgers = || stages.iter().map(|(at, recording)| (at, Ledger::new(&scenario, recording, None)));
    let (_, end) = ledgers().next_back().expect("stages");
    assert!(end.rows.iter().all(|row| row.verdict != ClaimVerdict::Pending));
    let mut pending = Vec::new();
    for (at, ledger) in ledgers() {
        for (row, last) in ledger.rows.iter().zip(&end.rows) {
            // A run that goes on fails no claim that it will keep, and keeps none that it will fail.
            assert!(row.verdict == ClaimVerdict::Pending || row == last, "{at} {}", row.claim.id);
        }
        pending.push(ledger.rows.iter().filter(|row| row.verdict == ClaimVerdict::Pending).count());
    }
    assert!(pending.is_sorted_by(|earlier, later| earlier >= later), "{pending:?}");
    let (_, first) = ledgers().next().expect("stages");
    let decided = first.rows.iter().filter(|row| !matches!(row.verdict, ClaimVerdict::Pending | ClaimVerdict::NotRun));
    let before_window = |row: &LedgerRow| row.value.is_some_and(|value| value < scenario.window.from.0 as f64);
    assert!(decided.clone().all(|row| row.claim.measure.is_time() && before_window(row)), "only what came before");
}

#[test]
fn whatever_reads_a_run_reads_one_that_has_just_begun() {
    let (scenario, stages) = grown();
    for (at, recording) in &stages {
        let ledger = Ledger::new(&scenario, recording, None);
        let told =
            [headline(&scenario, recording)].into_iter().chain(tiles(&ledger).into_iter().map(|tile| tile.detail));
        assert!(told.into_iter().all(|text| !text.contains("NaN") && !text.contains("inf ")), "{at}");
        assert!(!phases(&scenario, Some(recording)).is_empty() && !markers(&scenario, Some(recording)).is_empty());
        for kind in ChartKind::ALL {
            let model = model(kind, &scenario, recording);
            let text = summary(&model, &scenario, recording, TimeZone::Utc);
            assert!(!text.contains("NaN"), "{at} {text}");
            let last_ms = at.seconds_since(scenario.window.from) * 1000.0;
            let later = model.series.iter().flat_map(|series| series.x_ms.iter().zip(&series.values));
            assert!(later.clone().all(|(x_ms, value)| *x_ms <= last_ms || value.is_nan()), "{at} {kind:?}");
        }
        let run = RunRef { scenario: &scenario, recording, ledger: &ledger };
        for format in Format::ALL {
            let written = files(format, &run, &Options::default());
            assert!(written.iter().all(|file| !file.text.is_empty()), "{at} {format:?}");
        }
    }
}
