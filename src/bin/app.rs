//! The page and its worker, one wasm for both: where it runs decides what it does.

use incident_replay::{runner::worker, ui};

fn main() {
    match worker::scope() {
        Some(scope) => worker::serve(scope),
        None => ui::mount(),
    }
}
