//! Nothing that will be done can be read before it is done. A run that has come to a minute is the horizon: two that agree up to
//! there and differ from there on are told, drawn and exported alike, by whatever reads runs.

use std::collections::BTreeMap;
use std::rc::Rc;

use incident_replay::chart::{ChartKind, model, readout, summary, table};
use incident_replay::export::{Format, Options, RunRef, files};
use incident_replay::model::World;
use incident_replay::recording::{Ledger, Recording};
use incident_replay::replay::{
    Audience, Figures, Moment, Player, TimeZone, Track, evidence, headline, now_sentence, spoken_at, tiles,
};
use incident_replay::scenario::catalogue::CATALOGUE;
use incident_replay::scenario::{Scenario, When};
use incident_replay::units::UtcMs;

/// Everything that can be told of a run that has come to a moment, by name.
fn told(scenario: &Scenario, recording: &Recording, at: UtcMs) -> BTreeMap<String, String> {
    let mut told = BTreeMap::new();
    let mut tell = |name: String, text: String| assert!(told.insert(name.clone(), text).is_none(), "{name} twice");
    let ledger = Ledger::new(scenario, recording, None);
    tell("headline".to_owned(), headline(scenario, recording));
    tell("tiles".to_owned(), format!("{:?}", tiles(&ledger)));
    tell("ledger".to_owned(), format!("{ledger:?}"));
    tell("track".to_owned(), format!("{:?}", Track::new(scenario, Some(recording))));
    tell("moment".to_owned(), format!("{:?}", Moment::new(scenario, recording, at)));
    tell("figures".to_owned(), format!("{:?}", Figures::new(scenario, recording, at)));
    tell("spoken".to_owned(), format!("{:?}", spoken_at(recording, at)));
    for audience in [Audience::Executive, Audience::Engineer, Audience::Trainer] {
        tell(format!("sentence {audience:?}"), now_sentence(scenario, recording, at, audience));
    }
    for event in &scenario.timeline {
        tell(format!("evidence {}", event.id), format!("{:?}", evidence(scenario, recording, event)));
    }
    let player = Player::new(Rc::new(Track::new(scenario, Some(recording))));
    for kind in ChartKind::of(scenario) {
        let model = model(kind, scenario, recording);
        tell(format!("summary {kind:?}"), summary(&model, scenario, recording, TimeZone::Utc));
        tell(format!("table {kind:?}"), format!("{:?}", table(&model, &player.view)));
        let at_ms = at.seconds_since(scenario.window.from) * 1000.0;
        for x_ms in [0.0, at_ms / 2.0, at_ms, at_ms + 600_000.0] {
            tell(format!("readout {kind:?} {x_ms}"), format!("{:?}", readout(&model, &player.view, x_ms, 1000.0)));
        }
        tell(format!("model {kind:?}"), format!("{model:?}"));
    }
    let run = RunRef { scenario, recording, ledger: &ledger };
    for format in Format::ALL {
        for file in files(format, &run, &Options::default()) {
            tell(format!("file {format:?} {}", file.path), file.text);
        }
    }
    told
}

/// The scenario without the actions that are planned for later.
fn without_what_is_planned_after(scenario: &Scenario, at: UtcMs) -> Scenario {
    let mut scenario = scenario.clone();
    scenario.actions.retain(|action| !matches!(action.at, When::At(planned) if planned > at));
    scenario
}

fn run_to(scenario: &Scenario, at: UtcMs) -> Recording {
    let mut world = World::new(scenario, scenario.seed).unwrap_or_else(|error| panic!("{}: {error}", scenario.id));
    world.advance_to(at);
    world.recording().clone()
}

#[test]
fn what_is_planned_shows_nowhere_before_it_is_done() {
    let mut differing = 0;
    for entry in CATALOGUE {
        let path = format!("{}/static/scenarios/{}", env!("CARGO_MANIFEST_DIR"), entry.file);
        let scenario = Scenario::from_json(&std::fs::read_to_string(path).expect("a file")).expect("valid");
        let whole_s = scenario.window.until.seconds_since(scenario.window.from);
        for ratio in [0.1, 0.35, 0.6] {
            let at = scenario.window.from.plus_s((whole_s * ratio / 60.0).floor() * 60.0);
            let other = without_what_is_planned_after(&scenario, at);
            differing += usize::from(other.actions.len() < scenario.actions.len());
            let told_of = |scenario: &Scenario| told(scenario, &run_to(scenario, at), at);
            let (one, two) = (told_of(&scenario), told_of(&other));
            let names: Vec<&String> =
                one.iter().filter(|(name, text)| two.get(*name) != Some(text)).map(|(name, _)| name).collect();
            assert!(one.len() == two.len() && names.is_empty(), "{} at {at}: {names:?}", entry.id);
        }
    }
    assert!(differing >= CATALOGUE.len(), "too few of the plans go on: {differing}");
}
