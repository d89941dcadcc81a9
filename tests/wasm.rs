//! Runs in a browser: `cargo xtask test --only wasm`. Natively there is nothing here.
#![cfg(target_family = "wasm")]

use incident_replay::recording::Recording;
use incident_replay::scenario::Scenario;
use incident_replay::sim::Simulation;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// The digest that `tests/simulation.rs` expects natively.
const DIGEST: &str = include_str!("digest.txt");

#[wasm_bindgen_test]
fn the_digest_is_the_one_of_every_platform() {
    let scenario = Scenario::bundled();
    let recording = Simulation::run(&scenario, scenario.seed).expect("valid");
    assert_eq!(recording.digest(), DIGEST.trim());
}

#[wasm_bindgen_test]
fn runs_in_one_process_do_not_influence_each_other() {
    let scenario = Scenario::bundled();
    let digest = |seed| Simulation::run(&scenario, seed).expect("valid").digest();
    let (first, other) = (digest(1), digest(2));
    assert_eq!((digest(2), digest(1)), (other, first));
}

#[wasm_bindgen_test]
fn a_recording_survives_its_bytes() {
    let scenario = Scenario::bundled();
    let recording = Simulation::run(&scenario, 3).expect("valid");
    assert_eq!(Recording::decode(&recording.encode()), Ok(recording));
}

#[wasm_bindgen_test]
fn bad_scenarios_are_refused_with_their_place() {
    let text = incident_replay::scenario::BUNDLED.replacen("\"retries\": {", "\"retrys\": {", 1);
    let error = Scenario::from_json(&text).expect_err("unknown field").to_string();
    assert!(error.starts_with("users.retrys: line "), "{error}");
}

/// The browser's side of `cargo bench --bench simulation`: prints the time of a full incident, run in chunks as the page
/// does. No duration is asserted.
#[wasm_bindgen_test]
fn benchmark_of_a_full_incident() {
    let performance = web_sys::window().and_then(|window| window.performance()).expect("a browser has a clock");
    let scenario = Scenario::bundled();
    let mut times_ms = Vec::new();
    let mut events = 0;
    for _ in 0..7 {
        let started = performance.now();
        let mut simulation = Simulation::new(&scenario, scenario.seed).expect("valid");
        while !simulation.is_done() {
            simulation.run_until(simulation.now_us() + 60_000_000);
        }
        events = simulation.events();
        times_ms.push(performance.now() - started);
    }
    times_ms.sort_by(f64::total_cmp);
    wasm_bindgen_test::console_log!(
        "benchmark: full incident {events} events, ms: least {:.1}, median {:.1}, most {:.1}; {:.1} M events/s at the median",
        times_ms[0],
        times_ms[3],
        times_ms[6],
        events as f64 / times_ms[3] / 1000.0
    );
}
