//! Tests that run in a browser: `cargo xtask test --only wasm`. Empty natively.
#![cfg(target_family = "wasm")]

use incident_replay::model::World;
use incident_replay::recording::Recording;
use incident_replay::scenario::Scenario;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// The digest that `tests/simulation.rs` expects natively.
const DIGEST: &str = include_str!("digest.txt");

#[wasm_bindgen_test]
fn the_digest_is_the_one_of_every_platform() {
    let scenario = Scenario::bundled();
    let recording = World::run(&scenario, scenario.seed).expect("valid");
    assert_eq!(recording.digest(), DIGEST.trim());
}

#[wasm_bindgen_test]
fn runs_in_one_process_do_not_influence_each_other() {
    let scenario = Scenario::bundled();
    let digest = |seed| World::run(&scenario, seed).expect("valid").digest();
    let (first, other) = (digest(1), digest(2));
    assert_eq!((digest(2), digest(1)), (other, first));
}

#[wasm_bindgen_test]
fn a_recording_survives_its_bytes() {
    let scenario = Scenario::bundled();
    let recording = World::run(&scenario, 3).expect("valid");
    assert_eq!(Recording::decode(&recording.encode()), Ok(recording));
}

#[wasm_bindgen_test]
fn bad_scenarios_are_refused_with_their_place() {
    let text = incident_replay::scenario::BUNDLED.replacen("\"retries\": {", "\"retrys\": {", 1);
    let error = Scenario::from_json(&text).expect_err("unknown field").to_string();
    assert!(error.starts_with("users.retrys: line "), "{error}");
}
