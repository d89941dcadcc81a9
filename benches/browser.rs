//! The browser's part of `cargo bench --bench simulation`: the time of a full incident, run in chunks as on the page. `cargo
//! xtask bench-simulation` runs it in Chromium. Empty natively.
#![cfg_attr(target_family = "wasm", no_main)]

#[cfg(not(target_family = "wasm"))]
fn main() {}

#[cfg(target_family = "wasm")]
mod browser {
    use incident_replay::model::World;
    use incident_replay::scenario::Scenario;
    use wasm_bindgen_test::{Criterion, console_log, wasm_bindgen_bench, wasm_bindgen_test_configure};

    wasm_bindgen_test_configure!(run_in_browser);

    const CALLS: usize = 10;

    /// Prints times. The first call, in the browser's baseline code, is printed separately; Criterion would print means.
    #[wasm_bindgen_bench]
    fn full_incident(_: &mut Criterion) {
        let performance = web_sys::window().and_then(|window| window.performance()).expect("a browser has a clock");
        let scenario = Scenario::bundled();
        let mut times_ms = Vec::new();
        let mut events = 0;
        for _ in 0..CALLS {
            let started = performance.now();
            let mut simulation = World::new(&scenario, scenario.seed).expect("valid");
            while !simulation.is_done() {
                simulation.advance(simulation.now_us() + 60_000_000);
            }
            events = simulation.events();
            times_ms.push(performance.now() - started);
        }
        let first = times_ms.remove(0);
        times_ms.sort_by(f64::total_cmp);
        let median = times_ms[times_ms.len() / 2];
        console_log!(
            "full incident, {events} events: first call {first:.1} ms; calls 2 to {CALLS}: least {:.1}, median {median:.1}, \
             most {:.1} ms; {:.1} M events/s at the median",
            times_ms[0],
            times_ms[times_ms.len() - 1],
            events as f64 / median / 1000.0
        );
    }
}
