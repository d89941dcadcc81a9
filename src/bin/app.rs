//! The page and its worker in one wasm program; which of them it is depends on where it runs.

use incident_replay::{runner::worker, ui};

fn main() {
    match worker::scope() {
        Some(scope) => worker::serve(scope),
        None => ui::mount(),
    }
}
