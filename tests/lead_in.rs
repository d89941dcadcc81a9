//! The time before the window: the integration agrees with the simulation of every event up to where it stops.

use incident_replay::model::World;
use incident_replay::recording::Recording;
use incident_replay::scenario::{Scenario, Setting};

const SEEDS: u64 = 6;

fn bundled(settings: &[&str]) -> Scenario {
    let settings: Vec<Setting> = settings.iter().map(|text| text.parse().expect("a setting")).collect();
    Scenario::bundled().with(&settings).unwrap_or_else(|error| panic!("{error}"))
}

fn run(mut simulation: World) -> Recording {
    simulation.advance(u64::MAX);
    simulation.complete().expect("within budget")
}

/// Leaked sessions on all instances when the window begins.
fn leaked(recording: &Recording) -> f64 {
    let instances = recording.meta.instances as usize;
    let last = recording.preroll.sessions_leaked.len() - instances;
    recording.preroll.sessions_leaked[last..].iter().map(|sessions| f64::from(*sessions)).sum()
}

fn affected(scenario: &Scenario, recording: &Recording) -> f64 {
    let span = recording.span(scenario.incident.start, scenario.incident.end);
    recording.started(span).affected_ratio().expect("users")
}

#[test]
fn an_integrated_lead_in_ends_where_a_simulated_one_does() {
    let scenario = bundled(&[]);
    let mut differences = Vec::new();
    for seed in 1..=SEEDS {
        let integrated = run(World::new(&scenario, seed).expect("valid"));
        let simulated = run(World::with_lead_in(&scenario, seed, 3 * 3600).expect("valid"));
        assert_eq!(simulated.meta.lead_in_s, 3 * 3600);
        let off = leaked(&simulated) / leaked(&integrated) - 1.0;
        let harm_off = affected(&scenario, &simulated) - affected(&scenario, &integrated);
        println!("seed {seed}: lead-in {} s, sessions {off:+.5}, affected {harm_off:+.4}", integrated.meta.lead_in_s);
        differences.push((off, harm_off));
    }
    let mean = |value: fn(&(f64, f64)) -> f64| differences.iter().map(value).sum::<f64>() / differences.len() as f64;
    // Three hours of Poisson arrivals differ from their mean by one in three hundred, a tenth of the sessions that are there.
    assert!(differences.iter().all(|(sessions, _)| sessions.abs() < 2e-3), "{differences:?}");
    assert!(mean(|(_, harm)| *harm).abs() < 0.02, "{differences:?}");
}
